"""Mixed sentences from monolingual ones: what a tagger learns from where nobody tagged mixed text.

Stretches of one language are put one after the other (alternation) or into a sentence of another (insertion), in the
two ways that Muysken (2000) tells apart; tags come along.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from random import Random

from cswitch.core.contracts import TaggedSentence
from cswitch.core.errors import UsageError
from cswitch.core.measures.tags import NEUTRAL

Stretch = Sequence[tuple[str, str]]
"""Tokens with their tags, in one language but for neutral ones."""

_LONGEST = 24
"""Tokens of the longest stretch that is taken whole."""
_CLOSED = 100
"""Words of a language met most: hardly ever do they enter another language alone."""
_TRIES = 4


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
    closed = {lang: frequent(pool) for lang, pool in pools.items()}
    for number in range(count):
        first = random.choices(langs, sizes)[0]
        second = random.choice([lang for lang in langs if lang != first])
        start = random.choice(pools[first])
        if number % 2:
            mixed = inserted(start, pools[second], random, closed[second])
        else:
            mixed = alternated(start, pools[second], pools[first], random)
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


def frequent(pool: Iterable[Stretch]) -> frozenset[str]:
    """The words of a language met most, in lower case: nearly all are function words where there is enough text."""
    counts = Counter(token.lower() for stretch in pool for token, tag in stretch if tag not in NEUTRAL)
    return frozenset(word for word, _ in counts.most_common(min(_CLOSED, len(counts) // 10)))


def inserted(matrix: Stretch, embedded: Sequence[Stretch], random: Random, closed: frozenset[str]) -> Stretch:
    """A stretch with one to three short pieces of another language in it, in place of words or between them.

    A word of the closed classes enters with its neighbours, not alone (Joshi, 1985).

    Args:
        matrix: The stretch.
        embedded: Stretches of the other language.
        random: Decides what is drawn.
        closed: Words that do not enter alone, in lower case.
    """
    out = list(cut(matrix, _LONGEST, random))
    for _piece in range(random.choice((1, 1, 2, 3))):
        size = random.choice((1, 1, 1, 1, 2, 2, 3, 4))
        piece = cut(random.choice(embedded), size, random)
        for _try in range(_TRIES):
            if any(tag not in NEUTRAL and token.lower() not in closed for token, tag in piece):
                break
            piece = cut(random.choice(embedded), size, random)
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
