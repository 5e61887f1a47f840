"""A language model that is none: it answers what the recipes ask about sentences that it knows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from benchmarks.simulated_model import SimulatedModel
from cswitch.core.lexicon import Lexicon
from cswitch.core.text.join import join
from cswitch.core.text.tokens import is_neutral, tokenise
from cswitch.generators.prompting.blanks import BLANK
from cswitch.generators.switching.view import AlignedPair
from cswitch.pipeline.annotate import Annotator
from cswitch.pipeline.pair_rows import Row
from cswitch.schemas.pair import Pair
from cswitch.schemas.settings import SynthSettings

_PASSAGE = re.compile(r"<(text|draft)>\n(.*?)\n</\1>", re.DOTALL)
_BACK = "Translate this text, which mixes"


@cache
def sample_pairs(name: str, one: str, other: str) -> tuple[AlignedPair, ...]:
    """The pairs of a file of data/samples, aligned and tagged."""
    lines = (files("cswitch.data.samples") / name).read_text(encoding="utf-8").splitlines()
    heading, *rows = (line.split("\t") for line in lines)
    found = [dict(zip(heading, row, strict=True)) for row in rows]
    pairs = [Row(n, Pair(id=row["id"], texts={one: row[one], other: row[other]})) for n, row in enumerate(found)]
    done = Annotator(SynthSettings(pair=(one, other))).annotate(pairs)
    return tuple(made.pair for made in done if isinstance(made.pair, AlignedPair))


class Bilingual:
    """Writes by a simulated model, fills blanks by a lexicon, gives drafts back, and translates back what it wrote.

    Args:
        pairs: The sentences it knows.
        matrix: The matrix language.
        cmi: How much it mixes, where it is left free.
        careless: Ids of rows whose texts it translates back into something else.
    """

    def __init__(
        self, pairs: Iterable[AlignedPair], matrix: str, *, cmi: float = 25.0, careless: Iterable[str] = ()
    ) -> None:
        self._pairs = {_text(pair, "first"): pair for pair in pairs}
        one = next(iter(self._pairs.values()))
        self._model = SimulatedModel((one.source.lang, one.target.lang), matrix, miss=0.1, paraphrase=0.0)
        self._lexicon = Lexicon.load(one.source.lang, one.target.lang)
        self._cmi, self._careless = cmi, set(careless)
        self._written: dict[str, AlignedPair] = {}
        self.asked: list[str] = []
        """What it was asked, the last message of each request."""

    def __call__(self, messages: Sequence[Mapping[str, Any]]) -> str:
        """An answer."""
        said = str(messages[-1]["content"])
        self.asked.append(said)
        passages = [text for _, text in _PASSAGE.findall(said)]
        if _BACK in said:
            return self._back(passages[-1])
        pair = next((self._pairs[text] for text in passages if text in self._pairs), None)
        if pair is None:
            return "ok"  # what a probe asks
        draft = next((text for kind, text in _PASSAGE.findall(said) if kind == "draft"), "")
        if BLANK in draft:
            answer = self._filled(pair, draft)
        elif draft and "Make the draft sound right." in said:
            answer = draft
        else:
            written = self._model.write(pair, self._cmi)
            words = written[0] if written else []
            answer = join([word.text for word in words], [word.gap for word in words]).text or _text(pair, "second")
        self._written[answer] = pair
        return answer

    def _filled(self, pair: AlignedPair, draft: str) -> str:
        """Each blank with what the lexicon knows of the word behind it, as the other sentence has it."""
        said = {token.lower() for token in pair.target.tokens}
        left = iter(token for token in pair.target.tokens if not is_neutral(token))
        holes = [place for place, token in enumerate(draft.replace(BLANK, "BLANK").split()) if "BLANK" in token]
        spaced = _text(pair, "first").split()
        parts = draft.split(BLANK)
        out = parts[0]
        for place, rest in zip(holes, parts[1:], strict=True):
            word = tokenise(spaced[place], pair.source.lang).tokens[0]
            known = [one.word for one in self._lexicon.translations(word)]
            out += next((one for one in known if one in said), known[0] if known else next(left, word)) + rest
        return out

    def _back(self, text: str) -> str:
        pair = self._written[text]
        return "Somebody went somewhere." if pair.id in self._careless else _text(pair, "first")


def _text(pair: AlignedPair, side: str) -> str:
    found = pair.source if side == "first" else pair.target
    return join(found.tokens, found.gaps).text
