"""What is to be tagged, in every layout."""

from __future__ import annotations

import gzip
import io
import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.errors import InputError, UsageError
from cswitch.pipeline.tag_input import Reading, Untagged, located, read_untagged

CONLLU = """# sent_id = a7
# text = vámonos al mar
1-2\tvámonos\t_\t_\t_\t_\t_\t_\t_\tLang=es
1\tvamos\tir\tVERB\t_\t_\t0\troot\t_\t_
2\tnos\tnos\tPRON\t_\t_\t1\tobj\t_\t_
3-4\tal\t_\t_\t_\t_\t_\t_\t_\t_
3\ta\ta\tADP\t_\t_\t5\tcase\t_\t_
4\tel\tel\tDET\t_\t_\t5\tdet\t_\t_
4.1\tx\t_\t_\t_\t_\t_\t_\t_\t_
5\tmar\tmar\tNOUN\t_\t_\t1\tobl\t_\tSpaceAfter=No

"""


def write(folder: Path, text: str | bytes, name: str) -> str:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(path)


def read(folder: Path, text: str | bytes, name: str, **how: Any) -> list[Untagged]:
    return list(read_untagged(write(folder, text, name), Reading(**how)))


def fault(folder: Path, text: str | bytes, name: str, **how: Any) -> str:
    path = write(folder, text, name)
    with pytest.raises(InputError) as caught:
        list(read_untagged(path, Reading(**how)))
    return str(caught.value).replace(path, "FILE")


def test_a_line_of_text_is_an_utterance_and_an_empty_one_too(tmp_path: Path) -> None:
    found = read(tmp_path, "Oh, hi!\r\n\r\n  नमस्ते 👩‍👩‍👧 \ue000\n", "in.txt")
    assert [one.id for one in found] == ["1", "2", "3"]
    assert [list(one.tokens) for one in found] == [["Oh", ",", "hi", "!"], [], ["नमस्ते", "👩‍👩‍👧", "\ue000"]]
    assert [one.text for one in found] == ["Oh, hi!", "", "  नमस्ते 👩‍👩‍👧 \ue000"]
    for one in found:
        assert one.text is not None
        assert one.offsets is not None
        assert [one.text[start:end] for start, end in one.offsets] == list(one.tokens)


def test_text_that_is_cut_already(tmp_path: Path) -> None:
    [found] = read(tmp_path, " don't  stop,now \n", "in.txt", pretokenised=True)
    assert (found.tokens, found.offsets) == (["don't", "stop,now"], [(1, 6), (8, 16)])


def test_gzip_and_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = gzip.compress(b"main office\n")
    assert [one.tokens for one in read(tmp_path, packed, "in.txt.gz")] == [("main", "office")]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(packed)))
    assert [one.tokens for one in read_untagged("-")] == [("main", "office")]


@pytest.mark.parametrize(
    ("name", "text", "tokens"),
    [
        ("in.tsv", "main\thi\nhappy\ten\n\nok\ten\n", [["main", "happy"], ["ok"]]),
        ("in.tsv", "main\n#ok\n# a comment\n\nok\n", [["main", "#ok"], ["ok"]]),
        ("in.tsv", "main\t\nhappy\t\n", [["main", "happy"]]),
        ("in.tsv", "main\thi\tPRON\tx\n", [["main"]]),
        ("in.conll", "# sent_enum = 1\nmain\tlang2\n\n# sent_enum = 2\nok\tlang1\n", [["main"], ["ok"]]),
        ("in.conll", "-DOCSTART- O\n\nmain hi\n# other\n", [["main", "#"]]),
        ("in.conllu", CONLLU, [["vámonos", "al", "mar"]]),
        ("in", CONLLU, [["vámonos", "al", "mar"]]),
        ("in", "main\thi\n", [["main"]]),
        ("in", "main hoon\n", [["main", "hoon"]]),
        ("in", "{ hi }\n", [["{", "hi", "}"]]),
        ("in", '{"text": "main hoon"}\n', [["main", "hoon"]]),
        ("in.txt", "main\thi\nok\ten\n", [["main", "ok"]]),  # a token and a tag, whatever the file is called
        ("in.txt", "anu:\tmain hoon\n", [["anu", ":", "main", "hoon"]]),
    ],
)
def test_layouts_are_told_by_name_or_first_line(tmp_path: Path, name: str, text: str, tokens: list[list[str]]) -> None:
    assert [list(one.tokens) for one in read(tmp_path, text, name)] == tokens


def test_a_layout_can_be_named(tmp_path: Path) -> None:
    [found] = read(tmp_path, "main\thi\n", "in.tsv", fmt="text")
    assert found.tokens == ("main", "hi")
    with pytest.raises(UsageError, match="unknown format 'csv'; known: text, tsv, conll, jsonl, parquet, datasets"):
        read_untagged("in", Reading("csv"))


