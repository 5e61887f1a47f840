"""From the input of a job to its shards, before anything is done with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from cswitch.core.errors import InputError, UsageError
from cswitch.core.text.cjk import LANGUAGES as SEGMENTED
from cswitch.pipeline.jobs.reading import SpanLines
from cswitch.pipeline.jobs.scan import Ids, Named, id_in_column, id_in_json, is_plain, scan
from cswitch.pipeline.jobs.shards import SPOOL, Plan, Shard, stem
from cswitch.pipeline.jobs.spool import digest_of, write_spool
from cswitch.pipeline.lines import guess_format, read_lines
from cswitch.pipeline.readers import layout_named, read_pairs, two_files
from cswitch.pipeline.tag_input import Reading, read_untagged
from cswitch.pipeline.tag_layouts import opened
from cswitch.schemas.job import Job, PromptStage, Stage

MAX_SHARDS = 100_000
"""Their names have five digits."""
Wanted = Callable[[int, str], bool]
"""Whether the rows of a shard (number, digest) will be needed."""
Note = Callable[[str], None]


def make_plan(job: Job, *, spool: Path | None = None, wanted: Wanted | None = None, note: Note | None = None) -> Plan:
    """Cuts the input of a job into shards.

    Files of plain lines are looked through once and stay where they are. Everything else is read here, and the rows of
    the shards that are wanted are put down in a folder.

    Args:
        job: The job; its links are those of its only path.
        spool: Folder for rows that have to be put down; None puts none down.
        wanted: Which shards they are put down for; None for all.
        note: Called with a line about anything the user should know.

    Raises:
        InputError: The input cannot be read, or ids repeat.
        UsageError: It would be too many shards.
        MissingExtraError: Reading it needs an extra.
    """
    shards: list[Shard] = []
    ids = Ids()
    rows = 0
    for path in job.input.paths:
        left = None if job.input.limit is None else job.input.limit - rows
        if left == 0:
            break
        for shard in _shards(job, path, left, len(shards), rows, ids, spool, wanted, note):
            shards.append(shard)
            rows += shard.rows
            if len(shards) > MAX_SHARDS:
                raise UsageError(f"these are more than {MAX_SHARDS:,} shards", hint="raise output.rows_per_shard")
    _check_ids(shards, ids)
    return Plan(tuple(shards), rows)


def reading_of(job: Job) -> Reading:
    """How the utterances of a job that begins with tags are read."""
    tag = job.stages[0].tag
    spoken = tag.languages if tag else ()
    lang = next((lang for lang in spoken if lang in SEGMENTED), "")
    return Reading(job.input.format, job.input.field, job.input.pretokenised, lang)


def pair_of(stage: Stage) -> tuple[str, ...] | None:
    """The languages of the pairs that a first stage reads; None where it reads something else."""
    if stage.prompt is not None:
        return stage.prompt.languages[:2] if stage.prompt.source == "pairs" else None
    return None if stage.synth is None else stage.synth.pair


def _shards(
    job: Job, path: str, limit: int | None, number: int, before: int, ids: Ids, spool: Path | None,
    wanted: Wanted | None, note: Note | None,
) -> Iterator[Shard]:  # fmt: skip
    pair, rows = pair_of(job.stages[0]), job.output.rows_per_shard
    kind, paths, header = _pairs_layout(job, path, pair) if pair else _text_layout(job, path)
    if kind:
        asked = job.stages[0].prompt
        numbered = pair is None and (asked is None or "id" in (asked.source_lang, job.input.field))
        named = None if numbered else _named(kind, header)
        links = job.input.links if pair else None
        yield from scan(
            kind,
            paths,
            header=header,
            links=links,
            rows=rows,
            limit=limit,
            ids=ids,
            named=named,
            number=number,
            before=before,
        )
        return
    found = _read(job, path, before, limit, note)
    while held := list(islice(found, rows)):
        digest = digest_of(held, before)
        place = ""
        if spool is not None and (wanted is None or wanted(number, digest)):
            spool.mkdir(exist_ok=True)
            place = str(spool / f"{stem(number)}.rows")
            write_spool(Path(place), held)
        yield Shard(number=number, rows=len(held), before=before, digest=digest, path=path, kind=SPOOL, spool=place)
        number, before = number + 1, before + len(held)


def _read(job: Job, path: str, before: int, limit: int | None, note: Note | None) -> Iterator[Any]:
    """Rows of what cannot be cut by its bytes."""
    pair, asked, given = pair_of(job.stages[0]), job.stages[0].prompt, job.input
    if pair is not None:
        rows = read_pairs(
            path, pair, links=given.links, fmt=given.format, pretokenised=given.pretokenised, note=note, before=before
        )
        return islice(rows, limit)
    if asked is not None:
        from cswitch.pipeline.prompt_source import grid_rows, read_texts

        if asked.source == "grid":
            return grid_rows(path, asked.seed, limit)
        field = given.field or ""
        texts = read_texts(path, asked.source_lang, fmt=given.format, field=field, note=note, before=before)
        return islice(texts, limit)
    return islice(read_untagged(path, reading_of(job)), limit)


def _pairs_layout(job: Job, path: str, pair: tuple[str, ...]) -> tuple[str, tuple[str, ...], str]:
    """Layout, files and header of pairs in plain lines; an empty layout for everything else.

    Raises:
        InputError: The first row cannot be read.
    """
    given = job.input
    first = read_pairs(path, pair, links=given.links, fmt=given.format, pretokenised=given.pretokenised)
    next(first, None)
    paths = two_files(path, pair, given.format)
    if paths is None:
        if (given.format or layout_named(path)) not in (None, "tsv", "jsonl") or not is_plain(path):
            return "", (), ""
        header = next(read_lines(path))[1]
        kind = given.format or guess_format(path, header) or ""
        return (kind, (path,), header if kind == "tsv" else "") if kind in ("tsv", "jsonl") else ("", (), "")
    plain = all(map(is_plain, paths)) and (given.links is None or is_plain(given.links))
    return ("parallel", paths, "") if plain else ("", (), "")


def _text_layout(job: Job, path: str) -> tuple[str, tuple[str, ...], str]:
    """The same for text that is to be tagged or mixed."""
    asked = job.stages[0].prompt
    if asked is not None:
        return _asked_layout(job, path, asked)
    kind, _ = opened(path, job.input.format)
    return (kind, (path,), "") if kind in ("text", "jsonl") and is_plain(path) else ("", (), "")


def _asked_layout(job: Job, path: str, asked: PromptStage) -> tuple[str, tuple[str, ...], str]:
    """The same for text in one language that a language model is to mix."""
    from cswitch.pipeline.prompt_source import layout_of_texts, read_texts

    if asked.source == "grid":
        return "", (), ""
    given, lang, field = job.input, asked.source_lang, job.input.field or ""
    next(read_texts(path, lang, fmt=given.format, field=field), None)
    if not is_plain(path):
        return "", (), ""
    header = next(read_lines(path))[1]
    kind = given.format or layout_of_texts(path, header, lang, field)
    return kind, (path,), header if kind == "tsv" else ""


def _named(kind: str, header: str) -> Named | None:
    """How the id of a line is found; None where rows are numbered."""
    if kind == "jsonl":
        return id_in_json
    columns = header.split("\t")
    return id_in_column(columns.index("id")) if "id" in columns else None


def _check_ids(shards: list[Shard], ids: Ids) -> None:
    """Raises an error for the first id that is there twice."""
    repeated = ids.repeated()
    if not repeated:
        return
    seen: set[str] = set()
    for shard in shards:
        named = _named(shard.kind, shard.header) if shard.kind in ("tsv", "jsonl") else None
        for number, line in SpanLines(shard.spans[0]) if named else ():
            name = named(line.encode()) if named else None
            if name and name in seen:
                hint = "give every row its own id, or leave ids out to have the rows numbered"
                raise InputError(
                    f"id {name!r} appears a second time", path=shard.path, line=number, field="id", hint=hint
                )
            if name and hash(name) in repeated:
                seen.add(name)
