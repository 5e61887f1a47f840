import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.generators.prompting.client.faults import Fault, Place, of_status, read_error
from cswitch.generators.prompting.client.rates import NOTHING

PLACE = Place("https://api.example/v1", "small", "MY_KEY", True)


def fault(status: int, message: str = "", code: str | None = None, param: str | None = None) -> Fault:
    body = {"error": {"message": message, "type": "invalid_request_error", "param": param, "code": code}}
    return of_status(status, json.dumps(body).encode(), NOTHING, PLACE)


@pytest.mark.parametrize(
    ("status", "message", "code", "kind", "scope"),
    [
        (429, "Rate limit reached for requests.", "rate_limit_exceeded", "rate_limit", "retry"),
        (429, "You exceeded your current quota, please check your plan.", "insufficient_quota", "no_quota", "run"),
        (402, "Insufficient balance", None, "no_quota", "run"),
        (500, "oops", None, "server_error", "retry"),
        (502, "", None, "server_error", "retry"),
        (503, "The engine is overloaded", None, "overloaded", "retry"),
        (529, "Overloaded", None, "overloaded", "retry"),
        (504, "", None, "timeout", "retry"),
        (408, "", None, "timeout", "retry"),
        (425, "", None, "server_error", "retry"),
        (409, "", None, "server_error", "retry"),
        (401, "Incorrect API key provided", "invalid_api_key", "key_refused", "run"),
        (403, "Your account may not use this", None, "key_refused", "run"),
        (403, "Input was flagged by moderation", None, "content_filter", "request"),
        (404, "The model `small` does not exist or you may not use it.", "model_not_found", "unknown_model", "run"),
        (400, "small is not a valid model ID", None, "unknown_model", "run"),
        (404, "Not Found", None, "wrong_url", "run"),
        (405, "Method Not Allowed", None, "wrong_url", "run"),
        (301, "", None, "wrong_url", "run"),
        (400, "This model's maximum context length is 4096 tokens.", "context_length_exceeded", "refused", "request"),
        (413, "Request too large", None, "refused", "request"),
        (400, "Filtered due to the content management policy", "content_filter", "content_filter", "request"),
        (400, "messages must not be empty", None, "refused", "request"),
        (422, "Input should be a valid string", None, "refused", "request"),
    ],
)  # fmt: skip
def test_what_a_status_means(status: int, message: str, code: str | None, kind: str, scope: str) -> None:
    found = fault(status, message, code)
    assert (found.kind, found.scope, found.status) == (kind, scope, status)
    assert "\n" not in found.detail
    assert found.scope != "run" or found.hint


@pytest.mark.parametrize(
    ("message", "code", "param", "field"),
    [
        ("Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
         "unsupported_parameter", "max_tokens", "max_tokens"),
        ("Unsupported value: 'temperature' does not support 0.7 with this model. Only the default (1) is supported.",
         "unsupported_value", "temperature", "temperature"),
        ("Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.", None,
         "response_format", "response_format"),
        ("Invalid schema for response_format 'text': 'minLength' is not permitted.", None,
         "response_format.json_schema", "response_format"),
        ("logprobs are not supported by this model", None, None, "logprobs"),
        ("body.seed: Extra inputs are not permitted", None, None, "seed"),
        ("This endpoint does not support json_schema", None, None, "response_format"),
    ],
)  # fmt: skip
def test_fields_that_a_server_will_not_have_are_named(
    message: str, code: str | None, param: str | None, field: str
) -> None:
    found = fault(400, message, code, param)
    assert (found.kind, found.field, found.scope) == ("unsupported", field, "request")


def test_a_refused_key_names_the_variable_only() -> None:
    assert str(fault(401, "no").detail) == "https://api.example/v1 refuses the key in MY_KEY (HTTP 401: no)"
    bare = of_status(401, b"", NOTHING, PLACE._replace(has_key=False))
    assert (bare.detail, bare.hint) == (
        "https://api.example/v1 wants a key (HTTP 401: no more said)",
        "set it in the environment variable MY_KEY",
    )


def test_only_congestion_is_congestion() -> None:
    assert [fault(status).congested for status in (429, 503, 504, 500, 409)] == [True, True, True, False, False]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"error": {"message": "a  b\nc"}}, "a b c"),
        ({"error": "plain"}, "plain"),
        ({"detail": [{"loc": ["x"], "msg": "bad"}]}, '[{"loc":["x"],"msg":"bad"}]'),
        ({"detail": "Not Found"}, "Not Found"),
        ({"message": "top"}, "top"),
        ({"object": "error", "message": "vllm", "code": 400}, "vllm"),
        ([1], "[1]"),
    ],
)
def test_errors_are_read_however_they_are_written(body: Any, message: str) -> None:
    assert read_error(json.dumps(body).encode()).message == message


@given(st.binary(max_size=200), st.integers(300, 599))
def test_no_body_breaks_reading(body: bytes, status: int) -> None:
    fault = of_status(status, body, NOTHING, PLACE)
    assert (fault.status, fault.told) == (status, NOTHING)
    assert f"HTTP {status}" in fault.detail
    assert len(fault.detail.splitlines()) == 1
    assert bool(fault.hint) == (fault.scope == "run")


@given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(
    st.sampled_from(["error", "message", "code", "detail", "param", "x"]), inner), max_leaves=8))  # fmt: skip
def test_no_json_breaks_reading(body: Any) -> None:
    error = read_error(json.dumps(body).encode())
    assert all(isinstance(part, str) for part in (error.message, error.code, error.param))
