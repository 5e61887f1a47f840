"""Builds the de-romanisation models data/models/dero-LANG.npz.

Usage: python -m scripts.build_deromanisation [--data DIR] [LANG ...]

DIR is the folder of shared data (default: $CSWITCH_DATA, else ../shared/data); without names, every language is built.
Spellings come from Dakshina (lexicons, train; sentences), word frequencies from Dakshina's sentences and NTREX-128; see
data/models/LICENSE.md. Words of Dakshina's dev and test lexicons are left out of all of it, so that both stay a fair
check. The output is the same on every run of one machine; another one may round differently in training.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cswitch.core.deromanisation.model import LATIN, SpellingModel
from cswitch.core.deromanisation.network import UNIT
from cswitch.core.deromanisation.words import pack_words
from scripts.deromanisation_alignment import Aligned, align, learn
from scripts.deromanisation_data import (
    LANGS,
    Lexicon,
    Pair,
    Token,
    attested,
    checked_words,
    native_lines,
    read_lexicon,
    read_sentences,
    split_sentences,
)
from scripts.deromanisation_network import Examples, Inventory, train, whole_numbers
from scripts.deromanisation_pairs import PairCounts, pack

FOLDER = Path(__file__).resolve().parent.parent / "data" / "models"
ORDER = 4
LEAST = (1.0, 1.5, 1.5)
"""Weight from which runs of two, three and four pairs are kept."""
PAIRS = 0.6
"""Weight of the pair model beside the network."""
LEVELS = 15
KNOWN, OFTEN = 1.0, 0.5
"""What it is worth, in nats, that a word is known, and each level of frequency."""
ATTESTED = 3.0
"""What it is worth, in nats, that a spelling is attested for a word."""
TABLE = 0.25
"""A spelling is put in the table for a word that gets at least this share of its occurrences."""

Arrays = dict[str, NDArray[Any]]


def main() -> None:
    """Builds the languages named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    default = os.environ.get("CSWITCH_DATA") or FOLDER.parents[2] / "shared" / "data"
    parser.add_argument("--data", type=Path, default=Path(default), help="folder of shared data")
    parser.add_argument("--held-out", action="store_true", help="learn nothing from every fifth sentence")
    parser.add_argument("--into", type=Path, default=FOLDER, help="folder to write to")
    parser.add_argument("langs", nargs="*", default=list(LANGS), metavar="LANG", help="languages to build")
    options = parser.parse_args()
    for lang in options.langs:
        arrays = build(options.data, lang, held_out=options.held_out)
        path = options.into / f"dero-{lang}.npz"
        np.savez_compressed(path, allow_pickle=False, **arrays)
        print(f"{lang}: {path.stat().st_size:,} bytes", flush=True)


def build(data: Path, lang: str, *, held_out: bool) -> Arrays:
    """The arrays of a language's model."""
    sentences = read_sentences(data, lang)
    if held_out:
        sentences, _ = split_sentences(sentences)
    checked = checked_words(data, lang)
    lexicon = read_lexicon(data, lang, "train")
    spoken = {word: seen for word, seen in attested(sentences).items() if word not in checked}
    pairs = training_pairs({word: seen for word, seen in lexicon.items() if word not in checked}, spoken)
    aligned = align(pairs, learn(pairs))
    arrays = letters(aligned)
    frequency = frequencies(sentences, native_lines(data, lang), {*lexicon, *spoken} - checked, checked)
    arrays |= word_list(frequency)
    return arrays | table(arrays, lexicon, spoken, frequency)


def training_pairs(lexicon: Lexicon, spoken: Lexicon) -> list[Pair]:
    """Spellings to learn from, each word with a weight of 1 or less in all."""
    pairs = [Pair(word, s, n / sum(seen.values())) for word, seen in lexicon.items() for s, n in seen.items()]
    for word, seen in spoken.items():
        if word not in lexicon:
            total = sum(seen.values())
            pairs.extend(Pair(word, s, min(1.0, 0.4 + 0.2 * total) * n / total) for s, n in seen.items())
    return pairs


def letters(aligned: Sequence[Aligned]) -> Arrays:
    """Network and pair model."""
    inventory = Inventory(aligned)
    examples = Examples(aligned, inventory)
    print(f"{len(aligned)} spellings, {len(inventory.tokens)} letters with signs", flush=True)
    weights = train(examples, inventory, log=lambda line: print(line, flush=True))
    arrays = whole_numbers(weights, inventory, examples.windows[:: max(1, len(examples.windows) // 20_000)])
    runs = [(run, one.pair.weight) for one in aligned if (run := inventory.encode(one))]
    return arrays | pack(PairCounts(runs, len(inventory.tokens), ORDER), LEAST, PAIRS)


def frequencies(
    sentences: list[list[Token]], lines: list[list[str]], known: set[str], checked: frozenset[str]
) -> dict[str, int]:
    """How often each word was seen; words of the lexicon count once more."""
    seen = Counter(token.native for sentence in sentences for token in sentence)
    seen.update(word for line in lines for word in line)
    seen.update(known)
    return {word: n for word, n in seen.items() if word and word not in checked and (n > 1 or word in known)}


def word_list(frequency: dict[str, int]) -> Arrays:
    """Words with the level of their frequency: the logarithm to the base of the square root of two."""
    words = sorted(frequency)
    alphabet = "".join(sorted({letter for word in words for letter in word}))
    levels = [1 + min(LEVELS - 1, int(2 * np.log2(frequency[word]))) for word in words]
    bonus = [0, *(round(UNIT * (KNOWN + OFTEN * level)) for level in range(LEVELS))]
    return {
        "alphabet": np.array(alphabet),
        "words": pack_words(words, alphabet),
        "levels": np.array(levels, np.uint8),
        "bonus": np.array(bonus, np.int16),
    }


def table(arrays: Arrays, lexicon: Lexicon, spoken: Lexicon, frequency: dict[str, int]) -> Arrays:
    """Spellings whose word the model would not put first."""
    empty = {"spelt": np.zeros(0, np.uint8), "spelt_word": np.zeros(0, np.uint16), "spelt_bonus": np.zeros(0, np.uint8)}
    model = SpellingModel(arrays | empty)
    votes: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for source in (lexicon, spoken):
        for word, seen in source.items():
            if word in frequency:
                total = sum(seen.values())
                for latin, n in seen.items():
                    votes[latin][word] = max(votes[latin].get(word, 0.0), frequency[word] * n / total)
    places = {word: at for at, word in enumerate(sorted(frequency))}
    latins = sorted(votes)
    rows = []
    for latin, readings in zip(latins, model.read(latins), strict=True):
        best = max(sorted(votes[latin]), key=lambda word: votes[latin][word])
        if min(readings, key=lambda word: (readings[word], word)) != best:
            rows.append((latin, places[best]))
    print(f"{len(frequency)} words, {len(rows)} of {len(latins)} spellings in the table", flush=True)
    return {
        "spelt": pack_words([latin for latin, _ in rows], LATIN),
        "spelt_word": np.array([word for _, word in rows], np.uint16),
        "spelt_bonus": np.full(len(rows), round(UNIT * ATTESTED), np.uint8),
    }


if __name__ == "__main__":
    main()
