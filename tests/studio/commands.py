"""``cswitch studio`` against a server, in this process, for importing its SDK takes seconds; and what it reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import msgspec

from cswitch.core.text.tokens import tokenise
from cswitch.schemas.annotation import Annotated


class Done(NamedTuple):
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The last line of stderr, which tells what went wrong."""
        *before, last = self.err.splitlines()
        assert last.startswith("cswitch: error: "), self.err
        assert "Traceback" not in self.err
        assert "error:" not in "".join(before)
        return last.removeprefix("cswitch: error: ")


class Studio(Protocol):
    """Runs ``cswitch studio ARGUMENTS``, with the server's address and the owner's key unless others are given."""

    def __call__(self, *arguments: object, status: int = 0, url: str = "", key: str = "") -> Done: ...


def tagged(name: str, text: str, tags: dict[str, str], default: str = "other") -> dict[str, Any]:
    """A tagged record, as push reads it."""
    tokens, offsets, _ = tokenise(text)
    langs = [tags.get(token, default) for token in tokens]
    return record(name, text, tokens, offsets, langs)


def record(
    name: str, text: str, tokens: Sequence[str], offsets: Sequence[tuple[int, int]], langs: Sequence[str]
) -> dict[str, Any]:
    """The same from its parts."""
    sure = [0.9] * len(tokens)
    return {"id": name, "text": text, "tokens": tokens, "offsets": offsets, "langs": langs, "probabilities": sure}


def write(path: Path, records: Iterable[dict[str, Any]]) -> Path:
    """A file of records, one a line."""
    path.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in records))
    return path


def read(path: Path) -> list[Annotated]:
    """What pull wrote."""
    lines = path.read_bytes().splitlines()
    return [msgspec.json.decode(line, type=Annotated) for line in lines]
