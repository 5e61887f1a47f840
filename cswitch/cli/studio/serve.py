"""``cswitch studio serve``: tags for Label Studio while people annotate."""

from __future__ import annotations

import os
import signal
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from cswitch.cli.options import counted, note
from cswitch.cli.streams import printable
from cswitch.cli.tag_options import (
    BatchTokens,
    Compile,
    Device,
    Dtype,
    LanguagesOption,
    PairOption,
    TaggerName,
    device_options,
    parse_languages,
)

if TYPE_CHECKING:
    from cswitch.annotators.labelstudio.backend import Backend


def serve(
    tagger: TaggerName = "compact",
    pair: PairOption = "",
    languages: LanguagesOption = "",
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="Where to listen; others are let in only by another.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", metavar="N", min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = 9090,
    device: Device = None,
    dtype: Dtype = None,
    batch_tokens: BatchTokens = None,
    compiled: Compile = False,
) -> None:
    """Answer Label Studio with tags while people annotate.

    Speaks the protocol of its machine-learning backends until it is interrupted. Add the address that is told to a
    project under Settings > Model, then choose tasks and the action Retrieve Predictions. Without --pair, a task is
    tagged in the languages that it names, else in those of the labelling configuration.

    Example: cswitch studio serve --pair en-hi
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy reads it when it is first imported
    from cswitch.annotators.labelstudio.backend import Backend
    from cswitch.annotators.labelstudio.endpoint import Endpoint, is_loopback
    from cswitch.pipeline.taggers import opened_tagger

    spoken = parse_languages(pair, languages)
    with opened_tagger(tagger, device_options(device, dtype, batch_tokens, compiled)) as found:
        backend = Backend(found, spoken)
        backend.warm_up()
        with Endpoint(backend, host, port, _log) as endpoint:
            if not is_loopback(host):
                note(f"whoever reaches this machine can ask on port {endpoint.server_port}: nobody has to log in")
            typer.echo(f"{endpoint.url} answers with {backend.version}; interrupt it to stop", err=True)
            signal.signal(signal.SIGTERM, _interrupt)
            try:
                endpoint.serve_forever()
            except KeyboardInterrupt:
                typer.echo(summary(backend), err=True)


def summary(backend: Backend) -> str:
    """What was done, in one line."""
    events = ", ".join(f"{name.lower()} {count:,}" for name, count in sorted(backend.events.items())) or "none"
    left = f", {counted(backend.unlabelled, 'token')} without a label" if backend.unlabelled else ""
    return f"stopped: {counted(backend.tasks, 'prediction')}{left}; events: {events}"


def _log(line: str) -> None:
    typer.echo(printable(line), err=True)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
