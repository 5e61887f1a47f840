"""Any script, letter by letter."""

from __future__ import annotations

from collections.abc import Sequence

from cswitch.core.transliteration.words import WordRomaniser, floor


class FloorRomaniser(WordRomaniser):
    """Writes the letters of any script by the tables of anyascii (ISC licence), in small letters.

    What there is where a script has no romaniser of its own. Signs are read one by one, so that vowels which are
    written before their consonant, as in Lao and Khmer, stay there.

    >>> FloorRomaniser(lang="am").romanise(["ሰላም", "42", "ok"])
    ['selam', '42', 'ok']
    """

    name = "anyascii"

    def spellings(self, run: str) -> Sequence[tuple[str, float]]:
        """The one spelling there is."""
        return [(floor(run), 1.0)]
