"""The closed loop: a text is asked for, measured and checked; edited, asked for again, judged; accepted or rejected.

Nothing is accepted on trust: whatever changed is tagged, measured and checked again, and a refined text is judged
again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from hashlib import blake2b

import msgspec

from cswitch import __version__
from cswitch.core.seeds import settings_hash
from cswitch.generators.prompting.back import SCORE, Returning
from cswitch.generators.prompting.bookkeeping import Books
from cswitch.generators.prompting.contracts import (
    Answer,
    Brief,
    Chat,
    Checker,
    DialogueReply,
    Editor,
    Gap,
    Measurer,
    NoAnswer,
    Plan,
    Prompter,
    Request,
    ScoreReply,
    TextReply,
)
from cswitch.generators.prompting.normalise import Normalised, normalise
from cswitch.generators.prompting.outcomes import Outcome as Outcome
from cswitch.generators.prompting.outcomes import Version, badness
from cswitch.schemas.prompting import Finding, PromptSettings, Stage
from cswitch.schemas.sample import Provenance

_CURABLE = frozenset({"cmi_missed", "wrong_matrix"})
"""Findings that swapping aligned units can cure."""
_ABSENT = "wrong_language"
"""So is this one, when it names no words: a language is not spoken yet."""


class _Unjudged(NoAnswer):
    """A judge gave no score, or a text could not be translated back."""


class Loop:
    """Makes samples of briefs.

    Args:
        settings: The run's settings.
        chat: The model that writes.
        prompter: Turns what is wanted into requests.
        measurer: Tags and measures.
        checker: Looks texts over.
        editor: Swaps aligned units.
        judge_chat: The model that judges; the one that writes, where none is given.
        back: Translates texts back, where that is asked for.
        config: Hash of the configuration, for the records; made from the settings where none is given.
    """

    def __init__(
        self,
        settings: PromptSettings,
        *,
        chat: Chat,
        prompter: Prompter,
        measurer: Measurer,
        checker: Checker,
        editor: Editor,
        judge_chat: Chat | None = None,
        back: Returning | None = None,
        config: str = "",
    ) -> None:
        self.settings = settings
        self.chat, self.judge_chat, self.back = chat, judge_chat or chat, back
        self.prompter, self.measurer, self.checker, self.editor = prompter, measurer, checker, editor
        self.config = config or config_hash(settings)
        self.provenance = Provenance(
            generator="prompt",
            version=__version__,
            config=self.config,
            seed=settings.seed,
            draw=0,
            script=settings.script,
            recipe=settings.method or settings.recipe,
            model=settings.model or chat.model,
            tagger=settings.tagger,
            translator=settings.translator or None,
        )

    async def answer(self, brief: Brief) -> Outcome:
        """A sample of a brief, or why there is none, with every version of its text.

        Raises:
            StopRun: The run cannot go on.
            NotYet: An answer waits in a batch.
        """
        row = _Row(self, brief)
        return await row.run(self.prompter.write(brief, row.plan), "propose")

    async def again(self, brief: Brief, outcome: Outcome, finding: Finding) -> Outcome:
        """An accepted text that will not do after all, such as a near-duplicate, asked for again.

        The re-prompts that are left are made; the outcome stands in the place of the first, attempts and counts of
        both included.

        Args:
            brief: What was asked.
            outcome: What was accepted.
            finding: What speaks against it.

        Raises:
            StopRun: The run cannot go on.
            NotYet: An answer waits in a batch.
        """
        if outcome.candidate is None:
            raise ValueError(f"no text of {brief.name} was accepted")
        row = _Row(self, brief, outcome)
        row.books.withdraw(outcome.candidate, finding)
        request = row.rewritten()
        return row.rejected() if request is None else await row.run(request, "reprompt")

    def normalised(self, brief: Brief, answer: Answer) -> Normalised:
        """The text alone of an answer; the turns of a dialogue on a line each."""
        reply = answer.value
        if isinstance(reply, DialogueReply):
            turns: Sequence[str] = reply.turns
        else:
            text = reply.text if isinstance(reply, TextReply) else answer.text
            turns = text.split("\n") if brief.turns > 1 else [text]
        several = brief.turns > 1
        found = [normalise(turn, sources=brief.texts.values(), turn=several) for turn in turns]
        kept = [one.text for one in found if one.text]
        return Normalised("\n".join(kept), "\n".join(one.removed for one in found if one.removed))


class _Row:
    """A brief on its way through the loop."""

    def __init__(self, loop: Loop, brief: Brief, before: Outcome | None = None) -> None:
        self.loop, self.brief = loop, brief
        self.plan: Plan = loop.prompter.plan(brief)
        self.books = Books(brief, before)
        self.nothing: Finding | None = None
        """What speaks against answers that held no text."""

    async def run(self, request: Request, stage: Stage) -> Outcome:
        """Texts, until one is accepted or no re-prompt is left."""
        while True:
            try:
                version = await self._text(request, stage)
                if version is not None:
                    return await self._judged(version)
            except NoAnswer as error:
                self.books.pay_for_nothing(error.usage, error.cost)
                if error.reason != "empty_answer" or isinstance(error, _Unjudged):
                    return self.books.rejected(error.reason, error.detail)
                self.nothing = Finding(error.reason, error.detail)
            following = self.rewritten()
            if following is None:
                return self.rejected()
            request, stage = following, "reprompt"

    def rewritten(self) -> Request | None:
        """The next re-prompt, about the best version; None when none is left."""
        number = self.books.reprompts
        if number >= self.loop.settings.reprompts:
            return None
        self.books.reprompts += 1
        best = self.books.best()
        if best is None:
            findings = (self.nothing,) if self.nothing else ()
            return self.loop.prompter.rewrite(self.brief, self.plan, None, findings, Gap("", 0.0, ()), number)
        gap = self.loop.editor.gap(self.brief, best.candidate)
        return self.loop.prompter.rewrite(self.brief, self.plan, best.candidate, best.findings, gap, number)

    def rejected(self) -> Outcome:
        """Why nothing was accepted: the gravest finding of the best version."""
        best = self.books.best()
        finding = best.findings[0] if best else self.nothing
        if finding is None:
            raise ValueError(f"nothing speaks against {self.brief.name}")
        return self.books.rejected(finding.check, finding.detail)

    async def _text(self, request: Request, stage: Stage) -> Version | None:
        """A text of the model, edited where that cures it; None when it does not pass."""
        answer = await self.loop.chat.ask(self._another(request))
        text, removed = self.loop.normalised(self.brief, answer)
        candidate = self.loop.measurer.measure(self.brief, text)
        findings = self.loop.checker.check(self.brief, candidate)
        version = self.books.note(
            candidate, findings, stage, removed=removed, prompt=request.prompt, usage=answer.usage, cost=answer.cost
        )
        passed = self._edited(version) if findings else version
        return None if passed is None else await self._saying_the_same(passed)

    async def _saying_the_same(self, version: Version) -> Version | None:
        """A version that passed, unless it no longer says what its source says, where that is looked at."""
        back, least = self.loop.back, self.loop.settings.back_translation
        if back is None or not least:
            return version
        try:
            told = await back.back(self.brief, version.candidate.text)
        except NoAnswer as error:
            detail = f"translating back: {error.detail}".rstrip(": ")
            raise _Unjudged(error.reason, detail, usage=error.usage, cost=error.cost) from error
        self.books.pay(version, told.paid.usage, told.paid.cost)
        self.books.score(version, {SCORE: round(told.similarity, 4)})
        if told.similarity >= least:
            return version
        found = told.problem or f"translated back it reads {told.text!r}, similarity {told.similarity:.2f}"
        self.books.fault(version, Finding("lost_meaning", f"{found}; asked for {least:g}"))
        return None

    def _another(self, request: Request) -> Request:
        """The request; for another answer where it was made before, and for another draw of the row."""
        settings = self.loop.settings
        times = self.books.times(blake2b(msgspec.json.encode(request.messages), digest_size=8).digest())
        # Numbers of draws lie so far apart that no two requests of a row that read the same share an answer.
        number = self.brief.draw * (1 + settings.reprompts + settings.refinements) + times
        return msgspec.structs.replace(request, attempt=request.attempt + number) if number else request

    def _edited(self, version: Version) -> Version | None:
        """A version that edits cured, or None."""
        best = version
        for number in range(self.loop.settings.edits if self.brief.pair else 0):
            edit = self.loop.editor.edit(self.brief, best.candidate, number) if _curable(best) else None
            if edit is None:
                return None
            candidate = self.loop.measurer.remeasure(self.brief, edit)
            findings = self.loop.checker.check(self.brief, candidate)
            edited = self.books.note(candidate, findings, "edit", edit=edit, cost=0.0)
            if not findings:
                return edited
            best = min(best, edited, key=lambda one: badness(self.brief, one))
        return None

    async def _judged(self, version: Version) -> Outcome:
        """A version that passed the checks, accepted if the judges agree; refined while they do not."""
        least, refined = self.loop.settings.min_score, 0
        current: Version | None = version
        while current is not None:
            verdicts = await self._verdicts(current)
            low = {name: told for name, told in verdicts.items() if told.score < least}
            if not low:
                return self.books.accepted(current, self.loop.provenance)
            judged, current = self.books.fault(current, Finding("low_score", _said(low, least))), None
            while current is None and refined < self.loop.settings.refinements:
                request = self.loop.prompter.refine(self.brief, self.plan, judged.candidate, verdicts, refined)
                refined += 1
                current = await self._text(request, "refine")
        return self.rejected()

    async def _verdicts(self, version: Version) -> dict[str, ScoreReply]:
        """What each judge says.

        Raises:
            NoAnswer: A judge gave no score. What was paid is counted, so the error holds no usage.
        """
        names = list(self.loop.prompter.judges)
        requests = [self.loop.prompter.judge(self.brief, version.candidate, name) for name in names]
        # All are asked at once, and all are waited for: what the others took is counted even when one fails.
        told = await asyncio.gather(*map(self.loop.judge_chat.ask, requests), return_exceptions=True)
        verdicts: dict[str, ScoreReply] = {}
        failed: list[BaseException] = []
        for name, answer in zip(names, told, strict=True):
            if isinstance(answer, BaseException) and not isinstance(answer, NoAnswer):
                failed.insert(0, answer)  # what ends the run goes before what ends the row
                continue
            self.books.pay(version, answer.usage, answer.cost)
            if isinstance(answer, NoAnswer):
                failed.append(_Unjudged(answer.reason, f"judge {name}: {answer.detail}".rstrip(": ")))
            elif isinstance(answer.value, ScoreReply):
                verdicts[name] = answer.value
            else:
                failed.append(_Unjudged("bad_format", f"judge {name}: no score"))
        self.books.score(version, {name: float(verdict.score) for name, verdict in verdicts.items()})
        if failed:
            raise failed[0]
        return verdicts


def config_hash(settings: PromptSettings, *extra: str) -> str:
    """A short hash of everything that decides what is asked, the same on every machine.

    Args:
        settings: The settings.
        extra: Whatever else decides it, such as the digest of a grid.

    >>> config_hash(PromptSettings(languages=("en", "hi"))) != config_hash(PromptSettings(languages=("en", "es")))
    True
    """
    return settings_hash(settings, *extra)


def _curable(version: Version) -> bool:
    """Whether swapping aligned units can cure all that was found of a version."""
    return all(found.check in _CURABLE or (found.check == _ABSENT and not found.spans) for found in version.findings)


def _said(low: dict[str, ScoreReply], least: float) -> str:
    """What judges found wanting."""
    told = [
        f"{name} {verdict.score}" + (f" ({verdict.reason})" if verdict.reason else "") for name, verdict in low.items()
    ]
    return f"below {least:g}: {', '.join(told)}"
