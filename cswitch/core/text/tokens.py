"""Text to tokens with exact offsets, in any script.

White space separates, and so do the invisible controls of :data:`INVISIBLE` outside words; tokens cover everything else.
A token lies within one stretch without white space and depends on nothing outside it. What is kept whole:

* words with their combining marks and joiners; apostrophes, hyphens, ``&``, ``_`` and ``·`` between letters or digits
  (``don't``, ``l'acqua``, ``well-known``, ``AT&T``, ``COVID-19``); the leading apostrophe of a few words (``'em``, ``'90s``);
* numbers with their separators and sign, and a percent or degree sign that touches them (``10,00,000``, ``9:30``, ``-5``,
  ``20%``, ``2019-20``); a currency sign is a token of its own (``₹`` ``500``);
* initials and abbreviations with full stops (``U.S.``, ``e.g.``, and those of data/abbreviations.tsv: ``Dr.``);
* URLs, e-mail addresses, @mentions, #hashtags, without the punctuation of the sentence around them;
* emoji sequences, each by itself, and the usual emoticons; flags; keycaps;
* runs of ``!`` and ``?``, of dots, and of one dash, danda or sign repeated. Every other mark stands alone.

A clitic stays on its word. Thai, Lao, Khmer and Burmese come as the runs they are written in. Han text comes a character
a token and kana a run a token, unless the language is Chinese or Japanese and the extra ``cjk`` is installed.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Literal, NamedTuple
from unicodedata import category

from cswitch.core.text import cjk
from cswitch.core.text.scripts import ranges, rows

TokenClass = Literal["word", "number", "punct", "symbol", "emoji", "url", "mention", "hashtag"]

INVISIBLE = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0001\U000e0020-\U000e007f"
)
"""Control and formatting characters that no token begins with, as the inside of a character class."""

_CACHED_LENGTH = 24
"""Longer stretches are rare in spaced scripts and heavy in unspaced ones: they are not kept."""

Part = tuple[str, int, int, bool]
"""A token, its start and end within a stretch, and whether it is the first there."""


class Tokenised(NamedTuple):
    """A text's tokens; three parallel lists."""

    tokens: tuple[str, ...]
    """Tokens in order."""
    offsets: tuple[tuple[int, int], ...]
    """``[start, end)`` in code points: ``text[start:end]`` is the token, always."""
    gaps: tuple[bool, ...]
    """Whether white space stands directly before the token; False for the first."""


def tokenise(text: str, lang: str = "") -> Tokenised:
    """The tokens of a text, with their offsets and the gaps between them.

    Args:
        text: Any string.
        lang: BCP-47 primary subtag. It matters for ``zh`` and ``ja`` alone, which are segmented into words when the
            extra ``cjk`` is installed.

    >>> tokenise("Don't worry, ₹500 दे दो।").tokens
    ("Don't", 'worry', ',', '₹', '500', 'दे', 'दो', '।')
    >>> tokenise("Hi, you!")
    Tokenised(tokens=('Hi', ',', 'you', '!'), offsets=((0, 2), (2, 3), (4, 7), (7, 8)), gaps=(False, False, True, False))
    """
    mode = _mode(lang)
    tokens: list[str] = []
    offsets: list[tuple[int, int]] = []
    gaps: list[bool] = []
    end = 0
    for stretch in text.split():
        start = text.index(stretch, end)
        end = start + len(stretch)
        parts = _parts(stretch, mode) if end - start <= _CACHED_LENGTH else _split(stretch, mode)
        if parts is None:
            tokens.append(stretch)
            offsets.append((start, end))
            gaps.append(True)
            continue
        for token, first, last, gap in parts:
            tokens.append(token)
            offsets.append((start + first, start + last))
            gaps.append(gap)
    if gaps:
        gaps[0] = False
    return Tokenised(tuple(tokens), tuple(offsets), tuple(gaps))


