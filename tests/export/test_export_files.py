"""Nothing half written has a final name, and nothing of others is replaced."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from cswitch.core.errors import RunError, UsageError
from cswitch.export.files import MANIFEST, new_file, new_folder

KILLED = """
import os, signal, sys
from pathlib import Path
from cswitch.export.files import new_file, new_folder
make = new_folder if sys.argv[2] == "folder" else new_file
with make(Path(sys.argv[1]), force=True) as files:
    files.open("train.jsonl").write(b"x" * 100_000)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_folder_gets_its_name_when_it_is_whole(tmp_path: Path) -> None:
    with new_folder(tmp_path / "out", force=False) as files:
        files.open("a.txt").write(b"a")
        assert not (tmp_path / "out").exists()
    assert (tmp_path / "out" / "a.txt").read_bytes() == b"a"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_fails_leaves_nothing(tmp_path: Path) -> None:
    for make in (new_folder, new_file):
        with pytest.raises(ZeroDivisionError), make(tmp_path / "out", force=False) as files:
            1 / files.open("a.txt").write(b"")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_a_run_that_is_killed_leaves_what_was_there(tmp_path: Path, kind: str) -> None:
    final = tmp_path / "out"
    if kind == "folder":
        final.mkdir()
        (final / MANIFEST).write_text("old")
    else:
        final.write_text("old")
    done = subprocess.run([sys.executable, "-c", KILLED, str(final), kind], check=False)
    assert done.returncode == -signal.SIGKILL
    assert (final / MANIFEST if kind == "folder" else final).read_text() == "old"


def test_only_what_an_export_wrote_is_replaced(tmp_path: Path) -> None:
    mine, written = tmp_path / "mine", tmp_path / "written"
    for folder in (mine, written):
        folder.mkdir()
        (folder / "precious.txt").write_text("mine")
    (written / MANIFEST).write_text("{}")
    with pytest.raises(UsageError, match="was not written by cswitch export"), new_folder(mine, force=True):
        pass
    with pytest.raises(UsageError, match="exists already"), new_folder(written, force=False):
        pass
    assert (mine / "precious.txt").exists()
    assert (written / "precious.txt").exists()
    with new_folder(written, force=True) as files:
        files.open("new.txt").write(b"new")
    assert [path.name for path in written.iterdir()] == ["new.txt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "written"]


def test_an_empty_folder_may_be_filled(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with new_folder(tmp_path / "out", force=False) as files:
        files.open("a").write(b"a")
    assert (tmp_path / "out" / "a").exists()


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to("real.txt")
    with new_file(tmp_path / "link.txt", force=True) as files:
        files.open("").write(b"new")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text() == "new"


def test_a_device_is_not_replaced() -> None:
    with pytest.raises(UsageError, match="is no file that can be replaced"), new_file(Path(os.devnull), force=True):
        pass


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    told = pytest.raises(RunError, match="out: No space left on device; free some space")
    with told, new_folder(tmp_path / "out", force=False):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_a_disk_that_is_full_until_the_end_keeps_nothing(tmp_path: Path, kind: str) -> None:
    """What is held in memory cannot be written when files are closed either; runs on its own, under a limit of size."""
    program = textwrap.dedent(f"""
        import resource, signal
        from pathlib import Path
        from cswitch.core.errors import RunError
        from cswitch.export.files import new_{kind}

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        try:
            with new_{kind}(Path({str(tmp_path / "out")!r}), force=False) as files:
                for name in ("a", "b"):
                    files.open(name).write(b"x" * 5000)
        except RunError as error:
            print(error)
    """)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "out: File too large; free some space" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_takes_no_file_is_named_by_the_output(tmp_path: Path) -> None:
    told = pytest.raises(UsageError, match=r"missing\.txt: cannot be written: .*; check the folder: ls -ld")
    with told as caught, new_file(tmp_path / "missing.txt", force=False) as files:
        raise PermissionError(errno.EACCES, "Permission denied", str(files.folder / files.only))
    assert f".{os.getpid()}" not in str(caught.value)
