from __future__ import annotations

import gzip
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cswitch.core.errors import InputError
from cswitch.pipeline.jobs.plan import make_plan, reading_of
from cswitch.pipeline.jobs.reading import pair_rows, utterances
from cswitch.pipeline.jobs.shards import Plan, Shard
from cswitch.pipeline.pair_rows import Row
from cswitch.pipeline.readers import read_pairs
from cswitch.pipeline.tag_input import read_untagged
from cswitch.schemas.reject import Reject
from tests.pipeline.jobs.job_files import GOLD, PLAIN, job_of

PAIR = ("en", "hi")
TEXT = ("tag: {languages: [en, hi]}",)


def rows_of(plan: Plan, *, pretokenised: bool = False) -> list[Row | Reject]:
    return [row for shard in plan.shards for row in pair_rows(shard, PAIR, pretokenised=pretokenised)]


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def as_lists(one: object) -> object:
    """An utterance, whether its sequences are lists, tuples or ranges."""
    if isinstance(one, list | tuple | range):
        return [as_lists(part) for part in one]
    return one


def jsonl(count: int) -> str:
    return "".join(f'{{"en": "House {n}", "hi": "घर {n}"}}\n' + ("\n" if n % 3 == 0 else "") for n in range(count))


# ---------------------------------------------------------------- the same rows as the reader gives


@pytest.mark.parametrize("rows", [1, 7, 39, 40, 1000])
def test_shards_have_the_rows_of_the_reader(tmp_path: Path, rows: int) -> None:
    plan = make_plan(job_of(tmp_path, GOLD, rows=rows))
    assert rows_of(plan) == list(read_pairs(str(GOLD), PAIR))
    assert [shard.rows for shard in plan.shards] == [min(rows, 40 - start) for start in range(0, 40, rows)]
    assert [shard.before for shard in plan.shards] == list(range(0, 40, rows))
    assert plan.rows == 40


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("numbered.tsv", "en\thi\nOne\tएक\nTwo\tदो\nThree\tतीन\n"),
        ("crlf.tsv", "\ufeffen\thi\r\nOne\tएक\r\nTwo\tदो\r\n\r\n"),
        ("unended.tsv", "hi\ten\nएक\tOne\nदो\tTwo"),
        ("plain.jsonl", jsonl(7)),
        ("records.jsonl", '{"id":"a","texts":{"hi":"घर","en":"House"}}\n{"id":"b","texts":{"en":"x","hi":"y"}}'),
        ("nothing", '{"en": "House", "hi": "घर"}\n{"en": "House", "hi": "घर"}\n'),
    ],
)  # fmt: skip
def test_layouts_of_lines(tmp_path: Path, name: str, text: str) -> None:
    path = write(tmp_path / name, text)
    plan = make_plan(job_of(tmp_path, path, rows=2))
    assert rows_of(plan) == list(read_pairs(str(path), PAIR))
    assert all(shard.spans for shard in plan.shards)


def test_two_files_and_their_links(tmp_path: Path) -> None:
    one = write(tmp_path / "a.en", "House\nBig\n\nEnd\n")
    other = write(tmp_path / "a.hi", "घर\r\nबड़ा\r\n\r\nअंत")
    links = write(tmp_path / "links.txt", "0-0\n0-0\n\n0-0\n")
    plan = make_plan(job_of(tmp_path, f"{one},{other}", rows=3, links=links))
    assert rows_of(plan) == list(read_pairs(f"{one},{other}", PAIR, links=str(links)))
    assert len(plan.shards[0].spans) == 3


def test_what_cannot_be_cut_by_its_bytes_is_put_down(tmp_path: Path) -> None:
    path = write(tmp_path / "pairs.tsv.gz", gzip.compress(GOLD.read_bytes()))
    spool = tmp_path / "spool"
    plan = make_plan(job_of(tmp_path, path), spool=spool, wanted=lambda number, _: number != 2)
    assert [bool(shard.spool) for shard in plan.shards] == [number != 2 for number in range(len(plan.shards))]
    wanted = [shard for shard in plan.shards if shard.number != 2]
    read = list(read_pairs(str(GOLD), PAIR))
    found = [row for shard in wanted for row in pair_rows(shard, PAIR, pretokenised=False)]
    assert found == read[:14] + read[21:]


