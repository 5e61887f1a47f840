"""How fast the embedding aligner is, beside one pair at a time through the whole model.

Usage: python -m benchmarks.embedding [--model PATH] [--device cpu|cuda] [--pairs N] [--layer K] [--dtype D]

Without --model, an encoder of BERT-base's size with random weights is made, and a WordPiece vocabulary is trained on
the texts: links mean nothing then, times do. The texts are invented words, of lengths as news has them (about 20 words,
seed 0), a tenth of the pairs standing twice. The baseline does what published tools do (SimAlign, awesome-align): a
pair is tokenised, both sides are padded and encoded together with all layers, their similarity is computed, and links
are taken from it, before the next pair. Both have the same model, method, precision and threads. The baseline is run
on a part of the pairs where they are many (--baseline). Figures are of one run after a short one that warms up; seconds
are of processor time on a processor, all threads together, and of the clock with a GPU.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from cswitch.core.contracts import Sentence, TokenisedPair
from cswitch.generators.alignment.embedding import aligner as aligner_module
from cswitch.generators.alignment.embedding import encoder as encoder_module
from cswitch.generators.alignment.embedding.aligner import EmbeddingAligner
from cswitch.generators.alignment.embedding.extraction import extract, unit
from cswitch.generators.alignment.embedding.loading import import_torch, load

REPEATED = 0.1


def main() -> None:
    """Prints pairs a second of both, their ratio, where the time went, and the memory."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--model", help="folder or name; by default one is made, with random weights")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--dtype", default="auto")
    parser.add_argument("--layer", type=int, default=8)
    parser.add_argument("--method", default="itermax")
    parser.add_argument("--pairs", type=int, default=100)
    parser.add_argument("--baseline", type=int, default=1000, help="pairs that the baseline aligns at most")
    parser.add_argument("--tokens", type=int, help="sub-words a batch")
    asked = parser.parse_args()
    pairs = made_up(asked.pairs)
    with TemporaryDirectory() as folder:
        model = asked.model or random_model(Path(folder), pairs)
        aligner = EmbeddingAligner(
            "en",
            "es",
            model=model,
            layer=asked.layer,
            method=asked.method,
            device=asked.device,
            dtype=asked.dtype,
            max_tokens_per_batch=asked.tokens,
        )
        compare(asked, aligner, Baseline(model, aligner, asked.layer, asked.method), pairs)


def compare(asked: argparse.Namespace, aligner: EmbeddingAligner, bare: Baseline, pairs: list[TokenisedPair]) -> None:
    """Runs both and prints the figures."""
    torch = import_torch()
    device = aligner._encoder.device
    few = pairs[: asked.baseline]
    aligner.align(pairs[:8])
    for pair in pairs[:4]:
        bare.align(pair)
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else f"{torch.get_num_threads()} threads"
    print(f"{device} ({name}), {len(pairs)} pairs, {asked.method}, layer {asked.layer}, dtype {asked.dtype}")
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    with stopwatches(device) as spent:
        ours, found = timed(lambda: aligner.align(pairs), device)
    rates = len(pairs) / ours
    print(f"  ours      {rates:10,.1f} pairs/s   {shares(spent, ours)}")
    print(f"            peak memory {memory(device)}")
    seconds, expected = timed(lambda: [bare.align(pair) for pair in few], device)
    print(f"  baseline  {len(few) / seconds:10,.1f} pairs/s   of {len(few)} pairs; peak memory {memory(device)}")
    print(f"  ratio     {rates * seconds / len(few):10.1f}")
    same = sum({(link.source, link.target) for link in a} == b for a, b in zip(found, expected, strict=False))
    print(f"  the same links in {same} of {len(few)} pairs")


