"""Edits bring texts nearer to their CMI, and change nothing else: invariants, and a search through all there is."""

from __future__ import annotations

from collections import Counter
from itertools import chain, islice

import pytest
from hypothesis import given, settings

from cswitch.core.lexicon import Lexicon, Translation
from cswitch.core.seeds import Tickets
from cswitch.generators.prompting.contracts import Brief, Candidate, Edit
from cswitch.generators.prompting.dictionary_swaps import Dictionary
from cswitch.generators.prompting.editing import AlignmentEditor, distance
from cswitch.generators.prompting.frames import Frame
from cswitch.generators.prompting.wording import stretches, write
from cswitch.generators.switching.sampler import Sampler
from cswitch.generators.switching.targets import Aim
from cswitch.schemas.prompting import PromptSettings
from tests.generators.prompting.mixed_texts import after, candidate_of, mixed, text_of
from tests.generators.prompting.sources import brief_of, pair_of

EDITOR = AlignmentEditor(PromptSettings(languages=("en", "hi")), config="tests")
MOST_PATHS = 400


def share(langs: list[str], matrix: str) -> float:
    counted = [lang for lang in langs if lang not in ("other", "fw", "ne")]
    return 100 * sum(lang != matrix for lang in counted) / len(counted) if counted else 0.0


@settings(max_examples=120, deadline=None)
@given(mixed())
def test_an_edit_is_strictly_nearer_and_leaves_the_rest_alone(made: tuple[Brief, Candidate]) -> None:
    brief, candidate = made
    edit = EDITOR.edit(brief, candidate, 0)
    if edit is None:
        return
    assert brief.cmi is not None
    assert abs(share(after(candidate, edit), brief.matrix) - brief.cmi) < distance(candidate, brief)
    sizes = {len(edit.tokens), len(edit.gaps), len(edit.origins), len(edit.langs)}
    assert len(sizes) == 1
    own = [(t, o) for t, o, lang in zip(edit.tokens, edit.origins, edit.langs, strict=True) if lang is None]
    theirs = list(zip(candidate.tokens, candidate.origins, strict=True))
    rest = iter(theirs)
    assert all(one in rest for one in own), "tokens of the text itself stay, in their order"
    gone = Counter(token for token, _ in theirs) - Counter(token for token, _ in own)
    told = " ".join(before for before, _ in edit.changes)
    assert all(token in told for token in gone)
    assert edit.changes
    assert all(one != other for one, other in edit.changes)


@settings(max_examples=120, deadline=None)
@given(mixed())
def test_no_source_token_is_said_twice(made: tuple[Brief, Candidate]) -> None:
    brief, candidate = made
    edit = EDITOR.edit(brief, candidate, 0)
    if edit is not None:
        before, now = Counter(candidate.origins), Counter(edit.origins)
        assert all(n <= max(1, before[origin]) for origin, n in now.items() if origin)


def written(brief: Brief, candidate: Candidate, frame: Frame, path: tuple[int, ...]) -> Edit:
    view = EDITOR.view_of(brief)
    assert view
    return write(candidate, stretches(view, candidate, frame, path, EDITOR.spelling), brief.matrix)


