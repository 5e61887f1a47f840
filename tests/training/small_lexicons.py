"""Lexicons written by hand, and sentences of their words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from cswitch.core.lexicon import Lexicon
from cswitch.core.translation import Translation
from cswitch.training import AugmentSettings, Example, Switcher
from cswitch.training.records import Label

WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "es": {
        "water": ("agua",), "house": ("casa", "la vivienda"), "go": ("ir a pie",), "red": ("rojo",),
        "new york": ("nueva york",), "spain": ("españa",), "of course": ("por supuesto",), "tree": ("tree",),
    },
    "de": {"water": ("wasser",), "house": ("haus",), "spain": ("das königreich spanien",), "of course": ("natürlich",)},
}  # fmt: skip


def lexicons() -> dict[str, Lexicon]:
    """From English to Spanish and German."""
    return {
        lang: Lexicon("en", lang, {w: [Translation(t, 1 / len(ts), 1.0) for t in ts] for w, ts in words.items()})
        for lang, words in WORDS.items()
    }


def make(languages: tuple[str, ...] = ("es", "de"), **options: Any) -> Switcher:
    """A switcher with these lexicons; nothing but code and placeholders is kept unless asked."""
    options = {"keep": ("placeholders", "code")} | options
    settings = AugmentSettings(matrix="en", languages=languages, **options)
    return Switcher(settings, lexicons={lang: lexicons()[lang] for lang in languages})


NAMES = ["O", "B-LOC", "I-LOC", "B-PER", "I-PER"]


@st.composite
def examples(draw: st.DrawFn) -> Example:
    """Sentences with entities, parts of speech and spans."""
    tokens: list[str] = []
    ner: list[str] = []
    for _ in range(draw(st.integers(1, 9))):
        kind = draw(st.sampled_from(["", "", "LOC", "PER"]))
        pool = (
            ["new york", "spain", "spain tree"]
            if kind
            else ["water", "house", "go", "red", "of course", "a", "tree", "42", "."]
        )
        words = draw(st.sampled_from(pool)).split()
        tokens += words
        ner += [f"{'I' if at else 'B'}-{kind}" if kind else "O" for at in range(len(words))]
    size = len(tokens)
    spans = draw(
        st.lists(st.tuples(st.integers(0, size), st.integers(0, size)).map(lambda s: (min(s), max(s))), max_size=2)
    )
    labels: dict[str, Sequence[Label]] = {
        "ner": ner,
        "numbers": [NAMES.index(label) for label in ner],
        "pos": [f"P{len(token) % 2}" for token in tokens],
    }
    return Example(id=draw(st.text("ab", max_size=3)), tokens=tokens, labels=labels, spans=spans)