@lru_cache(maxsize=1 << 16)
def token_class(token: str) -> TokenClass:
    """What kind of token it is; anything with a letter that is no URL, address, mention or hashtag is a word.

    >>> [token_class(token) for token in ("COVID-19", "5th", "20%", "।", "₹", "👍🏽", ":)")]
    ['word', 'word', 'number', 'punct', 'symbol', 'emoji', 'emoji']
    >>> [token_class(token) for token in ("www.example.org", "a@b.in", "@asha", "#दिवाली")]
    ['url', 'url', 'mention', 'hashtag']
    """
    patterns = _patterns()
    for name in ("url", "mention", "hashtag", "emoji"):
        if patterns[name].fullmatch(token):
            return name  # type: ignore[return-value]
    if patterns["degrees"].fullmatch(token):
        return "number"
    if any(map(str.isalpha, token)):
        return "word"
    if any(map(str.isnumeric, token)):
        return "number"
    return "punct" if token and category(token[0])[0] == "P" else "symbol"


@lru_cache(maxsize=1 << 16)
def is_neutral(token: str) -> bool:
    """Whether a token belongs to no language, so that its tag is ``other``.

    >>> is_neutral("42"), is_neutral("bayalis")
    (True, False)
    """
    return token_class(token) != "word"


@cache
def _mode(lang: str) -> str:
    """The language, when its unspaced text can be segmented here; else nothing."""
    return lang if lang in cjk.LANGUAGES and cjk.installed(lang) else ""


def _split(stretch: str, mode: str) -> tuple[Part, ...] | None:
    """The parts of a stretch without white space, or None when it is one token."""
    found: list[Part] = []
    for match in _patterns()["runs" if mode else "token"].finditer(stretch):
        first, last = match.span()
        words = cjk.segment(match[0], mode) if mode and match.lastgroup == "cjk" else [match[0]]
        for word in words:
            last = first + len(word)
            found.append((word, first, last, not found))
            first = last
    return None if len(found) == 1 and found[0][0] == stretch else tuple(found)


_parts = lru_cache(maxsize=1 << 15)(_split)


