"""The shards of a job done by Ray Data: on a cluster, or on this machine where none is named."""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Generator, Iterator
from importlib import import_module
from typing import Any, NamedTuple

import msgspec

from cswitch.core.errors import CswitchError, InputError, MissingExtraError, RunError, UsageError
from cswitch.pipeline.jobs.pool import Outcome
from cswitch.pipeline.jobs.shards import Shard
from cswitch.pipeline.jobs.stages import Block
from cswitch.pipeline.jobs.work import Setup, Trial, Worker
from cswitch.pipeline.jobs.writing import ShardSummary
from cswitch.schemas.job import Stage
from cswitch.schemas.reject import Reject

_decoder = msgspec.msgpack.Decoder
_encode = msgspec.msgpack.Encoder().encode

Packed = tuple[list[bytes], list[Reject], dict[str, int]]
"""A block on its way."""
Row = dict[str, Any]
"""What goes from step to step: ``shard``, and of the outcome what is known by then."""


class Step(NamedTuple):
    """Stages that run in the same processes."""

    start: int
    """Number of the first of them."""
    stop: int
    """Number behind the last."""
    on_gpu: bool
    """Whether they need a GPU."""


class Failure(msgspec.Struct, frozen=True):
    """An error on its way to the process that tells of it."""

    message: str
    hint: str
    errno: int
    """Of a system error; 0 for others."""
    filename: str
    usage: bool
    """Whether it is bad input or usage."""

    @classmethod
    def of(cls, error: Exception) -> Failure:
        """The failure that an error makes."""
        if isinstance(error, CswitchError):
            return cls(error.message, error.hint, 0, "", error.exit_status == InputError.exit_status)
        if isinstance(error, OSError):
            return cls(error.strerror or str(error), "", error.errno or 0, str(error.filename or ""), usage=False)
        return cls(f"unexpected {type(error).__name__}: {error}", "this is a fault in cswitch", 0, "", usage=False)

    def error(self) -> CswitchError | OSError:
        """The error again."""
        if self.errno:
            return OSError(self.errno, self.message, self.filename)
        return (UsageError if self.usage else RunError)(self.message, hint=self.hint)


class Part:
    """What a process does for one step; Ray makes one a process and calls it for each shard.

    A shard may come twice: Ray begins again what was lost. The files are the same then, and each is renamed at once.

    Args:
        setup: The job.
        step: Which of its stages.
        last: Whether the records are written after it.
    """

    def __init__(self, setup: Setup, step: Step, last: bool) -> None:
        self._step, self._last = step, last
        self._worker = StepWorker(setup, step)

    def __call__(self, row: Row) -> Row:
        """Takes a shard a step further."""
        shard = msgspec.msgpack.decode(row["shard"], type=Shard)
        if row["failure"]:
            return row
        try:
            blocks = self._blocks(row, shard)
            if self._last:
                return {**row, "blocks": b"", "summary": _encode(self._worker.write_blocks(shard, blocks))}
            return {**row, "blocks": _encode([(block.lines, block.rejects, block.counts) for block in blocks])}
        except Exception as error:  # noqa: BLE001 the other shards go on, and the run tells of this one
            return {**row, "blocks": b"", "failure": _encode(Failure.of(error))}

    def _blocks(self, row: Row, shard: Shard) -> Iterator[Block]:
        if self._step.start == 0:
            return self._worker.blocks(shard)
        return self._worker.continued(row["blocks"])


class StepWorker(Worker):
    """A worker that has only the stages of a step.

    Args:
        setup: The job.
        step: Which stages.
    """

    def __init__(self, setup: Setup, step: Step) -> None:
        super().__init__(setup, step.start, step.stop)

    def continued(self, blocks: bytes) -> Iterator[Block]:
        """The blocks of an earlier step, through the stages of this one."""
        for lines, rejects, counts in msgspec.msgpack.decode(blocks, type=list[Packed]):
            made = Block(lines, rejects, Counter(counts))
            for stage in self.rest:
                made = stage(made)
            yield made


