"""Batches are submitted and collected so that every request is answered, and paid for once."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from random import Random
from typing import TypeVar

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.errors import RunError
from cswitch.generators.prompting.client.connection import address
from cswitch.generators.prompting.client.faults import Fault
from cswitch.generators.prompting.client.opening import open_chat
from cswitch.generators.prompting.contracts import Message, NotYet, Request, StopRun, TextReply
from cswitch.generators.prompting.store import batch_jobs
from cswitch.generators.prompting.store.answers import SqliteAnswers
from cswitch.generators.prompting.store.batch_files import BatchFiles, custom_id
from cswitch.generators.prompting.store.batch_jobs import BatchJobs
from cswitch.generators.prompting.store.batch_results import BatchResults, Collected, lines_of
from cswitch.generators.prompting.store.batch_sender import BatchSender
from cswitch.generators.prompting.store.batch_table import BatchRow, BatchTable
from cswitch.generators.prompting.store.ledger import Budget, PricedLedger
from cswitch.generators.prompting.store.prices import cost
from cswitch.schemas.prompting import Usage
from tests.generators.prompting.fake_replies import Script
from tests.generators.prompting.fake_server import Server, read_log, serving, spawned
from tests.generators.prompting.store.batching import PRICE, gather, opened, request

ROOT = Path(__file__).parents[4]
T = TypeVar("T")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteAnswers]:
    with SqliteAnswers(tmp_path / "answers.db", run="one") as opened:
        yield opened


def with_jobs(store: SqliteAnswers, server: Server, use: Callable[[BatchJobs], Awaitable[T]], key: str = "") -> T:
    async def run() -> T:
        async with opened(store, server.base_url, key) as jobs:
            return await use(jobs)

    return asyncio.run(run())


def submit(store: SqliteAnswers, server: Server, numbers: range, max_requests: int = 1000) -> int:
    """Gathers what is missing and submits it; gives how many requests that were."""
    with BatchFiles(max_requests=max_requests) as files:
        count = gather(files, store, server.base_url, numbers)
        assert with_jobs(store, server, lambda jobs: jobs.submit(files)).requests == count
    return count


def collect(store: SqliteAnswers, server: Server) -> Collected:
    return with_jobs(store, server, lambda jobs: jobs.collect())


def finished(store: SqliteAnswers, server: Server) -> Collected:
    """Collects until nothing is waiting."""
    found = collect(store, server)
    while found.waiting:
        assert found.answers == 0
        found = collect(store, server)
    return found


def answered(store: SqliteAnswers, server: Server, numbers: range) -> list[int]:
    return [number for number in numbers if store.get(request(server.base_url, number)[0]) is not None]


def tokens(server: Server) -> Usage:
    paid = server.totals()
    return Usage(prompt=paid["prompt_tokens"], completion=paid["completion_tokens"], answers=paid["answers"])


def edit(server: Server, change: Callable[[bytes], bytes]) -> None:
    """Changes every file of results."""
    for name, (about, raw) in server.batches.files.items():
        if about["purpose"] == "batch_output":
            server.batches.files[name] = (about, change(raw))


def test_all_come_back_whatever_their_order(store: SqliteAnswers) -> None:
    with serving() as server:
        assert submit(store, server, range(30), max_requests=20) == 30
        assert submit(store, server, range(30)) == 0
        first = collect(store, server)
        assert (first.waiting, first.batches) == (2, 0)
        found = collect(store, server)
        assert (found.batches, found.answers, found.missing, found.failures) == (2, 30, 0, Counter())
        assert answered(store, server, range(30)) == list(range(30))
        assert found.usage == tokens(server) == store.totals().usage
        assert found.cost == pytest.approx(cost(found.usage, PRICE) / 2)
        assert store.totals().cost == pytest.approx(found.cost)
        assert store.totals().on_its_way == 0
        assert [len({r.custom_id for r in server.log if r.batch == name}) for name in ("batch_0", "batch_1")] == [
            20,
            10,
        ]


def test_to_collect_twice_changes_nothing(store: SqliteAnswers) -> None:
    with serving() as server:
        submit(store, server, range(5))
        finished(store, server)
        before = store.totals()
        assert collect(store, server) == Collected()
        assert store.totals() == before


def test_money_on_its_way_is_known_to_the_next_run(store: SqliteAnswers) -> None:
    with serving() as server:
        submit(store, server, range(5))
        assert store.totals().on_its_way == pytest.approx(0.005)
        assert Budget.going_on(1.0, store.totals(), lambda model: PRICE).spent == pytest.approx(0.005)


def test_only_what_expired_is_sent_again(store: SqliteAnswers) -> None:
    with serving(Script(batch_expire_share=0.4)) as server:
        rounds, sent = 0, 0
        while count := submit(store, server, range(40)):
            sent += count
            found = finished(store, server)
            assert found.answers + found.failures["batch_expired"] == count
            rounds += 1
        assert rounds > 1
        assert answered(store, server, range(40)) == list(range(40))
        assert Counter(record.digest for record in server.log).most_common(1)[0][1] == 1
        assert store.totals().usage == tokens(server)
        assert store.totals().failures == {"batch_expired": sent - 40}


def test_what_failed_is_counted_and_sent_again(store: SqliteAnswers) -> None:
    with serving(Script(faults={"server_error": 0.2, "rate_limit": 0.1})) as server:
        kinds = Counter[str]()
        while submit(store, server, range(40)):
            kinds += finished(store, server).failures
        assert set(kinds) == {"server_error", "rate_limit"}
        assert answered(store, server, range(40)) == list(range(40))
        assert store.totals().usage == tokens(server)
        assert store.totals().failures == dict(kinds)


def test_answers_that_are_broken_are_answers_too(store: SqliteAnswers) -> None:
    """They were paid for: whoever reads them decides what to do."""
    with serving(Script(faults={"empty_choice": 0.3, "content_filter": 0.3, "truncated_json": 0.3})) as server:
        submit(store, server, range(20))
        found = finished(store, server)
        assert found.answers == 20
        assert found.usage == tokens(server)


def test_what_a_cancelled_batch_did_is_kept(store: SqliteAnswers) -> None:
    with serving() as server:
        submit(store, server, range(10))
        collect(store, server)
        with_jobs(store, server, lambda jobs: jobs.client.batches.cancel("batch_0"))
        found = collect(store, server)
        assert (found.batches, found.answers, found.missing) == (1, 5, 5)
        assert submit(store, server, range(10)) == 5


def test_a_batch_that_fails_as_a_whole_says_why(store: SqliteAnswers) -> None:
    with serving(Script(batch_fails="token_limit_exceeded")) as server:
        submit(store, server, range(3))
        found = collect(store, server)
        assert found.notes == ["batch_0 failed: The batch cannot be taken now."]
        assert (found.batches, found.missing, found.answers) == (1, 3, 0)
        assert lines_of(found)[-1] == found.notes[0]
        assert submit(store, server, range(3)) == 3


def test_models_have_batches_of_their_own(store: SqliteAnswers) -> None:
    with serving(Script(models=("fake", "other"))) as server, BatchFiles() as files:
        gather(files, store, server.base_url, range(3))
        gather(files, store, server.base_url, range(3), model="other")
        assert len(with_jobs(store, server, lambda jobs: jobs.submit(files)).batches) == 2
        assert finished(store, server).answers == 6
        assert Counter(record.model for record in server.log) == {"fake": 3, "other": 3}


def test_the_states_of_batches_are_shown(store: SqliteAnswers) -> None:
    with serving() as server:
        submit(store, server, range(4), max_requests=3)
        states = [
            [(row.batch, row.status, row.requests, row.completed, row.collected) for row in rows]
            for rows in (with_jobs(store, server, lambda jobs: jobs.status()) for _ in range(2))
        ]
        assert states[0] == [("batch_0", "in_progress", 3, 0, False), ("batch_1", "in_progress", 1, 0, False)]
        assert states[1] == [("batch_0", "completed", 3, 3, False), ("batch_1", "completed", 1, 1, False)]
        collect(store, server)
        assert all(row.collected for row in with_jobs(store, server, lambda jobs: jobs.status()))


def test_a_batch_whose_making_was_cut_off_is_found_again(store: SqliteAnswers) -> None:
    with serving(Script(stumbles={"POST /v1/batches": [-1]})) as server:
        submit(store, server, range(3))
        assert len(server.batches.batches) == 1
        assert finished(store, server).answers == 3


@pytest.mark.parametrize("route", ["POST /v1/files", "POST /v1/batches", "GET /v1/batches/batch_0"])
def test_passing_trouble_is_borne(store: SqliteAnswers, route: str) -> None:
    with serving(Script(stumbles={route: [500, 503, 429]})) as server:
        submit(store, server, range(3))
        assert finished(store, server).answers == 3
        assert len(server.batches.batches) == 1


def test_a_server_that_stays_away_loses_nothing(store: SqliteAnswers) -> None:
    with serving(Script(stumbles={"POST /v1/batches": [500] * batch_jobs.TRIES})) as server:
        with pytest.raises(StopRun, match="nothing is paid for twice"):
            submit(store, server, range(3))
        assert submit(store, server, range(3)) == 0  # it looks first whether the server has them, and drops them
        assert submit(store, server, range(3)) == 3
        assert finished(store, server).answers == 3
        assert len(server.batches.batches) == 1


@pytest.mark.parametrize("moment", ["intend", "uploaded", "seen"])
def test_a_run_that_is_killed_while_submitting(
    store: SqliteAnswers, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Just before or just after it asked the server for a batch."""
    with serving() as server:
        with monkeypatch.context() as patch:
            real = getattr(BatchTable, moment)

            def killed(self: BatchTable, *given: object) -> None:
                if moment != "seen":
                    real(self, *given)
                raise KeyboardInterrupt

            patch.setattr(BatchTable, moment, killed)
            with pytest.raises(KeyboardInterrupt):
                submit(store, server, range(3))
        known = len(server.batches.batches)
        assert known == (moment == "seen")
        submit(store, server, range(3))
        submit(store, server, range(3))
        assert finished(store, server).answers == 3
        assert len(server.batches.batches) == 1
        assert store.totals().usage == tokens(server)


