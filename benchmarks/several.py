"""Three languages in one sentence: ``python -m benchmarks.several``.

Prints for NTREX in en-hi-bn, en-hi-mr and en-es-fr how many sentences are answered, how many samples have all three
languages, how near they come to the CMI asked for, and the time of one core that a sentence takes; then that for
sentences in which every word may be said in every language, which is more than any text offers.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from statistics import mean

from cswitch.core.seeds import Tickets
from cswitch.generators.switching.lattice import MATRIX, Arc, Piece
from cswitch.generators.switching.several import AlignedSides, JoinedLattice
from cswitch.generators.switching.several_generator import SeveralGenerator
from cswitch.generators.switching.several_sampler import SeveralSampler, TooManyPathsError
from cswitch.generators.switching.targets import Aim
from cswitch.pipeline.annotate_several import SidesAnnotator
from cswitch.pipeline.readers import Row
from cswitch.pipeline.synthesiser import little_collecting
from cswitch.schemas.pair import Pair
from cswitch.schemas.reject import Reject
from cswitch.schemas.settings import SynthSettings

NTREX = {"en": "eng", "hi": "hin", "bn": "ben", "mr": "mar", "es": "spa", "fr": "fra"}
TRIPLES = (("en", "hi", "bn"), ("en", "hi", "mr"), ("en", "es", "fr"))
DENSE = ((40, 2, None), (40, 2, 12), (40, 3, None), (100, 2, None), (100, 2, 20), (200, 2, None))
"""Tokens, embedded languages, switch points asked for."""


def main() -> None:
    """Runs what the options ask for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="../shared/data", help="folder with parallel/ntrex")
    parser.add_argument("--limit", type=int, default=1997, help="sentences")
    options = parser.parse_args()
    print("languages  CMI  answered  all three  within 3  mean |asked - got|  align, tag   mix  slowest")
    for languages in TRIPLES:
        rows = read_rows(Path(options.data), languages)[: options.limit]
        started = time.process_time()
        aligned = [found.pair for found in SidesAnnotator(SynthSettings(pair=languages)).annotate(rows)]
        before = 1000 * (time.process_time() - started) / len(rows)
        for asked in (25.0, 40.0):
            with little_collecting():
                print(measured(languages, asked, aligned, before))
    print("\ntokens  languages  switches  time")
    for tokens, embedded, switches in DENSE:
        print(f"{tokens:6} {embedded + 1:10} {switches or '-':>9}  {dense(tokens, embedded, switches)}")


def read_rows(data: Path, languages: tuple[str, ...]) -> list[Row]:
    """The sentences of NTREX in some languages."""
    files = [(data / "parallel" / "ntrex" / f"{NTREX[lang]}.txt").read_text("utf-8").splitlines() for lang in languages]
    return [
        Row(number, Pair(id=str(number), texts=dict(zip(languages, texts, strict=True))))
        for number, texts in enumerate(zip(*files, strict=True), start=1)
    ]


def measured(languages: tuple[str, ...], asked: float, aligned: list[AlignedSides | Reject], before: float) -> str:
    """A line of the table."""
    generator = SeveralGenerator(SynthSettings(pair=languages, cmi=(asked, asked)))
    samples, times = [], []
    for pair in aligned[:50]:  # word lists are read when they are first needed
        if not isinstance(pair, Reject):
            generator.generate(pair)
    for pair in aligned:
        if not isinstance(pair, Reject):
            started = time.process_time()
            made = generator.generate(pair)
            times.append(1000 * (time.process_time() - started))
            samples += [] if isinstance(made, Reject) else made
    whole = sum(set(sample.languages) <= set(sample.langs) for sample in samples)
    error = mean(abs(float(sample.measures["cmi"] or 0) - asked) for sample in samples)
    met = sum(sample.met for sample in samples) / len(samples)
    answered = len(samples) / len(aligned)
    return (
        f"{'-'.join(languages):9} {asked:4.0f} {answered:9.1%} {whole / len(samples):10.1%} {met:9.1%}"
        f" {error:19.2f} {before:8.1f} ms {mean(times):4.1f} {max(times):6.0f} ms"
    )


def dense(tokens: int, embedded: int, switches: int | None) -> str:
    """How long a sentence takes in which every word may be said in every language, at CMI 40."""
    sides = [side for side in range(1, embedded + 1) for _ in range(tokens)]
    arcs = [
        Arc(n % tokens, n % tokens + 1, 1, 1, (Piece(side, n % tokens),), weight=6, first=side, last=side)
        for n, side in enumerate(sides)
    ]
    started = time.process_time()
    sampler = SeveralSampler(JoinedLattice([MATRIX] * tokens, arcs, sides, embedded), switches=switches is not None)
    try:
        sampler.draw(Aim(40.0, switches, 3.0), 1, Tickets("benchmark", "dense"))
    except TooManyPathsError as error:
        return f"rejected: {error.size / 2**30:.1f} GiB to count"
    return f"{1000 * (time.process_time() - started):.0f} ms"


if __name__ == "__main__":
    main()
