"""Which stretches of a learner's sentence are switched: six ways to choose, all of them beside its errors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import Literal, NamedTuple, get_args

from cswitch.core.errors import UsageError
from cswitch.core.m2 import Edit
from cswitch.core.registry import suggest
from cswitch.core.text.spacing import CLITICS
from cswitch.core.text.tokens import is_neutral

Method = Literal["ratio-token", "cont-token", "rand-phrase", "ratio-phrase", "overlap-phrase", "noun-token"]
METHODS: tuple[Method, ...] = get_args(Method)
"""Every way to choose."""
Span = tuple[int, int]
"""First token, and the index after the last."""
UNEDITED_RATIO = 0.15
"""Share of the sentence that a phrase should have where overlap-phrase finds no edit, as in the code of the paper."""

_NP = "D?(?:#|a?[AK])*[NP]+"
_SHAPES = {
    "NP": [re.compile(_NP)],
    "NP+PP": [re.compile(f"{_NP}p{_NP}")],
    "PP": [re.compile(f"p{_NP}")],
    "VP": [re.compile(f"X*T?a*[VBGK](?:{_NP})?(?:p{_NP})?"), re.compile("X*T?a*[VBGK]")],
    "ADJP": [re.compile("a*A+(?![#AKNP])")],
    "ADVP": [re.compile("a+(?![AK])")],
}
"""Phrases over parts of speech, one letter a token (:mod:`cswitch.generators.switching.letters`)."""


class Choice(NamedTuple):
    """What was asked for, what there is, and what was chosen."""

    asked: int
    """Tokens of the learner's sentence that were to be switched."""
    low: int
    """Fewest that could be."""
    high: int
    """Most that could be."""
    spans: tuple[Span, ...]
    """What is switched, ascending; empty when nothing can be."""

    @property
    def done(self) -> int:
        """Tokens that are switched."""
        return sum(end - start for start, end in self.spans)


class Sentence(NamedTuple):
    """What a way to choose may look at."""

    tokens: Sequence[str]
    """The sentence."""
    letters: str
    """Parts of speech, a letter a token; empty when they are not known."""
    edits: Sequence[Edit]
    """Its errors."""
    has: Callable[[int, int], bool]
    """Whether a stretch has a counterpart."""
    kinds: tuple[str, ...]
    """Kinds of phrases that may be switched."""


def method_of(name: str) -> Method:
    """A way to choose by its name.

    Raises:
        UsageError: There is none of that name.

    >>> method_of("noun-tokens")
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: select: unknown way to choose 'noun-tokens'; did you mean 'noun-token'? ...
    """
    found = next((method for method in METHODS if method == name), None)
    if found is None:
        raise UsageError(f"select: unknown way to choose {name!r}", hint=suggest(name, list(METHODS)))
    return found


def choose(method: Method, sentence: Sentence, ratio: float, random: Random) -> Choice:
    """Chooses what is switched.

    Args:
        method: How.
        sentence: Of what.
        ratio: Share of the tokens, 0 to 1, for the ways that go by it.
        random: Decides among what is equally good.
    """
    asked = max(1, int(ratio * len(sentence.tokens)))
    if method == "ratio-token":
        return _tokens(asked, _singles(sentence, range(len(sentence.tokens))), random)
    if method == "noun-token":
        nouns = [at for at, letter in enumerate(sentence.letters) if letter in "NP"]
        return _tokens(1, _singles(sentence, nouns), random)
    if method == "cont-token":
        return _nearest(asked, asked, _runs(sentence), random)
    phrases = [span for span in phrase_spans(sentence.letters, sentence.kinds) if _free(sentence, span)]
    if method == "ratio-phrase":
        wanted = ratio * len(sentence.tokens)
        return _nearest(max(1, int(wanted + 0.5)), wanted, phrases, random)
    if method == "rand-phrase":
        return _one(phrases, phrases, random)
    if any(edit.corrects for edit in sentence.edits):
        longest = max((end - start for start, end in phrases), default=0)
        return _one(phrases, [span for span in phrases if span[1] - span[0] == longest], random)
    usual = UNEDITED_RATIO * len(sentence.tokens)
    return _nearest(max(1, int(usual + 0.5)), usual, phrases, random)


