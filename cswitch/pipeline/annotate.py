"""From pairs as read to pairs as the generators take them: tokenised, aligned, tagged for part of speech."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cswitch.annotators.pos.windowed import languages as pos_languages
from cswitch.core.contracts import Aligner, Link, PosTagger, Sentence, TokenisedPair
from cswitch.core.errors import InputError
from cswitch.core.registry import load
from cswitch.core.text.tokens import tokenise
from cswitch.generators.switching.view import AlignedPair
from cswitch.pipeline.readers import Row
from cswitch.schemas.reject import Reject
from cswitch.schemas.settings import SynthSettings

_CHARACTERS_A_TOKEN = 40
"""A text longer than this many characters for each token allowed is rejected before it is tokenised."""


class Annotated(NamedTuple):
    """A row and what became of it."""

    row: Row
    pair: AlignedPair | Reject


class Annotator:
    """Tokenises, aligns and tags batches of rows.

    Args:
        settings: The run's settings; ``aligner`` may be ``auto``: the links a row came with, else the lexical aligner.
    """

    def __init__(self, settings: SynthSettings) -> None:
        self.settings = settings
        self._given: Aligner = load("aligner", "given")()
        self._aligner: Aligner | None = None
        known = pos_languages()
        self._taggers: dict[str, PosTagger] = {
            lang: load("pos", "windowed").load(lang) for lang in settings.pair if lang in known
        }

    @property
    def pos(self) -> str | None:
        """Name of the part-of-speech tagger, None when no language of the pair has one."""
        return next((tagger.name for tagger in self._taggers.values()), None)

    def annotate(self, rows: Sequence[Row]) -> list[Annotated]:
        """The rows of a batch, in order.

        Raises:
            InputError: Links that point outside a sentence, with the line.
        """
        done: list[AlignedPair | Reject | None] = []
        good: list[tuple[int, TokenisedPair]] = []
        for number, row in enumerate(rows):
            pair = self._tokenise(row)
            done.append(pair if isinstance(pair, Reject) else None)
            if not isinstance(pair, Reject):
                good.append((number, pair))
        pairs = [pair for _, pair in good]
        links = self._align(pairs, [rows[number] for number, _ in good])
        source_pos = self._tag([pair.source for pair in pairs], self.settings.pair[0])
        target_pos = self._tag([pair.target for pair in pairs], self.settings.pair[1])
        for (number, pair), found, first, second in zip(good, links, source_pos, target_pos, strict=True):
            aligner = self._name(pair)
            done[number] = AlignedPair(pair.id, pair.source, pair.target, found, first, second, aligner)
        return [Annotated(row, pair) for row, pair in zip(rows, done, strict=True) if pair is not None]

    def _tokenise(self, row: Row) -> TokenisedPair | Reject:
        pair, (first, second) = row.pair, self.settings.pair
        one, other = pair.texts[first], pair.texts[second]
        most = self.settings.max_tokens
        for lang, text in ((first, one), (second, other)):
            if not text.strip():
                return self._reject(row, "empty_side", f"the {lang} side")
            if len(text) > most * _CHARACTERS_A_TOKEN:
                return self._reject(row, "too_long", f"the {lang} side has {len(text)} characters")
        if one == other:
            return self._reject(row, "same_text", "")
        source, target = self._sentence(row, first, one), self._sentence(row, second, other)
        for sentence in (source, target):
            if len(sentence.tokens) > most:
                return self._reject(row, "too_long", f"the {sentence.lang} side has {len(sentence.tokens)} tokens")
        links = None if pair.links is None else tuple([Link(i, j) for i, j in pair.links])
        return TokenisedPair(pair.id, source, target, links)

    def _sentence(self, row: Row, lang: str, text: str) -> Sentence:
        given = row.pair.tokens.get(lang) if row.pair.tokens else None
        if given is not None:
            return Sentence(lang, tuple(given), (None,) * len(given))
        found = tokenise(text, lang)
        return Sentence(lang, found.tokens, found.gaps)

    def _reject(self, row: Row, reason: str, detail: str) -> Reject:
        return Reject(source_id=row.pair.id, reason=reason, detail=detail, line=row.line)

    def _align(self, pairs: list[TokenisedPair], rows: list[Row]) -> list[tuple[Link, ...]]:
        name = self.settings.aligner
        if name == "given" or (name == "auto" and all(pair.links is not None for pair in pairs)):
            return self._align_given(pairs, rows)
        if name == "auto" and any(pair.links is not None for pair in pairs):
            return [
                self._align_given([pair], [row])[0] if pair.links is not None else self._found([pair])[0]
                for pair, row in zip(pairs, rows, strict=True)
            ]
        return self._found(pairs)

    def _name(self, pair: TokenisedPair) -> str:
        name = self.settings.aligner
        return name if name != "auto" else "lexical" if pair.links is None else "given"

    def _found(self, pairs: list[TokenisedPair]) -> list[tuple[Link, ...]]:
        if self._aligner is None:
            name = self.settings.aligner
            self._aligner = load("aligner", "lexical" if name == "auto" else name)(*self.settings.pair)
        return self._aligner.align(pairs)

    def _align_given(self, pairs: list[TokenisedPair], rows: list[Row]) -> list[tuple[Link, ...]]:
        found = []
        for pair, row in zip(pairs, rows, strict=True):
            try:
                found += self._given.align([pair])
            except InputError as error:
                raise InputError(error.message, line=row.line, hint=error.hint) from error
        return found

    def _tag(self, sentences: list[Sentence], lang: str) -> Sequence[tuple[str, ...] | None]:
        tagger = self._taggers.get(lang)
        return [None] * len(sentences) if tagger is None else tagger.tag([s.tokens for s in sentences])
