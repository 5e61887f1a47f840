"""Bilingual lexicons: which words of two languages translate each other, and how surely."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal, Self

from cswitch.core.errors import InputError, RunError, UsageError
from cswitch.core.lexicon_files import UserLexicon as UserLexicon
from cswitch.core.lexicon_files import read_lexicon as read_lexicon
from cswitch.core.lexicon_files import read_tsv as read_tsv
from cswitch.core.lexicon_pack import FORMAT as FORMAT
from cswitch.core.lexicon_pack import SUFFIX as SUFFIX
from cswitch.core.lexicon_pack import Pack, decode, encode, ranked, turned
from cswitch.core.lexicon_pivot import compose
from cswitch.core.registry import suggest
from cswitch.core.translation import Translation as Translation
from cswitch.core.translation import key as key

PIVOT = "en"
"""The language that pairs without a lexicon of their own go through."""


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
            self.add(word, translations)

    @classmethod
    def load(cls, source: str, target: str, *, extra: Iterable[Path] = ()) -> Self:
        """The lexicon shipped for two languages, with the user's own lexicons merged in.

        A pair that no lexicon is shipped for is put together from those of both languages with English, see
        :func:`route` and :func:`cswitch.core.lexicon_pivot.compose`.

        Args:
            source: Language looked up.
            target: Language of the translations.
            extra: Files of words of ``source`` and ``target``, see :func:`read_lexicon`. What a word list or a pack
                says of a pair of words goes before what is shipped; a dictionary adds pairs that are not known.

        Raises:
            UsageError: There is no lexicon for the pair, direct or through English, and no file is given.
            InputError: A file cannot be read, or is of other languages.

        >>> "casa" in {t.word for t in Lexicon.load("en", "es").translations("house")}
        True
        >>> "casa" in {t.word for t in Lexicon.load("hi", "es").translations("घर")}
        True
        """
        paths = list(extra)
        way = route(source, target)
        if way:
            lexicon = cls._of(_shipped(source, target) if way == "direct" else _composed(source, target))
        elif paths:
            lexicon = cls(source, target, {})
        else:
            pairs = ["-".join(pair) for pair in available()]
            raise UsageError(f"no lexicon for {source}-{target}", hint=suggest(f"{source}-{target}", pairs))
        for path in paths:
            lexicon._merge(read_lexicon(path), path)
        return lexicon

    @classmethod
    def read(cls, path: Path) -> Self:
        """Reads a pack that :meth:`save` wrote.

        Raises:
            InputError: The file cannot be read, or is not a pack of this version.
        """
        pack = read_lexicon(path).pack
        if pack is None:
            raise InputError("not a lexicon pack", path=path, hint=f"its name must end in {SUFFIX}")
        return cls._of(pack)

    def save(self, path: Path) -> None:
        """Writes the lexicon as a pack, for ``load(..., extra=[path])`` and :meth:`read`.

        Raises:
            RunError: The file cannot be written.
        """
        try:
            path.write_bytes(self.encode())
        except OSError as error:
            raise RunError(f"{path}: {error.strerror}", hint="check the folder and the space left") from error

    @classmethod
    def _of(cls, pack: Pack) -> Self:
        lexicon = cls(*pack.languages, {}, closed=pack.closed, joins=pack.joins)
        lexicon._entries = dict(pack.entries)
        return lexicon

    def _merge(self, found: UserLexicon, path: Path) -> None:
        """Adds a user's lexicon, turned round where it goes the other way."""
        languages = found.languages or (self.source, self.target)
        if set(languages) != {self.source, self.target}:
            other, mine = "-".join(languages), f"{self.source}-{self.target}"
            raise InputError(f"a lexicon of {other}, not of {mine}", path=path, hint="leave it out, or change the pair")
        back = languages != (self.source, self.target)
        for word, t in found.entries:
            one, translation = (t.word, Translation(word, t.back, t.prob)) if back else (word, t)
            if found.sure or key(translation.word) not in {old.word for old in self.translations(one)}:
                self.add(one, [translation])
        if found.pack:
            for lang in languages:
                if not self.closed.get(lang):
                    self.closed[lang] = found.pack.closed.get(lang, frozenset())
                if not self.joins.get(lang):
                    self.joins[lang] = found.pack.joins.get(lang, {})

    def translations(self, word: str) -> tuple[Translation, ...]:
        """Translations of a word or multi-word unit, the most probable first; empty when there are none."""
        return self._entries.get(key(word), ())

    def reversed(self) -> Self:
        """The same lexicon looked up from the other side."""
        other = type(self)(self.target, self.source, {}, closed=self.closed, joins=self.joins)
        other._entries = turned(self._entries)
        return other

    def __contains__(self, word: str) -> bool:
        return key(word) in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, word: str, translations: Iterable[Translation]) -> None:
        """Adds translations of a word; what was known of the same translation is replaced.

        >>> lexicon = Lexicon("en", "es", {})
        >>> lexicon.add("Sun", [Translation("Sol", 1.0, 0.5)])
        >>> lexicon.translations("sun")
        (Translation(word='sol', prob=1.0, back=0.5),)
        """
        name = key(word)
        merged = {t.word: t for t in self._entries.get(name, ())}
        for t in translations:
            merged[key(t.word)] = Translation(key(t.word), t.prob, t.back)
        if merged:
            self._entries[name] = ranked(merged.values())

    def encode(self) -> bytes:
        """The lexicon as a pack: compressed lines of a word and its translations, sorted.

        >>> pack = Lexicon("en", "es", {"sun": [Translation("sol", 1.0, 0.5)]}).encode()
        >>> Lexicon.decode(pack).translations("sun")
        (Translation(word='sol', prob=1.0, back=0.5),)
        """
        return encode(Pack((self.source, self.target), self.closed, self.joins, self._entries))

    @classmethod
    def decode(cls, pack: bytes) -> Self:
        """Reads a pack back.

        Raises:
            InputError: The bytes are not a pack of this version.
        """
        return cls._of(decode(pack))


