"""Builds the models that romanise Devanagari in data/models, and prints how well they spell.

Usage: python -m scripts.build_romanisation [--data DIR] [--evaluate-only] [--test]

DIR is the folder of shared data (default: $CSWITCH_DATA, else ../shared/data). Spellings come from Dakshina (Hindi and
Marathi lexicons, train; Hindi sentences), English words from UD English EWT, PUD, NTREX-128 and Hinglish-TOP; see
data/models/LICENSE.md. Words of Dakshina's Hindi dev and test lexicons are left out of all training, so that both stay
a fair check. The output is the same on every run of one machine; another one may round differently in training.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import os
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
from rapidfuzz.distance import Levenshtein

from cswitch.core.text.devanagari import DevanagariRomaniser, spell, spell_by_network
from cswitch.core.text.loans import EnglishWords
from cswitch.core.text.schwa import compose_nukta, sounds
from cswitch.core.text.spelling import SpellingNetwork
from scripts.spelling_alignment import Aligned, Example, align
from scripts.spelling_network import LANGS, Inventory, examples, train, whole_numbers

FOLDER = Path(__file__).resolve().parent.parent / "data" / "models"
SAMPLE = 20_000
MARATHI = 0.4
"""Weight of a Marathi word beside a Hindi one."""
SIMILAR = 0.5
"""Aligned tokens of the sentences are believed when their normalised distance to the rules' spelling is below this."""
SHARED = 0.15
"""A spelling counts from this share of the occurrences of its word on."""
SEEN = 3
"""A word of the sentences is put in the table of spellings when seen this often."""

Lexicon = dict[str, dict[str, float]]
"""Native word to its spellings and their votes."""


def main() -> None:
    """Builds and evaluates."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    default = os.environ.get("CSWITCH_DATA") or FOLDER.parents[2] / "shared" / "data"
    parser.add_argument("--data", type=Path, default=Path(default), help="folder of shared data")
    parser.add_argument("--evaluate-only", action="store_true", help="build nothing")
    parser.add_argument("--test", action="store_true", help="evaluate on the test words too")
    options = parser.parse_args()
    if not options.evaluate_only:
        build_network(options.data)
        build_english(options.data)
        build_spellings(options.data)
    for split in ("dev", "test") if options.test else ("dev",):
        report(split, read_lexicon(options.data, "hi", split))


def build_network(data: Path) -> None:
    """Aligns, trains, and writes deva-spelling.npz."""
    aligned = align(list(training_examples(data)))
    inventory = Inventory(aligned)
    print(f"{len(aligned)} spellings, {len(inventory.symbols)} symbols, {len(inventory.chunks)} chunks", flush=True)
    weights = train(aligned, inventory, log=lambda line: print(line, flush=True))
    windows = examples(_thinned(aligned), inventory)[0]
    arrays = whole_numbers(weights, inventory, windows)
    np.savez_compressed(FOLDER / "deva-spelling.npz", allow_pickle=False, **arrays)


def training_examples(data: Path) -> Iterator[Example]:
    """Spellings to learn from, each word with a weight of 1 or less in all."""
    checked = _checked_words(data)
    for lang in LANGS:
        scale = 1.0 if lang == "hi" else MARATHI
        for word, spellings in read_lexicon(data, lang, "train").items():
            if compose_nukta(word) not in checked:
                yield from _examples(lang, word, spellings, scale / sum(spellings.values()))
    trained = read_lexicon(data, "hi", "train")
    for word, spellings in read_sentences(data).items():
        if word not in trained and compose_nukta(word) not in checked and len(word) > 1:
            seen = sum(spellings.values())
            yield from _examples("hi", word, spellings, min(1.0, 0.4 + 0.2 * seen) / seen)


def build_english(data: Path) -> None:
    """Writes deva-english.tsv.gz: words by the logarithm of how often they are seen."""
    levels: defaultdict[int, list[str]] = defaultdict(list)
    for word, count in sorted(read_english(data).items()):
        if len(word) > 2:
            levels[count.bit_length() - 1].append(word)
    lines = ["level\twords", *(f"{level}\t{' '.join(levels[level])}" for level in sorted(levels))]
    _write_gz(FOLDER / "deva-english.tsv.gz", lines)


def build_spellings(data: Path) -> None:
    """Writes deva-spellings.tsv.gz: frequent or attested words that the network would spell in another way."""
    tables: dict[str, Lexicon] = {lang: read_lexicon(data, lang, "train") for lang in LANGS}
    for word, spellings in read_sentences(data).items():
        if sum(spellings.values()) >= SEEN:
            tables["hi"][word] = spellings
    checked = _checked_words(data)
    network, english = SpellingNetwork.load(), EnglishWords.load()
    rows = []
    for lang, table in tables.items():
        words = sorted(word for word in table if compose_nukta(word) not in checked)
        words = [word for word in words if network.knows(sounds(word, lang=lang))]
        heard = [sounds(word, lang=lang) for word in words]
        for word, latin in zip(words, spell_by_network(heard, lang, network, english), strict=True):
            best = _agreed(table[word], latin, english)
            if latin not in table[word] and re.fullmatch("[a-z]+", best):
                rows.append(f"{lang}\t{compose_nukta(word)}\t{best}")
    _write_gz(FOLDER / "deva-spellings.tsv.gz", ["lang\tword\tlatin", *rows])


def report(name: str, lexicon: Lexicon) -> None:
    """Prints the share of words spelt in an attested way, and the character error rate."""
    attested, errors = evaluate(DevanagariRomaniser().romanise, lexicon)
    print(f"{name}: {len(lexicon)} words, attested {attested:.4f}, character error rate {errors:.4f}")


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


def read_lexicon(data: Path, lang: str, split: str) -> Lexicon:
    """A lexicon of Dakshina."""
    lexicon: defaultdict[str, dict[str, float]] = defaultdict(dict)
    path = data / "romanisation" / "dakshina" / f"{lang}.translit.{split}.tsv"
    for line in path.read_text(encoding="utf-8").splitlines():
        word, latin, votes = line.split("\t")
        lexicon[word][latin] = float(votes)
    return dict(lexicon)


def read_sentences(data: Path) -> Lexicon:
    """Spellings of the words of Dakshina's Hindi sentences, by position where both sides have as many words."""
    folder = data / "romanisation" / "dakshina" / "sentences"
    native, roman = ((folder / f"hi.dev.{side}.txt").read_text(encoding="utf-8") for side in ("native", "roman"))
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for left, right in zip(native.splitlines(), roman.splitlines(), strict=True):
        words = re.findall("[\u0900-\u0963\u0971-\u097f]+", left)
        spelt = [latin.replace("'", "").lower() for latin in re.findall("[A-Za-z][A-Za-z']*", right)]
        if len(words) == len(spelt):
            for word, latin in zip(words, spelt, strict=True):
                seen[word][latin] += 1
    return {word: kept for word, spellings in seen.items() if (kept := _believable(word, spellings))}


