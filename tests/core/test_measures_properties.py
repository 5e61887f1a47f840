"""Every measure against a second implementation, written from the definitions alone, and what must always hold."""

from __future__ import annotations

import statistics
from collections import Counter
from itertools import groupby, pairwise
from math import log2
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.measures import (
    NEUTRAL,
    burstiness,
    cmi,
    corpus_measures,
    cu,
    entropy,
    i_index,
    language_tokens,
    m_index,
    matrix_language,
    spans,
    spf,
    switch_points,
    switch_positions,
    symcom,
    symcom_sentence,
    utterance_measures,
)

LANGUAGES = ("en", "hi", "es", "x-a")
UNITS = ("NOUN", "VERB", "ADP")
language = st.sampled_from(LANGUAGES)
neutral = st.one_of(
    st.sampled_from(sorted(NEUTRAL)), st.builds("{}:{}".format, st.sampled_from(sorted(NEUTRAL)), language)
)
utterances = st.lists(st.one_of(language, language, neutral), max_size=25)
words = st.lists(language, min_size=1, max_size=25)
corpora = st.lists(utterances, max_size=8)


def reference(tags: list[str]) -> dict[str, float | None]:
    """The definitions by enumeration: no shared code, no shared shortcuts."""
    seen = [tag for tag in tags if tag.split(":")[0] not in {"other", "ne", "ambiguous", "mixed", "fw", "unk"}]
    n = len(seen)
    p = [seen.count(lang) / n for lang in {*seen}]
    w = max((seen.count(lang) for lang in seen), default=0)
    switches = sum(1 for i in range(1, n) if seen[i] != seen[i - 1])
    lengths = [len(list(run)) for _, run in groupby(seen)]
    squares = sum(share**2 for share in p)
    q = [lengths.count(length) / len(lengths) for length in {*lengths}]
    mean = statistics.fmean(lengths) if lengths else 0.0
    deviation = statistics.pstdev(lengths) if lengths else 0.0
    before, after = lengths[:-1], lengths[1:]
    return {
        "cmi": 100 * (1 - w / n) if n else 0.0,
        "cu": 100 * (n - w + switches) / (2 * n) if n else 0.0,
        "switches": switches,
        "m_index": (1 - squares) / ((len(p) - 1) * squares) if len(p) > 1 else 0.0,
        "entropy": -sum(share * log2(share) for share in p),
        "i_index": switches / (n - 1) if n > 1 else None,
        "spf": switches / (n - 1) if n > 1 else None,
        "span_entropy": -sum(share * log2(share) for share in q),
        "burstiness": (deviation - mean) / (deviation + mean) if len(lengths) > 1 else None,
        "memory": correlation(before, after) if len(lengths) > 2 else None,
    }


def correlation(x: list[int], y: list[int]) -> float | None:
    return statistics.correlation(x, y) if len({*x}) > 1 and len({*y}) > 1 else None


def same(found: dict[str, Any], expected: dict[str, Any]) -> None:
    assert found.keys() == expected.keys()
    for name, value in found.items():
        assert (value is None) == (expected[name] is None), name
        assert value is None or value == pytest.approx(expected[name], abs=1e-9), name


@given(utterances)
def test_agrees_with_the_reference(tags: list[str]) -> None:
    same(utterance_measures(tags), reference(tags))


@given(utterances)
def test_sample_deviation_agrees_with_the_reference(tags: list[str]) -> None:
    lengths = spans(tags)
    value = burstiness(tags, sd="sample")
    if len(lengths) < 2:
        assert value is None
    else:
        mean, deviation = statistics.fmean(lengths), statistics.stdev(lengths)
        assert value == pytest.approx((deviation - mean) / (deviation + mean))


@given(utterances, st.permutations(LANGUAGES))
def test_names_of_languages_do_not_matter(tags: list[str], names: list[str]) -> None:
    other = dict(zip(LANGUAGES, names, strict=True))
    renamed = [":".join(other.get(part, part) for part in tag.split(":")) for tag in tags]
    assert utterance_measures(renamed) == utterance_measures(tags)
    matrix = matrix_language(tags)
    assert matrix_language(renamed) == (matrix and other[matrix])


