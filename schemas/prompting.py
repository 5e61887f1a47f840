"""Records of ``cswitch prompt``: its settings, and every attempt it made."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from cswitch.schemas.settings import Script

SourceKind = Literal["pairs", "text", "grid"]
ShotsBy = Literal["cmi", "rating"]
Stage = Literal["propose", "edit", "reprompt", "refine"]


class PromptSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Everything that decides what ``prompt`` writes, but for the model's answers."""

    languages: tuple[str, ...]
    """Two or three languages (BCP-47 primary subtags); with pairs, the first two are the sides."""
    source: SourceKind = "pairs"
    """What a row is: two sentences that translate each other, text in one language, or a cell of a grid."""
    source_lang: str = ""
    """Language of the text, for ``text``."""
    matrix: str = ""
    """The matrix language; empty picks the first that is not English."""
    cmi: tuple[float, float] | None = (25.0, 25.0)
    """Lowest and highest CMI asked for, equal for a single value; None leaves CMI free."""
    like: str = ""
    """Path of a tagged file: the CMI of each row is drawn from those of its mixed texts."""
    like_digest: str = ""
    """Digest of that file."""
    tolerance: float = 5.0
    """How far from the CMI asked for an accepted row may lie, in points of CMI."""
    script: Script = "native"
    """Script of the output."""
    recipe: str = "mix.v1"
    """Versioned name of a recipe of prompts, or the path of one."""
    method: str = ""
    """Versioned name of the recipe that gave these settings, where one did; it is what samples name."""
    recipe_digest: str = ""
    """Digest of the recipe and of the prompt files it names; a changed prompt is another run."""
    model: str = ""
    """Model that writes."""
    judge_model: str = ""
    """Model that judges; empty for the one that writes."""
    judges: tuple[str, ...] = ()
    """Names of judges: fluency, naturalness, culture."""
    min_score: float = 7.0
    """Score, 1 to 10, that every judge has to reach."""
    refinements: int = 1
    """How often a text below the score is refined, and judged again, before it is rejected."""
    temperature: float = 0.8
    """Sampling temperature of the writing model."""
    top_p: float = 1.0
    """Nucleus of the writing model's sampling."""
    max_output_tokens: int = 0
    """Longest answer in tokens; 0 sets it by the source."""
    shots: int = 0
    """Examples shown in a request, drawn afresh for each."""
    shots_digest: str = ""
    """Digest of the file of examples."""
    shots_by: ShotsBy = "cmi"
    """How they are chosen: drawn near the CMI asked for, or the best rated of those most like the source."""
    turns: int = 1
    """Turns of a dialogue; 1 for a single utterance."""
    register: str = ""
    """Register asked for, such as ``chat``; empty leaves it to the grid or the model."""
    edits: int = 2
    """Edits by alignment that a candidate may get."""
    reprompts: int = 2
    """Requests to write it again that a row may get."""
    per_pair: int = 1
    """Samples a row."""
    length_ratio: tuple[float, float] = (0.5, 1.8)
    """Shortest and longest text, in tokens against the longer side of its source."""
    back_translation: float = 0.0
    """Lowest similarity, 0 to 1, of the source to the text translated back; 0 leaves this check out."""
    back_translator: str = ""
    """Translator that does so: ``llm`` (also when empty) or ``seq2seq:MODEL``."""
    back_digest: str = ""
    """Digest of the prompt that it goes by."""
    near_duplicate: float = 0.9
    """From this similarity on, 0 to 1, a text counts as a repeat of an accepted one; above 1 turns the check off."""
    tagger: str = "compact"
    """Tagger that measures, as ``cswitch tag --tagger`` takes it."""
    translator: str = ""
    """Translator for text in one language: ``llm``, ``seq2seq:MODEL`` or ``gloss``."""
    translator_digest: str = ""
    """Digest of the prompt that the translator goes by."""
    aligner: str = "auto"
    """Registered aligner, with its model after a colon where it takes one, or ``auto``."""
    lexicons: tuple[str, ...] = ()
    """Paths of the user's own lexicons, read beside the one that is shipped."""
    min_confidence: float = 0.5
    """Links below this confidence are not used."""
    max_tokens: int = 200
    """Rows with a longer side are rejected."""
    seed: int = 0
    """Seed of every random choice."""

    @property
    def ordered(self) -> tuple[str, ...]:
        """The languages, the matrix language first; without one asked for, it is the first that is not English.

        >>> PromptSettings(languages=("en", "hi", "bn")).ordered
        ('hi', 'en', 'bn')
        """
        langs = self.languages
        matrix = self.matrix or next((lang for lang in langs if lang != "en"), langs[0])
        return (matrix, *(lang for lang in langs if lang != matrix))


class Usage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Tokens that were paid for, as the server counted them."""

    prompt: int = 0
    """Tokens of requests."""
    cached: int = 0
    """Those of ``prompt`` that the server had in its own cache."""
    completion: int = 0
    """Tokens of answers, reasoning included."""
    answers: int = 0
    """Answers that were paid for, unusable ones included."""

    def __add__(self, other: Usage) -> Usage:
        """The sum of both.

        >>> Usage(prompt=3, answers=1) + Usage(completion=2, answers=1)
        Usage(prompt=3, cached=0, completion=2, answers=2)
        """
        return Usage(
            prompt=self.prompt + other.prompt,
            cached=self.cached + other.cached,
            completion=self.completion + other.completion,
            answers=self.answers + other.answers,
        )


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a check has against a text."""

    check: str
    """Name of the check, which is the reason of the reject if nothing cures it."""
    detail: str = ""
    """What exactly, with figures and words."""
    spans: tuple[str, ...] = ()
    """The words at fault, as they stand in the text or in the source."""


class Attempt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One version of a text, and what was found of it."""

    source_id: str
    """Id of the row."""
    draw: int = 0
    """0-based number of the sample within the row."""
    number: int
    """0-based number of the attempt within the draw."""
    stage: Stage
    """How it came about."""
    prompt: str | None = None
    """Versioned name of the prompt it answers; None for an edit."""
    text: str
    """The text after normalising."""
    removed: str = ""
    """What normalising took away: chatter, markdown, quotes."""
    langs: list[str]
    """A tag a token."""
    cmi: float | None = None
    """CMI asked for."""
    realised: float | None = None
    """CMI that was measured."""
    changes: list[tuple[str, str]] = msgspec.field(default_factory=list)
    """For an edit: the words before and after, of each stretch that was swapped."""
    scores: dict[str, float] = msgspec.field(default_factory=dict)
    """Scores of judges, by name."""
    findings: list[Finding] = msgspec.field(default_factory=list)
    """What the checks have against it; empty when it was accepted."""
    accepted: bool = False
    """Whether it became the sample."""
    usage: Usage = msgspec.field(default_factory=Usage)
    """Tokens it took, those of its judges included."""
    cost: float | None = None
    """Money it took in the currency of the price table; None when no price is known."""
    labels: dict[str, Any] = msgspec.field(default_factory=dict)
    """Cell of the grid, for a row of one."""
