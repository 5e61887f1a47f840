"""Recipes that ask a language model: their golden examples, and whole runs against a server that is simulated."""

from __future__ import annotations

import asyncio
import json
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

pytest.importorskip("aiohttp", reason="the extra llm is not installed")
pytest.importorskip("openai", reason="the extra llm is not installed")

from cswitch.core.errors import CswitchError
from cswitch.core.measures import cmi
from cswitch.generators.prompting.plan import Planner
from cswitch.generators.prompting.similarity import letter_similarity
from cswitch.generators.recipes.recipe import load_recipe, recipe_names
from cswitch.pipeline.prompt_access import Models
from cswitch.pipeline.prompt_recipes import method_named, methods, with_method
from cswitch.pipeline.prompt_setup import making, settled
from cswitch.pipeline.readers import Row, read_samples
from cswitch.pipeline.tagged import check_sample
from cswitch.schemas.pair import Pair
from cswitch.schemas.prompting import PromptSettings
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample
from tests.cli.conftest import cswitch as cswitch
from tests.generators.prompting.fake_replies import Script
from tests.generators.prompting.fake_server import Server, serving
from tests.generators.prompting.scripted import ScriptedChat
from tests.generators.prompting.sources import aligned, brief_of
from tests.recipes.bilingual_model import Bilingual, sample_pairs

if TYPE_CHECKING:
    from tests.cli.conftest import Cswitch, Done

SAMPLES = files("cswitch.data.samples")
NAMES = [name for name in recipe_names() if load_recipe(name).first.kind == "prompt"]
EXAMPLES = str(SAMPLES / "rude.examples.jsonl")
WITH_EXAMPLES = {"singlish.fewshot.v1": ("--few-shot", EXAMPLES)}


# ---------------------------------------------------------------- golden examples


@pytest.mark.parametrize("name", NAMES)
def test_the_golden_example_comes_true(name: str) -> None:
    recipe = load_recipe(name)
    example = recipe.example
    assert example.answers
    assert example.output
    few_shot = EXAMPLES if name in WITH_EXAMPLES else None
    source = recipe.only("prompt").settings.get("source", "pairs")
    asked = PromptSettings(languages=recipe.languages, source=source)
    settings = settled(with_method(asked, recipe), few_shot)
    chat = ScriptedChat([int(said) if said.isdigit() else said for said in example.answers])
    found = [msgspec.to_builtins(made) for made in made_of(settings, example.input, chat, few_shot)]
    assert len(found) == len(example.output), found
    for made, wanted in zip(found, example.output, strict=True):
        assert fitting(made, wanted) == wanted
        assert made["provenance"]["recipe"] == name
    assert len(chat.asked) == len(example.answers)


def made_of(
    settings: PromptSettings, records: list[dict[str, Any]], chat: ScriptedChat, few_shot: str | None
) -> list[Sample | Reject]:
    """What a run makes of some records, with a model that does as a script says."""
    rows = [Row(number, pair_of(record, settings.languages)) for number, record in enumerate(records, start=1)]
    made: list[Sample | Reject] = []

    async def go(loop: Any, preparer: Any) -> None:
        for item in await preparer.prepare(rows):
            for brief in item.work if isinstance(item.work, tuple) else ():
                outcome = await loop.answer(brief)
                made.append(outcome.sample or outcome.reject)

    with making(settings, few_shot) as maker:
        asyncio.run(go(maker.loop(Models(chat, chat, None)), maker.preparer()))
    return made


def pair_of(record: dict[str, Any], languages: tuple[str, ...]) -> Pair:
    texts = {lang: record[lang] for lang in languages if lang in record}
    return Pair(id=record["id"], texts=texts, labels=record.get("labels", {}))


def fitting(made: Any, wanted: Any) -> Any:
    """The parts of a record that a golden example speaks of; figures to the digits it gives."""
    if isinstance(wanted, dict) and isinstance(made, dict) and wanted:
        return {name: fitting(made.get(name), value) for name, value in wanted.items()}
    return round(made, 4) if isinstance(made, float) else made


# ---------------------------------------------------------------- whole runs


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    return tmp_path


def run(cswitch: Cswitch, server: Server, name: str, *options: object) -> Done:
    recipe = load_recipe(name)
    pair = "-".join(recipe.languages)
    given = [str(SAMPLES / recipe.sample), "--pair", pair, "--model", "fake", "--base-url", server.base_url]
    files_to_write = ["-o", "out.jsonl", "--rejects", "rejects.jsonl", "--patience", 5]
    return cswitch("prompt", *given, "--recipe", name.rpartition(".")[0], *files_to_write, *options)


