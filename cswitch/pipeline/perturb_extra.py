"""Runs of ``perturb`` that ask a translator or a model first, and keep what was answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import msgspec

from cswitch.core.contracts import Translated, Translator
from cswitch.core.errors import UsageError
from cswitch.generators.prompting.client.connection import OPENAI
from cswitch.generators.translating.llm import prompt_of
from cswitch.generators.translating.named import make_translator, needs_chat, parse_spec
from cswitch.perturb.rows import RowPerturber
from cswitch.perturb.settings import PerturbSettings
from cswitch.pipeline.perturb_run import Summary, run
from cswitch.pipeline.perturb_translating import ADDED, Translating
from cswitch.pipeline.perturb_work import run_hash
from cswitch.pipeline.prompt_access import Access, Wire, check_access, default_cache, opened_answers, opened_models
from cswitch.schemas.prompting import PromptSettings

TRANSLATOR = "llm"
"""What translates when nothing is said."""
PROMPTED = ".prompt"
"""What follows the name of the output in those of the texts that a model is to rewrite."""
Note = Callable[[str], None]


class Services(msgspec.Struct, frozen=True, kw_only=True):
    """Where translators and models are; of all this the model alone decides what is written."""

    model: str = ""
    """Model that is asked."""
    base_url: str = ""
    """Of an OpenAI-compatible server."""
    key_env: str = "OPENAI_API_KEY"
    """Environment variable of its key."""
    concurrency: int = 16
    """Requests under way at most."""
    budget: float | None = None
    """Most that the run may spend."""
    price: str | None = None
    """Price of the model."""
    device: str | None = None
    """Device of a translator that runs here."""
    cache: str | None = None
    """File of answers; None for one beside the output."""

    def access(self) -> Access:
        """How models are reached."""
        return Access(
            base_url=self.base_url or OPENAI,
            key_env=self.key_env,
            concurrency=self.concurrency,
            budget=self.budget,
            price=self.price,
            device=self.device,
            cache=self.cache,
        )


def run_with_services(
    path: str,
    out: str,
    settings: PerturbSettings,
    services: Services,
    *,
    note: Note = lambda line: None,
    **more: Any,
) -> Summary:
    """Perturbs a data set, whichever way the settings name.

    Args:
        path: The data.
        out: Where they go.
        settings: What to make.
        services: What may be asked.
        note: Called with one line about anything the user should know.
        more: As for :func:`cswitch.pipeline.perturb_run.run`.

    Raises:
        UsageError: Settings cannot be meant.
        StopRun: The budget is spent, the key is refused, the server stays away; what was answered is kept.
    """
    check_services(settings, services)
    if settings.by == "translator":
        return _translated(path, out, settings, services, note, more)
    if settings.by == "prompt":
        from cswitch.pipeline.perturb_prompting import run_prompted

        access = msgspec.structs.replace(services.access(), cache=services.cache or cache_of(settings, out))
        return run_prompted(path, out, settings, access, services.model, note=note, **more)
    return run(path, out, settings, **more)


def check_services(settings: PerturbSettings, services: Services) -> None:
    """Refuses what does not go together.

    Raises:
        UsageError: With what to change.
    """
    asks = settings.by == "prompt" or (settings.by == "translator" and needs_chat(settings.translator or TRANSLATOR))
    if services.model and not asks:
        raise UsageError(f"--model is of no use with --by {settings.by}", hint="add --by prompt or --translator llm")
    if settings.translator and settings.by not in ("translator", "prompt"):
        raise UsageError(f"--translator is of no use with --by {settings.by}", hint="add --by translator")
    for name, field in settings.fields.items():
        if field.kind == "tokens" and settings.by == "prompt":
            hint = f"use --by lexicon, or --by links with --parallel {name}=COLUMN"
            raise UsageError(f"labels of the tokens in {name} cannot be carried to what a model writes", hint=hint)
        if field.kind == "tokens" and settings.frame != settings.pair[0]:
            hint = f"labels of tokens stay with their tokens: add --matrix {settings.pair[0]}"
            raise UsageError(f"{name} is to be mixed into {settings.frame}", hint=hint)
        if settings.by == "links" and not field.parallel:
            hint = f"add --parallel {name}=COLUMN, or use --by translator"
            raise UsageError(f"no column is named with the translation of {name}", hint=hint)
        if settings.by != "links" and field.parallel:
            raise UsageError(f"--parallel is of no use with --by {settings.by}", hint="add --by links")
    spec = parse_spec(settings.translator or TRANSLATOR).name
    if settings.by == "translator" and spec == "gloss" and settings.frame != settings.pair[0]:
        hint = f"add --matrix {settings.pair[0]}, or use --translator seq2seq:MODEL or llm"
        raise UsageError("a gloss gives words to mix in, and is no sentence to mix into", hint=hint)


def cache_of(settings: PerturbSettings, out: str) -> str | None:
    """Where answers lie when nothing else is said; None where nobody is asked.

    Args:
        settings: What is made.
        out: Where it goes.
    """
    if settings.by == "prompt":
        return default_cache(f"{out}{PROMPTED}")
    asks = settings.by == "translator" and needs_chat(settings.translator or TRANSLATOR)
    return default_cache(out) if asks else None


def _translated(
    path: str, out: str, settings: PerturbSettings, services: Services, note: Note, more: dict[str, Any]
) -> Summary:
    """A run whose fields are translated as their turn comes."""
    spec = settings.translator or TRANSLATOR
    asked = {name: msgspec.structs.replace(field, parallel=f"{ADDED}{name}") for name, field in settings.fields.items()}
    settings = msgspec.structs.replace(settings, translator=spec, fields=asked)
    digests = [services.model, prompt_of(parse_spec(spec).target).digest] if needs_chat(spec) else []
    with _translating(spec, out, settings, services, note) as translate:
        extra = Translating(RowPerturber(settings, _no_mixer, run_hash(settings)), settings, translate)
        return run(path, out, settings, digests=digests, extra=extra, **more)


@contextmanager
def _translating(
    spec: str, out: str, settings: PerturbSettings, services: Services, note: Note
) -> Iterator[Callable[[Sequence[str]], list[Translated]]]:
    """A translator that is waited for; what a model answers is kept beside the output."""
    lexicons = tuple(map(Path, settings.lexicons))
    with ExitStack() as stack:
        runner = stack.enter_context(asyncio.Runner())
        chat = None
        if needs_chat(spec):
            prompting = PromptSettings(languages=settings.pair, model=services.model, seed=settings.seed)
            access = services.access()
            check_access(access, prompting)
            answers = stack.enter_context(opened_answers(access, out, run_hash(settings)))
            open_ones = AsyncExitStack()
            stack.callback(lambda: runner.run(open_ones.aclose()))
            models = runner.run(
                _entered(open_ones, opened_models(access, prompting, answers, Wire(access.concurrency), note))
            )
            chat = models.writer
        translator: Translator = make_translator(spec, chat=chat, lexicons=lexicons, device=services.device)
        yield lambda texts: runner.run(translator.translate(texts, *settings.pair))


async def _entered(stack: AsyncExitStack, manager: Any) -> Any:
    return await stack.enter_async_context(manager)


def _no_mixer(cmi: float) -> Any:
    raise AssertionError("rows are planned here, and mixed elsewhere")
