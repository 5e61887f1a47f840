"""``cswitch train-tagger``: a tagger of your own, from tagged text."""

from __future__ import annotations

import os
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import typer

from cswitch.cli.evaluate import as_object, lines, tagged, told_outside
from cswitch.cli.options import AsJson, counted, note, print_json
from cswitch.cli.tag_options import From, LanguagesOption, PairOption, parse_languages
from cswitch.core.errors import UsageError

if TYPE_CHECKING:
    from cswitch.core.contracts import TaggedSentence

BOOTSTRAP = 1000
"""Replicates of the intervals on DEV."""

Precision = Literal["auto", "float32", "bfloat16", "float16"]


class Given(NamedTuple):
    """What was given for either backend."""

    augment: float
    epochs: int | None
    seed: int


def train_tagger(
    train: Annotated[
        str,
        typer.Argument(
            metavar="TRAIN", help="token<TAB>tag, CoNLL, JSON Lines with tokens and langs, Parquet, datasets."
        ),
    ],
    dev: Annotated[
        str,
        typer.Option(
            "--dev", metavar="DEV", help="Tagged text to score on; for transformers it also decides when to stop."
        ),
    ],
    output: Annotated[str, typer.Option("--output", "-o", metavar="DIR", help="Folder for the model.")],
    backend: Annotated[
        Literal["compact", "transformers"],
        typer.Option("--backend", help="A small network, in minutes on a CPU; or fine-tune an encoder."),
    ] = "compact",
    base: Annotated[
        str | None, typer.Option("--base", metavar="MODEL", help="transformers: the encoder to begin with.")
    ] = None,
    pair: PairOption = "",
    languages: LanguagesOption = "",
    augment: Annotated[
        float,
        typer.Option("--augment", metavar="SHARE", min=0.0, help="Mixtures made of TRAIN to add, such as 0.5 of it."),
    ] = 0.0,
    epochs: Annotated[
        int | None,
        typer.Option("--epochs", metavar="N", min=1, help="Times over TRAIN. Default: as suits it; transformers: 3."),
    ] = None,
    batch_size: Annotated[
        int | None,
        typer.Option("--batch-size", metavar="N", min=1, help="transformers: windows at a time. Default: 16."),
    ] = None,
    accumulate: Annotated[
        int | None,
        typer.Option("--accumulate", metavar="N", min=1, help="transformers: batches that make a step. Default: 1."),
    ] = None,
    learning_rate: Annotated[
        float | None, typer.Option("--learning-rate", metavar="RATE", help="transformers: default 5e-5.")
    ] = None,
    precision: Annotated[
        Precision | None, typer.Option("--precision", help="transformers: default auto, what the device is best at.")
    ] = None,
    patience: Annotated[
        int | None,
        typer.Option(
            "--patience", metavar="N", min=0, help="transformers: looks at DEV without gain; 0 for any. Default: 3."
        ),
    ] = None,
    max_length: Annotated[
        int | None,
        typer.Option("--max-length", metavar="N", min=8, help="transformers: sub-words of a window. Default: 256."),
    ] = None,
    device: Annotated[
        str | None,
        typer.Option(
            "--device", metavar="NAME", help="transformers: cpu, cuda, auto; CUDA_VISIBLE_DEVICES chooses a GPU."
        ),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="transformers: go on from the last checkpoint of a run that was broken off."),
    ] = False,
    form: From = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of everything random.")] = 0,
    force: Annotated[bool, typer.Option("--force", help="Replace the tagger in DIR.")] = False,
    as_json: AsJson = False,
) -> None:
    """Train a language tagger on tagged text.

    The model appears in DIR when it is whole, and is scored on DEV. Use it with --tagger DIR. Label names of other
    schemes are understood (lang1 and lang2 are the languages of --pair).

    Example: cswitch train-tagger train.tsv --dev dev.tsv -o my-tagger
    """
    # Products as small as ours only lose by threads; numpy reads this when it is first imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from cswitch.core.tag_scores import score_tags
    from cswitch.pipeline.tag_gold import read_gold
    from cswitch.pipeline.tag_training import check_folder, growing, lessons, part_of

    own = {
        "batch_size": batch_size,
        "accumulate": accumulate,
        "learning_rate": learning_rate,
        "precision": precision,
        "patience": patience,
        "max_length": max_length,
    }
    check_backend(backend, base, {**own, "device": device, "resume": resume or None})
    spoken = parse_languages(pair, languages)
    check_folder(output, force=force, resume=resume)
    sides = [lessons(list(read_gold(path, spoken, fmt=form)), path) for path in (train, dev)]
    start = perf_counter()
    given = Given(augment, epochs, seed)
    try:
        with growing(output, force=force, resume=resume) as folder:
            if backend == "compact":
                train_compact(sides, folder, given)
            else:
                train_encoder(sides, folder, given, own, base=base or "", resume=resume, device=device)
    except BaseException:
        if part_of(output).is_dir():
            note(f"{part_of(output)} keeps the checkpoints: the same command goes on with --resume")
        raise
    seconds = perf_counter() - start
    name = f"{'compact' if backend == 'compact' else 'hf'}:{output}"
    gold = [list(one.tags) for one in sides[1]]
    found, about = tagged(name, {"device": device}, [list(one.tokens) for one in sides[1]], gold, spoken)
    scores = score_tags(gold, found, bootstrap=BOOTSTRAP, seed=seed)
    if outside := about["outside"]:
        note(f"{told_outside(outside, scores.tokens)}: counted as wrong")
    sentences, tokens = len(sides[0]), sum(len(one.tokens) for one in sides[0])
    if as_json:
        whole = as_object(scores, {"gold": dev, "languages": list(spoken), **about}, BOOTSTRAP, seed)
        size = {"file": train, "sentences": sentences, "tokens": tokens}
        print_json({"folder": output, "backend": backend, "seconds": round(seconds, 1), "train": size, "dev": whole})
    else:
        learnt = f"{counted(sentences, 'sentence')}, {counted(tokens, 'token')}"
        typer.echo(f"{output}: trained on {learnt} in {seconds:.0f} s; on {dev}:\n", err=True)
        typer.echo("\n".join(lines(scores, about)))


