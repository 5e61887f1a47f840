"""The agents of the loop: what is asked of the writer, the judges and the refiner, by the prompts of a recipe.

The roles are those of LinguaMaster (Xie et al., 2025, arXiv 2506.00087), but for the judge of ratios: that is counted.
No request holds a figure of how much to mix: a gap is told by the stretches that should move.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from string import ascii_uppercase
from typing import Any, Protocol

from cswitch.core.errors import UsageError
from cswitch.core.seeds import digest
from cswitch.generators.prompting.blanks import BLANK
from cswitch.generators.prompting.contracts import Brief, Candidate, Gap, Keep, Plan, Request, ScoreReply
from cswitch.generators.prompting.few_shot import Examples
from cswitch.generators.prompting.phrases import finding_words, language_name, level_words, script_words
from cswitch.generators.prompting.prompt_files import PromptFile
from cswitch.generators.prompting.recipes import Recipe
from cswitch.generators.prompting.templates import listed
from cswitch.generators.prompting.variables import Change, Kept, Shot, Side, Verdict
from cswitch.schemas.prompting import Finding, PromptSettings

_JUDGE_TOKENS = 400
_LEAST, _MOST = 256, 8192
_TURN_TOKENS = 256
"""Tokens of an utterance that has no source."""
_FRAME_TOKENS = 64
"""Tokens of the format around a text."""
_PAIR_OF_SPEAKERS = 2
_FIGURES = re.compile(
    r"[^.!?।;]*(?:\d+(?:[.,]\d+)?\s*(?:%|percent|per cent)|\b\d+\s*[:/]\s*\d+\b)[^.!?।;]*[.!?।;]?", re.I
)
"""Sentences that speak of percentages or ratios."""
_TOLD_BY_MOVES = frozenset({"cmi_missed", "wrong_matrix"})


class Planning(Protocol):
    """Makes plans: see :class:`cswitch.generators.prompting.plan.Planner`."""

    def plan(self, brief: Brief) -> Plan:
        """The CMI as words to keep."""
        ...


class Prompts:
    """Turns what is wanted into requests; see :class:`cswitch.generators.prompting.contracts.Prompter`.

    Args:
        settings: What to make.
        recipe: The method.
        planner: Makes the plans.
        examples: Real mixed texts to show, None for none.
        config: Hash of the run, that seeds and examples depend on.

    Raises:
        UsageError: The recipe does not fit the settings, or there are no examples to show.
    """

    def __init__(
        self, settings: PromptSettings, recipe: Recipe, *, planner: Planning, examples: Examples | None, config: str
    ) -> None:
        recipe.check(settings)
        if settings.shots and examples is None:
            raise UsageError(
                f"{settings.shots} examples are to be shown, and none are given", hint="name a file of them"
            )
        self.settings, self.recipe, self.config = settings, recipe, config
        self.judges: Sequence[str] = settings.judges or tuple(recipe.judges)
        self._judges = {name: recipe.judge(name) for name in self.judges}
        self._planner, self._examples = planner, examples

    def plan(self, brief: Brief) -> Plan:
        """The CMI as words to keep."""
        return self._planner.plan(brief)

    def write(self, brief: Brief, plan: Plan) -> Request:
        """The first request for a text."""
        prompt = self._prompt("write", brief)
        values = {**self._common(brief), **self._writing(brief, plan), **self._shown(brief, prompt, 0)}
        return self._request(brief, prompt, values, 0)

    def rewrite(
        self, brief: Brief, plan: Plan, candidate: Candidate | None, findings: Sequence[Finding], gap: Gap, round: int
    ) -> Request:
        """The request to write it again: what was given, what is wrong with it, which spans to move; no numbers.

        Args:
            brief: What was asked.
            plan: The plan of the first request.
            candidate: The text at hand; None when the answer held none.
            findings: What the checks have against it.
            gap: Spans to move.
            round: 0-based number of the re-prompt.
        """
        prompt = self._prompt("rewrite", brief)
        moves = tuple(Change(move.words, language_name(move.to), move.instead) for move in gap.moves)
        values = {
            **self._common(brief),
            **self._writing(brief, plan),
            "previous": candidate.text if candidate else "",
            "problems": tuple(self._problems(brief, candidate, findings, gap)),
            "moves": moves,
            "leave": _left(plan, candidate, gap) if moves else (),
        }
        values |= self._shown(brief, prompt, round + 1)
        return self._request(brief, prompt, values, round)

    def judge(self, brief: Brief, candidate: Candidate, judge: str) -> Request:
        """The request for a score."""
        prompt = self._judges[judge]
        values = {**self._common(brief), "text": candidate.text}
        return Request(
            prompt=prompt.id,
            messages=prompt.render(**values),
            reply=prompt.reply,
            max_tokens=_JUDGE_TOKENS,
            temperature=0.0,
            seed=self._seed(brief, prompt, 0),
        )

    def refine(
        self, brief: Brief, plan: Plan, candidate: Candidate, verdicts: Mapping[str, ScoreReply], round: int
    ) -> Request:
        """The request to better a text that a judge found wanting.

        Args:
            brief: What was asked.
            plan: The plan of the first request.
            candidate: The text at hand.
            verdicts: What each judge said; those who were content are not told.
            round: 0-based number of the refinement.
        """
        prompt = self._prompt("refine", brief)
        wanting = {name: said for name, said in verdicts.items() if said.score < self.settings.min_score} or verdicts
        told = tuple(Verdict(name, without_figures(said.reason) or "not good enough") for name, said in wanting.items())
        values = {
            **self._common(brief),
            **self._writing(brief, plan),
            "keep": _said(plan.keep, candidate.text),
            "previous": candidate.text,
            "verdicts": told,
        }
        values |= self._shown(brief, prompt, round + 1)
        return self._request(brief, prompt, values, round)

    def _prompt(self, part: str, brief: Brief) -> PromptFile:
        if brief.turns > 1:
            part = "dialogue" if part == "write" else f"{part}_dialogue"
        return self.recipe.prompts[part]

    def _common(self, brief: Brief) -> dict[str, Any]:
        """Variables of every prompt but the translator's."""
        names = tuple(map(language_name, brief.languages))
        cell = dict(brief.cell)
        if self.settings.register and "register" in cell:
            cell["register"] = self.settings.register
        return {
            "matrix": names[0],
            "embedded": names[1:],
            "languages": names,
            "script": script_words(brief.languages, self.settings.script),
            "register": "" if "register" in cell else self.settings.register,
            "sources": _sources(brief),
            "situation": cell,
        }

    def _writing(self, brief: Brief, plan: Plan) -> dict[str, Any]:
        """Variables of prompts that ask for a text."""
        names = tuple(map(language_name, brief.languages))
        speakers = tuple(ascii_uppercase[turn % _PAIR_OF_SPEAKERS] for turn in range(brief.turns))
        return {
            "keep": tuple(Kept(language_name(kept.lang), kept.spans) for kept in plan.keep),
            "sketch": plan.sketch,
            "level": level_words(plan.level, names[0], names[1:]),
            "speakers": speakers if brief.turns > 1 else (),
        }

    def _shown(self, brief: Brief, prompt: PromptFile, round: int) -> dict[str, Any]:
        """The examples that a prompt shows, as texts or with what they say."""
        if self._examples is None or not self.settings.shots or not prompt.variables & {"examples", "shots"}:
            return {}
        own = [side.text for side in _sources(brief)]
        if self.settings.shots_by == "rating":
            shots = self._examples.best(self.settings.shots, own)
        else:
            key = f"{self.config}\x1f{brief.name}\x1f{prompt.id}\x1f{round}"
            drawn = self._examples.draw(self.settings.shots, key, near_cmi=brief.cmi, avoid=own)
            shots = tuple(Shot("", text) for text in drawn)
        return {"examples": tuple(shot.text for shot in shots), "shots": shots}

    def _problems(
        self, brief: Brief, candidate: Candidate | None, findings: Sequence[Finding], gap: Gap
    ) -> Iterator[str]:
        """What is wrong, a sentence each: too much or too little first, then what the checks found."""
        names = tuple(map(language_name, brief.languages))
        words = {
            "matrix": names[0],
            "embedded": listed(names[1:]),
            "languages": listed(names),
            "script": script_words(brief.languages, self.settings.script),
        }
        if gap.direction:
            yield finding_words("cmi_missed", (), case=gap.direction, **words)
        told = set()
        for finding in findings:
            if finding.check == "cmi_missed" or (finding.check in _TOLD_BY_MOVES and gap.moves):
                continue
            for case, spans in _cases(brief, candidate, finding):
                sentence = finding_words(finding.check, spans, case=case, **words)
                if sentence not in told:
                    told.add(sentence)
                    yield sentence
        if candidate is None and not findings:
            yield finding_words("bad_format", (), **words)

    def _request(self, brief: Brief, prompt: PromptFile, values: Mapping[str, Any], round: int) -> Request:
        return Request(
            prompt=prompt.id,
            messages=prompt.render(**values),
            reply=prompt.reply,
            max_tokens=self.settings.max_output_tokens or longest_answer(brief),
            temperature=self.settings.temperature,
            top_p=self.settings.top_p,
            seed=self._seed(brief, prompt, round),
        )

    def _seed(self, brief: Brief, prompt: PromptFile, round: int) -> int:
        return digest(self.config, brief.name, prompt.id, round) % 2**31


