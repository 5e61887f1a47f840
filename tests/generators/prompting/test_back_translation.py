"""Texts translated back: what still says what its source says is accepted, what does not is asked for again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec
import pytest

from cswitch.core.contracts import Translated
from cswitch.core.errors import UsageError
from cswitch.generators.prompting.back import SCORE, BackByModel, BackByTranslator, back_prompt, back_request
from cswitch.generators.prompting.contracts import Brief, NotYet, Request, StopRun
from cswitch.generators.prompting.loop import Loop
from cswitch.generators.prompting.outcomes import Outcome
from cswitch.schemas.prompting import PromptSettings
from tests.generators.prompting.scripted import Arithmetic, Said, ScriptedChat, ScriptedPrompter, nothing
from tests.generators.prompting.sources import pair_of

SOURCE = "The soup was cold and the waiter was rude."
BRIEF = Brief(id="7", languages=("hi", "en"), cmi=30.0, tolerance=5.0, texts={"en": SOURCE, "hi": "सूप ठंडा था।"})
SETTINGS = PromptSettings(languages=("en", "hi"), back_translation=0.4, reprompts=2, edits=2)


def answered(
    back: Sequence[Said],
    texts: Sequence[Said] = ("30", "31", "32"),
    brief: Brief = BRIEF,
    judges: Sequence[str] = (),
    **changes: object,
) -> tuple[Outcome, ScriptedChat, ScriptedChat]:
    writer, other = ScriptedChat(texts), ScriptedChat(back)
    parts = Arithmetic()
    settings = msgspec.structs.replace(SETTINGS, **changes)
    loop = Loop(
        settings, chat=writer, judge_chat=ScriptedChat([9] * 9), prompter=ScriptedPrompter(judges), measurer=parts,
        checker=parts, editor=parts, back=BackByModel(other),
    )  # fmt: skip
    return asyncio.run(loop.answer(brief)), writer, other


def test_a_text_that_says_the_same_is_accepted_with_its_similarity() -> None:
    outcome, writer, other = answered(["The soup was cold, the waiter rude."])
    assert outcome.sample is not None
    assert 0.6 < outcome.sample.scores[SCORE] < 1
    assert outcome.sample.provenance.prompt == "write.v1"
    assert (len(writer.asked), len(other.asked)) == (1, 1)
    assert outcome.usage.answers == 2
    assert outcome.cost == 0.5
    assert outcome.attempts[0].scores == outcome.sample.scores


def test_one_that_does_not_is_asked_for_again_and_the_next_may_do() -> None:
    outcome, writer, other = answered(["My brother sings.", SOURCE])
    assert outcome.sample is not None
    assert outcome.sample.scores == {SCORE: 1.0}
    assert outcome.sample.provenance.repair == "reprompt"
    assert (len(writer.asked), len(other.asked)) == (2, 2)
    first = outcome.attempts[0]
    assert [finding.check for finding in first.findings] == ["lost_meaning"]
    assert first.findings[0].detail.startswith("translated back it reads 'My brother sings.', similarity 0.")
    assert first.findings[0].detail.endswith("asked for 0.4")


def test_where_none_does_the_row_is_rejected() -> None:
    outcome, writer, _ = answered(["No."] * 3)
    assert outcome.reject is not None
    assert outcome.reject.reason == "lost_meaning"
    assert "attempts: 3, re-prompts: 2" in outcome.reject.detail
    assert len(writer.asked) == 3


def test_nothing_is_translated_back_before_the_checks_are_content() -> None:
    outcome, writer, other = answered([SOURCE], texts=["90 wrong_language", "30"])
    assert outcome.sample is not None
    assert (len(writer.asked), len(other.asked)) == (2, 1)


def test_an_edited_text_is_translated_back_too() -> None:
    paired = msgspec.structs.replace(BRIEF, pair=pair_of(("en", "Go home"), ("hi", "घर जाओ"), "1-0 0-1"))
    outcome, _, other = answered([SOURCE], ["38"], paired)
    assert outcome.sample is not None
    assert outcome.sample.provenance.repair == "edit"
    assert "33" in other.asked[0].messages[-1].content
    assert outcome.sample.scores == {SCORE: 1.0}


def test_scores_of_judges_come_beside_it() -> None:
    outcome, _, _ = answered([SOURCE], judges=["fluency"])
    assert outcome.sample is not None
    assert outcome.sample.scores == {SCORE: 1.0, "fluency": 9.0}


def test_without_a_floor_nothing_is_translated() -> None:
    outcome, _, other = answered([], back_translation=0.0)
    assert outcome.sample is not None
    assert other.asked == []


@pytest.mark.parametrize("reason", ["refused", "content_filter", "empty_answer", "bad_format"])
def test_a_model_that_will_not_translate_rejects_the_row_and_is_paid(reason: str) -> None:
    outcome, writer, _ = answered([nothing(reason)])
    assert outcome.reject is not None
    assert outcome.reject.reason == reason
    assert outcome.reject.detail.startswith("translating back: as the script says")
    assert outcome.usage.answers == 2
    assert len(writer.asked) == 1


@pytest.mark.parametrize("error", [StopRun("over"), NotYet()])
def test_what_ends_or_delays_a_run_goes_through(error: BaseException) -> None:
    with pytest.raises(type(error)):
        answered([error])


def test_the_request_asks_for_the_first_side_and_softens_nothing() -> None:
    request: Request = back_request(BRIEF, "सूप cold था।", back_prompt())
    said = request.messages[-1].content
    assert "which mixes Hindi and English, into English" in said
    assert "सूप cold था।" in said
    assert "Soften nothing" in said
    assert SOURCE not in said
    assert request.temperature == 0.0
    assert request == back_request(BRIEF, "सूप cold था।", back_prompt())


def test_a_text_without_a_source_has_nothing_to_be_compared_with() -> None:
    bare = msgspec.structs.replace(BRIEF, texts={})
    with pytest.raises(UsageError, match="a text without a source cannot be compared with it"):
        back_request(bare, "x", back_prompt())


def test_a_translator_serves_as_well() -> None:
    class Told:
        name = "told"

        def __init__(self) -> None:
            self.asked: list[tuple[Sequence[str], str, str]] = []

        async def translate(self, texts: Sequence[str], source: str, target: str) -> list[Translated]:
            self.asked.append((texts, source, target))
            return [Translated("", problem="no idea") if "?" in text else Translated(SOURCE) for text in texts]

    told = Told()
    back = BackByTranslator(told)
    found = asyncio.run(back.back(BRIEF, "सूप cold था।"))
    assert (found.similarity, found.problem) == (1.0, "")
    assert told.asked == [(["सूप cold था।"], "hi", "en")]
    failed = asyncio.run(back.back(BRIEF, "सूप?"))
    assert (failed.similarity, failed.problem) == (0.0, "no idea")
