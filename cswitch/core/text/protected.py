r"""Spans of a text that nothing may change: code, formulas, numbers, addresses, placeholders, letters of options.

Code is found first, then formulas; what they hold is not looked at again. Repetitions in the patterns are possessive or
bounded, so that the time for a text grows with its length. Patterns of the user have a limit of time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import regex

from cswitch.core.errors import UsageError
from cswitch.core.registry import suggest
from cswitch.core.text import grammar
from cswitch.core.text.code_spans import fenced, inline, python_code, sessions
from cswitch.core.text.placeholders import FILLED_IN

Span = tuple[int, int]
"""``[start, end)`` in code points."""

PATTERN = "pattern"
"""The kind of what a pattern of the user finds."""
SECONDS = 1.0
"""The longest that a pattern of the user may take for one text."""

PLACEHOLDER = regex.compile(
    FILLED_IN + r"|<\|[\w-]{1,40}\|>"  # <|end|>
    r"|_{2,}|\[_{1,9}\]"  # blanks to be filled in
)
_LATEX = regex.compile(
    r"\$\$(?:[^$\\]|\\.)++\$\$"
    r"|\\\[(?:[^\\]|\\[^\]])*+\\\]|\\\((?:[^\\]|\\[^)])*+\\\)"
    r"|\\begin\{(?P<name>[a-zA-Z]{1,20}\*?)\}(?s:.{0,4000}?)\\end\{(?P=name)\}"
    r"|(?<![\\$\w])\$(?![\s$])(?:[^$\\\n]|\\[^\n]){0,500}?(?<!\s)\$(?![\d$])"
    r"|\\[A-Za-z]++\*?(?:\s?\{(?:[^{}]|\{[^{}]*+\})*+\}|\[[^][\n]{0,40}\])*+",
    flags=regex.DOTALL,
)
_CALLED = r"[A-Za-z]\w?(?:\([^()\n]{0,40}\))"
_OPERAND = rf"(?:[-−+]?[\d.,]*\d[A-Za-z]?|{_CALLED}|[A-Za-z]{{1,2}}\d?|\([^()\n]{{1,40}}\))['²³⁰-⁹₀-₉]*"
_MATH = regex.compile(
    rf"(?<![\w]){_OPERAND}(?:\s?(?:[=+×÷*/<>≤≥≠≈±·∈→^|]|-(?=[\s\d(])|[<>=!]=|->|=>)\s?{_OPERAND}){{1,40}}(?!\w)"
    r"|(?<!\S)[^\s]*[\^=≤≥≠∑∫√∈∀∃⊂∪∩→≡][^\s]*+"
    rf"|(?<![\w]){_CALLED}|(?<!\w)[A-Za-z]_(?:\{{[^{{}}\n]{{1,20}}\}}|\w{{1,3}})"
)
_CURRENCY = r"(?:(?:US|A|C|NZ|HK)?\$|[€£₹¥₩₽₺฿₫₦]|(?:Rs\.?|INR|USD|EUR|GBP|JPY))"
_UNITS = (
    "km/h|kmph|mph|m/s|km|cm|mm|nm|µm|μm|kg|mg|µg|μg|lbs?|oz|ml|mL|dl|kHz|MHz|GHz|Hz|kWh|kW|MW|mA|mV|kV|kJ|kcal|kPa"
    "|GB|MB|KB|kB|TB|px|hrs?|mins?|secs?|ms|ft|yd|mol|dB|ppm|bpm|rpm|USD|EUR|GBP|INR|[ap]\\.m\\.|[ap]m|AM|PM"
    "|[gmlLshKVAWJN]"
)
_BEFORE_NUMBER = regex.compile(rf"(?:(?:(?<!\w){_CURRENCY}\s?)?(?:(?<![\w.)])[-+−])?(?:(?<![\w.])\.)?)$")
_NUMBER = regex.compile(
    r"(?:\w*?\d[\w]*+(?:(?:[.,:/٫٬'’×x–-]|, (?=\d{3}(?!\d))| (?=\d{3}(?!\d))|\s/\s)(?=\d)\w++)*+)"
    r"(?:\s?(?:[%‰٪％]|°\s?[CF]?)|\s?[$€£₹](?![\w{(])"
    rf"|\s?(?=[^\W\d]{{1,4}}+(?![^\W\d]))(?:{_UNITS})(?![\w'’-])(?:\^?\d|[²³])?"  # most words are longer
    r"|/\w{1,4}(?!\w))*+"
)
_DIGIT = regex.compile(r"\d++|[¼½¾⅓⅔⅛]")
_SIGNS = frozenset("$€£₹¥₩₽₺฿₫₦-+−.sRDYP")
"""What a currency, a sign or a point before a number ends with."""
_OPTION_END = re.compile(r"[.):](?<=[A-Ja-jvxVX\d].)")
_OPTION = re.compile(r"(?:[A-Ja-j]|[ivx]{1,4}|[IVX]{1,4}|\d{1,2})")
_LONGEST_OPTION = 4
_ANSWER = regex.compile(
    r"####[^\n]*+|<<[^<>\n]{0,200}>>"  # the lines and the calculator of GSM8K
    r"|\\boxed\{(?:[^{}]|\{[^{}]*+\})*+\}"
    r"|(?<!\w)(?i:answer|ans|solution|option|choice)s?\b[ \t]{0,2}(?:(?i:is)\b)?[ \t]{0,2}:?[ \t]{0,2}"
    r"(?:\([A-J]\)|[A-J](?![\w'’]))"
)
_ANSWER_MARKS = (
    "####", "<<", "\\boxed", "nswer", "NSWER", "olution", "OLUTION", "ption", "PTION", "hoice", "HOICE", "Ans", "ANS",
    " ans", "(ans", "\nans",
)  # fmt: skip
"""One of these is in every text that has an answer."""
_IDENTIFIER = regex.compile(
    r"(?<![\w@.-])(?:[A-Za-z_]\w*+(?:\.\w++)*+\(\)"  # run()
    r"|[A-Za-z]\w*+(?:\.[A-Za-z_]\w++)++|\w*?[^\W_]_[^\W_]\w*+"  # os.path, my_name
    r"|(?:[a-z]+|[A-Z][a-z]++)[A-Z]\w*+"  # getName
    r"|--?[A-Za-z][\w-]++|[A-Za-z_]\w*+=[^\s,;]++"  # --force, key=1
    r"|[~.]{0,2}/[\w.~-][\w./~-]*+|\w[\w.-]*+/[\w-]++\.\w{1,5}(?!\w)|[\w-]++\.(?:py|csv|json|txt|pdf|xml|ya?ml|zip)(?!\w))"
)


class Protected(NamedTuple):
    """A span and why it is kept."""

    start: int
    end: int
    kind: str
    """A name from :data:`KINDS`, or :data:`PATTERN`."""


Finder = Callable[[str], Iterable[Span]]


def _numbers(text: str) -> Iterable[Span]:
    """Words with a digit, numbers with their sign, currency, unit or percent sign."""
    end = 0
    for match in _DIGIT.finditer(text):
        at = match.start()
        if at < end:
            continue
        start = at
        while start > end and (text[start - 1].isalnum() or text[start - 1] == "_"):
            start -= 1
        found = _NUMBER.match(text, start)
        if text[max(end, start - 8) : start].rstrip()[-1:] in _SIGNS:
            before = _BEFORE_NUMBER.search(text, max(end, start - 8), start)
            start = before.start() if before else start
        end = found.end() if found else match.end()
        yield start, end


def _options(text: str) -> Iterable[Span]:
    """Letters and small numbers that name an option: ``(A)`` anywhere, ``A.`` where a line or a list item begins."""
    for match in _OPTION_END.finditer(text):
        at, end = match.span()
        start = at
        while start and at - start <= _LONGEST_OPTION and (text[start - 1].isalnum() or text[start - 1] == "_"):
            start -= 1
        if not _OPTION.fullmatch(text, start, at):
            continue
        before, after = text[max(0, start - 1) : start], text[end : end + 1]
        if before == "(":
            if match[0] == ")" and not text[max(0, start - 2) : start - 1].isalnum():
                yield start - 1, end
        elif (not after or after.isspace()) and _begins_item(text, start, text[start:end], before):
            yield start, end


def _begins_item(text: str, start: int, found: str, before: str) -> bool:
    line = text[max(0, start - 8) : start].rpartition("\n")
    if not line[2].strip(" \t") and (line[1] or start < 8):
        return True
    if len(found) > 2 or not found[0].isalpha() or found[-1] == ":":
        return False
    return before in " \t;,?" and (found[-1] == ")" or found[0] not in "aAI")


@cache
def _addresses() -> regex.Pattern[str]:
    return regex.compile(f"(?<![\\w@])(?:{grammar.address()})")


def _gated(gate: str, find: Callable[[], regex.Pattern[str]]) -> Finder:
    """A finder that runs its pattern only where a quick look finds what every match of it has.

    A look begins with a character that is rare in prose, and looks back from it: that is several times as quick.
    """
    look = re.compile(gate).search
    return lambda text: (match.span() for match in find().finditer(text)) if look(text) else ()


def _latex(text: str) -> Iterable[Span]:
    if "\\" not in text and text.count("$") < 2:
        return ()
    return (match.span() for match in _LATEX.finditer(text))


def _answers(text: str) -> Iterable[Span]:
    if not any(mark in text for mark in _ANSWER_MARKS):
        return ()
    return (match.span() for match in _ANSWER.finditer(text))


_FINDERS: dict[str, Finder] = {
    "python": python_code,
    "code": lambda text: [*fenced(text), *sessions(text)],
    "inline-code": inline,
    "latex": _latex,
    "urls": _gated(r"\.[A-Za-z]|://|@", _addresses),
    "answers": _answers,
    "placeholders": _gated(r"[{%<\[&]|__", lambda: PLACEHOLDER),
    "numbers": _numbers,
    "math": _gated(r"[=+×÷*/<>≤≥≠≈±·∈→^|≡∑∫√∀∃⊂∪∩]|[(_](?<=\w.)|[-−](?=[\s\d(])", lambda: _MATH),
    "options": _options,
    "identifiers": _gated(
        r"[./](?<=[\w)].)[^\W\d]|=(?<=\w.)[^\s,;]|_(?<=\w.)\w|\(\)|-(?<![\w@.].)[A-Za-z]|[A-Z](?<=[a-z].)|/",
        lambda: _IDENTIFIER,
    ),
}
_MASKING = frozenset({"python", "code", "inline-code", "latex"})
"""What these find is hidden from those after them."""

KINDS: tuple[str, ...] = tuple(_FINDERS)
"""Every kind: ``python`` takes the text for a module, of which only docstrings are prose; ``code`` is fenced blocks and
sessions of an interpreter; ``inline-code`` stands between backticks; ``urls`` holds e-mail addresses too."""
USUAL: tuple[str, ...] = tuple(kind for kind in KINDS if kind != "python")
"""The kinds that are kept when nobody says otherwise."""


def protected_spans(text: str, kinds: Iterable[str] = USUAL, patterns: Sequence[str] = ()) -> list[Span]:
    r"""The spans that must stay as they are, in order, without overlaps.

    Args:
        text: Any text.
        kinds: Names from :data:`KINDS`.
        patterns: Regular expressions of the user, in the syntax of the package ``regex``.

    Raises:
        UsageError: A kind is unknown, or a pattern is no regular expression, matches nothing at all, or is too slow.

    >>> text = "Solve $x^2=4$ for {name}, see `f(x)`; it costs $5.50 (A)."
    >>> [text[start:end] for start, end in protected_spans(text)]
    ['$x^2=4$', '{name}', '`f(x)`', '$5.50', '(A)']
    >>> protected_spans("Ask ACME-X about it", (), [r"[A-Z]+-X"])
    [(4, 10)]
    """
    return merged([(start, end) for start, end, _ in _found(text, kinds, patterns)])


def find_protected(text: str, kinds: Iterable[str] = USUAL, patterns: Sequence[str] = ()) -> list[Protected]:
    """What must stay, with its kind; spans of several kinds may overlap.

    Args:
        text: Any text.
        kinds: Names from :data:`KINDS`.
        patterns: Regular expressions of the user.

    Raises:
        UsageError: As for :func:`protected_spans`.

    >>> find_protected("Pay 5 kg", ["numbers"])
    [Protected(start=4, end=8, kind='numbers')]
    """
    return sorted(Protected(*one) for one in _found(text, kinds, patterns))


def _found(text: str, kinds: Iterable[str], patterns: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Start, end and kind of what must stay."""
    wanted = check_kinds(kinds)
    for pattern in patterns:
        for start, end in _of_user(pattern, text):
            yield start, end, PATTERN
    for kind, find in _FINDERS.items():
        if kind in wanted:
            spans = list(find(text))
            for start, end in spans:
                yield start, end, kind
            if spans and kind in _MASKING:
                text = _masked(text, spans)


