"""Learners' sentences with stretches switched: what was asked, what could be, and edits that stay true."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cswitch.cli.main import main
from cswitch.core.errors import UsageError
from cswitch.core.lexicon import Lexicon, Translation
from cswitch.core.m2 import Edit, M2Sentence, annotators, check_edits, corrected, read_m2
from cswitch.core.text.tokens import is_neutral
from cswitch.generators.recipes.contracts import RowItem
from cswitch.generators.recipes.operations.m2_spans import METHODS, Method, phrase_spans
from cswitch.generators.recipes.operations.m2_switch import M2Switch, M2SwitchSettings
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample
from tests.recipes.dictionary_context import DictionaryContext

LEARNER = Path(__file__).parent.parent.parent / "data" / "samples" / "learner.m2"
TWENTY = [f"word{n}" for n in range(20)]


def lexicon(words: list[str], *, several: bool = False) -> Lexicon:
    """Each word is ``WORD-hi``, or two words."""
    entries = {
        word: [Translation(f"{word}hi {word}bhi" if several and n % 2 else f"{word}hi", 0.9, 0.9)]
        for n, word in enumerate(words)
    }
    return Lexicon("en", "hi", entries)


def context(words: list[str] | None = None, *, several: bool = False) -> DictionaryContext:
    known = None if words is None else {("en", "hi"): lexicon(words, several=several)}
    return DictionaryContext("en", "hi", lexicons=known)


def row(tokens: list[str], edits: list[Edit], **more: Any) -> RowItem:
    return RowItem(id="1", fields={"tokens": tokens, "edits": [msgspec.to_builtins(edit) for edit in edits], **more})


def sentences() -> list[RowItem]:
    found = []
    for line, sentence in read_m2(LEARNER.read_text(encoding="utf-8").splitlines()):
        assert isinstance(sentence, M2Sentence)
        found.append(RowItem(id=str(line), fields={"tokens": sentence.tokens, "edits": list(sentence.edits)}))
    return found


def one(made: list[list[Sample] | Reject]) -> Sample:
    assert not isinstance(made[0], Reject), made[0]
    return made[0][0]


@pytest.mark.parametrize("asked", [1, 5, 10, 19, 20])
def test_as_many_tokens_are_switched_as_were_asked_for(asked: int) -> None:
    operation = M2Switch.make(M2SwitchSettings(select="ratio-token", ratio=asked / 20), context(TWENTY))
    sample = one(operation([row(TWENTY, [])]))
    assert sample.langs.count("hi") == asked
    assert sample.measures["asked"] == sample.measures["switched"] == asked
    assert sample.reachable == {"switched": (1, 20)}
    assert sample.met
    assert sample.text.count("hi") == asked


def test_what_cannot_be_switched_is_said() -> None:
    edits = [Edit(0, 12, "R", "x"), Edit(15, 15, "M", "the")]
    operation = M2Switch.make(M2SwitchSettings(select="ratio-token", ratio=0.5), context(TWENTY))
    sample = one(operation([row(TWENTY, edits)]))
    assert (sample.measures["asked"], sample.measures["switched"], sample.met) == (10, 8, False)
    assert sample.reachable == {"switched": (1, 8)}
    strict = M2Switch.make(M2SwitchSettings(select="ratio-token", ratio=0.5, on_miss="reject"), context(TWENTY))
    [reject] = strict([row(TWENTY, edits)])
    assert isinstance(reject, Reject)
    assert reject.reason == "share_unreachable"
    assert reject.detail == "10 of 20 tokens were to be switched, and 8 can be"


@pytest.mark.parametrize("ratio", [0.05, 0.3, 0.4, 1.0])
def test_a_stretch_has_the_length_nearest_to_what_was_asked(ratio: float) -> None:
    edits = [Edit(6, 7, "R", "x"), Edit(15, 15, "M", "the")]  # free: 0-5, 7-14, 15-19
    operation = M2Switch.make(M2SwitchSettings(select="cont-token", ratio=ratio), context(TWENTY))
    sample = one(operation([row(TWENTY, edits)]))
    asked = max(1, int(ratio * 20))
    assert sample.measures["asked"] == asked
    assert sample.measures["switched"] == min(asked, 8)
    [[_, _, start, end]] = sample.labels["switched"]
    assert end - start == min(asked, 8)


@pytest.mark.parametrize("method", METHODS)
def test_every_edit_of_the_sample_stays_true(method: Method) -> None:
    items = sentences()
    operation = M2Switch.make(M2SwitchSettings(select=method, ratio=0.3, samples=3), context())
    made = operation(items)
    assert sum(isinstance(found, list) for found in made) == len(items)
    for item, found in zip(items, made, strict=True):
        assert not isinstance(found, Reject)
        assert len({sample.text for sample in found}) == len(found)
        for sample in found:
            check_sample(item, sample)
            assert sample.met == (sample.measures["asked"] == sample.measures["switched"])


def check_sample(item: RowItem, sample: Sample) -> None:
    """What is corrected is the same sentence, but for what was switched."""
    tokens, edits = list(item.fields["tokens"]), [msgspec.convert(one, Edit) for one in item.fields["edits"]]
    found = msgspec.convert(sample.labels["edits"], list[Edit])
    check_edits(sample.tokens, found)
    assert [edit[2:] for edit in map(msgspec.to_builtins, found)] == [e[2:] for e in map(msgspec.to_builtins, edits)]
    for annotator in annotators(edits):
        marked, switched = list(tokens), list(sample.tokens)
        for number, (first, last, start, end) in reversed(list(enumerate(sample.labels["switched"]))):
            marked[start:end] = [f"<{number}>"] * (end - start)
            switched[first:last] = [f"<{number}>"] * (last - first)
        assert squeezed(corrected(switched, found, annotator)) == squeezed(corrected(marked, edits, annotator))
    assert any(tag == "hi" for tag in sample.langs)
    assert all(sample.text[s:e] == token for (s, e), token in zip(sample.offsets, sample.tokens, strict=True))


def squeezed(tokens: list[str]) -> list[str]:
    """Marks of a stretch once each."""
    return [token for at, token in enumerate(tokens) if not (token[0] == "<" and tokens[at - 1 : at] == [token])]


@st.composite
def edited(draw: st.DrawFn) -> tuple[list[str], list[Edit]]:
    tokens = draw(st.lists(st.sampled_from([*TWENTY, ",", "."]), min_size=2, max_size=14))
    places = sorted(draw(st.lists(st.integers(0, len(tokens)), max_size=6, unique=True)))
    edits = [
        Edit(start, draw(st.sampled_from([start, end])), "R", draw(st.sampled_from(["", "x", "x y"])), annotator=n % 2)
        for n, (start, end) in enumerate(zip(places[::2], places[1::2], strict=False))
    ]
    return tokens, edits


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(edited(), st.sampled_from(["ratio-token", "cont-token"]), st.floats(0.01, 1))
def test_whatever_is_switched_the_edits_stay_true(
    case: tuple[list[str], list[Edit]], method: Method, ratio: float
) -> None:
    tokens, edits = case
    item = row(tokens, edits)
    [found] = M2Switch.make(M2SwitchSettings(select=method, ratio=ratio), context(TWENTY, several=True))([item])
    if isinstance(found, Reject):
        free = [
            at
            for at, token in enumerate(tokens)
            if not is_neutral(token) and not any(edit.start <= at < edit.end for edit in edits)
        ]
        assert not free
        return
    check_sample(item, found[0])


@pytest.mark.parametrize("method", METHODS)
def test_a_row_gives_the_same_whatever_is_read_with_it(method: Method) -> None:
    items = sentences()
    operation = M2Switch.make(M2SwitchSettings(select=method), context())
    assert operation(items) == [found for item in items for found in operation([item])]


def test_a_translation_gives_the_words_and_their_places() -> None:
    tokens = "He met his old friend at the station .".split()
    translated = "वह स्टेशन पर अपने पुराने दोस्त से मिला ।".split()
    links = [[0, 0], [1, 7], [2, 3], [3, 4], [4, 5], [5, 2], [6, 1], [7, 1], [8, 8]]
    item = row(tokens, [Edit(1, 2, "R", "saw")], translation=translated, links=links)
    operation = M2Switch.make(M2SwitchSettings(select="overlap-phrase"), context())
    sample = one(operation([item]))
    assert sample.text in ("He met अपने पुराने दोस्त at the station.", "He met his old friend स्टेशन पर.")
    sides = [(at, *origin) for at, origin in enumerate(sample.origins) if origin]
    assert all(sample.tokens[at] == translated[place] for at, side, place in sides if side == "hi")
    assert sum(side == "hi" for _, side, _ in sides) == sample.langs.count("hi")
    assert sample.origins[0] == ("en", 0)


def test_words_that_stand_apart_in_the_translation_are_no_stretch() -> None:
    tokens, translated = ["switch", "it", "off"], ["इसे", "बंद", "अभी", "करो"]
    links = [[0, 1], [0, 3], [1, 0], [2, 1], [2, 3]]
    item = row(tokens, [], translation=translated, links=links)
    [reject] = M2Switch.make(M2SwitchSettings(select="ratio-token", ratio=1.0), context())([item])
    assert not isinstance(reject, Reject)
    assert reject[0].tokens == ["switch", "इसे", "off"]


def test_phrases_are_not_the_whole_sentence() -> None:
    assert phrase_spans("DAN.", ["NP"]) == []
    assert phrase_spans("DANV.", ["NP"]) == [(0, 3)]
    assert phrase_spans("RXaADN.", ["ADVP", "ADJP"]) == [(2, 4)]
    assert phrase_spans("RVpDN.", ["VP", "PP"]) == [(1, 2), (1, 5), (2, 5)]


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({"tokens": "a b"}, "the row has no tokens, each a word or mark without white space"),
        ({"tokens": ["a b"]}, "the row has no tokens, each a word or mark without white space"),
        ({"tokens": ["a"], "edits": [[0, 2, "R", "x"]]}, "edit 0 2 does not lie in a sentence of 1 token"),
        ({"tokens": ["a"], "edits": [["0", 1, "R", "x"]]}, "Expected `int`, got `str` - at `$[0]`"),
        ({"tokens": ["a"], "translation": ["b"], "links": [[0, 1]]}, "link 0-1 leaves 1 and 1 tokens"),
        ({"tokens": ["a"], "translation": 5}, "translation is neither a text nor a list of tokens"),
    ],
)
def test_a_row_at_fault_is_rejected_with_its_reason(fields: dict[str, Any], detail: str) -> None:
    good = row(["word1", "word2"], [])
    operation = M2Switch.make(M2SwitchSettings(select="ratio-token"), context(TWENTY))
    made = operation([RowItem(id="7", fields=fields), good])
    assert made[0] == Reject(source_id="7", reason="bad_labels", detail=detail)
    assert isinstance(made[1], list)


def test_a_sentence_without_anything_to_switch_says_so() -> None:
    operation = M2Switch.make(M2SwitchSettings(select="ratio-token"), context(TWENTY))
    [reject] = operation([row(["qqq", "word1"], [Edit(1, 2, "R", "x")])])
    assert reject == Reject(
        source_id="1", reason="no_units", detail="2 tokens, and nothing outside the 1 edit has a counterpart"
    )
    [marks] = operation([row([".", "42"], [])])
    assert isinstance(marks, Reject)
    assert marks.reason == "no_words"
    [long] = operation([row(["word1"] * 101, [])])
    assert isinstance(long, Reject)
    assert long.reason == "too_long"


def test_more_samples_than_there_are_choices_end() -> None:
    operation = M2Switch.make(M2SwitchSettings(select="ratio-token", samples=10**12), context(TWENTY[:3]))
    [made] = operation([row(TWENTY[:3], [])])
    assert isinstance(made, list)
    assert {sample.text for sample in made} == {
        "word0hi word1 word2", "word0 word1hi word2", "word0 word1 word2hi",
    }  # fmt: skip


def test_a_clitic_stays_on_its_word() -> None:
    tokens = ["I", "do", "n't", "know"]
    operation = M2Switch.make(M2SwitchSettings(select="ratio-token", ratio=1.0), context([*tokens]))
    sample = one(operation([row(tokens, [])]))
    assert sample.text == "Ihi don't knowhi"


def test_settings_that_cannot_be_meant_are_told() -> None:
    with pytest.raises(UsageError, match="two languages are needed, and 3 are given"):
        M2Switch.make(M2SwitchSettings(select="ratio-token"), DictionaryContext("en", "hi", "es"))
    with pytest.raises(UsageError, match=r"unknown way to choose 'nouns'; did you mean 'noun-token'"):
        M2Switch.make(M2SwitchSettings(select="nouns"), context())
    with pytest.raises(UsageError, match=r"ratio 1\.5 is no share"):
        M2Switch.make(M2SwitchSettings(select="ratio-token", ratio=1.5), context())


def test_a_run_reads_m2_and_writes_m2(tmp_path: Path) -> None:
    faulty = tmp_path / "in.m2"
    text = LEARNER.read_text(encoding="utf-8")
    faulty.write_text("S a bad one\nA 1 9|||R|||x|||REQUIRED|||-NONE-|||0\n\n" + text, encoding="utf-8")
    out, rejects, exported = tmp_path / "out.jsonl", tmp_path / "rejects.jsonl", tmp_path / "out.m2"
    assert (
        main(
            [
                "recipes",
                "run",
                "gec.noun-token",
                str(faulty),
                "-o",
                str(out),
                "--pair",
                "en-hi",
                "--rejects",
                str(rejects),
            ]
        )
        == 0
    )
    [reject] = [json.loads(line) for line in rejects.read_text(encoding="utf-8").splitlines()]
    assert (reject["reason"], reject["line"]) == ("bad_labels", 2)
    assert reject["detail"] == "edit 1 9 does not lie in a sentence of 3 tokens"
    assert main(["export", str(out), "-o", str(exported), "--to", "m2", "--verify"]) == 0
    samples = [msgspec.json.decode(line, type=Sample) for line in out.read_bytes().splitlines()]
    found = [sentence for _, sentence in read_m2(exported.read_text(encoding="utf-8").splitlines())]
    assert len(found) == len(samples) > 10
    for sample, sentence in zip(samples, found, strict=True):
        assert isinstance(sentence, M2Sentence)
        assert list(sentence.tokens) == sample.tokens
        assert [msgspec.to_builtins(edit) for edit in sentence.edits] == [list(e) for e in sample.labels["edits"]]
