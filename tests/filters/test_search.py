"""Repeats are those of a comparison of every pair, however the work is cut, and the first stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.fuzz import ratio

from cswitch.core.errors import InputError
from cswitch.core.seeds import rng
from cswitch.filters import search
from cswitch.filters.duplicates import Duplicates
from cswitch.filters.repeats import EXACT, Origin, Repeat, Repeats
from cswitch.filters.search import find_repeats
from cswitch.filters.sketches import Sketches

WORDS = [f"{rng('word', n).randrange(36**5):05x}" for n in range(300)]


def corpus(rows: int) -> list[str]:
    """Texts of which some are the same and some differ in a word."""
    texts: list[str] = []
    for row in range(rows):
        draw = rng("row", row)
        kind = draw.randrange(10) if texts else 9
        words = draw.choice(texts).split() if kind < 4 else [draw.choice(WORDS) for _ in range(draw.randrange(4, 20))]
        if 1 <= kind < 4:
            words[draw.randrange(len(words))] = draw.choice(WORDS)
        texts.append(" ".join(words).upper() if kind == 0 else " ".join(words))
    return texts


def repeats(texts: Sequence[str], duplicates: Duplicates, cuts: Sequence[int] = ()) -> list[Repeat | None]:
    """What each text repeats; sketched in as many folders as there are parts."""
    with TemporaryDirectory() as name:
        scratch = Path(name, "pairs")
        scratch.mkdir()
        folders, starts = [], [0, *cuts]
        for part, (begin, end) in enumerate(zip(starts, [*cuts, len(texts)], strict=True)):
            folder = Path(name, str(part))
            folder.mkdir()
            with Sketches(folder, duplicates) as sketches:
                for number, text in enumerate(texts[begin:end]):
                    sketches.add(number, text)
            folders.append(folder)
        found = find_repeats(folders, duplicates, scratch, starts)
        return [found.of(number) for number in range(len(texts))]


def expected(texts: Sequence[str], duplicates: Duplicates) -> list[int | None]:
    """The earliest text that each repeats, by a comparison with all that stay."""
    exact = [duplicates.exact(text) for text in texts]
    plain = [duplicates.plain(text) for text in exact]
    least = 101.0 if duplicates.likeness is None else 100 * duplicates.likeness
    found: list[int | None] = []
    same: dict[str, int] = {}
    for n in range(len(texts)):
        first = same.setdefault(exact[n], n)
        if first < n:
            kept = found[first]
            found.append(first if kept is None else kept)
            continue
        stay = (m for m in range(n) if found[m] is None)
        found.append(next((m for m in stay if ratio(plain[n], plain[m]) >= least - 1e-9), None))
    return found


@pytest.mark.parametrize("likeness", [None, 0.95, 0.9, 0.8, 0.7])
def test_what_is_found_is_what_a_comparison_of_every_pair_finds(likeness: float | None) -> None:
    texts = corpus(700)
    duplicates = Duplicates(likeness=likeness)
    found, wanted = repeats(texts, duplicates), expected(texts, duplicates)
    gone = [n for n, kept in enumerate(wanted) if kept is not None]
    missed = [n for n in gone if found[n] is None]
    assert len(gone) > 20
    assert len(missed) <= 0.01 * len(gone)
    for n, repeat in enumerate(found):
        if repeat is not None:
            assert repeat.kept < n
            assert found[repeat.kept] is None, "what stays repeats nothing"
            alike = ratio(*(duplicates.plain(duplicates.exact(texts[m])) for m in (n, repeat.kept)))
            assert repeat.percent is None or repeat.percent == int(alike + 1e-9) >= 100 * (likeness or 1) - 1


def test_exact_repeats_are_the_same_but_for_case_form_and_spaces() -> None:
    texts = ["Main happy hoon", "main  HAPPY hoon ", "main happy hoon!", "ｍain happy hoon", "room 1", "room 22"]
    assert repeats(texts, Duplicates()) == [None, Repeat(0, None), None, Repeat(0, None), None, None]
    assert repeats(texts, Duplicates(digits=True))[5] == Repeat(4, None)
    assert repeats(texts, Duplicates(likeness=0.9))[2] == Repeat(0, 100)


def test_texts_without_words_are_compared_as_they_are() -> None:
    assert repeats(["👍", "🎉🎉", "👍", "", "", "!"], Duplicates(likeness=0.9)) == [
        None, None, Repeat(0, None), None, Repeat(3, None), None,
    ]  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text("ab c.", max_size=9), max_size=30), st.sampled_from([None, 0.9, 0.6]))
def test_exact_repeats_are_always_found_and_the_first_stays(texts: list[str], likeness: float | None) -> None:
    duplicates = Duplicates(likeness=likeness)
    found = repeats(texts, duplicates)
    first: dict[str, int] = {}
    for n, text in enumerate(texts):
        same = first.setdefault(duplicates.exact(text), n)
        if same < n:
            assert found[n] is not None
        if likeness is None:
            assert found[n] == (Repeat(same, None) if same < n else None)


def test_neither_shards_nor_parts_change_what_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    texts, duplicates = corpus(400), Duplicates(likeness=0.8)
    whole = repeats(texts, duplicates)
    assert repeats(texts, duplicates, cuts=[1, 130, 130, 399]) == whole
    monkeypatch.setattr(search, "_PART", 16)
    monkeypatch.setattr(search, "_SPAN", 7)
    monkeypatch.setattr(search, "_BLOCK", 5)
    monkeypatch.setattr(search, "_KEPT_TEXTS", 2)
    assert repeats(texts, duplicates, cuts=[200]) == whole


def test_a_bucket_of_many_texts_costs_a_few_comparisons_each(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = 0

    def counted(one: str, other: str, *, score_cutoff: float) -> float:
        nonlocal calls
        calls += 1
        return ratio(one, other, score_cutoff=score_cutoff)

    monkeypatch.setattr(search, "ratio", counted)
    texts = [f"the same long beginning of all these texts and then {WORDS[n]} {WORDS[-n]}" for n in range(200)]
    found = repeats(texts, Duplicates(likeness=0.99))
    assert found[1:] == [None] * 199
    assert calls < 200 * (search._BEFORE + 1) * 24 / 4


class TestTable:
    TABLE = Repeats(
        np.array([2, 5, 9], np.uint32), np.array([0, 0, 3], np.uint32), np.array([91, EXACT, 99], np.uint8),
        Origin(config="ab", records=10, checksum=7),
    )  # fmt: skip

    def test_it_comes_back_as_it_was_written(self, tmp_path: Path) -> None:
        path = tmp_path / "out.duplicates"
        self.TABLE.save(path)
        found = Repeats.load(path)
        assert found.origin == self.TABLE.origin
        assert [found.of(n) for n in range(10)] == [self.TABLE.of(n) for n in range(10)]
        assert [path.name for path in tmp_path.iterdir()] == ["out.duplicates"]

    def test_numbers_may_come_in_any_order(self) -> None:
        assert [self.TABLE.of(n) for n in (9, 2, 5, 5, 10, 0)] == [
            Repeat(3, 99), Repeat(0, 91), Repeat(0, None), Repeat(0, None), None, None,
        ]  # fmt: skip

    @pytest.mark.parametrize(
        "damage", [lambda data: data[:-1], lambda data: data[:-1] + b"x", lambda data: b"{}\n" + data]
    )
    def test_a_damaged_one_is_refused(self, tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
        path = tmp_path / "out.duplicates"
        self.TABLE.save(path)
        path.write_bytes(damage(path.read_bytes()))
        with pytest.raises(InputError, match="remove it, and it is made again"):
            Repeats.load(path)
