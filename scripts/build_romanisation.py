"""Builds the models that romanise South Asian scripts in data/models, and prints how well they spell.

Usage: python -m scripts.build_romanisation [--data DIR] [--only NAME] [--evaluate-only] [--test]

DIR is the folder of shared data (default: $CSWITCH_DATA, else ../shared/data). Spellings come from Dakshina (lexicons,
train; sentences), English words from UD English EWT, PUD, NTREX-128 and Hinglish-TOP; see data/models/LICENSE.md. Words
of Dakshina's dev and test lexicons are left out of all training, so that both stay a fair check. Training needs torch.
The output is the same on every run of one machine; another one may round differently in training.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
from rapidfuzz.distance import Levenshtein

from cswitch.core.romanisation import romaniser as romanisers
from cswitch.core.romanisation.loans import EnglishWords
from cswitch.core.romanisation.network import SpellingNetwork
from cswitch.core.romanisation.romaniser import SouthAsianRomaniser, spell_by_network
from cswitch.core.romanisation.rules import plain
from cswitch.core.romanisation.urdu import urdu_letters
from cswitch.core.romanisation.writing import writing
from scripts.spelling_alignment import Aligned, Example, Likeness, align, likeness_to
from scripts.spelling_sources import (
    BUILDS,
    Lexicon,
    bare,
    bare_sounds,
    checked_sounds,
    is_trusted,
    read_english,
    read_lexicon,
    read_sentences,
    tidy,
)

FOLDER = Path(__file__).resolve().parent.parent / "data" / "models"
STRANGE = 0.6
"""Spellings that are further than this from the network's are slips: those of another word."""
AGREED = 2
"""So many people who spell a word of a lexicon alike, and not as the network does, put it in the table of spellings."""
SEEN, FREQUENT = 3, 8
"""A word of the sentences is put in the table of spellings when seen this often and spelt otherwise by the network; a
frequent one always, for the shares of its spellings."""

JOINT_ROWS, OWN_ROWS, ALONE_ROWS = 18_000_000, 3_500_000, 4_300_000
"""Rows gone through in training, over all epochs: of all Brahmic scripts together, of one after that, and of Urdu."""
OWN_RATE = 0.6
"""Learning rate of the second stage beside that of the first."""


