"""``cswitch filter`` on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cswitch.cli.filter_parsing import filter_settings

if TYPE_CHECKING:
    from tests.cli.conftest import Cswitch


def line(id: str, text: str, langs: str, **fields: Any) -> str:
    return json.dumps({"id": id, "tokens": text.split(), "langs": langs.split(), "text": text, **fields})


LINES = [
    line("a", "main bahut happy hoon", "hi hi en hi", met=True),
    line("b", "ok", "en", met=False),
    line("c", "Main bahut happy  hoon", "hi hi en hi", met=True),
    line("d", "aaj office band hai yaar", "hi en hi hi hi", met=True),
]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.jsonl"
    path.write_text("\n".join(LINES) + "\n", encoding="utf-8")
    return path


def test_what_passes_is_written_and_the_rest_is_counted(cswitch: Cswitch, source: Path, tmp_path: Path) -> None:
    out, rejects = tmp_path / "out.jsonl", tmp_path / "rejects.jsonl"
    done = cswitch("filter", source, "-o", out, "--rejects", rejects, "--tokens", "2-", "--duplicates", "near")
    assert done.status == 0
    assert done.out == ""
    assert done.err.splitlines() == [
        f"2 of 4 records kept in {out}, 2 dropped",
        "  too_short  1",
        "  duplicate  1",
    ]
    assert out.read_text().splitlines() == [LINES[0], LINES[3]]
    found = [json.loads(line) for line in rejects.read_text().splitlines()]
    assert [(one["id"], one["reason"], one["line"]) for one in found] == [("b", "too_short", 2), ("c", "duplicate", 3)]
    assert json.dumps(found[0]["record"]) == LINES[1]
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"in.jsonl", "out.jsonl", "out.jsonl.job.yaml", "rejects.jsonl"}


def test_it_reads_stdin_and_writes_stdout(cswitch: Cswitch) -> None:
    done = cswitch("filter", "-", "--met", "--duplicates", "exact", stdin="\n".join(LINES))
    assert done.out.splitlines() == [LINES[0], LINES[3]]
    assert done.err.startswith("2 of 4 records kept, 2 dropped\n")


def test_files_of_lince_are_read_when_their_languages_are_told(cswitch: Cswitch) -> None:
    lince = "# sent_enum = 1\nok\tlang1\njee\tlang2\n!\tother\n\n"
    untold = cswitch("filter", "-", "--cmi", "10-", stdin=lince)
    assert "'lang1' is no tag; say which languages lang1 and lang2 are, in their order: --pair en-es" in untold.error
    done = cswitch("filter", "-", "--cmi", "10-", "--pair", "en-hi", stdin=lince)
    assert json.loads(done.out)["langs"] == ["en", "hi", "other"]
    csv = cswitch("export", "-", "--to", "conll", "-o", "-", "--languages", "en,hi", stdin=lince)
    assert csv.out.endswith("ok\ten\njee\thi\n!\tother\n\n")


def test_a_dry_run_counts_and_json_tells_all(cswitch: Cswitch, source: Path, tmp_path: Path) -> None:
    options = ("--tokens", "2-", "--cmi", "10-", "--all-reasons", "--dry-run", "--json")
    done = cswitch("filter", source, "-o", tmp_path / "out.jsonl", *options)
    found = json.loads(done.out)
    config = found.pop("config")
    assert found == {
        "records": 4, "kept": 3, "dropped": 1, "reasons": {"too_short": 1},
        "all_reasons": {"too_short": 1, "cmi_outside": 1},
        "filters": {"length": {"min_tokens": 2}, "cmi": {"low": 10.0}},
    }  # fmt: skip
    assert len(config) == 16
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def test_nothing_left_is_status_1_and_the_rejects_are_kept(cswitch: Cswitch, source: Path, tmp_path: Path) -> None:
    out, rejects = tmp_path / "out.jsonl", tmp_path / "rejects.jsonl"
    done = cswitch("filter", source, "-o", out, "--rejects", rejects, "--matrix", "es")
    assert done.status == 1
    assert done.err.splitlines()[-1] == (
        "cswitch: error: nothing is left of 4 records; most common reasons: wrong_matrix 4"
    )
    assert out.read_bytes() == b""
    assert len(rejects.read_text().splitlines()) == 4


def test_every_filter_can_be_asked_for_at_once(cswitch: Cswitch, source: Path, tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("daru\n", encoding="utf-8")
    options = (
        "--met --tokens 2-20 --characters 5- --only-languages hi,en --each-language hi,en --language-tokens 1 "
        f"--matrix hi --cmi 10-50 --switches 1- --script roman --no-repetition --source-ratio 0.5-2 --kept-content 0.5 "
        f"--block {words} --confidence 0.1 --word-confidence 0.01 --retag --agreement 0.1 --duplicates near "
        "--likeness 0.8 --any-digits"
    )
    done = cswitch("filter", source, "--dry-run", *options.split())
    assert (done.status, done.err.splitlines()[0]) == (0, "2 of 4 records kept, 2 dropped")


def test_a_bad_line_leaves_no_output(cswitch: Cswitch, source: Path, tmp_path: Path) -> None:
    with source.open("a") as file:
        file.write("{\n")
    for options in (("--met",), ("--duplicates", "exact")):
        done = cswitch("filter", source, "-o", tmp_path / "out.jsonl", *options)
        assert (done.status, done.error) == (2, f"{source}:5: broken JSON: it ends before the value does; write one whole JSON object on each line")  # fmt: skip  # noqa: E501
        assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("", "no filter is asked for; such as --tokens 3-60"),
        ("--cmi x", "--cmi 'x' is not a range; write 3-60, 3- for no upper bound, -60 for no lower"),
        ("--cmi -", "--cmi '-' is not a range"),
        ("--cmi 60-40", "CMI from 60 to 40 runs from high to low; write 40 to 60"),
        ("--cmi 120", "CMI 120 cannot be meant; it lies between 0 and 100"),
        ("--tokens 2.5-", "--tokens '2.5-' is not a range of whole numbers"),
        ("--only-languages hi,xx", "--only-languages hi,xx: unknown language 'xx'"),
        ("--only-languages ,", "--only-languages ',' names none"),
        ("--generator ,", "--generator ',' names none"),
        ("--score good", "'good' is no bound on a score"),
        ("--met --script-share 0.1", "--script-share means nothing without --script"),
        ("--met --language-tokens 2", "--language-tokens means nothing without --each-language"),
        ("--met --retag", "--retag means nothing without --confidence or --word-confidence"),
        ("--met --likeness 0.9", "--likeness means nothing without --duplicates near"),
        ("--duplicates exact --likeness 0.9", "--likeness means nothing without --duplicates near"),
        ("--met --any-digits", "--any-digits means nothing without --duplicates"),
        ("--met --resume", "--resume means nothing without --duplicates"),
        ("--met --pairs x.tsv", "--pairs needs the languages of the pairs; add --pair en-hi"),
        ("--duplicates near --likeness 2", "a likeness of 2 cannot be meant"),
        ("--duplicates near --resume", "--resume needs the name of the output; add -o OUT"),
        ("--agreement 0", "the filter agreement has no bound"),
        ("--agreement 0.5 --tagger none", "unknown tagger 'none'"),
        ("--block absent.txt", "absent.txt: no such file"),
        ("--met --json", "--json and the records would both go to stdout; add -o OUT"),
        ("--met -o out.parquet", "out.parquet: what is written is plain JSON Lines"),
        ("--met --rejects -", "input, output and rejects need files of their own"),
        ("--met -o out.jsonl --rejects out.jsonl", "input, output and rejects need files of their own"),
        ("--script latin", "invalid value for '--script': 'latin' is not one of 'roman', 'native', 'known'"),
    ],
)
def test_what_cannot_be_meant_is_one_line(cswitch: Cswitch, source: Path, options: str, message: str) -> None:
    done = cswitch("filter", source, *options.split())
    assert done.status == 2
    assert message in done.error
    assert done.out == ""


def test_an_output_that_exists_is_refused_and_in_is_never_written(
    cswitch: Cswitch, source: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("mine")
    assert "add --force to replace it" in cswitch("filter", source, "-o", out, "--met").error
    assert out.read_text() == "mine"
    assert cswitch("filter", source, "-o", out, "--met", "--force").status == 0
    assert "files of their own" in cswitch("filter", source, "-o", source, "--met", "--force").error


def test_resume_takes_the_table_and_removes_it_at_the_end(cswitch: Cswitch, source: Path, tmp_path: Path) -> None:
    from cswitch.pipeline.filtering import Filtering, FilterSettings

    index, out = tmp_path / "out.jsonl.duplicates", tmp_path / "out.jsonl"
    settings = FilterSettings(filters=filter_settings({"duplicates": "exact"}))
    stopped = Filtering(str(source), settings, index=index).outcomes()
    next(stopped)
    stopped.close()
    assert index.exists()
    done = cswitch("filter", source, "-o", out, "--duplicates", "exact", "--resume")
    assert done.status == 0
    assert out.read_text().splitlines() == [LINES[0], LINES[1], LINES[3]]
    assert not index.exists()