def samples() -> list[Sample]:
    found = [sample for _, sample in read_samples("out.jsonl")]
    for sample in found:
        check_sample(sample)
        assert sample.measures["cmi"] == pytest.approx(cmi(sample.langs), abs=1e-3)
        assert {sample.languages[0], sample.languages[1]} <= set(sample.langs)
    return found


def model_of(name: str, **changes: Any) -> Bilingual:
    recipe = load_recipe(name)
    matrix = recipe.first.settings.get("matrix", next(lang for lang in recipe.languages if lang != "en"))
    return Bilingual(sample_pairs(recipe.sample, *recipe.languages), str(matrix), **changes)


def test_ezswitch_asks_for_words_at_links_that_cross_none(cswitch: Cswitch) -> None:
    model = model_of("ezswitch.v1")
    with serving(Script(reply=model)) as server:
        done = run(cswitch, server, "ezswitch.v1", "--limit", 16)
    assert done.status == 0, done.err
    found = samples()
    assert len(found) >= 10
    assert {sample.provenance.recipe for sample in found} == {"ezswitch.v1"}
    assert {sample.provenance.prompt for sample in found} <= {"write.wanted.v1", "rewrite.mix.v1"}
    assert {sample.target.cmi for sample in found} == {None}
    assert "edit" not in {sample.provenance.repair for sample in found}
    assert any("Use these English words" in said for said in model.asked)


@pytest.mark.parametrize(("one", "other", "least"), [("en", "es", 190), ("en", "hi", 90)])
def test_wanted_words_stand_at_uncrossed_links_and_nowhere_else(one: str, other: str, least: int) -> None:
    planner = Planner(PromptSettings(languages=(one, other)), "uncrossed", config="c")
    planned = 0
    for pair in aligned(one, other):
        plan = planner.plan(brief_of(pair, cmi=None))
        links = [(link.source, link.target) for link in pair.links if link.confidence >= 0.5]
        free = {pair.source.tokens[i].lower() for i, j in links if not any((a - i) * (b - j) < 0 for a, b in links)}
        assert not plan.sketch
        for kept in plan.keep:
            assert kept.lang == one
            planned += 1
            for span in kept.spans:
                assert {word.lower() for word in span.split()} <= free, (pair.id, span)
    assert planned >= least


def test_noun_prompt_puts_blanks_where_nouns_stand(cswitch: Cswitch) -> None:
    model = model_of("lost-in-the-mix.noun-prompt.v1")
    with serving(Script(reply=model)) as server:
        done = run(cswitch, server, "lost-in-the-mix.noun-prompt.v1", "--limit", 12)
    assert done.status == 0, done.err
    found = samples()
    assert len(found) >= 8
    assert {sample.matrix for sample in found} == {"en"}
    assert any("Hey Camila, are you free on Sunday ____ for a ____ and some ____?" in said for said in model.asked)
    assert "Hey Camila, are you free on Sunday tarde for a café and some chisme?" in [one.text for one in found]


@pytest.mark.parametrize(("options", "asked"), [((), 20.0), (("--cmi", 10), 10.0)])
def test_ratio_prompt_holds_the_share_that_is_asked_for(
    cswitch: Cswitch, options: tuple[object, ...], asked: float
) -> None:
    model = model_of("lost-in-the-mix.ratio-prompt.v1")
    with serving(Script(reply=model)) as server:
        done = run(cswitch, server, "lost-in-the-mix.ratio-prompt.v1", "--limit", 12, *options)
    assert done.status == 0, done.err
    found = samples()
    assert len(found) >= 8
    for sample in found:
        assert sample.target.cmi == asked
        assert sample.matrix == "en"
        assert abs(float(sample.measures["cmi"] or 0) - asked) <= 7


