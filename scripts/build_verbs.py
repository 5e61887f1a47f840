"""Builds data/lexicons/en-verbs.tsv: English verbs and their irregular forms, from treebanks that may train.

    python scripts/build_verbs.py [DATA]

DATA holds treebanks/ud_english_ewt and parallel/pud (default: $CSWITCH_DATA, else ../shared/data).
"""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "data" / "lexicons" / "en-verbs.tsv"
_PLAIN = re.compile(r"[a-z]{2,}")


def verbs(path: Path) -> Iterator[tuple[str, str]]:
    """Form and lemma of each verb of a CoNLL-U file, typos left out."""
    for line in path.read_text("utf-8").splitlines():
        cells = line.split("\t")
        if len(cells) == 10 and cells[3] == "VERB" and "Typo=Yes" not in cells[5]:
            form, lemma = cells[1].lower(), cells[2].lower()
            if _PLAIN.fullmatch(form) and _PLAIN.fullmatch(lemma):
                yield form, lemma


def main() -> None:
    """Writes the table."""
    data = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CSWITCH_DATA", ROOT.parent / "shared" / "data"))
    paths = [
        *sorted((data / "treebanks" / "ud_english_ewt").glob("*.conllu")),
        data / "parallel" / "pud" / "en_pud-ud-test.conllu",
    ]
    counts: Counter[tuple[str, str]] = Counter(pair for path in paths for pair in verbs(path))
    lemmas: Counter[str] = Counter()
    for (_, lemma), count in counts.items():
        lemmas[lemma] += count
    known = {lemma for lemma, count in lemmas.items() if count > 1 or (lemma, lemma) in counts}
    forms: dict[str, set[str]] = {lemma: set() for lemma in known}
    for (form, lemma), count in counts.items():
        rival = max(n for (other, _), n in counts.items() if other == form)
        if lemma in known and form != lemma and count == rival and not _regular(form, lemma):
            forms[lemma].add(form)
    lines = [f"{lemma}\t{' '.join(sorted(forms[lemma]))}" for lemma in sorted(known)]
    OUT.write_text("verb\tirregular forms\n" + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(known)} verbs, {sum(map(len, forms.values()))} irregular forms -> {OUT.relative_to(ROOT)}")


def _regular(form: str, lemma: str) -> bool:
    stem = lemma[:-1] if lemma.endswith("e") else lemma
    endings = ("s", "es", "ed", "ing", "d")
    candidates = {base + ending for base in (lemma, stem, lemma + lemma[-1]) for ending in endings}
    if lemma.endswith("y"):
        candidates |= {lemma[:-1] + "ies", lemma[:-1] + "ied"}
    return form in candidates


if __name__ == "__main__":
    main()
