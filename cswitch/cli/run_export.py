"""``cswitch run`` over a job that ends with an export: shards first, then what is made of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import typer

from cswitch.cli.keeping import Origin
from cswitch.cli.options import note, print_json

if TYPE_CHECKING:
    from cswitch.pipeline.jobs.exported import Export
    from cswitch.schemas.job import Job

COMMAND = "cswitch run job.yaml"
"""What the card says it was made by."""


def do_exported(
    job: Job, origin: Origin, make_shards: Callable[[Job], dict[str, Any]], *, force: bool, as_json: bool
) -> None:
    """Does the shards of a job that are not done, and exports them all once they are there.

    Args:
        job: The job.
        origin: Its file.
        make_shards: Does a job of shards, and gives what they are.
        force: Start again, and replace what is there.
        as_json: Tell what came as one JSON object on stdout.

    Raises:
        CswitchError: It cannot be done; shards that are done are safe.
    """
    from cswitch.pipeline.jobs.exported import Export

    export = Export(job)
    origin.told(export.config)
    export.check(force=force)
    shards = make_shards(export.shards)
    if not shards["complete"]:
        note(f"{export.output} is written by the machine that is done last")
        if as_json:
            print_json(shards)
    elif not force and export.is_done():
        if as_json:
            print_json(shards)
        else:
            typer.echo(f"{export.output} is complete already; nothing was done", err=True)
    else:
        _write(job, export, origin, shards, as_json=as_json)


def _write(job: Job, export: Export, origin: Origin, shards: dict[str, Any], *, as_json: bool) -> None:
    from cswitch.cli.export_making import Read, Target, make

    with export.written() as mine:
        if not mine:
            note(f"another machine writes {export.output}")
            return
        read = Read(export.files(), COMMAND, job, export.config, shards)
        target = Target(export.output, force=True, folder=bool(job.output.folder))
        make(str(export.folder), export.stage, target, origin, as_json=as_json, read=read)
