"""What ``cswitch synth`` takes, gives and says."""

from __future__ import annotations

import gzip
import json
import os
import pty
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cswitch import data
from cswitch.cli.main import main
from cswitch.core.measures import cmi, switch_points
from cswitch.core.registry import BUILT_IN
from cswitch.core.text.tokens import tokenise
from cswitch.pipeline.readers import read_pairs, read_samples
from cswitch.schemas.reject import REASONS
from cswitch.schemas.sample import Sample

if TYPE_CHECKING:
    from tests.cli.conftest import Cswitch

SAMPLES = Path(data.__path__[0]) / "samples"
EN_HI, EN_ES = SAMPLES / "en-hi.tsv", SAMPLES / "en-es.tsv"
GOOD = "en\thi\nMy house is big.\tमेरा घर बड़ा है।\nThe book is on the table.\tकिताब मेज़ पर है।\n"
SUMMARY = [
    "pairs", "answered", "samples", "met", "mean_cmi_error", "mean_share_error", "fewer", "lacking", "rejects",
    "examples", "seconds", "already_complete",
]  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def samples(cswitch: Cswitch, *arguments: object, stdin: str = "") -> list[Sample]:
    done = cswitch("synth", *arguments, "-o", "samples.jsonl", "--force", stdin=stdin)
    assert done.status == 0, done.err
    return [sample for _, sample in read_samples("samples.jsonl")]


def records(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


# ---------------------------------------------------------------- wrong usage


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--pair", "en-xx"], "--pair en-xx: unknown language 'xx'; did you mean 'xh' (Xhosa)?"),
        (["--pair", "en"], "--pair 'en' is not two languages; join their codes by a hyphen: --pair en-hi"),
        (["--pair", "en-eng"], "--pair en-eng names the same language twice"),
        (["--pair", "en-es"], "in.tsv:1: no column 'es'; found 'en', 'hi'"),
        (["--cmi", "400"], "--cmi 400 cannot be reached; with two languages CMI lies between 0 and 50"),
        (["--cmi", "abc"], "--cmi 'abc' is no number; give 25, a range such as 20-40, or any"),
        (["--cmi", "40-20"], "--cmi 40-20 runs from high to low; write 20-40"),
        (["--cmi", "-5"], "--cmi -5 cannot be reached"),
        (["--cmi", "nan"], "--cmi 'nan' is no number"),
        (["--cmi", "1.2.3"], "--cmi '1.2.3' is no number"),
        (["--share", "60"], "--share 60 is no share; give 0 to 1, such as 0.6"),
        (["--share", "many"], "--share 'many' is no share; give 0 to 1"),
        (["--share", "any"], "--share 'any' is no share"),
        (["--share", "0.6-0.4"], "--share 0.6-0.4 runs from high to low; write 0.4-0.6"),
        (["--share", "0.6", "--cmi", "25"], "--share and --cmi exclude each other; give one of them"),
        (["--share", "0.6", "--like", "in.tsv"], "--like and --share exclude each other; --like takes both"),
        (["--units", "noum"], "--units 'noum' is unknown; did you mean 'noun'? Known: content, entity, key-phrase"),
        (["--weights", "frequncy"], "--weights 'frequncy' is unknown; did you mean 'frequency'? Known: frequency"),
        (["--tolerance", "-1"], "--tolerance -1 is no distance; give points of CMI, such as 3"),
        (["--tolerance", "wide"], "invalid value for '--tolerance': "),
        (["--switches", "0"], "--switches 0 is too small; choose 1 or more"),
        (["--per-pair", "0"], "--per-pair 0 is too small; choose 1 or more"),
        (["--limit", "0"], "--limit 0 is too small; choose 1 or more"),
        (["--workers", "0"], "--workers 0 is too small; choose 1 or more"),
        (["--workers", "1000"], "--workers 1000 is too large; choose 256 or less"),
        (["--seed", "9" * 30], f"--seed {'9' * 30} is too large"),
        (["--matrix", "fr"], "--matrix fr is not a language of the pair; choose en, hi or both"),
        (["--matrix", "nonsense"], "--matrix nonsense is not a language of the pair"),
        (["--glue", "foo"], "--glue: unknown rule 'foo'; known: light-verb, article, postposition, all, none"),
        (["--glue", "articel"], "--glue: unknown rule 'articel'; did you mean 'article'? Known: light-verb, article"),
        (["--aligner", "foo"], "unknown aligner 'foo'; did you mean 'eflomal'? Known: auto, eflomal, "),
        (["--aligner", "lexcal"], "unknown aligner 'lexcal'; did you mean 'lexical'? Known: auto, eflomal, "),
        (["--aligner", "lexical", "--links", "l"], "--links is of no use with --aligner lexical; leave out one"),
        (["--method", "insert"], "invalid value for '--method': 'insert' is not one of 'insertion', 'alternation'"),
        (["--format", "xml"], "unknown input format 'xml'; known: tsv, csv, jsonl, parallel"),
        (["--json"], "--json and samples cannot both go to stdout; name a file: -o OUT"),
        (["--like", "real.tsv", "--cmi", "20"], "--like and --cmi exclude each other; --like takes both"),
        (["--like", "real.tsv", "--switches", "2"], "--like and --switches exclude each other"),
        (["--like", "real.tsv"], "real.tsv: no such file; check the path"),
        (["--rejects", "-"], "rejects need a file of their own"),
        (["--resume"], "a stream cannot be resumed; leave out --resume, or write to a file"),
        (["-o", "out.jsonl", "--resume", "--force"], "--force and --resume exclude each other"),
        (["-o", "in.tsv", "--force"], "in.tsv is an input of this run; write to another file"),
        (["-o", "out.jsonl", "--rejects", "in.tsv", "--force"], "in.tsv is an input of this run"),
        (["-o", "nowhere/out.jsonl"], "nowhere/out.jsonl: its folder does not exist; make it first: mkdir -p nowhere"),
        (["-o", "out.jsonl.gz"], "out.jsonl.gz: output is not compressed; leave out .gz"),
    ],
)
def test_wrong_usage_is_one_line_and_changes_nothing(cswitch: Cswitch, options: list[str], message: str) -> None:
    Path("in.tsv").write_text(GOOD, encoding="utf-8")
    pair = [] if "--pair" in options else ["--pair", "en-hi"]
    done = cswitch("synth", "in.tsv", *pair, *options)
    assert (done.status, done.out) == (2, "")
    assert done.error.startswith(message)
    assert os.listdir() == ["in.tsv"]
    assert Path("in.tsv").read_text(encoding="utf-8") == GOOD


