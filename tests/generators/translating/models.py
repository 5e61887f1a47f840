"""Tiny translation models with real tokenizers, and how they learn a handful of phrases; nothing is downloaded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

PHRASES = [
    ("the house", "la casa", "घर"),
    ("my house", "mi casa", "मेरा घर"),
    ("the water", "el agua", "पानी"),
    ("my water is cold", "mi agua está fría", "मेरा पानी ठंडा है"),
    ("the house is big", "la casa es grande", "घर बड़ा है"),
]
"""English, Spanish, Hindi."""


def hugging_face() -> Any:
    """The library, whose types are not looked at."""
    import transformers

    return transformers


def words() -> list[str]:
    """All words of the phrases."""
    return sorted({word for phrase in PHRASES for text in phrase for word in text.split()})


def word_tokenizer(*more: str) -> Any:
    """A fast tokenizer of whole words that ends a text with ``</s>``."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors

    known = ["<pad>", "</s>", "<unk>", *more, *words()]
    tokenizer = Tokenizer(models.WordLevel({word: n for n, word in enumerate(known)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.decoder = decoders.WordPiece(prefix="##")
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    return hugging_face().PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>", unk_token="<unk>", model_max_length=40
    )


def nllb_tokenizer() -> Any:
    """The tokenizer of NLLB with a vocabulary of one's own, and three languages."""
    vocabulary = {token: n for n, token in enumerate(["<s>", "<pad>", "</s>", "<unk>", "▁"])}
    merges = []
    for word in words():
        for n in range(len(word) + 1):
            piece = "▁" + word[:n]
            if n and piece not in vocabulary:
                merges.append((piece[:-1], piece[-1]))
            for part in (piece, *word):
                vocabulary.setdefault(part, len(vocabulary))
    codes = ["eng_Latn", "spa_Latn", "hin_Deva"]
    return hugging_face().NllbTokenizer(
        vocab=vocabulary, merges=merges, extra_special_tokens=codes, model_max_length=40
    )


def mbart_tokenizer(name: str) -> Any:
    """The tokenizer of mBART or mBART-50, with a vocabulary of whole words."""
    known = ["<s>", "<pad>", "</s>", "<unk>", "▁", *(f"▁{word}" for word in words())]
    made = getattr(hugging_face(), name)
    return made(vocab=[(token, 0.0 if n < 4 else -1.0) for n, token in enumerate(known)], model_max_length=40)


def mbart(tokenizer: Any) -> Any:
    """A small mBART."""
    hf = hugging_face()
    sizes = {"init_std": 0.1, "encoder_layers": 1, "decoder_layers": 1, "encoder_ffn_dim": 64, "decoder_ffn_dim": 64}
    heads = {"encoder_attention_heads": 2, "decoder_attention_heads": 2, "dropout": 0.0}
    return hf.MBartForConditionalGeneration(
        hf.MBartConfig(
            vocab_size=len(tokenizer),
            d_model=32,
            max_position_embeddings=64,
            decoder_start_token_id=2,
            **sizes,
            **heads,
        )
    )


def m2m100(tokenizer: Any) -> Any:
    """A small model of NLLB's kind."""
    hf = hugging_face()
    sizes = {"init_std": 0.1, "encoder_layers": 1, "decoder_layers": 1, "encoder_ffn_dim": 64, "decoder_ffn_dim": 64}
    heads = {"encoder_attention_heads": 2, "decoder_attention_heads": 2, "dropout": 0.0, "attention_dropout": 0.0}
    off = {"encoder_layerdrop": 0.0, "decoder_layerdrop": 0.0, "activation_dropout": 0.0}
    return hf.M2M100ForConditionalGeneration(
        hf.M2M100Config(
            vocab_size=len(tokenizer),
            d_model=32,
            max_position_embeddings=64,
            decoder_start_token_id=2,
            eos_token_id=2,
            pad_token_id=1,
            bos_token_id=0,
            **sizes,
            **heads,
            **off,
        )
    )


def marian(tokenizer: Any) -> Any:
    """A small Marian model."""
    hf = hugging_face()
    sizes = {"init_std": 0.1, "encoder_layers": 1, "decoder_layers": 1, "encoder_ffn_dim": 64, "decoder_ffn_dim": 64}
    heads = {"encoder_attention_heads": 2, "decoder_attention_heads": 2, "dropout": 0.0, "attention_dropout": 0.0}
    return hf.MarianMTModel(
        hf.MarianConfig(
            vocab_size=len(tokenizer),
            d_model=32,
            max_position_embeddings=64,
            decoder_start_token_id=0,
            eos_token_id=1,
            pad_token_id=0,
            forced_eos_token_id=1,
            **sizes,
            **heads,
        )
    )


def t5(tokenizer: Any) -> Any:
    """A small T5."""
    hf = hugging_face()
    sizes = {"d_model": 32, "d_kv": 16, "d_ff": 64, "num_layers": 1, "num_heads": 2, "dropout_rate": 0.0}
    return hf.T5ForConditionalGeneration(
        hf.T5Config(vocab_size=len(tokenizer), decoder_start_token_id=0, eos_token_id=1, pad_token_id=0, **sizes)
    )


Row = tuple[list[int], list[int]]
"""Sub-words of a text and of its translation."""


def train(model: Any, pad: int, rows: Sequence[Row], given: int = 0, steps: int = 600) -> None:
    """Teaches a model to give the second of each two rows of sub-words for the first.

    Args:
        model: Any encoder-decoder.
        pad: The sub-word that fills rows up.
        rows: What to learn.
        given: Sub-words at the beginning that the model will be given, such as the language.
        steps: Steps at most.
    """
    import torch

    torch.manual_seed(0)
    sources, targets = (
        torch.nn.utils.rnn.pad_sequence([torch.tensor(row[side]) for row in rows], batch_first=True, padding_value=pad)
        for side in (0, 1)
    )
    labels = targets.masked_fill(targets == pad, -100)
    inputs = {"input_ids": sources, "attention_mask": (sources != pad).long()}
    if given:
        labels[:, :given] = -100
        starts = torch.full((len(rows), 1), model.config.decoder_start_token_id)
        inputs["decoder_input_ids"] = torch.cat([starts, targets[:, :-1]], 1)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-2)
    model.train()
    for _ in range(steps):
        loss = model(**inputs, labels=labels).loss
        if float(loss.detach()) < 0.02:
            break
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
    model.eval()


def saved(folder: Path, tokenizer: Any, model: Any) -> Path:
    """A folder with both."""
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
