"""How fast the tagger of transformers models is, beside transformers' own pipeline with the same model and texts.

Usage: python -m benchmarks.tagger_encoder [--device cpu|cuda] [--sentences N] [--rounds N] [--dtype D ...] [--compile]
                                           [--batches N ...] [--model PATH] [--layers K] [--data DIR] [--markdown]

Without --model, a token classifier of BERT-base's size with random weights and five labels is made, and a WordPiece
vocabulary is trained on the texts: tags mean nothing then, times do. Texts are lines of NTREX-128 (English, Spanish,
Hindi) from DIR/parallel/ntrex (default: $CSWITCH_DATA, else ../shared/data), every other one mixed with English in its
middle, seed 0; without that folder the samples of this repository. Each contender has a process of its own with the
threads that torch takes (OMP_NUM_THREADS); the model is loaded and a few sentences are tagged before the clock starts.
They take turns, one at work at a time, and the best of their rounds counts, since machines are shared. Tokens are
words; seconds are of the clock, with one thread of processor time. `pipeline` is
`pipeline("token-classification", aggregation_strategy="first")` given the words of each sentence (is_split_into_words),
one sentence at a time as is its default, then with larger batches. Agreement is the share of words with the
pipeline's tag. Memory is the most that the process (with a GPU: torch on the device) has held.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import resource
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from cswitch.annotators.encoder.tagger import EncoderTagger
from cswitch.core.devices import import_torch
from cswitch.core.text.tokens import tokenise

NTREX = {"en": "eng", "es": "spa", "hi": "hin"}
SAMPLES = Path(__file__).resolve().parent.parent / "data" / "samples"
LABELS = ("en", "es", "hi", "ne", "other")
WARM = 16
"""Sentences that are tagged before the clock starts."""

Texts = list[list[str]]
Tags = list[list[str | None]]


class Row(NamedTuple):
    """What one contender did."""

    label: str
    tokens_per_second: float
    memory_mb: float
    agreement: float
    """Share of words with the tag of the pipeline."""
    device: str


def main(argv: Sequence[str] | None = None) -> None:
    """Prints a line a contender, and how many times as fast as each pipeline the tagger is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    default = os.environ.get("CSWITCH_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data"
    parser.add_argument("--data", type=Path, default=Path(default), help="folder of shared data")
    parser.add_argument("--model", help="folder or name; by default one is made, with random weights")
    parser.add_argument("--layers", type=int, default=12, help="layers of the model that is made")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", nargs="+", default=["auto", "float32"])
    parser.add_argument("--sentences", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 8, 32], help="batch sizes of the pipeline")
    parser.add_argument("--compile", action="store_true", help="also measure the tagger with torch.compile")
    parser.add_argument("--markdown", action="store_true")
    asked = parser.parse_args(argv)
    found = rows(
        asked.device, data=asked.data, sentences=asked.sentences, dtypes=asked.dtype, batches=asked.batches,
        model=asked.model, layers=asked.layers, rounds=asked.rounds, compile=asked.compile,
    )  # fmt: skip
    print(table(found, markdown=asked.markdown))


def rows(
    device: str,
    *,
    data: Path,
    sentences: int = 200,
    dtypes: Sequence[str] = ("auto", "float32"),
    batches: Sequence[int] = (1, 8, 32),
    model: str | None = None,
    layers: int = 12,
    rounds: int = 3,
    compile: bool = False,
) -> list[Row]:
    """One row for the tagger in each dtype, then one for the pipeline with each batch size."""
    texts = mixed_texts(data, sentences)
    with TemporaryDirectory() as folder:
        place = model or random_model(Path(folder), texts, layers)
        kinds: list[tuple[str, Callable[..., Any]]] = [
            (f"hf tagger, {dtype}", partial(tagger, place, device, dtype, False)) for dtype in dtypes
        ]
        if compile:
            kinds.append((f"hf tagger, {dtypes[0]}, compiled", partial(tagger, place, device, dtypes[0], True)))
        kinds += [(f"pipeline, batches of {size}", partial(pipeline, place, device, size)) for size in batches]
        runs = in_turns([make for _, make in kinds], texts, device, rounds)
    words = sum(map(len, texts))
    reference = runs[-len(batches)].tags
    return [
        Row(label, words / run.seconds, run.memory_mb, agreement(run.tags, reference), run.device)
        for (label, _), run in zip(kinds, runs, strict=True)
    ]


def table(found: Sequence[Row], *, markdown: bool = False) -> str:
    """The rows, with the ratio to the pipeline one sentence at a time and to the fastest pipeline."""
    bare = [row.tokens_per_second for row in found if row.label.startswith("pipeline")]
    head = ("", "tokens/s", "ratio to default", "ratio to best", "same tags", "peak memory")
    lines = [
        (
            row.label, f"{row.tokens_per_second:,.0f}", f"{row.tokens_per_second / bare[0]:.1f}",
            f"{row.tokens_per_second / max(bare):.1f}", f"{row.agreement:.2%}", f"{row.memory_mb:,.0f} MB",
        )
        for row in found
    ]  # fmt: skip
    if markdown:
        body = ["| " + " | ".join(line) + " |" for line in (head, ("---",) * len(head), *lines)]
    else:
        body = ["  {:28}{:>10}{:>18}{:>15}{:>11}{:>14}".format(*line) for line in (head, *lines)]
    return "\n".join([found[0].device, *body])