@pytest.mark.parametrize("after", [1, 2])
def test_a_run_that_is_killed_while_collecting(
    store: SqliteAnswers, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_jobs, "CHUNK", 4)
    with serving(Script(batch_steps=1)) as server:
        submit(store, server, range(10))
        with monkeypatch.context() as patch:
            real, calls = BatchResults.keep, iter(range(after))

            def killed(self: BatchResults, row: BatchRow, lines: list[bytes], found: Collected) -> None:
                if next(calls, None) is None:
                    raise KeyboardInterrupt
                real(self, row, lines, found)

            patch.setattr(BatchResults, "keep", killed)
            with pytest.raises(KeyboardInterrupt):
                collect(store, server)
        assert len(answered(store, server, range(10))) == 4 * after
        assert submit(store, server, range(10)) == 0
        found = collect(store, server)
        assert (found.answers, found.repeated) == (10 - 4 * after, 4 * after)
        assert store.totals().usage == tokens(server)


def test_killed_at_random_moments_everything_is_paid_for_once(tmp_path: Path) -> None:
    script = Script(faults={"server_error": 0.1}, batch_steps=2, batch_expire_share=0.1)
    path, count, rng = tmp_path / "answers.db", 60, Random(5)
    with spawned(script, tmp_path) as (url, log):
        command = [sys.executable, "-m", "tests.generators.prompting.store.batching", str(path), url, str(count)]
        for _ in range(2):
            with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as child:
                assert child.stdout is not None
                child.stdout.readline()
                time.sleep(rng.uniform(0.3, 0.9))
                child.kill()
        assert subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False).returncode == 0
        paid = [record for record in read_log(log) if record.usage]
    assert Counter(record.custom_id for record in paid).most_common(1)[0][1] == 1
    assert len(paid) == count
    with SqliteAnswers(path, run="killed") as store:
        found = store.totals()
    usages = [record.usage for record in paid if record.usage]
    assert found.usage.prompt == sum(usage["prompt_tokens"] for usage in usages)
    assert found.usage.completion == sum(usage["completion_tokens"] for usage in usages)
    assert (found.answers, found.usage.answers) == (count, count)


