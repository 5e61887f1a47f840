"""From pairs as read to pairs as the generators take them: tokenised, aligned, tagged for part of speech."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cswitch.annotators.pos.windowed import languages as pos_languages
from cswitch.core.contracts import Aligner, Link, PosTagger, Sentence, TokenisedPair
from cswitch.core.errors import CswitchError, InputError, UsageError
from cswitch.core.lexicon import available
from cswitch.core.registry import load
from cswitch.core.text.scripts import script_of, scripts_for
from cswitch.core.text.tokens import tokenise
from cswitch.generators.switching.view import AlignedPair
from cswitch.pipeline.readers import Row
from cswitch.schemas.pair import Pair
from cswitch.schemas.reject import Reject
from cswitch.schemas.settings import SynthSettings

_CHARACTERS_A_TOKEN = 40
"""A text longer than this many characters for each token allowed is rejected before it is tokenised."""


class RowError(CswitchError):
    """A row whose links cannot be used; whoever knows the file adds its name.

    Args:
        message: What is wrong.
        line: Line of the row.
        hint: What to do.
    """

    exit_status = InputError.exit_status

    def __init__(self, message: str, *, line: int = 0, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.line = line


class Annotated(NamedTuple):
    """A row and what became of it."""

    row: Row
    pair: AlignedPair | Reject


class Annotator:
    """Tokenises, aligns and tags batches of rows; what becomes of a row does not depend on the rest of its batch.

    Args:
        settings: The run's settings; ``aligner`` may be ``auto``: the links a row came with, else the lexical aligner.

    Raises:
        UsageError: The aligner is unknown, or cannot work on the pair.

    >>> from cswitch.schemas.pair import Pair
    >>> annotator = Annotator(SynthSettings(pair=("en", "hi")))
    >>> row, pair = annotator.annotate([Row(2, Pair(id="1", texts={"en": "Hello", "hi": ""}))])[0]
    >>> row.line, pair.reason, pair.detail
    (2, 'empty_side', 'the hi side')
    """

    def __init__(self, settings: SynthSettings) -> None:
        self.settings = settings
        self._given: Aligner = load("aligner", "given")()
        self._aligner: Aligner | None = None
        if settings.aligner not in ("auto", self._given.name):
            self._aligner = _load_aligner(settings.aligner, settings.pair)
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
            RowError: A row has links that point outside its sentences, or none where they are needed.
        """
        done: list[AlignedPair | Reject | None] = []
        good: list[TokenisedPair] = []
        lines: list[int] = []
        for row in rows:
            pair = self._tokenise(row)
            if isinstance(pair, Reject):
                done.append(pair)
            else:
                done.append(None)
                good.append(pair)
                lines.append(row.line)
        ready = iter(self._ready(good, lines))
        return [Annotated(row, made or next(ready)) for row, made in zip(rows, done, strict=True)]

    def _ready(self, pairs: list[TokenisedPair], lines: list[int]) -> list[AlignedPair | Reject]:
        """Pairs with links and parts of speech; a pair in a script that no aligner can know is rejected."""
        links = self._align(pairs, lines)
        first_pos = self._tag([pair.source for pair in pairs], self.settings.pair[0])
        second_pos = self._tag([pair.target for pair in pairs], self.settings.pair[1])
        ready: list[AlignedPair | Reject] = []
        for pair, line, found, one, other in zip(pairs, lines, links, first_pos, second_pos, strict=True):
            strange = "" if self._is_given(pair) or _joins_words(pair, found) else _strange_script(pair)
            if strange:
                ready.append(Reject(source_id=pair.id, reason="wrong_script", detail=strange, line=line))
            else:
                ready.append(AlignedPair(pair.id, pair.source, pair.target, found, one, other, self._name(pair)))
        return ready

    def _tokenise(self, row: Row) -> TokenisedPair | Reject:
        pair, (first, second) = row.pair, self.settings.pair
        one, other = pair.texts[first], pair.texts[second]
        most = self.settings.max_tokens
        for lang, text in ((first, one), (second, other)):
            if not text or text.isspace():
                return _reject(row, "empty_side", f"the {lang} side")
            if len(text) > most * _CHARACTERS_A_TOKEN:
                return _reject(row, "too_long", f"the {lang} side has {len(text):,} characters")
        if one == other or one.strip() == other.strip():
            return _reject(row, "same_text", "")
        source, target = _sentence(row, first, one), _sentence(row, second, other)
        for sentence in (source, target):
            if len(sentence.tokens) > most:
                return _reject(row, "too_long", f"the {sentence.lang} side has {len(sentence.tokens):,} tokens")
        links = given_links(pair)
        return TokenisedPair(pair.id, source, target, links)

    def _is_given(self, pair: TokenisedPair) -> bool:
        """Whether the links of a pair are those it came with."""
        return self._name(pair) == self._given.name

    def _name(self, pair: TokenisedPair) -> str:
        name = self.settings.aligner
        return name if name != "auto" else "lexical" if pair.links is None else self._given.name

    def _align(self, pairs: list[TokenisedPair], lines: list[int]) -> list[tuple[Link, ...]]:
        links: list[tuple[Link, ...]] = [()] * len(pairs)
        free: list[int] = []
        for number, pair in enumerate(pairs):
            if self._is_given(pair):
                links[number] = self._links_of(pair, lines[number])
            else:
                free.append(number)
        if free:
            aligner = self._aligner or self._load_lexical(pairs[free[0]].id, lines[free[0]])
            found = aligner.align([pairs[number] for number in free])
            for number, given in zip(free, found, strict=True):
                links[number] = given
        return links

    def _links_of(self, pair: TokenisedPair, line: int) -> tuple[Link, ...]:
        try:
            return self._given.align([pair])[0]
        except InputError as error:
            raise RowError(error.message, line=line, hint=error.hint) from error

    def _load_lexical(self, pair_id: str, line: int) -> Aligner:
        """The default aligner, for a row without links.

        Raises:
            RowError: There is no lexicon for it to work with.
        """
        try:
            self._aligner = _load_aligner("lexical", self.settings.pair)
        except UsageError as error:
            message = f"pair {pair_id!r} has no links, and {error.message} to find them with"
            raise RowError(message, line=line, hint=error.hint) from error
        return self._aligner

    def _tag(self, sentences: list[Sentence], lang: str) -> Sequence[tuple[str, ...] | None]:
        tagger = self._taggers.get(lang)
        return [None] * len(sentences) if tagger is None else tagger.tag([s.tokens for s in sentences])


