"""JSON Schemas (draft 2020-12) of the records, made from the code that defines them."""

from __future__ import annotations

import ast
import inspect
import json
import re
import sys
import textwrap
from itertools import pairwise
from typing import Any

import msgspec

from cswitch.schemas.annotation import Annotated, Gold
from cswitch.schemas.job import Job
from cswitch.schemas.pair import Pair
from cswitch.schemas.prompting import Attempt, PromptSettings
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample
from cswitch.schemas.settings import SynthSettings
from cswitch.schemas.utterance import Utterance

RECORDS: dict[str, type[msgspec.Struct]] = {
    "pair": Pair,
    "sample": Sample,
    "utterance": Utterance,
    "reject": Reject,
    "synth-settings": SynthSettings,
    "prompt-settings": PromptSettings,
    "attempt": Attempt,
    "annotated": Annotated,
    "gold": Gold,
    "job": Job,
}
"""Every record with a published schema, by the name of its file: ``schemas/NAME.schema.json``."""

_ROLE = re.compile(r":\w+:`([^`]*)`|``([^`]*)``")


def schema(record: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON Schema of a record, with the text under each field as its description.

    >>> schema(Reject)["$defs"]["Reject"]["properties"]["source_id"]
    {'description': 'Id of the pair.', 'type': 'string'}
    """
    (root,), parts = msgspec.json.schema_components([record], ref_template="#/$defs/{name}")
    for name, part in parts.items():
        documents = field_docs(vars(sys.modules[record.__module__])[name])
        part["description"] = _plain(part["description"])
        part["properties"] = {
            field: {"description": _plain(documents[field]), **shape} for field, shape in part["properties"].items()
        }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **root, "$defs": parts}


def render(name: str) -> str:
    """The text of ``schemas/NAME.schema.json``.

    >>> render("reject").splitlines()[1]
    '  "$schema": "https://json-schema.org/draft/2020-12/schema",'
    """
    return json.dumps(schema(RECORDS[name]), indent=2, ensure_ascii=False) + "\n"


def field_docs(record: type) -> dict[str, str]:
    """The string written under each annotated field of a class.

    Python drops these strings, so they are read from the source.

    >>> field_docs(Pair)["id"]
    'Unique within the input; samples carry it as ``source_id``.'
    """
    tree = ast.parse(textwrap.dedent(inspect.getsource(record))).body[0]
    body = tree.body if isinstance(tree, ast.ClassDef) else []
    base = record.__bases__[0]
    found = field_docs(base) if getattr(base, "__annotations__", None) else {}
    for field, after in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(after, ast.Expr):
            found[field.target.id] = inspect.cleandoc(str(ast.literal_eval(after.value)))
    return found


def _plain(text: str) -> str:
    """Text without the marks of reStructuredText, which readers of a schema do not know."""
    return " ".join(_ROLE.sub(lambda match: match[1] or match[2], text).split())
