"""What language models cost: a table that comes along, a file of one's own, or a price given by hand."""

from __future__ import annotations

import datetime
import ipaddress
import math
from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import msgspec

from cswitch.core.errors import UsageError
from cswitch.generators.prompting.yaml_files import parse, read_text
from cswitch.schemas.prompting import Usage

MILLION = 1_000_000
Amount = Annotated[float, msgspec.Meta(ge=0)]


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """What a million tokens cost."""

    prompt: float
    """Of requests."""
    completion: float
    """Of answers, reasoning included."""
    cached: float | None = None
    """Of requests that the server had in its cache; None for no less than others."""
    batch_discount: float = 0.0
    """What the Batch API takes off, 0 to 1."""
    currency: str = "USD"
    """In which all of this is."""
    as_of: datetime.date | None = None
    """The day of the price; None for one given by hand."""
    source: str = ""
    """Where it stands."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of the table: one price for several names."""

    models: Annotated[list[str], msgspec.Meta(min_length=1)]
    """Patterns of names, as in a shell."""
    prompt: Amount
    completion: Amount
    cached: Amount | None = None
    batch_discount: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    currency: Annotated[str, msgspec.Meta(min_length=1)] = "USD"
    as_of: datetime.date
    source: Annotated[str, msgspec.Meta(min_length=1)]

    def price(self) -> Price:
        """The price without the names."""
        fields = {name: getattr(self, name) for name in self.__struct_fields__ if name != "models"}
        return Price(**fields)


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    prices: list[Entry]


FREE = Price(prompt=0.0, completion=0.0, cached=0.0)
"""Of a server on this machine."""


class Prices:
    """The price of a model by its name.

    Args:
        entries: Lines of the table; the first that fits counts.

    >>> prices = Prices.load()
    >>> prices.price_of("GPT-4o-mini-2024-07-18").completion
    0.6
    >>> prices.price_of("my-own-model") is None
    True
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = tuple(entries)

    @classmethod
    def load(cls, path: str | PathLike[str] | None = None) -> Prices:
        """The table that comes along, behind that of a file of one's own.

        Args:
            path: A YAML file laid out as ``data/prompts/prices.yaml``.

        Raises:
            InputError: The file cannot be read or does not fit; file, line and field are named.
        """
        return cls(_read(Path(path)) + _shipped() if path is not None else _shipped())

    def price_of(self, model: str, endpoint: str = "") -> Price | None:
        """What a model costs; None where nothing is known.

        Args:
            model: Its name, as the endpoint takes it.
            endpoint: Base URL; a server on this machine costs nothing, whatever its model is called.
        """
        if endpoint and on_this_machine(endpoint):
            return FREE
        name = model.lower()
        for entry in self.entries:
            if any(fnmatchcase(name, pattern.lower()) for pattern in entry.models):
                return entry.price()
        return None


def parse_price(text: str) -> Price:
    """A price given by hand: prompt, completion and perhaps cached prompt, per million tokens.

    Raises:
        UsageError: It is none.

    >>> parse_price("0.15, 0.60")
    Price(prompt=0.15, completion=0.6, cached=None, batch_discount=0.0, currency='USD', as_of=None, source='')
    """
    parts = [part.strip() for part in text.split(",")]
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        numbers = []
    if len(numbers) not in (2, 3) or not all(math.isfinite(number) and number >= 0 for number in numbers):
        hint = "give what a million tokens of prompt, completion and perhaps cached prompt cost, as in 0.15,0.60,0.075"
        raise UsageError(f"{text!r} is no price", hint=hint)
    return Price(prompt=numbers[0], completion=numbers[1], cached=numbers[2] if len(numbers) == 3 else None)


def cost(usage: Usage, price: Price, *, batch: bool = False) -> float:
    """What tokens cost.

    >>> cost(Usage(prompt=2_000_000, cached=1_000_000), Price(prompt=2.0, completion=8.0, cached=0.5))
    2.5
    >>> cost(Usage(completion=1_000_000), Price(prompt=2.0, completion=8.0, batch_discount=0.5), batch=True)
    4.0
    """
    cached = min(usage.cached, usage.prompt)
    of_cached = price.prompt if price.cached is None else price.cached
    full = (usage.prompt - cached) * price.prompt + cached * of_cached + usage.completion * price.completion
    return full / MILLION * (1 - price.batch_discount if batch else 1)


def on_this_machine(url: str) -> bool:
    """Whether a URL leads to this very machine.

    >>> on_this_machine("http://127.0.0.1:8000/v1"), on_this_machine("https://api.openai.com/v1")
    (True, False)
    """
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


@cache
def _shipped() -> tuple[Entry, ...]:
    file = files("cswitch.data") / "prompts" / "prices.yaml"
    return tuple(parse(file.read_text("utf-8"), str(file)).convert(_Table).prices)


def _read(path: Path) -> tuple[Entry, ...]:
    return tuple(parse(read_text(path), str(path)).convert(_Table).prices)