def given_links(pair: Pair) -> tuple[Link, ...] | None:
    """The links that a pair came with, with their confidences.

    >>> given_links(Pair(id="1", texts={}, links=[(0, 0)], confidences=[0.5]))
    (Link(source=0, target=0, confidence=0.5),)
    """
    if pair.links is None:
        return None
    if pair.confidences is None:
        return tuple([Link(i, j) for i, j in pair.links])
    return tuple([Link(i, j, c) for (i, j), c in zip(pair.links, pair.confidences, strict=True)])


def _load_aligner(name: str, pair: tuple[str, str]) -> Aligner:
    one, other = pair
    if name == "lexical" and not {(one, other), (other, one)} & set(available()):
        known = ", ".join("-".join(names) for names in available())
        raise UsageError(
            f"there is no lexicon for {one}-{other}",
            hint=f"give links in a column named links, or with --links FILE (Pharaoh i-j); lexicons: {known}",
        )
    made: Aligner = load("aligner", name)(one, other)
    return made


def _sentence(row: Row, lang: str, text: str) -> Sentence:
    given = row.pair.tokens.get(lang) if row.pair.tokens else None
    if given is not None:
        return Sentence(lang, tuple(given), (None,) * len(given))
    found = tokenise(text, lang)
    return Sentence(lang, found.tokens, found.gaps)


def _joins_words(pair: TokenisedPair, links: Sequence[Link]) -> bool:
    source, target = pair.source.tokens, pair.target.tokens
    return any(script_of(source[link.source]) != "Zyyy" != script_of(target[link.target]) for link in links)


def _strange_script(pair: TokenisedPair) -> str:
    """Which side of a pair holds no word in a script of its language, and what it holds; nothing when both do."""
    for sentence in (pair.source, pair.target):
        usual = scripts_for(sentence.lang)
        found = {script_of(token) for token in sentence.tokens} - {"Zyyy"}
        if found and not found & set(usual):
            return f"the {sentence.lang} side is written in {', '.join(sorted(found))}, not in {' or '.join(usual)}"
    return ""


def _reject(row: Row, reason: str, detail: str) -> Reject:
    return Reject(source_id=row.pair.id, reason=reason, detail=detail, line=row.line)
