"""What ``cswitch prompt`` says while it runs, and at its end."""

from __future__ import annotations

from pathlib import Path

import pytest

from cswitch.cli.errors import InterruptedRunError
from cswitch.cli.prompt_report import Watch, batch_report, report, status_report
from cswitch.core.errors import InputError
from cswitch.generators.prompting.contracts import StopRun
from cswitch.generators.prompting.store.batch_jobs import Collected
from cswitch.generators.prompting.store.batch_table import BatchRow
from cswitch.pipeline.prompt_batch import Round
from cswitch.pipeline.prompt_tally import Distance, Summary
from cswitch.pipeline.prompt_watching import Progress
from cswitch.schemas.prompting import PromptSettings, Usage

SETTINGS = PromptSettings(languages=("en", "hi"), cmi=(30.0, 30.0))
FOUND = Summary(
    rows=10,
    answered=8,
    samples=8,
    rejects={"cmi_missed": 2},
    examples={"cmi_missed": "line 4: far"},
    briefs=10,
    first=Distance(texts=10, mean_absolute=11.54, mean_signed=-10.6, within=4),
    accepted=Distance(texts=8, mean_absolute=2.5, mean_signed=0.5, within=8),
    passed={"answer": 4, "edit": 3, "reprompt": 1, "refine": 0},
    accept_rate=0.8,
    versions=16,
    versions_per_sample=2.0,
    answers=12,
    answers_per_sample=1.5,
    usage=Usage(prompt=1200, cached=200, completion=90, answers=12),
    cost=0.5,
    cost_per_sample=0.0625,
    sent=9,
    replayed=3,
    failures={"rate_limit": 4},
    spent=0.75,
    monotony={"upos": {"NOUN": 9, "ADJ": 1}, "words": 10, "warning": "monotonous: nouns"},
)


def test_the_end_of_a_run() -> None:
    assert report(FOUND, SETTINGS, "out.jsonl").splitlines() == [
        "10 rows read, 8 answered (80.0 %): 8 texts accepted in out.jsonl",
        "  first answers: |CMI asked - CMI got| 11.5 on average, -10.6 with its sign; 40.0 % within 5",
        "  accepted texts: |CMI asked - CMI got| 2.5 on average, +0.5 with its sign; 100.0 % within 5",
        "  80.0 % of the texts asked for were accepted: 4 as first answered, 3 after an edit, 1 when asked again",
        "  an accepted text took 1.50 answers, 2.00 versions",
        "  1,200 tokens in (200 from the server's cache), 90 out; 0.50 USD, 0.06 an accepted text;"
        " this run has spent 0.75",
        "  9 answers came now, 3 were there already; tries without an answer: rate limit 4",
        "  2 rows rejected, cmi_missed: no attempt came within the tolerance of the CMI asked for (first: line 4: far)",
        "  10 embedded words: NOUN 90 %, ADJ 10 %",
        "  warning: monotonous: nouns",
    ]


def test_nothing_came() -> None:
    lines = report(Summary(rows=1, rejects={"refused": 1}), SETTINGS, "-").splitlines()
    assert lines[0] == "1 row read, 0 answered (0.0 %): 0 texts accepted"
    assert report(Summary(already_complete=True), SETTINGS, "o") == "o is complete already; nothing was done"


@pytest.mark.parametrize(
    ("made", "lines"),
    [
        (
            Round(summary=Summary(rows=3, waiting=2), submitted=2, batches=["b1"]),
            ["2 requests submitted in 1 batch: b1", "2 rows wait, 3 are done",
             "when the batches are done: the same command with --batch collect"],
        ),
        (
            Round(summary=Summary(rows=0, waiting=1), to_submit=1, collected=Collected(batches=1, answers=2)),
            ["1 row waits, 0 are done", "1 request for another round: the same command with --batch submit"],
        ),
    ],
)  # fmt: skip
def test_a_round_of_batches(made: Round, lines: list[str]) -> None:
    assert batch_report(made, SETTINGS, "out.jsonl").splitlines()[-len(lines) :] == lines


def test_the_status_of_batches() -> None:
    row = BatchRow(1, "http://h/v1", "m", 1, "tag", "batch_1", "completed", 1200, 1190, 10, True)
    head, line = status_report([row]).splitlines()
    assert head.split() == ["batch", "model", "status", "requests", "done", "failed"]
    assert line.split() == ["batch_1", "m", "completed", "1,200", "1,190", "10", "collected"]
    assert status_report([]) == "no batch was submitted"


def test_the_line_of_progress(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with Watch("out.jsonl", 5.0) as watch:
        watch.update(Progress(rows=1200, samples=1000, answers=0, in_flight=7, limit=8, spent=0.5))
        watch.note("the server limits the rate")
    shown = capfd.readouterr().err
    assert "1,200 rows, 1,000 texts, 0.0 answers/s, 7 of 8 on their way, spent 0.50 of 5.00" in shown
    assert "cswitch: note: the server limits the rate\n" in shown
    assert shown.endswith("\n")


def stopped(output: Path, error: BaseException) -> None:
    """A run of which four rows are safe, ended by an error."""
    with Watch(str(output), None) as watch:
        watch.update(Progress(rows=4, samples=3, answers=9, in_flight=0, limit=1, spent=None))
        raise error


def test_what_is_safe_is_told(tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    Path(f"{output}.part").write_text("", encoding="utf-8")
    safe = f"3 texts of 4 rows are safe in {output}.part, answers are kept"
    with pytest.raises(InterruptedRunError) as caught:
        stopped(output, KeyboardInterrupt())
    assert str(caught.value) == f"interrupted; {safe}: the same command goes on"
    assert caught.value.exit_status == 130
    for error, end in (
        (StopRun("the budget is spent", hint="raise it"), "raise it; {}: the same command goes on"),
        (InputError("broken", hint="mend it"), "mend it; {}: once that is mended, it goes on"),
    ):
        with pytest.raises(type(error)) as raised:
            stopped(output, error)
        assert raised.value.hint == end.format(safe)
