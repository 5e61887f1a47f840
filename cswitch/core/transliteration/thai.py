"""Thai by the Royal Thai General System, known words as people type them."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cache
from importlib.util import find_spec

from cswitch.core.errors import MissingExtraError
from cswitch.core.transliteration.words import WordRomaniser, floor

_AGAIN = "ๆ"
"""The sign that says a word twice."""


class ThaiRomaniser(WordRomaniser):
    """Spells Thai words: frequent ones from a table, the others by PyThaiNLP (Apache-2.0).

    A token of Thai is a whole phrase, since Thai has no spaces; it is cut into words first, and written in one piece.

    Args:
        lang: BCP-47 primary subtag, ``th``.

    Raises:
        MissingExtraError: PyThaiNLP is not installed.

    >>> if find_spec("pythainlp"):
    ...     assert ThaiRomaniser(lang="th").romanise(["สวัสดี", "รักคุณ", "ok"]) == ["sawasdee", "rakkhun", "ok"]
    """

    name = "thai"

    def __init__(self, *, lang: str) -> None:
        super().__init__(lang=lang)
        if find_spec("pythainlp") is None:
            raise MissingExtraError("romanising Thai", extra="romanise")

    def spellings(self, run: str) -> Sequence[tuple[str, float]]:
        """The usual spelling, and those that write a known word otherwise."""
        words, read = _tools()
        options: list[tuple[str, ...]] = []
        for word in words(run):
            again = word == _AGAIN and options
            options.append(options[-1] if again else self._listed.get(word) or (read(word),))
        found = [("".join(option[0] for option in options), 4.0)]
        for at, option in enumerate(options):
            for other in option[1:]:
                found.append(("".join(other if at == here else each[0] for here, each in enumerate(options)), 1.0))
        return found


@cache
def _tools() -> tuple[Callable[[str], list[str]], Callable[[str], str]]:
    """What cuts a phrase into words, and what spells a word."""
    if "PYTHAINLP_READ_MODE" not in os.environ:
        os.environ.setdefault("PYTHAINLP_READ_ONLY", "1")  # it would make a folder in the user's home
    from pythainlp.tokenize import word_tokenize
    from pythainlp.transliterate import romanize

    def words(run: str) -> list[str]:
        return [word for word in word_tokenize(run, engine="newmm", keep_whitespace=False) if word]

    def read(word: str) -> str:
        latin = "".join(romanize(word, engine="royin").split())
        return latin if latin.isascii() and latin else floor(word)

    return words, read
