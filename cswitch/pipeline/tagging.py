"""Tagging a stream of utterances, in their order and in flat memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from time import perf_counter
from typing import Any, NamedTuple

from cswitch.core.contracts import Tagger, Tagging
from cswitch.core.errors import RunError
from cswitch.core.tag_sentence import SentenceTags, sum_up
from cswitch.pipeline.tag_input import Untagged

CHUNK = 4096
"""Utterances that a tagger gets at a time, at most."""
CHUNK_TOKENS = 1 << 18
"""Tokens after which a chunk is full too."""


class Found(NamedTuple):
    """An utterance with its tags."""

    source: Untagged
    """The utterance as it was read."""
    tagging: Tagging
    """A tag and a probability a token."""
    sentence: SentenceTags
    """What the tags say of the sentence."""


class Tally:
    """Counts what was tagged, and the time that the tagger alone took.

    >>> Tally().counts()["tokens_per_second"] is None
    True
    """

    def __init__(self) -> None:
        self.sentences = self.tokens = self.mixed = self.switches = 0
        self.seconds = 0.0
        self._tags: Counter[str] = Counter()

    def add(self, found: Found) -> None:
        """Takes in an utterance."""
        self.sentences += 1
        self.tokens += len(found.tagging.tags)
        self._tags.update(found.tagging.tags)
        switches = found.sentence.measures["switches"] or 0
        self.switches += int(switches)
        self.mixed += switches > 0

    @property
    def tags(self) -> dict[str, int]:
        """Tag to tokens, the most frequent first."""
        return dict(sorted(self._tags.items(), key=lambda item: (-item[1], item[0])))

    def counts(self) -> dict[str, Any]:
        """All counts, ready for JSON."""
        return {
            "sentences": self.sentences,
            "mixed": self.mixed,
            "tokens": self.tokens,
            "switches": self.switches,
            "tags": self.tags,
            "tokens_per_second": round(self.tokens / self.seconds) if self.seconds else None,
        }


def tag_stream(
    sources: Iterable[Untagged],
    tagger: Tagger,
    languages: Sequence[str] = (),
    *,
    alternatives: int = 0,
    tally: Tally | None = None,
) -> Iterator[Found]:
    """Tags utterances, in their order.

    Args:
        sources: What is to be tagged.
        tagger: Gets :data:`CHUNK` utterances at a time.
        languages: The languages in play; empty lets the tagger find them.
        alternatives: How many of the likeliest tags to give for each token.
        tally: Counts along.

    Raises:
        UsageError: The tagger does not know a language.
        RunError: The tagger gave not one tag a token.
    """
    counted = tally or Tally()
    for chunk in chunks(sources):
        start = perf_counter()
        taggings = tagger.tag([source.tokens for source in chunk], languages, alternatives=alternatives)
        counted.seconds += perf_counter() - start
        check_taggings(tagger, [source.tokens for source in chunk], taggings)
        for source, tagging in zip(chunk, taggings, strict=True):
            found = Found(source, tagging, sum_up(tagging.tags, tagging.probabilities))
            counted.add(found)
            yield found


def chunks(sources: Iterable[Untagged]) -> Iterator[list[Untagged]]:
    """The utterances in lists that are short enough to be held."""
    chunk: list[Untagged] = []
    tokens = 0
    for source in sources:
        chunk.append(source)
        tokens += len(source.tokens)
        if len(chunk) == CHUNK or tokens >= CHUNK_TOKENS:
            yield chunk
            chunk, tokens = [], 0
    if chunk:
        yield chunk


def check_taggings(tagger: Tagger, batch: Sequence[Sequence[str]], taggings: Sequence[Tagging]) -> None:
    """Makes sure that a tagger kept its contract.

    Raises:
        RunError: It did not give one tag and one probability a token.
    """
    hint = "this is a fault of the tagger"
    if len(taggings) != len(batch):
        raise RunError(f"the tagger {tagger.name!r} gave {len(taggings)} answers to {len(batch)} sentences", hint=hint)
    for tokens, tagging in zip(batch, taggings, strict=True):
        if not len(tokens) == len(tagging.tags) == len(tagging.probabilities):
            counts = f"{len(tagging.tags)} tags and {len(tagging.probabilities)} probabilities"
            raise RunError(f"the tagger {tagger.name!r} gave {counts} to {len(tokens)} tokens", hint=hint)
