"""Which places of a sentence are replaced, and by which translations."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from cswitch.core.tag_names import language_tag
from cswitch.training.choosing import Aim, Choices
from cswitch.training.places import Place
from cswitch.training.reading import Read
from cswitch.training.settings import AugmentSettings
from cswitch.training.weaving import Piece
from cswitch.training.wording import counts, dress


class Drawing:
    """Draws what replaces places of a sentence.

    Args:
        settings: What is made.
        read: The sentence.
        random: Where choices come from.
    """

    def __init__(self, settings: AugmentSettings, read: Read, random: Random) -> None:
        self.settings, self.read, self.random = settings, read, random
        self.tag = language_tag(settings.matrix)
        self.base = max(1, len(read.mentions) if settings.unit == "entity" else read.tags.count(self.tag))
        """What a rate is a share of: mentions for entities, else words of the matrix language; at least 1."""

    def pieces(self, places: Sequence[Place]) -> tuple[list[Piece], Choices]:
        """Pieces that bring the sentence nearest to what is asked for, and the choices there were."""
        settings = self.settings
        if settings.one_language and len(settings.languages) > 1:
            drawn, choices = self._in_one_language(places)
        else:
            drawn, choices = self._among(places)
        taken = map(drawn.__getitem__, choices.draw(self.random))
        return [one if isinstance(one, Piece) else self._piece(one) for one in taken], choices

    def _aim(self) -> Aim:
        if self.settings.cmi is not None:
            return Aim("cmi", self.settings.cmi, *counts(self.read.tags, self.tag))
        return Aim("rate", self.settings.rate or 0.0, self.base)

    def _among(self, places: Sequence[Place]) -> tuple[list[Piece | Place], Choices]:
        """Places whose size is known, the others with a translation drawn, and the choices among them."""
        aim = self._aim()
        drawn: list[Piece | Place] = []
        sizes: list[tuple[int, int]] = []
        mentions = self.settings.unit == "entity" and aim.kind == "rate"
        for place in places:
            came = 1 if aim.kind == "rate" else place.length
            piece = None if came else self._piece(place)
            drawn.append(piece or place)
            sizes.append((1 if mentions else self._removed(place), len(piece.words) if piece else came))
        return drawn, Choices(sizes, aim)

    def _in_one_language(self, places: Sequence[Place]) -> tuple[list[Piece | Place], Choices]:
        """The same in one language: of those that get nearest to the aim, any."""
        tried: list[tuple[list[Piece | Place], Choices]] = []
        for lang in self.settings.languages:
            mine = [p._replace(ways=[way for way in p.ways if way.wording.lang == lang]) for p in places]
            tried.append(self._among([place for place in mine if place.ways]))
        least = min(choices.distance for _, choices in tried)
        best = [one for one in tried if one[1].distance == least]
        low, high = min(c.reachable[0] for _, c in tried), max(c.reachable[1] for _, c in tried)
        drawn, choices = best[self.random.randrange(len(best))]
        choices.reachable = (low, high)
        return drawn, choices

    def _removed(self, place: Place) -> int:
        """Tokens of the matrix language that go with a place."""
        if place.end - place.start == 1 and self.settings.unit != "entity":
            return 1
        return self.read.tags[place.start : place.end].count(self.tag)

    def _piece(self, place: Place) -> Piece:
        """What may replace a place: a language that knows it, and a translation."""
        start, end, ways = place
        draw = self.random.random
        wording, options, allowed, _ = ways[int(draw() * len(ways))] if len(ways) > 1 else ways[0]
        words = options.pick(draw()) if allowed is None else allowed[int(draw() * len(allowed))]
        tokens = self.read.example.tokens
        if tokens[start][:1].isupper():
            entity = self.settings.unit == "entity"
            words = dress(words, tokens[start:end], wording.lang, initial=start == 0, name=entity)
        return Piece(start, end, words, (wording.tag,) * len(words), wording.spaced)
