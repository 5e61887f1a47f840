"""Pairs of the samples that come along, aligned, for the tests of prompting."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from cswitch.core.contracts import Link, Sentence
from cswitch.core.text.join import join
from cswitch.core.text.tokens import tokenise
from cswitch.generators.prompting.contracts import Brief
from cswitch.generators.switching.view import AlignedPair
from cswitch.pipeline.annotate import Annotator
from cswitch.pipeline.pair_rows import Row
from cswitch.schemas.pair import Pair
from cswitch.schemas.settings import SynthSettings


@cache
def aligned(one: str, other: str) -> tuple[AlignedPair, ...]:
    """The sample pairs of two languages, aligned and tagged."""
    text = (files("cswitch.data.samples") / f"{one}-{other}.tsv").read_text(encoding="utf-8")
    table = csv.DictReader(text.splitlines(), delimiter="\t")
    rows = [Row(n, Pair(id=row["id"], texts={one: row[one], other: row[other]})) for n, row in enumerate(table)]
    done = Annotator(SynthSettings(pair=(one, other))).annotate(rows)
    return tuple(made.pair for made in done if isinstance(made.pair, AlignedPair))


def pair_of(one: tuple[str, str], other: tuple[str, str], links: str = "") -> AlignedPair:
    """A pair by hand: language and text of each side, Pharaoh links."""
    sides = []
    for lang, text in (one, other):
        found = tokenise(text, lang)
        sides.append(Sentence(lang, found.tokens, found.gaps))
    cells = [tuple(map(int, item.split("-"))) for item in links.split()]
    return AlignedPair("1", sides[0], sides[1], tuple(Link(i, j) for i, j in cells))


def brief_of(
    pair: AlignedPair | None = None,
    *,
    languages: tuple[str, ...] = (),
    cmi: float | None = 25.0,
    tolerance: float = 5.0,
    turns: int = 1,
) -> Brief:
    """What one sample of a pair is to be; the second side is the matrix, where none is named."""
    known = languages or ((pair.target.lang, pair.source.lang) if pair else ("hi", "en"))
    texts = {side.lang: join(side.tokens, side.gaps).text for side in (pair.source, pair.target)} if pair else {}
    name = pair.id if pair else "1"
    return Brief(id=name, languages=known, cmi=cmi, tolerance=tolerance, pair=pair, texts=texts, turns=turns)
