"""How well and how fast words in Latin letters are given back their script: ours, a pair n-gram model, and rules.

Usage: python -m benchmarks.deromanise [--data DIR] [--split dev|test] [--words N] [LANG ...]

DIR is the folder of shared data (default: $CSWITCH_DATA, else ../shared/data). Systems:

* `cswitch`: the network and pair model that ship, with words and spellings learnt anew from what does not belong to the
  check: no word of Dakshina's dev and test lexicons, none of the sentences held out. What ships knows more words.
* `letters`: its network and pair model alone, without a word or a spelling, on the same N words as the next.
* `pair 6-gram`: runs of six letter-and-signs pairs alone, nothing pruned, beam of 30 (Bisani and Ney, 2008; the
  baseline of Roark et al., 2020), trained on the same spellings. It is slow: it reads N words of the lexicon only.
* `itrans`: the rules of indic-transliteration, reading ITRANS in lower case; left out where it is not installed.

`first` and `five` are the shares of the lexicon's spellings, each weighted by its votes, whose word comes first or
among the best five; `error` is the character error rate of the first. `words` and `text` are the shares of the words of
the sentences held out, read one by one and by sentence. `cold` and `warm` are words a second.
"""

from __future__ import annotations

import argparse
import math
import os
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from heapq import nlargest
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from cswitch.core.deromanisation.model import NOTHING, SpellingModel, read_arrays
from cswitch.core.deromanisation.spelling import SpellingDeromaniser
from scripts.build_deromanisation import assemble, training
from scripts.deromanisation_alignment import Aligned
from scripts.deromanisation_data import LANGS, clean, read_lexicon, read_sentences, split_sentences
from scripts.deromanisation_network import Inventory
from scripts.deromanisation_pairs import PairCounts
from scripts.deromanisation_words import word_list

Read = Callable[[Sequence[str]], list[list[str]]]
"""The native readings of each word, best first."""
ITRANS = {
    "hi": "devanagari", "mr": "devanagari", "bn": "bengali", "gu": "gujarati", "kn": "kannada", "ml": "malayalam",
    "pa": "gurmukhi", "ta": "tamil", "te": "telugu",
}  # fmt: skip
"""Names of scripts in indic-transliteration."""
BEAM = 30


