"""What is built is what is in the tree, and names that users rely on stay as they are."""

import tomllib
from fnmatch import fnmatch
from importlib import import_module
from importlib.metadata import requires
from pathlib import Path
from typing import Any

import pytest

import cswitch
from cswitch.core import registry

ROOT = Path(__file__).parent.parent
MAPPED = ("annotators", "data", "generators", "schemas")
"""Top-level folders that are imported as sub-packages of cswitch; CONTRIBUTING.md says why."""

REGISTERED = {
    "aligner": ["eflomal", "embedding", "fast-align", "given", "hybrid", "lexical"],
    "builder": ["alternation", "insertion", "nested", "tree"],
    "units": ["content", "entity", "key-phrase", "noun", "noun-adjective", "noun-word", "phrase", "random", "word"],
    "weights": ["frequency", "pos", "uniform"],
    "operation": [
        "adversarial",
        "code-prompts",
        "constrained-translation",
        "convert-by-tag",
        "cosda",
        "dip",
        "entitycs",
        "m2-switch",
        "morph-lexicon",
        "reasoning-mix",
        "silver-spans",
        "switch-points",
    ],
    "recipe": [],
    "tagger": ["compact", "hf"],
    "translator": ["gloss", "llm", "seq2seq"],
    "pos": ["windowed"],
    "deromaniser": ["spelling"],
    "romaniser": [
        "abjad",
        "anyascii",
        "beng",
        "deva",
        "gujr",
        "guru",
        "hangul",
        "jyutping",
        "kana",
        "knda",
        "letters",
        "mlym",
        "pinyin",
        "taml",
        "telu",
        "thai",
        "urdu",
    ],
}
"""Names that users write in commands and settings: a released one is never renamed."""


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def folders() -> dict[str, Path]:
    """Every package of the tree by its import name, links not followed."""
    tops = {"cswitch": ROOT / "cswitch"} | {f"cswitch.{name}": ROOT / name for name in MAPPED}
    found = {}
    for top, folder in tops.items():
        for init in folder.rglob("__init__.py"):
            parts = init.parent.relative_to(folder).parts
            if top != "cswitch" or not parts or parts[0] not in MAPPED:
                found[".".join((top, *parts))] = init.parent
    return found


def files_of(package: Path) -> list[Path]:
    """Files of a package that are no code, those in its folders of data included."""
    inner = (
        []
        if package.name in MAPPED
        else [f for f in package.iterdir() if f.is_dir() and not (f / "__init__.py").exists()]
    )
    found = [*package.iterdir(), *(file for folder in inner for file in folder.rglob("*"))]
    return [file for file in found if file.is_file() and file.suffix not in {".py", ".pyc"}]


def test_every_package_is_listed(project: dict[str, Any]) -> None:
    assert project["tool"]["setuptools"]["packages"] == sorted(folders())


def test_every_folder_with_modules_is_a_package() -> None:
    tops = [ROOT / name for name in ("cswitch", *MAPPED)]
    assert {module.parent for top in tops for module in top.rglob("*.py")} == set(folders().values())


def test_the_mapping_names_the_top_level_folders(project: dict[str, Any]) -> None:
    mapping = {"cswitch": "cswitch"} | {f"cswitch.{name}": name for name in MAPPED}
    assert project["tool"]["setuptools"]["package-dir"] == mapping


def test_every_data_file_is_packaged(project: dict[str, Any]) -> None:
    patterns = project["tool"]["setuptools"]["package-data"]
    left_out = [
        str(file.relative_to(ROOT))
        for package, folder in folders().items()
        for file in files_of(folder)
        if not any(fnmatch(str(file.relative_to(folder)), pattern) for pattern in patterns.get(package, []))
    ]
    assert left_out == []


def test_every_pattern_of_package_data_names_a_package(project: dict[str, Any]) -> None:
    assert set(project["tool"]["setuptools"]["package-data"]) <= set(folders())


@pytest.mark.parametrize("name", MAPPED)
def test_links_point_to_the_top_level_folders(name: str) -> None:
    link = ROOT / "cswitch" / name
    if not link.is_symlink():
        pytest.skip("links were lost in this copy of the tree; only type checking needs them")
    assert str(link.readlink()) == f"../{name}"


@pytest.mark.parametrize("name", MAPPED)
def test_mapped_folders_are_imported_under_cswitch(name: str) -> None:
    module = import_module(f"cswitch.{name}")
    assert module.__file__ is not None
    assert Path(module.__file__).resolve().parent.name == name


def test_the_version_is_the_same_everywhere(project: dict[str, Any]) -> None:
    newest = next(
        line for line in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines() if line.startswith("## ")
    )
    assert project["project"]["version"] == cswitch.__version__ == newest.split()[1]


def test_license_files_are_there(project: dict[str, Any]) -> None:
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert [name for name in project["project"]["license-files"] if not (ROOT / name).is_file()] == []


def test_no_heavy_library_is_a_base_dependency() -> None:
    base = {line.split(">")[0] for line in requires("cswitch") or [] if "extra ==" not in line}
    assert base == {"anyascii", "msgspec", "numpy", "orjson", "pyyaml", "rapidfuzz", "regex", "rich", "typer"}


def test_registered_names() -> None:
    assert {kind: sorted(table) for kind, table in registry.BUILT_IN.items()} == REGISTERED


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in REGISTERED.items() for name in names])
def test_registered_components_load_and_know_their_name(kind: str, name: str) -> None:
    found = registry.load(kind, name)
    if kind in ("units", "weights"):
        assert found.__doc__.startswith(f"``{name}``: "), "functions have no name of their own"
    else:
        assert found.name == name


def test_public_names() -> None:
    assert cswitch.__all__ == ["__version__"]
