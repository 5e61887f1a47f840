from __future__ import annotations

import gzip
import io
import json
import sys
import tracemalloc
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any
from unicodedata import normalize

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.errors import InputError, UsageError
from cswitch.generators.alignment.pharaoh import format_pharaoh
from cswitch.pipeline import pair_rows
from cswitch.pipeline.readers import read_pairs
from cswitch.schemas.pair import Pair

EN_HI = ("en", "hi")
Write = Callable[..., str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str | bytes, name: str = "in.tsv") -> str:
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return str(path)

    return write


def rows(path: str, pair: tuple[str, str] = EN_HI, **options: Any) -> list[tuple[int, dict[str, Any]]]:
    return [(row.line, json.loads(msgspec.json.encode(row.pair))) for row in read_pairs(path, pair, **options)]


def message(path: str, pair: tuple[str, str] = EN_HI, **options: Any) -> str:
    with pytest.raises(InputError) as caught:
        rows(path, pair, **options)
    assert caught.value.exit_status == 2
    return str(caught.value).replace(path, "FILE").replace(f"{Path(path).parent}/", "")


# ---------------------------------------------------------------- what is read


def test_tsv_columns_may_stand_in_any_order(write: Write) -> None:
    path = write("topic\thi\tlinks\ten\tid\nfood\tचाय गरम\t0-1 1-0\thot tea\tx7\n")
    assert rows(path) == [
        (
            2,
            {
                "id": "x7",
                "texts": {"en": "hot tea", "hi": "चाय गरम"},
                "links": [[1, 0], [0, 1]],
                "meta": {"topic": "food"},
            },
        )
    ]


def test_links_count_on_the_side_that_stands_first_whatever_pair_is_asked_for(write: Write) -> None:
    hindi_first = "hi\ten\tlinks\nचाय गरम है\ttea is hot\t1-2 2-1:0.5\n"
    for text, name in [(hindi_first, "a.tsv"), (hindi_first.replace("\t", ","), "a.csv")]:
        ((_, pair),) = rows(write(text, name))
        assert (pair["links"], pair["confidences"]) == ([[2, 1], [1, 2]], [1.0, 0.5])
        ((_, pair),) = rows(write(text, name), ("hi", "en"))
        assert pair["links"] == [[1, 2], [2, 1]]


def test_rows_are_numbered_when_there_are_no_ids(write: Write) -> None:
    found = rows(write("en\thi\na\tअ\nb\tब\n\n\n"))
    assert [(line, pair["id"]) for line, pair in found] == [(2, "1"), (3, "2")]


def test_texts_come_in_the_order_of_the_pair(write: Write) -> None:
    ((_, pair),) = rows(write("en\thi\na\tअ\n"), ("hi", "en"))
    assert list(pair["texts"]) == ["hi", "en"]


def test_bom_crlf_and_quotes_are_taken_as_they_are(write: Write) -> None:
    ((_, pair),) = rows(write('\ufeffen\thi\r\n"a\tअ"\r\n'))
    assert pair["texts"] == {"en": '"a', "hi": 'अ"'}


def test_an_empty_links_cell_says_that_there_is_no_link(write: Write) -> None:
    assert [pair.get("links") for _, pair in rows(write("en\thi\tlinks\na\tअ\t\n"))] == [[]]


def test_contents_that_the_generator_rejects_are_read(write: Write) -> None:
    found = rows(write("en\thi\tlinks\n\tअ\t0-9\nsame\tsame\t\n" + "x" * 200_000 + "\tअ\t\n"))
    assert [len(pair["texts"]["en"]) for _, pair in found] == [0, 4, 200_000]


def test_id_is_indonesian_when_the_pair_says_so(write: Write) -> None:
    ((_, pair),) = rows(write("en\tid\nthe house\trumah itu\n"), ("en", "id"))
    assert (pair["id"], pair["texts"]["id"]) == ("1", "rumah itu")
    ((_, pair),) = rows(write('{"en": "the house", "id": "rumah itu"}\n', "in.jsonl"), ("en", "id"))
    assert (pair["id"], pair["texts"]["id"]) == ("1", "rumah itu")


