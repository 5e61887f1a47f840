"""What a training tells, and what it does at the start of an epoch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def follower(begin: Callable[[int], None], report: Callable[[str], None]) -> Any:
    """A callback of the Trainer.

    Args:
        begin: Called with the number of each epoch before it is gone through.
        report: Called with a line on every look at the development set.
    """
    from transformers import TrainerCallback

    class Follower(TrainerCallback):  # type: ignore[misc,unused-ignore]
        """Hands on what the Trainer tells."""

        loss: float | None = None

        def on_epoch_begin(self, args: Any, state: Any, control: Any, **more: Any) -> None:
            begin(int(state.epoch + 1e-6))

        def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any], **more: Any) -> None:
            self.loss = logs.get("loss", self.loss)

        def on_evaluate(self, args: Any, state: Any, control: Any, metrics: dict[str, Any], **more: Any) -> None:
            loss = "" if self.loss is None else f", loss {self.loss:.4f}"
            accuracy = metrics["eval_accuracy"]
            report(f"step {state.global_step} of {state.max_steps}: dev accuracy {accuracy:.4f}{loss}")

    return Follower()
