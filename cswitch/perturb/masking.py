r"""Texts for a translator or a model: what must stay is a placeholder, and comes back byte for byte or not at all."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cswitch.core.text.protected import merged
from cswitch.training.records import Span

_BREAK = re.compile(r"[ \t]*(?:\r?\n[ \t]*)+")
_OWN = re.compile(r"\{(\d{1,6})\}")


class Masked(NamedTuple):
    """A text with placeholders in it."""

    text: str
    """The text, ``{0}`` and so on where something stays: a number is of no language."""
    pieces: Sequence[str]
    """What the placeholders stand for, in order."""
    spans: Sequence[Span]
    """Where the pieces stood."""
    first: int = 0
    """The number of the first placeholder."""


class Unmasked(NamedTuple):
    """A text with its pieces again."""

    text: str
    places: Sequence[Span]
    """Where each piece stands, in their order."""
    starts: Sequence[int]
    """Where each placeholder began in the text that came back, ascending, and how far what follows it is moved."""
    shifts: Sequence[int]

    def moved(self, at: int) -> int:
        """Where a character of the text that came back stands now; it must be outside placeholders."""
        before = bisect_right(self.starts, at)
        return at + (self.shifts[before - 1] if before else 0)


def mask(text: str, spans: Iterable[Span]) -> Masked:
    r"""A text with placeholders instead of some spans and of its line breaks.

    >>> mask("Pay $5 now.\n\nOr `x`.", [(4, 6), (16, 19)])[:2]
    ('Pay {0} now. {1} Or {2}.', ['$5', '\n\n', '`x`'])
    """
    first = max((int(match[1]) + 1 for match in _OWN.finditer(text)), default=0)
    breaks = [match.span() for match in _BREAK.finditer(text)]
    kept = merged([*spans, *breaks])
    parts: list[str] = []
    pieces: list[str] = []
    at = 0
    for start, end in kept:
        piece = text[start:end]
        name = f"{{{first + len(pieces)}}}"
        parts += text[at:start], f" {name} " if piece.isspace() else name
        pieces.append(piece)
        at = end
    return Masked("".join((*parts, text[at:])), pieces, kept, first)


def unmask(masked: Masked, text: str) -> Unmasked | None:
    r"""What came back, with its pieces; None where a placeholder is missing, comes twice or was made up.

    Args:
        masked: What was sent.
        text: What came back.

    >>> masked = mask("Pay $5 now.\nBye", [(4, 6)])
    >>> unmask(masked, "अब {0} दो। {1} Bye").text
    'अब $5 दो।\nBye'
    >>> unmask(masked, "अब दो। {1} Bye") is None
    True
    """
    found = [match for match in _OWN.finditer(text) if int(match[1]) >= masked.first]
    numbers = [int(match[1]) - masked.first for match in found]
    if sorted(numbers) != list(range(len(masked.pieces))):
        return None
    parts: list[str] = []
    places: list[Span] = [(0, 0)] * len(masked.pieces)
    starts: list[int] = []
    shifts: list[int] = []
    at = size = 0
    for match, number in zip(found, numbers, strict=True):
        piece, (start, end) = masked.pieces[number], match.span()
        if piece.isspace():  # a line break, which was set off by spaces
            start -= text[at:start].endswith(" ")
            end += text[end : end + 1] == " "
        parts += text[at:start], piece
        size += start - at + len(piece)
        places[number] = (size - len(piece), size)
        starts.append(match.start())
        shifts.append(size - end)
        at = end
    return Unmasked("".join((*parts, text[at:])), places, starts, shifts)


def within(masked: Masked, unmasked: Unmasked, span: Span) -> Span:
    """Where a span that lies within a piece stands now.

    >>> masked = mask("Pay 5 km now", [(4, 8)])
    >>> within(masked, unmask(masked, "Now {0}"), (4, 5))
    (4, 5)
    """
    number = next(at for at, (start, end) in enumerate(masked.spans) if start <= span[0] and span[1] <= end)
    first = unmasked.places[number][0] - masked.spans[number][0]
    return span[0] + first, span[1] + first
