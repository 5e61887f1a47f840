"""Words and phrases that must not be there, or one of which must."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import ClassVar
from unicodedata import normalize

import msgspec

from cswitch.core.errors import InputError, UsageError
from cswitch.core.text.tokens import tokenise
from cswitch.filters.contracts import Drop
from cswitch.filters.languages import check_tags
from cswitch.filters.record import Record
from cswitch.generators.prompting.matching import forms

UNSPACED = frozenset({"ja", "th", "zh"})
"""Languages in which no space stands between words."""
Phrase = tuple[frozenset[str], ...]
"""For each word of a phrase the spellings it has."""


class Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Leaves out records with a listed word or phrase, or without any.

    Upper and lower case are the same, and so are the Unicode forms of a letter; a word in native letters is found in
    the Latin spellings that people use for it, and the other way round. Whole words are compared, never parts of them.
    """

    name: ClassVar[str] = "words"

    block: tuple[str, ...] = ()
    """Files of words and phrases, one a line, none of which may be there; lines that begin with ``# `` are skipped."""
    require: tuple[str, ...] = ()
    """Files of words and phrases, one of each of which must be there."""
    languages: tuple[str, ...] = ()
    """The languages of the lists, for their Latin spellings; empty takes those of the record."""

    def __post_init__(self) -> None:
        if not (self.block or self.require):
            raise UsageError("the filter words has no list", hint="give block, require or both")
        check_tags(self.languages)
        for file in (*self.block, *self.require):
            word_list(file)

    def judge(self, record: Record) -> Drop | None:
        """Why the record is left out; None when it stays."""
        langs = self.languages or record.spoken
        tokens = [_keys(token, langs) for token in record.tokens]
        for file in self.block:
            found = _first(tokens, _index(file, langs))
            if found:
                return Drop("blocked_word", " ".join(record.tokens[slice(*found)]))
        for file in self.require:
            if not _first(tokens, _index(file, langs)):
                return Drop("no_required_word", f"none of {Path(file).name}")
        return None


@lru_cache(maxsize=256)
def word_list(file: str, langs: tuple[str, ...] = ()) -> tuple[tuple[str, ...], ...]:
    """The words and phrases of a file, in tokens.

    Args:
        file: The file.
        langs: Languages in which words may stand without spaces, each of which cuts a line in its own way.

    Raises:
        InputError: The file cannot be read, is not UTF-8 or holds nothing.
    """
    try:
        lines = Path(file).read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError as error:
        raise InputError("no such file", path=file, hint="check the path of the word list") from error
    except UnicodeDecodeError as error:
        raise InputError("the word list is not UTF-8", path=file, hint="convert it with iconv") from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", path=file, hint="check the file") from error
    plain = [normalize("NFC", line) for line in lines if not line.startswith("# ")]
    # A line without spaces may be one token of a record, however it is cut here.
    phrases = [(*tokenise(line, lang).tokens,) for line in plain for lang in ("", *langs)] + [
        (*line.split(),) for line in plain if langs
    ]
    found = tuple(dict.fromkeys(phrase for phrase in phrases if phrase))
    if not found:
        raise InputError("no word in the list", path=file, hint="write a word or a phrase a line")
    return found


@lru_cache(maxsize=1 << 16)
def _keys(token: str, langs: tuple[str, ...]) -> frozenset[str]:
    """The spellings a word is known by."""
    # A capital I with a dot would keep the dot beside the small letter, which no Turk writes.
    known = forms(normalize("NFC", token).replace("İ", "i"), langs)
    return frozenset((known.folded, *known.roman))


@lru_cache(maxsize=256)
def _index(file: str, langs: tuple[str, ...]) -> dict[str, list[Phrase]]:
    """Phrases by each spelling of their first word."""
    found: dict[str, list[Phrase]] = {}
    for words in word_list(file, tuple(lang for lang in langs if lang in UNSPACED)):
        phrase = tuple(_keys(word, langs) for word in words)
        for key in sorted(phrase[0]):
            found.setdefault(key, []).append(phrase)
    return found


def _first(tokens: Sequence[frozenset[str]], index: dict[str, list[Phrase]]) -> tuple[int, int] | None:
    """Where the first listed phrase stands, the longest of several, its end exclusive."""
    for start, keys in enumerate(tokens):
        ends = [
            start + len(phrase)
            for key in keys
            for phrase in index.get(key, ())
            if start + len(phrase) <= len(tokens)
            and not any(map(frozenset.isdisjoint, tokens[start : start + len(phrase)], phrase))
        ]
        if ends:
            return start, max(ends)
    return None
