"""Fields that a language model has rewritten, put back with what was protected."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from cswitch.core.tag_names import language_tag
from cswitch.perturb.masking import Masked, Unmasked, mask, unmask, within
from cswitch.perturb.mixing import MixedField, MixedTokens, TextTask, TokensTask, runs_of
from cswitch.perturb.settings import PerturbSettings

LOST = "a protected span is missing, or comes more than once, in what the model wrote"


class Rewritten(msgspec.Struct, frozen=True, kw_only=True):
    """What a model has made of a masked text."""

    text: str = ""
    """The text, placeholders in it."""
    offsets: list[tuple[int, int]] = []
    """``[start, end)`` of its tokens."""
    langs: list[str] = []
    """A tag a token."""
    cmi: float = 0.0
    """As it was measured."""
    reason: str = ""
    """Why there is none, a name of :data:`cswitch.schemas.reject.REASONS`."""
    detail: str = ""
    """The reason, in a line."""


def masked(task: TextTask) -> Masked:
    """What is sent of a text: all that is protected, and all that is labelled, as placeholders.

    >>> masked(TextTask("1", "See x for 5 km", protected=[(10, 14)], spans=[(4, 5)])).text
    'See {0} for {1}'
    """
    return mask(task.text, [*task.protected, *(span for span in task.spans if span[0] < span[1])])


class RewritingMixer:
    """Puts back what a model has written; :attr:`TextTask.links` holds its :class:`Rewritten`.

    Args:
        settings: What is made.
        cmi: CMI of these fields.
    """

    def __init__(self, settings: PerturbSettings, cmi: float) -> None:
        self.settings, self.cmi = settings, cmi
        self.tag = language_tag(settings.frame)

    def mix(self, tasks: Sequence[TextTask]) -> list[MixedField]:
        """Texts, as the model has rewritten them."""
        return [self._field(task) for task in tasks]

    def mix_tokens(self, tasks: Sequence[TokensTask]) -> list[MixedTokens]:
        """Sentences as they are: a model writes text, and labels of tokens cannot be carried to it."""
        detail = "labels of tokens cannot be carried to what a model writes"
        return [MixedTokens(task.tokens, task.labels, reason="label_lost", detail=detail) for task in tasks]

    def _field(self, task: TextTask) -> MixedField:
        found = task.links
        if not isinstance(found, Rewritten):
            return _left(task, "empty_answer", "the model was not asked")
        if found.reason:
            return _left(task, found.reason, found.detail)
        sent = masked(task)
        back = unmask(sent, found.text)
        if back is None:
            return _left(task, "lost_content", LOST)
        spans = [within(sent, back, span) if span[0] < span[1] else (0, 0) for span in task.spans]
        came = self._came(found, back)
        replaced = sum(len(back.text[start:end].split()) for start, end, _ in came)
        return MixedField(back.text, spans, came, found.cmi, None, replaced or 1)

    def _came(self, found: Rewritten, back: Unmasked) -> list[tuple[int, int, str]]:
        return [
            (back.moved(start), back.moved(end - 1) + 1, lang)
            for start, end, lang in runs_of(found.langs, found.offsets, self.tag)
        ]


def _left(task: TextTask, reason: str, detail: str) -> MixedField:
    return MixedField(task.text, task.spans, reason=reason, detail=detail)
