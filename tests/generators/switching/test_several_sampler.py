"""The sampler of several embedded languages against brute force on lattices small enough to enumerate."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.seeds import digest
from cswitch.generators.switching import several_sampler
from cswitch.generators.switching.counting import cell_counts, count, walk_back
from cswitch.generators.switching.lattice import MATRIX, NEITHER, Arc, Glue, Lattice, Path, Piece, path_weight
from cswitch.generators.switching.sampler import Ticket
from cswitch.generators.switching.several import JoinedLattice, joined
from cswitch.generators.switching.several_sampler import PartChoice, SeveralSampler
from cswitch.generators.switching.targets import Aim


def spell(lattice: JoinedLattice, path: Path) -> list[int]:
    """The language of each token of a path, written out without the sampler's code."""
    tags: list[int] = []
    position = 0
    for index in path:
        arc = lattice.arcs[index]
        tags += lattice.langs[position : arc.start]
        tags += [MATRIX if isinstance(p, Glue) else NEITHER if p.form == "other" else p.side for p in arc.pieces]
        position = arc.end
    return [tag for tag in tags + list(lattice.langs[position:]) if tag != NEITHER]


def plain_cmi(said: list[int]) -> Fraction:
    return Fraction(100 * (len(said) - max(Counter(said).values())), len(said)) if said else Fraction(0)


def plain_switches(said: list[int]) -> int:
    return sum(a != b for a, b in pairwise(said))


@st.composite
def lattices(draw: st.DrawFn) -> JoinedLattice:
    count = draw(st.integers(2, 3))
    length = draw(st.integers(1, 8))
    langs = draw(st.lists(st.sampled_from([MATRIX, MATRIX, MATRIX, NEITHER]), min_size=length, max_size=length))
    arcs, sides = [], []
    for n in range(draw(st.integers(0, 9))):
        side = draw(st.integers(1, count))
        start = draw(st.integers(0, length - 1))
        end = draw(st.integers(start + 1, min(length, start + 3)))
        tags = draw(st.lists(st.sampled_from(["e", "e", "other"]), min_size=1, max_size=3))
        pieces: list[Piece | Glue] = [Piece(side, n, tag) for tag in tags]
        gone = langs[start:end].count(MATRIX)
        if gone and draw(st.booleans()):
            pieces.append(Glue("do", "light-verb"))
            gone -= 1
        said = [MATRIX if isinstance(p, Glue) else side for p in pieces if isinstance(p, Glue) or p.form == "e"]
        ends = (said[0], said[-1]) if said else (NEITHER, NEITHER)
        weight = draw(st.integers(1, 5))
        arcs.append(Arc(start, end, gone, tags.count("e"), tuple(pieces), weight, *ends, plain_switches(said)))
        sides.append(side)
    forbidden = {}
    for index in range(len(arcs)):
        if draw(st.booleans()):
            forbidden[index] = frozenset(draw(st.sets(st.integers(0, len(arcs) - 1), max_size=3)))
    return JoinedLattice(langs, arcs, sides, count, forbidden, cohesion=draw(st.sampled_from([1, 3])))


def legal(lattice: JoinedLattice, plurality: bool = False) -> tuple[dict[Path, list[int]], bool]:
    """The paths with the most languages that keep the matrix language at the head, and whether all are in them."""
    found: dict[int, dict[Path, list[int]]] = {}
    for path in lattice.paths():
        said = spell(lattice, path)
        embedded = Counter(tag for tag in said if tag != MATRIX)
        most = max(embedded.values(), default=0) if plurality else embedded.total()
        if embedded and most <= said.count(MATRIX):
            found.setdefault(len(embedded), {})[path] = said
    best = max(found, default=0)
    return found.get(best, {}), best == lattice.count


def tickets(seed: int) -> Ticket:
    return lambda total, n: digest(seed, n) % total


