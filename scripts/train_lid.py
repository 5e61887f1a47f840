"""Trains the default language tagger, data/models/lid.bin.

    python -m scripts.train_lid [DATA] [--sentences 500000] [--epochs 2] [-o data/models/lid.bin]

DATA holds parallel/, romanisation/, treebanks/, lexicons/ and lid/ (default: $CSWITCH_DATA, else ../shared/data); only
sets that may train are read. About half an hour on one core, a third of it to write South Asian text in Latin letters;
set OMP_NUM_THREADS=1, as more threads slow it down. No tagged mixed text is used but the Arabic-French set.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

import numpy as np

from cswitch.annotators.lid.quantise import quantised
from cswitch.annotators.lid.training import SKIPPED, UNKNOWN, Lesson, TagNetwork
from cswitch.annotators.pos.training import Settings
from scripts.lid_mixing import Mixer, Pools
from scripts.lid_sources import LANGUAGES, NAME, OTHER, pools

ROOT = Path(__file__).resolve().parents[1]
TAGS = (*LANGUAGES, NAME)
ALONE = 2.0
"""Logarithm of the odds that a sentence is in one language: most text is."""
SOURCES = (
    "NTREX-128", "Parallel UD", "UD English EWT", "UD Spanish GSD", "Dakshina", "Hinglish-TOP", "PanLex",
    "NArabizi (Algerian Arabic and French)", "data/lexicons", "data/lid/chat",
)  # fmt: skip
_NUMBERS = {tag: number for number, tag in enumerate(TAGS)} | {"": UNKNOWN, OTHER: SKIPPED}


def lesson(lines: Pools, count: int, seed: int) -> Lesson:
    """Mixed sentences as the network learns from them."""
    mixer = Mixer(lines, seed)
    sentences: list[list[str]] = []
    targets: list[list[int]] = []
    allowed = np.zeros((count, len(LANGUAGES)), np.bool_)
    for number in range(count):
        mixed = mixer.draw(number)
        langs = mixed.given or LANGUAGES
        allowed[number, [LANGUAGES.index(lang) for lang in langs]] = True
        known = {*langs, NAME, OTHER}
        sentences.append(mixed.tokens)
        targets.append([_NUMBERS[tag] if tag in known else UNKNOWN for tag in mixed.tags])
    return Lesson(sentences, targets, allowed)


def main() -> None:
    """Train and write the model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "data", nargs="?", type=Path, default=os.environ.get("CSWITCH_DATA", ROOT.parent / "shared/data")
    )
    parser.add_argument("--sentences", type=int, default=500_000)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "data" / "models" / "lid.bin")
    options = parser.parse_args()
    start = time.perf_counter()
    lines = pools(Path(options.data))
    print(f"{sum(map(len, lines.values())):,} lines ({time.perf_counter() - start:.0f} s)")
    learned = lesson(lines, options.sentences, options.seed)
    print(f"{options.sentences:,} sentences, {len(learned.counts):,} words ({time.perf_counter() - start:.0f} s)")
    settings = Settings(
        epochs=options.epochs,
        batch=96,
        size=40,
        hidden=80,
        drop_form=0.4,
        drop_part=0.1,
        drop_unit=0.1,
        seed=options.seed,
    )
    network = TagNetwork(len(TAGS), settings, names=True)
    network.fit(learned)
    model = quantised(network, TAGS, rules=True, alone=ALONE, trained_on=SOURCES, licence="CC BY-SA 4.0")
    model.dump(options.output)
    print(f"{options.output}: {options.output.stat().st_size:,} bytes ({time.perf_counter() - start:.0f} s)")


if __name__ == "__main__":
    main()
