"""Settings of ``synth`` that cannot be meant, told before anything is read or written."""

from __future__ import annotations

from cswitch.core.errors import UsageError
from cswitch.core.noise import NoisePlan
from cswitch.pipeline.aligners import parse_spec
from cswitch.schemas.settings import SynthSettings

MAX_PER_PAIR = 1000
MAX_WORKERS = 256
_LARGEST = 2**63 - 1
"""The largest number that a record can hold."""


def check(settings: SynthSettings) -> None:
    """Refuses settings that cannot be meant.

    Raises:
        UsageError: With the setting and what it may be.

    >>> check(SynthSettings(pair=("en", "hi"), matrix="fr"))
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: --matrix fr is not a language of the pair; choose en, hi or both
    """
    one, other = settings.pair
    if settings.matrix not in ("", "both", one, other):
        raise UsageError(
            f"--matrix {settings.matrix} is not a language of the pair", hint=f"choose {one}, {other} or both"
        )
    if settings.cmi is not None:
        _check_cmi(*settings.cmi)
    if not 0 <= settings.tolerance <= 100:
        raise UsageError(f"--tolerance {settings.tolerance:g} is no distance", hint="give points of CMI, such as 3")
    if settings.switches is not None:
        check_number("--switches", settings.switches)
    if not 0 <= settings.min_confidence <= 1:
        raise UsageError(f"--min-confidence {settings.min_confidence:g} is no confidence", hint="choose 0 to 1")
    check_number("--per-pair", settings.per_pair, most=MAX_PER_PAIR)
    check_number("--max-tokens", settings.max_tokens)
    check_number("--seed", settings.seed, least=-_LARGEST)
    parse_spec(settings.aligner)
    if not 0 <= settings.roman_variety <= 1:
        raise UsageError(f"--roman-variety {settings.roman_variety:g} is no share", hint="choose 0 to 1")
    if settings.roman_variety and settings.script != "roman":
        raise UsageError("--roman-variety varies romanised words", hint="add --script roman")
    if settings.noise:
        NoisePlan.parse(settings.noise)


def check_number(option: str, value: int, *, least: int = 1, most: int = _LARGEST) -> None:
    """Refuses a number out of its range.

    Args:
        option: Name of the option, for the message.
        value: What was given.
        least: The smallest number that makes sense.
        most: The largest.

    Raises:
        UsageError: The number is smaller or larger.

    >>> check_number("--workers", 0)
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: --workers 0 is too small; choose 1 or more
    """
    if value < least:
        raise UsageError(f"{option} {value} is too small", hint=f"choose {least} or more")
    if value > most:
        raise UsageError(f"{option} {value} is too large", hint=f"choose {most} or less")


def _check_cmi(low: float, high: float) -> None:
    asked = f"--cmi {low:g}" if low == high else f"--cmi {low:g}-{high:g}"
    if low > high:
        raise UsageError(f"{asked} runs from high to low", hint=f"write {high:g}-{low:g}")
    if not 0 <= low <= high <= 50:
        hint = "with two languages CMI lies between 0 and 50; give a value such as 25 or a range such as 20-40"
        raise UsageError(f"{asked} cannot be reached", hint=hint)
