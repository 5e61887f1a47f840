"""What a perturbation does: the settings of a run, and those of each field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from cswitch.core.errors import UsageError
from cswitch.core.text.protected import USUAL, check_kinds, compiled
from cswitch.schemas.commands import FieldSettings as FieldSettings
from cswitch.schemas.settings import OnMiss, Script

By = Literal["lexicon", "links", "translator", "prompt"]
Words = Literal["natural", "content", "all"]
COLUMN = "cswitch"
"""The column that is added, unless another name is given."""


class PerturbSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Everything that decides what becomes of a row.

    Raises:
        UsageError: A value cannot be meant.

    >>> PerturbSettings(pair=("en", "hi"), fields={"question": FieldSettings()}).cmi_of("question")
    25.0
    >>> PerturbSettings(pair=("en", "hi"), fields={}, cmi=80)
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: a CMI of 80 is asked for; give one from 0 to 50
    """

    pair: tuple[str, str]
    """The language of the fields, and the one that is mixed with it."""
    fields: dict[str, FieldSettings]
    """The fields that are mixed; a dot leads into a column: ``choices.text``."""
    by: By = "lexicon"
    """How: words of a lexicon, links to a translation that the row has, a translator, or a language model."""
    matrix: str = ""
    """The matrix language; empty for that of the fields by lexicon or gloss, else for the one that is not English."""
    cmi: float = 25.0
    """Code-Mixing Index of each field, 0 to 50."""
    tolerance: float = 5.0
    """How far from it a field may lie and count as met."""
    on_miss: OnMiss = "nearest"
    """What becomes of a field that does not come so near: the nearest, or nothing."""
    words: Words = "natural"
    """Which words a lexicon may replace: those that people switch alone, all content words, or all words."""
    protect: tuple[str, ...] = USUAL
    """Kinds of span that stay as they are, see :data:`cswitch.core.text.protected.KINDS`."""
    patterns: tuple[str, ...] = ()
    """Regular expressions of what else stays."""
    id: tuple[str, ...] = ()
    """Columns that make the id of a row; empty for ``id`` where there is one, else the number of the row."""
    script: Script = "native"
    """Script of the mixed text."""
    lexicons: tuple[str, ...] = ()
    """Paths of the user's own lexicons."""
    min_prob: float = 0.1
    """Translations less probable than this are not used."""
    translator: str = ""
    """Translator, as ``cswitch prompt --translator`` takes it."""
    column: str = COLUMN
    """Name of the column that is added."""
    preset: str = ""
    """Name of the preset that gave the fields."""
    seed: int = 0
    """Seed of every random choice."""

    def __post_init__(self) -> None:
        for cmi in (self.cmi, *(field.cmi for field in self.fields.values() if field.cmi is not None)):
            if not 0 <= cmi <= 50:
                raise UsageError(f"a CMI of {cmi:g} is asked for", hint="give one from 0 to 50")
        if self.matrix and self.matrix not in self.pair:
            hint = f"it is one of {' and '.join(self.pair)}"
            raise UsageError(f"the matrix language {self.matrix!r} is not of the pair", hint=hint)
        if self.by == "lexicon" and self.matrix not in ("", self.pair[0]):
            hint = "translations give such text: --by links with --parallel FIELD=COLUMN, or --by translator"
            raise UsageError(f"a lexicon mixes into the language of the fields, {self.pair[0]}", hint=hint)
        check_kinds(self.protect)
        for field in self.fields.values():
            check_kinds(field.protect or ())
        for pattern in self.patterns:
            compiled(pattern)

    @property
    def frame(self) -> str:
        """The matrix language.

        >>> PerturbSettings(pair=("en", "hi"), fields={}, by="links").frame
        'hi'
        """
        glossed = self.by == "translator" and self.translator.partition(":")[0] == "gloss"
        if self.matrix or self.by == "lexicon" or glossed:
            return self.matrix or self.pair[0]
        return self.pair[1] if self.pair[0] == "en" else self.pair[0]

    def cmi_of(self, field: str) -> float:
        """The CMI that a field is to have."""
        own = self.fields[field].cmi
        return self.cmi if own is None else own

    def protected(self, field: str) -> tuple[str, ...]:
        """The kinds that are protected in a field."""
        own = self.fields[field].protect
        return self.protect if own is None else own


def columns_of(settings: PerturbSettings) -> dict[str, str]:
    """Every column that a run reads, with what it is for.

    >>> settings = PerturbSettings(pair=("en", "hi"), fields={"context": FieldSettings(answers="answers")})
    >>> columns_of(settings)
    {'context': 'a field', 'answers': 'the answers of context'}
    """
    found: dict[str, str] = {}
    for name, field in settings.fields.items():
        found.setdefault(name.partition(".")[0], "a field")
        carried: Mapping[str, str] = {
            field.answers: f"the answers of {name}",
            field.spans: f"the spans of {name}",
            field.parallel: f"the translation of {name}",
            field.links: f"the links of {name}",
            **dict.fromkeys(field.labels, f"labels of {name}"),
            **dict.fromkeys(field.equal, f"what repeats {name}"),
        }
        for column, what in carried.items():
            if column:
                found.setdefault(column.partition(".")[0], what)
    for column in settings.id:
        found.setdefault(column, "the id")
    return found
