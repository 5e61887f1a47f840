"""How well and how fast words of South Asian languages are romanised: ours, our bare rules, and peers.

Usage: python -m benchmarks.romanise [--data DIR] [--split dev|test] [--langs hi,bn,...]

DIR is the folder of shared data (default: $CSWITCH_DATA, else ../shared/data). Words and attested spellings are those
of Dakshina's lexicons, which no training saw. `attested` is the share of words whose spelling a person gave; `error` is
the character error rate against the nearest attested spelling. Speeds are words a second of one core: `cold`, distinct
words with nothing remembered, all given at once; `warm`, the same again. Peers (benchmarks/requirements.txt) that are
not installed are named and left out.
"""

from __future__ import annotations

import argparse
import os
import re
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from cswitch.core.romanisation.writing import writing
from scripts.build_romanisation import evaluate, romaniser
from scripts.spelling_sources import BUILDS, read_lexicon, tidy

Romanise = Callable[[list[str]], list[str]]
LANGS = {lang: build.iso for build in BUILDS.values() for lang in build.langs}
SLOW = 1_000
"""Words a second below which a peer is timed again on a part of the words only."""
SCHEMES = {
    "Deva": "devanagari",
    "Beng": "bengali",
    "Guru": "gurmukhi",
    "Gujr": "gujarati",
    "Taml": "tamil",
    "Telu": "telugu",
    "Knda": "kannada",
    "Mlym": "malayalam",
    "Arab": "",
}
"""Script names of indic-transliteration; those of aksharamukha are the same with a capital."""


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    default = os.environ.get("CSWITCH_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data"
    parser.add_argument("--data", type=Path, default=Path(default), help="folder of shared data")
    parser.add_argument("--split", choices=["dev", "test"], default="dev")
    parser.add_argument("--langs", default=",".join(LANGS), help="languages, with commas between them")
    options = parser.parse_args()
    start = time.process_time()
    romaniser("hi").romanise(["शुरू"])
    print(f"first word after {1000 * (time.process_time() - start):.1f} ms")
    peers = {name: make for name, make in PEERS.items() if _installed(name)}
    print(f"{'':6}{'':22}{'attested':>9}{'error':>8}{'cold':>12}{'warm':>12}")
    for lang in options.langs.split(","):
        lexicon = read_lexicon(options.data, lang, options.split)
        for name, make in {"cswitch": ours, "cswitch, rules alone": rules, **peers}.items():
            romanise = make(lang)
            if romanise is None:
                print(f"{lang:6}{name:22}{'does not know the script':>41}")
                continue
            words = list(lexicon)
            spelt, cold = timed(romanise, words)
            attested, error = evaluate(lambda _, spelt=spelt: spelt, lexicon)  # type: ignore[misc]
            _, warm = timed(romanise, words if cold > SLOW else words[:250])
            print(f"{lang:6}{name:22}{attested:9.3f}{error:8.4f}{cold:12,.0f}{warm:12,.0f}", flush=True)


def timed(romanise: Romanise, words: list[str]) -> tuple[list[str], float]:
    """The spellings of words, all given at once, and words a second."""
    start = time.process_time()
    spelt = romanise(words)
    return spelt, len(words) / max(time.process_time() - start, 1e-9)


def ours(lang: str) -> Romanise:
    """The romaniser."""
    return romaniser(lang).romanise


def rules(lang: str) -> Romanise:
    """What the romaniser does with sounds that its network does not know."""
    script = writing(LANGS[lang])
    return lambda words: [script.rules(script.sounds(tidy(word, LANGS[lang]), lang), lang) for word in words]


def uroman(lang: str) -> Romanise | None:
    """Hermjakob, May and Knight (2018), "Out-of-the-box Universal Romanization Tool uroman"."""
    romanizer = import_module("uroman").Uroman()
    codes = {"hi": "hin", "mr": "mar", "bn": "ben", "pa": "pan", "gu": "guj", "ta": "tam", "te": "tel", "kn": "kan"}
    code = {**codes, "ml": "mal", "ur": "urd"}[lang]
    return lambda words: [_letters(romanizer.romanize_string(word, lcode=code)) for word in words]


def anyascii(lang: str) -> Romanise | None:
    """Letter by letter, for all of Unicode."""
    write = import_module("anyascii").anyascii
    return lambda words: [_letters(write(word)) for word in words]


def indic_transliteration(lang: str) -> Romanise | None:
    """Scholarly schemes; its one for typing, without its capitals."""
    sanscript = import_module("indic_transliteration.sanscript")
    scheme = SCHEMES[LANGS[lang]]
    if lang == "ur" or scheme not in sanscript.SCHEMES:
        return None
    return lambda words: [_letters(sanscript.transliterate(word, scheme, "optitrans")) for word in words]


def aksharamukha(lang: str) -> Romanise | None:
    """Scripts of South Asia into one another; its colloquial spelling."""
    process = import_module("aksharamukha.transliterate").process
    if lang == "ur":
        return None
    scheme = SCHEMES[LANGS[lang]].capitalize()
    options = ["RemoveSchwaHindi"] if lang in ("hi", "mr", "gu", "pa") else []
    return lambda words: [_letters(process(scheme, "RomanColloquial", word, pre_options=options)) for word in words]


PEERS: dict[str, Callable[[str], Romanise | None]] = {
    "uroman": uroman,
    "anyascii": anyascii,
    "indic_transliteration": indic_transliteration,
    "aksharamukha": aksharamukha,
}


def _installed(name: str) -> bool:
    try:
        import_module(name)
    except ImportError:
        print(f"{name} is not installed: left out")
        return False
    return True


def _letters(latin: str) -> str:
    """Small letters alone: people write neither capitals nor marks in words."""
    return re.sub("[^a-z]", "", latin.lower())


if __name__ == "__main__":
    main()
