"""A run of a recipe of operations, however it was asked for: done, told, and described so that it can be repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from cswitch.cli.keeping import Origin, keep_job
from cswitch.cli.options import counted, percent, print_json
from cswitch.cli.options import note as say
from cswitch.cli.streams import remove_empty
from cswitch.cli.synth_making import Target
from cswitch.core.errors import RunError

if TYPE_CHECKING:
    from cswitch.generators.recipes.recipe import Recipe
    from cswitch.pipeline.recipes.items import RecipeSource
    from cswitch.pipeline.recipes.settings import RecipeSettings
    from cswitch.pipeline.synth import Summary


def make(
    source: RecipeSource, settings: RecipeSettings, target: Target, origin: Origin, *, workers: int, as_json: bool
) -> None:
    """Runs a recipe, tells what came, and writes the job file that would do it again.

    Args:
        source: The input.
        settings: What to make.
        target: Where it goes.
        origin: The job file that is done, if it is one.
        workers: Processes.
        as_json: Tell it as one JSON object on stdout.

    Raises:
        CswitchError: The run cannot be done; what is safe is told.
    """
    from cswitch.cli.live import Progress
    from cswitch.pipeline.jobs.repeating import recipe_job
    from cswitch.pipeline.output import Output
    from cswitch.pipeline.recipes.run import run_recipe
    from cswitch.pipeline.recipes.settings import ready
    from cswitch.pipeline.user_lexicons import checked

    output, rejects, force, resume = target
    checked(settings.lexicons, say)
    found, itself = ready(settings), bool(origin.path)
    origin.told(found.config)
    out = Output(output, rejects=rejects, config=found.config, force=force, resume=resume, by_itself=itself)
    with Progress(output, by_itself=itself) as progress:
        summary = run_recipe(source, out, settings, workers=workers, note=progress.note, progress=progress.update)
    if as_json:
        import msgspec

        print_json(msgspec.to_builtins(summary))
    else:
        typer.echo(report(summary, found.recipe, output), err=True)
    if not summary.samples and not out.reader_gone and not out.complete:
        remove_empty(output)
        where = f"each item's reason is in {rejects}" if rejects else "--rejects FILE keeps each item's reason"
        raise RunError("no item gave a sample", hint=where)
    keep_job(recipe_job(source, settings, output, rejects), found.config, origin, replace=not out.complete)


def report(summary: Summary, recipe: Recipe, output: str) -> str:
    """The end of a run in a few lines: what came, and why the rest did not."""
    from cswitch.schemas.reject import REASONS

    if summary.already_complete:
        return f"{output} is complete already; nothing was done"
    share = f" ({percent(summary.answered, summary.pairs)})" if summary.answered < summary.pairs else ""
    place = "" if output == "-" or not summary.samples else f" in {output}"
    samples = counted(summary.samples, "sample")
    lines = [
        f"{recipe.name}: {counted(summary.pairs, 'item')} read, {summary.answered:,} answered{share}: {samples}{place}"
    ]
    if summary.mean_cmi_error is not None:
        met = f"{summary.met:,} ({percent(summary.met, summary.samples)})"
        lines.append(f"  target met by {met}; mean |CMI asked - CMI got| {summary.mean_cmi_error:.2f}")
    for reason, count in summary.rejects.items():
        example = summary.examples.get(reason)
        first = f" (first: {example})" if example else ""
        lines.append(f"  {counted(count, 'item')} rejected, {reason}: {REASONS[reason]}{first}")
    if recipe.export and summary.samples and output != "-":
        lines.append(f"  the method ends with: cswitch export {output} -o DIR --to {recipe.export}")
    return "\n".join(lines)
