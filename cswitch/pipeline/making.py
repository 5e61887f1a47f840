"""What makes samples of rows: of two languages, or of more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from cswitch.generators.switching.generator import SwitchGenerator
from cswitch.generators.switching.several_generator import SeveralGenerator
from cswitch.generators.switching.spelling import Speller
from cswitch.generators.switching.targets import Target
from cswitch.pipeline.annotate import Annotator
from cswitch.pipeline.annotate_several import SidesAnnotator
from cswitch.pipeline.readers import Row
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample
from cswitch.schemas.settings import SynthSettings

Made = tuple[Row, list[Sample] | Reject]
"""A row, and its samples or the reason why there are none."""
Maker = Callable[[Sequence[Row]], Iterator[Made]]
"""Gives what becomes of rows, in their order."""


def sample_maker(
    settings: SynthSettings, *, config: str, speller: Speller | None = None, target: Target | None = None
) -> Maker:
    """What makes the samples that settings ask for.

    Args:
        settings: The settings, checked by :func:`cswitch.pipeline.checks.check`.
        config: Hash of the configuration.
        speller: Says how tokens are spelt; None leaves them as they are.
        target: Where draws aim, when not as ``settings`` says.

    Raises:
        UsageError: The aligner is unknown, or cannot work on the languages.
    """
    if len(settings.pair) > 2:
        sides = SidesAnnotator(settings)
        several = SeveralGenerator(settings, target=target, speller=speller, pos=sides.pos, config=config)

        def of_sides(rows: Sequence[Row]) -> Iterator[Made]:
            for row, found in sides.annotate(rows):
                yield row, found if isinstance(found, Reject) else several.generate(found, row.pair.labels)

        return of_sides
    pairs = Annotator(settings)
    two = SwitchGenerator(settings, target=target, speller=speller, pos=pairs.pos, config=config)

    def of_pairs(rows: Sequence[Row]) -> Iterator[Made]:
        for row, found in pairs.annotate(rows):
            yield row, found if isinstance(found, Reject) else two.generate(found, row.pair.labels)

    return of_pairs
