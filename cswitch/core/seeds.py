"""Random numbers that depend on what a record is, never on when or where it is made."""

from __future__ import annotations

from hashlib import blake2b
from random import Random

import msgspec


def digest(*parts: str | int) -> int:
    """A 256-bit number from the parts, the same on every machine and in every process.

    >>> digest("a", 1) == digest("a", 1), digest("a", 1) == digest("a1")
    (True, False)
    """
    text = "\x1f".join(map(str, parts))
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=32).digest(), "little")


def rng(*parts: str | int) -> Random:
    """A generator seeded with :func:`digest` of the parts."""
    return Random(digest(*parts))


def settings_hash(settings: msgspec.Struct, *extra: str) -> str:
    """A short hash of settings and of whatever else decides an output, the same on every machine and in every process.

    Defaults are left out by their value: msgspec goes by identity, which settings of another process do not keep.

    Args:
        settings: The settings.
        extra: Whatever else decides the output, such as the contents of a file named in the settings.

    >>> class Asked(msgspec.Struct, omit_defaults=True):
    ...     cmi: tuple[float, float] = (25.0, 25.0)
    >>> settings_hash(Asked(cmi=(25.0, 25.0))) == settings_hash(Asked()) != settings_hash(Asked(cmi=(20.0, 40.0)))
    True
    """
    usual = {field.name: field.default for field in msgspec.structs.fields(settings)}
    given = {name: value for name, value in msgspec.structs.asdict(settings).items() if value != usual[name]}
    blob = b"\x1f".join([msgspec.json.encode(given), *(part.encode() for part in extra)])
    return blake2b(blob, digest_size=8).hexdigest()


class Tickets:
    """The random numbers of one record: a function of configuration, record and draw alone.

    Args:
        config: Hash of the settings.
        key: Id of the record, with anything else that tells its streams apart.

    >>> tickets = Tickets("c", "42")
    >>> tickets(10, 0) == Tickets("c", "42")(10, 0), 0 <= tickets(10, 1) < 10
    (True, True)
    """

    __slots__ = ("_base",)

    def __init__(self, config: str, key: str) -> None:
        self._base = blake2b(f"{config}\x1f{key}\x1f".encode("utf-8", "surrogatepass"))

    def __call__(self, total: int, draw: int) -> int:
        """A number from 0 up to, but without, ``total``; its bias is below 2**-64."""
        bits, block = b"", 0
        while not block or 8 * len(bits) < total.bit_length() + 64:
            state = self._base.copy()
            state.update(b"%d.%d" % (draw, block))
            bits += state.digest()
            block += 1
        return int.from_bytes(bits, "little") % total
