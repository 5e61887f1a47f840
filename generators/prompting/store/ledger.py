"""A budget that is never overshot: money is set aside before a request is sent, and booked when it is answered."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

from cswitch.core.errors import UsageError
from cswitch.generators.prompting.contracts import StopRun
from cswitch.generators.prompting.store.answers import Totals
from cswitch.generators.prompting.store.contracts import Reservation
from cswitch.generators.prompting.store.prices import Price, cost
from cswitch.schemas.prompting import Usage

UNIT = 10**9
"""Parts of the currency that money is counted in: whole numbers, so that sums are exact; rounded up."""
OVERHEAD = 300
"""Tokens that a server may add to a request for its roles and for the schema of the answer."""
TOKENS_PER_BYTE = 1.0
"""No tokeniser makes more tokens than a text has bytes."""
MARGIN = 1.5
"""How much above the highest ratio seen a request may lie."""
ENOUGH = 16
"""Answers from which on the ratio that was seen counts."""


class Budget:
    """Money that may be spent, by all models of a run together.

    Args:
        limit: Most that may be spent; None for no limit.
        spent: What the run has spent before.
        currency: In which both are.

    Raises:
        UsageError: The limit is no amount of money.
    """

    def __init__(self, limit: float | None = None, *, spent: float = 0.0, currency: str = "USD") -> None:
        if limit is not None and not (math.isfinite(limit) and limit > 0):
            raise UsageError(f"a budget of {limit:g} is no amount of money", hint="give --budget a number above 0")
        self.currency = currency
        self._limit = None if limit is None else math.floor(limit * UNIT)
        self._spent, self._reserved, self._held = math.ceil(spent * UNIT), 0, 0
        self._room = asyncio.Event()

    @classmethod
    def going_on(
        cls, limit: float | None, totals: Totals, price_of: Callable[[str], Price | None], *, currency: str = "USD"
    ) -> Budget:
        """The budget of a run that is resumed: what it has spent, and what waits in batches, is counted in.

        Args:
            limit: Most that may be spent; None for no limit.
            totals: What the run took so far.
            price_of: Price of a model, for answers that were kept without their cost.
            currency: In which all of it is.

        Raises:
            UsageError: There is a limit, and answers of the run have no price.
        """
        spent = totals.priced + totals.on_its_way
        for model, usage in totals.unpriced.items():
            price = price_of(model)
            if price is not None:
                spent += cost(usage, price)
            elif limit is not None:
                raise _unknown(model)
        return cls(limit, spent=spent, currency=currency)

    @property
    def limit(self) -> float | None:
        """Most that may be spent."""
        return None if self._limit is None else self._limit / UNIT

    @property
    def spent(self) -> float:
        """What was spent."""
        return self._spent / UNIT

    @property
    def reserved(self) -> float:
        """What is set aside for requests on their way, those of batches included."""
        return (self._reserved + self._held) / UNIT

    def reserve(self, amount: float) -> Reservation:
        """Sets an amount aside.

        Raises:
            StopRun: There is not so much. What costs nothing is never refused.
        """
        needed = math.ceil(amount * UNIT)
        if needed and self._limit is not None and self._spent + self._reserved + self._held + needed > self._limit:
            raise self._exhausted()
        self._reserved += needed
        return Reservation(needed / UNIT)

    def hold(self, reservation: Reservation) -> None:
        """Sets aside for good what was set aside: the answer comes in a batch, after this run."""
        held = round(reservation.amount * UNIT)
        self._reserved -= held
        self._held += held

    def settle(self, reservation: Reservation, amount: float | None) -> None:
        """Books what a request took in place of what was set aside for it; None for nothing."""
        self._reserved -= round(reservation.amount * UNIT)
        if amount is not None:
            self._spent += math.ceil(amount * UNIT)
        self._room.set()

    async def room(self) -> bool:
        """Waits until something on its way has come in; False when nothing is on its way but batches."""
        if not self._reserved:
            return False
        self._room.clear()
        await self._room.wait()
        return True

    def _exhausted(self) -> StopRun:
        assert self._limit is not None
        limit, spent, reserved = (money(amount) for amount in (self._limit / UNIT, self.spent, self.reserved))
        on_its_way = f", with {reserved} on its way" if self.reserved else ""
        what = f"is spent ({spent}{on_its_way})" if self.spent or self.reserved else "does not pay for one request"
        return StopRun(
            f"the budget of {limit} {self.currency} {what}",
            hint="raise --budget and run the same command to go on",
        )


class PricedLedger:
    """The ledger of a model (:class:`~cswitch.generators.prompting.store.contracts.Ledger`).

    What a request takes at most is known only when it is answered. Before, it is taken for a token a byte, which no
    tokeniser exceeds; after :data:`ENOUGH` answers for half as much again as the most tokens a byte that were seen. As
    long as requests stay within that, what was spent and what is on its way never exceed the budget together.

    Args:
        model: Its name, for messages.
        price: What it costs; None where that is not known.
        budget: What all models of the run may spend; None for no limit.
        batch: Whether requests go into batches, at the price of those.
        limited: Whether requests are held to the budget; what they cost is booked all the same. For a ledger behind
            which another one watches, such as that of a :class:`BatchSender`.

    Raises:
        UsageError: There is a limit and the price is not known, or the price is in another currency.

    >>> ledger = PricedLedger("small", Price(prompt=1.0, completion=2.0), Budget(0.001))
    >>> held = ledger.reserve(request_bytes=100, max_tokens=200)
    >>> ledger.settle(held, Usage(prompt=30, completion=20, answers=1), request_bytes=100), ledger.budget.spent
    (7e-05, 7e-05)
    """

    def __init__(
        self,
        model: str,
        price: Price | None,
        budget: Budget | None = None,
        *,
        batch: bool = False,
        limited: bool = True,
    ) -> None:
        self.model, self.price, self.budget, self.batch, self.limited = model, price, budget or Budget(), batch, limited
        if self.budget.limit is not None and price is None:
            raise _unknown(model)
        if price is not None and price.currency != self.budget.currency and (price.prompt or price.completion):
            hint = f"give it in {self.budget.currency} with --price"
            raise UsageError(
                f"the price of {model} is in {price.currency}, others in {self.budget.currency}", hint=hint
            )
        self._seen, self._highest = 0, 0.0

    def most(self, request_bytes: int, max_tokens: int) -> float:
        """The most that a request may cost, as far as can be told; 0 without a price."""
        if self.price is None:
            return 0.0
        prompt = request_bytes * TOKENS_PER_BYTE + OVERHEAD
        if self._seen >= ENOUGH:
            prompt = request_bytes * self._highest * MARGIN
        return cost(Usage(prompt=math.ceil(prompt), completion=max_tokens), self.price, batch=self.batch)

    def reserve(self, request_bytes: int, max_tokens: int) -> Reservation:
        """Sets aside what a request may cost at most; to be settled or released.

        Raises:
            StopRun: The budget would be exceeded, requests on their way counted in.
        """
        return self.budget.reserve(self.most(request_bytes, max_tokens) if self.limited else 0.0)

    async def reserve_when_free(self, request_bytes: int, max_tokens: int) -> Reservation:
        """As :meth:`reserve`, but waits for what requests on their way leave over.

        Raises:
            StopRun: The budget would be exceeded, and nothing is on its way.
        """
        while True:
            try:
                return self.reserve(request_bytes, max_tokens)
            except StopRun:
                if not await self.budget.room():
                    raise

    def settle(self, reservation: Reservation, usage: Usage, request_bytes: int) -> float | None:
        """Books what an answer took, and gives its cost; None when no price is known."""
        if request_bytes > 0 and usage.prompt > 0:
            self._seen += 1
            self._highest = max(self._highest, usage.prompt / max(usage.answers, 1) / request_bytes)
        amount = None if self.price is None else cost(usage, self.price, batch=self.batch)
        self.budget.settle(reservation, amount)
        return amount

    def release(self, reservation: Reservation) -> None:
        """Gives back what was set aside for a request that failed unpaid."""
        self.budget.settle(reservation, None)


def money(amount: float) -> str:
    """An amount with as many decimals as it takes to see something of it, at least two.

    >>> money(5), money(1234.5), money(0.00042), money(0)
    ('5.00', '1,234.50', '0.00042', '0.00')
    """
    if not 0 < abs(amount) < 0.01:
        return f"{amount:,.2f}"
    return f"{amount:.{1 - math.floor(math.log10(abs(amount)))}f}"


def _unknown(model: str) -> UsageError:
    hint = "give it with --price PROMPT,COMPLETION (per million tokens), or leave --budget out"
    return UsageError(f"the price of {model} is not known, so a budget cannot be kept", hint=hint)
