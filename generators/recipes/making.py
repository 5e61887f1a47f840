"""Samples from tokens and tags: what every operation ends with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cswitch import __version__
from cswitch.core.measures import cmi, spf, switch_points
from cswitch.core.text.join import join
from cswitch.generators.recipes.contracts import Context
from cswitch.schemas.sample import Provenance, Sample, Target

Origin = tuple[str, int] | None
"""Language of a side and index of the source token there, or None for a token that no source has."""


def make_sample(
    context: Context,
    *,
    operation: str,
    source_id: str,
    tokens: Sequence[str],
    langs: Sequence[str],
    gaps: Sequence[bool | None] | None = None,
    text: str | None = None,
    offsets: Sequence[tuple[int, int]] | None = None,
    origins: Sequence[Origin] | None = None,
    languages: Sequence[str] = (),
    target: Target | None = None,
    met: bool = True,
    reachable: Mapping[str, tuple[float, float]] | None = None,
    measures: Mapping[str, float | int | None] | None = None,
    labels: Mapping[str, Any] | None = None,
    scores: Mapping[str, float] | None = None,
    draw: int = 0,
    model: str | None = None,
) -> Sample:
    """A sample with exact offsets and measures that are counted from its tags.

    Args:
        context: The run.
        operation: Name of the operation.
        source_id: Id of what it was made from; the sample's is this, a dot and ``draw``.
        tokens: Tokens in order.
        langs: A tag a token.
        gaps: Whether white space stands before each token, None where spacing rules decide; None for all of them.
        text: The text, where it is known already; then ``offsets`` must be given too.
        offsets: ``[start, end)`` of each token in ``text``.
        origins: Where each token comes from; None says so of none.
        languages: Languages in play, the matrix language first; those of the run when empty.
        target: What was asked for.
        met: Whether it was met.
        reachable: What could have been reached.
        measures: Further measures, beside CMI, switches and spf.
        labels: Task labels.
        scores: Quality scores.
        draw: 0-based number of the draw.
        model: Model that had a part in it.

    Raises:
        ValueError: Lists are not parallel, or an offset does not cut out its token: the operation is at fault.
    """
    if text is None or offsets is None:
        text, offsets = join(tokens, [None] * len(tokens) if gaps is None else gaps)
    spoken = list(languages or context.languages)
    sources: list[Origin] = [None] * len(tokens) if origins is None else list(origins)
    if not len(tokens) == len(langs) == len(offsets) == len(sources):
        raise ValueError(f"{source_id}: {len(tokens)} tokens, {len(langs)} tags, {len(sources)} origins")
    for token, (start, end) in zip(tokens, offsets, strict=True):
        if text[start:end] != token:
            raise ValueError(f"{source_id}: {text[start:end]!r} stands at the offsets of {token!r}")
    return Sample(
        id=f"{source_id}.{draw}",
        source_id=source_id,
        text=text,
        tokens=list(tokens),
        langs=list(langs),
        offsets=list(offsets),
        origins=sources,
        languages=spoken,
        matrix=spoken[0],
        measures={
            "cmi": _rounded(cmi(langs)),
            "switches": switch_points(langs),
            "spf": spf(langs),
            **(measures or {}),
        },
        target=target or Target(),
        met=met,
        reachable=dict(reachable or {}),
        scores=dict(scores or {}),
        labels=dict(labels or {}),
        provenance=Provenance(
            generator=operation,
            version=__version__,
            config=context.config,
            seed=context.seed,
            draw=draw,
            recipe=context.recipe,
            model=model,
        ),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
