"""How good and how fast the aligners are, beside fast_align (systran-align) and eflomal.

Usage: python -m benchmarks.align [--data DIR] [--sets NAME ...] [--aligners TEXT ...] [--encoder PATH] [--markdown]

DIR is the folder of shared data (default: $CSWITCH_DATA, else ../shared/data). Sets are those of DIR/alignment, which
no training saw, and the hand-aligned samples of this repository. `alone` aligns each sentence pair by itself, `set`
the pairs of the set together, `corpus` the set together with NTREX (1,997 lines) and, where both languages have it,
Parallel UD (1,000 lines). Every gold link counts as sure; for en-fr the gold has the sure links of the Hansards only,
so that precision is underrated there, for all aligners alike. Speeds are pairs a second of processor time, training
and started programs included. eflomal has no seed: its figures move by a hundredth.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from shutil import which
from typing import Any, NamedTuple

from cswitch.core.contracts import Link, Sentence, TokenisedPair
from cswitch.core.lexicon import route
from cswitch.core.registry import load
from cswitch.core.text.tokens import tokenise
from cswitch.generators.alignment.eflomal import PROGRAM, EflomalAligner
from cswitch.generators.alignment.evaluate import Score, evaluate
from cswitch.generators.alignment.fast_align import FastAlignAligner
from cswitch.generators.alignment.hybrid import HybridAligner
from cswitch.generators.alignment.lexical import LexicalAligner
from cswitch.generators.alignment.pharaoh import parse_pharaoh

Pairs = list[TokenisedPair]
Links = list[tuple[Link, ...]]
NTREX = {
    "en": "eng", "es": "spa", "hi": "hin", "fr": "fra", "it": "ita", "nl": "nld", "pt": "por", "ru": "rus"
}  # fmt: skip
PUD = {"en", "es", "hi"}
SAMPLES = Path(__file__).resolve().parent.parent / "data" / "samples"
ROW = "  {:32}{:>9}{:>8}{:>7}{:>9}"


class Gold(NamedTuple):
    """A set of sentence pairs with gold links."""

    name: str
    pairs: Pairs
    links: list[list[tuple[int, int]]]


class Row(NamedTuple):
    """An aligner to measure."""

    label: str
    align: Callable[[Pairs], Links]
    scope: str
    """``alone``, ``set`` or ``corpus``."""


def main() -> None:
    """Prints a table a set."""
    options = _options()
    if not (options.data / "alignment").is_dir():
        print(f"no alignment sets at {options.data}; measuring the samples of this repository only\n")
    for gold in sets(options.data):
        if options.sets and not any(gold.name.startswith(name) for name in options.sets):
            continue
        languages = gold.pairs[0].source.lang, gold.pairs[0].target.lang
        extra = corpus(options.data, *languages)
        if options.markdown:
            print(f"\n{gold.name} ({len(gold.pairs)} pairs)\n\n| aligner | precision | recall | AER | pairs/s |")
            print("|---|---|---|---|---|")
        else:
            print(f"\n{gold.name}, {len(gold.pairs)} pairs\n" + ROW.format("", "precision", "recall", "AER", "pairs/s"))
        for row in rows(*languages, options.encoder):
            if options.aligners and not any(text in row.label for text in options.aligners):
                continue
            score, speed = measure(row, gold, extra)
            cells = (row.label, *(f"{value:.3f}" for value in score), f"{speed:,.0f}")
            print("| {} | {} | {} | {} | {} |".format(*cells) if options.markdown else ROW.format(*cells), flush=True)


def _options() -> Any:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    default = os.environ.get("CSWITCH_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data"
    parser.add_argument("--data", type=Path, default=Path(default), help="folder of shared data")
    parser.add_argument("--sets", nargs="+", metavar="NAME", help="only sets whose names begin so, such as en-hi")
    parser.add_argument("--aligners", nargs="+", metavar="TEXT", help="only aligners whose labels contain one of these")
    parser.add_argument("--encoder", metavar="PATH", help="also measure the embedding aligner, with this encoder")
    parser.add_argument("--markdown", action="store_true", help="print Markdown tables")
    return parser.parse_args()


def rows(source: str, target: str, encoder: str | None) -> Iterator[Row]:
    """The aligners that can be measured on a pair of languages."""

    def made(kind: Any, **settings: Any) -> Callable[[Pairs], Links]:
        return lambda pairs: kind(source, target, **settings).align(pairs)

    if route(source, target):
        yield Row("lexical", made(LexicalAligner), "set")
        yield Row("lexical, gap_fill", made(LexicalAligner, gap_fill=True), "set")
    yield Row("fast_align, alone", made(FastAlignAligner), "alone")
    yield Row("fast_align, corpus", made(FastAlignAligner), "corpus")
    yield Row("fast_align, intersection, corpus", made(FastAlignAligner, symmetrisation="intersection"), "corpus")
    if which(PROGRAM):
        yield Row("eflomal, alone", made(EflomalAligner, prefix=0), "alone")
        yield Row("eflomal, corpus", made(EflomalAligner, prefix=0), "corpus")
        yield Row("eflomal, prefixes, corpus", made(EflomalAligner), "corpus")
    hybrid = HybridAligner(source, target)
    yield Row("hybrid, alone", hybrid.align, "alone")
    yield Row("hybrid, set", hybrid.align, "set")
    yield Row("hybrid, corpus", hybrid.align, "corpus")
    yield Row("hybrid, gap_fill, corpus", made(HybridAligner, gap_fill=True), "corpus")
    if which(PROGRAM):
        yield Row("hybrid by eflomal, corpus", made(HybridAligner, engine="eflomal"), "corpus")
    if encoder:
        yield Row("embedding", made(load("aligner", "embedding"), model=encoder), "set")


def measure(row: Row, gold: Gold, extra: Pairs) -> tuple[Score, float]:
    """How good an aligner is on a set, and how many pairs a second of processor time it aligns."""
    start = _seconds()
    if row.scope == "alone":
        links = [row.align([pair])[0] for pair in gold.pairs]
    else:
        links = row.align(gold.pairs + (extra if row.scope == "corpus" else []))
    speed = len(links) / (_seconds() - start)
    found = [[(link.source, link.target) for link in pair] for pair in links[: len(gold.pairs)]]
    return evaluate(found, gold.links), speed


def _seconds() -> float:
    """Processor time of this process and of programs it has started."""
    return sum(os.times()[:4])


def sets(data: Path) -> Iterator[Gold]:
    """The sets of the shared data, and the samples."""
    for path in sorted((data / "alignment").glob("*.tsv")):
        languages = path.name.split(".")[0].split("-")
        gold = [parse_pharaoh(line) for line in _lines(path.with_suffix(".gold"))]
        yield Gold(path.stem, [_pair(line.split("\t"), languages) for line in _lines(path)], gold)
    for path in sorted(SAMPLES.glob("*.gold.tsv")):
        languages = path.name.split(".")[0].split("-")
        table = [line.split("\t") for line in _lines(path)[1:]]
        pairs = [_pair(columns[1:3], languages) for columns in table]
        yield Gold(f"{path.name.split('.')[0]}.samples", pairs, [parse_pharaoh(columns[3]) for columns in table])


def corpus(data: Path, source: str, target: str) -> Pairs:
    """More sentence pairs of two languages: NTREX, and Parallel UD where both have it; none without the data."""
    sides: list[list[str]] = [[], []]
    paths = [data / "parallel" / "ntrex" / f"{NTREX.get(lang)}.txt" for lang in (source, target)]
    if all(path.is_file() for path in paths):
        for side, path in zip(sides, paths, strict=True):
            side += _lines(path)
    paths = [data / "parallel" / "pud" / f"{lang}_pud-ud-test.conllu" for lang in (source, target)]
    if {source, target} <= PUD and all(path.is_file() for path in paths):
        for side, path in zip(sides, paths, strict=True):
            side += [line.removeprefix("# text = ") for line in _lines(path) if line.startswith("# text = ")]
    return [
        _pair((" ".join(tokenise(a, source).tokens), " ".join(tokenise(b, target).tokens)), (source, target))
        for a, b in zip(*sides, strict=True)
    ]


def _pair(texts: Sequence[str], languages: Sequence[str]) -> TokenisedPair:
    sides = [text.split(" ") if text else [] for text in texts]
    one, two = (Sentence(lang, tuple(t), (None,) * len(t)) for lang, t in zip(languages, sides, strict=True))
    return TokenisedPair("", one, two)


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").rstrip("\n").split("\n")


if __name__ == "__main__":
    main()
