"""Tables that ``datasets`` and Parquet readers load: types, labels, row groups, memory."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from cswitch.export import arrow_files
from cswitch.export.contracts import ExportSettings
from cswitch.export.files import Files
from cswitch.export.writers import CsvSink, JsonLinesSink
from tests.export.export_records import exported, many, record

pyarrow = pytest.importorskip("pyarrow", reason="writing tables needs the extra datasets")
datasets = pytest.importorskip("datasets", reason="folders of datasets need the extra datasets")

SPLITS = (("train", 0.8), ("dev", 0.1), ("test", 0.1))
TEXTS = {str(number): {"en": f"text {number}", "hi": f"paath {number}"} for number in range(200)}


def test_a_folder_loads_with_its_types(tmp_path: Path) -> None:
    exported(tmp_path / "out", many(100, draws=2), to="datasets", splits=SPLITS, texts=TEXTS)
    found = datasets.load_from_disk(str(tmp_path / "out"))
    assert list(found) == ["train", "dev", "test"]
    features = found["train"].features
    assert features["langs"].feature.names == ["hi", "en"]
    assert features["source"] == {"en": datasets.Value("string"), "hi": datasets.Value("string")}
    assert features["measures"]["switches"] == datasets.Value("int64")
    assert sum(len(part) for part in found.values()) == 200
    sources = [set(part["source_id"]) for part in found.values()]
    assert not sources[0] & sources[1]
    assert not sources[0] & sources[2]
    assert not sources[1] & sources[2]
    row = found["dev"][0]
    assert [row["text"][start:end] for start, end in row["offsets"]] == row["tokens"]


@pytest.mark.parametrize("to", ["parquet", "token-classification", "translation", "restore", "chat", "text"])
@pytest.mark.parametrize("writer", ["parquet", "datasets", "jsonl"])
def test_every_table_loads_by_its_card(tmp_path: Path, to: str, writer: str) -> None:
    report = exported(tmp_path / "out", many(60), to=to, writer=writer, splits=SPLITS, texts=TEXTS)
    assert report["verified"] == 60
    found = datasets.load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"))
    assert {split: len(part) for split, part in found.items()} == {"train": 48, "dev": 6, "test": 6}


def test_translations_are_a_feature(tmp_path: Path) -> None:
    exported(tmp_path / "out", many(20), to="translation", writer="parquet", texts=TEXTS)
    found = datasets.load_dataset(str(tmp_path / "out"), split="train", cache_dir=str(tmp_path / "cache"))
    assert found.features["translation"] == datasets.Translation(languages=["hi-en", "en", "hi"])


def test_messages_stay_lists_of_messages(tmp_path: Path) -> None:
    exported(tmp_path / "out", many(20), to="chat", writer="parquet", texts=TEXTS)
    found = datasets.load_dataset(str(tmp_path / "out"), split="train", cache_dir=str(tmp_path / "cache"))
    assert [message["role"] for message in found[0]["messages"]] == ["system", "user", "assistant"]


def test_parts_of_speech_are_labels(tmp_path: Path) -> None:
    records = [record(name=f"{number}.0", pos=["ADV", "NOUN.Sing", "AUX.Fin", "PUNCT"]) for number in range(3)]
    exported(tmp_path / "out", [*records, record(name="9.0")], to="datasets")
    part = datasets.load_from_disk(str(tmp_path / "out"))["train"]
    assert part.features["pos"].feature.names == ["ADV", "AUX", "NOUN", "PUNCT"]
    assert part["pos"][0] == [0, 2, 1, 3]
    assert part["pos"][3] is None


def test_row_groups_and_files_are_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrow_files, "BATCH", 10)
    monkeypatch.setattr(arrow_files, "GROUP", 20)
    monkeypatch.setattr(arrow_files, "FILE", 50)
    exported(tmp_path / "out", many(125), to="parquet")
    files = sorted((tmp_path / "out").glob("*.parquet"))
    assert [path.name for path in files] == ["train-00000.parquet", "train-00001.parquet", "train-00002.parquet"]
    read = [pyarrow.parquet.ParquetFile(path) for path in files]
    assert [found.metadata.num_rows for found in read] == [50, 50, 25]
    groups = [read[0].metadata.row_group(number).num_rows for number in range(read[0].metadata.num_row_groups)]
    assert groups == [20, 20, 10]


def test_a_value_of_another_type_is_told(tmp_path: Path) -> None:
    from cswitch.core.errors import InputError

    wrong = record(name="2.0", matrix=7)
    with pytest.raises(InputError, match=r"in\.jsonl: cannot be written as a table: matrix of '2\.0': .*; JSON"):
        exported(tmp_path / "out", [record(), wrong], to="parquet")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("sink", [JsonLinesSink, CsvSink, arrow_files.ParquetSink, arrow_files.ArrowSink])
def test_memory_stays_flat(tmp_path: Path, sink: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten times as many rows take no more memory: only some are held."""
    monkeypatch.setattr(arrow_files, "BATCH", 20)
    monkeypatch.setattr(arrow_files, "GROUP", 40)

    def peak(count: int) -> int:
        files = Files(tmp_path)
        tracemalloc.start()
        held = pyarrow.total_allocated_bytes()
        made = sink(files, str(count), {"id": "string", "text": "string"}, ExportSettings(to="text"))
        for number in range(count):
            made.add({"id": str(number), "text": "x" * 5000 + str(number)})
        found: int = tracemalloc.get_traced_memory()[1] + pyarrow.total_allocated_bytes() - held
        made.close()
        files.close()
        tracemalloc.stop()
        return found

    peak(20)
    assert peak(1000) < peak(100) + 400_000