@settings(max_examples=60, deadline=None)
@given(mixed())
def test_nothing_nearer_is_found_by_trying_everything(made: tuple[Brief, Candidate]) -> None:
    brief, candidate = made
    view = EDITOR.view_of(brief)
    assert view
    assert brief.cmi is not None
    for frame in chain(EDITOR.frames(candidate, view, more=True), EDITOR.frames(candidate, view, more=False)):
        paths = list(islice(frame.lattice.paths(), MOST_PATHS + 1))
        if len(paths) > MOST_PATHS:
            continue
        best, unchanged = None, False
        for path in paths:
            tags = after(candidate, written(brief, candidate, frame, path))
            unchanged = unchanged or tuple(tags) == candidate.langs
            got = share(tags, brief.matrix)
            if got <= 50 and (brief.cmi == 0 or 0 < got < 100):
                best = min(abs(got - brief.cmi), best if best is not None else 100.0)
        assert unchanged, "the text as it is, is one of the paths"
        drawn = Sampler(frame.lattice, changes=True, mixed=brief.cmi > 0).draw(
            Aim(brief.cmi, 0, 0.0), 1, Tickets("", "")
        )
        assert bool(drawn) == (best is not None)
        if drawn:
            [(path, choice)] = drawn
            assert choice.distance == pytest.approx(best, abs=1e-6)
            got = share(after(candidate, written(brief, candidate, frame, path)), brief.matrix)
            assert abs(got - brief.cmi) == pytest.approx(best, abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(mixed())
def test_the_same_text_gets_the_same_edit(made: tuple[Brief, Candidate]) -> None:
    brief, candidate = made
    again = AlignmentEditor(PromptSettings(languages=("en", "hi")), config="tests")
    assert EDITOR.edit(brief, candidate, 1) == again.edit(brief, candidate, 1)


MEETING = pair_of(
    ("en", "The meeting starts after lunch in the office."),
    ("es", "La reunión empieza después del almuerzo en la oficina."),
    "0-0 1-1 2-2 3-3 4-5 5-6 6-7 7-8 8-9",
)
POS = {
    "source_pos": ("DET", "NOUN.Sing", "VERB.Fin", "ADP", "NOUN.Sing", "ADP", "DET", "NOUN.Sing", "PUNCT"),
    "target_pos": (
        "DET", "NOUN.Sing", "VERB.Fin", "ADV", "ADP", "NOUN.Sing", "ADP", "DET", "NOUN.Sing", "PUNCT",
    ),
}  # fmt: skip


def spanish(cmi: float) -> Brief:
    from msgspec.structs import replace

    return brief_of(replace(MEETING, **POS), cmi=cmi, tolerance=0)


def edited(brief: Brief, text: str, langs: str = "", **options: str) -> str:
    from cswitch.core.text.join import join

    assert brief.pair
    editor = AlignmentEditor(PromptSettings(languages=("en", "es"), **options), config="t")  # type: ignore[arg-type]
    edit = editor.edit(brief, text_of(brief.pair, text, langs), 0)
    return join(edit.tokens, edit.gaps).text if edit else ""


def test_a_word_goes_in_where_more_is_wanted() -> None:
    got = edited(spanish(11), "La reunión empieza después del almuerzo en la oficina.")
    assert got in (
        "La meeting empieza después del almuerzo en la oficina.",
        "La reunión empieza después del lunch en la oficina.",
        "La reunión empieza después del almuerzo en la office.",
    )


def test_an_article_agrees_with_the_word_that_comes_back() -> None:
    text = "El meeting empieza después del almuerzo en la office."
    got = edited(spanish(11), text, "es")
    assert got in (
        "La reunión empieza después del almuerzo en la office.",
        "El meeting empieza después del almuerzo en la oficina.",
    )
    assert edited(spanish(0), text, "es") == "La reunión empieza después del almuerzo en la oficina."


def test_a_phrase_comes_back_with_its_article_and_preposition() -> None:
    text = "La reunión empieza después del almuerzo in the office."
    assert edited(spanish(0), text) == "La reunión empieza después del almuerzo en la oficina."


def test_a_text_in_the_wrong_matrix_language_gets_the_frame_of_the_right_one() -> None:
    text = "The meeting starts after almuerzo in the office."
    got = edited(spanish(20), text)
    assert got.split()[0] == "La"
    assert "empieza después del" in got


def test_a_word_that_is_not_in_the_source_stays() -> None:
    text = "La reunión empieza después del almuerzo en la office, dude."
    assert edited(spanish(0), text, "en").endswith("oficina, dude.")


def test_nothing_is_edited_without_source_cmi_or_need() -> None:
    text = text_of(MEETING, "La meeting empieza después del almuerzo en la oficina.")
    editor = AlignmentEditor(PromptSettings(languages=("en", "es")))
    assert editor.edit(brief_of(None, languages=("es", "en")), text, 0) is None
    assert editor.edit(brief_of(MEETING, cmi=None), text, 0) is None
    assert editor.edit(brief_of(MEETING, languages=("fr", "en", "es")), text, 0) is None
    assert editor.edit(brief_of(MEETING, cmi=text.cmi), text, 0) is None


HINDI = pair_of(("en", "We cancelled the meeting."), ("hi", "हमने बैठक रद्द की।"), "0-0 1-2 1-3 3-1 4-4")
HINDI_POS = {
    "source_pos": ("PRON", "VERB.Fin", "DET", "NOUN.Sing", "PUNCT"),
    "target_pos": ("PRON", "NOUN.Sing", "NOUN.Sing", "VERB.Part", "PUNCT"),
}


def test_a_light_verb_leaves_with_its_verb() -> None:
    from msgspec.structs import replace

    pair = pair_of(("en", "He bought tickets."), ("hi", "उसने टिकट खरीदे।"), "0-0 1-2 2-1 3-3")
    labels = {
        "source_pos": ("PRON", "VERB.Fin", "NOUN.Plur", "PUNCT"),
        "target_pos": ("PRON", "NOUN.Plur", "VERB.Part", "PUNCT"),
    }
    brief = brief_of(replace(pair, **labels), cmi=0, tolerance=0)
    candidate = candidate_of(
        ["उसने", "टिकट", "buy", "किए", "।"],
        ["hi", "hi", "en", "hi", "other"],
        [("hi", 0), ("hi", 1), ("en", 1), None, ("hi", 3)],
        [False, True, True, True, False],
    )
    edit = AlignmentEditor(PromptSettings(languages=("en", "hi"))).edit(brief, candidate, 0)
    assert edit
    assert edit.tokens == ("उसने", "टिकट", "खरीदे", "।")
    assert edit.changes == (("buy किए", "खरीदे"),)


def test_words_are_put_in_in_the_script_asked_for() -> None:
    from msgspec.structs import replace

    brief = brief_of(replace(HINDI, **HINDI_POS), cmi=0, tolerance=0)
    candidate = candidate_of(
        ["humne", "meeting", "radd", "ki", "."],
        ["hi", "en", "hi", "hi", "other"],
        [("hi", 0), ("en", 3), ("hi", 2), ("hi", 3), None],
        [False, True, True, True, False],
    )
    editor = AlignmentEditor(PromptSettings(languages=("en", "hi"), script="roman"))
    edit = editor.edit(brief, candidate, 0)
    assert edit
    assert edit.tokens == ("humne", "baithak", "radd", "ki", ".")
    assert edit.langs == (None, "hi", None, None, None)
    assert edit.origins[1] == ("hi", 1)


def test_a_clear_everyday_word_comes_from_the_lexicon_when_the_source_has_none() -> None:
    lexicon = Lexicon(
        "en", "es", {"camera": [Translation("cámara", 0.9, 0.9)], "office": [Translation("oficio", 0.9, 0.9)]}
    )
    editor = AlignmentEditor(PromptSettings(languages=("en", "es")), dictionary=Dictionary({("en", "es"): lexicon}))
    brief = spanish(0)
    assert brief.pair
    candidate = text_of(brief.pair, "La reunión empieza con una camera, no con una office", "es es en es es es en")
    edit = editor.edit(brief, candidate, 0)
    assert edit
    assert edit.changes == (("office", "oficina"),)  # the source goes first
    done = text_of(brief.pair, "La reunión empieza con una camera", "es es en")
    edit = editor.edit(brief, done, 0)
    assert edit
    assert edit.changes == (("camera", "cámara"),)
    assert edit.origins[-1] is None
    wrong = text_of(brief.pair, "La reunión empieza con el camera", "es es en")
    assert editor.edit(brief, wrong, 0) is None, "cámara is feminine"