@settings(max_examples=400, deadline=None)
@given(lattices(), st.floats(0, 80), st.booleans(), st.integers(0, 2**30))
def test_nearest_cmi_over_all_languages_is_the_nearest_there_is(
    lattice: JoinedLattice, cmi: float, plurality: bool, seed: int
) -> None:
    sampler = SeveralSampler(lattice, plurality=plurality)
    paths, whole = legal(lattice, plurality)
    drawn = sampler.draw(Aim(cmi, None, 100.0), 1, tickets(seed))
    if not paths:
        assert drawn == []
        assert sampler.reachable() is None
        return
    values = {path: plain_cmi(said) for path, said in paths.items()}
    extremes = float(min(values.values())), float(max(values.values()))
    assert sampler.reachable() == pytest.approx(extremes)
    [(path, choice)] = drawn
    best = min(abs(float(v) - cmi) for v in values.values())
    assert abs(float(values[path]) - cmi) == pytest.approx(best, abs=1e-8)
    assert choice.distance == pytest.approx(best, abs=1e-8)
    assert choice.meets(Aim(cmi, None, 100.0)) == whole


@settings(max_examples=300, deadline=None)
@given(
    lattices(),
    st.one_of(st.none(), st.floats(0, 70)),
    st.integers(0, 6),
    st.floats(0, 15),
    st.booleans(),
    st.integers(0, 2**30),
)
def test_switch_counts_over_all_languages_are_followed(
    lattice: JoinedLattice, cmi: float | None, wanted: int, tolerance: float, plurality: bool, seed: int
) -> None:
    sampler = SeveralSampler(lattice, switches=True, plurality=plurality)
    paths, _ = legal(lattice, plurality)
    drawn = sampler.draw(Aim(cmi, wanted, tolerance), 1, tickets(seed))
    assert bool(drawn) == bool(paths)
    if not paths:
        assert sampler.reachable_switches() is None
        return

    def rank(said: list[int]) -> tuple[float, int, float]:
        off = abs(plain_switches(said) - wanted)
        distance = 0.0 if cmi is None else abs(float(plain_cmi(said)) - cmi)
        return (round(distance, 7) if distance > tolerance else 0.0, off, round(distance, 7))

    [(path, _)] = drawn
    assert rank(paths[path]) == pytest.approx(min(map(rank, paths.values())), abs=1e-6)
    counted = {plain_switches(said) for said in paths.values()}
    assert sampler.reachable_switches() == (min(counted), max(counted))


@pytest.mark.parametrize("plurality", [False, True])
@pytest.mark.parametrize("cmi", [None, 20.0, 33.0, 48.0, 60.0])
@pytest.mark.parametrize("tolerance", [0.0, 5.0, 20.0])
def test_the_order_of_cmi_and_switch_points(plurality: bool, cmi: float | None, tolerance: float) -> None:
    """Over all 729 ways of saying six words in three languages."""
    lattice = flat(6, 2)
    sampler = SeveralSampler(lattice, switches=True, plurality=plurality)
    paths, _ = legal(lattice, plurality)
    for wanted in range(7):
        [(path, choice)] = sampler.draw(Aim(cmi, wanted, tolerance), 1, tickets(wanted))

        def rank(said: list[int]) -> tuple[float, int, float]:
            off = abs(plain_switches(said) - wanted)  # noqa: B023 it is used at once
            distance = 0.0 if cmi is None else abs(float(plain_cmi(said)) - cmi)
            return (round(distance, 7) if distance > tolerance else 0.0, off, round(distance, 7))

        best = min(map(rank, paths.values()))
        assert rank(paths[path]) == best
        assert choice.meets(Aim(cmi, wanted, tolerance)) == (best[0] == 0.0 and best[1] == 0)


@settings(max_examples=200, deadline=None)
@given(lattices(), st.floats(0, 60), st.integers(1, 12), st.floats(0, 30), st.booleans(), st.integers(0, 2**30))
def test_draws_are_distinct_and_have_all_languages(
    lattice: JoinedLattice, cmi: float, wanted: int, tolerance: float, plurality: bool, seed: int
) -> None:
    sampler = SeveralSampler(lattice, plurality=plurality)
    paths, whole = legal(lattice, plurality)
    values = {path: abs(float(plain_cmi(said)) - cmi) for path, said in paths.items()}
    drawn = [path for path, _ in sampler.draw(Aim(cmi, None, tolerance), wanted, tickets(seed))]
    assert len(drawn) == len(set(drawn))
    assert set(drawn) <= set(values)
    if values:
        best = min(values.values())
        eligible = [p for p, d in values.items() if d <= (max(best, tolerance) if whole else best) + 1e-8]
        assert len(drawn) == min(wanted, len(eligible))


