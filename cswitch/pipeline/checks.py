"""Settings of ``synth`` that cannot be meant, told before anything is read or written."""

from __future__ import annotations

from cswitch.core.errors import UsageError
from cswitch.core.noise import NoisePlan
from cswitch.core.registry import BUILT_IN, names, suggest
from cswitch.pipeline.aligners import AUTO, GIVEN, learns_from_corpus, parse_spec
from cswitch.schemas.settings import SynthSettings

MAX_PER_PAIR = 1000
MAX_WORKERS = 256
MAX_LANGUAGES = 6
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
    check_languages(settings)
    if settings.cmi is not None:
        _check_cmi(*settings.cmi, len(settings.pair))
    if settings.share is not None:
        _check_share(*settings.share, len(settings.pair))
        if settings.cmi is not None:
            raise UsageError("--cmi and --share exclude each other", hint="give one of them")
    check_name("units", settings.units)
    check_name("weights", settings.weights)
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


def check_languages(settings: SynthSettings) -> None:
    """Refuses languages that cannot be mixed, a matrix that is none of them, and links that cannot join them.

    Raises:
        UsageError: With the setting and what it may be.

    >>> check_languages(SynthSettings(pair=("en", "hi", "bn"), matrix="both"))
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: --matrix both is not a language of the pair; choose en, hi, bn or all
    """
    pair = settings.pair
    if not 2 <= len(set(pair)) == len(pair) <= MAX_LANGUAGES:
        named = "-".join(pair)
        raise UsageError(f"--pair {named} is not two to {MAX_LANGUAGES} different languages", hint="name each once")
    every = "both" if len(pair) == 2 else "all"
    if settings.matrix not in ("", every, *pair):
        raise UsageError(
            f"--matrix {settings.matrix} is not a language of the pair", hint=f"choose {', '.join(pair)} or {every}"
        )
    if len(pair) > 2 and settings.aligner != AUTO:
        name = parse_spec(settings.aligner).name
        if name == GIVEN or learns_from_corpus(settings.aligner):
            raise UsageError(
                f"--aligner {name} joins two languages, and the pair names {len(pair)}",
                hint="leave it out: given links of the first two are used, lexicons join the others",
            )


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


def check_name(kind: str, name: str) -> None:
    """Refuses a name that no component of a kind has; the option is called as the kind is.

    Raises:
        UsageError: It is unknown; the nearest is named.

    >>> check_name("units", "phrse")
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: --units 'phrse' is unknown; did you mean 'phrase'? ...
    """
    if name not in BUILT_IN[kind] and name not in (known := names(kind)):
        raise UsageError(f"--{kind} {name!r} is unknown", hint=suggest(name, known))


def _check_share(low: float, high: float, languages: int) -> None:
    asked = f"--share {low:g}" if low == high else f"--share {low:g}-{high:g}"
    if not 0 <= low <= 1 or not 0 <= high <= 1:
        raise UsageError(f"{asked} is no share", hint="give 0 to 1, such as 0.6, or a range such as 0.4-0.6")
    if languages > 2 and high > (languages - 1) / languages + 0.0005:
        hint = f"with {languages} languages the matrix language has at least {1 / languages:.2g} of the words"
        raise UsageError(f"{asked} cannot be reached", hint=hint)
    if low > high:
        raise UsageError(f"{asked} runs from high to low", hint=f"write {high:g}-{low:g}")


def _check_cmi(low: float, high: float, languages: int) -> None:
    asked = f"--cmi {low:g}" if low == high else f"--cmi {low:g}-{high:g}"
    if low > high:
        raise UsageError(f"{asked} runs from high to low", hint=f"write {high:g}-{low:g}")
    most = 100 * (languages - 1) / languages
    if not 0 <= low <= high < most + 0.05:
        number = "two" if languages == 2 else str(languages)
        hint = f"with {number} languages CMI lies between 0 and {most:.3g}"
        hint += "; give a value such as 25 or a range such as 20-40"
        raise UsageError(f"{asked} cannot be reached", hint=hint)