def test_plain_objects(write: Write) -> None:
    record = {
        "id": 7,
        "hi": "चाय गरम",
        "en": "hot tea",
        "links": "0-1 1-0",
        "tokens": {"en": ["hot", "tea"], "hi": ["चाय", "गरम"], "fr": ["thé"]},
        "labels": {"intent": "order"},
        "meta": {"a": 1},
        "source": "chat",
    }
    expected = {
        "id": "7",
        "texts": {"en": "hot tea", "hi": "चाय गरम"},
        "tokens": {"en": ["hot", "tea"], "hi": ["चाय", "गरम"]},
        "links": [[1, 0], [0, 1]],
        "labels": {"intent": "order"},
        "meta": {"a": 1, "source": "chat"},
    }
    assert rows(write("\n" + json.dumps(record) + "\n\n", "in.jsonl")) == [(2, expected)]
    record["links"] = [[0, 1], [1, 0]]
    assert rows(write(json.dumps(record), "in.jsonl")) == [(1, expected)]


def test_links_of_a_pair_record_follow_its_own_order(write: Write) -> None:
    record = Pair(id="a", texts={"hi": "चाय गरम है", "en": "tea is hot", "fr": "-"}, links=[(1, 2), (2, 1)])
    path = write(msgspec.json.encode(record), "in.jsonl")
    ((_, pair),) = rows(path)
    assert (list(pair["texts"]), pair["links"]) == (["en", "hi"], [[2, 1], [1, 2]])
    ((_, pair),) = rows(path, ("hi", "en"))
    assert (list(pair["texts"]), pair["links"]) == (["hi", "en"], [[1, 2], [2, 1]])


def test_two_files(write: Write) -> None:
    en, hi = write("a\n\nc", "corpus.en"), write("अ\nब\nस\n", "corpus.hi")
    for path in (f"{en},{hi}", f"{hi},{en}"):
        assert [(line, pair["id"], pair["texts"]) for line, pair in rows(path)] == [
            (1, "1", {"en": "a", "hi": "अ"}),
            (2, "2", {"en": "", "hi": "ब"}),
            (3, "3", {"en": "c", "hi": "स"}),
        ]


def test_two_files_whose_names_tell_nothing_stand_in_the_order_of_the_pair(write: Write) -> None:
    ((_, pair),) = rows(f"{write('a', 'one.txt')},{write('अ', 'two.txt')}")
    assert pair["texts"] == {"en": "a", "hi": "अ"}


def test_a_file_with_a_comma_in_its_name_is_one_file(write: Write) -> None:
    assert len(rows(write("en\thi\na\tअ\n", "a,b.tsv"))) == 1


def test_links_file_replaces_links(write: Write) -> None:
    links = write("0-0\n\n", "in.links")
    found = rows(write("en\thi\tlinks\na\tअ\t5-5\nb\tब\t6-6\n"), links=links)
    assert [pair["links"] for _, pair in found] == [[[0, 0]], []]


def test_pretokenised_texts_are_split_at_spaces_only(write: Write) -> None:
    ((_, pair),) = rows(write("en\thi\n 10\u00a0000  euros .\tदो\n"), pretokenised=True)
    assert pair["tokens"] == {"en": ["10\u00a0000", "euros", "."], "hi": ["दो"]}
    record = {"en": "a b", "hi": "अ", "tokens": {"en": ["a b"], "hi": ["अ"]}}
    ((_, pair),) = rows(write(json.dumps(record), "in.jsonl"), pretokenised=True)
    assert pair["tokens"]["en"] == ["a b"]


