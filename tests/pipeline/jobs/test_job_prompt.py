"""Jobs whose first stage asks a language model: what they give, killed or not, and what their answers cost."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

pytest.importorskip("aiohttp", reason="the extra llm is not installed")
pytest.importorskip("openai", reason="the extra llm is not installed")

from cswitch.cli.main import main
from cswitch.core.errors import UsageError
from cswitch.generators.prompting.contracts import StopRun
from cswitch.pipeline.jobs.run import Progress, run_job
from cswitch.pipeline.jobs.spec import WrongJobError, read_job
from cswitch.schemas.job import Job
from cswitch.schemas.prompting import Attempt
from cswitch.schemas.sample import Sample
from tests.generators.prompting.fake_server import Server, serving
from tests.generators.prompting.survival import KEY, rows, script
from tests.pipeline.jobs.job_files import contents, records, rejects

ROWS = 40
PROGRAM = [sys.executable, "-W", "error", "-c", "from cswitch.cli.main import run; run()"]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with serving(script(ROWS, faults=0)) as found:
        yield found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = [f"{row.en}\t{row.hi}\n" for row in rows(ROWS)]
    (tmp_path / "in.tsv").write_text("en\thi\n" + "".join(lines), encoding="utf-8")
    return tmp_path


def described(
    folder: Path, server: Server, *later: str, path: str = "in.tsv", rows: int = 15, out: str = "out", **more: object
) -> Path:
    """A job file."""
    asked = "".join(f", {name}: {value}" for name, value in {"pair": "en-hi", **more}.items())
    stages = [f"prompt: {{model: fake, base_url: '{server.base_url}'{asked}}}", *later]
    text = f"input: {{path: '{path}'}}\nstages:\n" + "".join(f"- {stage}\n" for stage in stages)
    place = folder / f"{out}.yaml"
    place.write_text(f"{text}output: {{folder: {out}, rows_per_shard: {rows}}}\n", encoding="utf-8")
    return place


def job(folder: Path, server: Server, *later: str, **more: object) -> Job:
    return read_job(str(described(folder, server, *later, **more)))  # type: ignore[arg-type]


def shards(folder: Path) -> dict[str, bytes]:
    """What a run leaves, but for the answers."""
    return {name: data for name, data in contents(folder).items() if not name.startswith("answers")}


def paid(server: Server) -> list[str]:
    return [record.digest for record in server.log if record.usage]


# ---------------------------------------------------------------- what a run gives


def test_shards_are_what_the_command_writes(folder: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    options = ["--pair", "en-hi", "--model", "fake", "--base-url", server.base_url, "--rejects", "one.rejects"]
    assert main(["prompt", "in.tsv", "-o", "one.jsonl", *options]) == 0
    result = run_job(job(folder, server))
    assert records(folder / "out") == (folder / "one.jsonl").read_bytes()
    assert rejects(folder / "out") == (folder / "one.rejects").read_bytes()
    found = b"".join(path.read_bytes() for path in sorted((folder / "out").glob("?????.attempts.jsonl")))
    assert found == (folder / "one.jsonl.attempts.jsonl").read_bytes()
    assert msgspec.json.decode(found.splitlines()[0], type=Attempt).stage == "propose"
    assert (result.summary.rows, result.shards, result.complete) == (ROWS, 3, True)
    assert result.summary.counts["answered"] == result.summary.records
    assert result.summary.counts["first.signed"] < 0, "sums below zero are kept"


def test_later_stages_take_what_the_model_wrote(folder: Path, server: Server) -> None:
    run_job(job(folder, server, out="plain"))
    later = "tag: {languages: [en, hi]}", "filter: {switches: {low: 3}}"
    result = run_job(job(folder, server, *later))
    plain = {sample.id: sample for sample in map(_sample, records(folder / "plain").splitlines())}
    kept = [msgspec.json.decode(line) for line in records(folder / "out").splitlines()]
    assert 0 < len(kept) < len(plain)
    assert all(one["text"] == plain[one["id"]].text and one["measures"]["switches"] >= 3 for one in kept)
    assert result.summary.counts["reject.switches_outside"] + len(kept) == len(plain)


def test_text_in_one_language_is_mixed(folder: Path, server: Server) -> None:
    lines = [row.en for row in rows(ROWS)]
    lines[3] = "\0"
    (folder / "in.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    result = run_job(job(folder, server, path="in.txt", text_lang="en", tolerance=25))
    assert result.complete
    assert result.summary.counts["reject.failed"] == 1
    assert "NUL character" in result.summary.examples["failed"]
    assert result.summary.records > 0


def test_a_grid_is_drawn_from(folder: Path, server: Server) -> None:
    path = described(folder, server, path="everyday.v1", source="grid")
    with pytest.raises(WrongJobError, match="a grid has no end; say how many cells"):
        read_job(str(path))
    path.write_text(path.read_text().replace("'everyday.v1'", "everyday.v1, limit: 20"))
    result = run_job(read_job(str(path)))
    assert (result.summary.rows, result.shards) == (20, 2)
    assert {msgspec.json.decode(line)["source_id"] for line in rejects(folder / "out").splitlines()} <= {
        str(number) for number in range(1, 21)
    }


def test_rows_that_cannot_be_read_are_rejected_and_the_others_asked(folder: Path, server: Server) -> None:
    lines = (folder / "in.tsv").read_text(encoding="utf-8").splitlines()
    run_job(job(folder, server, out="whole"))
    whole = records(folder / "whole").splitlines()
    lines[5] = lines[5].replace("\t", " ")
    lines[20] += "\tmore"
    (folder / "in.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    result = run_job(job(folder, server))
    assert result.summary.counts["reject.failed"] == 2
    assert [msgspec.json.decode(line)["line"] for line in rejects(folder / "out").splitlines()][:1] == [6]
    gone = {"5", "20"}
    assert records(folder / "out").splitlines() == [line for line in whole if _sample(line).source_id not in gone]


def test_links_that_cannot_be_used_reject_their_row_alone(folder: Path, server: Server) -> None:
    lines = (folder / "in.tsv").read_text(encoding="utf-8").splitlines()
    linked = [
        f"{lines[0]}\tlinks",
        *(f"{line}\t{'77-99' if place == 17 else '0-0'}" for place, line in enumerate(lines[1:])),
    ]
    (folder / "in.tsv").write_text("\n".join(linked) + "\n", encoding="utf-8")
    result = run_job(job(folder, server))
    assert result.summary.counts["reject.failed"] == 1
    assert result.summary.examples["failed"].startswith("line 19: ")
    assert result.summary.rows == ROWS


# ---------------------------------------------------------------- killed, resumed, paid once


def test_killed_at_any_moment_it_gives_the_same_and_pays_nothing_twice(folder: Path, server: Server) -> None:
    run_job(job(folder, server, out="whole"))
    alone = paid(server)
    server.log.clear()
    path = described(folder, server)
    killed = 0
    for answers in (4, 25):
        process = subprocess.Popen([*PROGRAM, "run", str(path)], stderr=subprocess.PIPE, cwd=folder)
        until = time.monotonic() + 60
        while process.poll() is None and len(paid(server)) < answers:
            assert time.monotonic() < until
            time.sleep(0.002)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.communicate()
        time.sleep(0.3)
    assert killed
    lost = len(paid(server))
    subprocess.run([*PROGRAM, "run", str(path)], check=True, capture_output=True, cwd=folder)
    assert shards(folder / "out") == shards(folder / "whole")
    assert lost < len(paid(server)), "it was killed before it had asked for all"
    assert set(paid(server)) == set(alone)
    assert len(paid(server)) - len(set(paid(server))) <= 16 * killed, "only what was on its way may be asked again"
    before = len(server.log)
    run_job(read_job(str(path)), force=True)
    assert len(server.log) == before, "everything comes from the answers that were kept"
    assert shards(folder / "out") == shards(folder / "whole")


def test_stopped_between_shards_nothing_at_all_is_asked_twice(folder: Path, server: Server) -> None:
    def stop(now: Progress) -> None:
        if now.shards == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_job(job(folder, server), progress=stop)
    assert run_job(job(folder, server)).done_now == 2
    once = Counter(paid(server))
    server.log.clear()
    run_job(job(folder, server, out="whole"))
    assert Counter(paid(server)) == once
    assert run_job(job(folder, server)).done_now == 0


def test_ranks_have_answers_of_their_own_and_the_same_shards(folder: Path, server: Server) -> None:
    run_job(job(folder, server, out="whole"))
    asked = len(paid(server))
    assert not run_job(job(folder, server), rank=1, world=2).complete
    assert run_job(job(folder, server), rank=0, world=2).complete
    assert shards(folder / "out") == shards(folder / "whole")
    assert {path.name for path in (folder / "out").glob("answers*")} == {"answers-0-of-2.db", "answers-1-of-2.db"}
    assert len(paid(server)) <= 2 * asked + 3, "the second machine asks the server once more what it can do"
    with pytest.raises(UsageError, match="several machines cannot keep answers in one file; leave out cache"):
        run_job(job(folder, server, cache="a.db", out="other"), world=2)


@pytest.mark.parametrize(("before", "after"), [(2, 1), (1, 2), (2, 3)])
def test_another_number_of_machines_finds_what_was_paid_for(
    folder: Path, server: Server, before: int, after: int
) -> None:
    run_job(job(folder, server, out="whole"))
    alone, path = set(paid(server)), described(folder, server)
    killed = 0
    for rank in range(before):
        server.log.clear()
        ranks = ["--rank", str(rank), "--world-size", str(before)]
        process = subprocess.Popen([*PROGRAM, "run", str(path), *ranks], stderr=subprocess.PIPE, cwd=folder)
        until = time.monotonic() + 60
        while process.poll() is None and len(paid(server)) < 12:
            assert time.monotonic() < until
            time.sleep(0.002)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.communicate()
        time.sleep(0.3)
    assert killed
    kept = _kept(folder / "out")
    logs = [log for log in (folder / "out").glob("answers*-wal") if log.stat().st_size]
    assert kept, "it was killed before it had an answer"
    assert logs, "what a kill leaves lies in a log"
    server.log.clear()
    for rank in range(after):
        subprocess.run(
            [*PROGRAM, "run", str(path), "--rank", str(rank), "--world-size", str(after)],
            check=True, capture_output=True, cwd=folder,
        )  # fmt: skip
    assert shards(folder / "out") == shards(folder / "whole")
    asked = set(paid(server))
    assert asked < alone
    assert not asked & kept, "nothing is paid for twice"
    files = {f"answers-{rank}-of-{after}.db" for rank in range(after)} if after > 1 else {"answers.db"}
    assert files <= {path.name for path in (folder / "out").glob("answers*.db")}
    assert not [path.name for path in (folder / "out").iterdir() if path.name.startswith(".")]


def _kept(folder: Path) -> set[str]:
    """Digests of what is in the files of answers, read from copies."""
    found = set()
    for path in folder.glob("answers*.db"):
        for part in folder.glob(f"{path.name}*"):
            if not part.name.endswith("-shm"):
                (folder.parent / f"copy-{part.name}").write_bytes(part.read_bytes())
        with closing(sqlite3.connect(folder.parent / f"copy-{path.name}")) as database:
            found |= {digest.hex() for (digest,) in database.execute("select digest from answers")}
    return found


def test_what_earlier_runs_spent_counts_against_the_budget(folder: Path, server: Server) -> None:
    whole = run_job(job(folder, server, out="whole", price="'1000,1000'"))
    budget = round(whole.summary.counts["cost"] / 10**9 / 2, 2)
    for rank, world in ((0, 2), (1, 2), (0, 1)):
        with pytest.raises(StopRun, match="budget"):
            run_job(job(folder, server, price="'1000,1000'", budget=budget), rank=rank, world=world)
    spent = [_spent(path) for path in sorted((folder / "out").glob("answers*.db"))]
    assert len(spent) == 3
    assert 0.3 * budget < spent[0] + spent[1] < sum(spent) <= budget, spent


def _spent(path: Path) -> float:
    with closing(sqlite3.connect(path)) as database:
        ((found,),) = database.execute("select total(cost) from answers")
        return float(found)


def test_the_budget_ends_the_run_and_more_of_it_goes_on(folder: Path, server: Server) -> None:
    whole = run_job(job(folder, server, out="whole", price="'1000,1000'"))
    assert whole.summary.counts["cost"] > 0
    spent = whole.summary.counts["cost"] / 10**9
    with pytest.raises(StopRun, match="budget"):
        run_job(job(folder, server, price="'1000,1000'", budget=round(spent / 2, 2)))
    server.log.clear()
    run_job(job(folder, server, price="'1000,1000'", budget=1000))
    assert shards(folder / "out") == shards(folder / "whole")
    assert 0 < len(paid(server)) < whole.summary.counts["usage.answers"]


def test_workers_change_nothing_and_are_told_so(folder: Path, server: Server) -> None:
    notes: list[str] = []
    run_job(job(folder, server, out="whole"))
    run_job(job(folder, server), workers=3, note=notes.append)
    assert shards(folder / "out") == shards(folder / "whole")
    assert any("one process asks the model" in note for note in notes)
    assert any(note.startswith("5") and "answers asked for, 0 taken from" in note for note in notes), notes


# ---------------------------------------------------------------- what cannot be meant, and keys


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"cmi": 70}, "job.prompt.cmi': cmi 70 cannot be reached"),
        ({"pair": "en-xx"}, "job.prompt.languages': unknown language 'xx'"),
        ({"model": "''"}, "it stands there twice"),
        ({"recipe": "mixx.v1"}, "unknown recipe 'mixx.v1'; did you mean 'mix.v1'?"),
        ({"judges": "beauty"}, "unknown judge 'beauty'"),
        ({"budgt": 3}, "job.prompt.budgt': unknown field; did you mean 'budget'?"),
        ({"budget": 0}, "a budget of 0 is no amount of money"),
        ({"concurrency": 0}, "job.prompt.concurrency': concurrency 0 is too small"),
        ({"judges": "fluency", "judge_base_url": "https://api.example/v1"}, "name the environment variable of its key"),
        ({"few_shot": "none.jsonl"}, "none.jsonl: no such file"),
        ({"api_key": "sk-geheim-123456"}, "job.prompt.api_key': a key has no place in a job file; put the key into"),
    ],
)
def test_stages_that_cannot_be_meant(folder: Path, server: Server, more: dict[str, object], message: str) -> None:
    path = described(folder, server, **more)  # type: ignore[arg-type]
    with pytest.raises(Exception) as caught:  # noqa: PT011 InputError for YAML, WrongJobError for the rest
        read_job(str(path))
    found = str(caught.value).replace("stages[0]", "job")
    assert message in found
    assert "geheim" not in found


def test_a_missing_key_is_told_before_anything_is_made(
    folder: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = described(folder, server, key_env="NOBODY")
    path.write_text(path.read_text().replace(server.base_url, "https://api.example/v1"))
    with pytest.raises(UsageError, match=r"no key for https://api\.example/v1; set the"):
        run_job(read_job(str(path)))
    assert not (folder / "out").exists()


def test_the_key_is_nowhere(folder: Path, server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(described(folder, server))]) == 0
    told = capsys.readouterr()
    assert "% of the texts asked for were accepted: " in told.err
    assert "  accepted texts: |CMI asked - CMI got| " in told.err
    for path in folder.rglob("*"):
        if path.is_file():
            assert KEY.encode() not in path.read_bytes(), path
    assert KEY not in told.out + told.err
    assert "OPENAI_API_KEY" in (folder / "out" / "job.yaml").read_text()
    assert os.environ["OPENAI_API_KEY"] == KEY


def test_a_dry_run_sends_nothing_and_ray_is_refused(
    folder: Path, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(described(folder, server))
    assert main(["run", path, "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("40 rows, model fake, recipe mix.v1\n")
    assert "the first request, write.mix.v1" in out
    assert not server.log
    assert not (folder / "out").exists()
    assert main(["run", path, "--engine", "ray"]) == 2
    assert "the engine ray does not ask language models; leave out --engine" in capsys.readouterr().err


def test_the_job_file_in_the_folder_repeats_the_run_for_nothing(folder: Path, server: Server) -> None:
    run_job(job(folder, server))
    before, asked = shards(folder / "out"), len(server.log)
    again = read_job(str(folder / "out" / "job.yaml"))
    assert run_job(again).done_now == 0
    run_job(again, force=True)
    assert shards(folder / "out") == before
    assert len(server.log) == asked


def _sample(line: bytes) -> Sample:
    return msgspec.json.decode(line, type=Sample)
