"""Answers to coverage questions that can be given again: rendered once for a position and a scope."""

import threading
from collections import OrderedDict
from typing import Any

from concord_contracts.identifiers import digest_of
from concord_kit.positions import Position
from concord_registry import __version__

MAX_BYTES = 64 * 1024 * 1024


def tag_of(position: Position, **scope: Any) -> str:
    """The weak tag of an answer: it depends on nothing but position, scope and this version of the code."""
    content = {
        "code": __version__,
        "seq": position.seq,
        "as_of": position.as_of.isoformat(),
        "known_at": position.known_at.isoformat(),
        **scope,
    }
    return digest_of(content)[:32]


class CoverageCache:
    """Rendered answers by tag, the least recently used dropped beyond MAX_BYTES. An entry never becomes wrong: what is
    known at a position does not change. Safe to share between threads."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, tag: str) -> bytes | None:
        with self._lock:
            if tag in self._kept:
                self._kept.move_to_end(tag)
            return self._kept.get(tag)

    def put(self, tag: str, body: bytes) -> None:
        with self._lock:
            self._bytes += len(body) - len(self._kept.pop(tag, b""))
            self._kept[tag] = body
            while self._bytes > self._max_bytes and self._kept:
                _, dropped = self._kept.popitem(last=False)
                self._bytes -= len(dropped)
