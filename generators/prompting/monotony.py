"""Whether a run always switches in the same way: the matrix language plus single English nouns, most of the time."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby

import msgspec

from cswitch.core.contracts import PosTagger
from cswitch.core.measures.tags import NEUTRAL
from cswitch.core.pos import upos
from cswitch.core.text.tokens import is_neutral
from cswitch.schemas.sample import Sample

_NOMINAL = frozenset(("NOUN", "PROPN"))
_UNKNOWN = "X"
_ENOUGH = 20
"""Samples with embedded words from which on a run is judged."""
_SINGLE, _NOUNS, _SAME = 0.7, 0.85, 0.5
"""Shares from which on a run is called monotonous: of samples that switch by single nouns alone, of nouns among
embedded words, of the five commonest words among all."""
_WORDS = 20_000
"""Different words that are told apart, so that memory does not grow with the run."""
_BATCH = 256
"""Samples that are labelled at a time."""
_ADVICE = "; ask for other functions of switching or registers, show examples of real text, or take another recipe"

Run = tuple[str, tuple[str, ...]]
"""A language, and the words of a stretch in it."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """How a run switches; shares are 0 to 1."""

    samples: int
    """Samples with embedded words."""
    words: int
    """Embedded words in all."""
    upos: dict[str, int]
    """Embedded words by part of speech, the most common first; ``X`` where no tagger knows the language."""
    nouns: float | None
    """Share of nouns and names among embedded words whose part of speech is known; None without such words."""
    single_nouns: float | None
    """Share of samples in which every embedded stretch is one noun; None where no part of speech is known."""
    distinct: int
    """Different embedded words, up to 20,000."""
    entropy: float
    """Entropy of the embedded words, in bits."""
    commonest: list[tuple[str, int]]
    """The ten commonest embedded words."""
    warning: str
    """What is monotonous, where from and what to do, in a line; empty when nothing is."""


class Monotony:
    """Counts what the accepted samples of a run switch.

    Args:
        taggers: Part-of-speech tagger by language, for the embedded languages that have one.

    >>> class Nouns:
    ...     name = "nouns"
    ...     def tag(self, batch):
    ...         return [("NOUN.Sing",) * len(words) for words in batch]
    >>> counted = Monotony({"en": Nouns()})
    >>> for n in range(30):
    ...     counted.count(["main", "office", "jaunga"], ["hi", "en", "hi"], "hi")
    >>> counted.report()["single_nouns"], counted.report()["warning"].partition(";")[0]
    (1.0, 'monotonous: 100 % of 30 samples switch by single nouns alone (warned of from 70 % on)')
    """

    def __init__(self, taggers: Mapping[str, PosTagger] | None = None) -> None:
        self.taggers = dict(taggers or {})
        self._waiting: list[list[Run]] = []
        self._upos: Counter[str] = Counter()
        self._words: Counter[str] = Counter()
        self._other_words = self._samples = self._judged = self._single = 0

    def add(self, sample: Sample) -> None:
        """Counts a sample."""
        self.count(sample.tokens, sample.langs, sample.matrix)

    def count(self, tokens: Sequence[str], langs: Sequence[str], matrix: str) -> None:
        """Counts a text.

        Args:
            tokens: Tokens in order.
            langs: A tag a token.
            matrix: The matrix language.
        """
        runs = embedded_runs(tokens, langs, matrix)
        if runs:
            self._waiting.append(runs)
        if len(self._waiting) >= _BATCH:
            self._settle()

    def report(self) -> dict[str, object]:
        """The fields of :class:`Report`, as plain values."""
        found: dict[str, object] = msgspec.to_builtins(self.summary())
        return found

    def summary(self) -> Report:
        """How the run switches."""
        self._settle()
        words = sum(self._words.values()) + self._other_words
        known = sum(count for name, count in self._upos.items() if name != _UNKNOWN)
        nouns = sum(self._upos[name] for name in _NOMINAL)
        report = Report(
            samples=self._samples,
            words=words,
            upos=dict(_ranked(self._upos)),
            nouns=round(nouns / known, 4) if known else None,
            single_nouns=round(self._single / self._judged, 4) if self._judged else None,
            distinct=len(self._words),
            entropy=round(_entropy(self._words), 4),
            commonest=_ranked(self._words)[:10],
            warning="",
        )
        return msgspec.structs.replace(report, warning=_warning(report))

    def _settle(self) -> None:
        """Labels and counts the samples that wait."""
        labels = self._labelled()
        for runs in self._waiting:
            self._samples += 1
            for _, words in runs:
                for word in words:
                    if word in self._words or len(self._words) < _WORDS:
                        self._words[word] += 1
                    else:
                        self._other_words += 1
            named = [labels.get(run, (_UNKNOWN,) * len(run[1])) for run in runs]
            self._upos.update(name for names in named for name in names)
            if any(run in labels for run in runs):
                self._judged += 1
                self._single += all(len(names) == 1 and names[0] in _NOMINAL for names in named)
        self._waiting.clear()

    def _labelled(self) -> dict[Run, tuple[str, ...]]:
        """The parts of speech of each stretch that waits, labelled by itself."""
        found: dict[Run, tuple[str, ...]] = {}
        for lang, tagger in self.taggers.items():
            runs = list(dict.fromkeys(run for runs in self._waiting for run in runs if run[0] == lang))
            for run, names in zip(runs, tagger.tag([words for _, words in runs]) if runs else (), strict=True):
                found[run] = tuple(map(upos, names))
        return found


def embedded_runs(tokens: Sequence[str], langs: Sequence[str], matrix: str) -> list[Run]:
    """The stretches of a text in other languages than the matrix; neutral tokens do not end one.

    >>> embedded_runs(["kal", "the", "big", ",", "Meeting", "hai"], ["hi", "en", "en", "other", "en", "hi"], "hi")
    [('en', ('the', 'big', 'meeting'))]
    """
    spoken = [
        (lang, token.casefold())
        for token, lang in zip(tokens, langs, strict=True)
        if lang not in NEUTRAL and not is_neutral(token)
    ]
    runs = [(lang, tuple(word for _, word in run)) for lang, run in groupby(spoken, key=lambda word: word[0])]
    return [run for run in runs if run[0] != matrix]


def _ranked(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _entropy(words: Counter[str]) -> float:
    total = sum(words.values())
    return -sum(count / total * math.log2(count / total) for count in words.values()) if total else 0.0


def _warning(report: Report) -> str:
    """What is monotonous, in a line."""
    if report.samples < _ENOUGH:
        return ""
    if report.single_nouns is not None and report.single_nouns >= _SINGLE:
        what = f"{_percent(report.single_nouns)} of {report.samples} samples switch by single nouns alone"
        return f"monotonous: {what} (warned of from {_percent(_SINGLE)} on){_ADVICE}"
    if report.nouns is not None and report.nouns >= _NOUNS:
        what = f"{_percent(report.nouns)} of {report.words} embedded words are nouns"
        return f"monotonous: {what} (warned of from {_percent(_NOUNS)} on){_ADVICE}"
    same = report.commonest[:5]
    share = sum(count for _, count in same) / report.words
    if share >= _SAME:
        what = f"{_percent(share)} of {report.words} embedded words are {', '.join(word for word, _ in same)}"
        return f"monotonous: {what} (warned of from {_percent(_SAME)} on){_ADVICE}"
    return ""


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
