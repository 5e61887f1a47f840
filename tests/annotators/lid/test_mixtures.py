"""Mixed sentences made from monolingual ones."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.annotators.lid.mixtures import mixtures, stretches
from cswitch.core.contracts import TaggedSentence
from cswitch.core.errors import UsageError

PLAIN = [
    TaggedSentence("we went home early , then slept".split(), ["en"] * 4 + ["other"] + ["en"] * 2),
    TaggedSentence("hum ghar jaldi gaye".split(), ["hi"] * 4),
    TaggedSentence("kal office mein milte hain !".split(), ["hi", "en", "hi", "hi", "hi", "other"]),
]
TAG_OF = {token: tag for sentence in PLAIN for token, tag in zip(*sentence, strict=True)}


@settings(deadline=None)
@given(st.integers(0, 1000), st.integers(0, 20))
def test_tokens_keep_their_tags(seed: int, count: int) -> None:
    made = list(mixtures(PLAIN, count, seed=seed))
    assert len(made) == count
    for sentence in made:
        assert len(sentence.tokens) == len(sentence.tags) > 0
        assert [TAG_OF[token] for token in sentence.tokens] == sentence.tags
    assert made == list(mixtures(PLAIN, count, seed=seed))


def test_most_are_mixed() -> None:
    made = list(mixtures(PLAIN, 200, seed=1))
    assert sum({"en", "hi"} <= set(sentence.tags) for sentence in made) > 150


def test_stretches_are_cut_where_the_language_changes() -> None:
    found = stretches(PLAIN)
    assert [[token for token, _ in stretch] for stretch in found["en"]] == [list(PLAIN[0].tokens), ["office"]]
    assert [len(stretch) for stretch in found["hi"]] == [4, 1, 4]


def test_one_language_cannot_be_mixed() -> None:
    with pytest.raises(UsageError, match="two languages"):
        list(mixtures(PLAIN[:1], 3, seed=0))
    assert list(mixtures(PLAIN[:1], 0, seed=0)) == []
