from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.errors import UsageError
from cswitch.core.transliteration import vary
from cswitch.core.transliteration.floor import FloorRomaniser
from cswitch.core.transliteration.letters import LetterRomaniser

RUSSIAN = LetterRomaniser(lang="ru")
WORDS = st.lists(st.sampled_from("хорошо жизнь что щука объект юля привет ok 42 .".split()), max_size=12)


@given(WORDS, st.floats(0, 1), st.integers())
def test_a_word_is_spelt_alike_throughout_its_record(words: list[str], variety: float, seed: int) -> None:
    spelt = vary(words, RUSSIAN, variety, [seed])
    assert len(spelt) == len(words)
    assert len(set(zip(words, spelt, strict=True))) == len(set(words))
    for word, latin, options in zip(words, spelt, RUSSIAN.variants(words), strict=True):
        assert latin in {option for option, _ in options}, word
    assert vary(words, RUSSIAN, variety, [seed]) == spelt
    assert vary(list(reversed(words)), RUSSIAN, variety, [seed]) == list(reversed(spelt))


def test_spellings_come_in_proportion_to_how_usual_they_are() -> None:
    (options,) = RUSSIAN.variants(["хорошо"])
    drawn = Counter(vary(["хорошо"], RUSSIAN, 1, [seed])[0] for seed in range(4000))
    for spelling, share in options:
        assert drawn[spelling] / 4000 == pytest.approx(share, abs=0.04)


def test_variety_is_the_share_of_words_a_spelling_is_drawn_for() -> None:
    (options,) = RUSSIAN.variants(["хорошо"])
    other = sum(vary(["хорошо"], RUSSIAN, 0.3, [seed]) != ["horosho"] for seed in range(4000)) / 4000
    assert other == pytest.approx(0.3 * (1 - options[0][1]), abs=0.03)


def test_without_variety_or_variants_the_usual_spelling_comes() -> None:
    assert vary(["хорошо"], RUSSIAN, 0, [1]) == ["horosho"]
    assert vary(["ሰላም"], FloorRomaniser(lang="km"), 1, [1]) == ["selam"]


@pytest.mark.parametrize("variety", [-0.1, 1.1, float("nan")])
def test_a_share_beyond_its_bounds_is_refused(variety: float) -> None:
    with pytest.raises(UsageError, match="is no share"):
        vary(["да"], RUSSIAN, variety, [1])
