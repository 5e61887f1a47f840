"""Everything that is read: parallel text of any layout here, tagged text next door."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path, PurePath

from cswitch.core.errors import InputError, UsageError
from cswitch.pipeline.lines import guess_format, read_lines, started
from cswitch.pipeline.pair_csv import csv_rows
from cswitch.pipeline.pair_json import jsonl_rows
from cswitch.pipeline.pair_moses import files_of, zip_rows
from cswitch.pipeline.pair_objects import object_rows
from cswitch.pipeline.pair_rows import Checks, Languages, Lines, Row
from cswitch.pipeline.pair_tables import parallel_rows, split_at_spaces, tsv_rows, with_links
from cswitch.pipeline.tag_columns import folder_rows, parquet_rows
from cswitch.pipeline.tag_layouts import named_layout
from cswitch.pipeline.tagged import Tagged, read_samples, read_tagged

FORMATS = ("tsv", "csv", "jsonl", "parallel", "moses", "parquet", "datasets")
"""Names of the layouts, as ``fmt`` takes them."""

_OWN = {".csv": "csv", ".zip": "moses"}

__all__ = ["FORMATS", "Row", "Tagged", "read_pairs", "read_samples", "read_tagged"]


def read_pairs(
    path: str,
    pair: Languages,
    *,
    links: str | None = None,
    fmt: str | None = None,
    pretokenised: bool = False,
    note: Callable[[str], None] | None = None,
    before: int = 0,
) -> Iterator[Row]:
    r"""Read parallel text row by row, in flat memory.

    The layouts, told by the extension or else by the first line (``fmt`` overrides both); gzip and Zstandard are undone
    in each that is text:

    * ``tsv``: the first line names the columns. Some bear the language codes, ``id`` and ``links`` (Pharaoh
      ``i-j``) are optional, the rest goes to ``meta``. No quoting.
    * ``jsonl``: one object a line, ``{"en": ..., "hi": ...}`` with optional ``id``, ``links`` (Pharaoh or a list
      of ``[i, j]``), ``tokens`` (language to list), ``labels``, ``meta``, the rest goes to ``meta``; or Pair records.
    * ``csv``: the same columns as ``tsv``, parted by commas or semicolons, with quoting.
    * ``parallel``: a file a language, ``path`` being their names with commas between. They stand in the order of
      ``pair`` unless their extensions name its languages in another.
    * ``moses``: the files of OPUS, named by what they have in common (``corpus.en-hi`` for ``corpus.en-hi.en`` and
      ``corpus.en-hi.hi``), or the zip archive with them.
    * ``parquet``, ``datasets``: a column for each language, or all in a column ``translation``, beside the columns of
      ``jsonl``; a Parquet file, a folder that ``datasets`` saved, or ``hub:NAME``, ``hub:NAME:CONFIG:SPLIT``.

    A column or field that is a language of ``pair`` is that text, so ``id`` is Indonesian in the pair ``en-id``.
    ``links`` always has i on the first language of ``pair`` and j on the second, also where there are more; but for a
    Pair record, whose own order counts.
    Texts and tokens come in Unicode normal form C. Empty texts, equal texts and links out of range are not errors
    here: they are reasons to reject a row, and rejecting is the generator's work.

    Args:
        path: A file, line-parallel files as ``A,B``, a folder, or ``-`` for standard input.
        pair: Codes of the languages, two or more.
        links: A Pharaoh file whose line i belongs to row i; it replaces links that the rows hold.
        fmt: A name from :data:`FORMATS`.
        pretokenised: Take what stands between spaces as the tokens, for rows that bring none.
        note: Called at the end with one line about texts that were not in normal form C, if there were any.
        before: Rows that other inputs gave before: rows without an id are numbered on from there.

    Returns:
        Rows in the order of the input. The first row is read at once, so that a bad file is told before any
        output is made.

    Raises:
        InputError: The input cannot be read; file, line, field and remedy are named. Raised at the row at fault.
        UsageError: The path or the format cannot be meant.
        MissingExtraError: Reading it needs an extra.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "pairs.tsv")
    ...     _ = path.write_text("hi\ten\tlinks\nनमस्ते\tHello\t0-0\n", encoding="utf-8")
    ...     (row,) = read_pairs(str(path), ("en", "hi"))
    >>> row.line, row.pair.id, row.pair.texts, row.pair.links
    (2, '1', {'en': 'Hello', 'hi': 'नमस्ते'}, [(0, 0)])
    """
    twice = next((lang for place, lang in enumerate(pair) if lang in pair[:place]), None)
    if twice is not None:
        hint = "name two languages, such as en-hi" if len(pair) == 2 else "name each language once"
        raise UsageError(f"the pair names {twice!r} twice", hint=hint)
    if fmt is not None and fmt not in FORMATS:
        raise UsageError(f"unknown input format {fmt!r}", hint=f"known: {', '.join(FORMATS)}")
    paths = two_files(path, pair, fmt)
    if [*(paths or [path]), links].count("-") > 1:
        raise UsageError("standard input can be only one of the inputs", hint="name a file for the other")
    checks = Checks(path, before)
    rows = parallel_rows(paths, pair, checks) if paths else _single_file(path, pair, fmt, checks)
    if links is not None:
        rows = with_links(rows, path, links)
    if pretokenised:
        rows = split_at_spaces(rows)
    return started(_noting(rows, checks, note) if note else rows)


def layout_named(path: str) -> str | None:
    """The layout that a path tells by itself; None for lines whose layout has to be seen.

    >>> [layout_named(name) for name in ("a.csv.gz", "opus.zip", "a.parquet", "hub:org/pairs", "a.tsv", "-", "a.txt")]
    ['csv', 'moses', 'parquet', 'datasets', 'tsv', None, None]
    """
    suffix = PurePath(path.lower().removesuffix(".gz").removesuffix(".zst")).suffix
    if suffix in _OWN:
        return _OWN[suffix]
    found = named_layout(path)
    return found if found in FORMATS else None


def _single_file(path: str, pair: Languages, fmt: str | None, checks: Checks) -> Iterator[Row]:
    named = fmt or layout_named(path)
    if named in ("parquet", "datasets"):
        yield from object_rows(parquet_rows(path) if named == "parquet" else folder_rows(path), pair, checks)
        return
    if named == "moses":
        yield from zip_rows(path, pair, checks)
        return
    lines: Lines = read_lines(path)
    number, first = next(lines)
    kind = named or guess_format(path, first)
    if kind is None:
        files = "two plain files are A,B" if len(pair) == 2 else f"{len(pair)} plain files are {','.join(pair).upper()}"
        hint = f"TSV starts with a line such as {'<TAB>'.join(pair)}, JSON Lines with {{; {files}"
        raise InputError("the format cannot be told from its name or first line", path=path, line=1, hint=hint)
    read = {"tsv": tsv_rows, "csv": csv_rows}.get(kind, jsonl_rows)
    yield from read(chain([(number, first)], lines), pair, checks)


def two_files(path: str, pair: Languages, fmt: str | None) -> Languages | None:
    """The names in ``A,B``, or of a corpus of Moses, in the order of the languages; None for one file."""
    if fmt in {None, "moses"} and not Path(path).exists() and (found := files_of(path, pair)):
        return found
    if fmt not in {None, "parallel"} or (fmt is None and ("," not in path or Path(path).exists())):
        return None
    names = path.split(",")
    if len(names) != len(pair) or not all(names):
        wanted = "two files" if len(pair) == 2 else f"{len(pair)} files"
        commas = "the comma" if len(pair) == 2 else "the commas"
        raise UsageError(
            f"{path!r} does not name {wanted}",
            hint=f"write {','.join(f'corpus.{lang}' for lang in pair)}, {commas} without spaces",
        )
    endings = [PurePath(name.removesuffix(".gz").removesuffix(".zst")).suffix.lstrip(".") for name in names]
    return _in_order(names, endings, pair)


def _in_order(names: list[str], endings: list[str], pair: Languages) -> Languages:
    """Names of files in the order of the languages that their endings tell; as they stand where those do not tell.

    >>> _in_order(["a.hi", "a.txt"], ["hi", "txt"], ("en", "hi"))
    ('a.txt', 'a.hi')
    """
    told = {lang: name for name, lang in zip(names, endings, strict=True) if lang in pair}
    if len(told) < len([lang for lang in endings if lang in pair]) or (len(pair) > 2 and len(told) < len(pair)):
        return tuple(names)  # two files end alike, or some do not tell
    others = (name for name, lang in zip(names, endings, strict=True) if lang not in pair)
    return tuple([told[lang] if lang in told else next(others) for lang in pair])


def _noting(rows: Iterator[Row], checks: Checks, note: Callable[[str], None]) -> Iterator[Row]:
    yield from rows
    if checks.changed:
        lines = "1 line was" if checks.changed == 1 else f"{checks.changed:,} lines were"
        note(
            f"{checks.path}:{checks.first_changed}: {lines} not in Unicode normal form C from here on, and put into it"
        )
