"""Tagged text of any layout as whole records: text, tokens, tags and offsets, and every other field that was there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cswitch.core.errors import InputError
from cswitch.core.seeds import digest
from cswitch.pipeline.lines import started
from cswitch.pipeline.pair_rows import Lines
from cswitch.pipeline.tag_gold import Labels, gold_sentences
from cswitch.pipeline.tag_input import located
from cswitch.pipeline.tag_layouts import opened
from cswitch.pipeline.tag_records import name_of, objects, placed, strings, tags_of, tokens_of
from cswitch.schemas.decode import RecordError, convert_record

Record = dict[str, Any]

_DIGITS = 1 << 64


def read_records(path: str, languages: Sequence[str] = ()) -> Iterator[tuple[int, Record]]:
    r"""Reads tagged text with the line or row each record stands on.

    Samples, what ``cswitch tag`` writes, and other objects keep all their fields; ``id``, ``text``, ``tokens``,
    ``langs`` and ``offsets`` are there afterwards. Where there is no text, it is the tokens with a space between;
    where there are no offsets, tokens are looked for in the text. Memory holds one record, and a number for each id.

    Args:
        path: JSON Lines, token lines, CoNLL, Parquet (gzip or not), a folder of ``datasets``, or ``-``.
        languages: The languages in play, in order: ``lang1`` of LinCE is the first of them.

    Returns:
        Records in the order of the input; the first is read at once.

    Raises:
        InputError: The input cannot be read, its lists do not fit together, or an id is there twice.
        MissingExtraError: Reading it needs an extra.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "tags.tsv")
    ...     _ = path.write_text("main\thi\nhappy\ten\n", encoding="utf-8")
    ...     [(record["text"], record["offsets"]) for _, record in read_records(str(path))]
    [('main happy', [(0, 4), (5, 10)])]
    """
    return started(_once_each(_records(path, Labels(tuple(languages))), path))


def _once_each(records: Iterator[tuple[int, Record]], path: str) -> Iterator[tuple[int, Record]]:
    seen: set[int] = set()
    for place, record in records:
        found = digest(record["id"]) % _DIGITS
        if found in seen:
            hint = "give each record an id of its own, for answers are found by it"
            raise InputError(f"id {record['id'][:60]!r} is there twice", path=path, line=place, field="id", hint=hint)
        seen.add(found)
        yield place, record


def _records(path: str, labels: Labels) -> Iterator[tuple[int, Record]]:
    kind, lines = opened(path, tagged=True)
    if kind in ("tsv", "conll"):
        yield from _token_lines(path, kind, lines, labels)
        return
    for count, (place, value) in enumerate(objects(path, kind, lines), start=1):
        try:
            yield place, _of_object(value, count, labels)
        except RecordError as error:
            raise placed(path, kind, place, error) from error


def _token_lines(path: str, kind: str, lines: Lines, labels: Labels) -> Iterator[tuple[int, Record]]:
    for gold in gold_sentences(path, kind, lines, labels):
        record: Record = {"id": gold.id, "tokens": gold.tokens, "langs": gold.tags}
        if gold.pos is not None:
            record["pos"] = gold.pos
        yield gold.place, record | _joined(gold.tokens)


def _of_object(value: dict[str, Any], count: int, labels: Labels) -> Record:
    found = tokens_of(value)
    if found is None:
        raise RecordError("no tokens", hint="give tokens and a tag for each; cswitch tag makes them of text")
    tokens = found[1]
    if isinstance(value.get("langs"), list):
        langs = strings(value["langs"], "langs")
        if len(langs) != len(tokens):
            raise RecordError(f"{len(langs)} for {len(tokens)} tokens", field="langs", hint="write one for each token")
    else:
        langs = [labels[tag] for tag in tags_of(value, len(tokens))]
    place = _placed_tokens(value, tokens)
    return {**value, "id": name_of(value, count), "tokens": tokens, "langs": langs, **place}


def _placed_tokens(value: dict[str, Any], tokens: list[str]) -> Record:
    text = value.get("text")
    if text is None:
        return _joined(tokens)
    if not isinstance(text, str):
        raise RecordError(f"expected str, got {type(text).__name__}", field="text", hint="write the text as a string")
    if value.get("offsets") is None:
        offsets = located(tokens, text)
        if offsets is None:
            raise RecordError("a token does not stand in the text", field="tokens", hint="leave out text, or give both")
        return {"text": text, "offsets": offsets}
    try:
        offsets = convert_record(value["offsets"], list[tuple[int, int]])
    except RecordError as error:
        field = f"offsets{error.field}" if error.field.startswith("[") else "offsets"
        raise RecordError(error.message, field=field, hint="write [start, end] for each token") from error
    return {"text": text, "offsets": offsets}


def _joined(tokens: list[str]) -> Record:
    """The tokens with a space between, and where they stand then."""
    offsets, end = [], -1
    for token in tokens:
        start, end = end + 1, end + 1 + len(token)
        offsets.append((start, end))
    return {"text": " ".join(tokens), "offsets": offsets}
