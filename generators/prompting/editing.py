"""Edits by alignment: a mixed text brought to its CMI by saying units of its source in the other language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from cswitch.core.contracts import Romaniser
from cswitch.core.seeds import Tickets
from cswitch.generators.prompting.contracts import Brief, Candidate, Edit, Gap, Move
from cswitch.generators.prompting.dictionary_swaps import Dictionary
from cswitch.generators.prompting.frames import Frame, lay_out
from cswitch.generators.prompting.gaps import into_embedded, into_matrix, move
from cswitch.generators.prompting.images import Image, sides
from cswitch.generators.prompting.swaps import Swap, choose
from cswitch.generators.prompting.wording import Spelling, Stretch, foreign, stretches, write
from cswitch.generators.switching.insertion import InsertionBuilder
from cswitch.generators.switching.lattice import EMBEDDED, NEITHER, Arc, Lattice, Path, Piece
from cswitch.generators.switching.nested import NestedBuilder
from cswitch.generators.switching.sampler import Sampler
from cswitch.generators.switching.targets import Aim
from cswitch.generators.switching.view import View
from cswitch.schemas.prompting import PromptSettings
from cswitch.schemas.settings import SynthSettings

_NEAR_ENOUGH = 0.5
"""Share of the tolerance within which a narrow lattice's answer is taken without trying a wider one."""
_SLACK = 0.25
"""Share of the tolerance within which fewer changes are worth more than coming nearer."""
_WORTH = 2.0
"""Points of CMI that a way in both directions has to come nearer than the best in one, or than the text as it is."""
_HALF = 50.0
"""Share of embedded tokens above which the matrix language is another than the one asked for, in per cent."""
_SURELY = 1e-6


class Found(NamedTuple):
    """A way to come nearer."""

    distance: float
    """Points of CMI that are left."""
    frame: Frame
    path: Path


