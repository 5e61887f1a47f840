"""Mixed sentences of all the languages, as the default language tagger learns from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random
from typing import NamedTuple

from cswitch.annotators.lid.mixtures import alternated, cut, frequent, inserted
from cswitch.core.noise.plan import NoisePlan
from cswitch.core.text.tokens import is_neutral
from scripts.lid_sources import LANGUAGES, NAME, OTHER, ROMANISED, Line

Pools = Mapping[tuple[str, str], Sequence[Line]]

ROMAN = dict.fromkeys(ROMANISED, 0.7) | {"ar": 0.4}
"""Share of the lines of a language that is in Latin letters."""
LIST, CHAT = 0.15, 0.25
"""Shares of lines from word lists, and of everyday utterances."""
ALONE, INSERTED = 0.4, 0.35
"""Shares of sentences in one language and of insertions; the rest alternates."""
WITH_ENGLISH = 0.65
GIVEN = 0.6
"""Share of sentences whose languages are given."""
ARABIZI = 0.03
"""Share of sentences of Arabic and French that people mixed and tagged."""
TITLED, CALLED, TWEETED, NOISY, LOWER, UPPER = 0.14, 0.12, 0.12, 0.15, 0.4, 0.04
"""Shares of sentences with a title, an interjection or a web token, with noise, in lower case, in capitals."""
BORROWED = 0.35
"""Share of English pieces in South Asian text that are a word which these languages borrow."""
_LONGEST = 30
KINDS = ("native", "chat", "roman", "roman-chat")
"""Kinds of running text."""
WEIGHTS = {"es": 3.0, "hi": 3.0} | {lang: 1.5 for lang in ROMANISED if lang != "hi"}
INTERJECTIONS = (
    "haha hahaha hahahaha hehe hehehe jaja lol LOL lmao wow Wow oh ah Ah Oh hmm hmmm ok OK Ok okay xd XD omg OMG wtf "
    "hey Hey ay uff yay eh yeah pls plz RT rt tv TV pm am vs dr mr sms cd dvd pc usb cm kg km app web online email "
    "sorry bye hi"
).split()
"""What is said in every language, and so tells none."""
WEB = (
    "@user",
    "@maria_22",
    "https://example.org/a",
    "#tag",
    "😂",
    "❤️",
    ":)",
    "...",
    "!!!",
    "12",
    "2020",
    "(",
    '"',
    "-",
)


class Mixed(NamedTuple):
    """A sentence to learn from."""

    tokens: list[str]
    tags: list[str]
    """A language, ``ne``, ``other``, or nothing where the tag is not known."""
    given: tuple[str, ...]
    """The languages in play, when they are given."""


class Mixer:
    """Draws mixed sentences.

    Args:
        pools: Lines by language and kind (see :func:`scripts.lid_sources.pools`).
        seed: Decides everything.
    """

    def __init__(self, pools: Pools, seed: int) -> None:
        self._pools = pools
        self._seed = seed
        self._random = Random(seed)
        self._others = [lang for lang in LANGUAGES if lang != "en"]
        self._weights = [WEIGHTS.get(lang, 1.2) for lang in self._others]
        self._chat = NoisePlan.parse("chat")
        self._titles = [line for line in pools["en", "native"] if len(line) < 12] + list(pools["en", "chat"])
        self._borrowed = self._loans()
        self._closed = {
            lang: frozenset().union(*(frequent(pools.get((lang, kind), ())) for kind in KINDS)) for lang in LANGUAGES
        }

    def draw(self, number: int) -> Mixed:
        """The sentence of a number."""
        random = self._random
        first, second = self._pair()
        if random.random() < ARABIZI:
            first, second = "ar", "fr"
            mixed = list(cut(random.choice(self._pools["ar", "roman"]), _LONGEST, random))
        else:
            mixed = self._mixed(first, second)
        if random.random() < TITLED:
            self._put(mixed, self._title())
        if random.random() < CALLED:
            self._put(mixed, [(random.choice(INTERJECTIONS), "")])
        if random.random() < TWEETED:
            for _ in range(random.choice((1, 1, 2, 3))):
                self._put(mixed, [(random.choice(WEB), OTHER)], ends=True)
        tokens, tags = self._typed([token for token, _ in mixed], [tag for _, tag in mixed], first, number)
        return Mixed(tokens, tags, (first, second) if random.random() < GIVEN else ())

    def _pair(self) -> tuple[str, str]:
        random = self._random
        if random.random() >= WITH_ENGLISH:
            first, second = random.sample(self._others, 2)
            return first, second
        other = random.choices(self._others, self._weights)[0]
        return ("en", other) if random.random() < 0.5 else (other, "en")

    def _mixed(self, first: str, second: str) -> list[tuple[str, str]]:
        random = self._random
        own, other = self._pool(first), self._pool(second)
        way = random.random()
        start = random.choice(own)
        if way < ALONE:
            return list(cut(start, _LONGEST, random))
        if way >= ALONE + INSERTED:
            return list(alternated(start, other, own, random))
        if second == "en" and first in ROMANISED and random.random() < BORROWED:
            other = self._borrowed
        return list(inserted(start, other, random, self._closed[second]))

    def _pool(self, lang: str) -> Sequence[Line]:
        random = self._random
        roman = "roman" if random.random() < ROMAN.get(lang, 0) else ""
        kind = random.random()
        name = "list" if kind < LIST else "chat" if kind < LIST + CHAT else ""
        for names in ((roman, name), (roman, "")):
            if pool := self._pools.get((lang, "-".join(filter(None, names)) or "native")):
                return pool
        return self._pools[lang, "native"]

    def _title(self) -> list[tuple[str, str]]:
        """A title or a name of several words."""
        random = self._random
        small = random.random() < 0.5
        piece = cut(random.choice(self._titles), random.choice((1, 2, 2, 3, 3, 4, 5)), random)
        named = [
            word if at and small and len(word) < 4 else word[:1].upper() + word[1:]
            for at, (word, _) in enumerate(piece)
        ]
        return [(word, OTHER if is_neutral(word) else NAME) for word in named]

    def _put(self, mixed: list[tuple[str, str]], piece: list[tuple[str, str]], *, ends: bool = False) -> None:
        places = (0, len(mixed)) if ends and self._random.random() < 0.7 else range(len(mixed) + 1)
        at = self._random.choice(places)
        mixed[at:at] = piece

    def _typed(self, tokens: list[str], tags: list[str], lang: str, number: int) -> tuple[list[str], list[str]]:
        """The sentence as somebody types it; without capitals nothing tells a name."""
        random = self._random
        if random.random() < NOISY:
            tokens = self._chat.apply(tokens, [tag or lang for tag in tags], [self._seed, number])
        case = random.random()
        if case < LOWER + UPPER:
            tokens = [token.lower() if case < LOWER else token.upper() for token in tokens]
            tags = ["" if tag == NAME else tag for tag in tags]
        return tokens, [
            OTHER if is_neutral(token) else "" if tag == OTHER else tag for token, tag in zip(tokens, tags, strict=True)
        ]

    def _loans(self) -> list[Line]:
        """The English words met in South Asian text in Latin letters, as often as they are."""
        counts: Counter[str] = Counter()
        for lang in ROMANISED:
            counts.update(word for line in self._pools[lang, "roman"] for word, tag in line if tag == "en")
        return [((word, "en"),) for word, count in sorted(counts.items()) for _ in range(min(count, 20))]
