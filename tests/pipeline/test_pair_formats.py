"""Pairs out of CSV, Zstandard, archives of OPUS, Parquet, and folders and names of ``datasets``."""

from __future__ import annotations

import logging
import zipfile
from pathlib import Path
from typing import Any

import pytest

from cswitch import data
from cswitch.core.errors import CswitchError
from cswitch.pipeline.readers import Row, read_pairs

GOLD = Path(data.__path__[0]) / "samples" / "en-hi.gold.tsv"
PAIR = ("en", "hi")


def read(path: object, **options: Any) -> list[Row]:
    return list(read_pairs(str(path), PAIR, **options))


def gold() -> list[dict[str, str]]:
    header, *lines = [line.split("\t") for line in GOLD.read_text(encoding="utf-8").splitlines()]
    return [dict(zip(header, cells, strict=True)) for cells in lines]


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


# ---------------------------------------------------------------- CSV


def test_csv_holds_what_tsv_holds(tmp_path: Path) -> None:
    import csv

    path = tmp_path / "gold.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        sink = csv.DictWriter(stream, list(gold()[0]))
        sink.writeheader()
        sink.writerows(gold())
    assert [row.pair for row in read(path)] == [row.pair for row in read(GOLD)]


def test_quoted_cells(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", '\ufeffen;hi;topic\r\n"Yes; ""sir"" and\nmore";जी;chat\r\n\r\nOne;एक;news\r\n')
    one, two = read(path)
    assert (one.line, one.pair.id, one.pair.texts["en"]) == (3, "1", 'Yes; "sir" and\nmore')
    assert (two.line, two.pair.meta) == (5, {"topic": "news"})


def test_the_header_may_stand_after_empty_lines_and_hold_line_ends(tmp_path: Path) -> None:
    (row,) = read(write(tmp_path / "a.csv", '\n\nen,hi,"the\ntopic"\nYes,जी,chat\n'))
    assert (row.line, row.pair.meta) == (5, {"the\ntopic": "chat"})


def test_a_cell_may_be_as_long_as_a_line(tmp_path: Path) -> None:
    (row,) = read(write(tmp_path / "a.csv", f"en,hi\n{'a' * 200_000},जी\n"))
    assert len(row.pair.texts["en"]) == 200_000


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("en,hi\nOne\n", "a.csv:2: 1 column where the header names 2 (en, hi); look for a missing comma"),
        ("en,de\nOne,Eins\n", "a.csv:1: no column 'hi'; found 'en', 'de'"),
        ('en,hi\nOne,"x" y\n', "a.csv:2: not CSV: ',' expected after '\"'; look for a quotation mark"),
        ('en,hi\nOne,"x\n', "a.csv:2: not CSV: unexpected end of data"),
        ("id,en,hi\n1,a,b\n1,c,d\n", "a.csv:3: field 'id': id '1' appears a second time"),
        ("en,hi\n", "a.csv:1: no rows after the header"),
        (
            "en;de\nOne;Eins\n",
            "a.csv:1: no column 'hi'; found 'en', 'de'; the first line must name the columns, with a comma",
        ),
        ("en,hi\rOne,x\r", "a.csv:1: lines end in carriage returns alone; convert them: tr"),
        ('"en\nhi\nOne,x\n', "a.csv:3: not CSV: unexpected end of data"),
        ("", "a.csv: the file is empty"),
    ],
)
def test_csv_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "a.csv", text)
    with pytest.raises(CswitchError) as caught:
        read("a.csv")
    assert str(caught.value).startswith(message)


# ---------------------------------------------------------------- Zstandard


