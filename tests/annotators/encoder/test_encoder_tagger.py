"""Tags are those of the model, word by word, whatever the batch, the window, the memory or the device."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cswitch.annotators.encoder import workers
from cswitch.annotators.encoder.loading import load
from cswitch.annotators.encoder.tagger import EncoderTagger
from cswitch.annotators.encoder.windows import cut
from cswitch.core.contracts import Tagger, Tagging
from cswitch.core.errors import RunError, UsageError
from tests.annotators.encoder.classifiers import LABELS, SENTENCES, classifiers, made

torch = pytest.importorskip("torch", reason="the tagger needs torch")
pytest.importorskip("transformers", reason="the tagger needs transformers")

KINDS = ["bert", "roberta", "xlm-roberta", "distilbert", "modernbert", "albert", "deberta", "t5"]
MANY = [sentence for sentence in SENTENCES if sentence] * 4 + [("the", word) for word in ("cat", "dog", "gato", "pan")]


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT that takes at most 40 sub-words at once and knows en, es, hi, ne and other."""
    return made(tmp_path_factory.mktemp("classifier"))


def plain(folder: Path, sentence: tuple[str, ...], pool: str = "first") -> dict[int, Any]:
    """Probabilities of the words of a short sentence, by transformers alone: one at a time, without padding."""
    _, tokenizer, model, _, _ = load(str(folder))
    given = tokenizer(
        list(sentence), is_split_into_words=True, split_special_tokens=True, return_tensors="pt",
        return_token_type_ids=False,
    )  # fmt: skip
    with torch.no_grad():
        scores = model(**given).logits[0].softmax(-1).numpy()
    of_word: dict[int, list[Any]] = {}
    for place, word in enumerate(given.word_ids()):
        if word is not None:
            of_word.setdefault(word, []).append(scores[place])
    return {word: rows[0] if pool == "first" else np.mean(rows, axis=0) for word, rows in of_word.items()}


def loaded(folder: Path, **options: Any) -> EncoderTagger:
    return EncoderTagger.load(str(folder), **{"device": "cpu", "dtype": "float32", **options})


def sure(found: list[Tagging]) -> list[float]:
    """The probabilities of all words."""
    return [probability for tagging in found for probability in tagging.probabilities]


def close(one: list[Tagging], other: list[Tagging]) -> bool:
    """The same tags, with probabilities that differ by rounding alone."""
    same = [tagging.tags for tagging in one] == [tagging.tags for tagging in other]
    return same and np.allclose(sure(one), sure(other), atol=2e-4)


def test_all_kinds_are_tried() -> None:
    assert list(classifiers()) == KINDS


@pytest.mark.parametrize(("kind", "pool"), [*((kind, "first") for kind in KINDS), ("bert", "mean"), ("t5", "mean")])
def test_tags_are_those_of_the_model(kind: str, pool: str, tmp_path: Path) -> None:
    folder = made(tmp_path, kind)
    tagger = loaded(folder, pool=pool)
    assert isinstance(tagger, Tagger)
    tagged = tagger.tag(SENTENCES, alternatives=len(LABELS))
    assert [len(tagging.tags) for tagging in tagged] == [len(sentence) for sentence in SENTENCES]
    compared = 0
    for sentence, tagging in zip(SENTENCES, tagged, strict=True):
        assert tagging.alternatives is not None
        for word, expected in plain(folder, sentence, pool).items() if sentence else ():
            given = dict(tagging.alternatives[word])
            assert [given[label] for label in LABELS] == pytest.approx(expected, abs=1e-4)
            assert tagging.alternatives[word][0] == (tagging.tags[word], tagging.probabilities[word])
            assert tagging.tags[word] == LABELS[expected.argmax()]
            compared += 1
    assert compared >= 25


