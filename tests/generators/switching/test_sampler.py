"""The sampler against brute force on lattices small enough to enumerate."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.seeds import digest
from cswitch.generators.switching.lattice import EMBEDDED, MATRIX, NEITHER, Arc, Changes, Glue, Lattice, Path, Piece
from cswitch.generators.switching.sampler import Sampler, Ticket
from cswitch.generators.switching.targets import Aim

NAMES = {MATRIX: "m", EMBEDDED: "e", NEITHER: "other"}


def spell(lattice: Lattice, path: Path) -> list[str]:
    """The tags of a path, written out token by token without the sampler's code."""
    tags, position = [], 0
    for index in path:
        arc = lattice.arcs[index]
        tags += [NAMES[x] for x in lattice.langs[position : arc.start]]
        tags += ["m" if isinstance(p, Glue) else p.form or "e" for p in arc.pieces]
        position = arc.end
    return tags + [NAMES[x] for x in lattice.langs[position:]]


def plain_cmi(tags: list[str]) -> Fraction:
    counted = Counter(t for t in tags if t in "me")
    total = sum(counted.values())
    return Fraction(100 * (total - max(counted.values())), total) if total else Fraction(0)


def plain_share(tags: list[str]) -> Fraction:
    total = tags.count("m") + tags.count("e")
    return Fraction(100 * tags.count("e"), total) if total else Fraction(0)


def plain_switches(tags: list[str]) -> int:
    said = [t for t in tags if t in "me"]
    return sum(a != b for a, b in pairwise(said))


@st.composite
def lattices(draw: st.DrawFn) -> Lattice:
    length = draw(st.integers(1, 9))
    said = [MATRIX, MATRIX, MATRIX, NEITHER]
    if draw(st.booleans()):
        said.append(EMBEDDED)  # a text that is mixed already
    langs = draw(st.lists(st.sampled_from(said), min_size=length, max_size=length))
    arcs = []
    for n in range(draw(st.integers(0, 7))):
        start = draw(st.integers(0, length - 1))
        end = draw(st.integers(start + 1, min(length, start + 3)))
        tags = draw(st.lists(st.sampled_from(["e", "e", "other"]), min_size=1, max_size=3))
        pieces: list[Piece | Glue] = [Piece(EMBEDDED, n, tag) for tag in tags]
        gone = langs[start:end].count(MATRIX)
        if gone and draw(st.booleans()):
            pieces.append(Glue("do", "light-verb"))
            gone -= 1
        said = [MATRIX if isinstance(p, Glue) else EMBEDDED if p.form == "e" else NEITHER for p in pieces]
        said = [x for x in said if x != NEITHER]
        arcs.append(
            Arc(
                start,
                end,
                gone,
                tags.count("e"),
                tuple(pieces),
                draw(st.integers(1, 5)),
                said[0] if said else NEITHER,
                said[-1] if said else NEITHER,
                sum(a != b for a, b in pairwise(said)),
            )
        )
    forbidden = {}
    for index in range(len(arcs)):
        if draw(st.booleans()):
            forbidden[index] = frozenset(draw(st.sets(st.integers(0, len(arcs) - 1), max_size=3)))
    counts = st.integers(0, 2)
    changes = Changes([draw(counts) for _ in langs], [draw(counts) for _ in arcs])
    return Lattice(langs, arcs, forbidden, changes=changes)


def legal(lattice: Lattice, mixed: bool, majority: bool) -> dict[Path, list[str]]:
    found = {}
    for path in lattice.paths():
        tags = spell(lattice, path)
        m, e = tags.count("m"), tags.count("e")
        if not ((majority and e > m) or (mixed and not (m and e))):
            found[path] = tags
    return found


def tickets(seed: int) -> Ticket:
    return lambda total, n: digest(seed, n) % total


