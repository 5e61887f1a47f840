"""Write the JSON Schemas of the records: ``python scripts/build_schemas.py [FOLDER]`` (default: schemas/)."""

from __future__ import annotations

import sys
from pathlib import Path

from cswitch.schemas.jsonschema import RECORDS, render


def main(folder: Path) -> None:
    """Write ``NAME.schema.json`` for every record into a folder."""
    for name in RECORDS:
        path = folder / f"{name}.schema.json"
        path.write_text(render(name), encoding="utf-8", newline="\n")
        print(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "schemas")
