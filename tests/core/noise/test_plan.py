from __future__ import annotations

import pytest
import regex as re
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.errors import UsageError
from cswitch.core.noise import NAMES, NoisePlan
from cswitch.core.noise.tables import presets
from cswitch.core.text.tokens import token_class, tokenise

EN = "we are going to the office tomorrow because you don't want to be late my please bring your great book".split()
HI = "mujhe nahi pata ki kya hua lekin main kal baat karunga yaar bahut zyada kaam hai theek hai teen logon ko".split()
DEVA = "मुझे नहीं पता कि क्या हुआ लेकिन मैं कल बात करूँगा बहुत ज़्यादा काम है ठीक तीन लोगों को क़लम".split()
ES = "mañana voy a hacer la tarea porque quiero llamar a mi hermano qué guapo está también dos horas".split()
OTHER = [
    "спасибо",
    "делать",
    "ελληνικά",
    "شُكرا",
    "می‌خواهم",
    "שָׁלוֹם",
    "தமிழ்",
    "বাংলা",
    "ไทย",
    "漢字",
    "한국",
    "Việt",
    "e\u0301te\u0301",
    "👩‍👩‍👧",
    "क्‍ष",
]
WORDS = [
    *EN,
    *HI,
    *DEVA,
    *ES,
    *OTHER,
    "I'm",
    "O'Brien",
    "NASA",
    "iPhone",
    "42",
    "₹",
    "@asha",
    "#दिवाली",
    "www.a.in",
    ":)",
    "l'eau",
    "well-known",
]
LANGS = [
    "en",
    "hi",
    "es",
    "ur",
    "fr",
    "de",
    "tr",
    "ru",
    "el",
    "ar",
    "fa",
    "he",
    "ta",
    "bn",
    "th",
    "zh",
    "other",
    "ne",
    "fw",
]
TAGGED = st.lists(
    st.tuples(
        st.one_of(st.sampled_from(WORDS), st.text("aeiountkhs'’-éñखाीं़\u200d", min_size=1, max_size=9)),
        st.sampled_from(LANGS),
    ),
    max_size=12,
)
PLANS = st.one_of(
    st.sampled_from([*presets(), "all=1", "all=0.4"]), st.sampled_from(NAMES).map(lambda name: f"{name}=1")
).map(NoisePlan.parse)


def unzip(tagged: list[tuple[str, str]]) -> tuple[list[str], list[str]]:
    return [token for token, _ in tagged], [lang for _, lang in tagged]


@settings(deadline=None)
@given(TAGGED, PLANS, st.integers())
def test_tokens_stay_as_many_whole_and_words(tagged: list[tuple[str, str]], plan: NoisePlan, seed: int) -> None:
    tokens, langs = unzip(tagged)
    noisy = plan.apply(tokens, langs, [seed])
    assert len(noisy) == len(tokens)
    for before, after, lang in zip(tokens, noisy, langs, strict=True):
        if after == before:
            continue
        assert lang not in {"other", "ne", "fw"}
        assert token_class(before) == "word"
        assert tokenise(after).tokens == (after,)
        assert token_class(after) == "word" or (token_class(after) == "number" and "numerals" in plan.rates)


@settings(deadline=None)
@given(TAGGED, PLANS, st.integers(), st.text(max_size=5))
def test_what_happens_to_a_token_hangs_on_its_record_and_place_alone(
    tagged: list[tuple[str, str]], plan: NoisePlan, seed: int, key: str
) -> None:
    tokens, langs = unzip(tagged)
    noisy = plan.apply(tokens, langs, [seed, key])
    assert plan.apply(tokens, langs, [seed, key]) == noisy
    longer = plan.apply([*tokens, "please", "so"], [*langs, "en", "en"], [seed, key])
    assert longer[: len(tokens)] == noisy
    changed = plan.apply(["xyz" for _ in tokens[:1]] + tokens[1:], langs, [seed, key])
    assert changed[2:] == noisy[2:] or any(token != token.lower() for token in tokens)  # a name is told by its place


