"""What the fault-injecting server says: its script, the simulated models, and completions good and broken."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import anyascii
import msgspec
import orjson

Messages = Sequence[Mapping[str, Any]]

HTTP_FAULTS = {
    "rate_limit": (429, "rate_limit_exceeded", "Rate limit reached for requests."),
    "rate_limit_after": (429, "rate_limit_exceeded", "Rate limit reached for requests. Please try again later."),
    "server_error": (500, "server_error", "The server had an error while processing your request."),
    "unavailable": (503, "overloaded", "The engine is currently overloaded."),
    "unauthorised": (401, "invalid_api_key", "Incorrect API key provided: {key}."),
    "unknown_model": (404, "model_not_found", "The model `{model}` does not exist or you do not have access to it."),
    "quota": (429, "insufficient_quota", "You exceeded your current quota, please check your plan and billing."),
    "bad_param": (400, "unsupported_parameter", "Unsupported parameter: 'response_format' is not supported."),
}
"""Answers without a completion: status, code and message. Like real servers, one repeats the key it was given."""

WIRE_FAULTS = ("hang", "slow_drip", "cut", "html")
"""Faults of the transport."""

BROKEN = ("truncated_json", "length", "wrong_schema", "empty_choice", "empty_content", "content_filter", "refusal")
"""Completions that are paid for and cannot be used."""

SPOILT = ("wrong_script", "third_language", "chatter")
"""Completions whose form is right and whose text is not."""

FAULTS = frozenset({*HTTP_FAULTS, *WIRE_FAULTS, *BROKEN, *SPOILT})

CURABLE = ("rate_limit", "rate_limit_after", "server_error", "unavailable", "hang", "cut", "slow_drip")
"""Faults that cost nothing and that asking again cures."""

LETTERS = dict(zip("abcdefghijklmnopqrstuvwxyz", "अबचदेफगहिजकलमनोपकरसतुववकयज", strict=True))
DATA = re.compile(r"^<(\w+)>\n.*?\n</\1>$", re.DOTALL | re.MULTILINE)
"""A passage of data in a prompt: its tags, on lines of their own, ask for nothing."""

TAG = re.compile(r"<([A-Za-z_][\w.-]*)(?:\s[^<>]*)?>\s*(.*?)\s*</\1>", re.DOTALL)


class Script(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """How the server behaves; all but a callable ``reply`` can be read from JSON."""

    reply: Any = "table"
    """A callable from the messages to the text, or a simulated model: ``table``, ``drafts`` or ``mixer``."""
    table: dict[str, list[str]] = {}
    """Words to be found in the last message of the user, to texts. With ``table`` the first, the second, ... different
    body that has them gets the first, the second, ... text. With ``drafts`` a prompt that quotes a text gets the next
    one, whatever was asked before. The last text holds on."""
    default: str = "yeh sentence bahut simple hai"
    """Text where nothing in the table is found."""
    score: int = 8
    """What a judge says."""
    faults: dict[str, float] = {}
    """Fault to its share of requests."""
    calm: int = 0
    """How many completions are asked for before the first fault, for a probe to go through."""
    seed: int = 0
    """Seed of the faults."""
    broken_at_most: int = 1_000_000
    """How many completions that cannot be used the same messages get, before they get what is due."""
    models: tuple[str, ...] = ("fake",)
    """Models there are."""
    honours: frozenset[str] = frozenset({"json_schema", "json_object", "logprobs", "seed"})
    """What is done as asked; everything else is silently ignored."""
    refuses: dict[str, int] = {}
    """Parameter, or type of a response format, to the status that a request with it gets."""
    tags: bool = True
    """Whether an instruction to answer in <tags> is followed."""
    speaks: str = "openai"
    """``html`` or ``json`` for a server of another kind."""
    latency: float = 0.0
    """Seconds before an answer."""
    hang_seconds: float = 60.0
    """How long ``hang`` says nothing."""
    drip_seconds: float = 1.0
    """How long the body takes with ``slow_drip``."""
    retry_after: str = "0.05"
    """The header with ``rate_limit_after``."""
    headers: dict[str, str] = {}
    """Headers of every answer, such as the rate limits."""
    key: str | None = None
    """The key that has to be given."""
    max_in_flight: int | None = None
    """Requests at once, above which it answers 429."""
    stumbles: dict[str, list[int]] = {}
    """Method and path, such as ``POST /v1/batches``, to what its first requests get: a status, 0 for what is due, or
    -1 where it is done and the connection is cut before the answer."""
    keep_bodies: bool = True
    """Whether the log keeps what was asked."""
    keep_log: bool = True
    """Whether records stay in memory; totals are counted all the same."""
    batch_steps: int = 2
    """How often a batch is looked at until it is completed; its lines get faults as requests do, those of the wire
    as status 500."""
    batch_expire_share: float = 0.0
    """Share of lines that are not reached before a batch expires."""
    batch_line_limit: int = 50_000
    """Lines that an input file may have."""
    batch_byte_limit: int = 200_000_000
    """Bytes that an input file may have."""
    batch_fails: str = ""
    """Code of the error that validation of any batch ends in; empty lets it go on."""

    @classmethod
    def read(cls, path: Path) -> Script:
        """The script in a JSON file."""
        return msgspec.json.decode(path.read_bytes(), type=cls)


def digest(body: object) -> str:
    """Hex of blake2b, 16 bytes, of the canonical JSON of a body."""
    return hashlib.blake2b(orjson.dumps(body, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


def chance(*parts: object) -> float:
    """A number from 0 to 1 that depends on the parts alone."""
    found = hashlib.blake2b(repr(parts).encode(), digest_size=8).digest()
    return int.from_bytes(found, "big") / 2**64


def drawn_fault(script: Script, body_digest: str, seen: int) -> str:
    """The fault of a request, or nothing; another try of the same body draws anew."""
    left = chance(script.seed, body_digest, seen)
    for name in sorted(script.faults):
        left -= script.faults[name]
        if left < 0:
            return name
    return ""


def last_of_user(messages: Messages) -> str:
    """The last message of the user."""
    return next((str(each.get("content", "")) for each in reversed(messages) if each.get("role") == "user"), "")


class Model:
    """The simulated model of a script: texts for messages, the same for the same body."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self._bodies: dict[str, dict[str, int]] = {}

    def text(self, messages: Messages, body_digest: str) -> str:
        """The text of an utterance."""
        reply = self.script.reply
        if callable(reply):
            return str(reply(messages))
        named: dict[str, Callable[[str, str], str]] = {
            "table": self._looked_up,
            "drafts": self._bettered,
            "mixer": self._mixed,
        }
        return named[reply](last_of_user(messages), body_digest)

    def _looked_up(self, prompt: str, body_digest: str) -> str:
        needle = self._needle(prompt)
        if needle is None:
            return self.script.default
        bodies = self._bodies.setdefault(needle, {})
        texts = self.script.table[needle]
        return texts[min(bodies.setdefault(body_digest, len(bodies)), len(texts) - 1)]

    def _bettered(self, prompt: str, body_digest: str) -> str:
        """The text after the one that stands in the prompt as a draft; an edited draft counts as the first text."""
        needle = self._needle(prompt)
        if needle is None:
            return self.script.default
        texts, quoted = self.script.table[needle], dict(TAG.findall(prompt)).get("draft")
        if quoted is None:
            return texts[0]
        place = texts.index(quoted) if quoted in texts else 0
        return texts[min(place + 1, len(texts) - 1)]

    def _needle(self, prompt: str) -> str | None:
        """Whole lines and what stands between tags are looked up at once, anything else is searched."""
        table = self.script.table
        pieces = [*(line.strip() for line in prompt.splitlines()), *(found[1] for found in TAG.findall(prompt))]
        exact = next((piece for piece in pieces if piece in table), None)
        return exact or next((needle for needle in table if needle in prompt), None)

    def _mixed(self, prompt: str, body_digest: str) -> str:
        """Words of the two longest passages in tags: the front of one, the back of the other."""
        passages = sorted((found[1].split() for found in TAG.findall(prompt)), key=len, reverse=True)[:2]
        if len(passages) < 2:
            return self._looked_up(prompt, body_digest)
        first, second = passages
        return " ".join([*first[: (len(first) + 1) // 2], *second[len(second) // 2 :]])


def instructions(body: Mapping[str, Any]) -> str:
    """What the messages say, without passages of data."""
    return "\n".join(DATA.sub("", str(message.get("content"))) for message in body["messages"])


def kind_of(body: Mapping[str, Any]) -> str:
    """Whether a text, turns or a score are asked for."""
    schema = (body.get("response_format") or {}).get("json_schema", {}).get("schema")
    wanted = orjson.dumps(schema).decode() if schema else instructions(body)
    marks = ('"{}"', "<{}>", "'{}'", "`{}`")
    places = {
        kind: max(wanted.rfind(mark.format(name)) for mark in marks)
        for kind, name in (("text", "text"), ("turns", "turns"), ("turns ", "turn"), ("score", "score"))
    }
    best = max(places, key=lambda kind: places[kind])
    return best.strip() if places[best] >= 0 else "text"


def as_json(kind: str, text: str, score: int) -> dict[str, Any]:
    """The reply as the schema of its kind has it."""
    if kind == "score":
        return {"score": score, "reason": "It reads well."}
    return {"turns": [line for line in text.splitlines() if line.strip()]} if kind == "turns" else {"text": text}


def as_tags(kind: str, text: str, score: int) -> str:
    """The reply in tags."""
    if kind == "score":
        return f"<score>{score}</score>\n<reason>It reads well.</reason>"
    if kind == "turns":
        return "\n".join(f"<turn>{line}</turn>" for line in text.splitlines() if line.strip())
    return f"<text>{text}</text>"


def spoilt(text: str, fault: str) -> str:
    """A text with something wrong in it."""
    if fault == "wrong_script":
        ascii_only = text if text.isascii() else anyascii.anyascii(text)
        return "".join(LETTERS.get(each, each) for each in text.lower()) if text.isascii() else ascii_only
    return f"{text} и потом мы все вместе пошли домой" if fault == "third_language" else text


def content_of(script: Script, body: Mapping[str, Any], text: str, fault: str) -> str:
    """The content of a completion: in the form asked for, as far as that is honoured."""
    form = (body.get("response_format") or {}).get("type")
    kind, text = kind_of(body), spoilt(text, fault)
    asked_tags = re.search(r"<(text|turn|turns|score)>", instructions(body))
    if form in script.honours:
        inner = f"Sure! Here is the sentence you asked for:\n\n**{text}**" if fault == "chatter" else text
        value = {"answer": 42} if fault == "wrong_schema" else as_json(kind, inner, script.score)
        return orjson.dumps(value).decode()
    if fault == "wrong_schema":
        return '{"answer": 42}'
    content = as_tags(kind, text, script.score) if script.tags and asked_tags else text
    if fault == "chatter":
        return f"Sure! Here is the sentence you asked for:\n\n{content}\n\nLet me know if you need anything else!"
    return content


def usage_of(body: Mapping[str, Any], content: str) -> dict[str, int]:
    """Tokens: words and four more a message; what the schema takes is not counted."""
    prompt = sum(4 + len(str(message.get("content", "")).split()) for message in body["messages"]) + 3
    written = len(content.split())
    return {"prompt_tokens": prompt, "completion_tokens": written, "total_tokens": prompt + written}


def logprobs_of(content: str) -> dict[str, Any]:
    """A probability for each word."""
    return {
        "content": [
            {"token": word, "logprob": -0.1, "bytes": list(word.encode()), "top_logprobs": []}
            for word in content.split()
        ],
        "refusal": None,
    }


def completion(script: Script, body: Mapping[str, Any], text: str, fault: str, serial: int) -> dict[str, Any]:
    """A chat completion, whole or broken."""
    content, finish, refusal = content_of(script, body, text, fault), "stop", None
    if fault in ("truncated_json", "length"):
        content = content[: len(content) // 2]
    if fault in ("length", "content_filter"):
        finish = fault
    if fault in ("empty_content", "content_filter", "refusal"):
        content = ""
    if fault == "refusal":
        refusal = "I'm sorry, I cannot help with that."
    message = {"role": "assistant", "content": None if refusal else content, "refusal": refusal}
    choice: dict[str, Any] = {"index": 0, "message": message, "finish_reason": finish, "logprobs": None}
    if body.get("logprobs") and "logprobs" in script.honours:
        choice["logprobs"] = logprobs_of(content)
    return {
        "id": f"chatcmpl-{serial}",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": body["model"],
        "choices": [] if fault == "empty_choice" else [choice],
        "usage": usage_of(body, "" if fault == "empty_choice" else content),
        "system_fingerprint": "fp_fake",
    }


def totals(records: Sequence[Mapping[str, Any]]) -> Counter[str]:
    """Tokens and answers of what was delivered and is paid for."""
    found: Counter[str] = Counter(prompt_tokens=0, completion_tokens=0, answers=0)
    for record in records:
        if record["delivered"] and record["usage"]:
            found.update({**record["usage"], "answers": 1})
    return found