@pytest.mark.parametrize(
    ("name", "text"),
    [("in.txt", "en\thi\na\tअ\n"), ("in", '{"en": "a", "hi": "अ"}\n'), ("in.jsonl.gz", '{"en": "a", "hi": "अ"}\n')],
)
def test_the_format_is_seen(write: Write, name: str, text: str) -> None:
    data = gzip.compress(text.encode()) if name.endswith(".gz") else text
    assert [pair["texts"] for _, pair in rows(write(data, name))] == [{"en": "a", "hi": "अ"}]


def test_fmt_overrides_the_extension(write: Write) -> None:
    assert len(rows(write("en\thi\na\tअ\n", "in.jsonl"), fmt="tsv")) == 1


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("en\thi\na\tअ\n".encode())))
    assert len(rows("-")) == 1


@settings(deadline=None)
@given(
    links=st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), max_size=9),
    texts=st.tuples(*[st.text(st.characters(exclude_characters="\n\r\t\0", exclude_categories=["Cs"]))] * 2),
)
def test_every_layout_gives_the_same_pair(
    tmp_path_factory: pytest.TempPathFactory, links: list[tuple[int, int]], texts: tuple[str, str]
) -> None:
    folder = tmp_path_factory.mktemp("same")
    one, other = texts
    links = sorted(links)
    other_way = [(j, i) for i, j in links]
    record = Pair(id="1", texts={"en": one, "hi": other}, links=links)
    turned = Pair(id="1", texts={"hi": other, "en": one}, links=other_way)
    plain = {"en": one, "hi": other, "links": links}
    inputs = {
        "a.tsv": f"en\thi\tlinks\n{one}\t{other}\t{format_pharaoh(links)}\n".encode(),
        "a2.tsv": f"hi\ten\tlinks\n{other}\t{one}\t{' '.join(f'{j}-{i}' for i, j in links)}\n".encode(),
        "b.jsonl": msgspec.json.encode(record),
        "c.jsonl": msgspec.json.encode(turned),
        "d.jsonl": json.dumps(plain).encode(),
        "d2.jsonl": json.dumps({"hi": other, "links": other_way, "en": one}).encode(),
    }
    expected = Pair(id="1", texts={"en": normalize("NFC", one), "hi": normalize("NFC", other)}, links=links)
    for name, data in inputs.items():
        (folder / name).write_bytes(data)
        assert [row.pair for row in read_pairs(str(folder / name), EN_HI)] == [expected]


def test_texts_are_put_into_normal_form_c_and_told_of_once(write: Write) -> None:
    notes: list[str] = []
    text = "en\thi\nplain\tठीक\ncafe\u0301\tक\u093c\u095c\nnai\u0308f\tठीक\n"
    path = write(text)
    found = rows(path, note=notes.append)
    assert [pair["texts"]["en"] for _, pair in found] == ["plain", "café", "naïf"]
    assert found[1][1]["texts"]["hi"] == "क\u093cड\u093c"
    assert notes == [f"{path}:3: 2 lines were not in Unicode normal form C from here on, and put into it"]
    record = {"en": "café", "hi": "ठीक", "tokens": {"en": ["cafe\u0301"], "hi": ["ठीक"]}}
    ((_, pair),) = rows(write(json.dumps(record), "in.jsonl"), note=notes.append)
    assert pair["tokens"]["en"] == ["café"]
    assert notes[1:] == [notes[1]]
    rows(write("en\thi\nplain\tठीक\n"), note=notes.append)
    assert len(notes) == 2


