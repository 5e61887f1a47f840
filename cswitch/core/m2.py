"""M2 files of grammatical error correction (Dahlmeier and Ng, 2012): read, checked, applied, moved and written.

A sentence is a line ``S`` with its tokens, a line ``A`` for each edit, and an empty line::

    S She go to school .
    A 1 2|||R:VERB:SVA|||goes|||REQUIRED|||-NONE-|||0
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

NOOP = "noop"
"""Type of the edit that says that there is nothing to correct."""
UNCORRECTED = frozenset({NOOP, "UNK", "Um"})
"""Types of edits that change nothing: what is wrong is not said, or cannot be told (``Um`` of NUCLE)."""
_FIELDS = 6
_NOWHERE = (-1, -1)


class Edit(msgspec.Struct, frozen=True, array_like=True):
    """A correction: what stands in the place of tokens ``start`` to ``end``, the end exclusive."""

    start: int
    """0-based index of the first token; -1 for :data:`NOOP`."""
    end: int
    """Index after the last token; that of ``start`` for an insertion."""
    type: str
    """Type of the error, such as ``R:NOUN:NUM``."""
    correction: str
    """Tokens with single spaces; empty for a deletion; alternatives, which CoNLL-2014 has, are parted by ``||``."""
    required: str = "REQUIRED"
    """The fourth field, kept as it is."""
    comment: str = "-NONE-"
    """The fifth field, kept as it is."""
    annotator: int = 0
    """Whose edit it is."""

    @property
    def corrects(self) -> bool:
        """Whether it has a place in the sentence."""
        return (self.start, self.end) != _NOWHERE


class M2Sentence(NamedTuple):
    """A sentence with what its annotators would change."""

    tokens: tuple[str, ...]
    """The sentence as it was written."""
    edits: tuple[Edit, ...]
    """In the order of the file."""


class M2Fault(NamedTuple):
    """Why a sentence of a file cannot be used."""

    line: int
    """1-based line at fault."""
    message: str
    """What is wrong, and what to do."""


class EditError(ValueError):
    """Edits that do not fit their sentence.

    Args:
        message: What is wrong.
        number: 0-based number of the edit.
    """

    def __init__(self, message: str, number: int) -> None:
        super().__init__(message)
        self.number = number


def read_m2(lines: Iterable[str]) -> Iterator[tuple[int, M2Sentence | M2Fault]]:
    r"""The sentences of an M2 file with the line each begins in; one that is at fault is told, and reading goes on.

    >>> text = "S a cats\nA 0 1|||R:DET||||||REQUIRED|||-NONE-|||0\n\nS ok\nA 0 9|||U|||x|||REQUIRED|||-NONE-|||0\n"
    >>> for line, found in read_m2(text.splitlines()):
    ...     print(line, found)
    1 M2Sentence(tokens=('a', 'cats'), edits=(Edit(start=0, end=1, type='R:DET', correction='', ...annotator=0),))
    4 M2Fault(line=5, message='edit 0 9 does not lie in a sentence of 1 token')
    """
    block: list[tuple[int, str]] = []
    for number, line in enumerate(lines, start=1):
        text = line.rstrip("\r\n")
        if block and (not text.strip() or _is_sentence(text)):
            yield block[0][0], _sentence(block)
            block = []
        if text.strip():
            block.append((number, text))
    if block:
        yield block[0][0], _sentence(block)


def check_edits(tokens: Sequence[str], edits: Sequence[Edit]) -> None:
    """Checks that edits lie in their sentence, and that those of one annotator do not overlap.

    Two insertions in one place are fine, and so is an insertion at either end of another edit.

    Raises:
        EditError: One does not.

    >>> check_edits(["a", "b"], [Edit(0, 2, "R", "x"), Edit(1, 2, "R", "y", annotator=1), Edit(2, 2, "M", "z")])
    >>> check_edits(["a", "b"], [Edit(0, 2, "R", "x"), Edit(1, 2, "R", "y")])
    Traceback (most recent call last):
    ...
    cswitch.core.m2.EditError: edit 1 2 overlaps edit 0 2 of annotator 0
    """
    for number, edit in enumerate(edits):
        _check_place(len(tokens), edit, number)
    order = sorted((edit.annotator, edit.start, edit.end, number) for number, edit in enumerate(edits) if edit.corrects)
    furthest: tuple[int, int, int] | None = None
    for annotator, start, end, number in order:
        if furthest is not None and furthest[0] == annotator and start < furthest[2]:
            message = f"edit {start} {end} overlaps edit {furthest[1]} {furthest[2]} of annotator {annotator}"
            raise EditError(message, number)
        furthest = (annotator, start, end)


def annotators(edits: Iterable[Edit]) -> list[int]:
    """Everyone who has an edit, ascending.

    >>> annotators([Edit(0, 1, "R", "x", annotator=2), Edit(-1, -1, "noop", "-NONE-", annotator=0)])
    [0, 2]
    """
    return sorted({edit.annotator for edit in edits})


def corrected(tokens: Sequence[str], edits: Iterable[Edit], annotator: int = 0) -> list[str]:
    """The sentence as an annotator would have it; of alternatives the first is taken.

    Args:
        tokens: The sentence.
        edits: Edits of anyone, checked.
        annotator: Whose to apply.

    >>> corrected(["She", "go", "school", "."], [Edit(1, 2, "R", "goes"), Edit(2, 2, "M", "to")])
    ['She', 'goes', 'to', 'school', '.']
    """
    mine = [edit for edit in edits if edit.annotator == annotator and edit.type not in UNCORRECTED and edit.corrects]
    out: list[str] = []
    at = 0
    for edit in sorted(mine, key=lambda edit: (edit.start, edit.end)):
        out += [*tokens[at : edit.start], *edit.correction.partition("||")[0].split()]
        at = edit.end
    return [*out, *tokens[at:]]


def moved(edits: Iterable[Edit], spans: Iterable[tuple[int, int, int]]) -> tuple[Edit, ...]:
    """Edits of a sentence in which stretches were replaced, with the places they have then.

    Args:
        edits: Edits that touch none of the stretches; one may lie at the end of one.
        spans: Start, end and new number of tokens of each stretch, ascending.

    Raises:
        ValueError: An edit lies in a stretch.

    >>> [(edit.start, edit.end) for edit in moved([Edit(0, 1, "R", "x"), Edit(3, 4, "R", "y")], [(1, 3, 5)])]
    [(0, 1), (6, 7)]
    """
    known = sorted(spans)
    return tuple([_moved(edit, known) if edit.corrects else edit for edit in edits])


def m2_block(tokens: Sequence[str], edits: Iterable[Edit]) -> str:
    r"""A sentence as it stands in a file, without the empty line after it; one without an edit gets a noop.

    Raises:
        ValueError: A token or a field cannot stand in the file.

    >>> m2_block(["Ok", "."], [])
    'S Ok .\nA -1 -1|||noop|||-NONE-|||REQUIRED|||-NONE-|||0\n'
    """
    for token in tokens:
        if not token or token != "".join(token.split()):
            raise ValueError(f"{token[:30]!r} is empty or holds white space")
    listed = list(edits) or [Edit(*_NOWHERE, NOOP, "-NONE-")]
    return "".join([f"S {' '.join(tokens)}\n", *map(_line, listed)])


def _line(edit: Edit) -> str:
    texts = (edit.type, edit.correction, edit.required, edit.comment)
    for text in texts:
        if "|||" in text or any(character in text for character in "\r\n"):
            raise ValueError(f"{text[:30]!r} holds ||| or the end of a line")
    return "|||".join([f"A {edit.start} {edit.end}", *texts, str(edit.annotator)]) + "\n"


def _is_sentence(line: str) -> bool:
    return line == "S" or line.startswith("S ")


def _sentence(block: Sequence[tuple[int, str]]) -> M2Sentence | M2Fault:
    first, line = block[0]
    if not _is_sentence(line):
        return M2Fault(first, f"{line[:30]!r} is no sentence; it begins with S and its edits with A")
    tokens = tuple(line[2:].split())
    if not tokens:
        return M2Fault(first, "the sentence has no token")
    edits: list[Edit] = []
    for number, text in block[1:]:
        try:
            edits.append(_edit(text))
        except ValueError as error:
            return M2Fault(number, str(error))
    try:
        check_edits(tokens, edits)
    except EditError as error:
        return M2Fault(block[1 + error.number][0], str(error))
    return M2Sentence(tokens, tuple(edits))


def _edit(line: str) -> Edit:
    if not line.startswith("A "):
        raise ValueError(f"{line[:30]!r} is no edit; a line of one begins with A")
    fields = line[2:].split("|||")
    if len(fields) != _FIELDS:
        raise ValueError(f"the edit has {len(fields)} fields parted by |||, not {_FIELDS}")
    place, kind, correction, required, comment, annotator = fields
    try:
        start, end = map(int, place.split())
    except ValueError:
        raise ValueError(f"the offsets {place[:30]!r} are no two whole numbers") from None
    try:
        whose = int(annotator)
    except ValueError:
        raise ValueError(f"the annotator {annotator[:30]!r} is no whole number") from None
    return Edit(start, end, kind, correction, required, comment, whose)


def _check_place(length: int, edit: Edit, number: int) -> None:
    place = f"{edit.start} {edit.end}"
    if edit.corrects == (edit.type == NOOP):
        raise EditError(f"edit {place} is a {edit.type}; a {NOOP}, and nothing else, has the offsets -1 -1", number)
    if edit.corrects and not 0 <= edit.start <= edit.end <= length:
        tokens = f"{length} token" + "s" * (length != 1)
        raise EditError(f"edit {place} does not lie in a sentence of {tokens}", number)


def _moved(edit: Edit, spans: Sequence[tuple[int, int, int]]) -> Edit:
    shift = 0
    for start, end, count in spans:
        if max(start, edit.start) < min(end, edit.end) or (edit.start == edit.end and start < edit.start < end):
            raise ValueError(f"edit {edit.start} {edit.end} lies in the stretch {start} {end}")
        if end <= edit.start:
            shift += count - (end - start)
    return Edit(
        edit.start + shift, edit.end + shift, edit.type, edit.correction, edit.required, edit.comment, edit.annotator
    )
