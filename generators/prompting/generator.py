"""The generator that asks a language model: a pair or a brief in, samples or a named reason out."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

import msgspec

from cswitch.core.contracts import Tagger
from cswitch.core.text.join import join
from cswitch.generators.prompting.agents import Prompts
from cswitch.generators.prompting.back import BackByModel
from cswitch.generators.prompting.checks import Checks
from cswitch.generators.prompting.contracts import Brief, Chat, Prompter
from cswitch.generators.prompting.duplicates import RunTexts
from cswitch.generators.prompting.editing import AlignmentEditor
from cswitch.generators.prompting.few_shot import Examples
from cswitch.generators.prompting.loop import Loop, Outcome, config_hash
from cswitch.generators.prompting.measuring import TextMeasurer
from cswitch.generators.prompting.plan import Planner
from cswitch.generators.prompting.recipes import load_recipe
from cswitch.generators.switching.targets import FixedTarget
from cswitch.generators.switching.view import AlignedPair
from cswitch.schemas.prompting import Finding, PromptSettings
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample

T = TypeVar("T")


class PromptGenerator:
    """Makes code-mixed samples by asking a language model, in a closed loop.

    Args:
        settings: What to make.
        chat: The model that writes.
        tagger: Tells the languages of tokens.
        prompter: Turns what is wanted into requests; None for the recipe of the settings.
        judge_chat: The model that judges; None for the one that writes.
        examples: Real mixed texts for the recipe to show.
        config: Hash of the configuration; made from the settings when not given.

    Raises:
        UsageError: The recipe does not fit the settings.
        MissingExtraError: The recipe's prompts, or the script asked for, need an extra.

    >>> from cswitch.core.contracts import Sentence, Tagging
    >>> from cswitch.generators.prompting.contracts import Answer, Message, Plan, Request, TextReply
    >>> from cswitch.schemas.prompting import Usage
    >>> class Scripted:  # what asks, what answers, and what tags
    ...     model, name, judges = "scripted", "scripted", ()
    ...     def plan(self, brief):
    ...         return Plan()
    ...     def write(self, brief, plan):
    ...         return Request(prompt="p.v1", messages=(Message("user", "Mix!"),), reply=TextReply, max_tokens=99)
    ...     async def ask(self, request):
    ...         text = "Sure! Here is the sentence: El office abre a las nueve."
    ...         return Answer(value=TextReply(text), text=text, usage=Usage(answers=1))
    ...     def tag(self, batch, languages=(), *, alternatives=0):
    ...         return [Tagging(["es"] * len(tokens), [0.9] * len(tokens)) for tokens in batch]
    >>> pair = AlignedPair(
    ...     "7",
    ...     Sentence("en", ("The", "office", "opens", "at", "nine", "."), (True,) * 5 + (False,)),
    ...     Sentence("es", ("La", "oficina", "abre", "a", "las", "nueve", "."), (True,) * 6 + (False,)),
    ...     (),
    ... )
    >>> scripted, settings = Scripted(), PromptSettings(languages=("en", "es"), cmi=(20.0, 20.0))
    >>> with PromptGenerator(settings, chat=scripted, tagger=scripted, prompter=scripted) as generator:
    ...     (sample,) = generator.generate(pair)
    >>> sample.text, sample.langs, sample.measures["cmi"]
    ('El office abre a las nueve.', ['es', 'en', 'es', 'es', 'es', 'es', 'other'], 16.6667)
    """

    name = "prompt"

    def __init__(
        self,
        settings: PromptSettings,
        *,
        chat: Chat,
        tagger: Tagger,
        prompter: Prompter | None = None,
        judge_chat: Chat | None = None,
        examples: Examples | None = None,
        config: str = "",
    ) -> None:
        self.settings, self.config = settings, config or config_hash(settings)
        self.loop = Loop(
            settings,
            chat=chat,
            judge_chat=judge_chat,
            prompter=prompter or _prompts(settings, examples, self.config),
            measurer=TextMeasurer(tagger, settings),
            checker=Checks(settings),
            editor=AlignmentEditor(settings, config=self.config),
            back=BackByModel(judge_chat or chat) if settings.back_translation else None,
            config=self.config,
        )
        self.texts = RunTexts(settings.near_duplicate)
        """What was accepted until now."""
        self._target = FixedTarget(settings.cmi, None, settings.tolerance)
        self._thread: _LoopThread | None = None

    def generate(self, source: AlignedPair | Brief, labels: Mapping[str, Any] | None = None) -> list[Sample] | Reject:
        """Samples of a pair or a brief, or why there is none; waits for the model.

        It may be called where an event loop runs already, as in a notebook; from coroutines, :meth:`agenerate` is
        better. Both must not be mixed on one generator whose chat keeps connections.

        Args:
            source: The pair with its links, or a brief of one's own.
            labels: Task labels to carry over.

        Raises:
            StopRun: The model will not answer any more.
            NotYet: An answer waits in a batch.
        """
        if self._thread is None:
            self._thread = _LoopThread()
        return self._thread.wait_for(self.agenerate(source, labels))

    async def agenerate(
        self, source: AlignedPair | Brief, labels: Mapping[str, Any] | None = None
    ) -> list[Sample] | Reject:
        """The same as :meth:`generate`, to be awaited."""
        outcomes = await self.outcomes(source, labels)
        samples = [outcome.sample for outcome in outcomes if outcome.sample is not None]
        reasons = [outcome.reject for outcome in outcomes if outcome.reject is not None]
        return samples or reasons[0]

    async def outcomes(self, source: AlignedPair | Brief, labels: Mapping[str, Any] | None = None) -> list[Outcome]:
        """What became of each draw of a pair, or of a brief, with every version of its text and what it took.

        Draws are asked for together. One that repeats an accepted text, of this call or an earlier one, is asked for
        again.

        Args:
            source: The pair with its links, or a brief of one's own.
            labels: Task labels to carry over.
        """
        briefs = self.briefs(source, labels)
        found = await asyncio.gather(*map(self.loop.answer, briefs))
        return [await self._new(brief, outcome) for brief, outcome in zip(briefs, found, strict=True)]

    def briefs(self, source: AlignedPair | Brief, labels: Mapping[str, Any] | None = None) -> list[Brief]:
        """What is asked: a brief for each draw of a pair, a brief itself.

        Args:
            source: The pair with its links, or a brief.
            labels: Task labels to carry over.
        """
        if isinstance(source, Brief):
            return [msgspec.structs.replace(source, labels={**source.labels, **labels}) if labels else source]
        aims = [self._target.aim(f"{self.config}\x1f{source.id}", draw).cmi for draw in range(self.settings.per_pair)]
        return [
            Brief(
                id=source.id,
                draw=draw,
                languages=self.settings.ordered,
                cmi=None if cmi is None else round(cmi, 1),
                tolerance=self.settings.tolerance,
                pair=source,
                texts={side.lang: join(side.tokens, side.gaps).text for side in (source.source, source.target)},
                turns=self.settings.turns,
                labels=dict(labels or {}),
            )
            for draw, cmi in enumerate(aims)
        ]

    async def _new(self, brief: Brief, outcome: Outcome) -> Outcome:
        """An outcome whose text repeats no accepted one."""
        while outcome.sample is not None:
            repeated = self.texts.duplicate_of(outcome.sample.text)
            if repeated is None:
                self.texts.add(outcome.sample.id, outcome.sample.text)
                break
            outcome = await self.loop.again(brief, outcome, Finding("near_duplicate", f"repeats {repeated}"))
        return outcome

    def close(self) -> None:
        """Ends the thread that :meth:`generate` waits in; the chat is its owner's to close."""
        if self._thread is not None:
            self._thread.close()
            self._thread = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _LoopThread:
    """An event loop in a thread of its own: one for all calls, as a chat's connections belong to a loop."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="cswitch-prompt", daemon=True)
        self._thread.start()

    def wait_for(self, work: Coroutine[Any, Any, T]) -> T:
        """What a coroutine gives; it is cancelled when waiting for it is interrupted."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        finally:
            future.cancel()

    def close(self) -> None:
        """Ends it."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def _prompts(settings: PromptSettings, examples: Examples | None, config: str) -> Prompts:
    recipe = load_recipe(settings.recipe)
    planner = Planner(settings, recipe.plan, constraint=recipe.constraint, config=config)
    return Prompts(settings, recipe, planner=planner, examples=examples, config=config)
