"""Tiny encoders with real tokenizers, made here and saved as transformers saves them; nothing is downloaded."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")  # threads gain nothing on small models, and starve each other


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips the doctests that need torch where it is absent; tests see to that themselves."""
    for item in items:
        in_package = "generators/alignment/embedding/" in item.path.as_posix()
        if in_package and isinstance(item, pytest.DoctestItem) and not find_spec("torch"):
            item.add_marker(pytest.mark.skip(reason="needs torch, which the extra hf brings"))


SPECIAL = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
LEXICON = {
    "the": "el", "cat": "gato", "dog": "perro", "house": "casa", "red": "rojo", "big": "grande", "sees": "ve",
    "my": "mi", "water": "agua", "bread": "pan", "night": "noche", "never": "nunca",
}  # fmt: skip
"""Words that the encoder with meaning takes for the same."""

ENDINGS = {"##s": "##os", "##ing": "##ando"}
"""Sub-words at the end of words, which mean the same as well."""

LINES = ["the cat sees my red house", "el gato ve mi casa roja", "बिल्ली मेरा लाल घर देखती है", "never the big dog"] * 3


def hugging_face() -> Any:
    """The library, whose types are not looked at."""
    import transformers

    return transformers


def wordpiece(vocabulary: list[str] | None = None, **options: Any) -> Any:
    """A fast tokenizer of BERT's kind, with a vocabulary of one's own or trained on a few lines."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

    specials = list(SPECIAL.values())
    known = {token: number for number, token in enumerate(dict.fromkeys([*specials, *(vocabulary or [])]))}
    tokenizer = Tokenizer(models.WordPiece(known if vocabulary else None, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    if not vocabulary:
        trainer = trainers.WordPieceTrainer(vocab_size=90, special_tokens=specials, show_progress=False)
        tokenizer.train_from_iterator(LINES, trainer)
    ends = [("[CLS]", tokenizer.token_to_id("[CLS]")), ("[SEP]", tokenizer.token_to_id("[SEP]"))]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ends)
    return hugging_face().PreTrainedTokenizerFast(tokenizer_object=tokenizer, **SPECIAL, **options)


def byte_pairs(**options: Any) -> Any:
    """A fast tokenizer of RoBERTa's kind: every byte is known, and words are told by the space before them."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=320,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(LINES, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    names = {"cls_token": "<s>", "pad_token": "<pad>", "sep_token": "</s>", "unk_token": "<unk>"}
    return hugging_face().PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names, **options)


SIZES = {"hidden_size": 32, "num_hidden_layers": 4, "num_attention_heads": 4, "intermediate_size": 48}


def architectures() -> dict[str, Callable[[int], Any]]:
    """Whole models of several kinds by the size of their vocabulary, with random weights."""
    hf = hugging_face()

    t5 = {"d_model": 32, "d_kv": 8, "d_ff": 48, "num_layers": 4, "num_heads": 4, "decoder_start_token_id": 0}
    bart = {"d_model": 32, "encoder_layers": 4, "decoder_layers": 2, "encoder_attention_heads": 4}
    bart |= {"decoder_attention_heads": 4, "encoder_ffn_dim": 48, "decoder_ffn_dim": 48, "max_position_embeddings": 40}
    distil = {"dim": 32, "n_layers": 4, "n_heads": 4, "hidden_dim": 48, "max_position_embeddings": 40}
    modern = {**SIZES, "max_position_embeddings": 40, "pad_token_id": 0, "cls_token_id": 2, "sep_token_id": 3}
    modern |= {"bos_token_id": 2, "eos_token_id": 3}
    return {
        "bert": lambda size: hf.BertModel(hf.BertConfig(vocab_size=size, max_position_embeddings=40, **SIZES)),
        "roberta": lambda size: hf.XLMRobertaModel(
            hf.XLMRobertaConfig(vocab_size=size, max_position_embeddings=42, **SIZES)
        ),
        "distilbert": lambda size: hf.DistilBertModel(hf.DistilBertConfig(vocab_size=size, **distil)),
        "modernbert": lambda size: hf.ModernBertModel(hf.ModernBertConfig(vocab_size=size, **modern)),
        "albert": lambda size: hf.AlbertModel(
            hf.AlbertConfig(vocab_size=size, max_position_embeddings=40, embedding_size=16, **SIZES)
        ),
        "t5": lambda size: hf.T5Model(hf.T5Config(vocab_size=size, **t5)),
        "bart": lambda size: hf.MBartModel(hf.MBartConfig(vocab_size=size, **bart)),
    }


def save(folder: Path, model: Any, tokenizer: Any) -> Path:
    """A folder with model and tokenizer."""
    hugging_face().utils.logging.disable_progress_bar()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def with_meaning(folder: Path, **sizes: int) -> Path:
    """A BERT that gives words of :data:`LEXICON` and their translations the same vector, on every layer."""
    import torch

    hf = hugging_face()
    same = {**LEXICON, **ENDINGS}
    letters = [f"{mark}{letter}" for mark in ("", "##") for letter in "abcdefghijklmnopqrstuvwxyz"]
    tokenizer = wordpiece([*same, *same.values(), *letters, "-"])
    sizes = {"max_position_embeddings": 40, **SIZES, "hidden_size": 64, **sizes}
    torch.manual_seed(1)
    model = hf.BertModel(hf.BertConfig(vocab_size=len(tokenizer), **sizes))
    words = model.embeddings.word_embeddings.weight
    with torch.no_grad():
        torch.nn.init.orthogonal_(words[: len(same) + len(SPECIAL)])
        for source, target in same.items():
            words[tokenizer.convert_tokens_to_ids(target)] = words[tokenizer.convert_tokens_to_ids(source)]
        model.embeddings.position_embeddings.weight.zero_()
        model.embeddings.token_type_embeddings.weight.zero_()
        for layer in model.encoder.layer:
            for dense in (layer.attention.output.dense, layer.output.dense):
                dense.weight.zero_()
                dense.bias.zero_()
    return save(folder, model, tokenizer)


@pytest.fixture(scope="session")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT with random weights, four layers, and at most 40 sub-words a window."""
    import torch

    torch.manual_seed(0)
    tokenizer = wordpiece()
    return save(tmp_path_factory.mktemp("bert"), architectures()["bert"](len(tokenizer)), tokenizer)


@pytest.fixture(scope="session")
def meaning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of :func:`with_meaning`."""
    return with_meaning(tmp_path_factory.mktemp("meaning"))
