"""Which tokens count, and for which language: the tag policy that every measure starts from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from cswitch.core.errors import InputError, UsageError

NEUTRAL = frozenset({"other", "ne", "ambiguous", "mixed", "fw", "unk"})
"""Tags that name no language (the names of LinCE; Aguilar et al., 2020). Every other tag is a language."""

TagPolicy = Literal["neutral", "language"]
"""``neutral`` leaves a kind of token out; ``language`` counts those of its tokens that also know their language."""

_REMEMBERED = 4096
_HINT = "a tag is a language such as hi, a neutral tag such as ne, or both joined by a colon such as ne:hi"


class TagReader(dict[str, str | None]):
    """Tag to the language it counts for, or to None; each distinct tag is read once, then remembered."""

    def __init__(self, *counted: str) -> None:
        super().__init__()
        self.counted = counted

    def __missing__(self, tag: str) -> str | None:
        language = self._read(tag)
        if len(self) < _REMEMBERED:  # a file with words in its tag column must not fill the memory
            self[tag] = language
        return language

    def _read(self, tag: str) -> str | None:
        if not isinstance(tag, str) or not tag or tag != "".join(tag.split()):
            raise InputError(f"{tag!r} is not a language tag", hint=_HINT)
        kind, colon, language = tag.partition(":")
        if not colon:
            return None if tag in NEUTRAL else tag
        if kind not in NEUTRAL or not language or ":" in language:
            raise InputError(f"{tag!r} is not a language tag", hint=_HINT)
        return language if kind in self.counted and language not in NEUTRAL else None


_READERS: dict[tuple[str, str], TagReader] = {
    ("neutral", "neutral"): TagReader(),
    ("language", "neutral"): TagReader("ne"),
    ("neutral", "language"): TagReader("mixed"),
    ("language", "language"): TagReader("ne", "mixed"),
}


def tag_reader(ne: TagPolicy = "neutral", mixed: TagPolicy = "neutral") -> TagReader:
    """The table that turns a tag into the language it counts for, or None.

    Args:
        ne: ``language`` counts a named entity tagged ``ne:hi`` as Hindi.
        mixed: ``language`` counts a word of mixed morphemes tagged ``mixed:hi`` as Hindi.

    Raises:
        UsageError: A policy is neither ``neutral`` nor ``language``.

    >>> tag_reader()["ne:hi"], tag_reader(ne="language")["ne:hi"], tag_reader(ne="language")["ne"]
    (None, 'hi', None)
    """
    try:
        return _READERS[ne, mixed]
    except KeyError:
        raise UsageError(
            f"unknown tag policy ne={ne!r}, mixed={mixed!r}", hint="each is either neutral or language"
        ) from None


def language_tokens(langs: Sequence[str], *, ne: TagPolicy = "neutral", mixed: TagPolicy = "neutral") -> list[str]:
    """The language of every token that counts, in order.

    Args:
        langs: A tag a token, for example ``["en", "hi", "other"]``.
        ne: ``language`` counts ``ne:hi`` as ``hi``; a bare ``ne`` never counts.
        mixed: ``language`` counts ``mixed:hi`` as ``hi``; a bare ``mixed`` never counts.

    Raises:
        InputError: A tag is empty, holds white space, or joins by a colon what is not a neutral tag and a language.
        UsageError: ``langs`` is one string, or a policy is unknown.

    >>> language_tokens(["en", "other", "ne:hi", "hi"])
    ['en', 'hi']
    >>> language_tokens(["en", "other", "ne:hi", "hi"], ne="language")
    ['en', 'hi', 'hi']
    """
    read = tag_reader(ne, mixed)
    return [language for tag in as_tags(langs) if (language := read[tag]) is not None]


def as_tags(langs: Sequence[str]) -> Sequence[str]:
    """The tags themselves; refuses one string, whose letters would pass for tags.

    >>> as_tags("en hi")
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: tags are given as one string; split it into a list, one tag a token
    """
    if isinstance(langs, str):
        raise UsageError("tags are given as one string", hint="split it into a list, one tag a token")
    return langs
