"""Gaps: how far a text is off, and what to say otherwise."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from cswitch.core.lexicon import Lexicon, Translation
from cswitch.generators.prompting.contracts import Brief, Candidate
from cswitch.generators.prompting.dictionary_swaps import Dictionary
from cswitch.generators.prompting.editing import AlignmentEditor, distance, share
from cswitch.generators.prompting.swaps import Swap, choose
from cswitch.generators.switching.lattice import EMBEDDED, MATRIX, NEITHER
from cswitch.schemas.prompting import PromptSettings
from tests.generators.prompting.mixed_texts import candidate_of, mixed
from tests.generators.prompting.sources import brief_of, pair_of

EDITOR = AlignmentEditor(PromptSettings(languages=("en", "hi")), config="tests")
GRID = AlignmentEditor(
    PromptSettings(languages=("en", "es", "fr")),
    dictionary=Dictionary(
        {
            ("en", "es"): Lexicon("en", "es", {"house": [Translation("casa", 0.9, 0.9)]}),
            ("es", "en"): Lexicon("es", "en", {"oficina": [Translation("office", 0.9, 0.9)]}),
            ("es", "fr"): Lexicon("es", "fr", {}),
            ("fr", "es"): Lexicon("fr", "es", {}),
        }
    ),
)


@settings(max_examples=150, deadline=None)
@given(mixed())
def test_moves_are_stretches_of_the_text_in_its_order(made: tuple[Brief, Candidate]) -> None:
    brief, candidate = made
    gap = EDITOR.gap(brief, candidate)
    assert gap.points == pytest.approx(distance(candidate, brief))
    assert brief.cmi is not None
    if gap.points <= brief.tolerance:
        assert (gap.direction, gap.moves) == ("", ())
        return
    assert gap.direction == ("more" if share(candidate, brief.matrix) < brief.cmi else "less")
    position = 0
    for move in gap.moves:
        assert move.to in brief.languages
        assert move.words
        found = candidate.text.find(move.words, position)
        assert found >= 0, "each move stands in the text, behind the one before"
        position = found + 1
        assert move.words != move.instead


@settings(max_examples=60, deadline=None)
@given(mixed())
def test_the_same_text_gets_the_same_gap_whatever_came_before(made: tuple[Brief, Candidate]) -> None:
    fresh = AlignmentEditor(PromptSettings(languages=("en", "hi")), config="tests")
    assert EDITOR.gap(*made) == fresh.gap(*made)


def spanish(text: str, langs: str) -> Candidate:
    return candidate_of(text.split(), langs.split())


def grid(cmi: float, languages: tuple[str, ...] = ("es", "en")) -> Brief:
    return brief_of(None, languages=languages, cmi=cmi, tolerance=1)


def test_without_source_content_words_are_offered_with_what_the_lexicon_knows() -> None:
    text = spanish("la oficina está en la esquina", "es es es es es es")
    gap = GRID.gap(grid(17), text)
    assert gap.direction == "more"
    assert [(m.words, m.to, m.instead) for m in gap.moves] == [("oficina", "en", "office")]


def test_without_source_stretches_go_back_to_the_matrix_language() -> None:
    text = spanish("la house está en the corner", "es en es es en en")
    gap = GRID.gap(grid(0), text)
    assert gap.direction == "less"
    assert [(m.words, m.to, m.instead) for m in gap.moves] == [("house", "es", "casa"), ("the corner", "es", "")]


def test_of_three_languages_the_least_used_gets_more_and_the_most_used_gives() -> None:
    words = "la oficina está at the bureau con mis amigos de siempre"
    langs = "es es es en en fr es es es es es"
    more = GRID.gap(grid(45, ("es", "en", "fr")), spanish(words, langs))
    assert {move.to for move in more.moves} == {"fr"}
    less = GRID.gap(grid(9, ("es", "en", "fr")), spanish(words, langs))
    assert [(move.words, move.to) for move in less.moves] == [("at the", "es")]


def test_words_of_the_source_are_told_in_the_script_asked_for() -> None:
    pair = pair_of(("en", "They sold vegetables quickly"), ("hi", "उन्होंने सब्ज़ियाँ जल्दी बेचीं"), "0-0 1-3 2-1 3-2")
    text = candidate_of(
        "unhone vegetables quickly sold".split(), ["hi", "en", "en", "en"], [("hi", 0), ("en", 2), ("en", 3), ("en", 1)]
    )
    editor = AlignmentEditor(PromptSettings(languages=("en", "hi"), script="roman"))
    gap = editor.gap(brief_of(pair, cmi=0, tolerance=0), text)
    assert gap.direction == "less"
    told = " ".join(move.instead for move in gap.moves)
    assert told.isascii()
    assert "jaldi" in told


def test_no_cmi_no_gap() -> None:
    gap = GRID.gap(brief_of(None, languages=("es", "en"), cmi=None), spanish("la house", "es en"))
    assert gap == ("", 0.0, ())


def test_the_swaps_chosen_come_nearest_with_the_fewest() -> None:
    said = [MATRIX] * 9 + [NEITHER]
    swaps = [Swap(0, 1, "en"), Swap(1, 2, "en"), Swap(2, 4, "en", ("new", "house")), Swap(5, 6, "en", ("at", "home"))]
    chosen = choose(said, swaps, 200 / 9, 0.0, lambda total, _: 0, more=True)
    assert chosen
    assert chosen[0] == [swaps[2]]
    assert chosen[1] == pytest.approx(0.0)
    assert choose(said, [], 20, 0.0, lambda total, _: 0, more=True) is None
    mixed_up = [MATRIX, EMBEDDED, EMBEDDED, MATRIX, EMBEDDED]
    back = choose(mixed_up, [Swap(1, 3, "hi"), Swap(4, 5, "hi")], 20, 0.0, lambda total, _: 0, more=False)
    assert back
    assert back[0] == [Swap(1, 3, "hi")]
    assert back[1] == pytest.approx(0.0)
