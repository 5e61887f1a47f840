"""Which words people switch alone, and which translations are of the same word class."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

from anyascii import anyascii
from msgspec.structs import replace

from cswitch.annotators.pos.windowed import languages
from cswitch.core.contracts import PosTagger
from cswitch.core.registry import load
from cswitch.core.text.scripts import rows, scripts_for
from cswitch.core.text.tokens import token_class
from cswitch.core.verbs import lemma
from cswitch.core.wordlists import fixed_expressions
from cswitch.generators.switching.glue import agree
from cswitch.training.records import Mixed

NOUN, ADJECTIVE, ADVERB = "NOUN", "ADJ", "ADV"
PLURAL = "Plur"
AGREEING = {"en": frozenset({"a", "an"}), "es": frozenset({"y", "e", "o", "u"})}
"""Words of a matrix language whose form depends on the word after them."""
_MOVING = frozenset({NOUN, ADJECTIVE, ADVERB})
_NAMING = frozenset({"NOUN", "PROPN", "X"})
_LINKING = frozenset({"AUX", "VERB"})
_PARTS = ("thirds", "fourths", "fifths", "sixths", "eighths", "tenths", "quarters", "halves")
_COMPARED = frozenset({"more", "most", "less", "least", "as", "than", "so", "too"})
_CLAUSAL = frozenset({"CCONJ", "PUNCT", "PRON"})
_PARTICLES = frozenset(
    "across after along at before down him how into it me off out that them through to until up us when whether "
    "while".split()
)
"""Words before and after what is a verb rather than a noun: leaves the station and travels at a speed."""
_HELD = frozenset({"as", "-", "'", "’", "'s", "’s"})
"""What holds a word before it: as many, a well-known, the parents' room."""
_OBJECTS = frozenset({"ADJ", "DET", "NUM", "PRON"})
_ENDS = frozenset({".", "?", "!", "।", "॥"})
_CASED = frozenset({"Latn", "Cyrl", "Grek", "Armn"})
"""Scripts with capitals."""
_SILENT_H = frozenset({"es", "fr", "it", "pt", "ca"})
_FRAMES = {"es": ("la",), "en": ("the",), "de": ("die",), "fr": ("la",), "it": ("la",), "pt": ("a",)}
"""What a noun stands after when a tagger is asked about it alone."""


@cache
def _tagger(lang: str) -> PosTagger | None:
    found: PosTagger | None = load("pos", "windowed").load(lang) if lang in languages() else None
    return found