def longest_answer(brief: Brief) -> int:
    """How many tokens an answer may take, generously: a model may need a token for every byte of some scripts.

    >>> longest_answer(Brief(id="1", languages=("hi", "en"), cmi=20, tolerance=5, turns=4))
    1088
    """
    size = max((len(side.text.encode()) for side in _sources(brief)), default=0)
    tokens = _FRAME_TOKENS + (2 * size if size else _TURN_TOKENS * brief.turns)
    return min(max(tokens, _LEAST), _MOST)


def without_figures(remark: str) -> str:
    """A judge's remark without the sentences that speak of percentages and ratios.

    >>> without_figures("“said” sounds odd. Only 20% is English.")
    '“said” sounds odd.'
    """
    return " ".join(_FIGURES.sub("", remark).split())


def _sources(brief: Brief) -> tuple[Side, ...]:
    """The texts of the source, that of the matrix language first."""
    texts = brief.texts
    if not texts and brief.pair:
        texts = {side.lang: " ".join(side.tokens) for side in (brief.pair.source, brief.pair.target)}
    order = [lang for lang in brief.languages if lang in texts] + [
        lang for lang in texts if lang not in brief.languages
    ]
    return tuple(Side(language_name(lang), texts[lang]) for lang in order)


def _cases(brief: Brief, candidate: Candidate | None, finding: Finding) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A finding in the cases that a writer is told apart, with the words of each."""
    if finding.check == "lost_content" and finding.spans and candidate:
        added = tuple(span for span in finding.spans if span in candidate.text)
        missing = tuple(span for span in finding.spans if span not in added)
        yield from (("missing", missing),) if missing else ()
        yield from (("added", added),) if added else ()
    elif finding.check == "lost_content":
        yield "missing", finding.spans
    elif finding.check == "bad_format" and BLANK in finding.spans:
        yield "blank", ()
    elif finding.check == "wrong_length" and brief.turns > 1:
        yield "turns", ()
    elif finding.check == "wrong_length" and candidate and _sources(brief):
        longest = max(len(side.text) for side in _sources(brief))
        yield "long" if len(candidate.text) > longest else "short", ()
    else:
        yield "", finding.spans


def _said(keep: Sequence[Keep], text: str) -> tuple[Kept, ...]:
    """The words of a plan that a text has."""
    low = text.lower()
    kept = ((k.lang, tuple(span for span in k.spans if span.lower() in low)) for k in keep)
    return tuple(Kept(language_name(lang), spans) for lang, spans in kept if spans)


def _left(plan: Plan, candidate: Candidate | None, gap: Gap) -> tuple[Kept, ...]:
    """The words of a plan that the text has, in the language they should have, and that nobody asks to move."""
    if candidate is None:
        return ()
    moved = [f" {move.words.lower()} " for move in gap.moves]
    free = [
        Keep(
            kept.lang,
            tuple(s for s in kept.spans if not any(f" {s.lower()} " in m or m in f" {s.lower()} " for m in moved)),
        )
        for kept in plan.keep
    ]
    return _said(free, candidate.text)
