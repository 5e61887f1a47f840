"""What the parts of the prompting loop hand each other, and the Protocols they meet.

Brief ──plan──> Plan ──prompt──> Request ──chat──> Answer ──measure──> Candidate ──check──> Findings
                                    ^                                     │  accepted: Sample
                                    └── Gap: spans to move <── edit <─────┘  else edited, asked again, rejected
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple, Protocol

import msgspec

from cswitch.core.errors import RunError
from cswitch.generators.switching.view import AlignedPair
from cswitch.schemas.prompting import Finding, Usage

Role = Literal["system", "user", "assistant"]


class Message(msgspec.Struct, frozen=True):
    """One message of a chat."""

    role: Role
    content: str


class TextReply(msgspec.Struct, frozen=True):
    """An utterance, as the writing prompts ask for it."""

    text: Annotated[str, msgspec.Meta(min_length=1)]


class DialogueReply(msgspec.Struct, frozen=True):
    """Turns of a dialogue, in order, without the names of who speaks."""

    turns: Annotated[list[str], msgspec.Meta(min_length=1)]


class ScoreReply(msgspec.Struct, frozen=True):
    """What a judge says."""

    score: Annotated[int, msgspec.Meta(ge=1, le=10)]
    reason: str = ""


Reply = TextReply | DialogueReply | ScoreReply


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of a language model: everything that decides the answer."""

    prompt: str
    """Versioned name of the prompt file, such as ``write.mix.v1``."""
    messages: tuple[Message, ...]
    reply: type[TextReply] | type[DialogueReply] | type[ScoreReply]
    """What the answer has to fit."""
    max_tokens: int
    """Longest answer, in tokens."""
    temperature: float = 0.8
    top_p: float = 1.0
    seed: int | None = None
    """Seed of the server's sampling, where it has one."""
    attempt: int = 0
    """Which answer to this same request is wanted, from 0: another number gets another answer."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that fits."""

    value: TextReply | DialogueReply | ScoreReply
    text: str
    """As it came, before it was read."""
    usage: Usage
    """Of all answers that were paid for until one fitted."""
    cost: float | None = None
    """Money for ``usage``; None when no price is known."""
    replayed: bool = False
    """Whether nothing had to be sent, as the cache had it."""


class NoAnswer(Exception):
    """A request that will never get a usable answer; the row is rejected, the run goes on.

    Args:
        reason: A name from :data:`cswitch.schemas.reject.REASONS`: ``bad_format``, ``empty_answer``,
            ``content_filter`` or ``refused``.
        detail: What exactly, without secrets.
        usage: What was paid for all the same.
        cost: Money for ``usage``.
    """

    def __init__(self, reason: str, detail: str = "", *, usage: Usage | None = None, cost: float | None = None) -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason, self.detail, self.usage, self.cost = reason, detail, usage or Usage(), cost


class StopRun(RunError):
    """The run cannot go on: the budget is spent, the key is refused, the server stays away.

    What was answered is in the cache, rows that are done are safe; the same command goes on.
    """


class NotYet(Exception):
    """The answer is not there yet: the request was put into a batch."""


class Chat(Protocol):
    """A language model that is asked through cache, budget and admission."""

    model: str

    async def ask(self, request: Request) -> Answer:
        """The answer to a request, from the cache where it was paid for before.

        Raises:
            NoAnswer: There will be none for this request.
            StopRun: There will be none for any.
            NotYet: It waits in a batch.
        """
        ...


class Brief(msgspec.Struct, frozen=True, kw_only=True):
    """What one sample is to be."""

    id: str
    """Id of the row; the sample's is this, a dot and ``draw``."""
    draw: int = 0
    languages: tuple[str, ...]
    """The matrix language first."""
    cmi: float | None
    """CMI asked for; for a range, the value drawn for this sample."""
    tolerance: float
    pair: AlignedPair | None = None
    """The source: two sentences with links; None for a cell of a grid."""
    texts: Mapping[str, str] = {}
    """Language to text of the source, as it was read or translated."""
    cell: Mapping[str, str] = {}
    """Cell of the grid: ``topic``, ``persona``, ``relation``, ``function``, ``register`` and the like."""
    turns: int = 1
    labels: Mapping[str, Any] = {}
    """Task labels to carry over."""

    @property
    def matrix(self) -> str:
        """The matrix language."""
        return self.languages[0]

    @property
    def name(self) -> str:
        """Id of the sample to be."""
        return f"{self.id}.{self.draw}"