def test_memory_stays_flat(write: Write) -> None:
    path = write("id\ten\thi\n" + "".join(f"{i}\t{'hello there ' * 20}\tनमस्ते\n" for i in range(40_000)))
    peaks = []
    for count in (2_000, 40_000):
        tracemalloc.start()
        for _ in islice(read_pairs(path, EN_HI), count):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert Path(path).stat().st_size > 10_000_000
    assert peaks[1] - peaks[0] < 8_000_000  # the ids that are remembered


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "FILE: the file is empty; check the command that made it"),
        ("en\thi\n", "FILE:1: no rows after the header; check the command that made the file"),
        ("en\thi\n\n", "FILE:1: no rows after the header; check the command that made the file"),
        ("en\thin\na\tअ\n", "FILE:1: no column 'hi'; found 'en', 'hin'; rename 'hin' to 'hi' if that is meant"),
        (
            "text_en\ttext_hi\na\tअ\n",
            "FILE:1: no column 'en'; found 'text_en', 'text_hi'; rename 'text_en' to 'en' if that is meant",
        ),
        ("EN\tHI\na\tअ\n", "FILE:1: no column 'en'; found 'EN', 'HI'; rename 'EN' to 'en' if that is meant"),
        (
            "Enough said, my good old friend\tसुप्रभात\n",
            "FILE:1: no column 'en'; found 'Enough said, my good old frien', 'सुप्रभात';"
            " the first line must name the columns, with a tab between: en<TAB>hi",
        ),
        ("en\thi\ten\na\tअ\tb\n", "FILE:1: two columns are named 'en'; rename one of them"),
        (
            "en\thi\na\tअ\nb\nc\tस\n",
            "FILE:3: 1 column where the header names 2 (en, hi);"
            " look for a missing tab, or a tab or line end inside a text",
        ),
        (
            "en\thi\na\tअ\tx\n",
            "FILE:2: 3 columns where the header names 2 (en, hi);"
            " look for a missing tab, or a tab or line end inside a text",
        ),
        (
            "en\thi\na\tअ\n\n\nc\tस\n",
            "FILE:3: 1 column where the header names 2 (en, hi);"
            " look for a missing tab, or a tab or line end inside a text",
        ),
        (
            "en\thi\tlinks\na\tअ\t0-0 3-x\n",
            "FILE:2: field 'links': '3-x' is not a link; write links as i-j, 0-based, separated by spaces: 0-0 1-2",
        ),
        (
            "en\thi\tid\na\tअ\tx\nb\tब\tx\n",
            "FILE:3: field 'id': id 'x' appears a second time;"
            " give every row its own id, or leave ids out to have the rows numbered",
        ),
        ("en\thi\tid\na\tअ\t\n", "FILE:2: field 'id': the id is empty; give every row its own id"),
    ],
)
def test_bad_tsv(write: Write, text: str, expected: str) -> None:
    assert message(write(text)) == expected


def test_links_may_have_confidences(write: Write) -> None:
    (row,) = read_pairs(write("en\thi\tlinks\na b\tअ आ\t0-0 1-1:0.25\n"), ("en", "hi"))
    assert (row.pair.links, row.pair.confidences) == ([(0, 0), (1, 1)], [1.0, 0.25])


@pytest.mark.parametrize("texts", ['"en": "a", "hi": "अ"', '"id": "1", "texts": {"en": "a", "hi": "अ"}'])
@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ('"links": [[0, 0]], "confidences": [0.5, 1]', "2 confidences for 1 links"),
        ('"confidences": [0.5]', "1 confidences for 0 links"),
        ('"links": [[0, 0]], "confidences": [1.5]', "field 'confidences"),
    ],
)
def test_confidences_that_do_not_fit_their_links(write: Write, texts: str, fields: str, expected: str) -> None:
    assert expected in message(write(f"{{{texts}, {fields}}}\n", "in.jsonl"))


