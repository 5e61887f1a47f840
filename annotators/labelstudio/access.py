"""Address and key of a Label Studio server."""

from __future__ import annotations

import os
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from cswitch.core.errors import UsageError

URL_VARIABLE = "LABEL_STUDIO_URL"
"""Variable of the environment with the address of the server."""
KEY_VARIABLE = "LABEL_STUDIO_API_KEY"
"""Variable of the environment with the key, unless another is named."""


class Access(NamedTuple):
    """Address and key of a server; the key shows in no message."""

    url: str
    """Address, without a slash at the end."""
    key: str
    """A legacy token or a personal access token."""
    key_name: str = KEY_VARIABLE
    """Name of the variable that the key comes from."""

    def __repr__(self) -> str:
        """Without the key."""
        return f"Access(url={self.url!r}, key_name={self.key_name!r})"


def access(url: str | None = None, key_env: str = KEY_VARIABLE) -> Access:
    """Address and key as the environment has them.

    Args:
        url: The address, in place of ``$LABEL_STUDIO_URL``.
        key_env: Name of the variable with the key.

    Raises:
        UsageError: One of them is missing or cannot be meant.
    """
    found = url or os.environ.get(URL_VARIABLE, "").strip()
    if not found:
        raise UsageError(
            "no Label Studio server is named",
            hint=f"set {URL_VARIABLE} or add --url, or start a server by cswitch studio up",
        )
    key = os.environ.get(key_env, "").strip()
    if not key:
        hint = f"export {key_env}=..., with the key from Account & Settings of {checked_url(found)}"
        raise UsageError(f"no key in ${key_env}", hint=hint)
    if not key.isascii() or not key.isprintable() or " " in key:
        raise UsageError(f"what ${key_env} holds is no key", hint="copy it anew from Account & Settings")
    return Access(checked_url(found), key, key_env)


def checked_url(url: str) -> str:
    """An address without a slash at its end.

    Raises:
        UsageError: It is none of a web server, or holds a password, a query or a fragment.

    >>> checked_url("http://127.0.0.1:8080/")
    'http://127.0.0.1:8080'
    >>> checked_url("localhost:8080")
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: 'localhost:8080' is no address of a server; write http://localhost:8080
    """
    try:
        parts = urlsplit(url)
        fine = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        parts, fine = urlsplit(""), False
    if "@" in url.split("?")[0].removeprefix(f"{parts.scheme}://").split("/")[0]:
        raise UsageError("the address holds a user name or a password", hint="leave them out: the key is enough")
    if not fine:
        shown = url.split("://")[-1].split("/")[0]
        raise UsageError(f"{url!r} is no address of a server", hint=f"write http://{shown or '127.0.0.1:8080'}")
    if parts.query or parts.fragment:
        raise UsageError(f"{url} is the address of a page", hint=f"write {parts.scheme}://{parts.netloc}")
    return url.rstrip("/")


def is_local(url: str) -> bool:
    """Whether a server runs on this machine.

    >>> is_local("http://127.0.0.1:8080"), is_local("https://label.example.org")
    (True, False)
    """
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
