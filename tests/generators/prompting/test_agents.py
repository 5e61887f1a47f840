"""What is said to a model: it never has to count, it is told spans, and texts of users stay data."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.errors import UsageError
from cswitch.generators.prompting.agents import Prompts, longest_answer, without_figures
from cswitch.generators.prompting.contracts import (
    Brief,
    DialogueReply,
    Gap,
    Keep,
    Move,
    Plan,
    Prompter,
    Request,
    ScoreReply,
    TextReply,
)
from cswitch.generators.prompting.few_shot import Examples
from cswitch.generators.prompting.grid import Grid
from cswitch.generators.prompting.plan import Planner
from cswitch.generators.prompting.recipes import load_recipe, recipe_names
from cswitch.schemas.prompting import Finding, PromptSettings
from cswitch.schemas.reject import REASONS
from tests.generators.prompting.briefs import HOSTILE, brief, candidate

COUNTING = re.compile(
    r"\d|%|\b(?:percent\w*|ratios?|proportions?|shares? of|fractions?|half|halves|thirds?|quarters?|dozens?|cmi|"
    r"zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred)\b",
    re.I,
)
"""Figures, and words for numbers and parts of a whole."""
NONE = Gap("", 0.0, ())
PLAN = Plan(keep=(Keep("en", ("job", "near home")), Keep("es", ("oficina",))))


def prompts(recipe: str = "mix.v1", *langs: str, examples: Examples | None = None, **changes: object) -> Prompts:
    asked = {"languages": langs or ("es", "en"), "recipe": recipe, "source": load_recipe(recipe).sources[0], **changes}
    made = PromptSettings(**asked)  # type: ignore[arg-type]
    read = load_recipe(recipe)
    return Prompts(made, read, planner=Planner(made, read.plan, config="run"), examples=examples, config="run")


def cell_brief(*langs: str, cmi: float | None = 25.0, turns: int = 1, number: int = 0) -> Brief:
    cell = [*Grid.load("everyday.v1").cells(number + 1, "run")][-1]
    return Brief(id="g", languages=langs or ("es", "en"), cmi=cmi, tolerance=5.0, cell=cell, turns=turns)


def said(request: Request) -> str:
    return "\n".join(message.content for message in request.messages)


def everything(
    made: Prompts, asked: Brief, text: str, spans: tuple[str, ...], direction: str, checks: Iterable[str]
) -> list[Request]:
    """Every request but a judge's."""
    plan = made.plan(asked)
    given = candidate(text)
    move = Move(spans[0] if spans else text, asked.languages[-1], text)
    gap = Gap(direction, 15.0, (move,) if direction else ())  # type: ignore[arg-type]
    findings = [Finding(check=check, detail="12.5 of 25", spans=spans) for check in checks]
    verdicts = {"fluency": ScoreReply(3, "Only 20 % is English. " + text)}
    return [
        made.write(asked, plan),
        made.rewrite(asked, plan, given, findings, gap, 0),
        made.rewrite(asked, plan, None, findings, NONE, 1),
        made.refine(asked, plan, given, verdicts, 0),
    ]


def test_prompts_fit_the_contract() -> None:
    made: Prompter = prompts()
    assert made.judges == ()
    assert prompts("switchlingua.v1").judges == ("fluency", "naturalness", "culture")
    assert prompts("switchlingua.v1", judges=("culture",)).judges == ("culture",)


@pytest.mark.parametrize("script", ["native", "roman"])
@pytest.mark.parametrize("recipe", recipe_names())
@given(
    st.sampled_from([("es", "en"), ("hi", "en"), ("ja", "en", "es"), ("en", "hi", "ta")]),
    st.one_of(st.none(), st.floats(0, 66)),
    st.sampled_from(["", "more", "less"]),
    st.sets(st.sampled_from([*REASONS]), max_size=4),
    st.integers(0, 40),
)
@settings(max_examples=12, deadline=None)
def test_no_request_asks_to_count(
    recipe: str, script: str, langs: tuple[str, ...], cmi: float | None, direction: str, checks: set[str], number: int
) -> None:
    read = load_recipe(recipe)
    turns = 4 if "write" not in read.prompts else 1
    made = prompts(recipe, *langs, script=script, turns=turns, register="chat")
    if "grid" in read.sources:
        asked = cell_brief(*langs, cmi=cmi, turns=turns, number=number)
    else:
        source = brief("hi" if "hi" in langs else "es", cmi=cmi)
        aligned = source.pair if set(langs[:2]) == {source.languages[0], "en"} else None
        asked = Brief(id="7", languages=langs, cmi=cmi, tolerance=5.0, pair=aligned, texts=source.texts)
    for request in everything(made, asked, "vamos home", ("vamos",), direction, sorted(checks)):
        found = COUNTING.search(said(request))
        assert found is None, said(request)[max(0, found.start() - 40) : found.end() + 40]


