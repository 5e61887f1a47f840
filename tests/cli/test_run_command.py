from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cswitch import data
from cswitch.cli.main import main
from cswitch.cli.run import _place

GOLD = Path(data.__path__[0]) / "samples" / "en-hi.gold.tsv"
COMMAND = [sys.executable, "-W", "error", "-c", "from cswitch.cli.main import run; run()", "run"]
JOB = """\
input:
  path: in.tsv
stages:
- synth: {pair: en-hi, aligner: given}
output:
  folder: out
  rows_per_shard: 10
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("SLURM_")]:
        monkeypatch.delenv(name)
    (tmp_path / "in.tsv").write_bytes(GOLD.read_bytes())
    (tmp_path / "job.yaml").write_text(JOB)
    return tmp_path


def shards(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "job.yaml"}


def test_a_run_and_the_same_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "job.yaml"]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"40 rows done, 38 records in 4 of 4 shards in {folder / 'out'}\n  target met by ")
    assert "  2 rejected, no_units: " in told.err
    assert main(["run", "job.yaml"]) == 0
    assert f"{folder / 'out'} is complete already: 38 records of 40 rows; nothing was done" in capsys.readouterr().err


def test_options_change_the_job(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "job.yaml", "-o", "other", "--limit", "12", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["rows"], found["shards"], found["complete"], found["failed"]) == (12, 2, True, [])
    assert (folder / "other" / "00001.jsonl").exists()
    assert main(["run", "other/job.yaml"]) == 0
    assert "complete already" in capsys.readouterr().err


def test_a_dry_run_writes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(folder.iterdir())
    assert main(["run", "job.yaml", "--dry-run"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "40 rows in 4 shards"
    assert out[1].startswith("  about ")
    assert main(["run", "job.yaml", "--dry-run", "--json", "--workers", "3"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["rows"], found["shards"], found["tried"]) == (40, 4, 20)
    assert found["bytes"] > 0 < found["seconds"]
    assert sorted(folder.iterdir()) == before


def test_every_mistake_is_a_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "job.yaml").write_text(JOB.replace("aligner", "alignr").replace("rows_per_shard: 10", "rows: 10"))
    assert main(["run", "job.yaml"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(";")[0] for line in lines] == [
        "cswitch: error: job.yaml:4: field 'stages[0].synth.alignr': unknown field",
        "cswitch: error: job.yaml:7: field 'output.rows': unknown field",
    ]
    assert "did you mean 'aligner'?" in lines[0]


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["nowhere.yaml"], 2, "nowhere.yaml: No such file or directory; check the path"),
        (["job.yaml", "--workers", "0"], 2, "--workers 0 is too small; choose 1 or more"),
        (["job.yaml", "--limit", "0"], 2, "--limit 0 is too small; choose 1 or more"),
        (["job.yaml", "--rank", "1"], 2, "--rank and --world-size belong together; give both, or neither"),
        (["job.yaml", "--rank", "2", "--world-size", "2"], 2, "--rank 2 is too large; choose 1 or less"),
        (["job.yaml", "--rank", "2", "--world-size", "2", "--dry-run"], 2, "--rank 2 is too large; choose 1 or less"),
        (["job.yaml", "--workers", "0", "--dry-run"], 2, "--workers 0 is too small; choose 1 or more"),
        (["job.yaml", "-o", ""], 2, "the output has no name; name a folder: -o DIR"),
        (["job.yaml", "-o", "in.tsv"], 2, "in.tsv: file exists; name another folder"),
    ],
)
def test_what_cannot_be_meant(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], status: int, message: str
) -> None:
    assert main(["run", *arguments]) == status
    assert message in capsys.readouterr().err
    assert not (folder / "out").exists()


def test_a_run_without_a_record_fails(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "in.tsv").write_text("en\thi\tlinks\nsame\tsame\t0-0\n")
    assert main(["run", "job.yaml"]) == 1
    assert "error: no row gave a record; the reasons are in" in capsys.readouterr().err


def test_ranks_by_option_and_by_slurm(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "job.yaml", "--rank", "1", "--world-size", "2"]) == 0
    assert "20 rows done by this run and those before" in capsys.readouterr().err
    monkeypatch.setenv("SLURM_PROCID", "0")
    monkeypatch.setenv("SLURM_NTASKS", "2")
    assert main(["run", "job.yaml"]) == 0
    told = capsys.readouterr().err
    assert "this is rank 0 of 2, as Slurm says" in told
    assert "40 rows done, 38 records in 4 of 4 shards" in told
    assert _place(0, 1) == (0, 1)


def test_killed_at_any_moment_it_goes_on(folder: Path) -> None:
    """By hand what the benchmark does twenty times: the process and its workers are killed while they write."""
    rows = GOLD.read_text(encoding="utf-8").splitlines()
    many = [rows[0], *(f"{n}-{row}" for n in range(8) for row in rows[1:])]
    (folder / "in.tsv").write_text("\n".join(many) + "\n", encoding="utf-8")
    assert main(["run", "job.yaml", "-o", "whole"]) == 0
    killed = 0
    for pause in (0.0, 0.05, 0.2):
        process = subprocess.Popen([*COMMAND, "job.yaml", "--workers", "2"], stderr=subprocess.PIPE)
        done = len(list(folder.glob("out/*.summary.json")))
        until = time.monotonic() + 60
        while process.poll() is None and len(list(folder.glob("out/*.summary.json"))) == done:
            assert time.monotonic() < until
            time.sleep(0.01)
        time.sleep(pause)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.communicate()
    assert killed
    subprocess.run([*COMMAND, "job.yaml", "--workers", "2"], check=True, capture_output=True)
    assert shards(folder / "out") == shards(folder / "whole")


def test_ctrl_c_is_one_line(folder: Path) -> None:
    rows = GOLD.read_text(encoding="utf-8").splitlines()
    many = [rows[0], *(f"{n}-{row}" for n in range(60) for row in rows[1:])]
    (folder / "in.tsv").write_text("\n".join(many) + "\n", encoding="utf-8")
    process = subprocess.Popen([*COMMAND, "job.yaml"], stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 60
    while process.poll() is None and not list(folder.glob("out/*.summary.json")):
        assert time.monotonic() < until
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in told
    assert told.splitlines()[-1].startswith(
        "cswitch: interrupted" if "error" not in told else "cswitch: error: interrupted"
    )
    assert not list(folder.glob("out/*.part"))
