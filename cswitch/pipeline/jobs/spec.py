"""Job files: read, with all their mistakes told at once, and written so that they repeat a run."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml

from cswitch import __version__
from cswitch.core.errors import CswitchError, InputError, UsageError
from cswitch.core.tag_names import language_tag
from cswitch.core.text.scripts import check_language
from cswitch.filters.table import FILTERS, make_filter
from cswitch.generators.prompting.yaml_files import Document, parse, read_text
from cswitch.generators.switching.glue import RULES
from cswitch.generators.switching.shorthand import longhand
from cswitch.pipeline.aligners import AUTO, GIVEN
from cswitch.pipeline.checks import check
from cswitch.pipeline.jobs.mistakes import Mistake, mistakes
from cswitch.pipeline.readers import FORMATS as PAIR_FORMATS
from cswitch.pipeline.tag_layouts import FORMATS as TEXT_FORMATS
from cswitch.pipeline.taggers import parse_spec
from cswitch.schemas.job import FilterSettings, Job, JobOutput, Stage, TagSettings
from cswitch.schemas.settings import SynthSettings

MAX_ROWS = 1_000_000
"""Most rows a shard; a worker killed in one does all of it again."""
WORD_LISTS = ("block", "require")
"""Settings of filters that name files."""
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
    >>> job.stages[0].synth.pair, job.stages[0].synth.cmi, os.path.basename(job.output.folder)
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
    found = list(mistakes(value, Job))
    if found:
        raise _wrong(document, found)
    job = resolved(msgspec.convert(value, Job), folder)
    found = [*_meaning(msgspec.to_builtins(job)), *(_input(job) if job.stages else ()), *_output(job.output)]
    if found:
        raise _wrong(document, found)
    return job


def check_job(job: Job) -> None:
    """Refuses a job that cannot be meant, wherever it comes from.

    Raises:
        UsageError: With what is wrong.
    """
    value = msgspec.to_builtins(job)
    for mistake in (*_meaning(value), *(_input(job) if job.stages else ()), *_output(job.output)):
        raise UsageError(f"{mistake.field}: {mistake.message}", hint=mistake.hint)


def dump_job(job: Job, config: str) -> str:
    """The text of a job file that repeats a run.

    Args:
        job: From :func:`read_job`.
        config: Hash of everything that decides the output, kept in a comment.
    """
    body = yaml.safe_dump(_written(job), sort_keys=False, allow_unicode=True, width=120)
    return f"# cswitch {__version__}, config {config}\n{body}"


def _written(value: object) -> object:
    """A record as plain data with all that decides it, so that other defaults of a later version change nothing."""
    if isinstance(value, dict):
        return {name: _written(one) for name, one in value.items()}
    if isinstance(value, msgspec.Struct):
        fields = msgspec.structs.fields(value)
        given = {field.name: (getattr(value, field.name), field.default) for field in fields}
        return {name: _written(one) for name, (one, usual) in given.items() if not (one is None and usual is None)}
    return [_written(one) for one in value] if isinstance(value, tuple | list) else value


def resolved(job: Job, folder: Path) -> Job:
    """The job with its paths made absolute.

    Args:
        job: A job as it was written.
        folder: What its paths are relative to.
    """
    given = job.input
    source = msgspec.structs.replace(
        given,
        path=_source(given.path, folder)
        if isinstance(given.path, str)
        else tuple(_source(p, folder) for p in given.path),
        links=None if given.links is None else _absolute(given.links, folder),
    )
    stages = tuple(_placed(stage, folder) for stage in job.stages)
    output = msgspec.structs.replace(job.output, folder=_absolute(job.output.folder, folder))
    return msgspec.structs.replace(job, input=source, stages=stages, output=output)


def _placed(stage: Stage, folder: Path) -> Stage:
    """A stage with the paths in it made absolute."""
    synth, kept = stage.synth, stage.filter
    if synth is not None:
        lexicons = tuple(_absolute(path, folder) for path in synth.lexicons)
        like = synth.like and _absolute(synth.like, folder)
        return msgspec.structs.replace(stage, synth=msgspec.structs.replace(synth, like=like, lexicons=lexicons))
    if kept is not None:
        filters = {
            name: {key: _word_lists(key, value, folder) for key, value in given.items()}
            for name, given in kept.filters.items()
        }
        return msgspec.structs.replace(stage, filter=msgspec.structs.replace(kept, filters=filters))
    return stage


def _word_lists(key: str, value: object, folder: Path) -> object:
    if key not in WORD_LISTS or not isinstance(value, list | tuple):
        return value
    return [_absolute(path, folder) if isinstance(path, str) else path for path in value]


def _source(path: str, folder: Path) -> str:
    """A file, two files ``A,B``, or a name of the hub, which is no path."""
    if path.startswith("hub:") or (folder / path).exists() or "," not in path:
        return path if path.startswith("hub:") else _absolute(path, folder)
    return ",".join(_absolute(one, folder) for one in path.split(","))


def _absolute(path: str, folder: Path) -> str:
    if path in ("", "-"):
        return path  # told later, as it is
    return os.path.normpath(folder / Path(path).expanduser())


def _longhand(value: dict[str, Any]) -> dict[str, Any]:
    """The document with what may be written short (``cmi: 20-40``, ``pair: en-hi``) written out."""
    stages = value.get("stages")
    if not isinstance(stages, list):
        return value
    written = []
    for stage in stages:
        whole = dict(stage) if isinstance(stage, dict) else stage
        for name, written_out in (("synth", longhand), ("filter", _filter_longhand)):
            if isinstance(whole, dict) and isinstance(whole.get(name), dict):
                whole[name] = written_out(whole[name])
        written.append(whole)
    return {**value, "stages": written}


def _filter_longhand(given: dict[str, Any]) -> dict[str, Any]:
    """The names of filters may stand in the place of ``filters``, and those without settings be empty."""
    named = given["filters"] if "filters" in given else {k: v for k, v in given.items() if k != "tagger"}
    if not isinstance(named, dict):
        return given
    rest = {
        name: value for name, value in given.items() if name == "tagger" or ("filters" in given and name != "filters")
    }
    return {"filters": {name: {} if value is None else value for name, value in named.items()}, **rest}


def _meaning(value: dict[str, Any]) -> Iterator[Mistake]:
    """What is wrong with stages that have the right types."""
    stages = value["stages"]
    if not stages:
        yield Mistake("stages", "there is none", "begin with - synth: or - tag:")
    for number, stage in enumerate(stages):
        place = f"stages[{number}]"
        if len([name for name in Stage.__struct_fields__ if stage.get(name) is not None]) != 1:
            known = ", ".join(Stage.__struct_fields__)
            yield Mistake(place, "a stage is one thing", f"give each its own item of the list: {known}")
        elif stage.get("synth") is not None:
            if number:
                yield Mistake(f"{place}.synth", "pairs are there only at the beginning", "make it the first stage")
            yield from _synth(stage["synth"], f"{place}.synth")
        elif stage.get("tag") is not None:
            yield from _tag(msgspec.convert(stage["tag"], TagSettings), f"{place}.tag")
        elif number == 0:
            hint = "begin with synth or tag; cswitch filter takes records that are tagged already"
            yield Mistake(f"{place}.filter", "there is nothing yet to be left out", hint)
        else:
            yield from _filter(msgspec.convert(stage["filter"], FilterSettings), f"{place}.filter")


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
    if value.get("like") and (value.get("cmi") is not None or value.get("switches") is not None):
        hint = "it takes both from the real text; leave them out"
        yield Mistake(f"{place}.like", "it excludes cmi and switches", hint)
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
        parse_spec(settings.tagger)
    except UsageError as error:
        yield Mistake(f"{place}.tagger", error.message, error.hint)
    if settings.alternatives < 0:
        yield Mistake(f"{place}.alternatives", f"{settings.alternatives} is too small", "choose 0 or more")
    if settings.batch_tokens is not None and settings.batch_tokens < 1:
        yield Mistake(f"{place}.batch_tokens", f"{settings.batch_tokens} is too small", "choose 1 or more")


def _filter(settings: FilterSettings, place: str) -> Iterator[Mistake]:
    if not settings.filters:
        yield Mistake(place, "no filter is given", f"known: {', '.join(FILTERS)}")
    for name, given in settings.filters.items():
        if name == "duplicates":
            hint = "run cswitch filter --duplicates over the shards afterwards"
            yield Mistake(f"{place}.{name}", "duplicates are looked for among all records, not in a shard", hint)
            continue
        try:
            make_filter(name, given)
        except CswitchError as error:
            yield Mistake(f"{place}.{name}", error.message, error.hint)
    try:
        parse_spec(settings.tagger)
    except UsageError as error:
        yield Mistake(f"{place}.tagger", error.message, error.hint)


def _input(job: Job) -> Iterator[Mistake]:
    given, pairs = job.input, job.stages[0].synth is not None
    formats = PAIR_FORMATS if pairs else TEXT_FORMATS
    if not given.paths or not all(given.paths):
        yield Mistake("input.path", "it names nothing", "name a file")
    if "-" in given.paths:
        yield Mistake("input.path", "standard input can be read only once", "write it to a file first")
    if given.format is not None and given.format not in formats:
        yield Mistake("input.format", f"unknown format {given.format!r}", f"known: {', '.join(formats)}")
    if given.limit is not None and given.limit < 1:
        yield Mistake("input.limit", f"{given.limit} is too small", "choose 1 or more")
    if given.links is not None and (not pairs or len(given.paths) > 1):
        yield Mistake("input.links", "links belong to the pairs of one path", "leave them out, or put them in a column")
    settings = job.stages[0].synth
    if given.links is not None and settings is not None and settings.aligner not in (AUTO, GIVEN):
        yield Mistake(
            "input.links", f"they are of no use with the aligner {settings.aligner}", "leave out one of the two"
        )
    if given.field is not None and pairs:
        yield Mistake("input.field", "pairs have a field for each language", "leave it out")


def _output(output: JobOutput) -> Iterator[Mistake]:
    if not output.folder:
        yield Mistake("output.folder", "it has no name", "name a folder")
    if not 1 <= output.rows_per_shard <= MAX_ROWS:
        yield Mistake("output.rows_per_shard", f"{output.rows_per_shard} is out of range", f"choose 1 to {MAX_ROWS:,}")


def _wrong(document: Document, found: list[Mistake]) -> WrongJobError:
    told = []
    for field, message, hint in found:
        if re.fullmatch(r"stages\[\d+\]\.prompt", field):
            message, hint = "a language model is no stage of a job", "use cswitch prompt, which resumes by itself"
        told.append(document.error(message, field, hint=hint))
    return WrongJobError(sorted(told, key=lambda error: error.line or 0))
