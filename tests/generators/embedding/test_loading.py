"""Every way in which a model can be missing or broken is one line that says what to do."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cswitch.core.errors import UsageError
from cswitch.generators.alignment.embedding.loading import load
from tests.generators.embedding.conftest import architectures, byte_pairs, save, wordpiece

pytest.importorskip("transformers", reason="the embedding aligner needs transformers")


@pytest.fixture
def copy(bert: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bert, tmp_path / "model"))


def test_a_folder_is_loaded(bert: Path) -> None:
    loaded = load(str(bert))
    assert loaded.tokenizer.is_fast
    assert not loaded.encoder.training
    assert loaded.max_length == 40


def remove(*names: str) -> Callable[[Path], None]:
    def harm(folder: Path) -> None:
        for name in names:
            (folder / name).unlink()

    return harm


def write(name: str, text: str) -> Callable[[Path], None]:
    def harm(folder: Path) -> None:
        (folder / name).write_text(text, encoding="utf-8")

    return harm


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (remove("config.json"), "the model folder '.*' has no config.json; save model and tokenizer there"),
        (remove("tokenizer.json", "tokenizer_config.json"), "model '.*' has no tokenizer; save it beside the model"),
        (remove("model.safetensors"), "model '.*' cannot be loaded: .*; save it anew with save_pretrained"),
        (write("model.safetensors", "no weights"), "model '.*' cannot be loaded: "),
        (write("config.json", "{"), "model '.*' cannot be loaded: "),
        (write("config.json", '{"model_type": "no-such"}'), "model '.*' cannot be loaded: .*no-such"),
        (write("tokenizer.json", "{}"), "model '.*' cannot be loaded: "),
        (shutil.rmtree, "there is no model folder '.*'; give --aligner embedding:FOLDER"),
    ],
)
def test_a_harmed_folder_is_one_line(copy: Path, harm: Callable[[Path], None], message: str) -> None:
    harm(copy)
    with pytest.raises(UsageError, match=message) as caught:
        load(str(copy))
    assert "\n" not in str(caught.value)


def test_weights_that_lack_parts_are_refused(copy: Path) -> None:
    """transformers would fill them with random numbers, and say so in a table that nobody reads."""
    from safetensors.torch import load_file, save_file

    weights = load_file(copy / "model.safetensors")
    part = next(name for name in weights if "layer.2" in name)
    save_file({name: value for name, value in weights.items() if name != part}, copy / "model.safetensors")
    with pytest.raises(UsageError, match=f"the weights of model '.*' lack 1 parts, '{part}' among them"):
        load(str(copy))


def test_a_slow_tokenizer_is_refused(tmp_path: Path) -> None:
    from transformers import ByT5Tokenizer

    folder = save(tmp_path, architectures()["t5"](300), ByT5Tokenizer())
    with pytest.raises(UsageError, match=r"the tokenizer of model '.*' is not a fast one; "):
        load(str(folder))


def test_words_of_byte_pairs_get_the_space_before_them(tmp_path: Path) -> None:
    tokenizer = byte_pairs()
    folder = save(tmp_path, architectures()["roberta"](len(tokenizer)), tokenizer)
    loaded = load(str(folder))
    tokens = loaded.tokenizer(["the", "cat"], is_split_into_words=True).tokens()
    assert [token[0] for token in tokens] == ["<", "Ġ", "Ġ", "<"]
    assert loaded.max_length == 40  # of 42 places, those up to the padding's number 1 are not for sub-words


def test_of_an_encoder_decoder_the_encoder_is_kept(tmp_path: Path) -> None:
    tokenizer = wordpiece(model_max_length=30)
    loaded = load(str(save(tmp_path, architectures()["t5"](len(tokenizer)), tokenizer)))
    assert not any("decoder" in name or "cross" in name for name, _ in loaded.encoder.named_parameters())
    assert loaded.max_length == 30


def test_a_name_that_is_not_in_the_cache_is_one_line(tmp_path: Path) -> None:
    """In a process of its own: transformers reads HF_HUB_OFFLINE when it is imported."""
    code = "from cswitch.generators.alignment.embedding.loading import load; load('nobody/has-this')"
    environment = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path), "PATH": ""}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("cswitch.core.errors.UsageError: model 'nobody/has-this' cannot be loaded: ")
    assert last.endswith("; give a folder, or the name of a model that is public")


def test_without_transformers_the_extra_is_named() -> None:
    code = (
        "import sys; sys.modules['transformers'] = None\n"
        "from cswitch.generators.alignment.embedding.aligner import EmbeddingAligner\n"
        "EmbeddingAligner('en', 'es', model='any')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip().splitlines()[-1] == (
        "cswitch.core.errors.MissingExtraError: aligning by embeddings needs an extra that is not installed;"
        ' pip install "cswitch[hf]"'
    )
