"""Answers are kept once and for all, whatever happens to those that keep them."""

from __future__ import annotations

import asyncio
import os
import resource
import sqlite3
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.errors import CswitchError, RunError, UsageError
from cswitch.generators.prompting.store.answers import LONG, SqliteAnswers
from cswitch.generators.prompting.store.contracts import Answers, Key
from cswitch.schemas.prompting import Usage
from tests.generators.prompting.store.putting import body, key, puts

ROOT = Path(__file__).parents[4]
ONE = Usage(prompt=10, cached=4, completion=5, answers=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "answers.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteAnswers]:
    with SqliteAnswers(path, run="one") as opened:
        yield opened


def put(store: SqliteAnswers, *keys: Key, cost: float | None = 0.5, completion: bytes = b"{}") -> None:
    async def all_at_once() -> None:
        await asyncio.gather(*(store.put(each, completion, ONE, cost) for each in keys))

    asyncio.run(all_at_once())


def test_it_is_the_store_of_the_contract(store: SqliteAnswers) -> None:
    answers: Answers = store
    assert answers.get(key(1)) is None


@settings(max_examples=15, deadline=None)
@given(st.dictionaries(st.integers(0, 1000), st.binary(max_size=3 * LONG), max_size=30))
def test_what_was_put_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, kept: dict[int, bytes]) -> None:
    path = tmp_path_factory.mktemp("store") / "answers.db"

    async def all_of_them(store: SqliteAnswers) -> None:
        await asyncio.gather(*(store.put(key(number), text, ONE, None) for number, text in kept.items()))

    with SqliteAnswers(path, run="one") as store:
        asyncio.run(all_of_them(store))
        assert {number: store.get(key(number)) for number in kept} == kept
    with SqliteAnswers(path, run="two") as store:
        assert {number: store.get(key(number)) for number in kept} == kept
        assert store.get(key(1001)) is None


def test_every_part_of_the_key_counts(store: SqliteAnswers) -> None:
    kept = key(1)
    put(store, kept)
    others = [
        kept._replace(attempt=1),
        kept._replace(model="large"),
        kept._replace(endpoint="https://other.example/v1"),
        kept._replace(digest=bytes(16)),
    ]
    assert [store.get(other) for other in others] == [None] * 4
    assert store.get(kept) == b"{}"


def test_a_turn_of_the_loop_is_one_commit(store: SqliteAnswers) -> None:
    statements: list[str] = []
    store.database.set_trace_callback(statements.append)
    put(store, *map(key, range(64)))
    assert sum("commit" in statement.lower() for statement in statements) == 1


def test_put_returns_when_others_can_see_it(path: Path) -> None:
    async def both() -> None:
        with SqliteAnswers(path, run="one") as writer, SqliteAnswers(path, run="two") as reader:
            for number in range(20):
                await writer.put(key(number), body(number), ONE, None)
                assert reader.get(key(number)) == body(number)

    asyncio.run(both())


def test_one_that_is_cancelled_takes_no_other_with_it(store: SqliteAnswers) -> None:
    async def some() -> list[object]:
        tasks = [asyncio.create_task(store.put(key(number), b"{}", ONE, None)) for number in range(3)]
        await asyncio.sleep(0)
        tasks[1].cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    first, second, third = asyncio.run(some())
    assert (first, third) == (None, None)
    assert isinstance(second, asyncio.CancelledError)
    assert [store.get(key(number)) for number in range(3)] == [b"{}"] * 3


def test_a_loop_that_ended_does_not_stop_the_next(store: SqliteAnswers) -> None:
    async def give_up() -> None:
        store.failed(key(0), "timeout", None, "no answer")

    loop = asyncio.new_event_loop()
    task = loop.create_task(give_up())
    loop.call_soon(loop.stop)
    loop.run_forever()
    assert task.done()
    loop.close()
    put(store, key(1))
    assert store.get(key(1)) == b"{}"
    assert store.totals().failures == {"timeout": 1}


def test_the_first_answer_stays_and_both_are_paid_for(path: Path) -> None:
    with SqliteAnswers(path, run="one") as first, SqliteAnswers(path, run="two") as second:
        put(first, key(1), completion=b"first")
        put(second, key(1), completion=b"second")
        assert second.get(key(1)) == b"first"
        assert (first.totals().answers, first.totals().usage.answers) == (1, 1)
        assert (second.totals().answers, second.totals().usage.answers) == (0, 1)
        assert second.totals().cost == 0.5


