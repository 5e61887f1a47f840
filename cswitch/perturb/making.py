"""The mixers of a run, chosen by its settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from cswitch.perturb.mixing import Mixer
from cswitch.perturb.nouns import NounLexicon
from cswitch.perturb.plurals import NumberLexicon
from cswitch.perturb.rows import MakeMixer
from cswitch.perturb.settings import PerturbSettings

Names = Mapping[str, Sequence[str]]
"""Column of labels to what its numbers mean."""


def names_of(settings: PerturbSettings, found: Names) -> dict[str, tuple[str, ...]]:
    """What the numbers of label columns mean: as the data say, else as the settings do.

    Args:
        settings: What to make.
        found: What the data say.
    """
    names: dict[str, tuple[str, ...]] = {}
    for field in settings.fields.values():
        for column in field.labels:
            if column in found:
                names[column] = tuple(found[column])
            elif column in field.names:
                names[column] = field.names[column]
    return names


def mixers(settings: PerturbSettings, names: Mapping[str, tuple[str, ...]]) -> MakeMixer:
    """What makes the mixer of a CMI; what is large is read once for all.

    Args:
        settings: What to make.
        names: From :func:`names_of`.

    Raises:
        UsageError: There is no lexicon for the pair.
        InputError: A lexicon of the user's cannot be read.
    """
    if settings.by == "lexicon":
        from cswitch.perturb.by_lexicon import LexiconMixer

        lang, other = settings.pair
        kind = NounLexicon if settings.words == "natural" else NumberLexicon
        lexicons = {other: kind.load(lang, other, extra=map(Path, settings.lexicons))}
        return lambda cmi: LexiconMixer(settings, cmi, lexicons, names)
    if settings.by == "prompt":
        from cswitch.perturb.by_rewriting import RewritingMixer

        return lambda cmi: RewritingMixer(settings, cmi)
    from cswitch.perturb.by_links import Aligned, LinksMixer

    aligned = Aligned(settings)

    def linked(cmi: float) -> Mixer:
        return LinksMixer(settings, cmi, aligned, names)

    return linked
