"""Records of annotation as tables of ratings: tokens, places between words, whole tasks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from cswitch.annotators.agreement.ratings import Codes, Mask, Ratings, gather
from cswitch.core.errors import UsageError
from cswitch.core.measures.tags import tag_reader
from cswitch.core.text.scripts import script_of, scripts_for
from cswitch.core.text.tokens import is_neutral
from cswitch.schemas.annotation import Annotated

SWITCHES = ("same", "switch")
"""Labels of the places between words."""
DECISIONS = ("accept", "edit", "reject")
"""Labels of decisions."""
RATINGS = ("1", "2", "3", "4", "5")
"""Labels of naturalness."""


class Tables(NamedTuple):
    """Everything that annotators said, and what was suggested to them."""

    annotators: tuple[str, ...]
    """Everyone who judged a task, by name; their columns in every table."""
    tokens: Ratings
    """A tag a token."""
    suggested: Codes
    """For each token the place of the suggested tag among the labels of ``tokens``, -1 where there is none."""
    words: Mask
    """Tokens that are neither marks nor numbers, links, mentions, hashtags and the like."""
    contested: Mask
    """Words whose language their script does not decide."""
    shown: Mask
    """Tasks that showed their suggestion."""
    blind: Mask
    """Tasks that have a suggestion and hid it."""
    switches: Ratings
    """Whether a token starts a new language."""
    naturalness: Ratings
    """A rating a task."""
    decision: Ratings
    """A decision a task."""
    layers: dict[str, Ratings]
    """Name of a further layer to a label a token."""


def tables(records: Sequence[Annotated]) -> Tables:
    """The tables of some records.

    Args:
        records: Each with lists as long as its tokens.

    >>> from cswitch.schemas.annotation import Judgement
    >>> record = Annotated(
    ...     id="1", text="ok नहीं !", tokens=["ok", "नहीं", "!"], offsets=[(0, 2), (3, 7), (8, 9)],
    ...     languages=["hi", "en"], suggested=["en", "hi", "other"],
    ...     judgements=[Judgement(annotator="ann", langs=["en", "hi", "other"])],
    ... )
    >>> found = tables([record])
    >>> found.words.tolist(), found.contested.tolist(), found.switches.codes[:, 0].tolist(), found.shown.tolist()
    ([True, True, False], [True, False, False], [-1, 1, -1], [True])
    """
    names = tuple(sorted({judgement.annotator for record in records for judgement in record.judgements}))
    place = {name: number for number, name in enumerate(names)}
    size = len(names)

    def column(record: Annotated) -> dict[int, Sequence[str | None]]:
        return {place[judgement.annotator]: judgement.langs for judgement in record.judgements}

    hints = [suggestion_of(record) for record in records]
    # The suggestion takes a column of its own, so that its tags are numbered with all others.
    both = gather(
        (
            (len(record.tokens), {**column(record), **({} if hint is None else {size: hint})})
            for record, hint in zip(records, hints, strict=True)
        ),
        size + 1,
    )
    return Tables(
        annotators=names,
        tokens=both._replace(codes=both.codes[:, :size]),
        suggested=both.codes[:, size],
        words=np.array([not is_neutral(token) for record in records for token in record.tokens], dtype=np.bool_),
        contested=np.array(
            [not decided(token, tuple(record.languages)) for record in records for token in record.tokens],
            dtype=np.bool_,
        ),
        shown=np.array([record.suggested is not None for record in records], dtype=np.bool_),
        blind=np.array(
            [record.suggested is None and hint is not None for record, hint in zip(records, hints, strict=True)],
            dtype=np.bool_,
        ),
        switches=gather(
            (
                (len(record.tokens), {who: switches(record.tokens, tags) for who, tags in column(record).items()})
                for record in records
            ),
            size,
            SWITCHES,
        ),
        naturalness=gather(
            (
                (1, {place[one.annotator]: [None if one.naturalness is None else str(one.naturalness)]
                     for one in record.judgements})
                for record in records
            ),
            size,
            RATINGS,
        ),
        decision=gather(
            ((1, {place[one.annotator]: [one.decision] for one in record.judgements}) for record in records),
            size,
            DECISIONS,
        ),
        layers=_layers(records, place),
    )  # fmt: skip


def suggestion_of(record: Annotated) -> Sequence[str] | None:
    """The tags that were suggested, shown or not; None when there are none that fit the tokens.

    A blind task keeps its suggestion in the record that was pushed.

    >>> sample = {"langs": ["en"]}
    >>> suggestion_of(Annotated(id="1", text="ok", tokens=["ok"], offsets=[(0, 2)], languages=["en"], sample=sample))
    ['en']
    """
    if record.suggested is not None:
        return record.suggested
    hidden = record.sample.get("langs")
    same = record.sample.get("tokens", record.tokens) == record.tokens
    fits = (
        isinstance(hidden, list) and len(hidden) == len(record.tokens) and all(isinstance(tag, str) for tag in hidden)
    )
    return hidden if same and fits else None


@lru_cache(maxsize=1 << 16)
def decided(token: str, languages: tuple[str, ...]) -> bool:
    """Whether a token's tag is fixed without reading the sentence.

    That is so for marks, numbers and the like, and for a word in the script of just one of the languages in play. Latin
    letters decide nothing, for any language may be romanised.

    >>> [decided(token, ("hi", "en")) for token in ("!", "नहीं", "nahin")], decided("नहीं", ("hi", "mr"))
    ([True, True, False], False)
    """
    if is_neutral(token):
        return True
    script = script_of(token)
    if script in {"Latn", "Zyyy"}:
        return False
    return sum(script in _scripts(language) for language in languages) == 1


def switches(tokens: Sequence[str], tags: Sequence[str | None]) -> list[str | None]:
    """For each token whether it starts a new language, as one annotator sees it.

    ``switch`` and ``same`` tell whether the language of the token differs from that of the language token before it;
    neutral tags, and marks without a tag, are looked through, as in docs/measures.md. None: the token is no language
    token, or none comes before it, or a word between the two has no tag.

    Raises:
        InputError: A tag is none that docs/measures.md knows.

    >>> switches(["ok", ",", "नहीं", "bhai", "so"], ["en", None, "hi", None, "en"])
    [None, None, 'switch', None, None]
    """
    read = tag_reader()
    found: list[str | None] = []
    before: str | None = None
    for token, tag in zip(tokens, tags, strict=True):
        language = None if tag is None else read[tag]
        found.append(None if before is None or language is None else SWITCHES[language != before])
        if tag is None and not is_neutral(token):
            before = None
        elif language is not None:
            before = language
    return found


def _layers(records: Sequence[Annotated], place: dict[str, int]) -> dict[str, Ratings]:
    names = sorted({name for record in records for one in record.judgements for name in one.layers})
    return {
        name: gather(
            (
                (
                    len(record.tokens),
                    {place[one.annotator]: one.layers[name] for one in record.judgements if name in one.layers},
                )
                for record in records
            ),
            len(place),
        )
        for name in names
    }


@lru_cache(maxsize=1 << 10)
def _scripts(language: str) -> tuple[str, ...]:
    try:
        return scripts_for(language)
    except UsageError:  # a language that the table does not know has no script that could decide
        return ()
