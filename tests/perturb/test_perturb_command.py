"""What ``cswitch perturb`` takes, gives and says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cswitch.cli.main import main
from tests.perturb.perturb_shapes import rows_of


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for shape in ("gsm8k", "squad", "xnli"):
        lines = "".join(json.dumps(row) + "\n" for row in rows_of(shape, 30))
        Path(f"{shape}.jsonl").write_text(lines, encoding="utf-8")
    return tmp_path


def command(*arguments: str) -> int:
    return main(["perturb", *arguments])


def test_a_run_says_what_it_gave(capsys: pytest.CaptureFixture[str]) -> None:
    assert command("gsm8k.jsonl", "-o", "out.jsonl", "--preset", "gsm8k", "--pair", "en-hi", "--cmi", "15") == 0
    said = capsys.readouterr()
    assert said.out == ""
    first, second, *_ = said.err.splitlines()
    assert first == "30 rows in out.jsonl, 30 changed"
    assert second.startswith("question: 30 of 30 texts mixed, mean CMI ")


def test_the_report_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--preset", "xnli", "--pair", "en-es", "--field", "premise:cmi=30", "--field", "hypothesis:cmi=0")
    files = ("--rejects", "left.jsonl", "--report", "report.json")
    assert command("xnli.jsonl", "-o", "out.jsonl", *options, *files, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said == json.loads(Path("report.json").read_text(encoding="utf-8"))
    assert set(said["fields"]) == {"premise", "hypothesis"}
    rows = [json.loads(line) for line in Path("out.jsonl").read_text(encoding="utf-8").splitlines()]
    old = [json.loads(line) for line in Path("xnli.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["hypothesis"] for row in rows] == [row["hypothesis"] for row in old]
    left = [json.loads(line) for line in Path("left.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(left) == sum(said["fields"]["premise"]["left"].values())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "no input is named"),
        (("gsm8k.jsonl",), "no output is named; add -o OUT"),
        (("gsm8k.jsonl", "-o", "o.jsonl"), "no languages are named; add --pair en-hi"),
        (("gsm8k.jsonl", "-o", "o.jsonl", "--pair", "en-hi"), "no field is named that is to be mixed"),
        (("gsm8k.jsonl", "-o", "gsm8k.jsonl", "--pair", "en-hi"), "are the same file"),
        (("none.jsonl", "-o", "o.jsonl", "--pair", "en-hi", "--fields", "q"), "none.jsonl: no such file or folder"),
        (("gsm8k.jsonl", "-o", "o.jsonl", "--pair", "en-hi", "--preset", "gsm"), "there is no preset 'gsm'"),
        (("gsm8k.jsonl", "-o", "o.jsonl", "--pair", "en-hi", "--fields", "quest"), "did you mean 'question'"),
        (("gsm8k.jsonl", "-o", "o.jsonl", "--pair", "en-hi", "--fields", "question", "--by", "links"),
         "no column is named with the translation of question; add --parallel question=COLUMN"),
        (("gsm8k.jsonl", "-o", "o.jsonl", "--pair", "en-hi", "--fields", "question", "--pattern", "(a"),
         "the pattern '(a' is no regular expression"),
        (("gsm8k.jsonl", "-o", "o.jsonl", "--pair", "en-hi", "--preset", "gsm8k", "--field", "question:cim=3"),
         "a field has no setting 'cim'; did you mean 'cmi'"),
        (("gsm8k.jsonl", "-o", "o.jsonl", "--pair", "en-hi", "--preset", "gsm8k", "--by", "prompt"),
         "no model is named; add --model NAME"),
        (("gsm8k.jsonl", "-o", "o.jsonl", "--pair", "en-hi", "--preset", "gsm8k", "--model", "m"),
         "--model is of no use with --by lexicon"),
        (("gsm8k.jsonl", "-o", "o.jsonl", "--pair", "en-qu", "--preset", "gsm8k"), "qu"),
        (("gsm8k.jsonl", "-o", "o.jsonl", "--pair", "en-hi", "--preset", "gsm8k", "--by", "translator",
          "--translator", "gloss", "--matrix", "hi"), "a gloss gives words to mix in"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_told_in_one_line(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(*arguments) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.startswith("cswitch: error: ")
    assert err.count("\n") == 1
    assert not [path for path in Path().iterdir() if path.name.startswith("o.jsonl")]


def test_a_slow_pattern_ends_the_run_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    Path("long.jsonl").write_text(json.dumps({"text": "a" * 60 + "b"}) + "\n", encoding="utf-8")
    status = command(
        "long.jsonl", "-o", "o.jsonl", "--pair", "en-hi", "--fields", "text", "--pattern", "^(?:(?:a|aa)+)+$"
    )
    assert status == 2
    assert "took more than 1 s on a text of 61 characters" in capsys.readouterr().err


def test_a_preset_is_printed_to_be_edited(capsys: pytest.CaptureFixture[str]) -> None:
    assert command("--show-preset", "squad") == 0
    assert "context: {answers: answers}" in capsys.readouterr().out


def test_nothing_mixed_is_a_failed_run(capsys: pytest.CaptureFixture[str]) -> None:
    Path("none.jsonl").write_text('{"text": "48/2 = 24"}\n', encoding="utf-8")
    assert command("none.jsonl", "-o", "o.jsonl", "--pair", "en-hi", "--fields", "text") == 1
    assert "nothing was mixed in 1 row; --rejects FILE keeps each reason" in capsys.readouterr().err
    assert json.loads(Path("o.jsonl").read_text(encoding="utf-8"))["text"] == "48/2 = 24"


def test_script_and_protection_are_as_asked() -> None:
    Path("in.jsonl").write_text('{"text": "The water of the river in ACME-7 is cold."}\n', encoding="utf-8")
    options = ("--pair", "en-hi", "--fields", "text", "--cmi", "50", "--script", "roman", "--pattern", "river")
    assert command("in.jsonl", "-o", "out.jsonl", *options) == 0
    text = json.loads(Path("out.jsonl").read_text(encoding="utf-8"))["text"]
    assert text.isascii()
    assert "river in ACME-7" in text
    assert "paani" in text or "pani" in text