@given(words, st.lists(st.tuples(neutral, st.integers(0, 40)), max_size=10))
def test_neutral_tokens_never_matter(tags: list[str], extra: list[tuple[str, int]]) -> None:
    padded = list(tags)
    for tag, place in extra:
        padded.insert(place, tag)
    assert language_tokens(padded) == tags
    assert utterance_measures(padded) == utterance_measures(tags)
    assert matrix_language(padded) == matrix_language(tags)


@given(utterances)
def test_bounds(tags: list[str]) -> None:
    found = {name: value for name, value in utterance_measures(tags).items() if value is not None}
    k = len({*language_tokens(tags)})
    assert 0 <= found["cmi"] < 100
    assert k == 0 or found["cmi"] <= 100 * (1 - 1 / k) + 1e-9
    assert (found["cmi"] == 0) == (found["cu"] == 0) == (found["switches"] == 0) == (k < 2)
    assert 0 <= found["cu"] < 100
    assert 0 <= found["m_index"] <= 1
    assert 0 <= found["entropy"] <= log2(k or 1) + 1e-9
    assert (found["entropy"] == 0) == (k < 2)
    assert 0 <= found.get("i_index", 0) <= 1
    assert found["span_entropy"] >= 0
    assert -1 <= found.get("burstiness", 0) < 1
    assert -1 <= found.get("memory", 0) <= 1


@given(utterances)
def test_relations(tags: list[str]) -> None:
    n, switches = len(language_tokens(tags)), switch_points(tags)
    assert spf(tags) == i_index(tags)
    assert sum(spans(tags)) == n
    assert switches == len(switch_positions(tags)) == max(len(spans(tags)) - 1, 0)
    assert cu(tags) == pytest.approx((cmi(tags) + 100 * switches / max(n, 1)) / 2)
    assert (i_index(tags) or 0) * (n - 1) == pytest.approx(switches)


@given(utterances)
def test_switch_positions_are_where_the_language_changes(tags: list[str]) -> None:
    positions = switch_positions(tags)
    expected = []
    for i, tag in enumerate(tags):
        earlier = language_tokens(tags[:i])
        if language_tokens([tag]) and earlier and earlier[-1] != tag:
            expected.append(i)
    assert positions == expected


@given(utterances)
def test_read_backwards(tags: list[str]) -> None:
    same(utterance_measures(tags[::-1]), utterance_measures(tags))


@given(words, st.randoms())
def test_order_does_not_matter_to_shares(tags: list[str], random: Any) -> None:
    shuffled = random.sample(tags, len(tags))
    assert cmi(shuffled) == cmi(tags)
    assert m_index(shuffled) == m_index(tags)
    assert entropy(shuffled) == pytest.approx(entropy(tags))


@given(utterances)
def test_counting_named_entities_is_reading_their_language(tags: list[str]) -> None:
    for kind in ("ne", "mixed"):
        read = [tag.removeprefix(f"{kind}:") for tag in tags]
        options: Any = {kind: "language"}
        assert utterance_measures(tags, **options) == utterance_measures(read)
        assert matrix_language(tags, **options) == matrix_language(read)


@given(words, st.data())
def test_matrix_language_is_a_most_frequent_one(tags: list[str], data: st.DataObject) -> None:
    closed = data.draw(st.lists(st.booleans(), min_size=len(tags), max_size=len(tags)))
    most = max(Counter(tags).values())
    tied = [lang for lang in LANGUAGES if tags.count(lang) == most]
    assert matrix_language(tags) == min(tied, key=tags.index)
    of_closed = {lang: sum(c for tag, c in zip(tags, closed, strict=True) if tag == lang) for lang in tied}
    assert matrix_language(tags, closed) == min(tied, key=lambda lang: (-of_closed[lang], tags.index(lang)))


tagged = st.lists(st.tuples(st.one_of(language, neutral), st.sampled_from(UNITS)), max_size=25)


