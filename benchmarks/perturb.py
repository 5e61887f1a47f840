"""What perturbing keeps, and how fast it is: ``python -m benchmarks.perturb``.

For each preset, 1,000 rows of its shape, written by seeded templates: how many protected spans are in the mixed text
byte for byte, how many carried spans are equal to what stands there, how many labels are unchanged, and the CMI got.
Then fields a second of processor time on one core for questions of the length of GSM8K's: by lexicon, by links that
come with them, for finding what is protected alone, and for a bare copy of rows read and written as JSON Lines; in the
median pass, and in the fastest, which other work on the machine holds up least.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from itertools import cycle, islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from cswitch.core.text.protected import protected_spans
from cswitch.core.text.tokens import tokenise
from cswitch.perturb.making import mixers
from cswitch.perturb.mixing import TextTask
from cswitch.perturb.presets import load_preset
from cswitch.perturb.settings import FieldSettings, PerturbSettings
from cswitch.perturb.values import value_at
from cswitch.pipeline.perturb_run import run
from cswitch.pipeline.synthesiser import little_collecting
from tests.perturb.perturb_shapes import SHAPES, Row, rows_of

UNTOUCHED = {
    "gsm8k": ("answer",),
    "mmlu": ("answer", "subject"),
    "belebele": ("correct_answer_num", "link", "question_number"),
    "xnli": ("label",),
    "squad": ("id", "title"),
    "conll2003": ("id",),
    "bigcodebench": ("task_id", "code_prompt", "entry_point"),
}
PASSES = 9


@dataclass
class Kept:
    """What was kept of the rows of a shape."""

    shape: str
    pair: str
    rows: int
    changed: int
    protected: int = 0
    identical: int = 0
    carried: int = 0
    true: int = 0
    labels: int = 0
    unchanged: int = 0
    asked: float = 0.0
    mean_cmi: float = 0.0


def main() -> None:
    """Runs what the options ask for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1000, help="rows of each shape")
    parser.add_argument("--cmi", type=float, default=20.0, help="CMI asked for")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    options = parser.parse_args()
    kept = [keeping(shape, lang, options.rows, options.cmi) for lang in ("hi", "es") for shape in SHAPES]
    found = {"kept": [asdict(one) for one in kept], "fields a second": speeds()}
    print(json.dumps(found, indent=2)) if options.json else table(kept, found["fields a second"])  # type: ignore[arg-type]


def keeping(shape: str, lang: str, count: int, cmi: float) -> Kept:
    """Perturbs rows of a shape with every field, and compares them with what they were."""
    preset = load_preset(shape)
    settings = PerturbSettings(
        pair=("en", lang), fields=preset.fields, cmi=cmi, id=preset.id, protect=preset.protect, preset=shape
    )
    rows = rows_of(shape, count)
    with TemporaryDirectory() as folder:
        source, out = Path(folder, "in.jsonl"), Path(folder, "out.jsonl")
        source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        summary = run(str(source), str(out), settings)
        made = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    found = Kept(shape, f"en-{lang}", len(made), summary.changed, asked=cmi)
    got = [field["cmi"] for row in made for field in row["cswitch"]["fields"] if not field["reason"]]
    found.mean_cmi = statistics.fmean(got)
    for before, after in zip(rows, made, strict=True):
        compare(found, settings, before, after)
    return found


def compare(found: Kept, settings: PerturbSettings, before: Row, after: Row) -> None:
    """Counts what is as it was, and what is true, in a row."""
    for name in UNTOUCHED[found.shape]:
        found.labels += 1
        found.unchanged += before[name] == after[name]
    for name, field in settings.fields.items():
        if field.kind == "tokens":
            entities = [
                [one for one in zip(row["tokens"], row["ner_tags"], strict=True) if one[1]] for row in (before, after)
            ]
            found.carried += len(entities[0])
            found.true += sum(one == other for one, other in zip(*entities, strict=True))
            count_protected(found, " ".join(before["tokens"]), " ".join(after["tokens"]), settings.protected(name))
            continue
        old, new = (value_at(row, name) for row in (before, after))
        for one, other in zip(*([text] if isinstance(text, str) else text for text in (old, new)), strict=True):
            count_protected(found, one, other, settings.protected(name))
    if found.shape == "squad":
        for text, start in zip(after["answers"]["text"], after["answers"]["answer_start"], strict=True):
            found.carried += 1
            found.true += after["context"][start : start + len(text)] == text


