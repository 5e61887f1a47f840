"""What annotators did with suggested tags, and whether seeing them pulled."""

from __future__ import annotations

import numpy as np

from cswitch.annotators.agreement.coefficients import Floats
from cswitch.annotators.agreement.estimates import difference, share_estimate
from cswitch.annotators.agreement.measuring import Corpus
from cswitch.annotators.agreement.ratings import MISSING, Mask, by_task
from cswitch.annotators.agreement.resampling import Plan
from cswitch.annotators.agreement.results import Anchoring, Estimate, Kept
from cswitch.annotators.agreement.tables import Tables

_NO_TOKEN = "no token with a suggestion was tagged"
_NO_TASK = "no task with a suggestion was judged"

Drawn = tuple[Estimate, Floats | None]


def kept(tables: Tables, judged: Mask, plan: Plan) -> list[Kept]:
    """How often each annotator kept the suggestion, over the words of tasks that showed one.

    Args:
        tables: What was said and suggested.
        judged: Tasks x annotators: who judged which task.
        plan: How intervals are made.
    """
    if not tables.shown.any():
        return []
    return [_kept(tables, judged, column, plan) for column in range(len(tables.annotators))]


def anchoring(tables: Tables, plan: Plan) -> list[Anchoring]:
    """Agreement where suggestions were shown, against tasks that hid them; empty unless there are both.

    Of the words that have a suggestion: how often annotators, all together and each, gave its tag; and how far they
    agree with one another (Krippendorff's alpha). The difference is what showing the suggestion does as long as chance
    alone decided which tasks are blind.
    """
    if not tables.shown.any() or not tables.blind.any():
        return []
    everyone = list(range(len(tables.annotators)))
    found = [_with_suggestion(tables, everyone, "suggestion", plan)]
    found.append(_among_annotators(tables, plan))
    if len(everyone) > 1:
        found += [_with_suggestion(tables, [one], f"suggestion:{tables.annotators[one]}", plan) for one in everyone]
    return found


def _kept(tables: Tables, judged: Mask, column: int, plan: Plan) -> Kept:
    name = tables.annotators[column]
    task = tables.tokens.task
    own = tables.tokens.codes[:, column]
    asked = tables.words & (tables.suggested != MISSING) & tables.shown[task] & judged[task, column]
    rows = np.stack([own == tables.suggested, own != MISSING, own == MISSING], axis=1)[asked].astype(np.int64)
    sums = by_task(task[asked], rows)
    share, _ = share_estimate(sums[:, :2], "kept", _NO_TOKEN, plan, f"kept\x1f{name}", units="words")
    whole = np.stack([sums[:, 0] == sums[:, 1:].sum(axis=1), np.ones(len(sums))], axis=1)
    untouched, _ = share_estimate(whole, "untouched", _NO_TASK, plan, f"untouched\x1f{name}", units="tasks")
    return Kept(annotator=name, tasks=len(sums), kept=share, removed=int(sums[:, 2].sum()), untouched=untouched)


def _with_suggestion(tables: Tables, columns: list[int], of: str, plan: Plan) -> Anchoring:
    """Agreement with the suggestion of some annotators together."""

    def agreement(tasks: Mask, kind: str) -> Drawn:
        task = tables.tokens.task
        asked = tables.words & (tables.suggested != MISSING) & tasks[task]
        own = tables.tokens.codes[asked][:, columns]
        same = own == tables.suggested[asked][:, None]
        rows = np.stack([same.sum(axis=1), (own != MISSING).sum(axis=1)], axis=1)
        stream = f"{of}\x1f{kind}"
        return share_estimate(by_task(task[asked], rows), "suggestion", _NO_TOKEN, plan, stream, units="words", of=kind)

    shown, blind = agreement(tables.shown, "shown"), agreement(tables.blind, "blind")
    gap = difference(shown, blind, "suggestion", plan, units="words", of="shown-blind")
    return Anchoring(of=of, shown=shown[0], blind=blind[0], difference=gap)


def _among_annotators(tables: Tables, plan: Plan) -> Anchoring:
    """Agreement of annotators with one another."""

    def alpha(tasks: Mask, kind: str) -> Drawn:
        asked = tables.words & tasks[tables.tokens.task]
        corpus = Corpus(tables.tokens.of(asked), plan, f"annotators\x1f{kind}")
        return corpus.alpha(units="words", of=kind), corpus.alpha_drawn()

    shown, blind = alpha(tables.shown, "shown"), alpha(tables.blind, "blind")
    gap = difference(shown, blind, "alpha", plan, level="nominal", units="words", of="shown-blind")
    return Anchoring(of="annotators", shown=shown[0], blind=blind[0], difference=gap)
