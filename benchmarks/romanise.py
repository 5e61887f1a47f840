"""How well and how fast Hindi is romanised: ours, the bare rules, and anyascii.

Usage: python -m benchmarks.romanise [--data DIR] [--split dev|test]

DIR is the folder of shared data (default: $CSWITCH_DATA, else ../shared/data). Words and attested spellings are those
of Dakshina's Hindi lexicon, which no training saw. `attested` is the share of words whose spelling a person gave;
`error` is the character error rate against the nearest attested spelling. Speeds are words a second: `cold`, distinct
words with nothing remembered; `text`, the running words of Dakshina's Hindi sentences with nothing remembered; `warm`,
the same again.
"""

from __future__ import annotations

import argparse
import os
import re
import time
from collections.abc import Callable
from pathlib import Path

from anyascii import anyascii

from cswitch.core.text.devanagari import DevanagariRomaniser, spell
from cswitch.core.text.schwa import sounds
from scripts.build_romanisation import evaluate, read_lexicon

Romanise = Callable[[list[str]], list[str]]
BATCH = 36
"""Words given at once, as many as a pair of sentences holds."""
MAKERS: dict[str, Callable[[], Romanise]] = {
    "cswitch": lambda: DevanagariRomaniser().romanise,
    "bare rules": lambda: lambda words: [spell(sounds(word)) for word in words],
    "anyascii": lambda: lambda words: [anyascii(word).lower() for word in words],
}


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    default = os.environ.get("CSWITCH_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data"
    parser.add_argument("--data", type=Path, default=Path(default), help="folder of shared data")
    parser.add_argument("--split", choices=["dev", "test"], default="dev")
    options = parser.parse_args()
    lexicon = read_lexicon(options.data, "hi", options.split)
    folder = options.data / "romanisation" / "dakshina" / "sentences"
    running = re.findall("[\u0900-\u0963\u0971-\u097f]+", (folder / "hi.dev.native.txt").read_text(encoding="utf-8"))
    start = time.perf_counter()
    DevanagariRomaniser().romanise(["शुरू"])
    print(f"first word after {1000 * (time.perf_counter() - start):.1f} ms")
    print(f"{len(lexicon)} words of {options.split}, {len(running)} running words")
    print(f"{'':12}{'attested':>9}{'error':>8}{'cold':>10}{'text':>10}{'warm':>10}")
    for name, make in MAKERS.items():
        attested, error = evaluate(make(), lexicon)
        cold = speed(make(), list(lexicon))
        romanise = make()
        text, warm = speed(romanise, running), speed(romanise, running)
        print(f"{name:12}{attested:9.3f}{error:8.4f}{cold:10,.0f}{text:10,.0f}{warm:10,.0f}")


def speed(romanise: Romanise, words: list[str]) -> float:
    """Words a second, given in batches."""
    start = time.perf_counter()
    for at in range(0, len(words), BATCH):
        romanise(words[at : at + BATCH])
    return len(words) / (time.perf_counter() - start)


if __name__ == "__main__":
    main()