def test_a_share_is_met_and_told(cswitch: Cswitch) -> None:
    Path("in.tsv").write_text(GOOD, encoding="utf-8")
    done = cswitch("synth", "in.tsv", "--pair", "en-hi", "--share", "0.4-0.6", "--tolerance", "25", "-o", "out.jsonl")
    assert done.status == 0
    samples = [json.loads(line) for line in Path("out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert samples
    for sample in samples:
        said = [lang for lang in sample["langs"] if lang in ("en", "hi")]
        assert sample["measures"]["share"] == pytest.approx(said.count("en") / len(said), abs=1e-5)
        assert 0.4 <= sample["target"]["share"] <= 0.6
    assert "a share each from 0.4 to 0.6, ± 0.25, met by " in done.err
    assert "mean |share asked - share got| 0." in done.err


def test_help_names_every_unit_choice_and_weighting(cswitch: Cswitch) -> None:
    told = " ".join(cswitch("synth", "--help").out.replace("│", " ").split())
    for kind in ("units", "weights"):
        listed = re.search(f"--{kind} NAME (.*?)[.]", told)
        assert listed
        assert set(re.split(r"[:,] ", listed[1])) >= set(BUILT_IN[kind])


def test_any_script_can_be_romanised(cswitch: Cswitch) -> None:
    source = "en\tka\tlinks\nmy old house\tჩემი ძველი სახლი\t0-0 1-1 2-2\n"
    done = cswitch(
        "synth", "-", "--pair", "en-ka", "--script", "roman", "--cmi", "any", "--units", "word", stdin=source
    )
    assert done.status == 0
    (sample,) = map(json.loads, done.out.splitlines())
    assert sample["text"].isascii()
    assert [sample["text"][start:end] for start, end in sample["offsets"]] == sample["tokens"]
    assert set(sample["langs"]) == {"en", "ka"}


def test_spellings_and_noise_are_drawn_anew_for_a_seed(cswitch: Cswitch) -> None:
    source = "en\thi\tlinks\nI will not come today\tमैं आज नहीं आऊँगा\t0-0 1-3 2-2 3-3 4-1\n"
    arguments = ("synth", "-", "--pair", "en-hi", "--script", "roman", "--cmi", "any", "--units", "word")
    plain = json.loads(cswitch(*arguments, stdin=source).out)
    options = ("--roman-variety", 1, "--noise", "drop-letters=0.5,repeat-letters=0.5")
    noisy = json.loads(cswitch(*arguments, *options, stdin=source).out)
    assert noisy == json.loads(cswitch(*arguments, *options, stdin=source).out)
    assert len(noisy["tokens"]) == len(noisy["langs"])
    assert noisy["provenance"]["noise"] == "drop-letters=0.5,repeat-letters=0.5"
    assert [noisy["text"][start:end] for start, end in noisy["offsets"]] == noisy["tokens"]
    assert noisy["tokens"] != plain["tokens"]


@pytest.mark.parametrize("source", ["nowhere.tsv", "."])
def test_unreadable_input(cswitch: Cswitch, source: str) -> None:
    done = cswitch("synth", source, "--pair", "en-hi", "-o", "out.jsonl")
    assert done.status == 2
    assert done.error.startswith(f"{source}: ")
    assert os.listdir() == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_input_without_permission(cswitch: Cswitch) -> None:
    Path("in.tsv").write_text(GOOD, encoding="utf-8")
    Path("in.tsv").chmod(0)
    assert cswitch("synth", "in.tsv", "--pair", "en-hi").error.startswith("in.tsv: may not be read; check its perm")


def test_what_exists_is_not_replaced_unasked(cswitch: Cswitch) -> None:
    Path("out.jsonl").write_text("mine")
    arguments = ("synth", "-", "--pair", "en-hi", "-o", "out.jsonl")
    done = cswitch(*arguments, stdin=GOOD)
    assert (done.status, done.error) == (
        2, "out.jsonl exists; add --force to replace it, or --resume to go on with it",
    )  # fmt: skip
    assert Path("out.jsonl").read_text() == "mine"
    assert cswitch(*arguments, "--force", stdin=GOOD).status == 0
    assert len(records(Path("out.jsonl").read_text(encoding="utf-8"))) == 2


def test_resuming_a_finished_run(cswitch: Cswitch) -> None:
    Path("in.tsv").write_text(GOOD, encoding="utf-8")
    arguments = ("synth", "in.tsv", "--pair", "en-hi", "-o", "out.jsonl")
    assert cswitch(*arguments).status == 0
    before = Path("out.jsonl").read_bytes()
    done = cswitch(*arguments, "--resume")
    assert done == (0, "", "out.jsonl is complete already; nothing was done\n")
    found = json.loads(cswitch(*arguments, "--resume", "--json").out)
    assert list(found) == SUMMARY
    assert found["already_complete"] is True
    assert cswitch(*arguments, "--resume", "--seed", 1).error.startswith("out.jsonl was begun with other settings")
    Path("in.tsv").write_text(GOOD.replace("बड़ा", "छोटा"), encoding="utf-8")
    assert cswitch(*arguments, "--resume").error.startswith("out.jsonl is complete, and was made from another input")
    assert Path("out.jsonl").read_bytes() == before


# ---------------------------------------------------------------- what is accepted


def test_layouts_give_the_same_samples(cswitch: Cswitch) -> None:
    rows = [line.split("\t") for line in GOOD.splitlines()]
    Path("in.tsv").write_text(GOOD, encoding="utf-8")
    Path("bom.tsv").write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    Path("in.tsv.gz").write_bytes(gzip.compress(GOOD.encode()))
    Path("corpus.en").write_text("".join(f"{en}\n" for en, _ in rows[1:]), encoding="utf-8")
    Path("corpus.hi").write_text("".join(f"{hi}\n" for _, hi in rows[1:]), encoding="utf-8")
    Path("in.jsonl").write_text("".join(json.dumps({"hi": hi, "en": en}) + "\n" for en, hi in rows[1:]))
    Path("pairs.jsonl").write_text(
        "".join(json.dumps({"id": str(n), "texts": {"en": r[0], "hi": r[1]}}) + "\n" for n, r in enumerate(rows) if n)
    )
    wanted = cswitch("synth", "-", "--pair", "en-hi", stdin=GOOD).out
    assert len(records(wanted)) == 2
    for source in ("in.tsv", "bom.tsv", "in.tsv.gz", "corpus.en,corpus.hi", "corpus.hi,corpus.en", "in.jsonl",
                   "pairs.jsonl"):  # fmt: skip
        assert cswitch("synth", source, "--pair", "en-hi", "-o", "-").out == wanted, source


def test_labels_links_and_tokens_of_a_record_are_used(cswitch: Cswitch) -> None:
    record = {
        "id": "intent-7", "en": "My house is big.", "hi": "मेरा घर बड़ा है।", "links": "1-1",
        "tokens": {"en": ["My", "house", "is", "big."], "hi": ["मेरा", "घर", "बड़ा", "है।"]},
        "labels": {"intent": "describe", "slots": [1, 2]}, "origin": "kept out",
    }  # fmt: skip
    (sample,) = samples(cswitch, "-", "--pair", "en-hi", stdin=json.dumps(record))
    assert (sample.source_id, sample.labels) == ("intent-7", {"intent": "describe", "slots": [1, 2]})
    assert sample.tokens == ["मेरा", "house", "बड़ा", "है।"]
    assert sample.provenance.aligner == "given"


def test_pretokenized_text_is_split_at_spaces_only(cswitch: Cswitch) -> None:
    text = "en\thi\tlinks\nMy well-known house, friends\tमेरा मशहूर घर, दोस्तों\t0-0 1-1 2-2 3-3\n"
    (sample,) = samples(cswitch, "-", "--pair", "en-hi", "--pretokenized", stdin=text)
    assert len(sample.tokens) == 4


def test_links_of_a_file(cswitch: Cswitch) -> None:
    Path("links.txt").write_text("1-1\n\n")
    done = cswitch("synth", "-", "--pair", "en-hi", "--links", "links.txt", "--rejects", "rejects.jsonl", stdin=GOOD)
    (sample,) = records(done.out)
    assert sample["text"] == "मेरा house बड़ा है।"
    (reject,) = records(Path("rejects.jsonl").read_text())
    assert (reject["source_id"], reject["reason"], reject["line"]) == ("2", "no_links", 3)


def test_limit(cswitch: Cswitch) -> None:
    done = cswitch("synth", EN_HI, "--pair", "en-hi", "--limit", 7, "-o", "out.jsonl", "--json")
    assert json.loads(done.out)["pairs"] == 7


def test_mixed_normal_forms_are_noted(cswitch: Cswitch) -> None:
    text = GOOD + "The cafe\u0301 is open.\tकैफ़े खुला है।\n"
    done = cswitch("synth", "-", "--pair", "en-hi", stdin=text)
    assert done.status == 0
    assert "cswitch: note: -:4: 1 line was not in Unicode normal form C from here on, and put into it\n" in done.err


# ---------------------------------------------------------------- what samples are


@pytest.mark.parametrize("pair", ["en-hi", "en-es"])
@pytest.mark.parametrize("method", ["insertion", "alternation", "nested"])
def test_samples_hold_together(cswitch: Cswitch, pair: str, method: str) -> None:
    source = SAMPLES / f"{pair}.tsv"
    one, other = pair.split("-")
    rows = {row.pair.id: row.pair for row in read_pairs(str(source), (one, other))}
    found = samples(cswitch, source, "--pair", pair, "--method", method, "--glue", "none", "--per-pair", 2)
    assert len({sample.source_id for sample in found}) > 40
    assert len({sample.id for sample in found}) == len(found)
    for sample in found:
        words = Counter(lang for lang in sample.langs if lang in (one, other))
        total = sum(words.values())
        assert sample.measures["cmi"] == pytest.approx(100 * (1 - max(words.values()) / total), abs=1e-3)
        assert sample.measures["cmi"] == pytest.approx(cmi(sample.langs), abs=1e-3)
        assert sample.measures["switches"] == switch_points(sample.langs)
        low, high = sample.reachable["cmi"]
        assert low - 1e-3 <= float(sample.measures["cmi"] or 0) <= high + 1e-3
        assert sample.met == (abs(float(sample.measures["cmi"] or 0) - 25) <= 3)
        assert set(sample.languages) == {one, other}
        origins = [origin for origin in sample.origins if origin is not None]
        assert len(origins) == len(sample.origins) == len(set(origins))
        sides = {lang: tokenise(rows[sample.source_id].texts[lang], lang).tokens for lang in (one, other)}
        for token, tag, (side, number) in zip(sample.tokens, sample.langs, origins, strict=True):
            assert sides[side][number].lower() == token.lower()
            assert tag in (side, "other", "fw", "ne")


def test_the_frame_is_the_language_asked_for(cswitch: Cswitch) -> None:
    arguments = (EN_ES, "--pair", "en-es", "--limit", 30)
    assert {sample.matrix for sample in samples(cswitch, *arguments)} == {"es"}
    assert {sample.matrix for sample in samples(cswitch, *arguments, "--matrix", "ENG")} == {"en"}
    both = samples(cswitch, *arguments, "--matrix", "both")
    assert {sample.matrix for sample in both} == {"en", "es"}
    assert len({sample.id for sample in both}) == len(both)


def test_a_range_gives_every_sample_its_own_target(cswitch: Cswitch) -> None:
    found = samples(cswitch, EN_HI, "--pair", "en-hi", "--cmi", "10-40", "--limit", 60)
    asked = [sample.target.cmi or 0.0 for sample in found]
    assert min(asked) >= 10
    assert max(asked) <= 40
    assert len(set(asked)) > 50
    assert min(asked) < 18
    assert max(asked) > 32


def test_several_samples_a_pair_differ(cswitch: Cswitch) -> None:
    found = samples(cswitch, EN_HI, "--pair", "en-hi", "--per-pair", 3, "--limit", 60)
    texts = Counter((sample.source_id, sample.text) for sample in found)
    assert set(texts.values()) == {1}
    assert max(Counter(sample.source_id for sample in found).values()) == 3


def test_a_number_of_switch_points(cswitch: Cswitch) -> None:
    options = ("--pair", "en-es", "--method", "alternation", "--cmi", "any", "--on-miss", "reject")
    found = samples(cswitch, EN_ES, *options, "--switches", 2)
    assert len(found) > 20
    assert {sample.measures["switches"] for sample in found} == {2}


def test_rejects_tell_what_could_be_reached(cswitch: Cswitch) -> None:
    done = cswitch(
        "synth", EN_HI, "--pair", "en-hi", "--cmi", 40, "--tolerance", 2, "--on-miss", "reject", "-o", "out.jsonl",
        "--rejects", "rejects.jsonl", "--json",
    )  # fmt: skip
    rejects = records(Path("rejects.jsonl").read_text(encoding="utf-8"))
    names = [line.split("\t")[0] for line in EN_HI.read_text(encoding="utf-8").splitlines()]
    assert all(names[reject["line"] - 1] == reject["source_id"] for reject in rejects)
    assert {reject["reason"] for reject in rejects} <= set(REASONS)
    missed = [reject["detail"] for reject in rejects if reject["reason"] == "cmi_unreachable"]
    assert all(
        re.fullmatch(r"asked for 40 within 2; nearest is [\d.]+ away, reachable [\d.]+ to [\d.]+", detail)
        for detail in missed
    )
    found = json.loads(done.out)
    assert found["rejects"]["cmi_unreachable"] == len(missed) > 20
    kept = [sample for _, sample in read_samples("out.jsonl")]
    assert all(abs(float(sample.measures["cmi"] or 0) - 40) <= 2 for sample in kept)
    assert found["answered"] + len(rejects) == 200


def test_roman_script_leaves_no_devanagari(cswitch: Cswitch) -> None:
    found = samples(cswitch, EN_HI, "--pair", "en-hi", "--script", "roman", "--limit", 40)
    assert not re.search(r"[\u0900-\u097f]", "".join(sample.text for sample in found))
    assert {"hi", "en"} <= {tag for sample in found for tag in sample.langs}
    assert {sample.provenance.script for sample in found} == {"roman"}


def test_like_follows_real_text(cswitch: Cswitch) -> None:
    mixed = "yo\tes\nwant\ten\nun\tes\ncafe\tes\nahora\tes\n"  # CMI 20, 2 switch points
    plain = "solo\tes\nespañol\tes\n"  # says nothing of mixing
    Path("real.tsv").write_text(f"{mixed}\n{plain}\n{mixed}", encoding="utf-8")
    arguments = ("synth", EN_ES, "--pair", "en-es", "--like", "real.tsv", "-o", "out.jsonl")
    done = cswitch(*arguments)
    assert "  switch points and CMI ± 3 taken from real.tsv met by " in done.err
    found = [sample for _, sample in read_samples("out.jsonl")]
    assert {(sample.target.cmi, sample.target.switches) for sample in found} == {(20.0, 2)}
    met = [sample for sample in found if sample.met]
    assert len(met) > len(found) / 5
    assert all(sample.measures["switches"] == 2 for sample in met)
    Path("real.tsv").rename("elsewhere.tsv")
    again = cswitch("synth", EN_ES, "--pair", "en-es", "--like", "elsewhere.tsv")
    assert again.out == Path("out.jsonl").read_text(encoding="utf-8")


def test_the_seed_decides(cswitch: Cswitch) -> None:
    runs = [cswitch("synth", EN_HI, "--pair", "en-hi", "--limit", 40, "--seed", seed).out for seed in (0, 0, 1)]
    assert runs[0] == runs[1]
    texts = [[record["text"] for record in records(run)] for run in (runs[0], runs[2])]
    assert texts[0] != texts[1]


# ---------------------------------------------------------------- what is said


def test_the_report_of_a_run(cswitch: Cswitch) -> None:
    text = GOOD + "Hello there\t\n" + "Fine\t \nसमान\tसमान\n"
    done = cswitch("synth", "-", "--pair", "en-hi", "-o", "out.jsonl", "--cmi", 20, "--tolerance", 6, stdin=text)
    assert done.status == 0
    assert done.err == (
        "5 pairs read, 2 answered (40.0 %): 2 samples in out.jsonl\n"
        "  CMI 20 ± 6 met by 2 (100.0 %); mean |CMI asked - CMI got| 5.00\n"
        "  2 pairs rejected, empty_side: one side has no text (first: line 4: the hi side)\n"
        "  1 pair rejected, same_text: both sides have the same text (first: line 6)\n"
    )


def test_the_report_tells_of_misses_and_of_fewer_samples(cswitch: Cswitch) -> None:
    done = cswitch("synth", "-", "--pair", "en-hi", "--cmi", "50", "--per-pair", 9, stdin=GOOD)
    assert done.err.startswith(f"2 pairs read, 2 answered: {len(records(done.out))} samples\n  CMI 50 ± 3 met by ")
    assert ", the others come as near as their pairs allow; mean |CMI asked - CMI got| " in done.err
    assert done.err.endswith("  2 pairs gave all there are, fewer than --per-pair asks for\n")


def test_the_summary_as_json(cswitch: Cswitch) -> None:
    done = cswitch("synth", "-", "--pair", "en-hi", "-o", "out.jsonl", "--json", stdin=GOOD + "Hello\t\n")
    assert (done.status, done.err) == (0, "")
    found = json.loads(done.out)
    assert list(found) == SUMMARY
    assert (found["pairs"], found["answered"], found["samples"], found["met"]) == (3, 2, 2, 2)
    assert (found["rejects"], found["examples"]) == ({"empty_side": 1}, {"empty_side": "line 4: the hi side"})


def test_nothing_made_is_a_failed_run(cswitch: Cswitch) -> None:
    arguments = ("synth", "-", "--pair", "en-hi", "-o", "out.jsonl", "--rejects", "rejects.jsonl")
    done = cswitch(*arguments, stdin="en\thi\nHello\t\n")
    assert done.status == 1
    assert done.err.endswith("\ncswitch: error: no pair gave a sample; each pair's reason is in rejects.jsonl\n")
    assert os.listdir() == ["rejects.jsonl"]
    done = cswitch(*arguments, "--force", "--json", stdin="en\thi\nHello\t\n")
    assert (done.status, json.loads(done.out)["rejects"]) == (1, {"empty_side": 1})
    assert done.error.startswith("no pair gave a sample")


def test_progress_is_for_terminals(cswitch: Cswitch, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\r" not in cswitch("synth", EN_HI, "--pair", "en-hi", "-o", "out.jsonl").err
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb", buffering=0) as terminal, os.fdopen(theirs, "w") as stderr:
        monkeypatch.setattr("sys.stderr", stderr)
        assert main(["synth", str(EN_HI), "--pair", "en-hi", "-o", "out.jsonl", "--force"]) == 0
        stderr.flush()
        shown = ""
        while "pairs read" not in shown:  # a terminal gives what it has in several helpings
            shown += terminal.read(10_000).decode()
    assert re.search(r"\r128 pairs, 12\d samples, [\d,]+ pairs/s\x1b\[K", shown)
    assert "\r\x1b[K200 pairs read, " in shown


def test_help_names_every_option_and_its_default(cswitch: Cswitch) -> None:
    done = cswitch("synth", "--help")
    assert done.status == 0
    for option in ("--cmi CMI", "--switches N", "--like REAL", "--links FILE", "--matrix LANG", "--rejects FILE"):
        assert f"  {option} " in done.out
    assert not re.search(r"--[a-z-]+ <(str|int|float)>", done.out)
    assert max(map(len, done.out.splitlines())) <= 80
