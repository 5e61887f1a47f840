"""The lexical aligner: what it links, what it leaves, how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.contracts import Aligner, Sentence, TokenisedPair
from cswitch.core.errors import UsageError
from cswitch.core.text.tokens import tokenise
from cswitch.generators.alignment.confidence import BINS, Confidence, step
from cswitch.generators.alignment.evaluate import evaluate
from cswitch.generators.alignment.lexical import SURE, LexicalAligner
from cswitch.generators.alignment.pharaoh import parse_pharaoh
from cswitch.generators.alignment.similarity import similarity
from cswitch.generators.alignment.vocabulary import plain_number

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"


@cache
def aligner(source: str, target: str, *, gap_fill: bool = False) -> LexicalAligner:
    return LexicalAligner(source, target, gap_fill=gap_fill)


def pair(source: str, left: Sequence[str], target: str, right: Sequence[str]) -> TokenisedPair:
    sides = Sentence(source, tuple(left), (None,) * len(left)), Sentence(target, tuple(right), (None,) * len(right))
    return TokenisedPair("1", *sides)


def links(target: str, left: str, right: str) -> set[str]:
    """The links between an English text and its translation, as ``word~word``."""
    a, b = tokenise(left, "en").tokens, tokenise(right, target).tokens
    (found,) = aligner("en", target).align([pair("en", a, target, b)])
    return {f"{a[link.source]}~{b[link.target]}" for link in found}


@pytest.mark.parametrize(
    ("target", "left", "right", "wanted"),
    [
        ("es", "The red house", "La casa roja", "The~La red~roja house~casa"),
        ("es", "He bought two books.", "Compró dos libros.", "bought~Compró two~dos books~libros .~."),
        ("es", "She has friends in Madrid", "Tiene amigos en Madrid", "has~Tiene friends~amigos in~en Madrid~Madrid"),
        ("es", "Good morning, teacher!", "¡Buenos días, maestra!", "Good~Buenos Good~días morning~Buenos morning~días"),
        (
            "es",
            "It costs 1,500.50 dollars",
            "Cuesta 1.500,50 dólares",
            "costs~Cuesta 1,500.50~1.500,50 dollars~dólares",
        ),
        ("hi", "My brother reads books.", "मेरा भाई किताबें पढ़ता है।", "My~मेरा brother~भाई books~किताबें reads~पढ़ता .~।"),
        ("hi", "We go to school", "हम स्कूल जाते हैं", "We~हम school~स्कूल go~जाते go~हैं"),
        ("hi", "Washington and Mumbai", "वाशिंगटन और मुंबई", "Washington~वाशिंगटन and~और Mumbai~मुंबई"),
        ("hi", "It is for you", "यह आपके लिए है", "for~लिए"),
        ("hi", "He started the work", "उसने काम शुरू किया", "started~शुरू started~किया work~काम"),
        ("hi", "He gave up", "उसने हार मान ली", "gave~हार gave~मान up~हार up~मान"),
        ("hi", "1000 people", "१,००० लोग", "1000~१,००० people~लोग"),
        ("hi", "in front of the house", "घर के सामने", "front~सामने of~के house~घर"),
    ],
)
def test_words_find_their_counterparts(target: str, left: str, right: str, wanted: str) -> None:
    assert set(wanted.split()) <= links(target, left, right)


@pytest.mark.parametrize(
    ("target", "left", "right"),
    [
        ("es", "Yes , why !", "¿ La torre roja ?"),
        ("hi", "the blue umbrella", "उसकी ग़लती नहीं थी"),
        ("hi", ". , !", "किताब पानी घर"),
    ],
)
def test_unrelated_words_stay_apart(target: str, left: str, right: str) -> None:
    assert links(target, left, right) == set()


@pytest.mark.parametrize("tokens", [["政", "府", "说"], ["政府", "说"]])
def test_words_of_unspaced_text_are_found_in_characters(tokens: list[str]) -> None:
    (found,) = aligner("en", "zh").align([pair("en", ["government"], "zh", tokens)])
    assert {link.target for link in found} == set(range(len(tokens) - 1))
    (back,) = aligner("zh", "en").align([pair("zh", tokens, "en", ["government"])])
    assert {link.source for link in back} == set(range(len(tokens) - 1))


@pytest.mark.parametrize("tokens", [["l'", "eau"], ["l'eau"], ["L’eau"]])
def test_a_clitic_may_be_apart_or_not(tokens: list[str]) -> None:
    (found,) = aligner("en", "fr").align([pair("en", ["water"], "fr", tokens)])
    assert (0, len(tokens) - 1) in {(link.source, link.target) for link in found}


@pytest.mark.parametrize("turned", [False, True])
def test_both_words_find_the_compound(tmp_path: Path, turned: bool) -> None:
    path = tmp_path / "mine.tsv"
    path.write_text("zorp\tflarnel\nkwib\tgrumpo\n", encoding="utf-8")
    sides = pair("en", ["the", "zorp", "kwib", "sings"], "xx", ["flarnelsgrumpo", "la"])
    if turned:
        sides = TokenisedPair("1", sides.target, sides.source)
    path.write_text("flarnel\tzorp\ngrumpo\tkwib\n" if turned else path.read_text("utf-8"), encoding="utf-8")
    mine = LexicalAligner(sides.source.lang, sides.target.lang, lexicons=[path])
    found = {(link.source, link.target) for link in mine.align([sides])[0]}
    assert ({(0, 1), (0, 2)} if turned else {(1, 0), (2, 0)}) <= found


def test_names_need_no_capitals() -> None:
    for left, right in (
        ("Obama met Merkel", "Obama a rencontré Merkel"),
        ("obama met merkel", "obama a rencontré merkel"),
    ):
        assert len({"obama", "merkel"} & {found.split("~")[0].lower() for found in links("fr", left, right)}) == 2


def test_repeated_articles_stay_with_their_nouns() -> None:
    found = links("es", "the dog and the cat and the house", "el perro y la gata y la casa")
    left, right = "the dog and the cat and the house".split(), "el perro y la gata y la casa".split()
    (cells,) = aligner("en", "es").align([pair("en", left, "es", right)])
    assert {(link.source, link.target) for link in cells} >= {(0, 0), (3, 3), (6, 6)}
    assert "cat~gata" in found


@pytest.mark.parametrize("target", ["hi", "es"])
def test_gold_samples(target: str) -> None:
    rows = [line.split("\t") for line in (SAMPLES / f"en-{target}.gold.tsv").read_text("utf-8").splitlines()[1:]]
    pairs = [pair("en", row[1].split(" "), target, row[2].split(" ")) for row in rows]
    gold = [parse_pharaoh(row[3]) for row in rows]
    sure = aligner("en", target).align(pairs)
    score = evaluate([[(link.source, link.target) for link in found] for found in sure], gold)
    assert score.precision >= 0.95
    assert score.recall >= 0.85
    more = aligner("en", target, gap_fill=True).align(pairs)
    assert all(set(some) <= set(all_) for some, all_ in zip(sure, more, strict=True))
    filled = evaluate([[(link.source, link.target) for link in found] for found in more], gold)
    assert filled.recall >= score.recall
    turned = [TokenisedPair(p.id, p.target, p.source) for p in pairs]
    back = aligner(target, "en").align(turned)
    assert evaluate([[(link.target, link.source) for link in found] for found in back], gold).precision >= 0.95


TOKENS = st.lists(
    st.sampled_from("the of house red . , 10 for good morning school Delhi in front is going la casa de 👍 @a".split())
    | st.text(min_size=1, max_size=6).map(lambda text: "".join(text.split())).filter(bool),
    max_size=14,
)
OTHERS = st.lists(
    st.sampled_from("घर के सामने में लाल । १० अच्छा है जा रहा स्कूल दिल्ली के लिए , 👍 @a शुरू किया".split())
    | st.text(min_size=1, max_size=6).map(lambda text: "".join(text.split())).filter(bool),
    max_size=14,
)


@given(TOKENS, OTHERS)
def test_links_are_sorted_in_range_and_alone_decide(left: list[str], right: list[str]) -> None:
    one = pair("en", left, "hi", right)
    other = pair("en", ["water"], "hi", ["पानी"])
    alone = aligner("en", "hi").align([one])[0]
    assert aligner("en", "hi").align([other, one, other])[1] == alone
    cells = [(link.source, link.target) for link in alone]
    assert cells == sorted(set(cells))
    assert all(i < len(left) and j < len(right) for i, j in cells)
    assert all(SURE <= link.confidence <= 1 for link in alone)


def test_a_users_words_are_used(tmp_path: Path) -> None:
    path = tmp_path / "mine.tsv"
    path.write_text("flarn\tgrumpo\n", encoding="utf-8")
    mine = LexicalAligner("en", "es", lexicons=[path])
    tokens = pair("en", ["my", "flarn", "sings", "flarn"], "es", ["mi", "grumpo", "salta", "mucho"])
    assert (1, 1) in {(link.source, link.target) for link in mine.align([tokens])[0]}


def test_contract_and_unknown_pair() -> None:
    assert isinstance(aligner("en", "es"), Aligner)
    with pytest.raises(UsageError, match="no lexicon for en-xx"):
        LexicalAligner("en", "xx")


def test_confidences_never_fall_with_the_score() -> None:
    confidence = Confidence.load()
    for kind in ("word", "number", "unit", "sound", "closed", "mark", "between", "part", "join"):
        values = [confidence(kind, n / BINS) for n in range(-1, BINS + 2)]
        assert values == sorted(values)
        assert 0 <= values[0] <= values[-1] <= 1


@given(st.floats(-2, 3))
def test_scores_fall_into_tenths(score: float) -> None:
    assert 0 <= step(score) < BINS


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Theresa", "थेरेसा", True), ("university", "यूनिवर्सिटी", True), ("information", "información", True),
        ("office", "ऑफ़िस", True), ("China", "चीन", True), ("house", "मकान", False), ("world", "mundo", False),
    ],
)  # fmt: skip
def test_names_and_loans_sound_alike(one: str, other: str, alike: bool) -> None:
    assert (similarity(one, other) >= 0.7) is alike
    assert similarity(one, other) == similarity(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1,000", "1000"),
        ("10,00,000", "1000000"),
        ("२०२५", "2025"),
        ("3,5", "3.5"),
        ("1.234,5", "1,234.5"),
        ("٥٠%", "50%"),
    ],
)
def test_numbers_written_in_other_ways_are_equal(one: str, other: str) -> None:
    assert plain_number(one) == plain_number(other)


@pytest.mark.parametrize(("one", "other"), [("3.5", "35"), ("9:30", "930"), ("10", "100"), ("1,50", "150")])
def test_other_numbers_are_not(one: str, other: str) -> None:
    assert plain_number(one) != plain_number(other)
