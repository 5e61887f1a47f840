"""Job files of ``perturb``, ``recipes run``, ``export`` and ``romanise``: they make the very same bytes again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cswitch import data
from cswitch.cli.main import main
from cswitch.pipeline.jobs.spec import read_job

SAMPLES = Path(data.__path__[0]) / "samples"
ROWS = [
    {
        "id": "g1",
        "question": "The big house is near the market, and the school is old.",
        "answer": "72",
        "hint": "The old house.",
    },
    {
        "id": "g2",
        "question": "Weng earns $12 an hour. How much money did she earn yesterday?",
        "answer": "10",
        "hint": "A new market.",
    },
    {"id": "g3", "question": "My brother reads a good book in the room.", "answer": "4", "hint": "His good friend."},
]
SHAPE = "about: mine\nfields:\n  question: {cmi: 10, protect: [numbers]}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, workplace: Path) -> Path:
    Path("rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    Path("shape.yaml").write_text(SHAPE, encoding="utf-8")
    for name in ("en-hi.gold.tsv", "word-problems-hi.jsonl", "learner.m2"):
        Path(name).write_bytes((SAMPLES / name).read_bytes())
    return tmp_path


def contents(place: str) -> dict[str, bytes]:
    """What a file or a folder holds."""
    path = Path(place)
    files = [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.is_file())
    assert files, f"{place} is there"
    return {str(one.relative_to(path)): one.read_bytes() for one in files}


def repeated(output: str, *sides: str) -> None:
    """Runs the job file of an output from another folder, into another place, and then over itself."""
    job, before = f"{os.path.abspath(output)}.job.yaml", contents(output)
    beside = {side: Path(side).read_bytes() for side in sides}
    written, here = Path(job).read_bytes(), os.getcwd()
    os.chdir("/")
    try:
        again = os.path.join(here, "..", f"again{Path(output).suffix}")
        assert main(["run", job, "-o", again]) == 0
    finally:
        os.chdir(here)
    assert contents(again) == before
    assert Path(f"{again}.job.yaml").exists()
    assert main(["run", job, "--force"]) == 0
    assert contents(output) == before
    assert {side: Path(side).read_bytes() for side in sides} == beside
    assert Path(job).read_bytes() == written, "a job that is done again is left as it is"
    assert str(here) not in written.decode(), "no folder of the machine is named"


# ---------------------------------------------------------------- perturb


@pytest.mark.parametrize(
    "options",
    [
        ["--preset", "gsm8k", "--cmi", "20", "--rejects", "no.jsonl"],
        ["--preset", "./shape.yaml", "--protect", "none", "--pattern", "Wen[g]", "--words", "all"],
        ["--fields", "question,answer", "--field", "question:cmi=15", "--script", "roman", "--seed", "9", "--id", "id"],
    ],
)
def test_rows_are_mixed_again(options: list[str]) -> None:
    assert main(["perturb", "rows.jsonl", "-o", "../made/out.jsonl", "--pair", "en-hi", *options]) == 0
    repeated("../made/out.jsonl", *(["no.jsonl"] if "--rejects" in options else []))


def test_what_a_preset_says_of_a_field_is_not_said_again_where_it_was_taken_back() -> None:
    command = ["perturb", "rows.jsonl", "-o", "out.jsonl", "--pair", "en-hi", "--preset", "./shape.yaml"]
    assert main([*command, "--protect", "none"]) == 0
    stage = read_job("out.jsonl.job.yaml").stages[0].perturb
    assert stage is not None
    assert (stage.fields["question"].cmi, stage.fields["question"].protect, stage.protect) == (10.0, None, ())
    assert "protect: null" in Path("out.jsonl.job.yaml").read_text(encoding="utf-8")


def test_tables_and_folders_are_mixed_again() -> None:
    datasets = pytest.importorskip("datasets", reason="the extra datasets is not installed")
    rows = datasets.Dataset.from_list(ROWS)
    rows.save_to_disk("table")
    rows.to_parquet("rows.parquet")
    for source, output in (("rows.parquet", "out.parquet"), ("table", "out")):
        assert main(["perturb", source, "-o", output, "--pair", "en-hi", "--preset", "gsm8k"]) == 0
        repeated(output)
    assert read_job("out.job.yaml").output.folder == os.path.abspath("out")


def test_a_job_takes_what_it_does_not_say_from_its_preset(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["perturb", "rows.jsonl", "-o", "one.jsonl", "--pair", "en-hi", "--preset", "gsm8k", "--cmi", "10"]) == 0
    )
    head = "input: {path: rows.jsonl}\nstages:\n"
    stage = "- perturb: {preset: gsm8k, pair: en-hi, cmi: 10}\noutput: {file: two.jsonl}\n"
    Path("job.yaml").write_text(head + stage, encoding="utf-8")
    assert main(["run", "job.yaml"]) == 0
    assert Path("one.jsonl").read_bytes() == Path("two.jsonl").read_bytes()
    capsys.readouterr()
    assert main(["run", "two.jsonl.job.yaml"]) == 0
    assert "two.jsonl is complete already" in capsys.readouterr().err
    Path("job.yaml").write_text(head + stage.replace("cmi: 10", "cmi: 12"), encoding="utf-8")
    assert main(["run", "job.yaml"]) == 2
    assert "was made with other settings" in capsys.readouterr().err


def test_a_table_in_a_folder_is_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    stage = "- perturb: {preset: gsm8k, pair: en-hi}"
    Path("job.yaml").write_text(f"input: {{path: rows.jsonl}}\nstages:\n{stage}\noutput: {{folder: out}}\n")
    assert main(["run", "job.yaml"]) == 2
    assert "rows.jsonl is a file, and so is what comes of it; name it by output.file" in capsys.readouterr().err
    Path("table").mkdir()
    Path("job.yaml").write_text(f"input: {{path: table}}\nstages:\n{stage}\noutput: {{file: out}}\n")
    assert main(["run", "job.yaml", "--dry-run"]) == 2
    assert "table is a folder, and so is what comes of it; name it by output.folder" in capsys.readouterr().err


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    pytest.importorskip("aiohttp", reason="the extra llm is not installed")
    pytest.importorskip("openai", reason="the extra llm is not installed")
    from tests.generators.prompting.fake_server import serving
    from tests.generators.prompting.survival import KEY, script

    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with serving(script(3, faults=0)) as found:
        yield found


@pytest.mark.parametrize(
    ("by", "fields"),
    [("prompt", "question"), ("translator", "question"), ("prompt", "question,hint --field hint:cmi=20")],
)
def test_what_a_model_said_of_rows_is_said_again_for_nothing(server: object, by: str, fields: str) -> None:
    from tests.generators.prompting.fake_server import Server
    from tests.generators.prompting.survival import KEY

    assert isinstance(server, Server)
    server.model.script.reply = lambda messages: "मेरा house बहुत बड़ा है और market पास है।"
    model = [
        "--by",
        by,
        "--model",
        "fake",
        "--base-url",
        server.base_url,
        "--tolerance",
        "30",
        "--fields",
        *fields.split(),
    ]
    assert main(["perturb", "rows.jsonl", "-o", "../made/out.jsonl", "--pair", "en-hi", *model]) == 0
    assert server.log
    server.log.clear()
    repeated("../made/out.jsonl")
    assert not server.log, "everything comes from the answers that were kept"
    assert KEY not in Path("../made/out.jsonl.job.yaml").read_text(encoding="utf-8")


# ---------------------------------------------------------------- recipes


@pytest.mark.parametrize(
    ("name", "source", "options"),
    [
        ("dip", "word-problems-hi.jsonl", ["--rejects", "no.jsonl", "--set", "repeats=true", "--seed", "3"]),
        ("./mine.yaml", "word-problems-hi.jsonl", ["--limit", "5", "--script", "roman"]),
        ("gec.noun-token", "learner.m2", []),
        ("hinge.wac", "en-hi.gold.tsv", ["--limit", "9", "--pair", "en-hi"]),
        ("hinge.wac", "en-hi.gold.tsv", ["--set", "cmi=20-40", "--pair", "en-hi"]),
        ("./lattice.yaml", "en-hi.gold.tsv", ["--limit", "9", "--pair", "en-hi"]),
    ],
)
def test_recipes_are_run_again(name: str, source: str, options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    for recipe, file in (("dip", "mine.yaml"), ("hinge.wac", "lattice.yaml")):
        capsys.readouterr()
        assert main(["recipes", "show", recipe, "--source"]) == 0
        Path(file).write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["recipes", "run", name, source, "-o", "../made/out.jsonl", *options]) == 0
    repeated("../made/out.jsonl", *(["no.jsonl"] if "--rejects" in options else []))
    capsys.readouterr()
    assert main(["run", "../made/out.jsonl.job.yaml"]) == 0
    assert "out.jsonl is complete already" in capsys.readouterr().err


def test_a_recipe_takes_its_lexicons_from_anywhere() -> None:
    Path("words.tsv").write_text("घर\thome\t1.0\nकिताब\tbook\t1.0\n", encoding="utf-8")
    command = ["recipes", "run", "dip", "word-problems-hi.jsonl", "-o", "out.jsonl", "--lexicon", "words.tsv"]
    assert main(command) == 0
    repeated("out.jsonl")


@pytest.mark.parametrize("name", ["ezswitch", "./mine.yaml"])
def test_a_recipe_that_asks_a_model_is_a_stage_of_prompt(
    server: object, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.generators.prompting.fake_server import Server

    assert isinstance(server, Server)
    assert main(["recipes", "show", "ezswitch", "--source"]) == 0
    Path("mine.yaml").write_text(capsys.readouterr().out, encoding="utf-8")
    model = ["--model", "fake", "--base-url", server.base_url, "--pair", "en-hi", "--limit", "5", "--tolerance", "40"]
    Path("in.tsv").write_bytes(Path("en-hi.gold.tsv").read_bytes())
    server.model.script.reply = lambda messages: "मेरा house बहुत बड़ा है और market पास है।"
    assert main(["recipes", "run", name, "in.tsv", "-o", "one.jsonl", *model, "--near-duplicate", "2"]) == 0
    server.log.clear()
    repeated("one.jsonl")
    assert not server.log
    asked = f"recipe: {name}, pair: en-hi, model: fake, base_url: '{server.base_url}', tolerance: 40"
    Path("job.yaml").write_text(
        f"input: {{path: in.tsv, limit: 5}}\nstages:\n- prompt: {{{asked}, near_duplicate: 2}}\n"
        "output: {file: two.jsonl}\n",
        encoding="utf-8",
    )
    assert main(["run", "job.yaml"]) == 0
    assert Path("one.jsonl").read_bytes() == Path("two.jsonl").read_bytes()


def test_a_stage_of_synth_takes_the_settings_of_its_recipe() -> None:
    assert main(["synth", "en-hi.gold.tsv", "-o", "one.jsonl", "--pair", "en-hi", "--recipe", "hinge.wac"]) == 0
    text = (
        "input: {path: en-hi.gold.tsv}\nstages:\n- synth: {recipe: hinge.wac, pair: en-hi}\noutput: {file: two.jsonl}\n"
    )
    Path("job.yaml").write_text(text, encoding="utf-8")
    assert main(["run", "job.yaml"]) == 0
    assert Path("one.jsonl").read_bytes() == Path("two.jsonl").read_bytes()
    repeated("two.jsonl")


# ---------------------------------------------------------------- export and romanise


@pytest.fixture
def samples() -> str:
    assert (
        main(["synth", "en-hi.gold.tsv", "-o", "made.jsonl", "--pair", "en-hi", "--per-pair", "3", "--cmi", "any"]) == 0
    )
    Path("mine.yaml").write_text('about: x\nneeds: [sources]\nuser: "{{ source }}"\nassistant: "{{ text }}"\n')
    return "made.jsonl"


@pytest.mark.parametrize(
    ("output", "options"),
    [
        ("out.csv", ["--to", "csv", "--pairs", "en-hi.gold.tsv"]),
        ("out.txt", ["--to", "text", "--separator", "<eot>", "--verify"]),
        ("out.conll", ["--to", "conll", "--pos"]),
        ("out", ["--to", "token-classification", "--split", "a=0.5,b=0.5", "--seed", "2", "--license", "cc-by-4.0"]),
        ("out", ["--to", "chat", "--template", "mine.yaml", "--pairs", "en-hi.gold.tsv", "--layout", "sharegpt"]),
        ("out.json", ["--to", "label-studio", "--blind", "0.3", "--no-decision", "--layers", "pos"]),
        ("out.json", ["--to", "label-studio", "--config-out", "asked.xml"]),
    ],
)
def test_exports_are_written_again(samples: str, output: str, options: list[str]) -> None:
    if "chat" in options:
        pytest.importorskip("jinja2", reason="the extra llm is not installed")
    assert main(["export", samples, "-o", f"../made/{output}", *options]) == 0
    repeated(f"../made/{output}", *(["asked.xml"] if "asked.xml" in options else []))


@pytest.mark.parametrize("options", [["--to", "datasets", "--split", "a=0.5,b=0.5"], ["--to", "parquet"]])
def test_tables_are_written_again_to_the_byte(samples: str, options: list[str]) -> None:
    pytest.importorskip("datasets", reason="the extra datasets is not installed")
    assert main(["export", samples, "-o", "../made/out", *options, "--title", "Mine"]) == 0
    repeated("../made/out")


def test_many_files_of_tasks_are_written_again(samples: str) -> None:
    assert main(["export", samples, "-o", "../made/out.json", "--to", "label-studio", "--chunk", "50"]) == 0
    made = {path.name: path.read_bytes() for path in Path("../made").iterdir() if path.suffix in (".json", ".xml")}
    assert len(made) > 2
    Path("elsewhere").mkdir()
    assert main(["run", "../made/out.json.job.yaml", "-o", "elsewhere/out.json"]) == 0
    again = {path.name: path.read_bytes() for path in Path("elsewhere").iterdir() if path.suffix in (".json", ".xml")}
    assert again == made


def test_an_export_that_is_there_is_left_alone(samples: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", samples, "-o", "out.csv", "--to", "csv"]) == 0
    capsys.readouterr()
    assert main(["run", "out.csv.job.yaml"]) == 2
    assert "out.csv: exists already" in capsys.readouterr().err
    assert main(["export", samples, "-o", "-", "--to", "text"]) == 0
    assert not Path("-.job.yaml").exists()


def test_an_export_to_a_folder_is_as_the_job_says_whatever_its_name(samples: str) -> None:
    text = f"input: {{path: {samples}}}\nstages:\n- export: {{to: text}}\noutput: {{folder: data.v1}}\n"
    Path("job.yaml").write_text(text, encoding="utf-8")
    assert main(["run", "job.yaml"]) == 0
    assert sorted(os.listdir("data.v1")) == ["README.md", "cswitch-export.json", "train.txt"]


@pytest.mark.parametrize(
    ("output", "options"),
    [
        ("out.jsonl", ["--tags", "hi,ne", "--variety", "0.4", "--seed", "5"]),
        ("out.jsonl", ["--lang", "hi"]),
        ("out.txt", ["--lang", "hin"]),
    ],
)
def test_words_are_romanised_again(samples: str, output: str, options: list[str]) -> None:
    source = samples
    if output == "out.txt":
        source = "lines.txt"
        Path(source).write_text("मेरा घर बड़ा है\nok यार\n", encoding="utf-8")
    assert main(["romanise", source, "-o", f"../made/{output}", *options]) == 0
    repeated(f"../made/{output}")


def test_another_version_is_told(samples: str, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (
        ["export", samples, "--to", "csv"], ["romanise", samples], ["recipes", "run", "dip", "word-problems-hi.jsonl"],
        ["perturb", "rows.jsonl", "--pair", "en-hi", "--preset", "gsm8k"],
    ):  # fmt: skip
        output = "out.csv" if "csv" in command else "out.jsonl"
        assert main([*command, "-o", output, "--force"]) == 0
        job = Path(f"{output}.job.yaml")
        text = job.read_text(encoding="utf-8")
        job.write_text(text.replace("# cswitch 0.", "# cswitch 9.", 1), encoding="utf-8")
        capsys.readouterr()
        assert main(["run", str(job), "--force"]) == 0
        assert capsys.readouterr().err.count(f"{job} was written by version 9.") == 1
        job.unlink()


def test_a_dry_run_reads_the_beginning_and_writes_nothing(samples: str, capsys: pytest.CaptureFixture[str]) -> None:
    commands = (
        ["export", samples, "--to", "csv"], ["romanise", samples], ["recipes", "run", "dip", "word-problems-hi.jsonl"],
        ["perturb", "rows.jsonl", "--pair", "en-hi", "--preset", "gsm8k"],
    )  # fmt: skip
    for number, command in enumerate(commands):
        output = f"out{number}.csv" if "csv" in command else f"out{number}.jsonl"
        assert main([*command, "-o", output]) == 0
        Path(output).unlink()
        before = sorted(os.listdir())
        capsys.readouterr()
        assert main(["run", f"{output}.job.yaml", "--dry-run"]) == 0
        assert "nothing is wrong with the job" in capsys.readouterr().out
        assert sorted(os.listdir()) == before
    Path("rows.jsonl").write_text("{\n", encoding="utf-8")
    assert main(["run", "out3.jsonl.job.yaml", "--dry-run"]) == 2
    assert "rows.jsonl:1: broken JSON" in capsys.readouterr().err
