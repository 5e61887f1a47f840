"""Noise on whole samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from cswitch.core.noise.splice import splice

if TYPE_CHECKING:
    from cswitch.core.noise.plan import NoisePlan
    from cswitch.schemas.sample import Sample


def apply_to_sample(sample: Sample, plan: NoisePlan, seed: int) -> Sample:
    """The sample with noise: new tokens, text and offsets; tags, origins and measures are what they were.

    The same sample, plan and seed give the same bytes, whatever was made before it.

    Args:
        sample: Any sample.
        plan: What noise.
        seed: Of the run.
    """
    tokens = plan.apply(sample.tokens, sample.langs, (seed, sample.id))
    text, offsets = splice(sample.text, sample.offsets, tokens)
    return replace(sample, tokens=tokens, text=text, offsets=offsets)
