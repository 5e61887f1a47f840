"""``cswitch prompt`` killed and resumed against a server that fails: what is left at the end, counted to the token."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from cswitch.core.seeds import rng
from tests.generators.prompting.fake_replies import Script
from tests.generators.prompting.fake_server import Record, read_log, spawned

KEY = "sk-survival-5d1f0c77a9"
"""The key of the server, which must not be found anywhere."""

NOUNS = {
    "house": "घर", "room": "कमरा", "phone": "फ़ोन", "door": "दरवाज़ा", "friend": "दोस्त", "brother": "भाई",
    "son": "बेटा", "food": "खाना", "country": "देश", "city": "शहर", "work": "काम", "market": "बाज़ार",
    "road": "रास्ता", "hospital": "अस्पताल", "garden": "बगीचा", "question": "सवाल", "answer": "जवाब",
    "village": "गाँव", "king": "राजा", "tree": "पेड़", "water": "पानी", "fruit": "फल",
}  # fmt: skip
ADJECTIVES = {
    "big": "बड़ा", "small": "छोटा", "new": "नया", "old": "पुराना", "good": "अच्छा", "bad": "बुरा",
    "white": "सफ़ेद", "black": "काला", "beautiful": "सुंदर", "hot": "गर्म", "cold": "ठंडा",
}  # fmt: skip
CLAUSES = (
    ("my {n} is {a}", "मेरा {n} {a} है"),
    ("your {n} is very {a}", "आपका {n} बहुत {a} है"),
    ("this {n} is not {a}", "यह {n} {a} नहीं है"),
    ("our {n} was {a}", "हमारा {n} {a} था"),
    ("that {n} was never {a}", "वह {n} कभी {a} नहीं था"),
    ("his {n} is also {a}", "उसका {n} भी {a} है"),
)
JOINTS = {"but": "लेकिन", "and": "और", "because": "क्योंकि"}
PIECES = ("le chat dort sur la table de la cuisine", "der Hund schläft heute lieber draußen im Garten")
"""What a model says that has not understood."""

FAULTS = ("rate_limit", "rate_limit_after", "server_error", "unavailable", "hang", "slow_drip", "cut", "html",
          "truncated_json", "wrong_schema", "empty_choice", "empty_content")  # fmt: skip
"""Faults that asking again cures."""

GRACE = 2.0
"""Seconds that a client on a busy machine may take to keep an answer; milliseconds on one that is idle."""


class Row(NamedTuple):
    """A row of the input, and what the model says to it, draft after draft."""

    en: str
    hi: str
    texts: list[str]


def rows(count: int) -> Iterator[Row]:
    """Different rows; of ten, six are answered well at once, three later, and one never."""
    draw = rng("survival", 0)
    for number in range(count):
        clauses = [draw.choice(CLAUSES) for _ in range(2)]
        nouns = [draw.choice(list(NOUNS)) for _ in range(2)]
        adjectives = [draw.choice(list(ADJECTIVES)) for _ in range(2)]
        joint = draw.choice(list(JOINTS))
        parts = list(zip(clauses, nouns, adjectives, strict=True))
        en = f", {joint} ".join(clause[0].format(n=noun, a=adjective) for clause, noun, adjective in parts)
        hi = f", {JOINTS[joint]} ".join(
            clause[1].format(n=NOUNS[noun], a=ADJECTIVES[adjective]) for clause, noun, adjective in parts
        )
        row = Row(en[0].upper() + en[1:] + ".", hi + "।", [])
        yield row._replace(texts=_texts(row, nouns, adjectives, number))


def _texts(row: Row, nouns: list[str], adjectives: list[str], number: int) -> list[str]:
    mixed = _mixed(row.hi, {**_sub(nouns, NOUNS), **_sub(adjectives, ADJECTIVES)})
    kinds = {6: [row.hi, mixed], 7: [row.en, mixed], 8: [PIECES[0], mixed], 9: [PIECES[number % 2]]}
    return kinds.get(number % 10, [mixed])


def _sub(words: list[str], names: dict[str, str]) -> dict[str, str]:
    return {names[word]: word for word in words}


def _mixed(hi: str, english: dict[str, str]) -> str:
    """A quarter of the words in English."""
    words, wanted = hi.split(), round(len(hi.split()) / 4)
    for place, word in enumerate(words):
        if word in english and wanted > 0:
            words[place] = english[word]
            wanted -= 1
    return " ".join(words)


def script(count: int, *, faults: float, seed: int = 1) -> Script:
    """The server for so many rows.

    Args:
        count: Number of rows.
        faults: Share of requests that fail, spread over all kinds.
        seed: Seed of the faults.
    """
    return Script(
        reply="drafts",
        table={row.en: row.texts for row in rows(count)},
        faults={fault: faults / len(FAULTS) for fault in FAULTS} if faults else {},
        seed=seed,
        calm=12,
        broken_at_most=2,
        key=KEY,
        latency=0.01,
        hang_seconds=20.0,
        drip_seconds=0.5,
        keep_bodies=False,
    )


class Kill(NamedTuple):
    """A process that was killed."""

    after: int
    """Requests that had been done with by then."""
    when: float
    """Seconds since the epoch."""
    until: int
    """Requests that had been done with when the server was quiet again: those on their way at the kill are in it."""


class Runner:
    """Runs the command in a folder of its own."""

    def __init__(self, folder: Path, base_url: str, *more: str) -> None:
        self.folder = folder
        options = ["--pair", "en-hi", "--cmi", "25", "--model", "fake", "--base-url", base_url]
        files = ["in.tsv", "-o", "out.jsonl", "--rejects", "rejects.jsonl"]
        program = [sys.executable, "-W", "error", "-c", "from cswitch.cli.main import run; run()"]
        self.command = [*program, "prompt", *files, *options, *more]
        self.said = b""
        """What was written to stderr and stdout so far."""

    def write_input(self, count: int) -> None:
        """The rows, as a table."""
        lines = ["en\thi", *(f"{row.en}\t{row.hi}" for row in rows(count))]
        (self.folder / "in.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def start(self) -> subprocess.Popen[bytes]:
        """Starts it."""
        env = {**os.environ, "OPENAI_API_KEY": KEY, "OMP_NUM_THREADS": "1"}
        return subprocess.Popen(
            self.command, cwd=self.folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )

    def finish(self, patience: float = 600.0) -> int:
        """Runs it to its end; the exit status."""
        with self.start() as process:
            try:
                said, _ = process.communicate(timeout=patience)
            finally:
                process.kill()
        self.said += said
        return process.returncode

    def kill_after(self, log: Path, requests: int, delay: float) -> Kill | None:
        """Kills it when the server has done with so many requests, one at least; None when it came to its end."""
        requests = max(requests, _lines(log) + 1)
        with self.start() as process:
            try:
                while process.poll() is None and _lines(log) < requests:
                    time.sleep(0.005)
                time.sleep(delay)
                ended = process.poll() is not None
                when = time.time()
                process.send_signal(signal.SIGKILL)
                said, _ = process.communicate(timeout=60)
            finally:
                process.kill()
        self.said += said
        before = _lines(log)
        return None if ended else Kill(before, when, _settled(log))


def _settled(log: Path) -> int:
    """Requests done with, once for half a second nothing has come any more."""
    before, now = -1, _lines(log)
    while before != now:
        time.sleep(0.5)
        before, now = now, _lines(log)
    return now


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def cached(path: Path) -> list[dict[str, Any]]:
    """The answers of a cache: key, tokens and the id that the server gave them."""
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        found = [dict(each) for each in database.execute("select * from answers")]
    for each in found:
        body = zlib.decompress(each["body"]) if each["packed"] else each["body"]
        each["id"] = json.loads(body)["id"]
    return found


def records(path: Path) -> list[dict[str, Any]]:
    """The records of a JSON Lines file; none where it is missing."""
    return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


class Figures(NamedTuple):
    """What a run that was killed comes to."""

    rows: int
    samples: int
    rejects: dict[str, int]
    """Rejected rows by reason."""
    missing: list[str]
    """Rows that are neither."""
    doubled: list[str]
    """Rows that are there more than once."""
    requests: int
    faults: dict[str, int]
    """Requests by fault."""
    answers: int
    """Answers that were kept."""
    paid_twice: list[str]
    """Keys that were answered again although the answer had been kept."""
    in_flight: int
    """Answers that were on their way when the process was killed: paid for and lost."""
    longest: float
    """Longest that one of them had been with the client already, in seconds."""
    unexplained: list[str]
    """Answers that were lost and were not on their way at a kill."""
    usage: tuple[int, int]
    """Tokens of requests and answers, as the cache has them."""
    served: tuple[int, int]
    """The same, as the server has them, of the answers that the cache has."""


def figures(folder: Path, log: Path, kills: Sequence[Kill]) -> Figures:
    """Counts what is left.

    An answer is on its way at a kill if the process that was killed had asked for it, and had no time to keep it: it
    was delivered within :data:`GRACE` before the kill, or later. No other may be missing in the cache.
    """
    samples, rejects = records(folder / "out.jsonl"), records(folder / "rejects.jsonl")
    ids = Counter(each["source_id"] for each in [*samples, *rejects])
    total = len((folder / "in.tsv").read_text(encoding="utf-8").splitlines()) - 1
    kept = cached(folder / "out.jsonl.answers.db")
    log_records = read_log(log)
    by_id = {each["id"] for each in kept}
    paid = [each for each in log_records if each.delivered and each.usage]
    known = [each for each in paid if each.id in by_id]
    waits = {each.n: _before(place, each, kills) for place, each in enumerate(log_records)}
    lost = [each for each in paid if each.id not in by_id]
    flying = [each for each in lost if waits[each.n] <= GRACE]
    unexplained = [each for each in lost if waits[each.n] > GRACE]
    return Figures(
        rows=total,
        samples=len(samples),
        rejects=dict(Counter(each["reason"] for each in rejects)),
        missing=[str(number) for number in range(1, total + 1) if str(number) not in ids],
        doubled=[name for name, count in ids.items() if count > 1],
        requests=len(log_records),
        faults=dict(Counter(each.fault for each in log_records if each.fault)),
        answers=len(kept),
        paid_twice=_paid_twice(kept, paid, flying),
        in_flight=len(flying),
        longest=max((waits[each.n] for each in flying), default=0.0),
        unexplained=[each.digest for each in unexplained],
        usage=(sum(each["prompt"] for each in kept), sum(each["completion"] for each in kept)),
        served=(_tokens(known, "prompt_tokens"), _tokens(known, "completion_tokens")),
    )


def _before(place: int, record: Record, kills: Sequence[Kill]) -> float:
    """Seconds from the end of a delivery to the kill of the process that had asked; endless for one not killed."""
    kill = next((each for each in kills if place < each.until), None)
    return float("inf") if kill is None else max(0.0, kill.when - record.ended)


def _tokens(found: Sequence[Record], name: str) -> int:
    return sum((record.usage or {}).get(name, 0) for record in found)


def _paid_twice(kept: list[dict[str, Any]], paid: list[Record], flying: list[Record]) -> list[str]:
    """Keys of the cache that were not answered exactly once, answers apart that were on their way at a kill."""
    lost = {record.n for record in flying}
    times = Counter(record.key for record in paid if record.n not in lost)
    keys = [f"{each['digest'].hex()}-{each['attempt']}" for each in kept]
    return [key for key in keys if times[key] != 1]


def traces(folder: Path, said: bytes) -> list[str]:
    """Where the key, anything that looks like one, or the prompt can be read: names of files, and ``stderr``."""
    secret = re.compile(rb"Bearer\s+\S|Authorization|You grew up with|" + re.escape(KEY.encode()))
    found = [path.name for path in folder.rglob("*") if path.is_file() and secret.search(path.read_bytes())]
    return [*found, *(["stderr"] if secret.search(said) else [])]


class Survived(NamedTuple):
    """A run that was killed and resumed, and one that was let alone."""

    figures: Figures
    kills: list[Kill]
    traces: list[str]
    same: dict[str, bool]
    """For each file of output, whether it is that of the run that was let alone."""
    again: int
    """Requests that the same command sends when it is done once more."""
    seconds: tuple[float, float]
    """How long it took, killed and let alone."""


def survive(folder: Path, count: int, kills: int, *, faults: float = 0.2, seed: int = 0) -> Survived:
    """Runs the command over so many rows, kills it at random moments, resumes it, and runs it undisturbed elsewhere."""
    chance = random.Random(seed)
    points = sorted(chance.uniform(0.1, 1.2) * count for _ in range(kills))
    (folder / "killed").mkdir()
    (folder / "alone").mkdir()
    begin = time.monotonic()
    with spawned(script(count, faults=faults), folder) as (base_url, log):
        runner = Runner(folder / "killed", base_url, "--timeout", "4")
        runner.write_input(count)
        made = [runner.kill_after(log, int(point), chance.uniform(0, 0.2)) for point in points]
        found = [kill for kill in made if kill is not None]
        leaks = traces(runner.folder, runner.said)
        status = runner.finish()
        assert status == 0, runner.said.decode()
        middle = time.monotonic()
        time.sleep(0.1)
        before = _lines(log)
        runner.command += ["--force"]
        held = {name: (runner.folder / name).read_bytes() for name in ("out.jsonl", "rejects.jsonl")}
        assert runner.finish() == 0, runner.said.decode()
        again = _lines(log) - before
    whole = figures(runner.folder, log, found)
    after = time.monotonic()
    (folder / "calm").mkdir()
    with spawned(script(count, faults=0.0), folder / "calm") as (base_url, _):
        alone = Runner(folder / "alone", base_url)
        alone.write_input(count)
        assert alone.finish() == 0, alone.said.decode()
    took = (middle - begin, time.monotonic() - after)
    same = {name: held[name] == (alone.folder / name).read_bytes() for name in held}
    same["again"] = all(held[name] == (runner.folder / name).read_bytes() for name in held)
    leaks += [*traces(runner.folder, runner.said), *traces(alone.folder, alone.said)]
    return Survived(whole, found, leaks, same, again, took)
