"""Examples that people have rated, as ``--few-shot FILE --shots-by rating`` reads them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from cswitch.core.text.join import join
from cswitch.generators.prompting.few_shot import Rated
from cswitch.pipeline.lines import at, read_lines, started
from cswitch.schemas.decode import RecordError, decode_record

RATING = "rating"


class _Record(msgspec.Struct, frozen=True):
    tokens: list[str]
    langs: list[str]
    text: str = ""
    source: str = ""
    rating: float | list[float] | None = None
    labels: dict[str, Any] = {}


def read_rated(path: str) -> Iterator[Rated]:
    """Reads tagged texts with a rating: objects with ``tokens``, ``langs`` and ``rating``, a line each.

    A rating is a number or a list of them, one a person, on any scale on which more is better; it may stand among the
    ``labels``. ``text`` is the text as it is shown, else the tokens are joined; ``source`` is what it says in a mix.
    Samples of this package are such objects, once somebody has rated them.

    Args:
        path: A file, gzip or not, or ``-`` for standard input.

    Raises:
        InputError: A line is no such object; file, line and field are named.
    """
    return started(_rated(path))


def _rated(path: str) -> Iterator[Rated]:
    for number, line in read_lines(path):
        if not line.strip():
            continue
        try:
            record = decode_record(line, _Record)
            if len(record.langs) != len(record.tokens):
                raise RecordError(
                    f"{len(record.langs)} tags for {len(record.tokens)} tokens", field="langs", hint="one tag a token"
                )
            ratings = _ratings(record)
        except RecordError as error:
            raise at(path, number, error) from error
        text = record.text or join(record.tokens, [None] * len(record.tokens)).text
        yield Rated(text, record.tokens, record.langs, ratings, record.source)


def _ratings(record: _Record) -> list[float]:
    given = record.labels.get(RATING) if record.rating is None else record.rating
    found = given if isinstance(given, list) else [given]
    numbers = [float(one) for one in found if isinstance(one, int | float) and not isinstance(one, bool)]
    if not numbers or len(numbers) < len(found):
        hint = "give a number, or a list of them; --shots-by cmi needs none"
        raise RecordError("no rating" if given is None else "a rating is no number", field=RATING, hint=hint)
    return numbers
