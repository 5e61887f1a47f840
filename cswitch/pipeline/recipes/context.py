"""What a run offers to the operations of a recipe."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from cswitch.annotators.pos.windowed import languages as pos_languages
from cswitch.core.contracts import PosTagger, Romaniser, Tagger
from cswitch.core.lexicon import Lexicon
from cswitch.core.registry import load
from cswitch.core.transliteration import romaniser_for
from cswitch.generators.switching.view import AlignedPair
from cswitch.pipeline.annotate import Annotator
from cswitch.pipeline.pair_rows import Row
from cswitch.pipeline.recipes.settings import RecipeSettings
from cswitch.pipeline.taggers import make_tagger
from cswitch.schemas.pair import Pair
from cswitch.schemas.reject import Reject
from cswitch.schemas.settings import SynthSettings


class RunContext:
    """See :class:`cswitch.generators.recipes.contracts.Context`; everything is loaded when it is first asked for.

    Args:
        settings: What the run is told.
        recipe: Versioned name of the recipe.
        config: Hash of everything that decides the output.
    """

    def __init__(self, settings: RecipeSettings, *, recipe: str, config: str) -> None:
        self.recipe, self.config = recipe, config
        self.languages, self.seed, self.script = settings.languages, settings.seed, settings.script or ""
        self._settings = settings
        self._pos: dict[str, PosTagger | None] = {}
        self._lexicons: dict[tuple[str, str], Lexicon] = {}
        self._romanisers: dict[str, Romaniser] = {}

    @cached_property
    def _tagger(self) -> Tagger:
        return make_tagger(self._settings.tagger)

    @cached_property
    def _annotator(self) -> Annotator:
        matrix = self.languages[0]
        other = next((lang for lang in self.languages if lang != matrix), matrix)
        return Annotator(SynthSettings(pair=(matrix, other), lexicons=self._settings.lexicons))

    def tagger(self) -> Tagger:
        """See :class:`~cswitch.generators.recipes.contracts.Context`."""
        return self._tagger

    def pos(self, lang: str) -> PosTagger | None:
        """See :class:`~cswitch.generators.recipes.contracts.Context`."""
        if lang not in self._pos:
            self._pos[lang] = load("pos", "windowed").load(lang) if lang in pos_languages() else None
        return self._pos[lang]

    def lexicon(self, source: str, target: str) -> Lexicon:
        """See :class:`~cswitch.generators.recipes.contracts.Context`."""
        if (source, target) not in self._lexicons:
            extra = [Path(path) for path in self._settings.lexicons]
            self._lexicons[source, target] = Lexicon.load(source, target, extra=extra)
        return self._lexicons[source, target]

    def romaniser(self, lang: str) -> Romaniser:
        """See :class:`~cswitch.generators.recipes.contracts.Context`."""
        if lang not in self._romanisers:
            self._romanisers[lang] = romaniser_for(lang)
        return self._romanisers[lang]

    def aligned(self, pairs: Sequence[Pair]) -> list[AlignedPair | Reject]:
        """See :class:`~cswitch.generators.recipes.contracts.Context`."""
        return [found for _, found in self._annotator.annotate([Row(0, pair) for pair in pairs])]
