"""Simulated annotators with known error rates, for tests of everything that comes after annotation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cswitch.annotators.labelstudio.spans import is_fixed
from cswitch.core.seeds import rng
from cswitch.core.text.tokens import tokenise
from cswitch.schemas.annotation import Annotated, Decision, Judgement

WORDS = {
    "hi": ["kal", "main", "ghar", "jaunga", "bahut", "accha", "nahi", "kya", "hai", "yaar", "chalo", "abhi"],
    "en": ["party", "meeting", "office", "weekend", "late", "happy", "movie", "phone", "plan", "ticket", "cool", "ok"],
    "ne": ["Delhi", "Priya", "Google"],
    "other": ["!", "?", ",", "42", "👍"],
}
"""Words of each tag; no word has two."""


class Simulated(NamedTuple):
    """An annotator whose faults are known."""

    name: str
    """Name on the server."""
    errors: Mapping[str, float] = {}
    """Share of the tokens of a tag that get another tag, by the true tag."""
    silent: float = 0.0
    """Share of the words that get no tag."""
    rejects: float = 0.0
    """Share of the texts that are rejected."""
    stars: int = 4
    """Mean naturalness; each rating is that, one less or one more."""


class Truth(NamedTuple):
    """A sample whose right tags are known."""

    id: str
    text: str
    tokens: list[str]
    offsets: list[tuple[int, int]]
    langs: list[str]
    """The right tags."""
    suggested: list[str]
    """Tags of a tagger that makes mistakes."""


def truths(count: int, *, wrong: float = 0.2, seed: int = 0) -> list[Truth]:
    """Hinglish samples with their right tags, and a pre-annotation of which a share of the words is wrong."""
    found = []
    for number in range(count):
        draws = rng("truth", seed, number)
        tags = draws.choices(list(WORDS), weights=[6, 5, 1, 2], k=draws.randint(1, 12))
        text = " ".join(draws.choice(WORDS[tag]) for tag in tags)
        tokens, offsets, _ = tokenise(text)
        langs = [next(tag for tag, words in WORDS.items() if token in words) for token in tokens]
        suggested = [other(tag, draws.random()) if draws.random() < wrong else tag for tag in langs]
        suggested = ["other" if right == "other" else tag for right, tag in zip(langs, suggested, strict=True)]
        found.append(Truth(f"{number}.0", text, list(tokens), list(offsets), langs, suggested))
    return found


def other(tag: str, draw: float) -> str:
    """Another tag, by a number from 0 to 1."""
    rest = [name for name in ("hi", "en", "ne") if name != tag]
    return rest[int(draw * len(rest))]


def annotated(
    samples: Sequence[Truth], annotators: Sequence[Simulated], *, round: int = 1, seed: int = 0, blind: bool = False
) -> list[Annotated]:
    """What the annotators say of the samples, as it would be pulled; marks and numbers stay without a label."""
    return [
        Annotated(
            id=sample.id,
            text=sample.text,
            tokens=sample.tokens,
            offsets=sample.offsets,
            suggested=None if blind else sample.suggested,
            languages=["hi", "en"],
            sample={"id": sample.id, "langs": sample.suggested},
            judgements=[judged(sample, one, place, seed) for place, one in enumerate(annotators)],
            round=round,
        )
        for sample in samples
    ]


def judged(sample: Truth, annotator: Simulated, place: int = 0, seed: int = 0) -> Judgement:
    """What one annotator says of a sample; the same for the same names and seed."""
    draws = rng("judgement", seed, sample.id, annotator.name)
    langs: list[str | None] = []
    for token, tag in zip(sample.tokens, sample.langs, strict=True):
        mistaken, silent, which = draws.random(), draws.random(), draws.random()
        if is_fixed(token, tag) or silent < annotator.silent:
            langs.append(None)
        else:
            langs.append(other(tag, which) if mistaken < annotator.errors.get(tag, 0.0) else tag)
    decision: Decision = "reject" if draws.random() < annotator.rejects else "accept"
    same = [given for given in langs if given is not None] == [
        tag for tag, given in zip(sample.suggested, langs, strict=True) if given is not None
    ]
    return Judgement(
        annotator=annotator.name,
        langs=langs,
        decision=decision,
        naturalness=min(max(annotator.stars + draws.choice((-1, 0, 1)), 1), 5),
        origin="prediction" if same else "prediction-changed",
        seconds=round_seconds(draws.random(), len(sample.tokens)),
        created=f"2024-05-01T10:{place:02}:00Z",
        annotation=1,
    )


def round_seconds(draw: float, tokens: int) -> float:
    """A plausible time for a task."""
    return round(2 + tokens * (1 + draw), 1)
