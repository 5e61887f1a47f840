"""When to stop trying for a while, and when for good."""

from __future__ import annotations

from collections.abc import Callable

from cswitch.core.seeds import rng
from cswitch.generators.prompting.contracts import StopRun


class Breaker:
    """A circuit breaker: after failures in a row nobody tries but one, at growing distances (Nygard, 2007).

    It only decides; the gate that everybody passes is told what it says.

    Args:
        url: Whom the messages are about.
        threshold: Weight of failures in a row from which on it opens.
        patience: Seconds without any answer after which the run stops.
        note: Takes lines for the user.
        first: Seconds of the first pause; each next is twice as long.
        longest: Seconds of the longest pause.
        seed: Seed of the jitter.
    """

    def __init__(
        self,
        url: str,
        *,
        threshold: int = 6,
        patience: float = 600.0,
        note: Callable[[str], None] = lambda line: None,
        first: float = 1.0,
        longest: float = 60.0,
        seed: int = 0,
    ) -> None:
        self._url, self._threshold, self._patience, self._note = url, threshold, patience, note
        self._first, self._longest, self._seed = first, longest, seed
        self._in_row = self._openings = 0
        self._failing_since: float | None = None
        self._open_until = -1.0
        self.answered = -1.0
        """When the last answer came; below 0 before the first."""

    @property
    def open(self) -> bool:
        """Whether requests fail in a row, so that only one may try."""
        return self._openings > 0

    def success(self, now: float) -> None:
        """Notes an answer."""
        if self._openings:
            self._note(f"{self._url} answers again")
        self.answered, self._failing_since = now, None
        self._in_row = self._openings = 0

    def failure(self, what: str, now: float, *, weight: int = 1) -> float:
        """Notes a failure.

        Args:
            what: What failed, in a few words.
            now: Seconds of the clock that all calls use.
            weight: How much it counts for; 0 for what shows that the server is there, such as a rate limit.

        Returns:
            Seconds in which nobody is to try; 0 for none.

        Raises:
            StopRun: No answer came for longer than the patience.
        """
        if self._failing_since is None:
            self._failing_since = now
        left = self._failing_since + self._patience - now
        if left <= 0:
            raise StopRun(
                f"{self._url} gave no answer for {now - self._failing_since:.0f} s ({what})",
                hint="see that the server runs, then give the same command again: it goes on where it stopped",
            )
        if now < self._open_until or not weight:
            return 0.0
        self._in_row += weight
        if self._in_row < self._threshold:
            return 0.0
        return self._opened(what, now, left)

    def _opened(self, what: str, now: float, left: float) -> float:
        """Seconds of the next pause: half of it sure, half of it drawn, none beyond the patience."""
        whole = min(self._longest, self._first * 2.0**self._openings)
        pause = min(whole * (0.5 + 0.5 * rng("breaker", self._seed, self._url, self._openings).random()), left)
        self._openings += 1
        self._open_until = now + pause
        self._note(f"{self._url} does not answer ({what}); next try in {max(1, round(pause))} s")
        return pause
