"""Batches mixed on the way to a model: alignment with sub-words, workers, epochs, and a real Trainer."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

from cswitch.core.errors import InputError, MissingExtraError, UsageError
from cswitch.training import AugmentSettings, Columns, SwitchingCallback, SwitchingCollator
from tests.training.small_lexicons import NAMES, lexicons
from tests.training.test_switch_examples import rows

pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

SETTINGS = AugmentSettings(matrix="en", languages=("es", "de"), rate=0.5, keep=())
PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "ag", "##ua", "water", "house", "ca", "##sa", "red", "go", "the", "spain"]


class Rows(list[dict[str, Any]]):
    """A dataset of torch: rows by number."""


def features(**more: Any) -> Rows:
    made = rows()
    return Rows({name: made[name][at] for name in made} | more for at in range(len(made["tokens"])))


def tokenizer() -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    made = Tokenizer(models.WordPiece({piece: n for n, piece in enumerate(PIECES)}, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    special = [("[CLS]", 2), ("[SEP]", 3)]
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B [SEP]", special_tokens=special
    )
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    )


def collator(settings: AugmentSettings | None = SETTINGS, **options: Any) -> SwitchingCollator:
    options = {"names": {"ner_tags": NAMES}} | options
    return SwitchingCollator(tokenizer(), settings, lexicons=lexicons(), **options)


def test_the_first_sub_word_has_the_label() -> None:
    settings = AugmentSettings(matrix="en", languages=("es",), rate=1, keep=(), translations="best")
    made = collator(settings)([{"tokens": ["water", "spain"], "ner_tags": [0, 1]}, {"tokens": ["go"], "ner_tags": [0]}])
    assert made["input_ids"].tolist() == [[2, 4, 5, 1, 3], [2, 1, 1, 1, 3]]
    assert made["labels"].tolist() == [[-100, 0, -100, 1, -100], [-100, 0, 0, 0, -100]]


def test_labels_may_be_strings() -> None:
    made = collator()([{"tokens": ["new", "york"], "ner_tags": ["B-LOC", "I-LOC"]}])
    assert made["labels"].tolist() == [[-100, 1, 2, -100]]
    with pytest.raises(InputError, match="label 'B-ORG' has no number"):
        collator()([{"tokens": ["zebra"], "ner_tags": ["B-ORG"]}])


def test_long_rows_are_cut_with_their_labels() -> None:
    made = collator(max_length=4)([{"tokens": ["red"] * 9, "ner_tags": [0] * 9}])
    assert made["input_ids"].shape == made["labels"].shape == (1, 4)


def test_sentence_pairs_and_running_text() -> None:
    columns = Columns(texts=("premise", "hypothesis"))
    made = collator(columns=columns, names=None)([{"premise": "go go", "hypothesis": "the house", "label": 2}])
    assert made["labels"].tolist() == [2]
    assert made["input_ids"][0].tolist().count(3) == 2
    inner = transformers.DataCollatorForLanguageModeling(tokenizer(), mlm=False)
    lm = collator(inner=inner, columns=Columns(), names=None)([{"text": "the red house"}, {"text": "water"}])
    assert lm["labels"].shape == lm["input_ids"].shape
    assert (lm["labels"] == -100).any()


def test_without_settings_and_without_leave_nothing_is_mixed() -> None:
    plain, asked = collator(None)(features()), collator()(features(switch=False))
    assert plain["input_ids"].tolist() == asked["input_ids"].tolist()
    assert plain["input_ids"].tolist() != collator()(features())["input_ids"].tolist()


def batches(made: SwitchingCollator, workers: int, epochs: int = 2, **options: Any) -> list[list[Any]]:
    """Sub-words of each epoch's batches."""
    from torch.utils.data import DataLoader

    loader: Any = DataLoader(features(), batch_size=3, collate_fn=made, num_workers=workers, **options)  # type: ignore[arg-type,unused-ignore]
    found = []
    for epoch in range(epochs):
        made.set_epoch(epoch)
        found.append([batch["input_ids"].tolist() for batch in loader])
    return found


@pytest.mark.parametrize("options", [{}, {"persistent_workers": True}], ids=["new", "kept"])
def test_workers_see_the_epoch_and_change_nothing(options: dict[str, Any]) -> None:
    alone = batches(collator(), 0)
    assert alone[0] != alone[1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a fork beside threads of other tests
        assert batches(collator(), 2, **options) == alone


class Watched(SwitchingCollator):
    """Remembers what it gave in each epoch."""

    seen: list[tuple[int, list[list[int]]]]

    def __call__(self, features: Any) -> Any:
        made = super().__call__(features)
        self.seen.append((self.epoch.number, made["input_ids"].tolist()))
        return made


@pytest.mark.parametrize("workers", [0, 2])
def test_a_trainer_trains_on_mixed_batches(workers: int, tmp_path: Path) -> None:
    import torch

    config = transformers.BertConfig(
        vocab_size=len(PIECES), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        id2label=dict(enumerate(NAMES)), label2id={name: n for n, name in enumerate(NAMES)},
    )  # fmt: skip
    torch.manual_seed(0)
    model = transformers.BertForTokenClassification(config)
    before = model.classifier.weight.detach().clone()
    kind = Watched if workers == 0 else SwitchingCollator
    made = kind(tokenizer(), SETTINGS, names={"ner_tags": NAMES}, lexicons=lexicons())
    if isinstance(made, Watched):
        made.seen = []
    arguments = transformers.TrainingArguments(
        output_dir=str(tmp_path), num_train_epochs=2, per_device_train_batch_size=6, remove_unused_columns=False,
        report_to="none", save_strategy="no", use_cpu=True, disable_tqdm=True, dataloader_num_workers=workers,
        dataloader_pin_memory=False, logging_strategy="no", seed=1,
    )  # fmt: skip
    trainer = transformers.Trainer(
        model, arguments, train_dataset=features(), eval_dataset=features(switch=False), data_collator=made,
        callbacks=[SwitchingCallback(made)],
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        done = trainer.train()
        assert done.global_step == 4
        assert not torch.equal(before, model.classifier.weight)
        assert made.epoch.number == 1
        if isinstance(made, Watched):
            assert [epoch for epoch, _ in made.seen] == [0, 0, 1, 1]
            made.seen.clear()
            trainer.evaluate()
            plain = collator(None)(features())["input_ids"].tolist()
            shown = [[n for n in row if n] for _, batch in made.seen for row in batch]
            assert shown == [[n for n in row if n] for row in plain]


def test_a_row_without_words_is_one_line() -> None:
    with pytest.raises(UsageError, match="remove_unused_columns=False"):
        collator()([{"label": 1}])
    with pytest.raises(UsageError, match="remove_unused_columns=False"):
        collator(None)([{"label": 1}])
    with pytest.raises(UsageError, match="not a fast one"):
        SwitchingCollator(object(), SETTINGS, names={"ner_tags": NAMES})


def test_without_transformers_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)
    for make in (SwitchingCallback, lambda: SwitchingCollator(object(), SETTINGS, columns=Columns(labels=()))):
        with pytest.raises(MissingExtraError, match=r"pip install .cswitch\[hf\]"):
            make()
