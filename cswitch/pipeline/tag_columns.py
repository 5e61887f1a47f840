"""Rows of columns: Parquet files and folders saved by ``datasets``, in flat memory, with names for numbered classes."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cswitch.core.errors import InputError, MissingExtraError
from cswitch.export.dataset_folder import hub_errors

if TYPE_CHECKING:
    import pyarrow

ROWS = 4096
"""Rows held at a time."""
EXTRA = "datasets"
HUB = "hub:"
"""How names of the hub begin."""
_SPLITS = "dataset_dict.json"
_STATE = "state.json"
_MOST_PARTS = 3


def parquet_rows(path: str) -> Iterator[dict[str, Any]]:
    """Rows of a Parquet file; numbers of a class that ``datasets`` named become their names.

    Raises:
        InputError: The file cannot be read as Parquet.
        MissingExtraError: The extra ``datasets`` is not installed.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise MissingExtraError("reading Parquet", extra=EXTRA) from error
    if path == "-":
        raise InputError("Parquet cannot be read from standard input", path=path, hint="name a file")
    try:
        with parquet.ParquetFile(path) as file:
            names = class_names(_features(file.schema_arrow))
            for batch in file.iter_batches(batch_size=ROWS):
                yield from named_classes(batch.to_pylist(), names, path)
    except FileNotFoundError as error:
        raise InputError("no such file", path=path, hint="check the path") from error
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        what = str(error).partition("\n")[0][:200]
        raise InputError(
            f"cannot be read as Parquet: {what}", path=path, hint="check the command that made it"
        ) from error


def folder_rows(path: str) -> Iterator[dict[str, Any]]:
    """Rows of a folder that ``datasets`` saved with ``save_to_disk``; numbers of a class become their names.

    Args:
        path: The folder; or ``hub:NAME``, ``hub:NAME:CONFIG``, ``hub:NAME:CONFIG:SPLIT`` for a data set of the hub,
            which is read as it comes, the split ``train`` where none is named.

    Raises:
        InputError: The folder holds no data set, or several splits; the hub has none of the name, or cannot be reached.
        MissingExtraError: The extra ``datasets`` is not installed.
    """
    datasets = _datasets()
    if path.startswith(HUB):
        yield from _hub_rows(path, datasets)
        return
    try:
        data = _loaded(path, datasets)
        if data is None:
            return
        names = class_names(data.features.to_dict())
        for table in data.with_format("arrow").iter(batch_size=ROWS):
            yield from named_classes(table.to_pylist(), names, path)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError) as error:
        what = str(error).partition("\n")[0][:200]
        hint = "export it again, or save it again with save_to_disk"
        raise InputError(f"the data set in the folder is damaged: {what}", path=path, hint=hint) from error


def _datasets() -> Any:
    try:
        import datasets
    except ImportError as error:
        raise MissingExtraError("reading a folder of datasets", extra=EXTRA) from error
    return datasets


def _loaded(path: str, datasets: Any) -> Any:
    """The data set of a folder; None for one without rows, of which there is nothing to load."""
    folder = Path(path)
    if (folder / _SPLITS).is_file():
        splits = ", ".join(json.loads((folder / _SPLITS).read_text(encoding="utf-8"))["splits"])
        raise InputError(f"the folder holds splits: {splits}", path=path, hint=f"name one of them: {path}/SPLIT")
    if not (folder / _STATE).is_file():
        hint = "name a file, or a folder that datasets saved with save_to_disk"
        raise InputError("the folder holds no data set", path=path, hint=hint)
    files = json.loads((folder / _STATE).read_text(encoding="utf-8"))["_data_files"]
    return datasets.load_from_disk(path) if files else None


def _hub_rows(path: str, datasets: Any) -> Iterator[dict[str, Any]]:
    parts = path.removeprefix(HUB).split(":")
    if not parts[0] or len(parts) > _MOST_PARTS:
        raise InputError(
            "is no name of the hub", path=path, hint="write hub:NAME, hub:NAME:CONFIG or hub:NAME:CONFIG:SPLIT"
        )
    name, config, split, *_ = [*parts, "", ""]
    try:
        with _quiet_hub():
            data = datasets.load_dataset(name, config or None, split=split or "train", streaming=True)
            names = class_names(data.features.to_dict()) if data.features is not None else {}
            for row in data:
                yield from named_classes([row], names, path)
    except (*hub_errors(), RuntimeError, datasets.exceptions.DatasetsError) as error:
        what = str(error).partition("\n")[0][:200]
        hint = "check the name, and that the hub can be reached; or save the data set and name its folder"
        raise InputError(f"the data set cannot be read from the hub: {what}", path=path, hint=hint) from error


@contextmanager
def _quiet_hub() -> Iterator[None]:
    """Without a line on stderr for each time that the hub is asked again; what comes of it is told in one."""
    logger = logging.getLogger("huggingface_hub")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def class_names(features: Mapping[str, Any]) -> dict[str, list[str]]:
    """Column to the names of its classes, for columns of ClassLabel or of lists of it, as ``datasets`` describes them.

    >>> class_names({"lid": {"feature": {"names": ["en", "hi"], "_type": "ClassLabel"}, "_type": "List"}, "id": {}})
    {'lid': ['en', 'hi']}
    """
    found = {}
    for column, feature in features.items():
        inner = feature[0] if isinstance(feature, list) and feature else feature
        inner = inner.get("feature", inner) if isinstance(inner, dict) else {}
        if isinstance(inner, dict) and inner.get("_type") == "ClassLabel":
            found[column] = list(inner["names"])
    return found


def named_classes(
    rows: list[dict[str, Any]], names: Mapping[str, Sequence[str]], path: str
) -> Iterator[dict[str, Any]]:
    """The rows, numbers of classes put in words.

    >>> list(named_classes([{"lid": [1, 0], "id": 5}], {"lid": ["en", "hi"]}, "gold.parquet"))
    [{'lid': ['hi', 'en'], 'id': 5}]
    """
    for row in rows:
        for column, known in names.items():
            value = row.get(column)
            if isinstance(value, list):
                row[column] = [_named(one, known, path, column) for one in value]
            elif value is not None:
                row[column] = _named(value, known, path, column)
        yield row


def _named(value: object, known: Sequence[str], path: str, column: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if not isinstance(value, int) or not 0 <= value < len(known):
        message = f"{value} is none of its {len(known)} classes"
        raise InputError(message, path=path, field=column, hint="check the data set")
    return known[value]


def _features(schema: pyarrow.Schema) -> dict[str, Any]:
    """What ``datasets`` wrote of the columns into a Parquet file; empty when it wrote none."""
    noted = (schema.metadata or {}).get(b"huggingface")
    if noted is None:
        return {}
    found: dict[str, Any] = json.loads(noted).get("info", {}).get("features", {})
    return found
