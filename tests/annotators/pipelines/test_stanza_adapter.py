"""Mixed sentences read by stanza models that are trained here, on sentences of one shape."""

from __future__ import annotations

import json
import logging
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from cswitch.annotators.pipelines.stanza_adapter import StanzaAnnotator, StanzaPosTagger, StanzaReader
from cswitch.core.contracts import PosTagger
from cswitch.core.errors import UsageError

stanza = pytest.importorskip("stanza")

MIXED = ("कल", "Asha", "called", "the", "house", "."), ("hi", "ne", "en", "en", "en", "other")
TINY = {
    "mode": "train", "lang": "en", "shorthand": "en_toy", "hidden_dim": 16, "char_hidden_dim": 16, "char_emb_dim": 8,
    "deep_biaff_hidden_dim": 16, "tag_emb_dim": 8, "transformed_dim": 8, "word_emb_dim": 16, "num_layers": 1,
}  # fmt: skip
TAGGER = {"composite_deep_biaff_hidden_dim": 8, "max_steps": 40, "eval_interval": 40, "lr": 0.02}
PARSER = {"max_steps": 80, "eval_interval": 80, "lr": 0.01, "optim": "adam", "second_optim": "adam"}


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    """Networks this small take far longer on several threads, where other tests keep the cores busy."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ``stanza.download`` leaves: models by language and kind, and a table of them."""
    from stanza.models import parser, tagger

    place = tmp_path_factory.mktemp("stanza")
    (place / "train.conllu").write_text("".join(map(conllu, lessons())), encoding="utf-8")
    logging.getLogger("stanza").setLevel(logging.CRITICAL)
    for kind, model, own in (("pos", tagger, TAGGER), ("depparse", parser, PARSER)):
        (place / "en" / kind).mkdir(parents=True)
        files = {"train_file": place / "train.conllu", "eval_file": place / "train.conllu", "save_dir": place}
        options = {**TINY, **own, **files, "save_name": f"{kind}.pt"}
        arguments = [part for name, value in options.items() for part in (f"--{name}", str(value))]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # its scorer leaves files open
            model.main([*arguments, *FLAGS])
        shutil.move(place / f"{kind}.pt", place / "en" / kind / "toy.pt")
    kinds = {"tokenize": "toy", "pos": "toy", "lemma": "identity", "depparse": "toy"}
    models: dict[str, dict[str, dict[str, str]]] = {kind: {name: {}} for kind, name in kinds.items()}
    resources = {
        "en": {"lang_name": "English", "packages": {"default": kinds}, **models},
        "fr": {"lang_name": "French", "packages": {"default": kinds}, **models},
        "eng": {"alias": "en"},
    }
    (place / "resources.json").write_text(json.dumps(resources), encoding="utf-8")
    return place


FLAGS = ("--no_pretrain", "--cpu")


def lessons() -> list[list[tuple[str, str, str, int, str]]]:
    return [
        [
            (name, "PROPN", "_", 2, "nsubj"),
            (verb, "VERB", "VerbForm=Fin", 0, "root"),
            ("the", "DET", "_", 4, "det"),
            (thing, "NOUN", "Number=Sing", 2, "obj"),
            (".", "PUNCT", "_", 2, "punct"),
        ]
        for name in ("Asha", "Ravi", "Maria")
        for verb in ("wanted", "needed", "called", "moved")
        for thing in ("car", "plan", "house")
    ]


def conllu(words: list[tuple[str, str, str, int, str]]) -> str:
    rows = (
        f"{number}\t{form}\t_\t{upos}\t_\t{feats}\t{head}\t{relation}\t_\t_"
        for number, (form, upos, feats, head, relation) in enumerate(words, start=1)
    )
    return "\n".join(rows) + "\n\n"


@pytest.mark.parametrize("lang", ["en", "eng"])
def test_a_folder_is_a_pipeline(folder: Path, lang: str) -> None:
    [layers] = StanzaReader(folder, lang).read([["Ravi", "moved", "the", "plan", "."]])
    assert layers.pos == ["PROPN", "VERB", "DET", "NOUN", "PUNCT"]
    assert layers.ents is None
    assert layers.tree == ([1, -1, 3, 1, 1], ["nsubj", "root", "det", "obj", "punct"])


