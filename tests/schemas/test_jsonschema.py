from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cswitch.schemas.annotation import Annotated, Gold, Judgement
from cswitch.schemas.job import FilterSettings, Job, JobInput, JobOutput, Stage, TagSettings
from cswitch.schemas.jsonschema import RECORDS, field_docs, render, schema
from cswitch.schemas.pair import Pair
from cswitch.schemas.prompting import Attempt, Finding, PromptSettings, Usage
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Provenance, Sample, Target
from cswitch.schemas.settings import SynthSettings
from cswitch.schemas.utterance import Utterance

FOLDER = Path(__file__).parents[2] / "schemas"

SAMPLE = Sample(
    id="42.0",
    source_id="42",
    text="yeh report kal tak",
    tokens=["yeh", "report", "kal", "tak"],
    langs=["hi", "en", "hi", "hi"],
    offsets=[(0, 3), (4, 10), (11, 14), (15, 18)],
    origins=[("hi", 0), ("en", 3), ("hi", 2), None],
    languages=["hi", "en"],
    matrix="hi",
    measures={"cmi": 25.0, "switches": 2, "spf": None},
    target=Target(cmi=25.0, tolerance=3.0),
    met=True,
    reachable={"cmi": (0.0, 50.0)},
    labels={"intent": "order"},
    provenance=Provenance(generator="insertion", version="0.1.0", config="ab12", seed=0, draw=0, aligner="given"),
)
RECORD_OF_EACH: dict[str, msgspec.Struct] = {
    "pair": Pair(id="1", texts={"en": "a", "hi": "अ"}, tokens={"en": ["a"], "hi": ["अ"]}, links=[(0, 0)]),
    "sample": SAMPLE,
    "utterance": Utterance(
        id="1",
        text="ok 👍",
        tokens=["ok", "👍"],
        langs=["en", "other"],
        offsets=[(0, 2), (3, 4)],
        probabilities=[0.9, 1.0],
        alternatives=[[("en", 0.9), ("hi", 0.1)], [("other", 1.0)]],
        languages=["en"],
        matrix="en",
        measures={"cmi": 0.0, "switches": 0, "spf": None},
    ),
    "reject": Reject(source_id="1", reason="no_links", line=3),
    "synth-settings": SynthSettings(pair=("en", "hi"), cmi=None, switches=2),
    "prompt-settings": PromptSettings(languages=("en", "hi", "bn"), cmi=(20.0, 40.0), judges=("fluency",), model="m"),
    "attempt": Attempt(
        source_id="42",
        number=1,
        stage="edit",
        text="yeh report kal tak",
        langs=["hi", "en", "hi", "hi"],
        cmi=25.0,
        realised=25.0,
        changes=[("riport", "report")],
        scores={"fluency": 8.0},
        findings=[Finding("cmi_missed", "asked for 25", ("kal",))],
        usage=Usage(prompt=10, completion=5, answers=1),
        cost=0.001,
    ),
    "annotated": Annotated(
        id="42.0",
        text="yeh report",
        tokens=["yeh", "report"],
        offsets=[(0, 3), (4, 10)],
        suggested=["hi", "hi"],
        languages=["hi", "en"],
        sample={"id": "42.0"},
        judgements=[Judgement(annotator="a@b.c", langs=["hi", None], decision="edit", corrected="yeh", seconds=3.5)],
        task=7,
    ),
    "gold": Gold(
        id="42.0",
        text="yeh report",
        tokens=["yeh", "report"],
        langs=["hi", "en"],
        offsets=[(0, 3), (4, 10)],
        gold_source=["unanimous", "adjudicated"],
        votes=[{"a": "hi"}, {"a": None, "b": "en"}],
        naturalness=4.5,
        ratings={"a": 4, "b": 5},
        languages=["hi", "en"],
        matrix="hi",
        measures={"cmi": 50.0},
    ),
    "job": Job(
        input=JobInput(path=("a.tsv", "b.tsv"), limit=10),
        stages=(
            Stage(synth=SynthSettings(pair=("en", "hi"), cmi=(20.0, 40.0))),
            Stage(tag=TagSettings(languages=("en", "hi"), alternatives=2)),
            Stage(filter=FilterSettings(filters={"length": {"min_tokens": 3}})),
        ),
        output=JobOutput(folder="out", compression="zstd"),
    ),
}


