"""Chatter, markdown, labels and quotation marks come off; what a text says itself stays."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.generators.prompting.normalise import Normalised, normalise
from tests.generators.prompting.sources import aligned

CLEAN = "Kal office band hai, so ghar se kaam karo."
AROUND = [
    "Sure! Here is the sentence: {}",
    "Sure! Here's the Hinglish version:\n\n{}",
    "Certainly. Below is the code-mixed text:\n{}",
    "Here's a Hinglish version:\n{}\n\nLet me know if you'd like another one!",
    "Of course!\n{}",
    "Okay, here you go, a mixed sentence: {}",
    "यह रहा मिश्रित वाक्य: {}",
    "Claro, aquí tienes la frase:\n{}",
    "Voici la phrase :\n{}",
    "以下是句子：{}",
    "{}\n\nNote: I kept the English words as they are.",
    "{}\nTranslation: Tomorrow the office is closed, so work from home.",
    "{} Translation: Tomorrow the office is closed, so work from home.",
    "{}\n(Translation: Tomorrow the office is closed)",
    "{} (This sentence mixes Hindi and English.)",
    "{}\n\n**Explanation:**\n- office: English\n- ghar: Hindi",
    "{}\n(English: Tomorrow the office is closed)",
    "{}\n\nThis sentence keeps the English nouns.",
    "Output: {}",
    "**Output:** {}",
    "Hinglish: {}",
    "Code-mixed (Hindi-English): {}",
    "Hindi-English code-mixed sentence: {}",
    "Translation: {}",
    "```\n{}\n```",
    "```text\n{}\n```\nLet me know!",
    "Sure:\n```\n{}\n```",
    "<text>{}</text>",
    "<think>The user wants Hinglish.</think>\n{}",
    '"{}"',
    "“{}”",
    "«{}»",
    "'{}'",
    "**{}**",
    "*{}*",
    "## {}",
    "# Hinglish\n{}",
    "## {}\n\nNote: no more.",
    "> {}",
    "- {}",
    "`{}`",
    "1. {}\n2. Office kal closed rahega.",
    "1. {} 2. Office kal closed rahega.",
    "1) {}\n2) Office kal closed rahega.\n3) Kal chutti.",
    "Option 1: {}\nOption 2: Office kal closed rahega.",
    "- {}\n- Office kal closed rahega.",
    "  \ufeff{}\u200b\n",
    'Sure! Here is the Hinglish sentence:\n\n**"{}"**\n\n*Note:* nothing else.',
]


@pytest.mark.parametrize("around", AROUND)
def test_what_stands_around_a_text_comes_off(around: str) -> None:
    assert normalise(around.format(CLEAN)).text == CLEAN


@pytest.mark.parametrize("around", AROUND)
def test_what_came_off_is_kept_beside_it(around: str) -> None:
    words = {"Sure", "Note:", "Translation:", "chutti.", "Let", "closed", "Explanation:"}
    text, removed = normalise(around.format(CLEAN))
    left = set(around.split()) & words
    assert all(word in text.split() + removed.split() for word in left)


@pytest.mark.parametrize(
    "text",
    [
        "Sure, main aa jaunga.",
        "Sure, yaar: kal milte hain.",
        "Okay! Chalo phir.",
        "Here is what I think: kal mat aana.",
        'Usne bola "I am busy" aur chala gaya.',
        '"Hello" usne kaha, "kaise ho"',
        "Note kar lo, meeting 5 baje hai.",
        "Meeting ka time: 5 baje.",
        "Meeting (jo kal thi) cancel ho gayi.",
        "Kal aana (jaldi).",
        "5 * 3 * 2 kitna hota hai?",
        "Price -5% hua.",
        "Dear __NAME__, aapka {order} %s ready hai <b>abhi</b>.",
        "#Diwali aa rahi hai, @asha!",
        "1. kya hai yeh?",
        "It's Ravi's phone, hai na?",
        "Mami ne kaha: translation: nahi milega",
        "The office kal band hai.",
        "क\u094d\u200dष ठीक है 👨‍👩‍👧",
    ],
)
def test_a_clean_text_stays(text: str) -> None:
    assert normalise(text) == Normalised(text, "")


def test_what_a_source_begins_with_is_no_chatter() -> None:
    assert normalise("Note: kal office band hai.", sources=["Note: the office is closed."]).removed == ""
    assert normalise("Translation: anuvaad ek kala hai.", sources=["Translation: an art."]).removed == ""
    assert normalise('"Kal aana"', sources=['"Come tomorrow"']).text == '"Kal aana"'
    assert normalise("1. aao 2. jao", sources=["1. come 2. go"]).text == "1. aao 2. jao"


def test_names_of_speakers_come_off_turns_alone() -> None:
    assert normalise("A: kal aa rahe ho?", turn=True).text == "kal aa rahe ho?"
    assert normalise("Speaker 2: haan, sure!", turn=True).text == "haan, sure!"
    assert normalise("B: kal aa rahe ho?").text == "B: kal aa rahe ho?"


@pytest.mark.parametrize("langs", [("en", "es"), ("en", "hi")])
def test_sentences_of_the_samples_pass_unchanged(langs: tuple[str, str]) -> None:
    for pair in aligned(*langs):
        for side in (pair.source, pair.target):
            text = "".join((" " if gap else "") + token for token, gap in zip(side.tokens, side.gaps, strict=True))
            assert normalise(text) == Normalised(text.strip(), "")


PIECES = st.sampled_from(
    [
        *"*`#>-\"'()[]:1.2)\n <",
        "Sure!",
        "Here is",
        "the sentence:",
        "Note:",
        "Output:",
        "ghar",
        "jao",
        "**",
        "```",
        "—",
        "क्",
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES).map("".join), st.lists(PIECES).map(" ".join)))
def test_nothing_is_left_to_take_and_text_is_in_normal_form(raw: str) -> None:
    text, _ = normalise(raw)
    assert normalise(text).text == text
    assert text == unicodedata.normalize("NFC", " ".join(text.split()))


@given(
    st.lists(
        st.sampled_from(["main", "kal", "office", "jaunga", "the", "घर", "meeting", "है", "sure", "time"]), min_size=1
    )
)
def test_words_alone_are_never_eaten(words: list[str]) -> None:
    assert normalise(" ".join(words)) == Normalised(" ".join(words), "")
