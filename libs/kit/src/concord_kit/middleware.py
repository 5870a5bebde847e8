"""The envelope of every request: its id, the limit on its body, its log line, its measurement, and the last resort for
errors nobody foresaw. Plain ASGI: the framework's BaseHTTPMiddleware costs more than half the throughput."""

import logging
import re
import time
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils import uuid7

from concord_kit.context import RequestContext, set_current
from concord_kit.metrics import UNMATCHED, ServiceMetrics
from concord_kit.problems import Problem, render

log = logging.getLogger("concord.access")
ENDLESS = "text/event-stream"
"""What lasts until somebody goes away: its time is that to the first byte, lest it look like a slow answer."""
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


class BodyTooLarge(HTTPException):
    """Raised out of `receive`; the framework passes HTTPException through where it would wrap any other."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(413)
        self.limit_bytes = limit_bytes


class Envelope:
    """`body_limits`: other limits for addresses that begin with a prefix, e.g. uploads; of several the longest."""

    def __init__(
        self, app: ASGIApp, *, metrics: ServiceMetrics, max_body_bytes: int, body_limits: Mapping[str, int]
    ) -> None:
        self.app = app
        self._metrics = metrics
        self._max_body_bytes = max_body_bytes
        self._body_limits = dict(body_limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        return await _Exchange(self, scope, receive, send).run()

    def limit_for(self, path: str) -> int:
        fitting = [prefix for prefix in self._body_limits if path.startswith(prefix)]
        return self._body_limits[max(fitting, key=len)] if fitting else self._max_body_bytes


class _Exchange:
    """One request and its answer."""

    def __init__(self, envelope: Envelope, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        self._envelope = envelope
        self._scope = scope
        self._receive = receive
        self._send = send
        self._limit = envelope.limit_for(scope["path"])
        self._announced = _content_length(headers)
        self._received = 0
        self._status: int | None = None
        self._began_to_stream: float | None = None
        self._context = RequestContext(
            _if_well_formed(_REQUEST_ID, headers.get("x-request-id")) or str(uuid7()),
            _if_well_formed(_TRACEPARENT, headers.get("traceparent")),
        )

    async def run(self) -> None:
        set_current(self._context)
        began = time.perf_counter()
        try:
            await self._answer()
        except ClientDisconnect:
            self._status = None
        except Exception:
            log.exception("unforeseen error", extra={"path": self._scope["path"]})
            if self._status is not None:
                raise  # the answer is half out; only breaking the connection tells the caller
            await render(Problem("internal"))(self._scope, self._receive, self._sending)
        finally:
            self._record((self._began_to_stream or time.perf_counter()) - began)
            set_current(None)

    async def _answer(self) -> None:
        if "\0" in self._scope["path"] or b"%00" in self._scope["query_string"]:
            refusal = render(Problem("malformed-request", "The address holds a NUL character."))
            return await refusal(self._scope, self._receive, self._sending)
        return await self._envelope.app(self._scope, self._receiving, self._sending)

    async def _receiving(self) -> Message:
        if self._announced > self._limit:
            raise BodyTooLarge(self._limit)
        message = await self._receive()
        self._received += len(message.get("body", b""))
        if self._received > self._limit:
            raise BodyTooLarge(self._limit)
        return message

    async def _sending(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            if Headers(scope=message).get("content-type", "").startswith(ENDLESS):
                self._began_to_stream = time.perf_counter()
            headers = MutableHeaders(scope=message)
            headers["X-Request-ID"] = self._context.request_id
        await self._send(message)

    def _record(self, seconds: float) -> None:
        route = getattr(self._scope.get("route"), "path", None) or UNMATCHED
        self._envelope._metrics.answered(self._scope["method"], route, self._status, seconds)
        log.info(
            "answered",
            extra={
                "method": self._scope["method"],
                "route": route,
                "path": self._scope["path"][:500],
                "status": self._status or 499,
                "duration_ms": round(seconds * 1000, 1),
            },
        )


def _content_length(headers: Headers) -> int:
    value = headers.get("content-length", "")
    return int(value) if value.isdecimal() and len(value) < 20 else 0


def _if_well_formed(pattern: re.Pattern[str], value: str | None) -> str | None:
    return value if value is not None and pattern.fullmatch(value) else None
