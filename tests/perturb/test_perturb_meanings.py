"""What single words become by lexicon: the right sense, number, form and spelling, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from cswitch.core.wordlists import table
from cswitch.perturb.forms import plural_of, singulars
from cswitch.perturb.making import mixers
from cswitch.perturb.meant import MeantWords
from cswitch.perturb.mixing import TextTask
from cswitch.perturb.natural import NaturalWords
from cswitch.perturb.nouns import NounLexicon
from cswitch.perturb.predicates import form_of
from cswitch.perturb.senses import Senses
from cswitch.perturb.settings import FieldSettings, PerturbSettings


def classes(sentence: str, other: str) -> dict[str, str]:
    """Each word of an English sentence that may be replaced, with what it is to become."""
    tokens = sentence.split()
    [found] = MeantWords(NaturalWords("en"), NounLexicon.load("en", other)).classes([tokens])
    return {token: kind for token, kind in zip(tokens, found, strict=True) if kind}


def mixed(text: str, pair: str, cmi: float = 50, **more: object) -> str:
    first, second = pair.split("-")
    settings = PerturbSettings(pair=(first, second), fields={"text": FieldSettings()}, **more)  # type: ignore[arg-type]
    [made] = mixers(settings, {})(cmi).mix([TextTask("1", text)])
    return made.text


@pytest.mark.parametrize(
    ("sentence", "word", "other", "expected"),
    [
        ("The bank of the river flooded .", "bank", "es", "orilla"),
        ("The bank raised the interest of the loan .", "bank", "es", "banco"),
        ("The banks of the lake flooded .", "banks", "hi", "किनारे"),
        ("Read the path of the file .", "path", "es", "ruta"),
        ("A path in the forest led to the village .", "path", "es", "sendero"),
        ("Put the bread on the table .", "table", "de", "tisch"),
        ("Sort the row of the table by the column .", "table", "de", "tabelle"),
        ("The team won the match .", "match", "fr", None),
        ("The judge gave him a long sentence in prison for a year .", "sentence", "es", "condena"),
        ("The mean of the numbers is in the set .", "mean", "de", "mittelwert"),
    ],
)
def test_a_word_is_said_in_the_sense_that_its_text_shows(
    sentence: str, word: str, other: str, expected: str | None
) -> None:
    found = classes(sentence, other).get(word, "")
    assert found == (f"NOUN={expected}" if expected else "NOUN=match")


@pytest.mark.parametrize("word", ["kind", "record", "stick", "scale"])
def test_a_word_without_a_leading_sense_stays(word: str) -> None:
    assert classes(f"They saw the {word} near the house .", "es") == {"house": "NOUN=casa"}


def test_a_list_of_the_users_goes_before_the_senses(tmp_path: Path) -> None:
    own = tmp_path / "mine.tsv"
    own.write_text("record\tregistro\npath\tcaminito\n", encoding="utf-8")
    text = "The record of the animal is on the path of the file."
    assert mixed(text, "en-es", lexicons=(str(own),)).startswith("The registro of the")
    assert "caminito" in mixed(text, "en-es", lexicons=(str(own),))


@pytest.mark.parametrize(
    ("word", "other", "first"),
    [
        ("brothers", "es", "hermanos"),
        ("rows", "hi", "पंक्तियाँ"),
        ("month", "hi", "महीना"),
        ("pictures", "de", "bilder"),
        ("walls", "fr", "murs"),
        ("change", "fr", "changement"),
        ("drink", "fr", "boisson"),
        ("drink", "hi", "पेय"),
        ("snow", "hi", "बर्फ़"),
        ("women", "hi", "महिलाएँ"),
    ],
)
def test_nouns_come_in_their_number_and_as_nouns(word: str, other: str, first: str) -> None:
    assert NounLexicon.load("en", other).translations(word)[0].word == first


@pytest.mark.parametrize(
    ("word", "other"), [("bus", "de"), ("tank", "de"), ("point", "fr"), ("bread", "es"), ("words", "de")]
)
def test_what_both_languages_say_or_what_reads_as_another_word_is_left_out(word: str, other: str) -> None:
    assert not NounLexicon.load("en", other).translations(word)


@pytest.mark.parametrize(
    ("sentence", "word", "other", "expected"),
    [
        ("The fees of the fund are low .", "low", "es", "ADJ=bajas"),
        ("She was sick .", "sick", "es", "ADJ=enferma"),
        ("He was sick .", "sick", "es", "ADJ=enfermo"),
        ("They were sick .", "sick", "es", ""),
        ("The water is cold .", "cold", "es", "ADJ=fría"),
        ("The water is cold .", "cold", "de", "ADJ=kalt"),
        ("The water is cold .", "cold", "fr", ""),
        ("He was right .", "right", "es", ""),
    ],
)
def test_adjectives_agree_with_their_subject_or_stay(sentence: str, word: str, other: str, expected: str) -> None:
    assert classes(sentence, other).get(word, "") == expected


def test_what_a_tagger_took_for_a_noun_and_is_a_verb_stays() -> None:
    assert "travels" not in classes("The train leaves the station and travels at a high speed .", "es")
    assert "Drink" not in classes("Drink warm water with honey .", "hi")


def test_german_nouns_have_a_capital_whatever_words_come_in() -> None:
    assert mixed("The dog is in the house.", "en-de") == "The Hund is in the Haus."
    assert "Haus" in mixed("The dog is in the house.", "en-de", words="content")


def test_a_sentence_that_begins_in_english_begins_with_a_capital() -> None:
    made = mixed("राजा ने किला बनवाया। राजा बीमार था।", "hi-en")
    assert made.startswith("King ने")
    assert "king" not in made


def test_english_nouns_after_a_numeral_are_plurals() -> None:
    assert "तीन hours में" in mixed("वह तीन घंटे में काम करेगी।", "hi-en")
    assert "peoples" not in mixed("टिकट बेचने के आरोप में चार लोगों को गिरफ़्तार किया।", "hi-en")
    assert "secondses" not in mixed("छोटा बटन दस सेकंड तक दबाए रखिए।", "hi-en")
    assert "47 खोलो" in mixed("अपनी किताब का पन्ना 47 खोलो और पढ़ो।", "hi-en")


def test_every_sense_can_be_read() -> None:
    kinds = {"NOUN", "ADJ", "ADV"}
    sets = {name for name, _ in table("sense-cues.tsv")}
    for lang, word, wordclass, cues, means in table("senses.tsv"):
        assert lang in {"en", "es", "hi"}, word
        assert wordclass in kinds, word
        assert all(cue[1:] in sets for cue in cues.split() if cue.startswith("@")), word
        assert means in {"-", "*"} or all(item == "*" or "=" in item for item in means.split()), word
        given = [item.partition("=")[0] for item in means.split() if "=" in item]
        assert len(given) == len(set(given)), word


def test_a_default_sense_stands_last() -> None:
    seen: set[tuple[str, str, str]] = set()
    for lang, word, wordclass, cues, _ in table("senses.tsv"):
        assert (lang, word, wordclass) not in seen, word
        if cues == ".":
            seen.add((lang, word, wordclass))


def test_the_word_itself_is_no_cue() -> None:
    senses = Senses("en", "es")
    assert senses.of(["bank"], 0, "NOUN", plural=False) == ""
    assert senses.of(["bank", "loan"], 0, "NOUN", plural=False) == "banco"
    assert senses.of(["tree"], 0, "VERB", plural=False) is None


@pytest.mark.parametrize(
    ("word", "lang", "expected"),
    [("país", "es", "países"), ("raíz", "es", "raíces"), ("cheval", "fr", "chevaux"), ("pays", "fr", "pays"),
     ("पिता", "hi", "पिता"), ("सड़क", "hi", "सड़कें"), ("Haus", "de", None)],
)  # fmt: skip
def test_plurals(word: str, lang: str, expected: str | None) -> None:
    assert plural_of(word, lang) == expected
    if lang == "es" and expected:
        assert word in singulars(expected, "es") or word == "país"


def test_forms_that_stand_before_nouns_alone_are_not_said_after_a_verb() -> None:
    assert form_of("gran", "es", "m", "Sing") == ""
    assert form_of("niedrige", "de", "", "Sing") == ""
    assert form_of("teuer", "de", "", "Sing") == "teuer"


@pytest.mark.parametrize(("word", "other", "expected"), [("tree", "id", "pohon"), ("village", "id", "kampung")])
def test_words_that_no_corpus_counted_are_translations_still(word: str, other: str, expected: str) -> None:
    assert NounLexicon.load("en", other).translations(word)[0].word == expected


def test_languages_that_the_senses_do_not_name_are_told_by_the_lexicon_where_it_has_that_sense() -> None:
    assert classes("The bank raised the interest of the loan .", "pt")["bank"] == "NOUN"
    assert "bank" not in classes("The bank of the river flooded .", "pt")
    assert classes("The answer is in the book .", "sw")["answer"] == "NOUN"


def test_what_only_its_sentence_made_a_translation_is_none() -> None:
    assert not NounLexicon.load("en", "hi").translations("belongs")
