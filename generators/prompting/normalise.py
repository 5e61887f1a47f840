"""The text alone, out of what a language model wrote around it: chatter, markdown, labels, quotation marks.

What counts as chatter stands in data/prompts/chatter.tsv. Only what stands around the text is taken away, in layers
until nothing is left to take; what a text says of itself, with colons and quotation marks of its own, is kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import NamedTuple

from cswitch.core.text.scripts import languages, rows

_RUBBISH = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffd]"
)
"""Invisible characters that do nothing for a text; joiners, which shape letters and emoji, are no such thing."""
_LOOSE_JOINER = re.compile("^[\u200c\u200d]+|[\u200c\u200d]+(?=\\s|$)|(?<=\\s)[\u200c\u200d]+")
_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "«": "»", "„": "“", "「": "」", "『": "』", "`": "`", "”": "”"}
_STOPS = ".!?…।॥。！？۔؟"
_FENCE = re.compile(r"```[\w-]{0,20}[ \t]*\n?(.*?)(?:\n?[ \t]*```|\Z)", re.DOTALL)
_THINKING = re.compile(r"<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_BOLD = re.compile(r"(?<!\*)\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*(?!\*)")
_SLANTED = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])")
_TICKED = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_HEADING = re.compile(r"[ \t]*#{1,6}[ \t]+")
_QUOTED_LINE = re.compile(r"[ \t]*>[ \t]+")
_BULLET = re.compile(r"[ \t]*[-*•–—][ \t]+")
_NUMBER = re.compile(r"[ \t]*(?:option|version|alternative|variant)?[ \t]*\(?([1-9a-dA-D])[.):][ \t]+", re.IGNORECASE)
_RULE = re.compile(r"[ \t]*[-*_=]{3,}[ \t]*")
_TELLING = 12
"""Characters by which a remark is known again in a source."""
_LONGEST = 120
"""Characters of the longest announcement."""


class Normalised(NamedTuple):
    """A text, and what was taken off it."""

    text: str
    removed: str
    """The pieces in the order in which they were taken off, a line each; empty when there was nothing to take."""


def normalise(text: str, *, sources: Iterable[str] = (), turn: bool = False) -> Normalised:
    r"""The text that a model was asked for, out of its answer.

    Args:
        text: What the model wrote.
        sources: Texts it was to start from: what one of them begins with is no chatter.
        turn: Whether it is a turn of a dialogue, so that the name of who speaks may stand before it.

    >>> normalise('Sure! Here is the Hinglish sentence:\n\n**"Kal office band hai."**').text
    'Kal office band hai.'
    >>> normalise("Output: Main ghar jaunga.\n(Translation: I will go home.)")
    Normalised(text='Main ghar jaunga.', removed='(Translation: I will go home.)\nOutput:')
    >>> normalise("Sure, main aa jaunga: wait for me.")
    Normalised(text='Sure, main aa jaunga: wait for me.', removed='')
    """
    removed: list[str] = []
    starts = tuple(map(_start, sources))
    layers = (*_LAYERS, _unnamed) if turn else _LAYERS
    found = _cleaned(text)
    while True:
        before = found
        for layer in layers:
            found = layer(found, removed, starts).strip()
        if found == before:  # nothing more while lines are told apart; then on one line
            found = " ".join(found.split())
            if found == before:
                return Normalised(found, "\n".join(removed))


_Layer = Callable[[str, list[str], tuple[str, ...]], str]
"""Takes a layer off a text, notes what it took, and minds how the sources start."""


def _cleaned(text: str) -> str:
    """In normal form C, without invisible rubbish."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _LOOSE_JOINER.sub("", _RUBBISH.sub("", text)).strip()


def _start(text: str) -> str:
    return " ".join(text.casefold().split())


def _own(piece: str, starts: Sequence[str]) -> bool:
    """Whether a source begins with the piece too: then it belongs to the text."""
    wanted = _start(piece)
    return any(start.startswith(wanted) for start in starts)


def _said(piece: str, starts: Sequence[str]) -> bool:
    """Whether a source has what the piece begins with, wherever."""
    wanted = _start(piece)[:_TELLING]
    return any(wanted in start for start in starts)


def _unfenced(text: str, removed: list[str], starts: tuple[str, ...]) -> str:
    """Without the thoughts before it and the code fence or tags around it."""
    text = _THINKING.sub(lambda match: _gone(match[0], removed), text).strip()
    fence = _FENCE.search(text)
    if fence and fence[1].strip():
        _note(text[: fence.start()], removed)
        _note(text[fence.end() :], removed)
        text = fence[1].strip()
    tag = _tagged().fullmatch(text)
    return tag["inner"] if tag else text


