"""Coding prompts whose prose is mixed and whose code is not (after Sheokand and Sawant, 2025)."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, ClassVar, Literal, NamedTuple, Self

import msgspec

from cswitch.core.contracts import PosTagger, Romaniser
from cswitch.core.errors import UsageError
from cswitch.core.lexicon import Lexicon, key
from cswitch.core.tag_names import language_tag
from cswitch.core.text.protected import check_kinds, compiled, protected_spans
from cswitch.core.text.scripts import scripts_for
from cswitch.core.text.tokens import is_neutral, tokenise
from cswitch.core.transliteration import vary
from cswitch.core.wordlists import function_words, table
from cswitch.generators.recipes.contracts import Context, RowItem, Takes
from cswitch.generators.recipes.making import make_sample
from cswitch.generators.recipes.operations.inflecting import OBLIQUE, agreeing
from cswitch.generators.recipes.operations.texts import inside
from cswitch.generators.recipes.operations.writing import Writer
from cswitch.generators.switching.glue import agree
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample
from cswitch.schemas.settings import Script

Class = Literal["NOUN", "VERB", "ADJ", "ADV"]
MODULE = re.compile(r"\s*(?:from\s+[\w.]+\s+import\b|import\s+\w|(?:async\s+)?def\s+\w+\s*\(|class\s+\w+\s*[:(]|@\w)")
"""What a prompt begins with that is a piece of Python, to be completed."""
PROSE = ("code", "inline-code", "latex", "urls", "placeholders", "numbers", "math", "options", "identifiers")
"""What stays in prose."""
_FALLBACK = ("instruct_prompt", "complete_prompt", "prompt", "instruction", "text")
_STOPS = frozenset(".!?:;")
_HALF = 0.5 + 1e-9


class CodePromptSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which words are replaced, and how many."""

    field: str = "prompt"
    """Field of the prompt."""
    cmd: tuple[float, ...] = (0.6, 0.9)
    """Code-mixing degrees, each giving a sample: the share of the content words with a counterpart, replaced."""
    classes: tuple[Class, ...] = ("NOUN", "VERB", "ADJ")
    """Parts of speech of the words that may be replaced."""
    code: Literal["auto", "python", "prose"] = "auto"
    """Whether a prompt is a piece of Python, of which docstrings alone are prose, or prose with code in it."""
    keep: tuple[str, ...] = PROSE
    """Kinds of what stays in prose, see :mod:`cswitch.core.text.protected`."""
    patterns: tuple[str, ...] = (r"\b(?:True|False|None|self|null)\b",)
    """Regular expressions of what else stays."""
    keep_terms: bool = True
    """Keep the words that programmers say in English in any language (data/lexicons/programming-terms.tsv)."""
    min_prob: float = 0.2
    """Translations less probable than this are not used."""
    script: Script = "roman"
    """Script of the words that come in, where the run says nothing of it."""
    variety: float = 1.0
    """Share of the romanised words whose spelling is drawn among those that people use."""


class _Read(NamedTuple):
    """A prompt in tokens."""

    text: str
    tokens: tuple[str, ...]
    offsets: tuple[tuple[int, int], ...]
    prose: list[bool]
    """Whether each token is a word of prose."""


