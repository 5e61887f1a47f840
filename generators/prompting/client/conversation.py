"""A language model that is asked through cache, budget and gate, until an answer fits."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from cswitch.generators.prompting.client.capabilities import Capabilities, Format
from cswitch.generators.prompting.client.exchange import Exchange, Paid
from cswitch.generators.prompting.client.faults import Fault
from cswitch.generators.prompting.client.ladder import body_of
from cswitch.generators.prompting.client.secrets import Redactor
from cswitch.generators.prompting.client.shape import Unusable, read_reply
from cswitch.generators.prompting.contracts import Answer, NoAnswer, Request
from cswitch.schemas.prompting import Usage

TRIES = 3
"""Answers that are paid for until one fits."""
ROOM = 2
"""How many times longer an answer may be after one that was cut off."""


class Bill:
    """What the answers to one request took together."""

    def __init__(self) -> None:
        self.usage, self.cost, self.replayed = Usage(), 0.0, True
        self._priced = True

    def add(self, paid: Paid) -> None:
        """Adds an answer."""
        self.usage = self.usage + paid.usage
        self.replayed = self.replayed and paid.replayed
        self._priced = self._priced and paid.cost is not None
        self.cost += paid.cost or 0.0

    @property
    def total(self) -> float | None:
        """Money; None when a price is not known."""
        return self.cost if self._priced and self.usage.answers else None


class Conversation:
    """The :class:`cswitch.generators.prompting.contracts.Chat` of an endpoint and model.

    Args:
        exchange: Cache, budget and sender.
        capabilities: What the endpoint does as asked.
        note: Takes lines for the user.
    """

    def __init__(
        self, exchange: Exchange, capabilities: Capabilities, *, note: Callable[[str], None] = lambda line: None
    ) -> None:
        self._exchange, self._note = exchange, note
        self.model = exchange.model
        self.capabilities = capabilities
        """What the endpoint does as asked, as far as is known by now."""

    async def ask(self, request: Request) -> Answer:
        """The answer to a request.

        An answer that does not fit is kept like any other, so that it is not paid for again, and another is asked for.

        Raises:
            NoAnswer: None of :data:`TRIES` fits, or the request is refused.
            StopRun: There will be no answer to any request.
            NotYet: It waits in a batch.
        """
        bill, room = Bill(), 1
        unusable = Unusable("empty_answer", "")
        for number in range(TRIES):
            try:
                paid, format = await self._paid(request, request.attempt * TRIES + number, room)
            except Fault as fault:
                reason = "content_filter" if fault.kind == "content_filter" else "refused"
                raise NoAnswer(reason, fault.detail, usage=bill.usage, cost=bill.total) from None
            bill.add(paid)
            _withheld(paid, bill)
            try:
                value = read_reply(paid.read, request.reply, format)
            except Unusable as error:
                unusable, room = error, ROOM if error.cut else room
                continue
            return Answer(value=value, text=paid.read.text, usage=bill.usage, cost=bill.total, replayed=bill.replayed)
        raise NoAnswer(unusable.reason, unusable.detail, usage=bill.usage, cost=bill.total)

    async def _paid(self, request: Request, attempt: int, room: int) -> tuple[Paid, Format]:
        """An answer and how its form was asked for; where the server refuses a field, without that."""
        while True:
            found = self.capabilities
            for one in (found, *found.earlier) if found.earlier else ():
                kept = self._exchange.kept(body_of(request, one, self.model, attempt, room), attempt)
                if kept is not None:
                    return kept, one.format
            body = body_of(request, found, self.model, attempt, room)
            try:
                return await self._exchange.answer(body, attempt, limit=request.max_tokens * room), found.format
            except Fault as fault:
                if fault.kind != "unsupported" or not self._step_down(found, fault):
                    raise

    def _step_down(self, found: Capabilities, fault: Fault) -> bool:
        """Does without a field from now on; whether that changed anything."""
        if self.capabilities is not found:
            return True  # another request met the same
        lower = found.without(fault.field)
        if lower is None:
            return False
        self.capabilities = lower
        url = self._exchange.sender.url
        self._exchange.answers.keep_capabilities(url, self.model, msgspec.json.encode(lower))
        self._note(f"{url} does not take {fault.field}; going on without it")
        return True


def _withheld(paid: Paid, bill: Bill) -> None:
    """Passes on that the server, or the model, will not answer."""
    if paid.read.choice.finish_reason == "content_filter":
        raise NoAnswer("content_filter", "the answer was withheld", usage=bill.usage, cost=bill.total)
    if paid.read.refusal:
        raise NoAnswer("refused", Redactor().clean(paid.read.refusal[:200]), usage=bill.usage, cost=bill.total)
