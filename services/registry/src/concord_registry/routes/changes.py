"""The feed of changes: the journal, read in order."""

from typing import Annotated

from fastapi import Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from concord_contracts.registry import Change, Changes
from concord_kit.calls import Call, allowed
from concord_kit.database import Reading
from concord_kit.journal import Entry, changes_after
from concord_registry.routes.shared import json_routes

router = json_routes("changes")

WITHHELD = "(signed in callers only)"


class ChangesQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    after: Annotated[int, Field(ge=0, le=2**62, description="The last sequence already read")] = 0
    limit: Annotated[int, Field(ge=1, le=1000)] = 100


@router.get("/changes", name="list_changes", response_model=Changes)
async def list_changes(
    query: Annotated[ChangesQuery, Query()], call: Call = Depends(allowed("changes.read"))
) -> Response:
    """Every recorded change after a sequence, oldest first, without holes. The public sees no actor and no reason."""

    def work(tx: Reading) -> tuple[list[Entry], int]:
        return changes_after(tx.session, tx.tables, query.after, query.limit), tx.head_seq

    found, head = await call.read(work)
    public = call.principal is None
    return call.reply(
        Changes(
            items=[_change(entry, public=public) for entry in found],
            next_after=found[-1].seq if found else query.after,
            head_seq=head,
        )
    )


def _change(entry: Entry, *, public: bool) -> Change:
    return Change(
        seq=entry.seq,
        at=entry.at,
        actor=WITHHELD if public else entry.actor,
        acting_for=entry.acting_for,
        action=entry.action,
        subject=entry.subject,
        reason=None if public else entry.reason,
        body_digest=entry.body_digest,
        hash=entry.hash,
    )
