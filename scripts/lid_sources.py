"""What the language tagger learns from: monolingual text of each language in each of its scripts, and word lists."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from random import Random

from cswitch.annotators.pos.treebank import read_treebank
from cswitch.core.lexicon_pack import decode
from cswitch.core.romanisation.writing import writing
from cswitch.core.text.tokens import is_neutral, tokenise
from cswitch.core.transliteration import romaniser_for
from cswitch.core.transliteration.variety import vary
from cswitch.pipeline.tag_gold import read_gold
from scripts.spelling_sources import read_lexicon

ROOT = Path(__file__).resolve().parents[1]
NTREX = {
    "en": ("eng",), "hi": ("hin",), "bn": ("ben",), "mr": ("mar",), "ta": ("tam",), "te": ("tel",), "gu": ("guj",),
    "pa": ("pan",), "kn": ("kan",), "ml": ("mal",), "ur": ("urd",), "es": ("spa", "spa-MX"), "de": ("deu",),
    "fr": ("fra",), "it": ("ita",), "pt": ("por", "por-BR"), "nl": ("nld",), "id": ("ind",), "tr": ("tur",),
    "ar": ("arb",), "vi": ("vie",), "fil": ("fil",), "sw": ("swa",),
}  # fmt: skip
"""Languages, and the files of NTREX-128 in them."""
LANGUAGES = tuple(NTREX)
SCRIPTS = {
    "hi": "Deva", "bn": "Beng", "mr": "Deva", "ta": "Taml", "te": "Telu", "gu": "Gujr", "pa": "Guru", "kn": "Knda",
    "ml": "Mlym", "ur": "Arab",
}  # fmt: skip
"""Languages that are often typed in Latin letters, and their own script."""
ROMANISED = tuple(SCRIPTS)
PUD = ("en", "hi", "es", "de", "id")
PANLEX = {"id": "ind", "sw": "swh", "ta": "tam", "tr": "tur"}
NAMING = ("en", "es", "fr", "it", "nl", "pt", "tr", "id", "vi", "fil", "sw")
"""Languages in Latin letters in which a capital within a sentence tells a name."""
TREEBANKS = {
    "en": ("ud_english_ewt/en_ewt-ud-train.conllu",),
    "es": ("ud_spanish_gsd/es_gsd-ud-dev.conllu", "ud_spanish_gsd/es_gsd-ud-test.conllu"),
}
NAME, OTHER = "ne", "other"
_MARKS = {"।": ".", "॥": ".", "۔": ".", "؟": "?", "،": ","}
_SHARED = 4
"""Languages in which a word of a line has a capital when it is a name."""
_WORDS = 9
"""Words of a line made from a word list."""
_USUAL = 400
_OWN = 120
"""Words of a language met most are its own, those met next most unless they sound foreign."""
_VOTES = 3
"""A spelling of a lexicon counts so many times at most."""
BORROWING = frozenset({"fil", "sw", "id", "vi", "tr"})
"""Languages in Latin letters that take English words as they are."""
_COMMON = 3
"""How often an English word must be met to be one that other languages borrow."""

Line = tuple[tuple[str, str], ...]
"""Words with their tags; an empty tag is not known."""


def tokens(text: str, lang: str) -> list[str]:
    """The tokens of a text."""
    return list(tokenise(text, lang).tokens)


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def ntrex(data: Path, name: str, lang: str) -> list[list[str]]:
    """The lines of a file of NTREX-128 as tokens."""
    return [tokens(line, lang) for line in _lines(data / "parallel" / "ntrex" / f"{name}.txt")]


@cache
def _capitals(data: Path) -> list[Counter[str]]:
    """For each line of NTREX, in how many languages a word has a capital within the sentence."""
    counts: list[Counter[str]] = []
    for lang in NAMING:
        for at, line in enumerate(ntrex(data, NTREX[lang][0], lang)):
            if at == len(counts):
                counts.append(Counter())
            counts[at].update({word for word in line[1:] if word[0].isupper()})
    return counts


def _named(lines: Sequence[Sequence[str]], lang: str, capitals: Sequence[Counter[str]]) -> Iterator[Line]:
    """Lines of NTREX with their tags: what has a capital in several languages is a name."""
    for line, shared in zip(lines, capitals, strict=True):
        yield _tagged(line, [NAME if shared[word] >= _SHARED else lang for word in line])


def _tagged(line: Sequence[str], tags: Iterable[str]) -> Line:
    """Tokens with their tags; what is no word has a tag of its own."""
    return tuple((token, OTHER if is_neutral(token) else tag) for token, tag in zip(line, tags, strict=True))


def _doubtful(line: Sequence[str], lang: str) -> Line:
    """A line with its tags, none on what may be a name."""
    capitals = lang != "de"
    return _tagged(
        line, ["" if at and capitals and word[0].isupper() and word != "I" else lang for at, word in enumerate(line)]
    )


def _treebank(path: Path, lang: str) -> Iterator[Line]:
    """The sentences of a treebank; proper nouns with a capital are names."""

    def spans(text: str) -> Sequence[tuple[int, int]]:
        return tokenise(text, lang).offsets

    for sentence in read_treebank(path, lang, spans):
        named = [label == "PROPN" and token[0].isupper() for token, label in zip(*sentence, strict=True)]
        yield _tagged(sentence.tokens, [NAME if name else lang for name in named])


def native(data: Path, lang: str) -> list[Line]:
    """Lines in the usual script of a language, with their tags."""
    found: list[Line] = []
    for name in NTREX[lang]:
        found += _named(ntrex(data, name, lang), lang, _capitals(data))
    if lang in PUD:
        found += _treebank(data / "parallel" / "pud" / f"{lang}_pud-ud-test.conllu", lang)
    if lang in ROMANISED:
        path = data / "romanisation" / "dakshina" / "sentences" / f"{lang}.dev.native.txt"
        found += [_doubtful(tokens(text, lang), lang) for text in _lines(path)]
    for name in TREEBANKS.get(lang, ()):
        found += _treebank(data / "treebanks" / name, lang)
    if lang == "en":
        found += [_doubtful(tokens(text, lang), lang) for text in sorted(commands(data))[::3]]
    return _borrowed(data, lang, [line for line in found if line])


def commands(data: Path) -> Iterator[str]:
    """The English commands of Hinglish-TOP."""
    for part in ("train", "validation"):
        path = data / "parallel" / "hinglish_top" / "Human_Annotated_Data" / f"{part}.tsv"
        with path.open(encoding="utf-8", newline="") as stream:
            yield from (row["en_query"] for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def roman(data: Path, lang: str) -> tuple[list[Line], list[Line]]:
    """Lines of a South Asian language in Latin letters, and lines of its lexicon.

    The lines are as people wrote them, and as the romaniser spells NTREX. Words that are English and spelt as in
    English are tagged so, or not at all where that is not sure.
    """
    folder = data / "romanisation" / "dakshina" / "sentences"
    texts = [_lines(folder / f"{lang}.dev.{script}.txt") for script in ("native", "roman")]
    both = [(_spoken(text, lang), tokens(latin, lang)) for text, latin in zip(*texts, strict=True)]
    romaniser = romaniser_for(lang)
    for share in (0.0, 0.7):
        for at, line in enumerate(ntrex(data, NTREX[lang][0], lang)):
            native = [token for token in line if not is_neutral(token)]
            latin = iter(vary(native, romaniser, share, ["lid", at]))
            both.append((native, [_MARKS.get(token, token) if is_neutral(token) else next(latin) for token in line]))
    usual = Counter(word.lower() for _, latin in both for word in latin if not is_neutral(word))
    judge = _Loans(data, lang, usual)
    tagged = [judge.tagged(native, latin) for native, latin in both if latin]
    lexicon = [
        (word, spelling)
        for word, spellings in read_lexicon(data, lang, "train").items()
        for spelling, votes in spellings.items()
        for _ in range(min(int(votes), _VOTES))
    ]
    return tagged, packed([judge.tagged([word], [latin])[0] for word, latin in lexicon], Random(lang))


def _spoken(text: str, lang: str) -> list[str]:
    """The words of a text."""
    return [token for token in tokens(text, lang) if not is_neutral(token)]


class _Loans:
    """Tells which roman words of a language are English.

    Args:
        data: Folder of the data.
        lang: The language.
        usual: How often its words are met in Latin letters.
    """

    def __init__(self, data: Path, lang: str, usual: Counter[str]) -> None:
        self._lang = lang
        ranked = [word for word, _ in usual.most_common(_USUAL)]
        self._own, self._usual = frozenset(ranked[:_OWN]), frozenset(ranked)
        self._spelt = writing(SCRIPTS[lang])
        self._known, self._plain = _english(data)
        self._rules: dict[str, str] = {}

    def tagged(self, native: Sequence[str], latin: Sequence[str]) -> Line:
        """Tokens with their tags; ``native`` has the words alone, and helps where there are as many of them."""
        count = sum(not is_neutral(token) for token in latin)
        known = iter(native if len(native) == count else [""] * count)
        return tuple((token, OTHER if is_neutral(token) else self._tag(next(known), token.lower())) for token in latin)

    def _tag(self, native: str, word: str) -> str:
        if word in self._own or len(word) < 3 or word not in self._known:
            return self._lang
        foreign = bool(native) and self._by_rule(native) != word
        if word in self._usual and not (foreign and len(word) > 3):
            return self._lang
        common = self._plain[word] >= _COMMON
        if common and (foreign or len(word) > 4):
            return "en"
        return "" if common or foreign or len(word) > 3 else self._lang

    def _by_rule(self, native: str) -> str:
        """How rules spell a word, which know nothing of English."""
        if native not in self._rules:
            sounds = self._spelt.sounds(native, self._lang)
            self._rules[native] = self._spelt.rules(sounds, self._lang) if sounds else ""
        return self._rules[native]


@cache
def _english(data: Path) -> tuple[frozenset[str], Counter[str]]:
    """Words met in English text in any case, and those met in lower case with how often."""
    found = Counter(word for line in native(data, "en") for word, _ in line)
    plain = Counter({word: count for word, count in found.items() if word.islower()})
    return frozenset(map(str.lower, found)), plain


def listed(data: Path, lang: str) -> list[Line]:
    """Words of the lexicons of a language in its usual script, a few a line."""
    found: set[str] = set(english_words()) if lang == "en" else _translations(lang)
    if lang in ROMANISED:
        found |= read_lexicon(data, lang, "train").keys()
    if lang in PANLEX:
        path = data / "lexicons" / "panlex" / f"eng2{PANLEX[lang]}.txt"
        found |= {line.split("\t")[-1] for line in _lines(path)}
    parts = {part for word in found for part in word.split() if not is_neutral(part)}
    return packed([(part, lang) for part in sorted(parts)], Random(lang))


@cache
def english_words() -> frozenset[str]:
    """English words of the lexicons."""
    found: set[str] = set()
    for path in sorted((ROOT / "data" / "lexicons").glob("en-*.lex")):
        found |= {word for entry in decode(path.read_bytes()).entries for word in entry.split()}
    return frozenset(found)


def _translations(lang: str) -> set[str]:
    """The words of a language in its lexicon."""
    path = ROOT / "data" / "lexicons" / f"en-{lang}.lex"
    if not path.exists():
        return set()
    return {word.word for found in decode(path.read_bytes()).entries.values() for word in found}


def packed(pool: Sequence[tuple[str, str]], random: Random) -> list[Line]:
    """Words with their tags in random order, a few a line."""
    shuffled = list(pool)
    random.shuffle(shuffled)
    return [tuple(shuffled[start : start + _WORDS]) for start in range(0, len(shuffled), _WORDS)]


def spoken(lang: str) -> dict[str, list[Line]]:
    """Everyday utterances written for this project, in native script and in Latin letters."""
    found: dict[str, list[Line]] = {}
    for kind, name in (("chat", f"{lang}.txt"), ("roman-chat", f"{lang}.roman.txt")):
        path = ROOT / "data" / "lid" / "chat" / name
        found[kind] = [_doubtful(tokens(line, lang), lang) for line in _lines(path)] if path.exists() else []
    for path in sorted((ROOT / "data" / "samples").glob("en-*.tsv")):
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
                if row.get(lang):
                    found["chat"].append(_doubtful(tokens(row[lang], lang), lang))
    return {kind: [line for line in lines if line] for kind, lines in found.items()}


def pools(data: Path) -> dict[tuple[str, str], list[Line]]:
    """Lines by language and kind: ``native``, ``list``, ``chat``; in Latin letters with ``roman`` before it."""
    found: dict[tuple[str, str], list[Line]] = {}
    for lang in LANGUAGES:
        found[lang, "native"] = native(data, lang)
        found[lang, "list"] = listed(data, lang)
        for kind, lines in spoken(lang).items():
            found[lang, kind] = lines
        if lang in ROMANISED:
            found[lang, "roman"], found[lang, "roman-list"] = roman(data, lang)
    found["ar", "roman"] = arabizi(data)
    return found


def _borrowed(data: Path, lang: str, lines: list[Line]) -> list[Line]:
    """Lines of a language that borrows many English words; those among them are not tagged."""
    if lang not in BORROWING:
        return lines
    _, plain = _english(data)
    usual = Counter(word.lower() for line in lines for word, _ in line)
    doubt = {word for word, count in usual.items() if count < _COMMON and len(word) > 3 and plain[word] >= _COMMON}
    return [tuple((word, "" if word.lower() in doubt and tag == lang else tag) for word, tag in line) for line in lines]


def arabizi(data: Path) -> list[Line]:
    """Algerian Arabic in Latin letters with French, tagged word by word; other languages are left out."""
    lines: list[Line] = []
    for sentence in read_gold(str(data / "lid" / "ar-fr.arabizi.train.tsv")):
        pairs = zip(sentence.tokens, sentence.tags, strict=True)
        kept = tuple((token, OTHER if is_neutral(token) else tag) for token, tag in pairs)
        lines.append(tuple(pair for pair in kept if pair[1] in ("ar", "fr") or is_neutral(pair[0])))
    return [line for line in lines if line]
