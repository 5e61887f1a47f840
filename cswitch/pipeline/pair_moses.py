"""Parallel text as OPUS and Moses hand it out: files that differ in their language alone, loose or in a zip archive."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from cswitch.core.errors import InputError
from cswitch.pipeline.lines import lines_of
from cswitch.pipeline.pair_rows import Checks, Languages, Row
from cswitch.pipeline.pair_tables import joined_rows

_ENDINGS = ("", ".gz", ".zst")
_NOT_CONTENTS = "__MACOSX/"
"""Where macOS puts notes on the files of an archive, under their names."""


def files_of(prefix: str, pair: Languages) -> Languages | None:
    """The files ``PREFIX.en`` and ``PREFIX.hi``, one a language, compressed or not; None when one is not there.

    >>> files_of("no-such-corpus.en-hi", ("en", "hi"))
    """
    found = [
        next((name for ending in _ENDINGS if Path(name := f"{prefix}.{lang}{ending}").is_file()), None) for lang in pair
    ]
    names = tuple([name for name in found if name])
    return names if len(names) == len(pair) else None


def zip_rows(path: str, pair: Languages, checks: Checks) -> Iterator[Row]:
    """Rows of an archive with a file for each language.

    Raises:
        InputError: It cannot be read, or has not one file for each language.
    """
    try:
        with zipfile.ZipFile(path) as archive, ExitStack() as stack:
            names = [_member(archive, lang, path) for lang in pair]
            paths = tuple([f"{path}/{name}" for name in names])
            files = [lines_of(stack.enter_context(archive.open(name)), f"{path}/{name}") for name in names]
            yield from joined_rows(files, paths, pair, checks)
    except FileNotFoundError as error:
        raise InputError("no such file", path=path, hint="check the path") from error
    except RuntimeError as error:  # what zipfile raises for a password, and for a method it does not know
        hint = "unpack it, and name the two files: A,B"
        raise InputError(f"the archive cannot be read: {error}", path=path, hint=hint) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise InputError(f"the archive cannot be read: {error}", path=path, hint="download it again") from error


def _member(archive: zipfile.ZipFile, lang: str, path: str) -> str:
    names = [name for name in archive.namelist() if not name.startswith(_NOT_CONTENTS)]
    found = [name for name in names if name.endswith(f".{lang}")]
    if len(found) != 1:
        held = ", ".join(names[:5]) or "nothing"
        what = f"no file ends in .{lang}" if not found else f"{len(found)} files end in .{lang}"
        raise InputError(f"{what}; it holds {held}", path=path, hint="unpack it, and name the two files: A,B")
    return found[0]
