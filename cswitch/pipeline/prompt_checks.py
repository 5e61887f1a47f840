"""Settings of ``prompt`` that cannot be meant, told before anything is read, written or paid for."""

from __future__ import annotations

from cswitch.core.errors import UsageError
from cswitch.core.specs import parse_tagger
from cswitch.generators.translating.named import parse_spec as parse_translator
from cswitch.pipeline.aligners import AUTO, learns_from_corpus, parse_spec
from cswitch.pipeline.checks import check_number
from cswitch.schemas.prompting import PromptSettings

MAX_TIMES = 10
"""Edits, re-prompts or refinements at most."""
MAX_SHOTS = 50
MAX_TURNS = 50
MAX_PER_ROW = 1000
_GLOSS = "gloss"


def highest_cmi(languages: int) -> float:
    """The highest CMI that a text in so many languages can have.

    >>> highest_cmi(2), round(highest_cmi(3), 1)
    (50.0, 66.7)
    """
    return 100 * (1 - 1 / languages)


def check(settings: PromptSettings) -> None:
    """Refuses settings that cannot be meant.

    Raises:
        UsageError: With the setting and what it may be.

    >>> check(PromptSettings(languages=("en", "hi"), cmi=(60.0, 60.0)))
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: --cmi 60 cannot be reached; with 2 languages CMI lies between 0 and 50; ...
    """
    _check_languages(settings)
    _check_cmi(settings)
    _check_judging(settings)
    _check_back(settings)
    _check_numbers(settings)
    parse_tagger(settings.tagger)
    name = parse_spec(settings.aligner).name
    if settings.source == "text" and name != AUTO and learns_from_corpus(settings.aligner):
        raise UsageError(
            f"the aligner {name!r} learns from all pairs, and translations come one by one",
            hint="use --aligner lexical, or translate first and give pairs",
        )


def _check_languages(settings: PromptSettings) -> None:
    langs = settings.languages
    if not 2 <= len(langs) <= 3 or len(set(langs)) < len(langs):
        raise UsageError(f"{'-'.join(langs)} is not two or three languages", hint="such as --pair en-hi or en-hi-bn")
    if settings.matrix and settings.matrix not in langs:
        raise UsageError(f"--matrix {settings.matrix} is not a language of --pair", hint=f"choose {', '.join(langs)}")
    if settings.source == "text" and settings.source_lang not in langs:
        raise UsageError(
            f"--text-lang {settings.source_lang} is not a language of --pair", hint=f"choose {', '.join(langs)}"
        )
    matrix, text = settings.ordered[0], settings.source_lang
    if settings.source == "text" and settings.translator.startswith(_GLOSS) and matrix != text:
        raise UsageError(
            f"--translator {settings.translator} gives words, and the matrix language {matrix} needs sentences",
            hint=f"add --matrix {text}, or use another translator",
        )


def _check_cmi(settings: PromptSettings) -> None:
    if not 0 <= settings.tolerance <= 100:
        raise UsageError(f"--tolerance {settings.tolerance:g} is no distance", hint="give points of CMI, such as 5")
    if settings.cmi is None:
        return
    low, high = settings.cmi
    asked = f"--cmi {low:g}" if low == high else f"--cmi {low:g}-{high:g}"
    if low > high:
        raise UsageError(f"{asked} runs from high to low", hint=f"write {high:g}-{low:g}")
    number = len(settings.languages)
    most = round(highest_cmi(number), 1)
    if not 0 <= low <= high <= most:
        hint = f"with {number} languages CMI lies between 0 and {most:g}; give 25, a range such as 20-40, or any"
        raise UsageError(f"{asked} cannot be reached", hint=hint)


def _check_back(settings: PromptSettings) -> None:
    if not 0 <= settings.back_translation <= 1:
        hint = "choose 0 to 1; 0 leaves it out"
        raise UsageError(f"--back-translation {settings.back_translation:g} is no similarity", hint=hint)
    if settings.back_translator and not settings.back_translation:
        hint = "say how similar the text must stay: --back-translation 0.4"
        raise UsageError("--back-translator translates for a comparison, and none is asked for", hint=hint)
    if not settings.back_translation:
        return
    if settings.source == "grid":
        hint = "leave out --back-translation"
        raise UsageError("a text of a grid has no source to be compared with, once translated back", hint=hint)
    if parse_translator(settings.back_translator or "llm").name == _GLOSS:
        hint = "use llm, or seq2seq:MODEL"
        raise UsageError("--back-translator gloss gives words, and a sentence is compared", hint=hint)


def _check_judging(settings: PromptSettings) -> None:
    if len(set(settings.judges)) < len(settings.judges):
        raise UsageError("--judges names a judge twice", hint="name each once")
    if not 1 <= settings.min_score <= 10:
        raise UsageError(f"--min-score {settings.min_score:g} is no score", hint="judges give 1 to 10")


def _check_numbers(settings: PromptSettings) -> None:
    low, high = settings.length_ratio
    if not 0 <= low < high:
        raise UsageError(f"--length-ratio {low:g}-{high:g} is no range", hint="give shortest and longest: 0.5-1.8")
    if not 0 <= settings.min_confidence <= 1:
        raise UsageError(f"--min-confidence {settings.min_confidence:g} is no confidence", hint="choose 0 to 1")
    if not 0 <= settings.temperature <= 2:
        raise UsageError(f"--temperature {settings.temperature:g} is out of range", hint="choose 0 to 2")
    if not 0 < settings.top_p <= 1:
        raise UsageError(f"--top-p {settings.top_p:g} is no share", hint="choose above 0, to 1")
    if not 0 < settings.near_duplicate <= 2:
        raise UsageError(
            f"--near-duplicate {settings.near_duplicate:g} is no similarity",
            hint="choose above 0, to 1; 2 turns it off",
        )
    for option, value in (
        ("--edits", settings.edits), ("--reprompts", settings.reprompts), ("--refinements", settings.refinements)
    ):  # fmt: skip
        check_number(option, value, least=0, most=MAX_TIMES)
    check_number("--max-output-tokens", settings.max_output_tokens, least=0)
    check_number("--shots", settings.shots, least=0, most=MAX_SHOTS)
    check_number("--turns", settings.turns, most=MAX_TURNS)
    check_number("--per-pair", settings.per_pair, most=MAX_PER_ROW)
    check_number("--max-tokens", settings.max_tokens)
    check_number("--seed", settings.seed, least=-(2**63 - 1))
