"""What annotators said, from a Label Studio server to a file that is whole or not there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import msgspec

from cswitch.annotators.labelstudio.config import Labelling
from cswitch.annotators.labelstudio.connection import Server
from cswitch.annotators.labelstudio.exported import Exported
from cswitch.annotators.labelstudio.projects import edited, labelling_of, need
from cswitch.annotators.labelstudio.pulling import Pulled, Puller
from cswitch.core.errors import InputError
from cswitch.pipeline.locked_files import PartFile, Stream
from cswitch.pipeline.output import BUFFER, is_stream
from cswitch.pipeline.run_files import refuse_existing
from cswitch.schemas.annotation import Annotated


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What was pulled."""

    project: int
    """Id of the project."""
    title: str
    """Its title."""
    pulled: Pulled
    """What was found."""
    notes: tuple[str, ...]
    """What the user should know."""


def pull(
    server: Server,
    project: str,
    output: str,
    *,
    everything: bool = False,
    force: bool = False,
    watched: Callable[[Iterable[Annotated]], Iterable[Annotated]] = iter,
) -> Report:
    """Writes what annotators said, a line a sample, in the order of the tasks.

    The file gets its name when it is whole. Only one run at a time writes to it.

    Args:
        server: Where.
        project: Title or id of the project.
        output: File to write, or ``-`` for standard output.
        everything: Write samples that nobody has annotated too.
        force: Replace a file that exists.
        watched: Hands records on and shows how many there were.

    Raises:
        UsageError: There is no such project, the file exists, or another run writes it.
        RunError: The server refused, or has gone.
    """
    found = need(server, project)
    with _writing(output, force=force) as write, _read(server, found, everything=everything) as (puller, records):
        lines = bytearray()
        encode = msgspec.json.Encoder().encode_into
        for record in watched(records):
            encode(record, lines, -1)
            lines += b"\n"
            if len(lines) > BUFFER:
                write(bytes(lines))
                lines.clear()
        write(bytes(lines))
    notes = tuple(_notes(found, puller.counts))
    return Report(project=int(found["id"]), title=str(found.get("title")), pulled=puller.counts, notes=notes)


@contextmanager
def judged(server: Server, project: dict[str, Any]) -> Iterator[tuple[Puller, Iterator[Annotated]]]:
    """The records of a project one after the other, and what counts them.

    Args:
        server: Where.
        project: The project as the server describes it.

    Raises:
        RunError: The server refused, or has gone.
    """
    with _read(server, project, everything=False) as found:
        yield found


@contextmanager
def _read(server: Server, project: dict[str, Any], *, everything: bool) -> Iterator[tuple[Puller, Iterator[Annotated]]]:
    puller = Puller(_labelling(project), server.users(), everything=everything)
    with TemporaryFile() as file:  # without a name, so that nothing of it stays behind
        server.export(int(project["id"]), file, everything=everything)
        yield puller, puller.records(Exported(file))


@contextmanager
def _writing(output: str, *, force: bool) -> Iterator[Callable[[bytes], None]]:
    """How to write to a file that gets its name at the end, or to a stream."""
    if is_stream(output):
        stream = Stream(output)
        stream.open()
        try:
            yield stream.write
        finally:
            stream.close()
        return
    part = PartFile(Path(output).resolve())
    part.open()
    try:
        if not force:
            refuse_existing([part])
        part.cut(0)
        yield part.write
        part.sync()
    except BaseException:
        part.remove()
        raise
    part.publish()


def _labelling(project: dict[str, Any]) -> Labelling | None:
    try:
        return labelling_of(project)
    except InputError:
        return None


def _notes(project: dict[str, Any], pulled: Pulled) -> Iterator[str]:
    if _labelling(project) is None:
        yield "the labelling configuration was edited by hand and cannot be read; labels were taken as they are"
    elif edited(project):
        yield "the labelling configuration is other than cswitch writes it"
    labels = ", ".join(f"{label} ({count})" for label, count in sorted(pulled.unknown_labels.items()))
    told = {
        f"labels that the configuration does not have: {labels}": len(pulled.unknown_labels),
        f"{pulled.unknown_users:,} annotations of users who are no members any more": pulled.unknown_users,
        f"{pulled.changed_texts:,} tasks were given another text; spans were laid on that pushed": pulled.changed_texts,
        f"{pulled.damaged:,} tasks were left out, for their tokens lie on no text": pulled.damaged,
        f"{pulled.foreign:,} tasks come from elsewhere and were left out": pulled.foreign,
        f"{pulled.joined:,} tasks hold a sample that another has too; they were joined": pulled.joined,
        f"{pulled.imported:,} annotations are marked as ground truth, as imported ones are": pulled.imported,
        f"{pulled.odd_answers:,} ratings or decisions cannot be read and were left out": pulled.odd_answers,
        f"{pulled.edits_without_text:,} decisions to edit came without another text": pulled.edits_without_text,
        f"{pulled.spans.get('moved', 0):,} spans were moved to where their text stands": pulled.spans.get("moved", 0),
        f"{pulled.spans.get('lost', 0):,} spans were left out: their text stands nowhere": pulled.spans.get("lost", 0),
    }
    yield from (line for line, count in told.items() if count)
