"""In which order samples are worth an annotator's time: as they come, by chance, by doubt, by what is new in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from math import log
from typing import Any, Literal, NamedTuple, TypeVar

from cswitch.annotators.labelstudio.diversity import diverse_order
from cswitch.core.errors import UsageError
from cswitch.core.measures.tags import tag_reader
from cswitch.core.seeds import digest
from cswitch.core.text.tokens import is_neutral

Order = Literal["input", "random", "uncertainty", "diverse"]
ORDERS: tuple[Order, ...] = ("input", "random", "uncertainty", "diverse")
Doubt = Literal["least", "margin", "mnlp"]
"""How doubt of a token is measured."""
DOUBTS: tuple[Doubt, ...] = ("least", "margin", "mnlp")

Record = TypeVar("Record")
_SMALLEST = 1e-6
"""Probabilities are rounded when they are written; a smaller one would make its logarithm decide everything."""


class Candidate(NamedTuple):
    """What an order needs to know of a record."""

    id: str
    """Its id."""
    words: tuple[str, ...]
    """Its words; marks and numbers are nobody's work."""
    doubts: tuple[float, ...]
    """How unsure the tagger is of each word, 0 to 1 (``mnlp``: nats)."""
    tags: tuple[str, ...]
    """The tag of each word."""
    at_switch: tuple[bool, ...]
    """Whether each word stands at a switch point."""

    @property
    def score(self) -> float:
        """Mean doubt of the words, averaged with the mean doubt of those at switch points, where there are any."""
        if not self.words:
            return 0.0
        every = sum(self.doubts) / len(self.doubts)
        near = [doubt for doubt, at in zip(self.doubts, self.at_switch, strict=True) if at]
        return (every + sum(near) / len(near)) / 2 if near else every


def ordered(records: Iterable[Record], how: Order, seed: int = 0, *, doubt: Doubt = "least") -> list[Record]:
    """Records in the order in which annotators are to see them; the same for the same records, whatever came before.

    * ``input``: as they come.
    * ``random``: by a number drawn from seed and id, so that a record keeps its place among others when some are
      added.
    * ``uncertainty``: the most doubtful first (Lewis and Gale, 1994; Settles, 2009). The doubt of a sentence is the
      mean over its words, so that long sentences do not come first for their length, averaged with the mean over the
      words at switch points, where taggers err and where the measures of code-mixing are decided.
    * ``diverse``: those first that add most to what was chosen before, by
      :func:`cswitch.annotators.labelstudio.diversity.diverse_order`. Doubt weighs what is new where it is known.

    Args:
        records: Objects or Structs with ``id``, ``tokens`` and ``langs``; what ``cswitch tag`` writes.
        how: A name from :data:`ORDERS`.
        seed: Decides the random order, and between records that are equally doubtful.
        doubt: ``least``: 1 - p of the tag that was given (least confidence); ``margin``: 1 - (p1 - p2) of the two
            likeliest, for records with alternatives (Scheffer et al., 2001); ``mnlp``: -log p, whose mean over the
            words is the length-normalised log-probability of the tags (Shen et al., 2018).

    Raises:
        UsageError: The order is unknown, or goes by doubt and a record has no probabilities (or no alternatives).

    >>> sure = {"id": "1", "tokens": ["kal"], "langs": ["hi"], "probabilities": [0.9]}
    >>> unsure = {"id": "2", "tokens": ["to"], "langs": ["hi"], "probabilities": [0.5]}
    >>> [record["id"] for record in ordered([sure, unsure], "uncertainty")]
    ['2', '1']
    """
    given = list(records)
    if how == "input":
        return given
    return [given[at] for at in order_of((candidate(record, how, doubt) for record in given), how, seed=seed)]


