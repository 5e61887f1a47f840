"""One dependency tree for a mixed sentence whose spans were parsed apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cswitch.annotators.pipelines.spans import Span
from cswitch.core.measures import matrix_language

ROOT, SWITCH, BESIDE = "root", "dep:switch", "parataxis"


class Tree(NamedTuple):
    """Heads and relations, one entry a token."""

    heads: list[int]
    """0-based index of the head, -1 for a root."""
    relations: list[str]
    """Relation to the head; ``root`` for a root."""


def one_tree(langs: Sequence[str], spans: Sequence[Span], trees: Sequence[Tree | None]) -> Tree:
    """The trees of the spans joined into one, with indexes of the whole sentence.

    The root is that of the main span: the longest parsed one of the matrix language (of any language, where none of
    the matrix language was parsed). Its further roots hang on the first as ``parataxis``. The roots of all other spans
    hang, as ``dep:switch``, on the nearest word of the next span of the main span's language, on the way to the main
    span; so there are no cycles. A token that no parser read has head -1 and no relation.

    Args:
        langs: The language of each token, empty where it has none.
        spans: The spans of the sentence; together they cover it.
        trees: What the parser of each span found, None where there is none.

    >>> spans = [Span("hi", 0, 1), Span("en", 1, 3), Span("hi", 3, 5)]
    >>> trees = [Tree([-1], ["root"]), Tree([1, -1], ["det", "root"]), Tree([-1, 0], ["root", "aux"])]
    >>> one_tree(["hi", "en", "en", "hi", "hi"], spans, trees)
    Tree(heads=[3, 2, 3, -1, 3], relations=['dep:switch', 'det', 'dep:switch', 'root', 'aux'])
    """
    heads, relations = [-1] * len(langs), [""] * len(langs)
    read = [number for number, tree in enumerate(trees) if tree]
    if not read:
        return Tree(heads, relations)
    main = _main(langs, spans, read)
    hooks = _hooks(langs, spans, read, main)
    for number in read:
        span, tree = spans[number], trees[number]
        assert tree is not None
        roots = [span.start + place for place, head in enumerate(tree.heads) if head < 0]
        for place, (head, relation) in enumerate(zip(tree.heads, tree.relations, strict=True), start=span.start):
            heads[place], relations[place] = head + span.start, relation
        hook = roots[0] if number == main else hooks[number]
        for root in roots:
            heads[root], relations[root] = hook, BESIDE if number == main else SWITCH
        if number == main:
            heads[hook], relations[hook] = -1, ROOT
    return Tree(heads, relations)


def _main(langs: Sequence[str], spans: Sequence[Span], read: Sequence[int]) -> int:
    """The number of the span that has the root of the sentence."""
    matrix = matrix_language([lang for lang in langs if lang])
    candidates = [number for number in read if spans[number].lang == matrix] or read
    return max(candidates, key=lambda number: spans[number].end - spans[number].start)


def _hooks(langs: Sequence[str], spans: Sequence[Span], read: Sequence[int], main: int) -> dict[int, int]:
    """For each parsed span but the main one, the token that its roots hang on."""
    lang = spans[main].lang
    place = read.index(main)
    hooks: dict[int, int] = {}
    for way, others in ((-1, read[place + 1 :]), (1, reversed(read[:place]))):
        nearest = spans[main]
        for number in others:
            words = range(nearest.start, nearest.end)[::way]
            hooks[number] = next((word for word in words if langs[word] == lang), words[0])
            if spans[number].lang == lang:
                nearest = spans[number]
    return hooks
