"""A grid of topics, people and occasions: what to write about where there is no source.

Cells are spread evenly over every axis and over pairs of axes, without repeats before all have come, and any cell can
be had by its number alone: the walk steps through the product of the axes, each in an order drawn by the run's
configuration.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from math import gcd, prod
from pathlib import Path
from typing import Any, NamedTuple, Self

import msgspec

from cswitch.core.errors import UsageError
from cswitch.core.registry import suggest
from cswitch.core.seeds import rng
from cswitch.generators.prompting.templates import one_line, shipped, shipped_names, text_digest
from cswitch.generators.prompting.yaml_files import Document, parse, read_text

SUFFIX = ".yaml"
_SUB = "sub"
_LOOKED_AT = 20_000
"""Cells looked at to see that the rules leave some."""


class _Written(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A grid as it is written."""

    about: str
    axes: dict[str, Any]
    citation: str = ""
    leave_out: list[dict[str, list[str]]] = []


class Value(NamedTuple):
    """A place on an axis."""

    name: str
    """Its words; for an axis in groups, the group."""
    inner: str = ""
    """For an axis in groups, the member."""


class Axis(NamedTuple):
    """A dimension of the grid."""

    name: str
    groups: tuple[tuple[Value, ...], ...]
    """Values by group; a plain axis has a group for each value."""

    @property
    def size(self) -> int:
        """How many values it has."""
        return sum(map(len, self.groups))


class Grid:
    r"""A grid that was read and found right.

    Args:
        name: Its versioned name, such as ``everyday.v1``.
        text: The text of its file.
        path: Where it comes from, for messages.

    Raises:
        InputError: It is not as it should be; file, line and key are named.

    >>> grid = Grid("small", "about: x\naxes: {topic: [food, travel], register: [chat, mail]}", path="small.yaml")
    >>> grid.size, sorted(cell["topic"] for cell in grid.cells(4, "run"))
    (4, ['food', 'food', 'travel', 'travel'])
    """

    def __init__(self, name: str, text: str, *, path: str) -> None:
        self.name, self.path = name, path
        self.digest = text_digest(text)
        """Hash of the file's text."""
        document = parse(text, path)
        written = document.convert(_Written)
        self.about, self.citation = written.about, written.citation
        self.axes = tuple(_axis(document, axis, value) for axis, value in written.axes.items())
        if not self.axes:
            raise document.error(
                "it is empty", "axes", hint="name an axis and its values, such as topic: [food, travel]"
            )
        self._check_names(document)
        self._left_out = [_rule(document, n, rule, self.axes) for n, rule in enumerate(written.leave_out)]
        self.size = prod(axis.size for axis in self.axes)
        """How many cells there are, those that are left out counted in."""
        self._walk = _Walk([axis.size for axis in sorted(self.axes, key=lambda axis: -axis.size)])
        if all(self._out(self._at(number, "")) for number in range(min(self.size, _LOOKED_AT))):
            raise document.error("it leaves out every cell", "leave_out", hint="drop a rule")

    @classmethod
    def load(cls, name: str) -> Self:
        """A shipped grid by its name, or one's own by its path.

        Raises:
            UsageError: No such grid; the message lists those there are.
            InputError: The file is wrong.

        >>> Grid.load("everyday.v1").size > 10_000
        True
        """
        if name in grid_names():
            return cls(name, shipped(f"grids/{name}{SUFFIX}"), path=f"grids/{name}{SUFFIX}")
        path = Path(name)
        if "/" in name or name.endswith((SUFFIX, ".yml")) or path.is_file():
            return cls(path.name.removesuffix(SUFFIX), read_text(path), path=name)
        raise UsageError(f"unknown grid {name!r}", hint=suggest(name, grid_names()))

    def cells(self, count: int, config: str) -> Iterator[dict[str, str]]:
        """Cells, evenly spread over the axes; of more cells the first ones are the same.

        Args:
            count: How many.
            config: Hash of the run; other runs get another order.
        """
        number = found = 0
        while found < count:
            cell = self._at(number, config)
            number += 1
            if not self._out(cell):
                found += 1
                yield cell

    def _at(self, number: int, config: str) -> dict[str, str]:
        """The cell of a number; those of a round are all different."""
        round_, place = divmod(number, self.size)
        cell: dict[str, str] = {}
        widest = sorted(self.axes, key=lambda axis: -axis.size)
        for axis, at in zip(widest, self._walk(place), strict=True):
            value = _order(axis, f"{config}\x1f{self.digest}\x1f{round_}")[at]
            cell[axis.name] = value.name
            if value.inner:
                cell[_SUB + axis.name] = value.inner
        names = [name for axis in self.axes for name in (axis.name, _SUB + axis.name)]
        return {name: cell[name] for name in names if name in cell}

    def _out(self, cell: Mapping[str, str]) -> bool:
        return any(all(cell.get(axis) in values for axis, values in rule.items()) for rule in self._left_out)

    def _check_names(self, document: Document) -> None:
        names = [axis.name for axis in self.axes]
        for name in names:
            if not name.isidentifier() or (name.startswith(_SUB) and name.removeprefix(_SUB) in names):
                raise document.error("not a name for an axis", f"axes.{name}", hint="use a word such as topic")


