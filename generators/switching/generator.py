"""The generator: an aligned pair in, samples or a named reason out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

import msgspec

from cswitch import __version__
from cswitch.core.measures.formulas import cmi_of, rate_of
from cswitch.core.registry import load
from cswitch.core.seeds import Tickets, settings_hash
from cswitch.core.text.join import join
from cswitch.core.transliteration.records import parted
from cswitch.generators.switching.lattice import Lattice, Path
from cswitch.generators.switching.render import Written, write
from cswitch.generators.switching.sampler import Choice, Sampler
from cswitch.generators.switching.spelling import Speller
from cswitch.generators.switching.targets import Aim, FixedTarget, Target
from cswitch.generators.switching.view import AlignedPair, LinkedPair, View
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Provenance, Sample
from cswitch.schemas.sample import Target as Asked
from cswitch.schemas.settings import SynthSettings

_HALF = 0.5


class Builder(Protocol):
    """Builds the lattice of a pair: one method of word alignment."""

    name: str
    constraint: str

    def lattices(self, view: View, key: str) -> Iterator[Lattice]:
        """Lattices of a pair, the next one for when the target is out of reach of the one before; at least one.

        Args:
            view: The pair.
            key: What random choices depend on, beside the pair's id.
        """
        ...


class Wording(NamedTuple):
    """How what is drawn for a pair becomes samples of it."""

    id: str
    """Id of the pair."""
    aligner: str | None
    languages: list[str]
    """The languages, that of the matrix first."""
    write: Callable[[Lattice, Path], Written]


class Drawn(NamedTuple):
    """What a lattice gave."""

    lattice: Lattice
    bounds: dict[str, tuple[float, float]]
    paths: list[tuple[Aim, Path, Choice]]


def config_hash(settings: SynthSettings, *extra: str) -> str:
    """A short hash of everything that decides the output, the same on every machine.

    Args:
        settings: The settings.
        extra: Whatever else decides it, such as the contents of a file named in the settings.

    >>> config_hash(SynthSettings(pair=("en", "hi"), cmi=(25.0, 25.0))) == config_hash(SynthSettings(pair=("en", "hi")))
    True
    """
    return settings_hash(settings, *extra)


class SwitchGenerator:
    """Makes code-mixed samples from aligned pairs.

    Args:
        settings: What to make.
        target: Where draws aim, when not as ``settings`` says (a distribution from real text).
        speller: Says how tokens are spelt: romanised, varied, with noise; None leaves them as they are.
        pos: Name of the part-of-speech tagger, for the record.
        config: Hash of the configuration; made from the settings when not given.
    """

    def __init__(
        self,
        settings: SynthSettings,
        *,
        target: Target | None = None,
        speller: Speller | None = None,
        pos: str | None = None,
        config: str = "",
    ) -> None:
        self.settings = settings
        self.config = config or config_hash(settings)
        self.builder: Builder = load("builder", settings.method)(settings)
        self.target = target or FixedTarget(settings.cmi, settings.switches, settings.tolerance, settings.share)
        self.speller = speller
        self._provenance = Provenance(
            generator=self.builder.name,
            version=__version__,
            config=self.config,
            seed=settings.seed,
            draw=0,
            pos=pos,
            constraint=self.builder.constraint,
            script=settings.script,
            noise=settings.noise or None,
            recipe=settings.recipe or None,
        )
        self._records: dict[tuple[str | None, int], Provenance] = {}
        self._matrices = matrix_languages(settings)
        self._follow_switches = settings.switches is not None or bool(settings.like)
        self._most_embedded = settings.share is not None and settings.share[1] > _HALF

    def _record(self, aligner: str | None, draw: int) -> Provenance:
        found = self._records.get((aligner, draw))
        if found is None:
            found = msgspec.structs.replace(self._provenance, aligner=aligner, draw=draw)
            self._records[aligner, draw] = found
        return found

    def generate(self, pair: AlignedPair, labels: Mapping[str, Any] | None = None) -> list[Sample] | Reject:
        """Samples of one pair, or why there is none.

        Args:
            pair: The pair with its links.
            labels: Task labels to carry over.
        """
        samples: list[Sample] = []
        reason: Reject | None = None
        linked = LinkedPair(pair, self.settings.min_confidence)
        for matrix in self._matrices:
            view = View(pair, flip=matrix == pair.target.lang, linked=linked)
            made = self._from_view(view, pair, labels or {}, len(samples))
            if isinstance(made, Reject):
                reason = made
            else:
                samples += made
        return samples or reason or Reject(source_id=pair.id, reason="no_units")

    def _from_view(self, view: View, pair: AlignedPair, labels: Mapping[str, Any], first: int) -> list[Sample] | Reject:
        reason = unusable(view, pair, self.settings.min_confidence)
        if reason:
            return reason
        nothing = f"links: {len(pair.links)}, none usable"
        made = self.drawn(pair.id, view.matrix.lang, self.builder.lattices(view, self.config), nothing)
        if isinstance(made, Reject):
            return made
        agreement = "article" in self.settings.glue
        wording = Wording(
            pair.id,
            pair.aligner,
            [view.matrix.lang, view.embedded.lang],
            lambda lattice, path: write(view, lattice, path, agreement=agreement),
        )
        return self.samples(made, wording, labels, first)

    def drawn(self, pair_id: str, matrix: str, lattices: Iterator[Lattice], nothing: str) -> Drawn | Reject:
        """What the first lattice gives in which all draws meet their target, else the last.

        Args:
            pair_id: Id of the pair.
            matrix: The matrix language.
            lattices: Lattices of the pair, each wider than the one before.
            nothing: What to say when none has an arc.
        """
        tickets = Tickets(self.config, f"{pair_id}\x1f{matrix}")
        aims = [self.target.aim(f"{self.config}\x1f{pair_id}\x1f{matrix}", n) for n in range(self.settings.per_pair)]
        made: Drawn | Reject = Reject(source_id=pair_id, reason="no_units", detail=nothing)
        out_of_reach: Lattice | None = None
        for lattice in lattices:
            out_of_reach = lattice if lattice.arcs and self._out_of_reach(lattice, aims) else None
            if lattice.arcs and not out_of_reach:
                made = self._draws(pair_id, lattice, tickets, aims)
                if not isinstance(made, Reject) and self._enough(made):
                    break
        if out_of_reach:
            made = self._draws(pair_id, out_of_reach, tickets, aims)
        return made

    def samples(self, made: Drawn, wording: Wording, labels: Mapping[str, Any], first: int) -> list[Sample]:
        """The samples of what was drawn, those that read the same once.

        Args:
            made: From :meth:`drawn`.
            wording: How they are written.
            labels: Task labels to carry over.
            first: Number of the first sample.
        """
        samples: list[Sample] = []
        seen: set[str] = set()
        for aim, path, choice in made.paths:
            sample = self._sample(wording, made, (aim, path, choice), labels, first + len(samples))
            if sample.text not in seen:
                seen.add(sample.text)
                samples.append(sample)
        return samples

    def sampler(self, lattice: Lattice, aims: Sequence[Aim]) -> Sampler:
        """What draws from a lattice."""
        return Sampler(
            lattice,
            switches=self._follow_switches,
            mixed=not aims[0].plain,
            majority=not self._most_embedded,
            share=aims[0].share is not None,
        )

    def miss(
        self, pair_id: str, drawn: tuple[Aim, Path, Choice], lattice: Lattice, bounds: Mapping[str, tuple[float, float]]
    ) -> Reject:
        """Why a pair is rejected that can give no sample which meets its target."""
        aim, _, choice = drawn
        return _miss(pair_id, aim, choice, bounds)

    def _enough(self, made: Drawn) -> bool:
        """Whether a wider lattice could add nothing: all draws are there, and all meet their aim."""
        return len(made.paths) == self.settings.per_pair and all(c.meets(aim) for aim, _, c in made.paths)

    def _out_of_reach(self, lattice: Lattice, aims: Sequence[Aim]) -> bool:
        """Whether even all arcs together would not bring the lowest aim within its tolerance."""
        lowest = min((aim.points - aim.tolerance if aim.points is not None else 0.0) for aim in aims)
        if lowest <= 0:
            return False
        embedded = sum([arc.embedded for arc in lattice.arcs])
        matrix = lattice.frame - sum([arc.removed for arc in lattice.arcs])
        return matrix > 0 and 100 * embedded < lowest * (matrix + embedded)

    def _draws(self, pair_id: str, lattice: Lattice, tickets: Tickets, aims: Sequence[Aim]) -> Drawn | Reject:
        """Paths that lie nearest to the aims, and what the lattice can reach."""
        settings = self.settings
        wanted = settings.per_pair
        share = aims[0].share is not None
        sampler = self.sampler(lattice, aims)
        reachable = sampler.reachable()
        if reachable is None:
            return Reject(source_id=pair_id, reason="no_units", detail="no choice of switches leaves a mixed sentence")
        bounds = {"cmi": (round(reachable[0], 4), round(reachable[1], 4))}
        if share and (ends := sampler.reachable(share=True)):
            bounds["share"] = (round(ends[0] / 100, 6), round(ends[1] / 100, 6))
        if self._follow_switches:
            bounds["switches"] = sampler.reachable_switches() or (0, 0)
        drawn: list[tuple[Aim, Path, Choice]] = []
        if len(set(aims)) == 1:
            drawn = [(aims[0], path, choice) for path, choice in sampler.draw(aims[0], wanted, tickets)]
        else:
            drawn = _one_each(sampler, aims, tickets)
        if settings.on_miss == "reject":
            kept = [(aim, path, choice) for aim, path, choice in drawn if choice.meets(aim)]
            if not kept:
                return self.miss(pair_id, drawn[0], lattice, bounds)
            drawn = kept
        return Drawn(lattice, bounds, drawn)

    def _sample(
        self,
        wording: Wording,
        made: Drawn,
        drawn: tuple[Aim, Path, Choice],
        labels: Mapping[str, Any],
        number: int,
    ) -> Sample:
        aim, path, choice = drawn
        tokens, langs, origins, gaps = wording.write(made.lattice, path)
        name = f"{wording.id}.{number}"
        if self.speller:
            native, tokens = tokens, self.speller.spell(tokens, langs, origins, name)
            for place in parted(native, tokens):
                gaps[place] = True
        text, offsets = join(tokens, gaps)
        languages = wording.languages
        return Sample(
            id=name,
            source_id=wording.id,
            text=text,
            tokens=tokens,
            langs=langs,
            offsets=offsets,
            origins=origins,
            languages=list(languages),
            matrix=languages[0],
            measures=_measures(langs, languages, share=aim.share is not None),
            target=Asked(
                cmi=None if aim.cmi is None else round(aim.cmi, 4),
                share=None if aim.share is None else round(aim.share, 6),
                tolerance=aim.tolerance,
                switches=aim.switches,
            ),
            met=choice.meets(aim),
            reachable=made.bounds,
            labels=dict(labels),
            provenance=self._record(wording.aligner, number),
        )


def matrix_languages(settings: SynthSettings) -> tuple[str, ...]:
    """The matrix languages that the settings ask for.

    >>> matrix_languages(SynthSettings(pair=("en", "hi")))
    ('hi',)
    """
    if settings.matrix in ("both", "all"):
        return settings.pair
    if settings.matrix:
        return (settings.matrix,)
    return (settings.pair[0] if settings.pair[1] == "en" else settings.pair[1],)


def unusable(view: View, pair: AlignedPair, min_confidence: float) -> Reject | None:
    """Why a pair cannot be mixed at all, if so."""
    for sentence, counted in ((view.matrix, 0 in view.x_counts), (view.embedded, True in view.y_counts)):
        if not counted:
            return Reject(source_id=pair.id, reason="no_words", detail=f"the {sentence.lang} side")
    if not any(view.links_of_x):
        found = f"links: {len(pair.links)}, none with confidence {min_confidence:g} or more"
        return Reject(source_id=pair.id, reason="no_links", detail=found)
    return None


class _Shifted:
    """A stream of tickets of its own within a record's."""

    def __init__(self, tickets: Tickets, by: int) -> None:
        self.tickets, self.by = tickets, by

    def __call__(self, total: int, draw: int) -> int:
        return self.tickets(total, self.by + draw)


