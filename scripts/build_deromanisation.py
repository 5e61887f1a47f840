"""Builds the de-romanisation models data/models/dero-LANG.npz.xz.

Usage: python -m scripts.build_deromanisation [--data DIR] [--held-out] [--into DIR] [LANG ...]

DIR is the folder of shared data (default: $CSWITCH_DATA, else ../shared/data); without names, every language is built.
Spellings come from Dakshina (lexicons, train; sentences), word frequencies from Dakshina's sentences and NTREX-128; see
data/models/LICENSE.md. No spelling of a word of Dakshina's dev and test lexicons is learnt; that such a word exists and
how frequent it is, is known from running text. With --held-out that is left out too, and so is every fifth sentence;
the network and the pair model never see those sentences. The output is the same on every run of one machine; another
one may round differently in training. Needs torch.
"""

from __future__ import annotations

import argparse
import lzma
import os
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np

from cswitch.core.deromanisation.model import BORROWED, NOTHING, SUFFIX
from scripts.deromanisation_alignment import Aligned, align, learn
from scripts.deromanisation_data import (
    LANGS,
    Lexicon,
    Pair,
    attested,
    checked_words,
    native_lines,
    read_lexicon,
    read_sentences,
    split_sentences,
)
from scripts.deromanisation_network import Examples, Inventory, train, whole_numbers
from scripts.deromanisation_pairs import PairCounts, pack
from scripts.deromanisation_words import Arrays, bigrams, frequencies, table, word_list

FOLDER = Path(__file__).resolve().parent.parent / "data" / "models"
ORDER = 4
LEAST = (1.0, 1.5, 1.5)
"""Weight from which runs of two, three and four pairs are kept."""
PAIRS = 0.9
"""Weight of the pair model beside the network."""


def main() -> None:
    """Builds the languages named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    default = os.environ.get("CSWITCH_DATA") or FOLDER.parents[2] / "shared" / "data"
    parser.add_argument("--data", type=Path, default=Path(default), help="folder of shared data")
    parser.add_argument("--held-out", action="store_true", help="learn nothing from every fifth sentence")
    parser.add_argument("--into", type=Path, default=FOLDER, help="folder to write to")
    parser.add_argument("langs", nargs="*", default=[*LANGS, *BORROWED], metavar="LANG", help="languages to build")
    options = parser.parse_args()
    for lang in options.langs:
        arrays = (
            borrow(options.data, lang) if lang in BORROWED else build(options.data, lang, held_out=options.held_out)
        )
        path = options.into / f"dero-{lang}{SUFFIX}"
        path.write_bytes(packed(arrays))
        print(f"{lang}: {path.stat().st_size:,} bytes", flush=True)


def packed(arrays: Arrays) -> bytes:
    """Arrays as one file; LZMA takes a twelfth off what ZIP makes of them."""
    stream = BytesIO()
    np.savez(stream, allow_pickle=False, **arrays)
    return lzma.compress(stream.getvalue(), preset=9 | lzma.PRESET_EXTREME)


def build(data: Path, lang: str, *, held_out: bool) -> Arrays:
    """The arrays of a language's model."""
    return assemble(data, lang, letters(training(data, lang)), held_out=held_out)


def training(data: Path, lang: str) -> list[Aligned]:
    """Spellings with the signs of each letter; never from sentences that are held out, so that they stay a check."""
    checked, sentences = checked_words(data, lang), split_sentences(read_sentences(data, lang))[0]
    lexicon, spoken = read_lexicon(data, lang, "train"), attested(sentences)
    known, heard = ({word: seen for word, seen in of.items() if word not in checked} for of in (lexicon, spoken))
    pairs = training_pairs(known, heard)
    return align(pairs, learn(pairs))


def assemble(data: Path, lang: str, arrays: Arrays, *, held_out: bool) -> Arrays:
    """Network and pair model with the words and spellings that go with them."""
    sentences = read_sentences(data, lang)
    if held_out:
        sentences, _ = split_sentences(sentences)
    checked, given, heard = checked_words(data, lang), read_lexicon(data, lang, "train"), attested(sentences)
    lexicon, spoken = ({word: seen for word, seen in of.items() if word not in checked} for of in (given, heard))
    # What ships may know that a checked word exists, and how frequent it is; its spellings it never sees.
    unknown = checked if held_out else frozenset()
    lines = [[token.native for token in sentence] for sentence in sentences] + native_lines(data, lang)
    frequency = frequencies(lines, {*lexicon, *spoken}, unknown)
    arrays = arrays | word_list(frequency)
    return arrays | table(arrays, lexicon, spoken, frequency) | bigrams(lines, frequency)


def borrow(data: Path, lang: str) -> Arrays:
    """Words of a language that is read with the letters of another one."""
    lines = native_lines(data, lang)
    frequency = frequencies(lines, set(), set())
    return word_list(frequency) | NOTHING | bigrams(lines, frequency)


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


if __name__ == "__main__":
    main()
