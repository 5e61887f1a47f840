"""``cswitch export`` of rows: what each format leaves on the disk, and what is refused."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
import yaml

from cswitch.cli.export_options import BELONGS
from cswitch.export.files import MANIFEST
from cswitch.export.table import FORMATS as ROW_FORMATS
from cswitch.export.table import WRITERS, format_class, writer_class
from cswitch.export.writers import unguarded
from cswitch.pipeline.export_table import FORMATS, STUDIO
from cswitch.pipeline.tag_gold import read_gold
from cswitch.schemas.prompting import Attempt

if TYPE_CHECKING:
    from tests.cli.conftest import Cswitch, MakeSample, WriteSamples

TEXTS = ["कल/hi meeting/en है/hi !/other", "मैं/hi happy/en हूँ/hi", "Delhi/ne ok/en जी/hi", "=ok/en +1/other जी/hi"]
PAIRS = "id\ten\thi\n" + "".join(f"{number}\tEnglish {number}\tहिन्दी {number}\n" for number in range(40))


@pytest.fixture
def source(sample: MakeSample, write: WriteSamples) -> Path:
    return write(*[sample(text, name=f"{at}.0", asked=30) for at, text in enumerate(TEXTS)])


@pytest.fixture
def larger(sample: MakeSample, write: WriteSamples) -> Path:
    """Forty sources with two samples each."""
    made = [
        sample(f"w{at}/hi x{draw}/en y{at}/hi z/hi" + " v/en" * draw, name=f"{at}.{draw}", asked=30)
        for at in range(40)
        for draw in range(2)
    ]
    return write(*[msgspec.structs.replace(one, labels={"edits": []}) for one in made])


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.tsv"
    path.write_text(PAIRS, encoding="utf-8")
    return path


def objects(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_tables_of_formats_and_of_options_know_the_same_names() -> None:
    assert set(FORMATS) == {STUDIO, *ROW_FORMATS}
    assert {name for names in BELONGS.values() for name in names} <= set(FORMATS)
    for name in ROW_FORMATS:
        assert set(format_class(name).writers) <= set(WRITERS)
    assert all(callable(writer_class(name)) for name in WRITERS)


@pytest.mark.parametrize("to", [name for name in FORMATS if name != STUDIO])
def test_every_format_is_written_in_splits_and_found_right(
    cswitch: Cswitch, larger: Path, pairs: Path, tmp_path: Path, to: str
) -> None:
    pytest.importorskip("datasets", reason="tables need the extra datasets")
    pytest.importorskip("jinja2", reason="chats need the extra llm")
    extra = ["--pairs", pairs] if to in BELONGS["pairs"] else []
    arguments = ("export", larger, "-o", tmp_path / "out", "--to", to, "--split", "train=0.8,dev=0.2", "--verify")
    done = cswitch(*arguments, *extra, "--json", "--license", "cc-by-4.0")
    assert done.status == 0, done.err
    found = json.loads(done.out)
    assert found["verified"] == found["rows"]
    assert found["splits"]["train"]["rows"] == 4 * found["splits"]["dev"]["rows"]
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    header = yaml.safe_load(card.split("---")[1])
    assert (header["language"], header["license"]) == (["hi", "en"], "cc-by-4.0")
    assert f"--to {to} --split train=0.8,dev=0.2" in card
    assert str(tmp_path) not in card
    manifest = json.loads((tmp_path / "out" / MANIFEST).read_text(encoding="utf-8"))
    assert {"README.md"} < set(manifest["files"])
    assert not list(tmp_path.glob(".out*"))


def test_the_same_command_gives_the_same_bytes(cswitch: Cswitch, larger: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        arguments = ("export", larger, "-o", tmp_path / name, "--to", "token-classification", "--split", "a=0.5,b=0.5")
        assert cswitch(*arguments, "--seed", "4").status == 0
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert one == two


def test_a_file_has_no_card_and_a_pipe_will_do(cswitch: Cswitch, source: Path, tmp_path: Path) -> None:
    done = cswitch("export", source, "-o", tmp_path / "out.txt", "--to", "text", "--separator", "<eot>")
    assert done.err == f"4 rows of 4 texts in {tmp_path / 'out.txt'}, lines\n"
    lines = (tmp_path / "out.txt").read_text(encoding="utf-8").splitlines()
    assert lines[:3] == ["कल meeting है !", "<eot>", "मैं happy हूँ"]
    done = cswitch("export", "-", "-o", "-", "--to", "text", stdin=source.read_text(encoding="utf-8"))
    assert done.out.splitlines() == lines[::2]


@pytest.mark.parametrize("to", ["conll", "lince"])
def test_lines_of_tokens_are_read_again_by_the_package(cswitch: Cswitch, source: Path, tmp_path: Path, to: str) -> None:
    path = tmp_path / "out.conll"
    assert cswitch("export", source, "-o", path, "--to", to, "--verify").status == 0
    found = list(read_gold(str(path), ("en", "hi")))
    samples = objects(source)
    assert [gold.tokens for gold in found] == [sample["tokens"] for sample in samples]
    assert [gold.tags for gold in found] == [sample["langs"] for sample in samples]
    if to == "conll":
        assert [gold.id for gold in found] == ["0.0", "1.0", "2.0", "3.0"]
    else:
        assert path.read_text(encoding="utf-8").startswith("# sent_enum = 1\nकल\tlang2\nmeeting\tlang1\n")


def test_cells_of_a_spreadsheet_are_no_formulas(cswitch: Cswitch, source: Path, tmp_path: Path) -> None:
    assert cswitch("export", source, "-o", tmp_path / "out.csv", "--to", "csv").status == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text(encoding="utf-8"), newline="")))
    assert rows[3]["text"] == "'=ok +1 जी"
    assert unguarded(rows[3]["text"]) == "=ok +1 जी"
    assert json.loads(rows[3]["tokens"]) == ["=ok", "+1", "जी"]
    assert not any((cell or "").startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row.values())


def test_labels_are_beside_their_numbers(cswitch: Cswitch, source: Path, tmp_path: Path) -> None:
    assert cswitch("export", source, "-o", tmp_path / "out", "--to", "token-classification").status == 0
    labels = json.loads((tmp_path / "out" / "labels.json").read_text(encoding="utf-8"))["lid_tags"]
    row = objects(tmp_path / "out" / "train.jsonl")[2]
    assert [labels["id2label"][str(number)] for number in row["lid_tags"]] == ["ne", "en", "hi"]


def test_two_plain_files_stand_line_by_line(cswitch: Cswitch, source: Path, pairs: Path, tmp_path: Path) -> None:
    arguments = ("export", source, "-o", tmp_path / "out", "--to", "translation", "--as", "parallel", "--sides", "eng")
    assert cswitch(*arguments, "--pairs", pairs, "--verify").status == 0
    assert (tmp_path / "out" / "train.hi-en").read_text(encoding="utf-8").splitlines()[1] == "मैं happy हूँ"
    assert (tmp_path / "out" / "train.en").read_text(encoding="utf-8").splitlines()[1] == "English 1"
    assert not (tmp_path / "out" / "train.hi").exists()


def test_attempts_become_preferences(cswitch: Cswitch, tmp_path: Path) -> None:
    pytest.importorskip("jinja2", reason="chats need the extra llm")
    kept: dict[str, Any] = {"source_id": "7", "langs": ["hi", "en"], "cmi": 30.0}
    attempts = [
        Attempt(**kept, number=0, stage="propose", text="pehla meeting", realised=50.0),
        Attempt(**kept, number=1, stage="reprompt", text="kal meeting", realised=33.0, accepted=True),
        Attempt(source_id="8", number=0, stage="propose", text="", langs=[]),
    ]
    path = tmp_path / "out.attempts.jsonl"
    path.write_bytes(b"".join(msgspec.json.encode(attempt) + b"\n" for attempt in attempts))
    arguments = ("export", path, "-o", tmp_path / "p.jsonl", "--to", "preferences", "--by", "attempts")
    done = cswitch(*arguments, "--languages", "hi,en", "--ids")
    assert done.status == 0, done.err
    (row,) = objects(tmp_path / "p.jsonl")
    assert (row["chosen"], row["rejected"], row["source_id"]) == ("kal meeting", "pehla meeting", "7")
    assert "Hindi" in row["prompt"]
    assert "strongly mixed" in row["prompt"]


def test_parts_of_speech_are_tagged_when_asked_for(cswitch: Cswitch, source: Path, tmp_path: Path) -> None:
    assert cswitch("export", source, "-o", tmp_path / "out.conll", "--to", "conll", "--pos").status == 0
    cells = (tmp_path / "out.conll").read_text(encoding="utf-8").split("\n")[3:7]
    assert cells[1] == "meeting\ten\tNOUN"
    assert all(len(cell.split("\t")) == 3 for cell in cells)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--to", "dataset"], "--to 'dataset' is no format; did you mean 'datasets'?"),
        (["--to", "csv", "--blind", "0.1"], "--blind is of no use with --to csv; it is for --to label-studio"),
        (["--to", "csv", "--no-decision"], "--no-decision is of no use with --to csv"),
        (["--to", "label-studio", "--split", "a=1"], "--split is of no use with --to label-studio"),
        (
            ["--to", "chat", "--as", "parallel"],
            "--to chat cannot be written as 'parallel'; known: jsonl",
        ),
        (["--to", "chat", "--layout", "openapi"], "unknown layout 'openapi'; did you mean 'openai'?"),
        (["--to", "chat", "--template", "mix"], "no template 'mix'; did you mean 'mix.v1'?"),
        (["--to", "chat", "--template", "mix.v1"], "template mix.v1 needs source texts; name the pairs"),
        (["--to", "preferences", "--by", "cmy"], "--by 'cmy' is no criterion; did you mean 'cmi'?"),
        (
            ["--to", "translation"],
            "no source texts are known; name the pairs",
        ),
        (["--to", "text", "--split", "train=0.5"], "the shares of --split add up to 0.5, not 1"),
        (
            ["--to", "text", "--split", "a=0.2,b=0.2,c=0.2,d=0.2,e=0.2"],
            "4 independent sources are too few: split e would be empty; name fewer splits",
        ),
        (["--to", "text", "--separator", "a\nb"], "--separator is more than a line"),
        (["--to", "text", "--private"], "--private is for --push-to-hub"),
        (["--to", "text", "-o", "-", "--split", "a=0.5,b=0.5"], "--to text writes a folder here; add -o FOLDER"),
        (["--to", "text", "-o", "-", "--verify"], "--verify cannot read stdout again"),
        (["--to", "text", "-o", "out.txt.gz"], "output is not compressed"),
        (["--to", "text", "-o", "out.txt", "--push-to-hub", "me/x"], "--push-to-hub needs a folder"),
        (
            ["--to", "text", "-o", "no/such/out.txt"],
            "no/such/out.txt: its folder does not exist; make",
        ),
        (
            ["--to", "token-classification", "--labels", "hi,en"],
            "1.jsonl:1: field 'langs': 'other' is none",
        ),
        (["--to", "lince", "--languages", "hi,en", "--pairs", "x"], "--pairs is of no use with --to lince"),
    ],
)
def test_wrong_usage_is_one_line_and_leaves_nothing(
    cswitch: Cswitch, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], told: str
) -> None:
    pytest.importorskip("jinja2", reason="chats need the extra llm")
    monkeypatch.chdir(tmp_path)
    source = source.rename(tmp_path / "1.jsonl")
    output = [] if "-o" in arguments else ["-o", "out"]
    done = cswitch("export", "1.jsonl", *output, *arguments)
    assert done.status in (1, 2)
    assert told in done.error
    assert [path.name for path in tmp_path.iterdir()] == ["1.jsonl"]


@pytest.mark.parametrize("to", ["datasets", "token-classification", "csv"])
def test_what_is_read_twice_cannot_come_from_a_pipe(cswitch: Cswitch, tmp_path: Path, to: str) -> None:
    done = cswitch("export", "-", "-o", tmp_path / "out", "--to", to, stdin="{}\n")
    assert done.error == f"--to {to} reads IN twice here, and - can be read once; write it to a file first"


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ({"tokens": ["ok"], "langs": []}, "in.jsonl:2: field 'langs': 0 for 1 tokens"),
        (
            {"tokens": ["ok"], "langs": ["en"], "text": "😀 ok", "offsets": [[3, 5]]},
            "in.jsonl:2: field 'offsets[0]': [3, 5) cuts",
        ),
        ({"id": "a", "tokens": ["ok"], "langs": ["en"]}, "in.jsonl:2: field 'id': id 'a' is there twice"),
        ({"tokens": ["o k"], "langs": ["en"]}, "in.jsonl:2: field 'tokens[0]': 'o k' is empty or holds white space"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(
    cswitch: Cswitch, tmp_path: Path, record: dict[str, Any], told: str
) -> None:
    path = tmp_path / "in.jsonl"
    lines = [{"id": "a", "tokens": ["ok"], "langs": ["en"]}, record]
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    done = cswitch("export", path, "-o", tmp_path / "out", "--to", "conll")
    assert done.status == 2
    assert told in done.error
    assert [found.name for found in tmp_path.iterdir()] == ["in.jsonl"]


def test_force_does_not_replace_an_input(cswitch: Cswitch, source: Path, pairs: Path, tmp_path: Path) -> None:
    before = source.read_bytes(), pairs.read_bytes()
    text = ("export", str(source), "--to", "csv", "--pairs", str(pairs), "--force")
    for output in (source, pairs):
        done = cswitch(*text, "-o", str(output))
        assert done.status == 2
        assert f"{output} is an input of this run, and would be replaced; write to another place" in done.error
    tasks = cswitch("export", str(source), "--to", "label-studio", "--force", "-o", str(source))
    assert f"{source} is an input of this run" in tasks.error
    links = cswitch("align", str(pairs), "--pair", "en-hi", "--force", "-o", str(pairs))
    assert f"{pairs} is an input of this run" in links.error
    assert cswitch("export", str(source), "--to", "datasets", "-o", str(tmp_path / "out")).status == 0
    again = cswitch("export", str(tmp_path / "out" / "train"), "--to", "conll", "-o", str(tmp_path / "out"), "--force")
    assert "would be replaced" in again.error
    assert (tmp_path / "out" / "train").is_dir()
    assert before == (source.read_bytes(), pairs.read_bytes())


def test_nothing_is_overwritten_without_force(cswitch: Cswitch, source: Path, tmp_path: Path) -> None:
    arguments = ("export", source, "-o", tmp_path / "out", "--to", "text")
    assert cswitch(*arguments).status == 0
    assert "out: exists already; choose another name, or add --force" in cswitch(*arguments).error
    assert cswitch(*arguments, "--force").status == 0
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine")
    done = cswitch("export", source, "-o", tmp_path / "mine", "--to", "text", "--force")
    assert "mine: was not written by cswitch export" in done.error
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "mine"


def test_a_missing_extra_is_named(
    cswitch: Cswitch, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    done = cswitch("export", source, "-o", tmp_path / "out", "--to", "parquet")
    assert done.error == 'writing tables needs an extra that is not installed; pip install "cswitch[datasets]"'
    assert not (tmp_path / "out").exists()


def test_a_hub_without_a_token_keeps_the_folder(
    cswitch: Cswitch, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    done = cswitch("export", source, "-o", tmp_path / "out", "--to", "text", "--push-to-hub", "me/data")
    assert done.status == 2
    assert "no token of the hub in the environment; set HF_TOKEN" in done.error