def main() -> None:
    """Builds and evaluates."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    default = os.environ.get("CSWITCH_DATA") or FOLDER.parents[2] / "shared" / "data"
    parser.add_argument("--data", type=Path, default=Path(default), help="folder of shared data")
    parser.add_argument("--only", choices=list(BUILDS), action="append", help="one model; may be given again")
    parser.add_argument("--evaluate-only", action="store_true", help="build nothing")
    parser.add_argument("--test", action="store_true", help="evaluate on the test words too")
    options = parser.parse_args()
    names = options.only or list(BUILDS)
    if not options.evaluate_only:
        if not options.only:
            build_english(options.data)
        build_networks(names, options.data)
        for name in names:
            build_spellings(name, options.data)
    for name in names:
        for lang in BUILDS[name].langs:
            for split in ("dev", "test") if options.test else ("dev",):
                report(f"{lang} {split}", romaniser(lang), read_lexicon(options.data, lang, split))


def romaniser(lang: str) -> SouthAsianRomaniser:
    """The romaniser of a language."""
    name = next(name for name, build in BUILDS.items() if lang in build.langs)
    classes = (each for each in vars(romanisers).values() if isinstance(each, type) and hasattr(each, "iso"))
    found: type[SouthAsianRomaniser] = next(each for each in classes if getattr(each, "name", "") == name)
    return found(lang=lang)


def build_networks(names: list[str], data: Path) -> None:
    """Aligns, trains and writes NAME-spelling.npz: what the Brahmic scripts have in common first, then each alone."""
    from scripts.spelling_network import RATE, Inventory, narrowed, start, train, whole_numbers

    brahmic = [name for name, build in BUILDS.items() if build.iso != "Arab"]
    needed = dict.fromkeys([*names, *(brahmic if {*names} & {*brahmic} else [])])
    aligned = {name: align_examples(name, data) for name in needed}
    if {*names} & {*brahmic}:
        checked = checked_sounds(data, tuple(lang for name in brahmic for lang in BUILDS[name].langs))
        together = [e for name in brahmic for e in aligned[name] if bare(e.example.sounds) not in checked]
        shared = Inventory(together, [lang for name in brahmic for lang in BUILDS[name].langs])
        common = train(start(shared), together, shared, rows_seen=JOINT_ROWS)
    for name in names:
        inventory = Inventory(aligned[name], list(BUILDS[name].langs))
        print(f"{name}: {len(inventory.symbols)} symbols, {len(inventory.chunks)} chunks", flush=True)
        network = narrowed(common, shared, inventory) if name in brahmic else start(inventory)
        rate, rows = (RATE * OWN_RATE, OWN_ROWS) if name in brahmic else (RATE, ALONE_ROWS)
        network = train(network, aligned[name], inventory, rows_seen=rows, rate=rate)
        arrays = whole_numbers(network, aligned[name], inventory)
        np.savez_compressed(FOLDER / f"{name}-spelling.npz", allow_pickle=False, **arrays)


def align_examples(name: str, data: Path) -> list[Aligned]:
    """The spellings to learn from, with the letters of each sound; those of each language aligned on their own."""
    found: list[Aligned] = []
    for lang in BUILDS[name].langs:
        examples = [each for each in training_examples(name, data) if each.lang == lang]
        found += align(examples, likeness(BUILDS[name].iso, lang))
    print(f"{name}: {len(found)} spellings", flush=True)
    return found


def likeness(iso: str, lang: str) -> Likeness:
    """What the alignment of a language's spellings starts from."""
    if iso == "Arab":
        return likeness_to(lambda letter: urdu_letters().latin[letter], abjad=True)
    latin = plain(lang)
    return likeness_to(lambda sound: (latin.get(sound, ""),))


def training_examples(name: str, data: Path) -> Iterator[Example]:
    """Spellings to learn from, each word with a weight of 1 or less in all."""
    build = BUILDS[name]
    checked = checked_sounds(data, tuple(build.langs))
    for lang, scale in build.langs.items():
        trained = read_lexicon(data, lang, "train")
        told = read_sentences(data, lang, build.iso) if is_trusted(data, lang, build.iso) else {}
        for word, spellings in trained.items():
            if bare_sounds(word, build.iso) not in checked:
                yield from _examples(build.iso, lang, word, spellings, scale / sum(spellings.values()))
        for word, spellings in told.items():
            if word not in trained and bare_sounds(word, build.iso) not in checked and len(word) > 1:
                seen = sum(spellings.values())
                yield from _examples(build.iso, lang, word, spellings, scale * min(1.0, 0.4 + 0.2 * seen) / seen)


def build_english(data: Path) -> None:
    """Writes indic-english.tsv.gz: words by the logarithm of how often they are seen."""
    levels: defaultdict[int, list[str]] = defaultdict(list)
    for word, count in sorted(read_english(data).items()):
        if len(word) > 2:
            levels[count.bit_length() - 1].append(word)
    lines = ["level\twords", *(f"{level}\t{' '.join(levels[level])}" for level in sorted(levels))]
    _write_gz(FOLDER / "indic-english.tsv.gz", lines)


