from __future__ import annotations

import gc
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cswitch import data
from cswitch.core.errors import CswitchError, InputError, UsageError
from cswitch.pipeline import synth as module
from cswitch.pipeline.checks import check
from cswitch.pipeline.output import Output
from cswitch.pipeline.synth import Source, Summary, check_finished, observe, run
from cswitch.pipeline.synthesiser import START, Chunk, Synthesiser, checksum, run_hash
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample
from cswitch.schemas.settings import SynthSettings

SAMPLES = Path(data.__path__[0]) / "samples"
EN_ES = SAMPLES / "en-es.tsv"
SETTINGS = SynthSettings(pair=("en", "es"))


class Stopped(Exception):
    pass


def output(folder: Path, **options: Any) -> Output:
    return Output(
        str(folder / "out.jsonl"), rejects=str(folder / "rejects.jsonl"), config=run_hash(SETTINGS), **options
    )


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix != ".tsv"}


def stopped(folder: Path, after: int, source: Source | str = str(EN_ES)) -> None:
    """A run that ends when so many pairs are safe."""

    def progress(pairs: int, _: int) -> None:
        if pairs >= after:
            raise Stopped

    with pytest.raises(Stopped):
        run(source, output(folder), SETTINGS, progress=progress)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], Summary]:
    folder = tmp_path_factory.mktemp("whole")
    summary = run(str(EN_ES), output(folder), SETTINGS)
    return contents(folder), summary


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", 32)


# ---------------------------------------------------------------- what a run gives


def test_the_summary_counts_what_was_written(whole: tuple[dict[str, bytes], Summary]) -> None:
    files, summary = whole
    samples = [msgspec.json.decode(line, type=Sample) for line in files["out.jsonl"].splitlines()]
    rejects = [msgspec.json.decode(line, type=Reject) for line in files["rejects.jsonl"].splitlines()]
    assert summary.pairs == 200 == summary.answered + len(rejects)
    assert summary.samples == len(samples) == summary.answered
    assert summary.met == sum(sample.met for sample in samples)
    errors = [abs(float(sample.measures["cmi"] or 0) - 25) for sample in samples]
    assert summary.mean_cmi_error == pytest.approx(sum(errors) / len(errors), abs=1e-4)
    assert sum(summary.rejects.values()) == len(rejects)
    assert set(summary.rejects) == set(summary.examples) == {reject.reason for reject in rejects}
    assert not summary.already_complete


def test_samples_stand_in_the_order_of_the_input(whole: tuple[dict[str, bytes], Summary]) -> None:
    names = [line.split("\t")[0] for line in EN_ES.read_text(encoding="utf-8").splitlines()[1:]]
    samples = [json.loads(line) for line in whole[0]["out.jsonl"].splitlines()]
    rejects = [json.loads(line) for line in whole[0]["rejects.jsonl"].splitlines()]
    rejected = {reject["source_id"] for reject in rejects}
    assert [sample["source_id"] for sample in samples] == [name for name in names if name not in rejected]
    assert [reject["source_id"] for reject in rejects] == [name for name in names if name in rejected]
    assert all(names[reject["line"] - 2] == reject["source_id"] for reject in rejects)


def test_a_chunk_does_not_decide_what_is_made(
    whole: tuple[dict[str, bytes], Summary], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 77)
    run(str(EN_ES), output(tmp_path), SETTINGS)
    assert contents(tmp_path) == whole[0]


def test_a_run_leaves_the_garbage_collector_as_it_was(tmp_path: Path) -> None:
    before = gc.get_threshold()
    run(Source(str(EN_ES), limit=3), output(tmp_path), SETTINGS)
    assert gc.get_threshold() == before


