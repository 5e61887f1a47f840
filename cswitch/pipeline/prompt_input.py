"""From rows to briefs: what every sample of a row is to be, or why the row is of no use."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import msgspec

from cswitch import __version__
from cswitch.core.contracts import Translated, Translator
from cswitch.core.errors import InputError
from cswitch.core.lexicon import route
from cswitch.core.text.tokens import is_neutral, tokenise
from cswitch.generators.prompting.contracts import Brief, NotYet, StopRun
from cswitch.generators.prompting.loop import config_hash
from cswitch.generators.switching.targets import EmpiricalTarget, FixedTarget, Target
from cswitch.generators.switching.view import AlignedPair
from cswitch.pipeline.aligners import AUTO
from cswitch.pipeline.annotate import Annotator, RowError
from cswitch.pipeline.readers import Row
from cswitch.pipeline.user_lexicons import lexicon_digest
from cswitch.schemas.prompting import PromptSettings
from cswitch.schemas.reject import Reject
from cswitch.schemas.settings import SynthSettings

CHUNK = 16
"""Rows that are tagged and aligned together: enough to be quick, few enough not to keep answers waiting."""


class Item(NamedTuple):
    """A row and what it is to become."""

    row: Row
    work: tuple[Brief, ...] | Reject | None
    """A brief a sample; None while its translation waits in a batch."""


def run_hash(settings: PromptSettings) -> str:
    """Hash of everything but input and answers that decides the output of a run.

    >>> one, two = (PromptSettings(languages=("en", "hi"), seed=seed) for seed in (1, 2))
    >>> run_hash(one) == run_hash(one), run_hash(one) == run_hash(two)
    (True, False)
    """
    neutral = msgspec.structs.replace(settings, lexicons=(), like="")
    return config_hash(neutral, lexicon_digest(settings.lexicons), __version__)


def sides(settings: PromptSettings) -> tuple[str, str]:
    """The two languages that a row has sentences in: those of the pair, or that of the text and the next other one.

    >>> sides(PromptSettings(languages=("en", "hi", "bn"), source="text", source_lang="bn"))
    ('bn', 'hi')
    """
    if settings.source != "text":
        return settings.languages[0], settings.languages[1]
    return settings.source_lang, next(lang for lang in settings.ordered if lang != settings.source_lang)


def synth_settings(settings: PromptSettings) -> SynthSettings:
    """What tokenising, aligning and tagging rows go by."""
    return SynthSettings(
        pair=sides(settings),
        aligner=settings.aligner,
        lexicons=settings.lexicons,
        min_confidence=settings.min_confidence,
        max_tokens=settings.max_tokens,
    )


class Preparer:
    """Turns rows into briefs.

    Args:
        settings: The run's settings.
        config: What CMIs that are drawn from a range depend on.
        translator: Gives text in one language its other side.
        observed: CMIs of real text, of which each sample gets one instead of that of the settings.

    Raises:
        UsageError: The aligner is unknown, or cannot work on the pair.

    >>> from cswitch.schemas.pair import Pair
    >>> row = Row(2, Pair(id="7", texts={"en": "My house", "hi": "मेरा घर"}))
    >>> preparer = Preparer(PromptSettings(languages=("en", "hi"), per_pair=2), "c")
    >>> [item.row.line for item in asyncio.run(preparer.prepare([row]))]
    [2]
    >>> [(brief.name, brief.matrix) for brief in asyncio.run(preparer.prepare([row]))[0].work]
    [('7.0', 'hi'), ('7.1', 'hi')]
    """

    def __init__(
        self,
        settings: PromptSettings,
        config: str,
        translator: Translator | None = None,
        observed: Sequence[float] = (),
    ) -> None:
        self.settings, self.config, self.translator = settings, config, translator
        self._languages = settings.ordered
        self._target: Target = FixedTarget(settings.cmi, None, settings.tolerance)
        if observed:
            found = [(cmi, 0) for cmi in observed]
            self._target = EmpiricalTarget(found, settings.tolerance, with_switches=False)
        self._annotator = None if settings.source == "grid" else Annotator(synth_settings(settings))
        self.unlinked = (
            settings.source == "text"
            and settings.aligner == AUTO
            and not settings.lexicons
            and not route(*sides(settings))
        )
        """Whether translations stay without links, as there is no lexicon to find them with."""

    async def prepare(self, rows: Sequence[Row]) -> list[Item]:
        """The rows with their briefs, in order.

        Raises:
            RowError: A row has links that cannot be used.
        """
        if self._annotator is None:
            return [Item(row, self._briefs(row)) for row in rows]
        if self.settings.source == "text":
            return await self._translated(rows, self._annotator)
        return self._annotated(rows, self._annotator)

    def _annotated(self, rows: Sequence[Row], annotator: Annotator) -> list[Item]:
        return [
            Item(row, found if isinstance(found, Reject) else self._briefs(row, found))
            for row, found in annotator.annotate(rows)
        ]

    async def _translated(self, rows: Sequence[Row], annotator: Annotator) -> list[Item]:
        """Rows of text, translated; those whose translation failed or waits are not annotated."""
        source, target = sides(self.settings)
        found = await self._translations([row.pair.texts[source] for row in rows], source, target)
        done: list[Item | None] = []
        paired: list[Row] = []
        for row, translated in zip(rows, found, strict=True):
            text = row.pair.texts[source]
            if translated is None:
                done.append(Item(row, None))
            elif text.strip() and not translated.text.strip():
                worded = not all(map(is_neutral, tokenise(text, source).tokens))
                reason = "no_translation" if worded else "no_words"
                done.append(Item(row, Reject(source_id=row.pair.id, reason=reason, detail=translated.problem)))
            else:
                done.append(None)
                paired.append(self._paired(row, translated, source, target))
        ready = iter(self._annotated(paired, annotator))
        return [item or next(ready)._replace(row=row) for item, row in zip(done, rows, strict=True)]

    def _paired(self, row: Row, translated: Translated, source: str, target: str) -> Row:
        texts = {source: row.pair.texts[source], target: translated.text}
        links = translated.links
        if links is None:
            plain: list[tuple[int, int]] | None = [] if self.unlinked else None
            return Row(row.line, msgspec.structs.replace(row.pair, texts=texts, links=plain))
        pairs, confidences = [(link.source, link.target) for link in links], [link.confidence for link in links]
        return Row(row.line, msgspec.structs.replace(row.pair, texts=texts, links=pairs, confidences=confidences))

    async def _translations(self, texts: list[str], source: str, target: str) -> list[Translated | None]:
        """A translation of each text; None for those that wait in a batch."""
        translator = self.translator
        assert translator is not None, "text in one language needs a translator"
        try:
            return list(await translator.translate(texts, source, target))
        except NotYet:
            if len(texts) == 1:
                return [None]
        return [one for text in texts for one in await self._translations([text], source, target)]

    def _briefs(self, row: Row, pair: AlignedPair | None = None) -> tuple[Brief, ...]:
        asked = self.settings
        aims = (self._target.aim(f"{self.config}\x1f{row.pair.id}", draw) for draw in range(asked.per_pair))
        return tuple(
            Brief(
                id=row.pair.id,
                draw=draw,
                languages=self._languages,
                cmi=None if aim.cmi is None else round(aim.cmi, 1),
                tolerance=asked.tolerance,
                pair=pair,
                texts=row.pair.texts,
                cell={key: str(value) for key, value in row.pair.labels.items()} if pair is None else {},
                turns=asked.turns,
                labels={} if pair is None else row.pair.labels,
            )
            for draw, aim in enumerate(aims)
        )


class Fault(NamedTuple):
    """Rows of a chunk, and what stopped the next one."""

    items: list[Item]
    error: Exception | None


async def prepared(rows: Iterator[Row], preparer: Preparer, ahead: int = 1) -> AsyncGenerator[Item, None]:
    """The rows with their briefs, in order, a chunk at a time; what precedes a fault comes before it is raised.

    Args:
        rows: Rows as they are read.
        preparer: Makes the briefs.
        ahead: Chunks that are under way at a time, for translators that are waited for.

    Raises:
        InputError: A row cannot be read.
        RowError: A row has links that cannot be used.
    """
    under_way: deque[asyncio.Task[Fault]] = deque()
    failure: Exception | None = None
    try:
        while True:
            while failure is None and len(under_way) < ahead:
                part, failure, ended = _taken(rows)
                if part:
                    under_way.append(asyncio.create_task(_prepare(part, preparer)))
                if ended:
                    rows = iter(())
                    break
            if not under_way:
                break
            done = await under_way.popleft()
            for item in done.items:
                yield item
            if done.error is not None:
                raise done.error
    finally:
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
    if failure is not None:
        raise failure


def _taken(rows: Iterator[Row]) -> tuple[list[Row], InputError | None, bool]:
    """A chunk of rows, what cut it short, and whether it is the last."""
    part: list[Row] = []
    try:
        for row in islice(rows, CHUNK):
            part.append(row)  # one by one, so that what was read before a fault is kept
    except InputError as error:
        return part, error, True
    return part, None, len(part) < CHUNK


async def _prepare(rows: list[Row], preparer: Preparer) -> Fault:
    try:
        return Fault(await preparer.prepare(rows), None)
    except RowError as error:
        before = [row for row in rows if row.line < error.line]
        return Fault(await preparer.prepare(before), error)
    except StopRun as error:
        return Fault([], error)
