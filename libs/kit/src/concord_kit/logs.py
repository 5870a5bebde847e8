"""Logs as one JSON object a line on standard error, joined across services by request id. No bodies, no tokens."""

import logging
import sys

from pythonjsonlogger.json import JsonFormatter

from concord_kit.context import current


class _InRequest(logging.Filter):
    """Adds the service and the request at hand to each record."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def filter(self, record: logging.LogRecord) -> bool:
        context = current()
        record.service = self._service
        record.request_id = context.request_id if context else None
        record.traceparent = context.traceparent if context else None
        return True


def log_as_json(service: str, level: str) -> None:
    """Send all logs of this process to standard error as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_InRequest(service))
    handler.setFormatter(
        JsonFormatter(
            "%(levelname)s %(name)s %(message)s %(service)s %(request_id)s %(traceparent)s",
            rename_fields={"levelname": "level", "name": "logger"},
            timestamp=True,
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # These tell at INFO what our own lines say already, or what nobody asks.
    for chatty in ("httpx", "alembic"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))
