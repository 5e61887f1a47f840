"""What follows from several answers to one question: agreement, a majority, or nothing yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cswitch.schemas.annotation import GoldSource

MAJORITY_FROM = 3
"""Answers from which on more than half of them decide; with two, one of them would."""


class Verdict(NamedTuple):
    """What a question was answered with."""

    answer: str | None
    """The answer; None when nobody gave one, or they are split."""
    source: GoldSource | None
    """Where it comes from; None when they are split."""

    @property
    def split(self) -> bool:
        """Whether annotators disagree, so that somebody has to decide."""
        return self.source is None


SPLIT = Verdict(None, None)
"""Annotators disagree."""


def verdict(answers: Sequence[str]) -> Verdict:
    """What annotators' answers come to.

    All the same: unanimous. More than half the same, of three answers or more: a majority. One answer: single. No
    answer: none. Anything else is a disagreement.

    Args:
        answers: What was answered, without those who said nothing.

    >>> verdict(["hi", "hi"]), verdict(["hi", "en", "hi"]).source, verdict(["hi"]).source
    (Verdict(answer='hi', source='unanimous'), 'majority', 'single')
    >>> verdict([]), verdict(["hi", "en"]).split, verdict(["hi", "hi", "en", "en"]).split
    (Verdict(answer=None, source='none'), True, True)
    """
    if not answers:
        return Verdict(None, "none")
    (first, count), *others = Counter(answers).most_common()
    if not others:
        return Verdict(first, "unanimous" if count > 1 else "single")
    if len(answers) >= MAJORITY_FROM and 2 * count > len(answers):
        return Verdict(first, "majority")
    return SPLIT


def over_rounds(rounds: Iterable[Sequence[str | None]], silence: str | None = None) -> Verdict:
    """What answers come to when a question was put again, and whoever answered later decides.

    A later answer that says what all said before leaves it unanimous. Adjudicators who are split leave it split.

    Args:
        rounds: The answers of each round, the earliest first; None for who said nothing.
        silence: What saying nothing means, once anybody has said something; None that it means nothing. Who decides
            later and is silent says this of what is still split, and nothing of what is settled.

    >>> over_rounds([["hi", "en"], ["en"]])
    Verdict(answer='en', source='adjudicated')
    >>> over_rounds([["hi", "hi"], ["hi"]]).source, over_rounds([["hi", "en"], [None]]).split
    ('unanimous', True)
    >>> over_rounds([["PER", None]], silence="").split, over_rounds([["PER", None], [None]], silence="")
    (True, Verdict(answer='', source='adjudicated'))
    """
    found = Verdict(None, "none")
    given = [list(answers) for answers in rounds]
    means = silence if any(answer is not None for answers in given for answer in answers) else None
    for number, answers in enumerate(given):
        filled = means if number == 0 or found.split else None
        later = verdict([said for answer in answers if (said := filled if answer is None else answer) is not None])
        if number == 0 or later.split:
            found = later
        elif later.answer is not None and found != (later.answer, "unanimous"):
            found = Verdict(later.answer, "adjudicated")
    return found
