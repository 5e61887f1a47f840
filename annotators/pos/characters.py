"""Chinese that comes one character a token, read in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cswitch.core.text.scripts import script_of

_LONGEST = 4
"""Characters of the longest word that is looked for."""


class Joiner:
    """Puts single characters together to words that a tagger knows.

    Without the extra ``cjk`` Chinese is cut into characters, most of which could be many a word. The longest known word
    is taken first, from the left. A sentence with a longer Chinese token is in words already, and stays as it is.

    Args:
        words: Known words; those that are not two to four Chinese characters do not matter.

    >>> joiner = Joiner(["电池", "手机", "on"])
    >>> joiner.lengths(["手", "机", "的", "电", "池", "o", "n"])
    [2, 1, 2, 1, 1]
    >>> joiner.lengths(["手机", "的", "电", "池"])
    [1, 1, 1, 1]
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(word for word in words if 1 < len(word) <= _LONGEST and _chinese(word))

    def lengths(self, tokens: Sequence[str]) -> list[int]:
        """How many tokens each word of a sentence takes, in order."""
        if any(len(token) > 1 and _chinese(token) for token in tokens):
            return [1] * len(tokens)
        return list(self._lengths(tokens))

    def joined(self, tokens: Sequence[str], lengths: Sequence[int]) -> list[str]:
        """The words of a sentence.

        >>> Joiner([]).joined(["手", "机", "的"], [2, 1])
        ['手机', '的']
        """
        rest = iter(tokens)
        return ["".join(next(rest) for _ in range(length)) for length in lengths]

    def _lengths(self, tokens: Sequence[str]) -> Iterator[int]:
        start = 0
        while start < len(tokens):
            longest = min(_LONGEST, len(tokens) - start)
            length = next((n for n in range(longest, 1, -1) if self._is_word(tokens[start : start + n])), 1)
            yield length
            start += length

    def _is_word(self, tokens: Sequence[str]) -> bool:
        return "".join(tokens) in self._words and all(len(token) == 1 for token in tokens)


def _chinese(token: str) -> bool:
    return script_of(token) == "Hani"
