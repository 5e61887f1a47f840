from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import yaml

from cswitch.core.errors import InputError, UsageError
from cswitch.pipeline.jobs.spec import WrongJobError, check_job, dump_job, parse_job, read_job
from cswitch.schemas.job import Job, JobInput, JobOutput, Stage, TagSettings
from cswitch.schemas.settings import SynthSettings
from tests.pipeline.jobs.job_files import job_of

GOOD = """\
input:
  path: pairs.tsv
stages:
- synth:
    pair: en-hi
    cmi: 20-40
- tag: {languages: [en, hi]}
output:
  folder: out
"""


def told(text: str) -> list[str]:
    with pytest.raises(WrongJobError) as caught:
        parse_job(text, "job.yaml", Path("/"))
    assert str(caught.value) == str(caught.value.found[0])
    assert caught.value.exit_status == 2
    return list(map(str, caught.value.found))


def test_what_may_be_written_short_is_written_out() -> None:
    settings = parse_job(GOOD, "job.yaml", Path("/")).stages[0].synth
    assert settings == SynthSettings(pair=("en", "hi"), cmi=(20.0, 40.0))


@pytest.mark.parametrize(
    ("written", "cmi"),
    [
        ("30", (30.0, 30.0)),
        ("12.5", (12.5, 12.5)),
        ("[20, 40]", (20.0, 40.0)),
        ("20 - 40", (20.0, 40.0)),
        ("any", None),
    ],
)
def test_ways_to_write_a_cmi(written: str, cmi: tuple[float, float] | None) -> None:
    settings = parse_job(GOOD.replace("20-40", written), "job.yaml", Path("/")).stages[0].synth
    assert settings is not None
    assert settings.cmi == cmi


def test_every_mistake_is_told_with_its_line() -> None:
    text = (
        GOOD.replace("path:", "pth:").replace("cmi: 20-40", "sed: 3").replace("[en, hi]", "3").replace(": out", ": 4")
    )
    assert told(text) == [
        "job.yaml:1: field 'input.path': missing; add it",
        "job.yaml:2: field 'input.pth': unknown field; did you mean 'path'? Known: path, format, links, pretokenised,"
        " field, limit",
        "job.yaml:6: field 'stages[0].synth.sed': unknown field; did you mean 'seed'? Known: "
        + ", ".join(SynthSettings.__struct_fields__),
        "job.yaml:7: field 'stages[1].tag.languages': expected array, got int",
        "job.yaml:9: field 'output.folder': expected str, got int",
    ]


PATH, FOLDER = "path: pairs.tsv", "folder: out"


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("20-40", "400", 6, "'stages[0].synth.cmi': cmi 400 cannot be reached; with two languages"),
        ("en-hi", "en-xx", 5, "'stages[0].synth.pair': unknown language 'xx'"),
        ("en-hi", "hin-hi", 5, "'stages[0].synth.pair': it names 'hi' twice"),
        ("en-hi", "[en, no]", 5, "'stages[0].synth.pair[1]': expected str, got bool; quote it, for YAML"),
        ("cmi: 20-40", "aligner: lexcal", 4, "'stages[0].synth': unknown aligner 'lexcal'; did you mean"),
        ("cmi: 20-40", "glue: articel", 6, "'stages[0].synth.glue': unknown rule 'articel'"),
        ("cmi: 20-40", "cmi: 3\n    like: a.tsv", 7, "'stages[0].synth.like': it excludes cmi and switches"),
        ("cmi: 20-40", "cmi: any\n    share: 0.3\n    like: a.tsv", 8, "'stages[0].synth.like': it excludes share"),
        ("cmi: 20-40", "cmi: 25\n    share: 0.3", 7, "'stages[0].synth.share': it excludes cmi; give one of them"),
        ("cmi: 20-40", "cmi: 30\n    share: 0.3", 7, "'stages[0].synth.share': it excludes cmi; give one of them"),
        ("cmi: 20-40", "share: 30", 6, "'stages[0].synth.share': share 30 is no share; give 0 to 1"),
        ("cmi: 20-40", "units: phrse", 6, "'stages[0].synth.units': units 'phrse' is unknown; did you mean 'phrase'"),
        ("[en, hi]", "[en, eng]", 7, "'stages[1].tag.languages': it names a language twice"),
        ("{languages: [en, hi]}", "{tagger: hff}", 7, "'stages[1].tag.tagger': unknown tagger 'hff'"),
        ("{languages: [en, hi]}", "{alternatives: -1}", 7, "'stages[1].tag.alternatives': -1 is too small"),
        (
            "tag: {languages: [en, hi]}",
            "prompt: {pair: en-hi, model: m}",
            7,
            "'stages[1].prompt': pairs are there only",
        ),
        ("tag: {languages: [en, hi]}", "synth: {pair: en-hi}", 7, "'stages[1].synth': pairs are there only at"),
        ("tag: {languages: [en, hi]}", "{}", 7, "'stages[1]': a stage is one thing; give each its own"),
        ("tag: {languages: [en, hi]}", "filter: {lenght: {}}", 7, "'stages[1].filter.lenght': unknown filter"),
        ("tag: {languages: [en, hi]}", "filter: {cmi: {lo: 3}}", 7, "'stages[1].filter.cmi': filter cmi: field 'lo'"),
        ("tag: {languages: [en, hi]}", "filter: {duplicates: {}}\n- tag: {}", 7, "'stages[1].filter.duplicates': dup"),
        ("tag: {languages: [en, hi]}", "filter: {duplicates: {a: 1}}", 7, "'stages[1].filter.duplicates': filter dup"),
        ("tag: {languages: [en, hi]}", "filter: {}", 7, "'stages[1].filter': no filter is given"),
        (FOLDER, "folder: ''", 9, "'output.folder': it has no name; name a folder"),
        (FOLDER, "folder: out\n  rows_per_shard: 0", 10, "'output.rows_per_shard': 0 is out of range"),
        (PATH, "path: '-'", 2, "'input.path': standard input can be read only once"),
        (PATH, "path: []", 2, "'input.path': it names nothing; name a file"),
        (PATH, "path: a\n  format: xml", 3, "'input.format': unknown format 'xml'; known: tsv"),
        (PATH, "path: [a, b]\n  links: l", 3, "'input.links': links belong to the pairs of one path"),
        (PATH, "path: a\n  limit: 0", 3, "'input.limit': 0 is too small; choose 1 or more"),
        (PATH, "path: a\n  field: x", 3, "'input.field': pairs have a field for each language"),
    ],
)
def test_jobs_that_cannot_be_meant(old: str, new: str, line: int, message: str) -> None:
    found = told(GOOD.replace(old, new))
    assert any(one.startswith(f"job.yaml:{line}: field {message}") for one in found), found