class CodePrompts:
    """Words of coding prompts replaced by a dictionary, the most frequent first.

    Args:
        lexicon: From the language of the prompts to the other.
        tagger: Parts of speech of the prompts.
        settings: Settings.
        context: The run.
        romaniser: Writes what comes in in Latin letters; None leaves it.
    """

    name: ClassVar[str] = "code-prompts"
    takes: ClassVar[Takes] = "rows"
    chunk: ClassVar[int] = 64
    Settings: ClassVar[type[msgspec.Struct]] = CodePromptSettings

    def __init__(
        self,
        lexicon: Lexicon,
        tagger: PosTagger,
        settings: CodePromptSettings,
        context: Context,
        romaniser: Romaniser | None = None,
    ) -> None:
        self.lexicon, self.tagger, self.settings, self.context = lexicon, tagger, settings, context
        self.romaniser = romaniser
        self.source, self.target = lexicon.source, lexicon.target
        self.there = context.pos(self.target)
        self.closed = function_words(self.source).union(lexicon.closed.get(self.source, ()))
        self.closed_there = function_words(self.target).union(lexicon.closed.get(self.target, ()))
        terms = {row[0] for row in table("programming-terms.tsv")} if settings.keep_terms else set()
        self.staying = self.closed.union(terms)
        self._found: dict[tuple[str, str], str] = {}

    @classmethod
    def make(cls, settings: CodePromptSettings, context: Context) -> Self:
        """The operation; see :class:`~cswitch.generators.recipes.contracts.Operation`."""
        _check(settings)
        if len(context.languages) != 2:
            found = len(context.languages)
            raise UsageError(f"code-prompts takes two languages, not {found}", hint="add --pair en-hi")
        source, target = context.languages
        tagger = context.pos(source)
        if tagger is None:
            hint = "write the prompts in English, and put it first: --pair en-hi"
            raise UsageError(f"there is no part-of-speech tagger for {source}", hint=hint)
        script = context.script or settings.script
        roman = script == "roman" and scripts_for(target)[0] != "Latn"
        romaniser = context.romaniser(target) if roman else None
        return cls(context.lexicon(source, target), tagger, settings, context, romaniser)

    def __call__(self, items: Sequence[RowItem]) -> list[list[Sample] | Reject]:
        """A sample of each prompt at each degree, in order."""
        return [self._mixed(item) for item in items]

    def _mixed(self, item: RowItem) -> list[Sample] | Reject:
        text = item.fields.get(self.settings.field)
        if not isinstance(text, str):
            return Reject(source_id=item.id, reason="empty_side", detail=self._missing(item.fields), line=item.line)
        if not text.strip():
            return Reject(source_id=item.id, reason="empty_side", detail="the prompt is empty", line=item.line)
        read = self._read(text)
        if not any(read.prose):
            detail = "the prompt has no prose beside its code"
            return Reject(source_id=item.id, reason="no_words", detail=detail, line=item.line)
        known = self._known(read)
        if not known:
            detail = f"the lexicon of {self.source}-{self.target} knows no content word of the prose"
            return Reject(source_id=item.id, reason="no_units", detail=detail, line=item.line)
        return [self._sample(item, read, known, cmd, draw) for draw, cmd in enumerate(self.settings.cmd)]

    def _missing(self, fields: Mapping[str, Any]) -> str:
        near = [name for name in _FALLBACK if isinstance(fields.get(name), str)]
        told = f"; set field to {near[0]}" if near else f"; it has {', '.join(fields) or 'nothing'}"
        return f"the row has no text in field {self.settings.field!r}{told}"

    def _read(self, text: str) -> _Read:
        settings = self.settings
        python = settings.code == "python" or (settings.code == "auto" and MODULE.match(text) is not None)
        kinds = ("python", *settings.keep) if python else settings.keep
        spans = protected_spans(text, kinds, settings.patterns)
        tokens, offsets, _ = tokenise(text, self.source)
        kept = inside(offsets, spans)
        prose = [not staying and not is_neutral(token) for token, staying in zip(tokens, kept, strict=True)]
        return _Read(text, tokens, offsets, prose)

    def _known(self, read: _Read) -> dict[int, str]:
        """Content words that may be replaced: token to its counterpart."""
        known: dict[int, str] = {}
        for start, end in _sentences(read):
            labels = self.tagger.tag([read.tokens[start:end]])[0]
            for at, label in enumerate(labels, start):
                upos, _, feature = label.partition(".")
                if read.prose[at] and upos in self.settings.classes and key(read.tokens[at]) not in self.staying:
                    found = self._counterpart(read.tokens[at], upos, feature)
                    if found:
                        known[at] = found
        return known

    def _counterpart(self, token: str, upos: str, feature: str) -> str:
        """The most probable translation of the same class, where the class can be told, and of the same number."""
        name = key(token), f"{upos}.{feature}"
        if name not in self._found:
            known = [
                t.word
                for t in self.lexicon.translations(token)
                if t.prob >= self.settings.min_prob
                and key(t.word) != name[0]
                and t.word not in self.closed_there
                and not (self.target == "hi" and upos == "NOUN" and t.word.endswith(OBLIQUE))
            ]
            labels = [self.there.tag([word.split()])[0] if self.there else ("",) for word in known]
            same = [word for word, found in zip(known, labels, strict=True) if _is(found[-1], upos)]
            number = [word for word, found in zip(known, labels, strict=True) if _is(found[-1], upos, feature)]
            best = next(iter((number if upos == "NOUN" else []) or same or ([] if self.there else known)), "")
            if best and upos == "ADJ" and self.target == "es":  # English words count as masculine
                best = agreeing(best, "es", "m", "Sing") or best
            elif best and self.target == "hi":
                best = self._direct(token, best, upos)
            self._found[name] = best
        return self._found[name]

    def _direct(self, token: str, word: str, upos: str) -> str:
        """A Hindi adjective in the masculine, an infinitive in its direct form, where the lexicon has it."""
        direct = word[:-1] + "ा"
        bent = word.endswith(("ी", "े")) if upos == "ADJ" else upos == "VERB" and word.endswith("ने")
        return direct if bent and any(t.word == direct for t in self.lexicon.translations(token)) else word

    def _sample(self, item: RowItem, read: _Read, known: Mapping[int, str], cmd: float, draw: int) -> Sample:
        chosen = _chosen([key(read.tokens[at]) for at in known], cmd)
        replaced = {at: word for at, word in known.items() if key(read.tokens[at]) in chosen}
        writer = self._written(item.id, read, replaced)
        share = len(replaced) / len(known)
        words = sum(read.prose)
        return make_sample(
            self.context,
            operation=self.name,
            source_id=item.id,
            tokens=writer.tokens,
            langs=writer.langs,
            text=writer.text,
            offsets=writer.offsets,
            origins=writer.origins,
            met=abs(share - cmd) * len(known) <= max(_HALF, _largest(read.tokens, known) / 2),
            reachable={"cmd": (0.0, 1.0), "replaced": (0.0, round(len(known) / words, 4))},
            measures={"cmd": round(share, 4), "target_cmd": cmd, "replaced": round(len(replaced) / words, 4)},
            labels={name: value for name, value in item.fields.items() if name not in ("id", self.settings.field)},
            draw=draw,
        )

    def _written(self, id: str, read: _Read, replaced: Mapping[int, str]) -> Writer:
        tags = language_tag(self.source), language_tag(self.target)
        parts = {at: word.split() for at, word in replaced.items()}
        if self.romaniser:
            flat = [word for words in parts.values() for word in words]
            spelt = iter(vary(flat, self.romaniser, self.settings.variety, [self.context.config, id]))
            parts = {at: [next(spelt) for _ in words] for at, words in parts.items()}
        writer = Writer()
        last = 0
        for at, (token, (start, end)) in enumerate(zip(read.tokens, read.offsets, strict=True)):
            writer.space(read.text[last:start])
            if at in parts:
                for n, word in enumerate(parts[at]):
                    cased = word[:1].upper() + word[1:] if token[:1].isupper() and not n else word
                    writer.add(cased, tags[1], before=" " if n else "")
            else:
                after = parts.get(at + 1)
                form = agree(token, after[0], self.source) if after and read.prose[at] else token
                origin = (self.source, at) if form == token else None
                writer.add(form, tags[0] if read.prose[at] else "other", origin=origin)
            last = end
        writer.space(read.text[last:])
        return writer


