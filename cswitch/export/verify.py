"""Reads an export again, as its users will, and checks it row by row."""

from __future__ import annotations

import csv
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from cswitch.core.errors import CswitchError, RunError
from cswitch.core.m2 import M2Fault, read_m2
from cswitch.export.card import data_path
from cswitch.export.columns import Names
from cswitch.export.contracts import Row
from cswitch.export.files import Digest, digest_of
from cswitch.export.writers import unguarded

_HINT = "the output is not kept; report this with the command that you ran"
_BATCH = 1000
"""Rows of a folder of ``datasets`` that are read together."""
_PARALLEL = ("tokens", "langs", "offsets", "pos", "lid_tags", "pos_tags")


class Written(NamedTuple):
    """What is to be found."""

    writer: str
    """Name of the writer."""
    rows: Mapping[str, int]
    """Split to its rows."""
    columns: Mapping[str, Any]
    """Kind of each column."""
    single: str = ""
    """Name of the file, when the output is one file."""
    separator: str = ""
    """Line between texts."""
    digests: Mapping[str, Digest] = {}
    """What was written to each file; empty where that is not known."""


def verify(folder: Path, written: Written) -> int:
    """Loads what was written and checks files, counts, lists, offsets, labels, and that no source is in two splits.

    Folders of ``datasets`` and Parquet are loaded by ``datasets`` itself, Parquet as the card tells it to; nothing is
    cached and no network asked. Formats without ids are checked for rows that are in two splits.

    Args:
        folder: Where it lies.
        written: What is to be found.

    Returns:
        Rows that were checked.

    Raises:
        RunError: Something differs; split, row and what is wrong are named.
    """
    for name, digest in written.digests.items():
        if not (folder / name).is_file() or digest_of(folder / name) != digest:
            raise RunError(f"verifying failed: {name} is not what was written", hint=_HINT)
    read = READERS[written.writer]
    keys: dict[str, array[int]] = {}
    loaded = _loaded(folder, written)
    for split, expected in written.rows.items():
        found = keys[split] = array("Q")
        count = 0
        try:
            for count, row in enumerate(read(folder, split, written, loaded), start=1):
                found.append(_key(row))
                fault = fault_of(row, written.columns)
                if fault:
                    raise _different(split, f"row {count}: {fault}")
        except (OSError, ValueError, msgspec.DecodeError, csv.Error) as error:
            raise _different(
                split, f"row {count + 1} cannot be read: {str(error).partition(chr(10))[0][:200]}"
            ) from error
        if count != expected:
            raise _different(split, f"{count:,} rows, where {expected:,} were written")
    _check_leak(keys)
    return sum(written.rows.values())


def fault_of(row: Row, columns: Mapping[str, Any]) -> str:
    """What is wrong with a row that was read again; empty when nothing is.

    >>> fault_of({"tokens": ["ok"], "langs": [2]}, {"tokens": ["string"], "langs": [Names(("hi", "en"))]})
    'langs: 2 is no number of the 2 labels'
    >>> fault_of({"text": "ok", "tokens": ["ok"], "offsets": [[0, 1]]}, {})
    "offsets: [0, 1) cuts 'o' out of the text, not 'ok'"
    """
    missing = [name for name in columns if name not in row]
    if missing:
        return f"no column {missing[0]!r}"
    lists = {name: row[name] for name in _PARALLEL if row.get(name) is not None}
    for name, values in lists.items():
        if len(values) != len(row["tokens"]):
            return f"{name}: {len(values)} for {len(row['tokens'])} tokens"
        kind = columns.get(name)
        if isinstance(kind, list) and isinstance(kind[0], Names):
            wrong = next((value for value in values if not _is_label(value, kind[0].names)), None)
            if wrong is not None:
                return f"{name}: {wrong!r} is no number of the {len(kind[0].names)} labels"
    for token, (start, end) in zip(row.get("tokens", ()), lists.get("offsets", ()), strict=False):
        if row["text"][start:end] != token:
            return f"offsets: [{start}, {end}) cuts {row['text'][start:end]!r} out of the text, not {token!r}"
    return _empty(row)


def _is_label(value: object, names: Sequence[str]) -> bool:
    return 0 <= value < len(names) if type(value) is int else value in names


def _empty(row: Row) -> str:
    for name in ("messages", "conversations"):
        for message in row.get(name) or ():
            if not any(text for key, text in message.items() if key in ("content", "value")):
                return f"{name}: a message is empty"
    for name in ("chosen", "rejected", "prompt", "input", "target"):
        if name in row and not row[name]:
            return f"{name} is empty"
    return ""


def _check_leak(keys: Mapping[str, array[int]]) -> None:
    import numpy as np

    seen = {split: np.unique(np.frombuffer(found, dtype=np.uint64)) for split, found in keys.items() if found}
    names = list(seen)
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            shared = np.intersect1d(seen[one], seen[other], assume_unique=True)
            if len(shared):
                raise _different(one, f"{len(shared):,} of its sources are in split {other} too")


