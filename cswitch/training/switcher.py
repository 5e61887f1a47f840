"""Sentences mixed by lexicon: tokens and labels in, tokens and labels out, at the CMI or rate asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from cswitch.core.errors import InputError, UsageError
from cswitch.core.lexicon import Lexicon, key
from cswitch.core.seeds import digest, rng
from cswitch.core.tag_names import language_tag
from cswitch.core.text.scripts import scripts_for
from cswitch.core.transliteration import romaniser_for
from cswitch.core.wordlists import function_words
from cswitch.generators.switching.view import language_tags
from cswitch.training.choosing import Aim, Choices
from cswitch.training.keeping import is_identifier, is_proper, names, spans_kept
from cswitch.training.labels import Layer, is_bio, mentions_of
from cswitch.training.records import Example, Mixed, Span
from cswitch.training.settings import AugmentSettings
from cswitch.training.weaving import Piece, mark, weave
from cswitch.training.wording import Wording, Words, counts, dress

_STREAM = "cswitch.training"
_MOST = 1 << 16


class _Way(NamedTuple):
    """A language that knows a place."""

    wording: Wording
    allowed: tuple[Words, ...] | None
    """The translations that the labels allow, None for all."""
    length: int
    """Tokens of each translation; 0 where they differ."""


class _Place(NamedTuple):
    """Tokens that can be replaced together, and what may come instead."""

    start: int
    end: int
    ways: Sequence[_Way]
    """The languages that know it."""
    wordclass: str = ""
    """The word class of what may come in; empty for any."""


class _Read(NamedTuple):
    """An example with what the choice needs to know of it."""

    example: Example
    tags: list[str]
    layers: dict[str, Layer]
    texts: dict[str, list[str | None]]
    """Labels as strings, of layers whose labels are asked for."""
    mentions: list[Span]


class Switcher:
    """Mixes sentences of one language with words of others.

    Args:
        settings: What to make.
        lexicons: Lexicon by language, each from the matrix language; those that are shipped when not given.
        names: Name of a layer to what its numbers mean, in order; an empty list for numbers that are no entity tags.
        fits: Says whether a translation into a language is of a word class, for examples with classes: called with
            language, word and class.

    Raises:
        UsageError: There is no lexicon for a language, or a layer of names is not usable.

    >>> from cswitch.training.records import Example
    >>> switcher = Switcher(AugmentSettings(matrix="en", languages=("es",), rate=0.5, translations="best"))
    >>> made = switcher.switch(Example(id="1", tokens="the water of the river is cold".split()))
    >>> " ".join(made.tokens), made.rate, made.reachable
    ('the agua of the río is fría', 0.42857142857142855, (0.0, 0.4286))
    """

    def __init__(
        self,
        settings: AugmentSettings,
        *,
        lexicons: Mapping[str, Lexicon] | None = None,
        names: Mapping[str, Sequence[str]] | None = None,
        fits: Callable[[str, str, str], bool] | None = None,
    ) -> None:
        self.settings = settings
        self.fits = fits
        self.names = {name: list(labels) for name, labels in (names or {}).items()}
        self.given = dict(lexicons) if lexicons is not None else None
        self.matrix_tag = language_tag(settings.matrix)
        self._keep = frozenset(settings.keep)
        self._layers: dict[str, Layer] = {}
        self._ways: dict[tuple[str, str], Sequence[_Way]] = {}
        self._check_lexicons()

    def __getstate__(self) -> dict[str, Any]:
        """Settings and what was given alone: lexicons that are shipped are read again where it is needed."""
        return {"settings": self.settings, "lexicons": self.given, "names": self.names, "fits": self.fits}

    def __setstate__(self, state: dict[str, Any]) -> None:
        Switcher.__init__(self, state["settings"], **{name: state[name] for name in ("lexicons", "names", "fits")})

    @cached_property
    def wordings(self) -> list[Wording]:
        """Translations into each language, read when first needed.

        Raises:
            UsageError: There is no lexicon for a language.
            InputError: A word list cannot be read.
            MissingExtraError: A script needs a package that is not installed.
        """
        found = []
        for lang in self.settings.languages:
            if self.given is not None:
                lexicon = self.given[lang]
            else:
                extra = [Path(path) for path in self.settings.lexicons.get(lang, ())]
                lexicon = Lexicon.load(self.settings.matrix, lang, extra=extra)
            roman = self.settings.script == "roman" and scripts_for(lang)[0] != "Latn"
            fits = None if self.fits is None else partial(self.fits, lang)
            found.append(Wording(lexicon, self.settings, romaniser_for(lang) if roman else None, fits))
        return found

    @cached_property
    def function_words(self) -> frozenset[str]:
        """Closed-class words of the matrix language, in lower case."""
        matrix = self.settings.matrix
        closed = [wording.lexicon.closed.get(matrix, frozenset()) for wording in self.wordings]
        return function_words(matrix).union(*closed)

    def switch(self, example: Example, epoch: int = 0) -> Mixed:
        """The sentence, mixed; the same for the same settings, id, tokens and epoch.

        Args:
            example: The sentence with its labels.
            epoch: Number of the epoch; another one gives another mix.

        Raises:
            InputError: Labels are not parallel to the tokens, or a span lies outside them.
            UsageError: Labels are numbers that nobody explained.
        """
        read = self._read(example)
        random = rng(_STREAM, self.settings.seed, epoch, example.id)
        chosen = self.draws(example.id, epoch)
        places = self._places(read) if chosen else []
        aim = self._aim(read)
        if self.settings.one_language and len(self.settings.languages) > 1:
            pieces, choices = self._in_one_language(read, places, aim, random)
        else:
            pieces, choices = self._drawn(read, places, aim, random)
        taken = [
            piece if isinstance(piece, Piece) else self._piece(read, piece, random)
            for piece in map(pieces.__getitem__, choices.draw(random))
        ]
        mixed = weave(example, read.tags, read.layers, taken)
        counted = len(taken) if self.settings.unit == "entity" else mixed.replaced
        mixed = _measured(mixed, read, counted / aim_base(self.settings, read, self.matrix_tag), choices, chosen)
        return mark(mixed, read.mentions, read.layers, self._bio_layers(read)) if self.settings.markers else mixed

    def draws(self, name: str, epoch: int = 0) -> bool:
        """Whether a sentence is one of the share that is mixed in an epoch.

        >>> settings = AugmentSettings(matrix="en", languages=("es",), rate=0.5, share_of_sentences=0.5)
        >>> 400 < sum(Switcher(settings).draws(str(n)) for n in range(1000)) < 600
        True
        """
        share = self.settings.share_of_sentences
        return share >= 1 or digest(_STREAM, "sentence", self.settings.seed, epoch, name) % 2**32 < share * 2**32

    def _check_lexicons(self) -> None:
        if self.given is None:
            return
        for lang in self.settings.languages:
            lexicon = self.given.get(lang)
            if lexicon is None:
                raise UsageError(f"no lexicon is given for {lang}", hint=f"lexicons={{'{lang}': Lexicon.load(...)}}")
            if (lexicon.source, lexicon.target) != (self.settings.matrix, lang):
                wrong = f"the lexicon given for {lang} is of {lexicon.source}-{lexicon.target}"
                raise UsageError(wrong, hint=f"it must be of {self.settings.matrix}-{lang}; see Lexicon.reversed")

    def layer(self, name: str) -> Layer:
        """How the labels of a layer are carried."""
        if name not in self._layers:
            self._layers[name] = Layer(name, self.names.get(name))
        return self._layers[name]

    def _read(self, example: Example) -> _Read:
        check(example)
        layers = {name: self.layer(name) for name in example.labels}
        texts = {name: [layers[name].text(label) for label in labels] for name, labels in example.labels.items()}
        tags = list(example.langs) if example.langs is not None else self._tags(example.tokens)
        mentions = example.mentions
        if mentions is None:
            mentions = mentions_of(next((found for found in texts.values() if is_bio(found)), []))
        return _Read(example, tags, layers, texts, sorted(mentions))

    def _tags(self, tokens: Sequence[str]) -> list[str]:
        tags = language_tags(tokens, self.settings.matrix)
        if self.matrix_tag == self.settings.matrix:
            return tags
        return [self.matrix_tag if tag == self.settings.matrix else tag for tag in tags]

    def _bio_layers(self, read: _Read) -> frozenset[str]:
        return frozenset(name for name, texts in read.texts.items() if is_bio(texts))

    def _aim(self, read: _Read) -> Aim:
        if self.settings.cmi is not None:
            return Aim("cmi", self.settings.cmi, *counts(read.tags, self.matrix_tag))
        return Aim("rate", self.settings.rate or 0.0, aim_base(self.settings, read, self.matrix_tag))

    def _drawn(
        self, read: _Read, places: Sequence[_Place], aim: Aim, random: Random
    ) -> tuple[list[Piece | _Place], Choices]:
        """Places whose size is known, the others with a translation drawn, and the choices among them."""
        drawn: list[Piece | _Place] = []
        sizes: list[tuple[int, int]] = []
        mentions = self.settings.unit == "entity" and aim.kind == "rate"
        for place in places:
            came = 1 if aim.kind == "rate" else _length(place.ways)
            piece = None if came else self._piece(read, place, random)
            drawn.append(piece or place)
            removed = 1 if mentions else self._removed(read, place.start, place.end)
            sizes.append((removed, len(piece.words) if piece else came))
        return drawn, Choices(sizes, aim)

    def _removed(self, read: _Read, start: int, end: int) -> int:
        """Tokens of the matrix language that go with a place."""
        if end - start == 1 and self.settings.unit != "entity":
            return 1
        return read.tags[start:end].count(self.matrix_tag)

    def _places(self, read: _Read) -> list[_Place]:
        """What can be replaced, in order and without overlaps: the longest expression first."""
        kept = self._kept(read)
        barred = self._barred(read.example)
        found: list[_Place] = []
        if self.settings.unit == "entity":
            for start, end in read.mentions:
                if not kept.intersection(range(start, end)) and not barred(start, end):
                    self._add(read, start, end, found)
            return found
        at, size = 0, len(read.tags)
        while at < size:
            before = len(found)
            if at not in kept and read.tags[at] == self.matrix_tag:
                for end in range(at + self._longest(read, at), at, -1):
                    if end - at == 1 or not (kept.intersection(range(at, end)) or barred(at, end)):
                        self._add(read, at, end, found)
                        if len(found) > before:
                            break
            at = found[-1].end if len(found) > before else at + 1
        return found

    def _longest(self, read: _Read, at: int) -> int:
        """Tokens of the longest expression that may begin at a token."""
        if self.settings.unit != "phrase":
            return 1
        longest = max(wording.longest(read.example.tokens[at]) for wording in self.wordings)
        most = min(max(longest, 1), len(read.tags) - at)
        return next((n for n in range(1, most) if read.tags[at + n] != self.matrix_tag), most)

    def _add(self, read: _Read, start: int, end: int, found: list[_Place]) -> None:
        """Adds a place where a language knows what stands there, and the labels can be carried."""
        tokens = read.example.tokens
        name = tokens[start] if end - start == 1 else " ".join(tokens[start:end])
        classes = read.example.classes
        wordclass = classes[start] if classes is not None and end - start == 1 else ""
        ways = self._known(name, wordclass)
        if read.layers and not (end - start == 1 and all(way.length == 1 for way in ways)):
            ways = [way for known in ways if (way := _allowed(read, start, end, known, (name, wordclass)))]
        if ways:
            found.append(_Place(start, end, ways, wordclass))

    def _known(self, name: str, wordclass: str) -> Sequence[_Way]:
        """The languages that know a word or expression."""
        ways = self._ways.get((name, wordclass))
        if ways is None:
            if len(self._ways) > _MOST:
                self._ways.clear()
            known = [(wording, wording.options(name, wordclass).words) for wording in self.wordings]
            ways = [_Way(wording, None, _same_length(words)) for wording, words in known if words]
            self._ways[name, wordclass] = ways
        return ways

    def _piece(self, read: _Read, place: _Place, random: Random) -> Piece:
        """What may replace a place: a language that knows it, and a translation."""
        ways = place.ways
        wording, allowed, _ = ways[int(random.random() * len(ways))] if len(ways) > 1 else ways[0]
        tokens = read.example.tokens[place.start : place.end]
        if allowed is None:
            name = tokens[0] if len(tokens) == 1 else " ".join(tokens)
            words = wording.options(name, place.wordclass).pick(random.random())
        else:
            words = allowed[int(random.random() * len(allowed))]
        if tokens[0][:1].isupper():
            entity = self.settings.unit == "entity"
            words = dress(words, tokens, wording.lang, initial=place.start == 0, name=entity)
        removed = self._removed(read, place.start, place.end)
        return Piece(place.start, place.end, words, (wording.tag,) * len(words), removed, wording.spaced)

    def _in_one_language(
        self, read: _Read, places: Sequence[_Place], aim: Aim, random: Random
    ) -> tuple[list[Piece | _Place], Choices]:
        """Pieces of one language: of those that get nearest to the aim, any."""
        tried: list[tuple[list[Piece | _Place], Choices]] = []
        for wording in self.wordings:
            mine = [p._replace(ways=[way for way in p.ways if way.wording is wording]) for p in places]
            tried.append(self._drawn(read, [place for place in mine if place.ways], aim, random))
        least = min(choices.distance for _, choices in tried)
        best = [one for one in tried if one[1].distance == least]
        low, high = min(c.reachable[0] for _, c in tried), max(c.reachable[1] for _, c in tried)
        pieces, choices = best[random.randrange(len(best))]
        choices.reachable = (low, high)
        return pieces, choices

    def _kept(self, read: _Read) -> set[int]:
        """Tokens that stay."""
        example, keep = read.example, self._keep
        kept = set(example.fixed)
        for start, end in spans_kept(example.tokens, keep):
            kept.update(range(start, end))
        if "code" in keep:
            kept.update(at for at, token in enumerate(example.tokens) if is_identifier(token))
        if self.settings.unit == "entity":
            return kept
        if "entities" in keep:
            for start, end in read.mentions:
                kept.update(range(start, end))
        if "names" in keep:
            kept.update(names(example.tokens, self.settings.matrix))
            for texts in read.texts.values():
                kept.update(at for at, label in enumerate(texts) if is_proper(label))
        if "function-words" in keep:
            closed = self.function_words
            kept.update(at for at, token in enumerate(example.tokens) if key(token) in closed)
        return kept

    def _barred(self, example: Example) -> Callable[[int, int], bool]:
        """Says whether replacing some tokens would change what a span covers."""
        spans = example.spans

        def barred(start: int, end: int) -> bool:
            return any(s < end and start < e and not (s <= start and end <= e) for s, e in spans)

        return barred


def aim_base(settings: AugmentSettings, read: _Read, matrix_tag: str) -> int:
    """What a rate is a share of: mentions for entities, else words of the matrix language; at least 1."""
    return max(1, len(read.mentions) if settings.unit == "entity" else read.tags.count(matrix_tag))


def check(example: Example) -> None:
    """Raises InputError where layers are not parallel to the tokens, or spans lie outside them."""
    size = len(example.tokens)
    parallel: list[tuple[str, Sequence[object] | None]] = [*example.labels.items()]
    parallel += [("langs", example.langs), ("gaps", example.gaps), ("classes", example.classes)]
    for name, layer in parallel:
        if layer is not None and len(layer) != size:
            problem = f"example {example.id!r} has {len(layer)} entries for {size} tokens"
            raise InputError(problem, field=name, hint="give one a token")
    for name, spans in (("spans", example.spans), ("mentions", example.mentions or ())):
        for start, end in spans:
            if not 0 <= start <= end <= size:
                problem = f"example {example.id!r} has a span {start}-{end} in {size} tokens"
                raise InputError(problem, field=name, hint="spans are [start, end) in tokens, from 0")


def _same_length(words: Sequence[Words]) -> int:
    """Tokens of each translation; 0 where they differ."""
    lengths = {len(each) for each in words}
    return lengths.pop() if len(lengths) == 1 else 0


def _length(ways: Sequence[_Way]) -> int:
    """Tokens that come in for a place whatever is drawn; 0 when that depends on the draw."""
    first = ways[0].length
    return first if all(way.length == first for way in ways) else 0


def _allowed(read: _Read, start: int, end: int, way: _Way, name: tuple[str, str]) -> _Way | None:
    """A way with the translations that the labels of a place can be carried to; None when there are none."""
    words = way.wording.options(*name).words
    allowed = tuple(each for each in words if _carries(read, start, end, len(each)))
    if len(allowed) == len(words):
        return way
    return _Way(way.wording, allowed, _same_length(allowed)) if allowed else None


def _carries(read: _Read, start: int, end: int, size: int) -> bool:
    labels = read.example.labels
    return all(layer.carry(labels[name][start:end], size) is not None for name, layer in read.layers.items())


def _measured(mixed: Mixed, read: _Read, rate: float, choices: Choices, chosen: bool) -> Mixed:
    from msgspec.structs import replace

    reachable = choices.reachable
    return replace(mixed, rate=rate, reachable=(round(reachable[0], 4), round(reachable[1], 4)), chosen=chosen)
