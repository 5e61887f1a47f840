"""What a run will take, before it is begun: requests, tokens and money, from a sample of its rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from cswitch.generators.prompting.store.ledger import OVERHEAD, TOKENS_PER_BYTE, money
from cswitch.generators.prompting.store.prices import Price, cost
from cswitch.schemas.prompting import Usage


class Rendered(NamedTuple):
    """The size of a request."""

    request_bytes: int
    """UTF-8 bytes of its messages."""
    max_tokens: int
    """Longest answer."""


class Asking(NamedTuple):
    """Requests of one kind: to write, to judge."""

    what: str
    """A word for them: ``write``, ``rewrite``, ``refine``, or the name of a judge."""
    sample: Sequence[Rendered]
    """Those of some rows, drawn from all."""
    times: tuple[float, float, float]
    """How often a row is asked: at least, likely, at most."""
    price: Price | None
    """What their model costs."""


class Estimate(NamedTuple):
    """What a run takes, as one supposes it."""

    requests: int
    prompt: int
    """Tokens."""
    completion: int
    """Tokens."""
    cost: float | None
    """Money; None where a price is not known."""


class Forecast(NamedTuple):
    """Three suppositions."""

    low: Estimate
    """Each row is accepted at once, its language is cheap in tokens, answers are short."""
    likely: Estimate
    high: Estimate
    """Each row is asked as often as it may be, each byte is a token, each answer is as long as it may be.

    Only answers that do not fit, and are asked for again, come on top.
    """


class _Case(NamedTuple):
    """How tokens come of bytes."""

    per_byte: float
    overhead: int
    answer: float
    """Length of an answer as a share of the longest."""


_CASES = (_Case(0.2, 10, 0.15), _Case(0.35, 60, 0.35), _Case(TOKENS_PER_BYTE, OVERHEAD, 1.0))
"""English takes about 0.22 tokens a byte, Hindi in Devanagari 0.1 to 0.4 depending on the tokeniser."""


class Times(NamedTuple):
    """How often a row is asked for something, each: at least, likely, at most."""

    write: tuple[float, float, float]
    rewrite: tuple[float, float, float]
    refine: tuple[float, float, float]
    judge: tuple[float, float, float]
    """By each judge."""


def times_asked(*, accepted: float, reprompts: int, refinements: int, judged: bool) -> Times:
    """How often a row is asked.

    Args:
        accepted: Share of the texts that pass at a try, in (0, 1], as one supposes it.
        reprompts: Requests to write it again that a row may get.
        refinements: How often a text may be refined.
        judged: Whether there are judges.

    >>> times_asked(accepted=0.5, reprompts=2, refinements=1, judged=True).rewrite
    (0.0, 0.75, 2.0)
    """
    again = sum((1 - accepted) ** n for n in range(1, reprompts + 1))
    refined = sum((1 - accepted) ** n for n in range(1, refinements + 1)) if judged else 0.0
    most = float(refinements) if judged else 0.0
    judgings = (1.0, 1.0 + refined, 1.0 + most) if judged else (0.0, 0.0, 0.0)
    return Times((1.0, 1.0, 1.0), (0.0, again, float(reprompts)), (0.0, refined, most), judgings)


def forecast(askings: Sequence[Asking], rows: int, *, batch: bool = False) -> Forecast:
    """What a run over so many rows will take.

    Args:
        askings: Requests by kind, each with those of a sample of the rows.
        rows: All rows (times the samples of each).
        batch: Whether they go into batches, at the price of those.

    >>> write = Asking("write", [Rendered(1000, 100)], (1, 1.5, 3), Price(prompt=1, completion=2))
    >>> forecast([write], 1000).likely
    Estimate(requests=1500, prompt=615000, completion=52500, cost=0.72)
    """
    return Forecast(*(_estimate(askings, rows, place, case, batch) for place, case in enumerate(_CASES)))


def lines(found: Forecast, currency: str = "USD") -> list[str]:
    r"""A forecast as text.

    >>> one = Estimate(requests=1500, prompt=615_000, completion=52_500, cost=0.72)
    >>> print("\n".join(lines(Forecast(one, one, one))))
                             low     likely    at most
    requests               1,500      1,500      1,500
    prompt tokens        615,000    615,000    615,000
    answer tokens         52,500     52,500     52,500
    cost (USD)              0.72       0.72       0.72
    """
    table = [
        ("", "low", "likely", "at most"),
        ("requests", *(f"{each.requests:,}" for each in found)),
        ("prompt tokens", *(f"{each.prompt:,}" for each in found)),
        ("answer tokens", *(f"{each.completion:,}" for each in found)),
        (f"cost ({currency})", *("not known" if each.cost is None else money(each.cost) for each in found)),
    ]
    widths = [max(11, *(len(row[column]) + 1 for row in table)) for column in (1, 2, 3)]
    return [
        row[0].ljust(17) + "".join(cell.rjust(width) for cell, width in zip(row[1:], widths, strict=True))
        for row in table
    ]


def _estimate(askings: Sequence[Asking], rows: int, place: int, case: _Case, batch: bool) -> Estimate:
    requests = prompt = completion = 0
    total: float | None = 0.0
    for asking in askings:
        times = rows * asking.times[place]
        if not asking.sample or not times:
            continue
        each = times / len(asking.sample)
        usage = Usage(
            prompt=math.ceil(each * sum(one.request_bytes * case.per_byte + case.overhead for one in asking.sample)),
            completion=math.ceil(each * sum(one.max_tokens * case.answer for one in asking.sample)),
        )
        requests, prompt, completion = requests + math.ceil(times), prompt + usage.prompt, completion + usage.completion
        if total is not None:
            total = None if asking.price is None else total + cost(usage, asking.price, batch=batch)
    return Estimate(requests, prompt, completion, total)
