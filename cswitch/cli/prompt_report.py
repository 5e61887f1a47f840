"""The end of a run of ``cswitch prompt`` in a few lines, and its progress while it lasts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Self

from cswitch.cli.errors import InterruptedRunError
from cswitch.cli.live import LiveLine, Rate
from cswitch.cli.options import counted, percent
from cswitch.core.errors import InputError
from cswitch.generators.prompting.contracts import StopRun

if TYPE_CHECKING:
    from cswitch.generators.prompting.store.batch_table import BatchRow
    from cswitch.pipeline.prompt_batch import Round
    from cswitch.pipeline.prompt_forecast import Seen
    from cswitch.pipeline.prompt_tally import Distance, Summary
    from cswitch.pipeline.prompt_watching import Progress
    from cswitch.schemas.prompting import PromptSettings

_PASSED = {
    "answer": "as first answered", "edit": "after an edit", "reprompt": "when asked again", "refine": "once refined"
}  # fmt: skip


def report(summary: Summary, settings: PromptSettings, output: str) -> str:
    """What came, how near, what it took, and why the rest did not come."""
    if summary.already_complete:
        return f"{output} is complete already; nothing was done"
    lines = [_answered(summary, output), *_nearness(summary, settings), *_passed(summary), *_taken(summary)]
    lines += _rejected(summary)
    lines += _monotony(summary)
    return "\n".join(lines)


def quality(counts: Mapping[str, int], settings: PromptSettings) -> list[str]:
    """How near texts came and what made them pass, by the counts of a job, a line each."""
    from cswitch.pipeline.prompt_tally import REPAIRS, Tally, summary

    accepted = sum(counts.get(f"passed.{way}", 0) for way in REPAIRS)
    found = summary(Tally(counts, settings.tolerance), 0, accepted)
    return [*_nearness(found, settings), *_passed(found)]


def batch_report(made: Round, settings: PromptSettings, output: str) -> str:
    """What came back, what was sent, and what is to be done next."""
    from cswitch.generators.prompting.store.batch_jobs import lines_of

    lines = [] if made.collected is None else lines_of(made.collected)
    if made.submitted:
        ids = ", ".join(made.batches[:3]) + (", ..." if len(made.batches) > 3 else "")
        batches = f"{len(made.batches):,} batch{'es' * (len(made.batches) != 1)}"
        lines.append(f"{counted(made.submitted, 'request')} submitted in {batches}: {ids}")
    waiting = made.summary.waiting
    if not waiting:
        return "\n".join([*lines, report(made.summary, settings, output)])
    lines.append(f"{counted(waiting, 'row')} wait{'s' * (waiting == 1)}, {made.summary.rows:,} are done")
    if made.to_submit:
        lines.append(f"{counted(made.to_submit, 'request')} for another round: the same command with --batch submit")
    else:
        lines.append("when the batches are done: the same command with --batch collect")
    return "\n".join(lines)


def status_report(rows: list[BatchRow]) -> str:
    """A line a batch."""
    from cswitch.cli.streams import table

    if not rows:
        return "no batch was submitted"
    head = ("batch", "model", "status", "requests", "done", "failed", "")
    told = [
        (row.batch or "not known yet", row.model, row.status, f"{row.requests:,}", f"{row.completed:,}",
         f"{row.failed:,}", "collected" if row.collected else "")
        for row in rows
    ]  # fmt: skip
    return table([head, *told])


def forecast_report(seen: Seen, settings: PromptSettings) -> str:
    """What a run would take, and its first request."""
    from cswitch.generators.prompting.store.forecast import lines
    from cswitch.pipeline.prompt_forecast import shown

    told = [f"{counted(seen.rows, 'row')}, model {settings.model}, recipe {settings.method or settings.recipe}"]
    if seen.rejected:
        told.append(f"{seen.rejected:,} of the first {seen.first:,} rows would be rejected before anything is asked")
    told += ["", *lines(seen.found, seen.currency), ""]
    if seen.request is None:
        return "\n".join(told).rstrip()
    what = " (its translation is not asked for yet: the text itself stands for it)" if seen.stand_in else ""
    return "\n".join([*told, f"the first request, {seen.request.prompt}{what}:", *shown(seen.request)])


def forecast_object(seen: Seen) -> dict[str, object]:
    """The same for a program."""
    request = seen.request
    return {
        "rows": seen.rows,
        "rejected_of_first": [seen.rejected, seen.first],
        "forecast": {name: case._asdict() for name, case in seen.found._asdict().items()},
        "currency": seen.currency,
        "prompt": request and request.prompt,
        "messages": [{"role": one.role, "content": one.content} for one in (request.messages if request else ())],
    }


def _answered(found: Summary, output: str) -> str:
    share = f" ({percent(found.answered, found.rows)})" if found.answered < found.rows else ""
    place = "" if output == "-" or not found.samples else f" in {output}"
    texts = f"{counted(found.samples, 'text')} accepted{place}"
    return f"{counted(found.rows, 'row')} read, {found.answered:,} answered{share}: {texts}"


def _nearness(found: Summary, settings: PromptSettings) -> list[str]:
    if settings.cmi is None or not found.first.texts:
        return []
    first = f"  first answers: {_distance(found.first, settings)}"
    return [first, f"  accepted texts: {_distance(found.accepted, settings)}"] if found.accepted.texts else [first]


def _distance(found: Distance, settings: PromptSettings) -> str:
    return (
        f"|CMI asked - CMI got| {found.mean_absolute:.1f} on average, {found.mean_signed:+.1f} with its sign;"
        f" {percent(found.within, found.texts)} within {settings.tolerance:g}"
    )


def _passed(found: Summary) -> list[str]:
    if not found.samples:
        return []
    ways = [f"{found.passed[way]:,} {words}" for way, words in _PASSED.items() if found.passed.get(way)]
    rate = (
        "" if found.accept_rate is None else f"{100 * found.accept_rate:.1f} % of the texts asked for were accepted: "
    )
    lines = [f"  {rate}{', '.join(ways)}"]
    if found.fewer:
        lines.append(f"  {counted(found.fewer, 'row')} gave fewer texts than --per-pair asks for")
    return lines


def _taken(found: Summary) -> list[str]:
    lines = []
    if found.samples:
        lines.append(
            f"  an accepted text took {found.answers_per_sample:.2f} answers, {found.versions_per_sample:.2f} versions"
        )
    usage, total = found.usage, found.total
    tokens = f"{usage.prompt:,} tokens in ({usage.cached:,} from the server's cache), {usage.completion:,} out"
    lines.append(f"  {tokens}{_cost(found)}")
    if (total.prompt, total.completion) != (usage.prompt, usage.completion) and total.answers:
        lines.append(f"  with probes, translations and rows not done: {total.prompt:,} in, {total.completion:,} out")
    failed = ", ".join(f"{_words(name)} {number:,}" for name, number in found.failures.items())
    failures = f"; tries without an answer: {failed}" if failed else ""
    lines.append(f"  {counted(found.sent, 'answer')} came now, {found.replayed:,} were there already{failures}")
    return lines


def _cost(found: Summary) -> str:
    if found.cost is None:
        return "; money not known: give --price IN,OUT"
    if not found.cost and not found.spent:
        return ""
    each = "" if found.cost_per_sample is None else f", {_money(found.cost_per_sample)} an accepted text"
    spent = "" if found.spent is None else f"; this run has spent {_money(found.spent)}"
    return f"; {_money(found.cost)} {found.currency}{each}{spent}"


def _rejected(found: Summary) -> list[str]:
    from cswitch.schemas.reject import REASONS

    lines = []
    for reason, count in found.rejects.items():
        example = found.examples.get(reason)
        first = f" (first: {example})" if example else ""
        lines.append(f"  {counted(count, 'row')} rejected, {reason}: {REASONS[reason]}{first}")
    return lines


def _monotony(found: Summary) -> list[str]:
    counts, words = found.monotony.get("upos"), found.monotony.get("words")
    if not isinstance(counts, dict) or not isinstance(words, int) or not words:
        return []
    shares = ", ".join(f"{name} {100 * count / words:.0f} %" for name, count in list(counts.items())[:5])
    warning = found.monotony.get("warning")
    lines = [f"  {words:,} embedded words: {shares}"]
    return [*lines, f"  warning: {warning}"] if warning else lines


def _words(name: str) -> str:
    return name.replace("_", " ")


def _money(amount: float) -> str:
    from cswitch.generators.prompting.store.ledger import money

    return money(amount)


class Watch:
    """How far a run is: shown in a line on stderr while someone is looking, and told when it stops half way.

    Args:
        output: Where samples go.
        budget: Most that may be spent.
    """

    def __init__(self, output: str, budget: float | None) -> None:
        self._part = f"{os.path.realpath(output) if os.path.islink(output) else output}.part"
        self._budget = budget
        self._last: Progress | None = None
        self._line, self._rate = LiveLine(), Rate()

    def update(self, now: Progress) -> None:
        """Takes in how far it is, and shows it."""
        self._last = now
        spent = f", spent {_money(now.spent)}" if now.spent else ""
        spent += f" of {_money(self._budget)}" if spent and self._budget else ""
        self._line.show(
            f"{counted(now.rows, 'row')}, {counted(now.samples, 'text')}, {self._rate(now.answers):,.1f} answers/s,"
            f" {now.in_flight} of {now.limit} on their way{spent}"
        )

    def note(self, line: str) -> None:
        """Tells the user something, above the line."""
        self._line.note(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Removes the line, and adds to an error what is safe."""
        self._line.clear()
        if isinstance(error, KeyboardInterrupt):
            raise InterruptedRunError("interrupted", hint=f"{self._safe()}: the same command goes on") from error
        if isinstance(error, StopRun | InputError) and os.path.exists(self._part):
            again = "the same command goes on" if isinstance(error, StopRun) else "once that is mended, it goes on"
            error.hint = "; ".join(filter(None, [error.hint, f"{self._safe()}: {again}"]))

    def _safe(self) -> str:
        """What the next run will start from."""
        rows = 0 if self._last is None else self._last.rows
        if not rows or not os.path.exists(self._part):
            return "answers are kept"
        samples = 0 if self._last is None else self._last.samples
        verb = "is" if samples == 1 else "are"
        return f"{counted(samples, 'text')} of {counted(rows, 'row')} {verb} safe in {self._part}, answers are kept"
