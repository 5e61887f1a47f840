"""Code-switching while a model trains: batches mixed on the fly, labels kept."""

from cswitch.training.collator import SwitchingCallback, SwitchingCollator
from cswitch.training.linked import LinkedSwitcher
from cswitch.training.records import Example, Mixed
from cswitch.training.rows import Columns
from cswitch.training.settings import AugmentSettings
from cswitch.training.switcher import Switcher
from cswitch.training.texts import MixedText, switch_text
from cswitch.training.transform import switch_examples

__all__ = [
    "AugmentSettings",
    "Columns",
    "Example",
    "LinkedSwitcher",
    "Mixed",
    "MixedText",
    "Switcher",
    "SwitchingCallback",
    "SwitchingCollator",
    "switch_examples",
    "switch_text",
]
