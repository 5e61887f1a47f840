"""Speed, memory and reach of ``cswitch filter``.

Usage: python -m benchmarks.filters [--rows 100000 1000000] [--columns 10000000] [--check 3000] [--folder DIR]

Rows are samples that ``synth`` makes of the shipped pairs, repeated: three in a hundred as they are, five in a hundred
with one word changed, the others with most of their words changed. Each run is a process of its own; its peak memory is
the kernel's (VmHWM), and its peak on the disk what lies beside the output at most. What is found of near-duplicates
is held against a comparison of every pair of texts by rapidfuzz. ``--columns`` measures the search alone, over columns
of random hashes of which one text in ten shares a few bands with one before.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from rapidfuzz.fuzz import ratio
from rapidfuzz.process import cdist

from cswitch.cli.main import main as cswitch
from cswitch.core.seeds import rng
from cswitch.filters.contracts import Dropped
from cswitch.filters.duplicates import Duplicates
from cswitch.filters.record import Record
from cswitch.filters.running import Filters

CHEAP = (
    "--met --tokens 4-60 --characters 10-400 --only-languages en,hi --each-language en,hi --matrix hi,en --cmi 5-50 "
    "--switches 1-40 --script known --no-repetition"
).split()
RUNS = {
    "one filter (CMI)": ["--cmi", "5-50"],
    "ten cheap filters": CHEAP,
    "exact duplicates": ["--duplicates", "exact"],
    "near-duplicates": ["--duplicates", "near"],
}
_MEASURED = """
import re, sys, time
from pathlib import Path
from cswitch.cli.main import main
status = main(sys.argv[1:])
peak = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]
print(status, int(peak) / 1024, time.process_time())
"""


def main() -> None:
    """Runs it and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="*", default=[100_000, 1_000_000])
    parser.add_argument("--columns", type=int, default=10_000_000, help="texts of the search alone")
    parser.add_argument("--check", type=int, default=3000, help="rows of the comparison with every pair")
    parser.add_argument("--folder", type=Path, help="where files are made; by default a temporary folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        samples = made(folder)
        for rows in options.rows:
            speed(folder, samples, rows)
        reach(samples, options.check)
        search(folder, options.columns)


def made(folder: Path) -> list[dict[str, Any]]:
    """Samples of the shipped pairs."""
    out = folder / "samples.jsonl"
    pairs = Path(__file__).parent.parent / "data" / "samples" / "en-hi.tsv"
    cswitch(["synth", str(pairs), "-o", str(out), "--pair", "en-hi", "--cmi", "10-40", "--per-pair", "4"])
    return [msgspec.json.decode(line) for line in out.read_bytes().splitlines()]


def varied(samples: list[dict[str, Any]], rows: int) -> Iterator[dict[str, Any]]:
    """Rows made of samples: some as they are, some with a word changed, most with most words changed."""
    words = sorted({token for sample in samples for token in sample["tokens"] if token.isalpha()})
    for row in range(rows):
        draw = rng("row", row)
        sample = dict(samples[draw.randrange(len(samples))], id=f"r{row}")
        kind = draw.randrange(100)
        if kind >= 3:
            places = [n for n, token in enumerate(sample["tokens"]) if token.isalpha()]
            chosen = draw.sample(places, 1 if kind < 8 else max(1, len(places) * 3 // 4)) if places else []
            tokens = [draw.choice(words) if n in chosen else token for n, token in enumerate(sample["tokens"])]
            sample |= {"tokens": tokens, "text": " ".join(tokens), **_offsets(tokens)}
        yield sample


def _offsets(tokens: list[str]) -> dict[str, Any]:
    ends = np.cumsum([len(token) + 1 for token in tokens]).tolist()
    return {"offsets": [[end - len(token) - 1, end - 1] for end, token in zip(ends, tokens, strict=True)]}


def speed(folder: Path, samples: list[dict[str, Any]], rows: int) -> None:
    """Prints rows a second of processor time, peak memory, and bytes on the disk, of each run."""
    source, out = folder / "rows.jsonl", folder / "out.jsonl"
    with source.open("wb") as file:
        for sample in varied(samples, rows):
            file.write(msgspec.json.encode(sample) + b"\n")
    print(f"\n{rows:,} rows, {source.stat().st_size / rows:,.0f} bytes each")
    print(f"  {'':24}{'rows/s':>10}{'memory, MB':>12}{'disk, bytes a row':>20}{'kept':>12}")
    for name, options in RUNS.items():
        command = [sys.executable, "-c", _MEASURED, "filter", str(source), "-o", str(out), "--force", *options]
        disk, found = watched(command, folder, {source, folder / "samples.jsonl"})
        status, memory, seconds = found.split()
        assert status == "0", found
        kept = sum(1 for _ in out.open("rb"))
        print(f"  {name:24}{rows / float(seconds):>10,.0f}{float(memory):>12,.0f}{disk / rows:>20,.0f}{kept:>12,}")
    source.unlink()


def watched(command: list[str], folder: Path, inputs: set[Path]) -> tuple[int, str]:
    """The most that lay in a folder beside the inputs while a command ran, and its output."""
    most = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        while process.poll() is None:
            most = max(most, _size(folder, inputs))
            time.sleep(0.2)
        assert process.stdout is not None
        return most, process.stdout.read()


def _size(folder: Path, inputs: set[Path]) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() and path not in inputs else 0
        except FileNotFoundError:  # gone in between
            continue
    return total


def reach(samples: list[dict[str, Any]], rows: int) -> None:
    """Prints recall and precision of near-duplicates against a comparison of every pair."""
    texts = [sample["text"] for sample in varied(samples, rows)]
    print(f"\n{rows:,} rows against every pair by rapidfuzz")
    print(f"  {'likeness':10}{'repeats':>9}{'found':>8}{'recall':>9}{'precision':>11}{'the same rows':>15}")
    for likeness in (0.95, 0.9, 0.8, 0.7):
        settings = Duplicates(likeness=likeness)
        records = [Record(tokens=[], langs=[], text=text) for text in texts]
        outcomes = list(Filters([settings]).apply(records))
        found = {n for n, outcome in enumerate(outcomes) if isinstance(outcome, Dropped)}
        plain = [settings.plain(settings.exact(text)) for text in texts]
        alike = cdist(plain, plain, scorer=ratio, score_cutoff=100 * likeness - 1e-9, dtype=np.float32) > 0
        stay: list[int] = []
        expected = set()
        for n in range(rows):
            if alike[n, stay].any():
                expected.add(n)
            else:
                stay.append(n)
        kept = np.array(sorted(set(range(rows)) - found))
        right = sum(bool(alike[n, kept[kept < n]].any()) for n in found)
        missed = sum(bool(alike[n, kept[kept < n]].any()) for n in kept.tolist())
        recall, precision = right / max(right + missed, 1), right / max(len(found), 1)
        row = f"{len(expected):>9,}{len(found):>8,}{recall:>9.4f}{precision:>11.4f}"
        print(f"  {likeness:<10}{row}{'yes' if found == expected else f'{len(found ^ expected)} differ':>15}")


_SEARCH = """
import re, sys, time
from pathlib import Path
from cswitch.filters.duplicates import Duplicates
from cswitch.filters.search import find_repeats
found = find_repeats([Path(sys.argv[1])], Duplicates(likeness=0.9), Path(sys.argv[2]))
peak = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]
print(len(found), int(peak) / 1024, time.process_time())
"""


def search(folder: Path, rows: int) -> None:
    """Prints seconds and peak memory of the search alone."""
    columns, scratch = folder / "columns", folder / "pairs"
    columns.mkdir()
    scratch.mkdir()
    drawn = np.random.default_rng(0)
    with (columns / "words").open("wb") as words:
        for number in range(rows):
            words.write(b"%020d" % (number * 7919))
    (np.arange(1, rows + 1, dtype=np.uint64) * np.uint64(20)).tofile(columns / "ends")
    np.arange(rows, dtype=np.uint32).tofile(columns / "numbers")
    digests = drawn.integers(0, 1 << 63, rows, np.uint64)
    digests[rows // 2 :: 20] = digests[: len(digests[rows // 2 :: 20])]
    digests.tofile(columns / "digests")
    later = np.arange(rows // 2, rows, 5)
    earlier = drawn.integers(0, rows // 2, len(later))
    for band in range(24):
        hashes = drawn.integers(0, 1 << 32, rows, np.uint32)
        shared = drawn.random(len(later)) < 0.3
        hashes[later[shared]] = hashes[earlier[shared]]
        hashes.tofile(columns / f"band-{band:02}")
    command = [sys.executable, "-c", _SEARCH, str(columns), str(scratch)]
    disk, found = watched(command, scratch, set())
    repeats, memory, seconds = found.split()
    print(f"\nthe search alone, {rows:,} texts: {float(seconds):,.0f} s, {float(memory):,.0f} MB of memory,")
    size = _size(columns, set()) / rows
    print(f"  {size:,.0f} bytes a text and {disk / rows:,.0f} of pairs on the disk, {int(repeats):,} repeats")


if __name__ == "__main__":
    main()
