from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cswitch.core.errors import InputError, UsageError
from cswitch.pipeline.tagged import Tagged, check_sample, read_samples, read_tagged
from cswitch.schemas.decode import RecordError
from cswitch.schemas.sample import Provenance, Sample, Target

SAMPLE = Sample(
    id="1.0",
    source_id="1",
    text="yeh 👩‍👩‍👧 report",
    tokens=["yeh", "👩‍👩‍👧", "report"],
    langs=["hi", "other", "en"],
    offsets=[(0, 3), (4, 9), (10, 16)],
    origins=[("hi", 0), None, ("en", 1)],
    languages=["hi", "en"],
    matrix="hi",
    measures={"cmi": 50.0},
    target=Target(cmi=50.0),
    met=True,
    reachable={"cmi": (0.0, 50.0)},
    provenance=Provenance(generator="insertion", version="0.1.0", config="ab", seed=0, draw=0),
)
HINT = "write exactly one for each token"
COLUMNS = "write token<TAB>tag, or token<TAB>tag<TAB>part of speech throughout, and an empty line between utterances"


def write(folder: Path, text: str | bytes, name: str = "in.jsonl") -> str:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(path)


def fault(folder: Path, text: str | bytes, read: Any, name: str = "in.jsonl") -> str:
    path = write(folder, text, name)
    with pytest.raises(InputError) as caught:
        list(read(path))
    assert caught.value.exit_status == 2
    return str(caught.value).replace(path, "FILE")


def test_samples_come_back_with_their_lines(tmp_path: Path) -> None:
    line = msgspec.json.encode(SAMPLE)
    assert list(read_samples(write(tmp_path, line + b"\n\n" + line))) == [(1, SAMPLE), (3, SAMPLE)]


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"langs": ["hi", "en"]}, "langs", "2 for 3 tokens"),
        ({"offsets": [(0, 3)]}, "offsets", "1 for 3 tokens"),
        ({"origins": []}, "origins", "0 for 3 tokens"),
        ({"offsets": [(0, 3), (4, 9), (9, 16)]}, "offsets[2]", "[9, 16) cuts ' report' out of the text, not 'report'"),
        ({"offsets": [(0, 3), (4, 9), (10, 17)], "text": "yeh"}, "offsets[1]", None),
        ({"offsets": [(-19, 3), (4, 9), (10, 16)]}, "offsets[0]", None),
    ],
)
def test_lists_and_offsets_of_samples_are_checked(
    tmp_path: Path, change: dict[str, Any], field: str, message: str | None
) -> None:
    bad = msgspec.structs.replace(SAMPLE, **change)
    with pytest.raises(RecordError) as caught:
        check_sample(bad)
    assert caught.value.field == field
    assert message is None or caught.value.message == message
    line = msgspec.json.encode(SAMPLE) + b"\n" + msgspec.json.encode(bad)
    assert fault(tmp_path, line, read_samples).startswith(f"FILE:2: field '{field}': ")


def test_what_is_no_sample(tmp_path: Path) -> None:
    assert fault(tmp_path, "{}", read_samples).startswith("FILE:1: field 'id': missing; the fields are id, source_id,")
    assert fault(tmp_path, "\n", read_samples) == "FILE: no record in the file; check the command that made it"
    assert fault(tmp_path, "", read_samples) == "FILE: the file is empty; check the command that made it"


def test_tagged_json_lines(tmp_path: Path) -> None:
    text = msgspec.json.encode(SAMPLE) + b'\n{"tokens": ["a"], "langs": ["en"], "pos": ["DET"], "source": 1}\n'
    assert list(read_tagged(write(tmp_path, text, "in"))) == [
        Tagged(id="1.0", tokens=SAMPLE.tokens, langs=SAMPLE.langs),
        Tagged(id="2", tokens=["a"], langs=["en"], pos=["DET"]),
    ]


