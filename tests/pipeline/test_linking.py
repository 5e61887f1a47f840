from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pytest

from cswitch.core.contracts import Link, TokenisedPair
from cswitch.core.errors import InputError, RunError, UsageError
from cswitch.pipeline.aligners import learns_from_corpus, make_aligner, parse_spec
from cswitch.pipeline.linking import BATCH, link_rows
from cswitch.pipeline.pair_rows import Row
from cswitch.pipeline.tokenised import gaps_between
from cswitch.schemas.pair import Pair

PAIR = ("en", "es")


class Counting:
    """Links the first words, and as many words more as the corpus has pairs."""

    name = "counting"

    def __init__(self, missing: int = 0) -> None:
        self.missing = missing
        self.seen = 0

    def align(self, batch: Sequence[TokenisedPair]) -> list[tuple[Link, ...]]:
        return list(self.align_corpus(batch))

    def align_corpus(self, pairs: Iterable[TokenisedPair]) -> Iterator[tuple[Link, ...]]:
        self.seen = sum(1 for _ in pairs)
        for _ in range(self.seen - self.missing):
            yield (Link(0, 0, 0.5),) * self.seen


def rows(count: int) -> Iterator[Row]:
    for number in range(count):
        yield Row(number + 2, Pair(id=str(number), texts={"en": f"house {number}", "es": f"casa {number}"}))


def test_rows_and_tokens_come_back_in_order_from_an_aligner_of_batches() -> None:
    count = BATCH + 3
    linked = list(link_rows(rows(count), PAIR, make_aligner("lexical", PAIR), "in.tsv"))
    assert [row.pair.id for row, _, _ in linked] == [str(n) for n in range(count)]
    assert all(pair.source.tokens == ("house", row.pair.id) for row, pair, _ in linked)
    assert all([(link.source, link.target) for link in links] == [(0, 0), (1, 1)] for _, _, links in linked)


def test_an_aligner_of_the_corpus_sees_all_pairs_first() -> None:
    aligner = Counting()
    linked = link_rows(rows(5), PAIR, aligner, "in.tsv")
    assert len(next(linked)[2]) == 5
    assert [row.line for row, _, _ in linked] == [3, 4, 5, 6]


def test_an_aligner_that_loses_pairs_is_told() -> None:
    with pytest.raises(RunError, match=r"^the aligner 'counting' gave links for fewer than 5 pairs; try another"):
        list(link_rows(rows(5), PAIR, Counting(missing=1), "in.tsv"))
    assert list(link_rows(rows(0), PAIR, Counting(), "in.tsv")) == []


def test_links_that_do_not_fit_are_told_with_their_line() -> None:
    bad = Row(9, Pair(id="x", texts={"en": "a", "es": "b"}, links=[(0, 4)]))
    with pytest.raises(InputError, match=r"^in\.tsv:9: pair 'x': link 0-4 is out of range"):
        list(link_rows([bad], PAIR, make_aligner("given", PAIR), "in.tsv"))


@pytest.mark.parametrize(
    ("spec", "options", "message"),
    [
        ("lexcal", {}, "unknown aligner 'lexcal'; did you mean 'lexical'?"),
        ("lexical:x", {}, "the aligner 'lexical' takes no model, got 'x'; write --aligner lexical"),
        ("embedding", {}, "the aligner 'embedding' needs a model; write --aligner embedding:MODEL"),
        ("given", {"gap_fill": True}, "--gap-fill is no option of the aligner 'given'; use --aligner"),
        ("lexical", {"layer": 3}, "--layer is no option of the aligner 'lexical'; use --aligner embedding"),
        ("lexical", {"symmetrisation": "union"}, "--symmetrise is no option of the aligner 'lexical'; use --aligner"),
    ],
)
def test_what_an_aligner_does_not_take_is_told(spec: str, options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        make_aligner(spec, PAIR, options)
    assert str(caught.value).startswith(message)


def test_options_that_say_nothing_are_passed_over() -> None:
    assert make_aligner("given", PAIR, {"gap_fill": False, "lexicons": (), "layer": None}).name == "given"
    assert parse_spec("embedding:C:/models/x").target == "C:/models/x"


def test_which_aligners_learn_from_the_corpus() -> None:
    found = {name for name in ("given", "lexical", "hybrid", "fast-align", "eflomal") if learns_from_corpus(name)}
    assert found == {"hybrid", "fast-align", "eflomal"}


@pytest.mark.parametrize(
    ("tokens", "text", "gaps"),
    [
        ([], "", ()),
        (["a", "b"], " a  b ", (False, True)),
        (["l'", "eau"], "l'eau", (False, False)),
        (["don", "'t"], "do n't", (None, None)),
        (["a"], "a b", (None,)),
        (["b", "a"], "a b", (None, None)),
    ],
)
def test_gaps_of_given_tokens(tokens: list[str], text: str, gaps: tuple[bool | None, ...]) -> None:
    assert gaps_between(tokens, text) == gaps
