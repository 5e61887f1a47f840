"""Adds to rows the translations of their fields, what is protected masked on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from cswitch.core.contracts import Translated
from cswitch.core.text.tokens import tokenise
from cswitch.perturb.masking import Masked, mask, unmask
from cswitch.perturb.mixing import TextTask
from cswitch.perturb.rows import Item, NumberedRow, RowPerturber
from cswitch.perturb.settings import PerturbSettings
from cswitch.pipeline.perturb_work import Chunk

ADDED = "\x00"
"""How the name of a column begins that a run adds to rows for itself."""
_PLAIN = frozenset("0123456789.,")

Translate = Callable[[Sequence[str]], list[Translated]]


class Translating:
    """Translates the fields of rows, a chunk at a time.

    Args:
        rows: Finds the texts of a row.
        settings: What is made.
        translate: Translates texts from the language of the fields.
    """

    def __init__(self, rows: RowPerturber, settings: PerturbSettings, translate: Translate) -> None:
        self._rows, self._settings, self._translate = rows, settings, translate

    def __call__(self, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        """The same chunks, each field with its translation beside it."""
        for chunk in chunks:
            items = [self._rows.items(row) for row in chunk.rows]
            sent = [[_sent(item) for item in its] for its in items]
            texts = list(dict.fromkeys(one.text for its in sent for one in its if one.text.strip()))
            answers = dict(zip(texts, self._translate(texts), strict=True)) if texts else {}
            rows = [
                with_added(row, its, [self._of(item, one, answers) for item, one in zip(its, own, strict=True)])
                for row, its, own in zip(chunk.rows, items, sent, strict=True)
            ]
            yield chunk._replace(rows=rows)

    def _of(self, item: Item, sent: Masked, answers: dict[str, Translated]) -> object:
        """The translation of a text; None where there is none, or a placeholder was lost."""
        answer = answers.get(sent.text)
        back = unmask(sent, answer.text) if answer is not None and answer.text else None
        if back is None or isinstance(item.task, TextTask):
            return None if back is None else back.text
        return list(tokenise(back.text, self._settings.pair[1]).tokens)


def with_added(row: NumberedRow, items: Sequence[Item], added: Sequence[object]) -> NumberedRow:
    """A row with something beside each of its texts, in columns that nobody reads but the run.

    Args:
        row: The row.
        items: Its texts.
        added: What goes beside each.
    """
    columns: dict[str, Any] = {}
    for item, one in zip(items, added, strict=True):
        name = f"{ADDED}{item.field}"
        if item.item is None:
            columns[name] = one
        else:
            columns.setdefault(name, []).append(one)
    return row._replace(values={**row.values, **columns})


def _sent(item: Item) -> Masked:
    """What is sent to be translated: plain numbers go as they are, which a sentence needs."""
    task = item.task
    if not isinstance(task, TextTask):
        return mask(" ".join(task.tokens), ())
    return mask(task.text, [span for span in task.protected if not _PLAIN.issuperset(task.text[slice(*span)])])
