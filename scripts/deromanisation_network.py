"""Trains the network that gives native signs for Latin letters, and makes its weights whole numbers.

Training needs torch; what is trained runs with numpy alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cswitch.core.deromanisation.network import CEILING
from scripts.deromanisation_alignment import Aligned

REACH = 6
"""Letters seen on either side."""
WIDTHS = (192, 128)
"""Units of the two hidden layers."""
EPOCHS = (4, 8)
"""Least and most rounds over the examples."""
BUDGET = 3_000_000
"""Examples seen in all, where the rounds allow it."""
DROPOUT = (0.2, 0.15)
"""Share of the units of each hidden layer that are left out at a time."""
BATCH = 512
RATE = 6e-3
LEAST = 2.0
"""Weight from which a chunk is known for a letter."""
_LETTERS = 27

Weights = dict[str, NDArray[np.float64]]


class Inventory:
    """The chunks each letter was seen to stand for; a letter with a chunk is a token.

    Args:
        aligned: Words with the chunk of each letter.
    """

    def __init__(self, aligned: Sequence[Aligned]) -> None:
        seen: Counter[tuple[str, str]] = Counter()
        for one in aligned:
            for key in zip(one.pair.latin, one.chunks, strict=True):
                seen[key] += one.pair.weight  # type: ignore[assignment]
        kept = sorted(key for key, n in seen.items() if n >= LEAST)
        self.chunks = sorted({chunk for _, chunk in kept})
        places = {chunk: at for at, chunk in enumerate(self.chunks)}
        self.tokens = np.array([(ord(letter) - 96, places[chunk]) for letter, chunk in kept])
        self._numbers = {key: at for at, key in enumerate(kept)}

    def encode(self, one: Aligned) -> tuple[int, ...] | None:
        """The tokens of a word, or None where one is not known."""
        found = [self._numbers.get(key, -1) for key in zip(one.pair.latin, one.chunks, strict=True)]
        return None if -1 in found else tuple(found)


class Examples:
    """Windows of letters, with the chunk of the middle letter.

    Args:
        aligned: Words with the chunk of each letter.
        inventory: Chunks that are known.
    """

    def __init__(self, aligned: Sequence[Aligned], inventory: Inventory) -> None:
        kept = [(one, run) for one in aligned if (run := inventory.encode(one))]
        pad = "`" * REACH
        flat = np.frombuffer((pad + pad.join(one.pair.latin for one, _ in kept) + pad).encode(), np.uint8) - 96
        places = np.nonzero(flat)[0]
        self.windows = flat[places[:, None] + np.arange(-REACH, REACH + 1)].astype(np.int64)
        self.targets = inventory.tokens[np.concatenate([run for _, run in kept]), 1]
        self.weights = np.concatenate([np.full(len(run), one.pair.weight, np.float32) for one, run in kept])


def train(examples: Examples, inventory: Inventory, log: Callable[[str], None]) -> Weights:
    """Weights in floating point, by Adam with a rate that rises and falls."""
    import torch

    torch.manual_seed(0)
    torch.set_num_threads(1)
    places, size = 2 * REACH + 1, len(examples.targets)
    inputs = torch.from_numpy(examples.windows + np.arange(places) * _LETTERS)
    letters, targets = torch.from_numpy(examples.windows[:, REACH]), torch.from_numpy(examples.targets)
    weights = torch.from_numpy(examples.weights)
    barred = torch.full((_LETTERS, len(inventory.chunks)), -1e4)
    barred[inventory.tokens[:, 0], inventory.tokens[:, 1]] = 0.0
    first = torch.nn.EmbeddingBag(places * _LETTERS, WIDTHS[0], mode="sum")
    torch.nn.init.normal_(first.weight, 0, 0.15)
    bias = torch.nn.Parameter(torch.zeros(WIDTHS[0]))
    hidden, output = torch.nn.Linear(*WIDTHS), torch.nn.Linear(WIDTHS[1], len(inventory.chunks))
    parameters = [*first.parameters(), bias, *hidden.parameters(), *output.parameters()]
    optimiser = torch.optim.Adam(parameters, lr=RATE)
    steps, epochs = size // BATCH, min(max(round(BUDGET / size), EPOCHS[0]), EPOCHS[1])
    rate = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=epochs * steps + 1, pct_start=0.1)
    generator = torch.Generator().manual_seed(1)
    for epoch in range(epochs):
        total, order = 0.0, torch.randperm(size, generator=generator)
        for step in range(steps):
            at = order[step * BATCH : (step + 1) * BATCH]
            seen = torch.relu(hidden(torch.relu(first(inputs[at]) + bias)))
            losses = torch.nn.functional.cross_entropy(
                output(seen) + barred[letters[at]], targets[at], reduction="none"
            )
            loss = (losses * weights[at]).sum() / weights[at].sum()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            rate.step()
            total += loss.item()
        log(f"epoch {epoch + 1}: {total / steps:.4f}")
    named = {
        "first": first.weight.reshape(places, _LETTERS, WIDTHS[0]), "first_bias": bias, "hidden": hidden.weight.T,
        "hidden_bias": hidden.bias, "output": output.weight.T, "output_bias": output.bias,
    }  # fmt: skip
    return {name: array.detach().numpy().astype(np.float64) for name, array in named.items()}


def whole_numbers(weights: Weights, inventory: Inventory, windows: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    """The arrays of :class:`cswitch.core.deromanisation.network.LetterNetwork`.

    Each unit gets a scale of its own, folded into the weights that read it, so that its weights fill 8 bits.

    Args:
        weights: From :func:`train`.
        inventory: What it was trained with.
        windows: Some windows, to see how large activations grow.
    """
    first, bias = weights["first"], weights["first_bias"]
    sums = sum(first[place][windows[:, place]] for place in range(len(first))) + bias
    scale = np.minimum(127 / np.abs(first).max(axis=(0, 1)), 2 * CEILING / np.maximum(sums.max(axis=0), 1e-3))
    tables, tables_bias = np.rint(first * scale), np.rint(bias * scale)
    seen = np.floor(np.rint(sums * scale) / 2).clip(0, CEILING)
    hidden = weights["hidden"] * (2 / scale)[:, None]
    scale = 127 / np.abs(hidden).max(axis=0)
    hidden, hidden_bias = np.rint(hidden * scale), np.rint(weights["hidden_bias"] * scale)
    sums = seen @ hidden + hidden_bias
    shift = np.ceil(np.log2(np.maximum(np.quantile(sums, 0.9999, axis=0), 1) / CEILING)).clip(0)
    output = weights["output"] * (2.0**shift / scale)[:, None]
    nat = 127 / np.abs(output).max()
    return {
        "first": tables.astype(np.int8),
        "first_bias": tables_bias.astype(np.int16),
        "hidden": hidden.astype(np.int8),
        "hidden_bias": hidden_bias.astype(np.int32),
        "hidden_shift": shift.astype(np.uint8),
        "output": np.rint(output * nat).astype(np.int8),
        "output_bias": np.rint(weights["output_bias"] * nat).astype(np.int32),
        "nat": np.array(nat, np.float32),
        "chunks": np.array(inventory.chunks),
        "tokens": inventory.tokens.astype(np.uint16),
    }
