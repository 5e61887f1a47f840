"""Lexicons: look-up, packs, users' word lists, and the packs that are shipped."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.errors import InputError, RunError, UsageError
from cswitch.core.lexicon import FORMAT, Lexicon, Translation, available, key, read_lexicon, read_tsv, route

FOLDER = Path(__file__).resolve().parents[2] / "data" / "lexicons"
PROBABILITIES = st.floats(min_value=0.001, max_value=1.0)
WORDS = st.text(st.characters(categories=("Ll", "Lo", "Mn")), min_size=1, max_size=8).map(key).filter(str.strip)
ENTRIES = st.dictionaries(
    WORDS, st.lists(st.builds(Translation, WORDS, PROBABILITIES, PROBABILITIES), min_size=1, max_size=4), max_size=8
)


def words(lexicon: Lexicon, word: str) -> list[str]:
    return [translation.word for translation in lexicon.translations(word)]


@given(ENTRIES)
def test_a_pack_gives_the_lexicon_back(entries: dict[str, list[Translation]]) -> None:
    lexicon = Lexicon("en", "hi", entries, closed={"en": frozenset({"the"})}, joins={"hi": {"है": (0.9, 0.1)}})
    back = Lexicon.decode(lexicon.encode())
    assert (back.source, back.target, back.closed["en"]) == ("en", "hi", frozenset({"the"}))
    assert list(back.joins["hi"]["है"]) == pytest.approx([0.9, 0.1], rel=0.2)
    assert set(back) == set(lexicon)
    for word in lexicon:
        assert set(words(back, word)) == set(words(lexicon, word))
        kept = {t.word: t for t in back.translations(word)}
        for t in lexicon.translations(word):
            assert kept[t.word].prob == pytest.approx(t.prob, rel=0.2)
            assert kept[t.word].back == pytest.approx(t.back, rel=0.2)


@given(ENTRIES)
def test_turned_twice_it_is_the_same(entries: dict[str, list[Translation]]) -> None:
    lexicon = Lexicon("en", "hi", entries)
    turned = lexicon.reversed()
    assert (turned.source, turned.target) == ("hi", "en")
    again = turned.reversed()
    assert {w: again.translations(w) for w in again} == {w: lexicon.translations(w) for w in lexicon}


def test_the_most_probable_comes_first_and_case_does_not_matter() -> None:
    lexicon = Lexicon("en", "es", {"Bank": [Translation("orilla", 0.2, 0.9), Translation("Banco", 0.8, 0.7)]})
    assert words(lexicon, "BANK") == ["banco", "orilla"]
    assert "bank" in lexicon
    assert lexicon.translations("river") == ()


@pytest.mark.parametrize("pack", [b"not compressed", b"", Lexicon("en", "es", {}).encode()[:-8]])
def test_a_broken_pack_says_so(pack: bytes) -> None:
    with pytest.raises(InputError, match="build_lexicons"):
        Lexicon.decode(pack)


def test_a_pack_of_another_version_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cswitch.core.lexicon_pack.FORMAT", "cswitch-lexicon 0")
    pack = Lexicon("en", "es", {}).encode()
    monkeypatch.undo()
    with pytest.raises(InputError, match=FORMAT):
        Lexicon.decode(pack)


def test_an_unknown_pair_lists_the_known_ones() -> None:
    with pytest.raises(UsageError, match="no lexicon for en-xx"):
        Lexicon.load("en", "xx")


@pytest.mark.parametrize("pair", available())
def test_shipped_packs_load_both_ways(pair: tuple[str, str]) -> None:
    there, back = Lexicon.load(*pair), Lexicon.load(pair[1], pair[0])
    assert (there.source, there.target, back.source, back.target) == (*pair, pair[1], pair[0])
    for word in list(there)[::97]:
        for translation in there.translations(word):
            assert 0 < translation.prob <= 1
            assert word in words(back, translation.word)
    assert all(there.closed[lang] for lang in pair)
    assert there.joins["en"]


@pytest.mark.parametrize(
    ("pair", "word", "translation"),
    [
        ("en-hi", "water", "पानी"),
        ("en-hi", "good morning", "सुप्रभात"),
        ("en-hi", "government", "सरकार"),
        ("en-es", "water", "agua"),
        ("en-es", "good morning", "buenos días"),
        ("en-es", "government", "gobierno"),
    ],
)
def test_shipped_packs_know_everyday_words(pair: str, word: str, translation: str) -> None:
    source, target = pair.split("-")
    assert translation in words(Lexicon.load(source, target), word)


def test_a_users_words_are_merged(tmp_path: Path) -> None:
    path = tmp_path / "mine.tsv"
    path.write_text("# of our shop\n\nhouse\tcasita; hogarcito\t0.9\nzorp\tzurp\n", encoding="utf-8-sig")
    lexicon = Lexicon.load("en", "es", extra=[path])
    assert {"casita", "hogarcito", "casa"} <= set(words(lexicon, "house"))
    assert lexicon.translations("zorp") == (Translation("zurp", 1.0, 1.0),)
    assert words(Lexicon.load("en", "xx", extra=[path]), "zorp") == ["zurp"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"house\tcasa\nhouse\n", r"mine\.tsv:2: not a lexicon line; write source<TAB>target"),
        (b"house\t\n", r"mine\.tsv:1: not a lexicon line"),
        (b"\tcasa\n", r"mine\.tsv:1: not a lexicon line"),
        (b"house\tcasa;\n", r"mine\.tsv:1: not a lexicon line"),
        (b"a\tb\t0.5\tc\n", r"mine\.tsv:1: not a lexicon line"),
        (b"house\tcasa\t1.5\n", r"mine\.tsv:1: bad probability '1.5'"),
        (b"house\tcasa\tnan\n", r"mine\.tsv:1: bad probability 'nan'"),
        (b"house\tcasa\thigh\n", r"mine\.tsv:1: bad probability 'high'"),
        (b"house\tcas\xe1\n", r"mine\.tsv: not UTF-8"),
    ],
)
def test_a_bad_word_list_names_file_and_line(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "mine.tsv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        list(read_tsv(path))


def test_a_missing_word_list_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing\.tsv: No such file"):
        list(read_tsv(tmp_path / "nothing.tsv"))


def test_broken_lines_are_passed_over_and_told(tmp_path: Path) -> None:
    path = tmp_path / "mine.tsv"
    lines = [f"word{n}\twort{n}" for n in range(40)]
    lines[3], lines[20], lines[30] = "no tab", "a\tb\t2", "# a note"
    path.write_text("\n".join(lines), encoding="utf-8")
    found = read_lexicon(path)
    assert found.skipped == [(4, "not a lexicon line"), (21, "bad probability '2'")]
    assert len(found.entries) == 37
    assert words(Lexicon.load("en", "de", extra=[path]), "word39") == ["wort39"]


@pytest.mark.parametrize(("good", "bad", "accepted"), [(1, 5, True), (1, 6, False), (0, 1, False), (90, 10, True)])
@pytest.mark.parametrize("broken", ["only one column", "a\t"])
def test_a_list_with_too_many_broken_lines_is_refused(
    tmp_path: Path, good: int, bad: int, accepted: bool, broken: str
) -> None:
    path = tmp_path / "mine.tsv"
    path.write_text("a\tb\n" * good + (broken + "\n") * bad, encoding="utf-8")
    if accepted:
        assert len(read_lexicon(path).skipped) == bad
    else:
        with pytest.raises(InputError, match=rf"mine\.tsv:{good + 1}: {bad} of {good + bad} lines are broken"):
            read_lexicon(path)


def test_an_empty_word_list_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "mine.tsv"
    path.write_text("# nothing yet\n", encoding="utf-8")
    assert read_lexicon(path).entries == []


def test_a_saved_lexicon_is_read_and_merged_either_way_round(tmp_path: Path) -> None:
    path = tmp_path / "mine.lex"
    mine = Lexicon("en", "xx", {"house": [Translation("zurp", 0.5, 0.25)]}, closed={"xx": frozenset({"zo"})})
    mine.save(path)
    again = Lexicon.read(path)
    assert (again.source, again.target, again.closed["xx"]) == ("en", "xx", frozenset({"zo"}))
    assert again.translations("house") == mine.translations("house")
    there, back = Lexicon.load("en", "xx", extra=[path]), Lexicon.load("xx", "en", extra=[path])
    assert words(there, "house") == ["zurp"]
    assert back.translations("zurp") == (Translation("house", 0.25, 0.5),)
    assert there.closed["xx"] == back.closed["xx"] == frozenset({"zo"})
    with pytest.raises(InputError, match=r"mine\.lex: a lexicon of en-xx, not of en-es"):
        Lexicon.load("en", "es", extra=[path])


def test_what_cannot_be_read_or_written_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.lex"
    path.write_bytes(b"no pack")
    with pytest.raises(InputError, match=r"mine\.lex: not a lexicon pack"):
        Lexicon.read(path)
    with pytest.raises(InputError, match=r"none\.lex: No such file"):
        Lexicon.read(tmp_path / "none.lex")
    table = tmp_path / "mine.tsv"
    table.write_text("a\tb\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"must end in \.lex"):
        Lexicon.read(table)
    with pytest.raises(RunError, match="No such file"):
        Lexicon("en", "es", {}).save(tmp_path / "no folder" / "mine.lex")


def test_a_users_own_words_go_before_what_is_shipped(tmp_path: Path) -> None:
    path = tmp_path / "mine.tsv"
    path.write_text("house\tcasa\t0.01\n", encoding="utf-8")
    found = {t.word: t.prob for t in Lexicon.load("en", "es", extra=[path]).translations("house")}
    assert found["casa"] == 0.01


def test_every_pair_of_shipped_languages_has_a_way() -> None:
    langs = sorted({lang for pair in available() for lang in pair})
    for one in langs:
        for other in langs:
            if one == other:
                assert route(one, other) == ""
            else:
                assert route(one, other) == ("direct" if "en" in (one, other) else "pivot")
    assert route("en", "xx") == route("xx", "hi") == ""


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.core.tsv")), ids=lambda path: path.name)
def test_core_lists_have_no_broken_line(path: Path) -> None:
    assert len(list(read_tsv(path))) > 500


def test_shipped_packs_stay_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.glob("*.lex")) <= 6_000_000
