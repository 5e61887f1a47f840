"""Stages that stand for a command of their own: what a job file may say of them, and how it is written down."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from cswitch.export.contracts import ExportSettings
from cswitch.perturb.settings import PerturbSettings
from cswitch.pipeline.export_table import BELONGS, FORMATS
from cswitch.pipeline.jobs.perturb_spec import SERVICES
from cswitch.pipeline.jobs.spec import WrongJobError, parse_job
from cswitch.pipeline.jobs.written import job_text
from cswitch.pipeline.prompt_access import Access
from cswitch.pipeline.studio_export import TaskOptions
from cswitch.schemas.commands import ExportStage, PerturbStage
from cswitch.schemas.job import Job, PromptStage

PERTURB = "perturb: {preset: gsm8k, pair: en-hi}", "file: out.jsonl"
RECIPE = "recipe: {name: dip, pair: hi-en}", "file: out.jsonl"
EXPORT = "export: {to: chat}", "folder: out"
ROMANISE = "romanise: {}", "file: out.txt"


def text_of(stages: str, output: str, given: str = "path: in.jsonl") -> str:
    listed = "".join(f"- {stage}\n" for stage in stages.split("\n"))
    return f"input:\n  {given}\nstages:\n{listed}output:\n  {output}\n"


def job_of(text: str) -> Job:
    return parse_job(text, "job.yaml", Path("/"))


def told(text: str) -> list[str]:
    with pytest.raises(WrongJobError) as caught:
        job_of(text)
    return list(map(str, caught.value.found))


@pytest.mark.parametrize(
    ("base", "old", "new", "line", "message"),
    [
        (PERTURB, "gsm8k", "gsm8", 4, "'stages[0].perturb.preset': there is no preset 'gsm8'; did you mean 'gsm8k'"),
        (PERTURB, "en-hi", "en-hi, cim: 3", 4, "'stages[0].perturb.cim': unknown field; did you mean 'cmi'?"),
        (PERTURB, "en-hi", "en-hi, by: lexcon", 4, "'stages[0].perturb.by': invalid enum value 'lexcon'; did you mean"),
        (PERTURB, "en-hi", "en-hi, cmi: 80", 4, "'stages[0].perturb': a CMI of 80 is asked for; give one from 0 to 50"),
        (PERTURB, "en-hi", "en-xx", 4, "'stages[0].perturb.pair': unknown language 'xx'"),
        (PERTURB, "en-hi", "en-en", 4, "'stages[0].perturb.pair': it names 'en' twice"),
        (PERTURB, "en-hi", "en-hi, model: m", 4, "'stages[0].perturb.model': model is of no use with by lexicon"),
        (PERTURB, "en-hi", "en-hi, protect: [numbrs]", 4, "'stages[0].perturb.protect': nothing of the kind"),
        (PERTURB, "en-hi", "en-hi, api_key: x", 4, "'stages[0].perturb.api_key': a key has no place in a job file"),
        (PERTURB, "preset: gsm8k, ", "", 4, "'stages[0].perturb.fields': no field is named that is to be mixed"),
        (PERTURB, "en-hi", "en-hi, fields: {question: {cim: 3}}", 4, "'stages[0].perturb.fields.question.cim': unkn"),
        (PERTURB, "file: out.jsonl", "file: o.jsonl\n  attempts: a", 7, "'output.attempts': perturb writes none"),
        (PERTURB, "path: in.jsonl", "path: a\n  limit: 3", 3, "'input.limit': perturb reads its input as it is"),
        (PERTURB, "path: in.jsonl", "path: [a, b]", 2, "'input.path': perturb takes one input; name one"),
        (PERTURB, "en-hi}", "en-hi}\n- filter: {met: }", 4, "'stages[0].perturb': it is the only stage of a job"),
        (RECIPE, "dip", "dib", 4, "'stages[0].recipe.name': unknown recipe 'dib'; did you mean 'dip'?"),
        (RECIPE, "dip", "ezswitch", 4, "'stages[0].recipe.name': recipe ezswitch.v1 asks a language model; write the"),
        (RECIPE, "hi-en", "hi-en, set: {plcae: 3}", 4, "'stages[0].recipe.set.dip.plcae': unknown field; did you mean"),
        (RECIPE, "hi-en", "hi-en, set: {dpi.place: 3}", 4, "'stages[0].recipe.set.dpi': recipe dip.v1 has no such"),
        (RECIPE, "hi-en", "hi-en, matrix: es", 4, "'stages[0].recipe.matrix': matrix es is not among the languages"),
        (RECIPE, "hi-en", "hi-hi", 4, "'stages[0].recipe.pair': it names a language twice"),
        (RECIPE, "hi-en", "hi-en, tagger: cmpact", 4, "'stages[0].recipe.tagger': unknown tagger 'cmpact'"),
        (RECIPE, "file: out.jsonl", "folder: out", 6, "'output.folder': recipe writes a file; name it by file"),
        (RECIPE, "file: out.jsonl", "file: o\n  compression: gzip", 7, "'output.compression': a file is not"),
        (EXPORT, "chat", "chatt", 4, "'stages[0].export.to': 'chatt' is no format; did you mean 'chat'?"),
        (EXPORT, "chat", "chat, layuot: openai", 4, "'stages[0].export.layuot': unknown field; did you mean 'layout'?"),
        (EXPORT, "chat", "chat, layout: opnai", 4, "'stages[0].export.layout': unknown layout 'opnai'; did you mean"),
        (EXPORT, "chat", "chat, as: parqet", 4, "'stages[0].export.writer': to chat cannot be written as 'parqet'"),
        (EXPORT, "chat", "csv, blind: 0.2", 4, "'stages[0].export.blind': it is of no use with csv; it is for"),
        (EXPORT, "chat", "label-studio, blind: 2", 4, "'stages[0].export.blind': 2 is no share; choose 0 to 1"),
        (EXPORT, "chat", "chat, split: train=0.9", 4, "'stages[0].export.splits': the shares of splits add up to 0.9"),
        (EXPORT, "chat", "preferences, by: cim", 4, "'stages[0].export.by': unknown criterion 'cim'; did you"),
        (EXPORT, "chat", "label-studio", 6, "'output.folder': label-studio writes a file; name it by file: tasks.json"),
        (EXPORT, "folder: out", "file: o\n  folder: out", 6, "'output.file': a folder is named too; name one of the"),
        (EXPORT, "folder: out", "folder: o\n  format: parquet", 7, "'output.format': the export says how it"),
        (EXPORT, "chat", "chat}\n- tag: {", 4, "'stages[0].export': an export ends a job; make it the last stage"),
        (EXPORT, "path: in.jsonl", "path: a\n  links: l", 3, "'input.links': export reads its input as it is"),
        (ROMANISE, "{}", "{to: romn}", 4, "'stages[0].romanise.to': invalid enum value 'romn'; did you mean 'roman'?"),
        (ROMANISE, "{}", "{variety: 3}", 4, "'stages[0].romanise.variety': 3 is no share; choose 0 to 1"),
        (ROMANISE, "{}", "{variety: 0.2, to: native}", 4, "'stages[0].romanise.variety': a word has one native"),
        (ROMANISE, "{}", "{lang: hx}", 4, "'stages[0].romanise.lang': unknown language 'hx'"),
        (ROMANISE, "{}", "{tags: [hi, hx]}", 4, "'stages[0].romanise.tags': unknown language 'hx'"),
        (ROMANISE, "path: in.jsonl", "path: a\n  format: csv", 3, "'input.format': unknown format 'csv'; known: text"),
        (ROMANISE, "file: out.txt", "file: o\n  rejects: r", 7, "'output.rejects': romanise writes none; leave it out"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant(base: tuple[str, str], old: str, new: str, line: int, message: str) -> None:
    text = text_of(*base).replace(old, new)
    assert text != text_of(*base)
    found = told(text)
    assert any(one.startswith(f"job.yaml:{line}: field {message}") for one in found), found


def test_an_export_of_tables_is_a_folder() -> None:
    assert told(text_of("export: {to: datasets}", "file: out")) == [
        "job.yaml:6: field 'output.file': datasets make a folder; name it by folder"
    ]
    text = text_of("synth: {pair: en-hi}\nexport: {to: preferences, by: attempts}", "file: out.jsonl", "path: in.tsv")
    assert told(text) == ["job.yaml:5: field 'stages[1].export.by': only prompts leave attempts; choose cmi or met"]


def test_a_recipe_of_a_stage_of_synth_or_prompt_is_looked_up() -> None:
    for kind in ("synth: {pair: en-hi, recipe: dpi}", "prompt: {pair: en-hi, model: m, recipe: dpi}"):
        name = kind.partition(":")[0]
        (found,) = told(text_of(kind, "file: out.jsonl", "path: in.tsv"))
        assert found.startswith(f"job.yaml:4: field 'stages[0].{name}.recipe': unknown recipe 'dpi'")
    (found,) = told(text_of("synth: {pair: en-hi, recipe: dip}", "file: out.jsonl", "path: in.tsv"))
    assert found.endswith("make it a stage of its own: - recipe: {name: dip}")


def test_settings_of_a_recipe_may_be_written_short() -> None:
    for written in ("{place: after}", "{dip.place: after}", "{dip: {place: after}}"):
        stage = job_of(text_of(f"recipe: {{name: dip, set: {written}}}", "file: out.jsonl")).stages[0].recipe
        assert stage is not None
        assert stage.set == {"dip": {"place": "after"}}


@pytest.mark.parametrize(
    ("stages", "output"),
    [
        PERTURB, RECIPE, EXPORT, ROMANISE,
        ("perturb: {pair: en-hi, fields: [question, choices], protect: none, by: links}", "folder: out"),
        ("perturb: {preset: bigcodebench, pair: en-hi, fields: {instruct_prompt: {protect: }}}", "file: out.jsonl"),
        ("perturb: {preset: mmlu, pair: en-hi, by: prompt, model: m, base_url: 'http://h:1/v1'}", "file: o.csv"),
        ("export: {to: label-studio, blind: 0.2, layers: 'pos, entity'}", "file: tasks.json"),
        ("export: {to: datasets, split: 'a=0.5,b=0.5', labels: 'hi,en,other'}", "folder: out"),
        ("synth: {pair: en-hi, recipe: hinge.wac}\ntag: {}\nexport: {to: csv}", "file: out.csv"),
    ],
)  # fmt: skip
def test_what_is_written_down_is_read_as_the_same(stages: str, output: str) -> None:
    if "links" in stages:
        stages = stages.replace("[question, choices]", "{question: {parallel: question_hi}, choices: {parallel: c_hi}}")
    given = "path: in.tsv" if "synth" in stages else "path: in.jsonl"
    job = job_of(text_of(stages, output, given))
    assert job_of(job_text(job)) == job


def test_a_stage_says_all_that_its_settings_do() -> None:
    assert set(PerturbSettings.__struct_fields__) | set(SERVICES) <= set(PerturbStage.__struct_fields__)
    renamed = set(ExportSettings.__struct_fields__) | set(TaskOptions.__struct_fields__)
    assert renamed <= set(ExportStage.__struct_fields__)
    assert set(BELONGS) <= set(ExportStage.__struct_fields__)
    assert {name for formats in BELONGS.values() for name in formats} <= set(FORMATS)


def test_a_stage_of_prompt_reaches_models_as_the_command_does() -> None:
    stage = {field.name: field.default for field in msgspec.structs.fields(PromptStage)}
    access = {field.name: field.default for field in msgspec.structs.fields(Access)}
    assert access.items() - stage.items() == {("base_url", access["base_url"])}, "a job may leave it to the environment"
    assert stage["base_url"] == ""
