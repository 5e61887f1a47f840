from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cswitch import data
from cswitch.generators.alignment.pharaoh import parse_pharaoh

if TYPE_CHECKING:
    from tests.cli.conftest import Cswitch

SAMPLES = Path(data.__path__[0]) / "samples"

PAIRS = "en\thi\tlinks\nMy house is big .\tमेरा घर बड़ा है ।\t0-0 1-1 2-3 3-2 4-4\nWater\tपानी\t0-0\n"


@pytest.mark.parametrize("lang", ["hi", "es"])
def test_a_line_of_links_for_each_pair_of_the_samples(cswitch: Cswitch, lang: str, tmp_path: Path) -> None:
    source, links = SAMPLES / f"en-{lang}.tsv", tmp_path / "links.txt"
    done = cswitch("align", source, "--pair", f"en-{lang}", "-o", links)
    assert (done.status, done.out) == (0, "")
    lines = links.read_text().splitlines()
    assert len(lines) == len(source.read_text(encoding="utf-8").splitlines()) - 1
    assert done.err.startswith(f"pairs {len(lines)}, links {sum(map(len, map(parse_pharaoh, lines))):,}, ")


def test_given_links_come_back_sorted(cswitch: Cswitch) -> None:
    done = cswitch("align", "-", "--pair", "en-hi", "--aligner", "given", stdin="en\thi\tlinks\na b\tक ख\t1-0 0-1\n")
    assert (done.status, done.out) == (0, "0-1 1-0\n")


def test_links_may_come_from_a_file(cswitch: Cswitch, tmp_path: Path) -> None:
    links = tmp_path / "links.txt"
    links.write_text("0-0\n0-0\n")
    done = cswitch("align", "-", "--pair", "en-hi", "--aligner", "given", "--links", links, stdin=PAIRS)
    assert done.out == "0-0\n0-0\n"


def test_scores_against_the_links_of_the_input(cswitch: Cswitch, tmp_path: Path) -> None:
    arguments = ("align", "-", "--pair", "en-hi", "--pretokenized", "-o", tmp_path / "links.txt", "--force")
    scored = cswitch(*arguments, "--aligner", "given", "--evaluate", "given", "--json", stdin=PAIRS)
    assert json.loads(scored.out) == {
        "aligner": "given", "pair": ["en", "hi"], "pairs": 2, "links": 6, "pairs_without_links": 0,
        "precision": 1.0, "recall": 1.0, "aer": 0.0,
    }  # fmt: skip
    assert (
        "precision 1.000, recall 1.000, AER 0.000\n"
        in cswitch(*arguments, "--aligner", "given", "--evaluate", "given", stdin=PAIRS).err
    )


def test_scores_against_a_file_of_gold_links(cswitch: Cswitch, tmp_path: Path) -> None:
    gold = tmp_path / "gold.txt"
    gold.write_text("0-0 1-1\n\n")
    done = cswitch(
        "align", "-", "--pair", "en-hi", "--aligner", "given", "--evaluate", gold, "--json", "-o", tmp_path / "out",
        stdin=PAIRS,
    )  # fmt: skip
    found = json.loads(done.out)
    assert (found["precision"], found["recall"]) == (2 / 6, 1.0)


@pytest.mark.parametrize("lang", ["hi", "es"])
def test_the_lexical_aligner_is_precise_on_the_gold_samples(cswitch: Cswitch, lang: str, tmp_path: Path) -> None:
    done = cswitch(
        "align", SAMPLES / f"en-{lang}.gold.tsv", "--pair", f"en-{lang}", "--pretokenized",
        "--evaluate", "given", "--json", "-o", tmp_path / "links.txt",
    )  # fmt: skip
    found = json.loads(done.out)
    assert found["pairs"] == 40
    assert found["precision"] > 0.9
    assert found["recall"] > 0.6


def test_gap_filling_and_confidence_trade_precision_for_recall(cswitch: Cswitch) -> None:
    source = SAMPLES / "en-es.gold.tsv"
    counts = [
        sum(len(line.split()) for line in cswitch("align", source, "--pair", "en-es", *options).out.splitlines())
        for options in (["--min-confidence", 0.95], [], ["--gap-fill"])
    ]
    assert counts[0] < counts[1] <= counts[2]


def test_links_with_confidences_come_back_through_a_file(cswitch: Cswitch, tmp_path: Path) -> None:
    links = tmp_path / "links.txt"
    cswitch("align", "-", "--pair", "en-hi", "--to", "confidences", "-o", links, stdin=PAIRS)
    text = links.read_text()
    assert ":0." in text
    given = ("align", "-", "--pair", "en-hi", "--aligner", "given", "--links", links)
    assert cswitch(*given, "--to", "confidences", stdin=PAIRS).out == text
    assert len(cswitch(*given, "--min-confidence", 0.97, stdin=PAIRS).out) < len(cswitch(*given, stdin=PAIRS).out)


