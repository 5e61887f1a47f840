"""Part-of-speech labels: a Universal Dependencies UPOS tag, for some followed by a dot and a feature."""

from __future__ import annotations

from collections.abc import Mapping

UPOS = frozenset("ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X".split())
"""The 17 universal tags (https://universaldependencies.org/u/pos/)."""

CLOSED = frozenset(("ADP", "AUX", "CCONJ", "DET", "PART", "PRON", "SCONJ"))
"""The system morphemes of the matrix-language frame (Myers-Scotton, 1993), as tags.

UD also counts NUM as closed. It is left out here: a numeral carries content and switches together with its noun.
"""

OPEN = frozenset(("ADJ", "ADV", "INTJ", "NOUN", "PROPN", "VERB"))
"""The content words, as UD counts them."""

_NUMBERS = {"Sing": "Sing", "Plur": "Plur", "Ptan": "Plur", "Coll": "Sing"}
_VERB_FORMS = frozenset(("Fin", "Inf", "Part", "Ger", "Conv"))


def label_of(upos: str, feats: Mapping[str, str]) -> str:
    """The label of a word with a universal tag and universal features.

    A verb that says nothing of its form is finite. English treebanks disagree on progressives; here every present
    participle is ``Ger``.

    >>> label_of("VERB", {"VerbForm": "Part", "Tense": "Past"}), label_of("NOUN", {"Number": "Plur"})
    ('VERB.Part', 'NOUN.Plur')
    >>> label_of("AUX", {}), label_of("ADJ", {"Number": "Plur"}), label_of("SPACE", {})
    ('AUX.Fin', 'ADJ', 'X')
    """
    if upos not in UPOS:
        return "X"
    if upos in ("VERB", "AUX"):
        form = feats.get("VerbForm", "Fin")
        if form == "Part" and feats.get("Tense") == "Pres":
            form = "Ger"
        return f"{upos}.{form}" if form in _VERB_FORMS else f"{upos}.Fin"
    if upos == "NOUN" and (number := _NUMBERS.get(feats.get("Number", ""))):
        return f"NOUN.{number}"
    return upos


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
