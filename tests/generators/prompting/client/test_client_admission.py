import asyncio
from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.generators.prompting.client.admission import Admission, Outcome, Permit
from cswitch.generators.prompting.client.rates import Quota, Told
from cswitch.generators.prompting.contracts import StopRun
from tests.generators.prompting.client.client_fakes import FakeClock, settle

Body = Callable[[Admission, FakeClock], Awaitable[None]]


def run(body: Body, **kwargs: Any) -> None:
    async def main() -> None:
        clock = FakeClock()
        gate = Admission(clock=clock, **kwargs)
        try:
            await body(gate, clock)
        finally:
            gate.close()

    asyncio.run(main())


async def enter(gate: Admission, count: int, tokens: int = 0) -> list[Permit]:
    return [await gate.enter(tokens) for _ in range(count)]


def queue(gate: Admission, count: int, tokens: int = 0) -> list[asyncio.Task[Permit]]:
    return [asyncio.ensure_future(gate.enter(tokens)) for _ in range(count)]


def gone(tasks: list[asyncio.Task[Permit]]) -> list[bool]:
    return [task.done() for task in tasks]


def test_no_more_than_the_limit_are_on_their_way_and_others_go_in_order() -> None:
    async def body(gate: Admission, clock: FakeClock) -> None:
        first = await enter(gate, 2)
        others = queue(gate, 3)
        await settle()
        assert gone(others) == [False] * 3
        gate.leave(first[0], Outcome.FAILED)
        await settle()
        assert gone(others) == [True, False, False]
        gate.leave(first[1], Outcome.FAILED)
        gate.leave(await others[0], Outcome.FAILED)
        await settle()
        assert gone(others) == [True] * 3
        assert gate.in_flight == 2

    run(body, start=2, most=2)


def test_who_comes_later_does_not_overtake_who_waits() -> None:
    async def body(gate: Admission, clock: FakeClock) -> None:
        order: list[str] = []

        async def go(name: str, tokens: int) -> None:
            gate.leave(await gate.enter(tokens), Outcome.FAILED)
            order.append(name)

        big = asyncio.ensure_future(go("big", 5000))
        await settle()
        again = asyncio.ensure_future(go("big again", 5000))
        await settle()
        small = asyncio.ensure_future(go("small retry", 1))
        await clock.advance(300)
        await asyncio.gather(big, again, small)
        assert order == ["big", "big again", "small retry"]

    run(body, start=8, most=8, tpm=6000)


def test_congestion_lowers_the_limit_once_a_round_trip() -> None:
    async def body(gate: Admission, clock: FakeClock) -> None:
        together = await enter(gate, 10)
        await clock.advance(1)
        for permit in together:
            gate.leave(permit, Outcome.CONGESTED)
        assert gate.limit == 7
        await clock.advance(1)
        later = await enter(gate, 7)
        for permit in later:
            gate.leave(permit, Outcome.CONGESTED)
        assert gate.limit == 4

    run(body, start=10, most=64)


def test_the_limit_never_falls_below_one() -> None:
    async def body(gate: Admission, clock: FakeClock) -> None:
        for _ in range(20):
            await clock.advance(1)
            gate.leave(await gate.enter(), Outcome.CONGESTED)
        assert gate.limit == 1

    run(body, start=10, most=64)


async def round_trip(gate: Admission, clock: FakeClock, count: int) -> None:
    permits = await enter(gate, count)
    await clock.advance(1)
    for permit in permits:
        gate.leave(permit, Outcome.ANSWERED, seconds=1.0, written=10)


def test_the_limit_grows_only_while_it_is_used() -> None:
    async def body(gate: Admission, clock: FakeClock) -> None:
        for _ in range(20):
            await round_trip(gate, clock, 5)
        assert gate.limit == 10

    run(body, start=10, most=64)


def test_it_starts_slowly_which_is_fast_then_grows_by_one_a_round_trip() -> None:
    async def body(gate: Admission, clock: FakeClock) -> None:
        async def work() -> None:
            while True:
                permit = await gate.enter()
                await clock.sleep(1.0)
                gate.leave(permit, Outcome.ANSWERED, seconds=1.0, written=10)

        workers = [asyncio.ensure_future(work()) for _ in range(40)]
        limits = []
        for _ in range(3):
            await clock.advance(1)
            limits.append(gate.limit)
        assert limits == [8, 16, 32]
        congested = Permit(clock.time(), 0)
        await clock.advance(0.5)
        gate._in_flight += 1
        gate.leave(congested, Outcome.CONGESTED)
        limits = [gate.limit]
        for _ in range(4):
            await clock.advance(1)
            limits.append(gate.limit)
        assert limits[0] == 22
        assert all(0 <= after - before <= 2 for before, after in pairwise(limits))
        assert 25 <= limits[-1] <= 27
        for worker in workers:
            worker.cancel()

    run(body, start=4, most=64)


