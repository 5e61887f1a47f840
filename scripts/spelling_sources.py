"""What the romanisers learn from: Dakshina's lexicons and sentences, English words, and which words stay out."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from cswitch.core.romanisation.indic import HALF_VOWEL
from cswitch.core.romanisation.writing import writing
from cswitch.core.text.schwa import SILENT, SPOKEN, compose_nukta

TRUSTED = 0.7
"""Sentences are learned from when the lexicon has more than this share of the spellings most used in them."""
SIMILAR = {"ur": 0.6}
"""Aligned tokens of the sentences are believed when their normalised distance to the rules' spelling is below this."""
SHARED = 0.15
"""A spelling counts from this share of the occurrences of its word on."""

Lexicon = dict[str, dict[str, float]]
"""Native word to its spellings and their votes."""


class Build(NamedTuple):
    """A network to be built."""

    iso: str
    langs: dict[str, float]
    """Languages, the first read by default, with the weight of their words."""


BUILDS = {
    "deva": Build("Deva", {"hi": 1.0, "mr": 0.4}),
    "beng": Build("Beng", {"bn": 1.0}),
    "guru": Build("Guru", {"pa": 1.0}),
    "gujr": Build("Gujr", {"gu": 1.0}),
    "taml": Build("Taml", {"ta": 1.0}),
    "telu": Build("Telu", {"te": 1.0}),
    "knda": Build("Knda", {"kn": 1.0}),
    "mlym": Build("Mlym", {"ml": 1.0}),
    "urdu": Build("Arab", {"ur": 1.0}),
}


def read_lexicon(data: Path, lang: str, split: str) -> Lexicon:
    """A lexicon of Dakshina."""
    lexicon: defaultdict[str, dict[str, float]] = defaultdict(dict)
    path = data / "romanisation" / "dakshina" / f"{lang}.translit.{split}.tsv"
    for line in path.read_text(encoding="utf-8").splitlines():
        word, latin, votes = line.split("\t")
        lexicon[word][latin] = float(votes)
    return dict(lexicon)


@cache
def read_sentences(data: Path, lang: str, iso: str) -> Lexicon:
    """Spellings of the words of Dakshina's sentences, by position where both sides have as many words."""
    folder = data / "romanisation" / "dakshina" / "sentences"
    native, roman = ((folder / f"{lang}.dev.{side}.txt").read_text(encoding="utf-8") for side in ("native", "roman"))
    script = writing(iso)
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for left, right in zip(native.splitlines(), roman.splitlines(), strict=True):
        words = script.word.findall(script.run.sub(lambda run: script.clean(run[0]), left))
        spelt = [latin.replace("'", "").lower() for latin in re.findall("[A-Za-z][A-Za-z']*", right)]
        if len(words) == len(spelt):
            for word, latin in zip(words, spelt, strict=True):
                seen[word][latin] += 1
    return {word: kept for word, found in seen.items() if (kept := _believable(word, lang, iso, found))}


def read_english(data: Path) -> Counter[str]:
    """Lower-case English words and how often they are seen."""
    seen: Counter[str] = Counter()
    for text in _english_lines(data):
        seen.update(re.findall("[a-z]+", text.lower()))
    for path in (data / "lexicons" / "panlex").glob("eng2*.txt"):
        for line in path.read_text(encoding="utf-8").splitlines():
            for word in re.findall("[a-z]{4,}", line.split("\t")[0].lower()):
                seen[word] = seen[word] or 1
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


def tidy(word: str, iso: str) -> str:
    """A word in the form that tables know."""
    script = writing(iso)
    return script.run.sub(lambda run: script.clean(run[0]), word)


@cache
def checked_sounds(data: Path, langs: tuple[str, ...]) -> set[str]:
    """The dev and test words of some languages, as :func:`bare_sounds`: no training for them may see these."""
    iso = {lang: build.iso for build in BUILDS.values() for lang in build.langs}
    lexicons = ((lang, read_lexicon(data, lang, split)) for lang in langs for split in ("dev", "test"))
    return {bare_sounds(word, iso[lang]) for lang, lexicon in lexicons for word in lexicon}


def bare_sounds(word: str, iso: str) -> str:
    """The sounds of a word without inherent vowels: the same for a word that two scripts write alike."""
    return bare(writing(iso).sounds(tidy(word, iso), "sa"))


def bare(sounds: str) -> str:
    """Sounds without inherent vowels and dots."""
    return compose_nukta(sounds.translate({ord(sound): "" for sound in f"{SPOKEN}{SILENT}{HALF_VOWEL}ॱ"}))


def _believable(word: str, lang: str, iso: str, spellings: Counter[str]) -> dict[str, float]:
    """The spellings of a word that are near what the rules say and not rare; others are slips of the alignment."""
    script = writing(iso)
    ruled = script.rules(script.sounds(word, lang), lang)
    bound = SIMILAR.get(lang, 0.5)
    near = {s: n for s, n in spellings.items() if Levenshtein.normalized_distance(ruled, s) < bound}
    return {s: float(n) for s, n in near.items() if n >= SHARED * sum(near.values())}


@cache
def is_trusted(data: Path, lang: str, iso: str) -> bool:
    """Whether the sentences of a language are spelt as the writers of its lexicon spell.

    They were written by few people: those of Gujarati, for one, type every vowel (`gujaraatee`).
    """
    told = read_sentences(data, lang, iso)
    both = [(found, told[word]) for word, found in read_lexicon(data, lang, "train").items() if word in told]
    return sum(max(said, key=lambda s: said[s]) in found for found, said in both) / len(both) > TRUSTED
