"""Where a space goes between tokens, as people type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from unicodedata import category, east_asian_width

from cswitch.core.text.scripts import script_of
from cswitch.core.text.tokens import token_class

STOPS = frozenset(".,;:!?…%‰٪°؛،؟۔।॥॰‼⁇⁈⁉‽՝՜՞።፣፤፥፧")
"""Marks written close to the token before them."""
OPENERS = frozenset("([{⟨¿¡#")
"""Marks written close to the token after them."""
QUOTES = {
    '"': '"', "'": "'", "“": "”", "„": "“”", "”": "”", "«": "»", "»": "«»",
    "‘": "’", "‚": "‘’", "’": "’", "‹": "›", "›": "‹›", "``": ("''",), "''": (),
}  # fmt: skip
"""Quotation marks, and what may close each; German and Swedish use open with what closes elsewhere."""
CLITICS = frozenset("n't 's 'm 're 've 'll 'd n’t ’s ’m ’re ’ve ’ll ’d".split())
"""English clitics that treebanks and taggers part from their word."""

_CLOSERS = frozenset(")]}⟩")
_OPENING = frozenset({"“", "„", "«", "‘", "‚", "‹", "``"})  # quotation marks that open where nothing tells

# Kinds of token, as far as spacing goes.
_WORD: Final = 0
_NUMBER: Final = 1
_STOP: Final = 2  # close to what is before
_CLOSE: Final = 3  # the same, for brackets and quotation marks
_OPEN: Final = 4  # close to what is after
_CURRENCY: Final = 5  # close to a number after it
_TIGHT: Final = 6  # close to both sides
_EMOJI: Final = 7
_LINK: Final = 8  # a URL, mention or hashtag
_HAN: Final = 9  # Han and kana
_THAI: Final = 10
_LAO: Final = 11
_KHMER: Final = 12
_BURMESE: Final = 13
_QUOTE: Final = 14  # becomes _OPEN or _CLOSE in its place
_DASH: Final = 15  # becomes _OPEN or _TIGHT in some places
_FIRST_UNSETTLED: Final = _QUOTE
_KINDS: Final = 16

_REMEMBERED = 1 << 16
_NESTED = 8  # quotation marks open at once; more are noise, and would take quadratic time
_SCRIPT_KINDS = {
    "Hani": _HAN, "Hira": _HAN, "Kana": _HAN, "Bopo": _HAN,
    "Thai": _THAI, "Laoo": _LAO, "Khmr": _KHMER, "Mymr": _BURMESE,
}  # fmt: skip


def spacing(tokens: Sequence[str], gaps: Sequence[bool | None]) -> list[bool]:
    """Where a space goes: as the gaps say, and where they say nothing as people type.

    * None before stops, closing marks and clitics (``n't``), none after opening marks, around a slash, around a dash
      between numbers, or between a currency sign and its number. Quotation marks open and close in turn.
    * Han and kana take none among themselves, nor next to words of other scripts, numbers and emoji, as chat is typed
      (``我今天很busy``). Thai, Lao, Khmer and Burmese take none among themselves, and one next to other scripts.
    * Other dashes, emoji, URLs, mentions and hashtags stand between spaces; emoji in a row stand together.

    Args:
        tokens: Tokens in order.
        gaps: One a token; True and False are kept, None is decided. The first, when None, becomes False.

    Raises:
        ValueError: The two are not of the same length.

    >>> spacing(["He", "said", '"', "hi", '"', "!"], [None] * 6)
    [False, True, True, False, False, False]
    """
    found = [bool(gap) for gap in gaps]
    before = -1
    for index, (token, gap) in enumerate(zip(tokens, gaps, strict=True)):
        if gap is not None:
            before = -1
            continue
        if before < 0:
            before = _KIND[tokens[index - 1]] if index else _OPEN
        after = _KIND[token]
        if before >= _FIRST_UNSETTLED or after >= _FIRST_UNSETTLED:
            return _spacing_in_context(tokens, gaps)
        found[index] = _SPACED[before][after]
        before = after
    return found


def _spacing_in_context(tokens: Sequence[str], gaps: Sequence[bool | None]) -> list[bool]:
    """The same, where a mark's kind hangs on its place."""
    kinds = [_KIND[token] for token in tokens]
    _settle(tokens, gaps, kinds)
    before = [_OPEN, *kinds]
    return [_SPACED[before[i]][kinds[i]] if gap is None else gap for i, gap in enumerate(gaps)]


class _Kinds(dict[str, int]):
    """The kind of each token; worked out once, then remembered."""

    def __missing__(self, token: str) -> int:
        if len(self) >= _REMEMBERED:
            self.clear()
        kind = self[token] = _kind(token)
        return kind


_KIND = _Kinds()


def _kind(token: str) -> int:
    """The kind of a token, as far as spacing goes."""
    if token in QUOTES:
        return _QUOTE
    if token in CLITICS:
        return _STOP
    match token_class(token):
        case "word":
            if token[0].isdigit():  # 11million, 5th
                return _NUMBER
            return _SCRIPT_KINDS.get(script_of(token), _WORD)
        case "number":
            return _NUMBER
        case "emoji":
            return _EMOJI
        case "url" | "mention" | "hashtag":
            return _LINK
        case _:
            return _mark_kind(token)


def _mark_kind(token: str) -> int:
    """The kind of a punctuation mark or sign, or of a run of them."""
    if all(character in STOPS for character in token):
        return _STOP
    if all(character in OPENERS for character in token):
        return _OPEN
    if all(character in _CLOSERS for character in token):
        return _CLOSE
    if all(character in "/·・" or _is_wide(character) for character in token):
        return _TIGHT
    if all(category(character) == "Sc" for character in token):
        return _CURRENCY
    if all(category(character) == "Pd" for character in token):
        return _DASH
    return _WORD


def _is_wide(character: str) -> bool:
    """Whether it is a mark of Chinese or Japanese, which holds its own space."""
    return east_asian_width(character) in "WF" and category(character)[0] == "P"


def _settle(tokens: Sequence[str], gaps: Sequence[bool | None], kinds: list[int]) -> None:
    """Gives quotation marks and dashes the kind that their place gives them."""
    last = {token: index for index, token in enumerate(tokens) if kinds[index] == _QUOTE}
    open_quotes: list[str] = []
    for index, token in enumerate(tokens):
        if kinds[index] == _QUOTE:
            likely = _closes_later(token, index, last) or (index > 0 and tokens[index - 1] == ":")
            kinds[index] = _quote_kind(token, open_quotes, _evidence(index, gaps), likely)
        elif kinds[index] == _DASH:
            kinds[index] = _dash_kind(token, index, kinds)


def _evidence(index: int, gaps: Sequence[bool | None]) -> bool | None:
    """Whether the known gaps around a quotation mark make it an opening one; None when they tell nothing."""
    before = True if index == 0 else gaps[index]
    after = True if index + 1 == len(gaps) else gaps[index + 1]
    return before if before is not None and after is not None and before != after else None


def _closes_later(token: str, index: int, last: dict[str, int]) -> bool:
    return any(last.get(closer, -1) > index for closer in QUOTES[token])


def _quote_kind(token: str, open_quotes: list[str], opens: bool | None, likely: bool) -> int:
    """Whether a quotation mark opens or closes.

    Args:
        token: The mark.
        open_quotes: The marks that are open; changed accordingly.
        opens: What the gaps around it tell.
        likely: Whether it would open if it may do either.
    """
    del open_quotes[:-_NESTED]
    depth = next((d for d in reversed(range(len(open_quotes))) if token in QUOTES[open_quotes[d]]), None)
    if opens is None:
        opens = depth is None and (token in _OPENING or likely)
    if opens:
        open_quotes.append(token)
        return _OPEN
    del open_quotes[depth if depth is not None else len(open_quotes) :]
    return _CLOSE


def _dash_kind(token: str, index: int, kinds: list[int]) -> int:
    """A dash between numbers joins them; one that begins a line of dialogue leans on its first word."""
    if index == 0:
        return _OPEN if token in "—―" else _DASH
    between = kinds[index - 1] == _NUMBER == kinds[min(index + 1, len(kinds) - 1)]
    return _TIGHT if between and token in "-–" else _DASH


def _spaced(before: int, after: int) -> bool:
    """Whether a space goes between two kinds."""
    if before in {_OPEN, _TIGHT} or after in {_STOP, _CLOSE, _TIGHT}:
        return False
    if before == _CURRENCY:
        return after != _NUMBER
    if _HAN in {before, after}:
        return _LINK in {before, after} or before == _STOP
    return before != after or before not in {_EMOJI, _THAI, _LAO, _KHMER, _BURMESE}


_SPACED = tuple(tuple(_spaced(before, after) for after in range(_KINDS)) for before in range(_KINDS))
