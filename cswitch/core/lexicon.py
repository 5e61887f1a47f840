"""Bilingual lexicons: which words of two languages translate each other, and how surely."""

from __future__ import annotations

import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple, Self

from cswitch.core.errors import InputError, UsageError
from cswitch.core.registry import suggest

FORMAT = "cswitch-lexicon 1"
"""First line of a pack: the name of the format and its version."""
SUFFIX = ".lex"
LEVELS = 24
"""Probabilities are kept as one letter each: ``a`` is 1, and each further letter the square root of 2 times less."""

_PROBABILITY = {chr(ord("a") + level): 2.0 ** (-level / 2) for level in range(LEVELS)}


class Translation(NamedTuple):
    """A translation of a word, with its probability both ways."""

    word: str
    """The translation: a word, or words separated by single spaces."""
    prob: float
    """p(translation | word), 0 to 1."""
    back: float
    """p(word | translation), 0 to 1."""


class Lexicon:
    """Translations of lower-case words and multi-word units, with probabilities both ways.

    Args:
        source: Language looked up, a BCP-47 primary subtag.
        target: Language of the translations.
        entries: Source word to its translations; words are normalised by :func:`key`.
        closed: Language to its closed-class words (articles, adpositions, auxiliaries, pronouns and the like).
        joins: Language to words that often only complete a neighbour (an auxiliary, a light verb, the second word of a
            compound postposition), each with the share of its uses in which it belongs to the word before it, and
            to the word after it.

    >>> lexicon = Lexicon("en", "es", {"House": [Translation("casa", 0.8, 0.9), Translation("cámara", 0.2, 0.6)]})
    >>> [t.word for t in lexicon.translations("house")], lexicon.reversed().translations("casa")[0].prob
    (['casa', 'cámara'], 0.9)
    """

    def __init__(
        self,
        source: str,
        target: str,
        entries: Mapping[str, Iterable[Translation]],
        *,
        closed: Mapping[str, frozenset[str]] | None = None,
        joins: Mapping[str, Mapping[str, tuple[float, float]]] | None = None,
    ) -> None:
        self.source, self.target = source, target
        self.closed = dict(closed or {})
        self.joins = {lang: dict(words) for lang, words in (joins or {}).items()}
        self._entries: dict[str, tuple[Translation, ...]] = {}
        for word, translations in entries.items():
            self._add(word, translations)

    @classmethod
    def load(cls, source: str, target: str, *, extra: Iterable[Path] = ()) -> Self:
        """The lexicon shipped for two languages, either way round, with the user's own word lists merged in.

        Args:
            source: Language looked up.
            target: Language of the translations.
            extra: Tab-separated files, see :func:`read_tsv`, of words of ``source`` and ``target``.

        Raises:
            UsageError: No lexicon is shipped for the pair and no file is given.
            InputError: A file cannot be read; the message names its line.

        >>> "casa" in {t.word for t in Lexicon.load("en", "es").translations("house")}
        True
        """
        packs = available()
        paths = list(extra)
        if (source, target) in packs:
            lexicon = cls._from_pack(source, target)
        elif (target, source) in packs:
            lexicon = cls._from_pack(target, source).reversed()
        elif paths:
            lexicon = cls(source, target, {})
        else:
            pairs = ["-".join(pair) for pair in packs]
            raise UsageError(f"no lexicon for {source}-{target}", hint=suggest(f"{source}-{target}", pairs))
        for path in paths:
            for word, translation in read_tsv(path):
                lexicon._add(word, [translation])
        return lexicon

    @classmethod
    def _from_pack(cls, source: str, target: str) -> Self:
        return cls.decode((files("cswitch.data.lexicons") / f"{source}-{target}{SUFFIX}").read_bytes())

    def translations(self, word: str) -> tuple[Translation, ...]:
        """Translations of a word or multi-word unit, the most probable first; empty when there are none."""
        return self._entries.get(key(word), ())

    def reversed(self) -> Self:
        """The same lexicon looked up from the other side."""
        back: dict[str, list[Translation]] = {}
        for word, translations in self._entries.items():
            for t in translations:
                back.setdefault(t.word, []).append(Translation(word, t.back, t.prob))
        other = type(self)(self.target, self.source, {}, closed=self.closed, joins=self.joins)
        other._entries = {word: _ranked(found) for word, found in back.items()}
        return other

    def __contains__(self, word: str) -> bool:
        return key(word) in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def _add(self, word: str, translations: Iterable[Translation]) -> None:
        name = key(word)
        merged = {t.word: t for t in self._entries.get(name, ())}
        for t in translations:
            merged[key(t.word)] = Translation(key(t.word), t.prob, t.back)
        self._entries[name] = _ranked(merged.values())

    def encode(self) -> bytes:
        """The lexicon as a pack: compressed lines of a word and its translations, sorted.

        >>> pack = Lexicon("en", "es", {"sun": [Translation("sol", 1.0, 0.5)]}).encode()
        >>> Lexicon.decode(pack).translations("sun")
        (Translation(word='sol', prob=1.0, back=0.5),)
        """
        lines = [FORMAT, f"{self.source}\t{self.target}"]
        for lang in (self.source, self.target):
            lines.append("\t".join(sorted(self.closed.get(lang, ()))))
            lines.append("\t".join(_letters(*pair) + word for word, pair in sorted(self.joins.get(lang, {}).items())))
        for word in sorted(self._entries):
            found = (_letters(t.prob, t.back) + t.word for t in self._entries[word])
            lines.append("\t".join((word, *found)))
        return zlib.compress("\n".join(lines).encode("utf-8"), 9)

    @classmethod
    def decode(cls, pack: bytes) -> Self:
        """Reads a pack back.

        Raises:
            InputError: The bytes are not a pack of this version.
        """
        try:
            lines = zlib.decompress(pack).decode("utf-8").split("\n")
        except (zlib.error, UnicodeDecodeError) as error:
            raise InputError("not a lexicon pack", hint="rebuild it with scripts/build_lexicons.py") from error
        if lines[0] != FORMAT:
            raise InputError(f"lexicon pack says {lines[0]!r}, not {FORMAT!r}", hint="rebuild it for this version")
        langs = lines[1].split("\t")
        closed = {lang: frozenset(filter(None, lines[2 + 2 * i].split("\t"))) for i, lang in enumerate(langs)}
        prob = _PROBABILITY
        joins = {
            lang: {item[2:]: (prob[item[0]], prob[item[1]]) for item in lines[3 + 2 * i].split("\t") if item}
            for i, lang in enumerate(langs)
        }
        lexicon = cls(langs[0], langs[1], {}, closed=closed, joins=joins)
        for line in lines[6:]:
            word, *found = line.split("\t")
            lexicon._entries[word] = tuple([Translation(t[2:], prob[t[0]], prob[t[1]]) for t in found])
        return lexicon


