"""Claims and mandates, as a caller says, decides, corrects and lends them."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from concord_client.transport import Answer, Service
from concord_client.when import when
from concord_contracts.registry import (
    BulkOutcome,
    ClaimCorrection,
    ClaimDecision,
    ClaimHistory,
    ClaimIn,
    Claims,
    ClaimsInBulk,
    ClaimView,
    ClaimWithdrawal,
    InterimPayment,
    Mandate,
    MandateEnd,
    MandateIn,
    Mandates,
)

PAGE = 500
BULK_SECONDS = 60.0
"""Five hundred claims are judged and recorded within it."""


class ClaimsClient:
    """Typed calls; raises ConcordProblem and ConcordUnreachable."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def say(self, claim: ClaimIn, *, idempotency_key: str | None = None) -> tuple[ClaimView, str | None]:
        """Record what the body acted for says; the claim and its tag."""
        body = claim.model_dump(mode="json")
        return _claim(self.service.post("/v1/claims", body, idempotency_key=idempotency_key))

    def in_bulk(self, bulk: ClaimsInBulk, *, idempotency_key: str | None = None) -> BulkOutcome:
        """Record and confirm many at once, all or nothing; with `dry_run` only what would be."""
        answer = self.service.post(
            "/v1/claims/bulk",
            bulk.model_dump(mode="json"),
            idempotency_key=idempotency_key,
            deadline_seconds=BULK_SECONDS,
        )
        return BulkOutcome.model_validate(answer.body)

    def decide(self, claim: str, decision: str, why: ClaimDecision, *, if_match: str) -> tuple[ClaimView, str | None]:
        """`decision`: confirm, dispute (a ClaimDispute) or end."""
        return self._changed(claim, decision, why, if_match)

    def pay_meanwhile(self, claim: str, payment: InterimPayment, *, if_match: str) -> tuple[ClaimView, str | None]:
        """The body acted for pays while the claim is disputed, without prejudice, or stops."""
        return self._changed(claim, "pay-meanwhile", payment, if_match)

    def correct(self, claim: str, meant: ClaimCorrection, *, if_match: str) -> tuple[ClaimView, str | None]:
        """The whole claim as it should have read: its next version."""
        return self._changed(claim, "correct", meant, if_match)

    def withdraw(self, claim: str, why: ClaimWithdrawal, *, if_match: str) -> tuple[ClaimView, str | None]:
        """The asserter takes its word back; the last version is answered."""
        return self._changed(claim, "withdraw", why, if_match)

    def _changed(self, claim: str, change: str, body: BaseModel, if_match: str) -> tuple[ClaimView, str | None]:
        path = f"/v1/claims/{claim}/{change}"
        return _claim(self.service.post(path, body.model_dump(mode="json"), if_match=if_match))

    def history(
        self,
        claim: str,
        *,
        roll_to: date | None = None,
        as_of: date | None = None,
        known_at: datetime | None = None,
    ) -> tuple[ClaimHistory, str | None]:
        """Every version of a claim, and the tag to decide on."""
        answer = self.service.get(f"/v1/claims/{claim}", when(as_of, known_at, roll_to))
        return ClaimHistory.model_validate(answer.body), answer.etag

    def list(
        self,
        *,
        as_of: date | None = None,
        known_at: datetime | None = None,
        roll_to: date | None = None,
        limit: int = PAGE,
        cursor: str | None = None,
        **filters: Any,
    ) -> Claims:
        """A page of claims in force, by id; filters as the list takes them: stage, place, asserted_by ..."""
        page = {"limit": limit, "cursor": cursor}
        answer = self.service.get("/v1/claims", {**filters, **page, **when(as_of, known_at, roll_to)})
        return Claims.model_validate(answer.body)

    def grant_mandate(self, mandate: MandateIn, *, idempotency_key: str | None = None) -> tuple[Mandate, str | None]:
        """The body acted for lets another act for it."""
        answer = self.service.post("/v1/mandates", mandate.model_dump(mode="json"), idempotency_key=idempotency_key)
        return Mandate.model_validate(answer.body), answer.etag

    def end_mandate(self, mandate: str, why: MandateEnd, *, if_match: str) -> Mandate:
        """The body acted for takes its mandate back."""
        answer = self.service.post(f"/v1/mandates/{mandate}/end", why.model_dump(mode="json"), if_match=if_match)
        return Mandate.model_validate(answer.body)

    def mandates(
        self,
        holder: str | None = None,
        body: str | None = None,
        *,
        limit: int = PAGE,
        cursor: str | None = None,
        roll_to: date | None = None,
        as_of: date | None = None,
        known_at: datetime | None = None,
    ) -> Mandates:
        """A page of what a support body may do for others, or of what a body lets others do."""
        asked = {"holder": holder, "body": body, "limit": limit, "cursor": cursor, **when(as_of, known_at, roll_to)}
        answer = self.service.get("/v1/mandates", asked)
        return Mandates.model_validate(answer.body)


def _claim(answer: Answer) -> tuple[ClaimView, str | None]:
    return ClaimView.model_validate(answer.body), answer.etag
