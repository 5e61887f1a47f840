"""``synth``: parallel text in, code-mixed samples out, on one core or many, in the order of the input."""

from __future__ import annotations

import gc
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import NamedTuple

import msgspec

from cswitch.core.contracts import Romaniser
from cswitch.core.errors import InputError, RunError, UsageError
from cswitch.core.measures import cmi, switch_points
from cswitch.core.registry import load
from cswitch.core.text.scripts import scripts_for
from cswitch.generators.switching.generator import SwitchGenerator, config_hash
from cswitch.generators.switching.targets import EmpiricalTarget, Target
from cswitch.pipeline.annotate import Annotator
from cswitch.pipeline.output import Output
from cswitch.pipeline.readers import Row, read_pairs
from cswitch.pipeline.tagged import read_tagged
from cswitch.schemas.reject import Reject
from cswitch.schemas.settings import SynthSettings

CHUNK = 128
"""Rows a worker takes at a time."""
_ERROR_UNIT = 10_000
"""CMI errors are added up in units of 1/10,000 point, so that sums do not depend on the number of workers."""
_ROMANISERS = {"Deva": "deva"}
"""Romaniser by script."""

Observed = tuple[tuple[float, int], ...]


class Done(NamedTuple):
    """What became of a chunk of rows, ready to be written."""

    pairs: int
    samples: bytes
    sample_count: int
    rejects: bytes
    counts: dict[str, int]
    first: dict[str, str]
    """For each reason, the first reject with its place."""


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
    rejects: dict[str, int] = msgspec.field(default_factory=dict)
    """Pairs without a sample, by reason."""
    examples: dict[str, str] = msgspec.field(default_factory=dict)
    """For each reason, the first case in this run."""
    seconds: float = 0.0
    """Wall time of this run."""


class Synthesiser:
    """Everything a worker needs to turn rows into samples.

    Args:
        settings: The run's settings, checked by :func:`check`.
        observed: CMI and switch counts to follow, when ``settings.like`` names a file.
    """

    def __init__(self, settings: SynthSettings, observed: Observed = ()) -> None:
        self.annotator = Annotator(settings)
        target: Target | None = EmpiricalTarget(observed, settings.tolerance) if observed else None
        self.generator = SwitchGenerator(
            settings,
            target=target,
            romaniser=_romaniser(settings),
            pos=self.annotator.pos,
            config=run_hash(settings, observed),
        )
        self._encode = msgspec.json.Encoder().encode_into

        # Records hold no cycles, so what the collector would walk through thousands of times is never garbage.
        gc.freeze()
        gc.set_threshold(100_000, 50, 50)

    def process(self, rows: Sequence[Row]) -> Done:
        """Samples and rejects of some rows, encoded."""
        samples, rejects, line = bytearray(), bytearray(), bytearray()
        counts: Counter[str] = Counter()
        first: dict[str, str] = {}
        written = 0
        for row, pair in self.annotator.annotate(rows):
            made = pair if isinstance(pair, Reject) else self.generator.generate(pair, row.pair.labels)
            if isinstance(made, Reject):
                counts[f"reject.{made.reason}"] += 1
                first.setdefault(made.reason, f"line {row.line}" + (f": {made.detail}" if made.detail else ""))
                self._encode(msgspec.structs.replace(made, line=row.line), line)
                rejects += line
                rejects += b"\n"
                continue
            counts["answered"] += 1
            for sample in made:
                written += 1
                counts["met"] += sample.met
                if sample.target.cmi is not None:
                    counts["aimed"] += 1
                    error = abs(float(sample.measures["cmi"] or 0) - sample.target.cmi)
                    counts["cmi_error"] += round(error * _ERROR_UNIT)
                self._encode(sample, line)
                samples += line
                samples += b"\n"
        return Done(len(rows), bytes(samples), written, bytes(rejects), dict(counts), first)


def check(settings: SynthSettings) -> None:
    """Refuses settings that cannot be meant.

    Raises:
        UsageError: With the setting and what it may be.

    >>> check(SynthSettings(pair=("en", "hi"), matrix="fr"))
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: --matrix fr is not a language of the pair; choose en, hi or both
    """
    one, other = settings.pair
    if settings.matrix not in ("", "both", one, other):
        raise UsageError(
            f"--matrix {settings.matrix} is not a language of the pair", hint=f"choose {one}, {other} or both"
        )
    if settings.cmi is not None:
        low, high = settings.cmi
        if not 0 <= low <= high <= 50:
            raise UsageError(
                f"--cmi {low:g}{'' if low == high else f'-{high:g}'} cannot be reached",
                hint="with two languages CMI lies between 0 and 50; give a value such as 25 or a range such as 20-40",
            )
    if settings.tolerance < 0:
        raise UsageError(f"--tolerance {settings.tolerance:g} is negative", hint="give points of CMI, such as 3")
    if settings.switches is not None and settings.switches < 1:
        raise UsageError(f"--switches {settings.switches} is no mixing", hint="ask for 1 or more")
    if settings.per_pair < 1:
        raise UsageError(f"--per-pair {settings.per_pair} gives nothing", hint="ask for 1 or more")
    if not 0 <= settings.min_confidence <= 1:
        raise UsageError(f"--min-confidence {settings.min_confidence:g} is no confidence", hint="choose 0 to 1")
    if settings.max_tokens < 1:
        raise UsageError(f"--max-tokens {settings.max_tokens} admits nothing", hint="ask for 1 or more")


def run_hash(settings: SynthSettings, observed: Observed = ()) -> str:
    """Hash of everything that decides the output of a run."""
    neutral = msgspec.structs.replace(settings, like="" if settings.like else None)
    return config_hash(neutral, *(f"{value:.6f},{switches}" for value, switches in observed))


