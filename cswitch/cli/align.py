"""``cswitch align``: which words of parallel sentences translate each other, as Pharaoh lines or as records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import chain, islice, zip_longest
from typing import TYPE_CHECKING, Annotated

import typer

from cswitch.cli.options import AsJson, Force, Lexicons, Output, Pair, note, parse_pair, print_json
from cswitch.cli.streams import input_files, open_output, progress, refuse_overwriting
from cswitch.core.errors import InputError, RunError, UsageError

if TYPE_CHECKING:
    from cswitch.core.contracts import Link
    from cswitch.generators.alignment.evaluate import Score
    from cswitch.pipeline.linking import Linked
    from cswitch.pipeline.readers import Row

GIVEN = "given"
"""The aligner that hands on the links of the input; for ``--evaluate``, those links as gold."""

Pairs = list[tuple[int, int]]


class Form(StrEnum):
    """How links are written."""

    pharaoh = "pharaoh"
    confidences = "confidences"
    jsonl = "jsonl"


class Symmetrisation(StrEnum):
    """How the links of two directions become one set."""

    intersection = "intersection"
    union = "union"
    grow_diag = "grow-diag"
    grow_diag_final = "grow-diag-final"
    grow_diag_final_and = "grow-diag-final-and"


def align(
    source: Annotated[
        str, typer.Argument(metavar="IN", help="TSV with a heading of language codes, JSON Lines, two files A,B, or -.")
    ],
    pair: Pair,
    output: Output = "-",
    aligner: Annotated[
        str,
        typer.Option(
            "--aligner",
            metavar="NAME",
            help="lexical, hybrid, fast-align, eflomal, embedding:MODEL, given, a plug-in's, or auto.",
        ),
    ] = "lexical",
    form: Annotated[
        Form, typer.Option("--to", help="i-j, i-j:confidence, or JSON records that synth reads.")
    ] = Form.pharaoh,
    lexicons: Lexicons = None,
    links: Annotated[
        str | None, typer.Option("--links", metavar="FILE", help="Pharaoh lines to take as given.")
    ] = None,
    pretokenized: Annotated[bool, typer.Option("--pretokenized", help="Tokens stand between spaces in IN.")] = False,
    gap_fill: Annotated[bool, typer.Option("--gap-fill", help="More links, less sure ones among them.")] = False,
    symmetrise: Annotated[
        Symmetrisation | None, typer.Option("--symmetrise", help="For aligners with two directions.")
    ] = None,
    layer: Annotated[int | None, typer.Option("--layer", metavar="N", help="Layer of the encoder to take.")] = None,
    extract: Annotated[
        str | None,
        typer.Option("--extract", metavar="NAME", help="How embedding finds links: argmax, itermax, match or softmax."),
    ] = None,
    device: Annotated[
        str | None, typer.Option("--device", metavar="NAME", help="Where the encoder runs: cpu, cuda, cuda:1, auto.")
    ] = None,
    dtype: Annotated[
        str | None, typer.Option("--dtype", metavar="NAME", help="float32, bfloat16 or float16; auto suits the device.")
    ] = None,
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
    from cswitch.pipeline.aligners import make_aligner
    from cswitch.pipeline.linking import link_rows
    from cswitch.pipeline.readers import read_pairs
    from cswitch.pipeline.user_lexicons import checked

    languages = parse_pair(pair)
    if as_json and output == "-":
        raise UsageError("--json and the links would both go to stdout", hint="add -o LINKS")
    refuse_overwriting([output], [*input_files(source), links, evaluate])
    rows: Iterable[Row] = read_pairs(source, languages, links=links, pretokenised=pretokenized, note=note)
    if aligner == "auto":
        aligner, rows = choose_aligner(rows, languages, lexicons=bool(lexicons))
    options = {
        "gap_fill": gap_fill,
        "symmetrisation": symmetrise.value if symmetrise else None,
        "lexicons": checked(lexicons or (), note),
        "layer": layer,
        "method": extract,
        "device": device,
        "dtype": dtype,
    }
    found = make_aligner(aligner, languages, options)
    tally = Tally(source, evaluate)
    with open_output(output, force=force) as out:
        for linked in progress(link_rows(rows, languages, found, source), "aligned"):
            kept = [link for link in linked[2] if link.confidence >= min_confidence]
            tally.add(linked, [(link.source, link.target) for link in kept])
            out.write(written(linked, kept, form) + b"\n")
        score = tally.score()
        if not tally.links:
            hint = "check that --pair names the languages of IN"
            raise RunError(f"no link in any pair ({tally.pairs:,})", hint=tally.strange or hint)
    if tally.strange:
        note(tally.strange)
    summary = {"aligner": aligner, "pair": list(languages), **tally.counts(), **(score._asdict() if score else {})}
    if as_json:
        print_json(summary)
    else:
        typer.echo(tally.summary(score), err=True)


def choose_aligner(
    rows: Iterable[Row], languages: tuple[str, str], *, lexicons: bool = False
) -> tuple[str, Iterable[Row]]:
    """The aligner that ``auto`` takes, said on stderr, and the rows, none lost."""
    from cswitch.generators.alignment.choose import choose
    from cswitch.pipeline.prelink import COUNTED

    rest: Iterator[Row] = iter(rows)
    first = list(islice(rest, COUNTED))
    if first and all(row.pair.links is not None for row in first):
        note("--aligner auto takes given: the pairs bring their links")
        return GIVEN, chain(first, rest)
    choice = choose(len(first), *languages, lexicons=lexicons)
    note(f"--aligner auto takes {choice.name}: {choice.why}")
    return choice.name, chain(first, rest)


def written(linked: Linked, links: Sequence[Link], form: Form) -> bytes:
    """A pair's links as a line, without its end.

    >>> from cswitch.core.contracts import Link, Sentence, TokenisedPair
    >>> from cswitch.pipeline.pair_rows import Row
    >>> from cswitch.schemas.pair import Pair
    >>> row = Row(2, Pair(id="1", texts={"en": "sun", "es": "sol"}))
    >>> tokens = TokenisedPair("1", Sentence("en", ("sun",), (False,)), Sentence("es", ("sol",), (False,)))
    >>> links = (Link(0, 0, 0.9),)
    >>> written((row, tokens, links), links, Form.pharaoh), written((row, tokens, links), links, Form.confidences)
    (b'0-0', b'0-0:0.9')
    """
    from cswitch.generators.alignment.pharaoh import DIGITS, format_links, format_pharaoh

    if form is Form.pharaoh:
        return format_pharaoh((link.source, link.target) for link in links).encode()
    if form is Form.confidences:
        return format_links(links).encode()
    from msgspec.json import encode
    from msgspec.structs import replace

    row, pair, _ = linked
    return encode(
        replace(
            row.pair,
            tokens={side.lang: list(side.tokens) for side in (pair.source, pair.target)},
            links=[(link.source, link.target) for link in links],
            confidences=[round(link.confidence, DIGITS) for link in links],
        )
    )


class Tally:
    """Counts links, and keeps them beside the gold ones when they are to be scored.

    Args:
        source: The input, for messages.
        gold: A Pharaoh file, :data:`GIVEN`, or None for no score.
    """

    def __init__(self, source: str, gold: str | None) -> None:
        self.pairs = self.links = self.unlinked = 0
        self._source, self._gold_name = source, gold
        self._strange, self._first_strange = 0, ""
        self._found: list[Pairs] = []
        self._given: list[Pairs] = []

    @property
    def strange(self) -> str:
        """How many pairs without links have a side in a script of another language, in words; empty for none."""
        if not self._strange:
            return ""
        noun = "pair has" if self._strange == 1 else "pairs have"
        cure = "cswitch romanise --to native writes roman text in its own script"
        return f"{self._strange:,} {noun} a side in another script ({self._first_strange}): {cure}"

    def add(self, linked: Linked, links: Pairs) -> None:
        """Takes in the links of a pair.

        Raises:
            InputError: The links of the pair are wanted as gold, and it has none.
        """
        from cswitch.pipeline.tokenised import strange_script

        row, pair, _ = linked
        self.pairs += 1
        self.links += len(links)
        self.unlinked += not links
        if not links and (what := strange_script(pair)):
            self._strange += 1
            self._first_strange = self._first_strange or f"line {row.line}: {what}"
        if self._gold_name is not None:
            self._found.append(links)
        if self._gold_name == GIVEN:
            if row.pair.links is None:
                hint = "give every pair its links, or name a file of gold links"
                raise InputError("no links to score against", path=self._source, line=row.line, hint=hint)
            self._given.append(row.pair.links)

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
