from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.noise import NoisePlan, apply_to_sample, splice
from cswitch.schemas.sample import Provenance, Sample, Target

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


WORDS = st.sampled_from(["please", "tomorrow", "yaar", "hai", "ghar", "नहीं", "don't", "you", "Delhi", "."])


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["", " ", "  "]), WORDS, st.sampled_from(["en", "hi", "other"]))), st.integers()
)
def test_a_noisy_sample_keeps_all_but_its_words(pieces: list[tuple[str, str, str]], seed: int) -> None:
    text, offsets = "", []
    for gap, token, _ in pieces:
        text += gap + token
        offsets.append((len(text) - len(token), len(text)))
    before = Sample(
        id="7.0", source_id="7", text=text, tokens=[token for _, token, _ in pieces],
        langs=[lang for _, _, lang in pieces],
        offsets=offsets, origins=[None] * len(pieces), languages=["hi", "en"], matrix="hi", measures={"cmi": 20.0},
        target=Target(), met=True, reachable={},
        provenance=Provenance(generator="insertion", version="0", config="0", seed=0, draw=0),
    )  # fmt: skip
    plan = NoisePlan.parse("chat.heavy")
    after = apply_to_sample(before, plan, seed)
    assert after == apply_to_sample(before, plan, seed)
    assert [after.text[start:end] for start, end in after.offsets] == after.tokens
    assert len(after.tokens) == len(before.tokens)
    for name in ("id", "langs", "origins", "languages", "matrix", "measures", "target", "met", "provenance"):
        assert getattr(after, name) == getattr(before, name)
