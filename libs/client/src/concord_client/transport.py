"""One service over HTTP: kept connections, an overall deadline, retries on reads only, problems as exceptions."""

import random
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

import httpx
import uuid_utils

from concord_client.errors import ConcordUnreachable, problem_from

READ_DEADLINE_SECONDS = 3.0
SOLVE_DEADLINE_SECONDS = 90.0
"""A solve's own limit of 60 seconds unless it is asked for more, the wait for a free solver, and the telling."""
BEYOND_LIMIT_SECONDS = 30.0
SILENCE_SECONDS = 60.0
"""A stream says that it lives every quarter of a minute."""
READ_ATTEMPTS = 3
"""One try and two more; changes are never repeated behind the caller's back."""

type TokenSource = Callable[[], str]


@cache
def _trusted() -> ssl.SSLContext:
    """Whose certificates are believed, read once: it takes longer than most calls do, and every service needs it."""
    return httpx.create_ssl_context(trust_env=False)


def solve_deadline(asked: Any, least: float) -> float:
    """Seconds to wait for an answer to `asked` (a body), which may name the time it takes: never less than that."""
    limit = asked.get("time_limit_seconds") if isinstance(asked, dict) else None
    return least if limit is None else max(least, float(limit) + BEYOND_LIMIT_SECONDS)


@dataclass(frozen=True)
class Caller:
    """On whose word a call is made: where its token comes from and which body it acts for."""

    token: TokenSource | None = None
    acting_for: str | None = None

    def headers(self) -> dict[str, str]:
        headers = {}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token()}"
        if self.acting_for is not None:
            headers["X-Acting-For"] = self.acting_for
        return headers


@dataclass(frozen=True)
class Answer:
    """A 2xx answer: its JSON (or text), its version tag, and whether it repeats an earlier one."""

    status: int
    body: Any
    etag: str | None
    replayed: bool
    headers: Mapping[str, str]


class File(NamedTuple):
    """A file as it came."""

    content: bytes
    headers: Mapping[str, str]


