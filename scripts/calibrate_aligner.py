"""Works out how likely the lexical aligner's links are right, by kind of evidence and score.

Usage: python -m scripts.calibrate_aligner [--data DIR] [LANG ...]

Two sources are put together, all languages pooled. The gold links of data/samples count fully. For single words,
links on half of the training corpus are counted as well, made with a lexicon from the other half and judged by the
statistical aligner of generators/alignment/hmm.py where it is sure; it links words one to one, so it cannot judge units
and joined words.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from cswitch.core.lexicon import Lexicon
from cswitch.generators.alignment.confidence import BINS, FILE, step
from cswitch.generators.alignment.linking import Linker
from cswitch.generators.alignment.pharaoh import parse_pharaoh
from cswitch.generators.alignment.vocabulary import Vocabulary
from scripts.build_lexicons import build, evidence
from scripts.lexicon_data import FOLDER, copies, default_data

LANGUAGES = ("ar", "de", "es", "fr", "hi", "id", "ru", "sw", "ta", "zh")
"""Languages judged on the training corpus: of many families and scripts."""
KINDS = ("between", "closed", "join", "mark", "number", "part", "sound", "unit", "word")
MANY_TO_ONE = ("unit", "join", "part")
SILVER, RARE = 0.2, 0.02
"""What a link judged by the statistical aligner counts, against 1 for a gold one; and where both words are new to the
lexicon (``between``): those are rare in the corpus too, and rare words are what that aligner is wrong about."""
PRIOR = 0.7, 4.0
"""Share of right links assumed before anything is seen, and how many links that belief is worth."""
BLOCK = 25
"""Neighbouring lines go to the same half of the corpus."""
LINES = 1997
"""Lines of NTREX; a language with two translations has them one after the other."""

Evidence = dict[tuple[int, int], tuple[str, float]]
Counts = dict[str, list[list[float]]]


def main() -> None:
    """Writes data/lexicons/confidence.tsv."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, default=default_data(), help="folder of shared data")
    parser.add_argument("languages", nargs="*", default=LANGUAGES, help="languages judged on the training corpus")
    options = parser.parse_args()
    counts: Counts = {kind: [[0.0, 0.0] for _ in range(BINS)] for kind in KINDS}
    for path in sorted((FOLDER.parent / "samples").glob("*-*.gold.tsv")):
        for kind, score, right in gold(path):
            _count(counts, kind, score, right, 1.0)
    for target in options.languages:
        for kind, score, right in silver(options.data, target):
            if kind not in MANY_TO_ONE:
                _count(counts, kind, score, right, RARE if kind == "between" else SILVER)
    lines = [
        "# Confidence of the lexical aligner's links: kind of evidence, then one value for each tenth of the score.",
        "# Made by: python -m scripts.calibrate_aligner. CC BY-SA 4.0.",
    ]
    for kind in sorted(counts):
        lines.append("\t".join([kind, *(f"{value:.3f}" for value in curve(counts[kind]))]))
        print(lines[-1], "links:", *(round(n) for _, n in counts[kind]))
    (FOLDER / FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")


def gold(path: Path) -> Iterator[tuple[str, float, bool]]:
    """Kind, score and rightness of each link on hand-aligned samples."""
    source, target = path.name.split(".")[0].split("-")
    words = Vocabulary(Lexicon.load(source, target))
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        _, left, right, links = line.split("\t")
        wanted = set(parse_pharaoh(links))
        for cell, (kind, score) in _evidence(words, left.split(" "), right.split(" ")).items():
            yield kind, score, cell in wanted


def silver(data: Path, target: str) -> Iterator[tuple[str, float, bool]]:
    """The same on the training corpus, each half with a lexicon that has not seen it."""
    whole = evidence(data, target)
    lines = copies(data, target) * LINES

    def half(k: int) -> int:
        return ((k % LINES if k < lines else k) // BLOCK) % 2

    vocabularies = [
        Vocabulary(build(data, target, keep=lambda k: half(k) == 1)),
        Vocabulary(build(data, target, keep=lambda k: half(k) == 0)),
    ]
    for k, (left, right, posterior) in enumerate(zip(*whole, strict=True)):
        for (i, j), (kind, score) in _evidence(vocabularies[half(k)], left, right).items():
            if posterior[i, j] > 0.5:
                yield kind, score, True
            elif posterior[i, j] < 0.1 and max(posterior[i].max(), posterior[:, j].max()) > 0.5:
                yield kind, score, False


def curve(bins: Sequence[Sequence[float]]) -> list[float]:
    """Share of right links in each bin, smoothed towards the prior and made never to fall (pool adjacent violators).

    >>> curve([[0.0, 0.0], [96.0, 96.0], [48.0, 96.0]])
    [0.7, 0.748, 0.748]
    """
    share, worth = PRIOR
    pools: list[list[float]] = []
    for right, seen in bins:
        pools.append([right + share * worth, seen + worth, 1])
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] > pools[-1][0] / pools[-1][1]:
            last = pools.pop()
            pools[-1] = [a + b for a, b in zip(pools[-1], last, strict=True)]
    return [right / seen for right, seen, size in pools for _ in range(int(size))]


def _evidence(words: Vocabulary, left: Sequence[str], right: Sequence[str]) -> Evidence:
    sides = [words.source(token) for token in left], [words.target(token) for token in right]
    return Linker(words, *sides).evidence()


def _count(counts: Counts, kind: str, score: float, right: bool, worth: float) -> None:
    cell = counts[kind][step(score)]
    cell[0] += worth * right
    cell[1] += worth


if __name__ == "__main__":
    main()
