"""Texts as operations read them: tokens with their gaps, or the reason why there is nothing to read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from cswitch.core.text.scripts import languages, script_of, scripts_for
from cswitch.core.text.tokens import is_neutral, tokenise
from cswitch.generators.recipes.contracts import Text
from cswitch.schemas.reject import Reject

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
    script = _script(words)
    known = (*scripts_for(item.lang), *((_LATIN,) if roman else ()))
    if script not in known:
        detail = f"the text is written in {script}; {item.lang} is written in {', '.join(known)}"
        return Reject(source_id=item.id, reason="wrong_script", detail=detail)
    return found


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
