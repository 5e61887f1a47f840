"""The patterns that tokens are made of, as regular expressions over text without white space.

Every repetition is possessive or bounded, so that the time for a text grows with its length alone.
"""

from __future__ import annotations

from functools import cache

import regex as re  # stdlib re loops for ever on possessive repetition before Python 3.11.5

from cswitch.core.text.scripts import ranges, rows

INVISIBLE = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0001\U000e0020-\U000e007f"
)
"""Control and formatting characters that begin no token, as the inside of a character class."""


def _class(*names: str) -> str:
    """The inside of a character class with the ranges of data/unicode.tsv under these names."""
    return "".join(f"{chr(first)}-{chr(last)}" for name in names for first, last in ranges(name))


_SHARED_KANA = "\u30fc\uff70\uff9e\uff9f"  # length and voicing marks, which Unicode gives to no script
_HAN, _HIRA, _KANA, _MARK = _class("Hani"), _class("Hira"), _class("Kana") + _SHARED_KANA, _class("mark")
_UNSPACED = _HAN + _HIRA + _KANA
_PHRASED = _class("Thai", "Laoo", "Khmr", "Mymr")  # scripts with spaces between phrases

# A letter, or a letter or digit, of text that is written in spaced words; then with the marks and joiners it carries.
_LETTER, _M = f"[^\\W\\d_\u200c\u200d{_MARK}{_UNSPACED}]", f"[{_MARK}]"
_ALNUM = f"(?:[^\\W_\u200c\u200d{_MARK}{_UNSPACED}{_PHRASED}]|\\p{{No}})"
_JOINER = f"(?:[\u200c\u200d\xad]++(?={_ALNUM}|{_M})|(?<={_M})\u200d)"
_RUN = f"(?:{_ALNUM}|{_M})(?:{_ALNUM}++|{_M}++|{_JOINER})*+"
_LINK = (
    f"(?:(?:['’](?![가-힣])|[‐‑·_&׳״-])(?={_ALNUM})"  # don't, AT&T; Korean particles follow a closing quotation mark
    '|(?<=[\u05d0-\u05ea])"(?=[\u05d0-\u05ea])'  # a Hebrew acronym typed with the quotation mark
    "|(?<=\\d)[.,:/٫٬](?=\\d))"
)
_LINKED = f"(?:{_LINK}{_RUN})*+"
_PHRASE = f"[{_PHRASED}](?:[{_PHRASED}{_MARK}]++|[\u200c\u200d]++(?=[{_PHRASED}]))*+"


def word() -> str:
    """Words and numbers."""
    sign = f"(?<![\\w{_MARK}%‰٪％)\\]])[-+−](?=\\.?\\d[\\d.,]*+(?!\\w))"
    point = "(?<![\\w.])\\.(?=\\d)"
    unit = "(?<=\\d)(?:[%‰٪％]|°(?:[CFcf](?!\\w))?)"
    return f"(?:{sign})?+(?:{point})?+{_RUN}{_LINKED}(?:{unit}|॰)?"


def abbreviation() -> str:
    """Initials, listed abbreviations with their full stop, and listed words with a leading apostrophe."""
    words = _listed("abbreviation")
    stop = "\\.(?!\\.)"
    initials = f"{_LETTER}{_M}*+(?:\\.{_LETTER}{_M}*+(?!\\w))++(?:{stop})?+"
    indic = f"(?=[\u0900-\u0d7f])(?:(?:{_LETTER}{_M}*+){{1,2}}\\.){{2,}}"
    listed = f"(?:{'|'.join(map(re.escape, words))}){stop}"
    longest = max(map(len, words))
    elided = f"['’](?:(?:{'|'.join(_listed('elision'))})(?![\\w'’{_MARK}-])|n['’](?!\\w)|\\d\\ds(?!\\w))"
    return f"(?={_LETTER}[^.]{{0,{longest}}}\\.)(?:{initials}|{indic}|{listed}){_LINKED}|{elided}"


