"""Word-for-word glosses: words of another language for mixing, not a translation to be read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Self

from cswitch.core.contracts import Translated
from cswitch.core.lexicon import Lexicon
from cswitch.core.text.scripts import check_language
from cswitch.generators.translating.glossing import LEAST_KNOWN, Glosser


class GlossTranslator:
    """Puts the best translation of its lexicon in the place of each word, whatever the words around it.

    The order is that of the source and nothing is inflected: a gloss gives words to mix in, with links that are known,
    so that no aligner is needed. It is no translation to be read, nor a frame for another language's words. What
    becomes of each kind of token: :class:`cswitch.generators.translating.glossing.Glosser`.

    Args:
        lexicons: The user's own lexicons, see :meth:`cswitch.core.lexicon.Lexicon.load`.
        least_known: Share of content words, 0 to 1, that must be known; below it there is no gloss but a problem.

    >>> import asyncio
    >>> [gloss] = asyncio.run(GlossTranslator().translate(["The red house, Maria!"], "en", "es"))
    >>> gloss.text, [(link.source, link.target) for link in gloss.links]
    ('El rojo casa, Maria!', [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4), (5, 5)])
    """

    name = "gloss"

    def __init__(self, *, lexicons: Iterable[Path] = (), least_known: float = LEAST_KNOWN) -> None:
        self.least_known = least_known
        self._lexicons = tuple(lexicons)
        self._glossers: dict[tuple[str, str], Glosser] = {}

    @classmethod
    def load(cls, target: str = "", *, lexicons: Iterable[Path] = (), least_known: float = LEAST_KNOWN) -> Self:
        """The translator as it is named: ``gloss``, or ``gloss:PATH`` with a lexicon of the user's own."""
        return cls(lexicons=(*lexicons, *([Path(target)] if target else [])), least_known=least_known)

    async def translate(self, texts: Sequence[str], source: str, target: str) -> list[Translated]:
        """A gloss of each text with its links, or why there is none.

        Raises:
            UsageError: A language is unknown, or there is no lexicon for the two; the message lists those there are.
            InputError: A lexicon of the user's cannot be read.
        """
        pair = check_language(source), check_language(target)
        if pair not in self._glossers:
            self._glossers[pair] = Glosser(Lexicon.load(*pair, extra=self._lexicons))
        glosser = self._glossers[pair]
        return [glosser.gloss(text, self.least_known) for text in texts]
