"""The generator for three and more languages: one matrix sentence, and units of all the other sides in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cswitch.core.seeds import Tickets
from cswitch.generators.switching.generator import Drawn, SwitchGenerator, Wording, unusable
from cswitch.generators.switching.lattice import Lattice, Path
from cswitch.generators.switching.render import Written, write
from cswitch.generators.switching.sampler import Choice
from cswitch.generators.switching.several import AlignedSides, JoinedLattice, joined_lattices, views_of
from cswitch.generators.switching.several_sampler import PartChoice, SeveralSampler, TooManyPathsError
from cswitch.generators.switching.targets import Aim, EmpiricalTarget, Target
from cswitch.generators.switching.view import AlignedPair, View
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample
from cswitch.schemas.settings import SynthSettings

HALF = 50.0
"""Up to this CMI, matrix tokens outnumber the embedded tokens of all languages together."""


class SeveralGenerator:
    """Makes code-mixed samples of three and more languages.

    A sample meets its target only when every language is in it. Where a language cannot be brought in, samples have
    the others, and do not meet.

    Args:
        settings: What to make.
        options: As :class:`SwitchGenerator` takes them.
    """

    def __init__(self, settings: SynthSettings, **options: Any) -> None:
        self.settings = settings
        self._generator = _Joined(settings, **options)

    def generate(self, sides: AlignedSides, labels: Mapping[str, Any] | None = None) -> list[Sample] | Reject:
        """Samples of one sentence in several languages, or why there is none.

        Args:
            sides: The sentence with its links.
            labels: Task labels to carry over.
        """
        samples: list[Sample] = []
        reason: Reject | None = None
        for matrix, pairs in sides.pairs.items():
            made = self._from_matrix(sides.id, matrix, pairs, labels or {}, len(samples))
            if isinstance(made, Reject):
                reason = made
            else:
                samples += made
        return samples or reason or Reject(source_id=sides.id, reason="no_units")

    def _from_matrix(
        self, name: str, matrix: str, pairs: Sequence[AlignedPair], labels: Mapping[str, Any], first: int
    ) -> list[Sample] | Reject:
        least, generator = self.settings.min_confidence, self._generator
        views = views_of(pairs, matrix, least)
        reasons = [unusable(view, pair, least) for view, pair in zip(views, pairs, strict=True)]
        if all(reasons):
            return _with_side(reasons[0], views[0])
        nothing = f"links: {_links(views, pairs)}, none usable"
        lattices = joined_lattices(generator.builder, views, generator.config)
        made = generator.drawn(name, matrix, lattices, nothing)
        if isinstance(made, Reject):
            return made
        agreement = "article" in self.settings.glue

        def written(lattice: Lattice, path: Path) -> Written:
            return write(views[0], lattice, path, agreement=agreement, others=views[1:])

        aligners = "+".join(dict.fromkeys(pair.aligner for pair in pairs if pair.aligner)) or None
        languages = [matrix, *(view.embedded.lang for view in views)]
        return generator.samples(made, Wording(name, aligners, languages, written), labels, first)


class _Joined(SwitchGenerator):
    """Draws from joined lattices."""

    def __init__(self, settings: SynthSettings, *, target: Target | None = None, **options: Any) -> None:
        super().__init__(settings, target=target, **options)
        self._plurality = _highest(settings, target) > HALF
        self._embedded = settings.pair

    def sampler(self, lattice: Lattice, aims: Sequence[Aim]) -> SeveralSampler:
        """See :class:`SwitchGenerator`."""
        assert isinstance(lattice, JoinedLattice)
        return SeveralSampler(
            lattice, switches=self._follow_switches, mixed=not aims[0].plain, plurality=self._plurality
        )

    def _draws(self, pair_id: str, lattice: Lattice, tickets: Tickets, aims: Sequence[Aim]) -> Drawn | Reject:
        try:
            return super()._draws(pair_id, lattice, tickets, aims)
        except TooManyPathsError as error:
            detail = f"its mixtures take {error.size / 2**30:.1f} GiB to count; ask for no --switches, or shorten it"
            return Reject(source_id=pair_id, reason="too_long", detail=detail)

    def miss(
        self, pair_id: str, drawn: tuple[Aim, Path, Choice], lattice: Lattice, bounds: Mapping[str, tuple[float, float]]
    ) -> Reject:
        """See :class:`SwitchGenerator`; that a language cannot be had comes before how near the rest is."""
        _, path, choice = drawn
        if not isinstance(choice, PartChoice):
            return super().miss(pair_id, drawn, lattice, bounds)
        assert isinstance(lattice, JoinedLattice)
        brought = len({lattice.sides[index] for index in path if lattice.arcs[index].embedded})
        detail = f"at most {brought} of {lattice.count} embedded languages can stand in one sentence"
        return Reject(source_id=pair_id, reason="language_unreachable", detail=detail)


def _highest(settings: SynthSettings, target: Target | None) -> float:
    """The highest CMI, or share in percent, that is asked for; 0 when both are free."""
    if isinstance(target, EmpiricalTarget):
        return max(cmi for cmi, _ in target.observed)
    if settings.share is not None:
        return 100 * settings.share[1]
    return settings.cmi[1] if settings.cmi else 0.0


def _with_side(reason: Reject | None, view: View) -> Reject:
    """A reason why all embedded sides are of no use, told of the first."""
    assert reason is not None
    side = f"{view.matrix.lang} and {view.embedded.lang}: "
    return reason if reason.reason == "no_words" else Reject(
        source_id=reason.source_id, reason=reason.reason, detail=side + reason.detail
    )  # fmt: skip


def _links(views: Sequence[View], pairs: Sequence[AlignedPair]) -> str:
    return ", ".join(f"{len(pair.links)} to {view.embedded.lang}" for view, pair in zip(views, pairs, strict=True))
