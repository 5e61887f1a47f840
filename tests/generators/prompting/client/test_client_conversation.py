import asyncio
import json

import msgspec
import pytest

from cswitch.generators.prompting.client.capabilities import Capabilities
from cswitch.generators.prompting.client.conversation import Conversation
from cswitch.generators.prompting.client.exchange import Exchange
from cswitch.generators.prompting.client.faults import Fault
from cswitch.generators.prompting.contracts import Answer, NoAnswer, NotYet, Request, StopRun, TextReply
from cswitch.schemas.prompting import Usage
from tests.generators.prompting.client.client_fakes import (
    MemoryAnswers,
    OpenLedger,
    Scripted,
    completion,
    request,
    unsupported,
)

GOOD, BAD = completion('{"text": "haan"}'), completion('{"answer": 42}')
JSON = Capabilities(format="json_schema", seed=True)


class World:
    """A conversation with all its parts."""

    def __init__(
        self,
        *results: bytes | Exception,
        found: Capabilities = JSON,
        answers: MemoryAnswers | None = None,
        limit: float = float("inf"),
    ) -> None:
        self.sender = Scripted(*results)
        self.answers = answers or MemoryAnswers()
        self.ledger = OpenLedger(limit)
        self.lines: list[str] = []
        exchange = Exchange(
            self.sender, self.answers, self.ledger, "m", cost_of=lambda usage: float(usage.prompt + usage.completion)
        )
        self.chat = Conversation(exchange, found, note=self.lines.append)

    def ask(self, asked: Request | None = None) -> Answer:
        return asyncio.run(self.chat.ask(asked or request()))


def test_an_answer_is_kept_before_it_is_given() -> None:
    world = World(GOOD)
    answer = world.ask()
    assert answer.value == TextReply("haan")
    assert (answer.text, answer.replayed) == ('{"text": "haan"}', False)
    assert (answer.usage, answer.cost) == (Usage(prompt=10, completion=5, answers=1), 15.0)
    assert list(world.answers.kept.values()) == [GOOD]
    assert (world.ledger.held, world.ledger.spent) == (0, 15)


def test_what_was_paid_for_is_not_sent_again() -> None:
    first = World(BAD, GOOD)
    once = first.ask()
    again = World(Exception("never"), answers=first.answers)
    answer = again.ask()
    assert answer == msgspec.structs.replace(once, replayed=True)
    assert again.sender.bodies == []
    assert again.ledger.spent == 0


def test_an_answer_that_does_not_fit_is_kept_and_another_is_asked_for() -> None:
    world = World(BAD, completion(""), GOOD)
    answer = world.ask(request(seed=3))
    assert answer.value == TextReply("haan")
    assert answer.usage == Usage(prompt=30, completion=15, answers=3) == world.answers.usage
    assert answer.cost == 45
    assert [key.attempt for key in world.sender.keys] == [0, 1, 2]
    assert len({body["seed"] for body in world.sender.bodies}) == 3


def test_after_three_there_is_none_and_the_last_reason_is_given() -> None:
    world = World(completion(""), BAD)
    with pytest.raises(NoAnswer, match="wrong schema") as caught:
        world.ask()
    assert caught.value.reason == "bad_format"
    assert caught.value.usage == Usage(prompt=30, completion=15, answers=3)
    assert caught.value.cost == 45


def test_another_attempt_of_the_caller_has_other_answers() -> None:
    world = World(GOOD)
    world.ask(request(attempt=0))
    world.ask(request(attempt=2))
    assert [key.attempt for key in world.sender.keys] == [0, 6]


def test_an_answer_that_was_cut_gets_more_room() -> None:
    world = World(completion('{"text": "ha', finish="length"), GOOD)
    world.ask()
    assert [body["max_tokens"] for body in world.sender.bodies] == [50, 100]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (completion("", finish="content_filter"), "content_filter"),
        (completion(None, refusal="I cannot."), "refused"),
    ],
)
def test_a_refusal_is_final_and_paid_for(answer: bytes, reason: str) -> None:
    world = World(answer)
    for _ in range(2):
        with pytest.raises(NoAnswer) as caught:
            world.ask()
        assert caught.value.reason == reason
        assert caught.value.usage.answers == 1
    assert len(world.sender.bodies) == 1


