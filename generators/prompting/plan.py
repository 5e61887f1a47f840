"""From a CMI to something a writer can do: words to say in each language, chosen by the lattice.

Models cannot count, so none is asked to: the lattice draws a mix of the source at the CMI asked for, and what it put
into each language becomes the plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Literal, NamedTuple

from cswitch.core.lexicon import Lexicon, grammar
from cswitch.core.seeds import Tickets, digest
from cswitch.core.text.join import join
from cswitch.core.text.scripts import scripts_for
from cswitch.core.text.tokens import is_neutral
from cswitch.core.transliteration import romaniser_for
from cswitch.core.transliteration.records import parted
from cswitch.core.wordlists import function_words
from cswitch.generators.prompting.contracts import Brief, Keep, Plan
from cswitch.generators.prompting.phrases import LevelName, level_of
from cswitch.generators.prompting.recipes import PlanKind
from cswitch.generators.switching.generator import SwitchGenerator
from cswitch.generators.switching.lattice import EMBEDDED, MATRIX, Arc, Lattice, Path, Piece
from cswitch.generators.switching.letters import letters
from cswitch.generators.switching.render import write
from cswitch.generators.switching.sampler import Sampler
from cswitch.generators.switching.spelling import Speller
from cswitch.generators.switching.targets import Aim
from cswitch.generators.switching.view import AlignedPair, View
from cswitch.generators.switching.weights import weigh
from cswitch.schemas.prompting import PromptSettings
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample
from cswitch.schemas.settings import Constraint, Method, SynthSettings, UnitChoice

_NOMINAL, _VERBAL, _AUXILIARY = "NAai#?", "VBGK", "XT"
"""Letters (:mod:`~cswitch.generators.switching.letters`) of the words that a plan names."""
_WANTED = (("NAi?", 0), ("NAi?", 2), ("NAai?", 1_000), ("NAaBGKi?", 1_000))
"""Letters of the words that may be wanted, and how many links theirs may cross; tried in turn until the CMI is met."""
_WAYS: tuple[tuple[Method, UnitChoice, Constraint], ...] = (
    ("insertion", "phrase", ""),
    ("nested", "phrase", ""),
    ("insertion", "noun", "none"),
    ("insertion", "content", "none"),
)
"""Choices of the lattice, tried in turn until the CMI is met."""
_SURE = 0.3
"""Lowest probability at which a word of the third language is taken from the lexicon."""

Origins = Sequence[tuple[str, int] | None]


class Mix(NamedTuple):
    """A sentence mixed by the lattice; the lists are parallel, one entry a token."""

    text: str
    offsets: Sequence[tuple[int, int]]
    langs: Sequence[str]
    origins: Origins

    def words(self, start: int, end: int) -> str:
        """The text of tokens ``start`` up to, but without, ``end``."""
        return self.text[self.offsets[start][0] : self.offsets[end - 1][1]]


class Planner:
    """Makes plans; the same settings, recipe and brief give the same plan.

    Args:
        settings: What to make.
        kind: What a CMI becomes: ``spans``, ``sketch``, ``wanted`` or ``level``.
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
        self._constraint = constraint
        self._third = third
        self._speller = speller(settings)

    def plan(self, brief: Brief) -> Plan:
        """What to say in which language; a level of mixing where there is no source, or nothing of it can switch.

        Without a CMI the writer is free: only a sketch is drawn, at any CMI.
        """
        level: LevelName | Literal[""] = "" if brief.cmi is None else level_of(brief.cmi, len(brief.languages))
        if self.kind == "level" or brief.pair is None or level == "none":
            return Plan(level=level)
        if brief.cmi is None and self.kind != "sketch":
            return Plan()
        mix = self._wanted(brief, brief.pair) if self.kind == "wanted" else self._mix(brief, brief.pair)
        if mix is None:
            return Plan(level=level)
        lent = self._lent(brief, mix)
        keep = [*self._keep_embedded(brief, mix, lent), *self._keep_matrix(brief, brief.pair, mix)]
        sketch = _with(mix, lent) if self.kind == "sketch" else ""
        return Plan(keep=tuple(kept for kept in keep if kept.spans), sketch=sketch)

    def _mix(self, brief: Brief, pair: AlignedPair) -> Mix | None:
        """The source mixed by the lattice, as near to the CMI as it can be; None when nothing of it can switch.

        A writer smooths what it is told, so where the units people switch most are too few, wider choices are tried.
        """
        nearest: Sample | None = None
        for method, units, constraint in _WAYS:
            made = self._drawn(brief, pair, method, units, self._constraint or constraint)
            if made and (nearest is None or _miss(made) < _miss(nearest)):
                nearest = made
            if nearest and nearest.met:
                break
        if nearest is None:
            return None
        return Mix(nearest.text, nearest.offsets, nearest.langs, nearest.origins)

    def _drawn(
        self, brief: Brief, pair: AlignedPair, method: Method, units: UnitChoice, constraint: Constraint
    ) -> Sample | None:
        synth = SynthSettings(
            pair=(pair.source.lang, pair.target.lang),
            matrix=brief.matrix,
            method=method,
            units=units,
            constraint=constraint,
            weights="frequency",
            cmi=None if brief.cmi is None else (brief.cmi, brief.cmi),
            tolerance=brief.tolerance,
            script=self.settings.script,
            min_confidence=self.settings.min_confidence,
            seed=self.settings.seed,
        )
        config = f"{self.config}\x1fplan\x1f{brief.draw}"
        made = SwitchGenerator(synth, speller=self._speller, config=config).generate(pair)
        return None if isinstance(made, Reject) else made[0]

    def _wanted(self, brief: Brief, pair: AlignedPair) -> Mix | None:
        """The source with content words switched at links that cross no other link (Kuwanto et al., 2024).

        Between languages of different word order few links cross none; then those that cross few are added.
        """
        view = View(pair, flip=brief.matrix == pair.target.lang, min_confidence=self.settings.min_confidence)
        aim = Aim(brief.cmi, None, brief.tolerance)
        tickets = Tickets(self.config, f"{brief.name}\x1fwanted")
        found: tuple[Lattice, Path, float] | None = None
        words = _word_arcs(view)
        for classes, most in _WANTED:
            lattice = Lattice(
                view.x_counts, [word.arc for word in words if word.letter in classes and word.crossed <= most]
            )
            sampler = Sampler(lattice)
            if not lattice.arcs or sampler.reachable() is None:
                continue
            path, choice = sampler.draw(aim, 1, tickets)[0]
            if found is None or choice.distance < found[2]:
                found = lattice, path, choice.distance
            if choice.meets(aim):
                break
        return self._written(brief, view, found[0], found[1]) if found else None

    def _written(self, brief: Brief, view: View, lattice: Lattice, path: Path) -> Mix:
        tokens, langs, origins, gaps = write(view, lattice, path)
        if self._speller:
            native, tokens = tokens, self._speller.spell(tokens, langs, origins, brief.name)
            for place in parted(native, tokens):
                gaps[place] = True
        text, offsets = join(tokens, gaps)
        return Mix(text, offsets, langs, origins)

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
        if self._speller:
            tokens = self._speller.spell(tokens, [lang] * len(tokens), [None] * len(tokens), "")
        return " ".join(tokens)

    def _keep_embedded(self, brief: Brief, mix: Mix, lent: Mapping[tuple[int, int], str]) -> Iterator[Keep]:
        lang, pair = brief.languages[1], brief.pair
        assert pair is not None
        spans = [_said(pair, mix, *run) for run in _runs(mix, lang) if run not in lent]
        yield Keep(lang, tuple(dict.fromkeys(spans)))
        if lent:
            yield Keep(brief.languages[2], tuple(dict.fromkeys(lent.values())))

    def _keep_matrix(self, brief: Brief, pair: AlignedPair, mix: Mix) -> Iterator[Keep]:
        """Content words and phrases of the matrix language that stay; none where all that is not named stays."""
        if self.kind == "wanted":
            return
        kinds = _kinds(pair, brief.matrix)
        spans = []
        for start, end in _runs(mix, brief.matrix):
            for kind, group in groupby(range(start, end), lambda at: kinds.get(_at(mix.origins[at]), "")):
                phrase = list(group)
                if kind:
                    spans.append(_said(pair, mix, phrase[0], phrase[-1] + 1))
        yield Keep(brief.matrix, tuple(dict.fromkeys(spans)))