@lru_cache(maxsize=256)
def _known(kinds: tuple[str, ...]) -> frozenset[str]:
    for kind in kinds:
        if kind not in _FINDERS:
            raise UsageError(f"nothing of the kind {kind!r} can be protected", hint=suggest(kind, list(KINDS)))
    return frozenset(kinds)


def check_kinds(kinds: Iterable[str]) -> frozenset[str]:
    """The kinds as a set.

    Raises:
        UsageError: One is unknown; the nearest is named.

    >>> check_kinds(["url"])
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: nothing of the kind 'url' can be protected; did you mean 'urls'? Known: ...
    """
    return _known(tuple(kinds))


@lru_cache(maxsize=256)
def compiled(pattern: str) -> regex.Pattern[str]:
    r"""A pattern of the user.

    Raises:
        UsageError: It is no regular expression, or it matches the empty text, which protects nothing.

    >>> compiled("(")
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: the pattern '(' is no regular expression: missing ) at position 1; ...
    """
    try:
        made = regex.compile(pattern)
        empty = made.match("", timeout=SECONDS) is not None
    except regex.error as error:
        hint = "mend it; a bracket or dot that is meant as such is written with a backslash"
        raise UsageError(f"the pattern {pattern!r} is no regular expression: {error}", hint=hint) from error
    except (TimeoutError, RecursionError, MemoryError) as error:
        raise _slow(pattern, "an empty text") from error
    if empty:
        hint = "let it ask for at least one character: x+ instead of x*"
        raise UsageError(f"the pattern {pattern!r} matches an empty text", hint=hint)
    return made


def _of_user(pattern: str, text: str) -> list[Span]:
    try:
        found = [match.span() for match in compiled(pattern).finditer(text, timeout=SECONDS)]
    except TimeoutError as error:
        raise _slow(pattern, f"a text of {len(text):,} characters") from error
    return [span for span in found if span[0] < span[1]]


def _slow(pattern: str, what: str) -> UsageError:
    hint = "a repetition inside a repetition, as in (a+)+, is the usual cause: write a+ instead"
    return UsageError(f"the pattern {pattern!r} took more than {SECONDS:g} s on {what}", hint=hint)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that overlap made one.

    >>> merged([(4, 6), (0, 2), (5, 9), (2, 3)])
    [(0, 2), (2, 3), (4, 9)]
    """
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        elif start < end:
            found.append((start, end))
    return found


def _masked(text: str, spans: Iterable[Span]) -> str:
    """The text with characters that no pattern looks for in the place of some spans."""
    pieces: list[str] = []
    at = 0
    for start, end in merged(spans):
        pieces += (text[at:start], "\x00" * (end - start))
        at = end
    return "".join((*pieces, text[at:]))
