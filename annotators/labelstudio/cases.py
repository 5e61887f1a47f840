"""Everything that was ever said of a sample: its records of all rounds, put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cswitch.schemas.annotation import Annotated, Judgement
from cswitch.schemas.decode import RecordError


class Case(NamedTuple):
    """A sample and the judgements of it."""

    records: list[Annotated]
    """Its records, as they were read."""
    rounds: dict[int, list[Judgement]]
    """The judgements of each round, the earliest first; of each annotator the last, in the order of submission."""

    @property
    def record(self) -> Annotated:
        """The record of the earliest round."""
        return min(self.records, key=lambda record: record.round)

    @property
    def judgements(self) -> list[Judgement]:
        """All judgements, those of earlier rounds first."""
        return [judgement for judgements in self.rounds.values() for judgement in judgements]

    @property
    def names(self) -> list[str]:
        """A name for each of :attr:`judgements`; whoever judged in several rounds has the round behind the name.

        >>> one = Judgement(annotator="asha", langs=[])
        >>> Case([], {1: [one], 2: [one]}).names
        ['asha', 'asha (round 2)']
        """
        seen: set[str] = set()
        names = []
        for number, judgements in self.rounds.items():
            for judgement in judgements:
                name = judgement.annotator
                names.append(f"{name} (round {number})" if name in seen else name)
                seen.add(name)
        return names


def case_of(records: Sequence[Annotated]) -> Case:
    """Puts the records of one sample together.

    The judgements of the earliest round are votes; those of later rounds adjudicate. Of an annotator who judged
    twice in a round the judgement that was submitted last counts.

    Args:
        records: One or more, all with the same id.

    Raises:
        RecordError: They are not of the same text and tokens.

    >>> def record(number, name):
    ...     said = [Judgement(annotator=name, langs=["en"])]
    ...     return Annotated(
    ...         id="7", text="ok", tokens=["ok"], offsets=[(0, 2)], languages=["en"], judgements=said, round=number
    ...     )
    >>> {number: said[0].annotator for number, said in case_of([record(2, "li"), record(1, "jo")]).rounds.items()}
    {1: 'jo', 2: 'li'}
    """
    first = records[0]
    for record in records[1:]:
        if (record.text, record.tokens) != (first.text, first.tokens):
            hint = "a corrected text needs an id of its own; --requeue gives it one"
            raise RecordError(f"{record.id!r} was shown with two texts or cut in two ways", field="tokens", hint=hint)
    numbers = sorted({record.round for record in records})
    return Case(list(records), {number: _last_of_each(records, number) for number in numbers})


def check_offsets(record: Annotated) -> None:
    """Checks that each offset cuts its token out of the text.

    Raises:
        RecordError: One does not.

    >>> check_offsets(Annotated(id="7", text="ok", tokens=["ok"], offsets=[(0, 1)], languages=["en"]))
    Traceback (most recent call last):
    ...
    cswitch.schemas.decode.RecordError: field 'offsets[0]': [0, 1) cuts 'o' out of the text, not 'ok'
    """
    count, found = len(record.tokens), len(record.offsets)
    if found != count:
        raise RecordError(f"{found} for {count} tokens", field="offsets", hint="write exactly one for each token")
    for place, (token, (start, end)) in enumerate(zip(record.tokens, record.offsets, strict=True)):
        if start < 0 or record.text[start:end] != token:
            raise RecordError(
                f"[{start}, {end}) cuts {record.text[max(start, 0) : end][:30]!r} out of the text, not {token[:30]!r}",
                field=f"offsets[{place}]",
                hint="offsets count Unicode code points, not bytes or UTF-16 units",
            )


def suggestions(record: Annotated) -> list[str] | None:
    """The pre-annotation of a record: the tags that were shown, or that its sample has though they were not shown.

    >>> blind = Annotated(
    ...     id="7", text="ok", tokens=["ok"], offsets=[(0, 2)], languages=["en"], sample={"langs": ["en"]}
    ... )
    >>> suggestions(blind)
    ['en']
    """
    if record.suggested is not None:
        return record.suggested
    held = record.sample.get("langs")
    fits = isinstance(held, list) and len(held) == len(record.tokens) and all(isinstance(tag, str) for tag in held)
    return held if fits else None


def _last_of_each(records: Iterable[Annotated], number: int) -> list[Judgement]:
    said = [judgement for record in records if record.round == number for judgement in record.judgements]
    last: dict[str, Judgement] = {}
    for judgement in sorted(said, key=lambda judgement: judgement.created):
        last.pop(judgement.annotator, None)
        last[judgement.annotator] = judgement
    return list(last.values())