def test_lines_that_are_wrong_are_passed_over_and_counted(store: SqliteAnswers) -> None:
    with serving(Script(batch_steps=1)) as server:
        submit(store, server, range(6))
        with_jobs(store, server, lambda jobs: jobs.status())

        def spoil(raw: bytes) -> bytes:
            lines = raw.splitlines()
            stranger = orjson.dumps({"custom_id": custom_id(bytes(16), 0), "response": None, "error": None})
            return b"\n".join([*lines[:5], lines[0], stranger, b'{"custom_id": "mine"}', b"", lines[5][:-30]])

        edit(server, spoil)
        found = collect(store, server)
        assert (found.answers, found.repeated, found.unknown, found.damaged, found.missing) == (5, 1, 2, 1, 1)
        assert lines_of(found)[2:] == [
            "to be sent again: 1 missing", "lines passed over: 1 cut off, 1 repeated, 2 unknown"
        ]  # fmt: skip
        assert submit(store, server, range(6)) == 1


ROW = BatchRow(1, "https://api.example/v1", "small", 1, "tag", "batch_1", "completed", 0, 0, 0, False)
NUMBERS = st.integers(0, 9)
KINDS = st.sampled_from(["answer", "refused", "error", "strange", "cut", "stranger"])


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(NUMBERS, KINDS), max_size=40), st.integers(1, 7))
def test_of_any_lines_each_request_is_settled_by_its_first(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[int, str]], size: int
) -> None:
    answer = b'{"choices":[{"message":{"content":"x"}}],"usage":{"prompt_tokens":3,"completion_tokens":2}}'
    said = {
        "answer": b'{"status_code":200,"body":%s}' % answer,
        "refused": b'{"status_code":400,"body":{"error":{"message":"no"}}}',
        "error": b"null",
        "strange": b'{"status_code":200,"body":{"x":1}}',
    }
    requests = [request(ROW.endpoint, number, "small") for number in range(10)]

    def line(number: int, kind: str) -> bytes:
        name = custom_id(requests[number][0].digest, 7 if kind == "stranger" else 0)
        text = b'{"custom_id":"%s","response":%s}\n' % (name.encode(), said.get(kind, said["answer"]))
        return text[:-9] if kind == "cut" else text

    with SqliteAnswers(tmp_path_factory.mktemp("store") / "answers.db", run="one") as store, BatchFiles() as files:
        for key, body in requests:
            files.add(key, body)
        row = BatchTable(store).intend(files.finish()[0], files.requests(files.files[0]))
        found = Collected()

        results = BatchResults(store, address("http://127.0.0.1:1/v1", environ={}), lambda model: PRICE)
        given = [line(*one) for one in lines]
        for start in range(0, len(given), size):
            results.keep(row, given[start : start + size], found)
        first: dict[int, str] = {}
        for number, kind in lines:
            if kind not in ("cut", "stranger"):
                first.setdefault(number, kind)
        good = [number for number, kind in first.items() if kind == "answer"]
        assert [number for number in range(10) if store.get(requests[number][0]) == answer] == sorted(good)
        assert found.answers == store.totals().answers == len(good)
        assert (
            found.usage
            == store.totals().usage
            == Usage(prompt=3 * len(good), completion=2 * len(good), answers=len(good))
        )
        assert sum(found.failures.values()) == len(first) - len(good)
        assert found.repeated == sum(kind not in ("cut", "stranger") for _, kind in lines) - len(first)
        assert found.damaged == sum(kind == "cut" for _, kind in lines)
        assert found.unknown == sum(kind == "stranger" for _, kind in lines)
        assert BatchTable(store).finish(row.id) == 10 - len(first)


