"""How good and how fast the language taggers are, beside lingua, a CRF and transformers' own pipeline.

Usage: python -m benchmarks.tagger [--data DIR] [--tagger NAME] [--parts default monolingual trained speed encoder]
                                   [--device cpu|cuda] [--markdown]

DIR is the folder of shared data (default: $CSWITCH_DATA, else ../shared/data). Sets are those of DIR/lid; the default
tagger learned from none of them but the training part of ar-fr. `default` is the tagger that comes along, told the pair
and not; `monolingual` counts false switches in the lines of NTREX-128, which it was trained on; `trained` is
train_folder on the training part of a set against a linear-chain CRF (python-crfsuite) with character n-grams and
neighbours, told the same; `speed` gives tokens a second of processor time; `encoder` is benchmarks.tagger_encoder.
lingua (lingua-language-detector) judges each word by itself, told the pair, as a user without a tagger would. Peers are
in benchmarks/requirements.txt; without them their rows are missing. Set OMP_NUM_THREADS=1.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from cswitch.annotators.lid.compact import SHIPPED, CompactTagger
from cswitch.annotators.lid.folder import train_folder
from cswitch.core.contracts import TaggedSentence
from cswitch.core.tag_scores import TagScores, score_tags
from cswitch.core.text.scripts import languages
from cswitch.core.text.tokens import is_neutral, tokenise
from cswitch.pipeline.tag_gold import read_gold

Tags = list[list[str]]
Sentences = list[TaggedSentence]
PARTS = ("default", "monolingual", "trained", "speed", "encoder")
SETS = {
    "es-en.borrowing-nc.dev": ("es", "en"), "mr-en.melid-nc.dev": ("mr", "en"), "hi-en.hinglid-nc.test": ("hi", "en"),
    "tr-de.sagt-nc.dev": ("tr", "de"), "tr-en.butr.test": ("tr", "en"), "ar-fr.arabizi.dev": ("ar", "fr"),
}  # fmt: skip
TRAINED = ("mr-en.melid-nc", "es-en.borrowing-nc", "tr-de.sagt-nc")
NTREX = {
    "en": "eng", "es": "spa", "hi": "hin", "de": "deu", "fr": "fra", "it": "ita", "pt": "por", "nl": "nld", "id": "ind",
    "tr": "tur", "ar": "arb", "vi": "vie", "fil": "fil", "sw": "swa", "bn": "ben", "mr": "mar", "ta": "tam",
    "te": "tel", "gu": "guj", "pa": "pan", "kn": "kan", "ml": "mal", "ur": "urd",
}  # fmt: skip
_CRF = {"c1": 0.05, "c2": 0.05, "max_iterations": 80}


class Table:
    """Rows on their way to the terminal, or to a page."""

    def __init__(self, head: Sequence[str], *, markdown: bool) -> None:
        self._markdown = markdown
        self.row(*head)
        if markdown:
            print("|---" * len(head) + "|")

    def row(self, *cells: object) -> None:
        """Print a row."""
        texts = [f"{cell:.4f}" if isinstance(cell, float) else str(cell) for cell in cells]
        line = (
            "| " + " | ".join(texts) + " |"
            if self._markdown
            else "  ".join(t.ljust(34 if not n else 10) for n, t in enumerate(texts))
        )
        print(line, flush=True)


class Timed(NamedTuple):
    """Tags, and the processor time they took."""

    tags: Tags
    rate: float
    """Tokens a second."""


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    default = os.environ.get("CSWITCH_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data"
    parser.add_argument("--data", type=Path, default=Path(default), help="folder of shared data")
    parser.add_argument("--tagger", default="", help="folder or file of a compact tagger; the one that comes along")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--device", default="cpu", help="where the encoder runs")
    parser.add_argument("--markdown", action="store_true")
    options = parser.parse_args()
    tagger = CompactTagger.load(options.tagger)
    print(f"compact tagger: {tagger.model_bytes:,} bytes, {len(tagger.languages)} languages")
    parts: dict[str, Callable[[], None]] = {
        "default": lambda: default_part(tagger, options.data, options.markdown),
        "monolingual": lambda: monolingual(tagger, options.data, options.markdown),
        "trained": lambda: trained(options.data, options.markdown),
        "speed": lambda: speed(options.tagger, options.data, options.markdown),
        "encoder": lambda: encoder(options),
    }
    for name in options.parts:
        print(f"\n{name}")
        parts[name]()


def read(data: Path, name: str) -> Sentences:
    """The sentences of a set."""
    pair = next(pair for key, pair in SETS.items() if key.startswith(name.rsplit(".", 1)[0]))
    return [TaggedSentence(one.tokens, one.tags) for one in read_gold(str(data / "lid" / f"{name}.tsv"), pair)]


def scored(gold: Sentences, found: Tags) -> TagScores:
    """The scores of tags, without intervals."""
    return score_tags([sentence.tags for sentence in gold], found, bootstrap=0)


def timed(tag: Callable[[list[Sequence[str]]], Tags], gold: Sentences) -> Timed:
    """Tags of sentences, with the time they take."""
    tokens = [sentence.tokens for sentence in gold]
    start = time.process_time()
    found = tag(tokens)
    return Timed(found, sum(map(len, tokens)) / (time.process_time() - start))


def default_part(tagger: CompactTagger, data: Path, markdown: bool) -> None:
    """The tagger that comes along, and lingua, on mixed text that neither saw."""
    head = ("set, tagger", "language", "mixed", "switch F1", "precision", "recall", "false/1000", "tokens/s")
    table = Table(head, markdown=markdown)
    for name, pair in SETS.items():
        gold = read(data, name)
        ways: dict[str, Callable[[list[Sequence[str]]], Tags]] = {
            "compact, told the pair": lambda batch, pair=pair: [one.tags for one in tagger.tag(batch, pair)],  # type: ignore[misc]
            "compact, told nothing": lambda batch: [one.tags for one in tagger.tag(batch)],
        }
        if peer := lingua(pair):
            ways["lingua, told the pair"] = peer
        for label, way in ways.items():
            found = timed(way, gold)
            s = scored(gold, found.tags)
            table.row(
                f"{name}: {label}", s.language_accuracy, s.mixed_accuracy, s.switch_f1, s.switch_precision,
                s.switch_recall, f"{s.false_switches_per_1000 or 0:.1f}", f"{found.rate:,.0f}",
            )  # fmt: skip


def lingua(pair: tuple[str, str]) -> Callable[[list[Sequence[str]]], Tags] | None:
    """lingua, word by word, told the pair; None where it is not installed."""
    try:
        from lingua import IsoCode639_1, LanguageDetectorBuilder
    except ImportError:
        return None
    codes = {getattr(IsoCode639_1, code.upper()): code for code in pair}
    detector = LanguageDetectorBuilder.from_iso_codes_639_1(*codes).build()

    def tag(batch: list[Sequence[str]]) -> Tags:
        return [[_lingua_tag(detector, word, codes, pair[0]) for word in tokens] for tokens in batch]

    return tag


def _lingua_tag(detector: Any, word: str, codes: dict[Any, str], usual: str) -> str:
    if is_neutral(word):
        return "other"
    found = detector.detect_language_of(word)
    return codes[found.iso_code_639_1] if found else usual


def monolingual(tagger: CompactTagger, data: Path, markdown: bool) -> None:
    """False switches in text of one language."""
    table = Table(("NTREX lines", "told pair", "told nothing", "language"), markdown=markdown)
    for lang, name in NTREX.items():
        lines = (data / "parallel" / "ntrex" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        gold = [
            TaggedSentence(t, [lang if not is_neutral(w) else "other" for w in t])
            for t in (tokenise(line, lang).tokens for line in lines)
        ]
        pair = (lang, "es" if lang == "en" else "en")
        tokens = [sentence.tokens for sentence in gold]
        told, free = ([one.tags for one in tagger.tag(tokens, langs)] for langs in (pair, ()))
        one, other = scored(gold, told), scored(gold, free)
        rates = [f"{s.false_switches_per_1000 or 0:.1f}" for s in (one, other)]
        table.row(f"{languages()[lang].name}", *rates, f"{other.language_accuracy:.3f}")


def trained(data: Path, markdown: bool) -> None:
    """Taggers trained on a set's own training part."""
    table = Table(("set, tagger", "accuracy", "language", "switch F1", "seconds", "bytes"), markdown=markdown)
    for name in TRAINED:
        train, dev = read(data, f"{name}.train"), read(data, f"{name}.dev")
        for label, found, seconds, size in (*_compact(train, dev), *_crf(train, dev)):
            s = scored(dev, found)
            table.row(f"{name}: {label}", s.accuracy, s.language_accuracy, s.switch_f1, f"{seconds:.0f}", f"{size:,}")


