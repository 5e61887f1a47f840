"""What is protected in a text: tables of cases, and properties of the spans."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cswitch.core.errors import UsageError
from cswitch.core.text import protected
from cswitch.core.text.protected import KINDS, SECONDS, USUAL, find_protected, merged, protected_spans

CASES = [
    ("code", "Run\n```sh\nrm -r x\n```\nand then stop", ["```sh\nrm -r x\n```"]),
    ("code", "open ~~~ is none\n~~~\nlost to the end", ["~~~\nlost to the end"]),
    ("code", "As in\n>>> f(2)\n4\n\nthe text goes on", [">>> f(2)\n4"]),
    ("inline-code", "call `x = 1` or ``a`b`` and ` alone", ["`x = 1`", "``a`b``"]),
    ("latex", r"If $x^2$ and \(y\) or \[z\], then \frac{1}{2}.", ["$x^2$", r"\(y\)", r"\[z\]", r"\frac{1}{2}"]),
    ("latex", r"\begin{align}a\\b\end{align} so $$c$$", [r"\begin{align}a\\b\end{align}", "$$c$$"]),
    ("latex", "It cost $5 and she paid $10 for it", []),
    ("urls", "see https://x.org/a?b=1, or write to a.b@c.org.", ["https://x.org/a?b=1", "a.b@c.org"]),
    ("numbers", "$5.50, 20%, 5 km/h, 25 °C, Rs. 500, the 5th, 1990s",
     ["$5.50", "20%", "5 km/h", "25 °C", "Rs. 500", "5th", "1990s"]),
    ("numbers", "-3 or ₹10,00,000 or 3/4 or 10:30 a.m. or ½", ["-3", "₹10,00,000", "3/4", "10:30 a.m.", "½"]),
    ("numbers", "no digits, no numbers: five of them", []),
    ("numbers", "५० लोग", ["५०"]),
    ("placeholders", "Hi {name}, %s of <b>it</b> [MASK] ____ <|end|>",
     ["{name}", "%s", "<b>", "</b>", "[MASK]", "____", "<|end|>"]),
    ("placeholders", "100% sure, a < b and b > a", []),
    ("options", "Which?\nA. cat\nB) dog\n(C) or (iv), or e) more", ["A.", "B)", "(C)", "(iv)", "e)"]),
    ("options", "I am here. A cat. He said (a lot) to I.", []),
    ("answers", "so <<48/2=24>> it is\n#### 72", ["<<48/2=24>>", "#### 72"]),
    ("answers", r"The answer is (B). Answer: C, \boxed{\frac{1}{2}}",
     ["answer is (B)", "Answer: C", r"\boxed{\frac{1}{2}}"]),
    ("answers", "The answer is A good one? No: the answer is long", ["answer is A"]),
    ("math", "x + 3 = 7, f(x) = 2x, P(A|B), x_1 and a - b > 0",
     ["x + 3 = 7", "f(x) = 2x", "P(A|B)", "x_1", "a - b > 0"]),
    ("math", "well - known, she/he, so-called", []),
    ("identifiers", "my_func() and os.path in src/x.py with --force, getName",
     ["my_func()", "os.path", "src/x.py", "--force", "getName"]),
    ("identifiers", "Dr. Smith (he) left. A well-known man", []),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "expected"), CASES)
def test_each_kind_finds_what_it_is_for(kind: str, text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in protected_spans(text, [kind])] == expected


def test_python_keeps_all_but_the_prose_of_docstrings() -> None:
    text = (
        "import os\n\ndef task(path, size=3):\n"
        '    """\n    Count the words of a file.\n\n    Parameters:\n    - path (str): The file to read.\n\n'
        "    Requirements:\n    - os\n    - re\n\n    Example:\n    >>> task('a')\n    3\n    " + '"""\n'
        '    x = "not a docstring"\n'
    )
    spans = protected_spans(text, ["python", "code"])
    free = [text[one[1] : other[0]] for one, other in pairwise(spans)]
    assert [part.strip() for part in free if part.strip()] == ["Count the words of a file.", "The file to read."]


