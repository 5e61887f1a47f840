"""``cswitch studio agreement`` as a user runs it."""

from __future__ import annotations

import builtins
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from tests.annotators.agreement.simulated_votes import record, simulate

if TYPE_CHECKING:
    from cswitch.schemas.annotation import Annotated
    from tests.cli.conftest import Cswitch

KEYS = [
    "tasks", "judged", "tokens", "judgements", "repeated", "annotators", "measures", "pairs", "by", "periods", "drift",
    "kept", "anchoring", "people", "confusion_labels", "confusion", "disputed", "bootstrap", "seed", "confidence",
]  # fmt: skip


def jsonl(records: list[Annotated]) -> str:
    return "".join(msgspec.json.encode(one).decode() + "\n" for one in records)


def two() -> list[Annotated]:
    first = record({"ann": ["en", "hi", "hi"], "bo": ["en", "hi", "en"]}, ["so", "kya", "hai"], name="1", batch="pilot")
    return [first, msgspec.structs.replace(first, id="2")]


def test_json_has_everything(cswitch: Cswitch) -> None:
    done = cswitch("studio", "agreement", "-", "--json", "--bootstrap", 20, "--seed", 3, stdin=jsonl(simulate(30)[0]))
    found = json.loads(done.out)
    assert (done.status, done.err, list(found)) == (0, "", KEYS)
    assert (found["bootstrap"], found["seed"], found["by"]) == (20, 3, "batch")
    alpha = found["measures"]["tokens"]["alpha"]
    assert alpha["interval"][0] <= alpha["value"] <= alpha["interval"][1]
    assert alpha["signature"].startswith("alpha|level:nominal|units:tokens|bs:20|seed:3|ci:95|v:")


def test_tables_for_a_person(cswitch: Cswitch) -> None:
    done = cswitch("studio", "agreement", "-", "--bootstrap", 0, stdin=jsonl(two()))
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines() == [
        "2 tasks, 6 tokens, 4 judgements by 2 annotators; 2 tasks judged by two or more",
        "",
        "measure    compared   alpha  95 % interval    AC1  agreement",
        "tokens            6   0.389                 0.333  0.667",
        "contested         6   0.389                 0.333  0.667",
        "switches          4  -0.167                 0.200  0.500",
        "",
        "label              given   alpha  95 % interval  specific agreement",
        "en                     6   0.389                 0.667",
        "hi                     6   0.389                 0.667",
        "switch (switches)      6  -0.167                 0.667",
        "same (switches)        2  -0.167                 0.000",
        "",
        "two annotators  tokens  kappa  95 % interval  agreement",
        "ann & bo             6  0.400                 0.667",
        "",
        "batch  first day  tasks  alpha  95 % interval  agreement",
        "pilot                 2  0.389                 0.667",
        "",
        "annotator  tasks  tokens  left  with others  95 % interval  alpha without  s a task  tokens/min",
        "ann            2       6     0        0.667                             -",
        "bo             2       6     0        0.667                             -",
        "",
        "annotator  times  share  their tag, another's",
        "ann            2   100%  hi, en",
        "bo             2   100%  en, hi",
        "",
        "most disputed: 1, 2 (2 on the page that --html writes)",
        "",
        "last less first batch: fewer than two periods have an alpha",
    ]


def test_a_page_beside_the_object(cswitch: Cswitch, tmp_path: Path) -> None:
    path = tmp_path / "agreement.html"
    arguments = ("studio", "agreement", "-", "--html", path, "--by", "week", "--bootstrap", 5)
    done = cswitch(*arguments, "--json", stdin=jsonl(simulate(10)[0]))
    assert (done.status, json.loads(done.out)["by"]) == (0, "week")
    assert path.read_text("utf-8").startswith("<!doctype html>")
    refused = cswitch(*arguments, stdin=jsonl(two()))
    assert refused.status == 2
    assert "exists already" in refused.error
    assert cswitch(*arguments, "--force", stdin=jsonl(two())).status == 0
    piped = cswitch("studio", "agreement", "-", "--html", "-", stdin=jsonl(two()))
    assert piped.out.startswith("<!doctype html>")
    assert piped.out.endswith("</html>\n")


def test_names_cannot_steer_the_terminal(cswitch: Cswitch) -> None:
    evil = record({"a\x1b[31m\nb": ["en"], "bo": ["hi"]}, name="x\x1b]0;y\x07", batch="\x1b[2J")
    done = cswitch("studio", "agreement", "-", stdin=jsonl([evil]))
    assert done.status == 0
    assert "\x1b" not in done.out
    assert "a\\x1b[31m b" in done.out


def broken(**fields: Any) -> str:
    """The second of two lines has some fields changed."""
    good, other = (json.loads(line) for line in jsonl(two()).splitlines())
    judgement = {key.removeprefix("said_"): value for key, value in fields.items() if key.startswith("said_")}
    other["judgements"][0].update(judgement)
    other.update({key: value for key, value in fields.items() if not key.startswith("said_")})
    return f"{json.dumps(good)}\n\n{json.dumps(other)}\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (broken(said_langs=["en"]), "-:3: field 'judgements[0].langs': 1 tags for 3 tokens"),
        (broken(said_langs=["en", "a b", None]), "-:3: field 'judgements[0].langs[1]': 'a b' is not a language tag"),
        (broken(said_naturalness=6), "-:3: field 'judgements[0].naturalness': 6 is no rating"),
        (broken(said_layers={"pos": ["NOUN"]}), "-:3: field \"judgements[0].layers['pos']\": 1 labels for 3 tokens"),
        (broken(said_annotator=""), "-:3: field 'judgements[0].annotator': an annotator has a name"),
        (broken(suggested=["en"]), "-:3: field 'suggested': 1 tags for 3 tokens"),
        (broken(tokens=7), "-:3: field 'tokens': expected array, got int"),
        ("{\n", "-:1: broken JSON"),
        ("", "-: the file is empty"),
    ],
)
def test_bad_input(cswitch: Cswitch, text: str, told: str) -> None:
    done = cswitch("studio", "agreement", "-", stdin=text)
    assert (done.status, done.out) == (2, "")
    assert done.error.startswith(f"{told}")


def test_nobody_has_judged(cswitch: Cswitch) -> None:
    done = cswitch("studio", "agreement", "-", stdin=broken(judgements=[]).splitlines()[2] + "\n")
    assert (done.status, done.out) == (1, "")
    assert done.error == "-: nobody has judged any of its 1 tasks; pull again once annotators have submitted something"


def test_older_records_are_told_of(cswitch: Cswitch) -> None:
    done = cswitch("studio", "agreement", "-", stdin=jsonl([*two(), *two()]))
    assert done.status == 0
    assert done.err == "cswitch: note: 2 older records of the same sample, round, batch and task are left out\n"


def test_without_the_library(cswitch: Cswitch, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def absent(name: str, *rest: Any, **more: Any) -> Any:
        if name == "krippendorff":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", absent)
    done = cswitch("studio", "agreement", "-", stdin=jsonl(two()))
    assert (done.status, done.out) == (2, "")
    assert done.error == (
        'agreement among annotators needs an extra that is not installed; pip install "cswitch[agreement]"'
    )
