"""``prompt``: text by a language model, measured, repaired and accounted for, in the order of the input."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager, suppress
from typing import NamedTuple

from cswitch.core.errors import InputError
from cswitch.generators.prompting.contracts import StopRun
from cswitch.generators.prompting.monotony import Monotony
from cswitch.generators.prompting.outcomes import Outcome
from cswitch.generators.prompting.store.answers import SqliteAnswers, Totals
from cswitch.pipeline.annotate import RowError
from cswitch.pipeline.output import Output
from cswitch.pipeline.prompt_access import Access, Through, Wire, check_access, opened_answers, opened_models
from cswitch.pipeline.prompt_input import CHUNK, prepared, run_hash
from cswitch.pipeline.prompt_setup import Maker, making
from cswitch.pipeline.prompt_source import Note, PromptSource
from cswitch.pipeline.prompt_tally import Summary, Tally, summary
from cswitch.pipeline.prompt_watching import Progress, interruptible, ticking
from cswitch.pipeline.prompt_window import AHEAD, LEAST, Window
from cswitch.pipeline.readers import Row
from cswitch.pipeline.resuming import CHECKSUM, skip_done
from cswitch.pipeline.synthesiser import checksum, little_collecting
from cswitch.schemas.prompting import PromptSettings
from cswitch.schemas.reject import Reject

ATTEMPTS = "attempts"
"""Name of the side file of attempts."""
COMMIT_ROWS, COMMIT_SECONDS = 32, 1.0
"""How many rows, or how many seconds, a crash may cost; their answers are in the cache all the same."""

__all__ = ["ATTEMPTS", "Progress", "Summary", "run", "run_hash"]


class Gathering(NamedTuple):
    """A run whose requests go into batches instead of over the wire."""

    answers: SqliteAnswers
    """The cache, open."""
    through: Through
    """Puts what gathers them before the endpoint."""


class _Waiting(Exception):
    """Rows wait for answers: the output stays unfinished."""


class Settler:
    """Writes and counts what became of rows, in order, and makes it safe.

    Args:
        output: Where it goes, entered.
        tally: Counts.
        words: Counts what is switched.
        wanted: Texts asked for of a row.
        before: Checksum of the rows that are done.
    """

    def __init__(self, output: Output, tally: Tally, words: Monotony, *, wanted: int, before: int) -> None:
        self.output, self.tally, self.words, self.wanted = output, tally, words, wanted
        self.rows = output.pairs_done
        self._checksum = before
        self._committed, self._when = self.rows, time.monotonic()

    def __call__(self, row: Row, result: Sequence[Outcome] | Reject) -> None:
        """Writes a row; it is safe soon."""
        self._checksum = checksum([row], self._checksum)
        reject = self.tally.add(row.line, result, self.wanted)
        if reject is not None:
            self.output.reject(reject)
        for outcome in () if isinstance(result, Reject) else result:
            for attempt in outcome.attempts:
                self.output.add_beside(ATTEMPTS, attempt)
            if outcome.sample is not None:
                self.output.write(outcome.sample)
                self.words.add(outcome.sample)
        self.rows += 1
        if self.rows - self._committed >= COMMIT_ROWS or time.monotonic() - self._when > COMMIT_SECONDS:
            self.commit()

    def commit(self) -> None:
        """Makes safe what was written."""
        self.tally.counts[CHECKSUM] = self._checksum
        self.output.commit(self.rows, self.tally.counts)
        self._committed, self._when = self.rows, time.monotonic()


def run(
    source: PromptSource,
    output: Output,
    settings: PromptSettings,
    access: Access,
    *,
    few_shot: str | None = None,
    note: Note = lambda line: None,
    progress: Callable[[Progress], None] = lambda progress: None,
    gathering: Gathering | None = None,
) -> Summary:
    """Runs ``prompt`` from an input to an output.

    What was answered is kept in a cache before anybody sees it, and rows are written in the order of the input, so
    that a run that stops half way, for whatever reason, goes on without paying twice, and gives the same bytes as one
    that was never stopped.

    Args:
        source: The input.
        output: Where samples, rejects and attempts go, not entered yet; its ``config`` is that of :func:`run_hash`.
        settings: What to make, from :func:`cswitch.pipeline.prompt_setup.settled`.
        access: Where the models are, and what they may take.
        few_shot: Path of a tagged file that examples are drawn from.
        note: Called with one line about anything the user should know.
        progress: Called twice a second with how far the run is.
        gathering: For batches: requests are gathered, and rows whose answers are not there wait.

    Raises:
        UsageError: Something cannot be meant; nothing was sent.
        InputError: The input cannot be read on, or a row has links that cannot be used.
        StopRun: The budget is spent, the key is refused, the server stays away; what is done is safe.
        RunError: Writing failed.
        KeyboardInterrupt: Ctrl-C; what is done is safe.
    """
    started = time.monotonic()
    check_access(access, settings)
    rows = source.rows(settings, note)
    found = Summary(already_complete=True)
    with making(settings, few_shot, access.device) as maker, suppress(_Waiting), output, little_collecting():
        if output.complete:
            return found
        settler = Settler(
            output, Tally(output.counts, settings.tolerance), maker.words,
            wanted=settings.per_pair, before=skip_done(rows, source, output, checksum, "rows"),
        )  # fmt: skip
        maker.take_up(output.safe_samples())
        if maker.preparer().unlinked:
            note("no lexicon links words of these languages: texts cannot be edited, only asked for again")
        with _cache(access, output, maker.config, gathering) as answers:
            before, wire = answers.totals(), Wire(access.concurrency)
            work = _work(source, rows, access, maker, settler, answers, wire, note, progress, gathering)
            waiting = interruptible(work, wire, note)
            found = summary(settler.tally, settler.rows, output.samples)
            _add_traffic(found, wire, before, answers.totals())
        found.monotony, found.waiting = maker.words.report(), waiting
        found.seconds = round(time.monotonic() - started, 3)
        if waiting:
            raise _Waiting
    return found


async def _work(
    source: PromptSource,
    rows: Iterator[Row],
    access: Access,
    maker: Maker,
    settler: Settler,
    answers: SqliteAnswers,
    wire: Wire,
    note: Note,
    progress: Callable[[Progress], None],
    gathering: Gathering | None,
) -> int:
    """Works on all rows; whatever stops it, what is settled is made safe. Gives the number of rows that wait."""
    size = max(LEAST, AHEAD * access.concurrency)
    through = gathering and gathering.through
    async with opened_models(access, maker.settings, answers, wire, note, through=through) as models:
        window = Window(maker.loop(models), maker.repeats, settler, size=size, stopped=wire.stopped)

        def look() -> None:
            spent = None if models.budget is None else models.budget.spent
            progress(Progress(settler.rows, settler.output.samples, wire.answers, wire.in_flight, wire.limit, spent))

        async with ticking(look):
            try:
                preparer = maker.preparer(maker.translator(models))
                async with aclosing(prepared(rows, preparer, ahead=size // CHUNK)) as items:
                    await window.run(items)
            except RowError as fault:
                settler.commit()
                raise source.error(fault, settler.rows + 1) from fault
            except (StopRun, InputError, asyncio.CancelledError):
                settler.commit()
                raise
            settler.commit()
    return window.waiting + window.behind


@contextmanager
def _cache(access: Access, output: Output, config: str, gathering: Gathering | None) -> Iterator[SqliteAnswers]:
    """The cache of a run: the one that is open, else its own."""
    if gathering is not None:
        yield gathering.answers
        return
    with opened_answers(access, output.path, config) as answers:
        yield answers


def _add_traffic(found: Summary, wire: Wire, before: Totals, after: Totals) -> None:
    """Adds what went over the wire during this command, and what the run has spent."""
    found.sent = after.answers - before.answers
    found.replayed = wire.replayed
    failures = {kind: count - before.failures.get(kind, 0) for kind, count in after.failures.items()}
    found.failures = {kind: count for kind, count in failures.items() if count}
    found.total, found.spent = after.usage, after.cost
