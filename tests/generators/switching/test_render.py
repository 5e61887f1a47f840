"""What is written for a path: tokens, tags, origins and gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.contracts import Sentence
from cswitch.generators.switching.lattice import EMBEDDED, MATRIX, Arc, Glue, Lattice, Piece
from cswitch.generators.switching.render import write
from cswitch.generators.switching.view import AlignedPair, View

if TYPE_CHECKING:
    from tests.generators.switching.conftest import See


def arc(start: int, end: int, *pieces: Piece | Glue) -> Arc:
    return Arc(start, end, end - start, len(pieces), pieces)


def y(*places: int) -> list[Piece]:
    return [Piece(EMBEDDED, place) for place in places]


def test_the_empty_path_is_the_matrix_sentence(see: See) -> None:
    view = see("La oficina abre hoy .", "The office opens today .", "1-1", gaps=True)
    written = write(view, Lattice(view.x_counts, []), ())
    assert written.tokens == list(view.matrix.tokens)
    assert written.langs == view.x_tags
    assert written.origins == [("es", n) for n in range(5)]
    assert written.gaps == list(view.matrix.gaps)


def test_a_piece_comes_with_its_own_side(see: See) -> None:
    view = see("La oficina abre hoy .", "The office opens today .", "1-1")
    written = write(view, Lattice(view.x_counts, [arc(1, 2, *y(1))]), (0,))
    assert written.tokens == ["La", "office", "abre", "hoy", "."]
    assert written.langs == ["es", "en", "es", "es", "other"]
    assert written.origins == [("es", 0), ("en", 1), ("es", 2), ("es", 3), ("es", 4)]


def test_glue_is_of_the_matrix_language_and_has_no_origin(see: See) -> None:
    view = see("हमने टिकट खरीदे", "we bought tickets", "", langs=("hi", "en"))
    verb = arc(2, 3, Piece(EMBEDDED, 1, "buy"), Glue("किए", "light-verb"))
    written = write(view, Lattice(view.x_counts, [verb]), (0,))
    assert written.tokens == ["हमने", "टिकट", "buy", "किए"]
    assert written.langs == ["hi", "hi", "en", "hi"]
    assert written.origins == [("hi", 0), ("hi", 1), ("en", 1), None]


def test_a_matrix_token_may_be_a_piece(see: See) -> None:
    view = see("casa muy grande", "very big house", "")
    turned = arc(0, 3, Piece(MATRIX, 1), *y(1), Piece(MATRIX, 0))
    written = write(view, Lattice(view.x_counts, [turned]), (0,))
    assert [token.lower() for token in written.tokens] == ["muy", "big", "casa"]
    assert written.origins == [("es", 1), ("en", 1), ("es", 0)]


def test_capitals_follow_the_start_of_the_sentence(see: See) -> None:
    view = see("Hoy abre la oficina", "The office opens today", "")
    lattice = Lattice(view.x_counts, [arc(0, 1, *y(3)), arc(2, 4, *y(0, 1))])
    assert write(view, lattice, (0, 1)).tokens == ["Today", "abre", "the", "office"]
    assert write(view, lattice, (1,)).tokens == ["Hoy", "abre", "the", "office"]


def test_a_sentence_begins_behind_the_marks_that_open_it(see: See) -> None:
    view = see("¿ Hoy abre la oficina ?", "Does the office open today ?", "")
    lattice = Lattice(view.x_counts, [arc(1, 2, *y(4)), arc(2, 3, *y(3))])
    assert write(view, lattice, (0,)).tokens == ["¿", "Today", "abre", "la", "oficina", "?"]
    view = see("Does the office open today ?", "¿ Abre hoy la oficina ?", "")
    lattice = Lattice(view.x_counts, [arc(3, 4, *y(1))])
    assert write(view, lattice, (0,)).tokens == ["Does", "the", "office", "abre", "today", "?"]


def test_a_name_keeps_its_capital(see: See) -> None:
    view = see("Hoy viene Ana", "Ann comes today", "", None, "PROPN VERB.Fin NOUN.Sing")
    assert write(view, Lattice(view.x_counts, [arc(2, 3, *y(0))]), (0,)).tokens == ["Hoy", "viene", "Ann"]


def test_a_word_agrees_with_the_inserted_word_only_when_asked(see: See) -> None:
    view = see("padres e hijos", "parents and children", "", "NOUN.Plur CCONJ NOUN.Plur")
    lattice = Lattice(view.x_counts, [arc(2, 3, *y(2))])
    written = write(view, lattice, (0,))
    assert written.tokens == ["padres", "y", "children"]
    assert written.origins == [("es", 0), ("es", 1), ("en", 2)]
    assert write(view, lattice, (0,), agreement=False).tokens == ["padres", "e", "children"]


def test_gaps_are_those_of_the_place_before_and_of_the_source_inside() -> None:
    view = View(
        AlignedPair(
            id="1",
            source=Sentence("es", ("¡", "hola", "!"), (False, False, False)),
            target=Sentence("en", ("well", "-", "come"), (False, False, False)),
            links=(),
        ),
        flip=False,
    )
    written = write(view, Lattice(view.x_counts, [arc(1, 2, *y(0, 1, 2))]), (0,))
    assert (written.tokens, written.gaps) == (["¡", "well", "-", "come", "!"], [False] * 5)
    apart = write(view, Lattice(view.x_counts, [arc(1, 2, *y(0, 2))]), (0,))
    assert apart.gaps == [False, False, True, False]


@given(st.data())
def test_every_path_gives_parallel_lists_whose_origins_are_the_tokens(data: st.DataObject) -> None:
    sizes = data.draw(st.tuples(st.integers(1, 6), st.integers(1, 6)))
    sides = [
        Sentence(lang, tuple(f"{lang}{n}" for n in range(size)), (True,) * size)
        for lang, size in zip(("es", "en"), sizes, strict=True)
    ]
    view = View(AlignedPair("1", sides[0], sides[1], ()), flip=False)
    arcs = []
    for _ in range(data.draw(st.integers(0, 5))):
        start = data.draw(st.integers(0, sizes[0] - 1))
        end = data.draw(st.integers(start + 1, sizes[0]))
        arcs.append(arc(start, end, *y(*data.draw(st.lists(st.integers(0, sizes[1] - 1), min_size=1, max_size=3)))))
    lattice = Lattice(view.x_counts, arcs)
    path = data.draw(st.sampled_from(list(lattice.paths())))
    tokens, langs, origins, gaps = write(view, lattice, path)
    assert len(tokens) == len(langs) == len(origins) == len(gaps)
    taken = [lattice.arcs[index] for index in path]
    assert len(tokens) == sizes[0] + sum(len(a.pieces) - (a.end - a.start) for a in taken)
    sources = {"es": view.matrix.tokens, "en": view.embedded.tokens}
    for token, lang, origin in zip(tokens, langs, origins, strict=True):
        assert origin is not None
        assert token.lower() == sources[origin[0]][origin[1]]
        assert lang in (origin[0], "other")
