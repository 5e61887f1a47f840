"""Whether annotating in a good order pays: the loop of docs/gold.md with an annotator who is always right.

Usage: python -m benchmarks.active [--data DIR] [--sets NAME ...] [--orders random uncertainty diverse]
                                   [--rounds 5] [--tokens 600] [--pool 3000] [--epochs 8] [--seeds 1] [--markdown]

DIR is the folder of shared data (default: $CSWITCH_DATA, else ../shared/data); sets are those of DIR/lid with a part to
train on and a dev part, of which the tagger that comes along has seen none. Each round the tagger tags what is left of
the pool (sentences of the training part), the order says which come first, and those are annotated until so many tokens
are: as records of annotation, merged to gold as `cswitch studio gold` does. The tagger is trained on all gold so far as
`cswitch train-tagger` does, and scored on the dev part. A row gives the mean over seeds, which choose the pool and the
random order. Some 40 seconds a set, order and five rounds. Set OMP_NUM_THREADS=1.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from benchmarks.tagger import Table
from cswitch.annotators.labelstudio.cases import case_of
from cswitch.annotators.labelstudio.gold import merge
from cswitch.annotators.labelstudio.order import ORDERS, Order, ordered
from cswitch.annotators.labelstudio.spans import is_fixed
from cswitch.annotators.lid.compact import CompactTagger
from cswitch.annotators.lid.folder import train_folder
from cswitch.core.contracts import TaggedSentence, Tagger
from cswitch.core.seeds import digest
from cswitch.core.tag_scores import TagScores, score_tags
from cswitch.core.text.join import join
from cswitch.pipeline.tag_gold import read_gold
from cswitch.schemas.annotation import Annotated, Judgement

SETS = {"mr-en.melid-nc": ("mr", "en"), "tr-de.sagt-nc": ("tr", "de"), "es-en.borrowing-nc": ("es", "en")}
Records = list[dict[str, Any]]


class Plan(NamedTuple):
    """How much is annotated, and what for."""

    rounds: int = 5
    """Batches that are annotated."""
    tokens: int = 600
    """Tokens of a batch."""
    epochs: int = 8
    """Times that the tagger goes through its gold."""


class Round(NamedTuple):
    """The tagger after a round."""

    number: int
    """0 before anything was annotated."""
    sentences: int
    """Sentences of gold so far."""
    tokens: int
    """Their tokens."""
    scores: TagScores
    """Its scores on what was held out."""


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    default = os.environ.get("CSWITCH_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data"
    parser.add_argument("--data", type=Path, default=Path(default), help="folder of shared data")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=["mr-en.melid-nc"])
    parser.add_argument("--orders", nargs="+", choices=ORDERS, default=["random", "uncertainty", "diverse"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tokens", type=int, default=600, help="tokens of a batch")
    parser.add_argument("--pool", type=int, default=3000, help="sentences to choose from")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--seeds", type=int, default=1, help="pools to take the mean over")
    parser.add_argument("--markdown", action="store_true")
    options = parser.parse_args()
    plan = Plan(options.rounds, options.tokens, options.epochs)
    for name in options.sets:
        if not (options.data / "lid" / f"{name}.train.tsv").is_file():
            print(f"{name}: not in {options.data / 'lid'}, skipped")
            continue
        train, held_out = (read(options.data, name, part) for part in ("train", "dev"))
        print(f"\n{name}: {len(train):,} sentences to choose from, {options.pool:,} of them in a pool")
        head = ("order, round", "sentences", "tokens", "accuracy", "language", "switch F1")
        table = Table(head, markdown=options.markdown)
        for how in options.orders:
            runs = [
                list(loop(pool_of(train, options.pool, seed), held_out, SETS[name], how, plan, seed=seed))
                for seed in range(options.seeds)
            ]
            for rounds in zip(*runs, strict=True):
                row(table, how, rounds)


def row(table: Table, how: str, rounds: Sequence[Round]) -> None:
    """Print the mean of a round over seeds."""

    def over(value: Callable[[Round], float | None]) -> float:
        return mean(value(one) or 0.0 for one in rounds)

    sizes = (f"{over(lambda one: one.sentences):,.0f}", f"{over(lambda one: one.tokens):,.0f}")
    scores = (
        over(lambda one: one.scores.accuracy),
        over(lambda one: one.scores.language_accuracy),
        over(lambda one: one.scores.switch_f1),
    )
    table.row(f"{how}, {rounds[0].number}", *sizes, *scores)


def read(data: Path, name: str, part: str) -> list[TaggedSentence]:
    """The sentences of a part of a set that have a token."""
    path = str(data / "lid" / f"{name}.{part}.tsv")
    return [TaggedSentence(one.tokens, one.tags) for one in read_gold(path, SETS[name]) if one.tokens]


def pool_of(sentences: Sequence[TaggedSentence], size: int, seed: int) -> list[TaggedSentence]:
    """A draw of the sentences, without replacement."""
    places = sorted(range(len(sentences)), key=lambda place: digest("pool", seed, place))[:size]
    return [sentences[place] for place in sorted(places)]


def loop(
    pool: Sequence[TaggedSentence],
    held_out: Sequence[TaggedSentence],
    languages: Sequence[str],
    how: Order,
    plan: Plan,
    *,
    seed: int = 0,
) -> Iterator[Round]:
    """Annotates batch after batch, and trains after each.

    Args:
        pool: What can be annotated, with the tags that the annotator knows.
        held_out: What the tagger is scored on.
        languages: The languages in play; the tagger that comes along is told them.
        how: The order in which the pool is annotated.
        plan: How much is annotated.
        seed: Of order and training.
    """
    truth = {str(place): sentence for place, sentence in enumerate(pool)}
    left = dict(truth)
    gold: list[TaggedSentence] = []
    tagger: Tagger = CompactTagger.load("")
    told = tuple(languages)
    yield Round(0, 0, 0, scored(tagger, held_out, told))
    for number in range(1, plan.rounds + 1):
        batch = first_tokens(ordered(tagged(left, tagger, told), how, seed=seed), plan.tokens)
        gold += [oracle(record, left.pop(record["id"])) for record in batch]
        with TemporaryDirectory() as folder:
            train_folder(gold, [], Path(folder), epochs=plan.epochs, seed=seed, report=lambda line: None)
            tagger, told = CompactTagger.load(folder), ()
        yield Round(number, len(gold), sum(len(one.tokens) for one in gold), scored(tagger, held_out, told))


def tagged(left: dict[str, TaggedSentence], tagger: Tagger, languages: Sequence[str]) -> Records:
    """The sentences as ``cswitch tag`` writes them."""
    found = tagger.tag([one.tokens for one in left.values()], languages)
    return [
        {"id": name, "tokens": list(one.tokens), "langs": tagging.tags, "probabilities": tagging.probabilities}
        for (name, one), tagging in zip(left.items(), found, strict=True)
    ]


def first_tokens(records: Records, tokens: int) -> Records:
    """The first records that have so many tokens together."""
    batch: Records = []
    for record in records:
        if tokens <= 0:
            break
        batch.append(record)
        tokens -= len(record["tokens"])
    return batch


def oracle(record: dict[str, Any], truth: TaggedSentence) -> TaggedSentence:
    """The gold of a record whose only annotator is always right, and leaves marks and numbers without a label."""
    text, offsets = join(record["tokens"], [True] * len(record["tokens"]))
    said = [None if is_fixed(*pair) else pair[1] for pair in zip(truth.tokens, truth.tags, strict=True)]
    shown = [
        "other" if is_fixed(*pair) else tag for pair, tag in zip(zip(*truth, strict=True), record["langs"], strict=True)
    ]
    annotated = Annotated(
        id=record["id"],
        text=text,
        tokens=record["tokens"],
        offsets=offsets,
        suggested=shown,
        languages=[],
        judgements=[Judgement(annotator="oracle", langs=said)],
    )
    found = merge(case_of([annotated])).gold
    assert found is not None
    assert found.langs == list(truth.tags)
    return TaggedSentence(found.tokens, found.langs)


def scored(tagger: Tagger, held_out: Sequence[TaggedSentence], languages: Sequence[str]) -> TagScores:
    """The scores of a tagger on what was held out."""
    found = tagger.tag([one.tokens for one in held_out], languages)
    return score_tags([one.tags for one in held_out], [one.tags for one in found], bootstrap=0)


if __name__ == "__main__":
    main()
