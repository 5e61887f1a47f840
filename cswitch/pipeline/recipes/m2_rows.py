"""Sentences of M2 files as rows; one that is at fault becomes a reject, and reading goes on."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from cswitch.core.m2 import M2Fault, read_m2
from cswitch.generators.recipes.contracts import RowItem
from cswitch.pipeline.lines import read_lines
from cswitch.schemas.reject import Reject


def read_m2_rows(path: str) -> Iterator[tuple[int, RowItem | Reject]]:
    """Rows with ``tokens`` and ``edits``, each with the line it begins in.

    Raises:
        InputError: The file cannot be read.
    """
    for count, (line, found) in enumerate(read_m2(text for _, text in read_lines(path)), start=1):
        if isinstance(found, M2Fault):
            yield found.line, Reject(source_id=str(count), reason="bad_labels", detail=found.message, line=found.line)
            continue
        fields = {"tokens": list(found.tokens), "edits": [list(msgspec.structs.astuple(edit)) for edit in found.edits]}
        yield line, RowItem(id=str(count), fields=fields, line=line)
