"""Options of ``cswitch prompt``, by what they are about, and what they parse to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import typer
from typer.core import TyperCommand

from cswitch.cli.recipe_options import is_given
from cswitch.core.errors import UsageError

if TYPE_CHECKING:
    from cswitch.pipeline.prompt_source import PromptSource

_ASKED, _SOURCE, _MODEL, _WORDING = "What to make", "What a row is", "The model", "What it is told"
_CHECKS, _PACE, _MONEY, _FILES = "What is accepted", "How fast", "Money and answers", "Files"
DEFAULT_URL = "https://api.openai.com/v1"
"""Server when none is named."""
_KINDS = {"pairs": "pairs", "text": "--text-lang", "grid": "--grid"}
_OF_NO_USE = {
    "pairs": ("--field", "--translator", "--count"),
    "text": ("--links", "--pretokenized", "--count"),
    "grid": ("IN", "--text-lang", "--links", "--pretokenized", "--field", "--format", "--translator"),
}
"""Options that make no sense with a kind of rows."""

Source = Annotated[
    str,
    typer.Argument(
        metavar="[IN]",
        help="Pairs (TSV, JSON Lines, two files A,B), text with --text-lang, or a grid in YAML; - for stdin.",
        show_default=False,
    ),
]
Languages = Annotated[
    str,
    typer.Option("--pair", metavar="A-B", help="The languages: en-hi, or three: en-hi-bn.", rich_help_panel=_ASKED),
]
Cmi = Annotated[
    str,
    typer.Option(
        metavar="CMI", help="CMI asked for: 25, a range 20-40 (each its own), or any.", rich_help_panel=_ASKED
    ),
]
Like = Annotated[
    str,
    typer.Option(
        "--like", metavar="FILE", help="Tagged mixed text; each CMI is drawn from it.", rich_help_panel=_ASKED
    ),
]
Tolerance = Annotated[
    float,
    typer.Option(metavar="POINTS", help="How far from it an accepted text may lie.", rich_help_panel=_ASKED),
]
Matrix = Annotated[
    str,
    typer.Option(
        metavar="LANG", help="Language of the frame. Default: the first that is not English.", rich_help_panel=_ASKED
    ),
]
ScriptOption = Annotated[
    Literal["native", "roman"], typer.Option("--script", help="Script of the output.", rich_help_panel=_ASKED)
]
Register = Annotated[
    str, typer.Option(metavar="NAME", help="Register asked for, such as chat.", rich_help_panel=_ASKED)
]
Turns = Annotated[int, typer.Option(metavar="N", help="Turns of a dialogue.", rich_help_panel=_ASKED)]
PerPair = Annotated[
    int, typer.Option("--per-pair", metavar="N", help="Different samples a row.", rich_help_panel=_ASKED)
]
Seed = Annotated[int, typer.Option(metavar="N", help="Seed of all random choices.", rich_help_panel=_ASKED)]

TextLang = Annotated[
    str,
    typer.Option("--text-lang", metavar="LANG", help="IN is text in this language alone.", rich_help_panel=_SOURCE),
]
Field = Annotated[
    str,
    typer.Option("--field", metavar="NAME", help="Column or field of that text.", rich_help_panel=_SOURCE),
]
TranslatorName = Annotated[
    str,
    typer.Option(
        "--translator",
        metavar="NAME",
        help="What translates that text: llm, seq2seq:MODEL or gloss. Default: llm.",
        rich_help_panel=_SOURCE,
    ),
]
GridName = Annotated[
    str,
    typer.Option("--grid", metavar="NAME", help="No source: topics of a grid, everyday.v1.", rich_help_panel=_SOURCE),
]
Count = Annotated[
    int | None, typer.Option("--count", metavar="N", help="Cells of the grid to draw.", rich_help_panel=_SOURCE)
]
Aligner = Annotated[
    str,
    typer.Option(metavar="NAME", help="Links the words of a pair, as for synth --aligner.", rich_help_panel=_SOURCE),
]
Links = Annotated[
    str | None, typer.Option(metavar="FILE", help="Links of IN, Pharaoh i-j, a line a pair.", rich_help_panel=_SOURCE)
]
Lexicons = Annotated[
    list[str] | None,
    typer.Option("--lexicon", metavar="FILE", help="A lexicon of your own; may be repeated.", rich_help_panel=_SOURCE),
]
MinConfidence = Annotated[
    float,
    typer.Option("--min-confidence", metavar="0..1", help="Links below it are not used.", rich_help_panel=_SOURCE),
]
Pretokenized = Annotated[
    bool, typer.Option("--pretokenized", help="Tokens stand between spaces in IN.", rich_help_panel=_SOURCE)
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format", metavar="NAME", help="tsv, jsonl, parallel or text, when IN does not tell.", rich_help_panel=_SOURCE
    ),
]
Limit = Annotated[int | None, typer.Option(metavar="N", help="Stop after so many rows.", rich_help_panel=_SOURCE)]
MaxTokens = Annotated[
    int, typer.Option("--max-tokens", metavar="N", help="Reject rows with a longer side.", rich_help_panel=_SOURCE)
]

Model = Annotated[str, typer.Option("--model", metavar="NAME", help="Model that writes.", rich_help_panel=_MODEL)]
BaseUrl = Annotated[
    str,
    typer.Option(
        "--base-url",
        metavar="URL",
        envvar="OPENAI_BASE_URL",
        help="Any OpenAI-compatible server: http://127.0.0.1:8000/v1.",
        rich_help_panel=_MODEL,
    ),
]
KeyEnv = Annotated[
    str,
    typer.Option("--key-env", metavar="NAME", help="Environment variable that holds the key.", rich_help_panel=_MODEL),
]
JudgeModel = Annotated[
    str,
    typer.Option("--judge-model", metavar="NAME", help="Model that judges. Default: --model.", rich_help_panel=_MODEL),
]
JudgeBaseUrl = Annotated[
    str,
    typer.Option("--judge-base-url", metavar="URL", help="Its server. Default: --base-url.", rich_help_panel=_MODEL),
]
JudgeKeyEnv = Annotated[
    str,
    typer.Option("--judge-key-env", metavar="NAME", help="Its key. Default: --key-env.", rich_help_panel=_MODEL),
]
Temperature = Annotated[float, typer.Option(metavar="0..2", help="Sampling temperature.", rich_help_panel=_MODEL)]
TopP = Annotated[
    float, typer.Option("--top-p", metavar="0..1", help="Nucleus of the sampling.", rich_help_panel=_MODEL)
]
MaxOutputTokens = Annotated[
    int,
    typer.Option(
        "--max-output-tokens", metavar="N", help="Longest answer. Default: by the source.", rich_help_panel=_MODEL,
        show_default=False,
    ),
]  # fmt: skip

Recipe = Annotated[
    str,
    typer.Option(
        metavar="NAME", help="Published method or recipe of prompts, or a YAML file of one.", rich_help_panel=_WORDING
    ),
]
FewShot = Annotated[
    str | None,
    typer.Option(
        "--few-shot", metavar="FILE", help="Tagged mixed text; examples are drawn from it.", rich_help_panel=_WORDING
    ),
]
Shots = Annotated[
    int | None,
    typer.Option(metavar="N", help="Examples a request. Default: 3 with --few-shot.", rich_help_panel=_WORDING),
]
ShotsByOption = Annotated[
    Literal["cmi", "rating"],
    typer.Option("--shots-by", help="Those near the CMI, or best rated and like the row.", rich_help_panel=_WORDING),
]
Judges = Annotated[
    str,
    typer.Option(metavar="LIST", help="fluency,naturalness,culture; some or all.", rich_help_panel=_WORDING),
]
MinScore = Annotated[
    float,
    typer.Option("--min-score", metavar="1..10", help="Score that every judge must give.", rich_help_panel=_WORDING),
]
Refinements = Annotated[
    int, typer.Option(metavar="N", help="Times a text below it is refined.", rich_help_panel=_WORDING)
]

Edits = Annotated[
    int, typer.Option(metavar="N", help="Edits by alignment that a text may get.", rich_help_panel=_CHECKS)
]
Reprompts = Annotated[
    int, typer.Option(metavar="N", help="Times a text may be asked for again.", rich_help_panel=_CHECKS)
]
TaggerName = Annotated[
    str,
    typer.Option("--tagger", metavar="NAME", help="Tagger that measures: compact, hf:MODEL.", rich_help_panel=_CHECKS),
]
DeviceName = Annotated[
    str | None,
    typer.Option(
        "--device", metavar="NAME", help="Device of tagger hf: and translator seq2seq:.", rich_help_panel=_CHECKS
    ),
]
BackTranslation = Annotated[
    float,
    typer.Option(
        "--back-translation", metavar="0..1", help="Translate back; least similarity. 0: off.", rich_help_panel=_CHECKS
    ),
]
BackTranslatorName = Annotated[
    str,
    typer.Option(
        "--back-translator", metavar="NAME", help="What does so: llm, seq2seq:MODEL.", rich_help_panel=_CHECKS
    ),
]
NearDuplicate = Annotated[
    float,
    typer.Option(
        "--near-duplicate", metavar="0..1", help="Similarity that makes a repeat; 2 is off.", rich_help_panel=_CHECKS
    ),
]
LengthRatio = Annotated[
    str,
    typer.Option(
        "--length-ratio", metavar="LOW-HIGH", help="Length against the source, in tokens.", rich_help_panel=_CHECKS
    ),
]

Concurrency = Annotated[int, typer.Option(metavar="N", help="Requests under way at most.", rich_help_panel=_PACE)]
Rpm = Annotated[float, typer.Option("--rpm", metavar="N", help="Requests a minute.", rich_help_panel=_PACE)]
Tpm = Annotated[float, typer.Option("--tpm", metavar="N", help="Tokens a minute.", rich_help_panel=_PACE)]
Timeout = Annotated[float, typer.Option(metavar="SECONDS", help="How long an answer may take.", rich_help_panel=_PACE)]
Patience = Annotated[
    float,
    typer.Option(metavar="SECONDS", help="How long a server that is away is waited for.", rich_help_panel=_PACE),
]

Budget = Annotated[
    float | None,
    typer.Option(metavar="MONEY", help="Most that the run may spend.", rich_help_panel=_MONEY),
]
Price = Annotated[
    str | None,
    typer.Option(metavar="IN,OUT", help="Price of a million tokens: 0.15,0.60.", rich_help_panel=_MONEY),
]
PriceFile = Annotated[
    str | None, typer.Option("--prices", metavar="FILE", help="A price table of yours, YAML.", rich_help_panel=_MONEY)
]
Cache = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="Answers are kept here. Default: OUT.answers.db.", rich_help_panel=_MONEY),
]
DryRun = Annotated[
    bool,
    typer.Option("--dry-run", help="Show a request and a forecast; send nothing.", rich_help_panel=_MONEY),
]
Batch = Annotated[
    Literal["submit", "status", "collect"] | None,
    typer.Option(help="Use the server's Batch API.", rich_help_panel=_MONEY),
]

Rejects = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="Keep each rejected row with its reason.", rich_help_panel=_FILES),
]
Attempts = Annotated[
    str | None,
    typer.Option(
        metavar="FILE", help="Keep each version of each text. Default: OUT.attempts.jsonl.", rich_help_panel=_FILES
    ),
]
OutputFile = Annotated[
    str,
    typer.Option("--output", "-o", metavar="OUT", help="File to write; - for stdout.", rich_help_panel=_FILES),
]
ForceAgain = Annotated[
    bool,
    typer.Option("--force", help="Start again; answers are kept and cost nothing.", rich_help_panel=_FILES),
]
JsonReport = Annotated[
    bool, typer.Option("--json", help="Print the report as one JSON object on stdout.", rich_help_panel=_FILES)
]


class PanelCommand(TyperCommand):
    """A command whose help lists its options under what they are about."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Writes the options, a section a panel, in the order in which panels first come."""
        panels: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                name = "Arguments" if parameter.param_type_name == "argument" else "Options"
                panels.setdefault(getattr(parameter, "rich_help_panel", None) or name, []).append(record)
        for name, records in panels.items():
            with formatter.section(name):
                formatter.write_dl(records)


