"""Runs of ``perturb``: layouts kept, stopped and taken up, told where they cannot go on."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from cswitch.core.errors import InputError, UsageError
from cswitch.perturb.presets import load_preset
from cswitch.perturb.settings import FieldSettings, PerturbSettings
from cswitch.pipeline import perturb_run
from cswitch.pipeline.perturb_run import run
from tests.perturb.perturb_shapes import Row, rows_of


def settings_for(shape: str = "gsm8k", **more: Any) -> PerturbSettings:
    preset = load_preset(shape)
    return PerturbSettings(pair=("en", "es"), fields=preset.fields, id=preset.id, protect=preset.protect, **more)


def as_lines(path: Path, rows: list[Row]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def read(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_values_that_do_not_change_keep_their_bytes(tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"question": "She has the money in a house.", "n": 1.50, "big": 12345678901234567890123}\n\n')
    run(str(source), str(out), settings_for())
    [line] = out.read_text(encoding="utf-8").splitlines()
    assert '"n":1.50,"big":12345678901234567890123,' in line


@pytest.mark.parametrize("ending", ["csv", "tsv"])
def test_cells_keep_their_quoting_and_lists(tmp_path: Path, ending: str) -> None:
    source, out = tmp_path / f"in.{ending}", tmp_path / f"out.{ending}"
    delimiter = "," if ending == "csv" else "\t"
    rows = [
        ["name", "question", "choices"],
        ["a, b", 'The "river"\nand the house', '["the water", "a house"]'],
        ["c", "the money, of the man", "[1"],
    ]
    with source.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=delimiter).writerows(rows)
    fields = {"question": FieldSettings(), "choices": FieldSettings()}
    run(str(source), str(out), PerturbSettings(pair=("en", "es"), fields=fields, cmi=50))
    with out.open(encoding="utf-8", newline="") as stream:
        header, first, second = csv.reader(stream, delimiter=delimiter)
    assert header == ["name", "question", "choices", "cswitch"]
    assert first[0] == "a, b"
    assert first[1] == 'The "río"\nand the casa'
    assert json.loads(first[2])[0] == "the agua"
    assert second[2] == "[1"
    assert json.loads(first[3])["fields"][0]["field"] == "question"


@pytest.mark.parametrize(
    ("cells", "line"), [('a,b\n1,"the house" is big\n', 2), ('a,b\n1,"the house\n2,x\n', 3), ('"a,b\n', 1)]
)
def test_quotation_marks_that_would_get_lost_are_told(tmp_path: Path, cells: str, line: int) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(cells, encoding="utf-8")
    settings = PerturbSettings(pair=("en", "es"), fields={"b": FieldSettings()})
    with pytest.raises(InputError, match=rf"in\.csv:{line}: quoting: .*; put a cell that begins with a quotation mark"):
        run(str(source), str(out), settings)
    assert not out.exists()


def test_tabs_without_quoting_keep_quotation_marks(tmp_path: Path) -> None:
    source, out = tmp_path / "in.tsv", tmp_path / "out.tsv"
    source.write_text('a\tb\n"1\t"The house is big," she said.\n"2"\t"the water"\n', encoding="utf-8")
    run(str(source), str(out), PerturbSettings(pair=("en", "es"), fields={"b": FieldSettings()}, cmi=50))
    header, first, second = (line.split("\t") for line in out.read_text(encoding="utf-8").splitlines())
    assert header == ["a", "b", "cswitch"]
    assert first[:2] == ['"1', '"The casa is big," she said.']
    assert second[:2] == ['"2"', '"the agua"']
    assert json.loads(second[2])["fields"][0]["field"] == "b"


def test_a_parquet_file_keeps_its_schema(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow", reason="the extra datasets is not installed")
    parquet = pytest.importorskip("pyarrow.parquet")
    rows = rows_of("squad", 30)
    answers = pa.struct({"text": pa.list_(pa.large_string()), "answer_start": pa.list_(pa.int32())})
    names = ("id", "title", "context", "question")
    schema = pa.schema([*((name, pa.string()) for name in names), ("answers", answers)], metadata={b"own": b"kept"})
    source, out = tmp_path / "in.parquet", tmp_path / "out.parquet"
    parquet.write_table(pa.Table.from_pylist(rows, schema=schema), source, row_group_size=7)
    run(str(source), str(out), settings_for("squad"))
    with parquet.ParquetFile(out) as file:
        made = file.schema_arrow
        assert file.num_row_groups == 5
        table = file.read().to_pylist()
    assert made.remove(made.get_field_index("cswitch")).equals(parquet.read_schema(source), check_metadata=True)
    assert [row["id"] for row in table] == [row["id"] for row in rows]
    for row in table:
        said = zip(row["answers"]["text"], row["answers"]["answer_start"], strict=True)
        assert all(row["context"][start : start + len(text)] == text for text, start in said)
    span = table[0]["cswitch"]["fields"][0]["spans"][0]
    assert table[0]["context"][span["start"] : span["end"]]
    assert span["lang"] == "es"


def test_splits_and_features_of_a_data_set_are_kept(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets", reason="the extra datasets is not installed")
    rows = [{key: row[key] for key in ("id", "tokens", "ner_tags")} for row in rows_of("conll2003", 20)]
    tags = datasets.ClassLabel(names=["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"])
    kinds = {"id": datasets.Value("string"), "tokens": datasets.Sequence(datasets.Value("string"))}
    features = datasets.Features({**kinds, "ner_tags": datasets.Sequence(tags)})
    splits = {
        "train": datasets.Dataset.from_list(rows[:12], features=features),
        "test": datasets.Dataset.from_list(rows[12:], features=features),
    }
    source, out = tmp_path / "in", tmp_path / "out"
    datasets.DatasetDict(splits).save_to_disk(source)
    fields = {"tokens": FieldSettings(kind="tokens", labels=("ner_tags",))}
    run(str(source), str(out), PerturbSettings(pair=("en", "es"), fields=fields))
    made = datasets.load_from_disk(out)
    assert {name: split.num_rows for name, split in made.items()} == {"train": 12, "test": 8}
    assert {name: made["test"].features[name] for name in features} == features
    assert made["test"]["id"][:] == [row["id"] for row in rows[12:]]
    assert any(row["cswitch"]["fields"][0]["replaced"] for row in made["train"])


def test_one_data_set_without_splits_stays_one(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets", reason="the extra datasets is not installed")
    rows = rows_of("gsm8k", 5)
    datasets.Dataset.from_list(rows).save_to_disk(tmp_path / "in")
    run(str(tmp_path / "in"), str(tmp_path / "out"), settings_for())
    made = datasets.load_from_disk(tmp_path / "out")
    assert isinstance(made, datasets.Dataset)
    assert made["answer"][:] == [row["answer"] for row in rows]
    assert all(new != row["question"] for new, row in zip(made["question"][:], rows, strict=True))


def test_the_number_of_workers_changes_nothing(tmp_path: Path) -> None:
    source = as_lines(tmp_path / "in.jsonl", rows_of("xnli", 200))
    for workers in (1, 2):
        run(str(source), str(tmp_path / f"{workers}.jsonl"), settings_for("xnli"), workers=workers)
    assert (tmp_path / "1.jsonl").read_bytes() == (tmp_path / "2.jsonl").read_bytes()


def test_a_run_that_is_stopped_gives_the_same_when_taken_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = as_lines(tmp_path / "in.jsonl", rows_of("gsm8k", 300))
    whole, part = tmp_path / "whole.jsonl", tmp_path / "part.jsonl"
    found = run(str(source), str(whole), settings_for(), rejects=str(tmp_path / "whole.rejects"))

    def stopping(rows: int) -> None:
        if rows >= 128:
            raise KeyboardInterrupt

    rejects = str(tmp_path / "part.rejects")
    with pytest.raises(KeyboardInterrupt):
        run(str(source), str(part), settings_for(), rejects=rejects, progress=stopping)
    assert not part.exists()
    with pytest.raises(UsageError, match="resume"):
        run(str(source), str(part), settings_for(), rejects=rejects)
    with pytest.raises(UsageError, match="other settings"):
        run(str(source), str(part), settings_for(cmi=10), rejects=rejects, resume=True)
    again = run(str(source), str(part), settings_for(), rejects=rejects, resume=True)
    assert part.read_bytes() == whole.read_bytes()
    assert (tmp_path / "part.rejects").read_bytes() == (tmp_path / "whole.rejects").read_bytes()
    assert (again.rows, again.changed, again.fields) == (found.rows, found.changed, found.fields)


def test_a_run_stopped_before_its_table_was_written_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, out = as_lines(tmp_path / "in.jsonl", rows_of("gsm8k", 20)), tmp_path / "out.jsonl"
    with monkeypatch.context() as patch:
        patch.setattr(perturb_run, "_publish", lambda *what: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            run(str(source), str(out), settings_for())
    with pytest.raises(UsageError, match="is unfinished; add --resume"):
        run(str(source), str(out), settings_for())
    found = run(str(source), str(out), settings_for(), resume=True)
    assert found.rows == len(read(out)) == 20
    assert not (tmp_path / "out.jsonl.rows").exists()


def test_a_second_run_refuses_and_force_replaces(tmp_path: Path) -> None:
    source, out = as_lines(tmp_path / "in.jsonl", rows_of("gsm8k", 5)), tmp_path / "out.jsonl"
    run(str(source), str(out), settings_for())
    with pytest.raises(UsageError, match="exists; add --force"):
        run(str(source), str(out), settings_for())
    assert run(str(source), str(out), settings_for(), resume=True).already_complete
    with pytest.raises(UsageError, match="was made with other settings"):
        run(str(source), str(out), settings_for(cmi=10), resume=True)
    run(str(source), str(out), settings_for(cmi=10), force=True)
    assert read(out)[0]["cswitch"]["fields"][0]["asked"] == 10


def test_other_rows_than_those_that_are_done_are_refused(tmp_path: Path) -> None:
    rows = rows_of("gsm8k", 200)
    source, out = as_lines(tmp_path / "in.jsonl", rows), tmp_path / "out.jsonl"

    def stopping(rows: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(str(source), str(out), settings_for(), progress=stopping)
    as_lines(source, [{**rows[0], "question": "Another one?"}, *rows[1:]])
    with pytest.raises(UsageError, match="does not begin with the 64 rows that are done"):
        run(str(source), str(out), settings_for(), resume=True)


@pytest.mark.parametrize(
    ("column", "said"),
    [("questoin", "has no column 'questoin', named as a field; did you mean 'question'"), ("x", "known: question")],
)
def test_a_field_that_does_not_exist_names_the_nearest(tmp_path: Path, column: str, said: str) -> None:
    source = as_lines(tmp_path / "in.jsonl", rows_of("gsm8k", 2))
    with pytest.raises(UsageError) as caught:
        run(
            str(source),
            str(tmp_path / "out.jsonl"),
            PerturbSettings(pair=("en", "hi"), fields={column: FieldSettings()}),
        )
    assert said in str(caught.value)
    assert not (tmp_path / "out.jsonl.rows").exists()


def test_another_layout_than_that_of_the_input_is_refused(tmp_path: Path) -> None:
    source = as_lines(tmp_path / "in.jsonl", rows_of("gsm8k", 2))
    with pytest.raises(UsageError, match=r"is jsonl, and .* is not; the layout of the input is kept"):
        run(str(source), str(tmp_path / "out.parquet"), settings_for())


def test_a_broken_line_is_told_with_its_place(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"question": "a"}\n{"question": \n', encoding="utf-8")
    with pytest.raises(InputError, match=r"in.jsonl:2: "):
        run(str(source), str(tmp_path / "out.jsonl"), settings_for())


def test_an_empty_table_gives_an_empty_one(tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("question,answer\n", encoding="utf-8")
    assert run(str(source), str(out), settings_for()).rows == 0
    assert out.read_text(encoding="utf-8") == "question,answer,cswitch\n"


def test_ids_come_from_the_columns_named_or_are_numbers(tmp_path: Path) -> None:
    source = as_lines(
        tmp_path / "in.jsonl", [{"question": "7", "link": "a", "n": 2}, {"question": "8", "link": "b", "n": 1}]
    )
    for name, columns, expected in (("one", ("link", "n"), ["a-2", "b-1"]), ("two", (), ["1", "2"])):
        settings = PerturbSettings(pair=("en", "es"), fields={"question": FieldSettings()}, id=columns)
        rejects = tmp_path / f"{name}.rejects"
        run(str(source), str(tmp_path / f"{name}.jsonl"), settings, rejects=str(rejects))
        assert [row["source_id"] for row in read(rejects)] == expected
