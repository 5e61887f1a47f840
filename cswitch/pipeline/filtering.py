"""``cswitch filter``: readers, taggers, filters and output joined."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import IO, Any

import msgspec

from cswitch import __version__
from cswitch.core.errors import InputError, UsageError
from cswitch.core.seeds import digest
from cswitch.filters.contracts import Drop, Dropped, Entry, Kept, TagFilter
from cswitch.filters.repeats import Origin, Repeats
from cswitch.filters.running import Filters
from cswitch.filters.table import REASONS, make_filters
from cswitch.pipeline.filter_input import Entries
from cswitch.pipeline.pair_texts import opened_texts
from cswitch.pipeline.taggers import DEFAULT, opened_tagger


class FilterSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What decides which records stay; plain data."""

    filters: dict[str, dict[str, Any]]
    """Settings of filters by name, see :data:`cswitch.filters.table.FILTERS`."""
    all_reasons: bool = False
    """Ask every filter, even about records that one has dropped."""
    tagger: str = DEFAULT
    """The tagger, for filters that want tags."""
    pairs: str = ""
    """File of the pairs that records were made from, found by ``source_id``."""
    pair: tuple[str, ...] | None = None
    """The languages of ``pairs``, and of ``lang1`` and ``lang2`` in the files of LinCE."""

    @property
    def config(self) -> str:
        """Hash of everything that decides the outcome.

        >>> FilterSettings(filters={"met": {}}).config == FilterSettings(filters={"met": {}}, tagger="x").config
        False
        """
        plain = msgspec.json.encode(msgspec.to_builtins(self), order="sorted").decode()
        return f"{digest('filter', __version__, plain) % (1 << 64):016x}"


