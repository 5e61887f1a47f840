"""fast_align (Dyer, Chahuneau and Smith, 2013) through the wheel systran-align; needs the extra ``align``."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from cswitch.core.errors import MissingExtraError, RunError
from cswitch.generators.alignment.corpus import Piece, Spool
from cswitch.generators.alignment.directions import Beliefs, DirectionsAligner
from cswitch.generators.alignment.fast_align_table import Table
from cswitch.generators.alignment.hmm import Batch, Corpus
from cswitch.generators.alignment.pooling import Known
from cswitch.generators.alignment.trellis import Ints, Reals

TENSION, NULL = 4.0, np.float32(0.08)
"""How strongly fast_align favours the diagonal, and the probability of no link, when it aligns."""
TRAIN = """
import sys
from systran_align import generate_alignment_probabilities
generate_alignment_probabilities(*sys.argv[1:], favor_diagonal=True, optimize_tension=True, variational_bayes=True)
"""
"""Trains in a process of its own: should fast_align crash, it is told, and its threads can be kept to one."""
ONE_THREAD = {"OMP_NUM_THREADS": "1"}
"""Threads add numbers up in any order, so that links would differ from run to run."""
UNSEEN = np.float32(1e-9)
"""Translation probability of words that fast_align has none for."""
CELLS = 1 << 21
"""Possible links worked on at once."""
_SEPARATOR = " ||| "


class FastAlignAligner(DirectionsAligner):
    """Trains fast_align on all pairs, a variation of IBM model 2 that favours the diagonal, in both directions.

    The wheel does the training; its tables are read back, and posteriors and links are worked out from them as
    fast_align does. Words reach it as numbers, so that no token is too odd for its files, which are removed whatever
    happens.

    Args:
        source_lang: Language of the first side.
        target_lang: Language of the second side.
        symmetrisation: See :func:`cswitch.generators.alignment.symmetrise.symmetrise`.
        prefix: Letters of its stem that a word is told by; 0 for whole words.

    Raises:
        UsageError: There is no such symmetrisation.
        MissingExtraError: systran-align is not installed.
    """

    name = "fast-align"

    def __init__(
        self, source_lang: str, target_lang: str, *, symmetrisation: str = "grow-diag-final-and", prefix: int = 0
    ) -> None:
        super().__init__(source_lang, target_lang, symmetrisation=symmetrisation, prefix=prefix)
        if find_spec("systran_align") is None:
            raise MissingExtraError("the aligner fast-align", extra="align")

    def beliefs(self, spool: Spool, known: Known) -> Iterator[Beliefs]:
        """The posteriors of each piece.

        Raises:
            RunError: fast_align fails, or its tables cannot be read.
        """
        return beliefs(spool, known)


def beliefs(spool: Spool, known: Known) -> Iterator[Beliefs]:
    """Trains fast_align on a corpus, and gives the posteriors of each piece by either direction.

    Anchors of the pieces count as sentence pairs of one word each.

    Args:
        spool: The corpus.
        known: Not used: fast_align takes no lexicon.

    Raises:
        RunError: fast_align fails, or its tables cannot be read.
    """
    if not len(spool):
        return
    with TemporaryDirectory(prefix="cswitch-") as folder:
        tables = _train(spool, Path(folder))
    for part in spool.chunks(CELLS):
        yield from _posteriors(part, tables)


def _train(spool: Spool, folder: Path) -> tuple[Table, Table]:
    text, forward, backward = (folder / name for name in ("text", "forward", "backward"))
    with text.open("w", encoding="ascii") as stream:
        for piece in spool:
            stream.write(f"{_words(piece.source)}{_SEPARATOR}{_words(piece.target)}\n")
            for i, j, _ in piece.anchors:
                stream.write(f"{piece.source[i]}{_SEPARATOR}{piece.target[j]}\n")
    command = [sys.executable, "-c", TRAIN, str(text), str(forward), str(backward)]
    done = subprocess.run(command, env={**os.environ, **ONE_THREAD}, capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise _failed(spool, said[-1] if said else f"it ended with status {done.returncode}")
    try:
        return Table.read(forward), Table.read(backward)
    except (OSError, ValueError) as error:
        raise _failed(spool, str(error)) from error


def _failed(spool: Spool, why: str) -> RunError:
    hint = "align with another aligner, such as hybrid, or install systran-align 3.5"
    return RunError(f"fast_align failed on {len(spool):,} sentence pairs: {why}", hint=hint)


def _words(numbers: Sequence[int]) -> str:
    return " ".join(map(str, numbers))


def _posteriors(part: Sequence[Piece], tables: tuple[Table, Table]) -> Iterator[Beliefs]:
    corpus = Corpus.build([piece.source for piece in part], [piece.target for piece in part])
    probabilities = [
        np.append(np.maximum(table.look_up(pairs), UNSEEN), 0).astype(np.float32)
        for table, pairs in zip(tables, (corpus.pairs, corpus.pairs[:, ::-1]), strict=True)
    ]
    found: dict[int, tuple[Reals, Reals]] = {}
    for batch in corpus.batches:
        cells = corpus.cells[batch.start :][: int(np.prod(batch.shape))].reshape(batch.shape)
        near = _diagonal(batch)
        none = [np.maximum(table.empty(w), UNSEEN) * NULL for table, w in zip(tables, batch.words[::-1], strict=True)]
        one = _normalised(probabilities[0][cells], near, 2, none[0][:, :, None])
        two = _normalised(probabilities[1][cells], near, 0, none[1].T[None, :, :])
        sizes = (size.tolist() for size in batch.sizes)
        for row, (k, i, j) in enumerate(zip(batch.pairs.tolist(), *sizes, strict=True)):
            found[k] = one[:j, row, :i].T, two[:j, row, :i].T
    for k, piece in enumerate(part):
        yield piece, *found.pop(k)


def _diagonal(batch: Batch) -> Reals:
    """How near each cell is to the diagonal, in the batch's layout; 0 for padding."""
    rows, columns = (_places(words, sizes) for words, sizes in zip(batch.words, batch.sizes, strict=True))
    near = np.exp(-TENSION * np.abs(columns[:, :, None] - rows.T[None, :, :]))
    near[columns > 1] = 0
    near.transpose(1, 2, 0)[rows.T > 1] = 0
    return np.asarray(near, dtype=np.float32)


def _places(words: Ints, sizes: Ints) -> Reals:
    """Relative place of each token in its sentence, above 0 to 1; above 1 for padding."""
    places = (np.arange(len(words))[:, None] + 1) / sizes[None, :]
    return np.asarray(np.where(words < 0, 2.0, places), dtype=np.float32)


def _normalised(probabilities: Reals, near: Reals, axis: int, none: Reals) -> Reals:
    """Posteriors, which add up to 1 along an axis together with that of no link."""
    share = near * ((1 - NULL) / np.maximum(near.sum(axis=axis, keepdims=True), 1e-30))
    share *= probabilities
    return np.asarray(share / (share.sum(axis=axis, keepdims=True) + none), dtype=np.float32)
