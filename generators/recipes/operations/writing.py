"""A text as it is written token by token, with offsets that are true."""

from __future__ import annotations

from cswitch.generators.recipes.making import Origin


class Writer:
    """Puts a text together.

    >>> writer = Writer()
    >>> writer.add("घर", "hi", origin=("hi", 0))
    >>> writer.add("house", "en", before=" ")
    >>> writer.space("!")
    >>> writer.text, writer.tokens, writer.offsets
    ('घर house!', ['घर', 'house'], [(0, 2), (3, 8)])
    """

    def __init__(self) -> None:
        self.tokens: list[str] = []
        """Tokens in order."""
        self.langs: list[str] = []
        """A tag a token."""
        self.offsets: list[tuple[int, int]] = []
        """``[start, end)`` of each."""
        self.origins: list[Origin] = []
        """Where each comes from."""
        self._pieces: list[str] = []
        self._size = 0

    @property
    def text(self) -> str:
        """What has been written."""
        return "".join(self._pieces)

    def space(self, text: str) -> None:
        """Writes what is no token."""
        self._pieces.append(text)
        self._size += len(text)

    def add(self, token: str, lang: str, *, before: str = "", origin: Origin = None) -> None:
        """Writes a token.

        Args:
            token: The token.
            lang: Its tag.
            before: What is no token, before it.
            origin: Where it comes from.
        """
        self.space(before)
        self.offsets.append((self._size, self._size + len(token)))
        self.space(token)
        self.tokens.append(token)
        self.langs.append(lang)
        self.origins.append(origin)
