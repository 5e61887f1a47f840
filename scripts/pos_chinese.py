"""Chinese for scripts/train_pos.py: in both ways of writing, and cut into words in three ways.

The treebank is in traditional characters and most text is in simplified ones, so each sentence is learnt as it is and
simplified. The tokeniser gives the words of jieba where the extra ``cjk`` is installed, else characters, which the
tagger puts together by the words it knows; neither are the words of the treebank. So each sentence is learnt in all
three cuts.

Needs jieba (``pip install "cswitch[cjk]"``) and OpenCC (``pip install opencc``, Apache-2.0), at training time alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from cswitch.annotators.pos.characters import Joiner
from cswitch.annotators.pos.treebank import Span, Spans, TaggedSentence, read_treebank
from cswitch.core.pos import is_open
from cswitch.core.text.tokens import tokenise


def words(text: str) -> Sequence[Span]:
    """Words, as the tokeniser cuts running text with the extra."""
    return tokenise(text, "zh").offsets


def characters(text: str) -> Sequence[Span]:
    """Characters, as the tokeniser cuts running text without it."""
    return tokenise(text).offsets


def joined(known: Joiner) -> Spans:
    """Characters put together to known words, as the tagger does."""

    def cut(text: str) -> list[Span]:
        found = characters(text)
        ends = list(accumulate(known.lengths([text[start:end] for start, end in found])))
        return [(found[first][0], found[last - 1][1]) for first, last in pairwise((0, *ends))]

    return cut


@cache
def _converter(name: str) -> Callable[[str], str]:
    from opencc import OpenCC  # type: ignore[import-not-found]

    convert: Callable[[str], str] = OpenCC(name).convert
    return convert


def simplified(text: str) -> str:
    """Text in simplified characters; those that are simple already stay."""
    return _converter("tw2s")(text)


def traditional(text: str) -> str:
    """Text in the traditional characters of Taiwan."""
    return _converter("s2tw")(text)


def treebank(path: Path, cuts: Mapping[str, Spans | None]) -> dict[str, list[TaggedSentence]]:
    """A treebank in traditional characters in every cut and both ways of writing, by ``CUT, SCRIPT``."""
    found: dict[str, list[TaggedSentence]] = {}
    with TemporaryDirectory() as folder:
        other = Path(folder) / path.name
        other.write_text(simplified(path.read_text("utf-8")), encoding="utf-8")
        for script, place in (("simplified", other), ("traditional", path)):
            for name, cut in cuts.items():
                found[f"{name}, {script}"] = list(read_treebank(place, "zh", cut))
    return found


def everywhere(sentences: Sequence[TaggedSentence], cuts: Iterable[Spans | None]) -> list[TaggedSentence]:
    """Sentences in simplified characters, in every cut and both ways of writing.

    Args:
        sentences: Words that are written without spaces, and their labels.
        cuts: How to cut them; None keeps the words.
    """
    both = [*sentences, *(s._replace(tokens=tuple(map(traditional, s.tokens))) for s in sentences)]
    return [s if cut is None else recut(s, cut) for cut in cuts for s in both]


def recut(sentence: TaggedSentence, cut: Spans) -> TaggedSentence:
    """The same text in other tokens: a part of a word has its label, several words have that of the one that counts.

    >>> told = TaggedSentence(("买", "三", "本", "书"), ("VERB", "NUM", "NOUN", "NOUN"))
    >>> recut(told, lambda text: [(0, 1), (1, 3), (3, 4)])
    TaggedSentence(tokens=('买', '三本', '书'), labels=('VERB', 'NUM', 'NOUN'))
    """
    text = "".join(sentence.tokens)
    of_place = [n for n, token in enumerate(sentence.tokens) for _ in token]
    spans = cut(text)
    labels = [_label(sentence.labels[of_place[start] : of_place[end - 1] + 1]) for start, end in spans]
    return TaggedSentence(tuple(text[start:end] for start, end in spans), tuple(labels))


def _label(labels: Sequence[str]) -> str:
    if labels[0] in ("NUM", "DET"):
        return labels[0]
    return next((label for label in labels if is_open(label) and label != "ADV"), labels[0])
