"""Tables of worked values, undefined cases and known traps; the definitions are in docs/measures.md."""

from __future__ import annotations

import doctest
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cswitch import __version__
from cswitch.core import measures
from cswitch.core.errors import InputError, UsageError
from cswitch.core.measures import (
    NEUTRAL,
    UTTERANCE_MEASURES,
    Signature,
    burstiness,
    cmi,
    cu,
    entropy,
    i_index,
    language_tokens,
    m_index,
    matrix_language,
    memory,
    signature,
    span_entropy,
    spans,
    spf,
    switch_points,
    switch_positions,
    symcom,
    symcom_sentence,
    utterance_measures,
)

SINGLE: dict[str, Callable[..., float | int | None]] = {
    "cmi": cmi,
    "cu": cu,
    "switches": switch_points,
    "m_index": m_index,
    "entropy": entropy,
    "i_index": i_index,
    "spf": spf,
    "span_entropy": span_entropy,
    "burstiness": burstiness,
    "memory": memory,
}

OF_TAGS: list[Callable[..., Any]] = [
    *SINGLE.values(),
    matrix_language,
    switch_positions,
    language_tokens,
    spans,
    utterance_measures,
]

WORKED = "en en hi hi other other hi hi en en en hi hi"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cmi", 45.4545),
        ("cu", 36.3636),
        ("m_index", 0.983607),
        ("entropy", 0.994030),
        ("i_index", 0.3),
        ("spf", 0.3),
        ("span_entropy", 1.5),
        ("burstiness", -0.53668),
        ("memory", -0.5),
        ("switches", 3),
    ],
)
def test_worked_value(name: str, value: float) -> None:
    assert SINGLE[name](WORKED.split()) == pytest.approx(value, abs=5e-5 if abs(value) > 1 else 5e-6)


def test_worked_parts() -> None:
    tags = WORKED.split()
    assert burstiness(tags, sd="sample") == pytest.approx(-0.48351, abs=5e-6)
    assert spans(tags) == [2, 4, 3, 2]
    assert len(language_tokens(tags)) == 11
    assert switch_positions(tags) == [2, 8, 11]
    assert matrix_language(tags) == "hi"


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("hi hi en hi other", "cmi", 25.0),
        ("hi hi en hi other", "cu", 37.5),
        # a neutral tag may be the most common
        ("en hi other other other", "cmi", 50.0),
        ("en hi other other other", "cu", 50.0),
        # a switch is remembered across neutral tokens, and a neutral token makes none
        ("en other en", "switches", 0),
        ("en other hi", "switches", 1),
        ("en other ne hi", "spf", 1.0),
        ("other en other hi other", "i_index", 1.0),
        # every measure ignores neutral tokens at the edges
        ("other other en hi hi unk", "entropy", 0.9182958340544896),
        # one language is not mixed
        ("en en en en en", "cmi", 0.0),
        ("en en en en en", "cu", 0.0),
        ("en ne other en", "cu", 0.0),
        # a final span of length one counts
        ("en en hi", "span_entropy", 1.0),
        ("en en hi", "burstiness", -0.5),
        ("en en hi", "switches", 1),
        ("en hi hi es", "span_entropy", 0.9182958340544896),
        # any of the languages on a tie for the most frequent
        ("en hi es", "cmi", 66.66666666666667),
        ("en hi es", "m_index", 1.0),
        ("en hi es", "entropy", 1.584962500721156),
        # the bounds of burstiness and memory
        ("en hi en hi", "burstiness", -1.0),
        ("en hi hi en en en", "memory", 1.0),
        ("en en hi en en", "memory", -1.0),
    ],
)
def test_trap(text: str, name: str, value: float) -> None:
    assert SINGLE[name](text.split()) == pytest.approx(value, abs=1e-12)


EVEN = (2**0.5 - 5) / (2**0.5 + 5)  # spans 1 2 2: sd is sqrt(2)/3, mean 5/3; the second of each pair does not vary

#      tags                  cmi  cu   P  m    H    I     spf   span  burst memory
UNDEFINED: list[tuple[str, list[float | None]]] = [
    ("", [0.0, 0.0, 0, 0.0, 0.0, None, None, 0.0, None, None]),
    ("other ne unk", [0.0, 0.0, 0, 0.0, 0.0, None, None, 0.0, None, None]),
    ("en", [0.0, 0.0, 0, 0.0, 0.0, None, None, 0.0, None, None]),
    ("other en other", [0.0, 0.0, 0, 0.0, 0.0, None, None, 0.0, None, None]),
    ("en en", [0.0, 0.0, 0, 0.0, 0.0, 0.0, 0.0, 0.0, None, None]),
    ("en hi", [50.0, 50.0, 1, 1.0, 1.0, 1.0, 1.0, 0.0, -1.0, None]),
    ("en hi en hi", [50.0, 62.5, 3, 1.0, 1.0, 1.0, 1.0, 0.0, -1.0, None]),  # lengths do not vary
    ("en hi hi en en", [40.0, 40.0, 2, 12 / 13, 0.97095059, 0.5, 0.5, 0.91829583, EVEN, None]),
]


