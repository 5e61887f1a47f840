"""Universal Dependencies treebanks as surface tokens, each with one label.

A treebank splits words that people write as one (``don't`` is do + n't, ``del`` is de + el, ``dámelo`` is da + me + lo)
and English ones at hyphens. A tagger of running text sees the words as written, so each gets one label here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from cswitch.core.errors import InputError
from cswitch.core.pos import OPEN, is_open, label_of, upos

Span = tuple[int, int]
Spans = Callable[[str], Sequence[Span]]
"""Cuts a text into tokens: their ``[start, end)`` in code points, in order."""

_GERMAN_FORMS = {"VB": "Inf", "VBN": "Part"}
"""German PUD leaves most verb forms to its own tags; a participle before a noun is an adjective there."""
_BARE = frozenset(("id", "zh"))
"""Languages whose verbs and nouns have no forms to tell apart: labels without a feature."""


class TaggedSentence(NamedTuple):
    """Written words and their labels."""

    tokens: tuple[str, ...]
    labels: tuple[str, ...]
    """One a token, as :class:`cswitch.core.contracts.PosTagger` gives them."""


class _Word(NamedTuple):
    """One syntactic word of a treebank."""

    id: int
    form: str
    upos: str
    tag: str
    """The treebank's own tag."""
    feats: dict[str, str]
    head: int
    relation: str
    span: Span
    """Where its written token is; the parts of a multiword token share one."""


def read_treebank(path: str | Path, lang: str, spans: Spans | None = None) -> Iterator[TaggedSentence]:
    """The sentences of a CoNLL-U file, cut as ``spans`` cuts running text.

    Args:
        path: The CoNLL-U file.
        lang: BCP-47 primary subtag; Hindi verb forms are worked out (see :func:`hindi_forms`), and Chinese and
            Indonesian labels have no feature.
        spans: The tokeniser of running text; None keeps the written tokens of the treebank.

    Raises:
        InputError: A line that is not CoNLL-U.
    """
    for words, text in _sentences(Path(path)):
        cut = spans(text) if spans else sorted({word.span for word in words})
        yield _surface(text, words, _labels(words, lang), cut)


def _sentences(path: Path) -> Iterator[tuple[list[_Word], str]]:
    words: list[_Word] = []
    text, inside = "", 0
    span = (0, 0)
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            cells = line.rstrip("\n").split("\t")
            if len(cells) == 1:
                if words and not line.strip():
                    yield words, text
                    words, text, inside = [], "", 0
                continue
            if len(cells) != 10:
                raise InputError("not a CoNLL-U line of 10 columns", path=path, line=number, hint="check the treebank")
            first, dash, last = cells[0].partition("-")
            if "." in first:
                continue
            if dash or int(first) > inside:
                span = (len(text), len(text) + len(cells[1]))
                text += cells[1] + ("" if "SpaceAfter=No" in cells[9] else " ")
                inside = int(last or first)
            if not dash:
                feats = dict(pair.split("=", 1) for pair in cells[5].split("|") if "=" in pair)
                words.append(_Word(int(first), cells[1], cells[3], cells[4], feats, int(cells[6]), cells[7], span))
    if words:
        yield words, text


def _labels(words: Sequence[_Word], lang: str) -> list[str]:
    if lang == "hi":
        return hindi_forms(words)
    if lang in _BARE:
        return [upos(label_of(word.upos, {})) for word in words]
    forms = _GERMAN_FORMS if lang == "de" else {}
    return [label_of(word.upos, {"VerbForm": forms.get(word.tag, "Fin")} | word.feats) for word in words]


