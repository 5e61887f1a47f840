"""``cswitch synth`` where things go wrong: bad input, full disks, signals, killed workers; and its memory."""

from __future__ import annotations

import os
import random
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

import pytest

from cswitch import data
from cswitch.cli.main import main
from tests.cli.conftest import Cswitch

EN_HI = Path(data.__path__[0]) / "samples" / "en-hi.tsv"
COMMAND = [sys.executable, "-W", "error", "-c", "from cswitch.cli.main import run; run()", "synth"]
GOOD = "en\thi\nMy house is big.\tमेरा घर बड़ा है।\nThe book is on the table.\tकिताब मेज़ पर है।\n"
PATIENCE = 60
"""Seconds that a process may take to do what it will do."""

SAFE = r"[\d,]+ samples of [\d,]+ pairs are safe in out\.jsonl\.part"

on_linux = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def synth(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, **options)  # type: ignore[call-overload,no-any-return]


def error(stderr: str) -> str:
    """The one error line, which is the last; what stands before it is the report of the run."""
    *before, last = stderr.splitlines()
    assert last.startswith("cswitch: error: ")
    assert "cswitch: error" not in "".join(before)
    assert "Traceback" not in stderr
    return last.removeprefix("cswitch: error: ")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def many(path: Path, rows: int, *, of: int = 60) -> Path:
    """The shortest samples again and again, numbered by their rows; at most 250 bytes a row."""
    lines = [line.split("\t", 2)[2] for line in EN_HI.read_text(encoding="utf-8").splitlines()]
    some = sorted(lines[1:], key=len)[:of]
    body = (some * (rows // of + 1))[:rows]
    path.write_text("\n".join([lines[0], *body]) + "\n", encoding="utf-8")
    return path


class Whole(NamedTuple):
    """A source, and what a run that nothing stops makes of it."""

    source: Path
    samples: bytes
    rejects: bytes


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    folder = tmp_path_factory.mktemp("whole")
    source, out, rejects = many(folder / "in.tsv", 1200), folder / "out.jsonl", folder / "rejects.jsonl"
    assert main(["synth", str(source), "-o", str(out), "--pair", "en-hi", "--rejects", str(rejects)]) == 0
    return Whole(source, out.read_bytes(), rejects.read_bytes())


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("content", "options", "status", "message"),
    [
        (b"", [], 2, "in.tsv: the file is empty; check the command that made it"),
        (b"en\thi\n", [], 2, "in.tsv:1: no rows after the header; check the command that made the file"),
        (b"en\tde\na\tb\n", [], 2, "in.tsv:1: no column 'hi'; found 'en', 'de'; the first line must name the columns"),
        (b"en\thi\na b\n", [], 2, "in.tsv:2: 1 column where the header names 2 (en, hi); look for a missing tab"),
        (b"en\thi\nHello there\t\n", [], 1, "no pair gave a sample; --rejects FILE keeps each pair's reason"),
        (b"en\thi\nsame\tsame\n", ["--json"], 1, "no pair gave a sample"),
        (b"\xff\xfee\0n\0", [], 2, "in.tsv: this is UTF-16, not UTF-8; convert it: iconv -f UTF-16"),
        (b"en\tka\nMy house\tx\n", ["--pair", "en-ka", "--aligner", "lexical"], 2, "no lexicon for en-ka"),
        (GOOD.encode(), ["--noise", "drop-vowel=0.1"], 2, "unknown noise 'drop-vowel'; did you mean 'drop-vowels'?"),
        (GOOD.encode(), ["--roman-variety", "0.5"], 2, "--roman-variety varies romanised words; add --script roman"),
        (GOOD.encode(), ["--lexicon", "nowhere.tsv"], 2, "nowhere.tsv: "),
        (GOOD.encode(), ["--aligner", "hybrid", "--links", "l.txt"], 2, "--links is of no use with --aligner hybrid"),
        (GOOD.encode(), ["--links", "missing.txt"], 2, "missing.txt: no such file; check the path"),
        (GOOD.encode(), ["--workers", "2", "--aligner", "given"], 2, "in.tsv:2: pair '1' has no links"),
        (GOOD.encode(), ["-o", "nowhere/out.jsonl"], 2, "nowhere/out.jsonl: its folder does not exist; make it first"),
    ],
)  # fmt: skip
def test_bad_input_gives_one_line_and_no_output(
    folder: Path, cswitch: Cswitch, content: bytes, options: list[str], status: int, message: str
) -> None:
    (folder / "in.tsv").write_bytes(content)
    done = cswitch("synth", "in.tsv", "-o", "out.jsonl", "--pair", "en-hi", *options)
    assert done.status == status
    assert error(done.err).startswith(message)
    assert names(folder) == ["in.tsv"]


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (b"caf\xe9\tb\n", "in.tsv:4: 0xE9 at byte 4 of the line (byte 142 of the file) is not UTF-8; convert the file"),
        (b"a\0b\tb\n", "in.tsv:4: NUL character at byte 2 of the line (byte 140 of the file); remove it: tr -d"),
        (b"one column\n", "in.tsv:4: 1 column where the header names 2 (en, hi); look for a missing tab"),
    ],
)
def test_a_fault_half_way_leaves_what_can_be_resumed(folder: Path, cswitch: Cswitch, bad: bytes, message: str) -> None:
    source = folder / "in.tsv"
    source.write_bytes(GOOD.encode() + bad)
    done = cswitch("synth", "in.tsv", "-o", "out.jsonl", "--pair", "en-hi")
    assert done.status == 2
    assert error(done.err).startswith(message)
    assert error(done.err).endswith(
        "; 2 samples of 2 pairs are safe in out.jsonl.part: once that is mended, go on with --resume"
    )
    assert names(folder) == ["in.tsv", "out.jsonl.part", "out.jsonl.state"]


