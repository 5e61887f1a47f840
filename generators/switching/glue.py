"""What must change around an inserted word, behind named switches (docs/glue.md, with the linguistics).

* ``light-verb``: an embedded verb enters bare, and a verb "do" or "be" of the matrix language carries its inflection:
  खरीदा "bought" becomes *buy किया*. Where the matrix already says it with a light verb (घोषणा की), that one stays.
* ``article``: determiners stay in the matrix language, with the gender of the counterpart (la meeting for la reunión),
  and a, an, y, e, o, u take the form that the next word asks for.
* ``postposition``: adpositions stay in the matrix language with their phrase, unless the target is out of reach
  otherwise; without it, phrases may bring their own from the first.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from cswitch.core.verbs import lemma
from cswitch.core.wordlists import table
from cswitch.generators.switching.lattice import EMBEDDED, Glue, Piece
from cswitch.generators.switching.units import Unit
from cswitch.generators.switching.view import View

RULES = ("light-verb", "article", "postposition")
"""Names of the switches."""

_FEMININE = {"की": "किया", "कीं": "किए"}
"""A light verb that agreed with a feminine noun now gone takes the form it has without one."""
_WAS = {"थी": "था", "थीं": "थे"}
"""So does the auxiliary behind it: शुरुआत की थी, but *start* किया था."""


_ATTRIBUTIVE = frozenset({"हुआ", "हुई", "हुए"})
_GENITIVE = frozenset({"का", "के", "की"})
_CASES = frozenset({"पर", "में", "से", "तक"})
"""Postpositions that the noun of a conjunct verb rules, and a verb in its place would not: पर कब्ज़ा करना."""
_FOCUS = frozenset({"भी", "ही", "तो"})
"""Particles that may stand after a postposition."""
_MODAL = frozenset({"होगा", "होगी", "होंगे", "होंगी", "हों"})
"""Forms of होना that follow any participle (सोचा होगा); they make no conjunct verb."""
_UNREAL = frozenset({"कि", "ताकि", "अगर", "यदि", "चाहे", "शायद", "तक", "जो"})
"""Words after which a form such as खरीदे may be subjunctive; else it is perfective."""


class Verb(NamedTuple):
    """How an embedded verb enters."""

    x1: int
    x2: int
    pieces: tuple[Piece | Glue, ...]


@cache
def _endings() -> dict[str, list[tuple[str, str, str]]]:
    """Ending to (label feature or ``any``, form of करना, form of होना)."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for ending, label, do, be in table("light-verbs-hi.tsv"):
        found.setdefault(ending, []).append((label, do, be))
    return found


@cache
def _uses() -> dict[str, str]:
    return {row[0]: row[1] for row in table("light-verbs-en.tsv")}


def _use(verb: str) -> str:
    return _uses().get(verb, "")


@cache
def _stems() -> dict[str, str]:
    return {row[0]: row[1] for row in table("verbs-hi.tsv")}


@cache
def light_verbs() -> frozenset[str]:
    """Every form of करना and होना."""
    return frozenset(form for rows in _endings().values() for _, do, be in rows for form in (do, be))


def hindi_light_verb(form: str, label: str, use: str = "", *, compound: bool = True) -> str | None:
    """The form of करना or होना with the tense, aspect and agreement of another verb's form.

    Args:
        form: A form of a simple verb.
        label: Its part-of-speech label, which tells खरीदे "bought" from खरीदे "may buy".
        use: ``do`` or ``be`` for करना or होना; empty to let the Hindi verb decide.
        compound: Another verb follows, so that the form may be a bare stem; बना alone is "was made", not the stem of
            "make".

    Returns:
        The form, or None when ``form`` is not known to be a form of a simple verb.

    >>> hindi_light_verb("खरीदेंगे", "VERB.Fin"), hindi_light_verb("बढ़ी", "VERB.Part")
    ('करेंगे', 'हुई')
    """
    feature = label.partition(".")[2] or "Part"
    for cut in range(len(form), 0, -1):
        own = _stems().get(form[:cut])
        if own and not (cut == len(form) and form.endswith("ा") and not compound):
            for wanted, do_form, be_form in _endings().get(form[cut:], ()):
                if wanted in ("any", feature):
                    return be_form if (use or own) == "be" else do_form
    return None


def enter_verb(view: View, unit: Unit) -> Verb | None:
    """How the embedded verb of a unit enters a matrix language that needs a light verb; None when it cannot.

    The unit's embedded side is one verb. Its matrix side is a simple verb, which is replaced by verb and light verb, or
    the nominal part of a conjunct verb (रद्द करना), which is replaced by the bare verb alone.
    """
    if view.matrix.lang != "hi" or unit.y2 - unit.y1 != 1:
        return None
    word = view.embedded.tokens[unit.y1]
    bare = lemma(word)
    if bare is None:
        return None
    verb = Piece(EMBEDDED, unit.y1, None if bare == word else bare)
    return _conjunct(view, unit, verb) or _simple(view, unit, verb, bare)


