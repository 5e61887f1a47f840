"""The words that a classifier leans on: found by hiding them, replaced within the similarity asked for, counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import msgspec
import pytest

pytest.importorskip("transformers", reason="the extra hf is not installed")
pytest.importorskip("torch", reason="the extra hf is not installed")

from cswitch.core.contracts import PosTagger
from cswitch.core.errors import CswitchError, UsageError
from cswitch.core.lexicon import Lexicon, Translation
from cswitch.generators.recipes.contracts import Text
from cswitch.generators.recipes.operations.adversarial import Adversarial, AdversarialSettings
from cswitch.generators.recipes.operations.classifying import Classifier, SentenceEncoder
from cswitch.generators.recipes.recipe import load_recipe
from cswitch.pipeline.tagged import check_sample
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample
from tests.recipes.dictionary_context import DictionaryContext
from tests.recipes.tiny_classifier import praise_and_blame, reviews, train

DIRTY = "Saya lihat kamar ini kotor sekali."


class Run(DictionaryContext):
    """A run that loads what it offers once."""

    def __init__(self, *languages: str, lexicons: Mapping[tuple[str, str], Lexicon] | None = None) -> None:
        super().__init__(*languages, lexicons=lexicons)
        self._taggers: dict[str, PosTagger | None] = {}

    def pos(self, lang: str) -> PosTagger | None:
        if lang not in self._taggers:
            self._taggers[lang] = super().pos(lang)
        return self._taggers[lang]

    def lexicon(self, source: str, target: str) -> Lexicon:
        return self._lexicons.setdefault((source, target), super().lexicon(source, target))


RUN = Run("id", "en")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train(tmp_path_factory.mktemp("classifier"), praise_and_blame())


def operation(folder: Path, run: DictionaryContext = RUN, **changes: Any) -> Adversarial:
    return Adversarial.make(AdversarialSettings(model=str(folder), device="cpu", **changes), run)


def text(said: str, label: object = "negative", name: str = "1") -> Text:
    return Text(id=name, text=said, lang="id", labels={"label": label})


def one(found: Sequence[list[Sample] | Reject]) -> Sample:
    [samples] = found
    assert isinstance(samples, list), samples
    [sample] = samples
    return sample


def test_hiding_a_word_tells_what_the_classifier_leans_on(folder: Path) -> None:
    judge = Classifier.load(str(folder), option="--model", device="cpu")
    words = DIRTY.rstrip(".").split()
    whole, *hidden = judge.probabilities(
        [DIRTY, *(" ".join([*words[:n], judge.mask, *words[n + 1 :]]) + "." for n in range(len(words)))]
    )
    drops = [whole[0] - told[0] for told in hidden]
    assert words[drops.index(max(drops))] == "kotor"
    assert max(drops) > 0.5 > sorted(drops)[-2]


def test_batches_change_no_probability(folder: Path) -> None:
    texts = [item.text for item in praise_and_blame()[:40]] + ["kotor"]
    small, large = (
        Classifier.load(str(folder), option="--model", device="cpu", batch_tokens=size) for size in (1, 10_000)
    )
    assert small.probabilities(texts) == large.probabilities(texts)
    assert large.probabilities([]) == []


def test_the_word_that_matters_is_replaced_and_the_label_flips(folder: Path) -> None:
    sample = one(operation(folder)([text(DIRTY)]))
    assert sample.text == "Saya lihat kamar ini dingy sekali."
    assert sample.langs == ["id", "id", "id", "id", "en", "id", "other"]
    assert sample.origins[4] is None
    assert sample.origins[3] == ("id", 3)
    assert sample.labels["words_changed"] == 1
    assert sample.labels["flipped"] is True
    assert sample.labels["predicted"] == "positive"
    assert sample.labels["probability_before"] > 0.9 > 0.1 > sample.labels["probability_after"]
    assert 0.5 <= sample.scores["similarity"] < 1
    assert sample.provenance.model == folder.name


def test_the_golden_example_holds(folder: Path) -> None:
    example = deepcopy(load_recipe("indorobusta").example)
    items = [Text(id=row["id"], text=row["text"], lang="id", labels=row["labels"]) for row in example.input]
    found = [made[0] if isinstance(made, list) else made for made in operation(folder)(items)]
    for made, wanted in zip(found, example.output, strict=True):
        told, labels = msgspec.to_builtins(made), wanted.pop("labels", {})
        assert {name: told[name] for name in wanted} == wanted
        assert labels.items() <= told.get("labels", {}).items()


def test_reviews_are_attacked_at_the_word_that_makes_them_bad(folder: Path) -> None:
    items = praise_and_blame()
    found = [made[0] for made in operation(folder)(items) if isinstance(made, list)]
    bad = [sample for sample in found if sample.labels["label"] == "negative"]
    flipped = sum(sample.labels["flipped"] for sample in bad)
    assert flipped / len(bad) > 0.8, f"{flipped} of {len(bad)}"
    for sample in found:
        check_sample(sample)
        assert sample.labels["flipped"] == (sample.labels["predicted"] != sample.labels["label"])
        changed = [token for token, lang in zip(sample.tokens, sample.langs, strict=True) if lang == "en"]
        assert len(changed) >= sample.labels["words_changed"] == 1


def test_of_two_words_that_read_the_same_one_may_change(folder: Path) -> None:
    item = text("Kamar ini kotor dan film ini kotor sekali.")
    sample = one(operation(folder, most=0.0)([item]))
    assert sample.labels["words_changed"] == 1
    assert sample.text.count("kotor") + sample.text.count("dingy") == 2
    both = one(operation(folder, most=1.0, floor=0.0)([item]))
    assert both.text.count("kotor") == 0


def test_no_more_is_replaced_than_was_asked_for(folder: Path) -> None:
    for most in (0.0, 0.4, 0.7, 1.0):
        for made in operation(folder, most=most, floor=0.0)(praise_and_blame()[::7]):
            assert isinstance(made, list)
            assert 1 <= made[0].labels["words_changed"] <= max(1, int(most * 4))


def test_the_floor_is_held_and_another_word_is_tried(folder: Path) -> None:
    lexicon = Lexicon(
        "id",
        "en",
        {"kotor": [Translation("unspeakably filthy and dirty", 1.0, 1.0)], "kamar": [Translation("room", 1.0, 1.0)]},
    )
    run = Run("id", "en", lexicons={("id", "en"): lexicon})
    sample = one(operation(folder, run, floor=0.75)([text(DIRTY)]))
    assert sample.text == "Saya lihat room ini kotor sekali."
    assert sample.scores["similarity"] >= 0.75
    low = one(operation(folder, run, floor=0.1)([text(DIRTY)]))
    assert low.text == "Saya lihat kamar ini unspeakably filthy and dirty sekali."
    assert low.langs[4:8] == ["en"] * 4
    assert low.labels["words_changed"] == 1
    [rejected] = operation(folder, run, floor=1.0)([text(DIRTY)])
    assert isinstance(rejected, Reject)
    assert (rejected.reason, rejected.detail) == (
        "no_replacement", "no lexicon entry, or none that stays above a similarity of 1"
    )  # fmt: skip


def test_of_several_candidates_the_one_that_hurts_most_is_taken(folder: Path) -> None:
    lexicon = Lexicon("id", "en", {"kotor": [Translation("lambat", 0.9, 1.0), Translation("dirty", 0.1, 1.0)]})
    run = Run("id", "en", lexicons={("id", "en"): lexicon})
    assert not one(operation(folder, run)([text(DIRTY)])).labels["flipped"]
    found = one(operation(folder, run, candidates=2)([text(DIRTY)]))
    assert (found.text, found.labels["flipped"]) == ("Saya lihat kamar ini dirty sekali.", True)


def test_it_stops_where_the_label_flips_if_asked(folder: Path) -> None:
    whole = one(operation(folder, most=1.0, floor=0.0)([text(DIRTY)]))
    short = one(operation(folder, most=1.0, floor=0.0, until_flipped=True)([text(DIRTY)]))
    assert short.labels["words_changed"] == 1 < whole.labels["words_changed"]


def test_synonyms_stay_in_the_language(folder: Path) -> None:
    sample = one(operation(folder, replacements="synonyms", floor=0.2)([text("Saya lihat kamar ini buruk sekali.")]))
    assert "en" not in sample.langs
    assert sample.text != "Saya lihat kamar ini buruk sekali."
    assert sample.measures["cmi"] == 0


def test_white_space_marks_and_capitals_stay(folder: Path) -> None:
    sample = one(operation(folder, floor=0.0)([text("  Kotor  sekali ,\tkamar ini!! 😡")]))
    assert sample.text == "  Dingy  sekali ,\tkamar ini!! 😡"
    loud = one(operation(folder, floor=0.0)([text("KOTOR sekali kamar ini.")]))
    assert "DINGY" in loud.text


def test_a_sentence_encoder_measures_where_one_is_given(folder: Path) -> None:
    encoder = SentenceEncoder.load(str(folder), option="--encoder", device="cpu")
    same, other = encoder.similarities([(DIRTY, DIRTY), (DIRTY, "film bagus")])
    assert same == pytest.approx(1.0, abs=1e-5)
    assert other < 0.99
    sample = one(operation(folder, encoder=str(folder), floor=-0.0)([text(DIRTY)]))
    assert sample.scores["similarity"] != one(operation(folder)([text(DIRTY)])).scores["similarity"]


def test_a_tokenizer_without_a_mask_leaves_the_word_out(tmp_path: Path) -> None:
    bare = train(tmp_path, praise_and_blame(), mask=False)
    assert Classifier.load(str(bare), option="--model", device="cpu").mask == ""
    assert one(operation(bare)([text(DIRTY)])).labels["words_changed"] == 1


def test_rows_at_fault_are_rejected_and_the_rest_goes_on(folder: Path) -> None:
    items = [
        Text(id="none", text=DIRTY, lang="id"),
        text(DIRTY, "neutral", "strange"),
        text("", name="empty"),
        text("12 ...", name="marks"),
        text(DIRTY, "positive", "wrong"),
        text(DIRTY, 0, "number"),
        text(DIRTY, name="right"),
    ]
    found = operation(folder, labels={"0": "negative"})(items)
    reasons = [made.reason if isinstance(made, Reject) else "made" for made in found]
    assert reasons == [
        "unknown_label", "unknown_label", "empty_side", "no_words", "misclassified", "made", "made"
    ]  # fmt: skip
    assert isinstance(found[1], Reject)
    assert found[1].detail == "'neutral' is none of negative, positive"


def test_chunks_change_nothing(folder: Path) -> None:
    items = praise_and_blame()[:30]
    made = operation(folder)
    assert list(made(items)) == [one_of for n in range(0, 30, 7) for one_of in made(items[n : n + 7])]


def test_labels_of_another_task_are_one_line_before_anything_is_mixed(tmp_path: Path) -> None:
    other = train(tmp_path, praise_and_blame(), labels=("LABEL_0", "LABEL_1"), steps=1)
    with pytest.raises(UsageError) as caught:
        operation(other)(reviews())
    assert str(caught.value) == (
        "the texts are labelled 'negative', 'positive', the classifier's labels are 'LABEL_0', 'LABEL_1'; "
        "give a classifier trained on them, or say which is which: --set 'adversarial.labels={good: positive}'"
    )
    named = operation(other, labels={"negative": "LABEL_0", "positive": "LABEL_1"})
    assert len(named(reviews())) == 24


def test_a_classifier_without_names_of_labels_has_the_numbers_of_the_data(tmp_path: Path) -> None:
    numbered = train(tmp_path, praise_and_blame(), labels=("LABEL_0", "LABEL_1"))
    for label in (0, "0", "LABEL_0"):
        [made] = operation(numbered)([text(DIRTY, label)])
        assert isinstance(made, list), made
        assert made[0].labels["predicted"] in ("LABEL_0", "LABEL_1")
    [reject] = operation(numbered)([text(DIRTY, 0), text(DIRTY, 2, "2")])[1:]
    assert isinstance(reject, Reject)
    assert reject.reason == "unknown_label"


def test_numbers_of_labels_may_be_named_as_numbers(folder: Path) -> None:
    made = operation(folder, **msgspec.convert({"labels": {0: "negative", "1": "positive"}}, dict[str, Any]))
    settings = msgspec.convert({"labels": {0: "negative"}}, AdversarialSettings)
    assert settings.labels == {0: "negative"}
    [found] = made([text(DIRTY, 0)])
    assert isinstance(found, list)
    assert found[0].labels["label"] == 0


def test_labels_of_one_name_are_refused(tmp_path: Path) -> None:
    train(tmp_path, praise_and_blame(), steps=1)
    config = tmp_path / "config.json"
    config.write_text(config.read_text(encoding="utf-8").replace("positive", "negative"), encoding="utf-8")
    with pytest.raises(UsageError, match=r"several of its labels alike: negative, negative; give each a name"):
        operation(tmp_path)


@pytest.mark.parametrize(
    ("changes", "languages", "said"),
    [
        ({"model": ""}, "id en", "the method asks a classifier, and none is named; add --set adversarial.model=FOLDER"),
        ({"model": "./nowhere"}, "id en", "there is no model folder './nowhere'; give --set adversarial.model=FOLDER"),
        ({"most": 2.0}, "id en", "adversarial.most: 2 is no share; choose 0 to 1"),
        ({"floor": -1.0}, "id en", "adversarial.floor: -1 is no share; choose 0 to 1"),
        ({"candidates": 0}, "id en", "adversarial.candidates: 0 is too small; choose 1 or more"),
        ({}, "id", "words are to be translated, and one language is named; name both: --pair id-en"),
        ({}, "id xx", "no lexicon for id-xx"),
        ({"labels": {"good": "fine"}}, "id en", "adversarial.labels: 'fine' is no label of the classifier; its"),
        ({"encoder": "./nowhere"}, "id en", "there is no model folder './nowhere'; give --set adversarial.encoder="),
        ({"device": "moon"}, "id en", "unknown device 'moon'"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_one_line(folder: Path, changes: dict[str, Any], languages: str, said: str) -> None:
    asked = AdversarialSettings(**{"model": str(folder), "device": "cpu", **changes})
    with pytest.raises(CswitchError) as caught:
        Adversarial.make(asked, Run(*languages.split()))
    assert str(caught.value).startswith(said)


def test_a_model_that_is_no_classifier_is_refused(tmp_path: Path, folder: Path) -> None:
    import transformers

    hf: Any = transformers
    hf.AutoModel.from_pretrained(folder).save_pretrained(tmp_path)
    hf.AutoTokenizer.from_pretrained(folder).save_pretrained(tmp_path)
    with pytest.raises(UsageError, match=r"is no classifier: its weights lack 'classifier\.bias'"):
        operation(tmp_path)
