"""What words that may be replaced are to become where they stand: in which sense, and in which form."""

from __future__ import annotations

from collections.abc import Sequence

from cswitch.core.lexicon import key
from cswitch.generators.recipes.operations.inflecting import gender
from cswitch.perturb.forms import plural_of, singulars
from cswitch.perturb.natural import ADJECTIVE, NOUN, PLURAL, NaturalWords, capitals, fits
from cswitch.perturb.nouns import NounLexicon
from cswitch.perturb.predicates import form_of, subject
from cswitch.perturb.senses import Senses

_ONE = frozenset({"1", "१", "एक"})
_MANY = frozenset(
    "दो तीन चार पाँच पांच छह छः सात आठ नौ दस बारह पंद्रह बीस तीस चालीस पचास साठ सौ हज़ार हजार कई कुछ सभी कितने कितनी".split()
)
"""Hindi words after which a noun that looks singular is not."""
_RIVAL = 0.5
"""An adjective half as probable as the best is said too."""


class MeantWords:
    """Says of the tokens of a sentence by what kind of word they may be replaced, and by which, where that is known.

    Args:
        natural: Says which may be replaced.
        lexicon: From their language to the other.

    >>> meant = MeantWords(NaturalWords("en"), NounLexicon.load("en", "es"))
    >>> meant.classes(["The water near the bank of the river is cold .".split()])
    [['', 'NOUN', '', '', 'NOUN=orilla', '', '', 'NOUN', '', 'ADJ=fría', '']]
    """

    def __init__(self, natural: NaturalWords, lexicon: NounLexicon) -> None:
        self.natural, self.lexicon = natural, lexicon
        self.senses = Senses(lexicon.source, lexicon.target)

    def classes(self, batch: Sequence[Sequence[str]]) -> list[list[str]]:
        """For each sentence what may come instead of each token; after ``=`` the very word."""
        found = []
        for tokens, (classes, labels) in zip(batch, self.natural.labelled(batch), strict=True):
            small = [token.lower() for token in tokens]
            said = self.senses.said(small) if any(classes) else frozenset[str]()
            found.append(
                [self._meant(small, said, labels, at, kind) if kind else "" for at, kind in enumerate(classes)]
            )
        return found

    def _meant(self, words: Sequence[str], said: frozenset[str], labels: Sequence[str], at: int, wordclass: str) -> str:
        word = key(words[at])
        if word in self.lexicon.own:
            return wordclass
        numbered = self.natural.lang == "hi" and self._numbered(words, at)
        several = numbered or labels[at].endswith(PLURAL) or self.senses.bare(word) != word
        sense = self.senses.of(words, at, wordclass, plural=several, said=said)
        if wordclass == ADJECTIVE:
            return self._agreeing(words, labels, at, sense)
        if sense is None and numbered and wordclass == NOUN:
            sense = self._plural(self._best(word, NOUN))
        if sense is None:
            return wordclass
        return f"{wordclass}={sense}" if sense else ""

    def _best(self, word: str, wordclass: str) -> str:
        lang = self.lexicon.target
        return next((t.word for t in self.lexicon.translations(word) if fits(lang, t.word, wordclass)), "")

    def _plural(self, word: str) -> str | None:
        """The plural of an English word; None where there is none to make."""
        if not word.isalpha() or word.capitalize() in capitals() or singulars(word, self.lexicon.target):
            return None
        return plural_of(word, self.lexicon.target)

    def _numbered(self, words: Sequence[str], at: int) -> bool:
        """Whether a numeral of two or more stands before a word."""
        before = words[at - 1] if at else ""
        number = before.replace(",", "")
        return before in _MANY or (number.isdecimal() and number not in _ONE)

    def _agreeing(self, words: Sequence[str], labels: Sequence[str], at: int, sense: str | None) -> str:
        """An adjective that agrees with its subject, with the gender that this has in the other language."""
        lang = self.lexicon.target
        noun, kind, number = subject(labels, words, at)
        if noun is not None:
            said = self.senses.of(words, noun, NOUN, plural=number == PLURAL)
            kind = gender(said or self._best(words[noun], NOUN), lang)
        if sense is None:
            known = self.lexicon.translations(words[at])
            tried = [t.word for t in known if t.prob >= _RIVAL * known[0].prob]
        else:
            tried = [sense] if sense else []
        forms = ((word, form_of(word, lang, kind, number)) for word in tried)
        good = (form for word, form in forms if form and (sense or any(fits(lang, w, ADJECTIVE) for w in (word, form))))
        found = next(good, "")
        return f"{ADJECTIVE}={found}" if found else ""
