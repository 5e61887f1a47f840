"""Both ends of a job, checked: what it reads, and where it writes."""

from __future__ import annotations

from collections.abc import Iterator

from cswitch.core.errors import UsageError
from cswitch.pipeline.aligners import AUTO, GIVEN
from cswitch.pipeline.export_table import ATTEMPTS, ROWS, STUDIO
from cswitch.pipeline.jobs.export_spec import writes_folder
from cswitch.pipeline.jobs.kinds import ALONE, name_of
from cswitch.pipeline.jobs.mistakes import Mistake
from cswitch.pipeline.jobs.plan import pair_of
from cswitch.pipeline.jobs.romanise_spec import FORMATS as ROMANISED
from cswitch.pipeline.readers import FORMATS as PAIR_FORMATS
from cswitch.pipeline.tag_layouts import FORMATS as TAGGED_FORMATS
from cswitch.schemas.commands import ExportStage
from cswitch.schemas.job import Job, JobOutput

MAX_ROWS = 1_000_000
"""Most rows a shard; a worker killed in one does all of it again."""
ASKED_FORMATS = ("text", "tsv", "jsonl")
"""Layouts of text in one language that a language model is to mix."""
_SHARDS = ("jsonl", "parquet")


def ends(job: Job) -> Iterator[Mistake]:
    """What is wrong with the ends of a job whose stages are right."""
    if not all(map(name_of, job.stages)):
        return  # told with the stage
    if not job.stages:
        yield from _folder(job.output)
        return
    yield from _input(job)
    if job.output.folder and job.output.file:
        yield Mistake("output.file", "a folder is named too", "name one of the two")
    last = name_of(job.stages[-1])
    if last == "export":
        yield from _export(job)
    elif last in ALONE:
        yield from _alone(job, last)
    elif job.output.file:
        yield from _file(job)
    else:
        yield from _folder(job.output)


def _input(job: Job) -> Iterator[Mistake]:
    given, first = job.input, job.stages[0]
    pairs = pair_of(first) is not None
    if not given.paths or not all(given.paths):
        yield Mistake("input.path", "it names nothing", "name a file")
    if "-" in given.paths:
        yield Mistake("input.path", "standard input can be read only once", "write it to a file first")
    if given.limit is not None and given.limit < 1:
        yield Mistake("input.limit", f"{given.limit} is too small", "choose 1 or more")
    if first.prompt is not None and first.prompt.source == "grid":
        yield from _grid(job)
        return
    if len(job.stages) == 1 and not (first.synth or first.prompt or first.tag):
        yield from _of_command(job)
        return
    formats = PAIR_FORMATS if pairs else TAGGED_FORMATS if first.prompt is None else ASKED_FORMATS
    if given.format is not None and given.format not in formats:
        yield Mistake("input.format", f"unknown format {given.format!r}", f"known: {', '.join(formats)}")
    if given.links is not None and (not pairs or len(given.paths) > 1):
        yield Mistake("input.links", "links belong to the pairs of one path", "leave them out, or put them in a column")
    settings = first.synth or first.prompt
    if given.links is not None and settings is not None and settings.aligner not in (AUTO, GIVEN):
        yield Mistake(
            "input.links", f"they are of no use with the aligner {settings.aligner}", "leave out one of the two"
        )
    if given.field is not None and pairs:
        yield Mistake("input.field", "pairs have a field for each language", "leave it out")


_TAKEN: dict[str, tuple[str, ...]] = {
    "filter": (),
    "export": (),
    "perturb": (),
    "romanise": ("format",),
    "recipe": ("format", "links", "field", "limit", "pretokenised"),
}
"""What may be said of the input of a stage that is a command of its own."""


def _of_command(job: Job) -> Iterator[Mistake]:
    """What is wrong with the input of a stage that is a command of its own."""
    name, given = name_of(job.stages[0]), job.input
    for field in ("format", "links", "field", "limit", "pretokenised"):
        if field not in _TAKEN[name] and getattr(given, field) not in (None, False):
            what = "records are filtered as they are" if name == "filter" else f"{name} reads its input as it is"
            yield Mistake(f"input.{field}", what, "leave it out")
    if name == "romanise" and given.format not in (None, *ROMANISED):
        yield Mistake("input.format", f"unknown format {given.format!r}", f"known: {', '.join(ROMANISED)}")
    if len(given.paths) > 1:
        yield Mistake("input.path", f"{name} takes one input", "name one")


