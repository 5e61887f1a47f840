"""``perturb``: a labelled data set in, the same data set with mixed text out, row by row."""

from __future__ import annotations

import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from cswitch.core.errors import UsageError
from cswitch.core.registry import suggest
from cswitch.perturb.making import names_of
from cswitch.perturb.records import Line
from cswitch.perturb.rows import Made, NumberedRow
from cswitch.perturb.settings import PerturbSettings, columns_of
from cswitch.perturb.values import value_at
from cswitch.pipeline.checks import MAX_WORKERS, check_number
from cswitch.pipeline.lines import read_lines
from cswitch.pipeline.output import Output
from cswitch.pipeline.perturb_tables import Table, check_layouts, open_table
from cswitch.pipeline.perturb_tally import Summary, summary
from cswitch.pipeline.perturb_work import Chunk, Done, Perturber, checksum, count, run_hash
from cswitch.pipeline.resuming import CHECKSUM, grouped, skip_done
from cswitch.pipeline.workers import in_order
from cswitch.schemas.decode import decode_record

CHUNK = 64
"""Rows that a worker takes at a time."""
ROWS = ".rows"
"""What follows the name of the output in that of the journal of its rows."""

Extra = Callable[[Iterator[Chunk]], Iterator[Chunk]]
"""Adds to rows what a translator or a model has made of them; where it does so in the order of the rows, its ``add``
sees those too that an earlier run has done."""

__all__ = ["Summary", "run"]


class Given(NamedTuple):
    """Where rows come from; all of them are wanted."""

    path: str
    limit: int | None = None


def run(
    path: str,
    out: str,
    settings: PerturbSettings,
    *,
    rejects: str | None = None,
    force: bool = False,
    resume: bool = False,
    workers: int = 1,
    digests: Sequence[str] = (),
    extra: Extra | None = None,
    progress: Callable[[int], None] = lambda rows: None,
) -> Summary:
    """Perturbs a data set.

    What becomes of rows is journalled in ``OUT.rows``; when all are done, the table is written as ``OUT.part`` and
    gets its name in one step. A run that stops, for whatever reason, goes on with ``resume`` and gives the same bytes.

    Args:
        path: JSON Lines, CSV, TSV, Parquet, or a folder saved by ``datasets``.
        out: Where the same layout goes.
        settings: What to make.
        rejects: Where rows and fields that were left as they were go, with the reason; None keeps none.
        force: Replace what exists.
        resume: Go on where an unfinished run stopped.
        workers: Processes; the output does not depend on their number.
        digests: What else decides the output.
        extra: Adds columns to rows before they are mixed.
        progress: Called with the rows that are safe.

    Raises:
        UsageError: A field does not exist, or the output does, or settings cannot be meant.
        InputError: The input cannot be read on.
        RunError: Writing failed, or a worker process was killed.
    """
    started = time.monotonic()
    check_number("--workers", workers, most=MAX_WORKERS)
    check_layouts(path, out)
    table = open_table(path)
    check_columns(table, settings)
    config = run_hash(settings, *digests)
    if check_output(out, config, settings.column, force=force, resume=resume):
        return Summary(config=config, already_complete=True)
    journal = Output(f"{out}{ROWS}", rejects=rejects, config=config, force=force, resume=resume)
    fields = list(settings.fields)
    examples: dict[str, str] = {}
    with journal as output:
        counts, rows = Counter(output.counts), output.pairs_done
        before = rows
        if not output.complete:
            found = numbered(table, settings)
            passing = getattr(extra, "add", None)
            begun = skip_done(found, Given(path), output, checksum, "rows", same="the same input", passing=passing)
            chunks: Iterator[Chunk] = (Chunk(part, after) for part, _, after in grouped(found, CHUNK, begun, checksum))
            if extra is not None:
                chunks = extra(chunks)
            arguments = (settings, names_of(settings, table.names), config)
            with closing(_process(chunks, arguments, workers)) as parts:
                for done in parts:
                    rows += done.rows
                    _add(output, done, counts, rows, examples)
                    progress(rows)
    if output.complete:
        counts, rows = _counted_again(Path(f"{out}{ROWS}"))
    _publish(table, out, settings.column)
    seconds = time.monotonic() - started
    done = 0 if output.complete else rows - before
    return summary(counts, rows, fields, done=done, examples=examples, config=config, seconds=seconds)