@settings(max_examples=200, deadline=None)
@given(lattices(), st.booleans(), st.booleans())
def test_every_ticket_of_a_cell_falls_on_a_path_of_it(lattice: JoinedLattice, switches: bool, plurality: bool) -> None:
    sampler = SeveralSampler(lattice, switches=switches, plurality=plurality)
    paths, _ = legal(lattice, plurality)
    weights = {path: path_weight(lattice, path) for path in paths}
    got: Counter[Path] = Counter()
    for cells in sampler.legal.values():
        counts = count(sampler.graph, cells)
        for cell in cells:
            [share] = cell_counts(sampler.graph, counts, [cell])
            if share > 2000:
                return
            got.update(walk_back(sampler.graph, counts, cell, ticket) for ticket in range(share))
    assert got == Counter(weights)


def test_only_one_of_two_languages_can_be_had_and_no_sample_meets() -> None:
    arcs = [Arc(0, 1, 1, 1, (Piece(2, 0),), first=2, last=2)]
    sampler = SeveralSampler(JoinedLattice([MATRIX] * 4, arcs, [2], 2))
    choice = sampler.nearest(Aim(25.0, None, 3.0))
    assert isinstance(choice, PartChoice)
    assert choice.distance == 0.0
    assert not choice.meets(Aim(25.0, None, 3.0))


def test_cmi_zero_may_stay_in_one_language() -> None:
    sampler = SeveralSampler(JoinedLattice([MATRIX] * 4, [], [], 2), mixed=False)
    assert [path for path, _ in sampler.draw(Aim(0.0, None, 3.0), 1, tickets(0))] == [()]
    assert sampler.reachable() == (0.0, 0.0)


def flat(length: int, count: int) -> JoinedLattice:
    """Every token may be said in each language."""
    sides = [side for side in range(1, count + 1) for _ in range(length)]
    arcs = [Arc(n % length, n % length + 1, 1, 1, (Piece(side, n % length),), first=side, last=side)
            for n, side in enumerate(sides)]  # fmt: skip
    return JoinedLattice([MATRIX] * length, arcs, sides, count)


@pytest.mark.parametrize(("count", "most"), [(2, 66.6667), (3, 75.0)])
def test_with_plurality_cmi_reaches_one_less_a_share(count: int, most: float) -> None:
    lattice = flat(12, count)
    assert SeveralSampler(lattice).reachable() == (100 * count / 12, 50.0)
    assert SeveralSampler(lattice, plurality=True).reachable() == pytest.approx((100 * count / 12, most), abs=1e-4)


def test_beyond_the_most_cells_the_matrix_keeps_the_majority(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(several_sampler, "MOST_CELLS", 100)
    assert SeveralSampler(flat(12, 2), plurality=True).reachable() == (100 * 2 / 12, 50.0)


def test_two_hundred_flat_tokens_in_three_languages_are_counted_exactly() -> None:
    sampler = SeveralSampler(flat(200, 2))
    assert sampler.reachable() == (1.0, 50.0)
    [(path, choice)] = sampler.draw(Aim(30.0, None, 0), 1, tickets(1))
    assert (len(path), choice.distance) == (60, 0.0)


def test_two_languages_do_not_meet_inside_a_phrase() -> None:
    phrase = Arc(1, 3, 2, 2, (Piece(1, 1), Piece(1, 2)))
    english = Lattice([MATRIX] * 4, [phrase, Arc(1, 2, 1, 1, (Piece(1, 1),))])
    bangla = Lattice([MATRIX] * 4, [Arc(2, 3, 1, 1, (Piece(1, 2),)), Arc(3, 4, 1, 1, (Piece(1, 3),))])
    both = joined([english, bangla])
    assert both.sides == (1, 1, 2, 2)
    assert (1, 2) not in set(both.paths())
    assert {(0, 3), (2, 3), (1, 3)} <= set(both.paths())
