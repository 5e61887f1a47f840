"""Texts that repeat themselves: loops, sentences said again, words said in both languages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from cswitch.core.pos import is_closed
from cswitch.core.text.tokens import is_neutral
from cswitch.core.wordlists import function_words
from cswitch.generators.prompting.contracts import Candidate
from cswitch.generators.prompting.matching import forms
from cswitch.generators.switching.view import AlignedPair

_LONGEST = 8
"""Words of the longest stretch that loops are looked for of."""
_IN_A_ROW = {1: 4}
"""How often a stretch of so many words may not come in a row; others not three times."""
_OFTEN = 3
_SENTENCE = 3
"""Words a sentence has at least that may not come twice."""
_LONG, _LEAST_NEW = 24, 0.6
"""Words of a long text, and the least share of its runs of three words that are new."""
_DOUBLED, _SHARE = 2, 0.3
"""How many content words, and what share of those that have a counterpart, make a translation said after the text."""
_SURE = 0.6
"""Least confidence of a link between words that are taken to mean the same."""
_ENDS = re.compile(r"[.!?…।॥。！？۔؟\n]+")


def loops(words: Sequence[str], own: Sequence[str] = ()) -> list[str]:
    """Stretches that come again and again in a row.

    A word may stand three times in a row, as people write ``bahut bahut bahut``; a longer stretch twice.

    Args:
        words: Words in order, in small letters.
        own: Stretches that the source has looping itself.

    >>> loops("main ja raha ja raha ja raha hoon".split()), loops("haan haan haan".split())
    (['ja raha'], [])
    """
    found: list[str] = []
    for size in range(1, _LONGEST + 1):
        times = _IN_A_ROW.get(size, _OFTEN)
        for start in range(len(words) - size * times + 1):
            stretch = words[start : start + size]
            if all(words[start + size * n : start + size * (n + 1)] == stretch for n in range(1, times)):
                said = " ".join(stretch)
                if not any(_made_of(said, known) for known in found) and said not in own:
                    found.append(said)
    return found


def _made_of(stretch: str, known: str) -> bool:
    """Whether a stretch is the known one, turned or several times."""
    words, shorter = stretch.split(), known.split()
    return len(words) % len(shorter) == 0 and Counter(words) == Counter(shorter * (len(words) // len(shorter)))


def said_again(text: str) -> list[str]:
    """Sentences of three words or more that come twice.

    >>> said_again("Kal office band hai. Theek hai? kal office band hai!")
    ['kal office band hai']
    """
    sentences = [" ".join(part.split()).casefold().strip(" \"'“”,;:-") for part in _ENDS.split(text)]
    counts = Counter(sentence for sentence in sentences if len(sentence.split()) >= _SENTENCE)
    return [sentence for sentence, count in counts.items() if count > 1]


def poor(words: Sequence[str]) -> bool:
    """Whether a long text says few new things: most of its runs of three words come again.

    >>> poor(["ek", "do", "teen", "char"] * 8), poor([str(n) for n in range(40)])
    (True, False)
    """
    runs = list(zip(words, words[1:], words[2:], strict=False))
    return len(words) >= _LONG and len(set(runs)) < _LEAST_NEW * len(runs)


def doubled(pair: AlignedPair, candidate: Candidate) -> list[str]:
    """Words said in both languages: side by side, or so many that the translation stands behind the text.

    Only content words count, joined by a sure link one to one; words that sound the same in both languages do not.

    Returns:
        Stretches of the text, such as ``time समय``.
    """
    place_of = {origin: place for place, origin in enumerate(candidate.origins) if origin is not None}
    linked = _counterparts(pair)
    said = []
    for i, j in linked:
        one, other = place_of.get((pair.source.lang, i)), place_of.get((pair.target.lang, j))
        if one is not None and other is not None:
            said.append((min(one, other), max(one, other)))
    if len(said) >= max(_DOUBLED, _SHARE * len(linked)):
        return [f"{candidate.tokens[first]} {candidate.tokens[last]}" for first, last in sorted(said)]
    return [f"{candidate.tokens[first]} {candidate.tokens[last]}" for first, last in sorted(said) if last == first + 1]


def _counterparts(pair: AlignedPair) -> list[tuple[int, int]]:
    """Pairs of content words that only each other translate, and that are not written alike."""
    of_i = Counter(link.source for link in pair.links)
    of_j = Counter(link.target for link in pair.links)
    langs = (pair.source.lang, pair.target.lang)
    found = []
    for link in pair.links:
        if link.confidence < _SURE or of_i[link.source] > 1 or of_j[link.target] > 1:
            continue
        one, other = pair.source.tokens[link.source], pair.target.tokens[link.target]
        if not (
            _weightless(one, pair.source_pos, link.source, langs[0])
            or _weightless(other, pair.target_pos, link.target, langs[1])
            or forms(one, langs).sound[0] == forms(other, (langs[1], langs[0])).sound[0]
        ):
            found.append((link.source, link.target))
    return found


def _weightless(token: str, labels: Sequence[str] | None, place: int, lang: str) -> bool:
    """Whether a token is no content word."""
    return (
        is_neutral(token)
        or token.lower() in function_words(lang)
        or (labels is not None and (is_closed(labels[place]) or labels[place] == "PROPN"))
    )
