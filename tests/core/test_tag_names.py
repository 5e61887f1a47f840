"""Labels of other schemes, one table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.errors import UsageError
from cswitch.core.measures import NEUTRAL
from cswitch.core.tag_names import NEUTRAL_NAMES, canonical_tag, language_tag


@pytest.mark.parametrize(
    ("labels", "languages", "tags"),
    [
        ("lang1 lang2 other ne ambiguous mixed fw unk", ["en", "es"], "en es other ne ambiguous mixed fw unk"),
        ("HIN ENG", [], "hi en"),
        ("HI EN", [], "hi en"),
        ("B-lang1 I-lang1 B-ne I-ne O", ["en", "hi"], "en en ne ne other"),
        ("B-HI I-EN B-PER I-LOC", [], "hi en ne ne"),
        ("en hi univ ne acro mixed undef", [], "en hi other ne other mixed unk"),
        ("TR DE LANG3 MIXED OTHER NE.DE NE.TR", ["tr", "de"], "tr de fw mixed other ne ne"),
        ("eng spa eng_Latn hin_Deva pt-BR Spanish hindi __label__fr", [], "en es en hi pt es hi fr"),
        ("ne:hi mixed:en hi+en", [], "ne mixed mixed"),
        ("lang2 npi nep ne", ["en", "ne"], "npi npi npi ne"),
        ("tl fil nb", ["en", "fil"], "fil fil nb"),
        ("tl", ["en", "tl"], "tl"),
        ("L1 L2", ["es", "en"], "es en"),
    ],
)
def test_labels_of_known_schemes(labels: str, languages: list[str], tags: str) -> None:
    assert [canonical_tag(label, languages) for label in labels.split()] == tags.split()


@pytest.mark.parametrize(
    "label", ["LABEL_0", "LABEL_1", "lang1", "lang2", "", " ", "B-", "NOUN", "xx", "hi+noun", "+", ":"]
)
def test_what_means_nothing_is_none(label: str) -> None:
    assert canonical_tag(label) is None


def test_a_place_beyond_the_languages_is_none() -> None:
    assert canonical_tag("lang2", ["en"]) is None


def test_a_language_that_is_not_known_is_an_error_where_it_is_asked_for() -> None:
    with pytest.raises(UsageError, match="klingon"):
        canonical_tag("lang1", ["klingon"])


def test_nepali_never_reads_as_a_name() -> None:
    assert language_tag("ne") == language_tag("npi") == "npi"


def test_every_neutral_name_is_in_lower_case_and_means_a_neutral_tag() -> None:
    assert {name for name in NEUTRAL_NAMES if name != name.lower() or "_" in name} == set()
    assert set(NEUTRAL_NAMES.values()) == NEUTRAL


@given(st.text(max_size=12))
def test_a_tag_found_stays_what_it_is(label: str) -> None:
    tag = canonical_tag(label)
    assert tag is None or canonical_tag(tag) == tag == canonical_tag(label.upper().lower())
