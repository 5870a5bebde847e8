"""Subscriptions to the feed with how far each has come, and what became of each attempt to send."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from concord_kit.columns import UtcDateTime
from concord_registry.tables.base import Base


class Webhook(Base, table=True):
    """`sent_seq` rises as messages arrive; `pending_upto` is where the message under way ends, at each attempt.

    The secrets are sealed with the operator's keys (`webhooks.sealing`).
    """

    __tablename__ = "webhooks"
    __table_args__: Any = (Index(None, "owner"), Index(None, "state", "next_attempt_at"))

    webhook: str = Field(primary_key=True, max_length=40)
    version: int
    owner: str = Field(max_length=50)
    address: str = Field(max_length=500)
    wanted: str = Field(sa_type=Text)
    secret: str = Field(max_length=400)
    secret_before: str | None = Field(default=None, max_length=400)
    before_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    state: str = Field(max_length=20)
    created_at: datetime = Field(sa_type=UtcDateTime)
    sent_seq: int = Field(sa_type=BigInteger)
    pending_upto: int | None = Field(default=None, sa_type=BigInteger)
    attempts: int
    next_attempt_at: datetime = Field(sa_type=UtcDateTime)
    lease: str | None = Field(default=None, max_length=40)
    leased_until: datetime = Field(sa_type=UtcDateTime)
    waiting_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_error: str | None = Field(default=None, max_length=1000)


class WebhookDelivery(Base, table=True):
    __tablename__ = "webhook_deliveries"
    __table_args__: Any = (Index(None, "webhook", "row"),)

    row: int | None = Field(default=None, primary_key=True)
    webhook: str = Field(max_length=40)
    message: str = Field(max_length=120)
    after: int = Field(sa_type=BigInteger)
    upto: int = Field(sa_type=BigInteger)
    changes: int
    at: datetime = Field(sa_type=UtcDateTime)
    status: int | None = None
    outcome: str = Field(max_length=20)
    duration_ms: int
    error: str | None = Field(default=None, max_length=1000)