def test_results_that_are_kept_no_longer(store: SqliteAnswers) -> None:
    with serving(Script(batch_steps=1)) as server:
        submit(store, server, range(3))
        with_jobs(store, server, lambda jobs: jobs.status())
        for name in [name for name, (about, _) in server.batches.files.items() if about["purpose"] == "batch_output"]:
            del server.batches.files[name]
        found = collect(store, server)
        assert (found.missing, found.notes) == (3, ["batch_0: the server keeps its results no longer"])


def test_a_batch_that_the_server_does_not_know(store: SqliteAnswers) -> None:
    """Another key or URL: what is on its way stays so."""
    with serving() as server:
        submit(store, server, range(3))
        saved = dict(server.batches.batches)
        server.batches.batches.clear()
        with pytest.raises(StopRun, match="does not know the batch batch_0; check --base-url"):
            collect(store, server)
        server.batches.batches.update(saved)
        assert finished(store, server).answers == 3


def test_a_server_without_batches(store: SqliteAnswers) -> None:
    with serving(Script(stumbles={"POST /v1/files": [404]})) as server:
        with pytest.raises(StopRun, match=r"has no Batch API \(HTTP 404\)"):
            submit(store, server, range(3))
        assert submit(store, server, range(3)) == 3


def test_no_message_and_no_file_holds_the_key(store: SqliteAnswers) -> None:
    secret = "sk-very-secret-0123456789"
    with serving(Script(key="another")) as server, BatchFiles() as files:
        gather(files, store, server.base_url, range(1))
        with pytest.raises(StopRun) as caught:
            with_jobs(store, server, lambda jobs: jobs.submit(files), key=secret)
        assert "refuses the key in OPENAI_API_KEY" in str(caught.value)
        assert secret not in str(caught.value)
        assert all(secret.encode() not in file.read_bytes() for file in store.path.parent.iterdir())


