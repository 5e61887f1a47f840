"""Runs of ``perturb`` whose fields a language model rewrites, through the loop of ``cswitch prompt``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from cswitch.core.errors import UsageError
from cswitch.perturb.by_rewriting import Rewritten, masked
from cswitch.perturb.mixing import TextTask
from cswitch.perturb.rows import Item, NumberedRow, RowPerturber
from cswitch.perturb.settings import PerturbSettings
from cswitch.pipeline import prompt_run
from cswitch.pipeline.lines import read_lines
from cswitch.pipeline.output import Output
from cswitch.pipeline.perturb_run import Summary, check_columns, check_output, numbered, run
from cswitch.pipeline.perturb_tables import check_layouts, open_table
from cswitch.pipeline.perturb_translating import ADDED, with_added
from cswitch.pipeline.perturb_work import Chunk, run_hash
from cswitch.pipeline.prompt_access import Access, check_access
from cswitch.pipeline.prompt_setup import settled
from cswitch.pipeline.prompt_source import PromptSource
from cswitch.schemas.decode import decode_record
from cswitch.schemas.prompting import PromptSettings
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample

_REPEATS_ALLOWED = 2.0
"""Texts of a data set may be alike: options, premises of several rows."""
_LONGEST = 400
_encode = msgspec.json.Encoder().encode


def run_prompted(
    path: str,
    out: str,
    settings: PerturbSettings,
    access: Access,
    model: str,
    *,
    note: Callable[[str], None] = lambda line: None,
    force: bool = False,
    resume: bool = False,
    **more: Any,
) -> Summary:
    """Perturbs a data set by a language model.

    The texts of all rows go, what is protected masked, through the loop that proposes, measures, edits and asks again,
    into ``OUT.prompt``, a file for each CMI; then each is put back in its row. Answers are kept where the access says.

    Args:
        path: The data.
        out: Where they go.
        settings: What to make.
        access: Where the model is.
        model: Its name.
        note: Called with one line about anything the user should know.
        force: Replace what exists; answers are kept.
        resume: Go on where an unfinished run stopped.
        more: As for :func:`cswitch.pipeline.perturb_run.run`.

    Raises:
        UsageError: Settings cannot be meant.
        StopRun: The budget is spent, the key is refused, the server stays away; what was answered is kept.
    """
    fields = {name: msgspec.structs.replace(field, links=f"{ADDED}{name}") for name, field in settings.fields.items()}
    settings = msgspec.structs.replace(settings, fields=fields)
    wanted = sorted({settings.cmi_of(name) for name in fields} - {0.0})
    if not wanted:
        raise UsageError("a CMI of 0 is asked for in every field", hint="nothing is to be mixed: give --cmi 25")
    prompting = {cmi: settled(_prompting(settings, cmi, model)) for cmi in wanted}
    digests = [msgspec.json.encode(one).decode() for one in prompting.values()]
    check_access(access, prompting[wanted[0]])
    check_layouts(path, out)
    table = open_table(path)
    check_columns(table, settings)
    done = check_output(out, run_hash(settings, *digests), settings.column, force=force, resume=resume)
    rows = RowPerturber(settings, _no_mixer, "")
    places = {cmi: f"{out}.prompt{'' if len(wanted) == 1 else f'.{cmi:g}'}" for cmi in wanted}
    if not done:
        for cmi, place in places.items():
            texts = Path(f"{place}.texts.jsonl")
            _write_texts(texts, (rows.items(row) for row in numbered(table, settings)), settings, cmi)
            if texts.stat().st_size:
                output = Output(
                    place,
                    rejects=f"{place}.rejects",
                    config=prompt_run.run_hash(prompting[cmi]),
                    force=force,
                    resume=not force,
                    by_itself=True,
                )
                source = PromptSource(str(texts), fmt="jsonl", field="text")
                prompt_run.run(source, output, prompting[cmi], access, note=note)
    extra = _Adding(rows, settings, places)
    found = run(path, out, settings, digests=digests, extra=extra, force=force, resume=resume, **more)
    for place in places.values():
        for suffix in ("", ".rejects", ".texts.jsonl"):
            Path(f"{place}{suffix}").unlink(missing_ok=True)
    return found


def _prompting(settings: PerturbSettings, cmi: float, model: str) -> PromptSettings:
    return PromptSettings(
        languages=settings.pair,
        source="text",
        source_lang=settings.pair[0],
        matrix=settings.frame,
        cmi=(cmi, cmi),
        tolerance=settings.tolerance,
        script=settings.script,
        recipe="",
        model=model,
        translator=settings.translator,
        lexicons=settings.lexicons,
        near_duplicate=_REPEATS_ALLOWED,
        max_tokens=_LONGEST,
        seed=settings.seed,
    )


def _write_texts(path: Path, rows: Iterator[list[Item]], settings: PerturbSettings, cmi: float) -> None:
    """Writes the masked texts of one CMI, numbered."""
    number = 0
    with path.open("wb") as out:
        for items in rows:
            for item in items:
                if settings.cmi_of(item.field) == cmi and _says_something(item):
                    number += 1
                    assert isinstance(item.task, TextTask)
                    out.write(_encode({"id": str(number), "text": masked(item.task).text}) + b"\n")


def _says_something(item: Item) -> bool:
    """Whether a text has words outside of what is protected."""
    if not isinstance(item.task, TextTask):
        return False
    sent = masked(item.task)
    rest = sent.text
    for number in range(len(sent.pieces)):
        rest = rest.replace(f"{{{sent.first + number}}}", " ")
    return any(map(str.isalpha, rest))


class _Adding:
    """Puts beside each text of a row what the model has made of it."""

    def __init__(self, rows: RowPerturber, settings: PerturbSettings, places: dict[float, str]) -> None:
        self._rows, self._settings = rows, settings
        self._answers = {cmi: _answers(place) for cmi, place in places.items()}

    def __call__(self, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        for chunk in chunks:
            yield chunk._replace(rows=[self.add(row) for row in chunk.rows])

    def add(self, row: NumberedRow) -> NumberedRow:
        """A row with its answers."""
        items = self._rows.items(row)
        return with_added(row, items, [self._of(item) for item in items])

    def _of(self, item: Item) -> Rewritten | None:
        answers = self._answers.get(self._settings.cmi_of(item.field))
        if answers is None:
            return None
        if not _says_something(item):
            return Rewritten(reason="no_words", detail="all of it is protected")
        return next(answers, None)


def _answers(place: str) -> Iterator[Rewritten]:
    """What became of each text, in order."""
    if not Path(place).exists():
        return
    samples = (decode_record(line, Sample) for _, line in _lines(place))
    rejects = (decode_record(line, Reject) for _, line in _lines(f"{place}.rejects"))
    sample, reject = next(samples, None), next(rejects, None)
    number = 0
    while sample is not None or reject is not None:
        number += 1
        if sample is not None and sample.source_id == str(number):
            cmi = float(sample.measures["cmi"] or 0)
            offsets = [(start, end) for start, end in sample.offsets]
            yield Rewritten(text=sample.text, offsets=offsets, langs=list(sample.langs), cmi=cmi)
            sample = next(samples, None)
        elif reject is not None and reject.source_id == str(number):
            yield Rewritten(reason=reject.reason, detail=reject.detail)
            reject = next(rejects, None)
        else:
            yield Rewritten(reason="empty_answer", detail="the model gave nothing for it")


def _lines(path: str) -> Iterator[tuple[int, str]]:
    if Path(path).stat().st_size:
        yield from read_lines(path)


def _no_mixer(cmi: float) -> Any:
    raise AssertionError("rows are planned here, and mixed elsewhere")
