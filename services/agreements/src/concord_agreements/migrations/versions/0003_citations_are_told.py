"""allocation is told what the texts that are there cite; no table changes."""

import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from concord_kit.columns import UtcDateTime

revision = "0003"
down_revision = "0002"

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)


def upgrade() -> None:
    versions = sa.table("versions", sa.column("agreement"), sa.column("content"))
    instants = ("leased_until", "next_attempt_at", "waiting_since")
    outbox = sa.table(
        "outbox",
        *(sa.column(name) for name in ("key", "sequence", "sent_sequence", "attempts")),
        *(sa.column(name, UtcDateTime()) for name in instants),
    )
    connection = op.get_bind()
    found = connection.execute(sa.select(versions.c.agreement, versions.c.content)).all()
    citing = sorted({row.agreement for row in found if json.loads(row.content).get("allocation")})
    if citing:
        due = {"sequence": 1, "sent_sequence": 0, "attempts": 0, **dict.fromkeys(instants, AT_ONCE)}
        due["waiting_since"] = datetime.now(UTC)
        connection.execute(outbox.insert(), [{"key": f"allocation/{agreement}", **due} for agreement in citing])
