"""Each preset on rows of its shape: what must stay stays, what is carried says what its text says."""

from __future__ import annotations

import json
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from cswitch.core.errors import InputError, UsageError
from cswitch.core.text.protected import protected_spans
from cswitch.perturb.presets import Preset, load_preset, preset_text, presets
from cswitch.perturb.settings import PerturbSettings
from cswitch.perturb.values import value_at
from cswitch.pipeline.perturb_run import Summary, run
from tests.perturb.perturb_shapes import SHAPES, Row, rows_of

COUNT = 120
FIXED = {
    "gsm8k": ["answer"],
    "mmlu": ["answer", "subject"],
    "belebele": ["correct_answer_num", "link", "question_number", "dialect"],
    "xnli": ["label"],
    "squad": ["id", "title"],
    "conll2003": ["id"],
    "bigcodebench": ["task_id", "code_prompt", "entry_point"],
}


def perturbed(folder: Path, shape: str, rows: list[Row], cmi: float, pair: tuple[str, str], **more: Any) -> list[Row]:
    source, out = folder / "in.jsonl", folder / f"{shape}-{cmi:g}.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    run(str(source), str(out), settings_of(shape, cmi, pair, **more), force=True)
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def settings_of(shape: str, cmi: float, pair: tuple[str, str], *, every: bool = True, **more: Any) -> PerturbSettings:
    preset = load_preset(shape)
    fields = {name: field for name, field in preset.fields.items() if every or field.usual}
    return PerturbSettings(
        pair=pair, fields=fields, cmi=cmi, id=preset.id, protect=preset.protect, preset=shape, **more
    )


def texts_of(row: Row, field: str) -> list[str]:
    found = value_at(row, field)
    return [found] if isinstance(found, str) else list(found)


@pytest.mark.parametrize("pair", [("en", "hi"), ("en", "es")])
@pytest.mark.parametrize("shape", SHAPES)
def test_what_must_stay_stays_and_what_is_carried_is_true(tmp_path: Path, shape: str, pair: tuple[str, str]) -> None:
    rows = rows_of(shape, COUNT)
    made = perturbed(tmp_path, shape, rows, 25, pair)
    settings = settings_of(shape, 25, pair)
    assert len(made) == len(rows)
    assert sum(before != {**after, "cswitch": None} for before, after in zip(rows, made, strict=True)) > COUNT / 2
    for before, after in zip(rows, made, strict=True):
        assert set(after) == {*before, "cswitch"}
        assert all(after[name] == before[name] for name in FIXED[shape])
        for name, field in settings.fields.items():
            if field.kind == "tokens":
                check_tokens(before, after)
                continue
            for old, new in zip(texts_of(before, name), texts_of(after, name), strict=True):
                check_protected(old, new, settings.protected(name))
            check_spans(after, name)
    if shape == "squad":
        for before, after in zip(rows, made, strict=True):
            check_answers(before, after)


def check_protected(before: str, after: str, kinds: tuple[str, ...]) -> None:
    """Every protected span stands in the new text, byte for byte and in the same order."""
    at = 0
    for start, end in protected_spans(before, kinds):
        at = after.index(before[start:end], at) + end - start


def check_tokens(before: Row, after: Row) -> None:
    layers = ("pos_tags", "chunk_tags", "ner_tags")
    assert len({len(after["tokens"]), *(len(after[name]) for name in layers)}) == 1
    entities = [
        [token for token, tag in zip(row["tokens"], row["ner_tags"], strict=True) if tag] for row in (before, after)
    ]
    assert entities[0] == entities[1]
    assert [tag for tag in after["ner_tags"] if tag] == [tag for tag in before["ner_tags"] if tag]
    for start, end, lang in after["cswitch"]["fields"][0]["spans"]:
        assert after["tokens"][start:end]
        assert lang != "en"


def check_spans(row: Row, name: str) -> None:
    """What is said to have come in is whole words of the text, and none of it is of the matrix language."""
    texts = texts_of(row, name)
    for record in row["cswitch"]["fields"]:
        if record["field"] != name:
            continue
        text = texts[record["item"] or 0]
        assert record["asked"] == 25
        for start, end, lang in record["spans"]:
            assert text[start:end].strip() == text[start:end] != ""
            assert lang in ("hi", "es")
            assert not text[start - 1 : start].isalnum()


def check_answers(before: Row, after: Row) -> None:
    said, starts = after["answers"]["text"], after["answers"]["answer_start"]
    assert len(said) == len(before["answers"]["text"])
    for text, start in zip(said, starts, strict=True):
        assert after["context"][start : start + len(text)] == text
        assert text


