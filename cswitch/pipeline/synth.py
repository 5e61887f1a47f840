"""``synth``: parallel text in, code-mixed samples out, on one core or many, in the order of the input."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from itertools import starmap

import msgspec

from cswitch.core.errors import CswitchError, InputError, UsageError
from cswitch.core.measures import cmi, switch_points
from cswitch.pipeline.checks import MAX_WORKERS, check, check_number
from cswitch.pipeline.lines import open_bytes
from cswitch.pipeline.output import Output
from cswitch.pipeline.readers import Row
from cswitch.pipeline.resuming import CHECKSUM, grouped, skip_done
from cswitch.pipeline.source import Source
from cswitch.pipeline.synthesiser import (
    ERROR_UNIT,
    START,
    Chunk,
    Done,
    Observed,
    Synthesiser,
    checksum,
    little_collecting,
    run_hash,
)
from cswitch.pipeline.tagged import read_tagged
from cswitch.pipeline.workers import in_order
from cswitch.schemas.settings import SynthSettings

__all__ = ["Source", "Summary", "check", "check_finished", "observe", "run", "run_hash"]

CHUNK = 128
"""Samples asked for in the rows that a worker takes at a time."""


class Summary(msgspec.Struct, kw_only=True):
    """What a run gave."""

    pairs: int = 0
    """Pairs read."""
    answered: int = 0
    """Pairs with at least one sample."""
    samples: int = 0
    """Samples written."""
    met: int = 0
    """Samples within the tolerance of their target."""
    mean_cmi_error: float | None = None
    """Mean distance in points between the CMI asked for and the CMI got, over all samples; None without a target."""
    mean_share_error: float | None = None
    """The same for the share asked for, in percent; None where none was."""
    fewer: int = 0
    """Pairs that gave samples, but fewer different ones than were asked for."""
    lacking: int = 0
    """Samples that lack one of three or more languages, and so do not meet their target."""
    rejects: dict[str, int] = msgspec.field(default_factory=dict)
    """Pairs without a sample, by reason."""
    examples: dict[str, str] = msgspec.field(default_factory=dict)
    """For each reason, the first case in this run."""
    seconds: float = 0.0
    """Wall time of this run."""
    already_complete: bool = False
    """Whether a resumed run found everything done, so that it counted nothing."""


def observe(path: str) -> Observed:
    """CMI and number of switch points of each mixed utterance of a tagged file.

    Raises:
        InputError: The file cannot be read, or no utterance in it is mixed.
    """
    utterances = 0
    mixed: list[tuple[float, int]] = []
    seen: dict[tuple[float, int], tuple[float, int]] = {}
    for record in read_tagged(path):
        utterances += 1
        try:
            found = cmi(record.langs) or 0.0, switch_points(record.langs)
        except CswitchError as error:
            raise InputError(f"utterance {record.id}: {error.message}", path=path, hint=error.hint) from error
        if found[1]:
            mixed.append(seen.setdefault(found, found))  # millions of utterances have a few thousand values
    if not mixed:
        hint = "give real code-mixed text, tagged token by token"
        raise InputError(f"none of its {utterances:,} utterances mixes languages", path=path, hint=hint)
    return tuple(mixed)


def run(
    source: Source | str,
    output: Output,
    settings: SynthSettings,
    *,
    observed: Observed = (),
    workers: int = 1,
    note: Callable[[str], None] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Summary:
    """Runs ``synth`` from an input to an output.

    A run that stops half way, for whatever reason, keeps what was committed. It can be resumed with any input that
    begins with the same pairs: the journal holds a checksum of those that are done, so what comes after them may be
    mended or added to, and the file may have moved.

    Args:
        source: The input; a path alone stands for a source with no options.
        output: Where samples and rejects go, not entered yet.
        settings: What to make.
        observed: From :func:`observe`, when real text is to be followed.
        workers: Processes; the output does not depend on their number.
        note: Called with one line about anything the user should know.
        progress: Called with the pairs and samples that are safe, at the start and whenever there are more.

    Raises:
        UsageError: The settings cannot be meant, or the run to be resumed was made from another input.
        InputError: The input cannot be read on, or a row has links that cannot be used.
        RunError: Writing failed, or a worker process was killed.
    """
    check(settings)
    check_number("--workers", workers, most=MAX_WORKERS)
    source = Source(source) if isinstance(source, str) else source
    if source.limit is not None:
        check_number("--limit", source.limit)
    started = time.monotonic()
    rows = source.rows(settings, note)
    with output, little_collecting():
        tally = Tally(output, progress)
        if not output.complete:
            chunks = _chunks(rows, max(1, CHUNK // settings.per_pair), skip_done(rows, source, output, checksum))
            with closing(_process(chunks, settings, observed, workers)) as parts:
                for done in parts:
                    tally.add(done)
                    if done.fault:
                        raise source.error(done.fault, tally.pairs + 1)
    return tally.summary(time.monotonic() - started)


def check_finished(path: str, source: Source, settings: SynthSettings, observed: Observed = ()) -> None:
    """Checks that a finished output was made from an input, as far as its first pairs tell.

    Args:
        path: The output.
        source: The input.
        settings: What was made.
        observed: From :func:`observe`.

    Raises:
        UsageError: The samples of the first pairs do not stand at its beginning.
    """
    first = next(_chunks(source.rows(settings), CHUNK // settings.per_pair or 1, START))
    expected = Synthesiser(settings, observed)(first).samples
    with open_bytes(path) as stream:
        found = stream.read(len(expected))
    if found != expected:
        raise UsageError(
            f"{path} is complete, and was made from another input or by another version of cswitch",
            hint="name another output, or make it again with --force",
        )


class Tally:
    """Writes what is done and counts it.

    Args:
        output: Where it goes, entered.
        progress: See :func:`run`.
    """

    def __init__(self, output: Output, progress: Callable[[int, int], None] | None) -> None:
        self.output, self.progress = output, progress
        self.pairs = output.pairs_done
        self.counts = Counter(output.counts)
        self.examples: dict[str, str] = {}
        self._tell()

    def add(self, done: Done) -> None:
        """Writes a part and makes it safe."""
        self.pairs += done.pairs
        self.counts.update(done.counts)
        self.counts[CHECKSUM] = done.checksum
        for reason, example in done.first.items():
            self.examples.setdefault(reason, example)
        self.output.write_encoded(done.samples, done.sample_count, done.rejects)
        self.output.commit(self.pairs, self.counts)
        self._tell()

    def summary(self, seconds: float) -> Summary:
        """What the run gave, with what it gave before it was resumed."""
        aimed, shared = self.counts["aimed"], self.counts["shared"]
        return Summary(
            pairs=self.pairs,
            answered=self.counts["answered"],
            samples=self.output.samples,
            met=self.counts["met"],
            mean_cmi_error=self.counts["cmi_error"] / ERROR_UNIT / aimed if aimed else None,
            mean_share_error=self.counts["share_error"] / ERROR_UNIT / shared if shared else None,
            fewer=self.counts["fewer"],
            lacking=self.counts["lacking"],
            rejects={
                name.removeprefix("reject."): n for name, n in self.counts.most_common() if name.startswith("reject.")
            },
            examples=self.examples,
            seconds=round(seconds, 3),
        )

    def _tell(self) -> None:
        if self.progress:
            self.progress(self.pairs, self.output.samples)


def _chunks(rows: Iterator[Row], size: int, before: int) -> Iterator[Chunk]:
    return starmap(Chunk, grouped(rows, size, before, checksum))


def _process(
    chunks: Iterator[Chunk], settings: SynthSettings, observed: Observed, workers: int
) -> Generator[Done, None, None]:
    if workers > 1:
        yield from in_order(Synthesiser, (settings, observed), chunks, workers)
    else:
        yield from map(Synthesiser(settings, observed), chunks)
