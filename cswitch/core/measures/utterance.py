"""Measures of one utterance: a list of tags in, a number or None out. Definitions: docs/measures.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from operator import mul

from cswitch.core.errors import UsageError
from cswitch.core.measures import formulas as f
from cswitch.core.measures.formulas import Deviation
from cswitch.core.measures.runs import Profile, profile
from cswitch.core.measures.tags import TagPolicy


def cmi(langs: Sequence[str], *, ne: TagPolicy = "neutral", mixed: TagPolicy = "neutral") -> float:
    """Code-Mixing Index: how mixed an utterance is, 0 (one language) to below 100 (Das and Gambäck, 2014).

    Args:
        langs: A tag a token, for example ``["en", "hi", "other"]``.
        ne: Tag policy for named entities, see :func:`language_tokens`.
        mixed: Tag policy for mixed words, see :func:`language_tokens`.

    Returns:
        100 (1 - w/n), in percent; 0 without language tokens.

    >>> cmi(["en", "hi", "en", "hi", "other"])
    50.0
    """
    counts, lengths = profile(langs, ne=ne, mixed=mixed)
    return f.cmi_of(sum(lengths), max(counts.values(), default=0))


def cu(langs: Sequence[str], *, ne: TagPolicy = "neutral", mixed: TagPolicy = "neutral") -> float:
    """The Code-Mixing Index of 2016, which also counts switch points (Gambäck and Das, 2016).

    Args:
        langs: A tag a token.
        ne: Tag policy for named entities, see :func:`language_tokens`.
        mixed: Tag policy for mixed words, see :func:`language_tokens`.

    Returns:
        100 (n - w + P) / (2n), in percent; 0 without language tokens and for one language.

    >>> cu(["hi", "hi", "en", "hi", "other"])
    37.5
    """
    counts, lengths = profile(langs, ne=ne, mixed=mixed)
    return f.cu_of(sum(lengths), max(counts.values(), default=0), max(len(lengths) - 1, 0))


def m_index(langs: Sequence[str], *, ne: TagPolicy = "neutral", mixed: TagPolicy = "neutral") -> float:
    """Multilingual index: how evenly the languages present share the tokens, 0 to 1 (Barnett et al., 2000).

    Args:
        langs: A tag a token.
        ne: Tag policy for named entities, see :func:`language_tokens`.
        mixed: Tag policy for mixed words, see :func:`language_tokens`.

    Returns:
        0 when fewer than two languages are present, 1 when all have equal shares.

    >>> m_index(["en", "hi", "hi", "en"])
    1.0
    """
    return f.m_index_of(profile(langs, ne=ne, mixed=mixed).counts.values())


def entropy(langs: Sequence[str], *, ne: TagPolicy = "neutral", mixed: TagPolicy = "neutral") -> float:
    """Entropy of the languages' shares, in bits, 0 to log2 k (Guzmán et al., 2017).

    Args:
        langs: A tag a token.
        ne: Tag policy for named entities, see :func:`language_tokens`.
        mixed: Tag policy for mixed words, see :func:`language_tokens`.

    >>> entropy(["en", "hi", "hi", "en"])
    1.0
    """
    return f.entropy_of(profile(langs, ne=ne, mixed=mixed).counts.values())


def i_index(langs: Sequence[str], *, ne: TagPolicy = "neutral", mixed: TagPolicy = "neutral") -> float | None:
    """Integration index: the share of neighbouring language tokens that switch, 0 to 1 (Guzmán et al., 2017).

    Args:
        langs: A tag a token.
        ne: Tag policy for named entities, see :func:`language_tokens`.
        mixed: Tag policy for mixed words, see :func:`language_tokens`.

    Returns:
        P / (n - 1); None below two language tokens.

    >>> i_index(["en", "hi", "hi"])
    0.5
    """
    lengths = profile(langs, ne=ne, mixed=mixed).lengths
    return f.rate_of(len(lengths) - 1, sum(lengths) - 1) if lengths else None


def spf(langs: Sequence[str], *, ne: TagPolicy = "neutral", mixed: TagPolicy = "neutral") -> float | None:
    """Switch-point fraction, 0 to 1 (Pratapa et al., 2018); over language tokens it equals :func:`i_index`.

    Args:
        langs: A tag a token.
        ne: Tag policy for named entities, see :func:`language_tokens`.
        mixed: Tag policy for mixed words, see :func:`language_tokens`.

    Returns:
        P / (n - 1); None below two language tokens.

    >>> spf(["en", "other", "hi", "hi"])
    0.5
    """
    return i_index(langs, ne=ne, mixed=mixed)


def span_entropy(langs: Sequence[str], *, ne: TagPolicy = "neutral", mixed: TagPolicy = "neutral") -> float:
    """Entropy of the distribution of span lengths, in bits (Guzmán et al., 2017).

    Args:
        langs: A tag a token.
        ne: Tag policy for named entities, see :func:`language_tokens`.
        mixed: Tag policy for mixed words, see :func:`language_tokens`.

    Returns:
        0 when all spans are equally long, and without language tokens.

    >>> span_entropy(["en", "hi", "hi"])
    1.0
    """
    return f.entropy_of(Counter(profile(langs, ne=ne, mixed=mixed).lengths).values())


def burstiness(
    langs: Sequence[str],
    *,
    sd: Deviation = "population",
    ne: TagPolicy = "neutral",
    mixed: TagPolicy = "neutral",
) -> float | None:
    """How irregular span lengths are: -1 for equal lengths, towards 1 for bursts (Goh and Barabási, 2008).

    Args:
        langs: A tag a token.
        sd: ``population`` or ``sample`` standard deviation of the lengths.
        ne: Tag policy for named entities, see :func:`language_tokens`.
        mixed: Tag policy for mixed words, see :func:`language_tokens`.

    Returns:
        (sd - mean) / (sd + mean); None below two spans.

    >>> burstiness(["en", "hi", "en"])
    -1.0
    """
    lengths = profile(langs, ne=ne, mixed=mixed).lengths
    return f.burstiness_of(len(lengths), sum(lengths), sum(map(mul, lengths, lengths)), check_deviation(sd))


def memory(langs: Sequence[str], *, ne: TagPolicy = "neutral", mixed: TagPolicy = "neutral") -> float | None:
    """Whether long spans follow long ones (1) or short ones (-1) (Goh and Barabási, 2008).

    Args:
        langs: A tag a token.
        ne: Tag policy for named entities, see :func:`language_tokens`.
        mixed: Tag policy for mixed words, see :func:`language_tokens`.

    Returns:
        Correlation of each span's length with the next one's; None below three spans, or when either side of the
        pairs does not vary.

    >>> memory(["en", "en", "hi", "en", "en"])
    -1.0
    """
    return f.memory_of(*pair_sums(profile(langs, ne=ne, mixed=mixed).lengths))


def utterance_measures(
    langs: Sequence[str],
    *,
    sd: Deviation = "population",
    ne: TagPolicy = "neutral",
    mixed: TagPolicy = "neutral",
) -> dict[str, float | int | None]:
    """Every measure of an utterance that needs only its tags, in one pass over them.

    Args:
        langs: A tag a token.
        sd: Standard deviation used by burstiness.
        ne: Tag policy for named entities, see :func:`language_tokens`.
        mixed: Tag policy for mixed words, see :func:`language_tokens`.

    Returns:
        The names of :data:`UTTERANCE_MEASURES`, each with what the function of that name returns (``switches``:
        :func:`switch_points`).

    >>> found = utterance_measures(["hi", "hi", "en", "hi", "other"])
    >>> found["cmi"], found["switches"], round(found["spf"], 3)
    (25.0, 2, 0.667)
    """
    return measures_of(profile(langs, ne=ne, mixed=mixed), check_deviation(sd))


UTTERANCE_MEASURES = (
    "cmi",
    "cu",
    "switches",
    "m_index",
    "entropy",
    "i_index",
    "spf",
    "span_entropy",
    "burstiness",
    "memory",
)
"""Names of what :func:`utterance_measures` gives, in its order."""


def measures_of(found: Profile, sd: Deviation = "population") -> dict[str, float | int | None]:
    """What :func:`utterance_measures` gives, from a profile.

    >>> measures_of(Profile({"en": 1, "hi": 1}, [1, 1]))["cmi"]
    50.0
    """
    counts, lengths = found
    tokens, spans = sum(lengths), len(lengths)
    if spans < 2:  # the utterance knows one language or none: no formula is needed
        rate = 0.0 if tokens > 1 else None
        return dict(zip(UTTERANCE_MEASURES, (0.0, 0.0, 0, 0.0, 0.0, rate, rate, 0.0, None, None), strict=True))
    shares = counts.values()
    main, switches = max(shares), spans - 1
    rate = switches / (tokens - 1)
    pairs = pair_sums(lengths)
    return {
        "cmi": f.cmi_of(tokens, main),
        "cu": f.cu_of(tokens, main, switches),
        "switches": switches,
        "m_index": f.m_index_of(shares),
        "entropy": f.entropy_of(shares),
        "i_index": rate,
        "spf": rate,
        "span_entropy": f.entropy_of(Counter(lengths).values()),
        "burstiness": f.burstiness_of(spans, tokens, pairs[3] + lengths[-1] ** 2, sd),
        "memory": f.memory_of(*pairs),
    }


def pair_sums(lengths: Sequence[int]) -> tuple[int, int, int, int, int, int]:
    """Number of pairs of consecutive spans, and the sums of x, y, x^2, y^2 and xy over them.

    >>> pair_sums([2, 4, 3, 2])
    (3, 9, 9, 29, 29, 26)
    """
    if len(lengths) < 2:
        return 0, 0, 0, 0, 0, 0
    first, last = lengths[0], lengths[-1]
    tokens, squares = sum(lengths), sum(map(mul, lengths, lengths))
    products = sum(map(mul, lengths, lengths[1:]))
    return len(lengths) - 1, tokens - last, tokens - first, squares - last * last, squares - first * first, products


def check_deviation(sd: Deviation) -> Deviation:
    """The name itself, or a UsageError when it is not one.

    >>> check_deviation("sample")
    'sample'
    """
    if sd != "population" and sd != "sample":
        raise UsageError(f"unknown standard deviation {sd!r}", hint="use population or sample")
    return sd
