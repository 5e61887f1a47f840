"""Parallel sentences mixed by their links, with labels and spans."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.contracts import Link, Sentence
from cswitch.core.errors import InputError, UsageError
from cswitch.core.measures import cmi
from cswitch.generators.switching.view import AlignedPair
from cswitch.training import AugmentSettings, LinkedSwitcher, Mixed
from cswitch.training.labels import mentions_of
from cswitch.training.sides import Sides

EN = "My friend Asha Rao visited the old city of Puno yesterday .".split()
ES = "Mi amiga Asha Rao visitó ayer la antigua ciudad de Puno .".split()
LINKS = "0-0 1-1 2-2 3-3 4-4 5-6 6-7 7-8 8-9 9-10 10-5 11-11"
SIDES = Sides()
NER = "O O B-PER I-PER O O O O O B-LOC O O".split()


def switcher(cmi: float = 25, **options: Any) -> LinkedSwitcher:
    options = {"keep": ("placeholders", "code")} | options
    return LinkedSwitcher(AugmentSettings(matrix="en", languages=("es",), cmi=cmi, **options))


def pair(id: str = "1") -> AlignedPair:
    return SIDES.pair(id, ("en", EN), ("es", ES), LINKS)


@st.composite
def pairs(draw: st.DrawFn) -> AlignedPair:
    """Pairs with random links."""
    one, two = draw(st.integers(1, 8)), draw(st.integers(1, 8))
    cells = draw(st.sets(st.tuples(st.integers(0, one - 1), st.integers(0, two - 1)), max_size=10))
    source = Sentence("en", tuple(f"en{chr(97 + n)}" for n in range(one)), (None,) * one)
    target = Sentence("es", tuple(f"es{chr(97 + n)}" for n in range(two)), (None,) * two)
    return AlignedPair(draw(st.text("ab", max_size=2)), source, target, tuple(Link(i, j) for i, j in sorted(cells)))


@settings(max_examples=150, deadline=None)
@given(pairs(), st.sampled_from(["insertion", "alternation", "nested"]), st.sampled_from([10.0, 30.0, 50.0]), st.data())
def test_everything_moves_together(given_pair: AlignedPair, method: str, wanted: float, data: st.DataObject) -> None:
    size = len(given_pair.source.tokens)
    ner = ["O"] * size
    start = data.draw(st.integers(0, size - 1))
    end = data.draw(st.integers(start + 1, size))
    ner[start:end] = ["B-X", *["I-X"] * (end - start - 1)]
    pos = [f"P{n % 3}" for n in range(size)]
    spans = [(start, end)] if data.draw(st.booleans()) else []
    made = switcher(wanted, method=method).switch_pair(given_pair, labels={"ner": ner, "pos": pos}, spans=spans)
    assert {len(made.langs), len(made.origins), len(made.gaps), *map(len, made.labels.values())} == {len(made.tokens)}
    assert made.cmi == cmi(made.langs)
    [mention] = mentions_of([str(label) for label in made.labels["ner"]])
    linked = {given_pair.target.tokens[link.target] for link in given_pair.links if start <= link.source < end}
    own = set(given_pair.source.tokens[start:end])
    for at, (token, origin) in enumerate(zip(made.tokens, made.origins, strict=True)):
        assert origin is not None
        inside = mention[0] <= at < mention[1]
        if token in own or (token in linked and start <= origin[0] and origin[1] <= end):
            assert inside
        if token.startswith("en"):
            assert made.labels["pos"][at] == pos[given_pair.source.tokens.index(token)]
            assert inside == (token in own)
    for s, e in made.spans:
        assert (s, e) == mention


def test_entities_keep_their_labels_and_an_answer_its_words() -> None:
    for method, spans in (("insertion", [(5, 10)]), ("nested", [(5, 10)]), ("alternation", []), ("nested", [])):
        mixer = switcher(30, method=method)
        for epoch in range(10):
            made = mixer.switch_pair(pair(), labels={"ner": NER}, spans=spans, epoch=epoch)
            said = [str(label) for label in made.labels["ner"]]
            assert [made.tokens[s:e] for s, e in mentions_of(said)] == [["Asha", "Rao"], ["Puno"]]
            for start, end in made.spans:
                assert made.tokens[end - 1] == "Puno"
                assert made.tokens[start] in ("the", "la")
            assert made.replaced or method == "alternation"


def test_an_arc_that_would_break_a_span_is_not_taken() -> None:
    """``old house`` and ``casa vieja`` cross, so that no half of them is a block."""
    sides = (("en", "today we live here and the old house".split()), ("es", "hoy vivimos aquí y la casa vieja".split()))
    crossing = SIDES.pair("1", *sides, "0-0 1-1 2-1 3-2 4-3 5-4 6-6 7-5")
    whole, broken = set(), set()
    mixer = switcher(50, method="alternation")
    for epoch in range(20):
        whole.update(mixer.switch_pair(crossing, epoch=epoch).tokens)
        made = mixer.switch_pair(crossing, spans=[(7, 8)], epoch=epoch)
        assert [made.tokens[s:e] for s, e in made.spans] == [["house"]]
        broken.update(made.tokens)
    assert "casa" in whole
    assert "casa" not in broken
    assert "vivimos" in broken


def test_epochs_differ_and_come_again() -> None:
    one = switcher(20)
    mixes = [one.switch_pair(pair(), epoch=epoch).tokens for epoch in range(12)]
    copy = pickle.loads(pickle.dumps(one))
    assert [copy.switch_pair(pair(), epoch=epoch).tokens for epoch in range(12)] == mixes
    assert len({tuple(tokens) for tokens in mixes}) > 4


def test_kept_names_are_never_lost() -> None:
    keep = ("names", "entities")
    mixer = switcher(50, method="alternation", keep=keep)
    for epoch in range(10):
        made = mixer.switch_pair(pair(), labels={"ner": NER}, epoch=epoch)
        assert {"Asha", "Rao", "Puno"} <= set(made.tokens)


def test_a_pair_without_links_says_so() -> None:
    made = switcher().switch_pair(SIDES.pair("1", ("en", EN), ("es", ES), []), labels={"ner": NER})
    assert (made.tokens, made.reason, made.cmi) == (EN, "no_links", 0.0)


def test_the_matrix_may_be_the_second_side() -> None:
    made = switcher(30).switch_pair(SIDES.pair("1", ("es", ES), ("en", EN), "0-0 1-1 6-5 7-6 8-7 4-4 5-10"))
    assert [token for token, lang in zip(made.tokens, made.langs, strict=True) if lang == "es"]
    assert made.langs.count("en") >= made.langs.count("es")


def test_romanised_links() -> None:
    settings_ = AugmentSettings(matrix="en", languages=("hi",), cmi=50, script="roman", keep=())
    sides = SIDES.pair("1", ("en", ["big", "house"]), ("hi", ["बड़ा", "घर"]), "0-0 1-1")
    made: Mixed = LinkedSwitcher(settings_).switch_pair(sides)
    assert "hi" in made.langs
    assert all(token.isascii() for token in made.tokens)


def test_bad_pairs_are_one_line() -> None:
    with pytest.raises(UsageError, match="pair '1' is of fr and es"):
        switcher().switch_pair(SIDES.pair("1", ("fr", ["a"]), ("es", ["a"]), []))
    with pytest.raises(InputError, match="link 9-0 in 1 and 1 tokens"):
        SIDES.pair("1", ("en", ["a"]), ("es", ["a"]), [(9, 0)])
    with pytest.raises(InputError, match="has a link 'x'"):
        SIDES.pair("1", ("en", ["a"]), ("es", ["a"]), "x")
