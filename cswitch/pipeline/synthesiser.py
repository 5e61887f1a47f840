"""What one process does for ``synth``: rows in, encoded samples and rejects out."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple
from zlib import crc32

import msgspec

from cswitch import __version__
from cswitch.core.contracts import Romaniser
from cswitch.core.noise import NoisePlan
from cswitch.core.text.scripts import scripts_for
from cswitch.core.transliteration import romaniser_for
from cswitch.generators.switching.generator import config_hash, matrix_languages
from cswitch.generators.switching.spelling import Speller
from cswitch.generators.switching.targets import EmpiricalTarget, Target
from cswitch.pipeline.annotate import RowError
from cswitch.pipeline.making import sample_maker
from cswitch.pipeline.readers import Row
from cswitch.pipeline.user_lexicons import lexicon_digest
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample
from cswitch.schemas.settings import SynthSettings

ERROR_UNIT = 10_000
"""CMI errors are added up in units of 1/10,000 point, so that sums do not depend on the number of workers."""
START = crc32(__version__.encode())
"""Checksum of no rows; another version may make other samples of the same rows."""

Observed = tuple[tuple[float, int], ...]
"""CMI and switch points of the mixed utterances of a real corpus."""

_encode_into = msgspec.json.Encoder().encode_into


class Chunk(NamedTuple):
    """Rows that are worked on together."""

    rows: Sequence[Row]
    before: int
    """Checksum of all rows before."""
    after: int
    """Checksum of these rows and all before."""


class Done(NamedTuple):
    """What became of a chunk of rows, ready to be written."""

    pairs: int
    """Rows done: all of the chunk, or those before the fault."""
    samples: bytes
    sample_count: int
    rejects: bytes
    counts: dict[str, int]
    first: dict[str, str]
    """For each reason, the first reject with its place."""
    checksum: int
    """Of these rows and all before."""
    fault: RowError | None
    """What the row after these has wrong with it."""


class Synthesiser:
    """Everything a worker needs to turn rows into samples; calling it does a chunk.

    Args:
        settings: The run's settings, checked by :func:`cswitch.pipeline.synth.check`.
        observed: CMI and switch counts to follow, when ``settings.like`` names a file.
    """

    def __init__(self, settings: SynthSettings, observed: Observed = ()) -> None:
        target: Target | None = EmpiricalTarget(observed, settings.tolerance) if observed else None
        self._made = sample_maker(
            settings, target=target, speller=speller(settings), config=run_hash(settings, observed)
        )
        self._wanted = settings.per_pair * len(matrix_languages(settings))

    def __call__(self, chunk: Chunk) -> Done:
        """Samples and rejects of a chunk, up to the first row that cannot be used."""
        with little_collecting():
            try:
                return self._process(chunk)
            except RowError as fault:
                rows = [row for row in chunk.rows if row.line < fault.line]
                done = self(Chunk(rows, chunk.before, checksum(rows, chunk.before)))
                return done if done.fault else done._replace(fault=fault)

    def _process(self, chunk: Chunk) -> Done:
        samples, rejects, line = bytearray(), bytearray(), bytearray()
        counts: Counter[str] = Counter()
        first: dict[str, str] = {}
        written = 0
        for row, made in self._made(chunk.rows):
            if isinstance(made, Reject):
                counts[f"reject.{made.reason}"] += 1
                first.setdefault(made.reason, f"line {row.line}" + (f": {made.detail}" if made.detail else ""))
                _encode_into(msgspec.structs.replace(made, line=row.line), line)
                rejects += line
                rejects += b"\n"
                continue
            counts["answered"] += 1
            counts["fewer"] += len(made) < self._wanted
            for sample in made:
                written += 1
                count_sample(sample, counts)
                _encode_into(sample, line)
                samples += line
                samples += b"\n"
        return Done(
            len(chunk.rows), bytes(samples), written, bytes(rejects), dict(counts), first, chunk.after, fault=None
        )


def count_sample(sample: Sample, counts: Counter[str]) -> None:
    """Counts a sample: whether it meets its target, and how far its CMI or share is off."""
    counts["met"] += sample.met
    if len(sample.languages) > 2 and sample.measures["cmi"] and not set(sample.languages) <= set(sample.langs):
        counts["lacking"] += 1
    if sample.target.cmi is not None:
        counts["aimed"] += 1
        error = abs(float(sample.measures["cmi"] or 0) - sample.target.cmi)
        counts["cmi_error"] += round(error * ERROR_UNIT)
    elif sample.target.share is not None and (share := sample.measures.get("share")) is not None:
        counts["shared"] += 1
        error = abs(share - sample.target.share)
        counts["share_error"] += round(100 * error * ERROR_UNIT)


def checksum(rows: Sequence[Row], before: int = START) -> int:
    """Checksum of what samples are made from: ids, texts, tokens, links and labels, wherever they are read from.

    Args:
        rows: Rows in the order of the input.
        before: Checksum of the rows before them.

    >>> from cswitch.schemas.pair import Pair
    >>> one, two = (Row(2, Pair(id=name, texts={"en": "Hello", "hi": "नमस्ते"})) for name in "12")
    >>> checksum([two], checksum([one])) == checksum([one, two]) != checksum([two, one])
    True
    """
    line = bytearray()
    for _, pair in rows:
        _encode_into((pair.id, pair.texts, pair.tokens, pair.links, pair.confidences, pair.labels), line)
        before = crc32(line, before)
    return before


def run_hash(settings: SynthSettings, observed: Observed = ()) -> str:
    """Hash of everything but the input that decides the output of a run.

    >>> one, two = (SynthSettings(pair=("en", "hi"), seed=seed) for seed in (1, 2))
    >>> run_hash(one) == run_hash(one), run_hash(one) == run_hash(two)
    (True, False)
    """
    neutral = msgspec.structs.replace(settings, like="" if settings.like else None, lexicons=())
    read = (f"{value:.6f},{switches}" for value, switches in observed)
    return config_hash(neutral, *read, *filter(None, [lexicon_digest(settings.lexicons)]))


def speller(settings: SynthSettings) -> Speller | None:
    """How tokens are to be spelt; None when they stay as they are.

    Raises:
        UsageError: The noise has a part that is unknown.
        MissingExtraError: A script needs a package that is not installed.

    >>> speller(SynthSettings(pair=("en", "hi"), script="roman")).romanisers["hi"].romanise(["घर"])
    ['ghar']
    """
    romanisers: dict[str, Romaniser] = {}
    if settings.script == "roman":
        romanisers = {lang: romaniser_for(lang) for lang in settings.pair if scripts_for(lang)[0] != "Latn"}
    noise = NoisePlan.parse(settings.noise) if settings.noise else None
    if not romanisers and noise is None:
        return None
    return Speller(romanisers, variety=settings.roman_variety, noise=noise, seed=settings.seed)


@contextmanager
def little_collecting() -> Iterator[None]:
    """Collects garbage rarely: records hold no cycles, and walking through thousands of them each time is slow."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
