"""Any encoder of transformers trained to tag languages, with the library's own Trainer."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from cswitch.annotators.encoder.checkpoints import begin
from cswitch.annotators.encoder.examples import SILENT, Example, Lessons, Reader, collated
from cswitch.annotators.encoder.loading import Loaded, load_base
from cswitch.annotators.encoder.progress import follower
from cswitch.annotators.encoder.recipe import Recipe
from cswitch.annotators.encoder.subwords import Subwords
from cswitch.core.contracts import TaggedSentence
from cswitch.core.devices import device_named, import_torch, is_out_of_memory
from cswitch.core.errors import InputError, MissingExtraError, RunError, UsageError
from cswitch.core.measures.tags import NEUTRAL

SUMMARY = "training.json"
WHAT = "training a transformers tagger"


def train_encoder(
    train: Sequence[TaggedSentence],
    dev: Sequence[TaggedSentence],
    folder: Path,
    *,
    base: str,
    epochs: int = 3,
    batch_size: int = 16,
    accumulate: int = 1,
    learning_rate: float = 5e-5,
    precision: str = "auto",
    patience: int = 3,
    max_length: int = 256,
    resume: bool = False,
    device: str | None = None,
    augment: float = 0.0,
    seed: int = 0,
    report: Callable[[str], None] = lambda line: None,
) -> None:
    """Trains a base model to tag, and leaves the best model in the folder.

    Labels are the tags of the training sentences. A word is learned from at its first sub-word. The development set is
    looked at after each epoch (of a long one oftener), and a checkpoint is written to ``folder/checkpoints``; they go
    when training is done, and ``training.json`` tells what it came to.

    Args:
        train: Sentences to learn from.
        dev: Sentences that decide which model is the best, by the share of words with the right tag.
        folder: Where the model goes; it is made when it is not there.
        base: Folder or name of an encoder, or of a tagger to go on from.
        epochs: Times that everything is learned from.
        batch_size: Windows at a time.
        accumulate: Batches that make a step.
        learning_rate: Largest step size; it rises over a tenth of the steps and falls to 0.
        precision: ``auto`` (bfloat16 on a GPU that has it, else float16; float32 on a processor) or one of the others
            of :data:`cswitch.annotators.encoder.recipe.PRECISIONS`; weights stay in float32.
        patience: Looks at the development set without a better model before training stops; 0 for never.
        max_length: Sub-words of a window, special ones included; no more than the model takes.
        resume: Go on from the last whole checkpoint, if there is one.
        device: ``auto``, ``cpu`` or ``cuda``.
        augment: Mixed sentences to add (:func:`cswitch.annotators.lid.mixtures.mixtures`), for each training sentence;
            they are made anew for every epoch.
        seed: Decides the head's first weights, the order of sentences, dropout and mixtures.
        report: Called with a line on every look at the development set.

    Raises:
        MissingExtraError: torch, transformers or accelerate is not installed.
        UsageError: A setting cannot be meant, or the checkpoints are of another training.
        InputError: There is nothing to learn from or to look at.
        RunError: The memory is out.
    """
    recipe = Recipe(base, epochs, batch_size, accumulate, learning_rate, precision, patience, max_length, augment, seed)
    place = _place(device or "auto")
    recipe.check(place, train, dev)
    start = begin(folder, recipe.stamp(train, dev), resume=resume)
    labels = labels_of(train)
    trainer = _trainer(recipe, train, dev, folder, labels, place, report)
    if start is not None:
        report(f"goes on from {start.name}")
    try:
        trainer.train(resume_from_checkpoint=None if start is None else str(start))
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        hint = "halve the batch size and double --accumulate, or lower the length"
        raise RunError(f"out of memory with {batch_size} windows at a time", hint=hint) from error
    _finish(trainer, folder, len(labels))


def labels_of(train: Sequence[TaggedSentence]) -> list[str]:
    """The tags of the sentences, languages first.

    >>> labels_of([TaggedSentence(["no", "!", "Ana"], ["es", "other", "ne"]), TaggedSentence(["no"], ["en"])])
    ['en', 'es', 'ne', 'other']
    """
    return sorted({tag for sentence in train for tag in sentence.tags}, key=lambda tag: (tag in NEUTRAL, tag))


def _place(device: str) -> str:
    """``cpu`` or ``cuda``, which is there."""
    torch = import_torch(WHAT)
    if find_spec("accelerate") is None:
        raise MissingExtraError(WHAT, extra="hf")
    found = device_named(torch, device)
    if found.index:
        raise UsageError(
            f"training takes the first GPU, not {device!r}", hint=f"set CUDA_VISIBLE_DEVICES={found.index}"
        )
    return str(found.type)


def _trainer(
    recipe: Recipe,
    train: Sequence[TaggedSentence],
    dev: Sequence[TaggedSentence],
    folder: Path,
    labels: Sequence[str],
    place: str,
    report: Callable[[str], None],
) -> Any:
    import transformers

    hf: Any = transformers
    hf.set_seed(recipe.seed)
    loaded = load_base(recipe.base, labels)
    limit = min(recipe.max_length, loaded.max_length)
    reader = _reader(loaded, limit)
    lessons = Lessons(reader.read(train), _mixtures(recipe, train, reader))
    examples = reader.read(dev)
    if not len(lessons) or not examples:
        raise InputError("the tokenizer leaves nothing of the tagged words", hint="give a base that knows their script")
    callbacks = [follower(lessons.begin, report)]
    if recipe.patience:
        callbacks.append(hf.EarlyStoppingCallback(recipe.patience))
    trainer = hf.Trainer(
        model=loaded.model.train().requires_grad_(True),
        args=recipe.arguments(folder / "checkpoints", place, len(lessons)),
        train_dataset=lessons,
        eval_dataset=examples,
        data_collator=partial(collated, padding=loaded.tokenizer.pad_token_id or 0, limit=limit),
        processing_class=loaded.tokenizer,
        compute_metrics=_accuracy,
        preprocess_logits_for_metrics=_best,
        callbacks=callbacks,
    )
    trainer.remove_callback(hf.PrinterCallback)
    return trainer


def _reader(loaded: Loaded, limit: int) -> Reader:
    room = limit - loaded.tokenizer.num_special_tokens_to_add(pair=False)
    if room < 4:
        raise UsageError(f"a window of {limit} sub-words is too short", hint="choose a length of 16 or more")
    known = int(loaded.model.get_input_embeddings().num_embeddings)
    subwords = Subwords(loaded.tokenizer, known=known, longest=room // 4, model=loaded.name)
    return Reader(subwords, room, {label: number for number, label in enumerate(loaded.labels)})


def _mixtures(
    recipe: Recipe, train: Sequence[TaggedSentence], reader: Reader
) -> Callable[[int], Sequence[Example]] | None:
    """Gives the mixed sentences of an epoch."""
    count = round(recipe.augment * len(train))
    if not count:
        return None
    from cswitch.annotators.lid.mixtures import mixtures

    return lambda epoch: reader.read(list(mixtures(train, count, seed=recipe.seed + epoch)))


def _best(logits: Any, labels: Any) -> Any:
    """The best label of each sub-word; whole tables of scores would fill the memory."""
    return (logits[0] if isinstance(logits, tuple) else logits).argmax(-1)


def _accuracy(found: Any) -> dict[str, float]:
    """Share of words whose tag is right."""
    counted = found.label_ids != SILENT
    return {"accuracy": float(np.mean((found.predictions == found.label_ids)[counted]))}


def _finish(trainer: Any, folder: Path, labels: int) -> None:
    """Leaves the best model, its tokenizer and a summary in the folder, and no checkpoints."""
    trainer.model.float().save_pretrained(folder)
    trainer.processing_class.save_pretrained(folder)
    state = trainer.state
    summary = {
        "steps": state.global_step,
        "best_step": state.best_global_step,
        "best_dev_accuracy": state.best_metric,
        "epochs": round(state.epoch, 2),
        "labels": labels,
    }
    (folder / SUMMARY).write_bytes(orjson.dumps(summary, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    shutil.rmtree(folder / "checkpoints")
