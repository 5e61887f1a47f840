"""Records of annotation from a file, checked before anybody counts with them."""

from __future__ import annotations

from collections.abc import Iterator

from cswitch.core.errors import InputError
from cswitch.core.measures.tags import tag_reader
from cswitch.pipeline.lines import at, read_lines
from cswitch.schemas.annotation import Annotated, Judgement
from cswitch.schemas.decode import RecordError, decode_record

_HINT = "pull the project again with cswitch studio pull"


def read_annotated(path: str) -> Iterator[Annotated]:
    """The records of what ``cswitch studio pull`` wrote.

    Args:
        path: JSON Lines, or ``-`` for standard input; empty lines are passed over.

    Raises:
        InputError: The file cannot be read, or a line is no such record, with its number and field.
    """
    for number, line in read_lines(path):
        if not line.strip():
            continue
        try:
            record = decode_record(line, Annotated)
            check_annotated(record)
        except RecordError as error:
            raise at(path, number, error) from error
        yield record


def check_annotated(record: Annotated) -> None:
    """Refuses a record whose lists do not fit its tokens, or whose tags mean nothing.

    Raises:
        RecordError: It names the field at fault.

    >>> said = Judgement(annotator="ann", langs=["en"])
    >>> check_annotated(Annotated(id="1", text="", tokens=[], offsets=[], languages=[], judgements=[said]))
    Traceback (most recent call last):
        ...
    cswitch.schemas.decode.RecordError: field 'judgements[0].langs': 1 tags for 0 tokens
    """
    size = len(record.tokens)
    if record.suggested is not None:
        _check_tags(record.suggested, size, "suggested")
    for place, judgement in enumerate(record.judgements):
        _check_judgement(judgement, size, f"judgements[{place}]")


def _check_judgement(judgement: Judgement, size: int, field: str) -> None:
    if not judgement.annotator:
        raise RecordError("an annotator has a name", field=f"{field}.annotator", hint=_HINT)
    _check_tags(judgement.langs, size, f"{field}.langs")
    for name, labels in judgement.layers.items():
        _check_length(len(labels), size, f"{field}.layers[{name!r}]", "labels")
    if judgement.naturalness is not None and not 1 <= judgement.naturalness <= 5:
        raise RecordError(
            f"{judgement.naturalness} is no rating", field=f"{field}.naturalness", hint="ratings go from 1 to 5"
        )


def _check_tags(tags: list[str] | list[str | None], size: int, field: str) -> None:
    _check_length(len(tags), size, field, "tags")
    read = tag_reader()
    for place, tag in enumerate(tags):
        if tag is None:
            continue
        try:
            read[tag]
        except InputError as error:
            raise RecordError(error.message, field=f"{field}[{place}]", hint=error.hint) from error


def _check_length(found: int, size: int, field: str, what: str) -> None:
    if found != size:
        raise RecordError(f"{found} {what} for {size} tokens", field=field, hint=_HINT)
