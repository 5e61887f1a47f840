"""Parallel text in columns: TSV, two files line by line, and links in a file of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

import msgspec

from cswitch.core.errors import InputError
from cswitch.pipeline.lines import read_lines
from cswitch.pipeline.pair_rows import Checks, Languages, Lines, LinkReader, Row, listed, name_meant
from cswitch.schemas.pair import Pair


def tsv_rows(lines: Lines, pair: Languages, checks: Checks) -> Iterator[Row]:
    """Rows of a TSV file whose first line names its columns.

    Columns bear the codes of the languages, ``id`` and ``links`` are optional, the rest goes to ``meta``. Links have i
    on the side whose column stands first, in whatever order the languages are asked for.
    Cells are taken as they are: there is no quoting. Empty lines may stand at the end.
    """
    number, header = next(lines)
    columns = header.split("\t")
    sides = language_columns(columns, pair, checks.path, number)
    places = dict(zip(pair, sides, strict=True)).items()
    special = {name: columns.index(name) for name in ("id", "links") if name in columns and name not in pair}
    id_at, links_at = special.get("id"), special.get("links")
    others = [(name, place) for place, name in enumerate(columns) if place not in {*sides, id_at, links_at}]
    turned = sides[0] > sides[1]
    reader, path, row, empty = LinkReader(), checks.path, checks.before, 0
    for number, text in lines:
        cells = text.split("\t")
        if not text:
            empty = empty or number
            continue
        if empty or len(cells) != len(columns):
            raise wrong_width(1 if empty else len(cells), columns, path, empty or number)
        row += 1
        links, confidences = None, None
        if links_at is not None:
            links, confidences = reader.cell(cells[links_at], path, number, turned=turned)
        yield Row(
            number,
            Pair(
                id=str(row) if id_at is None else checks.unique(cells[id_at], number),
                texts={lang: checks.text(cells[place], number) for lang, place in places},
                links=links,
                confidences=confidences,
                meta={name: cells[place] for name, place in others} if others else {},
            ),
        )
    if not row:
        raise InputError("no rows after the header", path=path, line=1, hint="check the command that made the file")


def parallel_rows(paths: Languages, pair: Languages, checks: Checks) -> Iterator[Row]:
    """Rows of files whose lines belong together, one file a language."""
    yield from joined_rows([read_lines(path) for path in paths], paths, pair, checks)


def joined_rows(files: Sequence[Lines], paths: Languages, pair: Languages, checks: Checks) -> Iterator[Row]:
    """The same of lines that are read already."""
    for row, found in enumerate(zip_longest(*files), start=checks.before + 1):
        if None in found:
            line, _ = next(filter(None, found))
            longer = next(path for path, here in zip(paths, found, strict=True) if here)
            raise InputError(
                f"the file ends here, and {longer} goes on",
                path=paths[found.index(None)],
                line=line,
                hint=f"line i of one must translate line i of the other: wc -l {' '.join(paths)}",
            )
        line = found[0][0]
        texts = {lang: checks.text(text, line) for lang, (_, text) in zip(pair, found, strict=True)}
        yield Row(line, Pair(id=str(row), texts=texts))


def with_links(rows: Iterator[Row], path: str, links: str) -> Iterator[Row]:
    """The same rows with the links of a Pharaoh file, whose line i belongs to row i.

    Raises:
        InputError: The file has fewer or more lines than there are rows, or an item is not ``i-j``.
    """
    reader, given = LinkReader(), read_lines(links)
    count = 0
    hint = "give one line of links for each row, an empty one where there are none"
    for count, row in enumerate(rows, start=1):
        number, text = next(given, (0, ""))
        if not number:
            raise InputError(f"the file ends here, and {path} has more rows", path=links, line=count, hint=hint)
        found, confidences = reader.line(text, links, number)
        yield Row(row.line, msgspec.structs.replace(row.pair, links=found, confidences=confidences))
    if next(given, None):
        raise InputError(f"the file goes on, and {path} has {count} rows", path=links, line=count + 1, hint=hint)


def split_at_spaces(rows: Iterator[Row]) -> Iterator[Row]:
    """The same rows with their texts split at spaces, where no tokens were given."""
    for line, pair in rows:
        tokens = pair.tokens or {
            lang: [token for token in text.split(" ") if token] for lang, text in pair.texts.items()
        }
        yield Row(line, msgspec.structs.replace(pair, tokens=tokens))


def language_columns(
    columns: Sequence[str], pair: Languages, path: str, line: int, *, parting: str = "a tab", sign: str = "<TAB>"
) -> tuple[int, ...]:
    """Where the languages stand among the columns.

    Args:
        columns: The names of the columns.
        pair: The languages.
        path: The file, for messages.
        line: The line of the header.
        parting: What parts columns, in words.
        sign: The same as one writes it.

    Raises:
        InputError: A language has no column, a name is there twice, or the file has the line ends of old Macs.

    >>> language_columns(["id", "hi", "en"], ("en", "hi"), "a.tsv", 1)
    (2, 1)
    """
    if any("\r" in name for name in columns):
        raise lone_returns(path, line)
    twice = next((name for place, name in enumerate(columns) if name in columns[:place]), None)
    if twice is not None:
        raise InputError(f"two columns are named {twice!r}", path=path, line=line, hint="rename one of them")
    for lang in pair:
        if lang not in columns:
            hint = f"the first line must name the columns, with {parting} between: {sign.join(pair)}"
            hint = name_meant(lang, [name for name in columns if name not in pair], hint)
            raise InputError(f"no column {lang!r}; found {listed(columns)}", path=path, line=line, hint=hint)
    return tuple([columns.index(lang) for lang in pair])


def wrong_width(width: int, columns: Sequence[str], path: str, line: int, parting: str = "tab") -> InputError:
    """The error of a row with too few or too many cells.

    >>> print(wrong_width(1, ["en", "hi"], "a.tsv", 3))
    a.tsv:3: 1 column where the header names 2 (en, hi); look for a missing tab, or a tab or line end inside a text
    """
    names = ", ".join(columns)
    return InputError(
        f"{width} column{'s' * (width != 1)} where the header names {len(columns)} ({names})",
        path=path,
        line=line,
        hint=f"look for a missing {parting}, or a {parting} or line end inside a text",
    )


def lone_returns(path: str, line: int) -> InputError:
    r"""The error of a file with the line ends of old Macs, which is one line to everybody else.

    >>> print(lone_returns("a.tsv", 1))
    a.tsv:1: lines end in carriage returns alone; convert them: tr '\r' '\n' < FILE > lines.txt
    """
    hint = r"convert them: tr '\r' '\n' < FILE > lines.txt"
    return InputError("lines end in carriage returns alone", path=path, line=line, hint=hint)
