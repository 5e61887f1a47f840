"""Inducing a bilingual lexicon from parallel text, from a few hundred sentence pairs on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

import numpy as np

from cswitch.core.contracts import TokenisedPair
from cswitch.core.lexicon import Lexicon, Translation, grammar, key
from cswitch.generators.alignment.hmm import SPARSITY, Corpus, Floats, align_corpus
from cswitch.generators.alignment.similarity import similarity
from cswitch.generators.alignment.stems import stemmer
from cswitch.generators.alignment.unit_counts import Evidence, Tokens, unit_counts

PREFIX = 4
"""Letters of a stem that words are pooled by; derivations share their counts."""
KNOWN = 0.5
"""Dirichlet parameter of a translation that the core list vouches for."""
ALIKE = 0.1
"""Dirichlet parameter of words that are spelled alike."""
MIN_COUNT, MIN_PROB = 0.3, 0.04
"""A translation is kept from this expected count and from this probability on, both ways."""
MIN_SUPPORT, LIKE = 1.0, 0.6
"""Words alike in their beginnings must meet for sure once, unless they sound alike: what is half linked once, meets
by chance more often than not."""
WORTH = 20.0
"""How many occurrences a translation of the core list is worth against those of the corpus."""
CORE_LEAST = 0.02
"""A translation of the core list that the corpus contradicts this far, either way, is left out."""
HEAD, HEADS = 6, 6
"""A clitic before a word has up to so many letters, its apostrophe included, and so many words follow it."""
TAIL, TAILS = 4, 20
"""The same for a clitic after a word."""
FREQUENT = 60
"""How many frequent words pass for closed-class ones where nothing is known of either language."""
CLOSED_COUNT, CLOSED_SHARE = 10, 0.5
"""A word is of a closed class when it occurs this often, and this share of its links leads to closed-class words."""

_Words = TypeVar("_Words", frozenset[str], Mapping[str, tuple[float, float]])
Entries = dict[str, list[Translation]]


def induce(
    pairs: Iterable[TokenisedPair],
    source: str,
    target: str,
    *,
    core: Lexicon | None = None,
    closed: Mapping[str, frozenset[str]] | None = None,
    joins: Mapping[str, Mapping[str, tuple[float, float]]] | None = None,
    copies: int = 1,
) -> Lexicon:
    """A lexicon from sentence pairs: IBM model 1 and an HMM in agreement, counted by word form.

    Args:
        pairs: Sentence pairs; a few hundred give the frequent words.
        source: Language of the first sides.
        target: Language of the second sides.
        core: Known translations, which guide the training and are merged in.
        closed: Language to its closed-class words; those that ``core`` or the shipped lexicons know when left out. A
            language without any takes them from the other side's through the links, or its most frequent words.
        joins: Language to words that complete a neighbour, see :class:`cswitch.core.lexicon.Lexicon`.
        copies: How often the corpus says each sentence, in other words.

    >>> from cswitch.core.contracts import Sentence
    >>> texts = [("the house", "la casa"), ("the red house", "la casa roja"), ("the red car", "el auto rojo")] * 4
    >>> sides = [[Sentence(l, tuple(t.split()), ()) for l, t in zip(("en", "es"), pair)] for pair in texts]
    >>> lexicon = induce([TokenisedPair(str(k), *s) for k, s in enumerate(sides)], "en", "es")
    >>> lexicon.translations("house")[0].word
    'casa'
    """
    both = [(tuple(map(key, pair.source.tokens)), tuple(map(key, pair.target.tokens))) for pair in pairs]
    known = list(core_pairs(core)) if core else []
    evidence = align([one for one, _ in both], [other for _, other in both], source, target, known)
    shipped = {lang: grammar(lang) for lang in (source, target)}
    closed = {lang: words for lang, (words, _) in shipped.items() if words} | _known(
        core.closed if core is not None else None, closed
    )
    joins = {lang: words for lang, (_, words) in shipped.items() if words} | _known(
        core.joins if core is not None else None, joins
    )
    return harvest(evidence, source, target, core=core, closed=closed, joins=joins, copies=copies)


def _known(*tables: Mapping[str, _Words] | None) -> dict[str, _Words]:
    """What is known of each language; later tables go before earlier ones."""
    return {lang: words for table in tables if table for lang, words in table.items() if words}


def core_pairs(core: Lexicon) -> Iterator[tuple[str, Translation]]:
    """Every word of a lexicon with each of its translations.

    >>> list(core_pairs(Lexicon("en", "es", {"sun": [Translation("sol", 1.0, 0.5)]})))
    [('sun', Translation(word='sol', prob=1.0, back=0.5))]
    """
    for word in core:
        for translation in core.translations(word):
            yield word, translation


def align(
    left: Tokens, right: Tokens, source: str, target: str, known: Iterable[tuple[str, Translation]] = ()
) -> Evidence:
    """Links sentence pairs, clitics parted from their words; see :func:`align_words` for the arguments."""
    left, right = part_clitics(left), part_clitics(right)
    return Evidence(left, right, align_words(left, right, source, target, known))


def part_clitics(sentences: Tokens) -> list[list[str]]:
    """Parts clitics with an apostrophe from their words, as other tokenisers do: ``l'eau`` and ``Rome's`` are two.

    Clitics are learnt from the text: beginnings that stand before many longer words, and ends that follow many words
    which are found without them.

    >>> part_clitics([["l'eau"], ["l'arbre"], ["l'école"], ["l'union"], ["l'homme"], ["l'ami"], ["don't"]])[0]
    ["l'", 'eau']
    """
    known = {word for tokens in sentences for word in tokens}
    tails: defaultdict[str, set[str]] = defaultdict(set)
    hosts: defaultdict[str, set[str]] = defaultdict(set)
    for word in known:
        head, mark, tail = word.partition("'")
        if mark and head and tail:
            tails[head + mark].add(tail)
            hosts[mark + tail].add(head)
    before = {
        head
        for head, found in tails.items()
        if len(head) <= HEAD and len(found) >= HEADS and sum(map(len, found)) >= 4 * len(found)
    }
    after = {
        tail
        for tail, found in hosts.items()
        if len(tail) <= TAIL and len(found) >= TAILS and 2 * len(found & known) >= len(found)
    }
    return [[part for word in tokens for part in _parted(word, before, after)] for tokens in sentences]


def _parted(word: str, before: set[str], after: set[str]) -> tuple[str, ...]:
    at = word.find("'")
    if 0 < at < len(word) - 1:
        for end, found in ((at + 1, word[: at + 1] in before), (at, word[at:] in after)):
            if found:
                return word[:end], word[end:]
    return (word,)


def align_words(
    left: Tokens, right: Tokens, source: str, target: str, known: Iterable[tuple[str, Translation]]
) -> list[Floats]:
    """Posteriors of the links of every sentence pair, words pooled by the beginning of their stem.

    Args:
        left: The source sentences.
        right: The target sentences.
        source: Language of the source sentences.
        target: Language of the target sentences.
        known: Translations that somebody vouches for; units are passed over.
    """
    if not any(one and other for one, other in zip(left, right, strict=True)):
        return [np.zeros((len(one), len(other))) for one, other in zip(left, right, strict=True)]
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
    vouched = {(pooled(word, 0), pooled(t.word, 1)) for word, t in known if " " not in word + t.word}
    for n, (a, b) in enumerate(corpus.pairs.tolist()):
        if (a, b) in vouched:
            prior[n] = KNOWN
        elif len(stems[0][a]) == PREFIX and similarity(stems[0][a], stems[1][b]) >= 0.8:
            prior[n] = ALIKE
    with np.errstate(divide="ignore", invalid="ignore"):  # a word whose every link has vanished has no probabilities
        return [np.nan_to_num(posterior) for posterior in align_corpus(corpus, prior)]


def harvest(
    evidence: Evidence,
    source: str,
    target: str,
    *,
    core: Lexicon | None = None,
    closed: Mapping[str, frozenset[str]] | None = None,
    joins: Mapping[str, Mapping[str, tuple[float, float]]] | None = None,
    copies: int = 1,
) -> Lexicon:
    """The lexicon that linked sentence pairs give; see :func:`induce` for the arguments."""
    entries = induced(evidence, copies=copies)
    if core:
        merge_core(entries, evidence, core)
    classes = dict(closed or (core.closed if core else {}))
    for side, lang in enumerate((source, target)):
        if not classes.get(lang):
            classes[lang] = _closed(evidence, classes.get((target, source)[side]), side)
    joins = joins if joins is not None else core.joins if core else None
    return Lexicon(source, target, entries, closed=classes, joins=joins)


def frequencies(evidence: Evidence, side: int) -> Counter[str]:
    """How often each word of a side occurs."""
    return Counter(word for tokens in evidence[side] for word in tokens)


def induced(evidence: Evidence, *, copies: int = 1) -> Entries:
    """Translations of word forms by expected link counts, kept where both directions find them probable.

    Args:
        evidence: Sentence pairs and their links.
        copies: How often the corpus says each sentence, in its own words.
    """
    joint: defaultdict[tuple[str, str], float] = defaultdict(float)
    support: defaultdict[tuple[str, str], float] = defaultdict(float)
    for word, other, mass in links(evidence):
        joint[word, other] += mass
        support[word[:PREFIX], other[:PREFIX]] += mass
    seen = frequencies(evidence, 0), frequencies(evidence, 1)
    entries: Entries = defaultdict(list)
    for (word, other), count in sorted(joint.items()):
        prob, back = count / (seen[0][word] + 0.5), count / (seen[1][other] + 0.5)
        seldom = support[word[:PREFIX], other[:PREFIX]] < MIN_SUPPORT * copies and similarity(word, other) < LIKE
        if seldom:
            continue
        if count >= MIN_COUNT and prob >= MIN_PROB and back >= MIN_PROB and is_word(word) and is_word(other):
            entries[word].append(Translation(other, prob, back))
    return entries


def links(evidence: Evidence, least: float = 0.1) -> Iterator[tuple[str, str, float]]:
    """Word, counterpart and probability of every link that is at least so probable."""
    for tokens, others, posterior in zip(*evidence, strict=True):
        for i, j in zip(*(axis.tolist() for axis in np.nonzero(posterior > least)), strict=True):
            yield tokens[i], others[j], float(posterior[i, j])


def is_word(text: str) -> bool:
    """Whether a token can stand in a lexicon.

    >>> is_word("casa"), is_word("50"), is_word("etc.")
    (True, False, False)
    """
    return text.lstrip("'")[:1].isalpha() and text[-1] not in ".:"


def merge_core(entries: Entries, evidence: Evidence, core: Lexicon) -> None:
    """Merges the core list in: a prior worth :data:`WORTH` occurrences, which the corpus corrects.

    Counts are those of stems, so that the dictionary form of a core list is judged by all forms of the word.
    """
    stems = stemmer(core.source).stem, stemmer(core.target).stem
    joint: defaultdict[tuple[str, str], float] = defaultdict(float)
    for word, other, mass in links(evidence):
        joint[stems[0](word), stems[1](other)] += mass
    seen: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for side in (0, 1):
        for word, times in frequencies(evidence, side).items():
            seen[side][stems[side](word)] += times
    units = [(word, t.word) for word, t in core_pairs(core) if " " in word or " " in t.word]
    phrases = unit_counts(evidence, units, stems)
    for word, t in core_pairs(core):
        if " " in word or " " in t.word:
            count, n, m = phrases[word, t.word]
        else:
            one, two = stems[0](word), stems[1](t.word)
            count, n, m = joint.get((one, two), 0.0), seen[0][one], seen[1][two]
        prob = (count + WORTH * t.prob) / (n + WORTH)
        back = (count + WORTH * t.back) / (m + WORTH)
        old = [found for found in entries.get(word, []) if found.word == t.word]
        for found in old:
            entries[word].remove(found)
            prob, back = max(prob, found.prob), max(back, found.back)
        if min(prob, back) >= CORE_LEAST or old:
            entries.setdefault(word, []).append(Translation(t.word, min(1.0, prob), min(1.0, back)))


def _closed(evidence: Evidence, other: frozenset[str] | None, side: int) -> frozenset[str]:
    """Closed-class words of a side, by those of the other side; the most frequent words when they are not known."""
    if other:
        return project_closed(evidence, other, side)
    return frozenset(word for word, _ in frequencies(evidence, side).most_common(FREQUENT) if is_word(word))


def project_closed(evidence: Evidence, other: frozenset[str], side: int) -> frozenset[str]:
    """Closed-class words of a side, by the links to those of the other side.

    Args:
        evidence: Sentence pairs and their links.
        other: The closed-class words of the other side.
        side: 0 for the source, 1 for the target.
    """
    mass: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for word, partner, probability in links(evidence, 0.05):
        mine, theirs = (partner, word) if side else (word, partner)
        mass[mine][0] += probability * (theirs in other)
        mass[mine][1] += probability
    seen = frequencies(evidence, side)
    return frozenset(
        word
        for word, (inside, whole) in mass.items()
        if seen[word] >= CLOSED_COUNT and is_word(word) and inside > CLOSED_SHARE * whole
    )
