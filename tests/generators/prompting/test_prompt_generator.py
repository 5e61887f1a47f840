"""The generator for users of Python: pairs or briefs in, samples or a named reason out."""

from __future__ import annotations

import asyncio
import threading

import msgspec
import pytest

from cswitch.annotators.lid.compact import CompactTagger
from cswitch.generators.prompting.contracts import Brief, Request, StopRun
from cswitch.generators.prompting.generator import PromptGenerator
from cswitch.generators.switching.generator import SwitchGenerator
from cswitch.schemas.prompting import PromptSettings
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample
from cswitch.schemas.settings import SynthSettings
from tests.generators.prompting.scripted import Said, ScriptedChat, ScriptedPrompter, nothing
from tests.generators.prompting.sources import aligned

SETTINGS = PromptSettings(languages=("en", "es"), cmi=(20.0, 20.0))
PAIRS = {pair.id: pair for pair in aligned("en", "es")[:12]}


def written(request: Request) -> Said:
    """What the lattice makes of the pair that a request names; for another answer, at another CMI."""
    pair_id, _, draw = request.messages[0].content.split()[0].rpartition(".")
    cmi = 20.0 + 3 * (request.attempt + int(draw))
    made = SwitchGenerator(SynthSettings(pair=("en", "es"), cmi=(cmi, cmi))).generate(PAIRS[pair_id])
    return "nada" if isinstance(made, Reject) else made[0].text


def generator_of(script: object = written, settings: PromptSettings = SETTINGS) -> PromptGenerator:
    chat = ScriptedChat(script)  # type: ignore[arg-type]
    return PromptGenerator(settings, chat=chat, tagger=CompactTagger.load(), prompter=ScriptedPrompter())


def made_of(generator: PromptGenerator) -> list[list[Sample] | Reject]:
    return [generator.generate(pair, {"topic": "chat"}) for pair in PAIRS.values()]


def test_pairs_give_samples_that_hold_what_they_say() -> None:
    with generator_of() as generator:
        found = made_of(generator)
    samples = [sample for made in found if not isinstance(made, Reject) for sample in made]
    assert len(samples) >= 8
    for sample in samples:
        assert [sample.text[start:end] for start, end in sample.offsets] == sample.tokens
        assert abs(float(sample.measures["cmi"] or 0) - 20) <= 5
        assert (sample.labels, sample.languages, sample.matrix) == ({"topic": "chat"}, ["es", "en"], "es")
        assert msgspec.json.decode(msgspec.json.encode(sample), type=Sample) == sample


def test_the_same_settings_give_the_same_samples() -> None:
    with generator_of() as one, generator_of() as other:
        assert made_of(one) == made_of(other)


def test_all_calls_share_one_event_loop_of_their_own() -> None:
    seen = set()

    def note(request: Request) -> Said:
        seen.add((id(asyncio.get_running_loop()), threading.current_thread().name))
        return written(request)

    with generator_of(note) as generator:
        made_of(generator)
    assert len(seen) == 1
    assert {name for _, name in seen} == {"cswitch-prompt"}
    assert "cswitch-prompt" not in {thread.name for thread in threading.enumerate()}


def test_it_can_be_called_where_a_loop_runs_and_awaited() -> None:
    pair = next(iter(PAIRS.values()))

    async def both() -> tuple[object, object]:
        with generator_of() as one:
            return one.generate(pair), await generator_of().agenerate(pair)

    one, other = asyncio.run(both())
    assert one == other


def test_draws_are_of_their_own_and_repeats_are_asked_for_again() -> None:
    settings = msgspec.structs.replace(SETTINGS, per_pair=2, cmi=(10.0, 30.0), tolerance=8.0)
    with generator_of(settings=settings) as generator:
        pair = next(iter(PAIRS.values()))
        briefs = generator.briefs(pair)
        first = generator.generate(pair)
        again = generator.generate(pair)
    assert [brief.name for brief in briefs] == [f"{pair.id}.0", f"{pair.id}.1"]
    assert briefs[0].cmi != briefs[1].cmi
    assert all(brief.cmi is not None and 10 <= brief.cmi <= 30 for brief in briefs)
    texts = [sample.text for made in (first, again) if not isinstance(made, Reject) for sample in made]
    assert len(set(texts)) == len(texts) > 0


def test_a_text_that_only_repeats_is_rejected() -> None:
    brief = Brief(id="1", languages=("es", "en"), cmi=None, tolerance=5)
    with generator_of(lambda request: "El meeting es mañana a las nueve") as generator:
        assert isinstance(generator.generate(brief), list)
        made = generator.generate(msgspec.structs.replace(brief, id="2"))
    assert isinstance(made, Reject)
    assert (made.reason, made.source_id) == ("near_duplicate", "2")
    assert "repeats 1.0" in made.detail


def test_a_brief_without_a_source_keeps_its_cell() -> None:
    brief = Brief(id="g", languages=("es", "en"), cmi=None, tolerance=5, cell={"topic": "work"}, labels={"a": 1})
    with generator_of(["El meeting es mañana a las nueve"]) as generator:
        made = generator.generate(brief, {"b": 2})
    assert isinstance(made, list)
    assert made[0].labels == {"topic": "work", "a": 1, "b": 2}
    assert made[0].provenance.aligner is None


def test_reasons_and_errors_come_through() -> None:
    pair = next(iter(PAIRS.values()))
    with generator_of([nothing("refused"), StopRun("the budget is spent")]) as generator:
        made = generator.generate(pair)
        assert isinstance(made, Reject)
        assert made.reason == "refused"
        with pytest.raises(StopRun, match="budget"):
            generator.generate(pair)


def test_the_recipe_of_the_settings_is_used_when_no_prompter_is_given() -> None:
    pytest.importorskip("jinja2")
    chat = ScriptedChat(lambda request: "nada")
    with PromptGenerator(SETTINGS, chat=chat, tagger=CompactTagger.load()) as generator:
        made = generator.generate(next(iter(PAIRS.values())))
    assert isinstance(made, Reject)
    assert [request.prompt.partition(".")[0] for request in chat.asked] == ["write", "rewrite", "rewrite"]
