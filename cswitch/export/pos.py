"""Parts of speech for records that have none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice

from cswitch.core.contracts import PosTagger
from cswitch.core.measures.tags import NEUTRAL
from cswitch.core.pos import upos
from cswitch.export.contracts import Record

BATCH = 256
"""Records that are tagged together."""
UNKNOWN = "X"


def with_pos(
    records: Iterable[tuple[int, Record]], load: Callable[[str], PosTagger | None]
) -> Iterator[tuple[int, Record]]:
    """Records with a universal part of speech a token; those that bring their own keep it.

    Each tagger reads the whole sentence, and a token takes what the tagger of its language says; a token without a
    language takes that of the matrix language. What no tagger knows is ``X``.

    Args:
        records: Records with their places.
        load: Gives the tagger of a language, or None; each language is asked for once.

    >>> from cswitch.annotators.pos.windowed import WindowedTagger
    >>> record = {"tokens": ["My", "house", "!"], "langs": ["en", "en", "other"], "matrix": "en"}
    >>> next(with_pos([(1, record)], WindowedTagger.load))[1]["pos"]
    ['PRON', 'NOUN', 'PUNCT']
    """
    source = iter(records)
    known: dict[str, PosTagger | None] = {}
    while batch := list(islice(source, BATCH)):
        wanted = [record for _, record in batch if record.get("pos") is None and record["tokens"]]
        for lang in {tag.rpartition(":")[2] for record in wanted for tag in record["langs"]} - NEUTRAL - known.keys():
            known[lang] = load(lang)
        sentences = [record["tokens"] for record in wanted]
        found = {lang: tagger.tag(sentences) for lang, tagger in known.items() if tagger is not None}
        for number, record in enumerate(wanted):
            record["pos"] = _chosen(record, {lang: tags[number] for lang, tags in found.items()})
        yield from batch


def _chosen(record: Record, tags: Mapping[str, tuple[str, ...]]) -> list[str]:
    usual = tags.get(str(record.get("matrix"))) or next(iter(tags.values()), None)
    chosen = []
    for place, lang in enumerate(record["langs"]):
        own = tags.get(lang.rpartition(":")[2])
        if own is None and lang.rpartition(":")[2] in NEUTRAL:
            own = usual
        chosen.append(upos(own[place]) if own else UNKNOWN)
    return chosen
