"""Parts of the loop that do as a script says, for its tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from cswitch.generators.prompting.contracts import (
    Answer,
    Brief,
    Candidate,
    DialogueReply,
    Edit,
    Gap,
    Message,
    Move,
    NoAnswer,
    Plan,
    Request,
    ScoreReply,
    TextReply,
)
from cswitch.schemas.prompting import Finding, Usage
from cswitch.schemas.reject import REASONS

Said = str | int | list[str] | BaseException
"""A text, a score, the turns of a dialogue, or what goes wrong."""
USAGE = Usage(prompt=10, completion=5, answers=1)


class ScriptedChat:
    """Gives the answers of a script in order, or what a function makes of a request."""

    def __init__(self, script: Sequence[Said] | Callable[[Request], Said], cost: float | None = 0.25) -> None:
        self.model = "scripted"
        self.asked: list[Request] = []
        self._script, self._cost = script, cost

    async def ask(self, request: Request) -> Answer:
        self.asked.append(request)
        said = self._script(request) if callable(self._script) else self._script[len(self.asked) - 1]
        if isinstance(said, BaseException):
            raise said
        value: TextReply | DialogueReply | ScoreReply
        if isinstance(said, int):
            value = ScoreReply(said, "stiff" if said < 7 else "")
        else:
            value = DialogueReply(said) if isinstance(said, list) else TextReply(said)
        return Answer(value=value, text=str(said), usage=USAGE, cost=self._cost)


class ScriptedPrompter:
    """Says what it wants in a line."""

    def __init__(self, judges: Sequence[str] = ()) -> None:
        self.judges: Sequence[str] = judges
        self.told: list[tuple[str, tuple[str, ...], Gap]] = []

    def plan(self, brief: Brief) -> Plan:
        return Plan()

    def write(self, brief: Brief, plan: Plan) -> Request:
        return self._request("write.v1", brief.name)

    def rewrite(
        self, brief: Brief, plan: Plan, candidate: Candidate | None, findings: Sequence[Finding], gap: Gap, round: int
    ) -> Request:
        self.told.append((candidate.text if candidate else "", tuple(one.check for one in findings), gap))
        return self._request("rewrite.v1", f"{brief.name} again {candidate.text if candidate else ''}")

    def judge(self, brief: Brief, candidate: Candidate, judge: str) -> Request:
        return self._request(f"judge.{judge}.v1", f"{judge}: {candidate.text}", score=True)

    def refine(
        self, brief: Brief, plan: Plan, candidate: Candidate, verdicts: Mapping[str, ScoreReply], round: int
    ) -> Request:
        return self._request("refine.v1", f"{candidate.text}: {sorted(verdicts)}")

    def _request(self, prompt: str, text: str, *, score: bool = False) -> Request:
        reply = ScoreReply if score else TextReply
        return Request(prompt=prompt, messages=(Message("user", text),), reply=reply, max_tokens=100)


class Arithmetic:
    """Measures, checks and edits texts that are figures: ``30`` has a CMI of 30, an edit takes ``step`` off it."""

    def __init__(self, step: float = 5.0) -> None:
        self.step = step
        self.rounds: list[int] = []

    def measure(self, brief: Brief, text: str) -> Candidate:
        cmi = float((text.split() or ["0"])[0])
        return Candidate(
            text=text,
            tokens=(text,),
            gaps=(False,),
            offsets=((0, len(text)),),
            langs=(brief.matrix,),
            probabilities=(1.0,),
            origins=(None,),
            measures={"cmi": cmi, "switches": 1, "spf": 0.123456},
            matrix=brief.matrix,
        )

    def remeasure(self, brief: Brief, edit: Edit) -> Candidate:
        return self.measure(brief, edit.tokens[0])

    def check(self, brief: Brief, candidate: Candidate) -> list[Finding]:
        found = [Finding(word, f"says {word}", (word,)) for word in candidate.text.split() if word in REASONS]
        if brief.cmi is not None and abs(candidate.cmi - brief.cmi) > brief.tolerance:
            found.append(Finding("cmi_missed", f"measured {candidate.cmi:g}"))
        return found

    def edit(self, brief: Brief, candidate: Candidate, round: int) -> Edit | None:
        self.rounds.append(round)
        if not self.step:
            return None
        after = f"{candidate.cmi - self.step:g}"
        return Edit((after,), (False,), (None,), (None,), ((candidate.text, after),))

    def gap(self, brief: Brief, candidate: Candidate) -> Gap:
        return Gap("less", candidate.cmi - (brief.cmi or 0), (Move(candidate.text, brief.matrix),))


def nothing(reason: str) -> NoAnswer:
    """An answer that does not come, but costs."""
    return NoAnswer(reason, "as the script says", usage=USAGE, cost=0.25)
