"""M2 files: read, checked, applied, moved and written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.m2 import Edit, EditError, M2Fault, M2Sentence, check_edits, corrected, m2_block, moved, read_m2

WORDS = st.text("abcxyz|.", min_size=1, max_size=3).filter(lambda text: "|||" not in text)


@st.composite
def edited(draw: st.DrawFn) -> tuple[list[str], list[Edit]]:
    """A sentence with edits of two annotators that do not overlap."""
    tokens = draw(st.lists(WORDS, min_size=1, max_size=12))
    edits: list[Edit] = []
    for annotator in range(draw(st.integers(0, 2))):
        places = sorted(draw(st.lists(st.integers(0, len(tokens)), max_size=6, unique=True)))
        for start, end in zip(places[::2], places[1::2], strict=False):
            end = draw(st.sampled_from([start, end]))
            correction = " ".join(draw(st.lists(st.text("abc", min_size=1, max_size=3), max_size=2)))
            edits.append(
                Edit(start, end, draw(st.sampled_from(["R:VERB", "M:DET", "UNK"])), correction, annotator=annotator)
            )
        if not any(edit.annotator == annotator for edit in edits):
            edits.append(Edit(-1, -1, "noop", "-NONE-", annotator=annotator))
    return tokens, edits


def read(text: str) -> list[tuple[int, M2Sentence | M2Fault]]:
    return list(read_m2(text.splitlines()))


@given(st.lists(edited(), max_size=4))
def test_what_is_written_is_read_again(sentences: list[tuple[list[str], list[Edit]]]) -> None:
    text = "\n".join(m2_block(tokens, edits) for tokens, edits in sentences)
    found = [sentence for _, sentence in read(text)]
    noop = (Edit(-1, -1, "noop", "-NONE-"),)
    assert found == [M2Sentence(tuple(tokens), tuple(edits) or noop) for tokens, edits in sentences]


@given(edited(), st.data())
def test_edits_that_were_moved_correct_the_same_words(case: tuple[list[str], list[Edit]], data: st.DataObject) -> None:
    tokens, edits = case
    free = [at for at in range(len(tokens)) if not any(edit.start <= at < edit.end for edit in edits)]
    chosen = data.draw(st.lists(st.sampled_from(free), unique=True, max_size=4)) if free else []
    new = {at: data.draw(st.integers(1, 3)) for at in chosen}
    switched = [word for at, token in enumerate(tokens) for word in ([f"S{at}"] * new[at] if at in new else [token])]
    found = moved(edits, [(at, at + 1, count) for at, count in new.items()])
    check_edits(switched, found)
    marked = [f"S{at}" if at in new else token for at, token in enumerate(tokens)]
    for annotator in (0, 1):
        before = corrected(marked, edits, annotator)
        after = corrected(switched, found, annotator)
        assert after == [word for token in before for word in [token] * new.get(_place(token), 1)]


def _place(token: str) -> int:
    return int(token[1:]) if token.startswith("S") else -1


def test_edits_are_applied_in_their_order() -> None:
    tokens = "He go school in yesterday .".split()
    edits = [
        Edit(3, 4, "U:PREP", ""),
        Edit(1, 2, "R:VERB", "went||goes"),
        Edit(2, 2, "M:PREP", "to"),
        Edit(4, 5, "UNK", "whatever"),
        Edit(4, 5, "R", "today", annotator=1),
    ]
    assert " ".join(corrected(tokens, edits)) == "He went to school yesterday ."
    assert " ".join(corrected(tokens, edits, 1)) == "He go school in today ."
    assert corrected(tokens, edits, 7) == tokens


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ("S a b\nA 1 3|||R|||x|||REQUIRED|||-NONE-|||0", M2Fault(2, "edit 1 3 does not lie in a sentence of 2 tokens")),
        ("S a b\nA 1 0|||R|||x|||REQUIRED|||-NONE-|||0", M2Fault(2, "edit 1 0 does not lie in a sentence of 2 tokens")),
        (
            "S a b c\nA 0 2|||R|||x|||REQUIRED|||-NONE-|||0\nA 1 3|||R|||y|||REQUIRED|||-NONE-|||0",
            M2Fault(3, "edit 1 3 overlaps edit 0 2 of annotator 0"),
        ),
        (
            "S a b c\nA 0 2|||R|||x|||REQUIRED|||-NONE-|||0\nA 1 1|||M|||y|||REQUIRED|||-NONE-|||0",
            M2Fault(3, "edit 1 1 overlaps edit 0 2 of annotator 0"),
        ),
        ("S a b\nA 0 1|||R|||x", M2Fault(2, "the edit has 3 fields parted by |||, not 6")),
        ("S a b\nA 0|||R|||x|||REQUIRED|||-NONE-|||0", M2Fault(2, "the offsets '0' are no two whole numbers")),
        ("S a b\nA 0 1|||R|||x|||REQUIRED|||-NONE-|||me", M2Fault(2, "the annotator 'me' is no whole number")),
        ("S a b\nwhat is this", M2Fault(2, "'what is this' is no edit; a line of one begins with A")),
        (
            "A 0 1|||R|||x|||REQUIRED|||-NONE-|||0",
            M2Fault(1, "'A 0 1|||R|||x|||REQUIRED|||-NO' is no sentence; it begins with S and its edits with A"),
        ),
        ("S ", M2Fault(1, "the sentence has no token")),
        (
            "S a b\nA -1 -1|||R|||x|||REQUIRED|||-NONE-|||0",
            M2Fault(2, "edit -1 -1 is a R; a noop, and nothing else, has the offsets -1 -1"),
        ),
        (
            "S a b\nA 0 1|||noop|||-NONE-|||REQUIRED|||-NONE-|||0",
            M2Fault(2, "edit 0 1 is a noop; a noop, and nothing else, has the offsets -1 -1"),
        ),
    ],
)
def test_a_fault_is_told_with_its_line_and_reading_goes_on(lines: str, fault: M2Fault) -> None:
    good = "S it is ok\nA 0 1|||R|||That|||REQUIRED|||-NONE-|||0\n"
    found = read(f"{lines}\n\n{good}")
    assert found[0] == (1, fault)
    assert found[1][0] == len(lines.splitlines()) + 2
    assert found[1][1] == M2Sentence(("it", "is", "ok"), (Edit(0, 1, "R", "That"),))


def test_empty_lines_may_be_many_or_none() -> None:
    found = read("\n\nS a b\r\nS c\n\n\n\nS d\n")
    assert [(line, sentence.tokens) for line, sentence in found if isinstance(sentence, M2Sentence)] == [
        (3, ("a", "b")), (4, ("c",)), (8, ("d",)),
    ]  # fmt: skip


def test_annotators_may_disagree_in_one_place() -> None:
    check_edits(["a", "b"], [Edit(0, 2, "R", "x"), Edit(1, 2, "R", "y", annotator=1)])
    with pytest.raises(EditError) as caught:
        check_edits(["a", "b"], [Edit(0, 2, "R", "x"), Edit(1, 2, "R", "y", annotator=1), Edit(0, 1, "R", "z")])
    assert caught.value.number in (0, 2)


def test_what_lines_cannot_hold_is_refused() -> None:
    for tokens, edits in (
        (["a b"], []),
        ([""], []),
        (["a"], [Edit(0, 1, "R", "x|||y")]),
        (["a"], [Edit(0, 1, "R", "x\ny")]),
    ):
        with pytest.raises(ValueError, match="holds"):
            m2_block(tokens, edits)
    with pytest.raises(ValueError, match="lies in the stretch"):
        moved([Edit(1, 1, "M", "x")], [(0, 2, 1)])
