"""Spans of a language, and the one tree of what was parsed apart."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.annotators.pipelines.spans import Span, language_spans, languages_of, visible
from cswitch.annotators.pipelines.trees import ROOT, SWITCH, Tree, one_tree
from cswitch.core.errors import InputError

TAGS = st.sampled_from(["en", "hi", "es", "other", "ne", "mixed", "ne:hi"])
SENTENCES = st.lists(st.tuples(st.text(max_size=4) | st.sampled_from(["(", "«", ".", "ok"]), TAGS), max_size=12)


@given(SENTENCES)
def test_spans_cover_the_sentence_and_hold_one_language(sentence: list[tuple[str, str]]) -> None:
    tokens, tags = [token for token, _ in sentence], [tag for _, tag in sentence]
    langs = languages_of(tokens, tags)
    spans = language_spans(tokens, tags)
    assert [place for span in spans for place in range(span.start, span.end)] == list(range(len(tokens)))
    for lang, start, end in spans:
        assert start < end
        assert {lang} == ({*langs[start:end]} - {""} or {""})
    assert all(one.lang != other.lang for one, other in pairwise(spans))


@given(SENTENCES)
def test_the_whole_sentence_is_one_span_of_its_matrix_language(sentence: list[tuple[str, str]]) -> None:
    tokens, tags = [token for token, _ in sentence], [tag for _, tag in sentence]
    langs = languages_of(tokens, tags)
    spans = language_spans(tokens, tags, whole=True)
    assert [(start, end) for _, start, end in spans] == ([(0, len(tokens))] if tokens else [])
    for lang, *_ in spans:
        assert all(langs.count(lang) >= langs.count(other) for other in set(langs) - {""})


@pytest.mark.parametrize(
    ("tokens", "tags", "spans"),
    [
        ("Hola , dear friend !", "es other en en other", [("es", 0, 2), ("en", 2, 5)]),
        ("dijo “ see you ”", "es other en en other", [("es", 0, 1), ("en", 1, 5)]),
        ("@ana 3 kilos please", "other other es en", [("es", 0, 3), ("en", 3, 4)]),
        (". !", "other other", [("", 0, 2)]),
    ],
)
def test_marks_go_where_they_stand(tokens: str, tags: str, spans: list[tuple[str, int, int]]) -> None:
    assert language_spans(tokens.split(), tags.split()) == [Span(*span) for span in spans]


def test_tags_must_be_tags_and_as_many_as_tokens() -> None:
    with pytest.raises(InputError, match="1 tags for 2 tokens"):
        language_spans(["a", "b"], ["en"])
    with pytest.raises(InputError, match="not a language tag"):
        language_spans(["a"], ["two words"])


@given(st.text(max_size=5) | st.just("\ud800"))
def test_what_pipelines_get_can_be_seen_and_encoded(token: str) -> None:
    assert visible(token).strip()
    assert visible(token).encode("utf-8")


@st.composite
def parsed(draw: st.DrawFn) -> tuple[list[str], list[Span], list[Tree | None]]:
    """Languages, spans and a forest for each span, or None."""
    langs: list[str] = []
    spans: list[Span] = []
    trees: list[Tree | None] = []
    for number in range(draw(st.integers(1, 5))):
        size = draw(st.integers(1, 4))
        lang = draw(st.sampled_from(sorted({"en", "hi", "es"} - {spans[-1].lang if number else ""})))
        spans.append(Span(lang, len(langs), len(langs) + size))
        langs += [lang, *draw(st.lists(st.sampled_from([lang, ""]), min_size=size - 1, max_size=size - 1))]
        heads = [draw(st.integers(-1, place - 1)) for place in range(size)]
        relations = [ROOT if head < 0 else "dep" for head in heads]
        trees.append(draw(st.sampled_from([Tree(heads, relations), None])))
    return langs, spans, trees


@given(parsed())
def test_what_was_parsed_is_one_tree(case: tuple[list[str], list[Span], list[Tree | None]]) -> None:
    langs, spans, trees = case
    heads, relations = one_tree(langs, spans, trees)
    assert len(heads) == len(relations) == len(langs)
    read = {place for span, tree in zip(spans, trees, strict=True) if tree for place in range(span.start, span.end)}
    assert [place for place, relation in enumerate(relations) if relation == ROOT] == [
        place for place in sorted(read) if heads[place] < 0
    ]
    assert relations.count(ROOT) == bool(read)
    for place in range(len(langs)):
        seen: set[int] = set()
        while place in read and heads[place] >= 0:
            assert place not in seen, "a cycle"
            seen.add(place)
            place = heads[place]
        assert place not in read or relations[place] == ROOT
    for span, tree in zip(spans, trees, strict=True):
        for place, head in enumerate(tree.heads if tree else [-1] * (span.end - span.start)):
            if tree is None:
                assert (heads[span.start + place], relations[span.start + place]) == (-1, "")
            elif head >= 0:
                assert heads[span.start + place] == span.start + head
            elif relations[span.start + place] == SWITCH:
                assert not span.start <= heads[span.start + place] < span.end
