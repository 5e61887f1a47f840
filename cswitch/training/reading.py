"""Examples read: checked, tagged, and their labels told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cswitch.core.errors import InputError
from cswitch.core.tag_names import language_tag
from cswitch.generators.switching.view import language_tags
from cswitch.training.labels import Layer, is_bio, mentions_of
from cswitch.training.records import Example, Span


class Read(NamedTuple):
    """An example with what the choice needs to know of it."""

    example: Example
    """The example."""
    tags: list[str]
    """A language tag a token."""
    layers: dict[str, Layer]
    """How the labels of each layer are carried."""
    texts: dict[str, list[str | None]]
    """Labels of each layer as strings."""
    mentions: list[Span]
    """Entity mentions, in order."""

    @property
    def bio(self) -> frozenset[str]:
        """Names of the layers that are in a BIO scheme."""
        return frozenset(name for name, texts in self.texts.items() if is_bio(texts))


class Reader:
    """Reads examples.

    Args:
        matrix: Language of the examples.
        names: Name of a layer to what its numbers mean, in order; an empty list for numbers that are no entity tags.

    >>> reader = Reader("en", {})
    >>> read = reader.read(Example(id="1", tokens=["Spain", ",", "2"], labels={"ner": ["B-LOC", "O", "O"]}))
    >>> read.tags, read.mentions, read.bio
    (['en', 'other', 'other'], [(0, 1)], frozenset({'ner'}))
    """

    def __init__(self, matrix: str, names: Mapping[str, Sequence[str]]) -> None:
        self.matrix, self.names = matrix, names
        self.tag = language_tag(matrix)
        """Tag of the matrix language."""
        self._layers: dict[str, Layer] = {}

    def read(self, example: Example) -> Read:
        """An example, read.

        Raises:
            InputError: Labels are not parallel to the tokens, or a span lies outside them.
            UsageError: Labels are numbers that nobody explained.
        """
        check(example)
        layers = {name: self._layer(name) for name in example.labels}
        texts = {name: [layers[name].text(label) for label in labels] for name, labels in example.labels.items()}
        tags = list(example.langs) if example.langs is not None else self.tags(example.tokens)
        mentions = example.mentions
        if mentions is None:
            mentions = mentions_of(next((found for found in texts.values() if is_bio(found)), []))
        return Read(example, tags, layers, texts, sorted(mentions))

    def tags(self, tokens: Sequence[str]) -> list[str]:
        """The tag of each token of a sentence in the matrix language."""
        return self.named(language_tags(tokens, self.matrix))

    def named(self, tags: list[str]) -> list[str]:
        """Tags with that of the matrix language as the measures call it."""
        return tags if self.tag == self.matrix else [self.tag if tag == self.matrix else tag for tag in tags]

    def _layer(self, name: str) -> Layer:
        if name not in self._layers:
            self._layers[name] = Layer(name, self.names.get(name))
        return self._layers[name]


def check(example: Example) -> None:
    """Checks that layers are parallel to the tokens, and that spans lie within them.

    Raises:
        InputError: One is not, or does not.
    """
    size = len(example.tokens)
    parallel: list[tuple[str, Sequence[object] | None]] = [*example.labels.items()]
    parallel += [("langs", example.langs), ("gaps", example.gaps), ("classes", example.classes)]
    for name, layer in parallel:
        if layer is not None and len(layer) != size:
            problem = f"example {example.id!r} has {len(layer)} entries for {size} tokens"
            raise InputError(problem, field=name, hint="give one a token")
    for name, spans in (("spans", example.spans), ("mentions", example.mentions or ())):
        for start, end in spans:
            if not 0 <= start <= end <= size:
                problem = f"example {example.id!r} has a span {start}-{end} in {size} tokens"
                raise InputError(problem, field=name, hint="spans are [start, end) in tokens, from 0")
