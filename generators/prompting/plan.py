"""From a CMI to something a writer can do: words to say in each language, chosen by the lattice.

Models cannot count, so none is asked to: the lattice draws a mix of the source at the CMI asked for, and what it put
into each language becomes the plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Literal

import msgspec

from cswitch.core.lexicon import Lexicon
from cswitch.core.seeds import digest
from cswitch.core.text.tokens import is_neutral
from cswitch.generators.prompting.blanks import Blanks
from cswitch.generators.prompting.contracts import Brief, Keep, Plan
from cswitch.generators.prompting.mixes import Mix, Mixer, closed_words
from cswitch.generators.prompting.phrases import LevelName, level_of
from cswitch.generators.prompting.recipes import PlanKind
from cswitch.generators.switching.letters import letters
from cswitch.generators.switching.view import AlignedPair
from cswitch.schemas.prompting import PromptSettings
from cswitch.schemas.settings import Constraint

_NOMINAL, _VERBAL, _AUXILIARY = "NAai#?", "VBGK", "XT"
"""Letters (:mod:`~cswitch.generators.switching.letters`) of the words that a plan names."""
_SURE = 0.3
"""Lowest probability at which a word of the third language is taken from the lexicon."""
_WANTED = ("wanted", "uncrossed")
MOST_WANTED = 35.0
"""CMI up to which words at uncrossed links are wanted where none is asked for: the matrix language keeps the frame."""


class Planner:
    """Makes plans; the same settings, recipe and brief give the same plan.

    Args:
        settings: What to make.
        kind: What a CMI becomes, see :class:`~cswitch.generators.prompting.recipes.Recipe`.
        constraint: The constraint under which the lattice chooses; empty for the builder's own.
        config: Hash of the run, that what is drawn depends on.
        third: Lexicon from the embedded to the third language, where three are mixed and it is known.

    Raises:
        MissingExtraError: The script asked for needs a package that is not installed.
    """

    def __init__(
        self,
        settings: PromptSettings,
        kind: PlanKind,
        *,
        constraint: Constraint = "",
        config: str = "",
        third: Lexicon | None = None,
    ) -> None:
        self.settings, self.kind, self.config = settings, kind, config
        self._third = third
        self._mixer = Mixer(settings, constraint=constraint, config=config)
        self._blanks: Blanks | None = None
        if kind == "nouns" or kind == "ratio":
            spelt, least = self._mixer.speller, settings.min_confidence
            self._blanks = Blanks(kind, speller=spelt, min_confidence=least, config=config)

    def plan(self, brief: Brief) -> Plan:
        """What to say in which language; a level of mixing where there is no source, or nothing of it can switch.

        Without a CMI the writer is free: only a sketch is drawn, at any CMI, and words at links that cross none are
        wanted as far as the frame stays that of the matrix language.
        """
        level: LevelName | Literal[""] = "" if brief.cmi is None else level_of(brief.cmi, len(brief.languages))
        if self.kind == "level" or brief.pair is None or level == "none":
            return Plan(level=level)
        if self._blanks is not None:
            return self._blanks.plan(brief, brief.pair) or Plan(level=level)
        if brief.cmi is None and self.kind not in ("sketch", "uncrossed"):
            return Plan()
        if self.kind == "uncrossed":
            aim = msgspec.structs.replace(brief, cmi=MOST_WANTED if brief.cmi is None else brief.cmi)
            mix = self._mixer.wanted(aim, brief.pair, uncrossed=True)
        elif self.kind == "wanted":
            mix = self._mixer.wanted(brief, brief.pair)
        else:
            mix = self._mixer.mix(brief, brief.pair)
        if mix is None:
            return Plan(level=level)
        lent = self._lent(brief, mix)
        found = [*self._keep_embedded(brief, brief.pair, mix, lent), *self._keep_matrix(brief, brief.pair, mix)]
        keep = tuple(kept for kept in found if kept.spans)
        silent = set(brief.languages[1:]) - {kept.lang for kept in keep}
        sketch = _with(mix, lent) if self.kind == "sketch" else ""
        return Plan(keep=keep, sketch=sketch, level=level if silent else "")

    def _lent(self, brief: Brief, mix: Mix) -> dict[tuple[int, int], str]:
        """Embedded spans that the third language says instead, and how: every other one that the lexicon knows."""
        if self._third is None or len(brief.languages) < 3 or brief.pair is None:
            return {}
        known = {}
        for start, end in _runs(mix, brief.languages[1]):
            found = self._third.translations(_source_words(brief.pair, mix, start, end))
            if found and found[0].prob >= _SURE:
                known[start, end] = self._spelt(found[0].word, brief.languages[2])
        odd = digest(self.config, brief.name, "third") % 2 if len(known) > 1 else 0
        return {span: word for n, (span, word) in enumerate(known.items()) if n % 2 == odd}

    def _spelt(self, words: str, lang: str) -> str:
        tokens = words.split()
        if self._mixer.speller:
            tokens = self._mixer.speller.spell(tokens, [lang] * len(tokens), [None] * len(tokens), "")
        return " ".join(tokens)

    def _keep_embedded(
        self, brief: Brief, pair: AlignedPair, mix: Mix, lent: Mapping[tuple[int, int], str]
    ) -> Iterator[Keep]:
        lang = brief.languages[1]
        spans = [_said(pair, mix, *run) for run in _runs(mix, lang) if run not in lent]
        yield Keep(lang, tuple(dict.fromkeys(spans)))
        if lent:
            yield Keep(brief.languages[2], tuple(dict.fromkeys(lent.values())))

    def _keep_matrix(self, brief: Brief, pair: AlignedPair, mix: Mix) -> Iterator[Keep]:
        """Content words and phrases of the matrix language that stay; none where all that is not named stays."""
        if self.kind in _WANTED:
            return
        kinds = _kinds(pair, brief.matrix)
        spans = []
        for start, end in _runs(mix, brief.matrix):
            for kind, group in groupby(range(start, end), lambda at: kinds.get(_at(mix.origins[at]), "")):
                phrase = list(group)
                if kind:
                    spans.append(_said(pair, mix, phrase[0], phrase[-1] + 1))
        yield Keep(brief.matrix, tuple(dict.fromkeys(spans)))


def _runs(mix: Mix, lang: str) -> Iterator[tuple[int, int]]:
    """Stretches that stand together on the side of a language, ends exclusive, without marks at their ends."""
    places: list[int] = []
    before = -1
    for at, (origin, tag) in enumerate(zip(mix.origins, mix.langs, strict=True)):
        ours = (origin[0] if origin else tag) == lang
        if places and (not ours or (origin and before >= 0 and origin[1] != before + 1)):
            yield from _trimmed(mix, lang, places)
            places = []
        if ours:
            places.append(at)
        before = _at(origin)
    yield from _trimmed(mix, lang, places)


def _trimmed(mix: Mix, lang: str, places: Sequence[int]) -> Iterator[tuple[int, int]]:
    said = [at for at in places if mix.langs[at] == lang]
    if said:
        yield said[0], said[-1] + 1


def _at(origin: tuple[str, int] | None) -> int:
    return origin[1] if origin else -1


def _kinds(pair: AlignedPair, lang: str) -> dict[int, str]:
    """By index, ``verbal`` or ``nominal`` for the words of a side that a plan names; neighbours of a kind are a phrase.

    An auxiliary goes with the verb before it. Names are left out: they stay as they are whatever the language.
    """
    first = pair.source.lang == lang
    sentence, pos = (pair.source, pair.source_pos) if first else (pair.target, pair.target_pos)
    low = [token.lower() for token in sentence.tokens]
    closed = closed_words(lang, pos)
    found: dict[int, str] = {}
    for n, letter in enumerate(letters(sentence.tokens, pos, low, lang)):
        if letter in _AUXILIARY and found.get(n - 1) == "verbal":
            found[n] = "verbal"
        elif low[n] not in closed and not is_neutral(sentence.tokens[n]) and letter in _VERBAL + _NOMINAL:
            found[n] = "verbal" if letter in _VERBAL else "nominal"
    return found


def _said(pair: AlignedPair, mix: Mix, start: int, end: int) -> str:
    """The words of a stretch, without the capital that the start of the sentence gave them."""
    words = mix.words(start, end)
    origin = mix.origins[start]
    if start == 0 and origin:
        own = (pair.source if origin[0] == pair.source.lang else pair.target).tokens[origin[1]]
        if own != words[: len(own)] and own.lower() == words[: len(own)].lower():
            return own + words[len(own) :]
    return words


def _source_words(pair: AlignedPair, mix: Mix, start: int, end: int) -> str:
    """The words of the source for a stretch of the mix, as they stood before they were spelt."""
    sides = {pair.source.lang: pair.source.tokens, pair.target.lang: pair.target.tokens}
    return " ".join(sides[origin[0]][origin[1]] for origin in mix.origins[start:end] if origin)


def _with(mix: Mix, lent: Mapping[tuple[int, int], str]) -> str:
    """The text of a mix with some stretches in other words."""
    text, shift = mix.text, 0
    for (start, end), words in lent.items():
        first, last = mix.offsets[start][0] + shift, mix.offsets[end - 1][1] + shift
        text = text[:first] + words + text[last:]
        shift += len(words) - (last - first)
    return text
