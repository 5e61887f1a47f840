"""From a path over the frame of a text to what is written: words in the script asked for, case, gaps, agreement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from cswitch.core.contracts import Romaniser
from cswitch.core.text.join import join, recase
from cswitch.core.text.scripts import UNSPACED, scripts_for
from cswitch.core.text.tokens import is_neutral
from cswitch.core.transliteration import romaniser_for
from cswitch.generators.prompting.contracts import Candidate, Edit
from cswitch.generators.prompting.frames import Frame
from cswitch.generators.prompting.swaps import Swap
from cswitch.generators.switching.glue import agree, light_verbs
from cswitch.generators.switching.lattice import Arc, Glue, Path
from cswitch.generators.switching.view import View

_AGREEING = {"en": frozenset({"a", "an"}), "es": frozenset({"y", "e", "o", "u"})}
_MERGED = {("de", "el"): "del", ("a", "el"): "al"}
_STOPS = frozenset(".?!।॥…")


class Word(NamedTuple):
    """A token of the new text."""

    text: str
    gap: bool | None
    origin: tuple[str, int] | None
    lang: str | None
    """Its tag when it was put in, else None."""
    stretch: int
    """Number of the changed stretch it belongs to, or -1."""
    place: int = -1
    """Its place in the text as it was, when it is the text's own."""


class Stretch(NamedTuple):
    """Tokens ``start`` to ``end`` of the text, to be said otherwise."""

    start: int
    end: int
    words: tuple[Word, ...]
    """What is said instead."""


class Spelling:
    """How words that are put in are spelt.

    Args:
        roman: In Latin letters.
        romanisers: Romanisers by language, where they are not those of :func:`romaniser_for`.
    """

    def __init__(self, *, roman: bool, romanisers: Mapping[str, Romaniser] | None = None) -> None:
        self.roman = roman
        self._romanisers = dict(romanisers or {})

    def spell(self, words: Sequence[str], lang: str) -> list[str]:
        """Words of a language in the script asked for.

        >>> Spelling(roman=True).spell(["घर", "।"], "hi")
        ['ghar', '.']
        """
        if not self.roman or not _has_own_script(lang):
            return list(words)
        if lang not in self._romanisers:
            self._romanisers[lang] = romaniser_for(lang)
        return self._romanisers[lang].romanise(words)

    def light_verbs(self, lang: str) -> frozenset[str]:
        """Forms of the light verbs that glue brings."""
        if lang != "hi":
            return frozenset()
        return _romanised_light_verbs() if self.roman else light_verbs()


@cache
def _has_own_script(lang: str) -> bool:
    return scripts_for(lang)[:1] not in ((), ("Latn",))


@cache
def _romanised_light_verbs() -> frozenset[str]:
    return frozenset(romaniser_for("hi").romanise(sorted(light_verbs())))


@cache
def _spaced(lang: str) -> bool:
    return not UNSPACED & set(scripts_for(lang))


def stretches(view: View, candidate: Candidate, frame: Frame, path: Path, spelling: Spelling) -> list[Stretch]:
    """What a path says otherwise than the text, from left to right."""
    arcs = frame.lattice.arcs
    kept = {frame.puts_back[index] for index in path} - {-1}
    begins = {arcs[index].start: arcs[index] for index in path if frame.puts_back[index] < 0}
    found: list[Stretch] = []
    position = 0
    while position < len(frame.slots):
        slot = frame.slots[position]
        if slot.block in kept:
            position = frame.spans[slot.block][1]
        elif slot.block >= 0 or position in begins:
            start = position
            end = _reach(frame, begins, position)
            words: list[Word] = []
            while position < end:
                arc = begins.get(position)
                if arc:
                    words += _of_arc(view, arc)
                    position = arc.end
                else:
                    words.append(_of_matrix(view, frame.slots[position].x))
                    position += 1
            first, last = _place(frame, start), _place(frame, end - 1, last=True)
            dressed = _dressed(candidate, view, words, first, spelling)
            found.append(_trimmed(candidate, Stretch(first, last, tuple(dressed))))
        else:
            position += 1
    return found


