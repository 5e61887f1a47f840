from __future__ import annotations

import gzip
import re
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from cswitch.cli.romanise import BATCH
from cswitch.core.registry import names
from cswitch.core.transliteration import romaniser_for
from cswitch.core.transliteration.records import Record, converted_by, rewrite_samples, rewrite_texts, romanised
from cswitch.schemas.sample import Sample

if TYPE_CHECKING:
    from tests.cli.conftest import Cswitch, Done, MakeSample, WriteSamples


def decoded(done: Done) -> Sample:
    """The one sample that a command wrote."""
    assert (done.status, done.err) == (0, "")
    return msgspec.json.decode(done.out, type=Sample)


DEVANAGARI = re.compile("[\u0900-\u097f]")
TEXT = st.text(st.sampled_from("मैं घर जाऊँगा।  \t🙂é漢 office,\u200d"), max_size=30)


def hindi(records: Sequence[Record]) -> list[list[str]]:
    return romanised(records, {"hi": romaniser_for("hi")})


@settings(deadline=None)
@given(TEXT)
def test_no_devanagari_is_left_and_a_text_without_it_stays_as_it_is(text: str) -> None:
    (latin,) = rewrite_texts([text], "hi", hindi, ["1"])
    assert not DEVANAGARI.search(latin)
    if not DEVANAGARI.search(text):
        assert latin == text


def test_lines_keep_their_spacing(cswitch: Cswitch) -> None:
    done = cswitch("romanise", "-", stdin="  मैं  office\tजा रहा हूँ।\n\nplain line\nघर")
    assert done == (0, "  main  office\tja raha hoon.\n\nplain line\nghar\n", "")


def test_a_sample_keeps_tags_and_origins_and_its_offsets_are_right(
    cswitch: Cswitch, sample: MakeSample, write: WriteSamples
) -> None:
    before = sample("मैं/hi  office/en जा/hi रहा/hi हूँ/hi+ ।/other", asked=20)
    done = cswitch("romanise", write(before))
    after = msgspec.json.decode(done.out, type=Sample)
    assert after.text == "main  office ja raha hoon ."
    assert [after.text[start:end] for start, end in after.offsets] == after.tokens
    assert after.provenance.script == "roman"
    for name in ("id", "source_id", "langs", "origins", "languages", "matrix", "measures", "target", "reachable"):
        assert getattr(after, name) == getattr(before, name), name


def test_romanising_twice_changes_nothing(sample: MakeSample) -> None:
    once = rewrite_samples([sample("मेरी/hi job/en अच्छी/hi है/hi !/other")], converted_by, hindi, "roman")
    assert rewrite_samples(once, converted_by, hindi, "roman") == once


def test_a_language_named_converts_every_token(cswitch: Cswitch, sample: MakeSample, write: WriteSamples) -> None:
    path = write(sample("घर/hi घर/en है/ne"))
    assert decoded(cswitch("romanise", path, "--lang", "hi")).text == "ghar ghar hai"
    assert decoded(cswitch("romanise", path)).text == "ghar घर hai"
    assert decoded(cswitch("romanise", path, "--lang", "hi", "--tags", "en")).text == "घर ghar है"


def test_tags_choose_the_tokens(cswitch: Cswitch, sample: MakeSample, write: WriteSamples) -> None:
    path = write(replace(sample("घर/hi да/ru है/hi ।/other"), languages=["hi", "ru"]))
    assert decoded(cswitch("romanise", path, "--tags", "ru")).text == "घर da है ।"
    assert decoded(cswitch("romanise", path, "--tags", "hi, other")).text == "ghar да hai ."
    assert decoded(cswitch("romanise", path)).text == "ghar da hai ."


def test_words_that_stood_together_are_parted(cswitch: Cswitch, sample: MakeSample, write: WriteSamples) -> None:
    text = "จะ/th ไป/th office/en"
    before = replace(sample(text), languages=["th", "en"])
    before = replace(before, text="จะไป office", offsets=[(0, 2), (2, 4), (5, 11)])
    if find_spec("pythainlp") is None:
        pytest.skip("pythainlp is not installed")
    after = decoded(cswitch("romanise", write(before)))
    assert after.text == "ja pai office"
    assert [after.text[start:end] for start, end in after.offsets] == after.tokens


