"""Where code stands in a text."""

from __future__ import annotations

import pytest

from cswitch.core.text.code_spans import fenced, inline, python_code, sessions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\n```\nx\n```\nb\n~~~py\ny\n~~~", ["```\nx\n```", "~~~py\ny\n~~~"]),
        ("````\n```\n````", ["````\n```\n````"]),
        ("1. so\n    ```\n    x\n    ```\nb", ["    ```\n    x\n    ```"]),
        ("``` is `inline` ```", []),
        ("no fence", []),
    ],
)
def test_blocks_between_fences(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in fenced(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("`a` and `b`", ["`a`", "`b`"]),
        ("``a ` b``", ["``a ` b``"]),
        ("one ` alone", []),
        ("`a\n\nb`", []),
        (r"\`a` b", []),
    ],
)
def test_code_between_backticks(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in inline(text)] == expected


def test_sessions_end_at_an_empty_line() -> None:
    text = "So:\n    >>> a\n    1\n\nthen\n>>> b\n2"
    assert [text[start:end] for start, end in sessions(text)] == ["    >>> a\n    1", ">>> b\n2"]


@pytest.mark.parametrize("quotes", ['"""', "'''"])
def test_docstrings_alone_are_prose(quotes: str) -> None:
    text = (
        f"{quotes}The module.{quotes}\nX = {quotes}not prose{quotes}\nclass A:\n    r{quotes}The class.{quotes}\n"
        f"    def f(self):\n        {quotes}The method.\n\n"
        f"        Args:\n            x: The number.\n        {quotes}\n"
        f"        return {quotes}no{quotes}\n"
    )
    spans = [*python_code(text), (len(text), len(text))]
    covered = bytearray(len(text))
    for start, end in spans:
        covered[start:end] = b"1" * (end - start)
    prose = "".join(letter if not hidden else "|" for letter, hidden in zip(text, covered, strict=True))
    assert [part.strip() for part in prose.split("|") if part.strip()] == [
        "The module.", "The class.", "The method.", "The number.",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["def f(:\n", '"""open', "if x\n  y\n z", "\x00", "x = (", ""])
def test_what_cannot_be_read_is_code(text: str) -> None:
    assert python_code(text)[-1][1] == len(text)
    assert python_code(text)[0][0] == 0
