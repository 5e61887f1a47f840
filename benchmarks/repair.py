"""How well the loop repairs what a model writes at the wrong level: ``python -m benchmarks.repair``.

A simulated model (:mod:`benchmarks.simulated_model`) misses the CMI asked for by 15 points on average, on either side.
Its texts are measured by the tagger that comes along, edited by alignment, and asked for again with the stretches to
move, which it obeys with probability .7. Printed are the share of accepted rows within the tolerance, the share of rows
accepted, the error in points of CMI before and after, and what cured them; each by our own tags, and counted again from
what the model knows of its tokens.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.simulated_model import Said, SimulatedModel
from cswitch.core.measures import cmi
from cswitch.core.registry import load
from cswitch.core.text.join import join
from cswitch.generators.prompting.checks import Checks
from cswitch.generators.prompting.contracts import Brief, Candidate, Edit
from cswitch.generators.prompting.editing import AlignmentEditor
from cswitch.generators.prompting.measuring import TextMeasurer
from cswitch.generators.switching.view import AlignedPair
from cswitch.pipeline.annotate import Annotator
from cswitch.pipeline.readers import Row
from cswitch.schemas.pair import Pair
from cswitch.schemas.prompting import PromptSettings
from cswitch.schemas.settings import SynthSettings

NTREX = {"hi": "hin", "es": "spa"}
OF_THE_LEVEL = frozenset({"cmi_missed", "wrong_matrix"})
"""Checks that swaps and moves can cure; the others are not what is measured here."""


class Outcome(NamedTuple):
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
    seconds: float
    """Time of the edits."""


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


class Loop:
    """Propose, measure, edit, ask again; nothing is accepted that the checks hold off the level."""

    def __init__(self, lang: str, asked: float) -> None:
        self.lang, self.asked = lang, asked
        self.settings = PromptSettings(languages=("en", lang), matrix=lang, cmi=(asked, asked))
        self.model = SimulatedModel(("en", lang), lang)
        self.measurer = TextMeasurer(load("tagger", "compact").load(), self.settings)
        self.editor = AlignmentEditor(self.settings, config="benchmark")
        self.checks = Checks(self.settings)
        self.seconds = 0.0

    def row(self, pair: AlignedPair) -> Outcome | None:
        """What becomes of a row; None when the model cannot miss by as much as it means to."""
        written = self.model.write(pair, self.asked)
        if written is None:
            return None
        brief = Brief(
            id=pair.id,
            languages=(self.lang, "en"),
            cmi=self.asked,
            tolerance=self.settings.tolerance,
            pair=pair,
            texts={side.lang: join(side.tokens, side.gaps).text for side in (pair.source, pair.target)},
        )
        words, _ = written
        self.seconds, edits, reprompts = 0.0, 0, 0
        candidate, known = self._measured(brief, words)
        first, first_known = self._off(candidate.langs), self._off(known)
        while True:
            while edits < self.settings.edits * (reprompts + 1) and not self._good(brief, candidate):
                started = time.process_time()
                edit = self.editor.edit(brief, candidate, edits)
                self.seconds += time.process_time() - started
                if edit is None:
                    break
                edits += 1
                known = _known_after(candidate, known, edit)
                candidate = self.measurer.remeasure(brief, edit)
            good = self._good(brief, candidate)
            if good or reprompts == self.settings.reprompts:
                off = self._off(candidate.langs), self._off(known)
                return Outcome(good, edits, reprompts, first, off[0], first_known, off[1], self.seconds)
            gap = self.editor.gap(brief, candidate)
            reprompts += 1
            words = [Said(*word) for word in zip(candidate.tokens, candidate.gaps, known, strict=True)]
            words = self.model.rewrite(words, gap.moves, f"{brief.name}.{reprompts}")
            candidate, known = self._measured(brief, words)

    def _good(self, brief: Brief, candidate: Candidate) -> bool:
        return not OF_THE_LEVEL & {finding.check for finding in self.checks.check(brief, candidate)}

    def _off(self, langs: Sequence[str]) -> float:
        """Points of CMI between tags and what was asked; of the share, where the matrix language is another."""
        got = cmi(langs)
        said = [lang for lang in langs if lang in (self.lang, "en")]
        wrong = said.count("en") * 2 > len(said)
        return abs((100 - got if wrong else got) - self.asked)

    def _measured(self, brief: Brief, words: Sequence[Said]) -> tuple[Candidate, list[str]]:
        """A text with our tags, and with the model's own, a tag a token as we cut them."""
        text, offsets = join([word.text for word in words], [word.gap for word in words])
        candidate = self.measurer.measure(brief, text)
        at = {}
        for word, (start, end) in zip(words, offsets, strict=True):
            at.update(dict.fromkeys(range(start, end), word.lang))
        return candidate, [at[start] for start, _ in candidate.offsets]


def _known_after(candidate: Candidate, known: Sequence[str], edit: Edit) -> list[str]:
    """What the model and the editor know of the tokens of an edited text."""
    own = iter(zip(candidate.tokens, known, strict=True))
    return [
        lang or next(tag for word, tag in own if word == token)
        for token, lang in zip(edit.tokens, edit.langs, strict=True)
    ]


def figures(pairs: Iterable[AlignedPair], lang: str, asked: float) -> dict[str, Any]:
    """The figures of one corpus at one CMI."""
    loop = Loop(lang, asked)
    done = [found for found in map(loop.row, pairs) if found]
    accepted = [row for row in done if row.accepted]
    tolerance = loop.settings.tolerance

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
        "ms_a_row": 1000 * mean(row.seconds for row in done),
    }


def table(results: list[dict[str, Any]]) -> None:
    """The results as text."""
    print(
        "corpus        CMI  rows  accepted  within 5 (known)   error before -> accepted (known)  as written  edits  re-prompts"
    )
    for row in results:
        print(
            f"{row['pair']} {row['corpus']:8} {row['asked']:2.0f} {row['rows']:5} {row['accepted']:8.1%}"
            f"   {row['within']:6.1%} ({row['within_known']:.1%})"
            f"       {row['before']:5.1f} -> {row['after_accepted']:4.1f} ({row['after_known']:.1f})"
            f"          {row['as_written']:6.1%} {row['by_edits']:7.1%} {row['by_reprompts']:7.1%}"
            f"   {row['ms_a_row']:.1f} ms"
        )


if __name__ == "__main__":
    main()
