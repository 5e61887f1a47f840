"""Parallel text as CSV, with quoting."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain

from cswitch.core.errors import InputError
from cswitch.pipeline.lines import MAX_LINE_BYTES
from cswitch.pipeline.pair_rows import Checks, Languages, Lines, LinkReader, Row
from cswitch.pipeline.pair_tables import language_columns, lone_returns, wrong_width
from cswitch.schemas.pair import Pair


def csv_rows(lines: Lines, pair: Languages, checks: Checks) -> Iterator[Row]:
    """Rows of a CSV file whose first line names its columns, with the columns that a TSV file has.

    Cells may be quoted, and then hold line ends. Columns are parted by commas, or by semicolons where the first line
    has those alone. A row's line is that of its end.

    >>> lines = iter([(1, "en,hi,topic"), (2, '"Yes, sir",जी हाँ,chat')])
    >>> [(row.line, row.pair.texts["en"], row.pair.meta) for row in csv_rows(lines, ("en", "hi"), Checks("a.csv"))]
    [(2, 'Yes, sir', {'topic': 'chat'})]
    """
    found, path, row, reader = csv_cells(lines, checks.path), checks.path, checks.before, LinkReader()
    number, columns = next(found, (1, []))
    sides = language_columns(columns, pair, path, number, parting="a comma", sign=",")
    special = {name: columns.index(name) for name in ("id", "links") if name in columns and name not in pair}
    id_at, links_at = special.get("id"), special.get("links")
    others = [(name, place) for place, name in enumerate(columns) if place not in {*sides, id_at, links_at}]
    for line, cells in found:
        if len(cells) != len(columns):
            raise wrong_width(len(cells), columns, path, line, "comma or quotation mark")
        row += 1
        links, confidences = None, None
        if links_at is not None:
            links, confidences = reader.cell(cells[links_at], path, line, turned=sides[0] > sides[1])
        yield Row(
            line,
            Pair(
                id=str(row) if id_at is None else checks.unique(cells[id_at], line),
                texts={lang: checks.text(cells[place], line) for lang, place in zip(pair, sides, strict=True)},
                links=links,
                confidences=confidences,
                meta={name: cells[place] for name, place in others},
            ),
        )
    if not row:
        raise InputError("no rows after the header", path=path, line=1, hint="check the command that made the file")


def csv_cells(lines: Lines, path: str) -> Iterator[tuple[int, list[str]]]:
    r"""The cells of each row that has some, those of the header first, with the line that the row ends on.

    Raises:
        InputError: A quotation mark is not doubled or not closed, or a cell is longer than a line may be.

    >>> list(csv_cells(iter([(1, "en;hi"), (2, '"Yes'), (3, 'sir";x')]), "a.csv"))
    [(1, ['en', 'hi']), (3, ['Yes\nsir', 'x'])]
    """
    number, header = next(lines)
    parting = ";" if ";" in header and "," not in header else ","
    csv.field_size_limit(max(csv.field_size_limit(), MAX_LINE_BYTES))
    texts = chain((header,), (line for _, line in lines))
    reader = csv.reader((f"{line}\n" for line in texts), delimiter=parting, strict=True)
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            line, hint = number - 1 + reader.line_num, "look for a quotation mark that is not doubled or not closed"
            if "new-line character" in str(error):
                raise lone_returns(path, line) from error
            raise InputError(f"not CSV: {error}", path=path, line=line, hint=hint) from error
        if cells is None:
            return
        if cells:
            yield number - 1 + reader.line_num, cells
