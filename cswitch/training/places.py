"""Where something of a sentence may be replaced, and what may come instead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

from cswitch.core.lexicon import key
from cswitch.core.tag_names import language_tag
from cswitch.core.wordlists import function_words
from cswitch.training.keeping import staying
from cswitch.training.reading import Read
from cswitch.training.records import Span
from cswitch.training.settings import AugmentSettings
from cswitch.training.wording import Options, Wording, Words

_MOST = 1 << 16


class Way(NamedTuple):
    """A language that knows a place."""

    wording: Wording
    """The language."""
    options: Options
    """Its translations."""
    allowed: tuple[Words, ...] | None
    """The translations that the labels allow, None for all."""
    length: int
    """Tokens of each translation; 0 where they differ."""


class Place(NamedTuple):
    """Tokens that can be replaced together, and what may come instead."""

    start: int
    end: int
    ways: Sequence[Way]
    """The languages that know it."""

    @property
    def length(self) -> int:
        """Tokens that come in whatever is drawn; 0 when that depends on the draw."""
        first = self.ways[0].length
        return first if len(self.ways) == 1 or all(way.length == first for way in self.ways) else 0


class Places:
    """Finds what can be replaced.

    Args:
        settings: What is made.
        wordings: Translations into each language.
    """

    def __init__(self, settings: AugmentSettings, wordings: Sequence[Wording]) -> None:
        self.settings, self.wordings = settings, wordings
        self.tag = language_tag(settings.matrix)
        self._ways: dict[tuple[str, str], Sequence[Way]] = {}

    @cached_property
    def function_words(self) -> frozenset[str]:
        """Closed-class words of the matrix language, in lower case."""
        matrix = self.settings.matrix
        closed = [wording.lexicon.closed.get(matrix, frozenset()) for wording in self.wordings]
        return function_words(matrix).union(*closed)

    def find(self, read: Read) -> list[Place]:
        """What can be replaced, in order and without overlaps: the longest expression first."""
        if self.settings.unit == "entity":
            return self._mentions(read)
        found: list[Place] = []
        free = self._free(read)
        done = 0
        for number, start in enumerate(free):
            if start < done:
                continue
            for end in self._ends(read, free, number):
                place = self._place(read, start, end)
                if place:
                    found.append(place)
                    done = end
                    break
        return found

    def _mentions(self, read: Read) -> list[Place]:
        kept = read.example.fixed.union(staying(read, self.settings, range(len(read.tags))))
        whole = [
            span for span in read.mentions if kept.isdisjoint(range(*span)) and not _cuts(read.example.spans, *span)
        ]
        return [place for span in whole if (place := self._place(read, *span))]

    def _free(self, read: Read) -> list[int]:
        """Words of the matrix language that may be replaced."""
        tokens, fixed = read.example.tokens, read.example.fixed
        free = [at for at, tag in enumerate(read.tags) if tag == self.tag and at not in fixed]
        if "function-words" in self.settings.keep:
            closed = self.function_words
            free = [at for at in free if key(tokens[at]) not in closed]
        kept = staying(read, self.settings, free)
        return [at for at in free if at not in kept] if kept else free

    def _ends(self, read: Read, free: Sequence[int], number: int) -> Iterable[int]:
        """Where expressions may end that begin with a free word, the longest first."""
        start = free[number]
        if self.settings.unit != "phrase":
            return (start + 1,)
        longest = max(wording.longest(read.example.tokens[start]) for wording in self.wordings)
        size = 1
        while size < longest and number + size < len(free) and free[number + size] == start + size:
            size += 1
        spans = read.example.spans
        return [end for end in range(start + size, start, -1) if not _cuts(spans, start, end)]

    def _place(self, read: Read, start: int, end: int) -> Place | None:
        """A place, where a language knows what stands there and the labels can be carried."""
        tokens, classes = read.example.tokens, read.example.classes
        single = end - start == 1
        name = tokens[start] if single else " ".join(tokens[start:end])
        ways = self._known(name, classes[start] if classes is not None and single else "")
        if read.layers and not (single and all(way.length == 1 for way in ways)):
            ways = [way for known in ways if (way := _allowed(read, start, end, known))]
        return Place(start, end, ways) if ways else None

    def _known(self, name: str, wordclass: str) -> Sequence[Way]:
        """The languages that know a word or expression."""
        ways = self._ways.get((name, wordclass))
        if ways is None:
            if len(self._ways) > _MOST:
                self._ways.clear()
            known = [(wording, wording.options(name, wordclass)) for wording in self.wordings]
            ways = [Way(wording, options, None, _length(options.words)) for wording, options in known if options.words]
            self._ways[name, wordclass] = ways
        return ways


def _cuts(spans: Sequence[Span], start: int, end: int) -> bool:
    """Whether replacing some tokens would change what a span covers."""
    return any(s < end and start < e and not (s <= start and end <= e) for s, e in spans)


def _length(words: Iterable[Words]) -> int:
    """Tokens of each translation; 0 where they differ."""
    lengths = {len(each) for each in words}
    return lengths.pop() if len(lengths) == 1 else 0


def _allowed(read: Read, start: int, end: int, way: Way) -> Way | None:
    """A way with the translations that the labels of a place can be carried to; None when there are none."""
    words = way.options.words
    allowed = tuple(each for each in words if _carries(read, start, end, len(each)))
    if len(allowed) == len(words):
        return way
    return way._replace(allowed=allowed, length=_length(allowed)) if allowed else None


def _carries(read: Read, start: int, end: int, size: int) -> bool:
    labels = read.example.labels
    return all(layer.carry(labels[name][start:end], size) is not None for name, layer in read.layers.items())
