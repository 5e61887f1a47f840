"""The card of a data set: a README.md with a YAML header, as the hub reads it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape
from itertools import pairwise
from typing import Any

import yaml

from cswitch import __version__
from cswitch.core.text.scripts import languages
from cswitch.export.contracts import ExportSettings
from cswitch.export.facts import Facts
from cswitch.export.table import SUFFIXES

LICENSES = frozenset(
    "apache-2.0 mit cc0-1.0 cc-by-2.0 cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-4.0 cc-by-nc-sa-4.0 "
    "cc-by-nd-4.0 cc-by-nc-nd-4.0 odbl odc-by gpl-3.0 lgpl-3.0 pddl cdla-permissive-2.0 cdla-sharing-1.0 "
    "bsd-3-clause unknown other".split()
)
"""Licences that the hub knows by these names; any other is named beside ``other``."""
SHOWN = ("cmi", "switches", "spf", "m_index", "i_index", "burstiness", "cc")
"""Measures of the card."""
_SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000)
_SHORT = {1_000: "1K", 10_000: "10K", 100_000: "100K", 1_000_000: "1M", 10_000_000: "10M", 100_000_000: "100M"}
_LOADABLE = frozenset({"datasets", "parquet", "jsonl", "csv", "lines"})
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#!|~$])")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_LIMITS = (
    "CMI is what was asked for, not a mark of quality: a text with the right CMI may be one that nobody would say.",
    "Tags of generated text come from the side that a token was taken from; names and words common to both languages "
    "are tagged by that side. Tags of other text are a tagger's, with its errors.",
    "Word links are found automatically; a wrong link puts a wrong word in place of another.",
    "Splits keep all samples of a source together, and texts that are alike but for case, marks and spaces. Texts that "
    "are similar beyond that may stand in two splits.",
    "Measures depend on the tags and on how text was cut into tokens; compare numbers of the same signature only.",
)


def size_category(rows: int) -> str:
    """How the hub calls a number of rows.

    >>> size_category(283), size_category(1_000), size_category(4_200_000), size_category(10**9)
    ('n<1K', '1K<n<10K', '1M<n<10M', 'n>100M')
    """
    if rows < _SIZES[0]:
        return "n<1K"
    for low, high in pairwise(_SIZES):
        if rows < high:
            return f"{_SHORT[low]}<n<{_SHORT[high]}"
    return "n>100M"


def plain(text: object) -> str:
    r"""Text made harmless in Markdown: one line, nothing in it is markup.

    >>> print(plain("a|b <script>\n[x](y)"))
    a\|b &lt;script&gt; \[x\]\(y\)
    """
    return _MARKDOWN.sub(r"\\\1", escape(_CONTROL.sub(" ", str(text)), quote=False))


def card(settings: ExportSettings, facts: Facts, task: str, command: str = "", notes: Iterable[str] = ()) -> str:
    """The card of an export.

    Args:
        settings: How it was made.
        facts: What was written.
        task: The task that the hub files it under.
        command: The command that makes it again.
        notes: What else is to be known, such as records that were left out.
    """
    return "\n".join(
        [
            "---", header(settings, facts, task).rstrip(), "---", "", f"# {plain(title_of(settings, facts))}", "",
            *_what(settings, facts, command), "", *_splits(facts), "", *_measures(facts), "", *_languages(facts), "",
            *_licence(settings), "", *_provenance(facts), "", *_recipe(settings, facts, command), "",
            *_limits(facts, notes), "",
        ]
    )  # fmt: skip


def header(settings: ExportSettings, facts: Facts, task: str) -> str:
    """The YAML header, without the lines of hyphens around it."""
    values: dict[str, Any] = {"pretty_name": _CONTROL.sub(" ", title_of(settings, facts))}
    values["language"] = codes_of(facts)
    values |= license_of(settings.license)
    values |= {"multilinguality": ["multilingual"], "size_categories": [size_category(facts.rows)]}
    values |= {"task_categories": [task], "tags": ["code-switching", "code-mixing", "cswitch"]}
    if any(facts.provenance["generator"]):
        values["tags"].append("synthetic")
    if settings.writer in _LOADABLE:
        paths = [{"split": split, "path": data_path(settings.writer, split)} for split in facts.parts]
        values["configs"] = [{"config_name": "default", "data_files": paths}]
    else:
        values["viewer"] = False
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=10_000)


def data_path(writer: str, split: str) -> str:
    """Which files of a folder hold a split.

    >>> data_path("parquet", "dev"), data_path("datasets", "dev")
    ('dev-*.parquet', 'dev/data-*.arrow')
    """
    return f"{split}/data-*.arrow" if writer == "datasets" else f"{split}{SUFFIXES[writer]}"


def license_of(name: str) -> dict[str, str]:
    """The fields of the header that name a licence.

    >>> license_of("CC-BY-4.0"), license_of(""), license_of("My terms")
    ({'license': 'cc-by-4.0'}, {'license': 'unknown'}, {'license': 'other', 'license_name': 'my-terms'})
    """
    low = name.strip().lower() or "unknown"
    if low in LICENSES:
        return {"license": low}
    return {"license": "other", "license_name": re.sub(r"[^a-z0-9.-]+", "-", low).strip("-") or "unnamed"}


def title_of(settings: ExportSettings, facts: Facts) -> str:
    """The name of the data set: what was asked for, else its languages and format."""
    names = "-".join(languages()[code].name if code in languages() else code for code in codes_of(facts))
    return settings.title or f"{names} code-mixed text, {settings.to}"


def codes_of(facts: Facts) -> list[str]:
    """Codes of the languages, the most frequent first."""
    found = facts.whole.result().languages
    return [re.sub(r"[^A-Za-z0-9-]", "", code) for code in found] or ["und"]


def _what(settings: ExportSettings, facts: Facts, command: str) -> list[str]:
    codes = [f"{plain(languages()[code].name) if code in languages() else plain(code)}" for code in codes_of(facts)]
    whole = facts.whole.result()
    loading = f"load_from_disk({'FOLDER'!r})" if settings.writer == "datasets" else f"load_dataset({'FOLDER'!r})"
    lines = [
        f"{_counted(facts.rows, 'row')} of code-mixed {' and '.join(codes)}, made of "
        f"{_counted(facts.records, 'text')} with "
        f"{whole.tokens:,} tokens, in the format {plain(settings.to)}; written by cswitch {plain(__version__)}.",
    ]
    if settings.writer in _LOADABLE:
        lines += ["", "```python", "import datasets", f"data = datasets.{loading}", "```"]
    return lines


def _splits(facts: Facts) -> list[str]:
    lines = ["## Splits", "", "| split | rows | texts | tokens | mean CMI |", "|---|---:|---:|---:|---:|"]
    for name, part in facts.parts.items():
        mean = "-" if part.mean_cmi is None else f"{part.mean_cmi:.2f}"
        lines.append(f"| {plain(name)} | {part.rows:,} | {part.records:,} | {part.tokens:,} | {mean} |")
    lines += ["", "All samples of a source sentence are in one split, and CMI is spread alike over splits."]
    return lines


def _measures(facts: Facts) -> list[str]:
    found = facts.whole.result()
    lines = ["## Measures", "", "| measure | value | rests on | signature |", "|---|---:|---:|---|"]
    for name in SHOWN:
        for form, number in found.measures.get(name, {}).items():
            value = "undefined" if number.value is None else f"{number.value:.4g}"
            lines.append(
                f"| {plain(name)}, {plain(form)} | {value} | {number.utterances:,} | `{_code(number.signature)}` |"
            )
    lines += [
        "",
        f"{found.mixed:,} of {found.utterances:,} texts have two languages or more; {found.switches:,} switch points.",
    ]
    return lines


def _languages(facts: Facts) -> list[str]:
    lines = ["## Languages", "", "| tag | language | tokens |", "|---|---|---:|"]
    for tag, count in facts.languages.most_common():
        name = languages()[tag].name if tag in languages() else "-"
        lines.append(f"| {plain(tag)} | {plain(name)} | {count:,} |")
    return lines


def _licence(settings: ExportSettings) -> list[str]:
    told = plain(settings.license) if settings.license else "not stated; that of the source texts holds"
    return ["## Licence", "", f"{told}."]


def _provenance(facts: Facts) -> list[str]:
    lines = ["## Provenance", ""]
    for name, values in facts.provenance.items():
        if values and name != "seed":
            lines.append(f"* {plain(name)}: {_listed(values)}")
    if facts.untold:
        lines.append(f"* {facts.untold:,} texts do not say what made them")
    return lines if len(lines) > 2 else [*lines, "The texts do not say what made them."]


def _recipe(settings: ExportSettings, facts: Facts, command: str) -> list[str]:
    lines = ["## Recipe", ""]
    if facts.targets:
        low, high = (f"{value:g}" for value in facts.targets)
        lines.append(f"* CMI asked for: {low}" + (f" to {high}" if low != high else ""))
    if facts.met.total():
        lines.append(f"* target met by {facts.met[True]:,} of {facts.met.total():,} texts")
    if facts.provenance["seed"]:
        lines.append(f"* seed of the generator: {_listed(facts.provenance['seed'])}")
    lines.append(f"* split with seed {settings.seed}" if settings.splits else "* not split")
    if command:
        lines += ["", "```sh", _code(command), "```"]
    return lines


def _limits(facts: Facts, notes: Iterable[str]) -> list[str]:
    lines = ["## Known limits", "", *(f"* {limit}" for limit in _LIMITS), *(f"* {plain(note)}" for note in notes)]
    missed = facts.met[False]
    if missed:
        lines.append(f"* {missed:,} texts miss the CMI asked for by more than the tolerance.")
    return lines


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"


def _listed(values: Mapping[str, int]) -> str:
    return ", ".join(f"{plain(value)} ({count:,})" for value, count in sorted(values.items(), key=lambda one: -one[1]))


def _code(text: str) -> str:
    """Text within code marks: a back tick would end them, a bar the cell."""
    return (
        _CONTROL.sub(" ", text).replace("`", "'").replace("|", "\\|")
        if "\n" not in text
        else _code(text.replace("\n", " "))
    )
