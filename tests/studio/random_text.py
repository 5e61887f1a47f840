"""Sentences of anything that Unicode has, with a random tag for every token."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Any
from unicodedata import category, normalize

from cswitch.core.seeds import rng
from cswitch.core.text.tokens import tokenise
from tests.studio.commands import record

LABELS = ("hi", "en", "ar", "other", "ne", "ambiguous", "mixed", "fw")
GAPS = " ", " ", " ", " ", "  ", "\t", "\n", "\r\n", "\r", "\xa0", "\u3000", "\u2028", "\x85", "\u200b", "", " \u202e"
EMOJI = (
    "👨\u200d👩\u200d👧", "👍🏽", "🏳\ufe0f\u200d🌈", "👩🏽\u200d🚀", "🇮🇳", "1\ufe0f\u20e3", "❤\ufe0f", "😂",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
)  # fmt: skip
MARKS = "\u0301\u0308\u0323\u0327\u093c\u094d\u064b\u0651\u200d\u200c\ufe0f\u20e3"


def sentences(count: int, seed: int = 0) -> list[dict[str, Any]]:
    """Tagged records, as push reads them; no two have the same id."""
    return [sentence(f"u{seed}.{number}", rng("unicode", seed, number)) for number in range(count)]


def sentence(name: str, draws: Random) -> dict[str, Any]:
    """One of up to twelve words."""
    text = "".join(word(draws) + draws.choice(GAPS) for _ in range(draws.randint(1, 12)))
    tokens, offsets, _ = tokenise(text)
    if not tokens:
        return sentence(name, draws)
    return record(name, text, tokens, offsets, [draws.choice(LABELS) for _ in tokens])


def word(draws: Random) -> str:
    """Neighbours in Unicode, which are of one script; characters from anywhere; emoji; a word in NFD; marks."""
    known, length = assigned(), draws.randint(1, 8)
    kind = draws.randrange(6)
    if kind == 0:
        return "".join(draws.choice(known) for _ in range(length))
    if kind == 1:
        return "".join(draws.choice(EMOJI) for _ in range(draws.randint(1, 3)))
    first = draws.randrange(len(known) - 40)
    near = "".join(draws.choice(known[first : first + 40]) for _ in range(length))
    if kind == 2:
        return normalize("NFD", near)
    if kind == 3:
        return "".join(letter + draws.choice(MARKS) * draws.randint(0, 2) for letter in near)
    return near


@cache
def assigned() -> str:
    """Every character that means something, of Han and Hangul one in forty, or there would be little else."""
    return "".join(
        letter
        for code, letter in enumerate(map(chr, range(0x110000)))
        if category(letter) not in _NOT and (code % 40 == 0 or not any(code in many for many in _MANY))
    )


_NOT = {"Cs", "Cn", "Co", "Cc"}
"""Surrogates mean nothing alone, and controls are none of a text."""
_MANY = (range(0x3400, 0xA000), range(0xAC00, 0xD7A4), range(0x17000, 0x19000), range(0x20000, 0x40000))