def test_tagged_tokens(tmp_path: Path) -> None:
    text = "# a comment\n\nmain\thi\n#ok\ten\n\n\n{\tother\n"
    expected = [
        Tagged(id="1", tokens=["main", "#ok"], langs=["hi", "en"]),
        Tagged(id="2", tokens=["{"], langs=["other"]),
    ]
    assert list(read_tagged(write(tmp_path, text, "in.tsv"))) == expected
    assert list(read_tagged(write(tmp_path, text.replace("\n", "\r\n"), "in.txt"))) == expected
    assert list(read_tagged(write(tmp_path, "{\tother\n", "in"))) == [Tagged(id="1", tokens=["{"], langs=["other"])]


def test_tagged_tokens_with_part_of_speech(tmp_path: Path) -> None:
    path = write(tmp_path, "main\thi\tPRON\nhappy\ten\tADJ", "in.tsv")
    assert list(read_tagged(path)) == [
        Tagged(id="1", tokens=["main", "happy"], langs=["hi", "en"], pos=["PRON", "ADJ"])
    ]


def test_tagged_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a\ten\n")))
    assert [tagged.langs for tagged in read_tagged("-")] == [["en"]]


def test_fmt_overrides_the_extension(tmp_path: Path) -> None:
    assert len(list(read_tagged(write(tmp_path, "a\ten\n"), fmt="tsv"))) == 1
    with pytest.raises(UsageError, match="unknown format 'csv' of tagged text; known: tsv, jsonl"):
        read_tagged("in", fmt="csv")


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ('{"tokens": ["a"], "langs": []}', "in.jsonl", f"FILE:1: field 'langs': 0 for 1 tokens; {HINT}"),
        (
            '{"tokens": ["a"], "langs": ["en"], "pos": ["X", "Y"]}',
            "in.jsonl",
            f"FILE:1: field 'pos': 2 for 1 tokens; {HINT}",
        ),
        ('{"tokens": ["a", 1], "langs": []}', "in.jsonl", "FILE:1: field 'tokens[1]': expected str, got int"),
        ('{"tokens": ["a"]}', "in.jsonl", "FILE:1: field 'langs': missing; the fields are tokens, langs, id, pos"),
        ("\n", "in.jsonl", "FILE: no record in the file; check the command that made it"),
        ("a\ten\nb\n", "in.tsv", f"FILE:2: 1 column where the lines before have 2; {COLUMNS}"),
        ("b\n", "in.tsv", f"FILE:1: 1 column where 2 or 3 are needed; {COLUMNS}"),
        ("a\ten\nb\ten\tX\n", "in.tsv", f"FILE:2: 3 columns where the lines before have 2; {COLUMNS}"),
        ("a\tb\tc\td\n", "in.tsv", f"FILE:1: 4 columns where 2 or 3 are needed; {COLUMNS}"),
        ("a\t\n", "in.tsv", f"FILE:1: field 'tag': it is empty; {COLUMNS}"),
        ("\ten\n", "in.tsv", f"FILE:1: field 'token': it is empty; {COLUMNS}"),
        ("# nothing\n\n", "in.tsv", "FILE: no tagged token in the file; write a line for each token: token<TAB>tag"),
    ],
)
def test_bad_tagged_text(tmp_path: Path, text: str, name: str, expected: str) -> None:
    assert fault(tmp_path, text, read_tagged, name) == expected


def test_conll_as_it_is_written(tmp_path: Path) -> None:
    lince = "# sent_enum = 1\nmain\tlang2\nok\tlang1\n\n"
    assert [tagged.langs for tagged in read_tagged(write(tmp_path, lince, "in.conll"))] == [["lang2", "lang1"]]
    [tagged] = read_tagged(write(tmp_path, "# sent_id = x\nmain\tlang2\tPRON\n", "in.conll"))
    assert (tagged.id, tagged.pos) == ("x", ["PRON"])
    rows = (("1", "main", "PRON", "Lang=hi"), ("2", "ok", "ADJ", "Lang=en"))
    text = "".join(f"{at}\t{form}\t_\t{pos}\t_\t_\t_\t_\t_\t{misc}\n" for at, form, pos, misc in rows)
    [tagged] = read_tagged(write(tmp_path, text, "in.conllu"))
    assert (tagged.tokens, tagged.langs, tagged.pos) == (["main", "ok"], ["hi", "en"], ["PRON", "ADJ"])
