"""`Idempotency-Key`: a request repeated with its key has one effect, and gets the first answer again.

The key is kept with the answer in the transaction of the change, for 30 days, by (principal, address, key). Writers are
serialised, so of racing requests the second sees the first. Only answers of success are kept.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, tuple_

from concord_contracts.problems import Fault
from concord_kit.database import Reading, Writing
from concord_kit.problems import Problem

KEPT_FOR = timedelta(days=30)
PURGED_AT_ONCE = 100
REPLAYED = "Idempotent-Replayed"

_KEY = re.compile(r"[\x21-\x7e]{1,128}")


@dataclass(frozen=True, slots=True)
class Rendered:
    """An answer as it goes out and is kept."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class OneRequest:
    """What a key stands for: `digest` covers body, query and the body acted for."""

    principal: str
    route: str
    key: str
    digest: str


def checked_key(key: str | None) -> str:
    """The key, or a 400 where it is missing and a 422 where it is not 1-128 visible ASCII characters."""
    if not key:
        raise Problem("idempotency-key-required")
    if not _KEY.fullmatch(key):
        fault = Fault(parameter="header:Idempotency-Key", detail="1 to 128 visible ASCII characters", type="pattern")
        raise Problem("invalid-request", errors=[fault])
    return key


def find(tx: Reading, request: OneRequest, at: datetime) -> Rendered | None:
    """The answer kept at `at`, marked as a replay; None the first time. 422 where the key stood for another request."""
    table = tx.tables.idempotency
    row = tx.connection.execute(
        select(table.c.digest, table.c.status, table.c.headers, table.c.body, table.c.created).where(
            table.c.principal == request.principal, table.c.route == request.route, table.c.key == request.key
        )
    ).one_or_none()
    if row is None or row.created <= at - KEPT_FOR:
        return None
    if row.digest != request.digest:
        raise Problem("idempotency-key-reused")
    return Rendered(row.status, {**json.loads(row.headers), REPLAYED: "true"}, row.body)


def keep(tx: Writing, request: OneRequest, answer: Rendered) -> None:
    """Keep the answer, and let go of a bounded number of old ones."""
    table = tx.tables.idempotency
    key = tuple_(table.c.principal, table.c.route, table.c.key)
    old = (
        select(table.c.principal, table.c.route, table.c.key)
        .where(table.c.created <= tx.at - KEPT_FOR)
        .order_by(table.c.created)
        .limit(PURGED_AT_ONCE)
    )
    tx.connection.execute(delete(table).where(key.in_(old)))
    tx.connection.execute(delete(table).where(key == (request.principal, request.route, request.key)))
    tx.connection.execute(
        insert(table).values(
            principal=request.principal,
            route=request.route,
            key=request.key,
            digest=request.digest,
            status=answer.status,
            headers=json.dumps(answer.headers),
            body=answer.body,
            created=tx.at,
        )
    )
