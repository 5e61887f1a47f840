"""Sources mixed by the lattice, as near to a CMI as they can be: what plans are read off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cswitch.core.lexicon import grammar
from cswitch.core.seeds import Tickets
from cswitch.core.text.join import join
from cswitch.core.text.scripts import scripts_for
from cswitch.core.transliteration import romaniser_for
from cswitch.core.transliteration.records import parted
from cswitch.core.wordlists import function_words
from cswitch.generators.prompting.contracts import Brief
from cswitch.generators.switching.generator import SwitchGenerator
from cswitch.generators.switching.lattice import EMBEDDED, MATRIX, Arc, Lattice, Path, Piece
from cswitch.generators.switching.render import write
from cswitch.generators.switching.sampler import Sampler
from cswitch.generators.switching.spelling import Speller
from cswitch.generators.switching.targets import Aim
from cswitch.generators.switching.view import AlignedPair, View
from cswitch.generators.switching.weights import weigh
from cswitch.schemas.prompting import PromptSettings
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample
from cswitch.schemas.settings import Constraint, Method, SynthSettings

_WANTED = (("NAi?", 0), ("NAi?", 2), ("NAai?", 1_000), ("NAaBGKi?", 1_000))
"""Letters of the words that may be wanted, and how many links theirs may cross; tried in turn until the CMI is met."""
_UNCROSSED = (("NAi?", 0), ("NAai?", 0), ("NAaBGKVi?", 0))
"""The same where no link may be crossed."""
_WAYS: tuple[tuple[Method, str, Constraint], ...] = (
    ("insertion", "phrase", ""),
    ("nested", "phrase", ""),
    ("insertion", "noun", "none"),
    ("insertion", "content", "none"),
)
"""Choices of the lattice, tried in turn until the CMI is met."""


class Mix(NamedTuple):
    """A sentence mixed by the lattice; the lists are parallel, one entry a token."""

    text: str
    offsets: Sequence[tuple[int, int]]
    langs: Sequence[str]
    origins: Sequence[tuple[str, int] | None]

    def words(self, start: int, end: int) -> str:
        """The text of tokens ``start`` up to, but without, ``end``."""
        return self.text[self.offsets[start][0] : self.offsets[end - 1][1]]


class Mixer:
    """Mixes sources; the same settings and brief give the same mix.

    Args:
        settings: What to make.
        constraint: The constraint under which the lattice chooses; empty for the builder's own.
        config: Hash of the run, that what is drawn depends on.

    Raises:
        MissingExtraError: The script asked for needs a package that is not installed.
    """

    def __init__(self, settings: PromptSettings, *, constraint: Constraint = "", config: str = "") -> None:
        self.settings, self.config = settings, config
        self.speller = speller(settings)
        """How words are spelt; None when they stay as they are."""
        self._constraint = constraint

    def mix(self, brief: Brief, pair: AlignedPair) -> Mix | None:
        """The source mixed by the lattice, as near to the CMI as it can be; None when nothing of it can switch.

        A writer smooths what it is told, so where the units people switch most are too few, wider choices are tried.
        """
        nearest: Sample | None = None
        for method, units, constraint in _WAYS:
            made = self._drawn(brief, pair, method, units, self._constraint or constraint)
            if made and (nearest is None or _miss(made) < _miss(nearest)):
                nearest = made
            if nearest and nearest.met:
                break
        if nearest is None:
            return None
        return Mix(nearest.text, nearest.offsets, nearest.langs, nearest.origins)

    def _drawn(
        self, brief: Brief, pair: AlignedPair, method: Method, units: str, constraint: Constraint
    ) -> Sample | None:
        synth = SynthSettings(
            pair=(pair.source.lang, pair.target.lang),
            matrix=brief.matrix,
            method=method,
            units=units,
            constraint=constraint,
            weights="frequency",
            cmi=None if brief.cmi is None else (brief.cmi, brief.cmi),
            tolerance=brief.tolerance,
            script=self.settings.script,
            min_confidence=self.settings.min_confidence,
            seed=self.settings.seed,
        )
        config = f"{self.config}\x1fplan\x1f{brief.draw}"
        made = SwitchGenerator(synth, speller=self.speller, config=config).generate(pair)
        return None if isinstance(made, Reject) else made[0]

    def wanted(self, brief: Brief, pair: AlignedPair, *, uncrossed: bool = False) -> Mix | None:
        """The source with content words switched at links that cross no other link (Kuwanto et al., 2024).

        Between languages of different word order few links cross none; then those that cross few are added.

        Args:
            brief: What was asked.
            pair: The source.
            uncrossed: Add none that crosses another, however few there are.
        """
        view = View(pair, flip=brief.matrix == pair.target.lang, min_confidence=self.settings.min_confidence)
        aim = Aim(brief.cmi, None, brief.tolerance)
        tickets = Tickets(self.config, f"{brief.name}\x1fwanted")
        found: tuple[Lattice, Path, float] | None = None
        words = _word_arcs(view)
        for classes, most in _UNCROSSED if uncrossed else _WANTED:
            lattice = Lattice(
                view.x_counts, [word.arc for word in words if word.letter in classes and word.crossed <= most]
            )
            sampler = Sampler(lattice)
            if not lattice.arcs or sampler.reachable() is None:
                continue
            path, choice = sampler.draw(aim, 1, tickets)[0]
            if found is None or choice.distance < found[2]:
                found = lattice, path, choice.distance
            if choice.meets(aim):
                break
        return self._written(brief, view, found[0], found[1]) if found else None

    def _written(self, brief: Brief, view: View, lattice: Lattice, path: Path) -> Mix:
        tokens, langs, origins, gaps = write(view, lattice, path)
        if self.speller:
            native, tokens = tokens, self.speller.spell(tokens, langs, origins, brief.name)
            for place in parted(native, tokens):
                gaps[place] = True
        text, offsets = join(tokens, gaps)
        return Mix(text, offsets, langs, origins)


def speller(settings: PromptSettings) -> Speller | None:
    """How words are spelt in prompts; None when they stay as they are.

    Raises:
        MissingExtraError: A script needs a package that is not installed.

    >>> speller(PromptSettings(languages=("en", "hi"), script="roman")).romanisers["hi"].romanise(["घर"])
    ['ghar']
    """
    if settings.script != "roman":
        return None
    found = {lang: romaniser_for(lang) for lang in settings.languages if scripts_for(lang)[0] != "Latn"}
    return Speller(found, seed=settings.seed) if found else None


def closed_words(lang: str, pos: Sequence[str] | None) -> frozenset[str]:
    """Words of a language that behave like a closed class; without a tagger, all that the lexicon knows of."""
    return function_words(lang) | (grammar(lang)[0] if pos is None else frozenset())


class _Word(NamedTuple):
    """An embedded word that could stand in the place of a matrix word."""

    letter: str
    crossed: int
    """How many links its own crosses."""
    arc: Arc


def _word_arcs(view: View) -> list[_Word]:
    """Single words with one link on either side, closed classes left out."""
    closed = closed_words(view.embedded.lang, view.y_pos)
    links = [(x, y) for x, ys in enumerate(view.links_of_x) for y in ys]
    found = []
    for x, y in links:
        if len(view.links_of_x[x]) > 1 or len(view.links_of_y[y]) > 1 or view.x_counts[x] != MATRIX:
            continue
        word = view.y_low[y]
        if view.y_counts[y] and word not in closed and word != view.x_low[x]:
            arc = weigh(Arc(x, x + 1, 1, 1, (Piece(EMBEDDED, y),)), view, "frequency")
            found.append(_Word(view.y_letters[y], sum((a - x) * (b - y) < 0 for a, b in links), arc))
    return found


def _miss(sample: Sample) -> float:
    """Points of CMI between a sample and what it aimed at."""
    asked = sample.target.cmi
    return 0.0 if asked is None else abs(float(sample.measures["cmi"] or 0) - asked)