def test_a_mended_input_is_gone_on_with(folder: Path, cswitch: Cswitch) -> None:
    source = folder / "in.tsv"
    source.write_text(GOOD + "one column\n", encoding="utf-8")
    command = ("synth", "in.tsv", "-o", "out.jsonl", "--pair", "en-hi")
    assert cswitch(*command).status == 2
    assert cswitch(*command).error == (
        "an unfinished run left out.jsonl.part; go on with --resume, or start again with --force"
    )
    other = cswitch(*command, "--resume", "--cmi", "20")
    assert other.status == 2
    assert other.error.startswith("out.jsonl was begun with other settings")
    source.write_text(GOOD + "The window is open.\tखिड़की खुली है।\n", encoding="utf-8")
    resumed = cswitch(*command, "--resume", "--json")
    assert (resumed.status, resumed.err) == (0, "")
    assert '"pairs": 3' in resumed.out
    at_once = cswitch("synth", "in.tsv", "--pair", "en-hi")
    assert (folder / "out.jsonl").read_text(encoding="utf-8") == at_once.out
    assert names(folder) == ["in.tsv", "out.jsonl", "out.jsonl.job.yaml"]


@pytest.mark.parametrize(
    ("links", "workers", "message"),
    [
        ("0-0\n0-9\n", 1, "links.txt:2: pair '2': link 0-9 is out of range for 7 en tokens and 5 hi tokens; count"),
        (
            "0-0\n0-9\n",
            2,
            "links.txt:2: pair '2': link 0-9 is out of range for 7 en tokens and 5 hi tokens; count tokens",
        ),
        ("0-0\n1x1\n", 1, "links.txt:2: '1x1' is not a link; write links as i-j, 0-based"),
        ("0-0\n", 2, "links.txt:2: the file ends here, and in.tsv has more rows; give one line of links for each row"),
        ("0-0\n0-0\n0-0\n", 1, "links.txt:3: the file goes on, and in.tsv has 2 rows; give one line of links"),
    ],
)
def test_bad_links_name_their_own_file(folder: Path, cswitch: Cswitch, links: str, workers: int, message: str) -> None:
    (folder / "in.tsv").write_text(GOOD, encoding="utf-8")
    (folder / "links.txt").write_text(links)
    command = ("synth", "in.tsv", "-o", "out.jsonl", "--pair", "en-hi", "--links", "links.txt")
    done = cswitch(*command, "--workers", workers)
    assert done.status == 2
    assert error(done.err).startswith(message)
    assert "safe in out.jsonl.part: once that is mended, go on with --resume" in error(done.err)


def test_a_very_long_line_costs_one_pair(folder: Path, cswitch: Cswitch) -> None:
    with (folder / "in.tsv").open("w", encoding="utf-8") as file:
        file.write(GOOD + "a" * 1_000_000 + "\tक\n" + "1 " * 500_000 + "\tक\n")
    done = cswitch("synth", "in.tsv", "-o", "out.jsonl", "--pair", "en-hi", "--rejects", "rejects.jsonl")
    assert done.status == 0
    assert "2 pairs rejected, too_long" in done.err
    assert "(first: line 4: the en side has 1,000,000 characters)" in done.err
    assert (folder / "rejects.jsonl").read_text().count('"reason":"too_long"') == 2


