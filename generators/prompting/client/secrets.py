"""Keeping secrets out of what people read: messages, logs, files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from cswitch.core.errors import UsageError

HIDDEN = "***"
SHORT = 6
"""Secrets below this length are hidden only where they stand alone: ``a`` is in every message."""
LOOKALIKES = re.compile(
    r"(?P<scheme>\b(?:Bearer|(?-i:Basic))\s+)[^\s,;\"'<>]+"
    r"|(?P<url>\b[a-z][a-z0-9+.-]*://)[^\s/@\"'<>]+@"
    r"|(?P<field>\b(?:[\w-]*(?:api[_-]?key|token|secret|password|signature)|key|sig)[\"']?\s*=\s*)[^\s&,;\"'<>]+"
    r"|(?P<json>[\"'](?:[\w-]*(?:api[_-]?key|secret|password|authorization))[\"']\s*:\s*[\"'])[^\"']+"
    r"|\b(?:sk|pk|rk|gsk|hf|xai|ghp|nvapi)[-_][\w*.-]{6,}"
    r"|\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*"
    r"|\bAIza[\w-]{20,}",
    re.IGNORECASE,
)


class Redactor:
    """Replaces secrets in text that came from elsewhere.

    Args:
        secrets: Secrets that are known, such as the API key; the empty string is ignored. What looks like a
            key, a token, a password in a URL or a secret in a query is hidden too, known or not.

    >>> Redactor(["hunter22"]).clean("hunter22 was refused; Bearer abc, http://me:pw@host/v1?key=1, sk-abcdef123")
    '*** was refused; Bearer ***, http://***@host/v1?key=***, ***'
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = {form for secret in secrets if secret for form in (secret, quote(secret, safe=""))}
        forms = [_form(secret) for secret in sorted(known, key=lambda secret: (-len(secret), secret))]
        self._known = re.compile("|".join(forms)) if forms else None

    def clean(self, text: str) -> str:
        """The text without secrets."""
        if self._known is not None:
            text = self._known.sub(HIDDEN, text)
        return LOOKALIKES.sub(_hidden, text)


def _form(secret: str) -> str:
    return re.escape(secret) if len(secret) >= SHORT else rf"(?<!\w){re.escape(secret)}(?!\w)"


def _hidden(found: re.Match[str]) -> str:
    """What introduces a secret stays, so that one sees what was hidden."""
    if found["url"] is not None:
        return f"{found['url']}{HIDDEN}@"
    return (found["scheme"] or found["field"] or found["json"] or "") + HIDDEN


def public_url(url: str) -> str:
    """A base URL in its normal form: without user name, password, query, fragment and slash at the end.

    Raises:
        UsageError: It is no URL of a web server.

    >>> public_url("HTTP://me:secret@LocalHost:8000/v1/?key=1#top")
    'http://localhost:8000/v1'
    """
    parts = _split(url)
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, {"http": 80, "https": 443}[parts.scheme]) else f":{parts.port}"
    return urlunsplit((parts.scheme, host + port, parts.path.rstrip("/"), "", ""))


def checked_url(url: str) -> str:
    """A base URL that may be used, in its normal form.

    Raises:
        UsageError: It is no URL of a web server, it holds secrets or a query, or it names a method instead of the base.

    >>> checked_url("http://127.0.0.1:8000/v1/")
    'http://127.0.0.1:8000/v1'
    """
    parts, public = _split(url), public_url(url)
    if parts.username is not None or parts.password is not None:
        raise UsageError(
            "the base URL holds a user name or password",
            hint=f"give {public}, and the key in the environment",
        )
    if parts.query or parts.fragment:
        raise UsageError("the base URL has a query or fragment", hint=f"give {public}")
    for ending in ("/chat/completions", "/completions", "/models", "/responses"):
        if public.endswith(ending):
            raise UsageError(f"the base URL {public} names a method", hint=f"give {public.removesuffix(ending)}")
    return public


def is_loopback(url: str) -> bool:
    """Whether a server runs on this very machine.

    >>> is_loopback("http://127.0.0.1:8000/v1"), is_loopback("https://api.openai.com/v1")
    (True, False)
    """
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or host.endswith(".localhost") or host.startswith("127.")


def _split(url: str) -> SplitResult:
    """The parts of a web server's URL."""
    try:
        parts = urlsplit(url.strip())
        good = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good or re.search(r"\s", url.strip()):
        raise UsageError(
            f"{Redactor().clean(url)!r} is no URL of a server", hint="give one such as http://127.0.0.1:8000/v1"
        )
    return parts