def _key(row: Row) -> int:
    """A number for the source of a row, or for the row itself where it does not name one."""
    source = row.get("source_id")
    text = source if isinstance(source, str) else repr(sorted(row.items()))
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _loaded(folder: Path, written: Written) -> Any:
    from cswitch.export.dataset_folder import load_files, load_folder

    if written.writer not in ("datasets", "parquet"):
        return None
    try:
        found = load_folder(folder) if written.writer == "datasets" else load_files(folder)
    except CswitchError as error:
        raise RunError(f"verifying failed: {error.message}", hint=_HINT) from error
    if list(found) != list(written.rows):
        raise RunError(f"verifying failed: splits {', '.join(found)}, not {', '.join(written.rows)}", hint=_HINT)
    return found


def _loaded_rows(folder: Path, split: str, written: Written, loaded: Any) -> Iterator[Row]:
    features = loaded[split].features
    for name, kind in written.columns.items():
        if (
            isinstance(kind, list)
            and isinstance(kind[0], Names)
            and features[name].feature.names != list(kind[0].names)
        ):
            raise ValueError(f"labels of {name} are {features[name].feature.names}")
    if written.writer == "datasets":  # a row at a time costs several times as much
        for table in loaded[split].with_format("arrow").iter(batch_size=_BATCH):
            yield from table.to_pylist()
    else:
        yield from loaded[split]


def _lines(folder: Path, split: str, written: Written) -> Iterator[bytes]:
    path = folder / (written.single or data_path(written.writer, split))
    with path.open("rb") as stream:
        for line in stream:
            if not line.endswith(b"\n"):
                raise ValueError("the line has no end")
            yield line


def _json_rows(folder: Path, split: str, written: Written, loaded: Any) -> Iterator[Row]:
    decode = msgspec.json.Decoder(dict[str, Any]).decode
    return map(decode, _lines(folder, split, written))


def _csv_rows(folder: Path, split: str, written: Written, loaded: Any) -> Iterator[Row]:
    path = folder / (written.single or data_path(written.writer, split))
    decode = msgspec.json.Decoder(list[str]).decode
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, strict=True):
            if None in row or None in row.values():
                raise ValueError("it has fewer or more cells than there are columns")
            values: Row = {name: unguarded(cell) for name, cell in row.items()}
            yield values | {name: decode(values[name]) for name in ("tokens", "langs")}


def _token_rows(folder: Path, split: str, written: Written, loaded: Any) -> Iterator[Row]:
    names = [name for name in ("tokens", "langs", "pos") if name in written.columns]
    row: Row = {name: [] for name in names}
    comments: Row = {}
    for line in _lines(folder, split, written):
        text = line.decode().removesuffix("\n")
        cells = text.split("\t")
        if not text:
            yield {**dict.fromkeys(written.columns, ""), **comments, **row}
            row, comments = {name: [] for name in names}, {}
        elif text.startswith("# ") and len(cells) == 1:
            key, _, value = text.removeprefix("# ").partition(" = ")
            comments[{"sent_id": "id"}.get(key, key)] = value
        else:
            for name, cell in zip(names, cells, strict=True):
                row[name].append(cell)
    if row["tokens"]:
        raise ValueError("the last utterance is not ended by an empty line")


def _m2_rows(folder: Path, split: str, written: Written, loaded: Any) -> Iterator[Row]:
    for _, found in read_m2(line.decode() for line in _lines(folder, split, written)):
        if isinstance(found, M2Fault):
            raise ValueError(f"line {found.line}: {found.message}")
        yield {"source_id": None, "tokens": list(found.tokens), "edits": list(found.edits)}


def _text_rows(folder: Path, split: str, written: Written, loaded: Any) -> Iterator[Row]:
    for number, line in enumerate(_lines(folder, split, written)):
        text = line.decode().removesuffix("\n")
        if not written.separator or number % 2 == 0:
            yield {**dict.fromkeys(written.columns, ""), "source_id": None, "text": text}
        elif text != written.separator:
            raise ValueError(f"{text[:30]!r} is not the separator")


def _parallel_rows(folder: Path, split: str, written: Written, loaded: Any) -> Iterator[Row]:
    translations = written.columns.get("translation")
    names = translations.codes if translations else ("input", "target")
    streams = [(folder / f"{split}.{name}").open("rb") for name in names]
    try:
        for lines in zip(*streams, strict=True):
            texts = {name: line.decode().removesuffix("\n") for name, line in zip(names, lines, strict=True)}
            yield {"translation": texts} | dict.fromkeys(("id", "lang"), "") | texts | dict.fromkeys(("source_id",))
    finally:
        for stream in streams:
            stream.close()


def _different(split: str, what: str) -> RunError:
    return RunError(f"verifying failed: split {split}: {what}", hint=_HINT)


READERS: dict[str, Callable[[Path, str, Written, Any], Iterator[Row]]] = {
    "datasets": _loaded_rows,
    "parquet": _loaded_rows,
    "jsonl": _json_rows,
    "csv": _csv_rows,
    "conll": _token_rows,
    "lince": _token_rows,
    "m2": _m2_rows,
    "lines": _text_rows,
    "parallel": _parallel_rows,
}
"""What reads the rows of a split again, by the name of the writer."""
