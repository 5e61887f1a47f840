"""Sums over utterances, from which every number of a corpus follows; a bootstrap replicate is one more set of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from operator import mul
from typing import NamedTuple

from cswitch.core.measures import formulas as f
from cswitch.core.measures.formulas import Deviation
from cswitch.core.measures.runs import Profile
from cswitch.core.measures.utterance import UTTERANCE_MEASURES, pair_sums

Numbers = dict[tuple[str, str], float | None]
"""(measure, form) to value. The form of cc is ``all``, that of symcom its part of speech."""

UnitCounts = Mapping[str, tuple[int, int]]
"""Part of speech to its number of tokens in the first and in the second language."""

AVERAGED = (*UTTERANCE_MEASURES, "symcom_sentence")
"""The measures that are averaged over utterances, in the order of :attr:`Tally.means`."""


class Sums(NamedTuple):
    """What is added up over utterances whatever their languages; all whole numbers but the last."""

    utterances: int = 0
    """Utterances."""
    worded: int = 0
    """Utterances with a language token."""
    mixed: int = 0
    """Utterances with two languages or more."""
    tokens: int = 0
    """Language tokens."""
    main: int = 0
    """Tokens of each utterance's most frequent language."""
    switches: int = 0
    """Switch points."""
    gaps: int = 0
    """Pairs of neighbouring language tokens within an utterance."""
    spans: int = 0
    """Spans."""
    squares: int = 0
    """Squared span lengths."""
    pairs: int = 0
    """Pairs of consecutive spans within an utterance, a first (x) and a second length (y)."""
    x: int = 0
    y: int = 0
    xx: int = 0
    yy: int = 0
    xy: int = 0
    cc: float = 0.0
    """Terms of Cc."""


class Tally(NamedTuple):
    """The sums of one utterance, of a corpus, or of a replicate of one."""

    sums: Sums
    means: Sequence[float]
    """For each of :data:`AVERAGED`: its sum and how often it is defined over all utterances, then over mixed ones."""
    languages: Mapping[str, int]
    """Language to tokens."""
    lengths: Mapping[int, int]
    """Span length to spans."""
    units: UnitCounts


def tally_of(found: Profile, values: Sequence[float | None], changed: bool, units: UnitCounts) -> Tally:
    """The sums of one utterance.

    Args:
        found: Its profile.
        values: Its measures, in the order of :data:`AVERAGED`.
        changed: Whether its matrix language differs from that of the utterance before.
        units: Its counts for symcom.

    >>> tally_of(Profile({"en": 2, "hi": 1}, [2, 1]), [100 / 3], False, {}).means
    [33.333333333333336, 1, 33.333333333333336, 1]
    """
    counts, lengths = found
    n, w, switches = sum(lengths), max(counts.values(), default=0), max(len(lengths) - 1, 0)
    mixed = int(len(counts) > 1)
    sums = Sums(
        1,
        int(n > 0),
        mixed,
        n,
        w,
        switches,
        max(n - 1, 0),
        len(lengths),
        sum(map(mul, lengths, lengths)),
        *pair_sums(lengths),
        f.cc_term(n, w, switches, changed),
    )
    means: list[float] = []
    for value in values:
        means += (0, 0, 0, 0) if value is None else (value, 1, value * mixed, mixed)
    return Tally(sums, means, counts, Counter(lengths), units)


def numbers_of(tally: Tally, sd: Deviation = "population") -> Numbers:
    """Every number of a corpus, in each of its forms; None where it is undefined.

    >>> from cswitch.core.measures.utterance import measures_of
    >>> found = Profile({"en": 3, "hi": 1}, [3, 1])
    >>> numbers = numbers_of(tally_of(found, list(measures_of(found).values()), False, {}))
    >>> numbers["cmi", "pooled"], numbers["cu", "mean-mixed"], numbers["memory", "mean-all"]
    (25.0, 25.0, None)
    """
    sums = tally.sums
    numbers: Numbers = {}
    pooled = _pooled(tally, sd) if sums.utterances else {}
    for name, (total, defined, total_mixed, defined_mixed) in zip(AVERAGED, _fours(tally.means), strict=False):
        if name != "switches" and name != "symcom_sentence":
            numbers[name, "pooled"] = pooled.get(name)
        numbers[name, "mean-all"] = total / defined if defined else None
        numbers[name, "mean-mixed"] = total_mixed / defined_mixed if defined_mixed else None
    numbers["cc", "all"] = 100 * sums.cc / sums.utterances if sums.utterances else None
    numbers.update({("symcom", unit): f.symcom_of(*counts) for unit, counts in tally.units.items()})
    return numbers


def bases_of(tally: Tally) -> dict[tuple[str, str], int]:
    """For each number that is not of one part of speech, how many utterances it rests on.

    >>> bases_of(tally_of(Profile({"en": 1}, [1]), [0.0], False, {}))["cmi", "mean-mixed"]
    0
    """
    sums = tally.sums
    bases: dict[tuple[str, str], int] = {("cc", "all"): sums.utterances}
    for name, (_, defined, _, defined_mixed) in zip(AVERAGED, _fours(tally.means), strict=False):
        bases[name, "mean-all"], bases[name, "mean-mixed"] = int(defined), int(defined_mixed)
        bases[name, "pooled"] = sums.worded
    bases.update({(name, "pooled"): bases.get((name, "mean-all"), 0) for name in ("i_index", "spf")})
    bases["memory", "pooled"] = sums.mixed  # one switch gives one pair of spans
    return bases


def _pooled(tally: Tally, sd: Deviation) -> dict[str, float | None]:
    s = tally.sums
    shares = tally.languages.values()
    rate = f.rate_of(s.switches, s.gaps)
    return {
        "cmi": f.cmi_of(s.tokens, s.main),
        "cu": f.cu_of(s.tokens, s.main, s.switches),
        "m_index": f.m_index_of(shares),
        "entropy": f.entropy_of(shares),
        "i_index": rate,
        "spf": rate,
        "span_entropy": f.entropy_of(tally.lengths.values()),
        "burstiness": f.burstiness_of(s.spans, s.tokens, s.squares, sd),
        "memory": f.memory_of(s.pairs, s.x, s.y, s.xx, s.yy, s.xy),
    }


def _fours(means: Sequence[float]) -> list[tuple[float, float, float, float]]:
    return list(zip(means[::4], means[1::4], means[2::4], means[3::4], strict=True))