def test_records_hold_tokens_links_and_confidences_and_are_read_again(cswitch: Cswitch, tmp_path: Path) -> None:
    records = tmp_path / "linked.jsonl"
    stdin = "id\ten\thi\nx7\tI can't come, Ravi.\tमैं नहीं आ सकता, रवि।\n"
    cswitch("align", "-", "--pair", "en-hi", "--to", "jsonl", "-o", records, stdin=stdin)
    (record,) = map(json.loads, records.read_text(encoding="utf-8").splitlines())
    assert record["id"] == "x7"
    assert record["tokens"]["en"] == ["I", "can't", "come", ",", "Ravi", "."]
    assert len(record["links"]) == len(record["confidences"]) > 2
    again = cswitch("align", records, "--pair", "en-hi", "--aligner", "given", "--to", "jsonl")
    assert json.loads(again.out) == record


def test_auto_says_what_it_takes(cswitch: Cswitch) -> None:
    found = cswitch("align", "-", "--pair", "en-hi", "--aligner", "auto", stdin=PAIRS)
    assert found.err.startswith("cswitch: note: --aligner auto takes given: the pairs bring their links\n")
    few = cswitch("align", "-", "--pair", "en-hi", "--aligner", "auto", stdin="en\thi\nMy house\tमेरा घर\n")
    assert few.err.startswith("cswitch: note: --aligner auto takes lexical: ")
    assert few.out == "0-0 1-1\n"


def test_an_aligner_of_the_corpus_gives_a_line_a_pair(cswitch: Cswitch, tmp_path: Path) -> None:
    source, links = SAMPLES / "en-es.gold.tsv", tmp_path / "links.txt"
    arguments = ("align", source, "--pair", "en-es", "--pretokenized", "--evaluate", "given", "--json", "-o", links)
    found = json.loads(cswitch(*arguments, "--aligner", "hybrid").out)
    assert (found["aligner"], found["pairs"]) == ("hybrid", 40)
    assert len(links.read_text().splitlines()) == 40
    assert found["aer"] < 0.2


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        (["--aligner", "lexcal"], 2, "unknown aligner 'lexcal'; did you mean 'lexical'? Known: auto, eflomal, "),
        (["--aligner", "embedding"], 2, "the aligner 'embedding' needs a model; write --aligner embedding:MODEL"),
        (["--symmetrise", "union"], 2, "--symmetrise is no option of the aligner 'lexical'; use --aligner "),
        (["--aligner", "given", "--gap-fill"], 2, "--gap-fill is no option of the aligner 'given'"),
        (["--json"], 2, "--json and the links would both go to stdout; add -o LINKS"),
        (["--min-confidence", 2], 2, "--min-confidence"),
        (["--evaluate", "no-such-file"], 2, "no-such-file: no such file"),
    ],
)
def test_wrong_usage_is_one_line(cswitch: Cswitch, options: list[object], status: int, message: str) -> None:
    done = cswitch("align", "-", "--pair", "en-hi", *options, stdin=PAIRS)
    assert done.status == status
    assert message in done.error


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("", [], "-: the file is empty"),
        ("en\tde\na\tb\n", [], "-:1: "),
        ("en\thi\na\tक\n", ["--aligner", "given"], "-:2: pair '1' has no links"),
        ("en\thi\tlinks\na\tक\t0-0\na\tक\t0-5\n", ["--aligner", "given"], "-:3: pair '2': link 0-5 is out of range"),
        ("en\thi\na\tक\n", ["--evaluate", "given"], "-:2: no links to score against"),
    ],
)
def test_bad_input_is_one_line_with_its_place(
    cswitch: Cswitch, content: str, options: list[str], message: str, tmp_path: Path
) -> None:
    done = cswitch("align", "-", "--pair", "en-hi", "-o", tmp_path / "links.txt", *options, stdin=content)
    assert done.status == 2
    assert message in done.error
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("gold", ["0-0\n", "0-0\n0-0\n0-0\n"])
def test_gold_needs_a_line_a_pair(cswitch: Cswitch, gold: str, tmp_path: Path) -> None:
    path = tmp_path / "gold.txt"
    path.write_text(gold)
    done = cswitch("align", "-", "--pair", "en-hi", "--aligner", "given", "--evaluate", path, stdin=PAIRS)
    assert done.status == 2
    assert done.error.endswith("for 2 pairs; give one line of links a pair")


def test_no_link_at_all_is_a_failed_run(cswitch: Cswitch, tmp_path: Path) -> None:
    done = cswitch("align", "-", "--pair", "en-hi", "-o", tmp_path / "links.txt", stdin="en\thi\nHello\t\n")
    assert done.status == 1
    assert done.error == "no link in any pair (1); check that --pair names the languages of IN"
    assert list(tmp_path.iterdir()) == []


def test_a_side_in_another_script_is_told(cswitch: Cswitch) -> None:
    roman = "en\thi\nMy house\tmera ghar\n"
    done = cswitch("align", "-", "--pair", "en-hi", stdin=roman)
    assert done.status == 1
    assert done.error.startswith(
        "no link in any pair (1); 1 pair has a side in another script (line 2: the hi side is "
    )
    mixed = cswitch("align", "-", "--pair", "en-hi", stdin=f"{roman}Water\tपानी\n")
    assert (mixed.status, mixed.out) == (0, "\n0-0\n")
    assert (
        "note: 1 pair has a side in another script (line 2: the hi side is written in Latn, not in Deva)" in mixed.err
    )