def available() -> list[tuple[str, str]]:
    """The language pairs a lexicon is shipped for, each in the direction it is stored.

    >>> ("en", "es") in available()
    True
    """
    names = (item.name for item in files("cswitch.data.lexicons").iterdir())
    pairs = (tuple(name.removesuffix(SUFFIX).split("-")) for name in names if name.endswith(SUFFIX))
    return sorted((pair[0], pair[1]) for pair in pairs)


def read_tsv(path: Path) -> Iterator[tuple[str, Translation]]:
    """Reads a user's word list: ``source<TAB>target[<TAB>probability]``, UTF-8; blank lines and ``#`` lines are passed.

    Several translations may stand in the second column, separated by ``;``; they share the probability, which is 1
    when it is left out.

    Raises:
        InputError: A line has no second column, an empty word, or a probability that is not above 0 and up to 1.
    """
    hint = "write source<TAB>target, or source<TAB>target<TAB>probability"
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InputError("not UTF-8", path=path, hint="convert it to UTF-8, for example with iconv") from error
    except OSError as error:
        raise InputError(error.strerror or "cannot be read", path=path, hint="check the path") from error
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        columns = [column.strip() for column in line.split("\t")]
        words = [word.strip() for word in columns[1].split(";")] if len(columns) in (2, 3) else []
        if not words or not columns[0] or not all(words):
            raise InputError("not a lexicon line", path=path, line=number, hint=hint)
        prob = _probability(columns[2]) if len(columns) == 3 else 1.0
        if prob is None:
            raise InputError(f"bad probability {columns[2]!r}", path=path, line=number, hint="give a number in (0, 1]")
        for word in words:
            yield columns[0], Translation(word, prob, prob)


@lru_cache(maxsize=1 << 16)
def key(word: str) -> str:
    """How a word is looked up: NFC, lower case, typographic apostrophes as ASCII, single spaces.

    >>> key("L\u2019Acqua"), key("Buenos  Di\u0301as")
    ("l'acqua", 'buenos días')
    """
    if not word.isascii():
        word = unicodedata.normalize("NFC", word).replace("\u2019", "'")
    word = word.lower()
    return " ".join(word.split()) if " " in word else word


def _ranked(translations: Iterable[Translation]) -> tuple[Translation, ...]:
    return tuple(sorted(translations, key=lambda t: (-t.prob, -t.back, t.word)))


def _letters(*probabilities: float) -> str:
    return "".join(min(_PROBABILITY, key=lambda letter: abs(_PROBABILITY[letter] - p)) for p in probabilities)


def _probability(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 < value <= 1 else None
