"""How well the loop repairs what a model writes at the wrong level: ``python -m benchmarks.repair``.

A simulated model (:mod:`benchmarks.simulated_model`) misses the CMI asked for by 15 points on average, on either side.
Its texts are measured by the tagger that comes along, edited by alignment, and asked for again with the stretches to
move, which it obeys with probability .7. Printed are the share of accepted rows within the tolerance, the share of rows
accepted, the error in points of CMI before and after, and what cured them; each by our own tags, and counted again from
what the model knows of its tokens.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.simulated_chat import Known, LevelChecks, SimulatedChat, SimulatedPrompter, WatchedEditor
from benchmarks.simulated_model import SimulatedModel
from cswitch.core.measures import cmi
from cswitch.core.registry import load
from cswitch.core.text.join import join
from cswitch.generators.prompting.contracts import Brief
from cswitch.generators.prompting.editing import AlignmentEditor
from cswitch.generators.prompting.loop import Loop
from cswitch.generators.prompting.measuring import TextMeasurer
from cswitch.generators.switching.view import AlignedPair
from cswitch.pipeline.annotate import Annotator
from cswitch.pipeline.readers import Row
from cswitch.schemas.pair import Pair
from cswitch.schemas.prompting import PromptSettings
from cswitch.schemas.settings import SynthSettings

NTREX = {"hi": "hin", "es": "spa"}


class Repaired(NamedTuple):
    """What became of a row."""

    accepted: bool
    edits: int
    reprompts: int
    first: float
    """Distance from the CMI asked for of the first text, by our tags."""
    last: float
    """The same of the last text."""
    first_known: float
    """The same of the first, by what the model knows."""
    last_known: float
    """The same of the last."""


def main() -> None:
    """Runs what the options ask for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="../shared/data", help="folder with parallel/ntrex")
    parser.add_argument("--rows", type=int, default=400, help="rows of NTREX a pair")
    parser.add_argument("--pair", choices=[f"en-{lang}" for lang in NTREX], action="append")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    options = parser.parse_args()
    results = []
    for pair in options.pair or ["en-hi", "en-es"]:
        lang = pair.partition("-")[2]
        corpora = {"samples": samples(lang), "ntrex": ntrex(Path(options.data), lang)[: options.rows]}
        for corpus, rows in corpora.items():
            pairs = aligned(rows, lang)
            for asked in (20.0, 30.0):
                if pairs:
                    results.append({"pair": pair, "corpus": corpus, "asked": asked} | figures(pairs, lang, asked))
    print(json.dumps(results, indent=2)) if options.json else table(results)


def samples(lang: str) -> list[Row]:
    """The sentences that come along."""
    path = Path(__file__).parent.parent / "data" / "samples" / f"en-{lang}.tsv"
    lines = [line.split("\t") for line in path.read_text("utf-8").splitlines()[1:]]
    return [Row(n, Pair(id=name, texts={"en": one, lang: two})) for n, (name, _, one, two) in enumerate(lines)]


def ntrex(data: Path, lang: str) -> list[Row]:
    """NTREX; nothing where it is absent."""
    paths = [data / "parallel" / "ntrex" / f"{name}.txt" for name in ("eng", NTREX[lang])]
    if not all(path.exists() for path in paths):
        return []
    sides = [path.read_text("utf-8").splitlines() for path in paths]
    return [
        Row(n, Pair(id=str(n), texts={"en": one, lang: two})) for n, (one, two) in enumerate(zip(*sides, strict=True))
    ]


def aligned(rows: list[Row], lang: str) -> list[AlignedPair]:
    """The rows with links and parts of speech."""
    done = Annotator(SynthSettings(pair=("en", lang))).annotate(rows)
    return [made.pair for made in done if isinstance(made.pair, AlignedPair)]


