"""What the judgements of a sample come to: a verdict a token, of every layer, and on the text itself."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

from cswitch.annotators.labelstudio.cases import Case, suggestions
from cswitch.annotators.labelstudio.spans import FIXED, is_fixed
from cswitch.annotators.labelstudio.voting import Verdict, over_rounds
from cswitch.schemas.annotation import Judgement

UNLABELLED = ""
"""The answer of who gives a token no label of a layer: in a layer such as ``entity`` that says something."""

Votes = list[dict[str, str | None]]


class Settled(NamedTuple):
    """What is settled of a sample, and what is not; lists are parallel to its tokens."""

    tags: list[Verdict]
    """Language of each token."""
    votes: Votes
    """What each annotator said of each token, by name."""
    layers: dict[str, list[Verdict]]
    """Labels of further layers; the answer is empty where most say that a token has none."""
    layer_votes: dict[str, Votes]
    """What each annotator of a layer said of each token, by name."""
    decision: Verdict
    """Whether the text may stay."""
    correction: Verdict
    """The text as it should be, its white space and its composed characters made regular."""

    @property
    def open_tokens(self) -> list[int]:
        """Indices of the tokens that annotators disagree on, in any layer."""
        rows = (self.tags, *self.layers.values())
        return [at for at in range(len(self.tags)) if any(row[at].split for row in rows)]


def settle(case: Case) -> Settled:
    """What the judgements of a sample come to, by :func:`cswitch.annotators.labelstudio.voting.over_rounds`.

    Who leaves a word without a language says nothing of it. A mark or number is shown without a label, so that who
    leaves it so agrees that it needs none, once somebody gives it one. In further layers no label is an answer.

    Args:
        case: The sample with all that was said of it.

    >>> from cswitch.annotators.labelstudio.cases import case_of
    >>> from cswitch.schemas.annotation import Annotated
    >>> said = [Judgement(annotator="jo", langs=["en", None]), Judgement(annotator="li", langs=["hi", None])]
    >>> found = settle(case_of([Annotated(
    ...     id="7", text="ok!", tokens=["ok", "!"], offsets=[(0, 2), (2, 3)], languages=["en"], judgements=said,
    ... )]))
    >>> [verdict.source for verdict in found.tags], found.votes[0], found.open_tokens
    ([None, 'fixed'], {'jo': 'en', 'li': 'hi'}, [0])
    """
    named = list(zip(case.names, case.judgements, strict=True))
    layers = list(dict.fromkeys(name for judgement in case.judgements for name in judgement.layers))
    tokens = case.record.tokens
    shown: Sequence[str | None] = suggestions(case.record) or [None] * len(tokens)
    fixed = [is_fixed(token, tag or FIXED) for token, tag in zip(tokens, shown, strict=True)]
    return Settled(
        tags=[_language(case, at, without) for at, without in enumerate(fixed)],
        votes=[{name: one.langs[at] for name, one in named} for at in range(len(tokens))],
        layers={layer: _layer(case, layer) for layer in layers},
        layer_votes={
            layer: [
                {name: one.layers[layer][at] for name, one in named if layer in one.layers} for at in range(len(tokens))
            ]
            for layer in layers
        },
        decision=over_rounds(_answers(case, lambda one: one.decision)),
        correction=_correction(case),
    )


def regular(text: str) -> str:
    r"""A text with its white space made single and its characters composed (NFC), as corrections are compared.

    >>> regular(" kal  se\n") == "kal se", regular("cafe\u0301") == "caf\xe9"
    (True, True)
    """
    return " ".join(unicodedata.normalize("NFC", text).split())


def _language(case: Case, at: int, fixed: bool) -> Verdict:
    found = over_rounds(_answers(case, lambda one: one.langs[at]), FIXED if fixed else None)
    return Verdict(FIXED, "fixed") if fixed and found.answer is None and not found.split else found


def _label(one: Judgement, name: str, at: int) -> str | None:
    return one.layers[name][at] if name in one.layers else None


def _layer(case: Case, name: str) -> list[Verdict]:
    """Annotators whose judgement lacks the layer were not asked about it, so that their silence says nothing."""
    asked = [[one for one in said if name in one.layers] for said in case.rounds.values()]
    places = range(len(case.record.tokens))
    return [over_rounds([[_label(one, name, at) for one in said] for said in asked], UNLABELLED) for at in places]


def _correction(case: Case) -> Verdict:
    """The corrected text, where those who decide for ``edit`` have changed it."""
    shown = regular(case.record.text)
    return over_rounds(_answers(case, lambda one: corrected if (corrected := correction(one)) != shown else None))


def correction(judgement: Judgement) -> str | None:
    """The text as an annotator would have it; None without one.

    >>> correction(Judgement(annotator="jo", langs=[], decision="edit", corrected="kal  se"))
    'kal se'
    """
    return regular(judgement.corrected or "") or None if judgement.decision == "edit" else None


def _answers(case: Case, says: Callable[[Judgement], str | None]) -> list[list[str | None]]:
    return [[says(judgement) for judgement in judgements] for judgements in case.rounds.values()]
