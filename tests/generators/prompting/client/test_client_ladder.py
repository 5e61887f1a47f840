import json
from typing import Any

import pytest

from cswitch.generators.prompting.client.capabilities import FORMATS, Capabilities, Format
from cswitch.generators.prompting.client.ladder import body_of, form, message_bytes, plain_schema
from cswitch.generators.prompting.contracts import DialogueReply, Message, Request, ScoreReply, TextReply
from tests.generators.prompting.client.client_fakes import request

ALL = Capabilities(format="json_schema", seed=True, logprobs=True)


def test_the_body_of_a_server_that_does_everything() -> None:
    body = body_of(request(seed=5, temperature=0.7, top_p=0.9), ALL, "small")
    schema = body.pop("response_format")["json_schema"]
    assert schema == {
        "name": "text", "strict": True,
        "schema": {
            "type": "object", "properties": {"text": {"type": "string"}},
            "required": ["text"], "additionalProperties": False,
        },
    }  # fmt: skip
    messages = body.pop("messages")
    assert messages[0] == {"role": "system", "content": "You write."}
    assert messages[1]["content"] == (
        'Say hi.\n\nAnswer with one JSON object of this form and nothing else: {"text":"..."}'
    )
    assert body == {"model": "small", "max_tokens": 50, "temperature": 0.7, "top_p": 0.9, "seed": 5}


def test_the_body_of_a_server_that_does_nothing() -> None:
    body = body_of(
        request(seed=5, top_p=0.9), Capabilities(temperature=False, limit_field="max_completion_tokens"), "m"
    )
    assert body["messages"][1]["content"].endswith("Answer in this form and write nothing else:\n<text>...</text>")
    assert set(body) == {"model", "messages", "max_completion_tokens"}


@pytest.mark.parametrize(
    ("format", "expected"),
    [
        ("json_object", {"type": "json_object"}),
        ("json_object_schema", {"type": "json_object", "schema": plain_schema(ScoreReply)}),
        ("tags", None),
    ],
)
def test_formats_further_down(format: Format, expected: dict[str, Any] | None) -> None:
    body = body_of(request(reply=ScoreReply), Capabilities(format=format), "m")
    assert body.get("response_format") == expected


def test_every_reply_has_a_form_of_every_kind() -> None:
    for reply in (TextReply, DialogueReply, ScoreReply):
        for format in FORMATS:
            response_format, instruction = form(reply, format)
            json.dumps(response_format)
            assert instruction
    assert form(DialogueReply, "tags")[1].endswith("<turn>...</turn>\n<turn>...</turn>")
    assert form(ScoreReply, "tags")[1].endswith("<score>7</score>\n<reason>...</reason>")


def test_schemas_are_strict_and_plain() -> None:
    schema = plain_schema(ScoreReply)
    assert schema["required"] == ["score", "reason"]
    assert schema["additionalProperties"] is False
    assert not {"$ref", "$defs", "default", "title", "minLength"} & set(json.dumps(schema).split('"'))
    assert plain_schema(DialogueReply)["properties"] == {"turns": {"type": "array", "items": {"type": "string"}}}


def test_another_attempt_is_another_request_for_a_server_with_seeds() -> None:
    asked = request(seed=5, temperature=0.0)
    bodies = [body_of(asked, ALL, "m", attempt) for attempt in range(3)]
    assert [body["temperature"] for body in bodies] == [0.0, 0.5, 0.5]
    assert len({body["seed"] for body in bodies}) == 3
    assert bodies == [body_of(asked, ALL, "m", attempt) for attempt in range(3)]


def test_more_room_is_a_longer_answer() -> None:
    assert body_of(request(), ALL, "m", 1, 2)["max_tokens"] == 100


def test_the_request_itself_stays_as_it_was() -> None:
    asked = Request(
        prompt="p", messages=(Message("user", "a"), Message("assistant", "b")), reply=TextReply, max_tokens=1
    )
    body = body_of(asked, Capabilities(), "m")
    assert body["messages"][0]["content"].startswith("a\n\nAnswer")
    assert body["messages"][1]["content"] == "b"
    assert asked.messages[0].content == "a"
    assert message_bytes(body) == len(body["messages"][0]["content"]) + 1


def test_messages_without_a_user_get_one() -> None:
    asked = Request(prompt="p", messages=(Message("system", "a"),), reply=TextReply, max_tokens=1)
    assert [each["role"] for each in body_of(asked, Capabilities(), "m")["messages"]] == ["system", "user"]


def test_formats_are_left_one_by_one() -> None:
    found: Capabilities | None = ALL
    formats = []
    while found is not None:
        formats.append(found.format)
        found = found.without("response_format")
    assert formats == list(FORMATS)


@pytest.mark.parametrize("field", ["seed", "logprobs", "temperature", "top_p"])
def test_a_field_is_left_out_once(field: str) -> None:
    lower = ALL.without(field)
    assert lower is not None
    assert lower.without(field) is None
    assert lower.earlier == (ALL,)


def test_the_name_of_the_limit_changes_once() -> None:
    lower = ALL.without("max_tokens")
    assert lower is not None
    assert lower.limit_field == "max_completion_tokens"
    assert lower.without("max_completion_tokens") is None
    assert lower.without("max_tokens") is None


def test_what_was_found_earlier_is_kept_flat() -> None:
    lower = ALL.without("seed")
    assert lower is not None
    lowest = lower.without("response_format")
    assert lowest is not None
    assert [(one.seed, one.format, one.earlier) for one in lowest.earlier] == [
        (False, "json_schema", ()),
        (True, "json_schema", ()),
    ]
