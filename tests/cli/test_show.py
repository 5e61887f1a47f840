from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cswitch.cli.show import PALETTE, parse_colors
from cswitch.core.errors import UsageError

if TYPE_CHECKING:
    from tests.cli.conftest import Cswitch, MakeSample, WriteSamples

TERMINAL = {"FORCE_COLOR": "1", "COLORTERM": "truecolor", "TERM": "xterm-256color", "COLUMNS": "80", "NO_COLOR": ""}

TAGGED = "main\thi\noffice\ten\n42\tother\n\nok\ten\n"


def color(name: str) -> str:
    """The parameters of the escape sequence that turns a colour of the palette on."""
    return "38;2;" + ";".join(str(int(PALETTE[name][at : at + 2], 16)) for at in (1, 3, 5))


def test_without_a_terminal_every_token_stands_with_its_tag(cswitch: Cswitch) -> None:
    assert cswitch("show", "-", stdin=TAGGED).out == "main/hi office/en 42/other\nok/en\n"


def test_no_color_and_plain_win_over_a_terminal(cswitch: Cswitch) -> None:
    plain = cswitch("show", "-", stdin=TAGGED)
    assert cswitch("show", "-", "--plain", stdin=TAGGED, env=TERMINAL) == plain
    assert cswitch("show", "-", stdin=TAGGED, env={**TERMINAL, "NO_COLOR": "1"}) == plain


def test_languages_have_colours_and_neutral_tokens_none(cswitch: Cswitch) -> None:
    done = cswitch("show", "-", stdin=TAGGED, env=TERMINAL)
    assert f"\x1b[{color('sky')}mmain\x1b[0m \x1b[1;{color('orange')}moffice\x1b[0m \x1b[2m42\x1b[0m\n" in done.out
    assert "1  CMI 50.0  1 switch\x1b[0m\n" in done.out
    assert "2  CMI 0.0  0 switches\x1b[0m\n" in done.out
    legend = done.out.splitlines()[-1]
    assert legend == f"\x1b[{color('sky')}mhi\x1b[0m  \x1b[1;{color('orange')}men\x1b[0m  \x1b[2mno language\x1b[0m"


def test_a_sample_keeps_its_spacing_and_its_glue_is_marked(
    cswitch: Cswitch, sample: MakeSample, write: WriteSamples
) -> None:
    path = write(sample("usne/hi  plan/en cancel/en kiya/hi+./other", asked=30))
    done = cswitch("show", path, env=TERMINAL)
    heading, line, legend = done.out.splitlines()
    assert "1.0  CMI 50.0 of 30 asked  2 switches" in heading
    assert f"usne\x1b[0m  \x1b[1;{color('orange')}mplan" in line
    assert f"\x1b[4;{color('sky')}mkiya\x1b[0m\x1b[2m.\x1b[0m" in line
    assert legend.endswith("\x1b[4madded\x1b[0m")
    assert cswitch("show", path).out == "usne/hi plan/en cancel/en kiya/hi+ ./other\n"


def test_colours_can_be_chosen(cswitch: Cswitch) -> None:
    done = cswitch("show", "-", "--lang-colors", "en=green,hi=#102030", stdin=TAGGED, env=TERMINAL)
    assert f"\x1b[1;{color('green')}moffice" in done.out
    assert "\x1b[38;2;16;32;48mmain" in done.out


@pytest.mark.parametrize("text", ["hi", "=red", "hi=", "hi=no_such_colour", "hi=orange,en"])
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"is not a language and a colour; write hi=orange,en=#56b4e9; names: sky, "):
        parse_colors(text)


@pytest.mark.parametrize("env", [None, TERMINAL])
def test_text_cannot_steer_the_terminal(cswitch: Cswitch, env: dict[str, str] | None) -> None:
    tokens = ["a\x1b[2Jb", "\u202ec", "[red]d", ":smile:"]
    record = json.dumps({"tokens": tokens, "langs": ["hi", "hi", "en", "en"], "id": "\x07"})
    out = cswitch("show", "-", stdin=record, env=env).out
    assert "a\\x1b[2Jb" in out
    assert "\\u202ec" in out
    assert "[red]d" in out
    assert ":smile:" in out
    assert not {"\x1b[2J", "\u202e", "\x07"} & {out[at : at + n] for n in (1, 4) for at in range(len(out))}


def test_number_of_utterances(cswitch: Cswitch) -> None:
    lines = "".join(f"w{n}\thi\n\n" for n in range(25))
    for options, count in (([], 10), (["-n", 3], 3), (["-n", 0], 25)):
        assert len(cswitch("show", "-", *options, stdin=lines).out.splitlines()) == count
    assert "--number" in cswitch("show", "-", "-n", -1, stdin=lines).error


def test_a_bad_tag_is_told_with_its_utterance(cswitch: Cswitch) -> None:
    done = cswitch("show", "-", stdin='{"tokens": ["a"], "langs": ["x:y"], "id": "u7"}\n')
    assert done.status == 2
    assert done.error.startswith("-: utterance u7: 'x:y' is not a language tag")