def test_code_hides_its_marks_from_what_comes_after() -> None:
    text = "```\nprice = '$'\n```\nIt costs money, and $x$ is a formula"
    assert [text[start:end] for start, end in protected_spans(text)] == ["```\nprice = '$'\n```", "$x$"]


def test_patterns_of_the_user_come_with_their_kind() -> None:
    found = find_protected("Ask ACME-X now", (), [r"[A-Z]+-X"])
    assert [(one.start, one.end, one.kind) for one in found] == [(4, 10, "pattern")]


@pytest.mark.parametrize(
    ("pattern", "said"),
    [("(", "is no regular expression"), ("x*", "matches an empty text"), ("[a", "is no regular expression")],
)
def test_a_bad_pattern_gives_one_clear_line(pattern: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        protected_spans("some text", (), [pattern])
    assert said in str(caught.value)
    assert repr(pattern) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_slow_pattern_is_stopped() -> None:
    started = time.monotonic()
    with pytest.raises(UsageError, match="took more than 1 s on a text of 41 characters"):
        protected_spans("a" * 40 + "b", (), [r"^(?:(?:a|aa)+)+$"])
    assert time.monotonic() - started < 10 * SECONDS


def test_an_unknown_kind_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean 'numbers'"):
        protected_spans("x", ["number"])


def test_spans_that_overlap_become_one() -> None:
    assert merged([(0, 3), (2, 5), (5, 6), (9, 9)]) == [(0, 5), (5, 6)]


PIECES = st.lists(
    st.sampled_from(
        ["`code`", "$x$", "$5", "20%", "{name}", "<b>", "(A)", "#### 3", "https://x.org", "word", "a", ".", "\n", "```",
         "`", "$", "\\", "[", "(", "<<1+1=2>>", "क", "कि", "5 km", "'''", '"""', ">>> f", "def f():", "~~~"]
    ),
    max_size=30,
)  # fmt: skip


@given(PIECES, st.sampled_from(["", " "]), st.sampled_from([USUAL, KINDS]))
@example(["word", "$5", "word", "20%"], " ", USUAL)
def test_spans_are_in_order_apart_and_within_the_text(pieces: list[str], between: str, kinds: tuple[str, ...]) -> None:
    text = between.join(pieces)
    spans = protected_spans(text, kinds)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))


@given(st.text(max_size=200), st.sampled_from([USUAL, KINDS]))
def test_any_text_can_be_looked_at(text: str, kinds: tuple[str, ...]) -> None:
    for start, end in protected_spans(text, kinds):
        assert 0 <= start < end <= len(text)


GATED = {
    "latex": protected._LATEX,
    "answers": protected._ANSWER,
    "placeholders": protected.PLACEHOLDER,
    "math": protected._MATH,
    "identifiers": protected._IDENTIFIER,
    "urls": protected._addresses(),
}
SIGNS = st.text("aBx1 .:/=_-$\\()[]{}<>%#@^+|\n~Ans", max_size=14)


@settings(max_examples=1500)
@given(SIGNS, st.sampled_from(sorted(GATED)))
def test_a_quick_look_never_hides_a_match(text: str, kind: str) -> None:
    assert list(protected._FINDERS[kind](text)) == [match.span() for match in GATED[kind].finditer(text)]


@given(
    st.sampled_from(["`a b`", "$x+y$", "{name}", "20%", "$5.50", "<b>", "(B)", "https://x.org/a", "a@b.org", "3 km/h"])
)
def test_a_protected_piece_among_words_is_covered_whole(piece: str) -> None:
    text = f"We saw {piece} there"
    assert any(start <= 7 and end >= 7 + len(piece) for start, end in protected_spans(text))


@pytest.mark.parametrize("unit", ["1,", "a.", "$x ", "`", "(a", "\\begin{a}", "x = ", "<<", "- a (", "{", "['", "``` "])
def test_time_grows_with_length_alone(unit: str) -> None:
    started = time.monotonic()
    protected_spans(unit * 20_000, KINDS)
    assert time.monotonic() - started < 20
