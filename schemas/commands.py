"""Stages of a job that stand for a command which makes a file or a folder of its own."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from cswitch.schemas.settings import OnMiss, Script

FieldKind = Literal["text", "tokens"]


class FieldSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A field that is mixed, and what is carried with it."""

    kind: FieldKind = "text"
    """Running text (or a list of texts, each mixed by itself), or the tokens of a sentence."""
    cmi: float | None = None
    """CMI of this field; None for that of the run."""
    usual: bool = True
    """Whether it is mixed when no field is named."""
    protect: tuple[str, ...] | None = None
    """Kinds that are protected here; None for those of the run."""
    answers: str = ""
    """Column of answers as SQuAD has them, ``{"text": [...], "answer_start": [...]}``, in this text."""
    spans: str = ""
    """Column of labelled spans in this text: ``{"start", "end", ...}`` or ``[start, end, ...]`` each."""
    labels: tuple[str, ...] = ()
    """Columns with a label a token, entities first."""
    names: dict[str, tuple[str, ...]] = {}
    """Column of labels to what its numbers mean; empty for numbers that are no entity tags."""
    equal: tuple[str, ...] = ()
    """Columns that repeat a text of this field, and change with it."""
    parallel: str = ""
    """Column with the translation of this field."""
    links: str = ""
    """Column with the links between field and translation, Pharaoh's ``i-j`` or pairs."""


class PerturbStage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What decides the mixed rows of a data set, as ``cswitch perturb`` makes them, and how a model is reached.

    No key stands here, only the name of the environment variable that holds it.
    """

    pair: tuple[str, str]
    """The language of the fields, and the one that is mixed with it."""
    preset: str = ""
    """A known data set, or the path of a file of one's own; what is not said here is as it says."""
    preset_file: str | None = None
    """Where the preset lies, when its name is a path that leads there no more."""
    fields: dict[str, FieldSettings] = {}
    """The fields that are mixed, with settings that are laid over those of the preset; by default the preset's."""
    by: Literal["lexicon", "links", "translator", "prompt"] = "lexicon"
    """How: words of a lexicon, links to a translation that the row has, a translator, or a language model."""
    matrix: str = ""
    """The matrix language; empty for that of the fields by lexicon or gloss, else for the one that is not English."""
    cmi: float = 25.0
    """Code-Mixing Index of each field, 0 to 50."""
    tolerance: float = 5.0
    """How far from it a field may lie and count as met."""
    on_miss: OnMiss = "nearest"
    """What becomes of a field that does not come so near: the nearest, or nothing."""
    words: Literal["natural", "content", "all"] = "natural"
    """Which words a lexicon may replace: those that people switch alone, all content words, or all words."""
    protect: tuple[str, ...] | None = None
    """Kinds of span that stay as they are; None for those of the preset, else for all but ``python``."""
    patterns: tuple[str, ...] = ()
    """Regular expressions of what else stays."""
    id: tuple[str, ...] = ()
    """Columns that make the id of a row; empty for ``id`` where there is one, else the number of the row."""
    script: Script = "native"
    """Script of the mixed text."""
    lexicons: tuple[str, ...] = ()
    """Paths of the user's own lexicons."""
    min_prob: float = 0.1
    """Translations less probable than this are not used."""
    translator: str = ""
    """Translator: ``gloss``, ``seq2seq:MODEL`` or ``llm``."""
    column: str = "cswitch"
    """Name of the column that is added."""
    seed: int = 0
    """Seed of every random choice."""
    model: str = ""
    """Model that is asked."""
    base_url: str = ""
    """Of an OpenAI-compatible server; empty for that of the variable ``OPENAI_BASE_URL``, else of OpenAI."""
    key_env: str = "OPENAI_API_KEY"
    """Environment variable of its key."""
    concurrency: int = 16
    """Requests under way at most."""
    budget: float | None = None
    """Most that the run may spend."""
    price: str | None = None
    """Price of a million tokens of prompt and completion, such as ``0.15,0.60``."""
    device: str | None = None
    """Device of a translator that runs here."""
    cache: str | None = None
    """File of answers; by default beside the output."""