@pytest.mark.parametrize(("text", "row"), UNDEFINED)
def test_undefined_cases(text: str, row: list[float | None]) -> None:
    found = utterance_measures(text.split())
    assert list(found) == list(UTTERANCE_MEASURES)
    for value, expected in zip(found.values(), row, strict=True):
        assert (value is None) == (expected is None)
        assert value is None or value == pytest.approx(expected, abs=1e-8)
    assert found == {name: function(text.split()) for name, function in SINGLE.items()}


@pytest.mark.parametrize("tag", sorted(NEUTRAL))
def test_neutral_tags_are_no_language(tag: str) -> None:
    assert language_tokens([tag, f"{tag}:hi", "en"]) == ["en"]
    assert matrix_language([tag, tag, "en"]) == "en"


@pytest.mark.parametrize(
    ("options", "tokens"),
    [
        ({}, ["en"]),
        ({"ne": "language"}, ["hi", "en"]),
        ({"mixed": "language"}, ["en", "es"]),
        ({"ne": "language", "mixed": "language"}, ["hi", "en", "es"]),
    ],
)
def test_tag_policies(options: dict[str, Any], tokens: list[str]) -> None:
    tags = ["ne", "ne:hi", "ne:other", "en", "mixed", "mixed:es", "fw:fr", "other:en", "ambiguous:en", "unk:en"]
    assert language_tokens(tags, **options) == tokens
    for function in SINGLE.values():
        assert function(tags, **options) == function(tokens)
    assert utterance_measures(tags, **options) == utterance_measures(tokens)
    assert matrix_language(tags, **options) == tokens[0]


@pytest.mark.parametrize("tag", ["", " ", "en ", "a b", "en:hi", "ne:", "ne:hi:en", ":hi", None, 3])
def test_bad_tag_is_named(tag: Any) -> None:
    for function in OF_TAGS:
        with pytest.raises(InputError) as caught:
            function(["en", tag])
        assert repr(tag) in str(caught.value)


def test_one_string_is_refused() -> None:
    for function in OF_TAGS:
        with pytest.raises(UsageError, match="one string"):
            function("en hi")


@pytest.mark.parametrize("options", [{"ne": "hi"}, {"mixed": ""}, {"ne": "language", "mixed": "neutrals"}])
def test_unknown_policy(options: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="neutral or language"):
        cmi(["en"], **options)


def test_unknown_deviation() -> None:
    bad: Any = "std"
    for function in (burstiness, utterance_measures):
        with pytest.raises(UsageError, match="population or sample"):
            function(["en", "hi"], sd=bad)


@pytest.mark.parametrize(
    ("text", "closed", "language"),
    [
        ("", None, None),
        ("other ne", None, None),
        ("en hi hi", None, "hi"),
        ("en hi hi", "1 0 0", "hi"),  # closed classes only break ties
        ("en hi", None, "en"),
        ("hi en", None, "hi"),
        ("en hi", "0 1", "hi"),
        ("en hi", "1 1", "en"),
        ("en hi en hi", "0 1 1 1", "hi"),
        ("es en en hi hi", None, "en"),  # the first token of a tied language, not the first token
        ("es en en hi hi", "1 0 0 0 0", "en"),  # nor does its closed class count
        ("other hi en", "1 0 0", "hi"),
        ("en hi es", "0 1 1", "hi"),
    ],
)
def test_matrix_language(text: str, closed: str | None, language: str | None) -> None:
    flags = None if closed is None else [flag == "1" for flag in closed.split()]
    assert matrix_language(text.split(), flags) == language


# hi PRON, hi ADP, en NOUN, hi NOUN, other PUNCT, en NOUN, fr X
SYMCOM_TAGS = ["hi", "hi", "en", "hi", "other", "en", "fr"]
SYMCOM_POS = ["PRON", "ADP", "NOUN", "NOUN", "PUNCT", "NOUN", "X"]


def test_symcom() -> None:
    assert symcom(SYMCOM_TAGS, SYMCOM_POS, ("en", "hi")) == {"PRON": -1.0, "ADP": -1.0, "NOUN": 1 / 3}
    assert symcom(SYMCOM_TAGS, SYMCOM_POS, ("hi", "en")) == {"PRON": 1.0, "ADP": 1.0, "NOUN": -1 / 3}
    assert symcom(SYMCOM_TAGS, SYMCOM_POS, ("en", "hi"), unit="NOUN") == 1 / 3
    assert symcom(SYMCOM_TAGS, SYMCOM_POS, ("en", "hi"), unit="VERB") is None
    assert symcom(SYMCOM_TAGS, SYMCOM_POS, ("en", "hi"), unit="PUNCT") is None
    assert symcom([], [], ("en", "hi")) == {}
    assert symcom(["ne:hi"], ["PROPN"], ("en", "hi"), ne="language") == {"PROPN": -1.0}


