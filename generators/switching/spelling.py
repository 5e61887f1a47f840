"""How the drawn tokens are spelt: in Latin letters where that is asked for, as different people would, with noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cswitch.core.contracts import Romaniser
from cswitch.core.noise import NoisePlan
from cswitch.core.transliteration.records import Record, romanised


class Speller:
    """Rewrites tokens; their number, order and tags stay.

    Args:
        romanisers: Romaniser by language, for the languages whose tokens are to be written in Latin letters.
        variety: Share of romanised words, 0 to 1, for which a spelling is drawn among those people use.
        noise: What is done to the words in the end; None for nothing.
        seed: The user's seed.

    >>> class Upper:
    ...     name = "upper"
    ...     def romanise(self, words):
    ...         return [word.upper() for word in words]
    >>> Speller({"hi": Upper()}).spell(["so", "ghar"], ["en", "hi"], [("en", 0), ("hi", 3)], "1.0")
    ['so', 'GHAR']
    """

    def __init__(
        self,
        romanisers: Mapping[str, Romaniser] | None = None,
        *,
        variety: float = 0.0,
        noise: NoisePlan | None = None,
        seed: int = 0,
    ) -> None:
        self.romanisers = dict(romanisers or {})
        self.variety = variety
        self.noise = noise
        self.seed = seed

    def spell(
        self, tokens: Sequence[str], langs: Sequence[str], origins: Sequence[tuple[str, int] | None], key: str
    ) -> list[str]:
        """The tokens as they are written.

        Args:
            tokens: Tokens in their native scripts.
            langs: A tag a token.
            origins: Side and index a token; a mark is spelt as the side it comes from, glue as its tag says.
            key: Id of the sample; all that is drawn here depends on it and the seed alone.
        """
        out = list(tokens)
        if self.romanisers:
            sides = [origin[0] if origin else tag for origin, tag in zip(origins, langs, strict=True)]
            (out,) = romanised([Record(key, tokens, sides)], self.romanisers, self.variety, self.seed)
        return self.noise.apply(out, langs, (key, self.seed)) if self.noise else out
