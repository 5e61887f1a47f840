"""Every way in which a model can be unfit for tagging is one line that says what to do."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cswitch.annotators.encoder.loading import load
from cswitch.core.errors import UsageError
from tests.annotators.encoder.classifiers import LABELS, classifiers, made
from tests.generators.embedding.conftest import architectures, save, wordpiece

pytest.importorskip("transformers", reason="the tagger needs transformers")


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT that takes at most 40 sub-words at once and knows en, es, hi, ne and other."""
    return made(tmp_path_factory.mktemp("classifier"))


@pytest.fixture
def copy(bert: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bert, tmp_path / "model"))


def test_a_folder_is_loaded(bert: Path) -> None:
    found = load(str(bert))
    assert found.labels == tuple(LABELS)
    assert found.max_length == 40
    assert not found.model.training


def remove(*names: str) -> Callable[[Path], None]:
    def harm(folder: Path) -> None:
        for name in names:
            (folder / name).unlink()

    return harm


def relabel(names: dict[str, str]) -> Callable[[Path], None]:
    def harm(folder: Path) -> None:
        file = folder / "config.json"
        config = json.loads(file.read_text(encoding="utf-8"))
        config |= {"id2label": names, "label2id": {label: int(number) for number, label in names.items()}}
        file.write_text(json.dumps(config), encoding="utf-8")

    return harm


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (remove("config.json"), "the model folder '.*' has no config.json; save model and tokenizer there"),
        (remove("tokenizer.json", "tokenizer_config.json"), "model '.*' has no tokenizer; save it beside the model"),
        (remove("model.safetensors"), "model '.*' cannot be loaded: .*; save it anew with save_pretrained"),
        (shutil.rmtree, "there is no model folder '.*'; give --tagger hf:FOLDER one that has config.json"),
        (
            relabel({"0": "en", "1": "es", "2": "other"}),
            r"'classifier.bias' is \[5\] and should be \[3\], for 3 labels; give id2label of config.json one name for",
        ),
        (
            relabel({"0": "en", "1": "es", "2": "hi", "3": "ne", "7": "other"}),
            "the labels of model '.*' are numbered 0, 1, 2, 3, 7; number id2label",
        ),
    ],
)
def test_a_harmed_folder_is_one_line(copy: Path, harm: Callable[[Path], None], message: str) -> None:
    harm(copy)
    with pytest.raises(UsageError, match=message) as caught:
        load(str(copy))
    assert "\n" not in str(caught.value)


def test_an_encoder_without_a_head_is_refused(tmp_path: Path) -> None:
    """transformers would give it a head of random numbers."""
    tokenizer = wordpiece()
    folder = save(tmp_path, architectures()["bert"](len(tokenizer)), tokenizer)
    with pytest.raises(UsageError, match=r"lack 2 parts, 'classifier.bias' among them; give a model that was trained"):
        load(str(folder))


def test_a_slow_tokenizer_is_refused(tmp_path: Path) -> None:
    from transformers import ByT5Tokenizer

    folder = save(tmp_path, classifiers()["t5"](300, LABELS), ByT5Tokenizer())
    with pytest.raises(UsageError, match=r"the tokenizer of model '.*' is not a fast one; "):
        load(str(folder))


def test_a_name_that_is_not_in_the_cache_is_one_line(tmp_path: Path) -> None:
    """In a process of its own: transformers reads HF_HUB_OFFLINE when it is imported."""
    code = "from cswitch.annotators.encoder.tagger import EncoderTagger; EncoderTagger.load('nobody/has-this')"
    environment = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path), "PATH": ""}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("cswitch.core.errors.UsageError: model 'nobody/has-this' cannot be loaded: ")
    assert last.endswith("; give a folder, or the name of a model that is public")


def test_without_transformers_the_extra_is_named() -> None:
    code = (
        "import sys; sys.modules['transformers'] = None\n"
        "from cswitch.annotators.encoder.tagger import EncoderTagger\n"
        "EncoderTagger.load('any')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip().splitlines()[-1] == (
        "cswitch.core.errors.MissingExtraError: tagging with a transformers model needs an extra that is not installed;"
        ' pip install "cswitch[hf]"'
    )
