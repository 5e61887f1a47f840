"""Options of ``cswitch prompt``: a class for what they are about, which is a panel of the help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import typer

# perturb and export have these from here

Source = Annotated[
    str,
    typer.Argument(
        metavar="[IN]",
        help="Pairs (TSV, JSON Lines, two files A,B), text with --text-lang, or a grid in YAML; - for stdin.",
        show_default=False,
    ),
]


@dataclass(frozen=True)
class Asked:
    """What to make."""

    panel: ClassVar[str] = "What to make"

    pair: Annotated[str, typer.Option(metavar="A-B", help="The languages: en-hi, or three: en-hi-bn.")] = ""
    cmi: Annotated[
        str, typer.Option(metavar="CMI", help="CMI asked for: 25, a range 20-40 (each its own), or any.")
    ] = "25"
    like: Annotated[str, typer.Option(metavar="FILE", help="Tagged mixed text; each CMI is drawn from it.")] = ""
    tolerance: Annotated[float, typer.Option(metavar="POINTS", help="How far from it an accepted text may lie.")] = 5.0
    matrix: Annotated[
        str, typer.Option(metavar="LANG", help="Language of the frame. Default: the first that is not English.")
    ] = ""
    script: Annotated[Literal["native", "roman"], typer.Option(help="Script of the output.")] = "native"
    register: Annotated[str, typer.Option(metavar="NAME", help="Register asked for, such as chat.")] = ""
    turns: Annotated[int, typer.Option(metavar="N", help="Turns of a dialogue.")] = 1
    per_pair: Annotated[int, typer.Option(metavar="N", help="Different samples a row.")] = 1
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of all random choices.")] = 0


@dataclass(frozen=True)
class Models:
    """The models that write and judge."""

    panel: ClassVar[str] = "The model"

    model: Annotated[str, typer.Option(metavar="NAME", help="Model that writes.")] = ""
    base_url: Annotated[
        str,
        typer.Option(
            metavar="URL", envvar="OPENAI_BASE_URL", help="Any OpenAI-compatible server: http://127.0.0.1:8000/v1."
        ),
    ] = ""
    key_env: Annotated[str, typer.Option(metavar="NAME", help="Environment variable that holds the key.")] = (
        "OPENAI_API_KEY"
    )
    temperature: Annotated[float, typer.Option(metavar="0..2", help="Sampling temperature.")] = 0.8
    top_p: Annotated[float, typer.Option(metavar="0..1", help="Nucleus of the sampling.")] = 1.0
    max_output_tokens: Annotated[
        int, typer.Option(metavar="N", help="Longest answer. Default: by the source.", show_default=False)
    ] = 0
    judge_model: Annotated[str, typer.Option(metavar="NAME", help="Model that judges. Default: --model.")] = ""
    judge_base_url: Annotated[str, typer.Option(metavar="URL", help="Its server. Default: --base-url.")] = ""
    judge_key_env: Annotated[str, typer.Option(metavar="NAME", help="Its key. Default: --key-env.")] = ""


@dataclass(frozen=True)
class Wording:
    """What the models are told."""

    panel: ClassVar[str] = "What it is told"

    recipe: Annotated[
        str, typer.Option(metavar="NAME", help="Published method or recipe of prompts, or a YAML file of one.")
    ] = ""
    few_shot: Annotated[
        str | None, typer.Option(metavar="FILE", help="Tagged mixed text; examples are drawn from it.")
    ] = None
    shots: Annotated[int | None, typer.Option(metavar="N", help="Examples a request. Default: 3 with --few-shot.")] = (
        None
    )
    shots_by: Annotated[
        Literal["cmi", "rating"], typer.Option(help="Those near the CMI, or best rated and like the row.")
    ] = "cmi"
    judges: Annotated[str, typer.Option(metavar="LIST", help="fluency,naturalness,culture; some or all.")] = ""
    min_score: Annotated[float, typer.Option(metavar="1..10", help="Score that every judge must give.")] = 7.0
    refinements: Annotated[int, typer.Option(metavar="N", help="Times a text below it is refined.")] = 1


@dataclass(frozen=True)
class Acceptance:
    """What a text has to be, and how often it may be mended."""

    panel: ClassVar[str] = "What is accepted"

    edits: Annotated[int, typer.Option(metavar="N", help="Edits by alignment that a text may get.")] = 2
    reprompts: Annotated[int, typer.Option(metavar="N", help="Times a text may be asked for again.")] = 2
    back_translation: Annotated[
        float, typer.Option(metavar="0..1", help="Translate back; least similarity. 0: off.")
    ] = 0.0
    back_translator: Annotated[str, typer.Option(metavar="NAME", help="What does so: llm, seq2seq:MODEL.")] = ""
    near_duplicate: Annotated[float, typer.Option(metavar="0..1", help="Similarity that makes a repeat; 2 is off.")] = (
        0.9
    )
    length_ratio: Annotated[str, typer.Option(metavar="LOW-HIGH", help="Length against the source, in tokens.")] = (
        "0.5-1.8"
    )
    tagger: Annotated[str, typer.Option(metavar="NAME", help="Tagger that measures: compact, hf:MODEL.")] = "compact"
    device: Annotated[
        str | None, typer.Option(metavar="NAME", help="Device of tagger hf: and translator seq2seq:.")
    ] = None


@dataclass(frozen=True)
class Rows:
    """What the rows of IN are, and how their words are linked."""

    panel: ClassVar[str] = "What a row is"

    text_lang: Annotated[str, typer.Option(metavar="LANG", help="IN is text in this language alone.")] = ""
    field: Annotated[str, typer.Option(metavar="NAME", help="Column or field of that text.")] = ""
    translator: Annotated[
        str, typer.Option(metavar="NAME", help="What translates that text: llm, seq2seq:MODEL or gloss. Default: llm.")
    ] = ""
    grid: Annotated[str, typer.Option(metavar="NAME", help="No source: topics of a grid, everyday.v1.")] = ""
    count: Annotated[int | None, typer.Option(metavar="N", help="Cells of the grid to draw.")] = None
    fmt: Annotated[
        str | None,
        typer.Option("--format", metavar="NAME", help="tsv, jsonl, parallel or text, when IN does not tell."),
    ] = None
    aligner: Annotated[str, typer.Option(metavar="NAME", help="Links the words of a pair, as for synth --aligner.")] = (
        "auto"
    )
    links: Annotated[str | None, typer.Option(metavar="FILE", help="Links of IN, Pharaoh i-j, a line a pair.")] = None
    lexicons: Annotated[
        list[str] | None, typer.Option("--lexicon", metavar="FILE", help="A lexicon of your own; may be repeated.")
    ] = None
    min_confidence: Annotated[float, typer.Option(metavar="0..1", help="Links below it are not used.")] = 0.5
    pretokenized: Annotated[bool, typer.Option("--pretokenized", help="Tokens stand between spaces in IN.")] = False
    limit: Annotated[int | None, typer.Option(metavar="N", help="Stop after so many rows.")] = None
    max_tokens: Annotated[int, typer.Option(metavar="N", help="Reject rows with a longer side.")] = 200


@dataclass(frozen=True)
class Pace:
    """How fast models are asked."""

    panel: ClassVar[str] = "How fast"

    concurrency: Annotated[int, typer.Option(metavar="N", help="Requests under way at most.")] = 16
    rpm: Annotated[float, typer.Option(metavar="N", help="Requests a minute.")] = 0.0
    tpm: Annotated[float, typer.Option(metavar="N", help="Tokens a minute.")] = 0.0
    timeout: Annotated[float, typer.Option(metavar="SECONDS", help="How long an answer may take.")] = 120.0
    patience: Annotated[
        float, typer.Option(metavar="SECONDS", help="How long a server that is away is waited for.")
    ] = 600.0


@dataclass(frozen=True)
class Money:
    """What the run may cost, and what becomes of answers."""

    panel: ClassVar[str] = "Money and answers"

    budget: Annotated[float | None, typer.Option(metavar="MONEY", help="Most that the run may spend.")] = None
    price: Annotated[str | None, typer.Option(metavar="IN,OUT", help="Price of a million tokens: 0.15,0.60.")] = None
    prices: Annotated[str | None, typer.Option(metavar="FILE", help="A price table of yours, YAML.")] = None
    cache: Annotated[
        str | None, typer.Option(metavar="FILE", help="Answers are kept here. Default: OUT.answers.db.")
    ] = None
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show a request and a forecast; send nothing.")] = False
    batch: Annotated[
        Literal["submit", "status", "collect"] | None, typer.Option(help="Use the server's Batch API.")
    ] = None


@dataclass(frozen=True)
class Files:
    """What a run writes."""

    panel: ClassVar[str] = "Files"

    output: Annotated[str, typer.Option("--output", "-o", metavar="OUT", help="File to write; - for stdout.")] = "-"
    rejects: Annotated[str | None, typer.Option(metavar="FILE", help="Keep each rejected row with its reason.")] = None
    attempts: Annotated[
        str | None, typer.Option(metavar="FILE", help="Keep each version of each text. Default: OUT.attempts.jsonl.")
    ] = None
    force: Annotated[bool, typer.Option("--force", help="Start again; answers are kept and cost nothing.")] = False


JsonReport = Annotated[
    bool, typer.Option("--json", help="Print the report as one JSON object on stdout.", rich_help_panel=Files.panel)
]
