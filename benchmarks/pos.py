"""How good and how fast the part-of-speech tagger is, beside two plain ones.

Usage: python -m benchmarks.pos [--data DIR] [--rounds 5]

DIR is the folder of shared data (default: $CSWITCH_DATA, else ../shared/data). All three learn from the English of EWT
and PUD, and are measured on EWT's test part, on the tokens of running text. ``most frequent`` gives each word its most
frequent label and unknown words that of most nouns; ``perceptron`` is a greedy averaged perceptron (Collins, 2002), in
Python, trained here, which takes minutes. Speeds are tokens a second of one core on NTREX (1,997 lines), in batches of
256 sentences: ``cold`` the first time the words are seen, ``warm`` the best of the later times. How good the other
languages are, beside the same two, ``python -m scripts.train_pos`` prints.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from random import Random

from cswitch.annotators.pos.figures import measure
from cswitch.annotators.pos.treebank import TaggedSentence, read_treebank
from cswitch.annotators.pos.windowed import WindowedTagger
from cswitch.core.contracts import PosTagger
from cswitch.core.text.tokens import tokenise

BATCH = 256
NTREX = {"en": "eng", "es": "spa", "hi": "hin", "de": "deu", "id": "ind", "zh": "zho-CN"}


def main() -> None:
    """Prints accuracy for English, and speed for every language."""
    parser = argparse.ArgumentParser(description="Compare part-of-speech taggers.")
    default = os.environ.get("CSWITCH_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data"
    parser.add_argument("--data", type=Path, default=Path(default), help="folder of shared data")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of perceptron training")
    options = parser.parse_args()
    ewt = options.data / "treebanks" / "ud_english_ewt"
    train = [*read(ewt / "en_ewt-ud-train.conllu"), *read(ewt / "en_ewt-ud-dev.conllu")]
    train += read(options.data / "parallel" / "pud" / "en_pud-ud-test.conllu")
    test = read(ewt / "en_ewt-ud-test.conllu")
    taggers: dict[str, PosTagger] = {
        "most frequent": MostFrequent(train),
        "perceptron": Perceptron(train, options.rounds),
        "windowed": WindowedTagger.load("en"),
    }
    print(f"{'English':16}{'upos':>8}{'label':>8}{'closed':>8}{'verbs':>8}{'cold':>12}{'warm tokens/s':>16}")
    text = running_text(options.data, "en")
    for name, tagger in taggers.items():
        cold, warm = speeds(tagger, text)
        found = measure(tagger, test)
        shares = f"{found.upos:8.4f}{found.label:8.4f}{found.closed:8.4f}{found.verb_form:8.4f}"
        print(f"{name:16}{shares}{cold:12,.0f}{warm:16,.0f}")
    for lang in list(NTREX)[1:]:
        cold, warm = speeds(WindowedTagger.load(lang), running_text(options.data, lang))
        print(f"windowed, {lang:22}{'':24}{cold:10,.0f}{warm:16,.0f}")


def read(path: Path) -> list[TaggedSentence]:
    """English sentences of a treebank, cut as running text is."""
    return list(read_treebank(path, "en", lambda text: tokenise(text).offsets))


def running_text(data: Path, lang: str) -> list[tuple[str, ...]]:
    """The lines of NTREX in a language, as tokens."""
    lines = (data / "parallel" / "ntrex" / f"{NTREX[lang]}.txt").read_text("utf-8").splitlines()
    return [tokenise(line, lang).tokens for line in lines]


def speeds(tagger: PosTagger, text: Sequence[Sequence[str]]) -> tuple[float, float]:
    """Tokens a second, the first time and the best of five later times."""
    batches = [text[start : start + BATCH] for start in range(0, len(text), BATCH)]
    tokens = sum(map(len, text))
    times: list[float] = []
    for _ in range(6):
        started = time.perf_counter()
        for batch in batches:
            tagger.tag(batch)
        times.append(time.perf_counter() - started)
    return tokens / times[0], tokens / min(times[1:])


class MostFrequent:
    """The most frequent label of each word."""

    name = "most-frequent"

    def __init__(self, sentences: Sequence[TaggedSentence]) -> None:
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for tokens, labels in sentences:
            for token, label in zip(tokens, labels, strict=True):
                counts[token][label] += 1
        self._labels = {token: count.most_common(1)[0][0] for token, count in counts.items()}
        nouns = Counter(label for s in sentences for label in s.labels if label.startswith("NOUN"))
        self._unknown = nouns.most_common(1)[0][0]

    def tag(self, batch: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
        """A label a token."""
        return [tuple([self._labels.get(token, self._unknown) for token in tokens]) for tokens in batch]


class Perceptron:
    """A greedy averaged perceptron with the usual features: forms and endings around, the two labels before."""

    name = "perceptron"

    def __init__(self, sentences: Sequence[TaggedSentence], rounds: int) -> None:
        self._labels = sorted({label for sentence in sentences for label in sentence.labels})
        self._weights: dict[str, dict[str, float]] = {}
        self._totals: dict[tuple[str, str], float] = defaultdict(float)
        self._since: dict[tuple[str, str], int] = defaultdict(int)
        self._steps = 0
        random, order = Random(0), list(sentences)
        for _ in range(rounds):
            random.shuffle(order)
            for tokens, labels in order:
                self._sentence(tokens, labels)
        for key, row in self._weights.items():
            for label in row:
                self._settle(key, label)
                row[label] = self._totals[key, label] / self._steps

    def tag(self, batch: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
        """A label a token."""
        return [self._sentence(tokens) for tokens in batch]

    def _sentence(self, tokens: Sequence[str], right: Sequence[str] | None = None) -> tuple[str, ...]:
        low = ["", "", *(token.lower() for token in tokens), "", ""]
        found: list[str] = []
        one, two = "", ""
        for place, token in enumerate(tokens):
            keys = _keys(token, low[place : place + 5], one, two)
            label = self._best(keys)
            if right is not None:
                self._update(keys, right[place], label)
            one, two = label, one
            found.append(label)
        return tuple(found)

    def _best(self, keys: Sequence[str]) -> str:
        scores = dict.fromkeys(self._labels, 0.0)
        for key in keys:
            for label, weight in self._weights.get(key, {}).items():
                scores[label] += weight
        return max(scores, key=scores.__getitem__)

    def _update(self, keys: Sequence[str], right: str, wrong: str) -> None:
        self._steps += 1
        if right == wrong:
            return
        for key in keys:
            row = self._weights.setdefault(key, {})
            for label, change in ((right, 1.0), (wrong, -1.0)):
                self._settle(key, label)
                row[label] = row.get(label, 0.0) + change

    def _settle(self, key: str, label: str) -> None:
        """Bring a weight's sum over all steps up to date."""
        self._totals[key, label] += (self._steps - self._since[key, label]) * self._weights[key].get(label, 0.0)
        self._since[key, label] = self._steps


def _keys(token: str, around: Sequence[str], one: str, two: str) -> list[str]:
    before2, before, word, after, after2 = around
    return [
        "bias",
        f"w{word}",
        f"s3{word[-3:]}",
        f"s2{word[-2:]}",
        f"p{word[:1]}",
        f"c{token[:1].isupper()}{token.isupper()}{'-' in token}{any(map(str.isdigit, token))}",
        f"b{before}",
        f"bb{before2}",
        f"bs{before[-3:]}",
        f"a{after}",
        f"aa{after2}",
        f"as{after[-3:]}",
        f"t{one}",
        f"tt{two} {one}",
        f"tw{one} {word}",
    ]


if __name__ == "__main__":
    main()
