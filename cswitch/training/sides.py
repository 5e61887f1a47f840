"""Aligned pairs from tokens and links, as columns of a dataset hold them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cswitch.annotators.pos.windowed import languages as tagged
from cswitch.core.contracts import Link, PosTagger, Sentence
from cswitch.core.errors import InputError
from cswitch.core.registry import load
from cswitch.generators.switching.view import AlignedPair


class Sides:
    """Makes aligned pairs of tokens and links, with parts of speech where a tagger knows the language.

    >>> pair = Sides().pair("1", ("en", ["cold", "water"]), ("es", ["agua", "fría"]), [(0, 1), (1, 0)])
    >>> pair.links[0], pair.source_pos is not None
    (Link(source=0, target=1, confidence=1.0), True)
    """

    def __init__(self) -> None:
        self._taggers: dict[str, PosTagger | None] = {}

    def pair(
        self,
        id: str,
        source: tuple[str, Sequence[str]],
        target: tuple[str, Sequence[str]],
        links: Iterable[Sequence[int]] | str,
    ) -> AlignedPair:
        """An aligned pair.

        Args:
            id: What draws depend on.
            source: Language and tokens of the first side.
            target: Language and tokens of the second side.
            links: Pairs of indexes, or Pharaoh's ``i-j`` with spaces between.

        Raises:
            InputError: A link cannot be read, or points outside the sentences.
        """
        one, other = (Sentence(lang, tuple(tokens), (None,) * len(tokens)) for lang, tokens in (source, target))
        found = links.split() if isinstance(links, str) else links
        pairs = [_link(id, link, len(source[1]), len(target[1])) for link in found]
        return AlignedPair(id, one, other, tuple(sorted(pairs, key=_place)), self._pos(one), self._pos(other))

    def _pos(self, side: Sentence) -> tuple[str, ...] | None:
        if side.lang not in self._taggers:
            self._taggers[side.lang] = load("pos", "windowed").load(side.lang) if side.lang in tagged() else None
        tagger = self._taggers[side.lang]
        return tagger.tag([side.tokens])[0] if tagger else None


def _place(link: Link) -> tuple[int, int]:
    return link.source, link.target


def _link(id: str, link: Sequence[int] | str, rows: int, columns: int) -> Link:
    hint = "links are pairs i, j of tokens from 0, or i-j"
    try:
        i, j = map(int, link.split("-") if isinstance(link, str) else link)
    except (ValueError, TypeError) as error:
        raise InputError(f"example {id!r} has a link {link!r}", field="links", hint=hint) from error
    if not (0 <= i < rows and 0 <= j < columns):
        problem = f"example {id!r} has a link {i}-{j} in {rows} and {columns} tokens"
        raise InputError(problem, field="links", hint=hint)
    return Link(i, j)
