"""How a text becomes a gloss: token by token from left to right, with the links that this gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from cswitch.core.contracts import Link, Translated
from cswitch.core.deromanisation.spelling import SpellingDeromaniser, known_languages
from cswitch.core.lexicon import Lexicon, key
from cswitch.core.text.join import INVERTING, join, recase
from cswitch.core.text.placeholders import placeholders
from cswitch.core.text.scripts import UNSPACED, rows, script_of, scripts_for
from cswitch.core.text.tokens import Tokenised, is_neutral, tokenise
from cswitch.generators.translating.dictionary import Dictionary, Gloss
from cswitch.generators.translating.names import Names

LEAST_KNOWN = 0.5
"""Share of content words that must be known."""
NAME, SPELT, UNSURE = 0.9, 0.8, 0.3
"""Confidence of a name that is copied, of one written in other letters, and of an unknown word that may be a name."""
CASED = frozenset({"Latn", "Cyrl", "Grek", "Armn"})
"""Scripts with capitals."""
NOUNS_WITH_CAPITALS = frozenset({"de"})
"""Languages in which a capital says no more than that a word is a noun."""
_STOPS = frozenset(".!?…।॥。！？۔؟")
_LATIN_MARKS = {
    **dict.fromkeys("।॥。۔", "."), **dict.fromkeys("،、，", ","), "؛": ";", "？": "?", "؟": "?", "！": "!", "：": ":",
}  # fmt: skip
_PLACES = frozenset({"Asia", "Christmas"})  # rows of capitals.tsv with these hold names that have capitals everywhere
_I = ("I", "I'm", "I've", "I'll", "I'd")


class Piece(NamedTuple):
    """A stretch of a gloss."""

    text: str
    sources: tuple[int, ...]
    """Tokens that it stands for."""
    confidence: float = 1.0
    """That of its links."""
    gap: bool | None = None
    """Whether a space comes before it; None for what people type."""


class Glosser:
    """Glosses texts of one language in one other.

    * Units of several words go before words, a word as it stands before its stem, then what its parts say.
    * Function words without a counterpart are left out, and so are unknown words that are no names.
    * Numbers, marks, URLs, mentions and placeholders are copied.
    * Names are unknown words with a capital inside a sentence. They are copied, in letters of the target where a
      romaniser or de-romaniser knows how. In a script without capitals, in German, and at the beginning of a sentence
      an unknown word may be a name: it is copied at a confidence that keeps it out of mixtures.
    * Text in Latin letters of a language that has others is looked up in its native spelling.

    Args:
        lexicon: From the language of the texts to the other.

    >>> Glosser(Lexicon.load("en", "hi")).gloss("good morning {name}, see https://a.in").text
    'सुप्रभात {name}, देखना https://a.in'
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self.source, self.target = lexicon.source, lexicon.target
        self.words, self.names = Dictionary(lexicon), Names(lexicon.source, lexicon.target)
        self.cased = not CASED.isdisjoint(scripts_for(self.source))
        """Whether the texts have capitals."""
        self.names_told = self.cased and self.source not in NOUNS_WITH_CAPITALS
        """Whether capitals tell names."""
        self.lower = _capitals(places=False) if self.source == "en" else {}
        """Words whose capital is a habit of the source language, by their small letters."""
        self.upper = _capitals() if self.target == "en" else {}
        """Words with a capital in the target language, by their small letters."""
        self.marks = _LATIN_MARKS if "Latn" in scripts_for(self.target) else {}
        """Marks that the target writes otherwise."""
        self.spaced = UNSPACED.isdisjoint((*scripts_for(self.source), *scripts_for(self.target)))
        """Whether the gaps of a text mean something in its gloss."""
        self._deromaniser: SpellingDeromaniser | None = None

    def gloss(self, text: str, least_known: float = LEAST_KNOWN) -> Translated:
        """The gloss of a text with its links, or why there is none.

        Args:
            text: Any string.
            least_known: Share of content words, 0 to 1, that must be known.
        """
        found = tokenise(text, self.source)
        if all(map(is_neutral, found.tokens)):
            return Translated("", problem="the text has no word" if found.tokens else "the text is empty")
        walk = _Walk(self, text, found)
        walk.to_the_end()
        if walk.known < least_known * walk.content:
            return Translated("", problem=f"the lexicon knows {walk.known} of {walk.content} content words")
        if not walk.pieces:
            return Translated("", problem="no word of the text has a counterpart")
        return linked(walk.pieces, self.target)

    def native(self, tokens: Sequence[str]) -> Sequence[str]:
        """The tokens as the lexicon spells them: out of Latin letters, where most words are typed in those.

        >>> Glosser(Lexicon.load("hi", "en")).native(["mera", "ghar"])
        ['मेरा', 'घर']
        """
        words = [token for token in tokens if not is_neutral(token)]
        latin = sum(script_of(word) == "Latn" for word in words)
        if 2 * latin <= len(words) or "Latn" in scripts_for(self.source) or self.source not in known_languages():
            return tokens
        if self._deromaniser is None:
            self._deromaniser = SpellingDeromaniser(lang=self.source)
        return self._deromaniser.deromanise_sentences([tokens])[0]


