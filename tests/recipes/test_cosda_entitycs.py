"""CoSDA-ML and EntityCS as operations over texts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.errors import UsageError
from cswitch.core.lexicon import Lexicon
from cswitch.core.translation import Translation
from cswitch.generators.recipes.contracts import Text
from cswitch.schemas.reject import REASONS, Reject
from cswitch.schemas.sample import Sample
from cswitch.training.operation import Cosda, CosdaSettings, Entitycs, EntitycsSettings
from tests.recipes.dictionary_context import DictionaryContext

WORDS = {
    "es": {"water": "agua", "house": "casa", "red": "rojo", "spain": "españa", "asha": "asha", "go": "ir a pie"},
    "de": {"water": "wasser", "house": "haus", "spain": "spanien", "new york": "neu york"},
    "hi": {"water": "पानी", "spain": "स्पेन", "asha": "आशा", "new york": "न्यूयॉर्क"},
}
LEXICONS = {
    ("en", lang): Lexicon("en", lang, {word: [Translation(other, 1.0, 1.0)] for word, other in words.items()})
    for lang, words in WORDS.items()
}


def context(*langs: str, **options: Any) -> DictionaryContext:
    return DictionaryContext("en", *(langs or ("es", "de", "hi")), lexicons=LEXICONS, **options)


def mixed(text: str | Text, *langs: str, **options: Any) -> list[Sample] | Reject:
    item = text if isinstance(text, Text) else Text(id="1", text=text, lang="en")
    return Cosda.make(CosdaSettings(**options), context(*langs))([item])[0]


def entities(text: str | Text, *langs: str, **options: Any) -> list[Sample] | Reject:
    item = text if isinstance(text, Text) else Text(id="1", text=text, lang="en")
    return Entitycs.make(EntitycsSettings(**options), context(*langs))([item])[0]


def told(made: list[Sample] | Reject) -> list[Sample]:
    assert not isinstance(made, Reject), made
    return made


def test_words_come_from_several_languages_and_are_tagged() -> None:
    made = told(mixed("water water water water water water water water", rate=1.0))
    assert {"es", "de", "hi"} == set(made[0].langs)
    words = {"agua": "es", "wasser": "de", "पानी": "hi"}
    assert [words[token] for token in made[0].tokens] == made[0].langs
    assert made[0].languages == ["en", "es", "de", "hi"]


def test_a_rate_is_met_where_it_can_be_and_the_bounds_are_told() -> None:
    [half] = told(mixed("the red house", "es", rate=0.34))
    assert (half.measures["rate"], half.met, half.reachable) == (0.3333, True, {"rate": (0.0, 0.6667)})
    [most] = told(mixed("the red house", "es", rate=1.0))
    assert (most.text, most.met, most.origins) == ("the rojo casa", False, [("en", 0), None, None])


def test_a_cmi_is_a_target() -> None:
    [made] = told(mixed("the big red house", "es", cmi=25.0))
    assert (made.target.cmi, made.measures["cmi"], made.met) == (25.0, 25.0, True)


def test_draws_are_distinct_and_texts_beside_the_share_stay() -> None:
    made = told(mixed("red water house", "es", rate=0.34, draws=20))
    assert sorted(sample.text for sample in made) == ["red agua house", "red water casa", "rojo water house"]
    assert [sample.id for sample in made] == ["1.0", "1.1", "1.2"]
    [still] = told(mixed("red water house", "es", share_of_sentences=0.0))
    assert (still.text, still.met, still.measures["cmi"]) == ("red water house", True, 0.0)


def test_white_space_labels_and_spans_move() -> None:
    labels = {"entities": [[8, 13, "THING"]], "topic": "home"}
    [made] = told(mixed(Text(id="1", text="go\n  to water!", lang="en", labels=labels), "es", rate=1.0))
    assert made.text == "ir a pie\n  to agua!"
    start, end, kind = made.labels["entities"][0]
    assert (made.text[start:end], kind, made.labels["topic"]) == ("agua", "THING", "home")
    tokens = ("go", "water")
    [made] = told(
        mixed(Text(id="1", text="go water", lang="en", tokens=tokens, labels={"pos": ["V", "N"]}), "es", rate=1)
    )
    assert (made.tokens, made.labels["pos"]) == (["ir", "a", "pie", "agua"], ["V", "V", "V", "N"])


def test_the_same_text_alone_or_among_others_gives_the_same() -> None:
    texts = [Text(id=str(n), text="red water house", lang="en") for n in range(6)]
    operation = Cosda.make(CosdaSettings(rate=0.34), context())
    assert operation(texts) == [operation([text])[0] for text in texts]
    other = Cosda.make(CosdaSettings(rate=0.34), context(config="other"))
    assert [s[0].text for s in map(told, other(texts))] != [s[0].text for s in map(told, operation(texts))]


@pytest.mark.parametrize(
    ("text", "lang", "reason"),
    [("", "en", "empty_side"), (" \n", "en", "empty_side"), ("42 :)", "en", "no_words"), 
     ("घर चलो", "en", "wrong_script"), ("agua", "es", "wrong_language"), ("zebra", "en", "no_units")],
)  # fmt: skip
def test_texts_that_give_nothing(text: str, lang: str, reason: str) -> None:
    made = mixed(Text(id="9", text=text, lang=lang))
    assert isinstance(made, Reject)
    assert (made.source_id, made.reason) == ("9", reason)
    assert made.detail
    assert reason in REASONS


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"rate": 1.5}, "rate is 1.5"),
        ({"draws": 0}, "draws is 0"),
        ({"rate": 0.5, "cmi": 20.0}, "both a cmi and a rate"),
    ],
)
def test_settings_that_cannot_be_meant(options: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        Cosda.make(CosdaSettings(**options), context())


def test_languages_without_a_lexicon_are_told_before_anything_is_read() -> None:
    with pytest.raises(UsageError, match="no lexicon for en-is"):
        Cosda.make(CosdaSettings(), DictionaryContext("en", "is"))
    with pytest.raises(UsageError, match="cosda needs two languages"):
        Cosda.make(CosdaSettings(), DictionaryContext("en"))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["water", "Red", "go", "42", ",", "zebra", "\n", "`run()`"]), max_size=9).map(" ".join))
def test_offsets_cut_out_tokens(text: str) -> None:
    made = mixed(text, rate=0.6)
    for sample in [] if isinstance(made, Reject) else made:
        assert [sample.text[s:e] for s, e in sample.offsets] == sample.tokens
        assert len(sample.tokens) == len(sample.langs) == len(sample.origins)


def test_each_language_that_knows_all_mentions_gives_a_sample() -> None:
    made = told(entities("We flew from Spain to New York."))
    assert [(one.languages, one.text) for one in made] == [
        (["en", "de"], "We flew from <e> Spanien </e> to <e> Neu York </e>."),
        (["en", "hi"], "We flew from <e> स्पेन </e> to <e> न्यूयॉर्क </e>."),
    ]
    assert [made[1].text[s:e] for s, e in made[1].labels["entities"]] == ["स्पेन", "न्यूयॉर्क"]
    assert made[0].langs[3:6] == ["other", "de", "other"]


def test_a_mention_that_begins_a_text_begins_it_still() -> None:
    item = Text(id="1", text="Spain won.", lang="en", labels={"entities": [[0, 5]]})
    [made] = told(entities(item, "es"))
    assert made.text == "<e> España </e> won."
    assert made.offsets[0] == (0, 3)


def test_fewer_languages_are_drawn() -> None:
    texts = [Text(id=str(n), text="We love Spain.", lang="en") for n in range(30)]
    operation = Entitycs.make(EntitycsSettings(most=1), context())
    made = [told(one) for one in operation(texts)]
    assert {len(one) for one in made} == {1}
    assert {one[0].languages[1] for one in made} == {"es", "de", "hi"}


def test_a_name_that_is_written_the_same_is_known_and_stays() -> None:
    [made] = told(entities("We met Asha in Spain.", "es", markers=False))
    assert (made.text, made.met, made.measures["rate"]) == ("We met Asha in España.", True, 0.5)
    made_of = entities("We met Asha.", "es")
    assert isinstance(made_of, Reject)
    assert made_of.detail == "Asha: written the same in es"


def test_a_name_in_the_script_of_another_language_is_not_known() -> None:
    lexicon = Lexicon("en", "es", {"kabir": [Translation("कबीर", 1, 1)], "spain": [Translation("españa", 1, 1)]})
    operation = Entitycs.make(EntitycsSettings(), DictionaryContext("en", "es", lexicons={("en", "es"): lexicon}))
    [made] = operation([Text(id="1", text="We met Kabir in Spain.", lang="en")])
    assert isinstance(made, Reject)
    assert "does not know Kabir" in made.detail


def test_mentions_that_are_not_all_known() -> None:
    refused = entities("We met Bilal in Spain.", "es", "de")
    assert isinstance(refused, Reject)
    assert refused.reason == "no_units"
    assert "does not know Bilal" in refused.detail
    made = told(entities("We met Bilal in Spain.", "es", "de", cover="any"))
    assert [one.text for one in made] == [
        "We met <e> Bilal </e> in <e> España </e>.",
        "We met <e> Bilal </e> in <e> Spanien </e>.",
    ]
    assert not made[0].met


def test_mentions_come_from_where_the_settings_say() -> None:
    text = Text(id="1", text="Red water of Spain's coast", lang="en", labels={"entities": [{"start": 4, "end": 9}]})
    [made] = told(entities(text, "es"))
    assert made.text == "Red <e> agua </e> of Spain's coast"
    assert made.labels["entities"] == [{"start": 8, "end": 12}]
    for source in ("capitals", "proper-nouns"):
        plain = Text(id="1", text="The red water of Spain's coast", lang="en")
        [made] = told(entities(plain, "es", mentions=source))
        assert made.text == "The red water of <e> España </e>'s coast"
    item = Text(id="1", text="The red water of Spain", lang="en", labels={"entities": [[8, 13, "X"]]})
    [made] = told(entities(item, "es", mentions="capitals"))
    assert made.text == "The red water of <e> España </e>"
    assert [made.text[s:e] for s, e, _ in made.labels["entities"]] == ["water"]
    refused = entities("Red water", "es", mentions="labels")
    assert isinstance(refused, Reject)
    assert refused.detail == "no entity mention in the labels of the text"


def test_labels_in_a_bio_scheme_give_mentions_and_move() -> None:
    tokens = ("in", "New", "York", "city")
    labels = {"ner": ["O", "B-LOC", "I-LOC", "O"]}
    item = Text(id="1", text="in New York city", lang="en", tokens=tokens, labels=labels)
    [made] = told(entities(item, "hi"))
    assert (made.text, made.labels["ner"]) == ("in <e> न्यूयॉर्क </e> city", ["O", "O", "B-LOC", "O", "O"])


@pytest.mark.parametrize(
    ("given_entities", "detail"),
    [([[0, 99]], "mention 0-99 covers nothing"), ([[0, 3], [1, 4]], "overlap"), ("Spain", "no list"),
     ([["a", 1]], "whole"), ([7], "a mention is")],
)  # fmt: skip
def test_labels_that_cannot_be_read(given_entities: Any, detail: str) -> None:
    made = entities(Text(id="1", text="Spain won", lang="en", labels={"entities": given_entities}))
    assert isinstance(made, Reject)
    assert made.reason == "bad_labels"
    assert detail in made.detail


def test_a_source_of_mentions_that_a_language_lacks() -> None:
    with pytest.raises(UsageError, match="no part-of-speech tagger for fr"):
        Entitycs.make(EntitycsSettings(mentions="proper-nouns"), DictionaryContext("fr", "en"))
    with pytest.raises(UsageError, match="capitals do not tell names in hi"):
        Entitycs.make(EntitycsSettings(mentions="capitals"), DictionaryContext("hi", "en"))


def test_names_come_in_latin_letters_when_asked() -> None:
    item = Text(id="1", text="We love New York.", lang="en")
    operation = Entitycs.make(EntitycsSettings(markers=False), context("hi", script="roman"))
    [[made]] = map(told, operation([item]))
    assert made.text.isascii()
    assert (len(made.tokens), made.langs) == (4, ["en", "en", "hi", "other"])
