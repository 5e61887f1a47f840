"""The folder of a job: who may write into it, what is done there, and what it was made by."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml

from cswitch.core.errors import UsageError
from cswitch.pipeline.jobs.shards import Plan, Shard
from cswitch.pipeline.jobs.spec import dump_job
from cswitch.pipeline.jobs.writing import ShardSummary, data_name, summary_name
from cswitch.pipeline.locked_files import LockedFile, PartFile
from cswitch.schemas.decode import RecordError, decode_record
from cswitch.schemas.job import Job

JOB, SUMMARY, SPOOL = "job.yaml", "summary.json", ".rows"
_LOCK = ".lock"
_CONFIG = re.compile(r"# cswitch (\S+), config (\w+)")
_OURS = re.compile(r"\d{5}\.(jsonl|jsonl\.gz|jsonl\.zst|parquet|(rejects|attempts)\.jsonl|summary\.json)(\.part)?")
_ANSWERS = re.compile(r"answers(-\d+-of-\d+)?\.db(-\w+)?")
"""Files of answers: they stay whatever happens, for they were paid for."""
_SUMMARY = re.compile(r"\d{5}\.summary\.json")
_FREE = ("input.path", "input.links", "input.limit", "output.folder")
"""Fields that a run can go on with when they have changed."""


class RunSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What all shards of a job gave, as their summaries say."""

    shards: int
    """How many there are."""
    rows: int
    """Rows of the input."""
    records: int
    """Records written."""
    rejected: int
    """Rejects written."""
    counts: dict[str, int]
    """What was counted, by name; ``reject.REASON`` among them."""
    examples: dict[str, str]
    """For each reason, the first reject with its place."""
    config: str
    """Hash of everything but the rows that decides the records."""


