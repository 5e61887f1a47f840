"""Half precision is near enough, and where it is not, float32 has the last word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cswitch.annotators.encoder.loading import load
from cswitch.annotators.encoder.precision import Precision, halved, multiplies_bfloat16, prepared, usual_error
from cswitch.annotators.encoder.scoring import Scorer
from cswitch.annotators.encoder.tagger import EncoderTagger
from tests.annotators.encoder.classifiers import SENTENCES, made

torch = pytest.importorskip("torch", reason="models need torch")
pytest.importorskip("transformers", reason="models need transformers")

LARGE: dict[str, Any] = {"hidden_size": 256, "intermediate_size": 1024, "num_hidden_layers": 6}
MANY = [sentence[start:] for sentence in SENTENCES for start in range(len(sentence))]


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT that takes at most 40 sub-words at once and knows en, es, hi, ne and other."""
    return made(tmp_path_factory.mktemp("classifier"))


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("large"), spread=0.05, **LARGE)


def test_linear_layers_are_halved_and_the_rest_is_shared(large: Path) -> None:
    model = load(str(large)).model
    quick = halved(model)
    kept = dict(model.named_parameters())
    halves = [name for name, weight in quick.named_parameters() if weight.dtype == torch.bfloat16]
    assert len(halves) == 2 * 6 * LARGE["num_hidden_layers"]
    for name, weight in quick.named_parameters():
        assert name in halves or weight is kept[name]
    assert {weight.dtype for weight in kept.values()} == {torch.float32}


def test_the_usual_error_is_that_of_other_words_too(large: Path) -> None:
    model = load(str(large)).model
    quick = halved(model)
    ids = torch.arange(5, 37)[None] % 80
    with torch.inference_mode():
        apart = [(found.logits[0, :, 0] - found.logits[0, :, 1]) for found in (model(ids), quick(ids))]
    error = float((apart[0] - apart[1]).square().mean().sqrt())
    assert 0 < error < 4 * usual_error(model, quick) < 40 * error


@pytest.mark.parametrize("kind", ["roberta", "distilbert", "modernbert", "albert", "deberta", "t5"])
def test_other_kinds_can_be_halved(kind: str, tmp_path: Path) -> None:
    model = load(str(made(tmp_path, kind, spread=0.1))).model
    quick = halved(model)
    ids = torch.arange(5, 37)[None]
    with torch.inference_mode():
        torch.testing.assert_close(model(ids).logits, quick(ids).logits, atol=0.05, rtol=0.05)
    assert any(weight.dtype == torch.bfloat16 for weight in quick.parameters())


def ready(folder: Path, dtype: str = "auto") -> Precision:
    return prepared(load(str(folder)).model, dtype, torch.device("cpu"))


def test_small_models_run_in_float32(bert: Path) -> None:
    found = ready(bert)
    assert found.exact is None
    assert {weight.dtype for weight in found.quick.parameters()} == {torch.float32}


@pytest.mark.skipif(not multiplies_bfloat16(), reason="the processor has no bfloat16")
def test_close_calls_are_read_again(large: Path) -> None:
    def read(model: Any, given: Any, named: dict[str, Any]) -> None:
        again.append(len(named["input_ids"]))

    exact = EncoderTagger.load(str(large), device="cpu", dtype="float32").tag(MANY)
    tagger = EncoderTagger.load(str(large), device="cpu")
    scorer = tagger._scorer
    assert isinstance(scorer, Scorer)
    again: list[int] = []
    scorer._exact.register_forward_pre_hook(read, with_kwargs=True)
    scorer._error = 0.0
    quick = tagger.tag(MANY)
    assert not again
    scorer._error = 1e9
    mended = tagger.tag(MANY)
    assert 0 < sum(again) < len(MANY) / 2  # however close the calls are
    differ = [
        sum(abs(p - q) for one, other in zip(exact, found, strict=True)
            for p, q in zip(one.probabilities, other.probabilities, strict=True))
        for found in (quick, mended)
    ]  # fmt: skip
    assert 0 < differ[1] < differ[0]
    same = [one.probabilities == other.probabilities for one, other in zip(exact, mended, strict=True)]
    assert sum(same) >= sum(again)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_a_whole_model_in_half_precision(bert: Path, dtype: str) -> None:
    found = ready(bert, dtype)
    assert {weight.dtype for weight in found.quick.parameters()} == {getattr(torch, dtype)}
    assert found.exact is None
