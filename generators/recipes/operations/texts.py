"""Texts as operations read them: tokens with their gaps, or the reason why there is nothing to read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from cswitch.core.text.scripts import languages, rows, script_of, scripts_for
from cswitch.core.text.tokens import is_neutral, tokenise
from cswitch.generators.recipes.contracts import Text
from cswitch.schemas.reject import Reject

Span = tuple[int, int]
"""``[start, end)``."""
ENTITIES = "entities"
"""The label that holds spans of characters."""
_LATIN = "Latn"


class Read(NamedTuple):
    """A text in tokens."""

    text: str
    """The text that the offsets are of."""
    tokens: tuple[str, ...]
    """Tokens in order."""
    offsets: tuple[tuple[int, int], ...]
    """``[start, end)`` of each in the text."""


def read(item: Text, *, roman: bool = False) -> Read | Reject:
    """The tokens of a text, or why there are none to work with.

    Tokens that came with the text are kept; where they do not stand in it in their order, they are joined by spaces.

    Args:
        item: The text.
        roman: Whether it may be written in Latin letters, whatever its language.

    >>> read(Text(id="1", text="घर, चलो!", lang="hi")).tokens
    ('घर', ',', 'चलो', '!')
    >>> read(Text(id="1", text="ghar chalo", lang="hi")).detail
    'the text is written in Latn; hi is written in Deva'
    """
    if item.tokens is None:
        tokens, offsets, _ = tokenise(item.text, item.lang)
        found = Read(item.text, tokens, offsets)
    else:
        found = _located(item.text, item.tokens)
    if not found.tokens:
        return Reject(source_id=item.id, reason="empty_side", detail="the text is empty")
    words = [token for token in found.tokens if not is_neutral(token)]
    if not words:
        return Reject(source_id=item.id, reason="no_words", detail="the text has only numbers and marks")
    strange = strange_script(words, item.lang, roman=roman)
    return Reject(source_id=item.id, reason="wrong_script", detail=strange) if strange else found


def strange_script(words: Sequence[str], lang: str, *, roman: bool = False) -> str:
    """What is strange about the script of words; empty where they are written as their language is.

    Args:
        words: Words, without numbers and marks.
        lang: Their language.
        roman: Whether they may be written in Latin letters, whatever the language.

    >>> strange_script(["ghar"], "hi"), strange_script(["ghar"], "hi", roman=True)
    ('the text is written in Latn; hi is written in Deva', '')
    """
    script = _script(words)
    known = tuple(dict.fromkeys((*scripts_for(lang), *((_LATIN,) if roman else ()))))
    return "" if script in known else f"the text is written in {script}; {lang} is written in {', '.join(known)}"


def foreign(item: Text, lang: str) -> Reject | None:
    """A reject for a text in another language than the one a method starts from.

    >>> foreign(Text(id="1", text="hola", lang="es"), "en").detail
    'the text is in es (Spanish), and this run reads en (English)'
    """
    if item.lang == lang:
        return None
    named = [f"{code} ({languages()[code].name})" for code in (item.lang, lang)]
    detail = f"the text is in {named[0]}, and this run reads {named[1]}"
    return Reject(source_id=item.id, reason="wrong_language", detail=detail)


def inside(offsets: Sequence[Span], spans: Sequence[Span]) -> list[bool]:
    """Whether each token has a character within a span; both are in order, and spans do not overlap.

    >>> inside([(0, 2), (3, 5), (6, 8)], [(4, 5)])
    [False, True, False]
    """
    found: list[bool] = []
    at = 0
    for start, end in offsets:
        while at < len(spans) and spans[at][1] <= start:
            at += 1
        found.append(at < len(spans) and spans[at][0] < end)
    return found


def cased(word: str, lang: str) -> str:
    """A word of a lexicon, which is in small letters, with the capital it has anywhere.

    >>> [cased(word, "en") for word in ("monday", "i'm", "water")]
    ['Monday', "I'm", 'water']
    """
    if lang != "en":
        return word
    head, mark, rest = word.partition("'")
    return head.capitalize() + mark + rest if head == "i" or head.capitalize() in _capitals() else word


@cache
def _capitals() -> frozenset[str]:
    return frozenset(word for code, words in rows("capitals.tsv") if code == "en" for word in words.split())


def _script(words: Sequence[str]) -> str:
    """The script of most letters."""
    letters: Counter[str] = Counter()
    for word in words:
        letters[script_of(word)] += len(word)
    letters.pop("Zyyy", None)
    return max(letters, key=letters.__getitem__) if letters else _LATIN


def _located(text: str, tokens: Sequence[str]) -> Read:
    offsets: list[tuple[int, int]] = []
    end = 0
    for token in tokens:
        start = text.find(token, end)
        if start < 0 or text[end:start].strip():
            break
        end = start + len(token)
        offsets.append((start, end))
    if len(offsets) < len(tokens) or text[end:].strip():
        text, offsets, end = " ".join(tokens), [], 0
        for token in tokens:
            offsets.append((end, end + len(token)))
            end += len(token) + 1
    return Read(text, tuple(tokens), tuple(offsets))


def carried(
    labels: Mapping[str, Any], old: Sequence[Span], new: Sequence[Span], kept: Sequence[bool] = ()
) -> dict[str, Any]:
    """Labels of a text whose tokens have moved: spans of characters in ``entities`` move along, all else stays.

    Args:
        labels: Labels of the text.
        old: ``[start, end)`` of its tokens.
        new: Where each of them, or what came in its place, stands in the new text.
        kept: Whether each token is still spelt the same; all are when empty. A span that begins or ends within one that
            is not covers it whole.

    >>> carried({"entities": [[3, 8, "LOC"]]}, [(0, 2), (3, 8)], [(0, 2), (9, 14)])
    {'entities': [[9, 14, 'LOC']]}
    """
    made = dict(labels)
    given = labels.get(ENTITIES)
    if isinstance(given, list | tuple):
        made[ENTITIES] = [_moved(one, old, new, kept) for one in given]
    return made


def _moved(one: Any, old: Sequence[Span], new: Sequence[Span], kept: Sequence[bool]) -> Any:
    """A span of characters in its new place; what is none stays as it is."""
    mapped = isinstance(one, Mapping)
    found = [one.get("start"), one.get("end")] if mapped else list(one[:2]) if isinstance(one, list | tuple) else []
    if len(found) != 2 or not all(type(edge) is int for edge in found):
        return one
    start, end = found
    touched = [at for at, (first, last) in enumerate(old) if first < end and start < last]
    if not touched:
        return one
    at, to = touched[0], touched[-1]
    start = new[at][0] + (max(0, start - old[at][0]) if not kept or kept[at] else 0)
    end = new[to][1] - (max(0, old[to][1] - end) if not kept or kept[to] else 0)
    return {**one, "start": start, "end": end} if mapped else [start, end, *one[2:]]