def test_a_file_that_is_no_yaml_is_one_line() -> None:
    with pytest.raises(InputError, match=r"job\.yaml:1: no keys and values"):
        parse_job("[]", "job.yaml", Path("/"))
    with pytest.raises(InputError, match=r"job\.yaml:2: field 'input': it stands there twice"):
        parse_job("input: {}\ninput: {}\n", "job.yaml", Path("/"))


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    text = GOOD.replace("    cmi: 20-40", "    like: real.tsv\n    lexicons: [more.tsv]")
    path = tmp_path / "job.yaml"
    path.write_text(text)
    job = read_job(str(path))
    settings = job.stages[0].synth
    assert settings is not None
    assert job.input.path == str(tmp_path / "pairs.tsv")
    assert (settings.like, settings.lexicons) == (str(tmp_path / "real.tsv"), (str(tmp_path / "more.tsv"),))
    assert settings.cmi is None
    assert job.output.folder == str(tmp_path / "out")


def test_two_files_and_names_of_the_hub(tmp_path: Path) -> None:
    two = parse_job(GOOD.replace("pairs.tsv", "'a.en,a.hi'"), "j", tmp_path)
    assert two.input.path == f"{tmp_path / 'a.en'},{tmp_path / 'a.hi'}"
    hub = parse_job(GOOD.replace("pairs.tsv", "'hub:org/pairs'"), "j", tmp_path)
    assert hub.input.path == "hub:org/pairs"


def test_what_is_dumped_is_the_same_job(tmp_path: Path) -> None:
    job = job_of(tmp_path, stages=("synth: {pair: en-hi, cmi: any, seed: 3}", "tag: {alternatives: 2}"), limit=9)
    text = dump_job(job, "ab12")
    assert text.startswith("# cswitch ")
    assert parse_job(text, "job.yaml", Path("/")) == job
    whole = yaml.safe_load(text)["stages"][0]["synth"]
    assert set(SynthSettings.__struct_fields__) - set(whole) == {"share", "switches", "like"}, (
        "defaults are written too"
    )


def test_a_job_made_in_code_is_checked_too() -> None:
    stage = Stage(tag=TagSettings(languages=("en", "en")))
    job = Job(input=JobInput(path="a.txt"), stages=(stage,), output=JobOutput(folder="out"))
    with pytest.raises(UsageError, match=r"stages\[0\].tag.languages: it names a language twice"):
        check_job(job)
    check_job(msgspec.structs.replace(job, stages=(Stage(tag=TagSettings()),)))
