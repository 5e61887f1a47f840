"""Prices are found by name, read from files with the line of a mistake, and never made up."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.errors import InputError, UsageError
from cswitch.generators.prompting.store.prices import FREE, Price, Prices, cost, on_this_machine, parse_price
from cswitch.schemas.prompting import Usage

OWN = """\
prices:
  - models: [my-*]
    prompt: 1
    completion: 2.5
    currency: EUR
    as_of: 2026-11-01
    source: a contract
"""
COUNTS = st.integers(0, 10**7)
PRICES = st.builds(Price, prompt=st.floats(0, 100), completion=st.floats(0, 100), cached=st.none() | st.floats(0, 100))


def test_every_entry_that_comes_along_is_sound() -> None:
    entries = Prices.load().entries
    assert len(entries) > 15
    for entry in entries:
        assert 0 < entry.prompt <= entry.completion, entry.models
        assert entry.cached is None or entry.cached < entry.prompt, entry.models
        assert entry.batch_discount in (0, 0.5), entry.models
        assert entry.currency == "USD"
        assert date(2026, 1, 1) <= entry.as_of <= date(2026, 11, 30), entry.models
        assert urlsplit(entry.source).scheme == "https", entry.models


def test_no_entry_hides_another() -> None:
    """Each plain name gets the price that it stands with."""
    prices = Prices.load()
    for entry in prices.entries:
        for name in entry.models:
            assert prices.price_of(name.replace("[567]", "6").replace("[56]", "5")) == entry.price(), name


@pytest.mark.parametrize(
    ("model", "prompt"),
    [
        ("gpt-4o", 2.5),
        ("gpt-4o-mini", 0.15),
        ("gpt-4o-2024-05-13", 5.0),
        ("gpt-5-mini-2025-08-07", 0.25),
        ("GPT-5", 1.25),
    ],
)
def test_names_of_a_family_are_told_apart(model: str, prompt: float) -> None:
    price = Prices.load().price_of(model)
    assert price is not None
    assert price.prompt == prompt


@pytest.mark.parametrize("model", ["gpt-4o-audio-preview", "gpt-4o-mini-realtime", "llama", "", "o3-deep-research"])
def test_other_names_have_no_price(model: str) -> None:
    assert Prices.load().price_of(model) is None


def test_servers_on_this_machine_cost_nothing() -> None:
    prices = Prices.load()
    for url in ("http://localhost:8000/v1", "http://127.3.2.1/v1", "http://[::1]:80/v1", "http://0.0.0.0:1/v1"):
        assert prices.price_of("gpt-4o", url) == prices.price_of("whatever", url) == FREE
    assert prices.price_of("whatever", "https://api.example/v1") is None
    for url in ("https://localhost.example/v1", "http://10.0.0.1/v1", "http://[bad/v1", "", "nonsense"):
        assert not on_this_machine(url)


def test_a_file_of_ones_own_comes_first(tmp_path: Path) -> None:
    path = tmp_path / "prices.yaml"
    path.write_text(OWN.replace("my-*", "gpt-4o, my-*"), encoding="utf-8")
    prices = Prices.load(path)
    mine, theirs = prices.price_of("gpt-4o"), prices.price_of("gpt-4o-mini")
    assert (mine and (mine.prompt, mine.currency)) == (1.0, "EUR")
    assert theirs == Prices.load().price_of("gpt-4o-mini")


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("prompt: 1", "prompt: -1", ":3: field 'prices[0].prompt'"),
        ("prompt: 1", "prompt: cheap", ":3: field 'prices[0].prompt'"),
        ("    prompt: 1\n", "", "prompt"),
        ("completion: 2.5", "completions: 2.5", "completions"),
        ("models: [my-*]", "models: []", ":2: field 'prices[0].models'"),
        ("models: [my-*]", "models: [*]", "not YAML"),
        ("as_of: 2026-11-01", "as_of: yesterday", ":6: field 'prices[0].as_of'"),
        ("currency: EUR", "batch_discount: 50", ":5: field 'prices[0].batch_discount'"),
        ("prices:", "models:", "models"),
    ],
)
def test_mistakes_in_a_file_are_pointed_at(tmp_path: Path, before: str, after: str, says: str) -> None:
    path = tmp_path / "prices.yaml"
    path.write_text(OWN.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        Prices.load(path)
    assert str(caught.value).startswith(str(path))
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="check the path"):
        Prices.load(tmp_path / "none.yaml")


def test_a_price_given_by_hand() -> None:
    assert parse_price("0.15,0.60") == Price(prompt=0.15, completion=0.6)
    assert parse_price(" 0 , 1e-3, .075") == Price(prompt=0.0, completion=0.001, cached=0.075)


@pytest.mark.parametrize("text", ["", "1", "1,2,3,4", "1;2", "-1,2", "nan,1", "1,inf", "a,b", "1,,2"])
def test_what_is_no_price(text: str) -> None:
    with pytest.raises(UsageError, match="is no price"):
        parse_price(text)


@given(COUNTS, COUNTS, COUNTS, PRICES)
def test_cost_is_the_sum_of_its_parts(prompt: int, cached: int, completion: int, price: Price) -> None:
    usage = Usage(prompt=prompt, cached=min(cached, prompt), completion=completion, answers=1)
    of_cached = price.prompt if price.cached is None else price.cached
    parts = (usage.prompt - usage.cached, price.prompt), (usage.cached, of_cached), (completion, price.completion)
    expected = sum(tokens * each for tokens, each in parts) / 1e6
    assert cost(usage, price) == pytest.approx(expected)


def test_more_cached_than_there_is_counts_as_all() -> None:
    assert cost(Usage(prompt=10, cached=99), Price(prompt=5.0, completion=1.0, cached=1.0)) == pytest.approx(1e-5)
