"""A lexicon of two languages through a third: probabilities multiplied, and summed over the words in between."""

from __future__ import annotations

from collections.abc import Mapping

from cswitch.core.lexicon_pack import Pack, ranked
from cswitch.core.translation import Translation

LEAST = 0.05
"""Translations less probable than this, either way, are left out."""
BEST = 5
"""Translations of a word in between that are followed, the most probable first."""


def compose(first: Pack, second: Pack) -> Pack:
    """The lexicon of the second languages of two packs, whose first language is the same.

    A word's translation t has the probability of the ways to it, p(t | word) = sum over pivot words e of
    p(e | word) p(t | e), after each language's words share out their whole probability among the pivot words known
    (Tanaka and Umemura, 1994, look words up in the same way). Units are composed as words are.

    Args:
        first: Pivot language to the language looked up.
        second: Pivot language to the language of the translations.

    >>> sun = Pack(("en", "es"), {"es": frozenset({"el"})}, {}, {"sun": (Translation("sol", 1.0, 1.0),)})
    >>> soleil = Pack(("en", "fr"), {}, {}, {"sun": (Translation("soleil", 1.0, 0.5),)})
    >>> compose(sun, soleil).entries
    {'sol': (Translation(word='soleil', prob=1.0, back=1.0),)}
    """
    share, back_share = _shares(first.entries), _shares(second.entries)
    sums: dict[str, dict[str, list[float]]] = {}
    for pivot, words in first.entries.items():
        others = [(t.word, t.prob, t.back / back_share[t.word]) for t in second.entries.get(pivot, ())[:BEST]]
        if not others:
            continue
        for word, prob, back in words[:BEST]:
            row = sums.setdefault(word, {})
            back /= share[word]
            for other, on, home in others:
                cell = row.get(other)
                if cell is None:
                    row[other] = [back * on, home * prob]
                else:
                    cell[0] += back * on
                    cell[1] += home * prob
    entries = {}
    for word, row in sums.items():
        kept = [
            Translation(other, min(1.0, prob), min(1.0, back))
            for other, (prob, back) in row.items()
            if prob >= LEAST and back >= LEAST
        ]
        if kept:
            entries[word] = ranked(kept)
    langs = first.languages[1], second.languages[1]
    closed = {lang: pack.closed[lang] for lang, pack in zip(langs, (first, second), strict=True) if lang in pack.closed}
    joins = {lang: pack.joins[lang] for lang, pack in zip(langs, (first, second), strict=True) if lang in pack.joins}
    return Pack(langs, closed, joins, entries)


def _shares(entries: Mapping[str, tuple[Translation, ...]]) -> dict[str, float]:
    """How much probability each translation has over all pivot words, to divide by."""
    found: dict[str, float] = {}
    for translations in entries.values():
        for t in translations:
            found[t.word] = found.get(t.word, 0.0) + t.back
    return found
