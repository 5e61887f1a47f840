"""What ``cswitch prompt`` takes, gives and says."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

pytest.importorskip("aiohttp", reason="the extra llm is not installed")
pytest.importorskip("openai", reason="the extra llm is not installed")

from cswitch.pipeline.prompt_tally import Summary
from cswitch.pipeline.readers import read_samples
from cswitch.schemas.prompting import Attempt
from cswitch.schemas.reject import REASONS, Reject
from cswitch.schemas.sample import Sample
from tests.generators.prompting.fake_replies import Script
from tests.generators.prompting.fake_server import Server, serving

if TYPE_CHECKING:
    from tests.cli.conftest import Cswitch, Done

KEY = "sk-geheim-5d1f0c77a9"
ROWS = {
    "My house is big.": ("मेरा घर बड़ा है।", ["मेरा house बड़ा है।"]),
    "Your room is not cold.": ("आपका कमरा ठंडा नहीं है।", ["Your room is not cold.", "आपका room ठंडा नहीं है।"]),
    "This book is on the table.": ("यह किताब मेज़ पर है।", ["यह किताब मेज़ पर है।"]),
    "His brother was never in this city.": ("उसका भाई इस शहर में कभी नहीं था।", ["le chat dort sur la table"]),
    "The garden was beautiful and old.": ("बगीचा सुंदर और पुराना था।", ["garden सुंदर और पुराना था।"]),
}  # fmt: skip
TABLE = {en: texts for en, (_, texts) in ROWS.items()}
PAIRS = "en\thi\n" + "".join(f"{en}\t{hi}\n" for en, (hi, _) in ROWS.items())
TEXT = "".join(f"{hi}\n" for hi, _ in ROWS.values())


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    Path("in.tsv").write_text(PAIRS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Script(reply="drafts", table=TABLE, key=KEY)) as found:
        yield found


def prompt(cswitch: Cswitch, server: Server, *options: object, source: str = "in.tsv", **more: Any) -> Done:
    given = [source] if source else []
    asked = [*given, "--pair", "en-hi", "--model", "fake", "--base-url", server.base_url, *options]
    return cswitch("prompt", *asked, **more)


def records(name: str, kind: type[Any]) -> list[Any]:
    return [msgspec.json.decode(line, type=kind) for line in Path(name).read_bytes().splitlines()]


def outputs() -> dict[str, bytes]:
    return {name: Path(name).read_bytes() for name in os.listdir() if name.endswith(".jsonl")}


# ---------------------------------------------------------------- wrong usage

URL = ["--base-url", "http://127.0.0.1:9/v1"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--pair", ""], "no languages are named; add --pair en-hi, or three: --pair en-hi-bn"),
        (["--pair", "en"], "--pair 'en' is not two or three languages; join their codes by hyphens"),
        (["--pair", "en-hi-bn-es"], "--pair 'en-hi-bn-es' is not two or three languages"),
        (["--pair", "en-xx"], "--pair en-xx: unknown language 'xx'; did you mean 'xh' (Xhosa)?"),
        (["--pair", "en-hi-eng"], "--pair en-hi-eng names the same language twice"),
        (["--cmi", "60"], "--cmi 60 cannot be reached; with 2 languages CMI lies between 0 and 50; give 25, a range"),
        (["--pair", "en-hi-bn", "--cmi", "70"], "--cmi 70 cannot be reached; with 3 languages CMI lies between 0 and"),
        (["--cmi", "40-20"], "--cmi 40-20 runs from high to low; write 20-40"),
        (["--cmi", "abc"], "--cmi 'abc' is no number"),
        (["--tolerance", "-1"], "--tolerance -1 is no distance; give points of CMI, such as 5"),
        (["--matrix", "fr"], "--matrix fr is not a language of --pair; choose en, hi"),
        (["--text-lang", "fr"], "--text-lang fr is not a language of --pair; choose en, hi"),
        (["--judges", "fluency,beauty"], "unknown judge 'beauty'; known: culture, fluency, naturalness"),
        (["--judges", "fluency,fluency"], "--judges names a judge twice"),
        (["--min-score", "11"], "--min-score 11 is no score; judges give 1 to 10"),
        (["--edits", "-1"], "--edits -1 is too small; choose 0 or more"),
        (["--reprompts", "99"], "--reprompts 99 is too large; choose 10 or less"),
        (["--per-pair", "0"], "--per-pair 0 is too small"),
        (["--turns", "0"], "--turns 0 is too small"),
        (["--turns", "3"], "--turns asks for a dialogue, and the recipes that come along write those from a grid"),
        (["--turns", "3", "--recipe", "mix.v1"], "recipe mix.v1 writes no dialogues"),
        (["--temperature", "3"], "--temperature 3 is out of range; choose 0 to 2"),
        (["--top-p", "0"], "--top-p 0 is no share"),
        (["--near-duplicate", "0"], "--near-duplicate 0 is no similarity"),
        (["--length-ratio", "2-1"], "--length-ratio 2-1 is no range; give shortest and longest: 0.5-1.8"),
        (["--length-ratio", "x"], "--length-ratio 'x' is no range"),
        (["--shots", "2"], "--shots shows examples, and none are given; add --few-shot FILE"),
        (["--few-shot", "none.jsonl"], "none.jsonl: no such file"),
        (["--shots-by", "rating"], "--shots-by rating chooses among examples, and none are given; add --few-shot FILE"),
        (["--like", "real.jsonl", "--cmi", "20"], "--like and --cmi exclude each other; --like takes the CMI from the"),
        (["--like", "none.jsonl"], "none.jsonl: no such file"),
        (["--like", "in.tsv"], "in.tsv: utterance 1: 'मेरा घर बड़ा है।' is not a language tag"),
        (["--back-translation", "2"], "--back-translation 2 is no similarity; choose 0 to 1; 0 leaves it out"),
        (["--back-translator", "llm"], "--back-translator translates for a comparison, and none is asked for; say how"),
        (["--back-translation", "0.4", "--back-translator", "gloss"], "--back-translator gloss gives words, and a"),
        (["--back-translation", "0.4", "--back-translator", "glos"], "unknown translator 'glos'; did you mean"),
        (["--recipe", "ezswich"], "unknown recipe 'ezswich'; did you mean 'ezswitch'? Known: dialogue.v1"),
        (["--recipe", "switchlingua"], "recipe switchlingua.v1 writes from grid, not from pairs"),
        (["--recipe", "indorobusta"], "recipe indorobusta.v1 is no recipe for prompt alone; its steps: adversarial;"),
        (["--recipe", "mixx.v1"], "unknown recipe 'mixx.v1'; did you mean 'mix.v1'?"),
        (["--recipe", "grid.v1"], "recipe grid.v1 writes from grid, not from pairs"),
        (["--tagger", "none"], "unknown tagger 'none'"),
        (["--aligner", "lexcal"], "unknown aligner 'lexcal'; did you mean 'lexical'?"),
        (["--aligner", "lexical", "--links", "in.tsv"], "--links is of no use with --aligner lexical"),
        (["--text-lang", "hi", "--translator", "glos"], "unknown translator 'glos'; did you mean 'gloss'?"),
        (["--text-lang", "hi", "--aligner", "hybrid"], "the aligner 'hybrid' learns from all pairs"),
        (["--text-lang", "hi", "--links", "l"], "--links is of no use with --text-lang; leave out one of the two"),
        (
            ["--text-lang", "en", "--translator", "gloss"],
            "--translator gloss gives words, and the matrix language hi needs sentences; add --matrix en, or use",
        ),
        (["--text-lang", "hi", "--translator", "llm:none.txt"], "none.txt: "),
        (["--text-lang", "hi", "--translator", "llm:mix.v1"], "unknown prompt 'mix.v1'"),
        (["--device", "cuda"], "--device is no option of the tagger 'compact'"),
        (["--translator", "gloss"], "--translator is of no use with pairs"),
        (["--count", "5"], "--count is of no use with pairs"),
        (["--grid", "everyday.v1"], "IN is of no use with --grid; leave out one of the two"),
        (["--limit", "0"], "--limit 0 is too small"),
        (["--model", ""], "no model is named; add --model NAME, as the server calls it"),
        (["--base-url", "nowhere"], "'nowhere' is no URL of a server"),
        (["--base-url", "https://api.example/v1", "--key-env", "NO_KEY"], "no key for https://api.example/v1; set the"),
        (["--judges", "fluency", "--judge-base-url", "https://api.example/v1"], "the judges have another server"),
        (["--concurrency", "0"], "--concurrency 0 is too small"),
        (["--timeout", "0"], "--timeout 0 is no time; give seconds above 0"),
        (["--rpm", "-1"], "--rpm -1 is no rate"),
        (["--budget", "0"], "a budget of 0 is no amount of money"),
        (["--price", "x"], "'x' is no price; give what a million tokens of prompt, completion"),
        (["--prices", "none.yaml"], "none.yaml: "),
        (["--json", "-o", "-"], "--json and samples cannot both go to stdout; name a file: -o OUT"),
        (["-o", "in.tsv", "--force"], "in.tsv is an input of this run; write to another file"),
        (["--attempts", "in.tsv"], "in.tsv is an input of this run"),
        (["--attempts", "out.jsonl"], "--attempts needs a file of its own"),
        (["-o", "nowhere/out.jsonl"], "nowhere/out.jsonl: its folder does not exist"),
        (["--cache", "nowhere/a.db"], "nowhere/a.db: its folder does not exist"),
        (["--batch", "submit", "-o", "-"], "batches come back to a later command, and a stream is gone by then"),
        (["--batch", "send"], "invalid value for '--batch': 'send' is not one of 'submit', 'status', 'collect'"),
    ],
)  # fmt: skip
def test_wrong_usage_is_one_line_and_changes_nothing(cswitch: Cswitch, options: list[str], message: str) -> None:
    fixed = {"--pair": "en-hi", "--model": "fake", "--base-url": URL[1], "-o": "out.jsonl"}
    usual = [part for option, value in fixed.items() if option not in options for part in (option, value)]
    done = cswitch("prompt", "in.tsv", *usual, *options)
    assert (done.status, done.out) == (2, "")
    assert done.error.startswith(message)
    assert os.listdir() == ["in.tsv"]
    assert Path("in.tsv").read_text(encoding="utf-8") == PAIRS


def test_nothing_to_read_is_told(cswitch: Cswitch) -> None:
    done = cswitch("prompt", "--pair", "en-hi", "--model", "fake", *URL)
    assert done.error == "no input is named; name pairs or text, - for stdin, or topics by --grid everyday.v1"


# ---------------------------------------------------------------- pairs


def test_each_row_is_answered_or_rejected_with_every_attempt_kept(cswitch: Cswitch, server: Server) -> None:
    done = prompt(cswitch, server, "-o", "out.jsonl", "--rejects", "rejects.jsonl")
    assert (done.status, done.out) == (0, "")
    samples = [sample for _, sample in read_samples("out.jsonl")]
    rejects = records("rejects.jsonl", Reject)
    attempts = records("out.jsonl.attempts.jsonl", Attempt)
    assert [sample.source_id for sample in samples] == ["1", "2", "3", "5"]
    assert [(reject.source_id, reject.line, reject.reason) for reject in rejects] == [("4", 5, "wrong_language")]
    assert {attempt.source_id for attempt in attempts} == set("12345")
    assert [attempt.source_id for attempt in attempts if attempt.accepted] == ["1", "2", "3", "5"]
    for sample in samples:
        assert abs(float(sample.measures["cmi"] or 0) - 25) <= 5
        assert sample.provenance.model == "fake"
    assert sum(attempt.usage.answers for attempt in attempts) <= server.totals()["answers"]
    assert "5 rows read, 4 answered (80.0 %): 4 texts accepted in out.jsonl" in done.err
    assert f"1 row rejected, wrong_language: {REASONS['wrong_language']} (first: line 5: words of fr" in done.err
    assert not [name for name in os.listdir() if name.endswith((".part", ".state"))]


def test_samples_to_stdout(cswitch: Cswitch, server: Server) -> None:
    done = prompt(cswitch, server, "--limit", 2)
    assert done.status == 0
    samples = [msgspec.json.decode(line, type=Sample) for line in done.out.splitlines()]
    assert [sample.source_id for sample in samples] == ["1", "2"]
    assert os.listdir() == ["in.tsv"]


def test_the_report_as_an_object(cswitch: Cswitch, server: Server) -> None:
    done = prompt(cswitch, server, "-o", "out.jsonl", "--price", "1000,1000", "--json")
    assert done.err == ""
    found = json.loads(done.out)
    assert list(found) == list(Summary.__struct_fields__)
    assert (found["rows"], found["answered"], found["rejects"]) == (5, 4, {"wrong_language": 1})
    assert found["passed"]["answer"] + found["passed"]["edit"] + found["passed"]["reprompt"] == 4
    assert found["first"]["mean_absolute"] > found["accepted"]["mean_absolute"]
    assert found["accepted"]["within"] == found["accepted"]["texts"] == 4
    assert found["cost"] > 0
    assert found["spent"] >= found["cost"]
    assert found["usage"]["prompt"] > 0
    assert found["sent"] == server.totals()["answers"]


def test_the_same_command_again_has_nothing_to_do(cswitch: Cswitch, server: Server) -> None:
    prompt(cswitch, server, "-o", "out.jsonl")
    before, count = outputs(), server.count
    done = prompt(cswitch, server, "-o", "out.jsonl")
    assert (done.status, done.err) == (0, "out.jsonl is complete already; nothing was done\n")
    assert (outputs(), server.count) == (before, count)


def test_other_settings_for_the_same_output_are_refused(cswitch: Cswitch, server: Server) -> None:
    prompt(cswitch, server, "-o", "out.jsonl")
    done = prompt(cswitch, server, "-o", "out.jsonl", "--cmi", 30)
    assert done.status == 2
    assert "out.jsonl was begun with other settings (config " in done.error
    assert "start again with --force" in done.error


def test_starting_again_pays_for_nothing_twice(cswitch: Cswitch, server: Server) -> None:
    prompt(cswitch, server, "-o", "out.jsonl", "--rejects", "rejects.jsonl")
    before, count = outputs(), server.count
    done = prompt(cswitch, server, "-o", "out.jsonl", "--rejects", "rejects.jsonl", "--force")
    assert done.status == 0
    assert (outputs(), server.count) == (before, count)
    assert "0 answers came now" in done.err


def test_what_another_stage_changes_uses_the_answers_there_are(cswitch: Cswitch, server: Server) -> None:
    prompt(cswitch, server, "-o", "out.jsonl", "--cmi", "20-30")
    count = server.count
    stages = ("--judges", "fluency", "--near-duplicate", 2, "--length-ratio", "0.4-2", "--per-pair", 2)
    done = prompt(cswitch, server, "-o", "two.jsonl", "--cache", "out.jsonl.answers.db", "--cmi", "20-30", *stages)
    assert done.status == 0
    first = {sample.id: sample.text for _, sample in read_samples("out.jsonl")}
    assert first.items() <= {sample.id: sample.text for _, sample in read_samples("two.jsonl")}.items()
    asked = [record for record in server.log[count:] if record.body and "score" not in str(record.body)]
    before = {record.digest for record in server.log[:count] if not record.fault}
    assert asked
    assert not [record for record in asked if record.digest in before]


def test_a_repeated_row_is_made_again_and_rejected(cswitch: Cswitch, server: Server) -> None:
    first = PAIRS.splitlines()[1]
    Path("in.tsv").write_text(f"en\thi\n{first}\n{first}\n", encoding="utf-8")
    done = prompt(cswitch, server, "-o", "out.jsonl", "--rejects", "rejects.jsonl")
    assert done.status == 0
    (reject,) = records("rejects.jsonl", Reject)
    assert (reject.source_id, reject.reason) == ("2", "near_duplicate")
    assert "repeats 1.0" in reject.detail
    done = prompt(cswitch, server, "-o", "two.jsonl", "--near-duplicate", 2)
    assert [sample.id for _, sample in read_samples("two.jsonl")] == ["1.0", "2.0"]


def test_several_samples_a_row(cswitch: Cswitch, server: Server) -> None:
    done = prompt(cswitch, server, "-o", "out.jsonl", "--per-pair", 2, "--limit", 1, "--near-duplicate", 2)
    assert [sample.id for _, sample in read_samples("out.jsonl")] == ["1.0", "1.1"]
    assert done.status == 0


def test_no_text_at_all(cswitch: Cswitch, server: Server) -> None:
    Path("in.tsv").write_text("\n".join([PAIRS.splitlines()[0], PAIRS.splitlines()[4]]), encoding="utf-8")
    done = prompt(cswitch, server, "-o", "out.jsonl")
    assert done.status == 1
    assert done.err.splitlines()[-1] == ("cswitch: error: no row gave a text; --rejects FILE keeps each row's reason")
    assert "out.jsonl" not in os.listdir()


def test_a_fault_of_the_input_keeps_what_came_before(cswitch: Cswitch, server: Server) -> None:
    with Path("in.tsv").open("ab") as stream:
        stream.write(b"only one column\n")
    done = prompt(cswitch, server, "-o", "out.jsonl")
    assert done.status == 2
    assert "in.tsv:7: 1 column where the header names 2" in done.err
    assert "4 texts of 5 rows are safe in " in done.err
    Path("in.tsv").write_text(PAIRS, encoding="utf-8")
    count = server.count
    assert prompt(cswitch, server, "-o", "out.jsonl").status == 0
    assert server.count == count
    assert len(list(read_samples("out.jsonl"))) == 4


# ---------------------------------------------------------------- judges


def test_judges_that_are_not_content(cswitch: Cswitch) -> None:
    with serving(Script(reply="drafts", table=TABLE, key=KEY, score=4)) as server:
        options = ("--judges", "fluency,naturalness", "--limit", 1, "--rejects", "rejects.jsonl")
        done = prompt(cswitch, server, "-o", "out.jsonl", *options)
    assert done.status == 1
    (reject,) = records("rejects.jsonl", Reject)
    assert reject.reason == "low_score"
    attempts = records("out.jsonl.attempts.jsonl", Attempt)
    assert attempts[0].scores == {"fluency": 4.0, "naturalness": 4.0}


def test_judges_of_another_server(cswitch: Cswitch, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    other = "sk-anderer-77aa11"
    monkeypatch.setenv("JUDGE_KEY", other)
    with serving(Script(key=other, models=("strict",))) as judge:
        options = ("--judges", "fluency", "--judge-model", "strict", "--judge-base-url", judge.base_url)
        done = prompt(cswitch, server, "-o", "out.jsonl", "--limit", 1, *options, "--judge-key-env", "JUDGE_KEY")
        assert judge.totals()["answers"] > 0
    assert done.status == 0
    (sample,) = [sample for _, sample in read_samples("out.jsonl")]
    assert sample.scores == {"fluency": 8.0}


# ---------------------------------------------------------------- other sources


@pytest.mark.parametrize("translator", ["gloss", "llm"])
def test_text_in_one_language(cswitch: Cswitch, translator: str) -> None:
    Path("hi.txt").write_text(TEXT, encoding="utf-8")
    with serving(Script(reply="mixer")) as server:
        options = ("--text-lang", "hi", "--translator", translator, "--cmi", "any", "--rejects", "rejects.jsonl")
        done = prompt(cswitch, server, "-o", "out.jsonl", *options, source="hi.txt")
    assert done.status in (0, 1), done.err
    ids = {record["source_id"] for record in map(json.loads, Path("rejects.jsonl").read_text("utf-8").splitlines())}
    if Path("out.jsonl").exists():
        found = [sample for _, sample in read_samples("out.jsonl")]
        ids |= {sample.source_id for sample in found}
        assert {sample.provenance.translator for sample in found} == {translator}
    assert ids == set("12345")


def test_topics_of_a_grid(cswitch: Cswitch) -> None:
    with serving(Script(default="कल meeting में सब लोग थे")) as server:
        options = ("--grid", "everyday.v1", "--count", 3, "--cmi", "any", "--near-duplicate", 2)
        done = prompt(cswitch, server, "-o", "out.jsonl", *options, source="")
    assert done.status == 0, done.err
    found = [sample for _, sample in read_samples("out.jsonl")]
    assert len(found) == 3
    assert all(sample.labels for sample in found)
    assert {sample.provenance.recipe for sample in found} == {"grid.v1"}


def test_dialogues(cswitch: Cswitch) -> None:
    turns = "कल meeting है?\nहाँ, office में है।\nतो late मत आना।"
    with serving(Script(default=turns)) as server:
        options = ("--grid", "everyday.v1", "--count", 1, "--turns", 3, "--cmi", "any")
        done = prompt(cswitch, server, "-o", "out.jsonl", *options, source="")
    assert done.status == 0, done.err
    (sample,) = [sample for _, sample in read_samples("out.jsonl")]
    assert sample.text == turns
    assert sample.provenance.recipe == "dialogue.v1"


def test_a_language_that_the_tagger_does_not_know(cswitch: Cswitch, server: Server) -> None:
    Path("ka.tsv").write_text("en\tka\tlinks\nMy house\tჩემი სახლი\t0-0 1-1\n", encoding="utf-8")
    done = prompt(cswitch, server, "--pair", "en-ka", "-o", "out.jsonl", source="ka.tsv")
    assert done.status == 2
    assert done.error.startswith("the tagger does not know 'ka'; known: ar, bn, de, ")
    assert server.count == 0


def test_a_grid_of_ones_own_as_input(cswitch: Cswitch) -> None:
    Path("own.yaml").write_text("about: mine\naxes: {topic: [rain, tea], register: [chat, mail]}\n", encoding="utf-8")
    with serving(Script(default="कल meeting में सब लोग थे")) as server:
        options = ("--count", 2, "--cmi", "any", "--near-duplicate", 2)
        done = prompt(cswitch, server, "-o", "out.jsonl", *options, source="own.yaml")
    assert done.status == 0, done.err
    assert {sample.labels["topic"] for _, sample in read_samples("out.jsonl")} <= {"rain", "tea"}


def test_examples_are_shown(cswitch: Cswitch, server: Server) -> None:
    lines = [{"tokens": ["मेरा", word, "है"], "langs": ["hi", "en", "hi"]} for word in ("phone", "bag", "plan", "tea")]
    Path("real.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert prompt(cswitch, server, "-o", "out.jsonl", "--few-shot", "real.jsonl", "--limit", 1).status == 0
    asked = [str(record.body) for record in server.log if record.body]
    assert sum(f"मेरा {word} है" in asked[-1] for word in ("phone", "bag", "plan", "tea")) == 3


# ---------------------------------------------------------------- stopped and taken up again


def test_a_budget_stops_the_run_and_a_larger_one_goes_on(cswitch: Cswitch, server: Server, folder: Path) -> None:
    Path("in.tsv").write_text(PAIRS + "".join(PAIRS.splitlines(keepends=True)[1:]) * 4, encoding="utf-8")
    price = ("--price", "1000,1000", "--near-duplicate", 2)
    assert prompt(cswitch, server, "-o", "whole.jsonl", *price, "--concurrency", 1).status == 0
    spent = server.totals()
    budget = round(0.8 * spent["total_tokens"] / 1000, 2)
    whole = {name.replace("whole", "out"): data for name, data in outputs().items()}
    done = prompt(cswitch, server, "-o", "out.jsonl", *price, "--concurrency", 1, "--budget", budget)
    assert done.status == 1
    assert f"the budget of {budget:.2f} USD is spent" in done.error
    assert "safe in " in done.error
    assert "the same command goes on" in done.error
    assert (server.totals() - spent)["total_tokens"] / 1000 <= budget
    assert prompt(cswitch, server, "-o", "out.jsonl", *price, "--concurrency", 1, "--budget", 100).status == 0
    found = outputs()
    assert found["out.jsonl"] == whole["out.jsonl"]
    assert found["out.jsonl.attempts.jsonl"] == whole["out.jsonl.attempts.jsonl"]


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for one process there")
def test_ctrl_c_keeps_what_is_done_and_says_so(folder: Path) -> None:
    Path("in.tsv").write_text(PAIRS + "".join(PAIRS.splitlines(keepends=True)[1:]) * 20, encoding="utf-8")
    with serving(Script(reply="drafts", table=TABLE, key=KEY, latency=0.05)) as server:
        command = [
            sys.executable, "-c", "from cswitch.cli.main import run; run()", "prompt", "in.tsv", "-o", "out.jsonl",
            "--pair", "en-hi", "--model", "fake", "--base-url", server.base_url, "--concurrency", "2",
            "--near-duplicate", "2",
        ]  # fmt: skip
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            while server.count < 30:
                assert process.poll() is None, process.stderr.read()
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            said = process.stderr.read()
        answers = server.totals()["answers"]
    assert process.returncode == 130
    last = said.splitlines()[-1]
    assert last.startswith("cswitch: error: interrupted; ")
    assert "safe in " in last
    assert last.endswith("answers are kept: the same command goes on")
    with closing(sqlite3.connect("out.jsonl.answers.db")) as database:
        (kept,) = database.execute("select count(*) from answers").fetchone()
    assert kept == answers  # what was on its way came back, and is paid for once


# ---------------------------------------------------------------- looked at before


def test_a_dry_run_sends_nothing_writes_nothing_and_needs_no_key(
    cswitch: Cswitch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    options = ("--base-url", "https://api.example/v1", "--model", "m", "--price", "0.5,2", "--judges", "fluency")
    done = cswitch("prompt", "in.tsv", "-o", "out.jsonl", "--pair", "en-hi", *options, "--dry-run")
    assert (done.status, done.err) == (0, "")
    assert "5 rows, model m, recipe mix.v1" in done.out
    assert "cost (USD)" in done.out
    assert "[system]" in done.out
    assert "My house is big." in done.out
    assert os.listdir() == ["in.tsv"]
    done = cswitch("prompt", "in.tsv", "--pair", "en-hi", *options, "--dry-run", "--json")
    found = json.loads(done.out)
    assert found["rows"] == 5
    requests = [found["forecast"][name]["requests"] for name in ("low", "likely", "high")]
    assert requests == sorted(requests)
    assert requests[0] >= 10  # each row is written and judged


@pytest.mark.parametrize(
    ("options", "source"),
    [(["--grid", "everyday.v1", "--count", "4"], ""), (["--text-lang", "hi"], "hi.txt"), (["--cmi", "any"], "in.tsv")],
)
def test_a_dry_run_of_each_kind(cswitch: Cswitch, options: list[str], source: str) -> None:
    Path("hi.txt").write_text(TEXT, encoding="utf-8")
    given = [source] if source else []
    done = cswitch("prompt", *given, "--pair", "en-hi", "--model", "m", *URL, *options, "--dry-run")
    assert (done.status, done.err) == (0, "")
    assert "the first request, write." in done.out


# ---------------------------------------------------------------- batches


def test_batches_give_what_requests_give(cswitch: Cswitch, server: Server) -> None:
    assert prompt(cswitch, server, "-o", "live.jsonl").status == 0
    answers = server.totals()["answers"]
    done = prompt(cswitch, server, "-o", "out.jsonl", "--batch", "submit")
    assert done.status == 0, done.err
    assert "5 requests submitted in 1 batch: batch_0" in done.err
    assert "5 rows wait, 0 are done" in done.err
    assert "submitted" not in prompt(cswitch, server, "-o", "out.jsonl", "--batch", "submit").err
    assert "batch_0" in prompt(cswitch, server, "-o", "out.jsonl", "--batch", "status").err
    for _ in range(12):
        done = prompt(cswitch, server, "-o", "out.jsonl", "--batch", "collect")
        assert done.status == 0, done.err
        if "another round" in done.err:
            prompt(cswitch, server, "-o", "out.jsonl", "--batch", "submit")
        if Path("out.jsonl").exists():
            break
    assert "5 rows read, 4 answered" in done.err
    live, batched = ([sample for _, sample in read_samples(name)] for name in ("live.jsonl", "out.jsonl"))
    assert [sample.text for sample in batched] == [sample.text for sample in live]
    assert server.totals()["answers"] >= answers
    status = prompt(cswitch, server, "-o", "out.jsonl", "--batch", "status", "--json")
    assert all(batch["collected"] for batch in json.loads(status.out)["batches"])


# ---------------------------------------------------------------- secrets


def test_the_key_is_nowhere(cswitch: Cswitch, server: Server, folder: Path) -> None:
    done = prompt(cswitch, server, "-o", "out.jsonl", "--rejects", "rejects.jsonl")
    assert KEY not in done.out + done.err
    assert not [path for path in folder.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
