from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cswitch.cli.streams import open_output, printable
from cswitch.core.errors import UsageError

if TYPE_CHECKING:
    from tests.cli.conftest import Cswitch


def test_an_output_that_exists_is_refused_and_kept(tmp_path: Path) -> None:
    place = tmp_path / "out.txt"
    place.write_text("precious")
    with pytest.raises(UsageError, match=r"exists already; .* add --force"), open_output(str(place), force=False):
        pass
    assert place.read_text() == "precious"


def test_force_replaces_it_only_once_the_new_one_is_whole(tmp_path: Path) -> None:
    place = tmp_path / "out.txt"
    place.write_text("old")
    with open_output(str(place), force=True) as out:
        out.write(b"new")
        assert place.read_text() == "old"
    assert place.read_text() == "new"
    assert list(tmp_path.iterdir()) == [place]


def test_a_failure_leaves_nothing_half_written(tmp_path: Path) -> None:
    with pytest.raises(TypeError), open_output(str(tmp_path / "out.txt"), force=False) as out:
        out.writelines([b"half", "not bytes"])  # type: ignore[list-item]
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_no_output(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder"), open_output(str(tmp_path), force=True):
        pass


def test_a_missing_folder_comes_with_its_command(tmp_path: Path) -> None:
    with (
        pytest.raises(UsageError, match=f"its folder does not exist; make it first: mkdir -p {tmp_path / 'no'}"),
        open_output(str(tmp_path / "no" / "out.txt"), force=False),
    ):
        pass


def test_input_and_output_may_be_the_same_file(cswitch: Cswitch, tmp_path: Path) -> None:
    place = tmp_path / "lines.txt"
    place.write_text("घर है\n" * 20_000, encoding="utf-8")
    assert cswitch("romanise", place, "-o", place, "--force").status == 0
    assert place.read_text() == "ghar hai\n" * 20_000


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_one_line_and_status_1(cswitch: Cswitch) -> None:
    done = cswitch("romanise", "-", "-o", "/dev/full", stdin="घर\n")
    assert done.status == 1
    assert done.error == "/dev/full: No space left on device; free some space and run the same command again"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_written_to_and_not_replaced(cswitch: Cswitch, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    assert cswitch("romanise", "-", "-o", pipe, stdin="घर\n").status == 0
    assert os.read(reader, 100) == b"ghar\n"
    os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_what_steers_a_terminal_is_shown_and_what_joins_letters_is_kept() -> None:
    assert printable("\x1b[2J\x9b1m\u2066\u2028") == "\\x1b[2J\\x9b1m\\u2066\\u2028"
    for text in ("क्‍ष", "👩‍👩‍👧", "می‌خواهم", "naïve"):
        assert printable(text) == text
