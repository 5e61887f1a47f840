from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from cswitch.core.contracts import CorpusAligner
from cswitch.core.errors import InputError, UsageError
from cswitch.generators.alignment import learning
from cswitch.generators.alignment.evaluate import evaluate
from cswitch.generators.alignment.hybrid import GAP_FILL, SURE, HybridAligner
from cswitch.generators.alignment.lexical import LexicalAligner
from cswitch.generators.alignment.pharaoh import parse_pharaoh
from tests.generators.alignment.made_up import PAIRS, check, made_up, pair_of

SAMPLES = Path(__file__).resolve().parents[3] / "data" / "samples"
SPANISH = HybridAligner("en", "es")
FILLED = HybridAligner("en", "es", gap_fill=True)


@given(PAIRS)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_any_tokens_give_links_in_order_the_same_each_time(pairs: list[tuple[list[str], list[str]]]) -> None:
    corpus = [pair_of(*sides) for sides in pairs]
    links = list(SPANISH.align_corpus(iter(corpus)))
    check(corpus, links)
    assert links == SPANISH.align(corpus)
    assert all(link.confidence >= SURE - 0.001 for found in links for link in found)
    more = FILLED.align(corpus)
    assert all(link.confidence >= GAP_FILL - 0.001 for found in more for link in found)
    assert all(set(some) <= set(all_) for some, all_ in zip(links, more, strict=True))


def test_a_dictionary_that_nobody_wrote_is_learnt() -> None:
    pairs, gold = made_up(300)
    score = evaluate(
        [[(k.source, k.target) for k in found] for found in HybridAligner("tlh", "qya").align(pairs)], gold
    )
    assert score.precision > 0.95
    assert score.recall > 0.9


def test_a_corpus_in_parts_gives_nearly_the_same_links(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs, gold = made_up(400, seed=3)
    monkeypatch.setattr(learning, "CELLS", 3_000)
    links = HybridAligner("tlh", "qya").align(pairs)
    check(pairs, links)
    score = evaluate([[(k.source, k.target) for k in found] for found in links], gold)
    assert score.precision > 0.9
    assert score.recall > 0.85


def test_a_pair_far_too_long_is_cut_and_linked() -> None:
    letters = str.maketrans("0123456789", "bdfgklmnpr")
    words = [f"{k:04}".translate(letters) for k in range(3_000)]
    pairs = [pair_of(words, words), pair_of(words, words[-1:]), pair_of([], words), pair_of(["house"], ["casa"])]
    links = SPANISH.align(pairs)
    check(pairs, links)
    right = sum(link.source == link.target for link in links[0])
    assert right > 2_950
    assert (0, 0) in {(link.source, link.target) for link in links[3]}


@pytest.mark.parametrize("target", ["es", "hi"])
def test_no_worse_than_the_lexical_aligner_on_hand_aligned_samples(target: str) -> None:
    rows = (SAMPLES / f"en-{target}.gold.tsv").read_text(encoding="utf-8").splitlines()[1:]
    table = [row.split("\t") for row in rows]
    pairs = [pair_of(columns[1].split(), columns[2].split(), ("en", target)) for columns in table]
    gold = [parse_pharaoh(columns[3]) for columns in table]
    errors = [
        evaluate([[(k.source, k.target) for k in found] for found in aligner.align(pairs)], gold).aer
        for aligner in (HybridAligner("en", target), LexicalAligner("en", target))
    ]
    assert errors[0] <= errors[1]


def test_sides_may_be_turned_round_and_pairs_may_go_through_english() -> None:
    for langs, one, two in ((("es", "en"), "mi casa", "my house"), (("es", "hi"), "mi casa", "मेरा घर")):
        found = HybridAligner(*langs).align([pair_of(one.split(), two.split(), langs)])[0]
        assert {(0, 0), (1, 1)} <= {(link.source, link.target) for link in found}


def test_a_users_words_are_used(tmp_path: Path) -> None:
    path = tmp_path / "mine.tsv"
    path.write_text("flarn\tgrumpo\n", encoding="utf-8")
    pair = pair_of(["flarn", "voop", "zeb"], ["mip", "dorl", "grumpo"], ("tlh", "qya"))
    found = HybridAligner("tlh", "qya", lexicons=[path]).align([pair])[0]
    assert (0, 2) in {(link.source, link.target) for link in found}
    with pytest.raises(InputError):
        HybridAligner("tlh", "qya", lexicons=[tmp_path / "none.tsv"])


def test_contract_and_engines() -> None:
    assert isinstance(SPANISH, CorpusAligner)
    assert SPANISH.align([]) == []
    with pytest.raises(UsageError, match="did you mean 'eflomal'"):
        HybridAligner("en", "es", engine="eflomel")  # type: ignore[arg-type]


def test_fast_align_may_do_the_statistics() -> None:
    pytest.importorskip("systran_align", reason="systran-align comes with the extra align")
    pairs, gold = made_up(40)
    links = HybridAligner("tlh", "qya", engine="fast-align").align(pairs)
    check(pairs, links)
    score = evaluate([[(k.source, k.target) for k in found] for found in links], gold)
    assert score.precision > 0.9
    assert score.recall > 0.2