def _unmarked(text: str, removed: list[str], starts: tuple[str, ...]) -> str:
    """Without markdown: headings, quoted lines, bold and slanted words, rulers."""
    lines = text.split("\n")
    below = next((line.strip() for line in lines[1:] if line.strip()), "")
    if below and _HEADING.match(lines[0]) and not _own(lines[0], starts) and not _remark().match(below):
        _note(lines.pop(0), removed)
    for number, line in enumerate(lines):
        bare = _QUOTED_LINE.sub("", _HEADING.sub("", line, count=1), count=1)
        lines[number] = _gone(bare, removed) if _RULE.fullmatch(bare) else bare
    text = "\n".join(lines)
    for shape in (_BOLD, _SLANTED, _TICKED):
        text = shape.sub(r"\1", text)
    return text


def _unannounced(text: str, removed: list[str], starts: tuple[str, ...]) -> str:
    """Without what announces it: ``Sure! Here is the sentence:``, or such a line before others."""
    found = _announcement().match(text)
    if found and found.end() < len(text) and not _own(found[0], starts):
        _note(found[0], removed)
        return text[found.end() :]
    first, newline, rest = text.partition("\n")
    if newline and rest.strip() and _opening().fullmatch(first.strip()) and not _own(first, starts):
        _note(first, removed)
        return rest
    return text


def _chosen(text: str, removed: list[str], starts: tuple[str, ...]) -> str:
    """The first of several alternatives; a list of one loses its bullet."""
    lines = [line for line in text.split("\n") if line.strip()]
    shape = next((shape for shape in (_NUMBER, _BULLET) if lines and shape.match(lines[0])), None)
    if shape is None:
        return _before_second(text, removed, starts)
    marked = [number for number, line in enumerate(lines) if shape.match(line)]
    first = shape.match(lines[0])
    if first is None or (shape is _NUMBER and len(marked) < 2 and not _second(first[1]).search(lines[0])):
        return text
    if _own(first[0], starts):
        return text
    for line in lines[marked[1] :] if len(marked) > 1 else ():
        _note(line, removed)
    kept = "\n".join(lines[: marked[1]] if len(marked) > 1 else lines)
    return (
        _before_second(kept, removed, starts) if shape is _NUMBER and len(marked) < 2 else shape.sub("", kept, count=1)
    )


def _before_second(text: str, removed: list[str], starts: tuple[str, ...]) -> str:
    """The first of alternatives that stand on one line: ``1. ... 2. ...``."""
    first = _NUMBER.match(text)
    if first is None or _own(first[0], starts):
        return text
    second = _second(first[1]).search(text, first.end())
    if second is None:
        return text
    _note(text[second.start() :], removed)
    return text[first.end() : second.start()]


def _second(mark: str) -> re.Pattern[str]:
    """What the next alternative is marked with."""
    follower = re.escape(chr(ord(mark) + 1))
    return re.compile(rf"(?<=\s)(?:option|version|alternative|variant)?[ \t]*\(?{follower}[.):][ \t]+", re.IGNORECASE)


