"""How good and how fast the lexical aligner is, beside fast_align (systran-align).

Usage: python -m benchmarks.align [--data DIR]

DIR is the folder of shared data (default: $CSWITCH_DATA, else ../shared/data). Sets are those of DIR/alignment with a
lexicon, which no training saw, and the hand-aligned samples, which confidences were calibrated on. `alone` aligns each
sentence pair by itself; `corpus` trains fast_align on NTREX (1,997 lines) together with the set. Every gold link counts
as sure. Speeds are pairs a second of processor time on one core, fast_align's with its training; `cold` is the first
time words are seen, `warm` the second.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import systran_align

from cswitch.core.contracts import Sentence, TokenisedPair
from cswitch.core.lexicon import available
from cswitch.core.text.tokens import tokenise
from cswitch.generators.alignment.evaluate import evaluate
from cswitch.generators.alignment.lexical import LexicalAligner
from cswitch.generators.alignment.pharaoh import parse_pharaoh

Links = list[list[tuple[int, int]]]
Align = Callable[[], Links]
NTREX = {"en": "eng", "es": "spa", "hi": "hin"}
SAMPLES = Path(__file__).resolve().parent.parent / "data" / "samples"


def main() -> None:
    """Prints a table a set, and the lexical aligner's speed on NTREX."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    default = os.environ.get("CSWITCH_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data"
    parser.add_argument("--data", type=Path, default=Path(default), help="folder of shared data")
    data = parser.parse_args().data
    for source, target in available():
        extra = ntrex(data, source, target)
        for path in sorted((data / "alignment").glob(f"{source}-{target}.*.tsv")):
            gold = [parse_pharaoh(line) for line in _lines(path.with_suffix(".gold"))]
            table(path.stem, [_pair(line.split("\t"), source, target) for line in _lines(path)], gold, extra)
        rows = [line.split("\t") for line in _lines(SAMPLES / f"{source}-{target}.gold.tsv")[1:]]
        gold = [parse_pharaoh(row[3]) for row in rows]
        table(f"{source}-{target}.samples", [_pair(row[1:3], source, target) for row in rows], gold, extra)
        speeds(extra, source, target)


def table(name: str, pairs: list[TokenisedPair], gold: Links, extra: list[TokenisedPair]) -> None:
    """Prints precision, recall, AER and speed of each aligner on one set."""
    source, target = pairs[0].source.lang, pairs[0].target.lang
    print(f"{name}: {len(pairs)} pairs\n{'':26}{'precision':>10}{'recall':>8}{'AER':>7}{'pairs/s':>9}")
    aligners: dict[str, Align] = {
        "lexical": lambda: lexical(pairs, LexicalAligner(source, target)),
        "lexical, gap_fill": lambda: lexical(pairs, LexicalAligner(source, target, gap_fill=True)),
        "fast_align, alone": lambda: [fast_align([pair])[0] for pair in pairs],
        "fast_align, corpus": lambda: fast_align(pairs + extra)[: len(pairs)],
    }
    for label, align in aligners.items():
        start = time.process_time()
        links = align()
        seconds = time.process_time() - start
        score = evaluate(links, gold)
        seen = len(pairs) + (len(extra) if "corpus" in label else 0)
        values = f"{score.precision:10.3f}{score.recall:8.3f}{score.aer:7.3f}"
        print(f"  {label:24}{values}" + ("" if label.startswith("lexical") else f"{seen / seconds:9,.0f}"))


def lexical(pairs: Sequence[TokenisedPair], aligner: LexicalAligner) -> Links:
    """The lexical aligner's links without their confidence."""
    return [[(link.source, link.target) for link in links] for links in aligner.align(pairs)]


def fast_align(pairs: Sequence[TokenisedPair]) -> Links:
    """Trains fast_align (Dyer, Chahuneau and Smith, 2013) on the pairs in both directions, and gives their links."""
    sides = [[_lower(p.source) for p in pairs], [_lower(p.target) for p in pairs]]
    with TemporaryDirectory() as folder:
        text, forward, backward = (str(Path(folder) / name) for name in ("text", "forward", "backward"))
        lines = (f"{' '.join(a)} ||| {' '.join(b)}\n" for a, b in zip(*sides, strict=True))
        Path(text).write_text("".join(lines), encoding="utf-8")
        systran_align.generate_alignment_probabilities(
            text, forward, backward, favor_diagonal=True, optimize_tension=True, variational_bayes=True
        )
        results = systran_align.Aligner(forward, backward).align_batch(*sides)
    return [[(i, j) for i, j in result["alignments"]] for result in results]


def speeds(pairs: list[TokenisedPair], source: str, target: str) -> None:
    """Prints the lexical aligner's speed on NTREX, for all lines and for those of up to 24 tokens."""
    for label, chosen in (("all", pairs), ("short", [p for p in pairs if len(p.source.tokens) <= 24])):
        aligner = LexicalAligner(source, target)
        rates = []
        for _ in range(2):
            start = time.process_time()
            aligner.align(chosen)
            rates.append(len(chosen) / (time.process_time() - start))
        length = sum(len(p.source.tokens) + len(p.target.tokens) for p in chosen) / len(chosen) / 2
        print(
            f"{source}-{target} lexical, NTREX {label}: {len(chosen)} pairs of {length:.1f} tokens a side,"
            f" {rates[0]:,.0f} pairs/s cold, {rates[1]:,.0f} warm"
        )
    print()


def ntrex(data: Path, source: str, target: str) -> list[TokenisedPair]:
    """The lines of NTREX, tokenised."""
    folder = data / "parallel" / "ntrex"
    left, right = (_lines(folder / f"{NTREX[lang]}.txt") for lang in (source, target))
    return [
        TokenisedPair(
            str(k), _sentence(tokenise(a, source).tokens, source), _sentence(tokenise(b, target).tokens, target)
        )
        for k, (a, b) in enumerate(zip(left, right, strict=True))
    ]


def _pair(texts: Sequence[str], source: str, target: str) -> TokenisedPair:
    return TokenisedPair("", _sentence(texts[0].split(" "), source), _sentence(texts[1].split(" "), target))


def _sentence(tokens: Sequence[str], lang: str) -> Sentence:
    return Sentence(lang, tuple(tokens), (None,) * len(tokens))


def _lower(sentence: Sentence) -> list[str]:
    return [token.lower() for token in sentence.tokens]


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").rstrip("\n").split("\n")


if __name__ == "__main__":
    main()
