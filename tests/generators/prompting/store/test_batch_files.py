"""Batch files keep within the limits and hold each request once; what comes back is read or told apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.errors import UsageError
from cswitch.generators.prompting.store.batch_files import BatchFiles, custom_id, read_id, read_line
from cswitch.generators.prompting.store.contracts import Key

KEYS = st.builds(
    Key,
    st.sampled_from(["https://one.example/v1", "https://two.example/v1"]),
    st.sampled_from(["small", "large"]),
    st.integers(0, 30).map(lambda number: number.to_bytes(16, "big")),
    st.integers(0, 2),
)


def body(key: Key, size: int) -> bytes:
    return json.dumps({"model": key.model, "text": "é" * size}).encode()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(KEYS, st.integers(0, 60)), max_size=60), st.integers(1, 7), st.integers(700, 3000))
def test_files_keep_within_limits_and_hold_each_once(
    wanted: list[tuple[Key, int]], max_requests: int, max_bytes: int
) -> None:
    expected: dict[Key, bytes] = {}
    with BatchFiles(max_requests=max_requests, max_bytes=max_bytes) as files:
        for key, size in wanted:
            assert files.add(key, body(key, size)) == (key not in expected)
            expected.setdefault(key, body(key, size))
            assert files.holds(key)
        found: dict[Key, bytes] = {}
        for file in files.finish():
            raw = file.path.read_bytes()
            lines = [json.loads(line) for line in raw.splitlines()]
            assert (len(lines), len(raw)) == (file.requests, file.bytes)
            assert 0 < file.requests <= max_requests
            assert file.bytes <= max_bytes
            waiting = {custom_id(one.digest, one.attempt): one.size for one in files.requests(file)}
            for line in lines:
                assert (line["method"], line["url"]) == ("POST", "/v1/chat/completions")
                assert line["body"]["model"] == file.model
                name = read_id(line["custom_id"])
                assert name is not None
                key = Key(file.endpoint, file.model, *name)
                assert key not in found
                found[key] = json.dumps(line["body"]).encode()
                assert waiting[line["custom_id"]] == len(found[key])
        assert found == expected


def test_the_files_are_gone_in_the_end_and_nobody_else_may_read_them() -> None:
    with BatchFiles() as files:
        files.add(Key("u", "m", bytes(16), 0), b'{"messages": "secret"}')
        (file,) = files.finish()
        folder = file.path.parent
        assert folder.stat().st_mode & 0o077 == 0
    assert not folder.exists()


def test_a_request_that_fits_in_no_file() -> None:
    with BatchFiles(max_bytes=100) as files, pytest.raises(UsageError, match="too large for a batch"):
        files.add(Key("u", "m", bytes(16), 0), b" " * 100)


@given(st.binary(min_size=16, max_size=16), st.integers(0, 10**6))
def test_ids_come_back(digest: bytes, attempt: int) -> None:
    assert read_id(custom_id(digest, attempt)) == (digest, attempt)


@pytest.mark.parametrize("name", ["", "request-1", "0" * 32, "0" * 31 + "-1", "g" * 32 + "-1", "0" * 32 + "--1"])
def test_other_ids_are_none(name: str) -> None:
    assert read_id(name) is None


@pytest.mark.parametrize(
    "line", [b"", b"{", b"[]", b"null", b'{"id": "x"}', b'{"custom_id": 7}', b"\xff\xfe", b"[" * 9999]
)
def test_what_is_no_line(line: bytes) -> None:
    assert read_line(line) is None


def test_an_answer_is_kept_as_it_came() -> None:
    line = read_line(
        b'{"custom_id": "a", "id": 1, "response": {"status_code": 200, "body": {"x" : 1.50, "y":"\\u00e9"}}}'
    )
    assert line is not None
    assert line.response is not None
    assert bytes(line.response.body) == b'{"x" : 1.50, "y":"\\u00e9"}'


def test_a_cut_of_a_line_is_never_a_line(tmp_path: Path) -> None:
    whole = b'{"custom_id": "a", "response": {"status_code": 200, "body": {"x": [1, {"y": "}"}]}}, "error": null}'
    assert [end for end in range(len(whole)) if read_line(whole[:end]) is not None] == []
