"""Which noise, and how much: operations in a fixed order, a rate each, the same for the same record and seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from cswitch.core.errors import UsageError
from cswitch.core.measures.tags import NEUTRAL
from cswitch.core.noise.draws import SCALE, Bits, Draws
from cswitch.core.noise.respelling import (
    Word,
    drop_apostrophe,
    drop_vowels,
    lower_case,
    numerals,
    phonetic,
    strip_diacritics,
)
from cswitch.core.noise.slips import drop_letters, repeat_letters, swap_letters, wrong_key
from cswitch.core.noise.tables import presets
from cswitch.core.registry import suggest
from cswitch.core.text.scripts import script_of
from cswitch.core.text.tokens import token_class, tokenise


class Operation(NamedTuple):
    """One kind of noise."""

    name: str
    """What users write."""
    change: Callable[[Word, Bits], str]
    """A word to what it becomes; the same word where the operation does not apply."""
    group: str = ""
    """Of the operations of a group one acts on a token, the first that is due and applies."""
    names: bool = False
    """Whether it also changes names and acronyms; then it leaves words of small letters a to z as they are."""


OPERATIONS = (
    Operation("numerals", numerals, "respelling"),
    Operation("phonetic", phonetic, "respelling"),
    Operation("drop-vowels", drop_vowels, "respelling"),
    Operation("drop-apostrophe", drop_apostrophe, names=True),
    Operation("strip-diacritics", strip_diacritics, names=True),
    Operation("repeat-letters", repeat_letters),
    Operation("drop-letters", drop_letters, "slip"),
    Operation("swap-letters", swap_letters, "slip"),
    Operation("wrong-key", wrong_key, "slip"),
    Operation("lower-case", lower_case, names=True),
)
"""The order in which they act. A new one goes to the end of its kind and takes the next free slot."""

NAMES = tuple(operation.name for operation in OPERATIONS)
"""What rates may be given for, in the order of action."""

_SLOT = {name: slot for slot, name in enumerate(NAMES)}  # never renumber: the slot decides what is drawn
_UNCAPITALISED = frozenset({"de", "lb"})  # every noun has a capital, so a capital tells no name
_STOPS = frozenset(".!?…।॥؟")
_OPENING = frozenset("\"'([{«“„‘¿¡*-–—")
_GLUE = frozenset("/:%‰٪°-+−.,")  # marks that may join digits beside them into one number


class NoisePlan(msgspec.Struct, frozen=True):
    """Rates of noise by operation.

    >>> plan = NoisePlan.parse("phonetic=1,lower-case=1")
    >>> plan.apply(["Are", "you", "coming", "?"], ["en", "en", "en", "other"], ["record 1", 7])
    ['r', 'u', 'comin', '?']
    >>> str(plan)
    'phonetic=1,lower-case=1'
    """

    rates: dict[str, float]
    """Probability, above 0 up to 1, that an operation acts on a token to which it applies."""

    @classmethod
    def parse(cls, text: str) -> NoisePlan:
        """A plan from what a user writes: presets, ``OPERATION=RATE`` and ``all=RATE``, separated by commas.

        What comes later overrides what came before: ``chat,numerals=0.5`` is the preset with more digits.

        Raises:
            UsageError: A name is unknown, a rate is not above 0 and at most 1, or nothing is asked for.

        >>> NoisePlan.parse("plain,lower-case=0.5").rates
        {'drop-apostrophe': 1.0, 'strip-diacritics': 1.0, 'lower-case': 0.5}
        >>> NoisePlan.parse("drop-vowel=0.1")
        Traceback (most recent call last):
        ...
        cswitch.core.errors.UsageError: unknown noise 'drop-vowel'; did you mean 'drop-vowels'? ...
        """
        rates: dict[str, float] = {}
        for entry in text.split(","):
            rates |= _entry(entry.strip())
        return cls({name: rates[name] for name in NAMES if name in rates})

    def __str__(self) -> str:
        """The plan as text that parses to it, operations in order."""
        return ",".join(f"{name}={rate:.15g}" for name, rate in self.rates.items())

    def apply(self, tokens: Sequence[str], langs: Sequence[str], parts: Sequence[str | int]) -> list[str]:
        """The tokens with noise: as many, none empty, each still one token.

        Only words that a language is given for are changed: what is tagged ``other`` or ``ne``, numbers, marks, emoji,
        links, mentions and hashtags stay, and so do names as far as their capital tells. What is drawn for a token
        depends on the parts and its index, not on the other tokens.

        Args:
            tokens: Tokens in order.
            langs: A tag a token.
            parts: What the record is, such as its id and a seed.

        Raises:
            ValueError: The two lists are not of the same length.
        """
        due = [(op, _SLOT[op.name], round(self.rates[op.name] * SCALE)) for op in OPERATIONS if op.name in self.rates]
        spelling = [each for each in due if not each[0].names]
        draws = Draws("noise", *parts)
        out = list(tokens)
        for index, (token, lang) in enumerate(zip(tokens, langs, strict=True)):
            if lang in NEUTRAL or token_class(token) != "word":
                continue
            numbers = draws.numbers(index)
            is_small = token.isascii() and token.isalpha() and token.islower()
            chosen = [
                (op, numbers[slot]) for op, slot, below in (spelling if is_small else due) if numbers[slot] < below
            ]
            if chosen:
                out[index] = _changed(chosen, tokens, index, lang)
        return out


def _entry(text: str) -> Mapping[str, float]:
    """The rates that one entry of a plan gives."""
    name, given, value = text.partition("=")
    if not given and name in presets():
        return presets()[name]
    known = ["all", *NAMES, *presets()]
    if name not in known:
        raise UsageError(f"unknown noise {name!r}", hint=suggest(name, known))
    if not given or name in presets():
        example = name if name in presets() else f"{name}=0.05"
        raise UsageError(f"noise {text!r} is no preset and no rate", hint=f"write {example}")
    try:
        rate = float(value)
    except ValueError:
        rate = 0.0
    if not 0 < rate <= 1:
        raise UsageError(f"noise {text!r}: the rate is not above 0 and at most 1", hint=f"write {name}=0.05")
    return dict.fromkeys(NAMES, rate) if name == "all" else {name: rate}


def _changed(chosen: list[tuple[Operation, int]], tokens: Sequence[str], index: int, lang: str) -> str:
    """A token after the operations that are due for it, each with the number it draws from."""
    token, script = tokens[index], script_of(tokens[index])
    name = not token.islower() and _is_name(tokens, index, lang)
    spent: set[str] = set()
    for operation, number in chosen:
        if operation.group in spent or (name and not operation.names):
            continue
        noisy = operation.change(Word(token, lang, script), Bits(number))
        if noisy == token or not _stays_whole(noisy, operation, tokens, index):
            continue
        token = noisy
        if operation.group:
            spent.add(operation.group)
        if token_class(token) != "word":
            break
    return token


def _stays_whole(token: str, operation: Operation, tokens: Sequence[str], index: int) -> bool:
    """Whether it is still one token and a word; for digits, a number that no mark joins to its neighbours."""
    if token.isascii() and token.isalpha():
        return True
    if not token or tokenise(token).tokens != (token,):
        return False
    if token_class(token) == "word":
        return True
    if operation.name != "numerals" or token_class(token) != "number":
        return False
    before, after = tokens[index - 1 : index], tokens[index + 1 : index + 2]
    joined = (before and before[0] in _GLUE) or (after and after[0] in _GLUE and _goes_on(tokens, index, after[0]))
    return not joined


def _goes_on(tokens: Sequence[str], index: int, mark: str) -> bool:
    """Whether a mark after a number may belong to it: a stop does only with more of the number behind it."""
    return mark not in ".," or (index + 2 < len(tokens) and token_class(tokens[index + 2]) == "number")


def _is_name(tokens: Sequence[str], index: int, lang: str) -> bool:
    """Whether capitals tell that a word is a name or an acronym."""
    token = tokens[index]
    capitals = [character.isupper() for character in token if character.isalpha()]
    if not any(capitals) or token == "I" or token.startswith(("I'", "I’")):
        return False
    if any(capitals[1:]):
        return True
    return lang not in _UNCAPITALISED and not _is_initial(tokens, index)


def _is_initial(tokens: Sequence[str], index: int) -> bool:
    """Whether a word opens a sentence."""
    for before in reversed(tokens[:index]):
        if before in _OPENING:
            continue
        return before[-1] in _STOPS or token_class(before) in {"emoji", "mention"}
    return True