class Run(NamedTuple):
    """What a contender gave, in a process of its own."""

    seconds: float
    tags: Tags
    memory_mb: float
    device: str


def in_turns(kinds: Sequence[Callable[[], Any]], texts: Texts, device: str, rounds: int) -> list[Run]:
    """The best round of each contender."""
    context = multiprocessing.get_context("spawn")
    with ExitStack() as stack:
        pools = [
            stack.enter_context(ProcessPoolExecutor(1, mp_context=context, initializer=_make, initargs=(make,)))
            for make in kinds
        ]
        warm = sorted(texts, key=len)[:: max(1, len(texts) // WARM)]
        for pool in pools:
            pool.submit(_timed, warm, device).result()
        found = [[pool.submit(_timed, texts, device).result() for pool in pools] for _ in range(rounds)]
    return [min(runs, key=lambda run: run.seconds) for runs in zip(*found, strict=True)]


_work: Callable[[Texts], Tags]


def _make(make: Callable[[], Callable[[Texts], Tags]]) -> None:
    global _work
    _work = make()


def _timed(texts: Texts, device: str) -> Run:
    torch = import_torch("measuring taggers")
    on_gpu = device.startswith("cuda")
    clock = time.perf_counter if on_gpu or torch.get_num_threads() > 1 else time.process_time
    start = clock()
    tags = _work(texts)
    seconds = clock() - start
    if on_gpu:
        return Run(seconds, tags, torch.cuda.max_memory_allocated() / 2**20, torch.cuda.get_device_name())
    process = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Run(seconds, tags, process, f"cpu, threads: {torch.get_num_threads()}, torch {torch.__version__}")


def tagger(place: str, device: str, dtype: str, compile: bool) -> Callable[[Texts], Tags]:
    """What is measured."""
    ours = EncoderTagger.load(place, device=device, dtype=dtype, compile=compile)
    return lambda texts: [list(tagging.tags) for tagging in ours.tag(texts)]


def pipeline(place: str, device: str, size: int) -> Callable[[Texts], Tags]:
    """What it is measured against."""
    import transformers

    transformers.utils.logging.disable_progress_bar()
    made: Any = transformers.pipeline(  # type: ignore[call-overload,unused-ignore]
        "token-classification", model=place, device=device, aggregation_strategy="first", ignore_labels=[]
    )
    options = {} if size == 1 else {"batch_size": size}
    return lambda texts: [
        spread(text, groups)
        for text, groups in zip(texts, made(texts, is_split_into_words=True, **options), strict=True)
    ]


def spread(text: Sequence[str], groups: Sequence[dict[str, Any]]) -> list[str | None]:
    """The tag of the group that each word begins in, None for a word that is in none."""
    tags: list[str | None] = []
    start = 0
    for word in text:
        tags.append(next((g["entity_group"] for g in groups if g["start"] <= start < g["end"]), None))
        start += len(word) + 1
    return tags


def agreement(tags: Tags, reference: Tags) -> float:
    """Share of the words that the reference tags whose tag is the same."""
    both = [
        (tag, other)
        for ours, theirs in zip(tags, reference, strict=True)
        for tag, other in zip(ours, theirs, strict=True)
        if other is not None
    ]
    return sum(tag == other for tag, other in both) / max(1, len(both))


def mixed_texts(data: Path, count: int) -> Texts:
    """Sentences of the three languages in turn, every other one with English in its middle."""
    draws = random.Random(0)
    lines = {lang: _lines(data, lang) for lang in NTREX}
    texts: Texts = []
    for number in range(count):
        lang = list(NTREX)[number % len(NTREX)]
        line = draws.randrange(len(lines[lang]))
        words = list(tokenise(lines[lang][line]).tokens)
        if number % 2:
            third = len(words) // 3
            english = list(tokenise(lines["en"][line % len(lines["en"])]).tokens)
            words[third : 2 * third] = english[: len(english) // 3]
        texts.append(words)
    return texts


def _lines(data: Path, lang: str) -> list[str]:
    file = data / "parallel" / "ntrex" / f"{NTREX[lang]}.txt"
    if file.is_file():
        return file.read_text(encoding="utf-8").splitlines()
    other = lang if lang != "en" else "hi"
    table = [line.split("\t") for line in (SAMPLES / f"en-{other}.tsv").read_text(encoding="utf-8").splitlines()]
    column = table[0].index(lang)
    return [row[column] for row in table[1:]]


def random_model(folder: Path, texts: Texts, layers: int) -> str:
    """A folder with a token classifier of BERT-base's size and a tokenizer for the texts."""
    import transformers
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

    hf: Any = transformers
    names = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    made = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=False)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=8000, special_tokens=list(names.values()), show_progress=False)
    made.train_from_iterator((" ".join(text) for text in texts), trainer)
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    hf.utils.logging.disable_progress_bar()
    hf.PreTrainedTokenizerFast(tokenizer_object=made, model_max_length=512, **names).save_pretrained(folder)
    import_torch("measuring taggers").manual_seed(0)
    labels = dict(enumerate(LABELS))
    config = hf.BertConfig(
        vocab_size=30_000, num_hidden_layers=layers, id2label=labels, label2id={v: k for k, v in labels.items()}
    )
    hf.BertForTokenClassification(config).save_pretrained(folder)
    return str(folder)


if __name__ == "__main__":
    main(sys.argv[1:])
