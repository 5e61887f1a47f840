"""What the de-romanisation models learn from and are checked on: Dakshina's lexicons and sentences, and NTREX-128."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import NamedTuple
from unicodedata import normalize

LANGS = ("hi", "mr", "bn", "gu", "kn", "ml", "pa", "ta", "te", "ur")
"""Languages with a lexicon in Dakshina."""
NTREX = {
    "hi": "hin", "mr": "mar", "bn": "ben", "gu": "guj", "kn": "kan", "ml": "mal", "pa": "pan", "ta": "tam",
    "te": "tel", "ur": "urd", "ne": "nep",
}  # fmt: skip
"""Names of the files of NTREX-128."""
HELD_OUT = 1000
"""Sentences of a language that are kept for checking while developing: every fifth."""
_RANGES = {
    "hi": "\u0900-\u0963\u0971-\u097f", "mr": "\u0900-\u0963\u0971-\u097f", "ne": "\u0900-\u0963\u0971-\u097f",
    "bn": "\u0980-\u09e3\u09f0\u09f1\u09fc\u09fe", "gu": "\u0a80-\u0ae3\u0af9-\u0aff",
    "kn": "\u0c80-\u0ce3\u0cf1-\u0cf3", "ml": "\u0d00-\u0d63\u0d7a-\u0d7f", "pa": "\u0a00-\u0a63\u0a70-\u0a75",
    "ta": "\u0b80-\u0be3", "te": "\u0c00-\u0c63",
    "ur": "\u0610-\u061a\u0620-\u065f\u066e-\u06d3\u06d5-\u06ed\u06fa-\u06ff",
}  # fmt: skip
"""Letters and signs of each language's script."""
_LATIN = re.compile("[a-z]+")

Lexicon = dict[str, dict[str, int]]
"""Native word to its spellings and their votes."""


class Pair(NamedTuple):
    """A native word, one of its spellings, and how much it weighs."""

    native: str
    latin: str
    weight: float


class Token(NamedTuple):
    """A word of a sentence in both scripts; ``native`` is empty where it is no word of the native script."""

    latin: str
    native: str


@cache
def word_pattern(lang: str) -> re.Pattern[str]:
    """Matches a whole word of the language's script.

    >>> bool(word_pattern("hi").fullmatch("घर")), bool(word_pattern("hi").fullmatch("ghar"))
    (True, False)
    """
    return re.compile(f"[{_RANGES[lang]}\u200c\u200d]+")


def clean(word: str) -> str:
    """The form in which native words are learnt and compared: NFC, without joiners.

    >>> clean("\u0958") == "\u0915\u093c"
    True
    """
    return normalize("NFC", word).replace("\u200c", "").replace("\u200d", "")


def read_lexicon(data: Path, lang: str, split: str) -> Lexicon:
    """A lexicon of Dakshina."""
    lexicon: defaultdict[str, dict[str, int]] = defaultdict(dict)
    path = data / "romanisation" / "dakshina" / f"{lang}.translit.{split}.tsv"
    for line in path.read_text(encoding="utf-8").splitlines():
        word, latin, votes = line.split("\t")
        spellings = lexicon[clean(word)]
        spellings[latin] = spellings.get(latin, 0) + int(votes)
    return dict(lexicon)


def checked_words(data: Path, lang: str) -> frozenset[str]:
    """The native words that no training may see: those of the dev and test lexicons."""
    return frozenset(word for split in ("dev", "test") for word in read_lexicon(data, lang, split))


def read_sentences(data: Path, lang: str) -> list[list[Token]]:
    """Dakshina's sentences whose two sides have as many tokens, marks stripped from both."""
    folder = data / "romanisation" / "dakshina" / "sentences"
    native, roman = ((folder / f"{lang}.dev.{side}.txt").read_text(encoding="utf-8") for side in ("native", "roman"))
    found = []
    for left, right in zip(native.splitlines(), roman.splitlines(), strict=True):
        words, spelt = _tokens(left, lang), right.split()
        if len(words) == len(spelt):
            found.append([Token(_plain(b), a) for a, b in zip(words, spelt, strict=True)])
    return found


def split_sentences(sentences: list[list[Token]]) -> tuple[list[list[Token]], list[list[Token]]]:
    """Sentences to learn from, and those held out: every fifth."""
    every = 5
    kept = [sentence for at, sentence in enumerate(sentences) if at % every]
    return kept, sentences[::every][:HELD_OUT]


def native_lines(data: Path, lang: str) -> list[list[str]]:
    """The lines of NTREX-128 in the native script, as words."""
    path = data / "parallel" / "ntrex" / f"{NTREX[lang]}.txt"
    return [_tokens(line, lang) for line in path.read_text(encoding="utf-8").splitlines()]


def attested(sentences: list[list[Token]]) -> Lexicon:
    """How often each native word of the sentences is spelt in each way."""
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for sentence in sentences:
        for latin, native in sentence:
            if native and _LATIN.fullmatch(latin):
                seen[native][latin] += 1
    return {word: dict(spellings) for word, spellings in seen.items()}


def _tokens(line: str, lang: str) -> list[str]:
    """A word for each token between spaces, empty where it is no single word of the script."""
    return [_word(token, lang) for token in line.split()]


def _word(token: str, lang: str) -> str:
    found = word_pattern(lang).findall(token)
    # A token of two words, such as one joined by a hyphen, teaches nothing about either.
    return clean(found[0]) if len(found) == 1 else ""


def _plain(token: str) -> str:
    """Lower case without marks; empty where something other than letters stands inside."""
    bare = re.sub("^[^a-z0-9]+|[^a-z0-9]+$", "", token.lower()).replace("'", "")
    return bare if _LATIN.fullmatch(bare) else ""