def test_codemixbench_follows_the_cmi_of_a_real_corpus(cswitch: Cswitch) -> None:
    lines = [
        {"tokens": [f"w{n}" for n in range(10)], "langs": ["en"] * embedded + ["hi"] * (10 - embedded)}
        for embedded in (1, 3, 3, 0)
    ]
    Path("real.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    with serving(Script(reply=model_of("codemixbench.synthetic.v1"))) as server:
        done = run(cswitch, server, "codemixbench.synthetic.v1", "--limit", 20, "--like", "real.jsonl")
    assert done.status == 0, done.err
    found = samples()
    assert {sample.target.cmi for sample in found} == {10.0, 30.0}
    for sample in found:
        assert abs(float(sample.measures["cmi"] or 0) - float(sample.target.cmi or 0)) <= 5
        assert sample.provenance.recipe == "codemixbench.synthetic.v1"
    drawn = [sample.target.cmi for sample in found]
    assert drawn.count(30.0) > drawn.count(10.0)


def test_the_file_to_be_like_decides_the_output_and_not_its_name(cswitch: Cswitch) -> None:
    one = PromptSettings(languages=("en", "hi"), cmi=None, like=EXAMPLES)
    Path("copy.jsonl").write_bytes(Path(EXAMPLES).read_bytes())
    from cswitch.pipeline.prompt_input import run_hash

    same = settled(msgspec.structs.replace(one, like="copy.jsonl"))
    assert run_hash(settled(one)) == run_hash(same)
    Path("copy.jsonl").write_bytes(b"\n".join(Path(EXAMPLES).read_bytes().splitlines()[:4]))
    assert run_hash(settled(msgspec.structs.replace(one, like="copy.jsonl"))) != run_hash(same)


def test_switchlingua_judges_and_counts(cswitch: Cswitch) -> None:
    texts = [
        "यार, आज market में tomatoes बहुत महँगे हैं और वो uncle discount भी नहीं दे रहे।",
        "अरे, उस shop में मेरा phone ठीक हो रहा है, एक घंटे का time लगेगा।",
    ]
    turn = iter(texts * 9)
    with serving(Script(reply=lambda messages: next(turn), score=8)) as server:
        done = run(cswitch, server, "switchlingua.v1", "--count", 2, "--near-duplicate", 2, "--cmi", "any")
    assert done.status == 0, done.err
    found = samples()
    assert [sample.scores for sample in found] == [{"fluency": 8.0, "naturalness": 8.0, "culture": 8.0}] * 2
    assert {sample.provenance.recipe for sample in found} == {"switchlingua.v1"}
    assert set(found[0].labels) >= {"topic", "person", "mode"}


def test_singlish_shows_the_best_rated_examples_and_checks_by_translating_back(cswitch: Cswitch) -> None:
    model = model_of("singlish.fewshot.v1", careless=["rude-03"])
    with serving(Script(reply=model)) as server:
        done = run(cswitch, server, "singlish.fewshot.v1", *WITH_EXAMPLES["singlish.fewshot.v1"], "--reprompts", 1)
    assert done.status == 0, done.err
    found = samples()
    rejects = [json.loads(line) for line in Path("rejects.jsonl").read_text(encoding="utf-8").splitlines()]
    lost = [reject for reject in rejects if reject["reason"] == "lost_meaning"]
    assert [reject["source_id"] for reject in lost] == ["rude-03"]
    assert "translated back it reads 'Somebody went somewhere.', similarity 0.0" in lost[0]["detail"]
    assert len(found) + len(rejects) == 10
    for sample in found:
        assert sample.scores["back_translation"] >= 0.3
    writing = [said for said in model.asked if "As people type it:" in said]
    assert all(said.count("<example>") == 4 for said in writing)
    assert any("Read by somebody else, the text does not say what the source says." in said for said in model.asked)
    movie = next(said for said in writing if "What a stupid movie" in said)
    assert "This movie wasted my whole Sunday." in movie
    assert "My brother eats like a pig." not in movie


def test_examples_are_needed_and_need_a_rating(cswitch: Cswitch) -> None:
    with serving(Script(reply="mixer")) as server:
        done = run(cswitch, server, "singlish.fewshot.v1")
        assert done.error.startswith("--shots shows examples, and none are given; add --few-shot FILE")
        Path("bare.jsonl").write_text('{"tokens": ["हाँ", "ok"], "langs": ["hi", "en"]}\n', encoding="utf-8")
        done = run(cswitch, server, "singlish.fewshot.v1", "--few-shot", "bare.jsonl")
        assert done.error.startswith("bare.jsonl:1: field 'rating': no rating; give a number, or a list of them")
        Path("bare.jsonl").write_text('{"tokens": ["ok"], "langs": [], "rating": 1}\n', encoding="utf-8")
        done = run(cswitch, server, "singlish.fewshot.v1", "--few-shot", "bare.jsonl")
        assert done.error.startswith("bare.jsonl:1: field 'langs': 0 tags for 1 tokens")
    assert server.count == 0


# ---------------------------------------------------------------- names and settings


def test_a_method_gives_its_settings_and_the_command_line_wins() -> None:
    asked = PromptSettings(languages=("en", "es"), tolerance=2.0, shots=7)
    found = with_method(asked, load_recipe("lost-in-the-mix.ratio-prompt"), given={"tolerance"})
    assert (found.recipe, found.method, found.cmi) == ("ratio.v1", "lost-in-the-mix.ratio-prompt.v1", (20.0, 20.0))
    assert (found.tolerance, found.shots, found.matrix) == (2.0, 7, "en")
    assert with_method(asked, None) == asked
    other = PromptSettings(languages=("hi", "bn"), cmi=None, like="real.jsonl")
    found = with_method(other, load_recipe("lost-in-the-mix.ratio-prompt"))
    assert (found.matrix, found.cmi, found.tolerance) == ("", None, 7.0)


def test_all_methods_are_known_by_their_families() -> None:
    assert methods() == (
        "codemixbench.synthetic", "ezswitch", "lost-in-the-mix.noun-prompt", "lost-in-the-mix.ratio-prompt",
        "singlish.fewshot", "switchlingua",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("mixx.v1", "unknown recipe 'mixx.v1'; did you mean 'mix.v1'? Known: dialogue.v1,"),
        ("ezswich", "unknown recipe 'ezswich'; did you mean 'ezswitch'? Known: dialogue.v1,"),
        ("ezswitch.v9", "unknown recipe 'ezswitch.v9'; did you mean 'ezswitch'?"),
        ("indorobusta", "recipe indorobusta.v1 is no recipe for prompt alone; its steps: adversarial; run it with"),
        ("none.yaml", "none.yaml: No such file"),
    ],
)
def test_names_that_lead_nowhere(name: str, said: str) -> None:
    with pytest.raises(CswitchError) as caught:
        method_named(name)
    assert str(caught.value).startswith(said)


