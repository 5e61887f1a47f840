"""Coefficients of agreement from sums, for many resampled corpora at once.

Every sum adds up over tasks, so that a resampled corpus is a weighted sum of its tasks and costs a product of
matrices. In every function the last axis of ``met``, ``given`` and ``shares`` is the labels; the axes before it are
corpora, and a value that is undefined for a corpus is NaN.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cswitch.annotators.agreement.ratings import Ratings, by_task

Floats = NDArray[np.float64]


class Sums(NamedTuple):
    """What the nominal coefficients need; only units with two labels or more add to all but the last two."""

    met: Floats
    """By label, the diagonal of the coincidence matrix: its judgements, each by the share of the others who agree."""
    given: Floats
    """By label, its judgements: the margins of the coincidence matrix."""
    agreed: Floats
    """Sum over units of the share of pairs of judgements that agree."""
    compared: Floats
    """Units with two judgements or more."""
    shares: Floats
    """By label, sum over all units of its share among the judgements of the unit."""
    rated: Floats
    """Units with a judgement."""

    def flat(self) -> Floats:
        """Corpora x columns, to be weighted and added."""
        return np.concatenate(
            [self.met, self.given, self.shares, self.agreed[:, None], self.compared[:, None], self.rated[:, None]], 1
        )

    @classmethod
    def split(cls, flat: Floats, labels: int) -> Sums:
        """The sums that :meth:`flat` laid side by side."""
        met, given, shares = (flat[:, place * labels : (place + 1) * labels] for place in range(3))
        agreed, compared, rated = flat[:, 3 * labels :].T
        return cls(met, given, agreed, compared, shares, rated)


def nominal_sums(ratings: Ratings) -> Sums:
    """The sums of each task.

    Met and given are the diagonal and the margins of the coincidence matrix of Krippendorff (2011), in which a unit
    with m judgements weighs each ordered pair of them by 1 / (m - 1).

    >>> from cswitch.annotators.agreement.ratings import gather
    >>> sums = nominal_sums(gather([(2, {0: ["en", "hi"], 1: ["en", "en"]})], 2))
    >>> sums.met.tolist(), sums.given.tolist(), sums.agreed.tolist(), sums.compared.tolist()
    ([[2.0, 0.0]], [[3.0, 1.0]], [1.0], [2.0])
    """
    counts = ratings.counts()
    judged = counts.sum(axis=1)
    several = judged > 1
    met = np.where(several[:, None], counts * (counts - 1) / np.maximum(judged - 1, 1)[:, None], 0)
    rows = np.concatenate(
        [
            met,
            counts * several[:, None],
            counts / np.maximum(judged, 1)[:, None],
            met.sum(axis=1, keepdims=True) / np.maximum(judged, 1)[:, None],
            several[:, None],
            (judged > 0)[:, None],
        ],
        axis=1,
    )
    return Sums.split(by_task(ratings.task, rows), len(ratings.labels))


def coincidences(ratings: Ratings) -> Floats:
    """The coincidence matrix of each task (Krippendorff, 2011): tasks x labels x labels.

    >>> from cswitch.annotators.agreement.ratings import gather
    >>> coincidences(gather([(2, {0: ["en", "hi"], 1: ["en", "en"]})], 2)).tolist()
    [[[2.0, 1.0], [1.0, 0.0]]]
    """
    counts = ratings.counts()
    judged = counts.sum(axis=1)
    size = len(ratings.labels)
    pairs = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(size, dtype=np.int64)
    rows = pairs / np.maximum(judged - 1, 1)[:, None, None]
    return by_task(ratings.task, rows.reshape(len(counts), -1)).reshape(-1, size, size)


def nominal_alpha(met: Floats, given: Floats) -> Floats:
    """Krippendorff's alpha for labels without an order (Krippendorff, 2011).

    >>> import numpy as np
    >>> nominal_alpha(np.array([[2.0, 2.0]]), np.array([[3.0, 3.0]])).round(4).tolist()
    [0.4444]
    """
    judgements = given.sum(axis=-1)
    chance = judgements**2 - (given**2).sum(axis=-1)
    return 1 - share((judgements - 1) * (judgements - met.sum(axis=-1)), chance)


def label_alpha(met: Floats, given: Floats) -> Floats:
    """Krippendorff's alpha of each label against all others taken as one."""
    judgements = given.sum(axis=-1, keepdims=True)
    return 1 - share((judgements - 1) * (given - met), given * (judgements - given))


