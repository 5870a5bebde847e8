"""What belongs to the request at hand and travels with it into threads and calls to others."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RequestContext:
    """`traceparent` is a W3C trace context header, passed on unread."""

    request_id: str
    traceparent: str | None = None


_CURRENT: ContextVar[RequestContext | None] = ContextVar("concord_request", default=None)


def current() -> RequestContext | None:
    """The request at hand; None outside of one."""
    return _CURRENT.get()


def set_current(context: RequestContext | None) -> None:
    _CURRENT.set(context)


def request_id() -> str | None:
    context = _CURRENT.get()
    return context.request_id if context else None


def outgoing_headers() -> dict[str, str]:
    """Headers that let another service's log be joined with ours."""
    context = _CURRENT.get()
    if context is None:
        return {}
    headers = {"X-Request-ID": context.request_id}
    if context.traceparent:
        headers["traceparent"] = context.traceparent
    return headers