def _trimmed(candidate: Candidate, stretch: Stretch) -> Stretch:
    """A stretch without the words at its ends that stay as they are."""
    start, end, words = stretch
    while start < end and words and _same(candidate, start, words[0]):
        start, words = start + 1, words[1:]
    while start < end and words and _same(candidate, end - 1, words[-1]):
        end, words = end - 1, words[:-1]
    return Stretch(start, end, words)


def _same(candidate: Candidate, place: int, word: Word) -> bool:
    return (candidate.tokens[place], candidate.origins[place]) == (word.text, word.origin)


def foreign(candidate: Candidate, swap: Swap, spelling: Spelling) -> Stretch:
    """A swap by words that no source token gives."""
    start = swap.start
    words = []
    for n, text in enumerate(spelling.spell(swap.instead, swap.to)):
        if n == 0:
            text = recase(text, was_initial=False, is_initial=_initial(candidate, start), lang=swap.to)
        words.append(Word(text, candidate.gaps[start] if n == 0 else True, None, swap.to, 0))
    return Stretch(start, swap.end, tuple(words))


def _reach(frame: Frame, begins: Mapping[int, Arc], position: int) -> int:
    """Where the stretch that begins at a slot ends."""
    arc = begins.get(position)
    end = arc.end if arc else position + 1
    block = frame.slots[position].block
    if block >= 0:
        end = max(end, frame.spans[block][1])
    return end


def _place(frame: Frame, slot: int, *, last: bool = False) -> int:
    """The first token of the text that a slot stands for, or one past the last."""
    own, _, block = frame.slots[slot]
    if own >= 0:
        return own + last
    return frame.blocks[block].end if last else frame.blocks[block].start


def _of_matrix(view: View, x: int) -> Word:
    side = view.matrix
    return Word(side.tokens[x], side.gaps[x], (side.lang, x), view.x_tags[x], 0)


def _of_arc(view: View, arc: Arc) -> list[Word]:
    side, words = view.embedded, []
    for piece in arc.pieces:
        if isinstance(piece, Glue):
            words.append(Word(piece.text, True, None, view.matrix.lang, 0))
        else:
            word = piece.form or side.tokens[piece.at]
            words.append(Word(word, side.gaps[piece.at], (side.lang, piece.at), view.y_tags[piece.at], 0))
    return words


def _dressed(candidate: Candidate, view: View, words: list[Word], start: int, spelling: Spelling) -> list[Word]:
    """Words in the script asked for, with the case and the gaps of their new place."""
    spelt = _spelt(words, spelling)
    out: list[Word] = []
    for n, (word, text) in enumerate(zip(words, spelt, strict=True)):
        origin = word.origin
        was_initial = origin is not None and origin[1] == 0
        is_initial = n == 0 and _initial(candidate, start)
        if origin and (was_initial or is_initial):
            letters = view.y_letters if origin[0] == view.embedded.lang else view.x_letters
            proper = letters[origin[1]] == "P"
            text = recase(text, was_initial=was_initial, is_initial=is_initial, proper=proper, lang=origin[0])
            if is_initial and was_initial:
                text = recase(text, was_initial=False, is_initial=True, proper=proper, lang=origin[0])
        gap = candidate.gaps[start] if n == 0 else _gap(words[n - 1], word)
        if not _spaced(view.matrix.lang) and not (n and gap is not True):
            gap = None
        out.append(word._replace(text=text, gap=gap))
    return out


def _spelt(words: Sequence[Word], spelling: Spelling) -> list[str]:
    """The words as they are spelt, those of a language at once."""
    texts = [word.text for word in words]
    if spelling.roman:
        langs = [word.origin[0] if word.origin else word.lang or "" for word in words]
        for lang in dict.fromkeys(langs):
            places = [n for n, other in enumerate(langs) if other == lang]
            for n, text in zip(places, spelling.spell([texts[n] for n in places], lang), strict=True):
                texts[n] = text
    return texts


