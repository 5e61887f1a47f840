"""Sentences mixed by lexicon: what must hold of every one."""

from __future__ import annotations

import pickle
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.errors import InputError
from cswitch.core.measures import cmi
from cswitch.training import AugmentSettings, Example, Mixed, Switcher
from cswitch.training.labels import mentions_of
from tests.training.small_lexicons import NAMES, examples, lexicons, make

OPTIONS = st.fixed_dictionaries(
    {
        "unit": st.sampled_from(["word", "phrase", "entity"]),
        "one_language": st.booleans(),
        "markers": st.booleans(),
        "keep": st.sampled_from([("placeholders", "code"), ("entities",), ("names", "function-words")]),
    }
)
AIMS = st.sampled_from([{"cmi": 0}, {"cmi": 20}, {"cmi": 50}, {"rate": 0.3}, {"rate": 1.0}])


def switcher(options: dict[str, Any], aim: dict[str, Any]) -> Switcher:
    made = make(**options, **aim)
    return Switcher(made.settings, lexicons=made.given, names={"numbers": NAMES})


def content(mixed: Mixed, start: int, end: int) -> set[int]:
    """Tokens of the example that stand behind some tokens."""
    return {n for origin in mixed.origins[start:end] if origin for n in range(*origin)}


@settings(max_examples=150, deadline=None)
@given(examples(), OPTIONS, AIMS, st.integers(0, 3))
def test_labels_spans_and_tokens_move_together(
    example: Example, options: dict[str, object], aim: dict[str, float], epoch: int
) -> None:
    made = switcher(options, aim).switch(example, epoch)
    size = len(made.tokens)
    assert {len(made.langs), len(made.gaps), len(made.origins), *map(len, made.labels.values())} == {size}
    assert [NAMES[n] if isinstance(n, int) else None for n in made.labels["numbers"]] == made.labels["ner"]
    for at, (token, origin) in enumerate(zip(made.tokens, made.origins, strict=True)):
        if origin is None:
            assert token in ("<e>", "</e>")
            continue
        start, end = origin
        if made.langs[at] not in ("es", "de"):
            assert (token, end) == (example.tokens[start], start + 1)
        kinds = {str(label)[2:] for label in example.labels["ner"][start:end]}
        assert {str(made.labels["ner"][at])[2:]} == kinds
        assert {made.labels["pos"][at]} == set(example.labels["pos"][start:end])
    for (start, end), (s, e) in zip(example.spans, made.spans, strict=True):
        assert content(made, s, e) == set(range(start, end))
        assert content(made, 0, s).isdisjoint(range(start, end))
        assert content(made, e, size).isdisjoint(range(start, end))
    assert made.cmi == cmi(made.langs)


@settings(max_examples=100, deadline=None)
@given(examples(), OPTIONS, AIMS)
def test_mentions_stay_mentions(example: Example, options: dict[str, object], aim: dict[str, float]) -> None:
    made = switcher(options, aim).switch(example)
    before = mentions_of([str(label) for label in example.labels["ner"]])
    after = mentions_of([str(label) for label in made.labels["ner"]])
    assert [content(made, *span) for span in after] == [set(range(*span)) for span in before]
    if options["markers"]:
        inside = [made.tokens[s - 1 : s] + made.tokens[e : e + 1] for s, e in after]
        assert inside == [["<e>", "</e>"]] * len(before)


def reachable_values(made: Switcher, example: Example) -> set[float]:
    """Every value of CMI or rate that any choice of words, languages and translations gives, by enumeration."""
    words = [token for token in example.tokens if token.isalpha()]
    ways = []
    for word in words:
        lengths = {len(t.split()) for lang in made.settings.languages if made.given
                   for t in (x.word for x in made.given[lang].translations(word)) if t != word}  # fmt: skip
        ways.append([None, *lengths])
    values = set()
    for choice in product(*ways):
        taken = [n for n in choice if n is not None]
        if made.settings.rate is not None:
            values.add(len(taken) / len(words))
        elif not taken or sum(taken) <= len(words) - len(taken):
            values.add(100 * sum(taken) / (len(words) - len(taken) + sum(taken)))
    return values


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(["water", "red", "tree", "a", "42", "spain", "."]), min_size=1, max_size=8),
    st.sampled_from([{"cmi": 10}, {"cmi": 25}, {"cmi": 50}, {"rate": 0.2}, {"rate": 0.4}, {"rate": 1}]),
    st.booleans(),
)
def test_no_mix_lies_nearer(tokens: list[str], aim: dict[str, float], both: bool) -> None:
    """With one translation a word and language, the value is the nearest of all there are, and told."""
    made = make(("es",) if both else ("de",), **aim)
    if not any(token.isalpha() for token in tokens):
        return
    example = Example(id="1", tokens=tokens)
    mixed = made.switch(example)
    values = reachable_values(made, example)
    got, wanted = (mixed.rate, aim["rate"]) if "rate" in aim else (mixed.cmi, aim["cmi"])
    assert abs(got - wanted) <= min(abs(value - wanted) for value in values) + 1e-9
    assert mixed.reachable == pytest.approx((min(values), max(values)), abs=1e-4)


def test_cosda_gets_the_rate_that_it_asks_for() -> None:
    """Of ten words the lexicon knows five: at 0.4 four are replaced, where plain CoSDA-ML replaces two on average."""
    made = Switcher(AugmentSettings.cosda("en", ("es",), rate=0.4), lexicons={"es": lexicons()["es"]})
    tokens = "water a water a house a red a spain a".split()
    assert [made.switch(Example(id=str(n), tokens=tokens)).replaced for n in range(20)] == [4] * 20


