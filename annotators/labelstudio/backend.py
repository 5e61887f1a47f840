"""What a machine-learning backend of Label Studio answers: tags of a tagger as predictions, made while people annotate.

No web server is here: bodies of requests come in as bytes, answers go out as objects
(:mod:`cswitch.annotators.labelstudio.endpoint` stands between the two and the network). Label Studio sends a user's
key with ``/setup`` and perhaps a password with ``/predict``; neither is read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from threading import Lock
from typing import Any, NamedTuple, TypeVar

import msgspec

from cswitch import __version__
from cswitch.annotators.labelstudio.config import Labelling
from cswitch.annotators.labelstudio.spans import regions_of
from cswitch.annotators.labelstudio.tasks import check_data
from cswitch.core.contracts import Tagger, Tagging
from cswitch.core.errors import InputError, RunError, UsageError
from cswitch.core.measures.tags import NEUTRAL
from cswitch.core.text.tokens import tokenise

SEGMENTED = ("zh", "ja", "th")
"""Languages whose tokens are found otherwise."""
TURN = 256
"""Tasks that are tagged before others who ask have a turn."""

Body = TypeVar("Body")

_ACTION = re.compile(r"[A-Z_]{1,40}")
_ACTIONS = 64


class _Setup(msgspec.Struct, frozen=True):
    """What is read of a request; all else in it, the user's key above all, is skipped unread."""

    schema: str
    """The labelling configuration."""


class _Data(msgspec.Struct, frozen=True):
    """What is read of the data of a task; it may be anything, for people import tasks of their own too."""

    text: Any = None
    id: Any = None
    tokens: Any = None
    offsets: Any = None
    languages: Any = None


class _Task(msgspec.Struct, frozen=True):
    data: _Data
    id: int | str | None = None


class _Predict(msgspec.Struct, frozen=True):
    tasks: list[_Task]
    label_config: str


class _Event(msgspec.Struct, frozen=True):
    action: str = ""


class _Cut(NamedTuple):
    """A text with its tokens."""

    key: str
    text: str
    tokens: list[str]
    offsets: list[tuple[int, int]]


class Backend:
    """Answers the four questions of Label Studio by a tagger; safe to ask from several threads.

    Args:
        tagger: Where the tags come from; it is asked by one thread at a time.
        languages: The languages in play. Without any, those that a task names, else those of the configuration.
    """

    def __init__(self, tagger: Tagger, languages: Sequence[str] = ()) -> None:
        self.version = f"cswitch {__version__} {tagger.name}"
        """What predictions are signed with."""
        self.tasks = 0
        """Tasks that got a prediction."""
        self.unlabelled = 0
        """Tokens without a span because the configuration has no label for their tag."""
        self.events: Counter[str] = Counter()
        """What happened in Label Studio, by the name of the event."""
        self._tagger = tagger
        self._languages = tuple(languages)
        self._tagging, self._counting = Lock(), Lock()

    def warm_up(self) -> None:
        """Refuses languages that the tagger does not know, and spares the first who asks the wait for its tables.

        Raises:
            UsageError: The tagger does not know a language.
        """
        self._tagger.tag([["ok"]], self._languages)

    def health(self) -> dict[str, Any]:
        """That it is there, and what it answers with."""
        return {"status": "UP", "model_class": type(self._tagger).__name__, "model_version": self.version}

    def versions(self) -> dict[str, Any]:
        """What predictions may be signed with: one version."""
        return {"versions": [self.version]}

    def setup(self, body: bytes) -> dict[str, Any]:
        """Says whether a project can be answered; nothing of it is kept.

        Raises:
            InputError: The body is no such request, or tags do not fit the project's configuration.
        """
        asked = _spoken(_labelling(_decoded(body, _Setup).schema))
        given = [name for name in self._languages if name in asked] if self._languages else self._known(asked)
        if not given:
            told = f"none of the languages of the configuration ({', '.join(asked) or 'it has none'}) is served here"
            raise InputError(told, hint="give it labels for others, or serve another tagger or --pair")
        return {"model_version": self.version}

    def predict(self, body: bytes) -> dict[str, Any]:
        """A prediction a task, in their order; one for a task without a text says nothing.

        Raises:
            InputError: The body is no such request, or tags do not fit the project's configuration.
            RunError: The tagger broke its contract.
        """
        asked = _decoded(body, _Predict)
        labelling = _labelling(asked.label_config)
        results: list[dict[str, Any]] = []
        for first in range(0, len(asked.tasks), TURN):
            results += self._predictions(asked.tasks[first : first + TURN], labelling)
        return {"results": results, "model_version": self.version}

    def webhook(self, body: bytes) -> dict[str, Any]:
        """Counts an event.

        Raises:
            InputError: The body is no object of JSON.
        """
        action = _decoded(body, _Event).action
        with self._counting:
            room = action in self.events or len(self.events) < _ACTIONS
            self.events[action if room and _ACTION.fullmatch(action) else "other"] += 1
        return {"status": "counted"}

    def _predictions(self, tasks: Sequence[_Task], labelling: Labelling) -> list[dict[str, Any]]:
        groups: dict[tuple[str, ...], list[int]] = {}
        cuts: list[_Cut] = []
        for place, task in enumerate(tasks):
            languages = self._in_play(task.data, labelling)
            groups.setdefault(languages, []).append(place)
            cuts.append(_cut(task, languages))
        predictions: dict[int, dict[str, Any]] = {}
        for languages, places in groups.items():
            taggings = self._tagged([cuts[place].tokens for place in places], languages)
            for place, tagging in zip(places, taggings, strict=True):
                predictions[place] = self._prediction(cuts[place], tagging, labelling)
        return [predictions[place] for place in range(len(tasks))]

    def _prediction(self, cut: _Cut, tagging: Tagging, labelling: Labelling) -> dict[str, Any]:
        tags = [labelled(tag, labelling) for tag in tagging.tags]
        with self._counting:
            self.tasks += 1
            self.unlabelled += tags.count(None)
        made: dict[str, Any] = {
            "model_version": self.version,
            "result": regions_of(cut.text, cut.tokens, cut.offsets, tags, key=cut.key),
        }
        if tagging.probabilities:
            made["score"] = round(sum(tagging.probabilities) / len(tagging.probabilities), 6)
        return made

    def _tagged(self, batch: list[list[str]], languages: tuple[str, ...]) -> list[Tagging]:
        with self._tagging:
            try:
                found = self._tagger.tag(batch, languages)
            except UsageError:  # it does not tell what it knows, and does not know one of these
                found = self._tagger.tag(batch, ())
        if [len(tagging.tags) for tagging in found] != [len(tokens) for tokens in batch]:
            raise RunError(f"the tagger {self._tagger.name!r} gave not one tag a token", hint="this is a fault of it")
        return found

    def _in_play(self, data: _Data, labelling: Labelling) -> tuple[str, ...]:
        """The languages of a task, as its tagger is told them; in a set order, for a tagger does not look at it."""
        if self._languages:
            return self._languages
        named = data.languages if isinstance(data.languages, list) else []
        asked = _spoken(labelling)
        chosen = [name for name in named if name in asked]
        return self._known(chosen or asked)

    def _known(self, languages: Sequence[str]) -> tuple[str, ...]:
        known = getattr(self._tagger, "languages", None)
        return tuple(sorted(language for language in languages if known is None or language in known))