class Service:
    """Calls to one service. Copies made by `as_caller` share its connections; close the first one."""

    def __init__(
        self,
        name: str,
        address: str,
        caller: Caller | None = None,
        *,
        deadline_seconds: float = READ_DEADLINE_SECONDS,
        connections: httpx.Client | None = None,
    ) -> None:
        self.name = name
        self.address = address.rstrip("/")
        self.caller = caller or Caller()
        self.deadline_seconds = deadline_seconds
        self.connections = connections or httpx.Client(
            limits=httpx.Limits(max_connections=16, max_keepalive_connections=8), trust_env=False, verify=_trusted()
        )

    def as_caller(self, caller: Caller) -> "Service":
        return Service(
            self.name, self.address, caller, deadline_seconds=self.deadline_seconds, connections=self.connections
        )

    def acting_for(self, body: str) -> "Service":
        return self.as_caller(replace(self.caller, acting_for=body))

    def close(self) -> None:
        self.connections.close()

    def get(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        deadline_seconds: float | None = None,
    ) -> Answer:
        """Read; tried again, within one deadline, when the connection fails or the service asks for it (503)."""
        until = time.monotonic() + (deadline_seconds or self.deadline_seconds)
        for attempt in range(1, READ_ATTEMPTS + 1):
            last = attempt == READ_ATTEMPTS
            try:
                response = self._send("GET", path, until, params=params, headers=headers)
            except ConcordUnreachable:
                if last or not _rest_before_retry(attempt, until):
                    raise
                continue
            asked_to_return = response.status_code == httpx.codes.SERVICE_UNAVAILABLE
            if last or not asked_to_return or not _rest_before_retry(attempt, until):
                return self._accepted(response)
        raise AssertionError("the last attempt returns or raises")

    def post(
        self,
        path: str,
        body: Any,
        *,
        params: Mapping[str, Any] | None = None,
        if_match: str | None = None,
        idempotency_key: str | None = None,
        deadline_seconds: float | None = None,
    ) -> Answer:
        """Change, once. A key is made where none is given; after ConcordUnreachable, repeat with the key it carries."""
        key = idempotency_key or str(uuid_utils.uuid7())
        headers = {"Idempotency-Key": key}
        if if_match is not None:
            headers["If-Match"] = if_match
        until = time.monotonic() + (deadline_seconds or self.deadline_seconds)
        return self._accepted(self._send("POST", path, until, params=params, headers=headers, body=body, key=key))

    def ask(
        self, path: str, body: Any, params: Mapping[str, Any] | None = None, *, deadline_seconds: float | None = None
    ) -> Answer:
        """Ask with a body; nothing is recorded by it, so it may be asked again as it is."""
        until = time.monotonic() + (deadline_seconds or self.deadline_seconds)
        return self._accepted(self._send("POST", path, until, params=params, body=body))

    def ask_with_file(
        self,
        path: str,
        content: bytes,
        media_type: str,
        params: Mapping[str, Any] | None = None,
        *,
        deadline_seconds: float | None = None,
    ) -> Answer:
        """Ask with a file; nothing is recorded by it."""
        until = time.monotonic() + (deadline_seconds or self.deadline_seconds)
        headers = {"Content-Type": media_type}
        return self._accepted(self._send("POST", path, until, params=params, headers=headers, content=content))

    def post_file(
        self,
        path: str,
        content: bytes,
        media_type: str,
        *,
        params: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
        deadline_seconds: float | None = None,
    ) -> Answer:
        """Send a file as it is, once; as `post` in all else."""
        key = idempotency_key or str(uuid_utils.uuid7())
        headers = {"Idempotency-Key": key, "Content-Type": media_type}
        until = time.monotonic() + (deadline_seconds or self.deadline_seconds)
        sent = self._send("POST", path, until, params=params, headers=headers, content=content, key=key)
        return self._accepted(sent)

    def get_file(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        deadline_seconds: float | None = None,
        accept: str = "*/*",
    ) -> bytes:
        """Read a file as it is, in the form asked for."""
        asked = {"Accept": accept}
        return self.file("GET", path, asked, params=params, deadline_seconds=deadline_seconds).content

    def post_for_file(
        self,
        path: str,
        body: Any,
        *,
        params: Mapping[str, Any] | None = None,
        deadline_seconds: float | None = None,
    ) -> bytes:
        """Ask with a body for a file; nothing is changed by it."""
        asked = {"Accept": "*/*"}
        return self.file("POST", path, asked, body, params=params, deadline_seconds=deadline_seconds).content

    def file(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: Any = None,
        *,
        content: bytes | None = None,
        params: Mapping[str, Any] | None = None,
        deadline_seconds: float | None = None,
    ) -> File:
        """Ask for a file, once; `headers` say in which form. Asked with a body, or with a file's content."""
        until = time.monotonic() + (deadline_seconds or self.deadline_seconds)
        response = self._send(method, path, until, params=params, headers=headers, body=body, content=content)
        self._accepted(response)
        return File(response.content, response.headers)

    def put(self, path: str, body: Any, *, if_match: str | None = None) -> Answer:
        """Replace the state at `path`; harmless to repeat. `if_match`: only the version that was read."""
        return self._accepted(self._send("PUT", path, self._until(), headers=_if_match(if_match), body=body))

    def delete(self, path: str, params: Mapping[str, Any] | None = None, *, if_match: str | None = None) -> Answer:
        """Take away what is at `path`; harmless to repeat. `if_match`: only the version that was read."""
        return self._accepted(self._send("DELETE", path, self._until(), params=params, headers=_if_match(if_match)))

    def _until(self) -> float:
        return time.monotonic() + self.deadline_seconds

    def events(self, path: str, params: Mapping[str, Any] | None = None) -> Iterator[tuple[str, str]]:
        """Server-sent events as (name, data), as they come; ends when the service closes. Waits SILENCE_SECONDS."""
        request = self.connections.build_request(
            "GET",
            self.address + path,
            params=_given(params),
            headers={"Accept": "text/event-stream", **self.caller.headers()},
            timeout=httpx.Timeout(self.deadline_seconds, read=SILENCE_SECONDS),
        )
        try:
            response = self.connections.send(request, stream=True)
            if not response.is_success:
                self._accepted(_read_before(response, time.monotonic() + self.deadline_seconds))
            try:
                yield from _events(response.iter_lines())
            finally:
                response.close()
        except httpx.HTTPError as failure:
            raise ConcordUnreachable(self.name, self.address, _reason(failure)) from failure

    def _send(
        self,
        method: str,
        path: str,
        until: float,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
        content: bytes | None = None,
        key: str | None = None,
    ) -> httpx.Response:
        remaining = until - time.monotonic()
        if remaining <= 0:
            raise ConcordUnreachable(self.name, self.address, "the deadline passed", key)
        request = self.connections.build_request(
            method,
            self.address + path,
            params=_given(params),
            headers={"Accept": "application/json", **self.caller.headers(), **(headers or {})},
            json=body,
            content=content,
            timeout=remaining,
        )
        try:
            response = self.connections.send(request, stream=True)
            return _read_before(response, until)
        except httpx.HTTPError as failure:
            reason = "the deadline passed" if isinstance(failure, httpx.TimeoutException) else _reason(failure)
            raise ConcordUnreachable(self.name, self.address, reason, key) from failure

    def _accepted(self, response: httpx.Response) -> Answer:
        if response.is_success or response.status_code == httpx.codes.NOT_MODIFIED:
            return Answer(
                status=response.status_code,
                body=_content(response),
                etag=response.headers.get("ETag"),
                replayed=response.headers.get("Idempotent-Replayed") == "true",
                headers=response.headers,
            )
        content = _content(response)
        document = content if isinstance(content, dict) else {"detail": str(content)[:500]}
        raise problem_from(document, response.status_code, self.name)


def _events(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    """The events of a stream: fields until an empty line; a line that begins with a colon only says that it lives."""
    name, data = "message", list[str]()
    for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            data.append(value)
        elif not line:
            if data:
                yield name, "\n".join(data)
            name, data = "message", []


def _read_before(response: httpx.Response, until: float) -> httpx.Response:
    """Read the body within the deadline: httpx's own timeout begins anew with each piece."""
    try:
        pieces = []
        for piece in response.iter_bytes():
            pieces.append(piece)
            if time.monotonic() > until:
                raise httpx.ReadTimeout("the deadline passed", request=response.request)
    finally:
        response.close()
    headers = [(name, value) for name, value in response.headers.multi_items() if name != "content-encoding"]
    return httpx.Response(response.status_code, headers=headers, content=b"".join(pieces), request=response.request)


def _content(response: httpx.Response) -> Any:
    if "json" not in response.headers.get("Content-Type", ""):
        return response.text
    try:
        return response.json()
    except ValueError:
        return response.text


def _if_match(tag: str | None) -> dict[str, str]:
    return {} if tag is None else {"If-Match": tag}


def _given(params: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {name: value for name, value in params.items() if value is not None} if params else None


def _reason(failure: httpx.HTTPError) -> str:
    return str(failure) or type(failure).__name__


def _rest_before_retry(attempt: int, until: float) -> bool:
    """Wait a little, jittered so that callers do not return in step; false where the deadline leaves no time."""
    rest = random.uniform(0.5, 1.0) * 0.1 * 2 ** (attempt - 1)  # noqa: S311 - jitter, not a secret
    if time.monotonic() + rest >= until:
        return False
    time.sleep(rest)
    return True
