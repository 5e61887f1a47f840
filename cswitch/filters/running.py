"""Filters one after the other over a stream of records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from cswitch.core.contracts import Tagger, Tagging
from cswitch.core.errors import InputError, RunError, UsageError
from cswitch.filters.contracts import Drop, Dropped, Entry, Filter, Kept, Outcomes, TagFilter
from cswitch.filters.duplicates import Duplicates
from cswitch.filters.record import Record
from cswitch.filters.repeats import Repeats
from cswitch.filters.search import find_repeats
from cswitch.filters.sketches import Sketches
from cswitch.filters.spool import Spool

_BATCH = 512
"""Records that a tagger gets at a time, at most."""
_Judgement = Callable[[Record], Drop | None]


class Filters:
    """Judges records by filters in the order given; a record's first failing filter is what counts.

    Args:
        filters: The filters, each with a ``judge`` or a ``judge_tagged``; :class:`Duplicates` comes last, as it looks
            only at what the others keep.
        tagger: Tags records for the filters that want tags.
        all_reasons: Ask every filter even about records that one has dropped. Duplicates are still looked for only
            among those that all others keep.
        repeats: What repeats what, when it is known already; then nothing is noted on the disk.
        folder: Where notes for duplicates lie while it runs; by default where the system keeps temporary files.
        found: Called with what repeats what, once it is known.
        path: Name of the input, for messages.

    Raises:
        UsageError: There is no filter, duplicates do not come last, or a filter wants tags and there is no tagger.

    >>> from cswitch.filters.length import Length
    >>> records = [Record(id=n, tokens=text.split(), langs=["hi"] * len(text.split())) for n, text in
    ...     enumerate(["theek hai", "aaj ghar pe kaam hai", "Aaj ghar pe  kaam hai"])]
    >>> filters = Filters([Length(min_tokens=3), Duplicates()])
    >>> [isinstance(outcome, Kept) or outcome.reason for outcome in filters.apply(records)]
    ['too_short', True, 'duplicate']
    """

    def __init__(
        self,
        filters: Sequence[Filter | TagFilter | Duplicates],
        *,
        tagger: Tagger | None = None,
        all_reasons: bool = False,
        repeats: Repeats | None = None,
        folder: Path | None = None,
        found: Callable[[Repeats], None] | None = None,
        path: str = "",
    ) -> None:
        if not filters:
            raise UsageError("no filter is given", hint="name one, such as length")
        *others, last = filters
        if any(isinstance(one, Duplicates) for one in others):
            raise UsageError("duplicates are looked for before other filters", hint="put the filter duplicates last")
        self._duplicates = last if isinstance(last, Duplicates) else None
        first = others if self._duplicates else [*others, last]
        tagged = next((n for n, one in enumerate(first) if isinstance(one, TagFilter)), len(first))
        self._cheap = [one.judge for one in first[:tagged] if isinstance(one, Filter)]
        self._dear = [one for one in first[tagged:] if isinstance(one, Filter | TagFilter)]
        self._taggers = [one for one in first if isinstance(one, TagFilter)]
        if self._taggers and tagger is None:
            raise UsageError(f"the filter {self._taggers[0].name} needs a tagger", hint="give one")
        self._tagger, self._all, self._repeats = tagger, all_reasons, repeats
        self._folder, self._found, self._path = folder, found, path

    def apply(self, records: Iterable[Record]) -> Outcomes:
        """Judges records.

        Args:
            records: See :meth:`cswitch.filters.record.Record.of` for samples and other objects.

        Returns:
            An outcome a record, in their order.

        Raises:
            InputError: A record is broken.
            RunError: The tagger broke its contract.
        """
        return self.run(Entry(record, place) for place, record in enumerate(records, start=1))

    def run(self, entries: Iterable[Entry], start: int = 0) -> Outcomes:
        """Judges entries; one with a line has, once duplicates were looked for, no more than its ids and its line.

        Args:
            entries: The records.
            start: Number of the first record, where they are a part of an input whose ``repeats`` are known.
        """
        judged = self._judged(entries)
        if self._duplicates is None:
            return judged
        if self._repeats is not None:
            return self._without(judged, self._repeats, self._duplicates, start)
        return self._unrepeated(judged, self._duplicates)

    def _judged(self, entries: Iterable[Entry]) -> Outcomes:
        if not self._taggers:
            for entry in entries:
                drops = self._drops(entry, self._cheap)
                yield Dropped(entry, tuple(drops)) if drops else Kept(entry)
            return
        entries = iter(entries)
        while batch := list(islice(entries, _BATCH)):
            found = [self._drops(entry, self._cheap) for entry in batch]
            left = [n for n, drops in enumerate(found) if self._all or not drops]
            for n, tagging in zip(left, self._tagged([batch[n].record for n in left]), strict=True):
                found[n] += self._drops(batch[n], [_judgement(one, tagging) for one in self._dear])
            for entry, drops in zip(batch, found, strict=True):
                yield Dropped(entry, tuple(drops)) if drops else Kept(entry)

    def _drops(self, entry: Entry, asked: Sequence[_Judgement]) -> list[Drop]:
        found: list[Drop] = []
        record = entry.record
        try:
            for judge in asked:
                drop = judge(record)
                if drop is not None:
                    found.append(drop)
                    if not self._all:
                        break
        except InputError as error:
            if error.path is not None:
                raise
            if self._path:
                raise InputError(error.message, path=self._path, line=entry.place or None, hint=error.hint) from error
            raise InputError(f"record {entry.place}: {error.message}", hint=error.hint) from error
        return found

    def _tagged(self, records: Sequence[Record]) -> list[Tagging | None]:
        """What the tagger says of the records that a filter wants it for, told the languages that each is in."""
        groups: dict[tuple[str, ...], list[int]] = {}
        for n, record in enumerate(records):
            if any(one.wants_tags(record) for one in self._taggers):
                spoken = tuple(sorted(record.spoken))
                groups.setdefault(spoken if len(spoken) > 1 else (), []).append(n)
        found: list[Tagging | None] = [None] * len(records)
        tagger = self._tagger
        assert tagger is not None
        for languages, places in groups.items():
            taggings = tagger.tag([records[n].tokens for n in places], languages)
            for n, tagging in zip(places, taggings, strict=True):
                if not len(tagging.tags) == len(tagging.probabilities) == len(records[n].tokens):
                    what = f"{len(tagging.tags)} tags to {len(records[n].tokens)} tokens"
                    hint = "this is a fault of the tagger"
                    raise RunError(f"the tagger {tagger.name!r} gave {what}", hint=hint)
                found[n] = tagging
        return found

    def _without(
        self, outcomes: Iterable[Kept | Dropped], repeats: Repeats, duplicates: Duplicates, start: int
    ) -> Outcomes:
        for number, outcome in enumerate(outcomes, start):
            repeat = repeats.of(number) if isinstance(outcome, Kept) else None
            yield outcome if repeat is None else Dropped(outcome.entry, (duplicates.drop(repeat),))

    def _unrepeated(self, outcomes: Outcomes, duplicates: Duplicates) -> Outcomes:
        with TemporaryDirectory(prefix=".duplicates-", dir=self._folder) as name:
            folder, scratch = Path(name, "texts"), Path(name, "pairs")
            folder.mkdir()
            scratch.mkdir()
            with Spool(Path(name, "records")) as spool:
                with Sketches(folder, duplicates) as sketches:
                    for number, outcome in enumerate(outcomes):
                        if isinstance(outcome, Kept):
                            sketches.add(number, outcome.entry.record.words)
                        spool.add(outcome)
                repeats = find_repeats([folder], duplicates, scratch)
                if self._found is not None:
                    self._found(repeats)
                yield from self._without(spool.read(), repeats, duplicates, 0)


def _judgement(one: Filter | TagFilter, tagging: Tagging | None) -> _Judgement:
    """A filter as a function of a record alone."""
    return partial(one.judge_tagged, tagging=tagging) if isinstance(one, TagFilter) else one.judge
