"""Key phrases of a sentence, found without training: rapid automatic keyword extraction (RAKE; Rose et al., 2010).

Stop words and marks part a sentence into runs; so do verbs and adverbs here, which no noun phrase could carry along. A
word scores its degree (words it stands in a run with, itself included) over its frequency, a phrase the sum of its
words; of all candidates the best are kept, a third as many as the runs have words. A run of more than three words gives
each three neighbours in it, and only candidates are ranked all of whose words links account for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from cswitch.core.wordlists import function_words
from cswitch.generators.switching.letters import CLOSED
from cswitch.generators.switching.units import Unit, project
from cswitch.generators.switching.view import View

LONGEST = 3
"""Words of the longest key phrase."""
_BREAKS = CLOSED | frozenset(".#VBGKa")


def key_phrases(view: View, key: str, skip: str) -> Iterator[Unit]:
    """``key-phrase``: the best phrases of at most three words that the embedded sentence has.

    Args:
        view: The pair.
        key: Not used; nothing in it is random.
        skip: Not used.
    """
    found = runs(view.y_low, view.y_letters, view.embedded.lang)
    scores = word_scores([view.y_low[start:end] for start, end in found])
    ranked = []
    for start, end in candidates(found):
        unit = project(view, start, end) if all(view.links_of_y[start:end]) else None
        if unit:
            ranked.append((-sum(scores[word] for word in view.y_low[start:end]), start, unit))
    wanted = -(-sum(end - start for start, end in found) // 3)
    return (unit for _, _, unit in sorted(ranked)[:wanted])


def runs(low: Sequence[str], letters: str, lang: str) -> list[tuple[int, int]]:
    """Runs of content words, ends exclusive: what stands between stop words, verbs, adverbs, numbers and marks.

    Args:
        low: The sentence in lower case.
        letters: Its parts of speech, a letter a token (:mod:`letters`).
        lang: Its language, whose list of function words is read.

    >>> runs("the old train station of the town .".split(), "DANNpDN.", "en")
    [(1, 4), (6, 7)]
    """
    stops = function_words(lang)
    found: list[tuple[int, int]] = []
    start = 0
    for place in range(len(low) + 1):
        if place == len(low) or letters[place] in _BREAKS or low[place] in stops:
            if start < place:
                found.append((start, place))
            start = place + 1
    return found


def word_scores(phrases: Sequence[Sequence[str]]) -> dict[str, float]:
    """Degree over frequency of each word.

    >>> word_scores([["old", "train", "station"], ["train"]])
    {'old': 3.0, 'train': 2.0, 'station': 3.0}
    """
    frequency = Counter(word for phrase in phrases for word in phrase)
    degree: Counter[str] = Counter()
    for phrase in phrases:
        for word in phrase:
            degree[word] += len(phrase)
    return {word: degree[word] / n for word, n in frequency.items()}


def candidates(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Each run, or each three neighbours of a longer one.

    >>> list(candidates([(0, 2), (3, 7)]))
    [(0, 2), (3, 6), (4, 7)]
    """
    for start, end in spans:
        size = min(end - start, LONGEST)
        yield from ((place, place + size) for place in range(start, end - size + 1))