SLIPS = ["drop-letters", "swap-letters", "wrong-key", "repeat-letters"]


def marks(text: str) -> list[str]:
    """Letters that carry something, with what they carry."""
    return [cluster for cluster in re.findall(r"\X", text) if len(cluster) > 1]


@settings(deadline=None)
@given(st.text("aegntéखनीं़ा\u0301\u200dكشا", min_size=1, max_size=9), st.sampled_from(SLIPS), st.sampled_from(LANGS))
def test_slips_break_no_letter_from_its_marks(word: str, name: str, lang: str) -> None:
    (noisy,) = NoisePlan.parse(f"{name}=1").apply([word], [lang], [word])
    before, after = marks(word), marks(noisy)
    if name == "repeat-letters":
        assert {cluster[0] for cluster in after} <= {cluster[0] for cluster in before}
    else:
        assert all(cluster in before for cluster in after)


@pytest.mark.parametrize("name", NAMES)
def test_a_rate_is_the_share_of_the_tokens_it_applies_to(name: str) -> None:
    tokens = [*EN, "Rahul", "I", *ES, *DEVA] * 3
    langs = (["en"] * (len(EN) + 2) + ["es"] * len(ES) + ["hi"] * len(DEVA)) * 3
    always, seldom = NoisePlan.parse(f"{name}=1"), NoisePlan.parse(f"{name}=0.2")
    applies = changed = 0
    for record in range(300):
        full = always.apply(tokens, langs, [record])
        some = seldom.apply(tokens, langs, [record])
        applies += sum(a != b for a, b in zip(tokens, full, strict=True))
        changed += sum(a != b for a, b in zip(tokens, some, strict=True))
        assert all(b in (a, c) for a, b, c in zip(tokens, some, full, strict=True))
    assert applies > 300
    assert changed / applies == pytest.approx(0.2, abs=0.04)


@pytest.mark.parametrize(
    ("plan", "lang", "before", "after"),
    [
        ("drop-vowels=1", "en", "please text people about message because", "pls plz txt ppl abt msg bcs bcz bc"),
        ("drop-vowels=1", "hi", "karna matlab samajh sakta", "krna mtlb smjh skta"),
        ("drop-vowels=1", "es", "también tengo siempre", "tmb tb tngo smpre"),
        ("drop-vowels=1", "en", "I am the international to one", "I am the intl to one"),
        ("phonetic=1", "en", "you are", "u ya r"),
        ("phonetic=1", "hi", "hai kya main theek", "h he hei kia kyaa ky mai mein me thik tik"),
        ("phonetic=1", "es", "que porque quiero llamar", "q k ke xq pq porq kiero yamar"),
        ("phonetic=1", "hi", "में नहीं", "मे नही नहि"),
        ("numerals=1", "en", "two for great tomorrow today late", "2 4 gr8 2moro 2morrow 2mrw 2day l8"),
        ("numerals=1", "hi", "teen saat एक", "3 7 1 १"),
        ("numerals=1", "es", "dos saludos", "2 salu2"),
        ("strip-diacritics=1", "es", "qué niño años", "que nino años"),
        ("strip-diacritics=1", "hi", "ज़्यादा हूँ", "ज्यादा हूं"),
        ("strip-diacritics=1", "ar", "شُكراً أحمد", "شكرا احمد"),
        ("strip-diacritics=1", "he", "שָׁלוֹם", "שלום"),
        ("strip-diacritics=1", "de", "schön Straße", "schoen Strasse"),
        ("strip-diacritics=1", "tr", "kırmızı ağaç", "kirmizi agac"),
        ("drop-apostrophe=1", "en", "don't I'm we'll can’t", "dont Im we'll cant"),
        ("drop-apostrophe=1", "fr", "j'ai l'eau c'est", "jai l'eau cest"),
        ("lower-case=1", "en", "Rahul I NASA iPhone", "rahul i NASA iphone"),
        ("lower-case=1", "tr", "Izmir İzmir", "ızmir izmir"),
    ],
)  # fmt: skip
def test_words_become_what_people_type(plan: str, lang: str, before: str, after: str) -> None:
    words = before.split()
    allowed = set(after.split())
    for record in range(20):
        noisy = NoisePlan.parse(plan).apply(
            [word for word in words for _ in range(2)], [lang] * 2 * len(words), [record]
        )
        assert set(noisy) <= allowed, noisy