def test_each_language_is_read_by_its_own(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        [analysis] = StanzaAnnotator({"en": folder}).annotate([MIXED])
    assert analysis.pos[2:] == ["VERB", "DET", "NOUN", "PUNCT"]
    assert analysis.sources == ["windowed", "windowed", "stanza", "stanza", "stanza", "stanza"]
    assert analysis.heads == [-1, -1, -1, 4, 2, 2]
    assert analysis.relations == ["", "", "root", "det", "obj", "punct"]
    assert analysis.ents == ["O"] * 6
    assert "no stanza pipeline for 'hi'; its words have the windowed model's" in caplog.text


def test_tokens_of_every_kind_stay_tokens(folder: Path) -> None:
    odd = ["", " ", "new york", "x" * 4000, "👩‍👩‍👧", "\u200d", "\ud800", "."]
    batch = [(odd, ["en"] * 8), ([], []), (["Asha"], ["en"]), (["!"], ["other"])]
    found = StanzaAnnotator({"en": folder}, whole=True).annotate(batch)
    assert [len(analysis.pos) for analysis in found] == [8, 0, 1, 1]
    assert [analysis.relations.count("root") for analysis in found] == [1, 0, 1, 0]
    assert found[3].sources == ["none"]


def test_a_pipeline_of_ones_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here one that tells entities by a table, and marks their ends as stanza's models do."""
    from stanza.models.common.doc import NER, Document
    from stanza.pipeline.core import Pipeline
    from stanza.pipeline.processor import Processor
    from stanza.pipeline.registry import NAME_TO_PROCESSOR_CLASS

    marks = {"New": "B-LOC", "York": "E-LOC", "Asha": "S-PER"}

    class Table(Processor):  # type: ignore[misc]
        PROVIDES_DEFAULT = frozenset({"ner"})
        REQUIRES_DEFAULT = frozenset({"tokenize"})

        def process(self, doc: Document) -> Document:
            doc.set([NER], [marks.get(token.text, "O") for token in doc.iter_tokens()], to_token=True)
            return doc

    monkeypatch.setitem(NAME_TO_PROCESSOR_CLASS, "ner", Table)
    pipeline = Pipeline(
        "en", str(folder), processors="tokenize,ner", tokenize_pretokenized=True, download_method=None,
        ner_model_path="none", logging_level="CRITICAL",
    )  # fmt: skip
    tokens = ["Asha", "in", "New", "York"]
    [analysis] = StanzaAnnotator({"en": pipeline}).annotate([(tokens, ["en"] * 4)])
    assert analysis.ents == ["B-PER", "O", "B-LOC", "I-LOC"]
    assert analysis.sources == ["windowed"] * 4
    assert analysis.heads == [-1] * 4


def test_it_serves_as_part_of_speech_tagger(folder: Path) -> None:
    tagger = StanzaPosTagger(folder, "en")
    assert isinstance(tagger, PosTagger)
    assert tagger.tag([["Ravi", "needed", "the", "plan"], [], ["the"]]) == [
        ("PROPN", "VERB.Fin", "DET", "NOUN.Sing"),
        (),
        ("DET",),
    ]
    assert tagger.tag([]) == []


@pytest.mark.parametrize("lang", ["hi", "fr"])
def test_models_that_are_not_there_are_named_with_the_command(folder: Path, lang: str) -> None:
    command = rf"python -c \"import stanza; stanza.download\('{lang}', model_dir='.*'\)\""
    with pytest.raises(UsageError, match=f"no stanza models for '{lang}' in .*; {command}"):
        StanzaAnnotator({lang: folder})


def test_nor_is_anything_downloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stanza.resources.common.DEFAULT_MODEL_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(UsageError, match=r"no stanza models for 'hi' in .*nowhere"):
        StanzaPosTagger.load("hi")
    assert not (tmp_path / "nowhere").exists()
