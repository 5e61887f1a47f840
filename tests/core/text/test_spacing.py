"""Where a space goes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.text.join import join
from cswitch.core.text.spacing import spacing
from cswitch.core.text.tokens import tokenise

# Each stands as a person types it: cut into tokens and joined without knowing the gaps it must come back.
TYPED = [
    'He said "hi" and left.',
    "She said: 'No!'",
    "dogs' tails",
    "(a) b [c] {d}",
    "Well... yes, no; maybe: I don't know!?",
    "¿Qué? ¡Hola! ¿¡No!?",
    "$5 and ₹500, €11million",
    "20% of ٢٠٪",
    "pages 10–12 and 3 - a",
    "well — then – ok",
    "—Hola, dijo",
    "and/or",
    "see http://x.org now @asha #दिवाली ok",
    "great 😂😂! ok 👍🏽",
    "nice :) ok",
    "यह ठीक है। चलो!",
    "کیا حال ہے؟ ٹھیک۔",
    "„Hallo“ sagte er.",
    "»Hallo« sagte er.",
    "”Hej” sa han.",
    "«Hola» dijo.",
    "“a ‘b’ c”",
    "我爱你，真的。我用iPhone手机5个",
    '今天"很好"吗？（真的）',
    "カタカナとひらがな、東京タワー！",
    "สวัสดี shopping กัน",
    "한국어 는 좋다.",
    "#1 is (2)",
]


@pytest.mark.parametrize("text", TYPED)
def test_spaces_as_people_type_them(text: str) -> None:
    tokens = tokenise(text).tokens
    assert join(tokens, [None] * len(tokens)).text == text


def test_words_of_unspaced_scripts_stand_together() -> None:
    assert join(["ฉัน", "รัก", "shopping", "มาก"], [None] * 4).text == "ฉันรัก shopping มาก"
    assert join(["我", "今天", "很", "busy", "。"], [None] * 5).text == "我今天很busy。"
    assert join(["我", "@asha", "很"], [None] * 3).text == "我 @asha 很"


def test_clitics_as_treebanks_part_them() -> None:
    assert join(["I", "do", "n't", "think", "it", "'s", "so", "."], [None] * 8).text == "I don't think it's so."
    assert join(["``", "Yes", "''", ",", "he", "said"], [None] * 6).text == "``Yes'', he said"


def test_gaps_that_are_known_are_kept() -> None:
    assert spacing(["a", ",", "b", "."], [True, True, False, None]) == [True, True, False, False]


@pytest.mark.parametrize(
    ("gaps", "text"),
    [
        ([False, True, False, None, None], 'say "hi now'),
        ([False, False, True, None, None], 'say" hi now'),
    ],
)
def test_known_gaps_tell_which_way_a_quotation_mark_faces(gaps: list[bool | None], text: str) -> None:
    assert join(["say", '"', "hi", "now"], gaps[:4]).text == text


@given(st.lists(st.tuples(st.text(min_size=1), st.sampled_from([True, False, None]))))
def test_only_open_gaps_are_decided(pairs: list[tuple[str, bool | None]]) -> None:
    tokens, gaps = [token for token, _ in pairs], [gap for _, gap in pairs]
    found = spacing(tokens, gaps)
    assert len(found) == len(tokens)
    assert all(gap is None or gap == decided for gap, decided in zip(gaps, found, strict=True))


@given(st.lists(st.sampled_from(["a", "1", ",", "(", ")", "$", "😂", "我", "ก", "@a", "/"]), min_size=1))
def test_a_gap_depends_on_its_neighbours_alone(tokens: list[str]) -> None:
    everywhere = spacing(tokens, [None] * len(tokens))
    for index in range(len(tokens)):
        gaps: list[bool | None] = [False] * len(tokens)
        gaps[index] = None
        assert spacing(tokens, gaps)[index] == everywhere[index]