def count_protected(found: Kept, before: str, after: str, kinds: tuple[str, ...]) -> None:
    """Looks for every protected span in the new text, each after the one before."""
    at = 0
    for start, end in protected_spans(before, kinds):
        found.protected += 1
        place = after.find(before[start:end], at)
        if place >= 0:
            found.identical += 1
            at = place + end - start


def speeds() -> dict[str, list[float]]:
    """Fields a second of processor time, in the median pass and in the fastest; and how long fields are."""
    questions = [row["question"] for row in rows_of("gsm8k", 1000)]
    lexicon = mixers(PerturbSettings(pair=("en", "hi"), fields={"question": FieldSettings()}), {})(20)
    tasks = [TextTask(str(at), text, protected=protected_spans(text)) for at, text in enumerate(questions)]
    linked = linked_tasks(500)
    links = mixers(PerturbSettings(pair=("en", "hi"), fields={"question": FieldSettings()}, by="links"), {})(20)
    lines = [json.dumps({"question": text, "answer": "#### 1"}).encode() for text in questions]

    def by_lexicon() -> None:
        for start in range(0, len(questions), 64):
            chunk = questions[start : start + 64]
            lexicon.mix([TextTask(str(at), text, protected=protected_spans(text)) for at, text in enumerate(chunk)])

    def copied() -> None:
        b"".join(json.dumps(json.loads(line)).encode() + b"\n" for line in lines)

    return {
        "words a question": [statistics.fmean(len(text.split()) for text in questions)],
        "by lexicon, protection found": clock(by_lexicon, len(questions)),
        "by lexicon, protection known": clock(lambda: lexicon.mix(tasks), len(tasks)),
        "words a field with links": [statistics.fmean(len(task.text.split()) for task in linked)],
        "by links that are given": clock(lambda: links.mix(linked), len(linked)),
        "protection alone": clock(lambda: [protected_spans(text) for text in questions], len(questions)),
        "bare copy": clock(copied, len(lines)),
    }


def linked_tasks(count: int) -> list[TextTask]:
    """Fields of three sentences with their translation and links set by hand."""
    text = (files("cswitch.data.samples") / "en-hi.gold.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t")[1:4] for line in text.splitlines()[1:]]
    whole = [row for row in rows if all(len(tokenise(side).tokens) == len(side.split()) for side in row[:2])]
    random = Random(0)
    found = []
    for number in islice(cycle(range(count)), count):
        chosen = random.sample(whole, 3)
        links, first, second = [], 0, 0
        for one, other, given in chosen:
            links += [(first + int(i), second + int(j)) for i, j in (link.split("-") for link in given.split())]
            first, second = first + len(one.split()), second + len(other.split())
        english, hindi = (" ".join(row[side] for row in chosen) for side in (0, 1))
        found.append(TextTask(str(number), english, protected=[], translation=hindi, links=links))
    return found


def clock(work: Callable[[], object], fields: int) -> list[float]:
    """Fields a second of processor time, in the median pass and in the fastest, after one that warms up."""
    taken = []
    with little_collecting():  # as a run does
        work()
        for _ in range(PASSES):
            started = time.process_time()
            work()
            taken.append(time.process_time() - started)
    return [fields / statistics.median(taken), fields / min(taken)]


def table(kept: Sequence[Kept], speed: dict[str, list[float]]) -> None:
    """Prints what was found."""
    print(f"{'shape':14}{'pair':7}{'rows':>6}{'changed':>9}{'protected':>18}{'carried':>16}{'labels':>16}{'CMI':>14}")
    for one in kept:
        print(
            f"{one.shape:14}{one.pair:7}{one.rows:6}{one.changed:9}"
            f"{f'{one.identical} of {one.protected}':>18}{f'{one.true} of {one.carried}':>16}"
            f"{f'{one.unchanged} of {one.labels}':>16}{f'{one.mean_cmi:.1f} for {one.asked:g}':>14}"
        )
    print(f"\n{'':32}{'median':>12}{'fastest':>12}")
    for name, values in speed.items():
        print(f"{name:32}{''.join(f'{value:>12,.1f}' for value in values)}")


if __name__ == "__main__":
    main()