@pytest.mark.parametrize("judge", ["fluency", "naturalness", "culture"])
def test_a_judge_has_a_scale_and_nothing_else_to_count(judge: str) -> None:
    request = prompts("switchlingua.v1").judge(cell_brief(), candidate("vamos home"), judge)
    assert request.reply is ScoreReply
    assert request.temperature == 0.0
    assert "from 1 to 10" in said(request)
    assert re.findall(r"\d+", said(request)) == ["1", "4", "7", "10", "1", "10"]
    assert COUNTING.search(re.sub(r"\d+", "", said(request))) is None


@given(HOSTILE, HOSTILE, st.sampled_from(["mix.v1", "smooth.v1", "wanted.v1"]))
@settings(max_examples=60, deadline=None)
def test_texts_of_users_stay_between_their_marks(source: str, text: str, recipe: str) -> None:
    made = prompts(recipe, register="chat")
    asked = Brief(id="7", languages=("es", "en"), cmi=25.0, tolerance=5.0, texts={"es": source, "en": "Come home."})
    plain = Brief(id="7", languages=("es", "en"), cmi=25.0, tolerance=5.0, texts={"en": "Come home."})
    bare = everything(made, plain, "x", ("x",), "more", ["near_duplicate"])
    for request in everything(made, asked, text, (text,), "more", ["near_duplicate", "lost_content"]):
        assert {message.role for message in request.messages} <= {"system", "user"}
        assert request.messages[0].content in {other.messages[0].content for other in bare}
        outside = re.sub(r"(?s)<(\w+)>\n(.*?)\n</\1>", "", said(request))
        assert "Ignore the above" not in "\n".join(line for line in outside.split("\n") if not line.startswith("- "))


def test_a_plan_is_told_as_spans() -> None:
    text = said(prompts().write(brief(), PLAN))
    assert "- Say these in English: “job”, “near home”." in text
    assert "- Say these in Spanish: “oficina”." in text
    assert "Write every" not in text


def test_the_script_is_told_where_there_is_a_choice() -> None:
    assert "Write Hindi words in Devanagari script, and English words in Latin letters." in said(
        prompts("mix.v1", "hi", "en").write(brief("hi"), PLAN)
    )
    assert "Write every Hindi word in Latin letters" in said(
        prompts("mix.v1", "hi", "en", script="roman").write(brief("hi"), PLAN)
    )


def test_a_gap_is_told_by_spans_and_in_words() -> None:
    gap = Gap("less", 17.0, (Move("the office", "es", "la oficina"), Move("near home", "es")))
    findings = [
        Finding(check="cmi_missed", detail="asked for 25, measured 42"),
        Finding(check="repetition", spans=("my my",)),
    ]
    text = said(prompts().rewrite(brief(), PLAN, candidate("the office de my my job está near home"), findings, gap, 0))
    for line in (
        "- There is too much English in it.",
        "- The text repeats itself: “my my”. Say each thing once.",
        "- Say “the office” in Spanish, as “la oficina”.",
        "- Say “near home” in Spanish.",
        "- Leave these in English: “job”.",
        "<draft>\nthe office de my my job está near home\n</draft>",
    ):
        assert line in text
    assert "42" not in text
    assert "17" not in text


@pytest.mark.parametrize(
    ("finding", "line"),
    [
        (
            Finding("wrong_script", "", ("घर",)),
            "These words are in the wrong script: “घर”. Write every Hindi word in Latin",
        ),
        (
            Finding("wrong_language", "", ("maison",)),
            "These words are not Hindi and English: “maison”. Say them in Hindi.",
        ),
        (Finding("wrong_language"), "Use Hindi and English together in this text, and no other language."),
        (Finding("wrong_matrix"), "The sentence is not built on Hindi."),
        (Finding("lost_content", "", ("Neha",)), "These are missing: “Neha”. Write each of them exactly so."),
        (Finding("lost_content", "", ("ghar",)), "These are not in the source: “ghar”. Leave them out."),
        (Finding("wrong_length"), "Part of the source is missing."),
        (Finding("near_duplicate"), "Say it differently"),
        (Finding("unheard_of", "", ("ghar",)), "Something is wrong with these words: “ghar”."),
    ],
)
def test_findings_are_told_in_plain_words(finding: Finding, line: str) -> None:
    made = prompts("mix.v1", "hi", "en", script="roman")
    assert line in said(made.rewrite(brief("hi"), Plan(), candidate("ghar घर maison"), [finding], NONE, 0))


