"""Which aligner ``auto`` takes, by the size of the corpus and by what there is for its languages."""

from __future__ import annotations

from typing import NamedTuple

from cswitch.core.lexicon import route

FEW = 50
"""Sentence pairs below which a lexicon alone does: the links of a pair then depend on no other pair, and come quicker.
From 57 to 105 pairs, the smallest sets measured, ``hybrid`` already has .04 less error (docs/aligners.md)."""
TINY = 1_000
"""Sentence pairs below which links without a lexicon are poor: at 1,000 a third to two thirds of them are missed."""


class Choice(NamedTuple):
    """An aligner, and why it is taken."""

    name: str
    """The name it is registered by: ``lexical`` or ``hybrid``."""
    why: str
    """One plain sentence, without a full stop, for the user."""


def choose(pairs_known: int | None, source: str, target: str, *, lexicons: bool = False) -> Choice:
    """The aligner for a corpus.

    Args:
        pairs_known: Number of sentence pairs, or a number that there are at least; None when it is not known, as on
            standard input.
        source: Language of the first side.
        target: Language of the second side.
        lexicons: Whether the user gives word lists of the pair.

    >>> choose(20_000, "en", "hi").name, choose(10, "en", "hi").name, choose(None, "en", "hi").name
    ('hybrid', 'lexical', 'lexical')
    >>> choose(300, "tlh", "qya").why
    'there is no lexicon for tlh-qya, so it learns from the pairs alone; of 300 pairs it learns little, check its links'
    """
    pair = f"{source}-{target}"
    if not route(source, target) and not lexicons:
        why = f"there is no lexicon for {pair}, so it learns from the pairs alone"
        if pairs_known is not None and pairs_known < TINY:
            why += f"; of {pairs_known:,} pairs it learns little, check its links"
        return Choice("hybrid", why)
    if pairs_known is None:
        return Choice("lexical", "the number of pairs is not known, and a lexicon needs to see one pair at a time only")
    if pairs_known < FEW:
        return Choice("lexical", f"{pairs_known:,} pairs are too few to learn much from, and {pair} has a lexicon")
    return Choice("hybrid", "it learns from all pairs, and finds more right links than the lexicon alone")
