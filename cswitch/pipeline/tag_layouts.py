"""Which layout a file of utterances has: by its name, else by its first line."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path, PurePath

from cswitch.core.errors import UsageError
from cswitch.core.tag_names import canonical_tag
from cswitch.pipeline.lines import guess_format, read_lines
from cswitch.pipeline.pair_rows import Lines
from cswitch.pipeline.tag_columns import HUB
from cswitch.pipeline.tag_lines import is_conllu

FORMATS = ("text", "tsv", "conll", "jsonl", "parquet", "datasets")
"""Names of the layouts, as ``fmt`` takes them."""

_EXTENSIONS = {
    ".txt": "text", ".text": "text", ".parquet": "parquet", ".pq": "parquet",
    ".conll": "conll", ".conllu": "conll", ".conllx": "conll", ".iob": "conll", ".bio": "conll",
}  # fmt: skip
_PARQUET = b"PAR1"
_COMMENT = re.compile(r"#\s?[\w. -]+=")
_OBJECT = re.compile(r'\s*\{\s*["}]')


def opened(path: str, fmt: str | None = None, *, tagged: bool = False) -> tuple[str, Lines]:
    """The layout of a file or folder, and its lines; no lines for layouts that have none.

    Args:
        path: A file, gzip or not, a folder, or ``-`` for standard input.
        fmt: A name from :data:`FORMATS`, to overrule what the file says.
        tagged: Its tokens have tags, so that it is no plain text, whatever its name.

    Raises:
        InputError: The file cannot be read, or is empty.
        UsageError: The layout is unknown.
    """
    if fmt is not None and fmt not in FORMATS:
        raise UsageError(f"unknown format {fmt!r}", hint=f"known: {', '.join(FORMATS)}")
    kind = fmt or named_layout(path)
    if kind in ("parquet", "datasets"):
        return kind, iter(())
    lines: Lines = read_lines(path)
    number, first = next(lines)
    if fmt is None and kind in (None, "text"):
        kind = _shown(first, named=kind == "text", tagged=tagged)
    return kind or "text", chain([(number, first)], lines)


def named_layout(path: str) -> str | None:
    """The layout that the name of a file tells, or that it is a folder, on the hub or Parquet; None when neither tells.

    >>> [named_layout(name) for name in ("a.txt.gz", "a.conllu", "a.jsonl", "a.tsv", "-", "no-such-file")]
    ['text', 'conll', 'jsonl', 'tsv', None, None]
    """
    place = Path(path)
    if path.startswith(HUB) or (path != "-" and place.is_dir()):
        return "datasets"
    suffix = PurePath(path.lower().removesuffix(".gz").removesuffix(".zst")).suffix
    found = _EXTENSIONS.get(suffix) or guess_format(path, "")
    if found is None and path != "-" and place.is_file():
        with place.open("rb") as stream:
            found = "parquet" if stream.read(len(_PARQUET)) == _PARQUET else None
    return found


def shown_layout(line: str) -> str:
    r"""The layout that the first line of a file shows.

    >>> [shown_layout(line) for line in ('{"text": "hi"}', "main\thi", "# sent_enum = 1", "main happy hoon", "{\ten")]
    ['jsonl', 'tsv', 'conll', 'text', 'tsv']
    """
    if _COMMENT.match(line) or is_conllu(line.split("\t")):
        return "conll"
    if "\t" in line and not _OBJECT.match(line):
        return "tsv"
    return "jsonl" if _OBJECT.match(line) else "text"


def _shown(line: str, *, named: bool, tagged: bool) -> str:
    """The layout that a first line shows, where the name of the file says text or nothing."""
    found = shown_layout(line)
    if tagged:
        return "conll" if found == "text" else found  # columns parted by spaces
    cells = line.split("\t")
    # A line of text may hold a tab; a token and a tag are something else.
    if found == "tsv" and named and (" " in cells[0].strip() or canonical_tag(cells[1], ("en", "es")) is None):
        return "text"
    return found
