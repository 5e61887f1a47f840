"""Tokens of mixed texts are matched with the tokens they were made from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.text.tokens import is_neutral
from cswitch.core.transliteration import romaniser_for
from cswitch.generators.prompting.matching import EXACT, LIKE, ROMAN, SOUND, match
from cswitch.generators.switching.generator import SwitchGenerator
from cswitch.generators.switching.spelling import Speller
from cswitch.schemas.reject import Reject
from cswitch.schemas.settings import SynthSettings
from tests.generators.prompting.sources import aligned, pair_of

MEETING = pair_of(("en", "The meeting is in the office at 12"), ("hi", "मीटिंग १२ बजे दफ़्तर में है"))


@pytest.mark.parametrize(("other", "script"), [("es", "native"), ("hi", "native"), ("hi", "roman")])
def test_words_of_synthetic_mixtures_are_found_where_they_came_from(other: str, script: str) -> None:
    pair_langs = ("en", other)
    settings = SynthSettings(pair=pair_langs, cmi=(30.0, 30.0), script=script)  # type: ignore[arg-type]
    speller = Speller({"hi": romaniser_for("hi")}, variety=0.5) if script == "roman" else None
    generator = SwitchGenerator(settings, speller=speller)
    right = wrong = 0
    for pair in aligned(*pair_langs)[:60]:
        made = generator.generate(pair)
        for sample in [] if isinstance(made, Reject) else made:
            found = match(sample.tokens, pair)
            for token, origin, guess, doubt in zip(
                sample.tokens, sample.origins, found.origins, found.ambiguous, strict=True
            ):
                if origin is not None and not doubt and not is_neutral(token):
                    right += guess == origin
                    wrong += guess != origin
    assert right > 99 * wrong
    assert right > 300


def test_romanised_words_respelt_are_found() -> None:
    found = match("Meeting 12 bje dftar mein hai".split(), MEETING)
    assert [origin and origin[1] for origin in found.origins] == [0, 1, 2, 3, 4, 5]
    assert {origin[0] for origin in found.origins[2:] if origin} == {"hi"}


def test_digits_of_any_script_are_one_number() -> None:
    assert match(["12"], pair_of(("en", "at noon"), ("hi", "१२ बजे"))).origins == (("hi", 0),)


def test_an_exact_word_is_surer_than_one_romanised_and_that_than_a_likeness() -> None:
    pair = pair_of(("en", "office"), ("hi", "सरकार"))
    sureness = [match([word], pair).sureness[0] for word in ("office", "sarkar", "sarkaar", "sarkari", "kutta")]
    assert sureness[:2] == [EXACT, ROMAN]
    assert sureness[2] >= SOUND > LIKE >= sureness[3] > 0 == sureness[4]


def test_a_word_of_both_sides_is_ambiguous_and_goes_with_its_neighbours() -> None:
    pair = pair_of(("en", "Anna reads the chat now"), ("es", "Ahora Anna lee el chat"))
    found = match("Ahora Anna lee the chat".split(), pair)
    assert found.ambiguous == (False, True, False, False, True)
    assert found.origins[1] == ("es", 1)
    assert found.origins[4] == ("en", 3)


def test_repeated_words_are_told_apart_by_their_neighbours() -> None:
    pair = pair_of(("en", "the cat saw the dog and the bird"), ("es", "el gato vio al perro y al pájaro"))
    found = match("the bird and the cat".split(), pair)
    assert found.origins == (("en", 6), ("en", 7), ("en", 5), ("en", 0), ("en", 1))
    assert all(found.borne_out[:2] + found.borne_out[3:])


def test_native_letters_beside_latin_ones_are_not_one_language() -> None:
    pair = pair_of(("en", "buses on the line"), ("hi", "लाइन पर बसें"))
    assert match("line पर बसें".split(), pair).origins[0] == ("en", 3)


@given(st.lists(st.sampled_from([*MEETING.source.tokens, *MEETING.target.tokens, "kal", "the", "@asha", "!"])))
def test_each_source_token_is_used_once(tokens: list[str]) -> None:
    found = match(tokens, MEETING)
    used = [origin for origin in found.origins if origin]
    assert len(used) == len(set(used))
    for lang, places in found.places.items():
        for place, token in enumerate(places):
            assert token is None or found.origins[token] == (lang, place)
    assert sum(token is not None for places in found.places.values() for token in places) == len(used)
    for origin, sure in zip(found.origins, found.sureness, strict=True):
        assert (origin is None) == (sure == 0)
