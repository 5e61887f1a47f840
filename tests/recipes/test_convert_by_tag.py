"""Tokens of some tags in another script or language: the rest of the text stays, offsets fit."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.errors import UsageError
from cswitch.core.lexicon import Lexicon, Translation
from cswitch.core.measures import cmi
from cswitch.generators.recipes.operations.convert_by_tag import ConvertByTag, ConvertByTagSettings
from cswitch.pipeline.recipes.items import sample_of
from cswitch.schemas.sample import Sample
from tests.recipes.dictionary_context import DictionaryContext

WORDS = {"hi": ["ghar", "Mera", "nahi", "घर"], "en": ["office", "OK", "phone"], "other": ["!", "42"], "ne": ["Delhi"]}


def tagged(text: str, name: str = "1") -> Sample:
    """A sample of ``token/tag`` text, white space as it is."""
    plain = ""
    record: dict[str, Any] = {"id": name, "tokens": [], "langs": [], "offsets": []}
    for gap, token, tag in re.findall(r"(\s*)(\S+)/(\w+)", text):
        plain += gap + token
        record["tokens"].append(token)
        record["langs"].append(tag)
        record["offsets"].append([len(plain) - len(token), len(plain)])
    return sample_of({**record, "text": plain}, ("hi", "en"))


def converted(actions: dict[str, str], *samples: Sample, context: DictionaryContext | None = None) -> list[Sample]:
    operation = ConvertByTag.make(ConvertByTagSettings(actions=actions), context or DictionaryContext("hi", "en"))
    made = operation(samples)
    assert all(isinstance(found, list) for found in made)
    return [sample for found in made if isinstance(found, list) for sample in found]


def test_only_the_tokens_of_the_tag_are_converted() -> None:
    sample = tagged("Kal/hi  office/en mein/hi meeting/en hai/hi\n,/other tum/hi aana/hi Delhi/ne !/other")
    [found] = converted({"hi": "native", "en": "pass"}, sample)
    assert found.text == "कल  office में meeting है\n, तुम आना Delhi !"
    assert found.langs == sample.langs
    assert found.measures["converted"] == 5
    assert (found.id, found.source_id, found.languages) == ("1", "1", ["hi", "en"])
    [back] = converted({"hi": "latin"}, found)
    assert back.text == "kal  office mein meeting hai\n, tum aana Delhi !"


def test_what_the_sample_was_made_by_is_kept() -> None:
    sample = tagged("Kal/hi office/en")
    past = msgspec.structs.replace(
        sample.provenance, generator="insertion", aligner="lexical", constraint="none", draw=3
    )
    sample = msgspec.structs.replace(sample, id="9.3", source_id="9", scores={"fluency": 0.5}, provenance=past)
    [found] = converted({"hi": "native"}, sample)
    assert (found.id, found.source_id, found.scores) == ("9.3", "9", {"fluency": 0.5})
    now = found.provenance
    assert (now.generator, now.aligner, now.constraint, now.draw) == ("convert-by-tag", "lexical", "none", 3)


def test_neighbours_decide_between_spellings() -> None:
    [alone] = converted({"hi": "native"}, tagged("ki/hi"))
    [told] = converted({"hi": "native"}, tagged("usne/hi kaha/hi ki/hi vah/hi aayega/hi"))
    assert alone.text == "की"
    assert told.text == "उसने कहा कि वह आएगा"


def test_translated_tokens_have_the_tag_of_their_language() -> None:
    entries = {"idea": [Translation("idea", 0.9, 0.9)], "please": [Translation("por favor", 0.9, 0.9)]}
    context = DictionaryContext("hi", "en", lexicons={("en", "es"): Lexicon("en", "es", entries)})
    sample = tagged("Please/en yeh/hi idea/en zorkish/en batao/hi")
    [found] = converted({"en": "translate:es", "hi": "native"}, sample, context=context)
    assert found.text == "Por favor यह idea zorkish बताओ"
    assert found.langs == ["es", "es", "hi", "es", "en", "hi"]
    assert found.languages == ["hi", "en", "es"]
    assert found.measures["cmi"] == round(cmi(found.langs), 4)
    assert found.measures["converted"] == 4


def test_what_is_native_already_stays() -> None:
    [found] = converted({"hi": "native"}, tagged("घर/hi ghar/hi 42/hi"))
    assert found.text == "घर घर 42"
    assert found.measures["converted"] == 1


@given(
    st.lists(st.sampled_from([(word, tag) for tag, words in WORDS.items() for word in words]), min_size=1, max_size=9)
)
def test_offsets_fit_and_other_tokens_stay(words: list[tuple[str, str]]) -> None:
    sample = tagged(" ".join(f"{word}/{tag}" for word, tag in words))
    [found] = converted({"hi": "native"}, sample)
    assert [found.text[start:end] for start, end in found.offsets] == found.tokens
    assert found.langs == sample.langs
    for before, after, tag in zip(sample.tokens, found.tokens, found.langs, strict=True):
        assert after == before or tag == "hi"
    assert converted({"hi": "native"}, sample, tagged("ghar/hi", "2"))[0] == found


@pytest.mark.parametrize(
    ("actions", "told"),
    [
        ({}, "no tag has an action"),
        ({"hi": "nativ"}, "hi: unknown action 'nativ'; did you mean 'native'?"),
        ({"en": "latin"}, "en .English. is written in Latin letters already"),
        ({"ar": "native"}, "no de-romanisation for 'ar'"),
        ({"xx": "latin"}, "unknown language 'xx'"),
        ({"en": "translate:"}, "en: unknown action 'translate:'"),
    ],
)
def test_what_cannot_be_done_is_told_before_anything_is_read(actions: dict[str, str], told: str) -> None:
    with pytest.raises(UsageError, match=told.replace("?", r"\?")):
        converted(actions)
