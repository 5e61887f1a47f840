"""Running text mixed."""

from __future__ import annotations

from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.errors import InputError
from cswitch.core.lexicon import Lexicon
from cswitch.core.text.tokens import tokenise
from cswitch.core.translation import Translation
from cswitch.training import AugmentSettings, Example, Switcher, switch_text
from cswitch.training.texts import write
from cswitch.training.weaving import Piece, weave
from tests.training.small_lexicons import make


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]]]:
    pieces = draw(
        st.lists(st.sampled_from(["water", "House", "go", "of course", "42", "{red}", ",", "zebra"]), max_size=8)
    )
    gaps = draw(st.lists(st.sampled_from([" ", "  ", "\n"]), min_size=len(pieces), max_size=len(pieces)))
    text = "".join(gap + piece for gap, piece in zip(gaps, pieces, strict=True))
    edge = st.integers(0, len(text))
    spans = draw(st.lists(st.tuples(edge, edge).map(lambda s: (min(s), max(s))), max_size=3))
    return text, spans


@settings(max_examples=80, deadline=None)
@given(texts(), st.sampled_from(["word", "phrase"]))
def test_spans_move_with_what_they_cover(given_text: tuple[str, list[tuple[int, int]]], unit: str) -> None:
    text, spans = given_text
    made = switch_text(make(rate=1.0, unit=unit), text, id="1", spans=spans)
    assert [made.text[s:e] for s, e in made.offsets] == made.mixed.tokens
    for (start, end), (s, e) in zip(spans, made.spans, strict=True):
        old, new = text[start:end], made.text[s:e]
        assert old.isspace() == new.isspace()
        assert bool(old) == bool(new)
        if old.strip():
            assert (
                "".join(c for c in old if c.isspace()) == "".join(c for c in new if c.isspace()) or len(new.split()) > 1
            )
            assert old[0].isspace() == new[0].isspace()
            assert old[-1].isspace() == new[-1].isspace()
    still = switch_text(make(rate=0.0), text, id="1", spans=spans)
    assert (still.text, [text[s:e] for s, e in still.spans]) == (text, [text[s:e] for s, e in spans])


def test_white_space_and_an_answer() -> None:
    text = "Go to the  house,\nof course: water."
    made = switch_text(
        make(("es",), rate=1.0, unit="phrase", min_prob=0.0, translations="best"), text, id="1", spans=[(29, 34)]
    )
    assert text[29:34] == "water"
    assert made.text == "Ir a pie to the  casa,\npor supuesto: agua."
    assert [made.text[s:e] for s, e in made.spans] == ["agua"]


def test_a_span_within_a_word_keeps_the_word() -> None:
    made = switch_text(make(("es",), rate=1.0), "water house", id="1", spans=[(0, 3)])
    assert made.text.startswith("water ")
    assert [made.text[s:e] for s, e in made.spans] == ["wat"]


def test_scripts_without_spaces_are_parted() -> None:
    text = "我喜欢水。"
    words = tokenise(text, "zh").tokens
    lexicon = Lexicon("zh", "en", {words[1]: [Translation("like", 1, 1)]})
    given_settings = AugmentSettings(matrix="zh", languages=("en",), rate=1.0, keep=())
    made = switch_text(Switcher(given_settings, lexicons={"en": lexicon}), text, id="1")
    assert made.text == text.replace(words[1], " like ", 1)
    assert [made.text[s:e] for s, e in made.offsets] == made.mixed.tokens


@pytest.mark.parametrize(
    ("cut", "words", "mixed"),
    [
        ("我|喜欢|wifi|和|水", {"喜欢": "like"}, "我 like wifi和水"),  # what touched before goes on touching
        ("孩子|喜欢|学校", {"孩子": "child", "喜欢": "likes"}, "child likes 学校"),
        ("孩子|喜欢|学校", {"孩子": "बच्चे"}, "बच्चे 喜欢学校"),
        ("5|月|喝|水", {"月": "May"}, "5 May 喝水"),
        ("5|月|喝|水", {"水": "茶"}, "5月喝茶"),
        ("(|水|)|。", {"水": "water"}, "(water)。"),
    ],
)
def test_a_new_word_does_not_melt_into_what_it_touches(cut: str, words: dict[str, str], mixed: str) -> None:
    tokens = cut.split("|")
    ends = list(accumulate(map(len, tokens)))
    offsets = list(zip([0, *ends], ends, strict=False))
    pieces = [Piece(at, at + 1, [words[token]], ["x"]) for at, token in enumerate(tokens) if token in words]
    text, places = write(
        "".join(tokens), offsets, weave(Example(id="1", tokens=tokens), ["zh"] * len(tokens), {}, pieces)
    )
    assert text == mixed
    assert [text[start:end] for start, end in places] == [words.get(token, token) for token in tokens]


def test_spans_outside_are_one_line() -> None:
    with pytest.raises(InputError, match="text '1' has a span 0-9 in 5 characters"):
        switch_text(make(rate=0.5), "water", id="1", spans=[(0, 9)])
