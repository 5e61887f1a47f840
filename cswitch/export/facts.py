"""What the card of a data set tells: counted while rows are written, in memory that does not grow with them."""

from __future__ import annotations

from collections import Counter

from cswitch.core.measures import Corpus, cmi
from cswitch.export.contracts import Record, number_of

MOST_KINDS = 50
"""Different values of a field of the provenance that are listed."""
PROVENANCE = (
    "generator", "version", "config", "recipe", "model", "prompt", "aligner", "tagger", "pos", "constraint", "script",
    "noise", "translator", "repair",
)  # fmt: skip
"""Fields of the provenance that are told."""


class Part:
    """Rows and samples of one split."""

    def __init__(self) -> None:
        self.rows = 0
        """Rows written."""
        self.records = 0
        """Records they were made of."""
        self.tokens = 0
        """Tokens of these records."""
        self._cmi, self._measured = 0.0, 0

    def add(self, record: Record) -> None:
        """Takes in a record."""
        self.records += 1
        self.tokens += len(record["langs"])
        known = number_of(record, "measures", "cmi")
        found = cmi(record["langs"]) if known is None else known
        if found is not None:
            self._cmi += found
            self._measured += 1

    @property
    def mean_cmi(self) -> float | None:
        """Mean CMI of the records; None without any."""
        return self._cmi / self._measured if self._measured else None


class Facts:
    """Takes in every record that gave a row.

    >>> facts = Facts(["train"])
    >>> facts.add("train", {"id": "1", "langs": ["hi", "en"], "languages": ["hi", "en"]})
    >>> facts.parts["train"].records, facts.whole.result().measures["cmi"]["pooled"].value, dict(facts.languages)
    (1, 50.0, {'hi': 1, 'en': 1})
    """

    def __init__(self, splits: list[str]) -> None:
        self.parts = {split: Part() for split in splits}
        self.whole = Corpus()
        """Measures of all records."""
        self.languages: Counter[str] = Counter()
        """Language to the tokens that have it as their tag."""
        self._made: Counter[tuple[str, ...]] = Counter()
        self._provenance: dict[str, Counter[str]] = {name: Counter() for name in (*PROVENANCE, "seed")}
        self.targets: tuple[float, float] | None = None
        """Lowest and highest CMI that was asked for."""
        self.met: Counter[bool] = Counter()
        """How many samples met their target."""
        self.untold = 0
        """Records that do not say what made them."""
        self._last: Record | None = None

    def add(self, split: str, record: Record) -> None:
        """Takes in the record of a row; one that gives several rows in a row counts once."""
        part = self.parts[split]
        part.rows += 1
        if record is self._last:
            return
        self._last = record
        part.add(record)
        self.whole.add(record["langs"])
        self.languages.update(tag for tag in record["langs"] if ":" not in tag)
        self._told(record)

    def _told(self, record: Record) -> None:
        made = record.get("provenance")
        if isinstance(made, dict):
            self._made[tuple("" if made.get(name) is None else str(made[name]) for name in self._provenance)] += 1
            if len(self._made) > MOST_KINDS:
                self._spread()
        else:
            self.untold += 1
        asked = number_of(record, "target", "cmi")
        if asked is not None:
            low, high = self.targets or (asked, asked)
            self.targets = min(low, asked), max(high, asked)
        if asked is not None and isinstance(record.get("met"), bool):
            self.met[record["met"]] += 1

    @property
    def provenance(self) -> dict[str, Counter[str]]:
        """Field of the provenance, and the seed of the generator, to its values."""
        self._spread()
        return self._provenance

    def _spread(self) -> None:
        """Counts values by field; records that were made alike are counted together up to here."""
        for values, count in self._made.items():
            for found, value in zip(self._provenance.values(), values, strict=True):
                if value:
                    found[value if value in found or len(found) < MOST_KINDS else "..."] += count
        self._made.clear()

    @property
    def rows(self) -> int:
        """Rows of all splits."""
        return sum(part.rows for part in self.parts.values())

    @property
    def records(self) -> int:
        """Records of all splits."""
        return sum(part.records for part in self.parts.values())
