"""Training of the spelling networks (cswitch.core.romanisation.network), and their weights in whole numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from cswitch.core.romanisation.network import CEILING, FRACTION
from cswitch.core.text.schwa import SILENT
from scripts.spelling_alignment import Aligned

Weights = dict[str, NDArray[np.float32]]

REACH, BACK = 6, 5
"""Sounds seen on each side, and letter chunks seen before."""
EMBEDDING, FIRST, SECOND = 24, 256, 128
RARE = 4.0
"""Letters that write a sound less often than this are not learned."""
BATCH, RATE, DROPOUT = 1024, 2e-3, 0.1
AVERAGED = 0.002
"""Share of the newest weights in the running average that is kept."""
RELUCTANCE = 1.0
"""Nats that count against writing a Hindi vowel that is not spoken: the lexicon's writers copy letters (`bolana`) more
often than people do who type as they speak (`bolna`)."""


class Inventory:
    """The symbols and the chunks that occur, by number.

    Args:
        aligned: All examples.
        langs: Their languages; one that is not known later is read as the first.
    """

    def __init__(self, aligned: Sequence[Aligned], langs: Sequence[str]) -> None:
        counts: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
        for example, chunks in aligned:
            for sound, chunk in zip(example.sounds, chunks, strict=True):
                counts[sound][chunk] += example.weight
        self.symbols = ["<pad>", *langs, *sorted(counts)]
        self.chunks = sorted({"", *(c for seen in counts.values() for c, n in seen.items() if n >= RARE)})
        self.symbol_id = {symbol: at for at, symbol in enumerate(self.symbols)}
        self.chunk_id = {chunk: at for at, chunk in enumerate(self.chunks)}
        self.allowed = np.zeros((len(self.symbols), len(self.chunks)), bool)
        for sound, seen in counts.items():
            for chunk, count in seen.items():
                if count >= RARE:
                    self.allowed[self.symbol_id[sound], self.chunk_id[chunk]] = True
        self.allowed[:, self.chunk_id[""]] |= ~self.allowed.any(axis=1)

    def allows(self, aligned: Aligned) -> bool:
        """Whether every sound of an example may be written as it is there."""
        return all(
            chunk in self.chunk_id and self.allowed[self.symbol_id[sound], self.chunk_id[chunk]]
            for sound, chunk in zip(aligned.example.sounds, aligned.chunks, strict=True)
        )


def examples(
    aligned: Sequence[Aligned], inventory: Inventory
) -> tuple[NDArray[np.int16], NDArray[np.int16], NDArray[np.float32]]:
    """Rows of neighbours, language and chunks before (n x places), the chunk of each row, and its weight.

    Rows that are alike are one row.
    """
    table: defaultdict[tuple[int, ...], float] = defaultdict(float)
    pad, start = (0,) * REACH, (len(inventory.chunks),) * BACK
    for each in filter(inventory.allows, aligned):
        example = each.example
        lang = inventory.symbol_id[example.lang]
        ids = (*pad, *(inventory.symbol_id[sound] for sound in example.sounds), *pad)
        written = (*start, *(inventory.chunk_id[chunk] for chunk in each.chunks))
        for at in range(len(example.sounds)):
            table[(*ids[at : at + 2 * REACH + 1], *written[at : at + BACK], lang, written[at + BACK])] += example.weight
    rows = np.array(list(table), np.int16)
    return rows[:, :-1], rows[:, -1], np.array(list(table.values()), np.float32)


class _Network(torch.nn.Module):  # type: ignore[misc]
    """Embeddings, two rectified layers, and scores of chunks with a bias for each symbol."""

    def __init__(self, inventory: Inventory) -> None:
        super().__init__()
        symbols, chunks, places = len(inventory.symbols), len(inventory.chunks), 2 * REACH + 2 + BACK
        self.embedding = torch.nn.Embedding(symbols, EMBEDDING)
        self.written = torch.nn.Embedding(chunks + 1, EMBEDDING)
        for table in (self.embedding, self.written):
            torch.nn.init.normal_(table.weight, 0, 0.3)
        self.first = torch.nn.Linear(places * EMBEDDING, FIRST)
        self.hidden = torch.nn.Linear(FIRST, SECOND)
        self.output = torch.nn.Linear(SECOND, chunks, bias=False)
        self.output_bias = torch.nn.Embedding(symbols, chunks)
        torch.nn.init.zeros_(self.output_bias.weight)
        self.drop = torch.nn.Dropout(DROPOUT)
        self.register_buffer("barred", torch.where(torch.tensor(inventory.allowed), 0.0, -1e4), persistent=False)

    def layers(self, rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The activations of both layers."""
        seen = 2 * REACH + 1
        parts = (
            self.embedding(rows[:, :seen]),
            self.written(rows[:, seen : seen + BACK]),
            self.embedding(rows[:, seen + BACK :]),
        )
        one = self.drop(torch.relu(self.first(torch.cat([part.flatten(1) for part in parts], 1))))
        return one, torch.relu(self.hidden(one))

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """Scores of the chunks."""
        centre = rows[:, REACH]
        scores: torch.Tensor = self.output(self.layers(rows)[1]).float() + self.output_bias(centre)
        return scores + self.barred[centre]


def start(inventory: Inventory, *, seed: int = 0) -> _Network:
    """A network that has learned nothing."""
    torch.manual_seed(seed)
    return _Network(inventory)


