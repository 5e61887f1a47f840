"""Sentence pairs made for tests, and what holds for the links of any aligner."""

from __future__ import annotations

import random
from collections.abc import Sequence

from hypothesis import strategies as st

from cswitch.core.contracts import Link, Sentence, TokenisedPair

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5).filter(lambda text: not text.isspace())
ODD = st.sampled_from(["|||", "||", "\u2028", "a b", "\t", "\x00", "0-0", "<eps>", "\u200d", "x" * 300, "१०", "🙂"])
TOKENS = st.lists(TEXT | ODD | st.sampled_from("the house is red la casa es roja 10 , .".split()), max_size=9)
PAIRS = st.lists(st.tuples(TOKENS, TOKENS), max_size=6)


def pair_of(source: Sequence[str], target: Sequence[str], langs: tuple[str, str] = ("en", "es")) -> TokenisedPair:
    """Two sentences of tokens."""
    one, two = (Sentence(lang, tuple(t), (None,) * len(t)) for lang, t in zip(langs, (source, target), strict=True))
    return TokenisedPair("", one, two)


def check(pairs: Sequence[TokenisedPair], links: Sequence[tuple[Link, ...]]) -> None:
    """What holds for the links of any aligner: one answer a pair, in range, sorted, once each, confidence 0 to 1."""
    assert len(links) == len(pairs)
    for pair, found in zip(pairs, links, strict=True):
        cells = [(link.source, link.target) for link in found]
        assert cells == sorted(set(cells))
        assert all(0 <= i < len(pair.source.tokens) and 0 <= j < len(pair.target.tokens) for i, j in cells)
        assert all(0 < link.confidence <= 1 for link in found)


def made_up(count: int, seed: int = 1) -> tuple[list[TokenisedPair], list[list[tuple[int, int]]]]:
    """Sentence pairs in two languages that nobody speaks, two neighbours turned round on one side, and their links."""
    chance = random.Random(seed)
    syllables = [a + b for a in "bdfgklmnprst" for b in "aeiou"]
    chance.shuffle(syllables)
    source = ["".join(chance.sample(syllables[:30], 3)) for _ in range(60)]
    target = ["".join(chance.sample(syllables[30:], 3)) for _ in range(60)]
    pairs, gold = [], []
    for _ in range(count):
        chosen = chance.sample(range(60), chance.randint(4, 9))
        order = list(range(len(chosen)))
        at = chance.randrange(len(chosen) - 1)
        order[at], order[at + 1] = order[at + 1], order[at]
        pairs.append(pair_of([source[k] for k in chosen], [target[chosen[k]] for k in order], ("tlh", "qya")))
        gold.append(sorted((k, j) for j, k in enumerate(order)))
    return pairs, gold