class JobFolder:
    """A folder that one run at a time writes into; with several ranks, one run a rank.

    Args:
        path: The folder.
        rank: Which of the machines this is, from 0.
        world: How many there are.
        keeps: Folder of what is dear and outlives shards: answers of language models, links of the corpus.
    """

    def __init__(self, path: str, rank: int = 0, world: int = 1, keeps: Path | None = None) -> None:
        self.path = Path(path)
        self.keeps = keeps or self.path
        self.rank, self.world = rank, world
        self._lock = LockedFile(self.path / (f"{_LOCK}-{rank}-of-{world}" if world > 1 else _LOCK))
        self._made = False

    @property
    def spool(self) -> Path:
        """Where rows wait that had to be read at once."""
        return self.path / (SPOOL if self.world == 1 else f"{SPOOL}-{self.rank}-of-{self.world}")

    @property
    def answers(self) -> Path:
        """What keeps the answers of language models that this run asks."""
        return self.keeps / ("answers.db" if self.world == 1 else f"answers-{self.rank}-of-{self.world}.db")

    def open(self) -> None:
        """Makes the folder where it is not there, and locks it.

        Raises:
            UsageError: Another run is at work in it, or it holds something else.
        """
        try:
            self._made = not self.path.exists()
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            what = (error.strerror or "it cannot be made").lower()
            raise UsageError(f"{self.path}: {what}", hint="name another folder") from error
        strange = [path.name for path in self.path.iterdir() if not self._is_ours(path.name)]
        if strange and not (self.path / JOB).exists():
            hint = "name a folder of its own for the shards"
            raise UsageError(f"{self.path} holds other things ({sorted(strange)[0]}) and no job", hint=hint)
        self._lock_out()

    def begin(self, job: Job, config: str, *, force: bool) -> None:
        """Notes the job in the folder.

        Args:
            job: The job, resolved.
            config: Hash of everything but the rows that decides the records.
            force: Drop what another job left.

        Raises:
            UsageError: The folder holds shards of another configuration.
        """
        if force:
            self._clear()
        else:
            self._check_config(job, config)
        self._write(JOB, dump_job(job, config).encode())

    def done(self, plan: Plan, job: Job, config: str) -> dict[int, ShardSummary]:
        """The shards that are done, as their files say; only summaries of shards in the plan count.

        Raises:
            UsageError: One was made from other rows, or by another configuration.
        """
        found = {}
        for number in self._numbers():
            summary = self._summary(number)
            if summary is None:
                continue
            shard = plan.shards[number] if number < len(plan.shards) else None
            if self._fits(summary, shard, job, config):
                found[number] = summary
        return found

    def holds(self, number: int, digest: str, config: str) -> bool:
        """Whether a shard of these rows is done."""
        found = self._summary(number)
        return found is not None and (found.digest, found.config) == (digest, config)

    def finish(self, plan: Plan, job: Job, config: str) -> RunSummary | None:
        """Sums up the whole job, when all its shards are done, whoever did them."""
        done = self.done(plan, job, config)
        if len(done) < len(plan.shards):
            return None
        whole = summed([done[number] for number in sorted(done)], config)
        self._write(SUMMARY, msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n")
        return whole

    def close(self) -> None:
        """Gives the folder free; one that was made for nothing goes."""
        if self._lock.is_open:
            for path in (*self.path.glob("*.part"), *self.spool.glob("*")):
                if path.parent == self.spool or self._is_own(path.name):
                    path.unlink(missing_ok=True)
            if self.spool.is_dir():
                self.spool.rmdir()
            self._lock.remove()
        if self._made and {path.name for path in self.path.iterdir()} <= {JOB}:
            (self.path / JOB).unlink(missing_ok=True)
            self.path.rmdir()

    def _lock_out(self) -> None:
        self._lock.open()
        same = f"-of-{self.world}" if self.world > 1 else "\0"
        for path in self.path.glob(f"{_LOCK}*"):
            if path != self._lock.path and not path.name.endswith(same):
                other = LockedFile(path)
                try:
                    other.open()
                except UsageError:
                    self._lock.remove()
                    raise
                other.remove()

    def _is_ours(self, name: str) -> bool:
        if name.startswith(".") or name.endswith(".links") or name in (JOB, SUMMARY):
            return True
        return bool(_OURS.fullmatch(name) or _ANSWERS.fullmatch(name))

    def _is_own(self, name: str) -> bool:
        """Whether a file belongs to a shard of this rank."""
        return bool(_OURS.fullmatch(name)) and int(name[:5]) % self.world == self.rank

    def _numbers(self) -> Iterator[int]:
        for name in sorted(os.listdir(self.path)):
            if _SUMMARY.fullmatch(name):
                yield int(name[:5])

    def _summary(self, number: int) -> ShardSummary | None:
        try:
            return decode_record((self.path / summary_name(number)).read_bytes(), ShardSummary)
        except (RecordError, FileNotFoundError):
            return None  # written by another version, or just replaced; it is made again

    def _fits(self, summary: ShardSummary, shard: Shard | None, job: Job, config: str) -> bool:
        name = self.path / data_name(job.output, summary.number)
        if summary.config != config:
            hint = "name another folder, or start again with --force"
            raise UsageError(f"{name} was made by another configuration ({summary.config}, now {config})", hint=hint)
        if shard is None or summary.digest != shard.digest:
            if shard is not None and summary.rows < job.output.rows_per_shard and shard.rows > summary.rows:
                return False  # it was the last one, and the input has grown
            what = "more rows than the input has now" if shard is None else "other rows than the input has there now"
            raise UsageError(f"{name} was made from {what}", hint="give the input it had, or start again with --force")
        return name.exists() and name.stat().st_size == summary.bytes

    def _check_config(self, job: Job, config: str) -> None:
        path = self.path / JOB
        if not path.exists():
            return
        text = path.read_text(encoding="utf-8")
        found = _CONFIG.match(text)
        if found is None or found[2] == config:
            return
        before, now = (_flat(yaml.safe_load(one)) for one in (text, dump_job(job, config)))
        names = sorted(n for n in {*before, *now} if before.get(n) != now.get(n) and not n.startswith(_FREE))
        what = (
            f"differs in {', '.join(names[:5])}" if names else f"made by version {found[1]}, or files it reads changed"
        )
        hint = "name another folder, or start again with --force"
        raise UsageError(f"{self.path} holds the output of another configuration ({what})", hint=hint)

    def _clear(self) -> None:
        """Removes what an earlier job left; with several ranks, what belongs to this one."""
        for path in self.path.iterdir():
            if path.name == SUMMARY or self._is_own(path.name):
                path.unlink()

    def _write(self, name: str, data: bytes) -> None:
        part = PartFile(self.path / name)
        if self.world > 1:
            part.path = self.path / f".{name}-{self.rank}.part"  # the ranks write the same bytes
        try:
            part.open()
            part.cut(0)
            part.write(data)
            part.sync()
            part.publish()
        finally:
            if part.is_open:
                part.remove()


def summed(summaries: list[ShardSummary], config: str) -> RunSummary:
    """What shards gave together.

    >>> summed([], "ab").records
    0
    """
    counts: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for summary in summaries:
        counts.update(summary.counts)
        for reason, example in summary.examples.items():
            examples.setdefault(reason, example)
    return RunSummary(
        shards=len(summaries),
        rows=sum(summary.rows for summary in summaries),
        records=sum(summary.records for summary in summaries),
        rejected=sum(summary.rejected for summary in summaries),
        counts=dict(sorted(counts.items())),
        examples=dict(sorted(examples.items())),
        config=config,
    )


def _flat(value: Any, place: str = "") -> dict[str, Any]:
    """Every plain value by its path."""
    if isinstance(value, dict):
        items = [(f"{place}.{name}" if place else str(name), one) for name, one in value.items()]
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        items = [(f"{place}[{number}]", one) for number, one in enumerate(value)]
    else:
        return {place: value}
    return {name: found for inner, one in items for name, found in _flat(one, inner).items()}
