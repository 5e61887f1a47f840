"""Which tokens of a text are whose: a mixed text matched with the two sides of the pair it was written from.

A token is looked for in both sides: as it is, in small letters, in Latin letters in any spelling that people use,
without accents, by its sound, and last by a likeness of sounds. Candidates that neighbours in the text and in the
source bear out go first, so that repeated words are told apart and a stretch may stand elsewhere than in its source.
A source token is used once.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from rapidfuzz.fuzz import ratio

from cswitch.core.contracts import Romaniser, Sentence, VariedRomaniser
from cswitch.core.errors import MissingExtraError
from cswitch.core.text.scripts import script_of, scripts_for
from cswitch.core.text.tokens import is_neutral
from cswitch.core.transliteration import romaniser_for
from cswitch.generators.alignment.similarity import romanised, sounds_alike
from cswitch.generators.switching.view import AlignedPair

EXACT, FOLDED, ROMAN, BARE, SOUND, LIKE = 1.0, 0.98, 0.96, 0.9, 0.85, 0.7
"""How sure a match is: letter by letter; but for case; romanised; without accents; by sound; by a like sound."""
_KINDS = (EXACT, FOLDED, ROMAN, BARE, SOUND)
_LIKELY = 0.77
"""Likeness of sounds, 0 to 1, from which on two spellings may be one word."""
_VOWELS_TOO = 70.0
"""Likeness of whole spellings, 0 to 100, below which like consonants do not count."""
_SPELT = 0.02
"""Share of writers from which on a spelling of a word is looked for."""
_WORTH = 30
"""What sureness counts against neighbours: what is spelt the same is not outdone by them, what is nearly as sure is."""
_NEAR = 3
"""How far neighbours are looked for, in tokens."""
_REPEATED = 6
"""Places of one word up to which all ways to share them out are compared."""
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
    roman: tuple[str, ...]
    """Spellings in Latin letters and ASCII digits, when it is written in others; the usual one first."""
    bare: str
    """In Latin letters, without accents."""
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
    chosen = _rearranged(_assigned(picks, len(tokens)), picks, found)
    return _told(chosen, found, sides, len(tokens))


@lru_cache(maxsize=1 << 16)
def forms(token: str, langs: tuple[str, ...]) -> Forms:
    """How a word is compared.

    Args:
        token: A word in any script.
        langs: Languages it may be in; the first that is written in its script says how it is romanised.

    >>> forms("दफ़्तर", ("hi", "en")).roman, forms("Café", ("es",)).bare, forms("१२", ("hi",)).roman
    (('daftar',), 'cafe', ('12',))
    """
    folded = token.casefold()
    roman = () if token.isascii() else _spellings(folded, langs)
    latin = roman[0] if roman else folded
    bare = latin
    if not latin.isascii():
        parts = unicodedata.normalize("NFKD", latin)
        bare = "".join(letter for letter in parts if not unicodedata.combining(letter))
    return Forms(folded, roman, bare, romanised(bare.replace("ee", "i").replace("oo", "u")))


def _spellings(word: str, langs: tuple[str, ...]) -> tuple[str, ...]:
    """How a word is written in Latin letters and ASCII digits; nothing when it is already."""
    digits = "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in word)
    script = script_of(digits)
    fitting = () if script in ("Latn", "Zyyy") else (lang for lang in langs if script in scripts_for(lang))
    romaniser = next(map(_romaniser, fitting), None)
    if romaniser is None:
        return (digits,) if digits != word else ()
    if isinstance(romaniser, VariedRomaniser):
        known = romaniser.variants([digits])[0]
        return tuple(spelt.casefold() for spelt, share in known if share >= _SPELT) or (digits,)
    return (romaniser.romanise([digits])[0].casefold(),)


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
"""Places of a side's tokens by form, a table for each of :data:`_KINDS`."""


