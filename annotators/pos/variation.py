"""More persons and moods of verbs than newspapers and encyclopedias use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path

from cswitch.annotators.pos.treebank import TaggedSentence
from cswitch.core.errors import InputError

Endings = Mapping[str, Sequence[str]]
"""Endings of finite verbs, and those that may stand in their place."""


def read_endings(path: Path) -> dict[str, tuple[str, ...]]:
    """Endings from a table: ending, tab, other endings with spaces between them; the first line is a header."""
    table = (line.split("\t") for line in path.read_text("utf-8").splitlines()[1:])
    return {ending: tuple(others.split()) for ending, others in table}


def read_tagged(path: Path) -> list[TaggedSentence]:
    """Sentences from a text of ``token/label`` with spaces between them, one a line.

    Raises:
        InputError: A token without a label.
    """
    sentences = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        pairs = [part.rpartition("/") for part in line.split()]
        if not all(token and label for token, _, label in pairs):
            raise InputError("a token without a label", path=path, line=number, hint="write token/label")
        sentences.append(TaggedSentence(tuple(p[0] for p in pairs), tuple(p[2] for p in pairs)))
    return sentences


def varied(sentences: Iterable[TaggedSentence], endings: Endings) -> Iterator[TaggedSentence]:
    """Each sentence that has such an ending, with other endings on all its finite verbs.

    Treebanks of written text have few first and second persons and hardly an imperative. A verb in another person
    makes a clumsy sentence, but it still is a verb, and it teaches the ending.

    >>> told = TaggedSentence(("Ella", "compraba", "pan"), ("PRON", "VERB.Fin", "NOUN.Sing"))
    >>> [s.tokens for s in varied([told], {"aba": ["abas", "ábamos"]})]
    [('Ella', 'comprabas', 'pan')]
    """
    by_length = sorted(endings, key=len, reverse=True)
    turn = count()
    for tokens, labels in sentences:
        changed = tuple(
            _other(token, endings, by_length, next(turn)) if label.endswith(".Fin") else token
            for token, label in zip(tokens, labels, strict=True)
        )
        if changed != tokens:
            yield TaggedSentence(changed, labels)


def _other(token: str, endings: Endings, by_length: Sequence[str], turn: int) -> str:
    for ending in by_length:
        if token.endswith(ending) and len(token) > len(ending) + 2:
            return token[: -len(ending)] + endings[ending][turn % len(endings[ending])]
    return token