def available() -> list[tuple[str, str]]:
    """The language pairs a lexicon is shipped for, each in the direction it is stored.

    >>> ("en", "es") in available()
    True
    """
    names = (item.name for item in files("cswitch.data.lexicons").iterdir())
    pairs = (tuple(name.removesuffix(SUFFIX).split("-")) for name in names if name.endswith(SUFFIX))
    return sorted((pair[0], pair[1]) for pair in pairs)


def route(source: str, target: str) -> Literal["direct", "pivot", ""]:
    """How a pair's lexicon can be had: as one that is shipped, through English, or not at all.

    >>> route("es", "en"), route("hi", "es"), route("hi", "xx")
    ('direct', 'pivot', '')
    """
    pairs = set(available())
    if (source, target) in pairs or (target, source) in pairs:
        return "direct"
    halves = {(PIVOT, source), (PIVOT, target)}
    return "pivot" if source != target and halves <= pairs else ""


@cache
def grammar(lang: str) -> tuple[frozenset[str], Mapping[str, tuple[float, float]]]:
    """Closed-class words of a language and its joining words, as any shipped lexicon has them; empty when none does.

    >>> "the" in grammar("en")[0], grammar("xx")
    (True, (frozenset(), {}))
    """
    pair = next((pair for pair in available() if lang in pair), None)
    if pair is None:
        return frozenset(), {}
    pack = _pack(*pair)
    return pack.closed.get(lang, frozenset()), pack.joins.get(lang, {})


def _pack(source: str, target: str) -> Pack:
    return decode((files("cswitch.data.lexicons") / f"{source}-{target}{SUFFIX}").read_bytes())


def _shipped(source: str, target: str) -> Pack:
    if (source, target) in available():
        return _pack(source, target)
    pack = _pack(target, source)
    return Pack((source, target), pack.closed, pack.joins, turned(pack.entries))


def _composed(source: str, target: str) -> Pack:
    return compose(_pack(PIVOT, source), _pack(PIVOT, target))
