"""Lexicons put together through English."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.lexicon import Lexicon, Translation
from cswitch.core.lexicon_pack import Pack
from cswitch.core.lexicon_pivot import compose

PROBABILITIES = st.floats(min_value=0.01, max_value=1.0)
ENTRIES = st.dictionaries(
    st.sampled_from("abcdef"),
    st.lists(
        st.builds(Translation, st.sampled_from(["x", "y", "z", "x y"]), PROBABILITIES, PROBABILITIES),
        min_size=1,
        max_size=3,
        unique_by=lambda t: t.word,
    ).map(tuple),
    max_size=6,
)


def pack(target: str, entries: dict[str, tuple[Translation, ...]]) -> Pack:
    return Pack(("en", target), {}, {}, entries)


@given(ENTRIES, ENTRIES)
def test_probabilities_stay_probabilities_and_sides_can_be_swapped(
    one: dict[str, tuple[Translation, ...]], other: dict[str, tuple[Translation, ...]]
) -> None:
    there, back = compose(pack("aa", one), pack("bb", other)), compose(pack("bb", other), pack("aa", one))
    cells = {(w, t.word): (t.prob, t.back) for w, found in there.entries.items() for t in found}
    assert all(0 < p <= 1 for cell in cells.values() for p in cell)
    turned = {(t.word, w): (t.back, t.prob) for w, found in back.entries.items() for t in found}
    assert cells.keys() == turned.keys()
    for cell, values in cells.items():
        assert values == pytest.approx(turned[cell])


def test_ways_through_several_words_add_up() -> None:
    one: dict[str, tuple[Translation, ...]] = {
        "house": (Translation("casa", 1.0, 0.5),),
        "home": (Translation("casa", 1.0, 0.5),),
        "table": (Translation("mesa", 1.0, 1.0),),
    }
    other: dict[str, tuple[Translation, ...]] = {
        "house": (Translation("haus", 0.8, 1.0),),
        "home": (Translation("haus", 0.4, 1.0),),
    }
    (found,) = compose(pack("es", one), pack("de", other)).entries["casa"]
    assert found.word == "haus"
    assert found.prob == pytest.approx(0.5 * 0.8 + 0.5 * 0.4)
    assert found.back == pytest.approx(1.0)
    assert "mesa" not in compose(pack("es", one), pack("de", other)).entries


@pytest.mark.parametrize(
    ("pair", "word", "translation"),
    [("fr-de", "eau", "wasser"), ("hi-ta", "पानी", "தண்ணீர்"), ("es-hi", "casa", "घर"), ("de-hi", "wasser", "पानी")],
)
def test_pairs_without_english_know_everyday_words(pair: str, word: str, translation: str) -> None:
    source, target = pair.split("-")
    lexicon = Lexicon.load(source, target)
    assert translation in [t.word for t in lexicon.translations(word)]
    assert lexicon.closed[source]
    assert lexicon.closed[target]
    back = Lexicon.load(target, source)
    assert word in [t.word for t in back.translations(translation)]
