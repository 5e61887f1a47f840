"""``--verify`` notices whatever is not as it was written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cswitch.core.errors import RunError
from cswitch.export.files import MANIFEST, Digest, Files, digest_of, new_folder
from cswitch.export.run import Place
from cswitch.export.verify import verify
from tests.export.export_records import exported, exporter, many

SPLITS = (("train", 0.8), ("dev", 0.2))
TEXTS = {str(number): {"en": f"text {number}", "hi": f"paath {number}"} for number in range(200)}
Change = Callable[[list[dict[str, Any]]], object]


def written(folder: Path, to: str, writer: str = "", **more: Any) -> Any:
    """An export, and what is to be found of it."""
    made = exporter(many(40), to=to, writer=writer, splits=SPLITS, texts=TEXTS, **more)
    place = Place(Files(folder))
    made.write(place, check=True)
    return made._written(place)._replace(digests={})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda rows: rows.pop(), "split dev: 7 rows, where 8 were written"),
        (lambda rows: rows[1]["lid_tags"].append(0), "split dev: row 2: lid_tags: 11 for 10 tokens"),
        (
            lambda rows: rows[0]["lid_tags"].__setitem__(0, 9),
            "row 1: lid_tags: 9 is no number of the 2 labels",
        ),
        (lambda rows: rows[0].pop("tokens"), "split dev: row 1: no column 'tokens'"),
    ],
)
def test_rows_that_differ_are_told(tmp_path: Path, change: Change, told: str) -> None:
    expected = written(tmp_path, "token-classification")
    path = tmp_path / "dev.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    change(rows)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(RunError) as caught:
        verify(tmp_path, expected)
    assert told in str(caught.value)


def test_a_source_in_two_splits_is_told(tmp_path: Path) -> None:
    expected = written(tmp_path, "token-classification")
    dev, train = tmp_path / "dev.jsonl", tmp_path / "train.jsonl"
    first, *rest = dev.read_text().splitlines(keepends=True)
    dev.write_text(train.read_text().splitlines(keepends=True)[0] + "".join(rest))
    assert first
    with pytest.raises(RunError, match="split train: 1 of its sources are in split dev too"):
        verify(tmp_path, expected)


@pytest.mark.parametrize("to", ["chat", "text", "lince"])
def test_without_ids_the_same_row_in_two_splits_is_told(tmp_path: Path, to: str) -> None:
    expected = written(tmp_path, to)
    ending = {"chat": "jsonl", "text": "txt", "lince": "conll"}[to]
    size = 1 if to != "lince" else 12
    train = (tmp_path / f"train.{ending}").read_text().splitlines(keepends=True)[:size]
    dev = tmp_path / f"dev.{ending}"
    dev.write_text("".join([*train, *dev.read_text().splitlines(keepends=True)[size:]]))
    with pytest.raises(RunError, match="are in split dev too"):
        verify(tmp_path, expected)


@pytest.mark.parametrize("to", ["csv", "conll", "lince", "text", "chat"])
def test_a_file_that_was_cut_is_told(tmp_path: Path, to: str) -> None:
    expected = written(tmp_path, to)
    path = next(tmp_path.glob("dev.*"))
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(RunError, match="verifying failed: split dev"):
        verify(tmp_path, expected)


def test_files_of_other_lengths_are_told(tmp_path: Path) -> None:
    expected = written(tmp_path, "translation", "parallel")
    path = tmp_path / "dev.en"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    with pytest.raises(RunError, match="split dev: row 8 cannot be read"):
        verify(tmp_path, expected)


def test_separators_are_checked(tmp_path: Path) -> None:
    expected = written(tmp_path, "text", separator="<eot>")
    path = tmp_path / "dev.txt"
    path.write_text(path.read_text().replace("<eot>", "<eos>", 1))
    with pytest.raises(RunError, match="'<eos>' is not the separator"):
        verify(tmp_path, expected)


@pytest.mark.parametrize("writer", ["parquet", "datasets"])
def test_a_table_that_was_cut_is_told(tmp_path: Path, writer: str) -> None:
    pytest.importorskip("datasets", reason="tables need the extra datasets")
    expected = written(tmp_path, "datasets", writer)
    path = next(path for path in tmp_path.rglob("*") if path.suffix in {".arrow", ".parquet"})
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(RunError, match="verifying failed"):
        verify(tmp_path, expected)


def test_other_labels_in_a_table_are_told(tmp_path: Path) -> None:
    pytest.importorskip("datasets", reason="tables need the extra datasets")
    expected = written(tmp_path, "token-classification", "datasets")
    columns = {**expected.columns, "lid_tags": [type(expected.columns["lid_tags"][0])(("en", "hi"))]}
    with pytest.raises(RunError, match="labels of lid_tags are \\['hi', 'en'\\]"):
        verify(tmp_path, expected._replace(columns=columns))


@pytest.mark.parametrize(
    ("to", "writer", "name"),
    [
        ("text", "lines", "train.txt"),
        ("token-classification", "jsonl", "train.jsonl"),
        ("token-classification", "jsonl", "labels.json"),
        ("csv", "csv", "train.csv"),
        ("parquet", "parquet", "dev-00000.parquet"),
        ("datasets", "datasets", "dev/data-00000-of-00001.arrow"),
        ("datasets", "datasets", "README.md"),
    ],
)
def test_a_byte_that_changed_is_told(tmp_path: Path, to: str, writer: str, name: str) -> None:
    made = exporter(many(60), to=to, writer=writer, splits=(("train", 0.8), ("dev", 0.2)))
    told = pytest.raises(RunError, match=f"verifying failed: {name} is not what was written")
    with told, new_folder(tmp_path / "out", force=False) as files:
        made.write(Place(files))
        path = files.folder / name
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
        verify(files.folder, made._written(Place(files)))
    assert list(tmp_path.iterdir()) == []


def test_digests_of_the_manifest_are_those_of_the_files(tmp_path: Path) -> None:
    for to in ("datasets", "parquet", "conll"):
        exported(tmp_path / to, many(20), to=to)
        found = json.loads((tmp_path / to / MANIFEST).read_bytes())["files"]
        assert {name: Digest(**digest) for name, digest in found.items()} == {
            str(path.relative_to(tmp_path / to)): digest_of(path)
            for path in (tmp_path / to).rglob("*")
            if path.is_file() and path.name != MANIFEST
        }
