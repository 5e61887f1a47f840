"""A trained tagger has its name only when it is whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cswitch.core.errors import InputError, UsageError
from cswitch.pipeline.tag_gold import Gold
from cswitch.pipeline.tag_training import growing, lessons

MODEL = "tagger.bin"


def grow(target: Path, *, force: bool = False, resume: bool = False, text: str = "new") -> list[str]:
    """Trains, in a way, and gives what was there before."""
    with growing(str(target), force=force, resume=resume) as folder:
        found = sorted(path.name for path in folder.iterdir())
        (folder / MODEL).write_text(text)
    return found


def fail(target: Path, leave: str = "", *, force: bool = False) -> None:
    """A training that is broken off."""

    def train() -> None:
        with growing(str(target), force=force, resume=False) as folder:
            (folder / MODEL).write_text("half")
            if leave:
                (folder / leave).mkdir(parents=True)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train()


def test_the_model_comes_under_its_name(tmp_path: Path) -> None:
    assert grow(tmp_path / "m") == []
    assert (tmp_path / "m" / MODEL).read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    grow(tmp_path / "m")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["m", MODEL]


def test_a_model_is_replaced_only_by_a_whole_one_and_only_with_force(tmp_path: Path) -> None:
    grow(tmp_path / "m", text="old")
    for resume in (False, True):
        with pytest.raises(UsageError, match=r"m: exists already; choose another name, or add --force"):
            grow(tmp_path / "m", resume=resume)
    fail(tmp_path / "m", force=True)
    assert (tmp_path / "m" / MODEL).read_text() == "old"
    grow(tmp_path / "m", force=True)
    assert (tmp_path / "m" / MODEL).read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def test_force_leaves_alone_what_is_no_tagger(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(UsageError, match="is no tagger, so --force leaves it alone"):
        grow(tmp_path, force=True)
    assert (tmp_path / "thesis.tex").read_text() == "mine"


def test_a_training_without_checkpoints_leaves_nothing(tmp_path: Path) -> None:
    fail(tmp_path / "m")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("resume", [False, True])
def test_one_with_checkpoints_goes_on_or_begins_anew(tmp_path: Path, resume: bool) -> None:
    fail(tmp_path / "m", "checkpoints/checkpoint-5")
    assert [path.name for path in tmp_path.iterdir()] == ["m.part"]
    with pytest.raises(UsageError, match=r"m\.part: an unfinished training; --resume goes on with it, --force begins"):
        grow(tmp_path / "m")
    found = grow(tmp_path / "m", resume=resume, force=not resume)
    assert found == (["checkpoints", MODEL] if resume else [])
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda place: place.write_text(""), "is a file; name a folder for the model"),
        (lambda place: None, "its folder does not exist; make it first: mkdir -p"),
    ],
)
def test_a_place_that_cannot_be_meant(tmp_path: Path, make: Callable[[Path], object], message: str) -> None:
    place = tmp_path / "m"
    make(place)
    target = place if place.exists() else place / "inner"
    with pytest.raises(UsageError, match=message):
        grow(target)


def test_sentences_without_a_token_teach_nothing() -> None:
    assert lessons([Gold(1, "1", [], []), Gold(2, "2", ["a"], ["en"])], "t") == [(["a"], ["en"])]
    with pytest.raises(InputError, match=r"t: no sentence has a token"):
        lessons([Gold(1, "1", [], [])], "t")
