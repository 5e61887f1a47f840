"""``cswitch romanise``: Devanagari words in Latin letters, in lines of text or in tagged samples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

import typer

from cswitch.cli.options import Force, Output
from cswitch.cli.streams import looks_like, open_output, progress

if TYPE_CHECKING:
    from cswitch.core.contracts import Romaniser
    from cswitch.schemas.sample import Sample

Format = Literal["auto", "text", "jsonl"]
Item = TypeVar("Item")

BATCH = 512
"""Lines or samples a romaniser gets at a time."""


def romanise(
    source: Annotated[str, typer.Argument(metavar="IN", help="Lines of text, or samples as JSON Lines; - for stdin.")],
    output: Output = "-",
    lang: Annotated[str, typer.Option("--lang", help="Language of the Devanagari words: hi, mr, ne, ...")] = "hi",
    form: Annotated[
        Format, typer.Option("--format", help="What IN holds; auto takes lines that open a JSON object for samples.")
    ] = "auto",
    force: Force = False,
) -> None:
    """Write Devanagari words in Latin letters, as people type them.

    Everything else stays as it is: other scripts, spacing, tags and origins.
    The offsets of samples are those of the new text.
    """
    from cswitch.core.registry import load

    romaniser: Romaniser = load("romaniser", "deva")(lang=lang)
    with open_output(output, force=force) as out:
        for line in progress(_romanised(source, form, lang, romaniser), "romanised"):
            out.write(line + b"\n")


def romanise_texts(texts: Sequence[str], romaniser: Romaniser, lang: str = "hi") -> list[str]:
    """Texts with their Devanagari words in Latin letters, everything between tokens kept.

    >>> from cswitch.core.text.devanagari import DevanagariRomaniser
    >>> romanise_texts(["मैं  office जा रहा हूँ।", "ok"], DevanagariRomaniser())
    ['main  office ja raha hoon.', 'ok']
    """
    from cswitch.core.text.tokens import tokenise

    found = [tokenise(text, lang) for text in texts]
    spelt = _spelt([each.tokens for each in found], romaniser)
    return [splice(text, each.offsets, words)[0] for text, each, words in zip(texts, found, spelt, strict=True)]


def romanise_samples(samples: Sequence[Sample], romaniser: Romaniser) -> list[Sample]:
    """Samples with their Devanagari words in Latin letters: new tokens, text and offsets, the rest as it was."""
    from msgspec.structs import replace

    done = []
    for sample, tokens in zip(samples, _spelt([sample.tokens for sample in samples], romaniser), strict=True):
        text, offsets = splice(sample.text, sample.offsets, tokens)
        provenance = replace(sample.provenance, script="roman")
        done.append(replace(sample, tokens=tokens, text=text, offsets=offsets, provenance=provenance))
    return done


def splice(text: str, offsets: Sequence[tuple[int, int]], words: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """The text with each span replaced by its word, and the spans of the words in it.

    Args:
        text: The text that the offsets are of.
        offsets: ``[start, end)`` in code points, in order, none overlapping.
        words: A word a span.

    >>> splice("घर है.", [(0, 2), (3, 5), (5, 6)], ["ghar", "hai", "."])
    ('ghar hai.', [(0, 4), (5, 8), (8, 9)])
    """
    parts: list[str] = []
    spans: list[tuple[int, int]] = []
    last = length = 0
    for (start, end), word in zip(offsets, words, strict=True):
        gap = text[last:start]
        parts += gap, word
        length += len(gap)
        spans.append((length, length + len(word)))
        length += len(word)
        last = end
    return "".join([*parts, text[last:]]), spans


def _spelt(sentences: Sequence[Sequence[str]], romaniser: Romaniser) -> list[list[str]]:
    """The words of many sentences, spelt in one go: a romaniser is quickest with many words at once."""
    words = iter(romaniser.romanise([word for sentence in sentences for word in sentence]))
    return [list(islice(words, len(sentence))) for sentence in sentences]


def _romanised(source: str, form: Format, lang: str, romaniser: Romaniser) -> Iterator[bytes]:
    from cswitch.pipeline.lines import read_lines
    from cswitch.pipeline.readers import read_samples

    if form == "jsonl" or (form == "auto" and looks_like(source, b'"')):
        from msgspec.json import encode

        samples = (sample for _, sample in read_samples(source))
        for batch in _batches(samples):
            yield from map(encode, romanise_samples(batch, romaniser))
    else:
        texts = (line for _, line in read_lines(source))
        for lines in _batches(texts):
            yield from (line.encode() for line in romanise_texts(lines, romaniser, lang))


def _batches(items: Iterator[Item]) -> Iterator[list[Item]]:
    while batch := list(islice(items, BATCH)):
        yield batch
