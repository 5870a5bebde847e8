"""Subscriptions to the feed of changes."""

import base64
import secrets
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from uuid_utils import uuid7

from concord_contracts.identifiers import Key
from concord_contracts.problems import Fault
from concord_contracts.registry import (
    Deliveries,
    Webhook,
    WebhookDecision,
    WebhookDecisionKind,
    WebhookIn,
    Webhooks,
    WebhookState,
)
from concord_kit.calls import Call, Result, allowed
from concord_kit.database import Reading, Writing
from concord_kit.problems import Problem, problem_responses
from concord_kit.tables import GENESIS_AT
from concord_registry.routes.shared import json_routes
from concord_registry.settings import RegistrySettings
from concord_registry.store import webhooks as stored
from concord_registry.webhooks.addresses import AddressRefusedError, checked
from concord_registry.webhooks.sealing import SETTING, Seal

router = json_routes("webhooks")

MOST_OF_A_BODY = 50
SECRET_BYTES = 32
WebhookId = Annotated[Key, Path(examples=["01939b5e-7c1f-7b7a-9a61-3d0b7c1f2a44"])]


@router.get("/webhooks", name="list_webhooks", response_model=Webhooks)
async def list_webhooks(call: Call = Depends(allowed("webhooks.read"))) -> Response:
    """The subscriptions of the body acted for, and how far each has come."""

    def work(tx: Reading) -> Webhooks:
        return Webhooks(items=[stored.view(row) for row in stored.of_owner(tx, call.acting_for or "")])

    return call.reply(await call.read(work))


@router.post(
    "/webhooks", name="create_webhook", response_model=Webhook, status_code=201, responses=problem_responses("conflict")
)
async def create_webhook(
    sent: WebhookIn, call: Call = Depends(allowed("webhooks.create", idempotent=True))
) -> Response:
    """Have changes sent to an address, signed by the Standard Webhooks scheme. The answer shows the secret once, and a
    repeated request does not: whose answer was lost rotates it. Messages come in order, at least once: pass by what
    you have had."""
    settings: RegistrySettings = call.request.app.state.settings
    seal = _seal(call)
    try:
        checked(sent.address, loopback=settings.webhooks_to_loopback)
    except AddressRefusedError as error:
        raise Problem(
            "invalid-request", errors=[Fault(pointer="/address", detail=f"{error}", type="refused-address")]
        ) from None

    def work(tx: Writing) -> Result:
        owner = call.acting_for or ""
        if len(stored.of_owner(tx, owner)) >= MOST_OF_A_BODY:
            raise Problem("conflict", f"{owner} has {MOST_OF_A_BODY} subscriptions: delete one first.")
        secret, webhook = _new_secret(), str(uuid7())
        after = tx.head_seq if sent.after is None else min(sent.after, tx.head_seq)
        stored.record(
            tx,
            {
                "webhook": webhook,
                "version": 1,
                "owner": owner,
                "address": sent.address,
                "wanted": sent.wanted.model_dump_json(),
                "secret": seal.seal(secret),
                "state": WebhookState.ACTIVE.value,
                "created_at": tx.at,
                "sent_seq": after,
                "attempts": 0,
                "next_attempt_at": GENESIS_AT,
                "leased_until": GENESIS_AT,
            },
        )
        tx.concerns(f"webhook:{webhook}")
        made = _found(tx, webhook, owner)
        location = f"/v1/webhooks/{webhook}"
        return Result(stored.view(made, secret), version=1, location=location, kept=stored.view(made))

    return await call.write(work, reason=sent.reason, status=201)


@router.get(
    "/webhooks/{webhook}", name="read_webhook", response_model=Webhook, responses=problem_responses("not-found")
)
async def read_webhook(webhook: WebhookId, call: Call = Depends(allowed("webhooks.read"))) -> Response:
    """One of the body's subscriptions."""

    def work(tx: Reading) -> Result:
        row = _found(tx, webhook, call.acting_for)
        return Result(stored.view(row), version=row.version)

    found = await call.read(work)
    return call.reply(Result(found.body, version=found.version, headers={"Cache-Control": "no-store"}))


class DeliveriesQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=stored.KEPT)] = 50


@router.get(
    "/webhooks/{webhook}/deliveries",
    name="list_deliveries",
    response_model=Deliveries,
    responses=problem_responses("not-found"),
)
async def list_deliveries(
    webhook: WebhookId, query: Annotated[DeliveriesQuery, Query()], call: Call = Depends(allowed("webhooks.read"))
) -> Response:
    """The last attempts to send, the latest first."""

    def work(tx: Reading) -> Deliveries:
        _found(tx, webhook, call.acting_for)
        return Deliveries(items=stored.deliveries(tx, webhook, query.limit))

    return call.reply(await call.read(work))


@router.post(
    "/webhooks/{webhook}/{decision}",
    name="decide_webhook",
    response_model=Webhook,
    responses=problem_responses("not-found", "conflict"),
)
async def decide_webhook(
    webhook: WebhookId,
    decision: WebhookDecisionKind,
    sent: WebhookDecision,
    call: Call = Depends(allowed("webhooks.change", idempotent=True, if_match=True)),
) -> Response:
    """`pause`, `resume` (also what was parked), `rotate` the secret (the answer shows the new one once; the one before
    signs as well for a day), `replay` everything after a sequence, `delete`."""

    seal = _seal(call) if decision is WebhookDecisionKind.ROTATE else None

    def work(tx: Writing) -> Result:
        row = _found(tx, webhook, call.acting_for)
        call.expect(row.version)
        if row.state == WebhookState.DELETED:
            raise Problem("conflict", f"Subscription {webhook} is deleted.")
        secret = _new_secret() if decision is WebhookDecisionKind.ROTATE else None
        sealed = seal.seal(secret) if seal and secret else None
        stored.change(tx, webhook, _changed(tx, row, decision, sent, sealed))
        after = _found(tx, webhook, call.acting_for)
        return Result(stored.view(after, secret), version=after.version, kept=stored.view(after))

    return await call.write(work, action=f"webhooks.{decision}", subject=f"webhook:{webhook}", reason=sent.reason)


def _changed(
    tx: Writing, row: Any, decision: WebhookDecisionKind, sent: WebhookDecision, secret: str | None
) -> dict[str, Any]:
    at_once = {"attempts": 0, "next_attempt_at": GENESIS_AT, "last_error": None, "waiting_since": None}
    match decision:
        case WebhookDecisionKind.PAUSE:
            return {"state": WebhookState.PAUSED.value, "waiting_since": None}
        case WebhookDecisionKind.RESUME:
            return {"state": WebhookState.ACTIVE.value, **at_once}
        case WebhookDecisionKind.ROTATE:
            until = tx.at + stored.DAY_OF_GRACE
            return {"secret": secret, "secret_before": row.secret, "before_until": until}
        case WebhookDecisionKind.REPLAY:
            return {"sent_seq": min(sent.after or 0, tx.head_seq), "pending_upto": None, **at_once}
        case WebhookDecisionKind.DELETE:
            return {"state": WebhookState.DELETED.value, "secret": "", "secret_before": None, "waiting_since": None}


def _found(tx: Reading, webhook: str, owner: str | None) -> Any:
    row = stored.one(tx, webhook, owner)
    if row is None:
        raise Problem("not-found", f"{owner} has no subscription {webhook}.")
    return row


def _seal(call: Call) -> Seal:
    """What seals new secrets. Problem: the operator gave no key."""
    settings: RegistrySettings = call.request.app.state.settings
    if not settings.seal:
        raise Problem("conflict", f"This registry has no key to seal secrets with: its operator sets {SETTING}.")
    return settings.seal


def _new_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"
