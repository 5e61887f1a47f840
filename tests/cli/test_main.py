from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from cswitch import __version__
from cswitch.cli.main import COMMANDS, main

if TYPE_CHECKING:
    from tests.cli.conftest import Cswitch


def test_help_lists_every_command_with_its_line(cswitch: Cswitch) -> None:
    done = cswitch("--help")
    assert (done.status, done.err) == (0, "")
    shown = " ".join(done.out.split())  # long lines are wrapped
    for name, (_, line) in COMMANDS.items():
        assert f" {name} {line}" in shown


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_help_of_a_command_opens_with_its_line(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    out = capfd.readouterr().out
    assert out.startswith(f"Usage: cswitch {name} ")
    assert COMMANDS[name][1].removesuffix(".") in " ".join(out.split())


def test_every_command_has_a_module_of_its_own() -> None:
    places = [place for place, _ in COMMANDS.values()]
    assert len({place.partition(":")[0] for place in places}) == len(places)
    assert [place for place in places if find_spec(place.partition(":")[0]) is None] == []


def test_version(cswitch: Cswitch) -> None:
    assert cswitch("--version") == (0, f"cswitch {__version__}\n", "")


def test_no_command_shows_the_help_on_stderr(cswitch: Cswitch) -> None:
    done = cswitch()
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("Usage: cswitch [OPTIONS] COMMAND")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["mesure"], "unknown command 'mesure'; did you mean 'measure'? Known: synth, prompt, recipes, perturb, "),
        (["--verson"], "did you mean --version? See cswitch --help"),
        (["romanise", "-", "--langg", "hi"], "did you mean --lang? See cswitch romanise --help"),
        (["romanise"], "missing argument 'IN'; see cswitch romanise --help"),
        (["romanise", "a", "b"], "(b); see cswitch romanise --help"),
        (
            ["romanise", "-", "--format", "xml"],
            "invalid value for '--format': 'xml' is not one of 'auto', 'text', 'jsonl'",
        ),
        (["romanise", "-", "--lang"], "'--lang' requires an argument"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(cswitch: Cswitch, arguments: list[str], message: str) -> None:
    done = cswitch(*arguments)
    assert done.status == 2
    assert message in done.error
    assert done.out == ""