class AlignmentEditor:
    """Moves texts towards their CMI by swapping aligned units of their source; an Editor.

    Args:
        settings: The run's settings.
        config: Hash of the configuration, which random choices depend on.
        romanisers: Romanisers by language, where they are not the usual ones.
        dictionary: Translations of single words; those shipped when it is not given.
    """

    def __init__(
        self,
        settings: PromptSettings,
        *,
        config: str = "",
        romanisers: Mapping[str, Romaniser] | None = None,
        dictionary: Dictionary | None = None,
    ) -> None:
        self.settings, self.config = settings, config
        self.dictionary = dictionary or Dictionary(extra=settings.lexicons, pair=settings.languages[:2])
        self.spelling = Spelling(roman=settings.script == "roman", romanisers=romanisers)

    def edit(self, brief: Brief, candidate: Candidate, round: int) -> Edit | None:
        """The candidate nearer to its CMI; None when no swap brings it nearer.

        Args:
            brief: What was asked.
            candidate: What there is.
            round: 0-based number of the edit; what is drawn depends on it.
        """
        view = self.view_of(brief)
        if view is None or brief.cmi is None:
            return None
        found = self.nearest(brief, candidate, view, round)
        if found:
            return write(candidate, self.worded(view, candidate, found), brief.matrix)
        return self._by_dictionary(brief, candidate, view)

    def view_of(self, brief: Brief) -> View | None:
        """The source from its matrix side; None where there is no source, or it has another language for matrix."""
        pair = brief.pair
        if pair is None or brief.matrix not in (pair.source.lang, pair.target.lang):
            return None
        return View(pair, flip=pair.target.lang == brief.matrix, min_confidence=self.settings.min_confidence)

    def nearest(self, brief: Brief, candidate: Candidate, view: View, round: int) -> Found | None:
        """The nearest way there is, from the first lattice that is near enough; None when none is nearer.

        Ways that go in one direction come first; one that takes from the embedded language here and gives to it there
        has to be worth it.
        """
        assert brief.cmi is not None
        best: Found | None = None
        least = distance(candidate, brief) - _SURELY
        tickets = Tickets(self.config, f"{brief.name}\x1fedit\x1f{round}")
        more = share(candidate, brief.matrix) < brief.cmi
        wrong = share(candidate, brief.matrix) > _HALF
        for frame in self.frames(candidate, view, more=more):
            sampler = Sampler(frame.lattice, changes=True, mixed=brief.cmi > 0)
            for path, choice in sampler.draw(Aim(brief.cmi, 0, _SLACK * brief.tolerance), 1, tickets):
                if choice.distance < least - (_WORTH if frame.mixed and not wrong else 0.0):
                    least, best = choice.distance - _SURELY, Found(choice.distance, frame, path)
            if best and best.distance <= _NEAR_ENOUGH * brief.tolerance:
                break
        return best

    def frames(self, candidate: Candidate, view: View, *, more: bool) -> Iterator[Frame]:
        """Lattices over a text, each wider than the one before; in both directions in the end.

        Args:
            candidate: The text.
            view: Its source.
            more: More of the embedded language is wanted.
        """
        image = self.image_of(candidate, view)
        source: Lattice | None = None
        near = [] if more else image.blocks(far=False)
        for source in self.lattices(view):
            yield lay_out(image, near, source, outside=more)
        if source:
            near = image.blocks(far=False) if more else near
            yield lay_out(image, near, source, mixed=True)
            far = image.blocks(far=True)
            if far != near:
                yield lay_out(image, far, source, mixed=True)

    def image_of(self, candidate: Candidate, view: View) -> Image:
        """A text against its source."""
        spelt = [word.lower() for word in self.spelling.spell(view.matrix.tokens, view.matrix.lang)]
        return Image(view, candidate, spelt, self.spelling.light_verbs(view.matrix.lang))

    def lattices(self, view: View) -> Iterator[Lattice]:
        """Lattices of a source, those of insertion first, and that of stretches and units last."""
        settings = SynthSettings(
            pair=(view.matrix.lang, view.embedded.lang), min_confidence=self.settings.min_confidence
        )
        yield from InsertionBuilder(settings).lattices(view, self.config)
        for wide in NestedBuilder(settings).lattices(view, self.config):
            yield _without_bare_verbs(wide, view)

    def worded(self, view: View, candidate: Candidate, found: Found) -> list[Stretch]:
        """What a way says otherwise."""
        return stretches(view, candidate, found.frame, found.path, self.spelling)

    def _by_dictionary(self, brief: Brief, candidate: Candidate, view: View) -> Edit | None:
        """Single everyday words that the source has no counterpart for, where nothing else comes nearer."""
        assert brief.cmi is not None
        said = sides(candidate.langs, brief.matrix)
        more = share(candidate, brief.matrix) < brief.cmi
        free = [n for n, origin in enumerate(candidate.origins) if origin is None]
        embedded = view.embedded.lang
        swaps = [
            swap
            for swap in self.dictionary.swaps(candidate, free, brief.matrix, embedded)
            if (swap.to == embedded) == more
        ]
        tickets = Tickets(self.config, f"{brief.name}\x1fwords")
        chosen = choose(said, swaps, brief.cmi, _SLACK * brief.tolerance, tickets, more=more)
        if chosen is None or chosen[1] > distance(candidate, brief) - _SURELY:
            return None
        return write(candidate, [foreign(candidate, swap, self.spelling) for swap in chosen[0]], brief.matrix)

    def gap(self, brief: Brief, candidate: Candidate) -> Gap:
        """How far the candidate is off, and which of its own stretches to say otherwise.

        With three languages, more goes to the embedded language of the fewest tokens, and less to the matrix language
        from that of the most.
        """
        points = distance(candidate, brief)
        if brief.cmi is None or points <= brief.tolerance + _SURELY:
            return Gap("", 0.0 if brief.cmi is None else points, ())
        more = share(candidate, brief.matrix) < brief.cmi
        direction: Literal["more", "less"] = "more" if more else "less"
        view = self.view_of(brief)
        if view and len(brief.languages) == 2:
            found = self.nearest(brief, candidate, view, 0)
            if found and found.distance <= brief.tolerance:
                return Gap(direction, points, tuple(self._moves(candidate, view, found)))
        said = sides(candidate.langs, brief.matrix)
        swaps = list(self._swaps(brief, candidate, view, said, more=more))
        tickets = Tickets(self.config, f"{brief.name}\x1fgap")
        chosen = choose(said, swaps, brief.cmi, _SLACK * brief.tolerance, tickets, more=more)
        return Gap(direction, points, tuple(move(candidate, swap) for swap in chosen[0]) if chosen else ())

    def _moves(self, candidate: Candidate, view: View, found: Found) -> Iterator[Move]:
        """What a way says otherwise, as it is told."""
        matrix, embedded = view.matrix.lang, view.embedded.lang
        for stretch in self.worded(view, candidate, found):
            before = candidate.langs[stretch.start : stretch.end].count(embedded)
            now = [word.lang for word in stretch.words].count(embedded)
            swap = Swap(
                stretch.start,
                stretch.end,
                embedded if now > before else matrix,
                tuple(word.text for word in stretch.words),
            )
            yield move(candidate, swap)

    def _swaps(
        self, brief: Brief, candidate: Candidate, view: View | None, said: Sequence[int], *, more: bool
    ) -> Iterator[Swap]:
        """What could be said in the other language at all."""
        counts = Counter(lang for lang, side in zip(candidate.langs, said, strict=True) if side == EMBEDDED)
        rank = [(counts[lang], n, lang) for n, lang in enumerate(brief.languages) if lang != brief.matrix]
        lang = (min(rank) if more else max(rank))[2]
        if not more and not counts[lang]:
            lang = counts.most_common(1)[0][0]  # a language that nobody asked for
        known = view if view and view.embedded.lang == lang else None
        image = self.image_of(candidate, known) if known else None
        if more:
            widest = list(self.lattices(known))[-1] if known else None
            yield from into_embedded(
                candidate,
                said,
                lang,
                image=image,
                source=widest,
                dictionary=self.dictionary,
                spelling=self.spelling,
                matrix=brief.matrix,
            )
        else:
            yield from into_matrix(
                candidate,
                said,
                lang,
                brief.matrix,
                image=image,
                dictionary=self.dictionary,
                spelling=self.spelling,
            )


