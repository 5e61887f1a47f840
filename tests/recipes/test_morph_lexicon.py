"""Dictionary substitution with words that agree."""

from __future__ import annotations

from typing import Any

import pytest

from cswitch.core.errors import UsageError
from cswitch.generators.recipes.contracts import Text
from cswitch.generators.recipes.operations.inflecting import agreeing, gender, plural
from cswitch.generators.recipes.operations.morph_lexicon import MorphLexicon, MorphLexiconSettings
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample
from tests.recipes.dictionary_context import DictionaryContext

_OPERATIONS: dict[tuple[str, str, str], MorphLexicon] = {}


def made(pair: str, text: str | Text, script: str = "", **options: Any) -> list[Sample] | Reject:
    source, target = pair.split("-")
    item = text if isinstance(text, Text) else Text(id="1", text=text, lang=source)
    settings = MorphLexiconSettings(**{"share": 1.0, **options})
    name = (pair, script, repr(settings))
    if name not in _OPERATIONS:
        _OPERATIONS[name] = MorphLexicon.make(settings, DictionaryContext(source, target, script=script))
    return _OPERATIONS[name]([item])[0]


@pytest.mark.parametrize(
    ("pair", "text", "mixed"),
    [
        ("es-en", "El agua está fría.", "La water está fría."),  # el for the stressed a alone
        ("es-en", "Compré tres boletos.", "Compré tres tickets."),  # number
        ("es-en", "Vimos un perro negro.", "Vimos un black dog."),  # a phrase in its own order
        ("en-es", "We saw the red houses.", "We saw the casas rojas."),  # gender and number
        ("en-es", "It is an old bridge.", "It is an old puente."),
        ("en-es", "We took an old road.", "We took a camino viejo."),  # an before what follows
        ("en-hi", "We waited three hours.", "We waited three घंटे."),  # no oblique form
        ("en-de", "I read two books.", "I read two Bücher."),  # a noun with its capital
        ("hi-en", "हमें दो नए पुल चाहिए।", "हमें दो new bridges चाहिए।"),
        ("hi-en", "चप्पलें सुंदर हैं।", "चप्पलें beautiful हैं।"),
        ("hi-en", "मैं रात का खाना भूल गया।", None),  # an expression that stays whole
        ("hi-en", "वह 9:30 बजे आएगी।", None),
    ],
)
def test_words_that_come_in_agree(pair: str, text: str, mixed: str | None) -> None:
    found = made(pair, text)
    assert (None if isinstance(found, Reject) else found[0].text) == mixed


def test_a_verb_enters_hindi_with_a_light_verb() -> None:
    found = made("hi-en", "हमारी टीम ने मैदान साफ़ किया।")
    assert not isinstance(found, Reject)
    assert found[0].text.endswith("clean किया।")


def test_tags_origins_and_measures() -> None:
    [sample] = found if not isinstance(found := made("es-en", "Vimos un perro negro."), Reject) else []
    assert sample.langs == ["es", "es", "en", "en", "other"]
    assert sample.origins == [("es", 0), ("es", 1), None, None, ("es", 4)]
    assert (sample.measures["share"], sample.met, sample.languages) == (1.0, True, ["es", "en"])


def test_several_sentences_of_one_seed() -> None:
    text = "La enfermera dejó las llaves en la cocina del hospital."
    found = made("es-en", text, share=0.34, draws=20)
    assert not isinstance(found, Reject)
    texts = [sample.text for sample in found]
    assert len(set(texts)) == len(texts) > 2
    assert {sample.langs.count("en") for sample in found} == {1}
    assert [sample.id for sample in found] == [f"1.{n}" for n in range(len(texts))]


def test_more_sentences_than_there_are_choices_end() -> None:
    found = made("es-en", "Compré tres boletos.", draws=10**12)
    assert not isinstance(found, Reject)
    assert [sample.text for sample in found] == ["Compré tres tickets."]


def test_spans_move() -> None:
    item = Text(id="1", text="Compré tres boletos ayer.", lang="es", labels={"entities": [[12, 19], [20, 24]]})
    found = made("es-en", item)
    assert not isinstance(found, Reject)
    assert [found[0].text[s:e] for s, e in found[0].labels["entities"]] == ["tickets", "ayer"]


def test_all_in_latin_letters_when_asked() -> None:
    found = made("hi-en", "चप्पलें सुंदर हैं।", script="roman")
    assert not isinstance(found, Reject)
    assert found[0].text.isascii()
    assert found[0].langs == ["hi", "en", "hi", "other"]


@pytest.mark.parametrize(
    ("text", "reason"), [("", "empty_side"), ("घर", "wrong_script"), ("42", "no_words"), ("¿Por qué?", "no_units")]
)
def test_texts_that_give_nothing(text: str, reason: str) -> None:
    found = made("es-en", text)
    assert isinstance(found, Reject)
    assert found.reason == reason


@pytest.mark.parametrize(
    ("langs", "options", "line"),
    [
        (("es", "en"), {"share": 0.0}, "share is 0"),
        (("es", "en"), {"draws": 0}, "draws is 0"),
        (("es", "en", "hi"), {}, "two languages, not 3"),
        (("fr", "en"), {}, "words of fr cannot be analysed"),
    ],
)
def test_settings_and_languages_that_cannot_be_meant(
    langs: tuple[str, ...], options: dict[str, Any], line: str
) -> None:
    with pytest.raises(UsageError, match=line):
        MorphLexicon.make(MorphLexiconSettings(**options), DictionaryContext(*langs))


@pytest.mark.parametrize(
    ("word", "lang", "many"),
    [("box", "en", "boxes"), ("knife", "en", "knives"), ("photo", "en", "photos"), ("information", "en", "information"),
     ("examen", "es", "exámenes"), ("reloj", "es", "relojes"), ("pez", "es", "peces"), ("inglés", "es", "ingleses"),
     ("लड़का", "hi", "लड़के"), ("घर", "hi", "घर"), ("maison", "fr", None)],
)  # fmt: skip
def test_plurals(word: str, lang: str, many: str | None) -> None:
    assert plural(word, lang) == many


@pytest.mark.parametrize(
    ("word", "kind"),
    [("mesa", "f"), ("problemas", "m"), ("estaciones", "f"), ("color", "m"), ("mano", "f"), ("agua", "f"), 
     ("viaje", "m"), ("ciudad", "f"), ("pez", ""), ("tren", "")],
)  # fmt: skip
def test_genders_of_spanish_nouns(word: str, kind: str) -> None:
    assert gender(word, "es") == kind


def test_adjectives_whose_form_is_not_sure_are_not_used() -> None:
    assert agreeing("bueno", "es", "", "Sing") is None
    assert agreeing("grande", "es", "", "Plur") == "grandes"
    assert agreeing("gut", "de", "", "Sing") is None
    assert agreeing("नीला", "hi", "", "Sing") is None