def address() -> str:
    """URLs, bare domain names of common endings, and e-mail addresses; no punctuation of the sentence at their end."""
    reach = f"(?:(?![{_UNSPACED}])[\\w{_MARK}\u200c\u200d/%&=#@+~$|^-])"
    bracketed = f"\\((?:{reach}|[.,;:!?'*])*+\\)"
    body = f"(?:{reach}++|{bracketed}|[.,;:!?'*]++(?={reach}|{bracketed}))++"
    scheme = "(?i:(?:https?|ftp)://|www\\.(?=\\w)|mailto:)"
    ending = "(?i:com|org|net|edu|gov|info|io|dev|app|(?:co|ac|nic|gob)\\.[a-z]{2})"
    bare = f"(?:[a-zA-Z0-9-]{{1,63}}\\.){{1,5}}{ending}(?:\\.[a-z]{{2}})?(?:[/?]{body}|/|(?![\\w@-]))"
    email = "\\w[\\w.+%-]{0,63}@(?:[A-Za-z0-9-]{1,63}\\.){1,8}[A-Za-z]{2,24}(?!\\w)"
    return f"(?=[a-zA-Z0-9])(?:{scheme}{body}|{bare})|{email}"


_NAME = f"[\\w{_MARK}\u200c\u200d]++"
MENTION = f"[@＠]{_NAME}(?:[.@](?=[^\\W_]){_NAME})*+"
HASHTAG = f"[#＃](?=[\\w{_MARK}]*[^\\W\\d_]){_NAME}"
EMOTICON = (
    "(?:[:;][-'^]?(?:\\)++|\\(++|[]|/\\\\*](?![]|/\\\\*]))(?!\\w)"  # :-) :/ but not ://
    "|(?<!\\w)[:;]-?[DPpOo](?!\\w)|<3++(?!\\w)|</3|\\^_*\\^)"
)


def emoji() -> str:
    """One pictograph with all that modifies it or is joined to it; a flag; a keycap."""
    one = f"[{_class('pictograph')}]{_M}*+[\U0001f3fb-\U0001f3ff]?+{_M}*+[\U000e0020-\U000e007f]*+"
    return f"(?:[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{one}(?:\u200d{one})*+)"


@cache
def token(*, segmented: bool, phrased: bool = False) -> re.Pattern[str]:
    """One token; the group ``unspaced`` holds what a segmenter is to cut.

    Args:
        segmented: Whether a run of Han and kana is to be matched whole, for a segmenter to cut.
        phrased: Whether runs of Thai are for the segmenter, too.
    """
    if segmented:
        unspaced = f"[{_UNSPACED}][{_UNSPACED}{_MARK}]*+"
    else:
        unspaced = f"[{_HAN}]{_M}*+|[{_HIRA}][{_HIRA}{_SHARED_KANA}{_MARK}]*+|[{_KANA}][{_KANA}{_MARK}]*+"
    if phrased:
        unspaced += f"|{_PHRASE}"
    exclamation, dots = "[!?！？؟‽‼⁇⁈⁉]++", "\\.{2,}|…+"
    same = "(?P<same>[-–—―−=_~*+^|/\\\\<>#@&$%,;:•·।॥。、，；：・〜～])(?P=same)++"
    order = (
        exclamation, emoji(), address(), MENTION, HASHTAG, EMOTICON, abbreviation(), word(), dots,
        *(() if phrased else (_PHRASE,)), f"(?P<unspaced>{unspaced})", same, f"[^\\s{INVISIBLE}]",
    )  # fmt: skip
    return re.compile(f"(?:{'|'.join(order)}){_M}*+")


@cache
def kinds() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Kinds of token that their shape tells, in the order they are tried."""
    plain_sign = "(?![\xa9\xae‼⁉™ℹ↔-↪]\\Z)"  # pictographs that are text unless a variation selector says otherwise
    degrees = "[-+−]?[\\d.,٫]++°[CFcf]"
    shapes = {"url": address(), "mention": MENTION, "hashtag": HASHTAG, "emoji": f"{plain_sign}{emoji()}|{EMOTICON}"}
    return tuple((kind, re.compile(shape)) for kind, shape in {**shapes, "number": degrees}.items())


def _listed(kind: str) -> list[str]:
    """The words of a kind in data/abbreviations.tsv, longer ones first."""
    words = {word for found, words in rows("abbreviations.tsv") if found == kind for word in words.split()}
    return sorted(words, key=lambda word: (-len(word), word))