def speller(settings: PromptSettings) -> Speller | None:
    """How words are spelt in prompts; None when they stay as they are.

    Raises:
        MissingExtraError: A script needs a package that is not installed.

    >>> speller(PromptSettings(languages=("en", "hi"), script="roman")).romanisers["hi"].romanise(["घर"])
    ['ghar']
    """
    if settings.script != "roman":
        return None
    found = {lang: romaniser_for(lang) for lang in settings.languages if scripts_for(lang)[0] != "Latn"}
    return Speller(found, seed=settings.seed) if found else None


def _runs(mix: Mix, lang: str) -> Iterator[tuple[int, int]]:
    """Stretches of tokens that come from the side of a language, ends exclusive, without marks at their ends."""
    sides = [origin[0] if origin else tag for origin, tag in zip(mix.origins, mix.langs, strict=True)]
    for side, group in groupby(range(len(sides)), sides.__getitem__):
        places = [*group] if side == lang else []
        while places and mix.langs[places[0]] != lang:
            del places[0]
        while places and mix.langs[places[-1]] != lang:
            del places[-1]
        if places:
            yield places[0], places[-1] + 1


def _at(origin: tuple[str, int] | None) -> int:
    return origin[1] if origin else -1


def _kinds(pair: AlignedPair, lang: str) -> dict[int, str]:
    """By index, ``verbal`` or ``nominal`` for the words of a side that a plan names; neighbours of a kind are a phrase.

    An auxiliary goes with the verb before it. Names are left out: they stay as they are whatever the language.
    """
    first = pair.source.lang == lang
    sentence, pos = (pair.source, pair.source_pos) if first else (pair.target, pair.target_pos)
    low = [token.lower() for token in sentence.tokens]
    closed = _closed(lang, pos)
    found: dict[int, str] = {}
    for n, letter in enumerate(letters(sentence.tokens, pos, low, lang)):
        if letter in _AUXILIARY and found.get(n - 1) == "verbal":
            found[n] = "verbal"
        elif low[n] not in closed and not is_neutral(sentence.tokens[n]) and letter in _VERBAL + _NOMINAL:
            found[n] = "verbal" if letter in _VERBAL else "nominal"
    return found


