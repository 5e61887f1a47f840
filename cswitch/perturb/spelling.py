"""Mixed sentences in Latin letters, what is protected as it was."""

from __future__ import annotations

from collections.abc import Container

from msgspec.structs import replace

from cswitch.core.contracts import Romaniser
from cswitch.core.tag_names import language_tag
from cswitch.core.text.scripts import scripts_for
from cswitch.core.transliteration import romaniser_for
from cswitch.perturb.settings import PerturbSettings
from cswitch.training.records import Mixed

_MARKS = {"।": ".", "॥": ".", "۔": ".", "؟": "?", "،": ",", "؛": ";"}
"""Marks that go with letters of other scripts, and those of Latin letters."""


class Spelling:
    """Spells the words of languages in other scripts in Latin letters, where the settings ask for it.

    Args:
        settings: What to make.

    Raises:
        MissingExtraError: A script needs a package that is not installed.
    """

    def __init__(self, settings: PerturbSettings) -> None:
        self._romanisers: dict[str, Romaniser] = {}
        if settings.script == "roman":
            foreign = [lang for lang in settings.pair if scripts_for(lang)[0] != "Latn"]
            self._romanisers = {language_tag(lang): romaniser_for(lang) for lang in foreign}

    def spelt(self, mixed: Mixed, fixed: Container[int]) -> Mixed:
        """The sentence with its words spelt.

        Args:
            mixed: The sentence.
            fixed: Tokens of the example that stay as they are.
        """
        if not self._romanisers:
            return mixed
        tokens = list(mixed.tokens)
        for tag, romaniser in self._romanisers.items():
            places = [at for at, lang in enumerate(mixed.langs) if lang == tag and not _stays(mixed.origins[at], fixed)]
            spelt = romaniser.romanise([tokens[at] for at in places])
            for at, word in zip(places, spelt, strict=True):
                tokens[at] = word or tokens[at]
        for at, token in enumerate(tokens):
            if token in _MARKS and not _stays(mixed.origins[at], fixed):
                tokens[at] = _MARKS[token]
        return replace(mixed, tokens=tokens)


def _stays(origin: tuple[int, int] | None, fixed: Container[int]) -> bool:
    return origin is not None and origin[1] - origin[0] == 1 and origin[0] in fixed
