"""Templates of chats: files, faults with their place, and a sandbox."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cswitch.core.errors import CswitchError, InputError, UsageError
from cswitch.export.templates import ChatTemplate, shipped
from cswitch.schemas.decode import RecordError
from tests.export.export_records import exporter, record

pytest.importorskip("jinja2", reason="templates need the extra llm")


def template(folder: Path, text: str) -> str:
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("name", shipped())
def test_templates_that_are_shipped_render_for_any_record(name: str) -> None:
    made = ChatTemplate(name, labels=("hi", "en", "other"))
    for number in range(12):  # every wording
        for bare in (record(name=str(number)), {"id": str(number), "text": "ok", "tokens": ["ok"], "langs": ["en"]}):
            messages = made.messages(bare, {"en": "There is a meeting", "hi": "baithak hai"})
            assert [role for role, _ in messages][-2:] == ["user", "assistant"]
            assert all(text for _, text in messages)


def test_wordings_are_drawn_by_the_id_and_the_seed() -> None:
    ids = [record(name=str(number)) for number in range(40)]
    one, again, other = (
        [made.messages(found, {"en": "x"}) for found in ids]
        for made in (ChatTemplate("mix.v1"), ChatTemplate("mix.v1"), ChatTemplate("mix.v1", seed=1))
    )
    assert one == again != other
    assert len({messages[1][1] for messages in one}) == 3


def test_text_of_records_is_never_a_template() -> None:
    found = record(text="{{7*7}}/en {%x%}/en")
    assert ChatTemplate("write.v1").messages(found, {})[-1][1] == "{{7*7}} {%x%}"


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ text.__init__.__globals__ }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{{ languages.append('x') }}",
        "{% for n in range(10**9) %}x{% endfor %}",
        "{{ nothing }}",
        "{{ 1 / 0 }}",
    ],
)
def test_what_a_template_may_not_do_is_an_error(tmp_path: Path, text: str) -> None:
    made = ChatTemplate(template(tmp_path, f"about: x\nuser: hi\nassistant: {text!r}\n".replace("\\'", "''")))
    with pytest.raises(RecordError, match=r"template .*mine.yaml: "):
        made.messages(record(), {})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("about: x\nuser: a\nasistant: b\n", "field 'asistant'|field 'assistant'"),
        ("about: x\nuser: []\nassistant: b\n", "field 'user': no wording"),
        ("about: [x\n", "mine.yaml:2: not YAML"),
        ("about: " + "[" * 3000, "nested too deeply"),
        ("about: x\nabout: y\n", "mine.yaml:2: field 'about': it stands there twice"),
        (f"about: x\nuser: '{{{{ {'(' * 3000}1 }}}}'\nassistant: b\n", "field 'user\\[0\\]': "),
        ("about: x\nuser: '{% if %}'\nassistant: b\n", "field 'user\\[0\\]': line 1 of it: "),
        ("- x\n", "mine.yaml:1: no keys and values"),
        ("about: !!python/object/apply:os.system [ls]\nuser: a\nassistant: b\n", "field 'about': expected str"),
    ],
)
def test_files_that_are_no_template_are_told(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        ChatTemplate(template(tmp_path, text))


def test_an_unknown_template_is_told_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"no template 'mixx.v1'; did you mean 'mix.v1'"):
        ChatTemplate("mixx.v1")
    with pytest.raises(UsageError, match="no template '/etc/passwd'"):
        ChatTemplate("/etc/passwd")


@pytest.mark.parametrize("asked", [{"template": "mix.v1"}, {"template": "translate.v1"}])
def test_a_template_that_needs_source_texts_is_refused_without(asked: dict[str, Any]) -> None:
    with pytest.raises(CswitchError, match="needs source texts; name the pairs"):
        exporter([record()], to="chat", **asked)
