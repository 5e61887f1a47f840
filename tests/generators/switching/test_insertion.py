"""Lattices of insertion for real pairs: each wider than the one before."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from cswitch import data
from cswitch.generators.switching.constraints import constraint
from cswitch.generators.switching.generator import Builder
from cswitch.generators.switching.insertion import InsertionBuilder
from cswitch.generators.switching.lattice import EMBEDDED, Arc, Piece
from cswitch.generators.switching.nested import NestedBuilder
from cswitch.generators.switching.unit_choices import choose
from cswitch.generators.switching.view import AlignedPair, View
from cswitch.pipeline.annotate import Annotator
from cswitch.pipeline.readers import read_pairs
from cswitch.schemas.settings import SynthSettings

SAMPLES = Path(data.__path__[0]) / "samples"


def settings(lang: str, **options: str) -> SynthSettings:
    return SynthSettings(pair=("en", lang), aligner="given", **options)  # type: ignore[arg-type]


def views(lang: str) -> Iterator[View]:
    """Every hand-aligned pair, from either side."""
    rows = list(read_pairs(str(SAMPLES / f"en-{lang}.gold.tsv"), ("en", lang), pretokenised=True))
    for _, pair in Annotator(settings(lang)).annotate(rows):
        assert isinstance(pair, AlignedPair)
        yield from (View(pair, flip=True), View(pair, flip=False))


def what(arc: Arc) -> tuple[int, int, tuple[object, ...]]:
    return arc.start, arc.end, arc.pieces


@pytest.mark.parametrize("lang", ["hi", "es"])
def test_a_wider_lattice_has_every_arc_of_the_one_before(lang: str) -> None:
    builder = InsertionBuilder(settings(lang))
    most = 0
    for view in views(lang):
        lattices = list(builder.lattices(view, "key"))
        most = max(most, len(lattices))
        for narrow, wide in pairwise(lattices):
            assert {what(arc) for arc in narrow.arcs} <= {what(arc) for arc in wide.arcs}
    assert most == 3


@pytest.mark.parametrize(("lang", "some"), [("hi", True), ("es", False)])
def test_units_to_be_asked_for_later_are_those_that_a_wide_frame_admits(lang: str, some: bool) -> None:
    kept = 0
    for view in views(lang):
        judge, wide = (constraint("matrix-frame", view, frozenset(), "phrase") for _ in range(2))
        wide.wide = True
        units = choose(view, "phrase", "key")
        usual = [unit for unit in units if judge.admit(unit)]
        later = list(judge.later)
        judge.wide = True
        both = {*usual, *(unit for unit in later if judge.admit(unit))}
        assert {unit for unit in units if wide.admit(unit)} == both
        assert not wide.later
        kept += len(both) - len(usual)
    assert bool(kept) == some


@pytest.mark.parametrize("lang", ["hi", "es"])
@pytest.mark.parametrize("options", [{"units": "word"}, {"constraint": "none"}, {"constraint": "equivalence"}])
def test_only_phrases_under_the_frame_widen(lang: str, options: dict[str, str]) -> None:
    builder = InsertionBuilder(settings(lang, **options))
    assert {len(list(builder.lattices(view, "key"))) for view in views(lang)} == {1}


@pytest.mark.parametrize("lang", ["hi", "es"])
@pytest.mark.parametrize("method", [InsertionBuilder, NestedBuilder])
@pytest.mark.parametrize("constraint", ["", "equivalence", "none"])
def test_arcs_count_what_they_take_and_bring(lang: str, method: type[Builder], constraint: str) -> None:
    builder = method(settings(lang, constraint=constraint))  # type: ignore[call-arg]
    for view in views(lang):
        for lattice in builder.lattices(view, "key"):
            for arc in lattice.arcs:
                ys = [piece.at for piece in arc.pieces if isinstance(piece, Piece) and piece.side == EMBEDDED]
                assert arc.embedded == sum(view.y_counts[y] for y in ys)
                kept = len(arc.pieces) - len(ys)
                assert arc.removed == view.x_counts[arc.start : arc.end].count(0) - kept
                assert len(set(ys)) == len(ys)


def test_only_arcs_that_touch_are_kept_apart() -> None:
    for view in views("es"):
        for lattice in InsertionBuilder(settings("es")).lattices(view, "key"):
            for index, before in lattice.forbidden.items():
                assert all(lattice.arcs[n].end == lattice.arcs[index].start for n in before)
