"""A budget is never overshot, and what is left of it is used."""

from __future__ import annotations

import asyncio
import math
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cswitch.core.errors import UsageError
from cswitch.generators.prompting.contracts import StopRun
from cswitch.generators.prompting.store.answers import Totals
from cswitch.generators.prompting.store.contracts import Ledger, Reservation
from cswitch.generators.prompting.store.ledger import ENOUGH, OVERHEAD, UNIT, Budget, PricedLedger
from cswitch.generators.prompting.store.prices import FREE, Price
from cswitch.schemas.prompting import Usage

PRICE = Price(prompt=2.0, completion=8.0, cached=0.5)
BYTES, TOKENS = st.integers(0, 100_000), st.integers(0, 4_000)


class OnItsWay(NamedTuple):
    ledger: PricedLedger
    reservation: Reservation
    size: int
    max_tokens: int
    per_byte: float
    """Tokens that the ledger set aside for a byte of this request."""


class Spending(RuleBasedStateMachine):
    """Requests of two models come, are answered within what was set aside, or fail, in any order."""

    @initialize(limit=st.floats(1e-4, 2.0), spent=st.floats(0, 1.0))
    def start(self, limit: float, spent: float) -> None:
        self.spent_before = math.ceil(spent * UNIT) / UNIT
        self.budget = Budget(limit, spent=spent)
        self.ledgers = [PricedLedger("small", PRICE, self.budget), PricedLedger("free", FREE, self.budget)]
        self.on_its_way: list[OnItsWay] = []
        self.costs: list[float] = []

    @rule(which=st.integers(0, 1), size=BYTES, max_tokens=TOKENS)
    def send(self, which: int, size: int, max_tokens: int) -> None:
        ledger = self.ledgers[which]
        most = ledger.most(size, max_tokens)
        per_byte = (most * 1e6 - max_tokens * PRICE.completion) / PRICE.prompt / size if which == 0 and size else 0.5
        try:
            reservation = ledger.reserve(size, max_tokens)
        except StopRun:
            assert self.budget.limit is not None
            assert self.budget.spent + self.budget.reserved + most > self.budget.limit - 1e-9
        else:
            self.on_its_way.append(OnItsWay(ledger, reservation, size, max_tokens, per_byte))

    @precondition(lambda self: self.on_its_way)
    @rule(place=st.integers(0), share=st.floats(0, 1), cached=st.floats(0, 1))
    def answer(self, place: int, share: float, cached: float) -> None:
        one = self.on_its_way.pop(place % len(self.on_its_way))
        prompt = int(share * one.size * min(one.per_byte, 1.0))
        usage = Usage(prompt=prompt, cached=int(cached * prompt), completion=int(share * one.max_tokens), answers=1)
        amount = one.ledger.settle(one.reservation, usage, one.size)
        assert amount is not None
        assert amount <= one.reservation.amount
        self.costs.append(amount)

    @precondition(lambda self: self.on_its_way)
    @rule(place=st.integers(0))
    def fail(self, place: int) -> None:
        one = self.on_its_way.pop(place % len(self.on_its_way))
        one.ledger.release(one.reservation)

    @invariant()
    def it_holds(self) -> None:
        budget = self.budget
        assert budget.limit is not None
        assert budget.reserved == pytest.approx(sum(one.reservation.amount for one in self.on_its_way), abs=1e-12)
        assert budget.spent == pytest.approx(self.spent_before + sum(self.costs), abs=len(self.costs) / UNIT)
        if self.spent_before <= budget.limit:
            assert round((budget.spent + budget.reserved) * UNIT) <= round(budget.limit * UNIT)


TestSpending = Spending.TestCase
TestSpending.settings = settings(max_examples=30, deadline=None)


def test_it_is_the_ledger_of_the_contract() -> None:
    ledger: Ledger = PricedLedger("small", PRICE)
    assert ledger.reserve(1, 1).amount > 0


def test_the_message_says_all() -> None:
    ledger = PricedLedger("small", Price(prompt=0.0, completion=1_000_000.0), Budget(5, spent=4.97))
    ledger.budget.reserve(0.01)
    with pytest.raises(StopRun) as caught:
        ledger.reserve(0, 1)
    assert str(caught.value) == (
        "the budget of 5.00 USD is spent (4.97, with 0.01 on its way); raise --budget and run the same command to go on"
    )


