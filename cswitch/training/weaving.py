"""Pieces put into a sentence: tokens, tags, labels and spans move together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from msgspec.structs import replace

from cswitch.core.measures import language_tokens
from cswitch.core.measures.formulas import cmi_of
from cswitch.core.text.scripts import UNSPACED, script_of
from cswitch.training.labels import Layer
from cswitch.training.records import Example, Label, Mixed, Span

OPENING, CLOSING = "<e>", "</e>"


class Piece(NamedTuple):
    """What replaces some neighbouring tokens."""

    start: int
    """First token replaced."""
    end: int
    """One past the last."""
    words: Sequence[str]
    """What comes instead."""
    tags: Sequence[str]
    """A tag a word."""
    spaced: bool = True
    """Whether the words have spaces between them."""
    labels: Mapping[str, list[Label]] | None = None
    """Labels of the words by layer, where they are not those of what is replaced."""


def weave(example: Example, tags: Sequence[str], layers: Mapping[str, Layer], pieces: Sequence[Piece]) -> Mixed:
    """The sentence with the pieces in it.

    Args:
        example: The sentence; its layers are parallel to its tokens.
        tags: A language tag a token.
        layers: How the labels of each layer are carried.
        pieces: What is replaced, in order, without overlaps; their labels can be carried.

    >>> example = Example(id="1", tokens=["in", "Spain", "."], labels={"ner": ["O", "B-LOC", "O"]}, spans=[(1, 2)])
    >>> piece = Piece(1, 2, ["la", "España"], ["es", "es"])
    >>> made = weave(example, ["en", "en", "other"], {"ner": Layer("ner")}, [piece])
    >>> made.tokens, made.labels, made.spans
    (['in', 'la', 'España', '.'], {'ner': ['O', 'B-LOC', 'I-LOC', 'O']}, [(1, 3)])
    """
    size = len(example.tokens)
    known = example.gaps if example.gaps is not None else [None] * size
    tokens, langs, gaps = list(example.tokens), list(tags), list(known)
    origins: list[Span | None] = [*_own(size)]
    labels = {name: list(layer) for name, layer in example.labels.items()}
    for piece in reversed(pieces):  # from the end, so that what is before stands where it stood
        at = slice(piece.start, piece.end)
        tokens[at], langs[at] = piece.words, piece.tags
        gaps[at] = _gaps(piece, known, example.tokens)
        origins[at] = [(piece.start, piece.end)] * len(piece.words)
        for name, layer in labels.items():
            layer[at] = _labels(piece, name, layers[name], example)
    said = language_tokens(langs)
    return Mixed(
        id=example.id,
        tokens=tokens,
        langs=langs,
        gaps=gaps,
        origins=origins,
        labels=labels,
        spans=_moved(example.spans, pieces, size) if example.spans else [],
        replaced=sum([piece.end - piece.start for piece in pieces]),
        cmi=cmi_of(len(said), max(Counter(said).values(), default=0)),
        rate=0.0,
        reachable=(0.0, 0.0),
    )


@lru_cache(maxsize=1024)
def _own(size: int) -> list[Span]:
    """What each token of a sentence stands for that stays as it is."""
    return [(at, at + 1) for at in range(size)]


def _moved(spans: Iterable[Span], pieces: Iterable[Piece], size: int) -> list[Span]:
    """Spans in the new sentence."""
    first: list[int] = []  # of each token the first new one
    ends: list[int] = []  # and one past the last
    new = 0
    for piece in pieces:
        copied = piece.start - len(first)
        first += range(new, new + copied)
        ends += range(new + 1, new + copied + 1)
        new += copied + len(piece.words)
        first += [new - len(piece.words)] * (piece.end - piece.start)
        ends += [new] * (piece.end - piece.start)
    copied = size - len(first)
    first += range(new, new + copied + 1)
    ends += range(new + 1, new + copied + 1)
    return [(first[s], ends[e - 1] if e > s else first[s]) for s, e in spans]


def _labels(piece: Piece, name: str, layer: Layer, example: Example) -> list[Label]:
    if piece.labels is not None:
        return piece.labels[name]
    carried = layer.carry(example.labels[name][piece.start : piece.end], len(piece.words))
    if carried is None:
        raise ValueError(f"labels of {name!r} cannot be carried over {piece}")
    return carried


def _gaps(piece: Piece, known: Sequence[bool | None], tokens: Sequence[str]) -> list[bool | None]:
    """Gaps before the words: the first has that of what it replaces, unless the script had no spaces."""
    gap = known[piece.start]
    if gap is False and script_of(tokens[piece.start]) in UNSPACED:
        gap = None
    return [gap, *[piece.spaced] * (len(piece.words) - 1)]


def mark(mixed: Mixed, mentions: Sequence[Span], layers: Mapping[str, Layer], bio: frozenset[str]) -> Mixed:
    """The sentence with ``<e>`` and ``</e>`` around its mentions, replaced or not.

    Markers are tagged ``other``; their label is O in a BIO scheme, else none. Spans go on covering what they covered,
    with the markers that stand inside.

    Args:
        mixed: The sentence.
        mentions: Its mentions, in tokens of the example.
        layers: The layers of labels.
        bio: Names of the layers that are of a BIO scheme.

    >>> made = weave(Example(id="1", tokens=["in", "Spain"]), ["en", "en"], {}, [])
    >>> mark(made, [(1, 2)], {}, frozenset()).tokens
    ['in', '<e>', 'Spain', '</e>']
    """
    opens, closes = {s for s, e in mentions if e > s}, {e for s, e in mentions if e > s}
    tokens: list[str] = []
    langs: list[str] = []
    gaps: list[bool | None] = []
    origins: list[Span | None] = []
    labels: dict[str, list[Label]] = {name: [] for name in mixed.labels}
    moved: list[int] = []

    def put(marker: str) -> None:
        tokens.append(marker)
        langs.append("other")
        gaps.append(True)
        origins.append(None)
        for name, layer in labels.items():
            layer.append(layers[name].outside(name in bio, mixed.labels[name]))

    for at, token in enumerate(mixed.tokens):
        origin = mixed.origins[at]
        begins = origin is not None and (at == 0 or mixed.origins[at - 1] != origin)
        if begins and origin and origin[0] in opens:
            put(OPENING)
        moved.append(len(tokens))
        tokens.append(token)
        langs.append(mixed.langs[at])
        gaps.append(True if tokens[-2:-1] == [OPENING] else mixed.gaps[at])
        origins.append(origin)
        for name, layer in labels.items():
            layer.append(mixed.labels[name][at])
        ends = origin is not None and (at + 1 == len(mixed.tokens) or mixed.origins[at + 1] != origin)
        if ends and origin and origin[1] in closes:
            put(CLOSING)
    moved.append(len(tokens))
    spans = [(moved[s], moved[e - 1] + 1 if e > s else moved[s]) for s, e in mixed.spans]
    return replace(mixed, tokens=tokens, langs=langs, gaps=gaps, origins=origins, labels=labels, spans=spans)
