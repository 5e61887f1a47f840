"""Mixed sentences read by spaCy pipelines that are trained and configured here."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.annotators.pipelines.analysis import Analysis
from cswitch.annotators.pipelines.spacy_adapter import SpacyAnnotator, SpacyPosTagger
from cswitch.core.contracts import PosTagger
from cswitch.core.errors import InputError, RunError, UsageError
from cswitch.core.pos import UPOS

if TYPE_CHECKING:
    from spacy.language import Language

spacy = pytest.importorskip("spacy")

MIXED = ("कल", "Asha", "called", "the", "house", "है", "!"), ("hi", "ne", "en", "en", "en", "hi", "other")
SMALL = {
    "@architectures": "spacy.Tok2Vec.v2",
    "embed": {
        "@architectures": "spacy.MultiHashEmbed.v2",
        "width": 32, "attrs": ["NORM", "SUFFIX"], "rows": [200, 100], "include_static_vectors": False,
    },
    "encode": {
        "@architectures": "spacy.MaxoutWindowEncoder.v2",
        "width": 32, "depth": 2, "window_size": 1, "maxout_pieces": 2,
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def english() -> Language:
    """Parts of speech and dependencies, learnt from sentences of one shape; one kind of entity, by a rule."""
    from spacy.tokens import Doc
    from spacy.training import Example

    spacy.util.fix_random_seed(0)
    nlp = spacy.blank("en")
    nlp.add_pipe("morphologizer", config={"model": {"@architectures": "spacy.Tagger.v2", "tok2vec": SMALL}})
    nlp.add_pipe("parser", config={"min_action_freq": 1})
    lessons = []
    for name in ("Asha", "Ravi", "Maria"):
        for verb in ("wanted", "needed", "called"):
            for thing in ("car", "plan", "house"):
                words = [name, verb, "the", thing, "."]
                told = Doc(
                    nlp.vocab, words,
                    pos=["PROPN", "VERB", "DET", "NOUN", "PUNCT"],
                    morphs=["", "VerbForm=Fin", "", "Number=Sing", ""],
                    heads=[1, 1, 3, 1, 1], deps=["nsubj", "ROOT", "det", "obj", "punct"],
                )  # fmt: skip
                lessons.append(Example(Doc(nlp.vocab, words), told))
    optimizer = nlp.initialize(lambda: lessons)
    for _ in range(15):
        nlp.update(lessons, sgd=optimizer)
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "PER", "pattern": "Asha"}, {"label": "LOC", "pattern": "the house"}])
    return nlp


@pytest.fixture(scope="module")
def hindi() -> Language:
    """Nothing but entities."""
    nlp = spacy.blank("hi")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "DATE", "pattern": "कल"}])
    return nlp


def test_each_language_is_read_by_its_own(english: Language, hindi: Language) -> None:
    annotator = SpacyAnnotator({"en": english, "hi": hindi})
    [analysis] = annotator.annotate([MIXED])
    assert analysis.pos[2:5] == ["VERB", "DET", "NOUN"]
    assert set(analysis.pos) <= UPOS
    assert analysis.ents == ["B-DATE", "O", "O", "B-LOC", "I-LOC", "O", "O"]
    assert analysis.sources == ["windowed", "windowed", "spacy", "spacy", "spacy", "windowed", "windowed"]
    assert analysis.heads[2:5] == [-1, 4, 2]
    assert analysis.relations[2:] == ["root", "det", "obj", "", ""]


def test_the_matrix_language_can_read_it_all(english: Language) -> None:
    [analysis] = SpacyAnnotator({"en": english}, whole=True).annotate([MIXED])
    assert set(analysis.sources) == {"spacy"}
    assert analysis.ents[1] == "B-PER"
    assert analysis.relations.count("root") == 1
    assert "" not in analysis.relations


def test_spans_hang_together(english: Language) -> None:
    tokens = "Asha called the house . ठीक Maria wanted the plan .".split()
    tags = "en en en en other hi en en en en other".split()
    [analysis] = SpacyAnnotator({"en": english}).annotate([(tokens, tags)])
    assert analysis.heads == [1, -1, 3, 1, 1, -1, 7, 3, 9, 7, 7]
    assert analysis.relations[1] == "root"
    assert analysis.relations[7] == "dep:switch"
    assert (analysis.relations[5], analysis.sources[5]) == ("", "windowed")


def test_a_language_without_anything_says_so(english: Language, caplog: pytest.LogCaptureFixture) -> None:
    annotator = SpacyAnnotator({"en": english})
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            [analysis] = annotator.annotate([(("salaam", "ठीक", "."), ("sw", "hi", "other"))])
    assert analysis.pos[0] == "X"
    assert analysis.sources == ["none", "windowed", "windowed"]
    assert [record.getMessage() for record in caplog.records] == [
        "no spacy pipeline for 'sw'; its words have 'X', there is no model either",
        "no spacy pipeline for 'hi'; its words have the windowed model's",
    ]


WORDS = st.lists(
    st.tuples(
        st.text(max_size=6)
        | st.sampled_from(["Asha", "called", "👩‍👩‍👧", "\ue000", "\u200d", "\ud800", " ", "new york"]),
        st.sampled_from(["en", "hi", "sw", "other", "ne"]),
    ),
    max_size=8,
)


@settings(deadline=None, max_examples=40)
@given(st.lists(WORDS, max_size=4), st.booleans())
def test_no_token_is_lost(english: Language, hindi: Language, batch: list[list[tuple[str, str]]], whole: bool) -> None:
    annotator = SpacyAnnotator({"en": english, "hi": hindi}, whole=whole)
    sentences = [([word for word, _ in pairs], [tag for _, tag in pairs]) for pairs in batch]
    found = annotator.annotate(sentences)
    assert [sizes(analysis) for analysis in found] == [{len(pairs)} for pairs in batch]
    assert found == [annotator.annotate([sentence])[0] for sentence in sentences]


def sizes(analysis: Analysis) -> set[int]:
    lists: Sequence[Sequence[object]] = (
        analysis.pos, analysis.ents, analysis.heads, analysis.relations, analysis.sources,
    )  # fmt: skip
    return set(map(len, lists))


def test_tags_that_do_not_fit_are_refused(english: Language) -> None:
    with pytest.raises(InputError, match="1 tags for 2 tokens"):
        SpacyAnnotator({"en": english}).annotate([(["a", "b"], ["en"])])


def test_a_pipeline_that_merges_tokens_is_refused(hindi: Language) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "GPE", "pattern": "New York"}])
    nlp.add_pipe("merge_entities")
    with pytest.raises(RunError, match="made 1 of 2 tokens; leave out the component"):
        SpacyAnnotator({"en": nlp}).annotate([(["New", "York"], ["en", "en"])])


def test_it_serves_as_part_of_speech_tagger(english: Language, tmp_path: Path) -> None:
    english.to_disk(tmp_path / "saved")
    for tagger in (SpacyPosTagger(english), SpacyPosTagger(str(tmp_path / "saved"))):
        assert isinstance(tagger, PosTagger)
        assert tagger.tag([["Ravi", "needed", "the", "plan", "."], [], ["the", ""]]) == [
            ("PROPN", "VERB.Fin", "DET", "NOUN.Sing", "PUNCT"),
            (),
            ("DET", tagger.tag([["the", "_"]])[0][1]),
        ]
    assert SpacyPosTagger(spacy.blank("en")).tag([["so", "what"]]) == [("X", "X")]


@pytest.mark.parametrize(
    ("lang", "package"), [("en", "en_core_web_sm"), ("de", "de_core_news_sm"), ("zh", "zh_core_web_sm")]
)
def test_a_pipeline_that_is_not_installed_is_named_with_its_command(lang: str, package: str) -> None:
    if spacy.util.is_package(package):
        pytest.skip(f"{package} is installed")
    with pytest.raises(UsageError, match=f"no spaCy pipeline '{package}' here; python -m spacy download {package}"):
        SpacyPosTagger.load(lang)


def test_a_folder_that_is_no_pipeline(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no spaCy pipeline '.*' here; give a folder that nlp\.to_disk wrote"):
        SpacyAnnotator({"en": str(tmp_path)})