def test_nothing_on_its_way_is_not_said() -> None:
    with pytest.raises(StopRun, match=r"^the budget of 0\.00010 USD does not pay for one request; raise"):
        PricedLedger("small", PRICE, Budget(0.0001)).reserve(1000, 1000)


def test_a_budget_needs_a_price_before_anything_is_spent() -> None:
    with pytest.raises(UsageError, match=r"the price of small is not known.*--price"):
        PricedLedger("small", None, Budget(1))
    assert PricedLedger("small", None).settle(Reservation(0.0), Usage(prompt=1, answers=1), 10) is None


def test_a_budget_has_one_currency() -> None:
    with pytest.raises(UsageError, match="in EUR, others in USD"):
        PricedLedger("small", Price(prompt=1.0, completion=1.0, currency="EUR"), Budget(1))
    PricedLedger("free", FREE, Budget(1, currency="EUR"))


@pytest.mark.parametrize("limit", [0.0, -1.0, math.nan, math.inf])
def test_what_is_no_budget(limit: float) -> None:
    with pytest.raises(UsageError, match="no amount of money"):
        Budget(limit)


@given(st.lists(st.tuples(st.integers(50, 5000), st.floats(0.05, 0.9)), min_size=ENOUGH, max_size=60))
def test_it_learns_how_many_tokens_bytes_make(seen: list[tuple[int, float]]) -> None:
    ledger = PricedLedger("small", Price(prompt=1_000_000.0, completion=0.0))
    assert ledger.most(1000, 0) == 1000 + OVERHEAD
    for size, ratio in seen:
        held = ledger.reserve(size, 0)
        ledger.settle(held, Usage(prompt=int(size * ratio), answers=1), size)
    highest = max(int(size * ratio) / size for size, ratio in seen)
    assert ledger.most(1000, 0) >= 1000 * highest
    assert ledger.most(1000, 0) <= 1500 * highest + 1


def test_a_resumed_run_goes_on_counting() -> None:
    unpriced = {"small": Usage(prompt=1_000_000, answers=3)}
    totals = Totals(Usage(), None, 3, {}, priced=1.0, unpriced=unpriced, on_its_way=0.5)
    budget = Budget.going_on(10, totals, lambda model: PRICE)
    assert budget.spent == 3.5
    with pytest.raises(UsageError, match="price of small"):
        Budget.going_on(10, totals, lambda model: None)
    assert Budget.going_on(None, totals, lambda model: None).spent == 1.5


def test_it_waits_for_room_while_something_is_on_its_way() -> None:
    ledger = PricedLedger("small", Price(prompt=0.0, completion=1_000_000.0), Budget(10))

    async def run() -> list[float]:
        first = await ledger.reserve_when_free(0, 8)
        second = asyncio.create_task(ledger.reserve_when_free(0, 8))
        await asyncio.sleep(0)
        assert not second.done()
        ledger.settle(first, Usage(completion=1, answers=1), 0)
        held = await second
        ledger.settle(held, Usage(completion=8, answers=1), 0)
        with pytest.raises(StopRun, match=r"spent \(9\.00\)"):
            await ledger.reserve_when_free(0, 2)
        return [ledger.budget.spent, ledger.budget.reserved]

    assert asyncio.run(run()) == [9.0, 0.0]


def test_many_that_wait_all_get_an_end() -> None:
    ledger = PricedLedger("small", Price(prompt=0.0, completion=1_000_000.0), Budget(20))

    async def one() -> bool:
        try:
            held = await ledger.reserve_when_free(0, 5)
        except StopRun:
            return False
        await asyncio.sleep(0)
        ledger.settle(held, Usage(completion=2, answers=1), 0)
        return True

    async def all_of_them() -> list[bool]:
        return await asyncio.gather(*(one() for _ in range(30)))

    done = asyncio.run(all_of_them())
    assert ledger.budget.spent == 2 * sum(done) <= 20
    assert sum(done) == 8  # 16 is spent, and 5 more would be above 20


def test_what_costs_nothing_is_never_refused() -> None:
    spent = Budget(1.0, spent=2.0)
    assert PricedLedger("free", FREE, spent).reserve(1000, 1000).amount == 0
    with pytest.raises(StopRun):
        PricedLedger("small", PRICE, spent).reserve(1000, 1000)


def test_batches_are_cheaper() -> None:
    price = Price(prompt=2.0, completion=2.0, batch_discount=0.5)
    now, later = PricedLedger("small", price), PricedLedger("small", price, batch=True)
    assert later.most(1000, 100) * 2 == now.most(1000, 100)
