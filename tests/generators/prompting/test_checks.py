"""Each check finds what it is for, names the words, and leaves good texts alone."""

from __future__ import annotations

import pytest

from cswitch.annotators.lid.compact import CompactTagger
from cswitch.generators.prompting.checks import Checks, stretches
from cswitch.generators.prompting.contracts import Brief, Candidate
from cswitch.generators.prompting.measuring import TextMeasurer
from cswitch.generators.switching.generator import SwitchGenerator
from cswitch.generators.switching.view import AlignedPair
from cswitch.schemas.prompting import Finding, PromptSettings
from cswitch.schemas.reject import REASONS, Reject
from cswitch.schemas.settings import SynthSettings
from tests.generators.prompting.sources import aligned, brief_of, pair_of

HINDI = pair_of(
    ("en", "Yesterday Neha paid 1,200 rupees for the tickets at https://tickets.example"),
    ("hi", "कल नेहा ने https://tickets.example पर टिकटों के लिए १२०० रुपये दिए"),
    "0-0 1-1 2-9 3-7 4-8 7-5 9-3",
)
SPANISH = pair_of(
    ("en", "The new teacher explains the difficult lesson slowly to the small children"),
    ("es", "El nuevo profesor explica lentamente la lección difícil a los niños pequeños"),
    "0-0 1-1 2-2 3-3 4-5 5-7 6-6 7-4 8-8 9-9 10-11 11-10",
)


def check(
    text: str, brief: Brief, *, script: str = "roman", length_ratio: tuple[float, float] = (0.5, 1.8)
) -> list[Finding]:
    settings = PromptSettings(languages=brief.languages, script=script, length_ratio=length_ratio)  # type: ignore[arg-type]
    candidate = TextMeasurer(CompactTagger.load(), settings).measure(brief, text)
    return Checks(settings).check(brief, candidate)


def names_of(findings: list[Finding]) -> list[str]:
    return [finding.check for finding in findings]


def grid(*languages: str, cmi: float | None = None, turns: int = 1) -> Brief:
    return Brief(id="1", languages=languages, cmi=cmi, tolerance=5, turns=turns)


@pytest.mark.parametrize("langs", [("en", "es"), ("en", "hi")])
def test_nothing_but_the_cmi_speaks_against_what_the_lattice_makes(langs: tuple[str, str]) -> None:
    generator = SwitchGenerator(SynthSettings(pair=langs, cmi=(25.0, 25.0)))
    settings = PromptSettings(languages=langs)
    measurer, checks = TextMeasurer(CompactTagger.load(), settings), Checks(settings)
    found: list[Finding] = []
    for pair in aligned(*langs)[:80]:
        made = generator.generate(pair)
        if not isinstance(made, Reject):
            brief = brief_of(pair)
            found += checks.check(brief, measurer.measure(brief, made[0].text))
    assert set(names_of(found)) <= {"cmi_missed"}


def test_a_text_without_words_is_empty() -> None:
    assert names_of(check("!!! 12 👍", grid("hi", "en"))) == ["empty_answer"]
    assert names_of(check("", grid("hi", "en"))) == ["empty_answer"]


def test_native_letters_in_roman_text_are_named() -> None:
    found = check("kal हमारा नया office band hai", grid("hi", "en"))[0]
    assert (found.check, found.spans) == ("wrong_script", ("हमारा नया",))


def test_latin_letters_of_a_native_language_are_named() -> None:
    found = check("मैं कल office nahin jaunga यार", grid("hi", "en"), script="native")[0]
    assert (found.check, found.spans) == ("wrong_script", ("nahin jaunga",))
    assert not check("मैं कल office नहीं जाऊँगा", grid("hi", "en"), script="native")


def test_words_of_a_third_language_are_named() -> None:
    found = check("je ne sais pas kya karna hai yaar office mein", grid("hi", "en"))[0]
    assert (found.check, found.spans) == ("wrong_language", ("je ne sais pas",))
    assert "fr" in found.detail
    found = check("kal office mein Привет bola usne", grid("hi", "en"), script="native")[0]
    assert found.check == "wrong_script"
    found = check("me gusta the way you sing, Привет", grid("es", "en"))[0]
    assert found.check == "wrong_script"


def test_a_language_that_was_asked_for_has_to_be_there() -> None:
    assert names_of(check("I am going home now", grid("en", "hi", cmi=20))) == ["wrong_language", "cmi_missed"]
    assert not check("I am going home now", grid("en", "hi", cmi=0))
    assert names_of(check("I am going home now", grid("en", "hi", cmi=None))) == ["wrong_language"]
    assert not check("I am going home now yaar kal milte hain", grid("en", "hi", "es", cmi=None))


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("kal Neha ne https://tickets.example par tickets ke liye 1200 rupees diye", ()),
        ("yesterday Neha ne https://tickets.example par tickets ke liye १,२०० rupees diye", ()),
        ("kal Nehaa ne https://tickets.example par tickets ke liye Rs1200 diye", ()),
        ("kal Neha ne https://tickets.example par tickets ke liye rupees diye", ("1200",)),
        ("kal Neha ne online tickets ke liye 1200 rupees diye", ("https://tickets.example",)),
        ("kal usne https://tickets.example par tickets ke liye 1200 rupees diye", ("Neha",)),
    ],
)
def test_numbers_names_and_links_of_the_source_are_kept(text: str, missing: tuple[str, ...]) -> None:
    lost = [finding for finding in check(text, brief_of(HINDI, cmi=None)) if finding.check == "lost_content"]
    assert [finding.spans for finding in lost] == ([missing] if missing else [])


