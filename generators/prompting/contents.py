"""What a mixed text must have kept of its source, and must not have made up: numbers, names, URLs, placeholders."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.fuzz import ratio

from cswitch.core.pos import upos
from cswitch.core.text.join import join
from cswitch.core.text.placeholders import PLACEHOLDER
from cswitch.core.text.tokens import token_class, tokenise
from cswitch.generators.alignment.similarity import sounds_alike
from cswitch.generators.alignment.vocabulary import plain_number
from cswitch.generators.prompting.contracts import Brief, Candidate
from cswitch.generators.prompting.matching import forms
from cswitch.generators.switching.view import AlignedPair

_FIXED = frozenset({"url", "mention", "hashtag"})
_DIGITS = re.compile(r"\d[\d.,:/٫٬]*\d|\d")
_POSSESSIVE = re.compile(r"['’]s?$")
_SAME_NAME = 0.8
"""Likeness of sounds, 0 to 1, from which on two spellings are one name."""
_NAME = 3
"""Letters of sound a name has at least, to be known again."""


class Contents(NamedTuple):
    """What a text, or a source, holds of the things that must not change."""

    numbers: Counter[str]
    """Numbers in ASCII digits, without grouping marks, units and signs."""
    fixed: Counter[str]
    """URLs, addresses, mentions, hashtags, in small letters, and placeholders as they are."""


class Lost(NamedTuple):
    """What differs between a text and its source."""

    missing: tuple[str, ...]
    """As it stands in the source."""
    made_up: tuple[str, ...]
    """As it stands in the text."""


def contents(text: str) -> Contents:
    """The numbers and fixed things of a text.

    >>> found = contents("{name} को ₹१०,००० दो, https://a.in/x")
    >>> sorted(found.numbers), sorted(found.fixed)
    (['10000'], ['https://a.in/x', '{name}'])
    """
    fixed = Counter(PLACEHOLDER.findall(text))
    numbers: Counter[str] = Counter()
    for token in tokenise(PLACEHOLDER.sub(" ", text)).tokens:
        kind = token_class(token)
        if kind in _FIXED:
            fixed[token.lower()] += 1
        elif kind == "number":
            numbers.update(_values(token))
    return Contents(numbers, fixed)


def lost_content(brief: Brief, candidate: Candidate) -> Lost:
    """What a text lost of its source, and made up.

    A number, URL, mention, hashtag or placeholder that all sides of the source have must be in the text; one that no
    side has must not be. A side may write a number in words, and so may the text. Names are those that both sides
    write alike; a spelling or a transliteration of either keeps them.

    Args:
        brief: What was asked, with its source. Without a source nothing can be lost or made up.
        candidate: The text.
    """
    sides = _sides(brief)
    if not sides:
        return Lost((), ())
    found = contents(candidate.text)
    known = [contents(side) for side in sides]
    digits = {value for run in _DIGITS.findall(candidate.text) for value in _values(run)}
    numbers = [number for number in _common([side.numbers for side in known]) if number not in digits]
    new = [number for number in found.numbers if not any(number in side.numbers for side in known)]
    if len(new) <= _spelled_numbers(brief.pair):
        new = []
    fixed = _common([side.fixed for side in known]) - found.fixed
    strange = [item for item in found.fixed if not any(item in side.fixed for side in known)]
    missing = (*numbers, *fixed, *_lost_names(brief.pair, candidate))
    return Lost(tuple(dict.fromkeys(missing)), (*new, *(item for item in strange if not _respelt(item, candidate))))


def _sides(brief: Brief) -> list[str]:
    if brief.texts:
        return [brief.texts[lang] for lang in brief.texts]
    pair = brief.pair
    return [join(side.tokens, side.gaps).text for side in (pair.source, pair.target)] if pair else []


def _values(token: str) -> list[str]:
    """The numbers in a token: ``10,000`` is one, ``9:30`` two.

    >>> _values("१०,०००"), _values("9:30"), _values("+50%")
    (['10000'], ['9', '30'], ['50'])
    """
    plain = plain_number(token)
    return [value.strip(".").lstrip("0") or "0" for value in re.findall(r"\d[\d.]*", plain)]


def _common(sides: Sequence[Counter[str]]) -> Counter[str]:
    """What all sides have, as often as the one that has it least."""
    common = sides[0]
    for side in sides[1:]:
        common = common & side
    return common


def _spelled_numbers(pair: AlignedPair | None) -> int:
    """How many numbers the source has in words, which a text may write in digits."""
    if pair is None:
        return 0
    counts = [0]
    for side, labels in ((pair.source, pair.source_pos), (pair.target, pair.target_pos)):
        if labels:
            spelled = [
                upos(label) == "NUM" and not any(map(str.isdigit, word))
                for word, label in zip(side.tokens, labels, strict=True)
            ]
            counts.append(sum(spelled))
    return max(counts)


def _respelt(item: str, candidate: Candidate) -> bool:
    """Whether a hashtag or mention of the text was found in the source in other letters."""
    return any(
        origin is not None and token.lower() == item
        for token, origin in zip(candidate.tokens, candidate.origins, strict=True)
    )


def _lost_names(pair: AlignedPair | None, candidate: Candidate) -> Iterable[str]:
    """Names of the source that the text has in no spelling."""
    if pair is None:
        return
    used = {origin for origin in candidate.origins if origin is not None}
    langs = (pair.source.lang, pair.target.lang)
    heard: list[tuple[str, str]] | None = None
    for name, places in names(pair):
        if used.isdisjoint(places):
            if heard is None:
                heard = [_sound(token, langs) for token in candidate.tokens]
            own = [_sound(word, langs) for word in (name, *(_word(pair, place) for place in places))]
            if not any(_alike(one, other) for one in own for other in heard):
                yield name


def _sound(word: str, langs: tuple[str, ...]) -> tuple[str, str]:
    """How a word sounds, without the ending of a possessive."""
    return forms(_POSSESSIVE.sub("", word), langs).sound


def _word(pair: AlignedPair, place: tuple[str, int]) -> str:
    side = pair.source if pair.source.lang == place[0] else pair.target
    return side.tokens[place[1]]


@lru_cache(maxsize=256)
def names(pair: AlignedPair) -> tuple[tuple[str, frozenset[tuple[str, int]]], ...]:
    """Names that both sides of a source write alike, with where they stand: language and index.

    A name is a word that a tagger calls one, or that has a capital where no sentence begins.

    >>> from cswitch.core.contracts import Sentence
    >>> english = Sentence("en", ("Is", "Neha", "at", "home", "?"), (True,) * 5)
    >>> hindi = Sentence("hi", ("क्या", "नेहा", "घर", "पर", "है"), (True,) * 5)
    >>> [(name, sorted(places)) for name, places in names(AlignedPair("1", english, hindi, ()))]
    [('Neha', [('en', 1), ('hi', 1)])]
    """
    langs = (pair.source.lang, pair.target.lang)
    first = likely_names(pair.source.tokens, pair.source_pos, pair.source.lang)
    second = likely_names(pair.target.tokens, pair.target_pos, pair.target.lang)
    found = []
    for i, one in enumerate(pair.source.tokens):
        sound = _sound(one, langs)
        for j, other in enumerate(pair.target.tokens):
            if (i in first or j in second) and _alike(sound, _sound(other, (langs[1], langs[0]))):
                found.append((one, frozenset(((langs[0], i), (langs[1], j)))))
                break
    return tuple(found)


def likely_names(tokens: Sequence[str], labels: Sequence[str] | None, lang: str) -> set[int]:
    """Places of words that may be names: a capital where no sentence begins, or what a tagger calls one.

    Args:
        tokens: A sentence or several.
        labels: A part of speech a token, when they are known.
        lang: Its language; German writes every noun with a capital.

    >>> sorted(likely_names(["Is", "Neha", "at", "home", "?", "Yes"], None, "en"))
    [1]
    """
    places: set[int] = set()
    begins = True
    for place, token in enumerate(tokens):
        if token_class(token) != "word":
            begins = begins or token in '.!?…"“«¿¡:'
            continue
        capital = token[:1].isupper() and not begins and lang != "de" and len(token) > 1
        if capital or (labels is not None and upos(labels[place]) == "PROPN"):
            places.add(place)
        begins = False
    return places


def _alike(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two words sound like one name."""
    if min(len(one[0]), len(other[0])) < _NAME:
        return False
    return sounds_alike(one, other) >= _SAME_NAME and ratio(one[0], other[0]) >= 100 * _SAME_NAME - 15
