"""The component ``cswitch_lid``: tags on tokens, batches, saved pipelines, the entry point, bad settings."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cswitch.annotators.lid.compact import SHIPPED, CompactTagger
from cswitch.annotators.pipelines.spacy_lid import LanguageIdentifier, register
from cswitch.core.contracts import Tagger, Tagging
from cswitch.core.errors import UsageError
from cswitch.core.specs import COMPACT_FILES
from cswitch.core.text.scripts import script_of
from cswitch.core.text.tokens import is_neutral

if TYPE_CHECKING:
    from spacy.language import Language

spacy = pytest.importorskip("spacy")
ROOT = Path(__file__).parents[3]
MIXED = "kal मीटिंग  है !\n"


class ScriptTagger:
    """Words in Devanagari are Hindi, other words English."""

    name = "script"

    def __init__(self) -> None:
        self.calls: list[tuple[int, tuple[str, ...]]] = []

    def tag(
        self, batch: Sequence[Sequence[str]], languages: Sequence[str] = (), *, alternatives: int = 0
    ) -> list[Tagging]:
        self.calls.append((len(batch), tuple(languages)))
        tags = [[self.tag_of(token) for token in tokens] for tokens in batch]
        return [Tagging(own, [0.9] * len(own)) for own in tags]

    @staticmethod
    def tag_of(token: str) -> str:
        return "other" if is_neutral(token) else "hi" if script_of(token) == "Deva" else "en"


@pytest.fixture(autouse=True, scope="module")
def _component() -> None:
    register()
    spacy.registry.misc("cswitch.tests.ScriptTagger.v1")(ScriptTagger)


def with_scripts() -> tuple[Language, ScriptTagger]:
    nlp, tagger = spacy.blank("xx"), ScriptTagger()
    nlp.add_pipe("cswitch_lid", config={"languages": ["en", "hin"]}).tagger = tagger
    return nlp, tagger


def test_tokens_and_documents_have_their_languages() -> None:
    nlp, tagger = with_scripts()
    assert isinstance(tagger, Tagger)
    doc = nlp(MIXED)
    assert [token.text for token in doc] == ["kal", "मीटिंग", " ", "है", "!", "\n"]
    assert doc._.lang_ids == ["en", "hi", "other", "hi", "other", "other"]
    assert [token._.lang_score for token in doc] == [0.9, 0.9, 1.0, 0.9, 0.9, 1.0]
    assert (doc._.languages, doc._.matrix_language) == (["hi", "en"], "hi")
    assert tagger.calls == [(1, ("en", "hi"))]


def test_the_tagger_that_comes_along_is_the_default() -> None:
    nlp = spacy.blank("xx")
    nlp.add_pipe("cswitch_lid", config={"languages": ["en", "hi"]})
    doc = nlp("main kal office nahi jaunga!")
    assert doc._.lang_ids == ["hi", "hi", "en", "hi", "hi", "other"]
    assert (doc._.languages, doc._.matrix_language) == (["hi", "en"], "hi")
    assert all(0 < token._.lang_score <= 1 for token in doc)


def test_a_folder_with_a_tagger_is_one_by_its_path(tmp_path: Path) -> None:
    (tmp_path / COMPACT_FILES[0]).write_bytes(SHIPPED.read_bytes())
    tagger = LanguageIdentifier(str(tmp_path), ["en", "hi"]).tagger
    assert isinstance(tagger, CompactTagger)
    assert tagger.tag([["main", "office"]], ["en", "hi"]) == CompactTagger.load().tag(
        [["main", "office"]], ["en", "hi"]
    )


def test_corrections_count() -> None:
    doc = with_scripts()[0]("yes ठीक है")
    for token in doc[1:]:
        token._.lang_id = "en"
    assert (doc._.languages, doc._.matrix_language) == (["en"], "en")


def test_a_batch_is_one_call_and_documents_stay_in_order() -> None:
    nlp, tagger = with_scripts()
    texts = ["one दो", "", "  ", "तीन", "four"]
    docs = list(nlp.pipe(texts, batch_size=2))
    assert [doc.text for doc in docs] == texts
    assert [doc._.languages for doc in docs] == [["en", "hi"], [], [], ["hi"], ["en"]]
    assert [doc._.matrix_language for doc in docs] == ["en", None, None, "hi", "en"]
    assert [size for size, _ in tagger.calls] == [2, 2, 1]


def test_a_pipeline_is_saved_with_its_settings(tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    config = {"tagger": {"@misc": "cswitch.tests.ScriptTagger.v1"}, "languages": ["en", "hi"]}
    nlp.add_pipe("cswitch_lid", config=config)
    nlp.to_disk(tmp_path / "saved")
    again = spacy.load(tmp_path / "saved")
    assert again.config["components"]["cswitch_lid"] == {"factory": "cswitch_lid", **config}
    assert again.get_pipe("cswitch_lid").languages == ("en", "hi")
    assert again(MIXED)._.lang_ids == nlp(MIXED)._.lang_ids == ["en", "hi", "other", "hi", "other", "other"]


def test_tags_are_saved_with_documents() -> None:
    nlp, _ = with_scripts()
    doc = nlp(MIXED)
    again = spacy.tokens.Doc(nlp.vocab).from_bytes(doc.to_bytes())
    assert (again._.lang_ids, again._.languages) == (doc._.lang_ids, doc._.languages)


def test_it_works_beside_other_components_and_by_itself() -> None:
    nlp, tagger = with_scripts()
    nlp.add_pipe("sentencizer", first=True)
    doc = nlp("Well . ठीक है .")
    assert [sentence.text for sentence in doc.sents] == ["Well .", "ठीक है ."]
    assert doc._.languages == ["hi", "en"]
    plain = spacy.blank("hi")("ठीक okay")
    assert plain._.languages == []
    assert LanguageIdentifier(tagger)(plain)._.lang_ids == ["hi", "en"]


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"tagger": "compcat"}, r"unknown tagger 'compcat'; did you mean 'compact'\?"),
        ({"languages": ["en", "hindi"]}, r"unknown language 'hindi'; did you mean 'hi'"),
        ({"languages": "en-hi"}, r"languages is 'en-hi', not a list; write \[\"en\", \"hi\"\]"),
    ],
)
def test_settings_that_cannot_be_meant(config: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        spacy.blank("xx").add_pipe("cswitch_lid", config=config)


ASKED = "nlp = spacy.blank('xx'); print(nlp.add_pipe('cswitch_lid').languages)"


@pytest.mark.parametrize("first", ["", "import cswitch.annotators.pipelines.spacy_lid; "])
def test_spacy_finds_it_by_its_entry_point(first: str, tmp_path: Path) -> None:
    info = tmp_path / "cswitch_spacy-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: cswitch-spacy\nVersion: 1\n")
    entry = "[spacy_factories]\ncswitch_lid = cswitch.annotators.pipelines.spacy_lid:factory\n"
    (info / "entry_points.txt").write_text(entry)
    paths = os.pathsep.join((str(tmp_path), str(ROOT)))
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; {first}import spacy; {ASKED}"],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": paths},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "()\n"), done.stderr


def test_the_module_has_nothing_else_to_give() -> None:
    from cswitch.annotators.pipelines import spacy_lid

    with pytest.raises(AttributeError, match="no attribute 'factories'"):
        spacy_lid.factories  # noqa: B018
