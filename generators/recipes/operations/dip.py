"""Dictionary insertion: words of a text stay, and their counterparts in another language come beside them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, ClassVar, Literal, NamedTuple, Self

import msgspec

from cswitch.core.contracts import Romaniser
from cswitch.core.errors import UsageError
from cswitch.core.lexicon import Lexicon, key
from cswitch.core.tag_names import language_tag
from cswitch.core.text.protected import protected_spans
from cswitch.core.text.scripts import scripts_for
from cswitch.core.wordlists import function_words
from cswitch.generators.recipes.contracts import Context, Takes, Text
from cswitch.generators.recipes.making import make_sample
from cswitch.generators.recipes.operations.texts import Read, carried, cased, foreign, inside, read
from cswitch.generators.recipes.operations.writing import Writer
from cswitch.generators.switching.view import language_tags
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample

LONGEST = 4
"""Words of the longest expression that is looked up."""
_KEPT = ("code", "inline-code", "latex", "urls", "placeholders", "math", "identifiers")


class DipSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which words get a counterpart, and where it stands."""

    place: Literal["interleave", "before", "after"] = "interleave"
    """Behind each word; or all of them as a list before or after the text."""
    style: Literal["brackets", "bare"] = "brackets"
    """How a counterpart stands behind its word: ``घर (house)`` or ``घर house``."""
    words: Literal["content", "all"] = "content"
    """``content`` leaves closed-class words, of either language, without one."""
    repeats: bool = True
    """Give a word its counterpart each time; else only the first time it comes."""
    min_prob: float = 0.2
    """A translation less probable than this is none."""


class _Gloss(NamedTuple):
    """Some neighbouring tokens and their counterpart."""

    start: int
    end: int
    words: tuple[str, ...]


