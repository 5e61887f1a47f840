"""Datasets mixed as they are read: for ``set_transform``, ``with_transform`` and ``map``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cswitch.core.errors import UsageError
from cswitch.core.lexicon import Lexicon
from cswitch.training.epochs import Epoch
from cswitch.training.rows import Columns, RowMixer
from cswitch.training.settings import AugmentSettings


class SwitchExamples:
    """Mixes batches of rows: a column is a list with an entry a row. Made by :func:`switch_examples`."""

    def __init__(self, mixer: RowMixer, epoch: int = 0) -> None:
        self.mixer = mixer
        self.epoch = Epoch(epoch)

    def set_epoch(self, number: int) -> None:
        """Says which epoch it is, here and in the workers of a data loader; another one gives another mix."""
        self.epoch.set(number)

    def __call__(self, batch: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
        """The batch, mixed.

        Raises:
            UsageError: A column that the mix depends on is missing.
            InputError: Columns of a row do not go together.
        """
        made = {name: list(column) for name, column in batch.items()}
        size = len(next(iter(made.values()), []))
        epoch = self.epoch.number
        rows = [{name: column[at] for name, column in made.items()} for at in range(size)]
        mixed = [self.mixer(row, epoch) for row in rows]
        for name in dict.fromkeys(name for row in mixed for name in row):
            made[name] = [new.get(name, row.get(name)) for new, row in zip(mixed, rows, strict=True)]
        return made


def switch_examples(
    settings: AugmentSettings,
    columns: Columns | None = None,
    *,
    features: Mapping[str, Any] | None = None,
    names: Mapping[str, Sequence[str]] | None = None,
    lexicons: Mapping[str, Lexicon] | None = None,
    epoch: int = 0,
) -> SwitchExamples:
    """A transform for ``dataset.set_transform``, ``with_transform`` or ``map(..., batched=True)``.

    Args:
        settings: What to make.
        columns: Where things are; without it tokens are in ``tokens`` or text in ``text``, and labels where
            ``features`` has lists of class labels.
        features: ``dataset.features``; says what the numbers of label columns mean.
        names: The same for columns that ``features`` says nothing of; an empty list for numbers without B- and I-.
        lexicons: Lexicon by language; those that are shipped when not given.
        epoch: Number of the epoch, until ``set_epoch`` says another.

    Raises:
        UsageError: Settings, columns and lexicons do not go together.

    >>> settings = AugmentSettings(matrix="en", languages=("es",), rate=1, translations="best", keep=())
    >>> transform = switch_examples(settings, Columns(labels=("ner",), langs=""))
    >>> transform({"tokens": [["big", "rivers"]], "ner": [["O", "O"]]})
    {'tokens': [['grande', 'ríos']], 'ner': [['O', 'O']]}
    """
    from msgspec.structs import replace

    found = class_labels(features or {})
    columns = columns or Columns(labels=tuple(found))
    if columns.labels == () and found:
        columns = replace(columns, labels=tuple(found))
    known = {name: labels for name, labels in found.items() if name in columns.labels} | dict(names or {})
    strangers = set(names or {}) - set(columns.labels)
    if strangers:
        hint = f"labels={(*columns.labels, *sorted(strangers))} in Columns"
        raise UsageError(f"names are given of {', '.join(sorted(strangers))}, no column of labels", hint=hint)
    return SwitchExamples(RowMixer(settings, columns, lexicons=lexicons, names=known), epoch)


def class_labels(features: Mapping[str, Any]) -> dict[str, list[str]]:
    """Columns that are lists of class labels, with the names of the labels."""
    found: dict[str, list[str]] = {}
    for name, feature in features.items():
        inner = getattr(feature, "feature", None)
        if inner is None and isinstance(feature, list) and len(feature) == 1:
            inner = feature[0]
        labels = getattr(inner, "names", None)
        if labels:
            found[name] = list(labels)
    return found
