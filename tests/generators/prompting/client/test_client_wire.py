import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.generators.prompting.client.wire import encode_body, key_of, read_completion, usage_of
from cswitch.schemas.prompting import Usage
from tests.generators.prompting.client.client_fakes import completion


def test_a_completion_is_read() -> None:
    data = json.dumps({
        "id": "x", "choices": [{"message": {"content": "hi"}, "finish_reason": "stop", "logprobs": {"content": [1]}}],
        "usage": {"prompt_tokens": 9, "completion_tokens": 2.0, "prompt_tokens_details": {"cached_tokens": 4}},
    }).encode()  # fmt: skip
    read = read_completion(data)
    assert (read.text, read.choice.finish_reason, read.is_answer, read.refusal) == ("hi", "stop", True, "")
    assert usage_of(read, 100) == Usage(prompt=9, cached=4, completion=2, answers=1)


@pytest.mark.parametrize(
    ("data", "is_answer"),
    [
        (b'{"choices": [], "usage": {"prompt_tokens": 3}}', True),
        (b'{"choices": []}', False),
        (b'{"status": "ok"}', False),
        (b'{"choices": null}', False),
        (b'{"choices": [{"message": null, "finish_reason": null}]}', True),
        (b'{"choices": [{}]}', True),
    ],
)
def test_an_answer_is_told_from_other_json(data: bytes, is_answer: bool) -> None:
    read = read_completion(data)
    assert read.is_answer is is_answer
    assert read.text == ""


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>",
        b"[1]",
        b'{"choices": 5}',
        b'{"choices": [',
        b'{"x": ' + b"[" * 100_000,
        b'{"choices": [{"message": {"content": "\xff"}}]}',
    ],
)
def test_what_is_no_completion_is_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_completion(data)


def test_usage_that_is_not_told_is_estimated() -> None:
    assert usage_of(read_completion(completion("नमस्ते", usage=False)), 41) == Usage(prompt=11, completion=5, answers=1)


def test_usage_of_other_servers_is_read() -> None:
    told = b'{"choices": [{}], "usage": {"prompt_tokens": 9, "completion_tokens": 0, "prompt_cache_hit_tokens": 8}}'
    assert usage_of(read_completion(told), 0) == Usage(prompt=9, cached=8, completion=0, answers=1)


@given(st.dictionaries(st.text(), st.integers() | st.text(), max_size=8))
def test_a_body_has_one_form_whatever_the_order_of_its_fields(body: dict[str, object]) -> None:
    other = dict(reversed(body.items()))
    assert encode_body(body) == encode_body(other)
    assert json.loads(encode_body(body)) == body
    assert key_of("u", "m", encode_body(body), 1) == key_of("u", "m", encode_body(other), 1)


def test_keys_tell_apart_what_may_differ() -> None:
    keys = {key_of(u, m, b, a) for u in ("u", "v") for m in ("m", "n") for b in (b"1", b"2") for a in (0, 1)}
    assert len(keys) == 16
    assert all(len(key.digest) == 16 for key in keys)