def test_spaces_between_tokens(tmp_path: Path) -> None:
    plan = make_plan(job_of(tmp_path, GOLD, pretokenised="true"))
    assert rows_of(plan, pretokenised=True) == list(read_pairs(str(GOLD), PAIR, pretokenised=True))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("lines.txt", "Oh, hi!\n\nnamaste dost\n"),
        ("objects.jsonl", '{"text": "Oh, hi!", "n": 1}\n\n{"tokens": ["a", "b"]}\n{"id": "z", "text": "x"}\n'),
        ("tokens.tsv", "main\thi\nhappy\ten\n\nok\ten\n"),
    ],
)
def test_text_to_be_tagged(tmp_path: Path, name: str, text: str) -> None:
    path = write(tmp_path / name, text)
    job = job_of(tmp_path, path, stages=TEXT, rows=2)
    plan = make_plan(job, spool=tmp_path / "spool")
    how = reading_of(job)
    found = [one for shard in plan.shards for one in utterances(shard, how)]
    read = list(read_untagged(str(path), how))
    assert list(map(as_lists, found)) == list(map(as_lists, read))


def test_several_inputs_number_their_rows_through(tmp_path: Path) -> None:
    one = write(tmp_path / "one.tsv", "en\thi\nOne\tएक\nTwo\tदो\nThree\tतीन\n")
    two = write(tmp_path / "two.jsonl", '{"en": "Four", "hi": "चार"}\n')
    three = write(tmp_path / "three.tsv.gz", gzip.compress("en\thi\nFive\tपाँच\n".encode()))
    job = job_of(tmp_path, rows=2)
    job = msgspec.structs.replace(job, input=msgspec.structs.replace(job.input, path=(str(one), str(two), str(three))))
    plan = make_plan(job, spool=tmp_path / "spool")
    found = rows_of(plan)
    assert [row.pair.id for row in found if isinstance(row, Row)] == ["1", "2", "3", "4", "5"]
    assert [shard.rows for shard in plan.shards] == [2, 1, 1, 1]
    limited = msgspec.structs.replace(job, input=msgspec.structs.replace(job.input, limit=4))
    assert make_plan(limited, spool=tmp_path / "spool").rows == 4


def test_a_limit(tmp_path: Path) -> None:
    plan = make_plan(job_of(tmp_path, GOLD, limit=10))
    assert rows_of(plan) == list(read_pairs(str(GOLD), PAIR))[:10]


# ---------------------------------------------------------------- the hash of a shard


def test_a_hash_knows_rows_and_place(tmp_path: Path) -> None:
    def digests(text: str) -> list[str]:
        return [shard.digest for shard in make_plan(job_of(tmp_path, write(tmp_path / "a.tsv", text), rows=1)).shards]

    one = digests("en\thi\nOne\tएक\nTwo\tदो\n")
    assert len(set(one)) == 2
    assert digests("en\thi\nOne\tएक\nTwo\tदो\nThree\tतीन\n")[:2] == one
    assert digests("en\thi\nOne\tएक\nTw\tदो\n")[0] == one[0]
    assert digests("en\thi\nOne\tएक\nTw\tदो\n")[1] != one[1]
    assert digests("en\thi\nOne\tएक\nOne\tएक\n")[0] != digests("en\thi\nOne\tएक\nOne\tएक\n")[1]


# ---------------------------------------------------------------- faults


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        (b"en\thi\nOne\t\xe0\xa4\x8f\nTwo caf\xe9\tx\nThree\ty\n", {2: "0xE9 at byte 8 of the line is not UTF-8"}),
        (
            b"en\thi\nOne\tx\nTwo\nThree\ty\nF\tg\th\n",
            {2: "1 column where the header", 4: "3 columns where the header"},
        ),
        (b"en\thi\nOne\tx\nTw\0o\tz\nThree\ty\n", {2: "NUL character"}),
        (b"en\thi\tlinks\nOne\tx\t0-0\nTwo\tz\t0:0\nThree\ty\t\n", {2: "'0:0' is not a link"}),
    ],
)
@pytest.mark.parametrize("rows", [1, 2, 10])
def test_a_row_that_cannot_be_read_becomes_a_reject(
    tmp_path: Path, text: bytes, bad: dict[int, str], rows: int
) -> None:
    found = rows_of(make_plan(job_of(tmp_path, write(tmp_path / "a.tsv", text), rows=rows)))
    for number, row in enumerate(found, start=1):
        if number in bad:
            assert isinstance(row, Reject)
            assert (row.source_id, row.reason, row.line) == (str(number), "failed", number + 1)
            assert bad[number] in row.detail
        else:
            assert isinstance(row, Row)
            assert (row.pair.id, row.line) == (str(number), number + 1)


