"""Builds the lexicon packs of data/lexicons from parallel text and from the hand-written core word lists.

Usage: python -m scripts.build_lexicons [--data DIR] [PAIR ...]

DIR is the folder of shared data (default: $CSWITCH_DATA, else ../shared/data). Sentences come from NTREX-128 and the
Parallel Universal Dependencies treebanks; see data/lexicons/LICENSE.md. The output is the same on every run.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from cswitch.core.lexicon import Lexicon, Translation, key, read_tsv
from cswitch.core.text.tokens import tokenise
from cswitch.generators.alignment.hmm import SPARSITY, Corpus, Floats, align_corpus
from cswitch.generators.alignment.similarity import similarity
from cswitch.generators.alignment.stems import stemmer

NTREX = {"en": ["eng"], "hi": ["hin"], "es": ["spa", "spa-MX"]}
PUD = ("en", "hi", "es")
PAIRS = (("en", "hi"), ("en", "es"))
CLOSED_TAGS = {"ADP", "AUX", "CCONJ", "DET", "PART", "PRON", "SCONJ"}
JOINED = {"aux", "aux:pass", "compound:prt", "mark", "expl:pv", "expl:pass"}
"""Relations of a word that completes its head."""
LIGHT = "compound:lvc"
"""Relation of a noun to the light verb that completes it."""
PREFIX = 4
"""Letters of a stem that words are pooled by; derivations share their counts."""
KNOWN = 0.5
"""Dirichlet parameter of a translation that the core list vouches for."""
ALIKE = 0.1
"""Dirichlet parameter of words that are spelled alike."""
MIN_COUNT, MIN_PROB = 0.3, 0.04
"""A translation is kept from this expected count and from this probability on, both ways."""
MIN_SUPPORT, LIKE = 1.5, 0.6
"""Words alike in their beginnings must meet in more than one sentence, unless they sound alike: what meets once, meets
by chance more often than not."""
FOLDER = Path(__file__).resolve().parent.parent / "data" / "lexicons"

Tokens = list[list[str]]


def main() -> None:
    """Builds the packs named on the command line, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, default=default_data(), help="folder of shared data")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of the packs")
    parser.add_argument("pairs", nargs="*", help="such as en-hi; all when left out")
    options = parser.parse_args()
    chosen = [tuple(name.split("-")) for name in options.pairs] or PAIRS
    for source, target in chosen:
        lexicon = build(options.data, source, target)
        path = options.out / f"{source}-{target}.lex"
        path.write_bytes(lexicon.encode())
        print(f"{path.name}: {len(lexicon)} words, {path.stat().st_size} bytes")


def default_data() -> Path:
    """The folder of shared data when none is named."""
    return Path(os.environ.get("CSWITCH_DATA") or FOLDER.parents[2] / "shared" / "data")


def build(data: Path, source: str, target: str, keep: Callable[[int], bool] = lambda _: True) -> Lexicon:
    """The lexicon of a pair, from the sentence pairs whose number ``keep`` accepts and from the core list."""
    left, right = read_parallel(data, source, target)
    left = [tokens for k, tokens in enumerate(left) if keep(k)]
    right = [tokens for k, tokens in enumerate(right) if keep(k)]
    core = list(read_tsv(FOLDER / f"{source}-{target}.core.tsv"))
    posteriors = align_words(left, right, source, target, core)
    entries = induced(left, right, posteriors, copies=len(NTREX[source]) * len(NTREX[target]))
    add_core(entries, core)
    return Lexicon(
        source,
        target,
        entries,
        closed={
            source: closed_class(data, source) | {key(word) for word, _ in core if "'" in word and " " not in word},
            target: closed_class(data, target),
        },
        joins={lang: joins(data, lang) for lang in (source, target)},
    )


def read_parallel(data: Path, source: str, target: str) -> tuple[Tokens, Tokens]:
    """Tokenised sentences of both sides, pair by pair."""
    left: Tokens = []
    right: Tokens = []
    for name in NTREX[source]:
        for other in NTREX[target]:
            left += _ntrex(data, name, source)
            right += _ntrex(data, other, target)
    if source in PUD and target in PUD:
        left += _pud(data, source)
        right += _pud(data, target)
    return left, right


def _ntrex(data: Path, name: str, lang: str) -> Tokens:
    lines = (data / "parallel" / "ntrex" / f"{name}.txt").read_text(encoding="utf-8").rstrip("\n").split("\n")
    return [_words(line, lang) for line in lines]


def _pud(data: Path, lang: str) -> Tokens:
    mark = "# text = "
    return [_words(line[len(mark) :], lang) for line in _conllu(data, lang) if line.startswith(mark)]


def _conllu(data: Path, lang: str) -> Iterator[str]:
    path = data / "parallel" / "pud" / f"{lang}_pud-ud-test.conllu"
    yield from path.read_text(encoding="utf-8").split("\n")


def _words(text: str, lang: str) -> list[str]:
    return [key(token) for token in tokenise(text, lang).tokens]


