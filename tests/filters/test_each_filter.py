"""What each filter keeps and drops, and the settings it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cswitch.core.contracts import Tagging
from cswitch.core.errors import InputError, UsageError
from cswitch.filters.contracts import Drop, Filter, TagFilter
from cswitch.filters.record import Record
from cswitch.filters.table import FILTERS, REASONS, make_filter, make_filters


def tagged(text: str, **fields: Any) -> Record:
    """A record out of ``word/tag`` with spaces between."""
    pairs = [item.rsplit("/", 1) for item in text.split()]
    return Record(tokens=[word for word, _ in pairs], langs=[tag for _, tag in pairs], **fields)


MIXED = tagged("main/hi bahut/hi happy/en hoon/hi ./other")
SOURCE = {"en": "Yesterday Neha paid 500 rupees to Ravi", "hi": "कल नेहा ने रवि को 500 रुपये दिए"}


def judged(name: str, settings: dict[str, Any], record: Record) -> Drop | None:
    found = make_filter(name, settings)
    assert isinstance(found, Filter)
    drop = found.judge(record)
    assert drop is None or drop.reason in REASONS
    return drop


@pytest.mark.parametrize(
    ("name", "settings", "record"),
    [
        ("met", {}, tagged("ok/en", met=True)),
        ("provenance", {"generators": ["nested"]}, tagged("ok/en", provenance={"generator": "nested"})),
        ("provenance", {"models": ["a"], "recipes": ["b"]}, tagged("ok/en", provenance={"model": "a", "recipe": "b"})),
        ("scores", {"conditions": ["fluency>=7"]}, tagged("a/en", scores={"fluency": 7})),
        ("scores", {"conditions": ["measures.spf < 1"]}, tagged("a/en", measures={"spf": 0})),
        ("length", {"min_tokens": 5, "max_tokens": 5}, MIXED),
        ("length", {"min_characters": 2, "max_characters": 2}, tagged("ok/en")),
        ("languages", {"only": ["en", "hi"], "each": ["en", "hi"]}, MIXED),
        ("languages", {"only": ["en"]}, tagged("./other Neha/ne")),
        ("matrix", {"languages": ["hi"]}, MIXED),
        ("matrix", {"languages": ["en"]}, tagged("main/hi hoon/hi ok/en", matrix="en")),
        ("cmi", {"low": 25, "high": 25}, MIXED),
        ("switches", {"low": 2, "high": 2}, MIXED),
        ("script", {"script": "roman"}, MIXED),
        ("script", {"script": "native"}, tagged("मैं/hi happy/en हूँ/hi Neha/ne")),
        ("script", {"script": "known"}, tagged("मैं/hi happy/en हूँ/hi")),
        ("script", {"script": "roman", "share": 0.5}, tagged("मैं/hi happy/en 5/other")),
        ("repetition", {}, tagged("haan/hi haan/hi haan/hi ok/en")),
        ("ratio", {"low": 0.5, "high": 2}, tagged("a/en b/en", texts={"en": "one two three"})),
        ("ratio", {"low": 0.5}, MIXED),
        ("contents", {"share": 1}, tagged("Neha/ne ne/hi Ravi/ne ko/hi 500/other die/hi", texts=SOURCE)),
        ("contents", {"share": 1}, tagged("नेहा/ne ne/hi रवि/ne ko/hi ५००/other die/hi", texts=SOURCE)),
        ("contents", {"share": 1}, MIXED),
        ("contents", {"share": 1}, tagged("kal/hi", translation={"en": "See you Monday", "hi": "सोमवार को मिलते"})),
    ],
)  # fmt: skip
def test_what_stays(name: str, settings: dict[str, Any], record: Record) -> None:
    assert judged(name, settings, record) is None


@pytest.mark.parametrize(
    ("name", "settings", "record", "reason", "detail"),
    [
        ("met", {}, MIXED, "not_met", "the record does not say"),
        ("provenance", {"generators": ["nested"]}, MIXED, "other_provenance", "generator not given, nested asked for"),
        ("scores", {"conditions": ["fluency>7"]}, tagged("a/en", scores={"fluency": 7}), "score_missed",
         "scores.fluency is 7, > 7 asked for"),
        ("scores", {"conditions": ["fluency>7"]}, tagged("a/en", scores=[]), "score_missed",
         "scores.fluency is not given, > 7 asked for"),
        ("length", {"max_tokens": 4}, MIXED, "too_long", "tokens: 5, at most 4 asked for"),
        ("length", {"min_characters": 3}, tagged("ok/en"), "too_short", "characters: 2, at least 3 asked for"),
        ("languages", {"only": ["en", "es"]}, MIXED, "wrong_language", "tokens of hi: 3"),
        ("languages", {"each": ["hi", "en"], "least": 2}, MIXED, "missing_language",
         "tokens of en: 1, at least 2 asked for"),
        ("matrix", {"languages": ["en"]}, MIXED, "wrong_matrix", "hi, en asked for"),
        ("matrix", {"languages": ["en"]}, tagged("./other"), "wrong_matrix", "none, en asked for"),
        ("cmi", {"low": 26}, MIXED, "cmi_outside", "CMI 25.0, at least 26 asked for"),
        ("switches", {"high": 1}, MIXED, "switches_outside", "switch points: 2, at most 1 asked for"),
        ("script", {"script": "roman"}, tagged("मैं/hi ok/en"), "wrong_script", "1 of 2 words, such as मैं"),
        ("script", {"script": "native"}, tagged("मैं/hi हूँ/en"), "wrong_script", "1 of 2 words, such as हूँ"),
        ("script", {"script": "known", "languages": ["en", "es"]}, tagged("मैं/hi"), "wrong_script",
         "1 of 1 words, such as मैं"),
        ("repetition", {}, tagged("a/en b/en a/en b/en a/en b/en"), "repetition", "in a row: a b"),
        ("repetition", {}, tagged("go/en go/en go/en go/en"), "repetition", "in a row: go"),
        ("ratio", {"high": 0.5}, tagged("a/en b/en", texts={"en": "one two"}), "wrong_length",
         "1 times the tokens of its source, at most 0.5 asked for"),
        ("contents", {"share": 1}, tagged("Neha/ne ne/hi paise/hi die/hi", texts=SOURCE), "lost_content",
         "1 of 3 kept, a share of 1 asked for; missing Ravi, 500"),
    ],
)  # fmt: skip
def test_what_goes(name: str, settings: dict[str, Any], record: Record, reason: str, detail: str) -> None:
    assert judged(name, settings, record) == Drop(reason, detail)


def test_a_sentence_said_twice_is_a_repetition() -> None:
    text = "kal office band hai. Kal office band hai!"
    record = Record(tokens=text.replace(".", " .").replace("!", " !").split(), langs=["hi"] * 10, text=text)
    assert judged("repetition", {}, record) == Drop("repetition", "said twice: kal office band hai")


class TestWords:
    def list(self, folder: Path, *lines: str) -> str:
        path = folder / "words.txt"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return str(path)

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("main/hi DARU/hi","DARU"),
            ("मैं/hi दारू/hi", "दारू"),
            ("open/en the/en Bar/en now/en", "the Bar"),
            ("barber/en the/en shop/en", None),
            ("daruwala/hi", None),
        ],
    )  # fmt: skip
    def test_words_and_phrases_are_found_in_both_scripts_and_whole(
        self, tmp_path: Path, text: str, found: str | None
    ) -> None:
        file = self.list(tmp_path, "# a comment", "दारू", "", "the bar")
        drop = judged("words", {"block": [file]}, tagged(text))
        assert drop == (None if found is None else Drop("blocked_word", found))

    @pytest.mark.parametrize(
        ("line", "text"),
        [
            ("cafe\u0301", "CAFÉ/fr"),
            ("café", "cafe\u0301/fr"),
            ("İstanbul", "istanbul/tr"),
            ("istanbul", "İSTANBUL/tr"),
            ("Straße", "STRASSE/de"),
            ("странно", "СТРАННО/ru"),
            ("火锅", "火锅/zh"),
            ("火锅", "火/zh 锅/zh"),
            ("我爱火锅", "我/zh 爱/zh 火锅/zh"),
            ("บ้านหลังใหญ่", "บ้าน/th หลัง/th ใหญ่/th"),
        ],
    )
    def test_words_of_any_script_and_form_are_found(self, tmp_path: Path, line: str, text: str) -> None:
        drop = judged("words", {"block": [self.list(tmp_path, line)]}, tagged(text))
        assert drop is not None
        assert drop.reason == "blocked_word"

    def test_one_required_word_is_enough(self, tmp_path: Path) -> None:
        file = self.list(tmp_path, "happy", "sad")
        assert judged("words", {"require": [file]}, MIXED) is None
        assert judged("words", {"require": [file]}, tagged("ok/en")) == Drop("no_required_word", "none of words.txt")

    def test_a_list_that_cannot_be_read_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"absent\.txt: no such file"):
            make_filter("words", {"block": [str(tmp_path / "absent.txt")]})
        with pytest.raises(InputError, match="no word in the list"):
            make_filter("words", {"block": [self.list(tmp_path, "# nothing")]})
        latin = tmp_path / "latin.txt"
        latin.write_bytes("año".encode("latin-1"))
        with pytest.raises(InputError, match="not UTF-8"):
            make_filter("words", {"block": [str(latin)]})


class TestTagFilters:
    def judged(self, name: str, settings: dict[str, Any], record: Record, tagging: Tagging | None) -> Drop | None:
        found = make_filter(name, settings)
        assert isinstance(found, TagFilter)
        return found.judge_tagged(record, tagging)

    def test_probabilities_of_the_record_come_first_unless_retag(self) -> None:
        record = tagged("main/hi happy/en 5/other", probabilities=[0.9, 0.7, 0.0])
        tagging = Tagging(["hi", "en", "other"], [0.5, 0.5, 1.0])
        assert self.judged("confidence", {"mean": 0.8}, record, tagging) is None
        drop = self.judged("confidence", {"mean": 0.8, "retag": True}, record, tagging)
        assert drop == Drop("low_confidence", "mean probability 0.50, at least 0.8 asked for")
        drop = self.judged("confidence", {"least": 0.8}, record, None)
        assert drop == Drop("low_confidence", "probability 0.70 of happy, at least 0.8 asked for")

    def test_a_tagger_is_asked_where_the_record_has_no_probabilities(self) -> None:
        found = make_filter("confidence", {"mean": 0.8})
        assert isinstance(found, TagFilter)
        assert found.wants_tags(MIXED)
        assert not found.wants_tags(tagged("ok/en", probabilities=[1.0]))

    def test_agreement_is_over_tokens_that_both_give_a_language(self) -> None:
        tagging = Tagging(["hi", "ne", "hi", "hi", "other"], [1.0] * 5)
        assert self.judged("agreement", {"share": 0.6}, MIXED, tagging) is None
        drop = self.judged("agreement", {"share": 0.7}, MIXED, tagging)
        assert drop is not None
        assert drop.detail == "2 of 3 tokens as the tagger has them, a share of 0.7 asked for; happy is hi"


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("lenght", {}, "unknown filter 'lenght'; did you mean 'length'? Known: met, "),
        ("length", {}, "the filter length has no bound; such as min_tokens: 3"),
        ("length", {"min_token": 3}, "filter length: field 'min_token': unknown field"),
        ("length", {"min_tokens": "3"}, "filter length: field 'min_tokens': expected int | null, got str"),
        ("length", {"min_tokens": 9, "max_tokens": 3}, "a length in tokens from 9 to 3 runs from high to low"),
        ("cmi", {"high": 101}, "CMI 101 cannot be meant; it lies between 0 and 100"),
        ("cmi", {}, "the filter cmi has no bound"),
        ("switches", {}, "the filter switches has no bound"),
        ("ratio", {}, "the filter ratio has no bound"),
        ("ratio", {"low": -1}, "a ratio of lengths -1 cannot be meant; it lies from 0 up"),
        ("languages", {}, "the filter languages names none"),
        ("languages", {"each": ["en"], "least": 0}, "0 tokens of a language cannot be meant"),
        ("languages", {"only": ["xx"]}, "unknown language 'xx'"),
        ("matrix", {"languages": []}, "the filter matrix names no language"),
        ("matrix", {}, "filter matrix: field 'languages': missing"),
        ("script", {"script": "latin"}, "filter script: field 'script': invalid enum value 'latin'"),
        ("script", {"script": "roman", "share": 2}, "a share of words 2 cannot be meant"),
        ("script", {"script": "roman", "languages": ["hi"]}, "the script roman takes no languages"),
        ("provenance", {}, "the filter provenance allows anything"),
        ("scores", {"conditions": []}, "the filter scores has no condition"),
        ("scores", {"conditions": ["good"]}, "'good' is no bound on a score; write scores.NAME>=7"),
        ("scores", {"conditions": ["good>=x"]}, "'good>=x' is no bound on a score"),
        ("words", {}, "the filter words has no list"),
        ("confidence", {"retag": True}, "the filter confidence has no bound"),
        ("agreement", {"share": 0}, "the filter agreement has no bound"),
        ("contents", {"share": 0}, "the filter contents has no bound"),
        ("duplicates", {"likeness": 0.2}, "a likeness of 0.2 cannot be meant; it lies between 0.5 and 1"),
    ],
)
def test_settings_that_cannot_be_meant_are_one_line(name: str, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        make_filter(name, settings)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_broken_tag_is_told() -> None:
    with pytest.raises(InputError, match="'h i' is not a language tag"):
        judged("cmi", {"low": 1}, Record(tokens=["a"], langs=["h i"]))


FILTER_NAMES = """
met provenance scores length languages matrix cmi switches script repetition ratio words contents confidence agreement
duplicates
"""
REASON_NAMES = """
not_met other_provenance score_missed too_short too_long wrong_language missing_language wrong_matrix cmi_outside
switches_outside wrong_script repetition wrong_length blocked_word no_required_word lost_content low_confidence
tags_disagree duplicate near_duplicate
"""


def test_names_of_filters_and_reasons_are_these() -> None:
    assert list(FILTERS) == FILTER_NAMES.split()
    assert list(REASONS) == REASON_NAMES.split()


def test_filters_come_in_the_order_of_the_table() -> None:
    found = make_filters({"duplicates": None, "agreement": {"share": 0.9}, "cmi": {"low": 1}, "met": {}})
    assert [one.name for one in found] == ["met", "cmi", "agreement", "duplicates"]


@pytest.mark.parametrize("settings", [{"cmi": [1]}, {"cmi": "20-40"}, {1: {}}, ["cmi"], None])
def test_settings_of_another_shape_are_told(settings: Any) -> None:
    with pytest.raises(UsageError):
        make_filters(settings)


def test_a_bound_that_nothing_can_meet_is_refused() -> None:
    with pytest.raises(UsageError, match="is no bound on a score"):
        make_filter("scores", {"conditions": ["scores.naturalness>=nan"]})
