"""Tags and measures texts: words of the source by where they come from, all others by the tagger.

A word of the source that is found in one side beyond doubt has that side's language, so what the loop measures
agrees with what the lattice would have counted. Names and loans that both sides have, and words that the source has
not, are the tagger's to tell. It is told the languages asked for; where it finds a whole run of words of another one
when it is not told, the run has that language, and the checks see it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from cswitch.core.contracts import Tagger, Tagging
from cswitch.core.measures import language_tokens, utterance_measures
from cswitch.core.measures.tags import NEUTRAL
from cswitch.core.tag_sentence import DIGITS
from cswitch.core.text.join import join
from cswitch.core.text.scripts import script_of
from cswitch.core.text.tokens import is_neutral, tokenise
from cswitch.generators.prompting.contracts import Brief, Candidate, Edit
from cswitch.generators.prompting.matching import ROMAN, SOUND, Matched, match
from cswitch.schemas.prompting import PromptSettings

_UNSPACED = ("zh", "ja", "th")
"""Languages whose words the tokeniser can tell apart when it is told them."""
_RUN = 3
"""Words of a language that was not asked for, in a row, that make it one of the text's."""
_KIN_RUN = 6
"""The same for a language close to one that was asked for, which a tagger takes it for now and then."""
_KIN = (
    frozenset(("hi", "ur", "pa", "gu", "mr", "npi", "bn")),
    frozenset(("es", "pt", "it", "gl", "ca")),
    frozenset(("de", "nl", "af", "lb")),
    frozenset(("id", "ms")),
)
"""Languages with many words in common."""
_SURE = 0.9
"""How sure the tagger must be of each of them; also, of a short word that the source has in another language."""
_SHORT = 3
"""Letters up to which a word may be a word of two languages by chance."""


class _Known(NamedTuple):
    """A text before it is tagged; the tuples are parallel, one entry a token."""

    text: str
    tokens: tuple[str, ...]
    gaps: tuple[bool | None, ...]
    offsets: tuple[tuple[int, int], ...]
    origins: tuple[tuple[str, int] | None, ...]
    fixed: tuple[str | None, ...]
    """The tags that are known."""
    matched: Matched | None


class TextMeasurer:
    """Tags and measures texts (see :class:`cswitch.generators.prompting.contracts.Measurer`).

    Args:
        tagger: Tells the languages of words that the source does not tell.
        settings: The run's settings; ``script`` is used.

    >>> class Ask:
    ...     name = "ask"
    ...     def tag(self, batch, languages=(), *, alternatives=0):
    ...         return [Tagging(["en" if w in ("office", "so") else "hi" for w in b], [0.8] * len(b)) for b in batch]
    >>> brief = Brief(id="1", languages=("hi", "en"), cmi=25, tolerance=5)
    >>> found = TextMeasurer(Ask(), PromptSettings(languages=("hi", "en"))).measure(brief, "so main office jaunga.")
    >>> found.langs, found.cmi, found.matrix
    (('en', 'hi', 'en', 'hi', 'other'), 50.0, 'hi')
    """

    def __init__(self, tagger: Tagger, settings: PromptSettings) -> None:
        self.tagger = tagger
        self.settings = settings

    def measure(self, brief: Brief, text: str) -> Candidate:
        """A text that a model gave.

        Args:
            brief: What was asked.
            text: The text, normalised.
        """
        return self._measured([(brief, _told(brief, text))])[0]

    def remeasure(self, brief: Brief, edit: Edit) -> Candidate:
        """A text that was edited; what was swapped in keeps its tags, all else is tagged in its new place."""
        joined = join(edit.tokens, edit.gaps)
        matched = match(edit.tokens, brief.pair) if brief.pair else None
        offsets = tuple(joined.offsets)
        known = _Known(joined.text, edit.tokens, edit.gaps, offsets, edit.origins, edit.langs, matched)
        return self._measured([(brief, known)])[0]

    def measure_all(self, asked: Sequence[tuple[Brief, str]]) -> list[Candidate]:
        """The same as :meth:`measure` for several texts, with one pass of the tagger for each set of languages."""
        return self._measured([(brief, _told(brief, text)) for brief, text in asked])

    def _measured(self, asked: Sequence[tuple[Brief, _Known]]) -> list[Candidate]:
        taggings = self._taggings([(brief.languages, known.tokens) for brief, known in asked])
        rows = list(zip(asked, taggings, strict=True))
        langs = [self._langs(brief, known, tagging) for (brief, known), tagging in rows]
        doubtful = [number for number, (_, known) in enumerate(asked) if _strange_runs(known, None)]
        free = self._taggings([((), asked[number][1].tokens) for number in doubtful])
        for number, tagging in zip(doubtful, free, strict=True):
            brief, known = asked[number]
            for lang, places in _strange_runs(known, tagging):
                if lang not in brief.languages and (len(places) >= _KIN_RUN or not _kin(lang, brief.languages)):
                    for place in places:
                        langs[number][place] = lang
        return [
            _candidate(brief, known, tags, tagging.probabilities)
            for ((brief, known), tagging), tags in zip(rows, langs, strict=True)
        ]

    def _taggings(self, asked: Sequence[tuple[tuple[str, ...], tuple[str, ...]]]) -> list[Tagging]:
        """Tags of some sentences, each with the languages in play, in their order."""
        found: list[Tagging | None] = [None] * len(asked)
        for languages in dict.fromkeys(languages for languages, _ in asked):
            places = [place for place, (known, _) in enumerate(asked) if known == languages]
            for place, tagging in zip(
                places, self.tagger.tag([asked[place][1] for place in places], languages), strict=True
            ):
                found[place] = tagging
        return [tagging for tagging in found if tagging is not None]

    def _langs(self, brief: Brief, known: _Known, tagging: Tagging) -> list[str]:
        """A tag a token: known before, the source's, or the tagger's."""
        langs: list[str] = []
        for place, token in enumerate(known.tokens):
            tag, sure = tagging.tags[place], tagging.probabilities[place]
            fixed = known.fixed[place]
            if fixed is not None:
                tag = fixed
            elif is_neutral(token):
                tag = tag if tag in NEUTRAL else "other"
            elif known.matched is not None and brief.pair is not None:
                tag = self._side(brief, known.matched, place, token, (tag, sure)) or tag
            langs.append(tag)
        return langs

    def _side(self, brief: Brief, found: Matched, place: int, token: str, told: tuple[str, float]) -> str:
        """The language of the side that a word is from beyond doubt; nothing when there is doubt."""
        origin = found.origins[place]
        if origin is None or brief.pair is None or found.ambiguous[place]:
            return ""
        if found.sureness[place] < (SOUND if found.borne_out[place] else ROMAN):
            return ""
        side = brief.pair.source if brief.pair.source.lang == origin[0] else brief.pair.target
        here, there = script_of(token), script_of(side.tokens[origin[1]])
        if here != there and not (here == "Latn" and self.settings.script == "roman"):
            return ""
        tag, sure = told
        by_chance = len(token) <= _SHORT and not found.borne_out[place]
        return "" if by_chance and tag != origin[0] and sure >= _SURE else origin[0]


