"""A run of ``prompt`` from Python: stopped anywhere and taken up, it gives what one that was let alone gives."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

pytest.importorskip("aiohttp", reason="the extra llm is not installed")
pytest.importorskip("openai", reason="the extra llm is not installed")

from cswitch.core.errors import UsageError
from cswitch.generators.prompting.contracts import Answer, Message, Request, StopRun, TextReply
from cswitch.generators.prompting.outcomes import Outcome
from cswitch.pipeline import prompt_access
from cswitch.pipeline.output import Output
from cswitch.pipeline.prompt_access import Access, Gate, Wire, check_access, places
from cswitch.pipeline.prompt_input import run_hash
from cswitch.pipeline.prompt_run import ATTEMPTS, run
from cswitch.pipeline.prompt_setup import settled
from cswitch.pipeline.prompt_source import PromptSource
from cswitch.pipeline.prompt_tally import Summary, Tally, summary
from cswitch.schemas.prompting import Attempt, PromptSettings, Usage
from cswitch.schemas.reject import Reject
from tests.generators.prompting.fake_server import Server, serving
from tests.generators.prompting.survival import KEY, rows, script

COUNT = 24
SETTINGS = PromptSettings(languages=("en", "hi"), recipe="", model="fake")
OF_THIS_COMMAND = ("examples", "sent", "replayed", "failures", "spent", "seconds")
"""What a summary says of the last command alone."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    found = list(rows(COUNT - 4))
    again = [found[0], found[7], found[0], found[3]]  # texts that repeat accepted ones, before and after a stop
    lines = ["en\thi", *(f"{row.en}\t{row.hi}" for row in [*found[:10], *again[:2], *found[10:], *again[2:]])]
    (tmp_path / "in.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def go(
    folder: Path, server: Server, name: str, *, access: Access | None = None, settings: PromptSettings = SETTINGS
) -> Summary:
    settings = settled(settings)
    output = Output(
        str(folder / f"{name}.jsonl"), rejects=str(folder / f"{name}.rejects.jsonl"), config=run_hash(settings),
        resume=True, sides={ATTEMPTS: str(folder / f"{name}.attempts.jsonl")}, by_itself=True,
    )  # fmt: skip
    source = PromptSource(str(folder / "in.tsv"))
    access = access or Access()
    return run(source, output, settings, msgspec.structs.replace(access, base_url=server.base_url))


def files(folder: Path, name: str) -> list[bytes]:
    return [(folder / f"{name}.{what}jsonl").read_bytes() for what in ("", "rejects.", "attempts.")]


def test_a_run_that_is_stopped_again_and_again_gives_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(script(COUNT, faults=0.0)) as server:
        whole = go(folder, server, "whole")
        asked = server.count
        monkeypatch.setattr("cswitch.pipeline.prompt_run.COMMIT_ROWS", 3)
        left = 7

        class Failing(Gate):
            """Answers so many questions, then the run cannot go on."""

            async def ask(self, request: Request) -> Answer:
                nonlocal left
                left -= 1
                if left < 0:
                    self._wire.stop(StopRun("stopped"))
                return await super().ask(request)

        monkeypatch.setattr(prompt_access, "Gate", Failing)
        stops = 0
        while True:
            try:
                part = go(folder, server, "part", access=Access(concurrency=4))
                break
            except StopRun:
                stops += 1
                left = 11 + 7 * stops
        assert server.count == 2 * asked  # nothing was asked twice
    assert stops > 2
    assert files(folder, "part") == files(folder, "whole")
    fixed = [name for name in Summary.__struct_fields__ if name not in OF_THIS_COMMAND]
    assert [(name, getattr(part, name)) for name in fixed] == [(name, getattr(whole, name)) for name in fixed]
    assert whole.rejects["near_duplicate"] > 1


def test_the_sum_of_all_is_what_the_server_counted(folder: Path) -> None:
    with serving(script(COUNT, faults=0.0)) as server:
        found = go(folder, server, "out", access=Access(price="1,2"))
        served = server.totals()
    attempts = [msgspec.json.decode(line, type=Attempt) for line in files(folder, "out")[2].splitlines()]
    used = sum((attempt.usage for attempt in attempts), Usage())
    assert found.usage == used  # every answer of these rows gave a version
    assert found.sent == served["answers"]
    spent = (served["prompt_tokens"] + 2 * served["completion_tokens"]) / 1_000_000
    assert found.spent == pytest.approx(spent)
    assert found.cost == pytest.approx((used.prompt + 2 * used.completion) / 1_000_000)


def test_a_finished_run_needs_no_server(folder: Path) -> None:
    with serving(script(COUNT, faults=0.0)) as server:
        go(folder, server, "out")
    assert go(folder, server, "out").already_complete


