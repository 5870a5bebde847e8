"""Who asks: one person per body, who holds every role of the service there, so that authority alone refuses little."""

from collections.abc import Iterable
from time import monotonic
from typing import Any
from uuid import uuid4

import httpx

from concord_kit.authority import Row
from tests.support.signing import Signing

RENEWED_AFTER_SECONDS = 300
"""Well before the ten minutes end for which the tokens are good."""


class People:
    """`people(body)` gives the headers of the person there; a body `service:<name>` is that service."""

    def __init__(self, signing: Signing, audience: str, rows: Iterable[Row]) -> None:
        self._signing = signing
        self._audience = audience
        self._roles = sorted({row.role for row in rows} - {"*"})
        self._kept: dict[str, tuple[float, dict[str, str]]] = {}

    def __call__(self, body: str) -> dict[str, str]:
        signed_at, headers = self._kept.get(body, (0.0, {}))
        if not headers or monotonic() > signed_at + RENEWED_AFTER_SECONDS:
            subject = body if body.startswith("service:") else f"everybody-at-{body}"
            headers = self._signing.bearer(subject, {body: self._roles}, self._audience)
            self._kept[body] = (monotonic(), headers)
        return dict(headers)


def made(answer: httpx.Response) -> Any:
    """The body of a success, without which the world would not be the one to be fuzzed."""
    assert answer.is_success, answer.text
    return answer.json()


def fresh_key() -> dict[str, str]:
    return {"Idempotency-Key": uuid4().hex}
