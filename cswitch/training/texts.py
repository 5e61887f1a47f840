"""Running text mixed: spans of characters move with it, everything between tokens stays."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from cswitch.core.errors import InputError
from cswitch.core.text.scripts import UNSPACED, script_of
from cswitch.core.text.tokens import Tokenised, token_class, tokenise
from cswitch.training.records import Example, Mixed, Span
from cswitch.training.switcher import Switcher
from cswitch.training.weaving import OPENING

_SPOKEN = frozenset({"word", "number"})
"""Kinds of token that would read as one where nothing stands between them."""


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


def read_text(
    text: str,
    lang: str,
    *,
    id: str,
    spans: Sequence[Span] = (),
    kept: Sequence[Span] = (),
    tokens: Tokenised | None = None,
) -> ReadText:
    """A text as an example.

    Args:
        text: Text in one language.
        lang: The language.
        id: What draws depend on.
        spans: ``[start, end)`` in code points.
        kept: Further spans, of which no token may change; they are not carried.
        tokens: Its tokens, where they are known.

    Raises:
        InputError: A span lies outside the text.

    >>> sorted(read_text("Pay 5 kg now", "en", id="1", kept=[(4, 8)]).example.fixed)
    [1, 2]
    """
    for start, end in (*spans, *kept):
        if not 0 <= start <= end <= len(text):
            problem = f"text {id!r} has a span {start}-{end} in {len(text)} characters"
            raise InputError(problem, hint="spans are [start, end) in code points, from 0")
    found = tokenise(text, lang) if tokens is None else tokens
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
    parts: list[str] = []
    found: list[Span] = []
    last = size = 0
    before: Span | None = None
    for at, (token, origin) in enumerate(zip(mixed.tokens, mixed.origins, strict=True)):
        if origin is not None and origin == before:  # a further word of what replaces some tokens
            gap = " " if mixed.gaps[at] else ""
        else:
            start, end = (offsets[origin[0]][0], offsets[origin[1] - 1][1]) if origin else _beside(offsets, mixed, at)
            gap = text[last:start] or (" " if at and _parted(text, offsets, mixed, at) else "")
            before, last = origin, end
        start = size + len(gap)
        size = start + len(token)
        parts += gap, token
        found.append((start, size))
    return "".join([*parts, text[last:]]), found


def _beside(offsets: Sequence[Span], mixed: Mixed, at: int) -> Span:
    """Where in the old text a marker stands: it goes with the token that it opens or closes."""
    opens = mixed.tokens[at] == OPENING
    origin = mixed.origins[at + 1 if opens else at - 1]
    if origin is None:
        raise ValueError(f"marker {at} stands beside no token")
    where = offsets[origin[0]][0] if opens else offsets[origin[1] - 1][1]
    return where, where


def _parted(text: str, offsets: Sequence[Span], mixed: Mixed, at: int) -> bool:
    """Whether a space is put before a token where there was none: for a marker, or a word that would melt into another.

    Of two words that touch neither is new where they touched before.
    """
    before, token = mixed.tokens[at - 1 : at + 1]
    origins = mixed.origins[at - 1 : at + 1]
    if None in origins:
        return origins[1] is None or before == OPENING
    kinds = token_class(before), token_class(token)
    if "word" not in kinds or not _SPOKEN.issuperset(kinds):
        return False
    old = [text[offsets[origin[0]][0] : offsets[origin[1] - 1][1]] for origin in origins if origin]
    if old == [before, token]:
        return False
    unspaced = [script_of(one) in UNSPACED for one in (before, token)]
    return not (all(unspaced) if kinds == ("word", "word") else any(unspaced))
