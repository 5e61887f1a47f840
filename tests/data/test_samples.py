"""The parallel sentences and their gold links: what they promise, and that the checker sees what breaks it."""

import importlib.util
import shutil
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from cswitch import data
from cswitch.core.text.scripts import script_of
from cswitch.core.text.tokens import token_class, tokenise

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(data.__path__[0]) / "samples"
PAIRS = ("en-hi", "en-es")
TOPICS = {"chat", "shopping", "health", "news", "support", "school"}


def table(name: str) -> list[list[str]]:
    """The fields of every line of a file of data/samples, the heading first."""
    return [line.split("\t") for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def checker() -> ModuleType:
    """scripts/check_samples.py as a module."""
    spec = importlib.util.spec_from_file_location("check_samples", ROOT / "scripts" / "check_samples.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("pair", PAIRS)
def test_two_hundred_sentences_balanced_by_topic(pair: str) -> None:
    heading, *rows = table(f"{pair}.tsv")
    assert heading == ["id", "topic", *pair.split("-")]
    assert [row[0] for row in rows] == [f"{pair}-{number:03d}" for number in range(1, 201)]
    topics = Counter(row[1] for row in rows)
    assert set(topics) == TOPICS
    assert set(topics.values()) == {33, 34}


@pytest.mark.parametrize("pair", PAIRS)
def test_no_sentence_comes_twice_and_lengths_are_those_of_daily_writing(pair: str) -> None:
    _, *rows = table(f"{pair}.tsv")
    for side in (2, 3):
        texts = [row[side] for row in rows]
        assert len({text.casefold() for text in texts}) == 200
        lengths = [len(text.split()) for text in texts]
        assert min(lengths) >= 6
        assert max(lengths) <= 25
        assert 11.5 <= sum(lengths) / 200 <= 14.5


def test_the_two_files_share_no_english_sentence() -> None:
    english = [row[2] for pair in PAIRS for row in table(f"{pair}.tsv")[1:]]
    assert len(set(english)) == 400


def test_every_hindi_word_is_in_devanagari() -> None:
    tokens = [token for row in table("en-hi.tsv")[1:] for token in tokenise(row[3], "hi").tokens]
    words = [token for token in tokens if token_class(token) == "word"]
    assert len(words) > 2000
    assert {script_of(word) for word in words} == {"Deva"}


@pytest.mark.parametrize("pair", PAIRS)
def test_what_chat_writes_is_there(pair: str) -> None:
    rows = table(f"{pair}.tsv")[1:]
    for side, lang in ((2, "en"), (3, pair[3:])):
        classes = Counter(token_class(token) for row in rows for token in tokenise(row[side], lang).tokens)
        assert classes["url"] >= 3
        assert classes["mention"] >= 2
        assert classes["hashtag"] >= 4
        assert classes["emoji"] >= 7
        assert classes["number"] >= 18
        assert sum(row[side].count("?") for row in rows) >= 20


@pytest.mark.parametrize("pair", PAIRS)
def test_gold_of_forty_sentences_over_all_topics(pair: str) -> None:
    sentences = {row[0]: row for row in table(f"{pair}.tsv")[1:]}
    heading, *gold = table(f"{pair}.gold.tsv")
    assert heading == ["id", *pair.split("-"), "links"]
    assert len({row[0] for row in gold}) == len(gold) == 40
    topics = Counter(sentences[row[0]][1] for row in gold)
    assert set(topics.values()) == {6, 7}
    assert set(topics) == TOPICS


@pytest.mark.parametrize("pair", PAIRS)
def test_gold_tokens_are_the_tokenisers_and_links_lie_in_range(pair: str) -> None:
    sentences = {row[0]: row for row in table(f"{pair}.tsv")[1:]}
    for name, *sides, pharaoh in table(f"{pair}.gold.tsv")[1:]:
        tokens = [side.split(" ") for side in sides]
        for side, lang in enumerate(pair.split("-")):
            assert tuple(tokens[side]) == tokenise(sentences[name][2 + side], lang).tokens, name
        links = [tuple(map(int, link.split("-"))) for link in pharaoh.split(" ")]
        assert links == sorted(set(links)), name
        assert all(0 <= i < len(tokens[0]) and 0 <= j < len(tokens[1]) for i, j in links), name


@pytest.mark.parametrize("pair", PAIRS)
def test_gold_links_join_like_with_like(pair: str) -> None:
    """Numbers, URLs, mentions, tags and emoji are the same on both sides and linked to each other alone."""
    found = 0
    for name, *sides, pharaoh in table(f"{pair}.gold.tsv")[1:]:
        tokens = [side.split(" ") for side in sides]
        links = [tuple(map(int, link.split("-"))) for link in pharaoh.split(" ")]
        for i, token in enumerate(tokens[0]):
            if token_class(token) not in ("word", "punct"):
                assert [tokens[1][j] for source, j in links if source == i] == [token], name
                found += 1
        marks = [(token_class(tokens[0][i]), token_class(tokens[1][j])) for i, j in links]
        assert all(("punct" in mark) == (mark == ("punct", "punct")) for mark in marks), name
    assert found >= 8


def test_the_checker_finds_nothing_wrong(checker: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert checker.main(FOLDER) == 0
    assert "en-hi: 200 sentences (chat 34, " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "old", "new", "fault"),
    [
        ("en-hi.tsv", "id\ttopic", "id\ttheme", "en-hi.tsv:1: the heading is not id topic en hi"),
        ("en-hi.tsv", "en-hi-001\tchat", "en-hi-001", "en-hi.tsv:2: not 4 filled fields without space around them"),
        ("en-hi.tsv", "en-hi-002", "en-hi-003", "en-hi.tsv:3: the id is en-hi-003, not en-hi-002"),
        ("en-hi.tsv", "आ रही", "aa रही", "en-hi.tsv:2: hi has 'aa' in another script"),
        ("en-es.tsv", "¿estás libre", "¿esta\u0301s libre", "en-es.tsv:2: es is not in NFC"),
        ("en-es.tsv", "Oye, Camila", "Oye,  Camila", "en-es.tsv:2: es has double spaces or invisible characters"),
        ("en-hi.gold.tsv", "0-7 1-8", "0-7 1-80", "en-hi.gold.tsv:2: a link is out of range in hi"),
        ("en-hi.gold.tsv", "0-7 1-8", "1-8 0-7", "en-hi.gold.tsv:2: links are not sorted, or one is there twice"),
        ("en-hi.gold.tsv", "0-7 1-8", "0-7 x-8", "en-hi.gold.tsv:2: links are not written i-j"),
        ("en-es.gold.tsv", "I can't", "I can 't", "en-es.gold.tsv:2: en is not what the tokeniser gives"),
        (
            "en-es.gold.tsv",
            "en-es-010",
            "en-es-005",
            "en-es.gold.tsv:3: en-es-005 is no sentence of en-es.tsv, or stands here twice",
        ),
    ],
)
def test_the_checker_names_what_broke(
    checker: ModuleType,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    old: str,
    new: str,
    fault: str,
) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert checker.main(tmp_path) == 1
    assert fault in capsys.readouterr().out.splitlines()
