"""How fast samples get into a Label Studio server and answers out of it, and what a push that is killed leaves.

    python -m benchmarks.studio --url http://127.0.0.1:8080

The key comes from $LABEL_STUDIO_API_KEY. Three projects are made and deleted again: one gets requests that were made
beforehand, which is the server's own speed; one a push; one a push that is killed half way, and another one.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from time import perf_counter, sleep
from typing import Any

import msgspec

from cswitch.annotators.labelstudio.access import KEY_VARIABLE, access
from cswitch.annotators.labelstudio.config import Labelling
from cswitch.annotators.labelstudio.connection import Connection
from cswitch.annotators.labelstudio.exported import Exported
from cswitch.annotators.labelstudio.projects import ProjectSettings, init_project
from cswitch.annotators.labelstudio.pulling import Puller
from cswitch.annotators.labelstudio.pushing import CHUNK, key_of
from cswitch.annotators.labelstudio.tasks import task_of
from cswitch.pipeline.studio_push import PushOptions, push

LABELLING = Labelling.of(["hi", "en"])
WORDS = {
    "hi": "yaar bahut accha tha thoda laga mujhe kal phir nahi kyun hoon jaldi ghar".split(),
    "en": "movie ending weird honestly meeting office happy weekend plan phone traffic".split(),
}


def main() -> None:
    """Runs the benchmark and prints what it found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="", help="the server; default: $LABEL_STUDIO_URL")
    parser.add_argument("--key-env", default=KEY_VARIABLE, help="variable that holds the key")
    parser.add_argument("--tasks", type=int, default=10_000, help="tasks to push")
    options = parser.parse_args()
    with Connection(access(options.url, options.key_env)) as server, TemporaryDirectory() as folder:
        source = Path(folder, "tagged.jsonl")
        lines = (json.dumps(record) for record in records(options.tasks))
        source.write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"{options.tasks:,} samples of {source.stat().st_size / options.tasks:,.0f} bytes", flush=True)
        with project(server, "alone") as number:
            told("server alone", options.tasks, alone(server, number, options.tasks))
        with project(server, "pushed") as number:
            started = perf_counter()
            report = push(server, str(number), str(source), PushOptions(made_by="compact"))
            told("pushed", report.pushed.sent, report.pushed.seconds)
            told("pushed, all told", report.pushed.sent, perf_counter() - started)
            started = perf_counter()
            again = push(server, str(number), str(source), PushOptions(made_by="compact"))
            told("pushed again: there already", again.pushed.there, perf_counter() - started)
            pulled(server, number)
        with project(server, "killed") as number:
            killed(server, number, source, options)


def records(count: int) -> Iterator[dict[str, Any]]:
    """Tagged sentences of 8 to 16 tokens."""
    for number in range(count):
        draw = random.Random(number)
        langs = [draw.choice(["hi", "en"]) for _ in range(draw.randint(7, 15))]
        tokens = [draw.choice(WORDS[lang]) for lang in langs] + ["!"]
        starts = [sum(len(token) + 1 for token in tokens[:at]) for at in range(len(tokens))]
        yield {
            "id": f"{number}",
            "text": " ".join(tokens),
            "tokens": tokens,
            "langs": [*langs, "other"],
            "offsets": [(start, start + len(token)) for start, token in zip(starts, tokens, strict=True)],
            "probabilities": [round(draw.random(), 3) for _ in tokens],
            "languages": ["hi", "en"],
            "matrix": "hi",
            "measures": {"cmi": round(100 * draw.random(), 1), "switches": 3},
        }


@contextmanager
def project(server: Connection, name: str) -> Iterator[int]:
    """A project that is deleted in the end."""
    title = f"benchmark {name} {random.getrandbits(40):x}"
    made = init_project(server, title, ProjectSettings(labelling=LABELLING))
    try:
        yield made.project
    finally:
        server._sdk.projects.delete(made.project)


def alone(server: Connection, number: int, count: int) -> float:
    """Seconds that the server takes for requests that are there already."""
    tasks = [task_of(record, LABELLING, made_by="compact") for record in records(count)]
    bodies = [msgspec.json.encode(tasks[first : first + CHUNK]) for first in range(0, count, CHUNK)]
    started = perf_counter()
    for body in bodies:
        server.import_tasks(number, body)
    return perf_counter() - started


def pulled(server: Connection, number: int) -> None:
    """Fetches everything, and tells how long that takes."""
    puller = Puller(LABELLING, server.users(), everything=True)
    started = perf_counter()
    with TemporaryFile() as file:
        server.export(number, file, everything=True)
        count = sum(1 for _ in puller.records(Exported(file)))
    told("pulled", count, perf_counter() - started)


def killed(server: Connection, number: int, source: Path, options: argparse.Namespace) -> None:
    """Kills a push half way, pushes again, and counts what is there."""
    command = [sys.executable, "-c", "from cswitch.cli.main import run; run()"]
    command += ["studio", "push", str(source), "--project", str(number), "--blind", "0", "--key-env", options.key_env]
    command += ["--url", options.url] if options.url else []
    run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while (server.project(number)["task_number"] or 0) < options.tasks // 2 and run.poll() is None:
        sleep(0.05)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    there = server.project(number)["task_number"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    counts = Counter(key_of(task["data"]) for task in server.tasks(number))
    twice = sum(count > 1 for count in counts.values())
    print(f"killed at {there:,}; pushed again: {counts.total():,} tasks, {len(counts):,} samples, {twice} twice")


def told(what: str, count: int, seconds: float) -> None:
    """Prints a speed."""
    print(f"{what:30} {count:7,} in {seconds:6.1f} s: {count / seconds:6,.0f} a second", flush=True)


if __name__ == "__main__":
    main()
