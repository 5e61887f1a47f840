"""The bare form of an English verb, which is the form that enters another language with a light verb."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files

_DOUBLED = frozenset("bdgklmnprt")


@cache
def _table() -> tuple[dict[str, str], frozenset[str]]:
    """Irregular forms with their lemma, and known lemmas, of data/lexicons/en-verbs.tsv."""
    irregular, known = {}, set()
    text = (files("cswitch.data") / "lexicons" / "en-verbs.tsv").read_text("utf-8")
    for line in text.splitlines()[1:]:
        verb, _, forms = line.partition("\t")
        known.add(verb)
        for form in forms.split():
            irregular[form] = verb
    return irregular, frozenset(known)


@lru_cache(maxsize=1 << 14)
def lemma(form: str) -> str | None:
    """The bare form of a verb, in lower case; None when it is not sure.

    Irregular forms come from a table. A regular ending is taken off when what is left, with a final e put back or a
    doubled consonant undone where needed, is a verb the table knows.

    Args:
        form: Any form of an English verb.

    >>> [lemma(form) for form in ("bought", "running", "Cancelled", "tries", "uses", "cancel", "blorbs")]
    ['buy', 'run', 'cancel', 'try', 'use', 'cancel', None]
    """
    irregular, known = _table()
    word = form.lower()
    if word in irregular:
        return irregular[word]
    if word in known:
        return word
    return next((stem for stem in _stems(word) if stem in known), None)


def _stems(word: str) -> list[str]:
    """What a regular form may come from, likeliest first."""
    if word.endswith(("ies", "ied")):
        return [word[:-3] + "y", word[:-1], word[:-2]]
    if word.endswith("ing"):
        return _bases(word[:-3])
    if word.endswith("ed"):
        return [*_bases(word[:-2]), word[:-1]]
    if word.endswith("es"):
        return [word[:-1], word[:-2]]
    return [word[:-1]] if word.endswith("s") else []


def _bases(stem: str) -> list[str]:
    """A stem without -ing or -ed: with e (mak-), as it is (want-), with one consonant less (runn-)."""
    found = [stem + "e", stem]
    if len(stem) > 2 and stem[-1] == stem[-2] and stem[-1] in _DOUBLED:
        found = [stem, stem[:-1]]
    return found