@given(tagged)
def test_symcom_agrees_with_the_reference(tokens: list[tuple[str, str]]) -> None:
    langs, pos = [lang for lang, _ in tokens], [unit for _, unit in tokens]
    scores, whole = {}, 0.0
    length = sum(lang in ("en", "hi") for lang in langs)
    for unit in UNITS:
        en, hi = tokens.count(("en", unit)), tokens.count(("hi", unit))
        if en + hi:
            scores[unit] = (en - hi) / (en + hi)
            whole += abs(scores[unit]) * (en + hi) / length
        assert symcom(langs, pos, ("en", "hi"), unit=unit) == scores.get(unit)
    assert symcom(langs, pos, ("en", "hi")) == scores
    assert symcom(langs, pos, ("hi", "en")) == {unit: -score for unit, score in scores.items()}
    sentence = symcom_sentence(langs, pos, ("en", "hi"))
    assert sentence == symcom_sentence(langs, pos, ("hi", "en"))
    assert (sentence is None) == (length == 0)
    assert sentence is None or sentence == pytest.approx(whole)


@given(utterances)
def test_a_corpus_of_one(tags: list[str]) -> None:
    found = corpus_measures([tags])
    expected = utterance_measures(tags)
    for name, value in expected.items():
        forms = found.measures[name]
        assert forms["mean-all"].value == value
        assert forms["mean-mixed"].value == (value if found.mixed else None)
        if name != "switches":
            assert forms["pooled"].value == (pytest.approx(value) if value is not None else None)


@given(corpora)
def test_corpus_agrees_with_the_reference(corpus: list[list[str]]) -> None:
    found = corpus_measures(iter(corpus))
    rows = [reference(tags) for tags in corpus]
    is_mixed = [len({*language_tokens(tags)}) > 1 for tags in corpus]
    assert (found.utterances, found.mixed) == (len(corpus), sum(is_mixed))
    for name, forms in found.measures.items():
        if name == "cc":
            continue
        everywhere = [row[name] for row in rows if row[name] is not None]
        inside = [row[name] for row, mixed in zip(rows, is_mixed, strict=True) if mixed and row[name] is not None]
        for form, values in (("mean-all", everywhere), ("mean-mixed", inside)):
            mean = statistics.fmean(v for v in values if v is not None) if values else None
            assert forms[form].value == (None if mean is None else pytest.approx(mean, abs=1e-9))
            assert forms[form].utterances == len(values)
    same({name: forms["pooled"].value for name, forms in found.measures.items() if "pooled" in forms}, pooled(corpus))


def pooled(corpus: list[list[str]]) -> dict[str, float | None]:
    """Pooled values by listing everything: tokens, gaps, spans and pairs of spans never cross an utterance."""
    if not corpus:
        return dict.fromkeys(name for name in reference([]) if name != "switches")
    kept = [language_tokens(tags) for tags in corpus]
    everything = [lang for tags in kept for lang in tags]
    shares = reference(sorted(everything))  # of these only the shares of the languages are used
    gaps = [a != b for tags in kept for a, b in pairwise(tags)]
    main = sum(max(Counter(tags).values(), default=0) for tags in kept)
    lengths = [spans(tags) for tags in kept]
    flat = [length for row in lengths for length in row]
    q = [flat.count(length) / len(flat) for length in {*flat}]
    pairs = [pair for row in lengths for pair in pairwise(row)]
    mean, deviation = (statistics.fmean(flat), statistics.pstdev(flat)) if flat else (0.0, 0.0)
    rate = sum(gaps) / len(gaps) if gaps else None
    n = len(everything)
    return {
        "cmi": 100 * (1 - main / n) if n else 0.0,
        "cu": 50 * (n - main + sum(gaps)) / n if n else 0.0,
        "m_index": shares["m_index"],
        "entropy": shares["entropy"],
        "i_index": rate,
        "spf": rate,
        "span_entropy": -sum(share * log2(share) for share in q),
        "burstiness": (deviation - mean) / (deviation + mean) if len(flat) > 1 else None,
        "memory": correlation([x for x, _ in pairs], [y for _, y in pairs]) if len(pairs) > 1 else None,
    }
