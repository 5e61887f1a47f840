"""Layouts and compressions of shards, and inputs of every layout through whole runs."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cswitch.core.errors import MissingExtraError
from cswitch.pipeline.jobs import writing
from cswitch.pipeline.jobs.run import run_job
from tests.pipeline.jobs.job_files import GOLD, SYNTH, contents, job_of, records

TAG = "tag: {languages: [en, hi], alternatives: 2}"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("whole")
    run_job(job_of(folder, rows=20))
    return records(folder / "out")


def test_gzip_holds_no_time(tmp_path: Path, whole: bytes) -> None:
    for name in ("one", "two"):
        run_job(job_of(tmp_path, rows=20, compression="gzip", out=name))
    packed = [path.read_bytes() for path in sorted((tmp_path / "one").glob("?????.jsonl.gz"))]
    assert len(packed) == 2
    assert b"".join(map(gzip.decompress, packed)) == whole
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_zstandard(tmp_path: Path, whole: bytes) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    run_job(job_of(tmp_path, rows=20, compression="zstd"))
    found = b""
    for path in sorted((tmp_path / "out").glob("?????.jsonl.zst")):
        with pyarrow.CompressedInputStream(pyarrow.OSFile(str(path)), "zstd") as stream:
            found += stream.read()
    assert found == whole


@pytest.mark.parametrize("compression", ["none", "zstd"])
def test_parquet_holds_the_same_samples(tmp_path: Path, whole: bytes, compression: str) -> None:
    pytest.importorskip("pyarrow")
    from pyarrow import parquet

    run_job(job_of(tmp_path, rows=20, format_="parquet", compression=compression))
    tables = [parquet.read_table(path) for path in sorted((tmp_path / "out").glob("?????.parquet"))]
    assert len({table.schema for table in tables}) == 1
    rows = [row for table in tables for row in table.to_pylist()]
    samples = [json.loads(line) for line in whole.splitlines()]
    assert [row["id"] for row in rows] == [sample["id"] for sample in samples]
    for row, sample in zip(rows, samples, strict=True):
        assert [row[name] for name in ("text", "tokens", "langs", "offsets", "matrix", "met")] == [
            sample[name] for name in ("text", "tokens", "langs", "offsets", "matrix", "met")
        ]
        assert [one and (one["lang"], one["index"]) for one in row["origins"]] == [
            one and tuple(one) for one in sample["origins"]
        ]
        assert row["measures"] == sample["measures"]
        assert dict(row["reachable"]) == sample["reachable"]
        assert {name: value for name, value in row["provenance"].items() if value is not None} == sample["provenance"]


def test_parquet_of_tags_is_read_again(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    from cswitch.pipeline.tagged_records import read_records

    text = tmp_path / "in.jsonl"
    text.write_text('{"text": "main happy hoon", "topic": "chat"}\n{"text": "ok", "n": 3}\n')
    run_job(job_of(tmp_path, text, stages=(TAG,), format_="parquet"))
    one, two = (record for _, record in read_records(str(tmp_path / "out" / "00000.parquet")))
    assert (one["text"], one["langs"], len(one["alternatives"][0])) == ("main happy hoon", ["hi", "en", "hi"], 2)
    assert (json.loads(one["fields"]), json.loads(two["fields"])) == ({"topic": "chat"}, {"n": 3})


def test_samples_tagged_anew_as_parquet(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    from pyarrow import parquet

    run_job(job_of(tmp_path, rows=40, stages=(SYNTH, TAG), format_="parquet"))
    (row, *_) = parquet.read_table(tmp_path / "out" / "00000.parquet").to_pylist()
    assert row["source_id"]
    assert row["probabilities"]
    assert row["provenance"]["generator"] == "insertion"


@pytest.mark.parametrize(
    ("options", "what"), [({"format_": "parquet"}, "writing Parquet"), ({"compression": "zstd"}, "writing Zstandard")]
)
def test_an_extra_that_is_missing_is_told_before_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], what: str
) -> None:
    def missing(what: str) -> Any:
        raise MissingExtraError(what, extra="datasets")

    monkeypatch.setattr(writing, "pyarrow_for", missing)
    with pytest.raises(MissingExtraError, match=what):
        run_job(job_of(tmp_path, **options))
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------- inputs of every layout


def rows() -> list[dict[str, str]]:
    header, *lines = [line.split("\t") for line in GOLD.read_text(encoding="utf-8").splitlines()]
    return [dict(zip(header, cells, strict=True)) for cells in lines]


def made(layout: str, folder: Path) -> str:
    """The shipped pairs with links in another layout."""
    if layout == "gzip":
        path = folder / "in.tsv.gz"
        path.write_bytes(gzip.compress(GOLD.read_bytes()))
    elif layout == "jsonl":
        path = folder / "in.jsonl"
        path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows()))
    elif layout == "csv":
        import csv

        path = folder / "in.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            sink = csv.DictWriter(stream, list(rows()[0]))
            sink.writeheader()
            sink.writerows(rows())
    elif layout == "parquet":
        pyarrow = pytest.importorskip("pyarrow")
        from pyarrow import parquet

        path = folder / "in.parquet"
        parquet.write_table(pyarrow.Table.from_pylist(rows()), path)
    else:
        datasets = pytest.importorskip("datasets")
        path = folder / "saved"
        datasets.Dataset.from_list(rows()).save_to_disk(str(path))
    return str(path)


@pytest.mark.parametrize("layout", ["gzip", "jsonl", "csv", "parquet", "datasets"])
def test_the_layout_of_the_input_changes_nothing(tmp_path: Path, whole: bytes, layout: str) -> None:
    result = run_job(job_of(tmp_path, made(layout, tmp_path), rows=20))
    assert records(tmp_path / "out") == whole
    assert result.shards == 2
    assert not list((tmp_path / "out").glob(".*")), "rows that were put down are gone"
