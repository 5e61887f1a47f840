"""Runs of shards: two workers against one, memory, what the pipeline costs around the generator, and kills.

Usage: python -m benchmarks.pipeline [--rows 100000] [--more 1000000] [--kills 20] [--folder DIR] [--only speed,...]

The input are the shipped pairs with links, repeated with ids of their own. Every run is `cswitch run` as a process;
memory is the largest sum of the proportional set sizes (PSS) of all its processes, looked at ten times a second where
memory is what is measured, and once a second elsewhere, for looking holds the processes up. A run is killed with
SIGKILL at random moments after it began to work, and what it and an undisturbed run left is compared byte by byte.
With `--ray`, the same job is done by Ray and compared too.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from random import Random

from cswitch.generators.switching.generator import SwitchGenerator
from cswitch.pipeline.annotate import Annotator
from cswitch.pipeline.readers import read_pairs
from cswitch.pipeline.synthesiser import little_collecting
from cswitch.schemas.reject import Reject
from cswitch.schemas.settings import SynthSettings

PAIRS = Path(__file__).parent.parent / "data" / "samples" / "en-hi.gold.tsv"
COMMAND = [sys.executable, "-c", "from cswitch.cli.main import run; run()", "run"]
SETTINGS = SynthSettings(pair=("en", "hi"), aligner="given")
PARTS = ("speed", "overhead", "memory", "kills")
ROW = "  {:64}{:>14}"


def main() -> None:
    """Runs what the options ask for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--more", type=int, default=1_000_000, help="rows of the larger run that memory is compared in")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0, help="of the moments of the kills")
    parser.add_argument("--folder", type=Path, help="where everything is left to be looked at")
    parser.add_argument("--only", default=",".join(PARTS), help=f"parts: {', '.join(PARTS)}")
    parser.add_argument("--ray", action="store_true", help="the same by Ray")
    options = parser.parse_args()
    only = options.only.split(",")
    with tempfile.TemporaryDirectory() as folder:
        place = options.folder or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        job = write_job(place, "job", options.rows, rows_per_shard=max(1, options.rows // 40))
        one = speed(job, only) if {"speed", "overhead"} & {*only} or options.ray else 0.0
        if "overhead" in only:
            overhead(place / "job.tsv", options.rows, one)
        if "memory" in only:
            memory(place, job, options.rows, options.more)
        if "kills" in only:
            kills(job, options.kills, options.seed)
        if options.ray:
            by_ray(job)


def write_job(folder: Path, name: str, rows: int, *, rows_per_shard: int) -> Path:
    """An input of so many rows, and the job file over it."""
    header, *lines = PAIRS.read_text(encoding="utf-8").splitlines()
    id_at = header.split("\t").index("id")
    with (folder / f"{name}.tsv").open("w", encoding="utf-8") as stream:
        stream.write(f"{header}\n")
        for row in range(rows):
            cells = lines[row % len(lines)].split("\t")
            cells[id_at] = f"p{row}"
            stream.write("\t".join(cells) + "\n")
    path = folder / f"{name}.yaml"
    path.write_text(
        f"input: {{path: {name}.tsv}}\n"
        "stages:\n- synth: {pair: en-hi, aligner: given}\n"
        f"output: {{folder: {name}, rows_per_shard: {rows_per_shard}}}\n",
        encoding="utf-8",
    )
    return path


def speed(job: Path, only: list[str]) -> float:
    """Seconds of one worker, printed beside those of two."""
    one, _ = timed(job, job.with_name("one"), 1)
    if "speed" in only:
        two, peak = timed(job, job.with_name("two"), 2)
        print(ROW.format("seconds, one worker", f"{one:.1f}"))
        print(ROW.format("seconds, two workers", f"{two:.1f}"))
        print(ROW.format("peak of all processes, two workers (aim: < 800 MB)", f"{peak:.0f} MB"))
        print(ROW.format("times faster (aim: 1.8)", f"{one / two:.2f}"))
        print(ROW.format("both left the same bytes", same(job.with_name("one"), job.with_name("two"))))
    return one


def overhead(source: Path, rows: int, one: float) -> None:
    """What a run costs beside the same rows annotated and mixed in memory, with nothing read or written."""
    part = list(islice(read_pairs(str(source), SETTINGS.pair), min(rows, 20_000)))
    annotator = Annotator(SETTINGS)
    generator = SwitchGenerator(SETTINGS, pos=annotator.pos)
    for _, pair in annotator.annotate(part[:200]):  # what is loaded at first use
        pair if isinstance(pair, Reject) else generator.generate(pair)
    started = time.perf_counter()
    with little_collecting():
        for start in range(0, len(part), 128):
            for _, pair in annotator.annotate(part[start : start + 128]):
                pair if isinstance(pair, Reject) else generator.generate(pair)
    bare = (time.perf_counter() - started) * rows / len(part)
    print(ROW.format("seconds, the bare generator over as many rows", f"{bare:.1f}"))
    print(
        ROW.format(
            "cost of the pipeline around it, start included (aim: below 25 %)", f"{100 * (one / bare - 1):.1f} %"
        )
    )


def memory(place: Path, job: Path, rows: int, more: int) -> None:
    """Peak memory of all processes of a run, over fewer and over more rows."""
    shards = max(1, rows // 40)
    larger = write_job(place, "more", more, rows_per_shard=shards)
    for count, path in ((rows, job), (more, larger)):
        seconds, peak = timed(path, path.with_name(f"memory-{count}"), 2, every=0.1)
        print(ROW.format(f"peak of all processes, two workers, {count:,} rows (aim: < 800 MB)", f"{peak:.0f} MB"))
        print(ROW.format("  rows a second", f"{count / seconds:,.0f}"))


def kills(job: Path, count: int, seed: int) -> None:
    """One run killed at random moments, and gone on with each time."""
    random, folder = Random(seed), job.with_name("killed")
    shutil.rmtree(folder, ignore_errors=True)
    done: list[str] = []
    while len(done) < count:
        process = start(job, folder, 2)
        wait_for_work(process, folder)
        try:
            process.wait(random.uniform(0, 1.5))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            done.append(str(len(list(folder.glob("*.summary.json")))))
        else:
            break  # it ended before it could be killed
    process = start(job, folder, 2)
    _, errors = process.communicate()
    if process.returncode:
        raise SystemExit(errors)
    whole = job.with_name("undisturbed")
    timed(job, whole, 2)
    print(ROW.format(f"kills (aim: {count})", len(done)))
    print(f"    shards done at each: {', '.join(done)}")
    print(ROW.format("the same bytes as undisturbed", same(folder, whole)))


def by_ray(job: Path) -> None:
    """The same by Ray."""
    seconds, peak = timed(job, job.with_name("ray"), 2, "--engine", "ray")
    print(ROW.format("seconds, Ray, two workers", f"{seconds:.1f}"))
    print(ROW.format("  peak of this process and its children", f"{peak:.0f} MB"))
    print(ROW.format("the same bytes as the local engine", same(job.with_name("one"), job.with_name("ray"))))


def start(job: Path, folder: Path, workers: int, *more: str) -> subprocess.Popen[str]:
    """The command, begun."""
    command = [*COMMAND, str(job), "-o", str(folder), "--workers", str(workers), *more]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def timed(job: Path, folder: Path, workers: int, *more: str, every: float = 1.0) -> tuple[float, float]:
    """Seconds and peak memory, in MB, of a run from nothing, looked at every so many seconds."""
    shutil.rmtree(folder, ignore_errors=True)
    began, peak = time.perf_counter(), 0
    process = start(job, folder, workers, *more)
    looked = began
    while process.poll() is None:
        if time.perf_counter() - looked >= every:
            peak = max(peak, sum(map(resident, tree(process.pid))))
            looked = time.perf_counter()
        time.sleep(0.05)
    if process.returncode:
        raise SystemExit(process.stderr.read() if process.stderr else "")
    return time.perf_counter() - began, peak / 1000


def wait_for_work(process: subprocess.Popen[str], folder: Path) -> None:
    """Waits until shards are being written."""
    before = {path.name for path in folder.glob("*.part")} if folder.is_dir() else set()
    made = len(list(folder.glob("*.summary.json")))
    while process.poll() is None:
        parts = {path.name for path in folder.glob("*.part")}
        if parts - before or len(list(folder.glob("*.summary.json"))) > made or (before and not parts & before):
            return
        before &= parts
        time.sleep(0.02)


def tree(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for one in found:
        try:
            for thread in os.listdir(f"/proc/{one}/task"):
                found += map(int, Path(f"/proc/{one}/task/{thread}/children").read_text().split())
        except OSError:
            continue  # it has just ended
    return found


def resident(pid: int) -> int:
    """Proportional set size of a process, in kB."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except OSError:
        pass  # it has just ended
    return 0


def same(one: Path, other: Path) -> str:
    """Whether two folders hold the same, but for the name of the folder in the job file."""
    contents = [
        {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "job.yaml"}
        for folder in (one, other)
    ]
    return "yes" if contents[0] == contents[1] else "NO"


if __name__ == "__main__":
    main()
