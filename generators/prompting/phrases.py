"""What codes, figures and names of checks are called when a model is spoken to; the words lie in data/prompts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Literal

import msgspec

from cswitch.core.text.scripts import check_language, languages, scripts_for
from cswitch.generators.prompting.templates import listed, quoted, shipped, text_digest
from cswitch.generators.prompting.yaml_files import parse
from cswitch.schemas.settings import Script

TABLES = ("levels.yaml", "findings.yaml", "scripts.yaml")
"""Files of data/prompts that every prompt draws on."""

LATER = "findings.v2.yaml"
"""What later checks found; the first table, which is released, is never changed."""

LevelName = Literal["none", "light", "medium", "heavy", "even"]


class Level(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much is mixed, in words."""

    name: LevelName
    start: float = msgspec.field(name="from")
    """Lowest CMI, as a part of the highest that so many languages can have."""
    words: str
    """What a writer is told; ``{matrix}`` and ``{embedded}`` stand for names of languages."""


def tables_digest() -> str:
    """Hash of the words that every prompt draws on."""
    return text_digest(*map(shipped, TABLES))


def language_name(code: str) -> str:
    """The English name of a language.

    Raises:
        UsageError: The language is unknown.

    >>> language_name("hi"), language_name("hin"), language_name("npi")
    ('Hindi', 'Hindi', 'Nepali')
    """
    return languages()[check_language(code)].name


def script_name(lang: str) -> str:
    """What the usual writing of a language is called.

    >>> script_name("hi"), script_name("ja"), script_name("ur")
    ('Devanagari script', 'hiragana, katakana and kanji', 'Urdu script')
    """
    code = check_language(lang)
    table = _mapping("scripts.yaml")
    return str(table["languages"].get(code) or table["scripts"][scripts_for(code)[0]])


def script_words(langs: Sequence[str], script: Script) -> str:
    """How a text in some languages is to be written; empty where there is only one way.

    Args:
        langs: Codes of the languages.
        script: Script of the output.

    >>> print(script_words(["hi", "en"], "roman"))
    Write every Hindi word in Latin letters, as people type it in chats, without marks over the letters.
    >>> print(script_words(["hi", "en"], "native"))
    Write Hindi words in Devanagari script, and English words in Latin letters.
    >>> script_words(["es", "en"], "native")
    ''
    """
    own = [lang for lang in langs if scripts_for(lang)[0] != "Latn"]
    if not own:
        return ""
    if script == "roman":
        words = listed([language_name(lang) for lang in own])
        return f"Write every {words} word in Latin letters, as people type it in chats, without marks over the letters."
    parts = [f"{language_name(lang)} words in {script_name(lang)}" for lang in own]
    latin = [language_name(lang) for lang in langs if lang not in own]
    if latin:
        parts.append(f"{listed(latin)} words in Latin letters")
    return f"Write {', and '.join(parts)}."


def level_of(cmi: float, count: int) -> LevelName:
    """The level of mixing that a CMI means.

    Args:
        cmi: Code-Mixing Index, 0 to 100.
        count: How many languages are mixed; two can have a CMI of 50, three of 66.7.

    >>> [level_of(cmi, 2) for cmi in (0, 10, 25, 35, 50)], level_of(35, 3)
    (['none', 'light', 'medium', 'heavy', 'even'], 'medium')
    """
    part = cmi / (100 * (1 - 1 / max(count, 2)))
    return next((level.name for level in reversed(_levels()) if part >= level.start), _levels()[0].name)


def level_words(name: str, matrix: str, embedded: Sequence[str]) -> str:
    """What a writer is told about how much to mix; empty for no level.

    Args:
        name: Name of a level.
        matrix: English name of the matrix language.
        embedded: English names of the others.

    >>> level_words("none", "Hindi", ["English"])
    'Hindi only, without a word of English'
    """
    found = [level.words for level in _levels() if level.name == name]
    return found[0].format(matrix=matrix, embedded=listed(embedded)) if found else ""


def finding_words(check: str, spans: Sequence[str], *, case: str = "", **names: str) -> str:
    """What is wrong with a text, in a plain sentence.

    Args:
        check: Name of the check.
        spans: Words at fault.
        case: Which case of the check it is, where the table tells them apart.
        names: ``matrix``, ``embedded``, ``languages`` and ``script`` as they are told.

    >>> finding_words("lost_content", ["9:30"], case="missing")
    'These are missing: “9:30”. Write each of them exactly so.'
    """
    table = _mapping("findings.yaml")
    later, told = _mapping(LATER), f"{check}.{case}"
    entry = table.get(told) or later.get(told) or table.get(check) or later.get(check) or table["other"]
    words = entry["spans"] if spans and "spans" in entry else entry["plain"]
    fill = {"matrix": "", "embedded": "", "languages": "", "script": "", **names}
    return " ".join(str(words).format(spans=quoted(spans), **fill).split())


@cache
def _mapping(name: str) -> dict[str, Any]:
    value: dict[str, Any] = parse(shipped(name), name).value
    return value


@cache
def _levels() -> tuple[Level, ...]:
    document = parse(shipped("levels.yaml"), "levels.yaml")
    return msgspec.convert(document.value["levels"], tuple[Level, ...])
