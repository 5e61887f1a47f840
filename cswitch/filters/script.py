"""The scripts that words are written in."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar, Literal

import msgspec

from cswitch.core.errors import UsageError
from cswitch.core.measures.tags import tag_reader
from cswitch.core.text.scripts import script_of, scripts_for
from cswitch.filters.bands import check_band
from cswitch.filters.contracts import Drop
from cswitch.filters.languages import check_tags
from cswitch.filters.record import Record

_COMMON = ("Latn", "Zyyy")
_ROMAN = frozenset(_COMMON)


class Script(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keeps records whose words are written as asked.

    * ``roman``: every word in Latin letters.
    * ``native``: every word of a language in a script of that language.
    * ``known``: every word in Latin letters or in a script of a language in play.

    >>> Script(script="roman").judge(Record(tokens=["मैं", "happy"], langs=["hi", "en"]))
    Drop(reason='wrong_script', detail='1 of 2 words, such as मैं')
    >>> Script(script="native").judge(Record(tokens=["main", "happy"], langs=["hi", "en"])).detail
    '1 of 2 words, such as main'
    """

    name: ClassVar[str] = "script"

    script: Literal["roman", "native", "known"]
    """What is asked for."""
    languages: tuple[str, ...] = ()
    """``known``: the languages in play; empty takes those of the record."""
    share: float = 0.0
    """Share of the words that may be written otherwise, 0 to 1."""

    def __post_init__(self) -> None:
        check_band("a share of words", self.share, None, 0, 1)
        if self.languages and self.script != "known":
            raise UsageError(f"the script {self.script} takes no languages", hint="leave them out, or ask for known")
        check_tags(self.languages)

    def judge(self, record: Record) -> Drop | None:
        """Why the record is left out; None when it stays."""
        strange, words = self._strange(record)
        if len(strange) <= self.share * words + 1e-9:
            return None
        return Drop("wrong_script", f"{len(strange)} of {words} words, such as {strange[0]}")

    def _strange(self, record: Record) -> tuple[list[str], int]:
        """Words in another script, and the number of all words that were looked at."""
        found, words = [], 0
        if self.script == "native":
            read = tag_reader()
            for token, tag in zip(record.tokens, record.langs, strict=True):
                lang = read[tag]
                script = script_of(token) if lang else "Zyyy"
                if lang and script != "Zyyy":
                    words += 1
                    if script not in _scripts((lang,)):
                        found.append(token)
            return found, words
        allowed = _ROMAN if self.script == "roman" else _known(self.languages or record.spoken)
        if allowed.issuperset(map(script_of, record.tokens)):  # so it is with nearly all
            return found, words
        for token in record.tokens:
            script = script_of(token)
            if script != "Zyyy":
                words += 1
                if script not in allowed:
                    found.append(token)
        return found, words


@lru_cache(maxsize=1 << 10)
def _scripts(languages: tuple[str, ...]) -> frozenset[str]:
    """The scripts of languages; one that is not known is taken to be written in Latin letters."""
    return frozenset(script for lang in languages for script in _of(lang))


@lru_cache(maxsize=1 << 10)
def _known(languages: tuple[str, ...]) -> frozenset[str]:
    return _scripts(languages) | _ROMAN


def _of(lang: str) -> tuple[str, ...]:
    try:
        return scripts_for("ne" if lang == "npi" else lang)
    except UsageError:
        return _COMMON
