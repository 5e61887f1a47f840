"""What comes back of a batch: answers put into the cache, failures noted, lines that are wrong passed over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import msgspec

from cswitch.generators.prompting.client.connection import Address
from cswitch.generators.prompting.client.faults import Fault, of_status
from cswitch.generators.prompting.client.rates import NOTHING
from cswitch.generators.prompting.client.wire import read_completion, usage_of
from cswitch.generators.prompting.store.answers import Paid, SqliteAnswers
from cswitch.generators.prompting.store.batch_files import Line, read_id, read_line
from cswitch.generators.prompting.store.batch_table import BatchRow, BatchTable
from cswitch.generators.prompting.store.contracts import Key
from cswitch.generators.prompting.store.database import explaining, transaction
from cswitch.generators.prompting.store.ledger import money
from cswitch.generators.prompting.store.prices import Price, cost
from cswitch.schemas.prompting import Usage


class Collected(msgspec.Struct, kw_only=True):
    """What came back."""

    batches: int = 0
    """Batches that were collected now."""
    waiting: int = 0
    """Batches that are not done yet."""
    answers: int = 0
    """Answers put into the cache."""
    failures: Counter[str] = msgspec.field(default_factory=Counter)
    """Requests that got none, by kind; most go into the next submit."""
    missing: int = 0
    """Requests that neither came back nor failed; they go into the next submit."""
    repeated: int = 0
    """Lines for a request that had come back before."""
    unknown: int = 0
    """Lines for no request of the batch."""
    damaged: int = 0
    """Lines that could not be read."""
    usage: Usage = Usage()
    """Of the answers."""
    cost: float | None = 0.0
    """Money for them, the discount taken off; None where a price is not known."""
    notes: list[str] = msgspec.field(default_factory=list)
    """Batches that failed as a whole, and why."""


class BatchResults:
    """Takes in the lines of files of results; a request is settled by the first line for it.

    Args:
        store: The file of answers.
        address: Of the server; what it says is freed of secrets.
        price_of: Price of a model.
    """

    def __init__(self, store: SqliteAnswers, address: Address, price_of: Callable[[str], Price | None]) -> None:
        self.store, self.table, self.address, self._price_of = store, BatchTable(store), address, price_of

    def keep(self, row: BatchRow, lines: Iterable[bytes], found: Collected) -> None:
        """Takes in some lines, in one commit.

        Args:
            row: Their batch.
            lines: Lines of a file of results.
            found: What is counted goes here.
        """
        took = Collected()
        with explaining(self.store.path), transaction(self.store.database):
            for raw in lines:
                line = read_line(raw)
                if line is None:
                    took.damaged += bool(raw.strip())
                    continue
                name = read_id(line.custom_id)
                asked = name and self.table.size(row.id, *name)
                if name is None or asked is None:
                    took.unknown += 1
                elif asked[1]:
                    took.repeated += 1
                else:
                    self._settle(row, Key(row.endpoint, row.model, *name), asked[0], line, took)
        found.answers += took.answers
        found.damaged += took.damaged
        found.unknown += took.unknown
        found.repeated += took.repeated
        found.failures += took.failures
        found.usage += took.usage
        found.cost = None if found.cost is None or took.cost is None else found.cost + took.cost

    def _settle(self, row: BatchRow, key: Key, size: int, line: Line, took: Collected) -> None:
        """Keeps the answer of a line, or notes why there is none."""
        result = self._result(line, size)
        if isinstance(result, Fault):
            detail = self.address.redactor.clean(result.detail)
            self.store.failed_now([(key, result.kind, result.status, detail)], row.run)
            refused = result.kind if result.scope == "request" else ""
            self.table.settle(row.id, key.digest, key.attempt, refused, detail if refused else "")
            took.failures[result.kind] += 1
            return
        body, usage = result
        price = self._price_of(key.model)
        amount = None if price is None else cost(usage, price, batch=True)
        self.store.put_now([Paid(key, body, usage, amount)], row.run)
        self.table.settle(row.id, key.digest, key.attempt)
        took.answers += 1
        took.usage += usage
        took.cost = None if amount is None or took.cost is None else took.cost + amount

    def _result(self, line: Line, size: int) -> tuple[bytes, Usage] | Fault:
        if line.response is None:
            problem = line.error
            kind, says = (problem.code or "", problem.message or "") if problem else ("", "")
            return Fault(kind or "server_error", says or "no answer, and no reason given")
        body = bytes(line.response.body)
        if line.response.status_code != 200:
            return of_status(line.response.status_code, body, NOTHING, self.address.place(""))
        try:
            read = read_completion(body)
        except ValueError:
            return Fault("not_a_completion", "no completion", status=200)
        if not read.is_answer:
            return Fault("not_a_completion", "no completion", status=200)
        return body, usage_of(read, size)


def lines_of(found: Collected, currency: str = "USD") -> list[str]:
    """What was collected, as text.

    >>> lines_of(Collected(batches=1, answers=2, missing=1, cost=0.5, usage=Usage(prompt=10, completion=5, answers=2)))
    ['batches: 1 collected, 0 not done yet', 'answers: 2 (15 tokens, 0.50 USD)', 'to be sent again: 1 missing']
    """
    price = "price not known" if found.cost is None else f"{money(found.cost)} {currency}"
    lines = [f"batches: {found.batches} collected, {found.waiting} not done yet"]
    if found.batches:
        lines.append(f"answers: {found.answers:,} ({found.usage.prompt + found.usage.completion:,} tokens, {price})")
    again = {**found.failures, "missing": found.missing}
    passed_over = {"repeated": found.repeated, "unknown": found.unknown, "cut off": found.damaged}
    for what, counts in (("to be sent again", again), ("lines passed over", passed_over)):
        if any(counts.values()):
            named = ", ".join(f"{count:,} {name}" for name, count in sorted(counts.items()) if count)
            lines.append(f"{what}: {named}")
    return lines + found.notes
