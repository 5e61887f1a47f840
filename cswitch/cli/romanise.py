"""``cswitch romanise``: words of other scripts in Latin letters or back, in lines of text or in tagged samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, TypeVar

import typer

from cswitch.cli.keeping import TYPED, Origin, keep_job
from cswitch.cli.options import Force, Output
from cswitch.cli.streams import looks_like, open_output, progress
from cswitch.core.errors import UsageError

if TYPE_CHECKING:
    from cswitch.core.transliteration.records import Convert, Record
    from cswitch.schemas.commands import RomaniseStage
    from cswitch.schemas.sample import Sample

Format = Literal["auto", "text", "jsonl"]
Script = Literal["roman", "native"]
Item = TypeVar("Item")

BATCH = 512
"""Lines or samples a romaniser gets at a time."""
_USUAL = "hi"
"""Language of lines of text when none is named."""


def romanise(
    source: Annotated[str, typer.Argument(metavar="IN", help="Lines of text, or samples as JSON Lines; - for stdin.")],
    output: Output = "-",
    lang: Annotated[
        str | None,
        typer.Option("--lang", help="Language of the words: hi, ru, ja, ... Lines: hi; samples: each its own."),
    ] = None,
    tags: Annotated[
        str | None, typer.Option("--tags", metavar="A,B", help="Samples: convert only tokens with these tags.")
    ] = None,
    variety: Annotated[
        float, typer.Option("--variety", metavar="P", help="Share of words spelt as one of many writers would, 0 to 1.")
    ] = 0.0,
    to: Annotated[Script, typer.Option("--to", help="Latin letters, or the native script again.")] = "roman",
    seed: Annotated[int, typer.Option("--seed", help="Decides the spellings that are drawn.")] = 0,
    form: Annotated[
        Format, typer.Option("--format", help="What IN holds; auto takes lines that open a JSON object for samples.")
    ] = "auto",
    force: Force = False,
) -> None:
    """Write words of any script in Latin letters, or back.

    They are spelt as people type them. Everything else stays as it is: Latin words, spacing, tags and origins.
    The offsets of samples are those of the new text.
    """
    from cswitch.core.text.scripts import check_language
    from cswitch.schemas.commands import RomaniseStage

    _check(variety, to)
    stage = RomaniseStage(
        lang=None if lang is None else check_language(lang), tags=_tags(tags), variety=variety, to=to, seed=seed
    )
    make(source, form, stage, Target(output, force), TYPED)


class Target(NamedTuple):
    """What a run writes, and whether it replaces what is there."""

    output: str
    force: bool


def make(source: str, form: Format, stage: RomaniseStage, target: Target, origin: Origin) -> None:
    """Writes words in other letters, and the job file that would do it again.

    Args:
        source: Lines of text, or samples.
        form: Which of them.
        stage: What to write.
        target: Where it goes.
        origin: The job file that is done, if it is one.

    Raises:
        CswitchError: The input cannot be read or converted; nothing is left of the output.
    """
    from cswitch.pipeline.jobs.repeating import romanise_job

    output, code, tags = target.output, stage.lang, frozenset(stage.tags) or None
    origin.told("")
    convert = _to_native if stage.to == "native" else _to_roman(stage.variety, stage.seed)
    with open_output(output, force=target.force) as out:
        samples = form == "jsonl" or (form == "auto" and looks_like(source, b'"'))
        if tags is not None and not samples:
            raise UsageError("--tags chooses tokens of samples, and lines of text have no tags", hint="leave it out")
        if code is not None or not samples:
            convert([_probe(code or _USUAL)])  # what cannot be converted is said before anything is read
        lines = _samples(source, _chooser(code, tags), convert, stage.to) if samples else None
        for line in progress(lines or _texts(source, code or _USUAL, convert), "romanised"):
            out.write(line + b"\n")
    keep_job(romanise_job(source, "jsonl" if samples else "text", stage, output), "", origin)


def _check(variety: float, to: Script) -> None:
    if not 0 <= variety <= 1:
        raise UsageError(f"--variety {variety:g} is no share", hint="choose 0 to 1")
    if variety and to == "native":
        raise UsageError("--variety is for --to roman: a word has one native spelling", hint="leave it out")


def _probe(lang: str) -> Record:
    """A record without words, which asks for the romaniser of a language."""
    from cswitch.core.transliteration.records import Record

    return Record("", [""], [lang])


def _tags(text: str | None) -> tuple[str, ...]:
    """The tags of ``--tags``: languages, checked, and neutral tags as they are."""
    if text is None:
        return ()
    from cswitch.core.measures.tags import NEUTRAL
    from cswitch.core.text.scripts import check_language

    return tuple(tag if tag in NEUTRAL else check_language(tag) for tag in map(str.strip, text.split(",")))


def _chooser(lang: str | None, tags: frozenset[str] | None) -> Callable[[Sample], Sequence[str]]:
    """Which language each token of a sample is converted by: the one named, or its own."""
    from cswitch.core.transliteration.records import converted_by

    def choose(sample: Sample) -> Sequence[str]:
        if lang is None:
            return converted_by(sample, tags)
        return [lang if tags is None or tag in tags else "" for tag in sample.langs]

    return choose


def _to_roman(variety: float, seed: int) -> Convert:
    """Romanises records, loading the romaniser of a language when the first record needs it."""
    from cswitch.core.transliteration import romaniser_for
    from cswitch.core.transliteration.records import romanised

    load = cache(romaniser_for)

    def convert(records: Sequence[Record]) -> list[list[str]]:
        asked = dict.fromkeys(lang for record in records for lang in record.langs if lang)
        return romanised(records, {lang: load(lang) for lang in asked}, variety, seed)

    return convert


def _to_native(records: Sequence[Record]) -> list[list[str]]:
    """De-romanises records, the words of a language within a record as one sentence."""
    out = [list(record.tokens) for record in records]
    for lang in dict.fromkeys(lang for record in records for lang in record.langs if lang):
        places = [[at for at, tag in enumerate(record.langs) if tag == lang] for record in records]
        sentences = [[record.tokens[at] for at in found] for record, found in zip(records, places, strict=True)]
        for words, found, native in zip(out, places, _deromaniser(lang)(sentences), strict=True):
            for at, word in zip(found, native, strict=True):
                words[at] = word
    return out


@cache
def _deromaniser(lang: str) -> Callable[[Sequence[Sequence[str]]], Sequence[Sequence[str]]]:
    from cswitch.core.registry import load

    found: Callable[[Sequence[Sequence[str]]], Sequence[Sequence[str]]]
    found = load("deromaniser", "spelling")(lang=lang).deromanise_sentences
    return found


def _samples(
    source: str, choose: Callable[[Sample], Sequence[str]], convert: Convert, script: Script
) -> Iterator[bytes]:
    from msgspec.json import encode

    from cswitch.core.transliteration.records import rewrite_samples
    from cswitch.pipeline.readers import read_samples

    for batch in _batches(sample for _, sample in read_samples(source)):
        yield from map(encode, rewrite_samples(batch, choose, convert, script))


def _texts(source: str, lang: str, convert: Convert) -> Iterator[bytes]:
    from cswitch.core.transliteration.records import rewrite_texts
    from cswitch.pipeline.lines import read_lines

    for batch in _batches(read_lines(source)):
        keys = [str(number) for number, _ in batch]
        yield from (text.encode() for text in rewrite_texts([line for _, line in batch], lang, convert, keys))


def _batches(items: Iterator[Item]) -> Iterator[list[Item]]:
    while batch := list(islice(items, BATCH)):
        yield batch
