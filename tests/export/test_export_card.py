"""The card: a header that YAML and the hub read, figures with signatures, and nothing that breaks out of its place."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.measures import corpus_measures
from cswitch.export.card import LICENSES, card, header, license_of, plain
from cswitch.export.contracts import ExportSettings
from cswitch.export.facts import Facts
from tests.export.export_records import exported, many, record

NASTY = '"]: --- | <script>alert(1)</script> `x` [a](http://b) \n\n# title\n---\nlicense: mit\u202e'


def facts_of(*records: dict[str, Any]) -> Facts:
    facts = Facts(["train"])
    for found in records:
        facts.add("train", found)
    return facts


def test_the_header_says_what_the_hub_asks_for() -> None:
    settings = ExportSettings(to="translation", writer="parquet", license="CC-BY-4.0", title="Hinglish: a test")
    found = yaml.safe_load(header(settings, facts_of(record()), "translation"))
    assert found == {
        "pretty_name": "Hinglish: a test", "language": ["hi", "en"], "license": "cc-by-4.0",
        "multilinguality": ["multilingual"], "size_categories": ["n<1K"], "task_categories": ["translation"],
        "tags": ["code-switching", "code-mixing", "cswitch", "synthetic"],
        "configs": [{"config_name": "default", "data_files": [{"split": "train", "path": "train-*.parquet"}]}],
    }  # fmt: skip


def test_the_hub_reads_the_card(tmp_path: Path) -> None:
    hub = pytest.importorskip("huggingface_hub", reason="reading cards needs the extra datasets")
    exported(tmp_path / "out", many(30), to="chat", title=NASTY, license=NASTY)
    found = hub.DatasetCard.load(tmp_path / "out" / "README.md")
    assert found.data.language == ["hi", "en"]
    assert found.data.license == "other"
    assert re.fullmatch(r"[a-z0-9.-]+", found.data.to_dict()["license_name"])


def test_nothing_from_records_or_options_is_markup() -> None:
    made = {"generator": "prompt", "model": NASTY, "version": "0", "config": "c", "seed": 0, "draw": 0}
    settings = ExportSettings(to="chat", writer="jsonl", title=NASTY, license=NASTY)
    text = card(
        settings, facts_of(record(provenance=made)), "text-generation", command=f"cswitch {NASTY}", notes=[NASTY]
    )
    top, header_text, body = re.split(r"^---$", text, maxsplit=2, flags=re.MULTILINE)
    assert top == ""
    assert yaml.safe_load(header_text)["license"] == "other"
    assert "<script>" not in body.replace("```sh", "").split("```")[0]
    fenced = re.findall(r"^```sh\n(.*)\n```$", body, re.MULTILINE)
    assert len(fenced) == 1
    assert "`" not in fenced[0]
    assert not re.search(r"^# title", body, re.MULTILINE)
    assert "](http" not in body.replace(fenced[0], "")
    assert "\u202e" not in text


@given(st.text())
def test_escaped_text_is_one_line_without_tags_or_bars(text: str) -> None:
    found = plain(text)
    assert len(found.splitlines()) <= 1
    assert "<" not in found
    assert not re.search(r"(?<!\\)[|`*\[]", found)


def test_figures_are_those_of_the_measures(tmp_path: Path) -> None:
    records = list(many(40))
    exported(tmp_path / "out", records, to="text", writer="jsonl")
    text = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    number = corpus_measures([found["langs"] for found in records]).measures["cmi"]["pooled"]
    assert f"| cmi, pooled | {number.value:.4g} | 40 | `{number.signature.replace('|', chr(92) + '|')}` |" in text


def test_what_missed_its_target_and_what_was_left_out_are_limits(tmp_path: Path) -> None:
    missed = record(name="2.0", met=False)
    empty = record(name="3.0") | {"text": "", "tokens": [], "langs": [], "offsets": []}
    exported(tmp_path / "out", [record(), missed, empty], to="chat")
    text = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "1 texts miss the CMI asked for" in text
    assert "* 1 left out: without a token" in text


def test_a_record_counts_once_however_many_rows_it_gives() -> None:
    facts = Facts(["train"])
    found = record()
    facts.add("train", found)
    facts.add("train", found)
    assert (facts.rows, facts.records, facts.whole.result().utterances) == (2, 1, 1)


def test_known_licences_are_kept_and_others_named() -> None:
    assert all(license_of(name.upper()) == {"license": name} for name in LICENSES)
    assert license_of("data/../x; rm") == {"license": "other", "license_name": "data-..-x-rm"}