class _Walk:
    """One text on its way: how much of it is known, and the pieces so far."""

    def __init__(self, glosser: Glosser, text: str, found: Tokenised) -> None:
        self.pieces: list[Piece] = []
        self.content = self.known = 0
        self._glosser, self._text, self._found = glosser, text, found
        self._native = glosser.native(found.tokens)
        self._held = _held(text, found)
        self._first = True  # no word of the sentence has been met
        self._due = False  # the next word that is put begins the sentence with a capital

    def to_the_end(self) -> None:
        """Goes through the tokens from left to right."""
        at = 0
        while at < len(self._found.tokens):
            at += self._copy(at) or self._unit(at) or self._word(at)

    def _copy(self, at: int) -> int:
        """Copies a placeholder, number, mark or the like; gives how many tokens it has."""
        token = self._found.tokens[at]
        if at not in self._held and not is_neutral(token):
            return 0
        end = self._held.get(at, at + 1)
        if not (token in {"¿", "¡"} and self._glosser.target not in INVERTING):
            text = self._text[self._found.offsets[at][0] : self._found.offsets[end - 1][1]]
            self._put(self._glosser.marks.get(text, text), at, end)
        if token[-1] in _STOPS:
            self._first, self._due = True, False
        return end - at

    def _unit(self, at: int) -> int:
        """Glosses words that have one translation together."""
        words = self._glosser.words
        count, gloss = words.unit(self._native, at) or (0, None)
        ours = range(at, at + count)
        if gloss is None or any(n in self._held or is_neutral(self._native[n]) for n in ours):
            return 0
        self._tell([n for n in ours if words.is_content(self._native[n])], known=True)
        self._begin(at)
        self._gloss(gloss, at, at + count)
        return count

    def _word(self, at: int) -> int:
        """Glosses a word, copies a name, or leaves the word out."""
        glosser, token, native = self._glosser, self._found.tokens[at], self._native[at]
        gloss = glosser.words.word(native)
        content = [at] if glosser.words.is_content(native) else []
        named = self._is_name(token)
        self._begin(at)
        if gloss is not None and (gloss.exact or not named):
            self._tell(content, known=True)
            self._gloss(gloss, at, at + 1)
        elif any(map(str.isdigit, token)):
            self._put(token, at, at + 1, NAME)
        elif named:
            spelt = glosser.names.spell(token)
            self._put(spelt, at, at + 1, NAME if spelt == token else SPELT)
        else:
            self._tell(content, known=False)
            if content and (token != token.lower() or not glosser.cased):
                self._put(glosser.names.spell(native), at, at + 1, UNSURE)
        return 1

    def _begin(self, at: int) -> None:
        """Notes whether the first word of a sentence asks for a capital; it may have no counterpart itself."""
        if self._first:
            self._first = False
            self._due = self._found.tokens[at][0].isupper() or not self._glosser.cased

    def _is_name(self, token: str) -> bool:
        """Whether an unknown word is written as only names are; at the beginning, with capitals after the first."""
        shown = token[1:] if self._first else token
        return self._glosser.names_told and shown != shown.lower()

    def _tell(self, content: Sequence[int], *, known: bool) -> None:
        self.content += len(content)
        self.known += len(content) * known

    def _gloss(self, gloss: Gloss, at: int, end: int) -> None:
        """Puts a gloss in the case of its word."""
        glosser, token = self._glosser, self._found.tokens[at]
        words = [glosser.upper.get(word, word) for word in gloss.words.split()]
        if not words:
            return
        if gloss.words == key(token):
            words = [token]
        elif token.isupper() and len(token) > 1:
            words = [word.upper() for word in words]
        elif self._due or (token[0].isupper() and glosser.names_told and key(token) not in glosser.lower):
            words[0] = recase(words[0], was_initial=False, is_initial=True, lang=glosser.target)
        self._put(" ".join(words), at, end, gloss.confidence)

    def _put(self, text: str, at: int, end: int, confidence: float = 1.0) -> None:
        self._due = self._due and is_neutral(self._found.tokens[at])
        self.pieces.append(Piece(text, tuple(range(at, end)), confidence, self._gap(at)))

    def _gap(self, at: int) -> bool | None:
        """The gap of the source beside a mark, where nothing was left out before it."""
        tokens = self._found.tokens
        if not (self._glosser.spaced and at and self.pieces and self.pieces[-1].sources[-1] == at - 1):
            return None
        return self._found.gaps[at] if is_neutral(tokens[at]) or is_neutral(tokens[at - 1]) else None