def observe(path: str) -> Observed:
    """CMI and number of switch points of each mixed utterance of a tagged file.

    Raises:
        InputError: The file cannot be read, or no utterance in it is mixed.
    """
    found = [(cmi(record.langs), switch_points(record.langs)) for record in read_tagged(path)]
    mixed = tuple((value, switches) for value, switches in found if switches)
    if not mixed:
        raise InputError(
            f"none of the {len(found)} utterances mixes languages", path=path, hint="give real code-mixed, tagged text"
        )
    return mixed


def run(
    source: str,
    output: Output,
    settings: SynthSettings,
    *,
    observed: Observed = (),
    links: str | None = None,
    fmt: str | None = None,
    pretokenised: bool = False,
    workers: int = 1,
    limit: int | None = None,
    note: Callable[[str], None] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Summary:
    """Runs ``synth`` from a file to an output.

    Args:
        source: Path of the input, as :func:`read_pairs` takes it.
        output: Where samples and rejects go, not entered yet.
        settings: What to make.
        observed: From :func:`observe`, when real text is to be followed.
        links: Path of a Pharaoh file.
        fmt: Format of the input, when its name does not tell.
        pretokenised: Take what stands between spaces as the tokens.
        workers: Processes; the output does not depend on their number.
        limit: Stop after so many pairs.
        note: Called with one line about anything the user should know.
        progress: Called with pairs and samples so far.

    Raises:
        CswitchError: See the errors of the reader, the aligner and the output; what was done before is kept.
    """
    check(settings)
    started = time.monotonic()
    rows = read_pairs(source, settings.pair, links=links, fmt=fmt, pretokenised=pretokenised, note=note)
    if limit is not None:
        rows = islice(rows, limit)
    examples: dict[str, str] = {}
    with output:
        counts = Counter(output.counts)
        done = output.pairs_done
        if not output.complete:
            chunks = _chunks(islice(rows, done, None))
            for part in _process(chunks, settings, observed, workers, source):
                output.write_encoded(part.samples, part.sample_count, part.rejects)
                counts.update(part.counts)
                done += part.pairs
                output.commit(done, counts)
                for reason, detail in part.first.items():
                    examples.setdefault(reason, detail)
                if progress:
                    progress(done, output.samples)
    return _summary(done, output.samples, counts, examples, time.monotonic() - started)


def _summary(pairs: int, samples: int, counts: Counter[str], examples: dict[str, str], seconds: float) -> Summary:
    aimed = counts["aimed"]
    return Summary(
        pairs=pairs,
        answered=counts["answered"],
        samples=samples,
        met=counts["met"],
        mean_cmi_error=counts["cmi_error"] / _ERROR_UNIT / aimed if aimed else None,
        rejects={name[7:]: n for name, n in counts.most_common() if name.startswith("reject.")},
        examples=examples,
        seconds=seconds,
    )


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """Rows in groups; an input error is raised after the rows before it were handed on."""
    chunk: list[Row] = []
    while True:
        try:
            row = next(rows, None)
        except InputError:
            if chunk:
                yield chunk
            raise
        if row is None:
            break
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _process(
    chunks: Iterator[list[Row]], settings: SynthSettings, observed: Observed, workers: int, source: str
) -> Iterator[Done]:
    try:
        if workers > 1:
            yield from _process_many(chunks, settings, observed, workers)
        else:
            synthesiser = Synthesiser(settings, observed)
            yield from map(synthesiser.process, chunks)
    except InputError as error:
        if error.path is None:
            raise InputError(error.message.partition(": ")[2] if error.line else error.message,
                             path=source, line=error.line, hint=error.hint) from error  # fmt: skip
        raise


_worker: Synthesiser | None = None


def _start_worker(settings: SynthSettings, observed: Observed) -> None:
    global _worker
    _worker = Synthesiser(settings, observed)


def _work(rows: list[Row]) -> Done | InputError:
    assert _worker is not None
    try:
        return _worker.process(rows)
    except InputError as error:
        error.__cause__ = None
        return InputError(error.message.partition(": ")[2], line=error.line, hint=error.hint)


def _process_many(
    chunks: Iterator[list[Row]], settings: SynthSettings, observed: Observed, workers: int
) -> Iterator[Done]:
    """Chunks in order, a few ahead of the writer at most."""
    waiting: deque[Future[Done | InputError]] = deque()
    failure: InputError | None = None
    with ProcessPoolExecutor(workers, initializer=_start_worker, initargs=(settings, observed)) as pool:
        try:
            while True:
                try:
                    while failure is None and len(waiting) < 3 * workers:
                        chunk = next(chunks, None)
                        if chunk is None:
                            break
                        waiting.append(pool.submit(_work, chunk))
                except InputError as error:
                    failure = error
                if not waiting:
                    break
                part = waiting.popleft().result()
                if isinstance(part, InputError):
                    raise part
                yield part
        except BrokenProcessPool as error:
            raise RunError(
                "a worker process was killed", hint="free memory or use fewer --workers, then run again with --resume"
            ) from error
        finally:
            for future in waiting:
                future.cancel()
    if failure is not None:
        raise failure


def _romaniser(settings: SynthSettings) -> Romaniser | None:
    """The romaniser that the pair's scripts need, None when all are Latin already.

    Raises:
        UsageError: A language's script has no romaniser.
    """
    if settings.script != "roman":
        return None
    found: Romaniser | None = None
    for lang in settings.pair:
        script = scripts_for(lang)[0]
        if script == "Latn":
            continue
        if script not in _ROMANISERS:
            raise UsageError(f"--script roman: no romaniser for {lang} ({script})", hint="use --script native")
        found = load("romaniser", _ROMANISERS[script])()
    return found