def test_conllu_keeps_ids_text_and_rows(tmp_path: Path) -> None:
    [found] = read(tmp_path, CONLLU, "in.conllu")
    assert (found.id, found.text, found.place, found.rows) == ("a7", "vámonos al mar", 3, [0, 3, 7])
    assert found.offsets == [(0, 7), (8, 10), (11, 14)]


def test_objects_keep_their_other_fields(tmp_path: Path) -> None:
    records = [
        {"id": 7, "text": "ok, main", "label": {"x": [1]}},
        {"words": ["ok", ",", "main"], "text": "ok, main", "langs": ["x"] * 3},
        {"tokens": [], "source_id": "9"},
        {"tokens": ["aa"], "text": "aaa aa", "offsets": [[4, 6]]},
        {"tokens": ["aa"], "text": "aaa aa", "offsets": [[3, 6]]},
        {"tokens": ["``", "x"], "text": '"x'},
    ]
    found = read(tmp_path, "\n".join(map(json.dumps, records)), "in.jsonl")
    assert [one.id for one in found] == ["7", "2", "3", "4", "5", "6"]
    assert [list(one.tokens) for one in found[:3]] == [["ok", ",", "main"]] * 2 + [[]]
    assert [one.fields for one in found[:3]] == [
        {"label": {"x": [1]}},
        {"words": ["ok", ",", "main"]},
        {"source_id": "9"},
    ]
    assert [one.offsets for one in found[1:]] == [[(0, 2), (2, 3), (4, 8)], None, [(4, 6)], [(0, 2)], None]


def test_a_named_field_is_cut_even_where_there_are_tokens(tmp_path: Path) -> None:
    line = '{"tweet": "ok, main", "tokens": ["x"], "text": "y"}'
    [found] = read(tmp_path, line, "in.jsonl", field="tweet")
    assert (found.tokens, found.text, found.fields) == (("ok", ",", "main"), "ok, main", {"tweet": "ok, main"})


@pytest.mark.parametrize(
    ("name", "text", "how", "expected"),
    [
        ("in.txt", "", {}, "FILE: the file is empty; check the command that made it"),
        ("in.tsv", "# only\n\n", {}, "FILE: no token in the file; write a line for each token: token<TAB>tag"),
        ("in.tsv", "a\ten\nb\n", {}, "FILE:2: 1 column where the lines before have 2; write token<TAB>tag throughout"),
        ("in.tsv", "a\ten\n\ten\n", {}, "FILE:2: field 'token': it is empty; write token<TAB>tag throughout"),
        ("in.jsonl", '{"text": "a"}\n{"text": ', {}, "FILE:2: broken JSON: it ends before the value does"),
        ("in.jsonl", '{"text": "a"}\n\n{"txt": "b"}', {}, "FILE:3: field 'text': neither tokens nor a text; name the"),
        ("in.jsonl", '{"text": 5}', {}, "FILE:1: field 'text': expected str, got int; write the text as a string"),
        (
            "in.jsonl",
            '{"text": "a"}',
            {"field": "t"},
            "FILE:1: field 't': no text; name the field of the text by --field",
        ),
        ("in.jsonl", '{"tokens": ["a", 1]}', {}, "FILE:1: field 'tokens[1]': expected str, got int; write strings"),
        ("in.jsonl", '{"tokens": "a"}', {}, "FILE:1: field 'tokens': expected a list, got str"),
        ("in.jsonl", '["a"]', {}, "FILE:1: expected object, got array"),
        ("in.jsonl", "\n\n", {}, "FILE: no record in it; check the command that made it"),
        ("in.conllu", CONLLU.replace("\n5\t", "\nx\t"), {}, "FILE:10: field 'ID': 'x' is no id; CoNLL-U numbers words"),
        ("in.txt", b"ok\n\xff\n", {}, "FILE:2: 0xFF at byte 1 of the line"),
        ("in.parquet", "no", {}, "FILE: cannot be read as Parquet: "),
    ],
)
def test_bad_input(tmp_path: Path, name: str, text: str | bytes, how: dict[str, Any], expected: str) -> None:
    assert fault(tmp_path, text, name, **how).startswith(expected)


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(InputError, match=r"none\.txt: no such file"):
        read_untagged("none.txt")
    with pytest.raises(InputError, match=r"none\.parquet: no such file"):
        read_untagged("none.parquet")


def test_memory_does_not_hold_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, "ok main\n" * 3 + "\0\n", "in.txt")
    found = read_untagged(path)
    assert [next(found).id for _ in range(3)] == ["1", "2", "3"]
    with pytest.raises(InputError, match=":4: NUL"):
        next(found)


@given(
    st.lists(st.text("abक ", min_size=1, max_size=3).filter(str.strip), max_size=6), st.sampled_from(["", " ", "  "])
)
def test_tokens_are_found_where_they_stand(tokens: list[str], gap: str) -> None:
    text = gap.join(tokens)
    found = located(tokens, text)
    assert found is not None
    assert [text[start:end] for start, end in found] == tokens
    assert all(first[1] <= second[0] for first, second in pairwise(found))
