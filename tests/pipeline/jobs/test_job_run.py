from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cswitch.annotators.lid.compact import CompactTagger
from cswitch.core.errors import InputError, RunError, UsageError
from cswitch.pipeline.jobs.run import JobResult, Progress, config_of, run_job
from cswitch.pipeline.jobs.shards import Shard
from cswitch.pipeline.jobs.spec import dump_job, read_job
from cswitch.pipeline.jobs.work import Worker
from cswitch.pipeline.jobs.writing import ShardSummary, Sink
from cswitch.pipeline.locked_files import LockedFile
from cswitch.pipeline.output import Output
from cswitch.pipeline.synth import run
from cswitch.pipeline.synthesiser import Chunk, Done, Synthesiser, run_hash
from cswitch.schemas.job import Job
from cswitch.schemas.reject import Reject
from tests.pipeline.jobs.job_files import GOLD, PLAIN, SYNTH, contents, job_of, records, rejects, samples

TAG = "tag: {languages: [en, hi]}"


class Stopped(Exception):
    pass


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("whole")
    run_job(job_of(folder))
    return contents(folder / "out")


def stopped(job: Job, after: int) -> None:
    """A run that ends when so many shards are done."""

    def progress(now: Progress) -> None:
        if now.shards >= after:
            raise Stopped

    with pytest.raises(Stopped):
        run_job(job, progress=progress)


# ---------------------------------------------------------------- what a run gives


def test_shards_are_what_synth_writes(tmp_path: Path, whole: dict[str, bytes]) -> None:
    settings = job_of(tmp_path).stages[0].synth
    assert settings is not None
    single = Output(str(tmp_path / "one"), rejects=str(tmp_path / "rejects"), config=run_hash(settings))
    summary = run(str(GOLD), single, settings)
    named = sorted(whole)
    assert b"".join(whole[name] for name in named if len(name) == 11) == (tmp_path / "one").read_bytes()
    assert b"".join(whole[name] for name in named if ".rejects." in name) == (tmp_path / "rejects").read_bytes()
    found = msgspec.json.decode(whole["summary.json"])
    assert (found["rows"], found["records"], found["rejected"]) == (40, summary.samples, sum(summary.rejects.values()))
    assert found["counts"]["met"] == summary.met


def test_the_files_of_a_run(whole: dict[str, bytes]) -> None:
    assert [name for name in sorted(whole) if len(name) == 11] == [f"0000{number}.jsonl" for number in range(6)]
    assert not [name for name in whole if name.startswith(".") or name.endswith(".part")]
    summary = msgspec.json.decode(whole["00000.summary.json"], type=ShardSummary)
    assert (summary.rows, summary.bytes) == (7, len(whole["00000.jsonl"]))


def test_the_job_file_in_the_folder_repeats_the_run(tmp_path: Path, whole: dict[str, bytes]) -> None:
    run_job(job_of(tmp_path))
    again = read_job(str(tmp_path / "out" / "job.yaml"))
    assert again == job_of(tmp_path)
    assert run_job(again).done_now == 0
    moved = msgspec.structs.replace(again, output=msgspec.structs.replace(again.output, folder=str(tmp_path / "two")))
    run_job(moved)
    assert contents(tmp_path / "two") == whole


def test_workers_change_nothing(tmp_path: Path, whole: dict[str, bytes]) -> None:
    seen: list[Progress] = []
    result = run_job(job_of(tmp_path), workers=2, progress=seen.append)
    assert contents(tmp_path / "out") == whole
    assert (result.complete, result.shards, result.done_now, result.failed) == (True, 6, 6, ())
    assert [now.shards for now in seen] == list(range(7))
    assert (seen[-1].rows, seen[-1].of_rows) == (40, 40)


