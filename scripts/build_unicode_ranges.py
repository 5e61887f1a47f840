"""Write data/unicode.tsv: the scripts, combining marks and pictographs of Unicode as ranges of code points.

    python scripts/build_unicode_ranges.py > data/unicode.tsv

The properties are read through the ``regex`` package, which carries the Unicode Character Database. The ranges
of a script hold its letters, letter numbers and marks, and nothing else.
"""

from __future__ import annotations

import sys
from importlib.metadata import version

import regex
from regex import _regex_core

ALL = "".join(chr(c) for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF)
NOT_SCRIPTS = {"Zyyy", "Zinh", "Zzzz", "Hrkt", "Qaac", "Qaai", "Miao"}  # shared, unassigned, or a second name


def runs(name: str, pattern: str) -> list[tuple[str, int, int]]:
    """The unbroken runs of code points that match."""
    matches = regex.finditer(f"(?V1)(?:{pattern})+", ALL)
    return [(name, ord(match[0][0]), ord(match[0][-1])) for match in matches]


def main() -> None:
    """Write the table to standard output."""
    codes = {name.capitalize() for name in _regex_core.PROPERTIES["SCRIPT"][1] if len(name) == 4} - NOT_SCRIPTS
    rows = [row for code in sorted(codes) for row in runs(code, rf"[[\p{{L}}\p{{M}}\p{{Nl}}]&&[\p{{Script={code}}}]]")]
    rows += runs("mark", r"\p{M}") + runs("pictograph", r"\p{Extended_Pictographic}")
    out = [f"# The Unicode Character Database through regex {version('regex')}; see languages.md", "name\tfirst\tlast"]
    out += [f"{name}\t{first:04X}\t{last:04X}" for name, first, last in rows]
    sys.stdout.write("\n".join(out) + "\n")


if __name__ == "__main__":
    main()
