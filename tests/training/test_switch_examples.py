"""Datasets mixed as they are read."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from cswitch.core.errors import InputError, UsageError
from cswitch.training import AugmentSettings, Columns, switch_examples
from tests.training.small_lexicons import NAMES, lexicons

COSDA = AugmentSettings(matrix="en", languages=("es", "de"), rate=0.5, keep=())


def rows() -> dict[str, list[Any]]:
    tokens = ["the water of spain", "go to the red house now", "house by house in new york", "zebra"] * 3
    split = [text.split() + [str(n)] for n, text in enumerate(tokens)]
    ner = [[1 if token in ("spain", "new") else 2 if token == "york" else 0 for token in each] for each in split]
    return {"tokens": split, "ner_tags": ner, "label": list(range(len(split)))}


def dataset() -> Any:
    datasets = pytest.importorskip("datasets")
    features = datasets.Features(
        tokens=datasets.List(datasets.Value("string")),
        ner_tags=datasets.List(datasets.ClassLabel(names=NAMES)),
        label=datasets.Value("int64"),
    )
    return datasets.Dataset.from_dict(rows(), features=features)


def transform(**options: Any) -> Any:
    return switch_examples(
        COSDA, Columns(labels=("ner_tags",)), names={"ner_tags": NAMES}, lexicons=lexicons(), **options
    )


def test_columns_stay_parallel_and_the_rest_is_untouched() -> None:
    made = transform()(rows())
    assert made["label"] == rows()["label"]
    for tokens, ner, langs in zip(made["tokens"], made["ner_tags"], made["langs"], strict=True):
        assert len(tokens) == len(ner) == len(langs)
    assert made["tokens"] != rows()["tokens"]
    assert transform()(rows()) == made


def test_epochs_and_batches() -> None:
    one = transform()
    whole = one(rows())["tokens"]
    parts = [one({name: column[at : at + 1] for name, column in rows().items()})["tokens"][0] for at in range(12)]
    assert parts == whole
    one.set_epoch(1)
    again = one(rows())["tokens"]
    assert again != whole
    assert pickle.loads(pickle.dumps(one))(rows())["tokens"] == again
    shared = copy.deepcopy(one)
    one.set_epoch(0)
    assert shared(rows())["tokens"] == whole, "datasets copies a transform; the copy must follow"


def test_set_transform_and_map_agree() -> None:
    data = dataset()
    one = switch_examples(COSDA, features=data.features, lexicons=lexicons())
    mapped = data.map(one, batched=True, batch_size=5)
    assert mapped["ner_tags"][:] == one(rows())["ner_tags"]
    assert mapped.features["ner_tags"] == data.features["ner_tags"]
    lazy = data.with_transform(one)
    assert [lazy[at]["tokens"] for at in range(12)] == mapped["tokens"][:]
    one.set_epoch(2)
    assert lazy[:]["tokens"] == one(rows())["tokens"] != mapped["tokens"][:]


def test_two_processes_map_as_one_does() -> None:
    data = dataset()
    one = switch_examples(COSDA, features=data.features, lexicons=lexicons(), epoch=1)
    alone = data.map(one, batched=True)
    assert data.map(one, batched=True, num_proc=2)[:] == alone[:]


def test_running_text_with_answers() -> None:
    columns = Columns(texts=("context", "question"), answers="answers", spans="facts")
    row: dict[str, list[Any]] = {
        "context": ["Red  house in spain."], "question": ["go to spain?"], "title": ["x"],
        "answers": [{"text": ["spain"], "answer_start": [14]}], "facts": [[[0, 10]]],
    }  # fmt: skip
    settings = AugmentSettings(matrix="en", languages=("es",), rate=1, keep=(), translations="best")
    made = switch_examples(settings, columns, lexicons={"es": lexicons()["es"]})(row)
    assert made["context"] == ["Rojo  casa in españa."]
    assert made["question"] == ["ir a pie to españa?"]
    [answer] = made["answers"]
    assert answer["text"] == ["españa"]
    assert made["context"][0][answer["answer_start"][0] :].startswith("españa")
    assert [made["context"][0][s:e] for s, e in made["facts"][0]] == ["Rojo  casa"]


def test_links_in_columns() -> None:
    columns = Columns(labels=("pos",), translation="es", links="links")
    settings = AugmentSettings(matrix="en", languages=("es",), cmi=50, keep=())
    row: dict[str, list[Any]] = {
        "tokens": [["cold", "water"]],
        "es": [["agua", "fría"]],
        "links": [[[0, 1], [1, 0]]],
        "pos": [["ADJ", "NOUN"]],
    }
    made = switch_examples(settings, columns)(row)
    assert sorted(made["langs"][0]) == ["en", "es"]
    assert made["pos"] == row["pos"]


def test_rows_that_must_not_be_mixed() -> None:
    made = transform()({**rows(), "switch": [False] * 12})
    assert made["tokens"] == rows()["tokens"]


@pytest.mark.parametrize(
    ("columns", "batch", "error", "message"),
    [
        (
            Columns(labels=("ner_tags",)),
            {"tokens": [["a"]]},
            UsageError,
            "no column 'ner_tags', which the mix depends on",
        ),
        (
            Columns(labels=("ner_tags",)),
            {"tokens": [["a"]], "ner_tags": [[1, 2]]},
            InputError,
            "2 entries for 1 tokens",
        ),
        (Columns(labels=("ner_tags",)), {"tokens": [["a"]], "ner_tags": [[9]]}, InputError, "label 9 has no name"),
        (Columns(), {"words": [["a"]]}, UsageError, "no column 'tokens'"),
        (
            Columns(answers="answers"),
            {"text": ["a"], "answers": [{"text": ["a"]}]},
            InputError,
            "answers cannot be read",
        ),
    ],
)
def test_bad_rows_are_one_line(columns: Columns, batch: dict[str, Any], error: type[Exception], message: str) -> None:
    names = dict.fromkeys(columns.labels, NAMES)
    with pytest.raises(error) as raised:
        switch_examples(COSDA, columns, names=names, lexicons=lexicons())(batch)
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_numbers_without_names_are_refused() -> None:
    with pytest.raises(UsageError, match="labels of 'ner_tags' are numbers"):
        switch_examples(COSDA, Columns(labels=("ner_tags",)), lexicons=lexicons())(rows())
    with pytest.raises(UsageError, match="names are given of pos"):
        switch_examples(COSDA, Columns(), names={"pos": []}, lexicons=lexicons())
    with pytest.raises(UsageError, match="translation and links"):
        switch_examples(COSDA, Columns(links="links"), lexicons=lexicons())
