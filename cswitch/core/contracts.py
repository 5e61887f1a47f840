"""The Protocols that components meet, and the small records they exchange."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

import msgspec


class Sentence(msgspec.Struct, frozen=True, gc=False):
    """One side of a pair, tokenised."""

    lang: str
    """BCP-47 primary subtag."""
    tokens: tuple[str, ...]
    """Tokens in order; joined by ``gaps`` they give the text back, white space apart."""
    gaps: tuple[bool | None, ...]
    """One a token: True when white space precedes it, False when none does, None when it is not known."""


class Link(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One word-alignment link."""

    source: int
    """0-based token index on the first side of the pair."""
    target: int
    """0-based token index on the second side."""
    confidence: float = 1.0
    """0 to 1; 1 for links that were given."""


class TokenisedPair(msgspec.Struct, frozen=True, gc=False):
    """Two sentences that translate each other."""

    id: str
    source: Sentence
    """The first side of the pair."""
    target: Sentence
    """The second side of the pair."""
    links: tuple[Link, ...] | None = None
    """Links that came with the input, or None."""


@runtime_checkable
class Aligner(Protocol):
    """Finds which tokens of a pair translate each other."""

    name: str

    def align(self, batch: Sequence[TokenisedPair]) -> list[tuple[Link, ...]]:
        """Links for each pair, in the order of the batch, sorted by (source, target)."""
        ...


@runtime_checkable
class CorpusAligner(Protocol):
    """An aligner that learns from all the pairs it is to align; :meth:`align` takes its batch for the corpus."""

    name: str

    def align(self, batch: Sequence[TokenisedPair]) -> list[tuple[Link, ...]]:
        """The same as :meth:`align_corpus`, as a list."""
        ...

    def align_corpus(self, pairs: Iterable[TokenisedPair]) -> Iterator[tuple[Link, ...]]:
        """Links for each pair, in order, sorted by (source, target).

        The pairs are gone through once, before the first links are given; memory does not hold all of their texts.
        """
        ...


@runtime_checkable
class PosTagger(Protocol):
    """Gives every token a part of speech."""

    name: str

    def tag(self, batch: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
        """A label a token: a UPOS name, for some followed by a dot and a feature.

        ``VERB.Fin``, ``VERB.Inf``, ``VERB.Part``, ``VERB.Ger`` (the same for AUX), ``NOUN.Sing``, ``NOUN.Plur``;
        everything before the dot is always a Universal Dependencies UPOS tag.
        """
        ...


class Tagging(msgspec.Struct, frozen=True, gc=False):
    """The language of every token of a sentence; the lists are parallel, one entry a token."""

    tags: list[str]
    """A BCP-47 primary subtag, or other, ne, ambiguous, mixed, fw, unk."""
    probabilities: list[float]
    """How sure the tagger is of each tag, 0 to 1; 1 where a rule decides (punctuation, numbers, links)."""
    alternatives: list[tuple[tuple[str, float], ...]] | None = None
    """The likeliest tags of each token with their probabilities, the best first; None when not asked for."""


class TaggedSentence(NamedTuple):
    """A sentence whose tags are known: what a language tagger learns from and is measured on."""

    tokens: Sequence[str]
    tags: Sequence[str]
    """One a token: a language, or other, ne, ambiguous, mixed, fw, unk."""


@runtime_checkable
class Tagger(Protocol):
    """Tells the language of every token."""

    name: str

    def tag(
        self, batch: Sequence[Sequence[str]], languages: Sequence[str] = (), *, alternatives: int = 0
    ) -> list[Tagging]:
        """Tags for each sentence, in the order of the batch; every token gets one, and a sentence may be empty.

        Args:
            batch: Tokens of each sentence. A large batch is fine: a tagger cuts it as suits its device.
            languages: The languages in play (BCP-47 primary subtags), when they are known; no other is given then.
                Empty lets the tagger find them.
            alternatives: How many of the likeliest tags to give for each token.

        Raises:
            UsageError: A language is asked for that the tagger does not know.
        """
        ...


@runtime_checkable
class Romaniser(Protocol):
    """Writes words of one script in Latin letters."""

    name: str

    def romanise(self, words: Sequence[str]) -> list[str]:
        """The Latin spelling of each word; a word already in Latin letters, a number or a mark comes back as it is."""
        ...


@runtime_checkable
class VariedRomaniser(Romaniser, Protocol):
    """A romaniser that knows several spellings of a word."""

    def variants(self, words: Sequence[str]) -> list[tuple[tuple[str, float], ...]]:
        """The spellings that people use for each word, each with its probability, the most probable first.

        Probabilities of a word add up to 1; the first spelling is what ``romanise`` gives.
        """
        ...


@runtime_checkable
class Deromaniser(Protocol):
    """Writes words typed in Latin letters in the native script of their language."""

    name: str

    def deromanise(self, words: Sequence[str]) -> list[str]:
        """The native spelling of each word; numbers, marks and words not in Latin letters come back as they are."""
        ...

    def candidates(self, words: Sequence[str]) -> list[tuple[tuple[str, float], ...]]:
        """Native spellings of each word with their probabilities, the most probable first."""
        ...


class Translated(NamedTuple):
    """A translation, or why there is none."""

    text: str
    """Empty when there is none."""
    links: tuple[Link, ...] | None = None
    """Links from the tokens of the text to those of the translation, where the translator knows them (a gloss does)."""
    problem: str = ""
    """Why there is no translation."""


@runtime_checkable
class Translator(Protocol):
    """Gives texts in another language."""

    name: str

    async def translate(self, texts: Sequence[str], source: str, target: str) -> list[Translated]:
        """A translation of each text, in their order.

        Args:
            texts: Texts in the source language; one may be empty.
            source: BCP-47 primary subtag.
            target: BCP-47 primary subtag.

        Raises:
            UsageError: The translator does not know a language.
        """
        ...
