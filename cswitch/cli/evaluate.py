"""``cswitch evaluate``: how good a tagger's language tags are, against gold."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cswitch.cli.options import AsJson, counted, note, print_json
from cswitch.cli.streams import table
from cswitch.cli.tag_options import (
    BatchTokens,
    Compile,
    Device,
    Dtype,
    From,
    LanguagesOption,
    PairOption,
    TaggerName,
    device_options,
    parse_languages,
)
from cswitch.core.errors import UsageError

if TYPE_CHECKING:
    from cswitch.core.tag_scores import TagScores

_SHOWN = 6
"""Languages that a note names at most."""


def evaluate(
    gold: Annotated[
        str,
        typer.Argument(
            metavar="GOLD", help="token<TAB>tag, CoNLL, JSON Lines with tokens and langs, Parquet, datasets."
        ),
    ],
    tagger: TaggerName = "compact",
    pair: PairOption = "",
    languages: LanguagesOption = "",
    predictions: Annotated[
        str | None,
        typer.Option("--predictions", metavar="FILE", help="Score the tags of a file instead, for the same tokens."),
    ] = None,
    bootstrap: Annotated[
        int, typer.Option("--bootstrap", metavar="N", min=0, help="Replicates for 95 % intervals; 0 for none.")
    ] = 1000,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the replicates.")] = 0,
    form: From = None,
    device: Device = None,
    dtype: Dtype = None,
    batch_tokens: BatchTokens = None,
    compiled: Compile = False,
    as_json: AsJson = False,
) -> None:
    """Score language tags against gold.

    Tokens that gold calls ambiguous are not scored. Label names of other schemes are understood (lang1 and lang2 are
    the languages of --pair). Definitions: docs/tagging.md.

    Example: cswitch evaluate gold.tsv --pair en-es
    """
    # Products as small as ours only lose by threads; numpy reads this when it is first imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from cswitch.core.tag_scores import score_tags
    from cswitch.pipeline.tag_gold import matched, read_gold

    spoken = parse_languages(pair, languages)
    options = device_options(device, dtype, batch_tokens, compiled)
    if predictions is not None and (tagger != "compact" or any(options.values())):
        raise UsageError(
            "--predictions are scored as they are, by no tagger", hint="leave out --tagger and its options"
        )
    expected = list(read_gold(gold, spoken, fmt=form))
    tags = [one.tags for one in expected]
    if predictions is not None:
        found = matched(expected, read_gold(predictions, spoken), (gold, predictions))
        about: dict[str, Any] = {"predictions": predictions, "tokens_per_second": None, "model_bytes": None}
    else:
        found, about = tagged(tagger, options, [one.tokens for one in expected], tags, spoken)
    scores = score_tags(tags, found, bootstrap=bootstrap, seed=seed)
    if predictions is None and not spoken:
        note("--pair (or --languages) helps the tagger: it need not find out which languages are in play")
    if outside := about.get("outside"):
        note(f"{told_outside(outside, scores.tokens)}: counted as wrong")
    if as_json:
        print_json(as_object(scores, {"gold": gold, "languages": list(spoken), **about}, bootstrap, seed))
    else:
        typer.echo("\n".join(lines(scores, about)))


def tagged(
    name: str,
    options: dict[str, Any],
    sentences: list[list[str]],
    tags: list[list[str]],
    languages: tuple[str, ...],
) -> tuple[list[list[str]], dict[str, Any]]:
    """What a tagger answers, and what there is to say of it."""
    from cswitch.pipeline.tag_evaluation import model_bytes, tag_gold, unsayable
    from cswitch.pipeline.taggers import opened_tagger

    with opened_tagger(name, options) as tagger:
        found, speed = tag_gold(tagger, sentences, languages)
        return found, {
            "tagger": name,
            "tokens_per_second": rounded(speed.warm),
            "tokens_per_second_cold": rounded(speed.cold),
            "timed_sentences": speed.sentences,
            "model_bytes": model_bytes(tagger),
            "outside": unsayable(tagger, tags, languages),
        }


def told_outside(outside: dict[str, int], tokens: int) -> str:
    """Which languages of gold could not be answered, in words.

    >>> told_outside({"fr": 12, "it": 1}, 200)
    'the tagger cannot answer 13 of 200 tokens (fr 12, it 1)'
    """
    shown = [f"{tag} {count:,}" for tag, count in list(outside.items())[:_SHOWN]]
    rest = ", ..." if len(outside) > _SHOWN else ""
    return f"the tagger cannot answer {sum(outside.values()):,} of {tokens:,} tokens ({', '.join(shown)}{rest})"


def as_object(scores: TagScores, about: dict[str, Any], bootstrap: int, seed: int) -> dict[str, Any]:
    """Scores and what they are of, ready for JSON."""
    import msgspec

    found: dict[str, Any] = msgspec.to_builtins(scores)
    ends = {name: found.pop(name) for name in ("labels", "intervals")}
    return {**about, **found, "bootstrap": bootstrap, "seed": seed, **ends}


def lines(scores: TagScores, about: dict[str, Any]) -> list[str]:
    """Scores as tables for a person."""
    from cswitch.core.tag_scores import SCORES

    left_out = f", {counted(scores.unscored, 'ambiguous one')} left out" if scores.unscored else ""
    heading = f"{counted(scores.sentences, 'sentence')}, {counted(scores.tokens, 'token')} scored{left_out}"
    rows = [("score", "value", "95 % interval")]
    for name in SCORES:
        low, high = scores.intervals.get(name, (None, None))
        interval = "" if low is None or high is None else f"[{value(low, name)}, {value(high, name)}]"
        rows.append((name, value(getattr(scores, name), name), interval))
    labels = [("label", "precision", "recall", "f1", "support")]
    for label, one in scores.labels.items():
        labels.append((label, value(one.precision), value(one.recall), value(one.f1), f"{one.support:,}"))
    width = max(len(row[-1]) for row in labels)
    aligned = [(*row[:-1], row[-1].rjust(width)) for row in labels]
    return [heading, "", table(rows), "", table(aligned), *_speed_lines(about)]


def value(number: float | None, name: str = "") -> str:
    """A score as it is shown.

    >>> value(0.5), value(None), value(2.25, "false_switches_per_1000")
    ('0.5000', '-', '2.25')
    """
    if number is None:
        return "-"
    return f"{number:.2f}" if name == "false_switches_per_1000" else f"{number:.4f}"


def rounded(rate: float | None) -> float | None:
    """A rate without the digits that no clock gives.

    >>> rounded(1234.5678)
    1234.6
    """
    return None if rate is None else round(rate, 1)


def _speed_lines(about: dict[str, Any]) -> list[str]:
    if about.get("tokens_per_second") is None:
        return []
    size = about["model_bytes"]
    model = "" if size is None else f"; model of {size:,} bytes"
    rate = f"{about['tokens_per_second']:,.0f} tokens/s (first pass {about['tokens_per_second_cold']:,.0f})"
    return ["", f"{rate}{model}"]
