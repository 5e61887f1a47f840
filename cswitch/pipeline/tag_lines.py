"""A token a line: TSV, the CoNLL files of LinCE, CoNLL-U. Sentences of cells, and which of their rows are tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from cswitch.core.errors import InputError
from cswitch.pipeline.pair_rows import Lines

CONLLU_WIDTH = 10
"""Columns of CoNLL-U: ID FORM LEMMA UPOS XPOS FEATS HEAD DEPREL DEPS MISC."""
FORM, MISC = 1, 9
LANGUAGE_KEYS = ("Lang", "LangID", "CSID", "LID")
"""Keys of the MISC column under which treebanks of mixed text keep the language of a word, the usual one first."""

_NUMBER = re.compile(r"\d+")
_RANGE = re.compile(r"(\d+)-(\d+)")
_EMPTY = re.compile(r"\d+\.\d+")
_DOCUMENT = "-DOCSTART-"


class Block(NamedTuple):
    """A sentence as it is written."""

    lines: list[int]
    """1-based line of each row."""
    comments: list[str]
    """Lines that begin with ``#``, as they are."""
    rows: list[list[str]]
    """Cells of each line, all alike in number."""


def token_blocks(lines: Lines, path: str, *, spaces: bool = False, tagged: bool = True) -> Iterator[Block]:
    r"""Sentences of a file with a token a line; an empty line ends one.

    A line that begins with ``#`` and holds no tab is a comment; where a line is a token alone, a comment is ``#`` and a
    space. With ``spaces``, lines of ``-DOCSTART-`` are passed over.

    Args:
        lines: Numbered lines.
        path: Name of the file, for messages.
        spaces: Columns may be parted by spaces, as in CoNLL files of old.
        tagged: A token without a tag beside it is an error.

    Raises:
        InputError: A line has another number of columns than those before, or too few; or no sentence is there.

    >>> lines = enumerate(["# sent_enum = 1", "main\thi", "happy\ten", "", "ok\ten"], start=1)
    >>> [(block.lines, block.comments, block.rows) for block in token_blocks(lines, "-")]
    [([2, 3], ['# sent_enum = 1'], [['main', 'hi'], ['happy', 'en']]), ([5], [], [['ok', 'en']])]
    """
    width, found = 0, False
    block = Block([], [], [])
    for number, line in chain(lines, [(0, "")]):
        if not line or line.isspace():
            if block.rows:
                found = True
                yield block
                block = Block([], [], [])
            continue
        cells = line.split("\t") if "\t" in line or not spaces else line.split()
        if line.startswith("#") and _is_comment(line, cells, width, tagged=tagged):
            block.comments.append(line)
        elif not (spaces and line.startswith(_DOCUMENT)):
            width = width or len(cells)
            if len(cells) != width or width < 1 + tagged or not cells[0]:
                raise wrong_cells(cells, width, path, number, tagged=tagged)
            block.lines.append(number)
            block.rows.append(cells)
    if not found:
        kind = "tagged token" if tagged else "token"
        raise InputError(f"no {kind} in the file", path=path, hint="write a line for each token: token<TAB>tag")


def is_conllu(row: list[str]) -> bool:
    """Whether a row is one of CoNLL-U.

    >>> is_conllu(["1", "hola"] + ["_"] * 8), is_conllu(["hola", "es"])
    (True, False)
    """
    return len(row) == CONLLU_WIDTH and bool(row[0][:1].isdigit())


def surface(block: Block, path: str) -> list[int]:
    """Which rows of a CoNLL-U sentence are its tokens: ranges such as ``1-2`` (del) stand for the words they cover.

    Raises:
        InputError: An id is no number, range or empty node.

    >>> names = ("1-2", "1", "2", "3", "3.1")
    >>> surface(Block([1, 2, 3, 4, 5], [], [[name, "x"] for name in names]), "-")
    [0, 3]
    """
    found, covered = [], 0
    for place, (name, *_) in enumerate(block.rows):
        if ends := _RANGE.fullmatch(name):
            covered = int(ends[2])
            found.append(place)
        elif _NUMBER.fullmatch(name):
            if int(name) > covered:
                found.append(place)
        elif not _EMPTY.fullmatch(name):
            hint = "CoNLL-U numbers words 1, 2, 3, ranges 1-2 and empty nodes 1.1"
            raise InputError(f"{name[:30]!r} is no id", path=path, line=block.lines[place], field="ID", hint=hint)
    return found


def misc_tag(cell: str) -> str | None:
    """The language that a MISC cell names, or None.

    >>> misc_tag("SpaceAfter=No|Lang=hi"), misc_tag("CSID=TR"), misc_tag("_")
    ('hi', 'TR', None)
    """
    values = dict(part.partition("=")[::2] for part in cell.split("|"))
    return next((values[key] for key in LANGUAGE_KEYS if values.get(key)), None)


def with_misc(cell: str, tag: str) -> str:
    """A MISC cell that names a language, and no other.

    >>> with_misc("CSID=TR|SpaceAfter=No", "tr")
    'SpaceAfter=No|Lang=tr'
    """
    parts = [part for part in cell.split("|") if part != "_" and part.partition("=")[0] not in LANGUAGE_KEYS]
    return "|".join([*parts, f"{LANGUAGE_KEYS[0]}={tag}"])


def comment_value(comments: list[str], *keys: str) -> str | None:
    """What a comment ``# key = value`` says under the first of the keys that is there.

    >>> comment_value(["# sent_id = 7", "# text = a = b"], "text"), comment_value([], "text")
    ('a = b', None)
    """
    values = {}
    for comment in comments:
        key, sign, value = comment[1:].partition("=")
        if sign:
            values[key.strip()] = value.strip()
    return next((values[key] for key in keys if key in values), None)


def wrong_cells(cells: list[str], width: int, path: str, line: int, *, tagged: bool) -> InputError:
    """What is wrong with a line of too many, too few or empty cells."""
    hint = "write token<TAB>tag throughout, and an empty line between sentences"
    if len(cells) == width and not cells[0]:
        return InputError("it is empty", path=path, line=line, field="token", hint=hint)
    before = f"where the lines before have {width}" if len(cells) != width else "and so no tag"
    return InputError(f"{len(cells)} column{'s' * (len(cells) != 1)} {before}", path=path, line=line, hint=hint)


def _is_comment(line: str, cells: list[str], width: int, *, tagged: bool) -> bool:
    if "\t" in line:
        return False
    if len(cells) > 1:  # parted by spaces: "# en" may be a token
        return len(cells) != (width or 2)
    return tagged or width > 1 or line.startswith("# ")