def hindi_forms(words: Sequence[_Word]) -> list[str]:
    """Labels of a Hindi sentence, whose treebank marks the infinitive alone with a verb form.

    A verb group is a verb (or another predicate) with its auxiliaries. Its last word with tense, mood or aspect is
    finite (``Fin``); the imperfective, perfective and progressive before it are participles (``Part``: करता है, गया था),
    as are those that modify a noun or a clause. A form in -ना, -ने or -नी without aspect is an infinitive (``Inf``); a
    bare stem and a stem with कर or के are converbs (``Conv``: जा in जा रहा है, करके).
    """
    groups: dict[int, list[_Word]] = {}
    for word in words:
        if word.upos in ("VERB", "AUX"):
            leader = word.head if word.upos == "AUX" and word.relation.startswith(("aux", "cop")) else word.id
            groups.setdefault(leader, []).append(word)
    finite = {w.id for group in groups.values() if (w := _finite(group)) is not None}
    return [_hindi_label(word, word.id in finite) for word in words]


def _finite(group: Sequence[_Word]) -> _Word | None:
    last = group[-1]
    modifies = last.relation.startswith(("acl", "advcl", "amod", "nmod", "obl", "compound", "advmod", "nsubj", "obj"))
    tensed = "Tense" in last.feats or last.feats.get("Mood", "Ind") != "Ind"
    if not ({"Tense", "Mood", "Aspect", "Gender"} & last.feats.keys()) or "VerbForm" in last.feats:
        return None
    return last if tensed or (not modifies and not _INFINITIVE.search(last.form)) else None


_INFINITIVE = re.compile("(?:ना|ने|नी)$")
_ABSOLUTIVE = re.compile("(?:कर|के)$")


def _hindi_label(word: _Word, finite: bool) -> str:
    if word.upos not in ("VERB", "AUX"):
        return label_of(word.upos, word.feats)
    if finite:
        form = "Fin"
    elif "VerbForm" in word.feats or (_INFINITIVE.search(word.form) and "Aspect" not in word.feats):
        form = "Inf"
    elif not ({"Aspect", "Gender", "Tense"} & word.feats.keys()):
        form = "Conv"
    else:
        form = "Part"
    return f"{word.upos}.{form}"


def _surface(text: str, words: Sequence[_Word], labels: Sequence[str], spans: Sequence[Span]) -> TaggedSentence:
    tokens: list[str] = []
    chosen: list[str] = []
    first = 0
    for start, end in spans:
        while first < len(words) and words[first].span[1] <= start:
            first += 1
        last = first
        while last < len(words) and words[last].span[0] < end:
            last += 1
        tokens.append(text[start:end])
        chosen.append(_merged(text[start:end], words[first:last], labels[first:last]))
    return TaggedSentence(tuple(tokens), tuple(chosen))


def _merged(token: str, words: Sequence[_Word], labels: Sequence[str]) -> str:
    """The one label of a written token that covers several words, or a part of one."""
    if not any(map(str.isalnum, token)) and (len(words) > 1 or any(map(str.isalnum, words[0].form))):
        return "PUNCT"
    if len(words) == 1:
        return labels[0]
    if words[0].span == words[-1].span:
        return _contraction(labels)
    if words[-1].relation == "clf" and labels[0] in ("NUM", "DET"):
        return labels[0]  # a number or a determiner with its classifier, 三個 or 這種, stands where either would
    inside = {word.id for word in words}
    heads = [i for i, word in enumerate(words) if word.head not in inside and is_open(labels[i])]
    heads = heads or [i for i, word in enumerate(words) if word.head not in inside]
    unit = [label for word, label in zip(words, labels, strict=True) if word.span == words[heads[-1]].span]
    label = _contraction(unit)
    return "NUM" if label in ("PUNCT", "SYM") and "NUM" in labels else label  # 20%, -5


def _contraction(labels: Sequence[str]) -> str:
    """The label of a multiword token: its first content word's, unless it starts with a pronoun or an adposition.

    ``don't`` is AUX, ``I'm`` and ``there's`` PRON, ``del`` ADP, ``doctor's`` NOUN, ``dámelo`` VERB.
    """
    if upos(labels[0]) in ("PRON", "ADP"):
        return labels[0]
    return next((label for label in labels if upos(label) in OPEN), labels[0])