class Row(NamedTuple):
    """A spelling of the lexicon."""

    latin: str
    native: str
    votes: int


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    default = os.environ.get("CSWITCH_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data"
    parser.add_argument("--data", type=Path, default=Path(default), help="folder of shared data")
    parser.add_argument("--split", choices=["dev", "test"], default="dev")
    parser.add_argument("--words", type=int, default=1000, metavar="N", help="spellings that the pair 6-gram reads")
    parser.add_argument("langs", nargs="*", default=list(LANGS), metavar="LANG")
    options = parser.parse_args()
    print(f"{'':16}{'first':>7}{'five':>7}{'error':>7}{'words':>7}{'text':>7}{'cold':>8}{'warm':>9}", flush=True)
    for lang in options.langs:
        lexicon = read_lexicon(options.data, lang, options.split)
        rows = [Row(latin, word, votes) for word, seen in lexicon.items() for latin, votes in seen.items()]
        report(options.data, lang, rows)
        some = rows[:: max(1, len(rows) // options.words)]
        baseline = six_grams(training(options.data, lang))
        print(f"{lang} letters, N   {on_lexicon(ours(letters_alone(lang)), some)}", flush=True)
        print(f"{lang} pair 6-gram, N{on_lexicon(baseline, some)}", flush=True)
        if lang in ITRANS and find_spec("indic_transliteration"):
            print(f"{lang} itrans       {on_lexicon(itrans(lang), rows)}", flush=True)


def report(data: Path, lang: str, rows: Sequence[Row]) -> None:
    """Prints what is measured of ours."""
    reader = strict(data, lang)
    words = [row.latin for row in rows]
    quality = on_lexicon(ours(reader), rows)
    single, text = on_sentences(data, lang, strict(data, lang))
    fresh = strict(data, lang)
    cold, warm = speed(fresh, words), speed(fresh, words[:20_000])
    print(f"{lang} cswitch      {quality}{single:7.3f}{text:7.3f}{cold:8,.0f}{warm:9,.0f}", flush=True)


def strict(data: Path, lang: str) -> SpellingDeromaniser:
    """A de-romaniser that has seen nothing of the check."""
    key = (str(data), lang)
    if key not in _MODELS:
        _MODELS[key] = SpellingModel(assemble(data, lang, read_arrays(lang), held_out=True))
    return SpellingDeromaniser(lang=lang, model=_MODELS[key])


_MODELS: dict[tuple[str, str], SpellingModel] = {}


def letters_alone(lang: str) -> SpellingDeromaniser:
    """A de-romaniser that knows no words."""
    model = SpellingModel(read_arrays(lang) | word_list({"": 1}) | NOTHING)
    return SpellingDeromaniser(lang=lang, model=model)


def ours(reader: SpellingDeromaniser) -> Read:
    """The candidates of a de-romaniser."""
    return lambda words: [[word for word, _ in found] for found in reader.candidates(words)]


def on_lexicon(read: Read, rows: Sequence[Row]) -> str:
    """First, among five, character error rate."""
    total = first = five = wrong = length = 0
    for row, found in zip(rows, read([row.latin for row in rows]), strict=True):
        total += row.votes
        first += row.votes * (found[:1] == [row.native])
        five += row.votes * (row.native in found[:5])
        wrong += row.votes * Levenshtein.distance(found[0] if found else "", row.native)
        length += row.votes * len(row.native)
    return f"{first / total:7.3f}{five / total:7.3f}{wrong / length:7.3f}"


def on_sentences(data: Path, lang: str, reader: SpellingDeromaniser) -> tuple[float, float]:
    """Shares of right words in the sentences held out: read one by one, and by sentence."""
    _, held = split_sentences(read_sentences(data, lang))
    sentences = [[token.latin or "." for token in sentence] for sentence in held]
    gold = [token for sentence in held for token in sentence]
    single = reader.deromanise([word for words in sentences for word in words])
    text = [word for words in reader.deromanise_sentences(sentences) for word in words]
    places = [at for at, token in enumerate(gold) if token.native and token.latin]
    counts = [sum(clean(found[at]) == gold[at].native for at in places) for found in (single, text)]
    return counts[0] / len(places), counts[1] / len(places)


def speed(reader: SpellingDeromaniser, words: Sequence[str]) -> float:
    """Words a second, forty at a time."""
    start = time.perf_counter()
    for at in range(0, len(words), 40):
        reader.deromanise(words[at : at + 40])
    return len(words) / (time.perf_counter() - start)


def six_grams(aligned: Sequence[Aligned]) -> Read:
    """The baseline."""
    inventory = Inventory(aligned)
    runs = [(run, one.pair.weight) for one in aligned if (run := inventory.encode(one))]
    model = PairCounts(runs, len(inventory.tokens), 6)
    options: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    for token, (letter, chunk) in enumerate(inventory.tokens.tolist()):
        options[letter].append((token, inventory.chunks[chunk]))
    return lambda words: [_search(word, model, options) for word in words]


def _search(word: str, model: PairCounts, options: dict[int, list[tuple[int, str]]]) -> list[str]:
    beam: dict[tuple[tuple[int, ...], str], float] = {((model.size + 1,), ""): 0.0}
    for letter in word:
        found: dict[tuple[tuple[int, ...], str], float] = {}
        for (context, written), score in beam.items():
            for token, signs in options[ord(letter) - 96]:
                key = ((*context, token)[-5:], written + signs)
                total = score + math.log(model.probability(context, token))
                if total > found.get(key, -math.inf):
                    found[key] = total
        beam = dict(nlargest(BEAM, found.items(), key=lambda item: item[1]))
    best: dict[str, float] = {}
    for (context, written), score in beam.items():
        total = score + math.log(model.probability(context, model.size))
        best[written] = max(total, best.get(written, -math.inf))
    return sorted(best, key=lambda written: -best[written])


def itrans(lang: str) -> Read:
    """The rules of indic-transliteration."""
    library = import_module("indic_transliteration.sanscript")
    return lambda words: [[clean(library.transliterate(word, "itrans", ITRANS[lang]))] for word in words]


if __name__ == "__main__":
    main()
