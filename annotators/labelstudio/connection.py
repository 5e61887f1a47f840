"""A Label Studio server: who asks, what comes back, and what happens when it does not answer.

``label_studio_sdk`` is imported when a connection is opened: it takes seconds. Its own retries are off, for a request
that failed may have been carried out all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from json import JSONDecodeError
from time import sleep
from typing import IO, Any, Protocol, Self, TypeVar
from warnings import catch_warnings, simplefilter

import msgspec

from cswitch.annotators.labelstudio.access import Access, is_local
from cswitch.annotators.labelstudio.faults import Refused, ServerGone, not_label_studio, refusal
from cswitch.core.errors import MissingExtraError, UsageError

PAGE = 1000
"""Tasks that are listed at a time."""

T = TypeVar("T")

_TIMEOUT = 60.0
_LONG = 1800.0
"""Seconds for what the server works on before it answers: an import, an export."""
_TRIES = 4
_FIRST_WAIT = 0.5
_DONE = {"completed", "failed"}


class Server(Protocol):
    """What the rest of the package asks of a server."""

    url: str
    """Its address."""

    def users(self) -> dict[int, str]:
        """E-mail address, or else name, of each member by id."""

    def projects(self, title: str) -> list[dict[str, Any]]:
        """Projects whose title holds a text."""

    def project(self, project: int) -> dict[str, Any]:
        """A project by its id; UsageError when there is none."""

    def used(self, project: int) -> dict[str, dict[str, int]]:
        """How often each label was used by annotators, by control."""

    def create_project(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Make a project."""

    def update_project(self, project: int, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Change some fields of a project."""

    def import_tasks(self, project: int, tasks: bytes) -> list[int]:
        """Add tasks, a JSON list; their ids in order, or none when the server does not tell."""

    def tasks(self, project: int, *, after: int = 0) -> Iterator[dict[str, Any]]:
        """``id``, ``data`` and ``total_annotations`` of each task with an id above ``after``, by id."""

    def delete_tasks(self, project: int, tasks: Sequence[int]) -> None:
        """Delete tasks."""

    def export(self, project: int, into: IO[bytes], *, everything: bool = False) -> None:
        """Write the export, a JSON list of tasks; of ``everything``, else of what has annotations."""


class Connection:
    """A server reached through ``label_studio_sdk``; a context manager.

    Both kinds of keys are accepted. A personal access token is exchanged for a token of a few minutes, again and again.

    Args:
        to: Address and key.
        timeout: Seconds to wait for an ordinary answer.
        wait: How to wait before a request is made again.

    Raises:
        MissingExtraError: ``label_studio_sdk`` is not installed.
        UsageError: On entry: the key is refused, or no Label Studio answers there.
        ServerGone: On entry: nothing answers.
    """

    def __init__(self, to: Access, *, timeout: float = _TIMEOUT, wait: Callable[[float], object] = sleep) -> None:
        self.url = to.url
        """Address of the server."""
        self._to, self._timeout, self._wait = to, timeout, wait
        self._http: Any = None
        self._sdk: Any = None

    def __enter__(self) -> Self:
        try:
            sdk = import_module("label_studio_sdk")
        except ImportError as error:
            raise MissingExtraError("talking to a Label Studio server", extra="studio") from error
        httpx = import_module("httpx")
        self._http = httpx.Client(
            timeout=httpx.Timeout(self._timeout, connect=10.0),
            headers={"Accept": "application/json"},
            trust_env=not is_local(self.url),  # no proxy stands between a machine and itself
        )
        try:
            with self._failing("checking the key"):
                client = sdk.LabelStudio(
                    base_url=f"{self.url}/", api_key=self._to.key, httpx_client=self._http, max_retries=0
                )
                if not getattr(client.users.whoami(), "email", ""):
                    raise not_label_studio(self.url)
                self._sdk = client
        except BaseException:
            self._http.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def users(self) -> dict[int, str]:
        """See :class:`Server`."""
        found = self._asked("listing the users", lambda: list(self._sdk.users.list()))
        return {user.id: user.email or user.username or f"user {user.id}" for user in found}

    def projects(self, title: str) -> list[dict[str, Any]]:
        """See :class:`Server`."""
        query = {"title": title} if len(title) >= 3 else {}  # the server searches for no less
        found = self._asked("listing the projects", lambda: list(self._sdk.projects.list(**query)))
        return [project.model_dump() for project in found]

    def project(self, project: int) -> dict[str, Any]:
        """See :class:`Server`."""
        with self._in(project):
            found: dict[str, Any] = self._asked(
                f"reading project {project}", lambda: self._sdk.projects.get(project).model_dump()
            )
        return found

    def used(self, project: int) -> dict[str, dict[str, int]]:
        """See :class:`Server`."""
        doing = f"reading what project {project} holds"
        with self._in(project):
            summary = self._asked(doing, partial(self._json, "GET", f"/api/projects/{project}/summary", doing))
        counts: dict[str, dict[str, int]] = {}
        for field in ("created_labels", "created_labels_drafts"):
            for control, labels in (summary.get(field) or {}).items():
                held = counts.setdefault(control, {})
                for label, count in labels.items():
                    held[label] = held.get(label, 0) + count
        return counts

    def create_project(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """See :class:`Server`."""
        with self._failing("making the project"):
            made: dict[str, Any] = self._sdk.projects.create(**fields).model_dump()
        return made

    def update_project(self, project: int, fields: Mapping[str, Any]) -> dict[str, Any]:
        """See :class:`Server`."""
        with self._in(project), self._failing(f"changing project {project}"):
            made: dict[str, Any] = self._sdk.projects.update(project, **fields).model_dump()
        return made

    def import_tasks(self, project: int, tasks: bytes) -> list[int]:
        """See :class:`Server`; it is tried once, for only the caller can find out what arrived."""
        doing = f"importing tasks into project {project}"
        path, params = f"/api/projects/{project}/import", {"return_task_ids": "true"}
        with self._in(project):
            answer = self._json("POST", path, doing, params=params, content=tasks)
        if "import" in answer:  # other editions import in the background
            self._await_import(project, int(answer["import"]), doing)
        return [int(task) for task in answer.get("task_ids") or []]

    def tasks(self, project: int, *, after: int = 0) -> Iterator[dict[str, Any]]:
        """See :class:`Server`."""
        doing = f"listing the tasks of project {project}"
        while True:
            above = {"filter": "filter:tasks:id", "operator": "greater", "type": "Number", "value": after}
            query = {"filters": {"conjunction": "and", "items": [above]}, "ordering": ["tasks:id"]}
            params = {
                "project": str(project), "page": "1", "page_size": str(PAGE), "include": "id,data,total_annotations",
                "query": msgspec.json.encode(query).decode(),
            }  # fmt: skip
            with self._in(project):
                page = self._asked(doing, partial(self._json, "GET", "/api/tasks", doing, params=params))
            found = page.get("tasks") or []
            yield from found
            if not found or len(found) >= page.get("total", 0):
                return
            after = max(task["id"] for task in found)

    def delete_tasks(self, project: int, tasks: Sequence[int]) -> None:
        """See :class:`Server`."""
        doing = f"deleting tasks of project {project}"
        for first in range(0, len(tasks), PAGE):
            chosen = {"selectedItems": {"all": False, "included": list(tasks[first : first + PAGE])}}
            params = {"id": "delete_tasks", "project": str(project)}
            body = msgspec.json.encode(chosen)
            self._asked(doing, partial(self._json, "POST", "/api/dm/actions", doing, params=params, content=body))

    def export(self, project: int, into: IO[bytes], *, everything: bool = False) -> None:
        """See :class:`Server`."""
        with self._in(project):
            self._asked(f"exporting project {project}", partial(self._export, project, into, everything))

    def _export(self, project: int, into: IO[bytes], everything: bool) -> None:
        into.seek(0)
        into.truncate()
        doing = f"exporting project {project}"
        params = {"exportType": "JSON", "download_all_tasks": str(everything).lower()}
        with self._failing(doing):
            stream = self._http.stream(
                "GET",
                f"{self.url}/api/projects/{project}/export",
                params=params,
                headers=self._headers(),
                timeout=_LONG,
            )
            with stream as answer:
                if answer.status_code != 200:
                    answer.read()
                    raise self._refused(answer, doing)
                for block in answer.iter_bytes(1 << 18):
                    into.write(block)
        into.flush()

    def _await_import(self, project: int, number: int, doing: str) -> None:
        while True:
            answer = self._asked(doing, partial(self._json, "GET", f"/api/projects/{project}/imports/{number}", doing))
            status = str(answer.get("status"))
            if status == "failed":
                why = self._clean(str(answer.get("error") or "it does not tell why"))
                raise Refused(f"{self.url} failed at {doing}: {why}", status=400)
            if status in _DONE:
                return
            self._wait(1.0)

    def _asked(self, doing: str, ask: Callable[[], T]) -> T:
        """An answer to a question that changes nothing, or nothing more when it is put again."""
        wait = _FIRST_WAIT
        for _ in range(_TRIES - 1):
            try:
                with self._failing(doing):
                    return ask()
            except ServerGone:
                self._wait(wait)
                wait *= 3
        with self._failing(doing):
            return ask()

    def _json(self, method: str, path: str, doing: str, **request: Any) -> dict[str, Any]:
        with self._failing(doing):
            headers = {**self._headers(), "Content-Type": "application/json"}
            answer = self._http.request(
                method, f"{self.url}{path}", headers=headers, timeout=_LONG if method == "POST" else self._timeout,
                **request,
            )  # fmt: skip
        if not 200 <= answer.status_code < 300:
            raise self._refused(answer, doing)
        try:
            found = msgspec.json.decode(answer.content)
        except msgspec.DecodeError:
            found = None
        if not isinstance(found, dict):
            raise not_label_studio(self.url)
        return found

    def _headers(self) -> dict[str, str]:
        """Those of the package, with a fresh token where one is needed."""
        headers: dict[str, str] = self._sdk._client_wrapper.get_headers()
        return headers

    def _refused(self, answer: Any, doing: str) -> Exception:
        try:
            body = msgspec.json.decode(answer.content)
        except msgspec.DecodeError:
            body = None
        return self._refusal(answer.status_code, body, doing, answer.headers.get("location", ""))

    def _refusal(self, status: int, body: object, doing: str, location: str = "") -> Exception:
        if status == 404 and self._sdk is not None:  # it is a Label Studio, but may say so with a page
            return Refused(f"{self.url} has nothing at {doing}", status=404)
        error = refusal(status, body, url=self.url, doing=doing, key_name=self._to.key_name, location=location)
        error.args = (self._clean(str(error.args[0])), *error.args[1:])
        if isinstance(error, UsageError | Refused | ServerGone):
            error.message = self._clean(error.message)
        return error

    def _clean(self, text: str) -> str:
        return text.replace(self._to.key, "(the key)")

    @contextmanager
    def _in(self, project: int) -> Iterator[None]:
        """What is not found inside is the project."""
        try:
            yield
        except Refused as error:
            if error.status != 404:
                raise
            raise gone(project, self.url) from error

    @contextmanager
    def _failing(self, doing: str) -> Iterator[None]:
        """What the package and its client raise becomes one line; their own words may hold cookies."""
        httpx = import_module("httpx")
        api_error = import_module("label_studio_sdk.core.api_error").ApiError
        pydantic_error = import_module("pydantic").ValidationError
        try:
            with catch_warnings():
                simplefilter("ignore", DeprecationWarning)  # of the package about itself
                yield
        except api_error as error:
            location = {name.lower(): value for name, value in (error.headers or {}).items()}.get("location", "")
            raise self._refusal(error.status_code or 401, error.body, doing, location) from None
        except httpx.ConnectError:
            hint = "check the address and that the server runs; cswitch studio up starts one"
            raise ServerGone(f"nothing answers at {self.url}", hint=hint) from None
        except httpx.TimeoutException:
            hint = "run the same command again when it has less to do"
            raise ServerGone(f"{self.url} did not answer in time ({doing})", hint=hint) from None
        except (httpx.HTTPError, httpx.StreamError):
            hint = "run the same command again when it is back"
            raise ServerGone(f"{self.url} stopped in the middle of {doing}", hint=hint) from None
        except (httpx.InvalidURL, pydantic_error, JSONDecodeError):
            raise not_label_studio(self.url) from None


def gone(project: int, url: str) -> UsageError:
    """The error for a project that is not, or not any more, on a server."""
    return UsageError(f"there is no project {project} on {url}", hint="cswitch studio init makes one")
