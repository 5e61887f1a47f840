from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cswitch.core.measures import Signature, corpus_measures

if TYPE_CHECKING:
    from tests.cli.conftest import Cswitch, MakeSample, WriteSamples

WORKED = [
    ["en", "en", "hi", "hi", "other", "other", "hi", "hi", "en", "en", "en", "hi", "hi"],
    ["en", "en", "en", "en", "en"],
    ["hi", "hi", "en", "hi", "other"],
]
"""The corpus of three of docs/measures.md."""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "tagged.jsonl"
    path.write_text("".join(json.dumps({"tokens": ["x"] * len(tags), "langs": tags}) + "\n" for tags in WORKED))
    return path


def test_json_is_what_the_library_gives(cswitch: Cswitch, corpus: Path) -> None:
    done = cswitch("measure", corpus, "--json")
    found = json.loads(done.out)
    assert (done.status, found.pop("asked")) == (0, [])
    assert found == json.loads(json.dumps(corpus_measures(WORKED).to_dict()))
    assert round(found["measures"]["cmi"]["mean-all"]["value"], 2) == 23.48
    assert round(found["measures"]["cmi"]["mean-mixed"]["value"], 2) == 35.23
    assert round(found["measures"]["cc"]["all"]["value"], 2) == 113.51


def test_the_table_has_every_form_and_a_signature_a_row(cswitch: Cswitch, corpus: Path) -> None:
    out = cswitch("measure", corpus).out
    lines = {line.split()[0]: line.split()[1:] for line in out.splitlines() if "|v:" in line}
    assert lines["cmi"][1:3] == ["23.4848", "35.2273"]
    assert lines["cc"][0] == "113.5101"
    for name, cells in lines.items():
        signature = Signature.parse(cells[-1])
        assert signature.measure == name
        assert dict(signature.options)["corpus"] == ("all" if name == "cc" else "*")
    assert out.startswith("3 utterances, 2 mixed, 0 without a language token\n")


def test_stdin_and_file_give_the_same(cswitch: Cswitch, corpus: Path) -> None:
    assert cswitch("measure", "-", stdin=corpus.read_text()) == cswitch("measure", corpus)


def test_the_tag_policy_is_in_the_numbers_and_in_the_signature(cswitch: Cswitch) -> None:
    lines = "Ravi\tne:hi\nis\ten\nhere\ten\n"
    values = []
    for policy in ("neutral", "language"):
        found = json.loads(cswitch("measure", "-", "--json", "--ne", policy, stdin=lines).out)
        number = found["measures"]["cmi"]["pooled"]
        assert f"|ne:{policy}|" in number["signature"]
        values.append(round(number["value"], 2))
    assert values == [0.0, 33.33]


def test_an_interval_holds_its_number(cswitch: Cswitch, corpus: Path) -> None:
    arguments = ("measure", corpus, "--json", "--bootstrap", 50, "--seed", 3)
    first, second = cswitch(*arguments), cswitch(*arguments)
    assert first == second
    number = json.loads(first.out)["measures"]["cmi"]["mean-all"]
    low, high = number["interval"]
    assert low <= number["value"] <= high
    assert "|bs:50|seed:3|ci:95|" in number["signature"]
    assert f"[{low:.4f}, {high:.4f}]" in cswitch("measure", corpus, "--bootstrap", 50, "--seed", 3).out


