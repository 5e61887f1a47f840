"""New words in the place of old ones, with offsets that stay true."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def splice(
    text: str, offsets: Sequence[tuple[int, int]], words: Sequence[str], parted: Collection[int] = ()
) -> tuple[str, list[tuple[int, int]]]:
    """The text with each span replaced by its word, and the spans of the words in it.

    Args:
        text: The text that the offsets are of.
        offsets: ``[start, end)`` in code points, in order, none overlapping.
        words: A word a span.
        parted: Indices of words that get a space before them where there was nothing.

    Raises:
        ValueError: There are not as many words as spans.

    >>> splice("घर है.", [(0, 2), (3, 5), (5, 6)], ["ghar", "hai", "."])
    ('ghar hai.', [(0, 4), (5, 8), (8, 9)])
    >>> splice("回家.", [(0, 1), (1, 2), (2, 3)], ["hui", "jia", "."], parted=[1])
    ('hui jia.', [(0, 3), (4, 7), (7, 8)])
    """
    parts: list[str] = []
    spans: list[tuple[int, int]] = []
    last = length = 0
    for index, ((start, end), word) in enumerate(zip(offsets, words, strict=True)):
        gap = text[last:start] or (" " if index in parted else "")
        parts += gap, word
        length += len(gap)
        spans.append((length, length + len(word)))
        length += len(word)
        last = end
    return "".join([*parts, text[last:]]), spans
