"""What one process does for a recipe: items in, encoded samples and rejects out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple
from zlib import crc32

import msgspec

from cswitch.core.errors import CswitchError, InputError
from cswitch.generators.recipes.contracts import Item, Operation
from cswitch.generators.recipes.recipe import Step, operation_class
from cswitch.pipeline.annotate import RowError
from cswitch.pipeline.making import sample_maker
from cswitch.pipeline.pair_rows import Row
from cswitch.pipeline.recipes.context import RunContext
from cswitch.pipeline.recipes.items import Placed
from cswitch.pipeline.recipes.settings import Ready, RecipeSettings, operation_settings, ready, synth_settings
from cswitch.pipeline.synthesiser import START, Done, count_sample, little_collecting, speller
from cswitch.schemas.pair import Pair
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample

CHUNK = 64
"""Items a worker takes at a time, when no operation of the recipe says otherwise."""

_encode_into = msgspec.json.Encoder().encode_into
Made = list[Sample] | Reject


class ItemChunk(NamedTuple):
    """Items that are worked on together."""

    items: Sequence[Placed]
    before: int
    """Checksum of all items before."""
    after: int
    """Checksum of these items and all before."""


class SynthStep:
    """A lattice as the first step.

    Args:
        step: The step.
        settings: The run.
        ready: The recipe.
    """

    chunk = CHUNK

    def __init__(self, step: Step, settings: RecipeSettings, ready: Ready) -> None:
        asked = msgspec.structs.replace(synth_settings(step, settings), recipe=ready.recipe.name)
        self._made = sample_maker(asked, speller=speller(asked), config=ready.config)

    def __call__(self, items: Sequence[Pair]) -> list[Made]:
        """Samples of each pair."""
        return [made for _, made in self._made([Row(line, pair) for line, pair in enumerate(items)])]


class RecipeWorker:
    """Everything a process needs to run a recipe; calling it does a chunk.

    Args:
        settings: The run.
    """

    def __init__(self, settings: RecipeSettings) -> None:
        self.ready = ready(settings)
        context = RunContext(settings, recipe=self.ready.recipe.name, config=self.ready.config)
        self._first: SynthStep | Operation
        self._rest: list[Operation] = []
        for number, step in enumerate(self.ready.steps):
            made: SynthStep | Operation
            if step.kind == "synth":
                made = SynthStep(step, settings, self.ready)
            else:
                made = operation_class(step.name).make(operation_settings(step), context)
            if number:
                assert not isinstance(made, SynthStep)
                self._rest.append(made)
            else:
                self._first = made

    @property
    def chunk(self) -> int:
        """Items to be taken at a time."""
        return self._first.chunk

    def __call__(self, chunk: ItemChunk) -> Done:
        """Samples and rejects of a chunk."""
        with little_collecting():
            results = self.make([placed.item for placed in chunk.items])
        samples, rejects, line = bytearray(), bytearray(), bytearray()
        counts: Counter[str] = Counter()
        first: dict[str, str] = {}
        for placed, made in zip(chunk.items, results, strict=True):
            if isinstance(made, Reject):
                counts[f"reject.{made.reason}"] += 1
                first.setdefault(made.reason, f"line {placed.line}" + (f": {made.detail}" if made.detail else ""))
                _encode_into(msgspec.structs.replace(made, line=placed.line), line)
                rejects += line + b"\n"
                continue
            counts["answered"] += 1
            for sample in made:
                count_sample(sample, counts)
                counts["samples"] += 1
                _encode_into(sample, line)
                samples += line + b"\n"
        written = counts.pop("samples", 0)
        return Done(
            len(chunk.items), bytes(samples), written, bytes(rejects), dict(counts), first, chunk.after, fault=None
        )

    def make(self, items: Sequence[Item | Reject]) -> list[Made]:
        """Samples of each item, or why it gives none; an item that raises an error is rejected, and no other."""
        made = iter(each_alone(self._first, [item for item in items if not isinstance(item, Reject)]))
        found = [item if isinstance(item, Reject) else next(made) for item in items]
        for step in self._rest:
            found = [_followed(step, made) for made in found]
        return found


def each_alone(step: SynthStep | Operation, items: Sequence[Item]) -> list[Made]:
    """What a step makes of items; where it fails over them together, it is asked about each alone."""
    if not items:
        return []
    try:
        return list(step(items))  # type: ignore[arg-type]
    except (RowError, InputError) as error:
        if len(items) == 1:
            return [Reject(source_id=_id(items[0]), reason="failed", detail=_told(error))]
    except (CswitchError, OSError, MemoryError):
        raise  # those are not errors of an item: an extra is missing, a file has gone, memory is short
    except Exception as error:  # noqa: BLE001 it is told in the reject of the item it comes from
        if len(items) == 1:
            detail = f"{type(error).__name__}: {error}"
            return [Reject(source_id=_id(items[0]), reason="failed", detail=detail)]
    return [made for item in items for made in each_alone(step, [item])]


def items_checksum(items: Sequence[Placed], before: int = START) -> int:
    """Checksum of items and of all before them."""
    line = bytearray()
    for placed in items:
        _encode_into(placed.item, line)
        before = crc32(line, before)
    return before


def _followed(step: Operation, made: Made) -> Made:
    if isinstance(made, Reject):
        return made
    found: list[Sample] = []
    reject: Reject | None = None
    for result in each_alone(step, made):
        if isinstance(result, Reject):
            reject = result
        else:
            found += result
    return found or reject or Reject(source_id=made[0].source_id, reason="no_units")


def _id(item: Item) -> str:
    return item.source_id if isinstance(item, Sample) else item.id


def _told(error: CswitchError) -> str:
    return f"{error.message}; {error.hint}" if error.hint else error.message
