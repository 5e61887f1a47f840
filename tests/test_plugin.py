"""The plug-in of docs/extending.md, installed beside cswitch as the package of its own that tests/plugin is."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.plugin_site import install

ROOT = Path(__file__).parent.parent
PLUGIN = ROOT / "tests" / "plugin"
CSWITCH = "from cswitch.cli.main import run; run()"
PAIRS = "en\tes\nYes , the doctor works at night\tSí , la doctora trabaja de noche\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the plug-in is installed."""
    return install(PLUGIN, tmp_path_factory.mktemp("site"))


def python(site: Path, code: str, *arguments: str, stdin: str = PAIRS) -> subprocess.CompletedProcess[str]:
    """A fresh interpreter in which the plug-in is installed."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        input=stdin, capture_output=True, check=False, encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(site), "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip


def test_align_takes_the_aligner_by_its_name(site: Path) -> None:
    done = python(site, CSWITCH, "align", "-", "--pair", "en-es", "--aligner", "diagonal")
    assert (done.returncode, done.stdout) == (0, "0-0 1-1 2-2 3-3 4-4 5-5 6-6\n"), done.stderr


@pytest.mark.parametrize("workers", ["1", "2"])
def test_synth_takes_it_too_and_says_so_in_its_samples(site: Path, workers: str) -> None:
    done = python(site, CSWITCH, "synth", "-", "--pair", "en-es", "--aligner", "diagonal", "--workers", workers)
    assert done.returncode == 0, done.stderr
    [sample] = map(json.loads, done.stdout.splitlines())
    assert sample["provenance"]["aligner"] == "diagonal"
    assert {"en", "es"} < set(sample["langs"])


@pytest.mark.parametrize("command", ["align", "synth"])
def test_an_unknown_name_lists_the_plug_in_among_those_known(site: Path, command: str) -> None:
    done = python(site, CSWITCH, command, "-", "--pair", "en-es", "--aligner", "diagnal")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "unknown aligner 'diagnal'; did you mean 'diagonal'? Known: " in done.stderr
    known = done.stderr.strip().partition("Known: ")[2].split(", ")
    assert {"diagonal", "given", "lexical"} <= set(known)


def test_tag_takes_the_tagger_by_its_name_and_what_follows_it(site: Path, tmp_path: Path) -> None:
    words = tmp_path / "words.tsv"
    words.write_text("the\ten\nes\tes\n", encoding="utf-8")
    done = python(
        site, CSWITCH, "tag", "-", "--tagger", f"word-list:{words}", "--to", "tsv", stdin="the sol , es roja\n"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "the\ten\nsol\ten\n,\tother\nes\tes\nroja\tes\n\n"


def test_without_the_plug_in_its_names_are_unknown(tmp_path: Path) -> None:
    done = python(tmp_path, CSWITCH, "align", "-", "--pair", "en-es", "--aligner", "diagonal")
    assert done.returncode == 2
    assert "unknown aligner 'diagonal'" in done.stderr


def test_help_does_not_load_the_plug_in(site: Path) -> None:
    code = "import atexit, sys; atexit.register(lambda: print('cswitch_diagonal' in sys.modules)); " + CSWITCH
    done = python(site, code, "--help")
    assert done.stdout.splitlines()[-1] == "False"


BUILD = """
import sys
from cswitch.core.contracts import Link, Sentence
from cswitch.core.registry import load, names
from cswitch.generators.switching.generator import SwitchGenerator
from cswitch.generators.switching.view import AlignedPair
from cswitch.schemas.settings import SynthSettings

english = Sentence("en", tuple("we came because she called".split()), (None,) * 5)
spanish = Sentence("es", tuple("venimos porque ella nos llamó".split()), (None,) * 5)
links = tuple(Link(i, j) for i, j in ((1, 0), (2, 1), (3, 2), (4, 4)))
settings = SynthSettings(pair=("en", "es"), method="once", cmi=None, per_pair=9)
print(*names("builder"))
for sample in SwitchGenerator(settings).generate(AlignedPair("1", english, spanish, links)):
    print(sample.provenance.generator, sample.measures["switches"], sample.text)
