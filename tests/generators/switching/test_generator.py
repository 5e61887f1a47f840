"""Whole samples: what every one of them must hold, whatever the pair."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.contracts import Link, Sentence
from cswitch.core.registry import BUILT_IN
from cswitch.generators.switching.alternation import equivalence_points
from cswitch.generators.switching.constraints import is_equivalence_point
from cswitch.generators.switching.generator import SwitchGenerator, config_hash
from cswitch.generators.switching.view import AlignedPair, View
from cswitch.schemas.reject import REASONS, Reject
from cswitch.schemas.sample import Sample
from cswitch.schemas.settings import SynthSettings

EN = "the new office opens a small meeting today and we cancel three orders because of heavy rain , . !".split()
ES = "la nueva oficina abre una pequeña reunión hoy y cancelamos tres pedidos por fuerte lluvia , . ¿ ?".split()
EN_POS = {"the": "DET", "a": "DET", "new": "ADJ", "small": "ADJ", "heavy": "ADJ", "opens": "VERB.Fin", "we": "PRON"}
EN_POS |= {"cancel": "VERB.Fin", "and": "CCONJ", "because": "SCONJ", "of": "ADP", "three": "NUM", "today": "NOUN.Sing"}
ES_POS = {
    "la": "DET",
    "una": "DET",
    "nueva": "ADJ",
    "pequeña": "ADJ",
    "fuerte": "ADJ",
    "abre": "VERB.Fin",
    "y": "CCONJ",
}
ES_POS |= {"cancelamos": "VERB.Fin", "por": "ADP", "tres": "NUM", "hoy": "ADV"}


def label(word: str, known: dict[str, str]) -> str:
    return "PUNCT" if not word[0].isalpha() else known.get(word, "NOUN.Sing")


@st.composite
def pairs(draw: st.DrawFn, *, tagged: bool | None = None) -> AlignedPair:
    source = draw(st.lists(st.sampled_from(EN), min_size=1, max_size=9))
    target = draw(st.lists(st.sampled_from(ES), min_size=1, max_size=9))
    cells = st.tuples(st.integers(0, len(source) - 1), st.integers(0, len(target) - 1))
    links = sorted(draw(st.sets(cells, max_size=9)))
    with_pos = draw(st.booleans()) if tagged is None else tagged
    return AlignedPair(
        id="7",
        source=Sentence("en", tuple(source), (None,) * len(source)),
        target=Sentence("es", tuple(target), (None,) * len(target)),
        links=tuple(Link(i, j, 0.9) for i, j in links),
        source_pos=tuple(label(w, EN_POS) for w in source) if with_pos else None,
        target_pos=tuple(label(w, ES_POS) for w in target) if with_pos else None,
    )


plans = st.builds(
    SynthSettings,
    pair=st.just(("en", "es")),
    matrix=st.sampled_from(["", "en", "es", "both"]),
    method=st.sampled_from(["insertion", "alternation", "nested", "tree"]),
    units=st.sampled_from(list(BUILT_IN["units"])),
    constraint=st.sampled_from(["", "equivalence", "matrix-frame", "none"]),
    weights=st.sampled_from(["uniform", "pos", "frequency"]),
    cmi=st.one_of(st.none(), st.sampled_from([(10.0, 10.0), (25.0, 25.0), (40.0, 40.0), (10.0, 40.0)])),
    share=st.one_of(st.none(), st.none(), st.sampled_from([(0.2, 0.2), (0.7, 0.7), (1.0, 1.0), (0.3, 0.9)])),
    switches=st.one_of(st.none(), st.integers(1, 4)),
    per_pair=st.integers(1, 4),
    on_miss=st.sampled_from(["nearest", "reject"]),
    seed=st.integers(0, 3),
).map(lambda plan: plan if plan.share is None else msgspec.structs.replace(plan, cmi=None))


def measured_cmi(langs: list[str]) -> float:
    counted = Counter(lang for lang in langs if lang in ("en", "es"))
    total = sum(counted.values())
    return 100 * (1 - max(counted.values()) / total) if total else 0.0


@settings(max_examples=400, deadline=None)
@given(pairs(), plans)
def test_every_sample_keeps_its_promises(pair: AlignedPair, plan: SynthSettings) -> None:
    made = SwitchGenerator(plan).generate(pair)
    if isinstance(made, Reject):
        assert made.reason in REASONS
        return
    sides = {"en": pair.source.tokens, "es": pair.target.tokens}
    assert 1 <= len(made) <= plan.per_pair * (2 if plan.matrix == "both" else 1)
    assert len({(s.matrix, s.text) for s in made}) == len(made)
    for sample in made:
        assert len(sample.tokens) == len(sample.langs) == len(sample.offsets) == len(sample.origins)
        assert [sample.text[start:end] for start, end in sample.offsets] == sample.tokens
        origins = [origin for origin in sample.origins if origin is not None]
        assert len(set(origins)) == len(origins), "a source token was copied twice"
        for token, lang, origin in zip(sample.tokens, sample.langs, sample.origins, strict=True):
            if origin is None:
                assert lang == sample.matrix
            else:
                side, index = origin
                assert lang in (side, "other")
                assert token.lower() == sides[side][index].lower() or token.lower() in ("a", "an", "y", "e", "o", "u")
        cmi = measured_cmi(sample.langs)
        assert sample.measures["cmi"] == pytest.approx(cmi, abs=1e-3)
        said = [lang for lang in sample.langs if lang in ("en", "es")]
        assert sample.measures["switches"] == sum(a != b for a, b in pairwise(said))
        if plan.share is None or plan.share[1] <= 0.5:
            assert said.count(sample.matrix) * 2 >= len(said)
        if plan.share is None:
            assert "share" not in sample.measures
            assert "share" not in sample.reachable
        else:
            assert_share(sample, said, plan)
        low, high = sample.reachable["cmi"]
        assert low - 1e-3 <= cmi <= high + 1e-3
        if sample.target.cmi is not None and sample.met:
            assert abs(cmi - sample.target.cmi) <= plan.tolerance + 1e-3
        if sample.target.switches is not None and sample.met:
            assert sample.measures["switches"] == sample.target.switches
        if plan.on_miss == "reject":
            assert sample.met


def assert_share(sample: Sample, said: list[str], plan: SynthSettings) -> None:
    """The share is measured, lies within what can be reached, and within the tolerance when it is met."""
    share = 1 - said.count(sample.matrix) / len(said)
    assert sample.measures["share"] == pytest.approx(share, abs=1e-5)
    assert sample.target.cmi is None
    assert sample.target.share is not None
    low, high = sample.reachable["share"]
    assert low - 1e-5 <= share <= high + 1e-5
    if sample.met:
        assert abs(share - sample.target.share) <= plan.tolerance / 100 + 1e-5


@settings(max_examples=200, deadline=None)
@given(pairs(), plans)
def test_switching_never_crosses_a_link_under_equivalence(pair: AlignedPair, plan: SynthSettings) -> None:
    method = plan.method if plan.method != "tree" else "alternation"  # words enter turned parts of a tree
    plan = msgspec.structs.replace(plan, constraint="equivalence", matrix="es", method=method)
    made = SwitchGenerator(plan).generate(pair)
    if isinstance(made, Reject):
        return
    for sample in made:
        spoken = [origin for origin in sample.origins if origin is not None]
        for n in range(1, len(spoken)):
            if spoken[n - 1][0] != spoken[n][0]:
                assert_no_crossing(pair, spoken, n)


def assert_no_crossing(pair: AlignedPair, spoken: list[tuple[str, int]], n: int) -> None:
    """Some boundary on both sides fits the switch before token n, and no link crosses it."""
    (left_side, left), (right_side, right) = spoken[n - 1], spoken[n]
    boundary = {left_side: left + 1, right_side: right}
    i, j = boundary["en"], boundary["es"]
    crossing = [link for link in pair.links if (link.source < i) != (link.target < j)]
    assert not crossing, (spoken, n, crossing)


@settings(max_examples=100, deadline=None)
@given(pairs(tagged=True), plans)
def test_the_same_seed_gives_the_same_samples(pair: AlignedPair, plan: SynthSettings) -> None:
    first, second = SwitchGenerator(plan).generate(pair), SwitchGenerator(plan).generate(pair)
    assert msgspec.json.encode(first) == msgspec.json.encode(second)


def test_a_pair_gives_all_there_is_when_fewer_than_asked() -> None:
    pair = simple_pair()
    plan = SynthSettings(pair=("en", "es"), cmi=None, per_pair=50, units="noun", constraint="none")
    made = SwitchGenerator(plan).generate(pair)
    assert isinstance(made, list)
    assert sorted(s.text for s in made) == ["La office abre hoy.", "La office abre today.", "La oficina abre today."]


def shared(share: tuple[float, float], **options: Any) -> list[Sample] | Reject:
    plan = SynthSettings(pair=("en", "es"), share=share, units="word", constraint="none", **options)
    return SwitchGenerator(plan).generate(simple_pair())


@pytest.mark.parametrize(
    ("share", "reached", "met", "ends"),
    [
        (0.25, 0.25, True, (0.25, 0.5)),
        (0.75, 0.75, True, (0.25, 0.75)),
        (0.6, 0.5, False, (0.25, 0.75)),
        (1.0, 1.0, True, (0.0, 1.0)),
    ],
)
def test_a_share_is_followed_beyond_a_half(share: float, reached: float, met: bool, ends: tuple[float, float]) -> None:
    made = shared((share, share))
    assert isinstance(made, list)
    [sample] = made
    assert sample.measures["share"] == reached
    assert (sample.target.share, sample.target.cmi, sample.met) == (share, None, met)
    assert sample.reachable["share"] == ends


def test_all_that_can_be_replaced_is_replaced() -> None:
    plan = SynthSettings(pair=("en", "es"), share=(1.0, 1.0), units="noun-word", constraint="none")
    made = SwitchGenerator(plan).generate(simple_pair())
    assert isinstance(made, list)
    assert [sample.text for sample in made] == ["La office abre today."]


def test_a_share_out_of_reach_is_told() -> None:
    made = shared((0.6, 0.6), on_miss="reject")
    assert isinstance(made, Reject)
    assert made.reason == "share_unreachable"
    assert made.detail == "asked for 0.6 within 0.03; nearest is 0.100 away, reachable 0.250 to 0.750"


def test_a_share_takes_the_place_of_the_cmi_by_default() -> None:
    assert SynthSettings(pair=("en", "es"), share=(0.6, 0.6)).cmi is None
    assert SynthSettings(pair=("en", "es")).cmi == (25.0, 25.0)


def simple_pair() -> AlignedPair:
    return AlignedPair(
        id="1",
        source=Sentence("en", ("The", "office", "opens", "today", "."), (False, True, True, True, False)),
        target=Sentence("es", ("La", "oficina", "abre", "hoy", "."), (False, True, True, True, False)),
        links=tuple(Link(n, n) for n in range(5)),
        source_pos=("DET", "NOUN.Sing", "VERB.Fin", "NOUN.Sing", "PUNCT"),
        target_pos=("DET", "NOUN.Sing", "VERB.Fin", "ADV", "PUNCT"),
    )


def test_the_article_stays_spanish() -> None:
    plan = SynthSettings(pair=("en", "es"), cmi=(25, 25), units="noun")
    made = SwitchGenerator(plan).generate(simple_pair())
    assert isinstance(made, list)
    [sample] = made
    assert isinstance(sample, Sample)
    assert sample.text == "La office abre hoy."
    assert sample.langs == ["es", "en", "es", "es", "other"]
    assert sample.origins == [("es", 0), ("en", 1), ("es", 2), ("es", 3), ("es", 4)]
    assert sample.measures["cmi"] == 25.0


def test_settings_that_change_output_change_the_hash() -> None:
    plan = SynthSettings(pair=("en", "hi"))
    others = [msgspec.structs.replace(plan, seed=1), msgspec.structs.replace(plan, cmi=(20.0, 20.0))]
    assert len({config_hash(p) for p in [plan, *others]}) == 3
    assert config_hash(plan) == config_hash(SynthSettings(pair=("en", "hi")))


def test_hindi_verbs_enter_bare_with_a_light_verb() -> None:
    pair = AlignedPair(
        id="v",
        source=Sentence("en", ("We", "bought", "two", "tickets"), (False, True, True, True)),
        target=Sentence("hi", ("हमने", "दो", "टिकट", "खरीदे", "।"), (False, True, True, True, False)),
        links=(Link(0, 0), Link(1, 3), Link(2, 1), Link(3, 2)),
        source_pos=("PRON", "VERB.Fin", "NUM", "NOUN.Plur"),
        target_pos=("PRON", "NUM", "NOUN.Plur", "VERB.Part", "PUNCT"),
    )
    plan = SynthSettings(pair=("en", "hi"), cmi=None, per_pair=20, units="content")
    made = SwitchGenerator(plan).generate(pair)
    assert isinstance(made, list)
    verbs = [s for s in made if "buy" in s.tokens]
    assert verbs
    for sample in verbs:
        place = sample.tokens.index("buy")
        assert sample.tokens[place + 1] == "किए"
        assert sample.origins[place : place + 2] == [("en", 1), None]
        assert sample.langs[place : place + 2] == ["en", "hi"]
    assert not any("bought" in s.tokens for s in made)
    without = SwitchGenerator(msgspec.structs.replace(plan, glue=())).generate(pair)
    assert isinstance(without, list)
    assert not any("buy" in s.tokens or None in s.origins for s in without)


@settings(max_examples=200, deadline=None)
@given(pairs())
def test_equivalence_points_are_crossed_by_no_link(pair: AlignedPair) -> None:
    view = View(pair, flip=True)
    for speakable in (False, True):
        points = equivalence_points(view, speakable=speakable)
        assert points == sorted(points)
        for x, y in points[1:-1]:
            assert is_equivalence_point(view, x, y)


def test_every_boundary_of_a_straight_pair_is_an_equivalence_point() -> None:
    assert equivalence_points(View(simple_pair(), flip=True), speakable=False) == [(n, n) for n in range(6)]
