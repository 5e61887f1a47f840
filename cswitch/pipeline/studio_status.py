"""How far the annotators of a project on a Label Studio server are."""

from __future__ import annotations

from cswitch.annotators.labelstudio.connection import Server
from cswitch.annotators.labelstudio.progress import Progress, progress_of
from cswitch.annotators.labelstudio.projects import need
from cswitch.pipeline.studio_pull import judged


def progress(server: Server, project: str) -> Progress:
    """How far a project is; nothing is changed.

    Args:
        server: Where.
        project: Title or id of the project.

    Raises:
        UsageError: There is no such project.
        RunError: The server refused, or has gone.
    """
    found = need(server, project)
    with judged(server, found) as (puller, records):
        return progress_of(found, records, puller.counts)
