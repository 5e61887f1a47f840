"""What a process does for a job: whole shards, from their rows to their files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from cswitch.core.errors import InputError
from cswitch.pipeline.jobs.plan import pair_of, reading_of
from cswitch.pipeline.jobs.reading import FAILED, pair_rows, text_rows, utterances
from cswitch.pipeline.jobs.shards import Shard
from cswitch.pipeline.jobs.stages import (
    Block,
    FilterStage,
    FirstStage,
    LaterStage,
    RetagStage,
    SynthStage,
    TagStage,
    together,
)
from cswitch.pipeline.jobs.writing import ShardFiles, ShardSummary
from cswitch.pipeline.synthesiser import Observed, little_collecting
from cswitch.schemas.job import Job, Stage

CHECKED = 16
"""Rows that are tried before a run."""


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """What a process needs to know of a job."""

    job: Job
    """The job."""
    config: str
    """Hash of everything but the rows that decides the records."""
    observed: Observed = ()
    """CMI and switches of real text to follow."""
    answers: str = ""
    """File that keeps the answers of language models, when the job names none."""
    world: int = 1
    """Machines that share the pace and the budget of language models."""


class Trial(NamedTuple):
    """A shard whose first rows are to be tried."""

    shard: Shard


class Worker:
    """Does shards of a job; calling it does one.

    Args:
        setup: The job.
        start: Number of the first stage that it has.
        stop: Number behind the last; None for all.

    Raises:
        CswitchError: A stage cannot be made.
    """

    def __init__(self, setup: Setup, start: int = 0, stop: int | None = None) -> None:
        self.setup = setup
        stages = setup.job.stages[start:stop]
        self._first = _first(stages[0], setup) if start == 0 else None
        self.rest: list[LaterStage] = [_later(stage) for stage in (stages[1:] if start == 0 else stages)]

    @property
    def first(self) -> FirstStage:
        """The stage that takes what was read."""
        assert self._first is not None, "it has only later stages"
        return self._first

    def __call__(self, task: Shard | Trial) -> ShardSummary | None:
        """Writes the files of a shard, or tries its first rows.

        Raises:
            InputError: Its rows cannot be read.
            OSError: Its files cannot be written.
        """
        if isinstance(task, Trial):
            self.check(task.shard)
            return None
        return self.write(task)

    def write(self, shard: Shard) -> ShardSummary:
        """Writes the files of a shard."""
        return self.write_blocks(shard, self.blocks(shard))

    def write_blocks(self, shard: Shard, blocks: Iterable[Block]) -> ShardSummary:
        """Writes what became of the rows of a shard."""
        counts: Counter[str] = Counter()
        examples: dict[str, str] = {}
        records = rejected = 0
        with ShardFiles(self.setup.job, shard.number) as files, little_collecting():
            for block in blocks:
                files.add(block.lines, block.rejects, block.attempts)
                records += len(block.lines)
                rejected += len(block.rejects)
                counts = together(counts, block.counts)
                for reject in block.rejects:
                    place = f"line {reject.line}" if reject.line else f"record {reject.source_id}"
                    examples.setdefault(reject.reason, f"{place}: {reject.detail}" if reject.detail else place)
            summary = ShardSummary(
                number=shard.number,
                rows=shard.rows,
                records=records,
                rejected=rejected,
                bytes=0,
                counts=dict(sorted(counts.items())),
                examples=examples,
                digest=shard.digest,
                config=self.setup.config,
            )
            return files.publish(summary)

    def check(self, shard: Shard) -> None:
        """Does the first rows of a shard and drops what comes of it: what is wrong with all rows is told before a run.

        Raises:
            InputError: All of them failed.
            CswitchError: A stage cannot work.
        """
        rows = list(islice(self.rows(shard), CHECKED))
        block = self.through(rows)
        bad = [reject for reject in block.rejects if reject.reason == FAILED]
        if rows and len(bad) == len(rows):
            hint = "mend the input or the job; the first rows failed one and all"
            raise InputError(bad[0].detail, path=shard.path, line=bad[0].line, hint=hint)

    def blocks(self, shard: Shard) -> Iterator[Block]:
        """What becomes of the rows of a shard, block by block."""
        rows = self.rows(shard)
        while part := list(islice(rows, self.first.size)):
            yield self.through(part)

    def through(self, rows: list[Any]) -> Block:
        """What becomes of some rows."""
        block = self.first(rows)
        for stage in self.rest:
            block = stage(block)
        return block

    def rows(self, shard: Shard) -> Iterator[Any]:
        """The rows of a shard, and a reject for each that cannot be read."""
        job = self.setup.job
        pair, asked = pair_of(job.stages[0]), job.stages[0].prompt
        if pair is not None:
            return pair_rows(shard, pair, pretokenised=job.input.pretokenised)
        if asked is not None:
            return text_rows(shard, asked.source_lang, job.input.field or "")
        return utterances(shard, reading_of(job))


def _first(stage: Stage, setup: Setup) -> FirstStage:
    if stage.synth is not None:
        return SynthStage(stage.synth, setup.observed)
    if stage.prompt is not None:
        from cswitch.pipeline.jobs.prompting import PromptTexts

        return PromptTexts(setup.job, answers=setup.answers, world=setup.world)
    assert stage.tag is not None, "a job begins with synth, prompt or tag"
    return TagStage(stage.tag)


def _later(stage: Stage) -> LaterStage:
    if stage.filter is not None:
        return FilterStage(stage.filter)
    assert stage.tag is not None, "only the first stage takes pairs"
    return RetagStage(TagStage(stage.tag))