def test_words_that_vanish_are_tagged_by_rule(bert: Path) -> None:
    sentence = ("the", "\u200d", "\ue000", "", " ", "cat")
    [tagging] = loaded(bert).tag([sentence], alternatives=2)
    assert tagging.tags[1:5] == ["other"] * 4
    assert tagging.probabilities[1:5] == [1.0] * 4
    assert tagging.alternatives is not None
    assert tagging.alternatives[1] == (("other", 1.0),)
    [bare] = loaded(bert).tag([("the", "cat")])
    assert [tagging.tags[0], tagging.tags[5]] == bare.tags


def test_marks_are_tagged_by_rule_where_the_model_cannot(tmp_path: Path) -> None:
    folder = made(tmp_path, labels=["hin_Deva", "ENG"])
    [tagging] = loaded(folder).tag([("the", "!", "42", "@asha", "👍🏽", "cat")])
    assert tagging.tags[1:5] == ["other"] * 4
    assert tagging.probabilities[1:5] == [1.0] * 4
    assert {tagging.tags[0], tagging.tags[5]} <= {"hi", "en"}


@pytest.mark.parametrize("batch_tokens", [1, 7, 64, 4096])
def test_batches_change_nothing(bert: Path, batch_tokens: int) -> None:
    assert close(loaded(bert, batch_tokens=batch_tokens).tag(MANY), [*loaded(bert).tag(MANY)])


def test_a_long_line_is_tagged_word_by_word(bert: Path) -> None:
    words = [*SENTENCES[0], *SENTENCES[1], "\u200d", *SENTENCES[6]] * 500
    assert len(words) > 10_000
    tagger = loaded(bert, batch_tokens=4096)
    [tagging] = tagger.tag([words])
    assert len(tagging.tags) == len(words)
    assert tagger._scorer is not None
    subwords = tagger._scorer._subwords
    windows = cut(subwords.counts[subwords.numbers(words)], np.array([len(words)]), 38)
    compared = 0
    for window in (0, 1, 100, len(windows.first) - 1):
        first, last, begin, end = (int(column[window]) for column in windows[:4])
        alone = plain(bert, tuple(words[first:last]))
        for word in range(begin, end):
            if word - first in alone:
                assert tagging.probabilities[word] == pytest.approx(alone[word - first].max(), abs=1e-4)
                compared += 1
    assert compared > 30


def limited(tagger: EncoderTagger, tokens: int) -> list[int]:
    """Lets the model's memory be out above some sub-words a batch; gives the sizes that were tried."""
    tried: list[int] = []

    def check(model: Any, given: tuple[Any, ...], named: dict[str, Any]) -> None:
        tried.append(named["input_ids"].numel())
        if tried[-1] > tokens:
            raise torch.OutOfMemoryError("CUDA out of memory")

    assert tagger._scorer is not None
    tagger._scorer._quick.register_forward_pre_hook(check, with_kwargs=True)
    return tried


def test_less_memory_means_smaller_batches(bert: Path) -> None:
    tagger = loaded(bert, batch_tokens=4096)
    tried = limited(tagger, 40)
    assert close(tagger.tag(MANY), loaded(bert).tag(MANY))
    failed = [size for size in tried if size > 40]
    assert 2 <= len(failed) < 8
    tried.clear()
    assert close(tagger.tag(MANY), loaded(bert).tag(MANY))
    assert max(tried) <= 40  # what did not fit is not tried again


def test_one_sentence_too_large_is_one_line(bert: Path) -> None:
    tagger = loaded(bert)
    limited(tagger, 9)
    with pytest.raises(RunError, match=r"^out of memory for one sentence of 1\d sub-words; use a smaller model"):
        tagger.tag(MANY)


def test_sentences_that_stand_again_are_read_once(bert: Path) -> None:
    tagger = loaded(bert)
    tried = limited(tagger, 1 << 20)
    tagged = tagger.tag([SENTENCES[0]] * 1000)
    assert sum(tried) < 20
    assert len(tagged) == 1000
    assert len({tuple(tagging.tags) for tagging in tagged}) == 1


