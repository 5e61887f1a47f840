"""Tags of tokens to regions of a text and back; every offset counts Unicode code points."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, NamedTuple
from unicodedata import category

from cswitch.core.seeds import digest

KINDS = ("whole", "several", "part", "none", "double", "moved", "lost")
"""How spans can lie on tokens, as :class:`Mapped` counts them."""
FIXED = "other"
"""The tag of marks and numbers, which nobody labels."""

_BREAK = re.compile(r"(?:\\n|[\r\n])+")
_NEAR = 64
"""How far from its offsets a span that has moved is looked for, in code points."""

Place = tuple[int, int]
Offsets = Sequence[Place]


class Mapped(NamedTuple):
    """What spans say of tokens."""

    tags: list[str | None]
    """A tag a token; None where no span lies on it."""
    counts: dict[str, int]
    """How many spans lay on a ``whole`` token, on ``several``, on ``part`` of one, on ``none``; how many tokens had
    ``double`` spans; how many spans were ``moved`` to where their text stands, and how many were ``lost`` because it
    stands nowhere near. Zeros are left out."""


def is_mark(token: str) -> bool:
    """Whether a token has no letter: a mark, a number, an emoji.

    >>> [is_mark(token) for token in ("?!", "42", "👍🏽", "4g", "नमस्ते")]
    [True, True, True, False, False]
    """
    return not any(category(character)[0] == "L" for character in token)


def is_fixed(token: str, tag: str | None) -> bool:
    """Whether a token's tag goes without saying: a mark or number tagged ``other``.

    >>> is_fixed("!", "other"), is_fixed("haha", "other"), is_fixed("42", "hi")
    (True, False, False)
    """
    return tag == FIXED and is_mark(token)


def regions_of(
    text: str,
    tokens: Sequence[str],
    offsets: Offsets,
    tags: Sequence[str | None],
    control: str = "lang",
    *,
    key: str = "",
    fixed: bool = False,
) -> list[dict[str, Any]]:
    """A region a token, as the ``result`` of a prediction or an annotation has them.

    Args:
        text: The text that is shown.
        tokens: Tokens in order.
        offsets: ``[start, end)`` of each in code points.
        tags: A tag a token; None gets no region.
        control: Name of the layer.
        key: What tells this text from others, such as the id of the sample. Ids of regions follow from it and from
            the offsets, so that they are the same each time, and the same in each layer: Label Studio then shows one
            region with several labels.
        fixed: Give marks and numbers tagged ``other`` a region too.

    >>> text, tokens, offsets = "Oh, जी!", ["Oh", ",", "जी", "!"], [(0, 2), (2, 3), (4, 6), (6, 7)]
    >>> [region["value"] for region in regions_of(text, tokens, offsets, ["en", "other", "hi", "other"])]
    [{'start': 0, 'end': 2, 'text': 'Oh', 'labels': ['en']}, {'start': 4, 'end': 6, 'text': 'जी', 'labels': ['hi']}]
    """
    return [
        {
            "id": region_id(key or text, start, end),
            "from_name": control,
            "to_name": "text",
            "type": "labels",
            "value": {"start": start, "end": end, "text": text[start:end], "labels": [tag]},
        }
        for token, (start, end), tag in zip(tokens, offsets, tags, strict=True)
        if tag is not None and (fixed or not is_fixed(token, tag))
    ]


def region_id(key: str, start: int, end: int) -> str:
    """The id of a region, ten letters and digits.

    >>> region_id("42.0", 0, 2) == region_id("42.0", 0, 2), region_id("42.0", 0, 2) == region_id("42.1", 0, 2)
    (True, False)
    """
    return f"{digest('region', key, start, end) % (1 << 40):010x}"


def mapped(
    text: str,
    tokens: Sequence[str],
    offsets: Offsets,
    regions: Sequence[Mapping[str, Any]],
    control: str = "lang",
) -> Mapped:
    """The tag of each token, from what an annotator marked.

    * A span on one token, or on a part of it, gives the token its label.
    * A span on several gives it to each, but to marks and numbers only if it has nothing else: who marks ``haan ,
      bilkul`` means the words.
    * Where spans meet on a token, the one that covers more of it counts; of those that cover as much the shorter,
      for a word corrected within a long span; then the later.
    * Where the text of some span does not stand at its offsets, but that of every span does once offsets are read as
      UTF-16 units, all are read so. Else such a span is looked for at the nearest place, up to 64 code points away,
      or is lost.

    Args:
        text: The text that was shown.
        tokens: Tokens in order.
        offsets: ``[start, end)`` of each in code points.
        regions: The ``result`` of an annotation; what is not a label of ``control`` is passed over.
        control: Name of the layer.

    >>> spans = [{"from_name": "lang", "type": "labels", "value": {"start": 0, "end": 5, "labels": ["hi"]}}]
    >>> mapped("kar diya", ["kar", "diya"], [(0, 3), (4, 8)], spans)
    Mapped(tags=['hi', 'hi'], counts={'several': 1})
    """
    counts: Counter[str] = Counter()
    best: list[tuple[tuple[float, int, int], str] | None] = [None] * len(tokens)
    met = [0] * len(tokens)
    marks = [is_mark(token) for token in tokens]
    found = list(_labelled(regions, control))
    read = _all_utf16([value for value, _ in found], text)
    for order, (value, label) in enumerate(found):
        place, how = read[order] if read else _placed(value, text)
        if how:
            counts[how] += 1
        if place is None:
            continue
        touched = _touched(place, offsets, marks)
        counts[_kind(place, offsets, touched)] += 1
        for at in touched:
            met[at] += 1
            rank = (_covered(place, offsets[at]), place[0] - place[1], order)
            if (held := best[at]) is None or held[0] < rank:
                best[at] = (rank, label)
    counts["double"] = sum(times > 1 for times in met)
    tags = [None if found is None else found[1] for found in best]
    return Mapped(tags, {kind: counts[kind] for kind in KINDS if counts[kind]})


def _labelled(regions: Sequence[Mapping[str, Any]], control: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    for region in regions:
        if region.get("from_name") != control or region.get("type") != "labels":
            continue
        value = region.get("value")
        labels = value.get("labels") if isinstance(value, Mapping) else None
        if isinstance(value, Mapping) and labels:
            yield value, str(labels[0])


def _all_utf16(values: Sequence[Mapping[str, Any]], text: str) -> list[tuple[Place, str]]:
    """The places of all spans, if they fit only when offsets count UTF-16 units; else nothing."""
    if text.isascii() or all(_stands(value, _said(value), text) for value in values):
        return []
    at = {unit: place for place, unit in enumerate(accumulate((1 + (c > "\uffff") for c in text), initial=0))}
    read = []
    for value in values:
        said = _said(value)
        place = (at.get(said[0], -1), at.get(said[1], -1)) if said else None
        if place is None or "text" not in value or not _stands(value, place, text):
            return []
        read.append((place, "" if place == said else "moved"))
    return read


def _placed(value: Mapping[str, Any], text: str) -> tuple[Place | None, str]:
    """Where a span stands, and ``moved`` or ``lost`` unless it stands where it says."""
    place = _said(value)
    if place is None or _stands(value, place, text):
        return place, "" if place else "lost"
    found = _nearest(place[0], value.get("text"), text)
    return found, "moved" if found else "lost"


def _said(value: Mapping[str, Any]) -> Place | None:
    """The offsets of a span, unless they are no offsets at all."""
    start, end = value.get("start"), value.get("end")
    return (start, end) if type(start) is int and type(end) is int and start >= 0 else None


def _stands(value: Mapping[str, Any], place: Place | None, text: str) -> bool:
    """Whether a place lies in the text, and what the span says stands there; a span may say nothing."""
    if place is None or not 0 <= place[0] < place[1] <= len(text):
        return False
    said, there = value.get("text"), text[place[0] : place[1]]
    return not isinstance(said, str) or said == there or _same(said, there)


def _same(one: str, other: str) -> bool:
    r"""Whether texts are equal when line breaks count alike; the browser writes them as a backslash and an n."""
    return _BREAK.sub("\n", one) == _BREAK.sub("\n", other)


def _nearest(start: int, said: object, text: str) -> Place | None:
    """The place of a text that is nearest to an offset, and not far from it."""
    if not isinstance(said, str) or not said:
        return None
    low = max(start - _NEAR, 0)
    window = text[low : start + _NEAR + len(said)]
    places = [low + found.start() for found in re.finditer(f"(?={re.escape(said)})", window)]
    if not places:
        return None
    first = min(places, key=lambda place: (abs(place - start), place))
    return first, first + len(said)


def _touched(place: Place, offsets: Offsets, marks: Sequence[bool]) -> list[int]:
    """The tokens that a span gives its label to: those it lies on, words before marks."""
    found = [at for at, offset in enumerate(offsets) if _covered(place, offset)]
    words = [at for at in found if not marks[at]]
    return words or found


def _covered(place: Place, offset: Place) -> float:
    """How much of a token a span covers, 0 to 1."""
    shared = min(place[1], offset[1]) - max(place[0], offset[0])
    return max(shared, 0) / (offset[1] - offset[0]) if offset[1] > offset[0] else 0.0


def _kind(place: Place, offsets: Offsets, touched: Sequence[int]) -> str:
    if len(touched) != 1:
        return "several" if touched else "none"
    return "whole" if _covered(place, offsets[touched[0]]) == 1 else "part"
