"""HTML built of elements: what is not an element is text, and is escaped."""

from __future__ import annotations

import re
from html import escape

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
"""What HTML does not allow, or UTF-8 cannot hold."""


class Html(str):
    """Markup that goes out as it is; only :func:`el` and :func:`join` make it."""

    __slots__ = ()


Child = str | None


def text(content: str) -> Html:
    r"""Text that stays text, whatever it holds.

    >>> text("<b>&\x00")
    '&lt;b&gt;&amp;\ufffd'
    """
    return Html(escape(_CONTROLS.sub("\ufffd", content)))


def el(name: str, /, *children: Child, **attributes: str | float | bool | None) -> Html:
    """An element; attributes that are None or False are left out.

    Args:
        name: Name of the element.
        children: Elements, and text that is escaped; None is nothing.
        attributes: ``class_`` is class; other underscores are hyphens; True is an attribute without a value.

    >>> el("p", "a < b ", el("b", "c"), class_="note", title='"x"')
    '<p class="note" title="&quot;x&quot;">a &lt; b <b>c</b></p>'
    >>> el("br")
    '<br>'
    """
    parts = []
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        shown = key.rstrip("_").replace("_", "-")
        parts.append(f" {shown}" if value is True else f' {shown}="{text(_plain(value))}"')
    opened = f"<{name}{''.join(parts)}>"
    return Html(opened if name in {"br", "meta"} else f"{opened}{join(*children)}</{name}>")


def join(*children: Child) -> Html:
    """Children one after another."""
    return Html("".join(child if isinstance(child, Html) else text(child) for child in children if child is not None))


def name(content: str) -> Html:
    """A name or text of somebody's choosing, whose direction of writing stays its own."""
    return el("bdi", content or "(none)")


def table(heads: list[Child], rows: list[list[Child]], caption: str = "") -> Html:
    """A table that scrolls sideways on a narrow screen; the first column names the row."""
    head = el("tr", *(el("th", one, scope="col") for one in heads))
    body = [el("tr", el("th", row[0], scope="row"), *(el("td", cell) for cell in row[1:])) for row in rows]
    whole = el("table", el("caption", caption) if caption else None, el("thead", head), el("tbody", *body))
    return el("div", whole, class_="scroll", tabindex="0", role="region", aria_label=caption or "table")


def _plain(value: str | float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
