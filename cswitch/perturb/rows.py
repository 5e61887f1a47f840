"""Rows perturbed: their texts found, mixed a batch at a time, and put back with everything that depends on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from cswitch.core.text.protected import protected_spans
from cswitch.perturb import values
from cswitch.perturb.mixing import MixedField, MixedTokens, Mixer, RowFault, TextTask, TokensTask
from cswitch.perturb.records import FieldRecord, RowRecord
from cswitch.perturb.settings import FieldSettings, PerturbSettings
from cswitch.training.records import Span

_TOLERANCE = 1e-9
MakeMixer = Callable[[float], Mixer]
"""Gives the mixer of a CMI."""


class NumberedRow(NamedTuple):
    """A row with its place."""

    number: int
    """1-based, within its split; the line, where there are lines."""
    id: str
    """What it is called."""
    values: Mapping[str, Any]
    """Its columns, as far as they are read."""


class Made(NamedTuple):
    """What became of a row."""

    changes: dict[str, Any]
    """Column to its new value."""
    record: RowRecord
    """What was done."""


class Item(NamedTuple):
    """A text or a sentence of a row that is to be mixed."""

    field: str
    """Its field."""
    item: int | None
    """0-based number of the text, where the field is a list of texts."""
    task: TextTask | TokensTask
    """What a mixer is given."""


class RowPerturber:
    """Perturbs rows; what becomes of a row does not depend on the rest of its batch.

    Args:
        settings: What to make.
        make_mixer: Gives the mixer of a CMI.
        config: Hash of everything that decides the output.
    """

    def __init__(self, settings: PerturbSettings, make_mixer: MakeMixer, config: str) -> None:
        self.settings, self.config = settings, config
        self._make, self._mixers = make_mixer, dict[float, Mixer]()

    def __call__(self, rows: Sequence[NumberedRow]) -> list[Made]:
        """What becomes of each row.

        Raises:
            UsageError: Something is wrong with the settings that only the rows show, such as a slow pattern.
        """
        planned = [self._planned(row) for row in rows]
        mixed = self._mixed([item for items in planned if not isinstance(items, RowFault) for item in items])
        done: list[Made] = []
        at = 0
        for row, items in zip(rows, planned, strict=True):
            if isinstance(items, RowFault):
                done.append(self._left(items))
                continue
            mine = _told_apart(items, mixed[at : at + len(items)])
            at += len(items)
            try:
                done.append(self._made(row, items, mine))
            except RowFault as fault:
                done.append(self._left(fault))
        return done

    def items(self, row: NumberedRow) -> list[Item]:
        """The texts and sentences of a row; none where it is at fault."""
        found = self._planned(row)
        return [] if isinstance(found, RowFault) else found

    def _planned(self, row: NumberedRow) -> list[Item] | RowFault:
        try:
            return [item for name, field in self.settings.fields.items() for item in self._items(row, name, field)]
        except RowFault as fault:
            return fault

    def _items(self, row: NumberedRow, name: str, field: FieldSettings) -> Iterable[Item]:
        found = values.value_at(row.values, name)
        other = values.value_at(row.values, field.parallel) if field.parallel else None
        links = values.value_at(row.values, field.links) if field.links else None
        if field.kind == "tokens":
            yield self._tokens(row, name, field, found, other, links)
        elif isinstance(found, str):
            yield Item(name, None, self._text(row, name, field, found, other, links))
        elif isinstance(found, list | tuple) and all(isinstance(text, str) for text in found):
            for item, text in enumerate(found):
                its = other[item] if isinstance(other, list | tuple) and item < len(other) else None
                own = links[item] if isinstance(links, list | tuple) and item < len(links) else None
                yield Item(name, item, self._text(row, name, field, text, its, own))
        elif found is None:
            yield Item(name, None, TextTask(f"{row.id}\x1f", ""))
        else:
            wrong = found if isinstance(found, list | tuple) else ()
            at = next((at for at, text in enumerate(wrong) if not isinstance(text, str)), None)
            place = name if at is None else f"{name}[{at}]"
            kind = type(found if at is None else wrong[at]).__name__
            expected = "a text or a list of texts" if at is None else "a text"
            raise RowFault("failed", f"{place}: {kind} where {expected} is expected")

    def _text(
        self, row: NumberedRow, name: str, field: FieldSettings, text: str, other: object, links: object
    ) -> TextTask:
        spans: list[Span] = []
        if field.answers:
            spans += values.answer_spans(values.value_at(row.values, field.answers), text, field.answers)
        if field.spans:
            spans += values.labelled_spans(values.value_at(row.values, field.spans), text, field.spans)
        kinds, patterns = self.settings.protected(name), self.settings.patterns
        protected = protected_spans(text, kinds, patterns)
        if spans:
            values.check_cuts(text, spans, protected, field.answers or field.spans)
        translation = other if isinstance(other, str) else None
        # Equal texts of a row are mixed alike: what they are called depends on the text, not on the field.
        return TextTask(f"{row.id}\x1f{text}", text, spans, protected, kinds, patterns, translation, links)

    def _tokens(
        self, row: NumberedRow, name: str, field: FieldSettings, found: object, other: object, links: object
    ) -> Item:
        if not isinstance(found, list | tuple) or not all(isinstance(token, str) for token in found):
            raise RowFault("failed", f"{name}: {type(found).__name__} where a list of tokens is expected")
        labels: dict[str, Sequence[Any]] = {}
        for column in field.labels:
            layer = values.value_at(row.values, column)
            if layer is None:
                continue
            if not isinstance(layer, list | tuple) or len(layer) != len(found):
                size = len(layer) if isinstance(layer, list | tuple) else 0
                labelled = f"{size:,} label{'s' * (size != 1)} for {len(found):,} token{'s' * (len(found) != 1)}"
                raise RowFault("bad_labels", f"{column}: {labelled}; give one a token")
            labels[column] = list(layer)
        protected = frozenset(self._protected_tokens(name, found))
        translation = other if isinstance(other, list | tuple) else None
        task = TokensTask("\x1f".join((row.id, *found)), found, labels, protected, translation, links)
        return Item(name, None, task)

    def _protected_tokens(self, name: str, tokens: Sequence[str]) -> Iterable[int]:
        text = " ".join(tokens)
        spans = protected_spans(text, self.settings.protected(name), self.settings.patterns)
        start = at = 0
        for number, token in enumerate(tokens):
            end = start + len(token)
            while at < len(spans) and spans[at][1] <= start:
                at += 1
            if at < len(spans) and spans[at][0] < end:
                yield number
            start = end + 1

    def _mixed(self, items: Sequence[Item]) -> list[MixedField | MixedTokens]:
        """What becomes of texts and sentences, those of one CMI together."""
        found: dict[int, MixedField | MixedTokens] = {}
        groups: dict[tuple[float, bool], list[int]] = {}
        for at, (name, _, task) in enumerate(items):
            cmi = self.settings.cmi_of(name)
            if cmi == 0 or _is_empty(task):
                reason, detail = ("", "") if cmi == 0 else ("empty_side", "it is empty")
                found[at] = _as_it_was(task, reason, detail)
            else:
                groups.setdefault((cmi, isinstance(task, TokensTask)), []).append(at)
        for (cmi, _), places in groups.items():
            mixer = self._mixer(cmi)
            texts = [task for at in places if isinstance(task := items[at].task, TextTask)]
            tokens = [task for at in places if isinstance(task := items[at].task, TokensTask)]
            made: list[MixedField | MixedTokens] = [*mixer.mix(texts), *mixer.mix_tokens(tokens)]
            found |= {at: self._kept(items[at], one) for at, one in zip(places, made, strict=True)}
        return [found[at] for at in range(len(items))]

    def _mixer(self, cmi: float) -> Mixer:
        if cmi not in self._mixers:
            self._mixers[cmi] = self._make(cmi)
        return self._mixers[cmi]

    def _kept(self, item: Item, made: MixedField | MixedTokens) -> MixedField | MixedTokens:
        """What was made, or what there was where the CMI is missed and that is not wanted."""
        if made.reason or self.settings.on_miss == "nearest" or self._met(item.field, made.cmi):
            return made
        cmi = self.settings.cmi_of(item.field)
        low, high = made.reachable or (0.0, 0.0)
        detail = f"CMI {cmi:g} is asked for, and the nearest is {made.cmi or 0:.3g}; it reaches {low:.3g} to {high:.3g}"
        return _as_it_was(item.task, "cmi_unreachable", detail, made.reachable)

    def _met(self, field: str, cmi: float | None) -> bool:
        return cmi is not None and abs(cmi - self.settings.cmi_of(field)) <= self.settings.tolerance + _TOLERANCE

    def _made(self, row: NumberedRow, items: Sequence[Item], mixed: Sequence[MixedField | MixedTokens]) -> Made:
        changes: dict[str, Any] = {}
        for name, field in self.settings.fields.items():
            mine = [(item, one) for item, one in zip(items, mixed, strict=True) if item.field == name]
            fault = next((one for _, one in mine if one.reason == "label_lost"), None)
            if fault is not None:
                raise RowFault(fault.reason, fault.detail)
            if any(one.replaced for _, one in mine):
                self._put(row, changes, name, field, mine)
            self._repeat(row, changes, field, mine)
        fields = [self._record(item, one) for item, one in zip(items, mixed, strict=True)]
        return Made(changes, self._about(fields=fields))

    def _put(
        self,
        row: NumberedRow,
        changes: dict[str, Any],
        name: str,
        field: FieldSettings,
        mine: Sequence[tuple[Item, MixedField | MixedTokens]],
    ) -> None:
        """Notes the new text of a field, and what is carried with it."""
        first = mine[0][1]
        if isinstance(first, MixedTokens):
            changes[name] = list(first.tokens)
            changes |= {column: list(labels) for column, labels in first.labels.items()}
            return
        if mine[0][0].item is not None:
            texts = [one.text for _, one in mine if isinstance(one, MixedField)]
            values.with_value(row.values, changes, name, texts)
            return
        values.with_value(row.values, changes, name, first.text)
        spans = list(first.spans)
        if field.answers and (answers := values.value_at(row.values, field.answers)) is not None:
            size = len(answers["text"])
            moved = values.moved_answers(answers, first.text, spans[:size])
            values.with_value(row.values, changes, field.answers, moved)
            spans = spans[size:]
        if field.spans and (labelled := values.value_at(row.values, field.spans)) is not None:
            values.with_value(row.values, changes, field.spans, values.moved_spans(labelled, first.text, spans))

    def _repeat(
        self,
        row: NumberedRow,
        changes: dict[str, Any],
        field: FieldSettings,
        mine: Sequence[tuple[Item, MixedField | MixedTokens]],
    ) -> None:
        """Changes the columns that repeat a text of a field."""
        new = {
            item.task.text: one.text
            for item, one in mine
            if isinstance(item.task, TextTask) and isinstance(one, MixedField)
        }
        for column in field.equal:
            said = values.value_at(row.values, column)
            if said is None:
                continue
            if not isinstance(said, str) or said not in new:
                raise RowFault("bad_labels", f"{column}: {said!r} is none of the texts of the field that it repeats")
            if new[said] != said:
                values.with_value(row.values, changes, column, new[said])

    def _record(self, item: Item, made: MixedField | MixedTokens) -> FieldRecord:
        low, high = made.reachable or (None, None)
        return FieldRecord(
            field=item.field,
            item=item.item,
            asked=self.settings.cmi_of(item.field),
            cmi=None if made.cmi is None else round(made.cmi, 4),
            low=low,
            high=high,
            met=self._met(item.field, made.cmi),
            replaced=made.replaced,
            spans=list(made.came),
            reason=made.reason,
            detail=made.detail,
        )

    def _left(self, fault: RowFault) -> Made:
        return Made({}, self._about(reason=fault.reason, detail=fault.detail))

    def _about(self, *, reason: str = "", detail: str = "", fields: Sequence[FieldRecord] = ()) -> RowRecord:
        settings = self.settings
        return RowRecord(
            by=settings.by,
            pair=settings.pair,
            matrix=settings.frame,
            preset=settings.preset,
            config=self.config,
            seed=settings.seed,
            reason=reason,
            detail=detail,
            fields=list(fields),
        )


def _told_apart(items: Sequence[Item], mixed: Sequence[MixedField | MixedTokens]) -> Sequence[MixedField | MixedTokens]:
    """The texts of a row, those as they were that were different and would now read the same: two options, say."""
    meant: dict[str, set[str]] = {}
    for (_, _, task), one in zip(items, mixed, strict=True):
        if isinstance(task, TextTask) and isinstance(one, MixedField):
            meant.setdefault(one.text, set()).add(task.text)
    if all(len(texts) == 1 for texts in meant.values()):
        return mixed
    detail = "it would read like another text of the row"
    return [
        _as_it_was(item.task, "near_duplicate", detail)
        if isinstance(one, MixedField) and one.replaced and len(meant[one.text]) > 1
        else one
        for item, one in zip(items, mixed, strict=True)
    ]


def _is_empty(task: TextTask | TokensTask) -> bool:
    return not task.text.strip() if isinstance(task, TextTask) else not task.tokens


def _as_it_was(
    task: TextTask | TokensTask, reason: str, detail: str = "", reachable: tuple[float, float] | None = None
) -> MixedField | MixedTokens:
    cmi = 0.0 if not reason else None
    if isinstance(task, TextTask):
        return MixedField(task.text, task.spans, (), cmi, reachable, 0, reason, detail)
    return MixedTokens(task.tokens, task.labels, (), cmi, reachable, 0, reason, detail)
