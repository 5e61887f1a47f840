"""Unit choices: what may be inserted, by name.

A unit choice is a function of a pair, a key and the classes of single words that the constraint refuses anyway. It
gives units in any order, and may give one more than once. It is registered as ``units.NAME``; docs/extending.md shows
one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from typing import Protocol

from cswitch.core.errors import RunError
from cswitch.core.registry import BUILT_IN, load
from cswitch.core.seeds import rng
from cswitch.generators.switching import units
from cswitch.generators.switching.units import Unit
from cswitch.generators.switching.view import View

_CONTENT = frozenset("NAVBGKa?")
_VERBAL = frozenset("VXBGK")


class UnitChoice(Protocol):
    """Finds the units of a pair that may be inserted."""

    def __call__(self, view: View, key: str, skip: str) -> Iterable[Unit]:
        """The units; each must be consistent with the links (:mod:`units`).

        Args:
            view: The pair.
            key: What random choices depend on, beside the pair's id.
            skip: Classes of single words (:mod:`letters`) that the constraint refuses; they may be left out.
        """
        ...


def choose(view: View, choice: str, key: str, skip: str = "") -> list[Unit]:
    """The units of a named choice, without repeats, in order of the matrix sentence.

    Args:
        view: The pair.
        choice: Its registered name.
        key: What random choices depend on, beside the pair's id.
        skip: Classes of single words that the constraint would refuse anyway.

    Raises:
        UsageError: There is no choice of that name; the nearest is named.
        RunError: A choice from outside gave what is no unit of the pair.
    """
    found = sorted(set(unit_choice(choice)(view, key, skip)))
    if choice not in BUILT_IN["units"]:
        for unit in found:
            _check(view, choice, unit)
    return found


@cache
def unit_choice(name: str) -> UnitChoice:
    """The choice of a name.

    Raises:
        UsageError: There is none.
    """
    found: UnitChoice = load("units", name)
    return found


def _check(view: View, choice: str, unit: Unit) -> None:
    x1, x2, y1, y2 = unit
    inside = 0 <= x1 < x2 <= len(view.x_tags) and 0 <= y1 < y2 <= len(view.y_tags)
    if not inside or any(not y1 <= y < y2 for x in range(x1, x2) for y in view.links_of_x[x]):
        what = f"matrix tokens {x1} to {x2} and embedded tokens {y1} to {y2}"
        raise RunError(
            f"units {choice!r} gave {what} of pair {view.id!r}, which are no unit",
            hint="mend the plug-in: spans lie inside the sentences, ends exclusive, and no link leads out of them",
        )


def single_words(view: View, key: str, skip: str) -> Iterator[Unit]:
    """``word``: single words, and the smallest units around words with several links."""
    return units.words(view, skip)


def phrases_and_words(view: View, key: str, skip: str) -> Iterator[Unit]:
    """``phrase``: noun phrases, fixed expressions and single words."""
    return chain(units.words(view, skip), units.phrases(view))


def noun_phrases(view: View, key: str, skip: str) -> Iterator[Unit]:
    """``noun``: noun phrases and nouns."""
    letters = view.y_letters
    return (u for u in units.phrases(view) if letters[u.y2 - 1] in "N?" or letters[u.y1] in "N?")


def content_words(view: View, key: str, skip: str) -> Iterator[Unit]:
    """``content``: single content words."""
    return (u for u in units.words(view, skip) if _CONTENT.issuperset(view.y_letters[u.y1 : u.y2]))


def nouns_and_adjectives(view: View, key: str, skip: str) -> Iterator[Unit]:
    """``noun-adjective``: single words that are nouns or adjectives, no names (Srivastava and Singh, 2021)."""
    return _single(view, skip, "NA?")


def nouns(view: View, key: str, skip: str) -> Iterator[Unit]:
    """``noun-word``: single words that are nouns or names."""
    return _single(view, skip.replace("P", ""), "NP?")


def names(view: View, key: str, skip: str) -> Iterator[Unit]:
    """``entity``: runs of proper nouns."""
    return units.entities(view)


def random_spans(view: View, key: str, skip: str) -> Iterator[Unit]:
    """``random``: random spans of one to five words."""
    return units.random_spans(view, rng(key, view.id, "units"))


def _single(view: View, skip: str, classes: str) -> Iterator[Unit]:
    """Single embedded words of some classes, no possessives, that stand for no verb: that would go with its ending."""
    for unit in units.words(view, skip):
        x1, x2, y, after = unit
        if after - y > 1 or view.y_letters[y] not in classes or view.y_low[y].endswith(("'s", "’s")):
            continue
        replaced = view.x_letters[x1:x2]
        if _VERBAL.isdisjoint(replaced) or (view.y_letters[y] == "A" and replaced == "K"):
            yield unit