def levels() -> Mapping[str, int]:
    """English words by the logarithm of how often they were seen: data/models/indic-english.tsv.gz.

    >>> levels()["after"] > levels()["school"] > levels()["aardvark"]
    True
    """
    return _levels()


@cache
def _levels() -> dict[str, int]:
    packed = files("cswitch.data.models").joinpath("indic-english.tsv.gz").read_bytes()
    lines = gzip.decompress(packed).decode("ascii").splitlines()[1:]
    return {word: int(line.partition("\t")[0]) for line in lines for word in line.partition("\t")[2].split()}


def _chosen(words: Sequence[str], share: float) -> frozenset[str]:
    """The most frequent words: so many of them that their share of all is the nearest."""
    counts = Counter(words)
    order = sorted(counts, key=lambda word: (-levels().get(word, -1), -counts[word], word))
    best, total = 0, 0
    nearest = share * len(words)
    for taken, word in enumerate(order, 1):
        total += counts[word]
        if abs(total - share * len(words)) < nearest:
            best, nearest = taken, abs(total - share * len(words))
    return frozenset(order[:best])


def _largest(tokens: Sequence[str], known: Mapping[int, str]) -> int:
    return max(Counter(key(tokens[at]) for at in known).values())


def _is(label: str, upos: str, feature: str = "") -> bool:
    found, _, told = label.partition(".")
    return found == upos and (not feature or not told or told == feature or upos != "NOUN")


def _sentences(read: _Read) -> list[tuple[int, int]]:
    """Stretches of tokens that a tagger reads together: sentences, and lines after an empty one."""
    found: list[tuple[int, int]] = []
    start = 0
    for at in range(1, len(read.tokens) + 1):
        gap = read.text[read.offsets[at - 1][1] : read.offsets[at][0]] if at < len(read.tokens) else ""
        if at == len(read.tokens) or gap.count("\n") > 1 or read.tokens[at - 1] in _STOPS:
            if any(read.prose[start:at]):
                found.append((start, at))
            start = at
    return found


def _check(settings: CodePromptSettings) -> None:
    if not settings.cmd:
        raise UsageError("no degree of mixing is given", hint="give cmd, such as [0.6, 0.9]")
    for name, value in (
        *(("cmd", each) for each in settings.cmd),
        ("min_prob", settings.min_prob),
        ("variety", settings.variety),
    ):
        if not 0 <= value <= 1:
            raise UsageError(f"{name} is {value:g}", hint="give a share between 0 and 1")
    if not settings.classes:
        raise UsageError("no part of speech may be replaced", hint="give classes, such as [NOUN, VERB, ADJ]")
    check_kinds(settings.keep)
    for pattern in settings.patterns:
        compiled(pattern)