def phrase_spans(letters: str, kinds: Iterable[str]) -> list[Span]:
    """Phrases of a sentence, all that are not the whole of it, ascending.

    Args:
        letters: Parts of speech, a letter a token.
        kinds: ``NP``, ``NP+PP`` (one with a prepositional phrase after it), ``PP``, ``VP``, ``ADJP``, ``ADVP``.

    >>> phrase_spans("RVDANpDN.", ["NP", "NP+PP", "PP"])
    [(2, 5), (2, 8), (5, 8), (6, 8)]
    """
    found = {match.span() for kind in kinds for shape in _SHAPES[kind] for match in shape.finditer(letters)}
    words = [at for at, letter in enumerate(letters) if letter != "."]
    return sorted(span for span in found if words and not (span[0] <= words[0] and words[-1] < span[1]))


def _singles(sentence: Sentence, places: Iterable[int]) -> list[Span]:
    spans = [(at, at + 1) for at in places if not is_neutral(sentence.tokens[at])]
    return [span for span in spans if _free(sentence, span)]


def _runs(sentence: Sentence) -> list[Span]:
    """Every stretch that begins and ends with a word, holds no error, and has a counterpart."""
    count = len(sentence.tokens)
    words = [not is_neutral(token) for token in sentence.tokens]
    found: list[Span] = []
    for start in range(count):
        if not words[start]:
            continue
        for end in range(start + 1, count + 1):
            if (start, end) == (0, count) or _touched(sentence.edits, start, end):
                break
            if words[end - 1] and _free(sentence, (start, end)):
                found.append((start, end))
    return found


def _free(sentence: Sentence, span: Span) -> bool:
    return not _parts_clitic(sentence.tokens, *span) and not _touched(sentence.edits, *span) and sentence.has(*span)


def _parts_clitic(tokens: Sequence[str], start: int, end: int) -> bool:
    """Whether a stretch would take a clitic, such as ``n't``, from its word, or the word from it."""
    return tokens[start].lower() in CLITICS or (end < len(tokens) and tokens[end].lower() in CLITICS)


def _touched(edits: Iterable[Edit], start: int, end: int) -> bool:
    """Whether an error lies in a stretch; one that something is missing at either end does not."""
    return any(
        max(start, edit.start) < min(end, edit.end) or (edit.start == edit.end and start < edit.start < end)
        for edit in edits
        if edit.corrects
    )


def _tokens(asked: int, reachable: Sequence[Span], random: Random) -> Choice:
    """As many single tokens as were asked for, or all there are; every set of that many is equally likely."""
    spans = random.sample(reachable, min(asked, len(reachable)))
    return Choice(asked, min(1, len(reachable)), len(reachable), tuple(sorted(spans)))


def _nearest(asked: int, wanted: float, spans: Sequence[Span], random: Random) -> Choice:
    """A stretch of the length nearest to what is wanted; those equally near share the draw."""
    if not spans:
        return Choice(asked, 0, 0, ())
    nearest = min(abs(end - start - wanted) for start, end in spans)
    return _one(spans, [span for span in spans if abs(span[1] - span[0] - wanted) == nearest], random)._replace(
        asked=asked
    )


def _one(spans: Sequence[Span], best: Sequence[Span], random: Random) -> Choice:
    """One of the best stretches, each equally likely; what is asked for is what it has."""
    if not best:
        return Choice(1, 0, 0, ())
    start, end = random.choice(best)
    lengths = [last - first for first, last in spans]
    return Choice(end - start, min(lengths), max(lengths), ((start, end),))
