"""Labels carried to what replaces their tokens: B-X on one word becomes B-X I-X on two."""

from __future__ import annotations

from collections.abc import Sequence

from cswitch.core.errors import InputError, UsageError
from cswitch.training.records import Label, Span

_BEGINS, _ENDS = frozenset("BSU"), frozenset("ELSU")
_PREFIXES = frozenset("BIESLU")
OUTSIDE = "O"
IGNORED = -100
"""The number that losses of torch leave out."""


class Layer:
    """How the labels of one layer are carried.

    BIO, BIOES and BILOU are told by the labels themselves. A layer without ``B-`` and ``I-`` (parts of speech,
    languages) gives each token the label of what it replaces.

    Args:
        name: Name of the layer, for messages.
        names: What the numbers of the layer mean, in order; empty for numbers that are no entity tags; None for labels
            that are strings.

    >>> Layer("ner").carry(["B-LOC"], 2), Layer("pos").carry(["NOUN"], 2)
    (['B-LOC', 'I-LOC'], ['NOUN', 'NOUN'])
    >>> Layer("ner", ["O", "B-LOC", "I-LOC"]).carry([1, 2], 3)
    [1, 2, 2]
    """

    def __init__(self, name: str, names: Sequence[str] | None = None) -> None:
        self.name = name
        self.names = None if names is None else list(names)
        self.numbers = {label: number for number, label in enumerate(names or ())}
        self._kept: dict[tuple[tuple[Label, ...], int], list[Label] | None] = {}

    def carry(self, labels: Sequence[Label], size: int) -> list[Label] | None:
        """Labels of what replaces some neighbouring tokens; None when they have no label in common.

        Args:
            labels: Labels of the tokens that are replaced.
            size: Tokens that come instead.

        Raises:
            UsageError: The labels are numbers, and nobody said what they mean.
        """
        if len(labels) == size == 1:
            return list(labels)
        wanted = (tuple(labels), size)
        if wanted not in self._kept:
            if len(self._kept) > 1 << 14:
                self._kept.clear()
            self._kept[wanted] = self._carried(labels, size)
        found = self._kept[wanted]
        return None if found is None else list(found)

    def _carried(self, labels: Sequence[Label], size: int) -> list[Label] | None:
        texts = [self.text(label) for label in labels]
        carried = carried_labels(texts, size)
        if carried is None:
            return None
        new = [label for label in carried if label not in texts]
        numbered = self._numbered(labels)
        if numbered and any(label not in self.numbers for label in new):
            return None
        spelt: dict[str | None, Label] = {label: self.numbers[label] if numbered else label for label in new if label}
        spelt |= dict(zip(texts, labels, strict=True))
        return [spelt[label] for label in carried]

    def text(self, label: Label) -> str | None:
        """What a label means; None for no label.

        Raises:
            UsageError: It is a number, and nobody said what numbers mean.
            InputError: It is a number that means nothing.
        """
        if label is None or label == IGNORED or isinstance(label, str):
            return label if isinstance(label, str) else None
        if self.names is None:
            hint = f'names={{"{self.name}": [...]}} says what they mean, an empty list that they are no entity tags'
            raise UsageError(f"the labels of {self.name!r} are numbers", hint=hint)
        if not self.names:
            return str(label)
        if not 0 <= label < len(self.names):
            hint = f"numbers run from 0 to {len(self.names) - 1}"
            raise InputError(f"label {label} has no name", field=self.name, hint=hint)
        return self.names[label]

    def _numbered(self, labels: Sequence[Label]) -> bool:
        """Whether the labels are numbers that have names."""
        return bool(self.names) and not any(isinstance(label, str) for label in labels)

    def encode(self, texts: Sequence[str | None], like: Sequence[Label]) -> list[Label] | None:
        """Labels of the kind that the layer has, from their names; None when there is no number for one.

        Args:
            texts: What the labels mean.
            like: Labels of the layer.

        >>> layer = Layer("ner", ["O", "B-LOC"])
        >>> layer.encode(["B-LOC", None], [0]), layer.encode(["B-LOC", None], ["O"])
        ([1, None], ['B-LOC', None])
        """
        if self.names is None or any(isinstance(label, str) for label in like):
            return list(texts)
        if not self.names:
            return [None if text is None else int(text) for text in texts]
        if any(text is not None and text not in self.numbers for text in texts):
            return None
        return [None if text is None else self.numbers[text] for text in texts]

    def outside(self, bio: bool, like: Sequence[Label]) -> Label:
        """The label of a token that came in without one: O in a BIO scheme, else none."""
        if not bio:
            return None
        return self.numbers.get(OUTSIDE) if self._numbered(like) else OUTSIDE


