"""Why a request failed: worth another try, this request's own fault, or the end of the run."""

from __future__ import annotations

import re
import socket
import ssl
from typing import Any, Literal, NamedTuple

import msgspec

from cswitch.generators.prompting.client.rates import NOTHING, Told

Scope = Literal["retry", "request", "run"]

LONGEST_DETAIL = 300
FILTERED = re.compile(
    r"content[_ -]?(filter|management|policy)|moderation|responsible ?ai|safety|flagged", re.IGNORECASE
)
NO_MODEL = re.compile(
    r"(model_not_found|invalid_model|unknown_model|no such model|not a valid model|unknown model)|"
    r"\bmodel\b.{0,200}?(does not exist|not found|is not valid)",
    re.IGNORECASE | re.DOTALL,
)
NO_QUOTA = re.compile(
    r"insufficient[_ ](quota|balance|funds|credit)|billing|exceeded your current quota|payment", re.IGNORECASE
)
TOO_LONG = re.compile(r"context[_ ]length|maximum context|too (long|large|many tokens)|context window", re.IGNORECASE)
UNKNOWN_FIELD = re.compile(
    r"unsupported|not (supported|permitted|allowed|available)|unrecognized|unknown (field|parameter)|does not support|"
    r"extra (inputs|fields)|unexpected|only the default|invalid|grammar|schema",
    re.IGNORECASE,
)
OPTIONAL = ("response_format", "max_completion_tokens", "max_tokens", "logprobs", "seed", "temperature", "top_p")
"""Fields of a body that can be done without, or said otherwise."""


class Fault(Exception):
    """A try that gave no answer.

    Args:
        kind: Short stable name, as failures are kept under it.
        detail: What exactly, without secrets.
        scope: Whether another try is worth it, this request will never be answered, or the run is to stop.
        status: HTTP status, where there is one.
        hint: For the end of a run: what the user can do.
        field: For ``unsupported``: the field of the body that the server will not have.
        told: What the headers say about rates.
    """

    def __init__(
        self,
        kind: str,
        detail: str,
        *,
        scope: Scope = "retry",
        status: int | None = None,
        hint: str = "",
        field: str = "",
        told: Told = NOTHING,
    ) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind, self.detail, self.scope, self.status = kind, detail, scope, status
        self.hint, self.field, self.told = hint, field, told

    @property
    def congested(self) -> bool:
        """Whether it means that the server has too much to do."""
        return self.kind in ("rate_limit", "overloaded", "timeout")


class Place(NamedTuple):
    """What messages may say about where a request went."""

    url: str
    model: str
    key_env: str
    """Environment variable of the key."""
    has_key: bool


class ErrorBody(msgspec.Struct, frozen=True):
    """What is read of an error."""

    message: str = ""
    code: str = ""
    type: str = ""
    param: str = ""


def read_error(data: bytes | Any) -> ErrorBody:
    """The error that a server describes, whatever way it does so.

    >>> read_error(b'{"error": {"message": "no", "code": 7, "param": null}}')
    ErrorBody(message='no', code='7', type='', param='')
    >>> read_error(b"<html>Bad gateway</html>").message
    'Bad gateway'
    """
    found: Any = data
    if isinstance(data, bytes):
        try:
            found = msgspec.json.decode(data)
        except (ValueError, RecursionError):
            return ErrorBody(message=_plain(data.decode("utf-8", "replace")))
    if isinstance(found, dict):
        for name in ("error", "detail", "message"):
            inner = found.get(name)
            if isinstance(inner, dict) or (inner and name != "message"):
                return read_error(inner)
        return ErrorBody(*(_short(found.get(name)) for name in ("message", "code", "type", "param")))
    return ErrorBody(message=_short(found))


def _short(value: object) -> str:
    text = value if isinstance(value, str) else "" if value is None else msgspec.json.encode(value).decode()
    return " ".join(text[: 2 * LONGEST_DETAIL].split())


def _plain(page: str) -> str:
    """A page without its markup."""
    return _short(re.sub(r"<(script|style).*?</\1>|<[^>]*>", " ", page[:10_000], flags=re.DOTALL | re.IGNORECASE))


def of_status(status: int, data: bytes, told: Told, place: Place) -> Fault:
    """The fault that a response with another status than 200 is.

    >>> of_status(500, b"oops", NOTHING, Place("http://127.0.0.1/v1", "m", "OPENAI_API_KEY", True)).kind
    'server_error'
    """
    error = read_error(data)
    words = f"{error.code} {error.type} {error.message}"
    detail = f"HTTP {status}: {error.message[:LONGEST_DETAIL] or error.code or 'no more said'}"
    if 300 <= status < 400:
        hint = "give --base-url the address that it sends to"
        return Fault(
            "wrong_url", f"{place.url} sends to another address ({detail})", scope="run", status=status, hint=hint
        )
    if status in (401, 403):
        return _forbidden(status, words, detail, place)
    if status == 402 or (status == 429 and NO_QUOTA.search(words)):
        hint = "top the account up, then give the same command again: nothing is paid for twice"
        return Fault(
            "no_quota", f"{place.url} has no quota left for this key ({detail})", scope="run", status=status, hint=hint
        )
    if status == 429:
        return Fault("rate_limit", detail, status=status, told=told)
    if status in (408, 504):
        return Fault("timeout", detail, status=status, told=told)
    if status in (503, 529):
        return Fault("overloaded", detail, status=status, told=told)
    if status >= 500 or status in (409, 425):
        return Fault("server_error", detail, status=status, told=told)
    if status in (404, 405) or (NO_MODEL.search(words) and not TOO_LONG.search(words)):
        return _not_found(status, words, detail, place)
    return _bad_request(status, error, words, detail)


