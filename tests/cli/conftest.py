"""Command lines run in this process, and the samples they read."""

import io
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec
import pytest

from cswitch.cli.main import main
from cswitch.core.measures import cmi
from cswitch.schemas.sample import Provenance, Sample, Target


class Done(NamedTuple):
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The one line of stderr, without the name of the program."""
        assert self.err.count("\n") == 1, self.err
        assert self.err.startswith("cswitch: error: ")
        return self.err.removeprefix("cswitch: error: ").rstrip("\n")


Cswitch = Callable[..., Done]
WriteSamples = Callable[..., Path]


@pytest.fixture
def cswitch(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Cswitch:
    """Runs ``cswitch ARGUMENTS`` in this process, with a text on its standard input."""

    def run(*arguments: object, stdin: str = "", env: dict[str, str] | None = None) -> Done:
        with monkeypatch.context() as patch:
            patch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(stdin.encode()))))
            for name, value in (env or {}).items():
                patch.setenv(name, value)
            status = main(list(map(str, arguments)))
        out, err = capfdbinary.readouterr()
        return Done(status, out.decode(), err.decode())

    return run


class MakeSample(Protocol):
    """Writes a sample of words and their tags."""

    def __call__(
        self, text: str, *, asked: float | None = None, tolerance: float = 3.0, met: bool = True, name: str = "1.0"
    ) -> Sample: ...


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in which commands run, beside an empty one named ``made``; no server and no cluster is set."""
    (tmp_path / "work").mkdir()
    (tmp_path / "made").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    for name in [name for name in os.environ if name.startswith("SLURM_")]:
        monkeypatch.delenv(name)
    return tmp_path / "work"


@pytest.fixture
def sample() -> MakeSample:
    """Makes a sample from ``token/tag`` text; ``token/tag+`` is glue, and white space stays as it is."""

    def make(
        text: str, *, asked: float | None = None, tolerance: float = 3.0, met: bool = True, name: str = "1.0"
    ) -> Sample:
        plain, tokens, langs, offsets = "", [], [], []
        origins: list[tuple[str, int] | None] = []
        for gap, token, tag, glue in re.findall(r"(\s*)(\S+?)/(\w+)(\+?)", text):
            plain += gap + token
            tokens.append(token)
            langs.append(tag)
            offsets.append((len(plain) - len(token), len(plain)))
            origins.append(None if glue else (tag, len(origins)))
        return Sample(
            id=name, source_id=name.partition(".")[0], text=plain, tokens=tokens, langs=langs, offsets=offsets,
            origins=origins, languages=["hi", "en"], matrix="hi", measures={"cmi": cmi(langs)},
            target=Target(cmi=asked, tolerance=tolerance), met=met, reachable={"cmi": (0.0, 50.0)},
            provenance=Provenance(generator="insertion", version="0", config="0", seed=0, draw=0),
        )  # fmt: skip

    return make


@pytest.fixture
def write(tmp_path: Path) -> WriteSamples:
    """Writes samples as JSON Lines and gives the path."""

    def to_file(*samples: Sample) -> Path:
        path = tmp_path / "samples.jsonl"
        path.write_bytes(b"".join(msgspec.json.encode(sample) + b"\n" for sample in samples))
        return path

    return to_file