class Keep(NamedTuple):
    """Words to say in a language."""

    lang: str
    spans: tuple[str, ...]
    """In the order of the source, spelt in the script asked for."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A CMI as something a writer can do: words to keep in each language, never a number."""

    keep: tuple[Keep, ...] = ()
    """Empty without a source."""
    sketch: str = ""
    """The source mixed by the lattice at this CMI, for recipes that have it smoothed."""
    level: Literal["", "none", "light", "medium", "heavy", "even"] = ""
    """How much is mixed, as the prompts' words for it are looked up."""


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A text, tagged and measured; the lists are parallel, one entry a token."""

    text: str
    tokens: tuple[str, ...]
    gaps: tuple[bool | None, ...]
    """As in :class:`cswitch.core.contracts.Sentence`."""
    offsets: tuple[tuple[int, int], ...]
    langs: tuple[str, ...]
    """A tag a token: the source's language where the token is the source's, else the tagger's."""
    probabilities: tuple[float, ...]
    origins: tuple[tuple[str, int] | None, ...]
    """Language of the side and index of the source token it was matched with, or None."""
    measures: Mapping[str, float | int | None]
    """``cmi``, ``switches``, ``spf``; for each language asked for ``share.LANG`` of the language tokens, 0 to 1."""
    matrix: str | None
    """The language of most tokens; of as many, the one asked for."""

    @property
    def cmi(self) -> float:
        """Code-Mixing Index, 0 to 100."""
        return float(self.measures["cmi"] or 0.0)


class Move(NamedTuple):
    """A stretch that should be said in another language to come nearer to the CMI."""

    words: str
    """As they stand in the candidate."""
    to: str
    """The language to say them in."""
    instead: str = ""
    """The words of the source for it, spelt in the script asked for; empty where they are not known."""


class Gap(NamedTuple):
    """How far a candidate is from what was asked, and what would close it."""

    direction: Literal["", "more", "less"]
    """Whether more or less of the embedded languages is wanted; empty when it is near enough."""
    points: float
    """Distance in points of CMI (of the embedded share where the matrix is wrong)."""
    moves: tuple[Move, ...]
    """In the order of the text; together they bring it as near as can be told."""


class Edit(NamedTuple):
    """A candidate with aligned units swapped; origins of what was swapped in are known."""

    tokens: tuple[str, ...]
    gaps: tuple[bool | None, ...]
    origins: tuple[tuple[str, int] | None, ...]
    """None where the token is the candidate's own and was not matched."""
    langs: tuple[str | None, ...]
    """The tag of each token that was swapped in; None for the candidate's own tokens, which are tagged again."""
    changes: tuple[tuple[str, str], ...]
    """Words before and after, of each stretch."""


class Measurer(Protocol):
    """Tags and measures texts."""

    def measure(self, brief: Brief, text: str) -> Candidate:
        """A text that a model gave."""
        ...

    def remeasure(self, brief: Brief, edit: Edit) -> Candidate:
        """A text that was edited: tagged and measured again."""
        ...


class Editor(Protocol):
    """Moves a candidate towards its CMI by swapping aligned units of the source."""

    def edit(self, brief: Brief, candidate: Candidate, round: int) -> Edit | None:
        """The candidate nearer to its CMI; None when no swap brings it nearer.

        Args:
            brief: What was asked.
            candidate: What there is.
            round: 0-based number of the edit; what is drawn depends on it.
        """
        ...

    def gap(self, brief: Brief, candidate: Candidate) -> Gap:
        """How far the candidate is off, and which of its own stretches to say otherwise."""
        ...


class Checker(Protocol):
    """Looks a candidate over."""

    def check(self, brief: Brief, candidate: Candidate) -> list[Finding]:
        """What is wrong with it, the gravest first; names are reasons of rejects. Empty when it may be accepted."""
        ...


class Prompter(Protocol):
    """Turns what is wanted into requests: the agents of the loop."""

    judges: Sequence[str]
    """Names of the judges in play."""

    def plan(self, brief: Brief) -> Plan:
        """The CMI as words to keep."""
        ...

    def write(self, brief: Brief, plan: Plan) -> Request:
        """The first request for a text."""
        ...

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
        ...

    def judge(self, brief: Brief, candidate: Candidate, judge: str) -> Request:
        """The request for a score."""
        ...

    def refine(
        self, brief: Brief, plan: Plan, candidate: Candidate, verdicts: Mapping[str, ScoreReply], round: int
    ) -> Request:
        """The request to better a text that a judge found wanting."""
        ...