def test_progress_tells_what_is_safe(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    run(Source(str(EN_ES), limit=70), output(tmp_path), SETTINGS, progress=lambda *now: seen.append(now))
    assert [pairs for pairs, _ in seen] == [0, 32, 64, 70]
    assert seen[-1][1] == len(contents(tmp_path)["out.jsonl"].splitlines())


# ---------------------------------------------------------------- stopping and going on


@given(stops=st.lists(st.integers(1, 199), min_size=1, max_size=3).map(sorted))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_resumed_run_gives_the_same_bytes(
    whole: tuple[dict[str, bytes], Summary], tmp_path_factory: pytest.TempPathFactory, stops: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("resumed")
    stopped(folder, stops[0])
    for after in stops[1:]:

        def progress(pairs: int, _: int, after: int = after) -> None:
            if pairs >= after:
                raise Stopped

        with pytest.raises(Stopped):
            run(str(EN_ES), output(folder, resume=True), SETTINGS, progress=progress)
    summary = run(str(EN_ES), output(folder, resume=True), SETTINGS)
    assert contents(folder) == whole[0]
    wanted = whole[1]
    assert (summary.pairs, summary.answered, summary.samples, summary.met, summary.rejects) == (
        wanted.pairs, wanted.answered, wanted.samples, wanted.met, wanted.rejects,
    )  # fmt: skip
    assert summary.mean_cmi_error == wanted.mean_cmi_error


def test_the_same_pairs_elsewhere_are_the_same_input(whole: tuple[dict[str, bytes], Summary], tmp_path: Path) -> None:
    moved = tmp_path / "moved.tsv"
    header, *lines = EN_ES.read_text(encoding="utf-8").splitlines()
    turned = [header, *lines]
    moved.write_text(
        "\n".join("\t".join(line.split("\t")[place] for place in (3, 0, 2)) for line in turned) + "\r\n",
        encoding="utf-8",
    )
    stopped(tmp_path, 40)
    run(str(moved), output(tmp_path, resume=True), SETTINGS)
    assert contents(tmp_path) == whole[0]


@pytest.mark.parametrize("change", ["text", "id", "order", "shorter"])
def test_other_pairs_are_another_input(tmp_path: Path, change: str) -> None:
    header, *lines = EN_ES.read_text(encoding="utf-8").splitlines()
    if change == "text":
        lines[10] = lines[10].replace("e", "é", 1)
    elif change == "id":
        lines[10] = "x" + lines[10]
    elif change == "order":
        lines[10], lines[11] = lines[11], lines[10]
    else:
        del lines[20:]
    other = tmp_path / "other.tsv"
    other.write_text("\n".join([header, *lines]), encoding="utf-8")
    stopped(tmp_path, 40)
    before = contents(tmp_path)
    with pytest.raises(UsageError, match="does not begin with the 64 pairs that are done"):
        run(str(other), output(tmp_path, resume=True), SETTINGS)
    assert contents(tmp_path) == before


def test_what_comes_after_the_pairs_that_are_done_may_change(tmp_path: Path) -> None:
    lines = EN_ES.read_text(encoding="utf-8").splitlines()
    source = tmp_path / "pairs.tsv"
    broken = [*lines[:50], lines[50].replace("\t", " ", 1), *lines[51:]]
    source.write_text("\n".join(broken), encoding="utf-8")
    with pytest.raises(InputError, match=r"pairs\.tsv:51: 3 columns where the header names 4"):
        run(str(source), output(tmp_path), SETTINGS)
    assert sorted(contents(tmp_path)) == ["out.jsonl.part", "out.jsonl.state", "rejects.jsonl.part"]
    source.write_text("\n".join([*lines, lines[1].replace("en-es-001", "more")]), encoding="utf-8")
    summary = run(str(source), output(tmp_path, resume=True), SETTINGS)
    assert summary.pairs == 201
    assert contents(tmp_path)["out.jsonl"].splitlines()[-1].startswith(b'{"id":"more.0"')


def test_a_limit_below_what_is_done_is_refused(tmp_path: Path) -> None:
    stopped(tmp_path, 60)
    with pytest.raises(UsageError, match="--limit 50 is less than the 64 pairs that are done"):
        run(Source(str(EN_ES), limit=50), output(tmp_path, resume=True), SETTINGS)


def test_a_finished_run_is_known_by_its_first_pairs(tmp_path: Path, whole: tuple[dict[str, bytes], Summary]) -> None:
    out = tmp_path / "out.jsonl"
    out.write_bytes(whole[0]["out.jsonl"])
    check_finished(str(out), Source(str(EN_ES)), SETTINGS)
    other = tmp_path / "other.tsv"
    other.write_text(EN_ES.read_text(encoding="utf-8").replace("Camila", "Lucía"), encoding="utf-8")
    with pytest.raises(UsageError, match="is complete, and was made from another input"):
        check_finished(str(out), Source(str(other)), SETTINGS)


# ---------------------------------------------------------------- rows that cannot be used


def test_rows_before_a_faulty_one_are_kept(tmp_path: Path) -> None:
    lines = EN_ES.read_text(encoding="utf-8").splitlines()
    links = tmp_path / "links.txt"
    links.write_text("\n".join(["0-0"] * 45 + ["0-99"] + ["0-0"] * 154) + "\n")
    seen: list[int] = []
    with pytest.raises(InputError) as caught:
        run(
            Source(str(EN_ES), links=str(links)), output(tmp_path), SETTINGS,
            progress=lambda pairs, _: seen.append(pairs),
        )  # fmt: skip
    assert str(caught.value).startswith(f"{links}:46: pair '{lines[46].split(chr(9))[0]}': link 0-99 is out of range")
    assert seen == [0, 32, 45]


def test_a_fault_stops_a_chunk_at_its_row() -> None:
    from cswitch.pipeline.readers import Row
    from cswitch.schemas.pair import Pair

    def row(number: int, links: list[tuple[int, int]] | None) -> Row:
        return Row(number, Pair(id=str(number), texts={"en": "My house", "es": "Mi casa"}, links=links))

    rows = [row(1, None), row(2, [(0, 0), (1, 1)]), row(3, [(5, 5)]), row(4, [(7, 7)])]
    done = Synthesiser(SETTINGS)(Chunk(rows, START, checksum(rows)))
    assert (done.pairs, done.sample_count) == (2, 2)
    assert done.fault is not None
    assert done.fault.line == 3
    assert done.checksum == checksum(rows[:2])


@pytest.mark.parametrize("name", ["links", "aligner"])
def test_links_and_aligner_must_agree(name: str, tmp_path: Path) -> None:
    lexical = SynthSettings(pair=("en", "es"), aligner="lexical")
    with pytest.raises(UsageError, match="--links is of no use with --aligner lexical"):
        run(Source(str(EN_ES), links=name), output(tmp_path), lexical)
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------- settings


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"matrix": "fr"}, "--matrix fr is not a language of the pair; choose en, es or both"),
        ({"cmi": (400.0, 400.0)}, "--cmi 400 cannot be reached; with two languages CMI lies between 0 and 50"),
        ({"cmi": (-5.0, 20.0)}, "--cmi -5-20 cannot be reached"),
        ({"cmi": (40.0, 20.0)}, "--cmi 40-20 runs from high to low; write 20-40"),
        ({"cmi": (float("nan"), float("nan"))}, "--cmi nan-nan cannot be reached"),
        ({"tolerance": -1.0}, "--tolerance -1 is no distance; give points of CMI, such as 3"),
        ({"tolerance": float("nan")}, "--tolerance nan is no distance"),
        ({"tolerance": float("inf")}, "--tolerance inf is no distance"),
        ({"switches": 0}, "--switches 0 is too small; choose 1 or more"),
        ({"per_pair": 0}, "--per-pair 0 is too small; choose 1 or more"),
        ({"per_pair": 1001}, "--per-pair 1001 is too large; choose 1000 or less"),
        ({"min_confidence": 1.5}, "--min-confidence 1.5 is no confidence; choose 0 to 1"),
        ({"max_tokens": 0}, "--max-tokens 0 is too small; choose 1 or more"),
        ({"seed": 2**64}, "--seed 18446744073709551616 is too large"),
        ({"aligner": "lexcal"}, "unknown aligner 'lexcal'; did you mean 'lexical'? Known: auto, eflomal, "),
    ],
)
def test_settings_that_cannot_be_meant(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        check(msgspec.structs.replace(SETTINGS, **wrong))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "fine",
    [{"matrix": "both"}, {"cmi": None}, {"cmi": (0.0, 50.0)}, {"tolerance": 0.0}, {"seed": -7}, {"aligner": "given"}],
)
def test_settings_that_can_be_meant(fine: dict[str, Any]) -> None:
    meant = msgspec.structs.replace(SETTINGS, **fine)
    check(meant)
    assert run_hash(meant) != run_hash(SETTINGS)


