"""stanza pipelines as readers of mixed sentences, and as part-of-speech taggers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cswitch.annotators.pipelines.analysis import Layers, SpanAnnotator
from cswitch.annotators.pipelines.spans import visible
from cswitch.annotators.pipelines.trees import ROOT, Tree
from cswitch.core.errors import MissingExtraError, UsageError
from cswitch.core.pos import UPOS, label_of

if TYPE_CHECKING:
    from stanza.models.common.doc import Document, Sentence, Word
    from stanza.pipeline.core import Pipeline

_WANTED = ("tokenize", "pos", "lemma", "depparse", "ner")
_FOR_POS = ("tokenize", "pos")
_LEFT_OUT = frozenset(("tokenize", "mwt", "sentiment", "constituency", "coref"))
"""Processors that cut text into tokens and words, which is done here, and those whose answer is not used."""
_INSIDE = {"B": "B", "S": "B", "I": "I", "E": "I"}
"""stanza marks the ends of entities and entities of one token as well (BIOES)."""


class StanzaReader:
    """One stanza pipeline over text that is cut into tokens already; its own tokeniser is not used.

    Args:
        pipeline: A stanza pipeline, or the folder that its models were downloaded to.
        lang: Its language, where a folder is given.

    Raises:
        MissingExtraError: stanza is not installed.
        UsageError: The folder lacks a model; the message has the command that downloads it. Nothing is downloaded here.
    """

    name = "stanza"

    def __init__(self, pipeline: Pipeline | str | Path, lang: str = "") -> None:
        self.pipeline = load_pipeline(lang, pipeline) if isinstance(pipeline, str | Path) else pipeline
        self._processors = [name for name in self.pipeline.processors if name not in _LEFT_OUT]

    def read(self, batch: Sequence[Sequence[str]]) -> list[Layers]:
        """Parts of speech, entities and dependencies of each text, of those that the pipeline sets."""
        return [_layers(sentence) for sentence in self.sentences(batch)]

    def sentences(self, batch: Sequence[Sequence[str]]) -> list[Sentence]:
        """The texts as stanza's sentences, a token each of theirs."""
        if not batch:
            return []
        document = _document([list(map(visible, tokens)) for tokens in batch])
        sentences: list[Sentence] = self.pipeline.process(document, processors=self._processors).sentences
        return sentences


class StanzaAnnotator(SpanAnnotator):
    """Parts of speech, entities and dependencies of mixed sentences from a stanza pipeline a language.

    Args:
        pipelines: By language: a stanza pipeline, or the folder that its models were downloaded to.
        whole: Let the matrix language's pipeline read the whole sentence.

    Raises:
        MissingExtraError: stanza is not installed.
        UsageError: A folder lacks a model; the message has the command that downloads it.
    """

    name = StanzaReader.name

    def __init__(self, pipelines: Mapping[str, Pipeline | str | Path], *, whole: bool = False) -> None:
        super().__init__({lang: StanzaReader(pipeline, lang) for lang, pipeline in pipelines.items()}, whole=whole)


class StanzaPosTagger:
    """A stanza pipeline as :class:`cswitch.core.contracts.PosTagger`.

    Args:
        pipeline: A stanza pipeline, or the folder that its models were downloaded to.
        lang: Its language, where a folder is given.
    """

    name = StanzaReader.name

    def __init__(self, pipeline: Pipeline | str | Path, lang: str = "") -> None:
        here = isinstance(pipeline, str | Path)
        self._reader = StanzaReader(load_pipeline(lang, pipeline, _FOR_POS) if here else pipeline)

    @classmethod
    def load(cls, lang: str) -> StanzaPosTagger:
        """The tagger of a language, from the folder that ``stanza.download`` writes to.

        Raises:
            MissingExtraError: stanza is not installed.
            UsageError: Its models are not there; the message has the command that downloads them.
        """
        return cls(default_folder(), lang)

    def tag(self, batch: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
        """A label a token, ``X`` where the pipeline gives none."""
        sentences = iter(self._reader.sentences([tokens for tokens in batch if tokens]))
        return [tuple(map(_label, next(sentences).words)) if tokens else () for tokens in batch]


def default_folder() -> Path:
    """Where stanza keeps its models.

    Raises:
        MissingExtraError: stanza is not installed.
    """
    try:
        from stanza.resources.common import DEFAULT_MODEL_DIR
    except ImportError as error:
        raise MissingExtraError("reading with stanza", extra="stanza") from error
    return Path(DEFAULT_MODEL_DIR)


def load_pipeline(lang: str, folder: str | Path, wanted: Sequence[str] = _WANTED) -> Pipeline:
    """The pipeline of a language with the models of a folder; nothing is downloaded.

    Args:
        lang: BCP-47 primary subtag.
        folder: What ``stanza.download`` wrote.
        wanted: Names of the processors to load, of those that stanza has for the language.

    Raises:
        MissingExtraError: stanza is not installed.
        UsageError: The folder lacks the language or one of its models.
    """
    try:
        from stanza import Pipeline
        from stanza.resources.common import load_resources_json
    except ImportError as error:
        raise MissingExtraError("reading with stanza", extra="stanza") from error
    try:
        resources = load_resources_json(str(folder))
        known = resources[resources[lang].get("alias", lang)]["packages"]["default"]
        return Pipeline(
            lang,
            str(folder),
            processors=",".join(name for name in wanted if name in known),
            download_method=None,
            tokenize_pretokenized=True,
            logging_level="CRITICAL",
        )
    except (KeyError, OSError, ValueError) as error:
        command = f"stanza.download({lang!r}, model_dir={str(folder)!r})"
        hint = f'python -c "import stanza; {command}"'
        raise UsageError(f"no stanza models for {lang!r} in {folder}", hint=hint) from error


def _document(texts: Sequence[Sequence[str]]) -> Document:
    from stanza.models.common.doc import Document

    return Document([[{"id": (n,), "text": token} for n, token in enumerate(text, start=1)] for text in texts])


def _layers(sentence: Sentence) -> Layers:
    words: Sequence[Word] = sentence.words
    pos = [w.upos if w.upos in UPOS else "X" for w in words] if any(w.upos for w in words) else None
    marks = [token.ner for token in sentence.tokens]
    ents = list(map(_entity, marks)) if any(marks) else None
    if any(w.head is None for w in words):
        return Layers(pos, ents)
    relations = [w.deprel if w.head else ROOT for w in words]
    return Layers(pos, ents, Tree([w.head - 1 for w in words], relations))


def _label(word: Word) -> str:
    return label_of(word.upos or "X", dict(pair.split("=", 1) for pair in (word.feats or "").split("|") if pair))


def _entity(mark: str | None) -> str:
    place, _, kind = (mark or "O").partition("-")
    return f"{_INSIDE[place]}-{kind}" if place in _INSIDE else "O"