def _compact(train: Sentences, dev: Sentences) -> Iterator[tuple[str, Tags, float, int]]:
    with TemporaryDirectory() as folder:
        start = time.process_time()
        train_folder(train, [], Path(folder), report=lambda line: None)
        seconds = time.process_time() - start
        tagger = CompactTagger.load(folder)
        yield "train-tagger", [one.tags for one in tagger.tag([s.tokens for s in dev])], seconds, tagger.model_bytes


def _crf(train: Sentences, dev: Sentences) -> Iterator[tuple[str, Tags, float, int]]:
    try:
        import pycrfsuite
    except ImportError:
        return
    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.set_params(_CRF)
    start = time.process_time()
    for sentence in train:
        if len(sentence.tokens):
            trainer.append(_clues(sentence.tokens), list(sentence.tags))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "crf"
        trainer.train(str(path))
        seconds = time.process_time() - start
        tagger = pycrfsuite.Tagger()
        tagger.open(str(path))
        yield "CRF", [list(tagger.tag(_clues(s.tokens))) for s in dev], seconds, path.stat().st_size


def _clues(tokens: Sequence[str]) -> list[list[str]]:
    """What the CRF sees: the word, its n-grams of 2 to 5 characters and capitals; its neighbours and their ends."""
    lower = [token.lower() for token in tokens]
    clues = []
    for at, token in enumerate(tokens):
        text = f"<{lower[at]}>"
        own = ["1", f"w={lower[at]}", f"c={token[:1].isupper()}{token.isupper()}{token.isalpha()}"]
        own += [f"g={text[i : i + n]}" for n in range(2, 6) for i in range(len(text) - n + 1)]
        for step in (-2, -1, 1, 2):
            near = lower[at + step] if 0 <= at + step < len(lower) else ""
            own += [f"{step}={near}", f"{step}s={near[-3:]}", f"{step}p={near[:3]}"]
        clues.append(own)
    return clues