def _closed(lang: str, pos: Sequence[str] | None) -> frozenset[str]:
    """Words of a language that behave like a closed class; without a tagger, all that the lexicon knows of."""
    return function_words(lang) | (grammar(lang)[0] if pos is None else frozenset())


class _Word(NamedTuple):
    """An embedded word that could stand in the place of a matrix word."""

    letter: str
    crossed: int
    """How many links its own crosses."""
    arc: Arc


def _word_arcs(view: View) -> list[_Word]:
    """Single words with one link on either side, closed classes left out."""
    closed = _closed(view.embedded.lang, view.y_pos)
    links = [(x, y) for x, ys in enumerate(view.links_of_x) for y in ys]
    found = []
    for x, y in links:
        if len(view.links_of_x[x]) > 1 or len(view.links_of_y[y]) > 1 or view.x_counts[x] != MATRIX:
            continue
        word = view.y_low[y]
        if view.y_counts[y] and word not in closed and word != view.x_low[x]:
            arc = weigh(Arc(x, x + 1, 1, 1, (Piece(EMBEDDED, y),)), view, "frequency")
            found.append(_Word(view.y_letters[y], sum((a - x) * (b - y) < 0 for a, b in links), arc))
    return found


def _miss(sample: Sample) -> float:
    """Points of CMI between a sample and what it aimed at."""
    asked = sample.target.cmi
    return 0.0 if asked is None else abs(float(sample.measures["cmi"] or 0) - asked)


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
