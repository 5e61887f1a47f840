"""Packages laid out as pip leaves them, so that their entry points are found."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path


def install(package: Path, folder: Path) -> Path:
    """Puts the modules of a package into a folder, with what its pyproject.toml says it brings."""
    project = tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))
    meta = project["project"]
    for module in project["tool"]["setuptools"]["py-modules"]:
        shutil.copy(package / f"{module}.py", folder)
    return register(meta["name"], meta["version"], meta["entry-points"]["cswitch"], folder)


def register(name: str, version: str, entry_points: dict[str, str], folder: Path) -> Path:
    """Writes down that a package is installed in a folder, and what it brings."""
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    lines = [f"{name} = {place}\n" for name, place in entry_points.items()]
    (info / "entry_points.txt").write_text("[cswitch]\n" + "".join(lines))
    return folder