def _conjunct(view: View, unit: Unit, verb: Piece) -> Verb | None:
    """The nominal part of a conjunct verb gives way; its light verb stays."""
    tokens, letters = view.matrix.tokens, view.x_letters
    x2 = unit.x1 + 1
    if letters[unit.x1] not in "NAPa?K" or x2 >= len(tokens):
        return None
    light = tokens[x2]
    if light not in light_verbs() or light in _MODAL:
        return None
    if light.startswith(("ह", "हु")) and _use(lemma(view.embedded.tokens[unit.y1]) or "") == "never":
        return None
    if light in ("की", "हो") and letters[x2] in "pD":
        return None
    if any(x > x2 and letters[x] not in "VXBK" for x in range(unit.x1 + 1, unit.x2)):
        return None
    if light in _ATTRIBUTIVE and letters[x2 + 1 : x2 + 2] in ("N", "A"):
        return None
    x1 = unit.x1
    pieces: tuple[Piece | Glue, ...] = (verb,)
    place = x1 - 1
    while place > 0 and tokens[place] in _FOCUS:
        place -= 1
    before = tokens[place] if x1 else ""
    if before in _CASES or (before in _GENITIVE and x1 > 1 and tokens[x1 - 2].endswith("ने")):
        return None
    if before in _GENITIVE and place == x1 - 1:  # its noun is gone: इस बात की आलोचना करना, but इस बात को criticize करना
        if "को" in tokens[max(0, x1 - 7) : x1 - 1] or tokens[unit.x1] == "काम":
            return None
        x1, pieces = x1 - 1, (Glue("को", "light-verb"), verb)
    alone = letters[unit.x1] == "N" and letters[unit.x1 - 1 : unit.x1] not in ("N", "A")
    repaired = _FEMININE.get(light) if alone else None  # with an object before it, the verb agrees with the object
    after = tokens[x2 + 1] if x2 + 1 < len(tokens) else ""
    if repaired and not after.startswith(("गई", "गयी", "जा")):
        forms = [repaired, _WAS[after]] if after in _WAS else [repaired]
        return Verb(x1, x2 + len(forms), (*pieces, *[Glue(form, "light-verb") for form in forms]))
    return Verb(x1, x2, pieces)


def _simple(view: View, unit: Unit, verb: Piece, bare: str) -> Verb | None:
    """A simple verb gives way to the bare verb and a light verb in its form."""
    if view.x_pos is None or _use(bare) == "never":
        return None
    x = unit.x1
    form = view.matrix.tokens[x]
    if view.x_letters[x] not in "VBK" or form in light_verbs():
        return None
    if any(letter not in "XVBK" for letter in view.x_letters[x + 1 : unit.x2]):
        return None
    if x and view.matrix.tokens[x - 1] == "से":  # ruled by the Hindi verb: जाने से बचना
        return None
    real = _ergative(view, x) or not _UNREAL & set(view.matrix.tokens[max(0, x - 12) : x])
    label = "VERB.Part" if real else view.x_pos[x]
    light = hindi_light_verb(form, label, _use(bare), compound=view.x_letters[x + 1 : x + 2] in ("V", "X"))
    return Verb(x, x + 1, (verb, Glue(light, "light-verb"))) if light else None


def _ergative(view: View, x: int) -> bool:
    """Whether a subject with ने stands before a verb in its clause, so that the verb is perfective."""
    for n in range(x - 1, -1, -1):
        if view.x_letters[n] in ".V":
            return False
        if view.matrix.tokens[n] == "ने":
            return True
    return False


def agree(word: str, following: str, lang: str) -> str:
    """The form of an article or conjunction before a word of the other language.

    >>> agree("an", "reunión", "en"), agree("e", "children", "es"), agree("o", "orders", "es")
    ('a', 'y', 'u')
    """
    low, start = word.lower(), following[:2].lower()
    if lang == "en" and low in ("a", "an"):
        new = "an" if start[:1] in "aeiouáéíóú" else "a"
    elif lang == "es" and low in ("y", "e"):
        new = "e" if start[:1] == "i" or start == "hi" else "y"
    elif lang == "es" and low in ("o", "u"):
        new = "u" if start[:1] == "o" or start == "ho" else "o"
    else:
        return word
    return word if new == low else new.capitalize() if word[0].isupper() else new
