"""Files and batches of the fault-injecting server, as the API reference describes them.

A batch moves on when it is looked at: validating, in_progress, finalizing, completed; or failed, expired, cancelled.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import msgspec
import orjson
from aiohttp import web

from tests.generators.prompting.fake_replies import HTTP_FAULTS, WIRE_FAULTS, Model, Script, chance, completion, digest

WHEN = 1_700_000_000
ENDPOINT = "/v1/chat/completions"
ENDED = ("completed", "failed", "expired", "cancelled")


class Line(NamedTuple):
    """A line of an input file that was looked over."""

    custom_id: str
    body: dict[str, Any]


class Paid(msgspec.Struct, kw_only=True):
    """What a line came to."""

    digest: str
    custom_id: str
    body: dict[str, Any]
    fault: str = ""
    status: int = 200
    answer: dict[str, Any] | None = None


class Host(Protocol):
    """What batches need of the server."""

    script: Script
    model: Model

    def fault_of(self, body_digest: str) -> str: ...
    def paid(self, line: Paid, batch: str) -> int: ...
    def json(self, value: object, status: int = 200) -> web.Response: ...
    def error(self, status: int, message: str, code: str, param: str | None = None) -> web.Response: ...


class Problem(Exception):
    """What is wrong with an input file."""

    def __init__(self, code: str, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.as_record = {"code": code, "message": message, "line": line, "param": None}


def parsed(raw: bytes, script: Script) -> list[Line]:
    """The lines of an input file.

    Raises:
        Problem: The file breaks a rule of the API.
    """
    rows = raw.splitlines()
    if not rows:
        raise Problem("empty_file", "The batch input file is empty.")
    if len(rows) > script.batch_line_limit or len(raw) > script.batch_byte_limit:
        raise Problem("too_many_tasks", f"The input file has {len(rows)} requests, {len(raw)} bytes: over the limit.")
    lines: list[Line] = []
    for number, row in enumerate(rows, 1):
        lines.append(_line(row, number))
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        if line.custom_id in seen:
            raise Problem("duplicate_custom_id", f"The custom_id {line.custom_id!r} occurs more than once.", number)
        seen.add(line.custom_id)
        if line.body.get("model") != lines[0].body.get("model"):
            raise Problem("mismatched_model", "All requests of a batch must have the same model.", number)
        if line.body.get("model") not in script.models:
            raise Problem("model_not_found", f"The model {line.body.get('model')!r} does not exist.", number)
    return lines


def _line(row: bytes, number: int) -> Line:
    try:
        found = orjson.loads(row)
    except orjson.JSONDecodeError:
        raise Problem("invalid_json_line", "This line is not parseable as valid JSON.", number) from None
    if not isinstance(found, dict) or not isinstance(found.get("custom_id"), str):
        raise Problem("missing_required_parameter", "Missing required parameter: 'custom_id'.", number)
    if found.get("method") != "POST" or found.get("url") != ENDPOINT:
        raise Problem("invalid_url", "The URL of a request does not match the endpoint of the batch.", number)
    if not isinstance(found.get("body"), dict) or not isinstance(found["body"].get("messages"), list):
        raise Problem("missing_required_parameter", "Missing required parameter: 'body.messages'.", number)
    return Line(found["custom_id"], found["body"])


class Batches:
    """The routes of files and batches, and what they remember."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.files: dict[str, tuple[dict[str, Any], bytes]] = {}
        self.batches: dict[str, dict[str, Any]] = {}
        self._looks: dict[str, int] = {}
        self._lines: dict[str, list[Line]] = {}

    def add_routes(self, app: web.Application) -> None:
        """Adds the routes."""
        for prefix in ("", "/v1"):
            app.router.add_post(f"{prefix}/files", self._upload)
            app.router.add_get(f"{prefix}/files", self._list_files)
            app.router.add_get(f"{prefix}/files/{{id}}", self._file)
            app.router.add_get(f"{prefix}/files/{{id}}/content", self._content)
            app.router.add_delete(f"{prefix}/files/{{id}}", self._delete)
            app.router.add_post(f"{prefix}/batches", self._create)
            app.router.add_get(f"{prefix}/batches", self._list_batches)
            app.router.add_get(f"{prefix}/batches/{{id}}", self._batch)
            app.router.add_post(f"{prefix}/batches/{{id}}/cancel", self._cancel)

    # files

    def _keep(self, raw: bytes, name: str, purpose: str) -> dict[str, Any]:
        about = {
            "id": f"file-{len(self.files)}",
            "object": "file",
            "bytes": len(raw),
            "created_at": WHEN,
            "expires_at": None,
            "filename": name,
            "purpose": purpose,
            "status": "processed",
        }
        self.files[str(about["id"])] = (about, raw)
        return about

    async def _upload(self, request: web.Request) -> web.Response:
        given = await request.post()
        purpose, file = given.get("purpose"), given.get("file")
        if not isinstance(file, web.FileField) or not isinstance(purpose, str):
            return self.host.error(400, "'file' and 'purpose' are required.", "missing_required_parameter", "file")
        if purpose == "batch" and not file.filename.endswith(".jsonl"):
            return self.host.error(400, "Invalid file format for Batch API. Must be .jsonl", "invalid_file", "file")
        return self.host.json(self._keep(file.file.read(), file.filename, purpose))

    async def _list_files(self, request: web.Request) -> web.Response:
        wanted = request.query.get("purpose")
        data = [about for about, _ in self.files.values() if wanted in (None, about["purpose"])]
        return self.host.json(_page(data, request))

    def _missing(self, what: str, name: str) -> web.Response:
        return self.host.error(404, f"No such {what}: {name}", "not_found", "id")

    async def _file(self, request: web.Request) -> web.Response:
        found = self.files.get(request.match_info["id"])
        return self.host.json(found[0]) if found else self._missing("File object", request.match_info["id"])

    async def _content(self, request: web.Request) -> web.Response:
        found = self.files.get(request.match_info["id"])
        if found is None:
            return self._missing("File object", request.match_info["id"])
        return web.Response(body=found[1], content_type="application/octet-stream")

    async def _delete(self, request: web.Request) -> web.Response:
        name = request.match_info["id"]
        if self.files.pop(name, None) is None:
            return self._missing("File object", name)
        return self.host.json({"id": name, "object": "file", "deleted": True})

    # batches

    async def _create(self, request: web.Request) -> web.Response:
        asked = await request.json()
        if asked.get("input_file_id") not in self.files:
            return self.host.error(400, "The input file does not exist.", "invalid_input_file", "input_file_id")
        if asked.get("endpoint") != ENDPOINT or asked.get("completion_window") != "24h":
            return self.host.error(400, "Invalid endpoint or completion window.", "invalid_value", "endpoint")
        name = f"batch_{len(self.batches)}"
        times = ("in_progress", "finalizing", *ENDED, "cancelling")
        self.batches[name] = {
            "id": name,
            "object": "batch",
            "endpoint": asked["endpoint"],
            "errors": None,
            "input_file_id": asked["input_file_id"],
            "completion_window": "24h",
            "status": "validating",
            "output_file_id": None,
            "error_file_id": None,
            "created_at": WHEN,
            "expires_at": WHEN + 86_400,
            **{f"{time}_at": None for time in times},
            "request_counts": {"total": 0, "completed": 0, "failed": 0},
            "metadata": asked.get("metadata"),
        }
        return self.host.json(self.batches[name])

    async def _list_batches(self, request: web.Request) -> web.Response:
        return self.host.json(_page(list(reversed(self.batches.values())), request))

    async def _batch(self, request: web.Request) -> web.Response:
        batch = self.batches.get(request.match_info["id"])
        if batch is None:
            return self._missing("Batch object", request.match_info["id"])
        if batch["status"] not in ENDED:
            self._move_on(batch)
        return self.host.json(batch)

    async def _cancel(self, request: web.Request) -> web.Response:
        batch = self.batches.get(request.match_info["id"])
        if batch is None:
            return self._missing("Batch object", request.match_info["id"])
        if batch["status"] in ENDED:
            return self.host.error(409, f"Cannot cancel a batch with status {batch['status']!r}.", "conflict")
        self._set(batch, "cancelling")
        return self.host.json(batch)

    def _set(self, batch: dict[str, Any], status: str) -> None:
        batch["status"] = status
        batch[f"{status}_at"] = WHEN + self._looks.get(batch["id"], 0)

    def _move_on(self, batch: dict[str, Any]) -> None:
        name, steps = batch["id"], self.host.script.batch_steps
        look = self._looks[name] = self._looks.get(name, 0) + 1
        if name not in self._lines and not self._validate(batch):
            return
        if batch["status"] == "cancelling":
            lines = self._lines[name]
            self._finish(batch, "cancelled", lines[: len(lines) // 2], [])
        elif look < steps:
            self._set(batch, "finalizing" if look == steps - 1 and steps > 2 else "in_progress")
        else:
            self._complete(batch)

    def _validate(self, batch: dict[str, Any]) -> bool:
        try:
            lines = parsed(self.files[batch["input_file_id"]][1], self.host.script)
            if self.host.script.batch_fails:
                raise Problem(self.host.script.batch_fails, "The batch cannot be taken now.")
        except Problem as error:
            batch["errors"] = {"object": "list", "data": [error.as_record]}
            self._set(batch, "failed")
            return False
        self._lines[batch["id"]] = lines
        batch["request_counts"]["total"] = len(lines)
        return True

    def _complete(self, batch: dict[str, Any]) -> None:
        lines, share = self._lines[batch["id"]], self.host.script.batch_expire_share
        late = {line.custom_id for line in lines if chance("expired", batch["id"], line.custom_id) < share}
        done = [line for line in lines if line.custom_id not in late]
        status = "expired" if late else "completed"
        self._finish(batch, status, done, [line for line in lines if line.custom_id in late])

    def _finish(self, batch: dict[str, Any], status: str, done: list[Line], late: list[Line]) -> None:
        """Answers the lines, in an order of its own, and writes both files."""
        good: list[dict[str, Any]] = []
        bad: list[dict[str, Any]] = [_expired(line.custom_id) for line in late]
        for line in sorted(done, key=lambda line: chance("order", line.custom_id)):
            record = self._answered(line, batch["id"])
            (good if record["response"]["status_code"] == 200 else bad).append(record)
        batch["request_counts"].update(completed=len(good), failed=len(bad))
        for field, records in (("output_file_id", good), ("error_file_id", bad)):
            if records:
                raw = b"".join(orjson.dumps(record) + b"\n" for record in records)
                batch[field] = self._keep(raw, f"{batch['id']}_{field[:-8]}.jsonl", "batch_output")["id"]
        self._set(batch, status)

    def _answered(self, line: Line, batch: str) -> dict[str, Any]:
        script, name = self.host.script, digest(line.body)
        fault = self.host.fault_of(name)
        fault = "server_error" if fault in WIRE_FAULTS else fault
        paid = Paid(digest=name, custom_id=line.custom_id, body=line.body, fault=fault)
        if fault in HTTP_FAULTS:
            paid.status, code, message = HTTP_FAULTS[fault]
            said = message.format_map({"key": "", "model": line.body.get("model", "")})
            body: dict[str, Any] = {"error": {"message": said, "type": "server_error", "param": None, "code": code}}
            serial = self.host.paid(paid, batch)
        else:
            text = self.host.model.text(line.body["messages"], name)
            paid.answer = body = completion(script, line.body, text, fault, 0)
            serial = self.host.paid(paid, batch)
            body["id"] = f"chatcmpl-{serial}"
        response = {"status_code": paid.status, "request_id": f"req-{serial}", "body": body}
        return {"id": f"batch_req_{serial}", "custom_id": line.custom_id, "response": response, "error": None}


def _expired(custom_id: str) -> dict[str, Any]:
    message = "This request could not be executed before the completion window expired."
    error = {"code": "batch_expired", "message": message}
    return {"id": f"batch_req_{custom_id}", "custom_id": custom_id, "response": None, "error": error}


def _page(data: list[dict[str, Any]], request: web.Request) -> dict[str, Any]:
    """A page of a list: what comes after an id, at most so many."""
    after, limit = request.query.get("after"), int(request.query.get("limit", "20"))
    start = next((place + 1 for place, each in enumerate(data) if each["id"] == after), 0)
    page = data[start : start + limit]
    ends = {"first_id": page[0]["id"] if page else None, "last_id": page[-1]["id"] if page else None}
    return {"object": "list", "data": page, **ends, "has_more": len(data) > start + limit}
