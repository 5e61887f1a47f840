import pytest

from cswitch.generators.prompting.client.breaker import Breaker
from cswitch.generators.prompting.contracts import StopRun

URL = "http://127.0.0.1:9/v1"


def test_it_opens_after_failures_in_a_row_and_says_what_it_waits_for() -> None:
    lines: list[str] = []
    breaker = Breaker(URL, threshold=3, note=lines.append)
    assert [breaker.failure("connection refused", t) for t in (0.0, 0.1)] == [0, 0]
    assert not breaker.open
    pause = breaker.failure("connection refused", 0.2)
    assert 0.5 <= pause <= 1
    assert breaker.open
    assert lines == [f"{URL} does not answer (connection refused); next try in 1 s"]


def test_an_answer_between_begins_the_count_anew() -> None:
    breaker = Breaker(URL, threshold=2)
    assert breaker.failure("x", 0.0) == 0
    breaker.success(1.0)
    assert breaker.failure("x", 2.0) == 0
    assert not breaker.open


def test_weighty_failures_open_it_sooner_and_weightless_ones_never() -> None:
    breaker = Breaker(URL, threshold=6)
    assert not any(breaker.failure("rate limit", 0.01 * n, weight=0) for n in range(50))
    breaker.failure("refused", 1.0, weight=3)
    assert breaker.failure("refused", 1.1, weight=3) > 0


def test_pauses_grow_and_stay_below_the_longest() -> None:
    breaker = Breaker(URL, threshold=1, patience=1e6, longest=20)
    now, pauses = 0.0, list[float]()
    for _ in range(10):
        pauses.append(breaker.failure("x", now))
        now += pauses[-1]
    assert all(min(20, 2.0**k) / 2 <= pause <= min(20, 2.0**k) for k, pause in enumerate(pauses))


def test_stragglers_do_not_prolong_a_pause() -> None:
    breaker = Breaker(URL, threshold=1)
    pause = breaker.failure("x", 0.0)
    assert breaker.failure("x", pause / 2) == 0
    assert breaker.failure("x", pause) > 0


def test_an_answer_closes_it_and_is_told() -> None:
    lines: list[str] = []
    breaker = Breaker(URL, threshold=1, note=lines.append)
    breaker.failure("x", 0.0)
    breaker.success(2.0)
    assert not breaker.open
    assert breaker.answered == 2.0
    assert lines[-1] == f"{URL} answers again"
    assert breaker.failure("x", 3.0) <= 1


def test_without_any_answer_it_stops_the_run() -> None:
    breaker = Breaker(URL, threshold=1, patience=30)
    now = 0.0
    while now < 29.999:
        now += breaker.failure("connection refused", now)
    with pytest.raises(StopRun, match=r"gave no answer for 30 s \(connection refused\); see that the server runs"):
        breaker.failure("connection refused", 30.0)
    assert now == pytest.approx(30)


def test_rate_limits_without_end_stop_the_run_too() -> None:
    breaker = Breaker(URL, patience=30)
    assert breaker.failure("rate limit", 0.0, weight=0) == 0
    with pytest.raises(StopRun, match="gave no answer for 31 s"):
        breaker.failure("rate limit", 31.0, weight=0)


def test_jitter_comes_from_the_seed() -> None:
    def pauses(seed: int) -> list[float]:
        breaker = Breaker(URL, threshold=1, seed=seed, patience=1e9)
        return [breaker.failure("x", 100.0 * n) for n in range(6)]

    assert pauses(1) == pauses(1) != pauses(2)
