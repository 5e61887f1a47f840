"""``cswitch tag`` as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.taggers import install_taggers

if TYPE_CHECKING:
    from tests.cli.conftest import Cswitch, MakeSample, WriteSamples

TEXT = "मुझे yeh, book!\n\nhello\n"


@pytest.fixture(autouse=True)
def installed(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(install_taggers(tmp_path_factory.mktemp("site")))


def test_lines_of_text_become_objects_in_their_order(cswitch: Cswitch) -> None:
    done = cswitch("tag", "-", "--tagger", "script", "--pair", "en-hi", stdin=TEXT)
    assert done.status == 0
    found = [json.loads(line) for line in done.out.splitlines()]
    assert [one["id"] for one in found] == ["1", "2", "3"]
    assert [one["langs"] for one in found] == [["hi", "en", "other", "en", "other"], [], ["en"]]
    assert done.err == "3 utterances, 1 mixed, 1 switch\n6 tokens: en 3, other 2, hi 1\n"


@pytest.mark.parametrize(
    ("options", "out"),
    [
        (["--to", "tsv"], "मुझे\thi\nyeh\ten\n,\tother\nbook\ten\n!\tother\n\n\nhello\ten\n\n"),
        (["--to", "tsv", "--pretokenized"], "मुझे\thi\nyeh,\ten\nbook!\ten\n\n\nhello\ten\n\n"),
        (
            ["--to", "tsv", "--languages", "hi,ru"],
            "मुझे\thi\nyeh\tunk\n,\tother\nbook\tunk\n!\tother\n\n\nhello\tunk\n\n",
        ),
    ],
)
def test_options(cswitch: Cswitch, options: list[str], out: str) -> None:
    assert cswitch("tag", "-", "--tagger", "script", *options, stdin=TEXT).out == out


def test_alternatives_and_a_named_field(cswitch: Cswitch) -> None:
    line = '{"tweet": "ok!", "id": 5, "likes": 2}\n'
    done = cswitch("tag", "-", "--tagger", "script", "--field", "tweet", "--alternatives", 2, stdin=line)
    found = json.loads(done.out)
    assert found["alternatives"] == [[["en", 0.75], ["unk", 0.25]], [["other", 0.75], ["unk", 0.25]]]
    assert (found["id"], found["text"], found["tweet"], found["likes"]) == ("5", "ok!", "ok!", 2)


@pytest.mark.parametrize("name", ["out.jsonl", "out.tsv", "out.conllu", "out.parquet"])
def test_the_name_of_the_output_tells_its_layout(cswitch: Cswitch, tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    done = cswitch("tag", "-", "-o", out, "--tagger", "script", "--json", stdin=TEXT)
    counts = json.loads(done.out)
    assert (counts["sentences"], counts["tokens"], counts["mixed"]) == (3, 6, 1)
    assert (counts["tagger"], counts["languages"]) == ("script", [])
    again = cswitch("tag", out, "--tagger", "script", "--json", "-o", tmp_path / "again.jsonl")
    assert json.loads(again.out)["tags"] == counts["tags"] == {"en": 3, "other": 2, "hi": 1}


def test_other_commands_read_what_it_writes(cswitch: Cswitch, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    cswitch("tag", "-", "-o", out, "--tagger", "script", stdin=TEXT)
    assert cswitch("show", out).out == "मुझे/hi yeh/en ,/other book/en !/other\n\nhello/en\n"
    measured = json.loads(cswitch("measure", out, "--json").out)
    assert (measured["utterances"], measured["mixed"], measured["languages"]) == (3, 1, {"en": 3, "hi": 1})
    for name in ("out.conllu", "out.parquet"):
        cswitch("tag", out, "-o", tmp_path / name, "--tagger", "script")
        assert json.loads(cswitch("measure", tmp_path / name, "--json").out)["languages"] == {"en": 3, "hi": 1}
    scored = json.loads(cswitch("evaluate", out, "--predictions", out, "--json").out)
    assert scored["accuracy"] == 1


def test_samples_tagged_anew_are_read_as_what_they_are(
    cswitch: Cswitch, tmp_path: Path, sample: MakeSample, write: WriteSamples
) -> None:
    out = tmp_path / "out.jsonl"
    assert cswitch("tag", write(sample("usne/en plan/hi नहीं/en")), "-o", out, "--tagger", "script").status == 0
    assert cswitch("show", out).out == "usne/en plan/en नहीं/hi\n"
    assert json.loads(cswitch("measure", out, "--json").out)["languages"] == {"en": 2, "hi": 1}
    assert json.loads(out.read_text("utf-8"))["source_id"] == "1"


def test_an_output_that_exists_is_kept(cswitch: Cswitch, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("mine")
    done = cswitch("tag", "-", "-o", out, "--tagger", "script", stdin=TEXT)
    assert (done.status, out.read_text()) == (2, "mine")
    assert "exists already" in done.error
    assert cswitch("tag", "-", "-o", out, "--tagger", "script", "--force", stdin=TEXT).status == 0
    assert len(out.read_text("utf-8").splitlines()) == 3


@pytest.mark.parametrize(
    ("arguments", "stdin", "message"),
    [
        (["--json"], TEXT, "--json and the tagged text would both go to stdout; add -o OUT"),
        (["--tagger", "nobody"], TEXT, "unknown tagger 'nobody'; known: compact, hf, script, word-list, or a folder"),
        (["--pair", "en-es"], TEXT, "the tagger does not know 'es'; it knows en, hi, ru"),
        (["--pair", "en-hi", "--languages", "en"], TEXT, "--pair and --languages exclude each other"),
        (["--languages", "en,klingon"], TEXT, "--languages en,klingon: unknown language 'klingon'"),
        (["--languages", "en,eng"], TEXT, "--languages en,eng names 'en' twice; name each language once"),
        (["--languages", ","], TEXT, "--languages ',' names none; such as --languages en,es,hi"),
        (["--dtype", "float16"], TEXT, "--dtype is no option of the tagger 'script'; it is for --tagger hf"),
        (["--alternatives", "-1"], TEXT, "invalid value for '--alternatives'"),
        ([], "", "-: the file is empty"),
        ([], '{"text": 1}', "-:1: field 'text': expected str, got int"),
        (["--to", "tsv"], '{"tokens": ["a b", "\\t"]}', "field 'tokens[1]': utterance 1: a token with a tab"),
        (["--tagger", "script:faulty"], TEXT, "the tagger 'script' gave 1 tags and 1 probabilities to 5 tokens"),
    ],
)
def test_errors_are_one_line_and_leave_nothing(
    cswitch: Cswitch, tmp_path: Path, arguments: list[str], stdin: str, message: str
) -> None:
    place = [] if "--json" in arguments else ["-o", tmp_path / "out.jsonl"]
    tagger = [] if "--tagger" in arguments else ["--tagger", "script"]
    done = cswitch("tag", "-", *place, *tagger, *arguments, stdin=stdin)
    assert done.status == (1 if "script:faulty" in arguments else 2)
    assert done.error.startswith(message)
    assert list(tmp_path.iterdir()) == []


def test_a_broken_line_far_down_leaves_nothing(cswitch: Cswitch, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"text": "ok"}\n' * 5000 + "{\n")
    done = cswitch("tag", source, "-o", tmp_path / "out.jsonl", "--tagger", "script")
    assert done.status == 2
    assert done.error.startswith(f"{source}:5001: broken JSON")
    assert list(tmp_path.iterdir()) == [source]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_one_line(cswitch: Cswitch) -> None:
    done = cswitch("tag", "-", "-o", "/dev/full", "--tagger", "script", stdin=TEXT)
    assert (done.status, done.error[:36]) == (1, "/dev/full: No space left on device; ")


def test_the_tagger_that_comes_along_is_the_default(cswitch: Cswitch) -> None:
    done = cswitch("tag", "-", "--pair", "en-hi", "--to", "tsv", stdin="हम office में\n")
    assert done.out == "हम\thi\noffice\ten\nमें\thi\n\n"
