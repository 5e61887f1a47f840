"""What an augmentation does: settings, and published methods as settings."""

from __future__ import annotations

from typing import Literal, Self

import msgspec

from cswitch.core.errors import UsageError
from cswitch.core.text.scripts import check_language
from cswitch.schemas.settings import Method, Script

Unit = Literal["word", "phrase", "entity"]
Keep = Literal["code", "entities", "function-words", "names", "placeholders"]
ALWAYS_KEPT: tuple[Keep, ...] = ("placeholders", "code")
USUALLY_KEPT: tuple[Keep, ...] = ("placeholders", "code", "names", "entities", "function-words")


class AugmentSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Everything that decides how an example is mixed; the same settings, epoch and id give the same mix.

    Raises:
        UsageError: A value cannot be meant.

    >>> AugmentSettings(matrix="en", languages=("hi",), cmi=25).keep
    ('placeholders', 'code', 'names', 'entities', 'function-words')
    >>> AugmentSettings(matrix="en", languages=("hi",))
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: neither a cmi nor a rate is given; give one, such as cmi=25 or rate=0.4
    """

    matrix: str
    """Language of the examples, a BCP-47 primary subtag."""
    languages: tuple[str, ...]
    """Languages whose words come in."""
    cmi: float | None = None
    """Code-Mixing Index of each mixed sentence, 0 to 50: the matrix language keeps at least half."""
    rate: float | None = None
    """Instead of ``cmi``: share of the words of a sentence that are replaced, 0 to 1; for ``unit="entity"`` the share
    of its entity mentions. Words that no lexicon knows count among the words."""
    unit: Unit = "word"
    """What is replaced: ``word``, ``phrase`` (words, and expressions that the lexicon knows as a whole), or ``entity``
    (whole mentions alone)."""
    share_of_sentences: float = 1.0
    """Share of sentences that are mixed, 0 to 1; another part of them in each epoch."""
    one_language: bool = False
    """All that is replaced in a sentence comes from one language: of those that get nearest to the aim, any."""
    translations: Literal["best", "draw"] = "draw"
    """The most probable translation, or a draw among the probable ones in proportion to their probability."""
    min_prob: float = 0.1
    """Translations less probable than this are not used."""
    keep: tuple[Keep, ...] = USUALLY_KEPT
    """What stays beside numbers, marks, URLs, mentions and emoji: ``placeholders``, ``code``, ``names`` (by capitals
    and PROPN), ``entities`` (by labels) and ``function-words``."""
    script: Script = "native"
    """Script of the words that come in."""
    markers: bool = False
    """Put ``<e>`` and ``</e>`` around entity mentions."""
    method: Method = "insertion"
    """The lattice builder, for parallel sentences with links."""
    lexicons: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """Language to paths of the user's own word lists, read beside the lexicon that is shipped."""
    seed: int = 0
    """Seed of every random choice."""

    def __post_init__(self) -> None:
        _check_aim(self)
        _check_languages(self)
        for name, value in (("share_of_sentences", self.share_of_sentences), ("min_prob", self.min_prob)):
            if not 0 <= value <= 1:
                raise UsageError(f"{name} is {value:g}", hint="give a share between 0 and 1")
        unknown = set(self.keep) - set(USUALLY_KEPT)
        if unknown:
            raise UsageError(f"cannot keep {', '.join(sorted(unknown))}", hint=f"known: {', '.join(USUALLY_KEPT)}")

    @classmethod
    def cosda(
        cls,
        matrix: str,
        languages: tuple[str, ...],
        *,
        rate: float = 0.5,
        share_of_sentences: float = 1.0,
        seed: int = 0,
    ) -> Self:
        """CoSDA-ML: words of a share of the sentences replaced from dictionaries of many languages (Qin et al., 2020).

        A sentence is chosen with the probability ``share_of_sentences``; in it, words are chosen, each with a language
        and a translation of its own, anew in each epoch. Function words and names are words like any other. Unlike the
        published code, which leaves a chosen word that the dictionary does not know, the words chosen are among those
        that can be replaced, so that ``rate`` is met wherever it can be.

        Qin, Ni, Zhang and Che (2020), CoSDA-ML: Multi-Lingual Code-Switching Data Augmentation for Zero-Shot
        Cross-Lingual NLP, IJCAI.

        >>> AugmentSettings.cosda("en", ("de", "es", "hi"), rate=0.4).keep
        ('placeholders', 'code')
        """
        return cls(
            matrix=matrix,
            languages=languages,
            rate=rate,
            share_of_sentences=share_of_sentences,
            keep=ALWAYS_KEPT,
            min_prob=0.05,
            seed=seed,
        )

    @classmethod
    def entitycs(
        cls,
        matrix: str,
        languages: tuple[str, ...],
        *,
        rate: float = 1.0,
        markers: bool = False,
        lexicons: dict[str, tuple[str, ...]] | None = None,
        seed: int = 0,
    ) -> Self:
        """EntityCS: only entity mentions are replaced, all of a sentence in one language (Whitehouse et al., 2022).

        The paper takes names from Wikidata and a language that knows all mentions of the sentence. Here ``lexicons``
        add lists of names to the lexicon, and the language is one of those that know the most mentions.

        Whitehouse, Christopoulou and Iacobacci (2022), EntityCS: Improving Zero-Shot Cross-lingual Transfer with
        Entity-Centric Code Switching, Findings of EMNLP.

        >>> AugmentSettings.entitycs("en", ("de", "es")).unit
        'entity'
        """
        return cls(
            matrix=matrix,
            languages=languages,
            rate=rate,
            unit="entity",
            one_language=True,
            translations="best",
            keep=ALWAYS_KEPT,
            markers=markers,
            lexicons=lexicons or {},
            seed=seed,
        )


def _check_aim(settings: AugmentSettings) -> None:
    if settings.cmi is None and settings.rate is None:
        raise UsageError("neither a cmi nor a rate is given", hint="give one, such as cmi=25 or rate=0.4")
    if settings.cmi is not None and settings.rate is not None:
        raise UsageError("both a cmi and a rate are given", hint="give one of them")
    if settings.cmi is not None and not 0 <= settings.cmi <= 50:
        raise UsageError(f"cmi is {settings.cmi:g}", hint="give a value from 0 to 50")
    if settings.rate is not None and not 0 <= settings.rate <= 1:
        raise UsageError(f"rate is {settings.rate:g}", hint="give a share between 0 and 1, such as 0.4")


def _check_languages(settings: AugmentSettings) -> None:
    named = [settings.matrix, *settings.languages]
    for lang in named:
        if check_language(lang) != lang:
            raise UsageError(f"language {lang!r}", hint=f"write it {check_language(lang)!r}")
    if not settings.languages:
        raise UsageError("no language is given whose words come in", hint="give languages=('hi',)")
    if len(set(named)) != len(named):
        raise UsageError(f"a language is named twice among {', '.join(named)}", hint="name each once")
    strangers = set(settings.lexicons) - set(settings.languages)
    if strangers:
        raise UsageError(f"lexicons are given of {', '.join(sorted(strangers))}", hint="name the language in languages")
