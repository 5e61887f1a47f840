"""Which tokens of a text are whose: a mixed text matched with the two sides of the pair it was written from.

A token is looked for in both sides: as it is, in small letters, in Latin letters without accents, by its sound, and
last by a likeness of sounds. Candidates that neighbours in the text and in the source bear out go first, so that
repeated words are told apart and a stretch may stand elsewhere than in its source. A source token is used once.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from rapidfuzz.fuzz import ratio

from cswitch.core.contracts import Romaniser, Sentence
from cswitch.core.errors import MissingExtraError
from cswitch.core.text.scripts import script_of, scripts_for
from cswitch.core.text.tokens import is_neutral
from cswitch.core.transliteration import romaniser_for
from cswitch.generators.alignment.similarity import romanised, sounds_alike
from cswitch.generators.switching.view import AlignedPair

EXACT, FOLDED, PLAIN, SOUND, LIKE = 1.0, 0.98, 0.95, 0.85, 0.7
"""How sure a match is: letter by letter; but for case; in Latin letters without accents; by sound; by a like sound."""
_LIKELY = 0.77
"""Likeness of sounds, 0 to 1, from which on two spellings may be one word."""
_VOWELS_TOO = 70.0
"""Likeness of whole spellings, 0 to 100, below which like consonants do not count."""
_NEAR = 3
"""How far neighbours are looked for, in tokens."""
_OUT_OF_PLACE = 0.5
"""What a match from the other end of the source loses against one from the same place."""
_SHORT = 3
"""Letters of sound below which likeness means nothing."""


class Matched(NamedTuple):
    """Where the tokens of a text come from; the tuples are parallel, one entry a token of the text."""

    origins: tuple[tuple[str, int] | None, ...]
    """Language of the side and index of the source token, or None."""
    sureness: tuple[float, ...]
    """:data:`EXACT` down to :data:`LIKE` for the match; 0 without one."""
    ambiguous: tuple[bool, ...]
    """Whether the other side has the word as well: a name, or a loan that both languages use."""
    borne_out: tuple[bool, ...]
    """Whether a neighbour in the text is a neighbour in the source too."""
    places: Mapping[str, tuple[int | None, ...]]
    """For each side, by language: the place in the text of each of its tokens, or None."""


class Forms(NamedTuple):
    """A word as it is compared."""

    folded: str
    """In small letters."""
    plain: str
    """In Latin letters, without accents; digits in ASCII."""
    sound: tuple[str, str]
    """Sounds and consonants, as :func:`cswitch.generators.alignment.similarity.romanised` gives them."""


class _Pick(NamedTuple):
    """A possible match of a token."""

    score: float
    token: int
    side: int
    place: int
    sureness: float


def match(tokens: Sequence[str], pair: AlignedPair) -> Matched:
    """The source tokens that the tokens of a text come from.

    Args:
        tokens: Tokens of the text.
        pair: The source.

    >>> english = Sentence("en", ("I", "go", "to", "the", "office"), (True,) * 5)
    >>> hindi = Sentence("hi", ("मैं", "दफ़्तर", "जाता", "हूँ"), (True,) * 4)
    >>> found = match(["main", "office", "jata", "hoon"], AlignedPair("1", english, hindi, ()))
    >>> found.origins
    (('hi', 0), ('en', 4), ('hi', 2), ('hi', 3))
    >>> found.places["hi"]
    (0, None, 2, 3)
    """
    sides = (pair.source, pair.target)
    found = [_candidates(tokens, side, sides) for side in sides]
    for token, word in enumerate(tokens):
        if not (found[0][token] or found[1][token] or is_neutral(word)):
            for number, side in enumerate(sides):
                found[number][token] = _alike(word, side, sides)
    supported = _supported(found)
    picks = _picks(found, supported, len(tokens), [len(side.tokens) for side in sides])
    chosen = _uncrossed(_assigned(picks, len(tokens)), tokens)
    return _told(chosen, found, sides, len(tokens))


@lru_cache(maxsize=1 << 16)
def forms(token: str, langs: tuple[str, ...]) -> Forms:
    """How a word is compared.

    Args:
        token: A word in any script.
        langs: Languages it may be in; the first that is written in its script says how it is romanised.

    >>> forms("दफ़्तर", ("hi", "en")).plain, forms("Café", ("es",)).plain, forms("१२", ("hi",)).plain
    ('daftar', 'cafe', '12')
    """
    latin = _latin(token, langs)
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", latin.casefold()) if not unicodedata.combining(letter)
    )
    return Forms(token.casefold(), plain, romanised(plain.replace("ee", "i").replace("oo", "u")))


def _latin(token: str, langs: tuple[str, ...]) -> str:
    """A token in Latin letters and ASCII digits."""
    if token.isascii():
        return token
    digits = "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in token)
    script = script_of(digits)
    if script in ("Latn", "Zyyy"):
        return digits
    for lang in langs:
        if script in scripts_for(lang):
            romaniser = _romaniser(lang)
            return romaniser.romanise([digits])[0] if romaniser else digits
    return digits


@cache
def _romaniser(lang: str) -> Romaniser | None:
    """The romaniser of a language; None where it needs an extra: sounds are then told from the letters alone."""
    try:
        return romaniser_for(lang)
    except MissingExtraError:
        return None


_Found = list[dict[int, float]]
"""For each token of the text: place in a side to how sure the match is."""
_Index = tuple[dict[str, list[int]], ...]
"""Places of a side's tokens by form: as they are, in small letters, plain, by sound."""


