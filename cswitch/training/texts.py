"""Running text mixed: spans of characters move with it, everything between tokens stays."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from cswitch.core.errors import InputError
from cswitch.core.noise.splice import splice
from cswitch.core.text.scripts import UNSPACED, script_of
from cswitch.core.text.tokens import token_class, tokenise
from cswitch.training.records import Example, Mixed, Span
from cswitch.training.switcher import Switcher
from cswitch.training.weaving import OPENING


class MixedText(NamedTuple):
    """A text after switching."""

    text: str
    """The text."""
    spans: list[Span]
    """The spans that were given, in characters of this text."""
    mixed: Mixed
    """Its tokens."""
    offsets: list[Span]
    """``[start, end)`` of each token: ``text[start:end]`` is the token, always."""


class ReadText(NamedTuple):
    """A text as an example, and what is needed to write it again."""

    text: str
    """The text."""
    spans: Sequence[Span]
    """The spans that were given, in characters."""
    offsets: Sequence[Span]
    """``[start, end)`` of each token."""
    example: Example
    """Its tokens, with the spans in tokens."""
    kept: frozenset[int] = frozenset()
    """Tokens of what is kept."""


def switch_text(switcher: Switcher, text: str, *, id: str, spans: Sequence[Span] = (), epoch: int = 0) -> MixedText:
    r"""A text, mixed.

    A span that begins or ends within a token keeps that token, so that it covers the same characters of it.

    Args:
        switcher: What mixes.
        text: Text in the matrix language.
        id: What draws depend on.
        spans: ``[start, end)`` in code points, such as those of an answer.
        epoch: Number of the epoch.

    Raises:
        InputError: A span lies outside the text.

    >>> from cswitch.training.settings import AugmentSettings
    >>> switcher = Switcher(AugmentSettings(matrix="en", languages=("es",), rate=0.5, translations="best"))
    >>> made = switch_text(switcher, "The water,\nthe cold river!", id="1", spans=[(15, 25)])
    >>> made.text, [made.text[start:end] for start, end in made.spans]
    ('The agua,\nthe cold río!', ['cold río'])
    """
    read = read_text(text, switcher.settings.matrix, id=id, spans=spans)
    return write_text(read, switcher.switch(read.example, epoch))


def read_text(text: str, lang: str, *, id: str, spans: Sequence[Span] = (), kept: Sequence[Span] = ()) -> ReadText:
    """A text as an example.

    Args:
        text: Text in one language.
        lang: The language.
        id: What draws depend on.
        spans: ``[start, end)`` in code points.
        kept: Further spans, of which no token may change; they are not carried.

    Raises:
        InputError: A span lies outside the text.

    >>> sorted(read_text("Pay 5 kg now", "en", id="1", kept=[(4, 8)]).example.fixed)
    [1, 2]
    """
    for start, end in (*spans, *kept):
        if not 0 <= start <= end <= len(text):
            problem = f"text {id!r} has a span {start}-{end} in {len(text)} characters"
            raise InputError(problem, hint="spans are [start, end) in code points, from 0")
    found = tokenise(text, lang)
    starts, ends = [start for start, _ in found.offsets], [end for _, end in found.offsets]
    covered = [_covered(starts, ends, span) for span in spans]
    cut = {at for span, touched in zip(spans, covered, strict=True) for at in _cut(found.offsets, span, *touched)}
    stays = frozenset(at for span in kept for at in range(*_covered(starts, ends, span)))
    example = Example(id=id, tokens=found.tokens, gaps=found.gaps, spans=covered, fixed=stays.union(cut))
    return ReadText(text, spans, found.offsets, example, stays)


def write_text(read: ReadText, mixed: Mixed) -> MixedText:
    """The text of a mixed example; what stood between its tokens is kept.

    Args:
        read: The text as it was.
        mixed: Its tokens, mixed.

    >>> from cswitch.training.weaving import weave
    >>> read = read_text("Oh,  no!", "en", id="1")
    >>> write_text(read, weave(read.example, ["en", "other", "en", "other"], {}, [])).text
    'Oh,  no!'
    """
    new, offsets = write(read.text, read.offsets, mixed)
    moved = []
    for (start, end), (first, last), (one, other) in zip(read.spans, read.example.spans, mixed.spans, strict=True):
        if first == last:  # nothing but white space
            at = offsets[one][0] - (read.offsets[first][0] - start) if one < len(offsets) else len(new)
            moved.append((max(0, at), min(len(new), max(0, at) + end - start)))
            continue
        before, after = start - read.offsets[first][0], read.offsets[last - 1][1] - end
        moved.append((offsets[one][0] + before, offsets[other - 1][1] - after))
    return MixedText(new, moved, mixed, offsets)


def _covered(starts: Sequence[int], ends: Sequence[int], span: Span) -> Span:
    """The tokens that a span of characters touches."""
    first, last = bisect_right(ends, span[0]), bisect_left(starts, span[1])
    if first < last:
        return first, last
    after = bisect_left(starts, span[0])
    return after, after


def _cut(offsets: Sequence[Span], span: Span, first: int, last: int) -> set[int]:
    """Tokens at which a span begins or ends other than at their edge."""
    if first == last:
        return set()
    found = set()
    if offsets[first][0] != span[0]:
        found.add(first)
    if offsets[last - 1][1] != span[1]:
        found.add(last - 1)
    return found


def write(text: str, offsets: Sequence[Span], mixed: Mixed) -> tuple[str, list[Span]]:
    """The text with the new tokens in it, white space kept, and where they stand.

    Args:
        text: The text that was mixed.
        offsets: ``[start, end)`` of the tokens of the example in it.
        mixed: Its tokens, mixed.
    """
    if None not in mixed.origins:
        return _unmarked(text, offsets, mixed)
    places: list[Span] = []
    words: list[list[str]] = []
    parted: set[int] = set()
    was_marker = False
    for at, (token, origin) in enumerate(zip(mixed.tokens, mixed.origins, strict=True)):
        if origin is None:  # a marker goes with the token it opens or closes
            where = _beside(mixed, offsets, at, token)
            places.append((where, where))
            words.append([token])
            if token == OPENING:
                was_marker = True
            parted.add(len(words) - 1)
            continue
        if at and mixed.origins[at - 1] == origin:
            words[-1] += [" ", token] if mixed.gaps[at] else [token]
            continue
        if was_marker or _melts(mixed, at):
            parted.add(len(words))
        was_marker = False
        places.append((offsets[origin[0]][0], offsets[origin[1] - 1][1]))
        words.append([token])
    parted.discard(0)
    new, spans = splice(text, places, ["".join(pieces) for pieces in words], parted)
    found: list[Span] = []
    for pieces, (start, _) in zip(words, spans, strict=True):
        for piece in pieces:
            if piece != " ":
                found.append((start, start + len(piece)))
            start += len(piece)
    return new, found


def _unmarked(text: str, offsets: Sequence[Span], mixed: Mixed) -> tuple[str, list[Span]]:
    """The same where there are no markers: what did not change is moved as it stands."""
    tokens, langs, origins = mixed.tokens, mixed.langs, mixed.origins
    parts: list[str] = []
    found: list[Span] = []
    last = shift = 0
    before: Span | None = None
    for at, origin in enumerate(origins):
        assert origin is not None
        token = tokens[at]
        if origin == before:  # a further word of what replaces some tokens
            gap = " " if mixed.gaps[at] else ""
            start = found[-1][1] + len(gap)
            parts += gap, token
            shift += len(gap) + len(token)
        else:
            start, end = offsets[origin[0]][0], offsets[origin[1] - 1][1]
            if at and langs[at] != langs[at - 1] and text[last:start] == "" and _melts(mixed, at):
                parts.append(" ")
                shift += 1
            parts += text[last:start], token
            last = end
            start += shift
            shift += len(token) - (end - start + shift)
        found.append((start, start + len(token)))
        before = origin
    return "".join([*parts, text[last:]]), found


def _beside(mixed: Mixed, offsets: Sequence[Span], at: int, token: str) -> int:
    """Where in the old text a marker stands."""
    origin = mixed.origins[at + 1 if token == OPENING else at - 1]
    if origin is None:
        raise ValueError(f"marker {at} stands beside no token")
    return offsets[origin[0]][0] if token == OPENING else offsets[origin[1] - 1][1]


def _melts(mixed: Mixed, at: int) -> bool:
    """Whether a word would melt into the one before it, now that one of them is in a script with spaces."""
    if not at or token_class(mixed.tokens[at]) != "word" or mixed.langs[at] == mixed.langs[at - 1]:
        return False
    one, other = script_of(mixed.tokens[at - 1]), script_of(mixed.tokens[at])
    return mixed.tokens[at - 1][-1:].isalnum() and (one in UNSPACED) != (other in UNSPACED)
