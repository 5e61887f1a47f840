"""What annotators choose from: labels with their names, hints, colours and hot keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cswitch.core.measures.tags import NEUTRAL
from cswitch.core.text.scripts import languages

DEFAULT_NEUTRAL = ("other", "ne", "ambiguous", "mixed", "fw")
"""Labels that name no language and are offered unless others are asked for."""

LAYERS: dict[str, dict[str, str]] = {
    "pos": {
        "NOUN": "noun",
        "PROPN": "proper noun",
        "VERB": "verb",
        "AUX": "auxiliary",
        "ADJ": "adjective",
        "ADV": "adverb",
        "PRON": "pronoun",
        "DET": "determiner",
        "ADP": "adposition",
        "CCONJ": "coordinating conjunction",
        "SCONJ": "subordinating conjunction",
        "PART": "particle",
        "NUM": "numeral",
        "INTJ": "interjection",
        "PUNCT": "punctuation",
        "SYM": "symbol",
        "X": "other",
    },
    "entity": {"PER": "person", "LOC": "place", "ORG": "organisation", "MISC": "another name"},
}
"""Further layers by name, with their labels and what each means: the universal parts of speech (de Marneffe et al.,
2021) and the kinds of names of CoNLL-2003 (Tjong Kim Sang and De Meulder, 2003)."""

LANGUAGE_COLOURS = ("#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#f0e442", "#0072b2")
"""Colours that colour-blind readers tell apart (Okabe and Ito, 2008), in the order languages take them."""
NEUTRAL_COLOURS = {
    "other": "#bbbbbb",
    "ne": "#882255",
    "ambiguous": "#999933",
    "mixed": "#aa4499",
    "fw": "#332288",
    "unk": "#117733",
}
"""Darker ones of the muted scheme of Tol (2021), and his grey: paler ones vanish where Label Studio thins them out."""
LAYER_COLOURS = ("#332288", "#88ccee", "#44aa99", "#117733", "#999933", "#ddcc77", "#cc6677", "#882255", "#aa4499")
"""The muted scheme of Tol (2021); a layer with more labels starts again."""

KEYS = "1234567890qwetasdfgzxcvbyiopjklnm"
"""Keys that Label Studio itself gives to labels; of the others, ``u`` unselects and ``h`` and ``r`` are tools."""

_MEANINGS = {
    "other": ("Other", "Marks, numbers, emoji, addresses: no word of a language"),
    "ne": ("Name", "Name of a person, place, organisation, brand or work"),
    "ambiguous": ("Ambiguous", "A word of both languages, and the sentence does not tell which"),
    "mixed": ("Mixed", "One word with parts of two languages"),
    "fw": ("Foreign", "A word of a language that is not in the list"),
    "unk": ("Unknown", "Not to be understood, or no word at all"),
}
_LETTERS = {"other": "o", "ne": "n", "ambiguous": "a", "mixed": "m", "fw": "f", "unk": "k"}
_NEPALI = "npi"


class Label(NamedTuple):
    """One thing that can be said of a span."""

    tag: str
    """What is stored."""
    name: str
    """What annotators read."""
    hint: str
    """What it means, shown when the mouse rests on it."""
    colour: str
    """Its colour, as ``#rrggbb``."""
    key: str = ""
    """Its hot key, such as ``1`` or ``shift+n``; empty when keys have run out."""


class HotKeys:
    """Hands out each key once: the one wished for, else the next that is free.

    >>> keys = HotKeys()
    >>> keys.take("o"), keys.take("o"), keys.take(), keys.take("u")
    ('o', '1', '2', '3')
    """

    def __init__(self) -> None:
        shifted = [f"shift+{key}" for key in KEYS if key.isalpha()]
        self._free = dict.fromkeys([*KEYS, *shifted])

    def take(self, *wishes: str) -> str:
        """The first of the wishes that is free, else the next free key; empty when none is left."""
        found = next((key for key in wishes if key in self._free), None) or next(iter(self._free), "")
        self._free.pop(found, None)
        return found


def language_labels(tags: Iterable[str], keys: HotKeys) -> list[Label]:
    """Labels of language tags: languages take the keys 1, 2, 3 ..., neutral tags their first letters.

    >>> [(label.tag, label.name, label.key) for label in language_labels(["hi", "en", "ne"], HotKeys())]
    [('hi', 'Hindi', '1'), ('en', 'English', '2'), ('ne', 'Name', 'n')]
    """
    labels, languages_seen = [], 0
    colours = (*LANGUAGE_COLOURS, *LAYER_COLOURS)
    for tag in tags:
        kind, _, language = tag.partition(":")
        name, hint = described(tag)
        if tag in NEUTRAL:
            colour, key = NEUTRAL_COLOURS[tag], keys.take(_LETTERS[tag])
        elif language:
            colour, key = NEUTRAL_COLOURS[kind], keys.take()
        else:
            colour, key = colours[languages_seen % len(colours)], keys.take()
            languages_seen += 1
        labels.append(Label(tag, name, hint, colour, key))
    return labels


def layer_labels(layer: str, tags: Sequence[str], keys: HotKeys) -> list[Label]:
    """Labels of a further layer; each takes a key like its name, with or without shift.

    >>> [(label.tag, label.hint, label.key) for label in layer_labels("entity", ["PER", "LOC"], HotKeys())]
    [('PER', 'person', 'p'), ('LOC', 'place', 'l')]
    """
    known = LAYERS.get(layer, {})
    shift = "shift+" if layer == "pos" else ""
    labels = []
    for place, tag in enumerate(tags):
        wishes = [shift + letter for letter in (*tag.lower(), *filter(str.isalpha, KEYS))]
        colour = LAYER_COLOURS[place % len(LAYER_COLOURS)]
        labels.append(Label(tag, tag, known.get(tag, ""), colour, keys.take(*wishes)))
    return labels


def described(tag: str) -> tuple[str, str]:
    """The name of a language tag and what it means, for people.

    >>> described("hi"), described("ne:hi")[0], described("xx")[0]
    (('Hindi', 'A word of Hindi'), 'Name (Hindi)', 'xx')
    """
    if tag in _MEANINGS:
        return _MEANINGS[tag]
    kind, _, language = tag.partition(":")
    if language and kind in _MEANINGS:
        name, hint = _MEANINGS[kind]
        inner = described(language)[0]
        return f"{name} ({inner})", f"{hint}; it belongs to {inner}"
    known = languages().get("ne" if tag == _NEPALI else tag)
    return (known.name, f"A word of {known.name}") if known else (tag, f"A word of {tag}")