def _class(*names: str) -> str:
    """The inside of a character class with the ranges of data/unicode.tsv under these names."""
    return "".join(f"{chr(first)}-{chr(last)}" for name in names for first, last in ranges(name))


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """The compiled patterns; built when first needed, for the tables take some milliseconds to read."""
    mark, pict = _class("mark"), _class("pictograph")
    han, hira, kana = _class("Hani"), _class("Hira"), _class("Kana") + "\u30fc\uff70\uff9e\uff9f"
    words = {kind: listed.split() for kind, listed in _abbreviations()}
    m = f"[{mark}]"
    letter = f"[^\\W\\d_{han}{hira}{kana}]"  # one that is written in spaced words
    alnum = f"[^\\W_{han}{hira}{kana}]"
    inside = f"(?:{alnum}|{m})"
    joiner = f"(?:[\u200c\u200d\xad]++(?={inside})|(?<={m})\u200d)"
    run = f"{inside}(?:{alnum}++|{m}++|{joiner})*+"
    hebrew = '(?<=[\u05d0-\u05ea])"(?=[\u05d0-\u05ea])'
    link = f"(?:(?:['’‐‑·_&׳״-]|{hebrew})(?={alnum})|(?<=\\d)[.,:/٫٬](?=\\d))"
    sign = f"(?<![\\w{mark}%‰٪％)\\]])[-+−](?=\\.?\\d[\\d.,]*+(?!\\w))"
    word = f"(?:{sign})?+(?:(?<![\\w.])\\.(?=\\d))?{run}(?:{link}{run})*+(?:(?<=\\d)(?:[%‰٪％]|°(?:[CFcf](?!\\w))?)|॰)?"
    initials = f"{letter}{m}*+(?:\\.{letter}{m}*+(?!\\w))+\\.?"
    indic = f"(?=[\u0900-\u0d7f])(?:(?:{letter}{m}*+){{1,2}}\\.){{2,}}"
    listed = "|".join(map(re.escape, sorted(words["abbreviation"], key=len, reverse=True)))
    abbreviation = f"(?={letter}[^.]{{0,6}}\\.)(?:{initials}|{indic}|(?:{listed})\\.)"
    elision = f"['’](?:(?:{'|'.join(words['elision'])})(?![\\w'’{mark}-])|n['’](?!\\w)|\\d\\ds(?!\\w))"

    reach = f"(?:(?![{han}{hira}{kana}])[\\w{mark}\u200c\u200d/%&=#@+~$|^-])"
    body = f"(?:{reach}++|\\((?:{reach}|[.,;:!?'*])*+\\)|[.,;:!?'*]++(?={reach}|\\({reach}))++"
    domain = "(?:[a-z0-9-]{1,63}\\.){1,5}(?:com|org|net|edu|gov|info|io|dev|app|(?:co|ac|nic|gob)\\.[a-z]{2})(?:\\.[a-z]{2})?"
    url = f"(?i:(?:https?|ftp)://{body}|www\\.(?=\\w){body}|mailto:{body}|{domain}(?:[/?]{body}|/|(?![\\w@-])))"
    email = "\\w[\\w.+%-]{0,63}@(?:[A-Za-z0-9-]{1,63}\\.){1,8}[A-Za-z]{2,24}(?!\\w)"
    handle = f"[\\w{mark}\u200c\u200d]++"
    mention = f"[@＠]{handle}(?:[.@](?=[^\\W_]){handle})*+"
    hashtag = f"[#＃](?=[\\w{mark}]*[^\\W\\d_]){handle}"

    flag, keycap = "[\U0001f1e6-\U0001f1ff]{2}", "[0-9#*]\ufe0f?\u20e3"
    one = f"[{pict}]{m}*+[\U0001f3fb-\U0001f3ff]?{m}*+[\U000e0020-\U000e007f]*+"
    emoji = f"(?:{flag}|{keycap}|{one}(?:\u200d{one})*+)"
    emoticon = "(?:[:;][-'^]?[)(\\]|/\\\\*]++(?!\\w)|(?<!\\w)[:;]-?[DPpOo](?!\\w)|<3++(?!\\w)|</3|\\^_*\\^)"

    ends = f"[!?！？؟‽‼⁇⁈⁉]++{m}*+"
    dots = "(?:\\.{2,}|…+)"
    same = "(?P<same>[-–—―−=_~*+^|/\\\\<>#@&$%,;:•·।॥。、，；：・〜～])(?P=same)++"
    other = f"[^\\s{INVISIBLE}]{m}*+"
    single = f"(?P<cjk>[{han}]{m}*+|[{hira}][{hira}ー{mark}]*+|[{kana}][{kana}{mark}]*+)"
    whole = f"(?P<cjk>[{han}{hira}{kana}][{han}{hira}{kana}{mark}]*+)"

    order = (
        ends,
        emoji,
        f"(?=[a-zA-Z0-9_])(?:{url})",
        email,
        mention,
        hashtag,
        emoticon,
        elision,
        abbreviation,
        word,
        dots,
    )
    start = "|".join(order)
    return {
        "token": re.compile(f"{start}|{single}|{same}|{other}"),
        "runs": re.compile(f"{start}|{whole}|{same}|{other}"),
        "url": re.compile(f"{url}|{email}"),
        "mention": re.compile(mention),
        "hashtag": re.compile(hashtag),
        "emoji": re.compile(f"(?![\xa9\xae‼⁉™ℹ↔-↪]\\Z){emoji}|{emoticon}"),
        "degrees": re.compile("[-+−]?[\\d.,٫]+°[CFcf]"),
    }


def _abbreviations() -> list[tuple[str, str]]:
    """Kind to words, of data/abbreviations.tsv, the rows of one kind joined."""
    joined: dict[str, str] = {}
    for kind, words in rows("abbreviations.tsv"):
        joined[kind] = f"{joined.get(kind, '')} {words}"
    return list(joined.items())
