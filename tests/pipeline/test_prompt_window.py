"""Rows that are worked on at once, and settled in the order of the input."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.errors import InputError
from cswitch.generators.prompting.contracts import Brief, NotYet, StopRun
from cswitch.generators.prompting.outcomes import Outcome
from cswitch.pipeline.prompt_input import Item
from cswitch.pipeline.prompt_window import Window
from cswitch.pipeline.readers import Row
from cswitch.schemas.pair import Pair
from cswitch.schemas.prompting import Finding
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Provenance, Sample, Target

PROVENANCE = Provenance(generator="prompt", version="0", config="0", seed=0, draw=0)


class Plan(NamedTuple):
    """What the loop does with a row."""

    texts: tuple[str, ...] = ("a",)
    """Its texts, one after the other; then it is rejected."""
    turns: int = 0
    """Turns of the event loop that an answer takes."""
    raises: Exception | None = None


def sample(name: str, text: str) -> Sample:
    return Sample(
        id=f"{name}.0", source_id=name, text=text, tokens=[text], langs=["hi"], offsets=[(0, len(text))],
        origins=[None], languages=["hi", "en"], matrix="hi", measures={"cmi": 0.0}, target=Target(), met=True,
        reachable={}, provenance=PROVENANCE,
    )  # fmt: skip


class Loop:
    """Answers as planned."""

    def __init__(self, plans: Sequence[Plan]) -> None:
        self.plans = plans
        self.asked: list[str] = []
        self.running = self.most = 0

    async def answer(self, brief: Brief) -> Outcome:
        self.asked.append(brief.id)
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            return await self._made(brief, 0)
        finally:
            self.running -= 1

    async def again(self, brief: Brief, outcome: Outcome, finding: Finding) -> Outcome:
        assert outcome.sample is not None
        made = await self._made(brief, outcome.reprompts + 1)
        # What was made depends on the finding too, as in the real loop, where attempts note it.
        return Outcome(
            sample=made.sample, reject=made.reject, reprompts=made.reprompts, requests=(finding.detail.encode(),)
        )

    async def _made(self, brief: Brief, number: int) -> Outcome:
        plan = self.plans[int(brief.id)]
        for _ in range(plan.turns):
            await asyncio.sleep(0)
        if plan.raises is not None:
            raise plan.raises
        if number >= len(plan.texts):
            return Outcome(reject=Reject(source_id=brief.id, reason="near_duplicate"), reprompts=number)
        return Outcome(sample=sample(brief.id, plan.texts[number]), reprompts=number)


class Texts:
    """Accepted texts; a repeat is of the one that shares most letters, so that it may change as texts are added."""

    def __init__(self) -> None:
        self.added: list[tuple[str, str]] = []

    def find(self, sample: Sample) -> Finding | None:
        alike = [(len(set(text) & set(sample.text)), -at, name) for at, (name, text) in enumerate(self.added)]
        best = max((found for found in alike if found[0]), default=None)
        return None if best is None else Finding("near_duplicate", best[2])

    def add(self, sample: Sample) -> None:
        self.added.append((sample.source_id, sample.text))


Settled = list[tuple[str, object]]


def brief(number: int) -> Brief:
    return Brief(id=str(number), languages=("hi", "en"), cmi=None, tolerance=5)


def items(count: int, rejected: Sequence[int] = (), fault: int | None = None) -> AsyncIterator[Item]:
    async def give() -> AsyncIterator[Item]:
        for number in range(count):
            if number == fault:
                raise InputError("broken", path="in.tsv", line=number)
            row = Row(number, Pair(id=str(number), texts={}))
            reject = Reject(source_id=str(number), reason="no_links")
            yield Item(row, reject if number in rejected else (brief(number),))

    return give()


def work(
    plans: Sequence[Plan],
    *,
    size: int = 4,
    stopped: list[StopRun] | None = None,
    rejected: Sequence[int] = (),
    fault: int | None = None,
) -> tuple[Settled, Loop, Window, Exception | None]:
    settled: Settled = []
    loop = Loop(plans)

    def settle(row: Row, result: Sequence[Outcome] | Reject) -> None:
        if isinstance(result, Reject):
            settled.append((row.pair.id, result.reason))
        else:
            (outcome,) = result
            text = outcome.sample.text if outcome.sample else None
            settled.append((row.pair.id, (text, outcome.requests)))

    async def main() -> tuple[Window, Exception | None]:
        window = Window(loop, Texts(), settle, size=size, stopped=[] if stopped is None else stopped)
        try:
            await window.run(items(len(plans), rejected, fault))
        except (StopRun, InputError) as error:
            return window, error
        return window, None

    window, error = asyncio.run(main())
    return settled, loop, window, error


def one_by_one(plans: Sequence[Plan]) -> Settled:
    """What comes of rows that are worked on one after the other."""
    return work([plan._replace(turns=0) for plan in plans], size=1)[0]


@settings(deadline=None, max_examples=200)
@given(
    plans=st.lists(
        st.builds(
            Plan,
            texts=st.lists(st.text("abcd", min_size=1, max_size=2), min_size=1, max_size=3).map(tuple),
            turns=st.integers(0, 9),
            raises=st.none(),
        ),
        max_size=12,
    ),
    size=st.integers(1, 8),
)
def test_what_is_settled_does_not_depend_on_when_answers_come(plans: list[Plan], size: int) -> None:
    settled, _, _, error = work(plans, size=size)
    assert error is None
    assert [name for name, _ in settled] == [str(number) for number in range(len(plans))]
    assert settled == one_by_one(plans)


def test_a_repeat_is_made_again_and_rejected_when_nothing_new_comes() -> None:
    settled, _, _, _ = work([Plan(("a",)), Plan(("a", "b")), Plan(("a",), turns=5), Plan(("b", "a", "c"))])
    assert settled == [("0", ("a", ())), ("1", ("b", (b"0",))), ("2", (None, (b"0",))), ("3", ("c", (b"0",)))]


@pytest.mark.parametrize("size", [1, 3, 7])
def test_only_so_many_are_worked_on_at_once(size: int) -> None:
    _, loop, _, _ = work([Plan((letter,), turns=9) for letter in "abcdefghijklmnopqrst"], size=size)
    assert loop.most == size


def test_rows_of_no_use_are_settled_in_their_place() -> None:
    settled, loop, _, _ = work([Plan(("a",)), Plan(), Plan(("b",))], rejected=[1])
    assert settled == [("0", ("a", ())), ("1", "no_links"), ("2", ("b", ()))]
    assert loop.asked == ["0", "2"]


def test_what_comes_before_a_fault_of_the_input_is_settled() -> None:
    settled, _, _, error = work([Plan((letter,), turns=3) for letter in "abcdef"], fault=4)
    assert [name for name, _ in settled] == ["0", "1", "2", "3"]
    assert str(error) == "in.tsv:4: broken"


def test_a_run_that_cannot_go_on_settles_what_it_can_and_waits_for_what_is_on_its_way() -> None:
    stopped: list[StopRun] = []
    broke = StopRun("the budget is spent")

    class Stopping(Exception):
        pass

    plans = [Plan((letter,), turns=turns) for letter, turns in zip("abcdefgh", (1, 9, 2, 20, 1, 1, 1, 1), strict=True)]
    plans[2] = plans[2]._replace(raises=broke)
    finished: list[str] = []

    class Noting(Loop):
        async def answer(self, brief: Brief) -> Outcome:
            try:
                outcome = await super().answer(brief)
            except StopRun as error:
                stopped.append(error)
                raise
            finished.append(brief.id)
            return outcome

    settled: Settled = []
    loop = Noting(plans)
    window = Window(loop, Texts(), lambda row, result: settled.append((row.pair.id, 0)), size=4, stopped=stopped)
    with pytest.raises(StopRun, match="the budget is spent"):
        asyncio.run(window.run(items(len(plans))))
    assert [name for name, _ in settled] == ["0", "1"]
    assert "3" in finished  # it was on its way, and is waited for: its answer is paid
    assert len(loop.asked) < len(plans)


def test_a_run_that_was_stopped_from_outside_takes_no_more_rows() -> None:
    settled, loop, _, error = work([Plan((letter,)) for letter in "abcd"], stopped=[StopRun("interrupted")])
    assert (settled, loop.asked) == ([], [])
    assert str(error) == "interrupted"


def test_behind_a_row_that_waits_nothing_is_settled_and_everything_is_asked() -> None:
    plans = [Plan(("a",)), Plan(raises=NotYet()), Plan(("b",)), Plan(raises=NotYet(), turns=5), Plan(("c",))]
    settled, loop, window, error = work(plans, size=2)
    assert error is None
    assert settled == [("0", ("a", ()))]
    assert loop.asked == ["0", "1", "2", "3", "4"]
    assert (window.waiting, window.behind) == (2, 2)


def test_a_row_whose_translation_waits_is_counted() -> None:
    settled: Settled = []

    async def give() -> AsyncIterator[Item]:
        yield Item(Row(1, Pair(id="0", texts={})), None)
        yield Item(Row(2, Pair(id="1", texts={})), (brief(0),))

    window = Window(Loop([Plan()]), Texts(), lambda row, result: settled.append((row.pair.id, 0)), size=2, stopped=[])
    asyncio.run(window.run(give()))
    assert (settled, window.waiting, window.behind) == ([], 1, 1)


def test_a_fault_of_ours_ends_everything_that_is_under_way() -> None:
    with pytest.raises(ZeroDivisionError):
        work([Plan(("a",), turns=50), Plan(raises=ZeroDivisionError(), turns=1), Plan(("b",), turns=1000)])