def read_english(data: Path) -> Counter[str]:
    """Lower-case English words and how often they are seen."""
    seen: Counter[str] = Counter()
    for text in _english_lines(data):
        seen.update(re.findall("[a-z]+", text.lower()))
    return seen


def _english_lines(data: Path) -> Iterator[str]:
    banks = [*(data / "treebanks").glob("ud_english_ewt/*.conllu"), *(data / "parallel" / "pud").glob("en_*.conllu")]
    for path in banks:
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("# text = "):
                yield line[9:]
    yield from (data / "parallel" / "ntrex" / "eng.txt").read_text(encoding="utf-8").splitlines()
    commands = data / "parallel" / "hinglish_top" / "Human_Annotated_Data" / "train.tsv"
    with commands.open(encoding="utf-8", newline="") as stream:
        yield from (row["en_query"] for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def _checked_words(data: Path) -> set[str]:
    """The words that no training may see."""
    return {compose_nukta(word) for split in ("dev", "test") for word in read_lexicon(data, "hi", split)}


def _believable(word: str, spellings: Counter[str]) -> dict[str, float]:
    """The spellings of a word that are near what the rules say and not rare; others are slips of the alignment."""
    plain = spell(sounds(word))
    near = {s: n for s, n in spellings.items() if Levenshtein.normalized_distance(plain, s) < SIMILAR}
    return {s: float(n) for s, n in near.items() if n >= SHARED * sum(near.values())}


def _agreed(spellings: dict[str, float], latin: str, english: EnglishWords) -> str:
    """The spelling of most votes; of several an English word, then the one nearest to another spelling."""
    return max(
        sorted(spellings), key=lambda s: (spellings[s], s in english, Levenshtein.normalized_similarity(s, latin))
    )


def _examples(lang: str, word: str, spellings: dict[str, float], scale: float) -> Iterator[Example]:
    heard = sounds(word, lang=lang)
    for latin, votes in spellings.items():
        if heard and re.fullmatch("[a-z]+", latin):
            yield Example(lang, heard, latin, votes * scale)


def _thinned(aligned: list[Aligned]) -> list[Aligned]:
    return aligned[:: max(1, len(aligned) // SAMPLE)]


def _write_gz(path: Path, lines: Iterable[str]) -> None:
    """Writes lines packed; no time stamp, so that the same lines are the same bytes."""
    path.write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
