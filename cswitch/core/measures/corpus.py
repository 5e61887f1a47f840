"""Measures of a corpus, one pass over its utterances: pooled over tokens, and as means over utterances."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from operator import add
from typing import TYPE_CHECKING, TypeVar

from cswitch.core.errors import InputError, UsageError
from cswitch.core.measures import formulas as f
from cswitch.core.measures.formulas import Deviation
from cswitch.core.measures.grammar import check_languages, check_parallel, matrix_of, sentence_of, unit_counts
from cswitch.core.measures.results import CorpusMeasures, Number
from cswitch.core.measures.runs import profile
from cswitch.core.measures.signatures import signature
from cswitch.core.measures.tags import TagPolicy, tag_reader
from cswitch.core.measures.tallies import AVERAGED, Sums, Tally, bases_of, numbers_of, tally_of
from cswitch.core.measures.utterance import check_deviation, measures_of

if TYPE_CHECKING:
    from cswitch.core.measures.bootstrap import Replicates

Row = TypeVar("Row")

MAX_LANGUAGES = 1000
"""More different languages than this means that something else than tags is read."""


class Corpus:
    """Adds up utterances one at a time; memory does not grow with their number.

    Args:
        languages: The two languages of symcom; without it parts of speech are not accepted.
        sd: Standard deviation used by burstiness.
        ne: Tag policy for named entities, see :func:`language_tokens`.
        mixed: Tag policy for mixed words, see :func:`language_tokens`.
        bootstrap: Replicates for intervals; 0 gives none.
        seed: Seed of the bootstrap.
        confidence: Share of the replicates inside an interval, above 0 and below 1.

    Raises:
        UsageError: An option cannot be meant.

    >>> corpus = Corpus()
    >>> corpus.add(["en", "hi", "hi", "hi"])
    >>> corpus.add(["en", "en"])
    >>> forms = corpus.result().measures["cmi"]
    >>> forms["mean-all"].value, forms["mean-mixed"].value, round(forms["pooled"].value, 2)
    (12.5, 25.0, 16.67)
    """

    def __init__(
        self,
        *,
        languages: tuple[str, str] | None = None,
        sd: Deviation = "population",
        ne: TagPolicy = "neutral",
        mixed: TagPolicy = "neutral",
        bootstrap: int = 0,
        seed: int = 0,
        confidence: float = 0.95,
    ) -> None:
        if bootstrap < 0 or not 0 < confidence < 1:
            raise UsageError(
                f"no interval from {bootstrap} replicates at confidence {confidence}",
                hint="give replicates of 0 or more, such as 1000, and a confidence between 0 and 1, such as 0.95",
            )
        tag_reader(ne, mixed)
        self._languages_of_symcom = check_languages(languages) if languages else None
        self._sd, self._ne, self._mixed = check_deviation(sd), ne, mixed
        self._seed, self._confidence = seed, confidence
        self._replicates = _replicates(bootstrap, seed)
        self._tokens = 0
        self._sums = Sums()
        self._means: list[float] = [0.0] * 4 * (len(AVERAGED) if languages else len(AVERAGED) - 1)
        self._languages: Counter[str] = Counter()
        self._lengths: Counter[int] = Counter()
        self._units: dict[str, tuple[int, int]] = {}
        self._unit_utterances: Counter[str] = Counter()
        self._trail = _MatrixTrail()
        self._closed = False

    def add(
        self, langs: Sequence[str], *, pos: Sequence[str] | None = None, closed: Sequence[bool] | None = None
    ) -> None:
        """Takes in the next utterance.

        Args:
            langs: A tag a token.
            pos: A part of speech a token, for symcom.
            closed: Whether a token is of a closed class, for ties of the matrix language in cc.

        Raises:
            InputError: A tag is not one, or the lists are not equally long; the message counts utterances from 1.
            UsageError: ``pos`` comes without ``languages``, or ``langs`` is one string.
        """
        if pos is not None and self._languages_of_symcom is None:
            raise UsageError("parts of speech without languages", hint='name two for symcom, such as ("en", "hi")')
        try:
            self._add(langs, pos, closed)
        except InputError as error:
            place = f"utterance {self._sums.utterances + 1}"
            raise InputError(f"{place}: {error.message}", hint=error.hint) from error

    def _add(self, langs: Sequence[str], pos: Sequence[str] | None, closed: Sequence[bool] | None) -> None:
        found = profile(langs, ne=self._ne, mixed=self._mixed)
        if len(self._languages) + len(found.counts.keys() - self._languages.keys()) > MAX_LANGUAGES:
            raise InputError(
                f"more than {MAX_LANGUAGES} different languages so far",
                hint="check that the tags are read, not the tokens",
            )
        check_parallel(langs, closed, "closed")
        values: list[float | None] = list(measures_of(found, self._sd).values())
        units: dict[str, tuple[int, int]] = {}
        if self._languages_of_symcom:
            if pos is not None:
                units = unit_counts(langs, pos, self._languages_of_symcom, ne=self._ne, mixed=self._mixed)
            values.append(sentence_of(units))
        matrix = matrix_of(found.counts, langs, closed, ne=self._ne, mixed=self._mixed)
        self._closed = self._closed or closed is not None
        self._tokens += len(langs)
        self._take(tally_of(found, values, self._trail.changed(matrix), units))

    def _take(self, tally: Tally) -> None:
        self._sums = Sums._make(map(add, self._sums, tally.sums))
        self._means = list(map(add, self._means, tally.means))
        self._lengths.update(tally.lengths)
        self._languages.update(tally.languages)
        self._unit_utterances.update(tally.units.keys())
        for unit, (first, second) in tally.units.items():
            before = self._units.get(unit, (0, 0))
            self._units[unit] = (before[0] + first, before[1] + second)
        if self._replicates is not None:
            self._replicates.add(tally)

    def result(self) -> CorpusMeasures:
        """Every measure of the utterances so far; more may be added after it."""
        sums = self._sums
        tally = Tally(sums, self._means, self._languages, self._lengths, self._units)
        intervals = self._replicates.intervals(self._confidence, self._sd) if self._replicates else {}
        bases = {**bases_of(tally), **{("symcom", unit): n for unit, n in self._unit_utterances.items()}}
        measures: dict[str, dict[str, Number]] = {}
        for key, value in numbers_of(tally, self._sd).items():
            interval = intervals.get(key) if value is not None and bases[key] > 1 else None
            measures.setdefault(key[0], {})[key[1]] = Number(
                value=value, utterances=bases[key], interval=interval, signature=self._signature(*key)
            )
        return CorpusMeasures(
            utterances=sums.utterances,
            mixed=sums.mixed,
            empty=sums.utterances - sums.worded,
            tokens=self._tokens,
            language_tokens=sums.tokens,
            switches=sums.switches,
            languages=dict(self._languages.most_common()),
            symcom=measures.pop("symcom", {}),
            measures=measures,
        )

    def _signature(self, measure: str, form: str) -> str:
        options: dict[str, str | int | float] = {"ne": self._ne, "mixed": self._mixed, "corpus": form}
        if measure == "burstiness":
            options["sd"] = self._sd
        if measure == "cc":
            options["ties"] = "closed" if self._closed else "first"
        if measure == "symcom":
            options |= {"unit": form, "corpus": "pooled"}
        if measure.startswith("symcom") and self._languages_of_symcom:
            options["languages"] = "-".join(self._languages_of_symcom)
        if self._replicates is not None:
            options |= {"bs": self._replicates.draws, "seed": self._seed, "ci": f"{100 * self._confidence:g}"}
        return signature(measure, **options)


def corpus_measures(
    utterances: Iterable[Sequence[str]],
    *,
    pos: Iterable[Sequence[str]] | None = None,
    closed: Iterable[Sequence[bool]] | None = None,
    languages: tuple[str, str] | None = None,
    sd: Deviation = "population",
    ne: TagPolicy = "neutral",
    mixed: TagPolicy = "neutral",
    bootstrap: int = 0,
    seed: int = 0,
    confidence: float = 0.95,
) -> CorpusMeasures:
    """Every measure of a corpus, in each of its forms, from one pass over its utterances.

    Args:
        utterances: For each utterance, a tag a token.
        pos: For each utterance, a part of speech a token; symcom needs it.
        closed: For each utterance, whether a token is of a closed class; cc uses it for ties.
        languages: The two languages of symcom, first and second.
        sd: Standard deviation used by burstiness.
        ne: Tag policy for named entities, see :func:`language_tokens`.
        mixed: Tag policy for mixed words, see :func:`language_tokens`.
        bootstrap: Replicates for intervals; 0 gives none.
        seed: Seed of the bootstrap.
        confidence: Share of the replicates inside an interval, above 0 and below 1.

    Raises:
        InputError: A tag is not one, or what is parallel is not equally long.
        UsageError: An option cannot be meant.

    >>> found = corpus_measures([["en", "hi", "hi", "hi"], ["en", "en"]])
    >>> found.measures["cmi"]["mean-mixed"]  # doctest: +NORMALIZE_WHITESPACE, +ELLIPSIS
    Number(value=25.0, utterances=1, interval=None,
           signature='cmi|ne:neutral|mixed:neutral|scale:100|corpus:mean-mixed|v:...')
    """
    corpus = Corpus(
        languages=languages, sd=sd, ne=ne, mixed=mixed, bootstrap=bootstrap, seed=seed, confidence=confidence
    )
    for langs, units, classes in _beside(utterances, pos, closed):
        corpus.add(langs, pos=units, closed=classes)
    return corpus.result()


def cc(
    utterances: Iterable[Sequence[str]],
    *,
    closed: Iterable[Sequence[bool]] | None = None,
    ne: TagPolicy = "neutral",
    mixed: TagPolicy = "neutral",
) -> float | None:
    """Complexity of a corpus, by the printed formula (Gambäck and Das, 2016); it may pass 100.

    The first utterance changes no matrix language (delta = 0). An utterance without language tokens counts in U, adds
    nothing, and leaves the matrix language that the next one is compared with as it was.

    Args:
        utterances: For each utterance, a tag a token.
        closed: For each utterance, whether a token is of a closed class, for ties of the matrix language.
        ne: Tag policy for named entities, see :func:`language_tokens`.
        mixed: Tag policy for mixed words, see :func:`language_tokens`.

    Returns:
        (100/U) [1/2 sum (1 - (w - P)/n + delta) + 5/6 S]; None without utterances.

    Raises:
        InputError: A tag is not one, or ``closed`` is not parallel to ``utterances``.

    >>> round(cc([["en", "en"], ["hi", "hi", "en", "hi", "other"]]), 2)
    85.42
    """
    count, total, trail = 0, 0.0, _MatrixTrail()
    for langs, _, classes in _beside(utterances, None, closed):
        check_parallel(langs, classes, "closed")
        counts, lengths = profile(langs, ne=ne, mixed=mixed)
        changed = trail.changed(matrix_of(counts, langs, classes, ne=ne, mixed=mixed))
        total += f.cc_term(sum(lengths), max(counts.values(), default=0), len(lengths) - 1, changed)
        count += 1
    return 100 * total / count if count else None


class _MatrixTrail:
    """Remembers the matrix language from one utterance to the next, for the delta of cc."""

    def __init__(self) -> None:
        self._last: str | None = None

    def changed(self, matrix: str | None) -> bool:
        if matrix is None:
            return False
        before, self._last = self._last, matrix
        return before is not None and before != matrix


def _replicates(draws: int, seed: int) -> Replicates | None:
    if not draws:
        return None
    from cswitch.core.measures.bootstrap import Replicates  # numpy loads only for those who ask for intervals

    return Replicates(draws, seed)


def _beside(
    utterances: Iterable[Sequence[str]],
    pos: Iterable[Sequence[str]] | None,
    closed: Iterable[Sequence[bool]] | None,
) -> Iterator[tuple[Sequence[str], Sequence[str] | None, Sequence[bool] | None]]:
    """The utterances with what is parallel to them; an InputError when one of these ends early or late."""
    units, classes = _iterate(pos), _iterate(closed)
    count = 0
    for count, langs in enumerate(utterances, start=1):
        yield langs, _next(units, "pos", count), _next(classes, "closed", count)
    for name, rows in (("pos", units), ("closed", classes)):
        for _ in rows or ():
            raise InputError(f"{name} goes on after the last utterance, {count}", hint="give one list an utterance")


def _iterate(rows: Iterable[Row] | None) -> Iterator[Row] | None:
    return None if rows is None else iter(rows)


def _next(rows: Iterator[Row] | None, name: str, number: int) -> Row | None:
    if rows is None:
        return None
    for row in rows:
        return row
    raise InputError(f"{name} ends before utterance {number}", hint="give one list an utterance")
