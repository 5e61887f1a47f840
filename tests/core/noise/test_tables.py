from __future__ import annotations

from unicodedata import is_normalized

import pytest

from cswitch.core.noise import NAMES
from cswitch.core.noise.tables import neighbours, presets, spellings
from cswitch.core.text.scripts import languages, rows, script_of
from cswitch.core.text.tokens import token_class, tokenise

RULES = rows("noise/rules.tsv")


@pytest.mark.parametrize("row", RULES, ids=lambda row: f"{row[0]} {row[5]}")
def test_each_rule_does_what_its_example_says(row: list[str]) -> None:
    import regex as re

    _, _, pattern, replacement, weight, before, after = row
    assert re.sub(pattern, replacement, before) == after != before
    assert int(weight) > 0


@pytest.mark.parametrize("name", ["phonetic", "short", "numerals"])
def test_listed_spellings_are_single_tokens_of_known_languages(name: str) -> None:
    listed = [(langs, word) for langs, word, _ in rows(f"noise/{name}.tsv")]
    assert len(listed) == len(set(listed))
    for (lang, word), found in spellings(name).items():
        assert lang in languages()
        assert word == word.lower()
        assert word not in found
        assert len(set(found)) == len(found) > 0
        for spelt in found:
            assert tokenise(spelt).tokens == (spelt,)
            assert token_class(spelt) == "word" or name == "numerals"
            assert is_normalized("NFC", spelt)
            assert script_of(spelt) in (script_of(word), "Zyyy")


def test_tables_name_known_languages_and_operations() -> None:
    used = {
        lang
        for name, place in (("rules", 1), ("kept", 1), ("marks", 0))
        for row in rows(f"noise/{name}.tsv")
        for lang in row[place].split()
    }
    assert used - {"*"} <= set(languages())
    assert {row[0] for row in (*RULES, *rows("noise/kept.tsv"))} <= set(NAMES)
    assert all(
        set(rates) <= set(NAMES) and all(0 < rate <= 1 for rate in rates.values()) for rates in presets().values()
    )


def test_keys_are_neighbours_of_each_other() -> None:
    near = neighbours()
    assert sorted(near) == list("abcdefghijklmnopqrstuvwxyz")
    assert all(a in near[b] for a in near for b in near[a])
