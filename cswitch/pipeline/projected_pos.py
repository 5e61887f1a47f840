"""Parts of speech of a language that no tagger knows, brought over the links from the other side.

After Yarowsky and Ngai (2001), *Inducing multilingual POS taggers and NP bracketers via robust projection across
aligned corpora*, NAACL: a word has the class of the word it is linked to. What has no link stays unknown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cache

import msgspec

from cswitch.core.contracts import Sentence
from cswitch.core.lexicon import grammar
from cswitch.core.text.tokens import is_neutral, token_class
from cswitch.core.wordlists import table
from cswitch.generators.switching.letters import letters
from cswitch.generators.switching.view import AlignedPair

UNKNOWN, CLOSED, NAME, NUMBER, MARK, VERB = "X", "PART", "PROPN", "NUM", "PUNCT", "VERB"
_TELLS_NAMES = "en"
"""A language whose spelling tells names."""


def names_of(pairs: Iterable[AlignedPair], lang: str) -> frozenset[int]:
    """The tokens of a sentence that are names, as an English side with capitals tells.

    Args:
        pairs: The sentence aligned with others.
        lang: Its language.
    """
    found: set[int] = set()
    for pair in pairs:
        for side, labels, turned in ((pair.source, pair.source_pos, False), (pair.target, pair.target_pos, True)):
            if side.lang == _TELLS_NAMES != lang and labels is not None:
                classes = letters(side.tokens, labels, [token.lower() for token in side.tokens], side.lang)
                ends = [(link.target, link.source) if turned else (link.source, link.target) for link in pair.links]
                found.update(here for there, here in ends if classes[there] == "P")
    return frozenset(found)


def projected(pair: AlignedPair, names: Collection[int] = ()) -> AlignedPair:
    """The pair with labels on both sides, where one side has them and the other has none; else as it is.

    Args:
        pair: The pair.
        names: Tokens of the side with labels that are names, whatever its labels say.

    >>> from cswitch.core.contracts import Link
    >>> sides = Sentence("hi", ("घर",), (False,)), Sentence("bn", ("ঘর", "।"), (False, False))
    >>> pair = AlignedPair("1", *sides, links=(Link(0, 0, 0.9),), source_pos=("NOUN.Sing",))
    >>> projected(pair).target_pos
    ('NOUN', 'PUNCT')
    """
    if pair.source_pos is not None and pair.target_pos is None:
        links = [(link.confidence, link.source, link.target) for link in pair.links]
        return msgspec.structs.replace(pair, target_pos=_labels(pair.target, pair.source_pos, links, names))
    if pair.target_pos is not None and pair.source_pos is None:
        links = [(link.confidence, link.target, link.source) for link in pair.links]
        return msgspec.structs.replace(pair, source_pos=_labels(pair.source, pair.target_pos, links, names))
    return pair


def _labels(
    sentence: Sentence, known: Sequence[str], links: Sequence[tuple[float, int, int]], names: Collection[int]
) -> tuple[str, ...]:
    """A label a token: of what it is linked to most surely, without features, as those are of the other language."""
    closed, endings = grammar(sentence.lang)[0], _verb_endings(sentence.lang)
    labels = [_own(token, closed, endings) for token in sentence.tokens]
    for _, there, here in sorted(links):
        if labels[here] not in (CLOSED, NUMBER, MARK) and not sentence.tokens[here].endswith(endings):
            labels[here] = NAME if there in names else known[there].partition(".")[0]
    return tuple(labels)


def _own(token: str, closed: Collection[str], endings: tuple[str, ...]) -> str:
    """What a token is by itself."""
    if token_class(token) == "number":
        return NUMBER
    if is_neutral(token):
        return MARK
    return CLOSED if token.lower() in closed else VERB if token.endswith(endings) else UNKNOWN


@cache
def _verb_endings(lang: str) -> tuple[str, ...]:
    """Endings that only finite verbs of a language have; none for most languages."""
    return tuple([ending for code, ending in table("verb-endings.tsv") if code == lang])