def test_the_hash_knows_what_decides_the_output() -> None:
    like = SynthSettings(pair=("en", "es"), like="a.tsv", cmi=None)
    elsewhere = msgspec.structs.replace(like, like="b.tsv")
    observed = ((20.0, 2), (30.0, 4))
    assert run_hash(like, observed) == run_hash(elsewhere, observed)
    assert len({run_hash(SETTINGS), run_hash(like, observed), run_hash(like, observed[:1])}) == 3


# ---------------------------------------------------------------- real text to follow


def test_what_is_observed_are_the_mixed_utterances(tmp_path: Path) -> None:
    real = tmp_path / "real.tsv"
    real.write_text("hola\tes\n\nmy\ten\ncasa\tes\n!\tother\n\na\ten\nb\tes\nc\ten\nd\ten\n")
    assert observe(str(real)) == ((50.0, 1), (25.0, 2))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hola\tes\n\nhi\ten\n", "none of its 2 utterances mixes languages; give real code-mixed text"),
        ("hola\tes\nhi\tin English\n", "utterance 1: 'in English' is not a language tag"),
        ("", "the file is empty"),
    ],
)
def test_what_cannot_be_followed_is_told(tmp_path: Path, text: str, message: str) -> None:
    real = tmp_path / "real.tsv"
    real.write_text(text)
    with pytest.raises(CswitchError) as caught:
        observe(str(real))
    assert str(caught.value).startswith(f"{real}: {message}")
    assert caught.value.exit_status == 2
