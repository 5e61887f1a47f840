"""A language tagger as a component of spaCy pipelines, ``cswitch_lid``.

spaCy finds it through the entry-point group ``spacy_factories``, so that with cswitch and spaCy installed this is all:

    nlp = spacy.blank("xx")
    nlp.add_pipe("cswitch_lid", config={"tagger": "compact", "languages": ["en", "hi"]})
    doc = nlp("kal meeting hai")
    [token._.lang_id for token in doc]

* ``token._.lang_id``: the tag; white space is ``other``. ``token._.lang_score``: how sure the tagger is of it, 0 to 1.
* ``doc._.lang_ids``: the tags of all tokens. ``doc._.matrix_language``: the language of most tokens, or None.
* ``doc._.languages``: the languages of the text, the matrix language first, then those of more tokens first.

The last three are worked out from the tags when they are asked for, so they follow corrections.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from cswitch.core.contracts import Tagger, Tagging
from cswitch.core.errors import MissingExtraError, UsageError
from cswitch.core.measures import matrix_language
from cswitch.core.measures.runs import profile
from cswitch.core.registry import load
from cswitch.core.specs import COMPACT, TAGGER, parse_tagger
from cswitch.core.text.scripts import check_language

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Token

NAME = "cswitch_lid"
_NEUTRAL = "other"


class LanguageIdentifier:
    """Tags the tokens of spaCy's documents with their language.

    Args:
        tagger: A tagger, or its name (``compact``, ``hf:MODEL_OR_PATH``, a folder), loaded when it is first used.
        languages: The languages in play, when they are known; empty lets the tagger find them.

    Raises:
        MissingExtraError: spaCy is not installed.
        UsageError: The tagger or a language is unknown.
    """

    def __init__(self, tagger: Tagger | str = COMPACT, languages: Sequence[str] = ()) -> None:
        _add_extensions()
        if isinstance(languages, str):
            raise UsageError(f"languages is {languages!r}, not a list", hint='write ["en", "hi"]')
        self.languages = tuple(map(check_language, languages))
        if isinstance(tagger, str):
            parse_tagger(tagger)  # raises, and tells the names there are
        self._tagger = tagger

    @property
    def tagger(self) -> Tagger:
        """The tagger. Give another one to a component that is in a pipeline already by setting it."""
        if isinstance(self._tagger, str):
            name, target = parse_tagger(self._tagger)
            loaded: Tagger = load(TAGGER, name).load(target)
            self._tagger = loaded
        return self._tagger

    @tagger.setter
    def tagger(self, tagger: Tagger) -> None:
        self._tagger = tagger

    def __call__(self, doc: Doc) -> Doc:
        """Tag a document in place."""
        self._tag([doc])
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 128) -> Iterator[Doc]:
        """Tag documents in place, ``batch_size`` of them in one call of the tagger."""
        waiting = iter(stream)
        while batch := list(islice(waiting, batch_size)):
            self._tag(batch)
            yield from batch

    def _tag(self, docs: Sequence[Doc]) -> None:
        words = [[token for token in doc if not token.is_space] for doc in docs]
        found = self.tagger.tag([[token.text for token in tokens] for tokens in words], self.languages)
        for doc, tokens, tagging in zip(docs, words, found, strict=True):
            _put(doc, tokens, tagging)


def register() -> None:
    """Make ``cswitch_lid`` known to spaCy; nothing happens when it is.

    spaCy calls it by way of the entry point, so that this is needed only where cswitch runs without being installed.

    Raises:
        MissingExtraError: spaCy is not installed.
    """
    try:
        from spacy.language import Language
    except ImportError as error:
        raise MissingExtraError("a spaCy component", extra="spacy") from error
    if not Language.has_factory(NAME):
        Language.factory(
            NAME,
            assigns=["token._.lang_id", "token._.lang_score"],
            default_config={"tagger": COMPACT, "languages": []},
            func=_make,
        )


def __getattr__(name: str) -> object:
    """``factory``, the target of the entry point: spaCy asks for it once it is imported itself."""
    if name != "factory":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    register()
    return _make


def _make(nlp: Language, name: str, tagger: Tagger | str, languages: list[str]) -> LanguageIdentifier:
    return LanguageIdentifier(tagger, languages)


def _put(doc: Doc, tokens: Sequence[Token], tagging: Tagging) -> None:
    for token in doc:
        if token.is_space:
            token._.lang_id, token._.lang_score = _NEUTRAL, 1.0
    for token, tag, score in zip(tokens, tagging.tags, tagging.probabilities, strict=True):
        token._.lang_id, token._.lang_score = tag, score


def _add_extensions() -> None:
    try:
        from spacy.tokens import Doc, Token
    except ImportError as error:
        raise MissingExtraError("a spaCy component", extra="spacy") from error
    for name in ("lang_id", "lang_score"):
        if not Token.has_extension(name):
            Token.set_extension(name, default=None)
    getters = {"lang_ids": _tags, "languages": _languages, "matrix_language": _matrix}
    for name, getter in getters.items():
        if not Doc.has_extension(name):
            Doc.set_extension(name, getter=getter)


def _tags(doc: Doc) -> list[str | None]:
    return [token._.lang_id for token in doc]


def _matrix(doc: Doc) -> str | None:
    return matrix_language(list(filter(None, _tags(doc))))


def _languages(doc: Doc) -> list[str]:
    counts = profile(list(filter(None, _tags(doc)))).counts
    return sorted(counts, key=counts.__getitem__, reverse=True)
