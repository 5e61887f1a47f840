"""Where the rows of ``prompt`` come from: parallel pairs, text in one language, or the cells of a grid."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain, islice
from typing import Any, NamedTuple

from cswitch.core.errors import InputError, UsageError
from cswitch.pipeline.annotate import RowError
from cswitch.pipeline.lines import at, guess_format, read_lines, started
from cswitch.pipeline.pair_rows import Checks, Lines, listed, name_meant
from cswitch.pipeline.readers import Row, read_pairs
from cswitch.pipeline.tag_records import name_of
from cswitch.schemas.decode import RecordError, decode_record
from cswitch.schemas.pair import Pair
from cswitch.schemas.prompting import PromptSettings

TEXT_FORMATS = ("text", "tsv", "jsonl")
"""Names of the layouts of text in one language, as ``fmt`` takes them."""

Note = Callable[[str], None]


class PromptSource(NamedTuple):
    """Where the rows of a run come from; ``settings.source`` says of which kind they are."""

    path: str = ""
    """A file, two files ``A,B`` or ``-``; for a grid its versioned name or its YAML file."""
    links: str | None = None
    """Path of a Pharaoh file, for pairs."""
    fmt: str | None = None
    """Format of the input, when its name does not tell."""
    field: str = ""
    """Column or field of the text, for text in one language; empty for the code of the language, or ``text``."""
    pretokenised: bool = False
    """What stands between spaces is the tokens, for pairs."""
    limit: int | None = None
    """Stop after so many rows; for a grid, how many cells are drawn."""

    @property
    def reads_stdin(self) -> bool:
        """Whether the input can be read only once."""
        return "-" in (self.path, self.links, *self.path.split(","))

    def rows(self, settings: PromptSettings, note: Note | None = None) -> Iterator[Row]:
        """The rows, up to the limit.

        A row of text in one language has that text alone, a cell of a grid has no text and what it says as labels.

        Raises:
            InputError: The input cannot be read; raised at the row at fault.
            UsageError: The format or the grid is unknown.
        """
        if settings.source == "grid":
            return grid_rows(self.path, settings.seed, self.limit)
        if settings.source == "text":
            rows = read_texts(self.path, settings.source_lang, fmt=self.fmt, field=self.field, note=note)
        else:
            pair = settings.languages[0], settings.languages[1]
            rows = read_pairs(
                self.path, pair, links=self.links, fmt=self.fmt, pretokenised=self.pretokenised, note=note
            )
        return rows if self.limit is None else islice(rows, self.limit)

    def error(self, fault: RowError, number: int) -> InputError:
        """What is wrong with the row of a number, from 1, with its place."""
        if self.links is not None:
            return InputError(fault.message, path=self.links, line=number, hint=fault.hint)
        return InputError(fault.message, path=self.path, line=fault.line, hint=fault.hint)


def grid_rows(name: str, seed: int, count: int | None) -> Iterator[Row]:
    """The cells of a grid as rows without text.

    Args:
        name: Versioned name of a grid, or the path of one.
        seed: Decides which cells come, and in which order; other settings do not.
        count: How many.

    Raises:
        UsageError: The grid is unknown, or no number is given.
        InputError: Its file is wrong.

    >>> [row.pair.id for row in grid_rows("everyday.v1", 0, 2)]
    ['1', '2']
    """
    from cswitch.generators.prompting.grid import Grid

    grid = Grid.load(name)
    if count is None:
        raise UsageError(f"a grid has {grid.size:,} cells or so", hint="say how many rows to make: --count 500")
    cells = grid.cells(count, f"seed {seed}")
    return (
        Row(number, Pair(id=str(number), texts={}, labels=dict(cell))) for number, cell in enumerate(cells, start=1)
    )


def read_texts(
    path: str, lang: str, *, fmt: str | None = None, field: str = "", note: Note | None = None, before: int = 0
) -> Iterator[Row]:
    r"""Reads text in one language row by row, in flat memory.

    The layouts, told by the extension or else by the first line (``fmt`` overrides both); gzip is undone in each:

    * ``text``: a line a row.
    * ``tsv``: the first line names the columns; that of the text is ``field``, else the code of the language, else
      ``text``. An ``id`` is optional, the rest goes to ``meta``.
    * ``jsonl``: an object a line with the same fields, or ``texts`` by language, and ``labels`` to carry over.

    Texts come in Unicode normal form C.

    Args:
        path: A file, or ``-`` for standard input.
        lang: The language of the text.
        fmt: A name from :data:`TEXT_FORMATS`.
        field: Column or field of the text.
        note: Called at the end with one line about texts that were not in normal form C, if there were any.
        before: Rows that other inputs gave before: rows without an id are numbered on from there.

    Returns:
        Rows in the order of the input; the first is read at once.

    Raises:
        InputError: The input cannot be read; file, line, field and remedy are named.
        UsageError: The format is unknown.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "two.txt")
    ...     _ = path.write_text("घर चलो\nअच्छा\n", encoding="utf-8")
    ...     [(row.line, row.pair.id, row.pair.texts) for row in read_texts(str(path), "hi")]
    [(1, '1', {'hi': 'घर चलो'}), (2, '2', {'hi': 'अच्छा'})]
    """
    if fmt is not None and fmt not in TEXT_FORMATS:
        raise UsageError(f"unknown format {fmt!r} of text", hint=f"known: {', '.join(TEXT_FORMATS)}")
    return started(_texts(path, lang, fmt, field, note, before))


def layout_of_texts(path: str, first: str, lang: str, field: str = "") -> str:
    """The layout of text in one language, as its name and its first line show it."""
    return _shown(path, first, _wanted(lang, field))


def rows_of_texts(layout: str, lines: Lines, lang: str, field: str, checks: Checks) -> Iterator[Row]:
    """The rows of text in one language.

    Args:
        layout: A name from :data:`TEXT_FORMATS`.
        lines: Numbered lines; of a table, the header first.
        lang: The language of the text.
        field: Column or field of the text; empty for the usual ones.
        checks: Watches normal form and ids, and knows how many rows came before.

    Raises:
        InputError: A row cannot be read.
    """
    if layout != "text":
        yield from (_columns if layout == "tsv" else _objects)(lines, lang, _wanted(lang, field), checks)
        return
    for count, (place, text) in enumerate(lines, start=checks.before + 1):
        yield Row(place, Pair(id=str(count), texts={lang: checks.text(text, place)}))


def _wanted(lang: str, field: str) -> list[str]:
    return [field] if field else [lang, "text"]


def _texts(path: str, lang: str, fmt: str | None, field: str, note: Note | None, before: int) -> Iterator[Row]:
    lines: Lines = read_lines(path)
    number, first = next(lines)
    checks = Checks(path, before)
    layout = fmt or layout_of_texts(path, first, lang, field)
    yield from rows_of_texts(layout, chain([(number, first)], lines), lang, field, checks)
    if note and checks.changed:
        note(f"{path}:{checks.first_changed}: text from here on was not in Unicode normal form C, and put into it")


def _shown(path: str, first: str, wanted: list[str]) -> str:
    """The layout that name and first line show; a line of text may hold a tab."""
    named = guess_format(path, "")
    if named is None and guess_format("-", first) == "jsonl":
        return "jsonl"
    if named is None and any(name in first.split("\t") for name in wanted) and "\t" in first:
        return "tsv"
    return named or "text"


def _columns(lines: Lines, lang: str, wanted: list[str], checks: Checks) -> Iterator[Row]:
    number, header = next(lines)
    columns = header.split("\t")
    before = checks.before
    found = next((name for name in wanted if name in columns), None)
    if found is None:
        hint = name_meant(wanted[0], columns, "name the column of the text by --field")
        raise InputError(f"no column {wanted[0]!r}; found {listed(columns)}", path=checks.path, line=number, hint=hint)
    text_at, id_at = columns.index(found), columns.index("id") if "id" in columns and found != "id" else None
    count = before
    for number, line in lines:
        if not line:
            continue
        cells = line.split("\t")
        if len(cells) != len(columns):
            message = f"{len(cells)} column{'s' * (len(cells) != 1)} where the header names {len(columns)}"
            hint = "look for a missing tab, or a tab inside a text"
            raise InputError(message, path=checks.path, line=number, hint=hint)
        count += 1
        name = str(count) if id_at is None else checks.unique(cells[id_at], number)
        meta = {key: cells[at] for at, key in enumerate(columns) if at not in (text_at, id_at)}
        yield Row(number, Pair(id=name, texts={lang: checks.text(cells[text_at], number)}, meta=meta))
    if count == before:
        raise InputError("no rows after the header", path=checks.path, line=1, hint="check the command that made it")


def _objects(lines: Lines, lang: str, wanted: list[str], checks: Checks) -> Iterator[Row]:
    count = checks.before
    for number, line in lines:
        if not line or line.isspace():
            continue
        count += 1
        try:
            value = decode_record(line, dict)
            text, labels = _text_of(value, lang, wanted), _labels_of(value)
        except RecordError as error:
            raise at(checks.path, number, error) from error
        name = str(count) if value.get("id") is None else checks.unique(name_of(value, count), number)
        yield Row(number, Pair(id=name, texts={lang: checks.printable(text, lang, number)}, labels=labels))


def _text_of(value: Mapping[str, Any], lang: str, wanted: list[str]) -> str:
    texts = value.get("texts")
    found = texts.get(lang) if isinstance(texts, dict) else None
    name = next((name for name in wanted if value.get(name) is not None), None)
    text = found if name is None else value[name]
    if text is None:
        hint = f"name the field of the text by --field; found {listed(list(value))}"
        raise RecordError("no text", field=wanted[0], hint=hint)
    if not isinstance(text, str):
        raise RecordError(
            f"expected str, got {type(text).__name__}", field=name or "texts", hint="write the text as a string"
        )
    return text


def _labels_of(value: Mapping[str, Any]) -> dict[str, Any]:
    labels = value.get("labels")
    if labels is None:
        return {}
    if not isinstance(labels, dict):
        raise RecordError(f"expected an object, got {type(labels).__name__}", field="labels", hint="write an object")
    return labels
