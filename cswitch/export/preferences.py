"""A better and a worse mixing of one source, for training on preferences."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from cswitch.core.errors import UsageError
from cswitch.core.registry import suggest
from cswitch.export.chat import chosen_template
from cswitch.export.contracts import ExportSettings, Made, Record, Row, Texts, number_of, source_of
from cswitch.export.survey import Survey

LAYOUTS = ("plain", "openai")
CRITERIA = ("cmi", "met", "scores", "attempts")
_MESSAGES = [{"role": "string", "content": "string"}]


class Rated(NamedTuple):
    """A text and how good it is; more is better."""

    record: Record
    score: float


class PreferencesFormat:
    """``prompt``, ``chosen``, ``rejected``, as the trainers of TRL read them, with a score for both; more is better.

    What is better (``by``):

    * ``cmi``: the text nearer to the CMI asked for; both are held against the target of the better one, which is what
      the prompt asks for. The score is the distance, negative.
    * ``met``: a text that met its target against one that did not.
    * ``scores``, ``scores:NAME``: the higher mean of all scores, or one score.
    * ``attempts``: the version of a text that was accepted against the last one that was not; the records are the
      attempts of ``cswitch prompt``.

    A source gives one pair, its best text against its worst of the same matrix language, as the prompt names that.
    Records wait on the disk until all are read, for those of one source may lie apart.

    Raises:
        UsageError: A setting cannot be meant.
    """

    writers = ("jsonl", "datasets", "parquet")
    task = "text-generation"

    def __init__(self, settings: ExportSettings, survey: Survey, texts: Texts) -> None:
        self.counts: Counter[str] = Counter()
        self._texts, self._ids, self._margin = texts, settings.ids, settings.margin
        kind, _, self._name = settings.by.partition(":")
        if kind not in CRITERIA or (self._name and kind != "scores"):
            raise UsageError(
                f"--by {settings.by!r} is no criterion", hint=suggest(settings.by, [*CRITERIA, "scores:NAME"])
            )
        if settings.layout not in LAYOUTS:
            raise UsageError(
                f"preferences have no layout {settings.layout!r}", hint=suggest(settings.layout, list(LAYOUTS))
            )
        self._rate: Callable[[list[Record]], list[Rated]] = {
            "cmi": by_cmi, "met": by_met, "scores": self._by_scores, "attempts": by_attempts,
        }[kind]  # fmt: skip
        self._chat = settings.layout == "openai"
        side: Any = _MESSAGES if self._chat else "string"
        self.columns: dict[str, Any] = ({"id": "string", "source_id": "string"} if settings.ids else {}) | {
            "prompt": side, "chosen": side, "rejected": side, "score_chosen": "float64", "score_rejected": "float64",
        }  # fmt: skip
        self.template = chosen_template(settings, survey)

    def rows(self, records: Iterable[Record]) -> Iterator[Made]:
        """A pair a source, in the order in which sources first come.

        Raises:
            RecordError: The template names something that a record lacks.
        """
        for group in _grouped(records):
            pairs = (_best_and_worst(self._rate(alike), self._margin) for alike in self._alike(group))
            pair = max(filter(None, pairs), key=_apart, default=None)
            if pair is None:
                self.counts["sources with nothing to choose from"] += 1
                continue
            sources = self._texts.of(pair[0].record)
            if self.template.template.needs and not any(text.strip() for text in sources.values()):
                self.counts["without a source text"] += 1
                continue
            yield Made(pair[0].record, self._row(*pair))

    def _alike(self, group: list[Record]) -> Iterable[list[Record]]:
        """Texts that one prompt asks for: those of a matrix language, and all versions of an attempt."""
        if self._rate is by_attempts:
            return [group]
        found: dict[str, list[Record]] = {}
        for record in group:
            found.setdefault(str(record.get("matrix")), []).append(record)
        return found.values()

    def _row(self, chosen: Rated, rejected: Rated) -> Row:
        record = chosen.record
        sources, target = self._texts.of(record), number_of(record, "target", "cmi")
        *asked, (_, answer) = self.template.messages(record, sources, target)
        # The template words the answer; what it makes of the worse text is worded the same way.
        worse = self.template.messages({**rejected.record, "id": record["id"]}, sources, target)[-1][1]
        row: Row = {"id": str(record["id"]), "source_id": source_of(record)} if self._ids else {}
        if self._chat:
            row["prompt"] = [{"role": role, "content": text} for role, text in asked]
            row |= {"chosen": _said(answer), "rejected": _said(worse)}
        else:
            row |= {"prompt": "\n\n".join(text for _, text in asked), "chosen": answer, "rejected": worse}
        return row | {"score_chosen": chosen.score, "score_rejected": rejected.score}

    def _by_scores(self, group: list[Record]) -> list[Rated]:
        found = []
        for record in group:
            scores = record.get("scores")
            names = [self._name] if self._name else list(scores) if isinstance(scores, dict) else []
            values = [value for name in names if (value := number_of(record, "scores", name)) is not None]
            if values:
                found.append(Rated(record, sum(values) / len(values)))
        return found


def by_cmi(group: list[Record]) -> list[Rated]:
    """Distances from the target of the text that comes nearest to its own, negative.

    >>> texts = [{"target": {"cmi": 30}, "measures": {"cmi": cmi}} for cmi in (10, 28)]
    >>> [rated.score for rated in by_cmi(texts)]
    [-20.0, -2.0]
    """
    measured = []
    for record in group:
        asked, got = number_of(record, "target", "cmi"), number_of(record, "measures", "cmi")
        if asked is not None and got is not None:
            measured.append((abs(asked - got), asked, got, record))
    if not measured:
        return []
    target = min(measured, key=lambda found: found[0])[1]
    return [Rated(record, -abs(got - target)) for _, _, got, record in measured]


def by_met(group: list[Record]) -> list[Rated]:
    """1 for texts that met their target, 0 for those that did not."""
    return [Rated(record, float(record["met"])) for record in group if isinstance(record.get("met"), bool)]


def by_attempts(group: list[Record]) -> list[Rated]:
    """1 for a version that was accepted, 0 for one that was not, of the first draw with both; the last one first."""
    draws: dict[Any, list[Rated]] = {}
    for record in group:
        if isinstance(record.get("accepted"), bool):
            draws.setdefault(record.get("draw"), []).append(Rated(record, float(record["accepted"])))
    both = [rated for rated in draws.values() if len({found.score for found in rated}) == 2]
    return both[0][::-1] if both else []


def _best_and_worst(rated: list[Rated], margin: float) -> tuple[Rated, Rated] | None:
    """The best and the worst text, when they differ by more than nothing and at least by the margin."""
    if not rated:
        return None
    pair = max(rated, key=lambda found: found.score), min(rated, key=lambda found: found.score)
    apart = _apart(pair)
    same = pair[0].record["text"].split() == pair[1].record["text"].split()
    return None if apart <= 0 or apart < margin or same else pair


def _apart(pair: tuple[Rated, Rated]) -> float:
    """By how much the first is better than the second."""
    return pair[0].score - pair[1].score


def _said(text: str) -> list[dict[str, str]]:
    return [{"role": "assistant", "content": text}]


def _grouped(records: Iterable[Record]) -> Iterator[list[Record]]:
    """Records of one source together, wherever they lie; they wait in a temporary file that the system removes."""
    encode, decode = msgspec.json.Encoder().encode, msgspec.json.Decoder(dict[str, Any]).decode
    store = sqlite3.connect("")
    try:
        store.execute("CREATE TABLE sources (number INTEGER PRIMARY KEY, id BLOB UNIQUE)")
        store.execute("CREATE TABLE records (source INTEGER, body BLOB)")
        for record in records:
            name = source_of(record).encode("utf-8", "surrogatepass")
            store.execute("INSERT OR IGNORE INTO sources (id) VALUES (?)", (name,))
            store.execute("INSERT INTO records SELECT number, ? FROM sources WHERE id = ?", (encode(record), name))
        store.execute("CREATE INDEX by_source ON records (source)")
        group: list[Record] = []
        last = None
        for source, body in store.execute("SELECT source, body FROM records ORDER BY source, rowid"):
            if source != last and group:
                yield group
                group = []
            last = source
            group.append(decode(body))
        if group:
            yield group
    finally:
        store.close()
