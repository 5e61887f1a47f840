"""Runs of ``perturb`` that ask a translator or a model first."""

from __future__ import annotations

from typing import Any

import msgspec

from cswitch.core.errors import UsageError
from cswitch.perturb.settings import PerturbSettings
from cswitch.pipeline.perturb_run import Summary, run


class Services(msgspec.Struct, frozen=True, kw_only=True):
    """Where translators and models are; nothing of it decides what is written but the model."""

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


def run_with_services(path: str, out: str, settings: PerturbSettings, services: Services, **more: Any) -> Summary:
    """Perturbs a data set.

    Args:
        path: The data.
        out: Where they go.
        settings: What to make.
        services: What may be asked.
        more: As for :func:`cswitch.pipeline.perturb_run.run`.

    Raises:
        UsageError: Settings cannot be meant.
    """
    if settings.by == "links":
        for name, field in settings.fields.items():
            if field.kind == "tokens" and settings.frame != settings.pair[0]:
                hint = f"labels of tokens stay with their tokens: add --matrix {settings.pair[0]}"
                raise UsageError(f"{name} is mixed into {settings.frame}", hint=hint)
            if not field.parallel:
                hint = f"add --parallel {name}=COLUMN, or use --by translator"
                raise UsageError(f"no column is named with the translation of {name}", hint=hint)
    return run(path, out, settings, **more)