class Dip:
    """Counterparts inserted beside the words of a text (Lu, Li and Lam, 2024).

    Args:
        lexicon: From the language of the texts to that of the counterparts.
        settings: Settings.
        context: The run.
        romaniser: Writes the words of the text in Latin letters; None leaves them.
    """

    name: ClassVar[str] = "dip"
    takes: ClassVar[Takes] = "texts"
    chunk: ClassVar[int] = 64
    Settings: ClassVar[type[msgspec.Struct]] = DipSettings

    def __init__(
        self, lexicon: Lexicon, settings: DipSettings, context: Context, romaniser: Romaniser | None = None
    ) -> None:
        self.lexicon, self.settings, self.context, self.romaniser = lexicon, settings, context, romaniser
        self.source, self.target = lexicon.source, lexicon.target
        self.closed, self.closed_there = (
            function_words(lang).union(lexicon.closed.get(lang, ())) for lang in (self.source, self.target)
        )
        self.pos = context.pos(self.source)
        self.tags = language_tag(self.source), language_tag(self.target)

    @classmethod
    def make(cls, settings: DipSettings, context: Context) -> Self:
        """The operation; see :class:`~cswitch.generators.recipes.contracts.Operation`."""
        if len(context.languages) != 2:
            hint = "add --pair hi-en, the language of the texts first"
            raise UsageError(f"dip takes two languages, not {len(context.languages)}", hint=hint)
        if not 0 <= settings.min_prob <= 1:
            raise UsageError(f"min_prob is {settings.min_prob:g}", hint="give a probability between 0 and 1")
        source, target = context.languages
        roman = context.script == "roman" and scripts_for(source)[0] != "Latn"
        romaniser = context.romaniser(source) if roman else None
        return cls(context.lexicon(source, target), settings, context, romaniser)

    def __call__(self, items: Sequence[Text]) -> list[list[Sample] | Reject]:
        """A sample of each text, in order."""
        return [self._glossed(item) for item in items]

    def _glossed(self, item: Text) -> list[Sample] | Reject:
        given = foreign(item, self.source) or read(item)
        if isinstance(given, Reject):
            return given
        tags = [self.tags[0] if tag == self.source else tag for tag in language_tags(given.tokens, self.source)]
        glosses = self._glosses(given, tags)
        if not glosses:
            detail = f"the lexicon of {self.source}-{self.target} knows no word of the text"
            return Reject(source_id=item.id, reason="no_units", detail=detail)
        out = self._interleaved(given, tags, glosses)
        words = sum(1 for at, tag in enumerate(tags) if tag == self.tags[0] and self._wanted(given.tokens[at]))
        found = sum(gloss.end - gloss.start for gloss in glosses)
        sample = make_sample(
            self.context,
            operation=self.name,
            source_id=item.id,
            tokens=out.tokens,
            langs=out.langs,
            text=out.text,
            offsets=out.offsets,
            origins=out.origins,
            labels=self._labels(item, given, out),
            measures={"glossed": round(found / max(words, found), 4)},
        )
        return [sample]

    def _wanted(self, token: str) -> bool:
        return self.settings.words == "all" or key(token) not in self.closed

    def _glosses(self, given: Read, tags: Sequence[str]) -> list[_Gloss]:
        """Counterparts in order: of the longest expression that the lexicon knows."""
        kept = inside(given.offsets, protected_spans(given.text, _KEPT))
        free = [tag == self.tags[0] and not staying for tag, staying in zip(tags, kept, strict=True)]
        proper = self._proper(given.tokens)
        found: list[_Gloss] = []
        told: set[str] = set()
        at = 0
        while at < len(tags):
            gloss = self._gloss(given, free, at)
            if gloss and at in proper and not gloss.words[0][:1].isupper():
                gloss = None  # a name that is also a word: सीमा "border"
            if gloss and (self.settings.repeats or key(" ".join(given.tokens[at : gloss.end])) not in told):
                found.append(gloss)
                told.add(key(" ".join(given.tokens[at : gloss.end])))
            at = gloss.end if gloss else at + 1
        return found

    def _proper(self, tokens: Sequence[str]) -> frozenset[int]:
        """Tokens that are names, where a tagger can tell."""
        labels = self.pos.tag([tokens])[0] if self.pos else ()
        return frozenset(at for at, label in enumerate(labels) if label.startswith("PROPN"))

    def _gloss(self, given: Read, free: Sequence[bool], at: int) -> _Gloss | None:
        for end in range(min(at + LONGEST, len(free)), at, -1):
            tokens = given.tokens[at:end]
            if not all(free[at:end]) or not any(map(self._wanted, tokens)):
                continue
            spaced = all(given.text[s:e].isspace() for (_, s), (e, _) in _neighbours(given.offsets[at:end]))
            name = (" " if spaced or len(tokens) == 1 else "").join(tokens)
            best = self.lexicon.translations(name)[:1]
            if best and best[0].prob >= self.settings.min_prob and key(best[0].word) != key(name):
                words = best[0].word.split()
                if self.settings.words == "all" or not self.closed_there.issuperset(words):
                    return _Gloss(at, end, tuple(cased(word, self.target) for word in words))
        return None

    def _interleaved(self, given: Read, tags: Sequence[str], glosses: Sequence[_Gloss]) -> Writer:
        """The text with its counterparts."""
        out = Writer()
        spelt = self.romaniser.romanise(given.tokens) if self.romaniser else list(given.tokens)
        if self.settings.place == "before":
            self._list(out, given, spelt, glosses)
            out.space("\n")
        inside = {gloss.end - 1: gloss for gloss in glosses} if self.settings.place == "interleave" else {}
        last = 0
        for at, (token, (start, end)) in enumerate(zip(spelt, given.offsets, strict=True)):
            gap = given.text[last:start]
            if at and at - 1 in inside and not gap and tags[at] != "other":
                gap = " "
            out.add(token, tags[at], before=gap, origin=(self.source, at))
            last = end
            if at in inside:
                self._insert(out, inside[at])
        out.space(given.text[last:])
        if self.settings.place == "after":
            out.space("" if given.text.endswith("\n") else "\n")
            self._list(out, given, spelt, glosses)
        return out

    def _insert(self, out: Writer, gloss: _Gloss) -> None:
        brackets = self.settings.style == "brackets"
        if brackets:
            out.add("(", "other", before=" ")
        for n, word in enumerate(gloss.words):
            out.add(word, self.tags[1], before="" if brackets and not n else " ")
        if brackets:
            out.add(")", "other")

    def _list(self, out: Writer, given: Read, spelt: Sequence[str], glosses: Sequence[_Gloss]) -> None:
        """``घर: house, पानी: water``, each once."""
        told: set[str] = set()
        for gloss in glosses:
            name = key(" ".join(given.tokens[gloss.start : gloss.end]))
            if name in told:
                continue
            if told:
                out.add(",", "other")
            for n, at in enumerate(range(gloss.start, gloss.end)):
                out.add(spelt[at], self.tags[0], before=" " if n or told else "")
            out.add(":", "other")
            for word in gloss.words:
                out.add(word, self.tags[1], before=" ")
            told.add(name)

    def _labels(self, item: Text, given: Read, out: Writer) -> dict[str, Any]:
        places = {origin[1]: offset for origin, offset in zip(out.origins, out.offsets, strict=True) if origin}
        new = [places[at] for at in range(len(given.tokens))]
        same = [out_end - start == e - s for (start, out_end), (s, e) in zip(new, given.offsets, strict=True)]
        return carried(item.labels, given.offsets, new, same)


def _neighbours(offsets: Sequence[tuple[int, int]]) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    return list(pairwise(offsets))