def specific_agreement(met: Floats, given: Floats) -> Floats:
    """Of the judgements with a label, the mean share of the other annotators who gave it too, by label.

    For two annotators this is the specific agreement of Cicchetti and Feinstein (1990) and the F1 score of either
    against the other (Hripcsak and Rothschild, 2005).

    >>> import numpy as np
    >>> specific_agreement(np.array([2.0, 0.0]), np.array([3.0, 1.0])).round(4).tolist()
    [0.6667, 0.0]
    """
    return share(met, given)


def metric_alpha(matrix: Floats, values: Floats | None = None) -> Floats:
    """Krippendorff's alpha for labels with an order (Krippendorff, 2011).

    Args:
        matrix: Coincidence matrices, corpora x labels x labels, labels in their order.
        values: The number of each label, for an interval scale; None for an ordinal one.

    The ordinal difference of two ranks, squared, is that of their middle ranks among all judgements, so that it is
    the interval difference of those.

    >>> import numpy as np
    >>> matrix = np.array([[[4.0, 1.0, 0.0], [1.0, 2.0, 1.0], [0.0, 1.0, 4.0]]])
    >>> metric_alpha(matrix).round(4).tolist(), metric_alpha(matrix, np.array([1.0, 2.0, 5.0])).round(4).tolist()
    ([0.8143], [0.7833])
    """
    given = matrix.sum(axis=-1)
    judgements = given.sum(axis=-1)
    at = given.cumsum(axis=-1) - given / 2 if values is None else np.broadcast_to(values, given.shape)
    observed = (matrix * (at[..., :, None] - at[..., None, :]) ** 2).sum(axis=(-1, -2))
    centre = share((given * at).sum(axis=-1), judgements)
    expected = 2 * judgements * (given * (at - np.nan_to_num(centre)[..., None]) ** 2).sum(axis=-1)
    varied = (given > 0).sum(axis=-1) > 1
    return 1 - share((judgements - 1) * observed, np.where(varied, expected, 0))


def raw_agreement(agreed: Floats, compared: Floats) -> Floats:
    """Mean over units of the share of pairs of judgements that agree (Fleiss, 1971)."""
    return share(agreed, compared)


def gwet_ac1(agreed: Floats, compared: Floats, shares: Floats, rated: Floats) -> Floats:
    """Gwet's AC1 (Gwet, 2008), with units that some annotators left out (Gwet, 2014).

    Agreement is taken over the units with two judgements or more, chance over all units with a judgement.

    >>> import numpy as np
    >>> one, units = np.array([118.0]) , np.array([125.0])
    >>> gwet_ac1(one, units, np.array([[121.5, 3.5]]), units).round(4).tolist()
    [0.9408]
    """
    labels = shares.shape[-1]
    if labels < 2:
        return np.full(np.shape(agreed), np.nan)
    often = share(shares, rated[..., None])
    chance: Floats = (often * (1 - often)).sum(axis=-1) / (labels - 1)
    found: Floats = (raw_agreement(agreed, compared) - chance) / (1 - chance)
    return found


def cohen_kappa(agreed: Floats, left: Floats, right: Floats) -> Floats:
    """Cohen's kappa of two annotators (Cohen, 1960).

    Args:
        agreed: Units to which they gave the same label.
        left: By label, how often the first gave it, over the units that both gave a label.
        right: The same of the second.

    >>> import numpy as np
    >>> table = np.array([[88.0, 14, 18], [10, 40, 10], [2, 6, 12]])
    >>> cohen_kappa(table.trace(), table.sum(axis=1), table.sum(axis=0)).round(3)
    np.float64(0.492)
    """
    units = left.sum(axis=-1)
    chance = (left * right).sum(axis=-1)
    return share(units * agreed - chance, units**2 - chance)


def share(part: Floats, whole: Floats) -> Floats:
    """Part of a whole, NaN where there is no whole.

    >>> import numpy as np
    >>> share(np.array([1.0, 0.0]), np.array([2.0, 0.0])).tolist()
    [0.5, nan]
    """
    part, whole = np.broadcast_arrays(part, whole)
    found: Floats = np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0)
    return found
