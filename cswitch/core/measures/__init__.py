"""Measures of code-mixing, one definition each: a list of tags in, a number or None out.

Definitions, undefined cases, sources and worked values: docs/measures.md.
"""

from cswitch.core.measures.corpus import Corpus, cc, corpus_measures
from cswitch.core.measures.grammar import matrix_language, symcom, symcom_sentence
from cswitch.core.measures.results import CorpusMeasures, Number
from cswitch.core.measures.runs import Profile, profile, spans, switch_points, switch_positions
from cswitch.core.measures.signatures import Signature, signature
from cswitch.core.measures.tags import NEUTRAL, TagPolicy, language_tokens
from cswitch.core.measures.utterance import (
    UTTERANCE_MEASURES,
    burstiness,
    cmi,
    cu,
    entropy,
    i_index,
    m_index,
    memory,
    span_entropy,
    spf,
    utterance_measures,
)

__all__ = [
    "NEUTRAL",
    "UTTERANCE_MEASURES",
    "Corpus",
    "CorpusMeasures",
    "Number",
    "Profile",
    "Signature",
    "TagPolicy",
    "burstiness",
    "cc",
    "cmi",
    "corpus_measures",
    "cu",
    "entropy",
    "i_index",
    "language_tokens",
    "m_index",
    "matrix_language",
    "memory",
    "profile",
    "signature",
    "span_entropy",
    "spans",
    "spf",
    "switch_points",
    "switch_positions",
    "symcom",
    "symcom_sentence",
    "utterance_measures",
]
