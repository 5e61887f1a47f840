"""Translation models that learn a handful of phrases here, and are saved as transformers saves them."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.generators.translating.models import (
    PHRASES,
    Row,
    m2m100,
    marian,
    mbart,
    mbart_tokenizer,
    nllb_tokenizer,
    saved,
    t5,
    train,
    word_tokenizer,
)

os.environ.setdefault("OMP_NUM_THREADS", "1")  # threads gain nothing on small models, and starve each other


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips the doctests that need torch where it is absent; tests see to that themselves."""
    for item in items:
        needing = item.path.name == "loading.py" and "generators/translating/" in item.path.as_posix()
        if needing and isinstance(item, pytest.DoctestItem) and not find_spec("torch"):
            item.add_marker(pytest.mark.skip(reason="needs torch, which the extra hf brings"))


@pytest.fixture(scope="session")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Models whose texts are marked with their language: ``nllb``, ``mbart``, ``mbart50``, each made when asked for.

    They know the phrases from English to Spanish and Hindi, and back from Spanish.
    """
    pytest.importorskip("torch", reason="needs torch, which the extra hf brings")
    pytest.importorskip("transformers", reason="needs transformers, which the extra hf brings")
    import torch

    made: dict[str, Path] = {}

    def make(kind: str) -> Path:
        if kind not in made:
            torch.manual_seed(0)
            nllb = kind == "nllb"
            english, spanish, hindi = ("eng_Latn", "spa_Latn", "hin_Deva") if nllb else ("en_XX", "es_XX", "hi_IN")
            tokenizer = nllb_tokenizer() if nllb else mbart_tokenizer(MBARTS[kind])
            rows: list[Row] = []
            for source, target, left, right in (
                (english, spanish, 0, 1),
                (english, hindi, 0, 2),
                (spanish, english, 1, 0),
            ):
                for phrase in PHRASES:
                    tokenizer.src_lang = source
                    ids = tokenizer(phrase[left])["input_ids"]
                    tokenizer.src_lang = target
                    rows.append((ids, tokenizer(phrase[right])["input_ids"]))
            model = m2m100(tokenizer) if nllb else mbart(tokenizer)
            train(model, 1, rows, given=0 if kind == "mbart" else 1)
            made[kind] = saved(tmp_path_factory.mktemp(kind), tokenizer, model)
        return made[kind]

    return make


MBARTS = {"mbart": "MBartTokenizer", "mbart50": "MBart50Tokenizer"}


@pytest.fixture(scope="session")
def nllb(marked: Callable[[str], Path]) -> Path:
    """A model of NLLB's kind."""
    return marked("nllb")


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Models that know the phrases from English, made when they are asked for: ``marian`` knows Spanish, ``many``
    (``>>hin<<``), ``madlad`` (``<2hi>``) and ``t5`` are told the target before the text."""
    pytest.importorskip("torch", reason="needs torch, which the extra hf brings")
    pytest.importorskip("transformers", reason="needs transformers, which the extra hf brings")
    import torch

    kinds: dict[str, tuple[Callable[[Any], Any], tuple[str, ...], dict[int, str]]] = {
        "marian": (marian, (), {1: ""}),
        "many": (marian, (">>spa<<", ">>hin<<"), {1: ">>spa<< ", 2: ">>hin<< "}),
        "madlad": (t5, ("<2es>", "<2hi>"), {1: "<2es> ", 2: "<2hi> "}),
        "t5": (
            t5,
            ("translate", "English", "to", "Spanish:", "Hindi:"),
            {1: "translate English to Spanish: ", 2: "translate English to Hindi: "},
        ),
    }
    made: dict[str, Path] = {}

    def make(kind: str) -> Path:
        if kind not in made:
            torch.manual_seed(0)
            build, more, befores = kinds[kind]
            tokenizer = word_tokenizer(*more)
            model = build(tokenizer)
            rows = [
                (tokenizer(before + phrase[0])["input_ids"], tokenizer(phrase[side])["input_ids"])
                for side, before in befores.items()
                for phrase in PHRASES
            ]
            train(model, 0, rows)
            made[kind] = saved(tmp_path_factory.mktemp(kind), tokenizer, model)
        return made[kind]

    return make
