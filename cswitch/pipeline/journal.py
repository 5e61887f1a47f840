"""How far a run has come, written beside its output so that it can go on after a crash."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from cswitch.pipeline.locked_files import LockedFile
from cswitch.schemas.decode import RecordError, decode_record

_encode = msgspec.json.Encoder().encode


class State(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is safe on the disk."""

    pairs: int
    """Input pairs that are done."""
    samples: int
    """Samples they gave."""
    out_bytes: int
    """Length of the output with these samples."""
    reject_bytes: int | None
    """Length of the file of rejects; None when the run keeps none."""
    side_bytes: dict[str, int] = msgspec.field(default_factory=dict)
    """Length of each further file that the run keeps beside its output, by name."""
    counts: dict[str, int]
    """What the run counts, by name."""
    config: str
    """Hash of the settings of the run."""
    done: bool = False
    """Whether the run has written everything, so that only the names are to be given."""


class Journal(LockedFile):
    """One State a line; the last whole line counts."""

    def append(self, state: State) -> None:
        """Write a state behind the others."""
        self.write(_encode(state) + b"\n")

    def states(self) -> Iterator[tuple[State, int]]:
        """The states, each with the length of the file up to its end; stops at a line that is not whole."""
        end = 0
        for line in self.read_lines():
            end += len(line)
            try:
                state = decode_record(line, State)
            except RecordError:
                return  # torn by a crash, and so is whatever follows
            if not line.endswith(b"\n"):
                return
            yield state, end
