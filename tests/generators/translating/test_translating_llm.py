"""Translation by a chat: what is asked, what becomes of its answers, and when it asks again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest

from cswitch.core.contracts import Translated, Translator
from cswitch.core.errors import InputError, MissingExtraError, UsageError
from cswitch.generators.prompting.contracts import Answer, Message, NoAnswer, NotYet, Request, StopRun, TextReply
from cswitch.generators.translating.llm import LlmTranslator, fault
from cswitch.schemas.prompting import Usage

if not find_spec("jinja2"):
    pytest.skip("needs jinja2, which the extra llm brings", allow_module_level=True)

Reply = Callable[[Request], str | BaseException]


class ScriptedChat:
    """Answers as it is told, and notes what it was asked."""

    model = "scripted"

    def __init__(self, reply: Reply, wait: Sequence[float] = ()) -> None:
        self.asked: list[Request] = []
        self.most = 0
        self._reply, self._wait, self._now = reply, list(wait), 0

    async def ask(self, request: Request) -> Answer:
        self.asked.append(request)
        self._now += 1
        self.most = max(self.most, self._now)
        await asyncio.sleep(self._wait.pop(0) if self._wait else 0)
        self._now -= 1
        found = self._reply(request)
        if isinstance(found, BaseException):
            raise found
        return Answer(value=TextReply(found), text=found, usage=Usage(answers=1))


def text_of(request: Request) -> str:
    """The text that a request asks about."""
    return request.messages[-1].content.partition("<text>\n")[2].partition("\n</text>")[0]


def translated(chat: ScriptedChat, texts: Sequence[str], source: str = "en", target: str = "hi") -> list[Translated]:
    return asyncio.run(LlmTranslator(chat).translate(texts, source, target))


WORDS = {"My house": "मेरा घर", "Water": "पानी", "Pay 50 to {name}": "{name} को 50 दो"}


def test_texts_are_asked_for_at_once_and_come_in_their_order() -> None:
    chat = ScriptedChat(lambda request: WORDS[text_of(request)], wait=[0.02, 0.01, 0])
    assert isinstance(LlmTranslator(chat), Translator)
    assert [one.text for one in translated(chat, list(WORDS))] == list(WORDS.values())
    assert chat.most == len(WORDS)


def test_what_is_asked() -> None:
    chat = ScriptedChat(lambda request: WORDS[text_of(request)])
    translated(chat, ["My house"])
    [request] = chat.asked
    said = " ".join(message.content for message in request.messages)
    assert (request.prompt, request.temperature, request.attempt) == ("translate.v1", 0.0, 0)
    assert request.reply is TextReply
    assert all(part in said for part in ("English", "Hindi", "Devanagari script", "My house"))


@pytest.mark.parametrize(
    ("text", "first", "problem", "good"),
    [
        ("My house", "My  house", "the answer is the text itself", "मेरा घर"),
        ("My house", "mera ghar", "the answer is not in the script of hi", "मेरा घर"),
        ("My house", "**", "there is no word in the answer", "मेरा घर"),
        ("Pay 50", "60 दो", "the answer lacks '50'", "50 दो"),
        ("Hi {name}", "नमस्ते", "the answer lacks '{name}'", "नमस्ते {name}"),
        ("See it", "https://a.in/x देखो", "the answer made up 'https://a.in/x'", "इसे देखो"),
    ],
)
def test_a_wrong_answer_is_asked_for_again_once(text: str, first: str, problem: str, good: str) -> None:
    mends = ScriptedChat(lambda request: good if request.attempt else first)
    assert translated(mends, [text]) == [Translated(good)]
    assert [(request.attempt, request.temperature) for request in mends.asked] == [(0, 0.0), (1, 0.5)]
    never = ScriptedChat(lambda request: first)
    assert translated(never, [text]) == [Translated("", problem=problem)]
    assert len(never.asked) == 2


def test_chatter_is_taken_off() -> None:
    chat = ScriptedChat(lambda request: 'Sure! Here is the translation:\n\n"मेरा घर"')
    assert translated(chat, ["My house"]) == [Translated("मेरा घर")]


def test_no_answer_is_a_problem_with_its_reason_and_the_others_go_on() -> None:
    def reply(request: Request) -> str | BaseException:
        return NoAnswer("content_filter", "withheld") if "Water" in text_of(request) else WORDS[text_of(request)]

    found = translated(ScriptedChat(reply), ["Water", "My house"])
    assert found == [Translated("", problem="content_filter: withheld"), Translated("मेरा घर")]


def test_what_stops_the_run_goes_before_what_waits_and_all_are_asked() -> None:
    raised: dict[str, BaseException] = {"Water": NotYet(), "My house": StopRun("the budget is spent")}
    both = ScriptedChat(lambda request: raised[text_of(request)])
    with pytest.raises(StopRun, match="budget"):
        translated(both, ["Water", "My house"])
    assert len(both.asked) == 2
    waits = ScriptedChat(lambda request: raised["Water"] if text_of(request) == "Water" else WORDS[text_of(request)])
    with pytest.raises(NotYet):
        translated(waits, ["Water", "My house", "Water"])
    assert len(waits.asked) == 3


def test_texts_without_words_are_not_sent() -> None:
    chat = ScriptedChat(lambda request: "घर")
    problems = [one.problem for one in translated(chat, ["", " ", "42 !", "😀"])]
    assert problems == ["the text is empty"] * 2 + ["the text has no word"] * 2
    assert chat.asked == []


def test_a_language_that_is_none_is_told_before_anything_is_sent() -> None:
    chat = ScriptedChat(lambda request: "घर")
    with pytest.raises(UsageError, match="unknown language"):
        translated(chat, ["My house"], "en", "klingon")
    assert chat.asked == []


def test_requests_of_ones_own() -> None:
    def build(text: str, source: str, target: str) -> Request:
        said = (Message("user", f"{source}>{target}: {text}"),)
        return Request(prompt="mine", messages=said, reply=TextReply, max_tokens=9, temperature=0.9)

    chat = ScriptedChat(lambda request: "la casa" if request.attempt else "The house")
    [found] = asyncio.run(LlmTranslator(chat, build).translate(["the house"], "en", "es"))
    assert found.text == "la casa"
    assert [(request.messages[0].content, request.temperature) for request in chat.asked] == [
        ("en>es: the house", 0.9)
    ] * 2


def test_a_prompt_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.v1.txt"
    head = "---\nrole: translate\nabout: Mine.\nreply: text\n---\n"
    path.write_text(head + "[user]\nIn {{ target }}:\n<text>\n{{ text }}\n</text>\n", "utf-8")
    chat = ScriptedChat(lambda request: WORDS[text_of(request)])
    found = asyncio.run(LlmTranslator.load(str(path), chat=chat).translate(["Water"], "en", "hi"))
    assert (found[0].text, chat.asked[0].prompt) == ("पानी", "mine.v1")


def test_prompts_that_do_not_translate(tmp_path: Path) -> None:
    chat = ScriptedChat(lambda request: "घर")
    with pytest.raises(UsageError, match=r"'write\.mix\.v1' is not one that translates"):
        LlmTranslator.load("write.mix.v1", chat=chat)
    with pytest.raises(InputError):
        LlmTranslator.load(str(tmp_path / "none.txt"), chat=chat)
    with pytest.raises(UsageError, match="needs a language model"):
        LlmTranslator.load()


@pytest.mark.parametrize(
    ("text", "answer", "target"),
    [
        ("Call Maria at 9:30", "मारिया को 9:30 पर फ़ोन करो", "hi"),
        ("Pay 10,000 rupees", "१०,००० रुपये दो", "hi"),
        ("Open www.example.org, @asha", "www.example.org खोलो, @asha", "hi"),
        ("I bought an iPhone Pro Max", "मैंने iPhone Pro Max लिया", "hi"),
        ("five apples", "5 सेब", "hi"),
        ("घर", "house", "en"),
        ("the house", "家", "ja"),
    ],
)
def test_answers_that_are_right(text: str, answer: str, target: str) -> None:
    assert fault(text, answer, target) == ""


def test_without_jinja_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise MissingExtraError("writing prompts", extra="llm")

    monkeypatch.setattr("cswitch.generators.translating.llm.PromptFile.load", missing)
    with pytest.raises(MissingExtraError, match=r"cswitch\[llm\]"):
        LlmTranslator(ScriptedChat(lambda request: ""))
