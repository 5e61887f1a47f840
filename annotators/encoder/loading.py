"""A token-classification model and its tokenizer, from a folder or by name, checked before they are used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from cswitch.core.errors import UsageError
from cswitch.core.pretrained import fast_tokenizer, reading, window_length

OPTION = "--tagger hf:FOLDER"


class Loaded(NamedTuple):
    """A model ready for use, on the processor, in float32."""

    name: str
    """Folder or name, as the user gave it."""
    tokenizer: Any
    """A fast tokenizer of transformers."""
    model: Any
    """The encoder with its head, in evaluation mode."""
    labels: tuple[str, ...]
    """What the model calls the classes of a token, in the order of its scores."""
    max_length: int
    """Sub-words of a window, special ones included."""


def load(model: str) -> Loaded:
    """The fast tokenizer and the token classifier of a model.

    Args:
        model: A folder or a name, see :func:`cswitch.core.pretrained.reading`.

    Raises:
        UsageError: There is no such model, a part of it is missing or broken, it has no trained head, its labels are
            not as many as its head gives, or its tokenizer is not a fast one.

    >>> load("./nowhere")
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: there is no model folder './nowhere'; give --tagger hf:FOLDER one that ...
    """
    with reading(model, OPTION) as place:
        classifier = _classifier(model, place)
        tokenizer = fast_tokenizer(model, place)
    labels = _labels(model, classifier.config)
    return Loaded(model, tokenizer, classifier, labels, window_length(tokenizer, classifier.base_model))


def load_base(model: str, labels: Sequence[str]) -> Loaded:
    """The fast tokenizer and the encoder of a model, with a head for labels of one's own.

    The head begins with random weights, or with its own where the model is a token classifier with as many labels.

    Args:
        model: A folder or a name, see :func:`cswitch.core.pretrained.reading`.
        labels: Names of the classes.

    Raises:
        UsageError: There is no such model, a part of the encoder is missing or broken, or its tokenizer is not fast.
    """
    with reading(model, "--base FOLDER") as place:
        classifier = _with_head(model, place, labels)
        tokenizer = fast_tokenizer(model, place)
    return Loaded(model, tokenizer, classifier, tuple(labels), window_length(tokenizer, classifier.base_model))


def _with_head(model: str, place: str, labels: Sequence[str]) -> Any:
    from transformers import AutoConfig, AutoModelForTokenClassification

    config = AutoConfig.from_pretrained(place, trust_remote_code=False)
    config.id2label = dict(enumerate(labels))
    config.label2id = {label: number for number, label in enumerate(labels)}
    classifier, report = AutoModelForTokenClassification.from_pretrained(
        place, config=config, dtype="float32", output_loading_info=True, trust_remote_code=False,
        ignore_mismatched_sizes=True,
    )  # fmt: skip
    encoder = f"{classifier.base_model_prefix}."
    lost = [key for key in report["missing_keys"] if key.startswith(encoder) and "pooler" not in key]
    lost += [key for key, *_ in report["mismatched_keys"] if key.startswith(encoder)]
    if lost:
        message = f"the weights of model {model!r} lack {len(lost)} parts, {sorted(lost)[0]!r} among them"
        raise UsageError(message, hint="give a model whose weights fit its config.json")
    return classifier


def _classifier(model: str, place: str) -> Any:
    from transformers import AutoModelForTokenClassification

    # Without a dtype the weights come in the precision they are stored in, which processors may be slow with.
    classifier, report = AutoModelForTokenClassification.from_pretrained(
        place, dtype="float32", output_loading_info=True, trust_remote_code=False, ignore_mismatched_sizes=True
    )
    mismatched = sorted(report["mismatched_keys"])
    if mismatched:
        part, stored, wanted = mismatched[0]
        message = (
            f"the weights of model {model!r} do not fit its config.json: {part!r} is {list(stored)} and should be "
            f"{list(wanted)}, for {classifier.config.num_labels} labels"
        )
        raise UsageError(message, hint="give id2label of config.json one name for each label of the weights")
    missing = sorted(report["missing_keys"])
    if missing:
        # transformers fills what is missing with random numbers, and such tags are noise.
        message = f"the weights of model {model!r} lack {len(missing)} parts, {missing[0]!r} among them"
        hint = "give a model that was trained to classify tokens; cswitch train-tagger --backend transformers makes one"
        raise UsageError(message, hint=hint)
    return classifier.eval().requires_grad_(False)


def _labels(model: str, config: Any) -> tuple[str, ...]:
    names = {int(number): str(name) for number, name in config.id2label.items()}
    if sorted(names) != list(range(len(names))):
        message = f"the labels of model {model!r} are numbered {', '.join(map(str, sorted(names)))}"
        raise UsageError(message, hint="number id2label in its config.json from 0 on, without gaps")
    return tuple(names[number] for number in range(len(names)))
