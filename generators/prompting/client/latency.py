"""Whether answers take longer than they used to, given how long they are."""

from __future__ import annotations


class Latency:
    """Recent latency against what is usual for answers of that length.

    As in TCP Vegas (Brakmo and Peterson, 1995) and Netflix's gradient limit, congestion is read from how far recent
    latency, averaged over a few answers, stands above a baseline of many. The baseline is a line, seconds = a + b *
    tokens, fitted by least squares that forget, so that longer answers are not taken for a slower server. An answer
    counts for the baseline with at most ``tolerance`` times its expected latency: a jam moves it slowly.

    Args:
        tolerance: Ratio up to which latency may rise unnoticed; a server that works on many requests at once takes
            longer for each, and yet answers more.
        floor: Seconds of rise that are noticed at least; less is the scheduling of this machine.
        recent: Answers that the recent average looks back on.
        memory: Answers that the baseline looks back on.
    """

    def __init__(
        self, *, tolerance: float = 2.0, floor: float = 0.1, recent: float = 16.0, memory: float = 512.0
    ) -> None:
        self._tolerance, self._floor = tolerance, floor
        self._step, self._keep = 1 / recent, 1 - 1 / memory
        self._warm = 2 * recent
        self._count = 0
        self._weight = self._x = self._y = self._xx = self._xy = 0.0
        self._recent = self._usual = 0.0

    def expected(self, tokens: int) -> float:
        """Seconds that an answer of so many tokens usually takes; 0 before the first."""
        if not self._weight:
            return 0.0
        mean_x, mean_y = self._x / self._weight, self._y / self._weight
        spread = self._xx / self._weight - mean_x * mean_x
        # With answers of about one length there is no slope to be seen, only noise.
        slope = max(0.0, (self._xy / self._weight - mean_x * mean_y) / spread) if spread > 1 else 0.0
        return max(mean_y + slope * (tokens - mean_x), mean_y * 0.05)

    def add(self, seconds: float, tokens: int) -> float:
        """Notes an answer.

        Args:
            seconds: How long it took.
            tokens: How long it is.

        Returns:
            How many times longer than usual recent answers took; 1 while that is within the tolerance.
        """
        usual = self.expected(tokens) or seconds
        self._count += 1
        self._recent += self._step * (seconds - self._recent)
        self._usual += self._step * (usual - self._usual)
        self._learn(seconds if self._count < self._warm else min(seconds, usual * self._tolerance), float(tokens))
        if self._count < self._warm or self._recent - self._usual < self._floor:
            return 1.0
        ratio = self._recent / self._usual
        return ratio if ratio > self._tolerance else 1.0

    def _learn(self, seconds: float, tokens: float) -> None:
        keep = self._keep
        self._weight = keep * self._weight + 1
        self._x = keep * self._x + tokens
        self._y = keep * self._y + seconds
        self._xx = keep * self._xx + tokens * tokens
        self._xy = keep * self._xy + tokens * seconds