def _one_each(sampler: Sampler, aims: Sequence[Aim], tickets: Tickets) -> list[tuple[Aim, Path, Choice]]:
    """One path an aim, all different."""
    found: dict[Path, tuple[Aim, Path, Choice]] = {}
    for number, aim in enumerate(aims):
        for path, choice in sampler.draw(aim, len(found) + 1, _Shifted(tickets, number * 1_000_003)):
            if path not in found:
                found[path] = (aim, path, choice)
                break
    return list(found.values())


def _miss(pair_id: str, aim: Aim, choice: Choice, bounds: Mapping[str, tuple[float, float]]) -> Reject:
    if aim.points is None or choice.distance <= aim.tolerance:
        fewest, most = bounds["switches"]
        detail = f"asked for {aim.switches} switch points, between {fewest:g} and {most:g} are reachable"
        return Reject(source_id=pair_id, reason="switches_unreachable", detail=detail)
    if aim.share is not None:
        low, high = bounds["share"]
        asked = f"asked for {aim.share:g} within {aim.tolerance / 100:g}"
        detail = f"{asked}; nearest is {choice.distance / 100:.3f} away, reachable {low:.3f} to {high:.3f}"
        return Reject(source_id=pair_id, reason="share_unreachable", detail=detail)
    low, high = bounds["cmi"]
    asked = f"asked for {aim.cmi:g} within {aim.tolerance:g}"
    detail = f"{asked}; nearest is {choice.distance:.1f} away, reachable {low:.1f} to {high:.1f}"
    return Reject(source_id=pair_id, reason="cmi_unreachable", detail=detail)


def _measures(langs: Sequence[str], languages: Sequence[str], *, share: bool = False) -> dict[str, float | int | None]:
    """CMI, switch points and switch-point fraction of a sample, from its tags; the embedded share where asked for."""
    said = [lang for lang in langs if lang in languages]
    total = len(said)
    own = said.count(languages[0])
    most = max(own, total - own) if len(languages) == 2 else max(map(said.count, languages))
    switches = sum([a != b for a, b in pairwise(said)])
    found: dict[str, float | int | None] = {
        "cmi": round(cmi_of(total, most), 4),
        "switches": switches,
        "spf": rate_of(switches, total - 1) if total > 1 else None,
    }
    if share:
        found["share"] = round((total - own) / total, 6) if total else None
    return found
