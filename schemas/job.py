"""A whole run in one record: what is read, the stages it goes through, where the shards go."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from cswitch.schemas.commands import ExportStage, PerturbStage, RecipeStage, RomaniseStage
from cswitch.schemas.commands import FieldSettings as FieldSettings
from cswitch.schemas.prompting import PromptSettings
from cswitch.schemas.settings import SynthSettings

OutputFormat = Literal["jsonl", "tsv", "conll", "parquet"]
Compression = Literal["none", "gzip", "zstd"]


class JobInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is read. Paths of a job file are relative to the folder it lies in."""

    path: str | tuple[str, ...]
    """A file, two line-parallel files ``A,B``, a folder of ``datasets``, or several of them, read one after another;
    for prompts from a grid, its name."""
    format: str | None = None
    """Layout, when neither the name nor the first line tells it."""
    links: str | None = None
    """Pharaoh links of the only path, a line a pair."""
    pretokenised: bool = False
    """Tokens stand between spaces."""
    field: str | None = None
    """Field of the text, for objects that are to be tagged, and for prompts from text in one language."""
    limit: int | None = None
    """Stop after so many rows; for prompts from a grid, how many cells are drawn."""

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
    """Settings of filters by name, as in docs/filters.md; duplicates are looked for among all records, in the last
    stage."""
    tagger: str = "compact"
    """The tagger, for filters that want tags."""
    all_reasons: bool = False
    """With ``output.file``: tell every reason of a record that is left out."""
    pairs: str = ""
    """With ``output.file``: the pairs that records were made from, found by ``source_id``."""
    pair: tuple[str, ...] = ()
    """The languages of ``pairs``."""


class PromptStage(PromptSettings, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What decides the texts that a language model writes, and how it is reached.

    No key stands here, only the name of the environment variable that holds it.
    """

    recipe: str = ""
    """Versioned name of a recipe of prompts, or the path of one; empty for the one that fits the source."""
    few_shot: str | None = None
    """Path of tagged mixed text that examples are drawn from."""
    base_url: str = ""
    """Of an OpenAI-compatible server; empty for that of the variable ``OPENAI_BASE_URL``, else of OpenAI."""
    key_env: str = "OPENAI_API_KEY"
    """Environment variable of its key."""
    judge_base_url: str = ""
    """Server of the model that judges; empty for the same."""
    judge_key_env: str = ""
    """Environment variable of its key; empty for the same."""
    concurrency: int = 16
    """Requests under way at most; several machines share them."""
    timeout: float = 120.0
    """Seconds that an answer may take."""
    patience: float = 600.0
    """Seconds that a server that gives no answer is waited for."""
    rpm: float = 0.0
    """Requests a minute, shared by machines; 0 for what the server says."""
    tpm: float = 0.0
    """Tokens a minute, shared by machines; 0 for what the server says."""
    budget: float | None = None
    """Most that the run may spend, shared by machines."""
    price: str | None = None
    """Price of a million tokens of prompt and completion, such as ``0.15,0.60``."""
    prices: str | None = None
    """Path of a price table of one's own."""
    cache: str | None = None
    """File of answers; by default in the folder of the job, or beside its file."""
    device: str | None = None
    """Device of a tagger or translator that runs a model here."""


class Stage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One step of a run: exactly one of its fields is given."""

    synth: SynthSettings | None = None
    """Code-mixed samples from pairs; only as the first stage."""
    prompt: PromptStage | None = None
    """Code-mixed samples by a language model, from pairs, text or a grid; only as the first stage."""
    tag: TagSettings | None = None
    """The language of every token, of text that is read or of what the stage before gave."""
    filter: FilterSettings | None = None
    """Leaves records out, with a reason each."""
    export: ExportStage | None = None
    """The files that other tools read, of records that are there or of what the stages before gave; only as the last
    stage."""
    perturb: PerturbStage | None = None
    """A benchmark or a labelled set with its text mixed; the only stage of its job."""
    recipe: RecipeStage | None = None
    """A published method, over whatever it takes; the only stage of its job."""
    romanise: RomaniseStage | None = None
    """Words of other scripts in Latin letters, or back; the only stage of its job."""


class JobOutput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where records go, and how they are written: shards in a folder, or what a command makes, a file or a folder."""

    folder: str = ""
    """The folder of the shards; it is made when it is not there. With a stage that makes a folder of its own, such as
    an export, that one."""
    file: str = ""
    """Instead of a folder, the file that the command of the only stage would write, or that of an export."""
    rejects: str | None = None
    """With ``file``, and of a perturbed folder: where rejects go; none are kept without it."""
    attempts: str | None = None
    """With ``file``, for prompts: where each version of each text goes; by default ``FILE.attempts.jsonl``."""
    format: OutputFormat = "jsonl"
    """Layout of the records; shards are ``jsonl`` or ``parquet``, and a file has another layout only when it is of
    tags."""
    compression: Compression = "none"
    """How shards are compressed: JSON Lines as a whole, Parquet column by column."""
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
