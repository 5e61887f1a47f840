"""An export from the first reading to the card: rows are made, parted, written, and checked."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from cswitch import __version__
from cswitch.core.errors import InputError, RunError
from cswitch.export.card import card
from cswitch.export.contracts import ExportSettings, Format, Record, Sink, Texts, source_of
from cswitch.export.dataset_folder import save_folder
from cswitch.export.facts import Facts
from cswitch.export.files import MANIFEST, Files
from cswitch.export.splits import Assignment
from cswitch.export.survey import Survey, check_record
from cswitch.export.table import FOLDERS, READ_TWICE, format_class, writer_class
from cswitch.export.verify import Written, verify
from cswitch.schemas.decode import RecordError

ONE = "train"
"""Name of the split when there is only one."""
PEEKED = 1000
"""Records that show what the others hold, for a format that reads its input once."""
Placed = Iterable[tuple[int, Record]]


class Source(NamedTuple):
    """Where records come from."""

    path: str
    """Name of the input, for messages."""
    read: Callable[[], Placed]
    """Gives the records with their places, from the first; called twice by formats that need it."""
    texts: Texts
    """Source texts of the records."""


class Place(NamedTuple):
    """How an export looks on the disk."""

    files: Files
    """Opens its files."""
    single: bool = False
    """Whether it is one file, without card and manifest."""
    command: str = ""
    """The command that makes it again, for the card."""


def reads_twice(settings: ExportSettings) -> bool:
    """Whether an input has to be read two times.

    >>> reads_twice(ExportSettings(to="text")), reads_twice(ExportSettings(to="text", writer="parquet"))
    (False, False)
    >>> reads_twice(ExportSettings(to="datasets")), reads_twice(ExportSettings(to="text", splits=(("all", 1.0),)))
    (True, True)
    """
    return settings.to in READ_TWICE or bool(settings.splits)


def is_folder(settings: ExportSettings, output: str) -> bool:
    """Whether an export is a folder: it has splits or several files, or its name has no extension.

    >>> is_folder(ExportSettings(to="chat", writer="jsonl"), "chat.jsonl")
    False
    >>> is_folder(ExportSettings(to="chat", writer="jsonl"), "chat")
    True
    """
    several = settings.writer in FOLDERS or settings.to == "token-classification" or bool(settings.splits)
    return several or (output != "-" and not Path(output).suffix)


class Exporter:
    """Writes records in one format.

    Args:
        settings: How; the writer is named.
        source: What.

    Raises:
        UsageError: The format cannot be made of these records.
        InputError: The input cannot be read.
    """

    def __init__(self, settings: ExportSettings, source: Source) -> None:
        self.settings, self._source = settings, source
        self.empty = 0
        """Records without a token, which no format writes."""
        self._at = 0
        self._survey = Survey(settings, source.texts)
        self._records = self._first_reading()
        self.assignment: Assignment | None = None
        if self._survey.groups is not None:
            self.assignment = self._survey.groups.assign(settings.splits, settings.seed)
        self.format: Format = format_class(settings.to)(settings, self._survey, source.texts)
        self.splits = [name for name, _ in settings.splits] or [ONE]
        self.facts = Facts(self.splits)

    @property
    def notes(self) -> list[str]:
        """What was left out, in words."""
        counts = {"without a token": self.empty, **self.format.counts}
        found = [f"{count:,} left out: {what}" for what, count in counts.items() if count]
        if self._survey.left_out:
            found.append(f"fields left out: {', '.join(self._survey.left_out[:12])}")
        if self.assignment is not None and self.assignment.joined:
            found.append(f"{self.assignment.joined:,} sources stay with another that has the same text")
        return found

    def write(self, place: Place, *, check: bool = False) -> dict[str, Any]:
        """Writes everything, and gives what was written.

        Args:
            place: Where to.
            check: Read it again and check it.

        Raises:
            InputError: A record does not fit; its place is named.
            RunError: There is nothing to write, or the check fails.
        """
        self._write_rows(place.files)
        self._check_rows()
        if self.settings.writer == "datasets":
            place.files.close()
            save_folder(place.files.folder, self.splits)
            place.files.note_others()
        report = self._report()
        if not place.single:
            self._finish(place, report)
        place.files.close()
        if check:
            report["verified"] = verify(place.files.folder, self._written(place))
        return report

    def _first_reading(self) -> Iterator[Record]:
        """Reads all records once when that is needed, else the first of them; gives those to be written."""
        if reads_twice(self.settings):
            self._surveyed(self._checked(self._source.read()))
            self.empty = 0
            return self._checked(self._source.read())
        records = iter(self._source.read())
        peeked = list(islice(records, PEEKED))
        self._surveyed(self._checked(peeked))
        self.empty = 0
        return self._checked(chain(peeked, records))

    def _surveyed(self, records: Iterator[Record]) -> None:
        self._guarded(lambda: deque(self._survey.watch(records), maxlen=0))

    def _checked(self, records: Placed) -> Iterator[Record]:
        for place, record in records:
            self._at = place
            if not record["langs"] or not record["text"]:
                self.empty += 1
                continue
            if "offsets" in record:
                check_record(record)
            yield record
        self._at = 0  # what goes wrong from here on is not the last record's fault

    def _guarded(self, work: Callable[[], object]) -> None:
        """Does something with records; a record that does not fit is told with its place."""
        try:
            work()
        except RecordError as error:
            raise InputError(
                error.message, path=self._source.path, line=self._at or None, field=error.field or None, hint=error.hint
            ) from error
        except InputError as error:
            if error.path is not None:
                raise
            raise InputError(error.message, path=self._source.path, hint=error.hint) from error

    def _write_rows(self, files: Files) -> None:
        made: dict[str, Sink] = {
            split: writer_class(self.settings.writer)(files, split, self.format.columns, self.settings)
            for split in self.splits
        }

        def work() -> None:
            for record, row in self.format.rows(self._records):
                split = ONE if self.assignment is None else self.assignment.of(source_of(record))
                made[split].add(row)
                self.facts.add(split, record)
            for sink in made.values():
                sink.close()

        self._guarded(work)

    def _check_rows(self) -> None:
        empty = [split for split, part in self.facts.parts.items() if not part.rows]
        if not self.facts.rows:
            raise RunError(
                f"{self._source.path}: no record gives a row" + "".join(f"; {note}" for note in self.notes),
                hint="see docs/export.md for what a format needs",
            )
        if empty:
            raise RunError(f"split {empty[0]} has no row", hint="give it a larger share, or export more samples")

    def _report(self) -> dict[str, Any]:
        parts = self.facts.parts.items()
        return {
            "format": self.settings.to,
            "writer": self.settings.writer,
            "rows": self.facts.rows,
            "texts": self.facts.records,
            "splits": {split: {"rows": part.rows, "texts": part.records} for split, part in parts},
            "left_out": {**({"without a token": self.empty} if self.empty else {}), **self.format.counts},
            "notes": self.notes,
        }

    def _finish(self, place: Place, report: dict[str, Any]) -> None:
        """Writes labels, card and manifest."""
        labels: dict[str, Any] = getattr(self.format, "label_files", dict)()
        if labels:
            place.files.open("labels.json").write(msgspec.json.format(msgspec.json.encode(labels)) + b"\n")
        text = card(self.settings, self.facts, self.format.task, place.command, self.notes)
        place.files.open("README.md").write(text.encode())
        place.files.close()
        manifest = {
            "cswitch": __version__, "settings": _said(self.settings), "report": report,
            "files": {name: found._asdict() for name, found in sorted(place.files.digests.items())},
        }  # fmt: skip
        place.files.open(MANIFEST).write(msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")

    def _written(self, place: Place) -> Written:
        rows = {split: part.rows for split, part in self.facts.parts.items()}
        single = place.files.only if place.single else ""
        asked, digests = self.settings, place.files.digests
        return Written(asked.writer, rows, self.format.columns, single, asked.separator, digests)


def _said(settings: ExportSettings) -> dict[str, Any]:
    """What was asked for but for what is usual; a template of one's own by its name, without its folder.

    >>> _said(ExportSettings(to="chat", template="/home/me/mine.yaml", seed=1))
    {'to': 'chat', 'seed': 1, 'template': 'mine.yaml'}
    """
    usual = {field.name: field.default for field in msgspec.structs.fields(settings)}
    given = {name: value for name, value in msgspec.structs.asdict(settings).items() if value != usual[name]}
    return given | ({"template": Path(settings.template).name} if settings.template else {})