def _forbidden(status: int, words: str, detail: str, place: Place) -> Fault:
    if status == 403 and FILTERED.search(words):
        return Fault("content_filter", detail, scope="request", status=status)
    if place.has_key:
        what, hint = (
            f"{place.url} refuses the key in {place.key_env}",
            f"set {place.key_env} to a key that is valid there",
        )
    else:
        what, hint = f"{place.url} wants a key", f"set it in the environment variable {place.key_env}"
    return Fault("key_refused", f"{what} ({detail})", scope="run", status=status, hint=hint)


def _not_found(status: int, words: str, detail: str, place: Place) -> Fault:
    if NO_MODEL.search(words) or (status == 404 and re.search(r"\bmodel\b", words, re.IGNORECASE)):
        what, hint = f"{place.url} has no model {place.model!r}", "give --model a name that it lists under /models"
        return Fault("unknown_model", f"{what} ({detail})", scope="run", status=status, hint=hint)
    what = f"{place.url} has no chat completions ({detail})"
    return Fault("wrong_url", what, scope="run", status=status, hint="check --base-url; it mostly ends in /v1")


def _bad_request(status: int, error: ErrorBody, words: str, detail: str) -> Fault:
    """400, 413, 422 and what else is the request's own fault."""
    if TOO_LONG.search(words) and not error.param.startswith("max_"):
        return Fault("refused", detail, scope="request", status=status)
    field = next((name for name in OPTIONAL if error.param.partition(".")[0] == name), "")
    field = field or next((name for name in OPTIONAL if re.search(rf"\b{name}\b", error.message)), "")
    if not field and re.search(r"json_schema|json_object|grammar", error.message):
        field = "response_format"
    if field and UNKNOWN_FIELD.search(words):
        return Fault("unsupported", detail, scope="request", status=status, field=field)
    if FILTERED.search(words):
        return Fault("content_filter", detail, scope="request", status=status)
    return Fault("refused", detail, scope="request", status=status)


def of_exception(error: BaseException, place: Place, *, answered: bool, seconds: float) -> Fault:
    """The fault that an exception of the transport is.

    Args:
        error: What was raised; its causes are looked at.
        place: Where the request went.
        answered: Whether the server ever answered: then its name and certificate are right, and trouble is passing.
        seconds: How long an answer may take, for the message.
    """
    chain = _causes(error)
    for cause in reversed(chain):  # the innermost knows best; what is around it may be of the same kind by name only
        if isinstance(cause, ssl.SSLError):
            return _of_tls(cause, place, answered)
        if isinstance(cause, socket.gaierror):
            scope: Scope = "retry" if answered else "run"
            what = "name not resolved" if answered else f"the name of {place.url} is not known"
            return Fault("connection", what, scope=scope, hint="check --base-url and the network")
        if isinstance(cause, ConnectionRefusedError):
            return Fault("connection", "connection refused")
    names = {kind.__name__ for cause in chain for kind in type(cause).__mro__}
    if names & {"ServerDisconnectedError", "ClientPayloadError", "ConnectionResetError", "BrokenPipeError", "ReadError",
                "ClientOSError", "RemoteProtocolError", "DecodingError"}:  # fmt: skip
        return Fault("cut", "connection cut")
    if names & {"ClientResponseError", "HttpProcessingError", "InvalidHeader"}:
        what = f"{place.url} does not speak HTTP as expected"
        scope = "retry" if answered else "run"
        return Fault("other_protocol", what, scope=scope, hint="check host, port and http or https of --base-url")
    if names & {"TimeoutError", "TimeoutException", "APITimeoutError"}:
        return Fault("timeout", f"no answer within {seconds:g} s")
    return Fault("connection", f"no connection ({type(chain[-1]).__name__})")


def _of_tls(error: ssl.SSLError, place: Place, answered: bool) -> Fault:
    if answered:
        return Fault("connection", f"TLS failed ({error.reason or type(error).__name__})")
    if isinstance(error, ssl.SSLCertVerificationError):
        what = f"the certificate of {place.url} is not trusted ({error.verify_message or 'no reason given'})"
        hint = "set SSL_CERT_FILE to a file with the certificate of its authority"
        return Fault("certificate", what, scope="run", hint=hint)
    what = f"{place.url} speaks no TLS ({error.reason or type(error).__name__})"
    return Fault("other_protocol", what, scope="run", hint="check the port, and whether the URL begins with http://")


def _causes(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in chain:
        chain.append(at)
        # aiohttp keeps the error of the operating system beside the chain.
        inner = getattr(at, "os_error", None) or getattr(at, "certificate_error", None)
        if isinstance(inner, BaseException) and inner not in chain:
            chain.append(inner)
        at = at.__cause__ or at.__context__
    return chain
