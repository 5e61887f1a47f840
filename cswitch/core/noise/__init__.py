"""Text as people type it: short forms, respellings, slips of the finger; tokens and tags stay as many as they were."""

from cswitch.core.noise.plan import NAMES, NoisePlan
from cswitch.core.noise.samples import apply_to_sample
from cswitch.core.noise.splice import splice

__all__ = ["NAMES", "NoisePlan", "apply_to_sample", "splice"]
