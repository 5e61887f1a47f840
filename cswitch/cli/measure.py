"""``cswitch measure``: how mixed tagged text is, and how near samples came to the CMI asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cswitch.cli.options import AsJson, parse_pair, print_json
from cswitch.cli.streams import holds_samples, progress, table
from cswitch.core.errors import InputError

if TYPE_CHECKING:
    from cswitch.core.measures import Corpus, CorpusMeasures, Number
    from cswitch.pipeline.readers import Tagged
    from cswitch.schemas.sample import Sample

Policy = Literal["neutral", "language"]
Deviation = Literal["population", "sample"]
By = Literal["corpus", "utterance"]

FORMS = ("pooled", "mean-all", "mean-mixed")
"""Over the tokens of the corpus; the mean over its utterances; the mean over those with two languages or more."""


def measure(
    source: Annotated[
        str, typer.Argument(metavar="IN", help="Samples, objects with tokens and langs, or token<TAB>tag; - for stdin.")
    ],
    as_json: AsJson = False,
    by: Annotated[By, typer.Option("--by", help="One line an utterance, or the corpus.")] = "corpus",
    ne: Annotated[Policy, typer.Option("--ne", help="Count names tagged ne:hi as language tokens.")] = "neutral",
    mixed: Annotated[
        Policy, typer.Option("--mixed", help="Count words tagged mixed:hi as language tokens.")
    ] = "neutral",
    sd: Annotated[Deviation, typer.Option("--sd", help="Standard deviation in burstiness.")] = "population",
    symcom: Annotated[
        str, typer.Option("--symcom", metavar="A-B", help="Languages of symcom; IN must give parts of speech.")
    ] = "",
    bootstrap: Annotated[int, typer.Option("--bootstrap", min=0, help="Replicates for 95 % intervals.")] = 0,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the replicates.")] = 0,
) -> None:
    """Measure how mixed tagged text is.

    Neutral tags (other, ne, ambiguous, mixed, fw, unk) are left out. Every number has a signature; two numbers
    with the same one can be compared. Samples also tell how near they came to the CMI asked for.

    With --by utterance: a tab-separated line, or with --json an object, for each utterance.
    """
    if by == "utterance":
        for line in _by_utterance(source, as_json, sd=sd, ne=ne, mixed=mixed):
            typer.echo(line)
        return
    from cswitch.core.measures import Corpus

    languages = parse_pair(symcom, "--symcom") if symcom else None
    corpus = Corpus(languages=languages, sd=sd, ne=ne, mixed=mixed, bootstrap=bootstrap, seed=seed)
    asked = Asked()
    for tagged in progress(_tagged(source, asked), "measured"):
        _add(corpus, tagged, source, symcom=bool(languages))
    found = corpus.result()
    if as_json:
        print_json({**found.to_dict(), "asked": [row.to_dict() for row in asked.rows()]})
    else:
        typer.echo("\n".join(_lines(found, asked)))


@dataclass
class AskedRow:
    """Samples that were asked for the same CMI."""

    asked: float | None
    """The CMI asked for; None for all samples together."""
    samples: int = 0
    total: float = 0.0
    error: float = 0.0
    within: int = 0
    marked: int = 0

    def add(self, got: float, off: float, within: bool, met: bool) -> None:
        """Takes in a sample."""
        self.samples += 1
        self.total += got
        self.error += off
        self.within += within
        self.marked += not met

    def to_dict(self) -> dict[str, float | int | None]:
        """Means and counts, ready for JSON."""
        return {
            "asked": self.asked,
            "samples": self.samples,
            "mean_got": self.total / self.samples,
            "mean_absolute_error": self.error / self.samples,
            "within_tolerance": self.within,
            "marked_unmet": self.marked,
        }


class Asked:
    """How near samples came to the CMI asked for, measured again from their tags.

    >>> asked = Asked()
    >>> asked.rows()
    []
    """

    MOST = 12
    """More different values asked for, as from a range, are given together only."""

    def __init__(self) -> None:
        self._all = AskedRow(None)
        self._each: dict[float, AskedRow] = {}

    def add(self, sample: Sample) -> None:
        """Takes in a sample; one without a CMI target is passed over."""
        from cswitch.core.measures import cmi

        target = sample.target
        if target.cmi is None:
            return
        got = cmi(sample.langs)
        off = abs(got - target.cmi)
        within = off <= (target.tolerance or 0.0) + 1e-9
        rows = [self._all]
        if target.cmi in self._each or len(self._each) <= self.MOST:
            rows.append(self._each.setdefault(target.cmi, AskedRow(target.cmi)))
        for row in rows:
            row.add(got, off, within, sample.met)

    def rows(self) -> list[AskedRow]:
        """A row for each value asked for, when they are few, then one for all; nothing without targets."""
        each = [self._each[value] for value in sorted(self._each)] if 1 < len(self._each) <= self.MOST else []
        return [*each, self._all] if self._all.samples else []


def _tagged(source: str, asked: Asked) -> Iterator[Tagged]:
    from cswitch.pipeline.readers import Tagged, read_samples, read_tagged

    if not holds_samples(source):
        yield from read_tagged(source)
        return
    for _, sample in read_samples(source):
        asked.add(sample)
        yield Tagged(id=sample.id, tokens=sample.tokens, langs=sample.langs)


def _add(corpus: Corpus, tagged: Tagged, source: str, *, symcom: bool) -> None:
    if symcom and tagged.pos is None:
        hint = "give a part of speech for each token, or leave out --symcom"
        raise InputError(f"utterance {tagged.id} has no parts of speech", path=source, field="pos", hint=hint)
    try:
        corpus.add(tagged.langs, pos=tagged.pos if symcom else None)
    except InputError as error:
        raise InputError(error.message, path=source, hint=error.hint) from error


def _by_utterance(source: str, as_json: bool, **options: Any) -> Iterator[str]:
    """A heading and a tab-separated line an utterance, or an object an utterance."""
    import orjson

    from cswitch.core.measures import UTTERANCE_MEASURES, utterance_measures
    from cswitch.pipeline.lines import started

    found = started(_tagged(source, Asked()))
    if not as_json:
        yield "\t".join(("id", "tokens", *UTTERANCE_MEASURES))
    for tagged in found:
        try:
            values = utterance_measures(tagged.langs, **options)
        except InputError as error:
            raise InputError(f"utterance {tagged.id}: {error.message}", path=source, hint=error.hint) from error
        if as_json:
            yield orjson.dumps({"id": tagged.id, "tokens": len(tagged.tokens), **values}).decode()
        else:
            name = " ".join(tagged.id.split())
            yield "\t".join((name, str(len(tagged.tokens)), *(_value(value, "") for value in values.values())))


def _lines(found: CorpusMeasures, asked: Asked) -> list[str]:
    rows: list[tuple[str, ...]] = [("", *FORMS, "signature")]
    for name, numbers in found.measures.items():
        whole = numbers.get("pooled", numbers.get("all"))
        cells = [_number(number) for number in (whole, numbers.get("mean-all"), numbers.get("mean-mixed"))]
        rows.append((name, *cells, _signature(numbers)))
    for unit, number in found.symcom.items():
        rows.append((f"symcom {unit}", _number(number), "", "", number.signature))
    languages = ", ".join(f"{lang} {count:,}" for lang, count in found.languages.items()) or "none"
    lines = [
        f"{found.utterances:,} utterances, {found.mixed:,} mixed, {found.empty:,} without a language token",
        f"{found.tokens:,} tokens, {found.language_tokens:,} of a language ({languages})",
        f"{found.switches:,} switch points",
        "",
        table(rows),
    ]
    return [*lines, *_asked_lines(asked.rows())]


def _asked_lines(rows: list[AskedRow]) -> list[str]:
    if not rows:
        return []
    cells = [("CMI asked", "samples", "mean got", "mean |asked - got|", "within tolerance", "marked as not met")]
    for row in rows:
        name = "all" if row.asked is None else f"{row.asked:g}"
        share = f"{row.within:,} ({100 * row.within / row.samples:.1f} %)"
        means = (f"{row.total / row.samples:.2f}", f"{row.error / row.samples:.3f}")
        cells.append((name, f"{row.samples:,}", *means, share, f"{row.marked:,}"))
    return ["", table(cells)]


def _number(number: Number | None) -> str:
    if number is None:
        return ""
    text = _value(number.value, "-")
    if number.interval is None:
        return text
    return f"{text} [{_value(number.interval[0], '')}, {_value(number.interval[1], '')}]"


def _value(value: float | int | None, undefined: str) -> str:
    if value is None:
        return undefined
    return str(value) if isinstance(value, int) else f"{value:.4f}"


def _signature(numbers: dict[str, Number]) -> str:
    """The signature of a row; where its columns differ, in the form alone, there is a star."""
    signatures = [number.signature for number in numbers.values()]
    if len(signatures) == 1:
        return signatures[0]
    return "|".join("corpus:*" if part.startswith("corpus:") else part for part in signatures[0].split("|"))
