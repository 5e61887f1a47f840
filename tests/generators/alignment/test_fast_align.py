from __future__ import annotations

import struct
from pathlib import Path
from tempfile import gettempdir

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from cswitch.core.contracts import CorpusAligner
from cswitch.core.errors import RunError, UsageError
from cswitch.generators.alignment.evaluate import evaluate
from cswitch.generators.alignment.fast_align import FastAlignAligner
from cswitch.generators.alignment.fast_align_table import Table
from cswitch.generators.alignment.symmetrise import METHODS
from tests.generators.alignment.made_up import PAIRS, check, made_up, pair_of

wheel = pytest.importorskip("systran_align", reason="systran-align comes with the extra align")


@given(PAIRS)
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_any_tokens_give_links_in_order(pairs: list[tuple[list[str], list[str]]]) -> None:
    corpus = [pair_of(*sides) for sides in pairs]
    aligner = FastAlignAligner("en", "es")
    links = list(aligner.align_corpus(iter(corpus)))
    check(corpus, links)
    assert links == aligner.align(corpus)


def test_links_are_those_of_fast_align_itself(tmp_path: Path) -> None:
    pairs, gold = made_up(300)
    text, forward, backward = (str(tmp_path / name) for name in ("text", "forward", "backward"))
    sides = [[list(pair.source.tokens) for pair in pairs], [list(pair.target.tokens) for pair in pairs]]
    lines = (f"{' '.join(a)} ||| {' '.join(b)}\n" for a, b in zip(*sides, strict=True))
    Path(text).write_text("".join(lines), encoding="utf-8")
    wheel.generate_alignment_probabilities(
        text, forward, backward, favor_diagonal=True, optimize_tension=True, variational_bayes=True
    )
    theirs = [sorted(found["alignments"]) for found in wheel.Aligner(forward, backward).align_batch(*sides)]
    ours = [[(k.source, k.target) for k in found] for found in FastAlignAligner("tlh", "qya").align(pairs)]
    assert sum(one == two for one, two in zip(ours, theirs, strict=True)) > 290
    assert evaluate(ours, gold).recall > 0.5


def test_each_symmetrisation_lies_between_what_both_say_and_what_either_says() -> None:
    made, _ = made_up(50)
    # a word said twice on one side is linked twice from there, and once from the other side
    pairs = [pair_of([*one.source.tokens, one.source.tokens[0]], one.target.tokens, ("tlh", "qya")) for one in made]
    found = {}
    for method in METHODS:
        links = FastAlignAligner("tlh", "qya", symmetrisation=method).align(pairs)
        check(pairs, links)
        found[method] = {(n, link.source, link.target) for n, of_pair in enumerate(links) for link in of_pair}
    both, either = found["intersection"], found["union"]
    assert both < either
    assert all(both <= some <= either for some in found.values())


def test_words_may_be_told_by_their_beginnings() -> None:
    pairs = [pair_of(["house"], ["casa"]), pair_of(["houses"], ["casas"])]
    links = FastAlignAligner("en", "es", prefix=4).align(pairs)
    assert [[(k.source, k.target) for k in found] for found in links] == [[(0, 0)], [(0, 0)]]


def test_long_lines_are_cut_and_no_file_is_left() -> None:
    before = set(Path(gettempdir()).glob("cswitch-*"))
    words = [f"w{k % 50}" for k in range(10_000)]
    pairs = [pair_of(words, words), pair_of(words, [])]
    check(pairs, FastAlignAligner("en", "es").align(pairs))
    assert set(Path(gettempdir()).glob("cswitch-*")) <= before


def test_contract_and_unknown_method() -> None:
    assert isinstance(FastAlignAligner("en", "es"), CorpusAligner)
    with pytest.raises(UsageError, match="unknown symmetrisation"):
        FastAlignAligner("en", "es", symmetrisation="both")


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("raise RuntimeError('no memory')", "RuntimeError: no memory"),
        ("import os; os._exit(7)", "it ended with status 7"),
        ("import os; os.abort()", "it ended with status -6"),
        ("pass", ""),
    ],
)
def test_a_wheel_that_fails_or_crashes_gives_one_clear_line(
    what: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs, _ = made_up(5)
    (tmp_path / "systran_align.py").write_text(f"def generate_alignment_probabilities(*_, **__):\n    {what}\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(RunError, match=f"fast_align failed on 5 sentence pairs: .*{told}"):
        FastAlignAligner("tlh", "qya").align(pairs)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        struct.pack("<2I", 9, 9),
        struct.pack("<2I", 2, 2) + b"x\0|||\0" + struct.pack("<I", 0),
        struct.pack("<2I", 2, 3) + b"<eps>\0|||\0" + b"7\0" + struct.pack("<I2i", 4, 3, 5),
        struct.pack("<2I", 2, 9) + b"<eps>\0",
    ],
)
def test_tables_that_are_none_are_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "table"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r".+"):
        Table.read(path)


def test_a_table_reads_as_written(tmp_path: Path) -> None:
    path = tmp_path / "table"
    words = b"<eps>\0|||\0" + b"7\0" + b"9\0"
    rows = struct.pack("<2iif", 1, 1, 4, 0.25) + struct.pack("<2iif", 3, 1, 4, 0.5)
    path.write_bytes(struct.pack("<2I", 2, 4) + words + struct.pack("<I", 4) + rows)
    table = Table.read(path)
    assert table.look_up(np.array([[7, 9], [9, 7]])).tolist() == [0.5, 0.0]
    assert table.empty(np.array([9, -1, 100])).tolist() == [0.25, 0.0, 0.0]
