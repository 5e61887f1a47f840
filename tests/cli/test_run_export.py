"""Jobs that end with an export: shards first, the export of all of them then, once."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cswitch import data
from cswitch.cli.main import main
from cswitch.core.errors import UsageError
from cswitch.pipeline.jobs.run import run_job
from cswitch.pipeline.jobs.spec import read_job

SAMPLES = Path(data.__path__[0]) / "samples"
PROGRAM = [sys.executable, "-W", "error", "-c", "from cswitch.cli.main import run; run()"]
JOB = """\
input: {path: in.tsv}
stages:
- synth: {pair: en-hi, cmi: 20-40}
- filter: {length: {min_tokens: 4}, duplicates: {}}
- export: {to: token-classification, split: "train=0.8,test=0.2", seed: 3}
output: {folder: out, rows_per_shard: 60}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("SLURM_")]:
        monkeypatch.delenv(name)
    (tmp_path / "in.tsv").write_bytes((SAMPLES / "en-hi.tsv").read_bytes())
    (tmp_path / "job.yaml").write_text(JOB, encoding="utf-8")
    return tmp_path


def contents(place: str) -> dict[str, bytes]:
    return {str(path.relative_to(place)): path.read_bytes() for path in Path(place).rglob("*") if path.is_file()}


def test_it_holds_what_the_commands_would_have_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "job.yaml"]) == 0
    told = capsys.readouterr().err
    assert "4 of 4 shards" in told
    assert "train " in told
    assert main(["synth", "in.tsv", "-o", "s.jsonl", "--pair", "en-hi", "--cmi", "20-40"]) == 0
    assert main(["filter", "s.jsonl", "-o", "f.jsonl", "--tokens", "4-", "--duplicates", "near"]) == 0
    split = ["--split", "train=0.8,test=0.2", "--seed", "3"]
    assert main(["export", "f.jsonl", "-o", "by-hand", "--to", "token-classification", *split]) == 0
    one, other = contents("out"), contents("by-hand")
    assert {name for name in one if one[name] != other[name]} == {"README.md", "cswitch-export.json"}
    assert one["README.md"] == other["README.md"].replace(
        b"cswitch export f.jsonl --to token-classification --split train=0.8,test=0.2 --seed 3", b"cswitch run job.yaml"
    )
    assert {"00000.jsonl", "job.yaml", "summary.json"} < set(os.listdir("out.shards"))


