from random import Random

from cswitch.generators.prompting.client.latency import Latency


def fed(latency: Latency, answers: list[tuple[float, int]]) -> list[float]:
    return [latency.add(seconds, tokens) for seconds, tokens in answers]


def answers(
    count: int, *, start: float = 0.3, each: float = 0.02, low: int = 10, high: int = 400
) -> list[tuple[float, int]]:
    rng = Random(1)
    lengths = [rng.randint(low, high) for _ in range(count)]
    return [((start + each * length) * rng.uniform(0.9, 1.1), length) for length in lengths]


def test_long_answers_are_no_congestion() -> None:
    latency = Latency()
    short, long = answers(200, high=40), answers(200, low=300)
    mixed = [one for both in zip(short, long, strict=True) for one in both]
    assert set(fed(latency, [*mixed, *long, *short, *long])) == {1.0}


def test_a_server_that_slows_down_is_noticed() -> None:
    latency = Latency()
    fed(latency, answers(200))
    slower = fed(latency, answers(60, start=1.2, each=0.08))
    assert max(slower) > 2


def test_a_jam_of_short_answers_only_is_noticed() -> None:
    latency = Latency()
    fed(latency, [(0.5, 20)] * 100)
    assert max(fed(latency, [(2.5, 20)] * 40)) > 2


def test_what_rises_within_the_tolerance_is_let_be() -> None:
    latency = Latency()
    fed(latency, answers(200))
    assert set(fed(latency, answers(200, start=0.5, each=0.034))) == {1.0}


def test_milliseconds_are_no_congestion() -> None:
    latency = Latency()
    fed(latency, [(0.001, 20)] * 100)
    assert set(fed(latency, [(0.05, 20)] * 40)) == {1.0}


def test_the_first_answers_teach_only() -> None:
    assert set(fed(Latency(), [(0.1, 20)] * 10 + [(9.0, 20)] * 10)) == {1.0}


def test_expected_latency_is_a_line() -> None:
    latency = Latency()
    fed(latency, [(0.3 + 0.02 * n, n) for n in range(10, 400, 3)])
    assert abs(latency.expected(100) - 2.3) < 0.05
    assert abs(latency.expected(300) - 6.3) < 0.05
