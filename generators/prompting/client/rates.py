"""How much a server allows: what its headers tell, and buckets of requests and tokens a minute."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Iterable
from email.utils import parsedate_to_datetime
from typing import NamedTuple

SPAN = re.compile(r"(\d+(?:\.\d+)?)(ms|us|µs|[dhms])")
UNITS = {"d": 86_400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6}
BURST = 0.1
"""Share of a minute's allowance that may go at once where the user set it."""


class Quota(NamedTuple):
    """What is left of an allowance; None for what was not told."""

    limit: float | None = None
    """A minute."""
    remaining: float | None = None
    reset: float | None = None
    """Seconds until all of it is there again."""


class Told(NamedTuple):
    """What the headers of a response say about rates."""

    retry_after: float | None = None
    """Seconds to wait."""
    requests: Quota = Quota()
    tokens: Quota = Quota()


NOTHING = Told()


def read_rates(headers: Iterable[tuple[bytes, bytes]], wall: Callable[[], float] = time.time) -> Told:
    """What the headers of a response say about rates; a header that cannot be read is as if it were missing.

    Args:
        headers: Names, in any case, and values.
        wall: Seconds since 1970, for dates.

    >>> told = read_rates([(b"Retry-After", b"2"), (b"x-ratelimit-reset-tokens", b"1m1.5s")])
    >>> told.retry_after, told.tokens
    (2.0, Quota(limit=None, remaining=None, reset=61.5))
    """
    found: dict[str, str] = {}
    for name, value in headers:
        if name[:1] in b"rRxX" and name[:2].lower() in (b"re", b"x-"):
            found[name.decode("latin-1").lower()] = value.decode("latin-1").strip()
    if not found:
        return NOTHING
    return Told(_retry_after(found, wall), _quota(found, "requests"), _quota(found, "tokens"))


def _retry_after(found: dict[str, str], wall: Callable[[], float]) -> float | None:
    milliseconds = _number(found.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    text = found.get("retry-after", "")
    seconds = span(text)
    if seconds is not None or not text:
        return seconds
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - wall())
    except (ValueError, OverflowError):
        return None


def _quota(found: dict[str, str], what: str) -> Quota:
    return Quota(
        _number(found.get(f"x-ratelimit-limit-{what}", "")),
        _number(found.get(f"x-ratelimit-remaining-{what}", "")),
        span(found.get(f"x-ratelimit-reset-{what}", "")),
    )


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None


def span(text: str) -> float | None:
    """Seconds of a span of time as servers write it, or None.

    >>> span("6m0s"), span("20ms"), span("1.5"), span("1h2m3s"), span("soon")
    (360.0, 0.02, 1.5, 3723.0, None)
    """
    if not text or SPAN.sub("", text):
        return _number(text)
    return sum(float(number) * UNITS[unit] for number, unit in SPAN.findall(text))


class Bucket:
    """An allowance that fills up evenly (a token bucket).

    Something bigger than the bucket goes when it is full, and leaves a debt.

    Args:
        per_minute: What is allowed in any minute; 0 for whatever the server tells.
        now: Seconds of the clock that all calls use.
    """

    def __init__(self, per_minute: float, now: float) -> None:
        self._fixed = per_minute > 0
        # Of a fixed allowance the burst is a part, so that no minute gets more, wherever it begins.
        self._size = max(1.0, per_minute * BURST) if self._fixed else math.inf
        self._rate = (per_minute - (self._size - 1)) / 60 if self._fixed else 0.0
        self._level, self._at, self._shut_until = self._size, now, 0.0

    def wait(self, amount: float, now: float) -> float:
        """Seconds until so much may go; 0 for now."""
        if self._size == math.inf and now >= self._shut_until:
            return 0.0
        self._fill(now)
        missing = min(amount, self._size) - self._level
        pause = missing / self._rate if missing > 1e-9 and self._rate > 0 else 0.0
        return max(pause, self._shut_until - now, 0.0)

    def take(self, amount: float, now: float) -> None:
        """Takes so much; a negative amount gives back what was not used."""
        if self._size != math.inf:
            self._fill(now)
            self._level = min(self._size, self._level - amount)

    def told(self, quota: Quota, now: float) -> None:
        """Corrects the bucket by what the server counted, which may lower a fixed allowance, never raise it."""
        if quota.limit and not self._fixed:
            if self._size == math.inf:
                self._level, self._at = quota.limit, now
            self._size, self._rate = quota.limit, quota.limit / 60
        if quota.remaining is None:
            return
        self._fill(now)
        self._level = min(self._level, quota.remaining)
        if quota.remaining < 1 and quota.reset:
            self._shut_until = max(self._shut_until, now + quota.reset)

    def _fill(self, now: float) -> None:
        if now > self._at:
            self._level = min(self._size, self._level + (now - self._at) * self._rate)
            self._at = now