def _candidates(tokens: Sequence[str], side: Sentence, sides: tuple[Sentence, Sentence]) -> _Found:
    """Matches of each token with a side; those by sound only where there are no surer ones."""
    index = _index(side.tokens, _languages(side, sides))
    langs = (sides[0].lang, sides[1].lang)
    scripts = set(map(script_of, side.tokens)) - {"Latn", "Zyyy"}
    native = any(script_of(token) in scripts for token in tokens)
    found: _Found = []
    for token in tokens:
        known = forms(token, langs)
        # What is written in Latin letters meets the spellings of what is not, and the other way round.
        keys = ((token,), (known.folded,), (known.folded, *known.roman), (known.bare,), (known.sound[0],))
        row: dict[int, float] = {}
        for sure, forms_of, places in zip(_KINDS, keys, index, strict=True):
            if sure > SOUND or not row:
                for key in forms_of:
                    for place in places.get(key, ()):
                        # Who writes the language in its own letters does not write a word of it in Latin ones.
                        foreign = (
                            native and sure == ROMAN and script_of(token) == "Latn" != script_of(side.tokens[place])
                        )
                        row.setdefault(place, LIKE if foreign else sure)
        found.append(row)
    return found


@lru_cache(maxsize=1 << 10)
def _index(tokens: tuple[str, ...], langs: tuple[str, ...]) -> _Index:
    index: _Index = tuple({} for _ in _KINDS)
    for place, token in enumerate(tokens):
        known = forms(token, langs)
        heard = len(known.sound[0]) >= _SHORT and not is_neutral(token)
        keys = (
            (token,), (known.folded,), (known.folded, *known.roman), (known.bare,), (known.sound[0],) if heard else ()
        )  # fmt: skip
        for places, forms_of in zip(index, keys, strict=True):
            for key in filter(None, forms_of):
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
                    row.get(place + sign * reach, 0.0) / (step * step + abs(reach - step))
                    for reach in range(1, _NEAR + 1)
                )
    return total


def _picks(
    found: Sequence[_Found],
    supported: Sequence[Mapping[tuple[int, int], float]],
    count: int,
    sizes: Sequence[int],
) -> list[_Pick]:
    """All possible matches, the best first."""
    picks: list[_Pick] = []
    for side, rows in enumerate(found):
        for token, row in enumerate(rows):
            for place, sure in row.items():
                away = abs(token / count - place / sizes[side])
                score = _WORTH * sure + supported[side][token, place] - _OUT_OF_PLACE * away
                picks.append(_Pick(score, token, side, place, sure))
    return sorted(picks, key=lambda pick: (-pick.score, pick.token, pick.side, pick.place))


def _assigned(picks: Sequence[_Pick], count: int) -> list[_Pick | None]:
    """One match a token, each source token used once."""
    chosen: list[_Pick | None] = [None] * count
    used: set[tuple[int, int]] = set()
    for pick in picks:
        if chosen[pick.token] is None and (pick.side, pick.place) not in used:
            chosen[pick.token] = pick
            used.add((pick.side, pick.place))
    return chosen


def _rearranged(chosen: list[_Pick | None], picks: Sequence[_Pick], found: Sequence[_Found]) -> list[_Pick | None]:
    """The best places for the tokens of a word that comes several times, all of them together."""
    same: dict[tuple[int, tuple[int, ...]], list[_Pick]] = {}
    for pick in filter(None, chosen):
        row = found[pick.side][pick.token]
        if len(row) > 1:
            same.setdefault((pick.side, tuple(sorted(row))), []).append(pick)
    if not same:
        return chosen
    known = {(pick.token, pick.side, pick.place): pick for pick in picks}
    used = {(pick.side, pick.place) for pick in filter(None, chosen)}
    for (side, places), group in same.items():
        own = {pick.place for pick in group}
        free = [place for place in places if place in own or (side, place) not in used]
        if 1 < len(free) <= _REPEATED:
            rows = [[known[pick.token, side, place] for place in free] for pick in group]
            for better in _best(rows):
                chosen[better.token] = better
            used = {(pick.side, pick.place) for pick in filter(None, chosen)}
    return chosen


def _best(rows: Sequence[Sequence[_Pick]]) -> Sequence[_Pick]:
    """One pick of each row, all in different columns, with the highest sum of scores; every row gets one."""
    best: dict[int, tuple[float, tuple[_Pick, ...]]] = {0: (0.0, ())}
    for row in rows:
        longer: dict[int, tuple[float, tuple[_Pick, ...]]] = {}
        for columns, (score, picks) in best.items():
            for column, pick in enumerate(row):
                taken = columns | 1 << column
                if taken != columns and score + pick.score > longer.get(taken, (-1.0, ()))[0]:
                    longer[taken] = score + pick.score, (*picks, pick)
        best = longer
    return max(best.values(), key=lambda found: found[0])[1]


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
            doubtful[token] = bool(other) and (min(pick.sureness, other) >= ROMAN or other >= pick.sureness)
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