def grid_names() -> list[str]:
    """Names of the grids that are shipped.

    >>> grid_names()
    ['everyday.v1']
    """
    return shipped_names("grids", SUFFIX)


def _axis(document: Document, name: str, value: Any) -> Axis:
    """An axis: a list of values, or groups with a list of members each."""
    field = f"axes.{name}"
    groups: tuple[tuple[Value, ...], ...] = ()
    if isinstance(value, list):
        groups = tuple((Value(words),) for words in _words(document, field, value))
    elif isinstance(value, dict):
        groups = tuple(
            tuple(Value(one_line(group), words) for words in _words(document, f"{field}.{group}", members))
            for group, members in value.items()
        )
    if not groups:
        raise document.error("no values", field, hint="write a list, or groups with a list each")
    return Axis(name, groups)


def _words(document: Document, field: str, values: Any) -> list[str]:
    """The values of a list: texts, none empty, none twice."""
    if not isinstance(values, list) or not values:
        raise document.error("no list of values", field, hint="write - and a text for each")
    found: list[str] = []
    for number, value in enumerate(values):
        if not isinstance(value, str) or not value.strip():
            raise document.error(f"{value!r} is no text", f"{field}[{number}]", hint="put it in quotation marks")
        words = one_line(value)
        if words in found:
            raise document.error(f"{words!r} stands there twice", f"{field}[{number}]", hint="drop one of them")
        found.append(words)
    return found


def _rule(
    document: Document, number: int, rule: Mapping[str, Sequence[str]], axes: Sequence[Axis]
) -> dict[str, frozenset[str]]:
    """A rule of ``leave_out``: cells that have one of these values on each of these axes."""
    known = {axis.name: {value.name for group in axis.groups for value in group} for axis in axes}
    known |= {
        _SUB + axis.name: {value.inner for group in axis.groups for value in group if value.inner} for axis in axes
    }
    for axis, values in rule.items():
        field = f"leave_out[{number}].{axis}"
        if not known.get(axis):
            raise document.error("no such axis", field, hint=suggest(axis, [name for name in known if known[name]]))
        for place, value in enumerate(values):
            if one_line(value) not in known[axis]:
                hint = suggest(value, sorted(known[axis]))
                raise document.error(f"{value!r} is not on the axis", f"{field}[{place}]", hint=hint)
    if not rule:
        raise document.error("an empty rule", f"leave_out[{number}]", hint="name axes and values")
    return {axis: frozenset(map(one_line, values)) for axis, values in rule.items()}


@lru_cache(maxsize=256)
def _order(axis: Axis, key: str) -> tuple[Value, ...]:
    """The values of an axis in an order that is drawn; members of a group are spread over it."""
    random = rng(key, "axis", axis.name)
    placed = []
    for group in axis.groups:
        shift = random.random()
        for number, value in enumerate(random.sample(group, len(group))):
            placed.append(((number + shift) / len(group), random.random(), value))
    return tuple(value for _, _, value in sorted(placed))


class _Walk:
    """From a number to a place on each axis: one to one, every axis covered evenly."""

    def __init__(self, sizes: Sequence[int]) -> None:
        self.sizes = sizes
        self.rests = [prod(sizes[n + 1 :]) for n in range(len(sizes))]
        self.steps = [_coprime_near(size, rest) for size, rest in zip(sizes, self.rests, strict=True)]

    def __call__(self, number: int) -> list[int]:
        """Indices on the axes, in their order."""
        found = []
        for size, rest, step in zip(self.sizes, self.rests, self.steps, strict=True):
            block, at = divmod(number, size)
            found.append(at)
            number = (block * step + at) % rest
        return found


def _coprime_near(size: int, rest: int) -> int:
    """The number nearest to ``size`` that has no factor in common with ``rest``."""
    return next(n for by in range(size + rest + 1) for n in (size + by, size - by) if n > 0 and gcd(n, rest) == 1)
