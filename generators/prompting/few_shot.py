"""Mixed texts as examples in a request: drawn near to the CMI asked for, or the best rated of those like the source."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from statistics import mean
from typing import NamedTuple, Self

import regex
from rapidfuzz import fuzz

from cswitch.core.errors import InputError
from cswitch.core.measures.formulas import cmi_of
from cswitch.core.measures.tags import NEUTRAL
from cswitch.core.seeds import rng
from cswitch.core.tag_names import canonical_tag, language_tag
from cswitch.core.text.join import join
from cswitch.core.text.scripts import script_of, scripts_for
from cswitch.generators.prompting.similarity import Letters
from cswitch.generators.prompting.variables import Shot
from cswitch.schemas.settings import Script

LONGEST = 60
"""Examples of more tokens are passed over."""
_NEAREST = 200
"""Examples are drawn from so many that lie nearest to the CMI asked for."""
_WIDTH = 10.0
"""Points of CMI at which an example is half as likely as one that is right on it."""
_SAME = 85.0
"""From this similarity on, 0 to 100, an example counts as the row's own source."""
_TEXT = regex.compile(r"[\p{L}\p{M}\p{N}]+")


class Example(NamedTuple):
    """A mixed text."""

    cmi: float
    """Code-Mixing Index over the languages asked for, 0 to 100."""
    text: str
    rating: float = 0.0
    """What people give it, on any scale."""
    source: str = ""
    """The text that it says in a mix, where that is known."""


class Rated(NamedTuple):
    """A mixed text that people have rated."""

    text: str
    tokens: Sequence[str]
    langs: Sequence[str]
    """A tag a token, as a file has them."""
    ratings: Sequence[float]
    """What each person gives it; the mean counts."""
    source: str = ""
    """The text that it says in a mix, where that is known."""


