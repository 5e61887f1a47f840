"""The signature that makes a number comparable: measure, options, tag policy, version (after Post, 2018)."""

from __future__ import annotations

import msgspec

from cswitch import __version__
from cswitch.core.errors import InputError, UsageError

_PERCENT = {"scale": "100"}
_BITS = {"log": "2"}

DEFAULTS: dict[str, dict[str, str]] = {
    "cmi": _PERCENT,
    "cu": _PERCENT,
    "cc": {**_PERCENT, "formula": "printed", "ties": "first"},
    "switches": {},
    "m_index": {},
    "entropy": _BITS,
    "i_index": {},
    "spf": {},
    "span_entropy": _BITS,
    "burstiness": {"sd": "population"},
    "memory": {},
    "symcom": {"languages": "", "unit": ""},
    "symcom_sentence": {"languages": ""},
    "matrix_language": {"ties": "first"},
}
"""Every measure, its own options in the order they are printed, and their defaults; an empty one must be given."""

CHOICES: dict[str, tuple[str, ...]] = {
    "ne": ("neutral", "language"),
    "mixed": ("neutral", "language"),
    "scale": ("100",),
    "formula": ("printed",),
    "ties": ("first", "closed"),
    "log": ("2",),
    "sd": ("population", "sample"),
    "corpus": ("pooled", "mean-all", "mean-mixed", "all"),
}
"""What an option may be; one that is not here is free."""

_POLICY = {"ne": "neutral", "mixed": "neutral"}
_RUN = ("corpus", "bs", "seed", "ci")


class Signature(msgspec.Struct, frozen=True):
    """What a number measures and how; two numbers with the same signature can be compared.

    >>> str(Signature("spf", (("ne", "neutral"), ("mixed", "neutral"), ("v", "0.1.0"))))
    'spf|ne:neutral|mixed:neutral|v:0.1.0'
    """

    measure: str
    """Name of the measure."""
    options: tuple[tuple[str, str], ...]
    """Option and value, in the order they are printed."""

    def __str__(self) -> str:
        return "|".join([self.measure, *(f"{key}:{_escape(value)}" for key, value in self.options)])

    @classmethod
    def parse(cls, text: str) -> Signature:
        """The signature that prints as ``text``, of this version or another.

        Raises:
            InputError: The text is not a signature.

        >>> Signature.parse("cmi|ne:neutral|mixed:neutral|scale:100|v:0.1.0").measure
        'cmi'
        """
        measure, *parts = text.strip().split("|")
        options = tuple(
            (key, _unescape(value)) for key, colon, value in (part.partition(":") for part in parts) if colon
        )
        if not measure or not parts or len(options) < len(parts) or len(dict(options)) < len(parts):
            raise InputError(f"{text!r} is not a signature", hint="it reads measure|option:value|...|v:version")
        return cls(measure, options)


def signature(measure: str, **options: str | int | float) -> str:
    """The signature of a number, as text.

    Args:
        measure: A key of :data:`DEFAULTS`.
        options: What departs from the defaults: the tag policies ``ne`` and ``mixed``; the measure's own options
            (``sd`` of burstiness, ``ties`` of cc and matrix_language, ``languages`` and ``unit`` of symcom);
            ``corpus``, the form of a corpus value; ``bs``, ``seed`` and ``ci`` of a bootstrap interval.

    Raises:
        UsageError: The measure, an option of it or its value is unknown, or an option without a default is missing.

    >>> signature("cmi", corpus="mean-all")  # doctest: +ELLIPSIS
    'cmi|ne:neutral|mixed:neutral|scale:100|corpus:mean-all|v:...'
    """
    if measure not in DEFAULTS:
        raise _unknown(f"unknown measure {measure!r}", measure, list(DEFAULTS))
    chosen = {**_POLICY, **DEFAULTS[measure]}
    known = [*chosen, *_RUN]
    for name in options:
        if name not in known:
            raise _unknown(f"{measure} has no option {name!r}", name, known)
    values = {key: str(options.get(key, chosen.get(key, ""))) for key in known}
    for name, value in values.items():
        if name in chosen and not value:
            raise UsageError(f"the signature of {measure} needs {name}", hint=f"give {name}=...")
        if value and value not in CHOICES.get(name, (value,)):
            raise UsageError(f"{name} cannot be {value!r}", hint=f"use {' or '.join(CHOICES[name])}")
    printed = tuple((key, value) for key, value in values.items() if value)
    return str(Signature(measure, (*printed, ("v", __version__))))


def _unknown(message: str, name: str, known: list[str]) -> UsageError:
    from cswitch.core.registry import suggest  # loads what finds similar names, which only this error needs

    return UsageError(message, hint=suggest(name, known))


def _escape(value: str) -> str:
    """Part-of-speech tags of some treebanks hold a bar, which ends a field here."""
    return value.replace("%", "%25").replace("|", "%7C")


def _unescape(value: str) -> str:
    return value.replace("%7C", "|").replace("%25", "%")
