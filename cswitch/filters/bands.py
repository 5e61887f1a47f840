"""Lower and upper bounds that several filters take."""

from __future__ import annotations

from cswitch.core.errors import UsageError


def check_band(what: str, low: float | None, high: float | None, least: float, most: float | None = None) -> None:
    """Refuses bounds that nothing lies between, or that nothing can reach.

    Raises:
        UsageError: They run from high to low, or leave the range that there is.

    >>> check_band("CMI", 40, 20, 0)
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: CMI from 40 to 20 runs from high to low; write 20 to 40
    """
    if low is not None and high is not None and low > high:
        hint = f"write {high:g} to {low:g}"
        raise UsageError(f"{what} from {low:g} to {high:g} runs from high to low", hint=hint)
    for value in (low, high):
        if value is not None and not (least <= value and (most is None or value <= most)):
            where = f"from {least:g} up" if most is None else f"between {least:g} and {most:g}"
            raise UsageError(f"{what} {value:g} cannot be meant", hint=f"it lies {where}")


def outside(value: float, low: float | None, high: float | None) -> bool:
    """Whether a value lies outside bounds, which are allowed themselves; values are compared to nine digits.

    >>> outside(5, 5, None), outside(5, None, 4)
    (False, True)
    """
    return (low is not None and value < low - 1e-9) or (high is not None and value > high + 1e-9)


def asked(low: float | None, high: float | None) -> str:
    """Bounds in words.

    >>> asked(5, 20), asked(5, None), asked(None, 20), asked(5, 5)
    ('5 to 20 asked for', 'at least 5 asked for', 'at most 20 asked for', '5 asked for')
    """
    if low is None or high is None:
        return f"at most {high:g} asked for" if low is None else f"at least {low:g} asked for"
    return f"{low:g} asked for" if low == high else f"{low:g} to {high:g} asked for"
