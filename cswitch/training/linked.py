"""Parallel sentences with links, mixed by the lattice while a model trains, with the labels of the matrix side kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from cswitch.core.contracts import Romaniser
from cswitch.core.errors import UsageError
from cswitch.core.measures.tags import NEUTRAL
from cswitch.core.registry import load
from cswitch.core.seeds import Tickets
from cswitch.core.tag_names import language_tag
from cswitch.core.text.scripts import scripts_for
from cswitch.core.transliteration import romaniser_for
from cswitch.core.transliteration.records import Record, romanised
from cswitch.generators.switching.generator import Builder
from cswitch.generators.switching.lattice import NEITHER, Lattice, Path
from cswitch.generators.switching.render import Written, write
from cswitch.generators.switching.sampler import Sampler
from cswitch.generators.switching.targets import Aim
from cswitch.generators.switching.view import AlignedPair, View
from cswitch.schemas.settings import Constraint, SynthSettings
from cswitch.training.guard import Guard
from cswitch.training.keeping import staying
from cswitch.training.reading import Read
from cswitch.training.records import Example, Label, Mixed, Span
from cswitch.training.settings import AugmentSettings
from cswitch.training.switcher import Switcher
from cswitch.training.weaving import Piece, weave

_UNITS: dict[str, str] = {"word": "word", "phrase": "phrase", "entity": "entity"}
_TOLERANCE = 3.0
OTHER = "other"
"""Tag of what is of no language."""


class LinkedSwitcher(Switcher):
    """Mixes a sentence with its translation, by the links between them.

    Arcs of the lattice that would break a span, an entity or a token that is kept are taken out of it before anything
    is drawn; so the CMI is the nearest that is left.

    Args:
        settings: What to make; ``languages`` may name several, each pair uses its own. ``method`` and ``unit`` choose
            the lattice. A CMI is needed, as the lattice knows no rate.
        names: As for :class:`Switcher`.

    Raises:
        UsageError: The settings ask for a rate.

    >>> from cswitch.core.contracts import Link, Sentence
    >>> sides = [Sentence(lang, tuple(text.split()), (None,) * 3) for lang, text in
    ...          (("en", "the cold water"), ("es", "el agua fría"))]
    >>> pair = AlignedPair("1", *sides, (Link(0, 0), Link(1, 2), Link(2, 1)))
    >>> settings = AugmentSettings(matrix="en", languages=("es",), cmi=33, keep=())
    >>> made = LinkedSwitcher(settings).switch_pair(pair, labels={"pos": ["DET", "ADJ", "NOUN"]})
    >>> round(made.cmi, 1), len(made.labels["pos"]) == len(made.tokens)
    (33.3, True)
    """

    def __init__(self, settings: AugmentSettings, *, names: Mapping[str, Sequence[str]] | None = None) -> None:
        if settings.cmi is None:
            raise UsageError("links mix by CMI, and the settings ask for a rate", hint="give cmi=25 instead of rate")
        super().__init__(settings, lexicons=None, names=names)
        self._builders: dict[tuple[str, str], Builder] = {}
        self._romanisers: dict[str, Romaniser] = {}

    def __getstate__(self) -> dict[str, object]:
        """Settings alone."""
        return {"settings": self.settings, "names": self.names}

    def __setstate__(self, state: dict[str, object]) -> None:
        LinkedSwitcher.__init__(self, state["settings"], names=state["names"])  # type: ignore[arg-type]

    def switch_pair(
        self,
        pair: AlignedPair,
        *,
        labels: Mapping[str, Sequence[Label]] | None = None,
        spans: Sequence[Span] = (),
        fixed: frozenset[int] = frozenset(),
        neutral: Iterable[int] = (),
        epoch: int = 0,
    ) -> Mixed:
        """The sentence of the matrix language, mixed with its translation.

        Args:
            pair: The sentences and their links; one side is in the matrix language.
            labels: Layers of labels of the matrix side.
            spans: Spans of the matrix side that must go on covering the same content.
            fixed: Tokens of the matrix side that must stay where they are.
            neutral: Tokens of the matrix side that are of no language, such as code.
            epoch: Number of the epoch.

        Returns:
            The sentence; unchanged, with ``reason``, where no link can be used.

        Raises:
            UsageError: The pair is of other languages than the settings.
            InputError: Labels are not parallel to the tokens, or a span lies outside them.
        """
        view = View(pair, flip=self._flip(pair))
        for at in neutral:
            view.x_tags[at], view.x_counts[at] = OTHER, NEITHER
        example = Example(
            id=pair.id,
            tokens=view.matrix.tokens,
            labels=labels or {},
            spans=spans,
            langs=self.reader.named(view.x_tags),
            gaps=view.matrix.gaps,
            fixed=fixed,
        )
        read = self.reader.read(example)
        reason, drawn = "", None
        if chosen := self.draws(pair.id, epoch):
            guard = Guard(view, example, read.layers, read.texts, self._fixed(view, read))
            drawn = self._draw(view, pair, guard, epoch)
            reason = "" if drawn else "no_units" if any(view.links_of_x) else "no_links"
        if drawn is None:
            bare = replace(weave(example, read.tags, read.layers, []), chosen=chosen, reason=reason)
            return self.marked(bare, read)
        lattice, path, reachable = drawn
        written = write(view, lattice, path)
        pieces = _pieces(lattice, path, written, guard)
        mixed = replace(
            weave(example, read.tags, read.layers, pieces),
            tokens=self._spelt(view, written.tokens, written.langs, written.origins),
            gaps=written.gaps,
        )
        words = max(1, view.x_tags.count(view.matrix.lang))
        gone = sum(lattice.arcs[index].removed for index in path)
        low, high = reachable
        return self.marked(replace(mixed, rate=gone / words, reachable=(round(low, 4), round(high, 4))), read)

    def _flip(self, pair: AlignedPair) -> bool:
        matrix, known = self.settings.matrix, (pair.source.lang, pair.target.lang)
        other = known[0] if known[1] == matrix else known[1]
        if matrix not in known or other not in self.settings.languages:
            wanted = f"{matrix} with {', '.join(self.settings.languages)}"
            raise UsageError(f"pair {pair.id!r} is of {known[0]} and {known[1]}", hint=f"the settings are of {wanted}")
        return matrix == known[1]

    def _builder(self, view: View) -> Builder:
        langs = (view.matrix.lang, view.embedded.lang)
        if langs not in self._builders:
            settings = self.settings
            anything = settings.method == "insertion" and "function-words" not in settings.keep
            free: Constraint = "none" if anything else ""
            synth = SynthSettings(
                pair=langs,
                matrix=langs[0],
                method=settings.method,
                units=_UNITS[settings.unit],
                constraint=free,
                min_confidence=0.0,
            )
            self._builders[langs] = load("builder", settings.method)(synth)
        return self._builders[langs]

    def _fixed(self, view: View, read: Read) -> frozenset[int]:
        """Tokens that stay, or come back with the arc that takes them."""
        tokens = read.example.tokens
        kept = staying(read, self.settings, range(len(tokens)))
        kept.update([at for at, counted in enumerate(view.x_counts) if counted < 0 and tokens[at][:1].isalnum()])
        return frozenset(kept)

    def _draw(
        self, view: View, pair: AlignedPair, guard: Guard, epoch: int
    ) -> tuple[Lattice, Path, tuple[float, float]] | None:
        """The path nearest to the CMI, of the first lattice that gets near enough, else of the nearest."""
        cmi = float(self.settings.cmi or 0.0)
        aim = Aim(cmi, None, _TOLERANCE)
        tickets = Tickets(f"{self.settings.seed}\x1f{epoch}", pair.id)
        best: tuple[float, Lattice, Path, tuple[float, float]] | None = None
        for lattice in _narrowed(self._builder(view).lattices(view, ""), guard):
            sampler = Sampler(lattice, mixed=False)
            for path, choice in sampler.draw(aim, 1, tickets):
                if best is None or choice.distance < best[0] - 1e-9:
                    best = (choice.distance, lattice, path, sampler.reachable() or (0.0, 0.0))
            if best and best[0] <= aim.tolerance:
                break
        return best[1:] if best else None

    def _spelt(
        self, view: View, tokens: list[str], langs: Sequence[str], origins: Sequence[tuple[str, int] | None]
    ) -> list[str]:
        lang = view.embedded.lang
        if self.settings.script != "roman" or scripts_for(lang)[0] == "Latn":
            return tokens
        sides = [origin[0] if origin else tag for origin, tag in zip(origins, langs, strict=True)]
        romaniser = self._romanisers.get(lang)
        if romaniser is None:
            romaniser = self._romanisers[lang] = romaniser_for(lang)
        return romanised([Record("", tokens, sides)], {lang: romaniser})[0]


def _pieces(lattice: Lattice, path: Path, written: Written, guard: Guard) -> list[Piece]:
    """The arcs of a path as pieces with their words, tags and labels."""
    pieces: list[Piece] = []
    position = at = 0
    for index in path:
        arc = lattice.arcs[index]
        at += arc.start - position
        end = at + len(arc.pieces)
        tags = [tag if tag in NEUTRAL and tag != "ne" else language_tag(tag) for tag in written.langs[at:end]]
        labels = guard.labels(arc)
        pieces.append(Piece(arc.start, arc.end, written.tokens[at:end], tags, labels=labels))
        at, position = end, arc.end
    return pieces


def _narrowed(lattices: Iterator[Lattice], guard: Guard) -> Iterator[Lattice]:
    """Lattices without the arcs that a guard does not allow."""
    for lattice in lattices:
        kept = [index for index, arc in enumerate(lattice.arcs) if guard.allows(arc)]
        if kept and len(kept) == len(lattice.arcs):
            yield lattice
        elif kept:
            new = {old: at for at, old in enumerate(kept)}
            forbidden = {
                new[index]: frozenset(new[before] for before in befores if before in new)
                for index, befores in lattice.forbidden.items()
                if index in new
            }
            arcs = [lattice.arcs[index] for index in kept]
            yield Lattice(lattice.langs, arcs, forbidden, cohesion=lattice.cohesion)
