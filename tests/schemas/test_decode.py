from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.schemas.decode import RecordError, convert_record, decode_record, fields_of
from cswitch.schemas.pair import Pair
from cswitch.schemas.sample import Sample
from cswitch.schemas.settings import SynthSettings

ENDLESS = "write one whole JSON object on each line"


def fault(line: str | bytes, record: type = Pair) -> tuple[str, str, str]:
    with pytest.raises(RecordError) as caught:
        decode_record(line, record)
    return caught.value.field, caught.value.message, caught.value.hint


FIELDS = "the fields are id, texts, tokens, links, confidences, labels, meta"


@pytest.mark.parametrize(
    ("line", "field", "message", "hint"),
    [
        ("", "", "broken JSON: it ends before the value does", ENDLESS),
        ('{"id": "a', "", "broken JSON: it ends before the value does", ENDLESS),
        ('{"id": @}', "", "broken JSON: invalid character at byte 8", ENDLESS),
        ('{"id": "a", "texts": {}} {}', "", "broken JSON: trailing characters at byte 27", ENDLESS),
        ("[]", "", "expected object, got array", ""),
        ('{"id": 1, "texts": {}}', "id", "expected str, got int", ""),
        ('{"id": "", "texts": {"en": 1}}', "texts[...]", "expected str, got int", ""),
        ('{"id": "", "texts": {}, "links": [[0, "1"]]}', "links[0][1]", "expected int, got str", ""),
        ('{"id": ""}', "texts", "missing", FIELDS),
        ('{"id": "", "text": 1}', "text", "unknown field", FIELDS),
        (b'{"id": "\xff"}', "", None, None),
    ],
)
def test_faults_name_their_field(line: str | bytes, field: str, message: str | None, hint: str | None) -> None:
    found = fault(line)
    assert found[0] == field
    if message is not None:
        assert found[1:] == (message, hint)


def test_a_nested_field_is_named_by_its_path() -> None:
    with pytest.raises(RecordError) as caught:
        convert_record({**_sample(), "provenance": {"generator": "insertion"}}, Sample)
    assert (caught.value.field, caught.value.message) == ("provenance.version", "missing")


def test_a_wrong_choice_is_named() -> None:
    with pytest.raises(RecordError) as caught:
        convert_record({"pair": ["en", "hi"], "method": "magic"}, SynthSettings)
    assert (caught.value.field, caught.value.message) == ("method", "invalid enum value 'magic'")
    assert caught.value.hint.startswith("known: ")
    assert "alternation" in caught.value.hint
    with pytest.raises(RecordError) as caught:
        convert_record({"pair": ["en", "hi"], "constraint": "magic"}, SynthSettings)
    assert caught.value.hint == "known: equivalence, matrix-frame, none"


def test_endless_nesting_is_no_crash() -> None:
    assert fault('{"id": "a", "texts": {}, "meta": {"a": ' + "[" * 100_000)[1] == "the JSON is nested too deeply"


@given(st.one_of(st.text(), st.binary()))
def test_any_line_decodes_or_is_a_record_error(line: str | bytes) -> None:
    with contextlib.suppress(RecordError):
        assert isinstance(decode_record(line, Pair), Pair)


def test_fields_of_what_is_no_struct() -> None:
    assert fields_of(dict[str, str]) == []


def _sample() -> dict[str, Any]:
    return {
        "id": "1.0",
        "source_id": "1",
        "text": "a",
        "tokens": ["a"],
        "langs": ["en"],
        "offsets": [[0, 1]],
        "origins": [["en", 0]],
        "languages": ["en", "hi"],
        "matrix": "en",
        "measures": {},
        "target": {},
        "met": True,
        "reachable": {},
    }