def check_backend(backend: str, base: str | None, options: dict[str, Any]) -> None:
    """Refuses options that the backend has not.

    Raises:
        UsageError: An option is of the other backend, or the encoder is missing.

    >>> check_backend("transformers", None, {})
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: --backend transformers needs an encoder to begin with; add --base MODEL, ...
    """
    if backend == "transformers":
        if not base:
            hint = "add --base MODEL, a folder or the name of an encoder"
            raise UsageError("--backend transformers needs an encoder to begin with", hint=hint)
        return
    for name, value in {"base": base, **options}.items():
        if value is not None:
            raise UsageError(
                f"--{name.replace('_', '-')} is for --backend transformers", hint="add it, or leave this out"
            )


def train_compact(sides: list[list[TaggedSentence]], folder: Path, given: Given) -> None:
    """Trains the small network."""
    from cswitch.annotators.lid.folder import train_folder

    train, dev = sides
    train_folder(train, dev, folder, augment=given.augment, epochs=given.epochs, seed=given.seed, report=told)


def train_encoder(
    sides: list[list[TaggedSentence]],
    folder: Path,
    given: Given,
    own: dict[str, Any],
    *,
    base: str,
    resume: bool,
    device: str | None,
) -> None:
    """Fine-tunes an encoder."""
    from cswitch.annotators.encoder import training

    train, dev = sides
    settings = {key: value for key, value in {**own, "epochs": given.epochs}.items() if value is not None}
    training.train_encoder(
        train, dev, folder, base=base, resume=resume, device=device, augment=given.augment, seed=given.seed,
        report=told, **settings,
    )  # fmt: skip


def told(line: str) -> None:
    """Tells how far training is, on stderr."""
    typer.echo(f"cswitch: {line}", err=True)
