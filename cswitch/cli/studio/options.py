"""Options that the commands about a Label Studio server share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cswitch.annotators.labelstudio.connection import Connection

Project = Annotated[str, typer.Option("--project", "-p", metavar="TITLE", help="The project, by its title or number.")]
Url = Annotated[
    str, typer.Option("--url", metavar="URL", help="The server. Default: LABEL_STUDIO_URL of the environment.")
]
KeyEnv = Annotated[
    str, typer.Option("--key-env", metavar="NAME", help="Variable of the environment that holds the key.")
]
KEY = "LABEL_STUDIO_API_KEY"


def connected(url: str, key_env: str) -> Connection:
    """A connection to be opened by ``with``.

    Raises:
        UsageError: No server or no key is named, or one cannot be meant.
    """
    from cswitch.annotators.labelstudio.access import access
    from cswitch.annotators.labelstudio.connection import Connection

    return Connection(access(url, key_env))


def listed(text: str) -> tuple[str, ...]:
    """What is written between commas.

    >>> listed("pos, entity,")
    ('pos', 'entity')
    """
    return tuple(item.strip() for item in text.split(",") if item.strip())
