"""The aligner end to end, with an encoder that is made to know which words mean the same."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.contracts import Aligner, Link, Sentence, TokenisedPair
from cswitch.core.errors import RunError, UsageError
from cswitch.generators.alignment.embedding import aligner as module
from cswitch.generators.alignment.embedding.aligner import EmbeddingAligner
from cswitch.generators.alignment.embedding.extraction import METHODS
from tests.generators.embedding.conftest import LEXICON, with_meaning

pytest.importorskip("transformers", reason="the embedding aligner needs transformers")
torch = pytest.importorskip("torch", reason="the embedding aligner needs torch")

NOTHING = ["\u200d", "\ue000", "\x00", "\ufeff"]
"""Words that give no sub-word."""


def aligner(folder: Path, **options: Any) -> EmbeddingAligner:
    return EmbeddingAligner("en", "es", model=str(folder), **{"layer": 3, "device": "cpu", **options})


def pair(source: list[str], target: list[str]) -> TokenisedPair:
    sides = Sentence("en", tuple(source), (None,) * len(source)), Sentence("es", tuple(target), (None,) * len(target))
    return TokenisedPair("1", *sides)


def cells(links: tuple[Link, ...]) -> list[tuple[int, int]]:
    return [(link.source, link.target) for link in links]


def translated(seed: int, *, most: int = 12) -> tuple[TokenisedPair, list[tuple[int, int]]]:
    """Words, some with endings, their translations in another order, words that are nothing between; and the links."""
    rng = random.Random(seed)
    stems = rng.sample(sorted(LEXICON), rng.randint(1, most))
    words = [(stem, rng.choice(["", "s", "ing"])) for stem in stems]
    spanish = {"": "", "s": "os", "ing": "ando"}
    order = rng.sample(range(len(words)), len(words))
    source: list[tuple[int, str]] = [(k, stem + ending) for k, (stem, ending) in enumerate(words)]
    target = [(k, LEXICON[words[k][0]] + spanish[words[k][1]]) for k in order]
    for side in (source, target):
        for word in rng.sample(NOTHING, rng.randint(0, 3)):
            side.insert(rng.randint(0, len(side)), (-1, word))
    places = {k: j for j, (k, _) in enumerate(target)}
    links = [(i, places[k]) for i, (k, _) in enumerate(source) if k >= 0]
    return pair([word for _, word in source], [word for _, word in target]), links


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("level", ["subword", "word"])
def test_words_that_mean_the_same_are_linked(meaning: Path, method: str, level: str) -> None:
    """Endings stand in many words, so that by sub-words alone only the first of them is each other's best."""
    made = [translated(seed) for seed in range(40)]
    found = aligner(meaning, method=method, level=level).align([one for one, _ in made])
    exact = sum(cells(links) == gold for links, (_, gold) in zip(found, made, strict=True))
    missed = [set(gold) - set(cells(links)) for links, (_, gold) in zip(found, made, strict=True)]
    assert not any(missed)
    if level == "word" and method != "softmax":
        assert exact == len(made)


def test_an_aligner_is_one(meaning: Path) -> None:
    made = aligner(meaning)
    assert isinstance(made, Aligner)
    assert made.name == "embedding"


@pytest.mark.parametrize("method", METHODS)
def test_links_are_sorted_once_each_and_have_a_confidence(bert: Path, method: str) -> None:
    made = [translated(seed)[0] for seed in range(30)]
    for one, links in zip(made, aligner(bert, method=method).align(made), strict=True):
        assert cells(links) == sorted(set(cells(links)))
        assert all(0 <= link.confidence <= 1 for link in links)
        assert all(type(value) in (int, float) for link in links for value in (link.source, link.target))
        assert all(one.source.tokens[i] not in NOTHING and one.target.tokens[j] not in NOTHING for i, j in cells(links))


@pytest.mark.parametrize("method", METHODS)
def test_confidence_is_high_where_words_are_the_same(meaning: Path, method: str) -> None:
    (links,) = aligner(meaning, method=method).align([pair(["red", "house"], ["casa", "rojo"])])
    assert cells(links) == [(0, 1), (1, 0)]
    assert all(link.confidence > 0.99 for link in links)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("level", ["subword", "word"])