def test_tags_after_samples_are_those_of_the_command(tmp_path: Path) -> None:
    from cswitch.pipeline.tag_input import read_untagged
    from cswitch.pipeline.tag_output import json_line
    from cswitch.pipeline.taggers import make_tagger
    from cswitch.pipeline.tagging import tag_stream

    run_job(job_of(tmp_path, out="plain"))
    run_job(job_of(tmp_path, stages=(SYNTH, TAG), out="tagged"))
    made = tmp_path / "made.jsonl"
    made.write_bytes(records(tmp_path / "plain"))
    tagged = map(json_line, tag_stream(read_untagged(str(made)), make_tagger(), ("en", "hi")))
    assert records(tmp_path / "tagged") == b"".join(tagged)
    assert rejects(tmp_path / "tagged") == rejects(tmp_path / "plain")


def test_text_is_tagged(tmp_path: Path) -> None:
    text = tmp_path / "in.txt"
    text.write_text("main kal office nahi jaunga\nsee you\n\nok\n", encoding="utf-8")
    result = run_job(job_of(tmp_path, text, stages=(TAG,), rows=3))
    lines = [msgspec.json.decode(line) for line in records(tmp_path / "out").splitlines()]
    assert [line["id"] for line in lines] == ["1", "2", "3", "4"]
    assert lines[0]["langs"] == ["hi", "hi", "en", "hi", "hi"]
    assert result.summary.counts["tagged"] == 4


def test_records_are_left_out_with_a_reason(tmp_path: Path) -> None:
    from cswitch.pipeline.filtering import Filtering
    from cswitch.pipeline.filtering import FilterSettings as Asked

    words = tmp_path / "words.txt"
    words.write_text("school\n", encoding="utf-8")
    stage = "filter: {length: {min_tokens: 12}, met: , words: {block: [words.txt]}}"
    run_job(job_of(tmp_path, out="plain"))
    result = run_job(job_of(tmp_path, stages=(SYNTH, stage)))
    made = tmp_path / "made.jsonl"
    made.write_bytes(records(tmp_path / "plain"))
    filters: dict[str, dict[str, Any]] = {"length": {"min_tokens": 12}, "met": {}, "words": {"block": [str(words)]}}
    filtering = Filtering(str(made), Asked(filters=filters))
    kept = [outcome.entry.line for outcome in filtering.outcomes() if not hasattr(outcome, "drops")]
    assert records(tmp_path / "out").decode().splitlines() == kept
    counts = result.summary.counts
    reasons = filtering.tally.counts()["reasons"]
    assert {name: counts[f"reject.{name}"] for name in reasons} == reasons
    assert counts["kept"] == len(kept)
    words.write_text("house\n", encoding="utf-8")
    with pytest.raises(UsageError, match="or files it reads changed"):
        run_job(job_of(tmp_path, stages=(SYNTH, stage)))


# ---------------------------------------------------------------- stopping and going on


@pytest.mark.parametrize("stops", [(1,), (2, 1, 1), (5,)])
def test_a_run_gone_on_with_gives_the_same_bytes(
    tmp_path: Path, whole: dict[str, bytes], stops: tuple[int, ...]
) -> None:
    for after in stops:
        stopped(job_of(tmp_path), after)
    left = 6 - sum(stops)
    assert run_job(job_of(tmp_path)).done_now == left
    assert contents(tmp_path / "out") == whole


@pytest.mark.parametrize("lost", ["00002.jsonl", "00002.summary.json", "summary.json"])
def test_what_is_missing_is_made_again(tmp_path: Path, whole: dict[str, bytes], lost: str) -> None:
    run_job(job_of(tmp_path))
    (tmp_path / "out" / lost).unlink()
    assert run_job(job_of(tmp_path)).done_now == (lost != "summary.json")
    assert contents(tmp_path / "out") == whole


def test_a_torn_shard_is_made_again(tmp_path: Path, whole: dict[str, bytes]) -> None:
    run_job(job_of(tmp_path))
    torn = tmp_path / "out" / "00003.jsonl"
    torn.write_bytes(torn.read_bytes()[:-9])
    assert run_job(job_of(tmp_path)).done_now == 1
    assert contents(tmp_path / "out") == whole