@pytest.mark.parametrize("name", RECORDS)
def test_schema_files_are_in_step_with_the_code(name: str) -> None:
    path = FOLDER / f"{name}.schema.json"
    assert path.read_text(encoding="utf-8") == render(name), "run python scripts/build_schemas.py"


def test_every_schema_file_has_a_record() -> None:
    assert {path.name for path in FOLDER.glob("*.json")} == {f"{name}.schema.json" for name in RECORDS}


@pytest.mark.parametrize("record", [*RECORDS.values(), Target, Provenance])
def test_every_field_is_documented(record: type[msgspec.Struct]) -> None:
    assert list(field_docs(record)) == list(record.__struct_fields__)


def test_schemas_hold_no_markup() -> None:
    assert not [name for name in RECORDS if "`" in render(name)]


@pytest.mark.parametrize("name", RECORDS)
def test_what_is_written_fits_its_schema(name: str) -> None:
    written = json.loads(msgspec.json.encode(RECORD_OF_EACH[name]))
    assert faults(written, schema(RECORDS[name])) == []
    assert msgspec.convert(written, RECORDS[name]) == RECORD_OF_EACH[name]


@pytest.mark.parametrize(
    "change",
    [
        {"tokens": "yeh report kal tak"},
        {"tokens": [1]},
        {"offsets": [[0, 3, 4]]},
        {"origins": [["hi", "0"]]},
        {"measures": {"cmi": "25"}},
        {"met": 1},
        {"target": {"cmi": "25"}},
        {"reachable": {"cmi": [0.0]}},
        {"provenance": {"generator": "insertion"}},
        {"extra": 1},
        {"text": None},
    ],
)
def test_code_and_schema_refuse_the_same(change: dict[str, Any]) -> None:
    written = {**json.loads(msgspec.json.encode(SAMPLE)), **change}
    assert faults(written, schema(Sample))
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(written, Sample)


def test_a_missing_field_is_refused() -> None:
    written = json.loads(msgspec.json.encode(SAMPLE))
    del written["langs"]
    assert faults(written, schema(Sample)) == ["$: langs is missing"]


def faults(value: Any, shape: dict[str, Any], root: dict[str, Any] | None = None, place: str = "$") -> list[str]:
    """What does not fit: the part of JSON Schema that the schemas here use, written from the specification."""
    root = root or shape
    if "$ref" in shape:
        return faults(value, root["$defs"][shape["$ref"].rpartition("/")[2]], root, place)
    if "anyOf" in shape:
        tries = [faults(value, one, root, place) for one in shape["anyOf"]]
        return [] if [] in tries else [f"{place}: fits nothing"]
    if "enum" in shape:
        return [] if value in shape["enum"] else [f"{place}: not a choice"]
    if "type" in shape and not _is(value, shape["type"]):
        return [f"{place}: not of type {shape['type']}"]
    if isinstance(value, dict):
        return _object_faults(value, shape, root, place)
    if isinstance(value, list):
        return _array_faults(value, shape, root, place)
    return []


def _object_faults(value: dict[str, Any], shape: dict[str, Any], root: dict[str, Any], place: str) -> list[str]:
    found = [f"{place}: {name} is missing" for name in shape.get("required", []) if name not in value]
    for name, part in value.items():
        inner = shape.get("properties", {}).get(name, shape.get("additionalProperties", {}))
        found += [f"{place}: {name} is unknown"] if inner is False else faults(part, inner, root, f"{place}.{name}")
    return found


def _array_faults(value: list[Any], shape: dict[str, Any], root: dict[str, Any], place: str) -> list[str]:
    prefix = shape.get("prefixItems", [])
    if not shape.get("minItems", 0) <= len(value) <= shape.get("maxItems", len(value)):
        return [f"{place}: wrong length"]
    rest = shape.get("items", {})
    inner = [*prefix, *[rest] * (len(value) - len(prefix))]
    return [fault for n, part in enumerate(value) for fault in faults(part, inner[n], root, f"{place}[{n}]")]


def _is(value: object, kind: str) -> bool:
    kinds: dict[str, tuple[type, ...]] = {
        "object": (dict,),
        "array": (list,),
        "string": (str,),
        "integer": (int,),
        "number": (int, float),
        "boolean": (bool,),
        "null": (type(None),),
    }
    return isinstance(value, kinds[kind]) and (kind == "boolean" or not isinstance(value, bool))
