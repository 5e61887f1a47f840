"""What is done with the rows of a shard, a block at a time; a record that raises an error is rejected, and no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

import msgspec

from cswitch.core.contracts import Tagger
from cswitch.core.errors import CswitchError, InputError
from cswitch.core.tag_names import language_tag
from cswitch.core.tag_sentence import sum_up
from cswitch.filters.contracts import Entry, Kept, TagFilter
from cswitch.filters.record import decoded
from cswitch.filters.running import Filters
from cswitch.filters.table import make_filters
from cswitch.pipeline.annotate import RowError
from cswitch.pipeline.jobs.reading import failed
from cswitch.pipeline.pair_rows import Row
from cswitch.pipeline.synthesiser import START, Chunk, Observed, Synthesiser
from cswitch.pipeline.tag_input import Reading, Untagged, of_object
from cswitch.pipeline.tag_output import json_line
from cswitch.pipeline.taggers import make_tagger
from cswitch.pipeline.tagging import Found, check_taggings
from cswitch.schemas.decode import RecordError, decode_record
from cswitch.schemas.job import FilterSettings, TagSettings
from cswitch.schemas.reject import Reject
from cswitch.schemas.settings import SynthSettings

Item = TypeVar("Item")

_WHOLE_RUN = (CswitchError, OSError, MemoryError)
"""Errors that are not those of a record: an extra is missing, a file has gone, memory is short."""


class Block(NamedTuple):
    """What became of some rows, in their order."""

    lines: list[bytes]
    """Records as JSON, without line ends."""
    rejects: list[Reject]
    """Why others gave none."""
    counts: Counter[str]
    """What is counted, by name."""
    attempts: Sequence[bytes] = ()
    """Each version of each text that a language model wrote, as JSON."""

    def reject(self, reject: Reject) -> None:
        """Adds a reject."""
        self.rejects.append(reject)
        self.counts[f"reject.{reject.reason}"] += 1


class FirstStage(Protocol):
    """Takes what was read."""

    size: int
    """Rows it takes at a time."""

    def __call__(self, rows: Sequence[Any]) -> Block:
        """What becomes of rows, each of them a row or the reject of one that could not be read."""
        ...


class LaterStage(Protocol):
    """Takes what the stage before it gave."""

    def __call__(self, block: Block) -> Block:
        """The block with its records changed."""
        ...


class SynthStage:
    """Samples from pairs, as ``cswitch synth`` makes them.

    Args:
        settings: What to make.
        observed: CMI and switches of real text to follow.
    """

    def __init__(self, settings: SynthSettings, observed: Observed = ()) -> None:
        self.size = max(1, 128 // settings.per_pair)
        self._do = Synthesiser(settings, observed)

    def __call__(self, rows: Sequence[Row | Reject]) -> Block:
        """Samples and rejects of rows."""
        made = Block([], [], Counter())
        for part in _apart(rows):
            if isinstance(part, Reject):
                made.reject(part)
            else:
                each_alone(part, made, self._add, lambda row: (row.pair.id, row.line))
        return made

    def _add(self, rows: Sequence[Row], made: Block) -> None:
        done = self._do(Chunk(rows, START, START))
        if done.fault is not None:
            raise done.fault
        made.lines.extend(done.samples.split(b"\n")[:-1])
        made.rejects.extend(decode_record(line, Reject) for line in done.rejects.split(b"\n")[:-1])
        made.counts.update(done.counts)


class TagStage:
    """Tags for what was read, as ``cswitch tag`` gives them.

    Args:
        settings: The tagger and the languages.
        tagger: The tagger, where it was made already.
    """

    size = 512

    def __init__(self, settings: TagSettings, tagger: Tagger | None = None) -> None:
        self.settings = settings
        self.languages = tuple(map(language_tag, settings.languages))
        self.tagger = tagger or tagger_of(settings)

    def __call__(self, rows: Sequence[Untagged | Reject]) -> Block:
        """Tagged utterances and rejects of rows."""
        made = Block([], [], Counter())
        for part in _apart(rows):
            if isinstance(part, Reject):
                made.reject(part)
            else:
                each_alone(part, made, self._add, lambda one: (one.id, one.place))
        return made

    def _add(self, rows: Sequence[Untagged], made: Block) -> None:
        tokens = [row.tokens for row in rows]
        taggings = self.tagger.tag(tokens, self.languages, alternatives=self.settings.alternatives)
        check_taggings(self.tagger, tokens, taggings)
        lines, counts = [], Counter[str]()
        for row, tagging in zip(rows, taggings, strict=True):
            found = Found(row, tagging, sum_up(tagging.tags, tagging.probabilities))
            lines.append(json_line(found)[:-1])
            switches = int(found.sentence.measures["switches"] or 0)
            counts.update(tagged=1, tokens=len(row.tokens), mixed=switches > 0, switches=switches)
        made.lines.extend(lines)
        made.counts.update(counts)


class RetagStage:
    """Tags anew for what the stage before gave; its other fields are kept.

    Args:
        stage: What tags.
    """

    def __init__(self, stage: TagStage) -> None:
        self.stage = stage

    def __call__(self, block: Block) -> Block:
        """The records of a block with other tags."""
        rows: list[Untagged | Reject] = []
        for line in block.lines:
            record = decode_record(line, dict)
            try:
                rows.append(of_object(record, 0, 0, Reading()))
            except RecordError as error:
                rows.append(failed(str(record.get("id", "")), InputError(str(error)), None))
        made = self.stage(rows)
        rejects = [msgspec.structs.replace(reject, line=None) for reject in made.rejects]
        return Block(made.lines, [*block.rejects, *rejects], together(block.counts, made.counts), block.attempts)


class FilterStage:
    """Leaves out what does not pass, as ``cswitch filter`` does.

    Args:
        settings: The filters.
    """

    def __init__(self, settings: FilterSettings) -> None:
        filters = make_filters(settings.filters)
        wants_tags = any(isinstance(one, TagFilter) for one in filters)
        self._filters = Filters(filters, tagger=make_tagger(settings.tagger) if wants_tags else None)

    def __call__(self, block: Block) -> Block:
        """The records of a block that pass; the others become rejects."""
        made = Block([], list(block.rejects), Counter(block.counts), block.attempts)
        each_alone(block.lines, made, self._add, lambda line: (str(decode_record(line, dict).get("id", "")), None))
        return made

    def _add(self, lines: Sequence[bytes], made: Block) -> None:
        entries = [Entry(decoded(line), line=line.decode()) for line in lines]
        for outcome in list(self._filters.run(entries)):
            if isinstance(outcome, Kept):
                made.lines.append(outcome.entry.line.encode())
                made.counts["kept"] += 1
                continue
            record, drop = outcome.entry.record, outcome.drops[0]
            name = record.name if record.source_id is None else str(record.source_id)
            made.reject(Reject(source_id=name, reason=drop.reason, detail=drop.detail))


def together(one: Counter[str], other: Counter[str]) -> Counter[str]:
    """The sum of counts; unlike ``+`` it keeps those below zero.

    >>> together(Counter({"a": 1}), Counter({"a": -3, "b": 0}))
    Counter({'a': -2})
    """
    made = Counter(one)
    made.update(other)
    return Counter({name: count for name, count in made.items() if count})


def tagger_of(settings: TagSettings) -> Tagger:
    """The tagger that settings name.

    Raises:
        UsageError: It takes no such option.
        InputError: Its model cannot be read.
        MissingExtraError: It needs an extra.
    """
    names = ("device", "dtype", "batch_tokens", "compile")
    return make_tagger(settings.tagger, {name: getattr(settings, name) for name in names})


def each_alone(
    items: Sequence[Item],
    made: Block,
    add: Callable[[Sequence[Item], Block], None],
    named: Callable[[Item], tuple[str, int | None]],
) -> None:
    """Adds what becomes of items; when that raises an error, one by one, and those that raise it are rejected.

    Args:
        items: What is to be added.
        made: What it is added to.
        add: Adds all of some items, or raises an error and adds none.
        named: Id and line of an item.

    Raises:
        CswitchError: Something is wrong that other records would meet too.
        OSError: So it is with the system.
    """
    try:
        add(items, made)
    except (RowError, InputError) as error:
        first: Exception = error
    except _WHOLE_RUN:
        raise
    except Exception as error:  # noqa: BLE001 whatever a record does to the code, the others go on
        first = error
    else:
        return
    if len(items) == 1:
        name, line = named(items[0])
        made.reject(failed(name, first, line))
        return
    for item in items:
        each_alone([item], made, add, named)


def _apart(rows: Sequence[Item | Reject]) -> Iterator[list[Item] | Reject]:
    """Runs of rows, and the rejects between them."""
    run: list[Item] = []
    for row in rows:
        if isinstance(row, Reject):
            if run:
                yield run
                run = []
            yield row
        else:
            run.append(row)
    if run:
        yield run