def given(context: typer.Context) -> set[str]:
    """Names of the parameters that stand on the command line, rather than being left to what is usual."""
    return {name for name in context.params if is_given(context, name)}


class Kind(NamedTuple):
    """What rows are."""

    source: Literal["pairs", "text", "grid"]
    lang: str = ""
    """Language of text in one language."""


def parse_languages(text: str) -> tuple[str, ...]:
    """The two or three languages of ``--pair``, as primary subtags.

    Raises:
        UsageError: It does not name them.

    >>> parse_languages("en-hi"), parse_languages("eng-hin-ben")
    (('en', 'hi'), ('en', 'hi', 'bn'))
    """
    if not text:
        raise UsageError("no languages are named", hint="add --pair en-hi, or three: --pair en-hi-bn")
    codes = text.split("-")
    if not 2 <= len(codes) <= 3 or not all(codes):
        raise UsageError(
            f"--pair {text!r} is not two or three languages", hint="join their codes by hyphens: --pair en-hi"
        )
    found = tuple(parse_language(code, f"--pair {text}", known=True) for code in codes)
    if len(set(found)) < len(found):
        raise UsageError(f"--pair {text} names the same language twice", hint="name each once, such as --pair en-hi")
    return found


def parse_language(text: str, option: str, *, known: bool = False) -> str:
    """A language by any of its codes; what is none comes back as it is, unless it must be known.

    Raises:
        UsageError: It must be known, and is not.

    >>> parse_language("hin", "--matrix"), parse_language("", "--matrix")
    ('hi', '')
    """
    from cswitch.core.text.scripts import check_language

    try:
        return check_language(text) if text else ""
    except UsageError as error:
        if not known:
            return text
        raise UsageError(f"{option}: {error.message}", hint=error.hint) from error


