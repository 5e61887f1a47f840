"""Jobs that leave out repeats, looked for among the records of all shards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from cswitch.pipeline.filtering import Filtering, FilterSettings
from cswitch.pipeline.jobs import repeats
from cswitch.pipeline.jobs.forecast import forecast
from cswitch.pipeline.jobs.run import run_job
from cswitch.pipeline.jobs.spec import dump_job, parse_job
from cswitch.pipeline.jobs.writing import ShardFiles, ShardSummary
from cswitch.schemas.job import Job
from cswitch.schemas.reject import Reject
from tests.pipeline.jobs.job_files import GOLD, SYNTH, contents, job_of, records, rejects

SEARCH = "filter: {switches: {low: 2}, duplicates: {likeness: 0.8}}"


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    """Pairs of which many repeat earlier ones, word for word or nearly."""
    header, *rows = GOLD.read_text(encoding="utf-8").splitlines()
    again = [row if number % 2 else row.replace("।", "!").replace(".", "!") for number, row in enumerate(rows[:20])]
    lines = [f"{number}\t{row.partition(chr(9))[2]}" for number, row in enumerate([*rows, *again, *again[:5]])]
    path = tmp_path / "pairs.tsv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def job(folder: Path, pairs: Path, **more: Any) -> Job:
    return job_of(folder, pairs, stages=(SYNTH, SEARCH), **more)


def test_it_gives_what_the_command_leaves_of_all_records(tmp_path: Path, pairs: Path) -> None:
    run_job(job_of(tmp_path, pairs, out="plain"))
    made = tmp_path / "made.jsonl"
    made.write_bytes(records(tmp_path / "plain"))
    filters: dict[str, dict[str, Any]] = {"switches": {"low": 2}, "duplicates": {"likeness": 0.8}}
    filtering = Filtering(str(made), FilterSettings(filters=filters))
    kept = [outcome.entry.line for outcome in filtering.outcomes() if not hasattr(outcome, "drops")]
    reasons = filtering.tally.counts()["reasons"]
    assert reasons["duplicate"] >= 5
    assert reasons["near_duplicate"] >= 1
    result = run_job(job(tmp_path, pairs))
    assert records(tmp_path / "out").decode().splitlines() == kept
    counts = result.summary.counts
    assert {name: counts[f"reject.{name}"] for name in reasons} == reasons
    assert (counts["kept"], result.summary.records) == (len(kept), len(kept))
    found = [msgspec.json.decode(line, type=Reject) for line in rejects(tmp_path / "out").splitlines()]
    assert len(found) == result.summary.rejected
    assert sum(one.reason == "duplicate" for one in found) == reasons["duplicate"]
    assert not (tmp_path / "out" / repeats.RECORDS).exists()
    assert {path.name for path in (tmp_path / "out").iterdir() if path.name.startswith(".")} == set()


def test_workers_and_a_second_run_change_nothing(tmp_path: Path, pairs: Path) -> None:
    run_job(job(tmp_path, pairs))
    whole = contents(tmp_path / "out")
    run_job(job(tmp_path, pairs, out="two"), workers=2)
    assert contents(tmp_path / "two") == whole
    again = run_job(job(tmp_path, pairs))
    assert (again.complete, again.done_now) == (True, 0)
    assert again.summary.records == len(records(tmp_path / "out").splitlines())
    assert run_job(job(tmp_path, pairs), force=True).done_now == again.shards
    assert contents(tmp_path / "out") == whole


@pytest.mark.parametrize("when", ["search", "second shard", "renaming"])
def test_stopped_in_the_last_pass_it_goes_on(
    tmp_path: Path, pairs: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    run_job(job(tmp_path, pairs, out="whole"))
    written: list[int] = []
    publish = ShardFiles.publish

    class Stopped(Exception):
        pass

    def stop(*arguments: Any, **more: Any) -> Any:
        raise Stopped

    def stop_later(files: ShardFiles, summary: ShardSummary) -> ShardSummary:
        if repeats.RECORDS in files.job.output.folder:
            return publish(files, summary)
        if when == "second shard" and written:
            raise Stopped
        written.append(summary.number)
        made = publish(files, summary)
        if when == "renaming":
            raise Stopped
        return made

    with monkeypatch.context() as patched:
        if when == "search":
            patched.setattr(repeats, "find_repeats", stop)
        else:
            patched.setattr(ShardFiles, "publish", stop_later)
        with pytest.raises(Stopped):
            run_job(job(tmp_path, pairs))
    assert (tmp_path / "out" / repeats.RECORDS).exists(), "what was made before the search is safe"
    assert len(list((tmp_path / "out").glob("?????.jsonl"))) == (0 if when == "search" else 1)
    result = run_job(job(tmp_path, pairs))
    assert result.complete
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_of_several_machines_the_last_one_searches(tmp_path: Path, pairs: Path) -> None:
    run_job(job(tmp_path, pairs, out="whole"))
    first = run_job(job(tmp_path, pairs), rank=1, world=2)
    assert not first.complete
    assert not list((tmp_path / "out").glob("?????.jsonl")), "nothing has its name before all are compared"
    assert run_job(job(tmp_path, pairs), rank=0, world=2).complete
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")
    assert run_job(job(tmp_path, pairs), rank=1, world=2).done_now == 0


def test_an_input_that_grows_keeps_what_was_there(tmp_path: Path, pairs: Path) -> None:
    lines = pairs.read_text(encoding="utf-8").splitlines()
    pairs.write_text("\n".join(lines[:40]) + "\n", encoding="utf-8")
    run_job(job(tmp_path, pairs))
    pairs.write_text("\n".join(lines) + "\n", encoding="utf-8")
    run_job(job(tmp_path, pairs))
    run_job(job(tmp_path, pairs, out="whole"))
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_the_search_alone_is_a_stage(tmp_path: Path, pairs: Path) -> None:
    text = job_of(tmp_path, pairs, stages=(SYNTH, "filter: {duplicates: }"))
    result = run_job(text)
    assert result.summary.counts["reject.duplicate"] > 0
    assert result.summary.counts["kept"] == result.summary.records


def test_shards_of_parquet_and_of_gzip(tmp_path: Path, pairs: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet", reason="the extra datasets is not installed")
    run_job(job(tmp_path, pairs))
    texts = [msgspec.json.decode(line)["text"] for line in records(tmp_path / "out").splitlines()]
    run_job(job(tmp_path, pairs, out="table", format_="parquet"))
    found = [pq.read_table(path)["text"].to_pylist() for path in sorted((tmp_path / "table").glob("?????.parquet"))]
    assert [text for part in found for text in part] == texts


def test_the_job_file_keeps_the_search_and_a_forecast_leaves_it_out(tmp_path: Path, pairs: Path) -> None:
    asked = job(tmp_path, pairs)
    assert parse_job(dump_job(asked, "ab"), "job.yaml", Path("/")) == asked
    found = forecast(asked)
    assert found.records is not None
    assert found.records > 0
    assert not (tmp_path / "out").exists()
