"""The aligner that compares words by the vectors of a multilingual encoder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from cswitch.core.contracts import Link, TokenisedPair
from cswitch.core.devices import Budget
from cswitch.core.errors import RunError, UsageError
from cswitch.core.registry import suggest
from cswitch.generators.alignment.embedding.encoder import Encoded, Encoder
from cswitch.generators.alignment.embedding.extraction import Found, check, extract, fill_gaps, unit
from cswitch.generators.alignment.embedding.subwords import Ints, Rows

if TYPE_CHECKING:
    import torch

LEVELS = ("subword", "word")
HELD_CHARACTERS = 1 << 18
"""Characters of the pairs whose vectors are held at a time, about 1,000 pairs; a character gives a sub-word at most."""

HELD_CELLS = 1 << 21
"""Cells of the similarity tables of a batch, padding included."""


class EmbeddingAligner:
    """Links words whose vectors, in the context of their sentences, are near each other; nothing is trained.

    The methods are those of SimAlign (Jalili Sabet et al., 2020: ``argmax``, ``itermax``, ``match``) and of
    awesome-align (Dou and Neubig, 2021: ``softmax``). The confidence of a link is the product of both directions'
    probabilities for ``softmax`` and the cosine, 0 where it is negative, for the others, with four decimals; at the
    level of sub-words it is that of the best linked sub-words.

    Args:
        source_lang: Language of the first side; the model must know it, which is not checked.
        target_lang: Language of the second side.
        model: A folder that has model and tokenizer, or the name of a model.
        layer: Layer of the encoder whose vectors are compared; 0 is the embeddings.
        method: ``argmax`` (most precise), ``itermax``, ``match`` (most links) or ``softmax``.
        threshold: ``softmax``: least probability in each direction, 0.001 by default. Others: least confidence.
        level: ``subword``: words are linked when any of their sub-words are. ``word``: by the mean of their vectors.
        gap_fill: Also link words that are left over with each other: more recall, less precision.
        device: ``auto``, ``cpu``, ``cuda`` or ``cuda:N``.
        dtype: ``auto``, ``float32``, ``bfloat16`` or ``float16``.
        max_tokens_per_batch: Sub-words of a batch, padding included, by default 512 on a processor and 16,384 on a GPU;
            it is halved when the memory runs out.

    Raises:
        MissingExtraError: torch or transformers is not installed.
        UsageError: There is no such model, layer, method, level, device or dtype.
    """

    name = "embedding"

    def __init__(
        self,
        source_lang: str,
        target_lang: str,
        *,
        model: str,
        layer: int = 8,
        method: str = "itermax",
        threshold: float | None = None,
        level: str = "subword",
        gap_fill: bool = False,
        device: str = "auto",
        dtype: str = "auto",
        max_tokens_per_batch: int | None = None,
    ) -> None:
        check(method, threshold)
        if level not in LEVELS:
            raise UsageError(f"unknown level {level!r}", hint=suggest(level, list(LEVELS)))
        self.languages = source_lang, target_lang
        self.method, self.threshold, self.level, self.gap_fill = method, threshold, level, gap_fill
        self._model = model
        self._encoder = Encoder(
            model, layer=layer, device=device, dtype=dtype, max_tokens_per_batch=max_tokens_per_batch
        )
        self._budget = Budget(HELD_CELLS, "pair")

    def align(self, batch: Sequence[TokenisedPair]) -> list[tuple[Link, ...]]:
        """Links for each pair, sorted by (source, target).

        What a pair gets does not depend on the others, but for the rounding of the encoder's numbers; in half precision
        a doubtful link may come or go with them.

        Raises:
            RunError: There is no memory for one pair alone, or the encoder gave what is no number.
        """
        found: list[tuple[Link, ...]] = []
        for window in _windows(batch):
            found.extend(self._align(window))
        return found

    def _align(self, pairs: Sequence[TokenisedPair]) -> list[tuple[Link, ...]]:
        numbers: dict[tuple[str, ...], int] = {}
        sides = np.array(
            [[numbers.setdefault(side.tokens, len(numbers)) for side in (p.source, p.target)] for p in pairs]
        )
        encoded = self._encoder.encode(list(numbers))
        if not bool(encoded.vectors.isfinite().all()):
            raise RunError(f"model {self._model!r} gave what is no number", hint="use dtype float32")
        if self.level == "word":
            encoded = words_of(encoded)
        if self.method != "softmax":
            encoded = Encoded(unit(encoded.vectors), encoded.rows)
        return grouped(self._cells(encoded, sides), len(pairs))

    def _cells(self, encoded: Encoded, sides: Ints) -> Cells:
        """Linked words of all pairs, a row each: pair, source word, target word; and the confidence of each."""
        rows = encoded.rows
        sizes = rows.counts[sides]
        order = np.argsort(-sizes.sum(1), kind="stable")
        order = order[sizes[order].all(1)]
        cells: list[Cells] = []

        def work(start: int, end: int) -> None:
            chosen = order[start:end]
            places, confidence = self._extract(encoded, rows.starts[sides[chosen]], sizes[chosen])
            starts = rows.starts[sides[chosen[places[:, 0]]]]
            words = rows.words[starts + places[:, 1:]]
            cells.append((np.column_stack([chosen[places[:, 0]], words]), confidence))

        self._budget.run([(int(m), int(n)) for m, n in sizes[order]], work)
        return np.concatenate([EMPTY[0], *[c for c, _ in cells]]), np.concatenate([EMPTY[1], *[c for _, c in cells]])

    def _extract(self, encoded: Encoded, starts: Ints, sizes: Ints) -> Cells:
        """Linked rows of a batch of pairs: place in the batch, row and column; and the confidence of each."""
        left, left_words, left_valid = _padded(encoded, starts[:, 0], sizes[:, 0])
        right, right_words, right_valid = _padded(encoded, starts[:, 1], sizes[:, 1])
        valid = left_valid[:, :, None] & right_valid[:, None, :]
        found: Found = extract(left, right, valid, self.method, self.threshold)
        if self.gap_fill:
            found = fill_gaps(found, left_words, right_words)
        return found.links.nonzero().cpu().numpy(), found.confidence[found.links].cpu().numpy()


Cells = tuple[Ints, npt.NDArray[np.floating[Any]]]
EMPTY: Cells = np.zeros((0, 3), dtype=np.int64), np.zeros(0)


def words_of(encoded: Encoded) -> Encoded:
    """Words instead of sub-words: the mean of a word's vectors stands for it.

    >>> import torch
    >>> rows = Rows(starts=np.array([0, 3]), counts=np.array([3, 1]), words=np.array([0, 0, 2, 0]))
    >>> words = words_of(Encoded(torch.tensor([[1.0], [3.0], [5.0], [7.0]]), rows))
    >>> words.vectors.tolist(), words.rows.counts.tolist(), words.rows.words.tolist()
    ([[2.0], [5.0], [7.0]], [2, 1], [0, 2, 0])
    """
    vectors, rows = encoded
    first = np.ones(len(rows.words), dtype=bool)
    first[1:] = rows.words[1:] != rows.words[:-1]
    first[rows.starts[rows.counts > 0]] = True
    word_of = np.cumsum(first) - 1
    before = np.concatenate([[0], np.cumsum(first)])
    sums = vectors.new_zeros(int(first.sum()), vectors.shape[1])
    sums.index_add_(0, _on(vectors, word_of), vectors)
    sums /= _on(vectors, np.bincount(word_of))[:, None]
    starts = before[rows.starts]
    return Encoded(sums, Rows(starts, before[rows.starts + rows.counts] - starts, rows.words[first]))


def grouped(cells: Cells, pairs: int) -> list[tuple[Link, ...]]:
    """The links of each pair, sorted; of cells that stand more than once, the most confident counts.

    >>> grouped((np.array([[1, 2, 0], [1, 0, 0], [1, 2, 0]]), np.array([0.5, 0.25, 0.75])), 2)
    [(), (Link(source=0, target=0, confidence=0.25), Link(source=2, target=0, confidence=0.75))]
    """
    places, confidence = cells
    order = np.lexsort((-confidence, places[:, 2], places[:, 1], places[:, 0]))
    places, confidence = places[order], confidence[order]
    first = np.ones(len(places), dtype=bool)
    first[1:] = (places[1:] != places[:-1]).any(1)
    places = places[first]
    values = np.round(np.clip(confidence[first].astype(np.float64), 0, 1), 4).tolist()
    links = [Link(i, j, value) for (_, i, j), value in zip(places.tolist(), values, strict=True)]
    ends = np.searchsorted(places[:, 0], np.arange(pairs + 1)).tolist()
    return [tuple(links[start:end]) for start, end in pairwise(ends)]


def _windows(batch: Sequence[TokenisedPair]) -> Iterator[Sequence[TokenisedPair]]:
    """Stretches of the batch whose vectors are held at a time."""
    start = held = 0
    for end, pair in enumerate(batch):
        size = sum(map(len, pair.source.tokens)) + sum(map(len, pair.target.tokens))
        if held and held + size > HELD_CHARACTERS:
            yield batch[start:end]
            start, held = end, 0
        held += size
    if batch:
        yield batch[start:]


def _padded(encoded: Encoded, starts: Ints, counts: Ints) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Vectors, words and validity of sentences, of shape [sentences, longest, ...]."""
    width = np.arange(counts.max())
    valid = width < counts[:, None]
    index = np.where(valid, starts[:, None] + width, 0)
    vectors = encoded.vectors
    words = np.where(valid, encoded.rows.words[index], -1)
    return vectors[_on(vectors, index)], _on(vectors, words), _on(vectors, valid)


def _on(like: torch.Tensor, array: npt.NDArray[Any]) -> torch.Tensor:
    """An array on the device of a tensor."""
    import torch

    return torch.from_numpy(array).to(like.device)
