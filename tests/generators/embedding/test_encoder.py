"""The layer that is asked for, in the windows and batches that fit, against transformers itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cswitch.core.errors import RunError, UsageError
from cswitch.generators.alignment.embedding.encoder import Encoder
from cswitch.generators.alignment.embedding.loading import load
from tests.generators.embedding.conftest import architectures, byte_pairs, save, wordpiece

pytest.importorskip("transformers", reason="the embedding aligner needs transformers")
torch = pytest.importorskip("torch", reason="the embedding aligner needs torch")

SENTENCES = [("the", "cat", "sees"), ("मेरा", "घर"), (), ("never", "the", "big", "dog", "sees", "it"), ("\u200d",)]
KINDS = ["bert", "roberta", "distilbert", "modernbert", "albert", "t5", "bart"]


def encoder(folder: Path, **options: Any) -> Encoder:
    options = {"layer": 4, "device": "cpu", "dtype": "float32", "max_tokens_per_batch": 4096, **options}
    return Encoder(str(folder), **options)


@pytest.fixture(scope="module", params=KINDS)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    tokenizer = byte_pairs() if request.param == "roberta" else wordpiece()
    model = architectures()[request.param](len(tokenizer))
    return save(tmp_path_factory.mktemp(request.param), model, tokenizer)


@pytest.mark.parametrize("layer", [0, 1, 3, 4])
def test_vectors_are_those_of_the_layer(folder: Path, layer: int) -> None:
    from transformers import AutoModel

    found = encoder(folder, layer=layer).encode(SENTENCES)
    whole = AutoModel.from_pretrained(folder).eval()
    whole = whole.get_encoder() if whole.config.is_encoder_decoder else whole
    tokenizer = load(str(folder)).tokenizer
    for number, words in enumerate(SENTENCES):
        start, count = found.rows.starts[number], found.rows.counts[number]
        if not count:
            continue
        given = tokenizer(list(words), is_split_into_words=True, return_tensors="pt", return_token_type_ids=False)
        with torch.no_grad():
            states = whole(**given, output_hidden_states=True).hidden_states
        kept = [place for place, word in enumerate(given.word_ids()) if word is not None]
        torch.testing.assert_close(found.vectors[start : start + count], states[layer][0, kept], atol=1e-4, rtol=1e-3)
        assert found.rows.words[start : start + count].tolist() == [given.word_ids()[place] for place in kept]


def test_layers_above_are_left_out(folder: Path) -> None:
    sizes = [
        sum(weight.numel() for weight in encoder(folder, layer=layer)._encoder.parameters()) for layer in (1, 2, 4)
    ]
    assert sizes == sorted(sizes)
    assert folder.name.startswith("albert") or sizes[0] < sizes[1] < sizes[2]


def test_a_long_sentence_is_joined_from_windows(bert: Path) -> None:
    """No sub-word is cut off; where one window is enough the vectors are the model's own, in the overlap the mean."""
    words = ("the", "-", "c") * 20
    long = encoder(bert)
    assert long.max_length == 40
    found = long.encode([words])
    assert found.rows.words.tolist() == list(range(60))
    first, second = (long.encode([part]).vectors for part in (words[:38], words[29:]))
    torch.testing.assert_close(found.vectors[:29], first[:29], atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(found.vectors[29:38], (first[29:] + second[:9]) / 2, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(found.vectors[38:], second[9:], atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("budget", [1, 30, 100])
def test_batches_change_nothing(bert: Path, budget: int) -> None:
    sentences = [("the", "cat")[:k] + ("house",) * k for k in range(12)]
    whole, cut = encoder(bert).encode(sentences), encoder(bert, max_tokens_per_batch=budget).encode(sentences)
    torch.testing.assert_close(whole.vectors, cut.vectors, atol=1e-5, rtol=1e-4)
    assert whole.rows.words.tolist() == cut.rows.words.tolist()


class OutOfMemory:
    """Stands for the model's forward, and has memory for so many sub-words."""

    def __init__(self, encoder: Any, memory: int) -> None:
        self.forward, self.memory = encoder.forward, memory
        self.shapes: list[tuple[int, int]] = []

    def __call__(self, *, input_ids: Any, **given: Any) -> Any:
        self.shapes.append(tuple(input_ids.shape))
        if input_ids.numel() > self.memory:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return self.forward(input_ids=input_ids, **given)


def test_out_of_memory_halves_the_batch(bert: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sentences = [("cat",) * 3] * 1 + [("the", "dog", f"{k}") for k in range(15)]
    expected = encoder(bert).encode(sentences).vectors
    small = encoder(bert)
    stub = OutOfMemory(small._encoder, 40)
    monkeypatch.setattr(small._encoder, "forward", stub)
    torch.testing.assert_close(small.encode(sentences).vectors, expected, atol=1e-5, rtol=1e-4)
    fits = [rows * length <= 40 for rows, length in stub.shapes]
    assert not fits[0]
    assert fits == sorted(fits)  # once a batch fits, no larger one is tried


def test_no_memory_for_one_sentence_is_one_line(bert: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = encoder(bert)
    monkeypatch.setattr(small._encoder, "forward", OutOfMemory(small._encoder, 3))
    with pytest.raises(RunError, match=r"^out of memory for one sentence of \d+ sub-words; use a smaller model"):
        small.encode([("the", "cat")])


def test_a_tokenizer_of_another_model_is_one_line(tmp_path: Path) -> None:
    folder = save(tmp_path, architectures()["bert"](20), wordpiece())
    with pytest.raises(UsageError, match=r"the tokenizer of model '.*' gives sub-word \d+, the model has 20; save"):
        encoder(folder).encode(SENTENCES)


def test_half_precision_is_near(bert: Path) -> None:
    full, half = (encoder(bert, dtype=dtype).encode(SENTENCES).vectors for dtype in ("float32", "bfloat16"))
    assert half.dtype == torch.float32
    assert not torch.equal(full, half)
    torch.testing.assert_close(full, half, atol=0.1, rtol=0.1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layer": 5}, r"model '.*' has no layer 5; choose --layer 0 to 4$"),
        ({"layer": -1}, r"model '.*' has no layer -1; choose --layer 0 to 4$"),
        ({"dtype": "bf16"}, r"unknown dtype 'bf16'; did you mean 'bfloat16'\?|unknown dtype 'bf16'; known: auto"),
        ({"device": "gpu"}, r"unknown device 'gpu'; choose auto, cpu or cuda$"),
        ({"device": "cuda:99"}, r"no GPU for device 'cuda:99'; torch sees \d+; choose --device cpu or auto$"),
        ({"max_tokens_per_batch": 0}, r"a batch of 0 sub-words is none; choose 1 or more$"),
    ],
)
def test_what_cannot_be_had_is_one_line(bert: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        encoder(bert, **options)