def build_spellings(name: str, data: Path) -> None:
    """Writes NAME-spellings.tsv.gz: frequent words, and attested ones that the network would spell in another way."""
    build = BUILDS[name]
    checked = checked_sounds(data, tuple(build.langs))
    network = SpellingNetwork.load(name)
    out = []
    for lang in build.langs:
        told, english = read_sentences(data, lang, build.iso), EnglishWords.load(lang)
        table = attested(data, lang, build.iso)
        heard = {word: writing(build.iso).sounds(word, lang) for word in sorted(table)}
        words = [word for word in heard if bare_sounds(word, build.iso) not in checked and network.knows(heard[word])]
        read = spell_by_network([heard[word] for word in words], lang, network, english)
        for word, latin in zip(words, read, strict=True):
            near = {s: n for s, n in table[word].items() if Levenshtein.normalized_distance(latin, s) < STRANGE}
            rare = near and near.get(latin, 0.0) < max(near.values()) / 2
            if rare or (near and sum(told.get(word, {}).values()) >= FREQUENT):
                out.append(f"{lang}\t{word}\t{_shares(near, latin, english)}")
    _write_gz(FOLDER / f"{name}-spellings.tsv.gz", ["lang\tword\tspellings", *(line for line in out if "=" in line)])


def attested(data: Path, lang: str, iso: str) -> Lexicon:
    """Words on whose spelling writers agree, with the shares of the spellings: of the lexicon, and of the sentences.

    Where the sentences' writers have habits of their own, the lexicon alone counts.
    """
    lexicon: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for word, found in read_lexicon(data, lang, "train").items():
        lexicon[tidy(word, iso)].update({latin: int(votes) for latin, votes in found.items()})
    told = read_sentences(data, lang, iso) if is_trusted(data, lang, iso) else {}
    table: Lexicon = {
        word: {s: float(n) for s, n in found.items()}
        for word, found in lexicon.items()
        if max(found.values()) >= AGREED
    }
    for word, found in told.items():
        seen = sum(found.values())
        if seen >= SEEN:
            votes = lexicon.get(word, Counter[str]())
            scale = (votes.total() or 1.0) / seen
            table[word] = {s: votes[s] + scale * found.get(s, 0.0) for s in {**votes, **found}}
    return table


def report(name: str, found: SouthAsianRomaniser, lexicon: Lexicon) -> None:
    """Prints the share of words spelt in an attested way, and the character error rate."""
    attested, errors = evaluate(found.romanise, lexicon)
    print(f"{name}: {len(lexicon)} words, attested {attested:.4f}, character error rate {errors:.4f}", flush=True)


def evaluate(romanise: Callable[[list[str]], list[str]], lexicon: Lexicon) -> tuple[float, float]:
    """The share of words whose spelling is attested, and the character error rate.

    The rate is the edit distance of each word to its nearest attested spelling (the longest of several), summed over
    the words, over the summed lengths of those spellings.
    """
    words = list(lexicon)
    right = wrong = length = 0
    for word, latin in zip(words, romanise(words), strict=True):
        distance, size = min((Levenshtein.distance(latin, known), -len(known)) for known in lexicon[word])
        right, wrong, length = right + (latin in lexicon[word]), wrong + distance, length - size
    return right / len(words), wrong / length


def _shares(spellings: dict[str, float], latin: str, english: EnglishWords) -> str:
    """The spellings of a word in Latin letters with their percentages, the best first.

    The best is the one of most votes; of several an English word, then the one nearest to the network's.
    """
    found = {s: n for s, n in spellings.items() if re.fullmatch("[a-z]+", s)}
    ordered = sorted(
        sorted(found), key=lambda s: (-found[s], s not in english, -Levenshtein.normalized_similarity(s, latin))
    )
    total = sum(found.values())
    return " ".join(f"{s}={round(100 * found[s] / total)}" for s in ordered if found[s] >= 0.08 * total)


def _examples(iso: str, lang: str, word: str, spellings: dict[str, float], scale: float) -> Iterator[Example]:
    heard = writing(iso).sounds(tidy(word, iso), lang)
    for latin, votes in spellings.items():
        if heard and re.fullmatch("[a-z]+", latin):
            yield Example(lang, heard, latin, votes * scale)


def _write_gz(path: Path, lines: Iterable[str]) -> None:
    """Writes lines packed; no time stamp, so that the same lines are the same bytes."""
    path.write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
