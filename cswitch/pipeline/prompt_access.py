"""How the models of a run are reached and paid for: cache, prices, budget, and chats over them."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import partial
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec

from cswitch.core.errors import UsageError
from cswitch.generators.prompting.client.connection import KEY_ENV, OPENAI, address
from cswitch.generators.prompting.client.endpoint import Endpoint, Sender, Sent
from cswitch.generators.prompting.client.opening import open_chat
from cswitch.generators.prompting.client.secrets import checked_url, is_loopback
from cswitch.generators.prompting.contracts import Answer, Chat, Request, StopRun
from cswitch.generators.prompting.store.answers import SqliteAnswers
from cswitch.generators.prompting.store.contracts import Key
from cswitch.generators.prompting.store.ledger import Budget, PricedLedger
from cswitch.generators.prompting.store.prices import Price, Prices, cost, parse_price
from cswitch.pipeline.checks import check_number
from cswitch.pipeline.output import is_stream
from cswitch.schemas.prompting import PromptSettings, Usage

MAX_CONCURRENCY = 4096
SUFFIX = ".answers.db"
"""What follows the name of the output in that of its cache."""

Note = Callable[[str], None]
Through = Callable[[Sender, PricedLedger], Sender]
"""Puts another sender before that of a model."""


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """Where the models are and what they may take; nothing of it decides what is written."""

    base_url: str = OPENAI
    """Of an OpenAI-compatible server."""
    key_env: str = KEY_ENV
    """Environment variable of its key."""
    judge_base_url: str = ""
    """Server of the judges' model; empty for the same."""
    judge_key_env: str = ""
    """Environment variable of its key; empty for the same."""
    concurrency: int = 16
    """Requests under way at most, for each server."""
    timeout: float = 120.0
    """Seconds that an answer may take."""
    patience: float = 600.0
    """Seconds that a server that gives no answer is waited for."""
    rpm: float = 0.0
    """Requests a minute; 0 for what the server says."""
    tpm: float = 0.0
    """Tokens a minute; 0 for what the server says."""
    cache: str | None = None
    """File of answers; None for one beside the output."""
    budget: float | None = None
    """Most that the run may spend."""
    price: str | None = None
    """Price of the models, as :func:`~cswitch.generators.prompting.store.prices.parse_price` takes it."""
    prices: str | None = None
    """A price table of one's own."""
    device: str | None = None
    """Device of a tagger or translator that runs a model here, as ``cswitch tag --device`` takes it."""


class Place(NamedTuple):
    """A model at a server."""

    model: str
    base_url: str
    key_env: str
    """Environment variable of the key; empty for none."""


class Models(NamedTuple):
    """The models of a run that can be asked."""

    writer: Chat
    judge: Chat
    budget: Budget | None
    """What is spent; None where a price is not known."""


class PriceList:
    """What the models of a run cost.

    Args:
        access: Where the models are.
        settings: Their names.

    Raises:
        UsageError: A price cannot be read.
        InputError: The table of prices cannot be read.
    """

    def __init__(self, access: Access, settings: PromptSettings) -> None:
        self._given = None if access.price is None else parse_price(access.price)
        self._table = Prices.load(access.prices)
        self._places = places(access, settings)

    def of(self, place: Place) -> Price | None:
        """The price of a model; None where it is not known."""
        return self._given or self._table.price_of(place.model, checked_url(place.base_url))

    def named(self, model: str) -> Price | None:
        """The price of a model by its name alone, as the cache knows it."""
        known = next((place for place in self._places if place.model == model), None)
        return self._table.price_of(model) if known is None else self.of(known)

    @property
    def currency(self) -> str:
        """In which money is counted: that of the first price that is not nothing."""
        found = [self.of(place) for place in self._places]
        return next((price.currency for price in found if price and (price.prompt or price.completion)), "USD")


class Wire:
    """What goes over the wire during a run: counted, shown, and stopped.

    Args:
        limit: Requests that may be under way at most.
    """

    def __init__(self, limit: int) -> None:
        self.answers = 0
        """Answers that came in."""
        self.replayed = 0
        """Questions that the cache had the answer to."""
        self.stopped: list[StopRun] = []
        """Why no more is to be sent; empty as long as it goes on."""
        self._endpoints: list[Endpoint] = []
        self._limit = limit

    @property
    def in_flight(self) -> int:
        """Requests under way."""
        return sum(endpoint.gate.in_flight for endpoint in self._endpoints)

    @property
    def limit(self) -> int:
        """Requests that may be under way now."""
        return sum(endpoint.gate.limit for endpoint in self._endpoints) or self._limit

    def watch(self, sender: Sender) -> Sender:
        """The same sender, whose answers are counted."""
        if isinstance(sender, Endpoint):
            self._endpoints.append(sender)
        return _Counted(sender, self)

    def stop(self, error: StopRun) -> None:
        """Lets nothing more go out; what is under way may come back."""
        if not self.stopped:
            self.stopped.append(error)
            for endpoint in self._endpoints:
                endpoint.gate.stop(error)


class _Counted:
    """A sender whose answers are counted."""

    def __init__(self, sender: Sender, wire: Wire) -> None:
        self._sender, self._wire = sender, wire

    @property
    def url(self) -> str:
        return self._sender.url

    async def send(self, body: bytes, *, key: Key, tokens: int, crashes: int = 0) -> Sent:
        sent = await self._sender.send(body, key=key, tokens=tokens, crashes=crashes)
        self._wire.answers += 1
        return sent