class FilterReject(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A record that was left out, and why."""

    id: str = ""
    """Its id, when it has one."""
    reason: str
    """A name from :data:`cswitch.filters.table.REASONS`."""
    detail: str = ""
    """What exactly, with figures."""
    others: tuple[Drop, ...] = ()
    """Further reasons, where all were asked for."""
    line: int = 0
    """1-based line or row of the input."""
    record: msgspec.Raw
    """The record as it came."""


class FilterTally:
    """Counts what stays and what goes.

    >>> tally = FilterTally()
    >>> tally.add(Dropped(None, (Drop("too_short"), Drop("not_met"))))
    >>> tally.counts()
    {'records': 1, 'kept': 0, 'dropped': 1, 'reasons': {'too_short': 1}, 'all_reasons': {'not_met': 1, 'too_short': 1}}
    """

    def __init__(self) -> None:
        self.kept = 0
        self._first: Counter[str] = Counter()
        self._all: Counter[str] = Counter()

    @property
    def dropped(self) -> int:
        """Records that go."""
        return self._first.total()

    def add(self, outcome: Kept | Dropped) -> None:
        """Takes in an outcome."""
        if isinstance(outcome, Kept):
            self.kept += 1
            return
        self._first[outcome.reason] += 1
        for drop in outcome.drops:
            self._all[drop.reason] += 1

    def counts(self) -> dict[str, Any]:
        """All counts, ready for JSON; reasons in the order of the filters."""
        first, every = ({name: n[name] for name in REASONS if n[name]} for n in (self._first, self._all))
        found = {"records": self.kept + self.dropped, "kept": self.kept, "dropped": self.dropped, "reasons": first}
        return found if first == every else {**found, "all_reasons": every}


class Filtering:
    """Judges the records of a file.

    Args:
        source: JSON Lines, token lines, CoNLL, Parquet (gzip or not), a folder of ``datasets``, or ``-``.
        settings: What decides.
        index: Where the table of duplicates is kept, when it is looked for; None keeps none.
        resume: Take the table that an earlier run with these settings left there.
        folder: Where notes lie while it runs; by default where the system keeps temporary files.

    Raises:
        InputError: On entry or on the way: the input cannot be read.
        UsageError: On entry: a filter, the tagger or ``pair`` cannot be meant, or the table is of other settings.
    """

    def __init__(
        self,
        source: str,
        settings: FilterSettings,
        *,
        index: Path | None = None,
        resume: bool = False,
        folder: Path | None = None,
    ) -> None:
        self.source, self.settings, self.tally = source, settings, FilterTally()
        self.unpaired = 0
        """Records whose pair was not in ``pairs``."""
        self.resumed = False
        """Whether the table of an earlier run was taken."""
        self._index, self._resume, self._folder = index, resume, folder

    def outcomes(self) -> Generator[Kept | Dropped, None, None]:
        """An outcome a record, in the order of the input."""
        settings = self.settings
        if settings.pairs and settings.pair is None:
            raise UsageError("the languages of the pairs are not known", hint="add --pair en-hi")
        filters = make_filters(settings.filters)
        repeats = self._earlier()
        with ExitStack() as stack:
            wants_tags = any(isinstance(one, TagFilter) for one in filters)
            tagger = stack.enter_context(opened_tagger(settings.tagger)) if wants_tags else None
            entries = Entries(self.source, settings.pair or (), checked="duplicates" in settings.filters)

            def keep(found: Repeats) -> None:
                found.origin = Origin(config=self._config(), records=entries.records, checksum=entries.checksum)
                if self._index is not None:
                    found.save(self._index)

            judged: Iterable[Entry] = entries
            if settings.pairs and settings.pair is not None:
                texts = stack.enter_context(opened_texts(settings.pairs, settings.pair, self._folder))
                judged = texts.given(entries)
            run = Filters(
                filters,
                tagger=tagger,
                all_reasons=settings.all_reasons,
                repeats=repeats,
                folder=self._folder,
                found=keep,
                path=self.source,
            ).run(judged)
            with closing(run):
                for outcome in run:
                    self.tally.add(outcome)
                    yield outcome
            if settings.pairs:
                self.unpaired = texts.missing
            if repeats is not None:
                self._check_input(repeats.origin, entries)

    def _earlier(self) -> Repeats | None:
        """The table of duplicates that an earlier run left, when it is to be taken."""
        if not self._resume or self._index is None or not self._index.exists():
            return None
        found = Repeats.load(self._index)
        if found.origin.config != self._config():
            hint = "remove it, or run with the filters and the files that it was made with"
            raise UsageError(f"{self._index} was made with other settings", hint=hint)
        self.resumed = True
        return found

    def _config(self) -> str:
        """Hash of the settings and of the state of the files that they name."""
        words = self.settings.filters.get("words", {})
        pairs = self.settings.pairs
        named = [*words.get("block", ()), *words.get("require", ()), *(pairs.split(",") if pairs else ())]
        states = [(name, os.stat(name)) for name in named if os.path.exists(name)]
        parts = [f"{name}:{state.st_size}:{state.st_mtime_ns}" for name, state in states]
        return f"{digest(self.settings.config, *parts) % (1 << 64):016x}"

    def _check_input(self, origin: Origin, entries: Entries) -> None:
        if (origin.records, origin.checksum) != (entries.records, entries.checksum):
            hint = f"remove {self._index} and run the same command again"
            raise InputError(
                "it is not the input that the table of duplicates was made of", path=self.source, hint=hint
            )


def write_outcomes(
    outcomes: Iterable[Kept | Dropped], out: IO[bytes] | None, rejects: IO[bytes] | None
) -> Iterator[Kept | Dropped]:
    """Writes lines of records that stay, and of those that go with their reason; gives all outcomes on.

    Args:
        outcomes: Outcomes whose entries have lines.
        out: Where records that stay go; None writes none.
        rejects: Where the others go, as :class:`FilterReject`; None writes none.
    """
    encode = msgspec.json.Encoder().encode
    for outcome in outcomes:
        if isinstance(outcome, Kept):
            if out is not None:
                out.write(outcome.entry.line.encode() + b"\n")
        elif rejects is not None:
            rejects.write(encode(_reject(outcome)) + b"\n")
        yield outcome


def _reject(outcome: Dropped) -> FilterReject:
    entry, (first, *others) = outcome.entry, outcome.drops
    return FilterReject(
        id=entry.record.name,
        reason=first.reason,
        detail=first.detail,
        others=tuple(others),
        line=entry.place,
        record=msgspec.Raw(entry.line.strip().encode()),
    )
