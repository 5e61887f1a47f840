"""The parts of a run of ``prompt``, chosen and checked by its settings before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from cswitch.annotators.pos.windowed import languages as pos_languages
from cswitch.core.contracts import PosTagger, Tagger, Translator
from cswitch.core.digests import contents_digest, pieces
from cswitch.core.errors import InputError, UsageError
from cswitch.core.lexicon import Lexicon, route
from cswitch.core.registry import load
from cswitch.core.specs import COMPACT, parse_tagger
from cswitch.generators.prompting.agents import Prompts
from cswitch.generators.prompting.back import BackByModel, BackByTranslator, Returning, back_prompt
from cswitch.generators.prompting.checks import Checks
from cswitch.generators.prompting.duplicates import RunTexts
from cswitch.generators.prompting.editing import AlignmentEditor
from cswitch.generators.prompting.few_shot import Examples
from cswitch.generators.prompting.loop import Loop
from cswitch.generators.prompting.measuring import TextMeasurer
from cswitch.generators.prompting.monotony import Monotony
from cswitch.generators.prompting.plan import Planner
from cswitch.generators.prompting.recipes import load_recipe
from cswitch.generators.translating.llm import prompt_of
from cswitch.generators.translating.named import make_translator, needs_chat, parse_spec
from cswitch.pipeline.aligners import AUTO, GIVEN
from cswitch.pipeline.lines import open_bytes
from cswitch.pipeline.prelink import prelinked
from cswitch.pipeline.prompt_access import Models
from cswitch.pipeline.prompt_checks import check, highest_cmi
from cswitch.pipeline.prompt_examples import read_rated
from cswitch.pipeline.prompt_input import Preparer, run_hash, synth_settings
from cswitch.pipeline.prompt_source import Note, PromptSource
from cswitch.pipeline.source import Source
from cswitch.pipeline.synth import observe
from cswitch.pipeline.tagged import read_tagged
from cswitch.pipeline.taggers import opened_tagger
from cswitch.schemas.prompting import Finding, PromptSettings
from cswitch.schemas.sample import Sample

_decode = msgspec.json.Decoder(Sample).decode

SHOTS = 3
"""Examples shown in a request when a file of them is given and no number."""
TRANSLATOR = "llm"
"""What translates text in one language when nothing is said."""
_RECIPES = {"grid": "grid.v1", "pairs": "mix.v1", "text": "mix.v1"}
_DIALOGUE = "dialogue.v1"


def settled(settings: PromptSettings, few_shot: str | None = None) -> PromptSettings:
    """Settings with what was left open: the recipe with its digest, the digest of the examples, the translator.

    Args:
        settings: As the user gave them; an empty recipe stands for the one that fits the source.
        few_shot: Path of a tagged file of mixed text.

    Raises:
        UsageError: They cannot be meant, or the recipe does not fit them.
        InputError: The recipe, one of its prompts or the file of examples cannot be read.

    >>> settled(PromptSettings(languages=("en", "hi"), recipe="")).recipe
    'mix.v1'
    """
    if settings.turns > 1 and settings.source != "grid" and not settings.recipe:
        hint = "use --grid everyday.v1 --count N, or --recipe with one of your own that has a dialogue"
        raise UsageError(
            "--turns asks for a dialogue, and the recipes that come along write those from a grid", hint=hint
        )
    usual = _DIALOGUE if settings.turns > 1 else _RECIPES[settings.source]
    settings = msgspec.structs.replace(settings, recipe=settings.recipe or usual)
    if settings.source == "text":
        settings = msgspec.structs.replace(settings, translator=settings.translator or TRANSLATOR)
        settings = msgspec.structs.replace(settings, translator_digest=_translating(settings.translator))
    if few_shot is None and settings.shots:
        raise UsageError("--shots shows examples, and none are given", hint="add --few-shot FILE, of real mixed text")
    if few_shot is None and settings.shots_by == "rating":
        raise UsageError("--shots-by rating chooses among examples, and none are given", hint="add --few-shot FILE")
    check(settings)
    recipe = load_recipe(settings.recipe)
    recipe.check(settings)
    return msgspec.structs.replace(
        settings,
        recipe_digest=recipe.digest,
        judges=settings.judges or tuple(recipe.judges),
        shots_digest="" if few_shot is None else _digest(few_shot),
        like_digest=_digest(settings.like) if settings.like else "",
        back_translator=settings.back_translator or (TRANSLATOR if settings.back_translation else ""),
        back_digest=back_prompt().digest if asks_back(settings) else "",
    )


def prompts(settings: PromptSettings, config: str, few_shot: str | None = None) -> Prompts:
    """The prompter of a run.

    Args:
        settings: From :func:`settled`.
        config: What random choices depend on.
        few_shot: Path of a tagged file of mixed text.

    Raises:
        InputError: The file of examples cannot be read, or its tags do not fit the languages.
    """
    recipe = load_recipe(settings.recipe)
    planner = Planner(settings, recipe.plan, constraint=recipe.constraint, config=config, third=_third(settings))
    return Prompts(settings, recipe, planner=planner, examples=_examples(settings, few_shot), config=config)


class Accepted:
    """The accepted texts of a run, as the window looks them up.

    Args:
        near_duplicate: Similarity from which on a text is a repeat.
    """

    def __init__(self, near_duplicate: float) -> None:
        self._texts = RunTexts(near_duplicate)

    def find(self, sample: Sample) -> Finding | None:
        """What a text repeats, as a finding."""
        found = self._texts.duplicate_of(sample.text)
        return None if found is None else Finding("near_duplicate", f"repeats {found}")

    def add(self, sample: Sample) -> None:
        """Takes in an accepted text."""
        self._texts.add(sample.id, sample.text)


class Maker:
    """What makes the texts of a run: everything but the models.

    Args:
        settings: From :func:`settled`.
        tagger: Measures texts.
        few_shot: Path of a tagged file of mixed text.
        device: Device of a translator that runs a model.

    Raises:
        UsageError: The tagger or the aligner does not know a language, or a part of the settings is unknown.
        InputError: A file cannot be read.
        MissingExtraError: Something needs an extra.
    """

    def __init__(
        self, settings: PromptSettings, tagger: Tagger, few_shot: str | None = None, device: str | None = None
    ) -> None:
        tagger.tag([["a"]], settings.languages)  # tells of a language that it does not know
        self.settings, self.config = settings, run_hash(settings)
        # What is asked depends on the seed and on what stands in the request alone: a setting of a later stage changes
        # no request, so that what was paid for before it was changed serves again.
        drawn = f"seed {settings.seed}"
        self.prompts = prompts(settings, drawn, few_shot)
        self.repeats, self.words = Accepted(settings.near_duplicate), Monotony(_pos_taggers(settings))
        self._lexicons = tuple(map(Path, settings.lexicons))
        self.measurer, self.checker = TextMeasurer(tagger, settings), Checks(settings)
        self.editor = AlignmentEditor(settings, config=drawn)
        self._preparer = Preparer(settings, drawn, observed=_observed(settings))
        self._back: Returning | None = None
        if settings.back_translation and not asks_back(settings):
            self._back = BackByTranslator(make_translator(settings.back_translator, lexicons=self._lexicons))
        if settings.source == "text" and not needs_chat(settings.translator):
            self._preparer.translator = make_translator(
                settings.translator, lexicons=self._lexicons, device=device if _runs_a_model(settings) else None
            )

    def take_up(self, lines: Iterable[bytes]) -> None:
        """Takes in the texts that an earlier run has accepted.

        Args:
            lines: Samples as JSON.
        """
        for line in lines:
            sample = _decode(line)
            self.repeats.add(sample)
            self.words.add(sample)

    def loop(self, models: Models) -> Loop:
        """The loop of proposing, measuring and repairing, with models to ask."""
        return Loop(
            self.settings,
            chat=models.writer,
            judge_chat=models.judge,
            prompter=self.prompts,
            measurer=self.measurer,
            checker=self.checker,
            editor=self.editor,
            back=BackByModel(models.judge) if asks_back(self.settings) else self._back,
            config=self.config,
        )

    def preparer(self, translator: Translator | None = None) -> Preparer:
        """What turns rows into briefs.

        Args:
            translator: Translates text in one language, where the settings name one that asks a model.
        """
        if translator is not None:
            self._preparer.translator = translator
        return self._preparer

    def translator(self, models: Models) -> Translator | None:
        """The translator that asks a model; None where none is needed."""
        if self.settings.source != "text" or not needs_chat(self.settings.translator):
            return None
        return make_translator(self.settings.translator, chat=models.writer, lexicons=self._lexicons)


@contextmanager
def making(settings: PromptSettings, few_shot: str | None = None, device: str | None = None) -> Iterator[Maker]:
    """What makes the texts of a run; its tagger is closed at the end.

    Args:
        settings: From :func:`settled`.
        few_shot: Path of a tagged file of mixed text.
        device: Device of the tagger and the translator, those of them that run a model.

    Raises:
        UsageError: A device is named, and neither runs a model.
    """
    alone = _runs_a_model(settings) and parse_tagger(settings.tagger).name == COMPACT
    with opened_tagger(settings.tagger, {"device": None if alone else device}) as tagger:
        yield Maker(settings, tagger, few_shot, device)


@contextmanager
def linked(
    source: PromptSource, settings: PromptSettings, output: str, note: Note | None = None
) -> Iterator[tuple[PromptSource, PromptSettings]]:
    """Source and settings of a run, with the links of its corpus where its aligner learns from it.

    Args:
        source: The input.
        settings: From :func:`settled`.
        output: Where samples go.
        note: Called with one line about what was chosen and where links are kept.

    Raises:
        UsageError: Links are given that would not be used, or the aligner cannot work on the pair.
    """
    if settings.source != "pairs":
        yield source, settings
        return
    pairs = Source(source.path, source.links, source.fmt, source.pretokenised, source.limit)
    with prelinked(pairs, synth_settings(settings), output, note) as (given, chosen):
        if given.links is not None and given.links == source.links and chosen.aligner not in (AUTO, GIVEN):
            hint = "leave out one of the two"
            raise UsageError(f"--links is of no use with --aligner {chosen.aligner}", hint=hint)
        yield source._replace(links=given.links), msgspec.structs.replace(settings, aligner=chosen.aligner)


def _pos_taggers(settings: PromptSettings) -> dict[str, PosTagger]:
    """What tells the parts of speech, for each language that has a tagger of them."""
    known = pos_languages()
    return {lang: load("pos", "windowed").load(lang) for lang in settings.languages if lang in known}


def _third(settings: PromptSettings) -> Lexicon | None:
    """A lexicon from the embedded to the third language, where three are mixed and there is one."""
    if len(settings.languages) < 3:
        return None
    _, embedded, third = settings.ordered
    return Lexicon.load(embedded, third) if route(embedded, third) else None


def _examples(settings: PromptSettings, few_shot: str | None) -> Examples | None:
    if few_shot is None:
        return None
    rated = settings.shots_by == "rating"
    made: Callable[..., Examples] = Examples if rated else Examples.of_tokens
    items: Iterable[Any] = read_rated(few_shot) if rated else _tagged(few_shot)
    return made(
        items,
        languages=settings.ordered,
        wanted=settings.shots,
        path=few_shot,
        script=settings.script,
    )


def _tagged(path: str) -> Iterator[tuple[list[str], list[str]]]:
    return ((tagged.tokens, tagged.langs) for tagged in read_tagged(path))


def _observed(settings: PromptSettings) -> list[float]:
    """The CMIs of the mixed texts of a file, those that so many languages can have.

    Raises:
        InputError: The file cannot be read, or none of its texts mixes languages.
    """
    if not settings.like:
        return []
    most = highest_cmi(len(settings.languages))
    found = [cmi for cmi, _ in observe(settings.like) if cmi <= most]
    if not found:
        message = (
            f"none of its texts has a CMI up to {most:.1f}, the most that {len(settings.languages)} languages have"
        )
        raise InputError(message, path=settings.like, hint="name the languages of that text by --pair")
    return found


def asks_back(settings: PromptSettings) -> bool:
    """Whether a language model translates texts back."""
    return settings.back_translation > 0 and needs_chat(settings.back_translator or TRANSLATOR)


def _runs_a_model(settings: PromptSettings) -> bool:
    """Whether the translator runs a model of its own."""
    return settings.source == "text" and parse_spec(settings.translator).name == "seq2seq"


def _translating(translator: str) -> str:
    """Digest of the prompt that a translator goes by; empty where it goes by none."""
    name, target = parse_spec(translator)
    return prompt_of(target).digest if name == TRANSLATOR else ""


def _digest(path: str) -> str:
    with open_bytes(path) as stream:
        return contents_digest(pieces(stream))
