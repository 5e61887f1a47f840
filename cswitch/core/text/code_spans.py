r"""Where code stands in a text: fenced blocks, inline code, interpreter sessions, Python around docstrings."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterator

import regex

Span = tuple[int, int]
"""``[start, end)`` in code points."""

_FENCE = regex.compile(r"^[ \t]{0,8}(?:[-*>][ \t]{1,3})?(?P<mark>`{3,}|~{3,})(?P<info>[^\n]*)$", flags=regex.MULTILINE)
_TICKS = regex.compile(r"(?<!\\)`+")
_SESSION = regex.compile(r"^[ \t]*(?:>>>|\.\.\.)(?:[ \t][^\n]*)?(?:\n(?![ \t]*$)[^\n]+)*", flags=regex.MULTILINE)
_FIELD = regex.compile(  # "- name (type): ", ":param name:", "name : type"
    r"^[ \t]*(?:[-*][ \t]+)?(?:"
    r":[a-z]+(?:[ \t]+[\w.*]+){0,2}:"
    r"|[A-Za-z_*][\w.*]*(?:[ \t]*\([^()\n]*(?:\([^()\n]*\)[^()\n]*)?\))?[ \t]*:(?=[ \t]|$)"
    r"|[A-Za-z_]\w*(?:\.\w+)*(?:[ \t]*\([^()\n]*\))?[ \t]*$)",
    flags=regex.MULTILINE,
)
_PREFIXED = regex.compile(r"^[a-zA-Z]{0,2}(?P<quotes>\"\"\"|'''|\"|')")


def fenced(text: str) -> Iterator[Span]:
    r"""Blocks between fences, with the fences; one that is never closed goes to the end.

    >>> list(fenced("Run\n```sh\nls\n```\nnow"))
    [(4, 16)]
    """
    if "```" not in text and "~~~" not in text:
        return
    start, mark = -1, ""
    for match in _FENCE.finditer(text):
        found = match["mark"]
        if start < 0:
            if found[0] == "~" or "`" not in match["info"]:
                start, mark = match.start(), found
        elif found[0] == mark[0] and len(found) >= len(mark) and not match["info"].strip():
            yield start, match.end()
            start = -1
    if start >= 0:
        yield start, len(text)


def inline(text: str) -> Iterator[Span]:
    """Code between backticks, with them: as many close as have opened; one alone opens nothing.

    >>> list(inline("call `f` or ``a`b`` but ` not"))
    [(5, 8), (12, 19)]
    """
    if "`" not in text:
        return
    ticks = [match.span() for match in _TICKS.finditer(text)]
    at = 0
    while at < len(ticks):
        start, end = ticks[at]
        closing = next(
            (n for n in range(at + 1, min(len(ticks), at + 9)) if ticks[n][1] - ticks[n][0] == end - start), None
        )
        if closing is None or "\n\n" in text[end : ticks[closing][0]]:
            at += 1
            continue
        yield start, ticks[closing][1]
        at = closing + 1


def sessions(text: str) -> Iterator[Span]:
    r"""Lines after the prompt of an interpreter, and what they print, up to an empty line.

    >>> list(sessions("Example:\n>>> f(2)\n4\n\nas said"))
    [(9, 19)]
    """
    if ">>>" not in text:
        return
    for match in _SESSION.finditer(text):
        if ">>>" in match[0]:
            yield match.span()


def python_code(text: str) -> list[Span]:
    r'''All of a Python module but the prose of its docstrings; all of it where it cannot be read.

    Names and types of arguments, headings and lone names in a docstring are code too.

    >>> text = 'def f(x):\n    """Doubles a number.\n\n    - x (int): The number.\n    """\n'
    >>> spans = python_code(text)
    >>> [text[one[1]:other[0]] for one, other in zip(spans, spans[1:])]
    ['Doubles a number.\n\n', ' The number.\n    ']
    '''
    found: list[Span] = []
    at = 0
    for start, end in _docstrings(text):
        quotes = _PREFIXED.match(text[start:end])
        size = len(quotes["quotes"]) if quotes else 0
        inner = start + (quotes.end() if quotes else 0)
        found.append((at, inner))
        found += [match.span() for match in _FIELD.finditer(text, inner, end - size) if match[0].strip()]
        at = end - size
    return [*found, (at, len(text))]


def _docstrings(text: str) -> list[Span]:
    """Where strings stand that are statements of their own, prefix and quotation marks included."""
    starts = [0]
    for line in text.split("\n"):  # as the tokeniser does
        starts.append(starts[-1] + len(line) + 1)
    found: list[Span] = []
    begins = True
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.STRING and begins:
                found.append((starts[token.start[0] - 1] + token.start[1], starts[token.end[0] - 1] + token.end[1]))
            if token.type not in (tokenize.COMMENT, tokenize.NL):
                begins = token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING)
    except (tokenize.TokenError, SyntaxError, IndexError):
        pass  # what was read before the fault counts
    return found