def test_another_input_is_not_gone_on_with(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(script(COUNT, faults=0.0)) as server:
        monkeypatch.setattr("cswitch.pipeline.prompt_run.COMMIT_ROWS", 1)
        with pytest.raises(StopRun):
            go(folder, server, "out", access=Access(budget=2.5, price="1000,1000", concurrency=1))
        lines = (folder / "in.tsv").read_text(encoding="utf-8").splitlines()
        (folder / "in.tsv").write_text("\n".join([lines[0], *lines[2:]]) + "\n", encoding="utf-8")
        with pytest.raises(UsageError, match=r"does not begin with the \d+ rows that are done"):
            go(folder, server, "out")


# ---------------------------------------------------------------- access


def test_the_judges_get_the_key_of_their_own_server() -> None:
    asked = msgspec.structs.replace(SETTINGS, judges=("fluency",))
    here, there = "http://127.0.0.1:1/v1", "https://api.example/v1"
    (writer,) = places(Access(base_url=here, judge_base_url=there), SETTINGS)
    assert writer.key_env == "OPENAI_API_KEY"
    with pytest.raises(UsageError, match="which does not get the key of the first; name the environment variable"):
        places(Access(base_url=here, judge_base_url=there), asked)
    _, judge = places(Access(base_url=here, judge_base_url=there, judge_key_env="OTHER"), asked)
    assert (judge.base_url, judge.key_env) == (there, "OTHER")
    _, judge = places(Access(base_url=there, judge_base_url=here), asked)
    assert judge.key_env == ""  # a server on this machine is not sent the key of another
    assert places(Access(base_url=here), asked) == (writer,)


def test_a_budget_wants_prices_of_all_models() -> None:
    asked = msgspec.structs.replace(SETTINGS, judges=("fluency",), judge_model="unheard-of", model="gpt-4o-mini")
    with pytest.raises(UsageError, match="the price of unheard-of is not known"):
        check_access(Access(budget=1.0, base_url="https://api.example/v1"), asked)
    check_access(Access(budget=1.0, price="1,2", base_url="https://api.example/v1"), asked)


def test_a_gate_that_is_closed_sends_nothing() -> None:
    class Chat:
        model = "m"
        asked = 0

        async def ask(self, request: Request) -> Answer:
            self.asked += 1
            raise StopRun("the key is refused")

    chat, wire = Chat(), Wire(1)
    gate = Gate(chat, wire)
    request = Request(prompt="p.v1", messages=(Message("user", "Hi"),), reply=TextReply, max_tokens=9)
    for _ in range(3):
        with pytest.raises(StopRun, match="the key is refused"):
            asyncio.run(gate.ask(request))
    assert (chat.asked, len(wire.stopped)) == (1, 1)


# ---------------------------------------------------------------- counts


def outcome(realised: float, **more: object) -> Outcome:
    attempt = Attempt(source_id="1", number=0, stage="propose", text="a", langs=["hi"], cmi=25.0, realised=realised)
    return Outcome(attempts=(attempt,), reject=Reject(source_id="1", reason="cmi_missed", detail="far"), **more)  # type: ignore[arg-type]


def tallied(results: Sequence[Sequence[Outcome] | Reject]) -> Summary:
    tally = Tally({}, tolerance=5)
    for line, result in enumerate(results, start=2):
        assert tally.add(line, result, 1) is not None
    return summary(tally, len(results), 0)


def test_distances_are_counted_with_their_sign() -> None:
    found = tallied([[outcome(35.0)], [outcome(20.0)], [outcome(25.5)]]).first
    assert (found.texts, found.within) == (3, 2)
    assert found.mean_absolute == pytest.approx(5.1666, abs=1e-3)
    assert found.mean_signed == pytest.approx(1.8333, abs=1e-3)


def test_money_is_known_when_all_prices_are() -> None:
    paid, free = Usage(prompt=5, answers=1), Usage()
    assert tallied([[outcome(25.0, usage=paid, cost=0.25)], [outcome(25.0, usage=paid, cost=0.5)]]).cost == 0.75
    assert tallied([[outcome(25.0, usage=paid, cost=0.25)], [outcome(25.0, usage=paid, cost=None)]]).cost is None
    assert tallied([[outcome(25.0, usage=free, cost=None)]]).cost == 0


def test_each_reason_has_its_first_example() -> None:
    found = tallied([[outcome(1.0)], Reject(source_id="2", reason="too_long"), [outcome(2.0)]])
    assert found.rejects == {"cmi_missed": 2, "too_long": 1}
    assert found.examples == {"cmi_missed": "line 2: far", "too_long": "line 3"}