class NaturalWords:
    """Says of the tokens of a sentence which may be replaced alone, and by what class of word.

    Nouns may, but for those next to a name or another noun (parts of a compound), in a fixed expression, or in -ing;
    in English an adjective after a linking verb and an adverb set off by a comma may too. Everything else stays:
    a verb alone brings the wrong ending with it, an adjective before its noun the wrong place. Of a language without
    a tagger nothing is known, and function words and names alone stay.

    Args:
        lang: Language of the sentences.

    >>> NaturalWords("en").classes(["Yesterday , she sold the school bus and a house .".split()])
    [['NOUN', '', '', '', '', '', '', '', '', 'NOUN', '']]
    """

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.known = lang in languages()
        """Whether word classes are known."""

    def classes(self, batch: Sequence[Sequence[str]]) -> list[list[str]]:
        """For each sentence the class of what may come instead of each token; empty where it stays."""
        return [self._classes(*found) for found in zip(batch, self.labels(batch), strict=True)]

    def labels(self, batch: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
        """For each sentence the part of speech of each token, with its features; empty where they are not known."""
        tagger = _tagger(self.lang)
        return [[""] * len(tokens) for tokens in batch] if tagger is None else tagger.tag(batch)

    def labelled(self, batch: Sequence[Sequence[str]]) -> list[tuple[list[str], Sequence[str]]]:
        """For each sentence both."""
        labels = self.labels(batch)
        return [(self._classes(*found), found[1]) for found in zip(batch, labels, strict=True)]

    def _classes(self, tokens: Sequence[str], labels: Sequence[str]) -> list[str]:
        kinds = ["", *map(_kind, labels), ""]
        moving = [at for at, kind in enumerate(kinds) if kind in _MOVING]
        found = [""] * len(tokens)
        if not moving:
            return found
        small = ["", *map(str.lower, tokens), ""]
        fixed = {at for start, end in fixed_expressions(small[1:-1], self.lang) for at in range(start, end)}
        free = _free_in_english if self.lang == "en" else _free
        for at in moving:
            if at - 1 not in fixed:
                found[at - 1] = free(kinds[at - 1 : at + 2], small[at - 1 : at + 2])
        return found


@cache
def _kind(label: str) -> str:
    """The word class that a label begins with."""
    return label.partition(".")[0]


def _free(kinds: Sequence[str], words: Sequence[str]) -> str:
    """The class of a word that may be replaced, from it and its neighbours; empty where it stays."""
    before, kind, after = kinds
    return NOUN if kind == NOUN and before not in _NAMING and after not in _NAMING else ""


def _free_in_english(kinds: Sequence[str], words: Sequence[str]) -> str:
    """The same for English, where gerunds, measures before ``of`` and what is compared stay too."""
    before, kind, after = kinds
    if kind == NOUN:
        measures = words[2] == "of" and words[0] in ("a", "an")
        stays = words[1].endswith("ing") or words[2] in _HELD or words[0] in _COMPARED or measures
        stays = stays or words[0] == "at" or after == "DET"  # at night; what a tagger took for a noun: counts the words
        stays = stays or (before == "NUM" and words[1].endswith(_PARTS))  # two thirds
        stays = stays or (before in _CLAUSAL and words[2] in _PARTICLES and _may_be_verb(words[1]))
        stays = stays or (before in ("", "PUNCT") and after in _OBJECTS and lemma(words[1]) == words[1])  # Drink water
        return "" if stays else _free(kinds, words)
    if kind == ADJECTIVE:
        said = before in _LINKING and after in ("", "PUNCT", "CCONJ", "SCONJ") and words[0] not in _COMPARED
        return ADJECTIVE if said else ""
    return ADVERB if kind == ADVERB and words[2] == "," and before in ("", "PUNCT") else ""


def _may_be_verb(word: str) -> bool:
    return word.endswith("s") and lemma(word) not in (None, word)


@lru_cache(maxsize=1 << 16)
def fits(lang: str, word: str, wordclass: str) -> bool:
    """Whether a translation is of a word class, as far as a tagger can tell of a word alone.

    >>> fits("es", "vender", "NOUN"), fits("es", "tienda", "NOUN"), fits("sw", "nyumba", "NOUN")
    (False, True, True)
    """
    tagger = _tagger(lang)
    if tagger is None or token_class(word) != "word":
        return True
    words = word.split()
    alone = [tagger.tag([[part]])[0][0] for part in words]
    kinds = [label.partition(".")[0] for label in alone]
    if wordclass == ADVERB:
        return "VERB" not in kinds
    if wordclass == ADJECTIVE:
        return len(words) == 1 and (kinds[0] == ADJECTIVE or alone[0] == "VERB.Part")
    if "VERB.Inf" in alone or {"PRON", "ADP", "AUX", "CCONJ", "SCONJ"} & set(kinds[:1]):
        return False
    frame = _FRAMES.get(lang)
    if frame is None:
        return not {"VERB", "AUX"} & set(kinds)
    return tagger.tag([[*frame, *words, "."]])[0][len(frame)].startswith(("NOUN", "PROPN"))


def with_articles(mixed: Mixed, matrix: str) -> Mixed:
    """The sentence with articles and conjunctions in the form that the word after them asks for, where that came in.

    >>> from cswitch.training.weaving import Piece, weave
    >>> from cswitch.training.records import Example
    >>> made = weave(Example(id="1", tokens=["an", "hour"]), ["en", "en"], {}, [Piece(1, 2, ["घंटा"], ["hi"])])
    >>> with_articles(made, "en").tokens
    ['a', 'घंटा']
    """
    agreeing = AGREEING.get(matrix)
    if agreeing is None:
        return mixed
    tokens, langs = mixed.tokens, mixed.langs
    places = [at for at in range(len(tokens) - 1) if langs[at] != langs[at + 1] and langs[at] == matrix]
    for at in places:
        if tokens[at].lower() in agreeing:
            if tokens is mixed.tokens:
                tokens = list(tokens)
            word = _sound(tokens[at + 1], langs[at + 1]) if matrix == "en" else tokens[at + 1]
            tokens[at] = agree(tokens[at], word, matrix)
    return mixed if tokens is mixed.tokens else replace(mixed, tokens=tokens)


def _sound(word: str, lang: str) -> str:
    """A word as an English ear takes its beginning: in Latin letters, without an h that is not spoken."""
    heard = word if word[:1].isascii() else anyascii(word).lower()
    return heard.lower().removeprefix("h") if lang in _SILENT_H else heard


def with_capitals(mixed: Mixed, matrix: str = "") -> Mixed:
    """The sentence with English words that came in, and are written with a capital wherever they stand, so written.

    In a matrix language without capitals a sentence that begins in English begins with one.

    >>> from cswitch.training.weaving import Piece, weave
    >>> from cswitch.training.records import Example
    >>> made = weave(Example(id="1", tokens=["el", "martes"]), ["es"] * 2, {}, [Piece(1, 2, ["tuesday"], ["en"])])
    >>> with_capitals(made).tokens
    ['el', 'Tuesday']
    >>> made = weave(Example(id="1", tokens=["राजा", "ने"]), ["hi"] * 2, {}, [Piece(0, 1, ["king"], ["en"])])
    >>> with_capitals(made, "hi").tokens
    ['King', 'ने']
    """
    known = capitals()
    caseless = matrix and scripts_for(matrix)[0] not in _CASED
    tokens = list(mixed.tokens)
    for at, (token, lang) in enumerate(zip(mixed.tokens, mixed.langs, strict=True)):
        if lang == "en" and token.islower():
            first = caseless and (not at or tokens[at - 1] in _ENDS)
            tokens[at] = token.capitalize() if first or token.capitalize() in known else token
    return replace(mixed, tokens=tokens)


def with_german_nouns(mixed: Mixed, classes: Sequence[str] | None) -> Mixed:
    """The sentence with the German nouns that came in written with a capital.

    Args:
        mixed: The sentence.
        classes: Class of what may come instead of each token of the example; None where no class was asked for.

    >>> from cswitch.training.weaving import Piece, weave
    >>> from cswitch.training.records import Example
    >>> made = weave(Example(id="1", tokens=["the", "box"]), ["en"] * 2, {}, [Piece(1, 2, ["kiste"], ["de"], 1)])
    >>> with_german_nouns(made, ["", "NOUN"]).tokens
    ['the', 'Kiste']
    """
    tokens = list(mixed.tokens)
    for at, (token, lang, origin) in enumerate(zip(mixed.tokens, mixed.langs, mixed.origins, strict=True)):
        if lang == "de" and token[:1].islower():
            noun = fits("de", token, NOUN) if classes is None or origin is None else classes[origin[0]].startswith(NOUN)
            tokens[at] = token[:1].upper() + token[1:] if noun else token
    return replace(mixed, tokens=tokens)


@cache
def capitals() -> frozenset[str]:
    """English words that are written with a capital wherever they stand.

    >>> "Tuesday" in capitals()
    True
    """
    return frozenset(word for _, words in rows("capitals.tsv") for word in words.split())
