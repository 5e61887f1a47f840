"""The recipes that are a lattice: what each of them promises of its samples, on the samples that are shipped."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cswitch import data
from cswitch.cli.main import main
from cswitch.core.text.scripts import script_of
from cswitch.core.text.tokens import is_neutral

SAMPLES = Path(data.__path__[0]) / "samples"
EN_HI, EN_ES = SAMPLES / "en-hi.tsv", SAMPLES / "en-es.tsv"


def made(folder: Path, recipe: str, source: Path, *options: str, name: str = "out.jsonl") -> list[dict[str, Any]]:
    """The samples of a recipe, of the first sixty pairs."""
    out = folder / name
    assert main(["recipes", "run", recipe, str(source), "-o", str(out), "--limit", "60", *options]) == 0
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def share(sample: dict[str, Any]) -> float:
    said = Counter(lang for lang in sample["langs"] if lang in sample["languages"])
    return 1 - said[sample["matrix"]] / said.total()


@pytest.mark.parametrize(
    ("recipe", "source", "matrix"),
    [("hinge.wac", EN_HI, "hi"), ("hinge.pac", EN_HI, "hi"), ("lost-in-the-mix.noun", EN_ES, "en")],
)
def test_all_that_can_be_replaced_is_replaced(tmp_path: Path, recipe: str, source: Path, matrix: str) -> None:
    samples = made(tmp_path, recipe, source)
    assert len(samples) > 50
    for sample in samples:
        assert sample["matrix"] == matrix
        assert sample["measures"]["share"] == sample["reachable"]["share"][1] == pytest.approx(share(sample), abs=1e-5)
        assert sample["met"]


@pytest.mark.parametrize("recipe", ["hinge.wac", "hinge.pac", "hinmix"])
def test_everything_is_in_latin_letters(tmp_path: Path, recipe: str) -> None:
    for sample in made(tmp_path, recipe, EN_HI):
        assert {script_of(token) for token in sample["tokens"] if not is_neutral(token)} == {"Latn"}


def test_key_phrases_have_three_words_at_most(tmp_path: Path) -> None:
    longest = 0
    for sample in made(tmp_path, "hinge.pac", EN_HI):
        english = [origin[1] for origin in sample["origins"] if origin and origin[0] == "en"]
        assert len(english) == len(set(english))
        run = best = 0
        for place, at in enumerate(english):
            run = run + 1 if place and at == english[place - 1] + 1 else 1
            best = max(best, run)
        longest = max(longest, best)
    assert longest == 3


def test_a_fifth_of_the_words_wherever_the_sentence_allows_it(tmp_path: Path) -> None:
    samples = made(tmp_path, "lost-in-the-mix.ratio", EN_ES)
    assert len(samples) == 60
    for sample in samples:
        low, high = sample["reachable"]["share"]
        assert sample["measures"]["share"] == pytest.approx(share(sample), abs=1e-5)
        assert sample["met"] == (abs(share(sample) - 0.2) <= 0.03 + 1e-9)
        assert low <= 0.2 <= high or not sample["met"]


def test_gcm_gives_both_frames_and_follows_a_corpus(tmp_path: Path) -> None:
    frames = Counter(sample["matrix"] for sample in made(tmp_path, "gcm.ec", EN_HI))
    assert frames["en"] > 50
    assert frames["hi"] > 50
    real = tmp_path / "out.jsonl"
    said = map(json.loads, real.read_text(encoding="utf-8").splitlines())
    asked = {(sample["measures"]["cmi"], sample["measures"]["switches"]) for sample in said}
    for recipe in ("gcm.ec", "gcm.ml"):
        samples = made(tmp_path, recipe, EN_HI, "--like", str(real), "--seed", "1", name=f"{recipe}.jsonl")
        assert all((s["target"]["cmi"], s["target"]["switches"]) in asked for s in samples)
        assert sum(s["met"] for s in samples) > len(samples) / 10


def test_pairs_to_restore_and_to_translate(tmp_path: Path) -> None:
    for recipe, source, languages, form in (
        ("csr-restore", EN_ES, "en,es", "restore"),
        ("hinmix", EN_HI, "hi,en", "translation"),
    ):
        made(tmp_path, recipe, source, name=f"{form}.jsonl")
        folder = tmp_path / form
        given = ["--pairs", str(source), "--languages", languages, "--as", "jsonl"]
        assert main(["export", str(tmp_path / f"{form}.jsonl"), "-o", str(folder), "--to", form, *given]) == 0
        lines = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.jsonl")).splitlines()
        rows = list(map(json.loads, lines))
        assert len(rows) > 50
        for row in rows:
            if form == "restore":
                assert row["input"] != row["target"]
            else:
                assert set(row["translation"]) == {"hi-en", "en", "hi"}


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        (["--set", "cmi=20"], "cmi"),
        (["--cmi", "20"], "cmi"),
        (["--set", "share=0.3"], "share"),
        (["--share", "0.3"], "share"),
    ],
)
def test_what_a_run_asks_for_takes_the_place_of_what_the_recipe_does(
    tmp_path: Path, options: list[str], asked: str
) -> None:
    samples = made(tmp_path, "hinge.wac", EN_HI, *options)
    other = {"cmi": "share", "share": "cmi"}[asked]
    assert all(asked in sample["target"] and other not in sample["target"] for sample in samples)


def test_the_bytes_are_the_same_for_any_number_of_workers(tmp_path: Path) -> None:
    made(tmp_path, "gcm.ec", EN_HI, name="one.jsonl")
    made(tmp_path, "gcm.ec", EN_HI, "--workers", "2", name="two.jsonl")
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()
