"""Shards of text by a language model: the loop of ``cswitch prompt``, its answers kept in the folder of the job."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import ExitStack, aclosing, closing
from pathlib import Path
from typing import NamedTuple

import msgspec

from cswitch.core.errors import CswitchError, UsageError
from cswitch.generators.prompting.contracts import StopRun
from cswitch.generators.prompting.outcomes import Outcome
from cswitch.pipeline.annotate import RowError
from cswitch.pipeline.jobs.answers import JobAnswers, answers_elsewhere
from cswitch.pipeline.jobs.pool import Outcome as Ended
from cswitch.pipeline.jobs.prompt_spec import access_of, settings_of
from cswitch.pipeline.jobs.reading import failed
from cswitch.pipeline.jobs.shards import Shard
from cswitch.pipeline.jobs.stages import Block
from cswitch.pipeline.jobs.work import Setup, Worker
from cswitch.pipeline.jobs.writing import ShardSummary
from cswitch.pipeline.prompt_access import Wire, check_access, opened_models
from cswitch.pipeline.prompt_input import CHUNK, Item, Preparer, prepared, run_hash
from cswitch.pipeline.prompt_setup import Accepted, making
from cswitch.pipeline.prompt_tally import Tally
from cswitch.pipeline.prompt_watching import interruptible, ticking
from cswitch.pipeline.prompt_window import AHEAD, LEAST, Window
from cswitch.pipeline.readers import Row
from cswitch.schemas.job import Job, PromptStage
from cswitch.schemas.pair import Pair
from cswitch.schemas.reject import Reject

Note = Callable[[str], None]
_encode = msgspec.json.Encoder().encode


class Traffic(NamedTuple):
    """What went over the wire, and what did not have to."""

    sent: int
    """Answers that were asked for."""
    replayed: int
    """Questions that the cache had the answer to."""


class PromptTexts:
    """Texts by a language model, as ``cswitch prompt`` makes them; each call is a run of its own.

    Near-duplicates are looked for within a call. Answers are kept in a file before anybody sees them, so that a call
    that is made again, after whatever stopped it, pays for nothing twice and gives the same.

    Args:
        job: The job; its first stage is the prompt.
        answers: File that keeps the answers, when the stage names none.
        world: Machines that share pace and budget.
        note: Takes lines for the user.

    Raises:
        UsageError: Something cannot be meant; nothing was sent.
        InputError: A file cannot be read.
        MissingExtraError: Something needs an extra.
    """

    size = 1 << 30
    """All rows of a shard at once: they look out for each other's repeats."""

    def __init__(self, job: Job, *, answers: str, world: int = 1, note: Note = lambda line: None) -> None:
        stage = job.stages[0].prompt
        assert stage is not None, "the first stage asks no model"
        self.settings = settings_of(stage)
        self.access = access_of(stage, world=world, cache=answers)
        self.traffic = Traffic(0, 0)
        self.note = note
        self.look: Callable[[int, int], None] = lambda rows, records: None
        """Called now and then with the rows that are settled and the records they gave."""
        check_access(self.access, self.settings)
        with ExitStack() as stack:
            self._maker = stack.enter_context(making(self.settings, stage.few_shot, self.access.device))
            cache = self.access.cache or answers
            elsewhere = answers_elsewhere(Path(answers).parent, cache, world)
            self._answers = stack.enter_context(
                JobAnswers(cache, run=run_hash(self.settings), others=elsewhere, world=world)
            )
            self._open = stack.pop_all()

    def __call__(self, rows: Sequence[Row | Reject]) -> Block:
        """Samples, rejects and attempts of rows.

        Raises:
            StopRun: The budget is spent, the key is refused, the server stays away.
            KeyboardInterrupt: Ctrl-C.
        """
        self._maker.repeats = Accepted(self.settings.near_duplicate)
        wire, settler = Wire(self.access.concurrency), _Settler(self.settings.tolerance, self.settings.per_pair)
        before = self._answers.totals().answers
        try:
            interruptible(self._work(rows, settler, wire), wire, self.note)
        finally:
            sent = self._answers.totals().answers - before
            self.traffic = Traffic(self.traffic.sent + sent, self.traffic.replayed + wire.replayed)
        return settler.block()

    def spent(self) -> str:
        """What was sent, what was not, and what it cost so far."""
        totals, (sent, replayed) = self._answers.totals(), self.traffic
        money = "" if totals.cost is None or not totals.cost else f"; {totals.cost:.4f} spent on this run so far"
        others = len(self._answers.others)
        more = f" and {others:,} file{'s' * (others > 1)} of other numbers of machines" if others else ""
        return f"{sent:,} answers asked for, {replayed:,} taken from {self.access.cache}{more}{money}"

    def close(self) -> None:
        """Gives free what it holds."""
        self._open.close()

    async def _work(self, rows: Sequence[Row | Reject], settler: _Settler, wire: Wire) -> None:
        size = max(LEAST, AHEAD * self.access.concurrency)
        async with opened_models(self.access, self.settings, self._answers, wire, self.note) as models:
            window = Window(self._maker.loop(models), self._maker.repeats, settler, size=size, stopped=wire.stopped)
            preparer = self._maker.preparer(self._maker.translator(models))
            async with (
                ticking(lambda: self.look(settler.rows, len(settler.lines))),
                aclosing(items(rows, preparer, ahead=size // CHUNK)) as found,
            ):
                await window.run(found)


async def items(rows: Sequence[Row | Reject], preparer: Preparer, ahead: int = 1) -> AsyncGenerator[Item, None]:
    """Rows with their briefs, in order; a row whose links cannot be used, or that could not be read, has a reject.

    Args:
        rows: Rows, and rejects of those that could not be read.
        preparer: Makes the briefs.
        ahead: Chunks that are under way at a time.
    """
    place = 0
    while place < len(rows):
        row = rows[place]
        if isinstance(row, Reject):
            yield Item(Row(row.line or 0, Pair(id=row.source_id, texts={})), row)
            place += 1
            continue
        end = next((n for n in range(place, len(rows)) if isinstance(rows[n], Reject)), len(rows))
        run = [one for one in rows[place:end] if isinstance(one, Row)]
        try:
            async with aclosing(prepared(iter(run), preparer, ahead)) as found:
                async for item in found:
                    yield item
                    place += 1
        except RowError as error:
            row = run[place - end + len(run)]
            yield Item(row, failed(row.pair.id, error, row.line))
            place += 1


class _Settler:
    """Gathers what became of rows, in order.

    Args:
        tolerance: How far from its CMI a text may lie.
        wanted: Texts asked for of a row.
    """

    def __init__(self, tolerance: float, wanted: int) -> None:
        self.rows = 0
        self.lines: list[bytes] = []
        self._tally, self._wanted = Tally({}, tolerance), wanted
        self._rejects: list[Reject] = []
        self._attempts: list[bytes] = []

    def __call__(self, row: Row, result: Sequence[Outcome] | Reject) -> None:
        """Takes in a row."""
        reject = self._tally.add(row.line, result, self._wanted)
        if reject is not None:
            self._rejects.append(reject)
        for outcome in () if isinstance(result, Reject) else result:
            self._attempts.extend(map(_encode, outcome.attempts))
            if outcome.sample is not None:
                self.lines.append(_encode(outcome.sample))
        self.rows += 1

    def block(self) -> Block:
        """What was gathered."""
        return Block(self.lines, self._rejects, Counter(self._tally.counts), self._attempts)


class Prompting:
    """Does shards of a job whose first stage asks a language model: one after another, in this process.

    Requests overlap within a shard; several processes would only divide what the server gives.

    Args:
        note: Takes lines for the user.
        progress: Called now and then with rows and records of the shard under way.
    """

    def __init__(self, note: Note | None, progress: Callable[[int, int], None]) -> None:
        self._note, self._progress = note or (lambda line: None), progress

    def __call__(
        self, setup: Setup, shards: list[Shard], workers: int
    ) -> Generator[Ended[Shard, ShardSummary], None, None]:
        """The outcomes of shards.

        Raises:
            StopRun: The budget is spent, the key is refused, the server stays away; shards that are done are safe.
        """
        if workers > 1:
            self._note("one process asks the model, whatever --workers says; raise concurrency for more at once")
        worker = Worker(setup)
        first = worker.first
        assert isinstance(first, PromptTexts), "the first stage asks no model"
        first.note, first.look = self._note, self._progress
        with closing(first):
            try:
                for shard in shards:
                    try:
                        yield Ended(shard, worker.write(shard), None)
                    except StopRun:
                        raise
                    except (CswitchError, OSError) as error:
                        yield Ended(shard, None, error)
            finally:
                self._note(first.spent())


def check_asking(stage: PromptStage, world: int) -> None:
    """Refuses what cannot be meant, before anything is made.

    Raises:
        UsageError: A key is not there, or machines would share a file of answers.
    """
    if stage.cache is not None and world > 1:
        hint = "leave out cache: each machine keeps its own in the folder of the job"
        raise UsageError("several machines cannot keep answers in one file", hint=hint)
    check_access(access_of(stage), settings_of(stage))
