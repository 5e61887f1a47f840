"""``cswitch studio up``: a Label Studio server on this machine."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from cswitch.cli.errors import say
from cswitch.core.errors import RunError

if TYPE_CHECKING:
    from cswitch.annotators.labelstudio.launching import Launched


def up(
    folder: Annotated[
        str,
        typer.Option("--folder", metavar="DIR", help="Where it lives. Default: cswitch/label-studio among your data."),
    ] = "",
    port: Annotated[
        int | None,
        typer.Option("--port", metavar="N", min=1, max=65535, help="Default: the first free one from 8080 on."),
    ] = None,
    command: Annotated[
        str, typer.Option("--server-command", metavar="PATH", help="Program of an installed label-studio.")
    ] = "",
    wait: Annotated[float, typer.Option("--wait", metavar="S", min=1, help="How long its start may take.")] = 600.0,
    show_key: Annotated[bool, typer.Option("--show-key", help="Print password and key.")] = False,
) -> None:
    """Start a Label Studio server on this machine, for this machine alone.

    The first time it is installed into an environment of its own (a few minutes, 1 GB), and a user and a key are
    made. It sends nothing to its makers. Ctrl-C stops it; samples and annotations stay in its folder.

    Example: cswitch studio up
    """
    from cswitch.annotators.labelstudio.launching import Home, default_home
    from cswitch.pipeline.studio_up import running_server

    home = Home(Path(folder).expanduser()) if folder else default_home()
    with running_server(home, program=command, port=port, seconds=wait, told=say) as server:
        try:
            typer.echo(ready(server, show_key=show_key))
            code = server.wait()
        except KeyboardInterrupt:
            say("stopping the server")
            return
    raise RunError(f"Label Studio stopped by itself (status {code})", hint=f"see {home.log}")


def ready(server: Launched, *, show_key: bool) -> str:
    """What one needs to know of a server that is up."""
    from cswitch.annotators.labelstudio.launching import USER

    home = server.home
    password = home.password.read_text().strip() if show_key else f"see {home.password}"
    key = home.key.read_text().strip() if show_key else f'"$(cat {quote(str(home.key))})"'
    return (
        f"Label Studio runs at {server.url}; Ctrl-C stops it\n"
        f"user {USER}, password {password}\n"
        f"export LABEL_STUDIO_URL={server.url} LABEL_STUDIO_API_KEY={key}"
    )
