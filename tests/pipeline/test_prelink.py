from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from cswitch.core.errors import UsageError
from cswitch.pipeline.output import Output
from cswitch.pipeline.prelink import prelinked
from cswitch.pipeline.synth import Source, run, run_hash
from cswitch.pipeline.user_lexicons import checked, lexicon_digest
from cswitch.schemas.sample import Sample
from cswitch.schemas.settings import SynthSettings


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Sentences of a language that no lexicon is shipped for: Georgian, made of a few words."""
    words = {"en": "house dog tree water bread".split(), "ka": "სახლი ძაღლი ხე წყალი პური".split()}
    lines = ["en\tka"]
    for n in range(60):
        chosen = [(n + k * (1 + n // 5)) % 5 for k in range(3)]
        lines.append("\t".join(" ".join(words[lang][k] for k in chosen) for lang in ("en", "ka")))
    path = tmp_path / "pairs.tsv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def samples(path: Path) -> Iterator[Sample]:
    return (msgspec.json.decode(line, type=Sample) for line in path.read_bytes().splitlines())


def synth(source: Source, settings: SynthSettings, out: Path, notes: list[str]) -> list[Sample]:
    with prelinked(source, settings, str(out), notes.append) as (linked, chosen):
        run(linked, Output(str(out), config=run_hash(chosen), force=True), chosen)
    return list(samples(out))


def test_links_of_the_corpus_are_found_first_and_kept_beside_the_output(corpus: Path, tmp_path: Path) -> None:
    settings = SynthSettings(pair=("en", "ka"), aligner="hybrid", cmi=None, constraint="none")
    out, notes = tmp_path / "out.jsonl", list[str]()
    made = synth(Source(str(corpus)), settings, out, notes)
    (links,) = tmp_path.glob("out.jsonl.hybrid-*.links")
    assert len(links.read_text().splitlines()) == 60
    assert notes == [f"links of hybrid are kept in {links}; --links takes them for another run"]
    assert len(made) > 40
    assert {sample.provenance.aligner for sample in made} == {"hybrid"}
    assert all(sample.text[start:end] == token for sample in made for token, (start, end) in zip(sample.tokens, sample.offsets, strict=True))  # fmt: skip  # noqa: E501
    before, stamp = out.read_bytes(), links.stat().st_mtime_ns
    synth(Source(str(corpus)), settings, out, notes)
    assert (out.read_bytes(), links.stat().st_mtime_ns, len(notes)) == (before, stamp, 1)


def test_other_pairs_have_other_links(corpus: Path, tmp_path: Path) -> None:
    settings = SynthSettings(pair=("en", "ka"), aligner="hybrid")
    out = tmp_path / "out.jsonl"
    synth(Source(str(corpus)), settings, out, [])
    corpus.write_text(corpus.read_text(encoding="utf-8").replace("dog", "cat"), encoding="utf-8")
    synth(Source(str(corpus)), settings, out, [])
    assert len(list(tmp_path.glob("*.links"))) == 2
    assert list(tmp_path.glob("*.part")) == []


def test_auto_lets_the_corpus_speak_where_there_is_no_lexicon_and_says_so(corpus: Path, tmp_path: Path) -> None:
    notes: list[str] = []
    with prelinked(Source(str(corpus)), SynthSettings(pair=("en", "ka")), str(tmp_path / "o"), notes.append) as (_, s):
        assert s.aligner == "hybrid"
    assert notes[0].startswith("--aligner auto takes hybrid: ")
    pairs = tmp_path / "few.tsv"
    pairs.write_text("en\tes\nMy house\tMi casa\n", encoding="utf-8")
    few = SynthSettings(pair=("en", "es"))
    with prelinked(Source(str(pairs)), few, str(tmp_path / "o"), notes.append) as (source, settings):
        assert (source, settings) == (Source(str(pairs)), few)
    linked = tmp_path / "linked.tsv"
    linked.write_text("en\tka\tlinks\nwater\tწყალი\t0-0\n", encoding="utf-8")
    with prelinked(Source(str(linked)), SynthSettings(pair=("en", "ka")), "-", notes.append) as (_, settings):
        assert settings.aligner == "auto"
    assert len(notes) == 2


def test_standard_input_can_be_read_once_only() -> None:
    settings = SynthSettings(pair=("en", "es"), aligner="hybrid")
    with pytest.raises(UsageError, match="standard input can be read once"), prelinked(Source("-"), settings, "-"):
        pass


def test_links_given_twice(corpus: Path) -> None:
    settings = SynthSettings(pair=("en", "ka"), aligner="hybrid")
    source = Source(str(corpus), links="links.txt")
    with pytest.raises(UsageError, match="--links is of no use with --aligner hybrid"), prelinked(source, settings, ""):
        pass


def test_broken_lines_of_a_lexicon_are_named(tmp_path: Path) -> None:
    path, notes = tmp_path / "mine.tsv", list[str]()
    good = "".join(f"word{n}\tpalabra{n}\n" for n in range(100))
    path.write_text(f"{good}broken\n{good}", encoding="utf-8")
    assert checked([str(path)], notes.append) == (path,)
    assert len(notes) == 1
    assert notes[0].startswith(f"{path}: 1 broken lines are passed over (line 101: ")


def test_the_digest_of_a_lexicon_is_that_of_its_words(tmp_path: Path) -> None:
    one, other = tmp_path / "one.tsv", tmp_path / "other.tsv"
    one.write_text("a\tb\n")
    other.write_text("a\tb\n")
    assert lexicon_digest((str(one),)) == lexicon_digest((str(other),)) != ""
    settings = SynthSettings(pair=("en", "es"), lexicons=(str(one),))
    assert run_hash(settings) == run_hash(msgspec.structs.replace(settings, lexicons=(str(other),)))
    other.write_text("a\tc\n")
    assert run_hash(settings) != run_hash(msgspec.structs.replace(settings, lexicons=(str(other),)))
    with pytest.raises(UsageError, match="--lexicon nowhere: No such file"):
        lexicon_digest(("nowhere",))