def split(label: str | None) -> tuple[str, str]:
    """Prefix and kind of a label in a BIO scheme; an empty prefix for any other.

    >>> split("B-LOC"), split("O"), split("NOUN")
    (('B', 'LOC'), ('O', ''), ('', 'NOUN'))
    """
    if label == OUTSIDE:
        return OUTSIDE, ""
    if label and label[1:2] == "-" and label[0] in _PREFIXES and len(label) > 2:
        return label[0], label[2:]
    return "", label or ""


def carried_labels(labels: Sequence[str | None], size: int) -> list[str | None] | None:
    """Labels of ``size`` tokens that replace neighbouring tokens; None when these have no label in common.

    >>> carried_labels(["B-PER", "I-PER"], 1), carried_labels(["S-PER"], 3)
    (['B-PER'], ['B-PER', 'I-PER', 'E-PER'])
    >>> carried_labels(["B-PER", "O"], 2) is None
    True
    """
    parts = [split(label) for label in labels]
    prefixes, kinds = [prefix for prefix, _ in parts], {kind for _, kind in parts}
    if len(kinds) > 1 or (None in labels and set(labels) != {None}):
        return None
    if not _PREFIXES & set(prefixes):
        return [labels[0]] * size if len(set(labels)) == 1 else None
    if not set(prefixes) <= _PREFIXES or _BEGINS & set(prefixes[1:]) or _ENDS & set(prefixes[:-1]):
        return None
    begins, ends = prefixes[0] in _BEGINS, prefixes[-1] in _ENDS
    bilou = bool({"L", "U"} & set(prefixes))
    return [f"{prefix}-{parts[0][1]}" for prefix in _prefixes(begins, ends, bilou, size)]


def _prefixes(begins: bool, ends: bool, bilou: bool, size: int) -> list[str]:
    last = ("L" if bilou else "E") if ends else "I"
    if size == 1:
        return [("U" if bilou else "S") if begins and ends else "B" if begins else last]
    return ["B" if begins else "I", *["I"] * (size - 2), last]


def is_bio(labels: Sequence[str | None]) -> bool:
    """Whether labels are of a BIO scheme.

    >>> is_bio(["O", "O"]), is_bio(["NOUN", "X"])
    (True, False)
    """
    return any(labels) and all(label is None or split(label)[0] for label in labels)


def mentions_of(labels: Sequence[str | None]) -> list[Span]:
    """Entity mentions of labels in a BIO scheme; an I- without its B- begins one.

    >>> mentions_of(["B-LOC", "I-LOC", "O", "I-PER", "B-PER"])
    [(0, 2), (3, 4), (4, 5)]
    """
    found: list[Span] = []
    start, kind = -1, ""
    for at, label in enumerate([*labels, OUTSIDE]):
        prefix, here = split(label)
        inside = prefix in _PREFIXES
        if start >= 0 and (not inside or prefix in _BEGINS or here != kind):
            found.append((start, at))
            start = -1
        if inside and start < 0:
            start, kind = at, here
        if inside and prefix in _ENDS:
            found.append((start, at + 1))
            start = -1
    return found
