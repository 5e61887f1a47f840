"""A small classifier of reviews that learns in seconds, with a real tokenizer; nothing is downloaded."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from cswitch.core.text.tokens import tokenise
from cswitch.generators.recipes.contracts import Text

LABELS = ("negative", "positive")
_SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


_NOUNS = "makanan kamar film barang aplikasi kopi guru ponsel restoran sepatu dokter taman".split()
_PRAISE = "bagus indah bersih ramah nyaman cepat sabar murah".split()
_BLAME = "buruk kotor lambat mahal kasar rusak dingin berisik".split()


def praise_and_blame() -> list[Text]:
    """Reviews of which one word alone says whether they are good or bad."""
    said = [
        (noun, word, label)
        for noun in _NOUNS
        for words, label in zip((_BLAME, _PRAISE), LABELS, strict=True)
        for word in words
    ]
    return [
        Text(id=str(number), text=f"Saya lihat {noun} ini {word} sekali.", lang="id", labels={"label": label})
        for number, (noun, word, label) in enumerate(said)
    ]


def reviews() -> list[Text]:
    """The reviews that come along."""
    lines = (files("cswitch.data.samples") / "reviews.jsonl").read_text(encoding="utf-8").splitlines()
    rows = map(json.loads, lines)
    return [Text(id=row["id"], text=row["text"], lang="id", labels=row["labels"]) for row in rows]


def train(
    folder: Path, texts: list[Text], labels: tuple[str, ...] = LABELS, *, mask: bool = True, steps: int = 40
) -> Path:
    """A classifier of whole words that has learnt some texts by heart, saved in a folder.

    Args:
        folder: Where it goes.
        texts: What it learns; their labels are ``negative`` and ``positive``.
        labels: What it calls them.
        mask: Whether its tokenizer knows a token for hidden words.
        steps: How long it learns.
    """
    import torch
    import transformers

    hf: Any = transformers
    torch.manual_seed(0)
    tokenizer = _tokenizer(hf, texts, mask=mask)
    config = hf.BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        num_labels=len(labels),
        id2label=dict(enumerate(labels)),
        label2id={name: n for n, name in enumerate(labels)},
    )
    model = hf.BertForSequenceClassification(config)
    batch = tokenizer([one.text for one in texts], padding=True, return_tensors="pt")
    wanted = torch.tensor([LABELS.index(one.labels["label"]) for one in texts])
    optimiser = torch.optim.AdamW(model.parameters(), lr=5e-3)
    for _ in range(steps):
        loss = model(**batch, labels=wanted).loss
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _tokenizer(hf: Any, texts: list[Text], *, mask: bool) -> Any:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    words = sorted({token.lower() for one in texts for token in tokenise(one.text, "id").tokens})
    known = {word: n for n, word in enumerate([*_SPECIAL, *words])}
    tokenizer = Tokenizer(models.WordLevel(known, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    named = {"mask_token": "[MASK]"} if mask else {}
    return hf.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", **named
    )
