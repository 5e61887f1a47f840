"""Rows of a dataset mixed: which columns hold what, and one row to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from cswitch.core.errors import InputError, UsageError
from cswitch.core.lexicon import Lexicon
from cswitch.core.seeds import digest
from cswitch.training.linked import LinkedSwitcher
from cswitch.training.records import Example, Mixed
from cswitch.training.settings import AugmentSettings
from cswitch.training.sides import Sides
from cswitch.training.switcher import Switcher
from cswitch.training.texts import switch_text

SWITCH = "switch"
"""Column that says of a row whether it may be mixed; evaluation data has it false."""


class Columns(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the columns of a dataset hold; an empty name is none.

    >>> Columns(labels=("ner_tags",)).tokens
    'tokens'
    """

    tokens: str = "tokens"
    """Tokens of a sentence; where it is there, texts are not looked at."""
    labels: tuple[str, ...] = ()
    """Labels, one a token each."""
    texts: tuple[str, ...] = ("text",)
    """Running text, for a dataset without tokens; the premise and the hypothesis, say."""
    spans: str = ""
    """Spans ``[start, end)``: of tokens, or of characters of the first text."""
    answers: str = ""
    """Answers as SQuAD has them, ``{"text": [...], "answer_start": [...]}``, in the first text."""
    langs: str = "langs"
    """Language tags: read where a dataset has them, written in any case; empty to write none."""
    id: str = ""
    """What draws depend on; empty takes the tokens or the text themselves."""
    translation: str = ""
    """Tokens of the translation, for mixing by links; its language is the first of the settings."""
    links: str = ""
    """Links between tokens and translation: pairs (i, j), or Pharaoh's ``i-j``."""


class RowMixer:
    """Mixes rows.

    Args:
        settings: What to make.
        columns: Where things are.
        lexicons: Lexicon by language; those that are shipped when not given.
        names: Name of a label column to what its numbers mean.

    Raises:
        UsageError: Settings, columns and lexicons do not go together.
    """

    def __init__(
        self,
        settings: AugmentSettings,
        columns: Columns | None = None,
        *,
        lexicons: Mapping[str, Lexicon] | None = None,
        names: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.settings, self.columns = settings, columns or Columns()
        if bool(self.columns.translation) != bool(self.columns.links):
            raise UsageError("one of the columns translation and links is not named", hint="name both, or neither")
        self.switcher: Switcher
        if self.columns.links:
            self.switcher = LinkedSwitcher(settings, names=names)
        else:
            self.switcher = Switcher(settings, lexicons=lexicons, names=names)
        self._sides = Sides()

    def __call__(self, row: Mapping[str, Any], epoch: int) -> dict[str, Any]:
        """The columns of a row that change.

        Args:
            row: Column to value.
            epoch: Number of the epoch.

        Raises:
            UsageError: A column that the mix depends on is missing.
            InputError: Columns of a row do not go together.

        >>> settings = AugmentSettings(matrix="en", languages=("es",), rate=1, translations="best")
        >>> RowMixer(settings)({"tokens": ["cold", "water"], "label": 1}, 0)
        {'tokens': ['fría', 'agua'], 'langs': ['es', 'es']}
        """
        if row.get(SWITCH) is False:
            return {}
        if self.columns.tokens and row.get(self.columns.tokens) is not None:
            return self._tokens(row, epoch)
        texts = [name for name in self.columns.texts if row.get(name) is not None]
        if not texts:
            hint = f"it has {', '.join(row)}; name the column, and read whole rows (remove_unused_columns=False)"
            raise UsageError(f"a row has no column {self.columns.tokens or self.columns.texts[0]!r}", hint=hint)
        return self._texts(row, texts, epoch)

    def _tokens(self, row: Mapping[str, Any], epoch: int) -> dict[str, Any]:
        columns = self.columns
        tokens = [str(token) for token in row[columns.tokens]]
        labels = {name: list(self._value(row, name)) for name in columns.labels}
        spans = self._spans(row)
        name = self._id(row, " ".join(tokens))
        if isinstance(self.switcher, LinkedSwitcher):
            other = (self.settings.languages[0], [str(token) for token in self._value(row, columns.translation)])
            pair = self._sides.pair(name, (self.settings.matrix, tokens), other, self._value(row, columns.links))
            mixed = self.switcher.switch_pair(pair, labels=labels, spans=spans, epoch=epoch)
        else:
            langs = row.get(columns.langs) if columns.langs else None
            example = Example(id=name, tokens=tokens, labels=labels, spans=spans, langs=langs)
            mixed = self.switcher.switch(example, epoch)
        return self._columns(mixed)

    def _columns(self, mixed: Mixed) -> dict[str, Any]:
        columns = self.columns
        made: dict[str, Any] = {columns.tokens: mixed.tokens, **mixed.labels}
        if columns.spans:
            made[columns.spans] = [list(span) for span in mixed.spans]
        if columns.langs:
            made[columns.langs] = mixed.langs
        return made

    def _texts(self, row: Mapping[str, Any], texts: Sequence[str], epoch: int) -> dict[str, Any]:
        columns = self.columns
        spans, answers = self._spans(row), self._answers(row)
        made: dict[str, Any] = {}
        for at, column in enumerate(texts):
            mine = [*spans, *answers] if not at else []
            name = self._id(row, row[column]) + (f"\x1f{at}" if at else "")
            found = switch_text(self.switcher, row[column], id=name, spans=mine, epoch=epoch)
            made[column] = found.text
            if not at:
                moved, said = found.spans[: len(spans)], found.spans[len(spans) :]
                if columns.spans:
                    made[columns.spans] = [list(span) for span in moved]
                if columns.answers:
                    answer = {"text": [found.text[s:e] for s, e in said], "answer_start": [s for s, _ in said]}
                    made[columns.answers] = {**row[columns.answers], **answer}
        return made

    def _spans(self, row: Mapping[str, Any]) -> list[tuple[int, int]]:
        if not self.columns.spans:
            return []
        return [(int(start), int(end)) for start, end in self._value(row, self.columns.spans)]

    def _answers(self, row: Mapping[str, Any]) -> list[tuple[int, int]]:
        if not self.columns.answers:
            return []
        answers = self._value(row, self.columns.answers)
        try:
            found = zip(answers["text"], answers["answer_start"], strict=True)
            return [(int(start), int(start) + len(text)) for text, start in found]
        except (KeyError, TypeError, ValueError) as error:
            hint = 'answers are {"text": [...], "answer_start": [...]}'
            raise InputError("answers cannot be read", field=self.columns.answers, hint=hint) from error

    def _value(self, row: Mapping[str, Any], column: str) -> Any:
        if row.get(column) is None:
            hint = f"it has {', '.join(row)}; read whole rows (remove_unused_columns=False)"
            raise UsageError(f"a row has no column {column!r}, which the mix depends on", hint=hint)
        return row[column]

    def _id(self, row: Mapping[str, Any], content: str) -> str:
        if self.columns.id:
            return str(self._value(row, self.columns.id))
        return f"{digest(content) % 2**64:016x}"
