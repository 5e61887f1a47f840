"""Gold in every layout and in the labels of other schemes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cswitch.core.errors import InputError, UsageError
from cswitch.pipeline.tag_gold import Gold, matched, read_gold

PAIR = ("en", "hi")
HEAD = "# sent_enum = 1\n"


def write(folder: Path, text: str, name: str) -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return str(path)


def conllu(*rows: tuple[str, str, str, str]) -> str:
    return "".join(f"{name}\t{form}\t_\t{upos}\t_\t_\t_\t_\t_\t{misc}\n" for name, form, upos, misc in rows) + "\n"


@pytest.mark.parametrize(
    ("name", "text", "tags"),
    [
        ("g.tsv", "main\thi\nhappy\ten\n!\tother\n", "hi en other"),
        ("g.tsv", "main\tHIN\tPRON\nhappy\tENG\tADJ\n", "hi en"),
        ("g.txt", "main\thi\nhappy\ten\n", "hi en"),
        ("g.txt", "main hi\nhappy en\n", "hi en"),
        ("g.conll", HEAD + "main\tlang2\nhappy\tlang1\nx\tambiguous\ny\tfw\n", "hi en ambiguous fw"),
        ("g.conll", "main B-HI\nhappy B-EN\nDelhi B-NE\n", "hi en ne"),
        ("g.jsonl", '{"tokens": ["main", "x"], "langs": ["hi", "gsw"]}', "hi gsw"),
        ("g.jsonl", '{"words": ["main", "x"], "lid": ["lang2", "NE"]}', "hi ne"),
        ("g.jsonl", '{"tokens": ["main"], "langs": ["ne:hi"], "id": 3, "labels": {"a": 1}}', "ne"),
        ("g.conllu", conllu(("1", "main", "PRON", "CSID=HI|SpaceAfter=No"), ("2", "!", "PUNCT", "_")), "hi other"),
        (
            "g.conllu",
            conllu(
                ("1-2", "ab", "_", "_"), ("1", "a", "X", "Lang=hi"), ("2", "b", "X", "Lang=en"),
                ("3-4", "cd", "_", "_"), ("3", "c", "X", "Lang=hi"), ("4", "d", "X", "Lang=hi"),
                ("5-6", "ef", "_", "Lang=en"), ("5", "e", "X", "_"), ("6", "f", "X", "_"),
            ),
            "mixed hi en",
        ),
    ],
)  # fmt: skip
def test_gold_in_every_layout(tmp_path: Path, name: str, text: str, tags: str) -> None:
    [gold] = read_gold(write(tmp_path, text, name), PAIR)
    assert gold.tags == tags.split()
    assert len(gold.tokens) == len(gold.tags)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("g.tsv", "main\n", "FILE:1: 1 column and so no tag; write token<TAB>tag throughout"),
        ("g.tsv", "a\ten\nb\t\n", "FILE:2: the tag is empty; write token<TAB>tag throughout"),
        ("g.tsv", "a\ten\nb\ten\tX\n", "FILE:2: 3 columns where the lines before have 2"),
        ("g.tsv", "a\tb\tc\td\n", "FILE:1: 4 columns where token, tag and at most one more are known; keep the token"),
        ("g.tsv", "a\ten\nb\tLABEL_0\n", "FILE:2: 'LABEL_0' is no tag; tags are languages such as hi, or other"),
        ("g.tsv", "", "FILE: the file is empty"),
        ("g.txt", "main hoon yahan\n", "FILE:1: 'hoon' is no tag"),
        ("g.txt", "main\n", "FILE:1: 1 column and so no tag"),
        (
            "g.jsonl",
            '{"tokens": ["a"], "langs": ["en", "hi"]}',
            "FILE:1: field 'langs': 2 for 1 tokens; write exactly one",
        ),
        ("g.jsonl", '{"tokens": ["a"]}', "FILE:1: no tags; gold needs a tag a token under one of langs, lid"),
        ("g.jsonl", '{"text": "a"}', "FILE:1: no tokens; gold needs tokens and a tag for each of them"),
        ("g.jsonl", '{"tokens": ["a"], "langs": [0]}', "FILE:1: field 'langs[0]': expected str, got int"),
        ("g.conllu", conllu(("1", "a", "X", "_")), "FILE:1: 'a' has no language in MISC; write it as Lang=hi"),
    ],
)
def test_bad_gold(tmp_path: Path, name: str, text: str, expected: str) -> None:
    path = write(tmp_path, text, name)
    with pytest.raises(InputError) as caught:
        list(read_gold(path, PAIR))
    assert str(caught.value).replace(path, "FILE").startswith(expected)


def test_places_need_the_languages(tmp_path: Path) -> None:
    path = write(tmp_path, "main\tlang2\n", "g.tsv")
    with pytest.raises(InputError, match=r"'lang2' is no tag; say which languages lang1 and lang2 are, in their order"):
        read_gold(path)


def test_plain_text_is_no_gold() -> None:
    with pytest.raises(UsageError, match="plain text has no tags"):
        read_gold("gold.txt", fmt="text")


def gold(*sentences: str) -> list[Gold]:
    return [Gold(at, str(at), text.split(), ["en"] * len(text.split())) for at, text in enumerate(sentences, start=1)]


def test_predictions_of_the_same_tokens() -> None:
    assert matched(gold("a b", "c"), iter(gold("a b", "c")), ("g", "p")) == [["en", "en"], ["en"]]


@pytest.mark.parametrize(
    ("predictions", "expected"),
    [
        (["a b"], "p: it ends after 1 sentences, g has 2; tag every sentence of gold"),
        (["a b", "c", "d"], "p:3: a sentence more than g has (2)"),
        (["a b", "c d"], "p:2: 2 tokens where gold has 1 at g:2"),
        (["a x", "c"], "p:1: token 2 is 'x' where gold has 'b' at g:1"),
    ],
)
def test_predictions_of_other_tokens_are_refused(predictions: list[str], expected: str) -> None:
    with pytest.raises(InputError) as caught:
        matched(gold("a b", "c"), iter(gold(*predictions)), ("g", "p"))
    assert str(caught.value).startswith(expected)


def test_ids_come_along(tmp_path: Path) -> None:
    lines = [json.dumps({"tokens": ["a"], "langs": ["en"], **more}) for more in ({}, {"id": "x"})]
    assert [one.id for one in read_gold(write(tmp_path, "\n".join(lines), "g.jsonl"))] == ["1", "x"]
