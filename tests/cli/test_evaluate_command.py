"""``cswitch evaluate`` as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.taggers import install_taggers

if TYPE_CHECKING:
    from tests.cli.conftest import Cswitch

GOLD = "ok\ten\nनहीं\thi\nbhai\thi\n!\tother\n\nhello\ten\nDelhi\tambiguous\n\nсестра\tru\n"
KEYS = [
    "gold", "languages", "tagger", "tokens_per_second", "tokens_per_second_cold", "timed_sentences", "model_bytes",
    "outside", "sentences", "tokens", "unscored", "accuracy", "language_accuracy", "macro_f1", "weighted_f1",
    "mixed_accuracy", "switch_f1", "switch_precision", "switch_recall", "false_switches_per_1000", "bootstrap", "seed",
    "labels", "intervals",
]  # fmt: skip
NOTE = "cswitch: note: --pair (or --languages) helps the tagger: it need not find out which languages are in play\n"


@pytest.fixture(autouse=True)
def installed(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(install_taggers(tmp_path_factory.mktemp("site")))


def test_json_has_every_score(cswitch: Cswitch) -> None:
    done = cswitch("evaluate", "-", "--tagger", "script", "--json", stdin=GOLD)
    found = json.loads(done.out)
    assert (done.status, done.err, list(found)) == (0, NOTE, KEYS)
    assert (found["sentences"], found["tokens"], found["unscored"]) == (3, 6, 1)
    assert found["accuracy"] == pytest.approx(5 / 6)
    assert found["language_accuracy"] == pytest.approx(4 / 5)
    assert found["mixed_accuracy"] == pytest.approx(2 / 3)
    assert found["switch_f1"] == pytest.approx(2 / 3)
    assert found["false_switches_per_1000"] == 0
    assert found["labels"]["hi"] == {"precision": 1, "recall": 0.5, "f1": pytest.approx(2 / 3), "support": 2}
    assert found["model_bytes"] == 12
    assert found["tokens_per_second"] > 0
    low, high = found["intervals"]["accuracy"]
    assert low < 5 / 6 <= high


def test_the_same_seed_gives_the_same_intervals(cswitch: Cswitch) -> None:
    once, twice, other = (
        json.loads(cswitch("evaluate", "-", "--tagger", "script", "--json", "--seed", seed, stdin=GOLD * 9).out)
        for seed in (1, 1, 2)
    )
    assert once["intervals"] == twice["intervals"] != other["intervals"]
    none = json.loads(cswitch("evaluate", "-", "--tagger", "script", "--json", "--bootstrap", 0, stdin=GOLD).out)
    assert none["intervals"] == {}


def test_tables_for_a_person(cswitch: Cswitch) -> None:
    done = cswitch("evaluate", "-", "--tagger", "script", "--languages", "en,hi,ru", "--bootstrap", 0, stdin=GOLD)
    assert (done.status, done.err) == (0, "")
    *lines, empty, speed = done.out.splitlines()
    assert lines == [
        "3 sentences, 6 tokens scored, 1 ambiguous one left out",
        "",
        "score                     value  95 % interval",
        "accuracy                 0.8333",
        "language_accuracy        0.8000",
        "macro_f1                 0.8667",
        "weighted_f1              0.8222",
        "mixed_accuracy           0.6667",
        "switch_f1                0.6667",
        "switch_precision         0.5000",
        "switch_recall            1.0000",
        "false_switches_per_1000    0.00",
        "",
        "label  precision  recall      f1  support",
        "en        0.6667  1.0000  0.8000        2",
        "hi        1.0000  0.5000  0.6667        2",
        "other     1.0000  1.0000  1.0000        1",
        "ru        1.0000  1.0000  1.0000        1",
    ]
    assert empty == ""
    assert speed.endswith("; model of 12 bytes")


def test_labels_of_other_schemes(cswitch: Cswitch) -> None:
    gold = "# sent_enum = 1\nok\tlang1\nनहीं\tlang2\n!\tother\n"
    done = cswitch("evaluate", "-", "--tagger", "script", "--pair", "en-hi", "--json", stdin=gold)
    assert json.loads(done.out)["accuracy"] == 1
    done = cswitch("evaluate", "-", "--tagger", "script", stdin=gold)
    assert (done.status, done.error[:30]) == (2, "-:2: 'lang1' is no tag; say wh")


def test_what_the_tagger_cannot_say_is_wrong_and_told(cswitch: Cswitch) -> None:
    done = cswitch("evaluate", "-", "--tagger", "script", "--pair", "en-hi", "--json", stdin=GOLD)
    found = json.loads(done.out)
    assert found["outside"] == {"ru": 1}
    assert found["accuracy"] == pytest.approx(4 / 6)
    assert done.err == "cswitch: note: the tagger cannot answer 1 of 6 tokens (ru 1): counted as wrong\n"


def test_predictions_of_a_file(cswitch: Cswitch, tmp_path: Path) -> None:
    gold, found = tmp_path / "gold.tsv", tmp_path / "found.jsonl"
    gold.write_text(GOLD, encoding="utf-8")
    cswitch("tag", gold, "-o", found, "--tagger", "script")
    done = cswitch("evaluate", gold, "--predictions", found, "--json")
    scores = json.loads(done.out)
    assert (done.status, done.err) == (0, "")
    assert scores["accuracy"] == pytest.approx(5 / 6)
    assert (scores["predictions"], scores["tokens_per_second"], scores["model_bytes"]) == (str(found), None, None)
    found.write_text(found.read_text("utf-8").replace("bhai", "bhaiya"), encoding="utf-8")
    done = cswitch("evaluate", gold, "--predictions", found)
    assert done.status == 2
    assert done.error.startswith(f"{found}:1: token 3 is 'bhaiya' where gold has 'bhai' at {gold}:1; tag the tokens")


@pytest.mark.parametrize(
    ("arguments", "gold", "message"),
    [
        (["--tagger", "script"], "", "-: the file is empty"),
        (["--tagger", "script"], "ok\n", "-:1: 1 column and so no tag; write token<TAB>tag throughout"),
        (["--tagger", "script"], "ok\ten\nx\n", "-:2: 1 column where the lines before have 2"),
        (["--tagger", "script"], "ok\ten\n\nx\tLABEL_1\n", "-:3: 'LABEL_1' is no tag; tags are languages such as hi"),
        (["--tagger", "script"], '{"tokens": ["a"], "langs": []}', "-:1: field 'langs': 0 for 1 tokens"),
        (["--tagger", "script", "--from", "text"], GOLD, "plain text has no tags; choose --from tsv"),
        (["--tagger", "nobody"], GOLD, "unknown tagger 'nobody'"),
        (["--tagger", "script", "--predictions", "x"], GOLD, "--predictions are scored as they are, by no tagger"),
        (["--predictions", "none.tsv"], GOLD, "none.tsv: no such file"),
        (["--tagger", "script", "--pair", "en-es"], GOLD, "the tagger does not know 'es'"),
        (["--tagger", "script:faulty"], GOLD, "the tagger 'script' gave 1 tags"),
    ],
)
def test_errors_are_one_line(cswitch: Cswitch, arguments: list[str], gold: str, message: str) -> None:
    done = cswitch("evaluate", "-", *arguments, stdin=gold)
    assert done.status == (1 if "script:faulty" in arguments else 2)
    assert done.error.startswith(message)
    assert done.out == ""
