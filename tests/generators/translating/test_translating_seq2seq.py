"""Translation by models that learnt a few phrases: language tokens, batches, and what goes wrong."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from cswitch.core.contracts import Translated, Translator
from cswitch.core.errors import UsageError
from cswitch.generators.translating.codes import code_of, language_tokens
from cswitch.generators.translating.seq2seq import Seq2SeqTranslator
from tests.generators.translating.models import PHRASES, hugging_face, m2m100, nllb_tokenizer, saved


def translated(translator: Translator, texts: list[str], source: str, target: str) -> list[Translated]:
    return asyncio.run(translator.translate(texts, source, target))


ENGLISH, SPANISH, HINDI = ([phrase[side] for phrase in PHRASES] for side in range(3))


@pytest.mark.parametrize("kind", ["nllb", "mbart", "mbart50"])
def test_a_model_with_language_tokens_translates_each_way(kind: str, marked: Callable[[str], Path]) -> None:
    translator = Seq2SeqTranslator.load(str(marked(kind)), device="cpu")
    assert isinstance(translator, Translator)
    assert [one.text for one in translated(translator, ENGLISH, "en", "hi")] == HINDI
    assert [one.text for one in translated(translator, ENGLISH, "en", "es")] == SPANISH
    assert [one.text for one in translated(translator, SPANISH, "es", "en")] == ENGLISH


def test_half_precision_reads_the_same(nllb: Path) -> None:
    translator = Seq2SeqTranslator.load(str(nllb), dtype="bfloat16", beams=1)
    assert str(next(translator._model.parameters()).dtype) == "torch.bfloat16"
    assert [one.text for one in translated(translator, ENGLISH, "en", "es")] == SPANISH


def test_the_target_is_asked_for_before_the_text(told: Callable[[str], Path]) -> None:
    for kind in ("many", "madlad", "t5"):
        translator = Seq2SeqTranslator.load(str(told(kind)), device="cpu")
        assert [one.text for one in translated(translator, ENGLISH, "en", "es")] == SPANISH
        assert [one.text for one in translated(translator, ENGLISH, "en", "hi")] == HINDI


def test_a_model_of_one_direction_is_told_nothing(told: Callable[[str], Path]) -> None:
    translator = Seq2SeqTranslator.load(str(told("marian")))
    assert [one.text for one in translated(translator, ENGLISH, "en", "es")] == SPANISH
    assert translator.prefix == ""


def test_a_prefix_of_ones_own(told: Callable[[str], Path]) -> None:
    translator = Seq2SeqTranslator.load(str(told("t5")), prefix="translate English to {target}: ")
    assert translated(translator, ["the house"], "fr", "hi")[0].text == "घर"


def test_batches_change_nothing_and_the_order_stays(nllb: Path) -> None:
    texts = [text for text in ENGLISH for _ in range(3)] + ["", ENGLISH[0]]
    found = [
        translated(Seq2SeqTranslator.load(str(nllb), batch_tokens=size), texts, "en", "es") for size in (1, 16, 4096)
    ]
    assert found[0] == found[1] == found[2]
    assert found[0][-2] == Translated("", problem="the text is empty")
    assert found[0][-1].text == SPANISH[0]


def test_calls_at_once_do_not_mix_their_languages(nllb: Path) -> None:
    translator = Seq2SeqTranslator.load(str(nllb))

    async def both() -> list[list[Translated]]:
        return list(await asyncio.gather(*(translator.translate(ENGLISH, "en", target) for target in ("es", "hi"))))

    assert [[one.text for one in found] for found in asyncio.run(both())] == [SPANISH, HINDI]


def test_a_text_that_is_too_long_is_a_problem(nllb: Path) -> None:
    translator = Seq2SeqTranslator.load(str(nllb), max_tokens=5)
    found = translated(translator, ["the house", "my water is cold"], "en", "hi")
    assert found == [
        Translated("घर"),
        Translated("", problem="the text has 6 sub-words, of which the model takes 5"),
    ]


def test_a_translation_that_is_cut_off_is_a_problem(
    told: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model is set to force an end at the limit, as Marian models are, which must not hide the cut."""
    translator = Seq2SeqTranslator.load(str(told("marian")))
    generate: Callable[..., Any] = translator._model.generate
    monkeypatch.setattr(translator._model, "generate", lambda **options: generate(**{**options, "max_new_tokens": 3}))
    found = translated(translator, ["the house", "my water is cold"], "en", "es")
    assert found[0].text == "la casa"
    assert found[1] == Translated("", problem="the model had not come to an end after 40 sub-words")