def _unremarked(text: str, removed: list[str], starts: tuple[str, ...]) -> str:
    """Without remarks behind it: notes, translations, explanations in brackets, offers of help."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        remark = number and any(map(str.strip, lines[:number])) and _remark().match(line.strip())
        if remark and not _said(line, starts):
            for gone in lines[number:]:
                _note(gone, removed)
            return "\n".join(lines[:number])
    found = _remark_inside().search(text) or _glossed().search(text)
    if found and found.start() and not _said(found[0], starts):
        _note(text[found.start() :], removed)
        return text[: found.start()]
    return text


def _unlabelled(text: str, removed: list[str], starts: tuple[str, ...]) -> str:
    """Without the label before it: ``Output:``, ``Hinglish:``, ``Code-mixed (Hindi-English):``."""
    found = _label().match(text)
    if found is None or found.end() >= len(text) or _own(found[0], starts):
        return text
    _note(found[0], removed)
    return text[found.end() :]


def _unquoted(text: str, removed: list[str], starts: tuple[str, ...]) -> str:
    """Without quotation marks around the whole."""
    closing = _QUOTES.get(text[:1])
    if closing is None or len(text) < 3 or any(start[:1] in _QUOTES for start in starts):
        return text
    inner = text[1:-1]
    if text.endswith(closing) and text[0] not in inner and closing not in inner:
        return inner
    if text[0] == "'" == text[-1] and not re.search(r"(?<!\w)'|'(?!\w)", inner):  # apostrophes within words
        return inner
    return text


def _unnamed(text: str, removed: list[str], starts: tuple[str, ...]) -> str:
    """Without who speaks: ``A:``, ``Speaker 2:``."""
    found = _speaker().match(text)
    if found is None or found.end() >= len(text):
        return text
    _note(found[0], removed)
    return text[found.end() :]


_LAYERS: tuple[_Layer, ...] = (
    _unfenced, _unmarked, _unannounced, _chosen, _unremarked, _unlabelled, _unquoted,
)  # fmt: skip


def _note(piece: str, removed: list[str]) -> None:
    if piece.strip():
        removed.append(" ".join(piece.split()))


def _gone(piece: str, removed: list[str]) -> str:
    _note(piece, removed)
    return ""


@cache
def _phrases(kind: str) -> str:
    """The phrases of a kind, as alternatives, the longest first."""
    found = {phrase for name, phrases in rows("prompts/chatter.tsv") if name == kind for phrase in phrases.split("|")}
    return "|".join(map(re.escape, sorted(found, key=lambda phrase: (-len(phrase), phrase))))


@cache
def _names() -> str:
    """Names of languages, in English, and pairs of them."""
    names = "|".join(sorted((re.escape(language.name) for language in languages().values()), key=len, reverse=True))
    return rf"(?:{names})(?:[-–/+& ]{{1,3}}(?:{names}))*"


@cache
def _announcement() -> re.Pattern[str]:
    openers = rf"(?:(?:{_phrases('opener')})[\s!.,;—–-]+)*"
    things = rf"\b(?:{_phrases('thing')}|{_names()})\b"
    body = rf"(?:{_phrases('announces')})(?!\w)(?=[^\n:：]*?(?:{things}))[^\n:：.!?。]{{0,{_LONGEST}}}[:：]\s*"
    unspaced = rf"(?:以下是|这是|这里是|下面是|以下は|こちらが|다음은)[^\n:：]{{0,{_LONGEST}}}[:：]\s*"
    return re.compile(rf"{openers}(?:{body}|{unspaced})", re.IGNORECASE)


@cache
def _opening() -> re.Pattern[str]:
    return re.compile(rf"(?:(?:{_phrases('opener')})[\s!.,;:…—–-]*)+", re.IGNORECASE)


@cache
def _remark() -> re.Pattern[str]:
    bracketed = rf"[(\[（](?:{_phrases('gloss')}|{_phrases('after')})\b.*"
    return re.compile(
        rf"(?:\W{{0,3}}(?:{_phrases('after')}|{_names()})(?:\s*\([^)]*\))?\W{{0,3}}[:：]|{bracketed}"
        rf"|(?:{_phrases('closing')})(?!\w))",
        re.IGNORECASE,
    )


@cache
def _remark_inside() -> re.Pattern[str]:
    return re.compile(rf"(?<=[{_STOPS}\"”'’)])\s+(?:{_phrases('inside')})\s*[:：].*", re.IGNORECASE | re.DOTALL)


@cache
def _glossed() -> re.Pattern[str]:
    return re.compile(
        rf"\s*[(\[（]\s*(?:(?:{_phrases('gloss')})(?!\w)|(?:{_phrases('after')}|{_names()})\s*[:：])[^()\[\]（）]*[)\]）]\s*$",
        re.IGNORECASE,
    )


@cache
def _label() -> re.Pattern[str]:
    name = rf"(?:{_phrases('label')}|{_names()})"
    return re.compile(rf"{name}(?:\s+(?:{_phrases('thing')}|\d))*(?:\s*\([^()\n]{{0,60}}\))?\s*[:：]\s*", re.IGNORECASE)


@cache
def _speaker() -> re.Pattern[str]:
    return re.compile(rf"(?:(?:{_phrases('speaker')})\s*[-#]?\s*\w{{0,2}}|[A-Za-z]\d?)\s*[:：]\s*", re.IGNORECASE)


@cache
def _tagged() -> re.Pattern[str]:
    return re.compile(rf"<(?P<tag>{_phrases('tag')})>(?P<inner>.*?)(?:</(?P=tag)>)?", re.IGNORECASE | re.DOTALL)