# ---------------------------------------------------------------- full disks


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_told(folder: Path, cswitch: Cswitch) -> None:
    (folder / "in.tsv").write_text(GOOD, encoding="utf-8")
    done = cswitch("synth", "in.tsv", "-o", "/dev/full", "--pair", "en-hi")
    assert done.status == 1
    assert error(done.err) == (
        "writing /dev/full failed: no space left on device; free space and run the same command again"
    )


def test_a_disk_that_fills_up_keeps_what_was_safe(folder: Path, cswitch: Cswitch) -> None:
    many(folder / "in.tsv", 300)
    command = ("in.tsv", "-o", "out.jsonl", "--pair", "en-hi")
    limit = 150_000  # of bytes a file: the second chunk does not fit
    done = synth(*command, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    assert done.returncode == 1
    assert error(done.stderr).startswith("writing out.jsonl.part failed: file too large; 1")
    assert error(done.stderr).endswith(
        " samples of 128 pairs are safe in out.jsonl.part: raise the limit on file sizes (ulimit -f)"
        " and run the same command with --resume"
    )
    assert names(folder) == ["in.tsv", "out.jsonl.part", "out.jsonl.state"]
    assert cswitch("synth", *command, "--resume").status == 0
    assert (folder / "out.jsonl").read_text(encoding="utf-8") == cswitch("synth", "in.tsv", "--pair", "en-hi").out


# ---------------------------------------------------------------- workers


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--per-pair", "3", "--cmi", "10-40", "--script", "roman"],
        ["--method", "alternation", "--cmi", "any", "--switches", "2", "--on-miss", "reject", "--matrix", "both"],
    ],
)
def test_the_number_of_workers_does_not_matter(folder: Path, cswitch: Cswitch, options: list[str]) -> None:
    found = []
    for workers in (1, 2, 3) if not options else (1, 3):
        out, rejects = folder / f"out{workers}", folder / f"rejects{workers}"
        command = ("synth", EN_HI, "-o", out, "--rejects", rejects, "--pair", "en-hi", "--workers", workers)
        done = cswitch(*command, *options)
        assert done.status == 0, done.err
        found.append((out.read_bytes(), rejects.read_bytes(), done.err.replace(str(out), "out")))
    assert all(other == found[0] for other in found)
    assert all(found[0])


# ---------------------------------------------------------------- a run that is stopped


