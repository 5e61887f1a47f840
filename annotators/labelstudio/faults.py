"""What can go wrong between this program and a Label Studio server, each in one line that holds no key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cswitch.core.errors import RunError, UsageError

_SHOWN = 300
"""How much of what a server says is told."""
_BUSY = {408, 425, 429, 502, 503, 504}


class ServerGone(RunError):
    """The server does not answer, or stopped in the middle; the same request may succeed later."""


class Refused(RunError):
    """The server answered and would not do it.

    Args:
        message: What failed.
        status: The status of HTTP.
        hint: What to do.
    """

    def __init__(self, message: str, *, status: int, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status


def told(body: object) -> str:
    """What a server says is wrong, without the wrapping.

    Args:
        body: The answer, decoded when it was JSON.

    >>> told({"detail": "Bad", "validation_errors": {"title": ["Too short."], "non_field_errors": ["No."]}})
    'title: Too short; No'
    >>> told({"detail": "Invalid token."}), told("<html>"), told(None)
    ('Invalid token', '', '')
    """
    if not isinstance(body, Mapping):
        return ""
    faults = body.get("validation_errors")
    text = "; ".join(_faults(faults)) if faults else str(body.get("detail") or "")
    text = " ".join(text.split()).rstrip(".")
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} ..."


def refusal(status: int, body: object, *, url: str, doing: str, key_name: str, location: str = "") -> Exception:
    """The error for an answer that is none of those wished for.

    Args:
        status: The status of HTTP.
        body: The answer, decoded when it was JSON.
        url: The server.
        doing: What was tried, such as ``reading project 3``.
        key_name: Name of the variable that holds the key.
        location: Where a redirection leads.

    >>> print(refusal(401, {"detail": "Invalid token."}, url="http://h", doing="reading", key_name="KEY"))
    http://h refuses the key in $KEY: Invalid token; copy it anew from Account & Settings there, ...
    >>> print(refusal(404, "<html>", url="http://h", doing="reading", key_name="KEY"))
    http://h is no Label Studio server; give the address alone, such as http://127.0.0.1:8080
    """
    said = told(body)
    why = f": {said}" if said else ""
    if 300 <= status < 400:
        return UsageError(f"{url} sends on to {location or 'elsewhere'}", hint="give the address that it leads to")
    if not isinstance(body, Mapping | list) and (status < 400 or status in {404, 405}):
        return not_label_studio(url)
    if status == 401:
        hint = "copy it anew from Account & Settings there, or give the address of the server that it belongs to"
        return UsageError(f"{url} refuses the key in ${key_name}{why}", hint=hint)
    if status == 403:
        return UsageError(f"the key in ${key_name} may not do that on {url} ({doing}){why}", hint="ask an owner of it")
    if status == 413:
        return Refused(f"{url} takes no request of that size ({doing})", status=status, hint="send fewer at a time")
    if status in _BUSY:
        return ServerGone(f"{url} is too busy for {doing} (status {status})", hint="run the same command again later")
    if status >= 500:
        hint = "its log tells more; run the same command again"
        return Refused(f"{url} failed at {doing} (status {status}){why}", status=status, hint=hint)
    return Refused(f"{url} refuses {doing}{why or f' (status {status})'}", status=status)


def not_label_studio(url: str) -> UsageError:
    """The error for an address where something else answers."""
    return UsageError(f"{url} is no Label Studio server", hint="give the address alone, such as http://127.0.0.1:8080")


def _faults(faults: Any) -> list[str]:
    if isinstance(faults, Mapping):
        named = [(str(name), "; ".join(_faults(found))) for name, found in faults.items()]
        return [found if name == "non_field_errors" else f"{name}: {found}" for name, found in named]
    if isinstance(faults, list):
        return [text for found in faults for text in _faults(found)]
    return [str(faults).rstrip(".")]
