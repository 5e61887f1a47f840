"""Job files: read, with all their mistakes told at once, and written so that they repeat a run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec

from cswitch import __version__
from cswitch.core.errors import CswitchError, InputError, UsageError
from cswitch.core.specs import parse_tagger
from cswitch.core.tag_names import language_tag
from cswitch.core.text.scripts import check_language
from cswitch.filters.table import FILTERS, make_filter
from cswitch.generators.prompting.yaml_files import Document, parse, read_text
from cswitch.generators.switching.glue import RULES
from cswitch.generators.switching.shorthand import excluded, longhand
from cswitch.pipeline.checks import check
from cswitch.pipeline.jobs import synth_spec
from cswitch.pipeline.jobs.ends import ends
from cswitch.pipeline.jobs.kinds import ALONE, is_exported, name_of
from cswitch.pipeline.jobs.mistakes import Mistake, mistakes
from cswitch.pipeline.jobs.paths import resolved
from cswitch.pipeline.jobs.written import job_text
from cswitch.schemas.job import FilterSettings, Job, Stage, TagSettings
from cswitch.schemas.settings import SynthSettings

_BESIDE_FILTERS = tuple(name for name in FilterSettings.__struct_fields__ if name != "filters")
_OPTION = re.compile(r"--([a-z-]+)")


class WrongJobError(InputError):
    """A job file that cannot be meant.

    Args:
        found: All that is wrong with it, the first being this error's own message.
    """

    def __init__(self, found: list[InputError]) -> None:
        first = found[0]
        super(InputError, self).__init__(first.message, hint=first.hint)  # its message has its place already
        self.path, self.line, self.field = first.path, first.line, first.field
        self.found = found
        """One error a mistake, in the order of the file."""


def read_job(path: str) -> Job:
    r"""The job that a YAML file describes, checked as far as it can be without opening what it names.

    Paths in it are relative to the folder of the file; in what comes back they are absolute.

    Raises:
        InputError: The file cannot be read.
        WrongJobError: It cannot be meant; every mistake is told with its line.

    >>> from tempfile import TemporaryDirectory
    >>> text = "input: {path: in.tsv}\nstages:\n- synth: {pair: en-hi, cmi: 20-40}\noutput: {folder: out}\n"
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "job.yaml").write_text(text)
    ...     job = read_job(f"{folder}/job.yaml")
    >>> job.stages[0].synth.pair, job.stages[0].synth.cmi, Path(job.output.folder).name
    (('en', 'hi'), (20.0, 40.0), 'out')
    """
    return parse_job(read_text(Path(path)), path, Path(path).resolve().parent)


def parse_job(text: str, path: str, folder: Path) -> Job:
    """The job that a YAML text describes.

    Args:
        text: The text.
        path: Its file, for messages.
        folder: What the paths in it are relative to.

    Raises:
        InputError: It is no YAML.
        WrongJobError: It cannot be meant.
    """
    document = parse(text, path)
    value = _longhand(document.value, folder)
    keys = list(_keys(document.value))
    told = {mistake.field for mistake in keys}
    found = [*keys, *(one for one in mistakes(value, Job) if one.field not in told), *_of_pairs(document.value, folder)]
    if found:
        raise _wrong(document, found)
    job = resolved(msgspec.convert(value, Job), folder)
    found = [*_meaning(job), *ends(job)]
    if found:
        raise _wrong(document, found)
    return job


def check_job(job: Job) -> None:
    """Refuses a job that cannot be meant, wherever it comes from.

    Raises:
        UsageError: With what is wrong.
    """
    for mistake in (*_meaning(job), *ends(job)):
        raise UsageError(f"{mistake.field}: {mistake.message}", hint=mistake.hint)


def dump_job(job: Job, config: str) -> str:
    """The text of a job file that repeats a run.

    Args:
        job: From :func:`read_job`.
        config: Hash of everything that decides the output, kept in a comment.
    """
    return f"# cswitch {__version__}, config {config}\n{job_text(job)}"


def _longhand(value: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The document with what may be written short (``cmi: 20-40``, ``pair: en-hi``) written out."""
    stages = value.get("stages")
    if not isinstance(stages, list):
        return value
    written = []
    for stage in stages:
        whole = dict(stage) if isinstance(stage, dict) else stage
        for name in whole if isinstance(whole, dict) else ():
            if name in Stage.__struct_fields__ and isinstance(whole[name], dict):
                whole[name] = _written_out(name, whole[name], folder)
        written.append(whole)
    return {**value, "stages": written}


