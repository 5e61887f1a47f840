"""What the client asks of the store: answers by what was asked, and money before it is spent."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from cswitch.schemas.prompting import Usage


class Key(NamedTuple):
    """What an answer is kept under."""

    endpoint: str
    """Base URL, normalised, without user name, password and query."""
    model: str
    digest: bytes
    """blake2b, 16 bytes, of the canonical JSON of the request's body: keys sorted, no spaces, no secrets in it."""
    attempt: int
    """Which answer to this body it is, from 0."""


class Answers(Protocol):
    """Answers that were paid for, and failures beside them; safe against ``kill -9`` and shared between runs."""

    def get(self, key: Key) -> bytes | None:
        """The JSON of the completion as the server gave it, or None; a failure is never given as an answer."""
        ...

    async def put(self, key: Key, completion: bytes, usage: Usage, cost: float | None) -> None:
        """Keeps an answer; returns once it is committed, many answers together in one commit."""
        ...

    def failed(self, key: Key, kind: str, status: int | None, detail: str) -> None:
        """Notes a try that gave no answer: ``rate_limit``, ``server_error``, ``timeout``, ``connection``, ..."""
        ...

    def capabilities(self, endpoint: str, model: str) -> bytes | None:
        """What a probe of the endpoint found, as it was kept."""
        ...

    def keep_capabilities(self, endpoint: str, model: str, found: bytes) -> None:
        """Keeps what a probe found."""
        ...


class Reservation(NamedTuple):
    """Money set aside for a request that is on its way."""

    amount: float


class Ledger(Protocol):
    """What a model costs, what was spent, and whether there is more to spend."""

    def reserve(self, request_bytes: int, max_tokens: int) -> Reservation:
        """Sets aside what a request may cost at most; to be settled or released.

        Args:
            request_bytes: UTF-8 bytes of the messages; the ledger learns how many tokens they make.
            max_tokens: Longest answer.

        Raises:
            StopRun: The budget would be exceeded, requests on their way counted in.
        """
        ...

    async def reserve_when_free(self, request_bytes: int, max_tokens: int) -> Reservation:
        """As :meth:`reserve`, but waits for what requests on their way leave over.

        Raises:
            StopRun: The budget would be exceeded, and nothing is on its way.
        """
        ...

    def settle(self, reservation: Reservation, usage: Usage, request_bytes: int) -> float | None:
        """Books what an answer really took, and gives its cost; None when no price is known."""
        ...

    def release(self, reservation: Reservation) -> None:
        """Gives back what was set aside for a request that failed unpaid."""
        ...
