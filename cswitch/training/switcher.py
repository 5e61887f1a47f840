"""Sentences mixed by lexicon: tokens and labels in, tokens and labels out, at the CMI or rate asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from cswitch.core.errors import UsageError
from cswitch.core.lexicon import Lexicon
from cswitch.core.seeds import digest, rng
from cswitch.core.text.scripts import scripts_for
from cswitch.core.transliteration import romaniser_for
from cswitch.training.drawing import Drawing
from cswitch.training.places import Places
from cswitch.training.reading import Read, Reader
from cswitch.training.records import Example, Mixed
from cswitch.training.settings import AugmentSettings
from cswitch.training.weaving import mark, weave
from cswitch.training.wording import Wording

_STREAM = "cswitch.training"


class Switcher:
    """Mixes sentences of one language with words of others.

    Args:
        settings: What to make.
        lexicons: Lexicon by language, each from the matrix language; those that are shipped when not given.
        names: Name of a layer to what its numbers mean, in order; an empty list for numbers that are no entity tags.
        fits: Says whether a translation into a language is of a word class, for examples with classes: called with
            language, word and class.

    Raises:
        UsageError: There is no lexicon for a language, or a layer of names is not usable.

    >>> from cswitch.training.records import Example
    >>> switcher = Switcher(AugmentSettings(matrix="en", languages=("es",), rate=0.5, translations="best"))
    >>> made = switcher.switch(Example(id="1", tokens="the water of the river is cold".split()))
    >>> " ".join(made.tokens), made.rate, made.reachable
    ('the agua of the río is fría', 0.42857142857142855, (0.0, 0.4286))
    """

    def __init__(
        self,
        settings: AugmentSettings,
        *,
        lexicons: Mapping[str, Lexicon] | None = None,
        names: Mapping[str, Sequence[str]] | None = None,
        fits: Callable[[str, str, str], bool] | None = None,
    ) -> None:
        self.settings = settings
        self.fits = fits
        self.names = {name: list(labels) for name, labels in (names or {}).items()}
        self.given = dict(lexicons) if lexicons is not None else None
        self.reader = Reader(settings.matrix, self.names)
        """Reads examples."""
        self._check_lexicons()

    def __getstate__(self) -> dict[str, Any]:
        """Settings and what was given alone: lexicons that are shipped are read again where it is needed."""
        return {"settings": self.settings, "lexicons": self.given, "names": self.names, "fits": self.fits}

    def __setstate__(self, state: dict[str, Any]) -> None:
        Switcher.__init__(self, state["settings"], **{name: state[name] for name in ("lexicons", "names", "fits")})

    @cached_property
    def wordings(self) -> list[Wording]:
        """Translations into each language, read when first needed.

        Raises:
            UsageError: There is no lexicon for a language.
            InputError: A word list cannot be read.
            MissingExtraError: A script needs a package that is not installed.
        """
        found = []
        for lang in self.settings.languages:
            if self.given is not None:
                lexicon = self.given[lang]
            else:
                extra = [Path(path) for path in self.settings.lexicons.get(lang, ())]
                lexicon = Lexicon.load(self.settings.matrix, lang, extra=extra)
            roman = self.settings.script == "roman" and scripts_for(lang)[0] != "Latn"
            fits = None if self.fits is None else partial(self.fits, lang)
            found.append(Wording(lexicon, self.settings, romaniser_for(lang) if roman else None, fits))
        return found

    @cached_property
    def places(self) -> Places:
        """Finds what the lexicons can replace."""
        return Places(self.settings, self.wordings)

    def switch(self, example: Example, epoch: int = 0) -> Mixed:
        """The sentence, mixed; the same for the same settings, id, tokens and epoch.

        Args:
            example: The sentence with its labels.
            epoch: Number of the epoch; another one gives another mix.

        Raises:
            InputError: Labels are not parallel to the tokens, or a span lies outside them.
            UsageError: Labels are numbers that nobody explained.
        """
        read = self.reader.read(example)
        chosen = self.draws(example.id, epoch)
        drawing = Drawing(self.settings, read, rng(_STREAM, self.settings.seed, epoch, example.id))
        pieces, choices = drawing.pieces(self.places.find(read) if chosen else [])
        mixed = weave(example, read.tags, read.layers, pieces)
        counted = len(pieces) if self.settings.unit == "entity" else mixed.replaced
        low, high = choices.reachable
        reachable = (round(low, 4), round(high, 4))
        return self.marked(replace(mixed, rate=counted / drawing.base, reachable=reachable, chosen=chosen), read)

    def marked(self, mixed: Mixed, read: Read) -> Mixed:
        """A mixed sentence with markers around its mentions, where the settings ask for them."""
        return mark(mixed, read.mentions, read.layers, read.bio) if self.settings.markers else mixed

    def draws(self, name: str, epoch: int = 0) -> bool:
        """Whether a sentence is one of the share that is mixed in an epoch.

        >>> settings = AugmentSettings(matrix="en", languages=("es",), rate=0.5, share_of_sentences=0.5)
        >>> 400 < sum(Switcher(settings).draws(str(n)) for n in range(1000)) < 600
        True
        """
        share = self.settings.share_of_sentences
        return share >= 1 or digest(_STREAM, "sentence", self.settings.seed, epoch, name) % 2**32 < share * 2**32

    def _check_lexicons(self) -> None:
        if self.given is None:
            return
        for lang in self.settings.languages:
            lexicon = self.given.get(lang)
            if lexicon is None:
                raise UsageError(f"no lexicon is given for {lang}", hint=f"lexicons={{'{lang}': Lexicon.load(...)}}")
            if (lexicon.source, lexicon.target) != (self.settings.matrix, lang):
                wrong = f"the lexicon given for {lang} is of {lexicon.source}-{lexicon.target}"
                raise UsageError(wrong, hint=f"it must be of {self.settings.matrix}-{lang}; see Lexicon.reversed")