def test_entitycs_takes_a_language_that_knows_the_most_mentions() -> None:
    made = Switcher(AugmentSettings.entitycs("en", ("es", "de"), markers=True), lexicons=lexicons())
    example = Example(
        id="1", tokens="Water of New York and Spain".split(), labels={"ner": "O O B-LOC I-LOC O B-LOC".split()}
    )
    for epoch in range(8):
        mixed = made.switch(example, epoch)
        assert mixed.tokens == "Water of <e> Nueva York </e> and <e> España </e>".split()
        assert mixed.labels["ner"] == ["O", "O", "O", "B-LOC", "I-LOC", "O", "O", "O", "B-LOC", "O"]
        assert mixed.rate == 1.0


def test_one_language_a_sentence() -> None:
    made = make(rate=1.0, one_language=True)
    tokens = "water house water house spain".split()
    seen = {frozenset(made.switch(Example(id=str(n), tokens=tokens)).langs) for n in range(20)}
    assert seen == {frozenset({"es"}), frozenset({"de"})}
    mixed = make(rate=1.0)
    assert any(len(set(mixed.switch(Example(id=str(n), tokens=tokens)).langs)) == 2 for n in range(20))


def test_what_is_kept_stays() -> None:
    tokens = "Go to Water with { house } , ` red house ` , house_red 42 https://house.red @house".split()
    example = Example(id="1", tokens=tokens)
    made = make(("es",), rate=1.0, keep=("placeholders", "code", "names")).switch(example)
    kept = [token for token, origin in zip(made.tokens, made.origins, strict=True) if origin and origin[0] > 0]
    assert kept == tokens[1:]
    assert made.tokens[:3] == ["Ir", "a", "pie"]
    entities = Example(id="1", tokens=["water", "spain"], labels={"ner": ["O", "B-LOC"]})
    assert make(("es",), rate=1.0, keep=("entities",)).switch(entities).tokens == ["agua", "spain"]
    fixed = Example(id="1", tokens=["water", "spain"], fixed=frozenset({0}))
    assert make(("es",), rate=1.0).switch(fixed).tokens == ["water", "españa"]
    proper = Example(id="1", tokens=["water", "spain"], labels={"pos": ["NOUN", "PROPN"]})
    assert make(("es",), rate=1.0, keep=("names",)).switch(proper).tokens == ["agua", "spain"]


def test_function_words_stay_where_asked() -> None:
    example = Example(id="1", tokens="the water of the house".split())
    settings = AugmentSettings(matrix="en", languages=("es",), rate=1.0, translations="best")
    assert Switcher(settings).switch(example).tokens == ["the", "agua", "of", "the", "casa"]


def test_a_word_that_stays_itself_is_no_switch() -> None:
    assert make(("es",), rate=1.0).switch(Example(id="1", tokens=["tree"])).replaced == 0


def test_tokens_that_are_mixed_already_count() -> None:
    example = Example(id="1", tokens=["water", "casa", "red", "house"], langs=["en", "es", "en", "en"])
    made = make(("es",), cmi=25).switch(example)
    assert (made.tokens, made.cmi) == (["water", "casa", "red", "house"], 25.0)


def test_romanised_words() -> None:
    settings = AugmentSettings(matrix="en", languages=("hi",), rate=1.0, script="roman", translations="best")
    made = Switcher(settings).switch(Example(id="1", tokens=["house", "water"]))
    assert made.langs == ["hi", "hi"]
    assert all(token.isascii() for token in made.tokens)


def test_epochs_and_seeds_give_other_mixes_and_the_same_again() -> None:
    example = Example(id="7", tokens="water house go red water house go red".split())

    def mixes(seed: int) -> list[list[str]]:
        made = make(rate=0.5, seed=seed)
        return [made.switch(example, epoch).tokens for epoch in range(6)]

    assert mixes(0) == mixes(0)
    assert mixes(0) != mixes(1)
    assert len({tuple(tokens) for tokens in mixes(0)}) > 3


def test_order_and_copies_change_nothing() -> None:
    made = make(rate=0.5, share_of_sentences=0.5)
    many = [Example(id=str(n), tokens="water house go red".split()) for n in range(30)]
    forwards = [made.switch(each).tokens for each in many]
    copy = pickle.loads(pickle.dumps(made))
    assert [copy.switch(each).tokens for each in reversed(many)] == forwards[::-1]
    shares = [made.switch(each).chosen for each in many]
    assert 5 < sum(shares) < 25
    assert all(mixed or tokens == list(many[0].tokens) for mixed, tokens in zip(shares, forwards, strict=True))


def test_shipped_lexicons_are_not_pickled() -> None:
    made = Switcher(AugmentSettings(matrix="en", languages=("es", "hi"), cmi=25))
    made.switch(Example(id="1", tokens=["water"]))
    assert len(pickle.dumps(made)) < 2000


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"labels": {"ner": ["O"]}}, "field 'ner': example '1' has 1 entries for 2 tokens"),
        ({"spans": [(1, 3)]}, "field 'spans': example '1' has a span 1-3 in 2 tokens"),
        ({"mentions": [(2, 1)]}, "field 'mentions'"),
        ({"langs": ["en"]}, "field 'langs'"),
    ],
)
def test_bad_examples_are_one_line(options: dict[str, object], message: str) -> None:
    with pytest.raises(InputError) as raised:
        make(rate=0.5).switch(Example(id="1", tokens=["water", "house"], **options))  # type: ignore[arg-type]
    assert message in str(raised.value)


def test_an_empty_sentence_stays_empty() -> None:
    made = make(rate=0.5).switch(Example(id="1", tokens=[], spans=[(0, 0)]))
    assert (made.tokens, made.spans, made.replaced) == ([], [(0, 0)], 0)
