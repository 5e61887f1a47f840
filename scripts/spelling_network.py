"""Training of the spelling network (cswitch.core.text.spelling), and its weights in whole numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cswitch.core.text.schwa import SILENT
from cswitch.core.text.spelling import CEILING, FRACTION
from scripts.spelling_alignment import Aligned

Floats = NDArray[np.float32]
Weights = dict[str, Floats]

LANGS = ("hi", "mr")
REACH = 6
"""Sounds seen on each side."""
EMBEDDING, FIRST, SECOND = 24, 256, 128
RARE = 4.0
"""Letters that write a sound less often than this are not learned."""
TARGETS = 6
EPOCHS, BATCH, RATE, DROPOUT, DECAY = 9, 512, 2e-3, 0.1, 1e-5
RELUCTANCE = 1.0
"""Nats that count against writing a vowel that is not spoken: the lexicon's writers copy letters (`bolana`) more often
than people do who type as they speak (`bolna`). It costs .004 of attested words."""
AVERAGED = 0.002
"""Share of the newest weights in the running average that is kept."""
_BARRED = np.float32(-1e4)


class Inventory:
    """The symbols and the chunks that occur, by number."""

    def __init__(self, aligned: Sequence[Aligned]) -> None:
        self.counts: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
        for example, chunks in aligned:
            for sound, chunk in zip(example.sounds, chunks, strict=True):
                self.counts[sound][chunk] += example.weight
        self.symbols = ["<pad>", *LANGS, *sorted(self.counts)]
        self.chunks = sorted({c for seen in self.counts.values() for c, n in seen.items() if n >= RARE})
        self.symbol_id = {symbol: at for at, symbol in enumerate(self.symbols)}
        self.chunk_id = {chunk: at for at, chunk in enumerate(self.chunks)}
        self.allowed = np.zeros((len(self.symbols), len(self.chunks)), bool)
        for sound, seen in self.counts.items():
            usual = max(seen, key=lambda chunk: (seen[chunk], chunk))
            for chunk, count in seen.items():
                if chunk in self.chunk_id and (count >= RARE or chunk == usual):
                    self.allowed[self.symbol_id[sound], self.chunk_id[chunk]] = True
        for row in self.allowed:
            row[self.chunk_id[""]] |= not row.any()

    def windows(self, lang: str, sounds: str) -> Iterator[list[int]]:
        """For each sound the numbers of its neighbours, itself and the language."""
        pad = [0] * REACH
        ids = [*pad, *(self.symbol_id[sound] for sound in sounds), *pad]
        for at in range(len(sounds)):
            yield [*ids[at : at + 2 * REACH + 1], self.symbol_id[lang]]


def examples(aligned: Sequence[Aligned], inventory: Inventory) -> tuple[NDArray[np.int32], NDArray[np.int32], Floats]:
    """Windows (n x places), and for each the numbers and the weights of its chunks (n x TARGETS)."""
    words: defaultdict[tuple[str, str], list[tuple[tuple[str, ...], float]]] = defaultdict(list)
    for example, chunks in aligned:
        if all(
            inventory.allowed[inventory.symbol_id[s], inventory.chunk_id[c]] if c in inventory.chunk_id else False
            for s, c in zip(example.sounds, chunks, strict=True)
        ):
            words[example.lang, example.sounds].append((chunks, example.weight))
    windows, targets, weights = [], [], []
    for (lang, sounds), spellings in words.items():
        for at, window in enumerate(inventory.windows(lang, sounds)):
            votes: defaultdict[int, float] = defaultdict(float)
            for chunks, weight in spellings:
                votes[inventory.chunk_id[chunks[at]]] += weight
            top = sorted(votes.items(), key=lambda item: (-item[1], item[0]))[:TARGETS]
            windows.append(window)
            targets.append([chunk for chunk, _ in top] + [0] * (TARGETS - len(top)))
            weights.append([float(weight) for _, weight in top] + [0.0] * (TARGETS - len(top)))
    return np.array(windows, np.int32), np.array(targets, np.int32), np.array(weights, np.float32)


def train(aligned: Sequence[Aligned], inventory: Inventory, *, seed: int = 0, log: Any = None) -> Weights:
    """Weights that make the aligned spellings likely: cross-entropy, Adam, the running average of the last steps."""
    windows, targets, weights = examples(aligned, inventory)
    rng = np.random.default_rng(seed)
    network = _Network(inventory, rng)
    average = {name: value.copy() for name, value in network.weights.items()}
    steps = EPOCHS * (len(windows) // BATCH)
    step = 0
    for epoch in range(EPOCHS):
        order, loss = rng.permutation(len(windows)), 0.0
        for start in range(0, len(order) - BATCH + 1, BATCH):
            rows = order[start : start + BATCH]
            step += 1
            rate = RATE * min(1.0, step / 200) * (1 - step / (steps + 1)) + 1e-5
            loss += network.step(windows[rows], targets[rows], weights[rows], rate, step)
            for name, value in network.weights.items():
                average[name] += np.float32(AVERAGED) * (value - average[name])
        if log:
            log(f"epoch {epoch + 1} of {EPOCHS}: loss {loss / (len(order) // BATCH):.4f}")
    return average


def whole_numbers(weights: Weights, inventory: Inventory, windows: NDArray[np.int32]) -> dict[str, NDArray[Any]]:
    """The weights as 8-bit numbers, with the scales that cswitch.core.text.spelling reads.

    Args:
        weights: What :func:`train` gave.
        inventory: The one they were trained with.
        windows: Windows to take the usual size of activations from.
    """
    embedding, embedding_unit = _eight_bits(weights["embedding"])
    first, first_unit = _eight_bits(weights["first"].reshape(2 * REACH + 2, EMBEDDING, FIRST))
    hidden, hidden_unit = _eight_bits(weights["hidden"])
    output, output_unit = _eight_bits(weights["output"])
    one, two = _activations(weights, windows)
    step_one = CEILING / np.quantile(one, 0.9998)
    sums = step_one / hidden_unit
    shift = int(np.ceil(np.log2(sums * np.quantile(two, 0.9998) / CEILING)))
    nat = sums / 2.0**shift / output_unit
    output_bias = np.rint(weights["output_bias"] * nat).astype(np.int32)
    output_bias[inventory.symbol_id[SILENT], inventory.chunk_id["a"]] -= round(RELUCTANCE * nat)
    return {
        "symbols": np.array(inventory.symbols),
        "chunks": np.array(inventory.chunks),
        "embedding": embedding,
        "first": first,
        "first_scale": np.float64(embedding_unit * first_unit * step_one * 2**FRACTION),
        "first_bias": np.rint(weights["first_bias"] * step_one * 2**FRACTION).astype(np.int16),
        "hidden": hidden,
        "hidden_bias": np.rint(weights["hidden_bias"] * sums).astype(np.int32),
        "shift": np.int64(shift),
        "output": output,
        "output_bias": output_bias,
        "allowed": inventory.allowed,
        "nat": np.float64(nat),
    }


def _eight_bits(values: Floats) -> tuple[NDArray[np.int8], float]:
    """The nearest multiples of a unit, and the unit."""
    unit = float(np.abs(values).max()) / 127
    return np.rint(values / unit).astype(np.int8), unit


def _activations(weights: Weights, windows: NDArray[np.int32]) -> tuple[Floats, Floats]:
    embedded = weights["embedding"][windows].reshape(len(windows), -1)
    one = np.maximum(embedded @ weights["first"] + weights["first_bias"], 0)
    return one, np.maximum(one @ weights["hidden"] + weights["hidden_bias"], 0)


class _Network:
    """Embedding, two rectified layers, and scores of chunks with a bias for each symbol."""

    def __init__(self, inventory: Inventory, rng: np.random.Generator) -> None:
        symbols, chunks, places = len(inventory.symbols), len(inventory.chunks), 2 * REACH + 2
        drawn = {
            "embedding": rng.normal(0, 0.3, (symbols, EMBEDDING)),
            "first": rng.normal(0, (places * EMBEDDING) ** -0.5, (places * EMBEDDING, FIRST)),
            "first_bias": np.zeros(FIRST),
            "hidden": rng.normal(0, FIRST**-0.5, (FIRST, SECOND)),
            "hidden_bias": np.zeros(SECOND),
            "output": rng.normal(0, SECOND**-0.5, (SECOND, chunks)),
            "output_bias": np.zeros((symbols, chunks)),
        }
        self.weights: Weights = {name: value.astype(np.float32) for name, value in drawn.items()}
        self._mean = {name: np.zeros_like(value) for name, value in self.weights.items()}
        self._square = {name: np.zeros_like(value) for name, value in self.weights.items()}
        self._barred = np.where(inventory.allowed, np.float32(0), _BARRED)
        self._rng = rng

    def step(
        self, windows: NDArray[np.int32], targets: NDArray[np.int32], wanted: Floats, rate: float, step: int
    ) -> float:
        """One step of Adam on a batch; the loss before it."""
        w, rows = self.weights, np.arange(len(windows))[:, None]
        centre = windows[:, REACH]
        embedded = w["embedding"][windows].reshape(len(windows), -1)
        kept = (self._rng.random((len(windows), FIRST), dtype=np.float32) > DROPOUT) / np.float32(1 - DROPOUT)
        one = np.maximum(embedded @ w["first"] + w["first_bias"], 0) * kept
        two = np.maximum(one @ w["hidden"] + w["hidden_bias"], 0)
        scores = two @ w["output"] + w["output_bias"][centre] + self._barred[centre]
        scores -= scores.max(axis=1, keepdims=True)
        p = np.exp(scores)
        p /= p.sum(axis=1, keepdims=True)
        loss = float(-(wanted * np.log(p[rows, targets] + 1e-9)).sum()) / len(windows)

        p *= wanted.sum(axis=1, keepdims=True)
        np.subtract.at(p, (np.broadcast_to(rows, targets.shape), targets), wanted)
        p /= len(windows)
        to_two = (p @ w["output"].T) * (two > 0)
        to_one = (to_two @ w["hidden"].T) * (one > 0) * kept
        to_embedded = to_one @ w["first"].T
        bias, embedding = np.zeros_like(w["output_bias"]), np.zeros_like(w["embedding"])
        np.add.at(bias, centre, p)
        np.add.at(embedding, windows.ravel(), to_embedded.reshape(-1, EMBEDDING))
        self._adam(
            {
                "embedding": embedding,
                "first": embedded.T @ to_one,
                "first_bias": to_one.sum(axis=0),
                "hidden": one.T @ to_two,
                "hidden_bias": to_two.sum(axis=0),
                "output": two.T @ p,
                "output_bias": bias,
            },
            rate,
            step,
        )
        return loss

    def _adam(self, gradients: Weights, rate: float, step: int) -> None:
        for name, gradient in gradients.items():
            mean, square, value = self._mean[name], self._square[name], self.weights[name]
            mean += np.float32(0.1) * (gradient - mean)
            square += np.float32(0.001) * (gradient**2 - square)
            change = mean / np.float32(1 - 0.9**step) / (np.sqrt(square / np.float32(1 - 0.999**step)) + 1e-8)
            value -= (rate * (change + DECAY * value)).astype(np.float32)
