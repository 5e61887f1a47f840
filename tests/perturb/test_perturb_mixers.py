"""How fields are mixed: by lexicon in ways people talk, by links in either direction, masked for translators."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.text.protected import USUAL, protected_spans
from cswitch.core.text.tokens import tokenise
from cswitch.perturb.by_links import lost_of
from cswitch.perturb.making import mixers
from cswitch.perturb.masking import mask, unmask, within
from cswitch.perturb.mixing import MixedField, TextTask, TokensTask
from cswitch.perturb.natural import NaturalWords
from cswitch.perturb.plurals import NumberLexicon
from cswitch.perturb.settings import FieldSettings, PerturbSettings

EN, HI = "The doctor told the patient to drink 2 litres of water.", "डॉक्टर ने मरीज़ को 2 लीटर पानी पीने को कहा।"
LINKS = "0-0 1-0 2-9 3-2 4-2 5-8 6-7 7-4 8-5 10-6 11-10"


def of(pair: str = "en-es", **more: object) -> PerturbSettings:
    first, second = pair.split("-")
    return PerturbSettings(pair=(first, second), fields={"text": FieldSettings()}, **more)  # type: ignore[arg-type]


def mixed(asked: PerturbSettings, cmi: float, *tasks: TextTask) -> list[MixedField]:
    return mixers(asked, {})(cmi).mix(tasks)


PROSE = st.sampled_from("the water of the house and a river in the city with money for children".split())
KEPT = st.sampled_from(
    ["`the water`", "$x + y$", "$5.50", "20%", "{name}", "<b>", "(A)", "<<48/2=24>>24", "https://example.org/a", "5 km",
     "my_name", "#### 72", "\\frac{1}{2}", "\n```\nthe house\n```\n", "[MASK]", "f(x) = 2x"]
)  # fmt: skip
PARTS = st.lists(st.one_of(PROSE, KEPT), min_size=1, max_size=25)


@settings(max_examples=80, deadline=None)
@given(PARTS, st.sampled_from([10.0, 30.0, 50.0]))
def test_what_is_protected_survives_any_mix(parts: list[str], cmi: float) -> None:
    text = " ".join(parts)
    spans = protected_spans(text)
    [made] = MIXERS[cmi].mix([TextTask("1", text, protected=spans, kinds=USUAL)])
    at = 0
    for start, end in spans:
        at = made.text.index(text[start:end], at) + end - start
    stayed = made.text
    for start, end, _ in reversed(made.came):
        assert stayed[start:end].strip() == stayed[start:end] != ""
        stayed = stayed[:start] + stayed[end:]
    words = iter(_without_n(text))
    assert all(word in words for word in _without_n(stayed))  # the rest stands as it stood, in its order
    assert len(text.split()) - len(stayed.split()) == made.replaced


def _without_n(text: str) -> list[str]:
    """Words, ``an`` as ``a``: which of them stands there depends on the word that came in after it."""
    return ["a" if word == "an" else word for word in text.split()]


MIXERS = {
    cmi: mixers(PerturbSettings(pair=("en", "es"), fields={}, words="all"), {})(cmi) for cmi in (10.0, 30.0, 50.0)
}


def test_an_article_follows_the_word_that_came_in() -> None:
    [made] = mixed(of("en-hi"), 50, TextTask("1", "There is an island in the river."))
    assert "a द्वीप" in made.text
    [made] = mixed(of("en-hi"), 50, TextTask("1", "He bought an egg."))
    assert made.text == "He bought an अंडा."
    [made] = mixed(of(), 30, TextTask("1", "There is a bus in the city, and a house near the river."))
    assert "an autobús" in made.text


@pytest.mark.parametrize(
    ("sentence", "free"),
    [
        ("She bought a house near the river .", ["house", "river"]),
        ("The school bus stopped .", []),
        ("A lot of money was lost at night .", ["money"]),
        ("The water is cold .", ["water", "cold"]),
        ("Two thirds of the children like swimming .", ["children"]),
        ("It counts the words in a file .", ["words", "file"]),
    ],
)
def test_words_that_nobody_switches_alone_stay(sentence: str, free: list[str]) -> None:
    tokens = sentence.split()
    [classes] = NaturalWords("en").classes([tokens])
    assert [token for token, found in zip(tokens, classes, strict=True) if found] == free


def test_plurals_come_from_singulars() -> None:
    spanish, hindi = NumberLexicon.load("en", "es"), NumberLexicon.load("en", "hi")
    assert spanish.translations("butterflies")[0].word == "mariposas"
    assert not any(t.word.endswith("ों") for t in hindi.translations("women"))
    assert hindi.translations("salt")[0].word == "नमक"
    assert spanish.translations("taxi") == ()


@pytest.mark.parametrize("matrix", ["en", "hi"])
@pytest.mark.parametrize("links", [LINKS, None])
def test_links_mix_into_either_language(matrix: str, links: str | None) -> None:
    kept = protected_spans(EN)
    task = TextTask("1", EN, protected=kept, kinds=USUAL, translation=HI, links=links)
    [made] = mixed(of("en-hi", by="links", matrix=matrix), 25, task)
    assert not made.reason
    assert made.replaced
    assert made.text.count("2") == 1
    scripts = Counter("Deva" if "\u0900" <= letter <= "\u097f" else "Latn" for letter in made.text if letter.isalpha())
    assert set(scripts) == {"Deva", "Latn"}
    other = "hi" if matrix == "en" else "en"
    assert all(lang == other for _, _, lang in made.came)


@pytest.mark.parametrize("matrix", ["en", "hi"])
@pytest.mark.parametrize("cmi", [10, 30, 50])
@pytest.mark.parametrize("kept", ["`the water x`", "$x + y$", "https://example.org/a", "{name}", "$5.50", "f(x) = 2x"])
def test_what_is_protected_survives_a_mix_by_links(matrix: str, cmi: float, kept: str) -> None:
    english, hindi = EN.replace("water", f"water {kept}"), HI.replace("पानी", f"पानी {kept}")
    spans = protected_spans(english)
    task = TextTask("1", english, protected=spans, kinds=USUAL, translation=hindi)
    [made] = mixed(of("en-hi", by="links", matrix=matrix), cmi, task)
    assert made.text.count(kept) == 1
    assert not made.reason or made.text == english


@pytest.mark.parametrize("matrix", ["en", "hi"])
def test_what_is_protected_is_of_no_language_by_links_as_by_lexicon(matrix: str) -> None:
    code = "`ask the doctor for help`"
    english, hindi = EN.replace("water", f"water {code}"), HI.replace("पानी", f"पानी {code}")
    task = TextTask("1", english, protected=protected_spans(english), kinds=USUAL, translation=hindi)
    asked = of("en-hi", by="links", matrix=matrix)
    [made], [bare] = mixed(asked, 25, task), mixed(asked, 25, TextTask("1", EN, translation=HI, kinds=USUAL))
    said = made.text.replace(code, "")
    for start, end in reversed(protected_spans(said)):
        said = said[:start] + said[end:]
    words = [word for word in said.split() if any(map(str.isalpha, word))]
    came = sum(len(made.text[start:end].split()) for start, end, _ in made.came)
    assert made.cmi == pytest.approx(100 * came / len(words))
    assert made.reachable == bare.reachable
    [by_lexicon] = mixed(of("en-hi"), 25, task)
    assert by_lexicon.cmi == pytest.approx(
        100 * by_lexicon.replaced / len([word for word in EN.split() if any(map(str.isalpha, word))])
    )


def test_protected_tokens_are_of_no_language_by_links() -> None:
    task = TokensTask("1", tokenise(EN).tokens, {}, translation=tokenise(HI).tokens, links=LINKS)
    for protected in (frozenset[int](), frozenset({0, 2})):
        [made] = mixers(of("en-hi", by="links", matrix="en"), {})(30).mix_tokens([task._replace(protected=protected)])
        words = sum(any(map(str.isalpha, token)) for token in made.tokens) - len(protected)
        assert made.cmi == pytest.approx(100 * sum(end - start for start, end, _ in made.came) / words)
        assert [made.tokens[at] for at in protected] == [task.tokens[at] for at in protected]


def test_a_labelled_span_is_carried_to_the_translation() -> None:
    start = EN.index("the patient")
    task = TextTask("1", EN, spans=[(start, start + 11)], kinds=USUAL, translation=HI, links=LINKS)
    [made] = mixed(of("en-hi", by="links"), 25, task)
    [(first, last)] = made.spans
    assert made.text[first:last] in ("मरीज़", "patient", "the patient")


@pytest.mark.parametrize(
    ("translation", "links", "reason"),
    [
        (None, None, "empty_side"),
        (EN, None, "same_text"),
        (HI.replace("2", "दो"), None, "lost_content"),
        (HI, "0-99", "bad_labels"),
        (HI, "a-b", "bad_labels"),
        (HI, "", "no_links"),
        ("शब्द " * 500, None, "too_long"),
    ],
)
def test_a_translation_of_no_use_leaves_the_field(translation: str | None, links: str | None, reason: str) -> None:
    task = TextTask("1", EN, protected=protected_spans(EN), kinds=USUAL, translation=translation, links=links)
    good = TextTask("2", EN, protected=protected_spans(EN), kinds=USUAL, translation=HI, links=LINKS)
    made, other = mixed(of("en-hi", by="links"), 25, task, good)
    assert (made.reason, made.text) == (reason, EN)
    assert not other.reason


def test_a_span_without_counterpart_is_told() -> None:
    task = TextTask("1", EN, spans=[(0, 3)], kinds=USUAL, translation=HI, links="4-2 11-10")
    [made] = mixed(of("en-hi", by="links"), 25, task)
    assert (made.reason, made.detail) == ("label_lost", "'The' is linked to nothing in the translation")


def test_tokens_keep_a_label_each_by_links() -> None:
    tokens, other = ("Asha", *tokenise(EN).tokens), ("आशा", *tokenise(HI).tokens)
    labels = ["B-PER", *["O"] * (len(tokens) - 1)]
    links = [(0, 0), *((int(i) + 1, int(j) + 1) for i, j in (link.split("-") for link in LINKS.split()))]
    task = TokensTask("1", tokens, {"ner": labels}, translation=other, links=links)
    [made] = mixers(of("en-hi", by="links", matrix="en"), {})(30).mix_tokens([task])
    assert made.replaced
    assert len(made.tokens) == len(made.labels["ner"])
    assert [token for token, label in zip(made.tokens, made.labels["ner"], strict=True) if label != "O"] == ["Asha"]


def test_content_words_reach_further_than_natural_ones() -> None:
    text = "The tall woman quickly sold the new house and bought a small garden near the old river."
    task = TextTask("1", text)
    natural, content = (mixed(of(words=words), 50, task)[0].reachable for words in ("natural", "content"))
    assert natural is not None
    assert content is not None
    assert natural[1] < content[1]


def test_a_field_of_another_language_takes_english_words() -> None:
    [made] = mixed(of("hi-en"), 20, TextTask("1", "उसने कल बाज़ार में एक किताब और एक कमीज़ खरीदी।"))
    assert any(lang == "en" for _, _, lang in made.came)
    [roman] = mixed(
        of("hi-en", script="roman"), 20, TextTask("1", "उसने कल `घर` में एक किताब और एक कमीज़ खरीदी।", protected=[(9, 13)])
    )
    assert "`घर`" in roman.text
    assert not any("\u0900" <= letter <= "\u097f" for letter in roman.text.replace("`घर`", ""))


@given(st.lists(st.sampled_from(["a", "b c", "{0}", "{12}", "$5", "`x`", "\n", "\n\n", "."]), max_size=12))
def test_masked_text_comes_back_as_it_was(parts: list[str]) -> None:
    text = " ".join(parts)
    spans = protected_spans(text)
    masked = mask(text, spans)
    back = unmask(masked, masked.text)
    assert back is not None
    assert back.text == text
    for span in spans:
        start, end = within(masked, back, span)
        assert back.text[start:end] == text[span[0] : span[1]]


@pytest.mark.parametrize("answer", ["", "Pay", "{0} {0}", "Pay {0} {1}", "Pay {0} or {7}"])
def test_a_placeholder_lost_or_made_up_is_seen(answer: str) -> None:
    assert unmask(mask("Pay $5", [(4, 6)]), answer) is None


def test_what_is_lost_is_named() -> None:
    text = "5 of 15 cost $5"
    assert lost_of(text, protected_spans(text), "15 में से 5 $5 के") == ""
    assert lost_of(text, protected_spans(text), "15 में से पाँच $5 के").startswith("'5' ")
