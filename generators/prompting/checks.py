"""What speaks against accepting a text: each check finds something with its words, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from cswitch.core.measures.tags import NEUTRAL
from cswitch.core.text.scripts import script_of, scripts_for
from cswitch.core.text.tokens import is_neutral
from cswitch.generators.prompting.blanks import BLANK
from cswitch.generators.prompting.contents import lost_content
from cswitch.generators.prompting.contracts import Brief, Candidate
from cswitch.generators.prompting.repeating import doubled, loops, poor, said_again
from cswitch.schemas.prompting import Finding, PromptSettings

_SURE = 0.8
"""How sure the tagger must be of a word's language for its script to be wrong."""
_MOST = 12
"""Stretches a finding names at most."""
_SLACK = 1
"""Tokens by which the length of a text may pass its bounds: a short source leaves little room."""
_EXACT = 1e-6


class Checks:
    """Looks texts over (see :class:`cswitch.generators.prompting.contracts.Checker`).

    Args:
        settings: The run's settings: script, bounds of length.
    """

    def __init__(self, settings: PromptSettings) -> None:
        self.settings = settings

    def check(self, brief: Brief, candidate: Candidate) -> list[Finding]:
        """What is wrong with a text, the gravest first; empty when it may be accepted.

        Args:
            brief: What was asked.
            candidate: The text, measured.
        """
        if BLANK in candidate.text and not any(BLANK in text for text in brief.texts.values()):
            return [Finding("bad_format", "a blank was left open", (BLANK,))]
        if all(map(is_neutral, candidate.tokens)):
            return [Finding("empty_answer", "there is no word in it")]
        checks: Sequence[Callable[[Brief, Candidate], Iterable[Finding]]] = (
            self.wrong_script,
            wrong_language,
            lost,
            self.wrong_length,
            repetition,
            wrong_matrix,
            cmi_missed,
        )
        return [finding for check in checks for finding in check(brief, candidate)]

    def wrong_script(self, brief: Brief, candidate: Candidate) -> Iterator[Finding]:
        """Words in native letters where Latin ones were asked for, or the other way round."""
        if self.settings.script == "roman":
            places = [n for n, token in enumerate(candidate.tokens) if script_of(token) not in ("Latn", "Zyyy")]
            wanted = "Latin letters were asked for"
        else:
            native = {lang for lang in brief.languages if "Latn" not in scripts_for(lang)}
            places = [
                n
                for n, (token, lang) in enumerate(zip(candidate.tokens, candidate.langs, strict=True))
                if lang in native and script_of(token) == "Latn" and candidate.probabilities[n] >= _SURE
            ]
            wanted = "native letters were asked for"
        if places:
            yield Finding("wrong_script", f"{wanted}; words in others: {len(places)}", stretches(candidate, places))

    def wrong_length(self, brief: Brief, candidate: Candidate) -> Iterator[Finding]:
        """A text much shorter or longer than its source, or a dialogue of too few or too many turns."""
        if brief.pair is not None:
            longest = max(len(brief.pair.source.tokens), len(brief.pair.target.tokens))
            low, high = (ratio * longest for ratio in self.settings.length_ratio)
            size = len(candidate.tokens)
            if not low - _SLACK <= size <= high + _SLACK:
                short = "short" if size < low else "long"
                detail = f"too {short}: {size} tokens, the source has {longest}, allowed {low:.0f} to {high:.0f}"
                yield Finding("wrong_length", detail)
        turns = candidate.text.count("\n") + 1
        if brief.turns > 1 and abs(turns - brief.turns) > 1:
            yield Finding("wrong_length", f"{turns} turns, asked for {brief.turns}")


