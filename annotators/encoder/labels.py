"""Labels of a model as tags, and which of them may be given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cswitch.core.errors import UsageError
from cswitch.core.measures.tags import NEUTRAL
from cswitch.core.tag_names import canonical_tag, language_tag

UNUSED = frozenset(("x", "pad", "[pad]", "<pad>", "[cls]", "[sep]", "<s>", "</s>"))
"""Labels of special sub-words, in lower case; a word never gets them."""

ANY = ("en", "hi", "es", "fr", "de", "it", "pt", "nl", "tr")
"""Stand for languages that a user has yet to name."""


class View(NamedTuple):
    """The tags that may be given."""

    tags: tuple[str, ...]
    """In order of their first label."""
    of_label: tuple[int, ...]
    """Index of the tag that each label means, -1 for a label that may not be given."""

    @property
    def table(self) -> npt.NDArray[np.float32]:
        """1 where a label means a tag, else 0, of shape [labels, tags].

        >>> View(("en", "ne"), (0, 1, -1, 1)).table.tolist()
        [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0], [0.0, 1.0]]
        """
        return np.array([[tag == number for number in range(len(self.tags))] for tag in self.of_label], np.float32)


class Scheme:
    """What the labels of a model mean.

    Args:
        labels: Names, as the model's configuration has them.
        model: The model, for messages.

    Raises:
        UsageError: A label means nothing, or no label is a language.

    >>> Scheme(["lang1", "lang2", "B-ne", "I-ne", "other"], "m").view(["en", "es"]).tags
    ('en', 'es', 'ne', 'other')
    """

    def __init__(self, labels: Sequence[str], model: str) -> None:
        self._labels, self._model = tuple(labels), model
        self.placed = tuple(label for label in labels if self._used(label) and canonical_tag(label) is None)
        """Labels that name a place among the languages in play, such as ``lang1``."""
        strange = [label for label in self.placed if canonical_tag(label, ANY) is None]
        if strange:
            hint = "put id2label into its config.json, with names such as en, hi, other, or lang1, lang2"
            raise UsageError(f"label {strange[0]!r} of model {model!r} means nothing here", hint=hint)
        found = [canonical_tag(label) for label in labels if self._used(label)]
        self.languages = tuple(dict.fromkeys(tag for tag in found if tag is not None and tag not in NEUTRAL))
        """Languages that the model tells, as tags; those of placed labels are not among them."""
        if not self.languages and not self.placed:
            hint = f"its labels are {', '.join(labels)}: give a model that tells languages"
            raise UsageError(f"no label of model {model!r} is a language", hint=hint)

    def view(self, languages: Sequence[str] = ()) -> View:
        """The tags that may be given when these languages are in play, all that the model knows when it is empty.

        Raises:
            UsageError: The model does not know one of them, or its labels need them and they are not given.
        """
        allowed = [language_tag(language) for language in languages]
        found = [canonical_tag(label, languages) if self._used(label) else None for label in self._labels]
        for label in self.placed:
            if canonical_tag(label, languages) is None:
                hint = f"give as many languages as it has, in their order; {label!r} has none"
                raise UsageError(f"model {self._model!r} numbers its languages", hint=hint)
        known = list(dict.fromkeys(tag for tag in found if tag is not None and tag not in NEUTRAL))
        for language in allowed:
            if language not in known:
                hint = f"it knows {', '.join(known)}"
                raise UsageError(f"model {self._model!r} does not tell the language {language!r}", hint=hint)
        given = [tag if tag in NEUTRAL or not allowed or tag in allowed else None for tag in found]
        tags = tuple(dict.fromkeys(tag for tag in given if tag is not None))
        return View(tags, tuple(-1 if tag is None else tags.index(tag) for tag in given))

    @staticmethod
    def _used(label: str) -> bool:
        return label.strip().lower() not in UNUSED
