"""Part-of-speech labels taken apart."""

from __future__ import annotations

import pytest

from cswitch.core.pos import CLOSED, OPEN, UPOS, feature, is_closed, is_open, upos


@pytest.mark.parametrize(
    ("label", "tag", "detail", "closed", "content"),
    [
        ("ADP", "ADP", "", True, False),
        ("AUX.Part", "AUX", "Part", True, False),
        ("VERB.Ger", "VERB", "Ger", False, True),
        ("NOUN.Plur", "NOUN", "Plur", False, True),
        ("PROPN", "PROPN", "", False, True),
        ("NUM", "NUM", "", False, False),
        ("PUNCT", "PUNCT", "", False, False),
    ],
)
def test_a_label_in_parts(label: str, tag: str, detail: str, closed: bool, content: bool) -> None:
    assert (upos(label), feature(label), is_closed(label), is_open(label)) == (tag, detail, closed, content)


def test_classes_are_universal_tags_and_do_not_overlap() -> None:
    assert len(UPOS) == 17
    assert CLOSED < UPOS
    assert OPEN < UPOS
    assert not CLOSED & OPEN
    assert {"NUM", "PUNCT", "SYM", "X"} == UPOS - CLOSED - OPEN
