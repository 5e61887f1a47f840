"""The example pairs of the GCM toolkit: what the equivalence constraint allows of them, by counting and one by one."""

from __future__ import annotations

from itertools import product

import pytest

from cswitch.core.contracts import Link, Sentence
from cswitch.generators.switching.counting import cell_counts, count, reach
from cswitch.generators.switching.equivalence import TreeBuilder
from cswitch.generators.switching.graph import compile_graph
from cswitch.generators.switching.lattice import Lattice
from cswitch.generators.switching.render import write
from cswitch.generators.switching.view import AlignedPair, View
from cswitch.schemas.settings import SynthSettings

_WIDTH = 16
BASKET = ("मछली की एक टोकरी", "a basket of fish", "0-3 1-2 2-0 3-1")
DOCTOR = ("यदि आप तुरंत डॉक्टर से संपर्क करें", "contact the doctor immediately if you", "0-4 1-5 2-3 3-2 5-0 6-0 6-1")


def sentence(lang: str, text: str) -> Sentence:
    return Sentence(lang, tuple(text.split()), (None,) * len(text.split()))


def frames(hindi: str, english: str, links: str) -> list[tuple[View, Lattice]]:
    """The lattice of either frame, the Hindi one first."""
    cells = (map(int, link.split("-")) for link in links.split())
    pair = AlignedPair("1", sentence("hi", hindi), sentence("en", english), tuple(Link(i, j) for i, j in cells))
    settings = SynthSettings(pair=("hi", "en"), method="tree", cmi=None)
    found = []
    for flip in (False, True):
        view = View(pair, flip=flip)
        [lattice] = TreeBuilder(settings).lattices(view, "")
        found.append((view, lattice))
    return found


def counted(lattice: Lattice) -> int:
    """Paths of a lattice, none of them walked."""
    graph = compile_graph(lattice)
    [cells] = reach(graph, lattice.frame, _WIDTH)
    attained = [(0, *divmod(bit, _WIDTH)) for bit in range(cells.bit_length()) if cells >> bit & 1]
    counts = count(graph, attained, weighted=False)
    return sum(cell_counts(graph, counts, attained))


def written(view: View, lattice: Lattice) -> set[str]:
    return {" ".join(write(view, lattice, path).tokens).lower() for path in lattice.paths()}


@pytest.mark.parametrize("example", [BASKET, DOCTOR])
def test_sixteen_sentences_are_counted_eight_in_either_frame(example: tuple[str, str, str]) -> None:
    found = frames(*example)
    assert [counted(lattice) for _, lattice in found] == [8, 8]
    assert len(set.union(*(written(view, lattice) for view, lattice in found))) == 16


def test_the_sentences_of_the_basket() -> None:
    (hindi, below), (english, above) = frames(*BASKET)
    noun_phrases = {"एक टोकरी", "a टोकरी", "एक basket"}
    with_hindi_order = {f"{fish} {noun}" for fish, noun in product(["मछली की", "fish की", "मछली of"], noun_phrases)}
    assert written(hindi, below) == with_hindi_order - {"मछली of a टोकरी"}
    phrases, ends = {"a basket", "a टोकरी", "एक basket"}, ["of fish", "of मछली", "की fish"]
    with_english_order = {f"{noun} {end}" for noun, end in product(phrases, ends)}
    assert written(english, above) == with_english_order - {"a टोकरी की fish"}


def test_all_that_the_toolkit_lists_for_its_first_demonstration_and_two_more() -> None:
    """It lists 14 sentences; तुरंत never stands in its English frame, and it drops से, which no link accounts for."""
    (hindi, below), (english, above) = frames(*DOCTOR)
    listed_english = {
        f"contact the {noun} immediately {end}"
        for noun, end in product(["doctor", "डॉक्टर"], ["if you", "if आप", "यदि you"])
    }
    assert written(english, above) - listed_english == {
        "contact the doctor तुरंत if you",
        "contact the doctor तुरंत if आप",
    }
    middles = {"तुरंत डॉक्टर", "तुरंत doctor", "immediately डॉक्टर"}
    listed_hindi = {f"{start} {middle} संपर्क करें" for start, middle in product(["यदि आप", "if आप", "यदि you"], middles)}
    listed_hindi.remove("यदि you immediately डॉक्टर संपर्क करें")
    assert {text.replace(" से ", " ") for text in written(hindi, below)} == listed_hindi
    assert len(listed_english | listed_hindi) == 14
    assert listed_english <= written(english, above)