def test_symcom_sentence() -> None:
    # PRON 1 * 1/5 + ADP 1 * 1/5 + NOUN 1/3 * 3/5
    assert symcom_sentence(SYMCOM_TAGS, SYMCOM_POS, ("en", "hi")) == pytest.approx(0.6)
    assert symcom_sentence(["en", "hi"], ["NOUN", "NOUN"], ("en", "hi")) == 0.0
    assert symcom_sentence(["en", "hi"], ["NOUN", "VERB"], ("en", "hi")) == 1.0
    assert symcom_sentence([], [], ("en", "hi")) is None
    assert symcom_sentence(["other", "fr"], ["PUNCT", "NOUN"], ("en", "hi")) is None


@pytest.mark.parametrize("languages", [("en", "en"), ("en",), ("en", "other"), "en", ("en", "hi", "es")])
def test_symcom_wants_two_languages(languages: Any) -> None:
    for function in (symcom, symcom_sentence):
        with pytest.raises(UsageError, match="not two languages"):
            function(["en"], ["NOUN"], languages)


def test_parallel_lists_of_other_length() -> None:
    with pytest.raises(InputError, match="pos has 1 entries for 2 tags"):
        symcom(["en", "hi"], ["NOUN"], ("en", "hi"))
    with pytest.raises(InputError, match="closed has 3 entries for 2 tags"):
        matrix_language(["en", "hi"], [True, False, True])


@pytest.mark.parametrize(
    ("measure", "options", "text"),
    [
        ("cmi", {"corpus": "mean-all"}, "cmi|ne:neutral|mixed:neutral|scale:100|corpus:mean-all"),
        ("cu", {"ne": "language"}, "cu|ne:language|mixed:neutral|scale:100"),
        ("cc", {}, "cc|ne:neutral|mixed:neutral|scale:100|formula:printed|ties:first"),
        ("spf", {"mixed": "language"}, "spf|ne:neutral|mixed:language"),
        ("entropy", {}, "entropy|ne:neutral|mixed:neutral|log:2"),
        ("burstiness", {}, "burstiness|ne:neutral|mixed:neutral|sd:population"),
        ("burstiness", {"sd": "sample"}, "burstiness|ne:neutral|mixed:neutral|sd:sample"),
        ("matrix_language", {"ties": "closed"}, "matrix_language|ne:neutral|mixed:neutral|ties:closed"),
        (
            "symcom",
            {"languages": "en-hi", "unit": "NN|SG%"},
            "symcom|ne:neutral|mixed:neutral|languages:en-hi|unit:NN%7CSG%25",
        ),
        (
            "memory",
            {"ci": 95, "seed": 0, "bs": 1000, "corpus": "pooled"},
            "memory|ne:neutral|mixed:neutral|corpus:pooled|bs:1000|seed:0|ci:95",
        ),
    ],
)
def test_signature(measure: str, options: dict[str, str | int | float], text: str) -> None:
    printed = signature(measure, **options)
    assert printed == f"{text}|v:{__version__}"
    parsed = Signature.parse(printed)
    assert str(parsed) == printed
    assert {key: str(value) for key, value in options.items()}.items() <= dict(parsed.options).items()


@pytest.mark.parametrize(
    ("measure", "options", "message"),
    [
        ("cmii", {}, "did you mean 'cmi'"),
        ("cmi", {"sd": "sample"}, "cmi has no option 'sd'"),
        ("cmi", {"ne": "hi"}, "use neutral or language"),
        ("cmi", {"scale": 1}, "scale cannot be '1'"),
        ("cmi", {"corpus": "mean"}, "use pooled or mean-all"),
        ("symcom", {"unit": "NOUN"}, "needs languages"),
    ],
)
def test_signature_refuses(measure: str, options: dict[str, str | int | float], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        signature(measure, **options)


@pytest.mark.parametrize("text", ["", "cmi", "|ne:neutral", "cmi|ne", "cmi|ne:neutral|ne:language"])
def test_what_is_no_signature(text: str) -> None:
    with pytest.raises(InputError, match="not a signature"):
        Signature.parse(text)


def test_public_names() -> None:
    assert measures.__all__ == [
        "NEUTRAL",
        "UTTERANCE_MEASURES",
        "Corpus",
        "CorpusMeasures",
        "Number",
        "Profile",
        "Signature",
        "TagPolicy",
        "burstiness",
        "cc",
        "cmi",
        "corpus_measures",
        "cu",
        "entropy",
        "i_index",
        "language_tokens",
        "m_index",
        "matrix_language",
        "memory",
        "profile",
        "signature",
        "span_entropy",
        "spans",
        "spf",
        "switch_points",
        "switch_positions",
        "symcom",
        "symcom_sentence",
        "utterance_measures",
    ]
    assert all(hasattr(measures, name) for name in measures.__all__)


def test_code_of_the_page_runs() -> None:
    page = Path(__file__).parents[2] / "docs" / "measures.md"
    result = doctest.testfile(str(page), module_relative=False, encoding="utf-8", optionflags=doctest.ELLIPSIS)
    assert result.attempted > 0
    assert result.failed == 0
