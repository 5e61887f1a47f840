"""Runs of one language: spans and the switch points between them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from cswitch.core.measures.tags import TagPolicy, as_tags, tag_reader


class Profile(NamedTuple):
    """All that the measures of an utterance need to know of its tags."""

    counts: dict[str, int]
    """Language to number of tokens, in order of first appearance."""
    lengths: list[int]
    """Lengths of the spans, in order; their sum is the number of language tokens."""


def profile(langs: Sequence[str], *, ne: TagPolicy = "neutral", mixed: TagPolicy = "neutral") -> Profile:
    """Language counts and span lengths, in one pass over the tags.

    >>> profile(["en", "en", "hi", "other", "hi", "en"])
    Profile(counts={'en': 3, 'hi': 2}, lengths=[2, 2, 1])
    """
    read = tag_reader(ne, mixed)
    counts: dict[str, int] = {}
    lengths: list[int] = []
    current, length = "", 0
    for tag in as_tags(langs):
        language = read[tag]
        if language == current:
            length += 1
        elif language is not None:
            if length:
                lengths.append(length)
                counts[current] = counts.get(current, 0) + length
            current, length = language, 1
    if length:
        lengths.append(length)
        counts[current] = counts.get(current, 0) + length
    return Profile(counts, lengths)


def spans(langs: Sequence[str], *, ne: TagPolicy = "neutral", mixed: TagPolicy = "neutral") -> list[int]:
    """Lengths of the maximal runs of one language, in language tokens.

    A neutral token neither ends a span nor adds to it.

    Args:
        langs: A tag a token.
        ne: Tag policy for named entities, see :func:`language_tokens`.
        mixed: Tag policy for mixed words, see :func:`language_tokens`.

    >>> spans(["en", "other", "en", "hi"])
    [2, 1]
    """
    return profile(langs, ne=ne, mixed=mixed).lengths


def switch_points(langs: Sequence[str], *, ne: TagPolicy = "neutral", mixed: TagPolicy = "neutral") -> int:
    """How often the language changes from one language token to the next.

    A switch is remembered across neutral tokens.

    Args:
        langs: A tag a token.
        ne: Tag policy for named entities, see :func:`language_tokens`.
        mixed: Tag policy for mixed words, see :func:`language_tokens`.

    >>> switch_points(["en", "other", "hi", "hi", "en"]), switch_points(["en", "other", "en"])
    (2, 0)
    """
    return max(len(profile(langs, ne=ne, mixed=mixed).lengths) - 1, 0)


def switch_positions(langs: Sequence[str], *, ne: TagPolicy = "neutral", mixed: TagPolicy = "neutral") -> list[int]:
    """Where the language changes: 0-based index, in ``langs``, of each token that starts a new language.

    Args:
        langs: A tag a token.
        ne: Tag policy for named entities, see :func:`language_tokens`.
        mixed: Tag policy for mixed words, see :func:`language_tokens`.

    >>> switch_positions(["en", "other", "hi", "hi", "en"])
    [2, 4]
    """
    read = tag_reader(ne, mixed)
    counted = [(i, language) for i, tag in enumerate(as_tags(langs)) if (language := read[tag]) is not None]
    return [i for (_, before), (i, language) in pairwise(counted) if language != before]