@settings(max_examples=300, deadline=None)
@given(lattices(), st.floats(0, 60), st.booleans(), st.booleans(), st.integers(0, 2**30))
def test_nearest_cmi_is_the_nearest_there_is(
    lattice: Lattice, cmi: float, mixed: bool, majority: bool, seed: int
) -> None:
    sampler = Sampler(lattice, mixed=mixed, majority=majority)
    paths = legal(lattice, mixed, majority)
    drawn = sampler.draw(Aim(cmi, None, 0.0), 1, tickets(seed))
    if not paths:
        assert drawn == []
        assert sampler.reachable() is None
        return
    values = {path: plain_cmi(tags) for path, tags in paths.items()}
    extremes = float(min(values.values())), float(max(values.values()))
    assert sampler.reachable() == pytest.approx(extremes)
    [(path, choice)] = drawn
    best = min(abs(float(v) - cmi) for v in values.values())
    assert abs(float(values[path]) - cmi) == pytest.approx(best, abs=1e-8)
    assert choice.distance == pytest.approx(best, abs=1e-8)


@settings(max_examples=300, deadline=None)
@given(lattices(), st.floats(0, 1), st.booleans(), st.booleans(), st.booleans(), st.integers(0, 2**30))
def test_nearest_share_is_the_nearest_there_is(
    lattice: Lattice, share: float, mixed: bool, majority: bool, switches: bool, seed: int
) -> None:
    sampler = Sampler(lattice, switches=switches, mixed=mixed, majority=majority, share=True)
    paths = legal(lattice, mixed, majority)
    drawn = sampler.draw(Aim(None, None, 0.0, share), 1, tickets(seed))
    if not paths:
        assert drawn == []
        assert sampler.reachable(share=True) is None
        return
    values = {path: plain_share(tags) for path, tags in paths.items()}
    ends = float(min(values.values())), float(max(values.values()))
    assert sampler.reachable(share=True) == pytest.approx(ends)
    cmis = [float(plain_cmi(tags)) for tags in paths.values()]
    assert sampler.reachable() == pytest.approx((min(cmis), max(cmis)))
    [(path, choice)] = drawn
    best = min(abs(float(v) - 100 * share) for v in values.values())
    assert abs(float(values[path]) - 100 * share) == pytest.approx(best, abs=1e-8)
    assert choice.distance == pytest.approx(best, abs=1e-8)


@settings(max_examples=200, deadline=None)
@given(lattices(), st.one_of(st.none(), st.floats(0, 60)), st.integers(0, 6), st.floats(0, 15), st.integers(0, 2**30))
def test_switch_counts_are_followed(
    lattice: Lattice, cmi: float | None, wanted: int, tolerance: float, seed: int
) -> None:
    sampler = Sampler(lattice, switches=True)
    paths = legal(lattice, True, True)
    drawn = sampler.draw(Aim(cmi, wanted, tolerance), 1, tickets(seed))
    assert bool(drawn) == bool(paths)
    if not paths:
        assert sampler.reachable_switches() is None
        return

    def rank(tags: list[str]) -> tuple[float, int, float]:
        off = abs(plain_switches(tags) - wanted)
        distance = 0.0 if cmi is None else abs(float(plain_cmi(tags)) - cmi)
        return (round(distance, 7) if distance > tolerance else 0.0, off, round(distance, 7))

    [(path, _)] = drawn
    best = min(rank(tags) for tags in paths.values())
    assert rank(paths[path]) == pytest.approx(best, abs=1e-6)
    counted = {plain_switches(tags) for tags in paths.values()}
    assert sampler.reachable_switches() == (min(counted), max(counted))


def plain_changes(lattice: Lattice, path: Path) -> int:
    """The changes of a path, counted token by token and arc by arc."""
    assert lattice.changes
    covered = {n for index in path for n in range(lattice.arcs[index].start, lattice.arcs[index].end)}
    kept = [n for token, n in enumerate(lattice.changes.copied) if token not in covered]
    return sum(kept) + sum(lattice.changes.taken[index] for index in path)


@settings(max_examples=200, deadline=None)
@given(lattices(), st.floats(0, 60), st.booleans(), st.integers(0, 2**30))
def test_of_equally_near_paths_the_one_with_the_fewest_changes_wins(
    lattice: Lattice, cmi: float, majority: bool, seed: int
) -> None:
    sampler = Sampler(lattice, changes=True, mixed=False, majority=majority)
    paths = legal(lattice, False, majority)
    drawn = sampler.draw(Aim(cmi, 0, 0.0), 1, tickets(seed))
    assert bool(drawn) == bool(paths)
    if drawn:
        ranks = {p: (round(abs(float(plain_cmi(t)) - cmi), 7), plain_changes(lattice, p)) for p, t in paths.items()}
        assert ranks[drawn[0][0]] == min(ranks.values())