def test_an_input_that_has_grown_is_gone_on_with(tmp_path: Path, whole: dict[str, bytes]) -> None:
    run_job(job_of(tmp_path, limit=17))
    assert run_job(job_of(tmp_path)).done_now == 4  # the third was not full
    assert contents(tmp_path / "out") == whole


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"limit": 17}, "00002.jsonl was made from other rows than the input has there now; give the input it had"),
        ({"limit": 7}, "00001.jsonl was made from more rows than the input has now"),
        ({"rows": 8}, "holds the output of another configuration (differs in output.rows_per_shard)"),
        ({"stages": ("synth: {pair: en-hi, aligner: given, cmi: 30}",)}, "(differs in stages[0].synth.cmi)"),
        ({"stages": (SYNTH, TAG)}, "(differs in stages[1].tag."),
        ({"format_": "parquet"}, "(differs in output.format)"),
    ],
)
def test_another_job_is_refused(tmp_path: Path, whole: dict[str, bytes], more: dict[str, Any], message: str) -> None:
    (tmp_path / "out").mkdir()
    for name, data in whole.items():
        (tmp_path / "out" / name).write_bytes(data)
    job = job_of(tmp_path)
    (tmp_path / "out" / "job.yaml").write_text(dump_job(job, config_of(job)))
    before = contents(tmp_path / "out")
    with pytest.raises(UsageError) as caught:
        run_job(job_of(tmp_path, **more))
    assert message in str(caught.value)
    assert "--force" in str(caught.value)
    assert contents(tmp_path / "out") == before


def test_force_starts_again(tmp_path: Path) -> None:
    run_job(job_of(tmp_path))
    run_job(job_of(tmp_path, limit=9, rows=4), force=True)
    run_job(job_of(tmp_path, limit=9, rows=4, out="fresh"))
    assert contents(tmp_path / "out") == contents(tmp_path / "fresh")


def test_two_runs_into_one_folder(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    other = LockedFile(folder / ".lock")
    other.open()
    try:
        with pytest.raises(UsageError, match=r"another run is writing .*\.lock"):
            run_job(job_of(tmp_path))
    finally:
        other.remove()
    assert list(folder.iterdir()) == []


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"holds other things \(thesis\.txt\) and no job"):
        run_job(job_of(tmp_path))
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UsageError, match="file exists"):
        run_job(job_of(tmp_path, out="file"))


# ---------------------------------------------------------------- several machines


def test_ranks_share_the_work(tmp_path: Path, whole: dict[str, bytes]) -> None:
    results: list[JobResult] = [run_job(job_of(tmp_path), rank=rank, world=3) for rank in (2, 0, 1)]
    assert [result.complete for result in results] == [False, False, True]
    assert [result.done_now for result in results] == [2, 2, 2]
    assert results[0].summary.rows == 7 + 5
    assert contents(tmp_path / "out") == whole


def test_ranks_put_down_only_their_own_rows(tmp_path: Path, whole: dict[str, bytes]) -> None:
    import gzip

    packed = tmp_path / "in.tsv.gz"
    packed.write_bytes(gzip.compress(GOLD.read_bytes()))
    for rank in range(2):
        run_job(job_of(tmp_path, packed), rank=rank, world=2)
    names = [name for name in whole if len(name) == 11]
    assert {name: contents(tmp_path / "out")[name] for name in names} == {name: whole[name] for name in names}
    assert not list((tmp_path / "out").glob(".*"))


