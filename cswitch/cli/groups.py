"""Groups of commands that import only the one that runs."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from cswitch.core.errors import UsageError


def lazy_group(commands: Mapping[str, tuple[str, str]]) -> type[TyperGroup]:
    """A group of commands that are found by name and imported only to run.

    Args:
        commands: For each name, where its function or group is (``module:attribute``), and its line in the help.
    """

    class LazyGroup(TyperGroup):
        """A group of commands that imports only the one that runs."""

        def list_commands(self, ctx: Any) -> list[str]:
            """Names in the order of the help."""
            return list(commands)

        def get_command(self, ctx: Any, cmd_name: str) -> Any:
            """The command of a name, imported now.

            Raises:
                UsageError: There is no such command.
            """
            if cmd_name not in commands:
                from cswitch.core.registry import suggest

                raise UsageError(f"unknown command {cmd_name!r}", hint=suggest(cmd_name, list(commands)))
            module, _, name = commands[cmd_name][0].partition(":")
            found = getattr(import_module(module), name)
            if isinstance(found, typer.Typer):
                return typer.main.get_command(found)
            single = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
            single.command(cmd_name)(found)
            return typer.main.get_command(single)

        def format_commands(self, ctx: Any, formatter: Any) -> None:
            """Writes the list of commands without importing them."""
            with formatter.section("Commands"):
                formatter.write_dl([(name, line) for name, (_, line) in commands.items()])

    return LazyGroup
