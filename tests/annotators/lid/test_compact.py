"""The tagger that comes along, and model files."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.annotators.lid.compact import SHIPPED, CompactTagger
from cswitch.annotators.lid.model import MODEL_FILE, Model
from cswitch.core.contracts import Tagger
from cswitch.core.errors import InputError, UsageError
from cswitch.core.measures.tags import NEUTRAL
from cswitch.core.text.tokens import is_neutral, tokenise

LARGEST = 5_000_000
TOKENS = st.one_of(
    st.sampled_from(
        "main kal office जाना है because the audit est la ? 42 @asha https://example.org 😀 👨‍👩‍👧 \ue000 привет".split()
    ),
    st.text(max_size=12),
)
SENTENCES = st.lists(st.lists(TOKENS, max_size=12), max_size=6)
LANGS = st.sampled_from([(), ("en",), ("en", "hi"), ("es", "en"), ("ta", "en", "hi")])


@pytest.fixture(scope="module")
def tagger() -> CompactTagger:
    return CompactTagger.load()


def tags(tagger: CompactTagger, text: str, *langs: str) -> str:
    return " ".join(tagger.tag([text.split()], langs)[0].tags)


def test_it_is_a_tagger_and_small(tagger: CompactTagger) -> None:
    assert isinstance(tagger, Tagger)
    assert tagger is CompactTagger.load()
    assert 100_000 < tagger.model_bytes < LARGEST
    assert len(tagger.languages) == 23


@pytest.mark.parametrize(
    ("text", "langs", "expected"),
    [
        ("mujhe kal office jaana hai because the audit is on", "hi en", "hi hi en hi hi en en en en en"),
        ("मुझे कल office जाना है because the audit is on !", "hi en", "hi hi en hi hi en en en en en other"),
        ("no puedo ir al meeting porque tengo que trabajar", "es en", "es es es es en es es es es"),
        ("Yarın meeting var ama ben gelemem because I am busy", "tr en", "tr en tr tr tr tr en en en en"),
        ("Ich habe das gestern gemacht , ama çok zordu", "de tr", "de de de de de other tr tr tr"),
        ("naan indha weekend varala , because I am busy", "ta en", "ta ta en ta other en en en en"),
        ("aku lagi di kantor , see you tomorrow ya", "id en", "id id id id other en en en id"),
        ("bonjour mes amis , how are you doing today", "fr en", "fr fr fr other en en en en en"),
    ],
)
def test_sentences_that_people_say(tagger: CompactTagger, text: str, langs: str, expected: str) -> None:
    assert tags(tagger, text, *langs.split()) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The committee will meet again next week .", "en"),
        ("mi hermana vive en una casa muy grande", "es"),
        ("mala udya sakali lavkar uthaycha aahe", "mr"),
        ("আমি আজ বাজারে যাব", "bn"),
        ("Ninapenda kula samaki na wali", "sw"),
        ("Tôi không biết anh ấy ở đâu", "vi"),
        ("هذا الكتاب مفيد جدا", "ar"),
    ],
)
def test_the_language_is_found(tagger: CompactTagger, text: str, expected: str) -> None:
    found = set(tagger.tag([text.split()])[0].tags) - NEUTRAL
    assert found == {expected}


@settings(deadline=None, max_examples=30)
@given(SENTENCES, LANGS)
def test_every_token_gets_a_tag_whatever_the_batch(sentences: list[list[str]], langs: tuple[str, ...]) -> None:
    tagger = CompactTagger.load()
    together = tagger.tag(sentences, langs, alternatives=2)
    assert len(together) == len(sentences)
    for tokens, found in zip(sentences, together, strict=True):
        assert len(found.tags) == len(found.probabilities) == len(tokens)
        assert found.alternatives is not None
        assert len(found.alternatives) == len(tokens)
        for token, tag, probability, others in zip(
            tokens, found.tags, found.probabilities, found.alternatives, strict=True
        ):
            assert 0 < probability <= 1
            assert others[0] == (tag, probability)
            if is_neutral(token):
                assert (tag, probability) == ("other", 1.0)
            elif langs:
                assert tag in {*langs, "ne", "fw"}
        alone = tagger.tag([tokens], langs)[0]
        assert alone.tags == found.tags
        assert alone.probabilities == pytest.approx(found.probabilities, abs=1e-4)


def test_what_is_in_no_script_of_the_languages_is_foreign(tagger: CompactTagger) -> None:
    assert tags(tagger, "she said привет and went home", "en", "es") == "en en fw en en en"
    assert tags(tagger, "मुझे привет बोला", "hi", "en").split()[1] == "fw"


def test_a_line_of_ten_thousand_tokens(tagger: CompactTagger) -> None:
    tokens = ("mujhe kal office jaana hai because the audit is on . " * 1000).split()
    found = tagger.tag([tokens, [], ["hi"]], ["hi", "en"])
    assert [len(each.tags) for each in found] == [len(tokens), 0, 1]
    assert found[0].tags[5000:5003] == found[0].tags[16:19]


def test_the_words_met_do_not_fill_the_memory(tagger: CompactTagger) -> None:
    for start in range(0, 80_000, 40_000):
        tagger.tag([[f"word{number}" for number in range(start, start + 40_000)]], ["en", "hi"])
    assert tags(tagger, "mujhe office jaana hai", "hi", "en") == "hi en hi hi"


def test_unknown_languages_are_named(tagger: CompactTagger) -> None:
    with pytest.raises(UsageError, match="does not know 'zh'"):
        tagger.tag([["ni", "hao"]], ["zh", "en"])
    assert tags(tagger, "hola amigo", "spa", "eng") == "es es"


def test_files_that_are_no_model(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"tagger\.bin: no tagger can be read"):
        CompactTagger.load(str(tmp_path))
    (tmp_path / MODEL_FILE).write_bytes(b"something else")
    with pytest.raises(InputError, match="not a language tagger of this version"):
        CompactTagger.load(str(tmp_path))
    (tmp_path / MODEL_FILE).write_bytes(SHIPPED.read_bytes()[:5000])
    with pytest.raises(InputError, match="damaged tagger"):
        CompactTagger.load(str(tmp_path))


def test_a_model_is_written_as_it_was_read(tmp_path: Path) -> None:
    (tmp_path / "one.bin").write_bytes(SHIPPED.read_bytes())
    model = Model.read(tmp_path / "one.bin")
    model.dump(tmp_path / "two.bin")
    again = CompactTagger.load(str(tmp_path / "two.bin"))
    text = list(tokenise("mujhe lagta hai ki this will work").tokens)
    assert again.tag([text], ["hi", "en"]) == CompactTagger.load().tag([text], ["hi", "en"])