def test_samples_tell_asked_and_got_measured_from_their_tags(
    cswitch: Cswitch, sample: MakeSample, write: WriteSamples
) -> None:
    path = write(
        sample("a/hi b/hi c/hi d/en", asked=25, name="1.0"),
        sample("a/hi b/hi c/hi d/en", asked=27, name="2.0"),
        sample("a/hi b/hi", asked=25, met=False, name="3.0"),
        sample("a/hi b/hi", name="4.0"),
    )
    rows = json.loads(cswitch("measure", path, "--json").out)["asked"]
    assert [(row["asked"], row["samples"], row["within_tolerance"], row["marked_unmet"]) for row in rows] == [
        (25.0, 2, 1, 1),
        (27.0, 1, 1, 0),
        (None, 3, 2, 1),
    ]
    assert [row["mean_absolute_error"] for row in rows] == [12.5, 2.0, 9.0]
    assert rows[0]["mean_got"] == 12.5
    assert cswitch("measure", path).out.splitlines()[-1].split() == [
        "all",
        "3",
        "16.67",
        "9.000",
        "2",
        "(66.7",
        "%)",
        "1",
    ]


def test_many_different_targets_are_given_together_only(
    cswitch: Cswitch, sample: MakeSample, write: WriteSamples
) -> None:
    path = write(*(sample("a/hi b/en", asked=30 + n / 7, name=f"{n}.0") for n in range(40)))
    rows = json.loads(cswitch("measure", path, "--json").out)["asked"]
    assert [(row["asked"], row["samples"]) for row in rows] == [(None, 40)]


def test_by_utterance_is_a_line_for_each(cswitch: Cswitch, corpus: Path) -> None:
    heading, *lines = cswitch("measure", corpus, "--by", "utterance").out.splitlines()
    rows = [dict(zip(heading.split("\t"), line.split("\t"), strict=True)) for line in lines]
    assert [row["cmi"] for row in rows] == ["45.4545", "0.0000", "25.0000"]
    assert [row["burstiness"] for row in rows][:2] == ["-0.5367", ""]
    objects = [json.loads(line) for line in cswitch("measure", corpus, "--by", "utterance", "--json").out.splitlines()]
    assert [(row["id"], row["tokens"], row["switches"]) for row in objects] == [("1", 13, 3), ("2", 5, 0), ("3", 5, 2)]


def test_symcom_needs_parts_of_speech_and_two_languages(cswitch: Cswitch, corpus: Path) -> None:
    lines = "ghar\thi\tNOUN\nnice\ten\tADJ\njob\ten\tNOUN\nlife\ten\tNOUN\n"
    found = json.loads(cswitch("measure", "-", "--json", "--symcom", "en-hi", stdin=lines).out)["symcom"]
    assert {unit: round(number["value"], 3) for unit, number in found.items()} == {"NOUN": 0.333, "ADJ": 1.0}
    done = cswitch("measure", corpus, "--symcom", "en-hi")
    assert (done.status, done.error.partition("; ")[0]) == (
        2,
        f"{corpus}: field 'pos': utterance 1 has no parts of speech",
    )
    assert cswitch("measure", corpus, "--symcom", "en").error.startswith("--symcom 'en' is not two languages")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "the file is empty"),
        ("\n\n", "no tagged token in the file"),
        ("only text\n", ":1: 1 column where 2 or 3 are needed"),
        ('{"tokens": ["a"], "langs": []}\n', ":1: field 'langs': 0 for 1 tokens"),
        ('{"tokens": ["a"]}\n', ":1: field 'langs': missing"),
        ('{"tokens": ["a"], "langs": ["h i"]}\n', "utterance 1: 'h i' is not a language tag"),
        ('{"tokens": ["a"], "langs": ["hi"]\n', ":1: broken JSON"),
    ],
)
def test_bad_input_is_one_line_with_its_place(cswitch: Cswitch, content: str, message: str) -> None:
    for options in ([], ["--by", "utterance", "--json"]):
        done = cswitch("measure", "-", *options, stdin=content)
        assert (done.status, done.out) == (2, "")
        assert done.error.startswith("-")
        assert message in done.error


def test_a_missing_file_is_named(cswitch: Cswitch, tmp_path: Path) -> None:
    done = cswitch("measure", tmp_path / "none.jsonl")
    assert (done.status, done.out) == (2, "")
    assert done.error == f"{tmp_path / 'none.jsonl'}: no such file; check the path"