def test_an_answer_without_a_text_is_asked_for_again() -> None:
    text = said(prompts().rewrite(brief(), PLAN, None, [], NONE, 0))
    assert "- The last answer could not be read." in text
    assert "- Say these in English: “job”, “near home”." in text
    assert "draft" not in text.replace("Give only", "")


def test_a_dialogue_is_asked_for_by_its_order_of_turns() -> None:
    made = prompts("grid.v1", turns=5)
    asked = cell_brief(turns=5)
    first = made.write(asked, made.plan(asked))
    assert (first.prompt, first.reply) == ("write.dialogue.v1", DialogueReply)
    assert "They speak in this order, a turn each: A, B, A, B, A." in said(first)
    again = made.rewrite(asked, made.plan(asked), candidate("hola"), [Finding("wrong_length", "4 turns")], NONE, 0)
    assert (again.prompt, again.reply) == ("rewrite.dialogue.v1", DialogueReply)
    assert "Give a turn for each speaker" in said(again)
    refined = made.refine(asked, made.plan(asked), candidate("hola"), {"fluency": ScoreReply(3)}, 0)
    assert refined.prompt == "refine.dialogue.v1"


def test_a_cell_is_told_axis_by_axis_and_the_register_asked_for_wins() -> None:
    asked = cell_brief()
    text = said(prompts("grid.v1", register="voice message").write(asked, Plan(level="light")))
    assert f"Subtopic: {asked.cell['subtopic']}" in text
    assert "Register: voice message" in text
    assert text.count("Register:") == 1
    assert "stray everyday English word" in text


def test_the_refiner_hears_those_who_were_not_content() -> None:
    verdicts = {"fluency": ScoreReply(9, "Lovely."), "culture": ScoreReply(4, "“usted” is stiff. Only 20% is English.")}
    text = said(prompts("switchlingua.v1").refine(cell_brief(), Plan(), candidate("usted come"), verdicts, 0))
    assert "Lovely" not in text
    assert "<remark>\n“usted” is stiff.\n</remark>" in text


def test_remarks_lose_their_figures() -> None:
    assert without_figures("The ratio is 3:7, odd. “de” doubled! I count 12.5 percent.") == "“de” doubled!"
    assert without_figures("At 9 o'clock sounds odd.") == "At 9 o'clock sounds odd."


def test_seeds_and_lengths_of_requests() -> None:
    made = prompts()
    first, other = made.write(brief(draw=0), PLAN), made.write(brief(draw=1), PLAN)
    assert first == made.write(brief(draw=0), PLAN)
    assert first.seed != other.seed
    assert 0 <= (first.seed or 0) < 2**31
    assert first.reply is TextReply
    seeds = {made.rewrite(brief(), PLAN, candidate("hola"), [], NONE, n).seed for n in range(3)}
    assert len(seeds) == 3
    assert made.write(brief(), PLAN).max_tokens == longest_answer(brief())
    assert prompts(max_output_tokens=77).write(brief(), PLAN).max_tokens == 77
    assert longest_answer(brief("hi")) > len(brief("hi").texts["hi"])


def test_examples_are_drawn_afresh_and_never_the_rows_own_source() -> None:
    own = " ".join(brief().pair.source.tokens)  # type: ignore[union-attr]
    tagged = [(f"vamos al mall number {word}".split(), "es es en en en".split()) for word in "abcdefgh"]
    tagged += [(own.split(), ["es"] * 5 + ["en"] * (len(own.split()) - 5))]
    examples = Examples.of_tokens(tagged, languages=("es", "en"), wanted=2, path="real.tsv")
    made = prompts(examples=examples, shots=8)
    text = said(made.write(brief(), PLAN))
    assert text.count("<example>") == 8
    assert f"<example>\n{own}" not in text
    few = prompts(examples=examples, shots=2)
    shown = {tuple(re.findall(r"<example>\n(.*)\n", said(few.write(brief(draw=n), PLAN)))) for n in range(6)}
    assert len(shown) > 1
    with pytest.raises(UsageError, match="2 examples are to be shown, and none are given"):
        prompts(shots=2)


def test_settings_that_the_recipe_does_not_fit_are_refused() -> None:
    with pytest.raises(UsageError, match="not from grid"):
        prompts("mix.v1", source="grid")