def test_any_language_in_lines(cswitch: Cswitch) -> None:
    assert cswitch("romanise", "-", "--lang", "ru", stdin="Привет,  мир!\nok\n").out == "Privet,  mir!\nok\n"
    assert cswitch("romanise", "-", "--lang", "ell", stdin="Τι κάνεις;\n").out == "Ti kaneis;\n"


def test_wide_marks_leave_their_space_behind(cswitch: Cswitch) -> None:
    if find_spec("pypinyin") is None:
        pytest.skip("pypinyin is not installed")
    assert cswitch("romanise", "-", "--lang", "zh", stdin="你很busy，我走！\n").out == "ni hen busy, wo zou!\n"


def test_variety_is_drawn_by_seed_and_record(cswitch: Cswitch) -> None:
    lines = "хорошо хорошо\n" * 40
    varied = cswitch("romanise", "-", "--lang", "ru", "--variety", "1", "--seed", "3", stdin=lines).out
    assert varied == cswitch("romanise", "-", "--lang", "ru", "--variety", "1", "--seed", "3", stdin=lines).out
    assert varied != cswitch("romanise", "-", "--lang", "ru", "--variety", "1", "--seed", "4", stdin=lines).out
    rows = [line.split() for line in varied.splitlines()]
    assert all(first == second for first, second in rows)
    assert len({first for first, _ in rows}) > 2


def test_back_to_the_native_script(cswitch: Cswitch, sample: MakeSample, write: WriteSamples) -> None:
    if "spelling" not in names("deromaniser"):
        pytest.skip("no de-romaniser is installed")
    before = sample("main/hi office/en ja/hi raha/hi hoon/hi ./other")
    after = decoded(cswitch("romanise", write(before), "--to", "native"))
    assert after.tokens == ["मैं", "office", "जा", "रहा", "हूँ", "."]
    assert [after.text[start:end] for start, end in after.offsets] == after.tokens
    assert after.provenance.script == "native"


def test_batches_do_not_show(cswitch: Cswitch) -> None:
    done = cswitch("romanise", "-", stdin="".join(f"घर {n}\n" for n in range(BATCH + 1)))
    assert done.out == "".join(f"ghar {n}\n" for n in range(BATCH + 1))


def test_braces_may_open_a_line_of_text(cswitch: Cswitch) -> None:
    assert cswitch("romanise", "-", "--format", "text", stdin='{"घर"}\n').out == '{"ghar"}\n'


def test_gzip_is_read(cswitch: Cswitch, sample: MakeSample, write: WriteSamples, tmp_path: Path) -> None:
    plain = write(sample("घर/hi"))
    packed = tmp_path / "packed"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert cswitch("romanise", packed) == cswitch("romanise", plain)


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("", [], "-: the file is empty"),
        ('{"source_id": "1", "reason": "no_links"}\n', [], "-:1: field 'reason': unknown field"),
        ("घर\n", ["--format", "jsonl"], "-:1: broken JSON"),
        ("घर\n", ["--lang", "es"], "es (Spanish) is written in Latin letters already"),
        ("घर\n", ["--tags", "hi"], "--tags chooses tokens of samples"),
        ("घर\n", ["--variety", "2"], "--variety 2 is no share; choose 0 to 1"),
        ("घर\n", ["--variety", "0.5", "--to", "native"], "--variety is for --to roman"),
        ("{}\n", ["--tags", "hindi", "--format", "jsonl"], "unknown language 'hindi'"),
        ("घर\n", ["--lang", "klingon"], "unknown language 'klingon'"),
    ],
)
def test_bad_input_is_one_line(cswitch: Cswitch, content: str, options: list[str], message: str) -> None:
    done = cswitch("romanise", "-", *options, stdin=content)
    assert (done.status, done.out) == (2, "")
    assert message in done.error
