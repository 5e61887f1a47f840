"""Tagged text as gold or as predictions: any layout, label names of any scheme, tags of ours out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple

from cswitch.core.errors import InputError, UsageError
from cswitch.core.tag_names import canonical_tag
from cswitch.pipeline.lines import started
from cswitch.pipeline.pair_rows import Lines
from cswitch.pipeline.tag_layouts import opened
from cswitch.pipeline.tag_lines import FORM, MISC, Block, comment_value, is_conllu, misc_tag, surface, token_blocks
from cswitch.pipeline.tag_records import name_of, objects, placed, tags_of, tokens_of
from cswitch.schemas.decode import RecordError

UPOS = 3
_MARKS = frozenset({"PUNCT", "SYM"})
_CODE = re.compile(r"[a-z]{2,3}")
_PLACED = re.compile(r"lang_?\d", re.IGNORECASE)
_WIDEST = 3
"""Columns of token lines at most, when they are not CoNLL-U: token, tag, and one thing more."""


class Gold(NamedTuple):
    """A sentence whose tags are known."""

    place: int
    """1-based line of the file, or row."""
    id: str
    """The id it came with, else its 1-based number."""
    tokens: list[str]
    """Tokens in order."""
    tags: list[str]
    """A tag a token: a language, or other, ne, ambiguous, mixed, fw, unk."""
    pos: list[str] | None = None
    """A part of speech a token: UPOS of CoNLL-U, or the third column."""


def read_gold(path: str, languages: Sequence[str] = (), *, fmt: str | None = None) -> Iterator[Gold]:
    r"""Reads tagged sentences.

    Layouts are those of :func:`cswitch.pipeline.tag_input.read_untagged`, but for plain text: token lines with the tag
    in the second column, CoNLL-U with the language in MISC, and objects or rows with tokens and tags. Names of classes
    are put for their numbers. Labels of other schemes become tags by :func:`cswitch.core.tag_names.canonical_tag`; an
    unknown code of two or three letters stays what it is.

    Args:
        path: A file, gzip or not, a folder, or ``-`` for standard input.
        languages: The languages in play, in order: ``lang1`` is the first of them.
        fmt: The layout, to overrule what the file says.

    Returns:
        Sentences in the order of the file; the first is read at once.

    Raises:
        InputError: The file cannot be read, has no tags, or a tag means nothing; file, line and remedy are named.
        MissingExtraError: Reading it needs an extra.
        UsageError: ``fmt`` is unknown, or ``text``, which has no tags.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "gold.tsv")
    ...     _ = path.write_text("main\tlang2\nhappy\tlang1\n\n", encoding="utf-8")
    ...     [(gold.tokens, gold.tags) for gold in read_gold(str(path), ("en", "hi"))]
    [(['main', 'happy'], ['hi', 'en'])]
    """
    if fmt == "text":
        raise UsageError("plain text has no tags", hint="choose --from tsv, conll, jsonl, parquet or datasets")
    kind, lines = opened(path, fmt, tagged=True)
    return started(gold_sentences(path, kind, lines, Labels(tuple(languages))))


def gold_sentences(path: str, kind: str, lines: Lines, labels: Mapping[str, str]) -> Iterator[Gold]:
    """The sentences of a source that is open, see :func:`read_gold`.

    Args:
        path: Its name.
        kind: Its layout.
        lines: Its lines, where it has lines.
        labels: Label to tag.
    """
    if kind in ("tsv", "conll"):
        yield from _token_lines(lines, path, labels, spaces=kind == "conll")
        return
    for count, (place, value) in enumerate(objects(path, kind, lines), start=1):
        try:
            tokens = tokens_of(value)
            if tokens is None:
                raise RecordError("no tokens", hint="gold needs tokens and a tag for each of them")
            tags = [labels[tag] for tag in tags_of(value, len(tokens[1]))]
        except RecordError as error:
            raise placed(path, kind, place, error) from error
        yield Gold(place, name_of(value, count), tokens[1], tags)


def matched(gold: Sequence[Gold], predictions: Iterator[Gold], paths: tuple[str, str]) -> list[list[str]]:
    """The tags of predictions, once it is sure that they are of the same tokens as gold.

    Args:
        gold: Sentences of gold.
        predictions: Sentences of predictions.
        paths: Names of the two files, for messages.

    Raises:
        InputError: A sentence is missing, or a token differs.
    """
    found: list[list[str]] = []
    for expected, given in zip_longest(gold, predictions):
        if given is None:
            message = f"it ends after {len(found):,} sentences, {paths[0]} has {len(gold):,}"
            raise InputError(message, path=paths[1], hint="tag every sentence of gold")
        if expected is None:
            message = f"a sentence more than {paths[0]} has ({len(gold):,})"
            raise InputError(message, path=paths[1], line=given.place, hint="tag every sentence of gold once")
        if expected.tokens != given.tokens:
            message = f"{_difference(expected.tokens, given.tokens)} at {paths[0]}:{expected.place}"
            raise InputError(message, path=paths[1], line=given.place, hint="tag the tokens of gold: --pretokenized")
        found.append(given.tags)
    return found


class Labels(dict[str, str]):
    """Label to its tag, each worked out once.

    >>> Labels(("en", "hi"))["lang1"]
    'en'
    """

    def __init__(self, languages: tuple[str, ...]) -> None:
        super().__init__()
        self._languages = languages

    def __missing__(self, label: str) -> str:
        tag = canonical_tag(label, self._languages)
        if tag is None and _CODE.fullmatch(label.lower()):
            tag = label.lower()
        if tag is None:
            hint = "tags are languages such as hi, or other, ne, ambiguous, mixed, fw, unk"
            if _PLACED.search(label):
                hint = (
                    "say which languages lang1 and lang2 are, in their order: --pair en-es (export: --languages en,es)"
                )
            raise RecordError(f"{label[:30]!r} is no tag", hint=hint)
        self[label] = tag
        return tag


def _token_lines(lines: Lines, path: str, labels: Mapping[str, str], *, spaces: bool) -> Iterator[Gold]:
    for count, block in enumerate(token_blocks(lines, path, spaces=spaces), start=1):
        conllu = is_conllu(block.rows[0])
        if not conllu and len(block.rows[0]) > _WIDEST:
            hint = "keep the token and its tag: cut -f1,2 FILE > gold.tsv"
            message = f"{len(block.rows[0])} columns where token, tag and at most one more are known"
            raise InputError(message, path=path, line=block.lines[0], hint=hint)
        rows = surface(block, path) if conllu else range(len(block.rows))
        tags = []
        for at in rows:
            try:
                tags.append(labels[_misc(block, at) if conllu else _cell(block.rows[at])])
            except RecordError as error:
                raise InputError(error.message, path=path, line=block.lines[at], hint=error.hint) from error
        tokens = [block.rows[at][FORM if conllu else 0] for at in rows]
        name = comment_value(block.comments, "sent_id", "id") or str(count)
        yield Gold(block.lines[0], name, tokens, tags, _parts_of_speech(block, rows, UPOS if conllu else _WIDEST - 1))


def _parts_of_speech(block: Block, rows: Sequence[int], column: int) -> list[str] | None:
    """The parts of speech of the tokens; None when the column is not there, or a token has none in it."""
    if len(block.rows[0]) <= column:
        return None
    found = [block.rows[at][column] for at in rows]
    return None if {"_", ""} & set(found) else found


def _cell(row: list[str]) -> str:
    if not row[1]:
        raise RecordError("the tag is empty", hint="write token<TAB>tag throughout")
    return row[1]


def _misc(block: Block, at: int) -> str:
    """The label of a token of CoNLL-U: its own, else that of the words it covers; marks need none."""
    row = block.rows[at]
    label = misc_tag(row[MISC])
    if label is None and "-" in row[0]:
        first, _, last = row[0].partition("-")
        count = int(last) - int(first) + 1
        covered = {misc_tag(word[MISC]) for word in block.rows[at + 1 : at + 1 + count]} - {None}
        label = covered.pop() if len(covered) == 1 else "mixed" if covered else None
    if label is None and row[UPOS] in _MARKS:
        label = "other"
    if label is None:
        raise RecordError(f"{row[FORM][:30]!r} has no language in MISC", hint="write it as Lang=hi, LangID= or CSID=")
    return label


def _difference(expected: Sequence[str], given: Sequence[str]) -> str:
    if len(expected) != len(given):
        return f"{len(given)} tokens where gold has {len(expected)}"
    at = next(at for at, (a, b) in enumerate(zip(expected, given, strict=True)) if a != b)
    return f"token {at + 1} is {given[at][:30]!r} where gold has {expected[at][:30]!r}"