def linked(pieces: Sequence[Piece], target: str) -> Translated:
    """The text of some pieces, and the links from what they stand for to the tokens that the text has.

    >>> found = linked([Piece("buenos días", (0, 1), 0.9), Piece("!", (2,))], "es")
    >>> found.text, [(link.source, link.target) for link in found.links]
    ('buenos días!', [(0, 0), (0, 1), (1, 0), (1, 1), (2, 2)])
    """
    text, places = join([piece.text for piece in pieces], [piece.gap for piece in pieces])
    links: dict[tuple[int, int], float] = {}
    offsets = tokenise(text, target).offsets
    first = 0
    for piece, (start, end) in zip(pieces, places, strict=True):
        while first < len(offsets) and offsets[first][1] <= start:
            first += 1
        at = first
        while at < len(offsets) and offsets[at][0] < end:
            links.update(dict.fromkeys(((source, at) for source in piece.sources), piece.confidence))
            at += 1
    return Translated(text, tuple([Link(*ends, round(links[ends], 4)) for ends in sorted(links)]))


def _held(text: str, found: Tokenised) -> Mapping[int, int]:
    """Tokens of placeholders, each with the index after the last of its placeholder."""
    held: dict[int, int] = {}
    for start, end in placeholders(text):
        inside = [n for n, (first, last) in enumerate(found.offsets) if first < end and last > start]
        held.update(dict.fromkeys(inside, inside[-1] + 1 if inside else 0))
    return held


@cache
def _capitals(*, places: bool = True) -> Mapping[str, str]:
    """English words that are written with a capital wherever they stand, by their small letters.

    Args:
        places: Also names of places and feasts, which other languages write with a capital, too.
    """
    table = [words.split() for _, words in rows("capitals.tsv")]
    listed = [word for words in table if places or _PLACES.isdisjoint(words) for word in words]
    return {word.lower(): word for word in (*listed, *_I)}
