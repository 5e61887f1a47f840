"""English words behind their sounds, against brute force."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.text.loans import EnglishWords

LETTERS = st.text("abc", max_size=2)
CHOICES = st.lists(
    st.lists(
        st.tuples(st.integers(0, 8).map(lambda n: n / 2), LETTERS), min_size=1, max_size=3, unique_by=lambda o: o[1]
    ),
    min_size=1,
    max_size=4,
).map(lambda places: [[(0.0, place[0][1]), *sorted(place[1:])] for place in places])
LEVELS = st.dictionaries(st.integers(0, 9), st.lists(st.text("abc", min_size=1, max_size=5), max_size=6), max_size=3)


def best_by_enumeration(levels: dict[int, list[str]], choices: list[list[tuple[float, str]]]) -> float:
    """The largest worth less cost of any word the choices can spell."""
    worth = {word: 4 + 0.6 * level for level, words in levels.items() for word in words}
    gains = [
        worth[word] - sum(lag for lag, _ in path)
        for path in product(*choices)
        if (word := "".join(letters for _, letters in path)) in worth
    ]
    return max(gains, default=0.0)


@given(LEVELS, CHOICES)
def test_the_word_found_is_the_one_of_most_gain(
    levels: dict[int, list[str]], choices: list[list[tuple[float, str]]]
) -> None:
    words = EnglishWords(levels)
    best = best_by_enumeration(levels, choices)
    found = words.nearest(choices)
    if found is None:
        assert best <= 0
    else:
        assert found in words
        assert best > 0
        reached = best_by_enumeration({n: [w for w in ws if w == found] for n, ws in levels.items()}, choices)
        assert abs(reached - best) < 1e-9


def test_an_overlong_word_is_left_alone() -> None:
    words = EnglishWords({9: ["a" * 30]})
    assert words.nearest([[(0.0, "a")]] * 30) is None


def test_the_shipped_list_holds_common_words() -> None:
    words = EnglishWords.load()
    assert all(word in words for word in ("office", "school", "doctor", "project", "meeting"))
    assert "ghar" not in words
