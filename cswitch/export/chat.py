"""Instructions and chats for supervised fine-tuning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from cswitch.core.errors import UsageError
from cswitch.core.registry import suggest
from cswitch.export.contracts import ExportSettings, Made, Record, Row, Texts, number_of, source_of
from cswitch.export.survey import Survey
from cswitch.export.templates import ChatTemplate

Messages = list[tuple[str, str]]
_SHAREGPT = {"system": "system", "user": "human", "assistant": "gpt"}


class ChatFormat:
    """A chat a record, worded by a template.

    Layouts: ``openai`` (``messages`` with ``role`` and ``content``), ``sharegpt`` (``conversations`` with ``from`` and
    ``value``), ``instruction`` (``instruction``, ``input``, ``output``).

    Raises:
        UsageError: The layout or the template is unknown, or the template needs source texts and there are none.
    """

    writers = ("jsonl", "datasets", "parquet")
    task = "text-generation"

    def __init__(self, settings: ExportSettings, survey: Survey, texts: Texts) -> None:
        self.counts: Counter[str] = Counter()
        self._texts, self._ids = texts, settings.ids
        if settings.layout not in LAYOUTS:
            raise UsageError(f"unknown layout {settings.layout!r}", hint=suggest(settings.layout, list(LAYOUTS)))
        columns, self._layout = LAYOUTS[settings.layout]
        self.columns: dict[str, Any] = ({"id": "string", "source_id": "string"} if settings.ids else {}) | columns
        self.template = chosen_template(settings, survey)

    def rows(self, records: Iterable[Record]) -> Iterator[Made]:
        """The chat of each record; those without the source text that the template needs are counted.

        Raises:
            RecordError: The template names something that a record lacks.
        """
        for record in records:
            sources = self._texts.of(record)
            if self.template.template.needs and not any(text.strip() for text in sources.values()):
                self.counts["without a source text"] += 1
                continue
            row: Row = {"id": str(record["id"]), "source_id": source_of(record)} if self._ids else {}
            # The user asks for what the text is, not for what it was meant to be: that is what a model learns from it.
            measured = number_of(record, "measures", "cmi")
            yield Made(record, row | self._layout(self.template.messages(record, sources, measured)))


def chosen_template(settings: ExportSettings, survey: Survey) -> ChatTemplate:
    """The template that was asked for, else one that the records have all for.

    Raises:
        UsageError: It needs source texts and there are none.
    """
    name = settings.template or ("mix.v1" if survey.sides else "write.v1")
    template = ChatTemplate(name, settings.seed, survey.labels)
    if template.template.needs and not survey.sides:
        hint = "name the pairs that the samples were made of, --pairs FILE, or take --template write.v1"
        raise UsageError(f"template {name} needs source texts", hint=hint)
    return template


def openai_messages(messages: Messages) -> Row:
    """The layout of OpenAI's interface.

    >>> openai_messages([("user", "Hi"), ("assistant", "Hello")])["messages"][0]
    {'role': 'user', 'content': 'Hi'}
    """
    return {"messages": [{"role": role, "content": text} for role, text in messages]}


def sharegpt(messages: Messages) -> Row:
    """The layout of ShareGPT.

    >>> sharegpt([("user", "Hi"), ("assistant", "Hello")])["conversations"]
    [{'from': 'human', 'value': 'Hi'}, {'from': 'gpt', 'value': 'Hello'}]
    """
    return {"conversations": [{"from": _SHAREGPT[role], "value": text} for role, text in messages]}


def instruction(messages: Messages) -> Row:
    r"""The layout of Alpaca; the system message stands before what the user says.

    >>> instruction([("system", "Be brief."), ("user", "Hi"), ("assistant", "Hello")])
    {'instruction': 'Be brief.\n\nHi', 'input': '', 'output': 'Hello'}
    """
    *asked, (_, answer) = messages
    return {"instruction": "\n\n".join(text for _, text in asked), "input": "", "output": answer}


LAYOUTS: dict[str, tuple[dict[str, Any], Callable[[Messages], Row]]] = {
    "openai": ({"messages": [{"role": "string", "content": "string"}]}, openai_messages),
    "sharegpt": ({"conversations": [{"from": "string", "value": "string"}]}, sharegpt),
    "instruction": (dict.fromkeys(("instruction", "input", "output"), "string"), instruction),
}
"""Columns and function of each layout."""
