"""How an encoder is trained: the settings, what they are checked for, and what they tell the Trainer."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

from cswitch.core.contracts import TaggedSentence
from cswitch.core.errors import InputError, UsageError
from cswitch.core.registry import suggest

PRECISIONS = ("auto", "float32", "bfloat16", "float16")

APART = 1000
"""Steps between two looks at the development set at most; a look is taken at the end of every epoch."""


class Recipe(NamedTuple):
    """What decides the outcome, apart from the sentences; the fields are options of ``train_encoder``."""

    base: str
    epochs: int
    batch_size: int
    accumulate: int
    learning_rate: float
    precision: str
    patience: int
    max_length: int
    augment: float
    seed: int

    def check(self, place: str, train: Sequence[TaggedSentence], dev: Sequence[TaggedSentence]) -> None:
        """Refuses what cannot be meant.

        Raises:
            UsageError: A setting is out of its range, or not for this device.
            InputError: There is nothing to learn from, or nothing to choose the best model by.
        """
        for name in ("epochs", "batch_size", "accumulate", "learning_rate"):
            if getattr(self, name) <= 0:
                raise UsageError(f"{name.replace('_', ' ')} {getattr(self, name)} is none", hint="choose more than 0")
        for name in ("patience", "augment"):
            if getattr(self, name) < 0:
                raise UsageError(f"{name} {getattr(self, name)} is negative", hint="choose 0 or more")
        if self.precision not in PRECISIONS:
            raise UsageError(f"unknown precision {self.precision!r}", hint=suggest(self.precision, list(PRECISIONS)))
        if self.precision == "float16" and place == "cpu":
            raise UsageError("float16 trains on a GPU alone", hint="choose bfloat16 or float32")
        for what, sentences in (("train on", train), ("choose the best model by", dev)):
            if not any(sentence.tokens for sentence in sentences):
                raise InputError(f"there is no tagged word to {what}", hint="give a file with tagged sentences")

    def stamp(self, *parts: Sequence[TaggedSentence]) -> str:
        """Tells one training from another."""
        stamp = blake2b(repr(self).encode("utf-8", "surrogatepass"), digest_size=16)
        for part in parts:
            for sentence in part:
                stamp.update(repr((list(sentence.tokens), list(sentence.tags))).encode("utf-8", "surrogatepass"))
            stamp.update(b"\n")
        return stamp.hexdigest()

    def arguments(self, checkpoints: Path, place: str, size: int) -> Any:
        """What the Trainer is told.

        Args:
            checkpoints: Where it leaves them.
            place: ``cpu`` or ``cuda``.
            size: Windows that are learned from in an epoch.
        """
        import transformers

        hf: Any = transformers
        precision = self._precision(place)
        steps = ceil(ceil(size / self.batch_size) / self.accumulate)
        apart = ceil(steps / ceil(steps / APART))
        arguments = hf.TrainingArguments(
            output_dir=str(checkpoints),
            num_train_epochs=self.epochs,
            per_device_train_batch_size=self.batch_size,
            per_device_eval_batch_size=4 * self.batch_size,
            gradient_accumulation_steps=self.accumulate,
            learning_rate=self.learning_rate,
            warmup_steps=0.1,
            weight_decay=0.01,
            bf16=precision == "bfloat16",
            fp16=precision == "float16",
            use_cpu=place == "cpu",
            seed=self.seed,
            data_seed=self.seed,
            eval_strategy="steps",
            save_strategy="steps",
            logging_strategy="steps",
            eval_steps=apart,
            save_steps=apart,
            logging_steps=apart,
            save_total_limit=2,
            load_best_model_at_end=True,
            metric_for_best_model="accuracy",
            greater_is_better=True,
            restore_callback_states_from_checkpoint=True,
            remove_unused_columns=False,
            dataloader_pin_memory=place == "cuda",
            disable_tqdm=True,
            report_to=[],
            log_level="error",
        )
        if place == "cuda":
            arguments._n_gpu = 1  # the Trainer would cut each batch into parts for all of them, too small to pay
        return arguments

    def _precision(self, place: str) -> str:
        import torch

        if self.precision != "auto":
            return self.precision
        if place == "cpu":
            return "float32"
        return "bfloat16" if torch.cuda.is_bf16_supported() else "float16"
