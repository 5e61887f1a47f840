"""The simulated model behind the parts of the loop: a chat, a prompter, and an editor that remembers what is known."""

from __future__ import annotations

import time
from collections.abc import Sequence

from benchmarks.simulated_model import Said, SimulatedModel
from cswitch.core.text.join import join
from cswitch.generators.prompting.checks import Checks
from cswitch.generators.prompting.contracts import (
    Answer,
    Brief,
    Candidate,
    Edit,
    Editor,
    Gap,
    Message,
    NoAnswer,
    Plan,
    Request,
    TextReply,
)
from cswitch.schemas.prompting import Finding, Usage

_OF_THE_LEVEL = frozenset({"cmi_missed", "wrong_matrix"})


class Known:
    """The language of each token of the texts that were written, as who wrote it knows it."""

    def __init__(self) -> None:
        self._texts: dict[str, list[str]] = {}

    def write(self, words: Sequence[Said]) -> str:
        """The text of some words, from now on known."""
        text, offsets = join([word.text for word in words], [word.gap for word in words])
        langs = [""] * len(text)
        for word, (start, end) in zip(words, offsets, strict=True):
            langs[start:end] = [word.lang] * (end - start)
        self._texts[text] = langs
        return text

    def langs(self, candidate: Candidate) -> list[str]:
        """A tag a token; names, which count for no language, as the tagger has them."""
        known = self._texts.get(candidate.text)
        if known is None:
            return list(candidate.langs)
        return [
            "ne" if tag == "ne" else known[start]
            for tag, (start, _) in zip(candidate.langs, candidate.offsets, strict=True)
        ]

    def words(self, candidate: Candidate) -> list[Said]:
        """The words of a text."""
        return [Said(*word) for word in zip(candidate.tokens, candidate.gaps, self.langs(candidate), strict=True)]

    def edited(self, candidate: Candidate, edit: Edit) -> None:
        """A text was edited: its own tokens are what they were, the others are known."""
        own = iter(self.words(candidate))
        words = []
        for token, gap, lang in zip(edit.tokens, edit.gaps, edit.langs, strict=True):
            tag = lang or next(word.lang for word in own if word.text == token)
            words.append(Said(token, gap, tag))
        self.write(words)


class SimulatedChat:
    """Answers each request with the text that is written in it."""

    model = "simulated"

    async def ask(self, request: Request) -> Answer:
        """See :class:`cswitch.generators.prompting.contracts.Chat`."""
        text = request.messages[-1].content
        if not text:
            raise NoAnswer("empty_answer")
        return Answer(value=TextReply(text), text=text, usage=Usage(answers=1))


class SimulatedPrompter:
    """Has the model write, and write again as moves tell it.

    Args:
        model: The model.
        known: What is known of its texts.
    """

    judges: Sequence[str] = ()

    def __init__(self, model: SimulatedModel, known: Known) -> None:
        self.model, self.known = model, known

    def plan(self, brief: Brief) -> Plan:
        """No plan: it would be told the level and miss it."""
        return Plan()

    def write(self, brief: Brief, plan: Plan) -> Request:
        """See :class:`cswitch.generators.prompting.contracts.Prompter`; nothing where it cannot miss as it means to."""
        assert brief.pair is not None
        assert brief.cmi is not None
        written = self.model.write(brief.pair, brief.cmi)
        return _request(self.known.write(written[0]) if written else "")

    def rewrite(
        self, brief: Brief, plan: Plan, candidate: Candidate | None, findings: Sequence[Finding], gap: Gap, round: int
    ) -> Request:
        """See :class:`cswitch.generators.prompting.contracts.Prompter`."""
        if candidate is None:
            return _request("")
        words = self.known.words(candidate)
        return _request(self.known.write(self.model.rewrite(words, gap.moves, f"{brief.name}.{round}")))

    def judge(self, brief: Brief, candidate: Candidate, judge: str) -> Request:
        """There are no judges."""
        raise NotImplementedError

    def refine(self, *_: object) -> Request:
        """There are no judges."""
        raise NotImplementedError


def _request(text: str) -> Request:
    return Request(prompt="simulated", messages=(Message("user", text),), reply=TextReply, max_tokens=1000)


class WatchedEditor:
    """An editor that notes the time it takes, and what is known of the texts it makes.

    Args:
        editor: The editor.
        known: What is known.
    """

    def __init__(self, editor: Editor, known: Known) -> None:
        self.editor, self.known = editor, known
        self.seconds = 0.0
        self.calls = 0

    def edit(self, brief: Brief, candidate: Candidate, round: int) -> Edit | None:
        """See :class:`cswitch.generators.prompting.contracts.Editor`."""
        started = time.process_time()
        edit = self.editor.edit(brief, candidate, round)
        self.seconds += time.process_time() - started
        self.calls += 1
        if edit is not None:
            self.known.edited(candidate, edit)
        return edit

    def gap(self, brief: Brief, candidate: Candidate) -> Gap:
        """See :class:`cswitch.generators.prompting.contracts.Editor`."""
        return self.editor.gap(brief, candidate)


class LevelChecks(Checks):
    """The checks that swaps and moves can cure; the simulated model's other faults are not what is measured."""

    def check(self, brief: Brief, candidate: Candidate) -> list[Finding]:
        """See :class:`cswitch.generators.prompting.contracts.Checker`."""
        return [finding for finding in super().check(brief, candidate) if finding.check in _OF_THE_LEVEL]
