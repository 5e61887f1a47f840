"""Options of ``cswitch train-tagger``, by what they are about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import typer

from cswitch.cli.options import AsJson
from cswitch.cli.tag_options import From, LanguagesOption, PairOption

Train = Annotated[
    str,
    typer.Argument(metavar="TRAIN", help="token<TAB>tag, CoNLL, JSON Lines with tokens and langs, Parquet, datasets."),
]
Dev = Annotated[
    str,
    typer.Option(metavar="DEV", help="Tagged text to score on; for transformers it also decides when to stop."),
]
Folder = Annotated[str, typer.Option("--output", "-o", metavar="DIR", help="Folder for the model.")]


@dataclass(frozen=True)
class Kind:
    """What is trained, and on how much."""

    backend: Annotated[
        Literal["compact", "transformers"],
        typer.Option(help="A small network, in minutes on a CPU; or fine-tune an encoder."),
    ] = "compact"
    base: Annotated[str | None, typer.Option(metavar="MODEL", help="transformers: the encoder to begin with.")] = None
    pair: PairOption = ""
    languages: LanguagesOption = ""
    augment: Annotated[
        float, typer.Option(metavar="SHARE", min=0.0, help="Mixtures made of TRAIN to add, such as 0.5 of it.")
    ] = 0.0
    epochs: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Times over TRAIN. Default: as suits it; transformers: 3."),
    ] = None


@dataclass(frozen=True)
class Encoder:
    """What ``--backend transformers`` alone has."""

    batch_size: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="transformers: windows at a time. Default: 16.")
    ] = None
    accumulate: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="transformers: batches that make a step. Default: 1.")
    ] = None
    learning_rate: Annotated[float | None, typer.Option(metavar="RATE", help="transformers: default 5e-5.")] = None
    precision: Annotated[
        Literal["auto", "float32", "bfloat16", "float16"] | None,
        typer.Option(help="transformers: default auto, what the device is best at."),
    ] = None
    patience: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, help="transformers: looks at DEV without gain; 0 for any. Default: 3."),
    ] = None
    max_length: Annotated[
        int | None, typer.Option(metavar="N", min=8, help="transformers: sub-words of a window. Default: 256.")
    ] = None
    device: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="transformers: cpu, cuda, auto; CUDA_VISIBLE_DEVICES chooses a GPU."),
    ] = None
    resume: Annotated[
        bool,
        typer.Option("--resume", help="transformers: go on from the last checkpoint of a run that was broken off."),
    ] = False


@dataclass(frozen=True)
class Running:
    """How the run is done."""

    form: From = None
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0
    force: Annotated[bool, typer.Option("--force", help="Replace the tagger in DIR.")] = False
    as_json: AsJson = False
