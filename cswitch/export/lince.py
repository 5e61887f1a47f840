"""The layout and the tag names of LinCE."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from cswitch.core.measures.tags import NEUTRAL
from cswitch.core.tag_names import canonical_tag
from cswitch.export.conll import check_cells
from cswitch.export.contracts import ExportSettings, Made, Record, Texts
from cswitch.export.survey import Survey
from cswitch.schemas.decode import RecordError


class LinceFormat:
    """The files of LinCE (Aguilar et al., 2020): ``# sent_enum = 1``, then token, tab, label.

    Languages are ``lang1`` and ``lang2``, English first as there unless ``--languages`` says otherwise; a third one is
    ``fw``. Other tags have the names of LinCE already; the language of a name is dropped.
    """

    writers = ("lince",)
    task = "token-classification"

    def __init__(self, settings: ExportSettings, survey: Survey, texts: Texts) -> None:
        self.counts: Counter[str] = Counter()
        self.languages = settings.languages or english_first(survey.languages)
        self.columns: dict[str, Any] = {"tokens": ["string"], "langs": ["string"]}

    def rows(self, records: Iterable[Record]) -> Iterator[Made]:
        """The tokens of each record with their labels.

        Raises:
            RecordError: A token cannot stand in a line, or the languages of a record are not known beforehand.
        """
        known: dict[str, str] = {}
        for record in records:
            if not self.languages:
                self.languages = english_first(record.get("languages") or ())
            for tag in record["langs"]:
                if tag not in known:
                    known[tag] = lince_label(tag, self.languages)
            check_cells(record["tokens"])
            yield Made(record, {"tokens": record["tokens"], "langs": [known[tag] for tag in record["langs"]]})


def lince_label(tag: str, languages: Iterable[str]) -> str:
    """What LinCE calls a tag.

    Args:
        tag: A tag of a record.
        languages: The languages in play; ``lang1`` is the first.

    Raises:
        RecordError: The tag means nothing.

    >>> [lince_label(tag, ["en", "hi"]) for tag in ("en", "hi", "ur", "ne:hi", "other")]
    ['lang1', 'lang2', 'fw', 'ne', 'other']
    """
    places = list(languages)[:2]
    if tag in places:
        return f"lang{places.index(tag) + 1}"
    found = canonical_tag(tag, places)
    if found is None:
        raise RecordError(
            f"{tag[:30]!r} is not a language tag", field="langs", hint="give a language such as hi, or other"
        )
    if found in NEUTRAL:
        return found
    return f"lang{places.index(found) + 1}" if found in places else "fw"


def english_first(languages: Iterable[str]) -> tuple[str, ...]:
    """The languages, English first as in the files of LinCE.

    >>> english_first(["hi", "en"]), english_first(["es", "gn"])
    (('en', 'hi'), ('es', 'gn'))
    """
    return tuple(sorted(languages, key=lambda lang: lang != "en"))