def test_failures_are_counted_and_never_given_as_answers(store: SqliteAnswers) -> None:
    store.failed(key(1), "rate_limit", 429, "slow down")
    store.failed(key(1), "rate_limit", 429, "x" * 10_000)
    store.failed(key(2), "connection", None, "")
    assert store.get(key(1)) is None
    assert store.totals().failures == {"connection": 1, "rate_limit": 2}
    assert store.totals().answers == 0
    (longest,) = store.database.execute("select max(length(detail)) from failures").fetchone()
    assert longest < 1000


def test_totals_are_those_of_the_run(path: Path) -> None:
    with SqliteAnswers(path, run="one") as store:
        put(store, *map(key, range(7)))
    with SqliteAnswers(path, run="one") as store:
        put(store, *map(key, range(7, 10)))
    with SqliteAnswers(path, run="two") as store:
        put(store, key(10))
        totals = store.totals("one")
        assert totals.usage == Usage(prompt=100, cached=40, completion=50, answers=10)
        assert (totals.cost, totals.answers, totals.on_its_way) == (5.0, 10, 0.0)
        assert store.totals().answers == 1
        assert store.totals("three").usage == Usage()


def test_what_has_no_price_is_told_apart(store: SqliteAnswers) -> None:
    put(store, key(1))
    put(store, key(2), cost=None)
    totals = store.totals()
    assert (totals.cost, totals.priced, totals.unpriced) == (None, 0.5, {"small": ONE})


def test_capabilities_are_kept_by_endpoint_and_model(store: SqliteAnswers) -> None:
    assert store.capabilities("https://api.example/v1", "small") is None
    store.keep_capabilities("https://api.example/v1", "small", b"old")
    store.keep_capabilities("https://api.example/v1", "small", b"new")
    assert store.capabilities("https://api.example/v1", "small") == b"new"
    assert store.capabilities("https://api.example/v1", "large") is None


def test_the_file_holds_no_request(store: SqliteAnswers) -> None:
    columns = {
        row[1]
        for (table,) in store.database.execute("select name from sqlite_master where type = 'table'").fetchall()
        for row in store.database.execute(f"pragma table_info({table})")
    }
    assert not columns & {"request", "prompt_text", "messages", "key", "headers"}


def test_the_log_is_carried_over_at_the_end(path: Path) -> None:
    with SqliteAnswers(path, run="one") as store:
        put(store, *map(key, range(100)))
        assert path.with_name("answers.db-wal").stat().st_size > 0
    assert [file.name for file in path.parent.iterdir()] == ["answers.db"]


@pytest.mark.parametrize("trial", range(3))
def test_what_was_reported_is_there_after_a_kill(path: Path, trial: int) -> None:
    """Three kills at random moments, one after the other, on the same file."""
    rng, reported = Random(trial), set[int]()
    for start in (0, 100_000, 200_000):
        command = [sys.executable, "-m", "tests.generators.prompting.store.putting", str(path)]
        arguments = [str(start), str(start + 100_000)]
        with subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, cwd=ROOT) as child:
            assert child.stdout is not None
            first = child.stdout.readline()
            time.sleep(rng.uniform(0, 0.15))
            child.kill()
            lines = (first + child.stdout.read()).split(b"\n")[:-1]
        reported |= set(map(int, lines))
    with SqliteAnswers(path, run="killed") as store:
        assert [number for number in reported if store.get(key(number)) != body(number)] == []
        assert store.totals().answers >= len(reported) > 3
        assert store.database.execute("pragma integrity_check").fetchone() == ("ok",)


def test_processes_share_a_file(path: Path) -> None:
    command = [sys.executable, "-m", "tests.generators.prompting.store.putting", str(path)]
    spans = [("0", "300"), ("200", "500"), ("100", "400")]
    children = [subprocess.Popen([*command, *span], stdout=subprocess.DEVNULL, cwd=ROOT) for span in spans]
    assert [child.wait(60) for child in children] == [0, 0, 0]
    with SqliteAnswers(path, run="killed") as store:
        assert all(store.get(key(number)) == body(number) for number in range(500))
        assert (store.totals().answers, store.totals().usage.answers) == (500, 900)


def test_memory_stays_flat(store: SqliteAnswers) -> None:
    def rounds(start: int, stop: int) -> int:
        saved, sys.stdout = sys.stdout, open(os.devnull, "w")  # noqa: SIM115
        try:
            asyncio.run(puts(store, start, stop, 64))
        finally:
            sys.stdout.close()
            sys.stdout = saved
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    before = rounds(0, 5_000)
    assert rounds(5_000, 15_000) - before < 30_000  # KiB; SQLite's own cache takes 16,000 of it


def refusal(path: Path) -> CswitchError:
    with pytest.raises(CswitchError) as caught:
        SqliteAnswers(path, run="one")
    assert "\n" not in str(caught.value)
    return caught.value


