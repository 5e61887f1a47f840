"""Aligned pairs written by hand, seen from their matrix side."""

from __future__ import annotations

from typing import Protocol

import pytest

from cswitch.core.contracts import Link, Sentence
from cswitch.generators.switching.view import AlignedPair, View


class See(Protocol):
    """Makes the view of a pair whose tokens and labels stand between spaces, with Pharaoh links matrix-embedded."""

    def __call__(
        self,
        matrix: str,
        embedded: str,
        links: str,
        matrix_pos: str | None = None,
        embedded_pos: str | None = None,
        *,
        langs: tuple[str, str] = ("es", "en"),
        gaps: bool | None = None,
    ) -> View: ...


@pytest.fixture(scope="session")
def see() -> See:
    """See :class:`See`."""

    def make(
        matrix: str,
        embedded: str,
        links: str,
        matrix_pos: str | None = None,
        embedded_pos: str | None = None,
        *,
        langs: tuple[str, str] = ("es", "en"),
        gaps: bool | None = None,
    ) -> View:
        sides = [
            Sentence(lang, tuple(text.split()), (gaps,) * len(text.split()))
            for lang, text in zip(langs, (matrix, embedded), strict=True)
        ]
        cells = sorted((int(i), int(j)) for i, _, j in (item.partition("-") for item in links.split()))
        return View(
            AlignedPair(
                id="1",
                source=sides[0],
                target=sides[1],
                links=tuple(Link(i, j) for i, j in cells),
                source_pos=None if matrix_pos is None else tuple(matrix_pos.split()),
                target_pos=None if embedded_pos is None else tuple(embedded_pos.split()),
            ),
            flip=False,
        )

    return make
