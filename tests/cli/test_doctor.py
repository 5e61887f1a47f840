from __future__ import annotations

import json
import os
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from cswitch import __version__
from cswitch.cli.doctor import BRINGS, examine

if TYPE_CHECKING:
    from tests.cli.conftest import Cswitch

ROOT = Path(__file__).parents[2]


def test_every_extra_says_what_it_brings() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(project["optional-dependencies"]) - {"dev"} == set(BRINGS)


def test_all_is_the_sum_of_the_other_extras() -> None:
    extras = {extra.name: extra for extra in examine().extras}
    every = extras.pop("all")
    assert set(every.packages) == {name for extra in extras.values() for name in extra.packages}
    assert every.command == 'pip install "cswitch[all]"'
    assert every.installed == all(extra.installed for extra in extras.values())


def test_json_is_one_object_with_what_is_here(cswitch: Cswitch) -> None:
    done = cswitch("doctor", "--json")
    found = json.loads(done.out)
    assert (done.status, found["faults"]) == (0, [])
    assert found["cswitch"] == __version__
    assert found["python"] == ".".join(map(str, sys.version_info[:3]))
    assert 1 <= found["cpus"] <= (os.cpu_count() or 1)
    assert None not in found["dependencies"].values()
    assert set(found["data"]) == {"lexicons", "models", "samples"}


def test_lexicons_come_with_their_languages() -> None:
    languages = [file.languages for file in examine().data["lexicons"]]
    assert ["en", "hi"] in languages
    assert ["en", "es"] in languages


def test_the_text_names_every_extra_and_program(cswitch: Cswitch) -> None:
    done = cswitch("doctor")
    assert (done.status, done.err) == (0, "")
    for extra in examine().extras:
        assert f"  {extra.name}: {'installed' if extra.installed else f'not installed; {extra.command}'}\n" in done.out
    assert "\n  eflomal: " in done.out


def test_a_program_on_the_path_is_found(cswitch: Cswitch, tmp_path: Path) -> None:
    program = tmp_path / "eflomal-align"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    done = cswitch("doctor", "--json", env={"PATH": str(tmp_path)})
    assert json.loads(done.out)["programs"] == {"eflomal": str(program)}