def narrowed(network: _Network, known: Inventory, inventory: Inventory) -> _Network:
    """A copy of a network for the symbols and chunks of another inventory; what the network does not know is new."""
    narrow = start(inventory)
    symbols = [(known.symbol_id[s], at) for s, at in inventory.symbol_id.items() if s in known.symbol_id]
    chunks = [(known.chunk_id[c], at) for c, at in inventory.chunk_id.items() if c in known.chunk_id]
    (was, now), (had, has) = (torch.tensor(pairs).T for pairs in (symbols, chunks))
    old, new = network.state_dict(), narrow.state_dict()
    for name in ("first.weight", "first.bias", "hidden.weight", "hidden.bias"):
        new[name] = old[name]
    new["embedding.weight"][now] = old["embedding.weight"][was]
    new["written.weight"][has] = old["written.weight"][had]
    new["written.weight"][-1] = old["written.weight"][-1]
    new["output.weight"][has] = old["output.weight"][had]
    new["output_bias.weight"][now[:, None], has] = old["output_bias.weight"][was[:, None], had]
    narrow.load_state_dict(new)
    return narrow


def train(
    network: _Network,
    aligned: Sequence[Aligned],
    inventory: Inventory,
    *,
    rows_seen: int,
    rate: float = RATE,
    log: Callable[[str], None] = print,
) -> _Network:
    """Makes the aligned spellings likely: cross-entropy, Adam; gives the running average of the last steps.

    Products are taken in 16 bits, which is twice as quick.
    """
    torch.set_num_threads(1)
    rows, targets, weights = (torch.from_numpy(array) for array in examples(aligned, inventory))
    average = torch.optim.swa_utils.AveragedModel(
        network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(1 - AVERAGED)
    )
    optimiser = torch.optim.Adam(network.parameters(), lr=rate, fused=True)
    epochs = max(2, round(rows_seen / len(rows)))
    steps, step = epochs * (len(rows) // BATCH), 0
    for epoch in range(epochs):
        total = 0.0
        for batch in torch.randperm(len(rows)).split(BATCH)[: len(rows) // BATCH]:
            step += 1
            for group in optimiser.param_groups:
                group["lr"] = rate * min(1.0, step / 200) * (1 - step / (steps + 1)) + 1e-5
            wanted = weights[batch]
            with torch.autocast("cpu", torch.bfloat16):
                scores = network(rows[batch].int()).float()
            losses = torch.nn.functional.cross_entropy(scores, targets[batch].long(), reduction="none")
            loss = (losses * wanted).sum() / wanted.sum()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            average.update_parameters(network)
            total += loss.item()
        log(f"epoch {epoch + 1} of {epochs}, {len(rows)} rows: loss {total / (len(rows) // BATCH):.4f}")
    found: _Network = average.module.eval()
    return found


def whole_numbers(network: _Network, aligned: Sequence[Aligned], inventory: Inventory) -> dict[str, NDArray[Any]]:
    """The weights as 8-bit numbers, with the scales that cswitch.core.romanisation.network reads.

    Args:
        network: A trained one.
        aligned: Examples to take the usual size of activations from.
        inventory: The one it was trained with.
    """
    rows = torch.from_numpy(examples(aligned[:: 1 + len(aligned) // 4000], inventory)[0])
    state = {name: value.numpy() for name, value in network.state_dict().items()}
    unit = float(max(np.abs(state["embedding.weight"]).max(), np.abs(state["written.weight"]).max())) / 127
    places = 2 * REACH + 2 + BACK
    first, first_unit = _eight_bits(state["first.weight"].T.reshape(places, EMBEDDING, FIRST))
    hidden, hidden_unit = _eight_bits(state["hidden.weight"].T)
    output, output_unit = _eight_bits(state["output.weight"].T)
    with torch.no_grad():
        one, two = (layer.numpy() for layer in network.layers(rows.int()))
    step_one = CEILING / np.quantile(one, 0.9998)
    sums = step_one / hidden_unit
    shift = int(np.ceil(np.log2(sums * np.quantile(two, 0.9998) / CEILING)))
    nat = sums / 2.0**shift / output_unit
    output_bias = np.rint(state["output_bias.weight"] * nat).astype(np.int32)
    if "hi" in inventory.symbol_id:
        output_bias[inventory.symbol_id[SILENT], inventory.chunk_id["a"]] -= round(RELUCTANCE * nat)
    return {
        "symbols": np.array(inventory.symbols),
        "chunks": np.array(inventory.chunks),
        "reach": np.int64(REACH),
        "back": np.int64(BACK),
        "embedding": np.rint(state["embedding.weight"] / unit).astype(np.int8),
        "written": np.rint(state["written.weight"] / unit).astype(np.int8),
        "first": first,
        "first_scale": np.float64(unit * first_unit * step_one * 2**FRACTION),
        "first_bias": np.rint(state["first.bias"] * step_one * 2**FRACTION).astype(np.int16),
        "hidden": hidden,
        "hidden_bias": np.rint(state["hidden.bias"] * sums).astype(np.int32),
        "shift": np.int64(shift),
        "output": output,
        "output_bias": output_bias,
        "allowed": inventory.allowed,
        "nat": np.float64(nat),
    }


def _eight_bits(values: NDArray[np.float32]) -> tuple[NDArray[np.int8], float]:
    """The nearest multiples of a unit, and the unit."""
    unit = float(np.abs(values).max()) / 127
    return np.rint(values / unit).astype(np.int8), unit
