"""Options of a command in groups: how the command takes them, and how its help shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, is_dataclass
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Any, get_type_hints

from typer.core import TyperCommand


def takes_groups(command: Callable[..., None]) -> Callable[..., None]:
    """A command for Typer out of one that takes dataclasses, each of which is a group of options.

    Typer sees the fields of each group in the place of the group: their types are annotated with
    ``typer.Option(...)`` as those of parameters are, and their defaults are the options' defaults. A group may name
    the ``panel`` of the help that its options stand under.

    Args:
        command: A function; parameters whose type is no dataclass are options or arguments themselves.

    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Size:
    ...     width: int = 2
    ...     height: int = 3
    >>> @takes_groups
    ... def area(name: str, size: Size) -> None:
    ...     print(name, size.width * size.height)
    >>> print(signature(area))
    (*, name: str, width: int = 2, height: int = 3)
    >>> area(name="door", width=1, height=3)
    door 3
    """
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {name: hint for name, hint in hints.items() if is_dataclass(hint)}

    @wraps(command)
    def run(**given: Any) -> None:
        made = {
            name: group(**{field.name: given.pop(field.name) for field in fields(group)})
            for name, group in groups.items()
        }
        command(**given, **made)

    parameters: list[Parameter] = []
    for name, parameter in signature(command).parameters.items():
        if name in groups:
            parameters += _options(groups[name])
        else:
            parameters.append(parameter.replace(kind=Parameter.KEYWORD_ONLY, annotation=hints[name]))
    run.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def _options(group: Any) -> Iterator[Parameter]:
    """The fields of a group as parameters of a command."""
    hints = get_type_hints(group, include_extras=True)
    for field in fields(group):
        hint = hints[field.name]
        for option in getattr(hint, "__metadata__", ()):
            option.rich_help_panel = option.rich_help_panel or getattr(group, "panel", None)
        default = Parameter.empty if field.default is MISSING else field.default
        yield Parameter(field.name, Parameter.KEYWORD_ONLY, default=default, annotation=hint)


class PanelCommand(TyperCommand):
    """A command whose help lists its options under what they are about."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Writes the options, a section a panel, in the order in which panels first come."""
        panels: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                name = "Arguments" if parameter.param_type_name == "argument" else "Options"
                panels.setdefault(getattr(parameter, "rich_help_panel", None) or name, []).append(record)
        for name, records in panels.items():
            with formatter.section(name):
                formatter.write_dl(records)