class RecipeStage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What decides the samples of a recipe, as ``cswitch recipes run`` makes them."""

    name: str
    """Name of the recipe, or the path of a file of one's own."""
    file: str | None = None
    """Where it lies, when its name is a path that leads there no more."""
    pair: tuple[str, ...] = ()
    """The languages in the order of the input's sides; empty for those of the recipe's paper."""
    matrix: str = ""
    """The matrix language; empty for the recipe's first where it is one of them, else for the first."""
    set: dict[str, dict[str, Any]] = {}
    """Step to settings that are changed."""
    script: Script | None = None
    """Script of the output; None leaves it to the recipe."""
    tagger: str = "compact"
    """Tagger, for recipes that want tags."""
    lexicons: tuple[str, ...] = ()
    """Paths of the user's own lexicons."""
    seed: int = 0
    """Seed of every random choice."""


class ExportStage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What decides the files of an export, as ``cswitch export`` writes them."""

    to: str
    """Format, as in docs/export.md."""
    writer: str = ""
    """How it is written: ``jsonl``, ``parquet``, ``datasets`` ...; empty for the usual way of the format."""
    splits: dict[str, float] = {}
    """Name to share of each split, the shares adding up to 1; empty for one."""
    seed: int = 0
    """Seed of splits, of wordings and of blind tasks."""
    labels: tuple[str, ...] = ()
    """Tags that tokens may have, in the order of their numbers; empty for those of the records."""
    languages: tuple[str, ...] = ()
    """The languages in their order; empty for that of the records."""
    pairs: str = ""
    """The pairs that records were made from, found by ``source_id``."""
    pos: bool = False
    """Tag parts of speech where there are none."""
    sides: tuple[str, ...] = ()
    """Languages that are translated to, or restored; empty for the format's own choice."""
    separator: str = ""
    """Line between texts; empty for none."""
    ids: bool = False
    """Write ids where a format has none of itself."""
    template: str = ""
    """Name of a template that is shipped, or path of one; empty for the format's own."""
    layout: str = ""
    """Layout of chats (``openai``, ``sharegpt``, ``instruction``) or preferences; empty for the first."""
    by: str = "cmi"
    """What makes one text better than another: ``cmi``, ``met``, ``scores``, ``scores:NAME`` or ``attempts``."""
    margin: float = 0.0
    """How much better it has to be."""
    license: str = ""
    """Licence of the data, as the hub names it."""
    title: str = ""
    """Name of the data set on its card."""
    verify: bool = False
    """Read again what was written, and check it."""
    layers: tuple[str, ...] = ()
    """Label Studio: ask for more, ``pos`` or ``entity``."""
    naturalness: bool = True
    """Label Studio: ask for a rating."""
    decision: bool = True
    """Label Studio: ask to accept, edit or reject."""
    correction: bool = True
    """Label Studio: let people correct the text."""
    blind: float = 0.0
    """Label Studio: share of tasks without tags to start from."""
    batch: str = ""
    """Label Studio: name that the tasks carry."""
    made_by: str = ""
    """Label Studio: what tagged records that do not say it."""
    fixed: bool = False
    """Label Studio: give marks and numbers tagged ``other`` a region too."""
    chunk: int = 0
    """Label Studio: tasks a file at most; 0 for one file."""
    config: str = ""
    """Label Studio: file of the labelling configuration; empty for one beside the tasks."""


class RomaniseStage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What decides the letters of words, as ``cswitch romanise`` writes them."""

    lang: str | None = None
    """Language of the words; None for Hindi in lines of text, and for that of each token in samples."""
    tags: tuple[str, ...] = ()
    """Samples: only tokens with these tags are converted; empty for all."""
    variety: float = 0.0
    """Share of words spelt as one of many writers would, 0 to 1."""
    to: Script = "roman"
    """Latin letters, or the native script again."""
    seed: int = 0
    """Decides the spellings that are drawn."""
