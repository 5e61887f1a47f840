"""``cswitch align``: which words of parallel sentences translate each other, as Pharaoh lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Annotated

import typer

from cswitch.cli.options import AsJson, Force, Output, Pair, parse_pair, print_json
from cswitch.cli.streams import open_output, progress
from cswitch.core.errors import InputError, RunError, UsageError

if TYPE_CHECKING:
    from cswitch.core.contracts import Aligner, Link, Sentence, TokenisedPair
    from cswitch.generators.alignment.evaluate import Score
    from cswitch.pipeline.readers import Row

BATCH = 256
"""Pairs an aligner gets at a time."""

GIVEN = "given"
"""The aligner that hands on the links of the input; for ``--evaluate``, those links as gold."""

Pairs = list[tuple[int, int]]


def align(
    source: Annotated[
        str, typer.Argument(metavar="IN", help="TSV with a heading of language codes, JSON Lines, two files A,B, or -.")
    ],
    pair: Pair,
    output: Output = "-",
    aligner: Annotated[str, typer.Option("--aligner", help="lexical, given, or the name of a plug-in.")] = "lexical",
    links: Annotated[
        str | None, typer.Option("--links", metavar="FILE", help="Pharaoh lines to take as given.")
    ] = None,
    pretokenized: Annotated[bool, typer.Option("--pretokenized", help="Tokens stand between spaces in IN.")] = False,
    gap_fill: Annotated[bool, typer.Option("--gap-fill", help="Add links that only a neighbour vouches for.")] = False,
    min_confidence: Annotated[
        float, typer.Option("--min-confidence", min=0.0, max=1.0, help="Leave out links below it.")
    ] = 0.0,
    evaluate: Annotated[
        str | None,
        typer.Option(
            "--evaluate", metavar="GOLD", help="Score against Pharaoh lines of gold, or the word given: IN's own links."
        ),
    ] = None,
    as_json: AsJson = False,
    force: Force = False,
) -> None:
    """Link the words of parallel sentences.

    Writes a line for each pair: links i-j, i counting the tokens of the first language from 0, j those of the second.
    Counts, and precision, recall and alignment error rate with --evaluate, go to stderr, or with --json to stdout.
    """
    from cswitch.pipeline.readers import read_pairs

    languages = parse_pair(pair)
    if as_json and output == "-":
        raise UsageError("--json and the links would both go to stdout", hint="add -o LINKS")
    found = load_aligner(aligner, languages, gap_fill=gap_fill)
    rows = read_pairs(source, languages, links=links, pretokenised=pretokenized)
    tally = Tally(source, evaluate)
    with open_output(output, force=force) as out:
        for row, row_links in progress(align_rows(rows, languages, found, source), "aligned"):
            kept = [(link.source, link.target) for link in row_links if link.confidence >= min_confidence]
            out.write(tally.add(row, kept).encode() + b"\n")
        score = tally.score()
        if not tally.links:
            raise RunError(f"no link in any pair ({tally.pairs:,})", hint="check that --pair names the languages of IN")
    summary = {"aligner": aligner, "pair": list(languages), **tally.counts(), **(score._asdict() if score else {})}
    if as_json:
        print_json(summary)
    else:
        typer.echo(tally.summary(score), err=True)


class Tally:
    """Counts links, and keeps them beside the gold ones when they are to be scored.

    Args:
        source: The input, for messages.
        gold: A Pharaoh file, :data:`GIVEN`, or None for no score.
    """

    def __init__(self, source: str, gold: str | None) -> None:
        self.pairs = self.links = self.unlinked = 0
        self._source, self._gold_name = source, gold
        self._found: list[Pairs] = []
        self._given: list[Pairs] = []

    def add(self, row: Row, links: Pairs) -> str:
        """Takes in the links of a pair and gives them as a Pharaoh line.

        Raises:
            InputError: The links of the pair are wanted as gold, and it has none.
        """
        from cswitch.generators.alignment.pharaoh import format_pharaoh

        self.pairs += 1
        self.links += len(links)
        self.unlinked += not links
        if self._gold_name is not None:
            self._found.append(links)
        if self._gold_name == GIVEN:
            if row.pair.links is None:
                hint = "give every pair its links, or name a file of gold links"
                raise InputError("no links to score against", path=self._source, line=row.line, hint=hint)
            self._given.append(row.pair.links)
        return format_pharaoh(links)

    def score(self) -> Score | None:
        """Precision, recall and alignment error rate, or None when they were not asked for.

        Raises:
            InputError: The gold file cannot be read, or has not a line for each pair.
        """
        from cswitch.generators.alignment.evaluate import evaluate

        if self._gold_name is None:
            return None
        gold = self._given if self._gold_name == GIVEN else _read_gold(self._gold_name, self.pairs)
        return evaluate(self._found, gold)

    def counts(self) -> dict[str, int]:
        """Pairs, links, and pairs without a link."""
        return {"pairs": self.pairs, "links": self.links, "pairs_without_links": self.unlinked}

    def summary(self, score: Score | None) -> str:
        """The counts and the score in words."""
        text = f"pairs {self.pairs:,}, links {self.links:,}, pairs without a link {self.unlinked:,}"
        if score is None:
            return text
        return f"{text}\nprecision {score.precision:.3f}, recall {score.recall:.3f}, AER {score.aer:.3f}"


def load_aligner(name: str, languages: tuple[str, str], *, gap_fill: bool = False) -> Aligner:
    """The aligner registered under a name, made for two languages.

    Raises:
        UsageError: The name is unknown, or the aligner cannot do what is asked.
    """
    from cswitch.core.registry import load

    found = load("aligner", name)
    if gap_fill and name != "lexical":
        raise UsageError(f"--gap-fill is no option of the aligner {name!r}", hint="use --aligner lexical")
    if name == GIVEN:
        made: Aligner = found()
    else:
        made = found(*languages, gap_fill=True) if gap_fill else found(*languages)
    return made


def align_rows(
    rows: Iterable[Row], languages: tuple[str, str], aligner: Aligner, source: str
) -> Iterator[tuple[Row, tuple[Link, ...]]]:
    """Rows with their links, in order.

    Args:
        rows: Pairs as they were read.
        languages: First and second language.
        aligner: What finds the links.
        source: The input, for messages.

    Raises:
        InputError: A pair has no links where they are needed, or links that its sentences have no tokens for.
    """
    size = 1 if aligner.name == GIVEN else BATCH  # links that are checked one by one can be told by their line
    remaining = iter(rows)
    while batch := list(islice(remaining, size)):
        try:
            found = aligner.align([tokenise_row(row, languages) for row in batch])
        except InputError as error:
            line = batch[0].line if len(batch) == 1 else None
            raise InputError(error.message, path=source, line=line, hint=error.hint) from error
        yield from zip(batch, found, strict=True)


def tokenise_row(row: Row, languages: tuple[str, str]) -> TokenisedPair:
    """A pair as aligners take it; tokens that the input brings are kept."""
    from cswitch.core.contracts import Link, TokenisedPair

    first, second = (_sentence(row, lang) for lang in languages)
    links = None if row.pair.links is None else tuple(Link(i, j) for i, j in row.pair.links)
    return TokenisedPair(row.pair.id, first, second, links)


def _sentence(row: Row, lang: str) -> Sentence:
    from cswitch.core.contracts import Sentence
    from cswitch.core.text.tokens import tokenise

    if row.pair.tokens is not None:
        tokens = tuple(row.pair.tokens[lang])
        return Sentence(lang, tokens, (None,) * len(tokens))
    found = tokenise(row.pair.texts[lang], lang)
    return Sentence(lang, found.tokens, found.gaps)


def _read_gold(path: str, pairs: int) -> list[Pairs]:
    from cswitch.generators.alignment.pharaoh import parse_pharaoh
    from cswitch.pipeline.lines import read_lines

    gold: list[Pairs] = []
    for place, line in zip_longest(range(pairs), read_lines(path)):
        if place is None or line is None:
            count = f"more than {pairs:,}" if place is None else f"{len(gold):,}"
            raise InputError(f"{count} lines for {pairs:,} pairs", path=path, hint="give one line of links a pair")
        try:
            gold.append(parse_pharaoh(line[1]))
        except InputError as error:
            raise InputError(error.message, path=path, line=line[0], hint=error.hint) from error
    return gold
