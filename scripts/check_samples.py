"""Checks the parallel sentences of data/samples and prints what each pair holds, or what is wrong with it.

    python scripts/check_samples.py [FOLDER]

FOLDER defaults to data/samples. Each fault is one line, ``file:line: what is wrong``; with any, the exit status is 1.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from unicodedata import is_normalized

from cswitch.core.text.scripts import script_of, scripts_for
from cswitch.core.text.tokens import token_class, tokenise

PAIRS = ("en-hi", "en-es")
FOLDER = Path(__file__).resolve().parent.parent / "data" / "samples"
SEVERAL_SHARE_ONE = 6
"""More links than this on one token mean a slip of the pen, not a multi-word unit."""

Row = tuple[int, dict[str, str]]
"""A 1-based line number and the fields of the line by column."""


def read(path: Path, columns: Sequence[str]) -> tuple[list[Row], list[str]]:
    """The rows of a tab-separated file, and the faults of its form.

    Args:
        path: The file.
        columns: The names its first line must hold, in order.
    """
    lines = path.read_text(encoding="utf-8").split("\n")
    faults = [] if lines.pop() == "" else [f"{path.name}:{len(lines) + 1}: no line feed at the end"]
    if lines[0] != "\t".join(columns):
        return [], [*faults, f"{path.name}:1: the heading is not {' '.join(columns)}"]
    rows = []
    for number, line in enumerate(lines[1:], 2):
        fields = line.split("\t")
        if len(fields) == len(columns) and all(field and field == field.strip() for field in fields):
            rows.append((number, dict(zip(columns, fields, strict=True))))
        else:
            faults.append(f"{path.name}:{number}: not {len(columns)} filled fields without space around them")
    return rows, faults


def links_of(text: str) -> list[tuple[int, int]]:
    """The links of a Pharaoh line.

    >>> links_of("0-0 1-2")
    [(0, 0), (1, 2)]
    """
    return [(int(i), int(j)) for i, _, j in (link.partition("-") for link in text.split())]


def sentence_faults(rows: Sequence[Row], pair: str) -> Iterator[tuple[int, str]]:
    """Faults of the sentences of one pair, each with its line."""
    seen: dict[str, int] = {}
    for order, (number, row) in enumerate(rows, 1):
        if row["id"] != f"{pair}-{order:03d}":
            yield number, f"the id is {row['id']}, not {pair}-{order:03d}"
        for lang in pair.split("-"):
            text = row[lang]
            if not is_normalized("NFC", text):
                yield number, f"{lang} is not in NFC"
            if "  " in text or not text.replace(" ", "").isprintable():
                yield number, f"{lang} has double spaces or invisible characters"
            if (first := seen.setdefault(" ".join(text.casefold().split()), number)) != number:
                yield number, f"{lang} repeats line {first}"
            for token in tokenise(text, lang).tokens:
                if token_class(token) == "word" and script_of(token) not in scripts_for(lang):
                    yield number, f"{lang} has {token!r} in another script"


def gold_faults(rows: Sequence[Row], pair: str, sentences: Sequence[Row]) -> Iterator[tuple[int, str]]:
    """Faults of the gold links of one pair, each with its line."""
    texts = {row["id"]: row for _, row in sentences}
    seen: set[str] = set()
    for number, row in rows:
        if row["id"] not in texts or row["id"] in seen:
            yield number, f"{row['id']} is no sentence of {pair}.tsv, or stands here twice"
            continue
        seen.add(row["id"])
        for lang in pair.split("-"):
            if tuple(row[lang].split(" ")) != tokenise(texts[row["id"]][lang], lang).tokens:
                yield number, f"{lang} is not what the tokeniser gives"
        yield from ((number, fault) for fault in link_faults(row, pair))


def link_faults(row: dict[str, str], pair: str) -> Iterator[str]:
    """Faults of one line of gold links."""
    try:
        links = links_of(row["links"])
    except ValueError:
        yield "links are not written i-j"
        return
    if links != sorted(set(links)):
        yield "links are not sorted, or one is there twice"
    for side, lang in enumerate(pair.split("-")):
        ends = Counter(link[side] for link in links)
        if not all(0 <= end < len(row[lang].split(" ")) for end in ends):
            yield f"a link is out of range in {lang}"
        if max(ends.values()) > SEVERAL_SHARE_ONE:
            yield f"a token of {lang} has more than {SEVERAL_SHARE_ONE} links"


def check(folder: Path, pair: str) -> tuple[list[Row], list[Row], list[str]]:
    """The sentences of a pair, its gold links, and all faults of both as printable lines."""
    langs = pair.split("-")
    sentences, faults = read(folder / f"{pair}.tsv", ["id", "topic", *langs])
    gold, more = read(folder / f"{pair}.gold.tsv", ["id", *langs, "links"])
    faults += more
    faults += [f"{pair}.tsv:{number}: {fault}" for number, fault in sentence_faults(sentences, pair)]
    faults += [f"{pair}.gold.tsv:{number}: {fault}" for number, fault in gold_faults(gold, pair, sentences)]
    return sentences, gold, faults


def report(sentences: Sequence[Row], gold: Sequence[Row], pair: str) -> Iterator[str]:
    """What a pair holds: counts by topic, lengths, and how densely the gold links lie."""
    topics = Counter(row["topic"] for _, row in sentences)
    yield f"{pair}: {len(sentences)} sentences ({', '.join(f'{name} {count}' for name, count in topics.items())})"
    for lang in pair.split("-"):
        words = [len(row[lang].split()) for _, row in sentences]
        tokens = [len(tokenise(row[lang], lang).tokens) for _, row in sentences]
        yield f"  {lang}: {_spread(words)} words, {_spread(tokens)} tokens"
    links = [links_of(row["links"]) for _, row in gold]
    count = sum(map(len, links))
    yield f"  gold: {len(gold)} sentences, {count} links"
    for side, lang in enumerate(pair.split("-")):
        total = sum(len(row[lang].split(" ")) for _, row in gold)
        linked = sum(len({link[side] for link in line}) for line in links)
        yield f"    {lang}: {count / total:.2f} links a token, {linked / total:.1%} of {total} tokens linked"


def _spread(lengths: Sequence[int]) -> str:
    """Mean, least and greatest."""
    return f"{sum(lengths) / len(lengths):.1f} ({min(lengths)} to {max(lengths)})"


def main(folder: Path) -> int:
    """Print the faults of each pair in a folder, or its report when there are none; the exit status."""
    found = 0
    for pair in PAIRS:
        sentences, gold, faults = check(folder, pair)
        print(*(faults or report(sentences, gold, pair)), sep="\n")
        found += len(faults)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER))
