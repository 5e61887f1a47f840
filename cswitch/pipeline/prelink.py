"""Links of a whole corpus, found before ``synth`` begins, for aligners that learn from all pairs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from cswitch import __version__
from cswitch.core.contracts import Aligner
from cswitch.core.errors import RunError, UsageError
from cswitch.core.lexicon import route
from cswitch.generators.alignment.choose import choose
from cswitch.generators.alignment.pharaoh import format_links
from cswitch.pipeline.aligners import AUTO, learns_from_corpus, make_aligner, parse_spec
from cswitch.pipeline.linking import link_rows
from cswitch.pipeline.locked_files import PartFile
from cswitch.pipeline.pair_rows import Row
from cswitch.pipeline.source import Source
from cswitch.pipeline.user_lexicons import lexicon_digest
from cswitch.schemas.settings import SynthSettings

COUNTED = 20_000
"""Pairs counted for ``auto``; more make no difference to its choice."""
_BLOCK = 1 << 16

Note = Callable[[str], None]


@contextmanager
def prelinked(
    source: Source, settings: SynthSettings, output: str, note: Note | None = None
) -> Iterator[tuple[Source, SynthSettings]]:
    """The input and settings of a run, with the links of its corpus where its aligner learns from it.

    The links stand in a file beside the output, ``OUT.ALIGNER-DIGEST.links``, so that a resumed run, or another one
    over the same pairs, need not find them again. Without an output file they are kept for this run only.

    Args:
        source: The input.
        settings: The run's settings; ``auto`` becomes an aligner that needs no lexicon where there is none.
        output: Where samples go.
        note: Called with one line about what was chosen and where links are kept.

    Raises:
        UsageError: The input can be read only once, or the aligner cannot work on the pair.
        InputError: The input cannot be read.
        RunError: The aligner failed.
    """
    settings = _chosen(source, settings, note)
    if settings.aligner == AUTO or not learns_from_corpus(settings.aligner):
        yield source, settings
        return
    name = parse_spec(settings.aligner).name
    if source.links is not None:
        raise UsageError(f"--links is of no use with --aligner {name}", hint="leave out one of the two")
    if source.reads_stdin:
        raise UsageError(
            f"the aligner {name!r} goes through IN before it starts, and standard input can be read once",
            hint="write the pairs to a file first, or use --aligner lexical",
        )
    aligner = make_aligner(settings.aligner, settings.pair, {"lexicons": tuple(map(Path, settings.lexicons))})
    with TemporaryDirectory(prefix="cswitch-") as folder:
        kept = output != "-" and (not os.path.exists(output) or os.path.isfile(output))
        stem = os.path.realpath(output) if kept else os.path.join(folder, "links")
        path = Path(f"{stem}.{name}-{_digest(source, settings)}.links")
        if not path.exists():
            _write(path, source, settings, aligner)
            if note and kept:
                note(f"links of {name} are kept in {path}; --links takes them for another run")
        yield source._replace(links=str(path), linked_by=settings.aligner), settings


def _chosen(source: Source, settings: SynthSettings, note: Note | None) -> SynthSettings:
    """The settings with ``auto`` made up its mind where no lexicon could serve it.

    Where there is a lexicon, ``auto`` stays: what becomes of a pair then does not depend on the others, so that a run
    can go on after its input was mended or has grown, and starts at once.
    """
    if settings.aligner != AUTO or source.links is not None or source.reads_stdin or len(settings.pair) > 2:
        return settings
    if settings.lexicons or route(*settings.pair):
        return settings
    first: Row | None = None
    pairs = 0
    for row in islice(source.rows(settings), COUNTED):
        first, pairs = first or row, pairs + 1
    if first is None or first.pair.links is not None:
        return settings
    choice = choose(pairs, *settings.pair)
    if note:
        note(f"--aligner auto takes {choice.name}: {choice.why}")
    return msgspec.structs.replace(settings, aligner=choice.name)


def _digest(source: Source, settings: SynthSettings) -> str:
    """A hash of everything that decides the links: the pairs, the aligner and its lexicons."""
    lexicons = lexicon_digest(settings.lexicons)
    found = blake2b(f"{__version__}\x1f{settings.aligner}\x1f{settings.pair}\x1f{lexicons}".encode(), digest_size=6)
    for row in source.rows(settings):
        found.update(msgspec.json.encode((row.pair.id, row.pair.texts, row.pair.tokens)))
    return found.hexdigest()


def _write(path: Path, source: Source, settings: SynthSettings, aligner: Aligner) -> None:
    """Finds the links and writes a line a pair; the file has its name only once it is whole."""
    part = PartFile(path)
    try:
        part.open()
        part.cut(0)
        lines = bytearray()
        for _, _, links in link_rows(source.rows(settings), settings.pair, aligner, source.path):
            lines += f"{format_links(links)}\n".encode()
            if len(lines) > _BLOCK:
                part.write(bytes(lines))
                lines.clear()
        part.write(bytes(lines))
        part.sync()
        part.publish()
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        hint = "mend that and run the same command again"
        raise RunError(f"writing {error.filename or path} failed: {reason}", hint=hint) from error
    finally:
        if part.is_open:
            part.remove()
