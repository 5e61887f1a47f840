"""``cswitch train-tagger`` as a user runs it: small models, really trained."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cswitch.pipeline.tag_gold import read_gold
from cswitch.pipeline.tag_training import growing, lessons
from tests.generators.embedding.conftest import LEXICON, architectures, save, wordpiece

if TYPE_CHECKING:
    from tests.cli.conftest import Cswitch

ENGLISH, SPANISH = list(LEXICON), list(LEXICON.values())
FAST = ["--epochs", 3, "--batch-size", 8, "--learning-rate", 5e-3, "--device", "cpu"]


def corpus(path: Path, count: int, seed: int) -> Path:
    """English with Spanish after it, a token a line, in the labels of LinCE."""
    draws = random.Random(seed)
    blocks = []
    for _ in range(count):
        words = [f"{draws.choice(ENGLISH)}\tlang1" for _ in range(draws.randint(1, 5))]
        words += [f"{draws.choice(SPANISH)}\tlang2" for _ in range(draws.randint(1, 5))]
        blocks.append("\n".join([*words, f"{draws.choice('!.?')}\tother"]))
    path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("corpus")
    return corpus(folder / "train.tsv", 64, 1), corpus(folder / "dev.tsv", 16, 2)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An encoder without a head."""
    torch = pytest.importorskip("torch", reason="training needs torch")
    pytest.importorskip("accelerate", reason="training needs accelerate")
    torch.manual_seed(0)
    tokenizer = wordpiece([*ENGLISH, *SPANISH, "!", ".", "?"], model_max_length=40)
    return save(tmp_path_factory.mktemp("base"), architectures()["bert"](len(tokenizer)), tokenizer)


def args(files: tuple[Path, Path], out: Path, *more: object) -> list[object]:
    return ["train-tagger", files[0], "--dev", files[1], "-o", out, "--pair", "en-es", *more]


def scores(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)
    return found


def test_a_compact_model_is_trained_scored_and_used(cswitch: Cswitch, files: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "mine"
    done = cswitch(*args(files, out, "--epochs", 3, "--augment", 0.5, "--json"))
    assert done.status == 0, done.err
    found = scores(done.out)
    assert (found["folder"], found["backend"], found["train"]["sentences"]) == (str(out), "compact", 64)
    assert found["dev"]["accuracy"] > 0.9
    assert found["dev"]["tagger"] == f"compact:{out}"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine"]
    again = scores(cswitch("evaluate", files[1], "--tagger", out, "--pair", "en-es", "--json").out)
    assert again["accuracy"] == found["dev"]["accuracy"]
    tagged = cswitch("tag", "-", "--tagger", out, "--to", "tsv", stdin=f"{ENGLISH[0]} {SPANISH[0]} !\n").out
    assert tagged == f"{ENGLISH[0]}\ten\n{SPANISH[0]}\tes\n!\tother\n\n"


def test_an_encoder_is_trained_and_scored(
    cswitch: Cswitch, files: tuple[Path, Path], base: Path, tmp_path: Path
) -> None:
    out = tmp_path / "mine"
    done = cswitch(*args(files, out, "--backend", "transformers", "--base", base, *FAST))
    assert done.status == 0, done.err
    assert f"{out}: trained on 64 sentences, " in done.err
    assert done.out.startswith("16 sentences, ")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine"]
    again = scores(cswitch("evaluate", files[1], "--tagger", out, "--pair", "en-es", "--device", "cpu", "--json").out)
    assert again["accuracy"] > 0.9
    assert f"accuracy                 {again['accuracy']:.4f}" in done.out


def test_a_training_that_was_broken_off_goes_on(
    cswitch: Cswitch, files: tuple[Path, Path], base: Path, tmp_path: Path
) -> None:
    from cswitch.annotators.encoder.training import train_encoder

    out = tmp_path / "mine"
    train, dev = (lessons(list(read_gold(str(path), ("en", "es"))), str(path)) for path in files)

    def stop(line: str) -> None:
        if "step 16" in line:
            raise KeyboardInterrupt

    def broken_off() -> None:
        with growing(str(out), force=False, resume=False) as folder:
            train_encoder(
                train,
                dev,
                folder,
                base=str(base),
                epochs=3,
                batch_size=8,
                learning_rate=5e-3,
                device="cpu",
                report=stop,
            )

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    command = args(files, out, "--backend", "transformers", "--base", base, *FAST)
    done = cswitch(*command)
    assert (done.status, done.error) == (
        2, f"{out}.part: an unfinished training; --resume goes on with it, --force begins anew"
    )  # fmt: skip
    done = cswitch(*command, "--resume")
    assert done.status == 0, done.err
    assert "goes on from checkpoint-" in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--base", "x"], "--base is for --backend transformers; add it, or leave this out"),
        (["--batch-size", 4], "--batch-size is for --backend transformers"),
        (["--resume"], "--resume is for --backend transformers"),
        (["--backend", "transformers"], "--backend transformers needs an encoder to begin with; add --base MODEL"),
        (["--dev", "none.tsv"], "none.tsv: no such file"),
        (["--augment", -1], "invalid value for '--augment'"),
        (["--languages", "en"], "--pair and --languages exclude each other"),
    ],
)
def test_errors_are_one_line_and_leave_nothing(
    cswitch: Cswitch, files: tuple[Path, Path], tmp_path: Path, more: list[object], message: str
) -> None:
    done = cswitch(*args(files, tmp_path / "mine", *more))
    assert done.status == 2
    assert done.error.startswith(message)
    assert list(tmp_path.iterdir()) == []


def test_labels_without_the_languages_are_told_with_their_line(
    cswitch: Cswitch, files: tuple[Path, Path], tmp_path: Path
) -> None:
    done = cswitch("train-tagger", files[0], "--dev", files[1], "-o", tmp_path / "mine")
    assert done.status == 2
    assert done.error.startswith(f"{files[0]}:1: 'lang1' is no tag; say which languages lang1 and lang2 are")


def test_a_model_that_is_there_is_kept_unless_forced(
    cswitch: Cswitch, files: tuple[Path, Path], tmp_path: Path
) -> None:
    out = tmp_path / "mine"
    out.mkdir()
    (out / "tagger.bin").write_bytes(b"old")
    done = cswitch(*args(files, out))
    assert (done.status, (out / "tagger.bin").read_bytes()) == (2, b"old")
    assert "exists already" in done.error
    assert cswitch(*args(files, out, "--force", "--epochs", 1)).status == 0
    assert (out / "tagger.bin").read_bytes() != b"old"
