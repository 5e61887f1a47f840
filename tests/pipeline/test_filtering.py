"""Files through filters: lines stay as they are, every layout is read, a table of duplicates is taken up again."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cswitch.core.errors import InputError, UsageError
from cswitch.filters.contracts import Dropped, Kept
from cswitch.filters.repeats import Repeats
from cswitch.pipeline.filtering import Filtering, FilterReject, FilterSettings, write_outcomes

LINES = [
    '{"id": "1",  "tokens": ["main", "happy"], "langs": ["hi", "en"], "text": "main  happy", "x": 1.50}',
    '{"id": 2, "words": ["ok", "yaar"], "lid": ["lang1", "lang2"]}',
    '{"tokens": ["हाँ", "ok"], "langs": ["hi", "en"], "offsets": "none of our business"}',
    '{"id": "4", "tokens": ["Main", "happy"], "langs": ["hi", "en"]}',
]
"""The third has no id; the second has other names for tokens and tags, which tell no language without a pair."""
CMI: dict[str, dict[str, Any]] = {"cmi": {"low": 10}}
EXACT: dict[str, dict[str, Any]] = {"duplicates": {}}


def written(folder: Path, *lines: str, end: str = "\n") -> str:
    path = folder / "in.jsonl"
    path.write_text(end.join((*lines, "")), encoding="utf-8")
    return str(path)


def filtered(source: str, filters: dict[str, dict[str, Any]], **options: Any) -> list[Kept | Dropped]:
    return list(Filtering(source, FilterSettings(filters=filters), **options).outcomes())


def test_lines_that_stay_are_those_of_the_input_and_the_others_come_with_a_reason(tmp_path: Path) -> None:
    source = written(tmp_path, LINES[0], "", LINES[2], LINES[3], '{"tokens": ["ok"], "langs": ["en"], "id": 5}')
    out, rejects = io.BytesIO(), io.BytesIO()
    filtering = Filtering(source, FilterSettings(filters=CMI | EXACT))
    assert len(list(write_outcomes(filtering.outcomes(), out, rejects))) == 4
    assert out.getvalue().decode() == f"{LINES[0]}\n{LINES[2]}\n"
    first, second = (msgspec.json.decode(line, type=FilterReject) for line in rejects.getvalue().splitlines())
    assert (first.id, first.reason, first.detail, first.line) == ("4", "duplicate", "the same as record 1", 4)
    assert bytes(first.record).decode() == LINES[3]
    assert (second.id, second.reason, second.line) == ("5", "cmi_outside", 5)
    assert filtering.tally.counts() == {
        "records": 4, "kept": 2, "dropped": 2, "reasons": {"cmi_outside": 1, "duplicate": 1},
    }  # fmt: skip


def test_crlf_and_gzip_are_undone(tmp_path: Path) -> None:
    import gzip

    path = tmp_path / "in.jsonl.gz"
    path.write_bytes(gzip.compress(f"{LINES[0]}\r\n".encode()))
    (outcome,) = filtered(str(path), CMI)
    assert outcome.entry.line == LINES[0]


def test_other_names_of_tokens_and_tags_are_read(tmp_path: Path) -> None:
    source = written(tmp_path, '{"words": ["ok", "yaar"], "lid": ["ENG", "hin"]}')
    (outcome,) = filtered(source, CMI)
    assert isinstance(outcome, Kept)
    assert outcome.entry.record.langs == ["en", "hi"]


def test_token_lines_become_objects(tmp_path: Path) -> None:
    path = tmp_path / "in.conll"
    path.write_text("main hi\nhappy en\n\nok en\n", encoding="utf-8")
    kept, dropped = filtered(str(path), CMI)
    assert msgspec.json.decode(kept.entry.line) == {
        "id": "1", "text": "main happy", "tokens": ["main", "happy"], "langs": ["hi", "en"],
    }  # fmt: skip
    assert isinstance(dropped, Dropped)


def test_rows_of_parquet_become_objects(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    row = {"id": 7, "tokens": ["main", "happy"], "langs": ["hi", "en"], "split": "train"}
    parquet.write_table(pa.Table.from_pylist([row]), tmp_path / "in.parquet")
    (outcome,) = filtered(str(tmp_path / "in.parquet"), CMI)
    assert msgspec.json.decode(outcome.entry.line) == row


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"tokens": ["a"]', ":1: broken JSON"),
        ('{"text": "a"}', ":1: no tokens; give tokens and a tag for each; cswitch tag makes them of text"),
        ('{"tokens": ["a"]}', ":1: no tags"),
        ('{"tokens": ["a"], "langs": []}', ":1: field 'langs': 0 for 1 tokens"),
        ('{"tokens": ["a"], "langs": ["en"], "probabilities": [1, 1]}', ":1: field 'probabilities': 2 for 1 tokens"),
        ('{"tokens": [1], "langs": ["en"]}', ":1: field 'tokens[0]': expected str, got int"),
        ('{"tokens": ["a"], "langs": ["e n"]}', ":1: 'e n' is not a language tag"),
    ],
)
def test_bad_lines_are_told_with_their_place(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        filtered(written(tmp_path, line), CMI)
    assert f"in.jsonl{message}" in str(caught.value)


class TestPairs:
    SAMPLE = '{"id": "7.0", "source_id": "7", "tokens": ["Neha", "ko"], "langs": ["ne", "hi"]}'

    def run(self, folder: Path, *lines: str) -> Filtering:
        pairs = folder / "pairs.tsv"
        pairs.write_text("id\ten\thi\n7\tAsk Neha about 500\tनेहा से 500 पूछो\n", encoding="utf-8")
        settings = FilterSettings(filters={"contents": {"share": 0.9}}, pairs=str(pairs), pair=("en", "hi"))
        filtering = Filtering(written(folder, *lines), settings, folder=folder)
        self.found = list(filtering.outcomes())
        return filtering

    def test_texts_are_found_by_the_id_of_the_pair(self, tmp_path: Path) -> None:
        filtering = self.run(tmp_path, self.SAMPLE, self.SAMPLE.replace('"7"', '"8"'))
        first, second = self.found
        assert isinstance(first, Dropped)
        assert first.drops[0].detail == "1 of 2 kept, a share of 0.9 asked for; missing 500"
        assert isinstance(second, Kept)
        assert filtering.unpaired == 1
        assert {path.name for path in tmp_path.iterdir()} == {"in.jsonl", "pairs.tsv"}

    def test_texts_of_the_record_itself_come_first(self, tmp_path: Path) -> None:
        self.run(tmp_path, self.SAMPLE[:-1] + ', "texts": {"en": "Ask Neha"}}')
        assert isinstance(self.found[0], Kept)

    def test_pairs_need_their_languages(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="add --pair en-hi"):
            list(Filtering("-", FilterSettings(filters=CMI, pairs="x")).outcomes())


def test_a_tagger_is_asked_where_probabilities_are_missing(tmp_path: Path) -> None:
    source = written(tmp_path, '{"tokens": ["this", "is", "happy"], "langs": ["en", "hi", "en"]}')
    (outcome,) = filtered(source, {"agreement": {"share": 0.9}})
    assert isinstance(outcome, Dropped)
    assert outcome.reason == "tags_disagree"


class TestResume:
    def interrupted(self, folder: Path, source: str, filters: dict[str, dict[str, Any]] = EXACT) -> Path:
        """The table that a run leaves that is stopped once duplicates are known."""
        index = folder / "out.duplicates"
        outcomes = Filtering(source, FilterSettings(filters=filters), index=index, folder=folder).outcomes()
        next(outcomes)
        outcomes.close()
        return index

    def test_what_was_found_is_taken_up_and_gives_the_same(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        source = written(tmp_path, LINES[0], LINES[3], LINES[2])
        index = self.interrupted(tmp_path, source)
        assert len(Repeats.load(index)) == 1
        undisturbed = [(type(one), one.entry.line) for one in filtered(source, EXACT)]
        monkeypatch.setattr("cswitch.filters.running.find_repeats", _forbidden)
        resumed = Filtering(source, FilterSettings(filters=EXACT), index=index, resume=True)
        assert [(type(one), one.entry.line) for one in resumed.outcomes()] == undisturbed
        assert resumed.resumed

    def test_other_settings_are_refused(self, tmp_path: Path) -> None:
        source = written(tmp_path, LINES[0], LINES[3])
        index = self.interrupted(tmp_path, source)
        with pytest.raises(UsageError, match=r"out\.duplicates was made with other settings; remove it"):
            filtered(source, EXACT | CMI, index=index, resume=True)

    def test_a_word_list_that_was_edited_is_another_setting(self, tmp_path: Path) -> None:
        source, words = written(tmp_path, LINES[0], LINES[3]), tmp_path / "words.txt"
        words.write_text("sad\n", encoding="utf-8")
        filters = EXACT | {"words": {"block": [str(words)]}}
        index = self.interrupted(tmp_path, source, filters)
        words.write_text("sad\nhappy\n", encoding="utf-8")
        with pytest.raises(UsageError, match="was made with other settings"):
            filtered(source, filters, index=index, resume=True)

    @pytest.mark.parametrize("change", [lambda lines: lines[:1], lambda lines: [*lines[:1], lines[1].upper()]])
    def test_another_input_is_told(self, tmp_path: Path, change: Callable[[list[str]], list[str]]) -> None:
        lines = [LINES[0], LINES[3].replace("Main", "MAIN")]
        index = self.interrupted(tmp_path, written(tmp_path, *lines))
        source = written(tmp_path, lines[0], *([lines[1].replace("happy", "sad")] if change(lines)[1:] else []))
        with pytest.raises(InputError, match="not the input that the table of duplicates was made of"):
            filtered(source, EXACT, index=index, resume=True)

    def test_without_a_table_it_starts_anew(self, tmp_path: Path) -> None:
        source = written(tmp_path, LINES[0])
        resumed = Filtering(source, FilterSettings(filters=EXACT), index=tmp_path / "out.duplicates", resume=True)
        assert len(list(resumed.outcomes())) == 1
        assert not resumed.resumed


def _forbidden(*_: object, **__: object) -> None:
    raise AssertionError("it is known already")