def by_ray(setup: Setup, shards: list[Shard], workers: int) -> Generator[Outcome[Shard, ShardSummary], None, None]:
    """The outcomes of shards, done by Ray; an engine as :func:`cswitch.pipeline.jobs.run.run_job` takes it.

    Stages on a GPU run in processes of their own, one a GPU, the others in as many as there are workers. With
    ``RAY_ADDRESS`` in the environment the shards go to that cluster, whose machines must all see input and output.

    Args:
        setup: The job.
        shards: What is to be done.
        workers: Processes for stages on CPUs.

    Raises:
        MissingExtraError: Ray is not installed.
        RunError: Ray failed, or there is no GPU for a stage that wants one.
        CswitchError: The first rows cannot be done.
    """
    ray = loaded_ray()
    steps = steps_of(setup.job.stages)
    known = {shard.number: shard for shard in shards}
    seen: set[int] = set()
    with _Session(ray, workers) as session:
        gpus = session.gpus()
        if any(step.on_gpu for step in steps) and not gpus:
            raise RunError(
                "a stage wants a GPU, and Ray has none", hint="set its device to cpu, or start Ray with GPUs"
            )
        if len(steps) == 1 and not steps[0].on_gpu:
            session.run(_tried, setup, shards[0])
        try:
            for row in session.rows(setup, shards, steps, workers, gpus):
                shard = msgspec.msgpack.decode(row["shard"], type=Shard)
                if shard.number in seen:
                    continue  # begun again by Ray after it was done
                seen.add(shard.number)
                if row["failure"]:
                    failure = msgspec.msgpack.decode(row["failure"], type=Failure)
                    yield Outcome(known[shard.number], None, failure.error())
                else:
                    summary = msgspec.msgpack.decode(row["summary"], type=ShardSummary)
                    yield Outcome(known[shard.number], summary, None)
        except ray.exceptions.RayError as error:
            what = str(error).strip().partition("\n")[0][:200]
            hint = "look into Ray's own log, and run the same command again: what is done stays"
            raise RunError(f"Ray ended: {what}", hint=hint) from error


def steps_of(stages: tuple[Stage, ...]) -> list[Step]:
    """Neighbouring stages that run on the same kind of processor.

    >>> from cswitch.schemas.job import TagSettings
    >>> from cswitch.schemas.settings import SynthSettings
    >>> made = Stage(synth=SynthSettings(pair=("en", "hi"))), Stage(tag=TagSettings(tagger="hf:m", device="cuda"))
    >>> steps_of(made)
    [Step(start=0, stop=1, on_gpu=False), Step(start=1, stop=2, on_gpu=True)]
    """
    found: list[Step] = []
    for number, stage in enumerate(stages):
        on_gpu = stage.tag is not None and (stage.tag.device or "").startswith("cuda")
        if found and found[-1].on_gpu == on_gpu:
            found[-1] = found[-1]._replace(stop=number + 1)
        else:
            found.append(Step(number, number + 1, on_gpu))
    return found


class _Session:
    """Ray, begun where it is not running yet.

    Args:
        ray: The package.
        workers: Processors that it is given, where this run begins it.
    """

    def __init__(self, ray: Any, workers: int) -> None:
        self._ray, self._workers = ray, workers

    def __enter__(self) -> _Session:
        for name in ("ray", "ray.data"):
            logging.getLogger(name).setLevel(logging.ERROR)
        os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # it tells of restarts that are meant to be
        os.environ.setdefault("RAY_DATA_DISABLE_PROGRESS_BARS", "1")
        self._begun = not self._ray.is_initialized()
        if self._begun:
            own = {} if os.environ.get("RAY_ADDRESS") else {"num_cpus": self._workers, "include_dashboard": False}
            self._ray.init(logging_level=logging.ERROR, log_to_driver=False, **own)
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if self._begun:
            self._ray.shutdown()

    def gpus(self) -> int:
        """GPUs that Ray has."""
        return int(self._ray.cluster_resources().get("GPU", 0))

    def run(self, function: Any, *arguments: Any) -> None:
        """Calls a function in a process of Ray.

        Raises:
            CswitchError: What it gave back as a failure.
        """
        failure = self._ray.get(self._ray.remote(function).remote(*arguments))
        if failure is not None:
            raise msgspec.msgpack.decode(failure, type=Failure).error()

    def rows(self, setup: Setup, shards: list[Shard], steps: list[Step], workers: int, gpus: int) -> Iterator[Row]:
        """What comes of the shards, as they are done."""
        ray = self._ray
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        rows = [{"shard": _encode(shard), "blocks": b"", "summary": b"", "failure": b""} for shard in shards]
        data = ray.data.from_items(rows, override_num_blocks=len(rows))
        for number, step in enumerate(steps):
            data = data.map(
                Part,
                fn_constructor_args=(setup, step, number == len(steps) - 1),
                compute=ray.data.ActorPoolStrategy(size=gpus if step.on_gpu else min(workers, len(shards))),
                num_cpus=0 if step.on_gpu else 1,
                num_gpus=1 if step.on_gpu else 0,
            )
        yield from data.iter_rows()


def loaded_ray() -> Any:
    """The package.

    Raises:
        MissingExtraError: It is not installed.
    """
    try:
        import_module("ray.data")
        return import_module("ray")
    except ImportError as error:
        raise MissingExtraError("the engine ray", extra="ray") from error


def _tried(setup: Setup, shard: Shard) -> bytes | None:
    """Tries the first rows of a shard; gives back what is wrong with them."""
    try:
        Worker(setup)(Trial(shard))
    except Exception as error:  # noqa: BLE001 the run tells of it
        return _encode(Failure.of(error))
    return None
