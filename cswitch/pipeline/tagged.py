"""Reading tagged text: samples that this package wrote, and real text tagged token by token."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import msgspec

from cswitch.core.errors import InputError, UsageError
from cswitch.pipeline.lines import at, guess_format, read_lines, started
from cswitch.pipeline.pair_rows import Lines
from cswitch.pipeline.tag_gold import gold_sentences
from cswitch.pipeline.tag_layouts import named_layout, opened
from cswitch.schemas.decode import RecordError, decode_record
from cswitch.schemas.sample import Sample

TAGGED_FORMATS = ("tsv", "jsonl")
"""Names of the layouts, as ``fmt`` takes them."""


class Tagged(msgspec.Struct, frozen=True, kw_only=True):
    """An utterance with a language tag on every token; ``tokens``, ``langs`` and ``pos`` are parallel."""

    id: str = ""
    """The id it came with, else its 1-based number in the file."""
    tokens: list[str]
    """Tokens in order."""
    langs: list[str]
    """A tag a token."""
    pos: list[str] | None = None
    """A part of speech a token, when the file gives them."""


class _TaggedRecord(msgspec.Struct, frozen=True):
    tokens: list[str]
    langs: list[str]
    id: str | int | None = None
    pos: list[str] | None = None


def read_samples(path: str) -> Iterator[tuple[int, Sample]]:
    """Read Samples from JSON Lines, with the line each stands on.

    Args:
        path: A file, gzip or not, or ``-`` for standard input.

    Raises:
        InputError: A line is no Sample, its lists differ in length, or an offset does not cut its token out of
            the text.
    """
    return started(_samples(path))


def read_tagged(path: str, *, fmt: str | None = None) -> Iterator[Tagged]:
    r"""Read tagged utterances: Samples, objects with ``tokens`` and ``langs``, or a token and its tag a line.

    The layout is told by the extension, else by the first line. In the last one (``tsv``) a line is
    ``token<TAB>tag`` or ``token<TAB>tag<TAB>part of speech``, an empty line ends an utterance, and a line that
    starts with ``#`` and holds no tab is a comment. CoNLL files, CoNLL-U, Parquet and folders of ``datasets`` are read
    too, as :func:`cswitch.pipeline.tag_gold.read_gold` does. Tokens and tags are given as they are written.

    Args:
        path: A file, gzip or not, or ``-`` for standard input.
        fmt: A name from :data:`TAGGED_FORMATS`.

    Raises:
        InputError: The input cannot be read; file, line, field and remedy are named.
        UsageError: The format is unknown.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "real.tsv")
    ...     _ = path.write_text("main\thi\nhappy\ten\n\nok\ten\n", encoding="utf-8")
    ...     [(tagged.id, tagged.langs) for tagged in read_tagged(str(path))]
    [('1', ['hi', 'en']), ('2', ['en'])]
    """
    if fmt is not None and fmt not in TAGGED_FORMATS:
        raise UsageError(f"unknown format {fmt!r} of tagged text", hint=f"known: {', '.join(TAGGED_FORMATS)}")
    return started(_tagged(path, fmt))


def check_sample(sample: Sample) -> None:
    """Check what a schema cannot say: the lists are parallel, and each offset cuts its token out of the text.

    Raises:
        RecordError: One of them does not hold.
    """
    count = len(sample.tokens)
    for name, values in (("langs", sample.langs), ("offsets", sample.offsets), ("origins", sample.origins)):
        _same_length(name, len(values), count)
    for place, (token, (start, end)) in enumerate(zip(sample.tokens, sample.offsets, strict=True)):
        if start < 0 or sample.text[start:end] != token:
            raise RecordError(
                f"[{start}, {end}) cuts {sample.text[max(start, 0) : end][:30]!r} out of the text, not {token[:30]!r}",
                field=f"offsets[{place}]",
                hint="offsets count Unicode code points, not bytes or UTF-16 units",
            )


class AsWritten(dict[str, str]):
    """Every label is its own tag.

    >>> AsWritten()["lang1"]
    'lang1'
    """

    def __missing__(self, label: str) -> str:
        return label


def _samples(path: str) -> Iterator[tuple[int, Sample]]:
    for number, line in _records(read_lines(path), path):
        try:
            sample = decode_record(line, Sample)
            check_sample(sample)
        except RecordError as error:
            raise at(path, number, error) from error
        yield number, sample


def _tagged(path: str, fmt: str | None) -> Iterator[Tagged]:
    kind = named_layout(path) if fmt is None else None
    if kind in ("conll", "parquet", "datasets"):
        for gold in gold_sentences(path, *opened(path, kind), AsWritten()):
            yield Tagged(id=gold.id, tokens=gold.tokens, langs=gold.tags, pos=gold.pos)
        return
    lines = read_lines(path)
    number, first = next(lines)
    sign = "\t" if "\t" in first else first  # a brace may be a token
    fmt = fmt or guess_format(path, sign)
    read = _tagged_json if fmt == "jsonl" else _tagged_tokens
    yield from read(chain([(number, first)], lines), path)


def _tagged_json(lines: Lines, path: str) -> Iterator[Tagged]:
    for count, (number, line) in enumerate(_records(lines, path), start=1):
        try:
            record = decode_record(line, _TaggedRecord)
            _same_length("langs", len(record.langs), len(record.tokens))
            if record.pos is not None:
                _same_length("pos", len(record.pos), len(record.tokens))
        except RecordError as error:
            raise at(path, number, error) from error
        name = str(count if record.id is None else record.id)
        yield Tagged(id=name, tokens=record.tokens, langs=record.langs, pos=record.pos)


def _tagged_tokens(lines: Lines, path: str) -> Iterator[Tagged]:
    count, width = 0, 0
    rows: list[list[str]] = []
    for number, line in chain(lines, [(0, "")]):
        if "\t" in line:
            cells = line.split("\t")
            width = width or len(cells)
            if len(cells) != width or width > 3 or not all(cells):
                raise _wrong_cells(cells, width, path, number)
            rows.append(cells)
        elif line.strip() and not line.startswith("#"):
            raise _wrong_cells([line], width, path, number)
        elif rows and not line.strip():
            count += 1
            tokens, langs, *pos = map(list, zip(*rows, strict=True))
            yield Tagged(id=str(count), tokens=tokens, langs=langs, pos=pos[0] if pos else None)
            rows = []
    if not count:
        raise InputError("no tagged token in the file", path=path, hint="write a line for each token: token<TAB>tag")


def _wrong_cells(cells: list[str], width: int, path: str, line: int) -> InputError:
    hint = "write token<TAB>tag, or token<TAB>tag<TAB>part of speech throughout, and an empty line between utterances"
    if 1 < len(cells) == width <= 3:
        field = ("token", "tag", "part of speech")[cells.index("")]
        return InputError("it is empty", path=path, line=line, field=field, hint=hint)
    needed = f"where the lines before have {width}" if 1 < width <= 3 else "where 2 or 3 are needed"
    return InputError(f"{len(cells)} column{'s' * (len(cells) != 1)} {needed}", path=path, line=line, hint=hint)


def _records(lines: Lines, path: str) -> Iterator[tuple[int, str]]:
    """The lines that are not empty; at least one."""
    empty = True
    for number, line in lines:
        if line and not line.isspace():
            empty = False
            yield number, line
    if empty:
        raise InputError("no record in the file", path=path, hint="check the command that made it")


def _same_length(name: str, length: int, tokens: int) -> None:
    if length != tokens:
        raise RecordError(f"{length} for {tokens} tokens", field=name, hint="write exactly one for each token")
