import asyncio

import msgspec
import pytest

from cswitch.generators.prompting.client import endpoint as endpoint_module
from cswitch.generators.prompting.client.capabilities import Capabilities
from cswitch.generators.prompting.client.opening import open_chat
from cswitch.generators.prompting.client.probe import listed
from cswitch.generators.prompting.contracts import StopRun
from tests.generators.prompting.client.client_fakes import MemoryAnswers, OpenLedger
from tests.generators.prompting.fake_replies import Script
from tests.generators.prompting.fake_server import Server, serving

EVERYTHING = frozenset({"json_schema", "json_object", "logprobs", "seed"})


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint_module, "BACKOFF", 0.01)


def probed(server: Server, answers: MemoryAnswers | None = None, model: str = "fake") -> Capabilities:
    async def main() -> Capabilities:
        store, ledger = answers or MemoryAnswers(), OpenLedger()
        async with open_chat(model, answers=store, ledger=ledger, base_url=server.base_url, timeout=5) as chat:
            assert ledger.held == 0
            assert answers is not None or ledger.spent == store.usage.prompt + store.usage.completion
            return chat.capabilities

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (Script(honours=EVERYTHING), Capabilities(format="json_schema", logprobs=True, seed=True)),
        (Script(honours=frozenset({"json_object"})), Capabilities(format="json_object_schema")),
        (Script(honours=frozenset()), Capabilities(format="tags")),
        (
            Script(honours=EVERYTHING, refuses={"json_schema": 500, "logprobs": 400}),
            Capabilities(format="json_object_schema", seed=True),
        ),
        (
            Script(honours=EVERYTHING, refuses={"response_format": 400, "temperature": 400, "seed": 422}),
            Capabilities(format="tags", logprobs=True, temperature=False),
        ),
        (
            Script(honours=EVERYTHING, refuses={"max_tokens": 400}),
            Capabilities(format="json_schema", logprobs=True, seed=True, limit_field="max_completion_tokens"),
        ),
    ],
    ids=["everything", "json_object", "nothing", "crashes", "refuses", "other limit"],
)
def test_what_a_server_does_is_found_out(script: Script, expected: Capabilities) -> None:
    with serving(script) as server:
        assert probed(server) == expected


def test_a_server_that_writes_on_and_on_is_known_for_it() -> None:
    with serving(Script(default="word " * 100, honours=frozenset())) as server:
        found = probed(server)
    assert (found.limited, found.limit_field) == (False, "max_tokens")


def test_it_is_found_out_once_and_every_request_is_counted() -> None:
    answers = MemoryAnswers()
    with serving(Script(honours=EVERYTHING)) as server:
        first = probed(server, answers)
        sent, totals = server.count, server.totals()
        assert probed(server, answers) == first
        assert server.count == sent
    assert answers.usage.answers == totals["answers"] == sent
    assert (answers.usage.prompt, answers.usage.completion) == (totals["prompt_tokens"], totals["completion_tokens"])


def test_what_another_version_kept_is_found_out_anew() -> None:
    answers = MemoryAnswers()
    with serving(Script(honours=EVERYTHING)) as server:
        answers.keep_capabilities(server.base_url, "fake", b'{"format": "telepathy"}')
        assert probed(server, answers).format == "json_schema"


@pytest.mark.parametrize("seed", range(4))
def test_passing_trouble_does_not_lower_what_is_found(seed: int) -> None:
    faults = {"rate_limit": 0.1, "server_error": 0.05, "cut": 0.1, "empty_choice": 0.1, "unavailable": 0.1}
    with serving(Script(honours=EVERYTHING, faults=faults, seed=seed)) as server:
        assert probed(server) == Capabilities(format="json_schema", logprobs=True, seed=True)


def test_an_unknown_model_stops_before_anything_is_paid_for_and_names_the_nearest() -> None:
    with serving(Script(models=("llama-small", "llama-large", "gemma", "qwen"))) as server:
        with pytest.raises(StopRun) as caught:
            probed(server, model="lama-smal")
        assert server.count == 0
    said = str(caught.value)
    assert said.startswith(f"{server.base_url} has no model 'lama-smal'; it has llama-small, ")
    assert said.endswith(" and 1 more")


def test_names_are_listed_however_they_come() -> None:
    assert listed(b'[{"id": "a"}, {"name": "b"}, 3]') == ["a"]
    assert listed(b'{"data": null}') == listed(b'{"status": "ok"}') == listed(b"<html>") == []


def test_capabilities_survive_being_kept() -> None:
    lower = Capabilities(format="json_schema", seed=True).without("seed")
    assert msgspec.json.decode(msgspec.json.encode(lower), type=Capabilities) == lower
