"""Jobs that are one command, tried without writing anything."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from cswitch.pipeline.jobs.spec import check_job
from cswitch.schemas.job import Job

TRIED = 16
"""Items that are read."""


def first_read(job: Job) -> int:
    """Reads the first items of what a command of its own takes.

    Args:
        job: A job whose only stage is a perturbation, a recipe, an export or a romanisation.

    Returns:
        How many could be read; 16 at most.

    Raises:
        CswitchError: One cannot be, or the job cannot be done.
    """
    check_job(job)
    return sum(1 for _ in islice(_items(job), TRIED))


def _items(job: Job) -> Iterable[object]:
    stage, path = job.stages[0], job.input.paths[0]
    if stage.perturb is not None:
        from cswitch.pipeline.jobs.perturb_spec import settings_of
        from cswitch.pipeline.perturb_run import check_columns, numbered
        from cswitch.pipeline.perturb_tables import check_layouts, open_table

        check_layouts(path, job.output.file or job.output.folder)
        table, settings = open_table(path), settings_of(stage.perturb)
        check_columns(table, settings)
        return numbered(table, settings)
    if stage.recipe is not None:
        from cswitch.pipeline.jobs.recipe_spec import recipe_of, source_of
        from cswitch.pipeline.jobs.recipe_spec import settings_of as recipe_settings
        from cswitch.pipeline.recipes.items import read_items

        return read_items(source_of(job.input, recipe_settings(stage.recipe), recipe_of(stage.recipe).takes))
    if stage.romanise is not None:
        from cswitch.pipeline.lines import read_lines

        return read_lines(path)
    if stage.export is not None and stage.export.by == "attempts":
        from cswitch.pipeline.lines import read_lines

        return read_lines(path)
    from cswitch.pipeline.tagged_records import read_records

    return read_records(path)
