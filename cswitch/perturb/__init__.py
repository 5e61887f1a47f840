"""Code-switched variants of benchmarks and labelled sets, nothing that matters broken."""

from cswitch.perturb.making import mixers
from cswitch.perturb.presets import Preset, load_preset, presets
from cswitch.perturb.rows import Made, NumberedRow, RowPerturber
from cswitch.perturb.settings import FieldSettings, PerturbSettings

__all__ = [
    "FieldSettings",
    "Made",
    "NumberedRow",
    "PerturbSettings",
    "Preset",
    "RowPerturber",
    "load_preset",
    "mixers",
    "presets",
]
