"""Measures that look beyond the tags: the matrix language, and how parts of speech divide over two languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import overload

from cswitch.core.errors import InputError, UsageError
from cswitch.core.measures import formulas as f
from cswitch.core.measures.runs import profile
from cswitch.core.measures.tags import NEUTRAL, TagPolicy, as_tags, tag_reader


def matrix_language(
    langs: Sequence[str],
    closed: Sequence[bool] | None = None,
    *,
    ne: TagPolicy = "neutral",
    mixed: TagPolicy = "neutral",
) -> str | None:
    """The language of most language tokens.

    A tie goes to the language of the most closed-class tokens among those tied, where ``closed`` is given, and what
    is still tied to the one that comes first in the utterance.

    Args:
        langs: A tag a token.
        closed: For each token, whether it is of a closed class (article, adposition, pronoun, auxiliary, ...).
        ne: Tag policy for named entities, see :func:`language_tokens`.
        mixed: Tag policy for mixed words, see :func:`language_tokens`.

    Returns:
        A language; None without language tokens.

    Raises:
        InputError: ``closed`` is not as long as ``langs``.

    >>> matrix_language(["en", "hi", "hi"])
    'hi'
    >>> matrix_language(["en", "hi"]), matrix_language(["en", "hi"], closed=[False, True])
    ('en', 'hi')
    """
    check_parallel(langs, closed, "closed")
    return matrix_of(profile(langs, ne=ne, mixed=mixed).counts, langs, closed, ne=ne, mixed=mixed)


def matrix_of(
    counts: Mapping[str, int],
    langs: Sequence[str],
    closed: Sequence[bool] | None,
    *,
    ne: TagPolicy = "neutral",
    mixed: TagPolicy = "neutral",
) -> str | None:
    """What :func:`matrix_language` gives, for counts that are known already.

    >>> matrix_of({"en": 1, "hi": 1}, ["en", "hi"], [False, True])
    'hi'
    """
    most = max(counts.values(), default=0)
    tied = [language for language, count in counts.items() if count == most]
    if len(tied) < 2 or closed is None:
        return tied[0] if tied else None
    read = tag_reader(ne, mixed)
    function_words = Counter(read[tag] for tag, is_closed in zip(langs, closed, strict=True) if is_closed)
    return max(tied, key=lambda language: function_words[language])  # the first of the greatest, in order of appearance


@overload
def symcom(
    langs: Sequence[str],
    pos: Sequence[str],
    languages: tuple[str, str],
    *,
    unit: None = None,
    ne: TagPolicy = "neutral",
    mixed: TagPolicy = "neutral",
) -> dict[str, float]: ...


@overload
def symcom(
    langs: Sequence[str],
    pos: Sequence[str],
    languages: tuple[str, str],
    *,
    unit: str,
    ne: TagPolicy = "neutral",
    mixed: TagPolicy = "neutral",
) -> float | None: ...


def symcom(
    langs: Sequence[str],
    pos: Sequence[str],
    languages: tuple[str, str],
    *,
    unit: str | None = None,
    ne: TagPolicy = "neutral",
    mixed: TagPolicy = "neutral",
) -> dict[str, float] | float | None:
    """Which of two languages a part of speech comes from: 1 all from the first, -1 all from the second.

    SyMCoM of a syntactic unit (Kodali et al., 2022). Tokens of any other language are left out with the neutral ones.

    Args:
        langs: A tag a token.
        pos: A part of speech a token, compared as written.
        languages: The two languages, first and second.
        unit: One part of speech; without it, all that are present.
        ne: Tag policy for named entities, see :func:`language_tokens`.
        mixed: Tag policy for mixed words, see :func:`language_tokens`.

    Returns:
        With ``unit`` a number, or None when that part of speech is absent; else part of speech to number, in order of
        first appearance.

    Raises:
        InputError: ``pos`` is not as long as ``langs``.
        UsageError: ``languages`` is not two different languages.

    >>> symcom(["en", "hi", "en", "hi"], ["NOUN", "VERB", "NOUN", "NOUN"], ("en", "hi"))
    {'NOUN': 0.3333333333333333, 'VERB': -1.0}
    >>> symcom(["en", "hi"], ["NOUN", "VERB"], ("en", "hi"), unit="ADJ") is None
    True
    """
    counts = unit_counts(langs, pos, languages, ne=ne, mixed=mixed)
    if unit is not None:
        return f.symcom_of(*counts.get(unit, (0, 0)))
    return {name: (first - second) / (first + second) for name, (first, second) in counts.items()}


def symcom_sentence(
    langs: Sequence[str],
    pos: Sequence[str],
    languages: tuple[str, str],
    *,
    ne: TagPolicy = "neutral",
    mixed: TagPolicy = "neutral",
) -> float | None:
    """How far each part of speech keeps to one language, 0 (all shared evenly) to 1 (Kodali et al., 2022).

    Args:
        langs: A tag a token.
        pos: A part of speech a token, compared as written.
        languages: The two languages; their order does not matter here.
        ne: Tag policy for named entities, see :func:`language_tokens`.
        mixed: Tag policy for mixed words, see :func:`language_tokens`.

    Returns:
        The sum over parts of speech of abs(symcom) * count / length, over the tokens of the two languages; None when
        there are none.

    Raises:
        InputError: ``pos`` is not as long as ``langs``.
        UsageError: ``languages`` is not two different languages.

    >>> symcom_sentence(["en", "hi", "en", "hi"], ["NOUN", "VERB", "NOUN", "NOUN"], ("en", "hi"))
    0.5
    """
    return sentence_of(unit_counts(langs, pos, languages, ne=ne, mixed=mixed))


def sentence_of(counts: Mapping[str, tuple[int, int]]) -> float | None:
    """What :func:`symcom_sentence` gives, from the counts of each part of speech.

    >>> sentence_of({"NOUN": (2, 1), "VERB": (0, 1)})
    0.5
    """
    length = sum(first + second for first, second in counts.values())
    return sum(abs(first - second) for first, second in counts.values()) / length if length else None


def unit_counts(
    langs: Sequence[str],
    pos: Sequence[str],
    languages: tuple[str, str],
    *,
    ne: TagPolicy = "neutral",
    mixed: TagPolicy = "neutral",
) -> dict[str, tuple[int, int]]:
    """Part of speech to its number of tokens in the first and in the second language.

    >>> unit_counts(["en", "hi", "other", "en"], ["NOUN", "NOUN", "PUNCT", "ADJ"], ("en", "hi"))
    {'NOUN': (1, 1), 'ADJ': (1, 0)}
    """
    first, second = check_languages(languages)
    check_parallel(langs, pos, "pos")
    read = tag_reader(ne, mixed)
    counts: dict[str, tuple[int, int]] = {}
    for tag, unit in zip(as_tags(langs), pos, strict=True):
        language = read[tag]
        if language in (first, second):
            a, b = counts.get(unit, (0, 0))
            counts[unit] = (a + 1, b) if language == first else (a, b + 1)
    return counts


def check_languages(languages: tuple[str, str]) -> tuple[str, str]:
    """The two languages, or a UsageError when they are not two different ones.

    >>> check_languages(("en", "hi"))
    ('en', 'hi')
    """
    if isinstance(languages, str) or len(languages) != 2 or languages[0] == languages[1] or NEUTRAL & {*languages}:
        raise UsageError(f"{languages!r} is not two languages", hint='give two different ones, such as ("en", "hi")')
    return languages


def check_parallel(langs: Sequence[str], other: Sequence[object] | None, name: str) -> None:
    """Nothing, or an InputError when ``other`` is given and not as long as ``langs``."""
    if other is not None and len(other) != len(langs):
        raise InputError(f"{name} has {len(other)} entries for {len(langs)} tags", hint="give one a token")
