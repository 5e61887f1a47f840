from __future__ import annotations

import errno
import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.errors import CswitchError, RunError, UsageError
from cswitch.pipeline import output as module
from cswitch.pipeline.journal import State
from cswitch.pipeline.output import Output
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Provenance, Sample, Target

PAIRS = 9
CONFIG = "ab12"


class Stopped(Exception):
    pass


def sample(number: int, draw: int = 0) -> Sample:
    word = "शब्द" * (number % 3 + 1)
    return Sample(
        id=f"{number}.{draw}",
        source_id=str(number),
        text=word,
        tokens=[word],
        langs=["hi"],
        offsets=[(0, len(word))],
        origins=[("hi", 0)],
        languages=["hi", "en"],
        matrix="hi",
        measures={"cmi": 0.0},
        target=Target(cmi=0.0),
        met=True,
        reachable={"cmi": (0.0, 0.0)},
        provenance=Provenance(generator="insertion", version="0.1.0", config=CONFIG, seed=0, draw=draw),
    )


def fill(output: Output, *, pairs: int = PAIRS, batch: int = 2, stop: int | None = None) -> None:
    """A run that depends on nothing but the number of the pair: every third is rejected, the rest give two samples."""
    counts = output.counts
    for number in range(output.pairs_done, pairs):
        if number == stop:
            raise Stopped
        if number % 3 == 0:
            output.reject(Reject(source_id=str(number), reason="no_links"))
            counts["no_links"] = counts.get("no_links", 0) + 1
        else:
            output.write(sample(number))
            output.write(sample(number, 1))
        if (number + 1) % batch == 0:
            output.commit(number + 1, counts)
    output.commit(pairs, counts)


