"""Prompt files: what is right renders as it reads, what is wrong is one line before anything is paid for."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.errors import CswitchError, InputError, UsageError
from cswitch.core.text.scripts import languages
from cswitch.generators.prompting.phrases import TABLES, level_words, script_name, tables_digest
from cswitch.generators.prompting.prompt_files import PromptFile, prompt_names, variables_of
from cswitch.generators.prompting.templates import data, shipped
from cswitch.generators.prompting.variables import VARIABLES, PromptRole, Side
from cswitch.schemas.reject import REASONS
from tests.generators.prompting.briefs import HOSTILE

RELEASED = {
    "judge.culture.v1": "130888b9d3f03f6c",
    "judge.fluency.v1": "b44262c9e079b580",
    "judge.naturalness.v1": "1f86d1a1495e1f45",
    "refine.dialogue.v1": "084861a2ab009664",
    "refine.v1": "3acbd5d724dbc3b3",
    "rewrite.dialogue.v1": "9ab4a114ba81e74f",
    "rewrite.grid.v1": "b9e23dcd15bae003",
    "rewrite.mix.v1": "dce924900c799454",
    "rewrite.shots.v1": "12775349c03c52e0",
    "translate.back.v1": "6a60c2c11f692f70",
    "translate.v1": "0b26b36faddf1232",
    "write.blanks.v1": "bb0fea131065e3f9",
    "write.dialogue.v1": "449920bce599f1d3",
    "write.grid.v1": "e4636384a2702a80",
    "write.mix.v1": "76ed17e3f3c03c10",
    "write.shots.v1": "94029ac986e089d7",
    "write.smooth.v1": "3a9e5a81f85b6b60",
    "write.wanted.v1": "45262603519d9fca",
}
"""A released prompt is never changed: a better one gets the next number."""
WORDS_RELEASED = "993473d7bbc3ad06"

HEAD = "---\nrole: write\nabout: x\nreply: text\n---\n"


def written(folder: Path, text: str) -> str:
    path = folder / "mine.v1.txt"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_released_prompts_never_change() -> None:
    assert {name: PromptFile.load(name).digest for name in prompt_names()} == RELEASED


def test_released_words_never_change() -> None:
    assert tables_digest() == WORDS_RELEASED


@pytest.mark.parametrize("name", prompt_names())
def test_a_shipped_prompt_documents_the_variables_it_uses(name: str) -> None:
    prompt = PromptFile.load(name)
    assert set(prompt.head.variables) == prompt.variables
    assert prompt.head.about.endswith(".")
    assert name.startswith(prompt.head.role)


@pytest.mark.parametrize("role", sorted(VARIABLES))
def test_every_variable_is_documented(role: PromptRole) -> None:
    readme = (files("cswitch.data.prompts") / "README.md").read_text(encoding="utf-8")
    assert [name for name in variables_of(role) if f"`{name}`" not in readme] == []


def test_a_prompt_of_ones_own_is_read_by_its_path(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + "[system]\nYou speak {{ languages | listed }}.\n[user]\nMix {{ matrix }}.\n")
    prompt = PromptFile.load(path)
    assert prompt.id == "mine.v1"
    assert prompt.variables == {"languages", "matrix"}
    messages = prompt.render(languages=("Hindi", "Tamil", "English"), matrix="Hindi")
    assert [(m.role, m.content) for m in messages] == [
        ("system", "You speak Hindi, Tamil and English."),
        ("user", "Mix Hindi."),
    ]
    assert PromptFile.load("mine.v1.txt", folder=tmp_path).digest == prompt.digest


def test_a_message_without_text_is_left_out(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + "[system]\n{% if register %}Speak {{ register }}.{% endif %}\n[user]\nGo.\n")
    assert [message.role for message in PromptFile.load(path).render()] == ["user"]


WRONG = {
    "no head": ("[user]\nHello", ":1: no head"),
    "no end of the head": ("---\nrole: write\n", ":1: no head"),
    "broken YAML": ("---\nrole: [write\n---\n[user]\nx", ":2: not YAML"),
    "unknown key": (
        "---\nrole: write\nabout: x\nreply: text\nrepyl: text\n---\n[user]\nx",
        ":5: field 'repyl': unknown field",
    ),
    "unknown role": ("---\nrole: poet\nabout: x\nreply: text\n---\n[user]\nx", ":2: field 'role'"),
    "missing reply": ("---\nrole: write\nabout: x\n---\n[user]\nx", "field 'reply': missing"),
    "twice": (
        "---\nrole: write\nrole: judge\nabout: x\nreply: text\n---\n[user]\nx",
        ":3: field 'role': it stands there twice",
    ),
    "number for a text": ("---\nrole: write\nabout: 7\nreply: text\n---\n[user]\nx", ":3: field 'about'"),
    "declared and unknown": (
        HEAD.replace("---\n", "---\nvariables: {matrx: x}\n", 1) + "[user]\nx",
        "no such variable; did you mean 'matrix'",
    ),
    "unknown section": (HEAD + "[sytem]\nx\n[user]\ny", ":6: unknown section [sytem]; did you mean 'system'"),
    "text before a section": (HEAD + "x\n[user]\ny", ":6: text before the first section"),
    "no user": (HEAD + "[system]\ny", "the sections are not in order"),
    "system last": (HEAD + "[user]\ny\n[system]\nx", ":8: the sections are not in order"),
    "unknown variable": (HEAD + "[user]\nMix\n{{ matrx }}", ":8: unknown variable 'matrx'; did you mean 'matrix'"),
    "variable of another role": (HEAD + "[user]\n{{ verdicts }}", ":7: unknown variable 'verdicts'"),
    "broken template": (HEAD + "[user]\nMix\n{% if matrix %}", ":8: not a template"),
    "unknown filter": (HEAD + "[user]\n\n\n{{ matrix | shout }}", ":9: not a template: No filter named 'shout'"),
    "unknown field of a value": (
        HEAD + "[user]\nx\n{% for s in sources %}{{ s.txt }}{% endfor %}",
        ":8: the template fails",
    ),
    "a way out of the sandbox": (HEAD + "[user]\n{{ matrix.__class__.__mro__ }}", ":7: the template fails"),
    "a file": (HEAD + "[user]\n{% include '/etc/hostname' %}", "the template fails"),
    "empty message": (HEAD + "[user]\n  \n", "the message is empty"),
}


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_one_line_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(InputError) as caught:
        PromptFile.load(path)
    line = str(caught.value)
    assert line.startswith(f"{path}:")
    assert said in line
    assert "\n" not in line


def test_unknown_and_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"did you mean 'write\.mix\.v1'"):
        PromptFile.load("write.mixx.v1")
    with pytest.raises(InputError, match=r"absent\.txt: No such file"):
        PromptFile.load(str(tmp_path / "absent.txt"))
    (tmp_path / "latin.txt").write_bytes(b"\xff")
    with pytest.raises(InputError, match="not UTF-8"):
        PromptFile.load(str(tmp_path / "latin.txt"))


def test_a_value_that_the_role_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="no variable 'sketch'"):
        PromptFile.load("translate.v1").render(sketch="x")


@given(st.text() | HOSTILE, st.sampled_from(["text", "draft"]))
@settings(deadline=None)
def test_a_text_cannot_hold_the_marks_it_stands_between(text: str, tag: str) -> None:
    first, *_, last = data(tag, text).split("\n")
    assert first.removeprefix("<").removesuffix(">") == last.removeprefix("</").removesuffix(">")
    assert first.lower() not in text.lower()
    assert last.removesuffix(">").lower() not in text.lower()


@given(HOSTILE)
@settings(deadline=None)
def test_values_are_never_read_as_templates(text: str) -> None:
    prompt = PromptFile.load("write.mix.v1")
    plain = prompt.render(languages=("Hindi",), matrix="Hindi", embedded=("English",), sources=(Side("Hindi", "@@"),))
    with_text = prompt.render(
        languages=("Hindi",), matrix="Hindi", embedded=("English",), sources=(Side("Hindi", text),)
    )
    assert len(with_text) == len(plain)
    assert with_text[-1].content == plain[-1].content.replace(data("text", "@@"), data("text", text))


def test_every_language_has_a_name_for_its_writing() -> None:
    assert [code for code in languages() if not script_name(code)] == []


@pytest.mark.parametrize("level", ["none", "light", "medium", "heavy", "even"])
def test_a_level_names_the_languages(level: str) -> None:
    words = level_words(level, "Hindi", ["English", "Tamil"])
    assert "Hindi" in words
    assert "English and Tamil" in words
    assert "{" not in words


def test_findings_are_those_of_the_checks() -> None:
    from cswitch.generators.prompting.yaml_files import parse

    names = {key.split(".")[0] for key in parse(shipped("findings.yaml"), "findings.yaml").value}
    assert names - {"other"} <= set(REASONS)
    assert all((files("cswitch.data.prompts") / name).is_file() for name in TABLES)


def test_the_extra_is_named_where_jinja_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from cswitch.generators.prompting.templates import environment

    environment.cache_clear()
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(CswitchError, match=r'writing prompts needs an extra .* pip install "cswitch\[llm\]"'):
        PromptFile.load("translate.v1")
    environment.cache_clear()
