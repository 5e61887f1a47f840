"""Small token classifiers of several kinds, made here: nothing is downloaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.generators.embedding.conftest import SIZES, byte_pairs, hugging_face, save, wordpiece

LABELS = ["en", "es", "hi", "ne", "other"]

SENTENCES: list[tuple[str, ...]] = [
    ("the", "cat", "sees", "mi", "casa"),
    ("मेरा", "घर", "is", "big", "!"),
    (),
    ("never", "[SEP]", "\u200d", "the", "dog", "👍🏽", "\ue000", "", " ", "gato", "42"),
    ("\u200d",),
    ("the", "cat", "sees", "mi", "casa"),
    ("la", "casa", "roja", "ve", "my", "red", "house", "la", "noche", "never"),
]
"""Words that the tokenizers know and ones that vanish, an empty sentence, and one that stands twice."""


def unigram(**options: Any) -> Any:
    """A fast tokenizer of XLM-R's kind: pieces of SentencePiece, with the mark of a space before each word."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers

    names = {"cls_token": "<s>", "pad_token": "<pad>", "sep_token": "</s>", "unk_token": "<unk>"}
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
    trainer = trainers.UnigramTrainer(
        vocab_size=80, special_tokens=["<s>", "<pad>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False
    )
    tokenizer.train_from_iterator([" ".join(sentence) for sentence in SENTENCES] * 3, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return hugging_face().PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names, **options)


TOKENIZERS = {"roberta": byte_pairs, "xlm-roberta": unigram}
"""Of the kinds that have one of their own; the others have WordPiece."""


def classifiers() -> dict[str, Callable[..., Any]]:
    """Token classifiers by the size of their vocabulary and their labels, with random weights."""
    hf = hugging_face()
    t5 = {"d_model": 32, "d_kv": 8, "d_ff": 48, "num_layers": 2, "num_heads": 4, "decoder_start_token_id": 0}
    distil = {"dim": 32, "n_layers": 2, "n_heads": 4, "hidden_dim": 48, "max_position_embeddings": 40}
    sizes = {**SIZES, "num_hidden_layers": 2}
    modern = {**sizes, "max_position_embeddings": 40, "pad_token_id": 0, "cls_token_id": 2, "sep_token_id": 3}
    modern |= {"bos_token_id": 2, "eos_token_id": 3}
    deberta = {**sizes, "max_position_embeddings": 40, "relative_attention": True, "pos_att_type": ["c2p", "p2c"]}
    kinds: dict[str, tuple[Any, Any, dict[str, Any]]] = {
        "bert": (hf.BertForTokenClassification, hf.BertConfig, {**sizes, "max_position_embeddings": 40}),
        "roberta": (hf.RobertaForTokenClassification, hf.RobertaConfig, {**sizes, "max_position_embeddings": 42}),
        "xlm-roberta": (
            hf.XLMRobertaForTokenClassification, hf.XLMRobertaConfig, {**sizes, "max_position_embeddings": 42}
        ),
        "distilbert": (hf.DistilBertForTokenClassification, hf.DistilBertConfig, distil),
        "modernbert": (hf.ModernBertForTokenClassification, hf.ModernBertConfig, modern),
        "albert": (
            hf.AlbertForTokenClassification, hf.AlbertConfig,
            {**sizes, "max_position_embeddings": 40, "embedding_size": 16},
        ),
        "deberta": (hf.DebertaV2ForTokenClassification, hf.DebertaV2Config, deberta),
        "t5": (hf.T5ForTokenClassification, hf.T5Config, t5),
    }  # fmt: skip

    def maker(kind: str) -> Callable[..., Any]:
        model, config, options = kinds[kind]

        def make(size: int, labels: list[str], **more: Any) -> Any:
            names = dict(enumerate(labels))
            return model(config(vocab_size=size, id2label=names, label2id={v: k for k, v in names.items()},
                                **{**options, **more}))  # fmt: skip

        return make

    return {kind: maker(kind) for kind in kinds}


def made(
    folder: Path, kind: str = "bert", labels: list[str] | None = None, *, spread: float = 0.3, **options: Any
) -> Path:
    """A folder with a token classifier of random weights, whose tags differ from word to word."""
    import torch

    torch.manual_seed(3)
    make: Callable[..., Any] = TOKENIZERS.get(kind, wordpiece)
    tokenizer = make(model_max_length=40)
    model = classifiers()[kind](len(tokenizer), labels or LABELS, **options)
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() > 1:
                weight.normal_(std=spread)
    return save(folder, model, tokenizer)