class Gate:
    """A chat that can be closed: what was sent is waited for, nothing more is sent.

    Args:
        chat: The chat behind it.
        wire: Counts, and says whether anything may be sent.
    """

    def __init__(self, chat: Chat, wire: Wire) -> None:
        self.chat, self.model, self._wire = chat, chat.model, wire

    async def ask(self, request: Request) -> Answer:
        """See :class:`~cswitch.generators.prompting.contracts.Chat`."""
        if self._wire.stopped:
            raise self._wire.stopped[0]
        try:
            answer = await self.chat.ask(request)
        except StopRun as error:
            if not self._wire.stopped:
                self._wire.stopped.append(error)
            raise
        self._wire.replayed += answer.replayed
        return answer


def check_access(access: Access, settings: PromptSettings, *, keys: bool = True) -> None:
    """Refuses what cannot be meant, before anything is sent: addresses, keys, prices, numbers.

    Args:
        access: Where the models are.
        settings: Their names.
        keys: Whether the keys have to be there.

    Raises:
        UsageError: With what to change.
        InputError: The table of prices cannot be read.
    """
    if not settings.model.strip():
        raise UsageError("no model is named", hint="add --model NAME, as the server calls it")
    check_number("--concurrency", access.concurrency, most=MAX_CONCURRENCY)
    for option, value in (("--timeout", access.timeout), ("--patience", access.patience)):
        if not 0 < value < float("inf"):
            raise UsageError(f"{option} {value:g} is no time", hint="give seconds above 0")
    for option, value in (("--rpm", access.rpm), ("--tpm", access.tpm)):
        if not 0 <= value < float("inf"):
            raise UsageError(f"{option} {value:g} is no rate", hint="give a number above 0, or leave it out")
    prices = PriceList(access, settings)
    budget = Budget(access.budget, currency=prices.currency)
    for place in places(access, settings):
        if keys:
            address(place.base_url, key_env=place.key_env)
        PricedLedger(place.model, prices.of(place), budget)


@contextmanager
def opened_answers(access: Access, output: str, run: str) -> Iterator[SqliteAnswers]:
    """The cache of a run: where it was asked for, else beside the output, else for as long as the run.

    Args:
        access: Names it.
        output: Where samples go.
        run: Name of the run, for what it spends.

    Raises:
        UsageError: It cannot be there, or is no such file.
    """
    with TemporaryDirectory(prefix="cswitch-") as folder:
        beside = os.path.join(folder, "answers.db") if is_stream(output) else default_cache(output)
        with SqliteAnswers(access.cache or beside, run=run) as answers:
            yield answers


@asynccontextmanager
async def opened_models(
    access: Access,
    settings: PromptSettings,
    answers: SqliteAnswers,
    wire: Wire,
    note: Note = lambda line: None,
    *,
    through: Through | None = None,
) -> AsyncIterator[Models]:
    """The models of a run, found out about and ready to be asked.

    Args:
        access: Where they are.
        settings: Their names.
        answers: The cache.
        wire: Counts what is sent.
        note: Takes lines for the user.
        through: Puts a sender before the endpoint that gathers batches, whose price then counts.

    Raises:
        StopRun: A server does not have its model, is no server of the kind, or does not answer.
    """
    prices, batch = PriceList(access, settings), through is not None
    budget = Budget.going_on(access.budget, answers.spent(), prices.named, currency=prices.currency)
    async with AsyncExitStack() as stack:
        chats: list[Chat] = []
        for place in places(access, settings):
            price = prices.of(place)
            chat = open_chat(
                place.model,
                answers=answers,
                ledger=PricedLedger(place.model, price, budget, limited=through is None),
                base_url=place.base_url,
                key_env=place.key_env,
                concurrency=access.concurrency,
                timeout=access.timeout,
                patience=access.patience,
                rpm=access.rpm,
                tpm=access.tpm,
                seed=settings.seed,
                note=note,
                cost_of=partial(_cost, price, batch),
                through=partial(_through, wire, through, PricedLedger(place.model, price, budget, batch=batch)),
            )
            chats.append(Gate(await stack.enter_async_context(chat), wire))
        known = all(prices.of(place) is not None for place in places(access, settings))
        yield Models(chats[0], chats[-1], budget if known else None)


def places(access: Access, settings: PromptSettings) -> tuple[Place, ...]:
    """Where the model that writes is, and the one that judges where it is another.

    Raises:
        UsageError: The judges have a server of their own, and no key for it is named.

    >>> asked = PromptSettings(languages=("en", "hi"), model="m", judge_model="j", judges=("fluency",))
    >>> [place.model for place in places(Access(), asked)]
    ['m', 'j']
    """
    writer = Place(settings.model, access.base_url, access.key_env)
    elsewhere = bool(access.judge_base_url) and access.judge_base_url != access.base_url
    if not settings.judges:
        return (writer,)
    key_env = access.judge_key_env or ("" if elsewhere else access.key_env)
    judge = Place(settings.judge_model or settings.model, access.judge_base_url or access.base_url, key_env)
    if not key_env and not is_loopback(checked_url(judge.base_url)):
        hint = "name the environment variable of its key: --judge-key-env NAME"
        raise UsageError("the judges have another server, which does not get the key of the first", hint=hint)
    return (writer,) if judge == writer else (writer, judge)


def _through(wire: Wire, through: Through | None, ledger: PricedLedger, sender: Sender) -> Sender:
    watched = wire.watch(sender)
    return watched if through is None else through(watched, ledger)


def _cost(price: Price | None, batch: bool, usage: Usage) -> float | None:
    return None if price is None else cost(usage, price, batch=batch)


def default_cache(output: str) -> str:
    """Where answers lie when nothing else is said.

    >>> default_cache("/tmp/out.jsonl")
    '/tmp/out.jsonl.answers.db'
    """
    return f"{os.path.realpath(output)}{SUFFIX}"