@pytest.mark.parametrize(
    "item",
    [
        "3-",
        "-3",
        "3",
        "1-2-3",
        "0--1",
        "1.0-2",
        "٣-٣",
        "1_0-2",
        "0-1:",
        "0-1:1.5",
        "0-1:x",
        "0-1:nan",
        "9" * 5000 + "-1",
    ],
)
def test_malformed_links(write: Write, item: str) -> None:
    assert "is not a link; write links as i-j" in message(write(f"en\thi\tlinks\na\tअ\t0-0 {item}\n"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\n \n", "FILE: no record in the file; check the command that made it"),
        (
            '{"en": "a", "hi": "अ"}\n{"en": "b",}\n',
            "FILE:2: broken JSON: trailing comma in object at byte 12; write one whole JSON object on each line",
        ),
        (
            '{"en": "a"',
            "FILE:1: broken JSON: it ends before the value does; write one whole JSON object on each line",
        ),
        (
            '[{"en": "a", "hi": "अ"}]',
            "FILE:1: a JSON array, not an object; write one object a line: jq -c '.[]' array.json > pairs.jsonl",
        ),
        ("3\n", "FILE:1: expected object, got int"),
        ('{"en": "a", "hi": 3}', "FILE:1: field 'hi': expected str, got int; write the text as a string"),
        ('{"en": "a", "hi": null}', "FILE:1: field 'hi': expected str, got null; write the text as a string"),
        (
            '{"en": "a", "hin": ""}',
            "FILE:1: field 'hi': missing; found 'en', 'hin'; rename 'hin' to 'hi' if that is meant",
        ),
        ('{"text": "a"}', "FILE:1: field 'en': missing; found 'text'; each object needs a text in both languages"),
        ('{"en": "a", "hi": "", "links": [[0, -1]]}', "FILE:1: field 'links[0][1]': expected int >= 0"),
        ('{"en": "a", "hi": "", "links": [[0, 1, 2]]}', "FILE:1: field 'links[0]': expected array of length 2, got 3"),
        (
            '{"en": "a", "hi": "", "links": "0-0 1:1"}',
            "FILE:1: field 'links': '1:1' is not a link; write links as i-j, 0-based, separated by spaces: 0-0 1-2",
        ),
        ('{"en": "a", "hi": "", "tokens": {"en": "a"}}', "FILE:1: field 'tokens[...]': expected array, got str"),
        (
            '{"en": "a", "hi": "", "tokens": {"en": []}}',
            "FILE:1: field 'tokens': no tokens for 'hi'; give both sides or none",
        ),
        (
            '{"en": "a", "hi": "", "tokens": {"en": ["a", ""], "hi": []}}',
            "FILE:1: field 'tokens.en': an empty token; remove it",
        ),
        ('{"en": "a\\u0000", "hi": ""}', "FILE:1: field 'en': NUL character; remove the \\u0000"),
        (
            '{"en": "a", "hi": "", "id": "1"}\n{"en": "a", "hi": ""}',
            "FILE:2: field 'id': some rows have an id, some none; give every row an id or none",
        ),
        (
            '{"en": "a", "hi": "", "id": "1"}\n{"en": "a", "hi": "", "id": 1}',
            "FILE:2: field 'id': id '1' appears a second time;"
            " give every row its own id, or leave ids out to have the rows numbered",
        ),
        (
            '{"texts": {"en": "a", "hi": ""}}',
            "FILE:1: field 'id': missing; the fields are id, texts, tokens, links, confidences, labels, meta",
        ),
        (
            '{"id": "", "texts": {"en": "a", "hi": ""}}',
            "FILE:1: field 'id': the id is empty; give every row its own id",
        ),
        (
            '{"id": "1", "texts": {"en": "a", "hi": ""}, "link": []}',
            "FILE:1: field 'link': unknown field; the fields are id, texts, tokens, links, confidences, labels, meta",
        ),
        ('{"id": "1", "texts": {"en": "a"}}', "FILE:1: field 'texts': no text for 'hi'; found 'en'"),
        (
            '{"id": "1", "texts": {"fr": "a", "en": "", "hi": ""}, "links": [[0, 0]]}',
            "FILE:1: field 'links': they join fr and en, the first two texts; leave them out",
        ),
        (
            '{"id": "1", "texts": {"en": "", "hi": ""}, "links": [[0, -2]]}',
            "FILE:1: field 'links': a negative index; indices are 0-based",
        ),
        ('{"en": ' + "[" * 5000, "FILE:1: the JSON is nested too deeply; flatten the record"),
    ],
)
def test_bad_json_lines(write: Write, text: str, expected: str) -> None:
    assert message(write(text, "in.jsonl")) == expected