def _candidates(tokens: Sequence[str], side: Sentence, sides: tuple[Sentence, Sentence]) -> _Found:
    """Matches of each token with a side, the surest kind alone."""
    index = _index(side.tokens, _languages(side, sides))
    langs = (sides[0].lang, sides[1].lang)
    found: _Found = []
    for token in tokens:
        known = forms(token, langs)
        keys = (token, known.folded, known.plain, known.sound[0])
        row: dict[int, float] = {}
        for kind, (key, places) in enumerate(zip(keys, index, strict=True)):
            for place in places.get(key, ()) if key else ():
                row.setdefault(place, (EXACT, FOLDED, PLAIN, SOUND)[kind])
        surest = max(row.values(), default=0.0)
        # Of one side, a word that is there as it is does not also stand for one that only sounds so.
        found.append({place: sure for place, sure in row.items() if sure > SOUND or surest == SOUND})
    return found


@lru_cache(maxsize=1 << 10)
def _index(tokens: tuple[str, ...], langs: tuple[str, ...]) -> _Index:
    index: _Index = ({}, {}, {}, {})
    for place, token in enumerate(tokens):
        known = forms(token, langs)
        sound = known.sound[0] if len(known.sound[0]) >= _SHORT and not is_neutral(token) else ""
        for places, key in zip(index, (token, known.folded, known.plain, sound), strict=True):
            if key:
                places.setdefault(key, []).append(place)
    return index


def _languages(side: Sentence, sides: tuple[Sentence, Sentence]) -> tuple[str, ...]:
    """Both languages, the side's own first."""
    return (side.lang, *(other.lang for other in sides if other.lang != side.lang))


def _alike(word: str, side: Sentence, sides: tuple[Sentence, Sentence]) -> dict[int, float]:
    """Places whose word sounds much like a word that neither side has: another spelling, another ending."""
    sound = forms(word, (sides[0].lang, sides[1].lang)).sound
    if len(sound[0]) < _SHORT:
        return {}
    langs = _languages(side, sides)
    row: dict[int, float] = {}
    for place, token in enumerate(side.tokens):
        other = forms(token, langs).sound
        if other[1][:1] != sound[1][:1] or len(other[0]) < _SHORT or is_neutral(token):
            continue
        likeness = sounds_alike(sound, other)
        if likeness >= _LIKELY and ratio(sound[0], other[0]) >= _VOWELS_TOO:
            row[place] = LIKE * likeness
    return row


def _supported(found: Sequence[_Found]) -> list[dict[tuple[int, int], float]]:
    """For each possible match (token, place) of each side, how much its neighbours bear it out, 0 to about 3."""
    return [
        {(token, place): _support(rows, token, place) for token, row in enumerate(rows) for place in row}
        for rows in found
    ]


