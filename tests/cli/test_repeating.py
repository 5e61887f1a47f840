"""The job file that every command leaves beside its output: it makes the very same bytes again."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cswitch import data
from cswitch.cli.main import main
from cswitch.pipeline.jobs.repeating import job_file, kept_config
from cswitch.pipeline.jobs.spec import read_job

SAMPLES = Path(data.__path__[0]) / "samples"
REAL = '{"id": "1", "tokens": ["मेरा", "house", "बड़ा", "है"], "langs": ["hi", "en", "hi", "hi"]}\n'
PROGRAM = [sys.executable, "-W", "error", "-c", "from cswitch.cli.main import run; run()"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, workplace: Path) -> Path:
    gold = (SAMPLES / "en-hi.gold.tsv").read_text(encoding="utf-8").splitlines()
    Path("gold.tsv").write_text("\n".join(gold) + "\n", encoding="utf-8")
    columns = gold[0].split("\t")
    rows = [dict(zip(columns, line.split("\t"), strict=True)) for line in gold[1:]]
    Path("in.tsv").write_text("en\thi\n" + "".join(f"{row['en']}\t{row['hi']}\n" for row in rows), encoding="utf-8")
    Path("in.links").write_text("".join(f"{row['links']}\n" for row in rows), encoding="utf-8")
    Path("real.jsonl").write_text(REAL, encoding="utf-8")
    Path("in.txt").write_text("main kal office nahi jaunga\nsee you\n\nok yaar, chalo\n", encoding="utf-8")
    Path("in.conll").write_text("main\tX\nkal\tX\noffice\tX\n\nsee\tX\nyou\tX\n", encoding="utf-8")
    Path("in.jsonl").write_text('{"id": "a", "said": "kal milte hain, ok?", "topic": "chat"}\n', encoding="utf-8")
    return tmp_path


def repeated(output: str, *sides: str) -> None:
    """Runs the job file of an output from another folder, into another file, and then over itself."""
    job = f"{os.path.abspath(output)}.job.yaml"
    before = Path(output).read_bytes()
    beside = {side: Path(side).read_bytes() for side in sides}
    written = Path(job).read_bytes()
    here = os.getcwd()
    os.chdir("/")
    try:
        again = Path(here, "..", "again.out")
        assert main(["run", job, "-o", str(again)]) == 0
    finally:
        os.chdir(here)
    assert again.read_bytes() == before
    assert again.with_name("again.out.job.yaml").exists()
    assert main(["run", job, "--force"]) == 0
    assert Path(output).read_bytes() == before
    assert {side: Path(side).read_bytes() for side in sides} == beside
    assert Path(job).read_bytes() == written, "a job that is done again is left as it is"


@pytest.mark.parametrize(
    "options",
    [
        ["in.tsv", "--cmi", "20-40", "--per-pair", "2", "--seed", "7"],
        ["in.tsv", "--links", "in.links", "--limit", "11"],
        ["gold.tsv", "--like", "real.jsonl", "--matrix", "hi"],
        ["in.tsv", "--script", "roman", "--roman-variety", "0.4", "--noise", "chat"],
        ["in.tsv", "--share", "0.2-0.5", "--glue", "none", "--on-miss", "reject"],
        ["in.tsv", "--method", "alternation", "--cmi", "any", "--switches", "2"],
        ["in.tsv", "--aligner", "hybrid", "--pretokenized"],
    ],
)
def test_samples_are_made_again(options: list[str]) -> None:
    source, *rest = options
    made = ["--pair", "en-hi", "-o", "../made/out.jsonl", "--rejects", "../made/no.jsonl"]
    assert main(["synth", source, *made, *rest]) == 0
    head = Path("../made/out.jsonl.job.yaml").read_text(encoding="utf-8").splitlines()
    assert head[1] == "# cswitch " + " ".join(["synth", source, *made, *rest])
    assert f"  path: ../work/{source}" in head, "paths are relative to the file"
    repeated("../made/out.jsonl", "../made/no.jsonl")


@pytest.mark.parametrize(
    ("source", "output", "options"),
    [
        ("in.txt", "out.jsonl", ["--pair", "hi-en", "--alternatives", "2"]),
        ("in.txt", "out.tsv", ["--pretokenized"]),
        ("in.conll", "out.conll", ["--languages", "en,hi"]),
        ("in.jsonl", "out.json", ["--field", "said", "--to", "jsonl"]),
    ],
)
def test_tags_are_given_again(source: str, output: str, options: list[str]) -> None:
    assert main(["tag", source, "-o", output, *options]) == 0
    repeated(output)


@pytest.mark.parametrize(
    "options",
    [
        ["--tokens", "3-30", "--cmi", "10-"],
        ["--duplicates", "near", "--likeness", "0.8", "--block", "words.txt", "--all-reasons"],
        ["--pairs", "in.tsv", "--pair", "en-hi", "--source-ratio", "1.05-1.2", "--kept-content", "0.5"],
        ["--confidence", "0.5", "--retag", "--score", "measures.switches>=2"],
    ],
)
def test_records_are_filtered_again(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["synth", "in.tsv", "-o", "made.jsonl", "--pair", "en-hi", "--per-pair", "2"]) == 0
    Path("words.txt").write_text("school\npassword\n", encoding="utf-8")
    assert main(["filter", "made.jsonl", "-o", "../made/out.jsonl", "--rejects", "no.jsonl", *options]) == 0
    assert Path("no.jsonl").stat().st_size
    repeated("../made/out.jsonl", "no.jsonl")
    capsys.readouterr()
    assert main(["run", "../made/out.jsonl.job.yaml", "--dry-run"]) == 0
    assert " records kept, " in capsys.readouterr().err


def test_a_table_of_tags_is_given_again() -> None:
    pytest.importorskip("pyarrow", reason="the extra datasets is not installed")
    assert main(["tag", "in.txt", "-o", "out.parquet"]) == 0
    repeated("out.parquet")


def test_what_is_finished_is_not_done_again_and_other_settings_are_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["synth", "in.tsv", "-o", "out.jsonl", "--pair", "en-hi"]) == 0
    capsys.readouterr()
    assert main(["run", "out.jsonl.job.yaml"]) == 0
    assert "out.jsonl is complete already; nothing was done" in capsys.readouterr().err
    job = Path("out.jsonl.job.yaml")
    job.write_text(job.read_text(encoding="utf-8").replace("seed: 0", "seed: 1"), encoding="utf-8")
    before = Path("out.jsonl").read_bytes()
    assert main(["run", str(job)]) == 2
    told = capsys.readouterr().err
    assert "out.jsonl.job.yaml was changed, or a file that it names was: the output may differ" in told
    assert "begun with other settings" in told
    assert Path("out.jsonl").read_bytes() == before
    assert main(["run", str(job), "--force"]) == 0
    assert Path("out.jsonl").read_bytes() != before


def test_another_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["synth", "in.tsv", "--pair", "en-hi"], ["tag", "in.txt"]):
        assert main([*command, "-o", "out.jsonl", "--force"]) == 0
        job = Path("out.jsonl.job.yaml")
        _, _, rest = job.read_text(encoding="utf-8").partition("\n")
        job.write_text(f"# cswitch 0.0.9, config ab12\n{rest}" if "synth" in command else f"# cswitch 0.0.9\n{rest}")
        capsys.readouterr()
        assert main(["run", str(job), "--force"]) == 0
        assert "out.jsonl.job.yaml was written by version 0.0.9, and this is " in capsys.readouterr().err
        job.unlink()


def test_an_unfinished_file_is_gone_on_with() -> None:
    assert main(["synth", "in.tsv", "-o", "whole.jsonl", "--pair", "en-hi"]) == 0
    lines = Path("in.tsv").read_text(encoding="utf-8").splitlines()
    bad = [*lines[:31], "no tab here", *lines[31:]]
    Path("bad.tsv").write_text("\n".join(bad) + "\n", encoding="utf-8")
    text = Path("whole.jsonl.job.yaml").read_text(encoding="utf-8")
    Path("job.yaml").write_text(text.replace("in.tsv", "bad.tsv").replace("whole.jsonl", "out.jsonl"))
    done = subprocess.run([*PROGRAM, "run", "job.yaml"], capture_output=True, text=True)
    assert done.returncode == 2
    assert "once that is mended, run the same command again" in done.stderr
    assert not Path("out.jsonl.job.yaml").exists(), "what is not whole has no job file"
    Path("bad.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert main(["run", "job.yaml"]) == 0
    assert Path("out.jsonl").read_bytes() == Path("whole.jsonl").read_bytes()
    assert read_job("out.jsonl.job.yaml").output == read_job("job.yaml").output


def test_streams_and_standard_input_leave_no_job_file(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    before = set(os.listdir())
    assert main(["synth", "in.tsv", "--pair", "en-hi"]) == 0
    assert main(["tag", "in.txt", "-o", "/dev/null"]) == 0
    with Path("in.txt").open("rb") as stream:
        done = subprocess.run([*PROGRAM, "tag", "-", "-o", "out.jsonl"], stdin=stream, capture_output=True)
    assert done.returncode == 0
    assert set(os.listdir()) == before | {"out.jsonl"}
    assert not Path("/dev/null.job.yaml").exists()
    assert job_file("/dev/stdout") is None


def test_a_file_of_somebody_else_is_left_alone_and_ours_is_replaced() -> None:
    Path("out.jsonl.job.yaml").write_text("mine: 1\n")
    assert main(["synth", "in.tsv", "-o", "out.jsonl", "--pair", "en-hi"]) == 0
    assert Path("out.jsonl.job.yaml").read_text() == "mine: 1\n"
    Path("out.jsonl.job.yaml").unlink()
    assert main(["synth", "in.tsv", "-o", "out.jsonl", "--pair", "en-hi", "--force", "--seed", "1"]) == 0
    first = kept_config("out.jsonl.job.yaml")
    assert main(["synth", "in.tsv", "-o", "out.jsonl", "--pair", "en-hi", "--force", "--seed", "2"]) == 0
    assert first != kept_config("out.jsonl.job.yaml") is not None
    repeated("out.jsonl")


def test_an_output_is_not_lost_for_want_of_its_job_file(capsys: pytest.CaptureFixture[str]) -> None:
    Path("out.jsonl.job.yaml").mkdir()
    assert main(["synth", "in.tsv", "-o", "out.jsonl", "--pair", "en-hi"]) == 0
    told = capsys.readouterr().err.splitlines()[-1]
    assert told == "cswitch: note: out.jsonl.job.yaml, which would repeat this, cannot be written: is a directory"
    assert Path("out.jsonl").stat().st_size


def test_three_languages_are_mixed_again() -> None:
    Path("three.tsv").write_text(
        "en\thi\tes\nThe house is big.\tघर बड़ा है।\tLa casa es grande.\n"
        "The school is near the market.\tस्कूल बाज़ार के पास है।\tLa escuela está cerca del mercado.\n",
        encoding="utf-8",
    )
    assert main(["synth", "three.tsv", "-o", "out.jsonl", "--pair", "en-hi-es", "--cmi", "30"]) == 0
    repeated("out.jsonl")
    job = Path("out.jsonl.job.yaml").read_text(encoding="utf-8").replace("file: out.jsonl", "folder: shards")
    Path("job.yaml").write_text(job, encoding="utf-8")
    assert main(["run", "job.yaml"]) == 0
    assert Path("shards/00000.jsonl").read_bytes() == Path("out.jsonl").read_bytes()


def test_a_command_line_cannot_break_out_of_its_comment(capsys: pytest.CaptureFixture[str]) -> None:
    name = "a\noutput: {file: evil}\u2028b.tsv"
    Path(name).write_bytes(Path("in.tsv").read_bytes())
    assert main(["synth", name, "-o", "out.jsonl", "--pair", "en-hi"]) == 0
    lines = Path("out.jsonl.job.yaml").read_text(encoding="utf-8").splitlines()
    assert lines[1].startswith("# cswitch synth 'a\\noutput: {file: evil}\\u2028b.tsv'")
    assert lines[2] == "input:"
    repeated("out.jsonl")


def test_what_a_file_cannot_be(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["synth", "in.tsv", "-o", "out.jsonl", "--pair", "en-hi"]) == 0
    text = Path("out.jsonl.job.yaml").read_text(encoding="utf-8")
    for old, new, message in (
        ("  file: out.jsonl", "  file: out.jsonl\n  folder: out", "'output.file': a folder is named too; name one"),
        ("output:", "- tag: {}\noutput:", "'output.file': a file holds what one stage gives"),
        ("  format: jsonl", "  format: tsv", "'output.format': samples are not written as tsv"),
        ("  format: jsonl", "  compression: gzip", "'output.compression': a file is not compressed"),
        ("  format: jsonl", "  attempts: a.jsonl", "'output.attempts': there are none but with prompt"),
        ("  path: in.tsv", "  path: [in.tsv, in.tsv]", "'input.path': a file is made of one input"),
        ("  file: out.jsonl", "  folder: out\n  rejects: r", "'output.rejects': shards have their own beside them"),
        ("  file: out.jsonl", "  file: in.tsv", "in.tsv is an input of this run"),
    ):
        Path("job.yaml").write_text(text.replace(old, new), encoding="utf-8")
        capsys.readouterr()
        assert main(["run", "job.yaml"]) == 2
        assert message in capsys.readouterr().err
    assert main(["run", "out.jsonl.job.yaml", "--rank", "0", "--world-size", "2"]) == 2
    assert "a file is made by one machine; name a folder" in capsys.readouterr().err


def test_a_dry_run_of_a_file_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tag", "in.txt", "-o", "out.tsv"]) == 0
    before = sorted(os.listdir())
    assert main(["run", "out.tsv.job.yaml", "--dry-run"]) == 0
    assert capsys.readouterr().out.startswith("4 rows in 1 shard\n")
    assert sorted(os.listdir()) == before


# ---------------------------------------------------------------- language models


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    pytest.importorskip("aiohttp", reason="the extra llm is not installed")
    pytest.importorskip("openai", reason="the extra llm is not installed")
    from tests.generators.prompting.fake_server import serving
    from tests.generators.prompting.survival import KEY, rows, script

    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    lines = [f"{row.en}\t{row.hi}\n" for row in rows(20)]
    Path("pairs.tsv").write_text("en\thi\n" + "".join(lines), encoding="utf-8")
    Path("texts.txt").write_text("".join(f"{row.en}\n" for row in rows(20)), encoding="utf-8")
    with serving(script(20, faults=0)) as found:
        yield found


def _always(messages: object) -> str:
    return "यार, आज office में meeting है।"


@pytest.mark.parametrize(
    ("source", "options"),
    [
        ("pairs.tsv", ["--cmi", "20-30", "--limit", "15", "--rejects", "no.jsonl"]),
        ("texts.txt", ["--text-lang", "en", "--tolerance", "25"]),
        ("", ["--grid", "everyday.v1", "--count", "3", "--cmi", "any", "--near-duplicate", "2"]),
        ("pairs.tsv", ["--few-shot", "shots.jsonl", "--shots", "1", "--min-score", "1"]),
    ],
)
def test_what_a_model_said_is_said_again_for_nothing(server: object, source: str, options: list[str]) -> None:
    from tests.generators.prompting.fake_server import Server
    from tests.generators.prompting.survival import KEY

    assert isinstance(server, Server)
    if "--grid" in options:
        server.model.script.reply = _always
    Path("shots.jsonl").write_text(REAL * 3, encoding="utf-8")
    given = [source] if source else []
    model = ["--pair", "en-hi", "--model", "fake", "--base-url", server.base_url]
    assert main(["prompt", *given, "-o", "out.jsonl", *model, *options]) == 0
    asked = len(server.log)
    repeated("out.jsonl", "out.jsonl.attempts.jsonl")
    assert len(server.log) == asked, "the answers that were kept serve again"
    text = Path("out.jsonl.job.yaml").read_text(encoding="utf-8")
    assert KEY not in text
    assert "key_env: OPENAI_API_KEY" in text
    assert "cache: out.jsonl.answers.db" in text
    Path("out.jsonl.answers.db").unlink()
    before = Path("out.jsonl").read_bytes()
    assert main(["run", "out.jsonl.job.yaml", "--force"]) == 0
    assert len(server.log) > asked
    assert Path("out.jsonl").read_bytes() == before, "a model that says the same gives the same"
