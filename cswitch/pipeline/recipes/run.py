"""A recipe run from an input to an output: resumable, on one core or many, in the order of the input."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from itertools import starmap

from cswitch.pipeline.checks import MAX_WORKERS, check_number
from cswitch.pipeline.output import Output
from cswitch.pipeline.recipes.items import RecipeSource, read_items
from cswitch.pipeline.recipes.settings import RecipeSettings
from cswitch.pipeline.recipes.worker import ItemChunk, RecipeWorker, items_checksum
from cswitch.pipeline.resuming import grouped, skip_done
from cswitch.pipeline.synth import Summary, Tally
from cswitch.pipeline.synthesiser import Done
from cswitch.pipeline.workers import in_order


def run_recipe(
    source: RecipeSource,
    output: Output,
    settings: RecipeSettings,
    *,
    workers: int = 1,
    note: Callable[[str], None] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Summary:
    """Runs a recipe whose steps are a lattice or operations; one of prompts is run by ``cswitch prompt``.

    A run that stops half way keeps what was committed, and goes on with ``resume`` where it stopped, to the same bytes.

    Args:
        source: The input.
        output: Where samples and rejects go, not entered yet; its ``config`` is that of :func:`~.settings.ready`.
        settings: What to make.
        workers: Processes; the output does not depend on their number.
        note: Called with one line about anything the user should know.
        progress: Called with the items and samples that are safe.

    Raises:
        UsageError: The recipe or its settings cannot be meant, or the run to be resumed had another input.
        InputError: The input cannot be read on.
        RunError: Writing failed, or a worker process was killed.
    """
    check_number("--workers", workers, most=MAX_WORKERS)
    if source.limit is not None:
        check_number("--limit", source.limit)
    started = time.monotonic()
    worker = RecipeWorker(settings)
    items = read_items(source, note)
    with output:
        tally = Tally(output, progress)
        if not output.complete:
            before = skip_done(items, source, output, items_checksum, "items", same="the same input")
            jobs = starmap(ItemChunk, grouped(items, worker.chunk, before, items_checksum))
            with closing(_process(jobs, worker, settings, workers)) as parts:
                for done in parts:
                    tally.add(done)
    summary = tally.summary(time.monotonic() - started)
    summary.already_complete = output.complete
    return summary


def _process(
    jobs: Iterator[ItemChunk], worker: RecipeWorker, settings: RecipeSettings, workers: int
) -> Generator[Done, None, None]:
    if workers > 1:
        yield from in_order(RecipeWorker, (settings,), jobs, workers)
    else:
        yield from map(worker, jobs)
