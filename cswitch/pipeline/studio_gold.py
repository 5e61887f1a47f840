"""From answers to gold: samples merged one by one, corrected texts tagged again for another round, and the counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, Any, NamedTuple

import msgspec

from cswitch.annotators.labelstudio.cases import suggestions
from cswitch.annotators.labelstudio.gold import FATES, Outcome, Tie, merge
from cswitch.annotators.labelstudio.settling import correction
from cswitch.core.contracts import Tagger
from cswitch.core.text.tokens import tokenise
from cswitch.pipeline.studio_cases import Cases
from cswitch.pipeline.tag_input import Untagged
from cswitch.pipeline.tag_output import json_line
from cswitch.pipeline.tagging import Found, tag_stream
from cswitch.schemas.annotation import Annotated, Gold

SHOWN = 1000
"""Ids of open samples that are remembered."""
_SEGMENTED = ("zh", "ja", "th")
"""Languages whose text is cut into tokens by rules of their own."""
_KEPT = ("source_id", "labels")
"""Fields of a sample that hold for its corrected text too."""


class Outputs(NamedTuple):
    """Where everything goes; None keeps nothing."""

    gold: IO[bytes]
    """Gold."""
    requeue: IO[bytes] | None = None
    """Corrected texts, tagged again."""
    rejected: IO[bytes] | None = None
    """Records of the samples that were rejected, as they were read."""


class GoldTally:
    """Counts what became of samples and tokens.

    >>> GoldTally().counts()["samples"]
    {'gold': 0, 'open': 0, 'edited': 0, 'rejected': 0, 'unjudged': 0}
    """

    def __init__(self) -> None:
        self.fates: Counter[str] = Counter(dict.fromkeys(FATES, 0))
        """What became of samples."""
        self.sources: Counter[str] = Counter()
        """Where tags come from."""
        self.changes: Counter[str] = Counter()
        """Tags changed against the pre-annotation, as ``hi > en``."""
        self.suggested = self.tokens = self.requeued = self.returned = 0
        self.open: list[str] = []
        """Ids of samples that wait for an adjudicator, the first :data:`SHOWN`."""

    def add(self, outcome: Outcome) -> None:
        """Takes in a sample."""
        self.fates[outcome.fate] += 1
        if outcome.fate == "open" and len(self.open) < SHOWN:
            self.open.append(outcome.case.record.id)
        if outcome.gold is not None:
            self._add_gold(outcome.gold, suggestions(outcome.case.record))

    @property
    def changed(self) -> int:
        """Tokens whose tag is not that of the pre-annotation."""
        return self.changes.total()

    def counts(self) -> dict[str, Any]:
        """All counts, ready for JSON."""
        return {
            "samples": {fate: self.fates[fate] for fate in FATES},
            "requeued": self.requeued,
            "returned": self.returned,
            "tokens": self.tokens,
            "sources": dict(sorted(self.sources.items(), key=lambda item: (-item[1], item[0]))),
            "suggested": self.suggested,
            "changed": self.changed,
            "changes": dict(sorted(self.changes.items(), key=lambda item: (-item[1], item[0]))),
            "open": self.open,
        }

    def _add_gold(self, gold: Gold, suggested: Sequence[str] | None) -> None:
        self.tokens += len(gold.tokens)
        self.sources.update(gold.gold_source)
        if suggested is not None:
            self.suggested += len(suggested)
            pairs = zip(suggested, gold.langs, strict=True)
            self.changes.update(f"{before} > {after}" for before, after in pairs if before != after)


def make_gold(
    paths: Sequence[str],
    to: Outputs,
    *,
    tie: Tie = "adjudicate",
    tagger: Callable[[], Tagger] | None = None,
    languages: Sequence[str] = (),
) -> GoldTally:
    """Merges what annotators said into gold.

    Args:
        paths: What was pulled: of the project, of its adjudication, of later rounds.
        to: Where gold, corrected texts and rejected samples go.
        tie: What becomes of disagreements.
        tagger: Makes the tagger of corrected texts, once one is needed.
        languages: The languages in play in corrected texts; empty for those of each sample.

    Returns:
        The counts.

    Raises:
        InputError: A record does not fit; file and line are named.
        UsageError: The tagger does not know a language.
    """
    tally, edited = GoldTally(), []
    cases = Cases(paths)
    encode = msgspec.json.Encoder().encode
    for case in cases:
        outcome = merge(case, tie)
        tally.add(outcome)
        if outcome.gold is not None:
            to.gold.write(encode(outcome.gold) + b"\n")
        elif outcome.fate == "rejected" and to.rejected is not None:
            to.rejected.writelines(encode(record) + b"\n" for record in case.records)
        elif outcome.fate == "edited":
            if next_id(outcome) in cases.ids:
                tally.returned += 1
            else:
                edited.append(outcome)
    if to.requeue is not None and edited and tagger is not None:
        for found in requeued(edited, tagger(), languages):
            to.requeue.write(json_line(found))
            tally.requeued += 1
    return tally


def requeued(edited: Iterable[Outcome], tagger: Tagger, languages: Sequence[str] = ()) -> Iterator[Found]:
    """Corrected texts as new samples, tagged again, to be pushed for another round.

    A corrected text has an id of its own, ``42.0.r2``; ``round`` and ``edited_from`` tell where it comes from.

    Args:
        edited: Samples whose text was corrected.
        tagger: Tags the corrected texts.
        languages: The languages in play; empty for those of each sample.

    Raises:
        UsageError: The tagger does not know a language.
    """
    groups: dict[tuple[str, ...], list[tuple[int, Untagged]]] = {}
    for place, outcome in enumerate(edited, start=1):
        spoken = tuple(languages or outcome.case.record.languages)
        groups.setdefault(spoken, []).append((place, _untagged(outcome, place, spoken)))
    found: dict[int, Found] = {}
    for spoken, waiting in groups.items():
        tagged = tag_stream((source for _, source in waiting), tagger, spoken)
        found.update(zip((place for place, _ in waiting), tagged, strict=True))
    yield from (found[place] for place in sorted(found))


def next_id(outcome: Outcome) -> str:
    """The id that the corrected text of a sample gets.

    >>> from cswitch.annotators.labelstudio.cases import Case
    >>> from cswitch.schemas.annotation import Annotated
    >>> record = Annotated(id="42.0", text="", tokens=[], offsets=[], languages=[])
    >>> next_id(Outcome("edited", Case([record], {1: []})))
    '42.0.r2'
    """
    return f"{_origin(outcome.case.record)}.r{next_round(outcome)}"


def next_round(outcome: Outcome) -> int:
    """The round in which a corrected text is looked at: that after all in which its sample was."""
    begun = outcome.case.record.sample.get("round")
    return max(*outcome.case.rounds, begun if isinstance(begun, int) else 1) + 1


def _origin(record: Annotated) -> str:
    """Id of the sample that a corrected text was first made from; that of the record where it is no such text."""
    held = record.sample.get("edited_from")
    return str(held["id"]) if isinstance(held, dict) and "id" in held else record.id


def _untagged(outcome: Outcome, place: int, languages: Sequence[str]) -> Untagged:
    record = outcome.case.record
    lang = next((language for language in languages if language in _SEGMENTED), "")
    tokens, offsets, _ = tokenise(outcome.corrected, lang)
    by = [one.annotator for one in outcome.case.judgements if correction(one) == outcome.corrected]
    fields = {
        "round": next_round(outcome),
        "edited_from": {"id": _origin(record), "text": record.text, "by": by},
        **{name: record.sample[name] for name in _KEPT if name in record.sample},
    }
    return Untagged(place, next_id(outcome), outcome.corrected, tokens, offsets, fields)
