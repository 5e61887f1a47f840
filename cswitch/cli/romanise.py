"""``cswitch romanise``: Devanagari words in Latin letters, in lines of text or in tagged samples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cswitch.cli.options import Force, Output
from cswitch.cli.streams import looks_like, open_output, progress

if TYPE_CHECKING:
    from cswitch.core.contracts import Romaniser
    from cswitch.schemas.sample import Sample

Format = Literal["auto", "text", "jsonl"]


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


def romanise_text(text: str, romaniser: Romaniser, lang: str = "hi") -> str:
    """A text with its Devanagari words in Latin letters, everything between tokens kept.

    >>> from cswitch.core.text.devanagari import DevanagariRomaniser
    >>> romanise_text("मैं  office जा रहा हूँ।", DevanagariRomaniser())
    'main  office ja raha hoon.'
    """
    from cswitch.core.text.tokens import tokenise

    if text.isascii():
        return text
    found = tokenise(text, lang)
    return splice(text, found.offsets, romaniser.romanise(found.tokens))[0]


def romanise_sample(sample: Sample, romaniser: Romaniser) -> Sample:
    """A sample with its Devanagari words in Latin letters: new tokens, text and offsets, the rest as it was."""
    from msgspec.structs import replace

    tokens = romaniser.romanise(sample.tokens)
    text, offsets = splice(sample.text, sample.offsets, tokens)
    provenance = replace(sample.provenance, script="roman")
    return replace(sample, tokens=tokens, text=text, offsets=offsets, provenance=provenance)


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


def _romanised(source: str, form: Format, lang: str, romaniser: Romaniser) -> Iterator[bytes]:
    from cswitch.pipeline.lines import read_lines
    from cswitch.pipeline.readers import read_samples

    if form == "jsonl" or (form == "auto" and looks_like(source, b'"')):
        from msgspec.json import encode

        yield from (encode(romanise_sample(sample, romaniser)) for _, sample in read_samples(source))
    else:
        yield from (romanise_text(line, romaniser, lang).encode() for _, line in read_lines(source))
