"""``cswitch export``: files that Label Studio loads, and what is refused."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cswitch.annotators.labelstudio.config import Labelling
from cswitch.annotators.labelstudio.tasks import check_task, is_blind
from cswitch.cli.streams import open_output
from cswitch.pipeline.studio_export import TaskOptions, TaskWriter
from cswitch.pipeline.studio_files import write_tasks

if TYPE_CHECKING:
    from tests.cli.conftest import Cswitch, MakeSample, WriteSamples

UTTERANCE: dict[str, Any] = {
    "id": "u1",
    "text": "👍🏽 कल meeting",
    "tokens": ["👍🏽", "कल", "meeting"],
    "langs": ["other", "hi", "en"],
    "offsets": [[0, 2], [3, 5], [6, 13]],
    "probabilities": [1.0, 0.5, 0.9],
    "languages": ["hi", "en"],
    "matrix": "hi",
    "measures": {"cmi": 50.0},
    "source": "chat",
}


@pytest.fixture
def source(sample: MakeSample, write: WriteSamples) -> Path:
    texts = ["कल/hi meeting/en है/hi !/other", "मैं/hi happy/en हूँ/hi", "Delhi/ne ok/en जी/hi", "ok/en जी/hi"]
    return write(*[sample(text, name=f"{at}.0") for at, text in enumerate(texts)])


def written(path: Path) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def lines(path: Path, *records: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
    return path


def test_samples_become_tasks_and_a_configuration(cswitch: Cswitch, source: Path, tmp_path: Path) -> None:
    done = cswitch("export", source, "-o", tmp_path / "tasks.json", "--to", "label-studio", "--batch", "b")
    assert done.status == 0, done.err
    assert done.out == ""
    assert "4 tasks in" in done.err
    tasks = written(tmp_path / "tasks.json")
    labelling = Labelling.from_xml((tmp_path / "tasks.config.xml").read_text(encoding="utf-8"))
    assert labelling == Labelling.of(["hi", "en"])
    assert [task["data"]["id"] for task in tasks] == ["0.0", "1.0", "2.0", "3.0"]
    for task in tasks:
        check_task(task, labelling)
        assert task["data"]["batch"] == "b"
        assert task["data"]["sample"]["provenance"]["generator"] == "insertion"
    samples = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
    assert [task["data"]["sample"] for task in tasks] == samples


def test_what_tag_wrote_is_taken_with_its_probabilities(cswitch: Cswitch, tmp_path: Path) -> None:
    source = lines(tmp_path / "tagged.jsonl", UTTERANCE)
    done = cswitch("export", source, "-o", "-", "--to", "label-studio", "--tagger", "compact")
    (task,) = json.loads(done.out)
    assert done.err.startswith("cswitch: note: the labelling configuration is not written; add --config-out FILE.xml\n")
    assert task["data"]["sample"] == UTTERANCE
    (prediction,) = task["predictions"]
    assert prediction["score"] == pytest.approx(0.8)
    assert prediction["model_version"].endswith(" compact")
    assert [found["value"]["text"] for found in prediction["result"]] == ["कल", "meeting"]


@pytest.mark.parametrize(
    ("text", "langs"),
    [
        ("main\thi\nhappy\ten\n\nok\ten\n", [["hi", "en"], ["en"]]),
        ('{"words": ["main", "happy"], "lid": ["HIN", "eng"]}\n', [["hi", "en"]]),
        ('{"tokens": ["happy", "."], "langs": ["en", "other"], "text": "happy."}\n', [["en", "other"]]),
    ],
)
def test_other_tagged_text_is_taken(cswitch: Cswitch, text: str, langs: list[list[str]]) -> None:
    done = cswitch("export", "-", "-o", "-", "--to", "label-studio", stdin=text)
    assert done.status == 0, done.err
    assert [task["data"]["langs"] for task in json.loads(done.out)] == langs
    assert [task["data"]["id"] for task in json.loads(done.out)] == [str(at + 1) for at in range(len(langs))]


def test_blind_tasks_are_chosen_by_their_ids(cswitch: Cswitch, source: Path, tmp_path: Path) -> None:
    arguments = (
        "export",
        source,
        "-o",
        tmp_path / "tasks.json",
        "--to",
        "label-studio",
        "--blind",
        "0.5",
        "--seed",
        "3",
    )
    done = cswitch(*arguments, "--json")
    tasks = written(tmp_path / "tasks.json")
    blind = [is_blind(task["data"]["id"], 0.5, 3) for task in tasks]
    assert ["predictions" not in task for task in tasks] == blind
    assert json.loads(done.out)["blind"] == sum(blind) > 0


def test_json_tells_what_was_written(cswitch: Cswitch, source: Path, tmp_path: Path) -> None:
    done = cswitch("export", source, "-o", tmp_path / "t.json", "--to", "label-studio", "--json", "--layers", "pos")
    assert done.err == ""
    assert json.loads(done.out) == {
        "format": "label-studio",
        "tasks": 4,
        "blind": 0,
        "empty": 0,
        "regions": 11,
        "tokens": 12,
        "fixed": 1,
        "labels": ["hi", "en", "other", "ne", "ambiguous", "mixed", "fw"],
        "layers": ["pos"],
        "files": [str(tmp_path / "t.json")],
        "config": str(tmp_path / "t.config.xml"),
    }


def test_what_is_asked_can_be_chosen(cswitch: Cswitch, source: Path, tmp_path: Path) -> None:
    options = ["--labels", "en,hi,other,ne", "--layers", "entity", "--no-naturalness", "--no-correction"]
    config = tmp_path / "c.xml"
    cswitch("export", source, "-o", tmp_path / "t.json", "--to", "label-studio", "--config-out", config, *options)
    wanted = Labelling.of(["en", "hi", "other", "ne"], layers=["entity"], naturalness=False, correction=False)
    assert Labelling.from_xml(config.read_text(encoding="utf-8")) == wanted
    assert not (tmp_path / "t.config.xml").exists()


def test_tags_beyond_the_usual_become_labels(cswitch: Cswitch, tmp_path: Path) -> None:
    record = {"tokens": ["a", "b", "c"], "langs": ["ne:hi", "unk", "ta"], "languages": ["hi"]}
    cswitch("export", lines(tmp_path / "in.jsonl", record), "-o", tmp_path / "t.json", "--to", "label-studio")
    labels = Labelling.from_xml((tmp_path / "t.config.xml").read_text(encoding="utf-8")).labels
    assert labels == ("hi", "ta", "other", "ne", "ambiguous", "mixed", "fw", "ne:hi", "unk")


def test_a_column_of_parts_of_speech_becomes_a_layer(cswitch: Cswitch) -> None:
    text = "# sent_id = s1\nmain\thi\tPRON\n.\tother\tPUNCT\n"
    done = cswitch("export", "-", "-o", "-", "--to", "label-studio", "--layers", "pos", stdin=text)
    (task,) = json.loads(done.out)
    found = [(item["from_name"], item["value"]["labels"]) for item in task["predictions"][0]["result"]]
    assert task["data"]["id"] == "s1"
    assert found == [("lang", ["hi"]), ("pos", ["PRON"]), ("pos", ["PUNCT"])]


def test_large_sets_are_cut_and_what_is_left_of_a_larger_one_goes(
    cswitch: Cswitch, source: Path, tmp_path: Path
) -> None:
    arguments = ("export", source, "-o", tmp_path / "t.json", "--to", "label-studio", "--json")
    done = cswitch(*arguments, "--chunk", "1")
    assert [Path(name).name for name in json.loads(done.out)["files"]] == [f"t-00{at}.json" for at in (1, 2, 3, 4)]
    assert "t-001.json: exists already" in cswitch(*arguments, "--chunk", "3").error
    done = cswitch(*arguments, "--chunk", "3", "--force")
    assert sorted(path.name for path in tmp_path.glob("t-*.json")) == ["t-001.json", "t-002.json"]
    assert [len(written(Path(name))) for name in json.loads(done.out)["files"]] == [3, 1]


def test_a_chunk_without_its_first_file_is_not_overwritten_either(
    cswitch: Cswitch, source: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "t-007.json"
    mine.write_text("mine", encoding="utf-8")
    done = cswitch("export", source, "-o", tmp_path / "t.json", "--to", "label-studio", "--chunk", "2")
    assert "t-007.json: exists already" in done.error
    assert mine.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("there", ["t.json", "t.config.xml"])
def test_nothing_is_overwritten_without_force(cswitch: Cswitch, source: Path, tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_text("mine", encoding="utf-8")
    arguments = ("export", source, "-o", tmp_path / "t.json", "--to", "label-studio")
    done = cswitch(*arguments)
    assert done.status == 2
    assert f"{there}: exists already" in done.error
    assert (tmp_path / there).read_text(encoding="utf-8") == "mine"
    assert cswitch(*arguments, "--force").status == 0
    assert (tmp_path / there).read_text(encoding="utf-8") != "mine"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--to", "label-studi"], "--to 'label-studi' is no format; did you mean 'label-studio'?"),
        (["--to", "label-studio", "--layers", "pso"], "unknown layer 'pso'; known: pos, entity"),
        (["--to", "label-studio", "--labels", "hi,xx:en"], "'xx:en' is not a language tag"),
        (["--to", "label-studio", "--labels", "hi,other"], "1.jsonl:1: sample 0.0: prediction 1: unknown label 'en'"),
        (["--to", "label-studio", "--config-out", "-"], "tasks and configuration would go to one place"),
        (["--to", "label-studio", "-o", "-", "--json"], "--json and the output would both go to stdout"),
        (["--to", "label-studio", "-o", "-", "--chunk", "5"], "--chunk writes several files"),
    ],
)
def test_wrong_usage_is_one_line_and_leaves_nothing(
    cswitch: Cswitch, source: Path, tmp_path: Path, arguments: list[str], told: str
) -> None:
    source = source.rename(tmp_path / "1.jsonl")
    done = cswitch("export", source, "-o", tmp_path / "t.json", *arguments)
    assert done.status == 2
    assert told in done.error
    assert [path.name for path in tmp_path.iterdir()] == ["1.jsonl"]


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ({"text": "ok"}, "in.jsonl:2: no tokens"),
        ({"tokens": ["ok"]}, "in.jsonl:2: no tags"),
        ({"tokens": ["ok"], "langs": []}, "in.jsonl:2: field 'langs': 0 for 1 tokens"),
        ({"tokens": ["ok"], "langs": [7]}, "in.jsonl:2: field 'langs[0]': expected str, got int"),
        ({"tokens": ["ok"], "langs": ["en us"]}, "in.jsonl:2: 'en us' is not a language tag"),
        ({"tokens": ["ok"], "langs": ["en"], "text": "no"}, "in.jsonl:2: field 'tokens': a token does not stand"),
        ({"tokens": ["ok"], "langs": ["en"], "text": 7}, "in.jsonl:2: field 'text': expected str, got int"),
        (
            {"tokens": ["ok"], "langs": ["en"], "text": "😀 ok", "offsets": [[3, 5]]},
            "in.jsonl:2: sample 2: token 0 is 'ok', but [3, 5) cuts 'k' out of a text of 4; offsets count",
        ),
        (
            {"tokens": ["ok"], "langs": ["en"], "text": "ok", "offsets": [["0", 2]]},
            "in.jsonl:2: field 'offsets[0][0]': expected int, got str",
        ),
        ({"id": "u1", "tokens": ["ok"], "langs": ["en"]}, "in.jsonl:2: field 'id': id 'u1' is there twice"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(
    cswitch: Cswitch, tmp_path: Path, record: dict[str, Any], told: str
) -> None:
    source = lines(tmp_path / "in.jsonl", UTTERANCE, record)
    done = cswitch("export", source, "-o", tmp_path / "t.json", "--to", "label-studio")
    assert done.status == 2
    assert told in done.error
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def test_words_where_tags_should_be_are_noticed(cswitch: Cswitch, tmp_path: Path) -> None:
    words = [f"word{at}" for at in range(50)]
    source = lines(tmp_path / "in.jsonl", {"tokens": words, "langs": words})
    done = cswitch("export", source, "-o", tmp_path / "t.json", "--to", "label-studio")
    assert "more than 40 different tags: word0, word1" in done.error


def test_records_without_tokens_are_left_out_and_counted(cswitch: Cswitch, tmp_path: Path) -> None:
    empty = {"id": "e", "text": "", "tokens": [], "langs": [], "offsets": []}
    done = cswitch("export", lines(tmp_path / "in.jsonl", empty, UTTERANCE), "-o", "-", "--to", "label-studio")
    assert len(json.loads(done.out)) == 1
    assert "1 without a token left out" in done.err
    done = cswitch("export", lines(tmp_path / "in.jsonl", empty), "-o", tmp_path / "t.json", "--to", "label-studio")
    assert (done.status, "no record has a token" in done.error) == (1, True)
    assert not (tmp_path / "t.json").exists()


def test_numbers_of_any_size_survive(cswitch: Cswitch, tmp_path: Path) -> None:
    source = lines(tmp_path / "in.jsonl", {**UTTERANCE, "seed": 2**200})
    done = cswitch("export", source, "-o", "-", "--to", "label-studio")
    assert json.loads(done.out)[0]["data"]["sample"]["seed"] == 2**200


def test_memory_stays_flat(tmp_path: Path) -> None:
    """Many times as many tasks take no more memory: none is held."""

    def peak(count: int) -> int:
        records = ((at, {**UTTERANCE, "id": str(at), "padding": "x" * 5000}) for at in range(count))
        writer = TaskWriter(TaskOptions())
        path = tmp_path / f"{count}.json"
        tracemalloc.start()
        write_tasks(writer.tasks(records, "-"), str(path), 0, lambda name: open_output(name, force=False))
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert path.stat().st_size > 5000 * count
        return found

    peak(10)
    assert peak(500) < peak(20) + 200_000
