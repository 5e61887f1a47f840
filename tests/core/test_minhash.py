"""Hashes of bands: alike for alike texts, whatever they are hashed together with, short and long."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.minhash import BANDS, band_hashes, plain_text
from cswitch.core.seeds import rng

LONG = " ".join(f"word{rng('long', n).randrange(10**6)}" for n in range(400))


@given(st.lists(st.text(max_size=40), min_size=1, max_size=6))
def test_a_text_has_the_same_hashes_alone_and_among_others(texts: list[str]) -> None:
    together = band_hashes(texts)
    assert together.shape == (len(texts), BANDS)
    for text, hashes in zip(texts, together, strict=True):
        assert (band_hashes([text])[0] == hashes).all()


def test_long_texts_are_hashed_in_pieces_and_change_with_their_runs_alone() -> None:
    one, other, turned = band_hashes([LONG, "x " + LONG, LONG[::-1]])
    assert (one == other).mean() > 0.8
    assert not (one == turned).any()
    assert (band_hashes(["short", LONG])[1] == one).all()


def test_how_many_bands_agree_follows_the_share_of_common_runs() -> None:
    draw = rng("share")
    shared = {}
    for changed in (1, 10):
        rates = []
        for _ in range(200):
            words = [f"{draw.randrange(10**5):05d}" for _ in range(20)]
            other = [f"{draw.randrange(10**5):05d}" if n < changed else word for n, word in enumerate(words)]
            one, two = band_hashes([" ".join(words), " ".join(other)])
            rates.append((one == two).any())
        shared[changed] = np.mean(rates)
    assert shared[1] == 1
    assert 0.1 < shared[10] < 0.9


def test_no_text_has_no_hash() -> None:
    assert band_hashes([]).shape == (0, BANDS)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("", ""),
        ("  Main  OFFICE, jaa raha hoon!! 👍🏽", "main office jaa raha hoon"),
        ("मैं हूँ।", "मैं हूँ"),
        ("don’t", "dont"),
        ("ｆｕｌｌ ①", "full 1"),
        ("snake_case", "snake case"),
    ],
)
def test_plain_text_holds_words_alone(text: str, plain: str) -> None:
    assert plain_text(text) == plain
