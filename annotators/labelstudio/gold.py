"""Gold: every answer to a sample merged into one tag a token, with where it comes from and all votes kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from cswitch.annotators.labelstudio.cases import Case, suggestions
from cswitch.annotators.labelstudio.settling import Settled, settle
from cswitch.annotators.labelstudio.spans import FIXED, is_fixed
from cswitch.annotators.labelstudio.voting import Verdict
from cswitch.core.tag_sentence import DIGITS, sum_up
from cswitch.schemas.annotation import Decision, Gold, GoldSource

Tie = Literal["adjudicate", "prediction", "first"]
"""What becomes of disagreements: they wait for an adjudicator, the pre-annotation stands, or what came first does."""
Fate = Literal["gold", "open", "edited", "rejected", "unjudged"]
"""What becomes of a sample."""
FATES: tuple[Fate, ...] = ("gold", "open", "edited", "rejected", "unjudged")
UNKNOWN = "unk"
"""Tag of a word that nobody gave one, the pre-annotation neither."""

_DECISIONS: dict[str | None, Decision] = {"accept": "accept", "edit": "edit", "reject": "reject"}


class Outcome(NamedTuple):
    """A sample and what became of it."""

    fate: Fate
    """``gold``; ``open``: annotators disagree; ``edited``: the text was corrected; ``rejected`` by most; ``unjudged``:
    nobody has said anything yet."""
    case: Case
    """The sample with everything that was said of it."""
    gold: Gold | None = None
    """The gold, when it became that."""
    corrected: str = ""
    """The corrected text, when it was edited."""


def merge(case: Case, tie: Tie = "adjudicate") -> Outcome:
    """What becomes of a sample, by what was said of it.

    The text comes first: rejected by most, the sample is left out; corrected by most, its tags are of no use, and the
    corrected text waits for tags of its own. Otherwise each token gets the tag that all or most agree on, an
    adjudicator's before all. Corrections that differ always wait for an adjudicator, for no rule can choose a text.

    Args:
        case: The sample with everything that was said of it.
        tie: What becomes of disagreements.

    >>> from cswitch.annotators.labelstudio.cases import case_of
    >>> from cswitch.schemas.annotation import Annotated, Judgement
    >>> said = [Judgement(annotator=name, langs=[tag]) for name, tag in (("jo", "en"), ("li", "hi"))]
    >>> case = case_of([Annotated(
    ...     id="7", text="ok", tokens=["ok"], offsets=[(0, 2)], suggested=["hi"], languages=["hi"], judgements=said,
    ... )])
    >>> merge(case).fate, merge(case, "first").gold.langs, merge(case, "prediction").gold.gold_source
    ('open', ['en'], ['tie'])
    """
    if not case.judgements:
        return Outcome("unjudged", case)
    settled = settle(case)
    decision = settled.decision.answer
    if settled.decision.split:
        if tie == "adjudicate":
            return Outcome("open", case)
        decision = None if tie == "prediction" else next(one.decision for one in case.judgements if one.decision)
    if decision == "reject":
        return Outcome("rejected", case)
    if decision == "edit":
        corrected = settled.correction.answer
        return Outcome("open", case) if corrected is None else Outcome("edited", case, corrected=corrected)
    if tie == "adjudicate" and settled.open_tokens:
        return Outcome("open", case)
    return Outcome("gold", case, gold_of(case, settled, tie, _DECISIONS.get(decision)))


def gold_of(case: Case, settled: Settled, tie: Tie, decision: Decision | None) -> Gold:
    """The gold of a sample whose text stands; measures are computed again from its tags.

    Args:
        case: The sample.
        settled: What its judgements come to.
        tie: What decides where they are split.
        decision: What was decided of the text.
    """
    record = case.record
    tags, sources = _languages(case, settled, tie)
    layers = {name: _layer(case, name, found, settled, tie) for name, found in settled.layers.items()}
    languages, matrix, measures = sum_up(tags, [1.0] * len(tags))
    ratings = {one.annotator: one.naturalness for one in case.judgements if one.naturalness is not None}
    return Gold(
        id=record.id,
        text=record.text,
        tokens=record.tokens,
        langs=tags,
        offsets=record.offsets,
        gold_source=sources,
        votes=settled.votes,
        layers={name: labels for name, (labels, _) in layers.items()},
        layer_source={name: sources for name, (_, sources) in layers.items()},
        layer_votes=settled.layer_votes,
        naturalness=round(sum(ratings.values()) / len(ratings), DIGITS) if ratings else None,
        ratings=ratings,
        decision=decision,
        languages=[*languages, *(name for name in record.languages if name not in languages)],
        matrix=matrix,
        measures=measures,
        sample=record.sample,
    )


def standing(case: Case) -> list[str]:
    """The tags that stand where nobody says anything: the pre-annotation, else ``other`` for marks and ``unk``."""
    shown = suggestions(case.record)
    if shown is not None:
        return shown
    return [FIXED if is_fixed(token, FIXED) else UNKNOWN for token in case.record.tokens]


def _languages(case: Case, settled: Settled, tie: Tie) -> tuple[list[str], list[GoldSource]]:
    tags: list[str] = []
    sources: list[GoldSource] = []
    for verdict, votes, stands in zip(settled.tags, settled.votes, standing(case), strict=True):
        tags.append(verdict.answer or (_first(votes) if verdict.split and tie == "first" else None) or stands)
        sources.append(verdict.source or "tie")
    return tags, sources


def _layer(
    case: Case, name: str, found: Sequence[Verdict], settled: Settled, tie: Tie
) -> tuple[list[str | None], list[GoldSource]]:
    held = case.record.sample.get(name)
    stands = held if isinstance(held, list) and len(held) == len(found) else [None] * len(found)
    labels: list[str | None] = []
    for verdict, votes, suggested in zip(found, settled.layer_votes[name], stands, strict=True):
        if verdict.split:
            labels.append(next(iter(votes.values())) if tie == "first" else suggested)
        else:
            labels.append(suggested if verdict.answer is None else verdict.answer or None)
    return labels, [verdict.source or "tie" for verdict in found]


def _first(votes: dict[str, str | None]) -> str | None:
    """What was said first."""
    return next((tag for tag in votes.values() if tag is not None), None)
