"""Records as ``read_records`` gives them, and exports of them without a command line."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from cswitch.core.measures import cmi
from cswitch.export.contracts import ExportSettings, Record
from cswitch.export.files import new_folder
from cswitch.export.run import Exporter, Place, Source
from cswitch.export.table import writer_of


def record(text: str = "kal/hi meeting/en hai/hi !/other", *, name: str = "1.0", **more: Any) -> Record:
    """A record of ``token/tag`` text."""
    pairs = [word.rpartition("/") for word in text.split()]
    tokens, langs = [token for token, _, _ in pairs], [tag for _, _, tag in pairs]
    offsets, end = [], -1
    for token in tokens:
        offsets.append((end + 1, end + 1 + len(token)))
        end = offsets[-1][1]
    found: Record = {
        "id": name, "source_id": name.partition(".")[0], "text": " ".join(tokens), "tokens": tokens, "langs": langs,
        "offsets": offsets, "languages": ["hi", "en"], "matrix": "hi", "measures": {"cmi": cmi(langs), "switches": 2},
        "target": {"cmi": 30.0, "tolerance": 3.0}, "met": True,
        "provenance": {"generator": "insertion", "version": "0", "config": "c0", "seed": 0, "draw": 0},
    }  # fmt: skip
    return found | more


def many(count: int, *, draws: int = 1, seed: int = 0) -> Iterator[Record]:
    """Records of random mixing, ``draws`` of each source."""
    rng = random.Random(seed)
    for number in range(count):
        for draw in range(draws):
            words = [f"w{rng.randrange(10**6)}/{'en' if rng.random() < 0.3 else 'hi'}" for _ in range(10)]
            yield record(" ".join(words), name=f"{number}.{draw}")


class NoTexts:
    """Knows the texts that it was given."""

    def __init__(self, texts: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self._texts = texts or {}

    def of(self, found: Record) -> Mapping[str, str]:
        """Texts by the id of the source."""
        return self._texts.get(str(found.get("source_id")), {})


def exporter(records: Iterable[Record], texts: Mapping[str, Mapping[str, str]] | None = None, **asked: Any) -> Exporter:
    """An export of records that are held."""
    held = [*enumerate(records, start=1)]
    settings = ExportSettings(**{**asked, "writer": writer_of(asked["to"], asked.get("writer", ""))})
    return Exporter(settings, Source("in.jsonl", lambda: iter(held), NoTexts(texts)))


def rows_of(records: Iterable[Record], **asked: Any) -> list[dict[str, Any]]:
    """The rows of records, written nowhere."""
    made = exporter(records, **asked)
    return [row for _, row in made.format.rows(made._records)]


def exported(folder: Path, records: Iterable[Record], *, check: bool = True, **asked: Any) -> dict[str, Any]:
    """Writes records to a folder and gives the report."""
    made = exporter(records, **asked)
    with new_folder(folder, force=False) as files:
        return made.write(Place(files), check=check)
