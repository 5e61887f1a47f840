from __future__ import annotations

import json
import signal
import urllib.request
from pathlib import Path

import pytest

from cswitch.annotators.labelstudio.config import Labelling
from tests.cli.conftest import Cswitch
from tests.studio.serving import serving


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_until_it_is_stopped_and_tells_what_it_did(tmp_path: Path, by: signal.Signals) -> None:
    with serving(tmp_path / "log", "--pair", "en-hi") as served:
        task = {"id": 7, "data": {"text": "kal meeting hai 😂"}}
        body = {"tasks": [task], "label_config": Labelling.of(["hi", "en"]).xml(), "params": {"password": "geheim"}}
        with urllib.request.urlopen(f"{served.url}/predict", json.dumps(body).encode(), timeout=60) as answer:
            (result,) = json.load(answer)["results"]
        said = {region["value"]["text"]: region["value"]["labels"] for region in result["result"]}
        assert said == {"kal": ["hi"], "meeting": ["en"], "hai": ["hi"]}
        assert served.stop(by) == "stopped: 1 prediction; events: none"
        log = served.log.read_text()
    assert "POST /predict 200" in log
    assert "geheim" not in log
    assert "nobody has to log in" not in log


def test_whoever_opens_it_to_others_is_told(tmp_path: Path) -> None:
    with serving(tmp_path / "log", "--host", "0.0.0.0") as served:
        served.stop()
        assert "whoever reaches this machine can ask on port" in served.log.read_text()


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["--tagger", "compatc"], 2, "unknown tagger 'compatc'; did you mean 'compact'"),
        (["--pair", "en-eu"], 2, "the tagger does not know 'eu'"),
        (["--pair", "en"], 2, "--pair 'en' is not two languages"),
        (["--host", "192.0.2.1"], 2, "--host 192.0.2.1: no address of this machine"),
        (["--port", "99999"], 2, "'--port'"),
    ],
)
def test_what_cannot_be_meant_is_one_line(cswitch: Cswitch, arguments: list[str], status: int, told: str) -> None:
    done = cswitch("studio", "serve", *arguments)
    assert done.status == status
    assert told in done.error
