from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cswitch.core.lexicon import Lexicon

if TYPE_CHECKING:
    from tests.cli.conftest import Cswitch


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Pairs of a language that no lexicon is shipped for, made of five words each."""
    words = {"en": "house dog tree water bread".split(), "ka": "სახლი ძაღლი ხე წყალი პური".split()}
    lines = ["en\tka"]
    for n in range(60):
        chosen = [(n + k * (1 + n // 5)) % 5 for k in range(3)]
        lines.append("\t".join(" ".join(words[lang][k] for k in chosen) for lang in ("en", "ka")))
    path = tmp_path / "pairs.tsv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_lexicon_of_ones_own_text_serves_the_aligner(cswitch: Cswitch, corpus: Path, tmp_path: Path) -> None:
    lexicon = tmp_path / "mine.lex"
    built = cswitch("lexicon", "build", corpus, "--pair", "en-ka", "-o", lexicon)
    assert (built.status, built.out) == (0, "")
    assert built.err.endswith(f"5 words in {lexicon}\n")
    assert Lexicon.decode(lexicon.read_bytes()).translations("dog")[0].word == "ძაღლი"
    one = "en\tka\nhouse dog\tძაღლი სახლი\n"
    linked = cswitch("align", "-", "--pair", "en-ka", "--lexicon", lexicon, stdin=one)
    assert (linked.status, linked.out) == (0, "0-1 1-0\n")
    without = cswitch("align", "-", "--pair", "en-ka", stdin=one)
    assert without.status == 2
    assert without.error.startswith("no lexicon for en-ka")


def test_words_are_looked_up_with_probabilities(cswitch: Cswitch, tmp_path: Path) -> None:
    shown = cswitch("lexicon", "look", "house", "zyzzyva", "--pair", "en-es")
    assert shown.status == 0
    assert shown.out.splitlines()[0].startswith("house: casa (0.")
    assert shown.out.splitlines()[1] == "zyzzyva: not known"
    own = tmp_path / "own.tsv"
    own.write_text("zyzzyva\tgorgojo\n", encoding="utf-8")
    found = cswitch("lexicon", "look", "zyzzyva", "--pair", "en-es", "--lexicon", own, "--json")
    assert [entry["word"] for entry in json.loads(found.out)["zyzzyva"]] == ["gorgojo"]


def test_languages_meet_through_english(cswitch: Cswitch) -> None:
    assert "casa" in cswitch("lexicon", "look", "घर", "--pair", "hi-es").out


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["look", "zyzzyva", "--pair", "en-es"], 1, "none of the words is in the lexicon"),
        (["look", "house", "--pair", "en-ka"], 2, "no lexicon for en-ka"),
        (["build", "-", "--pair", "en-ka"], 1, "no word pair is seen often enough"),
        (["build", "nowhere.tsv", "--pair", "en-ka"], 2, "nowhere.tsv: no such file"),
        (["look", "house", "--pair", "en-es", "--lexicon", "nowhere.tsv"], 2, "nowhere.tsv"),
    ],
)
def test_what_cannot_be_done_is_one_line(cswitch: Cswitch, arguments: list[str], status: int, message: str) -> None:
    done = cswitch("lexicon", *arguments, stdin="en\tka\nhouse\tსახლი\n")
    assert (done.status, done.out) == (status, "" if arguments[0] == "build" else done.out)
    assert message in done.error


def test_too_many_broken_lines_are_refused(cswitch: Cswitch, tmp_path: Path) -> None:
    path = tmp_path / "broken.tsv"
    path.write_text("no tab here\n" * 30, encoding="utf-8")
    done = cswitch("lexicon", "look", "house", "--pair", "en-es", "--lexicon", path)
    assert done.status == 2
    assert done.error.startswith(f"{path}")
