"""Values of a row: texts by the path of their column, answers and spans with the text they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cswitch.perturb.mixing import RowFault
from cswitch.training.records import Span

_TEXT_KEYS = ("text", "word", "surface", "mention")
"""Names under which a span may repeat its text."""
_SHOWN = 40


def value_at(row: Mapping[str, Any], path: str) -> Any:
    """The value at a path; None where there is none.

    >>> value_at({"choices": {"text": ["a", "b"]}}, "choices.text")
    ['a', 'b']
    """
    if path in row:
        return row[path]
    found: Any = row
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def with_value(row: Mapping[str, Any], changes: dict[str, Any], path: str, value: Any) -> None:
    """Notes a new value as a change of its column.

    >>> changes = {}
    >>> with_value({"choices": {"label": ["A"], "text": ["a"]}}, changes, "choices.text", ["b"])
    >>> changes
    {'choices': {'label': ['A'], 'text': ['b']}}
    """
    if path in row or "." not in path:
        changes[path] = value
        return
    column, *inner = path.split(".")
    changes[column] = _put(changes.get(column, row[column]), inner, value)


def _put(found: Any, names: Sequence[str], value: Any) -> Any:
    if not names:
        return value
    return {**found, names[0]: _put(found[names[0]], names[1:], value)}


def answer_spans(answers: Any, text: str, column: str) -> list[Span]:
    """Where answers stand in a text, as SQuAD has them.

    Raises:
        RowFault: They cannot be read, or one is not what stands there.

    >>> answer_spans({"text": ["river"], "answer_start": [4]}, "The river", "answers")
    [(4, 9)]
    """
    if answers is None:
        return []
    try:
        pairs = list(zip(answers["text"], answers["answer_start"], strict=True))
        spans = [(_whole(start), _whole(start) + len(said)) for said, start in pairs]
    except (KeyError, TypeError, ValueError) as error:
        raise RowFault("bad_labels", f'{column}: not of the form {{"text": [...], "answer_start": [...]}}') from error
    for (said, _), span in zip(pairs, spans, strict=True):
        _check(text, span, said, column)
    return spans


def moved_answers(answers: Mapping[str, Any], text: str, spans: Sequence[Span]) -> dict[str, Any]:
    """Answers in a new text."""
    return {
        **answers,
        "text": [text[start:end] for start, end in spans],
        "answer_start": [start for start, _ in spans],
    }


def labelled_spans(found: Any, text: str, column: str) -> list[Span]:
    """Labelled spans of a text: objects with ``start`` and ``end``, or lists that begin with them.

    Raises:
        RowFault: They cannot be read, lie outside the text, or repeat another text than stands there.

    >>> labelled_spans([{"start": 0, "end": 3, "label": "X"}, [4, 9, "Y"]], "The river", "spans")
    [(0, 3), (4, 9)]
    """
    spans: list[Span] = []
    for one in found or ():
        try:
            start, end = (one["start"], one["end"]) if isinstance(one, Mapping) else one[:2]
            span = (_whole(start), _whole(end))
        except (KeyError, TypeError, ValueError) as error:
            detail = f'{column}: {_short(one)} has no start and end; write {{"start": 0, "end": 5, "label": "X"}}'
            raise RowFault("bad_labels", detail) from error
        said = next((one[key] for key in _TEXT_KEYS if key in one), None) if isinstance(one, Mapping) else None
        _check(text, span, said, column)
        spans.append(span)
    return spans


def moved_spans(found: Sequence[Any], text: str, spans: Sequence[Span]) -> list[Any]:
    """Labelled spans in a new text, in the form they came in."""
    moved: list[Any] = []
    for one, (start, end) in zip(found, spans, strict=True):
        if isinstance(one, Mapping):
            said = {key: text[start:end] for key in _TEXT_KEYS if isinstance(one.get(key), str)}
            moved.append({**one, "start": start, "end": end, **said})
        else:
            moved.append([start, end, *one[2:]])
    return moved


def check_cuts(text: str, spans: Sequence[Span], protected: Sequence[Span], what: str) -> None:
    """Checks that no labelled span lies half inside a protected one.

    Args:
        text: The text.
        spans: Labelled spans.
        protected: Protected spans.
        what: Where the labelled spans come from.

    Raises:
        RowFault: One does.

    >>> check_cuts("see `a b` c", [(7, 11)], [(4, 9)], "spans")
    Traceback (most recent call last):
    ...
    cswitch.perturb.mixing.RowFault: spans: 'b` c' at 7 to 11 lies half inside '`a b`', which is protected
    """
    for start, end in spans:
        for first, last in protected:
            nested = (first <= start and end <= last) or (start <= first and last <= end)
            if first < end and start < last and not nested:
                inside = f"lies half inside {_short(text[first:last])}, which is protected"
                raise RowFault("label_cut", f"{what}: {_short(text[start:end])} at {start} to {end} {inside}")


def _whole(edge: Any) -> int:
    """An edge of a span; a number that is not whole is none, nor is a text with one."""
    if isinstance(edge, bool | str) or int(edge) != edge:
        raise ValueError(f"{edge!r} is no whole number")
    return int(edge)


def _check(text: str, span: Span, said: object, column: str) -> None:
    start, end = span
    if not 0 <= start <= end <= len(text):
        where = f"{start} to {end} lies outside the text of {len(text):,} characters"
        raise RowFault("bad_labels", f"{column}: {where}" + (f", and is to be {_short(said)}" if said else ""))
    if isinstance(said, str) and said != text[start:end]:
        detail = f"{column}: {_short(said)} is not what stands at {start} to {end}, {_short(text[start:end])}"
        raise RowFault("bad_labels", detail)


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 4]}...{shown[-1]}"