@contextmanager
def waiting(*arguments: object, rows: int, source: Path) -> Iterator[tuple[subprocess.Popen[str], IO[str], list[str]]]:
    """A run that was given so many rows on its standard input, has done some of them and waits for the rest.

    Gives the process, its standard input, and the rows that are left.
    """
    header, *lines = source.read_text(encoding="utf-8").splitlines(keepends=True)
    command = [*COMMAND, "-", *map(str, arguments)]
    pipe = subprocess.PIPE
    run = subprocess.Popen(command, stdin=pipe, stderr=pipe, text=True, encoding="utf-8", start_new_session=True)
    assert run.stdin is not None
    try:
        run.stdin.write("".join([header, *lines[:rows]]))
        run.stdin.flush()
        journal = Path("out.jsonl.state")
        wait_for(lambda: journal.exists() and '"pairs":256' in journal.read_text())
        yield run, run.stdin, lines[rows:]
    finally:
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
        run.communicate()


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def children(process: int) -> list[int]:
    """The processes that another one started and that are still at work."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = status.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue  # it has ended meanwhile
        if int(parent) == process and state != "Z":
            found.append(int(status.parent.name))
    return found


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_gives_one_line_and_can_be_resumed(folder: Path, cswitch: Cswitch, whole: Whole, workers: int) -> None:
    source = whole.source
    options = ("-o", "out.jsonl", "--pair", "en-hi", "--rejects", "rejects.jsonl")
    with waiting(*options, "--workers", workers, rows=300 if workers == 1 else 1100, source=source) as (run, _, _):
        os.killpg(run.pid, signal.SIGINT)
        _, told = run.communicate(timeout=PATIENCE)
    assert run.returncode == 130
    (line,) = told.splitlines()
    assert re.fullmatch(rf"cswitch: error: interrupted; {SAFE}: go on with --resume", line)
    assert cswitch("synth", source, *options, "--resume").status == 0
    assert written(folder) == (whole.samples, whole.rejects)


def written(folder: Path) -> tuple[bytes, bytes]:
    return (folder / "out.jsonl").read_bytes(), (folder / "rejects.jsonl").read_bytes()


def test_ctrl_c_before_anything_is_done(folder: Path) -> None:
    pipe = subprocess.PIPE
    command = [*COMMAND, "-", "-o", "out.jsonl", "--pair", "en-hi"]
    with subprocess.Popen(command, stdin=pipe, stderr=pipe, text=True, start_new_session=True) as run:
        assert run.stdin is not None
        run.stdin.write(GOOD)
        run.stdin.flush()
        journal = folder / "out.jsonl.state"
        wait_for(journal.exists)
        os.killpg(run.pid, signal.SIGINT)
        assert run.stderr is not None
        assert run.stderr.read() == "cswitch: error: interrupted\n"
    assert run.returncode == 130
    assert names(folder) == []


@on_linux
def test_a_killed_run_leaves_no_worker_and_can_be_resumed(folder: Path, cswitch: Cswitch, whole: Whole) -> None:
    source = whole.source
    options = ("-o", "out.jsonl", "--pair", "en-hi", "--rejects", "rejects.jsonl")
    with waiting(*options, "--workers", 2, rows=1100, source=source) as (run, _, _):
        workers = children(run.pid)
        assert len(workers) == 2
        run.kill()
        run.wait()
        wait_for(lambda: not any(map(is_running, workers)))
    assert cswitch("synth", source, *options, "--resume", "--workers", 2).status == 0
    assert written(folder) == (whole.samples, whole.rejects)


def test_a_run_killed_again_and_again_gives_the_same_bytes(folder: Path, cswitch: Cswitch, whole: Whole) -> None:
    options = (whole.source, "-o", "out.jsonl", "--pair", "en-hi", "--rejects", "rejects.jsonl", "--resume")
    moments = random.Random()  # another moment each time: whichever it is, the bytes are the same
    for _ in range(3):
        with subprocess.Popen([*COMMAND, *map(str, options)], stderr=subprocess.DEVNULL) as run:
            time.sleep(moments.uniform(0.2, 0.7))
            run.kill()
    assert "error" not in cswitch("synth", *options).err
    assert written(folder) == (whole.samples, whole.rejects)


@on_linux
@pytest.mark.skipif(
    sys.version_info < (3, 11, 5), reason="concurrent.futures hangs when a child dies, before Python 3.11.5 (gh-94777)"
)
def test_a_killed_worker_is_told(folder: Path, whole: Whole) -> None:
    options = ("-o", "out.jsonl", "--pair", "en-hi", "--workers", 2)
    with waiting(*options, rows=1100, source=whole.source) as (run, stdin, rest):
        os.kill(children(run.pid)[0], signal.SIGKILL)
        stdin.write("".join(rest))
        stdin.flush()
        _, told = run.communicate(timeout=PATIENCE)
    assert run.returncode == 1
    (line,) = told.splitlines()
    told = "a worker process was killed; free memory or use fewer --workers"
    assert re.fullmatch(rf"cswitch: error: {told}; {SAFE}: once that is mended, go on with --resume", line)


def test_two_runs_at_once_keep_apart(folder: Path, cswitch: Cswitch) -> None:
    source = many(folder / "in.tsv", 400)
    options = ("-o", "out.jsonl", "--pair", "en-hi")
    with waiting(*options, rows=300, source=source) as (run, stdin, rest):
        for more in ([], ["--force"], ["--resume"]):
            second = cswitch("synth", source, *options, *more)
            assert second.status == 2
            assert error(second.err).startswith("another run is writing out.jsonl.")
        stdin.write("".join(rest))
        stdin.flush()
        run.communicate(timeout=PATIENCE)
    assert run.returncode == 0
    assert (folder / "out.jsonl").read_text(encoding="utf-8") == cswitch("synth", source, "--pair", "en-hi").out


# ---------------------------------------------------------------- memory


@on_linux
def test_memory_does_not_grow_with_the_input(folder: Path) -> None:
    for rows in (600, 4200):
        many(folder / f"{rows}.tsv", rows)
    script = (
        "import re; from cswitch.cli.main import main\n"
        "for name in ('600', '600', '4200'):\n"
        "    status = main(['synth', f'{name}.tsv', '-o', f'{name}.jsonl', '--pair', 'en-hi', '--json', '--force'])\n"
        "    print('peak', status, re.search(r'VmHWM:\\s+(\\d+) kB', open('/proc/self/status').read())[1])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE)
    peaks = [line.split() for line in done.stdout.splitlines() if line.startswith("peak")]
    assert [status for _, status, _ in peaks] == ["0", "0", "0"]
    assert '"pairs": 4200' in done.stdout
    few, most = int(peaks[1][2]), int(peaks[2][2])  # the second run finds everything loaded
    assert most - few < 6_000  # kB: less than the texts of 3,600 more pairs
    assert most < 300_000