def check_columns(table: Table, settings: PerturbSettings) -> None:
    """Checks that every column is there that the settings name.

    Raises:
        UsageError: One is not; the nearest is named.
    """
    if not settings.fields:
        raise UsageError("no field is named that is to be mixed", hint="give --preset NAME or --fields NAME,NAME")
    for column, what in columns_of(settings).items():
        if column not in table.columns and not column.startswith("\x00"):
            hint = suggest(column, list(table.columns))
            raise UsageError(f"{table.path} has no column {column!r}, named as {what}", hint=hint)
    if settings.column in {*columns_of(settings)}:
        hint = "give --column another name"
        raise UsageError(f"the column {settings.column!r} is to be added, and is read already", hint=hint)


def numbered(table: Table, settings: PerturbSettings) -> Iterator[NumberedRow]:
    """The rows of a table with their ids, and the columns that are read."""
    wanted = [column for column in columns_of(settings) if not column.startswith("\x00")]
    names = settings.id or (("id",) if "id" in table.columns else ())
    columns = list(dict.fromkeys([*wanted, *names]))
    for split, number, values in table.rows(columns):
        parts = [value_at(values, name) for name in names]
        known = [str(part) for part in parts if part is not None]
        name = "-".join(known) or (f"{split}-{number}" if split else str(number))
        yield NumberedRow(number, name, {column: values.get(column) for column in wanted})


def _process(chunks: Iterator[Chunk], arguments: tuple[Any, ...], workers: int) -> Any:
    if workers > 1:
        yield from in_order(Perturber, arguments, chunks, workers)
    else:
        yield from map(Perturber(*arguments), chunks)


def _add(output: Output, done: Done, counts: Counter[str], rows: int, examples: dict[str, str]) -> None:
    counts.update(done.counts)
    counts[CHECKSUM] = done.checksum
    for reason, example in done.first.items():
        examples.setdefault(reason, example)
    output.write_encoded(done.lines, done.rows, done.rejects)
    output.commit(rows, counts)


def check_output(out: str, config: str, column: str, *, force: bool, resume: bool) -> bool:
    """Whether a resumed run has nothing to do.

    Args:
        out: The output.
        config: Hash of what decides it.
        column: The column that is added.
        force: It may be replaced.
        resume: It may be gone on with.

    Raises:
        UsageError: The output exists, and is not to be replaced, or is of other settings.
    """
    if not force and not resume and os.path.exists(f"{out}{ROWS}"):
        raise UsageError(f"{out} is unfinished", hint="add --resume to go on, or --force to start again")
    if force or not os.path.exists(out):
        return False
    if not resume:
        raise UsageError(f"{out} exists", hint="add --force to replace it, or name another output")
    table = open_table(out)
    first = next(iter(table.rows([column])), None) if column in table.columns else None
    made = first.values.get(column) if first else None
    if isinstance(made, Mapping) and made.get("config") == config:
        return True
    hint = "name another output, or start again with --force"
    raise UsageError(f"{out} is complete, and was made with other settings", hint=hint)


def _lines(path: Path) -> Iterator[Line]:
    for _, line in read_lines(str(path)):
        yield decode_record(line, Line)


def _counted_again(path: Path) -> tuple[Counter[str], int]:
    """Counts of a journal that is whole, and its rows."""
    counts: Counter[str] = Counter()
    rows = 0
    for line in _lines(path):
        rows += 1
        count(Made(line.changes, line.record), counts)
    return counts, rows


def _publish(table: Table, out: str, column: str) -> None:
    """Writes the table under its name, and removes the journal of its rows."""
    journal, part, final = Path(f"{out}{ROWS}"), Path(f"{out}.part"), Path(out)
    _remove(part)
    table.write(part, _lines(journal) if journal.stat().st_size else iter(()), column)
    if part.is_file():
        with part.open("rb+") as whole:
            os.fsync(whole.fileno())
    if final.is_dir():
        _remove(final)
    part.replace(final)
    journal.unlink()


def _remove(place: Path) -> None:
    """Removes a file or a folder, where there is one."""
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)
