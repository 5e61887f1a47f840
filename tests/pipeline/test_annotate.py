from __future__ import annotations

import pytest

from cswitch.core.errors import UsageError
from cswitch.generators.switching.view import AlignedPair
from cswitch.pipeline.annotate import Annotator, RowError
from cswitch.pipeline.readers import Row
from cswitch.schemas.pair import Pair
from cswitch.schemas.reject import REASONS, Reject
from cswitch.schemas.settings import SynthSettings

EN_HI = ("en", "hi")
HOUSE = {"en": "My house is big.", "hi": "मेरा घर बड़ा है।"}
BOOK = {"en": "The book is on the table.", "hi": "किताब मेज़ पर है।"}


def row(number: int, texts: dict[str, str], links: list[tuple[int, int]] | None = None, **fields: object) -> Row:
    return Row(number + 1, Pair(id=str(number), texts=texts, links=links, **fields))  # type: ignore[arg-type]


def annotator(**settings: object) -> Annotator:
    return Annotator(SynthSettings(**{"pair": EN_HI, **settings}))  # type: ignore[arg-type]


def only(found: Annotator, given: Row) -> AlignedPair | Reject:
    (done,) = found.annotate([given])
    assert done.row is given
    return done.pair


@pytest.fixture(scope="module")
def automatic() -> Annotator:
    return annotator()


@pytest.mark.parametrize(
    ("texts", "reason", "detail"),
    [
        ({"en": "Hello", "hi": ""}, "empty_side", "the hi side"),
        ({"en": " \u00a0\t", "hi": "नमस्ते"}, "empty_side", "the en side"),
        ({"en": "", "hi": ""}, "empty_side", "the en side"),
        ({"en": "नमस्ते दुनिया", "hi": "नमस्ते दुनिया"}, "same_text", ""),
        ({"en": "OK ", "hi": " OK"}, "same_text", ""),
        ({"en": "a" * 8001, "hi": "क"}, "too_long", "the en side has 8,001 characters"),
        ({"en": "Hello", "hi": "घर " * 201}, "too_long", "the hi side has 201 tokens"),
        ({"en": "मेरा घर।", "hi": "My house."}, "wrong_script", "the en side is written in Deva, not in Latn"),
        ({"en": "My house.", "hi": "Mera ghar."}, "wrong_script", "the hi side is written in Latn, not in Deva"),
    ],
)  # fmt: skip
def test_what_cannot_be_mixed_has_a_reason(
    automatic: Annotator, texts: dict[str, str], reason: str, detail: str
) -> None:
    found = only(automatic, row(6, texts))
    assert found == Reject(source_id="6", reason=reason, detail=detail, line=7)
    assert reason in REASONS


def test_too_long_counts_tokens_as_asked() -> None:
    texts = {"en": "one two three", "hi": "एक दो तीन चार"}
    assert isinstance(only(annotator(max_tokens=4), row(1, texts)), AlignedPair)
    found = only(annotator(max_tokens=3), row(1, texts))
    assert isinstance(found, Reject)
    assert found.detail == "the hi side has 4 tokens"


def test_auto_takes_the_links_a_row_has_and_finds_the_others(automatic: Annotator) -> None:
    rows = [row(1, HOUSE, [(1, 1)]), row(2, HOUSE), row(3, HOUSE, [])]
    given, found, none = [done.pair for done in automatic.annotate(rows)]
    assert isinstance(given, AlignedPair)
    assert isinstance(found, AlignedPair)
    assert isinstance(none, AlignedPair)
    assert [(link.source, link.target, link.confidence) for link in given.links] == [(1, 1, 1.0)]
    assert {(0, 0), (1, 1)} <= {(link.source, link.target) for link in found.links}
    assert none.links == ()
    assert [pair.aligner for pair in (given, found, none)] == ["given", "lexical", "given"]


def test_lexical_does_not_use_the_links_of_a_row() -> None:
    found = only(annotator(aligner="lexical"), row(1, HOUSE, [(0, 3)]))
    assert isinstance(found, AlignedPair)
    assert found.aligner == "lexical"
    assert (0, 3) not in {(link.source, link.target) for link in found.links}