class Examples:
    """Mixed texts to draw examples from.

    Args:
        items: Texts with a tag a token, as a file has them, or rated ones.
        languages: The languages asked for.
        wanted: How many examples a request is to show.
        path: The file they come from, for messages.
        script: Leave out texts in another script; None takes all.

    Raises:
        InputError: The tags do not fit the languages, or fewer texts than ``wanted`` mix them.

    >>> real = [(["Kal", "meeting", "hai"], ["hi", "en", "hi"]), (["Phone", "karo", "yaar"], ["en", "hi", "hi"])]
    >>> examples = Examples.of_tokens(real, languages=("hi", "en"), wanted=1, path="real.jsonl")
    >>> len(examples), examples.draw(1, "row 7", near_cmi=30) == examples.draw(1, "row 7", near_cmi=30)
    (2, True)
    """

    def __init__(
        self,
        items: Iterable[tuple[str, Sequence[str], Sequence[str]] | Rated],
        *,
        languages: Sequence[str],
        wanted: int,
        path: str,
        script: Script | None = None,
    ) -> None:
        self._languages = tuple(map(language_tag, languages))
        self._path = path
        self._native = {language_tag(lang): frozenset(scripts_for(lang)) for lang in languages}
        self._seen: set[str] = set()
        self._dropped_script = 0
        found = {example.text: example for example in self._mixed(items, script)}
        self._examples = sorted(found.values())
        self._cmis = [example.cmi for example in self._examples]
        self._letters: list[Letters] | None = None
        if len(self._examples) < wanted:
            raise self._too_few(wanted, script)

    @classmethod
    def of_tokens(
        cls,
        items: Iterable[tuple[Sequence[str], Sequence[str]]],
        *,
        languages: Sequence[str],
        wanted: int,
        path: str,
        script: Script | None = None,
    ) -> Self:
        """Examples from tokens and their tags, which are joined as people type them; else as the class takes them."""
        texts = ((join(tokens, [None] * len(tokens)).text, tokens, langs) for tokens, langs in items)
        return cls(texts, languages=languages, wanted=wanted, path=path, script=script)

    def __len__(self) -> int:
        return len(self._examples)

    def draw(
        self, count: int, key: str, *, near_cmi: float | None = None, avoid: Iterable[str] = ()
    ) -> tuple[str, ...]:
        """Some examples, distinct, in an order that is drawn too.

        Args:
            count: How many; fewer come where there are not so many.
            key: All that is drawn depends on it alone.
            near_cmi: The CMI asked for; those near it are likelier. None makes all alike.
            avoid: Texts that are not to be shown, such as the row's own source.
        """
        random = rng("examples", key)
        own = [_plain(text) for text in avoid]
        pool = self._examples if near_cmi is None else self._near(near_cmi)
        if near_cmi is None:
            order: Iterable[Example] = (pool[n] for n in random.sample(range(len(pool)), min(len(pool), count + 20)))
        else:
            weights = [1 / (1 + ((example.cmi - near_cmi) / _WIDTH) ** 2) for example in pool]
            keys = [random.random() ** (1 / weight) for weight in weights]
            order = (pool[n] for n in sorted(range(len(pool)), key=keys.__getitem__, reverse=True))
        fit = (example.text for example in order if not any(_alike(_plain(example.text), text) for text in own))
        return tuple(islice(fit, count))

    def best(self, count: int, texts: Iterable[str]) -> tuple[Shot, ...]:
        """The examples that people rate best among those that are most like a source, the best first.

        Likeness (:func:`~cswitch.generators.prompting.similarity.letter_similarity`) and rating, from the lowest of the
        file, 0, to its highest, 1, count alike. The source's own text is not shown.

        Args:
            count: How many; fewer come where there are not so many.
            texts: The source, in each language it is there in.
        """
        if self._letters is None:
            self._letters = [Letters(example.source or example.text) for example in self._examples]
        asked = list(texts)
        own, sides = [_plain(text) for text in asked], [Letters(text) for text in asked]
        ratings = [example.rating for example in self._examples]
        low, width = min(ratings, default=0.0), (max(ratings, default=0.0) - min(ratings, default=0.0)) or 1.0

        def worth(place: int) -> float:
            like = max((side.similarity(self._letters[place]) for side in sides), default=0.0) if self._letters else 0.0
            return like + (ratings[place] - low) / width

        order = sorted(range(len(self._examples)), key=lambda place: (-round(worth(place), 6), place))
        found = (self._examples[place] for place in order)
        fit = (
            Shot(one.source, one.text)
            for one in found
            if not any(_alike(_plain(said), text) for said in (one.text, one.source) if said for text in own)
        )
        return tuple(islice(fit, count))

    def _near(self, cmi: float) -> list[Example]:
        """The examples nearest to a CMI."""
        low = high = bisect_left(self._cmis, cmi)
        while high - low < min(_NEAREST, len(self._cmis)):
            left = cmi - self._cmis[low - 1] if low else float("inf")
            right = self._cmis[high] - cmi if high < len(self._cmis) else float("inf")
            low, high = (low - 1, high) if left <= right else (low, high + 1)
        return self._examples[low:high]

    def _mixed(
        self, items: Iterable[tuple[str, Sequence[str], Sequence[str]] | Rated], script: Script | None
    ) -> Iterator[Example]:
        for number, item in enumerate(items, start=1):
            text, tokens, labels = item[:3]
            rating, source = (mean(item.ratings), item.source) if isinstance(item, Rated) else (0.0, "")
            tags = [self._tag(label, number) for label in labels]
            self._seen.update(tags)
            said = [tag for tag in tags if tag in self._native]
            foreign = any(tag not in self._native and tag not in NEUTRAL for tag in tags)
            if len(set(said)) < 2 or foreign or len(tokens) > LONGEST or "\n" in text:
                continue
            if script and not self._written(tokens, tags, script):
                self._dropped_script += 1
                continue
            yield Example(cmi_of(len(said), max(map(said.count, self._languages))), text, rating, source)

    def _tag(self, label: str, number: int) -> str:
        tag = canonical_tag(label)
        if tag is not None:
            return canonical_tag(label, self._languages) or tag
        message = f"tag {label!r} of text {number} names no language"
        codes = ", ".join((*self._languages, "other"))
        raise InputError(message, path=self._path, hint=f"write codes of languages as tags: {codes}")

    def _written(self, tokens: Sequence[str], tags: Sequence[str], script: Script) -> bool:
        """Whether the words of languages with a script of their own are in the script asked for."""
        for token, tag in zip(tokens, tags, strict=True):
            native = self._native.get(tag)
            if native and "Latn" not in native:
                fit = native if script == "native" else {"Latn"}
                if script_of(token) not in {*fit, "Zyyy"}:
                    return False
        return True

    def _too_few(self, wanted: int, script: Script | None) -> InputError:
        missing = [lang for lang in self._languages if lang not in self._seen]
        pair = "-".join(self._languages)
        if missing:
            tags = ", ".join(sorted(self._seen)[:8]) or "none"
            return InputError(f"no token is tagged {missing[0]}; its tags are {tags}", path=self._path,
                              hint=f"give a file of real {pair} text, or change --pair")  # fmt: skip
        message = f"{len(self._examples)} of its texts mix {pair}, {wanted} are to be shown"
        if self._dropped_script:
            message += f"; {self._dropped_script} more are not in the {script} script"
        return InputError(message, path=self._path, hint="lower --shots, or give more mixed text")


def _plain(text: str) -> str:
    return " ".join(_TEXT.findall(text.lower()))


def _alike(one: str, other: str) -> bool:
    return fuzz.ratio(one, other, score_cutoff=_SAME) > 0
