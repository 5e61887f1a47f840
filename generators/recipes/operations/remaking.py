"""Samples made again: with other tokens in the place of some, or with more said about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from cswitch.core.text.join import join
from cswitch.generators.recipes.contracts import Context
from cswitch.generators.recipes.making import make_sample
from cswitch.schemas.sample import Sample


class Replaced(NamedTuple):
    """What stands in the place of a token."""

    tokens: tuple[str, ...]
    """One or more tokens."""
    lang: str
    """Their tag."""


def remade(
    context: Context,
    sample: Sample,
    *,
    operation: str,
    replaced: Mapping[int, Replaced] | None = None,
    languages: Sequence[str] = (),
    measures: Mapping[str, float | int | None] | None = None,
    labels: Mapping[str, Any] | None = None,
) -> Sample:
    """A sample of a sample: what is replaced is new, what stands between tokens stays, offsets fit the new text.

    Id, source, target, reachable values, scores and labels are those of the sample, and so is what its provenance says
    of aligner, constraint, model and the like. Its further measures are kept where no tag changes.

    Args:
        context: The run.
        sample: What it is made from.
        operation: Name of the operation.
        replaced: By the place of a token, what stands there now; each part has the origin of the token.
        languages: The languages in play; empty for those of the sample.
        measures: Further measures.
        labels: Further labels.
    """
    known = replaced or {}
    pieces: list[str] = []
    tokens: list[str] = []
    langs: list[str] = []
    offsets: list[tuple[int, int]] = []
    origins: list[tuple[str, int] | None] = []
    length, end = 0, 0
    for at, token in enumerate(sample.tokens):
        new = known.get(at) or Replaced((token,), sample.langs[at])
        start, last = sample.offsets[at]
        between = sample.text[end:start]
        text, places = join(new.tokens, [None] * len(new.tokens))
        length += len(between)
        pieces += (between, text)
        tokens += new.tokens
        langs += [new.lang] * len(new.tokens)
        offsets += [(first + length, stop + length) for first, stop in places]
        origins += [sample.origins[at]] * len(new.tokens)
        length, end = length + len(text), last
    kept = sample.measures if langs == sample.langs else {}
    made = make_sample(
        context,
        operation=operation,
        source_id=sample.source_id,
        tokens=tokens,
        langs=langs,
        text="".join((*pieces, sample.text[end:])),
        offsets=offsets,
        origins=origins,
        languages=languages or sample.languages,
        target=sample.target,
        met=sample.met,
        reachable=sample.reachable,
        measures={
            **{name: value for name, value in kept.items() if name not in ("cmi", "switches", "spf")},
            **(measures or {}),
        },
        labels={**sample.labels, **(labels or {})},
        scores=sample.scores,
        draw=sample.provenance.draw,
    )
    now = made.provenance
    provenance = msgspec.structs.replace(
        sample.provenance,
        generator=operation,
        version=now.version,
        config=now.config,
        seed=now.seed,
        recipe=now.recipe,
    )
    return msgspec.structs.replace(made, id=sample.id, provenance=provenance)
