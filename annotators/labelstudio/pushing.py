"""Tasks to a project, each sample once, whatever breaks on the way.

Nothing is remembered between runs: what is there already is read from the server, by the ids of the samples. A request
that failed is made again only for what has not arrived. Two runs at once may import the same samples. A run sees by a
gap in the numbers of its tasks, and at its end by how many the project has, that others came between; then it reads
what they brought and takes away what is there twice: of two tasks the one without annotations, else the later. So the
run that ends last leaves each sample once, whatever became of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from itertools import islice
from time import monotonic, sleep
from typing import Any, NamedTuple

import msgspec

from cswitch.annotators.labelstudio.connection import Server
from cswitch.annotators.labelstudio.faults import Refused, ServerGone
from cswitch.core.errors import InputError, RunError

CHUNK = 1000
"""Tasks imported by one request."""
VERSION = "cswitch"
"""Version of the predictions of a project. A server shows annotators those of one version only, so all have the same;
what made a sample stands in its data, as ``made_by``."""

Task = dict[str, Any]

_TRIES = 5
_FIRST_WAIT = 1.0
_TOO_LARGE = 413
_FAILED = 500


class Pushed(msgspec.Struct, kw_only=True):
    """What a push did."""

    samples: int = 0
    """Samples that were given."""
    sent: int = 0
    """Tasks that this run brought."""
    blind: int = 0
    """How many of them have no prediction."""
    there: int = 0
    """Samples that were there already."""
    repeated: int = 0
    """Samples that were given twice."""
    changed: int = 0
    """Samples that are there with another text; they were left as they are."""
    removed: int = 0
    """Tasks that were there twice and were taken away."""
    doubled: int = 0
    """Samples that are there twice and stay so, for both tasks have annotations."""
    foreign: int = 0
    """Tasks of the project that come from elsewhere."""
    seconds: float = 0.0
    """Time from the first request that brought tasks to the end."""


class _Place(NamedTuple):
    task: int
    annotated: bool
    text: bytes


class Known:
    """What a project holds: which samples, in which tasks."""

    def __init__(self) -> None:
        self.places: dict[str, _Place] = {}
        """The task of each sample."""
        self.last = 0
        """The highest id of a task that was seen."""
        self.tasks = 0
        """How many tasks were seen."""
        self.spare: list[int] = []
        """Tasks that hold what another holds too, and that nobody has annotated."""
        self.doubled = 0
        """Samples in two tasks that both have annotations."""
        self.foreign = 0
        """Tasks that come from elsewhere."""

    def add(self, number: int, data: Mapping[str, Any], *, annotated: bool = False) -> None:
        """Take note of a task."""
        self.last, self.tasks = max(self.last, number), self.tasks + 1
        key = key_of(data)
        if key is None:
            self.foreign += 1
            return
        place, held = _Place(number, annotated, _digest(data)), self.places.get(key)
        if held is None:
            self.places[key] = place
        elif held.task != number and held.text == place.text:
            self._settle(key, held, place)

    def read(self, server: Server, project: int) -> None:
        """Take note of the tasks that are new since the last look."""
        for task in server.tasks(project, after=self.last):
            self.add(int(task["id"]), task.get("data") or {}, annotated=bool(task.get("total_annotations")))

    def _settle(self, key: str, held: _Place, found: _Place) -> None:
        first, second = sorted((held, found))
        if first.annotated and second.annotated:
            self.doubled += 1
        else:
            keep, spare = (second, first) if second.annotated else (first, second)
            self.places[key] = keep
            self.spare.append(spare.task)

    def delete_spare(self, server: Server, project: int) -> int:
        """Take away what is there twice; gives how many tasks that were."""
        count = len(self.spare)
        if count:
            server.delete_tasks(project, self.spare)
            self.tasks -= count
            self.spare.clear()
        return count


def push_tasks(
    server: Server,
    project: int,
    tasks: Iterable[Task],
    *,
    chunk: int = CHUNK,
    ahead: bool = True,
    wait: Callable[[float], object] = sleep,
) -> Pushed:
    """Brings tasks to a project; those whose samples are there already stay at home.

    Args:
        server: Where.
        project: Id of the project.
        tasks: Tasks as :func:`cswitch.annotators.labelstudio.tasks.task_of` makes them. The first prediction of each is
            the one that annotators are shown.
        chunk: Tasks imported by one request.
        ahead: Make the next tasks in a thread while the server imports; not where they come from a terminal.
        wait: How to wait before a request is made again.

    Raises:
        InputError: A sample is given twice with different texts.
        RunError: The server refused tasks, or stopped and did not come back; the message tells how many arrived.
    """
    known, pushed, started = Known(), Pushed(), 0.0
    known.read(server, project)
    version = str(server.project(project).get("model_version") or VERSION)
    run = _Run(server, project, known, pushed, wait)
    for part in _in_chunks(_new(tasks, known, pushed, version), chunk, ahead=ahead):
        started = started or monotonic()
        run.bring(part)
    _settle(server, project, known, pushed, version)
    pushed.seconds = monotonic() - started if started else 0.0
    return pushed


def _settle(server: Server, project: int, known: Known, pushed: Pushed, version: str) -> None:
    """Leave each sample once, and the predictions shown."""
    pushed.removed += known.delete_spare(server, project)
    after = server.project(project)
    if after.get("task_number") not in (None, known.tasks):  # others were at work, unseen
        known = Known()
        known.read(server, project)
        pushed.removed += known.delete_spare(server, project)
    pushed.doubled, pushed.foreign = known.doubled, known.foreign
    if pushed.sent and str(after.get("model_version") or "") != version:
        server.update_project(project, {"model_version": version})


def key_of(data: Mapping[str, Any]) -> str | None:
    r"""What tells a sample from the others of a project: its id and the round; None when a task is not ours.

    >>> key_of({"id": "7", "text": "ok", "tokens": ["ok"], "round": 2}), key_of({"text": "ok"})
    ('7\x1f2', None)
    """
    name = data.get("id")
    if not isinstance(name, str) or not isinstance(data.get("text"), str) or not isinstance(data.get("tokens"), list):
        return None
    return f"{name}\x1f{data.get('round', 1)}"


class _Run(NamedTuple):
    server: Server
    project: int
    known: Known
    pushed: Pushed
    wait: Callable[[float], object]

    def bring(self, tasks: list[Task]) -> None:
        """Import tasks, again and again until all have arrived."""
        rest, wait = tasks, _FIRST_WAIT
        for attempt in range(1, _TRIES + 1):
            rest = self._missing(rest)
            if not rest:
                return
            try:
                numbers = self.server.import_tasks(self.project, msgspec.json.encode(rest))
            except ServerGone as error:
                self._failed(error, attempt)
            except Refused as error:
                if error.status == _TOO_LARGE and len(rest) > 1:
                    self.bring(rest[: len(rest) // 2])
                    self.bring(rest[len(rest) // 2 :])
                    return
                if error.status < _FAILED:
                    raise self._told(error) from error
                self._failed(error, attempt)
            else:
                self._arrived(rest, numbers)
                return
            self.wait(wait)
            wait *= 2
            try:
                self.known.read(self.server, self.project)
            except ServerGone as error:
                raise self._told(error) from error
            self._count([task for task in rest if key_of(task["data"]) in self.known.places])

    def _missing(self, tasks: list[Task]) -> list[Task]:
        return [task for task in tasks if key_of(task["data"]) not in self.known.places]

    def _arrived(self, tasks: list[Task], numbers: list[int]) -> None:
        alone = numbers == list(range(self.known.last + 1, self.known.last + 1 + len(tasks)))
        self._count(tasks)
        if alone:
            for number, task in zip(numbers, tasks, strict=True):
                self.known.add(number, task["data"])
        else:
            self.known.read(self.server, self.project)

    def _count(self, tasks: list[Task]) -> None:
        self.pushed.sent += len(tasks)
        self.pushed.blind += sum(not task.get("predictions") for task in tasks)

    def _failed(self, error: RunError, attempt: int) -> None:
        if attempt == _TRIES:
            raise self._told(error) from error

    def _told(self, error: RunError) -> RunError:
        arrived = f"{self.pushed.sent:,} tasks of this run have arrived"
        hint = "; ".join(filter(None, (error.hint, f"{arrived}: what is there is not sent again")))
        return type(error)(error.message, hint=hint, **({"status": error.status} if isinstance(error, Refused) else {}))


def _new(tasks: Iterable[Task], known: Known, pushed: Pushed, version: str) -> Iterator[Task]:
    """The tasks whose samples are not there, each once."""
    given: dict[str, bytes] = {}
    for task in tasks:
        key, text = key_of(task["data"]), _digest(task["data"])
        if key is None:
            raise InputError("a task has no id, text and tokens", hint="make it by cswitch export")
        pushed.samples += 1
        if key in given:
            if given[key] != text:
                name = task["data"]["id"]
                raise InputError(
                    f"sample {name} is given twice with different texts", hint="give each an id of its own"
                )
            pushed.repeated += 1
            continue
        given[key] = text
        held = known.places.get(key)
        if held is None:
            yield _shown(task, version)
        else:
            pushed.there += 1
            pushed.changed += held.text != text


def _shown(task: Task, version: str) -> Task:
    """The task with a first prediction of the version that annotators are shown."""
    predictions = task.get("predictions")
    if not predictions:
        return task
    first = {**predictions[0], "model_version": version}
    data = {**task["data"], "made_by": predictions[0].get("model_version", "")}
    return {**task, "data": data, "predictions": [first, *predictions[1:]]}


def _in_chunks(tasks: Iterator[Task], size: int, *, ahead: bool) -> Iterator[list[Task]]:
    """Lists of tasks; the next is made while the caller is busy with the one before."""
    if not ahead:
        while part := list(islice(tasks, size)):
            yield part
        return
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(lambda: list(islice(tasks, size)))
        while part := coming.result():
            coming = pool.submit(lambda: list(islice(tasks, size)))
            yield part


def _digest(data: Mapping[str, Any]) -> bytes:
    return blake2b(str(data.get("text")).encode("utf-8", "surrogatepass"), digest_size=8).digest()
