"""How well a tagger does, in the figures that decide the quality of what is built on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cswitch.annotators.pos.treebank import TaggedSentence
from cswitch.core.contracts import PosTagger
from cswitch.core.pos import is_closed, upos


class Figures(NamedTuple):
    """Shares, 0 to 1, over the tokens of a treebank; 0 where there is nothing to count."""

    tokens: int
    upos: float
    """Tokens whose universal tag is right."""
    label: float
    """Tokens whose whole label is right, verb form and number included."""
    closed: float
    """F1 of closed-class words, each with its right tag."""
    function: float
    """F1 of closed against all other classes, whatever the tag."""
    verb_form: float
    """Verbs and auxiliaries whose whole label is right."""


def measure(tagger: PosTagger, sentences: Sequence[TaggedSentence]) -> Figures:
    """Compare a tagger's labels with those of a treebank."""
    found = tagger.tag([sentence.tokens for sentence in sentences])
    pairs = [
        pair
        for sentence, labels in zip(sentences, found, strict=True)
        for pair in zip(sentence.labels, labels, strict=True)
    ]
    return compare(pairs)


def compare(pairs: Sequence[tuple[str, str]]) -> Figures:
    """Figures of (right label, found label) pairs.

    >>> compare([("DET", "DET"), ("VERB.Fin", "VERB.Inf"), ("NOUN.Sing", "NOUN.Sing"), ("X", "NOUN.Sing")])
    Figures(tokens=4, upos=0.75, label=0.5, closed=1.0, function=1.0, verb_form=0.0)
    """
    closed = [(right, label) for right, label in pairs if is_closed(right) or is_closed(label)]
    both = [(right, label) for right, label in closed if is_closed(right) and is_closed(label)]
    verbs = [right == label for right, label in pairs if upos(right) in ("VERB", "AUX")]
    marked = len(closed) + len(both)
    return Figures(
        tokens=len(pairs),
        upos=_share(sum(upos(right) == upos(label) for right, label in pairs), len(pairs)),
        label=_share(sum(right == label for right, label in pairs), len(pairs)),
        closed=_share(2 * sum(upos(right) == upos(label) for right, label in both), marked),
        function=_share(2 * len(both), marked),
        verb_form=_share(sum(verbs), len(verbs)),
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
