"""Blanks: where the nouns stand, or at a share of the words; the rest of the sentence as it is."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.contracts import Tagging
from cswitch.core.text.tokens import tokenise
from cswitch.generators.prompting.blanks import BLANK
from cswitch.generators.prompting.checks import Checks
from cswitch.generators.prompting.measuring import TextMeasurer
from cswitch.generators.prompting.plan import Planner
from cswitch.schemas.prompting import PromptSettings
from tests.generators.prompting.sources import aligned, brief_of

PAIRS = aligned("en", "es")


def planner(kind: str, script: str = "native", *langs: str) -> Planner:
    asked = PromptSettings(languages=langs or ("en", "es"), script=script)  # type: ignore[arg-type]
    return Planner(asked, kind, config="run")  # type: ignore[arg-type]


@given(st.integers(0, len(PAIRS) - 1), st.floats(1, 50))
@settings(max_examples=60, deadline=None)
def test_as_many_words_are_blank_as_were_asked_for(number: int, cmi: float) -> None:
    pair = PAIRS[number]
    asked = brief_of(pair, cmi=cmi, languages=("en", "es"))
    plan = planner("ratio").plan(asked)
    assert plan == planner("ratio").plan(asked)
    words = [token for token in pair.source.tokens if any(map(str.isalpha, token))]
    assert abs(plan.sketch.count(BLANK) - max(1, cmi / 100 * len(words))) <= 1
    left = tokenise(plan.sketch.replace(BLANK, " "), "en").tokens
    rest = iter(pair.source.tokens)
    assert all(any(token == word for word in rest) for token in left), plan.sketch
    said = {token.lower() for token in pair.target.tokens}
    for kept in plan.keep:
        assert kept.lang == "es"
        assert all(word.lower() in said for span in kept.spans for word in span.split())


def test_a_fifth_is_blank_where_no_cmi_is_asked_for() -> None:
    counts = [planner("ratio").plan(brief_of(pair, cmi=None, languages=("en", "es"))).sketch for pair in PAIRS[:40]]
    blanks = sum(text.count(BLANK) for text in counts)
    words = sum(sum(map(str.isalpha, pair.source.tokens)) for pair in PAIRS[:40])
    assert 0.17 <= blanks / words <= 0.23


def test_draws_of_a_row_differ_and_names_stay() -> None:
    pair = PAIRS[0]
    asked = brief_of(pair, cmi=20, languages=("en", "es"))
    texts = {planner("ratio").plan(msgspec.structs.replace(asked, draw=draw)).sketch for draw in range(12)}
    assert len(texts) > 6
    assert all("Camila" in text for text in texts)


def test_every_noun_is_blank_and_nothing_else() -> None:
    plan = planner("nouns").plan(brief_of(PAIRS[0], cmi=None, languages=("en", "es")))
    assert plan.sketch == "Hey Camila, are you free on Sunday ____ for a ____ and some ____?"
    assert plan.keep[0].spans == ("tarde", "café", "chisme")
    assert plan.level == ""


def test_words_that_fill_blanks_are_spelt_in_the_script_asked_for() -> None:
    [pair] = aligned("en", "hi")[1:2]
    asked = brief_of(pair, cmi=None, languages=("en", "hi"))
    plan = planner("nouns", "roman", "en", "hi").plan(asked)
    assert plan.keep[0].lang == "hi"
    assert all(span.isascii() for span in plan.keep[0].spans), plan.keep


@pytest.mark.parametrize("cmi", [None, 0.0])
def test_where_no_word_gets_a_blank_the_prompt_says_it_in_words(cmi: float | None) -> None:
    [pair] = PAIRS[:1]
    bare = type(pair)(pair.id, pair.source, pair.target, pair.links)  # without parts of speech
    plan = planner("nouns").plan(brief_of(bare, cmi=cmi, languages=("en", "es")))
    assert (plan.sketch, plan.keep) == ("", ())


def test_a_blank_that_was_left_open_is_found() -> None:
    class Ask:
        name = "ask"

        def tag(
            self, batch: Sequence[Sequence[str]], languages: Sequence[str] = (), *, alternatives: int = 0
        ) -> list[Tagging]:
            return [Tagging(["en"] * len(tokens), [0.9] * len(tokens)) for tokens in batch]

    asked = brief_of(PAIRS[0], cmi=None, languages=("en", "es"))
    asked_for = PromptSettings(languages=("en", "es"))
    candidate = TextMeasurer(Ask(), asked_for).measure(asked, "Hey Camila, are you free on Sunday ____ for a café?")
    [finding] = Checks(asked_for).check(asked, candidate)
    assert (finding.check, finding.detail) == ("bad_format", "a blank was left open")