@pytest.mark.parametrize(
    ("kind", "reason"), [("content_filter", "content_filter"), ("refused", "refused"), ("unsupported", "refused")]
)
def test_a_request_that_is_refused_costs_nothing(kind: str, reason: str) -> None:
    world = World(Fault(kind, "HTTP 400: no", scope="request", status=400))
    with pytest.raises(NoAnswer, match="HTTP 400: no") as caught:
        world.ask()
    assert (caught.value.reason, caught.value.usage, caught.value.cost) == (reason, Usage(), None)
    assert (world.ledger.held, world.ledger.spent) == (0, 0)


@pytest.mark.parametrize("error", [StopRun("stop"), NotYet()])
def test_what_ends_the_run_or_waits_passes_and_frees_the_money(error: Exception) -> None:
    world = World(error)
    with pytest.raises(type(error)):
        world.ask()
    assert world.ledger.held == 0
    assert not world.answers.kept


def test_a_budget_that_is_spent_stops_before_anything_is_sent() -> None:
    world = World(GOOD, limit=10)
    with pytest.raises(StopRun, match="the budget is spent"):
        world.ask()
    assert world.sender.bodies == []


def test_two_who_ask_the_same_share_one_request() -> None:
    world = World(GOOD)

    async def main() -> list[Answer]:
        return await asyncio.gather(*(world.chat.ask(request()) for _ in range(5)))

    answers = asyncio.run(main())
    assert len(world.sender.bodies) == 1
    assert sorted(answer.replayed for answer in answers) == [False, True, True, True, True]
    assert world.ledger.spent == 15


def test_when_the_first_gives_up_the_next_asks() -> None:
    world = World(GOOD)

    async def main() -> Answer:
        first, second = (asyncio.ensure_future(world.chat.ask(request())) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        answer = await second
        assert first.cancelled()
        return answer

    assert asyncio.run(main()).value == TextReply("haan")
    assert world.ledger.held == 0


def test_a_field_that_is_refused_is_left_out_from_then_on() -> None:
    world = World(unsupported("response_format"), GOOD)
    assert world.ask().value == TextReply("haan")
    assert world.chat.capabilities.format == "json_object_schema"
    assert "json_schema" in world.sender.bodies[0]["response_format"]
    assert "schema" in world.sender.bodies[1]["response_format"]
    kept = world.answers.capabilities(Scripted.url, "m")
    assert kept is not None
    assert msgspec.json.decode(kept, type=Capabilities) == world.chat.capabilities
    assert world.lines == ["http://127.0.0.1:1/v1 does not take response_format; going on without it"]


def test_many_who_meet_the_same_refusal_step_down_once() -> None:
    world = World(*[unsupported("seed")] * 4, GOOD)

    async def main() -> None:
        await asyncio.gather(*(world.chat.ask(request(str(n), seed=1)) for n in range(4)))

    asyncio.run(main())
    assert len(world.lines) == 1
    assert len(world.sender.bodies) == 8


def test_answers_paid_for_before_a_step_down_still_count() -> None:
    world = World(GOOD, unsupported("response_format"), GOOD)
    world.ask(request("first"))
    world.ask(request("second"))
    again = World(Exception("never"), answers=world.answers, found=world.chat.capabilities)
    assert again.ask(request("first")).replayed
    assert again.ask(request("second")).replayed


def test_usage_that_is_not_told_is_estimated_alike_when_replayed() -> None:
    world = World(completion('{"text": "haan"}', usage=False))
    once, again = world.ask(), world.ask()
    assert once.usage == again.usage
    assert once.usage.prompt > 10
    assert json.loads(once.text) == {"text": "haan"}
