"""Batches at the server: submitted, looked at, collected; whatever happens in between, nothing is paid for twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from cswitch.generators.prompting.client.connection import Address
from cswitch.generators.prompting.client.faults import Fault, of_exception, of_status
from cswitch.generators.prompting.client.rates import NOTHING
from cswitch.generators.prompting.contracts import StopRun
from cswitch.generators.prompting.store.answers import SqliteAnswers
from cswitch.generators.prompting.store.batch_files import ENDPOINT, BatchFiles
from cswitch.generators.prompting.store.batch_results import BatchResults
from cswitch.generators.prompting.store.batch_results import Collected as Collected
from cswitch.generators.prompting.store.batch_results import lines_of as lines_of
from cswitch.generators.prompting.store.batch_table import ENDED, BatchRow, BatchTable
from cswitch.generators.prompting.store.prices import Price

if TYPE_CHECKING:
    from openai import AsyncOpenAI

T = TypeVar("T")

TAG = "cswitch"
"""Name of the metadata by which a batch is known again."""
TRIES = 4
"""Tries of each call; a batch is only asked for again when the server does not list it."""
CHUNK = 1000
"""Lines that are committed together."""


class Submitted(NamedTuple):
    """What was sent."""

    batches: tuple[str, ...]
    """Ids at the server."""
    requests: int


class BatchJobs:
    """The Batch API of a server, and the batches in a file of answers.

    A batch is noted before it is asked for, and carries a tag; one that was asked for by a run that was killed is found
    again by it. Two processes should not submit from one file at the same time.

    Args:
        store: The file of answers.
        client: Client of the openai package.
        address: Where it goes.
        price_of: Price of a model.
        pause: Seconds before the second try of a call; doubled for each further one.
    """

    def __init__(
        self,
        store: SqliteAnswers,
        client: AsyncOpenAI,
        address: Address,
        *,
        price_of: Callable[[str], Price | None] = lambda model: None,
        pause: float = 0.5,
    ) -> None:
        import aiohttp
        import httpx2
        import openai

        self.store, self.table, self.client, self.address = store, BatchTable(store), client, address
        self.results, self._pause = BatchResults(store, address, price_of), pause
        self._status_error = openai.APIStatusError
        self._transport_errors = (openai.APIError, aiohttp.ClientError, httpx2.HTTPError, OSError, TimeoutError)

    async def submit(self, files: BatchFiles) -> Submitted:
        """Sends what was gathered for this server, a batch a file.

        Raises:
            StopRun: The server will not have it, or stays away; what it took is noted.
        """
        await self._find_lost()
        batches, requests = list[str](), 0
        for file in files.finish():
            if file.endpoint != self.address.url or not file.path.exists():
                continue
            row = self.table.intend(file, files.requests(file))
            try:
                batches.append(await self._create(row, file.path))
            except Fault as fault:
                if fault.scope != "retry":  # it said no; else the server may have it, and the next command looks
                    self.table.drop(row.id)
                raise self._end(fault) from fault
            file.path.unlink()
            requests += file.requests
        return Submitted(tuple(batches), requests)

    async def status(self) -> list[BatchRow]:
        """All batches of this server, the oldest first, those that are not collected as the server sees them now.

        Raises:
            StopRun: The server does not answer, or does not know a batch.
        """
        await self._find_lost()
        for row in self.table.rows(self.address.url, live=True):
            await self._look(row)
        return self.table.rows(self.address.url)

    async def collect(self) -> Collected:
        """Puts what has come of batches into the cache; to be called as often as one likes.

        Raises:
            StopRun: The server does not answer, or does not know a batch; what was collected is kept.
        """
        await self._find_lost()
        found = Collected()
        for row in self.table.rows(self.address.url, live=True):
            batch = await self._look(row)
            if batch.status not in ENDED:
                found.waiting += 1
                continue
            for file in (batch.output_file_id, batch.error_file_id):
                if file:
                    await self._take(row, file, found)
            if batch.status == "failed":
                found.notes.append(f"{batch.id} failed: {self._reasons(batch)}")
            found.missing += self.table.finish(row.id)
            found.batches += 1
        return found

    # the server

    async def _create(self, row: BatchRow, path: Path) -> str:
        """Uploads a file and makes a batch of it; gives its id."""
        with path.open("rb") as stream:

            def upload() -> Awaitable[Any]:
                stream.seek(0)
                return self.client.files.create(file=(f"{row.tag}.jsonl", stream), purpose="batch")

            file = await self._call(upload)
        self.table.uploaded(row.id, file.id)

        async def create() -> Any:
            return await self.client.batches.create(
                input_file_id=file.id, endpoint=ENDPOINT, completion_window="24h", metadata={TAG: row.tag}
            )

        async def known() -> Any:
            return (await self._listed({row.tag})).get(row.tag)

        batch = await self._call(create, instead=known)
        self._note(row, batch)
        return str(batch.id)

    async def _find_lost(self) -> None:
        """Finds batches of which it is not known whether the server took them."""
        lost = {row.tag: row for row in self.table.rows(self.address.url, live=True) if not row.batch}
        if not lost:
            return
        try:
            listed = await self._listed(set(lost))
        except Fault as fault:
            raise self._end(fault) from fault
        for tag, row in lost.items():
            if tag in listed:
                self._note(row, listed[tag])
            else:
                self.table.drop(row.id)

    async def _listed(self, tags: set[str]) -> dict[str, Any]:
        """Batches at the server with these tags."""

        async def pages() -> dict[str, Any]:
            found: dict[str, Any] = {}
            async for batch in self.client.batches.list(limit=100):
                tag = (batch.metadata or {}).get(TAG)
                if tag in tags:
                    found[tag] = batch
                    if len(found) == len(tags):
                        break
            return found

        return await self._call(pages)

    async def _look(self, row: BatchRow) -> Any:
        """A batch as the server sees it now."""
        try:
            batch = await self._call(lambda: self.client.batches.retrieve(row.batch))
        except Fault as fault:
            if fault.status != 404:
                raise self._end(fault) from fault
            hint = "check --base-url, and that the key is of the project that submitted it"
            raise StopRun(f"{self.address.url} does not know the batch {row.batch}", hint=hint) from fault
        self._note(row, batch)
        return batch

    def _note(self, row: BatchRow, batch: Any) -> None:
        counts = batch.request_counts
        completed, failed = (counts.completed, counts.failed) if counts else (0, 0)
        self.table.seen(row.id, batch.id, batch.status, completed, failed)

    def _reasons(self, batch: Any) -> str:
        errors = (batch.errors.data if batch.errors else None) or []
        said = [f"{error.message or error.code}" + (f" (line {error.line})" if error.line else "") for error in errors]
        return self.address.redactor.clean("; ".join(said[:3]) or "no reason given")

    async def _call(
        self, ask: Callable[[], Awaitable[T]], instead: Callable[[], Awaitable[T | None]] | None = None
    ) -> T:
        """A call, tried again where that can help.

        Args:
            ask: The call.
            instead: Looks, before another try, whether the last one was heard after all.

        Raises:
            Fault: There is no answer.
        """
        place = self.address.place("")
        for count in range(1, TRIES + 1):
            try:
                return await ask()
            except self._status_error as error:
                answer: Any = error.response
                fault = of_status(error.status_code, answer.content, NOTHING, place)
                fault.scope = "retry" if error.status_code >= 500 or error.status_code in (408, 409, 429) else "run"
            except self._transport_errors as error:
                fault = of_exception(error, place, answered=count > 1, seconds=0)
                if fault.kind == "timeout":
                    fault.detail = "no answer in time"
            fault.detail = self.address.redactor.clean(fault.detail)
            if fault.scope != "retry" or count == TRIES:
                raise fault
            await asyncio.sleep(self._pause * 2 ** (count - 1))
            if instead is not None and (known := await instead()) is not None:
                return known
        raise AssertionError

    def _end(self, fault: Fault) -> StopRun:
        if fault.status in (404, 405):
            hint = "leave --batch out, or check --base-url"
            return StopRun(f"{self.address.url} has no Batch API (HTTP {fault.status})", hint=hint)
        detail = fault.detail if self.address.url in fault.detail else f"{self.address.url}: {fault.detail}"
        return StopRun(detail, hint=fault.hint or "give the same command again: nothing is paid for twice")

    # what came back

    async def _take(self, row: BatchRow, file: str, found: Collected) -> None:
        """Takes in a file of results."""
        with TemporaryDirectory(prefix="cswitch-batch-") as folder:
            path = Path(folder, "results.jsonl")
            try:
                await self._call(lambda: self._download(file, path))
            except Fault as fault:
                if fault.status != 404:
                    raise self._end(fault) from fault
                found.notes.append(f"{row.batch}: the server keeps its results no longer")
                return
            with path.open("rb") as stream:
                for lines in _chunks(stream, CHUNK):
                    self.results.keep(row, lines, found)

    async def _download(self, file: str, path: Path) -> None:
        async with self.client.files.with_streaming_response.content(file) as response:
            await response.stream_to_file(path)


def _chunks(lines: Iterable[bytes], size: int) -> Iterator[list[bytes]]:
    left = iter(lines)
    while chunk := list(islice(left, size)):
        yield chunk
