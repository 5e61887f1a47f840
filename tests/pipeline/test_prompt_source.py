"""What ``cswitch prompt`` reads, and what rows become."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cswitch.core.contracts import Link, Translated
from cswitch.core.errors import InputError, UsageError
from cswitch.generators.prompting.contracts import Brief, NotYet, StopRun
from cswitch.pipeline.annotate import RowError
from cswitch.pipeline.prompt_input import CHUNK, Item, Preparer, prepared, run_hash, sides
from cswitch.pipeline.prompt_setup import settled
from cswitch.pipeline.prompt_source import PromptSource, grid_rows, read_texts
from cswitch.pipeline.readers import Row
from cswitch.schemas.pair import Pair
from cswitch.schemas.prompting import PromptSettings
from cswitch.schemas.reject import Reject

PAIRS = PromptSettings(languages=("en", "hi"))
TEXT = PromptSettings(languages=("en", "hi"), source="text", source_lang="hi")


def texts(folder: Path, name: str, content: str, **options: Any) -> list[Pair]:
    (folder / name).write_text(content, encoding="utf-8")
    return [row.pair for row in read_texts(str(folder / name), "hi", **options)]


# ---------------------------------------------------------------- text in one language


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", "घर\nकाम"),
        ("a", "घर\r\nकाम\r\n"),
        ("a.tsv", "hi\tmeta\nघर\tx\nकाम\ty\n"),
        ("a.tsv", "x\ttext\nx\tघर\ny\tकाम\n"),
        ("a", "hi\ten\nघर\tx\nकाम\ty\n"),
        ("a.jsonl", '{"text": "घर"}\n\n{"text": "काम", "other": 1}\n'),
        ("a", '{"hi": "घर"}\n{"hi": "काम"}\n'),
        ("a.jsonl", '{"texts": {"hi": "घर", "en": "house"}}\n{"hi": "काम"}\n'),
    ],
)
def test_layouts_of_text(tmp_path: Path, name: str, content: str) -> None:
    found = texts(tmp_path, name, content)
    assert [pair.texts for pair in found] == [{"hi": "घर"}, {"hi": "काम"}]
    assert [pair.id for pair in found] == ["1", "2"]


def test_a_line_of_text_may_hold_tabs_and_braces(tmp_path: Path) -> None:
    found = texts(tmp_path, "a", "घर\tकाम\n{name} आया\n")
    assert [pair.texts["hi"] for pair in found] == ["घर\tकाम", "{name} आया"]


def test_ids_and_labels_are_kept(tmp_path: Path) -> None:
    (found,) = texts(tmp_path, "a.jsonl", '{"id": 7, "text": "घर", "labels": {"sentiment": 1}}\n')
    assert (found.id, found.labels) == ("7", {"sentiment": 1})
    (found,) = texts(tmp_path, "a.tsv", "id\tbody\ttopic\nx1\tघर\thome\n", field="body")
    assert (found.id, found.texts, found.meta) == ("x1", {"hi": "घर"}, {"topic": "home"})


def test_text_is_put_into_normal_form(tmp_path: Path) -> None:
    notes: list[str] = []
    (tmp_path / "a.txt").write_text("cafe\u0301\n", encoding="utf-8")
    (row,) = read_texts(str(tmp_path / "a.txt"), "es", note=notes.append)
    assert row.pair.texts == {"es": "café"}
    assert "normal form" in notes[0]


def test_text_may_be_compressed(tmp_path: Path) -> None:
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress("घर\n".encode()))
    assert [row.pair.texts for row in read_texts(str(tmp_path / "a.txt.gz"), "hi")] == [{"hi": "घर"}]


@pytest.mark.parametrize(
    ("name", "content", "options", "message"),
    [
        ("a.txt", "", {}, "a.txt: the file is empty"),
        ("a.tsv", "en\nx\n", {}, "a.tsv:1: no column 'hi'; found 'en'; name the column of the text by --field"),
        ("a.tsv", "Text_HIN\nx\n", {}, "a.tsv:1: no column 'hi'; found 'Text_HIN'; rename 'Text_HIN' to 'hi' if"),
        ("a.tsv", "hi\ten\nx\n", {}, "a.tsv:2: 1 column where the header names 2; look for a missing tab"),
        ("a.tsv", "hi\ten\n", {}, "a.tsv:1: no rows after the header"),
        ("a.tsv", "id\thi\n1\tx\n1\ty\n", {}, "a.tsv:3: field 'id': id '1' appears a second time"),
        ("a.jsonl", '{"x": 1}\n', {}, "a.jsonl:1: field 'hi': no text; name the field of the text by --field; found"),
        ("a.jsonl", '{"hi": 1}\n', {}, "a.jsonl:1: field 'hi': expected str, got int"),
        ("a.jsonl", '{"hi": "x"}\n', {"field": "body"}, "a.jsonl:1: field 'body': no text"),
        ("a.jsonl", '{"hi": "x", "labels": 3}\n', {}, "a.jsonl:1: field 'labels': expected an object, got int"),
        ("a.jsonl", "[1]\n", {}, "a.jsonl:1: "),
    ],
)  # fmt: skip
def test_text_that_cannot_be_read(
    tmp_path: Path, name: str, content: str, options: dict[str, str], message: str
) -> None:
    with pytest.raises(InputError) as caught:
        texts(tmp_path, name, content, **options)
    assert str(caught.value).replace(f"{tmp_path}/", "").startswith(message)


def test_an_unknown_layout(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="unknown format 'xml' of text; known: text, tsv, jsonl"):
        texts(tmp_path, "a.txt", "x\n", fmt="xml")


# ---------------------------------------------------------------- grids


def test_cells_of_a_grid_are_rows_that_depend_on_the_seed_alone() -> None:
    few, more = list(grid_rows("everyday.v1", 0, 5)), list(grid_rows("everyday.v1", 0, 9))
    assert more[:5] == few
    assert [row.pair.id for row in more] == [str(number) for number in range(1, 10)]
    assert few != list(grid_rows("everyday.v1", 1, 5))
    assert all(row.pair.labels["topic"] for row in few)


def test_a_grid_wants_a_number() -> None:
    with pytest.raises(UsageError, match="say how many rows to make: --count 500"):
        grid_rows("everyday.v1", 0, None)


def test_a_cell_becomes_a_brief_without_a_source() -> None:
    settings = PromptSettings(languages=("en", "hi"), source="grid", turns=4, cmi=None)
    rows = PromptSource("everyday.v1", limit=2).rows(settings)
    found = asyncio.run(Preparer(settings, "c").prepare(list(rows)))
    for item in found:
        assert isinstance(item.work, tuple)
        (brief,) = item.work
        assert (brief.pair, brief.cmi, brief.turns) == (None, None, 4)
        assert brief.cell == item.row.pair.labels
        assert brief.languages == ("hi", "en")


# ---------------------------------------------------------------- briefs


def prepare(settings: PromptSettings, *rows: Row, translator: object = None) -> list[Item]:
    return asyncio.run(Preparer(settings, "c", translator).prepare(rows))  # type: ignore[arg-type]


def briefs(item: Item) -> tuple[Brief, ...]:
    assert isinstance(item.work, tuple)
    return item.work


def row(number: int, en: str, hi: str, **more: object) -> Row:
    return Row(number, Pair(id=str(number), texts={"en": en, "hi": hi}, **more))  # type: ignore[arg-type]


def test_a_pair_becomes_a_brief_for_each_sample() -> None:
    settings = msgspec.structs.replace(PAIRS, per_pair=3, cmi=(20.0, 40.0))
    good, bad = prepare(settings, row(1, "My house", "मेरा घर", labels={"topic": "home"}), row(2, "Hello", ""))
    found = briefs(good)
    assert [brief.draw for brief in found] == [0, 1, 2]
    assert len({brief.cmi for brief in found}) > 1
    assert all(brief.cmi is not None and 20 <= brief.cmi <= 40 for brief in found)
    assert found == briefs(prepare(settings, row(1, "My house", "मेरा घर", labels={"topic": "home"}))[0])
    assert found[0].labels == {"topic": "home"}
    assert found[0].pair is not None
    assert found[0].pair.links
    assert isinstance(bad.work, Reject)
    assert (bad.work.reason, bad.work.detail) == ("empty_side", "the hi side")


@pytest.mark.parametrize(
    ("asked", "languages"), [("", ("hi", "en", "bn")), ("en", ("en", "hi", "bn")), ("bn", ("bn", "en", "hi"))]
)
def test_the_matrix_language_comes_first(asked: str, languages: tuple[str, ...]) -> None:
    settings = PromptSettings(languages=("en", "hi", "bn"), matrix=asked, source="grid")
    (item,) = prepare(settings, Row(1, Pair(id="1", texts={})))
    assert briefs(item)[0].languages == languages


def test_what_decides_the_output_is_in_the_hash() -> None:
    for change in ({"model": "m"}, {"seed": 1}, {"recipe_digest": "x"}, {"shots_digest": "x"}, {"cmi": None}):
        assert run_hash(msgspec.structs.replace(PAIRS, **change)) != run_hash(PAIRS)


# ---------------------------------------------------------------- translation


class Translator:
    """Says what it is told to; counts calls."""

    name = "told"

    def __init__(self, told: dict[str, Translated | Exception]) -> None:
        self.told, self.calls = told, list[list[str]]()

    async def translate(self, texts: Sequence[str], source: str, target: str) -> list[Translated]:
        self.calls.append(list(texts))
        found = [self.told[text] for text in texts]
        for each in found:
            if isinstance(each, Exception):
                raise each
        return [each for each in found if isinstance(each, Translated)]


def text(number: int, hi: str) -> Row:
    return Row(number, Pair(id=str(number), texts={"hi": hi}))


def test_text_gets_its_other_side() -> None:
    told = Translator({"मेरा घर": Translated("My house"), "काम": Translated("", problem="no word is known")})
    good, bad = prepare(TEXT, text(1, "मेरा घर"), text(2, "काम"), translator=told)
    (brief,) = briefs(good)
    assert brief.texts == {"hi": "मेरा घर", "en": "My house"}
    assert brief.pair is not None
    assert (brief.pair.source.lang, brief.pair.target.tokens) == ("hi", ("My", "house"))
    assert good.row == text(1, "मेरा घर")  # the checksum of a run is that of its input
    assert isinstance(bad.work, Reject)
    assert (bad.work.reason, bad.work.detail) == ("no_translation", "no word is known")


def test_a_text_without_a_word_is_no_failure_of_the_translator() -> None:
    told = Translator({"42 😅": Translated("", problem="the text has no word")})
    (item,) = prepare(TEXT, text(1, "42 😅"), translator=told)
    assert isinstance(item.work, Reject)
    assert item.work.reason == "no_words"


def test_another_prompt_of_the_translator_is_another_run(tmp_path: Path) -> None:
    mine = tmp_path / "mine.v1.txt"
    shipped = (Path(__file__).parents[2] / "data" / "prompts" / "translate.v1.txt").read_text("utf-8")
    found = set()
    for change in ("", "\nUse short words.\n"):
        mine.write_text(shipped + change, "utf-8")
        settings = msgspec.structs.replace(TEXT, translator=f"llm:{mine}", recipe="")
        found.add(run_hash(settled(settings)))
    assert len(found) == 2


def test_links_of_a_gloss_are_taken() -> None:
    told = Translator({"मेरा घर": Translated("my house", links=(Link(0, 0), Link(1, 1, 0.75)))})
    (item,) = prepare(TEXT, text(1, "मेरा घर"), translator=told)
    pair = briefs(item)[0].pair
    assert pair is not None
    assert (pair.links, pair.aligner) == ((Link(0, 0), Link(1, 1, 0.75)), "given")


def test_without_a_lexicon_a_translation_stays_without_links() -> None:
    settings = PromptSettings(languages=("en", "ka"), source="text", source_lang="ka")
    told = Translator({"ჩემი სახლი": Translated("My house")})
    preparer = Preparer(settings, "c", told)
    assert preparer.unlinked
    (item,) = asyncio.run(preparer.prepare([Row(1, Pair(id="1", texts={"ka": "ჩემი სახლი"}))]))
    pair = briefs(item)[0].pair
    assert pair is not None
    assert pair.links == ()


def test_rows_whose_translation_waits_are_told_from_those_that_have_it() -> None:
    told = Translator({"मेरा घर": Translated("My house"), "काम": NotYet()})
    good, waiting = prepare(TEXT, text(1, "मेरा घर"), text(2, "काम"), translator=told)
    assert briefs(good)
    assert waiting.work is None


def test_an_empty_text_is_told_as_such() -> None:
    (item,) = prepare(TEXT, text(1, "  "), translator=Translator({"  ": Translated("")}))
    assert isinstance(item.work, Reject)
    assert item.work.reason == "empty_side"


def test_the_sides_of_text() -> None:
    assert sides(TEXT) == ("hi", "en")
    assert sides(msgspec.structs.replace(TEXT, source_lang="en")) == ("en", "hi")


# ---------------------------------------------------------------- chunks


def gathered(rows: Iterator[Row], preparer: Preparer, ahead: int = 3) -> tuple[list[str], Exception | None]:
    async def main() -> tuple[list[str], Exception | None]:
        found: list[str] = []
        try:
            async for item in prepared(rows, preparer, ahead):
                found.append(item.row.pair.id)
        except (InputError, RowError, StopRun) as error:
            return found, error
        return found, None

    return asyncio.run(main())


@pytest.mark.parametrize("count", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
@pytest.mark.parametrize("ahead", [1, 4])
def test_rows_come_in_order(count: int, ahead: int) -> None:
    rows = (row(number, "My house", "मेरा घर") for number in range(count))
    assert gathered(rows, Preparer(PAIRS, "c"), ahead) == ([str(number) for number in range(count)], None)


def test_rows_before_a_fault_come_first() -> None:
    def broken() -> Iterator[Row]:
        yield from (row(number, "My house", "मेरा घर") for number in range(CHUNK + 3))
        raise InputError("broken", path="in.tsv", line=20)

    found, error = gathered(broken(), Preparer(PAIRS, "c"))
    assert (len(found), str(error)) == (CHUNK + 3, "in.tsv:20: broken")


def test_rows_before_one_with_wrong_links_come_first() -> None:
    good = [row(number, "My house", "मेरा घर") for number in range(1, 6)]
    bad = row(6, "My house", "मेरा घर", links=[(9, 9)])
    found, error = gathered(iter([*good, bad, row(7, "My house", "मेरा घर")]), Preparer(PAIRS, "c"))
    assert found == ["1", "2", "3", "4", "5"]
    assert isinstance(error, RowError)
    assert error.line == 6


def test_a_translator_that_cannot_go_on_stops_the_rows() -> None:
    told = Translator({"घर": Translated("house"), "काम": StopRun("spent")})
    rows = iter([text(1, "घर")] * CHUNK + [text(2, "काम")])
    found, error = gathered(rows, Preparer(TEXT, "c", told))
    assert (len(found), str(error)) == (CHUNK, "spent")
