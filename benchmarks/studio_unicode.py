"""Sentences of anything that Unicode has, through a real Label Studio and back: whether every token keeps its tag.

Usage: CSWITCH_LABEL_STUDIO=PATH/bin/label-studio python -m benchmarks.studio_unicode [--sentences 10000] [--seed 0]

The server is started for it, on loopback, with a database of its own. Sentences are pushed with a span for every token,
the predictions become annotations at the server, and what pull brings is compared token by token.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from cswitch.cli.main import main as cswitch
from tests.studio.annotating import number_of
from tests.studio.commands import read, write
from tests.studio.random_text import LABELS, sentences
from tests.studio.studio_server import PROGRAM, LabelStudio, find_program

TITLE = "Unicode"
TAKE_OVER = {"selectedItems": {"all": True, "excluded": []}}


def main() -> None:
    """Runs it and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    program = find_program()
    if not program:
        sys.exit(f"no Label Studio server; name its program: {PROGRAM}=PATH")
    with tempfile.TemporaryDirectory() as folder:
        server = LabelStudio(program, Path(folder) / "server")
        try:
            server.start()
            measure(server, Path(folder), options.sentences, options.seed)
        finally:
            server.stop()


def measure(server: LabelStudio, folder: Path, count: int, seed: int) -> None:
    """There and back."""
    os.environ.update(LABEL_STUDIO_URL=server.url, LABEL_STUDIO_API_KEY=server.token)
    records = sentences(count, seed)
    source, back = write(folder / "tagged.jsonl", records), folder / "back.jsonl"
    studio("init", "--project", TITLE, "--labels", ",".join(LABELS))
    pushing = studio("push", str(source), "--project", TITLE, "--blind", "0", "--all-tokens")
    start = time.perf_counter()
    route = f"/api/dm/actions?id=predictions_to_annotations&project={number_of(server, TITLE)}"
    server.call("POST", route, TAKE_OVER)
    print(f"  taken over at the server in {time.perf_counter() - start:.1f} s")
    pulling = studio("pull", "--project", TITLE, "-o", str(back))
    wanted = {one["id"]: one["langs"] for one in records}
    found = {one.id: one.judgements[0].langs for one in read(back)}
    tokens = sum(map(len, wanted.values()))
    lost = sum(
        tag != now for name, tags in wanted.items() for tag, now in zip(tags, found.get(name, []), strict=name in found)
    )
    missing = wanted.keys() - found.keys()
    print(f"  pushed {count / pushing:,.0f} sentences/s, pulled {count / pulling:,.0f}/s")
    print(f"  {count:,} sentences, {tokens:,} tokens: {len(missing)} sentences missing, {lost} tags not as they were")
    if missing or lost:
        sys.exit(1)


def studio(*arguments: str) -> float:
    """Seconds that a command takes."""
    start = time.perf_counter()
    status = cswitch(["studio", *arguments])
    if status:
        sys.exit(status)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
