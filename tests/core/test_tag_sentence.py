"""What the tags of a sentence say of the sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.measures import cmi, matrix_language, spf, switch_points
from cswitch.core.tag_sentence import sum_up


@pytest.mark.parametrize(
    ("tags", "probabilities", "languages"),
    [
        ("", [], []),
        ("other ne unk", [1, 0.5, 0.5], []),
        ("en other", [0.1, 1], ["en"]),  # the matrix language is there, however unsure
        ("hi en hi", [0.9, 0.5, 0.9], ["hi", "en"]),
        ("hi en hi", [0.9, 0.49, 0.9], ["hi"]),
        ("hi en hi en hi", [0.9, 0.3, 0.9, 0.3, 0.9], ["hi", "en"]),  # 1 - 0.7 * 0.7 = 0.51
        ("hi en", [0.6, 0.7], ["en", "hi"]),  # as many tokens, the surer ones first
        ("hi en", [0.7, 0.7], ["hi", "en"]),  # still a tie: the first
        ("en hi es es", [0.9, 0.8, 0.9, 0.9], ["es", "en", "hi"]),
        ("en hi hi en", [0.1, 0.2, 0.2, 0.3], ["en"]),  # 0.1 + 0.3 and 0.2 + 0.2 are a tie, and both are doubtful
    ],
)
def test_languages_of_a_sentence(tags: str, probabilities: list[float], languages: list[str]) -> None:
    found = sum_up(tags.split(), probabilities)
    assert found.languages == languages
    assert found.matrix == (languages[0] if languages else None)


TAGS = st.lists(st.tuples(st.sampled_from(["en", "hi", "es", "other", "ne"]), st.floats(0, 1)), max_size=12)


@given(TAGS)
def test_measures_and_matrix_are_those_of_the_tags(tagged: list[tuple[str, float]]) -> None:
    tags = [tag for tag, _ in tagged]
    found = sum_up(tags, [chance for _, chance in tagged])
    rate = spf(tags)
    assert found.measures == {
        "cmi": round(cmi(tags), 4),
        "switches": switch_points(tags),
        "spf": None if rate is None else round(rate, 4),
    }
    counts = {tag: tags.count(tag) for tag in tags if tag not in {"other", "ne"}}
    assert found.matrix is None if not counts else counts[found.matrix or ""] == max(counts.values())
    assert set(found.languages) <= set(counts)


def test_probabilities_decide_a_tie_that_the_measure_gives_to_the_first() -> None:
    assert matrix_language(["en", "hi"]) == "en"
    assert sum_up(["en", "hi"], [0.5, 0.9]).matrix == "hi"