def test_the_limit_stays_below_the_most() -> None:
    async def body(gate: Admission, clock: FakeClock) -> None:
        for _ in range(10):
            await round_trip(gate, clock, gate.limit)
        assert gate.limit == 12

    run(body, start=4, most=12)


def test_rising_latency_lowers_the_limit() -> None:
    async def body(gate: Admission, clock: FakeClock) -> None:
        for seconds in [0.5] * 100 + [3.0] * 40:
            permit = await gate.enter()
            await clock.advance(seconds)
            gate.leave(permit, Outcome.ANSWERED, seconds=seconds, written=10)
        assert gate.limit < 20

    run(body, start=20, most=20)


def test_a_pause_holds_everybody_and_ends_by_itself() -> None:
    async def body(gate: Admission, clock: FakeClock) -> None:
        gate.pause(10)
        tasks = queue(gate, 3)
        await clock.advance(9.9)
        assert gone(tasks) == [False] * 3
        gate.pause(5)
        await clock.advance(4)
        assert gone(tasks) == [False] * 3
        await clock.advance(2)
        assert gone(tasks) == [True] * 3

    run(body, start=8, most=8)


def test_requests_a_minute_are_kept() -> None:
    async def body(gate: Admission, clock: FakeClock) -> None:
        went: list[float] = []

        async def one() -> None:
            gate.leave(await gate.enter(), Outcome.FAILED)
            went.append(clock.time())

        tasks = [asyncio.ensure_future(one()) for _ in range(90)]
        await clock.advance(200)
        await asyncio.gather(*tasks)
        assert all(sum(start <= at < start + 60 for at in went) <= 30 for start in went)
        assert went[-1] - went[0] < 200

    run(body, start=64, most=64, rpm=30)


def test_what_a_server_tells_is_kept() -> None:
    async def body(gate: Admission, clock: FakeClock) -> None:
        gate.told(Told(None, Quota(60, 0, 20), Quota()))
        tasks = queue(gate, 2)
        await clock.advance(19)
        assert gone(tasks) == [False, False]
        await clock.advance(3)
        assert gone(tasks) == [True, True]

    run(body, start=8, most=8)


def test_one_at_a_time_until_told_otherwise() -> None:
    async def body(gate: Admission, clock: FakeClock) -> None:
        gate.one_at_a_time(True)
        tasks = queue(gate, 4)
        await settle()
        assert gone(tasks) == [True, False, False, False]
        gate.leave(await tasks[0], Outcome.FAILED)
        await settle()
        assert gone(tasks) == [True, True, False, False]
        gate.one_at_a_time(False)
        await settle()
        assert gone(tasks) == [True] * 4

    run(body, start=8, most=8)


def test_who_gives_up_waiting_holds_nobody() -> None:
    async def body(gate: Admission, clock: FakeClock) -> None:
        (permit,) = await enter(gate, 1)
        tasks = queue(gate, 3)
        await settle()
        tasks[0].cancel()
        await settle()
        gate.leave(permit, Outcome.FAILED)
        tasks[1].cancel()  # just let in, and gone before it knows
        await settle()
        assert gone(tasks) == [True, True, True]
        assert tasks[1].cancelled()
        assert gate.in_flight == 1

    run(body, start=1, most=1)


def test_a_gate_that_is_shut_tells_who_waits_and_who_comes() -> None:
    async def body(gate: Admission, clock: FakeClock) -> None:
        await enter(gate, 1)
        tasks = queue(gate, 2)
        await settle()
        gate.stop(StopRun("the key is refused", hint="set it"))
        found = await asyncio.gather(*tasks, return_exceptions=True)
        assert [str(error) for error in found] == ["the key is refused; set it"] * 2
        with pytest.raises(StopRun, match="the key is refused"):
            await gate.enter()

    run(body, start=1, most=1)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 3), st.sampled_from(list(Outcome)), st.integers(0, 50)), min_size=1, max_size=60),
    st.integers(1, 6),
    st.booleans(),
)
def test_everybody_gets_through_in_order_and_never_too_many_at_once(
    work: list[tuple[float, Outcome, int]], most: int, paused: bool
) -> None:
    async def body(gate: Admission, clock: FakeClock) -> None:
        entered: list[int] = []
        now = peak = 0

        async def one(number: int, seconds: float, outcome: Outcome, tokens: int) -> None:
            nonlocal now, peak
            permit = await gate.enter(tokens)
            entered.append(number)
            now += 1
            peak = max(peak, now)
            await clock.sleep(seconds)
            now -= 1
            if paused and outcome is Outcome.CONGESTED:
                gate.pause(1.5)
            gate.leave(permit, outcome, seconds=seconds, written=tokens, used=tokens // 2)

        tasks = [asyncio.ensure_future(one(number, *each)) for number, each in enumerate(work)]
        await clock.advance(2000)
        await asyncio.gather(*tasks)
        assert entered == list(range(len(work)))
        assert peak <= most
        assert gate.in_flight == 0
        assert 1 <= gate.limit <= most

    run(body, start=3, most=most, tpm=600, rpm=600)
