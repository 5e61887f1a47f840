"""Tokens that stay whatever is asked for: placeholders, code, names, labelled entities, function words."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from functools import lru_cache

from cswitch.core.text.placeholders import placeholders
from cswitch.core.text.scripts import scripts_for
from cswitch.core.text.tokens import token_class
from cswitch.training.reading import Read
from cswitch.training.records import Span
from cswitch.training.settings import AugmentSettings

_CODE = re.compile(r"(`{1,3})[^`]+\1", re.DOTALL)
_SPACED_PLACEHOLDER = re.compile(r"\{\{? ?[\w.:-]{1,40} ?\}?\}|\[ [A-Z][A-Z0-9_]* \]|< ?/?[A-Za-z][\w-]{0,20} ?>")
_IDENTIFIER = re.compile(r"\w+_\w+|[a-z]+[A-Z]\w*|[\w.]+\(.*\)|--?[a-z][\w-]*|\w+(?:\.\w+)+|\w+=\S+|[~/\\]?\w*[/\\]\S*")
_MARKS_OF_CODE = re.compile(r"[`{<\[%_]")
"""One of these is in all code and placeholders."""
_STOPS = frozenset(".!?:;।॥…")
_PROPER = frozenset({"PROPN", "NNP", "NNPS"})


def staying(read: Read, settings: AugmentSettings, asked: Sequence[int]) -> set[int]:
    """Tokens that stay whatever they are linked to or a lexicon knows: placeholders, code, entities and names.

    Args:
        read: A sentence.
        settings: What is kept.
        asked: The tokens of which it is asked; of others some that stay may be missing.

    >>> from cswitch.training.reading import Reader
    >>> from cswitch.training.records import Example
    >>> read = Reader("en", {}).read(Example(id="1", tokens="we saw Asha run my_file now".split()))
    >>> sorted(staying(read, AugmentSettings(matrix="en", languages=("hi",), cmi=20), range(6)))
    [2, 4]
    """
    tokens, keep = read.example.tokens, settings.keep
    kept = {at for span in spans_kept(tokens, keep) for at in range(*span)}
    if "code" in keep:
        kept.update([at for at in asked if is_identifier(tokens[at])])
    if settings.unit == "entity":
        return kept
    if "entities" in keep:
        kept.update([at for span in read.mentions for at in range(*span)])
    if "names" in keep:
        if any(tokens[at][:1].isupper() for at in asked):
            kept.update(names(tokens, settings.matrix))
        kept.update([at for labels in read.texts.values() for at, label in enumerate(labels) if is_proper(label)])
    return kept


def spans_kept(tokens: Sequence[str], keep: Container[str]) -> list[Span]:
    """Spans of tokens that are placeholders or code, ends exclusive.

    Args:
        tokens: Tokens, as they stand in the text or parted further (``{``, ``name``, ``}``).
        keep: Names of what stays.

    >>> spans_kept("Dear { name } , run ` make all ` now".split(), {"placeholders", "code"})
    [(1, 4), (6, 10)]
    """
    text = " ".join(tokens)
    if not _MARKS_OF_CODE.search(text):
        return []
    found: list[Span] = []
    if "placeholders" in keep:
        found += placeholders(text)
        found += [match.span() for match in _SPACED_PLACEHOLDER.finditer(text)]
    if "code" in keep:
        found += [match.span() for match in _CODE.finditer(text)]
    if not found:
        return []
    starts = [0]
    for token in tokens:
        starts.append(starts[-1] + len(token) + 1)
    inside = [at for at in range(len(tokens)) if any(s < starts[at + 1] - 1 and starts[at] < e for s, e in found)]
    return runs(inside)


def runs(places: Iterable[int]) -> list[Span]:
    """Neighbouring numbers as spans.

    >>> runs([1, 2, 5])
    [(1, 3), (5, 6)]
    """
    found: list[Span] = []
    for at in places:
        if found and found[-1][1] == at:
            found[-1] = (found[-1][0], at + 1)
        else:
            found.append((at, at + 1))
    return found


@lru_cache(maxsize=1 << 16)
def is_identifier(token: str) -> bool:
    """Whether a token alone looks like code: ``my_name``, ``myName``, ``run()``, ``--force``, ``a.b``, ``src/x``.

    >>> [is_identifier(token) for token in ("my_name", "getName", "well-known", "U.S.")]
    [True, True, False, False]
    """
    return len(token) > 2 and _IDENTIFIER.fullmatch(token) is not None


def names(tokens: Sequence[str], lang: str) -> list[int]:
    """Tokens with a capital that their place does not ask for.

    German, where all nouns have one, and sentences in which most words have one tell nothing.

    >>> names("In May we met Asha in Delhi . We left".split(), "en")
    [1, 4, 6]
    """
    if lang == "de" or not {"Latn", "Cyrl", "Grek", "Armn"} & set(scripts_for(lang)):
        return []
    found: list[int] = []
    words = 0
    initial = True
    for at, token in enumerate(tokens):
        first = token[:1]
        if first.isalpha():
            words += 1
            if first.isupper() and (not initial or (len(token) > 1 and token.isupper())) and token not in ("I", "I'm"):
                found.append(at)
            initial = False
        elif first in _STOPS or (initial and token_class(token) != "number"):
            initial = True
        else:
            initial = False if token_class(token) == "number" else initial
    return found if 2 * len(found) <= words or words < 4 else []


def is_proper(label: str | None) -> bool:
    """Whether a part of speech is that of a name.

    >>> is_proper("PROPN"), is_proper("NOUN")
    (True, False)
    """
    return label in _PROPER
