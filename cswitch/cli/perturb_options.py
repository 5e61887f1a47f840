"""Options of ``cswitch perturb``, by what they are about, and the settings they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import typer

from cswitch.core.errors import UsageError

_ASKED, _FIELDS, _KEPT, _MODEL, _FILES = (
    "What to make", "What is mixed", "What stays as it is", "Translator and model", "Files",
)  # fmt: skip
_NUMBERS = frozenset({"cmi"})
_LISTS = frozenset({"protect", "labels", "equal"})
_WORDS = frozenset({"kind", "answers", "spans", "parallel", "links"})

Source = Annotated[
    str, typer.Argument(metavar="IN", help="JSON Lines, CSV, TSV, Parquet, or a folder saved by datasets.")
]
OutputFile = Annotated[
    str,
    typer.Option(
        "--output", "-o", metavar="OUT", help="File or folder to write, laid out as IN.", rich_help_panel=_FILES
    ),
]
Pair = Annotated[
    str,
    typer.Option(
        "--pair", metavar="A-B", help="Language of the fields and the one mixed with it: en-hi.", rich_help_panel=_ASKED
    ),
]
Cmi = Annotated[float, typer.Option(metavar="CMI", help="CMI of each field, 0 to 50.", rich_help_panel=_ASKED)]
Tolerance = Annotated[
    float, typer.Option(metavar="POINTS", help="How far from it a field counts as met.", rich_help_panel=_ASKED)
]
OnMiss = Annotated[
    Literal["nearest", "reject"],
    typer.Option("--on-miss", help="A field that cannot meet it: the nearest, or as it was.", rich_help_panel=_ASKED),
]
By = Annotated[
    Literal["lexicon", "links", "translator", "prompt"],
    typer.Option(help="Words of a lexicon, a translation in the rows, a translator, a model.", rich_help_panel=_ASKED),
]
Matrix = Annotated[
    str,
    typer.Option(
        metavar="LANG",
        help="Language of the frame. Default: A by lexicon, else the one that is not English.",
        rich_help_panel=_ASKED,
    ),
]
WordsOption = Annotated[
    Literal["natural", "content", "all"],
    typer.Option(
        "--words",
        help="What a lexicon may replace: words people switch alone, content words, all.",
        rich_help_panel=_ASKED,
    ),
]
ScriptOption = Annotated[
    Literal["native", "roman"], typer.Option("--script", help="Script of the mixed text.", rich_help_panel=_ASKED)
]
Seed = Annotated[int, typer.Option(metavar="N", help="Seed of all random choices.", rich_help_panel=_ASKED)]

PresetName = Annotated[
    str,
    typer.Option(
        "--preset", metavar="NAME",
        help="gsm8k, mmlu, belebele, xnli, squad, conll2003, bigcodebench, or a YAML file of yours.",
        rich_help_panel=_FIELDS,
    ),
]  # fmt: skip
Fields = Annotated[
    str,
    typer.Option(
        "--fields", metavar="NAME,...", help="The fields to mix. Default: the preset's.", rich_help_panel=_FIELDS
    ),
]
FieldOption = Annotated[
    list[str] | None,
    typer.Option(
        "--field", metavar="NAME:KEY=VALUE", help="A setting of one field: premise:cmi=40. Repeatable.",
        rich_help_panel=_FIELDS,
    ),
]  # fmt: skip
Parallel = Annotated[
    list[str] | None,
    typer.Option(
        "--parallel", metavar="FIELD=COLUMN", help="Column with the field's translation. Repeatable.",
        rich_help_panel=_FIELDS,
    ),
]  # fmt: skip
LinksOption = Annotated[
    list[str] | None,
    typer.Option(
        "--links", metavar="FIELD=COLUMN", help="Column with links to it (Pharaoh i-j). Repeatable.",
        rich_help_panel=_FIELDS,
    ),
]  # fmt: skip
Lexicons = Annotated[
    list[str] | None,
    typer.Option("--lexicon", metavar="FILE", help="A lexicon of your own. Repeatable.", rich_help_panel=_FIELDS),
]
IdOption = Annotated[
    str,
    typer.Option(
        "--id", metavar="NAME,...", help="Columns of a row's id. Default: id, or its number.", rich_help_panel=_FIELDS
    ),
]
Column = Annotated[str, typer.Option(metavar="NAME", help="The column that is added.", rich_help_panel=_FIELDS)]

Protect = Annotated[
    str | None,
    typer.Option(
        metavar="KIND,...", help="Kinds that stay: numbers,latex,urls ... or none. Default: all.", rich_help_panel=_KEPT
    ),
]
Patterns = Annotated[
    list[str] | None,
    typer.Option("--pattern", metavar="REGEX", help="What else stays as it is. Repeatable.", rich_help_panel=_KEPT),
]

Translator = Annotated[
    str,
    typer.Option(metavar="NAME", help="gloss, seq2seq:MODEL or llm.", rich_help_panel=_MODEL),
]
Model = Annotated[str, typer.Option(metavar="NAME", help="Model of prompt and llm.", rich_help_panel=_MODEL)]
BaseUrl = Annotated[
    str,
    typer.Option(
        "--base-url",
        metavar="URL",
        envvar="OPENAI_BASE_URL",
        help="Any OpenAI-compatible server.",
        rich_help_panel=_MODEL,
    ),
]
KeyEnv = Annotated[
    str,
    typer.Option("--key-env", metavar="NAME", help="Environment variable that holds the key.", rich_help_panel=_MODEL),
]
Concurrency = Annotated[int, typer.Option(metavar="N", help="Requests under way at most.", rich_help_panel=_MODEL)]
Budget = Annotated[
    float | None, typer.Option(metavar="MONEY", help="Most that the run may spend.", rich_help_panel=_MODEL)
]
Price = Annotated[
    str | None,
    typer.Option(metavar="IN,OUT", help="Price of a million tokens: 0.15,0.60.", rich_help_panel=_MODEL),
]
Device = Annotated[
    str | None, typer.Option("--device", metavar="NAME", help="Device of seq2seq:.", rich_help_panel=_MODEL)
]

Rejects = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="Keep what was left as it was, with the reason.", rich_help_panel=_FILES),
]
Report = Annotated[
    str | None, typer.Option(metavar="FILE", help="Write the report as JSON too.", rich_help_panel=_FILES)
]
Workers = Annotated[int, typer.Option(metavar="N", help="Processes.", rich_help_panel=_FILES)]
Resume = Annotated[bool, typer.Option("--resume", help="Go on where a run stopped.", rich_help_panel=_FILES)]
ForceAgain = Annotated[bool, typer.Option("--force", help="Replace OUT when it exists.", rich_help_panel=_FILES)]
JsonReport = Annotated[
    bool, typer.Option("--json", help="Print the report as one JSON object on stdout.", rich_help_panel=_FILES)
]
Show = Annotated[
    str,
    typer.Option(
        "--show-preset", metavar="NAME", help="Print a preset's YAML, to be copied and edited.", rich_help_panel=_FIELDS
    ),
]


def listed(text: str) -> tuple[str, ...]:
    """Names with commas between.

    >>> listed("question, choices,")
    ('question', 'choices')
    """
    return tuple(filter(None, map(str.strip, text.split(","))))


def assigned(items: Sequence[str] | None, option: str) -> dict[str, str]:
    """Fields and columns of ``FIELD=COLUMN``.

    Raises:
        UsageError: One has another form.

    >>> assigned(["question=question_hi"], "--parallel")
    {'question': 'question_hi'}
    """
    found: dict[str, str] = {}
    for item in items or ():
        field, sign, column = item.partition("=")
        if not (field and sign and column):
            raise UsageError(f"{option} {item!r} names no column", hint=f"write {option} question=question_hi")
        found[field] = column
    return found


def of_field(item: str) -> tuple[str, dict[str, Any]]:
    """Field and settings of ``NAME:KEY=VALUE``.

    Raises:
        UsageError: It has another form, or the key is unknown.

    >>> of_field("premise:cmi=40"), of_field("tokens:labels=ner_tags,pos_tags")
    (('premise', {'cmi': 40.0}), ('tokens', {'labels': ['ner_tags', 'pos_tags']}))
    """
    field, colon, rest = item.rpartition(":") if item.count(":") == 1 else item.partition(":")
    key, sign, value = rest.partition("=")
    if not (field and colon and sign):
        raise UsageError(f"--field {item!r} is no setting of a field", hint="write --field premise:cmi=40")
    if key in _NUMBERS:
        try:
            return field, {key: float(value)}
        except ValueError as error:
            raise UsageError(
                f"--field {item!r}: {value!r} is no number", hint="write --field premise:cmi=40"
            ) from error
    if key in _LISTS:
        return field, {key: list(listed(value))}
    if key not in _WORDS:
        from cswitch.core.registry import suggest

        known = sorted(_NUMBERS | _LISTS | _WORDS)
        raise UsageError(f"--field {item!r}: a field has no setting {key!r}", hint=suggest(key, known))
    return field, {key: value}


def chosen_fields(
    preset: Mapping[str, Mapping[str, Any]],
    fields: str,
    settings: Sequence[str] | None,
    parallel: Mapping[str, str],
    links: Mapping[str, str],
) -> dict[str, dict[str, Any]]:
    """The fields of a run, each with its settings.

    Args:
        preset: Fields of the preset.
        fields: Value of ``--fields``.
        settings: Values of ``--field``.
        parallel: Field to the column of its translation.
        links: Field to the column of its links.

    >>> chosen_fields({"question": {}, "choices": {"usual": False}}, "", ["question:cmi=10"], {}, {})
    {'question': {'cmi': 10.0}}
    >>> chosen_fields({}, "", None, {"text": "text_hi"}, {})
    {'text': {'parallel': 'text_hi'}}
    """
    own = [of_field(item) for item in settings or ()]
    named = listed(fields) or tuple(name for name, field in preset.items() if field.get("usual", True))
    if not fields:
        named = tuple(dict.fromkeys([*named, *(name for name, _ in own), *parallel]))
    found: dict[str, dict[str, Any]] = {name: dict(preset.get(name, {})) for name in named}
    more = [*own, *((name, {"parallel": column}) for name, column in parallel.items())]
    for name, setting in [*more, *((name, {"links": column}) for name, column in links.items())]:
        if name not in found:
            from cswitch.core.registry import suggest

            raise UsageError(f"{name!r} is not among the fields that are mixed", hint=suggest(name, list(found)))
        found[name] |= setting
    return found
