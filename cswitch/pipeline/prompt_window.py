"""Many rows are worked on at once; they are settled one by one, in the order of the input."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from typing import NamedTuple, Protocol

from cswitch.core.errors import CswitchError
from cswitch.generators.prompting.contracts import Brief, NotYet, StopRun
from cswitch.generators.prompting.outcomes import Outcome
from cswitch.pipeline.prompt_input import Item
from cswitch.pipeline.readers import Row
from cswitch.schemas.prompting import Finding
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample

AHEAD = 4
"""Samples under way for each request that may be: a row that takes long should not keep the others waiting."""
LEAST = 32
"""Samples under way at least."""


class Answering(Protocol):
    """The loop that makes a sample of a brief."""

    async def answer(self, brief: Brief) -> Outcome:
        """What becomes of a brief."""
        ...

    async def again(self, brief: Brief, outcome: Outcome, finding: Finding) -> Outcome:
        """What becomes of it when its sample may not stand for a reason that other samples give."""
        ...


class Repeats(Protocol):
    """The accepted texts of a run."""

    def find(self, sample: Sample) -> Finding | None:
        """The first accepted text that a sample repeats, as a finding."""
        ...

    def add(self, sample: Sample) -> None:
        """Takes in an accepted text."""
        ...


class _Step(NamedTuple):
    """An outcome, and what it was asked again for."""

    finding: Finding | None
    """None for the first."""
    outcome: Outcome


class _Under(NamedTuple):
    """A row that is worked on."""

    item: Item
    tasks: list[asyncio.Task[list[_Step]]]


Settle = Callable[[Row, "Sequence[Outcome] | Reject"], None]


class Window:
    """The rows on their way.

    A text that repeats an accepted one is made again. That is done when it comes, for those that are settled, so that
    nobody has to wait for it, and looked at once more when its turn has come, for all before it: what was made for a
    finding that still holds is kept, and the order in which answers come does not matter.

    Args:
        loop: Makes the samples.
        repeats: The accepted texts.
        settle: Called with each row and what became of it, in order.
        size: Samples under way at most.
        stopped: Not empty once nothing more may be sent, with the reason.
    """

    def __init__(
        self,
        loop: Answering,
        repeats: Repeats,
        settle: Settle,
        *,
        size: int,
        stopped: Sequence[StopRun],
    ) -> None:
        self.loop, self.repeats, self.settle, self.size = loop, repeats, settle, max(1, size)
        self.waiting = 0
        """Rows that wait for a batch; from the first of them on nothing is settled."""
        self.behind = 0
        """Rows that are done and come after one that waits."""
        self._stopped = stopped
        self._rows: deque[_Under] = deque()
        self._under_way = 0

    async def run(self, items: AsyncIterator[Item]) -> None:
        """Works on all items.

        Raises:
            StopRun: The run cannot go on; what came before was settled.
            InputError: An item could not be read; those before it were settled.
        """
        failure: CswitchError | None = None
        try:
            try:
                async for item in items:
                    if self._stopped:
                        break
                    await self._take(item)
            except CswitchError as error:
                failure = error
            while self._rows:
                await self._settle_first()
            if self._stopped:
                raise self._stopped[0]
        except StopRun:
            await self._drain()
            raise
        finally:
            await self._cancel()
        if failure is not None:
            raise failure

    async def _take(self, item: Item) -> None:
        work = item.work if isinstance(item.work, tuple) else ()
        while self._rows and self._under_way + len(work) > self.size:
            await self._settle_first()
        self._under_way += len(work)
        self._rows.append(_Under(item, [asyncio.create_task(self._made(brief)) for brief in work]))
        await asyncio.sleep(0)  # let what was asked go out before more rows are prepared
        while self._rows and all(task.done() for task in self._rows[0].tasks):
            await self._settle_first()

    async def _made(self, brief: Brief) -> list[_Step]:
        return await self._anew(brief, [_Step(None, await self.loop.answer(brief))])

    async def _anew(self, brief: Brief, made: Sequence[_Step]) -> list[_Step]:
        """The outcome, made again as long as it repeats an accepted text.

        Args:
            brief: What was asked.
            made: The outcome, and those that were made again of it already: they are taken where they fit.
        """
        steps, ready = [made[0]], list(made[1:])
        while True:
            outcome = steps[-1].outcome
            finding = None if outcome.sample is None else self.repeats.find(outcome.sample)
            if finding is None:
                return steps
            if ready and ready[0].finding == finding:
                steps.append(ready.pop(0))
            else:
                ready.clear()
                steps.append(_Step(finding, await self.loop.again(brief, outcome, finding)))

    async def _settle_first(self) -> None:
        """Waits for the first row, and settles it."""
        item, tasks = self._rows[0]
        if isinstance(item.work, Reject):
            self._done(item.row, item.work)
        elif item.work is None:
            self.waiting += 1
        else:
            try:
                made = [await task for task in tasks]
                self._done(item.row, [] if self.waiting else await self._final(item.work, made))
            except NotYet:
                await asyncio.wait(tasks)  # each of them has its request gathered
                self.waiting += 1
        self._rows.popleft()
        self._under_way -= len(tasks)

    async def _final(self, briefs: Sequence[Brief], made: Sequence[list[_Step]]) -> list[Outcome]:
        """The outcomes of a row whose turn has come."""
        final = []
        for brief, steps in zip(briefs, made, strict=True):
            outcome = (await self._anew(brief, steps))[-1].outcome
            final.append(outcome)
            if outcome.sample is not None:
                self.repeats.add(outcome.sample)
        return final

    def _done(self, row: Row, result: Sequence[Outcome] | Reject) -> None:
        if self.waiting:
            self.behind += 1
        else:
            self.settle(row, result)

    async def _drain(self) -> None:
        """Waits for what was sent: it is paid for, and its answers are kept."""
        tasks = [task for under in self._rows for task in under.tasks]
        if tasks:
            await asyncio.wait(tasks)

    async def _cancel(self) -> None:
        tasks = [task for under in self._rows for task in under.tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._rows.clear()