def _gap(before: Word, word: Word) -> bool | None:
    """The gap between two words that are put in: that of the source, where it has them side by side."""
    if _follows(before, word):
        return word.gap
    return None if is_neutral(before.text) or is_neutral(word.text) else True


def _follows(one: Word, other: Word) -> bool:
    """Whether a word is the next in its source."""
    if one.origin is None or other.origin is None:
        return False
    return (one.origin[0], one.origin[1] + 1) == other.origin


def _initial(candidate: Candidate, start: int) -> bool:
    """Whether a token begins a sentence that is written with a capital, or in letters that have none."""
    if start and candidate.tokens[start - 1][-1] not in _STOPS:
        return False
    first = next((c for c in candidate.tokens[start] if c.isalpha()), "") if start < len(candidate.tokens) else ""
    return not first.islower()


def write(candidate: Candidate, found: Sequence[Stretch], matrix: str) -> Edit:
    """The edit that says stretches otherwise.

    Args:
        candidate: The text.
        found: Stretches of it, from left to right, not overlapping.
        matrix: The matrix language.
    """
    words: list[Word] = []
    position = 0
    for number, stretch in enumerate(found):
        words += [_own(candidate, n) for n in range(position, stretch.start)]
        words += [word._replace(stretch=number) for word in stretch.words]
        position = stretch.end
    words += [_own(candidate, n) for n in range(position, len(candidate.tokens))]
    words = _merged(_agreeing(words, matrix), matrix)
    if not _spaced(matrix):
        words = [_after(words, n) for n in range(len(words))]
    return Edit(
        tokens=tuple(word.text for word in words),
        gaps=tuple(word.gap for word in words),
        origins=tuple(word.origin for word in words),
        langs=tuple(word.lang for word in words),
        changes=tuple(_change(candidate, words, number, stretch) for number, stretch in enumerate(found)),
    )


def _own(candidate: Candidate, n: int) -> Word:
    return Word(candidate.tokens[n], candidate.gaps[n], candidate.origins[n], None, -1, n)


def _after(words: Sequence[Word], n: int) -> Word:
    """A word whose gap is open when the one before it was put in, in a language without spaces."""
    word = words[n]
    return word._replace(gap=None) if n and word.stretch < 0 <= words[n - 1].stretch else word


def _agreeing(words: list[Word], matrix: str) -> list[Word]:
    """Articles and conjunctions in the form that a word put in after them asks for."""
    agreeing = _AGREEING.get(matrix, frozenset())
    for n in range(len(words) - 1):
        word, after = words[n], words[n + 1]
        if word.text.lower() in agreeing and word.lang in (None, matrix) and (after.stretch >= 0 or word.stretch >= 0):
            text = agree(word.text, after.text, matrix)
            if text != word.text:
                words[n] = word._replace(text=text, lang=matrix, stretch=max(word.stretch, after.stretch))
    return words


def _merged(words: list[Word], matrix: str) -> list[Word]:
    """Spanish de el and a el as one word, where the one stood there and the other was put in."""
    if matrix != "es":
        return words
    out: list[Word] = []
    for word in words:
        before = out[-1] if out else None
        merged = _MERGED.get((before.text.lower(), word.text)) if before else None
        if before and merged and before.stretch != word.stretch:
            text = merged.capitalize() if before.text[0].isupper() else merged
            out[-1] = before._replace(text=text, lang=matrix, stretch=max(before.stretch, word.stretch))
        else:
            out.append(word)
    return out


def _change(candidate: Candidate, words: Sequence[Word], number: int, stretch: Stretch) -> tuple[str, str]:
    """The words before and after of a stretch, what had to agree with it included."""
    mine = [word for word in words if word.stretch == number]
    places = [word.place for word in mine if word.place >= 0]
    start = min([stretch.start, *places])
    end = max([stretch.end, *(place + 1 for place in places)])
    before = join(candidate.tokens[start:end], candidate.gaps[start:end]).text
    return before, join([word.text for word in mine], [word.gap for word in mine]).text
