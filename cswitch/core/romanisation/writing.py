"""What the romanisers need to know of a script: where its runs and words are, and what stands for their sounds."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from cswitch.core.romanisation.indic import BLOCKS, compose, heard, joined, to_devanagari
from cswitch.core.romanisation.rules import spell
from cswitch.core.romanisation.urdu import heard_urdu, plain_letters, spell_urdu, urdu_letters
from cswitch.core.text.schwa import letters

_SHARED = "\u0964\u0965\u1cd0-\u1cff"
"""Dandas and accents that all the scripts of India share."""
_JOINERS = "\u200c\u200d"
_DEVANAGARI = "\u0900-\u097f\ua8e0-\ua8ff\u1cd0-\u1cff\U00011b00-\U00011b5f"
_ARABIC = "\u0600-\u061b\u061d-\u06ff\u061c\u0750-\u077f\u0870-\u08ff\ufb50-\ufdff\ufe70-\ufefc"


class Writing(NamedTuple):
    """How a script is read."""

    run: re.Pattern[str]
    """A stretch of the script, with its digits, marks and joiners."""
    word: re.Pattern[str]
    """Letters and signs inside a cleaned run."""
    clean: Callable[[str], str]
    """A run with its digits and marks in ASCII and without silent signs, in the form that tables know."""
    sounds: Callable[[str, str], str]
    """The sounds of a word in a language, one character each."""
    rules: Callable[[str, str], str]
    """The spelling of sounds by rule."""


@cache
def writing(iso: str) -> Writing:
    """How a script is read, by its ISO 15924 code.

    >>> bengali = writing("Beng")
    >>> bengali.clean("২০২৪"), bengali.sounds("কমলা", "bn"), bengali.rules("कəमᵊलआ", "bn")
    ('2024', 'कəमᵊलआ', 'komla')
    """
    if iso == "Arab":
        word = re.compile(f"[{''.join(urdu_letters().latin)}]+")
        return Writing(_run(_ARABIC), word, plain_letters, lambda w, _: heard_urdu(w), lambda s, _: spell_urdu(s))
    if iso == "Deva":
        pattern, word = _DEVANAGARI, re.compile("[\u0900-\u0950\u0955-\u0963\u0971-\u097f]+")
    else:
        pattern = f"{chr(BLOCKS[iso])}-{chr(BLOCKS[iso] + 0x7F)}{_SHARED}"
        word = re.compile(f"[{''.join(map(chr, to_devanagari(iso)))}]+")
    plain = _plain(iso)
    return Writing(
        run=_run(pattern),
        word=word,
        clean=lambda run: compose((joined(run) if iso == "Mlym" else run).translate(plain), iso),
        sounds=lambda word, lang: heard(word, iso, lang),
        rules=spell,
    )


def _run(characters: str) -> re.Pattern[str]:
    return re.compile(f"[{_JOINERS}]*[{characters}][{characters}{_JOINERS}]*")


def _plain(iso: str) -> dict[int, str]:
    """Digits, dandas and silent signs of a script by code point."""
    table = letters().plain
    digits = {BLOCKS[iso] + 0x66 + at: str(at) for at in range(10)}
    return {**table, **digits}
