"""``import cswitch`` and ``cswitch --help`` load nothing heavy."""

import pkgutil
import subprocess
import sys

import cswitch

OPTIONAL = {
    "torch", "transformers", "openai", "aiohttp", "jinja2", "datasets", "spacy", "stanza", "label_studio_sdk",
    "krippendorff", "ray", "jieba", "sudachipy", "systran_align", "pypinyin", "ToJyutping", "pythainlp",
}  # fmt: skip
SLOW = {"numpy", "msgspec", "orjson", "pydantic", "regex", "rich", "yaml"}


REPORT = """
import atexit, sys
atexit.register(lambda: sys.stderr.write(" ".join({name.partition(".")[0] for name in sys.modules})))
"""


def loaded_after(code: str) -> set[str]:
    """Top-level names in ``sys.modules`` at the end of a fresh interpreter that ran the code."""
    done = subprocess.run([sys.executable, "-c", REPORT + code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


def test_the_package_imports_nothing_but_the_standard_library() -> None:
    assert not loaded_after("import cswitch") & (OPTIONAL | SLOW | {"typer"})


def test_help_imports_no_command_and_nothing_heavy() -> None:
    code = "import sys; sys.argv = ['cswitch', '--help']; from cswitch.cli.main import run; run()"
    assert not loaded_after(code) & (OPTIONAL | SLOW)


def test_no_module_imports_an_optional_dependency() -> None:
    modules = [found.name for found in pkgutil.walk_packages(cswitch.__path__, "cswitch.")]
    assert len(modules) > 20
    code = f"from importlib import import_module\nfor name in {modules!r}: import_module(name)"
    assert not loaded_after(code) & OPTIONAL