def test_broken_json_between_good_lines(tmp_path: Path) -> None:
    text = '{"id": "a", "en": "x", "hi": "y"}\n{"id": "b", "en": 3, "hi": "y"}\n{\n{"id": "d", "en": "x", "hi": "y"}\n'
    found = rows_of(make_plan(job_of(tmp_path, write(tmp_path / "a.jsonl", text), rows=3)))
    assert [row.pair.id if isinstance(row, Row) else (row.source_id, row.line) for row in found] == [
        "a", ("2", 2), ("3", 3), "d",
    ]  # fmt: skip


def test_two_files_stay_in_step_behind_a_fault(tmp_path: Path) -> None:
    one = write(tmp_path / "a.en", b"One\nTw\xff\nThree\nFour\nFive\n")
    other = write(tmp_path / "a.hi", "एक\nदो\nतीन\n".encode() + b"\xff\n" + "पाँच\n".encode())
    links = write(tmp_path / "l", "0-0\n0-1\n0-2\n0-3\nx\n")
    found = rows_of(make_plan(job_of(tmp_path, f"{one},{other}", rows=10, links=links)))
    assert [type(row) for row in found] == [Row, Reject, Row, Reject, Reject]
    third = found[2]
    assert isinstance(third, Row)
    assert (third.pair.texts, third.pair.links) == ({"en": "Three", "hi": "तीन"}, [(0, 2)])


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.tsv", "en\thi\n", r"a\.tsv:1: no rows after the header"),
        ("a.tsv", "en\tde\nx\ty\n", r"a\.tsv:1: no column 'hi'"),
        ("a.tsv", "", r"a\.tsv: the file is empty"),
        ("a.tsv", "en\thi\nx\ty\n\nx\ty\n", r"a\.tsv:3: an empty line inside the table; remove it"),
        ("a.tsv", "id\ten\thi\n1\tx\ty\n2\tx\ty\n1\tx\tz\n", r"a\.tsv:4: field 'id': id '1' appears a second time"),
        ("a.jsonl", '{"id":1,"en":"x","hi":"y"}\n{"en":"x","hi":"y"}\n', r"a\.jsonl:2: field 'id': some rows have"),
        ("a.jsonl", '{"id":1,"en":"x","hi":"y"}\n{"id":"1","en":"x","hi":"y"}\n', r"a\.jsonl:2: .* a second time"),
    ],
)  # fmt: skip
def test_inputs_that_cannot_be_cut(tmp_path: Path, name: str, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make_plan(job_of(tmp_path, write(tmp_path / name, text), rows=1))


def test_files_that_belong_together_must_end_together(tmp_path: Path) -> None:
    one, other = write(tmp_path / "a.en", "One\nTwo\n"), write(tmp_path / "a.hi", "एक\n")
    with pytest.raises(InputError, match=r"a\.hi:2: the file ends here, and .*a\.en goes on"):
        make_plan(job_of(tmp_path, f"{one},{other}"))
    links = write(tmp_path / "links.txt", "0-0\n")
    with pytest.raises(InputError, match=r"links\.txt:2: the file ends here, and .*tsv goes on"):
        make_plan(job_of(tmp_path, GOLD, links=links))


def test_what_is_cut_short_is_told_before_a_run(tmp_path: Path) -> None:
    data = gzip.compress(PLAIN.read_bytes())
    path = write(tmp_path / "a.tsv.gz", data[: len(data) // 2])
    with pytest.raises(InputError, match="the gzip data is damaged or cut short"):
        make_plan(job_of(tmp_path, path), spool=tmp_path / "spool")


def test_a_file_that_shrank_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tsv", "en\thi\nOne\tx\nTwo\ty\n")
    plan = make_plan(job_of(tmp_path, path))
    write(path, "en\thi\nOne\tx\n")
    with pytest.raises(InputError, match="the file is shorter than when the run began"):
        rows_of(plan)


CELL = st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\t\u2028\u2029\x85"), max_size=8)


@given(cells=st.lists(st.tuples(CELL, CELL), min_size=1, max_size=9), rows=st.integers(1, 4), ended=st.booleans())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_table_is_cut_into_the_rows_of_the_reader(
    tmp_path: Path, cells: list[tuple[str, str]], rows: int, ended: bool
) -> None:
    text = "\n".join(["en\thi", *map("\t".join, cells)]) + "\n" * ended
    path = write(tmp_path / "a.tsv", text)
    assert rows_of(make_plan(job_of(tmp_path, path, rows=rows))) == list(read_pairs(str(path), PAIR))


def test_a_shard_can_be_sent_to_another_process() -> None:
    shard = Shard(number=1, rows=2, before=3, digest="d", path="p", kind="tsv")
    assert msgspec.json.decode(msgspec.json.encode(shard), type=Shard) == shard