def _support(rows: _Found, token: int, place: int) -> float:
    """What neighbours say for a match: the nearer they are, and the more alike their distances, the more."""
    total = 0.0
    for step in range(1, _NEAR + 1):
        for sign in (1, -1):
            beside = token + sign * step
            if 0 <= beside < len(rows) and rows[beside]:
                row = rows[beside]
                total += max(
                    row.get(place + sign * reach, 0.0) / (step + abs(reach - step)) for reach in range(1, _NEAR + 1)
                )
    return total


def _picks(
    found: Sequence[_Found],
    supported: Sequence[Mapping[tuple[int, int], float]],
    count: int,
    sizes: Sequence[int],
) -> Iterator[_Pick]:
    """All possible matches, the best first."""
    picks: list[_Pick] = []
    for side, rows in enumerate(found):
        for token, row in enumerate(rows):
            for place, sure in row.items():
                away = abs(token / count - place / sizes[side])
                # Sureness counts tenfold: what is spelt the same is not outdone by neighbours, what is as sure is.
                score = 10 * sure + supported[side][token, place] - _OUT_OF_PLACE * away
                picks.append(_Pick(score, token, side, place, sure))
    return iter(sorted(picks, key=lambda pick: (-pick.score, pick.token, pick.side, pick.place)))


def _assigned(picks: Iterator[_Pick], count: int) -> list[_Pick | None]:
    """One match a token, each source token used once."""
    chosen: list[_Pick | None] = [None] * count
    used: set[tuple[int, int]] = set()
    for pick in picks:
        if chosen[pick.token] is None and (pick.side, pick.place) not in used:
            chosen[pick.token] = pick
            used.add((pick.side, pick.place))
    return chosen


def _uncrossed(chosen: list[_Pick | None], tokens: Sequence[str]) -> list[_Pick | None]:
    """Same words of a side in the order of the side, where nothing told them apart."""
    same: dict[tuple[int, str], list[_Pick]] = {}
    for pick in chosen:
        if pick is not None:
            same.setdefault((pick.side, tokens[pick.token].casefold()), []).append(pick)
    for picks in same.values():
        for first in range(len(picks)):
            for later in range(first + 1, len(picks)):
                one, other = picks[first], picks[later]
                if one.place > other.place and abs(one.score - other.score) < _OUT_OF_PLACE:
                    picks[first], picks[later] = one._replace(place=other.place), other._replace(place=one.place)
        for pick in picks:
            chosen[pick.token] = pick
    return chosen


def _told(
    chosen: Sequence[_Pick | None], found: Sequence[_Found], sides: tuple[Sentence, Sentence], count: int
) -> Matched:
    places: list[list[int | None]] = [[None] * len(side.tokens) for side in sides]
    doubtful = [False] * count
    for token, pick in enumerate(chosen):
        if pick is not None:
            places[pick.side][pick.place] = token
            other = max(found[1 - pick.side][token].values(), default=0.0)
            # Spelt the same in both sides, or as unsure in both: nothing but the context tells whose it is.
            doubtful[token] = bool(other) and (min(pick.sureness, other) >= PLAIN or other >= pick.sureness)
    return Matched(
        origins=tuple(None if pick is None else (sides[pick.side].lang, pick.place) for pick in chosen),
        sureness=tuple(0.0 if pick is None else pick.sureness for pick in chosen),
        ambiguous=tuple(doubtful),
        borne_out=tuple(_beside(chosen, token) for token in range(count)),
        places={side.lang: tuple(row) for side, row in zip(sides, places, strict=True)},
    )


def _beside(chosen: Sequence[_Pick | None], token: int) -> bool:
    """Whether the match before or after is the source token before or after."""
    pick = chosen[token]
    if pick is None:
        return False
    for step in (-1, 1):
        if 0 <= token + step < len(chosen):
            other = chosen[token + step]
            if other is not None and other.side == pick.side and other.place == pick.place + step:
                return True
    return False
