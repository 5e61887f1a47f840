"""What kind of job it is: shards, or what one command makes; and what follows from that."""

from __future__ import annotations

import msgspec

from cswitch.schemas.job import Job, JobOutput, Stage

ALONE = ("perturb", "recipe", "romanise")
"""Stages that stand for a command of their own, before and after which nothing is done."""
SHARDS = ".shards"
"""What follows the name of an export in that of the folder with the shards that it is made of."""


def name_of(stage: Stage) -> str:
    """What a stage does, by the name of its field; empty for nothing.

    >>> from cswitch.schemas.job import TagSettings
    >>> name_of(Stage(tag=TagSettings()))
    'tag'
    """
    return next((name for name in Stage.__struct_fields__ if getattr(stage, name) is not None), "")


def is_command(job: Job) -> bool:
    """Whether a job is what one command does, so that its output is what that command writes."""
    first = name_of(job.stages[0])
    return len(job.stages) == 1 and (bool(job.output.file) or first in ALONE or first == "export")


def is_exported(job: Job) -> bool:
    """Whether what other stages gave is exported in the end."""
    return len(job.stages) > 1 and job.stages[-1].export is not None


def output_of(job: Job) -> str:
    """What a job writes: its file, else its folder."""
    return job.output.file or job.output.folder


def in_shards(job: Job) -> Job:
    """The job without its export: what it gives lies in shards beside the export.

    >>> from cswitch.schemas.commands import ExportStage
    >>> from cswitch.schemas.job import JobInput, TagSettings
    >>> stages = Stage(tag=TagSettings()), Stage(export=ExportStage(to="csv"))
    >>> job = in_shards(Job(input=JobInput(path="in.txt"), stages=stages, output=JobOutput(file="out.csv")))
    >>> job.output.folder, len(job.stages)
    ('out.csv.shards', 1)
    """
    given = job.output
    output = JobOutput(folder=f"{output_of(job)}{SHARDS}", rows_per_shard=given.rows_per_shard)
    return msgspec.structs.replace(job, stages=job.stages[:-1], output=output)
