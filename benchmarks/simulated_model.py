"""A language model that is none: it mixes well-formed text at another level than it was asked for.

It knows the aligned pair. For each row it draws a CMI that misses the one asked for, on either side, and a way of
mixing; then it paraphrases: a synonym here, a word left out there, small letters, two neighbours in another order. What
it does to each token is known, so that its text can be counted without a tagger. Asked to write again, it obeys each
move it is told with some probability.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from cswitch.core.lexicon import Lexicon, grammar
from cswitch.core.seeds import rng
from cswitch.core.text.join import join
from cswitch.core.text.tokens import is_neutral
from cswitch.generators.prompting.contracts import Move
from cswitch.generators.switching.generator import SwitchGenerator
from cswitch.generators.switching.view import AlignedPair
from cswitch.schemas.sample import Sample
from cswitch.schemas.settings import SynthSettings

_WAYS: tuple[dict[str, str], ...] = (
    {"method": "insertion"},
    {"method": "nested"},
    {"method": "alternation"},
    {"method": "insertion", "units": "word", "constraint": "none"},
)
"""How it mixes: as speakers do, by clauses, and any word at all, as models do when they are pushed."""
_CLOSE = 4.0
"""How far from the CMI it means to write a way of mixing may take it."""


class Said(NamedTuple):
    """A token it wrote, with what nobody else can know."""

    text: str
    gap: bool | None
    lang: str


class SimulatedModel:
    """Writes mixed text for aligned pairs.

    Args:
        languages: The two sides.
        matrix: The matrix language.
        miss: Points of CMI that it misses by on average.
        paraphrase: Share of tokens that it says otherwise than its source.
        obedience: Probability, 0 to 1, that it follows a move.
        seed: Seed of all it draws.
    """

    def __init__(
        self,
        languages: tuple[str, str],
        matrix: str,
        *,
        miss: float = 15.0,
        paraphrase: float = 0.06,
        obedience: float = 0.7,
        seed: int = 0,
    ) -> None:
        self.languages, self.matrix, self.miss = languages, matrix, miss
        self.paraphrase, self.obedience, self.seed = paraphrase, obedience, seed
        other = languages[0] if languages[1] == matrix else languages[1]
        self.there = Lexicon.load(other, matrix)
        self.back = self.there.reversed()
        self.closed = {lang: grammar(lang)[0] for lang in languages}

    def write(self, pair: AlignedPair, asked: float) -> tuple[list[Said], float] | None:
        """A text, and the CMI it meant to write at; None when no way of mixing takes the pair so far off."""
        random = rng(self.seed, pair.id, str(asked), "write")
        off = random.uniform(self.miss * 2 / 3, self.miss * 4 / 3)
        sides = [asked + off, asked - off]
        random.shuffle(sides)
        for aim in sides:
            aim = min(48.0, max(0.0, aim))
            ways = list(_WAYS)
            random.shuffle(ways)
            for way in ways:
                sample = self._mixed(pair, aim, way)
                if sample and abs(float(sample.measures["cmi"] or 0) - aim) <= _CLOSE:
                    return self._paraphrased(_said(sample), random), aim
        return None

    def _mixed(self, pair: AlignedPair, aim: float, way: dict[str, str]) -> Sample | None:
        settings = SynthSettings(pair=self.languages, matrix=self.matrix, cmi=(aim, aim), seed=self.seed, **way)  # type: ignore[arg-type]
        made = SwitchGenerator(settings).generate(pair)
        return made[0] if isinstance(made, list) else None

    def _paraphrased(self, words: list[Said], random: Random) -> list[Said]:
        out: list[Said] = []
        for word in words:
            if is_neutral(word.text) or random.random() >= self.paraphrase:
                out.append(word)
            elif random.random() < 0.7:
                out.append(word._replace(text=self._synonym(word, random)))
            elif word.text.lower() not in self.closed.get(word.lang, ()):
                out.append(word)
        if random.random() < 0.2 and out:
            out[0] = out[0]._replace(text=out[0].text.lower())
        if random.random() < 0.15 and len(out) > 6:
            at = random.randrange(1, len(out) - 3)
            if not any(is_neutral(word.text) for word in out[at : at + 2]):
                out[at], out[at + 1] = out[at + 1], out[at]
        return out

    def _synonym(self, word: Said, random: Random) -> str:
        """Another word of the same language that shares a translation with it."""
        one, other = (self.back, self.there) if word.lang == self.matrix else (self.there, self.back)
        found = [
            again.word
            for over in one.translations(word.text)[:2]
            for again in other.translations(over.word)[:3]
            if again.word != word.text.lower() and " " not in again.word and again.prob > 0.1
        ]
        return random.choice(found) if found else word.text

    def rewrite(self, words: Sequence[Said], moves: Sequence[Move], key: str) -> list[Said]:
        """The text once more, each move followed with the probability of obedience."""
        random = rng(self.seed, key, "rewrite")
        out = list(words)
        for move in moves:
            if random.random() < self.obedience:
                out = self._moved(out, move)
        return out

    def _moved(self, words: list[Said], move: Move) -> list[Said]:
        stretch = move.words.split()
        for start in range(len(words)):
            end = start
            text = ""
            while end < len(words) and len(text) < len(move.words):
                end += 1
                text = join([w.text for w in words[start:end]], [w.gap for w in words[start:end]]).text
            if text == move.words:
                instead = move.instead.split() if move.instead else self._translated(words[start:end], move.to)
                new = [Said(t, True, move.to if not is_neutral(t) else "other") for t in instead]
                if new:
                    new[0] = new[0]._replace(gap=words[start].gap)
                return [*words[:start], *new, *words[end:]]
        assert stretch, "a move without words"
        return words

    def _translated(self, words: Sequence[Said], to: str) -> list[str]:
        lexicon = self.there if to == self.matrix else self.back
        out = []
        for word in words:
            found = lexicon.translations(word.text)
            out += found[0].word.split() if found else [word.text]
        return out


def _said(sample: Sample) -> list[Said]:
    before = [0, *(end for _, end in sample.offsets)]
    return [
        Said(token, bool(n) and start > end, lang)
        for n, (token, (start, _), end, lang) in enumerate(
            zip(sample.tokens, sample.offsets, before, sample.langs, strict=False)
        )
    ]
