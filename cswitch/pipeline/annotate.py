"""From pairs as read to pairs as the generators take them: tokenised, aligned, tagged for part of speech."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cswitch.annotators.pos.windowed import languages as pos_languages
from cswitch.core.contracts import Aligner, Link, PosTagger, Sentence, TokenisedPair
from cswitch.core.errors import CswitchError, InputError, UsageError
from cswitch.core.registry import load
from cswitch.core.text.scripts import script_of
from cswitch.generators.switching.view import AlignedPair
from cswitch.pipeline.aligners import AUTO, GIVEN, learns_from_corpus, make_aligner, parse_spec
from cswitch.pipeline.readers import Row
from cswitch.pipeline.tokenised import strange_script, tokenised
from cswitch.schemas.reject import Reject
from cswitch.schemas.settings import SynthSettings

WITHOUT_LEXICON = (
    "give links in a column named links, or with --links FILE (Pharaoh i-j); or learn them from the pairs themselves:"
    " --aligner hybrid"
)
"""What to do about a pair of languages that no lexicon is shipped for."""


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
            The rows of an aligner that learns from the corpus come with its links.

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
        self._named = parse_spec(settings.aligner).name
        self._prelinked = settings.aligner != AUTO and learns_from_corpus(settings.aligner)
        if settings.aligner not in (AUTO, GIVEN) and not self._prelinked:
            self._aligner = self._make_aligner(settings.aligner)
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
            pair = tokenised(row, self.settings.pair, self.settings.max_tokens)
            if isinstance(pair, Reject):
                done.append(pair)
            else:
                done.append(None)
                good.append(pair)
                lines.append(row.line)
        ready = iter(self.ready(good, lines))
        return [Annotated(row, made or next(ready)) for row, made in zip(rows, done, strict=True)]

    def ready(self, pairs: list[TokenisedPair], lines: list[int]) -> list[AlignedPair | Reject]:
        """Pairs with links and parts of speech; a pair in a script that no aligner can know is rejected."""
        links = self._align(pairs, lines)
        first_pos = self._tag([pair.source for pair in pairs], self.settings.pair[0])
        second_pos = self._tag([pair.target for pair in pairs], self.settings.pair[1])
        ready: list[AlignedPair | Reject] = []
        for pair, line, found, one, other in zip(pairs, lines, links, first_pos, second_pos, strict=True):
            strange = "" if self._is_given(pair) or _joins_words(pair, found) else strange_script(pair)
            if strange:
                ready.append(Reject(source_id=pair.id, reason="wrong_script", detail=strange, line=line))
            else:
                ready.append(AlignedPair(pair.id, pair.source, pair.target, found, one, other, self._name(pair)))
        return ready

    def _is_given(self, pair: TokenisedPair) -> bool:
        """Whether the links of a pair are those it came with."""
        return self._prelinked or self._name(pair) == GIVEN

    def _name(self, pair: TokenisedPair) -> str:
        if self._named != AUTO:
            return self._named
        return "lexical" if pair.links is None else GIVEN

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
            self._aligner = self._make_aligner("lexical")
        except UsageError as error:
            message = f"pair {pair_id!r} has no links, and {error.message} to find them with"
            raise RowError(message, line=line, hint=WITHOUT_LEXICON) from error
        return self._aligner

    def _make_aligner(self, name: str) -> Aligner:
        return make_aligner(name, self.settings.pair, {"lexicons": tuple(map(Path, self.settings.lexicons))})

    def _tag(self, sentences: list[Sentence], lang: str) -> Sequence[tuple[str, ...] | None]:
        tagger = self._taggers.get(lang)
        return [None] * len(sentences) if tagger is None else tagger.tag([s.tokens for s in sentences])


def _joins_words(pair: TokenisedPair, links: Sequence[Link]) -> bool:
    source, target = pair.source.tokens, pair.target.tokens
    return any(script_of(source[link.source]) != "Zyyy" != script_of(target[link.target]) for link in links)
