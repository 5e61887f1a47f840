"""Plans: words of the source that the lattice chose, in the script asked for; the same for the same brief."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.lexicon import Lexicon, Translation
from cswitch.generators.prompting.contracts import Brief, Plan
from cswitch.generators.prompting.mixes import Mixer
from cswitch.generators.prompting.plan import Planner
from cswitch.generators.prompting.recipes import PlanKind
from cswitch.schemas.prompting import PromptSettings
from tests.generators.prompting.briefs import ENGLISH, HINDI, SPANISH, brief

KINDS: tuple[PlanKind, ...] = ("spans", "sketch", "wanted")


def planner(kind: PlanKind = "spans", *langs: str, script: str = "native", third: Lexicon | None = None) -> Planner:
    asked = PromptSettings(languages=langs or ("es", "en"), script=script)  # type: ignore[arg-type]
    return Planner(asked, kind, config="run", third=third)


def said(plan: Plan, lang: str) -> tuple[str, ...]:
    return next((kept.spans for kept in plan.keep if kept.lang == lang), ())


@given(st.sampled_from(KINDS), st.sampled_from(["es", "hi"]), st.floats(0, 50), st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_a_plan_is_made_of_the_source(kind: PlanKind, lang: str, cmi: float, draw: int) -> None:
    asked = brief(lang, cmi=cmi, draw=draw)
    plan = planner(kind, lang, "en").plan(asked)
    assert plan == planner(kind, lang, "en").plan(asked)
    own = SPANISH if lang == "es" else HINDI
    for span in said(plan, "en"):
        assert f" {span.lower()} " in f" {ENGLISH} "
    for span in said(plan, lang):
        assert f" {span.lower()} " in f" {own.lower()} "
    assert bool(plan.keep) != bool(plan.level)
    assert bool(plan.sketch) == (kind == "sketch" and bool(plan.keep))


@pytest.mark.parametrize("lang", ["es", "hi"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cmi", [10.0, 25.0, 40.0])
def test_the_mix_behind_a_plan_lies_near_the_cmi(lang: str, kind: PlanKind, cmi: float) -> None:
    asked = brief(lang, cmi=cmi)
    assert asked.pair
    mixer = Mixer(PromptSettings(languages=(lang, "en")), config="run")
    mix = mixer.wanted(asked, asked.pair) if kind == "wanted" else mixer.mix(asked, asked.pair)
    assert mix
    counted = [tag for tag in mix.langs if tag in (lang, "en")]
    share = 100 * counted.count("en") / len(counted)
    assert abs(min(share, 100 - share) - cmi) <= 12.5, mix.text


def test_more_is_said_in_the_embedded_language_for_a_higher_cmi() -> None:
    words = [len(" ".join(said(planner().plan(brief(cmi=cmi)), "en")).split()) for cmi in (10.0, 25.0, 45.0)]
    assert words == sorted(words)
    assert words[0] < words[-1]


def test_draws_of_a_row_differ() -> None:
    plans = {said(planner().plan(brief(draw=draw)), "en") for draw in range(8)}
    assert len(plans) > 1


def test_words_are_spelt_in_the_script_asked_for() -> None:
    native, roman = (planner("sketch", "hi", "en", script=script).plan(brief("hi")) for script in ("native", "roman"))
    assert said(native, "en") == said(roman, "en")
    assert re.search("[ऀ-ॿ]", " ".join(said(native, "hi")) + native.sketch)
    assert not re.search("[ऀ-ॿ]", " ".join(said(roman, "hi")) + roman.sketch)


def test_wanted_words_stand_at_links_that_cross_none_where_there_are_such() -> None:
    links = "1-1 5-4 4-5 9-8"  # new and job are crossed, office and home are not
    for draw in range(10):
        asked = brief(cmi=10.0, draw=draw, links=links)
        assert set(said(planner("wanted").plan(asked), "en")) <= {"office", "home"}


def test_closed_class_words_are_never_wanted() -> None:
    for draw in range(10):
        spans = said(planner("wanted").plan(brief(cmi=50.0, draw=draw)), "en")
        assert not {"the", "of", "my", "is"} & set(" ".join(spans).split()[:1])


@pytest.mark.parametrize("kind", KINDS)
def test_without_links_the_level_is_put_in_words(kind: PlanKind) -> None:
    assert planner(kind).plan(brief(links="")) == Plan(level="medium")


def test_without_a_source_or_a_switch_there_is_a_level() -> None:
    free = Brief(id="g", languages=("es", "en"), cmi=45.0, tolerance=5.0)
    assert planner().plan(free) == Plan(level="even")
    assert planner("level").plan(brief(cmi=35.0)) == Plan(level="heavy")
    assert planner("sketch").plan(brief(cmi=0.0)) == Plan(level="none")


def test_without_a_cmi_the_writer_is_free() -> None:
    assert planner().plan(brief(cmi=None)) == Plan()
    assert planner("sketch").plan(brief(cmi=None)).sketch


def test_the_third_language_takes_over_some_spans() -> None:
    words = {word: [Translation(f"{word}-x", 0.9, 0.9)] for word in ENGLISH.split()}
    made = planner("sketch", "es", "en", "fr", third=Lexicon("en", "fr", words))
    asked = brief(cmi=40.0, third="fr")
    plan = made.plan(asked)
    borrowed = said(plan, "fr")
    assert borrowed
    assert all(span.endswith("-x") and span in plan.sketch for span in borrowed)
    assert all(span.removesuffix("-x") not in said(plan, "en") for span in borrowed)


def test_a_language_without_words_of_its_own_is_named_by_the_level() -> None:
    plan = planner("spans", "es", "en", "fr").plan(brief(third="fr"))
    assert plan.keep
    assert plan.level == "medium"


def test_a_pair_without_parts_of_speech_has_a_plan_too() -> None:
    asked = brief()
    assert asked.pair
    bare = msgspec.structs.replace(asked, pair=msgspec.structs.replace(asked.pair, source_pos=None, target_pos=None))
    plan = planner().plan(bare)
    assert said(plan, "en")
    assert not {"de", "la", "mi"} & set(said(plan, "es"))