def test_an_empty_translation_is_a_problem(told: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    translator = Seq2SeqTranslator.load(str(told("marian")))
    monkeypatch.setattr(translator._model, "generate", lambda **_: translator._torch.tensor([[0, 1, 0]]))
    assert translated(translator, ["the house"], "en", "es") == [Translated("", problem="the model gave no text")]
    monkeypatch.setattr(translator._model, "generate", lambda **_: translator._torch.tensor([[0, 5, 6]]))
    [found] = translated(translator, ["the house"], "en", "es")
    assert found == Translated("", problem="the model had not come to an end after 38 sub-words")


def test_memory_that_runs_out_halves_the_batch(nllb: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    translator = Seq2SeqTranslator.load(str(nllb))
    generate: Callable[..., Any] = translator._model.generate

    def small(**options: Any) -> Any:
        if len(options["input_ids"]) > 2:
            raise RuntimeError("DefaultCPUAllocator: not enough memory")
        return generate(**options)

    monkeypatch.setattr(translator._model, "generate", small)
    assert [one.text for one in translated(translator, ENGLISH, "en", "es")] == SPANISH


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"device": "cuda:99"}, "no GPU for device 'cuda:99'"),
        ({"device": "quantum"}, "unknown device 'quantum'"),
        ({"dtype": "int3"}, "unknown dtype 'int3'"),
        ({"beams": 0}, "beams is 0"),
        ({"codes": {"hi": "hin_Latn"}}, "no language code 'hin_Latn' .for hi.; .* hin_Deva"),
    ],
)
def test_options_that_cannot_be_meant(nllb: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Seq2SeqTranslator.load(str(nllb), **options)


def test_a_language_that_the_model_does_not_know(nllb: Path) -> None:
    translator = Seq2SeqTranslator.load(str(nllb))
    with pytest.raises(UsageError, match=r"no code for ta \(Tamil\); it has eng_Latn, hin_Deva, spa_Latn"):
        translated(translator, ["the house"], "en", "ta")


def test_a_code_of_ones_own(nllb: Path) -> None:
    translator = Seq2SeqTranslator.load(str(nllb), codes={"ta": "hin_Deva"})
    assert translated(translator, ["the house"], "en", "ta")[0].text == "घर"


def test_folders_that_hold_no_translation_model(nllb: Path, tmp_path: Path) -> None:
    hf = hugging_face()
    encoder = hf.BertModel(hf.BertConfig(vocab_size=20, hidden_size=8, num_hidden_layers=1, num_attention_heads=1))
    saved(tmp_path / "bert", nllb_tokenizer(), encoder)
    bare, odd = tmp_path / "bare", tmp_path / "odd"
    m2m100(nllb_tokenizer()).save_pretrained(bare)
    shutil.copytree(nllb, odd)
    settings = json.loads((odd / "config.json").read_text("utf-8"))
    (odd / "config.json").write_text(json.dumps({**settings, "encoder_layers": 3}), "utf-8")
    lost = tmp_path / "lost"
    shutil.copytree(nllb, lost)
    (lost / "model.safetensors").unlink()
    for folder, message in (
        (tmp_path / "none", "there is no model folder"),
        (tmp_path / "bert", r"\(bert\) is no encoder-decoder, so it cannot translate"),
        (bare, "cannot be loaded|has no tokenizer"),
        (odd, "lack .* parts"),
        (lost, "cannot be loaded"),
    ):
        with pytest.raises(UsageError, match=message) as caught:
            Seq2SeqTranslator.load(str(folder))
        assert "\n" not in str(caught.value)


@pytest.mark.skipif(find_spec("sentencepiece") is not None, reason="sentencepiece is installed")
def test_a_tokenizer_that_needs_a_package(nllb: Path, tmp_path: Path) -> None:
    shutil.copytree(nllb, tmp_path / "m2m")
    (tmp_path / "m2m" / "tokenizer.json").unlink()
    (tmp_path / "m2m" / "tokenizer_config.json").write_text('{"tokenizer_class": "M2M100Tokenizer"}', "utf-8")
    with pytest.raises(UsageError, match=r"needs a package that is not installed; pip install sentencepiece"):
        Seq2SeqTranslator.load(str(tmp_path / "m2m"))


@pytest.mark.parametrize(
    ("lang", "known", "code"),
    [
        ("zh", ["zho_Hant", "zho_Hans"], "zho_Hans"),
        ("ar", ["arb_Arab", "acm_Arab"], "arb_Arab"),
        ("fa", ["pes_Arab", "prs_Arab"], "pes_Arab"),
        ("sr", ["srp_Latn", "srp_Cyrl"], "srp_Cyrl"),
        ("ja", ["jpn_Jpan"], "jpn_Jpan"),
        ("hi", ["hi", "hin"], "hi"),
        ("no", ["nob_Latn", "nno_Latn"], "nob_Latn"),
        ("sw", ["swh_Latn"], "swh_Latn"),
    ],
)
def test_codes_of_languages(lang: str, known: list[str], code: str) -> None:
    assert code_of(lang, known) == code


def test_every_language_with_a_lexicon_has_a_code_of_nllb() -> None:
    pytest.importorskip("transformers", reason="needs transformers, which the extra hf brings")
    from transformers.models.nllb.tokenization_nllb import FAIRSEQ_LANGUAGE_CODES as known

    from cswitch.core.lexicon import available

    missing = []
    for pair in available():
        for lang in pair:
            try:
                code_of(lang, known)
            except UsageError:
                missing.append(lang)
    assert missing == []


def test_tokens_that_stand_for_languages() -> None:
    found = language_tokens(["__hi__", "hi_IN", "<2hi>", ">>cmn_Hans<<", "ab_cd", "<pad>", "hi", "", "_", "HI_in"])
    assert found.marked == {"hi": "__hi__", "hi_IN": "hi_IN"}
    assert found.asked == {"hi": "<2hi>", "cmn_Hans": ">>cmn_Hans<<"}
