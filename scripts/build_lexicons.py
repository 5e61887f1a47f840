"""Builds the lexicon packs of data/lexicons from parallel text and from the hand-written core word lists.

Usage: python -m scripts.build_lexicons [--data DIR] [--out DIR] [PAIR ...]

DIR is the folder of shared data (default: $CSWITCH_DATA, else ../shared/data). Sentences come from NTREX-128 and the
Parallel Universal Dependencies treebanks, rare words of five languages from PanLex; see data/lexicons/LICENSE.md. The
output is the same on every run.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

from cswitch.core.errors import MissingExtraError
from cswitch.core.lexicon import Lexicon, key
from cswitch.core.text import cjk
from cswitch.generators.alignment.induction import align, core_pairs, harvest, project_closed
from cswitch.generators.alignment.unit_counts import Evidence
from scripts.lexicon_data import (
    FOLDER,
    PIVOT,
    SEGMENTED_AS,
    copies,
    core_list,
    default_data,
    has_treebank,
    panlex,
    read_parallel,
    targets,
)
from scripts.lexicon_grammar import closed_class, joins


def main() -> None:
    """Builds the packs named on the command line, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, default=default_data(), help="folder of shared data")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of the packs")
    parser.add_argument("pairs", nargs="*", help="such as en-hi; all when left out")
    options = parser.parse_args()
    start, size = time.monotonic(), 0
    for target in [name.split("-")[1] for name in options.pairs] or targets(options.data):
        lexicon = build(options.data, target)
        path = options.out / f"{PIVOT}-{target}.lex"
        path.write_bytes(lexicon.encode())
        size += path.stat().st_size
        print(f"{path.name}: {len(lexicon)} words, {path.stat().st_size} bytes", flush=True)
    print(f"{size / 1e6:.2f} MB in {(time.monotonic() - start) / 60:.1f} minutes")


def build(data: Path, target: str, keep: Callable[[int], bool] = lambda _: True) -> Lexicon:
    """The lexicon of English and a language, from its core list and the sentence pairs whose number is kept."""
    return from_evidence(data, target, evidence(data, target, keep))


def evidence(data: Path, target: str, keep: Callable[[int], bool] = lambda _: True) -> Evidence:
    """The linked sentence pairs of English and a language whose number ``keep`` accepts."""
    cut = SEGMENTED_AS.get(target, target)
    if cut in cjk.LANGUAGES and not cjk.installed(cut):
        raise MissingExtraError(f"building {PIVOT}-{target}", extra="cjk")
    sides = read_parallel(data, target)
    left, right = ([tokens for k, tokens in enumerate(side) if keep(k)] for side in sides)
    core = core_list(target)
    return align(left, right, PIVOT, target, list(core_pairs(core)) if core else [])


def from_evidence(data: Path, target: str, found: Evidence) -> Lexicon:
    """The lexicon that linked sentence pairs give, with the core list and what treebanks know."""
    core = core_list(target)
    known = [lang for lang in (PIVOT, target) if has_treebank(data, lang)]
    closed = {lang: closed_class(data, lang) for lang in known}
    if target in cjk.LANGUAGES and target in closed:  # the treebank has other words than the segmenter
        closed[target] |= project_closed(found, closed[PIVOT], 1)
    if core:
        closed[PIVOT] |= {key(word) for word in core if "'" in word and " " not in word}
    lexicon = harvest(
        found,
        PIVOT,
        target,
        core=core,
        closed=closed,
        joins={lang: joins(data, lang) for lang in (PIVOT, target)},
        copies=copies(data, target),
    )
    for word, translations in panlex(data, target).items():
        have = {t.word for t in lexicon.translations(word)}
        lexicon.add(word, [t for t in translations if t.word not in have])
    return lexicon


if __name__ == "__main__":
    main()
