"""A forecast is ordered, and no run within its settings takes more than its highest."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cswitch.generators.prompting.store.forecast import Asking, Rendered, forecast, lines, times_asked
from cswitch.generators.prompting.store.ledger import PricedLedger
from cswitch.generators.prompting.store.prices import Price

PRICE = Price(prompt=0.15, completion=0.6, batch_discount=0.5)
RENDERED = st.lists(st.builds(Rendered, st.integers(100, 20_000), st.integers(10, 2_000)), min_size=1, max_size=20)


@given(RENDERED, st.integers(1, 10_000), st.floats(0.05, 1), st.integers(0, 3), st.integers(0, 2), st.booleans())
def test_low_is_below_likely_is_below_high(
    sample: list[Rendered], rows: int, accepted: float, reprompts: int, refinements: int, judged: bool
) -> None:
    times = times_asked(accepted=accepted, reprompts=reprompts, refinements=refinements, judged=judged)
    found = forecast([Asking(name, sample, each, PRICE) for name, each in times._asdict().items()], rows)
    for field in ("requests", "prompt", "completion", "cost"):
        low, likely, high = (getattr(each, field) for each in found)
        assert 0 <= low <= likely <= high
    assert found.low.requests == rows * (2 if judged else 1)
    assert found.high.requests == rows * (1 + reprompts + (1 + 2 * refinements if judged else 0))


def test_the_highest_is_what_the_ledger_sets_aside() -> None:
    sample, ledger = [Rendered(1000, 100), Rendered(3000, 300)], PricedLedger("small", PRICE)
    found = forecast([Asking("write", sample, (1, 1, 2), PRICE)], 2)
    set_aside = 2 * sum(ledger.reserve(*one).amount for one in sample)
    assert found.high.cost is not None
    assert abs(found.high.cost - set_aside) < 1e-8


def test_batches_cost_half_of_it() -> None:
    asking = Asking("write", [Rendered(1000, 100)], (1, 1, 1), PRICE)
    now, later = forecast([asking], 10).high.cost, forecast([asking], 10, batch=True).high.cost
    assert now is not None
    assert later == now / 2


def test_without_a_price_there_is_no_cost() -> None:
    asking = Asking("write", [Rendered(1000, 100)], (1, 1, 1), None)
    found = forecast([asking], 10)
    assert (found.likely.cost, found.likely.requests) == (None, 10)
    assert lines(found)[-1].split() == ["cost", "(USD)", *["not", "known"] * 3]


def test_nothing_takes_nothing() -> None:
    assert forecast([], 10).high == (0, 0, 0, 0.0)