def speed(place: str, data: Path, markdown: bool) -> None:
    """Tokens a second: words met for the first time, and running text."""
    table = Table(("hi-en.hinglid-nc.test", "tokens/s"), markdown=markdown)
    gold = read(data, "hi-en.hinglid-nc.test")
    fresh = CompactTagger.load(place or str(SHIPPED))

    def tag(batch: list[Sequence[str]], langs: Sequence[str] = ("hi", "en")) -> Tags:
        return [one.tags for one in fresh.tag(batch, langs)]

    table.row("compact, cold", f"{timed(tag, gold).rate:,.0f}")
    for label, langs in (("compact, warm, told the pair", ("hi", "en")), ("compact, warm, told nothing", ())):
        rates = [timed(lambda batch, langs=langs: tag(batch, langs), gold).rate for _ in range(3)]  # type: ignore[misc]
        table.row(label, f"{max(rates):,.0f}")
    if peer := lingua(("hi", "en")):
        table.row("lingua, told the pair, one word at a time", f"{timed(peer, gold[:500]).rate:,.0f}")


def encoder(options: argparse.Namespace) -> None:
    """The tagger of transformers models beside the pipeline."""
    from benchmarks import tagger_encoder

    arguments = ["--device", options.device, "--data", str(options.data)]
    tagger_encoder.main([*arguments, *(["--markdown"] if options.markdown else [])])


if __name__ == "__main__":
    main()
