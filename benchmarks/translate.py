"""How good and how fast the glosses are.

Usage: python -m benchmarks.translate [--data DIR] [--pairs en-hi ...] [--translators SPEC ...] [--limit N] [--markdown]

DIR is the folder of shared data (default: $CSWITCH_DATA, else ../shared/data). `ntrex` is the text that the lexicons
were made from, so that its figures flatter; the sets of DIR/alignment were seen by none. `given` is the share of texts
that got a translation. `right` is the share of translated words of open classes that the human translation has too, by
their stems, and `found` the share of the human translation's that the translation has; both count a good synonym as
wrong. With `linked` only words whose links have a confidence of 0.5 or more count: those that are mixed in. chrF is
that of Popović (2015), character 1- to 6-grams, beta 2, over the whole set. Speeds are texts a second of processor
time. `naive` is what glosses are measured against: the likeliest translation of each word, one that is not known left
as it is.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cswitch.core.contracts import Translated, Translator
from cswitch.core.lexicon import Lexicon, grammar
from cswitch.core.text.join import join
from cswitch.core.text.tokens import is_neutral, tokenise
from cswitch.core.wordlists import function_words
from cswitch.generators.alignment.stems import stemmer
from cswitch.generators.translating.named import make_translator

NTREX = {"en": "eng", "es": "spa", "hi": "hin", "fr": "fra", "ru": "rus", "de": "deu", "ta": "tam"}
PAIRS = ("en-hi", "en-es", "hi-en")
ORDER, BETA = 6, 2.0
SURE = 0.5
TIMED = 1000
"""Texts from which on a speed means something."""
ROW = "  {:8}{:14}{:10}{:>6}{:>8}{:>8}{:>9}{:>8}{:>7}{:>9}"
HEAD = ("pair", "set", "by", "texts", "given", "right", "linked", "found", "chrF", "texts/s")


class Set(NamedTuple):
    """Texts with their human translations."""

    name: str
    texts: list[str]
    references: list[str]


class Naive:
    """The likeliest translation of each word; one that is not known stays as it is."""

    name = "naive"

    async def translate(self, texts: Sequence[str], source: str, target: str) -> list[Translated]:
        """A gloss of each text, without links."""
        lexicon = Lexicon.load(source, target)
        found = []
        for text in texts:
            tokens, _, gaps = tokenise(text, source)
            words = [next((t.word for t in lexicon.translations(token)), token) for token in tokens]
            found.append(Translated(join(words, gaps).text))
        return found


def main() -> None:
    """Prints a table."""
    options = _options()
    lines: list[Sequence[str]] = []
    for pair in options.pairs:
        source, target = pair.split("-")
        for each in sets(options.data, source, target):
            each = Set(each.name, each.texts[: options.limit], each.references[: options.limit])
            for name in options.translators:
                translator = Naive() if name == Naive.name else make_translator(name)
                lines.append((pair, each.name, name, *measure(translator, each, source, target)))
    if not lines:
        print(f"no sets at {options.data}; nothing is measured")
        return
    if options.markdown:
        print(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}")
    else:
        print(ROW.format(*HEAD))
    for line in lines:
        print(f"| {' | '.join(line)} |" if options.markdown else ROW.format(*line))


def sets(data: Path, source: str, target: str) -> Iterator[Set]:
    """The sets there are for a pair, in either direction."""
    paths = [data / "parallel" / "ntrex" / f"{NTREX.get(lang)}.txt" for lang in (source, target)]
    if all(path.is_file() for path in paths):
        yield Set("ntrex (seen)", *map(_lines, paths))
    for path in sorted((data / "alignment").glob("*.tsv")):
        languages = path.name.split(".")[0].split("-")
        if set(languages) == {source, target}:
            sides = [list(side) for side in zip(*(line.split("\t") for line in _lines(path)), strict=True)]
            yield Set(path.stem.split(".", 1)[1], *(sides[languages.index(lang)] for lang in (source, target)))


def measure(translator: Translator, each: Set, source: str, target: str) -> tuple[str, ...]:
    """The figures of a set."""
    asyncio.run(translator.translate(each.texts[:1], source, target))  # loads what is loaded once
    start = time.process_time()
    found = asyncio.run(translator.translate(each.texts, source, target))
    speed = f"{len(found) / (time.process_time() - start):,.0f}" if len(found) >= TIMED else "-"
    counts = Counter[str]()
    for one, reference in zip(found, each.references, strict=True):
        counts += compare(one, reference, target)
    done = [(one.text, reference) for one, reference in zip(found, each.references, strict=True) if one.text]
    shares = [f"{counts[a] / counts[b]:.3f}" if counts[b] else "-" for a, b in _SHARES]
    texts = str(len(found))
    return (texts, f"{len(done) / len(found):.3f}", *shares, f"{chrf(done):.1f}", speed)


_SHARES = (("right", "words"), ("right linked", "linked"), ("found", "wanted"))


def compare(found: Translated, reference: str, target: str) -> Counter[str]:
    """Counts of open-class words of a translation and of a reference: all, and those that both have."""
    tokens = tokenise(found.text, target).tokens
    theirs = {_stem(token, target) for token in tokenise(reference, target).tokens if _open(token, target)}
    sure = {link.target for link in found.links or () if link.confidence >= SURE}
    ours = [(_stem(token, target), place) for place, token in enumerate(tokens) if _open(token, target)]
    right = [(stem, place) for stem, place in ours if stem in theirs]
    return Counter(
        {
            "words": len(ours),
            "right": len(right),
            "linked": sum(place in sure for _, place in ours),
            "right linked": sum(place in sure for _, place in right),
            "wanted": len(theirs),
            "found": len(theirs & {stem for stem, _ in ours}),
        }
    )


def chrf(pairs: Sequence[tuple[str, str]]) -> float:
    """Character F-score of translations with their references, 0 to 100.

    >>> chrf([("la casa", "la casa")]), round(chrf([("la casa", "el agua")]), 1)
    (100.0, 11.7)
    """
    precision = recall = 0.0
    for order in range(1, ORDER + 1):
        shared = made = wanted = 0
        for pair in pairs:
            ours, theirs = (Counter(_grams(text.replace(" ", ""), order)) for text in pair)
            shared, made, wanted = shared + (ours & theirs).total(), made + ours.total(), wanted + theirs.total()
        precision += shared / made / ORDER if made else 0.0
        recall += shared / wanted / ORDER if wanted else 0.0
    weighed = BETA**2 * precision + recall
    return 100 * (1 + BETA**2) * precision * recall / weighed if weighed else 0.0


def _grams(text: str, order: int) -> Iterator[str]:
    return (text[at : at + order] for at in range(len(text) - order + 1))


def _open(token: str, lang: str) -> bool:
    return not is_neutral(token) and token.lower() not in grammar(lang)[0] | function_words(lang)


def _stem(token: str, lang: str) -> str:
    return stemmer(lang).stem(token)


def _options() -> Any:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    default = os.environ.get("CSWITCH_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data"
    parser.add_argument("--data", type=Path, default=Path(default), help="folder of shared data")
    parser.add_argument("--pairs", nargs="+", default=PAIRS, metavar="PAIR", help="source and target, such as en-hi")
    parser.add_argument("--translators", nargs="+", default=("gloss", "naive"), metavar="SPEC", help="or seq2seq:MODEL")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first texts of each set")
    parser.add_argument("--markdown", action="store_true", help="print a Markdown table")
    return parser.parse_args()


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").rstrip("\n").split("\n")


if __name__ == "__main__":
    main()
