"""Entity mentions of a text: from its labels, from parts of speech, or from capitals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Literal

from cswitch.core.contracts import PosTagger
from cswitch.core.text.scripts import rows, scripts_for
from cswitch.generators.recipes.operations.texts import Read
from cswitch.training.keeping import is_proper, names, runs
from cswitch.training.labels import is_bio, mentions_of
from cswitch.training.records import Span

Source = Literal["auto", "labels", "proper-nouns", "capitals"]
CASED = frozenset({"Latn", "Cyrl", "Grek", "Armn"})
"""Scripts with capital letters."""
ENTITIES = "entities"
"""The label that holds mentions as spans of characters."""
_POSSESSIVE = ("'s", "\u2019s", "'", "\u2019")


class LabelError(ValueError):
    """Labels of mentions that cannot be read."""


def labelled(labels: Mapping[str, Any], read: Read) -> list[Span] | None:
    """Mentions that labels give, as spans of characters; None when there are no such labels.

    Args:
        labels: ``entities`` holds spans as ``[start, end]``, ``[start, end, kind]`` or ``{"start", "end"}``; else the
            first list of labels in a BIO scheme, one a token.
        read: The text in tokens.

    Raises:
        LabelError: A span cannot be read, lies outside the text, or overlaps another.

    >>> from cswitch.generators.recipes.operations.texts import Read
    >>> read = Read("In Spain", ("In", "Spain"), ((0, 2), (3, 8)))
    >>> labelled({"entities": [[3, 8, "LOC"]]}, read), labelled({"ner": ["O", "B-LOC"]}, read), labelled({}, read)
    ([(3, 8)], [(3, 8)], None)
    """
    if ENTITIES in labels:
        return _flat(_spans(labels[ENTITIES]), read.text)
    for layer in labels.values():
        if parallel(layer, read.tokens) and is_bio(layer):
            return [(read.offsets[s][0], read.offsets[e - 1][1]) for s, e in mentions_of(layer)]
    return None


def parallel(layer: Any, tokens: Sequence[str]) -> bool:
    """Whether a label is a list of names, one a token."""
    listed = isinstance(layer, list | tuple) and len(layer) == len(tokens)
    return listed and bool(tokens) and all(isinstance(label, str) for label in layer)


def found(read: Read, lang: str, tagger: PosTagger | None) -> list[Span]:
    """Mentions as spans of characters: runs of proper nouns, else of words whose capital their place does not ask for.

    A run of proper nouns takes the words with such a capital beside it along (New in New York).
    In English a possessive ending is no part of a mention, and days and months are none.

    >>> from cswitch.generators.recipes.operations.texts import Read
    >>> found(Read("In Spain's sun", ("In", "Spain's", "sun"), ((0, 2), (3, 10), (11, 14))), "en", None)
    [(3, 8)]
    """
    places = names(read.tokens, lang)
    if tagger is not None:
        proper = _proper(read.tokens, lang, places, tagger)
        places = [at for run in runs(sorted({*places, *proper})) if proper & {*range(*run)} for at in range(*run)]
    if lang == "en":
        places = [at for at in places if _bare(read.tokens[at]) not in _calendar()]
    mentions: list[Span] = []
    begins = -1
    for start, end in runs(places):
        for at in range(start, end):
            begins = at if begins < 0 else begins
            bare = _bare(read.tokens[at]) if lang == "en" else read.tokens[at]
            if at + 1 == end or bare != read.tokens[at]:
                mentions.append((read.offsets[begins][0], read.offsets[at][0] + len(bare)))
                begins = -1
    return [span for span in mentions if span[0] < span[1]]


def _proper(tokens: Sequence[str], lang: str, capitals: Sequence[int], tagger: PosTagger) -> set[int]:
    """Proper nouns; a word whose capital its place asks for is looked at in small letters."""
    cased = lang != "de" and bool(CASED & set(scripts_for(lang)))
    asked = set(range(len(tokens))) - set(capitals)
    low = [token[:1].lower() + token[1:] if cased and at in asked else token for at, token in enumerate(tokens)]
    labels = tagger.tag([low])[0]
    found = {at for at, label in enumerate(labels) if is_proper(label.partition(".")[0])}
    return {at for at in found if not cased or tokens[at][:1].isupper()}


def cut(read: Read, spans: Sequence[Span]) -> tuple[Read, list[Span]]:
    """The text with its tokens parted at the edges of spans, and the spans in tokens.

    Raises:
        LabelError: A span covers no word.

    >>> from cswitch.generators.recipes.operations.texts import Read
    >>> parted, spans = cut(Read("Spain's sun", ("Spain's", "sun"), ((0, 7), (8, 11))), [(0, 5)])
    >>> parted.tokens, spans
    (('Spain', "'s", 'sun'), [(0, 1)])
    """
    edges = sorted({edge for span in spans for edge in span})
    offsets: list[Span] = []
    for start, end in read.offsets:
        inner = [edge for edge in edges if start < edge < end]
        offsets += zip([start, *inner], [*inner, end], strict=True)
    parted = Read(read.text, tuple(read.text[s:e] for s, e in offsets), tuple(offsets))
    covered = []
    for start, end in spans:
        inside = [at for at, (s, e) in enumerate(offsets) if start <= s and e <= end]
        if not inside:
            raise LabelError(f"mention {start}-{end} covers no word")
        covered.append((inside[0], inside[-1] + 1))
    return parted, covered


def moved(given: Any, spans: Sequence[Span]) -> list[Any]:
    """What ``entities`` held, with new spans.

    >>> moved([[3, 8, "LOC"], {"start": 9, "end": 10}], [(3, 9), (10, 11)])
    [[3, 9, 'LOC'], {'start': 10, 'end': 11}]
    """
    made: list[Any] = []
    for old, (start, end) in zip(given, spans, strict=True):
        if isinstance(old, Mapping):
            made.append({**old, "start": start, "end": end})
        else:
            made.append([start, end, *old[2:]])
    return made


@cache
def _calendar() -> frozenset[str]:
    """English names of days and months."""
    listed = [set(words.split()) for _, words in rows("capitals.tsv")]
    return frozenset({"March", "May", "August"}).union(*(words for words in listed if words & {"Monday", "January"}))


def _bare(token: str) -> str:
    ending = next((ending for ending in _POSSESSIVE if token.endswith(ending)), "")
    return token[: len(token) - len(ending)]


def _spans(given: Any) -> list[Span]:
    if not isinstance(given, list | tuple):
        raise LabelError(f"{ENTITIES} is no list of spans")
    spans = []
    for one in given:
        try:
            start, end = (one["start"], one["end"]) if isinstance(one, Mapping) else (one[0], one[1])
        except (KeyError, IndexError, TypeError):
            raise LabelError(f"{ENTITIES} holds {one!r}; a mention is [start, end] or [start, end, kind]") from None
        if type(start) is not int or type(end) is not int:
            raise LabelError(f"{ENTITIES} holds {one!r}; start and end are whole numbers")
        spans.append((start, end))
    return spans


def _flat(spans: Sequence[Span], text: str) -> list[Span]:
    last = (0, 0)
    for start, end in sorted(spans):
        if not 0 <= start < end <= len(text) or not text[start:end].strip():
            raise LabelError(f"mention {start}-{end} covers nothing in a text of {len(text)} characters")
        if start < last[1]:
            raise LabelError(f"mentions {last[0]}-{last[1]} and {start}-{end} overlap; give flat ones")
        last = (start, end)
    return list(spans)
