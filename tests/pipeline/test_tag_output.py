"""What was tagged, written in every layout and read again."""

from __future__ import annotations

import io
import json
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cswitch.core.errors import InputError
from cswitch.pipeline.tag_columns import ROWS
from cswitch.pipeline.tag_gold import read_gold
from cswitch.pipeline.tag_input import Reading, Untagged, read_untagged
from cswitch.pipeline.tag_output import write_found
from cswitch.pipeline.tagged import read_tagged
from cswitch.pipeline.tagging import tag_stream
from cswitch.schemas.utterance import Utterance
from tests.taggers import ScriptTagger

TEXT = "मुझे yeh, book 👩‍👩‍👧!\n\nhello\n"


def tagged(source: Path | Sequence[Untagged], fmt: str, alternatives: int = 0) -> bytes:
    out = io.BytesIO()
    units = read_untagged(str(source)) if isinstance(source, Path) else iter(source)
    deque(write_found(tag_stream(units, ScriptTagger.load(), alternatives=alternatives), fmt, out), maxlen=0)
    return out.getvalue()


def write(folder: Path, text: str | bytes, name: str) -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_json_lines_hold_the_record(tmp_path: Path) -> None:
    lines = tagged(write(tmp_path, TEXT, "in.txt"), "jsonl", alternatives=2).splitlines()
    first, empty, last = (msgspec.json.decode(line, type=Utterance) for line in lines)
    assert first == Utterance(
        id="1",
        text="मुझे yeh, book 👩‍👩‍👧!",
        tokens=["मुझे", "yeh", ",", "book", "👩‍👩‍👧", "!"],
        langs=["hi", "en", "other", "en", "other", "other"],
        offsets=[(0, 4), (5, 8), (8, 9), (10, 14), (15, 20), (20, 21)],
        probabilities=[0.75, 0.75, 1.0, 0.75, 1.0, 1.0],
        alternatives=[[(tag, 0.75), ("unk", 0.25)] for tag in ("hi", "en", "other", "en", "other", "other")],
        languages=["en", "hi"],
        matrix="en",
        measures={"cmi": 33.3333, "switches": 1, "spf": 0.5},
    )
    assert (empty.id, empty.text, empty.tokens, empty.languages, empty.matrix) == ("2", "", [], [], None)
    assert last.measures == {"cmi": 0.0, "switches": 0, "spf": None}


def test_other_fields_come_last_and_stale_tags_go(tmp_path: Path) -> None:
    record = {"label": 1, "id": "a", "tokens": ["ok", "नहीं"], "langs": ["x", "y"], "matrix": "x", "source_id": "7"}
    [line] = tagged(write(tmp_path, json.dumps(record), "in.jsonl"), "jsonl").splitlines()
    found = json.loads(line)
    assert list(found) == [
        "id",
        "tokens",
        "langs",
        "probabilities",
        "languages",
        "matrix",
        "measures",
        "label",
        "source_id",
    ]
    assert (found["langs"], found["matrix"], found["label"]) == (["en", "hi"], "en", 1)


def test_token_lines_keep_comments_and_further_columns(tmp_path: Path) -> None:
    source = write(tmp_path, "# sent_enum = 1\nok\txx\tADJ\nनहीं\txx\tPART\n\nok\txx\tADJ\n", "in.tsv")
    assert tagged(source, "tsv").decode() == "# sent_enum = 1\nok\ten\tADJ\nनहीं\thi\tPART\n\nok\ten\tADJ\n\n"
    assert tagged(write(tmp_path, "ok\n42\n", "one.tsv"), "tsv").decode() == "ok\ten\n42\tother\n\n"


def test_text_as_conllu(tmp_path: Path) -> None:
    row = "{}\t{}" + "\t_" * 7 + "\t{}\n"
    assert tagged(write(tmp_path, TEXT, "in.txt"), "conll").decode() == (
        "# sent_id = 1\n# text = मुझे yeh, book 👩‍👩‍👧!\n"
        + row.format(1, "मुझे", "Lang=hi")
        + row.format(2, "yeh", "SpaceAfter=No|Lang=en")
        + row.format(3, ",", "Lang=other")
        + row.format(4, "book", "Lang=en")
        + row.format(5, "👩‍👩‍👧", "SpaceAfter=No|Lang=other")
        + row.format(6, "!", "Lang=other")
        + "\n# sent_id = 2\n# text = \n\n# sent_id = 3\n# text = hello\n"
        + row.format(1, "hello", "Lang=en")
        + "\n"
    )


def test_conllu_keeps_its_columns(tmp_path: Path) -> None:
    text = "".join(
        f"{name}\t{form}\tL\tX\t_\t_\t0\troot\t_\t{misc}\n"
        for name, form, misc in (
            ("1-2", "ab", "CSID=TR"),
            ("1", "a", "_"),
            ("2", "b", "_"),
            ("3", "ग", "LangID=x|Gloss=c"),
        )
    )
    got = tagged(write(tmp_path, f"# sent_id = z\n{text}\n", "in.conllu"), "conll").decode()
    assert (
        got
        == "# sent_id = z\n" + text.replace("CSID=TR", "Lang=en").replace("LangID=x|Gloss=c", "Gloss=c|Lang=hi") + "\n"
    )