def test_a_pair_has_the_same_links_in_every_batch(bert: Path, method: str, level: str) -> None:
    """Random vectors, so that there are near ties; budgets from one sentence a batch to all at once."""
    made = [translated(seed)[0] for seed in range(25)]
    whole = aligner(bert, method=method, level=level)
    small = aligner(bert, method=method, level=level, max_tokens_per_batch=60)
    expected = whole.align(made)
    assert sum(map(len, expected)) > 50
    shuffled = random.Random(0).sample(range(len(made)), len(made))
    turned = whole.align([made[number] for number in shuffled])
    for other in (
        small.align(made),
        [whole.align([one])[0] for one in made],
        [turned[shuffled.index(number)] for number in range(len(made))],
        whole.align(made + made)[len(made) :],
    ):
        assert [cells(links) for links in other] == [cells(links) for links in expected]
        for ours, theirs in zip(other, expected, strict=True):
            assert [link.confidence for link in ours] == pytest.approx([link.confidence for link in theirs], abs=2e-4)


def test_windows_of_pairs_change_nothing(bert: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [translated(seed)[0] for seed in range(25)] + [pair([], ["pan"])]
    expected = [cells(links) for links in aligner(bert).align(made)]
    monkeypatch.setattr(module, "HELD_CHARACTERS", 150)
    monkeypatch.setattr(module, "HELD_CELLS", 50)
    assert [cells(links) for links in aligner(bert).align(made)] == expected


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("source", "target"), [([], ["pan"]), (["bread"], []), ([], []), (["\u200d"], ["pan"])])
def test_an_empty_side_has_no_links(meaning: Path, method: str, source: list[str], target: list[str]) -> None:
    full = pair(["bread"], ["pan"])
    found = aligner(meaning, method=method).align([full, pair(source, target), full])
    assert [cells(links) for links in found] == [[(0, 0)], [], [(0, 0)]]


def test_an_empty_batch_has_no_links(meaning: Path) -> None:
    assert aligner(meaning).align([]) == []


def test_a_sentence_is_encoded_once(meaning: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = aligner(meaning)
    seen: list[int] = []
    forward = made._encoder._encoder.forward

    def counting(**given: Any) -> Any:
        seen.append(len(given["input_ids"]))
        return forward(**given)

    monkeypatch.setattr(made._encoder._encoder, "forward", counting)
    made.align([pair(["bread"], ["pan"]), pair(["bread"], ["agua"]), pair(["pan"], ["bread"])])
    assert sum(seen) == 3


def test_a_sentence_longer_than_the_model_is_linked_to_its_end(meaning: Path) -> None:
    words = sorted(set(LEXICON) - {"water", "bread"})
    source = [*words, *["-"] * 60, "water", "bread"]
    target = [*(LEXICON[word] for word in words), *["-"] * 50, "pan", "agua"]
    (links,) = aligner(meaning, method="argmax").align([pair(source, target)])
    assert cells(links) == [*((k, k) for k in range(len(words) + 1)), (70, 61), (71, 60)]


def test_gaps_are_filled_with_what_is_left(meaning: Path) -> None:
    """The threshold leaves words of different meaning alone; filling gaps links them, and nothing that has a link."""
    one = pair(["red", "house", "never"], ["casa", "rojo", "agua"])
    (strict,) = aligner(meaning, level="word", threshold=0.9).align([one])
    (filled,) = aligner(meaning, level="word", threshold=0.9, gap_fill=True).align([one])
    assert cells(strict) == [(0, 1), (1, 0)]
    assert set(cells(filled)) - set(cells(strict)) <= {(2, 2)}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "itermx"}, "unknown method 'itermx'; did you mean 'itermax'"),
        ({"level": "words"}, "unknown level 'words'; did you mean 'word'"),
        ({"threshold": 2}, "a threshold of 2 is none; choose 0 to 1"),
    ],
)
def test_what_cannot_be_meant_is_named(meaning: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        aligner(meaning, **options)


def test_vectors_that_are_no_numbers_are_an_error(tmp_path: Path) -> None:
    folder = with_meaning(tmp_path)
    made = aligner(folder)
    with torch.no_grad():
        made._encoder._encoder.embeddings.word_embeddings.weight.fill_(float("nan"))
    with pytest.raises(RunError, match=r"model '.*' gave what is no number; use dtype float32"):
        made.align([pair(["bread"], ["pan"])])


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_any_words_give_links_within_the_pair(bert: Path, data: st.DataObject) -> None:
    words = st.lists(st.text(max_size=4), max_size=30)
    one = pair(data.draw(words), data.draw(words))
    (links,) = aligner_of(bert).align([one])
    assert all(0 <= i < len(one.source.tokens) and 0 <= j < len(one.target.tokens) for i, j in cells(links))


def aligner_of(folder: Path, made: dict[Path, EmbeddingAligner] = {}) -> EmbeddingAligner:  # noqa: B006
    """The same aligner for every example."""
    return made.setdefault(folder, made.get(folder) or aligner(folder))
