"""``cswitch doctor``: what is installed here, and what each extra would add."""

from __future__ import annotations

import os
import platform
import re
import shutil
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import typer

from cswitch import __version__
from cswitch.cli.options import AsJson, print_json

BRINGS: dict[str, str] = {
    "align": "the aligner fast-align, which learns from the corpus it aligns",
    "hf": "the aligner embedding:MODEL and the tagger hf:MODEL, with any transformers encoder, and its training",
    "llm": "cswitch prompt: text by language models behind an OpenAI-compatible server",
    "studio": "cswitch studio: projects on a Label Studio server",
    "ray": "cswitch run --engine ray, on a cluster",
    "agreement": "Krippendorff's alpha for cswitch studio agreement",
    "datasets": "Parquet and folders of datasets, to tag, to evaluate and to train on",
    "spacy": "language tags inside spaCy, and spaCy's analyses of mixed text",
    "stanza": "stanza's analyses of mixed text",
    "romanise": "Chinese, Japanese and Thai in Latin letters",
    "cjk": "words of Chinese, Japanese and Thai, which are written without spaces",
    "all": "every extra",
}
"""Every extra a user may want, and what it brings."""

PROGRAMS: dict[str, tuple[str, str]] = {
    "eflomal": (
        "eflomal-align",
        "for --aligner eflomal, a statistical word aligner (GPL): pip install eflomal",
    ),
}
"""Programs that are used when they are there: the file looked for, and what it brings."""

_REQUIREMENT = re.compile(
    r"(?P<name>[\w.-]+)(?:\[(?P<parts>[^\]]*)\])?[^;]*(?:;.*extra == ['\"](?P<extra>[\w-]+)['\"])?"
)
_KEPT = {"lexicons", "models", "samples"}
_SOURCES = {".py", ".pyc", ".md"}


@dataclass(frozen=True, kw_only=True)
class Extra:
    """One optional part of the installation."""

    name: str
    brings: str
    installed: bool
    packages: dict[str, str | None]
    """Distribution to its version, or None when it is absent."""
    command: str
    """What installs it."""


@dataclass(frozen=True, kw_only=True)
class DataFile:
    """A lexicon, model or sample that came with the package."""

    name: str
    languages: list[str]
    """The languages that its name speaks of."""
    bytes: int


@dataclass(frozen=True, kw_only=True)
class Report:
    """What ``cswitch doctor --json`` prints."""

    cswitch: str
    python: str
    platform: str
    cpus: int
    """Processors that this process may use."""
    dependencies: dict[str, str | None]
    extras: list[Extra]
    data: dict[str, list[DataFile]]
    """Folder of cswitch.data to its files."""
    programs: dict[str, str | None]
    """Program to its path, or None when it is absent."""
    faults: list[str]
    """What keeps cswitch from working, with the remedy."""


def doctor(as_json: AsJson = False) -> None:
    """Tell what is installed and what each extra would add.

    Exit status 1 when something that cswitch needs is missing.
    """
    report = examine()
    if as_json:
        print_json(report)
    else:
        typer.echo("\n".join(_lines(report)))
    if report.faults:
        raise typer.Exit(1)


def examine() -> Report:
    """Looks at this installation.

    >>> examine().dependencies["numpy"] is None
    False
    """
    required = _requirements()
    base = {name: _version(name) for name in required.pop("", [])}
    data = {folder: _data_files(folder) for folder in sorted(_KEPT)}
    return Report(
        cswitch=__version__,
        python=platform.python_version(),
        platform=f"{platform.system()} {platform.machine()}",
        cpus=_cpus(),
        dependencies=base,
        extras=[_extra(name, required[name]) for name in BRINGS if name in required],
        data=data,
        programs={name: shutil.which(file) for name, (file, _) in PROGRAMS.items()},
        faults=[f"{name} is missing: pip install {name}" for name, found in base.items() if found is None]
        + [f"no {folder} found: pip install --force-reinstall cswitch" for folder, files in data.items() if not files],
    )


def _requirements() -> dict[str, list[str]]:
    """Extra to the names it requires, ``""`` for the base; extras that name other extras are spelled out."""
    found: dict[str, list[str]] = {"": []}
    for line in metadata.requires("cswitch") or []:
        match = _REQUIREMENT.match(line)
        if match is None:
            continue
        names = found.setdefault(match["extra"] or "", [])
        names.extend(
            (match["parts"] or "").replace(" ", "").split(",") if match["name"] == "cswitch" else [match["name"]]
        )
    return {extra: [part for name in names for part in found.get(name, [name])] for extra, names in found.items()}


def _extra(name: str, packages: list[str]) -> Extra:
    versions = {package: _version(package) for package in packages}
    return Extra(
        name=name,
        brings=BRINGS[name],
        installed=None not in versions.values(),
        packages=versions,
        command=f'pip install "cswitch[{name}]"',
    )


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _cpus() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _data_files(folder: str) -> list[DataFile]:
    from cswitch import data
    from cswitch.core.text.scripts import languages

    places = [path for path in sorted((Path(data.__path__[0]) / folder).glob("*")) if path.is_file()]
    return [
        DataFile(
            name=path.name,
            languages=[part for part in re.split(r"[-_.]", path.stem) if part in languages()],
            bytes=path.stat().st_size,
        )
        for path in places
        if path.suffix not in _SOURCES
    ]


def _lines(report: Report) -> list[str]:
    lines = [f"cswitch {report.cswitch}, Python {report.python}, {report.platform}, {report.cpus} processors"]
    lines += ["", "dependencies", *(f"  {name} {found or 'MISSING'}" for name, found in report.dependencies.items())]
    lines += ["", "extras", *(line for extra in report.extras for line in _about_extra(extra))]
    for folder, files in report.data.items():
        lines += ["", folder, *map(_about_file, files)]
    lines += ["", "programs"]
    for name, found in report.programs.items():
        lines.append(f"  {name}: {found}" if found else f"  {name}: not found; {PROGRAMS[name][1]}")
    return [*lines, *(f"\nFAULT  {fault}" for fault in report.faults)]


def _about_extra(extra: Extra) -> list[str]:
    parts = ", ".join(f"{name} {found}" if found else f"{name} (absent)" for name, found in extra.packages.items())
    state = "installed" if extra.installed else f"not installed; {extra.command}"
    return [f"  {extra.name}: {state}", f"    {extra.brings}", f"    {parts}"]


def _about_file(file: DataFile) -> str:
    languages = f" ({', '.join(file.languages)})" if file.languages else ""
    return f"  {file.name}{languages} {max(1, round(file.bytes / 1000)):,} kB"