def _grid(job: Job) -> Iterator[Mistake]:
    """What is wrong with the input of prompts from a grid, which is its name."""
    given = job.input
    if len(given.paths) > 1:
        yield Mistake("input.path", "one grid is drawn from at a time", "name one")
    if given.limit is None:
        yield Mistake("input.path", "a grid has no end", "say how many cells are drawn, by limit: 500")
    for name in ("format", "links", "field"):
        if getattr(given, name) is not None:
            yield Mistake(f"input.{name}", "a grid has none", "leave it out")


def _folder(output: JobOutput) -> Iterator[Mistake]:
    if not output.folder:
        yield Mistake("output.folder", "it has no name", "name a folder, or a file instead")
    if not 1 <= output.rows_per_shard <= MAX_ROWS:
        yield Mistake("output.rows_per_shard", f"{output.rows_per_shard} is out of range", f"choose 1 to {MAX_ROWS:,}")
    if output.format not in _SHARDS:
        yield Mistake("output.format", f"shards are not written as {output.format}", f"choose {' or '.join(_SHARDS)}")
    for name in ("rejects", "attempts"):
        if getattr(output, name) is not None:
            yield Mistake(f"output.{name}", "shards have their own beside them", "leave it out")


def _file(job: Job) -> Iterator[Mistake]:
    output, first = job.output, job.stages[0]
    if len(job.stages) > 1:
        hint = "name a folder for several stages, or write a job a stage"
        yield Mistake("output.file", "a file holds what one stage gives", hint)
    if len(job.input.paths) > 1 and first.filter is None:
        yield Mistake("input.path", "a file is made of one input", "name a folder for several inputs")
    yield from _not_compressed(output)
    if output.format != "jsonl" and first.tag is None:
        yield Mistake("output.format", f"samples are not written as {output.format}", "leave it out: they are jsonl")
    for name, stages in (("rejects", ("synth", "prompt", "filter")), ("attempts", ("prompt",))):
        if getattr(output, name) is not None and name_of(first) not in stages:
            yield Mistake(f"output.{name}", f"there are none but with {' and '.join(stages)}", "leave it out")


def _alone(job: Job, name: str) -> Iterator[Mistake]:
    """What is wrong with the output of a stage that is a command of its own."""
    output = job.output
    if name != "perturb" and output.folder:
        yield Mistake("output.folder", f"{name} writes a file", "name it by file")
    elif not output.folder and not output.file:
        yield Mistake("output.file", "it has no name", "name a file")
    yield from _not_compressed(output)
    if output.format != "jsonl":
        yield Mistake("output.format", f"{name} says by itself how it writes", "leave it out")
    for field in ("rejects", "attempts"):
        if getattr(output, field) is not None and (field == "attempts" or name == "romanise"):
            yield Mistake(f"output.{field}", f"{name} writes none", "leave it out")


def _export(job: Job) -> Iterator[Mistake]:
    """What is wrong with the output of an export."""
    output, stage = job.output, job.stages[-1].export
    assert stage is not None, "the last stage is no export"
    if not output.folder and not output.file:
        yield Mistake("output.folder", "it has no name", "name a folder, or a file")
    elif stage.to == STUDIO and output.folder:
        yield Mistake("output.folder", f"{STUDIO} writes a file", "name it by file: tasks.json")
    elif output.file and stage.to in ROWS and _only_folder(stage):
        what = "splits" if stage.splits else stage.writer or stage.to
        yield Mistake("output.file", f"{what} make a folder", "name it by folder")
    yield from _not_compressed(output)
    if output.format != "jsonl":
        yield Mistake("output.format", "the export says how it is written", "give it as to: FORMAT of the export")
    for field in ("rejects", "attempts"):
        if getattr(output, field) is not None:
            yield Mistake(f"output.{field}", "an export has none; shards have their own beside them", "leave it out")
    if len(job.stages) > 1 and not 1 <= output.rows_per_shard <= MAX_ROWS:
        yield Mistake("output.rows_per_shard", f"{output.rows_per_shard} is out of range", f"choose 1 to {MAX_ROWS:,}")
    if len(job.stages) > 1 and stage.by == ATTEMPTS and job.stages[0].prompt is None:
        yield Mistake(f"stages[{len(job.stages) - 1}].export.by", "only prompts leave attempts", "choose cmi or met")


def _only_folder(stage: ExportStage) -> bool:
    """Whether what a stage writes can only be a folder; a writer that does not fit is told elsewhere."""
    try:
        return writes_folder(stage)
    except UsageError:
        return False


def _not_compressed(output: JobOutput) -> Iterator[Mistake]:
    if output.compression != "none":
        yield Mistake("output.compression", "a file is not compressed", "leave it out, and run gzip on the file after")
