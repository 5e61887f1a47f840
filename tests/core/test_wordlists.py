"""The word lists are in the form that their readers expect, and fixed expressions are found where they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.text.scripts import check_language
from cswitch.core.wordlists import adpositions, everyday_words, fixed_expressions, function_words, table

TABLES = ("adpositions.tsv", "everyday-words.tsv", "function-words.tsv", "mwe.tsv")


@pytest.mark.parametrize("name", [*TABLES, "light-verbs-en.tsv", "light-verbs-hi.tsv", "verbs-hi.tsv"])
def test_rows_are_whole_and_none_stands_twice(name: str) -> None:
    rows = table(name)
    assert rows
    assert {len(row) for row in rows} == {len(rows[0])}
    may_be_empty = 1 if name == "light-verbs-hi.tsv" else 0  # a bare stem has no ending
    assert all(cell == cell.strip() for row in rows for cell in row)
    assert all(cell for row in rows for cell in row[may_be_empty:])
    assert len({tuple(row) for row in rows}) == len(rows)


@pytest.mark.parametrize("name", TABLES)
def test_words_are_in_lower_case_and_of_a_known_language(name: str) -> None:
    assert [word for _, word in table(name) if word != word.lower()] == []
    assert {check_language(lang) for lang, _ in table(name)} == {lang for lang, _ in table(name)}


def test_only_expressions_have_spaces() -> None:
    assert all(len(expression.split()) > 1 for _, expression in table("mwe.tsv"))
    assert all(len(word.split()) == 1 for name in TABLES[:3] for _, word in table(name))


@pytest.mark.parametrize("lang", ["en", "es", "hi"])
def test_every_language_has_its_lists(lang: str) -> None:
    assert function_words(lang)
    assert adpositions(lang)


def test_a_genitive_is_no_adposition_of_place() -> None:
    assert {"of", "de", "का", "के", "की"}.isdisjoint(adpositions("en") | adpositions("es") | adpositions("hi"))


def test_everyday_words_are_content_words() -> None:
    assert {"office", "school", "phone"} <= everyday_words("en")
    assert everyday_words("en").isdisjoint({"the", "of", "and", "is"})


def test_unknown_languages_have_none() -> None:
    assert function_words("xx") == adpositions("xx") == everyday_words("xx") == frozenset()
    assert fixed_expressions(["a", "lot", "of"], "xx") == []


EXPRESSIONS = [tuple(expression.split()) for lang, expression in table("mwe.tsv") if lang == "en"]


@given(st.lists(st.sampled_from(EXPRESSIONS), max_size=3), st.lists(st.sampled_from(["zeppelin", "gnu"]), max_size=4))
def test_every_expression_is_found_and_every_span_is_one(parts: list[tuple[str, ...]], between: list[str]) -> None:
    tokens, expected = [], []
    for n, part in enumerate(parts):
        tokens += between[n : n + 1]
        expected.append((len(tokens), len(tokens) + len(part)))
        tokens += part
    found = fixed_expressions(tokens, "en")
    assert set(expected) <= set(found)
    assert all(tuple(tokens[start:end]) in EXPRESSIONS for start, end in found)


def test_an_expression_cut_short_is_none() -> None:
    assert fixed_expressions(["sin", "duda"], "en") == []
    assert fixed_expressions(["sin"], "es") == []
