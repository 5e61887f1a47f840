"""Which arcs of a lattice leave labels, spans and kept tokens whole, and the labels of the words they bring."""

from __future__ import annotations

from collections.abc import Mapping

from cswitch.generators.switching.lattice import EMBEDDED, Arc
from cswitch.generators.switching.lattice import Piece as Step
from cswitch.generators.switching.view import View
from cswitch.training.labels import Layer, carried_labels, is_bio, mentions_of, split
from cswitch.training.records import Example, Label


class Guard:
    """Judges the arcs of one pair.

    Args:
        view: The pair.
        example: Its matrix side with labels and spans.
        layers: How the labels of each layer are carried.
        texts: Labels of each layer as strings.
        fixed: Tokens that stay, or come back with the arc that takes them.
    """

    def __init__(
        self,
        view: View,
        example: Example,
        layers: Mapping[str, Layer],
        texts: Mapping[str, list[str | None]],
        fixed: frozenset[int],
    ) -> None:
        self.view, self.example, self.fixed = view, example, fixed
        self.bio = {name for name, layer in texts.items() if is_bio(layer)}
        self.texts = texts
        self.mentions = {name: mentions_of(texts[name]) for name in self.bio}
        self.layers = layers
        self._labels: dict[Arc, dict[str, list[Label]] | None] = {}

    def allows(self, arc: Arc) -> bool:
        """Whether nothing that must stay is lost."""
        start, end = arc.start, arc.end
        if self.example.fixed and not self.example.fixed.isdisjoint(range(start, end)):
            return False
        for s, e in self.example.spans:
            if s < end and start < e and not (s <= start and end <= e):
                return False
        if self.fixed and not self.fixed.isdisjoint(range(start, end)):
            words = [self._word(step) for step in arc.pieces]
            if any(self.example.tokens[at] not in words for at in self.fixed.intersection(range(start, end))):
                return False
        return self.labels(arc) is not None

    def labels(self, arc: Arc) -> dict[str, list[Label]] | None:
        """Labels of the words of an arc by layer; None when an entity would be broken."""
        if not self.layers:
            return {}
        if arc not in self._labels:
            self._labels[arc] = self._project(arc)
        return self._labels[arc]

    def _word(self, step: object) -> str:
        if not isinstance(step, Step):
            return ""
        side = self.view.embedded if step.side == EMBEDDED else self.view.matrix
        return side.tokens[step.at]

    def _project(self, arc: Arc) -> dict[str, list[Label]] | None:
        found: dict[str, list[Label]] = {}
        for name, layer in self.layers.items():
            own = list(self.example.labels[name][arc.start : arc.end])
            carried = layer.carry(own, len(arc.pieces))
            if carried is None:
                texts = self._entities(arc, name) if name in self.bio else self._plain(arc, name)
                carried = None if texts is None else layer.encode(texts, own)
            if carried is None:
                return None
            found[name] = carried
        return found

    def _sources(self, arc: Arc) -> list[list[int]]:
        """For each word of an arc, the matrix tokens within it that it stands for."""
        found: list[list[int]] = []
        for step in arc.pieces:
            if not isinstance(step, Step):
                found.append([])
            elif step.side == EMBEDDED:
                found.append([x for x in self.view.links_of_y[step.at] if arc.start <= x < arc.end])
            else:
                found.append([step.at])
        return found

    def _plain(self, arc: Arc, name: str) -> list[str | None]:
        """The label of the token that a word is linked to; none where there is no such label, or several."""
        labels = self.texts[name]
        kinds = [{labels[x] for x in sources} for sources in self._sources(arc)]
        return [each.pop() if len(each) == 1 else None for each in kinds]

    def _entities(self, arc: Arc, name: str) -> list[str | None] | None:
        """Entities that lie in an arc, on the words that stand for them; None when one is cut, lost or scattered."""
        sources = self._sources(arc)
        labels: list[str | None] = ["O"] * len(sources)
        for start, end in self.mentions[name]:
            if end <= arc.start or arc.end <= start:
                continue
            if start < arc.start or arc.end < end:
                return None
            places = [at for at, xs in enumerate(sources) if any(start <= x < end for x in xs)]
            if not places or any(labels[at] != "O" for at in places):
                return None
            first, last = places[0], places[-1] + 1
            if any(xs and not all(start <= x < end for x in xs) for xs in sources[first:last]):
                return None
            carried = carried_labels(self.texts[name][start:end], last - first)
            if carried is None or any(not split(label)[0] for label in carried):
                return None
            labels[first:last] = carried
        return labels