def run(folder: Path, *, rejects: bool = True, config: str = CONFIG, **options: Any) -> Output:
    flags = {name: options.pop(name) for name in ("force", "resume") if name in options}
    where = str(folder / "rejects.jsonl") if rejects else None
    with Output(str(folder / "out.jsonl"), rejects=where, config=config, **flags) as output:
        if not output.complete:
            fill(output, **options)
    return output


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def restore(folder: Path, files: dict[str, bytes]) -> None:
    for path in folder.iterdir():
        path.unlink()
    for name, data in files.items():
        (folder / name).write_bytes(data)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("whole")
    run(folder)
    return contents(folder)


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: waiting for the disk a thousand times takes long."""
    shared = Path("/dev/shm")
    with TemporaryDirectory(dir=shared if shared.is_dir() else tmp_path) as folder:
        yield Path(folder)


@pytest.fixture
def small_buffer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUFFER", 300)


def refused(folder: Path, **options: Any) -> str:
    before = contents(folder)
    with pytest.raises(UsageError) as caught:
        run(folder, **options)
    assert contents(folder) == before
    assert caught.value.exit_status == 2
    return str(caught.value).replace(f"{folder}/", "")


# ---------------------------------------------------------------- a run that ends well


def test_a_run_leaves_its_files_and_nothing_else(whole: dict[str, bytes]) -> None:
    assert sorted(whole) == ["out.jsonl", "rejects.jsonl"]
    samples = [msgspec.json.decode(line, type=Sample) for line in whole["out.jsonl"].splitlines()]
    assert samples == [sample(number, draw) for number in range(PAIRS) if number % 3 for draw in (0, 1)]
    rejects = [msgspec.json.decode(line, type=Reject) for line in whole["rejects.jsonl"].splitlines()]
    assert [reject.source_id for reject in rejects] == ["0", "3", "6"]


def test_rejects_are_kept_only_when_asked_for(tmp_path: Path, whole: dict[str, bytes]) -> None:
    output = run(tmp_path, rejects=False)
    assert contents(tmp_path) == {"out.jsonl": whole["out.jsonl"]}
    assert (output.samples, output.pairs_done, output.counts) == (12, 9, {"no_links": 3})


def test_what_workers_encode_gives_the_same_bytes(tmp_path: Path, whole: dict[str, bytes]) -> None:
    with Output(str(tmp_path / "out.jsonl"), rejects=str(tmp_path / "rejects.jsonl"), config=CONFIG) as output:
        for line in whole["out.jsonl"].splitlines(keepends=True):
            output.write_encoded(line, 1)
        output.write_encoded(b"", 0, whole["rejects.jsonl"])
        output.commit(PAIRS, {})
    assert output.samples == 12
    assert contents(tmp_path) == whole


def test_what_was_not_committed_is_written_at_the_end(tmp_path: Path) -> None:
    with Output(str(tmp_path / "out.jsonl"), config=CONFIG) as output:
        output.write(sample(1))
    assert contents(tmp_path) == {"out.jsonl": msgspec.json.encode(sample(1)) + b"\n"}


def test_force_replaces_only_when_the_new_file_is_whole(tmp_path: Path, whole: dict[str, bytes]) -> None:
    restore(tmp_path, {"out.jsonl": b"old\n", "rejects.jsonl": b"old\n"})
    with pytest.raises(Stopped):
        run(tmp_path, force=True, stop=5)
    assert (tmp_path / "out.jsonl").read_bytes() == b"old\n"
    run(tmp_path, resume=True)  # goes on with the run that was forced
    assert contents(tmp_path) == whole


def test_force_drops_what_an_unfinished_run_left(tmp_path: Path, whole: dict[str, bytes]) -> None:
    with pytest.raises(Stopped):
        run(tmp_path, stop=5, config="other")
    run(tmp_path, force=True)
    assert contents(tmp_path) == whole


def test_a_link_is_written_through(tmp_path: Path, whole: dict[str, bytes]) -> None:
    real = tmp_path / "real"
    real.mkdir()
    (real / "data.jsonl").write_text("old\n")
    link = tmp_path / "out.jsonl"
    link.symlink_to(real / "data.jsonl")
    run(tmp_path, rejects=False, force=True)
    assert link.is_symlink()
    assert contents(real) == {"data.jsonl": whole["out.jsonl"]}


# ---------------------------------------------------------------- stopped and resumed


@pytest.mark.usefixtures("small_buffer")
@pytest.mark.parametrize("stop", range(1, PAIRS))
def test_a_run_that_fails_keeps_whole_lines_and_goes_on(tmp_path: Path, whole: dict[str, bytes], stop: int) -> None:
    with pytest.raises(Stopped):
        run(tmp_path, stop=stop)
    left = contents(tmp_path)
    if stop < 2:
        assert left == {}  # nothing was committed, so nothing stands in the way
    else:
        assert sorted(left) == ["out.jsonl.part", "out.jsonl.state", "rejects.jsonl.part"]
        assert all(whole[name.removesuffix(".part")].startswith(left[name]) for name in left if name.endswith("part"))
        assert all(data.endswith(b"\n") for data in left.values() if data)
    output = run(tmp_path, resume=True)
    assert contents(tmp_path) == whole
    assert (output.samples, output.counts) == (12, {"no_links": 3})


@settings(deadline=None, max_examples=50)
@given(stops=st.lists(st.integers(1, PAIRS - 1), max_size=6), batch=st.integers(1, 4), buffer=st.integers(0, 900))
def test_however_often_a_run_is_stopped_it_gives_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, whole: dict[str, bytes], stops: list[int], batch: int, buffer: int
) -> None:
    folder = tmp_path_factory.mktemp("stops")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BUFFER", buffer)
        for stop in sorted(stops):
            with pytest.raises(Stopped):
                run(folder, resume=True, stop=stop, batch=batch)
        run(folder, resume=True, batch=batch)
    assert contents(folder) == whole


@pytest.mark.parametrize("name", ["out.jsonl.part", "rejects.jsonl.part", "out.jsonl.state"])
def test_a_file_cut_at_any_byte_is_mended(memory: Path, name: str) -> None:
    def tiny(stop: int | None, **flags: Any) -> Output:
        where = str(memory / "rejects.jsonl")
        with Output(str(memory / "out.jsonl"), rejects=where, config="c", **flags) as output:
            for number in range(output.pairs_done, 4):
                if number == stop:
                    raise Stopped
                output.write_encoded(b'{"n":%d}\n' % number, 1, b"[%d]\n" % number)
                output.commit(number + 1, {})
        return output

    with pytest.raises(Stopped):
        tiny(3)
    left = contents(memory)
    for size in range(len(left[name]) + 1):
        restore(memory, {**left, name: left[name][:size]})
        output = tiny(None, resume=True)
        assert output.samples == 4
        assert contents(memory) == {
            "out.jsonl": b'{"n":0}\n{"n":1}\n{"n":2}\n{"n":3}\n',
            "rejects.jsonl": b"[0]\n[1]\n[2]\n[3]\n",
        }


def test_bytes_lost_in_a_power_cut_are_written_again(tmp_path: Path, whole: dict[str, bytes]) -> None:
    with pytest.raises(Stopped):
        run(tmp_path, stop=7)
    left = contents(tmp_path)
    part = left["out.jsonl.part"]
    restore(tmp_path, {**left, "out.jsonl.part": part[:-50] + bytes(50)})
    run(tmp_path, resume=True)
    assert contents(tmp_path) == whole
    restore(tmp_path, {**left, "out.jsonl.state": left["out.jsonl.state"][:-50] + bytes(80)})
    run(tmp_path, resume=True)
    assert contents(tmp_path) == whole


def test_a_torn_journal_costs_one_commit_and_no_more(tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        run(tmp_path, stop=5)
    journal = tmp_path / "out.jsonl.state"
    journal.write_bytes(journal.read_bytes()[:-9])
    with pytest.raises(Stopped):
        run(tmp_path, resume=True, stop=8)
    again = Output(str(tmp_path / "out.jsonl"), rejects=str(tmp_path / "rejects.jsonl"), config=CONFIG, resume=True)
    with again as output:
        assert output.pairs_done == 8


@pytest.mark.parametrize("renamed", [(), ("rejects.jsonl",), ("rejects.jsonl", "out.jsonl")])
def test_a_run_killed_while_it_gave_names_is_finished(
    tmp_path: Path, whole: dict[str, bytes], renamed: tuple[str, ...]
) -> None:
    state = State(
        pairs=PAIRS,
        samples=12,
        out_bytes=len(whole["out.jsonl"]),
        reject_bytes=len(whole["rejects.jsonl"]),
        counts={"no_links": 3},
        config=CONFIG,
        done=True,
    )
    files = {name if name in renamed else f"{name}.part": data for name, data in whole.items()}
    restore(tmp_path, {**files, "out.jsonl.state": msgspec.json.encode(state) + b"\n"})
    output = run(tmp_path, resume=True)
    assert (output.complete, output.samples, output.counts) == (True, 12, {"no_links": 3})
    assert contents(tmp_path) == whole


def test_a_finished_run_that_is_resumed_has_nothing_to_do(tmp_path: Path, whole: dict[str, bytes]) -> None:
    restore(tmp_path, whole)
    assert run(tmp_path, resume=True).complete
    assert contents(tmp_path) == whole


# ---------------------------------------------------------------- what is refused


def test_existing_files_are_not_touched(tmp_path: Path) -> None:
    restore(tmp_path, {"out.jsonl": b"mine\n"})
    hint = "add --force to replace it, or --resume to go on with it"
    assert refused(tmp_path) == f"out.jsonl exists; {hint}"
    restore(tmp_path, {"rejects.jsonl": b"mine\n"})
    assert refused(tmp_path) == f"rejects.jsonl exists; {hint}"
    assert refused(tmp_path, resume=True) == "rejects.jsonl exists; add --force to replace it"


def test_an_unfinished_run_is_not_dropped_by_mistake(tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        run(tmp_path, stop=5)
    hint = "go on with --resume, or start again with --force"
    assert refused(tmp_path) == f"an unfinished run left rejects.jsonl.part; {hint}"


def test_a_run_resumes_only_with_its_settings(tmp_path: Path, whole: dict[str, bytes]) -> None:
    message = (
        "out.jsonl was begun with other settings (config ab12, now cd34);"
        " resume with the settings it was begun with, or start again with --force"
    )
    with pytest.raises(Stopped):
        run(tmp_path, stop=5)
    assert refused(tmp_path, resume=True, config="cd34") == message
    restore(tmp_path, whole)
    assert refused(tmp_path, resume=True, config="cd34") == message


def test_a_run_resumes_only_with_or_without_its_rejects(tmp_path: Path, whole: dict[str, bytes]) -> None:
    hint = "resume with the options it was begun with, or start again with --force"
    with pytest.raises(Stopped):
        run(tmp_path, stop=5)
    message = f"the unfinished out.jsonl.part was begun with --rejects and cannot go on without; {hint}"
    assert refused(tmp_path, resume=True, rejects=False) == message
    restore(tmp_path, {})
    with pytest.raises(Stopped):
        run(tmp_path, stop=5, rejects=False)
    message = f"the unfinished out.jsonl.part was begun without --rejects and cannot go on with; {hint}"
    assert refused(tmp_path, resume=True) == message
    restore(tmp_path, {"out.jsonl": whole["out.jsonl"]})
    assert refused(tmp_path, resume=True) == (
        "out.jsonl is complete, and was made without rejects.jsonl;"
        " leave out --rejects, or make both again with --force"
    )


def test_what_this_program_did_not_write_is_not_resumed(tmp_path: Path) -> None:
    restore(tmp_path, {"out.jsonl": b"my notes\n"})
    assert refused(tmp_path, resume=True, rejects=False) == (
        "out.jsonl exists and holds no samples of this program; add --force to replace it"
    )
    restore(tmp_path, {"out.jsonl.part": b"{}\n"})
    assert refused(tmp_path, resume=True, rejects=False) == (
        "out.jsonl.part cannot be resumed: its journal out.jsonl.state is missing; start again with --force"
    )


@pytest.mark.parametrize(
    ("path", "options", "expected"),
    [
        ("F/o", {"force": True, "resume": True}, "--force and --resume exclude each other; --resume goes on, --force"),
        ("F/o", {"rejects": "-"}, "rejects need a file of their own; give --rejects the name of another file"),
        ("F/o", {"rejects": "F/./o"}, "rejects need a file of their own; give --rejects the name of another file"),
        ("F", {}, "F is a folder; give the name of a file in it"),
        ("F/o.gz", {}, "F/o.gz: output is not compressed; leave out .gz, and run gzip on the file after"),
        ("-", {"resume": True}, "a stream cannot be resumed; leave out --resume, or write to a file"),
        ("F/none/o", {}, "F/none/o: its folder does not exist; make it first: mkdir -p F/none"),
        ("F/o", {"rejects": "F/none/r"}, "F/none/r: its folder does not exist; make it first: mkdir -p F/none"),
        ("F/o", {"rejects": ""}, "an output has no name; name a file, or - for standard output"),
        ("", {}, "an output has no name; name a file, or - for standard output"),
        ("F/" + "o" * 300, {}, None),
    ],
)
def test_wrong_usage(tmp_path: Path, path: str, options: dict[str, Any], expected: str | None) -> None:
    place = str(tmp_path)
    options = {name: value.replace("F", place) if name == "rejects" else value for name, value in options.items()}
    with pytest.raises(UsageError) as caught, Output(path.replace("F", place), config=CONFIG, **options):
        pass
    assert expected is None or str(caught.value).replace(place, "F").startswith(expected)
    assert contents(tmp_path) == {}


# ---------------------------------------------------------------- disks and pipes


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """A disk that is full after so many bytes of a file: the system call fails in the middle of a write."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.usefixtures("small_buffer")
def test_a_full_disk_costs_only_what_was_not_committed(memory: Path, whole: dict[str, bytes]) -> None:
    message = ""
    for size in range(0, len(whole["out.jsonl"]), 97):
        restore(memory, {})
        with file_size_limit(size), pytest.raises(RunError) as caught:
            run(memory, batch=1)
        left = contents(memory)
        message = str(caught.value)
        assert caught.value.exit_status == 1
        assert not left or left["out.jsonl.part"] == b"" or left["out.jsonl.part"].endswith(b"\n")
        assert whole["out.jsonl"].startswith(left.get("out.jsonl.part", b""))
        assert bool(left) == ("--resume" in message)
        run(memory, resume=True)
        assert contents(memory) == whole
    assert message.replace(f"{memory}/", "") == (
        "writing out.jsonl.part failed: file too large; 10 samples of 8 pairs are safe in out.jsonl.part:"
        " raise the limit on file sizes (ulimit -f) and run the same command with --resume"
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_device(tmp_path: Path) -> None:
    with pytest.raises(RunError) as caught, Output("/dev/full", rejects=str(tmp_path / "r"), config=CONFIG) as output:
        fill(output)
    assert str(caught.value) == (
        "writing /dev/full failed: no space left on device; free space and run the same command again"
    )
    assert Path("/dev/full").is_char_device()
    assert contents(tmp_path) == {}


def test_devices_are_written_and_left_in_place(tmp_path: Path, whole: dict[str, bytes]) -> None:
    with Output("/dev/null", rejects=str(tmp_path / "rejects.jsonl"), config=CONFIG) as output:
        fill(output)
    assert Path("/dev/null").is_char_device()
    assert contents(tmp_path) == {"rejects.jsonl": whole["rejects.jsonl"]}


def test_standard_output(capfdbinary: pytest.CaptureFixture[bytes], whole: dict[str, bytes]) -> None:
    with Output("-", config=CONFIG) as output:
        fill(output)
    assert capfdbinary.readouterr().out == whole["out.jsonl"]
    assert not output.reader_gone


# ---------------------------------------------------------------- other processes

CHILD = """
import os, sys
sys.path.insert(0, {tests!r})
import test_output as t
t.module.BUFFER = 100
from pathlib import Path
{body}
"""


def child(body: str, **options: Any) -> subprocess.Popen[bytes]:
    script = CHILD.format(tests=str(Path(__file__).parent), body=body)
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return subprocess.Popen([sys.executable, "-c", script], env=buffered, **{**pipes, **options})


HOLDING = """
with t.Output(r"{folder}/out.jsonl", rejects=r"{folder}/rejects.jsonl", config=t.CONFIG) as output:
    t.fill(output, pairs=5)
    output.write(t.sample(5))
    {before}
    print("ready", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def holding(folder: Path, before: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """A run in another process that has committed five pairs, written more, and waits."""
    process = child(HOLDING.format(folder=folder, before=before))
    assert process.stdout is not None
    try:
        assert process.stdout.readline().strip().endswith(b"ready")
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_killed_run_goes_on(tmp_path: Path, whole: dict[str, bytes]) -> None:
    with holding(tmp_path) as process:
        process.kill()
    assert len((tmp_path / "out.jsonl.part").read_bytes().splitlines()) == 7
    output = run(tmp_path, resume=True)
    assert output.samples == 12
    assert contents(tmp_path) == whole


def test_a_second_run_is_refused(tmp_path: Path) -> None:
    hint = "wait for it, or give this one another output"
    with holding(tmp_path):
        for options in ({}, {"resume": True}, {"force": True}):
            assert refused(tmp_path, **options).endswith(f"; {hint}")
        where = str(tmp_path / "rejects.jsonl")
        with pytest.raises(UsageError, match=r"another run is writing .*rejects\.jsonl\.part"):
            Output(str(tmp_path / "other.jsonl"), rejects=where, config=CONFIG, force=True).__enter__()
        assert not list(tmp_path.glob("other*"))


def test_a_second_run_in_the_same_process_is_refused(tmp_path: Path, whole: dict[str, bytes]) -> None:
    with Output(str(tmp_path / "out.jsonl"), rejects=str(tmp_path / "rejects.jsonl"), config=CONFIG) as output:
        fill(output, pairs=4)
        assert refused(tmp_path, force=True).startswith("another run is writing out.jsonl.state; ")
        fill(output)
    assert contents(tmp_path) == whole


def test_a_worker_that_outlives_its_run_does_not_keep_the_lock(tmp_path: Path, whole: dict[str, bytes]) -> None:
    fork = 'import time; worker = os.fork() or time.sleep(60); print(worker, end=" ")'
    process = child(HOLDING.format(folder=tmp_path, before=fork))
    assert process.stdout is not None
    worker = int(process.stdout.readline().split()[0])
    process.kill()
    process.wait()
    try:
        run(tmp_path, resume=True)
    finally:
        os.kill(worker, 9)
        process.communicate()
    assert contents(tmp_path) == whole


def test_a_reader_that_goes_away_ends_the_run_quietly(tmp_path: Path) -> None:
    body = f"""
with t.Output("-", rejects=r"{tmp_path}/rejects.jsonl", config=t.CONFIG) as output:
    t.fill(output, pairs=100_000)
sys.exit(0 if output.reader_gone and output.pairs_done < 100_000 else 3)
"""
    process = child(body)
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["source_id"] == "1"
    process.stdout.close()
    process.stdout = None
    errors = process.communicate()[1]
    assert (process.returncode, errors) == (0, b"")
    assert contents(tmp_path) == {}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_standard_output_is_one_error() -> None:
    body = """
try:
    with t.Output("-", config=t.CONFIG) as output:
        t.fill(output, pairs=2)  # too little to overflow the buffer of standard output
except t.CswitchError as error:
    sys.exit(str(error))
"""
    with open("/dev/full", "wb") as full:
        process = child(body, stdout=full)
        errors = process.communicate()[1]
    assert process.returncode == 1
    assert errors.decode().strip() == (
        f"writing standard output failed: {os.strerror(errno.ENOSPC).lower()};"
        " free space and run the same command again"
    )
    assert issubclass(RunError, CswitchError)


# ---------------------------------------------------------------- further files beside the output


def run_with_notes(folder: Path, *, stop: int | None = None, notes: bool = True, **flags: Any) -> Output:
    """Every pair is noted in a side file: more often than it gives samples."""
    sides = {"notes": str(folder / "notes.jsonl")} if notes else {}
    with Output(str(folder / "out.jsonl"), config=CONFIG, sides=sides, **flags) as output:
        for number in range(output.pairs_done, 0 if output.complete else PAIRS):
            if number == stop:
                raise Stopped
            output.add_beside("notes", Reject(source_id=str(number), reason="no_links"))
            if number % 2:
                output.write(sample(number))
            output.commit(number + 1, {})
    return output


@pytest.mark.usefixtures("small_buffer")
@pytest.mark.parametrize("stop", range(1, PAIRS))
def test_a_side_file_is_as_safe_as_the_output(tmp_path: Path, stop: int) -> None:
    run_with_notes(tmp_path)
    whole = contents(tmp_path)
    assert whole["notes.jsonl"].count(b"\n") == PAIRS
    restore(tmp_path, {})
    with pytest.raises(Stopped):
        run_with_notes(tmp_path, stop=stop)
    with (tmp_path / "notes.jsonl.part").open("ab") as stream:
        stream.write(b'{"torn')
    output = run_with_notes(tmp_path, resume=True)
    assert contents(tmp_path) == whole
    assert output.samples == PAIRS // 2
    assert run_with_notes(tmp_path, resume=True).complete


def test_a_side_file_cut_at_any_byte_is_mended(memory: Path) -> None:
    run_with_notes(memory)
    whole = contents(memory)
    restore(memory, {})
    with pytest.raises(Stopped):
        run_with_notes(memory, stop=3)
    left = contents(memory)
    for size in range(len(left["notes.jsonl.part"])):
        restore(memory, {**left, "notes.jsonl.part": left["notes.jsonl.part"][:size]})
        run_with_notes(memory, resume=True)
        assert contents(memory) == whole


def test_a_run_resumes_only_with_or_without_its_side_files(tmp_path: Path) -> None:
    hint = "resume with the options it was begun with, or start again with --force"
    cases = {True: "with --notes and cannot go on without", False: "without --notes and cannot go on with"}
    for begun, message in cases.items():
        with pytest.raises(Stopped):
            run_with_notes(tmp_path, stop=5, notes=begun)
        with pytest.raises(UsageError) as caught:
            run_with_notes(tmp_path, resume=True, notes=not begun)
        assert str(caught.value).endswith(f"out.jsonl.part was begun {message}; {hint}")
        restore(tmp_path, {})


@pytest.mark.parametrize("name", ["-", "out.jsonl", "rejects.jsonl"])
def test_a_side_file_is_a_file_of_its_own(tmp_path: Path, name: str) -> None:
    place = name if name == "-" else str(tmp_path / name)
    with pytest.raises(UsageError, match="--notes needs a file of its own; give it the name of another file"):
        Output(str(tmp_path / "out.jsonl"), rejects=str(tmp_path / "rejects.jsonl"), config="", sides={"notes": place})


def test_a_side_file_stands_beside_a_stream(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    with Output("-", config=CONFIG, sides={"notes": str(tmp_path / "notes.jsonl")}) as output:
        output.add_beside("notes", Reject(source_id="1", reason="no_links"))
        output.add_beside("others", Reject(source_id="2", reason="no_links"))
    assert contents(tmp_path) == {"notes.jsonl": b'{"source_id":"1","reason":"no_links"}\n'}


def test_journals_of_runs_without_side_files_are_as_they_were(tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        run(tmp_path, stop=5)
    assert b"side_bytes" not in (tmp_path / "out.jsonl.state").read_bytes()


def test_samples_that_are_safe_can_be_read_again(tmp_path: Path, whole: dict[str, bytes]) -> None:
    with pytest.raises(Stopped):
        run(tmp_path, stop=5)
    rejects = str(tmp_path / "rejects.jsonl")
    with Output(str(tmp_path / "out.jsonl"), rejects=rejects, config=CONFIG, resume=True) as output:
        safe = b"".join(output.safe_samples())
        assert whole["out.jsonl"].startswith(safe)
        assert safe.count(b"\n") == output.samples > 0
        fill(output)
    assert contents(tmp_path) == whole


def test_a_command_that_resumes_by_itself_does_not_speak_of_the_option(tmp_path: Path) -> None:
    output = Output(str(tmp_path / "out.jsonl"), config=CONFIG, resume=True, by_itself=True)
    with (
        pytest.raises(RunError, match=r"safe in .*: raise .* and run the same command$"),
        file_size_limit(1000),
        output,
    ):
        fill(output, batch=1)
