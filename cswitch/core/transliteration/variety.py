"""Different spellings of the same words, as a text of many writers has them."""

from __future__ import annotations

from collections.abc import Sequence

from cswitch.core.contracts import Romaniser, VariedRomaniser
from cswitch.core.errors import UsageError
from cswitch.core.seeds import digest

_SCALE = 1 << 53


def vary(words: Sequence[str], romaniser: Romaniser, variety: float, seed_parts: Sequence[str | int]) -> list[str]:
    """The words in Latin letters, a share of them in a spelling drawn among those people use.

    A word stands once for all its occurrences: in one record it is always spelt the same. Which words are chosen, and
    what is drawn for them, depends on the parts and the word alone. A word that is chosen may still get its usual
    spelling, in proportion to how many people use it. A romaniser that knows one spelling gives that one.

    Args:
        words: Words in the script of the romaniser.
        romaniser: With ``variants`` when it knows several spellings.
        variety: Share of words for which a spelling is drawn, 0 to 1.
        seed_parts: What the record is, such as a seed and its id.

    Raises:
        UsageError: The share is not between 0 and 1.

    >>> from cswitch.core.transliteration.letters import LetterRomaniser
    >>> russian = LetterRomaniser(lang="ru")
    >>> vary(["хорошо"] * 3, russian, 0, ["seed", 1])
    ['horosho', 'horosho', 'horosho']
    >>> len(set(vary(["хорошо"] * 3, russian, 1, ["seed", 1])))
    1
    """
    if not 0 <= variety <= 1:
        raise UsageError(f"a variety of {variety:g} is no share", hint="choose 0 to 1")
    usual = romaniser.romanise(words)
    if not variety or not isinstance(romaniser, VariedRomaniser):
        return usual
    tickets = {word: digest("variety", *seed_parts, word) for word in words}
    chosen = [word for word, ticket in tickets.items() if ticket % _SCALE < variety * _SCALE]
    drawn = {
        word: _draw(spellings, tickets[word] // _SCALE % _SCALE)
        for word, spellings in zip(chosen, romaniser.variants(chosen), strict=True)
    }
    return [drawn.get(word, spelt) for word, spelt in zip(words, usual, strict=True)]


def _draw(spellings: Sequence[tuple[str, float]], ticket: int) -> str:
    """A spelling in proportion to its probability."""
    left = ticket / _SCALE * sum(share for _, share in spellings)
    for spelling, share in spellings:
        left -= share
        if left < 0:
            return spelling
    return spellings[0][0]
