"""Every format of ``cswitch export`` but Label Studio's: where records come from, and where rows go."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cswitch.cli.options import note
from cswitch.cli.streams import progress
from cswitch.core.errors import UsageError

if TYPE_CHECKING:
    from cswitch.export.contracts import ExportSettings, Record
    from cswitch.export.files import Files
    from cswitch.export.source_texts import SourceTexts

_ATTEMPTS = "attempts"


class RowsJob(NamedTuple):
    """What is to be written as rows, and where."""

    source: str
    """The input."""
    output: str
    """File or folder; ``-`` for stdout."""
    pairs: str
    """File of the pairs that the input was made of; empty for none."""
    pos: bool
    """Tag parts of speech where there are none."""
    verify: bool
    """Read again what was written."""
    hub: str
    """Name of the data set on the hub; empty for none."""
    private: bool
    """Whether only those who may see it find it there."""
    force: bool
    """Replace what exists."""
    command: str
    """The command, for the card."""
    folder: bool
    """Whether OUT is a folder."""
    inputs: tuple[str, ...] = ()
    """The files that the input consists of; empty for the one that it names."""

    @property
    def files(self) -> tuple[str, ...]:
        """What is read, in order."""
        return self.inputs or (self.source,)


def write_rows(job: RowsJob, settings: ExportSettings) -> dict[str, Any]:
    """Writes records in a format, and tells what was written.

    Args:
        job: What, and where to.
        settings: How; the writer is named.

    Raises:
        InputError: A record cannot be read, or does not fit.
        RunError: Nothing can be written, or what was written is not what it should be.
        UsageError: An output or an option cannot be meant.
        MissingExtraError: An extra is not installed.
    """
    from cswitch.export.run import Exporter, Place, Source

    folder = job.folder
    _check(job, settings, folder)
    read = partial(_records, job, settings)
    with _texts(job, settings, read) as texts:
        exporter = Exporter(settings, Source(job.source, read, texts))
        with _target(job, folder) as files:
            report = exporter.write(Place(files, single=not folder, command=job.command), check=job.verify)
    report["output"] = job.output
    if job.hub:
        from cswitch.export.dataset_folder import push

        report["hub"] = push(Path(job.output), job.hub, private=job.private, writer=settings.writer)
    return report


def summary(found: dict[str, Any]) -> str:
    """What was written, in a few lines."""
    place = "" if found["output"] == "-" else f" in {found['output']}"
    rows, texts = found["rows"], found["texts"]
    lines = [f"{rows:,} row{'s' * (rows != 1)} of {texts:,} text{'s' * (texts != 1)}{place}, {found['writer']}"]
    if len(found["splits"]) > 1:
        lines.append(", ".join(f"{name} {part['rows']:,}" for name, part in found["splits"].items()))
    lines += found["notes"]
    if "verified" in found:
        lines.append(
            f"{found['verified']:,} rows read again: counts, lists, offsets and labels hold; no source is in two splits"
        )
    if "hub" in found:
        lines.append(f"pushed to {found['hub']}")
    return "\n".join(lines)


def _check(job: RowsJob, settings: ExportSettings, folder: bool) -> None:
    """Refuses what cannot be meant, before anything is read."""
    from cswitch.export.files import check_file, check_folder
    from cswitch.export.run import reads_twice

    path = Path(job.output)
    if job.output == "-":
        if folder:
            raise UsageError(f"--to {settings.to} writes a folder here", hint="add -o FOLDER")
        if job.verify:
            raise UsageError("--verify cannot read stdout again", hint="add -o OUT")
    elif path.suffix == ".gz":
        raise UsageError(f"{job.output}: output is not compressed", hint="leave out .gz, and run gzip on it after")
    elif folder:
        check_folder(path, force=job.force)
    else:
        check_file(path, force=job.force)
    if job.output != "-":
        _check_inputs(job, path.resolve())
    if job.hub and not folder:
        raise UsageError("--push-to-hub needs a folder", hint="give OUT a name without an extension")
    if job.private and not job.hub:
        raise UsageError("--private is for --push-to-hub", hint="leave it out, or name the data set")
    once = _is_pipe(job.source)
    if once and reads_twice(settings):
        raise UsageError(
            f"--to {settings.to} reads IN twice here, and {job.source} can be read once",
            hint="write it to a file first",
        )
    if job.pairs == "-" or (once and job.pairs and not settings.languages):
        raise UsageError(
            "pairs and samples cannot both be told from a pipe", hint="name files, or add --languages hi,en"
        )


def _check_inputs(job: RowsJob, output: Path) -> None:
    """Refuses an output that is an input, or a folder with one in it: ``--force`` would throw that away."""
    for named in (*job.files, *job.pairs.split(",")):
        if named not in ("", "-") and output in (Path(named).resolve(), *Path(named).resolve().parents):
            raise UsageError(f"{named} is an input of this run, and would be replaced", hint="write to another place")


def _is_pipe(path: str) -> bool:
    place = Path(path)
    return path == "-" or (place.exists() and not place.is_file() and not place.is_dir())


def _target(job: RowsJob, folder: bool) -> AbstractContextManager[Files]:
    from cswitch.export.files import Files, new_file, new_folder

    if job.output == "-":
        return nullcontext(Files(Path(), stream=sys.stdout.buffer))
    return (new_folder if folder else new_file)(Path(job.output), force=job.force)


def _records(job: RowsJob, settings: ExportSettings) -> Iterator[tuple[int, Record]]:
    """The records with their places, from the first."""
    if settings.by == _ATTEMPTS:
        from cswitch.export.attempts import attempt_records

        versions = chain.from_iterable(map(_attempts, job.files))
        yield from progress(attempt_records(versions, settings.languages), "read")
        return
    from cswitch.pipeline.tagged_records import read_records

    read = partial(read_records, languages=settings.languages)
    records: Iterator[tuple[int, Record]] = chain.from_iterable(map(read, job.files))
    if job.pos:
        from cswitch.export.pos import with_pos

        records = with_pos(records, _pos_tagger)
    yield from progress(records, "read")


def _attempts(path: str) -> Iterator[tuple[int, Any]]:
    from cswitch.pipeline.lines import at, read_lines
    from cswitch.schemas.decode import RecordError, decode_record
    from cswitch.schemas.prompting import Attempt

    for number, line in read_lines(path):
        if line and not line.isspace():
            try:
                yield number, decode_record(line, Attempt)
            except RecordError as error:
                raise at(path, number, error) from error


def _pos_tagger(lang: str) -> Any:
    """The tagger of a language; None when it has none."""
    from cswitch.annotators.pos.windowed import languages
    from cswitch.core.registry import load

    return load("pos", "windowed").load(lang) if lang in languages() else None


def _texts(job: RowsJob, settings: ExportSettings, read: Callable[[], Iterator[tuple[int, Record]]]) -> SourceTexts:
    """The source texts by the ids of their pairs."""
    from cswitch.export.source_texts import SourceTexts

    if not job.pairs:
        return SourceTexts()
    from cswitch.pipeline.readers import read_pairs

    languages = settings.languages or next(((*record.get("languages", ()),) for _, record in read()), ())
    if len(languages) < 2:
        raise UsageError("the languages of the pairs are not known", hint="name them: --languages hi,en")
    return SourceTexts(row.pair for row in read_pairs(job.pairs, tuple(languages), note=note))