def test_zstandard_is_undone(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    packed = tmp_path / "gold.tsv.zst"
    with pyarrow.OSFile(str(packed), "wb") as raw, pyarrow.CompressedOutputStream(raw, "zstd") as out:
        out.write(GOLD.read_bytes())
    assert read(packed) == read(GOLD)
    write(tmp_path / "cut.tsv.zst", packed.read_bytes()[:-9])
    with pytest.raises(CswitchError, match=r"cut\.tsv\.zst: the Zstandard data is damaged or cut short"):
        read(tmp_path / "cut.tsv.zst")


# ---------------------------------------------------------------- Moses and OPUS


def test_a_corpus_of_moses_by_its_name(tmp_path: Path) -> None:
    write(tmp_path / "news.en-hi.en", "One\nTwo\n")
    write(tmp_path / "news.en-hi.hi", "एक\nदो\n")
    rows = read(tmp_path / "news.en-hi")
    assert [row.pair.texts for row in rows] == [{"en": "One", "hi": "एक"}, {"en": "Two", "hi": "दो"}]
    assert rows == read(f"{tmp_path / 'news.en-hi.en'},{tmp_path / 'news.en-hi.hi'}")


def test_an_archive_of_opus(tmp_path: Path) -> None:
    path = tmp_path / "en-hi.txt.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README", "about")
        archive.writestr("News.en-hi.hi", "एक\nदो\n")
        archive.writestr("News.en-hi.en", "One\nTwo\n")
    assert [(row.line, row.pair.texts["en"], row.pair.texts["hi"]) for row in read(path)] == [
        (1, "One", "एक"), (2, "Two", "दो"),
    ]  # fmt: skip


def test_archives_that_cannot_be_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("x.en", "One\n")
    with pytest.raises(CswitchError, match=r"a\.zip: no file ends in \.hi; it holds x\.en; unpack it"):
        read(tmp_path / "a.zip")
    write(tmp_path / "b.zip", b"PK\x03\x04 and no more")
    with pytest.raises(CswitchError, match=r"b\.zip: the archive cannot be read: .*; download it again"):
        read(tmp_path / "b.zip")
    with pytest.raises(CswitchError, match=r"c\.zip: no such file"):
        read(tmp_path / "c.zip")


def test_archives_that_are_damaged_or_locked(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.en", "One\n" * 50)
        archive.writestr("x.hi", "एक\n" * 50)
    whole = path.read_bytes()
    body = whole.index(b"x.en") + len("x.en")
    write(path, whole[:body] + b"\xff\xff\xff" + whole[body + 3 :])
    with pytest.raises(CswitchError, match=r"a\.zip: the archive cannot be read: Error -3 .*; download it again"):
        read(path)
    locked = bytearray(whole)
    for sign, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = locked.find(sign)
        while at >= 0:
            locked[at + flags] |= 1
            at = locked.find(sign, at + 1)
    write(path, bytes(locked))
    with pytest.raises(CswitchError, match=r"a\.zip: the archive cannot be read: .* is encrypted.*; unpack it"):
        read(path)


def test_notes_of_macos_in_an_archive_are_passed_over(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name, text in (("x.en", "One\n"), ("x.hi", "एक\n"), ("__MACOSX/._x.en", "\0"), ("__MACOSX/._x.hi", "\0")):
            archive.writestr(name, text)
    assert [row.pair.texts for row in read(tmp_path / "a.zip")] == [{"en": "One", "hi": "एक"}]


# ---------------------------------------------------------------- Parquet and datasets


def parquet(path: Path, rows: list[dict[str, Any]]) -> Path:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet as format_

    format_.write_table(pyarrow.Table.from_pylist(rows), path)
    return path


def test_parquet_holds_what_tsv_holds(tmp_path: Path) -> None:
    assert [row.pair for row in read(parquet(tmp_path / "a.parquet", gold()))] == [row.pair for row in read(GOLD)]
    assert read(parquet(tmp_path / "nameless", gold()))[0].line == 1


def test_columns_of_translation(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"translation": {"en": "House", "hi": "घर"}, "n": 3},
        {"translation": {"en": "One", "hi": "एक"}, "n": None},
    ]
    one, two = read(parquet(tmp_path / "a.parquet", rows))
    assert (one.pair.id, one.pair.texts, one.pair.meta) == ("1", {"en": "House", "hi": "घर"}, {"n": 3})
    assert (two.pair.id, two.pair.meta) == ("2", {})


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"en": "a", "hi": 3}], "row 1: field 'hi': expected str, got int"),
        ([{"en": "a", "hi": "b"}, {"en": "a", "hi": None}], "row 2: field 'hi': expected str, got null"),
        ([{"en": "a", "de": "b"}], "row 1: field 'hi': missing; found 'en', 'de'"),
        ([{"en": "a", "hi": "b", "links": "0:0"}], "field 'links': row 1: '0:0' is not a link"),
        ([{"id": 1, "en": "a", "hi": "b"}, {"id": 1, "en": "a", "hi": "b"}], "a.parquet:2: field 'id': id '1' appears"),
    ],
)
def test_rows_that_are_no_pairs(tmp_path: Path, rows: list[dict[str, Any]], message: str) -> None:
    path = parquet(tmp_path / "a.parquet", rows)
    with pytest.raises(CswitchError) as caught:
        read(path)
    assert message in str(caught.value)


