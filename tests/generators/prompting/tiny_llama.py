"""A small Llama that mixes English into Hindi, trained here in seconds on templated sentences; nothing is downloaded.

It has learned one thing: to give the mixed sentence of the two sides it is shown, in tags. Its chat template shows it
nothing else of a prompt, so that everything else a prompt says is ignored, as small models do.
"""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import Any, NamedTuple

NOUNS = {
    "house": "घर", "room": "कमरा", "phone": "फ़ोन", "door": "दरवाज़ा", "friend": "दोस्त", "brother": "भाई",
    "son": "बेटा", "food": "खाना", "country": "देश", "city": "शहर",
}  # fmt: skip
ADJECTIVES = {"big": "बड़ा", "small": "छोटा", "new": "नया", "old": "पुराना", "good": "अच्छा"}
FRAMES = (
    ("My {0} is {1}.", "मेरा {2} {3} है।", "मेरा {0} {3} है।"),
    ("Your {0} is very {1}.", "आपका {2} बहुत {3} है।", "आपका {0} बहुत {3} है।"),
    ("This {0} is not {1}.", "यह {2} {3} नहीं है।", "यह {0} {3} नहीं है।"),
)
"""English, Hindi and mixed, with the noun and the adjective of either language."""

SPECIAL = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
TURN = "\n=> "
"""Between what is shown and the answer."""


class Mixed(NamedTuple):
    """A pair and its mixed sentence."""

    en: str
    hi: str
    mixed: str


def sentences() -> list[Mixed]:
    """All that the templates make: 150."""
    found = itertools.product(FRAMES, NOUNS, ADJECTIVES)
    return [
        Mixed(*(side.format(noun, adjective, NOUNS[noun], ADJECTIVES[adjective]) for side in frame))
        for frame, noun, adjective in found
    ]


def chat_template(begin: str, end: str) -> str:
    """Shows what stands between two marks in the last message, and all of it where they are missing."""
    cut = f".split({begin!r})[-1].split({end!r})[0].strip()"
    return "{{ bos_token }}{{ messages[-1]['content']" + cut + " }}{{ " + repr(TURN) + " }}"


def _tokenizer(lines: list[str], template: str) -> Any:
    """Byte pairs, so that every text can be read and comes out as it went in."""
    import transformers
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=600,
        special_tokens=list(SPECIAL.values()),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(lines, trainer)
    return transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, chat_template=template, **SPECIAL)


def _config(vocabulary: int, positions: int) -> Any:
    import transformers

    return transformers.LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=4,
        max_position_embeddings=positions,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=2,
        tie_word_embeddings=False,
    )


def _fit(model: Any, ids: Any, labels: Any, steps: int) -> float:
    """Trains until the answers are known by heart; the mean loss of late."""
    import torch

    optimiser = torch.optim.AdamW(model.parameters(), lr=4e-3, weight_decay=0.0)
    drawn, late = torch.Generator().manual_seed(0), 10.0
    for _ in range(steps):
        rows = torch.randint(len(ids), (24,), generator=drawn)
        loss = model(input_ids=ids[rows], attention_mask=(ids[rows] != 2).long(), labels=labels[rows]).loss
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
        late = 0.9 * late + 0.1 * float(loss.item())
        if late < 0.01:
            break
    return late


def trained(folder: Path, shown: list[str], answers: list[str], *, begin: str, end: str) -> Path:
    """A folder with a model that answers what it is shown, for ``transformers serve``.

    Args:
        folder: Where it is put.
        shown: What stands between the marks in the prompts.
        answers: What is to be answered to each.
        begin: The mark before what is shown.
        end: The mark behind it.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # threads gain nothing on small models, and starve each other
    import torch
    import transformers

    torch.manual_seed(0)
    lines = [f"{seen}{TURN}{answer}" for seen, answer in zip(shown, answers, strict=True)]
    tokenizer = _tokenizer(lines, chat_template(begin, end))
    heads = [tokenizer(f"<s>{seen}{TURN}", add_special_tokens=False)["input_ids"] for seen in shown]
    tails = [tokenizer(f"{answer}</s>", add_special_tokens=False)["input_ids"] for answer in answers]
    width = max(len(head) + len(tail) for head, tail in zip(heads, tails, strict=True))
    ids = torch.full((len(heads), width), 2)
    labels = torch.full((len(heads), width), -100)
    for row, (head, tail) in enumerate(zip(heads, tails, strict=True)):
        ids[row, : len(head) + len(tail)] = torch.tensor([*head, *tail])
        labels[row, len(head) : len(head) + len(tail)] = torch.tensor(tail)
    model = transformers.LlamaForCausalLM(_config(len(tokenizer), 4096))
    loss = _fit(model, ids, labels, 600)
    assert loss < 0.05, f"the model has not learned its sentences: loss {loss:.3f}"
    transformers.utils.logging.disable_progress_bar()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
