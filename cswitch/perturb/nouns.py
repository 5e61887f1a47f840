"""A lexicon for words that are replaced alone: nouns and adjectives, in the form in which they stand by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path

from cswitch.core.lexicon import Lexicon, Translation, UserLexicon, key
from cswitch.core.verbs import lemma
from cswitch.core.wordlists import table
from cswitch.perturb.forms import plural_of, singulars
from cswitch.perturb.plurals import NumberLexicon

_LEAST, _FAR = 0.04, 2
"""A translation whose way back is less probable than its way there by the second number, and both multiplied less than
the first, is a matter of its sentence, not of the word."""
_PART = 3
"""Letters beyond a noun from which on a longer one is a compound with it."""
_GERMAN = ("en", "es", "er", "em", "ns", "n", "s", "e")
"""Endings of German nouns and adjectives, of whatever case and number."""
_UMLAUTS = str.maketrans("äöü", "aou")
_DATIVE = ("ern", "eln", "en")
_WEAK = frozenset({"bauern", "nachbarn", "vettern"})
"""German plurals that look like the dative of another."""
_SAME_PLURAL = ("el", "en", "chen", "lein")
"""Endings of German nouns whose plural often looks like the singular; those in -er when a person does something."""
_AGENTS = ("er", "or", "ist", "ian")


class NounLexicon(NumberLexicon):
    """A lexicon that says first what a noun is called alone.

    Translations come in the order of their probability and, as much as its root, of that of their way back: a word
    that also means much else comes later. What is no noun by its form (an infinitive), is in another number or case
    than the word, is a compound with more in it than the word, or would be read as another word of the language
    around it, is left out; so is a word that both languages have.

    >>> lexicon = NounLexicon.load("en", "fr")
    >>> [lexicon.translations(word)[0].word for word in ("change", "brothers", "walls")]
    ['changement', 'frères', 'murs']
    """

    @cached_property
    def own(self) -> set[str]:
        """Words that a list of the user's says something of."""
        return set()

    @cached_property
    def _alone(self) -> dict[str, tuple[Translation, ...]]:
        return {}

    def _merge(self, found: UserLexicon, path: Path) -> None:
        super()._merge(found, path)
        back = (found.languages or (self.source, self.target))[0] != self.source
        if found.sure:
            self.own.update(key(t.word if back else word) for word, t in found.entries)

    def translations(self, word: str) -> tuple[Translation, ...]:
        """Translations of a word, the best to stand alone first."""
        if " " in word or key(word) in self.own or key(word) in self.closed.get(self.source, ()):
            return super().translations(word)
        found = self._alone.get(word)
        if found is None:
            found = self._alone[word] = tuple(self._found(word))
        return found

    def _found(self, word: str) -> list[Translation]:
        if self._same(key(word)):
            return []
        known = [t for t in super().translations(word) if _is_mutual(t) and self._usable(t.word, word)]
        if self.source == "en":
            known = self._in_number(key(word), known)
        known.sort(key=lambda t: -t.prob * t.back**0.5)
        return list(self.native(word, tuple(known)))

    def _same(self, word: str) -> bool:
        """Whether both languages say a word alike, or one of its forms."""
        found = Lexicon.translations(self, word)
        if found:
            return any(t.word == word and t.prob >= found[0].prob for t in found)
        return any(self._same(one) for one in self._singles(word))

    def _singles(self, word: str) -> list[str]:
        return [one for one in singulars(word, self.source) if one in self._entries]

    def _usable(self, translation: str, word: str) -> bool:
        """Whether a translation has the form of a noun or adjective, and cannot be taken for another word."""
        if self.source != "en":
            return True
        if self.target != "de" and translation in self._entries:
            return False
        if lemma(word) != key(word):
            return True
        endings, verbs, nouns = infinitives(self.target)
        last = translation.rpartition(" ")[2]
        return last not in verbs and (last in nouns or not last.endswith(endings))

    def _in_number(self, word: str, found: Sequence[Translation]) -> list[Translation]:
        """Translations of an English noun in its number."""
        ones = self._singles(word)
        if ones:
            single = {t.word for one in ones for t in Lexicon.translations(self, one)}
            agent = any(one.endswith(_AGENTS) for one in ones)
            made = [self._as_plural(t.word, single, agent) for t in found]
        else:
            several = {t.word for t in Lexicon.translations(self, plural_of(word, "en") or word)}
            mine = {t.word for t in Lexicon.translations(self, word)}
            made = [self._as_singular(t.word, mine, several - mine) for t in found]
        return [Translation(form, t.prob, t.back) for form, t in zip(made, found, strict=True) if form]

    def _as_plural(self, word: str, single: set[str], agent: bool) -> str:
        """A translation in the plural; empty where its plural is not known."""
        if self.target == "de":
            return self._german_plural(word, single, agent)
        if word in single and not any(self.plural(one) == word for one in single if one != word):
            return self.plural(word)
        return word

    def _german_plural(self, word: str, single: set[str], agent: bool) -> str:
        known = word[:-1] in self.forms and word[:-1] not in single
        dative = known or word[:-3].translate(_UMLAUTS) in single or (agent and word.endswith("ern"))
        if dative and word.endswith(_DATIVE) and word not in _WEAK:
            word = word[:-1]
        stems = [one for one in single if _german_form(word, one)]
        if word in single and not stems:
            return word if word.endswith(_SAME_PLURAL) or (agent and word.endswith("er")) else ""
        genitive = word.endswith("s") and (word[:-1] in self.forms or word[:-2] in self.forms)
        compound = not stems and any(_is_compound(word, one) for one in single)
        return "" if compound or genitive else word

    def _as_singular(self, word: str, mine: set[str], several: set[str]) -> str:
        """A translation in the singular; empty where it is another form of one that is known."""
        if self.target == "de":
            return "" if any(_german_form(word, one) or _is_compound(word, one) for one in mine) else word
        if any(one != word and plural_of(one, self.target) == word for one in mine):
            return ""
        if (
            self.target in ("es", "fr")
            and word in several
            and word.endswith("s")
            and plural_of(word, self.target) != word
        ):
            return word[:-1] if word[:-1] in self.forms else ""
        return "" if self.target == "hi" and word.endswith(("ियाँ", "ियां")) else word


def _is_mutual(t: Translation) -> bool:
    return t.prob * t.back >= _LEAST or t.back * _FAR >= t.prob


def _german_form(word: str, one: str) -> bool:
    """Whether a German word is another form of one."""
    plain = word.translate(_UMLAUTS)
    return any(plain == one.translate(_UMLAUTS) + ending for ending in _GERMAN)


def _is_compound(word: str, one: str) -> bool:
    return len(word) >= len(one) + _PART and len(one) > _PART and one in word


@cache
def infinitives(lang: str) -> tuple[tuple[str, ...], frozenset[str], frozenset[str]]:
    """Endings of infinitives of a language, infinitives with other endings, and nouns that look like them.

    >>> infinitives("hi")[0], "योजना" in infinitives("hi")[2], infinitives("sw")[0]
    (('ना',), True, ())
    """
    found = {kind: items.split() for code, kind, items in table("infinitives.tsv") if code == lang}
    return tuple(found.get("ending", ())), frozenset(found.get("verb", ())), frozenset(found.get("noun", ()))
