"""A language tagger that is small, quick and needs no download."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import as_file, files
from itertools import chain as flattened
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cswitch.annotators.lid.chain import marginals, mixed_or_alone, with_names
from cswitch.annotators.lid.chosen import RARE, in_play
from cswitch.annotators.lid.model import MODEL_FILE, Lookup, Model
from cswitch.annotators.lid.words import BOUNDARY, WordTable
from cswitch.annotators.pos.network import WINDOW, Float, Layers
from cswitch.core.contracts import Tagging
from cswitch.core.errors import UsageError
from cswitch.core.measures.tags import NEUTRAL as NEUTRAL_TAGS
from cswitch.core.registry import suggest
from cswitch.core.text.scripts import check_language, scripts_for

SHIPPED = files("cswitch.data.models") / "lid.bin"
"""The tagger that comes along."""
_BLOCK = 1024
"""Tokens a pass: what a pass needs fits the second-level cache, and memory does not grow with the input."""
_BATCH = 1 << 16
"""Tokens decoded together."""
_BARRED = -1e4
"""Score, in nats, of a tag that is not in play."""
_FOREIGN = "fw"
_OTHER = "other"
_ANYWHERE = ("Latn", "Zyyy")
"""Scripts that say nothing of the language: people type any in Latin letters."""


class CompactTagger:
    """Tags by a small network over characters and neighbours, with a chain over the sentence.

    Args:
        model: A trained model.

    >>> tagger = CompactTagger.load()
    >>> tagger.tag([["main", "kal", "office", "nahi", "jaunga", "!"]], ["en", "hi"])[0].tags
    ['hi', 'hi', 'en', 'hi', 'hi', 'other']
    """

    name = "compact"

    def __init__(self, model: Model, *, model_bytes: int = 0) -> None:
        header = model.header
        self.tags = header.tags
        """What it can say, beside ``other`` and ``fw`` by rule."""
        self.languages = tuple(tag for tag in header.tags if tag not in NEUTRAL_TAGS)
        self.model_bytes = model_bytes
        self._rules = header.rules
        self._words = WordTable(Lookup(model), rules=header.rules)
        self._layers = Layers(header, model.matrices)
        self._scale = np.float32(header.score_scale)
        self._transitions = np.array(header.transitions, np.float32)
        self._alone = header.alone
        self._prior = np.array([RARE.get(lang, 0.0) for lang in self.languages], np.float32)
        self._names = np.array([*header.tags, _OTHER, _FOREIGN], dtype=object)

    @classmethod
    def load(cls, target: str = "") -> CompactTagger:
        """The tagger that comes along, or the one of a folder that ``cswitch train-tagger`` wrote.

        Args:
            target: The folder, or its model file; empty for the tagger that comes along.

        Raises:
            InputError: There is no model of this version.
        """
        if not target:
            return _shipped()
        path = Path(target)
        return cls._read(path / MODEL_FILE if path.is_dir() else path)

    @classmethod
    def _read(cls, path: Path) -> CompactTagger:
        model = Model.read(path)
        return cls(model, model_bytes=path.stat().st_size)

    def tag(
        self, batch: Sequence[Sequence[str]], languages: Sequence[str] = (), *, alternatives: int = 0
    ) -> list[Tagging]:
        """Tags for each sentence (see :class:`cswitch.core.contracts.Tagger`).

        A sentence's tags do not depend on the rest of the batch. Without ``languages``, each sentence gets the few
        that its words speak for.

        Raises:
            UsageError: A language is asked for that the tagger does not know.
        """
        columns = self._columns(languages)
        tagged: list[Tagging] = []
        start = count = 0
        for end, sentence in enumerate(batch, start=1):
            count += len(sentence)
            if count >= _BATCH or end == len(batch):
                tagged += self._tagged(batch[start:end], columns, alternatives)
                start, count = end, 0
        return tagged

    def _columns(self, languages: Sequence[str]) -> NDArray[np.intp] | None:
        """The numbers of the languages in play, or None for all."""
        if not languages:
            return None
        wanted = {check_language(lang) for lang in languages}
        unknown = sorted(wanted - set(self.languages))
        if unknown:
            raise UsageError(
                f"the tagger does not know {unknown[0]!r}", hint=suggest(unknown[0], sorted(self.languages))
            )
        return np.array([n for n, tag in enumerate(self.tags) if tag in wanted], np.intp)

    def _tagged(
        self, batch: Sequence[Sequence[str]], columns: NDArray[np.intp] | None, alternatives: int
    ) -> list[Tagging]:
        tokens = list(flattened.from_iterable(batch))
        sizes = np.fromiter(map(len, batch), np.intp, len(batch))
        numbers = self._words.numbered(tokens)
        sentence_of = np.repeat(np.arange(len(batch)), sizes)
        kept = np.flatnonzero(~self._words.neutral(numbers))
        found = np.full(len(tokens), len(self.tags), np.intp)
        sure = np.ones(len(tokens), np.float64)
        others: list[tuple[tuple[str, float], ...]] | None = None
        if alternatives:
            others = [((_OTHER, 1.0),)] * len(tokens)
        if len(kept):
            scores = self._scores(numbers, sentence_of)[kept]
            shares = np.minimum(self._shares(scores, sentence_of[kept], columns), 1)
            best = shares.argmax(axis=1)
            probability = shares[np.arange(len(kept)), best].astype(np.float64)
            foreign = self._foreign(numbers[kept], shares)
            best[foreign] = len(self.tags) + 1
            probability[foreign] = 1.0
            found[kept], sure[kept] = best, probability
            if others is not None:
                for at, row in zip(kept.tolist(), self._ranked(shares, foreign, alternatives), strict=True):
                    others[at] = row
        return _taggings(self._names[found].tolist(), np.round(sure, 6).tolist(), others, sizes.tolist())

    def _shares(self, scores: Float, sentence_of: NDArray[np.intp], columns: NDArray[np.intp] | None) -> Float:
        """The probability of each tag for each word, shape (words, tags)."""
        starts = np.flatnonzero(np.concatenate(([True], sentence_of[1:] != sentence_of[:-1])))
        lengths = np.diff(np.append(starts, len(scores)))
        if not self._rules:
            return self._tagged_freely(scores, lengths, columns)
        langs, names = scores[:, : len(self.languages)], scores[:, len(self.languages) :]
        if columns is None:
            allowed = np.repeat(in_play(langs, starts, lengths, self._prior), lengths, axis=0)
            langs = np.where(allowed, langs, np.float32(_BARRED))
            columns = np.arange(len(self.languages))
        either, word = with_names(np.ascontiguousarray(langs[:, columns]), names)
        step = self._transitions[np.ix_(columns, columns)]
        spoken = mixed_or_alone(either, lengths, step, self._alone)
        shares = np.zeros_like(scores)
        shares[:, columns] = spoken * word
        shares[:, -1] = (spoken * (1 - word)).sum(axis=1)
        return shares

    def _tagged_freely(self, scores: Float, lengths: NDArray[np.intp], columns: NDArray[np.intp] | None) -> Float:
        """The same for a tagger that learned all its tags from tagged text."""
        if columns is None:
            return marginals(scores, lengths, self._transitions).tokens
        columns = np.append(columns, [n for n, tag in enumerate(self.tags) if tag in NEUTRAL_TAGS]).astype(np.intp)
        shares = np.zeros_like(scores)
        some = np.ascontiguousarray(scores[:, columns])
        shares[:, columns] = marginals(some, lengths, self._transitions[np.ix_(columns, columns)]).tokens
        return shares

    def _scores(self, numbers: NDArray[np.intp], sentence_of: NDArray[np.intp]) -> Float:
        """The score of each tag for each token by the network, in nats, before the chain."""
        places = np.arange(len(numbers)) + WINDOW * (sentence_of + 1)
        padded = np.full(int(places[-1]) + WINDOW + 3, BOUNDARY, np.intp)
        padded[places + 1] = numbers
        count = len(padded) - 2 * WINDOW - 2
        scores: Float = np.empty((count, len(self.tags)), np.float32)
        for start in range(0, count, _BLOCK):
            end = min(start + _BLOCK, count)
            scores[start:end] = self._layers.scores(self._words.sums(padded[start : end + 2 * WINDOW + 2]))
        nats: Float = scores[places - WINDOW] * self._scale
        return nats

    def _foreign(self, numbers: NDArray[np.intp], shares: Float) -> NDArray[np.bool_]:
        """Which words are in a script that no language in play is written in."""
        if not self._rules:
            return np.zeros(len(numbers), np.bool_)
        fits = np.array([[s in _ANYWHERE or s in _scripts(tag) for tag in self.tags] for s in self._words.scripts])
        fitting = ((shares > 0) & fits[self._words.script(numbers)]).sum(axis=1)
        strange: NDArray[np.bool_] = np.equal(fitting, 0)
        return strange

    def _ranked(self, shares: Float, foreign: NDArray[np.bool_], count: int) -> list[tuple[tuple[str, float], ...]]:
        """The likeliest tags of each word."""
        order = np.argsort(-shares, axis=1, kind="stable")[:, :count]
        values = np.round(np.take_along_axis(shares, order, axis=1).astype(np.float64), 6)
        names = self._names[order]
        rows = zip(names.tolist(), values.tolist(), foreign.tolist(), strict=True)
        return [
            ((_FOREIGN, 1.0),)
            if strange
            else tuple((tag, value) for tag, value in zip(tags, row, strict=True) if value)
            for tags, row, strange in rows
        ]


def _taggings(
    tags: list[str],
    sure: list[float],
    others: list[tuple[tuple[str, float], ...]] | None,
    sizes: list[int],
) -> list[Tagging]:
    """What was found for all tokens, cut into sentences."""
    out: list[Tagging] = []
    start = 0
    for size in sizes:
        end = start + size
        out.append(Tagging(tags[start:end], sure[start:end], None if others is None else others[start:end]))
        start = end
    return out


@cache
def _shipped() -> CompactTagger:
    with as_file(SHIPPED) as path:
        return CompactTagger._read(path)


@cache
def _scripts(tag: str) -> frozenset[str]:
    return frozenset() if tag in NEUTRAL_TAGS else frozenset(scripts_for(tag))
