import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.generators.prompting.client.capabilities import FORMATS, Format
from cswitch.generators.prompting.client.ladder import tag_of
from cswitch.generators.prompting.client.shape import Unusable, read_reply
from cswitch.generators.prompting.client.wire import read_completion
from cswitch.generators.prompting.contracts import DialogueReply, Reply, ScoreReply, TextReply
from tests.generators.prompting.client.client_fakes import completion


def read(
    content: object, reply: type[Reply] = TextReply, format: Format = "json_schema", finish: str = "stop"
) -> Reply:
    return read_reply(read_completion(completion(content, finish=finish)), reply, format)


TEXT = TextReply("main ghar jaunga")


@pytest.mark.parametrize(
    "content",
    [
        '{"text": "main ghar jaunga"}',
        '  {"text": "  main ghar jaunga\\n", "note": 1}  ',
        '```json\n{"text": "main ghar jaunga"}\n```',
        'Sure! Here it is:\n\n{"text": "main ghar jaunga"}\n\nAnything else?',
        'Like {this}: {"text": "main ghar jaunga"}',
        '{"thought": {"deep": 1}} {"text": "main ghar jaunga"}',
        '<think>{"text": "wrong"} hmm</think>{"text": "main ghar jaunga"}',
    ],
)
def test_json_is_found_where_it_is(content: str) -> None:
    assert read(content) == TEXT
    assert content.lstrip().startswith(("{", "`")) is False or read(content, format="tags") == TEXT


@pytest.mark.parametrize(
    "content",
    [
        "<text>main ghar jaunga</text>",
        "Sure!\n<TEXT>\nmain ghar jaunga\n</TEXT>\nBye",
        "main ghar jaunga",
        "<think>so</think>\n<text>main ghar jaunga</text>",
        "<text></text><text>main ghar jaunga</text>"[13:],
    ],
)
def test_texts_are_found_in_tags_and_without(content: str) -> None:
    assert read(content, format="tags") == TEXT


def test_dialogues_and_scores_are_found_in_tags() -> None:
    turns = "<turn>kya haal?</turn>\n<turn> all good </turn>"
    assert read(turns, DialogueReply, "tags") == DialogueReply(["kya haal?", "all good"])
    assert read(turns.replace("turn>", "turns>"), DialogueReply, "tags") == DialogueReply(["kya haal?", "all good"])
    assert read("<score>8/10</score><reason>nice</reason>", ScoreReply, "tags") == ScoreReply(8, "nice")
    assert read("Score: 8", ScoreReply, "tags") == ScoreReply(8)


@pytest.mark.parametrize("content", ['{"score": 8}', '{"score": "8"}', '{"score": 8.0}'])
def test_numbers_may_be_written_as_text(content: str) -> None:
    assert read(content, ScoreReply) == ScoreReply(8)


@pytest.mark.parametrize(
    ("content", "reply", "format", "finish", "reason", "said"),
    [
        (None, TextReply, "json_schema", "stop", "empty_answer", "no text"),
        ("", TextReply, "tags", "length", "empty_answer", "no text, cut off at its longest"),
        ("<think>hm", TextReply, "tags", "length", "empty_answer", "nothing but thoughts, cut off at its longest"),
        ('{"text": ""}', TextReply, "json_schema", "stop", "empty_answer", "an empty text"),
        ('{"text": "  "}', TextReply, "json_schema", "stop", "empty_answer", "an empty text"),
        ("<text> </text>", TextReply, "tags", "stop", "empty_answer", "an empty text"),
        ('{"turns": []}', DialogueReply, "json_schema", "stop", "empty_answer", "no turns"),
        ('{"turns": [" "]}', DialogueReply, "json_schema", "stop", "empty_answer", "no turn with text"),
        ('{"text": "main gh', TextReply, "json_schema", "length", "bad_format", "truncated JSON"),
        ('{"text": "main gh', TextReply, "json_object", "stop", "bad_format", "truncated JSON"),
        ("<text>main gh", TextReply, "tags", "stop", "bad_format", "truncated: a tag is not closed"),
        ("main gh", TextReply, "tags", "length", "bad_format", "truncated"),
        ("I would say", TextReply, "json_schema", "stop", "bad_format", "not JSON"),
        ("quite good", ScoreReply, "tags", "stop", "bad_format", "no tags"),
        ("12", ScoreReply, "tags", "stop", "bad_format", "no tags"),
        ('{"answer": 42}', TextReply, "json_schema", "stop", "bad_format", "wrong schema: .*missing.* `text`"),
        ('{"answer": 42}', TextReply, "tags", "stop", "bad_format", "wrong schema"),
        ('{"text": 5}', TextReply, "json_schema", "stop", "bad_format", "wrong schema: Expected `str`"),
        ('{"score": 11}', ScoreReply, "json_schema", "stop", "bad_format", "wrong schema: Expected `int` <= 10"),
        ('{"score": 0}', ScoreReply, "json_schema", "stop", "bad_format", "wrong schema: Expected `int` >= 1"),
        ("<score>high</score>", ScoreReply, "tags", "stop", "bad_format", "wrong schema"),
        ("<reason>good</reason>", ScoreReply, "tags", "stop", "bad_format", "wrong schema"),
        ('["a"]', DialogueReply, "json_schema", "stop", "bad_format", "not JSON"),
    ],
)  # fmt: skip
def test_reasons_are_told_apart(
    content: str | None, reply: type[Reply], format: Format, finish: str, reason: str, said: str
) -> None:
    with pytest.raises(Unusable, match=said) as caught:
        read(content, reply, format, finish)
    assert caught.value.reason == reason
    assert caught.value.cut == (finish == "length")


def test_no_choice_is_an_empty_answer() -> None:
    with pytest.raises(Unusable, match="no choice"):
        read_reply(read_completion(b'{"choices": [], "usage": {}}'), TextReply, "json_schema")


def test_an_answer_that_is_whole_counts_even_if_it_was_cut_after() -> None:
    assert read('{"text": "main ghar jaunga"}     ', finish="length") == TEXT


@given(st.text(min_size=1).filter(lambda text: bool(text.strip())))
def test_any_text_comes_through_json(text: str) -> None:
    assert read(json.dumps({"text": text})) == TextReply(text.strip())


@given(st.text(max_size=60), st.sampled_from(FORMATS), st.sampled_from([TextReply, DialogueReply, ScoreReply]))
def test_every_answer_fits_or_is_named(text: str, format: Format, reply: type[Reply]) -> None:
    try:
        outcome: object = read(text, reply, format)
    except Unusable as error:
        outcome = error.reason
    assert isinstance(outcome, reply) or outcome in ("empty_answer", "bad_format")


@given(st.integers(0, 60), st.sampled_from(["json_schema", "json_object"]))
def test_json_that_is_cut_anywhere_is_never_taken_for_whole(cut: int, format: Format) -> None:
    whole = '{"text": "main kal {office} jaunga, \\"pakka\\""}'
    if cut < len(whole):
        with pytest.raises(Unusable):
            read(whole[:cut], format=format)


def test_tags_are_named_after_fields() -> None:
    assert tag_of("turns", True) == "turn"
