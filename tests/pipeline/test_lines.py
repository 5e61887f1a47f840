from __future__ import annotations

import gzip
import io
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.errors import InputError
from cswitch.pipeline import lines as module
from cswitch.pipeline.lines import CHUNK, MAX_LINE_BYTES, read_lines


def file(folder: Path, data: bytes, name: str = "a.txt") -> str:
    path = folder / name
    path.write_bytes(data)
    return str(path)


def fault(path: str) -> str:
    with pytest.raises(InputError) as caught:
        list(read_lines(path))
    assert caught.value.exit_status == 2
    assert "\n" not in str(caught.value)
    return str(caught.value).replace(path, "FILE")


@settings(deadline=None)
@given(
    texts=st.lists(
        st.text(st.characters(exclude_characters="\n\r\0", exclude_categories=["Cs"]), max_size=8), min_size=1
    ),
    end=st.sampled_from(["\n", "\r\n"]),
    closed=st.booleans(),
    chunk=st.integers(1, 9),
)
def test_lines_are_those_written(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], end: str, closed: bool, chunk: int
) -> None:
    texts = [texts[0] or "x", *texts[1:], "end"]
    if texts[0].startswith("\ufeff"):
        texts[0] = "x" + texts[0]
    data = (end.join(texts) + (end if closed else "")).encode()
    path = file(tmp_path_factory.mktemp("lines"), data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "CHUNK", chunk)
        assert list(read_lines(path)) == list(enumerate(texts, start=1))


@settings(deadline=None)
@given(
    before=st.lists(st.sampled_from(["a", "दो", "é"]), max_size=5),
    bad=st.sampled_from([b"\xff", b"\0", b"\xe0\xa4", b"\xed\xa0\x80"]),
    after=st.sampled_from([b"", b"\n", b"x\ny\n"]),
)
def test_every_line_before_a_fault_is_given(
    tmp_path_factory: pytest.TempPathFactory, before: list[str], bad: bytes, after: bytes
) -> None:
    path = file(
        tmp_path_factory.mktemp("fault"), "".join(f"{line}\n" for line in before).encode() + b"ok" + bad + after
    )
    seen: list[str] = []
    with pytest.raises(InputError) as caught:
        seen.extend(text for _, text in read_lines(path))
    assert seen == before
    assert caught.value.line == len(before) + 1


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "FILE: the file is empty; check the command that made it"),
        (b"\xef\xbb\xbf", "FILE: the file is empty; check the command that made it"),
        (
            "a\nnié\n".encode("latin-1"),
            "FILE:2: 0xE9 at byte 3 of the line (byte 5 of the file) is not UTF-8; convert the file from the encoding"
            " it has, for example: iconv -f WINDOWS-1252 -t UTF-8 FILE > utf8.txt",
        ),
        (
            b"a\nb\0c\n",
            "FILE:2: NUL character at byte 2 of the line (byte 4 of the file);"
            " remove it: tr -d '\\000' < FILE > clean.txt",
        ),
        (
            "en\thi\nHello\tनमस्ते\n".encode("utf-16"),
            "FILE: this is UTF-16, not UTF-8; convert it: iconv -f UTF-16 -t UTF-8 FILE > utf8.txt",
        ),
        (
            "en\thi\nHello there\n".encode("utf-16-be"),
            "FILE: this is UTF-16, not UTF-8; convert it: iconv -f UTF-16 -t UTF-8 FILE > utf8.txt",
        ),
        (b"PAR1\x15\x04", "FILE: this is a Parquet file; turn it into TSV or JSON Lines in UTF-8 first"),
        (
            b"PK\x03\x04\x14",
            "FILE: this is a zip archive or a spreadsheet; turn it into TSV or JSON Lines in UTF-8 first",
        ),
        (
            gzip.compress(b"a\nb\n")[:-9],
            "FILE: the gzip data is damaged or cut short; copy the file again; gzip -t tests it",
        ),
        (
            gzip.compress(b"a\n")[:4] + b"nothing",
            "FILE: the gzip data is damaged or cut short; copy the file again; gzip -t tests it",
        ),
    ],
)
def test_bad_files_are_named_with_a_remedy(tmp_path: Path, data: bytes, expected: str) -> None:
    assert fault(file(tmp_path, data)) == expected


def test_a_long_zero_file_is_not_called_utf16(tmp_path: Path) -> None:
    assert fault(file(tmp_path, bytes(100))).startswith("FILE:1: NUL character at byte 1")


def test_faults_far_into_a_file_have_the_right_place(tmp_path: Path) -> None:
    line = "नमस्ते दुनिया\n".encode()
    count = 3 * CHUNK // len(line)
    message = fault(file(tmp_path, line * count + b"ab\xffcd\n" + line))
    assert message.startswith(
        f"FILE:{count + 1}: 0xFF at byte 3 of the line (byte {count * len(line) + 3} of the file)"
    )


def test_a_line_up_to_the_limit_is_read_and_a_longer_one_is_an_error(tmp_path: Path) -> None:
    longest = b"x" * MAX_LINE_BYTES
    assert [len(text) for _, text in read_lines(file(tmp_path, b"a\n" + longest + b"\nb"))] == [1, MAX_LINE_BYTES, 1]
    for data in (b"a\n" + longest + b"y\nb", b"a\n" + longest + b"y"):
        assert fault(file(tmp_path, data)).startswith("FILE:2: the line is longer than 16 MiB; check")


def test_gzip_is_known_by_its_first_bytes(tmp_path: Path) -> None:
    members = gzip.compress(b"one\n") + gzip.compress(b"two\n")
    assert list(read_lines(file(tmp_path, members, "a.dat"))) == [(1, "one"), (2, "two")]


def test_missing_files_and_folders(tmp_path: Path) -> None:
    assert fault(str(tmp_path / "absent")) == "FILE: no such file; check the path"
    assert fault(str(tmp_path)) == "FILE: is a folder, not a file; name a file inside it"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path: Path) -> None:
    path = file(tmp_path, b"a\n")
    Path(path).chmod(0)
    assert fault(path) == "FILE: may not be read; check its permissions with ls -l"


@pytest.mark.parametrize("buffered", [True, False])
def test_standard_input_is_read_and_left_open(monkeypatch: pytest.MonkeyPatch, buffered: bool) -> None:
    raw = io.BytesIO(gzip.compress("एक\n".encode()))
    stream = io.BufferedReader(raw) if buffered else raw
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(stream))
    assert list(read_lines("-")) == [(1, "एक")]
    assert not sys.stdin.closed
    assert not raw.closed


def test_a_reader_that_stops_early_closes_the_file(tmp_path: Path) -> None:
    lines = read_lines(file(tmp_path, b"a\nb\n"))
    assert next(lines) == (1, "a")
    del lines  # a file left open would be a ResourceWarning, which is an error here
