"""Text to tokens: exact offsets, and what stays whole."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cswitch.core.text.grammar import INVISIBLE
from cswitch.core.text.tokens import is_neutral, token_class, tokenise

# A bar stands between tokens that touch; white space separates the others.
CUTS = {
    "sentences": [
        "Hello|, world|!",
        "मैं घर जा रहा हूँ|।",
        "यह सच है|। ॥|नमः|॥",
        "¿|Qué tal|? ¡|Hola|!",
        "He said|: “|yes|” (|twice|)|.",
        "کیا حال ہے|؟",
        "und „|so|“ weiter",
    ],
    "combining marks": [
        "क़िस्मत ज़िंदगी विद्यार्थी श्रीमान्",
        "e\u0301te\u0301 n\u0303",
        "كِتَابٌ مُحَمَّد",
        "ক্ষমা கொள்கை తెలుగు ಕನ್ನಡ",
        "क्\u200dष ন\u200d্য می\u200cخواهم ന്\u200d",
        "שָׁלוֹם",
        "สวัสดี ခွင့်ပြု ភាសាខ្មែរ",
        "Việt Yorùbá",
        "co\u00adoperate",
    ],
    "emoji": [
        "👨\u200d👩\u200d👧\u200d👦|👍🏽 🧑🏿\u200d🚀",
        "🇮🇳|🇲🇽 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "1\ufe0f\u20e3|2\ufe0f\u20e3 #\ufe0f\u20e3",
        "❤\ufe0f ☺\ufe0f|❤\ufe0f\u200d🔥",
        "😂|😂|😂 ok|👍",
        ":) :-D ;) <3 hello|:( :/ :P",
    ],
    "addresses": [
        "see https://example.org/a_(b)?x=1&y=2#z|.",
        "(|http://x.org/a|)|, www.x.in|!",
        "a.b+c@mail.example.co.in|, x@y.org|.",
        "amazon.com|, bbc.co.uk/news|?",
        "ftp://x.y/z|; mailto:a@b.org",
        "https://hi.wikipedia.org/wiki/भारत|।",
        "http|:|//",
        "this|.|is|.|sloppy",
        "http://a.cn|看",
    ],
    "social": [
        "@asha_k|: @john.doe|, @x@mastodon.social",
        "#दिवाली_2024|, #NoFilter|! #|1",
        "@asha|'s",
        "a|@b",
    ],
    "numbers": [
        "1,500 3.14 9:30 10,00,000 १०,००० ५०० ١٬٠٠٠",
        "20% ٢٠٪ 20°C 20 %",
        "$|5 ₹|500 5|€ US|$|10",
        "-5 +91-98765-43210 .5 x|=|-5 (|-5|)",
        "2019-20 24/7 12/05/2024 1:2 2010|–|2015",
        "COVID-19 2nd 5th 2moro 9:30am 3.5mm 4G",
        "1,500|. 3.14|, 5|!",
        "½ m² Ⅳ",
    ],
    "apostrophes": [
        "don't l'acqua O'Brien rock'n'roll aujourd'hui",
        "don’t l’acqua O’Brien",
        "'|word|' ‘|word|’ '|two words|'",
        "dogs|' '90s 'em ’tis '|cause|' rock 'n' roll",
        '"|yes|"',
        'צה"ל ג׳ירפה',
    ],
    "hyphens and dashes": [
        "well-known co-operate साथ-साथ 5-year-old",
        "word|--|word a|—|b – -|ing pre|-",
        "AT&T R&B snake_case __|init|__ and|/|or col·legi",
        "-- ---",
    ],
    "abbreviations": [
        "U.S. e.g. a.m. U.S.A U.S|...",
        "Dr. Mr. etc. Ph.D. Sra. EE.UU. डॉ. Rs.|500",
        "J.K.|Rowling U.S.-based",
        "ए.पी.जे. यू.एस. है|.|वह",
        "etc|... it|. is|. Dr",
    ],
    "runs": [
        "no|!!! what|?! well|... yes|… ok|..",
        "है|।। a|*** b|=== c|~~",
        "(|(|a|)|)",
        "\"|\" '|'",
    ],
    "Han and kana": [
        "我|爱|你|。|真|的|！",
        "カタカナ|と|漢|字|らーめん",
        "2024|年|AA|制",
        "葛\U000e0100|城",
        "한국어 좋다|. ‘|것|’|을 '|조치|'|를",
    ],
    "runs of phrases": [
        "ผู้คน|1,000|คน ไป|shopping|กัน พ.ศ. ๒๕๖๗",
        "ខ្ញុំ\u200b|ទៅ",
    ],
    "invisible controls": [
        "a\u200b|b \ufeffhi \u200dx",
    ],
}


def expected(cut: str) -> list[str]:
    strip = str.maketrans("", "", "\u200b\ufeff")
    tokens = [token.translate(strip) for token in re.split(r"[|\s]+", cut) if token]
    return [token.lstrip("\u200d") for token in tokens]


@pytest.mark.parametrize("cut", [cut for cuts in CUTS.values() for cut in cuts])
def test_tokens(cut: str) -> None:
    assert list(tokenise(cut.replace("|", "")).tokens) == expected(cut)


@pytest.mark.parametrize(
    ("kind", "tokens"),
    [
        ("word", "phone फ़ोन don't COVID-19 2nd 5th 2moro U.S. Dr. 9:30am 我 カ สวัสดี AT&T 'em ー m²"),
        ("number", "5 1,500 3.14 9:30 ५०० 20% -5 +91 .5 20°C 2019-20 ½ Ⅳ ① 12/05/2024"),
        ("punct", ". , ... … !!! ?! ¿ ¡ । ॥ ( ) [ “ ” \" ' - — -- % & / @ # * 。 、 « ؟"),
        ("symbol", "$ ₹ € + = < > ^ ~ | © ™ ® → ° \u0301"),
        ("emoji", "😂 👍🏽 👨\u200d👩\u200d👧 🇮🇳 1\ufe0f\u20e3 ❤\ufe0f ©\ufe0f :) ;-) <3 :D"),
        ("url", "http://x.org www.x.in amazon.com a@b.org ftp://x.y mailto:a@b.org"),
        ("mention", "@asha @asha_k @john.doe @आशा"),
        ("hashtag", "#दिवाली #tag #2024goals #话题"),
    ],
)
def test_classes(kind: str, tokens: str) -> None:
    assert {token: token_class(token) for token in tokens.split()} == dict.fromkeys(tokens.split(), kind)
    assert all(is_neutral(token) == (kind != "word") for token in tokens.split())


def test_gaps_tell_where_white_space_was() -> None:
    assert tokenise(" Oh,\u00a0hi !\n\tbye").gaps == (False, False, True, True, True)
    assert tokenise("a \u200b b").gaps == (False, True)
    assert tokenise("a \u200bb c\u200bd").gaps == (False, True, True, False)


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u200b", "\ufeff \x00"])
def test_nothing_gives_no_tokens(text: str) -> None:
    assert tokenise(text) == ((), (), ())


LETTERS_AND_MARKS = st.sampled_from("aZ1 .,:/@#-_'\"()&%+<>?!~*$।¿«¡é\u0301👍🇮❤🏽कअिア我ー가กิא٣½")
JOINERS = st.sampled_from("\u200d\u200c\xad\u200b\ufe0f\u20e3")
STRINGS = st.sampled_from(["http://", "www.", ".com", "Dr.", "U.S."])
ODD = st.lists(LETTERS_AND_MARKS | JOINERS | STRINGS).map("".join)
TEXTS = st.one_of(st.text(), ODD)


@given(TEXTS)
@example("\ud800 a\udfff")
@example("☝\u200d\u200d☝ #\ufe0f\u20e3 x")
def test_offsets_are_exact_and_cover_all_that_is_seen(text: str) -> None:
    tokens, offsets, gaps = tokenise(text)
    assert len(tokens) == len(offsets) == len(gaps)
    end = 0
    for token, (start, stop), gap in zip(tokens, offsets, gaps, strict=True):
        between = text[end:start]
        assert token == text[start:stop] != ""
        assert re.fullmatch(f"[\\s{INVISIBLE}]*", between)
        assert gap == (end > 0 and any(map(str.isspace, between)))
        assert not any(map(str.isspace, token))
        end = stop
    assert re.fullmatch(f"[\\s{INVISIBLE}]*", text[end:])


@given(TEXTS)
def test_a_token_alone_is_that_token(text: str) -> None:
    for token in tokenise(text).tokens:
        assert tokenise(token).tokens == (token,)


@given(TEXTS, TEXTS)
def test_a_token_does_not_depend_on_what_is_beyond_white_space(left: str, right: str) -> None:
    assert tokenise(f"{left} {right}").tokens == tokenise(left).tokens + tokenise(right).tokens


@given(TEXTS)
def test_marks_stay_with_what_they_mark(text: str) -> None:
    tokens, offsets, _ = tokenise(text)
    for token, (start, _) in zip(tokens, offsets, strict=True):
        if start and re.match("[\u0300-\u036f\u093e-\u094d]", token):
            assert re.fullmatch(f"[\\s{INVISIBLE}]", text[start - 1])


@given(TEXTS)
def test_every_string_has_a_class(text: str) -> None:
    kind = token_class(text)
    assert is_neutral(text) == (kind != "word")
    if kind == "number":
        assert any(map(str.isnumeric, text))
    if kind in {"punct", "symbol"}:
        assert not any(character.isalnum() for character in text)


def test_long_stretches_are_cut_like_short_ones() -> None:
    assert tokenise("don't," * 500).tokens == ("don't", ",") * 500
    assert tokenise("क्या।" * 500).tokens == ("क्या", "।") * 500
