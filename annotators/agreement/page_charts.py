"""Small drawings of numbers with intervals, as inline SVG."""

from __future__ import annotations

from collections.abc import Sequence

from cswitch.annotators.agreement.markup import Html, el
from cswitch.annotators.agreement.results import Estimate, Period

_TENTATIVE, _RELIABLE = 0.667, 0.8
"""Bounds of Krippendorff (2004) below which nothing, or only tentative things, should be concluded."""


def span(one: Estimate, *, zones: bool = True, low: float = 0.0, high: float = 1.0) -> Html | None:
    """A number as a dot on its interval; None without a number.

    Args:
        one: The number.
        zones: Whether the zones of alpha are drawn behind it.
        low: Left end of the scale; what lies outside is drawn at the end.
        high: Right end.
    """
    if one.value is None:
        return None
    width = 150.0

    def at(value: float) -> float:
        return 5 + (width - 10) * (min(max(value, low), high) - low) / (high - low)

    parts = []
    if zones:
        parts.append(_rect(at(_TENTATIVE), 0, at(_RELIABLE) - at(_TENTATIVE), 18, "zone"))
        parts.append(_rect(at(_RELIABLE), 0, at(high) - at(_RELIABLE), 18, "zone2"))
    parts.append(_line(at(low), 9, at(high), 9, "rule"))
    if low < 0 < high:
        parts.append(_line(at(0), 2, at(0), 16, "rule"))
    if one.interval is not None:
        parts.append(_line(at(one.interval[0]), 9, at(one.interval[1]), 9, "whisker"))
    parts.append(el("circle", cx=at(one.value), cy=9, r=4, class_="dot"))
    return el("svg", *parts, width=width, height=18, viewBox="0 0 150 18", role="img", aria_label=told(one))


def told(one: Estimate) -> str:
    """A number and its interval in words.

    >>> told(Estimate(value=0.5, interval=(0.25, 0.75), units=4, tasks=2, signature=""))
    '0.500, from 0.250 to 0.750'
    """
    if one.value is None:
        return one.reason
    bounds = "" if one.interval is None else ", from {:.3f} to {:.3f}".format(*one.interval)
    return f"{one.value:.3f}{bounds}"


def over_time(periods: Sequence[Period]) -> Html | None:
    """Alpha of each period with its interval, from left to right; None when no period has one."""
    known = [one.alpha.value for one in periods if one.alpha.value is not None]
    if not known:
        return None
    lows = [one.alpha.interval[0] for one in periods if one.alpha.interval]
    low = min(0.5, *(int(10 * min(value, 1)) / 10 - 0.1 for value in (*known, *lows)))
    step, left, top, height = 64.0, 34.0, 10.0, 150.0
    width = left + step * len(periods) + 10

    def at(value: float) -> float:
        return top + height * (1 - (min(max(value, low), 1) - low) / (1 - low))

    parts = [
        _rect(left, at(_RELIABLE), width - left, at(_TENTATIVE) - at(_RELIABLE), "zone"),
        _rect(left, top, width - left, at(_RELIABLE) - top, "zone2"),
    ]
    for tick in (low, _TENTATIVE, _RELIABLE, 1.0):
        parts.append(_line(left, at(tick), width, at(tick), "rule"))
        parts.append(el("text", f"{tick:.2f}", x=left - 5, y=at(tick) + 4, text_anchor="end"))
    points = []
    for place, one in enumerate(periods):
        x = left + step * (place + 0.5)
        if one.alpha.value is not None:
            points.append((x, at(one.alpha.value), one))
        parts.append(el("text", _short(one.name), x=x, y=top + height + 16, text_anchor="middle"))
        parts.append(el("text", one.first[5:], x=x, y=top + height + 30, text_anchor="middle"))
    drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
    parts.append(el("polyline", points=drawn, class_="path"))
    for x, y, one in points:
        title = el("title", f"{one.name or '(none)'}: {told(one.alpha)}; {one.tasks:,} tasks")
        whisker = one.alpha.interval and _line(x, at(one.alpha.interval[0]), x, at(one.alpha.interval[1]), "whisker")
        parts.append(el("g", title, whisker or None, el("circle", cx=x, cy=y, r=5, class_="dot")))
    box = f"0 0 {width:.0f} 200"
    chart = el("svg", *parts, width=width, height=200, viewBox=box, role="img", aria_label="Alpha by period")
    return el("div", chart, class_="scroll", tabindex="0", role="region", aria_label="Alpha by period")


def _short(label: str) -> str:
    return label if len(label) <= 9 else f"{label[:3]}…{label[-5:]}"


def _rect(x: float, y: float, width: float, height: float, kind: str) -> Html:
    return el("rect", x=x, y=y, width=max(width, 0.0), height=max(height, 0.0), class_=kind)


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Html:
    return el("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=kind)
