"""Parts of speech, entities and dependencies of a mixed sentence, put together from pipelines of one language each."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple, Protocol

import msgspec

from cswitch.annotators.pipelines.spans import Span, language_spans, languages_of
from cswitch.annotators.pipelines.trees import Tree, one_tree
from cswitch.annotators.pos.windowed import WindowedTagger, languages
from cswitch.core.contracts import PosTagger
from cswitch.core.pos import upos

_LOG = logging.getLogger(__name__)
NO_POS, OUTSIDE, NONE = "X", "O", "none"


class Analysis(msgspec.Struct, frozen=True):
    """What is known of a sentence; the lists are parallel, one entry a token."""

    pos: list[str]
    """A UPOS tag; ``X`` where nobody knew."""
    ents: list[str]
    """``B-`` or ``I-`` and the type of an entity, as its pipeline names it, or ``O``."""
    heads: list[int]
    """0-based index of the head in the whole sentence; -1 for the root and where no parser read."""
    relations: list[str]
    """The relation to the head, as the pipeline names it; ``root``, ``dep:switch`` (see
    :func:`cswitch.annotators.pipelines.trees.one_tree`), or empty where no parser read."""
    sources: list[str]
    """Who gave the part of speech: the annotator, ``windowed`` (the models of cswitch), or ``none``."""


class Layers(NamedTuple):
    """What a pipeline says of one span: lists of one entry a token, None where it does not have the layer."""

    pos: Sequence[str] | None = None
    ents: Sequence[str] | None = None
    tree: Tree | None = None
    """Indexes are those within the span."""


class SpanReader(Protocol):
    """Reads text of one language that is cut into tokens already."""

    name: str

    def read(self, batch: Sequence[Sequence[str]]) -> list[Layers]:
        """The layers of each text, in order; no text is empty."""
        ...


class SpanAnnotator:
    """Runs each language's reader on its spans of mixed sentences, and puts the answers back on the tokens.

    A language without a reader, or whose reader gives no parts of speech, has those of cswitch's own model
    (:mod:`cswitch.annotators.pos.windowed`) where there is one, else ``X``. ``Analysis.sources`` says so for each
    token, and a warning is logged once for each such language.

    Args:
        readers: Readers by language.
        whole: Let the matrix language's reader read the whole sentence.
    """

    name = "spans"

    def __init__(self, readers: Mapping[str, SpanReader], *, whole: bool = False) -> None:
        self.readers, self.whole = dict(readers), whole
        self._told: set[str] = set()

    def annotate(self, batch: Sequence[tuple[Sequence[str], Sequence[str]]]) -> list[Analysis]:
        """Analyses of sentences, in order; each language's reader sees all of its spans at once.

        Args:
            batch: Tokens and tags of each sentence.

        Raises:
            InputError: A tag is no tag, or there are more or fewer tags than tokens.
        """
        spans = [language_spans(tokens, tags, whole=self.whole) for tokens, tags in batch]
        texts: dict[str, list[Sequence[str]]] = {}
        for (tokens, _), cut in zip(batch, spans, strict=True):
            for lang, start, end in cut:
                texts.setdefault(lang, []).append(tokens[start:end])
        found = {lang: iter(self._read(lang, own)) for lang, own in texts.items()}
        return [
            _whole(tokens, languages_of(tokens, tags), cut, [next(found[span.lang]) for span in cut])
            for (tokens, tags), cut in zip(batch, spans, strict=True)
        ]

    def _read(self, lang: str, texts: Sequence[Sequence[str]]) -> list[tuple[Layers, str]]:
        """The layers of each text of a language, and who gave the parts of speech."""
        reader = self.readers.get(lang)
        read = reader.read(texts) if reader else [Layers()] * len(texts)
        bare = [place for place, layers in enumerate(read) if layers.pos is None]
        own = _own_tagger(lang) if bare else None
        done = [(layers, NONE if layers.pos is None else self.name) for layers in read]
        if own is not None:
            for place, labels in zip(bare, own.tag([texts[place] for place in bare]), strict=True):
                done[place] = read[place]._replace(pos=list(map(upos, labels))), own.name
        if bare and lang:
            self._tell(lang, own, reader is None)
        return done

    def _tell(self, lang: str, own: PosTagger | None, missing: bool) -> None:
        if lang in self._told:
            return
        self._told.add(lang)
        lacks = f"no {self.name} pipeline" if missing else f"the {self.name} pipeline has no parts of speech"
        instead = f"the {own.name} model's" if own else f"{NO_POS!r}, there is no model either"
        _LOG.warning("%s for %r; its words have %s", lacks, lang, instead)


def _whole(
    tokens: Sequence[str], langs: Sequence[str], spans: Sequence[Span], parts: Sequence[tuple[Layers, str]]
) -> Analysis:
    pos: list[str] = []
    ents: list[str] = []
    sources: list[str] = []
    for (_, start, end), (layers, source) in zip(spans, parts, strict=True):
        size = end - start
        pos += layers.pos or [NO_POS] * size
        ents += layers.ents or [OUTSIDE] * size
        sources += [source] * size
    tree = one_tree(langs, spans, [layers.tree for layers, _ in parts])
    return Analysis(pos=pos, ents=ents, heads=tree.heads, relations=tree.relations, sources=sources)


@cache
def _own_tagger(lang: str) -> PosTagger | None:
    return WindowedTagger.load(lang) if lang in languages() else None