def _without_bare_verbs(lattice: Lattice, view: View) -> Lattice:
    """A lattice without stretches that hold a verb and are no clause, or leave a verb without its subject's mark."""
    kept = [n for n, arc in enumerate(lattice.arcs) if arc.kind != "block" or _says_whole(arc, view)]
    number = {old: new for new, old in enumerate(kept)}
    forbidden = {
        number[n]: frozenset(number[before] for before in banned if before in number)
        for n, banned in lattice.forbidden.items()
        if n in number
    }
    return Lattice(lattice.langs, [lattice.arcs[n] for n in kept], forbidden)


def _says_whole(arc: Arc, view: View) -> bool:
    places = [piece.at for piece in arc.pieces if isinstance(piece, Piece) and piece.side == EMBEDDED]
    said = view.y_letters[places[0] : places[-1] + 1]
    first = next((n for n, letter in enumerate(said) if letter in "VXBGK"), None)
    if first is None:
        hindi = view.matrix.lang == "hi"
        if not hindi and view.x_letters[arc.start] == "D" and said[0] not in "DR#":
            return False  # an article is lost
        return not (hindi and (said[0] == "D" or "ने" in view.x_low[arc.start : arc.end]))
    ends = view.y_letters[places[-1] + 1 : places[-1] + 2] in ("", ".", "c", "s")
    return ends and any(letter in "RNP" for letter in said[:first])


def distance(candidate: Candidate, brief: Brief) -> float:
    """Points between the share of embedded tokens there is and the one asked for: those of CMI, the matrix being right.

    Args:
        candidate: The text.
        brief: What was asked.
    """
    return abs(share(candidate, brief.matrix) - (brief.cmi or 0.0))


def share(candidate: Candidate, matrix: str) -> float:
    """Percentage of the language tokens that are not in the matrix language."""
    said = sides(candidate.langs, matrix)
    total = len(said) - said.count(NEITHER)
    return 100 * said.count(EMBEDDED) / total if total else 0.0
