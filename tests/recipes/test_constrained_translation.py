"""Translation with a decoder that may only write Latin letters; the models learn a few phrases here."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cswitch.core.errors import UsageError
from cswitch.core.lexicon import Lexicon
from cswitch.core.translation import Translation
from cswitch.generators.recipes.contracts import Text
from cswitch.generators.recipes.operations.constrained_translation import (
    ConstrainedTranslationSettings,
    LimitedDecoding,
    words_of,
)
from cswitch.generators.recipes.recipe import load_recipe
from cswitch.generators.translating.seq2seq import Seq2SeqTranslator
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample
from tests.generators.translating.models import PHRASES, m2m100, marian, nllb_tokenizer, saved, train, word_tokenizer
from tests.recipes.dictionary_context import DictionaryContext

pytestmark = pytest.mark.skipif(find_spec("transformers") is None, reason="needs the extra hf")

MIXED = ["ghar", "mera ghar", "paani", "mera paani thanda hai", "ghar big hai"]
"""What a Hinglish speaker may say for the phrases."""
NATIVE = [phrase[2] for phrase in PHRASES]


@pytest.fixture(scope="module")
def hinglish(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of one direction that has learnt to write Hindi, and now and then mixed text in Latin letters."""
    tokenizer = word_tokenizer(*sorted({word for text in MIXED for word in text.split()} - {"big"}), "zebra")
    model = marian(tokenizer)
    rows = []
    for (english, _, _), native, mixed in zip(PHRASES, NATIVE, MIXED, strict=True):
        rows += [(tokenizer(english)["input_ids"], tokenizer(target)["input_ids"]) for target in [native] * 3 + [mixed]]
    train(model, tokenizer.pad_token_id, rows, steps=120)
    return saved(tmp_path_factory.mktemp("hinglish"), tokenizer, model)


def context(**options: Any) -> DictionaryContext:
    return DictionaryContext("en", "hi", **options)


def made(folder: Path, texts: list[str], **options: Any) -> list[list[Sample] | Reject]:
    settings = ConstrainedTranslationSettings(model=str(folder), device="cpu", **options)
    items = [Text(id=str(n), text=text, lang="en") for n, text in enumerate(texts)]
    return list(LimitedDecoding.make(settings, context())(items))


def texts_of(found: list[list[Sample] | Reject]) -> list[str]:
    return [one.reason if isinstance(one, Reject) else one[0].text for one in found]


def test_what_the_model_likes_best_is_barred_and_the_mixed_text_comes(hinglish: Path) -> None:
    import asyncio

    english = [phrase[0] for phrase in PHRASES]
    free = asyncio.run(Seq2SeqTranslator.load(str(hinglish), device="cpu").translate(english, "en", "hi"))
    assert [one.text for one in free] == NATIVE
    assert texts_of(made(hinglish, english)) == MIXED
    assert texts_of(made(hinglish, english, constraint="script")) == MIXED


def test_samples_are_tagged_and_say_their_model(hinglish: Path) -> None:
    [[sample]] = [one for one in made(hinglish, ["the house is big"]) if not isinstance(one, Reject)]
    assert sample.tokens == ["ghar", "big", "hai"]
    assert sample.langs == ["hi", "en", "hi"]
    assert (sample.languages, sample.matrix, sample.met) == (["hi", "en"], "hi", True)
    assert sample.provenance.model == str(hinglish)
    assert sample.labels["source"] == "the house is big"
    assert [sample.text[start:end] for start, end in sample.offsets] == sample.tokens
    assert 0 < sample.scores["tag_probability"] <= 1


def test_words_that_no_list_has_are_barred_by_words_and_not_by_script(hinglish: Path) -> None:
    settings = ConstrainedTranslationSettings(model=str(hinglish), device="cpu")
    operation = LimitedDecoding.make(settings, context())
    known = operation.translator._loaded.tokenizer.get_vocab()
    allowed = {word for word, number in known.items() if number in operation.translator.allowed}
    assert {"ghar", "paani", "hai", "big", "</s>"} <= allowed
    assert not {"घर", "पानी", "está", "<unk>", "<pad>"} & allowed
    operation.translator.allow(None)
    every = {word for word, number in known.items() if number in operation.translator.allowed}
    assert allowed < every
    assert "está" in every
    assert "घर" not in every