def test_files_of_different_length(write: Write) -> None:
    en, hi = write("a\nb\nc\n", "c.en"), write("अ\nब\n", "c.hi")
    folder = f"{Path(en).parent}/"
    hint = "line i of one must translate line i of the other: wc -l c.en c.hi"
    for path in (f"{en},{hi}", f"{hi},{en}"):
        assert message(path).replace(folder, "") == f"c.hi:3: the file ends here, and c.en goes on; {hint}"
    write("अ\nब\nस\nद\n", "c.hi")
    assert message(f"{en},{hi}").replace(folder, "") == f"c.en:4: the file ends here, and c.hi goes on; {hint}"


def test_links_files_of_different_length(write: Write) -> None:
    path = write("en\thi\na\tअ\nb\tब\n")
    hint = "give one line of links for each row, an empty one where there are none"
    assert message(path, links=write("0-0\n", "l")) == f"l:2: the file ends here, and FILE has more rows; {hint}"
    assert message(path, links=write("0-0\n\n0-0\n", "l")) == f"l:3: the file goes on, and FILE has 2 rows; {hint}"
    assert message(path, links=write("0-0\n0-z\n", "l")).startswith("l:2: '0-z' is not a link")
    assert message(path, links=write("", "l")) == "l: the file is empty; check the command that made it"


def test_a_format_that_cannot_be_told(write: Write) -> None:
    assert message(write("Hello\n", "in.txt")) == (
        "FILE:1: the format cannot be told from its name or first line;"
        " TSV starts with a line such as en<TAB>hi, JSON Lines with {; two plain files are A,B"
    )


def test_rows_before_a_fault_are_given(write: Write) -> None:
    found = read_pairs(write("en\thi\na\tअ\nb\tब\nc\n"), EN_HI)
    assert [next(found).pair.id, next(found).pair.id] == ["1", "2"]
    with pytest.raises(InputError, match=":4: 1 column"):
        next(found)


def test_a_bad_file_is_told_before_a_row_is_asked_for(write: Write) -> None:
    with pytest.raises(InputError):
        read_pairs(write("en\tes\na\tb\n"), EN_HI)


def test_repeated_ids_are_found_among_those_remembered(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pair_rows, "MAX_KNOWN_IDS", 2)
    assert len(rows(write("en\thi\tid\na\tअ\t1\na\tअ\t2\na\tअ\t3\na\tअ\t3\n"))) == 4
    assert message(write("en\thi\tid\na\tअ\t1\na\tअ\t2\na\tअ\t3\na\tअ\t2\n")).startswith("FILE:5: field 'id'")


@pytest.mark.parametrize(
    ("path", "pair", "options", "expected"),
    [
        ("a.tsv", ("en", "en"), {}, "the pair names 'en' twice; name two languages, such as en-hi"),
        (
            "a.tsv",
            EN_HI,
            {"fmt": "xml"},
            "unknown input format 'xml'; known: tsv, csv, jsonl, parallel, moses, parquet, datasets",
        ),
        ("a.en,", EN_HI, {}, "'a.en,' does not name two files; write corpus.en,corpus.hi, the comma without spaces"),
        ("-", EN_HI, {"links": "-"}, "standard input can be only one of the inputs; name a file for the other"),
        ("-,-", EN_HI, {}, "standard input can be only one of the inputs; name a file for the other"),
    ],
)
def test_wrong_usage(path: str, pair: tuple[str, str], options: dict[str, str], expected: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_pairs(path, pair, **options)  # type: ignore[arg-type]
    assert str(caught.value) == expected