@settings(max_examples=200, deadline=None)
@given(lattices(), st.floats(0, 60), st.integers(1, 12), st.floats(0, 30), st.booleans(), st.integers(0, 2**30))
def test_draws_are_distinct_and_all_come_when_few(
    lattice: Lattice, cmi: float, wanted: int, tolerance: float, switches: bool, seed: int
) -> None:
    sampler = Sampler(lattice, switches=switches)
    values = {path: abs(float(plain_cmi(tags)) - cmi) for path, tags in legal(lattice, True, True).items()}
    drawn = [path for path, _ in sampler.draw(Aim(cmi, None, tolerance), wanted, tickets(seed))]
    assert len(drawn) == len(set(drawn))
    assert set(drawn) <= set(values)
    if not values:
        return
    best = min(values.values())
    eligible = [p for p, d in values.items() if d <= max(best, tolerance) + 1e-8]
    assert len(drawn) == min(wanted, len(eligible))
    distances = [values[p] for p in drawn]
    assert distances == pytest.approx(sorted(values[p] for p in eligible)[: len(drawn)], abs=1e-7)


CHI_SQUARE_999 = {1: 10.83, 2: 13.82, 3: 16.27, 4: 18.47, 5: 20.52, 6: 22.46, 7: 24.32, 8: 26.12, 9: 27.88, 10: 29.59}
"""Upper 0.1 % points of the chi-square distribution by degrees of freedom."""


def continued(spans: list[tuple[int, int, int]], path: Path) -> int:
    """Edges of arcs, over eight matrix tokens, at which a path goes on in the language it was in."""
    spoken = ["m"] * 8
    inside = set()
    for index in path:
        start, end, _ = spans[index]
        spoken[start:end] = ["e"] * (end - start)
        inside |= set(range(start + 1, end))
    edges = {place for start, end, _ in spans for place in (start, end)} - {0, 8} - inside
    return sum(spoken[place - 1] == spoken[place] for place in edges)


@pytest.mark.parametrize("switches", [False, True])
@pytest.mark.parametrize("forbidden", [{}, {2: frozenset({1}), 4: frozenset({2, 3})}])
@pytest.mark.parametrize("cohesion", [1, 2])
def test_paths_come_in_proportion_to_their_weight(
    switches: bool, forbidden: dict[int, frozenset[int]], cohesion: int
) -> None:
    spans = [(0, 1, 3), (1, 2, 1), (2, 3, 2), (1, 3, 5), (3, 4, 4), (5, 6, 1)]
    arcs = [Arc(a, b, b - a, b - a, tuple(Piece(EMBEDDED, n) for n in range(a, b)), weight) for a, b, weight in spans]
    lattice = Lattice([MATRIX] * 8, arcs, forbidden, cohesion=cohesion)
    sampler = Sampler(lattice, switches=switches)
    paths = [p for p, tags in legal(lattice, True, True).items() if plain_cmi(tags) == 25]
    weight = dict.fromkeys(paths, 1)
    for path in paths:
        for index in path:
            weight[path] *= arcs[index].weight
        weight[path] *= cohesion ** continued(spans, path)
    draws = 6000
    got = Counter(sampler.draw(Aim(25, None, 0), 1, tickets(n))[0][0] for n in range(draws))
    assert set(got) <= set(paths)
    total = sum(weight.values())
    statistic = sum((got[p] - draws * w / total) ** 2 / (draws * w / total) for p, w in weight.items())
    assert statistic < CHI_SQUARE_999[len(paths) - 1]


def test_a_hundred_flat_tokens_are_counted_exactly() -> None:
    arcs = [Arc(n, n + 1, 1, 1, (Piece(EMBEDDED, n),), 1 + n % 4) for n in range(100)]
    sampler = Sampler(Lattice([MATRIX] * 100, arcs))
    assert sampler.reachable() == (1.0, 50.0)
    [(path, choice)] = sampler.draw(Aim(30.0, None, 0), 1, tickets(1))
    assert (len(path), choice.distance) == (30, 0.0)