def order_of(candidates: Iterable[Candidate], how: Order, seed: int = 0) -> list[int]:
    """The places of candidates, from 0, in the order in which annotators are to see them; see :func:`ordered`.

    >>> one = Candidate("1", ("kal",), (0.1,), ("hi",), (False,))
    >>> order_of([one, one._replace(id="2", doubts=(0.5,))], "uncertainty")
    [1, 0]
    """
    if how not in ORDERS:
        raise UsageError(f"unknown order {how!r}", hint=f"known: {', '.join(ORDERS)}")
    if how == "diverse":
        return diverse_order(map(_contents, candidates))
    keys = [(_rank(one, how), digest("order", seed, one.id)) for one in candidates]
    return sorted(range(len(keys)), key=keys.__getitem__) if how != "input" else list(range(len(keys)))


def candidate(record: Any, how: Order, doubt: Doubt = "least") -> Candidate:
    """What an order needs to know of a record.

    Args:
        record: An object or a Struct with ``id``, ``tokens`` and ``langs``.
        how: The order; ``uncertainty`` needs the tagger's probabilities.
        doubt: How doubt is measured.

    Raises:
        UsageError: The record does not have what the order needs.

    >>> found = candidate(
    ...     {"id": "1", "tokens": ["kal", ",", "ok"], "langs": ["hi", "other", "en"], "probabilities": [0.75, 1, 0.5]},
    ...     "uncertainty",
    ... )
    >>> found.words, found.doubts, found.at_switch
    (('kal', 'ok'), (0.25, 0.5), (True, True))
    """
    tokens, tags = _of(record, "tokens"), _of(record, "langs")
    name = str(_of(record, "id"))
    if how == "random":
        return Candidate(name, (), (), (), ())
    doubts = _doubts(record, name, doubt, needed=how == "uncertainty")
    switching = _at_switch(tags)
    kept = [at for at, token in enumerate(tokens) if not is_neutral(token)]
    return Candidate(
        name,
        tuple(tokens[at] for at in kept),
        tuple(doubts[at] if doubts else 1.0 for at in kept),
        tuple(tags[at] for at in kept),
        tuple(switching[at] for at in kept),
    )


def _rank(one: Candidate, how: Order) -> float:
    return -round(one.score, 9) if how == "uncertainty" else 0.0


def _doubts(record: Any, name: str, doubt: Doubt, *, needed: bool) -> list[float]:
    if doubt not in DOUBTS:
        raise UsageError(f"unknown doubt {doubt!r}", hint=f"known: {', '.join(DOUBTS)}")
    field = "alternatives" if doubt == "margin" else "probabilities"
    found = _of(record, field)
    if not found:
        if needed and _of(record, "tokens"):
            how = " --alternatives 2" if doubt == "margin" else ""
            raise UsageError(f"record {name} has no {field}", hint=f"tag it anew: cswitch tag IN -o OUT{how}")
        return []
    if doubt == "margin":
        return [1.0 - (best[0][1] - (best[1][1] if len(best) > 1 else 0.0)) for best in found]
    if doubt == "mnlp":
        return [-log(max(probability, _SMALLEST)) for probability in found]
    return [1.0 - probability for probability in found]


def _at_switch(tags: Any) -> list[bool]:
    """Whether each token is one of the two language tokens of a switch point, neutral tokens between passed over."""
    read = tag_reader()
    found = [False] * len(tags)
    before, spoken = -1, ""
    for at, tag in enumerate(tags):
        language = read[tag]
        if language is None:
            continue
        if spoken and language != spoken:
            found[before] = found[at] = True
        before, spoken = at, language
    return found


def _contents(one: Candidate) -> list[tuple[str, float]]:
    """What a candidate would teach: its words, each with the doubt of it, and its switches with the doubt of theirs."""
    words = [(word.lower(), doubt) for word, doubt in zip(one.words, one.doubts, strict=True)]
    near = [(tag, doubt) for tag, doubt, at in zip(one.tags, one.doubts, one.at_switch, strict=True) if at]
    pairs = pairwise(near)
    return [*words, *((f"{a} > {b}", (one_doubt + other) / 2) for (a, one_doubt), (b, other) in pairs if a != b)]


def _of(record: Any, name: str) -> Any:
    return record.get(name) if isinstance(record, Mapping) else getattr(record, name, None)
