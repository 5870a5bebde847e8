"""Subscriptions: changes sent to an address as signed messages (the Standard Webhooks scheme)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from concord_contracts.identifiers import BodyId, Key, Reply, Request
from concord_contracts.registry.changes import Change

Part = Annotated[str, StringConstraints(min_length=1, max_length=120)]


class ChangesWanted(Request):
    """Which changes: those that fit each part given. None given: all."""

    action: Annotated[list[Part], Field(max_length=20)] = []
    subject: Annotated[list[Part], Field(max_length=100)] = []
    body: Annotated[list[BodyId], Field(max_length=100)] = []
    place: Annotated[list[Key], Field(max_length=100)] = []


class WebhookIn(Request):
    """Where to send which changes. Sent is what lies after `after`; default: what is recorded from now on."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "address": "https://hooks.example.nhs.uk/concord",
                    "wanted": {"action": ["claims"], "body": ["ods:02A"]},
                    "reason": "The dashboard of the cancer board",
                }
            ]
        },
    )

    address: Annotated[str, StringConstraints(min_length=8, max_length=500)] = Field(
        description="https, and public: private, loopback and link-local addresses are refused"
    )
    wanted: ChangesWanted = ChangesWanted()
    after: Annotated[int, Field(strict=True, ge=0, le=2**62)] | None = None
    reason: Annotated[str, Field(max_length=1000)] | None = None


class WebhookDecisionKind(StrEnum):
    PAUSE = "pause"
    RESUME = "resume"
    ROTATE = "rotate"
    REPLAY = "replay"
    DELETE = "delete"


class WebhookDecision(Request):
    """Why; and for a replay, after which sequence to send again."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "The receiver lost its data"}]}
    )

    reason: Annotated[str, Field(min_length=1, max_length=1000)]
    after: Annotated[int, Field(strict=True, ge=0, le=2**62)] | None = Field(
        None, description="of a replay: send everything after this sequence again; default from the first"
    )


class WebhookState(StrEnum):
    """`parked`: given up after refusals or too many attempts; `resume` tries again from where it stood."""

    ACTIVE = "active"
    PAUSED = "paused"
    PARKED = "parked"
    DELETED = "deleted"


class Webhook(Reply):
    """A subscription and how far it has come."""

    id: str
    version: int
    owner: BodyId
    address: str
    wanted: ChangesWanted
    state: WebhookState
    sent_seq: int = Field(description="everything up to this sequence has arrived")
    attempts: int = Field(0, description="failed ones of the message under way")
    next_attempt_at: datetime | None = None
    last_error: str | None = None
    created_at: datetime
    secret: str | None = Field(
        None, description="shown once, when made or rotated; the one before signs as well for a day"
    )


class Webhooks(Reply):
    """All of a body's; a body has at most 50."""

    items: list[Webhook]


class Delivery(Reply):
    """One attempt to send."""

    message: str = Field(description="the `webhook-id` it carried: the same for each attempt at one message")
    after: int
    upto: int
    changes: int
    at: datetime
    status: int | None = Field(None, description="what was answered; none: nothing was")
    outcome: str = Field(description="delivered, retry, parked or gone")
    duration_ms: int
    error: str | None = None


class Deliveries(Reply):
    """The latest first; the last 200 are kept."""

    items: list[Delivery]


class WebhookMessage(Reply):
    """What is sent: everything after `after` up to `upto` that fits. A message that comes twice, or late, is told by
    its `upto` not lying above the last one taken; nothing is lost by passing it by."""

    webhook: str
    after: int
    upto: int
    head_seq: int
    changes: list[Change]
