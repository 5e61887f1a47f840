"""Mixed texts with known tags and origins, for the tests of editing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import strategies as st

from cswitch.core.measures import cmi
from cswitch.core.text.join import join
from cswitch.core.text.tokens import is_neutral, tokenise
from cswitch.generators.prompting.contracts import Brief, Candidate, Edit
from cswitch.generators.prompting.matching import match
from cswitch.generators.switching.generator import SwitchGenerator
from cswitch.generators.switching.view import AlignedPair
from cswitch.schemas.settings import Method, SynthSettings
from tests.generators.prompting.sources import aligned

Origin = tuple[str, int] | None


def candidate_of(
    tokens: Sequence[str],
    langs: Sequence[str],
    origins: Sequence[Origin] = (),
    gaps: Sequence[bool | None] = (),
    matrix: str = "",
) -> Candidate:
    """A candidate of known tags; gaps and origins are guessed to be spaces and none."""
    known = tuple(gaps) or tuple(join(tokens, [None] * len(tokens)).offsets[n][0] > 0 for n in range(len(tokens)))
    text, offsets = join(tokens, known)
    return Candidate(
        text=text,
        tokens=tuple(tokens),
        gaps=known,
        offsets=tuple(offsets),
        langs=tuple(langs),
        probabilities=(1.0,) * len(tokens),
        origins=tuple(origins) or (None,) * len(tokens),
        measures={"cmi": cmi(langs)},
        matrix=matrix or None,
    )


def text_of(pair: AlignedPair, text: str, langs: str = "") -> Candidate:
    """A text matched with its source; ``langs`` gives the tags of words that the source has not, in order."""
    found = tokenise(text)
    origins = match(found.tokens, pair).origins
    spare = iter(langs.split())
    tags = [
        "other" if is_neutral(token) else origin[0] if origin else next(spare)
        for token, origin in zip(found.tokens, origins, strict=True)
    ]
    return candidate_of(found.tokens, tags, origins, found.gaps)


def after(candidate: Candidate, edit: Edit) -> list[str]:
    """The tags of an edited text, those of its own tokens as they were."""
    own = iter([(t, lang) for t, lang in zip(candidate.tokens, candidate.langs, strict=True)])
    tags = []
    for token, lang in zip(edit.tokens, edit.langs, strict=True):
        if lang is None:
            lang = next(tag for word, tag in own if word == token)
        tags.append(lang)
    return tags


@st.composite
def mixed(draw: st.DrawFn) -> tuple[Brief, Candidate]:
    """A row, and a text for it that somebody mixed otherwise: at another level, with words left out or replaced."""
    lang = draw(st.sampled_from(["hi", "es"]))
    pair = draw(st.sampled_from(aligned("en", lang)[:60]))
    methods: list[Method] = ["insertion", "nested", "alternation"]
    method = draw(st.sampled_from(methods))
    matrix = draw(st.sampled_from([lang, lang, lang, "en"]))
    level = float(draw(st.integers(0, 50)))
    settings = SynthSettings(pair=("en", lang), matrix=matrix, method=method, cmi=(level, level))
    made = SwitchGenerator(settings).generate(pair)
    brief = Brief(id=pair.id, languages=(lang, "en"), cmi=float(draw(st.integers(0, 50))), tolerance=5.0, pair=pair)
    if not isinstance(made, list):
        side = pair.target
        return brief, candidate_of(side.tokens, [lang] * len(side.tokens), [(lang, n) for n in range(len(side.tokens))])
    sample = made[0]
    gaps = [False, *(one[1] < other[0] for one, other in pairwise(sample.offsets))]
    rows: list[tuple[str, str, Origin, bool]] = list(
        zip(sample.tokens, sample.langs, sample.origins, gaps, strict=True)
    )
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(rows) - 1))
        if draw(st.booleans()) and len(rows) > 3:
            del rows[place]
        else:
            rows[place] = ("blorb", rows[place][1], None, rows[place][3])
    return brief, candidate_of(*zip(*rows, strict=True))  # type: ignore[arg-type]
