"""Samples of three and four languages from random sentences and links: what every one of them must hold."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.contracts import Link, Sentence
from cswitch.generators.switching.generator import SwitchGenerator
from cswitch.generators.switching.lattice import Piece
from cswitch.generators.switching.several import AlignedSides, joined_lattices, views_of
from cswitch.generators.switching.several_generator import SeveralGenerator
from cswitch.generators.switching.view import AlignedPair
from cswitch.schemas.reject import REASONS, Reject
from cswitch.schemas.settings import SynthSettings

WORDS = {
    "es": "la nueva oficina abre una reunión hoy y cancelamos pedidos , .".split(),
    "en": "the new office opens a meeting today and we cancel orders , .".split(),
    "fr": "le nouveau bureau ouvre une réunion aujourd'hui et nous annulons , .".split(),
    "it": "il nuovo ufficio apre una riunione oggi e noi annulliamo , .".split(),
}


@st.composite
def aligned(draw: st.DrawFn) -> AlignedSides:
    languages = ("es", "en", "fr", "it")[: draw(st.integers(3, 4))]
    sentences = {}
    for lang in languages:
        tokens = draw(st.lists(st.sampled_from(WORDS[lang]), min_size=1, max_size=8))
        sentences[lang] = Sentence(lang, tuple(tokens), (None,) * len(tokens))
    pairs = []
    for lang in languages[1:]:
        one, other = sentences["es"], sentences[lang]
        cells = st.tuples(st.integers(0, len(one.tokens) - 1), st.integers(0, len(other.tokens) - 1))
        links = tuple(Link(i, j, 0.95) for i, j in sorted(draw(st.sets(cells, max_size=8))))
        pairs.append(AlignedPair("7", one, other, links, aligner="lexical"))
    return AlignedSides("7", languages, {"es": tuple(pairs)})


plans = st.builds(
    SynthSettings,
    pair=st.just(("es", "en", "fr")),
    matrix=st.just("es"),
    method=st.sampled_from(["insertion", "alternation", "nested"]),
    units=st.sampled_from(["word", "phrase", "noun", "content"]),
    constraint=st.sampled_from(["", "equivalence", "matrix-frame", "none"]),
    cmi=st.one_of(st.none(), st.sampled_from([(0.0, 0.0), (25.0, 25.0), (40.0, 40.0), (20.0, 60.0), (60.0, 60.0)])),
    switches=st.one_of(st.none(), st.integers(1, 4)),
    per_pair=st.integers(1, 4),
    on_miss=st.sampled_from(["nearest", "reject"]),
    seed=st.integers(0, 3),
)


@settings(max_examples=400, deadline=None)
@given(aligned(), plans)
def test_every_sample_of_several_languages_keeps_its_promises(sides: AlignedSides, plan: SynthSettings) -> None:
    languages = sides.languages
    made = SeveralGenerator(plan).generate(sides, {"topic": "news"})
    if isinstance(made, Reject):
        assert made.reason in REASONS
        return
    assert len({sample.text for sample in made}) == len(made) <= plan.per_pair
    for number, sample in enumerate(made):
        assert (sample.id, sample.labels) == (f"7.{number}", {"topic": "news"})
        assert sample.languages == list(languages)
        assert [sample.text[a:b] for a, b in sample.offsets] == sample.tokens
        said = [lang for lang in sample.langs if lang in languages]
        counted = Counter(said)
        most = max(counted.values(), default=0)
        assert counted["es"] == most, "the matrix language is at the head"
        cmi = 100 * (1 - most / len(said)) if said else 0.0
        assert abs(float(sample.measures["cmi"] or 0) - cmi) < 1e-3
        assert sample.measures["switches"] == sum(a != b for a, b in pairwise(said))
        low, high = sample.reachable["cmi"]
        assert low - 1e-3 <= cmi <= high + 1e-3
        if plan.cmi is None or plan.cmi[1] <= 50:
            assert cmi <= 50
        if sample.met and plan.cmi != (0.0, 0.0):
            assert set(counted) == set(languages)
        if sample.target.cmi is not None and sample.met:
            assert abs(cmi - sample.target.cmi) <= 3.001
        if plan.on_miss == "reject":
            assert sample.met
        sources = [origin for origin in sample.origins if origin is not None]
        assert len(set(sources)) == len(sources)
        for token, tag, origin in zip(sample.tokens, sample.langs, sample.origins, strict=True):
            if origin is None:
                assert tag == "es"
                continue
            sentence = sides.pairs["es"][0].source
            if origin[0] != "es":
                sentence = next(pair.target for pair in sides.pairs["es"] if pair.target.lang == origin[0])
            assert tag in (origin[0], "other", "fw")
            if plan.glue and origin[0] == "es":
                continue  # an article may agree
            assert token.lower() == sentence.tokens[origin[1]].lower()
    assert SeveralGenerator(plan).generate(sides, {"topic": "news"}) == made


@settings(max_examples=100, deadline=None)
@given(aligned(), plans)
def test_a_joined_lattice_has_the_arcs_of_each_side_and_no_others(sides: AlignedSides, plan: SynthSettings) -> None:
    pairs = sides.pairs["es"]
    views = views_of(pairs, "es", 0.5)
    builder = SwitchGenerator(plan).builder
    widths = []
    for lattice in joined_lattices(builder, views, "key"):
        assert len(lattice.sides) == len(lattice.arcs)
        for arc, side in zip(lattice.arcs, lattice.sides, strict=True):
            assert {piece.side for piece in arc.pieces if isinstance(piece, Piece)} == {side}
        widths.append(len(lattice.arcs))
    alone = [[len(lattice.arcs) for lattice in builder.lattices(view, "key")] for view in views]
    assert widths[0] == sum(counts[0] for counts in alone)
    assert widths[-1] == sum(counts[-1] for counts in alone)
    assert len(widths) == max(map(len, alone))
