"""Attempts of ``cswitch prompt`` as records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from cswitch.core.measures.tags import NEUTRAL
from cswitch.export.contracts import Record
from cswitch.schemas.prompting import Attempt


def attempt_records(
    attempts: Iterable[tuple[int, Attempt]], languages: tuple[str, ...]
) -> Iterator[tuple[int, Record]]:
    """A record an attempt, with its place; an attempt has no tokens, only text and tags.

    Args:
        attempts: Attempts with the lines they stand on.
        languages: The languages, the matrix language first; empty for those of the tags, the most frequent first.

    >>> attempt = Attempt(source_id="7", number=0, stage="propose", text="kal meeting", langs=["hi", "en"], cmi=30.0)
    >>> [(record["id"], record["target"]) for _, record in attempt_records([(1, attempt)], ("hi", "en"))]
    [('7.0.0', {'cmi': 30.0})]
    """
    for place, attempt in attempts:
        tags = Counter(tag for tag in attempt.langs if tag.partition(":")[0] not in NEUTRAL)
        known = list(languages) or [tag for tag, _ in tags.most_common()]
        yield (
            place,
            {
                "id": f"{attempt.source_id}.{attempt.draw}.{attempt.number}",
                "source_id": attempt.source_id,
                "draw": attempt.draw,
                "text": attempt.text,
                "langs": attempt.langs,
                "languages": known,
                "matrix": known[0] if known else None,
                "target": {"cmi": attempt.cmi},
                "measures": {"cmi": attempt.realised},
                "scores": attempt.scores,
                "accepted": attempt.accepted,
            },
        )
