"""A small BERT is trained for real: it learns, it can be stopped and goes on, and what it leaves can be loaded."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from cswitch.annotators.encoder.tagger import EncoderTagger
from cswitch.annotators.encoder.training import train_encoder
from cswitch.core.contracts import TaggedSentence
from cswitch.core.errors import InputError, RunError, UsageError
from tests.generators.embedding.conftest import LEXICON, architectures, save, wordpiece

torch = pytest.importorskip("torch", reason="training needs torch")
pytest.importorskip("accelerate", reason="training needs accelerate")

ENGLISH, SPANISH = list(LEXICON), list(LEXICON.values())


def sentences(count: int, seed: int) -> list[TaggedSentence]:
    """English with Spanish in it, and marks."""
    draws = random.Random(seed)
    made = []
    for _ in range(count):
        words = [(draws.choice(ENGLISH), "en") for _ in range(draws.randint(1, 5))]
        words += [(draws.choice(SPANISH), "es") for _ in range(draws.randint(1, 5))]
        words.append((draws.choice("!.?"), "other"))
        made.append(TaggedSentence([word for word, _ in words], [tag for _, tag in words]))
    return made


TRAIN, DEV = sentences(64, 1), sentences(16, 2)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An encoder without a head."""
    torch.manual_seed(0)
    tokenizer = wordpiece([*ENGLISH, *SPANISH, "!", ".", "?"], model_max_length=40)
    return save(tmp_path_factory.mktemp("base"), architectures()["bert"](len(tokenizer)), tokenizer)


def train(base: Path, folder: Path, **options: Any) -> list[str]:
    """Trains, and gives what was reported."""
    lines: list[str] = []
    settings = {"epochs": 3, "batch_size": 8, "learning_rate": 5e-3, "device": "cpu", "report": lines.append, **options}
    train_encoder(TRAIN, DEV, folder, base=str(base), **settings)
    return lines


def right(folder: Path) -> float:
    """Share of the words of the development set that the trained model tags right."""
    tagged = EncoderTagger.load(str(folder), device="cpu").tag([sentence.tokens for sentence in DEV])
    pairs = [pair for found, gold in zip(tagged, DEV, strict=True) for pair in zip(found.tags, gold.tags, strict=True)]
    return sum(tag == gold for tag, gold in pairs) / len(pairs)


def summary(folder: Path) -> dict[str, Any]:
    """What a training came to."""
    found: dict[str, Any] = orjson.loads((folder / "training.json").read_bytes())
    return found


def weights(folder: Path) -> dict[str, Any]:
    """The weights in a folder."""
    from safetensors.torch import load_file

    found: dict[str, Any] = load_file(folder / "model.safetensors")
    return found


@pytest.fixture(scope="module")
def trained(base: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    folder = tmp_path_factory.mktemp("trained")
    return folder, train(base, folder)


def test_it_learns_and_can_be_loaded(trained: tuple[Path, list[str]], capsys: pytest.CaptureFixture[str]) -> None:
    folder, lines = trained
    assert right(folder) > 0.97
    assert EncoderTagger.load(str(folder), device="cpu").languages == ("en", "es")
    assert [line.split(":")[0] for line in lines] == ["step 8 of 24", "step 16 of 24", "step 24 of 24"]
    assert summary(folder)["best_dev_accuracy"] == pytest.approx(right(folder), abs=1e-6)
    assert not (folder / "checkpoints").exists()
    assert capsys.readouterr().out == ""


class Stopped(Exception):
    """Stands for whatever ends a process."""


def stopping(at: int) -> Callable[[str], None]:
    """A report that ends the training."""

    def report(line: str) -> None:
        if line.startswith(f"step {at} "):
            raise Stopped

    return report


def test_a_stopped_training_goes_on_and_gives_the_same(
    base: Path, trained: tuple[Path, list[str]], tmp_path: Path
) -> None:
    with pytest.raises(Stopped):
        train(base, tmp_path, report=stopping(16))
    assert not (tmp_path / "model.safetensors").exists()
    torn = tmp_path / "checkpoints" / "checkpoint-16"  # as of a process that was killed while it wrote
    torn.mkdir()
    (torn / "model.safetensors").write_bytes(b"half")
    lines = train(base, tmp_path, resume=True)
    assert [line.split(":")[0] for line in lines] == ["goes on from checkpoint-8", "step 16 of 24", "step 24 of 24"]
    assert summary(tmp_path) == summary(trained[0])
    whole, resumed = weights(trained[0]), weights(tmp_path)
    for name, weight in whole.items():
        torch.testing.assert_close(weight, resumed[name])


def test_checkpoints_of_another_training_are_left_alone(base: Path, tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        train(base, tmp_path, report=stopping(16))
    with pytest.raises(UsageError, match=r"holds checkpoints of a training that was cut short; go on from them with"):
        train(base, tmp_path)
    with pytest.raises(UsageError, match=r"holds checkpoints of another training; give the same data and settings"):
        train(base, tmp_path, resume=True, learning_rate=1e-4)


def test_memory_that_is_out_is_one_line(base: Path, tmp_path: Path) -> None:
    def full(line: str) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate")

    with pytest.raises(RunError, match=r"^out of memory with 8 windows at a time; halve the batch size and double"):
        train(base, tmp_path, report=full)


def test_training_stops_when_nothing_gets_better(base: Path, tmp_path: Path) -> None:
    lines = train(base, tmp_path, epochs=20, learning_rate=1e-9, patience=2)
    assert len(lines) == 3
    assert summary(tmp_path)["steps"] == 24
    assert summary(tmp_path)["best_step"] == 8


def test_batches_make_a_step_and_mixtures_are_added(base: Path, tmp_path: Path) -> None:
    lines = train(base, tmp_path, epochs=2, accumulate=2, augment=0.5, precision="bfloat16")
    assert [line.split(":")[0] for line in lines] == ["step 6 of 12", "step 12 of 12"]  # of 64 + 32 sentences


def test_a_tagger_can_be_trained_further(base: Path, trained: tuple[Path, list[str]], tmp_path: Path) -> None:
    train(trained[0], tmp_path, epochs=1, learning_rate=1e-9)
    assert right(tmp_path) == right(trained[0])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, "epochs 0 is none; choose more than 0"),
        ({"batch_size": -1}, "batch size -1 is none"),
        ({"patience": -1}, "patience -1 is negative"),
        ({"precision": "float8"}, "unknown precision 'float8'"),
        ({"precision": "float16"}, "float16 trains on a GPU alone; choose bfloat16 or float32"),
        ({"max_length": 4}, "a window of 4 sub-words is too short"),
        ({"base": "./nowhere"}, "there is no model folder './nowhere'; give --base FOLDER one that has config.json"),
        ({"device": "cuda:7"}, r"no GPU for device 'cuda:7'; torch sees \d"),
    ],
)
def test_settings_that_cannot_be_meant_are_one_line(
    base: Path, tmp_path: Path, options: dict[str, Any], message: str
) -> None:
    settings = {"base": str(base), "device": "cpu", **options}
    with pytest.raises(UsageError, match=message):
        train_encoder(TRAIN, DEV, tmp_path, **settings)


@pytest.mark.parametrize(
    ("sentences", "message"),
    [
        ([TaggedSentence([], [])], "there is no tagged word to train on"),
        ([TaggedSentence(["\u200d"], ["other"])], "the tokenizer leaves nothing of the tagged words"),
    ],
)
def test_nothing_to_learn_from_is_one_line(
    base: Path, tmp_path: Path, sentences: list[TaggedSentence], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        train_encoder(sentences, DEV, tmp_path, base=str(base), device="cpu")