def test_a_machine_and_all_machines_exclude_each_other(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    other = LockedFile(folder / ".lock-0-of-2")
    other.open()
    try:
        with pytest.raises(UsageError, match="another run is writing"):
            run_job(job_of(tmp_path))
        assert run_job(job_of(tmp_path), rank=1, world=2).done_now == 3
    finally:
        other.remove()


@pytest.mark.parametrize(("rank", "world"), [(2, 2), (-1, 2), (0, 0)])
def test_ranks_that_cannot_be(tmp_path: Path, rank: int, world: int) -> None:
    with pytest.raises(UsageError, match=r"--(rank|world-size)"):
        run_job(job_of(tmp_path), rank=rank, world=world)


def test_an_aligner_that_learns_cannot_be_shared(tmp_path: Path) -> None:
    job = job_of(tmp_path, PLAIN, stages=("synth: {pair: en-hi, aligner: hybrid}",))
    with pytest.raises(UsageError, match="learns from all pairs, which several machines do not have"):
        run_job(job, rank=0, world=2)
    assert not (tmp_path / "out").exists()


def test_an_aligner_that_learns_finds_its_links_first(tmp_path: Path) -> None:
    stage = ("synth: {pair: en-hi, aligner: hybrid}",)
    result = run_job(job_of(tmp_path, PLAIN, stages=stage, rows=20, limit=50))
    assert result.complete
    assert {sample.provenance.aligner for sample in samples(tmp_path / "out")} == {"hybrid"}
    assert run_job(job_of(tmp_path, PLAIN, stages=stage, rows=20, limit=50)).done_now == 0


# ---------------------------------------------------------------- what goes wrong


def test_a_poisoned_record_is_rejected_and_the_others_are_not(
    tmp_path: Path, whole: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = GOLD.read_text(encoding="utf-8").splitlines()[11].split("\t")[0]
    usual = Synthesiser.__call__

    def poisoned(self: Synthesiser, chunk: Chunk) -> Done:
        if any(row.pair.id == bad for row in chunk.rows):
            raise ZeroDivisionError("division by zero")
        return usual(self, chunk)

    monkeypatch.setattr(Synthesiser, "__call__", poisoned)
    result = run_job(job_of(tmp_path))
    found = [msgspec.json.decode(line, type=Reject) for line in rejects(tmp_path / "out").splitlines()]
    (failed,) = [reject for reject in found if reject.reason == "failed"]
    assert (failed.source_id, failed.line) == (bad, 12)
    assert failed.detail.startswith("ZeroDivisionError: ")
    assert result.summary.counts["reject.failed"] == 1
    assert result.summary.examples["failed"].startswith("line 12: ZeroDivisionError")
    others = b"".join(whole[name] for name in sorted(whole) if len(name) == 11).splitlines()
    kept = [line for line in others if msgspec.json.decode(line)["source_id"] != bad]
    assert records(tmp_path / "out").splitlines() == kept


def test_links_out_of_range_reject_their_row(tmp_path: Path) -> None:
    lines = GOLD.read_text(encoding="utf-8").splitlines()
    cells = lines[9].split("\t")
    lines[9] = "\t".join([*cells[:3], "0-99"])
    source = tmp_path / "in.tsv"
    source.write_text("\n".join(lines), encoding="utf-8")
    run_job(job_of(tmp_path, source))
    found = [msgspec.json.decode(line, type=Reject) for line in rejects(tmp_path / "out").splitlines()]
    (failed,) = [reject for reject in found if reject.reason == "failed"]
    assert failed.line == 10
    assert "link 0-99 is out of range" in failed.detail


def test_a_poisoned_utterance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = tmp_path / "in.jsonl"
    text.write_text('{"text": "ok"}\n{"txt": "ok"}\n{"text": "boom"}\n{"text": "fine"}\n')
    usual = CompactTagger.tag

    def poisoned(self: CompactTagger, batch: Any, *rest: Any, **more: Any) -> Any:
        if ("boom",) in map(tuple, batch):
            raise KeyError("boom")
        return usual(self, batch, *rest, **more)

    monkeypatch.setattr(CompactTagger, "tag", poisoned)
    run_job(job_of(tmp_path, text, stages=(TAG,)))
    found = [msgspec.json.decode(line, type=Reject) for line in rejects(tmp_path / "out").splitlines()]
    assert [(reject.source_id, reject.line, reject.reason) for reject in found] == [
        ("2", 2, "failed"), ("3", 3, "failed"),
    ]  # fmt: skip
    assert "neither tokens nor a text" in found[0].detail
    assert found[1].detail == "KeyError: 'boom'"
    assert [msgspec.json.decode(line)["id"] for line in records(tmp_path / "out").splitlines()] == ["1", "4"]


def test_what_fails_for_all_rows_is_told_before_the_run(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"tsv:2: pair 'en-hi-001' has no links; .* failed one and all"):
        run_job(job_of(tmp_path, PLAIN))
    assert not (tmp_path / "out").exists()


def test_an_unreadable_shard_is_reported_and_the_others_are_done(
    tmp_path: Path, whole: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = Worker.rows

    def unreadable(self: Worker, shard: Shard) -> Iterator[Any]:
        if shard.number == 2:
            raise InputError("cannot be read: input/output error", path=shard.path)
        return usual(self, shard)

    with monkeypatch.context() as patched:
        patched.setattr(Worker, "rows", unreadable)
        result = run_job(job_of(tmp_path))
    assert result.failed == (f"shard 00002: {GOLD}: cannot be read: input/output error",)
    assert (result.complete, result.done_now) == (False, 5)
    assert not list((tmp_path / "out").glob("*.part"))
    assert not (tmp_path / "out" / "summary.json").exists()
    assert run_job(job_of(tmp_path)).done_now == 1
    assert contents(tmp_path / "out") == whole


def test_a_full_disk_costs_one_shard(tmp_path: Path, whole: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    usual, written = Sink.write, [0]

    def full(self: Sink, piece: Any) -> int:
        written[0] += 1
        if written[0] == 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "out/00002.jsonl.part")
        return usual(self, piece)

    with monkeypatch.context() as patched:
        patched.setattr(Sink, "write", full)
        with pytest.raises(RunError, match=r"writing .*00002.*: no space left .* 2 shards of this run are safe"):
            run_job(job_of(tmp_path))
    assert sorted(name for name in contents(tmp_path / "out") if len(name) == 11) == ["00000.jsonl", "00001.jsonl"]
    assert not list((tmp_path / "out").glob("*.part"))
    run_job(job_of(tmp_path))
    assert contents(tmp_path / "out") == whole


def test_missing_inputs_leave_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.tsv: no such file"):
        run_job(job_of(tmp_path, tmp_path / "nowhere.tsv"))
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------- the hash of a configuration


def test_the_hash_of_a_configuration(tmp_path: Path) -> None:
    job = job_of(tmp_path, stages=(SYNTH, TAG))
    assert config_of(job) == config_of(job_of(tmp_path, stages=(SYNTH, TAG), out="elsewhere", limit=3))
    others = [
        job_of(tmp_path),
        job_of(tmp_path, stages=(SYNTH, "tag: {languages: [hi, en]}")),
        job_of(tmp_path, stages=(SYNTH, TAG), rows=9),
        job_of(tmp_path, stages=(SYNTH, TAG), compression="gzip"),
        job_of(tmp_path, stages=("synth: {pair: en-hi, aligner: given, seed: 1}", TAG)),
    ]
    assert len({config_of(one) for one in (job, *others)}) == 6
    assert config_of(job) == config_of(job_of(tmp_path, stages=(SYNTH, "tag: {languages: [en, hi], device: cuda}")))


def test_settings_sent_to_another_process_have_the_same_hash() -> None:
    import pickle

    settings = job_of(Path("/")).stages[0].synth
    assert settings is not None
    assert run_hash(pickle.loads(pickle.dumps(settings))) == run_hash(settings)
