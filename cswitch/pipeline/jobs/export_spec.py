"""The stage ``export`` of a job file: what may be written short, what is wrong with it, what it stands for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from cswitch.core.errors import CswitchError, UsageError
from cswitch.core.registry import suggest
from cswitch.core.text.scripts import check_language
from cswitch.export.chat import LAYOUTS as CHATS
from cswitch.export.contracts import ExportSettings
from cswitch.export.preferences import CRITERIA
from cswitch.export.preferences import LAYOUTS as PREFERENCES
from cswitch.export.splits import parse_splits
from cswitch.export.table import writer_of
from cswitch.pipeline.export_table import BELONGS, FORMATS, STUDIO
from cswitch.pipeline.jobs.mistakes import Mistake
from cswitch.pipeline.studio_export import TaskOptions, TaskWriter
from cswitch.schemas.commands import ExportStage

LAYOUTS: dict[str, tuple[str, ...]] = {"chat": tuple(CHATS), "preferences": PREFERENCES}
"""Layouts of chats and preferences, the usual one first."""
_SHORT = {"as": "writer", "split": "splits", "tagger": "made_by"}
_LISTS = ("labels", "languages", "sides", "layers")
_OPTION = re.compile(r"--([a-z-]+)")


def written_out(given: dict[str, Any], folder: Path) -> dict[str, Any]:
    """A stage as :class:`~cswitch.schemas.job.ExportStage` has it; what cannot be read stays as it is.

    >>> written_out({"to": "chat", "as": "parquet", "split": "train=0.9,test=0.1", "languages": "hin,en"}, Path())
    {'to': 'chat', 'writer': 'parquet', 'splits': {'train': 0.9, 'test': 0.1}, 'languages': ['hi', 'en']}
    """
    found = {_SHORT[name] if name in _SHORT and _SHORT[name] not in given else name: v for name, v in given.items()}
    for name in _LISTS:
        if isinstance(found.get(name), str):
            found[name] = [one.strip() for one in found[name].split(",") if one.strip()]
    for name in ("languages", "sides"):
        if isinstance(found.get(name), list):
            found[name] = [_code(lang) for lang in found[name]]
    if isinstance(found.get("splits"), str):
        found["splits"] = _shares(found["splits"])
    return found


def settings_of(stage: ExportStage) -> ExportSettings:
    """What decides the rows of a stage.

    Raises:
        UsageError: The format is unknown, or cannot be written so.
    """
    return ExportSettings(
        to=stage.to,
        writer=writer_of(stage.to, stage.writer),
        splits=tuple(stage.splits.items()),
        seed=stage.seed,
        labels=stage.labels,
        languages=stage.languages,
        sides=stage.sides,
        template=stage.template,
        layout=stage.layout or LAYOUTS.get(stage.to, ("openai",))[0],
        by=stage.by,
        margin=stage.margin,
        separator=stage.separator,
        ids=stage.ids,
        license=stage.license,
        title=stage.title,
    )


def tasks_of(stage: ExportStage) -> TaskOptions:
    """How records become tasks for Label Studio."""
    return TaskOptions(**{name: getattr(stage, name) for name in TaskOptions.__struct_fields__})


def writes_folder(stage: ExportStage) -> bool:
    """Whether what a stage writes can only be a folder."""
    from cswitch.export.run import is_folder

    return stage.to != STUDIO and is_folder(settings_of(stage), "-")


def meaning(stage: ExportStage, place: str) -> Iterator[Mistake]:
    """What is wrong with a stage whose fields have the right types."""
    if stage.to not in FORMATS:
        yield Mistake(f"{place}.to", f"{stage.to!r} is no format", suggest(stage.to, list(FORMATS)))
        return
    usual = {field.name: field.default for field in msgspec.structs.fields(ExportStage)}
    for name, formats in BELONGS.items():
        if stage.to not in formats and getattr(stage, name) != _default(usual[name]):
            yield Mistake(f"{place}.{name}", f"it is of no use with {stage.to}", f"it is for {', '.join(formats)}")
    for lang in (*stage.languages, *stage.sides):
        try:
            check_language(lang)
        except UsageError as error:
            yield Mistake(f"{place}.{'languages' if lang in stage.languages else 'sides'}", error.message, error.hint)
    if "\n" in stage.separator or "\r" in stage.separator:
        yield Mistake(f"{place}.separator", "it is more than a line", "give one line, such as '<|endoftext|>'")
    yield from _ranges(stage, place)
    yield from _splits(stage, place)
    try:
        if stage.to == STUDIO:
            TaskWriter(tasks_of(stage))
        else:
            settings_of(stage)
    except CswitchError as error:
        option = _OPTION.search(error.message)
        name = {"as": "writer"}.get(option[1], option[1]) if option else ""
        name = "writer" if "cannot be written as" in error.message else name
        field = f"{place}.{name}" if name in ExportStage.__struct_fields__ else place
        yield Mistake(field, error.message.replace("--", ""), error.hint.replace("--", ""))


def left_unsaid(stage: ExportStage) -> tuple[str, ...]:
    """Settings that mean nothing for the format of a stage."""
    return tuple(name for name, formats in BELONGS.items() if stage.to not in formats)


def _ranges(stage: ExportStage, place: str) -> Iterator[Mistake]:
    known = LAYOUTS.get(stage.to, ())
    if stage.layout and known and stage.layout not in known:
        yield Mistake(f"{place}.layout", f"unknown layout {stage.layout!r}", suggest(stage.layout, list(known)))
    if not 0 <= stage.blind <= 1:
        yield Mistake(f"{place}.blind", f"{stage.blind:g} is no share", "choose 0 to 1")
    for name in ("margin", "chunk"):
        if getattr(stage, name) < 0:
            yield Mistake(f"{place}.{name}", f"{getattr(stage, name):g} is too small", "choose 0 or more")
    if stage.to == "preferences" and stage.by not in CRITERIA and not stage.by.startswith("scores:"):
        yield Mistake(f"{place}.by", f"unknown criterion {stage.by!r}", suggest(stage.by, [*CRITERIA, "scores:NAME"]))


def _splits(stage: ExportStage, place: str) -> Iterator[Mistake]:
    if not stage.splits:
        return
    try:
        parse_splits(",".join(f"{name}={share!r}" for name, share in stage.splits.items()))
    except UsageError as error:
        hint = "write splits: {train: 0.9, dev: 0.05, test: 0.05}"
        yield Mistake(f"{place}.splits", error.message.replace("--split", "it").replace("of it", "of splits"), hint)


def _shares(text: str) -> Any:
    """Splits of a line; one that is no share stays as it is.

    >>> _shares("train=0.9, test=0.1"), _shares("train")
    ({'train': 0.9, 'test': 0.1}, 'train')
    """
    found = {}
    for part in filter(None, map(str.strip, text.split(","))):
        name, _, share = part.partition("=")
        try:
            found[name] = float(share)
        except ValueError:
            return text
    return found


def _default(value: Any) -> Any:
    return {} if value is msgspec.NODEFAULT else value


def _code(lang: Any) -> Any:
    try:
        return check_language(lang) if isinstance(lang, str) else lang
    except UsageError:
        return lang  # told when the stage is looked through