def test_numbers_and_links_that_are_made_up_are_named() -> None:
    text = "kal Neha ne https://tickets.example par 3 tickets ke liye 1200 rupees www.shop.example ko diye"
    found = [one for one in check(text, brief_of(HINDI, cmi=None)) if one.check == "lost_content"]
    assert [(one.detail.split(":")[0], set(one.spans)) for one in found] == [("made up", {"3", "www.shop.example"})]


def test_a_number_in_words_may_become_digits() -> None:
    for pair in aligned("en", "hi"):
        if "three" in pair.source.tokens and "तीन" in pair.target.tokens:
            text = " ".join("3" if token == "तीन" else token for token in pair.target.tokens)
            found = check(text, brief_of(pair, cmi=None), script="native")
            assert "lost_content" not in names_of(found)
            break
    else:
        pytest.fail("no sample says three")


def test_placeholders_mentions_and_tags_are_kept_as_often_as_they_stand() -> None:
    pair = pair_of(
        ("en", "Hi {name}, ask @asha for <b>%s</b> #offer {name}"),
        ("es", "Hola {name}, pide a @asha <b>%s</b> #offer {name}"),
    )
    assert "lost_content" not in names_of(check("Hi {name}, pide a @Asha <b>%s</b> {name} #offer", brief_of(pair)))
    found = next(
        one for one in check("Hi {name}, pide a Asha <b>%d</b>", brief_of(pair)) if one.check == "lost_content"
    )
    assert set(found.spans) == {"{name}", "@asha", "%s", "#offer"}


def test_nothing_is_lost_without_a_source() -> None:
    assert not check("kal 5 baje office aana, www.shop.example dekhna", grid("hi", "en"))


def test_length_is_measured_against_the_longer_side() -> None:
    assert "wrong_length" in names_of(check("El teacher explica", brief_of(SPANISH)))
    long = "El nuevo teacher explica slowly la difficult lección " * 3 + "a los niños pequeños"
    found = [one for one in check(long, brief_of(SPANISH)) if one.check == "wrong_length"]
    assert len(found) == 1
    assert "too long: 28 tokens, the source has 12" in found[0].detail
    assert "wrong_length" not in names_of(check(long, brief_of(SPANISH), length_ratio=(0.1, 3.0)))


def test_a_dialogue_has_its_turns() -> None:
    brief = grid("hi", "en", turns=4)
    assert names_of(check("kal office aaoge?\nhaan, sure yaar!", brief)) == ["wrong_length"]
    assert not check("kal office aaoge?\nhaan, sure yaar!\nok, bye phir", brief)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("main ja raha ja raha ja raha hoon office", ("ja raha",)),
        ("office office office office jaana hai", ("office",)),
        ("kal office band hai. theek hai? Kal office band hai!", ("kal office band hai",)),
    ],
)
def test_loops_and_sentences_said_again_are_named(text: str, spans: tuple[str, ...]) -> None:
    found = next(one for one in check(text, grid("hi", "en")) if one.check == "repetition")
    assert found.spans == spans


def test_emphasis_is_no_loop() -> None:
    assert not check("bahut bahut bahut thanks yaar, ha ha ha", grid("hi", "en"))


def test_a_word_said_in_both_languages_is_named() -> None:
    found = check(
        "El nuevo teacher profesor explica the lección difícil slowly a los niños", brief_of(SPANISH, cmi=None)
    )
    assert [(one.check, one.spans) for one in found] == [("repetition", ("teacher profesor",))]


def test_a_translation_behind_the_text_is_a_repetition() -> None:
    text = "El nuevo profesor explica la lección difícil, the new teacher explains the difficult lesson"
    found = next(one for one in check(text, brief_of(SPANISH)) if one.check == "repetition")
    assert "profesor teacher" in found.spans


def test_part_of_a_sentence_said_again_in_the_other_language_is_a_repetition() -> None:
    pair = pair_of(
        ("en", "My brother works in a big hospital"),
        ("hi", "मेरा भाई एक बड़े अस्पताल में काम करता है"),
        "0-0 1-1 2-6 4-2 5-3 6-4",
    )
    text = "मेरा भाई एक बड़े अस्पताल in a big hospital"
    found = next(one for one in check(text, brief_of(pair), script="native") if one.check == "repetition")
    assert found.spans == ("बड़े big", "अस्पताल hospital")


def test_the_matrix_language_and_the_cmi_are_measured() -> None:
    text = "The new teacher explains the lección to the niños pequeños"
    assert names_of(check(text, brief_of(SPANISH, cmi=30))) == ["wrong_matrix"]
    found = check(text, brief_of(SPANISH, languages=("en", "es"), cmi=5))
    assert names_of(found) == ["cmi_missed"]
    assert found[0].detail == "asked for 5 within 5, measured 30.0"


def test_the_gravest_comes_first_and_names_are_reasons() -> None:
    order = [
        "wrong_script",
        "wrong_language",
        "lost_content",
        "wrong_length",
        "repetition",
        "wrong_matrix",
        "cmi_missed",
    ]
    found = names_of(check("office office office office नहीं", brief_of(HINDI, cmi=5)))
    assert found == [name for name in order if name in found]
    assert len(found) > 3
    assert set(order) | {"empty_answer"} <= set(REASONS)


def test_neighbours_are_named_as_they_stand() -> None:
    candidate: Candidate = TextMeasurer(CompactTagger.load(), PromptSettings(languages=("en", "hi"))).measure(
        grid("hi", "en"), "so, kal office"
    )
    assert stretches(candidate, [0, 1, 3]) == ("so,", "office")


def test_a_source_that_loops_may_be_said_as_it_is() -> None:
    pair: AlignedPair = pair_of(("en", "very very very very good work"), ("es", "muy muy muy muy buen trabajo"))
    assert "repetition" not in names_of(check("muy muy muy muy good trabajo", brief_of(pair)))