def _written_out(name: str, given: dict[str, Any], folder: Path) -> dict[str, Any]:
    """A stage with what may be written short written out."""
    if name == "filter":
        return _filter_longhand(given)
    if name == "tag":
        return given
    found: dict[str, Any] = import_module(f"{__package__}.{name}_spec").written_out(given, folder)
    return found


def _keys(value: dict[str, Any]) -> Iterator[Mistake]:
    """Keys of servers, which are looked for before anything is said about fields."""
    stages = value.get("stages")
    for number, stage in enumerate(stages if isinstance(stages, list) else ()):
        for name in ("prompt", "perturb"):
            given = stage.get(name) if isinstance(stage, dict) else None
            if isinstance(given, dict):
                from cswitch.pipeline.jobs.prompt_spec import keys_in

                yield from keys_in(given, f"stages[{number}].{name}")


def _of_pairs(value: dict[str, Any], folder: Path) -> Iterator[Mistake]:
    """What is wrong with stages of ``synth`` as they are written."""
    stages = value.get("stages")
    for number, stage in enumerate(stages if isinstance(stages, list) else ()):
        given = stage.get("synth") if isinstance(stage, dict) else None
        if isinstance(given, dict):
            yield from synth_spec.mistakes_in(given, f"stages[{number}].synth", folder)


def _filter_longhand(given: dict[str, Any]) -> dict[str, Any]:
    """The names of filters may stand in the place of ``filters``, and those without settings be empty."""
    named = given["filters"] if "filters" in given else {k: v for k, v in given.items() if k not in _BESIDE_FILTERS}
    if not isinstance(named, dict):
        return given
    rest = {
        name: value
        for name, value in given.items()
        if name in _BESIDE_FILTERS or ("filters" in given and name != "filters")
    }
    if "pair" in rest:
        rest["pair"] = longhand({"pair": rest["pair"]})["pair"]
    return {"filters": {name: {} if value is None else value for name, value in named.items()}, **rest}


def _meaning(job: Job) -> Iterator[Mistake]:
    """What is wrong with stages that have the right types."""
    if not job.stages:
        yield Mistake("stages", "there is none", "begin with - synth:, - prompt: or - tag:")
    behind = len(job.stages) - is_exported(job)
    for number, stage in enumerate(job.stages):
        place = f"stages[{number}]"
        if len([name for name in Stage.__struct_fields__ if getattr(stage, name) is not None]) != 1:
            known = ", ".join(Stage.__struct_fields__)
            yield Mistake(place, "a stage is one thing", f"give each its own item of the list: {known}")
            continue
        name = name_of(stage)
        yield from _in_place(job, number, name, f"{place}.{name}")
        yield from _of_stage(stage, f"{place}.{name}", last=number == behind - 1)
        if number and stage.filter is not None and (stage.filter.all_reasons or stage.filter.pairs):
            beside = "pairs" if stage.filter.pairs else "all_reasons"
            hint = "leave it out, or run cswitch filter over the shards"
            yield Mistake(f"{place}.filter.{beside}", "that is for a job whose output is a file", hint)


