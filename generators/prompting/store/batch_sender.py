"""Stands where requests are sent, and puts them into batches instead."""

from __future__ import annotations

from typing import NoReturn

import msgspec

from cswitch.generators.prompting.client.faults import Fault
from cswitch.generators.prompting.contracts import NotYet
from cswitch.generators.prompting.store.batch_files import BatchFiles
from cswitch.generators.prompting.store.batch_table import BatchTable
from cswitch.generators.prompting.store.contracts import Key
from cswitch.generators.prompting.store.ledger import PricedLedger

GIVE_UP = 2
"""Batches that refused a request, after which it is not sent any more."""


class _Longest(msgspec.Struct, frozen=True):
    """The longest answer, as a body says it."""

    max_tokens: int | None = None
    max_completion_tokens: int | None = None


_decoder = msgspec.json.Decoder(_Longest)


class BatchSender:
    """Gathers requests where others send them (:class:`~cswitch.generators.prompting.client.endpoint.Sender`).

    Args:
        url: Base URL of the server.
        table: Batches that were submitted.
        files: Where requests go.
        ledger: Money for them, at the price of batches; None for no budget.
    """

    def __init__(self, url: str, table: BatchTable, files: BatchFiles, ledger: PricedLedger | None = None) -> None:
        self._url, self.table, self.files, self.ledger = url, table, files, ledger
        self.on_their_way = 0
        """Requests that were asked for, and are in a batch already."""

    @property
    def url(self) -> str:
        """Base URL in its normal form."""
        return self._url

    async def send(self, body: bytes, *, key: Key, tokens: int, crashes: int = 0) -> NoReturn:
        """Remembers a request; each once.

        Raises:
            NotYet: It is in a batch, or will be in the next.
            Fault: Batches have refused it.
            StopRun: The budget would be exceeded; what was gathered before can be submitted.
        """
        if self.table.on_its_way(key):
            self.on_their_way += 1
            raise NotYet("its batch is not collected yet")
        refusals = self.table.refusals(key)
        if len(refusals) >= GIVE_UP:
            raise Fault(*refusals[0], scope="request")
        if not self.files.holds(key):
            self.files.add(key, body, self._set_aside(body, tokens))
        raise NotYet("it goes into the next batch")

    def _set_aside(self, body: bytes, tokens: int) -> float:
        if self.ledger is None:
            return 0.0
        longest = _decoder.decode(body)
        answer = longest.max_completion_tokens or longest.max_tokens or tokens
        reservation = self.ledger.reserve(len(body), answer)
        self.ledger.budget.hold(reservation)
        return reservation.amount