def test_a_file_is_a_method_where_it_has_steps(folder: Path) -> None:
    text = (files("cswitch.generators.recipes") / "ezswitch.v1.yaml").read_text(encoding="utf-8")
    (folder / "mine.v2.yaml").write_text(text, encoding="utf-8")
    found = method_named("mine.v2.yaml")
    assert found is not None
    assert found.name == "mine.v2"
    (folder / "prompts.yaml").write_text("about: x\nplan: spans\nsources: [pairs]\n", encoding="utf-8")
    assert method_named("prompts.yaml") is None


def test_recipes_of_prompts_keep_their_names(cswitch: Cswitch) -> None:
    model = model_of("ezswitch.v1")
    with serving(Script(reply=model)) as server:
        given = [str(SAMPLES / "en-hi.tsv"), "--pair", "en-hi", "--model", "fake", "--base-url", server.base_url]
        done = cswitch("prompt", *given, "--recipe", "wanted.v1", "--limit", 3, "-o", "out.jsonl")
    assert done.status == 0, done.err
    assert {sample.provenance.recipe for sample in samples()} == {"wanted.v1"}


def test_the_floor_lies_between_texts_that_say_the_same_and_texts_that_do_not() -> None:
    lines = (SAMPLES / "rude.en-hi.tsv").read_text(encoding="utf-8").splitlines()[1:]
    texts = [line.split("\t")[1] for line in lines]
    others = [letter_similarity(one, other) for n, one in enumerate(texts) for other in texts[n + 1 :]]
    said_again = [
        ("Shut up, you idiot, nobody asked you.", "Be quiet idiot, nobody has asked you anything."),
        ("What a stupid movie, I want my money back.", "What a useless film, I want to get my money back."),
        ("Our team played like sleepy goats yesterday.", "Yesterday our team was playing like drowsy goats."),
    ]
    assert max(others) < 0.3 < min(letter_similarity(*pair) for pair in said_again)


def test_a_forecast_counts_translating_back(cswitch: Cswitch) -> None:
    with serving(Script(reply="mixer")) as server:
        options = ("--few-shot", EXAMPLES, "--dry-run", "--json")
        whole = json.loads(run(cswitch, server, "singlish.fewshot.v1", *options).out)["forecast"]
        bare = json.loads(run(cswitch, server, "singlish.fewshot.v1", *options, "--back-translation", 0).out)[
            "forecast"
        ]
    assert (whole["low"]["requests"], bare["low"]["requests"]) == (20, 10)
    assert (whole["high"]["requests"], bare["high"]["requests"]) == (60, 30)
    assert server.count == 0


def test_batches_and_requests_translate_back_alike(cswitch: Cswitch) -> None:
    def go(*options: object) -> Done:
        given = ("--few-shot", EXAMPLES, "--reprompts", 0, "--limit", 4)
        return run(cswitch, server, "singlish.fewshot.v1", *given, *options)

    with serving(Script(reply=model_of("singlish.fewshot.v1", careless=["rude-02"]))) as server:
        assert go().status == 0
        live = samples()
        for name in ("out.jsonl", "rejects.jsonl", "out.jsonl.attempts.jsonl", "out.jsonl.answers.db"):
            Path(name).unlink()
        for _ in range(8):
            go("--batch", "submit")
            done = go("--batch", "collect")
            if Path("out.jsonl").exists():
                break
    assert "4 rows read, 3 answered" in done.err
    assert samples() == live
    assert [sample.source_id for sample in live] == ["rude-01", "rude-03", "rude-04"]