@pytest.mark.parametrize("shape", SHAPES)
def test_runs_at_two_cmis_pair_row_by_row(tmp_path: Path, shape: str) -> None:
    rows = rows_of(shape, 40)
    low, high = (perturbed(tmp_path, shape, rows, cmi, ("en", "es")) for cmi in (10, 30))
    assert len(low) == len(high) == len(rows)
    for before, one, other in zip(rows, low, high, strict=True):
        assert all(before[name] == one[name] == other[name] for name in FIXED[shape])
    got = [[field["cmi"] or 0 for row in made for field in row["cswitch"]["fields"]] for made in (low, high)]
    assert len(got[0]) == len(got[1])
    assert sum(got[0]) < sum(got[1])


def test_the_cmi_got_is_that_of_the_tags(tmp_path: Path) -> None:
    [row] = perturbed(tmp_path, "gsm8k", rows_of("gsm8k", 1), 20, ("en", "es"))
    [record] = row["cswitch"]["fields"]
    came = sum(len(row["question"][start:end].split()) for start, end, _ in record["spans"])
    said = row["question"]
    for start, end in reversed(protected_spans(said)):
        said = said[:start] + said[end:]
    words = [word for word in said.split() if any(map(str.isalpha, word))]
    assert record["cmi"] == pytest.approx(100 * came / len(words), abs=0.01)
    assert record["low"] <= record["cmi"] <= record["high"]
    assert record["met"] == (abs(record["cmi"] - 20) <= 5)


def test_a_list_of_options_is_mixed_when_it_is_asked_for(tmp_path: Path) -> None:
    rows = rows_of("mmlu", 60)
    usual = perturbed(tmp_path, "mmlu", rows, 25, ("en", "es"), every=False)
    assert all(before["choices"] == after["choices"] for before, after in zip(rows, usual, strict=True))
    made = perturbed(tmp_path, "mmlu", rows, 25, ("en", "es"))
    changed = [(one, other) for before, after in zip(rows, made, strict=True)
               for one, other in zip(before["choices"], after["choices"], strict=True) if one != other]  # fmt: skip
    assert changed
    assert all(
        len(set(after["choices"])) == len(set(before["choices"])) for before, after in zip(rows, made, strict=True)
    )


def test_the_presets_are_what_they_were() -> None:
    assert presets() == ["belebele", "bigcodebench", "conll2003", "gsm8k", "mmlu", "squad", "xnli"]
    assert set(SHAPES) == set(presets())
    usual = {name: [field for field, one in load_preset(name).fields.items() if one.usual] for name in presets()}
    assert usual == {
        "belebele": ["flores_passage", "question"],
        "bigcodebench": ["instruct_prompt", "complete_prompt"],
        "conll2003": ["tokens"],
        "gsm8k": ["question"],
        "mmlu": ["question"],
        "squad": ["context", "question"],
        "xnli": ["premise", "hypothesis"],
    }


def test_an_unknown_preset_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="there is no preset 'gsm8'; did you mean 'gsm8k'"):
        load_preset("gsm8")


def test_a_preset_is_copied_edited_and_given_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(preset_text("xnli").replace("hypothesis: {}", "hypothesis: {cmi: 0}"), encoding="utf-8")
    assert load_preset(str(path)).fields["hypothesis"].cmi == 0


def test_a_mistake_in_a_preset_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("about: x\nfields:\n  question: {cim: 3}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"mine.yaml:3: .*cim"):
        load_preset(str(path))


def test_each_preset_says_what_it_is_for() -> None:
    assert all(isinstance(found := load_preset(name), Preset) and found.about.endswith(".") for name in presets())


def test_a_row_has_every_field_in_its_report(tmp_path: Path) -> None:
    made = perturbed(tmp_path, "belebele", rows_of("belebele", 5), 25, ("en", "hi"))
    names = set(chain.from_iterable([field["field"] for field in row["cswitch"]["fields"]] for row in made))
    assert names == set(load_preset("belebele").fields)


def test_a_summary_adds_up(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows_of("xnli", 50)), encoding="utf-8")
    found = run(str(source), str(tmp_path / "out.jsonl"), settings_of("xnli", 25, ("en", "hi")))
    assert isinstance(found, Summary)
    for field in found.fields.values():
        assert field.texts == 50 == field.mixed + sum(field.left.values())
        assert field.met <= field.mixed
    assert found.rows == 50 >= found.changed > 0
