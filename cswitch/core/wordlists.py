"""The word lists of data/lexicons that constraints and glue read; data/lexicons/glue.md says what each holds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise


def table(name: str) -> list[list[str]]:
    """Rows of a tab-separated file of data/lexicons, without its header.

    >>> table("verbs-hi.tsv")[0]
    ['खरीद', 'do']
    """
    text = (files("cswitch.data") / "lexicons" / name).read_text("utf-8")
    return [line.split("\t") for line in text.split("\n")[1:] if line]


@cache
def function_words(lang: str) -> frozenset[str]:
    """Words that behave like a closed class whatever a tagger calls them, lower case.

    >>> "never" in function_words("en"), function_words("xx")
    (True, frozenset())
    """
    return frozenset(word for code, word in table("function-words.tsv") if code == lang)


@cache
def adpositions(lang: str) -> frozenset[str]:
    """Adpositions of place, time and manner, whose phrase can enter another language whole.

    >>> "during" in adpositions("en"), "of" in adpositions("en")
    (True, False)
    """
    return frozenset(word for code, word in table("adpositions.tsv") if code == lang)


@cache
def everyday_words(lang: str) -> frozenset[str]:
    """Words of daily life that bilinguals switch far more than their share, lower case.

    >>> "office" in everyday_words("en")
    True
    """
    return frozenset(word for code, word in table("everyday-words.tsv") if code == lang)


@cache
def _expressions(lang: str) -> dict[tuple[str, str], list[tuple[str, ...]]]:
    """Fixed expressions by their first two words."""
    found: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for code, expression in table("mwe.tsv"):
        words = tuple(expression.split())
        if code == lang and len(words) > 1:
            found.setdefault((words[0], words[1]), []).append(words)
    return found


def fixed_expressions(tokens: Sequence[str], lang: str) -> list[tuple[int, int]]:
    """Spans of fixed expressions in a sentence, ends exclusive.

    Args:
        tokens: The sentence in lower case.
        lang: Its language.

    >>> fixed_expressions(["sin", "embargo", ",", "llueve"], "es")
    [(0, 2)]
    """
    known = _expressions(lang)
    if not known:
        return []
    begins = [n for n, two in enumerate(pairwise(tokens)) if two in known]
    found = []
    for start in begins:
        for words in known[tokens[start], tokens[start + 1]]:
            end = start + len(words)
            if len(words) == 2 or tuple(tokens[start:end]) == words:
                found.append((start, end))
    return found