def test_a_stream_is_taken_as_it_is_needed(bert: Path) -> None:
    taken = 0

    def stream() -> Iterator[tuple[str, ...]]:
        nonlocal taken
        while True:
            taken += 1
            yield MANY[taken % len(MANY)]

    found = loaded(bert, batch_tokens=16).tag_stream(stream())
    first = [next(found) for _ in range(30)]
    assert taken < 300
    assert close(first, loaded(bert).tag([MANY[number % len(MANY)] for number in range(1, 31)]))


def test_half_precision_is_near(bert: Path) -> None:
    assert np.allclose(sure(loaded(bert).tag(MANY)), sure(loaded(bert, dtype="bfloat16").tag(MANY)), atol=0.1)


@pytest.mark.filterwarnings("ignore:.*script_method.*:DeprecationWarning")  # of torch's own, on import
def test_a_compiled_model_gives_the_same(bert: Path) -> None:
    """All but the compiler's own work, which takes half a minute."""
    tagger = loaded(bert, compile=True)
    assert tagger._scorer is not None
    assert isinstance(tagger._scorer._quick, torch._dynamo.OptimizedModule)
    with torch.compiler.set_stance("force_eager"):
        assert close(tagger.tag(MANY), loaded(bert).tag(MANY))


def tag_for_ever(tagger: EncoderTagger) -> None:
    while True:
        tagger.tag(MANY)


def test_two_processes_give_the_same_in_order(bert: Path) -> None:
    with loaded(bert, device="cpu,cpu", batch_tokens=4) as tagger:
        tagged = tagger.tag(MANY)
        with pytest.raises(UsageError, match="does not tell the language 'fr'"):
            tagger.tag(MANY, ["en", "fr"])
        assert close(tagged, loaded(bert).tag(MANY))
        assert tagger._workers is not None
        [first, *_] = tagger._workers._pool._processes
        os.kill(first, signal.SIGKILL)
        with pytest.raises(RunError, match="a process that tags was killed; free memory or use fewer devices"):
            tag_for_ever(tagger)  # until it is noticed, the other process does all the work


def test_an_error_of_a_process_is_told(bert: Path, tmp_path: Path) -> None:
    tagger = loaded(bert, device="cpu,cpu")
    view = tagger._scheme.view()
    job = workers.Job(["the"], np.array([1]), view)
    broken = workers.Workers(_no_device, ["cpu"])
    with pytest.raises(UsageError, match="no such thing; do something"):
        list(broken.run([job]))
    broken.close()
    tagger.close()


def _no_device(device: str) -> Any:
    raise UsageError("no such thing", hint="do something")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"device": "cuda:9"}, r"no GPU for device 'cuda:9'; torch sees \d; choose --device cpu or auto"),
        ({"device": "tpu?"}, r"unknown device 'tpu\?'; choose auto, cpu or cuda"),
        ({"device": "auto,cpu"}, "auto is one device; name each"),
        ({"dtype": "float8"}, "unknown dtype 'float8'; did you mean"),
        ({"pool": "last"}, "unknown pool 'last'; known: first, mean"),
        ({"batch_tokens": 0}, "a batch of 0 sub-words is none; choose 1 or more"),
    ],
)
def test_options_that_cannot_be_meant_are_one_line(bert: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        loaded(bert, **options)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
@pytest.mark.parametrize("device", ["cuda", "all", "cuda:0,cuda:1"])
def test_a_gpu_that_is_not_there_is_one_line(bert: Path, device: str) -> None:
    with pytest.raises(UsageError, match=r"no GPU for device 'cuda(:0)?'; torch sees 0; choose --device cpu or auto"):
        loaded(bert, device=device)


def test_numbers_that_are_none_are_told(tmp_path: Path) -> None:
    folder = made(tmp_path)
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    weights["classifier.bias"][0] = float("nan")
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(RunError, match=r"gave what is no number; use dtype float32"):
        loaded(folder).tag(MANY)
