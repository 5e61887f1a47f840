"""Write data/unicode.tsv: the scripts, combining marks and pictographs of Unicode as ranges of code points.

    python scripts/build_unicode_ranges.py > data/unicode.tsv

The properties are read through the ``regex`` package, which carries the Unicode Character Database. Script ranges
hold letters and marks only, so a range may run over code points that are neither.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import version

import regex  # type: ignore[import-untyped]
from regex import _regex_core

ALL = "".join(chr(c) for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF)
NOT_SCRIPTS = {"Zyyy", "Zinh", "Zzzz", "Hrkt", "Qaac", "Qaai"}


def code_points(pattern: str) -> Iterator[int]:
    """Every code point that matches."""
    return (ord(character) for run in regex.findall(f"(?:{pattern})+", ALL) for character in run)


def ranges(values: Iterable[tuple[int, str]]) -> list[tuple[str, int, int]]:
    """Neighbours of one name made one range, over whatever lies between them unnamed."""
    found: list[tuple[str, int, int]] = []
    for code, name in sorted(values):
        if found and found[-1][0] == name:
            found[-1] = (name, found[-1][1], code)
        else:
            found.append((name, code, code))
    return found


def runs(name: str, pattern: str) -> list[tuple[str, int, int]]:
    """The unbroken runs of code points that match."""
    matches = regex.finditer(f"(?:{pattern})+", ALL)
    return [(name, ord(match[0][0]), ord(match[0][-1])) for match in matches]


def main() -> None:
    """Write the table to standard output."""
    codes = {name.capitalize() for name in _regex_core.PROPERTIES["SCRIPT"][1] if len(name) == 4} - NOT_SCRIPTS
    scripts: dict[int, str] = {}
    for code in sorted(codes):
        for point in code_points(rf"[[\p{{L}}\p{{M}}\p{{Nl}}]&&[\p{{Script={code}}}]]".replace("[[", "(?V1)[[", 1)):
            scripts.setdefault(point, code)
    letters = {c: scripts.get(c, "") for c in code_points(r"[\p{L}\p{M}\p{Nl}]")}
    rows = [row for row in ranges(letters.items()) if row[0]]
    rows += runs("mark", r"\p{M}") + runs("pictograph", r"\p{Extended_Pictographic}")
    out = [f"# The Unicode Character Database through regex {version('regex')}; see languages.md", "name\tfirst\tlast"]
    out += [f"{name}\t{first:04X}\t{last:04X}" for name, first, last in rows]
    sys.stdout.write("\n".join(out) + "\n")


if __name__ == "__main__":
    main()
