"""The lattice over a text that is mixed already: what it says, what its source would have it say, and all between.

The frame is the text with every block that the matrix side can say instead said so. An arc puts a block back as it
stood; the others are those of the source's own lattice, units with their glue that the constraints admit, wherever the
matrix tokens they stand for are found in the frame. So the text as it is, is one path; less is embedded where a block
stays away, more where another arc is taken, and one pass over the lattice weighs all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cswitch.generators.prompting.images import Block, Image
from cswitch.generators.switching.lattice import EMBEDDED, MATRIX, NEITHER, Arc, Changes, Glue, Lattice, Piece, copied

_STEMS = frozenset({"कर", "हो"})
_MASCULINE = frozenset({"किया", "किए", "हुआ", "हुए"})
_FEMININE = frozenset({"थी", "थीं", "thi", "thin"})
_AUXILIARIES = _FEMININE | frozenset("है हैं हूँ हूं था थे hai hain hoon hun tha the".split())


class Slot(NamedTuple):
    """A token of the frame."""

    own: int
    """Its place in the text, -1 when the matrix side has put it there."""
    x: int
    """The matrix token it is, or -1."""
    block: int
    """The block it is put there for, or -1."""


class Frame(NamedTuple):
    """A text laid out for its lattice."""

    slots: list[Slot]
    lattice: Lattice
    blocks: list[Block]
    spans: list[tuple[int, int]]
    """Slots of each block."""
    puts_back: list[int]
    """For each arc, the block that it puts back as it stood, or -1."""
    mixed: bool
    """Whether more and less may be embedded at once, in different places."""


def lay_out(image: Image, blocks: list[Block], source: Lattice, *, outside: bool = True, mixed: bool = False) -> Frame:
    """The frame of a text and its lattice.

    Args:
        image: The text.
        blocks: Blocks of it, from left to right.
        source: The lattice of its source, from the same matrix side.
        outside: Let arcs stand for what the text says in the matrix language itself, not only for what blocks do.
        mixed: Noted of the frame.
    """
    slots, blocks, spans = _slots(image, blocks)
    counts = image.view.x_counts
    langs = [counts[slot.x] if slot.own < 0 else image.said[slot.own] for slot in slots]
    arcs: list[Arc] = []
    for block, (start, end) in zip(blocks, spans, strict=True):
        said = image.said[block.start : block.end]
        run = copied(said)
        removed = langs[start:end].count(MATRIX) - said.count(MATRIX)
        arcs.append(Arc(start, end, removed, run.embedded, (), 1, run.first, run.last, run.switches, "kept"))
    puts_back = list(range(len(arcs)))
    from_source = [-1] * len(arcs)
    begins = {span[0] for span in spans}
    taken = [0] * len(arcs)
    place = {slot.x: n for n, slot in enumerate(slots) if slot.x >= 0}
    for number, arc in enumerate(source.arcs):
        begin = _stands(arc, slots, place)
        if begin is None:
            continue
        start, end = begin, begin + arc.end - arc.start
        if not _fits(image, arc, start, end, slots, blocks, spans):
            continue
        inside = slots[start].block if slots[start].block == slots[end - 1].block else -1
        if inside < 0 and not outside:
            continue
        arcs.append(arc._replace(start=start, end=end))
        puts_back.append(-1)
        from_source.append(number)
        taken.append(1 if inside < 0 or start in begins else 0)
    changes = Changes([int(n in begins) for n in range(len(slots))], taken)
    forbidden = _forbidden(image, arcs, from_source, source, blocks)
    return Frame(slots, Lattice(langs, arcs, forbidden, changes=changes), blocks, spans, puts_back, mixed)


def _slots(image: Image, blocks: Sequence[Block]) -> tuple[list[Slot], list[Block], list[tuple[int, int]]]:
    """The tokens of the frame; the blocks in it, and the slots of each."""
    slots: list[Slot] = []
    kept: list[Block] = []
    spans: list[tuple[int, int]] = []
    counts = image.view.x_counts
    position = 0
    for block in blocks:
        xs = [x for x in range(block.x1, block.x2) if not _elsewhere(image, x, block)]
        gained = [counts[x] for x in xs].count(MATRIX) - image.said[block.start : block.end].count(MATRIX)
        if not xs or gained < 0 or any(counts[x] != NEITHER for x in range(block.x1, block.x2) if x not in xs):
            continue
        slots += [Slot(n, image.xs[n], -1) for n in range(position, block.start)]
        spans.append((len(slots), len(slots) + len(xs)))
        slots += [Slot(-1, x, len(kept)) for x in xs]
        kept.append(block)
        position = block.end
    slots += [Slot(n, image.xs[n], -1) for n in range(position, image.size)]
    return slots, kept, spans


def _elsewhere(image: Image, x: int, block: Block) -> bool:
    """Whether a matrix token is in the text already, outside a block."""
    return x in image.x_at and not block.start <= image.x_at[x] < block.end


def _stands(arc: Arc, slots: Sequence[Slot], place: dict[int, int]) -> int | None:
    """The slot at which the matrix tokens of an arc stand one after the other, or None."""
    start = place.get(arc.start)
    if start is None or start + arc.end - arc.start > len(slots):
        return None
    if any(slots[start + n].x != arc.start + n for n in range(arc.end - arc.start)):
        return None
    return start


def _fits(
    image: Image,
    arc: Arc,
    start: int,
    end: int,
    slots: Sequence[Slot],
    blocks: Sequence[Block],
    spans: Sequence[tuple[int, int]],
) -> bool:
    """Whether an arc takes whole blocks or stays in one, says nothing said elsewhere, and suits what is beside it."""
    met = {slots[n].block for n in range(start, end)} - {-1}
    inside = len(met) == 1 and all(slots[n].block >= 0 for n in range(start, end))
    if not inside and any(spans[n][0] < start or spans[n][1] > end for n in met):
        return False
    for piece in arc.pieces:
        if isinstance(piece, Piece) and piece.side == EMBEDDED and piece.at in image.y_at:
            at = image.y_at[piece.at]
            if not any(blocks[n].start <= at < blocks[n].end for n in met):
                return False
    if end < len(slots) and _breaks(arc, _word(image, slots[end])):
        return False
    first, last = _ends(arc)
    if start and first is not None and not _joins(image, slots[start - 1], first - 1):
        return False
    return not (end < len(slots) and last is not None and not _joins(image, slots[end], last + 1))


def _word(image: Image, slot: Slot) -> str:
    """The word of a slot, in small letters."""
    return image.low[slot.own] if slot.own >= 0 else image.spelt[slot.x]


def _breaks(arc: Arc, following: str) -> bool:
    """Whether an arc ends on a Hindi light verb that does not go with the auxiliary after it: कर है, किया थी."""
    last = arc.pieces[-1]
    if not isinstance(last, Glue):
        return False
    return following in (_AUXILIARIES if last.text in _STEMS else _FEMININE if last.text in _MASCULINE else ())


def _joins(image: Image, slot: Slot, y: int) -> bool:
    """Whether a token that stays beside an arc is the embedded token ``y``, in the matrix language, or of no side."""
    return slot.own < 0 or image.said[slot.own] != EMBEDDED or image.ys[slot.own] in (y, -1)


def _ends(arc: Arc) -> tuple[int | None, int | None]:
    """The first and the last embedded token of an arc; None where it begins or ends otherwise."""
    if not arc.pieces:
        return None, None
    one, other = arc.pieces[0], arc.pieces[-1]
    first = one.at if isinstance(one, Piece) and one.side == EMBEDDED else None
    last = other.at if isinstance(other, Piece) and other.side == EMBEDDED else None
    return first, last


def _forbidden(
    image: Image, arcs: Sequence[Arc], numbers: Sequence[int], source: Lattice, blocks: Sequence[Block]
) -> dict[int, frozenset[int]]:
    """For each arc, those that must not come directly before it.

    Those that the source's lattice keeps apart, and those that the source does not have side by side in this order.
    """
    ending: dict[int, list[int]] = {}
    ends = [
        _ends(arc) if numbers[n] >= 0 else (_known(image.ys[blocks[n].start]), _known(image.ys[blocks[n].end - 1]))
        for n, arc in enumerate(arcs)
    ]
    for n, arc in enumerate(arcs):
        ending.setdefault(arc.end, []).append(n)
    found: dict[int, frozenset[int]] = {}
    for n, arc in enumerate(arcs):
        banned = set()
        for before in ending.get(arc.start, ()):
            one, other = numbers[before], numbers[n]
            if one < 0 and other < 0:
                continue  # as the text has it
            last, first = ends[before][1], ends[n][0]
            parted = one >= 0 and other >= 0 and one in source.forbidden.get(other, ())
            if parted or (last is not None and first is not None and last + 1 != first):
                banned.add(before)
        if banned:
            found[n] = frozenset(banned)
    return found


def _known(y: int) -> int | None:
    return y if y >= 0 else None
