from __future__ import annotations

import os
import sys
from pathlib import Path
from shutil import which

import pytest

from cswitch.core.contracts import CorpusAligner
from cswitch.core.errors import RunError, UsageError
from cswitch.generators.alignment.eflomal import PROGRAM, EflomalAligner
from cswitch.generators.alignment.evaluate import evaluate
from cswitch.generators.alignment.hybrid import HybridAligner
from tests.generators.alignment.made_up import check, made_up, pair_of

REAL = which(PROGRAM)
DIAGONAL = """
forward, reverse = options["-f"], options["-r"]
lines = [line.split() for line in open(options["-s"])], [line.split() for line in open(options["-t"])]
links = "".join(" ".join(f"{k}-{k}" for k in range(min(map(len, pair)))) + "\\n" for pair in zip(*lines))
open(forward, "w").write(links)
open(reverse, "w").write(links)
"""


def program(folder: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """Puts a program of that name first on the PATH."""
    path = folder / PROGRAM
    head = f"#!{sys.executable}\nimport sys\noptions = dict(zip(sys.argv, sys.argv[1:]))\n"
    path.write_text(head + body, encoding="utf-8")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_what_the_program_writes_becomes_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, monkeypatch, DIAGONAL)
    pairs = [pair_of(["a", "|||"], ["x y", "\n"]), pair_of([], ["x"]), pair_of(["b"], ["\u2028", "z"])]
    aligner = EflomalAligner("en", "es")
    assert isinstance(aligner, CorpusAligner)
    links = aligner.align(pairs)
    check(pairs, links)
    assert [[(k.source, k.target) for k in found] for found in links] == [[(0, 0), (1, 1)], [], [(0, 0)]]
    assert aligner.align([pair_of([], [])]) == [()]


def test_words_and_lexicon_reach_the_program_as_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save = f"import shutil\nfor o in '-s', '-t', '-p': shutil.copy(options[o], {str(tmp_path)!r} + '/saved' + o)\n"
    program(tmp_path, monkeypatch, save + DIAGONAL)
    EflomalAligner("en", "es").align([pair_of(["house", "Houses"], ["casa"])])
    numbers = (tmp_path / "saved-s").read_text().split()
    assert len(numbers) == 2
    assert numbers[0] == numbers[1]
    entry = ["LEX", numbers[0], (tmp_path / "saved-t").read_text().strip()]
    priors = [line.split("\t") for line in (tmp_path / "saved-p").read_text().splitlines()]
    assert entry in [line[:3] for line in priors]
    assert all(float(line[3]) > 0 for line in priors)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("print('no room left', file=sys.stderr); sys.exit(1)", "ended with status 1, and printed 'no room left'"),
        ("import os; os.kill(os.getpid(), 9)", "ended with status -9, and printed 'nothing'"),
        ("print('bad')", "wrote no forward links, and printed 'bad'"),
        (DIAGONAL.replace("(links)", "(links[:-4])"), "lines of links for 3 sentence pairs"),
        (DIAGONAL.replace("(links)", "(links + '0-0\\n')"), "lines of links for 3 sentence pairs"),
        (DIAGONAL.replace("(links)", "('\\x00\\x01 garbage\\n' * 3)"), "on line 1 of its links"),
        (DIAGONAL.replace("(links)", "('0-0\\n0-7\\n0-0\\n')"), "wrote the link 0-7 on line 2"),
        (DIAGONAL.replace('"w").write(links)', '"wb").write(bytes([255, 10] * 3))'), "on line 1 of its links"),
    ],
)
def test_a_failing_program_gives_one_clear_line(
    body: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, monkeypatch, body)
    pairs = [pair_of(["a"], ["b"])] * 3
    before = set(tmp_path.parent.glob("cswitch-*"))
    with pytest.raises(RunError) as caught:
        EflomalAligner("en", "es").align(pairs)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert set(tmp_path.parent.glob("cswitch-*")) == before


def test_a_file_that_cannot_be_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / PROGRAM
    path.write_text("#!/nowhere/at/all\n", encoding="utf-8")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RunError, match="cannot be run"):
        EflomalAligner("en", "es").align([pair_of(["a"], ["b"])])


def test_a_missing_program_is_named_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match=r"'eflomal-align' is not on the PATH; install it with: pip install eflomal"):
        EflomalAligner("en", "es")


@pytest.mark.skipif(REAL is None, reason="the program eflomal-align is not installed")
def test_the_real_program_learns_a_made_up_dictionary() -> None:
    pairs, gold = made_up(300)
    for aligner in (EflomalAligner("tlh", "qya", prefix=0), HybridAligner("tlh", "qya", engine="eflomal")):
        links = aligner.align(pairs)
        check(pairs, links)
        score = evaluate([[(k.source, k.target) for k in found] for found in links], gold)
        assert score.precision > 0.9
        assert score.recall > 0.8