def test_parquet_that_is_none(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    with pytest.raises(CswitchError, match=r"a\.parquet: cannot be read as Parquet"):
        read(write(tmp_path / "a.parquet", "no Parquet at all"))


def test_values_of_parquet_that_python_cannot_hold(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet as format_

    no_text = pa.Array.from_buffers(pa.string(), 1, pa.array([b"\xff\xfe"]).buffers())
    no_date = pa.array([2**62], pa.timestamp("us"))
    for column, told in ((no_text, "'utf-8' codec can't decode byte 0xff"), (no_date, "date value out of range")):
        path = tmp_path / "a.parquet"
        format_.write_table(pa.table({"en": ["a"], "hi": ["b"], "more": column}), path)
        with pytest.raises(CswitchError, match=rf"a\.parquet: cannot be read as Parquet: {told}"):
            read(path)


def test_a_folder_without_rows_or_damaged(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    whole = datasets.Dataset.from_list(gold())
    whole.select([]).save_to_disk(str(tmp_path / "empty"))
    with pytest.raises(CswitchError, match="empty: no row in it"):
        read(tmp_path / "empty")
    with pytest.raises(CswitchError, match="the folder holds no data set; name a file"):
        read(tmp_path)
    for number, (name, text) in enumerate(
        (("dataset_info.json", "[1]"), ("state.json", "{"), ("data-00000-of-00001.arrow", "x"))
    ):
        folder = tmp_path / str(number)
        whole.save_to_disk(str(folder))
        write(folder / name, text)
        with pytest.raises(CswitchError, match=r"the data set in the folder is damaged: .*; export it again"):
            read(folder)
    for text in ("{", "[]", "{}"):
        write(tmp_path / "0" / "dataset_dict.json", text)
        with pytest.raises(CswitchError, match="the data set in the folder is damaged: "):
            read(tmp_path / "0")


def test_a_folder_of_datasets(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    datasets.Dataset.from_list(gold()).save_to_disk(str(tmp_path / "saved"))
    assert [row.pair for row in read(tmp_path / "saved")] == [row.pair for row in read(GOLD)]


def test_names_of_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    datasets = pytest.importorskip("datasets")
    asked: list[tuple[Any, ...]] = []

    def load(name: str, config: str | None, *, split: str, streaming: bool) -> Any:
        asked.append((name, config, split, streaming))
        if name == "org/gone":
            raise ConnectionError("Couldn't reach 'org/gone' on the Hub (LocalEntryNotFoundError)\nmore")
        return datasets.Dataset.from_list([{"translation": {"en": "House", "hi": "घर"}}]).to_iterable_dataset()

    monkeypatch.setattr(datasets, "load_dataset", load)
    assert [row.pair.texts["hi"] for row in read("hub:org/pairs:en-hi:validation")] == ["घर"]
    with pytest.raises(CswitchError, match=r"hub:org/gone: the data set cannot be read from the hub: Couldn't reach"):
        read("hub:org/gone")
    assert asked == [("org/pairs", "en-hi", "validation", True), ("org/gone", None, "train", True)]
    for name in ("hub:", "hub:org/pairs:en-hi:train:more"):
        with pytest.raises(CswitchError, match="is no name of the hub; write hub:NAME"):
            read(name)


def test_a_hub_that_is_asked_again_and_again_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    datasets = pytest.importorskip("datasets")

    def load(*_: Any, **__: Any) -> Any:
        logging.getLogger("huggingface_hub.utils._http").warning("Retrying in 1s [Retry 1/5].")
        raise ConnectionError("Couldn't reach it")

    monkeypatch.setattr(datasets, "load_dataset", load)
    with pytest.raises(CswitchError, match="cannot be read from the hub: Couldn't reach it"):
        read("hub:org/gone")
    assert not caplog.records
    logging.getLogger("huggingface_hub.utils._http").warning("heard again")
    assert len(caplog.records) == 1
