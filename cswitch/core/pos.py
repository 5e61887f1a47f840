"""Part-of-speech labels: a Universal Dependencies UPOS tag, for some followed by a dot and a feature."""

from __future__ import annotations

UPOS = frozenset("ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X".split())
"""The 17 universal tags (https://universaldependencies.org/u/pos/)."""

CLOSED = frozenset(("ADP", "AUX", "CCONJ", "DET", "PART", "PRON", "SCONJ"))
"""The system morphemes of the matrix-language frame (Myers-Scotton, 1993), as tags.

UD also counts NUM as closed. It is left out here: a numeral carries content and switches together with its noun.
"""

OPEN = frozenset(("ADJ", "ADV", "INTJ", "NOUN", "PROPN", "VERB"))
"""The content words, as UD counts them."""


def upos(label: str) -> str:
    """The universal tag of a label, which is all before the dot.

    >>> upos("VERB.Fin"), upos("ADP")
    ('VERB', 'ADP')
    """
    return label.partition(".")[0]


def feature(label: str) -> str:
    """What follows the dot: a verb form or a number; empty when there is none.

    >>> feature("VERB.Fin"), feature("NOUN.Plur"), feature("ADP")
    ('Fin', 'Plur', '')
    """
    return label.partition(".")[2]


def is_closed(label: str) -> bool:
    """Whether a label belongs to a closed class, whose words do not enter another language alone.

    >>> is_closed("AUX.Fin"), is_closed("NOUN.Sing"), is_closed("NUM")
    (True, False, False)
    """
    return label.partition(".")[0] in CLOSED


def is_open(label: str) -> bool:
    """Whether a label belongs to an open class, a content word.

    >>> is_open("VERB.Inf"), is_open("PUNCT"), is_open("DET")
    (True, False, False)
    """
    return label.partition(".")[0] in OPEN