def labelled(tag: str, labelling: Labelling) -> str | None:
    """The label that a configuration has for a tag; None when it has none, for then nothing should be suggested.

    ``ne:hi`` is ``ne`` where names are not told apart, and a language that is not asked for is foreign.

    >>> labelling = Labelling.of(["hi", "en", "ne", "fw"])
    >>> [labelled(tag, labelling) for tag in ("hi", "ne:hi", "ta", "mixed")]
    ['hi', 'ne', 'fw', None]
    """
    kind = tag.partition(":")[0]
    wanted = (tag, kind) if kind in NEUTRAL else (tag, "fw")
    return next((label for label in wanted if label in labelling.labels), None)


def _spoken(labelling: Labelling) -> list[str]:
    return [tag for tag in labelling.labels if tag.partition(":")[0] not in NEUTRAL]


@lru_cache(maxsize=32)
def _labelling(xml: str) -> Labelling:
    return Labelling.from_xml(xml)


def _decoded(body: bytes, kind: type[Body]) -> Body:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise InputError(f"not what Label Studio sends: {error}") from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise InputError("the body is no JSON", hint="send an object of JSON in UTF-8") from None


def _cut(task: _Task, languages: Sequence[str]) -> _Cut:
    """The tokens that a task came with, when they lie on its text; else those of our own."""
    data = task.data
    text = data.text if isinstance(data.text, str) else ""
    key = str(data.id if isinstance(data.id, str | int) else task.id)
    if given := _given(data, text):
        return _Cut(key, text, *given)
    found = tokenise(text, next((language for language in languages if language in SEGMENTED), ""))
    return _Cut(key, text, list(found.tokens), list(found.offsets))


def _given(data: _Data, text: str) -> tuple[list[str], list[tuple[int, int]]] | None:
    """The tokens and offsets of a task, if they can be used."""
    try:
        tokens = msgspec.convert(data.tokens, list[str])
        offsets = msgspec.convert(data.offsets, list[tuple[int, int]])
        check_data({"text": text, "tokens": tokens, "langs": tokens, "offsets": offsets})
    except (msgspec.ValidationError, InputError):
        return None
    return tokens, offsets