@pytest.mark.parametrize("fmt", ["jsonl", "tsv", "conll", "parquet"])
def test_what_is_written_reads_as_gold_and_can_be_tagged_again(tmp_path: Path, fmt: str) -> None:
    source = write(tmp_path, "मुझे yeh, book 👩‍👩‍👧!\nhello\n", "in.txt")
    path = write(tmp_path, tagged(source, fmt), f"out.{fmt}")
    expected = [["hi", "en", "other", "en", "other", "other"], ["en"]]
    assert [one.tags for one in read_gold(str(path))] == expected
    assert write(tmp_path, tagged(path, fmt), f"again.{fmt}").read_bytes() == path.read_bytes()
    if fmt in ("jsonl", "tsv"):
        assert [one.langs for one in read_tagged(str(path))] == expected


@pytest.mark.parametrize("fmt", ["tsv", "conll"])
@pytest.mark.parametrize(("token", "what"), [("a\tb", "a token with a tab or a line break"), ("", "an empty token")])
def test_what_does_not_fit_in_a_line_is_refused(fmt: str, token: str, what: str) -> None:
    unit = Untagged(1, "u7", None, ["ok", token], None)
    with pytest.raises(InputError) as caught:
        tagged([unit], fmt)
    message = f"field 'tokens[1]': utterance u7: {what} cannot stand in a line of its own; write JSON Lines: --to jsonl"
    assert str(caught.value) == message
    assert json.loads(tagged([unit], "jsonl"))["tokens"] == ["ok", token]


def test_a_text_with_line_breaks_stays_one_comment() -> None:
    unit = Untagged(1, "a b\nc", "x\r\ny", ["x", "y"], [(0, 1), (3, 4)])
    assert tagged([unit], "conll").decode().startswith("# sent_id = a b c\n# text = x  y\n1\tx\t")


def table(data: bytes) -> Any:
    from pyarrow import parquet

    return parquet.read_table(io.BytesIO(data))


def test_parquet_has_typed_columns_and_the_other_fields(tmp_path: Path) -> None:
    lines = [{"text": "ok नहीं", "label": at, "meta": {"a": [at]}, "none": None} for at in range(3)]
    source = write(tmp_path, "\n".join(map(json.dumps, lines)), "in.jsonl")
    found = table(tagged(source, "parquet", alternatives=1))
    kinds = {name: str(found.schema.field(name).type) for name in found.column_names}
    assert kinds["probabilities"] == "list<element: double>"
    assert (kinds["label"], kinds["none"]) == ("int64", "string")
    row = found.to_pylist()[2]
    assert (row["id"], row["langs"], row["offsets"], row["meta"]) == ("3", ["en", "hi"], [[0, 2], [3, 7]], {"a": [2]})
    assert row["alternatives"] == [[{"tag": "en", "probability": 0.75}], [{"tag": "hi", "probability": 0.75}]]
    assert row["measures"] == {"cmi": 50.0, "switches": 1, "spf": 1.0}


def test_parquet_in_several_groups() -> None:
    units = [Untagged(at, str(at), "ok", ["ok"], [(0, 2)]) for at in range(ROWS + 1)]
    found = table(tagged(units, "parquet"))
    assert found.column("id").to_pylist() == [str(at) for at in range(ROWS + 1)]


@pytest.mark.parametrize(
    ("last", "message"),
    [
        ({"label": "x"}, "cannot be written as Parquet: "),
        ({"more": 1}, f"fields that the first {ROWS} records lack: more"),
    ],
)
def test_parquet_tells_a_field_that_changes(last: dict[str, Any], message: str) -> None:
    fields: list[dict[str, Any]] = [{"label": 1}] * ROWS + [last]
    units = [Untagged(at, str(at), None, ["ok"], None, one) for at, one in enumerate(fields)]
    with pytest.raises(InputError, match=message):
        tagged(units, "parquet")


def test_a_folder_of_datasets_with_named_classes(tmp_path: Path) -> None:
    from datasets import ClassLabel, Dataset, DatasetDict, Features, List, Value

    features = Features({"words": List(Value("string")), "lid": List(ClassLabel(names=["lang1", "lang2", "other"]))})
    data = Dataset.from_dict({"words": [["ok", "नहीं"], ["!"]], "lid": [[0, 1], [2]]}, features=features)
    folder, splits, file = tmp_path / "set", tmp_path / "splits", tmp_path / "set.parquet"
    data.save_to_disk(str(folder))
    DatasetDict({"train": data, "dev": data}).save_to_disk(str(splits))
    data.to_parquet(str(file))
    for path in (folder, file, splits / "dev"):
        assert [one.tags for one in read_gold(str(path), ("en", "hi"))] == [["en", "hi"], ["other"]]
        assert [list(one.tokens) for one in read_untagged(str(path))] == [["ok", "नहीं"], ["!"]]
    found = json.loads(tagged(folder, "jsonl").splitlines()[0])
    assert (found["langs"], found["lid"]) == (["en", "hi"], ["lang1", "lang2"])
    with pytest.raises(InputError, match=r"the folder holds splits: train, dev; name one of them: .*/SPLIT"):
        read_untagged(str(splits))
    with pytest.raises(InputError, match="the folder holds no data set"):
        read_untagged(str(tmp_path))
    with pytest.raises(InputError, match=r"row 1: field .words2.: no text"):
        read_untagged(str(file), Reading(field="words2"))
