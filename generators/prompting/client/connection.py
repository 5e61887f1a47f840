"""A connection to a server: its address and key checked before anything is sent."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from cswitch.core.errors import MissingExtraError, UsageError
from cswitch.generators.prompting.client.faults import Place
from cswitch.generators.prompting.client.secrets import Redactor, checked_url, is_loopback

if TYPE_CHECKING:
    from openai import AsyncOpenAI

OPENAI = "https://api.openai.com/v1"
KEY_ENV = "OPENAI_API_KEY"
AMBIENT = ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_WEBHOOK_SECRET")
"""Variables that the openai package reads by itself."""
CONNECT_SECONDS = 15.0


class Address(NamedTuple):
    """Where requests go, and as whom."""

    url: str
    """Base URL in its normal form."""
    key: str
    """API key; empty for none. Never to be shown."""
    key_env: str
    """Environment variable it came from."""
    redactor: Redactor
    """Knows the secrets that are in play."""

    def __repr__(self) -> str:
        """Without the key."""
        return f"Address({self.url!r}, key from {self.key_env})"

    def place(self, model: str) -> Place:
        """What messages may say about it."""
        return Place(self.url, model, self.key_env, bool(self.key))


def address(base_url: str = OPENAI, *, key_env: str = KEY_ENV, environ: Mapping[str, str] | None = None) -> Address:
    """Checks a base URL, and takes the key from the environment.

    Args:
        base_url: Such as ``http://127.0.0.1:8000/v1``.
        key_env: Environment variable of the key; a server on this machine needs none.
        environ: The environment; None for that of the process, as it is now.

    Raises:
        UsageError: The URL cannot be used, or there is no key.

    >>> address("http://127.0.0.1:8000/v1/", environ={})
    Address('http://127.0.0.1:8000/v1', key from OPENAI_API_KEY)
    """
    url = checked_url(base_url or OPENAI)
    if environ is None:
        environ = os.environ  # not as the default: libraries put another mapping in its place
    key = environ.get(key_env, "").strip()
    if not key and not is_loopback(url):
        raise UsageError(f"no key for {url}", hint=f"set the environment variable {key_env}")
    if any(not " " < letter <= "~" for letter in key):
        raise UsageError(f"the key in {key_env} holds characters that no key has", hint=f"set {key_env} anew")
    headers = (line.partition(":")[2].strip() for line in environ.get("OPENAI_CUSTOM_HEADERS", "").split("\n"))
    return Address(url, key, key_env, Redactor([key, *(environ.get(name, "") for name in AMBIENT), *headers]))


def connect(address: Address, *, timeout: float, connections: int) -> AsyncOpenAI:
    """A client of the openai package that neither retries nor follows redirects; to be closed after use.

    Args:
        address: Where to.
        timeout: Seconds of silence after which a request is given up.
        connections: Connections at once at most.

    Raises:
        MissingExtraError: The extra ``llm`` is not installed.
        UsageError: The file of certificates in the environment cannot be read.
    """
    try:
        import aiohttp  # noqa: F401
        import httpx2
        import openai
    except ImportError as error:
        raise MissingExtraError("cswitch prompt", extra="llm") from error
    times = httpx2.Timeout(timeout, connect=min(CONNECT_SECONDS, timeout), pool=None)
    limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=30)
    try:
        transport = openai.DefaultAioHttpClient(timeout=times, limits=limits, follow_redirects=False)
    except OSError as error:
        named = ", ".join(name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name))
        raise UsageError(f"the certificates of {named or 'this system'} cannot be read ({error.strerror})") from error
    try:
        return openai.AsyncOpenAI(
            api_key=address.key or "none", base_url=address.url, max_retries=0, timeout=times, http_client=transport
        )
    except (httpx2.InvalidURL, ValueError):
        raise UsageError(f"{address.url} is no URL of a server", hint="check --base-url") from None