def _in_place(job: Job, number: int, name: str, place: str) -> Iterator[Mistake]:
    """What is wrong with where a stage stands."""
    alone, last = len(job.stages) == 1, number == len(job.stages) - 1
    if name in ("synth", "prompt") and number:
        yield Mistake(place, "pairs are there only at the beginning", "make it the first stage")
    elif name in ALONE and not alone:
        hint = "leave out the other stages, and write a job of its own for what is done with its file"
        yield Mistake(place, "it is the only stage of a job", hint)
    elif name == "export" and not last:
        yield Mistake(place, "an export ends a job", "make it the last stage")
    elif name == "filter" and number == 0 and not (alone and job.output.file):
        hint = "begin with synth, prompt or tag; cswitch filter takes records that are tagged already"
        yield Mistake(place, "there is nothing yet to be left out", hint)


def _of_stage(stage: Stage, place: str, *, last: bool) -> Iterator[Mistake]:
    """What is wrong with the settings of a stage."""
    if stage.synth is not None:
        yield from _synth(msgspec.to_builtins(stage.synth), place)
    elif stage.tag is not None:
        yield from _tag(stage.tag, place)
    elif stage.filter is not None:
        yield from _filter(stage.filter, place, last=last)
    else:
        name = name_of(stage)
        yield from import_module(f"{__package__}.{name}_spec").meaning(getattr(stage, name), place)


def _synth(value: dict[str, Any], place: str) -> Iterator[Mistake]:
    pair = value["pair"]
    for lang in pair:
        try:
            check_language(lang)
        except UsageError as error:
            yield Mistake(f"{place}.pair", error.message, error.hint)
            return
    if pair[0] == pair[1]:
        yield Mistake(f"{place}.pair", f"it names {pair[0]!r} twice", "name two languages, such as en-hi")
        return
    for rule in value.get("glue", ()):
        if rule not in RULES:
            yield Mistake(f"{place}.glue", f"unknown rule {rule!r}", f"known: {', '.join(RULES)}")
    if value.get("like") and excluded(value):
        what = "share" if excluded(value) == "share" else "cmi and switches"
        yield Mistake(f"{place}.like", f"it excludes {what}", "it takes both from the real text; leave them out")
    try:
        check(msgspec.convert(value, SynthSettings))
    except CswitchError as error:
        option = _OPTION.search(error.message)
        name = option[1].replace("-", "_") if option else ""
        field = f"{place}.{name}" if name in SynthSettings.__struct_fields__ else place
        yield Mistake(field, error.message.replace("--", ""), error.hint.replace("--", ""))


def _tag(settings: TagSettings, place: str) -> Iterator[Mistake]:
    seen: list[str] = []
    for lang in settings.languages:
        try:
            seen.append(language_tag(lang))
        except UsageError as error:
            yield Mistake(f"{place}.languages", error.message, error.hint)
    if len(set(seen)) < len(seen):
        yield Mistake(f"{place}.languages", "it names a language twice", "name each language once")
    try:
        parse_tagger(settings.tagger)
    except UsageError as error:
        yield Mistake(f"{place}.tagger", error.message, error.hint)
    if settings.alternatives < 0:
        yield Mistake(f"{place}.alternatives", f"{settings.alternatives} is too small", "choose 0 or more")
    if settings.batch_tokens is not None and settings.batch_tokens < 1:
        yield Mistake(f"{place}.batch_tokens", f"{settings.batch_tokens} is too small", "choose 1 or more")


def _filter(settings: FilterSettings, place: str, *, last: bool) -> Iterator[Mistake]:
    if not settings.filters:
        yield Mistake(place, "no filter is given", f"known: {', '.join(FILTERS)}")
    for name, given in settings.filters.items():
        if name == "duplicates" and not last:
            hint = "make this filter the last stage"
            yield Mistake(f"{place}.{name}", "duplicates are looked for among all records, at the end", hint)
            continue
        try:
            make_filter(name, given)
        except CswitchError as error:
            yield Mistake(f"{place}.{name}", error.message, error.hint)
    try:
        parse_tagger(settings.tagger)
    except UsageError as error:
        yield Mistake(f"{place}.tagger", error.message, error.hint)


def _wrong(document: Document, found: list[Mistake]) -> WrongJobError:
    told = [document.error(message, field, hint=hint) for field, message, hint in found]
    return WrongJobError(sorted(told, key=lambda error: error.line or 0))
