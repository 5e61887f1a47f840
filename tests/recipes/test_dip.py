"""Dictionary insertion prompting."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.errors import UsageError
from cswitch.core.lexicon import Lexicon
from cswitch.core.translation import Translation
from cswitch.generators.recipes.contracts import Text
from cswitch.generators.recipes.operations.dip import Dip, DipSettings
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample
from tests.recipes.dictionary_context import DictionaryContext

WORDS = {
    "घर": "house",
    "पानी": "water",
    "मेरा": "my",
    "सोमवार": "monday",
    "रात का खाना": "dinner",
    "खाना": "food",
    "में": "in",
}
HINDI = Lexicon(
    "hi",
    "en",
    {word: [Translation(other, 0.7, 1.0)] for word, other in WORDS.items()},
    closed={"hi": frozenset({"में", "का"}), "en": frozenset({"in", "my"})},
)


def glossed(text: str | Text, script: str = "", **options: Any) -> Sample | Reject:
    item = text if isinstance(text, Text) else Text(id="1", text=text, lang="hi")
    context = DictionaryContext("hi", "en", lexicons={("hi", "en"): HINDI}, script=script)
    [made] = Dip.make(DipSettings(**options), context)([item])
    return made if isinstance(made, Reject) else made[0]


def text_of(made: Sample | Reject) -> str:
    assert isinstance(made, Sample), made
    assert [made.text[start:end] for start, end in made.offsets] == made.tokens
    return made.text


def test_counterparts_stand_behind_their_words() -> None:
    made = glossed("मेरा घर सोमवार में है।")
    assert text_of(made) == "मेरा घर (house) सोमवार (Monday) में है।"
    assert isinstance(made, Sample)
    assert made.langs == ["hi", "hi", "other", "en", "other", "hi", "other", "en", "other", "hi", "hi", "other"]
    assert made.origins[1:5] == [("hi", 1), None, None, None]
    assert made.languages == ["hi", "en"]


def test_closed_class_words_get_one_when_asked() -> None:
    assert text_of(glossed("मेरा घर में", words="all")) == "मेरा (my) घर (house) में (in)"


def test_an_expression_gets_one_counterpart() -> None:
    assert text_of(glossed("रात का खाना खाना")) == "रात का खाना (dinner) खाना (food)"


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"style": "bare"}, "घर house, पानी water और घर house"),
        ({"repeats": False}, "घर (house), पानी (water) और घर"),
        ({"place": "before"}, "घर: house, पानी: water\nघर, पानी और घर"),
        ({"place": "after"}, "घर, पानी और घर\nघर: house, पानी: water"),
    ],
)
def test_where_counterparts_stand(options: dict[str, Any], text: str) -> None:
    assert text_of(glossed("घर, पानी और घर", **options)) == text


def test_code_formulas_and_placeholders_stay() -> None:
    assert text_of(glossed("`घर` {पानी} $पानी=2$ पानी")) == "`घर` {पानी} $पानी=2$ पानी (water)"


def test_romanised_prompts() -> None:
    assert text_of(glossed("मेरा घर", script="roman")) == "mera ghar (house)"


def test_spans_move() -> None:
    item = Text(id="1", text="मेरा घर में पानी", lang="hi", labels={"entities": [[5, 7, "A"], [12, 16, "B"]], "answer": 4})
    made = glossed(item)
    assert isinstance(made, Sample)
    assert [made.text[s:e] for s, e, _ in made.labels["entities"]] == ["घर", "पानी"]
    assert made.labels["answer"] == 4


def test_scripts_without_spaces_are_parted_behind_a_counterpart() -> None:
    chinese = Lexicon("zh", "en", {"水": [Translation("water", 1, 1)]})
    operation = Dip.make(DipSettings(), DictionaryContext("zh", "en", lexicons={("zh", "en"): chinese}))
    [made] = operation([Text(id="1", text="喝水吧。", lang="zh", tokens=("喝", "水", "吧", "。"))])
    assert not isinstance(made, Reject)
    assert text_of(made[0]) == "喝水 (water) 吧。"


@pytest.mark.parametrize(
    ("text", "reason"), [("", "empty_side"), ("ghar", "wrong_script"), ("12 + 3", "no_words"), ("चाँद", "no_units")]
)
def test_texts_that_give_nothing(text: str, reason: str) -> None:
    made = glossed(text)
    assert isinstance(made, Reject)
    assert made.reason == reason


def test_settings_and_languages_that_cannot_be_meant() -> None:
    with pytest.raises(UsageError, match="dip takes two languages, not 3"):
        Dip.make(DipSettings(), DictionaryContext("hi", "en", "es"))
    with pytest.raises(UsageError, match="min_prob is 2"):
        Dip.make(DipSettings(min_prob=2), DictionaryContext("hi", "en"))
    with pytest.raises(UsageError, match="no lexicon for is-en"):
        Dip.make(DipSettings(), DictionaryContext("is", "en"))


@given(st.lists(st.sampled_from(["घर", "पानी", "रात", "का", "खाना", "42", "।", "{x}", "\n"]), min_size=1).map(" ".join))
def test_the_prompt_without_what_came_in_is_the_prompt(text: str) -> None:
    made = glossed(text)
    if isinstance(made, Sample):
        kept = [token for token, origin in zip(made.tokens, made.origins, strict=True) if origin]
        assert "".join(kept) == "".join(text.split())
        text_of(made)
