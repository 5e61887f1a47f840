"""Bounds on scores and measures that records carry."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from functools import cached_property
from math import isnan
from typing import ClassVar, NamedTuple

import msgspec

from cswitch.core.errors import UsageError
from cswitch.filters.contracts import Drop
from cswitch.filters.record import Record

_SHAPE = re.compile(
    r"\s*(?:(?P<part>scores|measures)\.)?(?P<name>[\w.-]+?)\s*(?P<sign><=|>=|==|=|<|>)\s*(?P<value>\S+)\s*"
)
_SIGNS: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt, "==": operator.eq, "=": operator.eq,
}  # fmt: skip


class Condition(NamedTuple):
    """A bound."""

    part: str
    """``scores`` or ``measures``."""
    name: str
    """Name of the score."""
    sign: str
    """How it is compared."""
    value: float
    """What it is compared with."""

    def met(self, found: float) -> bool:
        """Whether a value lies on the right side."""
        return _SIGNS[self.sign](found, self.value)


def condition(text: str) -> Condition:
    """A bound out of ``scores.NAME>=7``; ``scores.`` may be left out.

    Raises:
        UsageError: It has another form.

    >>> condition("scores.naturalness>=7"), condition("measures.spf < 0.5").part
    (Condition(part='scores', name='naturalness', sign='>=', value=7.0), 'measures')
    """
    found = _SHAPE.fullmatch(text)
    try:
        if found and not isnan(value := float(found["value"])):
            return Condition(found["part"] or "scores", found["name"], found["sign"], value)
    except ValueError:
        pass  # told below
    raise UsageError(f"{text!r} is no bound on a score", hint="write scores.NAME>=7; signs are >= <= > < and =")


class Scores(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """Keeps records whose scores meet every condition; a score that is not there meets none.

    >>> judged = Record(tokens=["ok"], langs=["en"], scores={"naturalness": 6.5})
    >>> Scores(conditions=("scores.naturalness>=7",)).judge(judged)
    Drop(reason='score_missed', detail='scores.naturalness is 6.5, >= 7 asked for')
    """

    name: ClassVar[str] = "scores"

    conditions: tuple[str, ...]
    """``scores.NAME>=7``, ``measures.NAME<0.5`` and so on."""

    def __post_init__(self) -> None:
        if not self._conditions:
            raise UsageError("the filter scores has no condition", hint="such as scores.naturalness>=7")

    @cached_property
    def _conditions(self) -> tuple[Condition, ...]:
        return tuple(map(condition, self.conditions))

    def judge(self, record: Record) -> Drop | None:
        """Why the record is left out; None when it stays."""
        for wanted in self._conditions:
            found = record.under(wanted.part, wanted.name)
            number = isinstance(found, int | float)
            if not number or not wanted.met(found):
                told = f"is {found:g}" if number else "is not given"
                detail = f"{wanted.part}.{wanted.name} {told}, {wanted.sign} {wanted.value:g} asked for"
                return Drop("score_missed", detail)
        return None
