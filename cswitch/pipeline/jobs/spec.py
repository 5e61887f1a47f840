"""Job files: read, with all their mistakes told at once, and written so that they repeat a run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml

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
from cswitch.pipeline.jobs.ends import ends
from cswitch.pipeline.jobs.mistakes import Mistake, mistakes
from cswitch.pipeline.jobs.paths import resolved
from cswitch.schemas.job import FilterSettings, Job, JobOutput, PromptStage, Stage, TagSettings
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
    value = _longhand(document.value)
    keys = list(_keys(document.value))
    told = {mistake.field for mistake in keys}
    found = [*keys, *(one for one in mistakes(value, Job) if one.field not in told), *_excluded(document.value)]
    if found:
        raise _wrong(document, found)
    job = resolved(msgspec.convert(value, Job), folder)
    found = [*_meaning(msgspec.to_builtins(job)), *ends(job)]
    if found:
        raise _wrong(document, found)
    return job


def check_job(job: Job) -> None:
    """Refuses a job that cannot be meant, wherever it comes from.

    Raises:
        UsageError: With what is wrong.
    """
    value = msgspec.to_builtins(job)
    for mistake in (*_meaning(value), *ends(job)):
        raise UsageError(f"{mistake.field}: {mistake.message}", hint=mistake.hint)


def dump_job(job: Job, config: str) -> str:
    """The text of a job file that repeats a run.

    Args:
        job: From :func:`read_job`.
        config: Hash of everything that decides the output, kept in a comment.
    """
    return f"# cswitch {__version__}, config {config}\n{job_text(job)}"


def job_text(job: Job) -> str:
    """A job as YAML, with every default that decides something written out."""
    return yaml.safe_dump(_written(job), sort_keys=False, allow_unicode=True, width=120)


def _written(value: object) -> object:
    """A record as plain data with all that decides it, so that other defaults of a later version change nothing."""
    if isinstance(value, dict):
        return {name: _written(one) for name, one in value.items()}
    if isinstance(value, msgspec.Struct):
        passed_over = _passed_over(value)
        fields = [field for field in msgspec.structs.fields(value) if field.name not in passed_over]
        given = {field.name: (getattr(value, field.name), field.default) for field in fields}
        return {name: _written(one) for name, (one, usual) in given.items() if not (one is None and usual is None)}
    return [_written(one) for one in value] if isinstance(value, tuple | list) else value


def _passed_over(value: msgspec.Struct) -> tuple[str, ...]:
    """Fields that mean nothing beside the others, or are worked out."""
    if isinstance(value, JobOutput):
        return ("folder", "compression", "rows_per_shard") if value.file else ("file",)
    names = value.__struct_fields__ if isinstance(value, PromptStage) else ()
    return tuple(name for name in names if name.endswith("_digest"))


def _longhand(value: dict[str, Any]) -> dict[str, Any]:
    """The document with what may be written short (``cmi: 20-40``, ``pair: en-hi``) written out."""
    stages = value.get("stages")
    if not isinstance(stages, list):
        return value
    written = []
    for stage in stages:
        whole = dict(stage) if isinstance(stage, dict) else stage
        for name, written_out in (("synth", longhand), ("prompt", _prompt_longhand), ("filter", _filter_longhand)):
            if isinstance(whole, dict) and isinstance(whole.get(name), dict):
                whole[name] = written_out(whole[name])
        written.append(whole)
    return {**value, "stages": written}


def _prompt_longhand(given: dict[str, Any]) -> dict[str, Any]:
    from cswitch.pipeline.jobs.prompt_spec import written_out

    return written_out(given)


def _keys(value: dict[str, Any]) -> Iterator[Mistake]:
    """Keys of servers, which are looked for before anything is said about fields."""
    stages = value.get("stages")
    for number, stage in enumerate(stages if isinstance(stages, list) else ()):
        given = stage.get("prompt") if isinstance(stage, dict) else None
        if isinstance(given, dict):
            from cswitch.pipeline.jobs.prompt_spec import keys_in

            yield from keys_in(given, f"stages[{number}].prompt")


def _excluded(value: dict[str, Any]) -> Iterator[Mistake]:
    """Stages that ask for a CMI and a share; once they are decoded, a CMI of 25 is the default."""
    stages = value.get("stages")
    for number, stage in enumerate(stages if isinstance(stages, list) else ()):
        given = stage.get("synth") if isinstance(stage, dict) else None
        if isinstance(given, dict) and not given.get("like") and excluded(given):
            yield Mistake(f"stages[{number}].synth.share", "it excludes cmi", "give one of them")


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


def _meaning(value: dict[str, Any]) -> Iterator[Mistake]:
    """What is wrong with stages that have the right types."""
    stages = value["stages"]
    if not stages:
        yield Mistake("stages", "there is none", "begin with - synth:, - prompt: or - tag:")
    for number, stage in enumerate(stages):
        place = f"stages[{number}]"
        if len([name for name in Stage.__struct_fields__ if stage.get(name) is not None]) != 1:
            known = ", ".join(Stage.__struct_fields__)
            yield Mistake(place, "a stage is one thing", f"give each its own item of the list: {known}")
        elif stage.get("synth") is not None:
            if number:
                yield Mistake(f"{place}.synth", "pairs are there only at the beginning", "make it the first stage")
            yield from _synth(stage["synth"], f"{place}.synth")
        elif stage.get("prompt") is not None:
            if number:
                yield Mistake(f"{place}.prompt", "pairs are there only at the beginning", "make it the first stage")
            yield from _prompt(stage["prompt"], f"{place}.prompt")
        elif stage.get("tag") is not None:
            yield from _tag(msgspec.convert(stage["tag"], TagSettings), f"{place}.tag")
        elif number == 0 and not value["output"].get("file"):
            hint = "begin with synth, prompt or tag; cswitch filter takes records that are tagged already"
            yield Mistake(f"{place}.filter", "there is nothing yet to be left out", hint)
        else:
            settings = msgspec.convert(stage["filter"], FilterSettings)
            yield from _filter(settings, f"{place}.filter", last=number == len(stages) - 1)
            if number and (settings.all_reasons or settings.pairs):
                name = "pairs" if settings.pairs else "all_reasons"
                hint = "leave it out, or run cswitch filter over the shards"
                yield Mistake(f"{place}.filter.{name}", "that is for a job whose output is a file", hint)


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


def _prompt(value: dict[str, Any], place: str) -> Iterator[Mistake]:
    from cswitch.pipeline.jobs.prompt_spec import meaning

    yield from meaning(msgspec.convert(value, PromptStage), place)


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