class Bench:
    """The loop around a simulated model, for one pair of languages and one CMI.

    Args:
        lang: The matrix language; the other is English.
        asked: CMI asked for.
    """

    def __init__(self, lang: str, asked: float) -> None:
        self.lang, self.asked = lang, asked
        self.settings = PromptSettings(languages=("en", lang), matrix=lang, cmi=(asked, asked))
        self.known = Known()
        self.measurer = TextMeasurer(load("tagger", "compact").load(), self.settings)
        self.editor = WatchedEditor(AlignmentEditor(self.settings, config="benchmark"), self.known)
        self.loop = Loop(
            self.settings,
            chat=SimulatedChat(),
            prompter=SimulatedPrompter(SimulatedModel(("en", lang), lang), self.known),
            measurer=self.measurer,
            checker=LevelChecks(self.settings),
            editor=self.editor,
        )

    async def row(self, pair: AlignedPair) -> Repaired | None:
        """What becomes of a row; None when the model cannot miss by as much as it means to."""
        brief = Brief(
            id=pair.id,
            languages=(self.lang, "en"),
            cmi=self.asked,
            tolerance=self.settings.tolerance,
            pair=pair,
            texts={side.lang: join(side.tokens, side.gaps).text for side in (pair.source, pair.target)},
        )
        outcome = await self.loop.answer(brief)
        if not outcome.attempts:
            return None
        versions = [(attempt, self.measurer.measure(brief, attempt.text)) for attempt in outcome.attempts]
        first = versions[0][1]
        last = outcome.candidate or versions[-1][1]
        stages = [attempt.stage for attempt in outcome.attempts]
        return Repaired(
            outcome.sample is not None,
            stages.count("edit"),
            outcome.reprompts,
            self._off(first.langs),
            self._off(last.langs),
            self._off(self.known.langs(first)),
            self._off(self.known.langs(last)),
        )

    def _off(self, langs: Sequence[str]) -> float:
        """Points of CMI between tags and what was asked; of the share, where the matrix language is another."""
        got = cmi(langs)
        said = [lang for lang in langs if lang in (self.lang, "en")]
        wrong = said.count("en") * 2 > len(said)
        return abs((100 - got if wrong else got) - self.asked)


async def _all(bench: Bench, pairs: Iterable[AlignedPair]) -> list[Repaired]:
    return [found for pair in pairs if (found := await bench.row(pair))]


def figures(pairs: Iterable[AlignedPair], lang: str, asked: float) -> dict[str, Any]:
    """The figures of one corpus at one CMI."""
    bench = Bench(lang, asked)
    done = asyncio.run(_all(bench, pairs))
    accepted = [row for row in done if row.accepted]
    tolerance = bench.settings.tolerance

    def mean(values: Iterable[float]) -> float:
        found = list(values)
        return sum(found) / len(found) if found else 0.0

    return {
        "rows": len(done),
        "accepted": len(accepted) / len(done),
        "within": mean(row.last <= tolerance + 1e-6 for row in accepted),
        "within_known": mean(row.last_known <= tolerance + 1e-6 for row in accepted),
        "before": mean(row.first for row in done),
        "after": mean(row.last for row in done),
        "after_accepted": mean(row.last for row in accepted),
        "before_known": mean(row.first_known for row in done),
        "after_known": mean(row.last_known for row in accepted),
        "as_written": mean(not row.edits and not row.reprompts for row in accepted),
        "by_edits": mean(row.edits > 0 and not row.reprompts for row in accepted),
        "by_reprompts": mean(row.reprompts > 0 for row in accepted),
        "ms_an_edit": 1000 * bench.editor.seconds / max(1, bench.editor.calls),
    }


def table(results: list[dict[str, Any]]) -> None:
    """The results as text."""
    print("                             within 5 by             points off, accepted           cured by")
    print(
        "corpus         CMI  rows accepted  our tags   known     before  after  known  nothing  edits  moves  ms/edit"
    )
    for row in results:
        print(
            f"{row['pair']} {row['corpus']:8} {row['asked']:3.0f} {row['rows']:5} {row['accepted']:8.1%}"
            f" {row['within']:9.1%} {row['within_known']:7.1%}"
            f" {row['before']:10.1f} {row['after_accepted']:6.1f} {row['after_known']:6.1f}"
            f" {row['as_written']:10.1%} {row['by_edits']:6.1%} {row['by_reprompts']:6.1%} {row['ms_an_edit']:9.1f}"
        )


if __name__ == "__main__":
    main()