class Baseline:
    """One pair at a time through all layers, sub-words linked by the same method."""

    def __init__(self, model: str, aligner: EmbeddingAligner, layer: int, method: str) -> None:
        self.tokenizer, encoder, self.max_length = load(model)
        self.device, self.autocast = aligner._encoder.device, aligner._encoder._autocast
        self.encoder = encoder.to(self.device)
        self.layer, self.method = layer, method

    def align(self, pair: TokenisedPair) -> set[tuple[int, int]]:
        """Linked words."""
        torch = import_torch()
        sides = [list(pair.source.tokens), list(pair.target.tokens)]
        given = self.tokenizer(
            sides, is_split_into_words=True, return_tensors="pt", padding=True, truncation=True,
            max_length=self.max_length, return_token_type_ids=False,
        )  # fmt: skip
        with torch.inference_mode(), self.autocast:
            states = self.encoder(**given.to(self.device), output_hidden_states=True).hidden_states[self.layer]
        words = [[word for word in given.word_ids(side) if word is not None] for side in (0, 1)]
        kept = [[k for k, word in enumerate(given.word_ids(side)) if word is not None] for side in (0, 1)]
        left, right = (states[side, kept[side]].float()[None] for side in (0, 1))
        if self.method != "softmax":
            left, right = unit(left), unit(right)
        valid = torch.ones(1, left.shape[1], right.shape[1], dtype=torch.bool, device=self.device)
        links = extract(left, right, valid, self.method).links[0].nonzero().tolist()
        return {(words[0][i], words[1][j]) for i, j in links}


@contextmanager
def stopwatches(device: Any) -> Iterator[dict[str, float]]:
    """Seconds spent in each part of the aligner while the context lasts; the device is waited for after each."""
    spent: dict[str, float] = defaultdict(float)
    parts = [
        (encoder_module, "split", "tokenise"),
        (encoder_module.Encoder, "_forward", "encode"),
        (aligner_module.EmbeddingAligner, "_extract", "similarity"),
        (aligner_module, "grouped", "links"),
    ]
    kept = [(place, name, getattr(place, name)) for place, name, _ in parts]

    def watched(work: Callable[..., Any], label: str) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            seconds, result = timed(lambda: work(*given, **named), device)
            spent[label] += seconds
            return result

        return call

    for place, name, label in parts:
        setattr(place, name, watched(getattr(place, name), label))
    try:
        yield spent
    finally:
        for place, name, work in kept:
            setattr(place, name, work)


def shares(spent: dict[str, float], whole: float) -> str:
    """Shares of the time by part."""
    other = whole - sum(spent.values())
    return ", ".join(f"{label} {100 * seconds / whole:.1f} %" for label, seconds in {**spent, "other": other}.items())


def timed(work: Callable[[], Any], device: Any) -> tuple[float, Any]:
    """Seconds until the device has done the work, and the result."""
    clock = time.process_time if device.type == "cpu" else time.perf_counter
    start = clock()
    result = work()
    if device.type == "cuda":
        import_torch().cuda.synchronize(device)
    return clock() - start, result


def memory(device: Any) -> str:
    """The most the process, and the device, have held so far."""
    process = f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB of the process"
    if device.type != "cuda":
        return process
    return f"{process}, {import_torch().cuda.max_memory_allocated(device) / 2**20:,.0f} MB of the device"


def made_up(count: int) -> list[TokenisedPair]:
    """Pairs of sentences of invented words, frequent ones oftener, the same for a number of pairs."""
    rng = np.random.default_rng(0)
    letters = random.Random(0)
    lexicon = ["".join(letters.choices("aeioutnrslkmdpbg", k=letters.randint(1, 10))) for _ in range(20_000)]
    ranks = 1 / np.arange(1, len(lexicon) + 1)
    pairs: list[TokenisedPair] = []
    for number in range(count):
        if pairs and rng.random() < REPEATED:
            pairs.append(pairs[rng.integers(len(pairs))])
            continue
        length = int(np.clip(rng.lognormal(2.85, 0.5), 2, 120))
        sides = [
            [lexicon[k] for k in rng.choice(len(lexicon), size, p=ranks / ranks.sum())]
            for size in (length, max(1, round(length * rng.normal(1.05, 0.1))))
        ]
        source, target = (
            Sentence(lang, tuple(side), (None,) * len(side)) for lang, side in zip("ab", sides, strict=True)
        )
        pairs.append(TokenisedPair(str(number), source, target))
    return pairs


def random_model(folder: Path, pairs: list[TokenisedPair]) -> str:
    """A folder with a model of BERT-base's size and a tokenizer for the texts."""
    import transformers
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

    hf: Any = transformers
    names = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=3000, special_tokens=list(names.values()), show_progress=False)
    tokenizer.train_from_iterator((" ".join(pair.source.tokens) for pair in pairs[:2000]), trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    hf.utils.logging.disable_progress_bar()
    hf.PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names).save_pretrained(folder)
    import_torch().manual_seed(0)
    hf.BertModel(hf.BertConfig(vocab_size=30_000)).save_pretrained(folder)
    return str(folder)


if __name__ == "__main__":
    main()
