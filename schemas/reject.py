"""The record of a pair or row that gave nothing, and why."""

from __future__ import annotations

import msgspec

REASONS: dict[str, str] = {
    "empty_side": "one side has no text",
    "same_text": "both sides have the same text",
    "too_long": "a side has more tokens than --max-tokens",
    "no_words": "a side holds no word, only numbers or marks",
    "no_links": "the aligner found no link it trusts",
    "no_units": "nothing in it may be switched under the constraint and the unit choice",
    "cmi_unreachable": "no choice of switches comes within the tolerance of the CMI asked for",
    "share_unreachable": "no choice of switches comes within the tolerance of the share asked for",
    "switches_unreachable": "no choice of switches has the number of switch points asked for",
    "language_unreachable": "no choice of switches has every language that was asked for",
    "wrong_script": "a side, or the text a model gave, is not written in the script asked for",
    "cmi_missed": "no attempt came within the tolerance of the CMI asked for",
    "wrong_language": "every attempt has words of a language that was not asked for, or lacks one that was",
    "wrong_matrix": "every attempt has another matrix language than the one asked for",
    "lost_content": "a number, name, URL or placeholder of the source is missing or was made up",
    "wrong_length": "the text is much shorter or longer than its source",
    "repetition": "the text repeats itself",
    "near_duplicate": "the text repeats one that was accepted before",
    "low_score": "a judge's score stayed below --min-score",
    "bad_format": "no answer of the model could be read",
    "empty_answer": "the model answered nothing",
    "content_filter": "the server's content filter withheld the answer",
    "refused": "the server refused this request, such as one that is too long",
    "no_translation": "the translator gave no other side",
    "bad_labels": "labels of the record cannot be read, or do not fit its text",
    "lost_meaning": "translated back, the text does not say what its source says",
    "unknown_label": "the text has no label, or one that the classifier does not know",
    "misclassified": "the classifier gives the text another label before anything is changed",
    "no_replacement": "no word that matters can be replaced within the similarity asked for",
    "label_cut": "a labelled span lies half inside a protected one",
    "label_lost": "a labelled span has no counterpart of its own in the mixed text",
    "failed": "processing this record raised an error",
}
"""Every reason and what it means. Names are stable: a released one is never changed."""


class Reject(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Why a pair gave no sample."""

    source_id: str
    """Id of the pair."""
    reason: str
    """A name from :data:`REASONS`."""
    detail: str = ""
    """What exactly, with figures: for example the reachable range."""
    line: int | None = None
    """1-based line of the input, when it has lines."""
