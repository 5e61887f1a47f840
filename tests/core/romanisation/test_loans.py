"""English words behind their sounds."""

from __future__ import annotations

from math import exp

from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.romanisation.loans import EnglishWords

WORD = st.text("abc", min_size=1, max_size=4)
LEVELS = st.dictionaries(st.integers(0, 9), st.lists(WORD, max_size=6), max_size=3)
ODDS = st.dictionaries(WORD, st.integers(1, 1 << 24), min_size=1, max_size=6)


@given(LEVELS, ODDS)
def test_the_best_spelling_is_the_one_of_the_highest_weighed_odds(
    levels: dict[int, list[str]], odds: dict[str, int]
) -> None:
    worth = {word: exp(3 + 0.4 * level) for level, words in levels.items() for word in words}
    best = EnglishWords(levels).best(odds)
    highest = max(chance * worth.get(word, 1) for word, chance in odds.items())
    assert odds[best] * worth.get(best, 1) >= highest * (1 - 1e-4)


@given(ODDS)
def test_without_known_words_the_odds_decide(odds: dict[str, int]) -> None:
    assert odds[EnglishWords({}).best(odds)] == max(odds.values())


def test_the_shipped_list_holds_common_words() -> None:
    words = EnglishWords.load("hi")
    assert all(word in words for word in ("office", "school", "doctor", "project", "meeting", "consumer"))
    assert "ghar" not in words