def test_paths_that_cannot_be(tmp_path: Path) -> None:
    assert "is a folder" in str(refusal(tmp_path))
    assert "mkdir -p" in str(refusal(tmp_path / "none" / "answers.db"))


@pytest.mark.parametrize("junk", [b"not a database, but a text that is long enough to be told from one" * 20, b"{}\n"])
def test_other_files_are_refused_and_left_alone(path: Path, junk: bytes) -> None:
    path.write_bytes(junk)
    assert isinstance(refusal(path), UsageError)
    assert path.read_bytes() == junk


def test_databases_of_something_else_are_refused_and_left_alone(path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("create table store(things text)")
    other.close()
    before = path.read_bytes()
    assert "something else" in str(refusal(path))
    assert path.read_bytes() == before


def test_a_newer_layout_is_refused(path: Path) -> None:
    with SqliteAnswers(path, run="one") as store:
        store.database.execute("update store set version = 99")
    assert "newer cswitch (layout 99" in str(refusal(path))


def test_a_damaged_file_is_told(path: Path) -> None:
    with SqliteAnswers(path, run="one") as store:
        put(store, *map(key, range(2000)), completion=b"x" * 500)
    raw = bytearray(path.read_bytes())
    raw[4096:] = os.urandom(len(raw) - 4096)
    path.write_bytes(raw)
    error = refusal(path)
    assert "damaged" in str(error)
    assert ".recover" in error.hint


def test_damage_that_is_met_later_is_told(path: Path) -> None:
    with SqliteAnswers(path, run="one") as store:
        put(store, *map(key, range(2000)), completion=b"x" * 500)
        page = store.database.execute("select rootpage from sqlite_master where name = 'answers'").fetchone()[0]
    raw = bytearray(path.read_bytes())
    raw[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    path.write_bytes(raw)
    with SqliteAnswers(path, run="one") as store, pytest.raises(UsageError, match="damaged"):
        store.get(key(1))


def test_a_read_only_file_is_told(tmp_path: Path) -> None:
    """As another user, as root may write everything."""
    folder = tmp_path / "closed"
    folder.mkdir()
    SqliteAnswers(folder / "answers.db", run="one").close()
    (folder / "answers.db").chmod(0o444)
    folder.chmod(0o555)
    if os.getuid() == 0:
        for parent in [tmp_path, *tmp_path.parents][:3]:
            parent.chmod(0o755)
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # of other tests' threads
            child = os.fork()
        if child == 0:
            status = 9
            try:
                os.setuid(65534)
                SqliteAnswers(folder / "answers.db", run="two")
            except UsageError as error:
                status = 0 if "cannot be written" in str(error) else 8
            finally:
                os._exit(status)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    else:
        assert "cannot be written" in str(refusal(folder / "answers.db"))


def test_a_full_disk_costs_only_the_last_turn(store: SqliteAnswers) -> None:
    put(store, *map(key, range(50)))
    store.database.execute("pragma max_page_count = 30")
    with pytest.raises(RunError, match=r"disk is full, answers kept before are safe; free some space"):
        put(store, *map(key, range(50, 80)), completion=os.urandom(LONG))
    assert all(store.get(key(number)) == b"{}" for number in range(50))
    assert store.totals().answers == 50
    store.database.execute("pragma max_page_count = 100000")
    put(store, *map(key, range(50, 80)))
    assert store.totals().answers == 80


def test_each_of_a_turn_hears_of_a_full_disk(store: SqliteAnswers) -> None:
    store.database.execute("pragma max_page_count = 30")

    async def all_at_once() -> list[object]:
        big = os.urandom(LONG)
        found = await asyncio.gather(*(store.put(key(n), big, ONE, None) for n in range(60)), return_exceptions=True)
        return list(found)

    found = asyncio.run(all_at_once())
    assert all(isinstance(error, RunError) for error in found)
    assert len({id(error) for error in found}) == 60


def test_a_failure_that_cannot_be_noted_is_told_in_the_end(path: Path) -> None:
    async def many(store: SqliteAnswers) -> None:
        for number in range(2000):
            store.failed(key(number), "timeout", None, "x" * 300)

    store = SqliteAnswers(path, run="one")
    store.database.execute("pragma max_page_count = 30")
    asyncio.run(many(store))
    with pytest.raises(RunError, match="disk is full"):
        store.close()


def test_a_file_that_another_holds(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    SqliteAnswers(path, run="one").close()
    monkeypatch.setattr("cswitch.generators.prompting.store.database.PATIENCE", 0.05)
    with SqliteAnswers(path, run="one") as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("begin immediate")
        with pytest.raises(RunError, match="another process holds"):
            put(store, key(1))
        other.execute("rollback")
        other.close()
        put(store, key(1))
        assert store.get(key(1)) == b"{}"
