"""A Label Studio that holds its tasks in memory and misbehaves on demand: in this process, or over HTTP."""

from __future__ import annotations

import json
import re
import socket
import struct
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from time import sleep, time
from typing import IO, Any
from urllib.parse import parse_qs, urlsplit

from cswitch.annotators.labelstudio.config import Labelling
from cswitch.annotators.labelstudio.connection import gone
from cswitch.annotators.labelstudio.faults import Refused, ServerGone
from cswitch.annotators.labelstudio.tasks import task_of

KEY = "0123456789abcdef0123456789abcdef01234567"
FAULTS = ("lost", "unheard", "half", "failed")
"""What can befall an import: it never arrives, its answer does not, half of it arrives, the server fails."""


class Studio:
    """What a server holds."""

    def __init__(self) -> None:
        self.members: dict[int, str] = {1: "a@example.org", 2: "b@example.org"}
        self.held: dict[int, dict[str, Any]] = {}
        self.rows: dict[int, dict[int, dict[str, Any]]] = {}
        self.next_task = 1
        self.faults: list[str] = []
        """What befalls the next imports, one each; an empty name is nothing."""
        self.before_import: Callable[[], None] = lambda: None
        self.imports: list[int] = []
        """Sizes of the imports that were tried."""
        self.largest = 10**9
        """Tasks that one request may hold."""
        self.lock = Lock()

    def make(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        number = len(self.held) + 1
        self.held[number] = {
            "id": number, "title": "", "label_config": "<View></View>", "maximum_annotations": 1, "model_version": "",
            "show_skip_button": True, "sampling": "Sequential sampling", "show_collab_predictions": True,
            "expert_instruction": "", "show_instruction": False, **fields,
        }  # fmt: skip
        self.rows[number] = {}
        return self.told(number)

    def told(self, number: int) -> dict[str, Any]:
        rows = self.rows[number].values()
        wanted = self.held[number]["maximum_annotations"]
        done = sum(_count(row) >= wanted for row in rows)
        return {**self.held[number], "task_number": len(rows), "finished_task_number": done}

    def change(self, number: int, fields: Mapping[str, Any]) -> dict[str, Any]:
        self.held[number] |= fields
        return self.told(number)

    def bring(self, number: int, tasks: Sequence[Mapping[str, Any]]) -> list[int]:
        with self.lock:
            numbers = list(range(self.next_task, self.next_task + len(tasks)))
            self.next_task += len(tasks)
            for task, at in zip(tasks, numbers, strict=True):
                self.rows[number][at] = {"annotations": [], "drafts": [], "predictions": [], **task, "id": at}
            versions = [each["model_version"] for task in tasks for each in task.get("predictions", ())]
            if versions and not self.held[number]["model_version"]:
                self.held[number]["model_version"] = versions[-1]
            return numbers

    def used(self, number: int) -> dict[str, dict[str, int]]:
        counts: dict[str, dict[str, int]] = {}
        for row in self.rows[number].values():
            for annotation in row["annotations"]:
                for item in annotation["result"]:
                    labels = item["value"].get("labels") or item["value"].get("choices") or ()
                    for label in labels:
                        held = counts.setdefault(item["from_name"], {})
                        held[label] = held.get(label, 0) + 1
        return counts

    def listed(self, number: int, after: int, size: int = 10**9) -> dict[str, Any]:
        with self.lock:
            rows = [row for at, row in sorted(self.rows[number].items()) if at > after]
        fields = [{"id": row["id"], "data": row["data"], "total_annotations": _count(row)} for row in rows[:size]]
        return {"tasks": fields, "total": len(rows)}

    def export(self, number: int, everything: bool) -> list[dict[str, Any]]:
        rows = [row for row in self.rows[number].values() if everything or row["annotations"]]
        return [{**row, "predictions": list(range(len(row["predictions"])))} for row in reversed(rows)]

    def annotate(self, number: int, result: Sequence[Mapping[str, Any]], by: int | None = 1, **more: Any) -> None:
        """Add an annotation to a task."""
        row = next(rows[number] for rows in self.rows.values() if number in rows)
        made = 1 + sum(len(each["annotations"]) for rows in self.rows.values() for each in rows.values())
        prediction = row["predictions"][0] if row["predictions"] else {}
        row["annotations"].append({
            "id": made, "completed_by": by, "result": list(result), "was_cancelled": False, "ground_truth": False,
            "created_at": f"2026-01-01T00:{made // 60:02}:{made % 60:02}Z", "lead_time": 10.0, "prediction": prediction,
            **more,
        })  # fmt: skip


class InProcess:
    """The server as the code that works with it sees it, without HTTP."""

    url = "http://studio.test"

    def __init__(self, studio: Studio) -> None:
        self.studio = studio

    def users(self) -> dict[int, str]:
        return dict(self.studio.members)

    def projects(self, title: str) -> list[dict[str, Any]]:
        return [self.studio.told(number) for number, held in self.studio.held.items() if title in held["title"]]

    def project(self, project: int) -> dict[str, Any]:
        self._check(project)
        return self.studio.told(project)

    def used(self, project: int) -> dict[str, dict[str, int]]:
        return self.studio.used(project)

    def create_project(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        return self.studio.make(fields)

    def update_project(self, project: int, fields: Mapping[str, Any]) -> dict[str, Any]:
        return self.studio.change(project, fields)

    def import_tasks(self, project: int, tasks: bytes) -> list[int]:
        self._check(project)
        self.studio.before_import()
        found = json.loads(tasks)
        self.studio.imports.append(len(found))
        if len(found) > self.studio.largest:
            raise Refused("too large", status=413)
        fault = self.studio.faults.pop(0) if self.studio.faults else ""
        if fault == "refused":
            raise Refused("no", status=400)
        if fault == "failed":
            raise Refused("the server failed", status=500)
        numbers = [] if fault == "lost" else self.studio.bring(project, found[:: 2 if fault == "half" else 1])
        if fault:
            raise ServerGone("the server stopped")
        return numbers

    def tasks(self, project: int, *, after: int = 0) -> Iterator[dict[str, Any]]:
        self._check(project)
        yield from self.studio.listed(project, after)["tasks"]

    def delete_tasks(self, project: int, tasks: Sequence[int]) -> None:
        for task in tasks:
            self.studio.rows[project].pop(task, None)

    def export(self, project: int, into: IO[bytes], *, everything: bool = False) -> None:
        self._check(project)
        into.write(json.dumps(self.studio.export(project, everything), ensure_ascii=False).encode())
        into.flush()

    def _check(self, project: int) -> None:
        if project not in self.studio.held:
            raise gone(project, self.url)


class Manners:
    """How a server behaves over HTTP."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        """Methods and paths, in order."""
        self.keys: list[str] = []
        """The headers that let somebody in."""
        self.page = False
        """Answer everything with a page, as another program would."""
        self.status: list[int] = []
        """Statuses of the next answers, in place of what they would be; 0 for a connection that is cut."""
        self.cut_export = 0
        """Exports that are cut in the middle."""
        self.silent = 0.0
        """Seconds to wait before each answer."""
        self.location = ""
        """Where everything is sent on to."""
        self.refreshes = 0
        """How often a token was exchanged."""
        self.lives = 300.0
        """Seconds that an exchanged token lives."""


@contextmanager
def serving(studio: Studio, manners: Manners | None = None) -> Iterator[str]:
    """The address of a server over HTTP."""
    manner = manners or Manners()
    handler = type("Handler", (_Handler,), {"studio": studio, "inner": InProcess(studio), "manners": manner})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def token(kind: str, lives: float = 1e9) -> str:
    """A token that looks like those of the server; its signature is none."""
    parts = [{"alg": "HS256", "typ": "JWT"}, {"token_type": kind, "exp": int(time() + lives), "jti": f"{time()}"}]
    texts = [urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*texts, "c2lnbmF0dXJl"])


class _Handler(BaseHTTPRequestHandler):
    studio: Studio
    inner: InProcess
    manners: Manners
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    do_POST = do_PATCH = do_GET

    def log_message(self, *_: Any) -> None:
        pass

    def _answer(self) -> None:
        manners, parts = self.manners, urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = parts.path.rstrip("/")
        manners.requests.append(f"{self.command} {path}")
        sleep(manners.silent)
        if manners.location:
            self._send(301, b"", {"Location": manners.location})
        elif manners.page:
            self._send(200, b"<!doctype html><title>Router</title>", {"Content-Type": "text/html"})
        elif path == "/api/token/refresh":
            manners.refreshes += 1
            self._json(200, {"access": token("access", manners.lives)})
        elif not self._let_in():
            self._json(401, {"detail": "Invalid token.", "status_code": 401})
        elif manners.status and (status := manners.status.pop(0)) != 200:
            self._cut() if not status else self._json(status, {"detail": f"no: {self.headers['Authorization']}"})
        else:
            self._route(path, {name: values[0] for name, values in parse_qs(parts.query).items()}, body)

    def _let_in(self) -> bool:
        said = self.headers.get("Authorization") or ""
        self.manners.keys.append(said)
        return said == f"Token {KEY}" or said.startswith("Bearer ")

    def _route(self, path: str, query: dict[str, str], body: bytes) -> None:
        found = re.fullmatch(r"/api/projects/(\d+)(?:/(\w+))?", path)
        try:
            if path == "/api/current-user/whoami":
                self._json(200, {"id": 1, "email": self.studio.members[1], "username": "", "first_name": "Ä"})
            elif path == "/api/users":
                named = self.studio.members.items()
                self._json(200, [{"id": number, "email": email, "username": ""} for number, email in named])
            elif path == "/api/projects" and int(query.get("page", 1)) > 1:
                self._json(404, {"detail": "Invalid page.", "status_code": 404})
            elif path == "/api/projects" and self.command == "GET":
                self._json(200, {"count": 1, "results": self.inner.projects(query.get("title", ""))})
            elif path == "/api/projects":
                self._json(201, self.studio.make(json.loads(body)))
            elif path == "/api/tasks":
                items = json.loads(query["query"])["filters"]["items"]
                project = self.inner.project(int(query["project"]))
                self._json(200, self.studio.listed(project["id"], int(items[0]["value"]), int(query["page_size"])))
            elif path == "/api/dm/actions":
                self.inner.delete_tasks(int(query["project"]), json.loads(body)["selectedItems"]["included"])
                self._json(200, {"processed_items": 1})
            elif found:
                self._project(int(found[1]), found[2], body)
            else:
                self._send(404, b"<!doctype html>", {"Content-Type": "text/html"})
        except ServerGone:
            self._cut()
        except Refused as error:
            faults = {"predictions": [error.message]}
            self._json(error.status, {"detail": "Validation error", "validation_errors": faults})

    def _project(self, number: int, what: str | None, body: bytes) -> None:
        if number not in self.studio.held:
            self._send(404, b"<!doctype html>", {"Content-Type": "text/html"})
        elif what == "import":
            numbers = self.inner.import_tasks(number, body)
            self._json(201, {"task_count": len(numbers), "task_ids": numbers})
        elif what == "summary":
            self._json(200, {"created_labels": self.studio.used(number), "created_labels_drafts": {}})
        elif what == "export":
            self._export(number)
        elif self.command == "PATCH":
            self._json(200, self.studio.change(number, json.loads(body)))
        else:
            self._json(200, self.studio.told(number))

    def _export(self, number: int) -> None:
        everything = "download_all_tasks=true" in self.path
        body = json.dumps(self.studio.export(number, everything), ensure_ascii=False).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.manners.cut_export:
            self.manners.cut_export -= 1
            self.wfile.write(body[: len(body) // 2])
            self._cut()
        else:
            self.wfile.write(body)

    def _json(self, status: int, value: Any) -> None:
        self._send(status, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _cut(self) -> None:
        """End the connection as a server that is killed does."""
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()


def _count(row: Mapping[str, Any]) -> int:
    return sum(not annotation["was_cancelled"] for annotation in row["annotations"])


LABELLING = Labelling.of(["hi", "en"], layers=["entity"])
"""What the projects of these tests ask."""


def sample(number: int | str, text: str = "main happy hoon !") -> dict[str, Any]:
    """A tagged record."""
    tokens = text.split()
    starts = [sum(len(token) + 1 for token in tokens[:at]) for at in range(len(tokens))]
    langs = ["other" if token == "!" else "en" if token == "happy" else "hi" for token in tokens]
    offsets = [(start, start + len(token)) for start, token in zip(starts, tokens, strict=True)]
    record = {"id": f"s{number}", "text": text, "tokens": tokens, "langs": langs, "offsets": offsets}
    return {**record, "languages": ["hi", "en"], "probabilities": [0.5] * len(tokens)}


def task(number: int | str, *, blind: bool = False, text: str = "main happy hoon !") -> dict[str, Any]:
    """The task of a tagged record."""
    return task_of(sample(number, text), LABELLING, batch="first", blind=blind, made_by="compact")
