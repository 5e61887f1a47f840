"""What every layout of parallel text shares: rows, normal form, ids, links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from unicodedata import normalize

from cswitch.core.contracts import Link
from cswitch.core.errors import CswitchError, InputError
from cswitch.generators.alignment.pharaoh import parse_link
from cswitch.schemas.pair import Pair

Lines = Iterator[tuple[int, str]]
"""Numbered lines of one file."""
Languages = tuple[str, ...]
"""The languages of a pair: two, or more where a text has more sides."""
Links = tuple[list[tuple[int, int]], list[float] | None]
"""The links of a row, and the confidence of each; None when all are 1."""

MAX_KNOWN_IDS = 600_000
"""Ids remembered to find repeated ones, about 55 MB; files joined by mistake repeat their first ids at the latest."""
_MAX_KNOWN_LINKS = 1 << 16
_MAX_LINK_LENGTH = 40
_MAX_NAME_LENGTH = 30


class Row(NamedTuple):
    """One pair and where it stands."""

    line: int
    """1-based line of the input."""
    pair: Pair
    """The pair: texts in the order asked for, links with i on the first of them."""


class Checks:
    """What is watched over all rows of one input: normal form and repeated ids.

    Args:
        path: The file, for messages.
        before: Rows that come before the first one here, for input that is read in parts.
    """

    def __init__(self, path: str, before: int = 0) -> None:
        self.path = path
        self.before = before
        """Rows without an id are numbered on from here."""
        self.first_changed = 0
        """Line of the first text that was not in NFC; 0 when there was none."""
        self.changed = 0
        """Lines that held such a text."""
        self._last_changed = 0
        self._ids: set[str] = set()

    def text(self, raw: str, line: int) -> str:
        """The text in Unicode normal form C."""
        text = normalize("NFC", raw)
        if text != raw and line != self._last_changed:
            self._last_changed = line
            self.first_changed = self.first_changed or line
            self.changed += 1
        return text

    def tokens(self, tokens: dict[str, list[str]], pair: Languages, line: int) -> dict[str, list[str]]:
        """The tokens of all sides in normal form C."""
        for lang in pair:
            if lang not in tokens:
                hint = "give both sides or none" if len(pair) == 2 else "give all sides or none"
                raise InputError(f"no tokens for {lang!r}", path=self.path, line=line, field="tokens", hint=hint)
            if not all(tokens[lang]):
                raise InputError("an empty token", path=self.path, line=line, field=f"tokens.{lang}", hint="remove it")
        return {lang: [self.text(token, line) for token in tokens[lang]] for lang in pair}

    def unique(self, name: str, line: int) -> str:
        """An id that no row had before, as far as :data:`MAX_KNOWN_IDS` are remembered."""
        if not name:
            raise InputError("the id is empty", path=self.path, line=line, field="id", hint="give every row its own id")
        if name in self._ids:
            hint = "give every row its own id, or leave ids out to have the rows numbered"
            raise InputError(f"id {name!r} appears a second time", path=self.path, line=line, field="id", hint=hint)
        if len(self._ids) < MAX_KNOWN_IDS:
            self._ids.add(name)
        return name

    def printable(self, text: str, lang: str, line: int) -> str:
        """A text from JSON, where a NUL character may be written as an escape."""
        if "\0" in text:
            raise InputError("NUL character", path=self.path, line=line, field=lang, hint="remove the \\u0000")
        return self.text(text, line)


class LinkReader(dict[str, Link]):
    """Links by their text: the many that occur again are parsed once.

    >>> LinkReader().line("0-0 1-2", "links.txt", 1)
    ([(0, 0), (1, 2)], None)
    >>> LinkReader().line("0-0 1-2:0.8", "links.txt", 1)
    ([(0, 0), (1, 2)], [1.0, 0.8])
    """

    def __missing__(self, item: str) -> Link:
        link = parse_link(item[:_MAX_LINK_LENGTH])
        if len(self) < _MAX_KNOWN_LINKS:
            self[item] = link
        return link

    def links(self, text: str) -> Links:
        """The same, without a place for the message."""
        found = [self[item] for item in text.split()]
        pairs = [(link.source, link.target) for link in found]
        return pairs, [link.confidence for link in found] if ":" in text else None

    def cell(self, text: str, path: str, line: int, *, turned: bool) -> Links:
        """The links of a cell of a table, i on the side whose column stands first.

        Args:
            text: The links.
            path: The file, for messages.
            line: Its line.
            turned: Whether that side is the second of the pair, so that i and j change places.

        Raises:
            InputError: An item is not ``i-j``.

        >>> LinkReader().cell("0-0 1-2", "pairs.tsv", 2, turned=True)
        ([(0, 0), (2, 1)], None)
        """
        found, confidences = self.line(text, path, line, "links")
        return (turn(found) if turned else found), confidences

    def line(self, text: str, path: str, line: int, field: str | None = None) -> Links:
        """The links of one line of Pharaoh format, and their confidences when any is below 1.

        Raises:
            InputError: An item is not ``i-j``.
        """
        try:
            return self.links(text)
        except CswitchError as error:
            raise InputError(error.message, path=path, line=line, field=field, hint=error.hint) from error


def turn(links: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same links seen from the other side, in the same order.

    >>> turn([(0, 1), (2, 3)])
    [(1, 0), (3, 2)]
    """
    return [(j, i) for i, j in links]


def name_meant(lang: str, found: Sequence[str], otherwise: str) -> str:
    """What to do about a language that no column or field is named for.

    Args:
        lang: The code looked for.
        found: The names there are.
        otherwise: What to do when none of them is near.

    >>> name_meant("hi", ["en", "hin"], "add it")
    "rename 'hin' to 'hi' if that is meant"
    """
    near = next((name for name in found if len(name) <= _MAX_NAME_LENGTH and lang in _word_starts(name, lang)), None)
    return f"rename {near!r} to {lang!r} if that is meant" if near else otherwise


def listed(names: Sequence[str]) -> str:
    """The first names, cut short, for a message."""
    return ", ".join(repr(name[:_MAX_NAME_LENGTH]) for name in names[:10])


def _word_starts(name: str, lang: str) -> list[str]:
    """How the words of a column name begin: ``Text_HIN`` may well be meant for ``hi``."""
    return [word[: len(lang)] for word in re.split(r"[\W_]+", name.lower())]
