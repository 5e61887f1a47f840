"""Options of ``cswitch export``, by what they are about, and which format they belong to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from cswitch.core.errors import UsageError
from cswitch.pipeline.export_table import BELONGS as _BELONGS
from cswitch.pipeline.export_table import FORMATS, ROWS

_WHAT, _TABLES, _CHATS = "What to write", "Tokens, translations, texts", "Chats and preferences"
_STUDIO, _CARD, _FILES = "Label Studio", "Card and hub", "Files"

Source = Annotated[
    str,
    typer.Argument(
        metavar="IN", help="Samples, what cswitch tag writes, other tagged JSON Lines or tables; - for stdin."
    ),
]
Output = Annotated[
    str,
    typer.Option(
        "--output", "-o", metavar="OUT", help="File or folder to write; - for stdout.", rich_help_panel=_FILES
    ),
]
To = Annotated[str, typer.Option("--to", metavar="FORMAT", help=f"{', '.join(FORMATS)}.", rich_help_panel=_WHAT)]
As = Annotated[
    str,
    typer.Option(
        "--as", metavar="WRITER", rich_help_panel=_WHAT,
        help="How: jsonl, parquet, datasets; parallel for two plain files, lines for text. Default: by the format.",
    ),
]  # fmt: skip
Split = Annotated[
    str,
    typer.Option(
        "--split", metavar="NAME=SHARE,...", rich_help_panel=_WHAT,
        help="Splits by source, CMI alike in each: train=0.9,dev=0.05,test=0.05.",
    ),
]  # fmt: skip
Seed = Annotated[
    int, typer.Option("--seed", help="Seed of splits, of wordings and of blind tasks.", rich_help_panel=_WHAT)
]
Labels = Annotated[
    str,
    typer.Option(
        "--labels", metavar="LIST", help="Tags to choose from, such as hi,en,other,ne. Default: IN's.",
        rich_help_panel=_WHAT,
    ),
]  # fmt: skip
Languages = Annotated[
    str,
    typer.Option(
        "--languages", metavar="LIST", help="The languages in order, such as hi,en. Default: IN's.",
        rich_help_panel=_WHAT,
    ),
]  # fmt: skip
Pairs = Annotated[
    str,
    typer.Option(
        "--pairs", metavar="FILE", help="The pairs that IN was made of, for the source texts.", rich_help_panel=_WHAT
    ),
]
Verify = Annotated[
    bool, typer.Option("--verify", help="Read again what was written, and check it.", rich_help_panel=_WHAT)
]

Pos = Annotated[
    bool,
    typer.Option("--pos", help="Tag parts of speech where IN has none.", rich_help_panel=_TABLES),
]
Sides = Annotated[
    str,
    typer.Option(
        "--sides", metavar="LIST", help="Sides translated to, or restored. Default: all, or the matrix side.",
        rich_help_panel=_TABLES,
    ),
]  # fmt: skip
Separator = Annotated[
    str,
    typer.Option("--separator", metavar="TEXT", help="Line between texts, as <|endoftext|>.", rich_help_panel=_TABLES),
]
Ids = Annotated[
    bool, typer.Option("--ids", help="Write id and source_id where a format has none.", rich_help_panel=_TABLES)
]

TemplateName = Annotated[
    str,
    typer.Option(
        "--template", metavar="NAME", rich_help_panel=_CHATS,
        help="mix.v1, write.v1, translate.v1, tag.v1, or a YAML file. Default: mix.v1 with --pairs, else write.v1.",
    ),
]  # fmt: skip
Layout = Annotated[
    str,
    typer.Option(
        "--layout", metavar="NAME", rich_help_panel=_CHATS,
        help="Chats: openai, sharegpt, instruction; preferences: plain, openai. Default: the first.",
    ),
]  # fmt: skip
By = Annotated[
    str,
    typer.Option(
        "--by", metavar="CRITERION", help="What is better: cmi, met, scores, scores:NAME or attempts.",
        rich_help_panel=_CHATS,
    ),
]  # fmt: skip
Margin = Annotated[
    float, typer.Option("--margin", metavar="N", min=0, help="By how much at least.", rich_help_panel=_CHATS)
]

License = Annotated[
    str,
    typer.Option("--license", metavar="NAME", help="Licence of the data, such as cc-by-4.0.", rich_help_panel=_CARD),
]
Title = Annotated[
    str, typer.Option("--title", metavar="TEXT", help="Name of the data set on its card.", rich_help_panel=_CARD)
]
PushToHub = Annotated[
    str,
    typer.Option(
        "--push-to-hub", metavar="NAME", help="Push OUT to the hub as this data set; HF_TOKEN is set.",
        rich_help_panel=_CARD,
    ),
]  # fmt: skip
Private = Annotated[
    bool, typer.Option("--private", help="Only those who may see it find it there.", rich_help_panel=_CARD)
]

Layers = Annotated[
    str, typer.Option("--layers", metavar="LIST", help="Ask for more: pos, entity.", rich_help_panel=_STUDIO)
]
Naturalness = Annotated[bool, typer.Option(help="Ask for a rating from 1 to 5.", rich_help_panel=_STUDIO)]
Decision = Annotated[bool, typer.Option(help="Ask to accept, edit or reject the text.", rich_help_panel=_STUDIO)]
Correction = Annotated[bool, typer.Option(help="Let people correct the text.", rich_help_panel=_STUDIO)]
Blind = Annotated[
    float,
    typer.Option(
        "--blind", metavar="SHARE", min=0, max=1, help="Share of tasks without tags to start from.",
        rich_help_panel=_STUDIO,
    ),
]  # fmt: skip
Batch = Annotated[
    str, typer.Option("--batch", metavar="NAME", help="Name that the tasks carry.", rich_help_panel=_STUDIO)
]
MadeBy = Annotated[
    str,
    typer.Option(
        "--tagger", metavar="NAME", help="What tagged IN, for records that do not say it.", rich_help_panel=_STUDIO
    ),
]
Fixed = Annotated[
    bool,
    typer.Option("--all-tokens", help="Give marks and numbers tagged other a region too.", rich_help_panel=_STUDIO),
]
Chunk = Annotated[
    int,
    typer.Option(
        "--chunk", metavar="N", min=0, help="Write OUT-001 and so on, of N tasks at most.", rich_help_panel=_STUDIO
    ),
]
ConfigOut = Annotated[
    str,
    typer.Option(
        "--config-out", metavar="FILE", help="Labelling configuration. Default: OUT.config.xml.",
        rich_help_panel=_STUDIO,
    ),
]  # fmt: skip

ForceAgain = Annotated[bool, typer.Option("--force", help="Replace the output when it exists.", rich_help_panel=_FILES)]
JsonReport = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.", rich_help_panel=_FILES)]

_SETTINGS = {"split": "splits", "license_name": "license", "config_out": "config"}
"""Names of parameters that settings have another name for."""
BELONGS: dict[str, tuple[str, ...]] = {
    **{next((name for name, other in _SETTINGS.items() if other == one), one): to for one, to in _BELONGS.items()},
    **dict.fromkeys(("push_to_hub", "private"), ROWS),
}
"""Formats that an option is for, by the name of its parameter; one that is not here is for all."""


def check_options(to: str, given: Iterable[tuple[str, str]]) -> None:
    """Refuses options that the format has no use for.

    Args:
        to: Name of the format.
        given: Parameter and option of what stands on the command line.

    Raises:
        UsageError: One does not belong to the format.

    >>> check_options("csv", [("blind", "--blind")])
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: --blind is of no use with --to csv; it is for --to label-studio
    """
    for name, option in given:
        if name in BELONGS and to not in BELONGS[name]:
            raise UsageError(f"{option} is of no use with --to {to}", hint=f"it is for --to {', '.join(BELONGS[name])}")
