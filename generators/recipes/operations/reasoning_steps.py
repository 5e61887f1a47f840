"""Reasoning traces read from rows of several shapes, and cut into steps."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cswitch.core.errors import UsageError
from cswitch.core.registry import suggest
from cswitch.core.text.protected import Span

SPLITS = ("lines", "paragraphs", "numbered")
"""What may end a step."""
_TEXTS = ("trace", "reasoning", "reasoning_content", "thinking", "response", "output", "text")
"""Fields that may hold a trace, the first that is there counts."""
_ANSWERS = ("answer", "response", "output", "content", "solution")
"""Fields that may hold the answer, where the trace stands in one before them."""
_QUESTIONS = ("question", "prompt", "problem", "query", "input")
_OPEN = re.compile(r"<(?:think|thinking|thought|reasoning)>|<\|begin_of_thought\|>", re.IGNORECASE)
_CLOSE = re.compile(r"</(?:think|thinking|thought|reasoning)>|<\|end_of_thought\|>", re.IGNORECASE)
_SOLUTION = re.compile(r"<\|(?:begin|end)_of_solution\|>", re.IGNORECASE)
_NUMBERED = re.compile(
    r"\s*(?:[#*]+\s*)?(?:\(?\d{1,3}[.):、]\s|(?:step|paso|schritt|étape|etapa|passo|चरण|कदम)\s*\d+|第\s*[\d一二三四五六七八九十]+\s*步|步骤\s*\d+)",
    re.IGNORECASE,
)
_BLANK = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


class Trace(NamedTuple):
    """What a row holds."""

    text: str
    """The reasoning alone, without the marks around it."""
    answer: str
    """What is said after it; empty when nothing is."""
    question: str
    """What was asked; empty when it is not known."""
    bounds: tuple[Span, ...] | None
    """Where the steps stand, when the row gave them as a list."""


def read_trace(fields: Mapping[str, Any]) -> Trace | str:
    """The trace of a row, or what is wrong with it.

    A row has ``trace`` (or another name of :data:`_TEXTS`), a list ``steps`` of texts or of objects with ``text``, or
    ``messages`` of a chat, of which the last answer counts. Of a text with ``<think>`` and ``</think>``, what stands
    between them is the trace, and what follows is the answer; else the answer is in a field of its own.

    >>> read_trace({"trace": "<think>Hmm, 好的。</think>42"})[:2]
    ('Hmm, 好的。', '42')
    >>> read_trace({"question": "2+2?"})
    'the row has no trace: no steps, no messages, and none of trace, reasoning, reasoning_content, ...'
    """
    question = _first_text(fields, _QUESTIONS)
    if fields.get("messages") is not None:
        return _of_chat(fields["messages"], question)
    steps = fields.get("steps")
    if steps is not None:
        texts = [_said(step) for step in steps] if isinstance(steps, list | tuple) else [None]
        if not all(isinstance(text, str) for text in texts):
            return "steps is no list of texts"
        return _of_steps([text for text in texts if text is not None], _first_text(fields, ("answer",)), question)
    name = next((name for name in _TEXTS if isinstance(fields.get(name), str) and fields[name].strip()), "")
    if not name:
        return f"the row has no trace: no steps, no messages, and none of {', '.join(_TEXTS)}"
    trace, answer = _parted(fields[name])
    others = [other for other in _ANSWERS if other != name]
    return Trace(trace, answer or _first_text(fields, others), question, None)


def steps_of(trace: Trace, kept: Sequence[Span], split: str) -> list[Span]:
    r"""Where the steps of a trace stand, without white space around them; none is empty.

    Args:
        trace: The trace; steps that it came with are kept.
        kept: Spans that no step ends in, such as code and formulas.
        split: ``lines`` ends a step at each line, ``paragraphs`` at empty lines, ``numbered`` where a line with the
            number of a step begins; a trace without such numbers is cut into lines.

    >>> text = "First.\n1. Eins\nmore\n2. Zwei"
    >>> [text[a:b] for a, b in steps_of(Trace(text, "", "", None), [], "numbered")]
    ['First.', '1. Eins\nmore', '2. Zwei']
    """
    text = trace.text
    bounds = trace.bounds
    if bounds is None:
        if split == "paragraphs":
            cuts = [match.span() for match in _BLANK.finditer(text)]
        else:
            cuts = [(at, at + 1) for at, character in enumerate(text) if character == "\n"]
            numbered = [cut for cut in cuts if _NUMBERED.match(text, cut[1])]
            cuts = numbered if split == "numbered" and (numbered or _NUMBERED.match(text)) else cuts
        free = [cut for cut in cuts if not any(start < cut[1] and cut[0] < end for start, end in kept)]
        ends = [*(cut[0] for cut in free), len(text)]
        bounds = tuple(zip([0, *(cut[1] for cut in free)], ends, strict=True))
    return [span for span in (_stripped(text, *span) for span in bounds) if span[0] < span[1]]


def check_split(name: str) -> None:
    """Refuses what is no way to cut a trace into steps.

    Raises:
        UsageError: It is none of :data:`SPLITS`.

    >>> check_split("line")
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: split: unknown way to cut steps 'line'; did you mean 'lines'? ...
    """
    if name not in SPLITS:
        raise UsageError(f"split: unknown way to cut steps {name!r}", hint=suggest(name, list(SPLITS)))


def _first_text(fields: Mapping[str, Any], names: Sequence[str]) -> str:
    return next((fields[name] for name in names if isinstance(fields.get(name), str) and fields[name].strip()), "")


def _of_steps(steps: Sequence[str], answer: str, question: str) -> Trace | str:
    if not any(step.strip() for step in steps):
        return "steps holds no text"
    bounds: list[Span] = []
    at = 0
    for step in steps:
        bounds.append((at, at + len(step)))
        at += len(step) + 1
    return Trace("\n".join(steps), answer, question, tuple(bounds))


def _of_chat(messages: object, question: str) -> Trace | str:
    if not isinstance(messages, list | tuple) or not all(isinstance(message, dict) for message in messages):
        return "messages is no list of objects with role and content"
    said = [message for message in messages if message.get("role") == "assistant"]
    asked = [_said(message.get("content")) for message in messages if message.get("role") == "user"]
    if not said:
        return "messages has no answer: none has the role assistant"
    question = question or next((text for text in reversed(asked) if isinstance(text, str)), "")
    last = said[-1]
    content = _said(last.get("content")) or ""
    reasoning = _first_text(last, ("reasoning_content", "reasoning", "thinking"))
    if reasoning:
        return Trace(reasoning, content, question, None)
    if not content.strip():
        return "the last answer of messages has no text"
    trace, answer = _parted(content)
    return Trace(trace, answer, question, None)


def _said(given: object) -> str | None:
    """The text of a step or a message: a text, an object with one, or a list of parts that have one."""
    if isinstance(given, Mapping):
        given = given.get("text")
    if isinstance(given, list | tuple):
        parts = [part.get("text") for part in given if isinstance(part, Mapping)]
        return "\n".join(part for part in parts if isinstance(part, str)) or None
    return given if isinstance(given, str) else None


def _parted(text: str) -> tuple[str, str]:
    """The trace and the answer of a text; without marks all is the trace, and one that is not ended goes to the end."""
    opened = _OPEN.search(text)
    closed = _CLOSE.search(text, opened.end() if opened else 0)
    start = opened.end() if opened else 0
    if not closed:
        return text[start:], ""
    return text[start : closed.start()], _SOLUTION.sub("", text[closed.end() :]).strip()


def _stripped(text: str, start: int, end: int) -> Span:
    found = text[start:end]
    return start + len(found) - len(found.lstrip()), end - len(found) + len(found.rstrip())