def wrong_language(brief: Brief, candidate: Candidate) -> Iterator[Finding]:
    """Words of a language that was not asked for, or no word of one that was."""
    known = {"Latn", "Zyyy", *(script for lang in brief.languages for script in scripts_for(lang))}
    strange = {
        n: lang
        for n, (token, lang) in enumerate(zip(candidate.tokens, candidate.langs, strict=True))
        if _stranger(lang, brief.languages) or (script_of(token) not in known and candidate.origins[n] is None)
    }
    if strange:
        named = sorted({lang for lang in strange.values() if lang not in NEUTRAL})
        detail = f"words of {', '.join(named) or 'another script'}: {len(strange)}"
        yield Finding("wrong_language", detail, stretches(candidate, sorted(strange)))
    spoken = {lang for lang in brief.languages if lang in candidate.langs}
    missing = [lang for lang in brief.languages if lang not in spoken]
    # A mixed text is asked for, unless the CMI is 0; when it is free, any two of the languages will do.
    if missing and brief.cmi != 0 and (brief.cmi is not None or len(spoken) < min(2, len(brief.languages))):
        yield Finding("wrong_language", f"no word of {', '.join(missing)}")


def _stranger(lang: str, languages: Sequence[str]) -> bool:
    return lang not in NEUTRAL and ":" not in lang and lang not in languages


def lost(brief: Brief, candidate: Candidate) -> Iterator[Finding]:
    """Numbers, names, URLs and placeholders of the source that are missing, and such as it does not have."""
    missing, made_up = lost_content(brief, candidate)
    if missing:
        yield Finding("lost_content", f"missing: {', '.join(missing)}", missing[:_MOST])
    if made_up:
        yield Finding("lost_content", f"made up: {', '.join(made_up)}", made_up[:_MOST])


def repetition(brief: Brief, candidate: Candidate) -> Iterator[Finding]:
    """Loops, sentences said again, words said in both languages."""
    words = [token.casefold() for token in candidate.tokens if not is_neutral(token)]
    sources = [
        [token.casefold() for token in side.tokens if not is_neutral(token)]
        for side in ((brief.pair.source, brief.pair.target) if brief.pair else ())
    ]
    looping = loops(words, [stretch for source in sources for stretch in loops(source)])
    if looping:
        yield Finding("repetition", "the same words in a row", tuple(looping[:_MOST]))
    elif again := said_again(candidate.text):
        yield Finding("repetition", "a sentence comes twice", tuple(again[:_MOST]))
    elif poor(words) and not any(map(poor, sources)):
        yield Finding("repetition", "most of it comes several times")
    elif brief.pair and (twice := doubled(brief.pair, candidate)):
        yield Finding("repetition", "said in both languages", tuple(twice[:_MOST]))


def wrong_matrix(brief: Brief, candidate: Candidate) -> Iterator[Finding]:
    """Another matrix language than the one asked for."""
    if candidate.matrix != brief.matrix:
        share = candidate.measures.get(f"share.{brief.matrix}") or 0.0
        detail = f"asked for {brief.matrix}, measured {candidate.matrix}; share of {brief.matrix}: {share:.2f}"
        yield Finding("wrong_matrix", detail)


def cmi_missed(brief: Brief, candidate: Candidate) -> Iterator[Finding]:
    """A CMI outside the tolerance of the one asked for."""
    if brief.cmi is not None and abs(candidate.cmi - brief.cmi) > brief.tolerance + _EXACT:
        detail = f"asked for {brief.cmi:g} within {brief.tolerance:g}, measured {candidate.cmi:.1f}"
        yield Finding("cmi_missed", detail)


def stretches(candidate: Candidate, places: Sequence[int]) -> tuple[str, ...]:
    """The text of some tokens, neighbours together, as it stands.

    Args:
        candidate: The text.
        places: Indices of tokens, ascending.
    """
    found: list[str] = []
    for _, group in groupby(enumerate(places), key=lambda numbered: numbered[1] - numbered[0]):
        run = [place for _, place in group]
        found.append(candidate.text[candidate.offsets[run[0]][0] : candidate.offsets[run[-1]][1]])
    return tuple(dict.fromkeys(found))[:_MOST]