def test_a_model_with_language_tokens_keeps_its_first_one(tmp_path: Path) -> None:
    tokenizer = nllb_tokenizer()
    model = m2m100(tokenizer)
    rows = []
    for english, spanish, hindi in PHRASES:
        for code, text in (("spa_Latn", spanish), ("hin_Deva", hindi)):
            tokenizer.src_lang, tokenizer.tgt_lang = "eng_Latn", code
            both = tokenizer(english, text_target=text)
            rows.append((both["input_ids"], both["labels"]))
    train(model, tokenizer.pad_token_id, rows, given=1)
    folder = saved(tmp_path / "nllb", tokenizer, model)
    found = made(folder, ["the house", "the water"], target="es", constraint="script")
    assert texts_of(found) == ["la casa", "el agua"]
    for one in made(folder, ["the house", "the water"], constraint="script"):
        assert isinstance(one, Reject) or one[0].text.isascii()


def test_texts_that_give_nothing(hinglish: Path) -> None:
    found = made(hinglish, ["", "42", "the house", "the house " * 40])
    assert texts_of(found) == ["empty_side", "no_words", "ghar", "no_translation"]
    assert isinstance(found[3], Reject)
    assert "sub-words, of which the model takes" in found[3].detail
    [wrong] = LimitedDecoding.make(ConstrainedTranslationSettings(model=str(hinglish), device="cpu"), context())(
        [Text(id="1", text="घर", lang="hi")]
    )
    assert isinstance(wrong, Reject)
    assert wrong.reason == "wrong_language"


def test_settings_that_cannot_be_meant(hinglish: Path) -> None:
    for options, line in (
        ({}, "no model is given that translates; give the folder of an encoder-decoder of transformers: --set"),
        ({"model": "./nowhere"}, "no model folder './nowhere'; give --set constrained-translation.model=FOLDER"),
        ({"model": str(hinglish), "spellings": 0}, "spellings is 0"),
        ({"model": str(hinglish), "target": "xx"}, "unknown language 'xx'"),
    ):
        with pytest.raises(UsageError, match=line):
            LimitedDecoding.make(ConstrainedTranslationSettings(**options), context())
    with pytest.raises(UsageError, match="two languages, not 3"):
        LimitedDecoding.make(ConstrainedTranslationSettings(model="m"), DictionaryContext("en", "hi", "es"))


def test_a_vocabulary_without_latin_letters_is_one_line(tmp_path: Path) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    words = {"<pad>": 0, "</s>": 1, "<unk>": 2, "घर": 3}
    plain = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    plain.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=plain, pad_token="<pad>", eos_token="</s>", unk_token="<unk>", model_max_length=40
    )
    folder = saved(tmp_path / "native", tokenizer, marian(tokenizer))
    with pytest.raises(UsageError, match="no sub-word of the words that are allowed"):
        made(folder, ["x"])


def test_words_of_a_lexicon_are_spelt_as_people_do() -> None:
    lexicon = Lexicon("en", "hi", {"big house": [Translation("बड़ा घर", 1, 1)]}, closed={"hi": frozenset({"है"})})
    found = words_of(lexicon, context(), 3)
    assert {"big", "house", "ghar", "hai"} <= found
    assert len(words_of(lexicon, context(), 1)) < len(found)
    assert all(word.isascii() for word in found)


def test_the_golden_example_comes_true(hinglish: Path) -> None:
    recipe = load_recipe("mixmt")
    [step] = recipe.steps
    settings = msgspec.convert({**step.settings, "model": str(hinglish)}, ConstrainedTranslationSettings)
    items = [Text(id=row["id"], text=row["en"], lang="en") for row in recipe.example.input]
    found = LimitedDecoding.make(settings, DictionaryContext(*recipe.languages))(items)
    for one, expected in zip(found, recipe.example.output, strict=True):
        assert not isinstance(one, Reject)
        sample = msgspec.to_builtins(one[0])
        assert {name: sample[name] for name in expected} == expected