def align_words(
    left: Tokens, right: Tokens, source: str, target: str, core: Sequence[tuple[str, Translation]]
) -> list[Floats]:
    """Posteriors of the links of every sentence pair, words pooled by the beginning of their stem."""
    numbers: tuple[dict[str, int], dict[str, int]] = ({}, {})

    def pooled(word: str, side: int) -> int:
        stem = stemmer((source, target)[side]).stem(word)[:PREFIX]
        return numbers[side].setdefault(stem, len(numbers[side]))

    corpus = Corpus.build(
        [[pooled(word, 0) for word in tokens] for tokens in left],
        [[pooled(word, 1) for word in tokens] for tokens in right],
    )
    stems = [list(numbers[side]) for side in (0, 1)]
    prior = np.full(len(corpus.pairs), SPARSITY)
    known = {(pooled(word, 0), pooled(t.word, 1)) for word, t in core if " " not in word + t.word}
    for n, (a, b) in enumerate(corpus.pairs.tolist()):
        if (a, b) in known:
            prior[n] = KNOWN
        elif len(stems[0][a]) == PREFIX and similarity(stems[0][a], stems[1][b]) >= 0.8:
            prior[n] = ALIKE
    return align_corpus(corpus, prior)


def induced(left: Tokens, right: Tokens, posteriors: Sequence[Floats], *, copies: int) -> dict[str, list[Translation]]:
    """Translations of word forms by expected link counts, kept where both directions find them probable.

    Args:
        left: The source sentences.
        right: The target sentences.
        posteriors: How likely each link is, an array a pair.
        copies: How often the corpus says each sentence, in its own words.
    """
    joint: defaultdict[tuple[str, str], float] = defaultdict(float)
    support: defaultdict[tuple[str, str], float] = defaultdict(float)
    for tokens, others, posterior in zip(left, right, posteriors, strict=True):
        for i, j in zip(*(axis.tolist() for axis in np.nonzero(posterior > 0.1)), strict=True):
            joint[tokens[i], others[j]] += float(posterior[i, j])
            support[tokens[i][:PREFIX], others[j][:PREFIX]] += float(posterior[i, j])
    seen = Counter(word for tokens in left for word in tokens), Counter(word for tokens in right for word in tokens)
    entries: dict[str, list[Translation]] = defaultdict(list)
    for (word, other), count in sorted(joint.items()):
        prob, back = count / (seen[0][word] + 0.5), count / (seen[1][other] + 0.5)
        seldom = support[word[:PREFIX], other[:PREFIX]] < MIN_SUPPORT * copies and similarity(word, other) < LIKE
        if seldom:
            continue
        if count >= MIN_COUNT and prob >= MIN_PROB and back >= MIN_PROB and _is_word(word) and _is_word(other):
            entries[word].append(Translation(other, prob, back))
    return entries


def _is_word(text: str) -> bool:
    return text[0].isalpha() and text[-1] not in ".:"


def add_core(entries: dict[str, list[Translation]], core: Sequence[tuple[str, Translation]]) -> None:
    """Adds the hand-written translations, the first of a line more than the rest; what the corpus knows is kept."""
    ranks: Counter[str] = Counter()
    back_ranks: Counter[str] = Counter()
    for word, t in core:
        name, other = key(word), key(t.word)
        prob = max(0.25, 0.8 * 0.8 ** ranks[name])
        back = max(0.25, 0.8 * 0.9 ** back_ranks[other])
        ranks[name] += 1
        back_ranks[other] += 1
        for old in [found for found in entries.get(name, []) if found.word == other]:
            entries[name].remove(old)
            prob, back = max(prob, old.prob), max(back, old.back)
        entries.setdefault(name, []).append(Translation(other, prob, back))


def closed_class(data: Path, lang: str) -> frozenset[str]:
    """Words whose part of speech is a closed class most of the time, by the treebank of the language."""
    tags: dict[str, Counter[bool]] = defaultdict(Counter)
    for tokens in treebank(data, lang):
        for token in tokens:
            tags[key(token[1])][token[3] in CLOSED_TAGS] += 1
    return frozenset(word for word, n in tags.items() if _is_word(word) and n[True] >= 3 and n[True] > n[False])


def joins(data: Path, lang: str) -> dict[str, tuple[float, float]]:
    """Words that complete a neighbour (see ``JOINED``), with the share of uses before and after, by the treebank."""
    seen: Counter[str] = Counter()
    joined: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for tokens in treebank(data, lang):
        for token in tokens:
            seen[key(token[1])] += 1
        for one, two in pairwise(tokens):
            joined[0][key(two[1])] += _completes(two, one) or (one[7] == LIGHT and one[6] == two[0])
            joined[1][key(one[1])] += _completes(one, two)
    shares = {word: (joined[0][word] / n, joined[1][word] / n) for word, n in seen.items() if n >= 3 and _is_word(word)}
    return {word: share for word, share in sorted(shares.items()) if max(share) >= 0.3}


def _completes(token: list[str], neighbour: list[str]) -> bool:
    """Whether a token completes its neighbour, or the word on that side that its neighbour completes."""
    if token[7] not in JOINED:
        return False
    same_side = (int(token[6]) < int(token[0])) == (int(neighbour[0]) < int(token[0]))
    return token[6] == neighbour[0] or (neighbour[7] in JOINED and neighbour[6] == token[6] and same_side)


def treebank(data: Path, lang: str) -> Iterator[list[list[str]]]:
    """The sentences of a language's Parallel UD treebank, a list of ten columns a word."""
    sentence: list[list[str]] = []
    for line in _conllu(data, lang):
        columns = line.split("\t")
        if len(columns) == 10 and columns[0].isdigit():
            sentence.append(columns)
        elif not line and sentence:
            yield sentence
            sentence = []


if __name__ == "__main__":
    main()