def _told(brief: Brief, text: str) -> _Known:
    """The tokens of a text and where they come from."""
    found = tokenise(text, next((lang for lang in brief.languages if lang in _UNSPACED), ""))
    matched = match(found.tokens, brief.pair) if brief.pair else None
    nothing: tuple[None, ...] = (None,) * len(found.tokens)
    origins = matched.origins if matched else nothing
    return _Known(text, found.tokens, found.gaps, found.offsets, origins, nothing, matched)


def _strange_runs(known: _Known, tagging: Tagging | None) -> list[tuple[str, list[int]]]:
    """Runs of words that the source has not, each with the language that a tagger is sure of for all its words.

    Without tags, runs whatever their language.
    """
    runs: list[tuple[str, list[int]]] = [("", [])]
    for place, token in enumerate(known.tokens):
        if is_neutral(token):
            continue
        tag = "" if tagging is None else tagging.tags[place]
        unsure = tag in NEUTRAL or (tagging is not None and tagging.probabilities[place] < _SURE)
        if known.origins[place] is not None or known.fixed[place] is not None or unsure:
            runs.append(("", []))
        elif runs[-1][1] and runs[-1][0] != tag:
            runs.append((tag, [place]))
        else:
            runs[-1] = (tag, [*runs[-1][1], place])
    # Different words: laughter, and other sounds said again, are of no language.
    return [run for run in runs if len({known.tokens[place].casefold() for place in run[1]}) >= _RUN]


def _kin(lang: str, languages: Sequence[str]) -> bool:
    """Whether a language is close to one of some."""
    return any(lang in family and not family.isdisjoint(languages) for family in _KIN)


def _candidate(brief: Brief, known: _Known, langs: Sequence[str], probabilities: Sequence[float]) -> Candidate:
    words = language_tokens(langs)
    counts = Counter(words)
    found = utterance_measures(langs)
    measures: dict[str, float | int | None] = {
        name: round(value, DIGITS) if isinstance(value := found[name], float) else value
        for name in ("cmi", "switches", "spf")
    }
    for lang in brief.languages:
        measures[f"share.{lang}"] = round(counts[lang] / len(words), DIGITS) if words else 0.0
    most = max(counts.values(), default=0)
    leading = [lang for lang in (*brief.languages, *counts) if counts[lang] == most]
    return Candidate(
        text=known.text,
        tokens=known.tokens,
        gaps=known.gaps,
        offsets=known.offsets,
        langs=tuple(langs),
        probabilities=tuple(probabilities),
        origins=known.origins,
        measures=measures,
        matrix=leading[0] if most else None,
    )
