"""Annotators whose errors are known, and coefficients straight from their definitions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import permutations
from random import Random

from cswitch.schemas.annotation import Annotated, Judgement

VOCABULARY = {"en": ["so", "office", "movie"], "hi": ["hai", "kya", "यार"], "ne": ["Delhi"], "other": ["!", "42"]}
ERRORS = {"ann": 0.02, "bo": 0.1, "cy": 0.25}


def record(
    tags: dict[str, list[str | None]],
    tokens: Sequence[str] = (),
    *,
    name: str = "1",
    suggested: list[str] | None = None,
    hidden: list[str] | None = None,
    **more: object,
) -> Annotated:
    """A record in which each annotator gave some tags."""
    words = list(tokens) or [f"w{'abcdefghij'[place]}" for place in range(len(next(iter(tags.values()))))]
    text, offsets = "", []
    for word in words:
        text += f" {word}" if text else word
        offsets.append((len(text) - len(word), len(text)))
    return Annotated(
        id=name, text=text, tokens=words, offsets=offsets, suggested=suggested, languages=["hi", "en"],
        sample={} if hidden is None else {"langs": hidden, "tokens": words},
        judgements=[Judgement(annotator=who, langs=langs) for who, langs in tags.items()], **more,  # type: ignore[arg-type]
    )  # fmt: skip


def simulate(
    tasks: int, *, seed: int = 1, blind: float = 0.3, pull: float = 0.0
) -> tuple[list[Annotated], list[list[str]]]:
    """Tasks tagged by annotators with known error rates, and the true tags.

    The suggestion is the truth, wrong in a fifth of the words; ``pull`` is how often one who sees a wrong tag takes it.
    """
    random = Random(seed)
    found, truth = [], []
    for place in range(tasks):
        gold = random.choices(list(VOCABULARY), [4, 4, 1, 1], k=random.randint(3, 9))
        words = [random.choice(VOCABULARY[tag]) for tag in gold]
        hint = [_other(tag, random) if tag != "other" and random.random() < 0.2 else tag for tag in gold]
        hides = random.random() < blind
        said: dict[str, list[str | None]] = {}
        for who, error in ERRORS.items():
            if random.random() < 0.15:
                continue  # not everybody sees every task
            said[who] = [
                None if random.random() < 0.05
                else shown if not hides and shown != tag and random.random() < pull
                else _other(tag, random) if random.random() < error
                else tag
                for tag, shown in zip(gold, hint, strict=True)
            ]  # fmt: skip
        more = {"batch": f"batch {2 * place // tasks + 1}", "task": place}
        shown, hidden = (None, hint) if hides else (hint, None)
        found.append(
            record(said or {"ann": list(gold)}, words, name=f"s{place}", suggested=shown, hidden=hidden, **more)
        )
        truth.append(gold)
    return found, truth


def alpha_by_definition(units: Sequence[Sequence[str | None]]) -> float:
    """Krippendorff's alpha, pair by pair: observed against expected disagreement."""
    pairable = [[value for value in unit if value is not None] for unit in units]
    pairable = [unit for unit in pairable if len(unit) > 1]
    values = [value for unit in pairable for value in unit]
    observed = sum(
        sum(one != other for one, other in permutations(unit, 2)) / (len(unit) - 1) for unit in pairable
    ) / len(values)
    counts = Counter(values)
    pairs = len(values) * (len(values) - 1)
    expected = 1 - sum(count * (count - 1) for count in counts.values()) / pairs
    return 1 - observed / expected


def raw_by_definition(units: Sequence[Sequence[str | None]]) -> float:
    """Mean over units of the share of ordered pairs that agree."""
    shares = []
    for unit in units:
        given = [value for value in unit if value is not None]
        pairs = list(permutations(given, 2))
        if pairs:
            shares.append(sum(one == other for one, other in pairs) / len(pairs))
    return sum(shares) / len(shares)


def token_units(records: Sequence[Annotated]) -> list[list[str | None]]:
    """The tags of each token, over those who judged the task."""
    return [
        [one.langs[place] for one in record.judgements] for record in records for place in range(len(record.tokens))
    ]


def _other(tag: str, random: Random) -> str:
    return random.choice([one for one in ("en", "hi", "ne") if one != tag])
