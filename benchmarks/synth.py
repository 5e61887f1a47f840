"""How fast, how exact and how willing ``synth`` is: ``python -m benchmarks.synth``.

Prints pairs/s on one core for each stage, peak memory, the mean distance between the CMI asked for and the CMI got, the
share of pairs answered, and why the rest were not. Beside it, on the same pairs in the same run, dictionary
substitution without a lattice (the method of CoSDA-ML), which asks for a ratio and takes what comes.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

import msgspec

from cswitch.core.lexicon import Lexicon
from cswitch.core.measures import cmi
from cswitch.core.text.tokens import tokenise
from cswitch.generators.switching.generator import SwitchGenerator
from cswitch.generators.switching.view import AlignedPair
from cswitch.pipeline.annotate import Annotator
from cswitch.pipeline.output import Output
from cswitch.pipeline.readers import Row
from cswitch.pipeline.synth import run
from cswitch.schemas.pair import Pair
from cswitch.schemas.reject import Reject
from cswitch.schemas.settings import Method, SynthSettings

METHODS: tuple[Method, ...] = ("insertion", "alternation", "nested")
NTREX = {"hi": "hin", "es": "spa"}


def main() -> None:
    """Runs what the options ask for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="../shared/data", help="folder with parallel/ntrex")
    parser.add_argument("--pair", choices=[f"en-{lang}" for lang in NTREX], action="append")
    parser.add_argument("--tolerance", type=float, default=3.0)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    options = parser.parse_args()
    results = []
    for pair in options.pair or ["en-hi", "en-es"]:
        lang = pair.partition("-")[2]
        rows = read_rows(Path(options.data), lang)
        results.append(
            {
                "pair": pair,
                "speed": speed(rows, lang),
                "targets": [
                    answers(rows, lang, method, asked, options.tolerance)
                    for method in METHODS
                    for asked in (10, 20, 30, 40)
                ],
                "baseline": [substitution(rows, lang, asked) for asked in (10, 20, 30, 40)],
            }
        )
        results[-1]["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(results, indent=2)) if options.json else table(results)


def read_rows(data: Path, lang: str) -> list[Row]:
    """The 1,997 lines of NTREX in English and another language."""
    sides = [
        (data / "parallel" / "ntrex" / f"{name}.txt").read_text("utf-8").splitlines() for name in ("eng", NTREX[lang])
    ]
    return [
        Row(n, Pair(id=str(n), texts={"en": one, lang: other}))
        for n, (one, other) in enumerate(zip(*sides, strict=True), 1)
    ]


def clock(rows: int, started: float) -> float:
    """Rows a second of processor time."""
    return rows / (time.process_time() - started)


def speed(rows: list[Row], lang: str) -> dict[str, float]:
    """Pairs a second of each stage on one core, on pairs of at most 24 tokens a side (about 18 on average)."""
    settings = SynthSettings(pair=("en", lang), cmi=(25.0, 25.0))
    annotator = Annotator(settings)
    short = [a for a in annotator.annotate(rows) if not isinstance(a.pair, Reject)]
    short = [a for a in short if 10 <= len(a.pair.source.tokens) <= 24 and 10 <= len(a.pair.target.tokens) <= 26]  # type: ignore[union-attr]
    picked = [a.row for a in short]
    pairs = [a.pair for a in short if isinstance(a.pair, AlignedPair)]
    found: dict[str, float] = {
        "tokens a side": round(sum(len(p.source.tokens) + len(p.target.tokens) for p in pairs) / len(pairs) / 2, 1)
    }
    plans = {
        "insertion, words, exact CMI": SynthSettings(
            pair=("en", lang), units="word", constraint="none", cmi=(25.0, 25.0)
        ),
        "insertion, default": settings,
        "alternation, exact CMI": SynthSettings(pair=("en", lang), method="alternation", cmi=(25.0, 25.0)),
        "alternation, CMI and switches": SynthSettings(
            pair=("en", lang), method="alternation", cmi=(25.0, 25.0), switches=2
        ),
    }
    for name, plan in plans.items():
        generator = SwitchGenerator(plan)
        for pair in pairs[:200]:
            generator.generate(pair)
        started = time.process_time()
        for pair in pairs:
            generator.generate(pair)
        found[name] = clock(len(pairs), started)
    annotator.annotate(picked)
    started = time.process_time()
    annotator.annotate(picked)
    found["tokenise, align, tag"] = clock(len(picked), started)
    found |= whole(picked, pairs, lang)
    return found


def whole(rows: list[Row], pairs: list[AlignedPair], lang: str) -> dict[str, float]:
    """Pairs a second from a TSV file to a JSON Lines file, caches warm after one pass over the same text."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in ("given links", "lexical aligner"):
            path = Path(folder) / "in.tsv"
            with path.open("w", encoding="utf-8") as file:
                file.write(f"en\t{lang}" + ("\tlinks\n" if name == "given links" else "\n"))
                for _ in range(5):
                    for row, pair in zip(rows, pairs, strict=True):
                        cells = [row.pair.texts["en"], row.pair.texts[lang]]
                        if name == "given links":
                            cells.append(" ".join(f"{link.source}-{link.target}" for link in pair.links))
                        file.write("\t".join(cells) + "\n")
            settings = SynthSettings(pair=("en", lang), cmi=(25.0, 25.0))
            started = time.process_time()
            done = run(str(path), Output(str(Path(folder) / "out.jsonl"), config="0", force=True), settings)
            found[f"whole synth, {name}"] = clock(done.pairs, started)
    return found


def answers(rows: list[Row], lang: str, method: Method, asked: float, tolerance: float) -> dict[str, object]:
    """What a CMI asked for gives."""
    settings = SynthSettings(
        pair=("en", lang),
        method=method,
        cmi=(asked, asked),
        tolerance=tolerance,
    )
    annotator, generator = Annotator(settings), SwitchGenerator(settings)
    reasons: Counter[str] = Counter()
    distance, met, samples = 0.0, 0, 0
    for _, pair in annotator.annotate(rows):
        made = pair if isinstance(pair, Reject) else generator.generate(pair)
        if isinstance(made, Reject):
            reasons[made.reason] += 1
            continue
        [sample] = made
        got = cmi(sample.langs)
        samples += 1
        distance += abs(got - asked)
        met += sample.met
        if sample.met != (abs(got - asked) <= tolerance + 1e-6):
            raise AssertionError(f"{sample.id}: marked met={sample.met} at CMI {got}")
    return {
        "method": method,
        "asked": asked,
        "answered": samples / len(rows),
        "met": met / len(rows),
        "mean_error": distance / max(samples, 1),
        "reasons": dict(reasons.most_common()),
    }


def substitution(rows: list[Row], lang: str, asked: float) -> dict[str, float]:
    """Word-by-word dictionary substitution at the rate asked for (Qin et al., 2020), without a lattice."""
    lexicon, random = Lexicon.load(lang, "en"), Random(0)
    distance, near = 0.0, 0
    for row in rows:
        langs = []
        for token in tokenise(row.pair.texts[lang], lang).tokens:
            swap = random.random() < asked / 100 and bool(lexicon.translations(token))
            langs.append("en" if swap else lang if token[0].isalpha() else "other")
        error = abs(cmi(langs) - asked)
        distance += error
        near += error <= 3
    return {"asked": asked, "mean_error": distance / len(rows), "met": near / len(rows)}


def table(results: list[dict[str, object]]) -> None:
    """The results as text."""
    for result in results:
        built = msgspec.convert(result, dict)
        print(f"\n{built['pair']}: NTREX, 1,997 pairs; peak memory {built['peak_mb']} MB\n")
        for name, value in built["speed"].items():
            print(f"  {name:36} {value:10,.1f}" + ("" if name == "tokens a side" else " pairs/s"))
        print("\n  method       CMI asked   answered   within tolerance   mean |asked - got|   reasons of the rest")
        for row in built["targets"]:
            reasons = ", ".join(f"{name} {count}" for name, count in row["reasons"].items())
            print(
                f"  {row['method']:12} {row['asked']:9.0f} {row['answered']:10.1%} {row['met']:18.1%}"
                f" {row['mean_error']:20.2f}   {reasons}"
            )
        for row in built["baseline"]:
            print(
                f"  {'substitution':12} {row['asked']:9.0f} {'':10} {row['met']:18.1%} {row['mean_error']:20.2f}"
                "   (dictionary, no lattice)"
            )


if __name__ == "__main__":
    main()
