"""From a path to what is written: tokens, tags, origins and gaps."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from cswitch.core.text.join import recase
from cswitch.core.text.scripts import UNSPACED, scripts_for
from cswitch.generators.switching.glue import agree
from cswitch.generators.switching.lattice import MATRIX, Arc, Glue, Lattice, Path, Piece
from cswitch.generators.switching.view import View

Origin = tuple[str, int] | None
_AGREEING = {"en": frozenset({"a", "an"}), "es": frozenset({"y", "e", "o", "u"})}


class Written(NamedTuple):
    """Four parallel lists, one entry a token."""

    tokens: list[str]
    langs: list[str]
    origins: list[Origin]
    gaps: list[bool | None]


def write(view: View, lattice: Lattice, path: Path, *, agreement: bool = True, others: Sequence[View] = ()) -> Written:
    """Writes a path out.

    Args:
        view: The pair the lattice was built from.
        lattice: The lattice.
        path: One of its paths.
        agreement: Let a, an, y, e, o, u take the form that an inserted word asks for.
        others: The same matrix sentence seen with its further embedded sides, in the order of their numbers.
    """
    matrix = view.matrix
    here = _origins(matrix.lang, len(matrix.tokens))
    written = Written([], [], [], [])
    tokens, langs, origins, gaps = written
    agreeing = _AGREEING.get(matrix.lang) if agreement else None
    position = 0
    for index in path:
        arc = lattice.arcs[index]
        start = arc.start
        tokens += matrix.tokens[position:start]
        langs += view.x_tags[position:start]
        origins += here[position:start]
        gaps += matrix.gaps[position:start]
        _write_arc((view, *others)[_side(arc) - 1] if others else view, arc, written)
        if agreeing and position < start and matrix.tokens[start - 1].lower() in agreeing:
            place = len(tokens) - len(arc.pieces) - 1
            tokens[place] = agree(tokens[place], tokens[place + 1], matrix.lang)
        position = arc.end
    tokens += matrix.tokens[position:]
    langs += view.x_tags[position:]
    origins += here[position:]
    gaps += matrix.gaps[position:]
    return written


def _write_arc(view: View, arc: Arc, written: Written) -> None:
    tokens, langs, origins, gaps = written
    matrix, embedded = view.matrix, view.embedded
    gap = matrix.gaps[arc.start] if _spaced(matrix.lang) else None
    previous = -1
    for piece in arc.pieces:
        if isinstance(piece, Glue):
            tokens.append(piece.text)
            langs.append(matrix.lang)
            origins.append(None)
            gaps.append(gap if previous < 0 else True)
            previous = 0
            continue
        side, number, form = piece
        sentence, tags = (embedded, view.y_tags) if side != MATRIX else (matrix, view.x_tags)
        word = form or sentence.tokens[number]
        if previous < 0:
            initial, begins = _opens(sentence.tokens, number), _opens(tokens, len(tokens))
            if initial != begins:
                proper = view.y_letters[number] == "P"
                word = recase(word, was_initial=initial, is_initial=begins, proper=proper, lang=sentence.lang)
        elif number == previous + 1:
            gap = sentence.gaps[number]
        else:
            gap = True
        tokens.append(word)
        langs.append(tags[number])
        origins.append((sentence.lang, number))
        gaps.append(gap)
        previous = number


def _opens(tokens: Sequence[str], place: int) -> bool:
    """Whether nothing but marks stands before a place: the first word opens a sentence, whatever quotes it."""
    return not any(map(_lettered, tokens[:place]))


@lru_cache(maxsize=65536)
def _lettered(token: str) -> bool:
    return any(map(str.isalnum, token))


def _side(arc: Arc) -> int:
    """Number of the embedded side that an arc brings tokens of."""
    return next(piece.side for piece in arc.pieces if isinstance(piece, Piece) and piece.side != MATRIX)


@lru_cache(maxsize=4096)
def _origins(lang: str, size: int) -> list[Origin]:
    return [(lang, n) for n in range(size)]


@lru_cache(maxsize=64)
def _spaced(lang: str) -> bool:
    return not UNSPACED & set(scripts_for(lang))
