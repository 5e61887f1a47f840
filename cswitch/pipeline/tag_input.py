"""What is to be tagged, an utterance at a time: text, token lines, JSON Lines, Parquet, folders of ``datasets``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from cswitch.core.text.tokens import tokenise
from cswitch.pipeline.lines import started
from cswitch.pipeline.pair_rows import Lines
from cswitch.pipeline.tag_layouts import opened
from cswitch.pipeline.tag_lines import FORM, Block, comment_value, is_conllu, surface, token_blocks
from cswitch.pipeline.tag_records import listed, name_of, objects, placed, tokens_of
from cswitch.schemas.decode import RecordError, convert_record
from cswitch.schemas.utterance import Utterance

TEXT = "text"
"""Field of an object that holds its text, when no other is named."""
OWN = frozenset(Utterance.__struct_fields__)
"""Fields that the output fills; every other one of the input is kept."""

Offsets = Sequence[tuple[int, int]]


class Untagged(NamedTuple):
    """An utterance that waits for its tags."""

    place: int
    """1-based line of the file, or row."""
    id: str
    """The id it came with, else its 1-based number."""
    text: str | None
    """The text, when there is one."""
    tokens: Sequence[str]
    """Tokens in order."""
    offsets: Offsets | None
    """``[start, end)`` of each token in the text; None without a text, or when a token is not found in it."""
    fields: dict[str, Any] | None = None
    """The other fields that the input has."""
    block: Block | None = None
    """Rows and comments, where the input has a token a line."""
    rows: Sequence[int] = ()
    """The row of each token in the block."""


class Reading(NamedTuple):
    """How the input is read."""

    fmt: str | None = None
    """Name of the layout, when neither the name of the file nor its first line tells it."""
    field: str | None = None
    """Field of the text in objects; it is cut into tokens even where an object brings tokens."""
    pretokenised: bool = False
    """Tokens of texts stand between spaces."""
    lang: str = ""
    """Language whose rules cut text into tokens; it matters for ``zh``, ``ja`` and ``th``."""


def read_untagged(path: str, how: Reading = Reading()) -> Iterator[Untagged]:  # noqa: B008 it cannot be changed
    r"""Reads what is to be tagged, in flat memory.

    The layout is told by the name of the file, else by its first line:

    * ``text``: a line an utterance; an empty line is an utterance without tokens.
    * ``tsv``: a token a line, first in its line; an empty line ends an utterance.
    * ``conll``: the same with columns parted by tabs or spaces, as in the files of LinCE, or CoNLL-U.
    * ``jsonl``: objects with ``tokens`` (or ``words``), or with a text.
    * ``parquet``, ``datasets``: rows with the same columns.

    Args:
        path: A file, gzip or not, a folder, or ``-`` for standard input.
        how: How it is read.

    Returns:
        Utterances in the order of the input; the first is read at once.

    Raises:
        InputError: The input cannot be read; file, line, field and remedy are named.
        MissingExtraError: Reading it needs an extra.
        UsageError: The layout is unknown.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "two.txt")
    ...     _ = path.write_text("Oh, hi!\n\n", encoding="utf-8")
    ...     [(found.id, found.tokens, found.offsets) for found in read_untagged(str(path))]
    [('1', ('Oh', ',', 'hi', '!'), ((0, 2), (2, 3), (4, 6), (6, 7))), ('2', (), ())]
    """
    return started(_untagged(path, how))


def _untagged(path: str, how: Reading) -> Iterator[Untagged]:
    kind, lines = opened(path, how.fmt)
    if kind == "text":
        for number, text in lines:
            tokens, offsets = cut(text, how)
            yield Untagged(number, str(number), text, tokens, offsets)
    elif kind in ("tsv", "conll"):
        yield from _token_lines(lines, path, kind)
    else:
        for count, (place, value) in enumerate(objects(path, kind, lines), start=1):
            try:
                yield of_object(value, place, count, how)
            except RecordError as error:
                raise placed(path, kind, place, error) from error


def cut(text: str, how: Reading) -> tuple[Sequence[str], Offsets]:
    """Tokens of a text and their offsets.

    >>> cut("Oh, hi!", Reading(pretokenised=True))
    (['Oh,', 'hi!'], [(0, 3), (4, 7)])
    """
    if not how.pretokenised:
        tokens, offsets, _ = tokenise(text, how.lang)
        return tokens, offsets
    words = text.split()
    return words, located(words, text) or []


def located(tokens: Sequence[str], text: str) -> list[tuple[int, int]] | None:
    """Where tokens stand in a text, each after the one before; None when one of them does not.

    >>> located(["Oh", ",", "hi"], "Oh, hi!"), located(["``", "hi"], '"hi')
    ([(0, 2), (2, 3), (4, 6)], None)
    """
    found, end = [], 0
    for token in tokens:
        start = text.find(token, end)
        if start < 0:
            return None
        end = start + len(token)
        found.append((start, end))
    return found


def _given(offsets: object, tokens: Sequence[str], text: str) -> Offsets | None:
    """The offsets that an object brings, when each cuts its token out of the text."""
    try:
        places = convert_record(offsets, list[tuple[int, int]])
    except RecordError:
        return None
    cuts = [text[start:end] if start >= 0 else None for start, end in places]
    return places if cuts == list(tokens) else None


def _token_lines(lines: Lines, path: str, kind: str) -> Iterator[Untagged]:
    for count, block in enumerate(token_blocks(lines, path, spaces=kind == "conll", tagged=False), start=1):
        if is_conllu(block.rows[0]):
            rows: Sequence[int] = surface(block, path)
            tokens = [block.rows[at][FORM] for at in rows]
        else:
            rows = range(len(block.rows))
            tokens = [row[0] for row in block.rows]
        text = comment_value(block.comments, "text")
        name = comment_value(block.comments, "sent_id", "id", "sent_enum")
        offsets = None if text is None else located(tokens, text)
        yield Untagged(block.lines[0], name or str(count), text, tokens, offsets, None, block, rows)


def of_object(value: dict[str, Any], place: int, count: int, how: Reading) -> Untagged:
    """The utterance that an object holds.

    Args:
        value: An object with ``tokens`` (or ``words``) or a text.
        place: Its line or row.
        count: Its number, which is its id when it has none.
        how: How it is read.

    Raises:
        RecordError: It holds neither, or one of them is no text.

    >>> of_object({"text": "Oh, hi!", "topic": "chat"}, 1, 1, Reading()).fields
    {'topic': 'chat'}
    """
    found = tokens_of(value) if how.field is None else None
    name = TEXT if how.field is None else how.field
    text = value.get(name)
    if text is not None and not isinstance(text, str):
        raise RecordError(f"expected str, got {type(text).__name__}", field=name, hint="write the text as a string")
    if found is not None:
        tokens: Sequence[str] = found[1]
        offsets: Offsets | None
        offsets = None if text is None else _given(value.get("offsets"), tokens, text) or located(tokens, text)
    elif text is not None:
        tokens, offsets = cut(text, how)
    else:
        what = "no text" if how.field else "neither tokens nor a text"
        raise RecordError(what, field=name, hint=f"name the field of the text by --field; found {listed(value)}")
    rest = {key: kept for key, kept in value.items() if key not in OWN}
    return Untagged(place, name_of(value, count), text, tokens, offsets, rest)
