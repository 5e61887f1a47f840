"""eflomal (Östling and Tiedemann, 2016), run as a program that the user has installed."""

from __future__ import annotations

import re
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

import numpy as np

from cswitch.core.errors import RunError, UsageError
from cswitch.generators.alignment.corpus import Spool
from cswitch.generators.alignment.directions import Beliefs, DirectionsAligner
from cswitch.generators.alignment.pooling import PREFIX, SHIFT, Known, Pool, lexicon_of
from cswitch.generators.alignment.trellis import Reals

PROGRAM = "eflomal-align"
"""What the program is called; it is under the GPL, so it is run and never imported."""
AGREED = np.float32(0.95)
"""How likely a link of a direction is taken to be right there; the program does not say."""
LEXICON, ANCHOR = 1.0, 1.0
"""Occurrences that a translation of the lexicon is worth, and an anchor, at the most."""
SHOWN = 300
"""Characters of what the program printed that a message shows."""


class EflomalAligner(DirectionsAligner):
    """Runs eflomal on all pairs: Gibbs sampling of an HMM with fertility, in both directions.

    Words reach the program as numbers, those that share a stem prefix as one, and translations of the lexicon as
    priors. The program has no seed: two runs differ in a few links of a hundred.

    Args:
        source_lang: Language of the first side.
        target_lang: Language of the second side.
        symmetrisation: See :func:`cswitch.generators.alignment.symmetrise.symmetrise`.
        prefix: Letters of its stem that a word is told by; 0 for whole words.
        lexicons: The user's own word lists, which go into the priors as the shipped lexicon does.

    Raises:
        UsageError: There is no such symmetrisation, or the program is not installed.
    """

    name = "eflomal"

    def __init__(
        self,
        source_lang: str,
        target_lang: str,
        *,
        symmetrisation: str = "grow-diag-final-and",
        prefix: int = PREFIX,
        lexicons: Iterable[Path] = (),
    ) -> None:
        super().__init__(source_lang, target_lang, symmetrisation=symmetrisation, prefix=prefix)
        program()
        self.lexicon = lexicon_of(source_lang, target_lang, lexicons)

    def known(self, pool: Pool) -> Known:
        """The translations of the lexicon."""
        return pool.known(self.lexicon)

    def beliefs(self, spool: Spool, known: Known) -> Iterator[Beliefs]:
        """The links of each piece, each with the same belief.

        Raises:
            RunError: The program fails, or what it writes is not what was asked for.
        """
        return beliefs(spool, known)


def program() -> str:
    """Where the program is.

    Raises:
        UsageError: It is not on the PATH.
    """
    found = which(PROGRAM)
    if found is None:
        hint = (
            "install it with: pip install eflomal (a program of its own, under the GPL), or align with --aligner hybrid"
        )
        raise UsageError(f"the program {PROGRAM!r} is not on the PATH", hint=hint)
    return found


def beliefs(spool: Spool, known: Known) -> Iterator[Beliefs]:
    """Runs eflomal on a corpus, and gives the links of each piece by either direction.

    Args:
        spool: The corpus; anchors of its pieces go into the priors.
        known: Pairs of words that a lexicon vouches for; they go into the priors too.

    Raises:
        UsageError: The program is not installed.
        RunError: It fails, or what it writes is not what was asked for.
    """
    if not len(spool):
        return
    with TemporaryDirectory(prefix="cswitch-") as name:
        folder = Path(name)
        _write(spool, known, folder)
        _run(folder)
        with (folder / "forward").open(errors="replace") as one, (folder / "reverse").open(errors="replace") as two:
            for number, (piece, forward, reverse) in enumerate(zip_longest(spool, one, two), 1):
                if piece is None or forward is None or reverse is None:
                    raise _wrong(f"wrote {_lines(folder)} lines of links for {len(spool):,} sentence pairs")
                size = len(piece.source), len(piece.target)
                yield piece, _matrix(forward, size, number), _matrix(reverse, size, number)


def _write(spool: Spool, known: Known, folder: Path) -> None:
    """Writes both sides and the priors."""
    priors: defaultdict[int, float] = defaultdict(float)
    for code, strength in zip(known.codes.tolist(), known.strengths.tolist(), strict=True):
        priors[code] += LEXICON * strength
    with (folder / "source").open("w") as left, (folder / "target").open("w") as right:
        for piece in spool:
            left.write(_sentence(piece.source))
            right.write(_sentence(piece.target))
            for i, j, confidence in piece.anchors:
                priors[piece.source[i] << SHIFT | piece.target[j]] += ANCHOR * confidence
    with (folder / "priors").open("w") as stream:
        for code in sorted(priors):
            stream.write(f"LEX\t{code >> SHIFT}\t{code & ((1 << SHIFT) - 1)}\t{priors[code]:.4g}\n")


def _sentence(numbers: Sequence[int]) -> str:
    return " ".join(map(str, numbers)) + "\n"


def _run(folder: Path) -> None:
    command = [program(), "--model", "3", "--overwrite"]
    for option, name in (("-s", "source"), ("-t", "target"), ("-f", "forward"), ("-r", "reverse"), ("-p", "priors")):
        command += [option, str(folder / name)]
    try:
        done = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    except OSError as error:
        raise _wrong(f"cannot be run: {error.strerror or error}") from error
    printed = " ".join((done.stderr + b" " + done.stdout).decode(errors="replace").split())
    if done.returncode:
        raise _wrong(f"ended with status {done.returncode}, and printed {printed[-SHOWN:] or 'nothing'!r}")
    for name in ("forward", "reverse"):
        if not (folder / name).is_file():
            raise _wrong(f"wrote no {name} links, and printed {printed[-SHOWN:] or 'nothing'!r}")


def _lines(folder: Path) -> str:
    counts = [(folder / name).read_bytes().count(b"\n") for name in ("forward", "reverse")]
    return f"{counts[0]:,} and {counts[1]:,}"


def _matrix(line: str, size: tuple[int, int], number: int) -> Reals:
    """The links of a line as beliefs, shape (source tokens, target tokens)."""
    found = np.zeros(size, dtype=np.float32)
    for item in line.split():
        if not re.fullmatch(r"[0-9]{1,9}-[0-9]{1,9}", item):
            raise _wrong(f"wrote {item[:40]!r} on line {number} of its links")
        i, j = map(int, item.split("-"))
        if i >= size[0] or j >= size[1]:
            raise _wrong(f"wrote the link {item} on line {number}, of {size[0]} source and {size[1]} target tokens")
        found[i, j] = AGREED
    return found


def _wrong(what: str) -> RunError:
    hint = "check the program with a small text, or align with --aligner hybrid"
    return RunError(f"the program {PROGRAM!r} {what}", hint=hint)
