"""A whole run in one record: what is read, the stages it goes through, where the shards go."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from cswitch.schemas.settings import SynthSettings

OutputFormat = Literal["jsonl", "parquet"]
Compression = Literal["none", "gzip", "zstd"]


class JobInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is read. Paths of a job file are relative to the folder it lies in."""

    path: str | tuple[str, ...]
    """A file, two line-parallel files ``A,B``, a folder of ``datasets``, or several of them, read one after another."""
    format: str | None = None
    """Layout, when neither the name nor the first line tells it."""
    links: str | None = None
    """Pharaoh links of the only path, a line a pair."""
    pretokenised: bool = False
    """Tokens stand between spaces."""
    field: str | None = None
    """Field of the text, for objects that are to be tagged."""
    limit: int | None = None
    """Stop after so many rows."""

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths, however many they are."""
        return (self.path,) if isinstance(self.path, str) else self.path


class TagSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What decides the tags that a tagger gives."""

    tagger: str = "compact"
    """Registered tagger, with its model after a colon where it takes one, or a folder with a trained one."""
    languages: tuple[str, ...] = ()
    """The languages in play; empty lets the tagger find them."""
    alternatives: int = 0
    """How many of the likeliest tags of each token are given too."""
    device: str | None = None
    """Where a tagger of ``transformers`` runs: ``cpu``, ``cuda``, ``cuda:1``."""
    dtype: str | None = None
    """Its precision: ``float32``, ``bfloat16``, ``float16`` or ``auto``."""
    batch_tokens: int | None = None
    """Tokens that the device gets at a time."""
    compile: bool = False
    """Compile the model first."""


class FilterSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What decides which records stay."""

    filters: dict[str, dict[str, Any]]
    """Settings of filters by name, as in docs/filters.md; those of duplicates need all records and are left to
    ``cswitch filter``."""
    tagger: str = "compact"
    """The tagger, for filters that want tags."""


class Stage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One step of a run: exactly one of its fields is given."""

    synth: SynthSettings | None = None
    """Code-mixed samples from pairs; only as the first stage."""
    tag: TagSettings | None = None
    """The language of every token, of text that is read or of what the stage before gave."""
    filter: FilterSettings | None = None
    """Leaves records out, with a reason each."""


class JobOutput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where the shards go, and how they are written."""

    folder: str
    """The folder; it is made when it is not there."""
    format: OutputFormat = "jsonl"
    """Layout of the records."""
    compression: Compression = "none"
    """How files are compressed: JSON Lines as a whole, Parquet column by column."""
    rows_per_shard: int = 10_000
    """Rows of the input that a shard is made from."""


class Job(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A run as a file describes it: the same job gives the same bytes, on however many workers and machines."""

    input: JobInput
    """What is read."""
    stages: tuple[Stage, ...]
    """What is done, in order."""
    output: JobOutput
    """Where it goes."""
