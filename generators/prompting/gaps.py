"""What would close the gap between a text and its CMI: stretches of its own, to be said in another language.

A model cannot count, so it is told what to say otherwise, in its own words and, where they are known, in those of the
source. With a source, links and units give the stretches; without one, the tags and a lexicon do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cswitch.core.text.join import join
from cswitch.core.wordlists import everyday_words
from cswitch.generators.prompting.contracts import Candidate, Move
from cswitch.generators.prompting.dictionary_swaps import Dictionary, is_little
from cswitch.generators.prompting.images import Image
from cswitch.generators.prompting.swaps import Swap
from cswitch.generators.prompting.wording import Spelling
from cswitch.generators.switching.lattice import EMBEDDED, MATRIX, Arc, Glue, Lattice
from cswitch.generators.switching.view import View

_LONG = 4
"""Tokens from which on a stretch of the embedded language is offered in parts."""
_NOMINAL = frozenset("NAi?")
_KNOWN, _NOUN, _GUESSED = 12, 4, 1
_UNIT = 24
_SURE = 0.7
"""Confidence of a link from which on the linked word is told."""


def into_embedded(
    candidate: Candidate,
    said: Sequence[int],
    to: str,
    *,
    image: Image | None,
    source: Lattice | None,
    dictionary: Dictionary,
    spelling: Spelling,
    matrix: str,
) -> Iterator[Swap]:
    """Stretches in the matrix language that could be said in an embedded one.

    Args:
        candidate: The text.
        said: MATRIX, EMBEDDED or NEITHER for each token.
        to: The embedded language.
        image: The text against its source, when the source has that language.
        source: Units of the source.
        dictionary: Translations of single words.
        spelling: How words are spelt.
        matrix: The matrix language.
    """
    if image and source:
        yield from _units(image, source, to, spelling)
    theirs = set(image.view.y_low) if image else set()
    for place, token in enumerate(candidate.tokens):
        if said[place] != MATRIX or is_little(token, matrix) or len(token) < 3 or token.lower() in theirs:
            continue
        instead, letter = _counterpart(image, place, spelling) if image else ((), "")
        if letter and letter not in "NAVBGKai?":
            continue
        if not instead:
            found = dictionary.clear(token, matrix, to)
            instead = tuple(spelling.spell([found], to)) if found else ()
        nominal = letter in _NOMINAL if letter else bool(instead) and instead[0] in everyday_words(to)
        weight = (_KNOWN if instead else _GUESSED) * (_NOUN if nominal else 1)
        yield Swap(place, place + 1, to, instead, weight)


def _units(image: Image, source: Lattice, to: str, spelling: Spelling) -> Iterator[Swap]:
    """Units of the source whose matrix side stands in the text."""
    view = image.view
    for arc in source.arcs:
        places = [image.x_at.get(x, -1) for x in range(arc.start, arc.end)]
        start = places[0]
        if start >= 0 and places == list(range(start, start + len(places))):
            yield Swap(start, start + len(places), to, _words(view, arc, spelling), _UNIT)


def _words(view: View, arc: Arc, spelling: Spelling) -> tuple[str, ...]:
    glue = {n for n, piece in enumerate(arc.pieces) if isinstance(piece, Glue)}
    texts = [p.text if isinstance(p, Glue) else p.form or view.embedded.tokens[p.at] for p in arc.pieces]
    return tuple(
        spelling.spell([text], view.matrix.lang if n in glue else view.embedded.lang)[0] for n, text in enumerate(texts)
    )


def _counterpart(image: Image, place: int, spelling: Spelling) -> tuple[tuple[str, ...], str]:
    """The embedded words linked to a token of the text, where they stand together, and the class of the token."""
    view, x = image.view, image.xs[place]
    if x < 0:
        return (), ""
    ys = view.links_of_x[x]
    letter = view.x_letters[x]
    if not ys or ys != list(range(ys[0], ys[-1] + 1)) or any(y in image.y_at for y in ys):
        return (), letter
    if view.x_confidence[x] < _SURE or view.links_of_y[ys[0]] != [x]:
        return (), letter
    words = [view.embedded.tokens[y].removesuffix("'s").removesuffix("’s") for y in ys]
    return tuple(spelling.spell(words, view.embedded.lang)), letter


def into_matrix(
    candidate: Candidate,
    said: Sequence[int],
    lang: str,
    matrix: str,
    *,
    image: Image | None,
    dictionary: Dictionary,
    spelling: Spelling,
) -> Iterator[Swap]:
    """Stretches of an embedded language that could be said in the matrix language; they do not overlap.

    Args:
        candidate: The text.
        said: MATRIX, EMBEDDED or NEITHER for each token.
        lang: The embedded language.
        matrix: The matrix language.
        image: The text against its source, when the source has that language.
        dictionary: Translations of single words.
        spelling: How words are spelt.
    """
    for start, end in _stretches(candidate, said, lang):
        words: tuple[str, ...] = ()
        block = image.block(start, end, end - start) if image else None
        if image and block and (block.start, block.end) == (start, end):
            view = image.view
            words = tuple(spelling.spell(view.matrix.tokens[block.x1 : block.x2], matrix))
        elif end - start == 1:
            found = dictionary.clear(candidate.tokens[start], lang, matrix)
            words = tuple(spelling.spell([found], matrix)) if found else ()
        yield Swap(start, end, matrix, words)


def _stretches(candidate: Candidate, said: Sequence[int], lang: str) -> Iterator[tuple[int, int]]:
    """Stretches of one language, long ones in parts that begin with a little word or behind a content word."""
    start = -1
    for place in range(len(said) + 1):
        mine = place < len(said) and said[place] == EMBEDDED and candidate.langs[place] == lang
        if mine and start < 0:
            start = place
        elif not mine and start >= 0:
            yield from _parts(candidate, start, place, lang)
            start = -1


def _parts(candidate: Candidate, start: int, end: int, lang: str) -> Iterator[tuple[int, int]]:
    if end - start <= _LONG:
        yield start, end
        return
    first = start
    for place in range(start + 1, end):
        ends_well = not is_little(candidate.tokens[place - 1], lang)
        if place - first >= 2 and ends_well and end - place >= 2:
            yield first, place
            first = place
    yield first, end


def move(candidate: Candidate, swap: Swap) -> Move:
    """A swap as it is told."""
    words = join(candidate.tokens[swap.start : swap.end], candidate.gaps[swap.start : swap.end]).text
    return Move(words, swap.to, " ".join(swap.instead))