def test_drawn_out_words_repeat_one_letter() -> None:
    for record in range(50):
        noisy = NoisePlan.parse("repeat-letters=1").apply(
            ["yaar", "so", "यार", "the"], ["hi", "en", "hi", "en"], [record]
        )
        assert re.fullmatch("ya{3,5}r|yaar{2,4}", noisy[0])
        assert re.fullmatch("so{2,4}", noisy[1])
        assert re.fullmatch("यार{2,4}", noisy[2])
        assert noisy[3] == "the"


def test_slips_leave_the_first_letter() -> None:
    for name in SLIPS[:3]:
        for record in range(30):
            assert NoisePlan.parse(f"{name}=1").apply(["kitchen"], ["en"], [record])[0][0] == "k"


def test_names_are_respelt_by_nobody() -> None:
    tokens = ["We", "met", "Phil", "Night", "at", "NASA", ".", "Phones", "rang"]
    noisy = NoisePlan.parse("phonetic=1,numerals=1,drop-vowels=1,drop-letters=1,repeat-letters=1").apply(
        tokens, ["en"] * 9, [0]
    )
    assert (noisy[2:4], noisy[5]) == (["Phil", "Night"], "NASA")
    assert noisy[7] != "Phones"


def test_german_nouns_are_no_names() -> None:
    assert NoisePlan.parse("swap-letters=1").apply(["das", "Wochenende"], ["de", "de"], [0])[1] != "Wochenende"


def test_digits_do_not_melt_into_a_number() -> None:
    tokens = ["two", "/", "three", "or", "-", "four"]
    assert NoisePlan.parse("numerals=1").apply(tokens, ["en", "other", "en", "en", "other", "en"], [0]) == tokens


def test_one_respelling_and_one_slip_a_token() -> None:
    alone = {NoisePlan.parse(f"{name}=1").apply(["tomorrow"], ["en"], [1])[0] for name in ("numerals",)}
    assert set(NoisePlan.parse("numerals=1,phonetic=1,drop-vowels=1").apply(["tomorrow"], ["en"], [1])) == alone


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("drop-vowel=0.1", "unknown noise 'drop-vowel'; did you mean 'drop-vowels'?"),
        ("chatt", "unknown noise 'chatt'; did you mean 'chat'?"),
        ("", "unknown noise ''"),
        ("chat,", "unknown noise ''"),
        ("phonetic", "noise 'phonetic' is no preset and no rate; write phonetic=0.05"),
        ("chat=0.5", "noise 'chat=0.5' is no preset and no rate; write chat"),
        ("phonetic=0", "the rate is not above 0 and at most 1"),
        ("phonetic=1.5", "the rate is not above 0 and at most 1"),
        ("all=nan", "the rate is not above 0 and at most 1"),
        ("all=x", "the rate is not above 0 and at most 1"),
    ],
)
def test_a_plan_that_cannot_be_meant_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        NoisePlan.parse(text)
    assert message in str(caught.value)


@given(PLANS)
def test_a_plan_parses_to_itself(plan: NoisePlan) -> None:
    assert NoisePlan.parse(str(plan)) == plan


def test_later_entries_win_and_order_is_fixed() -> None:
    plan = NoisePlan.parse("lower-case=0.1, chat, numerals=0.9")
    assert list(plan.rates) == [name for name in NAMES if name in plan.rates]
    assert (plan.rates["numerals"], plan.rates["lower-case"]) == (0.9, presets()["chat"]["lower-case"])
