"""Three languages in one sentence, through the command: input in every layout, output that holds what it says."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from cswitch.cli.main import main
from cswitch.core.measures import cmi, switch_points
from cswitch.pipeline.output import Output
from cswitch.pipeline.readers import read_pairs
from cswitch.pipeline.source import Source
from cswitch.pipeline.synth import run
from cswitch.pipeline.tagged import check_sample
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample
from cswitch.schemas.settings import SynthSettings

SAMPLE = Path(__file__).parent.parent.parent / "data" / "samples" / "en-hi-bn.tsv"
PAIR = ("en", "hi", "bn")


def texts() -> list[dict[str, str]]:
    names, *rows = [line.split("\t") for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
    return [dict(zip(names, row, strict=True)) for row in rows]


def samples(path: Path) -> list[Sample]:
    return [msgspec.json.decode(line, type=Sample) for line in path.read_bytes().splitlines()]


def synth(source: str | Path, out: Path, *options: str, pair: str = "en-hi-bn") -> list[Sample]:
    assert main(["synth", str(source), "-o", str(out), "--pair", pair, "--force", *options]) == 0
    return samples(out)


@pytest.mark.parametrize("matrix", PAIR)
@pytest.mark.parametrize("method", ["insertion", "nested"])
def test_a_sample_holds_what_it_says(matrix: str, method: str, tmp_path: Path) -> None:
    found = synth(SAMPLE, tmp_path / "out.jsonl", "--matrix", matrix, "--cmi", "40", "--method", method)
    assert len(found) == 18
    sources = {row["id"]: row for row in texts()}
    whole = 0
    for sample in found:
        check_sample(sample)
        assert sample.languages == [matrix, *(lang for lang in PAIR if lang != matrix)]
        said = [lang for lang in sample.langs if lang in PAIR]
        counted = Counter(said)
        assert max(counted.values()) == counted[matrix]
        assert sample.measures["cmi"] == pytest.approx(100 * (1 - counted[matrix] / len(said)), abs=1e-4)
        assert sample.measures["cmi"] == pytest.approx(cmi(sample.langs), abs=1e-4)
        assert sample.measures["switches"] == switch_points(sample.langs) == sum(a != b for a, b in pairwise(said))
        low, high = sample.reachable["cmi"]
        assert low - 1e-4 <= float(sample.measures["cmi"] or 0) <= high + 1e-4
        assert sample.met == (abs(float(sample.measures["cmi"] or 0) - 40) <= 3 and len(counted) == 3)
        whole += len(counted) == 3
        given = [origin for origin in sample.origins if origin is not None]
        assert len(given) == len(set(given))
        for token, tag, origin in zip(sample.tokens, sample.langs, sample.origins, strict=True):
            if origin is None:
                assert tag == matrix
            elif tag in PAIR:
                assert tag == origin[0]
                if origin[0] == "en":
                    assert token.lower() in sources[sample.source_id]["en"].lower()
    assert whole >= 17, "of these sentences all but one can hold all three"


def test_each_language_is_spelt_by_its_own_romaniser(tmp_path: Path) -> None:
    native = synth(SAMPLE, tmp_path / "native.jsonl", "--cmi", "40")
    roman = synth(SAMPLE, tmp_path / "roman.jsonl", "--cmi", "40", "--script", "roman")
    assert all(sample.text.isascii() for sample in roman)
    words = {(lang, token) for one in roman for lang, token in zip(one.langs, one.tokens, strict=True)}
    assert {("hi", "bahut"), ("bn", "saptaho"), ("en", "doctor")} <= words
    assert len(native) == len(roman)


LAYOUTS = ("tsv", "csv", "jsonl", "records", "parallel", "moses", "zip")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_pairs(layout: str, tmp_path: Path) -> None:
    rows = texts()[:5]
    turned = ("bn", "en", "hi")
    path = tmp_path / f"in.{layout}"
    if layout in ("tsv", "csv"):
        parting = "\t" if layout == "tsv" else ";"
        lines = [parting.join(turned), *(parting.join(row[lang] for lang in turned) for row in rows)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    elif layout in ("jsonl", "records"):
        path = tmp_path / "in.jsonl"
        made = [{lang: row[lang] for lang in turned} for row in rows]
        full = [{"id": str(n), "texts": one} for n, one in enumerate(made, start=1)]
        path.write_text("".join(json.dumps(one) + "\n" for one in (made if layout == "jsonl" else full)), "utf-8")
    else:
        for lang in PAIR:
            (tmp_path / f"corpus.{lang}").write_text("".join(row[lang] + "\n" for row in rows), encoding="utf-8")
        path = tmp_path / "corpus"
        if layout == "parallel":
            path = Path(",".join(str(tmp_path / f"corpus.{lang}") for lang in turned))
        if layout == "zip":
            path = tmp_path / "corpus.zip"
            with zipfile.ZipFile(path, "w") as archive:
                for lang in PAIR:
                    archive.write(tmp_path / f"corpus.{lang}", f"corpus.{lang}")
    found = [row.pair for row in read_pairs(str(path), PAIR)]
    assert [list(pair.texts) for pair in found] == [list(PAIR)] * 5
    assert [pair.texts for pair in found] == [{lang: row[lang] for lang in PAIR} for row in rows]


def test_files_of_unequal_length_name_the_short_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [tmp_path / f"a.{lang}" for lang in PAIR]
    for path, count in zip(paths, (2, 2, 1), strict=True):
        path.write_text("a\n" * count, encoding="utf-8")
    assert main(["synth", ",".join(map(str, paths)), "-o", str(tmp_path / "out"), "--pair", "en-hi-bn"]) == 2
    line = capsys.readouterr().err.splitlines()[-1]
    assert f"{paths[2]}:2: the file ends here, and {paths[0]} goes on" in line


def test_workers_change_nothing(tmp_path: Path) -> None:
    many = tmp_path / "many.jsonl"
    many.write_text("".join(json.dumps({**row, "id": f"{n}-{row['id']}"}) + "\n" for n in range(8) for row in texts()))
    settings = SynthSettings(pair=PAIR, matrix="all", cmi=(20.0, 45.0), per_pair=2, seed=3)
    for workers in (1, 2):
        run(Source(str(many)), Output(str(tmp_path / f"{workers}.jsonl"), config="c"), settings, workers=workers)
    one, two = ((tmp_path / f"{workers}.jsonl").read_bytes() for workers in (1, 2))
    assert one == two
    assert one.count(b"\n") > 600


def test_a_resumed_run_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cswitch.pipeline.synth.CHUNK", 4)
    whole, half = tmp_path / "whole.jsonl", tmp_path / "half.jsonl"
    arguments = ["synth", str(SAMPLE), "--pair", "en-hi-bn", "--cmi", "35"]
    assert main([*arguments, "-o", str(whole)]) == 0
    commit, committed = Output.commit, []

    def stop(self: Output, *given: object) -> None:
        commit(self, *given)  # type: ignore[arg-type]
        committed.append(given)
        if len(committed) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Output, "commit", stop)
        assert main([*arguments, "-o", str(half)]) == 130
    assert not half.exists()
    assert main([*arguments, "-o", str(half), "--resume"]) == 0
    assert half.read_bytes() == whole.read_bytes()


def test_links_join_the_first_two_languages(tmp_path: Path) -> None:
    """Given links are used for the first two; the third is joined by the lexicon."""
    record = {"en": "zig opens", "hi": "खुलती ज़ग", "bn": "দোকান খোলে", "links": "0-1 1-0"}
    path = tmp_path / "in.jsonl"
    path.write_text(json.dumps(record) + "\n", encoding="utf-8")
    options = ("--matrix", "hi", "--constraint", "none", "--units", "word", "--cmi", "50", "--glue", "none")
    (found,) = synth(path, tmp_path / "out.jsonl", *options)
    assert found.provenance.aligner == "given+lexical"
    assert ("en", 0) in found.origins or ("en", 1) in found.origins


@pytest.fixture
def without_bangla(tmp_path: Path) -> Path:
    """A sentence whose Bangla side says something else."""
    path = tmp_path / "in.jsonl"
    record = {"id": "7", **{lang: texts()[4][lang] for lang in ("en", "hi")}, "bn": "কখনো কখনো এমনই হয়"}
    path.write_text(json.dumps(record) + "\n", encoding="utf-8")
    return path


def test_a_language_without_links_leaves_a_sample_that_does_not_meet(
    without_bangla: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (found,) = synth(without_bangla, tmp_path / "out.jsonl", "--matrix", "hi", "--cmi", "25")
    assert found.measures["cmi"] == 25.0
    assert (found.met, found.languages) == (False, ["hi", "en", "bn"])
    assert "1 sample without all languages of --pair" in capsys.readouterr().err


def test_such_a_pair_is_rejected_where_samples_must_meet(without_bangla: Path, tmp_path: Path) -> None:
    out, rejects = tmp_path / "out.jsonl", tmp_path / "rejects.jsonl"
    options = ["--pair", "en-hi-bn", "--matrix", "hi", "--on-miss", "reject", "--rejects", str(rejects)]
    assert main(["synth", str(without_bangla), "-o", str(out), *options]) == 1
    reject = msgspec.json.decode(rejects.read_bytes(), type=Reject)
    assert reject.reason == "language_unreachable"
    assert reject.detail == "at most 1 of 2 embedded languages can stand in one sentence"


@pytest.mark.parametrize(
    ("row", "reason", "detail"),
    [
        ({"en": "Hello", "hi": "नमस्ते", "bn": " "}, "empty_side", "the bn side"),
        ({"en": "Hello", "hi": "नमस्ते", "bn": "Hello"}, "same_text", "the en and bn sides"),
        ({"en": "12", "hi": "१२ !", "bn": "১২"}, "no_words", "the hi side"),
        ({"en": "Go home", "hi": "घर", "bn": "tumi ekhon jao"}, "wrong_script", "the bn side is written in Latn"),
        ({"en": "one two", "hi": "क ख ग घ", "bn": "ক"}, "too_long", "the hi side has 4 tokens"),
    ],
)
def test_rejects_have_their_reason(row: dict[str, str], reason: str, detail: str, tmp_path: Path) -> None:
    source, out, rejects = (tmp_path / name for name in ("in.jsonl", "out.jsonl", "rejects.jsonl"))
    source.write_text(json.dumps(row) + "\n", encoding="utf-8")
    options = ["--pair", "en-hi-bn", "--rejects", str(rejects), "--max-tokens", "3"]
    assert main(["synth", str(source), "-o", str(out), *options]) == 1
    reject = msgspec.json.decode(rejects.read_bytes(), type=Reject)
    assert (reject.reason, reject.line) == (reason, 1)
    assert reject.detail.startswith(detail)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--cmi", "70"], "with 3 languages CMI lies between 0 and 66.7"),
        (["--matrix", "both"], "choose en, hi, bn or all"),
        (["--aligner", "hybrid"], "--aligner hybrid joins two languages, and the pair names 3"),
        (["--aligner", "given"], "--aligner given joins two languages, and the pair names 3"),
        (["--share", "0.8"], "the matrix language has at least 0.33 of the words"),
        (["--pair", "en-hi-hi"], "--pair en-hi-hi names hi twice"),
        (["--pair", "en-hi-bn-mr-gu-pa-ta"], "is not two to 6 different languages"),
        (["--pair", "en-hi-lb"], "no lexicon joins hi and lb"),
    ],
)
def test_what_cannot_be_meant_is_one_line(
    options: list[str], expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "in.jsonl"
    names = ("en", "hi", "bn", "mr", "gu", "pa", "ta", "lb")
    source.write_text(json.dumps({lang: f"a {lang}" for lang in names}) + "\n")
    pair = [] if "--pair" in options else ["--pair", "en-hi-bn"]
    assert main(["synth", str(source), "-o", str(tmp_path / "out"), *pair, *options]) == 2
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 1
    assert expected in errors[0]


def test_other_commands_say_that_they_take_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["align", str(SAMPLE), "-o", str(tmp_path / "out"), "--pair", "en-hi-bn"]) == 2
    assert "--pair 'en-hi-bn' is not two languages" in capsys.readouterr().err


def test_four_languages(tmp_path: Path) -> None:
    row = {
        "en": "The doctor gave medicine to the children in the school",
        "es": "El médico dio medicina a los niños en la escuela",
        "fr": "Le médecin a donné un médicament aux enfants dans une école",
        "it": "Il medico ha dato la medicina ai bambini nella scuola",
    }
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps(row) + "\n", encoding="utf-8")
    options = ("--cmi", "30", "--per-pair", "3")
    found = synth(source, tmp_path / "out.jsonl", *options, pair="en-es-fr-it")
    assert [sample.matrix for sample in found] == ["es"] * 3
    assert all(set(sample.languages) <= set(sample.langs) for sample in found)
    assert len({sample.text for sample in found}) == 3


def test_the_rest_of_the_house_takes_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made, tagged, roman, kept = (tmp_path / name for name in ("made.jsonl", "tag.jsonl", "rom.jsonl", "kept.jsonl"))
    synth(SAMPLE, made, "--cmi", "40")
    assert main(["tag", str(made), "-o", str(tagged), "--pair", "en-hi-bn"]) == 0
    for line, sample in zip(tagged.read_bytes().splitlines(), samples(made), strict=True):
        assert json.loads(line)["langs"] == sample.langs, "three scripts leave no doubt"
    assert main(["romanise", str(made), "-o", str(roman)]) == 0
    assert all(sample.text.isascii() for sample in samples(roman))
    pairs = ["--pairs", str(SAMPLE), "--pair", "en-hi-bn", "--source-ratio", "0.2-5"]
    assert main(["filter", str(made), "-o", str(kept), "--each-language", "en,hi,bn", *pairs]) == 0
    assert len(samples(kept)) == 18
    out = tmp_path / "exported"
    assert main(["export", str(made), "-o", str(out), "--to", "translation", "--pairs", str(SAMPLE), "--verify"]) == 0
    rows = [json.loads(line) for line in next(out.rglob("*.jsonl")).read_text(encoding="utf-8").splitlines()]
    assert set(rows[0]["translation"]) == {"hi-en-bn", "hi", "en", "bn"}
    capsys.readouterr()
    assert main(["measure", str(made), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["tokens"]
