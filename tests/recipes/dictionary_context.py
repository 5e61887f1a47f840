"""A run as operations over texts see it, with the lexicons and taggers that are shipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cswitch.annotators.lid.compact import CompactTagger
from cswitch.annotators.pos.windowed import WindowedTagger
from cswitch.annotators.pos.windowed import languages as tagged
from cswitch.core.contracts import PosTagger, Romaniser, Tagger
from cswitch.core.lexicon import Lexicon
from cswitch.core.transliteration import romaniser_for
from cswitch.generators.switching.view import AlignedPair
from cswitch.schemas.pair import Pair
from cswitch.schemas.reject import Reject


class DictionaryContext:
    """What a run offers.

    Args:
        languages: The languages, the matrix language first.
        lexicons: Lexicons that stand in for those that are shipped.
        script: ``native``, ``roman`` or empty.
        config: Hash of the run.
    """

    def __init__(
        self,
        *languages: str,
        lexicons: Mapping[tuple[str, str], Lexicon] | None = None,
        script: str = "",
        config: str = "c",
    ) -> None:
        self.recipe, self.seed, self.config, self.script = "test.v1", 0, config, script
        self.languages = languages
        self._lexicons = dict(lexicons or {})

    def tagger(self) -> Tagger:
        """The tagger that is shipped."""
        return CompactTagger.load()

    def pos(self, lang: str) -> PosTagger | None:
        """The tagger that is shipped."""
        return WindowedTagger.load(lang) if lang in tagged() else None

    def lexicon(self, source: str, target: str) -> Lexicon:
        """One that was given, else the one that is shipped."""
        return self._lexicons.get((source, target)) or Lexicon.load(source, target)

    def romaniser(self, lang: str) -> Romaniser:
        """The romaniser that is shipped."""
        return romaniser_for(lang)

    def aligned(self, pairs: Sequence[Pair]) -> list[AlignedPair | Reject]:
        """No operation over texts asks for it."""
        raise NotImplementedError
