"""A job as plain data to be written down: every default that decides something, and nothing that says nothing."""

from __future__ import annotations

from typing import Any

import msgspec
import yaml

from cswitch.pipeline.jobs.kinds import is_command, is_exported, name_of
from cswitch.schemas.commands import ExportStage, PerturbStage, RecipeStage
from cswitch.schemas.job import Job, PromptStage

_SHARDS = ("format", "compression", "rows_per_shard")
"""What is said of shards."""
_AS_IT_IS = ("filter", "export", "perturb", "romanise")
"""Stages that cut nothing into tokens."""


def job_text(job: Job) -> str:
    """A job as YAML, with every default that decides something written out."""
    return yaml.safe_dump(as_written(job), sort_keys=False, allow_unicode=True, width=120)


def as_written(job: Job) -> dict[str, Any]:
    """A job as plain data, so that other defaults of a later version change nothing."""
    unsaid = ("pretokenised",) if job.stages and name_of(job.stages[0]) in _AS_IT_IS else ()
    stages = [_written(stage) for stage in job.stages]
    output = _written(job.output, _beside_output(job))
    return {"input": _written(job.input, unsaid), "stages": stages, "output": output}


def _beside_output(job: Job) -> tuple[str, ...]:
    """Fields of the output that mean nothing in a job."""
    other = "folder" if job.output.file else "file"
    if not job.stages:
        return (other,)
    if is_exported(job):
        return (other, "format", "compression", "rejects", "attempts")
    if not is_command(job):
        return (other,)
    tags = name_of(job.stages[0]) in ("synth", "tag", "prompt", "filter")
    return (other, *(name for name in _SHARDS if name != "format" or not tags))


def _written(value: object, without: tuple[str, ...] = ()) -> Any:
    """A record as plain data."""
    if isinstance(value, dict):
        return {name: _written(one) for name, one in value.items()}
    if isinstance(value, msgspec.Struct):
        passed_over = (*without, *_passed_over(value))
        fields = [field for field in msgspec.structs.fields(value) if field.name not in passed_over]
        given = {field.name: (getattr(value, field.name), field.default) for field in fields}
        found = {name: _written(one) for name, (one, usual) in given.items() if not (one is None and usual is None)}
        if isinstance(value, PerturbStage):
            from cswitch.pipeline.jobs.perturb_spec import fields_as_written

            found["fields"] = fields_as_written(value)
        return found
    return [_written(one) for one in value] if isinstance(value, tuple | list) else value


def _passed_over(value: msgspec.Struct) -> tuple[str, ...]:
    """Fields that mean nothing beside the others, or are worked out."""
    if isinstance(value, PromptStage):
        return tuple(name for name in value.__struct_fields__ if name.endswith("_digest"))
    if isinstance(value, PerturbStage):
        from cswitch.pipeline.jobs.perturb_spec import left_unsaid as beside

        return beside(value)
    if isinstance(value, ExportStage):
        from cswitch.pipeline.jobs.export_spec import left_unsaid

        return left_unsaid(value)
    return ("set",) if isinstance(value, RecipeStage) and not value.set else ()
