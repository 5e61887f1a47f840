"""What the tags of a sentence say of the sentence: the languages spoken in it, and which of them is its matrix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cswitch.core.measures.formulas import cmi_of, rate_of
from cswitch.core.measures.runs import Profile, profile
from cswitch.core.measures.tags import tag_reader

DIGITS = 4
"""Digits after the point of probabilities and measures."""
LIKELY = 0.5
"""A language is spoken in a sentence when the chance that one of its tokens is tagged right is at least so high."""


class SentenceTags(NamedTuple):
    """A sentence, summed up."""

    languages: list[str]
    """The matrix language first, then those of more tokens first."""
    matrix: str | None
    """The matrix language; None without language tokens."""
    measures: dict[str, float | int | None]
    """``cmi``, ``switches`` and ``spf``, as samples have them."""


def sum_up(tags: Sequence[str], probabilities: Sequence[float]) -> SentenceTags:
    """Languages, matrix language and measures of a sentence, from its tags and how sure they are.

    The matrix language is that of most language tokens, as in docs/measures.md. Of languages with as many tokens it is
    the one whose tags are surer, their probabilities added up; still tied, the one that comes first.

    A language belongs to the sentence when it is likelier than not that at least one token is rightly tagged with it:
    when 1 minus the product of (1 - p) over its tokens is 0.5 or more. The matrix language always belongs.

    Args:
        tags: A tag a token.
        probabilities: How sure each is, 0 to 1.

    >>> sum_up(["hi", "en", "hi", "other"], [0.9, 0.8, 0.9, 1.0])
    SentenceTags(languages=['hi', 'en'], matrix='hi', measures={'cmi': 33.3333, 'switches': 2, 'spf': 1.0})
    >>> sum_up(["hi", "en", "hi"], [0.9, 0.4, 0.9]).languages
    ['hi']
    >>> sum_up(["hi", "en"], [0.7, 0.9]).matrix
    'en'
    """
    found = profile(tags)
    languages = _languages(found, tags, probabilities) if len(found.counts) > 1 else list(found.counts)
    return SentenceTags(languages, languages[0] if languages else None, _measures(found))


def _languages(found: Profile, tags: Sequence[str], probabilities: Sequence[float]) -> list[str]:
    read = tag_reader()
    mass = dict.fromkeys(found.counts, 0.0)
    missed = dict.fromkeys(found.counts, 1.0)
    for tag, probability in zip(tags, probabilities, strict=True):
        language = read[tag]
        if language is not None:
            mass[language] += probability
            missed[language] *= 1 - probability
    # Sums are rounded: the order in which numbers were added must not decide. Sorting keeps first things first.
    order = sorted(found.counts, key=lambda language: (-found.counts[language], -round(mass[language], 9)))
    return [order[0], *(language for language in order[1:] if 1 - missed[language] >= LIKELY)]


def _measures(found: Profile) -> dict[str, float | int | None]:
    counts, lengths = found
    if len(lengths) < 2:  # one language or none: no formula is needed
        return {"cmi": 0.0, "switches": 0, "spf": 0.0 if lengths and lengths[0] > 1 else None}
    tokens, switches = sum(lengths), len(lengths) - 1
    rate = rate_of(switches, tokens - 1)
    return {
        "cmi": round(cmi_of(tokens, max(counts.values())), DIGITS),
        "switches": switches,
        "spf": None if rate is None else round(rate, DIGITS),
    }
