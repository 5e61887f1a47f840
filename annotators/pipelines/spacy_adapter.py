"""spaCy pipelines as readers of mixed sentences, and as part-of-speech taggers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from cswitch.annotators.pipelines.analysis import Layers, SpanAnnotator
from cswitch.annotators.pipelines.spans import visible
from cswitch.annotators.pipelines.trees import ROOT, Tree
from cswitch.core.errors import MissingExtraError, RunError, UsageError
from cswitch.core.pos import UPOS, label_of

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

_NEWS = "{}_core_news_sm"
_WEB = frozenset(("en", "zh"))
"""Languages whose trained pipelines are named after the web."""


class SpacyReader:
    """One spaCy pipeline over text that is cut into tokens already; its own tokeniser is not used.

    Args:
        pipeline: An ``nlp`` object, the name of an installed package, or the folder of a saved pipeline.

    Raises:
        MissingExtraError: spaCy is not installed.
        UsageError: There is no such pipeline here; the message has the command that installs it.
    """

    name = "spacy"

    def __init__(self, pipeline: Language | str) -> None:
        self.nlp = load_pipeline(pipeline) if isinstance(pipeline, str) else pipeline

    def read(self, batch: Sequence[Sequence[str]]) -> list[Layers]:
        """Parts of speech, entities and dependencies of each text, of those that the pipeline sets.

        Raises:
            RunError: A component of the pipeline merges or splits tokens.
        """
        return [_layers(doc) for doc in self.docs(batch)]

    def docs(self, batch: Sequence[Sequence[str]]) -> list[Doc]:
        """The texts as spaCy's documents, a token each of theirs."""
        from spacy.tokens import Doc

        docs = [Doc(self.nlp.vocab, words=list(map(visible, tokens))) for tokens in batch]
        found = list(self.nlp.pipe(docs))
        for doc, tokens in zip(found, batch, strict=True):
            if len(doc) != len(tokens):
                raise RunError(
                    f"the spaCy pipeline made {len(doc)} of {len(tokens)} tokens",
                    hint="leave out the component that merges or splits them, such as merge_entities",
                )
        return found


class SpacyAnnotator(SpanAnnotator):
    """Parts of speech, entities and dependencies of mixed sentences from a spaCy pipeline a language.

    Args:
        pipelines: By language: an ``nlp`` object, the name of an installed package, or the folder of a saved pipeline.
        whole: Let the matrix language's pipeline read the whole sentence.

    Raises:
        MissingExtraError: spaCy is not installed.
        UsageError: There is no such pipeline here; the message has the command that installs it.
    """

    name = SpacyReader.name

    def __init__(self, pipelines: Mapping[str, Language | str], *, whole: bool = False) -> None:
        super().__init__({lang: SpacyReader(pipeline) for lang, pipeline in pipelines.items()}, whole=whole)


class SpacyPosTagger:
    """A spaCy pipeline as :class:`cswitch.core.contracts.PosTagger`.

    Args:
        pipeline: An ``nlp`` object, the name of an installed package, or the folder of a saved pipeline.
    """

    name = SpacyReader.name

    def __init__(self, pipeline: Language | str) -> None:
        self._reader = SpacyReader(pipeline)

    @classmethod
    def load(cls, lang: str) -> SpacyPosTagger:
        """The tagger of a language: spaCy's small trained pipeline.

        Raises:
            MissingExtraError: spaCy is not installed.
            UsageError: The pipeline is not installed; the message has the command that installs it.
        """
        return cls(package_of(lang))

    def tag(self, batch: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
        """A label a token, ``X`` where the pipeline gives none."""
        filled = [tokens for tokens in batch if tokens]
        labels = (
            tuple(label_of(token.pos_, token.morph.to_dict()) for token in doc) for doc in self._reader.docs(filled)
        )
        return [next(labels) if tokens else () for tokens in batch]


def package_of(lang: str) -> str:
    """The name of spaCy's small trained pipeline of a language.

    >>> package_of("en"), package_of("de")
    ('en_core_web_sm', 'de_core_news_sm')
    """
    return f"{lang}_core_web_sm" if lang in _WEB else _NEWS.format(lang)


def load_pipeline(name: str) -> Language:
    """A trained pipeline, by the name of its package or its folder.

    Raises:
        MissingExtraError: spaCy is not installed.
        UsageError: There is no such pipeline here.
    """
    try:
        import spacy
    except ImportError as error:
        raise MissingExtraError("reading with spaCy", extra="spacy") from error
    try:
        return spacy.load(name)
    except OSError as error:
        hint = f"python -m spacy download {name}" if name.isidentifier() else "give a folder that nlp.to_disk wrote"
        raise UsageError(f"no spaCy pipeline {name!r} here", hint=hint) from error


def _layers(doc: Doc) -> Layers:
    pos = [token.pos_ if token.pos_ in UPOS else "X" for token in doc] if doc.has_annotation("POS") else None
    ents = [_entity(token.ent_iob_, token.ent_type_) for token in doc] if doc.has_annotation("ENT_IOB") else None
    if not doc.has_annotation("DEP"):
        return Layers(pos, ents)
    heads = [-1 if token.head == token else token.head.i for token in doc]
    relations = [ROOT if head < 0 else token.dep_ for head, token in zip(heads, doc, strict=True)]
    return Layers(pos, ents, Tree(heads, relations))


def _entity(place: str, kind: str) -> str:
    return f"{place}-{kind}" if place in ("B", "I") else "O"
