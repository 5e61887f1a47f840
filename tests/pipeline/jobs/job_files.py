"""Inputs and jobs that the tests of jobs share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from cswitch import data
from cswitch.pipeline.jobs.spec import parse_job
from cswitch.schemas.job import Job
from cswitch.schemas.sample import Sample

SAMPLES = Path(data.__path__[0]) / "samples"
GOLD = SAMPLES / "en-hi.gold.tsv"
PLAIN = SAMPLES / "en-hi.tsv"

SYNTH = "synth: {pair: en-hi, aligner: given}"


def job_of(folder: Path, path: object = GOLD, stages: tuple[str, ...] = (SYNTH,), rows: int = 7, **more: Any) -> Job:
    """A job over the shipped pairs with links, in shards of a few rows."""
    inputs = "".join(
        f", {name}: {value}" for name, value in more.items() if name not in ("out", "format_", "compression")
    )
    outputs = "".join(f", {name.strip('_')}: {more[name]}" for name in ("format_", "compression") if name in more)
    text = (
        f"input: {{path: '{path}'{inputs}}}\n"
        f"stages:\n" + "".join(f"- {stage}\n" for stage in stages) +
        f"output: {{folder: {more.get('out', 'out')}, rows_per_shard: {rows}{outputs}}}\n"
    )  # fmt: skip
    return parse_job(text, "job.yaml", folder)


def contents(folder: Path) -> dict[str, bytes]:
    """The files of a folder, but for the job file, which names the folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "job.yaml"}


def records(folder: Path) -> bytes:
    """The records of all shards, one after another."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("?????.jsonl")))


def rejects(folder: Path) -> bytes:
    """The rejects of all shards, one after another."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("?????.rejects.jsonl")))


def samples(folder: Path) -> list[Sample]:
    """The samples of all shards."""
    return [msgspec.json.decode(line, type=Sample) for line in records(folder).splitlines()]
