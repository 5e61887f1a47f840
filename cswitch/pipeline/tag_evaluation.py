"""A tagger on gold: its tags, its speed, and what it could not have said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from time import perf_counter
from typing import NamedTuple

from cswitch.core.contracts import Tagger
from cswitch.core.measures.tags import NEUTRAL
from cswitch.pipeline.tagging import CHUNK, check_taggings

TIMED_SENTENCES = 10_000
"""Sentences of the second pass, at most."""
TIMED_SECONDS = 10.0
"""About how long the second pass may take."""


class Speed(NamedTuple):
    """How fast a tagger was: the tagging alone, without loading, reading or scoring."""

    warm: float | None
    """Tokens a second in a second pass, when caches are filled; None without tokens."""
    cold: float | None
    """Tokens a second in the first pass over all sentences."""
    sentences: int
    """Sentences of the second pass: the first ones, as many as take about ten seconds, 10,000 at most."""


def tag_gold(
    tagger: Tagger, sentences: Sequence[Sequence[str]], languages: Sequence[str] = ()
) -> tuple[list[list[str]], Speed]:
    """The tags that a tagger gives sentences, and how fast it gave them.

    Args:
        tagger: The tagger.
        sentences: Tokens of each sentence.
        languages: The languages in play; empty lets the tagger find them.

    Raises:
        UsageError: The tagger does not know a language.
        RunError: The tagger gave not one tag a token.
    """
    tags, seconds = _passed(tagger, sentences, languages)
    share = min(1.0, TIMED_SECONDS / seconds) if seconds else 1.0
    again = sentences[: min(TIMED_SENTENCES, max(1, int(len(sentences) * share)))]
    _, warm = _passed(tagger, again, languages)
    return tags, Speed(_rate(again, warm), _rate(sentences, seconds), len(again))


def unsayable(tagger: Tagger, tags: Iterable[Sequence[str]], languages: Sequence[str] = ()) -> dict[str, int]:
    """Languages of gold that the tagger cannot answer with, and their tokens, the most frequent first.

    They are those that are not in play; when none is named, those that the tagger does not know, if it says what it
    knows.
    """
    known = set(languages) or set(getattr(tagger, "languages", ()))
    counts = Counter(tag for sentence in tags for tag in sentence)
    found = {tag: count for tag, count in counts.most_common() if tag not in NEUTRAL and tag not in known}
    return found if known else {}


def model_bytes(tagger: Tagger) -> int | None:
    """The size of the tagger's model, when it tells."""
    size = getattr(tagger, "model_bytes", None)
    return None if size is None else int(size)


def _passed(
    tagger: Tagger, sentences: Sequence[Sequence[str]], languages: Sequence[str]
) -> tuple[list[list[str]], float]:
    tags: list[list[str]] = []
    seconds = 0.0
    for start in range(0, len(sentences), CHUNK):
        batch = sentences[start : start + CHUNK]
        begun = perf_counter()
        found = tagger.tag(batch, languages)
        seconds += perf_counter() - begun
        check_taggings(tagger, batch, found)
        tags.extend(one.tags for one in found)
    return tags, seconds


def _rate(sentences: Sequence[Sequence[str]], seconds: float) -> float | None:
    tokens = sum(map(len, sentences))
    return tokens / seconds if tokens and seconds else None
