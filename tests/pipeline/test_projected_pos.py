"""Parts of speech brought over links to a language without a tagger, and names that English capitals tell."""

from __future__ import annotations

from cswitch.core.contracts import Link, Sentence
from cswitch.generators.switching.view import AlignedPair
from cswitch.pipeline.projected_pos import names_of, projected


def pair(
    one: tuple[str, str], other: tuple[str, str], links: str, one_pos: str = "", other_pos: str = ""
) -> AlignedPair:
    first, second = (Sentence(lang, tuple(text.split()), (True,) * len(text.split())) for lang, text in (one, other))
    cells = [item.partition("-") for item in links.split()]
    found = tuple(Link(int(i), int(j), 0.9) for i, _, j in cells)
    return AlignedPair("1", first, second, found, tuple(one_pos.split()) or None, tuple(other_pos.split()) or None)


def test_labels_go_over_the_links_without_their_features() -> None:
    given = pair(("hi", "नया बाज़ार है"), ("bn", "নতুন বাজার আছে ।"), "0-0 1-1 2-2", "ADJ NOUN.Sing AUX.Fin")
    assert projected(given).target_pos == ("ADJ", "NOUN", "PART", "PUNCT"), "a word of a closed class is told by itself"


def test_the_surest_link_decides() -> None:
    given = pair(("hi", "शुरू की"), ("bn", "শুরু"), "", "NOUN VERB.Fin")
    both = (Link(0, 0, 0.9), Link(1, 0, 0.6))
    assert projected(AlignedPair("1", given.source, given.target, both, given.source_pos)).target_pos == ("NOUN",)


def test_what_has_no_link_stays_unknown_and_marks_numbers_and_closed_words_are_told() -> None:
    given = pair(("hi", "घर"), ("bn", "আমার ঘর ৩ !"), "0-1", "NOUN")
    found = projected(given).target_pos
    assert found is not None
    assert found[0] in ("X", "PART")
    assert found[1:] == ("NOUN", "NUM", "PUNCT")


def test_endings_of_finite_verbs_tell_verbs_whatever_they_are_linked_to() -> None:
    given = pair(("hi", "बातें कीं"), ("bn", "বলেছি"), "0-0", "NOUN.Plur VERB.Fin")
    assert projected(given).target_pos == ("VERB",)


def test_labels_go_either_way_and_none_is_replaced() -> None:
    given = pair(("bn", "ঘর"), ("hi", "घर"), "0-0", "", "NOUN.Sing")
    assert projected(given).source_pos == ("NOUN",)
    labelled = pair(("en", "house"), ("hi", "घर"), "0-0", "NOUN.Sing", "NOUN.Sing")
    assert projected(labelled) is labelled
    unlabelled = pair(("bn", "ঘর"), ("mr", "घर"), "0-0")
    assert projected(unlabelled) is unlabelled


def test_english_capitals_tell_names() -> None:
    english = pair(
        ("en", "Old Delhi sleeps"),
        ("hi", "पुरानी दिल्ली सोती है"),
        "0-0 1-1 2-2",
        "ADJ PROPN VERB.Fin",
        "ADJ NOUN VERB AUX",
    )
    assert 1 in names_of([english], "hi")
    bangla = pair(("hi", "पुरानी दिल्ली"), ("bn", "পুরোনো দিল্লি"), "0-0 1-1", "ADJ NOUN")
    assert projected(bangla, {1}).target_pos == ("ADJ", "PROPN")
    assert names_of([bangla], "hi") == frozenset()
