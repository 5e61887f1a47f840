"""What was tagged, written: JSON Lines, token lines, CoNLL-U, Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import IO, Any

from msgspec.json import encode
from msgspec.structs import asdict

from cswitch.core.errors import InputError
from cswitch.core.tag_sentence import DIGITS
from cswitch.pipeline.tag_lines import CONLLU_WIDTH, MISC, is_conllu, with_misc
from cswitch.pipeline.tag_parquet import ParquetRows
from cswitch.pipeline.tagging import Found
from cswitch.schemas.utterance import Utterance

FORMATS = ("jsonl", "tsv", "conll", "parquet")
"""Names of the layouts, as ``fmt`` takes them."""

_BREAKS = frozenset("\t\n\r")
_SPACES = str.maketrans("\n\r", "  ")


def write_found(found: Iterable[Found], fmt: str, out: IO[bytes]) -> Iterator[Found]:
    """Writes utterances to a stream, and hands each on.

    Args:
        found: What was tagged.
        fmt: A name from :data:`FORMATS`.
        out: Where to.

    Raises:
        InputError: A token or a field cannot be written in the layout.
        MissingExtraError: Writing the layout needs an extra.
    """
    if fmt == "parquet":
        with ParquetRows(out) as rows:
            for one in found:
                rows.add(as_object(one))
                yield one
        return
    line = {"jsonl": json_line, "tsv": token_lines, "conll": conllu_lines}[fmt]
    for one in found:
        out.write(line(one))
        yield one


def record_of(found: Found) -> Utterance:
    """The record of a tagged utterance."""
    source, tagging, sentence = found
    alternatives = tagging.alternatives
    return Utterance(
        id=source.id,
        text=source.text,
        tokens=list(source.tokens),
        langs=tagging.tags,
        offsets=None if source.offsets is None else list(source.offsets),
        probabilities=[round(probability, DIGITS) for probability in tagging.probabilities],
        alternatives=None
        if alternatives is None
        else [[(tag, round(chance, DIGITS)) for tag, chance in best] for best in alternatives],
        languages=sentence.languages,
        matrix=sentence.matrix,
        measures=sentence.measures,
    )


def as_object(found: Found) -> dict[str, Any]:
    """The record of a tagged utterance with the other fields that the input had, which come last."""
    written = {name: value for name, value in asdict(record_of(found)).items() if value is not None or name == "matrix"}
    return {**written, **(found.source.fields or {})}


def json_line(found: Found) -> bytes:
    """An utterance as a line of JSON."""
    return encode(as_object(found) if found.source.fields else record_of(found)) + b"\n"


def token_lines(found: Found) -> bytes:
    """An utterance as lines of token and tag, with an empty line at the end; further columns of the input are kept."""
    source = found.source
    block = source.block
    rest = [()] * len(source.tokens) if block is None or is_conllu(block.rows[0]) else [row[2:] for row in block.rows]
    lines = list(block.comments) if block else []
    for place, (token, tag, more) in enumerate(zip(source.tokens, found.tagging.tags, rest, strict=True)):
        _check_token(token, place, found)
        lines.append("\t".join((token, tag, *more)))
    return "\n".join([*lines, "\n"]).encode()


def conllu_lines(found: Found) -> bytes:
    """An utterance in CoNLL-U, its languages in the column MISC; the other columns of the input are kept."""
    source, tags = found.source, found.tagging.tags
    for place, token in enumerate(source.tokens):
        _check_token(token, place, found)
    if source.block is not None and source.block.rows and is_conllu(source.block.rows[0]):
        rows = [list(row) for row in source.block.rows]
        for at, tag in zip(source.rows, tags, strict=True):
            rows[at][MISC] = with_misc(rows[at][MISC], tag)
    else:
        rows = _rows(found)
    comments = source.block.comments if source.block else [f"# sent_id = {' '.join(source.id.split())}"]
    if source.text is not None and source.block is None:
        comments.append(f"# text = {source.text.translate(_SPACES)}")
    return "\n".join([*comments, *map("\t".join, rows), "\n"]).encode()


def _rows(found: Found) -> list[list[str]]:
    """Rows of CoNLL-U for an utterance that comes from elsewhere."""
    offsets = found.source.offsets or ()
    touched = [before[1] == after[0] for before, after in pairwise(offsets)]
    rows = []
    for place, (token, tag) in enumerate(zip(found.source.tokens, found.tagging.tags, strict=True)):
        misc = "SpaceAfter=No" if place < len(touched) and touched[place] else "_"
        rows.append([str(place + 1), token, *["_"] * (CONLLU_WIDTH - 3), with_misc(misc, tag)])
    return rows


def _check_token(token: str, place: int, found: Found) -> None:
    if not token or not _BREAKS.isdisjoint(token):
        what = "a token with a tab or a line break" if token else "an empty token"
        message = f"utterance {found.source.id}: {what} cannot stand in a line of its own"
        raise InputError(message, field=f"tokens[{place}]", hint="write JSON Lines: --to jsonl")
