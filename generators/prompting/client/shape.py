"""What a model said, read into the form it was asked for."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import msgspec

from cswitch.generators.prompting.client.capabilities import Format
from cswitch.generators.prompting.client.ladder import tag_of
from cswitch.generators.prompting.client.wire import Completion
from cswitch.generators.prompting.contracts import DialogueReply, Reply, ScoreReply, TextReply

THOUGHTS = re.compile(r"^\s*<(think|thinking|thought|reasoning)>.*?(</\1>|$)", re.DOTALL | re.IGNORECASE)
BARE_SCORE = re.compile(r"\W*(?:score\W*)?(\d+)(?:\.0+)?(?:\s*/\s*10)?\W*", re.IGNORECASE)
MOST_OBJECTS = 20
"""Objects that are looked for in an answer with other things around them."""

_objects = json.JSONDecoder()


class Unusable(Exception):
    """An answer that was paid for and cannot be used.

    Args:
        reason: ``empty_answer`` or ``bad_format``.
        detail: What exactly.
        cut: Whether it was cut off at its longest.
    """

    def __init__(self, reason: str, detail: str, *, cut: bool = False) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail, self.cut = reason, detail, cut


def read_reply(completion: Completion, reply: type[Reply], format: Format) -> Reply:
    """The reply that a completion holds.

    JSON is found inside fences and chatter; what is asked for in tags may come as JSON, and a text without any tags.

    Args:
        completion: What the server gave.
        reply: Struct of the reply.
        format: How its form was asked for.

    Raises:
        Unusable: There is none in it, or it does not fit.

    >>> from cswitch.generators.prompting.client.wire import read_completion
    >>> said = read_completion(b'{"choices": [{"message": {"content": "<score>8</score>"}}]}')
    >>> read_reply(said, ScoreReply, "tags")
    ScoreReply(score=8, reason='')
    """
    cut = completion.choice.finish_reason == "length"
    text = completion.text
    if format != "tags":
        try:
            return _solid(_decoder(reply).decode(text), cut)
        except (msgspec.DecodeError, RecursionError):
            pass  # it is looked into more closely
    text = THOUGHTS.sub("", text).strip()
    if not text:
        what = "nothing but thoughts" if completion.text.strip() else "no text" if completion.choices else "no choice"
        raise Unusable("empty_answer", f"{what}, cut off at its longest" if cut else what, cut=cut)
    if format != "tags" or text.startswith(("{", "```")):
        return _solid(_from_json(text, reply, cut), cut)
    return _solid(_from_tags(text, reply, cut), cut)


@cache
def _decoder(reply: type[Reply]) -> msgspec.json.Decoder[Reply]:
    return msgspec.json.Decoder(reply, strict=False)


def _solid(found: Reply, cut: bool) -> Reply:
    """The reply without blanks at its ends.

    Raises:
        Unusable: Nothing is left.
    """
    if isinstance(found, TextReply):
        text = found.text.strip()
        if text:
            return found if text == found.text else TextReply(text)
        raise Unusable("empty_answer", "an empty text", cut=cut)
    if isinstance(found, DialogueReply):
        turns = [turn.strip() for turn in found.turns if turn.strip()]
        if turns:
            return DialogueReply(turns)
        raise Unusable("empty_answer", "no turn with text", cut=cut)
    return found


def _from_json(text: str, reply: type[Reply], cut: bool) -> Reply:
    wrong, last, start = "", 0, text.find("{")
    for _ in range(MOST_OBJECTS):
        if start < 0:
            break
        try:
            value, last = _objects.raw_decode(text, start)
        except (ValueError, RecursionError):
            start = text.find("{", start + 1)
            continue
        try:
            return _fitted(value, reply, cut)
        except msgspec.ValidationError as error:
            wrong = wrong or str(error)
        start = text.find("{", last)
    if wrong:
        raise Unusable("bad_format", f"wrong schema: {wrong}", cut=cut)
    if cut or "{" in text:
        raise Unusable("bad_format", "truncated JSON", cut=cut)
    raise Unusable("bad_format", "not JSON")


def _fitted(value: Any, reply: type[Reply], cut: bool) -> Reply:
    if reply is TextReply and isinstance(value, dict) and value.get("text") == "":
        raise Unusable("empty_answer", "an empty text", cut=cut)
    if reply is DialogueReply and isinstance(value, dict) and value.get("turns") == []:
        raise Unusable("empty_answer", "no turns", cut=cut)
    fitted: Reply = msgspec.convert(value, reply, strict=False)
    return fitted


def _from_tags(text: str, reply: type[Reply], cut: bool) -> Reply:
    found: dict[str, Any] = {}
    opened = False
    for field in msgspec.structs.fields(reply):
        many = isinstance(field.type, type(list[str])) or "list" in str(field.type)
        opened = opened or re.search(rf"<{tag_of(field.name, many)}s?>", text, re.IGNORECASE) is not None
        inside = re.findall(rf"<({tag_of(field.name, many)}s?)>(.*?)</\1>", text, re.DOTALL | re.IGNORECASE)
        values = [piece.strip() for _, piece in inside]
        if values:
            found[field.name] = values if many else values[0]
    if not opened:
        return _without_tags(text, reply, cut)
    score = BARE_SCORE.fullmatch(str(found.get("score", "")))
    if score:
        found["score"] = score[1]
    if not found:
        raise Unusable("bad_format", "truncated: a tag is not closed", cut=cut)
    try:
        return _fitted(found, reply, cut)
    except msgspec.ValidationError as error:
        raise Unusable("bad_format", f"wrong schema: {error}", cut=cut) from None


def _without_tags(text: str, reply: type[Reply], cut: bool) -> Reply:
    """What small models give who take no notice of tags."""
    if cut:
        raise Unusable("bad_format", "truncated", cut=True)
    if reply is TextReply:
        return TextReply(text)
    score = BARE_SCORE.fullmatch(text) if reply is ScoreReply else None
    if score and 1 <= int(score[1]) <= 10:
        return ScoreReply(int(score[1]))
    raise Unusable("bad_format", "no tags")
