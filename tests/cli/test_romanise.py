from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.cli.romanise import BATCH, romanise_samples, romanise_texts, splice
from cswitch.core.text.devanagari import DevanagariRomaniser
from cswitch.schemas.sample import Sample

if TYPE_CHECKING:
    from tests.cli.conftest import Cswitch, MakeSample, WriteSamples

DEVANAGARI = re.compile("[\u0900-\u097f]")
TEXT = st.text(st.sampled_from("मैं घर जाऊँगा।  \t🙂é漢 office,\u200d"), max_size=30)


@given(TEXT)
def test_no_devanagari_is_left_and_a_text_without_it_stays_as_it_is(text: str) -> None:
    (latin,) = romanise_texts([text], DevanagariRomaniser())
    assert not DEVANAGARI.search(latin)
    if not DEVANAGARI.search(text):
        assert latin == text


PIECES = st.tuples(st.text("a \t", max_size=3), st.text("bक", min_size=1, max_size=4), st.text("xy", max_size=5))


@given(st.lists(PIECES))
def test_splicing_keeps_what_stands_between(pieces: list[tuple[str, str, str]]) -> None:
    text, offsets = "", []
    for gap, token, _ in pieces:
        text += gap + token
        offsets.append((len(text) - len(token), len(text)))
    words = [word for _, _, word in pieces]
    new, spans = splice(text + " end", offsets, words)
    assert [new[start:end] for start, end in spans] == words
    assert new == "".join(gap + word for gap, _, word in pieces) + " end"


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
    romaniser = DevanagariRomaniser()
    once = romanise_samples([sample("मेरी/hi job/en अच्छी/hi है/hi !/other")], romaniser)
    assert romanise_samples(once, romaniser) == once


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
        ("घर\n", ["--lang", "es"], "es is not written in Devanagari"),
        ("घर\n", ["--lang", "klingon"], "unknown language 'klingon'"),
    ],
)
def test_bad_input_is_one_line(cswitch: Cswitch, content: str, options: list[str], message: str) -> None:
    done = cswitch("romanise", "-", *options, stdin=content)
    assert (done.status, done.out) == (2, "")
    assert message in done.error