def test_two_that_submit_the_same_are_told(store: SqliteAnswers) -> None:
    with serving() as server, BatchFiles() as files:
        gather(files, store, server.base_url, range(3))
        submit(store, server, range(1))
        with pytest.raises(RunError, match="another process has submitted"):
            with_jobs(store, server, lambda jobs: jobs.submit(files))
        assert len(server.batches.batches) == 1


def ask(server: Server, store: SqliteAnswers, files: BatchFiles, budget: Budget) -> list[str]:
    """Asks for three texts through the client, gathering; gives the texts, or what is said of them."""
    wanted = [
        Request(prompt="p.v1", messages=(Message("user", f"Write {n}"),), reply=TextReply, max_tokens=40, attempt=0)
        for n in range(3)
    ]
    table, ledger = BatchTable(store), PricedLedger("fake", PRICE, budget, batch=True)

    async def run() -> list[str]:
        async with open_chat(
            "fake", answers=store, ledger=PricedLedger("fake", PRICE, budget, limited=False), key_env="NONE",
            base_url=server.base_url, through=lambda endpoint: BatchSender(endpoint.url, table, files, ledger),
        ) as chat:  # fmt: skip
            said = []
            for one in wanted:
                try:
                    answer = await chat.ask(one)
                except (NotYet, StopRun) as error:
                    said.append(type(error).__name__)
                else:
                    assert isinstance(answer.value, TextReply)
                    said.append(answer.value.text)
            return said

    return asyncio.run(run())


def test_the_client_gathers_and_reads_what_was_collected(store: SqliteAnswers) -> None:
    with serving(Script(batch_steps=1)) as server:
        budget = Budget(1.0)
        with BatchFiles() as files:
            assert ask(server, store, files, budget) == ["NotYet"] * 3
            assert budget.reserved == pytest.approx(sum(file.reserved for file in files.files))
            assert budget.reserved > 0
            assert budget.spent == pytest.approx(store.totals().cost)
            with_jobs(store, server, lambda jobs: jobs.submit(files))
        with BatchFiles() as files:
            assert ask(server, store, files, budget) == ["NotYet"] * 3
            assert files.files == []
        assert collect(store, server).answers == 3
        before = server.count
        with BatchFiles() as files:
            assert ask(server, store, files, budget) == ["yeh sentence bahut simple hai"] * 3
        assert server.count == before
        assert store.totals().usage == tokens(server)


def test_a_budget_stops_the_gathering_and_not_what_is_on_its_way(store: SqliteAnswers) -> None:
    with serving() as server:
        with BatchFiles() as files:
            assert ask(server, store, files, Budget(0.0021)) == ["NotYet", "NotYet", "StopRun"]
            with_jobs(store, server, lambda jobs: jobs.submit(files))
        budget = Budget.going_on(0.0021, store.totals(), lambda model: PRICE)
        assert 0.0015 < budget.spent <= 0.0021
        with BatchFiles() as files:
            assert ask(server, store, files, budget) == ["NotYet", "NotYet", "StopRun"]
            assert files.files == []
        assert finished(store, server).answers == 2
        budget = Budget.going_on(0.0021, store.totals(), lambda model: PRICE)
        with BatchFiles() as files:
            assert ask(server, store, files, budget)[-1] == "NotYet"


def test_what_batches_refuse_twice_is_not_sent_a_third_time(store: SqliteAnswers) -> None:
    url, table = "http://127.0.0.1:1/v1", BatchTable(store)
    key, body = request(url, 0)
    line = b'{"custom_id":"%s","response":{"status_code":400,"body":{"error":{"message":"no"}}}}'

    def sent() -> Exception:
        async def run() -> None:
            await BatchSender(url, table, files).send(body, key=key, tokens=9)

        with pytest.raises((NotYet, Fault)) as caught:
            asyncio.run(run())
        return caught.value

    results = BatchResults(store, address(url, environ={}), lambda model: PRICE)
    for _ in range(2):
        with BatchFiles() as files:
            assert isinstance(sent(), NotYet)
            (file,) = files.finish()
            row = table.intend(file, files.requests(file))
        with BatchFiles() as files:
            assert isinstance(sent(), NotYet)
            assert files.files == []
        results.keep(row, [line % custom_id(key.digest, 0).encode()], Collected())
        table.finish(row.id)
    with BatchFiles() as files:
        error = sent()
        assert isinstance(error, Fault)
        assert (error.kind, error.scope, files.files) == ("refused", "request", [])
