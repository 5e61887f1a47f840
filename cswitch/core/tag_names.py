"""Label names of other schemes, turned into the tags used here: the one table, for files and for models."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from cswitch.core.errors import UsageError
from cswitch.core.measures.tags import NEUTRAL
from cswitch.core.text.scripts import check_language, languages

NEUTRAL_NAMES: dict[str, str] = {
    **{tag: tag for tag in NEUTRAL},
    **dict.fromkeys(("o", "oth", "others", "rest", "univ", "universal", "none", "acro", "lang-neutral"), "other"),
    **dict.fromkeys(("punct", "punctuation", "sym", "symbol", "num", "number", "emoji", "emoticon"), "other"),
    **dict.fromkeys(("url", "mention", "hashtag"), "other"),
    **dict.fromkeys(("named-entity", "named entity", "name", "entity", "ent"), "ne"),
    **dict.fromkeys(("person", "location", "organization", "loc", "org", "misc"), "ne"),
    **dict.fromkeys(("amb", "ambig"), "ambiguous"),
    **dict.fromkeys(("mix", "intra"), "mixed"),
    **dict.fromkeys(("foreign", "lang3"), "fw"),
    **dict.fromkeys(("unknown", "undef", "undefined"), "unk"),
}
"""Names of tokens that belong to no language, in lower case, and the tag of each.

Sources: LinCE (Aguilar et al., 2020), the shared tasks of ICON and FIRE (``univ``, ``acro``, ``undef``, ``O``), the
Universal Dependencies treebanks of mixed text (``LANG3``, ``MIXED``, ``OTHER``), and the usual kinds of named entity.
"""

LANGUAGE_OF = {"tl": "fil", "fil": "tl", "nb": "no", "nn": "no", "no": "nb", "ary": "ar", "arz": "ar", "pnb": "pa"}
"""Language to the one it is often labelled as; used only where that one is in play and the language itself is not."""

_PLACED = re.compile(r"l(?:ang)?-?([1-9])")
_PREFIX = re.compile(r"[biesul]-(?=.)|__label__")
_KIND = re.compile(r"([a-z]+)[:.+-](.+)")
_CODE = re.compile(r"[a-z]{2,3}(?:-.*)?")
_NEPALI = "npi"


def canonical_tag(label: str, languages: Sequence[str] = ()) -> str | None:
    """The tag that a label of another scheme means here.

    Upper and lower case are the same. ``B-`` and ``I-`` in front are dropped. ``ne`` is always a named entity;
    Nepali is written ``npi``, as in docs/measures.md.

    Args:
        label: What a file or the configuration of a model calls it: ``lang1``, ``HIN``, ``eng``, ``B-ne``,
            ``hin_Deva``, ``Spanish``.
        languages: The languages in play, in order: ``lang1`` is the first of them.

    Returns:
        A BCP-47 primary subtag, or other, ne, ambiguous, mixed, fw, unk; None when the label means nothing here
        (``LABEL_0``), or names a place among languages that are not given.

    >>> [canonical_tag(label, ["en", "hi"]) for label in ("lang1", "lang2", "other", "B-ne", "HIN", "ENG", "LABEL_0")]
    ['en', 'hi', 'other', 'ne', 'hi', 'en', None]
    >>> canonical_tag("lang1"), canonical_tag("hin_Deva"), canonical_tag("univ"), canonical_tag("ne:hi")
    (None, 'hi', 'other', 'ne')
    """
    return _canonical(label, tuple(languages))


def language_tag(code: str) -> str:
    """The tag of a language: its primary subtag, but for Nepali, whose subtag is the tag of names.

    Raises:
        UsageError: The language is unknown.

    >>> language_tag("spa"), language_tag("ne")
    ('es', 'npi')
    """
    tag = check_language(code)
    return _NEPALI if tag == "ne" else tag


@lru_cache(maxsize=1 << 12)
def _canonical(label: str, in_play: tuple[str, ...]) -> str | None:
    name = _PREFIX.sub("", _plain(label), count=1)
    entity = name == "per" and name != _plain(label)  # alone it is the old code of Persian
    placed = _PLACED.fullmatch(name)
    if placed and int(placed[1]) <= len(in_play):
        return language_tag(in_play[int(placed[1]) - 1])
    return "ne" if entity else NEUTRAL_NAMES.get(name) or _language(name, in_play) or _joined(name)


def _plain(label: str) -> str:
    return label.strip().lower().replace("__label__", "").replace("_", "-")


def _language(name: str, in_play: Sequence[str]) -> str | None:
    """The tag of a language's code or English name."""
    code = _named().get(name, name)
    if not _CODE.fullmatch(code) or "+" in code:
        return None
    try:
        found = check_language(code)
    except UsageError:
        return None
    near = LANGUAGE_OF.get(found, found)
    return language_tag(near if near in in_play and found not in in_play else found)


def _joined(name: str) -> str | None:
    """The tag of a kind joined with a language, such as ``ne:hi`` or ``NE.DE``; two languages joined are mixed."""
    parts = _KIND.fullmatch(name)
    if parts is None:
        return None
    if parts[1] in NEUTRAL_NAMES:
        return NEUTRAL_NAMES[parts[1]]
    return "mixed" if "+" in name and all(_language(part, ()) for part in name.split("+")) else None


@cache
def _named() -> dict[str, str]:
    """English names of languages to their codes."""
    return {language.name.lower(): code for code, language in languages().items()}
