"""The job file beside what a command wrote, which would repeat it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cswitch.cli.command_line import command_line
from cswitch.cli.options import note

if TYPE_CHECKING:
    from cswitch.schemas.job import Job


class Origin(NamedTuple):
    """Where a single command comes from, when a job file describes it."""

    path: str
    """The job file; empty for a command that was typed."""

    def told(self, config: str) -> bool:
        """Says so when the file was written by another version, or for other settings than it leads to now.

        Returns:
            Whether there was anything to say.
        """
        from cswitch import __version__
        from cswitch.pipeline.jobs.repeating import kept_config

        found = kept_config(self.path) if self.path else None
        if found is not None and found[0] != __version__:
            note(f"{self.path} was written by version {found[0]}, and this is {__version__}: the output may differ")
        elif found is not None and config and found[1] and found[1] != config:
            note(f"{self.path} was changed, or a file that it names was: the output may differ from what it was")
        else:
            return False
        return True


TYPED = Origin("")


def keep_job(job: Job, config: str, origin: Origin, *, replace: bool = True) -> None:
    """Writes the job file that would repeat a command, unless it is the one that was done.

    An output is not lost for want of it: what keeps it from being written is told.

    Args:
        job: The job, its paths relative to the working folder.
        config: Hash of what decides the output; empty for none.
        origin: The job file that was done, if it was one.
        replace: Whether one that is there is written anew.
    """
    import os

    from cswitch.core.errors import UsageError
    from cswitch.pipeline.jobs.kinds import output_of
    from cswitch.pipeline.jobs.repeating import job_file, keep

    place = job_file(output_of(job))
    if place is None or (origin.path and os.path.realpath(origin.path) == os.path.realpath(place)):
        return
    try:
        keep(job, config, command_line(), replace=replace)
    except (OSError, UsageError) as error:
        what = error.message if isinstance(error, UsageError) else (error.strerror or type(error).__name__).lower()
        note(f"{place}, which would repeat this, cannot be written: {what}")
