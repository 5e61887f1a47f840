"""What translation models call languages: hin_Deva, hi_IN, __hi__, >>hin<<, <2hi>."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cswitch.core.errors import UsageError
from cswitch.core.text.scripts import languages, scripts_for

_MARKED = re.compile(r"__([a-z]{2,3})__|([a-z]{3}_[A-Z][a-z]{3})|([a-z]{2,3}_[A-Z]{2})")
"""Tokens of M2M100, NLLB and mBART: before or after the text, and first in the translation."""
_ASKED = re.compile(r">>([a-z]{2,3}(?:_[A-Z][a-z]{3})?)<<|<2([a-z]{2,3}(?:_[A-Z][a-z]{3})?)>")
"""Tokens of multilingual Marian models and MADLAD: before the text, naming the target."""
_SCRIPTS = {"ja": ("Jpan",), "ko": ("Hang", "Kore"), "zh": ("Hans", "Hant"), "yue": ("Hant",)}
"""Scripts that such codes call otherwise than data/languages.tsv."""
_MEMBERS = {"fil": ("tl", "tgl"), "no": ("nb", "nob"), "zh": ("cmn",), "om": ("gaz",), "he": ("iw",)}
"""Codes of languages that models use for a language that goes by another one here."""


class Tokens(NamedTuple):
    """Language tokens of a tokenizer, by code."""

    marked: Mapping[str, str]
    """Those that mark a text and begin a translation."""
    asked: Mapping[str, str]
    """Those that stand before the text and name the target."""


def language_tokens(vocabulary: Iterable[str]) -> Tokens:
    """The tokens of a vocabulary that stand for languages; few that look so by chance are none.

    >>> language_tokens(["the", "hin_Deva", "eng_Latn", ">>hin<<"])
    Tokens(marked={'eng_Latn': 'eng_Latn', 'hin_Deva': 'hin_Deva'}, asked={'hin': '>>hin<<'})
    """
    marked, asked = {}, {}
    for token in sorted(vocabulary):
        if token[-1:] not in "_<>" and "_" not in token:
            continue
        if found := _MARKED.fullmatch(token):
            marked[next(filter(None, found.groups()))] = token
        elif found := _ASKED.fullmatch(token):
            asked[next(filter(None, found.groups()))] = token
    return Tokens(marked, asked)


def code_of(lang: str, known: Iterable[str]) -> str:
    """The code under which a model knows a language.

    Args:
        lang: BCP-47 primary subtag.
        known: The codes of the model.

    Raises:
        UsageError: The model does not know the language.

    >>> code_of("hi", ["eng_Latn", "hin_Deva"]), code_of("hi", ["en_XX", "hi_IN"]), code_of("fil", ["tgl_Latn"])
    ('hin_Deva', 'hi_IN', 'tgl_Latn')
    """
    codes = sorted(known)
    language = languages()[lang]
    scripts = (*_SCRIPTS.get(lang, ()), *scripts_for(lang))
    for name in (lang, language.iso639_3, *language.aliases, *_MEMBERS.get(lang, ())):
        found = [code for code in codes if code.partition("_")[0] == name]
        if found:
            return min(found, key=lambda code: _place(code.partition("_")[2], scripts))
    some = ", ".join(codes[:12]) + (f" and {len(codes) - 12} more" if len(codes) > 12 else "")
    raise UsageError(f"the model has no code for {lang} ({language.name})", hint=f"it has {some}")


def _place(suffix: str, scripts: tuple[str, ...]) -> int:
    """Codes of the usual script come first, and those that name none."""
    return scripts.index(suffix) + 1 if suffix in scripts else len(scripts) + 1 if suffix else 0