def test_given_links_need_no_usual_script() -> None:
    found = only(annotator(aligner="given"), row(1, {"en": "My house", "hi": "Mera ghar"}, [(0, 0), (1, 1)]))
    assert isinstance(found, AlignedPair)
    assert found.aligner == "given"
    assert [(link.source, link.target) for link in found.links] == [(0, 0), (1, 1)]


def test_a_row_does_not_depend_on_its_batch(automatic: Annotator) -> None:
    rows = [row(1, HOUSE), row(2, {"en": "", "hi": "घर"}), row(3, BOOK), row(4, HOUSE, [(0, 0)]), row(5, BOOK)]
    alone = [only(automatic, given) for given in rows]
    assert [done.pair for done in automatic.annotate(rows)] == alone
    assert [done.pair for done in automatic.annotate(rows[::-1])] == alone[::-1]
    assert automatic.annotate([]) == []


def test_tokens_of_the_input_are_kept(automatic: Annotator) -> None:
    tokens = {"en": ["My house", "is", "big."], "hi": ["मेरा", "घर", "बड़ा", "है।"]}
    found = only(automatic, row(1, HOUSE, [(2, 2)], tokens=tokens))
    assert isinstance(found, AlignedPair)
    assert [list(found.source.tokens), list(found.target.tokens)] == [tokens["en"], tokens["hi"]]
    assert found.source.gaps == (False, True, True)
    tokens = {"en": ["Your", "house"], "hi": ["मेरा", "घर", "बड़ा", "है।"]}
    found = only(automatic, row(1, HOUSE, [(1, 1)], tokens=tokens))
    assert isinstance(found, AlignedPair)
    assert found.source.gaps == (None, None)


def test_parts_of_speech_where_there_is_a_model(automatic: Annotator) -> None:
    found = only(automatic, row(1, HOUSE))
    assert isinstance(found, AlignedPair)
    assert found.source_pos is not None
    assert found.source_pos[1].startswith("NOUN")
    assert automatic.pos == "windowed"
    without = Annotator(SynthSettings(pair=("fr", "nl")))
    assert without.pos is None
    pair = only(without, row(1, {"fr": "La maison", "nl": "Het huis"}, [(1, 1)]))
    assert isinstance(pair, AlignedPair)
    assert (pair.source_pos, pair.target_pos) == (None, None)


@pytest.mark.parametrize(
    ("links", "message"),
    [
        ([(0, 9)], "pair '3': link 0-9 is out of range for 7 en tokens and 5 hi tokens"),
        ([(0, 0), (0, 0)], "pair '3': link 0-0 stands twice"),
    ],
)
def test_unusable_links_name_their_line(automatic: Annotator, links: list[tuple[int, int]], message: str) -> None:
    with pytest.raises(RowError) as caught:
        automatic.annotate([row(1, HOUSE), row(2, HOUSE, [(0, 0)]), row(3, BOOK, links), row(4, BOOK, [(0, 99)])])
    assert message in caught.value.message
    assert (caught.value.line, caught.value.exit_status) == (4, 2)


def test_given_links_must_be_there() -> None:
    with pytest.raises(RowError, match="pair '1' has no links") as caught:
        annotator(aligner="given").annotate([row(1, HOUSE)])
    assert caught.value.line == 2


def test_without_a_lexicon_links_must_be_given() -> None:
    texts = {"en": "My house", "ka": "ჩემი სახლი"}
    found = Annotator(SynthSettings(pair=("en", "ka")))
    assert isinstance(only(found, row(1, texts, [(0, 0)])), AlignedPair)
    with pytest.raises(RowError) as caught:
        found.annotate([row(1, texts, [(0, 0)]), row(2, texts)])
    assert str(caught.value) == (
        "pair '2' has no links, and no lexicon for en-ka to find them with; give links in a column named links, or "
        "with --links FILE (Pharaoh i-j); or learn them from the pairs themselves: --aligner hybrid"
    )
    with pytest.raises(UsageError, match=r"^no lexicon for en-ka"):
        Annotator(SynthSettings(pair=("en", "ka"), aligner="lexical"))


def test_a_lexicon_serves_both_directions() -> None:
    found = only(Annotator(SynthSettings(pair=("es", "en"))), row(1, {"es": "Mi casa", "en": "My house"}))
    assert isinstance(found, AlignedPair)
    assert [(link.source, link.target) for link in found.links] == [(0, 0), (1, 1)]
