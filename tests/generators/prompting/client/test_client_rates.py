import math
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.generators.prompting.client.rates import NOTHING, Bucket, Quota, read_rates, span


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ([(b"Retry-After", b"7")], 7.0),
        ([(b"retry-after", b"0.05")], 0.05),
        ([(b"Retry-After-Ms", b"250"), (b"Retry-After", b"1")], 0.25),
        ([(b"Retry-After", formatdate(1030, usegmt=True).encode())], 30.0),
        ([(b"Retry-After", formatdate(10, usegmt=True).encode())], 0.0),
        ([(b"Retry-After", b"soon")], None),
        ([(b"Retry-After", b"-5")], None),
        ([(b"Retry-After", b"nan")], None),
        ([(b"Retry-After", b"1m30s")], 90.0),
    ],
)
def test_retry_after_is_read(headers: list[tuple[bytes, bytes]], seconds: float | None) -> None:
    assert read_rates(headers, wall=lambda: 1000.0).retry_after == seconds


def test_rate_limit_headers_are_read() -> None:
    told = read_rates([
        (b"Content-Type", b"application/json"),
        (b"X-RateLimit-Limit-Requests", b"60"), (b"x-ratelimit-limit-tokens", b"150000"),
        (b"x-ratelimit-remaining-requests", b"59"), (b"x-ratelimit-remaining-tokens", b"149984"),
        (b"x-ratelimit-reset-requests", b"1s"), (b"x-ratelimit-reset-tokens", b"6m0s"),
    ])  # fmt: skip
    assert told.requests == Quota(60, 59, 1)
    assert told.tokens == Quota(150000, 149984, 360)
    assert told.retry_after is None


def test_other_headers_say_nothing() -> None:
    assert read_rates([(b"Content-Type", b"x"), (b"Server", b"y")]) is NOTHING


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("20ms", 0.02), ("1s", 1), ("6m0s", 360), ("1d", 86400), ("12h30m5.25s", 45005.25), ("", None)],
)
def test_spans_are_read(text: str, seconds: float | None) -> None:
    assert span(text) == (None if seconds is None else pytest.approx(seconds))


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_no_header_breaks_reading(name: bytes, value: bytes) -> None:
    told = read_rates([(name, value), (b"retry-after", value), (b"x-ratelimit-reset-tokens", value)])
    for seconds in (told.retry_after, told.requests.reset, told.tokens.reset):
        assert seconds is None or (math.isfinite(seconds) and seconds >= 0)


@given(st.integers(1, 400), st.lists(st.floats(0, 5), min_size=1, max_size=300))
def test_no_minute_gets_more_than_its_share(per_minute: int, pauses: list[float]) -> None:
    bucket, now, went = Bucket(per_minute, 0.0), 0.0, list[float]()
    for pause in pauses:
        now += pause
        now += bucket.wait(1, now)
        bucket.take(1, now)
        went.append(now)
    for k, start in enumerate(went):
        assert sum(start <= at < start + 59.999 for at in went[k:]) <= per_minute + 1e-6


def test_a_minute_gets_nearly_its_share() -> None:
    bucket, now, went = Bucket(100, 0.0), 0.0, 0
    while now < 600:
        now += bucket.wait(1, now)
        bucket.take(1, now)
        went += 1
    assert went >= 0.9 * 1000


def test_what_is_bigger_than_the_bucket_goes_and_leaves_a_debt() -> None:
    bucket = Bucket(600, 0.0)
    assert bucket.wait(1000, 0.0) == 0
    bucket.take(1000, 0.0)
    assert bucket.wait(1, 0.0) > 60


def test_what_was_not_used_is_given_back() -> None:
    bucket = Bucket(600, 0.0)
    bucket.take(60, 0.0)
    assert bucket.wait(50, 0.0) > 0
    bucket.take(-50, 0.0)
    assert bucket.wait(50, 0.0) == 0


def test_a_server_sets_its_own_rate() -> None:
    bucket = Bucket(0, 0.0)
    assert bucket.wait(1e9, 0.0) == 0
    bucket.told(Quota(60, 2, 1), 0.0)
    bucket.take(2, 0.0)
    assert bucket.wait(1, 0.0) == pytest.approx(1.0)
    assert bucket.wait(1, 1.0) == 0


def test_nothing_left_shuts_until_the_reset() -> None:
    bucket = Bucket(0, 0.0)
    bucket.told(Quota(None, 0, 30), 0.0)
    assert bucket.wait(1, 10.0) == pytest.approx(20)
    assert bucket.wait(1, 30.0) == 0


def test_a_server_cannot_raise_what_the_user_set() -> None:
    bucket = Bucket(10, 0.0)
    bucket.told(Quota(100_000, 99_999, 1), 0.0)
    bucket.take(1, 0.0)
    assert bucket.wait(1, 0.0) > 0
    bucket.told(Quota(None, 0, 100), 0.0)
    assert bucket.wait(1, 0.0) >= 100
