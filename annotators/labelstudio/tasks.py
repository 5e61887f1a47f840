"""Tagged records to tasks of Label Studio, and the check that each passes before it leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cswitch import __version__
from cswitch.annotators.labelstudio.config import LANG, Labelling
from cswitch.annotators.labelstudio.results import check_result
from cswitch.annotators.labelstudio.spans import regions_of
from cswitch.core.errors import InputError
from cswitch.core.measures.tags import NEUTRAL
from cswitch.core.seeds import Tickets

_RESOLUTION = 1 << 53


def task_of(
    record: Mapping[str, Any],
    labelling: Labelling,
    *,
    batch: str = "",
    blind: bool = False,
    round: int = 1,
    made_by: str = "",
    fixed: bool = False,
) -> dict[str, Any]:
    """The task of a tagged record, with its tags as a prediction unless it is blind; checked.

    Args:
        record: A Sample, an Utterance, or any object with ``id``, ``text``, ``tokens``, ``langs`` and ``offsets``.
            ``probabilities`` give the prediction its score; a list a token under the name of a layer, such as
            ``pos``, becomes labels of that layer.
        labelling: What annotators are asked.
        batch: Name of the push.
        blind: Give no prediction, to see what people say who are shown none.
        round: 1 for the first project.
        made_by: Name of the tagger, for a record that does not say what made it.
        fixed: Give marks and numbers tagged ``other`` a region too.

    Raises:
        InputError: The record does not fit the labelling or its own text; it names the sample and what to do.

    >>> record = {"id": "7", "text": "जी ok", "tokens": ["जी", "ok"], "langs": ["hi", "en"]}
    >>> record["offsets"] = [(0, 2), (3, 5)]
    >>> task = task_of(record, Labelling.of(["hi", "en"]), made_by="compact")
    >>> task["data"]["id"], [region["value"]["labels"] for region in task["predictions"][0]["result"]]
    ('7', [['hi'], ['en']])
    """
    data = {
        "text": record["text"],
        "id": str(record["id"]),
        "tokens": list(record["tokens"]),
        "offsets": [list(offset) for offset in record["offsets"]],
        "langs": list(record["langs"]),
        "languages": languages_of(record),
        "batch": batch,
        "round": round,
        "blind": blind,
        "sample": dict(record),
    }
    check_data(data)
    task = {"data": data, "predictions": [_prediction(record, labelling, made_by, fixed)]}
    check_task(task, labelling)  # of a blind one too: its tags are compared with what people say
    return {"data": data} if blind else task


def check_task(task: Mapping[str, Any], labelling: Labelling) -> None:
    """Refuses a task whose data or predictions Label Studio would take and then show wrongly.

    Its import checks none of this: an unknown label, a control that is not there, offsets past the end, another text
    at the offsets, spans of a layer that overlap, an id used twice.

    Raises:
        InputError: Something of that; it names the sample, the prediction, and what to do.
    """
    data = task.get("data")
    if not isinstance(data, Mapping) or not isinstance(data.get("text"), str):
        raise InputError("a task has no data with a text", hint="make it by cswitch export")
    check_data(data)
    for count, prediction in enumerate(task.get("predictions") or [], start=1):
        check_result(data["text"], prediction.get("result"), labelling, f"sample {data.get('id')}: prediction {count}")


def check_data(data: Mapping[str, Any]) -> None:
    """Refuses data whose tokens, tags and offsets do not lie one on the other.

    Raises:
        InputError: Lists differ in length, or an offset does not cut its token out of the text.

    >>> check_data({"id": "7", "text": "ok", "tokens": ["ok"], "langs": ["en"], "offsets": [[0, 3]]})
    Traceback (most recent call last):
    ...
    cswitch.core.errors.InputError: sample 7: token 0 is 'ok', but [0, 3) cuts 'ok' out of a text of 2; ...
    """
    name, text, tokens = f"sample {data.get('id')}", data["text"], data["tokens"]
    for field in ("langs", "offsets"):
        if len(data[field]) != len(tokens):
            raise InputError(
                f"{name}: {len(data[field])} {field} for {len(tokens)} tokens", hint="give exactly one for each token"
            )
    before = 0
    for place, (token, (start, end)) in enumerate(zip(tokens, data["offsets"], strict=True)):
        if not before <= start < end <= len(text) or text[start:end] != token:
            cut = f"[{start}, {end}) cuts {text[max(start, 0) : end][:30]!r} out of a text of {len(text)}"
            raise InputError(
                f"{name}: token {place} is {token[:30]!r}, but {cut}",
                hint="offsets count Unicode code points, and tokens stand in order",
            )
        before = end


def languages_of(record: Mapping[str, Any]) -> list[str]:
    """The languages in play: those that the record names, else those of its tags, in order.

    >>> languages_of({"langs": ["hi", "other", "en", "hi"]})
    ['hi', 'en']
    """
    named = record.get("languages")
    if isinstance(named, Sequence) and not isinstance(named, str) and named:
        return [str(name) for name in named]
    return [tag for tag in dict.fromkeys(record["langs"]) if tag.partition(":")[0] not in NEUTRAL]


def is_blind(name: str, share: float, seed: int = 0) -> bool:
    """Whether a sample is among those shown without tags; it depends on its id, the share and the seed alone.

    With a greater share, those of a smaller one are among them.

    Args:
        name: Id of the sample.
        share: Expected share of blind samples, 0 to 1.
        seed: Another seed chooses others.

    >>> sum(is_blind(str(name), 0.1) for name in range(1000))
    91
    """
    return Tickets(f"blind.{seed}", name)(_RESOLUTION, 0) < share * _RESOLUTION


def _prediction(record: Mapping[str, Any], labelling: Labelling, made_by: str, fixed: bool) -> dict[str, Any]:
    layers = {LANG: record["langs"]}
    for name in labelling.layers:
        if _parallel(record.get(name), len(record["tokens"])):
            layers[name] = record[name]
    result = [
        region
        for name, tags in layers.items()
        for region in regions_of(
            record["text"], record["tokens"], record["offsets"], tags, name, key=str(record["id"]), fixed=fixed
        )
    ]
    prediction: dict[str, Any] = {"model_version": _model_version(record, made_by), "result": result}
    score = _score(record)
    return prediction if score is None else {**prediction, "score": score}


def _parallel(values: object, count: int) -> bool:
    return isinstance(values, list) and len(values) == count


def _model_version(record: Mapping[str, Any], made_by: str) -> str:
    provenance = record.get("provenance")
    generator = provenance.get("generator", "") if isinstance(provenance, Mapping) else ""
    return " ".join(f"cswitch {__version__} {generator or made_by}".split())


def _score(record: Mapping[str, Any]) -> float | None:
    """Mean probability of the tags; 1 for what a generator tagged by origin; None where nobody knows."""
    probabilities = record.get("probabilities")
    if isinstance(probabilities, list) and probabilities:
        return round(sum(probabilities) / len(probabilities), 6)
    return 1.0 if record.get("provenance") else None
