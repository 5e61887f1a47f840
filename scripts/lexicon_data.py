"""The texts that lexicon packs are built from: NTREX-128, Parallel UD, PanLex, and the core lists."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from cswitch.core.lexicon import Lexicon, Translation, key, read_tsv
from cswitch.core.text import cjk
from cswitch.core.text.scripts import check_language
from cswitch.core.text.tokens import tokenise
from cswitch.generators.alignment.induction import is_word

FOLDER = Path(__file__).resolve().parent.parent / "data" / "lexicons"
"""Where the core lists are, and where packs go."""
PIVOT = "en"
"""The language that every pack has on its first side."""
PANLEX = 0.15
"""Probability of a translation that PanLex alone has; more senses share it out by the root of their number."""
SENSES = 12
"""Translations beyond which PanLex says nothing of a word."""
SEGMENTED_AS = {"yue": "zh"}
"""A language that is cut into words by the segmenter of another."""

Tokens = list[list[str]]


def default_data() -> Path:
    """The folder of shared data when none is named."""
    return Path(os.environ.get("CSWITCH_DATA") or FOLDER.parents[2] / "shared" / "data")


@cache
def translations(data: Path) -> dict[str, list[str]]:
    """Language to the NTREX files in it; several are translations into several varieties."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted((data / "parallel" / "ntrex").glob("*.txt")):
        found[check_language(path.stem)].append(path.stem)
    return dict(found)


def targets(data: Path) -> list[str]:
    """The languages that a pack with English can be built for."""
    return sorted(set(translations(data)) - {PIVOT})


def treebanks(data: Path) -> list[str]:
    """The languages with a Parallel UD treebank, English apart."""
    return [lang for lang in targets(data) if has_treebank(data, lang)]


def has_treebank(data: Path, lang: str) -> bool:
    """Whether there is a Parallel UD treebank of a language."""
    return _treebank_path(data, lang).is_file()


def copies(data: Path, target: str) -> int:
    """How often the corpus says each sentence of NTREX in a language."""
    return len(translations(data)[target])


def read_parallel(data: Path, target: str) -> tuple[Tokens, Tokens]:
    """Tokenised sentences in English and in another language, pair by pair; every translation of NTREX, then PUD."""
    left: Tokens = []
    right: Tokens = []
    for name in translations(data)[target]:
        left += _ntrex(data, translations(data)[PIVOT][0], PIVOT)
        right += _ntrex(data, name, target)
    if has_treebank(data, target):
        left += _pud(data, PIVOT)
        right += _pud(data, target)
    return left, right


def words(text: str, lang: str) -> list[str]:
    """The tokens of a text as a lexicon has them.

    >>> words("The House", "en")
    ['the', 'house']
    """
    cut = SEGMENTED_AS.get(lang, lang)
    found = tokenise(text, cut).tokens
    if cut == "th" and cjk.installed(cut):
        return [key(part) for token in found for part in (cjk.segment(token, cut) if is_word(token) else [token])]
    return [key(token) for token in found]


def core_list(target: str, folder: Path = FOLDER) -> Lexicon | None:
    """The hand-written list of English with a language, the first translation of a line worth more than the rest."""
    path = folder / f"{PIVOT}-{target}.core.tsv"
    if not path.is_file():
        return None
    ranks: Counter[str] = Counter()
    back_ranks: Counter[str] = Counter()
    entries: defaultdict[str, list[Translation]] = defaultdict(list)
    for word, t in read_tsv(path):
        name, other = key(word), key(t.word)
        if any(found.word == other for found in entries[name]):
            continue
        entries[name].append(
            Translation(other, max(0.25, 0.8 * 0.8 ** ranks[name]), max(0.25, 0.8 * 0.9 ** back_ranks[other]))
        )
        ranks[name] += 1
        back_ranks[other] += 1
    return Lexicon(PIVOT, target, entries)


def panlex(data: Path, target: str) -> dict[str, list[Translation]]:
    """What PanLex has for English words that treebanks hold; it knows no frequencies, so nothing weighs much."""
    rows: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted((data / "lexicons" / "panlex").glob("eng2*.txt")):
        if check_language(path.stem.removeprefix("eng2")) == target:
            for line in path.read_text(encoding="utf-8").rstrip("\n").split("\n"):
                word, other = map(key, line.split("\t"))
                rows[word].append(other)
    senses = Counter(other for others in rows.values() for other in others)
    known = _vocabulary(data)
    return {
        word: [
            Translation(other, PANLEX / len(others) ** 0.5, PANLEX / senses[other] ** 0.5)
            for other in others
            if other.count(" ") < 2
        ]
        for word, others in rows.items()
        if word in known and len(others) <= SENSES
    }


@cache
def _vocabulary(data: Path) -> frozenset[str]:
    """The words and lemmas of the English treebanks."""
    paths = [*(data / "treebanks" / "ud_english_ewt").glob("*.conllu"), _treebank_path(data, PIVOT)]
    lines = (line.split("\t") for path in paths for line in path.read_text(encoding="utf-8").split("\n"))
    return frozenset(key(word) for columns in lines if len(columns) == 10 for word in columns[1:3])


def treebank(data: Path, lang: str) -> Iterator[list[list[str]]]:
    """The sentences of a language's Parallel UD treebank, a list of ten columns a word."""
    sentence: list[list[str]] = []
    for line in _conllu(data, lang):
        columns = line.split("\t")
        if len(columns) == 10 and columns[0].isdigit():
            sentence.append(columns)
        elif not line and sentence:
            yield sentence
            sentence = []


@cache
def ntrex(data: Path, lang: str) -> Tokens:
    """The first translation of NTREX into a language, tokenised."""
    return _ntrex(data, translations(data)[lang][0], lang)


def _ntrex(data: Path, name: str, lang: str) -> Tokens:
    lines = (data / "parallel" / "ntrex" / f"{name}.txt").read_text(encoding="utf-8").rstrip("\n").split("\n")
    return [words(line, lang) for line in lines]


def _pud(data: Path, lang: str) -> Tokens:
    mark = "# text = "
    return [words(line[len(mark) :], lang) for line in _conllu(data, lang) if line.startswith(mark)]


def _conllu(data: Path, lang: str) -> Iterator[str]:
    yield from _treebank_path(data, lang).read_text(encoding="utf-8").split("\n")


def _treebank_path(data: Path, lang: str) -> Path:
    return data / "parallel" / "pud" / f"{lang}_pud-ud-test.conllu"
