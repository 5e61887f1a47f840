"""``prompt --batch``: requests go into batches of the server, and come back into the cache."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from typing import TypeVar

import msgspec

from cswitch.core.errors import UsageError
from cswitch.generators.prompting.client.connection import address, connect
from cswitch.generators.prompting.client.endpoint import Sender
from cswitch.generators.prompting.contracts import StopRun
from cswitch.generators.prompting.store.answers import SqliteAnswers
from cswitch.generators.prompting.store.batch_files import BatchFiles
from cswitch.generators.prompting.store.batch_jobs import BatchJobs, Collected
from cswitch.generators.prompting.store.batch_sender import BatchSender
from cswitch.generators.prompting.store.batch_table import BatchRow, BatchTable
from cswitch.generators.prompting.store.ledger import PricedLedger
from cswitch.pipeline.output import Output, is_stream
from cswitch.pipeline.prompt_access import Access, PriceList, check_access, opened_answers, places
from cswitch.pipeline.prompt_input import run_hash
from cswitch.pipeline.prompt_run import Gathering, run
from cswitch.pipeline.prompt_source import Note, PromptSource
from cswitch.pipeline.prompt_tally import Summary
from cswitch.pipeline.prompt_watching import Progress
from cswitch.schemas.prompting import PromptSettings

T = TypeVar("T")
Showing = Callable[[Progress], None]


class Round(msgspec.Struct, kw_only=True):
    """What a command about batches did."""

    summary: Summary
    """What the run gave so far; ``waiting`` counts the rows that wait."""
    submitted: int = 0
    """Requests that were submitted now."""
    batches: list[str] = msgspec.field(default_factory=list)
    """Ids of the batches they are in."""
    on_their_way: int = 0
    """Requests that rows wait for and that are in batches already."""
    to_submit: int = 0
    """Requests that rows wait for and that are in no batch: ``--batch submit`` sends them."""
    collected: Collected | None = None
    """What came back now."""


@dataclass(frozen=True, kw_only=True)
class BatchRun:
    """A run of ``prompt`` whose requests go into batches of the server.

    Raises:
        UsageError: From each of its methods: the output is no file.
    """

    source: PromptSource
    """The input."""
    output: Output
    """Where samples go, not entered yet; its cache knows the batches."""
    settings: PromptSettings
    """From :func:`cswitch.pipeline.prompt_setup.settled`."""
    access: Access
    """Where the models are."""
    few_shot: str | None = None
    """Path of a tagged file that examples are drawn from."""
    note: Note = lambda line: None
    """Called with one line about anything the user should know."""
    progress: Showing = lambda progress: None
    """Called twice a second with how far the run is."""

    def submit(self) -> Round:
        """Goes over all rows, and submits what they ask for and nobody has answered.

        Rows whose answers are there are done on the way; when no row waits, the output is finished.

        Raises:
            StopRun: The budget does not reach, or the server will not have it.
        """
        with self._cache() as answers, _Gatherer(answers) as gatherer:
            stopped: StopRun | None = None
            try:
                summary = self._run(answers, gatherer)
            except StopRun as error:  # the budget: what was gathered before can go
                if not gatherer.gathered:
                    raise
                stopped, summary = error, Summary()
            made = Round(summary=summary, on_their_way=gatherer.on_their_way)
            if gatherer.gathered:
                for sent in self._each(answers, lambda jobs: jobs.submit(gatherer.files)):
                    made.submitted += sent.requests
                    made.batches += sent.batches
            if stopped is not None:
                self.note(f"{made.submitted:,} requests were submitted before that")
                raise stopped
        return made

    def collect(self) -> Round:
        """Puts what has come of batches into the cache, and does the rows whose answers are there.

        When no row waits any more, the output is finished; else another round is needed.

        Raises:
            StopRun: The server does not answer, or does not know a batch.
        """
        with self._cache() as answers, _Gatherer(answers) as gatherer:
            found = reduce(_sum, self._each(answers, BatchJobs.collect), Collected())
            summary = self._run(answers, gatherer)
            return Round(
                summary=summary, collected=found, on_their_way=gatherer.on_their_way, to_submit=gatherer.gathered
            )

    def status(self) -> list[BatchRow]:
        """The batches of the run's servers, as the servers see them now.

        Raises:
            StopRun: A server does not answer, or does not know a batch.
        """
        with self._cache() as answers:
            return [row for rows in self._each(answers, BatchJobs.status) for row in rows]

    def _run(self, answers: SqliteAnswers, gatherer: _Gatherer) -> Summary:
        return run(
            self.source, self.output, self.settings, self.access, few_shot=self.few_shot, note=self.note,
            progress=self.progress, gathering=Gathering(answers, gatherer.through),
        )  # fmt: skip

    @contextmanager
    def _cache(self) -> Iterator[SqliteAnswers]:
        """The cache, which has to outlast this command."""
        check_access(self.access, self.settings)
        if is_stream(self.output.path):
            raise UsageError(
                "batches come back to a later command, and a stream is gone by then", hint="name a file: -o OUT"
            )
        with opened_answers(self.access, self.output.path, run_hash(self.settings)) as answers:
            yield answers

    def _each(self, answers: SqliteAnswers, ask: Callable[[BatchJobs], Awaitable[T]]) -> list[T]:
        """What each server of the run says."""
        return asyncio.run(_asked(answers, self.settings, self.access, ask))


class _Gatherer:
    """Files of requests, and what puts them there."""

    def __init__(self, answers: SqliteAnswers) -> None:
        self.files = BatchFiles()
        self._table = BatchTable(answers)
        self._senders: list[BatchSender] = []

    def __enter__(self) -> _Gatherer:
        return self

    def __exit__(self, *error: object) -> None:
        self.files.close()

    def through(self, sender: Sender, ledger: PricedLedger) -> Sender:
        """What stands before an endpoint."""
        gathering = BatchSender(sender.url, self._table, self.files, ledger)
        self._senders.append(gathering)
        return gathering

    @property
    def gathered(self) -> int:
        """Requests that were gathered."""
        return sum(file.requests for file in self.files.files)

    @property
    def on_their_way(self) -> int:
        """Requests that were asked for, and are in batches already."""
        return sum(sender.on_their_way for sender in self._senders)


async def _asked(
    answers: SqliteAnswers, settings: PromptSettings, access: Access, ask: Callable[[BatchJobs], Awaitable[T]]
) -> list[T]:
    """What each server of the run says, one after the other."""
    prices = PriceList(access, settings)
    found = []
    seen: set[str] = set()
    for place in places(access, settings):
        where = address(place.base_url, key_env=place.key_env)
        if where.url in seen:
            continue  # the batches of all its models are looked after together
        seen.add(where.url)
        client = connect(where, timeout=access.timeout, connections=4)
        try:
            found.append(await ask(BatchJobs(answers, client, where, price_of=prices.named)))
        finally:
            await client.close()
    return found


def _sum(one: Collected, other: Collected) -> Collected:
    unknown = one.cost is None or other.cost is None
    return Collected(
        batches=one.batches + other.batches,
        waiting=one.waiting + other.waiting,
        answers=one.answers + other.answers,
        failures=one.failures + other.failures,
        missing=one.missing + other.missing,
        repeated=one.repeated + other.repeated,
        unknown=one.unknown + other.unknown,
        damaged=one.damaged + other.damaged,
        usage=one.usage + other.usage,
        cost=None if unknown else (one.cost or 0.0) + (other.cost or 0.0),
        notes=one.notes + other.notes,
    )
