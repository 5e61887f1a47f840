"""Jobs done by a real Ray on this machine; the command is run as a process, for Ray leaves threads behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cswitch.cli.main import main
from cswitch.core.errors import MissingExtraError
from cswitch.pipeline.jobs import ray_engine
from cswitch.pipeline.jobs.ray_engine import Failure, Part, Step, by_ray, steps_of
from cswitch.pipeline.jobs.run import config_of, run_job
from cswitch.pipeline.jobs.spec import dump_job
from cswitch.pipeline.jobs.work import Setup
from cswitch.schemas.job import Job, Stage, TagSettings
from cswitch.schemas.settings import SynthSettings
from tests.pipeline.jobs.job_files import GOLD, SYNTH, contents, job_of

COMMAND = [sys.executable, "-c", "from cswitch.cli.main import run; run()", "run"]
TAG = "tag: {languages: [en, hi]}"
PATIENCE = 240
"""Seconds that Ray may take, to start above all."""


def many(folder: Path, times: int) -> Path:
    rows = GOLD.read_text(encoding="utf-8").splitlines()
    path = folder / "many.tsv"
    path.write_text("\n".join([rows[0], *(f"{n}-{row}" for n in range(times) for row in rows[1:])]) + "\n", "utf-8")
    return path


def job_file(folder: Path, job: Job) -> str:
    path = folder / "job.yaml"
    path.write_text(dump_job(job, "0"), encoding="utf-8")
    return str(path)


def below(pid: int) -> list[int]:
    """The processes below one."""
    found = [pid]
    for one in found:
        try:
            for thread in os.listdir(f"/proc/{one}/task"):
                found += map(int, Path(f"/proc/{one}/task/{thread}/children").read_text().split())
        except OSError:
            continue
    return found[1:]


def workers(pid: int) -> list[int]:
    """The processes of a run in which Ray does shards."""
    found = []
    for one in below(pid):
        try:
            if "MapWorker" in Path(f"/proc/{one}/cmdline").read_text():
                found.append(one)
        except OSError:
            continue
    return found


def test_a_worker_of_ray_is_killed_and_the_bytes_are_those_of_the_local_engine(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    job = job_of(tmp_path, many(tmp_path, 30), stages=(SYNTH, TAG), rows=60)
    run_job(job_of(tmp_path, tmp_path / "many.tsv", stages=(SYNTH, TAG), rows=60, out="local"))
    command = [*COMMAND, job_file(tmp_path, job), "--engine", "ray", "--workers", "2"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + PATIENCE
    while not list((tmp_path / "out").glob("*.summary.json")):
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < until
        time.sleep(0.02)
    killed = workers(process.pid)[:1]
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    _, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, told
    assert len(killed) == 1
    assert contents(tmp_path / "out") == contents(tmp_path / "local")
    assert "Traceback" not in told


def test_ray_tells_what_is_wrong_before_it_begins(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    source = tmp_path / "in.tsv"
    source.write_text("en\thi\nHouse\tघर\n", encoding="utf-8")
    command = [*COMMAND, job_file(tmp_path, job_of(tmp_path, source)), "--engine", "ray"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("cswitch: error: ")
    assert "pair '1' has no links" in done.stderr
    assert not (tmp_path / "out").exists()


# ---------------------------------------------------------------- without Ray


def test_without_ray_it_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(ray_engine, "import_module", missing)
    assert main(["run", job_file(tmp_path, job_of(tmp_path)), "--engine", "ray"]) == 2
    assert 'the engine ray needs an extra that is not installed; pip install "cswitch[ray]"' in capsys.readouterr().err
    with pytest.raises(MissingExtraError):
        run_job(job_of(tmp_path), engine=by_ray)
    assert not (tmp_path / "out").exists()


def test_stages_on_a_gpu_stand_apart() -> None:
    synth, cpu = Stage(synth=SynthSettings(pair=("en", "hi"))), Stage(tag=TagSettings())
    gpu = Stage(tag=TagSettings(tagger="hf:m", device="cuda"))
    assert steps_of((synth, cpu)) == [Step(0, 2, on_gpu=False)]
    assert steps_of((synth, cpu, gpu, gpu, cpu)) == [
        Step(0, 2, on_gpu=False), Step(2, 4, on_gpu=True), Step(4, 5, on_gpu=False),
    ]  # fmt: skip


def test_steps_apart_write_what_they_write_together(tmp_path: Path) -> None:
    """The way of a shard through the steps of Ray, in this process."""
    import msgspec

    from cswitch.pipeline.jobs.plan import make_plan

    stages = (SYNTH, TAG, "filter: {met: }")
    run_job(job_of(tmp_path, stages=stages, rows=20, out="local"))
    job = job_of(tmp_path, stages=stages, rows=20)
    (tmp_path / "out").mkdir()
    setup = Setup(job=job, config=config_of(job))
    parts = [
        Part(setup, step, step.stop == 3) for step in (Step(0, 1, False), Step(1, 2, True), Step(2, 3, False))
    ]  # fmt: skip
    for shard in make_plan(job).shards:
        row = {"shard": msgspec.msgpack.encode(shard), "blocks": b"", "summary": b"", "failure": b""}
        for part in parts:
            row = part(row)
        assert row["failure"] == b""
    local = contents(tmp_path / "local")
    assert contents(tmp_path / "out") == {name: data for name, data in local.items() if name != "summary.json"}


def test_an_error_goes_through_all_steps(tmp_path: Path) -> None:
    import msgspec

    from cswitch.pipeline.jobs.plan import make_plan

    source = many(tmp_path, 1)
    job = job_of(tmp_path, source, stages=(SYNTH, TAG))
    shard = make_plan(job).shards[0]
    source.unlink()
    setup = Setup(job=job, config=config_of(job))
    row = {"shard": msgspec.msgpack.encode(shard), "blocks": b"", "summary": b"", "failure": b""}
    for step in (Step(0, 1, False), Step(1, 2, True)):
        row = Part(setup, step, step.stop == 2)(row)
    error = msgspec.msgpack.decode(row["failure"], type=Failure).error()
    assert str(error) == f"{source}: no such file; check the path"


def test_failures_come_back_as_they_were() -> None:
    full = Failure.of(OSError(28, "No space left on device", "out.part")).error()
    assert isinstance(full, OSError)
    assert (full.errno, full.filename) == (28, "out.part")
    assert (
        str(Failure.of(ZeroDivisionError("x")).error()) == "unexpected ZeroDivisionError: x; this is a fault in cswitch"
    )