def parse_judges(text: str) -> tuple[str, ...]:
    """Names of judges with commas between.

    >>> parse_judges("fluency, culture"), parse_judges("")
    (('fluency', 'culture'), ())
    """
    return tuple(filter(None, map(str.strip, text.split(","))))


def parse_ratio(text: str) -> tuple[float, float]:
    """Shortest and longest, as in ``0.5-1.8``.

    Raises:
        UsageError: It is no range.

    >>> parse_ratio("0.5-1.8")
    (0.5, 1.8)
    """
    low, _, high = text.partition("-")
    try:
        return float(low), float(high)
    except ValueError as error:
        raise UsageError(f"--length-ratio {text!r} is no range", hint="give shortest and longest: 0.5-1.8") from error


def parse_source(
    source: str,
    languages: tuple[str, ...],
    *,
    text_lang: str,
    grid: str,
    count: int | None,
    limit: int | None,
    fmt: str | None,
    field: str,
    links: str | None,
    pretokenized: bool,
    translator: str,
) -> tuple[PromptSource, Kind]:
    """Where rows come from, and what they are.

    Raises:
        UsageError: Options exclude each other, or nothing is named.
    """
    from cswitch.pipeline.checks import check_number
    from cswitch.pipeline.prompt_source import PromptSource

    if limit is not None:
        check_number("--limit", limit)
    if not grid and source.lower().endswith((".yaml", ".yml")):
        source, grid = "", source
    kind = (
        Kind("grid") if grid else Kind("text", parse_language(text_lang, "--text-lang")) if text_lang else Kind("pairs")
    )
    given = {
        "IN": source, "--text-lang": text_lang, "--links": links, "--pretokenized": pretokenized, "--field": field,
        "--format": fmt, "--translator": translator, "--count": count,
    }  # fmt: skip
    for option in _OF_NO_USE[kind.source]:
        if given[option]:
            raise UsageError(f"{option} is of no use with {_KINDS[kind.source]}", hint="leave out one of the two")
    if kind.source == "grid":
        if count is not None:
            check_number("--count", count)
        return PromptSource(grid, limit=count if limit is None else min(count or limit, limit)), kind
    if not source:
        raise UsageError("no input is named", hint="name pairs or text, - for stdin, or topics by --grid everyday.v1")
    return PromptSource(source, links, fmt, field, pretokenized, limit), kind
