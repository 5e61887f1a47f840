"""What a filter sees of a record: a Sample, an Utterance, or any object with tokens and a tag for each."""

from __future__ import annotations

from typing import Any, Self

import msgspec

from cswitch.core.errors import InputError
from cswitch.core.measures.runs import Profile, profile
from cswitch.schemas.decode import RecordError, convert_record, explain


class Record(msgspec.Struct, kw_only=True, dict=True):
    """A tagged utterance; what no filter asks for is not decoded.

    >>> record = Record(id="7", tokens=["main", "happy", "hoon"], langs=["hi", "en", "hi"])
    >>> record.name, record.words, record.profile.counts, record.spoken
    ('7', 'main happy hoon', {'hi': 2, 'en': 1}, ('hi', 'en'))
    """

    tokens: list[str]
    """Tokens in order."""
    langs: list[str]
    """A tag a token: a BCP-47 primary subtag, or other, ne, ambiguous, mixed, fw, unk."""
    id: Any = None
    """The id, when it has one."""
    source_id: Any = None
    """Id of the pair it was made from, when it was made."""
    text: str | None = None
    """The text, when there is one."""
    probabilities: list[float] | None = None
    """How sure a tagger is of each tag, 0 to 1."""
    languages: list[str] | None = None
    """The languages in play, the matrix language first."""
    matrix: str | None = None
    """The matrix language."""
    met: bool | None = None
    """Whether it met the target it was made for."""
    target: Any = None
    """What was asked for."""
    measures: Any = None
    """Measures by name."""
    scores: Any = None
    """Scores by name."""
    provenance: Any = None
    """How it was made."""
    texts: Any = None
    """The texts it was made from, by language."""
    translation: Any = None
    """The same, as data sets for translation have it."""

    @property
    def name(self) -> str:
        """The id as text; empty when it has none."""
        return "" if self.id is None else str(self.id)

    @property
    def words(self) -> str:
        """The text, else the tokens with a space between."""
        return " ".join(self.tokens) if self.text is None else self.text

    @property
    def profile(self) -> Profile:
        """Language tokens by language, and lengths of the spans; counted once.

        Raises:
            InputError: A tag is none.
        """
        # functools.cached_property takes a lock each time, which costs more than the count.
        found: Profile | None = self.__dict__.get("_profile")
        if found is None:
            found = self.__dict__["_profile"] = profile(self.langs)
        return found

    @property
    def spoken(self) -> tuple[str, ...]:
        """The languages in play as the record has them, else those of its tags in order of their first token."""
        return tuple(self.languages or self.profile.counts)

    @property
    def sources(self) -> dict[str, str]:
        """The texts it was made from, by language; empty where they are not known."""
        found = self.texts if self.texts is not None else self.translation
        if not isinstance(found, dict):
            return {}
        return {lang: text for lang, text in found.items() if isinstance(text, str) and text}

    def under(self, part: str, name: str) -> Any:
        """A value out of ``scores``, ``measures``, ``target`` or ``provenance``; None where it is not there."""
        values = getattr(self, part)
        return values.get(name) if isinstance(values, dict) else None

    @classmethod
    def of(cls, value: object) -> Self:
        """The record of a Sample, an Utterance, or an object with their fields.

        Raises:
            InputError: A field is missing or has another type, or tokens and tags are not one to one.

        >>> Record.of({"tokens": ["main", "happy"], "langs": ["hi", "en"], "pos": ["PRON", "ADJ"]}).tokens
        ['main', 'happy']
        """
        try:
            plain = msgspec.to_builtins(value) if isinstance(value, msgspec.Struct) else value
            found = convert_record(plain, cls)
            found.check()
        except RecordError as error:
            raise InputError(error.message, field=error.field, hint=error.hint) from error
        return found

    def check(self) -> None:
        """Makes sure that lists with one entry a token are parallel.

        Raises:
            RecordError: One is longer or shorter.
        """
        count = len(self.tokens)
        for name, values in (("langs", self.langs), ("probabilities", self.probabilities)):
            if values is not None and len(values) != count:
                raise RecordError(f"{len(values)} for {count} tokens", field=name, hint="write one for each token")


_DECODER = msgspec.json.Decoder(Record)


def decoded(line: str | bytes) -> Record:
    """The record of a line of JSON.

    Raises:
        RecordError: The JSON is broken, a field is missing or has another type, or lists do not fit together.

    >>> decoded('{"tokens": ["ok"], "langs": ["en"], "offsets": [[0, 2]]}').langs
    ['en']
    """
    try:
        found = _DECODER.decode(line)
    except (msgspec.DecodeError, RecursionError) as error:
        raise explain(error, None) from error
    found.check()
    return found
