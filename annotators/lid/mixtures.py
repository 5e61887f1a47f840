"""Mixed sentences from monolingual ones: what a tagger learns from where nobody tagged mixed text.

Stretches of one language are put one after the other (alternation) or into a sentence of another (insertion), in the
two ways that Muysken (2000) tells apart; tags come along.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from random import Random

from cswitch.core.contracts import TaggedSentence
from cswitch.core.errors import UsageError
from cswitch.core.measures.tags import NEUTRAL

Stretch = Sequence[tuple[str, str]]
"""Tokens with their tags, in one language but for neutral ones."""

_LONGEST = 24
"""Tokens of the longest stretch that is taken whole."""
_CONTENT = 4
"""Letters from which on a word is likely no function word."""


def mixtures(sentences: Sequence[TaggedSentence], count: int, *, seed: int) -> Iterator[TaggedSentence]:
    """Mixed sentences made from stretches of tagged ones, every other one by insertion.

    Args:
        sentences: Tagged sentences, mixed or not.
        count: How many to make.
        seed: Decides what is drawn.

    Raises:
        UsageError: All sentences are in one language.

    >>> plain = [TaggedSentence(["sol", "y", "mar"], ["es"] * 3), TaggedSentence(["nice", "day"], ["en"] * 2)]
    >>> sorted({tag for mixed in mixtures(plain, 4, seed=1) for tag in mixed.tags})
    ['en', 'es']
    """
    pools = stretches(sentences)
    if count and len(pools) < 2:
        raise UsageError(
            "mixtures need sentences of two languages", hint="leave out --augment, or add text of another language"
        )
    random = Random(seed)
    langs, sizes = list(pools), [len(pool) for pool in pools.values()]
    for number in range(count):
        first = random.choices(langs, sizes)[0]
        second = random.choice([lang for lang in langs if lang != first])
        mix = inserted if number % 2 else alternated
        mixed = mix(random.choice(pools[first]), pools[second], pools[first], random)
        yield TaggedSentence([token for token, _ in mixed], [tag for _, tag in mixed])


def stretches(sentences: Sequence[TaggedSentence]) -> dict[str, list[Stretch]]:
    """The stretches of each language, with the neutral tokens inside and after them."""
    found: defaultdict[str, list[Stretch]] = defaultdict(list)
    for sentence in sentences:
        named: list[tuple[str, tuple[str, str]]] = []
        lang = ""
        for token, tag in zip(sentence.tokens, sentence.tags, strict=True):
            lang = lang if tag in NEUTRAL else tag
            named.append((lang, (token, tag)))
        for key, group in groupby(named, key=lambda pair: pair[0]):
            if key:
                found[key].append([pair for _, pair in group])
    return dict(sorted(found.items()))


def inserted(matrix: Stretch, embedded: Sequence[Stretch], _: Sequence[Stretch], random: Random) -> Stretch:
    """A stretch with one to three short pieces of another language in it, in place of words or between them."""
    out = list(cut(matrix, _LONGEST, random))
    for _piece in range(random.choice((1, 1, 2, 3))):
        size = random.choice((1, 1, 1, 1, 2, 2, 3, 4))
        piece = list(cut(random.choice(embedded), size, random))
        if size == 1 and len(piece[0][0]) < _CONTENT:
            piece = list(cut(random.choice(embedded), size, random))
        at = random.randrange(len(out) + 1)
        out[at : at + (len(piece) if random.random() < 0.5 else 0)] = piece
    return out


def alternated(start: Stretch, others: Sequence[Stretch], same: Sequence[Stretch], random: Random) -> Stretch:
    """Two to four stretches of two languages in turn."""
    out = list(cut(start, random.randint(1, 12), random))
    for turn in range(random.choice((1, 1, 2, 3))):
        pool = same if turn % 2 else others
        out += cut(random.choice(pool), random.randint(1, 12), random)
    return out


def cut(stretch: Stretch, size: int, random: Random) -> Stretch:
    """A random piece of a stretch, ``size`` tokens at most."""
    if len(stretch) <= size:
        return stretch
    at = random.randrange(len(stretch) - size + 1)
    return stretch[at : at + size]