"""


def test_a_generator_takes_the_builder_by_its_name(site: Path) -> None:
    done = python(site, BUILD)
    assert done.returncode == 0, done.stderr
    names, *samples = done.stdout.splitlines()
    assert names.split() == ["alternation", "insertion", "nested", "once", "tree"]
    assert samples
    assert all(sample.lower().startswith("once 1 venimos") for sample in samples)


LINKED = "en\tes\tlinks\nwe often drink coffee\tbebemos café a menudo\t1-3 2-0 3-1\n"


def test_synth_takes_unit_choice_and_weighting_by_their_names(site: Path) -> None:
    named = ("--units", "last-words", "--weights", "by-length", "--constraint", "none", "--matrix", "en")
    done = python(site, CSWITCH, "synth", "-", "--pair", "en-es", *named, "--share", "1", stdin=LINKED)
    assert done.returncode == 0, done.stderr
    [sample] = map(json.loads, done.stdout.splitlines())
    assert sample["langs"].count("es") == 3


@pytest.mark.parametrize(
    ("kind", "wrong", "right"), [("units", "last-word", "last-words"), ("weights", "by-lenth", "by-length")]
)
def test_their_names_are_among_those_known(site: Path, kind: str, wrong: str, right: str) -> None:
    done = python(site, CSWITCH, "synth", "-", "--pair", "en-es", f"--{kind}", wrong)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"--{kind} {wrong!r} is unknown; did you mean {right!r}? Known: " in done.stderr


BROKEN = """
import cswitch_diagonal
cswitch_diagonal.last_words = lambda view, key, skip: [(0, 9, 0, 9)]
cswitch_diagonal.by_length = lambda arc, view: 0.5
"""


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            ["--units", "last-words"],
            "units 'last-words' gave matrix tokens 0 to 9 and embedded tokens 0 to 9 of pair '1'",
        ),
        (["--weights", "by-length"], "weights 'by-length' gave 0.5 in pair '1'; mend the plug-in: a weight is a whole"),
    ],
)
def test_what_is_no_unit_and_no_weight_is_told_in_one_line(site: Path, options: list[str], told: str) -> None:
    given = ("synth", "-", "--pair", "en-es", "--constraint", "none", *options)
    done = python(site, BROKEN + CSWITCH, *given, stdin=LINKED)
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_recipe_from_outside_is_listed_shown_and_run(site: Path) -> None:
    listed = python(site, CSWITCH, "recipes", "list")
    assert "loud-endings" in listed.stdout, listed.stderr
    shown = python(site, CSWITCH, "recipes", "show", "loud-endings")
    assert "Adding a component" in shown.stdout, shown.stderr
    done = python(site, CSWITCH, "recipes", "run", "loud-endings", "-", "-o", "-", stdin=LINKED)
    assert done.returncode == 0, done.stderr
    [sample] = map(json.loads, done.stdout.splitlines())
    loud = {"BEBEMOS", "CAFÉ", "MENUDO"} & set(sample["tokens"])
    assert len(loud) == 1
    assert sample["provenance"]["recipe"] == "loud-endings.v1"
    assert sample["provenance"]["generator"] == "shout"
    assert [sample["text"][start:end] for start, end in sample["offsets"]] == sample["tokens"]


def test_settings_of_an_operation_from_outside_are_checked(site: Path) -> None:
    for change, told in (
        ("shout.least=0", "least 0 is no number of letters"),
        ("shout.lest=1", "did you mean 'least'"),
    ):
        done = python(site, CSWITCH, "recipes", "run", "loud-endings", "-", "-o", "-", "--set", change, stdin=LINKED)
        assert done.returncode == 2
        assert told in done.stderr


EXAMPLE = """
import json, sys, tempfile
from cswitch.generators.recipes.recipe import load_recipe
from cswitch.pipeline.recipes.items import RecipeSource, read_items
from cswitch.pipeline.recipes.settings import RecipeSettings
from cswitch.pipeline.recipes.worker import RecipeWorker

recipe = load_recipe("loud-endings")
with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
    file.writelines(json.dumps(record) + "\\n" for record in recipe.example.input)
    file.flush()
    source = RecipeSource(file.name, recipe.takes, recipe.languages, recipe.languages)
    items = [placed.item for placed in read_items(source)]
worker = RecipeWorker(RecipeSettings(recipe=recipe.name, languages=recipe.languages, pair=recipe.languages))
[[sample]] = worker.make(items)
print(sample.text == recipe.example.output[0]["text"], sample.text)
"""


def test_its_golden_example_comes_true(site: Path) -> None:
    done = python(site, EXAMPLE)
    assert done.stdout.startswith("True "), done.stdout + done.stderr


@pytest.mark.parametrize(
    "named",
    [
        "class DiagonalAligner", "class OnceBuilder", "def last_words", "def by_length", "class Shout:", "RECIPE =",
        "class WordListTagger", "[project.entry-points.cswitch]",
    ],
)  # fmt: skip
def test_the_guide_shows_the_package_as_it_is(named: str) -> None:
    guide = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
    [shown] = [block for block in re.findall(r"```(?:python|toml)\n(.*?)```", guide, re.DOTALL) if named in block]
    files = [PLUGIN / "cswitch_diagonal.py", PLUGIN / "pyproject.toml"]
    assert any(shown.strip() in file.read_text(encoding="utf-8") for file in files)
