"""Edits by alignment: a mixed text brought to its CMI by saying units of its source in the other language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from cswitch.core.contracts import Romaniser
from cswitch.core.seeds import Tickets
from cswitch.generators.prompting.contracts import Brief, Candidate, Edit, Gap
from cswitch.generators.prompting.frames import Frame, lay_out
from cswitch.generators.prompting.images import Image, sides
from cswitch.generators.prompting.wording import Spelling, Stretch, stretches, write
from cswitch.generators.switching.insertion import InsertionBuilder
from cswitch.generators.switching.lattice import EMBEDDED, NEITHER, Lattice, Path
from cswitch.generators.switching.nested import NestedBuilder
from cswitch.generators.switching.sampler import Sampler
from cswitch.generators.switching.targets import Aim
from cswitch.generators.switching.view import View
from cswitch.schemas.prompting import PromptSettings
from cswitch.schemas.settings import SynthSettings

_NEAR_ENOUGH = 0.5
"""Share of the tolerance within which a narrow lattice's answer is taken without trying a wider one."""
_SURELY = 1e-6


class Found(NamedTuple):
    """A way to come nearer."""

    distance: float
    """Points of CMI that are left."""
    frame: Frame
    path: Path


class AlignmentEditor:
    """Moves texts towards their CMI by swapping aligned units of their source; an Editor.

    Args:
        settings: The run's settings.
        config: Hash of the configuration, which random choices depend on.
        romanisers: Romanisers by language, where they are not the usual ones.
    """

    def __init__(
        self, settings: PromptSettings, *, config: str = "", romanisers: Mapping[str, Romaniser] | None = None
    ) -> None:
        self.settings, self.config = settings, config
        self.spelling = Spelling(roman=settings.script == "roman", romanisers=romanisers)

    def edit(self, brief: Brief, candidate: Candidate, round: int) -> Edit | None:
        """The candidate nearer to its CMI; None when no swap brings it nearer.

        Args:
            brief: What was asked.
            candidate: What there is.
            round: 0-based number of the edit; what is drawn depends on it.
        """
        view = self.view_of(brief)
        if view is None or brief.cmi is None:
            return None
        found = self.nearest(brief, candidate, view, round)
        if found is None:
            return None
        return write(candidate, self.worded(view, candidate, found), brief.matrix)

    def view_of(self, brief: Brief) -> View | None:
        """The source from its matrix side; None where there is no source, or it has another language for matrix."""
        pair = brief.pair
        if pair is None or brief.matrix not in (pair.source.lang, pair.target.lang):
            return None
        return View(pair, flip=pair.target.lang == brief.matrix, min_confidence=self.settings.min_confidence)

    def nearest(self, brief: Brief, candidate: Candidate, view: View, round: int) -> Found | None:
        """The nearest way there is, from the first lattice that is near enough; None when none is nearer."""
        assert brief.cmi is not None
        best: Found | None = None
        least = distance(candidate, brief) - _SURELY
        tickets = Tickets(self.config, f"{brief.name}\x1fedit\x1f{round}")
        for frame in self.frames(candidate, view):
            sampler = Sampler(frame.lattice, changes=True, mixed=brief.cmi > 0)
            for path, choice in sampler.draw(Aim(brief.cmi, 0, 0.0), 1, tickets):
                if choice.distance < least:
                    least, best = choice.distance - _SURELY, Found(choice.distance, frame, path)
            if best and best.distance <= _NEAR_ENOUGH * brief.tolerance:
                break
        return best

    def frames(self, candidate: Candidate, view: View) -> Iterator[Frame]:
        """Lattices over a text, each wider than the one before."""
        spelt = [word.lower() for word in self.spelling.spell(view.matrix.tokens, view.matrix.lang)]
        image = Image(view, candidate, spelt, self.spelling.light_verbs(view.matrix.lang))
        near = image.blocks(far=False)
        source: Lattice | None = None
        for source in self.lattices(view):
            yield lay_out(image, near, source)
        far = image.blocks(far=True)
        if source and far != near:
            yield lay_out(image, far, source)

    def lattices(self, view: View) -> Iterator[Lattice]:
        """Lattices of a source, those of insertion first, and that of stretches and units last."""
        settings = SynthSettings(
            pair=(view.matrix.lang, view.embedded.lang), min_confidence=self.settings.min_confidence
        )
        yield from InsertionBuilder(settings).lattices(view, self.config)
        yield from NestedBuilder(settings).lattices(view, self.config)

    def worded(self, view: View, candidate: Candidate, found: Found) -> list[Stretch]:
        """What a way says otherwise."""
        return stretches(view, candidate, found.frame, found.path, self.spelling)

    def gap(self, brief: Brief, candidate: Candidate) -> Gap:
        """How far the candidate is off, and which of its own stretches to say otherwise."""
        raise NotImplementedError


def distance(candidate: Candidate, brief: Brief) -> float:
    """Points between the share of embedded tokens there is and the one asked for: those of CMI, the matrix being right.

    Args:
        candidate: The text.
        brief: What was asked.
    """
    return abs(share(candidate, brief.matrix) - (brief.cmi or 0.0))


def share(candidate: Candidate, matrix: str) -> float:
    """Percentage of the language tokens that are not in the matrix language."""
    said = sides(candidate.langs, matrix)
    total = len(said) - said.count(NEITHER)
    return 100 * said.count(EMBEDDED) / total if total else 0.0

