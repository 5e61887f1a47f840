"""``cswitch train-tagger``: a tagger of your own, from tagged text."""

from __future__ import annotations

import os
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import typer

from cswitch.cli.evaluate import as_object, lines, tagged, told_outside
from cswitch.cli.options import counted, note, print_json
from cswitch.cli.panels import takes_groups
from cswitch.cli.tag_options import parse_languages
from cswitch.cli.train_options import Dev, Encoder, Folder, Kind, Running, Train
from cswitch.core.errors import UsageError

if TYPE_CHECKING:
    from cswitch.core.contracts import TaggedSentence

BOOTSTRAP = 1000
"""Replicates of the intervals on DEV."""


@takes_groups
def train_tagger(*, train: Train, dev: Dev, output: Folder, kind: Kind, encoder: Encoder, running: Running) -> None:
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

    check_backend(kind, encoder)
    spoken = parse_languages(kind.pair, kind.languages)
    kept = {"force": running.force, "resume": encoder.resume}
    check_folder(output, **kept)
    sides = [lessons(list(read_gold(path, spoken, fmt=running.form)), path) for path in (train, dev)]
    start = perf_counter()
    try:
        with growing(output, **kept) as folder:
            if kind.backend == "compact":
                train_compact(sides, folder, kind, running.seed)
            else:
                train_encoder(sides, folder, kind, encoder, running.seed)
    except BaseException:
        if part_of(output).is_dir():
            note(f"{part_of(output)} keeps the checkpoints: the same command goes on with --resume")
        raise
    seconds = perf_counter() - start
    name = f"{'compact' if kind.backend == 'compact' else 'hf'}:{output}"
    gold = [list(one.tags) for one in sides[1]]
    found, about = tagged(name, {"device": encoder.device}, [list(one.tokens) for one in sides[1]], gold, spoken)
    scores = score_tags(gold, found, bootstrap=BOOTSTRAP, seed=running.seed)
    if outside := about["outside"]:
        note(f"{told_outside(outside, scores.tokens)}: counted as wrong")
    sentences, tokens = len(sides[0]), sum(len(one.tokens) for one in sides[0])
    if running.as_json:
        whole = as_object(scores, {"gold": dev, "languages": list(spoken), **about}, BOOTSTRAP, running.seed)
        size = {"file": train, "sentences": sentences, "tokens": tokens}
        print_json(
            {"folder": output, "backend": kind.backend, "seconds": round(seconds, 1), "train": size, "dev": whole}
        )
    else:
        learnt = f"{counted(sentences, 'sentence')}, {counted(tokens, 'token')}"
        typer.echo(f"{output}: trained on {learnt} in {seconds:.0f} s; on {dev}:\n", err=True)
        typer.echo("\n".join(lines(scores, about)))


def check_backend(kind: Kind, encoder: Encoder) -> None:
    """Refuses options that the backend has not.

    Raises:
        UsageError: An option is of the other backend, or the encoder is missing.

    >>> check_backend(Kind(backend="transformers"), Encoder())
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: --backend transformers needs an encoder to begin with; add --base MODEL, ...
    """
    if kind.backend == "transformers":
        if not kind.base:
            hint = "add --base MODEL, a folder or the name of an encoder"
            raise UsageError("--backend transformers needs an encoder to begin with", hint=hint)
        return
    for name, value in {"base": kind.base, **vars(encoder)}.items():
        if value is not None and value is not False:
            raise UsageError(
                f"--{name.replace('_', '-')} is for --backend transformers", hint="add it, or leave this out"
            )


def train_compact(sides: list[list[TaggedSentence]], folder: Path, kind: Kind, seed: int) -> None:
    """Trains the small network."""
    from cswitch.annotators.lid.folder import train_folder

    train, dev = sides
    train_folder(train, dev, folder, augment=kind.augment, epochs=kind.epochs, seed=seed, report=told)


def train_encoder(sides: list[list[TaggedSentence]], folder: Path, kind: Kind, encoder: Encoder, seed: int) -> None:
    """Fine-tunes an encoder."""
    from cswitch.annotators.encoder import training

    train, dev = sides
    settings = {name: value for name, value in {**vars(encoder), "epochs": kind.epochs}.items() if value is not None}
    training.train_encoder(
        train, dev, folder, base=kind.base or "", augment=kind.augment, seed=seed, report=told, **settings
    )


def told(line: str) -> None:
    """Tells how far training is, on stderr."""
    typer.echo(f"cswitch: {line}", err=True)