def test_its_job_file_does_it_again_elsewhere_to_the_byte(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "job.yaml"]) == 0
    Path("elsewhere").mkdir()
    assert main(["run", "out.job.yaml", "-o", "elsewhere/again", "--workers", "2"]) == 0
    assert contents("elsewhere/again") == contents("out")
    assert Path("elsewhere/again.job.yaml").exists()
    capsys.readouterr()
    for job in ("job.yaml", "out.job.yaml"):
        before = {path: path.stat().st_mtime_ns for path in Path("out").rglob("*")}
        assert main(["run", job]) == 0
        assert "out is complete already; nothing was done" in capsys.readouterr().err
        assert {path: path.stat().st_mtime_ns for path in Path("out").rglob("*")} == before
    assert main(["run", "job.yaml", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["complete"] is True


def test_killed_at_any_moment_it_is_the_same_in_the_end(folder: Path) -> None:
    assert main(["run", "job.yaml"]) == 0
    whole = contents("out")
    for wait in (1.0, 2.0, 3.0):
        shutil.rmtree("out")
        shutil.rmtree("out.shards")
        process = subprocess.Popen([*PROGRAM, "run", "job.yaml"], stderr=subprocess.DEVNULL)
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert main(["run", "job.yaml"]) == 0
        assert contents("out") == whole
    state = Path("out.shards/.export")
    state.write_text(state.read_text().replace("done", "begun"))  # killed between the export and the note of it
    assert main(["run", "job.yaml"]) == 0
    assert contents("out") == whole


def test_an_input_that_has_grown_is_exported_anew(capsys: pytest.CaptureFixture[str]) -> None:
    lines = Path("in.tsv").read_text(encoding="utf-8").splitlines(keepends=True)
    Path("in.tsv").write_text("".join(lines[:101]), encoding="utf-8")
    assert main(["run", "job.yaml"]) == 0
    few = contents("out")
    Path("in.tsv").write_text("".join(lines), encoding="utf-8")
    assert main(["run", "job.yaml"]) == 0
    assert contents("out") != few
    assert main(["run", "job.yaml", "-o", "fresh"]) == 0
    assert contents("fresh") == contents("out")


def test_what_was_made_otherwise_is_not_replaced(capsys: pytest.CaptureFixture[str]) -> None:
    Path("out").mkdir()
    Path("out/mine.txt").write_text("mine\n")
    assert main(["run", "job.yaml"]) == 2
    assert "out is there, and was not made by this job" in capsys.readouterr().err
    assert not Path("out.shards").exists(), "it is told before anything is done"
    shutil.rmtree("out")
    assert main(["run", "job.yaml"]) == 0
    Path("job.yaml").write_text(JOB.replace("seed: 3", "seed: 4"), encoding="utf-8")
    before = contents("out")
    assert main(["run", "job.yaml"]) == 2
    assert contents("out") == before
    shutil.rmtree("out")
    capsys.readouterr()
    assert main(["run", "job.yaml"]) == 0
    assert "out.shards is complete already" in capsys.readouterr().err, "only the export is made anew"
    assert contents("out") != before
    assert main(["run", "job.yaml", "--force"]) == 0


def test_of_several_machines_the_last_one_exports(capsys: pytest.CaptureFixture[str]) -> None:
    Path("job.yaml").write_text(JOB.replace(", duplicates: {}", ""), encoding="utf-8")
    assert main(["run", "job.yaml", "--rank", "1", "--world-size", "2"]) == 0
    assert "out is written by the machine that is done last" in capsys.readouterr().err
    assert not Path("out").exists()
    assert main(["run", "job.yaml", "--rank", "0", "--world-size", "2"]) == 0
    assert main(["run", "job.yaml", "-o", "alone"]) == 0
    assert contents("alone") == contents("out")


def test_one_file_and_tasks_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    Path("job.yaml").write_text(JOB.replace("folder: out", "file: out.txt").replace(
        'to: token-classification, split: "train=0.8,test=0.2", seed: 3', "to: text"
    ), encoding="utf-8")  # fmt: skip
    assert main(["run", "job.yaml"]) == 0
    shards = b"".join(path.read_bytes() for path in sorted(Path("out.txt.shards").glob("?????.jsonl")))
    texts = [json.loads(line)["text"] for line in shards.splitlines()]
    assert Path("out.txt").read_text(encoding="utf-8").splitlines() == texts
    Path("job.yaml").write_text(
        Path("job.yaml").read_text().replace("to: text", "to: label-studio").replace("out.txt", "tasks.json")
    )
    assert main(["run", "job.yaml"]) == 0
    assert len(json.loads(Path("tasks.json").read_text(encoding="utf-8"))) == len(texts)
    assert Path("tasks.config.xml").exists()


def test_a_dry_run_forecasts_the_shards(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "job.yaml", "--dry-run"]) == 0
    assert capsys.readouterr().out.startswith("200 rows in 4 shards\n")
    assert not Path("out.shards").exists()


def test_attempts_of_prompts_are_exported(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("aiohttp", reason="the extra llm is not installed")
    pytest.importorskip("openai", reason="the extra llm is not installed")
    from tests.generators.prompting.fake_server import serving
    from tests.generators.prompting.survival import KEY, rows, script

    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    Path("in.tsv").write_text("en\thi\n" + "".join(f"{row.en}\t{row.hi}\n" for row in rows(20)), encoding="utf-8")
    with serving(script(20, faults=0)) as server:
        Path("job.yaml").write_text(
            f"input: {{path: in.tsv}}\nstages:\n- prompt: {{pair: en-hi, model: fake, base_url: '{server.base_url}'}}\n"
            "- export: {to: preferences, by: attempts}\noutput: {file: out.jsonl, rows_per_shard: 8}\n",
            encoding="utf-8",
        )
        assert main(["run", "job.yaml"]) == 0
    found = [json.loads(line) for line in Path("out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert found
    assert all(one["chosen"] != one["rejected"] for one in found)


def test_the_library_does_shards_alone() -> None:
    with pytest.raises(UsageError, match="an export is done by cswitch run"):
        run_job(read_job("job.yaml"))
