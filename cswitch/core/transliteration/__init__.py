"""Words of other scripts in Latin letters as people type them: which romaniser, for which tokens, in which spelling."""

from cswitch.core.transliteration.dispatch import romanise_tokens, romaniser_for
from cswitch.core.transliteration.variety import vary

__all__ = ["romanise_tokens", "romaniser_for", "vary"]
