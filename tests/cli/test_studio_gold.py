"""``cswitch studio gold`` and ``adjudicate`` as users run them: from answers to gold, and round again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from cswitch.annotators.labelstudio.config import Labelling
from cswitch.pipeline.tag_gold import read_gold
from cswitch.schemas.annotation import Annotated, Gold, Judgement
from tests.annotators.labelstudio.simulated import Simulated, Truth, annotated, truths
from tests.taggers import install_taggers

if TYPE_CHECKING:
    from tests.cli.conftest import Cswitch

PEOPLE = [Simulated("asha", {"hi": 0.1, "en": 0.2}), Simulated("ben", {"hi": 0.05, "ne": 0.5}, stars=3)]


def write(path: Path, records: Iterable[msgspec.Struct]) -> Path:
    path.write_bytes(b"".join(msgspec.json.encode(record) + b"\n" for record in records))
    return path


def gold_of(path: Path) -> list[Gold]:
    return [msgspec.json.decode(line, type=Gold) for line in path.read_bytes().splitlines()]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def answers(path: Path, samples: Sequence[Truth], people: Sequence[Simulated] = PEOPLE, **how: Any) -> Path:
    return write(path, annotated(samples, people, **how))


def edited(name: str, text: str, *corrected: str | None, **fields: Any) -> Annotated:
    """A record whose annotators correct the text; None accepts it."""
    tokens = text.split()
    starts = [sum(map(len, tokens[:at])) + at for at in range(len(tokens))]
    said = [
        Judgement(
            annotator=f"p{place}",
            langs=["en"] * len(tokens),
            decision="edit" if other is not None else "accept",
            corrected=other,
        )
        for place, other in enumerate(corrected)
    ]
    return Annotated(
        id=name, text=text, tokens=tokens, languages=["en", "hi"], judgements=said, suggested=["en"] * len(tokens),
        offsets=[(start, start + len(token)) for start, token in zip(starts, tokens, strict=True)], **fields,
    )  # fmt: skip


def test_answers_are_adjudicated_in_a_second_round_and_gold_is_the_truth(cswitch: Cswitch, tmp_path: Path) -> None:
    samples = truths(50, seed=7)
    first = answers(tmp_path / "answers.jsonl", samples)
    done = cswitch("studio", "gold", first, "-o", tmp_path / "before.jsonl", "--json")
    before = json.loads(done.out)
    waiting = before["samples"]["open"]
    assert done.status == 0
    assert 5 < waiting < 50
    assert before["samples"]["gold"] == 50 - waiting
    assert len(before["open"]) == waiting

    done = cswitch("studio", "adjudicate", first, "-o", tmp_path / "tasks.json", "--json")
    assert done.status == 0
    assert json.loads(done.out)["tasks"] == waiting
    tasks = json.loads((tmp_path / "tasks.json").read_bytes())
    assert [task["data"]["id"] for task in tasks] == before["open"]
    labelling = Labelling.from_xml((tmp_path / "tasks.config.xml").read_text(encoding="utf-8"))
    assert labelling.labels[:2] == ("hi", "en")

    put = [sample for sample in samples if sample.id in before["open"]]
    second = answers(tmp_path / "adjudicated.jsonl", put, [Simulated("oracle")], round=2)
    done = cswitch("studio", "gold", first, second, "-o", tmp_path / "gold.jsonl", "--json")
    after = json.loads(done.out)
    assert done.status == 0
    assert after["samples"] == {"gold": 50, "open": 0, "edited": 0, "rejected": 0, "unjudged": 0}
    found = gold_of(tmp_path / "gold.jsonl")
    assert [one.id for one in found] == [sample.id for sample in samples]
    for one, sample in zip(found, samples, strict=True):
        if sample in put:
            assert one.langs == sample.langs
        assert {"asha", "ben"} <= set(one.votes[0])
        triples = zip(one.gold_source, one.langs, sample.langs, strict=True)
        wrong = {source for source, tag, right in triples if tag != right}
        assert wrong <= {"unanimous"}  # wrong together, so that nobody asked
    assert after["sources"]["adjudicated"] > 0
    assert after["tokens"] == sum(len(sample.tokens) for sample in samples)
    changed = [
        a != b
        for one, sample in zip(found, samples, strict=True)
        for a, b in zip(one.langs, sample.suggested, strict=True)
    ]
    assert after["changed"] == sum(changed) == sum(after["changes"].values())
    assert cswitch("studio", "adjudicate", first, second, "-o", tmp_path / "none.json").status == 1
    assert not (tmp_path / "none.json").exists()


def test_the_same_bytes_whatever_the_order_of_the_files(cswitch: Cswitch, tmp_path: Path) -> None:
    samples = truths(20)
    first = answers(tmp_path / "answers.jsonl", samples)
    second = answers(tmp_path / "adjudicated.jsonl", samples[::-1], [Simulated("oracle")], round=2)
    for name, files in (("a", [first, second]), ("b", [first, second, first]), ("c", [second, first])):
        assert cswitch("studio", "gold", *files, "-o", tmp_path / name).status == 0
    same = (tmp_path / "a").read_bytes()
    assert same == (tmp_path / "b").read_bytes()
    assert sorted(same.splitlines()) == sorted((tmp_path / "c").read_bytes().splitlines())
    done = cswitch("studio", "gold", "-", second, "-o", "-", stdin=first.read_text(encoding="utf-8"))
    assert done.out.encode() == same


def test_gold_is_read_by_every_command_that_reads_tags(cswitch: Cswitch, tmp_path: Path) -> None:
    samples = truths(12)
    path, out = answers(tmp_path / "answers.jsonl", samples, [Simulated("oracle")]), tmp_path / "gold.jsonl"
    assert cswitch("studio", "gold", path, "-o", out).status == 0
    assert [one.tags for one in read_gold(str(out))] == [sample.langs for sample in samples]
    scored = cswitch("evaluate", out, "--predictions", out, "--json", "--bootstrap", 0)
    assert json.loads(scored.out)["accuracy"] == 1.0
    measured = cswitch("measure", out, "--json")
    assert measured.status == 0, measured.err
    shown = cswitch("show", out)
    assert shown.status == 0, shown.err
    assert samples[0].tokens[0] in shown.out


def test_the_summary_tells_sources_changes_and_what_waits(cswitch: Cswitch, tmp_path: Path) -> None:
    done = cswitch(
        "studio", "gold", answers(tmp_path / "answers.jsonl", truths(50, seed=7)), "-o", tmp_path / "gold.jsonl"
    )
    assert done.status == 0
    text = done.err.splitlines()
    assert "gold samples in" in text[0]
    assert "wait for an adjudicator" in text[0]
    assert "unanimous" in text[1]
    assert text[2].startswith("changed against the pre-annotation: ")
    assert "cswitch studio adjudicate" in text[3]


@pytest.mark.parametrize("tie", ["prediction", "first"])
def test_a_rule_settles_disagreements_and_says_so(tie: str, cswitch: Cswitch, tmp_path: Path) -> None:
    path = answers(tmp_path / "answers.jsonl", truths(30, seed=7))
    done = cswitch("studio", "gold", path, "-o", tmp_path / "gold.jsonl", "--tie", tie, "--json")
    found = json.loads(done.out)
    assert found["samples"]["gold"] == 30
    assert found["sources"]["tie"] > 0


def test_rejected_samples_are_counted_and_kept(cswitch: Cswitch, tmp_path: Path) -> None:
    people = [Simulated("a", rejects=0.5), Simulated("b", rejects=0.5), Simulated("c", rejects=0.5)]
    path, kept = answers(tmp_path / "answers.jsonl", truths(40), people), tmp_path / "rejected.jsonl"
    done = cswitch("studio", "gold", path, "-o", tmp_path / "gold.jsonl", "--rejected", kept, "--json")
    count = json.loads(done.out)["samples"]["rejected"]
    assert 5 < count == len(lines(kept))
    given = {record["id"]: record for record in lines(path)}
    assert all(record == given[record["id"]] for record in lines(kept))
    assert not {one.id for one in gold_of(tmp_path / "gold.jsonl")} & {record["id"] for record in lines(kept)}


def test_a_corrected_text_is_tagged_again_for_another_round(
    cswitch: Cswitch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(install_taggers(folder)))
    sample = {"id": "1.0", "source_id": "1", "labels": {"intent": "go"}, "measures": {"cmi": 0}}
    path = write(
        tmp_path / "answers.jsonl",
        [
            edited("1.0", "kal ofice jana", "कल office  jana !", "कल office jana !", sample=sample),
            edited("2.0", "ok then", None, None),
            edited("3.0", "to do", "to go", "to see"),
        ],
    )
    out, again = tmp_path / "gold.jsonl", tmp_path / "again.jsonl"
    done = cswitch("studio", "gold", path, "-o", out, "--json")
    found = json.loads(done.out)
    assert found["samples"] == {"gold": 1, "open": 1, "edited": 1, "rejected": 0, "unjudged": 0}
    assert "--requeue FILE" in done.err
    args = ["studio", "gold", path, "-o", out, "--requeue", again, "--force", "--json", "--tagger", "script"]
    assert json.loads(cswitch(*args).out)["requeued"] == 1
    (record,) = lines(again)
    assert record["id"] == "1.0.r2"
    assert record["text"] == "कल office jana !"
    assert list(zip(record["tokens"], record["langs"], strict=True)) == [
        ("कल", "hi"), ("office", "en"), ("jana", "en"), ("!", "other"),
    ]  # fmt: skip
    assert record["round"] == 2
    assert record["edited_from"] == {"id": "1.0", "text": "kal ofice jana", "by": ["p0", "p1"]}
    assert record["labels"] == {"intent": "go"}
    assert all(
        record["text"][start:end] == token
        for token, (start, end) in zip(record["tokens"], record["offsets"], strict=True)
    )

    # Annotated in its turn, it is gold under its own id, and is not put again.
    said = [Judgement(annotator="p0", langs=["hi", "en", "hi", None], decision="accept")]
    own = {name: record[name] for name in ("id", "text", "tokens", "offsets", "languages")}
    back = Annotated(**own, suggested=record["langs"], sample=record, judgements=said, round=2)
    second = write(tmp_path / "second.jsonl", [back])
    found = json.loads(cswitch(*[*args[:3], second, *args[3:]]).out)
    assert (found["returned"], found["requeued"]) == (1, 0)
    assert {one.id: one.langs for one in gold_of(out)}["1.0.r2"] == ["hi", "en", "hi", "other"]

    # Corrected once more, it goes into a third round under the name of the text that it began as.
    more = msgspec.structs.replace(
        back, judgements=[Judgement(annotator="p1", langs=["hi"] * 4, decision="edit", corrected="कल office")]
    )
    found = json.loads(cswitch(*[*args[:3], write(second, [more]), *args[3:]]).out)
    assert (found["returned"], found["requeued"]) == (1, 1)
    assert [one["id"] for one in lines(again)] == ["1.0.r3"]


def test_nothing_but_open_samples_is_a_failed_run(cswitch: Cswitch, tmp_path: Path) -> None:
    path = write(tmp_path / "answers.jsonl", [edited("1.0", "to do", "to go", "to see")])
    done = cswitch("studio", "gold", path, "-o", tmp_path / "gold.jsonl")
    assert done.status == 1
    assert "no sample became gold" in done.err


def bad(path: Path, change: Any) -> Path:
    records = [msgspec.to_builtins(record) for record in annotated(truths(3), PEOPLE)]
    change(records[2])
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda one: one.update(id=None), ":3: field 'id': expected str, got null"),
        (lambda one: one.update(tokens=one["tokens"][1:]), ":3: field "),
        (lambda one: one["judgements"][1]["langs"].pop(), ":3: field 'judgements[1].langs'"),
        (lambda one: one.update(offsets=[[0, 1]] * len(one["tokens"])), ":3: field 'offsets[0]': [0, 1) cuts"),
        (lambda one: one["judgements"][0].update(decision="maybe"), ":3: field 'judgements[0].decision'"),
        (lambda one: one.update(id="0.0"), "two texts"),
        (lambda one: one.update(tag="hi"), "unknown field"),
    ],
)
def test_a_record_that_does_not_fit_is_told_and_nothing_is_written(
    change: Any, message: str, cswitch: Cswitch, tmp_path: Path
) -> None:
    path = bad(tmp_path / "answers.jsonl", change)
    for command in (
        ["gold", "-o", tmp_path / "out", "--rejected", tmp_path / "no"],
        ["adjudicate", "-o", tmp_path / "out"],
    ):
        done = cswitch("studio", command[0], path, *command[1:])
        assert done.status == 2
        assert f"{path}" in done.error
        assert message in done.error
        assert [found.name for found in tmp_path.iterdir()] == ["answers.jsonl"]


def test_outputs_that_cannot_be_meant_are_refused_before_any_work(cswitch: Cswitch, tmp_path: Path) -> None:
    path, out = answers(tmp_path / "answers.jsonl", truths(3)), tmp_path / "gold.jsonl"
    assert "two outputs would go to" in cswitch("studio", "gold", path, "-o", out, "--requeue", out).error
    assert "stdout" in cswitch("studio", "gold", path, "-o", "-", "--json").error
    out.write_text("kept", encoding="utf-8")
    assert "exists already" in cswitch("studio", "gold", path, "-o", out).error
    assert "exists already" in cswitch("studio", "gold", path, "-o", tmp_path / "a", "--rejected", out).error
    assert out.read_text(encoding="utf-8") == "kept"
    assert "no such file" in cswitch("studio", "gold", tmp_path / "none", "-o", tmp_path / "a").error
    assert "either a project or a file" in cswitch("studio", "adjudicate", path).error
    assert "either a project or a file" in cswitch("studio", "adjudicate", path, "-o", "x", "--project", "y").error
    assert "exists already" in cswitch("studio", "adjudicate", path, "-o", out).error


def test_the_loop_raises_the_score_of_the_tagger(cswitch: Cswitch, tmp_path: Path) -> None:
    """Text, tagged, annotated by who is always right, merged, learned from: docs/gold.md, small."""
    samples, held_out = truths(80, seed=1), truths(60, seed=2)
    text, tagged = tmp_path / "text.txt", tmp_path / "tagged.jsonl"
    text.write_text("".join(f"{sample.text}\n" for sample in samples), encoding="utf-8")
    assert cswitch("tag", text, "-o", tagged, "--pair", "hi-en").status == 0
    shown = [
        sample._replace(id=record["id"], suggested=record["langs"])
        for sample, record in zip(samples, lines(tagged), strict=True)
    ]
    pulled = answers(tmp_path / "answers.jsonl", shown, [Simulated("oracle")])
    assert cswitch("studio", "gold", pulled, "-o", tmp_path / "gold.jsonl").status == 0
    assert [one.langs for one in gold_of(tmp_path / "gold.jsonl")] == [sample.langs for sample in samples]

    dev = answers(tmp_path / "dev.jsonl", held_out, [Simulated("oracle")])
    assert cswitch("studio", "gold", dev, "-o", tmp_path / "held.jsonl").status == 0
    trained = cswitch(
        "train-tagger",
        tmp_path / "gold.jsonl",
        "--dev",
        tmp_path / "held.jsonl",
        "-o",
        tmp_path / "mine",
        "--epochs",
        4,
        "--json",
    )
    assert trained.status == 0, trained.err
    before = json.loads(cswitch("evaluate", tmp_path / "held.jsonl", "--pair", "hi-en", "--json", "--bootstrap", 0).out)
    after = json.loads(trained.out)["dev"]
    assert after["accuracy"] > before["accuracy"]
    assert after["switch_f1"] > before["switch_f1"]
    assert cswitch("tag", text, "-o", tmp_path / "again.jsonl", "--tagger", tmp_path / "mine").status == 0
