"""Training from tagged text."""

from itertools import product
from pathlib import Path
from random import Random

import pytest

from cswitch.annotators.lid.compact import CompactTagger
from cswitch.annotators.lid.folder import train_folder
from cswitch.core.contracts import TaggedSentence
from cswitch.core.errors import UsageError

WHO = [("zorba", "xx"), ("I", "en"), ("kendrul", "xx"), ("we", "en")]
DOES = [("sees", "en"), ("vantip", "xx"), ("likes", "en"), ("molgup", "xx")]
WHAT = [("tarvisk", "xx"), ("the house", "en"), ("drelnop", "xx"), ("Delhi", "ne")]


def sentences() -> list[TaggedSentence]:
    """Sentences of a made-up language with English, names and marks."""
    made = []
    for parts in product(WHO, DOES, WHAT):
        pairs = [(word, tag) for text, tag in parts for word in text.split()]
        made.append(TaggedSentence([w for w, _ in pairs] + ["."], [t for _, t in pairs] + ["other"]))
    Random(0).shuffle(made)
    return made


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> CompactTagger:
    folder = tmp_path_factory.mktemp("tagger")
    told: list[str] = []
    every = sentences()
    train_folder(every[::2], every[1::2], folder, epochs=20, report=told.append)
    assert told[0].endswith("4 tags, 20 epochs")
    assert told[-1].startswith("epoch 20: accuracy")
    return CompactTagger.load(str(folder))


def test_it_learns_tags_that_it_has_never_seen(trained: CompactTagger) -> None:
    assert set(trained.tags) == {"en", "ne", "other", "xx"}
    held_out = sentences()[1::2]
    found = trained.tag([sentence.tokens for sentence in held_out])
    pairs = [
        (a, b) for one, gold in zip(found, held_out, strict=True) for a, b in zip(one.tags, gold.tags, strict=True)
    ]
    assert sum(a == b for a, b in pairs) / len(pairs) > 0.97


def test_languages_can_be_named(trained: CompactTagger) -> None:
    found = trained.tag([["we", "vantip", "tarvisk", "."]], ["en"])[0]
    assert set(found.tags) <= {"en", "ne", "other"}
    assert found.tags[-1] == "other"


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        train_folder(sentences()[:20], [], tmp_path / name, epochs=1, augment=0.5, seed=3, report=lambda line: None)
    one, two = ((tmp_path / name / "tagger.bin").read_bytes() for name in ("one", "two"))
    assert one == two


def test_one_tag_is_nothing_to_learn(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="1 tag to learn"):
        train_folder([TaggedSentence(["a", "b"], ["en", "en"])], [], tmp_path, report=lambda line: None)
    assert not list(tmp_path.iterdir())


def test_ambiguous_tokens_are_not_learned(tmp_path: Path) -> None:
    every = [TaggedSentence(s.tokens, ["ambiguous" if t == "ne" else t for t in s.tags]) for s in sentences()]
    train_folder(every, every[:4], tmp_path, epochs=2, report=lambda line: None)
    assert "ambiguous" not in CompactTagger.load(str(tmp_path)).tags
